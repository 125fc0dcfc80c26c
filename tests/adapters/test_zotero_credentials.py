"""Keys are kept for this user's eyes only, and never shown."""

from __future__ import annotations

import copy
import errno
import json
import os
import pickle
import stat
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from bibtools.adapters.zotero.credentials import (
    Account,
    Credentials,
    FoundKey,
    Secret,
    checked_key,
)
from bibtools.errors import BibtoolsError, ConfigError, WriteError
from tests.conftest import ROOT

WEB = "https://api.zotero.org"
TEXT = "P9NiFoyLeZu2bZNvvuQPDWsd"
KEY = Secret(TEXT)
OTHER = Secret("otherKeyOtherKey")
ACCOUNT = Account(475425, "somebody", {"user": {"library": True}})


class Keyring(ModuleType):
    """The part of the package `keyring` that is used, with its trouble."""

    def __init__(self, backend: str = "keyring.backends.SecretService", fails: str = "") -> None:
        super().__init__("keyring")
        self.kept: dict[tuple[str, str], str] = {}
        self.backend = type("Backend", (), {"__module__": backend})()
        self.fails = fails

    def _may_fail(self, name: str) -> None:
        if name in self.fails.split():
            raise RuntimeError(f"locked; {self.kept}")

    def get_keyring(self) -> object:
        self._may_fail("open")
        return self.backend

    def set_password(self, service: str, name: str, text: str) -> None:
        self._may_fail("set")
        if "forgets" not in self.fails:
            self.kept[service, name] = text

    def get_password(self, service: str, name: str) -> str | None:
        self._may_fail("get")
        return self.kept.get((service, name))

    def delete_password(self, service: str, name: str) -> None:
        self._may_fail("delete")
        del self.kept[service, name]


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Callable[[Keyring], Keyring]:
    def put(keyring: Keyring) -> Keyring:
        monkeypatch.setitem(sys.modules, "keyring", keyring)
        return keyring

    return put


@pytest.fixture
def store(tmp_path: Path) -> Credentials:
    return Credentials(tmp_path / "config")


def content(store: Credentials) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = json.loads(store.path.read_text())["servers"]
    return found


@pytest.mark.parametrize(
    "shown",
    [
        pytest.param(repr, id="repr"),
        pytest.param(str, id="str"),
        pytest.param(lambda key: f"{key}", id="f-string"),
        pytest.param(lambda key: f"{key:>40}", id="f-string with a width"),
        pytest.param(lambda key: "%s %r" % (key, key), id="percent"),  # noqa: UP031
        pytest.param(lambda key: repr([FoundKey(key, "here"), {"k": key}]), id="inside"),
    ],
)
def test_a_secret_does_not_show_itself(shown: Callable[[Secret], str]) -> None:
    assert TEXT not in shown(KEY)
    assert "Secret(...)" in shown(KEY)


def test_a_secret_goes_nowhere_but_is_equal_to_itself() -> None:
    with pytest.raises(TypeError) as caught:
        pickle.dumps(KEY)
    assert TEXT not in str(caught.value)
    with pytest.raises(TypeError):
        copy.copy(KEY)
    with pytest.raises(TypeError):
        json.dumps(KEY)
    assert Secret(TEXT) == KEY
    assert KEY != OTHER
    assert KEY != TEXT
    assert hash(Secret(TEXT)) == hash(KEY)
    assert not hasattr(KEY, "__dict__")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        pytest.param("", "is empty", id="empty"),
        pytest.param("  \n", "is empty", id="blank"),
        *(
            pytest.param(text, "has other characters than letters and digits", id=name)
            for name, text in {
                "a space": "abc def", "a line break": "abc\ndef", "a header": "abc\r\nX: y",
                "quotes": '"abcdef"', "not ASCII": "abcdéf", "other digits": "١٢٣",
                "an address": "https://x", "too long": "a" * 201,
            }.items()
        ),
    ],
)  # fmt: skip
def test_what_is_no_key(text: str, what: str) -> None:
    with pytest.raises(ConfigError) as caught:
        checked_key(text, "ZOTERO_API_KEY")
    assert caught.value.message == f"The API key from ZOTERO_API_KEY {what}."
    assert checked_key(f" {TEXT}\n", "here") == KEY


