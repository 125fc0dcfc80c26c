"""RIS as reference managers, libraries and publishers write it, with every kind of damage."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.formats.ris import read_ris
from bibtools.formats.ris.items import date_text, name_parts
from bibtools.formats.zotero import to_item
from bibtools.model import Dating, Doi, Entry, Link, Name, Notice, PartialDate, Source


def read(text: str) -> Entry:
    (entry,), notices = read_ris(text.encode(), "a.ris")
    assert notices == []
    return entry


ARTICLE = """TY  - JOUR
ID  - lovelace1843
TI  - Notes on the Engine
AU  - Lovelace, Ada
AU  - King, Martin, Jr.
AU  - Analytical Society
T2  - Scientific Memoirs
J2  - Sci. Mem.
AB  - What the engine does.
DA  - 1843/09/02
PY  - 1843
VL  - 3
IS  - 29
SP  - 666
EP  - 731
SN  - 1234-5679
PB  - Taylor
CY  - London
DO  - 10.1000/182
UR  - https://example.org/notes
KW  - engines
KW  - numbers
N1  - First note.
N1  - Second note.
ER  -
"""


def test_every_usual_tag_of_an_article() -> None:
    assert read(ARTICLE) == Entry(
        key="lovelace1843",
        type="article-journal",
        title="Notes on the Engine",
        authors=(
            Name(family="Lovelace", given="Ada"),
            Name(family="King", given="Martin", suffix="Jr."),
            Name(literal="Analytical Society"),
        ),
        abstract="What the engine does.",
        date=PartialDate(1843, 9, 2),
        doi=Doi("10.1000/182"),
        other_ids={"issn": "1234-5679"},
        venue="Scientific Memoirs",
        fields={
            "volume": "3",
            "issue": "29",
            "page": "666-731",
            "container-title-short": "Sci. Mem.",
            "publisher": "Taylor",
            "publisher-place": "London",
            "keyword": "engines, numbers",
            "note": "First note.\nSecond note.",
        },
        links=(Link("https://example.org/notes", "file", "url"),),
        sources=(Source("a.ris", 1),),
    )


BARE = "TY  - JOUR\nTI  - A title\nAU  - Noether, Emmy\nER  - \n"


def plain_of(data: bytes) -> list[tuple[str, str | None, str]]:
    entries, _ = read_ris(data, "a.ris")
    return [(entry.type, entry.title, entry.authors[0].display()) for entry in entries]


EXPECTED = [("article-journal", "A title", "Emmy Noether")]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(BARE.encode(), id="as the format wants it"),
        pytest.param(b"\xef\xbb\xbf" + BARE.encode(), id="mark of UTF-8"),
        pytest.param(BARE.encode("utf-16"), id="UTF-16"),
        pytest.param(BARE.replace("\n", "\r\n").encode(), id="CR LF"),
        pytest.param(BARE.replace("\n", "\r").encode(), id="CR"),
        pytest.param(BARE.replace("  - ", " - ").encode(), id="one blank before the hyphen"),
        pytest.param(BARE.replace("  - ", "  -").encode(), id="no blank behind the hyphen"),
        pytest.param(BARE.replace("TY  - ", "TY-").encode(), id="no blanks in the first line"),
        pytest.param(BARE.replace("  - ", "\t- ").encode(), id="tab"),
        pytest.param(BARE.replace("  - ", "\u00a0\u00a0- ").encode(), id="no-break blanks"),
        pytest.param(BARE.replace("  - ", "  \u2013 ").encode(), id="dash for the hyphen"),
        pytest.param(BARE.replace("ER  - \n", "ER  -").encode(), id="no blank after the end"),
        pytest.param(BARE.replace("ER  - \n", "").encode(), id="no end"),
        pytest.param(BARE.replace("JOUR", "jour").encode(), id="type in lower case"),
        pytest.param(b"Provider: somebody\nContent: text\n\n" + BARE.encode(), id="text before"),
        pytest.param(BARE.encode() + b"\n\n\x1a", id="end-of-file mark of DOS"),
        pytest.param(BARE.replace("A title", "A\ntitle").encode(), id="value in two lines"),
        pytest.param(BARE.replace("A title", "A\u2028title").encode(), id="line separator"),
        pytest.param(BARE.replace("AU  - ", "A1  - ").encode(), id="A1 for AU"),
        pytest.param(BARE.replace("TI  - ", "T1  - ").encode(), id="T1 for TI"),
        pytest.param(BARE.replace("TI  - ", "CT  - ").encode(), id="CT for TI"),
        pytest.param(("\n".join("  " + line for line in BARE.split("\n"))).encode(), id="indented"),
    ],
)
def test_every_dress_of_a_record_is_read(data: bytes) -> None:
    assert plain_of(data) == EXPECTED


@pytest.mark.parametrize(
    ("first", "second"), list(itertools.product([BARE, BARE.replace("ER  - \n", "")], repeat=2))
)
@pytest.mark.parametrize("between", ["", "\n", "\n\n\n", "  \n", "ER  - \n"])
def test_records_are_told_apart(first: str, second: str, between: str) -> None:
    assert plain_of((first + between + second).encode()) == EXPECTED * 2


def test_a_file_without_records() -> None:
    assert read_ris(b"", "a.ris") == ([], [])
    assert read_ris(b"\n\n", "a.ris") == ([], [])


def test_what_is_odd_is_noticed_with_its_line() -> None:
    text = (
        "Found by us\n\nTY  - JOUR\nTI  - One\nTY  - BOOK\nTI  - Two\nER  - \nTY  - BOOK\nER  - \n"
    )
    entries, notices = read_ris(text.encode(), "a.ris")
    assert [(entry.title, entry.sources) for entry in entries] == [
        ("One", (Source("a.ris", 3),)),
        ("Two", (Source("a.ris", 5),)),
    ]
    assert notices == [
        Notice(
            '"Found by us" stands outside of the records and was left out.',
            "a.ris",
            1,
            rule="ris.outside",
        ),
        Notice(
            'This record has no end ("ER  - "); it was read up to the next one.',
            "a.ris",
            3,
            rule="ris.no-end",
        ),
        Notice("This record is empty and was left out.", "a.ris", 8, rule="ris.empty"),
    ]


def test_a_file_that_is_not_utf8_is_read_wholly_as_windows_1252() -> None:
    (entry,), notices = read_ris(BARE.replace("A title", "Größe – 5 €").encode("cp1252"), "a.ris")
    assert entry.title == "Größe – 5 €"
    assert notices == [
        Notice(
            "This byte is not UTF-8: the whole file is read as Windows-1252 (latin-1).",
            "a.ris",
            2,
            rule="ris.encoding",
            hint="Save the file as UTF-8 if letters look wrong.",
        )
    ]


def test_a_line_of_an_abstract_that_looks_a_little_like_a_tag() -> None:
    entry = read("TY  - JOUR\nTI  - T\nAB  - We count\nT4 - cells and\nB2 -cells.\nER  - \n")
    assert entry.abstract == "We count\nT4 - cells and\nB2 -cells."


LONG = "This line is far longer than the eighty characters at which old programs break the lines."


@pytest.mark.parametrize(
    ("lines", "abstract"),
    [
        pytest.param(["Short.", "Next."], "Short.\nNext.", id="short lines are lines"),
        pytest.param([LONG, "Next."], f"{LONG}\nNext.", id="so are they after a long one"),
        pytest.param(
            ["x" * 70, "y" * 70, "z"], f"{'x' * 70} {'y' * 70} z", id="broken at 80 characters"
        ),
        pytest.param(["x" * 70, "", "y"], f"{'x' * 70}\n\ny", id="an empty line is one"),
    ],
)
def test_lines_of_an_abstract(lines: list[str], abstract: str) -> None:
    text = "\n".join(lines)
    assert read(f"TY  - JOUR\nTI  - T\nAB  - {text}\nER  - \n").abstract == abstract


def item(text: str) -> dict[str, Any]:
    found = to_item(read(text + "\nER  - \n"))
    return {name: value for name, value in found.items() if name != "extra"}


def people(*rows: tuple[str, str, str]) -> list[dict[str, str]]:
    return [
        {"creatorType": role, "firstName": given, "lastName": family}
        for role, family, given in rows
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "TY  - CHAP\nTI  - C\nAU  - Aa, A\nA2  - Bb, B\nA3  - Cc, C\nT2  - Book\nT3  - Series\n"
            "SV  - 4\nIS  - 2\nSN  - 9783642002304",
            {
                "itemType": "bookSection",
                "title": "C",
                "bookTitle": "Book",
                "series": "Series",
                "seriesNumber": "4",
                "numberOfVolumes": "2",
                "ISBN": "9783642002304",
                "creators": people(
                    ("author", "Aa", "A"), ("editor", "Bb", "B"), ("seriesEditor", "Cc", "C")
                ),
            },
            id="chapter",
        ),
        pytest.param(
            "TY  - BOOK\nTI  - B\nA2  - Ss, S\nA3  - Ee, E\nT2  - Series\nM1  - 7\nSP  - 300\n"
            "ET  - 2",
            {
                "itemType": "book",
                "title": "B",
                "series": "Series",
                "seriesNumber": "7",
                "numPages": "300",
                "edition": "2",
                "creators": people(("seriesEditor", "Ss", "S"), ("editor", "Ee", "E")),
            },
            id="book, creators in their order",
        ),
        pytest.param(
            "TY  - EDBOOK\nTI  - B\nAU  - Ee, E",
            {"itemType": "book", "title": "B", "creators": people(("editor", "Ee", "E"))},
            id="authors of an edited book are its editors",
        ),
        pytest.param(
            "TY  - CONF\nTI  - P\nT2  - Conference\nC3  - Proceedings\nC1  - Oslo\nT3  - Series",
            {
                "itemType": "conferencePaper",
                "title": "P",
                "proceedingsTitle": "Proceedings",
                "conferenceName": "Conference",
                "place": "Oslo",
                "series": "Series",
            },
            id="conference paper",
        ),
        pytest.param(
            "TY  - PAT\nTI  - P\nAU  - Ii, I\nSN  - US1\nPB  - Owner\nPY  - 1999",
            {
                "itemType": "patent",
                "title": "P",
                "assignee": "Owner",
                "patentNumber": "US1",
                "issueDate": "1999",
                "creators": people(("inventor", "Ii", "I")),
            },
            id="patent",
        ),
        pytest.param(
            "TY  - THES\nTI  - T\nPB  - U\nM3  - PhD thesis\nSP  - 99",
            {
                "itemType": "thesis",
                "title": "T",
                "thesisType": "PhD thesis",
                "university": "U",
                "numPages": "99",
            },
            id="thesis",
        ),
        pytest.param(
            "TY  - CASE\nTI  - A v. B\nA2  - Reporter\nVL  - 3\nSP  - 12\nDA  - 1970/01/02/",
            {
                "itemType": "case",
                "caseName": "A v. B",
                "dateDecided": "1970-01-02",
                "reporter": "Reporter",
                "reporterVolume": "3",
                "firstPage": "12",
            },
            id="case",
        ),
        pytest.param(
            "TY  - MPCT\nTI  - F\nAU  - Dd, D\nA3  - Pp, P",
            {
                "itemType": "film",
                "title": "F",
                "creators": people(("director", "Dd", "D"), ("producer", "Pp", "P")),
            },
            id="film",
        ),
        pytest.param(
            "TY  - WEB\nTI  - W\nT2  - Site\nVL  - 2008\nM1  - 2008/03/04",
            {
                "itemType": "webpage",
                "title": "W",
                "websiteTitle": "Site",
                "accessDate": "2008-03-04",
            },
            id="web page of EndNote",
        ),
        pytest.param(
            "TY  - DATA\nTI  - D\nPB  - Store\nET  - 2\nNV  - 17",
            {
                "itemType": "dataset",
                "title": "D",
                "identifier": "17",
                "versionNumber": "2",
                "repository": "Store",
            },
            id="data set",
        ),
        pytest.param(
            "TY  - NONSENSE\nTI  - X",
            {"itemType": "journalArticle", "title": "X"},
            id="unknown type",
        ),
        pytest.param("TI  - X", {"itemType": "journalArticle", "title": "X"}, id="no type"),
        pytest.param(
            "TY  - JOUR\nTI  - X\nJA  - Nat. X",
            {
                "itemType": "journalArticle",
                "title": "X",
                "publicationTitle": "Nat. X",
                "journalAbbreviation": "Nat. X",
            },
            id="only the abbreviation of the journal",
        ),
        pytest.param(
            "TY  - JOUR\nTI  - X\nSP  - 12-19\nEP  - 19",
            {"itemType": "journalArticle", "title": "X", "pages": "12-19"},
            id="the end twice",
        ),
        pytest.param(
            "TY  - JOUR\nTI  - X\nEP  - 19\nSP  - 12",
            {"itemType": "journalArticle", "title": "X", "pages": "12-19"},
            id="the end first",
        ),
        pytest.param(
            "TY  - JOUR\nTI  - X\nY1  - 1900/01/01\nDA  - 1950/01/01",
            {"itemType": "journalArticle", "title": "X", "date": "1950-01-01"},
            id="DA counts before Y1",
        ),
        pytest.param(
            "TY  - JOUR\nTI  - X\nDA  - March 12\nPY  - 2009",
            {"itemType": "journalArticle", "title": "X", "date": "2009 March 12"},
            id="day and year in two tags",
        ),
        pytest.param(
            "TY  - JOUR\nTI  - X\nKW  - a, b\nc; d",
            {
                "itemType": "journalArticle",
                "title": "X",
                "tags": [{"tag": "a, b"}, {"tag": "c"}, {"tag": "d"}],
            },
            id="keywords in lines and with semicolons",
        ),
        pytest.param(
            "TY  - JOUR\nTI  - X\nKW  - a, b",
            {"itemType": "journalArticle", "title": "X", "tags": [{"tag": "a"}, {"tag": "b"}]},
            id="one line of keywords with commas",
        ),
        pytest.param(
            "TY  - JOUR\nTI  - X\nM3  - doi: 10.1000/182.",
            {"itemType": "journalArticle", "title": "X", "DOI": "10.1000/182"},
            id="DOI in M3",
        ),
        pytest.param(
            "TY  - JOUR\nTI  - R&amp;D &lt; 3",
            {"itemType": "journalArticle", "title": "R&D < 3"},
            id="entities",
        ),
        pytest.param(
            "TY  - GEN\nTI  - X\nH2  - Shelf 3",
            {"itemType": "journalArticle", "title": "X", "callNumber": "Shelf 3"},
            id="Citavi, number alone",
        ),
        pytest.param(
            "TY  - BOOK\nTI  - X\nH1  - Library\nH2  - Shelf 3\nH1  - Other\nH2  - Shelf 4",
            {
                "itemType": "book",
                "title": "X",
                "libraryCatalog": "Library",
                "callNumber": "Shelf 3",
            },
            id="Citavi, two libraries",
        ),
    ],
)
def test_tags_by_type(text: str, expected: dict[str, Any]) -> None:
    assert item(text) == expected


def test_notes_of_procite_are_the_fields_they_name() -> None:
    found = read(
        "TY  - BOOK\nN1  - Record ID: 20\nA1  - Aa, A\nN1  - Author Role: edited by\nT1  - B\n"
        "VL  - 2nd\nIS  - 4\nN1  - Author, Subsidiary: Ulla Bb; Cc, C\n"
        "N1  - Place of Publication: Bonn\n"
        "N1  - Extent of Work: 12\nN1  - Packaging Method: pages\nN1  - Connective Phrase: in\n"
        "N1  - Notes: Read it.\nER  - \n"
    )
    assert found.creators == {"editor": (Name(family="Aa", given="A"),)}
    assert found.authors == (Name(family="Bb", given="Ulla"), Name(family="Cc", given="C"))
    assert found.fields == {
        "edition": "2nd",
        "volume": "4",
        "publisher-place": "Bonn",
        "number-of-pages": "12",
        "note": "Read it.",
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2009", "2009"),
        ("2009///", "2009"),
        ("2009/03", "2009-03"),
        ("2009/3/7/", "2009-03-07"),
        ("2009/03/00", "2009-03"),
        ("1998/12/31/Christmas issue", "1998-12-31"),
        ("20090312", "2009-03-12"),
        ("2009/13/01", "2009/13/01"),
        ("12 March 2009", "12 March 2009"),
        ("Mar 12", "0000 Mar 12"),
        ("in press", "in press"),
        ("n.d.", "n.d."),
        ("03/12", "03/12"),
    ],
)
def test_dates(text: str, expected: str) -> None:
    assert date_text(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Noether, Emmy", {"lastName": "Noether", "firstName": "Emmy"}),
        ("Noether,E.", {"lastName": "Noether", "firstName": "E."}),
        ("King, Martin Luther, Jr.", {"lastName": "King", "firstName": "Martin Luther, Jr."}),
        ("van der Berg, Jan", {"lastName": "van der Berg", "firstName": "Jan"}),
        ("World Health Organization", {"name": "World Health Organization"}),
        ("World Health Organization,", {"name": "World Health Organization"}),
        ("Barnes and Noble,, Inc.", {"name": "Barnes and Noble, Inc."}),
        ("Plato,", {"lastName": "Plato", "firstName": ""}),
        ("J. A. Smith", {"lastName": "Smith", "firstName": "J. A."}),
        ("R.-K. van Dyck", {"lastName": "van Dyck", "firstName": "R.-K."}),
        ("A. B. C. Institute", {"name": "A. B. C. Institute"}),
        ("Smith, ", {"lastName": "Smith", "firstName": ""}),
    ],
)
def test_names(text: str, expected: dict[str, str]) -> None:
    assert name_parts(text) == expected


@pytest.mark.parametrize(
    ("text", "date", "dates"),
    [
        ("DA  - 1987/12/24", PartialDate(1987, 12, 24), {}),
        ("PY  - 1987\nDA  - Spring", PartialDate(1987), "1987-21"),
        ("PY  - in press", None, "in press"),
        ("DA  - 2011/2012", PartialDate(2011), "2011/2012"),
        ("DA  - 1987\nY2  - 2001/02/03", PartialDate(1987), {"accessed": "2001-02-03"}),
    ],
)
def test_dates_of_an_entry(text: str, date: PartialDate | None, dates: Any) -> None:
    entry = read(f"TY  - JOUR\nTI  - X\n{text}\nER  - \n")
    wanted = {"issued": dates} if isinstance(dates, str) else dates
    assert entry.date == date
    assert {name: dating.edtf() for name, dating in entry.dates.items()} == wanted
    assert all(isinstance(dating, Dating) for dating in entry.dates.values())


@given(st.text(alphabet="TYAUKWBN1 -\nER:,;é\r\u2028\x00", max_size=80), st.binary(max_size=60))
def test_nothing_breaks_the_reader(text: str, data: bytes) -> None:
    for given_data in (text.encode(), data, b"TY  - JOUR\n" + data, BARE.encode() + text.encode()):
        entries, notices = read_ris(given_data, "a.ris")
        assert all(isinstance(entry, Entry) for entry in entries)
        assert all(notice.file == "a.ris" for notice in notices)
