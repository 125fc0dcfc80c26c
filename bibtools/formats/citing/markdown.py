r"""What a Markdown file cites: pandoc's `[@key; see @other, p. 3]`, also in R Markdown and Quarto.

The grammar of keys and of what is no prose is pandoc's, read from its Markdown reader
(Text.Pandoc.Parsing.Citations) and held against `pandoc --to json` in the tests. `\cite{key}`,
which pandoc hands to LaTeX as it is, counts too. What is decided here:

- `@fig:x`, `@sec-x` and their like (pandoc-crossref, Quarto) are references when the document has
  such a label; else they are unsure: citations only if a source has the key.
- `@*` asks for everything in the metadata's `nocite` only.
- Of the metadata, `bibliography` names sources, `references` describes entries, and all other text
  is prose, as it is for pandoc.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

from bibtools.formats.citing.cited import Citation, Cited, DataSource, Part
from bibtools.formats.citing.known import Known
from bibtools.formats.citing.markdown_text import Prose, prose
from bibtools.formats.citing.texts import Places
from bibtools.formats.citing.yaml_values import scalars, top_level
from bibtools.text.cite_commands import find_citations

_TOKEN = re.compile(
    r"\\(?P<command>[A-Za-z]+)\*?"
    r"|\\."
    r"|(?P<code>`+)"
    r"|(?P<math>\${1,2})"
    r"|(?P<comment><!--)"
    r"|(?P<angle><(?=[A-Za-z/!?]))"
    r"|(?P<link>\]\()"
    r"|(?P<attributes>\]\{)"
    r"|@(?P<braced>\{)"
    r"|@(?P<key>[^\W_]|[_*])",
    re.DOTALL,
)
_REST = re.compile(r"(?:\w|[:.#$%&\-+?<>~/](?=\w)|[:/](?=/))*")
_BRACED = re.compile(r"\{((?:[^\s{}]|\{[^\s{}]*\})*)\}")
_PARAGRAPH_END = re.compile(r"(?:\n|\r\n?)[ \t]*(?:\n|\r)")
_TAG = re.compile(
    r"<(?:/?[A-Za-z][A-Za-z0-9-]*(?:\s+[^\s\"'>=<]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'>]+))?)*"
    r"\s*/?|[A-Za-z][A-Za-z0-9+.-]*:[^\s<>]*|[^\s<>@]+@[^\s<>@]+|![A-Z][^>]*|\?[^>]*\?)>"
)
_ATTRIBUTES = re.compile(r"\{[^{}\n]*\}")
_ARGUMENTS = re.compile(r"(?:\[[^\[\]\n]*\]|\{[^{}]*\})*")
_UNSURE: Final = re.compile(
    r"(?:[Ff]ig|[Tt]bl|[Ss]ec|[Ee]q|[Ll]st):.+"
    r"|(?i:fig|tbl|sec|eq|lst|thm|lem|cor|prp|cnj|def|exm|exr|sol|rem|alg|nte|tip|wrn|imp|cau)-.+"
)
_IN_BRACES = re.compile(r"\{([^{}\n]{1,1000})\}")
_LABEL = re.compile(r"(?<!\S)#([^\s#]+)")
_CELL_LABEL = re.compile(r"(?m)^[ \t]*#\|[ \t]*label:[ \t]*[\"']?([\w:.-]+)")
_CHUNK_LABEL = re.compile(r"^\{\w+[ \t,]+([\w:.-]+)[ \t]*(?:[,}]|$)")
_CHILD = re.compile(r"\bchild\s*=\s*(?:c\(([^)]*)\)|([\"'][^\"']*[\"']))")
_QUOTED = re.compile(r"[\"']([^\"']+)[\"']")
_INCLUDE = re.compile(r"\{\{<\s*include\s+([^\s>]+)\s*>\}\}")
_REMOTE = re.compile(r"https?://", re.IGNORECASE)
_LONGEST = 10_000
_LONGEST_RUN = 40
"""Backticks around code."""
_FURTHEST = 100_000
_SHORTEST = 100
_PATIENCE = 40 * _LONGEST


def learn_markdown(text: str) -> Known:
    """The labels of a text."""
    found = prose(text)
    labels = set[str]()
    for match in _IN_BRACES.finditer(found.text):
        labels.update(_LABEL.findall(match[1]))
    for start, end in found.code:
        labels.update(_CELL_LABEL.findall(text[start:end]))
    for head in found.code_heads:
        labels.update(_CHUNK_LABEL.findall(head))
        labels.update(re.findall(r"#([\w:.-]+)", head))
    labels.update(found.examples)
    return Known(labels=frozenset(labels))


def read_markdown(text: str, file: str, known: Known) -> Cited:
    """The citations of one file; `known` are the labels of all files of the document."""
    return _Reader(text, file, known).read()


class _Reader:
    def __init__(self, text: str, file: str, known: Known) -> None:
        self._text, self._file, self._known = text, file, known
        self._prose: Prose = prose(text)
        self._places = Places(text)
        self._found: list[tuple[int, Citation]] = []
        self._sources: list[DataSource] = []
        self._declared: set[str] = set()
        self._everything = False
        self._wasted = 0

    def read(self) -> Cited:
        for start, end in self._prose.metadata:
            self._metadata(start, end)
        text = self._prose.text
        for offset, key in self._keys(text, 0, len(text)):
            self._cite(offset, key, "@")
        if "cite" in text or "Cite" in text:
            for cited in find_citations(text):
                if "#" not in cited.key and cited.command != "bibitem":
                    self._cite(cited.start, cited.key, cited.command)
        self._found.sort(key=lambda one: one[0])
        citations = tuple(one for _, one in self._found)
        return Cited(
            citations, self._everything, tuple(self._sources), self._parts(), (), "markdown",
            frozenset(self._declared) | self._known.labels,
        )  # fmt: skip

    def _cite(self, offset: int, key: str, command: str) -> None:
        if key == "*":
            self._everything = self._everything or command == "nocite"
        elif key not in self._known.labels or command not in ("@", "nocite"):
            unsure = command == "@" and _UNSURE.fullmatch(key) is not None
            place = self._places.of(offset)
            self._found.append((offset, Citation(key, self._file, *place, command, unsure=unsure)))

    # Metadata

    def _metadata(self, start: int, end: int) -> None:
        for name, value_start, value_end in top_level(self._text, start, end):
            if name == "bibliography":
                for offset, value in scalars(self._text, value_start, value_end):
                    place = self._places.of(offset)
                    remote = _REMOTE.match(value) is not None
                    self._sources.append(DataSource(value, self._file, *place, "", remote))
            elif name == "references":
                value = self._text[value_start:value_end]
                ids = re.findall(r"(?m)^[ \t-]*id:[ \t]*[\"']?([^\s\"']+)", value)
                self._declared.update(ids)
            elif name not in ("csl", "citation-abbreviations"):
                command = "nocite" if name == "nocite" else "@"
                value = re.sub(
                    r"(?m)(?:^|(?<=[ \t]))#.*$",
                    lambda match: " " * len(match[0]),
                    self._text[value_start:value_end],
                )
                for offset, key in self._keys(value, 0, len(value)):
                    self._cite(value_start + offset, key, command)

    # Prose

    def _keys(self, text: str, start: int, stop: int) -> Iterator[tuple[int, str]]:
        """Offset and key of each `@key` in prose."""
        position = start
        cited = -1
        while True:
            match = _TOKEN.search(text, position, stop)
            if match is None:
                return
            position = match.end()
            if match["key"] or match["braced"]:
                at = match.start()
                found = self._key(text, match) if at == cited or _free(text, at) else None
                if found is not None:
                    yield found
                    position = cited = found[0] + len(found[1]) + bool(match["braced"])
            elif match["command"] == "begin":
                position = self._environment(text, position, stop)
            elif match["command"]:
                arguments = _ARGUMENTS.match(text, position, min(stop, position + _LONGEST))
                position = arguments.end() if arguments is not None else position
            elif match.lastgroup is not None:
                position = self._passed(text, match, stop)

    @staticmethod
    def _key(text: str, match: re.Match[str]) -> tuple[int, str] | None:
        if match["braced"]:
            braced = _BRACED.match(text, match.start("braced"), match.start() + _LONGEST)
            if braced is None or not braced[1]:
                return None
            return braced.start(1), braced[1]
        first = match.start("key")
        if match["key"] == "*":
            return first, "*"
        rest = _REST.match(text, first + 1)
        return first, text[first : rest.end() if rest is not None else first + 1]

    def _passed(self, text: str, match: re.Match[str], stop: int) -> int:
        """After code, math, a tag, an address, a comment that begins here."""
        kind, start, end = match.lastgroup, match.start(), match.end()
        reach = _LONGEST if self._wasted < _PATIENCE else _SHORTEST
        limit = min(stop, end + reach)
        if kind == "comment":
            over = text.find("-->", end, stop) if self._wasted < _PATIENCE else -1
            if over >= 0:
                return over + 3
            self._wasted += stop - end
            return end
        if kind in ("angle", "attributes"):
            pattern = _TAG if kind == "angle" else _ATTRIBUTES
            whole = pattern.match(text, start if kind == "angle" else end - 1, limit)
            return whole.end() if whole is not None else end
        limit = self._paragraph_end(text, end, limit)
        close = None
        if end - start <= _LONGEST_RUN:
            close = _CLOSE[kind or "code"](text, match, limit)
        if close is None:
            self._wasted += limit - start
            # Of backticks that nothing closes, those behind the first may still be closed.
            return start + 1 if kind == "code" and end - start <= _LONGEST_RUN else end
        return close

    def _environment(self, text: str, position: int, stop: int) -> int:
        """After a LaTeX environment, which pandoc hands on as it is."""
        name = re.compile(r"\{([^{}\s]+)\}").match(text, position, min(stop, position + 80))
        if name is None:
            return position
        reach = _FURTHEST if self._wasted < _PATIENCE else _SHORTEST
        edges = re.compile(rf"\\(begin|end)\{{{re.escape(name[1])}\}}")
        depth = 1
        for edge in edges.finditer(text, name.end(), min(stop, name.end() + reach)):
            depth += 1 if edge[1] == "begin" else -1
            if depth == 0:
                return edge.end()
        self._wasted += reach
        return name.end()

    def _paragraph_end(self, text: str, position: int, limit: int) -> int:
        match = _PARAGRAPH_END.search(text, position, limit)
        return match.start() if match is not None else limit

    # Parts

    def _parts(self) -> tuple[Part, ...]:
        offsets = [offset for offset, _ in self._found]
        found: list[tuple[int, str, str]] = []
        for head_end, _ in self._prose.code:
            start = self._text.rfind("\n", 0, head_end) + 1
            for match in _CHILD.finditer(self._text, start, head_end):
                found += [
                    (match.start(), name, "child") for name in _QUOTED.findall(match[1] or match[2])
                ]
        found += [
            (match.start(1), match[1], "quarto") for match in _INCLUDE.finditer(self._prose.text)
        ]
        return tuple(
            Part(name, self._file, *self._places.of(at), kind, bisect_right(offsets, at))
            for at, name, kind in sorted(found)
        )


def _free(text: str, at: int) -> bool:
    """Whether an "@" is not inside a word; for pandoc one full stop belongs to the word."""
    before = text[max(0, at - 3) : at]
    return not before or not (before[-1].isalnum() or (before[-1] == "." and before != "..."))


def _close_code(text: str, match: re.Match[str], limit: int) -> int | None:
    """After the run of as many backticks."""
    mark = match[0]
    close = re.compile(rf"(?<!`){mark}(?!`)").search(text, match.end(), limit)
    return close.end() if close is not None else None


def _close_math(text: str, match: re.Match[str], limit: int) -> int | None:
    """After `$...$` or `$$...$$`, if that is math for pandoc: no blank within its signs."""
    end = match.end()
    if match[0] == "$$":
        close = text.find("$$", end, limit)
        return close + 2 if close > end else None
    if text[end : end + 1].isspace():
        return None
    for found in re.compile(r"\\.|\$", re.DOTALL).finditer(text, end, limit):
        if found[0] == "$":
            inside = found.start() > end and not text[found.start() - 1].isspace()
            amount = text[found.end() : found.end() + 1].isdigit()
            return found.end() if inside and not amount else None
    return None


def _close_link(text: str, match: re.Match[str], limit: int) -> int | None:
    """After the address and title of a link."""
    depth = 1
    for found in re.compile(r"\\.|[()]", re.DOTALL).finditer(text, match.end(), limit):
        depth += (found[0] == "(") - (found[0] == ")")
        if depth == 0:
            return found.end()
    return None


_CLOSE: Final = {"code": _close_code, "math": _close_math, "link": _close_link}
