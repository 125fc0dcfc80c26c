"""The lines of a state file: pairs and other rows as JSON, many thousands of them in a second."""

from __future__ import annotations

import codecs
import contextlib
import gc
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from bibtools.sync.values import Agreed

_CHUNK: Final = 2000
"""Lines that are decoded at once."""

_encode = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False
).encode


def line_of(row: Mapping[str, Any]) -> bytes:
    """A row as a line, its members sorted."""
    try:
        return _encode(row).encode() + b"\n"
    except UnicodeEncodeError:  # half of a pair of UTF-16 has no UTF-8
        return json.dumps(row, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def agreed_row(row: Agreed) -> dict[str, Any]:
    """A pair as JSON can hold it; `read_agreed` is the way back."""
    here, there = row.here, row.there
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


def read_agreed(row: Mapping[str, Any]) -> Agreed:
    """A pair from what `agreed_row` made. Raises `ValueError` when it is none."""
    item, key, print_, version = row.get("item"), row.get("key"), row.get("print"), row["version"]
    if not (isinstance(item, str) and item and isinstance(key, str) and isinstance(print_, str)):
        raise ValueError("no names")
    if type(version) is not int or version < 0:
        raise ValueError("no version")
    there = here = _checked(row["there"])
    if apart := row.get("here"):
        here = {**there, **_checked(apart)}
        if None in apart.values():
            here = {name: value for name, value in here.items() if value is not None}
    code = row.get("code")
    if code is not None:
        child, address = code
        if not (isinstance(child, str) and isinstance(address, str)):
            raise ValueError("no code link")
        code = (child, address)
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


def lines_of(data: bytes) -> Iterator[tuple[Line, Any]]:
    """Each line and its value; None for one that is damaged. Empty lines are passed over."""
    start = len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0
    chunk: list[Line] = []
    texts: list[bytes] = []
    for number, text in enumerate(data[start:].split(b"\n"), 1):
        end = start + len(text)
        if text.strip():
            chunk.append(Line(number, start, end - text.endswith(b"\r")))
            texts.append(text)
        start = end + 1
        if len(chunk) == _CHUNK:
            yield from zip(chunk, _values(texts), strict=True)
            chunk, texts = [], []
    yield from zip(chunk, _values(texts), strict=True)


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
