r"""LaTeX <-> text with the little markup that CSL-JSON and Zotero know (`bibtools.text.markup`).

Reading: `\emph{x}`, `{\it x}`, `\textbf{x}`, `\textsc{x}`, `\textsuperscript{x}`, ... become
tags, and braces that keep capitals become `<span class="nocase">` where the caller asks for it.
Writing is the reverse; a less-than sign of the text is spelt, so that no text turns into markup
on the way.

Sources: btxdoc section 4 (which braces protect: those at depth 0 that do not start with a
backslash), the biblatex manual (`\mkbib...`), the LaTeX kernel's font commands.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bibtools.later import later
from bibtools.text.latex_decode import has_script_signs, plain, verbatim
from bibtools.text.latex_encode import encode, matching_braces
from bibtools.text.markup import (
    CLOSING,
    OPENING,
    Node,
    Style,
    has_markup,
    parse_markup,
    render_markup,
    strip_markup,
)

_STYLES: Final[dict[str, Style]] = {
    **dict.fromkeys("emph textit textsl mkbibemph mkbibitalic".split(), "i"),
    **dict.fromkeys("em it sl itshape slshape".split(), "i"),
    **dict.fromkeys("textbf mkbibbold bf bfseries".split(), "b"),
    **dict.fromkeys("textsc sc scshape".split(), "sc"),
    **dict.fromkeys("textsuperscript mkbibsuperscript".split(), "sup"),
    **dict.fromkeys("textsubscript mkbibsubscript".split(), "sub"),
}
_QUOTES: Final = frozenset("enquote mkbibquote textquote".split())
_DECLARED: Final = frozenset("em it sl itshape slshape bf bfseries sc scshape".split())

COMMANDS: Final[dict[Style, str]] = {
    "i": "\\emph",
    "b": "\\textbf",
    "sc": "\\textsc",
    "sup": "\\textsuperscript",
    "sub": "\\textsubscript",
}
"""How we write each style."""

# What opens or closes a style on its way through `plain`, which leaves these alone: Unicode sets
# them aside for use inside programs.
_MARK: Final[dict[Style, str]] = dict(
    zip(
        ("i", "b", "sc", "sup", "sub", "nocase"),
        "\ufdd5\ufdd6\ufdd7\ufdd8\ufdd9\ufdda",
        strict=True,
    )
)
_END: Final = "\ufddb"
_KEPT: Final = "\ufddc"
_STYLE_OF: Final[dict[str, Style]] = {mark: style for style, mark in _MARK.items()}
_MARKS: Final = later("[\ufdd5-\ufddb]")
_RESERVED: Final = later("[\ufdd5-\ufddf]")
_HINT: Final = later(
    r"\\(?:" + "|".join(sorted([*_STYLES, *_QUOTES], key=len, reverse=True)) + r")(?![A-Za-z])"
)
_GROUP_COMMAND: Final = later(r"\\([A-Za-z]+)\*?\s*\Z")
_DECLARATION: Final = later(r"\s*\\([A-Za-z]+)(?![A-Za-z])\s*")
_SCRIPT: Final = later(
    r"(?<!\\)\$\s*([0-9]*)(?:\{\})?\s*([\^_])\s*(?:\{\s*"
    r"(?:\\(?:textrm|textup|text|mathrm|mbox|rm|textit)(?![A-Za-z])\s*(?:\{([^{}\\$^_]*)\})?)?"
    r"([^{}\\$^_]*)\}|([^{}\\$^_\s]))\s*\$"
)
_ADDRESS: Final = later(r"\\(?:url|path|nolinkurl)\s*\{([^{}]*)\}|\\href\s*\{([^{}]*)\}\s*(?=\{)")
_KEPT_ADDRESS: Final = later(f"{_KEPT}([0-9]+){_END}")
_PARAGRAPH: Final = later(r"\s*\\par(?![A-Za-z])\s*(?:\{\})?\s*")
_BLANKS: Final = later(" {2,}")
_LINE: Final = later(r"[ \t]*\\(?:\\(?:\[[^\]]*\])?|newline(?![A-Za-z])(?:\{\})?)[ \t]*")


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a piece of LaTeX says."""

    text: str
    """Without markup."""
    rich: str
    """With markup; the same text when there is none."""

    @property
    def styled(self) -> bool:
        """Whether the LaTeX has markup (a `<i>` may be text, too)."""
        return self.text is not self.rich


