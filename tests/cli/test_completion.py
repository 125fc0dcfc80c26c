"""What the shells offer behind the cursor, and what they put on the line."""

from __future__ import annotations

import json
import os
import pty
import select
import shlex
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from bibtools.adapters import offered
from bibtools.cli import completing
from bibtools.cli.completing import Answer, Line, for_bash, read_line
from tests.command_line import bibtools
from tests.conftest import ROOT

BREAKS = " \t\n\"'><=;|&(:"
HOSTILE = (
    "Mine $(touch pwned) it's",
    'Quoted "two" `touch pwned` !x',
    "Semi; touch pwned & #end\\",
    "Tab/* {a,b} ~ <in> $HOME",
    "Übersicht:2026 = [alle]",
)
"""Names of collections; each begins with another letter."""
_COLLECTION = (
    "create table collection (key text primary key, version integer, name text, parent text, "
    "trashed integer)"
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a .bib and copies of two libraries."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("BIBTOOLS_CACHE", str(tmp_path / "cache"))
    (folder / "refs.bib").write_text(
        "@misc{gao2021simcse, title={A}}\n@comment{no entry}\n"
        "@misc{vaswani2017attention, title={C}}\n@misc{x$(touch, title={D}}\n"
    )
    (folder / "other.bib").write_text("@misc{devlin2018bert, title={E}}\n")
    _mirror(tmp_path / "cache", "users-1", [
        ("A", "Reading", "", 0), ("B", "2026", "A", 0), ("C", "Gone", "", 1), ("D", "In", "C", 0),
        ("E", "line\nbreak", "", 0), ("F", "bell\x07", "", 0),
        *((f"H{number}", name, "", 0) for number, name in enumerate(HOSTILE)),
    ])  # fmt: skip
    _mirror(tmp_path / "cache", "groups-22", [("A", "Shared list", "", 0), ("B", "X", "B", 0)])
    return folder


def _mirror(cache: Path, library: str, rows: list[tuple[str, str, str, int]]) -> None:
    path = cache / "zotero" / f"api-zotero-org-{library}-0123456789ab-1.sqlite"
    path.parent.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(path) as database:
        database.execute(_COLLECTION)
        database.executemany(
            "insert into collection values (?, 1, ?, ?, ?)",
            [(key, name, parent, trashed) for key, name, parent, trashed in rows],
        )
    database.close()


def values(line: str) -> list[str]:
    told = read_line(f"bibtools {line}")
    return [value for value, _ in completing.answer(told.words, told.word).values]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("loo", ["lookup"], id="command"),
        pytest.param("zotero s", ["status", "sync"], id="command-of-a-group"),
        pytest.param("zotero sync --pre", ["--prefer"], id="option"),
        pytest.param("zotero sync --prefer ne", ["newest"], id="choice"),
        pytest.param("zotero sync --prefer=ne", ["--prefer=newest"], id="choice-behind-equals"),
        pytest.param("zotero sync -y --ye", [], id="an-option-only-once"),
        pytest.param("check --select doi --sel", [], id="an-option-with-a-value-only-once"),
        pytest.param("cite --from a --fro", ["--from"], id="an-option-that-may-be-repeated"),
        pytest.param("cite --from on", ["online"], id="word-or-file"),
        pytest.param("why ga", ["gao2021simcse"], id="key-of-the-folder"),
        pytest.param("why v --in other.bib", [], id="field"),
        pytest.param("why --in other.bib ", ["devlin2018bert"], id="key-of-the-file-named"),
        pytest.param("why --in=other.bib ", ["devlin2018bert"], id="key-of-the-file-in-an-option"),
        pytest.param("why gao2021simcse ti", ["title"], id="second-argument"),
        pytest.param("open x", ["x$(touch"], id="a-key-with-signs"),
        pytest.param("zotero sync a.bib -c Rea", ["Reading", "Reading/2026"], id="collection"),
        pytest.param("build --zotero Sh", ["Shared list"], id="collection-of-another-library"),
        pytest.param("zotero sync --library user:1 -c Sh", [], id="of-one-library"),
        pytest.param("zotero sync --library=group:22 -c ", ["Shared list"], id="of-one-group"),
        pytest.param("zotero sync -c Go", [], id="in-the-trash"),
        pytest.param("zotero sync -c li", [], id="a-line-break-is-not-offered"),
        pytest.param("zotero sync -c be", [], id="a-control-is-not-offered"),
        pytest.param("zotero status --library ", ["user", "group:22", "user:1"], id="library"),
        pytest.param("zotero sync --plan --ye", ["--yes"], id="an-option-whose-value-may-lack"),
        pytest.param("check -- --on", [], id="behind-two-dashes"),
        pytest.param("nothing x", [], id="unknown-command"),
        pytest.param("completion z", ["zsh"], id="shell"),
        pytest.param("completion bash --an", [], id="hidden-option"),
    ],
)
def test_what_is_offered(here: Path, line: str, expected: list[str]) -> None:
    assert values(line) == expected


