"""The state file: what was agreed comes back, damage costs a pair, a kill costs nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bibtools.adapters.zotero.state import (
    Pairs,
    Scope,
    State,
    read_state,
    scope_of,
    state_bytes,
    state_path,
    write_state,
)
from bibtools.adapters.zotero.state_lines import agreed_row, read_agreed
from bibtools.errors import InputError, WriteError
from bibtools.sync.plan import Library
from bibtools.sync.values import Agreed
from tests.conftest import ROOT

WEB = "https://api.zotero.org"
LIBRARY = Library("user", 7, "somebody")
READING = scope_of(WEB, LIBRARY, "READNG23")
WHOLE = scope_of(WEB, LIBRARY)
THERE = {
    "itemType": "preprint",
    "title": "Sparse Fine-tuning",
    "creators": [{"creatorType": "author", "firstName": "Élan", "lastName": "Meyer"}],
    "tags": [{"tag": "llm", "type": 1}],
    "collections": ["READNG23"],
    "relations": {"dc:relation": "http://zotero.org/users/7/items/BBBBBBBB"},
    "deleted": 1,
}
HERE = {
    "itemType": "preprint",
    "title": "Sparse {Fine-tuning}",
    "creators": THERE["creators"],
    "date": "2023",
}
FIRST = Agreed(
    item="AAAAAAAA",
    key="meyer2023",
    print="p1",
    version=5,
    here=HERE,
    there=THERE,
    ours=True,
    entry_ours=True,
    code=("CCCCCCCC", "https://github.com/a/b"),
    pending=True,
)
SECOND = Agreed("BBBBBBBB", "other", "p2", 6, {"title": "B"}, {"title": "B"})
HEAD = '{"format":"bibtools zotero state","version":1}\n'
SCOPE = (
    '{"collection":"READNG23","endpoint":"https://api.zotero.org","library":"user:7",'
    '"library_version":9,"name":"Reading/2026","scope":0}\n'
)
SECOND_ROW = (
    '{"in":0,"item":"BBBBBBBB","key":"other","print":"p2","there":{"title":"B"},"version":6}\n'
)
FILE = (
    HEAD
    + SCOPE
    + '{"code":["CCCCCCCC","https://github.com/a/b"],"entry_ours":true,'
    + '"here":{"collections":null,"date":"2023","deleted":null,"relations":null,"tags":null,'
    + '"title":"Sparse {Fine-tuning}"},"in":0,"item":"AAAAAAAA","key":"meyer2023","ours":true,'
    + '"pending":true,"print":"p1","there":{"collections":["READNG23"],"creators":'
    + '[{"creatorType":"author","firstName":"Élan","lastName":"Meyer"}],"deleted":1,'
    + '"itemType":"preprint","relations":{"dc:relation":'
    + '"http://zotero.org/users/7/items/BBBBBBBB"},"tags":[{"tag":"llm","type":1}],'
    + '"title":"Sparse Fine-tuning"},"version":5}\n'
    + SECOND_ROW
)
PAIRS = Pairs(READING, 9, "Reading/2026").with_rows([SECOND, FIRST])


@pytest.fixture
def bib(tmp_path: Path) -> Path:
    return tmp_path / "refs.bib"


def saved(bib: Path, text: str | bytes) -> State:
    state_path(bib).write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_state(bib)


def anew(state: State) -> bytes:
    """The content of the state file, no line of it copied."""
    return state_bytes(replace(state, as_read=None))


def told(state: State) -> list[tuple[int | None, str]]:
    return [(notice.line, notice.message) for notice in state.notices]


def test_the_file_is_as_documented(bib: Path) -> None:
    write_state(read_state(bib).put(PAIRS))
    assert (bib.parent / "refs.bib.zotero.jsonl").read_text("utf-8") == FILE
    assert [path.name for path in bib.parent.iterdir()] == ["refs.bib.zotero.jsonl"]
    again = read_state(bib)
    assert (again.scopes, again.notices) == ({READING: PAIRS}, ())


def test_no_state_file_is_an_empty_state(bib: Path) -> None:
    state = read_state(bib)
    assert state.of(READING) == Pairs(READING)
    assert (state.scopes, state.notices, state.seen.exists) == ({}, (), False)


_keys = st.text("23456789ABCDEFGHIJKLMNPQRSTUVWXYZ", min_size=8, max_size=8)
_texts = st.text(st.characters(), max_size=8)  # halves of pairs of UTF-16 too
_scalars = st.one_of(_texts, st.integers(), st.booleans())
_values: st.SearchStrategy[Any] = st.recursive(
    _scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(_texts, inner, max_size=3)
    ),
    max_leaves=5,
)
_objects = st.lists(st.dictionaries(_texts, _scalars, max_size=3), max_size=3)
_data = st.fixed_dictionaries(
    {},
    optional={
        "itemType": _texts,
        "title": _texts,
        "extra": _texts,
        "creators": _objects,
        "tags": _objects,
        "collections": st.lists(_keys, max_size=2),
        "relations": st.dictionaries(_texts, _scalars, max_size=2),
        "deleted": st.sampled_from([1, True]),
        "whatever comes": _values,
    },
)
_agreed = st.builds(
    Agreed,
    item=_keys,
    key=_texts,
    print=_texts,
    version=st.integers(0, 2**40),
    here=_data,
    there=_data,
    ours=st.booleans(),
    entry_ours=st.booleans(),
    code=st.none() | st.tuples(_texts, _texts),
    pending=st.booleans(),
)
_scopes = st.builds(
    Scope,
    endpoint=st.sampled_from([WEB, "http://127.0.0.1:8080"]),
    library=st.sampled_from(["user", "group"]),
    library_id=st.integers(0, 10**9),
    collection=st.none() | _keys,
    server=st.sampled_from(["", "db1"]),
)
_pairs = st.builds(
    lambda scope, version, name, rows: Pairs(scope, version, name).with_rows(rows),
    _scopes,
    st.integers(0, 10**9),
    _texts,
    st.lists(_agreed, max_size=4),
)


@given(_agreed)
def test_a_row_comes_back(row: Agreed) -> None:
    assert read_agreed(json.loads(json.dumps(agreed_row(row)))) == row


@settings(max_examples=40)
@given(pairs=st.lists(_pairs, max_size=3))
def test_states_come_back_and_equal_states_are_equal_bytes(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[Pairs]
) -> None:
    bib = tmp_path_factory.mktemp("state") / "refs.bib"
    state = read_state(bib)
    for one in pairs:
        state = state.put(one)
    write_state(state)
    again = read_state(bib)
    assert (again.scopes, again.notices) == (state.scopes, ())
    turned = replace(state, scopes=dict(reversed(list(state.scopes.items()))))
    assert anew(turned) == anew(again) == state_bytes(again) == state_path(bib).read_bytes()


def test_thousands_of_rows_come_back(bib: Path) -> None:
    rows = [replace(SECOND, item=f"{number:08}", version=number) for number in range(4500)]
    pairs = Pairs(WHOLE).with_rows(rows)
    write_state(read_state(bib).put(pairs))
    assert read_state(bib).of(WHOLE) == pairs
    lines = state_path(bib).read_bytes().split(b"\n")
    lines[3000] = b"{"
    assert set(pairs.rows) - set(saved(bib, b"\n".join(lines)).of(WHOLE).rows) == {"00002998"}


def test_scopes_do_not_touch_each_other(bib: Path) -> None:
    local = scope_of("http://127.0.0.1:23119/api/", LIBRARY, "READNG23", "db1")
    write_state(read_state(bib).put(PAIRS))
    other = Pairs(local, 3).with_rows([replace(FIRST, version=1)])
    write_state(read_state(bib).put(other))
    state = read_state(bib)
    assert state.scopes == {READING: PAIRS, local: other}
    assert local.endpoint == "http://127.0.0.1:23119/api"
    changed = state.of(READING).updated([replace(SECOND, version=8)], without=["AAAAAAAA", "none"])
    state = write_state(state.put(changed))
    assert read_state(bib).scopes == state.scopes == {READING: changed, local: other}
    assert changed.rows == {"BBBBBBBB": replace(SECOND, version=8)}


def test_nothing_is_written_when_nothing_changed(bib: Path) -> None:
    state = write_state(read_state(bib).put(PAIRS))
    before = state_path(bib).stat()
    assert write_state(state) == state
    write_state(read_state(bib))
    after = state_path(bib).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_rows_that_stay_are_copied_and_all_others_written(bib: Path) -> None:
    second = Pairs(WHOLE, 9).with_rows([SECOND, replace(FIRST, version=7)])
    write_state(read_state(bib).put(PAIRS).put(second))
    state = read_state(bib)
    first = scope_of("http://127.0.0.1:1", LIBRARY)  # it is sorted before the others
    for pairs in (
        Pairs(first).with_rows([SECOND]),
        second.updated([replace(SECOND, item="22222222", here={})], without=["AAAAAAAA"]),
        PAIRS.updated([replace(FIRST, pending=False)]),
    ):
        state = write_state(state.put(pairs))
        assert state_path(bib).read_bytes() == state_bytes(state) == anew(state)
        assert read_state(bib).scopes == state.scopes


def test_a_row_that_somebody_typed_stays_as_it_is(bib: Path) -> None:
    typed = SECOND_ROW.replace(",", " , ")
    state = saved(bib, (HEAD + SCOPE + typed + FIRST_ROW).replace("\n", "\r\n"))
    write_state(state.put(state.of(READING).updated([replace(FIRST, pending=False)])))
    text = state_path(bib).read_bytes().decode()
    assert text == HEAD + SCOPE + FIRST_ROW.replace('"pending":true,', "") + typed


def test_a_state_that_another_run_wrote_meanwhile_is_left_alone(bib: Path) -> None:
    mine, other = read_state(bib), read_state(bib)
    write_state(other.put(PAIRS))
    with pytest.raises(WriteError, match="appeared while it was being worked on"):
        write_state(mine.put(Pairs(WHOLE)))
    assert read_state(bib).scopes == {READING: PAIRS}


def test_it_lies_beside_what_a_link_leads_to(tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    real = tmp_path / "thesis" / "refs.bib"
    link = tmp_path / "refs.bib"
    link.symlink_to(real)
    write_state(read_state(link).put(PAIRS))
    assert read_state(real).scopes == {READING: PAIRS}
    assert not (tmp_path / "refs.bib.zotero.jsonl").exists()


FIRST_ROW = FILE.split("\n")[2] + "\n"
DAMAGED = "Line {} of the state file is damaged and was passed over."


def row(**changes: object) -> str:
    made = {**json.loads(SECOND_ROW), **changes}
    return json.dumps({name: value for name, value in made.items() if value != "gone"}) + "\n"


@pytest.mark.parametrize(
    ("text", "kept", "notices"),
    [
        pytest.param("", [], [], id="empty"),
        pytest.param(FILE.replace("\n", "\r\n"), [FIRST, SECOND], [], id="lines of Windows"),
        pytest.param("\ufeff" + FILE, [FIRST, SECOND], [], id="a mark before it"),
        pytest.param(FILE.replace("\n", "\n\n"), [FIRST, SECOND], [], id="empty lines"),
        pytest.param(FILE[:-1], [FIRST, SECOND], [], id="no last line break"),
        pytest.param(FILE[:-9], [FIRST], [(4, DAMAGED.format(4))], id="end cut off"),
        pytest.param(
            HEAD + SCOPE + "\0" * 40 + "\n" + SECOND_ROW,
            [SECOND],
            [(3, DAMAGED.format(3))],
            id="zeros of a crash",
        ),
        pytest.param(
            HEAD + SCOPE + "[" * 100_000 + "\n" + SECOND_ROW,
            [SECOND],
            [(3, DAMAGED.format(3))],
            id="nested without end",
        ),
        pytest.param(
            HEAD + SCOPE + "<<<<<<< ours\n" + SECOND_ROW + "=======\n" + FIRST_ROW,
            [SECOND, FIRST],
            [(3, DAMAGED.format(3)), (5, DAMAGED.format(5))],
            id="marks of a merge",
        ),
        pytest.param(
            HEAD + SCOPE + SECOND_ROW + row(version=4) + FIRST_ROW,
            [FIRST],
            [(4, 'Line 4 of the state file says something else of "other" than a line before it.')],
            id="one pair twice, not the same",
        ),
        pytest.param(
            HEAD + SCOPE + SECOND_ROW + SECOND_ROW, [SECOND], [], id="one pair twice, the same"
        ),
        pytest.param(
            HEAD + SCOPE + SECOND_ROW + FIRST_ROW.replace('"in":0', '"in":1'),
            [SECOND],
            [(None, "1 pairs of the state file belong to no collection it names.")],
            id="scope lost",
        ),
        pytest.param(
            SCOPE + SECOND_ROW, [SECOND], [(None, "The state file has no readable head.")],
            id="head lost",
        ),
        *(
            pytest.param(HEAD + SCOPE + bad + FIRST_ROW, [FIRST], [(3, DAMAGED.format(3))], id=name)
            for name, bad in {
                "no object": "[1, 2]\n",
                "a number": "1, 2\n",
                "unknown": '{"some": "thing"}\n',
                "no item": row(item="gone"),
                "empty item": row(item=""),
                "item no text": row(item=3),
                "no key": row(key=None),
                "no print": row(print="gone"),
                "no version": row(version="gone"),
                "version no number": row(version="6"),
                "version a flag": row(version=True),
                "version negative": row(version=-1),
                "there no object": row(there=["title"]),
                "no there": row(there="gone"),
                "here no object": row(here=["title"]),
                "creators no list": row(there={"creators": "Meyer"}),
                "creator no object": row(there={"creators": ["Meyer"]}),
                "tag no object": row(here={"tags": ["x"]}),
                "collection no text": row(there={"collections": [{}]}),
                "relations no object": row(there={"relations": ["x"]}),
                "code no pair": row(code=["x"]),
                "code no texts": row(code=["x", 3]),
                "scope no number": row(**{"in": "0"}),
            }.items()
        ),
    ],
)  # fmt: skip
def test_damage_costs_the_damaged_pairs(
    bib: Path, text: str, kept: list[Agreed], notices: list[tuple[int | None, str]]
) -> None:
    state = saved(bib, text)
    assert list(state.of(READING).rows.values()) == kept
    assert told(state) == notices
    assert {notice.file for notice in state.notices} <= {str(state_path(bib))}


def test_one_number_for_two_collections_keeps_none_of_its_pairs(bib: Path) -> None:
    other = SCOPE.replace("user:7", "group:8")
    state = saved(bib, HEAD + SCOPE + other + SECOND_ROW)
    assert state.scopes == {}
    assert told(state) == [
        (3, "Line 3 of the state file gives the number of a collection to another one.")
    ]


def test_one_collection_with_two_versions_has_the_older(bib: Path) -> None:
    other = SCOPE.replace('"library_version":9', '"library_version":4')
    assert saved(bib, HEAD + SCOPE + other + SECOND_ROW).of(READING).library_version == 4


def test_one_collection_under_two_numbers_has_the_pairs_of_both(bib: Path) -> None:
    more = SCOPE.replace('"scope":0', '"scope":1') + FIRST_ROW.replace('"in":0', '"in":1')
    state = saved(bib, HEAD + SCOPE + SECOND_ROW + more)
    assert (list(state.of(READING).rows.values()), state.notices) == ([SECOND, FIRST], ())


def test_many_damaged_lines_are_told_in_a_few_sentences(bib: Path) -> None:
    state = saved(bib, HEAD + SCOPE + "x\n" * 50 + SECOND_ROW)
    assert len(state.notices) == 11
    assert state.notices[-1].message == "40 more lines of the state file are damaged."


def test_invalid_utf8_costs_its_line(bib: Path) -> None:
    state = saved(bib, FILE.encode().replace("É".encode(), b"\xff"))
    assert list(state.of(READING).rows.values()) == [SECOND]
    assert told(state) == [(3, DAMAGED.format(3))]


def test_what_could_not_be_read_is_kept_aside(bib: Path) -> None:
    text = HEAD + SCOPE + "precious?\n" + SECOND_ROW
    write_state(saved(bib, text))
    assert state_path(bib).read_text("utf-8") == HEAD + SCOPE + SECOND_ROW
    assert (bib.parent / "refs.bib.zotero.jsonl.bak").read_text("utf-8") == text


def test_a_later_form_is_refused(bib: Path) -> None:
    later = FILE.replace('"version":1}', '"version":2}', 1)
    with pytest.raises(InputError) as caught:
        saved(bib, later)
    assert caught.value.message == (
        f'"{state_path(bib)}" was written by a later bibtools: its form is version 2, and this '
        "one knows version 1."
    )
    assert state_path(bib).read_text("utf-8") == later


KILLER = """
import os, sys
from dataclasses import replace
from pathlib import Path
from bibtools.adapters.zotero.state import Pairs, Scope, read_state, write_state
from bibtools.sync.values import Agreed

