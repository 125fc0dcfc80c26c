"""Reading what strangers send: the values of an answer, made safe and plain.

Every function takes anything and gives a value of the asked shape or nothing; none raises, but
`read`. A text comes out on one line, in Unicode NFC, without control characters, half
surrogates, marks that turn the direction of what follows and characters that no text has.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from bibtools.model import ArxivId, Doi, Name, PartialDate, parse_arxiv, parse_doi
from bibtools.sites.asking import Reply, UnreadableError
from bibtools.text.html import is_html
from bibtools.text.latex_decode import plain
from bibtools.text.markup import has_markup, strip_markup
from bibtools.text.names import is_body, parse_name

LONGEST = 200_000
"""Characters; a longer text is no title, abstract or comment, and counts as absent."""

# Line ends of all kinds become blanks; these go without a trace.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ufdd0-\ufdef\ufeff\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
# What publishers write between angle brackets: HTML, JATS (with and without its prefix), MathML.
_TAG = re.compile(
    r"<(?P<end>/)?(?:(?:jats|mml|m|ns\d)[:_])?(?P<name>[A-Za-z][A-Za-z0-9-]{0,20})"
    r"(?P<rest>(?:\s[^<>]{0,400})?)/?>"
)
_STYLES = {
    "i": "i", "em": "i", "italic": "i", "b": "b", "strong": "b", "bold": "b", "sup": "sup",
    "superscript": "sup", "sub": "sub", "subscript": "sub", "inf": "sub",
}  # fmt: skip
_DROPPED = frozenset(
    "sc scp small-caps u underline tt monospace span p title sec br break line-break div font "
    "a ext-link xref named-content styled-content sans-serif roman inline-formula disp-formula "
    "alternatives formula "
    # MathML
    "math semantics mrow mi mn mo ms mtext mspace msub msup msubsup mfrac msqrt mroot mover munder "
    "munderover mstyle mpadded mphantom mfenced menclose mtable mtr mtd mmultiscripts mprescripts "
    "none merror maction".split()
)
_BREAKING = frozenset({"p", "br", "break", "line-break", "div", "title", "sec"})
# The same formula again, in TeX, beside its MathML.
_TWICE = (
    re.compile(r"<(?:(?:jats[:_])?tex-math|(?:mml:)?annotation(?:-xml)?)\b[^<>]{0,400}>"),
    re.compile(r"</(?:(?:jats[:_])?tex-math|(?:mml:)?annotation(?:-xml)?)\s*>"),
)
# In MathML blanks between tags mean nothing.
_FORMULA = (re.compile(r"<(?:mml:)?math\b[^<>]{0,400}>"), re.compile(r"</(?:mml:)?math\s*>"))
_BETWEEN_TAGS = re.compile(r">\s+<")
_NO_BLANK = re.compile(r"(?<=[a-z]{3})<i>(?=[A-Z])")
_MOST_TAGS = 400
_HUGE_NUMBER = re.compile(r"&#(?:\d{8,}|[xX][0-9a-fA-F]{7,});?")
_DIGITS = re.compile(r"-?\d{1,9}", re.ASCII)
_ISO_DAY = re.compile(r"(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?(?![\d-])", re.ASCII)


def read(reply: Reply) -> Any:
    """The JSON of an answer with status 200. Raises `UnreadableError` for every other."""
    if reply.status != 200:
        raise refusal(reply)
    if not reply.body.strip():
        raise UnreadableError("the answer is empty")
    if looks_like_a_page(reply):
        raise UnreadableError("the answer is a web page, not data")
    try:
        return reply.json()
    except ValueError as error:
        # `json` has no error of its own for a number of thousands of digits.
        raise UnreadableError(f"the answer is not JSON ({type(error).__name__})") from None


def read_row(reply: Reply) -> Mapping[str, Any]:
    """As `read`, for an answer that must be a JSON object."""
    value = read(reply)
    if not isinstance(value, dict):
        raise UnreadableError(f"the answer is a JSON {type(value).__name__}, not an object")
    return value


def looks_like_a_page(reply: Reply) -> bool:
    """True when the body begins as a web page does, whatever its media type says."""
    return is_html(reply.body[:5000].decode("latin-1").removeprefix("\u00ef\u00bb\u00bf"))


def refusal(reply: Reply) -> UnreadableError:
    """The error of an answer whose status is none we can use, with what the service says."""
    said = None
    if not reply.body.lstrip().startswith(b"<"):
        try:
            row = json.loads(reply.body[:20_000])
        except (ValueError, RecursionError):
            row = clean(reply.body[:500].decode("utf-8", "replace"))
        said = text(row)
        for path in (("message",), ("error",), ("error", "message"), ("message", 0, "message")):
            said = said or text(member(row, *path))
    status = f"it answered {reply.status}"
    return UnreadableError(f'{status} ("{said[:120]}")' if said else status)


def clean(value: str) -> str:
    """One line without anything that a terminal, a file name or a reader could stumble over."""
    value = _UNSEEN.sub("", value)
    if not value.isascii():
        value = unicodedata.normalize("NFC", value)
    return " ".join(value.split())


def text(value: object) -> str | None:
    """The text, or None for what is none or empty. A whole number counts as its digits."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**18 else None
    if not isinstance(value, str) or len(value) > LONGEST:
        return None
    return clean(value) or None


