"""When two values of an item are the same: to Zotero's server, and to a reader.

*Normalised* is what the server makes of a value when it stores it. *Loosely equal* is what says
the same in another spelling: it is asked where two sides are compared for the first time, and
where both changed one field; never to tell whether a side has changed, which is told by its own
past.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from bibtools.model import parse_arxiv, parse_doi
from bibtools.model.dating import Dating
from bibtools.sync.fields import base_name
from bibtools.sync.values import Data
from bibtools.text.addresses import is_web_address, same_address_key
from bibtools.text.markup import strip_markup
from bibtools.text.typed_dates import read_typed_date

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d+)?Z?", re.ASCII)
_DASHES = re.compile(
    r" ?(?:-{2,}|-?[\u2010-\u2015\u2212])[\u2010-\u2015\u2212-]* ?| ?- | - ?"
)  # several in a row are one: two long dashes are six hyphens in a .bib file
_QUOTES = str.maketrans({
    "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201b": "'", "\u2032": "'", "`": "'",
    "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u201f": '"', "\u00ab": '"', "\u00bb": '"',
    "\u2033": '"', "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2026": "...",
    "\u00ad": "", "\u200b": "", "\ufeff": "",
})  # fmt: skip
_DATES: Final = frozenset({"date", "accessDate", "filingDate", "originalDate"})
_NOT_ALNUM = re.compile(r"[\W_]+")
# What a .bib file says for want of a better word, and the item types that it may stand for: every
# "@article" reads as an article of a journal, every "@misc" as a document.
_FAMILIES: Final = tuple(
    (frozenset(coarse.split()), frozenset(f"{coarse} {others}".split()))
    for coarse, others in (
        ("journalArticle", "magazineArticle newspaperArticle"),
        ("bookSection", "dictionaryEntry encyclopediaArticle"),
        ("document webpage", "artwork audioRecording bill blogPost case computerProgram dataset "
         "email film forumPost hearing instantMessage interview letter map podcast preprint "
         "presentation radioBroadcast standard statute tvBroadcast videoRecording"),
        ("audioRecording", "podcast radioBroadcast"),
        ("film videoRecording", "tvBroadcast"),
        ("letter", "email instantMessage"),
        ("manuscript", "presentation"),
        ("statute", "bill"),
        ("case", "hearing"),
    )
)  # fmt: skip
_EMPTY: Final[tuple[object, ...]] = (None, "", [], {}, False)


def normalised(data: Data) -> dict[str, Any]:
    """The data as the server would give it back.

    Nothing is empty; texts are trimmed, in NFC, with line feeds alone and no control characters;
    numbers are texts; tags are sorted and there once; moments of access are in ISO 8601.

    Source: recorded answers of zotero/dataserver.
    """
    found: dict[str, Any] = {}
    for name, value in data.items():
        clean = _normal_value(name, value)
        if clean not in _EMPTY:
            found[name] = clean
    return found


def _normal_value(name: str, value: Any) -> Any:
    if isinstance(value, str):
        text = normal_text(value)
        if name == "accessDate" and (moment := _MOMENT.fullmatch(text)):
            return f"{moment[1]}T{moment[2]}Z"
        return text
    if name == "creators":
        return [creator for one in value or () if (creator := normal_creator(one))]
    if name == "tags":
        return normal_tags(value or ())
    if name == "collections":
        return sorted(set(value or ()))
    if isinstance(value, int | float) and not isinstance(value, bool) and name != "deleted":
        return str(value)
    return value


@lru_cache(maxsize=4096)
def normal_text(text: str) -> str:
    """A text as the server stores it."""
    if text.isascii() and text.isprintable():
        return text.strip()
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _CONTROLS.sub("", text)).strip()


def normal_creator(creator: Mapping[str, Any]) -> dict[str, str]:
    """A creator as the server stores it; empty when there is no name in it."""
    found = {name: normal_text(str(part or "")) for name, part in creator.items()}
    if not any(part for name, part in found.items() if name != "creatorType"):
        return {}
    return found


def normal_tags(tags: Sequence[Any]) -> list[dict[str, Any]]:
    """Tags as the server stores them: each text once, sorted, `type` only where it is not 0."""
    found: dict[str, dict[str, Any]] = {}
    for tag in tags:
        given = tag if isinstance(tag, Mapping) else {"tag": tag}
        text = normal_text(str(given.get("tag") or ""))
        if text and (text not in found or "type" in found[text]):
            found[text] = {"tag": text} | ({"type": given["type"]} if given.get("type") else {})
    return [found[text] for text in sorted(found)]


def loosely_equal(field: str, here: Any, there: Any, item_type: str = "") -> bool:
    """Whether two values of a field say the same in another spelling.

    Markup, white space, dashes, quotation marks, the dress of DOIs and ISBNs, the scheme and the
    last slash of addresses, spellings of one date and of one name do not count. A date that
    says less of the same (2021 and 2021-11-03), one of two ISBNs, and "en" for "en-US" are equal
    too: neither side is wrong, and to write the fuller value into the poorer side would be a
    guess, for a conference has its year and a preprint its day. A year and another year, initials
    and a full name, and titles in another case are two values.
    """
    if here == there:
        return True
    if here is None or there is None:
        return False
    base = base_name(field, item_type)
    if base in _COMPARED:
        return _COMPARED[base](here, there)
    if isinstance(here, str) and isinstance(there, str):
        return loose_text(here) == loose_text(there)
    return False


def _same_creators(here: Sequence[Any], there: Sequence[Any]) -> bool:
    return len(here) == len(there) and all(map(same_creator, here, there))


def _same_tags(here: Sequence[Any], there: Sequence[Any]) -> bool:
    first, second = ({tag["tag"] for tag in normal_tags(tags)} for tags in (here, there))
    # A list of keywords in a file cannot say "Robots, mobile" as one.
    return first == second or _words(first) == _words(second)


def _words(tags: Iterable[str]) -> set[str]:
    return {word.strip() for tag in tags for word in re.split("[,;]", tag) if word.strip()}


def _same_doi(here: str, there: str) -> bool:
    first, second = parse_doi(here), parse_doi(there)
    if first is None or second is None:
        return loose_text(here) == loose_text(there)
    return first.folded == second.folded


def _same_url(here: str, there: str) -> bool:
    return same_address_key(here.strip()) == same_address_key(there.strip())


def _same_numbers(here: str, there: str) -> bool:
    """ISBNs, ISSNs: without hyphens, and where one side has some of the other's."""
    first, second = _numbers(here), _numbers(there)
    return first <= second or second <= first


