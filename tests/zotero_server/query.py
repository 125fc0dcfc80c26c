"""What the query string of a read asks for, which of it is in order, and the links to pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from tests.zotero_server.answers import Refused
from tests.zotero_server.schema import ITEM_TYPES
from tests.zotero_server.store import is_key

MAX_LIMIT = 100
DEFAULT_LIMIT = 25
EXPORTS = (
    "bib bibtex biblatex bookmarks coins csljson csv mods refer rdf_bibliontology rdf_dc "
    "rdf_zotero ris tei wikipedia atom"
).split()
_SORTS = (
    "title creator itemType date publisher publicationTitle journalAbbreviation language "
    "accessDate libraryCatalog callNumber rights extra dateAdded dateModified addedBy numItems "
    "serverDateModified itemKeyList collectionKeyList searchKeyList"
).split()
_DESCENDING = ("dateAdded", "dateModified", "date", "accessDate", "serverDateModified", "numItems")
_KEY_LISTS = ("itemKey", "collectionKey", "searchKey")
_KNOWN = (
    "format include sort direction start limit q qmode itemType tag since includeTrashed"
).split() + list(_KEY_LISTS)


@dataclass(slots=True)
class Query:
    """The parameters of a read, checked, with the defaults in their places."""

    format: str = "json"
    start: int = 0
    limit: int = DEFAULT_LIMIT
    """0 is no limit."""
    sort: str = "dateModified"
    descending: bool = True
    q: str = ""
    everything: bool = False
    item_type: str = ""
    tags: list[str] = field(default_factory=list)
    since: float | None = None
    keys: list[str] | None = None
    trashed: bool = False
    asked: dict[str, str] = field(default_factory=dict)
    """What differs from the defaults, as it stands in links."""


def _refused(sentence: str) -> Refused:
    return Refused(400, sentence, bare=True)


def parameters(query: str) -> dict[str, list[str]]:
    """Every parameter with its values; one may stand several times."""
    made: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        made.setdefault(name, []).append(value)
    return made


def read_query(given: dict[str, list[str]]) -> Query:
    """The query; raises `Refused` 400 for values the server does not take."""
    one = {name: values[-1] for name, values in given.items()}
    query = Query()
    query.format = one.get("format") or "json"
    if query.format not in ("json", "keys", "versions", *EXPORTS):
        raise _refused(f"Invalid 'format' value '{query.format}'")
    query.since = _since(one)
    query.keys = _keys(one)
    query.limit = _limit(one, query)
    query.start = _number(one.get("start", "0"))
    _sort(one, query)
    query.q = one.get("q", "")
    query.everything = one.get("qmode", "").lower() == "everything"
    query.item_type = _item_type(one)
    query.tags = given.get("tag", [])
    query.trashed = one.get("includeTrashed", "") not in ("", "0")
    query.asked = _asked(given, query)
    return query


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0


def _since(one: dict[str, str]) -> float | None:
    if "since" not in one:
        return None
    try:
        return float(one["since"])
    except ValueError:
        raise _refused("Invalid value for 'since' parameter") from None


def _keys(one: dict[str, str]) -> list[str] | None:
    for name in _KEY_LISTS:
        if name in one:
            keys = one[name].strip(",").split(",")
            if not all(map(is_key, keys)):
                raise _refused(f"Invalid '{name}' value '{one[name]}'")
            return keys
    return None


def _limit(one: dict[str, str], query: Query) -> int:
    endless = query.format in ("keys", "versions")
    if query.keys is not None:
        return 0 if endless else MAX_LIMIT
    limit = _number(one.get("limit", ""))
    if endless:
        return limit
    return min(limit, MAX_LIMIT) or DEFAULT_LIMIT


def _sort(one: dict[str, str], query: Query) -> None:
    sort, direction = one.get("sort", ""), one.get("direction", "")
    if sort in ("asc", "desc"):
        sort, direction = "", sort
    if sort and sort not in _SORTS:
        raise _refused(f"Invalid 'sort' value '{sort}'")
    if direction not in ("", "asc", "desc"):
        raise _refused(f"Invalid 'direction' value '{direction}'")
    query.sort = sort or query.sort
    query.descending = direction == "desc" if direction else query.sort in _DESCENDING


def _item_type(one: dict[str, str]) -> str:
    wanted = one.get("itemType", "")
    for name in wanted.removeprefix("-").split(" || ") if wanted else ():
        if name.strip() not in ITEM_TYPES:
            raise _refused(f"Invalid itemType '{name.strip()}'")
    return wanted


def _asked(given: dict[str, list[str]], query: Query) -> dict[str, str]:
    """Repeated parameters are joined by commas: the server's own mistake, kept."""
    made = {name: ",".join(given[name]) for name in _KNOWN if given.get(name, [""])[0]}
    defaults = {"format": "json", "include": "data", "limit": str(DEFAULT_LIMIT)}
    if "limit" in made:
        made["limit"] = str(query.limit)
    made["start"] = str(query.start)
    for name, value in {**defaults, "start": "0", "sort": "dateModified"}.items():
        if made.get(name) == value:
            del made[name]
    if query.descending == (query.sort in _DESCENDING):
        made.pop("direction", None)
    return made


def links(base: str, site: str, query: Query, total: int) -> str:
    """The Link header: pages on this server, the same on the site as `alternate`."""

    def page(start: int) -> str:
        asked = {**query.asked, "start": str(start)}
        if start <= 0:
            del asked["start"]
        named = urlencode(sorted(asked.items()))
        return f"{base}?{named}" if named else base

    made: list[tuple[str, str]] = []
    start, limit = query.start, query.limit
    if start:
        made.append(("first", page(0)))
        made.append(("prev", page(start - limit)))
    if limit and start + limit < total:
        made.append(("next", page(start + limit)))
    if limit and (start or limit < total):
        last = total - limit if start >= total else (total - 1) // limit * limit
        if page(last) != page(start):
            made.append(("last", page(last)))
    made.append(("alternate", site))
    return ", ".join(f'<{address}>; rel="{name}"' for name, address in made)


def page_of(things: Sequence[Any], query: Query) -> Sequence[Any]:
    """The page that was asked for."""
    if not query.limit:
        return things[query.start :]
    return things[query.start : query.start + query.limit]
