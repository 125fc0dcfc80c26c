"""Which library is meant: option before environment before file, and no key over an open wire."""

from __future__ import annotations

from pathlib import Path

import pytest

from bibtools.adapters.settings import SettingsFile
from bibtools.adapters.zotero.settings import ZoteroOptions, ZoteroSettings, zotero_settings
from bibtools.errors import BibtoolsError, ConfigError, UsageError
from bibtools.model import Notice

PATH = Path("settings.toml")
WEB = "https://api.zotero.org"
LOCAL = "http://127.0.0.1:23119/api"


def settings(
    options: ZoteroOptions | None = None,
    environment: dict[str, str] | None = None,
    **file: object,
) -> ZoteroSettings:
    content = SettingsFile(PATH, {"zotero": file})
    return zotero_settings(options or ZoteroOptions(), environment or {}, content)


def where(name: str) -> str:
    return f'{name} in "settings.toml"'


def test_nothing_set() -> None:
    assert zotero_settings(ZoteroOptions(), {}, SettingsFile(PATH)) == ZoteroSettings(WEB)


ENVIRONMENT = {
    "ZOTERO_LIBRARY_ID": "6",
    "ZOTERO_LIBRARY_TYPE": "group",
    "BIBTOOLS_ZOTERO_ENDPOINT": "https://env.example/",
}
FILE = {
    "endpoint": "https://file.example",
    "library": "group:Lab",
    "collection": "Reading/2026",
    "keyring": False,
}


@pytest.mark.parametrize(
    ("options", "environment", "expected"),
    [
        pytest.param(
            ZoteroOptions("user:5", "Mine", "https://option.example/api"),
            ENVIRONMENT,
            ZoteroSettings(
                "https://option.example/api", False, "user", 5, None, "Mine", False,
                {"endpoint": "--endpoint", "library": "--library", "collection": "--collection"},
            ),
            id="options first",
        ),
        pytest.param(
            ZoteroOptions(),
            ENVIRONMENT,
            ZoteroSettings(
                "https://env.example", False, "group", 6, None, "Reading/2026", False,
                {"endpoint": "BIBTOOLS_ZOTERO_ENDPOINT", "library": "ZOTERO_LIBRARY_ID",
                 "collection": where("collection")},
            ),
            id="then the environment",
        ),
        pytest.param(
            ZoteroOptions(),
            {"ZOTERO_LIBRARY_ID": "", "BIBTOOLS_ZOTERO_ENDPOINT": " "},
            ZoteroSettings(
                "https://file.example", False, "group", None, "Lab", "Reading/2026", False,
                {"endpoint": where("endpoint"), "library": where("library"),
                 "collection": where("collection")},
            ),
            id="then the file",
        ),
    ],
)  # fmt: skip
def test_the_order(
    options: ZoteroOptions, environment: dict[str, str], expected: ZoteroSettings
) -> None:
    assert settings(options, environment, **FILE) == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param("user", ("user", None, None), id="own"),
        pytest.param("user:12", ("user", 12, None), id="user"),
        pytest.param("USERS/12", ("user", 12, None), id="as in addresses"),
        pytest.param(" group:12 ", ("group", 12, None), id="group"),
        pytest.param("groups/12", ("group", 12, None), id="group as in addresses"),
        pytest.param("group:My Lab: second", ("group", None, "My Lab: second"), id="group by name"),
        pytest.param("My Lab", ("group", None, "My Lab"), id="name only"),
        pytest.param("users of Zotero", ("group", None, "users of Zotero"), id="name like a kind"),
    ],
)
def test_libraries(told: str, expected: tuple[str, int | None, str | None]) -> None:
    found = settings(ZoteroOptions(library=told))
    assert (found.library_kind, found.library_id, found.library_name) == expected
    assert settings(library=told).library_kind == expected[0]


@pytest.mark.parametrize("told", ["", " ", "12", "user:", "user:x", "user:0", "group", "group:",
                                  "group:0", "user:" + "9" * 30])  # fmt: skip
