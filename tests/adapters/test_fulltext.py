"""Full text on disk: lists, documents, answers, and files that change, break or cannot be kept."""

from __future__ import annotations

import os
import sqlite3
import threading
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.adapters.fulltext import building, schema
from bibtools.adapters.fulltext.asking import Answer, ask
from bibtools.adapters.fulltext.caching import Stamp, kept, place_of
from bibtools.adapters.fulltext.renewing import Row, in_memory, renewed
from bibtools.adapters.fulltext.store import DamagedError, Store, open_file
from bibtools.adapters.fulltext.texts import Coding, learn
from bibtools.searching.documents import Document, pack, unpack
from bibtools.searching.query import parse_query

PAPERS = (
    Document("gao2021", "SimCSE: Simple Contrastive Learning of Sentence Embeddings",
             ("Gao, Tianyu", "Yao, Xingcheng", "Chen, Danqi"), 2021, "EMNLP",
             "Pass one sentence twice through an encoder; only the noise of dropout differs.",
             "2104.08821", "10.18653/v1/2021.emnlp-main.552", "paper-conference", "inproceedings",
             ("cs.CL", "cs.LG"), ("https://github.com/princeton-nlp/SimCSE",)),
    Document("vaswani2017", "Attention Is All You Need", ("Vaswani, Ashish",), 2017, "NeurIPS",
             "A network of attention alone, without recurrence. Attention is enough.",
             "1706.03762", "", "preprint", "", ("cs.CL",)),
    Document("muller1999", "Über die Müdigkeit von Wörtern", ("Müller, Søren",), 1999,
             "Zeitschrift für Fog", "", type="article-journal", entry_type="article",
             pdf="https://example.org/a.pdf"),
    Document("survey2022", "A Survey of Sentence Embeddings", ("Lee, Ann M.",), 2022, "",
             "Contrastive learning is one of many ways to pre-train.", type="article-journal"),
    Document("graph2010", "Graph Networks", ("Zhang, Wei",), 2010, "",
             "Messages along edges.", ids=("pmid:123",), type="book"),
)  # fmt: skip


def rows(papers: Sequence[Document]) -> list[Row]:
    def row(number: int, one: Document) -> Row:
        return Row(_mark(one), number * 10, lambda: one)

    return [row(number, one) for number, one in enumerate(papers, start=1)]


def _mark(one: Document) -> bytes:
    return schema.name_number(pack(one)).to_bytes(8, "little")


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with in_memory(rows(PAPERS)) as made:
        yield made


def keys(answer: Answer) -> list[str]:
    return [hit.document.key for hit in answer.hits]


