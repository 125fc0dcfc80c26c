r"""LaTeX with markup: what reads as `<i>`, what as protected capitals, and the way back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.text.latex_markup import (
    decode_lines,
    decode_markup,
    encode_lines,
    encode_markup,
    encode_plain_lines,
    without_nocase,
)
from bibtools.text.markup import strip_markup, write_markup

SC = '<span style="font-variant:small-caps;">'
NC = '<span class="nocase">'


@pytest.mark.parametrize(
    ("latex", "rich"),
    [
        pytest.param(r"The \emph{Lark} sings", "The <i>Lark</i> sings", id="emph"),
        pytest.param(r"{\it Lark} \& {\bf Tit}", "<i>Lark</i> & <b>Tit</b>", id="declarations"),
        pytest.param(r"\textsc{Lark}", f"{SC}Lark</span>", id="small-caps"),
        pytest.param(r"\mkbibbold{a \mkbibemph{b}}", "<b>a <i>b</i></b>", id="nested"),
        pytest.param(r"CO\textsubscript{2}", "CO<sub>2</sub>", id="subscript"),
        pytest.param(r"CO$_2$ at $10^{-3}$", "CO₂ at 10⁻³", id="scripts"),
        pytest.param(r"le $4^{\textrm{ième}}$", "le 4<sup>ième</sup>", id="font-in-math"),
        pytest.param(r"CO{$_{2}$}", "CO₂", id="our-own-character"),
        pytest.param(r"$x^2$", "x²", id="formula"),
        pytest.param("a <i>b</i>", "a <i>b</i>", id="publishers-tags"),
        pytest.param(r"\enquote{a {\"U}} \mkbibquote{b}", "“a Ü” “b”", id="quotes"),
        pytest.param(r"{A} {B}{\'e}", "A Bé", id="braces"),
        pytest.param(r"see \url{http://a.b/~c_d--e}.", "see http://a.b/~c_d--e.", id="address"),
        pytest.param(r"\href{http://a.b}{Lark \& Co}", "Lark & Co", id="href"),
        pytest.param(r"\foo{a \emph{b}}", r"\foo{a {<i>b</i>}}", id="unknown-command"),
        pytest.param(r"\emph{}a", "a", id="nothing"),
    ],
)
def test_markup(latex: str, rich: str) -> None:
    found = decode_markup(latex)
    assert (found.rich, found.text) == (rich, strip_markup(rich))


@pytest.mark.parametrize(
    ("latex", "rich"),
    [
        pytest.param("{BERT} {f}or {D}ance", f"{NC}BERT</span> {NC}f</span>or {NC}D</span>ance",
                     id="words"),
        pytest.param("{{All of {It}}}", f"{NC}All of It</span>", id="outermost-only"),
        pytest.param(r"{\'E}t{\'e} {\ss}", "Été ß", id="special-characters"),
        pytest.param(r"{M\"uller}", f"{NC}Müller</span>", id="accent-inside"),
        pytest.param(r"\emph{a {B}}", f"<i>a {NC}B</span></i>", id="inside-a-style"),
        pytest.param(r"{1} {-} {$x$}{}", "1 - x", id="nothing-to-protect"),
        pytest.param(r"\'{e} \c{c} \v{S}", "é ç Š", id="letters-under-accents"),
    ],
)  # fmt: skip
def test_protected_capitals(latex: str, rich: str) -> None:
    assert decode_markup(latex, nocase=True).rich == " ".join(rich.split())
    assert decode_markup(latex).rich == without_nocase(rich)


def test_a_tag_that_is_spelt_is_text() -> None:
    found = decode_markup(r"\textless{}i\textgreater{}x\textless{}/i\textgreater{}")
    assert (found.text, found.styled) == ("<i>x</i>", False)
    assert decode_markup("<i>x</i>").styled


def test_lines() -> None:
    text = "One.\n\nTwo <i>x</i>\nthree & four"
    latex = encode_lines(text)
    assert latex == r"One. \par Two \emph{x} \newline three \& four"
    assert decode_lines(latex) == text
    assert decode_lines(encode_plain_lines(text), markup=False) == text


_texts = st.text("abcXYZ éß09 .,:-'\"&%_#<>{}^~²₂“”’–—", max_size=12).map(
    lambda text: " ".join(text.split())
)
_nodes = st.recursive(
    _texts.filter(bool),
    lambda inner: st.tuples(
        st.sampled_from(["i", "b", "sup", "sub", "sc", "nocase"]),
        st.lists(inner, min_size=1, max_size=2).map(tuple),
    ),
    max_leaves=5,
)


@given(st.lists(_nodes, max_size=3).map(tuple), st.booleans())
def test_what_is_written_reads_back(nodes: tuple[object, ...], ascii_only: bool) -> None:
    rich = write_markup(nodes)  # type: ignore[arg-type]
    bare = without_nocase(rich)
    latex = encode_markup(bare, ascii_only=ascii_only, exact=True)
    again = decode_markup(latex).rich
    # Twice: hyphens and quotes of neighbouring texts may join in the first round.
    assert decode_markup(encode_markup(again, ascii_only=ascii_only, exact=True)).rich == again
