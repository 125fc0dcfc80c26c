"""An index brought up to date answers as one built anew."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bibtools.adapters.index import build, collecting, open_index, preparing, schema
from bibtools.adapters.index.tables import open_tables
from bibtools.adapters.index.updating import HARVEST_SOURCE, Page, fingerprint, update
from bibtools.adapters.index.waiting import WaitingPages, waiting_path
from bibtools.errors import InputError, WriteError
from bibtools.model import ArxivId, Entry, Link, Name
from bibtools.text.titles import FUNCTION_WORDS

WORDS = (
    "boats harbours sails of the counting learning deep tides anchors ropes masts ships "
    "with neural knots"
).split()
TEXT = (
    "Tides lift every boat that floats near a harbour wall, but ropes hold some of them back. "
    "Counting masts along quays gives an upper bound for hulls below waterline, and knots tell "
    "sailors from landsmen. Twenty ports measured during spring tides confirm these bounds."
)


def row(number: str, title: str, *people: str, **more: Any) -> dict[str, Any]:
    return {"id": number, "title": title, "authors": ", ".join(people), **more}


OLD = [
    row("2101.00001", "Counting boats in the harbour", "Ann Ray", abstract=TEXT,
        comments="see https://github.com/ray/boats"),
    row("2101.00002", "Deep sails", "Tom Fox", categories="cs.LG"),
    row("2101.00003", "Editorial", "Ann Ray"),
    row("hep-th/9901001", "Strings and masts: a survey", "T. Fox", doi="10.1/x"),
]  # fmt: skip
NEW = [
    row("2611.00001", "Deep sails", "Eve Oz", abstract=TEXT.replace("Twenty", "Thirty")),
    row("2101.00002", "Deeper sails of the harbour", "Tom Fox", comments="3 pages"),
    row("2611.00002", "Counting the boats: knots", "Wu Li",
        comments="https://github.com/li/knots and https://github.com/ray/boats"),
    row("2101.00001", "Counting boats in the harbour", "Ann Ray", "Wu Li",
        comments="now https://gitlab.com/ray/boats"),
]  # fmt: skip


def lines(rows: Sequence[Any]) -> tuple[bytes, ...]:
    return tuple(json.dumps(one).encode() for one in rows)


def written(path: Path, rows: Sequence[Any]) -> Path:
    path.write_bytes(b"\n".join(lines(rows)) + b"\n")
    return path


def contents(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All that look-ups read."""
    database = sqlite3.connect(path)
    try:
        found = {
            name: sorted(database.execute(f"select * from {name}"), key=repr)
            for name in ("paper", "word", "title", "anchor", "link", "titled")
        }
        found["meta"] = database.execute(
            "select * from meta where key not in ('sources', 'harvest') order by 1"
        ).fetchall()
        return found
    finally:
        database.close()


@pytest.fixture
def index(tmp_path: Path) -> Path:
    path = tmp_path / "index.sqlite"
    build(path, [written(tmp_path / "old", OLD)])
    return path


def test_an_updated_index_is_one_built_anew(index: Path, tmp_path: Path) -> None:
    update(index, [Page(lines(NEW[:2])), Page(lines(NEW[2:]))], "{}")
    anew = tmp_path / "anew.sqlite"
    build(anew, [tmp_path / "old", written(tmp_path / "new", NEW)])
    assert contents(index) == contents(anew)
    asked = [
        Entry(title=title[cut:], authors=(Name(literal=who),), abstract=text)
        for title in (*(str(one["title"]) for one in OLD + NEW), "Deep boats", "Knots of ropes")
        for who in ("Ann Ray", "Wu Li", "Eve Oz")
        for cut, text in ((0, None), (2, None), (0, TEXT))
    ]
    with open_index(index) as one, open_index(anew) as other:
        answers = one.resolve(asked)
        assert answers == other.resolve(asked)
    assert {ArxivId("2611.00001"), ArxivId("2611.00002")} <= {found.arxiv for found in answers}


