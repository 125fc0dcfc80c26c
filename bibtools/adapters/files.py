"""Files of the user: read once, written beside and renamed, never half, never blindly.

Writing follows symbolic links (the link stays a link), keeps the mode of the file, refuses when
somebody changed the file since it was read, keeps the old content as a backup
(`refs.bib.bak`; when that holds something else, `refs.bib.bak2`, `.bak3` ...: no backup is ever
overwritten), and does nothing at all when the content is already there. Whenever it fails,
the file is as it was.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import stat
import sys
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bibtools.errors import InputError, WriteError

standard_stream = "-"
_most_backups = 1000


@dataclass(frozen=True, slots=True)
class FileState:
    """What a file held when it was looked at."""

    exists: bool
    digest: str | None = None
    """SHA-256 of the content, in hexadecimal; None when there was no file."""


@dataclass(frozen=True, slots=True)
class WriteOutcome:
    """What `write_file` did."""

    path: Path
    """The file that was written, links followed."""
    written: bool
    """False when the file held these bytes already."""
    backup: Path | None = None
    """Where the old content is."""


absent = FileState(exists=False)
"""The state of a file that is not there."""


def state_of(data: bytes | None) -> FileState:
    """The state of a file with this content; of a file that is not there for None."""
    if data is None:
        return absent
    return FileState(exists=True, digest=hashlib.sha256(data).hexdigest())


def read_bytes(path: str | Path) -> bytes:
    """The content of a file, or of standard input for `-`.

    Raises `InputError` when there is no such file, it is a folder, or it may not be read.
    """
    if str(path) == standard_stream:
        return sys.stdin.buffer.read()
    try:
        return Path(path).read_bytes()
    except FileNotFoundError:
        raise missing_file(path) from None
    except IsADirectoryError:
        raise InputError(f'"{path}" is a folder, not a file.', hint=_folder_hint) from None
    except PermissionError:
        if Path(path).is_dir():  # what Windows says of a folder
            raise InputError(f'"{path}" is a folder, not a file.', hint=_folder_hint) from None
        raise InputError(
            f'"{path}" may not be read.', hint="Its permissions do not allow it to you."
        ) from None
    except (OSError, ValueError) as error:
        raise InputError(f'"{path}" cannot be read: {_reason(error)}.') from None


def missing_file(path: str | Path, hint: str | None = None) -> InputError:
    """The error for a file that is not there; of a link it says where it leads."""
    with contextlib.suppress(OSError, ValueError):
        if os.path.islink(path):  # noqa: PTH114  (a text that is no path stays one)
            return InputError(
                f'"{path}" is a link to "{os.readlink(path)}", which is not there.',  # noqa: PTH115
                "Make the file that it leads to, or remove the link.",
            )
    return InputError(
        f'There is no file "{path}".', hint or "Check the name and the folder you are in."
    )


_folder_hint = "Name the files in it, for instance with a pattern such as folder/*.txt."


def read_if_there(path: str | Path) -> tuple[bytes | None, FileState]:
    """The content of a file and its state, or None when there is no such file.

    Raises `InputError` for a file that is there and cannot be read.
    """
    if not os.path.lexists(path) or not Path(path).exists():
        return None, absent
    data = read_bytes(path)
    return data, state_of(data)


def state_on_disk(path: str | Path) -> FileState:
    """The state of a file, of which no more than a part is held at a time.

    Raises `InputError` for a file that is there and cannot be read.
    """
    try:
        with Path(path).open("rb") as file:
            return FileState(exists=True, digest=hashlib.file_digest(file, "sha256").hexdigest())
    except (OSError, ValueError):
        return read_if_there(path)[1]  # which says what is wrong


def write_file(
    path: str | Path,
    data: bytes,
    expected: FileState | None = None,
    *,
    backup: bool = True,
    elsewhere: bool = True,
) -> WriteOutcome:
    """Put the bytes into the file, whole or not at all.

    `expected` is the state in which the file was read; None skips that check. `elsewhere` says
    that the user may as well name another file (`-o`). Raises `WriteError`, with the file as it
    was, when it has changed since or cannot be written.
    """
    try:
        return _write(Path(path), data, expected, backup=backup, elsewhere=elsewhere)
    except InputError as error:
        raise WriteError(f"{error.message[:-1]}, so it was not written.", error.hint) from None
    except (OSError, ValueError) as error:
        raise WriteError(
            f'"{path}" was not written: {_reason(error)}. It is as it was.',
            hint=_hint(error, elsewhere=elsewhere),
        ) from None


def _write(
    path: Path, data: bytes, expected: FileState | None, *, backup: bool, elsewhere: bool
) -> WriteOutcome:
    # The link stays; the file it leads to is replaced (also when that is not there yet).
    target = Path(os.path.realpath(path))
    remove_leftovers(target)
    state = state_on_disk(target)
    if expected is not None and state != expected:
        what = "appeared" if not expected.exists else "changed" if state.exists else "vanished"
        raise WriteError(
            f'"{path}" {what} while it was being worked on, so it was not written.',
            hint=_AGAIN,
        )
    if state == state_of(data):
        return WriteOutcome(path=target, written=False)
    if not target.parent.is_dir():
        # Of a link the folder of the file that it leads to, which nobody wrote down here.
        folder = target.parent if path.is_symlink() else path.parent
        raise WriteError(
            f'"{path}" was not written: there is no folder "{folder}".',
            hint="Make the folder, or check its name.",
        )
    refuse_unwritable(path, elsewhere=elsewhere)
    mode = stat.S_IMODE(target.stat().st_mode) if state.exists else None
    copy = None
    if state.exists and backup:
        old = read_bytes(target)
        if state_of(old) != state:
            raise WriteError(_changed_meanwhile(path), hint=_AGAIN)
        copy = _keep(target, old, mode)
    new = _written_beside(target, data, mode)
    try:
        # Once more, as late as possible: an editor may have saved meanwhile.
        if state_on_disk(target) != state:
            raise WriteError(_changed_meanwhile(path), hint=_AGAIN)
        os.replace(new, target)  # noqa: PTH105  (one name for tests to break)
    except BaseException:
        _remove(new)
        raise
    sync_folder(target.parent)
    return WriteOutcome(path=target, written=True, backup=copy)


_AGAIN = "Run the command again; it will start from the file as it is now."


def _changed_meanwhile(path: Path) -> str:
    return f'"{path}" changed while it was being written, so it was left alone.'


def refuse_unwritable(path: str | Path, *, elsewhere: bool = True) -> None:
    """Raise `WriteError` for a file that is there and read-only, before any work is done on it.

    Renaming would get round the protection; the user surely meant it.
    """
    target = os.path.realpath(path)
    if os.path.lexists(target) and not os.access(target, os.W_OK):
        raise WriteError(
            f'"{path}" is read-only, so it was not written.',
            hint="Make it writable, or write to another file with -o."
            if elsewhere
            else "Make it writable.",
        )


def refuse_unwritable_folder(path: str | Path) -> None:
    """Raise `WriteError` where no file can be put into the folder of this one."""
    folder = Path(os.path.realpath(path)).parent
    if not folder.is_dir():
        raise WriteError(
            f'"{path}" was not written: there is no folder "{folder}".',
            hint="Make the folder, or check its name.",
        )
    if not os.access(folder, os.W_OK):
        raise WriteError(
            f'"{path}" was not written: nothing can be written in the folder "{folder}".',
            hint="Give yourself permission there.",
        )


def remove_leftovers(path: str | Path) -> None:
    """Remove what runs that were killed while they wrote this file left beside it.

    Only of processes of this computer that are gone. Where that cannot be asked (Windows) nothing
    is removed.
    """
    target = Path(os.path.realpath(path))
    name = re.compile(rf"{re.escape(_beside(target))}(?:bak\d*\.)?{_computer()}-(\d+)\.[^.]+\.tmp")
    with contextlib.suppress(OSError):
        for one in target.parent.iterdir():
            match = name.fullmatch(one.name)
            if match is not None and not _is_running(int(match[1])):
                _remove(one)


def _beside(target: Path) -> str:
    return f".{target.name[:60]}."


@lru_cache(maxsize=1)
def _computer() -> str:
    """Tells computers that share a folder apart."""
    name = os.uname().nodename if os.name == "posix" else ""
    return hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:6]


def _is_running(process: int) -> bool:
    if os.name != "posix":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _keep(target: Path, old: bytes, mode: int | None) -> Path:
    """The backup of the old content: one that is there already, or a new one."""
    for number in range(1, _most_backups):
        copy = target.with_name(f"{target.name}.bak{number if number > 1 else ''}")
        if os.path.lexists(copy):
            with contextlib.suppress(InputError):
                if not copy.is_symlink() and read_bytes(copy) == old:
                    return copy
            continue
        new = _written_beside(copy, old, mode)
        try:
            os.replace(new, copy)  # noqa: PTH105
        except BaseException:
            _remove(new)
            raise
        return copy
    raise WriteError(
        f'"{target}" was not written: it has {_most_backups - 1} backups already.',
        hint="Remove old ones, or use --no-backup.",
    )


def _written_beside(target: Path, data: bytes, mode: int | None) -> Path:
    """A finished file in the folder of the target, on the disk down to its last byte."""
    prefix = f"{_beside(target)}{_computer()}-{os.getpid()}."
    handle, name = tempfile.mkstemp(prefix=prefix, suffix=".tmp", dir=target.parent)
    new = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        new.chmod(mode if mode is not None else _new_mode())
    except BaseException:
        _remove(new)
        raise
    return new


def _new_mode() -> int:
    """What the user's umask leaves of rw-rw-rw-; mkstemp alone would make a private file."""
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make the renaming last through a power cut, where the system can (not on Windows)."""
    if os.name != "posix":
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _reason(error: Exception) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return text[:1].lower() + text[1:] if text else type(error).__name__


def _hint(error: Exception, *, elsewhere: bool) -> str | None:
    if not isinstance(error, OSError):
        return None
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return "Make room on the disk and run the command again."
        case errno.EACCES | errno.EPERM | errno.EROFS:
            other = (
                "write to another one with -o" if elsewhere else "give yourself permission there"
            )
            return f"The folder does not allow it; {other}."
        case _:
            return None