def test_saved_found_and_forgotten(store: Credentials) -> None:
    assert store.find(WEB, {}) is None
    assert store.save(WEB, KEY, ACCOUNT) == "file"
    assert store.find(WEB, {}) == FoundKey(KEY, f'"{store.path}"', ACCOUNT)
    assert store.find("HTTPS://API.zotero.org/", {}) == store.find(WEB, {})
    assert store.find("https://other.example", {}) is None
    assert store.saved() == {WEB: (ACCOUNT, "file")}
    assert store.forget("https://other.example") is False
    assert store.forget(WEB) is True
    assert store.forget(WEB) is False
    assert store.find(WEB, {}) is None
    assert TEXT not in store.path.read_text()


def test_each_server_has_its_own_key(store: Credentials) -> None:
    store.save(WEB, KEY, ACCOUNT)
    store.save("http://127.0.0.1:8080", OTHER, Account(1))
    store.save(WEB + "/Path", OTHER, Account(2))
    found = {endpoint: account.user for endpoint, (account, _) in store.saved().items()}
    assert found == {WEB: 475425, "http://127.0.0.1:8080": 1, WEB + "/Path": 2}
    store.forget(WEB)
    assert store.find(WEB, {}) is None
    assert store.find("http://127.0.0.1:8080", {}) is not None


def test_the_environment_comes_first_and_is_not_written_down(store: Credentials) -> None:
    environment = {"ZOTERO_API_KEY": f" {OTHER.reveal()} "}
    assert store.find(WEB, environment) == FoundKey(OTHER, "ZOTERO_API_KEY")
    other = Account(9, "other")
    store.remember(WEB, OTHER, other)
    assert store.find(WEB, environment) == FoundKey(OTHER, "ZOTERO_API_KEY", other)
    assert store.find(WEB, {}) is None
    assert store.saved() == {}
    store.save(WEB, KEY, ACCOUNT)
    store.remember(WEB, OTHER, other)
    assert store.find(WEB, environment) == FoundKey(OTHER, "ZOTERO_API_KEY", other)
    assert store.find(WEB, {}) == FoundKey(KEY, f'"{store.path}"', ACCOUNT)
    assert OTHER.reveal() not in store.path.read_text()
    with pytest.raises(ConfigError, match="from ZOTERO_API_KEY has other characters"):
        store.find(WEB, {"ZOTERO_API_KEY": "a b"})


def test_what_was_remembered_of_a_key_does_not_hold_for_the_next(store: Credentials) -> None:
    store.save(WEB, KEY, ACCOUNT)
    text = store.path.read_text().replace(TEXT, OTHER.reveal())
    store.path.write_text(text)  # the user changed it by hand
    assert store.find(WEB, {}) == FoundKey(OTHER, f'"{store.path}"', None)


def test_what_is_remembered_anew_replaces_what_was(store: Credentials) -> None:
    store.save(WEB, KEY, ACCOUNT)
    store.remember(WEB, KEY, Account(475425, "renamed"))
    assert store.find(WEB, {}) == FoundKey(KEY, f'"{store.path}"', Account(475425, "renamed"))
    before = store.path.stat().st_ino
    store.remember(WEB, KEY, Account(475425, "renamed"))
    assert store.path.stat().st_ino == before


# The file


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_each_database_of_the_desktop_program_has_a_key(store: Credentials) -> None:
    assert store.local_key("AbC") is None
    first, second = Secret("local-1_x.y"), Secret("local-2")
    assert store.save_local_key("AbC", first) == "file"
    store.save_local_key("abc", second)
    assert (store.local_key("AbC"), store.local_key("abc")) == (first, second)
    # They are no keys of a server, and no server's key is touched by them.
    assert store.saved() == {}
    store.forget_local_key("AbC")
    assert (store.local_key("AbC"), store.local_key("abc")) == (None, second)


def test_the_keyring_keeps_a_local_key(
    store: Credentials, install: Callable[[Keyring], Keyring]
) -> None:
    install(Keyring())
    key = Secret("local-1")
    assert store.save_local_key("db", key) == "keyring"
    assert "local-1" not in store.path.read_text()
    assert store.local_key("db") == key
    store.forget_local_key("db")
    assert store.local_key("db") is None