@pytest.mark.parametrize(
    ("line", "files"),
    [
        pytest.param("check ", True, id="argument"),
        pytest.param("cite main.tex chapters/", True, id="any-number"),
        pytest.param("enrich a.bib ", False, id="one-only"),
        pytest.param("build --index ", True, id="option"),
        pytest.param("keys --pattern ", False, id="text"),
        pytest.param("open ", True, id="key-or-file"),
        pytest.param("", False, id="command"),
    ],
)
def test_where_files_are_offered(here: Path, line: str, files: bool) -> None:
    told = read_line(f"bibtools {line}")
    assert completing.answer(told.words, told.word).files is files


def test_every_command_and_option_is_offered(here: Path) -> None:
    table = json.loads(completing.TABLE.read_text("utf-8"))
    for name, row in table.items():
        words = name.split()
        assert [value for value, _ in completing.answer(words, "").values][
            : len(row["commands"])
        ] == list(row["commands"])
        offered_here = {value for value, _ in completing.answer(words, "-").values}
        assert offered_here == set(row["options"])
        assert "--help" in offered_here


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("bibtools a b", Line(("a",), "b"), id="plain"),
        pytest.param("bibtools a ", Line(("a",), ""), id="a-new-word"),
        pytest.param("A=1 bibtools a b", Line(("a",), "b"), id="behind-an-assignment"),
        pytest.param("cd x; bibtools a", Line((), "a"), id="behind-another-command"),
        pytest.param("bibtools -c Foo\\ B", Line(("-c",), "Foo B"), id="backslash"),
        pytest.param("bibtools -c 'Foo B", Line(("-c",), "Foo B", "'"), id="single-quote"),
        pytest.param('bibtools -c "a\\$b', Line(("-c",), "a$b", '"'), id="double-quote"),
        pytest.param("bibtools -c 'a'b", Line(("-c",), "ab", mixed=True), id="a-closed-quote"),
        pytest.param("bibtools --c=a:b", Line((), "--c=a:b", kept="--c=a:"), id="breaks"),
        pytest.param("bibtools --c='a", Line((), "--c=a", "'", "--c="), id="quote-behind-equals"),
        pytest.param("bibtools $(rm x) y", Line(("$(rm", "x)"), "y"), id="nothing-is-expanded"),
    ],
)
def test_lines_are_read_without_being_expanded(text: str, expected: Line) -> None:
    line = read_line(text, BREAKS)
    assert replace(line, kept=expected.kept) == expected
    if not expected.mixed:
        assert line.kept == expected.kept


@pytest.mark.parametrize("opening", ["", "'", '"'], ids=["bare", "single", "double"])
@pytest.mark.parametrize("value", HOSTILE, ids=[one.split()[0] for one in HOSTILE])
def test_bash_reads_the_value_that_was_meant(tmp_path: Path, value: str, opening: str) -> None:
    typed = f"bibtools -c {opening}{value[:2]}"
    line = read_line(typed, BREAKS)
    (put,) = for_bash(line, Answer(((value, ""),)))
    whole = f"{opening}{put}{opening}"
    ran = subprocess.run(
        ["bash", "-c", f"printf %s {whole}"], cwd=tmp_path, capture_output=True, text=True,
        timeout=30, check=True,
    )  # fmt: skip
    assert ran.stdout == value
    assert list(tmp_path.iterdir()) == []


