"""`bibtools zotero ... --local`: the desktop program asks its user once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bibtools.adapters.web.clock import SimulatedClock
from bibtools.adapters.zotero import transport
from bibtools.cli import zotero_permission
from tests.command_line import Ran, bibtools
from tests.loopback import ONLY_LOOPBACK
from tests.zotero_desk import BOATS, KITES, SECOND
from tests.zotero_desktop import DesktopProgram

pytestmark = ONLY_LOOPBACK


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DesktopProgram]:
    clock = SimulatedClock()
    monkeypatch.setattr(transport, "SystemClock", lambda: clock)
    for name in ("state", "cache", "config"):
        monkeypatch.setenv(f"BIBTOOLS_{name.upper()}", str(tmp_path / name))
    for name in ("ZOTERO_API_KEY", "ZOTERO_LIBRARY_ID", "ZOTERO_LIBRARY_TYPE", "BIBTOOLS_SETTINGS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    with DesktopProgram.at_work() as made:
        monkeypatch.setenv("BIBTOOLS_ZOTERO_ENDPOINT", made.address)
        Path("refs.bib").write_text(BOATS, encoding="utf-8")
        yield made


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody sits there."""
    monkeypatch.setattr(zotero_permission, "somebody_is_here", lambda: True)


def zotero(*arguments: str, code: int = 0) -> Ran:
    ran = bibtools("zotero", *arguments)
    assert ran.code == code, ran.stderr
    return ran


def titles(program: DesktopProgram) -> list[str]:
    return sorted(str(data.get("title")) for data in program.mine.contents().values())


def credentials() -> str:
    folder = Path(os.environ["BIBTOOLS_CONFIG"])
    return "".join(one.read_text() for one in folder.glob("zotero-credentials.json"))


@pytest.mark.usefixtures("terminal")
def test_it_is_asked_once(program: DesktopProgram) -> None:
    told = zotero("sync", "refs.bib", "--local", "--yes").stderr
    assert "Zotero asks in a window of its own" in told
    assert titles(program) == ["Code", "Folding Paper Boats with Learned Creases"]
    Path("refs.bib").write_text(BOATS + SECOND, encoding="utf-8")
    told = zotero("sync", "refs.bib", "--local", "--yes").stderr
    assert "window" not in told
    assert len(titles(program)) == 4
    zotero("undo", "--yes")
    zotero("undo", "--yes")
    assert (titles(program), program.asked_for_permission) == ([], 1)
    assert "local-1" in credentials()
    # Another profile of the program: its own permission, and its own memory.
    program.database = "Database2"
    zotero("sync", "refs.bib", "--local", "--yes")
    assert (len(titles(program)), program.asked_for_permission) == (4, 2)


@pytest.mark.usefixtures("terminal")
def test_a_key_that_is_taken_back_is_forgotten(program: DesktopProgram) -> None:
    zotero("sync", "refs.bib", "--local", "--yes")
    program.allowed.clear()
    Path("refs.bib").write_text(BOATS + SECOND, encoding="utf-8")
    told = zotero("sync", "refs.bib", "--local", "--yes", code=3).stderr
    assert "Always Allow" in told
    assert "local-1" not in credentials() + told
    zotero("sync", "refs.bib", "--local", "--yes")
    assert (len(titles(program)), program.asked_for_permission) == (4, 2)


@pytest.mark.usefixtures("terminal")
def test_allowed_once(program: DesktopProgram) -> None:
    program.answer = "once"
    told = zotero("sync", "refs.bib", "--local", "--yes").stderr
    assert "allowed one request" in told
    assert (len(titles(program)), credentials()) == (2, "")


@pytest.mark.usefixtures("terminal")
def test_denied(program: DesktopProgram) -> None:
    program.answer = None
    told = zotero("sync", "refs.bib", "--local", "--yes", code=3).stderr
    assert "was not allowed to let us write" in told
    assert (titles(program), program.asked_for_permission) == ([], 1)


def test_nobody_is_there_to_answer(program: DesktopProgram) -> None:
    program.mine.put(KITES)
    told = zotero("push", "refs.bib", "--local", "--yes", code=3).stderr
    assert "wants to ask once whether bibtools may write" in told
    assert program.asked_for_permission == 0
    # What only reads needs nobody.
    zotero("pull", "refs.bib", "--local", "--yes")
    assert "Kites that" in Path("refs.bib").read_text(encoding="utf-8")


@pytest.mark.usefixtures("terminal")
def test_a_program_that_lets_nobody_write(program: DesktopProgram) -> None:
    program.database = None
    program.mine.put(KITES)
    told = zotero("sync", "refs.bib", "--local", "--yes", code=3).stderr
    assert "lets no other program write" in told
    zotero("pull", "refs.bib", "--local", "--yes")
    assert "Kites that" in Path("refs.bib").read_text(encoding="utf-8")


@pytest.mark.usefixtures("terminal")
def test_login_asks_once_for_all(program: DesktopProgram) -> None:
    told = zotero("login", "--local").stderr
    assert told == (
        "Zotero asks in a window of its own whether bibtools may write to it; "
        '"Always Allow" holds for later runs too.\n'
        "The Zotero program on this computer lets bibtools write; reading needs no permission.\n"
    )
    assert "local-1" in credentials()
    told = zotero("login", "--local").stderr
    assert told == (
        "The Zotero program on this computer lets bibtools write already; reading needs no "
        "permission.\n"
    )
    zotero("sync", "refs.bib", "--local", "--yes")
    assert (len(titles(program)), program.asked_for_permission) == (2, 1)


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize(
    ("answer", "database", "why"),
    [
        pytest.param("once", "Database1", "allowed one request only", id="allowed once"),
        pytest.param(None, "Database1", "was not allowed to let us write", id="denied"),
        pytest.param("always", None, "lets no other program write", id="a program that is too old"),
    ],
)
def test_login_that_is_not_allowed(
    program: DesktopProgram, answer: str | None, database: str | None, why: str
) -> None:
    program.answer, program.database = answer, database
    assert why in zotero("login", "--local", code=3).stderr
    assert credentials() == ""


def test_login_where_nobody_can_answer(program: DesktopProgram) -> None:
    told = zotero("login", "--local", code=3).stderr
    assert "wants to ask once whether bibtools may write" in told
    assert program.asked_for_permission == 0


@pytest.mark.usefixtures("terminal")
def test_logout_forgets_the_permission(program: DesktopProgram) -> None:
    zotero("login", "--local")
    program.database = "Database2"
    zotero("login", "--local")
    program.database = "Database1"
    assert "is forgotten here" in zotero("logout", "--local").stderr
    assert "local-" not in credentials()
    told = zotero("logout", "--local").stderr
    assert told == "There was no permission to write to the Zotero program.\n"
    zotero("sync", "refs.bib", "--local", "--yes")
    assert program.asked_for_permission == 3


@pytest.mark.usefixtures("program")
def test_login_where_the_program_is_not_running(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIBTOOLS_ZOTERO_ENDPOINT", "http://127.0.0.1:9/api")
    told = zotero("login", "--local", code=4).stderr
    assert "127.0.0.1:9" in told
    # To forget it nobody has to be there.
    zotero("logout", "--local")
