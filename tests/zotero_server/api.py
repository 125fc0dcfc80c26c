"""From an address to the answer, with the checks every request passes, in the server's order:
key, write token, limit, library, 304, permission, version.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from urllib.parse import unquote

from tests.zotero_server import reads, writes
from tests.zotero_server.access import (
    ApiKey,
    Group,
    Limiter,
    Permission,
    Register,
    access_of,
    permission,
)
from tests.zotero_server.answers import Answer, Refused, as_json, not_found
from tests.zotero_server.library import Library
from tests.zotero_server.normal import now_as_text
from tests.zotero_server.query import links, read_query
from tests.zotero_server.store import ObjectKind, is_key
from tests.zotero_server.views import SITE, View, show_group
from tests.zotero_server.writes import Request

WRITE_METHODS = ("POST", "PUT", "PATCH", "DELETE")
# Lists that are answered 304 to If-Modified-Since-Version.
_CONDITIONAL = ("items", "collections", "searches", "settings", "tags")
_KINDS: dict[str, ObjectKind] = {
    "items": "item",
    "collections": "collection",
    "searches": "search",
}


class Api:
    """The libraries and who may use them; `answer` is what HTTP calls."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.register = Register()
        self.libraries: dict[tuple[str, int], Library] = {}
        self.limiter: Limiter | None = None
        self.super_password = ""
        """With it `POST /users/<id>/keys` makes keys, as the server's own tests do."""

    def answer(self, request: Request) -> Answer:
        """The answer to one request; refusals too."""
        try:
            return self._answer(request)
        except Refused as refused:
            return refused.answer()

    def _answer(self, request: Request) -> Answer:
        if "expect" in request.headers:
            raise Refused(417, "Expectation Failed", bare=True)
        version = request.headers.get("zotero-api-version")
        if version and request.parameter("v") not in (None, version):
            raise Refused(
                400, "Zotero-API-Version header does not match 'v' query parameter", bare=True
            )
        made = self._make_key(request)
        if made:
            return made
        request.key = self.register.find(request.headers, request.parameter("key"))
        if request.method in WRITE_METHODS:
            writes.check_token(request, self.clock())
        if self.limiter:
            self.limiter.take(request.key.key if request.key else "")
        about = reads.about_schema(request)
        if about:
            return about
        if request.path.startswith("/keys/"):
            return self._about_key(request)
        return self._about_library(request)

    # Keys

    def _about_key(self, request: Request) -> Answer:
        name = request.path.removeprefix("/keys/")
        if name == "current":
            if not request.key:
                raise Refused(403, "Forbidden")
            return as_json(request.key.shown())
        if name not in self.register.keys:
            raise Refused(404, f"Key '{name}' not found")
        return as_json(self.register.keys[name].shown())

    def _make_key(self, request: Request) -> Answer | None:
        found = re.fullmatch(r"/users/(\d+)/keys", request.path)
        wanted = base64.b64encode(f"root:{self.super_password}".encode()).decode()
        if not found or not self.super_password:
            return None
        if request.headers.get("authorization") != f"Basic {wanted}":
            raise Refused(403, "Forbidden")
        given = json.loads(request.body)
        own = given.get("access", {}).get("user", {})
        granted = access_of(
            write=bool(own.get("write")),
            notes=bool(own.get("notes")),
            library=bool(own.get("library")),
            groups=None,
        )
        user = self.register.users[int(found[1])]
        number = len(self.register.keys)
        key = ApiKey(f"made{number:020}", user, granted, given.get("name", ""))
        self.register.keys[key.key] = key
        shown = key.shown()
        access = {"access": shown.pop("access")} if "access" in shown else {}
        date = {"dateAdded": now_as_text(self.clock())}
        answer = as_json({**shown, "name": key.name, **access, **date}, status=201)
        answer.headers["Location"] = f"{request.address}/{user.id}/keys/{key.key}"
        return answer

    # Libraries

    def _about_library(self, request: Request) -> Answer:
        found = re.fullmatch(r"/(users|groups)/([^/]+)((?:/[^/]+)*)/?", request.path)
        if not found:
            return not_found()
        kind, number, rest = found[1], found[2], found[3].split("/")[1:]
        if not number.isdigit():
            raise Refused(400, f"Invalid {kind[:-1]} ID", bare=True)
        library = self.libraries.get((kind, int(number)))
        if library is None:
            raise Refused(404, f"{kind[:-1].capitalize()} {number} not found", bare=True)
        group = self.register.groups[library.id] if kind == "groups" else None
        granted = permission(request.key, library, group)
        if rest == ["groups"] and kind == "users":
            return self._groups(request, library.id)
        if group and not rest:
            return self._group(request, group, granted)
        return self._in_library(request, library, granted, [unquote(one) for one in rest])

    def _groups(self, request: Request, user: int) -> Answer:
        mine = request.key is not None and request.key.user.id == user
        found = []
        for group in self.register.groups.values():
            granted = permission(
                request.key if mine else None, self.libraries["groups", group.id], group
            )
            if user in group.members and granted.read:
                found.append(group)
        query = read_query(request.parameters)
        if query.format == "versions":
            answer = as_json({str(one.id): one.version for one in found})
        else:
            shown = [
                show_group(one, self.libraries["groups", one.id], request.address, user)
                for one in found
            ]
            answer = as_json(shown)
        answer.headers["Total-Results"] = str(len(found))
        base = request.address + request.path
        answer.headers["Link"] = links(base, SITE + request.path, query, 0)
        return answer

    def _group(self, request: Request, group: Group, granted: Permission) -> Answer:
        if not granted.read:
            raise Refused(403, "Forbidden")
        user = request.key.user.id if request.key else 0
        library = self.libraries["groups", group.id]
        shown = show_group(group, library, request.address, user)
        return as_json(shown, version=group.version)

    def _in_library(
        self, request: Request, library: Library, granted: Permission, rest: list[str]
    ) -> Answer:
        _check_method(request, rest)
        writes_something = request.method in WRITE_METHODS
        # A list is told unchanged only to whoever may read it.
        if not writes_something and granted.read and _is_unchanged(request, library, rest):
            return Answer(304, bare=True, content_type="")
        if writes_something:
            if not request.key:
                raise Refused(403, "An API key is required for write requests.", bare=True)
            if not granted.write:
                raise Refused(403, "Write access denied")
            if library.locked:
                raise Refused(409, "The library is locked")
            if library.full:
                raise Refused(413, "File would exceed quota (300.0 > 300)")
        elif not granted.read:
            raise Refused(403, "Forbidden")
        view = View(library, granted, self.register, request.address)
        handle = _write if writes_something else _read
        # A POST takes the lock object by object.
        if request.method == "POST":
            return handle(request, library, view, rest)
        with library.lock:
            return handle(request, library, view, rest)


