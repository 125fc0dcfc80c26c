r"""Where a .tex file cites: the keys in `\cite` and its relatives, each with its place.

Known are the commands of LaTeX, natbib, biblatex (with the multi-cites `\cites`, the `\volcite`
family and the quoting commands of csquotes), apacite, bibentry, and `\bibitem`. Any other command
with "cite" in its name is taken to hold keys in its first argument, as a user's own
`\mycite{key}` does; a rewrite changes only keys that it is told of.

Comments, `\verb`, verbatim and listing environments and addresses (`\url`) are not looked into.
Optional arguments are, because `[see \citealp{key}]` cites too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CitedKey:
    """One key in a text."""

    start: int
    """Offset of its first character."""
    end: int
    key: str
    command: str
    """Without the backslash and the star."""


_NOT_CITING = frozenset(
    "citestyle setcitestyle citesetup citereset citetext citeindextrue citeindexfalse "
    "citetrackertrue citetrackerfalse citepunct citedelim multicitedelim multicitesubentrydelim "
    "supercitedelim textcitedelim compcitedelim superpostnotedelim volcitedelim volcitepages "
    "citeform citeleft citeright citemid citecounter citeinitpunct newcites "
    "DeclareCiteCommand DeclareMultiCiteCommand DeclareAutoCiteCommand "
    "DeclareCitePunctuationPosition RenewCiteCommand iffirstcitekey iflastcitekey "
    "citetrue citefalse citesep citeopen citeclose "
    "citeauthoryear citenumfont citefont citeprepunct citebracefont citeAstyle bibcite "
    "autocitestyle sortcites sortcitestrue sortcitesfalse".split()
)
_OTHERS = frozenset("bibentry bibitem defcitealias fullbibentry".split())
_CITING = re.compile(r"[A-Za-z]*[cC]ite[A-Za-z]*")
_VOLUME = re.compile(r"(?:[pPfFsStTaA]|ft|ftext)?[vV]olcite(s?)")
"""`\\volcite[prenote]{volume}[page]{key}`: the key is the second argument."""
_QUOTES_KEY_FIRST = frozenset(["textcquote", "blockcquote"])
_QUOTES_KEY_SECOND = frozenset(
    ["foreigntextcquote", "hyphentextcquote", "foreignblockcquote", "hyphenblockcquote",
     "hybridblockcquote"]
)  # fmt: skip
_VERBATIM = (
    "verbatim verbatim* Verbatim Verbatim* BVerbatim LVerbatim SaveVerbatim VerbatimOut "
    "lstlisting minted comment filecontents filecontents* tcblisting spverbatim "
    "verbatimtab"
).split()
_CAPTIONED = frozenset(["lstlisting", "tcblisting"])
"""Of these the ones with `[caption={From \\cite{key}}]`."""
_TOKEN = re.compile(
    r"(?P<comment>%[^\n\r]*)"
    r"|\\begin[ \t]*\{(?P<environment>[A-Za-z]+\*?)\}"
    r"|\\(?P<verb>verb|Verb)\*?(?P<mark>[^A-Za-z*\s])"
    r"|\\(?P<name>[A-Za-z@]+)\*?"
    r"|\\(?:.|\n)",
)
_BLANK = re.compile(r"(?:[ \t]|%[^\n\r]*(?:\r\n|\n|\r)[ \t]*|(?:\r\n|\n|\r)(?![ \t]*[\r\n]))*")
_KEY = re.compile(r"%[^\n\r]*|\\(?:[A-Za-z@]+|.)|(?P<key>[^\s,%{}\\\[\]]+)")
_PAIRS = {"[": "]", "{": "}", "(": ")", "<": ">"}


def find_citations(text: str, own: Mapping[str, tuple[int, ...]] | None = None) -> list[CitedKey]:
    """Every key that a LaTeX text cites, in the order of the text.

    `own` are commands of the document's own: which of their arguments in braces hold keys,
    counted from 1; 0 for all that follow, none for a command that cites nothing.
    """
    return list(_Scanner(text, own or {}).scan(0, len(text)))


def rewrite_citations(data: bytes, renames: Mapping[str, str]) -> tuple[bytes, int]:
    """The bytes of a .tex file with keys renamed, and how many places changed.

    All other bytes stay. The file is UTF-8, else it is taken for latin-1; then a new key that
    latin-1 cannot write leaves its places alone.
    """
    encoding = "utf-8"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        encoding = "latin-1"
        text = data.decode(encoding)
    pieces: list[str] = []
    position = changed = 0
    for cited in find_citations(text):
        new = renames.get(cited.key)
        if new is None or new == cited.key or not _writable(new, encoding):
            continue
        pieces += text[position : cited.start], new
        position = cited.end
        changed += 1
    if not changed:
        return data, 0
    pieces.append(text[position:])
    return "".join(pieces).encode(encoding), changed


def _writable(key: str, encoding: str) -> bool:
    try:
        key.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


class _Scanner:
    """Goes through one text."""

    __slots__ = ("_own", "_text", "_wasted")

    def __init__(self, text: str, own: Mapping[str, tuple[int, ...]]) -> None:
        self._text, self._own = text, own
        self._wasted = 0

    def scan(self, start: int, stop: int, depth: int = 0) -> Iterator[CitedKey]:
        """The keys between two offsets."""
        text, position = self._text, start
        while position < stop:
            match = _TOKEN.search(text, position, stop)
            if match is None:
                return
            position = match.end()
            if match["verb"]:
                position = _after_verb(text, position, match["mark"])
            elif match["environment"]:
                if match["environment"] in _VERBATIM:
                    if match["environment"] in _CAPTIONED and text[position : position + 1] == "[":
                        end = self._close(position, stop) if depth < _DEEPEST else None
                        if end is not None:
                            yield from self.scan(position + 1, end, depth + 1)
                    close = text.find(f"\\end{{{match['environment']}}}", position)
                    position = stop if close < 0 else close
                elif match["environment"] == "displaycquote":
                    found, position = self._arguments(position, stop, "displaycquote", 1, depth)
                    yield from found
            elif match["name"]:
                found, position = self._command(position, stop, match["name"], depth)
                yield from found

    def _command(
        self, position: int, stop: int, name: str, depth: int
    ) -> tuple[list[CitedKey], int]:
        """The keys in the arguments of one command, and where to go on."""
        if name in self._own:
            if 0 in self._own[name]:
                return self._arguments(position, stop, name, 1, depth, many=True)
            return self._own_arguments(position, stop, name)
        if name in ("url", "path", "nolinkurl", "href"):
            return [], self._after_address(position, stop, name)
        if name in ("lstinline", "mintinline"):
            return [], self._after_inline(position, stop, name)
        if name in _NOT_CITING or "@" in name:
            return [], position
        volume = _VOLUME.fullmatch(name)
        if volume:
            return self._arguments(position, stop, name, 2, depth, many=bool(volume[1]))
        if name in _QUOTES_KEY_FIRST:
            return self._arguments(position, stop, name, 1, depth)
        if name in _QUOTES_KEY_SECOND:
            return self._arguments(position, stop, name, 2, depth)
        if name in _OTHERS or _CITING.fullmatch(name):
            many = name.lower().endswith(("cites", "citetexts"))
            return self._arguments(position, stop, name, 1, depth, many=many)
        return [], position

    def _after_address(self, position: int, stop: int, name: str) -> int:
        """After the address, in which "%" begins no comment."""
        text = self._text
        at = _skip_blank(text, position, stop)
        if name == "href" and text[at : at + 1] == "[":
            at = _skip_blank(text, self._raw_close(at, stop, "[") or at, stop)
        if text[at : at + 1] == "{":
            return self._raw_close(at, stop, "{") or position
        return position

    def _after_inline(self, position: int, stop: int, name: str) -> int:
        text = self._text
        if text[position : position + 1] == "[":
            position = self._raw_close(position, stop, "[") or position
        if name == "mintinline" and text[position : position + 1] == "{":
            position = self._raw_close(position, stop, "{") or position
        mark = text[position : position + 1]
        if mark == "{":
            return self._raw_close(position, stop, "{") or position
        if not mark or mark.isspace() or mark.isalnum():
            return position
        return _after_verb(text, position + 1, mark)

    def _arguments(
        self, position: int, stop: int, name: str, key_at: int, depth: int, *, many: bool = False
    ) -> tuple[list[CitedKey], int]:
        """The keys in the `key_at`-th braces after a command; with `many`, in every such."""
        text = self._text
        found: list[CitedKey] = []
        seen = 0
        while True:
            at = _skip_blank(text, position, stop)
            opening = text[at : at + 1]
            optional = opening == "[" or (opening == "(" and many) or (opening == "<" and not many)
            if not optional and opening != "{":
                return found, position
            if optional and seen >= key_at and not many:
                return found, position
            is_key = not optional and (seen + 1) % key_at == 0
            close = _close_keys(text, at, stop) if is_key else self._close_one(at, stop)
            if close is None:
                return found, position
            if optional and depth < _DEEPEST:
                found += self.scan(at + 1, close, depth + 1)
            elif not optional:
                seen += 1
                if is_key:
                    found += _keys(text, at + 1, close, name)
            position = close + 1
            if seen >= key_at and not many:
                return found, position

    def _own_arguments(self, position: int, stop: int, name: str) -> tuple[list[CitedKey], int]:
        """The keys in the arguments of a command of the document's own."""
        text, wanted = self._text, self._own[name]
        found: list[CitedKey] = []
        seen = 0
        while seen < max(wanted, default=0):
            at = _skip_blank(text, position, stop)
            if text[at : at + 1] not in ("{", "["):
                break
            is_key = text[at] == "{" and seen + 1 in wanted
            close = _close_keys(text, at, stop) if is_key else self._close_one(at, stop)
            if close is None:
                break
            if is_key:
                found += _keys(text, at + 1, close, name)
            seen += text[at] == "{"
            if not is_key:
                # What stands in the others is read as any text.
                found += self.scan(at + 1, close, _DEEPEST)
            position = close + 1
        return found, position

    def _raw_close(self, at: int, stop: int, opening: str) -> int | None:
        """After the bracket that closes the one at `at`; only a backslash escapes here."""
        stop = min(stop, at + self._reach())
        depth = 0
        for match in _RAW.finditer(self._text, at, stop):
            if match[0] == opening:
                depth += 1
            elif match[0] == _PAIRS[opening]:
                depth -= 1
                if depth == 0:
                    return match.end()
        self._wasted += stop - at
        return None

    def _close_one(self, at: int, stop: int) -> int | None:
        """As `_close`; where a half-open interval is in an optional argument, as TeX reads it.

        To TeX the first "]" outside of braces ends `[$[0,1)$]{key}`.
        """
        close = self._close(at, stop)
        if self._text[at] != "[" or (close is not None and self._goes_on(close, stop)):
            return close
        braces = 0
        for match in _INSIDE.finditer(self._text, at + 1, min(stop, at + self._reach())):
            found = match[0]
            braces += (found == "{") - (found == "}")
            if found[0] == "\n" or braces < 0:
                break
            if found == "]" and not braces:
                return match.start() if self._goes_on(match.start(), stop) else close
        return close

    def _goes_on(self, close: int, stop: int) -> bool:
        """Whether another argument follows."""
        at = _skip_blank(self._text, close + 1, stop)
        return self._text[at : at + 1] in ("[", "{")

    def _close(self, at: int, stop: int) -> int | None:
        """The offset of the bracket that closes the one at `at`; None when a paragraph ends first.

        Or when it does not come within reach.
        """
        text = self._text
        stop = min(stop, at + self._reach())
        opening = text[at]
        closing = _PAIRS[opening]
        braces = depth = 0
        for match in _INSIDE.finditer(text, at, stop):
            found = match[0]
            if found[0] == "\n":
                self._wasted += match.start() - at
                return None
            if found[0] in "\\%":
                continue
            if opening != "{" and braces == 0:
                depth += (found == opening) - (found == closing)
                if depth == 0 and found == closing:
                    return match.start()
            braces += (found == "{") - (found == "}")
            if braces < 0:
                return None
            if opening == "{" and braces == 0 and found == "}":
                return match.start()
        self._wasted += stop - at
        return None

    def _reach(self) -> int:
        """How far to look for a closing bracket: less far when it was often in vain.

        So text that opens a million and never closes any takes a time that grows with its length.
        """
        return _LONGEST if self._wasted < _PATIENCE else _SHORTEST


