from __future__ import annotations

import gzip
import json
import lzma
import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bibtools.adapters.index import build, building, default_path, open_index, preparing, schema
from bibtools.errors import InputError, UsageError, WriteError
from bibtools.model import ArxivId, Entry, Link, Name, Outcome, PartialDate, parse_arxiv

ABSTRACT = (
    "Bridges sway when crowds march across them. A model of marching crowds couples the phase "
    "of every walker to the lateral motion of the deck, and predicts a sharp onset of swaying "
    "once a critical number of walkers is passed. Field measurements from seven footbridges "
    "confirm the predicted onset within four percent. Dampers tuned to the second lateral mode "
    "raise the critical number threefold, whereas stiffer cables hardly matter."
)
ROWS: list[dict[str, Any]] = [
    {
        "id": "1501.00001", "title": "Swaying of footbridges under marching crowds",
        "authors": "Bea Roux, Wu Li and Eve Oz", "abstract": ABSTRACT,
        "categories": "physics.soc-ph nlin.AO", "doi": "10.1000/182",
        "comments": "Code: https://github.com/roux/sway .",
        "versions": [{"version": "v1", "created": "Thu, 1 Jan 2015 10:00:00 GMT"}],
    },
    {"id": "hep-th/9901001", "title": "Strings and things", "authors": "T. Fox"},
    {"id": "0704.0001", "title": "Waggle dances: a race model", "authors": "Ann Ray, Tom Fox"},
    {"id": "2104.08821", "title": "Editorial", "authors": "Ann Ray"},
]  # fmt: skip


def lines(rows: Sequence[object]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "records.jsonl"
    path.write_bytes(lines(ROWS))
    return path


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "index.sqlite"


def entry(title: str, *people: str, year: int | None = None) -> Entry:
    names = tuple(Name(literal=name) for name in people)
    return Entry(title=title, authors=names, date=PartialDate(year) if year else None)


# --- packing ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        "0704.0001", "1412.9999", "1501.00001", "2608.12345",
        "hep-th/9108001", "math/0703999", "cs/0001001", "supr-con/9609004", "astro-ph/0001001",
    ],
)  # fmt: skip
def test_an_id_survives_packing(value: str) -> None:
    arxiv = parse_arxiv(value)
    assert arxiv is not None
    packed = schema.pack_id(arxiv)
    assert 0 < packed < 1 << 31
    assert schema.unpack_id(packed) == arxiv


def test_every_archive_can_be_packed() -> None:
    from bibtools.model.identifiers import _OLD_ARCHIVES

    numbers = {schema.pack_id(ArxivId(f"{archive}/9901001")) for archive in _OLD_ARCHIVES}
    assert len(numbers) == len(_OLD_ARCHIVES)


def test_packed_ids_are_ordered_by_month() -> None:
    order = ["hep-th/9108001", "math/0703001", "0704.0001", "1412.0001", "1501.00001"]
    packed = [schema.pack_id(ArxivId(value)) for value in order]
    assert packed == sorted(packed)


# --- building ---------------------------------------------------------------------------------


def test_what_is_in_the_index(source: Path, target: Path) -> None:
    info = build(target, [source])
    assert (info.records, info.abstracts, info.links) == (4, 1, 1)
    assert (info.first, info.last, info.schema) == ("1999-01", "2021-04", schema.SCHEMA)
    assert info.size == target.stat().st_size
    assert [(one.name, one.kind, one.records, one.unread) for one in info.sources] == [
        ("records.jsonl", "arxiv", 4, 0)
    ]
    assert info.notices == ()
    assert sorted(path.name for path in target.parent.iterdir()) == [
        "index.sqlite", "records.jsonl",
    ]  # fmt: skip


@pytest.mark.parametrize("press", [gzip.compress, lzma.compress], ids=["gz", "xz"])
def test_compression_is_known_by_content(press: Any, tmp_path: Path, target: Path) -> None:
    path = tmp_path / "records.data"
    path.write_bytes(press(lines(ROWS)))
    assert build(target, [path]).records == 4


