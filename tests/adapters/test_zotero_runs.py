"""The journal of runs: what was sent is known before it is sent, whatever happens next."""

from __future__ import annotations

import errno
import json
import os
import stat
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from bibtools.adapters.zotero import runs
from bibtools.adapters.zotero.past_runs import (
    RunRecord,
    RunSteps,
    Step,
    Touched,
    all_runs,
    find_run,
    last_run,
    mark_undone,
    runs_of,
    steps_of_run,
    unfinished_runs,
)
from bibtools.adapters.zotero.runs import Done, Intent, Refused, RunJournal
from bibtools.adapters.zotero.state import Scope
from bibtools.errors import InputError, WriteError
from bibtools.sync.values import Agreed
from tests.conftest import ROOT

SCOPE = Scope("https://api.zotero.org", "group", 8, "READNG23")
OLD = {"itemType": "book", "title": "Old", "version": 4, "tags": []}
SENT = {"key": "AAAAAAAA", "version": 4, "title": "New"}
NEW = {"itemType": "book", "title": "New", "version": 5, "dateModified": "2026-01-01T00:00:00Z"}
ROW = Agreed("AAAAAAAA", "k", "p", 4, {"title": "Old"}, {"title": "Old"}, code=("C", "u"))
UPDATE = Intent("AAAAAAAA", "item", OLD, 4, SENT)
CREATE = Intent("BBBBBBBB", "item", None, 0, {"key": "BBBBBBBB", "title": "B", "version": 0})
FOLDER = Intent("DDDDDDDD", "collection", None, 0, {"key": "DDDDDDDD", "name": "Reading"})
WHEN = datetime(2026, 3, 1, 12, 30, tzinfo=timezone(timedelta(hours=2)))


