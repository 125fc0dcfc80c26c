"""What our SQLite files have in common, also while another process prepares the same file."""

from __future__ import annotations

import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path

import pytest

from bibtools.adapters.sqlite_files import (
    file_identity,
    make_sure_of_file,
    transaction,
    write_ahead,
)
from bibtools.adapters.zotero.mirror_file import MirrorFile


def opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=0.05, isolation_level=None, check_same_thread=False)


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(ValueError("no"), id="an error"),
        pytest.param(KeyboardInterrupt(), id="Ctrl-C"),
    ],
)
def test_a_transaction_is_all_or_nothing(error: BaseException) -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        with transaction(database):
            database.execute("create table t (a)")
            database.execute("insert into t values (1)")
        with pytest.raises(type(error)), transaction(database):
            database.execute("insert into t values (2)")
            raise error
        assert database.execute("select a from t").fetchall() == [(1,)]
        assert not database.in_transaction


def test_a_file_is_for_this_user_alone_and_one_that_is_there_stays(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.sqlite"
    make_sure_of_file(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    path.write_bytes(b"held")
    before = file_identity(path)
    make_sure_of_file(path)
    assert (path.read_bytes(), file_identity(path)) == (b"held", before)


def test_a_file_put_in_anothers_place_is_another(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    assert file_identity(path) is None
    path.write_bytes(b"one")
    before = file_identity(path)
    (tmp_path / "b").write_bytes(b"one")
    (tmp_path / "b").replace(path)
    assert file_identity(path) not in (None, before)


def test_write_ahead_leaves_it_to_whoever_holds_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    with closing(opened(path)) as other, closing(opened(path)) as ours:
        other.execute("begin immediate")
        write_ahead(ours)
        other.execute("rollback")
        write_ahead(ours)
        assert ours.execute("pragma journal_mode").fetchall() == [("wal",)]


def test_write_ahead_says_what_else_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    with closing(opened(path)) as database:
        database.execute("create table t (a)")
    with (
        closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as database,
        pytest.raises(sqlite3.OperationalError, match="readonly"),
    ):
        write_ahead(database)


def put_a_fact(database: sqlite3.Connection) -> None:
    database.execute("insert into fact values ('a', 'b')")


def test_two_that_make_one_copy_of_a_library_at_once_share_it(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite"
    with closing(opened(path)) as other:
        other.execute("begin immediate")
        release = threading.Timer(0.2, other.execute, ("rollback",))
        release.start()
        try:
            ours = MirrorFile(path)
        finally:
            release.join()
    with closing(ours):
        assert ours.notices == ()
        ours.change(put_a_fact)
    with closing(MirrorFile(path)) as again:
        assert again.query("select * from fact", ()) == [("a", "b")]
