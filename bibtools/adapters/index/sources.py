"""Input files of the index: lines of plain, gzip and xz files, streamed."""

from __future__ import annotations

import gzip
import json
import lzma
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from bibtools.errors import InputError

_MAGIC = ((b"\x1f\x8b", "gzip"), (b"\xfd7zXZ\x00", "xz"))
_HEAD = 1 << 16


@contextmanager
def open_source(path: Path) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """The file's content, decompressed, and the raw file (whose position tells progress).

    The compression is known by the first bytes, not by the name. Raises `InputError` when the
    file cannot be opened.
    """
    try:
        raw = path.open("rb")
    except OSError as error:
        raise InputError(
            f'"{path}" cannot be read: {error.strerror or error}.', "Check the path."
        ) from None
    with raw:
        head = raw.read(8)
        raw.seek(0)
        kind = next((name for magic, name in _MAGIC if head.startswith(magic)), None)
        if kind == "gzip":
            with gzip.open(raw, "rb") as content:
                yield content, raw  # type: ignore[misc]
        elif kind == "xz":
            with lzma.open(raw, "rb") as content:
                yield content, raw
        else:
            yield raw, raw


def read_lines(content: IO[bytes], path: Path) -> Iterator[bytes]:
    """The lines of a source. Raises `InputError` when the compressed stream is damaged."""
    try:
        yield from content
    except (EOFError, lzma.LZMAError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(
            f'"{path}" is damaged or cut off: {str(error) or "the compressed data ends early"}.',
            "Download the file again.",
        ) from None
    except OSError as error:
        raise InputError(f'"{path}" cannot be read: {error.strerror or error}.') from None


def read_rows(content: IO[bytes], path: Path) -> Iterator[tuple[int, Any]]:
    """(number, parsed row) of a JSON array or of JSON lines; a bad line gives the `ValueError`.

    The number is the line of JSON lines, the position (from 1) in an array.
    """
    lines = read_lines(content, path)
    first = next(lines, b"").removeprefix(b"\xef\xbb\xbf")
    if first.lstrip()[:1] == b"[":
        yield from enumerate(_array(first, lines, path), start=1)
        return
    for number, line in enumerate(_chain(first, lines), start=1):
        if not line.strip():
            continue
        try:
            yield number, json.loads(line)
        except ValueError as error:
            yield number, error
        except RecursionError:
            yield number, ValueError("its JSON is nested too deeply")


def _chain(first: bytes, lines: Iterable[bytes]) -> Iterator[bytes]:
    yield first
    yield from lines


def _array(first: bytes, lines: Iterable[bytes], path: Path) -> Iterator[Any]:
    """The items of a JSON array, parsed one by one while the text streams in."""
    decoder = json.JSONDecoder()
    pieces = _pieces(first, lines)
    text = next(pieces).lstrip()[1:]
    at = 0
    ended = False
    while True:
        # Skip blanks and commas between items.
        while at < len(text) and text[at] in " \t\r\n,":
            at += 1
        if at < len(text) and text[at] == "]":
            return
        try:
            item, end = decoder.raw_decode(text, at)
            if end < len(text) or ended:
                yield item
                at = end
                continue
        except ValueError as error:
            if ended:
                raise InputError(
                    f'"{path}" is not valid JSON: {error}.',
                    "A links dump is a JSON array or JSON lines.",
                ) from None
        more = next(pieces, None)
        if more is None:
            ended = True
            if at >= len(text):
                raise InputError(f'"{path}" is cut off: the JSON array has no end.')
            continue
        text = text[at:] + more
        at = 0


def _pieces(first: bytes, lines: Iterable[bytes]) -> Iterator[str]:
    yield first.decode("utf-8", "replace")
    size = 0
    held = []
    for line in lines:
        held.append(line)
        size += len(line)
        if size >= _HEAD:
            yield b"".join(held).decode("utf-8", "replace")
            held, size = [], 0
    if held:
        yield b"".join(held).decode("utf-8", "replace")