def test_it_says_what_came(index: Path) -> None:
    info = update(index, [Page((*lines(NEW), b"?"), (), 2)], '{"done": {"": "2026-11-20"}}')
    assert (info.records, info.links, info.last, info.harvested) == (6, 3, "2026-11", "2026-11-20")
    told = [(one.name, one.kind, one.records, one.unread) for one in info.sources]
    assert told == [("old", "arxiv", 4, 0), (HARVEST_SOURCE, "arxiv", 4, 3)]
    again = update(index, [Page(lines(NEW[:1]))], "{}")
    assert [one.records for one in again.sources] == [4, 5]
    assert again.harvested is None
    assert again.size == index.stat().st_size


def test_a_deleted_paper_leaves_no_trace(tmp_path: Path) -> None:
    index, anew = tmp_path / "index", tmp_path / "anew"
    build(index, [written(tmp_path / "all", OLD + NEW[:1])])
    update(index, [Page((), (ArxivId("2611.00001"), ArxivId("2101.00001")))], "{}")
    build(anew, [written(tmp_path / "rest", OLD[1:])])
    assert contents(index) == contents(anew)


def test_what_comes_back_stays(index: Path) -> None:
    before = contents(index)
    gone = ArxivId("2101.00001")
    update(index, [Page((), (gone,)), Page(lines(OLD[:1]))], "{}")
    assert contents(index) == before


def test_what_came_and_went_is_not_there(index: Path) -> None:
    before = contents(index)
    update(index, [Page(lines(NEW[2:3])), Page((), (ArxivId("2611.00002"),))], "{}")
    assert contents(index) == before


def test_links_of_a_dump_stand_behind_those_of_the_record(tmp_path: Path) -> None:
    dump = tmp_path / "dump"
    dump.write_text(
        json.dumps(
            [
                {"paper_arxiv_id": number, "repo_url": f"https://github.com/{name}"}
                for number, name in (("2101.00002", "fox/sails"), ("2101.00001", "x/y"))
            ]
        )
    )
    index, anew = tmp_path / "index", tmp_path / "anew"
    new = [row("2101.00002", "Deep sails", comments="https://github.com/fox/sails")]
    build(index, [written(tmp_path / "old", OLD)], [dump])
    update(index, [Page(lines(new), (ArxivId("2101.00001"),))], "{}")
    build(anew, [written(tmp_path / "rest", OLD[1:] + new)], [dump])
    assert contents(index) == contents(anew)
    with open_index(index) as opened:
        assert opened.links(ArxivId("2101.00001")) == (
            Link("https://github.com/x/y", "links dump", "repository"),
        )


@pytest.mark.parametrize("kind", ["fingerprints", "none"])
def test_abstracts_are_read_as_when_the_index_was_built(kind: str, tmp_path: Path) -> None:
    index, anew = tmp_path / "index", tmp_path / "anew"
    old, new = written(tmp_path / "old", OLD[1:]), written(tmp_path / "new", NEW)
    build(index, [old], abstracts=kind)
    update(index, [Page(lines(NEW))], "{}")
    build(anew, [old, new], abstracts=kind)
    assert contents(index) == contents(anew)


# --- any history ------------------------------------------------------------------------------

COMMON_WORDS = ("boats", "sails", "tides", "masts", "of", "the", "a") * 6
MORE_WORDS = (
    *WORDS,
    *"on for hulls quays gulls lamps salt wind rope chart bells fog a an in".split(),
)
TEXTS = (
    None,
    TEXT,
    TEXT[60:],
    TEXT.replace("boat", "raft").replace("masts", "sails"),
    "This paper has been withdrawn.",
    "Knots and tides. The code is at https://github.com/ray/knots and https://github.com/li/a .",
)
COMMENTS = (
    None,
    "5 pages",
    "see https://github.com/ray/boats",
    "built on https://github.com/li/a",
    "code: https://github.com/li/a",
)
PERMANENT = row("2101.09999", "Lamps")
"""Of a paper that is never deleted: an index of nothing cannot be built."""
DUMP = [
    {"paper_arxiv_id": "2101.00001", "repo_url": "https://github.com/ray/boats"},
    {"paper_arxiv_id": "2101.00002", "repo_url": "https://github.com/li/a", "is_official": True},
    {"paper_arxiv_id": "2101.00002", "repo_url": "https://github.com/li/a", "is_official": False},
    *(
        {"paper_title": word, "repo_url": f"https://github.com/of/{word}"}
        for word in ("Boats", "Masts!", "sails", "The tides", "?")
    ),
]