def decode_markup(latex: str, *, nocase: bool = False) -> Decoded:
    r"""The text of a field and the same with markup.

    `nocase` asks for the braces that keep capitals; otherwise they are dropped. A `<i>` that
    stands in the source as such (publishers write it) is markup like `\emph`.
    """
    if _RESERVED.search(latex):
        latex = _RESERVED.sub("\ufffd", latex)
    marked = latex
    if "\\" in latex and ("url" in latex or "path" in latex or "href" in latex):
        return _with_addresses(latex, nocase)
    if "$" in marked:
        marked = _SCRIPT.sub(_script, marked)
    if "{" in marked and (nocase or _HINT.search(marked)):
        marked = _mark_groups(marked, nocase)
    text = plain(marked)
    return _finish(text, "<" in latex)


def _finish(text: str, has_tags: bool) -> Decoded:
    styled = _MARKS.search(text) is not None
    if styled:
        shown = _MARKS.sub("", text)
        rich = _rich(text)
        if rich == shown:
            return Decoded(shown, shown)
        if not has_tags:
            return Decoded(shown, rich)
        return Decoded(strip_markup(shown), rich)
    if has_tags and has_markup(text):
        return Decoded(strip_markup(text), text)
    return Decoded(text, text)


def _with_addresses(latex: str, nocase: bool) -> Decoded:
    """An address in running text is no LaTeX: it is set aside while the rest is read."""
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        if match[1] is None:
            return ""
        kept.append(verbatim(match[1].strip()))
        return f"{_KEPT}{len(kept) - 1}{_END}"

    marked = _ADDRESS.sub(keep, latex)
    if "$" in marked:
        marked = _SCRIPT.sub(_script, marked)
    if "{" in marked and (nocase or _HINT.search(marked)):
        marked = _mark_groups(marked, nocase)
    text = plain(marked)
    if kept:
        text = _KEPT_ADDRESS.sub(lambda match: kept[int(match[1])], text)
    return _finish(text, "<" in latex)


def _script(match: re.Match[str]) -> str:
    r"""`4$^{\textrm{th}}$` as a style: its letters are raised, not other letters."""
    inside = (match[3] or "") + (match[4] or "") + (match[5] or "")
    raised = match[2] == "^"
    if has_script_signs(inside, raised=raised):
        # One character each: `plain` knows them.
        return match[0]
    return match[1] + _MARK["sup" if raised else "sub"] + inside + _END


def _mark_groups(latex: str, nocase: bool) -> str:
    """The LaTeX with a mark for each style that opens, and one where it ends."""
    closing = matching_braces(latex)
    in_math = _math_spans(latex)
    out: list[str] = []
    ends: dict[int, str] = {}
    position = depth_end = 0
    for start in sorted(closing):
        end = closing[start]
        if any(first < start < last for first, last in in_math):
            continue
        command = _GROUP_COMMAND.search(latex[max(0, start - 30) : start])
        if command is not None:
            marks = _marks_of_command(command[1])
            if marks is not None:
                # The command itself is left out; its braces stay.
                position = _flush(latex, position, start - len(command[0]), out, ends)
                out.append("{" + marks[0])
                position = start + 1
                ends[end] = marks[1]
            continue
        style = _style_of_group(latex, start, end, nocase and start >= depth_end)
        if style is None:
            if start >= depth_end:
                # Inside a group that is a special character nothing is protected.
                depth_end = end if latex[start + 1 : start + 2] == "\\" else start
            continue
        name, after = style
        position = _flush(latex, position, start, out, ends)
        if name == "nocase":
            depth_end = end
        out.append("{" + _MARK[name])
        position = after
        ends[end] = _END
    _flush(latex, position, len(latex), out, ends)
    return "".join(out)


def _marks_of_command(command: str) -> tuple[str, str] | None:
    """What is put at the beginning and the end of a command's argument; None for others."""
    if command in _QUOTES:
        return "\u201c", "\u201d"
    style = _STYLES.get(command) if command not in _DECLARED else None
    return (_MARK[style], _END) if style is not None else None


def _flush(latex: str, position: int, until: int, out: list[str], ends: dict[int, str]) -> int:
    for end in sorted(place for place in ends if place < until):
        out.append(latex[position:end])
        out.append(ends.pop(end))
        position = end
    out.append(latex[position:until])
    return until


def _style_of_group(
    latex: str, start: int, end: int, may_protect: bool
) -> tuple[Style, int] | None:
    """The style of a group that belongs to no command, and where its text begins."""
    declared = _DECLARATION.match(latex, start + 1, end)
    if declared is not None and declared[1] in _DECLARED:
        return _STYLES[declared[1]], declared.end()
    if not may_protect or latex[start + 1] == "\\":
        return None
    previous = latex[start - 1 : start]
    if previous == "}" or (start >= 2 and latex[start - 2] == "\\" and not previous.isalpha()):
        # The second argument of a command, or the letter under an accent.
        if previous != "}":
            return None
        if _is_argument(latex, start - 1):
            return None
    inside = latex[start + 1 : end]
    if not any(char.isalpha() for char in inside) or (
        inside.startswith("$") and inside.endswith("$")
    ):
        return None
    return "nocase", start + 1


