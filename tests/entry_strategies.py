"""Entries for property tests: every part of the model, with every kind of text in it."""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import strategies as st

from bibtools.formats.carried import what_is_lost
from bibtools.formats.csl_variables import TYPES
from bibtools.model import (
    ArxivId,
    Dating,
    Doi,
    Entry,
    Link,
    Name,
    PartialDate,
    parse_dating,
    type_preprint,
)
from bibtools.model.variables import CREATORS, DATES, FIELDS, ID_SCHEMES

_RICH = frozenset({"title", "container-title"})
_SEVERAL_LINES = frozenset({"note", "annote"})
_characters = st.characters(
    codec="utf-8", exclude_categories=["Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"]
)
_pieces = st.one_of(
    st.text(_characters, min_size=1, max_size=5),
    st.sampled_from(
        "word The of and others {B} {DNA} \\emph{x} \\foo $x^2$ $ % # & _ ~ ^ \\ -- --- `` '' \" "
        "<i>x</i> <sup>2</sup> <b> </i> < 3.14 1-2 12–34 Ünïcode 中文 ά 🙂 a: b ; , . "
        "tex.code: arXiv: van der de la Jr. III O'Neil d' https://example.org/a_b%20c#d".split()
    ),
)


@cache
def texts() -> st.SearchStrategy[str]:
    """One line with single blanks."""
    joined = st.lists(_pieces, min_size=1, max_size=3).map(" ".join)
    return joined.map(lambda text: " ".join(text.split())).filter(bool)


@cache
def several_lines() -> st.SearchStrategy[str]:
    """One to four lines, with a blank line here and there."""
    lines = st.lists(texts(), min_size=1, max_size=3)
    return st.builds(lambda end, parts: end.join(parts), st.sampled_from(["\n", "\n\n"]), lines)


@cache
def partial_dates() -> st.SearchStrategy[PartialDate]:
    """Years, months and days from 9999 BC on."""
    year = st.one_of(st.integers(1900, 2030), st.integers(-9999, 9999))
    return st.one_of(
        st.builds(PartialDate, year),
        st.builds(PartialDate, year, st.integers(1, 12)),
        st.builds(PartialDate, year, st.integers(1, 12), st.integers(1, 28)),
    )


@cache
def datings() -> st.SearchStrategy[Dating]:
    """Days, spans, seasons, words."""
    flags = {"circa": st.booleans(), "uncertain": st.booleans()}
    day = st.builds(PartialDate, st.integers(1900, 2030), st.integers(1, 12), st.integers(1, 28))
    return st.one_of(
        st.builds(Dating, partial_dates(), **flags),
        st.builds(Dating, partial_dates(), partial_dates(), **flags),
        st.builds(Dating, partial_dates(), open_end=st.just(True), **flags),
        st.builds(Dating, st.none(), partial_dates(), **flags),
        st.builds(Dating, st.integers(0, 2100).map(PartialDate), season=st.integers(1, 4), **flags),
        st.builds(Dating, day, time=st.sampled_from(["23:59:58Z", "00:00", "12:30:00+02:00"])),
        texts().map(parse_dating),
    )


@cache
def names() -> st.SearchStrategy[Name]:
    """Mostly as people are called, some as nobody is."""
    usual = st.sampled_from(
        [
            Name(family="Noether", given="Emmy"),
            Name(family="Beethoven", given="Ludwig", dropping_particle="van"),
            Name(family="Maaten", given="Laurens", non_dropping_particle="van der"),
            Name(family="King", given="Martin Luther", suffix="Jr."),
            Name(family="d'Alembert", given="Jean"),
            Name(literal="World Health Organization"),
            Name(literal="Barnes and Noble, Inc."),
            Name(family="Sukarno"),
            Name(given="Teresa"),
            Name(family="von", given="B."),
            Name(family="毛", given="泽东"),
        ]
    )
    odd = st.builds(
        Name,
        family=texts(),
        given=st.none() | texts(),
        non_dropping_particle=st.none() | texts(),
        dropping_particle=st.none() | texts(),
        suffix=st.none() | texts(),
    )
    return st.one_of(usual, usual, odd, st.builds(Name, literal=texts()))


