r"""A LaTeX text with everything that is not read made blank: same length, same offsets.

Blank become comments, `\verb`, verbatim environments, addresses, `\iffalse ... \fi`, what comes
after `\end{document}` or `\endinput`, and the heads of definitions
(`\newcommand{\mycite}[1]`), so that what follows need know none of these. A definition's body
stays, for what stands in it is told too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

VERBATIM = frozenset(
    "verbatim verbatim* Verbatim Verbatim* BVerbatim LVerbatim SaveVerbatim VerbatimOut "
    "lstlisting minted minted* comment filecontents filecontents* tcblisting spverbatim "
    "verbatimtab alltt* luacode luacode* pycode asy asydef sagesilent sageblock".split()
)
_BARE = frozenset(["verbatim", "verbatim*", "comment", "filecontents", "filecontents*"])
"""Of these the ones without options."""
_TOKEN = re.compile(
    r"(?P<comment>%[^\n\r]*(?:(?:\r\n|\n|\r)(?![ \t]*[\r\n])[ \t]*)?)"
    r"|\\(?P<edge>begin|end)[ \t]*\{(?P<environment>[^{}\s\\%]*)\}"
    r"|\\(?P<verb>verb|Verb)\*?(?P<mark>[^A-Za-z*\s])"
    r"|\\(?P<name>[A-Za-z@]+)\*?"
    r"|\\(?:.|\n)",
)
_BLANKED = re.compile(r"[^\n\r]")
_CONDITIONALS = frozenset(
    "if ifcat ifnum ifdim ifodd ifvmode ifhmode ifmmode ifinner ifvoid ifhbox ifvbox ifx ifeof "
    "iftrue iffalse ifcase ifdefined ifcsname iffontchar ifincsname ifpdf ifxetex ifluatex "
    "ifPDFTeX ifXeTeX ifLuaTeX iftutex ifpdftex ifvtex ifpdfabsnum ifpdfabsdim ifpdfprimitive "
    "ifabsnum ifabsdim ifprimitive".split()
)
_SKIPPING = re.compile(r"%[^\n\r]*|\\(?P<name>[A-Za-z@]+)|\\.", re.DOTALL)
_INLINE = frozenset(["lstinline", "mintinline", "pyginline"])
_ADDRESSES = frozenset(["url", "path", "nolinkurl", "href", "hyperref", "burl"])
_DEFINING = frozenset(
    "newcommand renewcommand providecommand DeclareRobustCommand newrobustcmd renewrobustcmd "
    "providerobustcmd newcommandx renewcommandx providecommandx DeclareCommandCopy "
    "NewCommandCopy RenewCommandCopy "
    "NewDocumentCommand RenewDocumentCommand ProvideDocumentCommand DeclareDocumentCommand "
    "NewExpandableDocumentCommand RenewExpandableDocumentCommand "
    "ProvideExpandableDocumentCommand DeclareExpandableDocumentCommand "
    "DeclareCiteCommand DeclareMultiCiteCommand def edef gdef xdef let protected@def".split()
)
_HEAD = re.compile(r"\s*(?:\{\s*\\(?P<braced>[A-Za-z@]+)\s*\}|\\(?P<bare>[A-Za-z@]+))")
_RAW_BRACKETS = re.compile(r"\\.|[{}\[\]]", re.DOTALL)
_BRACKETS = re.compile(r"\\.|%[^\n\r]*|[{}\[\]]", re.DOTALL)
_BLANK = re.compile(r"(?:[ \t]|%[^\n\r]*(?:\r\n|\n|\r))*(?:(?:\r\n|\n|\r)[ \t]*)?")
_PARAMETERS = re.compile(r"(?:#[1-9])*")
_LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Definition:
    r"""A command that the document defines."""

    by: str
    r"""`newcommand`, `def`, `let`, ..."""
    name: str
    head: str
    """What stands between the name and the body: `[2][]`, `#1#2`, `m O{} m`, or what `\\let` and
    its like copy."""
    start: int
    """Of the body."""
    end: int


@dataclass(frozen=True, slots=True)
class Live:
    """A text as it is read."""

    text: str
    """Blank where nothing is read."""
    definitions: tuple[Definition, ...]
    own_document: bool
    r"""Whether it begins a document of its own (`\documentclass`), as a subfile does."""
    ended: bool
    r"""Whether the reading of the whole document ends in it: `\end{document}`."""
    unclosed: int | None
    r"""Where an `\iffalse` begins that is never closed."""


class Patience:
    """How far to look for a closing bracket; less far when it was often in vain.

    So that a text that opens a million and closes none takes a time that grows with its length.
    """

    __slots__ = ("_wasted",)

    def __init__(self) -> None:
        self._wasted = 0

    def close(self, text: str, at: int, *, raw: bool = False) -> int | None:
        """After the bracket that closes the one at `at`; None when there is none near.

        With `raw`, as in addresses, "%" begins no comment.
        """
        opening, closing = text[at], "}" if text[at] == "{" else "]"
        reach = _LONGEST if self._wasted < 15 * _LONGEST else 80
        depth = braces = 0
        brackets = _RAW_BRACKETS if raw else _BRACKETS
        for match in brackets.finditer(text, at, min(len(text), at + reach)):
            found = match[0]
            if found == opening and braces == 0:
                depth += 1
            elif found == closing and braces == 0:
                depth -= 1
                if depth == 0:
                    return match.end()
            elif opening == "[":
                braces += (found == "{") - (found == "}")
                if braces < 0:
                    break
        self._wasted += reach
        return None

    def skip_blank(self, text: str, position: int) -> int:
        """After blanks and at most one line end."""
        match = _BLANK.match(text, position)
        return match.end() if match is not None else position


def live(text: str, conditionals: frozenset[str], verbatim: frozenset[str]) -> Live:
    """The text with all that is not read made blank; for the sets see `Known`."""
    return _Blanker(text, conditionals | _CONDITIONALS, verbatim | VERBATIM).run()


class _Blanker:
    def __init__(self, text: str, conditionals: frozenset[str], verbatim: frozenset[str]) -> None:
        self._text, self._conditionals, self._verbatim = text, conditionals, verbatim
        self._pieces: list[str] = []
        self._done = 0
        self._definitions: list[Definition] = []
        self._own = self._ended = False
        self._unclosed: int | None = None
        self._patience = Patience()

    def run(self) -> Live:
        text, position = self._text, 0
        while True:
            match = _TOKEN.search(text, position)
            if match is None:
                break
            position = match.end()
            if match["comment"] is not None:
                # With the line end: a line that is only a comment ends no paragraph.
                self._blank(match.start(), position, lines=True)
            elif match["verb"]:
                position = self._after_mark(position, match["mark"])
                self._blank(match.start(), position)
            elif match["edge"]:
                position = self._edge(match)
            elif match["name"]:
                position = self._command(match)
            if position < 0:
                break
        self._pieces.append(text[self._done :])
        return Live(
            "".join(self._pieces), tuple(self._definitions), self._own, self._ended,
            self._unclosed,
        )  # fmt: skip

    def _blank(self, start: int, end: int, *, lines: bool = False) -> None:
        if start < self._done:
            start = self._done
        if end <= start:
            return
        self._pieces.append(self._text[self._done : start])
        if lines:
            self._pieces.append(" " * (end - start))
        else:
            self._pieces.append(_BLANKED.sub(" ", self._text[start:end]))
        self._done = end

    def _rest(self, start: int) -> int:
        self._blank(start, len(self._text))
        return -1

    def _after_mark(self, position: int, mark: str) -> int:
        """After the next mark on the line, or where the line ends."""
        match = re.compile(rf"[^\n\r{re.escape(mark)}]*").match(self._text, position)
        end = match.end() if match is not None else position
        return end + 1 if self._text[end : end + 1] == mark else end

    def _edge(self, match: re.Match[str]) -> int:
        name, position = match["environment"], match.end()
        if match["edge"] == "begin" and name in self._verbatim:
            close = self._text.find(f"\\end{{{name}}}", position)
            if close < 0:
                return self._rest(position)
            # `[caption={From \cite{key}}]` is read; so are the options of the document's own.
            start = position
            if name not in _BARE and self._text[position : position + 1] == "[":
                start = self._patience.close(self._text, position) or position
            self._blank(min(start, close), close)
            return close
        if match["edge"] == "end" and name == "document":
            self._ended = True
            return self._rest(position)
        if name == "document":
            self._own = True
        return position

    def _command(self, match: re.Match[str]) -> int:
        name, position = match["name"], match.end()
        if name == "endinput":
            # The rest of its line is still read.
            line = re.compile(r"[^\n\r]*").match(self._text, position)
            return self._rest(line.end() if line is not None else position)
        if name == "iffalse":
            return self._false(match.start(), position)
        if name in _INLINE:
            return self._inline(name, position)
        if name in _ADDRESSES:
            return self._address(name, position)
        if name in _DEFINING:
            return self._definition(match)
        if name == "documentclass":
            self._own = True
        return position

    def _false(self, start: int, position: int) -> int:
        r"""After the `\else` or `\fi` of an `\iffalse`."""
        depth = 1
        for match in _SKIPPING.finditer(self._text, position):
            found = match["name"]
            if found is None:
                continue
            if found == "fi":
                depth -= 1
            elif found in self._conditionals:
                depth += 1
            if not depth or (depth == 1 and found == "else"):
                self._blank(start, match.end())
                return match.end()
        self._unclosed = start
        return self._rest(start)

    def _inline(self, name: str, position: int) -> int:
        text, start = self._text, position
        if text[position : position + 1] == "[":
            position = self._patience.close(text, position, raw=True) or position
        if name == "mintinline" and text[position : position + 1] == "{":
            position = self._patience.close(text, position, raw=True) or position
        mark = text[position : position + 1]
        if mark == "{":
            position = self._patience.close(text, position, raw=True) or position
        elif mark and not mark.isspace() and not mark.isalnum():
            position = self._after_mark(position + 1, mark)
        self._blank(start, position)
        return position

    def _address(self, name: str, position: int) -> int:
        text = self._text
        at = self._patience.skip_blank(text, position)
        if name in ("href", "hyperref") and text[at : at + 1] == "[":
            at = self._patience.skip_blank(text, self._patience.close(text, at, raw=True) or at)
        if name == "hyperref" or text[at : at + 1] != "{":
            return position
        end = self._patience.close(text, at, raw=True)
        if end is None:
            return position
        self._blank(at + 1, end - 1)
        return end

    def _definition(self, match: re.Match[str]) -> int:
        text = self._text
        head = _HEAD.match(text, match.end(), min(len(text), match.end() + 200))
        if head is None:
            return match.end()
        by, name = match["name"], head["braced"] or head["bare"]
        position = head.end()
        if by == "let" or by.endswith("CommandCopy"):
            return self._copy(match, name, position)
        if by.endswith("def"):
            parameters = re.compile(r"[^{}\\%\n]*").match(text, position)
            at = parameters.end() if parameters is not None else position
        elif by.endswith("DocumentCommand"):
            at = self._patience.skip_blank(text, position)
            if text[at : at + 1] == "{":
                at = self._patience.close(text, at) or at
        else:
            at = self._options(position)
        shown = text[position:at]
        start = self._patience.skip_blank(text, at)
        end = self._patience.close(text, start) if text[start : start + 1] == "{" else None
        self._blank(match.start(), start if end is not None else head.end())
        if by.startswith("Declare") and by.endswith("CiteCommand"):
            self._definitions.append(Definition(by, name, shown, start, start))
        elif end is not None:
            self._definitions.append(Definition(by, name, shown, start, end))
        return start if end is not None else head.end()

    def _options(self, position: int) -> int:
        at = position
        for _ in range(4):
            opening = self._patience.skip_blank(self._text, at)
            if self._text[opening : opening + 1] != "[":
                break
            end = self._patience.close(self._text, opening)
            if end is None:
                break
            at = end
        return at

    def _copy(self, match: re.Match[str], name: str, position: int) -> int:
        r"""`\let\old=\new`."""
        source = re.compile(r"\s*=?\s*\{?\s*\\([A-Za-z@]+)\s*\}?").match(
            self._text, position, min(len(self._text), position + 200)
        )
        end = source.end() if source is not None else position
        if source is not None:
            self._definitions.append(Definition("let", name, source[1], end, end))
        self._blank(match.start(), end)
        return end


def groups(text: str, position: int, patience: Patience) -> Iterator[tuple[str, int, int]]:
    """The arguments that follow: `[` or `{`, start and end of what is inside."""
    while True:
        at = patience.skip_blank(text, position)
        if text[at : at + 1] not in ("[", "{"):
            return
        end = patience.close(text, at)
        if end is None:
            return
        yield text[at], at + 1, end - 1
        position = end
