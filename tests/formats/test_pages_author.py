"""The author page: quirks of its lines, and where titles end."""

from __future__ import annotations

import pytest

from bibtools.formats.pages import PageReading, read_page
from bibtools.model import Entry, Link, Name, PartialDate, Source

ABSTRACT = "We tell plainly what was done, and why it helps others."


def page(*lines: str) -> PageReading:
    return read_page("\n".join(lines).encode(), "page.txt", "author-page")


def rules(reading: PageReading) -> list[tuple[int | None, str]]:
    return [(notice.line, notice.rule) for notice in reading.notices]


def test_a_whole_record() -> None:
    reading = page(
        "CVOct 10, 2023Code",
        "Plain Nets, Better DataAda Lovelace, Kees van Deemter, Li Wei et al. · kite-ai, uw",
        "We use \\url{github.com/kite/nets} and kite.github.io/nets.",
    )
    assert reading.entries == (
        Entry(
            title="Plain Nets, Better Data",
            authors=(
                Name("Lovelace", "Ada"),
                Name("Deemter", "Kees", "van"),
                Name("Wei", "Li"),
            ),
            authors_truncated=True,
            affiliations=("kite-ai", "uw"),
            abstract="We use \\url{github.com/kite/nets} and kite.github.io/nets.",
            date=PartialDate(2023, 10, 10),
            categories=("cs.CV", "math.CV"),
            code=(Link("https://github.com/kite/nets", "abstract", "repository"),),
            links=(Link("https://kite.github.io/nets", "abstract", "project page"),),
            code_flag=True,
            sources=(Source("page.txt", 1),),
        ),
    )
    assert reading.notices == ()


FIRST_LINES = [
    ("CLMay 7, 2024", ("cs.CL",), "2024-05-07", False),
    ("CLMay 7, 2024Code", ("cs.CL",), "2024-05-07", True),
    ("MAMar 31, 2024", ("cs.MA",), "2024-03-31", False),
    ("COMP-PHJan 1, 2024", ("physics.comp-ph",), "2024-01-01", False),
    ("HEP-THDec 31, 1999Code", ("hep-th",), "1999-12-31", True),
    ("EPSep 3, 2011", ("astro-ph.EP",), "2011-09-03", False),
    ("IVApr 25, 2023  ", ("eess.IV",), "2023-04-25", False),
    ("CL Oct 10, 2023 Code", ("cs.CL",), "2023-10-10", True),
    ("CL · Oct 10, 2023", ("cs.CL",), "2023-10-10", False),
    ("cs.CLOct 10, 2023", ("cs.CL",), "2023-10-10", False),
    ("CL\nOct 10, 2023\nCode", ("cs.CL",), "2023-10-10", True),
    ("CLOct 10, 2023\nCode", ("cs.CL",), "2023-10-10", True),
    ("Oct 10, 2023", (), "2023-10-10", False),
]


@pytest.mark.parametrize(
    ("first", "categories", "date", "flag"), FIRST_LINES, ids=[row[0] for row in FIRST_LINES]
)
def test_first_line(first: str, categories: tuple[str, ...], date: str, flag: bool) -> None:
    reading = page(first, "A Note on ThingsAda Lovelace", ABSTRACT)
    entry = reading.entries[0]
    assert entry.date is not None
    assert (entry.categories, entry.date.iso(), entry.code_flag) == (categories, date, flag)
    assert reading.notices == ()


def two_dates(first: str, second: str) -> PageReading:
    return page(
        f"CL{first}", "A NoteAda Lovelace", ABSTRACT, f"CL{second}", "A TaleBo Ek", ABSTRACT
    )


@pytest.mark.parametrize(
    ("first", "second", "date", "inferred", "told"),
    [
        pytest.param("May 7", "Jan 3, 2025", "2026-05-07", True, [], id="year after the latest"),
        pytest.param("May 7Code", "Jan 3, 2019", "2020-05-07", True, [], id="with flag"),
        pytest.param("May 7", "May 8", None, False, [(1, "page.no-year"), (4, "page.no-year")],
                     id="no year anywhere"),
        pytest.param("Feb 29", "Jan 3, 2024", None, False, [(1, "page.bad-date")],
                     id="no such day in the year inferred"),
        pytest.param("Feb 31, 2023", "Jan 3, 2024", "2023-02", False, [(1, "page.bad-date")],
                     id="no such day"),
        pytest.param("Feb 29, 2024", "Jan 3, 2025", "2024-02-29", False, [], id="leap day"),
    ],
)  # fmt: skip
def test_dates(
    first: str, second: str, date: str | None, inferred: bool, told: list[tuple[int, str]]
) -> None:
    reading = two_dates(first, second)
    entry = reading.entries[0]
    assert (entry.date.iso() if entry.date else None, entry.date_inferred) == (date, inferred)
    assert rules(reading) == told
    assert [doubt.field for doubt in entry.doubts] == (["date"] if date is None else [])


