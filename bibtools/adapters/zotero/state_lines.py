"""The lines of a state file: pairs and other rows as JSON, many thousands of them in a second."""

from __future__ import annotations

import codecs
import contextlib
import gc
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeAlias, cast

from bibtools.adapters.zotero.written import written
from bibtools.sync.kept import Kept, whole
from bibtools.sync.values import Agreed, Data

_Sides: TypeAlias = Callable[[Data, Data], tuple[Data, Data]]
"""Of what was said here and there."""
_CHUNK: Final = 2000
"""Lines that are decoded at once."""

_AT_HAND: Final = 512
"""Pairs whose data are kept as values, of those that are read when they are looked at."""
_NO_EXTRA: Final[Mapping[str, Any]] = {"extra": None}


def line_of(row: Mapping[str, Any]) -> bytes:
    """A row as a line, its members sorted."""
    return written(row) + b"\n"


def agreed_row(row: Agreed) -> dict[str, Any]:
    """A pair as JSON can hold it; `read_agreed` is the way back."""
    here, there = whole(row.here), whole(row.there)
    apart = {name: value for name, value in here.items() if there.get(name) != value}
    for name in there:
        if name not in here:
            apart[name] = None
    made: dict[str, Any] = {
        "item": row.item,
        "key": row.key,
        "print": row.print,
        "version": row.version,
        "there": there,
    }
    if apart:
        made["here"] = apart
    if row.ours:
        made["ours"] = True
    if row.entry_ours:
        made["entry_ours"] = True
    if row.code is not None:
        made["code"] = row.code
    if row.pending:
        made["pending"] = True
    return made


def read_agreed(row: Mapping[str, Any], data: _Sides | None = None) -> Agreed:
    """A pair from what `agreed_row` made; `data` says what stands in for the data of both sides.

    Raises `ValueError` when it is none.
    """
    item, key, print_, version = row.get("item"), row.get("key"), row.get("print"), row["version"]
    if not (isinstance(item, str) and item and isinstance(key, str) and isinstance(print_, str)):
        raise ValueError("no names")
    if type(version) is not int or version < 0:
        raise ValueError("no version")
    here, there = _sides(row)
    code = row.get("code")
    if code is not None:
        child, address = code
        if not (isinstance(child, str) and isinstance(address, str)):
            raise ValueError("no code link")
        code = (child, address)
    if data is not None:
        here, there = data(here, there)
    return Agreed(
        item=item,
        key=key,
        print=print_,
        version=version,
        here=here,
        there=there,
        ours=row.get("ours") is True,
        entry_ours=row.get("entry_ours") is True,
        code=code,
        pending=row.get("pending") is True,
    )


def _sides(row: Mapping[str, Any]) -> tuple[Data, Data]:
    """What both sides said."""
    there = here = _checked(row["there"])
    if apart := row.get("here"):
        here = {**there, **_checked(apart)}
        if None in apart.values():
            here = {name: value for name, value in here.items() if value is not None}
    return here, there


_STRUCTURED: Final = ("creators", "tags", "collections", "relations")


def _fits(name: str, value: object) -> bool:
    if name == "relations":
        return isinstance(value, dict)
    kind = str if name == "collections" else dict
    return isinstance(value, list) and all([isinstance(part, kind) for part in value])  # noqa: C419  (a generator takes twice the time)


def _checked(data: Any) -> dict[str, Any]:
    """Item data whose parts are of the kinds that merging takes apart."""
    if type(data) is not dict:
        raise ValueError("no item data")
    for name in _STRUCTURED:
        value = data.get(name)
        if value is not None and not _fits(name, value):
            raise ValueError(f"{name} is of the wrong kind")
    return cast("dict[str, Any]", data)


@dataclass(frozen=True, slots=True)
class Line:
    """Where a line of the file is."""

    number: int
    """1-based."""
    start: int
    """Of its first byte."""
    end: int
    """After its last one, the line break not counted."""


class Lines:
    """The lines of a state file, held as bytes: rows are read again when they are looked at."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._here = _Here(self)
        self._there = _There(self)
        self.both = lru_cache(_AT_HAND)(self._both)
        """What both sides said, by the start of a line."""

    def __iter__(self) -> Iterator[tuple[Line, Any]]:
        """Each line and its value; None for one that is damaged. Empty lines are passed over."""
        data = self._data
        start = len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0
        chunk: list[Line] = []
        texts: list[bytes] = []
        number = 0
        while start <= len(data):
            end = self._end(start)
            number += 1
            text = data[start:end]
            if text.strip():
                chunk.append(Line(number, start, end - text.endswith(b"\r")))
                texts.append(text)
            start = end + 1
            if len(chunk) == _CHUNK:
                yield from zip(chunk, _values(texts), strict=True)
                chunk, texts = [], []
        yield from zip(chunk, _values(texts), strict=True)

    def agreed(self, line: Line, row: Mapping[str, Any]) -> Agreed:
        """The pair of a line; its data are read again when they are looked at.

        Raises `ValueError` when it is none.
        """

        def kept(here: Data, there: Data) -> tuple[Data, Data]:
            known = _known(there)
            lean: Data = Kept(self._there, line.start, known)
            if here is there:
                return lean, lean
            mine = _known(here)
            return Kept(self._here, line.start, known if mine == known else mine), lean

        return read_agreed(row, kept)

    def of(self, row: Agreed) -> bytes | None:
        """The line of a pair that `agreed` made, with its line break; None for another pair."""
        if not (isinstance(row.there, Kept) and row.there.is_of(self._there)):
            return None
        start = row.there.place
        return self._data[start : self._end(start)].removesuffix(b"\r") + b"\n"

    def there_written(self, start: int) -> bytes | None:
        """What Zotero said, as it stands in a line that is written as ours are."""
        end = self._end(start)
        first = self._data.find(b'","there":{', start, end)
        last = self._data.rfind(b',"version":', start, end)
        return self._data[first + 10 : last] if 0 < first < last else None

    def _end(self, start: int) -> int:
        end = self._data.find(b"\n", start)
        return end if end >= 0 else len(self._data)

    def _both(self, start: int) -> tuple[Data, Data]:
        return _sides(_decoded(self._data[start : self._end(start)]))


class _Here:
    def __init__(self, lines: Lines) -> None:
        self._lines = lines

    def read(self, place: int) -> Data:
        return self._lines.both(place)[0]

    def written(self, place: int) -> bytes | None:  # noqa: ARG002  (only what differs is written)
        return None


class _There:
    def __init__(self, lines: Lines) -> None:
        self._lines = lines

    def read(self, place: int) -> Data:
        return self._lines.both(place)[1]

    def written(self, place: int) -> bytes | None:
        return self._lines.there_written(place)


def _known(data: Data) -> Mapping[str, Any]:
    """What is asked of every pair: whether it has a citation key, and the code in Extra."""
    key, extra = data.get("citationKey"), data.get("extra")
    if key is None:
        return _NO_EXTRA if extra is None else {"extra": extra}
    return {"citationKey": key, "extra": extra}


def _values(texts: list[bytes]) -> list[Any]:
    """The values of some lines; None for one that is damaged."""
    # One decoding of many lines is faster, and keeps each field's name once.
    values = _decoded(b"[" + b",\n".join(texts) + b"]")
    if isinstance(values, list) and len(values) == len(texts):
        return values
    return [_decoded(text) for text in texts]


@contextlib.contextmanager
def no_collecting() -> Iterator[None]:
    """Many values are made and none is thrown away: looking for rubbish doubles the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _decoded(line: bytes) -> Any:
    try:
        return json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
