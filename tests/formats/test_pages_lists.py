"""Papers lists and bare abstracts: their variants and their damages."""

from __future__ import annotations

import pytest

from bibtools.formats.pages import PageReading, read_page
from bibtools.model import Entry, Link, PartialDate, Source

HEAD = ["new", "Get trending papers in your email inbox!", "Subscribe", "Daily Papers"]
BY = "byAK and the research community"
TEXT = "We say this in a sentence of our paper. And then we say more about it. " * 7 + "End."
OTHER = TEXT.replace("sentence", "word")


def papers(*blocks: str) -> PageReading:
    return read_page("\n\n".join(blocks).encode(), "list.txt", "papers-list")


def rules(reading: PageReading) -> list[tuple[int | None, str]]:
    return [(notice.line, notice.rule) for notice in reading.notices]


def test_a_whole_page() -> None:
    reading = papers(
        *HEAD, BY, "Nov 7", "A Note", TEXT, "  • 1 authors\n·\nMay 7, 2024 3", "A Tale", OTHER
    )
    assert reading.header == (*HEAD, BY, "Nov 7")
    assert reading.entries == (
        Entry(
            title="A Note",
            author_count=1,
            abstract=TEXT,
            date=PartialDate(2024, 5, 7),
            comment_count=3,
            sources=(Source("list.txt", 13),),
        ),
        Entry(title="A Tale", abstract=OTHER, sources=(Source("list.txt", 21),)),
    )
    assert reading.notices == ()


BLOCKS = [
    pytest.param("  • 7 authors\n·\nAug 13 1", (7, "2024-08-13", True, 1), id="day and comments"),
    pytest.param("  • 7 authors\n·\nJul 10 14", (7, "2024-07-10", True, 14), id="not the year 14"),
    pytest.param("  • 7 authors\n·\nJul 1", (7, "2024-07-01", True, None), id="no comments"),
    pytest.param("1 author\n·\nJul 1, 2022", (1, "2022-07-01", False, None), id="singular"),
    pytest.param("• 1,234 authors\n\n·\n\nJul 1, 2022", (1234, "2022-07-01", False, None),
                 id="blank lines within"),
    pytest.param("7 authors · Jul 1, 2022 5", (7, "2022-07-01", False, 5), id="on one line"),
    pytest.param("  • 7 authors\n·\nJul 1, 2022\n12", (7, "2022-07-01", False, 12),
                 id="comments on their own line"),
    pytest.param("·\nJul 1, 2022", (None, "2022-07-01", False, None), id="no count"),
    pytest.param("  • 7 authors", (7, None, False, None), id="no date"),
]  # fmt: skip


@pytest.mark.parametrize(("block", "values"), BLOCKS)
def test_block(block: str, values: tuple[int | None, str | None, bool, int | None]) -> None:
    reading = papers(*HEAD, BY, "A Note", TEXT, block, "A Tale", OTHER, "·\nJan 3, 2023")
    first, second = reading.entries
    date = first.date.iso() if first.date else None
    assert (first.author_count, date, first.date_inferred, first.comment_count) == values
    assert (second.title, second.date) == ("A Tale", PartialDate(2023, 1, 3))
    assert reading.notices == ()


def test_an_organisation_in_place_of_the_count() -> None:
    entry = papers(*HEAD, BY, "A Note", TEXT, "  Harbor Labs\n·\nJul 1, 2022").entries[0]
    assert (entry.affiliations, entry.date) == (("Harbor Labs",), PartialDate(2022, 7, 1))


@pytest.mark.parametrize(
    ("head", "header"),
    [
        pytest.param([*HEAD[:3], BY], 4, id="trending"),
        pytest.param([*HEAD[:3], BY, "May 30"], 5, id="trending with date"),
        pytest.param([*HEAD, "by AK and the research community"], 5, id="daily, blank behind by"),
        pytest.param([*HEAD[1:], "by AK"], 4, id="first line cut off"),
    ],
)
def test_heads(head: list[str], header: int) -> None:
    reading = read_page("\n\n".join([*head, "A Note", TEXT]).encode(), "f")
    assert (len(reading.header), len(reading.entries)) == (header, 1)
    assert reading.entries[0].title == "A Note"


