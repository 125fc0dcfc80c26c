"""Files: whole or not at all, whatever breaks."""

from __future__ import annotations

import errno
import io
import os
import stat
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from bibtools.adapters.files import (
    FileState,
    WriteOutcome,
    absent,
    read_bytes,
    read_if_there,
    state_of,
    state_on_disk,
    write_file,
)
from bibtools.errors import InputError, WriteError

is_root = hasattr(os, "geteuid") and os.geteuid() == 0
posix_only = pytest.mark.skipif(os.name != "posix", reason="modes and links are POSIX's")


def listing(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


def test_read(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x\r\n\x00")
    assert read_bytes(path) == b"x\r\n\x00"
    assert read_if_there(path) == (b"x\r\n\x00", state_of(b"x\r\n\x00"))
    assert read_if_there(tmp_path / "none") == (None, absent)
    assert (state_on_disk(path), state_on_disk(tmp_path / "none")) == (
        state_of(b"x\r\n\x00"),
        absent,
    )


def test_read_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xffx")))
    assert read_bytes("-") == b"\xffx"


def test_links_that_lead_nowhere(tmp_path: Path) -> None:
    link, lost = tmp_path / "link.bib", tmp_path / "lost.bib"
    link.symlink_to("nowhere.bib")
    lost.symlink_to("folder/x.bib")
    with pytest.raises(InputError, match=r'link\.bib" is a link to "nowhere\.bib", which is not'):
        read_bytes(link)
    assert read_if_there(link) == (None, absent)
    # To write through it makes the file that it leads to, where there is a folder for it.
    write_file(link, b"x")
    assert (link.is_symlink(), (tmp_path / "nowhere.bib").read_bytes()) == (True, b"x")
    with pytest.raises(
        WriteError, match=r'lost\.bib" was not written: there is no folder ".*/folder"'
    ):
        write_file(lost, b"x")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["link.bib", "lost.bib", "nowhere.bib"]


def test_what_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match=r'^There is no file ".*none"\.$'):
        read_bytes(tmp_path / "none")
    with pytest.raises(InputError, match=r'^".*" is a folder, not a file\.$'):
        read_bytes(tmp_path)
    with pytest.raises(InputError, match=r'^"a\\x00b" cannot be read|^"a.b" cannot be read'):
        read_bytes("a\0b")

    def refuse(self: Path) -> bytes:
        raise PermissionError(errno.EACCES, "Permission denied")

    (tmp_path / "a").touch()
    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(InputError, match=r'^".*a" may not be read\.$'):
        read_bytes(tmp_path / "a")


def test_new_file(tmp_path: Path) -> None:
    path = tmp_path / "refs.bib"
    assert write_file(path, b"new", absent) == WriteOutcome(path.resolve(), written=True)
    assert listing(tmp_path) == {"refs.bib": b"new"}


def test_backups_are_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "refs.bib"
    path.write_bytes(b"1")
    backups = [write_file(path, text).backup for text in (b"2", b"3", b"1", b"4")]
    assert [backup and backup.name for backup in backups] == [
        "refs.bib.bak",
        "refs.bib.bak2",
        "refs.bib.bak3",
        "refs.bib.bak",  # holds "1" already
    ]
    assert listing(tmp_path) == {
        "refs.bib": b"4",
        "refs.bib.bak": b"1",
        "refs.bib.bak2": b"2",
        "refs.bib.bak3": b"3",
    }


def test_no_backup_when_not_wanted(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"1")
    assert write_file(path, b"2", backup=False).backup is None
    assert listing(tmp_path) == {"a": b"2"}


def test_the_same_bytes_are_not_written(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"1")
    before = path.stat()
    assert write_file(path, b"1") == WriteOutcome(path.resolve(), written=False)
    assert path.stat() == before
    assert listing(tmp_path) == {"a": b"1"}


@pytest.mark.parametrize(
    ("expected", "now", "word"),
    [
        pytest.param(state_of(b"1"), b"2", "changed", id="changed"),
        pytest.param(state_of(b"1"), None, "vanished", id="vanished"),
        pytest.param(absent, b"2", "appeared", id="appeared"),
    ],
)
def test_refused_when_changed(
    tmp_path: Path, expected: FileState, now: bytes | None, word: str
) -> None:
    path = tmp_path / "a"
    if now is not None:
        path.write_bytes(now)
    with pytest.raises(WriteError, match=rf'^".*a" {word} while it was being worked on'):
        write_file(path, b"3", expected)
    assert listing(tmp_path) == ({} if now is None else {"a": now})


def test_refused_when_changed_at_the_last_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"1")
    real = os.fsync

    def saved_by_an_editor(handle: int) -> None:
        real(handle)
        path.write_bytes(b"theirs")

    monkeypatch.setattr(os, "fsync", saved_by_an_editor)
    with pytest.raises(WriteError, match="changed while it was being written"):
        write_file(path, b"2", state_of(b"1"), backup=False)
    assert listing(tmp_path) == {"a": b"theirs"}