SPLITS = """
Overcoming Challenges for Long Inputs in RAG|Bowen Jin, Jinsung Yoon, Jiawei Han et al.
Open Models by 01.AI|01.AI, Alex Young, Bei Chen et al.
Capabilities of GPT-4|Yi Li, Wei Wang, Bo An et al.
Pretraining Vision Models (Large)|Ann DeYoung
A Study of Notation|Andrew McCallum, Yann LeCun
A Study of Notation|Laurens van der Maaten, Kees van Deemter
A Study of Notation|Muhammad al-Khwarizmi
A Study of Notation|Conor O'Neill, Tim O’Reilly
A Study of Notation|Plato
A Study of Notation|Jean-Luc Picard-Smith
A Study of Notation|M. A. Braun, J.-P. Serre, B K Chen
A Study of Notation|李明, 王芳, 张伟 et al.
A Study of Notation|李 明
A Study of Notation|Сергей Иванов, Анна Каренина
A Study of Notation|Γιώργος Παπαδόπουλος
A Study of Notation|김철수, 이영희
A Study of Notation|محمد علي
A Study of Notation|Émile Ångström, Łukasz Żak, Óscar Ñúñez
A Study of Notation|Martin Luther King Jr., Ann Lee
A Study of Notation|H. R. N. van Erp
A Study of Notation|Ludwig von Mises et al.
Red, Green, and Blue: Colours, Hues, and Shades|Zoe Quill
On the Machines of Alan Turing|Grace Hopper, Ada Lovelace
A Monte Carlo View of the Kalman Filter|Rudolf Kalman
Notes on SU(3)|A. Sen
Solving 3D|Jing Li, K. Smith
Learning in QCD|A. Sen, B. Zwiebach
Part I|I. Smith
Why Is It So?|Wei Li
Say It!|Wei Li
"Hello"|Wei Li
Sets of $x^2$|Wei Li
In 2024|Wei Li
C++|Bjarne Stroustrup
Trees [Extended]|Q. Xu
100%|Al Roe
A Study of PyTorch|Wei Li
A Study of OpenAI|Sam Roe, Bo Ye, Al Po et al.
Technical Report|OpenAI
Technical Report|DeepSeek-AI, Aixin Liu, Bei Feng et al.
Limits at 13 TeV|ATLAS Collaboration
Dialogue State Tracking|SeungHyun Kim, JaeWon Lee
Spoken Words of Ann McCallum|Bo Ek
Learning to Rank|al-Khwarizmi
A Study of Notation|Florence d'Alché-Buc
A Study of Notation|Vincent 't Hooft
A Study of Notation|Diarmuid Ó Séaghdha
A Study of Notation|सुनीता शर्मा
A Study of Notation|สมชาย ใจดี
A Study of Notation|Pieter Willem Johannes van den Berg
A Study of Notation|JF Smith
Searching with A*|Bo Ek
Growing at $k$|Bo Ek
Counting to COVID-19|Bo Ek
Notes in Lower case on p < 0.05|Bo Ek
Memory, Attention, Planning|Bo Ek, Ann Lee
Watching YouTube|Bo Ek
Hepatitis B|Bo Ek
Notes (Extended Abstract)|Bo Ek
A STUDY IN CAPITALS|Bo Ek
It Is Done...|Bo Ek
A Study of Notation|HyeYoung Lee, DaeHun Park
A Study of Notation|XiaoYu Li, BaiChen Fan
A Study of Notation|Bo Ek, for the ATLAS Collaboration
""".strip().splitlines()


@pytest.mark.parametrize("row", SPLITS)
def test_title_and_authors_part(row: str) -> None:
    title, authors = row.split("|")
    entry = page("CLMay 7, 2023", f"{title}{authors} · uw", ABSTRACT).entries[0]
    shown = ", ".join(name.display() for name in entry.authors)
    assert (entry.title, shown + " et al." * entry.authors_truncated) == (title, authors)
    assert (entry.affiliations, entry.doubts) == (("uw",), ())


