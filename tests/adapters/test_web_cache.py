"""The memory of answers: whole, private, and never in the way."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from bibtools.adapters.web.cache import FILE_NAME, Cache
from bibtools.model import Doi, Entry, Name
from bibtools.sites.asking import Found, NotFound, Question
from bibtools.sites.records import Record, Repository
from tests.conftest import ROOT
from tests.toy_service import found, things

A, B, C = things("abc")
RICH = Found(
    (
        Record(
            Entry(title="Ünïcode \U0001f600 $x^2$", authors=(Name("Doe", "Jane"),)),
            identifier="W1",
            published_doi=Doi("10.1234/a"),
            retracted="the publisher says so",
            repository=Repository("https://github.com/a/b", archived=True),
        ),
        Record(Entry(title="A second one")),
    )
)


def ask(folder: Path | None, *questions: Question) -> dict[str, Found | NotFound]:
    cache = Cache(folder)
    kept = cache.find("", questions)
    assert cache.notices == ()
    cache.close()
    return {question.subject: one.answer for question, one in kept.items()}


def fill(folder: Path | None, **answers: Found | NotFound) -> Cache:
    cache = Cache(folder)
    cache.store("", {things(name)[0]: answer for name, answer in answers.items()}, 100.0)
    return cache


def test_answers_come_back_whole(tmp_path: Path) -> None:
    fill(tmp_path, a=RICH, b=NotFound(), c=Found(())).close()
    assert ask(tmp_path, A, B, C) == {"a": RICH, "b": NotFound(), "c": Found(())}


def test_a_newer_answer_replaces_an_older(tmp_path: Path) -> None:
    fill(tmp_path, a=NotFound()).close()
    fill(tmp_path, a=found("Now there")).close()
    assert ask(tmp_path, A) == {"a": found("Now there")}


def test_thousands_of_questions(tmp_path: Path) -> None:
    questions = [Question("toy", "thing", str(number)) for number in range(2_345)]
    cache = Cache(tmp_path)
    cache.store("", dict.fromkeys(questions, NotFound()), 1.0)
    assert set(cache.find("", questions)) == set(questions)
    assert cache.find("", questions)[questions[0]].asked == 1.0
    cache.close()


def test_questions_with_any_text(tmp_path: Path) -> None:
    odd = [Question("toy", "title", text) for text in ("", "'; drop", "a\x00b", "ü", "a:b", "a b")]
    cache = Cache(tmp_path)
    cache.store("", {one: found(repr(one.subject)) for one in odd}, 1.0)
    kept = cache.find("", odd)
    assert {one: kept[one].answer for one in odd} == {one: found(repr(one.subject)) for one in odd}
    cache.close()


def test_without_a_folder_nothing_is_kept() -> None:
    cache = fill(None, a=RICH)
    assert cache.find("", [A]) == {}
    assert cache.notices == ()


def test_the_file_is_private(tmp_path: Path) -> None:
    fill(tmp_path / "new", a=RICH).close()
    modes = [
        path.stat().st_mode & 0o777 for path in (tmp_path / "new", tmp_path / "new" / FILE_NAME)
    ]
    assert modes == [0o700, 0o600]


def foreign(path: Path) -> None:
    database = sqlite3.connect(path)
    database.execute("create table recipes (name)")
    database.commit()
    database.close()


def other_columns(path: Path) -> None:
    fill(path.parent, a=RICH).close()
    database = sqlite3.connect(path)
    database.executescript("drop table answer; create table answer (x);")
    database.close()


def cut_off(path: Path) -> None:
    fill(path.parent, **{f"{n}": RICH for n in range(200)}).close()
    path.write_bytes(path.read_bytes()[:9_000])


def garbled(path: Path) -> None:
    fill(path.parent, a=RICH).close()
    path.write_bytes(path.read_bytes()[:100] + b"\xff" * 20_000)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "text": lambda path: path.write_text("Dear diary, " * 1000),
    "zeros": lambda path: path.write_bytes(bytes(5000)),
    "another program's": foreign,
    "other columns": other_columns,
    "cut off": cut_off,
    "garbled": garbled,
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_a_damaged_file_is_moved_aside(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    path = tmp_path / FILE_NAME
    damage(path)
    before = path.read_bytes()
    cache = fill(tmp_path, a=RICH)
    assert cache.find("", [A])[A].answer == RICH
    assert [notice.message for notice in cache.notices] == [
        f'The cache of answers "{path}" is damaged or not ours. It was moved to '
        f'"{FILE_NAME}.damaged-1" and made anew.'
    ]
    cache.close()
    assert path.with_name(f"{FILE_NAME}.damaged-1").read_bytes() == before
    assert ask(tmp_path, A) == {"a": RICH}


def test_a_second_damaged_file_does_not_replace_the_first(tmp_path: Path) -> None:
    for text in ("one" * 1000, "two" * 1000):
        (tmp_path / FILE_NAME).write_text(text)
        Cache(tmp_path).close()
    assert [(tmp_path / f"{FILE_NAME}.damaged-{number}").read_text()[:3] for number in (1, 2)] == [
        "one",
        "two",
    ]


class Failing:
    """A database that fails at the next statement."""

    def __init__(self, error: sqlite3.Error) -> None:
        self.error = error

    def execute(self, *_: object) -> None:
        raise self.error

    def close(self) -> None:
        pass


def test_damage_in_the_middle_of_a_run(tmp_path: Path) -> None:
    cache = fill(tmp_path, a=RICH)
    cache._database = Failing(sqlite3.DatabaseError("malformed"))  # type: ignore[assignment]
    cache.store("", {B: RICH}, 1.0)
    cache.store("", {C: RICH}, 1.0)
    assert [notice.rule for notice in cache.notices] == ["web.cache-damaged"]
    # Damaged again: there is something wrong with more than a file.
    cache._database = Failing(sqlite3.DatabaseError("malformed"))  # type: ignore[assignment]
    assert cache.find("", [B]) == {}
    assert [notice.rule for notice in cache.notices] == ["web.cache-damaged", "web.no-cache"]
    cache.close()
    assert ask(tmp_path, A, B, C) == {"b": RICH, "c": RICH}


def test_a_full_disk_ends_the_keeping_and_not_the_run(tmp_path: Path) -> None:
    cache = fill(tmp_path, a=RICH)
    full = sqlite3.OperationalError("database or disk is full")
    cache._database = Failing(full)  # type: ignore[assignment]
    cache.store("", {B: RICH}, 1.0)
    cache.store("", {C: RICH}, 1.0)
    (notice,) = cache.notices
    assert "cannot be used (database or disk is full)" in notice.message
    cache.close()
    assert ask(tmp_path, A, B) == {"a": RICH}


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = fill(tmp_path / "file", a=RICH)
    assert cache.find("", [A]) == {}
    (notice,) = cache.notices
    assert notice.message.startswith(
        f'The cache of answers "{tmp_path / "file" / FILE_NAME}" cannot'
    )
    assert notice.hint == "Make room or permission there, or name another folder in BIBTOOLS_CACHE."
    assert notice.rule == "web.no-cache"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write")
def test_a_read_only_folder(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    cache = fill(tmp_path, a=RICH)
    tmp_path.chmod(0o700)
    assert [notice.rule for notice in cache.notices] == ["web.no-cache"]


def test_a_record_that_cannot_be_read_is_not_there(tmp_path: Path) -> None:
    fill(tmp_path, a=RICH, b=RICH).close()
    database = sqlite3.connect(tmp_path / FILE_NAME)
    for text in ('{"x": 1}', "[1]", "[{}]", "not JSON", "[" * 100_000):
        database.execute("update answer set records = ? where question like '%:a'", (text,))
        database.commit()
        assert ask(tmp_path, A, B) == {"b": RICH}
    database.close()


def test_what_is_closed_stays_so_until_then(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.close_scope("toy", 500.0, "it asks to wait")
    assert cache.closed_scope("toy", 499.0) == "it asks to wait"
    cache.close()
    cache = Cache(tmp_path)
    assert [cache.closed_scope("toy", now) for now in (499.0, 501.0)] == ["it asks to wait", None]
    assert cache.closed_scope("other", 1.0) is None
    cache.close()


def test_threads_share_one(tmp_path: Path) -> None:
    cache = Cache(tmp_path)

    def work(name: str) -> None:
        for number in range(20):
            cache.store("", {Question("toy", name, str(number)): NotFound()}, 1.0)

    threads = [threading.Thread(target=work, args=(str(number),)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    questions = [Question("toy", str(n), str(m)) for n in range(4) for m in range(20)]
    assert set(cache.find("", questions)) == set(questions)
    cache.close()


PROCESS = """
import sys
from pathlib import Path
from bibtools.adapters.web.cache import Cache
from bibtools.sites.asking import NotFound, Question
cache = Cache(Path(sys.argv[1]))
for number in range(40):
    cache.store("", {Question("toy", sys.argv[2], str(number)): NotFound()}, 1.0)
assert cache.notices == (), cache.notices
"""


def test_processes_share_one(tmp_path: Path) -> None:
    running = [
        subprocess.Popen([sys.executable, "-c", PROCESS, str(tmp_path), name], cwd=ROOT)
        for name in "xyz"
    ]
    assert [one.wait(timeout=60) for one in running] == [0, 0, 0]
    questions = [Question("toy", name, str(number)) for name in "xyz" for number in range(40)]
    cache = Cache(tmp_path)
    assert set(cache.find("", questions)) == set(questions)
    cache.close()


KILLED = """
import os, sys
from pathlib import Path
from bibtools.adapters.web.cache import Cache
from bibtools.sites.asking import NotFound, Question
cache = Cache(Path(sys.argv[1]))
cache.store("", {Question("toy", "thing", "a"): NotFound()}, 1.0)
cache._database.execute("begin immediate")
cache._database.execute("insert into answer values ('toy:thing:b', 1.0, null)")
os._exit(9)
"""


def test_a_kill_in_the_middle_of_writing(tmp_path: Path) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path)], cwd=ROOT, timeout=60, check=False
    )
    assert killed.returncode == 9
    assert ask(tmp_path, A, B) == {"a": NotFound()}
