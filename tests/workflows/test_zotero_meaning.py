"""What a change of one side means on the other, where it is not the same words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command_line import bibtools
from tests.loopback import ONLY_LOOPBACK
from tests.zotero_desk import BOATS, KITES, SECOND, Desk, desk_in

pytestmark = ONLY_LOOPBACK
CODE = "  code    = {https://github.com/example/boats},\n"
ARTICLE = BOATS.replace(CODE, "")
CHAPTER = ARTICLE.replace("@article", "@incollection").replace("journal", "booktitle")
TALK = ARTICLE.replace("@article", "@inproceedings").replace("journal", "booktitle")
PAGE = """% biblatex
@online{page,
  author = {Example, Ada},
  title  = {Folding Paper on the Web},
  date   = {2020-02-03},
  url    = {https://example.org/x},
}
"""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with desk_in(tmp_path, monkeypatch) as made:
        yield made


def quiet(desk: Desk) -> None:
    """The next sync writes nothing."""
    desk.server.forget()
    text = desk.text()
    ran = desk.sync()
    assert (desk.server.writes, desk.text()) == (0, text), ran.stderr


def of(desk: Desk, field: str) -> str:
    return str(desk.contents()[desk.item("Folding")].get(field, ""))


# The type of an entry


@pytest.mark.parametrize(
    ("text", "field", "line", "new"),
    [
        pytest.param(
            ARTICLE, "publicationTitle", "  journal = {Journal of Folds},\n", "Other Journal",
            id="the journal of an article",
        ),
        pytest.param(
            TALK, "proceedingsTitle", "  booktitle = {Journal of Folds},\n", "Other Proceedings",
            id="the proceedings of a talk",
        ),
        pytest.param(
            CHAPTER, "bookTitle", "  booktitle = {Journal of Folds},\n", "Other Book",
            id="the book of a chapter",
        ),
        pytest.param(
            PAGE, "url", "  url    = {https://example.org/x},\n", "https://example.org/y",
            id="the address of a web page",
        ),
    ],
)  # fmt: skip
def test_an_entry_that_loses_its_place_keeps_its_type(
    desk: Desk, text: str, field: str, line: str, new: str
) -> None:
    desk.write(text)
    desk.sync()
    item, kind = desk.item("Folding"), of(desk, "itemType")
    desk.library.edit(item, **{field: ""})
    desk.sync()
    assert desk.text() == text.replace(line, "")
    quiet(desk)
    desk.library.edit(item, **{field: new})
    desk.sync()
    assert desk.text().partition("{")[0] == text.partition("{")[0]
    assert new in desk.text()
    assert of(desk, "itemType") == kind
    quiet(desk)


def test_a_file_that_loses_the_journal_keeps_the_type_of_the_item(desk: Desk) -> None:
    desk.write(ARTICLE)
    desk.sync()
    desk.replace("  journal = {Journal of Folds},\n", "")
    desk.sync()
    assert (of(desk, "itemType"), of(desk, "publicationTitle")) == ("journalArticle", "")
    quiet(desk)


def test_another_type_of_the_item_is_another_type_of_the_entry(desk: Desk) -> None:
    desk.write(ARTICLE)
    desk.sync()
    desk.library.edit(desk.item("Folding"), itemType="bookSection")
    desk.library.edit(desk.item("Folding"), bookTitle="Folds")
    desk.sync()
    assert desk.text().startswith("@incollection{")
    assert "booktitle = {Folds}" in desk.text()
    quiet(desk)


# The user's own words in Extra are the note of the entry


def test_words_of_extra_are_the_note(desk: Desk) -> None:
    desk.write(ARTICLE.replace("  doi", "  note    = {To appear},\n  doi"))
    item = desk.library.put(
        {
            "itemType": "journalArticle", "title": "Folding Paper Boats with Learned Creases",
            "publicationTitle": "Journal of Folds", "creators": KITES["creators"], "date": "2023",
            "DOI": "10.1234/folds.1", "extra": "read twice\nPMID: 12\n!!! important",
        }
    ).key  # fmt: skip
    desk.sync()
    words = "To appear\nread twice\nPMID: 12\n!!! important"
    assert of(desk, "extra") == words
    assert r"{To appear \newline read twice \newline !!! important}" in desk.text()
    quiet(desk)
    desk.replace("read twice", "read three times")
    desk.sync()
    assert of(desk, "extra") == words.replace("twice", "three times")
    quiet(desk)
    desk.library.edit(item, extra="To appear\nread three times\nPMID: 12\nimportant\nand more")
    desk.sync()
    assert r"{To appear \newline read three times \newline important \newline and more}" in (
        desk.text()
    )
    quiet(desk)
    # Different lines on both sides at once.
    desk.replace("To appear", "In press")
    desk.library.edit(item, extra="To appear\nread three times\nPMID: 12\nimportant")
    desk.sync()
    assert of(desk, "extra") == "In press\nread three times\nPMID: 12\nimportant"
    assert r"{In press \newline read three times \newline important}" in desk.text()
    quiet(desk)
    desk.library.edit(item, extra="PMID: 12")
    desk.sync()
    assert "note" not in desk.text()
    quiet(desk)


def test_a_locked_note_keeps_words_of_extra_out_of_the_file(desk: Desk) -> None:
    desk.write(ARTICLE.replace("  doi", "  bibtools-lock = {note},\n  doi"))
    desk.sync()
    desk.library.edit(desk.item("Folding"), extra="read twice")
    desk.sync()
    assert "read twice" not in desk.text()
    assert of(desk, "extra") == "read twice"
    quiet(desk)


# A reading list that is no file


def test_a_list_that_is_sent_again_writes_nothing(desk: Desk) -> None:
    source = Path("list.bib")
    source.write_text(
        BOATS + SECOND + "@book{kites, title={Kites over the Sea}, author={Other, Carl}}\n",
        encoding="utf-8",
    )
    first = bibtools("build", source, "--zotero", "Reading/2026", "--yes")
    assert first.code == 0, first.stderr
    before = desk.library.contents()
    assert (len(before), len(desk.library.collections)) == (5, 2)
    desk.server.forget()
    again = bibtools("build", source, "--zotero", "Reading/2026", "--yes")
    assert (again.code, desk.server.writes) == (0, 0), again.stderr
    assert desk.library.contents() == before
    assert sorted(path.name for path in Path().iterdir()) == ["list.bib"]


def test_a_list_that_grew_sends_what_is_new(desk: Desk) -> None:
    source = Path("list.bib")
    source.write_text(BOATS, encoding="utf-8")
    bibtools("build", source, "--zotero", "Reading", "--yes")
    boats = desk.item("Folding")
    desk.library.edit(boats, tags=[{"tag": "mine"}], date="2023-05-01")
    desk.server.forget()
    source.write_text(BOATS + SECOND, encoding="utf-8")
    ran = bibtools("build", source, "--zotero", "Reading", "--yes")
    assert (ran.code, desk.server.writes) == (0, 1), ran.stderr
    titles = sorted(str(data["title"]) for data in desk.contents().values())
    assert titles[2:] == [
        "Folding Paper Boats with Learned Creases", "Sailing Steel Boats with Learned Creases"
    ]  # fmt: skip
    assert desk.contents()[boats]["tags"] == [{"tag": "mine"}]