QUESTIONS = [
    ("simcse", ["gao2021"], "a word"),
    ("SIMCSE", ["gao2021"], "case"),
    ("sims", [], "no word begins so"),
    ("simc", ["gao2021"], "the beginning of a word"),
    ("contrastive learning", ["gao2021", "survey2022"], "title before abstract"),
    ("attention is all you need", ["vaswani2017"], "a whole title"),
    ("muller", ["muller1999"], "without the dots"),
    ("mueller", ["muller1999"], "dots written out"),
    ("soeren", ["muller1999"], "stroke written out"),
    ("embedding", ["survey2022", "gao2021"], "singular for plural"),
    ("pretrain", ["survey2022"], "without the hyphen"),
    ("pre-train", ["survey2022"], "with the hyphen"),
    ("atention", ["vaswani2017"], "a letter missing"),
    ("contrsative", ["gao2021", "survey2022"], "two letters swapped"),
    ("contrrastvie", ["gao2021", "survey2022"], "two slips in a long word"),
    ("grahp", ["graph2010"], "one slip in a short word"),
    ("gtaph", ["graph2010"], "a wrong letter"),
    ("gpah ", [], "two slips in a short word"),
    ('"sentence embeddings"', ["survey2022", "gao2021"], "phrase"),
    ('"embeddings sentence"', [], "phrase the other way round"),
    ('author:"chen, danqi"', ["gao2021"], "a name, family first"),
    ('author:"danqi chen"', ["gao2021"], "a name, given first"),
    ('"danqi chen"', ["gao2021"], "a name anywhere"),
    ('author:"chen tianyu"', [], "names of two people"),
    ('author:"ann lee"', ["survey2022"], "a name without its initial"),
    ('author:"ann m. lee"', ["survey2022"], "a name with its initial"),
    ('-author:"ann lee" 2022', [], "not this name"),
    ('title:"danqi chen"', [], "a name in the title"),
    ('"learning of sentence"', ["gao2021"], "phrase with a small word"),
    ("sentence -survey", ["gao2021"], "not this word"),
    ('sentence -"simple contrastive"', ["survey2022"], "not this phrase"),
    ("author:gao", ["gao2021"], "author"),
    ("author:simcse", [], "the word stands elsewhere"),
    ("author:chne", ["gao2021"], "a slip in a short word of a field"),
    ("author:danqy", ["gao2021"], "a slip in a field"),
    ("venue:zeitschrift", ["muller1999"], "venue"),
    ("abstract:dropout", ["gao2021"], "abstract"),
    ("title:attention year:2017", ["vaswani2017"], "two conditions"),
    ("year:2017..2021", ["gao2021", "vaswani2017"], "years"),
    ("year:>2021", ["survey2022"], "years from"),
    ("year:1999|2010", ["muller1999", "graph2010"], "a year is also a word"),
    ("year:1999|year:2010", ["muller1999", "graph2010"], "one of two years"),
    ("has:code", ["gao2021"], "code"),
    ("has:pdf", ["gao2021", "vaswani2017", "muller1999"], "a PDF, or arXiv's"),
    ("-has:abstract", ["muller1999"], "without"),
    ("category:cs", ["gao2021", "vaswani2017"], "an archive"),
    ("category:cs.LG", ["gao2021"], "a class"),
    ("category:c", [], "no beginning of an archive"),
    ("type:article", ["muller1999"], "type of the .bib"),
    ("type:book", ["graph2010"], "type"),
    ("key:g", ["gao2021", "graph2010"], "beginning of a key"),
    ("arxiv:1706.03762v3", ["vaswani2017"], "arXiv ID"),
    ("doi:10.18653/V1/2021.emnlp-main.552", ["gao2021"], "DOI in any case"),
    ("id:123", ["graph2010"], "another identifier"),
    ("id:muller1999", ["muller1999"], "a key is one"),
    ("-id:123 year:2010", [], "not this identifier"),
    ("gao 2021", ["gao2021"], "the year as a word"),
    ("graph|attention", ["graph2010", "vaswani2017"], "one of two"),
    ("sentence zzzzzzz", ["survey2022", "gao2021"], "a word that nothing has"),
    ("zzzzzzz", [], "nothing"),
    ("dropout edges", [], "half of the words each"),
    ("-sentence", ["vaswani2017", "muller1999", "graph2010"], "only what is not wanted"),
]


@pytest.mark.parametrize(("text", "expected", "why"), QUESTIONS, ids=[row[2] for row in QUESTIONS])
def test_a_question_is_answered(store: Store, text: str, expected: list[str], why: str) -> None:
    found = keys(ask(store, parse_query(text), 10))
    # The order of what tells equally much is that of the file, which PAPERS is in.
    assert sorted(found) == sorted(expected)
    if why in ("title before abstract", "a whole title"):
        assert found == expected


def test_a_word_that_nothing_has_is_told(store: Store) -> None:
    answer = ask(store, parse_query("sentence zzzzzzz "), 10)
    assert [one.message for one in answer.plan.notices] == ['Nothing has "zzzzzzz".']


def test_the_limit_and_whether_there_is_more(store: Store) -> None:
    first = ask(store, parse_query("year:1900.."), 2)
    assert (keys(first), first.more) == (["gao2021", "vaswani2017"], True)
    every = ask(store, parse_query("year:1900.."), None)
    assert (len(every.hits), every.more) == (5, False)