def test_nobody_else_may_read_it(store: Credentials) -> None:
    old = os.umask(0)
    try:
        store.save(WEB, KEY, ACCOUNT)
    finally:
        os.umask(old)
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.path.parent.stat().st_mode) == 0o700
    assert [path.name for path in store.path.parent.iterdir()] == ["zotero-credentials.json"]


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620, 0o602, 0o610])
def test_a_file_that_others_may_read_is_refused(store: Credentials, mode: int) -> None:
    store.save(WEB, KEY, ACCOUNT)
    store.path.chmod(mode)
    calls: list[Callable[[], object]] = [
        lambda: store.find(WEB, {}),
        lambda: store.save(WEB, OTHER, ACCOUNT),
        lambda: store.forget(WEB),
        store.saved,
    ]
    for call in calls:
        with pytest.raises(ConfigError) as caught:
            call()
        assert caught.value.message == (
            f'Others may read or change "{store.path}", which holds API keys (its permissions '
            f"are {mode:04o}), so it is not used."
        )
        assert str(caught.value.hint).startswith(f'chmod 600 "{store.path}"')
    before = store.path.read_bytes()
    store.remember(WEB, KEY, Account(3))
    assert store.path.read_bytes() == before
    assert store.find(WEB, {"ZOTERO_API_KEY": TEXT}) == FoundKey(KEY, "ZOTERO_API_KEY")
    store.path.chmod(0o400)
    assert store.find(WEB, {}) == FoundKey(KEY, f'"{store.path}"', ACCOUNT)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", '{"version": 1}', '{"version": 1, "servers": []}', "[" * 100_000,
     '{"version": 1, "servers": {"https://api.zotero.org": 3}}', '{"version": "1", "servers": {}}'],
    ids=range(9),
)  # fmt: skip
def test_a_damaged_file_is_a_sentence(store: Credentials, text: str) -> None:
    store.save(WEB, KEY, ACCOUNT)
    store.path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        store.find(WEB, {})
    assert caught.value.message == f'The file of credentials "{store.path}" is damaged.'


def test_a_later_form_is_refused(store: Credentials) -> None:
    store.save(WEB, KEY, ACCOUNT)
    store.path.write_text('{"version": 2, "servers": {}}')
    with pytest.raises(ConfigError, match="was written by a later bibtools"):
        store.find(WEB, {})


@pytest.mark.parametrize(
    "row",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"where": "file"}, id="no key"),
        pytest.param({"where": "file", "key": None}, id="null"),
    ],
)
def test_a_row_without_a_key_is_no_login(store: Credentials, row: object) -> None:
    store.save(WEB, KEY, ACCOUNT)
    store.path.write_text(json.dumps({"version": 1, "servers": {WEB: row}}))
    assert store.find(WEB, {}) is None
    assert store.saved() == {}


def test_a_folder_in_the_place_of_the_file(store: Credentials) -> None:
    store.path.mkdir(parents=True, mode=0o700)
    with pytest.raises(ConfigError, match=r"cannot be read \(Is a directory\)"):
        store.find(WEB, {})


def test_a_link_stays_a_link(store: Credentials, tmp_path: Path) -> None:
    store.path.parent.mkdir()
    (tmp_path / "real.json").touch(0o600)
    (tmp_path / "real.json").write_text('{"version": 1, "servers": {}}')
    store.path.symlink_to(tmp_path / "real.json")
    store.save(WEB, KEY, ACCOUNT)
    assert store.path.is_symlink()
    assert TEXT in (tmp_path / "real.json").read_text()