numbers = st.integers(1, 40).map("2101.{:05}".format)
titles = st.builds(
    lambda words, cut: (
        " ".join(words[:cut]) + (": " if words[cut:] else "") + " ".join(words[cut:])
    ),
    st.lists(st.sampled_from((*COMMON_WORDS, *MORE_WORDS)), min_size=1, max_size=5),
    st.sampled_from((1, 5, 5)),
)
records = st.builds(
    lambda number, title, people, text, comment, doi: row(
        number, title, *people, abstract=text, comments=comment, doi=doi
    ),
    numbers,
    titles,
    st.sampled_from(((), ("Ann Ray",), ("Tom Fox", "Wu Li"))),
    st.sampled_from(TEXTS),
    st.sampled_from(COMMENTS),
    st.sampled_from((None, None, "10.1/x", "10.1/y")),
)
pages = st.builds(
    lambda rows, gone: (rows, [ArxivId(one) for one in gone]),
    st.lists(records, max_size=25),
    st.one_of(st.lists(numbers, max_size=4), st.lists(numbers, min_size=15, max_size=35)),
)
KILLED = (None, "page", "lists", "rename")
runs = st.tuples(st.lists(pages, min_size=1, max_size=3), st.sampled_from(KILLED))


def last_state(history: Iterable[tuple[Sequence[dict[str, Any]], Sequence[ArxivId]]]) -> list[Any]:
    """Each paper once, as it is after all that happened: what an index is to be one of."""
    state: dict[str, dict[str, Any]] = {}
    for rows, gone in history:
        for one in rows:
            older = state.get(one["id"], one)
            told = one if one["abstract"] or one["comments"] else older
            state[one["id"]] = {
                **one,
                "authors": one["authors"] or older["authors"],
                "doi": one["doi"] or older["doi"],
                "abstract": told["abstract"],
                "comments": told["comments"],
            }
        for number in gone:
            state.pop(number.value, None)
    return [PERMANENT, *state.values()]


def update_through_kills(
    index: Path, run: Sequence[tuple[Sequence[Any], Sequence[ArxivId]]], killed: str | None
) -> None:
    """The pages are kept as they come; the process ends somewhere, and the next one goes on."""
    with open_tables(index) as tables:
        base = fingerprint(tables)
    with WaitingPages(index, base) as waiting:
        for rows, gone in run:
            waiting.add(Page(lines(rows), tuple(gone)), "{}")

    def until_killed(found: Iterable[Page]) -> Iterator[Page]:
        for page in found:
            yield page
            if killed == "page":
                raise KeyboardInterrupt

    def kill(*_: object) -> None:
        raise KeyboardInterrupt

    if killed is not None:
        before = index.read_bytes()
        with (
            pytest.MonkeyPatch.context() as patch,
            WaitingPages(index, base) as waiting,
            pytest.raises(KeyboardInterrupt),
        ):
            if killed == "lists":
                patch.setattr(collecting.Collector, "_write_buckets", kill)
            elif killed == "rename":
                patch.setattr(os, "fsync", kill)
            update(index, until_killed(waiting.pages()), "{}")
        assert index.read_bytes() == before
    with WaitingPages(index, base) as waiting:
        update(index, waiting.pages(), "{}")
        waiting.clear("next")


# Other examples each time; more of them with BIBTOOLS_EXAMPLES=2500.
@settings(max_examples=int(os.environ.get("BIBTOOLS_EXAMPLES") or 30))
@given(
    st.lists(records, min_size=8, max_size=40),
    st.lists(runs, min_size=1, max_size=4),
    st.integers(1, 8),
    st.sampled_from((0.0, 0.1, 0.2, 0.3, 0.5)),
    st.booleans(),
)
def test_any_history_equals_a_build_of_its_last_state(
    tmp_path_factory: pytest.TempPathFactory,
    first: list[dict[str, Any]],
    later: list[tuple[list[tuple[list[dict[str, Any]], list[ArxivId]]], str | None]],
    least: int,
    part: float,
    narrow: bool,
) -> None:
    """Whatever comes, changes, goes and comes back; whatever words become too common to be
    listed and no longer are; wherever an update is cut off; and where numbers of words meet.
    """
    folder = tmp_path_factory.mktemp("history")
    (folder / "dump").write_text(json.dumps(DUMP))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(collecting, "_COMMON_LEAST", least)
        patch.setattr(collecting, "_COMMON_PART", part)
        if narrow:
            patch.setattr(preparing, "_numbers", {word: len(word) for word in MORE_WORDS})
            function = frozenset(len(word) for word in MORE_WORDS if word in FUNCTION_WORDS)
            patch.setattr(collecting, "_FUNCTION_NUMBERS", function)
        build(folder / "index", [written(folder / "old", [PERMANENT, *first])], [folder / "dump"])
        for run, killed in later:
            update_through_kills(folder / "index", run, killed)
        history = [(first, []), *(page for run, _ in later for page in run)]
        anew = last_state(history)
        build(folder / "anew", [written(folder / "new", anew)], [folder / "dump"])
    got, wanted = contents(folder / "index"), contents(folder / "anew")
    assert got == wanted
    shutil.rmtree(folder)


