"""`bibtools zotero login` and `logout` with the package `keyring` itself, where it is installed."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import Ran, bibtools
from tests.loopback import ONLY_LOOPBACK
from tests.zotero_desk import BOATS, Desk, desk_in
from tests.zotero_server import KEY

WHY = "the package keyring is not installed"
keyring = pytest.importorskip("keyring", reason=WHY)
chainer = pytest.importorskip("keyring.backends.chainer", reason=WHY)
fail = pytest.importorskip("keyring.backends.fail", reason=WHY)
null = pytest.importorskip("keyring.backends.null", reason=WHY)

pytestmark = ONLY_LOOPBACK


class InMemory(keyring.backend.KeyringBackend):  # type: ignore[misc, name-defined]
    """What a system would keep, for one test."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = ""
        """Names of what it refuses."""

    def _check(self, what: str) -> None:
        if what in self.locked.split():
            raise keyring.errors.KeyringLocked(
                f"Failed to unlock the collection! {list(self.kept.values())}"
            )

    def get_password(self, service: str, username: str) -> str | None:
        self._check("get")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._check("set")
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._check("delete")
        if (service, username) not in self.kept:
            raise keyring.errors.PasswordDeleteError("not found")
        del self.kept[service, username]


class PlainFile(InMemory):
    """Stands for the backends of `keyrings.alt`, which keep keys in files."""


PlainFile.__module__ = "keyrings.alt.file"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with desk_in(tmp_path, monkeypatch) as made:
        monkeypatch.delenv("ZOTERO_API_KEY")
        made.write(BOATS)
        yield made


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], Any]:
    """Have the package use this backend."""
    monkeypatch.setitem(sys.modules, "keyring", keyring)

    def put(backend: Any) -> Any:
        monkeypatch.setattr(keyring.core, "_keyring_backend", backend)
        return backend

    return put


def login() -> Ran:
    ran = bibtools("zotero", "login", stdin=f"{KEY}\n".encode())
    assert ran.code == 0, ran.stderr
    assert KEY not in ran.stderr + ran.stdout
    return ran


def credentials(tmp_path: Path) -> str:
    return (tmp_path / "config" / "zotero-credentials.json").read_text()


def test_the_key_goes_into_the_keyring_and_out_of_it(
    desk: Desk, use: Callable[[Any], Any], tmp_path: Path
) -> None:
    backend = use(InMemory())
    assert "the key is kept in the system keyring." in login().stderr
    assert list(backend.kept.values()) == [KEY]
    assert KEY not in credentials(tmp_path)
    assert desk.zotero("status", "refs.bib").code == 0
    assert desk.zotero("logout").code == 0
    assert backend.kept == {}
    assert desk.zotero("status", "refs.bib").code == 3


def chained(*backends: Any) -> Any:
    """What the package chooses where several backends work."""
    kind = type("Chained", (chainer.ChainerBackend,), {"backends": backends})
    kind.__module__ = chainer.__name__
    return kind()


@pytest.mark.parametrize(
    "backend",
    [
        pytest.param(fail.Keyring, id="none on this system"),
        pytest.param(null.Keyring, id="switched off"),
        pytest.param(PlainFile, id="a file"),
        pytest.param(lambda: chained(PlainFile(), InMemory()), id="several, a file first"),
    ],
)
def test_a_keyring_that_is_none_leaves_the_key_in_our_file(
    desk: Desk, use: Callable[[Any], Any], tmp_path: Path, backend: Callable[[], Any]
) -> None:
    made = use(backend())
    assert "zotero-credentials.json." in login().stderr
    assert KEY in credentials(tmp_path)
    assert [one.kept for one in getattr(made, "backends", ())] in ([], [{}, {}])
    assert desk.zotero("status", "refs.bib").code == 0
    assert desk.zotero("logout").code == 0
    assert KEY not in credentials(tmp_path)


def test_of_several_keyrings_the_first_keeps_the_key(
    desk: Desk, use: Callable[[Any], Any], tmp_path: Path
) -> None:
    first, second = InMemory(), PlainFile()
    use(chained(first, second))
    assert "the key is kept in the system keyring." in login().stderr
    assert (list(first.kept.values()), second.kept) == ([KEY], {})
    assert desk.zotero("logout").code == 0
    assert first.kept == {}


def test_a_keyring_that_is_locked_says_so_and_the_key_is_not_shown(
    desk: Desk, use: Callable[[Any], Any]
) -> None:
    backend = use(InMemory())
    login()
    backend.locked = "get set delete"
    for command, sentence in (
        (("status", "refs.bib"), "The API key is in the system keyring, and that does not give it"),
        (("logout",), "The system keyring does not let go of the API key."),
    ):
        ran = desk.zotero(*command)
        assert (ran.code, sentence in ran.stderr, KEY in ran.stderr) == (3, True, False)
    assert list(backend.kept.values()) == [KEY]


def test_a_key_that_stays_in_a_locked_keyring_is_not_lost_sight_of(
    desk: Desk, use: Callable[[Any], Any], tmp_path: Path
) -> None:
    backend = use(InMemory())
    login()
    backend.locked = "get set delete"
    assert "zotero-credentials.json." in login().stderr
    ran = desk.zotero("logout")
    assert (ran.code, "still has a copy" in ran.stderr) == (3, True)
    assert KEY not in credentials(tmp_path)
    assert desk.zotero("status", "refs.bib").code == 3
    backend.locked = ""
    assert desk.zotero("logout").code == 0
    assert backend.kept == {}
    assert json.loads(credentials(tmp_path))["servers"] == {}


def test_a_keyring_that_takes_the_key_and_does_not_give_it(
    desk: Desk, use: Callable[[Any], Any], tmp_path: Path
) -> None:
    backend = use(InMemory())
    backend.locked = "get"
    assert "zotero-credentials.json." in login().stderr
    backend.locked = ""
    assert desk.zotero("status", "refs.bib").code == 0
    assert desk.zotero("logout").code == 0
    assert backend.kept == {}


def test_a_keyring_that_nobody_waits_for_any_longer(
    desk: Desk, use: Callable[[Any], Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    backend = use(InMemory())

    def interrupted(*_: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(backend, "set_password", interrupted)
    ran = bibtools("zotero", "login", stdin=f"{KEY}\n".encode())
    assert (ran.code, KEY in ran.stderr) == (130, False)
    assert not (tmp_path / "config" / "zotero-credentials.json").exists()
    # The way past a keyring that does not answer.
    monkeypatch.setenv("ZOTERO_API_KEY", KEY)
    monkeypatch.setattr(backend, "get_password", interrupted)
    assert desk.zotero("status", "refs.bib").code == 0
