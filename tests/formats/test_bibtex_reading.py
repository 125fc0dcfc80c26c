"""Entries from .bib: types, dates, identifiers, links; what is left goes to `extra`."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.formats.bibtex import Document
from bibtools.formats.bibtex.entry_types import READ as TYPES
from bibtools.formats.bibtex.reading import ORIGINAL_TYPE, read_entries
from bibtools.formats.bibtex.writing import entry_type
from bibtools.model import ArxivId, Doi, Entry, Link, Name, Notice, PartialDate, Source


def read(source: str) -> tuple[list[Entry], list[Notice]]:
    return read_entries(Document.parse(source.encode(), "refs.bib"))


def one(fields: str, type_: str = "misc") -> Entry:
    (entry,), _ = read(f"@{type_}{{k, {fields}}}")
    return entry


def test_a_whole_entry() -> None:
    source = r"""
@inproceedings{Lark21,
  title     = {{BIRD}: Nets that Sing \& {D}ance},
  author    = {Lark, Ann and van der Wren, Bo and {Tit Society} and others},
  booktitle = "Proc. of the Birds",
  year      = 2021,
  month     = jun,
  pages     = {1--9},
  doi       = {https://doi.org/10.1000/B_IRD},
  abstract  = {We sing
               and dance.},
  eprint = {2104.08821}, archivePrefix = {arXiv}, primaryClass = {cs.CL},
  url       = {https://birds.example/a\_b},
  code      = {github.com/lark/bird},
  isbn      = {978-0-00-000000-2},
  keywords  = {birds, {N}ets},
}"""
    entries, notices = read(source)
    assert notices == []
    assert entries == [
        Entry(
            key="Lark21",
            type="paper-conference",
            title="BIRD: Nets that Sing & Dance",
            authors=(
                Name(family="Lark", given="Ann"),
                Name(family="Wren", given="Bo", non_dropping_particle="van der"),
                Name(literal="Tit Society"),
            ),
            authors_truncated=True,
            abstract="We sing and dance.",
            date=PartialDate(2021, 6),
            categories=("cs.CL",),
            primary_known=True,
            code=(Link("https://github.com/lark/bird", "field code"),),
            links=(Link("https://birds.example/a_b", "field url", "url"),),
            arxiv=ArxivId("2104.08821"),
            doi=Doi("10.1000/B_IRD"),
            other_ids={"isbn": "978-0-00-000000-2"},
            venue="Proc. of the Birds",
            sources=(Source("refs.bib", 2),),
            fields={
                "title": '<span class="nocase">BIRD</span>: Nets that Sing & '
                '<span class="nocase">D</span>ance',
                "page": "1-9",
                "keyword": "birds, Nets",
            },
        )
    ]


@pytest.mark.parametrize(("bib", "csl"), sorted(TYPES.items()))
def test_types(bib: str, csl: str) -> None:
    entry = one("title = {x}, url = {https://a.example}", bib.upper())
    assert entry.type == csl
    # The entry type itself is kept when the type does not give it back.
    assert entry.extra.get(ORIGINAL_TYPE, bib) == bib
    assert bib in [entry_type(entry, "bibtex"), entry_type(entry, "biblatex")]


def test_an_unknown_type_is_a_document() -> None:
    assert one("title = {x}", "birdsong").type == "document"


@pytest.mark.parametrize(
    ("source", "arxiv", "categories", "type_"),
    [
        pytest.param(
            "@misc{k, eprint={2310.06694}, archivePrefix={arXiv}, primaryClass={cs.CL}}",
            "2310.06694",
            ("cs.CL",),
            "preprint",
            id="arxiv-export",
        ),
        pytest.param(
            "@online{k, eprint={hep-th/9901001}, eprinttype={arxiv}, eprintclass={hep-th}}",
            "hep-th/9901001",
            ("hep-th",),
            "preprint",
            id="biblatex",
        ),
        pytest.param(
            "@article{k, journal={arXiv preprint arXiv:2104.08821}, year=2021}",
            "2104.08821",
            (),
            "preprint",
            id="scholar",
        ),
        pytest.param(
            "@article{k, journal={arXiv e-prints}, eid={arXiv:2104.08821}}",
            "2104.08821",
            (),
            "preprint",
            id="ads",
        ),
        pytest.param(
            "@article{k, journal={CoRR}, volume={abs/2310.06694v2}}",
            "2310.06694v2",
            (),
            "preprint",
            id="dblp-volume",
        ),
        pytest.param(
            "@misc{k, doi={10.48550/ARXIV.2310.06694}}", "2310.06694", (), "preprint", id="doi"
        ),
        pytest.param(
            "@misc{k, url={https://arxiv.org/pdf/2310.06694v1.pdf}}",
            "2310.06694v1",
            (),
            "preprint",
            id="address",
        ),
        pytest.param(
            "@unpublished{k, note={arXiv:2104.08821 [cs.CL]}}",
            "2104.08821",
            ("cs.CL",),
            "preprint",
            id="note",
        ),
        pytest.param(
            "@misc{k, howpublished={arXiv:2104.08821}}", "2104.08821", (), "preprint", id="how"
        ),
        pytest.param(
            "@misc{k, eprint={2104.08821 [cs.CL]}, eprinttype={arXiv}}",
            "2104.08821",
            ("cs.CL",),
            "preprint",
            id="zotero-export",
        ),
        pytest.param(
            "@article{k, journal={Bird Letters}, eprint={2104.08821}, archiveprefix={arXiv}}",
            "2104.08821",
            (),
            "article-journal",
            id="published",
        ),
        pytest.param(
            "@inproceedings{k, booktitle={Birds}, eprint={2104.08821}}",
            "2104.08821",
            (),
            "paper-conference",
            id="proceedings",
        ),
        pytest.param(
            "@article{k, journal={Bird Letters}, eprint={12345}, eprinttype={pubmed}}",
            None,
            (),
            "article-journal",
            id="another-server",
        ),
        pytest.param("@misc{k, note={see arXiv for more}}", None, (), "document", id="no-id"),
        pytest.param("@misc{k, volume={2104.08821}}", None, (), "document", id="a-mere-number"),
    ],
)
def test_arxiv(source: str, arxiv: str | None, categories: tuple[str, ...], type_: str) -> None:
    (entry,), _ = read(source)
    found = str(entry.arxiv) if entry.arxiv else None
    assert (found, entry.categories, entry.type) == (arxiv, categories, type_)


def test_the_journal_that_is_only_arxiv_is_no_venue_and_yet_comes_out_again() -> None:
    entry = one("journal={arXiv preprint arXiv:2104.08821}", "article")
    assert entry.venue is None
    assert entry.extra["journal"] == "arXiv preprint arXiv:2104.08821"


@pytest.mark.parametrize(
    ("fields", "date", "left"),
    [
        pytest.param("year = 1999", PartialDate(1999), {}, id="year"),
        pytest.param("year = {1999}, month = {3}", PartialDate(1999, 3), {}, id="number"),
        pytest.param("year = {1999}, month = mar", PartialDate(1999, 3), {}, id="macro"),
        pytest.param("year = {1999}, month = {Sept.}", PartialDate(1999, 9), {}, id="short"),
        pytest.param(
            "year = {1999}, month = {January 5}", PartialDate(1999, 1, 5), {}, id="day-in-month"
        ),
        pytest.param(
            'year = {1999}, month = "5~" # jan', PartialDate(1999, 1, 5), {}, id="day-before"
        ),
        pytest.param(
            "year = {1999}, month = jan, day = {5}", PartialDate(1999, 1, 5), {}, id="day"
        ),
        pytest.param(
            "year = {1999}, month = {May/June}",
            PartialDate(1999, 5),
            {"month": "May/June"},
            id="two-months",
        ),
        pytest.param(
            "year = {1999}, month = feb, day = {30}",
            PartialDate(1999),
            {"year": "1999", "month": "February", "day": "30"},
            id="no-such-day",
        ),
        pytest.param("date = {2021-04-18}", PartialDate(2021, 4, 18), {}, id="iso"),
        pytest.param(
            "date = {2021-04/2021-05}",
            PartialDate(2021, 4),
            {},
            id="range",
        ),
        pytest.param("year = {1999a}", PartialDate(1999), {"year": "1999a"}, id="year-with-letter"),
        pytest.param("year = {to appear}", None, {}, id="no-year"),
        pytest.param(
            "date = {spring}, year = 2001", PartialDate(2001), {"date": "spring"}, id="bad-date"
        ),
    ],
)
def test_dates(fields: str, date: PartialDate | None, left: dict[str, str]) -> None:
    entry = one(fields)
    extra = {name: value for name, value in entry.extra.items() if name != ORIGINAL_TYPE}
    assert (entry.date, extra) == (date, left)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(
            "@misc{k,\n  doi = {ten-thousand}}",
            'refs.bib:2:9: "ten-thousand" of "k" is no DOI.\n'
            '  Hint: A DOI starts with "10." and has a slash.',
            id="doi",
        ),
        pytest.param(
            "@misc{k, year = {soon}}",
            'refs.bib:1:17: The year "soon" of "k" cannot be read.\n  Hint: Write four digits.',
            id="year",
        ),
        pytest.param(
            "@misc{k, year = 1999, month = {Brumaire}}",
            'refs.bib:1:31: The month "Brumaire" of "k" cannot be read.\n'
            "  Hint: Write the macro, such as month = jan, or the number.",
            id="month",
        ),
        pytest.param(
            "@misc{k, eprint = {x}, eprinttype = {arxiv}}",
            'refs.bib:1:19: "x" of "k" is no arXiv ID.\n'
            "  Hint: An arXiv ID looks like 2310.06694 or hep-th/9901001.",
            id="arxiv",
        ),
        pytest.param(
            "@misc{k, author = {A and and B}}",
            'refs.bib:1:19: A name in "author" of "k" is empty.\n'
            '  Hint: There is an "and" too many.',
            id="name",
        ),
        pytest.param(
            "@misc{k, url = {two words}}",
            'refs.bib:1:16: "two words" of "k" is no single address.',
            id="url",
        ),
    ],
)
def test_what_cannot_be_read_is_said_and_kept(source: str, expected: str) -> None:
    (entry,), notices = read(source)
    assert [str(notice) for notice in notices] == [expected]
    assert entry.extra or entry.dates


@pytest.mark.parametrize(
    ("fields", "code", "left"),
    [
        pytest.param(
            "code = {https://github.com/a/b_c}", "https://github.com/a/b_c", set(), id="code"
        ),
        pytest.param(
            "url_Code = {github.com/a/b\\_c}", "https://github.com/a/b_c", set(), id="url-code"
        ),
        pytest.param(
            "repository-code = {https://x.example}", "https://x.example", set(), id="repository"
        ),
        pytest.param("code = {ask the authors}", None, {"code"}, id="no-address"),
    ],
)
def test_code_links(fields: str, code: str | None, left: set[str]) -> None:
    entry = one(fields)
    assert [link.url for link in entry.code] == ([code] if code else [])
    assert set(entry.extra) - {ORIGINAL_TYPE} == left


def test_an_undefined_macro_leaves_its_name() -> None:
    assert one("journal = jacm", "article").venue == "jacm"


def test_entries_in_comments_are_left_out() -> None:
    entries, _ = read("@comment{@misc{a, title={x}}} @misc{b, title={y}}")
    assert [entry.key for entry in entries] == ["b"]


def test_addresses_and_paths_are_not_decoded() -> None:
    entry = one("file = {C:\\'etude--1.pdf}, url = {https://a.b/c--d~e'f}")
    assert entry.extra["file"] == "C:\\'etude--1.pdf"
    assert entry.links[0].url == "https://a.b/c--d~e'f"


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                "title author year month date doi url eprint note journal code x".split()
            ),
            st.text("aA19.:/-~\\'{}\" ,é", max_size=15).filter(
                lambda v: v.count("{") == v.count("}") == 0
            ),
        ),
        max_size=6,
        unique_by=lambda pair: pair[0],
    )
)
def test_no_field_is_lost(pairs: list[tuple[str, str]]) -> None:
    """Whatever stands in a field is in the entry: understood, or word for word in `extra`."""
    source = ", ".join(f"{name} = {{{value}}}" for name, value in pairs)
    entry = one(source)
    understood = {
        "title": entry.title,
        "author": entry.authors,
        "year": entry.date or entry.dates,
        "month": entry.date or entry.dates,
        "date": entry.date or entry.dates,
        "doi": entry.doi,
        "url": entry.links,
        "eprint": entry.arxiv,
        "note": entry.arxiv or entry.fields.get("note"),
        "journal": entry.venue,
        "code": entry.code,
    }
    assert fields(entry)
    for name, value in pairs:
        squeezed = " ".join(value.split())
        if squeezed and name not in entry.extra:
            assert understood.get(name), name