def texts(value: object) -> tuple[str, ...]:
    """The texts of a list, or of one text that stands alone."""
    items = value if isinstance(value, list) else [value]
    return tuple(found for item in items if (found := text(item)) is not None)


def whole(value: object) -> int | None:
    """A whole number of at most nine digits, also one that is written as a text."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if abs(value) < 10**9 else None
    if isinstance(value, str) and _DIGITS.fullmatch(value.strip()):
        return int(value)
    return None


def number(value: object) -> float | None:
    """A finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def member(row: object, *path: str | int) -> Any:
    """What stands under the names (and places in lists), or None where the way ends."""
    for step in path:
        if isinstance(step, str):
            row = row.get(step) if isinstance(row, Mapping) else None
        elif isinstance(row, list) and -len(row) <= step < len(row):
            row = row[step]
        else:
            return None
    return row


def rows(value: object) -> tuple[Mapping[str, Any], ...]:
    """The objects of a list, or the one object that stands alone."""
    items = value if isinstance(value, list) else [value]
    return tuple(item for item in items if isinstance(item, dict))


def doi(value: object) -> Doi | None:
    """A DOI in any dress, without blanks and controls."""
    found = text(value)
    return parse_doi(found) if found is not None and len(found) <= 500 else None


def arxiv(value: object) -> ArxivId | None:
    """An arXiv ID in any dress."""
    found = text(value)
    return parse_arxiv(found) if found is not None and len(found) <= 200 else None


def is_class(term: str) -> bool:
    """True for one of arXiv's classes: `cs.CL`, `hep-th`; not for `68T50` or `I.2.7`."""
    return re.fullmatch(r"[a-z]+(?:-[a-z]+)?(?:\.[A-Za-z][A-Za-z-]+)?", term) is not None


def address(value: object) -> str | None:
    """An http(s) address without credentials in it, or None."""
    found = text(value)
    if found is None or len(found) > 2000 or re.search(r"[\s<>\"\\`{}|^]", found):
        return None
    try:
        parts = urlsplit(found)
        host, user = parts.hostname, parts.username
    except ValueError:
        return None
    return found if parts.scheme in ("http", "https") and host and user is None else None


def date(year: object, month: object = None, day: object = None) -> PartialDate | None:
    """The date as far as its parts are good: an impossible day leaves year and month."""
    numbers = [whole(year), whole(month), whole(day)]
    if numbers[0] is None or not 1000 <= numbers[0] <= 2999:
        return None
    for parts in (numbers, numbers[:2], numbers[:1]):
        if None in parts:
            continue
        try:
            return PartialDate(*(part for part in parts if part is not None))
        except ValueError:
            continue
    return None


def iso_date(value: object) -> PartialDate | None:
    """The day of an ISO date or time stamp, as precise as it is."""
    found = text(value)
    match = _ISO_DAY.match(found) if found is not None else None
    return date(*match.groups()) if match is not None else None


def printed_name(value: object) -> Name | None:
    """A name in reading order or as "Family, Given"; a body is a literal."""
    found = text(value)
    return parse_name(found) if found is not None and len(found) <= 300 else None