@pytest.mark.parametrize("press", [gzip.compress, lzma.compress], ids=["gz", "xz"])
def test_a_cut_off_download_says_so_and_leaves_the_old_index(
    press: Any, tmp_path: Path, source: Path, target: Path
) -> None:
    build(target, [source])
    before = target.read_bytes()
    path = tmp_path / "cut"
    path.write_bytes(press(lines(ROWS * 200))[:-40])
    with pytest.raises(InputError, match="is damaged or cut off"):
        build(target, [path])
    assert target.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 3


def test_the_same_files_give_the_same_bytes(source: Path, tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    build(one, [source])
    build(other, [source])
    assert one.read_bytes() == other.read_bytes()


def test_bad_lines_are_told_with_their_number(tmp_path: Path, target: Path) -> None:
    path = tmp_path / "records.jsonl"
    path.write_bytes(b'{"id": "x"}\n\n' + lines(ROWS[:1]) + b'{"id": "0704.0001", "tit')
    info = build(target, [path])
    assert info.records == 1
    assert [(notice.line, notice.message) for notice in info.notices] == [
        (1, 'This line was left out: its id "x" is not an arXiv ID.'),
        (4, "This line was left out: it is not valid JSON (Unterminated string starting at)."),
    ]
    assert info.sources[0].unread == 2


def test_many_bad_lines_are_counted_but_not_all_told(tmp_path: Path, target: Path) -> None:
    path = tmp_path / "records.jsonl"
    path.write_bytes(b"?\n" * 500 + lines(ROWS[:1]))
    info = build(target, [path])
    assert info.sources[0].unread == 500
    assert len(info.notices) == 100


@pytest.mark.parametrize("content", [b"", b"\n\n", b"@article{x}\n", b"[]"])
def test_a_file_without_any_record_is_refused(content: bytes, tmp_path: Path, target: Path) -> None:
    path = tmp_path / "records.jsonl"
    path.write_bytes(content)
    with pytest.raises(InputError, match="holds no arXiv record"):
        build(target, [path])
    assert not target.exists()


def test_a_missing_file_is_told(tmp_path: Path, target: Path) -> None:
    with pytest.raises(InputError, match="cannot be read: No such file"):
        build(target, [tmp_path / "nothing"])


def test_wrong_usage(source: Path, target: Path) -> None:
    with pytest.raises(UsageError):
        build(target, [])
    with pytest.raises(UsageError):
        build(target, [source], abstracts="all")


def test_a_folder_that_cannot_be_made_is_told(source: Path, tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="could not be written"):
        build(source / "index.sqlite", [source])


def test_the_later_record_counts_and_its_blanks_are_filled(tmp_path: Path, target: Path) -> None:
    older, newer = tmp_path / "a", tmp_path / "b"
    older.write_bytes(lines(ROWS))
    newer.write_bytes(lines([{"id": "1501.00001v2", "title": "Footbridges that sway"}]))
    assert build(target, [older, newer]).records == 4
    with open_index(target) as index:
        paper = index.paper(ArxivId("1501.00001"))
        assert paper is not None
        assert paper.title == "Footbridges that sway"
        assert paper.author_names == ("Bea Roux", "Wu Li", "Eve Oz")
        assert paper.created == PartialDate(2015, 1, 1)
        assert paper.sketch is not None


def test_a_killed_build_leaves_the_old_index_and_its_draft_is_swept(
    source: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(target, [source])
    before = target.read_bytes()

    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    monkeypatch.setattr(building._Builder, "finish", killed)
    with pytest.raises(Killed):
        build(target, [source])
    assert target.read_bytes() == before
    monkeypatch.undo()
    # A number no process has: Linux numbers end at 2**22.
    left = target.with_name(f".{target.name}.99999999.draft")
    own = target.with_name(f".{target.name}.{os.getpid()}.new.other")
    left.touch()
    own.touch()
    build(target, [source])
    assert not left.exists() and own.exists()


def test_a_link_to_the_index_stays_a_link(source: Path, target: Path, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    target.symlink_to(tmp_path / "real" / "index")
    build(target, [source])
    assert target.is_symlink() and (tmp_path / "real" / "index").is_file()


def test_without_abstracts_there_are_no_fingerprints(source: Path, target: Path) -> None:
    assert build(target, [source], abstracts="none").abstracts == 0


def test_progress_is_told(source: Path, target: Path) -> None:
    told: list[tuple[str, int, int]] = []
    build(target, [source], progress=lambda *row: told.append(row))
    assert told == [("records.jsonl", source.stat().st_size, source.stat().st_size),
                    ("writing", 0, 1)]  # fmt: skip


def test_other_processes_give_the_same_bytes(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparing, "LINES_EACH", 20)
    rows = [row | {"id": f"1501.{number:05}"} for number in range(1, 200) for row in ROWS[:1]]
    path = tmp_path / "many"
    path.write_bytes(lines(rows) + b"?\n")
    one, other = tmp_path / "one", tmp_path / "other"
    first = build(one, [path])
    second = build(other, [path], processes=2)
    assert one.read_bytes() == other.read_bytes()
    assert first.notices == second.notices != ()


# --- code links -------------------------------------------------------------------------------

LINKS: list[object] = [
    {"paper_arxiv_id": "0704.0001", "repo_url": "https://github.com/fan/dance",
     "is_official": False},
    {"paper_arxiv_id": "0704.0001", "repo_url": "https://github.com/ray/dance",
     "is_official": True},
    {"paper_arxiv_id": None, "paper_title": "Strings & Things", "is_official": None,
     "repo_url": "https://gitlab.com/fox/strings"},
    {"paper_arxiv_id": None, "paper_title": "Nobody knows", "repo_url": "https://github.com/a/b"},
    {"paper_arxiv_id": "2201.00001", "repo_url": "https://github.com/c/d"},
    {"repo_url": None},
    "?",
]  # fmt: skip


@pytest.mark.parametrize("form", ["array", "pretty array", "lines"])
def test_code_links(form: str, source: Path, target: Path, tmp_path: Path) -> None:
    code = tmp_path / "links"
    content = {
        "array": json.dumps(LINKS).encode(),
        "pretty array": json.dumps(LINKS, indent=2).encode(),
        "lines": lines(LINKS),
    }
    code.write_bytes(gzip.compress(content[form]))
    info = build(target, [source], [code])
    assert (info.sources[1].records, info.sources[1].unread) == (5, 2)
    with open_index(target) as index:
        assert index.links(ArxivId("0704.0001")) == (
            Link("https://github.com/ray/dance", "links dump: official", "repository"),
            Link("https://github.com/fan/dance", "links dump: community", "repository"),
        )
        assert index.links(ArxivId("hep-th/9901001")) == (
            Link("https://gitlab.com/fox/strings", "links dump", "repository"),
        )
        # A paper that is not among the records, but may be printed in an entry.
        assert index.links(ArxivId("2201.00001")) == (
            Link("https://github.com/c/d", "links dump", "repository"),
        )
        assert index.links(ArxivId("1501.00001")) == (
            Link("https://github.com/roux/sway", "comment", "repository"),
        )
        assert index.links(ArxivId("2104.08821")) == ()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(json.dumps(LINKS).encode()[:-30], id="cut-in-a-row"),
        pytest.param(json.dumps(LINKS[:2]).encode()[:-1], id="cut-before-the-end"),
    ],
)
def test_a_cut_off_array_is_refused(
    content: bytes, source: Path, target: Path, tmp_path: Path
) -> None:
    code = tmp_path / "links"
    code.write_bytes(content)
    with pytest.raises(InputError, match=r"is not valid JSON|is cut off"):
        build(target, [source], [code])


def test_a_file_without_links_is_refused(source: Path, target: Path) -> None:
    with pytest.raises(InputError, match="holds no code link"):
        build(target, [source], [source])


# --- asking -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        pytest.param(entry("SWAYING of Foot-bridges under Marching Crowds", "B. Roux"),
                     "1501.00001", id="exact"),
        pytest.param(entry("Swayng of footbridgs under marching crowds", "B. Roux"),
                     "1501.00001", id="slips"),
        pytest.param(entry("Waggle dances", "Ray, A.", year=2007), "0704.0001", id="subtitle"),
        pytest.param(entry("Waggle dances: a ra...", "Ray, A."), "0704.0001", id="cut-in-word"),
        pytest.param(entry("Waggle ...", "Ray, A."), None, id="too-little"),
        pytest.param(entry("Swaying of footbridges ...", "Roux, B."), "1501.00001", id="cut"),
        pytest.param(Entry(abstract=ABSTRACT.replace("seven", "nine")), "1501.00001",
                     id="abstract"),
        pytest.param(entry("Bees and trees", "Ray, A."), None, id="unknown"),
        pytest.param(entry("?!"), None, id="no-words"),
        pytest.param(Entry(), None, id="nothing"),
    ],
)  # fmt: skip
def test_resolve(asked: Entry, number: str | None, source: Path, target: Path) -> None:
    build(target, [source])
    with open_index(target) as index:
        answer = index.resolve([asked])[0]
    assert (answer.arxiv.value if answer.arxiv else None) == number