def _numbers(text: str) -> set[str]:
    return {_NOT_ALNUM.sub("", word).casefold() for word in re.split(r"[\s,;]+", text) if word}


def _same_language(here: str, there: str) -> bool:
    first, second = (re.split(r"[-_]", text.strip().casefold()) for text in (here, there))
    return first[: len(second)] == second[: len(first)]


def same_line(label: str, here: str, there: str) -> bool:
    """Whether two values of a line of Extra say the same; `label` is folded.

    An arXiv ID without its class or version says less of the same. Addresses are compared as
    addresses, whatever the label.
    """
    if label == "arxiv":
        first, second = (parse_arxiv(text.partition("[")[0].strip()) for text in (here, there))
        if first is not None and second is not None:
            versions = {first.version, second.version} - {None}
            return first.value == second.value and len(versions) < 2
    if label == "type":
        return here.strip().casefold() == there.strip().casefold()
    if is_web_address(here.strip()) and is_web_address(there.strip()):
        return _same_url(here, there)
    return loose_text(here) == loose_text(there)


@lru_cache(maxsize=4096)
def loose_text(text: str) -> str:
    """A text without what is only spelling: markup, white space, kinds of dashes and quotes,
    ligatures, and characters that Unicode has twice for the sake of older encodings (NFKC).
    """
    if "<" in text:
        text = strip_markup(text)
    text = _CONTROLS.sub(" ", text)
    if not text.isascii():
        # Marks are read before, for NFKC makes two of some, and after, for it makes some.
        text = unicodedata.normalize("NFKC", text.translate(_QUOTES))
    text = text.translate(_QUOTES).replace("''", '"')
    return _DASHES.sub("-", " ".join(text.split()))


def _same_date(here: str, there: str) -> bool:
    first, second = read_typed_date(here)[0], read_typed_date(there)[0]
    if first.literal is not None or second.literal is not None:
        return loose_text(here).casefold() == loose_text(there).casefold()
    return first == second or _says_less(first, second) or _says_less(second, first)


def _says_less(one: Dating, other: Dating) -> bool:
    """Whether a date is the beginning of the other: a year of a day, a day of a moment."""
    if one.start is None or other.start is None or not one.simple:
        return False
    if other.end is not None or other.open_end or other.circa or other.uncertain:
        return False
    mine, theirs = one.start, other.start
    return (
        mine.year == theirs.year
        and (mine.month is None or mine.month == theirs.month)
        and (mine.day is None or mine.day == theirs.day)
    )


def same_creator(here: Mapping[str, Any], there: Mapping[str, Any]) -> bool:
    """Whether two creators are the same name in the same role.

    Initials and a full name are two values: which is right nobody knows.
    """
    return here.get("creatorType") == there.get("creatorType") and loose_name(here) == loose_name(
        there
    )


def loose_name(creator: Mapping[str, Any]) -> tuple[str, str]:
    """Family name and given names without case, dots, spaces and kinds of hyphens."""
    whole = creator.get("name")
    if whole:
        return _folded(str(whole)), ""
    return _folded(str(creator.get("lastName") or "")), _folded(str(creator.get("firstName") or ""))


@lru_cache(maxsize=16384)
def _folded(part: str) -> str:
    return re.sub(r"[\s.\-\"]+", "", loose_text(part)).casefold()


def _same_bib_type(here: str, there: str) -> bool:
    """Whether a .bib file cannot tell two item types apart, one of them being what it says for
    want of a better word.
    """
    return any(
        here in family and there in family and (here in coarse or there in coarse)
        for coarse, family in _FAMILIES
    )


def _same_key(here: str, there: str) -> bool:
    return normal_text(here) == normal_text(there)


_COMPARED: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "itemType": _same_bib_type,
    "creators": _same_creators,
    "tags": _same_tags,
    "citationKey": _same_key,
    "DOI": _same_doi,
    "url": _same_url,
    "ISBN": _same_numbers,
    "ISSN": _same_numbers,
    "language": _same_language,
    **dict.fromkeys(_DATES, _same_date),
}
"""How values of a field are compared, by its base name; others as texts."""