def test_browsing_shows_all_in_order(store: Store) -> None:
    assert keys(ask(store, parse_query(""), 10, browse=True)) == [one.key for one in PAPERS]
    assert keys(ask(store, parse_query(""), 10)) == []


def test_equal_answers_stand_in_the_order_of_the_file() -> None:
    same = [replace(PAPERS[4], key=f"k{number}") for number in range(50)]
    with in_memory(rows(same)) as made:
        assert keys(ask(made, parse_query("graph"), 50)) == [one.key for one in same]


@pytest.mark.parametrize("count", [0, 1, 15, 16, 17, 33])
def test_any_number_of_documents(count: int) -> None:
    papers = [replace(PAPERS[4], key=f"k{number}", title=f"T {number}") for number in range(count)]
    with in_memory(rows(papers)) as made:
        assert made.documents_of(range(count)) == papers
        assert len(ask(made, parse_query("messages"), None).hits) == count


# --- lists --------------------------------------------------------------------------------------


@given(st.sets(st.integers(0, schema.CHUNK - 1), min_size=1, max_size=200), st.integers(0, 40))
def test_a_list_comes_back(members: set[int], chunk: int) -> None:
    data = schema.pack_chunk(chunk, array("H", sorted(members)))
    [(number, found)] = schema.unpack_chunks(data).items()
    assert number == chunk
    assert list(schema.members_of(found)) == sorted(members)
    assert set(schema.members_among(found, {1, 2, *list(members)[:3]})) == (
        {1, 2, *list(members)[:3]} & members
    )


@pytest.mark.parametrize("step", [1, 3, 8])
@pytest.mark.parametrize("count", [255, 256, 257, 7_935, 7_936, 65_536])
def test_a_long_list_comes_back(count: int, step: int) -> None:
    members = sorted({0, *range(65_536 - count, 65_536, step), 65_535})
    data = schema.pack_chunk(7, array("H", members))
    # None takes more than two bytes a member, or a bit for each number.
    assert len(data) <= 4 + min(max(2 * len(members), 516), len(members) + 259, 8_192)
    [(chunk, found)] = schema.unpack_chunks(data).items()
    assert chunk == 7
    assert list(schema.members_of(found)) == members
    assert sorted(schema.members_among(found, {0, 65_535})) == [0, 65_535]
    for damaged in (data[:-1], data + b"x", data[:3]):
        with pytest.raises(ValueError):
            schema.unpack_chunks(damaged)


def packed(chunk: int, members: list[int]) -> bytes:
    return schema.pack_chunk(chunk, array("H", members))


def test_lists_are_joined() -> None:
    first = packed(0, [1]) + packed(1, [2, 3])
    second = packed(1, [9]) + packed(2, [4])
    found = schema.unpack_chunks(schema.joined(first, second))
    assert found == {0: array("H", [1]), 1: array("H", [2, 3, 9]), 2: array("H", [4])}


def test_more_documents_than_a_chunk_holds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # The whole path with chunks of 8 instead of 65,536: runs on disk, merged at the end.
    monkeypatch.setattr(schema, "CHUNK_BITS", 3)
    monkeypatch.setattr(schema, "CHUNK", 8)
    papers = [
        replace(PAPERS[number % 5], key=f"k{number}", year=1900 + number) for number in range(100)
    ]
    path = tmp_path / "many.sqlite"
    database = sqlite3.connect(path, isolation_level=None)
    building.make_tables(database)
    database.execute("begin")
    writer = building.Writer(database, tmp_path)
    for one in papers:
        writer.add(one)
    writer.finish(building.facts_of(writer))
    database.execute("commit")
    database.close()
    assert [one.name for one in tmp_path.iterdir()] == ["many.sqlite"]
    with Store(open_file(path), str(path)) as made:
        assert made.counts(["graph", "messages", "nothing"]) == {"graph": 20, "messages": 20}
        found = keys(ask(made, parse_query("graph year:1950..1969"), None))
        assert found == [f"k{number}" for number in (54, 59, 64, 69)]
        assert keys(ask(made, parse_query("arxiv:2104.08821 key:k95"), None)) == ["k95"]