def test_what_names_no_library(told: str) -> None:
    with pytest.raises(UsageError) as caught:
        settings(ZoteroOptions(library=told))
    assert caught.value.message == f'--library: "{told}" names no library.'
    assert caught.value.hint == (
        "Libraries are named user, user:NUMBER, group:NUMBER or group:NAME."
    )


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        pytest.param(
            {"ZOTERO_LIBRARY_ID": "me"},
            'ZOTERO_LIBRARY_ID is "me", which is no number.', id="no number",
        ),
        pytest.param(
            {"ZOTERO_LIBRARY_ID": "5", "ZOTERO_LIBRARY_TYPE": "lab"},
            'ZOTERO_LIBRARY_TYPE is "lab", which is no type of library.', id="no type",
        ),
        pytest.param(
            {"ZOTERO_LIBRARY_TYPE": "group"},
            "ZOTERO_LIBRARY_TYPE says that it is the library of a group, and nothing says which.",
            id="which group",
        ),
        pytest.param(
            {"ZOTERO_LIBRARY_ID": "0"},
            'ZOTERO_LIBRARY_ID: "user:0" names no library.', id="zero",
        ),
    ],
)  # fmt: skip
def test_variables_that_cannot_be(environment: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        settings(None, environment)
    assert caught.value.message == message


def test_the_type_alone_is_the_users_own_library_and_an_option_hides_both() -> None:
    assert settings(None, {"ZOTERO_LIBRARY_TYPE": "user"}).library_kind is None
    assert settings(None, {"ZOTERO_LIBRARY_ID": "5"}).library_kind == "user"
    wrong = {"ZOTERO_LIBRARY_ID": "x", "ZOTERO_LIBRARY_TYPE": "y"}
    assert settings(ZoteroOptions(library="user:3"), wrong).library_id == 3


@pytest.mark.parametrize("told", ["/", " / "])
def test_no_collection_is_the_whole_library_whatever_the_file_says(told: str) -> None:
    assert settings(ZoteroOptions(collection=told), collection="Reading").collection is None


@pytest.mark.parametrize("told", ["", "  "])
def test_an_empty_option_is_no_collection(told: str) -> None:
    with pytest.raises(UsageError, match="--collection names no collection"):
        settings(ZoteroOptions(collection=told))


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        pytest.param("https://zotero.example.org/", "https://zotero.example.org", id="https"),
        pytest.param("http://127.0.0.1:8080", "http://127.0.0.1:8080", id="this machine"),
        pytest.param("http://127.8.0.1", "http://127.8.0.1", id="this machine too"),
        pytest.param("http://[::1]:80/api/", "http://[::1]:80/api", id="this machine in IPv6"),
        pytest.param("http://localhost:1", "http://localhost:1", id="localhost"),
    ],
)
def test_addresses_a_key_may_go_to(address: str, kept: str) -> None:
    assert settings(None, {"BIBTOOLS_ZOTERO_ENDPOINT": address}).endpoint == kept


@pytest.mark.parametrize(
    "address",
    [
        "http://zotero.example.org", "http://127.0.0.1.example.org", "http://localhost.example.org",
        "https://user@zotero.example.org", "https://u:p@127.0.0.1", "https://x.example/?a=b",
        "https://x.example/#a", "https://x.example?", "ftp://127.0.0.1", "zotero.example.org",
        "//127.0.0.1", "https://", "https://x.example:0", "https://x.example:99999",
        "http://127.0.0.1 .example", "https://x.example\\@y", "http://[::1", "http://10.0.0.1",
        "http://0.0.0.0", "http://[::ffff:10.0.0.1]",
    ],
)  # fmt: skip
def test_addresses_no_key_may_go_to(address: str) -> None:
    for options, environment, file in (
        (None, {"BIBTOOLS_ZOTERO_ENDPOINT": address}, {}),
        (None, {}, {"endpoint": address}),
        (ZoteroOptions(endpoint=address), {}, {}),
    ):
        with pytest.raises(BibtoolsError) as caught:
            settings(options, environment, **file)
        assert address not in caught.value.message  # it may hold a password
    with pytest.raises(ConfigError) as told:
        settings(None, {"BIBTOOLS_ZOTERO_ENDPOINT": address})
    assert told.value.message.startswith("BIBTOOLS_ZOTERO_ENDPOINT: The address of the Zotero")


@pytest.mark.parametrize(
    ("options", "environment", "file", "expected"),
    [
        pytest.param(ZoteroOptions(local=True), "", "", (LOCAL, True), id="option"),
        pytest.param(ZoteroOptions(), "", "local", (LOCAL, True), id="file"),
        pytest.param(ZoteroOptions(local=False), "", "local", (WEB, False), id="option against"),
        pytest.param(
            ZoteroOptions(local=True), "https://x.example", "https://y.example", (LOCAL, True),
            id="addresses elsewhere do not count",
        ),
        pytest.param(
            ZoteroOptions(local=True), "http://[::1]:99/api", "", ("http://[::1]:99/api", True),
            id="addresses here do",
        ),
    ],
)  # fmt: skip
def test_the_desktop_program(
    options: ZoteroOptions, environment: str, file: str, expected: tuple[str, bool]
) -> None:
    content = {"local": True} if file == "local" else {"endpoint": file}
    found = settings(options, {"BIBTOOLS_ZOTERO_ENDPOINT": environment}, **content)
    assert (found.endpoint, found.local) == expected


def test_the_desktop_program_has_a_library_zero() -> None:
    assert settings(ZoteroOptions(local=True, library="user:0")).library_id == 0


def test_notices_of_the_file_come_along() -> None:
    notice = Notice("odd")
    assert zotero_settings(ZoteroOptions(), {}, SettingsFile(PATH, {}, (notice,))).notices == (
        notice,
    )
