"""Any page: kinds, encodings, generated pages, damage, and the hand-checked ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bibtools.errors import InputError, UsageError
from bibtools.formats.pages import KINDS, PageReading, detect, read_page
from bibtools.formats.pages.lines import decode, split_lines
from bibtools.model import Entry
from tests.page_generator import (
    Paper,
    author_page,
    bare_abstracts,
    html_author_page,
    papers_list,
    random_papers,
)


def split_of(entry: Entry) -> tuple[str | None, tuple[str, ...]]:
    return entry.title, tuple(name.display() for name in entry.authors)


# --- generated pages -------------------------------------------------------------------------


@pytest.mark.parametrize("owner", [None, "Siobhán McCallum"], ids=["any authors", "one author's"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_thousand_random_papers(seed: int, owner: str | None) -> None:
    papers = random_papers(seed, 1000, owner)
    reading = read_page(author_page(papers).encode(), "page.txt")
    assert len(reading.entries) == 1000
    unsure = sum(bool(entry.doubts) for entry in reading.entries)
    silently_wrong = [
        (paper.title, paper.shown, split_of(entry))
        for paper, entry in zip(papers, reading.entries, strict=True)
        if split_of(entry) != (paper.title, paper.shown) and not entry.doubts
    ]
    assert unsure <= 20
    assert silently_wrong == []


def facts(entry: Entry) -> tuple[object, ...]:
    date = entry.date.iso() if entry.date else None
    return (entry.title, entry.abstract, date, entry.author_count, entry.comment_count)


def expected(paper: Paper) -> tuple[object, ...]:
    date = f"{paper.year}-{paper.month:02}-{paper.day:02}"
    return (paper.title, paper.abstract, date, len(paper.authors), paper.comments)


def test_generated_papers_list() -> None:
    papers = random_papers(4, 300)
    reading = read_page(papers_list(papers, current=2024).encode(), "f")
    assert [facts(entry) for entry in reading.entries] == [expected(paper) for paper in papers]
    assert reading.notices == ()
    bare = read_page(papers_list(papers, blocks=False).encode(), "f")
    assert [(e.title, e.abstract) for e in bare.entries] == [(p.title, p.abstract) for p in papers]


def test_generated_bare_abstracts() -> None:
    papers = random_papers(5, 100)
    reading = read_page(bare_abstracts(papers).encode(), "f")
    assert [entry.abstract for entry in reading.entries] == [paper.abstract for paper in papers]
    assert [[link.url for link in entry.code] for entry in reading.entries] == [
        [paper.url] if paper.url else [] for paper in papers
    ]


def test_generated_web_page() -> None:
    papers = random_papers(6, 100)
    reading = read_page(html_author_page(papers).encode(), "page.html")
    assert reading.kind == "author-page"
    assert [split_of(entry) for entry in reading.entries] == [(p.title, p.shown) for p in papers]


# --- bytes -----------------------------------------------------------------------------------

PAGE = author_page(random_papers(7, 20))
DRESS: list[tuple[str, Callable[[str], bytes]]] = [
    ("CRLF", lambda text: text.replace("\n", "\r\n").encode()),
    ("CR", lambda text: text.replace("\n", "\r").encode()),
    ("byte order mark", lambda text: text.encode("utf-8-sig")),
    ("UTF-16", lambda text: text.encode("utf-16")),
    ("UTF-16 without mark", lambda text: text.encode("utf-16-le")),
    ("UTF-16, big end first, without mark", lambda text: text.encode("utf-16-be")),
    ("UTF-32", lambda text: text.encode("utf-32")),
    ("NUL at the end", lambda text: text.encode() + b"\0"),
    ("Ctrl-Z at the end", lambda text: text.encode() + b"\n\x1a"),
    ("a web page of one pre", lambda text: f"<html><pre>{escape(text)}</pre>".encode()),
    ("trailing blanks", lambda text: text.replace("\n", "  \t\n").encode()),
    ("blank lines", lambda text: text.replace("\n", "\n\n").encode()),
    ("newline at the end", lambda text: (text + "\n").encode()),
]


@pytest.mark.parametrize("dress", [row[1] for row in DRESS], ids=[row[0] for row in DRESS])
def test_the_same_page_in_other_bytes(dress: Callable[[str], bytes]) -> None:
    def plain(reading: PageReading) -> list[tuple[object, ...]]:
        return [(*facts(entry), *split_of(entry)) for entry in reading.entries]

    assert plain(read_page(dress(PAGE), "f")) == plain(read_page(PAGE.encode(), "f"))


def test_bytes_that_are_not_utf8_are_read_and_told() -> None:
    reading = read_page("Abstract:Café.\nAbstract:Naïve – so.".encode("cp1252"), "f")
    assert [entry.abstract for entry in reading.entries] == ["Café.", "Naïve – so."]
    assert [(notice.line, notice.rule) for notice in reading.notices] == [(1, "page.encoding")]


def test_a_character_cut_in_two() -> None:
    reading = read_page("Abstract:We do.\nAbstract:Café".encode()[:-1], "f")
    assert reading.entries[1].abstract == "Caf"
    assert (2, "page.cut-off") in [(notice.line, notice.rule) for notice in reading.notices]


# --- kinds -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        pytest.param(["CLMay 7Code", "A NoteAda Roe", "We."], "author-page", id="author page"),
        pytest.param(["cs", "CL", "May 7, 2020"], "author-page", id="parts on their own lines"),
        pytest.param(["Abstract:We do."], "bare-abstracts", id="bare"),
        pytest.param(["new", "", "Daily Papers"], "papers-list", id="papers list"),
        pytest.param(["A Note", "We do.", "• 7 authors"], "papers-list", id="author count"),
        pytest.param(["Dear all,", "the meeting is on", "May 7"], None, id="a letter"),
        pytest.param(["XYMay 7, 2020"], None, id="no such category"),
        pytest.param([], None, id="nothing"),
    ],
)
def test_detect(lines: list[str], kind: str | None) -> None:
    assert detect(lines) == kind


def test_a_file_of_no_kind() -> None:
    with pytest.raises(InputError) as caught:
        read_page(b"\x1b[31m@article{x,\n}", "refs.bib")
    assert caught.value.message == (
        '"refs.bib" is none of the kinds of pages we read. Expected one of: author-page (lines '
        'such as "CLOct 10, 2023Code", each followed by title and authors, and an abstract); '
        'papers-list ("Daily Papers" or "Get trending papers", then titles and abstracts); '
        'bare-abstracts (lines that start with "Abstract:"). It starts with '
        '"\\x1b[31m@article{x,".'
    )
    assert caught.value.hint == (
        "Name the kind if you know it: --from author-page|papers-list|bare-abstracts."
    )


@pytest.mark.parametrize("data", [b"", b"\n \n", b"\xef\xbb\xbf"], ids=["nothing", "blank", "mark"])
def test_an_empty_file(data: bytes) -> None:
    with pytest.raises(InputError, match='"f" holds no text'):
        read_page(data, "f")


def test_a_kind_that_does_not_fit() -> None:
    with pytest.raises(InputError, match=r"read as bare-abstracts .* but holds no record"):
        read_page(b"CLMay 7, 2020\nA NoteAda Roe\nWe do.", "f", "bare-abstracts")


def test_an_unknown_kind() -> None:
    with pytest.raises(UsageError, match='no kind of page "novel"'):
        read_page(b"x", "f", "novel")


# --- damage ----------------------------------------------------------------------------------

_PAPERS = random_papers(8, 5)
_PAGES = [
    author_page(_PAPERS).split("\n"),
    bare_abstracts(_PAPERS).split("\n"),
    papers_list(_PAPERS).split("\n"),
    papers_list(_PAPERS, blocks=False).split("\n"),
]
_ODD = ["Load more", "x " * 300, "CL", "Code", "May 7", "CLMay 7", "12", "Abstract:", "new", "·"]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    lines = list(draw(st.sampled_from(_PAGES)))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(0, len(lines) - 1)))
        match draw(st.sampled_from(["delete", "repeat", "swap", "insert", "paste"])):
            case "delete":
                del lines[at : at + 1]
            case "repeat":
                lines[at:at] = lines[at : at + 1]
            case "swap":
                lines[at : at + 2] = reversed(lines[at : at + 2])
            case "insert":
                lines.insert(at, draw(st.sampled_from(_ODD)))
            case _:
                lines[at:at] = draw(st.sampled_from(_PAGES))
    data = draw(st.sampled_from(["\n", "\r\n"])).join(lines).encode()
    return data[: draw(st.integers(0, len(data)))] if draw(st.booleans()) else data


@settings(max_examples=150, deadline=None)
@given(damaged(), st.sampled_from([None, *KINDS]))
def test_no_line_is_lost_in_silence(data: bytes, kind: str | None) -> None:
    try:
        reading = read_page(data, "f", kind)
    except InputError:
        return
    lines = split_lines(decode(data, "f")[0])
    assert set(reading.uses) == {line.number for line in lines}
    noticed = {notice.line for notice in reading.notices}
    assert {line for line, use in reading.uses.items() if use == "notice"} <= noticed
    text = " ".join(f"{e.title} {e.abstract} {e.authors}" for e in reading.entries)
    for line in lines:
        if reading.uses[line.number] == "record" and len(line.text) > 200:
            assert line.text[20:120].strip() in text


# --- the hand-checked pages ------------------------------------------------------------------


def _as_gold(entry: Entry) -> dict[str, Any]:
    return {
        "title": entry.title,
        "authors": [name.display() for name in entry.authors],
        "authors_truncated": entry.authors_truncated,
        "affiliations": list(entry.affiliations),
        "abstract": entry.abstract,
        "date": entry.date.iso() if entry.date else None,
        "year_inferred": entry.date_inferred,
        "arxiv_category_candidates": list(entry.categories),
        "has_code_flag": entry.code_flag,
        "author_count": entry.author_count,
        "comment_count": entry.comment_count,
        "code_urls": sorted(link.url for link in entry.code),
        "project_urls": sorted(link.url for link in entry.links),
    }


@pytest.mark.parametrize("number", ["000", "001", "002", "003", "004"])
def test_hand_checked_page(shared: Path, number: str) -> None:
    page = next((shared / "listings" / "pages").glob(f"{number}_*"))
    gold = json.loads((shared / "listings" / "gold" / f"{number}.json").read_text("utf-8"))
    reading = read_page(page.read_bytes(), page.name)
    fields = list(_as_gold(reading.entries[0]))
    for row in gold:
        row["code_urls"].sort()
        row["project_urls"].sort()
    assert [_as_gold(e) for e in reading.entries] == [{k: r[k] for k in fields} for r in gold]
    assert reading.notices == ()
    assert not any(entry.doubts for entry in reading.entries)