@pytest.fixture(autouse=True)
def state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("BIBTOOLS_STATE", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.fixture
def bib(tmp_path: Path) -> Path:
    return tmp_path / "refs.bib"


def start(file: Path | None, rows: dict[str, Agreed | None] | None = None) -> RunJournal:
    return RunJournal.start(file, SCOPE, "zotero push", rows or {}, library_name="Lab", now=WHEN)


def only(file: Path | None) -> RunRecord:
    (run,) = runs_of(file)
    return run


def test_a_run_from_start_to_end(bib: Path, state: Path) -> None:
    journal = start(bib, {"AAAAAAAA": ROW, "BBBBBBBB": None})
    journal.intend([FOLDER])
    journal.done([Done("DDDDDDDD", 4, {"name": "Reading"})])
    journal.intend([UPDATE, CREATE])
    journal.done([Done("AAAAAAAA", 5, NEW)])
    journal.refused([Refused("BBBBBBBB", 413, "too long")])
    journal.remember({"AAAAAAAA": replace(ROW, version=5), "EEEEEEEE": None})
    journal.file_will_be("0123")
    assert only(bib) == RunRecord(
        name=journal.name,
        number=1,
        file=str(bib),
        scope=SCOPE,
        library_name="Lab",
        command="zotero push",
        when="2026-03-01T10:30:00.000000+00:00",
        finished=False,
        undone=False,
        left=(),
        folder=journal.folder,
    )
    assert unfinished_runs(bib) == [only(bib)]
    journal.finish()
    assert only(bib).finished
    assert unfinished_runs(bib) == []
    assert steps_of_run(only(bib)) == RunSteps(
        steps=(
            Step(FOLDER, "done", 4, {"name": "Reading"}),
            Step(UPDATE, "done", 5, NEW),
            Step(CREATE, "failed"),
        ),
        rows={"AAAAAAAA": ROW, "BBBBBBBB": None, "EEEEEEEE": None},
        file_after="0123",
    )
    assert only(bib).folder.is_relative_to(state / "zotero")


def test_nobody_else_may_read_it(bib: Path, state: Path) -> None:
    old = os.umask(0)
    try:
        journal = start(bib, {"AAAAAAAA": ROW})
        journal.intend([UPDATE])
        journal.finish()
        mark_undone(only(bib))
    finally:
        os.umask(old)
    modes = {
        str(path.relative_to(journal.folder)): stat.S_IMODE(path.stat().st_mode)
        for path in [journal.folder, *journal.folder.iterdir()]
    }
    assert modes == {".": 0o700} | dict.fromkeys(
        ["run.json", "rows.jsonl", "steps.jsonl", "finished", "undone"], 0o600
    )
    for folder in (state, state / "zotero", journal.folder.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_last_run_is_the_newest_that_was_not_undone(bib: Path, tmp_path: Path) -> None:
    first, second = start(bib), start(bib)
    elsewhere, without_file = start(tmp_path / "other.bib"), start(None)
    assert [run.name for run in runs_of(bib)] == [first.name, second.name]
    assert [run.name for run in runs_of(None)] == [without_file.name]
    assert runs_of(None)[0].file is None
    assert {run.name for run in all_runs()} == {
        first.name, second.name, elsewhere.name, without_file.name,
    }  # fmt: skip
    newest = last_run(bib)
    assert newest is not None
    assert newest.name == second.name
    mark_undone(newest, ["AAAAAAAA"])
    assert [(run.undone, run.left) for run in runs_of(bib)] == [(False, ()), (True, ("AAAAAAAA",))]
    earlier = last_run(bib)
    assert earlier is not None
    assert earlier.name == first.name
    mark_undone(earlier)
    assert last_run(bib) is None
    assert last_run(tmp_path / "never.bib") is None
    anywhere = last_run(anywhere=True)
    assert anywhere is not None
    assert anywhere.name in (elsewhere.name, without_file.name)


def test_a_run_is_found_by_the_beginning_of_its_name(
    bib: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = iter(["abc1", "abd2"])
    monkeypatch.setattr(runs, "new_run", lambda: next(names))
    start(bib)
    start(bib)
    assert find_run("abc").name == "abc1"
    with pytest.raises(InputError) as caught:
        find_run("ab")
    assert (caught.value.message, caught.value.hint) == (
        'Several runs begin with "ab".',
        "They are: abc1, abd2.",
    )
    for unknown in ("x", ""):
        with pytest.raises(InputError, match="knows no run that begins"):
            find_run(unknown)


def test_links_lead_to_the_same_runs(bib: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.bib"
    link.symlink_to(bib)
    journal = start(link)
    assert only(bib).name == journal.name


@pytest.mark.parametrize(
    ("steps", "touched"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([Step(UPDATE, "failed")], [], id="refused: not touched"),
        pytest.param(
            [Step(UPDATE, "done", 5, NEW)],
            [Touched("AAAAAAAA", "item", OLD, 4, NEW, 5, SENT, sure=True, mixed=False)],
            id="done",
        ),
        pytest.param(
            [Step(UPDATE)],
            [Touched("AAAAAAAA", "item", OLD, 4, None, None, SENT, sure=False, mixed=False)],
            id="no answer",
        ),
        pytest.param(
            [Step(UPDATE, "failed"), Step(replace(UPDATE, before=NEW, version=5), "done", 6, OLD)],
            [Touched("AAAAAAAA", "item", NEW, 5, OLD, 6, SENT, sure=True, mixed=False)],
            id="refused, read again, done: the image is the second",
        ),
        pytest.param(
            [Step(UPDATE, "done", 5, NEW), Step(replace(UPDATE, before=NEW), "done", 6, OLD)],
            [Touched("AAAAAAAA", "item", OLD, 4, OLD, 6, SENT, sure=True, mixed=False)],
            id="twice",
        ),
        pytest.param(
            [
                Step(UPDATE, "done", 5, NEW),
                Step(replace(UPDATE, before={**NEW, "url": "theirs"}), "done", 9, NEW),
            ],
            [Touched("AAAAAAAA", "item", OLD, 4, NEW, 9, SENT, sure=True, mixed=True)],
            id="twice, somebody between",
        ),
        pytest.param(
            [Step(UPDATE), Step(replace(UPDATE, before=NEW), "done", 6, NEW)],
            [Touched("AAAAAAAA", "item", OLD, 4, NEW, 6, SENT, sure=False, mixed=False)],
            id="answer lost, it had been done, again",
        ),
        pytest.param(
            [Step(UPDATE), Step(UPDATE, "done", 6, NEW)],
            [Touched("AAAAAAAA", "item", OLD, 4, NEW, 6, SENT, sure=False, mixed=False)],
            id="answer lost, it had not been done, again",
        ),
        pytest.param(
            [Step(UPDATE), Step(replace(UPDATE, before={"title": "Theirs"}), "done", 6, NEW)],
            [Touched("AAAAAAAA", "item", OLD, 4, NEW, 6, SENT, sure=False, mixed=True)],
            id="answer lost, somebody between",
        ),
        pytest.param(
            [
                Step(FOLDER, "done", 3, {}),
                Step(CREATE, "done", 4, {}),
                Step(UPDATE, "done", 5, NEW),
            ],
            [
                Touched("AAAAAAAA", "item", OLD, 4, NEW, 5, SENT, sure=True, mixed=False),
                Touched("BBBBBBBB", "item", None, 0, {}, 4, CREATE.sent, sure=True, mixed=False),
                Touched(
                    "DDDDDDDD", "collection", None, 0, {}, 3, FOLDER.sent, sure=True, mixed=False
                ),
            ],
            id="the last first",
        ),
    ],
)  # fmt: skip
def test_what_a_run_touched(steps: list[Step], touched: list[Touched]) -> None:
    assert list(RunSteps(tuple(steps)).touched()) == touched


@pytest.mark.parametrize(
    ("damage", "steps", "damaged"),
    [
        pytest.param("", (Step(UPDATE, "done", 5, NEW), Step(CREATE)), 0, id="none"),
        pytest.param('{"done":"BBBBBBBB","ver', (Step(UPDATE, "done", 5, NEW), Step(CREATE)), 1,
                     id="an answer cut off"),
        pytest.param('{"done":"XXXXXXXX","version":1,"data":{}}\n',
                     (Step(UPDATE, "done", 5, NEW), Step(CREATE)), 1, id="an answer to nothing"),
        pytest.param("null\n{}\n[\n\n", (Step(UPDATE, "done", 5, NEW), Step(CREATE)), 3,
                     id="no rows"),
        pytest.param('{"refused":"BBBBBBBB","code":409}',
                     (Step(UPDATE, "done", 5, NEW), Step(CREATE, "failed")), 0,
                     id="no line break at the end"),
    ],
)  # fmt: skip
def test_damaged_lines_are_counted(
    bib: Path, damage: str, steps: tuple[Step, ...], damaged: int
) -> None:
    journal = start(bib)
    journal.intend([UPDATE, CREATE])
    journal.done([Done("AAAAAAAA", 5, NEW)])
    with (journal.folder / "steps.jsonl").open("a") as stream:
        stream.write(damage)
    found = steps_of_run(only(bib))
    assert (found.steps, found.damaged) == (steps, damaged)


def test_damaged_rows_are_counted(bib: Path) -> None:
    journal = start(bib, {"AAAAAAAA": ROW})
    with (journal.folder / "rows.jsonl").open("a") as stream:
        stream.write('{"item": "BBBBBBBB", "row": {"item": 3}}\n{"item"\n')
    found = steps_of_run(only(bib))
    assert (found.rows, found.damaged) == ({"AAAAAAAA": ROW}, 2)


def test_folders_that_are_no_runs_are_passed_over(bib: Path) -> None:
    journal = start(bib)
    home = journal.folder.parent
    (home / "000002").mkdir()
    (home / "000003").mkdir()
    (home / "000003" / "run.json").write_text("{")
    (home / "000004").mkdir()
    later = {**json.loads((journal.folder / "run.json").read_text()), "version": 2}
    (home / "000004" / "run.json").write_text(json.dumps(later))
    (home / "notes").mkdir()
    (home / "000005").write_text("a file")
    assert only(bib).name == journal.name
    assert runs_of(bib)[0].number == 1
    assert start(bib).folder.name == "000006"


def test_old_runs_go(bib: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "MOST_RUNS", 3)
    names = [start(bib).name for _ in range(5)]
    assert [run.name for run in runs_of(bib)] == names[2:]
    assert [run.number for run in runs_of(bib)] == [3, 4, 5]


def test_large_runs_go_earlier_and_the_newest_stays(
    bib: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "MOST_BYTES", 5000)
    first = start(bib)
    first.intend([replace(UPDATE, before={"abstractNote": "x" * 6000})])
    second = start(bib)
    assert [run.name for run in runs_of(bib)] == [second.name]
    second.intend([replace(UPDATE, before={"abstractNote": "x" * 6000})])
    assert only(bib).name == second.name


# What cannot be written down is not sent


def test_without_a_state_folder_nothing_is_sent(bib: Path, state: Path) -> None:
    state.write_text("a file in the way")
    with pytest.raises(WriteError) as caught:
        start(bib)
    assert caught.value.message == (
        "Nothing was sent: the journal for undo cannot be written in "
        f'"{state / "zotero"}" (Not a directory).'
    )
    assert caught.value.hint == (
        "Make room or permission there, or set BIBTOOLS_STATE to another folder."
    )


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write")
def test_a_folder_that_may_not_be_written_is_told(bib: Path, state: Path) -> None:
    state.mkdir(mode=0o500)
    with pytest.raises(WriteError, match=r"^Nothing was sent: .*\(Permission denied\)\.$"):
        start(bib)


def full_disk(*_: object) -> int:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize(
    ("act", "message"),
    [
        pytest.param(lambda run: run.intend([CREATE]), "Nothing more was sent: ", id="intend"),
        pytest.param(
            lambda run: run.done([Done("AAAAAAAA", 5, NEW)]),
            "Nothing more was sent, and what was sent last is not in the journal: ",
            id="done",
        ),
        pytest.param(
            lambda run: run.refused([Refused("AAAAAAAA", 400)]), "Nothing more was sent: ",
            id="refused",
        ),
        pytest.param(lambda run: run.remember({"X": None}), "Nothing more was sent: ", id="rows"),
        pytest.param(lambda run: run.file_will_be("0"), "The file was not written: ", id="file"),
    ],
)  # fmt: skip
def test_a_full_disk_stops_the_run_and_leaves_the_journal_whole(
    bib: Path, monkeypatch: pytest.MonkeyPatch, act: object, message: str
) -> None:
    journal = start(bib, {"AAAAAAAA": ROW})
    journal.intend([UPDATE])
    before = {path.name: path.read_bytes() for path in journal.folder.iterdir()}
    write = os.write
    with monkeypatch.context() as patch:
        # The first bytes still find room.
        patch.setattr(os, "write", lambda handle, data: write(handle, data[:3]))
        patch.setattr(os, "fsync", full_disk)
        with pytest.raises(WriteError) as caught:
            act(journal)  # type: ignore[operator]
    assert caught.value.message.startswith(message)
    assert caught.value.message.endswith(f"({os.strerror(errno.ENOSPC)}).")
    assert {path.name: path.read_bytes() for path in journal.folder.iterdir()} == before


def test_a_full_disk_at_the_start_leaves_no_run(bib: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full_disk)
        with pytest.raises(WriteError, match=r"^Nothing was sent: "):
            start(bib, {"AAAAAAAA": ROW})
    assert all_runs() == []
    assert [path for path in runs.runs_folder().rglob("*") if path.is_file()] == []


def test_nothing_is_written_for_nothing(bib: Path) -> None:
    journal = start(bib)
    journal.intend([])
    journal.done([])
    assert [path.name for path in journal.folder.iterdir()] == ["run.json"]


# A kill

KILLER = """
import json, os, sys
from pathlib import Path
from bibtools.adapters.zotero.past_runs import runs_of, steps_of_run
from bibtools.adapters.zotero.runs import Done, Intent, RunJournal
from bibtools.adapters.zotero.state import Scope
from bibtools.sync.values import Agreed

bib = Path(sys.argv[1]) / "refs.bib"
server = Path(sys.argv[1]) / "server.json"
BEFORE = {key: {"title": key + " old", "abstractNote": "x" * 3000} for key in "ABCD"}
AFTER = {key: {**BEFORE[key], "title": key + " new"} for key in "ABCD"}
ROWS = {key: Agreed(key, key, "p", 1, BEFORE[key], BEFORE[key]) for key in "ABCD"}
EVENTS = ("open", "os.rename", "os.remove", "os.mkdir", "os.truncate", "tempfile.mkstemp",
          "os.fsync", "os.write")

def run():
    holds = dict(BEFORE)
    journal = RunJournal.start(bib, Scope("e", "user", 1), "test", ROWS)
    for batch in ("AB", "CD"):
        journal.intend([Intent(key, "item", BEFORE[key], 1, AFTER[key]) for key in batch])
        holds.update({key: AFTER[key] for key in batch})
        server.write_text(json.dumps(holds))   # it is sent, and carried out
        journal.done([Done(key, 2, AFTER[key]) for key in batch])
    journal.finish()

def killed_at(number):
    child = os.fork()
    if child == 0:
        left = [number]
        write = os.write
        def hook(event, arguments):
            # The file that stands for the server takes no part in it.
            if event.startswith(EVENTS) and not str(arguments[:1]).count("server.json"):
                left[0] -= 1
                if left[0] < 0:
                    os._exit(9)
        def half(handle, data):
            count = write(handle, data[: max(1, len(data) // 2)])
            hook("os.write", ())
            return count
        os.write = half
        os.fsync = lambda handle: hook("os.fsync", ())
        sys.addaudithook(hook)
        run()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

seen = set()
for number in range(1000):
    server.write_text(json.dumps(BEFORE))
    known = len(runs_of(bib))
    code = killed_at(number)
    holds = json.loads(server.read_text())
    changed = {key for key in "ABCD" if holds[key] != BEFORE[key]}
    found = runs_of(bib)[known:]
    if not found:
        assert not changed, number
        continue
    (record,) = found
    told = steps_of_run(record)
    assert told.rows == ROWS, number
    images = {one.key: one for one in told.touched()}
    assert changed <= set(images), (number, changed, set(images))
    assert all(one.before == BEFORE[one.key] for one in images.values()), number
    assert {one.key for one in images.values() if one.sure} <= changed, number
    assert told.damaged <= 1, number
    assert not record.finished or changed == set("ABCD"), number
    seen.add((len(changed), len(images), sum(one.sure for one in images.values())))
    for one in (record.folder,):
        import shutil
        shutil.rmtree(one)
    if code == 0:
        break
assert code == 0 and record.finished and not told.damaged, code
assert {(0, 0, 0), (0, 2, 0), (2, 2, 0), (2, 2, 2), (2, 4, 2), (4, 4, 2), (4, 4, 4)} <= seen, seen
print(number)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_kill_at_any_step_leaves_an_image_of_everything_that_was_sent(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", KILLER, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert int(ran.stdout) > 10


def test_the_time_of_a_run_is_now_in_utc(bib: Path) -> None:
    before = datetime.now(UTC).isoformat(timespec="microseconds")
    RunJournal.start(bib, SCOPE, "zotero pull", {})
    assert before <= only(bib).when <= datetime.now(UTC).isoformat(timespec="microseconds")
    assert datetime.fromisoformat(only(bib).shown).tzinfo is not None
