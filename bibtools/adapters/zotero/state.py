"""The state file: what a file and a Zotero library said when they last agreed.

It lies beside the file (`refs.bib.zotero.jsonl`), so that it travels with it, and is safe to
delete: then everything is compared anew. JSON lines in UTF-8, one thing a line, so that a damaged
line loses that pair only:

| line | members |
|---|---|
| the head | `format` ("bibtools zotero state"), `version` (1) |
| a scope | `scope` (its number), `endpoint`, `library` ("user:1"), `collection` (key or null), `library_version`; where known `server` (which database of the desktop program) and `name` (of the collection) |
| a refusal | `in` (number of its scope), `refused` (citation key), `print` (a digest of what was sent), `message` (why) |
| a pair | `in` (number of its scope), `item`, `key`, `print`, `version`, `there` (item data); where they are not empty `here`, `ours`, `entry_ours`, `code` (key and address), `pending` |

A *scope* is what a file is synced with: a collection of a library on a server, or a whole library.
`here` holds only the fields in which the entry differs from `there`, null for those that it
lacks. Scopes and pairs are sorted, and so are the members: equal states are equal bytes.
"""  # noqa: E501  (a table)

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from io import BytesIO
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, Literal

from bibtools.adapters.files import FileState, absent, read_if_there, state_of, write_file
from bibtools.adapters.zotero.state_lines import (
    Line,
    Lines,
    agreed_row,
    line_of,
    no_collecting,
)
from bibtools.errors import InputError
from bibtools.model import Notice
from bibtools.sync.plan import Library
from bibtools.sync.refusals import Refusal
from bibtools.sync.values import Agreed