def test_words_that_are_no_longer_too_common_find_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collecting, "_COMMON_LEAST", 1)
    monkeypatch.setattr(collecting, "_COMMON_PART", 0.5)
    old = [row(f"2101.{n:05}", "masts the") for n in range(1, 4)]
    new = [row(f"2102.{n:05}", "sails") for n in range(1, 5)]
    build(tmp_path / "index", [written(tmp_path / "old", old)])
    with open_tables(tmp_path / "index") as tables:
        assert list(tables.papers_with("masts")) == []
    update(tmp_path / "index", [Page(lines(new))], "{}")
    assert "the" in FUNCTION_WORDS
    with open_tables(tmp_path / "index") as tables:
        assert len(tables.papers_with("masts")) == 3
        assert list(tables.papers_with("the")) == []


def test_words_that_are_too_common_among_fewer_papers_find_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collecting, "_COMMON_LEAST", 1)
    monkeypatch.setattr(collecting, "_COMMON_PART", 0.5)
    masts = [row(f"2101.{n:05}", "masts") for n in range(1, 4)]
    others = [row(f"2102.{n:05}", f"sails {n}") for n in range(1, 5)]
    build(tmp_path / "index", [written(tmp_path / "old", masts + others)])
    with open_tables(tmp_path / "index") as tables:
        assert len(tables.papers_with("masts")) == 3
    gone = tuple(ArxivId(str(one["id"])) for one in others[:2])
    update(tmp_path / "index", [Page((), gone)], "{}")
    with open_tables(tmp_path / "index") as tables:
        assert (list(tables.papers_with("masts")), tables.count("masts")) == ([], 3)
    build(tmp_path / "anew", [written(tmp_path / "rest", masts + others[2:])])
    assert contents(tmp_path / "index") == contents(tmp_path / "anew")


def test_a_link_of_a_title_goes_to_the_one_paper_that_has_it(tmp_path: Path) -> None:
    dump = written(
        tmp_path / "dump", [{"paper_title": "Deep Sails", "repo_url": "https://github.com/a/b"}]
    )
    index = tmp_path / "index"
    build(index, [written(tmp_path / "old", OLD[2:])], [dump])

    def found() -> list[str]:
        with open_index(index) as opened:
            return [one for one in ("2101.00002", "2611.00001") if opened.links(ArxivId(one))]

    assert found() == []
    update(index, [Page(lines(OLD[1:2]))], "{}")
    assert found() == ["2101.00002"]
    update(index, [Page(lines(NEW[:1]))], "{}")
    assert found() == []  # two papers have it
    update(index, [Page(lines(NEW[1:2]))], "{}")
    assert found() == ["2611.00001"]


def test_what_a_paper_no_longer_says_is_not_found(tmp_path: Path) -> None:
    index = tmp_path / "index"
    build(index, [written(tmp_path / "old", OLD)])
    new = row(
        "2101.00001", "Withdrawn ropes", "Ann Ray", abstract="This paper has been withdrawn.",
    )  # fmt: skip
    update(index, [Page(lines([new]))], "{}")
    with open_tables(index) as tables:
        assert [len(tables.papers_with(word)) for word in ("counting", "ropes")] == [0, 1]
        assert (tables.links(schema.pack_id(ArxivId("2101.00001"))), tables.meta["abstracts"]) == (
            [], "0",
        )  # fmt: skip


# --- the file ---------------------------------------------------------------------------------