def test_answers_do_not_depend_on_the_order(source: Path, target: Path) -> None:
    build(target, [source])
    asked = [entry(str(row["title"])[:-1], "Ray, A.") for row in ROWS] + [Entry(abstract=ABSTRACT)]
    with open_index(target) as one, open_index(target) as other:
        assert one.resolve(asked) == other.resolve(asked[::-1])[::-1]


def test_a_title_of_a_thousand_words_is_asked_without_harm(source: Path, target: Path) -> None:
    build(target, [source])
    with open_index(target) as index:
        answer = index.resolve_one(entry(" ".join(f"word{n}" for n in range(1000))))
    assert answer.outcome is Outcome.NONE


# --- opening ----------------------------------------------------------------------------------


def test_a_missing_index(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        open_index(tmp_path / "none")
    assert caught.value.message == f'There is no index at "{tmp_path / "none"}".'
    assert caught.value.hint == "Build it with `bibtools index build --arxiv FILE`."


def test_another_database(target: Path) -> None:
    with sqlite3.connect(target) as database:
        database.execute("create table t(x)")
    database.close()
    with pytest.raises(InputError, match="is not an index of bibtools"):
        open_index(target)


def test_another_version(source: Path, target: Path) -> None:
    build(target, [source])
    with sqlite3.connect(target) as database:
        database.execute(f"pragma user_version={schema.SCHEMA + 1}")
    database.close()
    with pytest.raises(InputError, match=f"has version {schema.SCHEMA + 1}"):
        open_index(target)


def test_a_text_file(target: Path) -> None:
    target.write_text("This is no database, " * 100)
    with pytest.raises(InputError, match="is damaged or not an index"):
        open_index(target)


@pytest.mark.parametrize("part", [0.2, 0.5, 0.9])
def test_a_truncated_index_is_told_and_not_a_fault(part: float, source: Path, target: Path) -> None:
    build(target, [source])
    data = target.read_bytes()
    target.write_bytes(data[: int(len(data) * part)])
    with pytest.raises(InputError, match="is damaged or not an index"), open_index(target) as index:
        index.resolve([entry(str(row["title"]) + " x", "Ray, A.") for row in ROWS])
        index.resolve([Entry(abstract=ABSTRACT)])
        for row in ROWS:
            index.links(ArxivId(str(row["id"])))


def test_a_name_with_odd_characters(source: Path, tmp_path: Path) -> None:
    path = tmp_path / "a #1?50%.sqlite"
    build(path, [source])
    with open_index(path) as index:
        assert index.info().records == 4


def test_default_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BIBTOOLS_INDEX", str(tmp_path / "mine"))
    assert default_path() == tmp_path / "mine"
    monkeypatch.delenv("BIBTOOLS_INDEX")
    assert default_path().name == "index.sqlite"