def _is_argument(latex: str, close: int) -> bool:
    """Whether the group that ends at `close` belongs to a command."""
    depth = 0
    for place in range(close, -1, -1):
        depth += (latex[place] == "}") - (latex[place] == "{")
        if depth == 0:
            return _GROUP_COMMAND.search(latex[max(0, place - 30) : place]) is not None
    return False


def _math_spans(latex: str) -> list[tuple[int, int]]:
    if "$" not in latex:
        return []
    places = [match.start() for match in re.finditer(r"(?<!\\)\$", latex)]
    return list(zip(places[::2], places[1::2], strict=False))


def _rich(text: str) -> str:
    """The marks as tags; what opens and does not close, or is empty, is dropped."""
    out: list[str] = []
    opened: list[tuple[Style, int]] = []
    position = 0
    for match in _MARKS.finditer(text):
        out.append(text[position : match.start()])
        position = match.end()
        style = _STYLE_OF.get(match[0])
        if style is not None:
            opened.append((style, len(out)))
            out.append(OPENING[style])
        elif opened:
            style, place = opened.pop()
            if any(out[place + 1 :]):
                out.append(CLOSING[style])
            else:
                del out[place:]
    out.append(text[position:])
    for _, place in reversed(opened):
        out[place] = ""
    return "".join(out)


def decode_lines(latex: str, *, markup: bool = True) -> str:
    r"""The text in lines: `\par` is a blank line, `\\` and `\newline` a new line.

    With markup unless told otherwise; then a `<i>` is text.
    """

    def read(piece: str) -> str:
        text = decode_markup(piece).rich if markup else plain(piece)
        return _BLANKS.sub(" ", text).strip()

    if "\\" not in latex:
        return read(latex)
    paragraphs = _PARAGRAPH.split(latex) if "\\par" in latex else [latex]
    return "\n\n".join(
        "\n".join(read(line) for line in _LINE.split(paragraph)) for paragraph in paragraphs
    ).strip("\n")


def encode_markup(
    rich: str,
    *,
    ascii_only: bool = False,
    exact: bool = False,
    text: Callable[[str], str] | None = None,
) -> str:
    """LaTeX that prints the text with its markup; `decode_markup(...).rich` gives it back.

    `text` writes what is between the tags (`latex_encode.encode` unless given).
    """
    write = text if text is not None else _encoder(ascii_only, exact)
    if "<" not in rich:
        return write(rich)
    return render_markup(parse_markup(rich), write, _wrap)


def encode_lines(text: str, *, ascii_only: bool = False, exact: bool = False) -> str:
    r"""As `encode_markup`; a line end is `\newline`, a blank line `\par`."""
    write = _encoder(ascii_only, exact)
    return _in_lines(text, lambda line: encode_markup(line, text=write))


def encode_plain_lines(text: str, *, ascii_only: bool = False, exact: bool = False) -> str:
    """As `encode_lines`, of a text that has no markup."""
    return _in_lines(text, _encoder(ascii_only, exact))


def _in_lines(text: str, write: Callable[[str], str]) -> str:
    if "\n" not in text:
        return write(text)
    return " \\par ".join(
        " \\newline ".join(write(line) for line in paragraph.split("\n"))
        for paragraph in text.split("\n\n")
    )


def _encoder(ascii_only: bool, exact: bool) -> Callable[[str], str]:
    def write(text: str) -> str:
        return encode(text, ascii_only=ascii_only, exact=exact)

    return write


def _wrap(style: Style, inside: str) -> str:
    if style == "nocase":
        # A brace before a backslash is BibTeX's special character, which a style lowers.
        return "{{" + inside + "}}" if inside.startswith("\\") else "{" + inside + "}"
    return f"{COMMANDS[style]}{{{inside}}}"


def without_nocase(rich: str) -> str:
    """The text with all markup but that for capitals."""
    if "nocase" not in rich:
        return rich
    return _write(parse_markup(rich))


def _write(nodes: tuple[Node, ...]) -> str:
    return render_markup(
        nodes,
        str,
        lambda style, inside: (
            inside if style == "nocase" else OPENING[style] + inside + CLOSING[style]
        ),
    )