def test_a_list_without_its_head_is_known_by_its_shape() -> None:
    blocks = [part for i in range(4) for part in (f"Title of the Note {i}", TEXT + f" No. {i}.")]
    reading = read_page("\n\n".join(blocks).encode(), "f")
    assert (reading.kind, len(reading.entries)) == ("papers-list", 4)


DAMAGE = [
    pytest.param(["A", "B", OTHER], ["A", "B"], [(11, "page.no-abstract")], id="no abstract"),
    pytest.param(["A", TEXT, OTHER, "C", TEXT], ["A", None, "C"], [(15, "page.no-title")],
                 id="no title"),
    pytest.param(["A", TEXT, "B"], ["A", "B"], [(15, "page.cut-off")], id="cut off"),
    pytest.param(["A", "7 authors\n·\nMay 7, 2020", "B", OTHER], ["A", "B"],
                 [(11, "page.no-abstract")], id="no abstract above a block"),
    pytest.param(["A", TEXT, "7 authors\n·\nMay 7, 2020", "8 authors"], ["A"],
                 [(19, "page.unread-line")], id="a second block"),
    pytest.param(["A", TEXT, *HEAD, BY, "Nov 8", "B", OTHER], ["A", "B"], [], id="two pages"),
    pytest.param(["A", TEXT, "  \u2022 12 aut"], ["A"], [(15, "page.unread-line")],
                 id="ends within the count"),
    pytest.param(["A", TEXT, "  \u2022 12 authors\n\u00b7\nSe"], ["A"],
                 [(16, "page.cut-off"), (17, "page.unread-line")], id="ends within the date"),
    pytest.param(["A", TEXT, "B", OTHER[:400]], ["A", "B"], [(17, "page.cut-off")],
                 id="ends within the abstract"),
    pytest.param(["12", "A", TEXT], ["A"], [(11, "page.unread-line")], id="votes"),
    pytest.param(["Submitted by", "someone", "A", TEXT, "Previous", "Next"], ["A"], [],
                 id="buttons"),
]  # fmt: skip


@pytest.mark.parametrize(("blocks", "titles", "told"), DAMAGE)
def test_damage_stays_local(
    blocks: list[str], titles: list[str | None], told: list[tuple[int, str]]
) -> None:
    reading = papers(*HEAD, BY, *blocks)
    assert ([entry.title for entry in reading.entries], rules(reading)) == (titles, told)


def abstracts(text: str) -> PageReading:
    return read_page(text.encode(), "a.txt", "bare-abstracts")


def test_bare_abstracts() -> None:
    reading = abstracts("Abstract:We do.\nAbstract: See https://github.com/o/n.")
    assert reading.entries == (
        Entry(abstract="We do.", sources=(Source("a.txt", 1),)),
        Entry(
            abstract="See https://github.com/o/n.",
            code=(Link("https://github.com/o/n", "abstract", "repository"),),
            sources=(Source("a.txt", 2),),
        ),
    )
    assert reading.notices == ()


@pytest.mark.parametrize(
    ("text", "wanted", "told"),
    [
        pytest.param("Abstract:We.\n\nAbstract:Do.", ["We.", "Do."], [], id="blank line"),
        pytest.param("Abstract:\nWe do.", ["We do."], [], id="label alone"),
        pytest.param("Abstract:We\ndo.", ["We do."], [(2, "page.joined-lines")], id="broken"),
        pytest.param("Abstract:We do.\nAbstract:", ["We do."], [(2, "page.unread-line")],
                     id="empty"),
        pytest.param("Papers\nAbstract:We do.\n\nLoad more", ["We do."],
                     [(1, "page.unread-line"), (4, "page.unread-line")], id="head and foot"),
        pytest.param("Abstract:We do.\nAbst", ["We do."], [(2, "page.unread-line")],
                     id="ends within the label"),
        pytest.param("Abstract:We do.\nShow more\nAbstract:So.", ["We do.", "So."],
                     [(2, "page.unread-line")], id="button"),
        pytest.param("Abstract:We do", ["We do"], [(1, "page.cut-off")], id="cut off"),
    ],
)  # fmt: skip
def test_bare_abstract_lines(text: str, wanted: list[str], told: list[tuple[int, str]]) -> None:
    reading = abstracts(text)
    assert [entry.abstract for entry in reading.entries] == wanted
    assert rules(reading) == told