def name(family: object, given: object = None, suffix: object = None) -> Name | None:
    """A name that comes in parts; particles before the family name are told from it."""
    last, first, third = text(family), text(given), text(suffix)
    if last is None or len(last) > 300:
        return printed_name(given) if last is None else None
    if first is None:
        return Name(literal=last) if is_body(last) else Name(family=last, suffix=third)
    # `parse_name` reads commas; and what it would leave whole comes in parts here.
    read_name = parse_name(f"{last}, {first}") if "," not in last + first else None
    if read_name is None or read_name.family is None or read_name.given != first:
        return Name(last, first, suffix=third)
    return Name(
        read_name.family, first, read_name.non_dropping_particle, None, third or read_name.suffix
    )


def marked(value: object) -> tuple[str | None, str | None]:
    """A text with the markup of publishers: without any, and with the little that entries keep.

    Entities are decoded (twice where they were encoded twice), HTML, JATS and MathML become
    `<i>`, `<b>`, `<sup>`, `<sub>` or go; a `<` that opens none of them stays. The second is None
    when there is no markup.
    """
    found = value if isinstance(value, str) and len(value) <= LONGEST else None
    if found is None:
        return text(value), None
    for _ in range(2):
        if "&" in found:
            found = unescape(_HUGE_NUMBER.sub("\ufffd", found))
    if "<" not in found:
        return clean(found) or None, None
    found = _within(_TWICE, found, lambda _: "")
    found = _within(_FORMULA, found, lambda formula: _BETWEEN_TAGS.sub("><", formula))
    found = clean(_TAG.sub(_tag, found))
    # A pair around nothing, and blanks on the inside of a pair, are no markup.
    found = re.sub(r"<(i|b|sup|sub)>\s*</\1>", "", found)
    # Publishers drop the blank before a word in italics: "successful<i>Shigella</i>".
    found = _NO_BLANK.sub(" <i>", clean(found))
    if found.count("<") > _MOST_TAGS:
        # Whoever writes this writes no title: reading it in pairs would take for ever.
        return clean(re.sub(r"</?(?:i|b|sup|sub)>", "", found)) or None, None
    if not has_markup(found):
        return found or None, None
    bare = clean(strip_markup(found))
    return (bare, found) if bare else (None, None)


def _within(
    ends: tuple[re.Pattern[str], re.Pattern[str]], value: str, change: Callable[[str], str]
) -> str:
    """The text with every stretch from an opening to its closing tag changed; in linear time."""
    opening, closing = ends
    done: list[str] = []
    at = 0
    while (start := opening.search(value, at)) and (end := closing.search(value, start.end())):
        done += value[at : start.start()], change(value[start.start() : end.end()])
        at = end.end()
    return "".join(done) + value[at:]


def _tag(match: re.Match[str]) -> str:
    tag = match["name"].lower()
    style = _STYLES.get(tag)
    # `x <b and c> y` has words where attributes would be.
    if match["rest"].strip(" /") and "=" not in match["rest"]:
        return match[0]
    if style is not None:
        return f"</{style}>" if match["end"] else f"<{style}>"
    if tag in _DROPPED:
        return " " if tag in _BREAKING else ""
    return match[0]


def undotted(title: str | None) -> str | None:
    """A title without the full stop that some services put behind it."""
    return re.sub(r"(?<=[^\W_]{2})\.\Z|(?<=[)\]?!>])\.\Z", "", title) if title else None


def tex(value: object) -> str | None:
    """A text as arXiv's authors write it, TeX and all, as a reader sees it.

    Formulas that plain characters cannot show stay between `$`, as in every other entry.
    """
    found = text(value)
    return clean(plain(found)) or None if found is not None else None


def pages(value: object) -> str | None:
    """A range of pages with a plain hyphen."""
    found = text(value)
    if found is None or len(found) > 60:
        return None
    return re.sub(r"\s*[-\u2010-\u2015\u2212]+\s*", "-", found).strip("-") or None


def filled(**values: str | None) -> dict[str, str]:
    """The fields that have a value; `_` in a name stands for `-`."""
    return {name.replace("_", "-"): value for name, value in values.items() if value}


def distinct(values: Iterable[str | None]) -> tuple[str, ...]:
    """The texts that are there, each once, in their order."""
    return tuple(dict.fromkeys(value for value in values if value))


def first(values: Sequence[str]) -> str | None:
    """The first of the texts, if there is one."""
    return values[0] if values else None
