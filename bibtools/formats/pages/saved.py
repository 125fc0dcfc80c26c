"""What browsers save of a web page, as the bytes of the page itself.

- "Web page, HTML only" and "complete": the page.
- "Web page, single file" (`.mhtml`): a MIME message, RFC 2557; its first part in HTML is the page.
- "Web Archive" (Safari): a binary property list whose `WebMainResource` is the page.
- The viewer of a page's source, saved: a page whose visible text is the page.
"""

from __future__ import annotations

import binascii
import codecs
import re
from dataclasses import dataclass

from bibtools.text.html import is_html, read_html


@dataclass(frozen=True, slots=True)
class Saved:
    """A page out of its container."""

    data: bytes
    charset: str | None = None
    """As the container says."""
    address: str | None = None
    """Where it was saved from, as the container says."""


def unpack(data: bytes) -> Saved:
    """The page in a browser's container; other bytes as they are."""
    if data.startswith(b"bplist00"):
        return _web_archive(data) or Saved(data)
    if _MESSAGE_START.match(data):
        return _message(data) or Saved(data)
    return Saved(data)


# --- MHTML -------------------------------------------------------------------------------------

_MESSAGE_START = re.compile(
    rb"\s{0,9}(?:From|MIME-Version|Content-Type|Subject|Date)\s?:", re.IGNORECASE
)
_BOUNDARY = re.compile(
    rb"""boundary\s*=\s*(?:"([^"\r\n]{1,200})"|([^\s;"]{1,200}))""", re.IGNORECASE
)
_CHARSET = re.compile(rb"""charset\s*=\s*"?([\w.:-]{1,40})""", re.IGNORECASE)
_HEAD_ENDS = re.compile(rb"\r?\n\r?\n|\r\r")
_LONGEST_HEAD = 100_000
_PAGE_TYPES = (b"text/html", b"application/xhtml+xml")


def _head(data: bytes, start: int, stop: int) -> tuple[dict[bytes, bytes], int] | None:
    """The fields of a head before `stop` by their names in lower case, and the offset behind."""
    match = _HEAD_ENDS.search(data, start, min(stop, start + _LONGEST_HEAD))
    if match is None:
        return None
    folded = re.sub(rb"\r?\n[ \t]+", b" ", data[start : match.start()])
    fields: dict[bytes, bytes] = {}
    for line in re.split(rb"\r\n|\n|\r", folded):
        name, colon, value = line.partition(b":")
        if colon:
            fields.setdefault(name.strip().lower(), value.strip())
    return fields, match.end()


def _message(data: bytes) -> Saved | None:
    head = _head(data, 0, len(data))
    if head is None:
        return None
    fields, at = head
    kind = fields.get(b"content-type", b"")
    boundary = _BOUNDARY.search(kind)
    if not kind.lower().startswith(b"multipart/") or boundary is None:
        return _part(fields, data[at:], None)
    mark = b"--" + (boundary[1] or boundary[2])
    address = _text(fields.get(b"snapshot-content-location"))
    at = data.find(mark, at)
    while at >= 0:
        end = data.find(mark, at + len(mark))
        part = _head(data, at + len(mark), end if end >= 0 else len(data))
        if part is not None:
            inner, begin = part
            found = _part(inner, data[begin : end if end >= 0 else len(data)], address)
            if found is not None:
                return found
        at = end
    return None


def _part(fields: dict[bytes, bytes], body: bytes, address: str | None) -> Saved | None:
    kind = fields.get(b"content-type", b"")
    if not kind.lower().startswith(_PAGE_TYPES):
        return None
    match fields.get(b"content-transfer-encoding", b"").lower():
        case b"quoted-printable":
            body = binascii.a2b_qp(body)
        case b"base64":
            try:
                body = binascii.a2b_base64(body)
            except binascii.Error:
                return None
    charset = _CHARSET.search(kind)
    location = _text(fields.get(b"content-location"))
    return Saved(body, charset[1].decode("ascii") if charset else None, address or location)


def _text(value: bytes | None) -> str | None:
    return value.decode("utf-8", "replace") if value else None


# --- Safari ------------------------------------------------------------------------------------


def _web_archive(data: bytes) -> Saved | None:
    import plistlib  # slow, and hardly ever needed

    try:
        archive = plistlib.loads(data, fmt=plistlib.FMT_BINARY)
        resource = archive["WebMainResource"]
        page = resource["WebResourceData"]
        charset = resource.get("WebResourceTextEncodingName")
        address = resource.get("WebResourceURL")
    except (
        plistlib.InvalidFileException,
        ArithmeticError,
        AttributeError,
        LookupError,
        MemoryError,
        RecursionError,
        TypeError,
        ValueError,
    ):
        return None  # a hostile or broken list fails in any of these
    if not isinstance(page, bytes):
        return None
    return Saved(
        page,
        charset if isinstance(charset, str) else None,
        address if isinstance(address, str) else None,
    )


# --- encodings ---------------------------------------------------------------------------------

# Labels of pages and what browsers read them as, where that is not UTF-8
# (https://encoding.spec.whatwg.org/#names-and-labels).
_ENCODINGS = {
    **dict.fromkeys("iso-8859-1 iso8859-1 latin1 us-ascii ascii windows-1252".split(), "cp1252"),
    **dict.fromkeys("gb2312 gbk gb18030 x-gbk chinese".split(), "gb18030"),
    **dict.fromkeys("shift_jis shift-jis sjis x-sjis ms_kanji windows-31j".split(), "cp932"),
    **dict.fromkeys("euc-kr ks_c_5601-1987 korean windows-949".split(), "cp949"),
    **dict.fromkeys("big5 big5-hkscs x-x-big5".split(), "big5hkscs"),
    **dict.fromkeys("iso-8859-9 latin5 windows-1254".split(), "cp1254"),
    **dict.fromkeys("macintosh mac x-mac-roman".split(), "mac_roman"),
    **{f"iso-8859-{n}": f"iso8859_{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
    **{f"windows-{n}": f"cp{n}" for n in (1250, 1251, 1253, 1255, 1256, 1257, 1258)},
    "koi8-r": "koi8_r",
    "koi8-u": "koi8_u",
    "euc-jp": "euc_jp",
    "iso-2022-jp": "iso2022_jp",
}  # fmt: skip
_DECLARED = re.compile(
    rb"""<meta\s[^>]{0,300}?charset\s*=\s*["']?\s*([\w.:-]{1,40})"""
    rb"""|<\?xml\s[^>]{0,100}?encoding\s*=\s*["']([\w.:-]{1,40})""",
    re.IGNORECASE,
)


def declared_encoding(data: bytes, charset: str | None = None) -> str | None:
    """The name of the codec for a page that is not UTF-8, as its container or its head says.

    None when neither says anything that a browser knows.
    """
    if charset is None:
        match = _DECLARED.search(data, 0, 4096)
        if match is None:
            return None
        charset = (match[1] or match[2]).decode("ascii", "replace")
    name = _ENCODINGS.get(charset.strip().lower())
    return codecs.lookup(name).name if name is not None else None


# --- the viewer of a page's source -------------------------------------------------------------


def without_viewer(html: str) -> str:
    """The page whose source a page shows, when that is what it does; otherwise the page."""
    start = read_html(html[:20_000])
    shown = "\n".join(line.text for line in start.lines[:200])
    if not is_html(shown):
        return html
    return "\n".join(line.text for line in read_html(html).lines)
