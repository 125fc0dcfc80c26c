"""What earlier look-ups found, each answer a small file: the fastest thing that can be asked.

The cache of the web (`adapters.web.cache`) keeps what each service said; this keeps what came of
all of it, so that the same look-up needs neither. A file holds one answer as JSON, its name is a
sum of what was asked. Whatever cannot be read is not there; whatever cannot be written is not
kept. The folder may be deleted at any time.
"""

from __future__ import annotations

import contextlib
import os
import time
from binascii import crc32
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from bibtools.model import Entry
    from bibtools.sites.named import Named

FOLDER: Final = "lookups-1"
"""Another shape of answer has another folder."""
KEEP_DAYS: Final = 30.0
# As in `private_files`, which is not imported: what a person looked up is nobody else's business.
FILE_MODE: Final = 0o600
FOLDER_MODE: Final = 0o700
_DAY: Final = 86_400.0
_ENDPOINTS: Final = "BIBTOOLS_ENDPOINT_"


class Kept(NamedTuple):
    """An answer."""

    entry: Entry
    evidence: Mapping[str, tuple[str, str, str, str]]
    """Of each part of it source, question, rule and day."""
    rule: str
    """What found the entry."""
    said: tuple[str, ...] = ()
    """What is to be told of it: "... is retracted ..."."""
    newest: int | None = None
    """The newest version of an arXiv paper, where it is known."""


class LookedUp:
    """The kept answers of one cache folder."""

    def __init__(self, folder: Path, *, offline: bool = False) -> None:
        """Offline an old answer is better than none."""
        self._folder = folder / FOLDER
        self._offline = offline

    def find(self, what: Named, mark: str) -> Kept | None:
        """The answer to this under the options of `mark`; None for none, and for an old one."""
        path = self._path(what, mark)
        try:
            data = path.read_bytes()
            import json

            row = json.loads(data)
            asked = float(row["asked"])
            if row["what"] != [what.kind, what.value, mark]:
                return None
            # One from the future was written before the machine's clock was set back.
            if not self._offline and not -_DAY <= time.time() - asked <= KEEP_DAYS * _DAY:
                return None
            from bibtools.formats import entry_json

            told = {str(part): _four(one) for part, one in row["evidence"].items()}
            said = tuple(map(str, row["said"]))
            newest = row.get("newest")
            return Kept(
                entry_json.from_json(row["entry"]), told, str(row["rule"]), said,
                int(newest) if newest is not None else None,
            )  # fmt: skip
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None

    def keep(self, what: Named, mark: str, told: Kept) -> None:
        """Keep an answer. Where that is not possible, nothing happens."""
        import json

        from bibtools.formats import entry_json

        row: dict[str, Any] = {
            "what": [what.kind, what.value, mark],
            "asked": time.time(),
            "rule": told.rule,
            "said": list(told.said),
            "newest": told.newest,
            "entry": entry_json.to_json(told.entry),
            "evidence": {part: list(one) for part, one in told.evidence.items()},
        }
        path = self._path(what, mark)
        with contextlib.suppress(OSError, UnicodeError):
            path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
            new = path.with_name(f".{path.name}.{os.getpid()}.tmp")
            try:
                with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE_MODE),
                               "w", encoding="ascii") as stream:  # fmt: skip
                    json.dump(row, stream)
                new.replace(path)
            except BaseException:
                new.unlink(missing_ok=True)
                raise

    def _path(self, what: Named, mark: str) -> Path:
        # The answers of a test server are not those of the service.
        elsewhere = sorted(one for one in os.environ.items() if one[0].startswith(_ENDPOINTS))
        asked = repr((what.kind, what.value, mark, elsewhere)).encode("ascii", "backslashreplace")
        # Two sums of 32 bits, because to import a real hash takes longer than to read the file:
        # `find` looks what the answer is to, so that a clash costs a question and no more.
        name = f"{crc32(asked):08x}{crc32(asked[::-1]):08x}"
        return self._folder / name[:2] / f"{name[2:]}.json"


def _four(row: Any) -> tuple[str, str, str, str]:
    source, question, rule, asked = row
    return str(source), str(question), str(rule), str(asked)
