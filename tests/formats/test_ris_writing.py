"""RIS out, and back: nothing of an entry is lost, and nothing in it can break the file."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bibtools.formats.ris import read_ris, write_ris
from bibtools.model import ArxivId, Doi, Entry, Link, Name, PartialDate, parse_dating, type_preprint
from bibtools.text.latex_encode import encode
from tests.entry_strategies import differences, entries


def back(text: str) -> Entry:
    (entry,), notices = read_ris(text.encode(), "a.ris")
    assert notices == []
    return entry


def lines(entry: Entry) -> list[str]:
    text = write_ris([entry])
    assert text.endswith("\r\nER  - \r\n\r\n")
    return text.removesuffix("ER  - \r\n\r\n").split("\r\n")[:-1]


ARTICLE = Entry(
    key="lovelace1843",
    type="article-journal",
    title="Notes on R&D",
    authors=(Name(family="King", given="Ada", suffix="Jr."), Name(literal="The Royal Society")),
    abstract="What the engine does.",
    date=PartialDate(1843, 9),
    doi=Doi("10.1000/182"),
    other_ids={"issn": "1234-5679"},
    venue="Scientific Memoirs",
    fields={"volume": "3", "issue": "29", "page": "666-731", "keyword": "engines, numbers"},
    creators={"editor": (Name(family="Taylor", given="Richard"),)},
    links=(Link("https://example.org/notes", "file", "url"),),
    dates={"accessed": parse_dating("2020-02-03")},
)


def test_an_article() -> None:
    assert lines(ARTICLE) == [
        "TY  - JOUR",
        "ID  - lovelace1843",
        "TI  - Notes on R&D",
        "AU  - King, Ada, Jr.",
        "AU  - The Royal Society",
        "A2  - Taylor, Richard",
        "T2  - Scientific Memoirs",
        "AB  - What the engine does.",
        "DA  - 1843/09",
        "PY  - 1843",
        "VL  - 3",
        "IS  - 29",
        "SP  - 666",
        "EP  - 731",
        "SN  - 1234-5679",
        "DO  - 10.1000/182",
        "UR  - https://example.org/notes",
        "Y2  - 2020/02/03",
        "KW  - engines",
        "KW  - numbers",
    ]
    assert differences(ARTICLE, back(write_ris([ARTICLE]))) == {}


def test_an_arxiv_paper_with_its_code() -> None:
    paper = Entry(
        key="a2023",
        type=type_preprint,
        title="A model",
        authors=(Name(family="Aa", given="A."),),
        date=PartialDate(2023, 10, 10),
        arxiv=ArxivId("2310.06694"),
        categories=("cs.CL",),
        primary_known=True,
        code=(Link("https://github.com/a/b", "page", "repository"),),
    )
    text = lines(paper)
    assert text[0] == "TY  - UNPB"
    assert "AN  - arXiv:2310.06694" in text
    assert "DO  - 10.48550/arXiv.2310.06694" in text
    assert "M2  - tex.code: https://github.com/a/b" in text
    assert not any("bibtools" in line for line in text)
    assert differences(paper, back(write_ris([paper]))) == {}


@settings(max_examples=120, deadline=None)
@given(entries())
def test_every_entry_comes_back_exactly(entry: Entry) -> None:
    assert differences(entry, back(write_ris([entry]))) == {}


@settings(max_examples=15, deadline=None)
@given(st.lists(entries(), max_size=4))
def test_entries_in_one_file_do_not_touch_each_other(several: list[Entry]) -> None:
    found, notices = read_ris(write_ris(several).encode(), "a.ris")
    assert notices == []
    assert [differences(*pair) for pair in zip(several, found, strict=True)] == [{}] * len(several)


def test_no_entries_are_an_empty_text() -> None:
    assert write_ris([]) == ""


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("ER  - ", id="end of a record"),
        pytest.param("One.\nER  - \nTY  - JOUR\nTI  - Other", id="a record of its own"),
        pytest.param("One.\n\nAU  - Somebody, Else", id="another author after an empty line"),
        pytest.param("bibtools: {}", id="what we carry"),
        pytest.param("Record ID: 12", id="a label of ProCite"),
        pytest.param("Notes: x\n\nEdition: y", id="two labels of ProCite"),
        pytest.param("&lt;b&gt; &amp;amp;", id="entities"),
        pytest.param("a\u2028TY  - JOUR", id="line separator"),
        pytest.param(" spaced\n  out", id="blanks at the beginning of lines"),
        pytest.param("x" * 70 + "\n" + "y" * 70 + "\nz", id="lines that look broken"),
        pytest.param("x" * 70 + "\nTI  - y", id="a title after a line that looks broken"),
    ],
)
@pytest.mark.parametrize("where", ["note", "abstract"])
def test_texts_that_look_like_tags_stay_texts(text: str, where: str) -> None:
    entry = Entry(
        key="a1",
        title="A",
        abstract=text if where == "abstract" else None,
        fields={"note": text} if where == "note" else {},
    )
    assert differences(entry, back(write_ris([entry]))) == {}


@pytest.mark.parametrize(
    "name",
    [
        Name(literal="Barnes and Noble, Inc."),
        Name(literal="J. Institute"),
        Name(literal="J. Smith"),
        Name(literal="Plato"),
        Name(family="Plato"),
        Name(family="van", given="B."),
        Name(family="Maaten", given="Laurens", non_dropping_particle="van der"),
    ],
)
def test_names_need_nothing_carried(name: Name) -> None:
    entry = Entry(key="a1", type="book", title="A", authors=(name,))
    text = write_ris([entry])
    assert "bibtools" not in text
    assert back(text).authors == (name,)


ODD = """TY  - EJOUR
TI  - X
AU  - Aa, A
AD  - Department of {Odd} Things, 50% & more
L1  - internal-pdf://1/a.pdf
internal-pdf://1/b.pdf
L1  - c.pdf
RP  - NOT IN FILE
TT  - Ein X
XX  - whatever \\this is
DA  - 1998/12/31/Christmas issue
UR  - https://example.org/1
UR  - https://example.org/2
ID  - 4711
ER  -
"""


def test_what_is_not_understood_comes_out_again() -> None:
    entry = back(ODD)
    again = write_ris([entry])
    assert differences(entry, back(again)) == {}
    values = {line.strip() for line in ODD.split("\n")}
    assert values - {line.strip() for line in again.split("\r\n")} == set()


def test_what_is_not_understood_is_in_extra_as_latex() -> None:
    extra = back(ODD).extra
    assert extra["ris.rp"] == "NOT IN FILE"
    assert extra["ris.ad"] == encode("Department of {Odd} Things, 50% & more")
    assert extra["ris.l1"] == ["internal-pdf://1/a.pdf\ninternal-pdf://1/b.pdf"]
    assert extra["ris.l1.2"] == "c.pdf"


def test_what_is_carried_gives_way_to_an_edit() -> None:
    entry = Entry(key="a1", type="book", title="A", authors=(Name(family="Van Dyke Jones"),))
    text = write_ris([entry])
    assert "M2  - bibtools: " in text
    edited = text.replace("AU  - Van Dyke Jones", "AU  - Jones, Ann")
    assert back(edited).authors == (Name(family="Jones", given="Ann"),)


@pytest.mark.parametrize("carried", ["{", "[]", "7", '{"title": 3}', '{"title": ["", {}]}', "x"])
def test_a_broken_carried_line_is_harmless(carried: str) -> None:
    text = f"TY  - BOOK\nTI  - A\nM2  - bibtools: {carried}\nER  - \n"
    assert back(text).title == "A"


def test_the_carried_line_is_json_of_ascii() -> None:
    entry = Entry(key="a1", type="book", title="A", authors=(Name(family="Été  Org"),))
    (line,) = (line for line in lines(entry) if line.startswith("M2  - bibtools: "))
    assert line.isascii()
    assert list(json.loads(line.partition(": ")[2])) == ["authors"]


def test_a_type_and_a_date_as_read_give_way_to_an_edit() -> None:
    entry = replace(back(ODD), type="book", date=PartialDate(2001))
    text = lines(entry)
    assert (text[0], text[3], text[4]) == ("TY  - BOOK", "DA  - 2001", "PY  - 2001")
    assert not any("1998" in line or "bibtools" in line for line in text)
