r"""What a Typst file cites: `@key`, `@key[p. 3]`, `#cite(<key>)`, `#bibliography("refs.bib")`.

From Typst's reference (https://typst.app/docs/reference/, "Syntax", "cite", "bibliography"): text
is in markup, code or math; an `@key` is a reference in markup only, `<name>` declares a label in
markup and names one in code. A reference to a label that the document declares is no citation.
What is decided here: `name@host.org` is an address of mail though Typst would read a reference
(it would not compile), and a label named by `#ref(<key>)` counts as `@key` does.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

from bibtools.formats.citing.cited import Citation, Cited, DataSource, Part
from bibtools.formats.citing.known import Known
from bibtools.formats.citing.texts import Places

_LABEL = r"[\w.:-]+"
_MARKUP = re.compile(
    r"\\."
    r"|(?P<comment>//[^\n\r]*)"
    r"|(?P<block>/\*)"
    r"|(?P<raw>`+)"
    r"|(?P<address>https?://[^\s\[\]`\"<>]*)"
    rf"|<(?P<label>{_LABEL})>"
    rf"|(?P<reference>@{_LABEL})"
    r"|(?P<math>\$)"
    r"|#(?P<keyword>let|set|show|import|include|context|return)\b"
    r"|#(?P<control>if|for|while)\b"
    r"|#(?P<name>[^\W\d][\w-]*(?:\.[^\W\d][\w-]*)*)"
    r"|#(?P<code>[{(\[])"
    r"|#(?P<quote>\")"
    r"|(?P<bracket>[\[\]])",
    re.DOTALL,
)
_CODE = re.compile(
    r"(?P<comment>//[^\n\r]*)"
    r"|(?P<block>/\*)"
    r"|(?P<raw>`+)"
    r"|(?P<string>\"(?:[^\"\\]|\\.)*+\"?)"
    rf"|<(?P<label>{_LABEL})>"
    r"|(?P<math>\$)"
    r"|(?P<name>[^\W\d][\w-]*)(?=\()"
    r"|(?P<include>include|import)(?=\s*\")"
    r"|(?P<bracket>[\[\]{}()])"
    r"|(?P<line>\n)"
    r"|(?P<semicolon>;)",
    re.DOTALL,
)
_MATH = re.compile(
    r"\\.|(?P<comment>//[^\n\r]*)|(?P<block>/\*)|(?P<string>\"(?:[^\"\\]|\\.)*+\"?)|(?P<math>\$)",
    re.DOTALL,
)
_EDGE = re.compile(r"/\*|\*/")
_ESCAPE = re.compile(r"\\(?:(?P<itself>[\\\"])|(?P<blank>[nrt])|u\{(?P<code>[0-9A-Fa-f]{1,6})\})")
_STRING = re.compile(r"\"((?:[^\"\\]|\\.)*+)\"")
_FULL = re.compile(r"\bfull\s*:\s*true\b")
_NAMED = re.compile(r"[\w-]+\s*:\s*\Z")
_MAIL = re.compile(r"@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_REMOTE = re.compile(r"(?:https?://|@)")
_CLOSES: Final = {"(": ")", "[": "]", "{": "}"}
_CITING: Final = frozenset(["cite", "ref"])


@dataclass(frozen=True, slots=True)
class _Named:
    """A key or label at a place."""

    offset: int
    name: str
    command: str


@dataclass(slots=True)
class _Open:
    """A bracket that is open."""

    mode: str
    """`markup`, `code`, `line` (code up to the end of its line), `math`."""
    close: str
    calls: tuple[str, int] = ("", 0)
    """The function whose arguments stand in it, and where they begin."""


class _Found:
    """What one walk through a text finds."""

    def __init__(self) -> None:
        self.references: list[_Named] = []
        self.labels: list[_Named] = []
        self.sources: list[tuple[int, str]] = []
        self.parts: list[tuple[int, str]] = []
        self.everything = False


def learn_typst(text: str) -> Known:
    """The labels that a text declares."""
    return Known(labels=frozenset(one.name for one in _walk(text).labels))


def read_typst(text: str, file: str, known: Known) -> Cited:
    """The citations of one file; `known` are the labels of all files of the document."""
    found = _walk(text)
    places = Places(text)
    labels = known.labels | {one.name for one in found.labels}
    references = [one for one in found.references if one.name not in labels]
    offsets = [one.offset for one in references]
    return Cited(
        tuple(Citation(one.name, file, *places.of(one.offset), one.command) for one in references),
        found.everything,
        tuple(
            DataSource(name, file, *places.of(at), "", name.startswith(("http://", "https://")))
            for at, name in found.sources
        ),
        tuple(
            Part(name, file, *places.of(at), "typst", bisect_right(offsets, at))
            for at, name in found.parts
            if not _REMOTE.match(name) and name.endswith(".typ")
        ),
        (), "typst", labels,
    )  # fmt: skip


def _walk(text: str) -> _Found:
    return _Walk(text).run()


class _Walk:
    def __init__(self, text: str) -> None:
        self._text = text
        self._found = _Found()
        self._stack = [_Open("markup", "")]
        self._follows = -1
        """Where content of the call that has just been read may follow."""

    def run(self) -> _Found:
        patterns = {"markup": _MARKUP, "code": _CODE, "line": _CODE, "math": _MATH}
        steps = {
            "markup": self._markup, "code": self._code, "line": self._code, "math": self._in_math,
        }  # fmt: skip
        position = 0
        while True:
            mode = self._stack[-1].mode
            match = patterns[mode].search(self._text, position)
            if match is None:
                return self._found
            position = self._common(match)
            if position < 0:
                position = steps[mode](match)

    def _common(self, match: re.Match[str]) -> int:
        """After a comment or raw text; -1 for anything else."""
        kind = match.lastgroup
        if kind == "comment":
            return match.end()
        if kind == "block":
            depth = 1
            for edge in _EDGE.finditer(self._text, match.end()):
                depth += 1 if edge[0] == "/*" else -1
                if not depth:
                    return edge.end()
            return len(self._text)
        if kind == "raw":
            return self._after_raw(match)
        return -1

    def _after_raw(self, match: re.Match[str]) -> int:
        count, end = len(match[0]), match.end()
        if count == 2:
            return end  # empty raw text
        close = self._text.find(match[0], end)
        if close < 0:
            return len(self._text)
        after = close + count
        # Of a longer run the last ones close.
        while count > 2 and self._text[after : after + 1] == "`":
            after += 1
        return after

    # Markup

    def _markup(self, match: re.Match[str]) -> int:
        kind, end = match.lastgroup, match.end()
        if kind == "label":
            self._found.labels.append(_Named(match.start("label"), match["label"], ""))
        elif kind == "reference":
            return self._reference(match)
        elif kind == "math":
            self._stack.append(_Open("math", "$"))
        elif kind in ("keyword", "control"):
            if match["keyword"] in ("include", "import"):
                self._part(end)
            self._stack.append(_Open("line", "\n"))
        elif kind == "name":
            return self._call(match["name"].rpartition(".")[2], end)
        elif kind == "code":
            self._open(match["code"], end)
        elif kind == "quote":
            string = _STRING.match(self._text, end - 1)
            return string.end() if string is not None else end
        elif kind == "bracket":
            self._bracket(match["bracket"], end)
        return end

    def _reference(self, match: re.Match[str]) -> int:
        start = match.start()
        before = self._text[start - 1 : start]
        mail = _MAIL.match(self._text, start)
        if mail is not None and re.fullmatch(r"[A-Za-z0-9._+-]", before):
            return mail.end()
        name = match["reference"][1:].rstrip(".:")
        if name:
            self._found.references.append(_Named(start + 1, name, "@"))
        return start + 1 + len(name)

    def _call(self, name: str, end: int) -> int:
        """After a function's name in markup: its arguments follow at once."""
        opening = self._text[end : end + 1]
        if opening == "(":
            self._stack.append(_Open("code", ")", (name, end + 1)))
            return end + 1
        if opening == "[":
            self._stack.append(_Open("markup", "]"))
            return end + 1
        return end

    def _open(self, opening: str, end: int, name: str = "") -> None:
        mode = "markup" if opening == "[" else "code"
        self._stack.append(_Open(mode, _CLOSES[opening], (name, end)))

    def _bracket(self, bracket: str, end: int) -> None:
        top = self._stack[-1]
        if top.mode == "markup":
            if bracket == "[" and (top.close or self._follows == end - 1):
                # Content of a call, or brackets of the text, which are in pairs.
                self._stack.append(_Open("markup", "]"))
            elif bracket == "]" and top.close == "]":
                self._closed(end)
            return
        if bracket in _CLOSES:
            self._open(bracket, end)
            return
        # What never closes ends with what stands around it.
        for depth in range(len(self._stack) - 1, max(0, len(self._stack) - 4), -1):
            if self._stack[depth].close == bracket:
                del self._stack[depth + 1 :]
                self._closed(end)
                return

    def _closed(self, end: int) -> None:
        """Leave a bracket; further content of a call (`f(..)[..]`) is markup again."""
        name, start = self._stack.pop().calls
        if name == "bibliography":
            inside = self._text[start : end - 1]
            self._found.everything |= _FULL.search(inside) is not None
        if self._text[end : end + 1] == "[" and self._stack[-1].mode == "markup":
            self._follows = end

    # Code

    def _code(self, match: re.Match[str]) -> int:
        kind, end = match.lastgroup, match.end()
        top = self._stack[-1]
        if kind == "label":
            if self._calling() in _CITING:
                self._found.references.append(
                    _Named(match.start("label"), match["label"], self._calling())
                )
        elif kind == "string":
            self._string(match)
        elif kind == "math":
            self._stack.append(_Open("math", "$"))
        elif kind == "name":
            self._stack.append(_Open("code", ")", (match["name"], end + 1)))
            return end + 1
        elif kind == "include":
            self._part(end)
        elif kind == "bracket":
            self._bracket(match["bracket"], end)
        elif kind in ("line", "semicolon") and top.mode == "line":
            self._stack.pop()
        return end

    def _calling(self) -> str:
        """The function whose arguments are here; of `cite(label("x"))` it is `cite`."""
        for one in reversed(self._stack[-3:]):
            if one.calls[0] and one.calls[0] != "label":
                return one.calls[0]
            if one.mode != "code":
                break
        return ""

    def _string(self, match: re.Match[str]) -> None:
        calling, direct = self._calling(), self._stack[-1].calls[0]
        closed = _STRING.fullmatch(match["string"])
        value = _meant(closed[1] if closed else match["string"][1:])
        before = self._text[max(0, match.start() - 40) : match.start()]
        if _NAMED.search(before) or not value:
            return
        if calling == "bibliography":
            self._found.sources.append((match.start() + 1, value))
        elif calling in _CITING and (direct == "label" or calling == "cite"):
            self._found.references.append(_Named(match.start() + 1, value, calling))

    def _part(self, end: int) -> None:
        string = re.compile(r"\s*\(?\s*\"((?:[^\"\\\n]|\\.)*)\"").match(self._text, end)
        if string is not None:
            self._found.parts.append((string.start(1), string[1]))

    # Math

    def _in_math(self, match: re.Match[str]) -> int:
        if match.lastgroup == "math":
            self._stack.pop()
        return match.end()


def _meant(written: str) -> str:
    """The value of a string; a backslash before anything else stands for itself (Typst's rules)."""
    return _ESCAPE.sub(_character, written) if "\\" in written else written


def _character(escape: re.Match[str]) -> str:
    if escape["itself"]:
        return escape["itself"]
    if escape["blank"]:
        return {"n": "\n", "r": "\r", "t": "\t"}[escape["blank"]]
    code = int(escape["code"], 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else escape[0]