_texts = st.text(st.sampled_from("ab é\n\x1e\x1f'\"\\"))


@given(st.builds(Document, key=_texts, title=st.text(), place=_texts, year=st.integers(-300, 9999),
                 authors=st.lists(_texts.filter(bool)).map(tuple), other=_texts))  # fmt: skip
def test_a_document_is_one_line(document: Document) -> None:
    def blanked(text: str) -> str:
        return text.translate({0x0A: " ", 0x1E: " ", 0x1F: " "})

    line = pack(document)
    assert "\n" not in line
    assert unpack(line) == replace(
        document,
        key=blanked(document.key),
        title=blanked(document.title),
        place=blanked(document.place),
        other=blanked(document.other),
        authors=tuple(map(blanked, document.authors)),
    )


_LINES = [
    f"Deep networks of {n} layers learn features, \u03b1 = {n} \u2013 we show" for n in range(90)
]


@given(st.lists(st.text().map(lambda text: text.replace("\n", " ")), min_size=1), st.booleans())
def test_lines_come_back_from_a_block(lines: list[str], coded: bool) -> None:
    lines = [one.encode("utf-8", "replace").decode() for one in lines]
    made = learn([*_LINES, *lines], coded=coded)
    again = Coding(made.words, made.start)
    for several in (lines, _LINES, [*lines, *_LINES[:3]]):
        assert [again.decode(one) for one in again.lines(made.compress(several))] == several


def test_words_have_codes_where_there_are_many() -> None:
    made = learn(_LINES, coded=True)
    assert " networks" in made.words
    assert len(made.encode(_LINES[7])) < len(_LINES[7]) / 2
    assert learn(_LINES, coded=False).words == ()


def test_a_code_without_a_word_is_damage() -> None:
    with pytest.raises(ValueError, match="no meaning"):
        Coding((" a",)).decode(b"\x81")