def test_whoever_has_it_open_reads_on(index: Path) -> None:
    asked = Entry(title="Counting the boats: knots", authors=(Name(literal="Wu Li"),))
    with open_index(index) as before:
        update(index, [Page(lines(NEW))], "{}")
        assert before.resolve_one(asked).arxiv is None
        assert before.info().records == 4
        with open_index(index) as after:
            assert after.resolve_one(asked).arxiv == ArxivId("2611.00002")


def test_mode_and_link_stay(index: Path, tmp_path: Path) -> None:
    index.chmod(0o640)
    link = tmp_path / "link"
    link.symlink_to(index)
    update(link, [Page(lines(NEW))], "{}")
    assert link.is_symlink()
    assert stat.S_IMODE(index.stat().st_mode) == 0o640
    with open_index(index) as opened:
        assert opened.info().records == 6


def test_a_read_only_index_is_left_alone(index: Path) -> None:
    before = index.read_bytes()
    index.chmod(0o444)
    with pytest.raises(WriteError, match="is read-only"):
        update(index, [Page(lines(NEW))], "{}")
    assert index.read_bytes() == before


def test_a_cut_off_update_leaves_the_index_as_it_was(index: Path, tmp_path: Path) -> None:
    before = index.read_bytes()

    def broken() -> Any:
        yield Page(lines(NEW))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        update(index, broken(), "{}")
    assert index.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["index.sqlite", "old"]


def test_an_index_that_was_rebuilt_meanwhile_is_not_overwritten(
    index: Path, tmp_path: Path
) -> None:
    def meddling() -> Any:
        yield Page(lines(NEW))
        build(index, [tmp_path / "old", written(tmp_path / "new", NEW[:1])])

    with pytest.raises(WriteError, match="was changed by another program"):
        update(index, meddling(), "{}")
    with open_index(index) as opened:
        assert opened.info().records == 5


def test_no_index(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no index"):
        update(tmp_path / "none", [], "{}")
    other = tmp_path / "other"
    with sqlite3.connect(other) as database:
        database.execute("create table t(x)")
    database.close()
    with pytest.raises(InputError, match="is not an index of bibtools"):
        update(other, [], "{}")


# --- pages that wait --------------------------------------------------------------------------


def test_pages_come_back_as_they_were(index: Path) -> None:
    pages = [Page(lines(NEW), (ArxivId("math/0309136"),), 2), Page(()), Page((), (), 1)]
    with WaitingPages(index, "base") as waiting:
        assert waiting.harvest is None
        for number, page in enumerate(pages):
            waiting.add(page, f"after {number}")
    with WaitingPages(index, "base") as waiting:
        assert (list(waiting.pages()), waiting.harvest, waiting.count()) == (pages, "after 2", 3)


def test_pages_of_another_index_are_dropped(index: Path) -> None:
    with WaitingPages(index, "base") as waiting:
        waiting.add(Page(lines(NEW)), "place")
    with WaitingPages(index, "other") as waiting:
        assert (waiting.count(), waiting.harvest) == (0, None)
    assert not waiting_path(index).exists()


def test_one_update_at_a_time(index: Path) -> None:
    with (
        WaitingPages(index, "base"),
        pytest.raises(WriteError, match="is being updated by another process"),
    ):
        WaitingPages(index, "base")


def test_a_file_that_is_no_database(index: Path) -> None:
    content = b"my notes\n" * 100
    waiting_path(index).write_bytes(content)
    with pytest.raises(WriteError, match="could not be read or written"):
        WaitingPages(index, "base")
    assert waiting_path(index).read_bytes() == content


def test_another_database_is_left_alone(index: Path) -> None:
    other = waiting_path(index)
    other.write_bytes(index.read_bytes())
    with pytest.raises(WriteError, match="stands where updates of the index are kept"):
        WaitingPages(index, "base")
    assert other.read_bytes() == index.read_bytes()


def test_the_fingerprint_tells_contents_apart(index: Path, tmp_path: Path) -> None:
    def told() -> str:
        with open_tables(index) as tables:
            return fingerprint(tables)

    first = told()
    build(index, [tmp_path / "old"])
    assert told() == first
    update(index, [], '{"done": {}}')
    assert told() != first
    assert schema.HARVEST == "harvest"
