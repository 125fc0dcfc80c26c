"""The visible text of web pages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.text.html import HtmlPage, is_html, read_html, visible_lines, visible_text
from bibtools.text.html_lines import Anchor, HtmlLine

SHOWN = [
    pytest.param("<p>a</p><p>b", "a\nb\n", id="blocks"),
    pytest.param("<p>a<span>b</span> <b>c</b></p>", "ab c\n", id="spans stay joined"),
    pytest.param("a<br>b<BR/>c", "a\nb\nc\n", id="breaks"),
    pytest.param("<p>a &amp; b &lt;i&gt; &#x27;&eacute;", "a & b <i> 'é\n", id="references"),
    pytest.param("<p>&#99999999999999999999;", "\ufffd\n", id="absurd reference"),
    pytest.param("<p>x < y and 1<2", "x < y and 1<2\n", id="less-than signs"),
    pytest.param("<script>if (a<b) '</p>'</script>b", "b\n", id="script"),
    pytest.param("<style>p > a {}</style><template><p>a</template>b", "b\n", id="style, template"),
    pytest.param("<head><title>a</title></head>b<noscript>c</noscript>", "b\n", id="head"),
    pytest.param("<div hidden>a<div>b</div>c</div>d", "d\n", id="hidden"),
    pytest.param('<div style="display: none">a</div>d', "d\n", id="display none"),
    pytest.param('<div data-hidden="1" title="hidden">a</div>', "a\n", id="not hidden"),
    pytest.param('<a title="a > b">c</a>', "c\n", id="sign in attribute"),
    pytest.param("<!-- <p>a --><p>b<!-- c", "b\n", id="comments"),
    pytest.param('<a href="x>b</a><p>c', "b\nc\n", id="open quote"),
    pytest.param("<script>a", "", id="open script"),
    pytest.param("a<p", "a\n", id="open tag"),
]


SHOWN += [
    pytest.param("<p>sum&shy;mary zero&#8203;width no&#x2060;break", "summary zerowidth nobreak\n",
                 id="characters without width"),
    pytest.param('<p>a<span class="sr-only">b</span><i class="x-y">c</i>', "ac\n", id="for ears"),
    pytest.param("<dialog>a</dialog><dialog open>b</dialog>", "b\n", id="dialogs"),
    pytest.param("<ul><li hidden>a<li>b</ul>", "b\n", id="hidden without end tag"),
    pytest.param("<details><summary>a</summary><p>b</details>", "a\nb\n", id="closed details"),
    pytest.param(
        '<p>so <span class="katex"><span class="katex-mathml"><math><semantics><mi>x</mi>'
        '<annotation encoding="application/x-tex">x^2</annotation></semantics></math></span>'
        '<span class="katex-html" aria-hidden="true">x2</span></span> is',
        "so $x^2$ is\n", id="KaTeX"),
    pytest.param(
        '<p>so <span class="MathJax_Preview"></span><span class="MathJax">x2<span '
        'class="MJX_Assistive_MathML"><math><mi>x</mi></math></span></span>'
        '<script type="math/tex" id="m">x<y^2</script> is', "so $x<y^2$ is\n", id="MathJax 2"),
    pytest.param(
        '<p>so <mjx-container class="MathJax"><mjx-math><mjx-c></mjx-c></mjx-math>'
        "<mjx-assistive-mml><math><msup><mi>O</mi><mrow><mn>2</mn><mi>n</mi></mrow></msup>"
        "</math></mjx-assistive-mml></mjx-container> is", "so O^{2n} is\n", id="MathJax 3"),
    pytest.param(
        "<p>" + "We say something of no great length here, and<br>then go on in this line " * 5,
        "We say something of no great length here, and then go on in this line " * 4
        + "We say something of no great length here, and then go on in this line\n",
        id="text that was wrapped"),
]  # fmt: skip


@pytest.mark.parametrize(("html", "text"), SHOWN)
def test_shows(html: str, text: str) -> None:
    assert visible_text(html) == text


def test_preformatted_lines_stay() -> None:
    assert visible_lines("<pre>a\n  <b>b</b> c\n\n</pre>d\ne") == [(1, "a"), (2, "b c"), (4, "d e")]


def test_links_and_elements() -> None:
    page = read_html(
        "<!-- saved from url=(0020)https://example.org/ --><nav><a href=/x>Home</a></nav>"
        '<article><h3><a href="/a?b&amp;c">A<b>B</b></a></h3><p>Text</p><a href=/code title=Code>'
        "<svg><text>x</text></svg></a></article><p>End"
    )
    assert page == HtmlPage(
        (
            HtmlLine(1, "Home", (Anchor("/x", "Home"),), in_menu=True),
            HtmlLine(1, "AB", (Anchor("/a?b&c", "AB"),)),
            HtmlLine(1, "Text"),
            HtmlLine(1, "", (Anchor("/code", "Code", shown=False),)),
            HtmlLine(1, "End"),
        ),
        ((1, 4),),
        "https://example.org/",
    )


def test_lines_know_where_they_start() -> None:
    assert visible_lines("<p>\na\nb</p>\n\n<p>c") == [(2, "a b"), (5, "c")]


@pytest.mark.parametrize(
    ("text", "yes"),
    [
        pytest.param("<!DOCTYPE html><p>", True, id="doctype"),
        pytest.param("\n <!-- saved -->\n<html>", True, id="comment first"),
        pytest.param("<b>no</b>", False, id="a word in bold"),
        pytest.param("CLMay 7", False, id="text"),
    ],
)
def test_is_html(text: str, yes: bool) -> None:
    assert is_html(text) is yes


@pytest.mark.parametrize(
    "piece", ["<", '<a "', "<div>", "<!--", "<a b='", "&#9", "<script", "</", "<a hidden x='\""]
)
def test_hostile_input_ends(piece: str) -> None:
    assert len(visible_text(piece * 100_000)) <= 500_000


@given(st.text(alphabet="<>/!-ab\"'= &;#\n", max_size=200))
def test_any_markup(html: str) -> None:
    lines = visible_lines(html)
    assert [number for number, _ in lines] == sorted(number for number, _ in lines)
    assert all(line == line.strip() != "" for _, line in lines)
