"""bibtexparser's `BibDatabase` in and out."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import bibtexparser
import pytest
from bibtexparser.bibdatabase import BibDatabase
from bibtexparser.bparser import BibTexParser
from bibtexparser.bwriter import BibTexWriter
from hypothesis import given, settings

from bibtools.formats.bibtex import Document
from bibtools.formats.bibtex.fields import Dialect
from bibtools.formats.bibtex.reading import read_entries
from bibtools.formats.bibtex.writing import write_entries
from bibtools.interop import from_bibdatabase, to_bibdatabase
from bibtools.model import Entry, Name, Notice, PartialDate
from tests.entry_strategies import differences, entries

BIB = r"""@comment{kept by us}
@preamble{"\newcommand{\x}{y}"}
@string{jx = "Journal of X"}
@article{a1, author = {Noether, Emmy and Hilbert, David}, title = {Invariants {I}},
  journal = jx # { (Series B)}, year = 1918, month = oct, keyword = {rings, ideals}, owner = {me}}
@inproceedings{c1, author = {Aa, B.}, title = {On it}, crossref = {p1}}
@proceedings{p1, title = {Proceedings of It}, year = 2001, publisher = {Press}, owner = {you}}
"""


def database(text: str = BIB, **options: Any) -> BibDatabase:
    return bibtexparser.loads(text, BibTexParser(ignore_nonstandard_types=False, **options))


@pytest.mark.parametrize("interpolate", [True, False])
def test_a_database_reads_as_its_file_does(interpolate: bool) -> None:
    found, notices = from_bibdatabase(database(interpolate_strings=interpolate))
    expected, _ = read_entries(Document.parse(BIB.replace("keyword =", "keywords =").encode()))
    assert notices == []
    assert [differences(*pair) for pair in zip(expected, found, strict=True)] == [{}, {}, {}]


def test_strings_comments_and_preambles_are_kept() -> None:
    before = database()
    after = to_bibdatabase(from_bibdatabase(before)[0], "bibtex", like=before)
    assert (after.strings, after.comments, after.preambles) == (
        before.strings,
        before.comments,
        before.preambles,
    )
    assert after.strings is not before.strings
    assert after.comments == ["kept by us"]


def test_values_that_customizations_took_apart() -> None:
    given_database = BibDatabase()
    given_database.entries = [
        {
            "ENTRYTYPE": "article",
            "ID": "a1",
            "title": "T",
            "author": ["Noether, Emmy", "Hilbert, David"],
            "editor": [{"name": "Klein, Felix", "ID": "KleinFelix"}],
            "journal": {"name": "J", "ID": "J"},
            "keyword": ["rings", "ideals"],
            "year": 1918,
            "link": [{"url": "https://example.org", "anchor": "x"}],
            "_FROM_CROSSREF": ["year"],
        }
    ]
    (entry,), notices = from_bibdatabase(given_database)
    assert entry.authors == (
        Name(family="Noether", given="Emmy"),
        Name(family="Hilbert", given="David"),
    )
    assert entry.creators == {"editor": (Name(family="Klein", given="Felix"),)}
    assert (entry.venue, entry.date) == ("J", PartialDate(1918))
    assert entry.fields == {"keyword": "rings, ideals"}
    assert notices == [
        Notice(
            'The field "link" of the entry "a1" is a list, not a text, and was left out.',
            rule="interop.no-text",
            hint="Convert the database before a customization changes its values.",
        )
    ]


def test_an_undefined_macro_is_noticed_and_its_name_kept() -> None:
    given_database = database(
        "@article{a1, title = {T}, journal = {J} # jx}", interpolate_strings=False
    )
    (entry,), notices = from_bibdatabase(given_database)
    assert entry.key == "a1"
    assert [notice.message for notice in notices] == [
        'The field "journal" of the entry "a1" uses the macro "jx", which the database does not '
        "define."
    ]


def test_no_entries() -> None:
    assert from_bibdatabase(BibDatabase()) == ([], [])
    assert to_bibdatabase([]).entries == []


@pytest.mark.parametrize("dialect", ["bibtex", "biblatex"])
def test_the_database_is_what_bibtexparser_reads_from_what_we_write(dialect: Dialect) -> None:
    several = [
        Entry(
            key="a1",
            type="article-journal",
            title="Größe & Zahl",
            authors=(Name(family="Noether", given="Emmy"), Name(literal="The Society")),
            date=PartialDate(1918, 10),
            venue="Annalen",
            fields={"volume": "3", "page": "1-10"},
        ),
        Entry(key="b1", type="book", title="A book", creators={"editor": (Name(family="Aa"),)}),
    ]
    read = database(write_entries(several, dialect), add_missing_from_crossref=False)
    assert to_bibdatabase(several, dialect).entries == read.entries
    rewritten = BibTexWriter().write(to_bibdatabase(several, dialect))
    back, _ = read_entries(Document.parse(rewritten.encode()))
    assert [differences(*pair) for pair in zip(several, back, strict=True)] == [{}, {}]


@pytest.mark.parametrize("dialect", ["bibtex", "biblatex"])
@settings(max_examples=40, deadline=None)
@given(entry=entries())
def test_every_entry_comes_back_exactly(dialect: Dialect, entry: Entry) -> None:
    (back,), notices = from_bibdatabase(to_bibdatabase([entry], dialect))
    lost = differences(entry, back)
    if len(entry.categories) == 1:
        # A .bib file does not tell the only candidate from the known primary class.
        lost.pop("primary_known", None)
    assert notices == []
    assert lost == {}


def test_bibtexparser_is_imported_only_when_it_is_needed() -> None:
    code = "import sys, bibtools.interop; sys.exit('bibtexparser' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
