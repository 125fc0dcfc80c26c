"""The write requests of a library: preconditions of the request, reports, deletions."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.zotero_server.access import ApiKey
from tests.zotero_server.answers import Answer, Refused, as_json
from tests.zotero_server.rules import invalid
from tests.zotero_server.store import Item, ObjectKind, Shelf, Thing, is_key
from tests.zotero_server.views import View
from tests.zotero_server.writing import (
    delete,
    delete_tags,
    editable,
    plural,
    things,
    write_one,
)

MAX_OBJECTS = 50
TOKEN_SECONDS = 12 * 3600


@dataclass(slots=True)
class Request:
    """One request on its way."""

    method: str
    path: str
    parameters: dict[str, list[str]]
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    address: str
    key: ApiKey | None = None
    pause: Callable[[int], None] = field(default=lambda _number: None)
    """Called before each object of a POST is written, with its index."""

    def parameter(self, name: str) -> str | None:
        return self.parameters.get(name, [None])[-1]

    def version(self) -> int | None:
        """If-Unmodified-Since-Version."""
        given = self.headers.get("if-unmodified-since-version")
        if given is None:
            return None
        if not given.lstrip("-").isdigit():
            raise invalid(f"Invalid If-Unmodified-Since-Version value '{given}'")
        return int(given)

    def json(self) -> Any:
        if not self.body:
            raise Refused(400, "POST data not provided", bare=True)
        try:
            return json.loads(self.body)
        except ValueError:
            raise invalid("JSON Error: Syntax error, malformed JSON") from None

    @property
    def user(self) -> int:
        return self.key.user.id if self.key else 0


def check_token(request: Request, now: float) -> None:
    """Refuse a write token that was used, or is none."""
    token = request.headers.get("zotero-write-token")
    if token is None:
        return
    if not 5 <= len(token) <= 32:
        raise Refused(400, "Write token must be 5-32 characters in length", bare=True)
    if not request.key:
        return
    used = request.key.token_times.get(token)
    if used is not None and now - used < TOKEN_SECONDS:
        raise Refused(412, "Write token already used", bare=True)


def _use_token(request: Request, now: float) -> None:
    token = request.headers.get("zotero-write-token")
    if token and request.key:
        request.key.token_times[token] = now


def _check_library(shelf: Shelf, version: int | None, *, inside: bool = False) -> None:
    """Refuse when the library has moved on. Seen from inside a transaction the answer carries
    the version that was expected; otherwise none."""
    if version is not None and shelf.version > version:
        raise Refused(
            412,
            f"Library has been modified since specified version "
            f"(expected {version}, found {shelf.version})",
            version=version if inside else None,
        )


def post(shelf: Shelf, view: View, kind: ObjectKind, request: Request) -> Answer:
    """Write up to fifty objects, each in a transaction of its own."""
    expected = request.version()
    _check_library(shelf, expected)
    given = request.json()
    if not isinstance(given, list):
        raise invalid("Uploaded data must be a JSON array")
    if len(given) > MAX_OBJECTS:
        raise Refused(413, f"Cannot add more than {MAX_OBJECTS} {plural(kind)} at a time")
    report: dict[str, dict[str, Any]] = {
        name: {} for name in ("successful", "success", "unchanged", "failed")
    }
    version = None
    for number, one in enumerate(given):
        request.pause(number)
        try:
            with shelf.lock:
                if number == 0:
                    _check_library(shelf, expected, inside=True)
                if not isinstance(editable(one), dict):
                    raise invalid(
                        f"Invalid value for index {number} in uploaded data; "
                        f"expected JSON {kind} object"
                    )
                need = expected is None
                written = write_one(shelf, kind, one, need_version=need, user=request.user)
                version = shelf.version
                if written.changed:
                    report["successful"][str(number)] = view.show(written.thing)
                    report["success"][str(number)] = written.thing.key
                else:
                    report["unchanged"][str(number)] = written.thing.key
        except Refused as refused:
            if number == 0 and refused.version is not None:
                raise
            report["failed"][str(number)] = refused.entry()
    # Only what became of the last object decides whether the token counts as used.
    if str(len(given) - 1) not in report["failed"]:
        _use_token(request, shelf.clock())
    return as_json(report, version=version if version is not None else shelf.version)


def write_single(shelf: Shelf, kind: ObjectKind, key: str, request: Request) -> Answer:
    """PUT, PATCH or DELETE of one object."""
    with shelf.lock:
        stored: Thing | None = things(shelf, kind).get(key)
        given = None if request.method == "DELETE" else request.json()
        _check_single(kind, stored, request, given)
        if request.method == "DELETE":
            return Answer(204, version=delete(shelf, kind, [key]))
        if not isinstance(editable(given), dict):
            raise invalid(f"Invalid {kind} object")
        before = shelf.version
        written = write_one(
            shelf, kind, given, key=key, partial=request.method == "PATCH", user=request.user
        )
        _use_token(request, shelf.clock())
        # The library moves on even when nothing changed, but that is not told.
        return Answer(204, version=written.thing.version if written.changed else before)


def _check_single(kind: ObjectKind, stored: Thing | None, request: Request, given: Any) -> None:
    name = kind.capitalize()
    header = request.version()
    if request.method == "DELETE" and header is None:
        raise Refused(428, "If-Unmodified-Since-Version must be provided for delete requests")
    data = editable(given)
    inside = data.get("version") if isinstance(data, dict) else None
    if inside is not None and (isinstance(inside, bool) or not str(inside).isdigit()):
        raise invalid(f"Invalid JSON 'version' property value '{inside}'")
    if header is not None and inside is not None and header != int(inside):
        raise invalid(
            "If-Unmodified-Since-Version value does not match JSON 'version' property "
            f"({header} != {inside})"
        )
    version = header if header is not None else None if inside is None else int(inside)
    if stored is None:
        if request.method == "PATCH" and version is None:
            raise Refused(
                404,
                f"{name} not found (to create, use If-Unmodified-Since-Version: 0, "
                "JSON 'version' 0, or PUT method)",
            )
        if version or request.method == "DELETE":
            raise Refused(412, f"{name} not found (expected version {version})")
        return
    if version is None:
        raise Refused(
            428,
            "Either If-Unmodified-Since-Version or object version property must be provided for "
            "key-based writes",
        )
    if stored.version > version:
        raise Refused(
            412,
            f"{name} has been modified since specified version "
            f"(expected {version}, found {stored.version})",
            version=stored.version,
        )


def delete_many(shelf: Shelf, kind: ObjectKind, request: Request) -> Answer:
    """DELETE of the objects named in the query; the precondition is not insisted upon."""
    _check_library(shelf, request.version())
    named = request.parameter(f"{kind}Key")
    if not named:
        raise invalid(f"'{kind}Key' parameter not provided")
    keys = named.strip(",").split(",")
    if not all(map(is_key, keys)):
        raise invalid(f"Invalid '{kind}Key' value '{named}'")
    return Answer(204, version=delete(shelf, kind, keys))


def delete_named_tags(shelf: Shelf, request: Request) -> Answer:
    """DELETE of tags; the precondition is insisted upon."""
    if request.version() is None:
        raise Refused(428, "If-Unmodified-Since-Version not provided")
    _check_library(shelf, request.version())
    named = request.parameter("tag")
    if not named:
        raise invalid("'tag' parameter not provided")
    return Answer(204, version=delete_tags(shelf, [one.strip() for one in named.split(" || ")]))


def put_fulltext(shelf: Shelf, key: str, request: Request) -> Answer:
    """The text of an attachment; it has a version of its own in the same counter."""
    item = shelf.items.get(key)
    if not isinstance(item, Item) or item.item_type != "attachment":
        raise Refused(404, "Not found")
    given = request.json()
    if not isinstance(given, dict) or "content" not in given:
        raise invalid("'content' not provided")
    with shelf.transaction() as version:
        shelf.fulltext[key] = (given, version)
    return Answer(204, version=version)
