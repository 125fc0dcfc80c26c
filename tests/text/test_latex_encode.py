"""Plain text to LaTeX: what prints, and what must never become a command."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.text import latex_math
from bibtools.text.latex_encode import PRINTING_COMMANDS, clean, encode, unsupported
from bibtools.text.latex_symbols import ACCENTS, LETTERS, MATH, TEXT_ALWAYS, TEXT_ASCII

BOTH = [
    pytest.param("50% of A&B, #1 in x_y", r"50\% of A\&B, \#1 in x\_y", id="specials"),
    pytest.param("$0.20 and $1,000 USD", r"\$0.20 and \$1,000 USD", id="money"),
    pytest.param("from $5-$6 or $20 (1$=1)", r"from \$5-\$6 or \$20 (1\$=1)", id="money-ranges"),
    pytest.param("$HOME/$USER", r"\$HOME/\$USER", id="dollar-names"),
    pytest.param(r"$\approx$ 3", r"{$\approx$} 3", id="math-symbol"),
    pytest.param("$+5.8$ on a $p$-wave", "{$+5.8$} on a {$p$}-wave", id="math-plain"),
    pytest.param(r"$26\%$", r"{$26\%$}", id="math-percent"),
    pytest.param("www$.$site$.$org", "www{$.$}site{$.$}org", id="math-dots"),
    pytest.param(r"$\mathcal{O}(n \log n)$", r"{$\mathcal{O}(n\log n)$}", id="math-call"),
    pytest.param(r"$\mathcal O$", r"{$\mathcal{O}$}", id="math-bare-argument"),
    pytest.param(r"$x_\text{max}^2$", r"{$x_{\textrm{max}}^{2}$}", id="math-text"),
    pytest.param(r"$\left(\frac12\right)$", r"{$(\frac{1}{2})$}", id="math-frac"),
    pytest.param(r"$\{a\}$", r"{$\lbrace a\rbrace$}", id="math-braces"),
    pytest.param(r"\(x < 3\)", r"{$x<3$}", id="math-parentheses"),
    pytest.param(
        "$x^a^b$", r"\$x\textasciicircum{}a\textasciicircum{}b\$", id="double-superscript"
    ),
    pytest.param("$x_{1$", r"\$x\_\textbraceleft{}1\$", id="math-unbalanced"),
    pytest.param(r"\times 3 and \sim7\%", r"{$\times$} 3 and {$\sim$}7\%", id="bare-symbols"),
    pytest.param(r"\model, \eg", r"\textbackslash{}model, \textbackslash{}eg", id="unknown"),
    pytest.param(r"\textsc{Ofa} Evo\textbf{Lved}", r"\textsc{Ofa} Evo\textbf{Lved}", id="fonts"),
    pytest.param(r"{\bf x} {\em y}", r"\textbf{x} \emph{y}", id="declarations"),
    pytest.param("``a'' -- b", "``a'' -- b", id="tex-quotes-and-dashes"),
    pytest.param("MS~MARCO, Fig.~3", "MS~MARCO, Fig.~3", id="ties"),
    pytest.param("~50, /~user", r"\textasciitilde{}50, /\textasciitilde{}user", id="tildes"),
    pytest.param("{BoolQ, SST2}", r"\textbraceleft{}BoolQ, SST2\textbraceright{}", id="set"),
    pytest.param("a < b > c | d", r"a \textless{} b \textgreater{} c \textbar{} d", id="ot1"),
    pytest.param("et al.,, 2019", "et al.,{}, 2019", id="comma-ligature"),
    pytest.param("why?`x", "why?{}`x", id="question-ligature"),
    pytest.param("αβ-CROWN", r"{$\alpha\beta$}-CROWN", id="greek"),
    pytest.param("x ≤ 3 → ∞", r"x {$\leq$} 3 {$\rightarrow$} {$\infty$}", id="symbols"),
    pytest.param("x²", "x{$^{2}$}", id="raised"),
    pytest.param("a\x00b\x1b[31m\u202ec\u200bd\ufeff\tx\ny", "ab[31mcd x y", id="unseen"),
    pytest.param("a\u00a0b", "a~b", id="no-break"),
    pytest.param(r"\url{https://x.org/a_b}", r"https://x.org/a\_b", id="url"),
    pytest.param("Война 王小明 🤗", "Война 王小明 🤗", id="other-scripts"),
    pytest.param("ﬁ ｘ 𝒪", "fi x O", id="compatibility"),
    pytest.param("\\", r"\textbackslash{}", id="lone-backslash"),
    pytest.param("", "", id="empty"),
]


@pytest.mark.parametrize(("text", "expected"), BOTH)
@pytest.mark.parametrize("ascii_only", [False, True])
def test_encode(text: str, expected: str, ascii_only: bool) -> None:
    assert encode(text, ascii_only=ascii_only) == expected


@pytest.mark.parametrize(
    ("text", "ascii_expected", "utf8_expected"),
    [
        pytest.param(r"Fr\'echet", r"Fr{\'e}chet", "Fréchet", id="tex-accent"),
        pytest.param(r"\c c\v{s}{\'{\i}}", r"{\c{c}}{\v{s}}{\'i}", "çší", id="tex-accents"),
        pytest.param("Łódź ß Å ı", r"{\L}{\'o}d{\'z} {\ss} {\AA} {\i}", "Łódź ß Å ı", id="letters"),
        pytest.param("ễ ị", r"{\~{\^e}} {\d{i}}", "ễ ị", id="stacked"),
        pytest.param("ī", r"{\={\i}}", "ī", id="dotless"),
        pytest.param("I\u0307", r"{\.I}", "İ", id="composed"),
        pytest.param("“a” – b…", r"``a'' -- b\ldots{}", "“a” – b…", id="punctuation"),
        pytest.param('a "b c" (d "e")', "a ``b c'' (d ``e'')", "a “b c” (d “e”)", id="quotes"),
        pytest.param("5 \u00b5m ±2", r"5 {$\mu$}m {$\pm$}2", "5 \u00b5m ±2", id="latin-1-symbols"),
        pytest.param("½ ™ €", r"\textonehalf{} \texttrademark{} \texteuro{}", "½ ™ €", id="signs"),
    ],
)
def test_ascii_and_utf8(text: str, ascii_expected: str, utf8_expected: str) -> None:
    assert encode(text, ascii_only=True) == ascii_expected
    assert encode(text) == utf8_expected


ATTACKS = [
    r"\input{/etc/passwd}",
    r"\write18{rm -rf x}",
    r"\immediate\openout3=x",
    r"\csname input\endcsname{x}",
    r"$\input{x}$",
    r"$\mathrm{\input x}$",
    r"$\text{\input x}$",
    "^^5cinput{x}",
    "$a^^5cinput{x}$",
    r"\catcode`\%=12",
    r"\textbf{\input{x}}",
    r"\emph{\write18{x}",
    r"{\bf \include{x}}",
    r"{\'\input{x}}",
    r"\'\input{x}",
    r"\c\input x",
    r"\href{javascript:alert(1)}{x}",
    r"\begin{filecontents}{x}",
    r"\ensuremath{\input{x}}",
    r"\url{\input{x}}",
    r"\(\openin1=x\)",
    "} @misc{evil, title={x}}",
    "% \\",
    "$$\\input{x}$$",
    r"\\input{x}",
    r"\verb|\input|",
    "\\def\\x{\\x}\\x",
    "\\in\u200bput{x}",
    "＼input{x}",
    "\ufe68input{x}",
]

_TOKENS = re.compile(r"\\(?:[A-Za-z]+|.)")
_HARMLESS = (
    {f"\\{name}" for name in PRINTING_COMMANDS}
    | {f"\\{name}" for name in (*ACCENTS.values(), *LETTERS.values())}
    | {
        token
        for table in (TEXT_ALWAYS, TEXT_ASCII, MATH)
        for value in table.values()
        for token in _TOKENS.findall(value)
    }
    | {f"\\{name}" for name in latex_math.COMMANDS}
    | {"\\LaTeX", "\\TeX", "\\,", "\\;", "\\:", "\\!", "\\textasciitilde"}
)


def check_harmless(latex: str) -> None:
    """Only listed commands, balanced braces, no comment, no parameter, one line."""
    assert {token for token in _TOKENS.findall(latex) if token not in _HARMLESS} == set()
    level = 0
    for brace in re.findall(r"[{}]", latex):
        level += 1 if brace == "{" else -1
        assert level >= 0
    assert level == 0
    bare = _TOKENS.sub("", latex)
    assert not re.search(r"[%#&\x00-\x1f\x7f-\x9f\ud800-\udfff]|\^\^", bare)
    assert bare.count("$") % 2 == 0
    # Outside mathematics no character that TeX would take for more than itself.
    assert not re.search(r"[_^$]", re.sub(r"\$[^$]*\$", "", bare))


@pytest.mark.parametrize("text", ATTACKS)
@pytest.mark.parametrize("ascii_only", [False, True])
def test_attacks_are_printed(text: str, ascii_only: bool) -> None:
    check_harmless(encode(text, ascii_only=ascii_only))
    check_harmless(encode(f"a {text} b {text} $x$", ascii_only=ascii_only))


_fragments = st.sampled_from(
    [*ATTACKS, "$", "$$", "{", "}", "\\", "^", "_", "%", "#", "&", "~", " ", "x", "1", "\\emph{",
     "\\textbf", "\\'", '\\"', "\\c ", "\\alpha", "\\mathcal", "\\frac", "\\left(", "\\{", "\\}",
     "{\\bf ", "``", "''", "?", "!", ",", "é", "α", "王", "\\(", "\\)", "\\ensuremath{", "\n", "\0"]
)  # fmt: skip


@given(st.one_of(st.text(), st.lists(_fragments, max_size=12).map("".join)), st.booleans())
def test_nothing_but_harmless_commands(text: str, ascii_only: bool) -> None:
    check_harmless(encode(text, ascii_only=ascii_only))


@given(st.text(alphabet=st.characters(codec="ascii", categories=["L", "N", "Zs"])))
def test_plain_letters_stay(text: str) -> None:
    assert encode(text, ascii_only=True) == text


@given(st.text(), st.integers(10, 60))
def test_cut_text_is_harmless_and_short(text: str, longest: int) -> None:
    cut = encode(text * 20, longest=longest)
    check_harmless(cut)
    assert len(cut) <= longest + 16  # joining may add a pair of braces between two pieces


def test_cut_at_a_blank() -> None:
    assert encode("alpha beta gamma delta", longest=18) == "alpha beta ..."


def test_large_fields_take_linear_work() -> None:
    # Each of these would take minutes if a search ran to the end of the text every time.
    for part in ("\\emph{", "{\\bf ", "$x", "\\(", "{", "\\textbf{$"):
        check_harmless(encode(part * 20_000))


def test_unsupported_lists_what_pdflatex_lacks() -> None:
    assert unsupported("Łódź α “x” Ян 王王") == "Ян王"


def test_clean_composes_and_drops() -> None:
    assert clean("e\u0301\u200d\u2028x\ud800") == "é x"