bib = Path(sys.argv[1]) / "refs.bib"
scope = Scope("https://api.zotero.org", "user", 1)
row = Agreed("AAAAAAAA", "k", "p", 1, {"title": "x" * 9000}, {"title": "x" * 9000})
old = Pairs(scope).with_rows([row])
new = Pairs(scope).with_rows([replace(row, version=2), replace(row, item="BBBBBBBB")])
EVENTS = ("open", "os.rename", "os.remove", "tempfile.mkstemp", "os.chmod", "os.fsync")

def killed_at(number):
    child = os.fork()
    if child == 0:
        left = [number]
        def hook(event, _arguments):
            if event.startswith(EVENTS):
                left[0] -= 1
                if left[0] < 0:
                    os._exit(9)
        state = read_state(bib)
        os.fsync = lambda handle: hook("os.fsync", ())
        sys.addaudithook(hook)
        write_state(state.put(new))
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

seen = set()
for number in range(200):
    write_state(read_state(bib).put(old))
    code = killed_at(number)
    state = read_state(bib)
    assert not state.notices, number
    assert state.of(scope) in (old, new), number
    seen.add(state.of(scope) == new)
    if code == 0:
        break
assert code == 0 and seen == {True, False}, (code, seen)
print(number)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_kill_at_any_step_leaves_the_old_state_or_the_new(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", KILLER, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert int(ran.stdout) > 3
