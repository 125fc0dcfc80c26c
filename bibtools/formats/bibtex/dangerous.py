r"""TeX in a .bib that reads files, runs programs, or changes how TeX reads what follows.

BibTeX and biber copy a field into the document as it is, and a `@preamble` even when nothing is
cited, so whatever stands there is carried out when the document is typeset. `\input` shows a file
of the reader's machine in the PDF, `\write18` runs a program where shell escape is on, `\catcode`
and `\csname` make commands that cannot be seen.

Names are compared without regard to case, because BibTeX writes titles in lower case:
`\INPUT{x}` in a title becomes `\input{x}` (`change.case$`, btxhak section 4).

Sources: The TeXbook, chapters 8, 20 and 21; the LaTeX kernel (ltfiles.dtx); interface3 (`l3file`,
`l3sys`); the manuals of pdfTeX, LuaTeX, hyperref, graphicx, listings, fancyvrb and catchfile.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bibtools.later import later


class Harm(StrEnum):
    """What a command can do, as the rest of a sentence that begins with the command."""

    RUNS = "can run a program"
    WRITES = "writes a file"
    READS = "reads a file"
    OPENS = "makes a link that opens a file or runs a program"
    CHANGES = "changes how TeX reads what follows"
    DEFINES = "gives commands another meaning"


@dataclass(frozen=True, slots=True)
class Danger:
    """One command that nobody needs in a bibliography."""

    start: int
    """Offset in the text, in characters."""
    end: int
    command: str
    r"""As it stands there: `\input`, `\begin{filecontents}`, `\href{run:`."""
    harm: Harm


_COMMANDS: Final[Mapping[Harm, str]] = {
    Harm.RUNS: (
        "write18 ShellEscape DelayedShellEscape directlua luadirect latelua luaexec luafunction "
        "pyc pys sagestr DeclareGraphicsRule bash pdfcatalog pdfannot pdfobj pdfextension special"
    ),
    Harm.WRITES: "openout closeout write newwrite immediate filecontents verbatimwrite",
    Harm.READS: (
        "input include includeonly InputIfFileExists IfFileExists @input @@input @iinput "
        "openin closein read readline newread usepackage RequirePackage "
        "RequirePackageWithOptions documentclass LoadClass LoadClassWithOptions usetikzlibrary "
        "file import subimport includefrom inputfrom subfile subfileinclude "
        "includegraphics includepdf includestandalone includesvg lstinputlisting verbatiminput "
        "VerbatimInput BVerbatimInput LVerbatimInput "
        "inputminted CatchFileDef CatchFileEdef CatchFileBetweenTags ExecuteMetaData "
        "bibliography addbibresource csvreader csvautotabular DTLloaddb pgfplotstableread "
        "attachfile textattachfile embedfile includemedia "
        "pdffiledump pdffilesize pdfmdfivesum pdffilemoddate filedump filesize mdfivesum "
        "filemoddate pdfximage XeTeXpicfile XeTeXpdffile"
    ),
    Harm.CHANGES: (
        "catcode csname endcsname ifcsname begincsname @nameuse @namedef UseName scantokens "
        "scantextokens rescantokens endlinechar escapechar newlinechar everyeof everypar "
        "everymath everydisplay everyhbox everyvbox everycr everyjob output lccode uccode "
        "mathcode delcode ExplSyntaxOn ExplSyntaxOff obeylines loop "
        "pdfliteral pdfoutput pdfinfo pdfprimitive primitive endinput "
        "batchmode nonstopmode scrollmode errorstopmode"
    ),
    Harm.DEFINES: (
        "def edef gdef xdef let glet futurelet chardef mathchardef expandafter "
        "newcommand renewcommand DeclareRobustCommand newenvironment "
        "renewenvironment NewDocumentCommand RenewDocumentCommand "
        "DeclareDocumentCommand NewExpandableDocumentCommand DeclareTextCommand "
        "DeclareTextCommandDefault global "
        "makeatletter makeatother AtBeginDocument AtEndDocument AddToHook"
    ),
}
_HARM: Final = {name: harm for harm, names in _COMMANDS.items() for name in names.split()}
_HARM_FOLDED: Final = {name.lower(): harm for name, harm in _HARM.items()}

_PREFIXES: Final[tuple[tuple[str, Harm], ...]] = (
    # The names of expl3, where `_` and `:` are letters.
    ("sys_shell", Harm.RUNS),
    ("sys_get_shell", Harm.RUNS),
    ("lua_", Harm.RUNS),
    ("iow_", Harm.WRITES),
    ("ior_", Harm.READS),
    ("file_", Harm.READS),
    ("tl_set_rescan", Harm.CHANGES),
    ("char_set_", Harm.CHANGES),
    ("use:c", Harm.CHANGES),
    ("cs_", Harm.DEFINES),
)
_ENVIRONMENTS: Final[Mapping[str, Harm]] = {
    "filecontents": Harm.WRITES,
    "verbatimwrite": Harm.WRITES,
    "verbatimout": Harm.WRITES,
    "luacode": Harm.RUNS,
    "pycode": Harm.RUNS,
    "pyconsole": Harm.RUNS,
    "sagesilent": Harm.RUNS,
    "verbatim": Harm.CHANGES,
    "document": Harm.CHANGES,
}

_COMMAND = later(r"\\(?:(?P<name>@*[A-Za-z]+(?:[@_:][A-Za-z@_:]*)?(?:18(?!\d))?)|.)", re.DOTALL)
_LETTERS = later(r"[A-Za-z]+")
_BEGIN = later(r"\s*\{\s*([A-Za-z@0-9]+)\*?\s*\}")
_NUMBER_18 = later(r"\s*(?:18|\"12|'22|`\\\^\^R)(?!\d)")
_PIPE = later(r"[^\S\n]*(?:\[[^\]\n]{0,200}\])?\s*[{\"']*\s*\|")
_LINK = later(
    r"\s*(?:\[[^\]\n]{0,200}\])?\s*\{\s*(?:run|file|javascript|vbscript|data)\s*:", re.IGNORECASE
)
_LINKS: Final = frozenset("href url nolinkurl urlstyle hyperlink hyperref path burl".split())
_BAD_ADDRESS = later(
    r"\s*(?:\\(?:url|nolinkurl|path)\s*)?\{*\s*(?:run|javascript|vbscript|data)\s*:",
    re.IGNORECASE,
)


def dangerous(text: str, *, any_case: bool = True) -> list[Danger]:
    r"""The commands of a text in LaTeX that should not come from somebody else, in their order.

    `text` is a value as BibTeX sees it (macros expanded, parts joined): a field, a citation key
    or a `@preamble`. Without `any_case` names count only in their own case: for what no style
    writes in lower case. `\\input` (a line break and a word) is none. The time is linear.
    """
    if "\\" not in text and "^^" not in text:
        return []
    found = [*_commands(text, any_case), *_hidden(text)]
    return sorted(found, key=lambda one: one.start)


def is_dangerous_address(text: str) -> bool:
    """Whether the value of a field that holds an address runs something when it is opened.

    `run:` starts a program from a PDF; `javascript:`, `vbscript:` and `data:` run in a browser.
    """
    return _BAD_ADDRESS.match(text) is not None


def _hidden(text: str) -> Iterator[Danger]:
    """Characters spelt in code: `^^5c` is a backslash (The TeXbook, chapter 8)."""
    at = text.find("^^")
    while at >= 0:
        end = at
        while text.startswith("^", end):
            end += 1
        if end < len(text) and not text[end].isspace():
            yield Danger(at, end + 1, text[at : end + 1], Harm.CHANGES)
        at = text.find("^^", end)


def _commands(text: str, any_case: bool) -> Iterator[Danger]:
    for match in _COMMAND.finditer(text):
        name = match["name"]
        if name is None:
            continue
        start, end = match.span()
        word = _LETTERS.search(name)
        assert word is not None
        # Where "@" is no letter, as in a bibliography, `\@input` is `\@` and a word; where
        # somebody made it one it is a command.
        for shape in dict.fromkeys((name, name[: word.end()])):
            told = _told(text, start, start + 1 + len(shape), shape, any_case)
            if told is not None:
                yield told
                break
        else:
            link = _LINK.match(text, end) if name.lower() in _LINKS else None
            if link is not None:
                yield Danger(start, link.end(), text[start : link.end()], Harm.OPENS)


def _told(text: str, start: int, end: int, name: str, any_case: bool) -> Danger | None:
    table = _HARM_FOLDED if any_case else _HARM
    name = name.lower() if any_case else name
    harm = table.get(name)
    if harm is None and name in ("begin", "end"):
        environment = _BEGIN.match(text, end)
        if environment is None:
            return None
        inner = environment[1]
        # `\begin{input}` carries out `\input`.
        harm = _ENVIRONMENTS.get(inner.lower()) or table.get(inner.lower() if any_case else inner)
        if name == "end" and inner.lower() != "document":
            return None
        end = environment.end()
    elif harm is None:
        harm = next((harm for prefix, harm in _PREFIXES if name.startswith(prefix)), None)
    elif name == "write":
        number = _NUMBER_18.match(text, end)
        if number is not None:
            harm, end = Harm.RUNS, number.end()
    if harm is Harm.READS and _PIPE.match(text, end):
        harm = Harm.RUNS
    return Danger(start, end, text[start:end], harm) if harm is not None else None
