"""Writing to a library: fifty objects at a time, and what became of each of them.

An answer can be lost after the server has done what it was asked for, wholly or in part. Objects
have keys and versions of our making, so that nothing is done twice: sent again, an object that
was written already is refused as changed (412). It is then read, and if it says what was sent it
counts as written.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from bibtools.adapters.zotero.answers import Failure, Report, Saved
from bibtools.adapters.zotero.errors import StrangeAnswerError, TooLargeError, ZoteroError
from bibtools.adapters.zotero.meant import is_said

Object: TypeAlias = Mapping[str, Any]
_DOUBTFUL = (0, 412, 428)
"""What may be said of an object that was written before."""
_UNTOLD = Failure(0, "The Zotero server did not say what became of it.")
_NOTHING = Report({}, {}, {}, None)


@dataclass(frozen=True, slots=True)
class Posted:
    """The answer to one POST."""

    said: Any
    library_version: int | None
    uncertain: bool
    """Whether it was sent more than once, and may have been carried out before."""


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes objects of one kind."""

    post: Callable[[list[Object]], Posted]
    """Raises `ZoteroError`."""
    read: Callable[[list[str]], Mapping[str, Object]]
    """Objects by key, as the server gives them (`version`, `data`). Raises `ZoteroError`."""
    uncertain: Callable[[], bool]
    """Whether the last POST, which raised an error, may have been carried out."""
    plain: Callable[[str], str]
    """A text of the server that may be shown."""

    def write(self, objects: Sequence[Object]) -> Report:
        """Write them and tell what became of each. Raises `ZoteroError` when that is not known of
        any.
        """
        broken = [index for index, one in enumerate(objects) if not _sendable(one)]
        if broken:
            failure = Failure(400, "It holds half a character, which no text can.")
            good = [index for index in range(len(objects)) if index not in broken]
            report = self.write([objects[index] for index in good]) if good else _NOTHING
            return _renumbered(report, good, dict.fromkeys(broken, failure))
        try:
            posted = self.post(list(objects))
        except TooLargeError as error:
            if len(objects) == 1:
                return Report({}, {}, {0: Failure(413, error.told or error.message)}, None)
            half = len(objects) // 2
            return self._in_parts([objects[:half], objects[half:]])
        except ZoteroError as error:
            if not self.uncertain():
                raise
            return self._without_answer(objects, error)
        report, indexed = self._report(posted, objects)
        uncertain = posted.uncertain
        if not indexed:
            # Some servers do not say which object they mean; of one alone it is clear.
            if len(objects) > 1:
                return self._in_parts([[one] for one in objects])
            uncertain = True
            if not (report.done or report.unchanged or report.failed):
                report = replace(report, failed={0: _UNTOLD})
        doubtful = [index for index, one in report.failed.items() if one.code in _DOUBTFUL]
        if uncertain and doubtful:
            # Where they cannot be read, "changed" is what is known of them.
            with contextlib.suppress(ZoteroError):
                done = self._said(objects, doubtful)
                failed = {index: one for index, one in report.failed.items() if index not in done}
                return replace(report, done={**report.done, **done}, failed=failed)
        return report

    def _in_parts(self, parts: Sequence[Sequence[Object]]) -> Report:
        done: dict[int, Saved] = {}
        unchanged: dict[int, str] = {}
        failed: dict[int, Failure] = {}
        version: int | None = None
        start = 0
        for part in parts:
            try:
                report = self.write(part)
            except ZoteroError as error:
                if not start:
                    raise
                # What became of the parts before is not to be lost.
                failure = Failure(0, error.message)
                report = Report({}, {}, dict.fromkeys(range(len(part)), failure), None)
            done.update({start + index: one for index, one in report.done.items()})
            unchanged.update({start + index: one for index, one in report.unchanged.items()})
            failed.update({start + index: one for index, one in report.failed.items()})
            version = report.library_version if report.library_version is not None else version
            start += len(part)
        return Report(done, unchanged, failed, version)

    def _without_answer(self, objects: Sequence[Object], error: ZoteroError) -> Report:
        try:
            done = self._said(objects, range(len(objects)))
        except ZoteroError:
            raise error from None
        failure = Failure(0, error.message)
        failed = {index: failure for index in range(len(objects)) if index not in done}
        return Report(done, {}, failed, None)

    def _said(self, objects: Sequence[Object], indexes: Sequence[int]) -> dict[int, Saved]:
        """Those of the objects that are there and say what was sent."""
        found = self.read([str(objects[index]["key"]) for index in indexes])
        done: dict[int, Saved] = {}
        for index in indexes:
            row = found.get(str(objects[index]["key"]))
            data = row.get("data") if row is not None else None
            if row is None or not isinstance(data, dict) or not is_said(objects[index], data):
                continue
            done[index] = Saved(str(row["key"]), int(row["version"]), data, read_back=True)
        return done

    def _report(self, posted: Posted, objects: Sequence[Object]) -> tuple[Report, bool]:
        """The report of a POST, and whether it says of every object what became of it."""
        said = posted.said
        if not isinstance(said, dict):
            raise StrangeAnswerError("The Zotero server did not say what became of a write.")
        done: dict[int, Saved] = {}
        failed: dict[int, Failure] = {}
        for index, row in _numbered(said.get("successful"), len(objects)):
            data = row.get("data") if isinstance(row, dict) else None
            if isinstance(data, dict) and isinstance(row.get("version"), int):
                done[index] = Saved(str(row.get("key")), row["version"], data)
        unchanged = {
            index: str(key) for index, key in _numbered(said.get("unchanged"), len(objects))
        }
        for index, row in _numbered(said.get("failed"), len(objects)):
            if isinstance(row, dict):
                code, data = row.get("code"), row.get("data")
                failed[index] = Failure(
                    code if isinstance(code, int) else 500,
                    self.plain(str(row.get("message") or "")),
                    data if isinstance(data, dict) else {},
                )
        report = Report(done, unchanged, failed, posted.library_version)
        told = {*done, *unchanged, *failed}
        # A list has lost the indexes, but for one of all objects.
        unclear = isinstance(said.get("failed"), list) and 0 < len(said["failed"]) < len(objects)
        fitting = all(one.key == objects[index]["key"] for index, one in done.items())
        return report, fitting and not unclear and len(told) == len(objects)


def _sendable(one: Object) -> bool:
    try:
        json.dumps(one, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _renumbered(report: Report, indexes: Sequence[int], failed: Mapping[int, Failure]) -> Report:
    """The report of some objects as that of all, the others failed."""
    return Report(
        {indexes[index]: one for index, one in report.done.items()},
        {indexes[index]: one for index, one in report.unchanged.items()},
        {**failed, **{indexes[index]: one for index, one in report.failed.items()}},
        report.library_version,
    )


def _numbered(said: object, most: int) -> list[tuple[int, Any]]:
    """Rows with their indexes; an empty table, or one that begins at 0, comes as a list at times,
    which is how PHP writes it.
    """
    if isinstance(said, list):
        return list(enumerate(said))[:most]
    if isinstance(said, dict):
        rows = [(int(name), row) for name, row in said.items() if name.isdecimal()]
        return [(index, row) for index, row in rows if index < most]
    return []
