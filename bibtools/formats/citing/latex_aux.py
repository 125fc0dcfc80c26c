r"""What LaTeX notes in an .aux file for BibTeX: `\citation`, `\bibdata`, `\@input`.

As bibtex reads it (bibtex.web, "Reading the auxiliary file(s)"): a command counts only at the
start of its line, and its argument ends at the first closing brace. biblatex writes its own
`\abx@aux@cite{refsection}{key}` (until 3.16 `\abx@aux@cite{key}`) beside or instead of it; what
the package `biblatex` and REVTeX add for themselves (`biblatex-control`, `...-blx`) is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bibtools.formats.citing.cited import Citation, Cited, DataSource, Part
from bibtools.formats.citing.texts import Places
from bibtools.model import Notice

_COMMAND = re.compile(
    r"(?m)(?:^|(?<=\r))\\(?P<name>citation|bibdata|@input|abx@aux@cite|abx@aux@nociteall)"
    r"(?P<arguments>(?:\{[^{}\r\n]*\}){0,2})(?P<open>\{?)"
)
_ARGUMENT = re.compile(r"\{([^{}\r\n]*)\}")
_OWN_KEYS = frozenset(["biblatex-control"])
_OWN_FILES = re.compile(r".*-blx")
_BLANK = re.compile(r"\s")


def read_aux(text: str, file: str) -> Cited:
    """The citations and data sources of one .aux file; those that it inputs are its parts."""
    return _Reader(text, file).read()


class _Reader:
    def __init__(self, text: str, file: str) -> None:
        self._text, self._file = text, file
        self._places = Places(text)
        self._plain: list[Citation] = []
        self._biblatex: list[Citation] = []
        self._parts: list[Part] = []
        self._sources: list[DataSource] = []
        self._notices: list[Notice] = []
        self._everything = self._bibtex = False

    def read(self) -> Cited:
        for match in _COMMAND.finditer(self._text):
            found = list(_ARGUMENT.finditer(self._text, *match.span("arguments")))
            if match["name"] == "abx@aux@nociteall":
                self._everything = True
            elif not found:
                self._unclosed(match)
            else:
                self._command(match["name"], found)
        # biblatex with BibTeX writes both; its own lines know the refsection.
        citations = self._biblatex or self._plain
        return Cited(
            tuple(citations),
            self._everything,
            tuple(self._sources),
            tuple(self._parts),
            tuple(self._notices),
            "aux",
            biber=self._biber(),
        )

    def _biber(self) -> bool | None:
        if self._plain or self._sources or self._bibtex:
            return False
        return True if self._biblatex or self._everything else None

    def _command(self, name: str, found: list[re.Match[str]]) -> None:
        if name == "citation":
            for start, key in _listed(found[0]):
                self._bibtex = True
                self._cite(start, key, name, "", self._plain)
            self._bibtex = True
        elif name == "abx@aux@cite":
            section = found[0][1] if len(found) > 1 else ""
            # One key a line, and a comma in it is no separator.
            last = found[-1]
            self._cite(
                last.start(1), last[1], name, "" if section == "0" else section, self._biblatex
            )
        elif name == "bibdata":
            for start, source in _listed(found[0]):
                if not _OWN_FILES.fullmatch(source):
                    self._sources.append(DataSource(source, self._file, *self._places.of(start)))
        elif name == "@input" and found[0][1].strip():
            place = self._places.of(found[0].start(1))
            after = len(self._biblatex or self._plain)
            self._parts.append(Part(found[0][1].strip(), self._file, *place, "@input", after))

    def _cite(self, start: int, key: str, command: str, section: str, to: list[Citation]) -> None:
        if key == "*":
            self._everything = True
        elif key in _OWN_KEYS:
            pass
        elif _BLANK.search(key):
            line, column = self._places.of(start)
            self._notices.append(
                Notice(
                    f'The key "{key}" has a blank in it, which BibTeX refuses.',
                    self._file, line, column, "citing.blank-in-key",
                )
            )  # fmt: skip
        else:
            to.append(Citation(key, self._file, *self._places.of(start), command, section))

    def _unclosed(self, match: re.Match[str]) -> None:
        line, column = self._places.of(match.start())
        self._notices.append(
            Notice(
                f"\\{match['name']} has no argument in braces on its line, so it is not read.",
                self._file, line, column, "citing.never-closed",
                hint="Run LaTeX again: it was stopped while it wrote this file.",
            )
        )  # fmt: skip


def _listed(match: re.Match[str]) -> Iterator[tuple[int, str]]:
    """The parts between commas with their offsets, blanks around them gone."""
    position = match.start(1)
    for piece in match[1].split(","):
        value = piece.strip()
        if value:
            yield position + len(piece) - len(piece.lstrip()), value
        position += len(piece) + 1