@cache
def keys() -> st.SearchStrategy[str]:
    """Citation keys that every format can hold."""
    return st.from_regex(r"[A-Za-z0-9][A-Za-z0-9:_./+-]{0,20}", fullmatch=True)


@cache
def _fields() -> st.SearchStrategy[dict[str, str]]:
    one_line = st.sampled_from(sorted(FIELDS - _RICH - _SEVERAL_LINES))
    plain = st.dictionaries(one_line, texts(), max_size=5)
    lines = st.dictionaries(st.sampled_from(sorted(_SEVERAL_LINES)), several_lines(), max_size=1)
    return st.builds(lambda a, b: {**a, **b}, plain, lines)


_addresses = st.sampled_from(
    [
        "https://example.org/a",
        "https://example.org/~b/c_d?e=f&g=%20h#i",
        "http://example.com/x{y}",
        "https://github.com/a/b",
    ]
)
_arxiv = st.sampled_from(
    [ArxivId("2104.08821"), ArxivId("hep-th/9901001"), ArxivId("2310.06694", 2)]
)
_dois = st.sampled_from(
    [Doi("10.1000/182"), Doi("10.1002/(SICI)1097<1::AID>3.0.CO;2-#"), Doi("10.1234/a_b%c")]
)


@cache
def _parts() -> st.SearchStrategy[dict[str, Any]]:
    """What an entry is made of. Built once: to build it for each entry takes most of the time."""
    strangers = ["adsurl", "owner", "weird-field", "keyx", "usera"]
    people = st.lists(names(), min_size=1, max_size=2).map(tuple)
    classes = st.sampled_from(["cs.CL", "hep-th", "math.AG"])
    return st.fixed_dictionaries(
        {
            "key": keys(),
            "type": st.sampled_from(sorted([*TYPES, type_preprint])),
            "title": st.none() | texts(),
            "authors": st.lists(names(), max_size=3).map(tuple),
            "authors_truncated": st.booleans(),
            "abstract": st.none() | several_lines(),
            "issued": st.none() | datings(),
            "categories": st.lists(classes, unique=True, max_size=2).map(tuple),
            "primary_known": st.booleans(),
            "code": st.lists(_addresses, unique=True, max_size=2),
            "address": st.none() | _addresses,
            "arxiv": st.none() | _arxiv,
            "doi": st.none() | _dois,
            "other_ids": st.dictionaries(st.sampled_from(sorted(ID_SCHEMES)), texts(), max_size=2),
            "venue": st.none() | texts(),
            "fields": _fields(),
            "creators": st.dictionaries(st.sampled_from(sorted(CREATORS)), people, max_size=2),
            "dates": st.dictionaries(
                st.sampled_from(sorted(DATES - {"issued"})), datings(), max_size=2
            ),
            "extra": st.dictionaries(
                st.sampled_from(strangers), texts().filter(_balanced), max_size=2
            ),
        }
    )


def entries(**fixed: Any) -> st.SearchStrategy[Entry]:
    """An entry in which anything may be known. `fixed` overrides attributes."""
    return _parts().map(lambda parts: _entry(parts, fixed))


def _entry(parts: dict[str, Any], fixed: dict[str, Any]) -> Entry:
    values = {**parts}
    issued, address = values.pop("issued"), values.pop("address")
    values["date"] = issued.start if issued is not None else None
    if issued is not None and not issued.simple:
        values["dates"] = {**values["dates"], "issued": issued}
    values["authors_truncated"] &= bool(values["authors"])
    values["primary_known"] &= bool(values["categories"])
    values["code"] = tuple(Link(url, "file") for url in values["code"])
    values["links"] = (Link(address, "file", "url"),) if address else ()
    return Entry(**{**values, **fixed})


def _balanced(text: str) -> bool:
    level = 0
    for char in text:
        level += (char == "{") - (char == "}")
        if level < 0:
            return False
    return level == 0


def differences(entry: Entry, back: Entry) -> dict[str, Any]:
    """What of the work is told otherwise; empty when both describe the same."""
    lost = what_is_lost(entry, back)
    if _address(entry) != _address(back):
        lost["address"] = [_address(entry), _address(back)]
    return lost


def _address(entry: Entry) -> str | None:
    return next((link.url for link in entry.links if link.kind == "url"), None)