def test_codings_change_with_the_documents(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(building, "_CODING_DOCUMENTS", 64)
    monkeypatch.setattr(building, "_SAMPLES", {True: 10})
    papers = [
        replace(PAPERS[0], key=f"k{n}", abstract=f"Some {'early' if n < 64 else 'later'} words {n}")
        for n in range(150)
    ]
    database = sqlite3.connect(tmp_path / "coded.sqlite", isolation_level=None)
    building.make_tables(database, page=1024)
    database.execute("begin")
    writer = building.Writer(database, tmp_path, coded=True)
    for one in papers:
        writer.add(one)
    writer.finish(building.facts_of(writer))
    database.execute("commit")
    with Store(database, "coded") as made:
        codings = made.rows("select first, words from coding order by first")
        assert [first for first, _ in codings] == [0, 64, 128]
        assert [" later" in words.split("\n") for _, words in codings] == [False, True, True]
        assert made.documents_of(range(150)) == papers


@pytest.mark.parametrize("count", [7, 8, 9])
def test_rare_words_stand_in_their_row(count: int) -> None:
    papers = [replace(PAPERS[4], key=f"k{n}", title=f"Fog {n}", abstract="") for n in range(count)]
    with in_memory(rows(papers)) as made:
        [(number, rare)] = made.rows("select id, rare from word where text='fog'")
        assert (number is None, rare is not None) == (count <= 8, count <= 8)
        assert len(ask(made, parse_query("title:fog"), None).hits) == count
        assert ask(made, parse_query("author:fog"), None).hits == ()
        assert made.beginning_with("fo", "title", 5) == [("fog", count)]
        assert made.beginning_with("fo", "author", 5) == []


def test_another_file_in_its_place_does_not_matter(tmp_path: Path) -> None:
    old = made(tmp_path, BASE, 1)
    # Another process keeps another state of the source meanwhile.
    made(tmp_path, (*BASE[5:], *PAPERS), 2).close()
    papers = (*BASE, PAPERS[0])
    store = made(tmp_path, papers, 3, old)
    assert keys(ask(store, parse_query(""), None, browse=True)) == [one.key for one in papers]
    assert keys(ask(store, parse_query("simcse"), 5)) == ["gao2021"]
    store.close()


# --- what is kept ---------------------------------------------------------------------------------

FUTURE = 10**19
NOW = 2 * 10**18


def stamp(version: int = 1) -> Stamp:
    return Stamp("/somewhere/refs.bib", 100, version)


def made(cache: Path, papers: Sequence[Document], version: int, old: Store | None = None) -> Store:
    store, notices = renewed(cache, stamp(version), f"d{version}", rows(papers), old, NOW)
    assert notices == ()
    return store


def test_what_was_read_is_kept(tmp_path: Path) -> None:
    made(tmp_path, PAPERS, 1).close()
    again, surely = kept(tmp_path, stamp(1))
    assert again is not None
    assert surely
    assert keys(ask(again, parse_query("simcse"), 5)) == ["gao2021"]
    assert [hit.line for hit in ask(again, parse_query("graph"), 5).hits] == [50]
    other, surely = kept(tmp_path, stamp(2))
    assert other is not None
    assert not surely
    again.close()
    other.close()


def test_a_file_that_changed_just_before_it_was_read_is_doubted(tmp_path: Path) -> None:
    made(tmp_path, PAPERS, NOW - 1_000_000_000).close()
    store, surely = kept(tmp_path, stamp(NOW - 1_000_000_000))
    assert store is not None
    assert not surely
    store.close()


BASE = tuple(replace(PAPERS[4], key=f"k{number}", title=f"Graph {number}") for number in range(40))
CHANGES = [
    pytest.param((*BASE, PAPERS[0]), id="one more"),
    pytest.param((PAPERS[0], *BASE), id="one more in front"),
    pytest.param(BASE[1:], id="one less"),
    pytest.param((*BASE[:7], replace(BASE[7], title="Simcse fog"), *BASE[8:]), id="one changed"),
    pytest.param(BASE[::-1], id="another order"),
    pytest.param((*BASE, BASE[3]), id="one twice"),
    pytest.param(PAPERS, id="all others"),
    pytest.param((), id="nothing left"),
]


@pytest.mark.parametrize("papers", CHANGES)
def test_a_renewed_file_answers_as_one_made_anew(
    tmp_path: Path, papers: tuple[Document, ...]
) -> None:
    changed = made(tmp_path / "a", papers, 2, made(tmp_path / "a", BASE, 1))
    anew = made(tmp_path / "b", papers, 2)
    for question in ("simcse", "graph", "year:2010", "key:k", "-graph", "messages -fog", "id:123"):
        found, expected = (
            [(hit.document, hit.line) for hit in ask(one, parse_query(question), None).hits]
            for one in (changed, anew)
        )
        assert sorted(found, key=str) == sorted(expected, key=str), question
    assert keys(ask(changed, parse_query(""), None, browse=True)) == [one.key for one in papers]
    changed.close()
    anew.close()


def test_only_what_is_new_is_read(tmp_path: Path) -> None:
    old = made(tmp_path, BASE, 1)
    read: list[str] = []

    def row(number: int, one: Document) -> Row:
        def make() -> Document:
            read.append(one.key)
            return one

        return Row(_mark(one), number, make)

    several = [row(number, one) for number, one in enumerate((*BASE, PAPERS[0]), start=1)]
    store, _ = renewed(tmp_path, stamp(2), "", several, old, NOW)
    assert read == ["gao2021"]
    store.close()


def test_many_small_changes_in_a_row(tmp_path: Path) -> None:
    store = made(tmp_path, BASE, 1)
    papers = list(BASE)
    for number in range(30):
        papers.append(replace(PAPERS[0], key=f"n{number}"))
        papers.pop(0)
        store = made(tmp_path, papers, number + 2, store)
    assert keys(ask(store, parse_query(""), None, browse=True)) == [one.key for one in papers]
    assert len(ask(store, parse_query("simcse"), None).hits) == 30
    store.close()


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda data: b"", id="empty"),
        pytest.param(lambda data: data[: len(data) // 2], id="cut off"),
        pytest.param(lambda data: b"x" * len(data), id="no database"),
        pytest.param(lambda data: data[:60] + b"\0\0\0\x63" + data[64:], id="another version"),
    ],
)
def test_a_damaged_file_counts_as_none(tmp_path: Path, damage) -> None:  # type: ignore[no-untyped-def]
    made(tmp_path, PAPERS, 1).close()
    path = place_of(tmp_path, stamp())
    path.write_bytes(damage(path.read_bytes()))
    assert kept(tmp_path, stamp()) == (None, False)
    again = made(tmp_path, PAPERS, 1)
    assert keys(ask(again, parse_query("simcse"), 5)) == ["gao2021"]
    again.close()


