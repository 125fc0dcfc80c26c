"""The settings file, and who has the last word: an option, the environment, then the file.

The file is TOML (https://toml.io), `settings.toml` in the user's configuration folder
(`~/.config/bibtools` on Linux). `BIBTOOLS_CONFIG` names another folder, `BIBTOOLS_SETTINGS`
another file. It is only ever read, and it holds no secrets.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from bibtools.errors import ConfigError
from bibtools.model import Notice

CONFIG_VARIABLE: Final = "BIBTOOLS_CONFIG"
SETTINGS_VARIABLE: Final = "BIBTOOLS_SETTINGS"

KNOWN: Final[Mapping[str, Mapping[str, type]]] = {
    "zotero": {
        "endpoint": str,
        "library": str,
        "collection": str,
        "local": bool,
        "keyring": bool,
    },
}
"""Sections of the settings file, their keys, and what each holds."""

_KINDS: Final[Mapping[type, str]] = {str: 'a text in quotes, "..."', bool: "true or false"}
_PLACE = re.compile(r"(?s)(.*) \(at (?:line (\d+), column (\d+)|end of document)\)")
_SECTION = re.compile(r"""\s*\[\s*["']?([^\]"']*?)["']?\s*\]""")
_KEY = re.compile(r"""\s*["']?([A-Za-z0-9_.-]+)["']?\s*=""")
_SECRET = re.compile(r"(?i)key|token|secret|password")

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Setting(Generic[_Value]):
    """A value and where it comes from."""

    value: _Value
    origin: str
    """For a person: "--library", "ZOTERO_LIBRARY_ID", 'library in "/home/me/..."'."""


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """What the settings file says; empty where there is none."""

    path: Path
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """By section and key; only what is known, each of its kind."""
    notices: tuple[Notice, ...] = ()
    """What in it has no meaning."""

    def text(self, section: str, key: str) -> Setting[str] | None:
        """A text; None where it is not set, or empty."""
        value = self.values.get(section, {}).get(key, "")
        told = value.strip() if isinstance(value, str) else ""
        return Setting(told, self._origin(key)) if told else None

    def flag(self, section: str, key: str) -> Setting[bool] | None:
        """Yes or no; None where it is not set."""
        value = self.values.get(section, {}).get(key)
        return Setting(value, self._origin(key)) if isinstance(value, bool) else None

    def _origin(self, key: str) -> str:
        return f'{key} in "{self.path}"'


def config_folder(environment: Mapping[str, str]) -> Path:
    """Where settings and credentials lie: `BIBTOOLS_CONFIG`, else the user's folder for them."""
    if told := environment.get(CONFIG_VARIABLE, "").strip():
        return Path(told)
    import platformdirs

    return Path(platformdirs.user_config_dir("bibtools", appauthor=False))


def settings_path(environment: Mapping[str, str]) -> Path:
    """Where the settings file lies, or would lie."""
    if told := environment.get(SETTINGS_VARIABLE, "").strip():
        return Path(told)
    return config_folder(environment) / "settings.toml"


def read_settings(environment: Mapping[str, str]) -> SettingsFile:
    """What the settings file says.

    Raises `ConfigError` for one that cannot be read, is no TOML, or has a value of the wrong
    kind; and for one that `BIBTOOLS_SETTINGS` names and that is not there.
    """
    path = settings_path(environment)
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        if not environment.get(SETTINGS_VARIABLE, "").strip():
            return SettingsFile(path)
        raise ConfigError(
            f'There is no settings file "{path}", which {SETTINGS_VARIABLE} names.',
            hint=f"Make it, or unset {SETTINGS_VARIABLE}.",
        ) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise ConfigError(
            f'The settings file "{path}" cannot be read ({reason}).',
            hint=f"Check its permissions, or name another one in {SETTINGS_VARIABLE}.",
        ) from None
    return _checked(path, *_parsed(path, data))


def _parsed(path: Path, data: bytes) -> tuple[str, dict[str, Any]]:
    try:
        text = data.decode("utf-8-sig")  # an editor of Windows puts a mark before the text
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(
            f"{path}:{line}: The settings file is not in UTF-8 from there on.",
            hint="Save it as UTF-8.",
        ) from None
    try:
        return text, tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        match = _PLACE.fullmatch(str(error))
        place = f":{match[2]}:{match[3]}" if match and match[2] else ""
        reason = match[1] if match else "it is nested too deeply"
        where = "" if place or match is None else " at its end"
        raise ConfigError(
            f"{path}{place}: The settings file is not valid TOML{where}: "
            f"{reason[:1].lower() + reason[1:]}.",
            hint='Its lines are like this: library = "group:12345" below [zotero].',
        ) from None


def _checked(path: Path, text: str, given: Mapping[str, Any]) -> SettingsFile:
    values: dict[str, dict[str, Any]] = {}
    notices: list[Notice] = []
    for section, content in given.items():
        known = KNOWN.get(section)
        if known is None or not isinstance(content, dict):
            notices.append(_unknown(path, text, None, section, KNOWN))
            continue
        kept = values.setdefault(section, {})
        for key, value in content.items():
            kind = known.get(key)
            if kind is None:
                notices.append(_unknown(path, text, section, key, known))
            elif type(value) is not kind:
                line = _line_of(text, section, key)
                place = f"{path}:{line}" if line else f"{path}"
                raise ConfigError(
                    f'{place}: "{key}" in [{section}] has to be {_KINDS[kind]}.',
                    hint="Correct that line.",
                )
            else:
                kept[key] = value
    return SettingsFile(path, values, tuple(notices))


def _unknown(
    path: Path, text: str, section: str | None, name: str, known: Mapping[str, object]
) -> Notice:
    """A name that means nothing. Its value is not shown: it may be a secret."""
    where = f" in [{section}] of the settings file has no meaning and is passed over."
    what = " of the settings file has no meaning and is passed over."
    near = difflib.get_close_matches(name, known, 1, 0.8)
    if section is not None and _SECRET.search(name):
        hint = "Secrets are not read from here: bibtools zotero login keeps the key."
    elif section is None and name in known:
        hint = f"It is a section: a line [{name}], and its settings below."
    elif near:
        hint = f'Did you mean "{near[0]}"?'
    else:
        hint = f"Known are: {', '.join(known)}."
    return Notice(
        f'"{name}"{where if section is not None else what}',
        str(path),
        _line_of(text, section, name),
        rule="settings.unknown",
        hint=hint,
    )


def _line_of(text: str, section: str | None, name: str) -> int | None:
    """The line on which a key (or, for `section` None, a section) stands; None if not found."""
    current = None
    for number, line in enumerate(text.split("\n"), 1):
        if match := _SECTION.match(line):
            current = match[1].strip()
            if section is None and current.split(".")[0] == name:
                return number
        elif match := _KEY.match(line):
            full = f"{current}.{match[1]}" if current else match[1]
            if full == (name if section is None else f"{section}.{name}"):
                return number
    return None
