r"""What a .tex file cites, the files it includes and the bibliographies it names.

Built on `text.cite_commands`, which knows the citing commands of LaTeX, natbib, biblatex and
others, on a text in which everything dead is blank (`tex_text`). What is decided here:

- A command that the document defines cites what its definition cites:
  `\newcommand{\see}[1]{see \cite{#1}}` makes `\see{key}` a citation, and so do `\let`,
  `\NewDocumentCommand` and `\DeclareCiteCommand`. A key that stands in a definition
  (`\newcommand{\knuth}{\cite{Knuth}}`) counts if the document uses the command.
- `\includeonly` is not heeded: it is for a quick look at one chapter, and LaTeX itself keeps the
  citations of the others (their .aux files stay).
- Both branches of a conditional are read, save those of `\iffalse`: no TeX runs here.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from typing import Final

from bibtools.formats.citing.cited import Citation, Cited, DataSource, Part
from bibtools.formats.citing.known import Known
from bibtools.formats.citing.tex_text import Definition, Live, Patience, groups, live
from bibtools.formats.citing.texts import Places
from bibtools.model import Notice
from bibtools.text.cite_commands import CitedKey, find_citations

_PARTS: Final = {
    "input": "input",
    "@input": "input",
    "@@input": "input",
    "include": "include",
    "subfile": "subfile",
    "subfileinclude": "subfile",
    "subfileimport": "import",
    "InputIfFileExists": "input",
    "loadglsentries": "input",
    "includestandalone": "include",
    "import": "import",
    "inputfrom": "import",
    "includefrom": "import",
    "subimport": "subimport",
    "subinputfrom": "subimport",
    "subincludefrom": "subimport",
}
_SOURCES: Final = {
    "bibliography": True,
    "nobibliography": True,
    "putbib": True,
    "defaultbibliography": True,
    "addbibresource": False,
    "addglobalbib": False,
    "addsectionbib": False,
}
r"""Commands that name bibliographies, and whether commas part several; those of BibTeX do."""
_COMMAND = re.compile(
    r"\\(?P<name>"
    + "|".join(sorted({*_PARTS, *_SOURCES}, key=len, reverse=True))
    + r"|bibliography[A-Za-z]+|begin|end|newrefsection|endrefsection|documentclass|defbibentryset"
    r"|newcites|excludecomment|lstnewenvironment|newminted|DefineVerbatimEnvironment"
    r"|newtcblisting|usepackage|RequirePackage|LoadClass)(?:WithOptions)?(?![A-Za-z@])\*?"
)
_PLAIN_INPUT = re.compile(r'[ \t]*(?:"([^"\n\r]+)"|([^\s{}\\%"#]+))')
_IN_A_NAME = re.compile(r"(?:[^\\{}#%$&^~\n\r]|\\[A-Za-z]+){1,200}")
_CITE_CALL = re.compile(r"\\([A-Za-z@]+)\*?\s*(?:\[[^\[\]]*\]\s*)*\Z")
_NOT_CITED: Final = frozenset(["bibitem", "defcitealias"])
_REMOTE = re.compile(r"(?:https?|ftp)://", re.IGNORECASE)
_ALWAYS: Final = frozenset(["addbibresource", "addglobalbib", "addsectionbib", "printbibliography"])
_ROUNDS = 5
"""So many definitions may lean on each other."""


def learn_tex(text: str) -> Known:
    """What a text defines: commands that cite, conditionals, verbatim environments, lists."""
    first = live(text, frozenset(), frozenset())
    made: dict[str, list[list[str]]] = {}
    patience = Patience()
    for match in _COMMAND.finditer(first.text):
        if match["name"] in _LEARNT:
            found = [
                first.text[start:end].strip()
                for bracket, start, end in _first(groups(first.text, match.end(), patience), 4)
                if bracket == "{"
            ]
            if found:
                made.setdefault(match["name"], []).append(found)
    sets = {one[0]: _listed(one[1]) for one in made.pop("defbibentryset", []) if len(one) > 1}
    lists = {name for one in made.pop("newcites", []) for name in _listed(one[0])}
    backend = _BACKEND.search(first.text)
    packages = [
        f"{name}{suffix}"
        for by, suffix in _LOADING.items()
        for one in made.pop(by, [])
        for name in _listed(one[0])
    ]
    verbatim = {f"{one[0]}code" for one in made.pop("newminted", [])}
    verbatim |= {one[0] for found in made.values() for one in found}
    return Known(
        _citing(first.text, first.definitions), _texts(first.text, first.definitions),
        frozenset(_CONDITIONAL.findall(first.text)),
        frozenset(verbatim), frozenset(lists), sets, tuple(dict.fromkeys(packages)),
        "bibunits.sty" in packages,
        backend[1].rstrip("8") if backend is not None else "",
    )  # fmt: skip


_LEARNT: Final = frozenset(
    "newcites defbibentryset excludecomment lstnewenvironment newminted "
    "DefineVerbatimEnvironment newtcblisting usepackage RequirePackage documentclass "
    "LoadClass".split()
)
_LOADING: Final = {
    "usepackage": ".sty",
    "RequirePackage": ".sty",
    "documentclass": ".cls",
    "LoadClass": ".cls",
}
_BACKEND = re.compile(
    r"\\(?:usepackage|RequirePackage|PassOptionsToPackage)\s*[\[{][^\[\]\\]{0,2000}?"
    r"\bbackend\s*=\s*(biber|bibtex8?)\b"
)
_BIBLATEX = re.compile(
    r"\\(?:usepackage|RequirePackage)\s*(?:\[[^\[\]]{0,4000}\]\s*)?\{\s*biblatex"
)
_BIBTEX = re.compile(r"\\bibliographystyle\b")
_CONDITIONAL = re.compile(r"\\newif\s*\{?\s*\\(if[A-Za-z@]+)")


def _listed(value: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in value.split(",") if one.strip())


def _first(found: Iterator[tuple[str, int, int]], most: int) -> Iterator[tuple[str, int, int]]:
    for number, one in enumerate(found, 1):
        yield one
        if number == most:
            return


def _citing(text: str, definitions: tuple[Definition, ...]) -> dict[str, tuple[int, ...]]:
    """Which arguments in braces of each defined command hold keys; none when it cites nothing."""
    found: dict[str, tuple[int, ...]] = {}
    for _ in range(_ROUNDS):
        before = dict(found)
        for one in definitions:
            if one.by == "let" or one.by.endswith("CommandCopy"):
                copied = _copied(one.head, found)
                if copied is not None:
                    found[one.name] = copied
            elif one.by.startswith("Declare") and one.by.endswith("CiteCommand"):
                found[one.name] = (0,) if "Multi" in one.by else (1,)
            else:
                arguments = _arguments(one, text[one.start : one.end], found)
                if arguments is not None:
                    found[one.name] = arguments
        if found == before:
            break
    return found


def _arguments(
    one: Definition, body: str, known: Mapping[str, tuple[int, ...]]
) -> tuple[int, ...] | None:
    """The arguments that become keys; None for a command that takes none and cites nothing."""
    numbers = {
        int(cited.key[1])
        for cited in find_citations(body, known)
        if re.fullmatch(r"#[1-9]", cited.key)
    }
    if numbers:
        return tuple(sorted({_mandatory(one, number) for number in numbers}))
    inside = body[1:-1].rstrip()
    call = _CITE_CALL.search(inside)
    found = find_citations(inside + "{a}{a}", known) if call is not None else []
    if call is not None and found and found[-1].end > len(inside):
        # `\newcommand{\see}{\cite}`: what follows is the argument.
        return _copied(call[1], known) or (1,)
    # What has no parameters may still take some, by `\@ifnextchar`; plain text does not.
    return () if "#" in one.head or "[" in one.head or "\\" not in body else None


def _copied(name: str, known: Mapping[str, tuple[int, ...]]) -> tuple[int, ...] | None:
    """The arguments with keys of a command that is another one; None when that does not cite."""
    if name in known:
        return known[name]
    keys = [one.key for one in find_citations(f"\\{name}{{1}}{{2}}")]
    return (0,) if len(keys) > 1 else (int(keys[0]),) if keys else None


def _texts(text: str, definitions: tuple[Definition, ...]) -> dict[str, str]:
    """The text of commands that stand for one that may be in the name of a file."""
    found: dict[str, set[str]] = {}
    for one in definitions:
        if one.by != "let" and not one.head.strip():
            found.setdefault(one.name, set()).add(text[one.start + 1 : one.end - 1].strip())
    return {
        name: values.pop()
        for name, values in found.items()
        if len(values) == 1 and all(map(_IN_A_NAME.fullmatch, values))
    }


def _mandatory(one: Definition, number: int) -> int:
    """The place of `#number` among the arguments in braces."""
    if one.by.endswith("DocumentCommand"):
        kinds = re.findall(r"[smorODRtedvbElu]", re.sub(r"\{[^{}]*\}", "", one.head.strip(" {}")))
        return max(1, sum(kind in "mv" for kind in kinds[:number]))
    options = one.head.count("[")
    return max(1, number - 1) if options > 1 and not one.by.endswith("def") else number


def read_tex(text: str, file: str, known: Known) -> Cited:
    """The citations of one file; `known` is what all files of the document define."""
    return _Reader(text, file, known).read()


class _Reader:
    def __init__(self, text: str, file: str, known: Known) -> None:
        self._file, self._known = file, known
        self._live: Live = live(text, known.conditionals, known.verbatim)
        self._text = self._live.text
        self._places = Places(text)
        self._patience = Patience()
        self._sources: list[DataSource] = []
        self._parts: list[tuple[int, Part]] = []
        self._notices: list[Notice] = []
        self._sections: list[tuple[int, str]] = [(0, "")]
        """From which offset on which refsection."""
        self._last_section = 0
        self._biblatex = False

    def read(self) -> Cited:
        if self._live.unclosed is not None:
            self._tell(
                self._live.unclosed, "citing.never-closed",
                "\\iffalse is never closed by \\fi, so nothing after it was read.",
            )  # fmt: skip
        for match in _COMMAND.finditer(self._text):
            self._command(match)
        citations: list[Citation] = []
        offsets: list[int] = []
        declared: set[str] = set()
        everything = False
        for cited in find_citations(self._text, self._known.commands):
            if cited.command == "bibitem":
                declared.add(cited.key)
            if "#" in cited.key or cited.command in _NOT_CITED or cited.command.startswith("if"):
                continue
            if cited.key == "*":
                everything = True
                continue
            for key in self._known.sets.get(cited.key, (cited.key,)):
                citations.append(self._citation(cited, key))
                offsets.append(cited.start)
        parts = tuple(
            Part(
                part.name, part.file, part.line, part.column, part.kind,
                bisect_right(offsets, offset), part.optional,
            )
            for offset, part in self._parts
        )  # fmt: skip
        return Cited(
            tuple(citations), everything, tuple(self._sources), parts, tuple(self._notices),
            "tex", frozenset(declared), self._biber(),
        )  # fmt: skip

    def _biber(self) -> bool | None:
        if self._known.backend == "bibtex":
            return False
        if self._known.backend or self._biblatex or _BIBLATEX.search(self._text):
            return True
        return False if self._sources or _BIBTEX.search(self._text) else None

    def _citation(self, cited: CitedKey, key: str) -> Citation:
        section = next((one for one in self._known.lists if cited.command.endswith(one)), "")
        if not section:
            place = bisect_right(self._sections, cited.start, key=lambda one: one[0]) - 1
            section = self._sections[place][1]
        return Citation(
            key, self._file, *self._places.of(cited.start), cited.command, section,
            inside=self._inside(cited.start),
        )  # fmt: skip

    def _inside(self, offset: int) -> str:
        """The command in whose definition an offset is."""
        definitions = self._live.definitions
        index = bisect_right(definitions, offset, key=lambda one: one.start) - 1
        if index >= 0 and definitions[index].start <= offset < definitions[index].end:
            return definitions[index].name
        return ""

    def _tell(self, offset: int, rule: str, message: str) -> None:
        line, column = self._places.of(offset)
        self._notices.append(Notice(message, self._file, line, column, rule))

    def _command(self, match: re.Match[str]) -> None:
        name, end = match["name"], match.end()
        if name in ("begin", "end"):
            self._environment(name, end)
        elif name == "newrefsection":
            self._open_section(match.start(), end)
        elif name == "endrefsection":
            self._sections.append((match.start(), ""))
        elif name == "documentclass":
            self._class(end)
        elif name in _PARTS:
            self._part(match)
        elif name in _SOURCES:
            self._source(name, end, "")
        elif name.startswith("bibliography") and name[12:] in self._known.lists:
            self._source("bibliography", end, name[12:])

    def _environment(self, edge: str, end: int) -> None:
        found = re.compile(r"[ \t]*\{(refsection|refsegment)\}").match(self._text, end)
        if found is None or found[1] != "refsection":
            return
        if edge == "end":
            self._sections.append((end, ""))
        else:
            self._open_section(end, found.end())

    def _open_section(self, start: int, end: int) -> None:
        self._biblatex = True
        self._last_section += 1
        section = str(self._last_section)
        self._sections.append((start, section))
        at = self._patience.skip_blank(self._text, end)
        close = self._patience.close(self._text, at) if self._text[at : at + 1] == "[" else None
        if close is not None:
            self._name_sources(at + 1, close - 1, section, many=True)

    def _class(self, end: int) -> None:
        found = list(_first(groups(self._text, end, self._patience), 2))
        if [one[0] for one in found] == ["[", "{"]:
            (_, start, stop), (_, class_start, class_stop) = found
            if self._text[class_start:class_stop].strip() == "subfiles":
                self._add_part(start, self._text[start:stop], "main")

    def _part(self, match: re.Match[str]) -> None:
        name, end = match["name"], match.end()
        kind = _PARTS[name]
        braces = [
            one for one in _first(groups(self._text, end, self._patience), 2) if one[0] == "{"
        ]
        if not braces:
            plain = _PLAIN_INPUT.match(self._text, end) if name == "input" else None
            if plain is not None:
                self._add_part(plain.start(plain.lastindex or 0), plain[1] or plain[2], kind)
            return
        _, start, stop = braces[0]
        written = self._text[start:stop]
        if kind in ("import", "subimport"):
            if len(braces) < 2:
                return
            folder = written.strip().rstrip("/")
            written = self._text[braces[1][1] : braces[1][2]].strip()
            written = f"{folder}/{written}" if folder else written
        self._add_part(start, written, kind, optional=name == "InputIfFileExists")

    def _add_part(self, start: int, written: str, kind: str, *, optional: bool = False) -> None:
        name = written.strip().strip('"').strip()
        if not name or "#" in name:
            return
        if name.startswith("|"):
            self._tell(
                start, "citing.command-input",
                f'\\input runs a program ("{name}"), which is not done here.',
            )  # fmt: skip
            return
        place = self._places.of(start)
        self._parts.append((start, Part(name, self._file, *place, kind, optional=optional)))

    def _source(self, name: str, end: int, section: str) -> None:
        found = list(_first(groups(self._text, end, self._patience), 2))
        options = "".join(self._text[a:b] for bracket, a, b in found if bracket == "[")
        if name == "putbib":
            found = [("{", a, b) for bracket, a, b in found[:1] if bracket == "["]
        braces = [one for one in found if one[0] == "{"]
        if not braces:
            return
        self._biblatex = self._biblatex or name in _ALWAYS
        _, start, stop = braces[0]
        chosen = {one.strip().replace(" ", "") for one in options.split(",")}
        self._name_sources(
            start, stop, section, many=_SOURCES[name],
            remote="location=remote" in chosen, glob=bool(chosen & {"glob", "glob=true"}),
        )  # fmt: skip

    def _name_sources(
        self, start: int, stop: int, section: str, *, many: bool, remote: bool = False,
        glob: bool = False,
    ) -> None:  # fmt: skip
        position = start
        written = self._text[start:stop]
        for piece in written.split(",") if many else [written]:
            name = piece.strip().strip('"')
            if name and "#" not in name:
                place = self._places.of(position + len(piece) - len(piece.lstrip()))
                is_remote = remote or _REMOTE.match(name) is not None
                self._sources.append(DataSource(name, self._file, *place, section, is_remote, glob))
            position += len(piece) + 1


def used_commands(text: str, known: Known) -> frozenset[str]:
    """The commands that stand in a text, outside of the definitions' heads."""
    blanked = live(text, known.conditionals, known.verbatim).text
    return frozenset(re.findall(r"\\([A-Za-z@]+)", blanked))
