"""What biblatex tells biber: the .bcf file, XML that says per refsection what is cited.

Read as a stream of elements, so its size does not matter; a document type or an entity is
refused, for biblatex writes none. The form was read from files that biblatex 3.16 to 3.18
writes (control file versions 3.7 to 3.9) and holds for all of version 3.
"""

from __future__ import annotations

import re
from typing import NoReturn
from xml.parsers import expat

from bibtools.formats.citing.cited import Citation, Cited, DataSource
from bibtools.model import Notice

_CHUNK = 1 << 16
_DEEPEST = 60
_REMOTE = re.compile(r"(?:https?|ftp)://", re.IGNORECASE)


class _RefusedError(Exception):
    """The file is not what biblatex writes."""


def read_bcf(data: bytes, file: str) -> Cited:
    r"""The citations of every refsection, in the order of the file.

    A set made in the document (`\defbibentryset`) stands for its members. Of a file that breaks
    off, what came before is there, with a notice.
    """
    return _Reader(file).read(data)


class _Reader:
    def __init__(self, file: str) -> None:
        self._file = file
        self._found: list[Citation] = []
        self._sources: list[DataSource] = []
        self._sets: dict[tuple[str, str], tuple[str, ...]] = {}
        self._everything = False
        self._section = ""
        self._depth = 0
        self._text: list[str] | None = None
        self._attributes: dict[str, str] = {}
        self._place = (1, 1)
        self._root_seen = False
        parser = self._parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._forbidden
        parser.EntityDeclHandler = self._forbidden
        # No ExternalEntityRefHandler: nothing outside the file is ever read.

    def read(self, data: bytes) -> Cited:
        notices: list[Notice] = []
        try:
            for start in range(0, len(data), _CHUNK):
                self._parser.Parse(data[start : start + _CHUNK], False)
            self._parser.Parse(b"", True)
        except (expat.ExpatError, _RefusedError, LookupError, ValueError) as error:
            notices.append(self._broken(error))
        citations: list[Citation] = []
        for citation in self._found:
            members = self._sets.get((citation.section, citation.key))
            if members is None:
                citations.append(citation)
            else:
                line, column, section = citation.line, citation.column, citation.section
                citations += [
                    Citation(key, self._file, line, column, "set", section) for key in members
                ]
        return Cited(
            tuple(citations), self._everything, tuple(self._sources), (), tuple(notices), "bcf",
            biber=True,
        )  # fmt: skip

    def _broken(self, error: Exception) -> Notice:
        line, column = self._parser.ErrorLineNumber, self._parser.ErrorColumnNumber + 1
        if isinstance(error, expat.ExpatError):
            what = f"is not whole XML ({expat.ErrorString(error.code)})"
        elif isinstance(error, _RefusedError):
            line, column = self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber + 1
            what = str(error)
        else:
            what = "has an encoding that cannot be read"
        return Notice(
            f"The control file {what}; what stood before this place was read.",
            self._file, line, column, "citing.broken-bcf",
            hint="Run LaTeX again: it writes the file anew.",
        )  # fmt: skip

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _RefusedError("is nested too deeply")
        local = name.rpartition(" ")[2]
        if not self._root_seen:
            self._root_seen = True
            if local != "controlfile":
                raise _RefusedError(f"is XML of another kind: <{local}>")
        if local == "section":
            self._section = attributes.get("number", "")
        elif local == "bibdata":
            self._section = attributes.get("section", "")
        elif local in ("citekey", "datasource"):
            self._text, self._attributes = [], attributes
            self._place = self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber + 1

    def _characters(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def _end(self, name: str) -> None:
        self._depth -= 1
        local = name.rpartition(" ")[2]
        if self._text is None or local not in ("citekey", "datasource"):
            return
        value, self._text = "".join(self._text).strip(), None
        section = "" if self._section == "0" else self._section
        if value and local == "datasource":
            remote = _REMOTE.match(value) is not None or self._attributes.get("type") == "remote"
            self._sources.append(
                DataSource(
                    value, self._file, *self._place, section, remote,
                    self._attributes.get("glob", "").lower() in ("true", "1"),
                )
            )  # fmt: skip
        elif value:
            self._citekey(value, section)

    def _citekey(self, key: str, section: str) -> None:
        if self._attributes.get("type") in ("set", "dynamic"):
            members = self._attributes.get("members", "").split(",")
            self._sets[section, key] = tuple(one.strip() for one in members if one.strip())
        elif key == "*":
            self._everything = True
        else:
            command = "nocite" if self._attributes.get("nocite") == "1" else "citekey"
            self._found.append(Citation(key, self._file, *self._place, command, section))

    def _forbidden(self, *_: object) -> NoReturn:
        raise _RefusedError("declares a document type or entities, which is not read")
