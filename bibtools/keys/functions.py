"""The functions of formulas: what they are called, what they may be told, what they give.

Names and meanings are Better BibTeX's (https://retorque.re/zotero-better-bibtex/citing/
formulas/), besides `arxiv` and `dblp`, which are ours. Functions that need Zotero itself are
known and refused with that reason: see `NEEDS_ZOTERO`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from bibtools.keys.dates_in_keys import month_word, written
from bibtools.keys.drafts import Numbering, reads_as_numbering
from bibtools.keys.folding import language_of, transliterate
from bibtools.keys.people import PEOPLE
from bibtools.keys.running import MARK, BadArgument, Function, Parameter, Run, Skip, parameters
from bibtools.keys.subject import (
    TYPE_NAMES,
    carried,
    extra_value,
    field_of,
    is_preprint,
    type_names,
)
from bibtools.keys.syntax import Value
from bibtools.keys.template import parse_template
from bibtools.keys.words import without_markup

# Titles, dates, pages


def _short_title(run: Run, n: int, m: int) -> str:
    words = run.words(run.subject.title, no_punctuation=True, romanize=m > 0)[: max(n, 0)]
    return " ".join(
        word[:1].upper() + word[1:] if place < m else word for place, word in enumerate(words)
    )


def _title(run: Run) -> str:
    return " ".join(run.words(run.subject.title, no_punctuation=True))


def _year(run: Run) -> str:
    return written(run.subject, "%-Y").rjust(2, "0") if run.subject.date.year else ""


def _orig_year(run: Run) -> str:
    return written(run.subject, "%-oY").rjust(2, "0") if run.subject.first_date.year else ""


_PAGE_SPLIT = re.compile(r"[-\s,\u2013]")


def _page(place: int) -> Callable[[Run], str]:
    return lambda run: _PAGE_SPLIT.split(field_of(run.subject.entry, "pages"))[place]


def _journal(run: Run, abbrev: str) -> str:
    short = ""
    if abbrev in ("abbrev", "abbrev+auto"):
        short = run.subject.field("journalAbbreviation")
    return short or run.subject.field("publicationTitle")


def _check_abbrev(value: Value) -> None:
    if value not in ("abbrev+auto", "abbrev", "auto", "full", "off"):
        raise BadArgument("abbrev is one of abbrev+auto, abbrev, auto, full and off.")


def _keyword(run: Run, n: int) -> str:
    words = sorted(
        word
        for part in re.split("[,;]", run.subject.entry.fields.get("keyword", ""))
        if (word := part.strip())
    )
    return words[n] if 0 <= n < len(words) else ""


# Tests


def _type(run: Run, *allowed: str) -> str:
    if not allowed:
        return run.subject.item_type
    if not type_names(run.subject.entry) & {name.lower() for name in allowed}:
        raise Skip
    return ""


def _check_type(value: Value) -> None:
    if str(value).lower() not in TYPE_NAMES:
        raise BadArgument(
            f'"{value}" is no type of item; types are Zotero\'s (book, journalArticle, '
            "conferencePaper, preprint, ...), CSL's or those of .bib files."
        )


_TAGS: Final = {
    "english": "en", "american": "en", "british": "en", "french": "fr", "français": "fr",
    "spanish": "es", "español": "es", "italian": "it", "italiano": "it", "dutch": "nl",
    "nederlands": "nl", "portuguese": "pt", "português": "pt", "polish": "pl", "swedish": "sv",
    "norwegian": "no", "norsk": "no", "danish": "da", "finnish": "fi", "czech": "cs",
    "turkish": "tr", "greek": "el", "hebrew": "he", "hungarian": "hu", "korean": "ko",
    "latin": "la", "romanian": "ro", "catalan": "ca", "eng": "en", "fre": "fr", "fra": "fr",
    "spa": "es", "ita": "it", "dut": "nl", "nld": "nl", "por": "pt", "pol": "pl", "swe": "sv",
    "kor": "ko",
}  # fmt: skip
"""Names of languages that people type, and their tags."""


def _tag(name: str) -> str:
    name = name.strip().lower().replace("_", "-")
    return language_of(name) or _TAGS.get(name, name.split("-")[0])


def _language(run: Run, *names: str) -> str:
    given = run.subject.entry.fields.get("language", "")
    if not given or _tag(given) not in [_tag(name) for name in names]:
        raise Skip
    return ""


def _item(run: Run, id_: str) -> str:
    entry = run.subject.entry
    if id_ == "id":
        return carried(entry, "itemID")
    return carried(entry, "key") or carried(entry, "itemKey")


def _check_item(value: Value) -> None:
    if value not in ("id", "key"):
        raise BadArgument('an item has an "id" and a "key".')


# Whole keys

# Words that Zotero's exporters leave out of a title before they take its first word.
_ZOTERO_SKIPS = (
    "a al an d' das de del der des die do ein eine einem einen einer eines el from in l' la las "
    "le les los of on some the to un una unas une uno unos with".split()
)
_BANNED = re.compile(
    rf"\b(?:{'|'.join(sorted(map(re.escape, _ZOTERO_SKIPS), key=len, reverse=True))})(?:\s+|\b)",
    re.ASCII,
)
_NOT_IN_ZOTERO_KEYS = re.compile(r"[^a-z0-9_-]+")


def _zotero(run: Run) -> str:
    """Zotero's own keys: first creator, first telling word of the title, year."""
    run.numbering = Numbering("-%(n)s")
    subject = run.subject
    who = subject.first_creator.lower().replace(" ", "_").replace(",", "") or "noauthor"
    title = without_markup(subject.entry.title or "")
    what = "notitle"
    if title:
        words = _BANNED.sub("", title.lower()).split()
        what = words[0] if words else ""
    year = subject.issued.year
    when = year if re.match(r"\d", year) else "nodate"
    key = transliterate(f"{who}_{what}_{when}")
    return _NOT_IN_ZOTERO_KEYS.sub("", key)