def test_a_full_disk_leaves_the_old_file(
    store: Credentials, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.save(WEB, KEY, ACCOUNT)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(WriteError) as caught:
            store.save(WEB, OTHER, ACCOUNT)
        store.remember(WEB, OTHER, ACCOUNT)
    assert caught.value.message == (
        f'The credentials were not written to "{store.path}" ({os.strerror(errno.ENOSPC)}).'
    )
    assert store.find(WEB, {}) == FoundKey(KEY, f'"{store.path}"', ACCOUNT)
    assert [path.name for path in store.path.parent.iterdir()] == ["zotero-credentials.json"]


# The keyring


def test_the_keyring_keeps_the_key_and_the_file_the_rest(
    store: Credentials, install: Callable[[Keyring], Keyring]
) -> None:
    keyring = install(Keyring())
    assert store.save(WEB, KEY, ACCOUNT) == "keyring"
    assert keyring.kept == {("bibtools zotero", WEB): TEXT}
    assert TEXT not in store.path.read_text()
    assert store.find(WEB, {}) == FoundKey(KEY, "the system keyring", ACCOUNT)
    assert store.saved() == {WEB: (ACCOUNT, "keyring")}
    assert store.forget(WEB) is True
    assert keyring.kept == {}
    assert store.find(WEB, {}) is None


@pytest.mark.parametrize(
    "keyring",
    [
        pytest.param(Keyring(fails="open"), id="does not open"),
        pytest.param(Keyring(fails="set"), id="does not take it"),
        pytest.param(Keyring(fails="get"), id="does not give it back"),
        pytest.param(Keyring(fails="forgets"), id="forgets it"),
        pytest.param(Keyring("keyring.backends.fail"), id="none on this system"),
        pytest.param(Keyring("keyring.backends.null"), id="switched off"),
        pytest.param(Keyring("keyrings.alt.file"), id="a file of its own"),
    ],
)
def test_a_keyring_that_does_not_work_is_not_used(
    store: Credentials, install: Callable[[Keyring], Keyring], keyring: Keyring
) -> None:
    install(keyring)
    assert store.save(WEB, KEY, ACCOUNT) == "file"
    assert store.find(WEB, {}) == FoundKey(KEY, f'"{store.path}"', ACCOUNT)


def test_the_keyring_is_not_asked_where_it_is_not_wanted(
    tmp_path: Path, install: Callable[[Keyring], Keyring]
) -> None:
    keyring = install(Keyring())
    store = Credentials(tmp_path, keyring=False)
    assert store.save(WEB, KEY, ACCOUNT) == "file"
    assert keyring.kept == {}


def test_a_keyring_that_is_locked_later_is_a_sentence(
    store: Credentials, install: Callable[[Keyring], Keyring]
) -> None:
    keyring = install(Keyring())
    store.save(WEB, KEY, ACCOUNT)
    keyring.fails = "get delete"
    with pytest.raises(ConfigError) as caught:
        store.find(WEB, {})
    assert caught.value.message == (
        "The API key is in the system keyring, and that does not give it."
    )
    with pytest.raises(ConfigError) as kept:
        store.forget(WEB)
    assert kept.value.message == "The system keyring does not let go of the API key."
    assert store.saved() == {WEB: (ACCOUNT, "keyring")}


def test_a_key_moves_from_the_keyring_to_the_file_and_back(
    store: Credentials, install: Callable[[Keyring], Keyring]
) -> None:
    keyring = install(Keyring())
    store.save(WEB, KEY, ACCOUNT)
    keyring.fails = "set"
    assert store.save(WEB, OTHER, ACCOUNT) == "file"
    assert keyring.kept == {}
    keyring.fails = ""
    assert store.save(WEB, KEY, ACCOUNT) == "keyring"
    assert OTHER.reveal() not in store.path.read_text()


def test_a_key_that_somebody_took_out_of_the_keyring_can_be_forgotten(
    store: Credentials, install: Callable[[Keyring], Keyring]
) -> None:
    keyring = install(Keyring())
    store.save(WEB, KEY, ACCOUNT)
    keyring.kept.clear()
    assert store.forget(WEB) is True
    assert store.saved() == {}


def test_no_error_shows_the_key(store: Credentials, install: Callable[[Keyring], Keyring]) -> None:
    keyring = install(Keyring())
    store.save(WEB, KEY, ACCOUNT)
    keyring.fails = "open set get delete"
    for call in (lambda: store.find(WEB, {}), lambda: store.forget(WEB)):
        try:
            call()
        except BibtoolsError:
            # Without the lines of the source, which name it here.
            assert TEXT not in "".join(traceback.format_exc().split("\n", 1)[1])
        else:
            pytest.fail("no error")


# A kill

KILLER = """
import os, stat, sys
from pathlib import Path
from bibtools.adapters.zotero.credentials import Account, Credentials, Secret

os.umask(0)
sys.modules["keyring"] = None
folder = Path(sys.argv[1])
EVENTS = ("open", "os.rename", "os.remove", "os.mkdir", "tempfile.mkstemp", "os.fsync")

def killed_at(number, store):
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
        store.save("https://e", Secret("new"), Account(2))
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

seen = set()
for first in (True, False):
    for number in range(100):
        store = Credentials(folder / f"{first}{number}")
        if not first:
            store.save("https://e", Secret("old"), Account(1))
        code = killed_at(number, store)
        found = store.find("https://e", {})
        key = None if found is None else (found.key.reveal(), found.account.user)
        assert key in (None if first else ("old", 1), ("new", 2)), number
        seen.add(key)
        for path in folder.rglob("*"):
            if path.is_file():
                assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
        if code == 0:
            break
    assert code == 0
assert seen == {None, ("old", 1), ("new", 2)}
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_kill_at_any_step_leaves_the_old_file_or_the_new_and_nothing_to_read(
    tmp_path: Path,
) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", KILLER, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert (ran.returncode, ran.stderr) == (0, "")