def test_a_word_and_files_for_bash(here: Path) -> None:
    (here / "old one.bib").touch()
    (here / "online").mkdir()
    line = read_line("bibtools cite --from o", BREAKS)
    found = for_bash(line, completing.answer(line.words, line.word))
    assert found == ["online", "old\\ one.bib", "online/", "other.bib"]


# What is kept


def test_keys_are_kept_until_the_file_changes(
    here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert offered.keys_of(["other.bib"]) == ["devlin2018bert"]
    (kept,) = (tmp_path / "cache" / offered.FOLDER).iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600
    kept.write_bytes(kept.read_bytes().replace(b"devlin", b"kept--"))
    assert offered.keys_of(["other.bib"]) == ["kept--2018bert"]
    (here / "other.bib").write_text("@misc{new, title={N}}\n")
    assert offered.keys_of(["other.bib"]) == ["new"]
    kept.write_bytes(b"\xff\xfe not ours")
    assert offered.keys_of(["other.bib"]) == ["new"]


def test_keys_without_a_folder_that_can_be_written(
    here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("BIBTOOLS_CACHE", str(tmp_path / "file"))
    assert offered.keys_of(["other.bib"]) == ["devlin2018bert"]
    assert offered.collections() == offered.libraries() == []


def test_what_cannot_be_read_is_not_offered(here: Path, tmp_path: Path) -> None:
    os.mkfifo(here / "pipe.bib")
    (here / "folder.bib").mkdir()
    (tmp_path / "cache" / "zotero" / "x-users-3-0123456789ab-1.sqlite").write_bytes(b"no database")
    assert len(offered.keys_of(offered.bib_files())) == 4
    assert offered.collections("user:3") == []


def test_no_more_is_read_than_a_person_waits_for(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offered, "LARGEST", (here / "other.bib").stat().st_size + 5)
    assert offered.keys_of(["other.bib", "refs.bib"]) == ["devlin2018bert"]
    monkeypatch.setattr(offered, "LARGEST", 1 << 20)
    assert len(offered.keys_of(["other.bib", "refs.bib"])) == 4
    monkeypatch.setattr(offered, "LARGEST", 0)
    assert len(offered.keys_of(["other.bib", "refs.bib"])) == 4, "what is kept costs nothing"


def test_a_fault_is_no_report_at_each_press_of_a_key(
    here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(files: object) -> list[str]:
        raise RecursionError

    monkeypatch.setattr(offered, "keys_of", fail)
    ran = bibtools("completion", "zsh", "--answer", "--", "why", "")
    assert (ran.code, ran.stdout, ran.stderr) == (0, "plain\n", "")


def test_an_answer_writes_no_faults_over_the_line(here: Path) -> None:
    ran = bibtools("completion", "zsh", "--answer", "--", "why", "--in", "absent.bib", "")
    assert (ran.code, ran.stderr) == (0, "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_printed_and_right_for_its_shell(shell: str) -> None:
    ran = bibtools("completion", shell)
    assert (ran.code, ran.stderr) == (0, "")
    assert "eval" not in ran.stdout.replace("zsh_eval_context", "")
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    subprocess.run([shell, "-n"], input=ran.stdout, text=True, timeout=30, check=True)


def test_one_shell_at_a_time() -> None:
    assert bibtools("completion", "bash", "zsh").code == 2
    assert bibtools("completion", "tcsh").code == 2


# In the shells themselves

_READY = "ready-to-go"
_STARTS = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
    "fish": ["fish", "--no-config", "-i"],
}
_SETUP = {
    "bash": "source <(bibtools completion bash)",
    "zsh": "autoload -U compinit && compinit -D -u && source =(bibtools completion zsh)",
    "fish": "bibtools completion fish | source",
}


class Terminal:
    """A shell at a terminal."""

    def __init__(self, command: list[str], folder: Path, environment: dict[str, str]) -> None:
        self.seen = ""
        self.process, self.end = pty.fork()
        if not self.process:
            os.chdir(folder)
            os.execvpe(command[0], command, environment)

    def send(self, text: str) -> None:
        os.write(self.end, text.encode())

    def wait(self, until: object, seconds: float = 60.0) -> bool:
        """Read on until a call says that it is so, or a text was printed."""
        stop = time.monotonic() + seconds
        while time.monotonic() < stop:
            if select.select([self.end], [], [], 0.05)[0]:
                try:
                    self.seen += os.read(self.end, 65536).decode("utf-8", "replace")
                except OSError:
                    return False
                if "\x1b[c" in self.seen:  # fish asks what terminal this is
                    self.seen = self.seen.replace("\x1b[c", "")
                    self.send("\x1b[?62;c")
            if until in self.seen if isinstance(until, str) else until():  # type: ignore[operator]
                return True
        return False

    def close(self) -> None:
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        os.close(self.end)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_tab_key_in_a_shell(here: Path, tmp_path: Path, shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    got = tmp_path / "got"
    program = tmp_path / "bin" / "bibtools"
    program.parent.mkdir()
    keep = "import json, sys; open(sys.argv[1], 'a').write(json.dumps(sys.argv[2:]) + '\\n')"
    program.write_text(
        f'#!/bin/sh\nif [ "$1" = completion ]; then exec {shlex.quote(sys.executable)} -m bibtools '
        f'"$@"; fi\nexec {shlex.quote(sys.executable)} -c {shlex.quote(keep)} '
        f'{shlex.quote(str(got))} "$@"\n'
    )
    program.chmod(0o755)
    terminal = Terminal(
        _STARTS[shell],
        here,
        {
            "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT), "HOME": str(tmp_path), "TERM": "xterm", "LC_ALL": "C.UTF-8",
            "XDG_CONFIG_HOME": str(tmp_path / "config"), "XDG_DATA_HOME": str(tmp_path / "data"),
            "BIBTOOLS_CACHE": os.environ["BIBTOOLS_CACHE"], "COLUMNS": "200",
        },
    )  # fmt: skip
    expected: list[list[str]] = []

    def enter(line: str, *words: str) -> None:
        expected.append(list(words))
        terminal.send(line)
        assert terminal.wait(
            lambda: got.exists() and len(got.read_text().splitlines()) == len(expected)
        ), terminal.seen[-2000:]

    try:
        terminal.send(f"{_SETUP[shell]}\n")
        terminal.send(f"echo {_READY[:5]}''{_READY[5:]}\n")
        assert terminal.wait(_READY), terminal.seen[-2000:]
        enter("bibtools loo\tx\n", "lookup", "x")
        enter("bibtools why gao\t\n", "why", "gao2021simcse")
        enter("bibtools check oth\t\n", "check", "other.bib")
        for name in HOSTILE:
            enter(f"bibtools build -q --zotero {name[:2]}\t\n", "build", "-q", "--zotero", name)
        enter("bibtools build -q --zotero 'Mi\t\n", "build", "-q", "--zotero", HOSTILE[0])
    finally:
        terminal.close()
    assert [json.loads(line) for line in got.read_text().splitlines()] == expected
    assert not list(tmp_path.rglob("pwned"))


def test_an_answer_imports_no_command() -> None:
    program = (
        "import sys\nfrom bibtools.cli.main import run\n"
        "try:\n    run(['completion', 'zsh', '--answer', '--', 'zotero', 'sy'])\n"
        "finally:\n    print('\\n'.join(sys.modules), file=sys.stderr)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT,
        timeout=60,
    )  # fmt: skip
    loaded = set(ran.stderr.split())
    heavy = {"rapidfuzz", "rich", "sqlite3", "requests", "pyzotero", "platformdirs", "click.shell"}
    assert sorted(loaded & heavy) == []
    ours = {name for name in loaded if name.startswith(("bibtools.cli.", "bibtools.adapters."))}
    assert ours == {
        "bibtools.adapters.offered", "bibtools.adapters.user_folders",
        *(f"bibtools.cli.{name}" for name in
          ("completing", "completion", "faults", "lazy", "main", "options", "screen")),
    }  # fmt: skip
