"""Entries as BibTeX and biblatex."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.formats.bibtex.document import Document
from bibtools.formats.bibtex.tex_values import is_balanced, name_list, printed_url, url_value
from bibtools.formats.bibtex.writing import (
    entry_fields,
    entry_type,
    safe_key,
    write_entries,
    write_entry,
)
from bibtools.model import ArxivId, Doi, Entry, Link, Name, PartialDate, parse_dating

paper = Entry(
    key="roe2021tidy",
    type="preprint",
    title="TidyNet: 50% Fewer Weights",
    authors=(Name("Roe", "Jané"), Name("Berg", "Ole", "van den")),
    authors_truncated=True,
    abstract="We save $0.20 & more.",
    date=PartialDate(2021, 4, 18),
    categories=("cs.CL",),
    code=(Link("https://github.com/roe/tidy_net", "abstract"),),
    arxiv=ArxivId("2104.08821"),
)


def test_bibtex() -> None:
    assert write_entries([paper], "bibtex") == (
        '@preamble{"\\providecommand{\\url}[1]{\\texttt{\\detokenize{#1}}}"}\n'
        "\n"
        "@misc{roe2021tidy,\n"
        "  author        = {Roe, Jan{\\'e} and van den Berg, Ole and others},\n"
        "  title         = {{TidyNet}: 50\\% Fewer Weights},\n"
        "  year          = {2021},\n"
        "  month         = apr,\n"
        "  day           = {18},\n"
        "  eprint        = {2104.08821},\n"
        "  archivePrefix = {arXiv},\n"
        "  primaryClass  = {cs.CL},\n"
        "  doi           = {10.48550/arXiv.2104.08821},\n"
        "  url           = {https://arxiv.org/abs/2104.08821},\n"
        "  code          = {https://github.com/roe/tidy_net},\n"
        "  note          = {arXiv:2104.08821 [cs.CL]. "
        "Code: \\url{https://github.com/roe/tidy_net}},\n"
        "  abstract      = {We save \\$0.20 \\& more.},\n"
        "}\n"
    )


def test_biblatex() -> None:
    assert write_entries([paper], "biblatex") == (
        "@online{roe2021tidy,\n"
        "  author        = {Roe, Jané and van den Berg, Ole and others},\n"
        "  title         = {{TidyNet}: 50\\% Fewer Weights},\n"
        "  date          = {2021-04-18},\n"
        "  eprint        = {2104.08821},\n"
        "  eprinttype    = {arxiv},\n"
        "  eprintclass   = {cs.CL},\n"
        "  doi           = {10.48550/arXiv.2104.08821},\n"
        "  url           = {https://arxiv.org/abs/2104.08821},\n"
        "  code          = {https://github.com/roe/tidy_net},\n"
        "  pubstate      = {prepublished},\n"
        "  addendum      = {Code: \\url{https://github.com/roe/tidy_net}},\n"
        "  abstract      = {We save \\$0.20 \\& more.},\n"
        "}\n"
    )


def test_nothing_known() -> None:
    assert write_entry(Entry(), "bibtex") == "@misc{anon,\n  key           = {anon},\n}\n"
    assert write_entry(Entry(), "biblatex") == "@misc{anon,\n}\n"
    assert write_entries([], "bibtex") == ""


def test_line_ends() -> None:
    text = write_entries([paper, paper], "bibtex", newline="\r\n")
    assert text.replace("\r\n", "\n") == write_entries([paper, paper], "bibtex")
    assert "\n" not in text.replace("\r\n", "")


def values(entry: Entry, dialect: str = "bibtex", links: str = "none") -> dict[str, str]:
    assert dialect in ("bibtex", "biblatex")
    found = entry_fields(entry, dialect, links)  # type: ignore[arg-type]
    assert len({field.name.lower() for field in found}) == len(found)
    return {field.name: field.value for field in found}


@pytest.mark.parametrize(
    ("changes", "dialect", "links", "expected"),
    [
        pytest.param({"date": PartialDate(800)}, "bibtex", "none", {"year": "800"}, id="old-year"),
        pytest.param(
            {"date": PartialDate(2020, 5)}, "biblatex", "none", {"date": "2020-05"}, id="m"
        ),
        pytest.param(
            {"doi": Doi("10.1/a_b<c>")}, "bibtex", "none", {"doi": "10.1/a_b%3Cc%3E"}, id="doi"
        ),
        pytest.param(
            {"arxiv": ArxivId("2104.08821", 2)},
            "bibtex",
            "none",
            {"eprint": "2104.08821v2"},
            id="v",
        ),
        pytest.param(
            {"extra": {"note": "Mine."}},
            "bibtex",
            "note",
            {
                "note": "Mine. arXiv:2104.08821 [cs.CL]. "
                "Code: \\url{https://github.com/roe/tidy_net}"
            },
            id="note-joined",
        ),
        pytest.param(
            {"extra": {"note": "See arXiv:2104.08821, \\url{https://github.com/roe/tidy_net}"}},
            "bibtex",
            "note",
            {"note": "See arXiv:2104.08821, \\url{https://github.com/roe/tidy_net}"},
            id="note-said-already",
        ),
        pytest.param(
            {"code": (Link("https://a.b/c", "x"), Link("https://a.b/d", "x"))},
            "biblatex",
            "addendum",
            {
                "code": "https://a.b/c",
                "code2": "https://a.b/d",
                "addendum": "Code: \\url{https://a.b/c}, \\url{https://a.b/d}",
            },
            id="two-code-links",
        ),
        pytest.param({"authors": ()}, "bibtex", "none", {"key": "{TidyNet}"}, id="sort-key"),
        pytest.param(
            {"extra": {"url": "https://mine.org/x"}},
            "bibtex",
            "none",
            {"url": "https://mine.org/x"},
            id="own-url",
        ),
        pytest.param(
            {"extra": {"Keywords": "{a}, \\emph{b}", "volume": 3}},
            "bibtex",
            "none",
            {"Keywords": "{a}, \\emph{b}", "volume": "3"},
            id="own-fields",
        ),
        pytest.param(
            {"extra": {"x": "}, @misc{a,", "y": "\\input{/etc/passwd}"}},
            "bibtex",
            "none",
            {
                "x": "\\textbraceright{}, @misc\\textbraceleft{}a,",
                "y": "\\textbackslash{}input\\textbraceleft{}/etc/passwd\\textbraceright{}",
            },
            id="own-fields-that-harm",
        ),
        pytest.param(
            {
                "fields": {"page": "1-4", "number": "2", "publisher": "P & Q"},
                "creators": {"editor": (Name("Poe"),)},
                "dates": {"accessed": parse_dating("2020-05-06")},
            },
            "bibtex",
            "none",
            {
                "pages": "1--4",
                "number": "2",
                "editor": "Poe",
                "publisher": "P \\& Q",
                "urldate": "2020-05-06",
            },
            id="fields-creators-dates",
        ),
    ],
)
def test_fields(changes: dict[str, object], dialect: str, links: str, expected: object) -> None:
    found = values(replace(paper, **changes), dialect, links)  # type: ignore[arg-type]
    assert {name: found.get(name) for name in expected} == expected  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("entry", "bibtex", "biblatex"),
    [
        pytest.param(paper, "misc", "online", id="preprint"),
        pytest.param(Entry(type="preprint"), "misc", "misc", id="no-address"),
        pytest.param(Entry(type="article-journal", venue="J"), "article", "article", id="article"),
        pytest.param(Entry(type="article-journal"), "misc", "misc", id="article-of-no-journal"),
        pytest.param(
            Entry(type="report", extra={"entrytype": "Manual"}), "manual", "manual", id="own-type"
        ),
        pytest.param(
            Entry(type="book", extra={"entrytype": "manual"}), "book", "book", id="stale-own-type"
        ),
        pytest.param(Entry(extra={"entrytype": "comment"}), "misc", "misc", id="no-type"),
        pytest.param(Entry(type="thesis"), "phdthesis", "thesis", id="thesis"),
        pytest.param(Entry(type="nonsense"), "misc", "misc", id="unknown"),
    ],
)
def test_types(entry: Entry, bibtex: str, biblatex: str) -> None:
    assert (entry_type(entry, "bibtex"), entry_type(entry, "biblatex")) == (bibtex, biblatex)


def test_no_primary_class_among_candidates() -> None:
    unsure = replace(paper, categories=("cs.CV", "math.CV"))
    assert "primaryClass" not in values(unsure)


CYRILLIC = ", ".join(
    "".join(f"{{\\relax {letter}}}" for letter in word[:3]) + word[3:] for word in ("Ян", "Яков")
)


@pytest.mark.parametrize(
    ("name", "bibtex", "biblatex"),
    [
        pytest.param(Name("Gao", "Tianyu"), "Gao, Tianyu", None, id="usual"),
        pytest.param(Name("Plato"), "Plato", None, id="one-word"),
        pytest.param(Name("Maaten", "L.", "van der"), "van der Maaten, L.", None, id="particle"),
        pytest.param(Name("Alembert", "J", "d'"), "d'Alembert, J", None, id="glued"),
        pytest.param(Name("Beethoven", "L", None, "van"), "van Beethoven, L", None, id="dropping"),
        pytest.param(Name("King", "M. L.", suffix="Jr."), "King, Jr., M. L.", None, id="suffix"),
        pytest.param(Name("al-Khwarizmi", "M"), "{al-Khwarizmi}, M", None, id="article"),
        pytest.param(Name("de la Cruz", "J"), "{de la Cruz}, J", None, id="small-family"),
        pytest.param(Name("García Márquez", "G"), r"Garc{\'i}a M{\'a}rquez, G", "García Márquez, G",
                     id="two-families"),
        pytest.param(Name(literal="Barnes and Noble, Inc."), "{Barnes and Noble, Inc.}", None,
                     id="body"),
        pytest.param(Name(literal="others"), "{others}", None, id="others"),
        pytest.param(Name("Sons, Inc and Co", "A"), "{Sons, Inc and Co}, A", None, id="commas"),
        pytest.param(Name(given="Madonna"), "{Madonna}", None, id="given-only"),
        pytest.param(Name("A=B", "C"), "A{=}B, C", None, id="equals-sign"),
        pytest.param(Name(literal="{x"), "{{\\textbraceleft{}x}}", None, id="brace"),
        pytest.param(Name(literal="École X"), r"{{\'E}cole X}", "{École X}", id="accent-first"),
        pytest.param(Name("Ян", "Яков"), CYRILLIC, "Ян, Яков", id="cyrillic"),
        pytest.param(Name(literal="王小明"), r"{\relax 王小明}", "{王小明}", id="chinese"),
        pytest.param(Name(family=" "), "", None, id="blank"),
        pytest.param(Name(), "", None, id="empty"),
    ],
)  # fmt: skip
def test_names(name: Name, bibtex: str, biblatex: str | None) -> None:
    assert name_list([name], "bibtex", truncated=False) == bibtex
    assert name_list([name], "biblatex", truncated=False) == (
        bibtex if biblatex is None else biblatex
    )


@pytest.mark.parametrize(
    ("url", "field", "printed"),
    [
        pytest.param("https://a.b/c_d~e&f", "https://a.b/c_d~e&f", r"\url{https://a.b/c_d~e&f}",
                     id="plain"),
        pytest.param("https://a.b/c%20d#e_f", "https://a.b/c%20d#e_f",
                     r"\texttt{https://a.b/c\%20d\#e\_f}", id="percent-and-hash"),
        pytest.param("https://a.b/é}{\\x y", "https://a.b/%C3%A9%7D%7B%5Cxy",
                     r"\texttt{https://a.b/\%C3\%A9\%7D\%7B\%5Cxy}", id="hostile"),
    ],
)  # fmt: skip
def test_addresses(url: str, field: str, printed: str) -> None:
    assert (url_value(url), printed_url(url)) == (field, printed)


def test_safe_key() -> None:
    assert [safe_key(key) for key in ("a:b-c_d.é", "a b,c}{%#", "", None)] == [
        "a:b-c_d.é",
        "abc",
        "anon",
        "anon",
    ]


_text = st.text(
    alphabet=st.one_of(st.characters(), st.sampled_from("\\{}%$#&_^~\"'@,=\n")), max_size=25
)
_hostile = st.builds(
    Entry,
    key=st.none() | _text,
    type=st.sampled_from(["preprint", "article-journal", "book", "thesis", "x"]),
    title=st.none() | _text,
    authors=st.lists(
        st.builds(Name, family=_text, given=_text, non_dropping_particle=_text, suffix=_text)
        | st.builds(Name, literal=_text),
        max_size=3,
    ).map(tuple),
    authors_truncated=st.booleans(),
    abstract=st.none() | _text,
    venue=st.none() | _text,
    code=st.lists(st.builds(Link, url=_text, evidence=st.just("x")), max_size=2).map(tuple),
    doi=st.none() | st.builds(Doi, _text),
    arxiv=st.none() | st.just(ArxivId("2104.08821")),
    other_ids=st.dictionaries(_text, _text, max_size=2),
    extra=st.dictionaries(
        _text | st.sampled_from(["note", "x"]), _text | st.integers(), max_size=3
    ),
)


@given(_hostile, st.sampled_from(["bibtex", "biblatex"]), st.sampled_from(["note", "none"]))
def test_whatever_an_entry_holds_it_is_one_entry(entry: Entry, dialect: str, links: str) -> None:
    """A reader finds exactly one entry with exactly our fields."""
    text = write_entry(entry, dialect, links)  # type: ignore[arg-type]
    fields = entry_fields(entry, dialect, links)  # type: ignore[arg-type]
    assert all(is_balanced(field.value) for field in fields)
    assert not re.search(
        "[\x00-\x08\x0e-\x1f]",
        "".join(field.value for field in fields if field.name not in entry.extra),
    )
    document = Document.parse(text.encode("utf-8", "replace"))
    assert len(document.entries) == 1
    found = document.read_fields(document.entries[0])
    assert set(found) == {field.name.lower() for field in fields}