def test_damage_inside_is_an_error_of_ours(tmp_path: Path) -> None:
    made(tmp_path, PAPERS, 1).close()
    path = place_of(tmp_path, stamp())
    with sqlite3.connect(path) as database:
        database.execute("update block set documents = x'00ff'")
    database.close()
    with Store(open_file(path), str(path)) as store, pytest.raises(DamagedError):
        ask(store, parse_query("simcse"), 5)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_by_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    store, notices = renewed(tmp_path, stamp(), "", rows(PAPERS), None, NOW)
    tmp_path.chmod(0o700)
    assert [one.rule for one in notices] == ["search.not-kept"]
    store.close()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    store, notices = renewed(tmp_path / "file", stamp(), "", rows(PAPERS), None, NOW)
    assert [one.rule for one in notices] == ["search.not-kept"]
    assert keys(ask(store, parse_query("simcse"), 5)) == ["gao2021"]
    store.close()


def test_killed_while_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(tmp_path, BASE, 1).close()
    before = place_of(tmp_path, stamp()).read_bytes()

    def killed(self: building.Writer, meta: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(building.Writer, "finish", killed)
    with pytest.raises(KeyboardInterrupt):
        made(tmp_path, PAPERS, 2)
    assert place_of(tmp_path, stamp()).read_bytes() == before
    assert [one.suffix for one in (tmp_path / "search").iterdir()] == [".sqlite"]


def test_drafts_of_killed_runs_are_removed_when_old(tmp_path: Path) -> None:
    made(tmp_path, BASE, 1).close()
    path = place_of(tmp_path, stamp())
    draft = path.with_name(f".{path.name}.1.draft")
    draft.write_bytes(b"")
    os.utime(draft, ns=(NOW - 2 * 3_600_000_000_000,) * 2)
    made(tmp_path, PAPERS, 2).close()
    assert not draft.exists()


def test_files_are_for_the_user_alone(tmp_path: Path) -> None:
    made(tmp_path / "cache", BASE, 1).close()
    changed = made(tmp_path / "cache", (*BASE, PAPERS[0]), 2, kept(tmp_path / "cache", stamp())[0])
    path = place_of(tmp_path / "cache", stamp())
    if os.name == "posix":
        assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    changed.close()


def test_two_at_once(tmp_path: Path) -> None:
    stores: list[Store] = []
    threads = [
        threading.Thread(target=lambda: stores.append(made(tmp_path, PAPERS, 1))) for _ in range(2)
    ]
    # One process has one draft; two threads of it stand for two processes only one after another.
    for thread in threads:
        thread.start()
        thread.join()
    for store in stores:
        assert keys(ask(store, parse_query("simcse"), 5)) == ["gao2021"]
        store.close()
