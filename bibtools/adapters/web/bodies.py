"""The body of an answer: bounded, decompressed, whole, and in UTF-8."""

from __future__ import annotations

import codecs
import itertools
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence

_CODINGS = ("", "identity", "gzip", "x-gzip", "deflate")
_GZIP, _ZLIB, _RAW_DEFLATE = 31, 15, -15
# A gzip file may be many files one after another; a server's answer is not.
_MOST_MEMBERS = 100
_PIECE = 65_536
# Codecs that turn bytes into characters; Python also has some that decompress or interpret.
_CHARSET = re.compile(
    r"ascii|iso8859-\d+|cp125\d|utf-(16|32)(-[lb]e)?|gb2312|gbk|gb18030|big5|shift_jis|euc_(jp|kr)"
    r"|koi8-r"
)
# Comments and processing instructions, as many as there are, before the first element.
_BEFORE = re.compile(rb"\s*(?:<!--.*?-->|<\?.*?\?>)", re.DOTALL)
_WEB_PAGE = re.compile(
    rb"\s*<(?:!doctype\s+html|(?:[a-z]{1,20}:)?html[\s>]|(?:head|body|title|script)[\s>]|meta\s)",
    re.IGNORECASE,
)
_LOOKED_AT = 65_536
"""Bytes in which a web page shows that it is one."""


class TooLargeError(Exception):
    """More bytes than the request allows."""


class BrokenError(Exception):
    """The body ends before its end, or its compression is damaged."""


class UnknownCodingError(Exception):
    """A compression that was not asked for."""


def decompressed(pieces: Iterable[bytes], coding: str, largest: int) -> bytes:
    """The whole body.

    `coding` is the Content-Encoding. Raises `TooLargeError` as soon as there are more than
    `largest` bytes on the wire or after decompression (never holding much more than that),
    `BrokenError` and `UnknownCodingError`.
    """
    name = coding.strip().lower()
    if name not in _CODINGS:
        raise UnknownCodingError
    source = _counted(pieces, largest)
    parts = source if name in ("", "identity") else _inflated(source, name)
    body = bytearray()
    for part in parts:
        body += part
        if len(body) > largest:
            raise TooLargeError
    return bytes(body)


def _counted(pieces: Iterable[bytes], largest: int) -> Iterator[bytes]:
    total = 0
    for piece in pieces:
        total += len(piece)
        if total > largest:
            raise TooLargeError
        yield piece


def _inflated(pieces: Iterator[bytes], coding: str) -> Iterator[bytes]:
    """Decompress in parts of bounded size. An empty body stays one."""
    head = _head(pieces)
    if not head:
        return
    window = _GZIP if coding.endswith("gzip") else _deflate_window(head)
    machine = zlib.decompressobj(window)
    members = 1
    for piece in itertools.chain([head], pieces):
        data = piece
        while data:
            if machine.eof:
                members += 1
                machine = zlib.decompressobj(window)
            part = _step(machine, data)
            # What follows the last member and is none, is padding.
            if members > 1 and (part is None or window != _GZIP or members > _MOST_MEMBERS):
                return
            if part is None:
                raise BrokenError
            yield part
            data = machine.unused_data if machine.eof else machine.unconsumed_tail
    # Output that the machine had no room for, with no input left.
    while not machine.eof:
        part = _step(machine, b"")
        if not part:
            raise BrokenError
        yield part


def _head(pieces: Iterator[bytes]) -> bytes:
    """The first two bytes, with what came with them."""
    head = b""
    for piece in pieces:
        head += piece
        if len(head) > 1:
            break
    return head


def _step(machine: zlib._Decompress, data: bytes) -> bytes | None:
    """Some of the output; None when this is not compressed in this way."""
    try:
        return machine.decompress(data, _PIECE)
    except zlib.error:
        return None


def _deflate_window(head: bytes) -> int:
    """Some servers leave out the header that "deflate" should have (RFC 9110, 8.4.1.2)."""
    has_header = head[0] & 0x0F == 8 and int.from_bytes(head[:2], "big") % 31 == 0
    return _ZLIB if has_header else _RAW_DEFLATE


def accepts(accept: Sequence[str], content_type: str) -> bool:
    """Whether an answer of this Content-Type can be one. Without a type it can.

    `application/json` takes `application/vnd.x+json` too, as `application/xml` takes feeds.
    """
    media = content_type.partition(";")[0].strip().lower()
    if not media:
        return True
    kind, _, name = media.partition("/")
    for wanted in accept:
        head, _, tail = wanted.partition(";")[0].strip().lower().partition("/")
        if head in ("*", kind) and (tail in ("*", name) or name.endswith(f"+{tail}")):
            return True
    return False


def is_web_page(body: bytes) -> bool:
    """Whether the body is HTML, whatever its header says (walls against robots lie)."""
    start = body[:_LOOKED_AT].removeprefix(codecs.BOM_UTF8)
    place = 0
    while found := _BEFORE.match(start, place):
        place = found.end()
    return bool(_WEB_PAGE.match(start, place))


def in_utf8(body: bytes, content_type: str) -> bytes:
    """The body in UTF-8, where it is not and the header names another charset.

    A header that names a charset for what is UTF-8 is wrong, and XML that names its own encoding
    is left to the XML parser.
    """
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decoded(body, "utf-16")
    try:
        body.decode("utf-8")
        return body
    except UnicodeDecodeError:
        pass
    found = re.search(r";\s*charset\s*=\s*\"?([\w.:-]{1,40})", content_type, re.IGNORECASE)
    if found is None or re.match(rb"\s*<\?xml[^>]{0,200}\bencoding\s*=", body):
        return body
    try:
        name = codecs.lookup(found[1]).name
    except LookupError:
        return body
    return _decoded(body, name) if _CHARSET.fullmatch(name) else body


def _decoded(body: bytes, charset: str) -> bytes:
    try:
        return body.decode(charset).encode()
    except UnicodeError:
        return body