def _after_verb(text: str, position: int, mark: str) -> int:
    """After the next mark on the line, or where the line ends."""
    match = re.compile(rf"[^\n{re.escape(mark)}]*").match(text, position)
    end = match.end() if match is not None else position
    return end + 1 if text[end : end + 1] == mark else end


def _skip_blank(text: str, position: int, stop: int) -> int:
    match = _BLANK.match(text, position, stop)
    assert match is not None
    return match.end()


_LONGEST = 4_000
_SHORTEST = 100
_PATIENCE = 100 * _LONGEST
_DEEPEST = 20
"""Citations inside of optional arguments of citations."""
_INSIDE = re.compile(r"\\(?:.|\n)|%[^\n\r]*|\n[ \t]*\r?\n|[][{}()<>]")
_RAW = re.compile(r"\\.|[{}\[\]]", re.DOTALL)


_IN_KEYS = re.compile(r"\\(?:.|\n)|%[^\n\r]*|\n[ \t]*\r?\n|[{}]")


def _close_keys(text: str, at: int, stop: int) -> int | None:
    """As `_close` for braces that hold keys: a key has no braces in it."""
    for match in _IN_KEYS.finditer(text, at + 1, stop):
        if match[0] == "}":
            return match.start()
        if match[0][0] in "{\n":
            return None
    return None


def _keys(text: str, start: int, stop: int, name: str) -> Iterator[CitedKey]:
    for match in _KEY.finditer(text, start, stop):
        if match["key"] is not None:
            yield CitedKey(match.start(), match.end(), match["key"], name)
