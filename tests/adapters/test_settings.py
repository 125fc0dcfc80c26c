"""The settings file: read only, every complaint a sentence with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from bibtools.adapters.settings import (
    Setting,
    SettingsFile,
    config_folder,
    read_settings,
    settings_path,
)
from bibtools.errors import ConfigError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def read(path: Path, text: str | bytes) -> SettingsFile:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_settings({"BIBTOOLS_CONFIG": str(path.parent)})


def test_where_it_lies(tmp_path: Path) -> None:
    folder, other = str(tmp_path / "config"), str(tmp_path / "mine.toml")
    assert config_folder({"BIBTOOLS_CONFIG": folder}) == Path(folder)
    assert settings_path({"BIBTOOLS_CONFIG": folder}) == Path(folder) / "settings.toml"
    both = {"BIBTOOLS_CONFIG": folder, "BIBTOOLS_SETTINGS": other}
    assert (settings_path(both), config_folder(both)) == (Path(other), Path(folder))
    assert settings_path({"BIBTOOLS_SETTINGS": " "}).name == "settings.toml"
    assert config_folder({}).name == "bibtools"


def test_no_file_is_no_settings(path: Path) -> None:
    assert read_settings({"BIBTOOLS_CONFIG": str(path.parent / "not" / "there")}).values == {}
    path.write_text("")
    assert read_settings({"BIBTOOLS_CONFIG": str(path)}).values == {}  # a file where a folder is


def test_what_it_says(path: Path) -> None:
    settings = read(
        path,
        '[zotero]\nendpoint = "https://example.org"\nlibrary = " group:5 "\ncollection = ""\n'
        "local = false\n",
    )
    assert settings.notices == ()
    assert settings.text("zotero", "library") == Setting("group:5", f'library in "{path}"')
    assert settings.flag("zotero", "local") == Setting(False, f'local in "{path}"')
    assert settings.text("zotero", "collection") is None
    assert settings.flag("zotero", "keyring") is None
    assert settings.text("other", "library") is None


def test_a_mark_of_windows_is_no_part_of_it(path: Path) -> None:
    settings = read(path, '\ufeff[zotero]\r\nlibrary = "user"\r\n')
    assert settings.values == {"zotero": {"library": "user"}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            "[zotero]\nlibrary = group:5\n",
            "{}:2:11: The settings file is not valid TOML: invalid value.",
            id="no quotes",
        ),
        pytest.param(
            "[zotero]\nlibrary\n",
            "{}:2:8: The settings file is not valid TOML: expected '=' after a key in a "
            "key/value pair.",
            id="no value",
        ),
        pytest.param(
            '[zotero]\nlibrary = "group:5',
            "{}: The settings file is not valid TOML at its end: unterminated string.",
            id="end",
        ),
        pytest.param(
            b'[zotero]\n\nlibrary = "\xe9"\n',
            "{}:3: The settings file is not in UTF-8 from there on.",
            id="Latin-1",
        ),
        pytest.param(
            "x = 1\n[zotero]\n\n  local = 1\n",
            '{}:4: "local" in [zotero] has to be true or false.',
            id="number for a flag",
        ),
        pytest.param(
            "zotero.library = 5\n",
            '{}:1: "library" in [zotero] has to be a text in quotes, "...".',
            id="number for a text",
        ),
        pytest.param(
            "zotero = {library = 5}\n",
            '{}: "library" in [zotero] has to be a text in quotes, "...".',
            id="in one line",
        ),
        pytest.param(
            "x = " + "[" * 9000,
            "{}: The settings file is not valid TOML: it is nested too deeply.",
            id="deep",
        ),
    ],
)
def test_complaints_are_sentences(path: Path, text: str | bytes, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(path, text)
    assert caught.value.message == message.format(path)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        pytest.param(
            "# mine\n[zotero]\nlibary = 1\n", 3,
            '"libary" in [zotero] of the settings file has no meaning and is passed over.',
            'Did you mean "library"?', id="a slip",
        ),
        pytest.param(
            '[zotero]\napi_key = "abc"\n', 2,
            '"api_key" in [zotero] of the settings file has no meaning and is passed over.',
            "Secrets are not read from here: bibtools zotero login keeps the key.", id="a secret",
        ),
        pytest.param(
            "[zotero.more]\nx = 1\n", None,
            '"more" in [zotero] of the settings file has no meaning and is passed over.',
            "Known are: endpoint, library, collection, local, keyring.", id="a table",
        ),
        pytest.param(
            "[zotero]\n[ zotera ]\nlibrary = 'x'\n", 2,
            '"zotera" of the settings file has no meaning and is passed over.',
            'Did you mean "zotero"?', id="a section",
        ),
        pytest.param(
            "zotero = 3\n", 1,
            '"zotero" of the settings file has no meaning and is passed over.',
            "It is a section: a line [zotero], and its settings below.",
            id="a value where a section belongs",
        ),
        pytest.param(
            "[[other]]\n", None,
            '"other" of the settings file has no meaning and is passed over.',
            "Known are: zotero.", id="a list of tables",
        ),
    ],
)  # fmt: skip
def test_what_has_no_meaning_is_told(
    path: Path, text: str, line: int | None, message: str, hint: str
) -> None:
    settings = read(path, text)
    (notice,) = settings.notices
    assert (notice.line, notice.message, notice.hint) == (line, message, hint)
    assert (notice.file, notice.rule) == (str(path), "settings.unknown")
    assert "abc" not in str(notice)


def test_a_file_that_is_named_has_to_be_there(tmp_path: Path) -> None:
    named = str(tmp_path / "mine.toml")
    with pytest.raises(ConfigError) as caught:
        read_settings({"BIBTOOLS_SETTINGS": named})
    assert caught.value.message == (
        f'There is no settings file "{named}", which BIBTOOLS_SETTINGS names.'
    )


def test_a_folder_is_no_settings_file(path: Path) -> None:
    path.mkdir()
    with pytest.raises(ConfigError, match=r"cannot be read \(Is a directory\)"):
        read_settings({"BIBTOOLS_CONFIG": str(path.parent)})
