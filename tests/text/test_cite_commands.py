"""Keys in .tex files: every command that cites, and nothing that does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.text.cite_commands import find_citations, rewrite_citations

NATBIB = (
    "cite citet citep citealt citealp citeauthor citefullauthor citeyear citeyearpar citenum "
    "Citet Citep Citealt Citealp Citeauthor nocite citetalias citepalias shortcites"
).split()
BIBLATEX = (
    "cite Cite parencite Parencite footcite footcitetext textcite Textcite smartcite Smartcite "
    "supercite autocite Autocite citeauthor Citeauthor citetitle citeyear citedate citeurl "
    "fullcite footfullcite notecite Notecite pnotecite fnotecite cites Cites parencites "
    "Parencites footcites footcitetexts smartcites Smartcites textcites Textcites supercites "
    "autocites Autocites nocite"
).split()
OTHERS = "bibentry citeA citeNP shortciteA fullciteA onlinecite citeonline mycite bibitem".split()


def keys(text: str) -> list[str]:
    return [cited.key for cited in find_citations(text)]


@pytest.mark.parametrize("name", sorted({*NATBIB, *BIBLATEX, *OTHERS}))
def test_every_citing_command(name: str) -> None:
    assert keys(f"See \\{name}{{one}} and \\{name}*[p.~3]{{two,three}}.") == ["one", "two", "three"]


VOLUMES = [a + b for a in ("", "p", "f", "s", "t", "a", "ft") for b in ("volcite", "volcites")]


@pytest.mark.parametrize("name", [*VOLUMES, "Volcite", "Pvolcites"])
def test_the_volume_is_no_key(name: str) -> None:
    assert keys(f"\\{name}[see]{{2}}[12]{{one}}") == ["one"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(r"\cite{a}", ["a"], id="plain"),
        pytest.param("\\cite{ a ,\n b%,x\n , c }", ["a", "b", "c"], id="blanks-and-comment"),
        pytest.param("\\cite%\n  [p]%\n {a}", ["a"], id="comment-between-arguments"),
        pytest.param("\\cite\n[see][p. 3]\n{a}", ["a"], id="line-ends-between"),
        pytest.param("\\cite\n\n{a}", [], id="a-paragraph-ends-it"),
        pytest.param(r"\citep[see][in \citealt{in}]{a}", ["in", "a"], id="nested"),
        pytest.param(r"\citep[$[0,1)$]{a} \cite[x]{b}", ["a", "b"], id="half-open-interval"),
        pytest.param(r"\citep[see [1]][p. 2]{a}", ["a"], id="brackets-in-brackets"),
        pytest.param(r"\cite[{[sic}]{a}", ["a"], id="bracket-in-braces"),
        pytest.param(r"\newcite{a}", ["a"], id="newcite-of-acl-styles"),
        pytest.param(
            "\\begin{lstlisting}[caption={From \\cite{a}}]\n\\cite{b}\n\\end{lstlisting}\\cite{c}",
            ["a", "c"],
            id="caption-of-a-listing",
        ),
        pytest.param(r"\citep[{[x]}, \S 3]{a}", ["a"], id="bracket-in-braces"),
        pytest.param(r"\cite[a]{b}[c]{d}", ["b"], id="one-argument-only"),
        pytest.param(r"\cites(pre)(post)[p][q]{a}[r]{b,c}{d} {e", list("abcd"), id="multi"),
        pytest.param(r"\volcites{1}[2]{a}{3}{b}", ["a", "b"], id="multi-volume"),
        pytest.param(r"\citefield{a}{title} \citename{b}{author}", ["a", "b"], id="field"),
        pytest.param(r"\citeA<see>[p.~3]{a}", ["a"], id="apacite-angle"),
        pytest.param(r"\defcitealias{a}{Paper I}", ["a"], id="alias"),
        pytest.param(r"\citetext{see \citealp{a}}", ["a"], id="citetext-holds-text"),
        pytest.param(r"\textcquote[12]{a}{said}", ["a"], id="quote"),
        pytest.param(r"\foreigntextcquote{german}[12]{a}{x}", ["a"], id="foreign-quote"),
        pytest.param(r"\begin{displaycquote}[3]{a}text", ["a"], id="display-quote"),
        pytest.param(r"\citestyle{plain}\setcitestyle{round}", [], id="settings"),
        pytest.param(r"\bibcite{a}{1}\cite@x{b}", [], id="internals"),
        pytest.param("% \\cite{a}\n\\cite{b}", ["b"], id="comment"),
        pytest.param(r"50\% \cite{a}", ["a"], id="percent-sign"),
        pytest.param("\\\\% \\cite{a}\n", [], id="line-break-then-comment"),
        pytest.param(r"\\cite{a}", [], id="line-break-then-word"),
        pytest.param(r"\verb|\cite{a}| \cite{b}", ["b"], id="verb"),
        pytest.param(r"\verb*+\cite{a}+ \cite{b}", ["b"], id="verb-star"),
        pytest.param(r"\lstinline[language=C]{\cite{a}} \cite{b}", ["b"], id="lstinline"),
        pytest.param(r"\mintinline{tex}|\cite{a}| \cite{b}", ["b"], id="mintinline"),
        pytest.param(
            "\\begin{verbatim}\n\\cite{a}\n\\end{verbatim}\\cite{b}", ["b"], id="verbatim"
        ),
        pytest.param("\\begin{lstlisting}[x]\n\\cite{a}\n\\end{lstlisting}", [], id="listing"),
        pytest.param("\\begin{verbatim}\\cite{a}", [], id="verbatim-never-closed"),
        pytest.param(r"\url{http://x/%20a} \cite{b}", ["b"], id="percent-in-url"),
        pytest.param(r"\href{http://x/%20}{\cite{b}}", ["b"], id="percent-in-href"),
        pytest.param(r"\newcommand\x[1]{\cite{#1}}\cite{\key}", ["#1"], id="macro"),
        pytest.param(r"\nocite{*}", ["*"], id="all"),
        pytest.param(r"\cite{DBLP:conf/x/Y99,a+b:c_d}", ["DBLP:conf/x/Y99", "a+b:c_d"], id="signs"),
        pytest.param(r"\cite{a", [], id="never-closed"),
        pytest.param(r"\recite{a} \excited{b}", ["a", "b"], id="looks-like-one"),
    ],
)
def test_keys_of_a_text(text: str, expected: list[str]) -> None:
    assert keys(text) == expected


@pytest.mark.parametrize(
    ("data", "expected", "count"),
    [
        pytest.param(b"\\cite{a,b}\r\n% \\cite{a}", b"\\cite{new,b}\r\n% \\cite{a}", 1, id="one"),
        pytest.param(b"\\cite{aa} a \\cite[a]{A}", b"\\cite{aa} a \\cite[a]{A}", 0, id="none"),
        pytest.param(b"\xe9 \\cite{ a }", b"\xe9 \\cite{ new }", 1, id="latin-1"),
        pytest.param("\ufeffß \\cite{a}".encode(), "\ufeffß \\cite{new}".encode(), 1, id="utf-8"),
    ],
)
def test_rewriting_touches_the_keys_alone(data: bytes, expected: bytes, count: int) -> None:
    assert rewrite_citations(data, {"a": "new"}) == (expected, count)


PIECES = st.sampled_from(
    ["\\cite", "\\cites", "{", "}", "[", "]", "a", ",", "%", "\n", "\\", "\\verb", "|", "\\url",
     "\\begin{verbatim}", "\\end{verbatim}", " ", "(", "<", "é"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_text_is_scanned_and_comes_back(text: str) -> None:
    found = find_citations(text)
    assert all(text[one.start : one.end] == one.key for one in found)
    renamed, count = rewrite_citations(text.encode(), {one.key: one.key + "Z" for one in found})
    back, again = rewrite_citations(renamed, {one.key + "Z": one.key for one in found})
    assert count == len({one.start for one in found}) == len(found)
    assert (back, again) == (text.encode(), count)


def test_braces_never_closed_do_not_hide_what_follows() -> None:
    assert keys("\\cite{" * 50 + "a\n\n\\cite{b}") == ["b"]
    assert keys("\\cite[" * 50 + "\n\n\\cite{b}") == ["b"]
    assert keys("\\cite[" * 300 + "]{a}" * 300 + "\\cite{b}")[-1] == "b"