def _is_unchanged(request: Request, library: Library, rest: list[str]) -> bool:
    given = request.headers.get("if-modified-since-version", "")
    one_object = len(rest) == 2 and is_key(rest[1])
    asked = bool(rest) and rest[0] in _CONDITIONAL and not one_object
    return asked and given.isdigit() and library.version <= int(given)


def _check_method(request: Request, rest: list[str]) -> None:
    allowed = "HEAD, GET, POST, DELETE"
    if len(rest) == 2 and rest[0] in _KINDS and rest[1] not in ("top", "trash"):
        allowed = "HEAD, GET, PUT, PATCH, DELETE"
    elif rest[2:] == ["fulltext"]:
        allowed = "HEAD, GET, PUT"
    elif len(rest) > 1 or (rest and rest[0] in ("deleted", "settings", "fulltext")):
        allowed = "HEAD, GET"
    elif rest == ["tags"]:
        allowed = "HEAD, GET, DELETE"
    if request.method not in allowed.split(", "):
        raise Refused(405, "Method not allowed", headers={"Allow": allowed})


def _write(request: Request, library: Library, view: View, rest: list[str]) -> Answer:
    if rest == ["tags"]:
        return writes.delete_named_tags(library, request)
    if rest[0] == "items" and rest[2:] == ["fulltext"]:
        return writes.put_fulltext(library, rest[1], request)
    if rest[0] not in _KINDS:
        return not_found()
    kind = _KINDS[rest[0]]
    if len(rest) == 2:
        if not is_key(rest[1]):
            raise Refused(404, "Not found")
        item = library.items.get(rest[1]) if kind == "item" else None
        if item and not view.permission.sees(item):
            raise Refused(404, "Not found")
        return writes.write_single(library, kind, rest[1], request)
    if request.method == "DELETE":
        return writes.delete_many(library, kind, request)
    return writes.post(library, view, kind, request)


def _read(request: Request, library: Library, view: View, rest: list[str]) -> Answer:
    of = {"items": _read_items, "collections": _read_collections}.get(rest[0] if rest else "")
    answer = of(request, library, view, rest) if of else None
    return answer or _read_others(request, library, view, rest)


def _read_items(request: Request, library: Library, view: View, rest: list[str]) -> Answer | None:
    items = library.items.values()
    match rest[1:]:
        case []:
            return reads.list_items(view, request, items, top=False)
        case ["top"]:
            return reads.list_items(view, request, items, top=True)
        case ["trash"]:
            return reads.list_trash(view, request)
        case [key, "children"]:
            return reads.list_children(view, request, key)
        case [key, "tags"] if key in library.items:
            return reads.list_tags(view, request, [library.items[key]])
        case [key, "fulltext"]:
            return reads.fulltext(library, key)
        case ["tags"]:
            return reads.list_tags(view, request, items)
        case [key]:
            return reads.single(view, "Item", key)
    return None


def _read_collections(
    request: Request, _library: Library, view: View, rest: list[str]
) -> Answer | None:
    match rest[1:]:
        case []:
            return reads.list_collections(view, request, None)
        case ["top"]:
            return reads.list_collections(view, request, "")
        case [key, "collections"]:
            return reads.list_collections(view, request, key)
        case [key, "items"]:
            return reads.list_in_collection(view, request, key, top=False)
        case [key, "items", "top"]:
            return reads.list_in_collection(view, request, key, top=True)
        case [key]:
            return reads.single(view, "Collection", key)
    return None


def _read_others(request: Request, library: Library, view: View, rest: list[str]) -> Answer:
    match rest:
        case ["searches"]:
            return reads.list_searches(view, request)
        case ["searches", key]:
            return reads.single(view, "Search", key)
        case ["tags"]:
            return reads.list_tags(view, request, library.items.values())
        case ["tags", name]:
            return reads.list_tags(view, request, library.items.values(), name)
        case ["deleted"]:
            return reads.deleted(library, request)
        case ["settings"]:
            return reads.settings(library, request)
        case ["fulltext"]:
            return reads.fulltext_versions(library, request)
        case _:
            return not_found()
