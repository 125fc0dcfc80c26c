"""The journal: every change can be taken back, and a kill leaves the old file or the new one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bibtools.adapters import journal
from bibtools.adapters.files import absent, state_of
from bibtools.adapters.journal import (
    all_changes,
    changes_of,
    journalled_write,
    last_change,
    make_again,
    next_change,
    take_back,
)
from bibtools.errors import BibtoolsError, WriteError
from tests.conftest import ROOT

OLD, NEW = b"\xff old\r\n", "neu ß\n".encode()


@pytest.fixture(autouse=True)
def state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("BIBTOOLS_STATE", str(tmp_path / "state"))
    return tmp_path / "state"


def write(path: Path, data: bytes) -> None:
    journalled_write(path, data, None, "test")


def undo(path: Path) -> None:
    change = last_change(path)
    assert change is not None
    take_back(change)


def redo(path: Path) -> None:
    change = next_change(path)
    assert change is not None
    make_again(change)


def test_back_and_forth_through_three_changes(tmp_path: Path) -> None:
    path = tmp_path / "refs.bib"
    path.write_bytes(OLD)
    path.chmod(0o640)
    states = [OLD, b"1", b"2", OLD]
    for data in states[1:]:
        write(path, data)
    for data in reversed(states[:-1]):
        undo(path)
        assert path.read_bytes() == data
    assert last_change(path) is None
    for data in states[1:]:
        redo(path)
        assert path.read_bytes() == data
    assert next_change(path) is None
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_new_change_ends_the_way_forward(tmp_path: Path) -> None:
    path = tmp_path / "refs.bib"
    path.write_bytes(OLD)
    write(path, NEW)
    undo(path)
    write(path, b"other")
    assert next_change(path) is None
    undo(path)
    assert path.read_bytes() == OLD


def test_a_file_that_was_made_goes_and_comes_again(tmp_path: Path) -> None:
    path = tmp_path / "map.json"
    journalled_write(path, NEW, absent, "test")
    undo(path)
    assert not path.exists()
    redo(path)
    assert path.read_bytes() == NEW


def test_a_file_edited_since_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "refs.bib"
    path.write_bytes(OLD)
    write(path, NEW)
    path.write_bytes(b"edited")
    with pytest.raises(WriteError, match="was changed by something else since bibtools test"):
        undo(path)
    assert path.read_bytes() == b"edited"
    path.unlink()
    with pytest.raises(WriteError, match="is gone since"):
        undo(path)


def test_a_damaged_image_is_not_put_back(tmp_path: Path) -> None:
    path = tmp_path / "refs.bib"
    path.write_bytes(OLD)
    write(path, NEW)
    (changes_of(path)[0].folder / "before").write_bytes(b"half")
    with pytest.raises(BibtoolsError, match="missing or damaged"):
        undo(path)
    assert path.read_bytes() == NEW


def test_a_refused_write_leaves_no_record(tmp_path: Path) -> None:
    path = tmp_path / "refs.bib"
    path.write_bytes(OLD)
    with pytest.raises(WriteError, match="changed while it was being worked on"):
        journalled_write(path, NEW, state_of(b"something else"), "test")
    assert not journalled_write(path, OLD, state_of(OLD), "test").written
    path.chmod(0o400)
    if not os.access(path, os.W_OK):
        with pytest.raises(WriteError, match="read-only"):
            write(path, NEW)
    assert (all_changes(), path.read_bytes()) == ([], OLD)


def test_without_a_journal_nothing_is_written(tmp_path: Path, state: Path) -> None:
    path = tmp_path / "refs.bib"
    path.write_bytes(OLD)
    state.write_bytes(b"a file where the folder should be")
    with pytest.raises(WriteError, match="could not be kept for undo"):
        write(path, NEW)
    assert path.read_bytes() == OLD


def test_the_journal_does_not_grow_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "refs.bib"
    for number in range(journal.MOST_IMAGES + 5):
        write(path, b"%d" % number)
    assert len(changes_of(path)) == journal.MOST_IMAGES
    monkeypatch.setattr(journal, "MOST_BYTES", 10)
    write(path, b"x" * 100)
    write(path, b"y")
    assert [change.folder.joinpath("before").read_bytes() for change in changes_of(path)] == [
        b"x" * 100
    ]


def test_a_link_and_its_file_are_one(tmp_path: Path) -> None:
    path, link = tmp_path / "refs.bib", tmp_path / "link.bib"
    path.write_bytes(OLD)
    link.symlink_to(path)
    write(link, NEW)
    undo(path)
    assert (link.is_symlink(), path.read_bytes()) == (True, OLD)


# The script forks a child for each step that touches the disk, and the child dies at that step.
KILLER = r"""
import os, shutil, sys
from pathlib import Path
from bibtools.adapters import journal
import json, tempfile, platformdirs

OLD, NEW = b"old" * 50_000, b"new" * 60_000
action, root = sys.argv[1], Path(sys.argv[2])
EVENTS = ("open", "os.", "shutil", "tempfile")

# A killed process loses nothing that it wrote; only a power cut would, and needs the real one.
os.fsync = lambda handle: None

def fresh(number):
    folder = root / str(number)
    folder.mkdir()
    os.environ["BIBTOOLS_STATE"] = str(folder / "state")
    path = folder / "refs.bib"
    path.write_bytes(OLD)
    if action != "write":
        journal.journalled_write(path, NEW, None, "test")
    if action == "redo":
        journal.take_back(journal.last_change(path))
    return path

def act(path):
    if action == "write":
        journal.journalled_write(path, NEW, None, "test")
    elif action == "undo":
        journal.take_back(journal.last_change(path))
    else:
        journal.make_again(journal.next_change(path))

def killed_at(number, path):
    child = os.fork()
    if child == 0:
        left = [number]
        def hook(event, _arguments):
            if event.startswith(EVENTS):
                left[0] -= 1
                if left[0] < 0:
                    os._exit(9)
        os.fsync = lambda handle: hook("os.fsync", ())
        sys.addaudithook(hook)
        act(path)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

ends = {"write": (OLD, NEW), "undo": (NEW, OLD), "redo": (OLD, NEW)}[action]
seen = set()
for number in range(500):
    path = fresh(number)
    code = killed_at(number, path)
    data = path.read_bytes()
    assert data in ends, f"half a file at step {number}"
    seen.add(data)
    # Whatever happened, the way back to OLD is there when the file is NEW, and none when not.
    change = journal.last_change(path)
    if data == NEW:
        journal.take_back(change)
        assert path.read_bytes() == OLD, number
    else:
        assert change is None, number
    journal.journalled_write(path, b"third", None, "test")
    journal.take_back(journal.last_change(path))
    assert path.read_bytes() == OLD, number
    shutil.rmtree(path.parent)
    if code == 0:
        break
assert code == 0 and seen == set(ends), (code, len(seen))
print(number)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("action", ["write", "undo", "redo"])
def test_a_kill_at_any_step_leaves_a_whole_file(tmp_path: Path, action: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", KILLER, action, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert int(ran.stdout) > 3