@pytest.mark.parametrize(
    ("line", "title"),
    [
        pytest.param("About Foobell hooks", "About Foobell hooks", id="no capital"),
        pytest.param("中文标题的研究王芳", "中文标题的研究王芳", id="one script"),
        pytest.param("A Title Without Names", "A Title Without Names", id="cut before the names"),
    ],
)
def test_no_name_to_be_seen(line: str, title: str) -> None:
    reading = page("CLMay 7, 2023", line, ABSTRACT)
    entry = reading.entries[0]
    assert (entry.title, entry.authors) == (title, ())
    assert [doubt.field for doubt in entry.doubts] == ["title"]
    assert rules(reading) == [(2, "page.unsure-split")]


def test_an_unsure_split_lists_the_other_readings() -> None:
    entry = page("CLMay 7, 2023", "Study on K-12JJ Smith", ABSTRACT).entries[0]
    assert entry.doubts[0].alternatives == ("Study on K-12J | J Smith",)


def test_the_abstract_tells_an_acronym() -> None:
    lines = ("CLMay 7, 2023", "Results with QXA Smith")
    unsure = page(*lines, ABSTRACT).entries[0]
    told = page(*lines, "We use QX, a new tool.").entries[0]
    assert unsure.doubts
    assert (told.title, told.authors[0].display(), told.doubts) == (
        "Results with QX",
        "A Smith",
        (),
    )


META, TITLE = "CLMay 7, 2023", "A Note on ThingsAda Lovelace, Bo Ek, Li Wei et al."
PROSE = "We say this in a sentence. And then we say more. " * 9 + "End."
DAMAGE = [
    pytest.param([META, TITLE, META, TITLE, PROSE], 2, [(2, "page.no-abstract")], id="no abstract"),
    pytest.param([META, TITLE, PROSE, META, TITLE], 2, [(5, "page.cut-off")], id="ends at title"),
    pytest.param([META, TITLE, PROSE, META], 1, [(4, "page.unread-line")], id="ends at category"),
    pytest.param([META, TITLE, PROSE, "CLMa"], 1, [(4, "page.unread-line")], id="ends within it"),
    pytest.param([META, TITLE, PROSE[:-6]], 1, [(3, "page.cut-off")], id="ends in the abstract"),
    pytest.param([META, PROSE, META, TITLE, PROSE], 2, [(1, "page.no-title")], id="no title line"),
    pytest.param([META, TITLE, PROSE, TITLE, PROSE], 2, [(4, "page.no-meta")], id="no first line"),
    pytest.param(
        [TITLE, PROSE, META, TITLE, PROSE], 2, [(1, "page.no-meta")], id="begins at title"
    ),
    pytest.param([META, TITLE, PROSE, PROSE], 1, [(4, "page.unread-line")], id="abstract twice"),
    pytest.param(
        [META, TITLE, PROSE, PROSE[49:]], 1, [(4, "page.joined-lines")], id="abstract in two lines"
    ),
    pytest.param(
        ["Ada Lovelace", META, TITLE, PROSE, "Load more"],
        1,
        [(1, "page.unread-line"), (5, "page.unread-line")],
        id="head and foot",
    ),
    pytest.param([META, "", TITLE, " ", PROSE, ""], 1, [], id="blank lines"),
]


@pytest.mark.parametrize(("lines", "count", "told"), DAMAGE)
def test_damage_stays_local(lines: list[str], count: int, told: list[tuple[int, str]]) -> None:
    reading = page(*lines)
    assert (len(reading.entries), rules(reading)) == (count, told)


def test_thousands_of_lines_that_are_no_record() -> None:
    reading = page(*["Menu"] * 3000, META, TITLE, PROSE)
    assert len(reading.entries) == 1
    assert rules(reading) == [(i, "page.unread-line") for i in range(1, 3001)]


def test_title_and_authors_on_lines_of_their_own() -> None:
    reading = page(
        META,
        "A Note on Things",
        "Ada Lovelace, Bo Ek",
        PROSE,
        META,
        "A Tale",
        "OpenKite Team",
        PROSE,
    )
    assert [(entry.title, entry.abstract) for entry in reading.entries] == [
        ("A Note on Things", PROSE),
        ("A Tale", PROSE),
    ]
    assert reading.entries[1].authors == (Name(literal="OpenKite Team"),)
    assert reading.notices == ()