def _check_numbering(value: Value) -> None:
    if not isinstance(value, str) or not reads_as_numbering(value):
        raise BadArgument(
            "the mark has exactly one place: %(a)s (letters), %(A)s (capitals) or %(n)s (figures)."
        )


def _check_start(value: Value) -> None:
    if value not in (0, 1):
        raise BadArgument("start is 0 (the first has no mark) or 1.")


def _postfix(run: Run, format_: str, start: int) -> str:
    run.numbering = Numbering(format_, start)
    return ""


def _infix(run: Run, format_: str, start: int) -> str:
    run.numbering = Numbering(format_, start)
    return MARK


_DBLP = re.compile(r"https?://dblp\.(?:org|uni-trier\.de)/rec/(?:bib(?:tex)?/|html/)?([^\s?#]+)")


def _dblp(run: Run) -> str:
    """DBLP's key: the one that the entry names, that of a preprint, or its last part.

    The stream in the middle (`conf/emnlp`) is known to DBLP alone.
    """
    entry = run.subject.entry
    addresses = [link.url for link in entry.links]
    addresses += [value for value in entry.extra.values() if isinstance(value, str)]
    for address in addresses:
        if (match := _DBLP.search(address)) is not None:
            return "DBLP:" + re.sub(r"\.(?:bib|html|xml|rdf)$", "", match[1])
    if is_preprint(entry) and entry.arxiv is not None:
        return "DBLP:journals/corr/abs-" + re.sub(r"[./]", "-", entry.arxiv.value)
    return parse_template("{family|title}{initials|upper}{yy}").draft(entry).key()


def _text(_run: Run, text: str) -> str:
    return text


def _arxiv(run: Run) -> str:
    arxiv = run.subject.entry.arxiv
    return arxiv.value if arxiv is not None else ""


_MARKS = parameters("format=%(a)s start=0", format=_check_numbering, start=_check_start)

FUNCTIONS: Final[dict[str, Function]] = {
    **PEOPLE,
    "title": Function((), _title),
    "shorttitle": Function(parameters("n=3 m=0"), _short_title),
    "veryshorttitle": Function(parameters("n=1 m=0"), _short_title),
    "year": Function((), _year),
    "shortyear": Function((), lambda run: written(run.subject, "%y")),
    "origyear": Function((), _orig_year),
    "date": Function(
        parameters("format=%Y-%m-%d"), lambda run, format_: written(run.subject, format_)
    ),
    "origdate": Function((), lambda run: written(run.subject, "%oY-%om-%od")),
    "month": Function((), lambda run: month_word(run.subject.date.month)),
    "journal": Function(parameters("abbrev=abbrev+auto", abbrev=_check_abbrev), _journal),
    "firstpage": Function((), _page(0)),
    "lastpage": Function((), _page(-1)),
    "keyword": Function((Parameter("n", None, "number", None, True),), _keyword),
    "extra": Function(
        parameters("variable"), lambda run, name: extra_value(run.subject.entry, name)
    ),
    "field": Function(parameters("name"), lambda run, name: run.subject.field(name)),
    "type": Function((), _type, Parameter("type", None, "text", _check_type)),
    "language": Function((), _language, Parameter("name", None, "text")),
    "item": Function(parameters("id=key", id=_check_item), _item),
    "zotero": Function((), _zotero),
    "postfix": Function(_MARKS, _postfix),
    "infix": Function(_MARKS, _infix),
    "text": Function(parameters("text"), _text),
    "arxiv": Function((), _arxiv),
    "dblp": Function((), _dblp),
}
"""By name in lower case: names are compared without regard to case."""

NEEDS_ZOTERO: Final = {
    "inspirehep": "asks INSPIRE over the network",
    "library": "asks which of the Zotero libraries an item is in",
    "group": "asks which of the Zotero libraries an item is in",
}
"""Functions of Better BibTeX that bibtools does not have, and why."""