SUFFIX: Final = ".zotero.jsonl"
FORMAT: Final = "bibtools zotero state"
VERSION: Final = 1
_MOST_TOLD: Final = 10
"""Damaged lines that are told one by one."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a file is synced with."""

    endpoint: str
    library: Literal["user", "group"]
    library_id: int
    collection: str | None = None
    """Key of a collection; None for the whole library."""
    server: str = ""
    """Which database of the desktop program; its versions are its own."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """What is remembered of one scope."""

    scope: Scope
    library_version: int = 0
    """Of the library when the pairs last agreed."""
    name: str = ""
    """Path of the collection then, for a person."""
    rows: Mapping[str, Agreed] = field(default_factory=dict)
    """By the key of the item."""
    refusals: tuple[Refusal, ...] = ()
    """What Zotero refused for good."""

    def with_rows(self, rows: Iterable[Agreed]) -> Pairs:
        """The same scope with these rows in the place of all."""
        return replace(self, rows={row.item: row for row in rows})

    def updated(self, rows: Iterable[Agreed], without: Iterable[str] = ()) -> Pairs:
        """With these rows added or replaced, and those of the items `without` gone."""
        kept = {**self.rows, **{row.item: row for row in rows}}
        for item in without:
            kept.pop(item, None)
        return replace(self, rows=kept)


@dataclass(frozen=True, slots=True)
class _AsRead:
    """A state file as it was read."""

    data: bytes
    seen: FileState
    lines: Lines
    pairs: Mapping[int, Mapping[str, Agreed]]
    """By number of the scope and item."""


@dataclass(frozen=True, slots=True)
class State:
    """A state file as a value."""

    path: Path
    scopes: Mapping[Scope, Pairs] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    """What of it could not be read."""
    seen: FileState = absent
    """The state file as it was read or written; writing refuses when it is another."""
    as_read: _AsRead | None = field(default=None, repr=False, compare=False)
    """What was read: writing copies the lines that stay."""

    def of(self, scope: Scope) -> Pairs:
        """What is remembered of a scope; no rows where that is nothing."""
        return self.scopes.get(scope) or Pairs(scope)

    def put(self, pairs: Pairs) -> State:
        """With the pairs of one scope replaced; the other scopes stay."""
        return replace(self, scopes={**self.scopes, pairs.scope: pairs})


def scope_of(
    endpoint: str, library: Library, collection: str | None = None, server: str = ""
) -> Scope:
    """The scope of a collection (or of the whole library) on a server."""
    return Scope(endpoint.rstrip("/"), library.kind, library.id, collection, server)


def state_path(file: str | Path) -> Path:
    """Where the state of a .bib or CSL-JSON file lies; beside what a link leads to."""
    return Path(f"{os.path.realpath(file)}{SUFFIX}")


def read_state(file: str | Path) -> State:
    """The state of a .bib or CSL-JSON file; empty where there is none yet.

    Damaged lines are told as notices and lose their pair. Raises `InputError` when the state file
    may not be read, or was written by a later version of bibtools in a form not known here.
    """
    path = state_path(file)
    data, seen = read_if_there(path)
    if not data:
        return State(path, seen=seen)
    lines = Lines(data)
    reader = _Reader(str(path), lines)
    with no_collecting():
        for line, row in lines:
            reader.take(line, row)
    return State(
        path, reader.scopes(), reader.told(), seen, _AsRead(data, seen, lines, reader.pairs)
    )


def write_state(state: State) -> State:
    """Put the state into its file, whole or not at all; nothing is written when it says that.

    Gives the state to go on with. What could not be read of the old file is kept as a backup.
    Raises `WriteError` when the file cannot be written or was changed since it was read.
    """
    if not state.notices and _says_the_same(state):
        return state
    data = state_bytes(state)
    write_file(state.path, data, state.seen, backup=bool(state.notices), elsewhere=False)
    return replace(state, seen=state_of(data), notices=())


def state_bytes(state: State, head: bytes = b"") -> bytes:
    """What `write_state` would write, behind a head for whoever keeps it elsewhere.

    Rows are sorted, so that equal states give equal bytes.
    """
    made = BytesIO()
    made.write(head)
    with no_collecting():
        made.writelines(_lines(state))
    return made.getvalue()


def _says_the_same(state: State) -> bool:
    """Whether the file holds this state, as far as is known: what was read of it."""
    read = state.as_read
    if read is None or read.seen != state.seen:
        return False
    end = 0
    for line in _lines(state):
        if not read.data.startswith(line, end):
            return False
        end += len(line)
    return end == len(read.data)


def _lines(state: State) -> Iterator[bytes]:
    """The lines of a state; those that were read are copied where they say the same."""
    read = state.as_read
    yield line_of({"format": FORMAT, "version": VERSION})
    for number, scope in enumerate(sorted(state.scopes, key=_order)):
        pairs = state.scopes[scope]
        head: dict[str, Any] = {
            "scope": number,
            "endpoint": scope.endpoint,
            "library": f"{scope.library}:{scope.library_id}",
            "collection": scope.collection,
            "library_version": pairs.library_version,
        }
        if scope.server:
            head["server"] = scope.server
        if pairs.name:
            head["name"] = pairs.name
        yield line_of(head)
        known = read.pairs.get(number, {}) if read is not None else {}
        for item, row in sorted(pairs.rows.items(), key=itemgetter(0)):
            old = known.get(item)
            same = read is not None and old is not None and (old is row or old == row)
            line = read.lines.of(old) if read is not None and old is not None and same else None
            yield line if line is not None else line_of({"in": number, **agreed_row(row)})
        for one in sorted(pairs.refusals, key=lambda one: (one.key, one.print)):
            told = {"refused": one.key, "print": one.print, "message": one.message}
            yield line_of({"in": number, **told})


def _order(scope: Scope) -> tuple[str, str, str, int, str]:
    return (
        scope.endpoint,
        scope.server,
        scope.library,
        scope.library_id,
        scope.collection or "",
    )


class _Reader:
    """Puts lines together; knows the places of those that it could not read."""

    def __init__(self, path: str, lines: Lines) -> None:
        self.path = path
        self.lines = lines
        self.heads: dict[int, Pairs] = {}
        self.pairs: dict[int, dict[str, Agreed]] = {}
        self.refusals: dict[int, dict[Refusal, None]] = {}
        self.torn: set[tuple[int, str]] = set()
        """Pairs of which two lines say different things."""
        self.bad: list[tuple[int, str]] = []
        self.headed = False

    def take(self, line: Line, row: Any) -> None:
        """One line."""
        number = line.number
        try:
            if type(row) is not dict:
                raise ValueError("no object")
            if "refused" in row:
                self._refusal(row)
            elif "in" in row:
                self._pair(line, row)
            elif "scope" in row:
                self._scope(number, row)
            elif row.get("format") == FORMAT:
                self._head(row)
            else:
                raise ValueError("unknown")
        except (KeyError, TypeError, ValueError, AttributeError):
            self.bad.append((number, "is damaged and was passed over"))

    def _head(self, row: Mapping[str, Any]) -> None:
        version = row["version"]
        if type(version) is not int or version < 1:
            raise ValueError("no version")
        if version > VERSION:
            raise InputError(
                f'"{self.path}" was written by a later bibtools: its form is version {version}, '
                f"and this one knows version {VERSION}.",
                hint="Update bibtools. Or move that file away: then the two sides are compared "
                "anew.",
            )
        self.headed = True

    def _scope(self, number: int, row: Mapping[str, Any]) -> None:
        kind, _, told = row["library"].partition(":")
        endpoint, collection, version = row["endpoint"], row["collection"], row["library_version"]
        server, name = row.get("server", ""), row.get("name", "")
        if (
            kind not in ("user", "group")
            or type(row["scope"]) is not int
            or type(version) is not int
            or not all(isinstance(text, str) for text in (endpoint, server, name))
            or not (collection is None or isinstance(collection, str))
        ):
            raise ValueError("no scope")
        head = Pairs(Scope(endpoint, kind, int(told), collection, server), version, name)
        known = self.heads.setdefault(row["scope"], head)
        if known.scope != head.scope:
            # Two files were merged line by line: nobody knows whose pairs these are.
            self.bad.append((number, "gives the number of a collection to another one"))
            self.heads[row["scope"]] = replace(head, scope=replace(head.scope, endpoint=""))
        elif head.library_version < known.library_version:
            self.heads[row["scope"]] = head

    def _refusal(self, row: Mapping[str, Any]) -> None:
        where, parts = row["in"], (row["refused"], row["print"], row["message"])
        if type(where) is not int or not all(isinstance(part, str) for part in parts):
            raise ValueError("no refusal")
        self.refusals.setdefault(where, {})[Refusal(*parts)] = None

    def _pair(self, line: Line, row: Mapping[str, Any]) -> None:
        where = row["in"]
        if type(where) is not int:
            raise ValueError("no scope")
        agreed = self.lines.agreed(line, row)
        known = self.pairs.setdefault(where, {}).setdefault(agreed.item, agreed)
        if known is not agreed and known != agreed:
            self.torn.add((where, agreed.item))
            self.bad.append(
                (line.number, f'says something else of "{agreed.key}" than a line before it')
            )

    def scopes(self) -> dict[Scope, Pairs]:
        """What could be read, by scope."""
        found: dict[Scope, Pairs] = {}
        for number, head in self.heads.items():
            if not head.scope.endpoint:
                continue
            rows = {
                item: row
                for item, row in self.pairs.get(number, {}).items()
                if (number, item) not in self.torn
            }
            refusals = tuple(self.refusals.get(number, ()))
            known = found.get(head.scope)
            if known is not None:
                rows = {**known.rows, **rows}
                refusals = tuple(dict.fromkeys((*known.refusals, *refusals)))
            found[head.scope] = replace(head, rows=rows, refusals=refusals)
        return found

    def told(self) -> tuple[Notice, ...]:
        """What could not be read."""
        notices = [
            self._notice(f"Line {number} of the state file {what}.", number)
            for number, what in self.bad[:_MOST_TOLD]
        ]
        if len(self.bad) > _MOST_TOLD:
            more = len(self.bad) - _MOST_TOLD
            notices.append(self._notice(f"{more} more lines of the state file are damaged."))
        lost = sum(len(rows) for number, rows in self.pairs.items() if number not in self.heads)
        if lost:
            notices.append(
                self._notice(f"{lost} pairs of the state file belong to no collection it names.")
            )
        if not self.headed:
            notices.append(self._notice("The state file has no readable head."))
        return tuple(notices)

    def _notice(self, message: str, line: int | None = None) -> Notice:
        return Notice(
            message,
            self.path,
            line,
            rule="zotero.state",
            hint="Those pairs are compared anew; nothing is lost by it.",
        )
