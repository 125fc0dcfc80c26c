"""Adding entries to a .bib: what `lookup --add` stands on."""

from __future__ import annotations

from pathlib import Path

import pytest

from bibtools.errors import WriteError
from bibtools.matching.known import KnownWorks
from bibtools.model import Entry, Name, parse_arxiv, parse_doi
from bibtools.workflows import adding
from bibtools.workflows.adding import Added, add_entries
from bibtools.workflows.changed_files import write_all
from bibtools.workflows.lookup import Known

BOATS = Entry(
    title="Paper Boats That Float",
    authors=(Name(family="Doe", given="Jane"),),
    arxiv=parse_arxiv("2104.00011"),
)
TWO_NUMBERS = Entry(title="Harbours", other_ids={"pmid": "31452104"})
BOOK = Entry(type="book", title="Boats", other_ids={"isbn": "9780262033848"})
CHAPTER = Entry(type="chapter", title="Oars", other_ids={"isbn": "9780262033848"})


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        pytest.param((), (), id="nothing"),
        pytest.param((BOATS, BOATS), (True, False), id="one-work-twice"),
        pytest.param(
            (BOATS, Entry(title=BOATS.title, authors=BOATS.authors, doi=parse_doi("10.1234/a"))),
            (True, False), id="by-its-title",
        ),
        pytest.param(
            (TWO_NUMBERS, Entry(title="Ports", other_ids={"pmid": "31452104"})),
            (True, False), id="by-pmid",
        ),
        pytest.param((BOOK, CHAPTER), (True, True), id="a-chapter-is-not-its-book"),
    ],
)  # fmt: skip
def test_no_work_is_added_twice_in_one_run(
    entries: tuple[Entry, ...], expected: tuple[bool, ...], tmp_path: Path
) -> None:
    done = add_entries(str(tmp_path / "refs.bib"), entries)
    assert tuple(one.new for one in done.added) == expected


def test_each_entry_is_put_into_the_tables_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Ten thousand lines of `lookup --add` took minutes when it was once for every other entry.
    put = []

    class Counting(KnownWorks):
        def add(self, entry: Entry, prints: frozenset[str] = frozenset()) -> None:
            put.append(entry)
            super().add(entry, prints)

    monkeypatch.setattr(adding, "KnownWorks", Counting)
    bib = tmp_path / "refs.bib"
    bib.write_text("@misc{old, title={Old Boats}}\n", encoding="utf-8")
    entries = [Entry(title=f"Boat number {number}") for number in range(50)]
    done = add_entries(str(bib), entries)
    assert (len(done.added), all(one.new for one in done.added), len(put)) == (50, True, 51)


def test_where_no_file_can_stand_the_file_that_was_named_is_told(tmp_path: Path) -> None:
    file = str(tmp_path / "nowhere" / "refs.bib")
    done = add_entries(file, [BOATS], [{"title": Known("offline index", "q", "r")}])
    assert done.added == (Added("doepaper", new=True),)
    with pytest.raises(WriteError) as caught:
        write_all(done.files, "lookup")
    assert caught.value.message.startswith(f'"{file}" was not written')