@posix_only
def test_links_are_followed(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    real = tmp_path / "deep" / "real.bib"
    real.write_bytes(b"1")
    link = tmp_path / "link.bib"
    link.symlink_to("deep/real.bib")
    outcome = write_file(link, b"2", state_of(b"1"))
    assert link.is_symlink() and real.read_bytes() == b"2" and outcome.path == real.resolve()
    assert listing(tmp_path / "deep") == {"real.bib": b"2", "real.bib.bak": b"1"}


@posix_only
def test_a_link_to_nothing_makes_its_file(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to("later")
    write_file(link, b"1", absent)
    assert link.is_symlink() and (tmp_path / "later").read_bytes() == b"1"


@posix_only
@pytest.mark.parametrize("mode", [0o600, 0o644, 0o660, 0o755])
def test_mode_is_kept(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"1")
    path.chmod(mode)
    write_file(path, b"2")
    assert [stat.S_IMODE(one.stat().st_mode) for one in sorted(tmp_path.iterdir())] == [mode, mode]


@posix_only
def test_new_file_has_the_usual_mode(tmp_path: Path) -> None:
    mask = os.umask(0o027)
    try:
        write_file(tmp_path / "a", b"1")
    finally:
        os.umask(mask)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match=r'was not written: there is no folder ".*none"\.$'):
        write_file(tmp_path / "none" / "a", b"1")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="is a folder, not a file, so it was not written"):
        write_file(tmp_path, b"1")


@pytest.mark.skipif(is_root, reason="root may write everywhere")
@posix_only
def test_read_only_folder(tmp_path: Path) -> None:
    folder = tmp_path / "shut"
    folder.mkdir()
    folder.chmod(0o555)
    with pytest.raises(WriteError, match="was not written: permission denied"):
        write_file(folder / "a", b"1")
    folder.chmod(0o755)


def test_read_only_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"1")
    monkeypatch.setattr(os, "access", lambda *_: False)  # root would be let in
    with pytest.raises(WriteError, match="is read-only, so it was not written"):
        write_file(path, b"2")
    assert listing(tmp_path) == {"a": b"1"}


FAULTS: list[tuple[str, Callable[[pytest.MonkeyPatch, BaseException], None]]] = [
    ("making", lambda patch, error: patch.setattr(tempfile, "mkstemp", fail(error))),
    ("syncing", lambda patch, error: patch.setattr(os, "fsync", fail(error))),
    ("mode", lambda patch, error: patch.setattr(Path, "chmod", fail(error))),
    ("renaming", lambda patch, error: patch.setattr(os, "replace", fail(error))),
    ("writing", lambda patch, error: patch.setattr(os, "fdopen", broken_stream(error))),
]


def fail(error: BaseException, after: int = 0) -> Callable[..., object]:
    def failing(*_: object, **__: object) -> object:
        raise error

    return failing


def broken_stream(error: BaseException) -> Callable[..., object]:
    real = os.fdopen

    def opened(handle: int, mode: str) -> object:
        stream = real(handle, mode)

        class Broken:
            def __enter__(self) -> Broken:
                return self

            def __exit__(self, *_: object) -> None:
                stream.close()

            def write(self, data: bytes) -> None:
                stream.write(data[:1])
                raise error

        return Broken()

    return opened


@pytest.mark.parametrize(("step", "break_it"), FAULTS, ids=[step for step, _ in FAULTS])
@pytest.mark.parametrize("backup", [True, False], ids=["backup", "no-backup"])
@pytest.mark.parametrize(
    "error",
    [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()],
    ids=["disk-full", "interrupted"],
)
def test_nothing_half_written(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    break_it: Callable[[pytest.MonkeyPatch, BaseException], None],
    backup: bool,
    error: BaseException,
) -> None:
    path = tmp_path / "refs.bib"
    path.write_bytes(b"old")
    with monkeypatch.context() as patch:
        break_it(patch, error)
        with pytest.raises((WriteError, KeyboardInterrupt)) as caught:
            write_file(path, b"new", state_of(b"old"), backup=backup)
    assert listing(tmp_path) == {"refs.bib": b"old"}
    if isinstance(caught.value, WriteError):
        assert caught.value.message == (
            f'"{path}" was not written: no space left on device. It is as it was.'
        )
        assert caught.value.hint == "Make room on the disk and run the command again."


def test_fault_after_the_backup_leaves_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "refs.bib"
    path.write_bytes(b"old")
    real = os.replace
    calls: list[object] = []

    def second_fails(source: str, target: str) -> None:
        calls.append(target)
        if len(calls) == 2:
            raise OSError(errno.EIO, "Input/output error")
        real(source, target)

    monkeypatch.setattr(os, "replace", second_fails)
    with pytest.raises(WriteError, match="input/output error"):
        write_file(path, b"new")
    assert listing(tmp_path) == {"refs.bib": b"old", "refs.bib.bak": b"old"}


@posix_only
def test_killed_at_any_moment_it_is_whole(tmp_path: Path) -> None:
    """A process killed right before the renaming leaves the old content under the name."""
    path = tmp_path / "refs.bib"
    path.write_bytes(b"old")
    child = os.fork()
    if child == 0:
        os.replace = lambda *_: os._exit(9)
        write_file(path, b"new" * 1000, backup=False)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 9
    assert path.read_bytes() == b"old"
    assert write_file(path, b"new", state_of(b"old")).written
