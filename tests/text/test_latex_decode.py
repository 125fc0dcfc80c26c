"""LaTeX to Unicode: characters alone (`decode`) and the text a reader sees (`plain`)."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.text.latex_decode import decode, plain, verbatim


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        pytest.param("nothing here", "nothing here", id="plain"),
        pytest.param('J{\\"o}rg', "Jörg", id="braces-around"),
        pytest.param('J\\"{o}rg', "Jörg", id="braces-after"),
        pytest.param('J\\"org', "Jörg", id="no-braces"),
        pytest.param("Ji{\\v r}{\\'\\i}", "Jiří", id="letter-accent-and-dotless"),
        pytest.param(
            "\\v{S}\\c c\\k{a}\\H{o}\\u{g}\\.Z\\=a\\d{h}\\b{t}\\r{u}", "ŠçąőğŻāḥṯů", id="all"
        ),
        pytest.param("{\\aa}{\\O}\\ae{}\\ss\\l{}\\oe", "åØæßłœ", id="letters"),
        pytest.param("Stra\\ss e", "Straße", id="command-eats-blank"),
        pytest.param("\\'{\\^e}", "ế", id="accent-upon-accent"),
        pytest.param("{Mu\\'noz} {\\LaTeX}", "{Muńoz} LaTeX", id="protecting-braces-stay"),
        pytest.param("$\\alpha$-helix", "α-helix", id="greek"),
        pytest.param("$H_2O$ and $x^{10}$", "H₂O and x¹⁰", id="scripts"),
        pytest.param("$\\frac{a}{b}$", "$\\frac{a}{b}$", id="formula-stays"),
        pytest.param("\\alpha \\foo{bar} \\& ~", "\\alpha \\foo{bar} \\& ~", id="structure-stays"),
        pytest.param("9\\textsuperscript{th}", "9ᵗʰ", id="superscript"),
        pytest.param("\\copyright\\ x", "©\\ x", id="symbol"),
        pytest.param("\\crap \\vfill", "\\crap \\vfill", id="no-accent-in-a-longer-command"),
        pytest.param("\\t{oo}", "o\u0361o", id="tie-bar"),
        pytest.param("costs \\$5 and $6", "costs \\$5 and $6", id="money"),
    ],
)
def test_decode(latex: str, expected: str) -> None:
    assert decode(latex) == expected


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        pytest.param("{BERT}: {D}eep", "BERT: Deep", id="braces"),
        pytest.param("A \\& B 5\\% \\#1 \\$2 a\\_b", "A & B 5% #1 $2 a_b", id="escapes"),
        pytest.param("``a'' -- `b' --- c", "“a” – ‘b' — c", id="quotes-and-dashes"),
        pytest.param("a-{}-b", "a--b", id="two-hyphens"),
        pytest.param("{\\em very} \\emph{nice} {\\bf {B}}", "very nice B", id="fonts"),
        pytest.param("a\\,b\\ c\\\\d", "a b c d", id="spaces"),
        pytest.param("A.~B", "A.\u00a0B", id="tie"),
        pytest.param('na\\"{\\i}ve', "naïve", id="dotless-with-dots"),
        pytest.param("\\alpha x", "αx", id="greek-anywhere"),
        pytest.param("the $\\frac{a}{b}$ {X}", "the $\\frac{a}{b}$ X", id="formula-stays"),
        pytest.param("\\foo{a{b}}{c} {d}", "\\foo{a{b}}{c} d", id="unknown-command-whole"),
        pytest.param("\\{x\\}", "{x}", id="escaped-braces"),
        pytest.param("{\\'\\i} \\i", "í ı", id="dotless-alone-stays"),
        pytest.param("\\noopsort{1990}1991", "1991", id="sort-only"),
        pytest.param("CO$_2$ \\textsubscript{2}", "CO₂ ₂", id="subscripts"),
        pytest.param("{\\TeX}book", "TeXbook", id="logo"),
        pytest.param("{\\relax Я}{\\relax н}", "Ян", id="commands-that-print-nothing"),
        pytest.param("\\url{a_b} \\href{u}{text}", "a_b text", id="links"),
    ],
)
def test_plain(latex: str, expected: str) -> None:
    assert plain(latex) == expected


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        pytest.param("https://a.b/c_d%20e~f#g", "https://a.b/c_d%20e~f#g", id="untouched"),
        pytest.param("https://a.b/c\\_d\\%20e\\&x\\#y", "https://a.b/c_d%20e&x#y", id="escapes"),
        pytest.param("\\url{https://a.b/c_d}", "https://a.b/c_d", id="url"),
        pytest.param("{https://a.b}", "https://a.b", id="braces"),
        pytest.param("a.b/\\textasciitilde{}c/\\~d", "a.b/~c/~d", id="tilde"),
        pytest.param("a.b/\\~{}c/{\\~{}}d/$\\sim$e", "a.b/~c/~d/~e", id="tilde-by-other-ways"),
        pytest.param("C:\\dir\\'e--f", "C:\\dir\\'e--f", id="path"),
        pytest.param("10.1/a{\\_}b", "10.1/a_b", id="braced-escape"),
    ],
)
def test_verbatim(latex: str, expected: str) -> None:
    assert verbatim(latex) == expected


PIECES = st.sampled_from(
    [
        *"\\ { } $ ~ ^ _ ' \" ` - a e \\' \\v \\i \\alpha \\foo \\& % é {\\'e} $x$".split(),
        *("\\textsuperscript", " ", "\n", "\ufdd0", "\ufdd27\ufdd4", "\\{"),
    ]
)


@given(st.lists(PIECES, max_size=25).map("".join))
def test_any_text_is_decoded(text: str) -> None:
    decode(text)
    verbatim(text)
    shown = plain(text)
    assert "\\" in text or "$" in text or not {"{", "}"} & set(shown)


@given(st.text(st.characters(blacklist_characters="\\{}$~`'-", blacklist_categories=["Cs", "Co"])))
def test_text_without_latex_stays(text: str) -> None:
    assert decode(text) == plain(text) == verbatim(text) == text


def test_strings_of_other_tools(shared: Path) -> None:
    """Cases that do not contradict each other: no tool measured before gets more than 58 %."""
    lines = (shared / "convert" / "cases" / "latex_decode.jsonl").read_text().splitlines()
    cases = [json.loads(line) for line in lines]
    outputs = defaultdict(set)
    for case in cases:
        outputs[case["input"]].add(case["expected"])
    strings = [
        case
        for case in cases
        if case["meta"]["kind"] == "string" and len(outputs[case["input"]]) == 1
    ]
    right = sum(decode(case["input"]) == case["expected"] for case in strings)
    assert right >= 0.85 * len(strings)
    accents = [case for case in cases if case["meta"]["kind"] == "table-accent"]
    right = sum(decode(case["input"]) == case["expected"] for case in accents)
    assert right >= 0.9 * len(accents)
