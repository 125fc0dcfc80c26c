"""Keys in Markdown, held against what pandoc itself finds."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bibtools.formats.citing import DataSource, Part, read_cited

# Name, text, keys. All rows but those of `OURS` are pandoc's too.
TABLE: dict[str, tuple[str, str]] = {
    "plain": ("[@a; see @b, p. 3]", "a b"),
    "in-text": ("As @a says, and -@b or [-@c].", "a b c"),
    "braced": ("@{a with}@{a/b} @{https://e.com/b?x=y&z=1} [@{a{b}c}, p. 3]",
               "a/b https://e.com/b?x=y&z=1 a{b}c"),
    "mail": ("ada@apple.org or <ada@apple.org> or x.@b", ""),
    "escaped": (r"\@a and \\@b", "b"),
    "code": ("`@a` and ``a ` @a`` but ` @b", "b"),
    "backticks": ("```` @a ``` @b", "b"),
    "fence": ("```\n@a\n```\n@b", "b"),
    "fence-in-a-paragraph": ("x\n```\n@a\n```\n", ""),
    "fence-never-closed": ("``` \n@a", "a"),
    "tilde-fence": ("~~~ {.r}\n@a\n~~~\n\n@b", "b"),
    "tilde-fence-in-a-paragraph": ("x\n~~~\n@a\n~~~\n", "a"),
    "longer-fence": ("````\n```\n@a\n````\n@b", "b"),
    "indented": ("x\n\n    @a\n\n\t@a\n\n@b", "b"),
    "indented-line-of-a-paragraph": ("x\n    @a", "a"),
    "list": ("- x\n\n    @a\n\n        @b\n\n@c", "a c"),
    "nested-list": ("1. a\n   - b @a\n\n     @b\n", "a b"),
    "code-in-a-list": ("* a\n\n      @x\n", ""),
    "definition-list": ("Term @a\n\n:   def @b\n\n        @c", "a b"),
    "comment": ("<!-- @a\n\n@a --> @b", "b"),
    "tag": ('<span title="@a">@b</span>', "b"),
    "raw-html": ("<pre>@a</pre>\n\n<script>@a</script>\n\n<div>\n@b\n</div>", "b"),
    "link": ("[see @a](http://x.y/@b) ![@c](@d.png)", "a c"),
    "autolink": ("<http://x.com/@a>", ""),
    "bare-address": ("http://medium.com/@a", "a"),
    "reference": ('[x]: http://x/@a "t @a"\n\n[x] @b', "b"),
    "math": ("$x@a$ and $5 @b and $6 $$ @c $$", "b"),
    "footnote": ("x[^1]^[@a]\n\n[^1]: see @b", "a b"),
    "inside-of-a-key":
    ("@a.b, @c:d. @e--f @g_h_ @i/j, @k~l @m..n @o.", "a.b c:d e g_h_ i/j k~l m o"),
    "first-letters": ("@9abc @_x @Ünï @日本 @a+b&c%d$e#f", "9abc _x Ünï 日本 a+b&c%d$e#f"),
    "end-of-a-key": ("@a/b/ @c//d @e:/ @f://g @h's", "a/b c//d e: f://g h"),
    "one-behind-the-other": ("@a@b -@c@{d}", "a b c d"),
    "example": ("(@good) x\n\nsee (@good) and @good and @a", "a"),
    "emphasis": ("*@a* **@b** ~~@c~~ 2^@d^", "a b c d"),
    "marks-before": ("\"@a\" (@b) '@c' —@d …@e ...@f", "a b c d e f"),
    "heading-and-quote": ("# T @a {#sec:x}\n\n> @b\n> [@c]", "a b c"),
    "table": ("| a | b |\n|---|---|\n| @a | `@b` |", "a"),
    "in-a-suffix": ("[@a and @b; -@c [see @d]]", "a b c d"),
    "attributes": ('[text]{.x key="@a"} `c`{.x} @b', "b"),
    "raw-tex": (r"\textbf{@a} @b \alpha@c" + "\n\n\\begin{foo}\n@a\n\\end{foo}", "b"),
    "metadata": ("---\ntitle: \"About @a\"\nnocite: |\n  @b, @c\nx: y@z.com\n"
                 "bibliography: [d.bib]\n---\n\n@e", "a b c e"),
    "metadata-further-down": ("@a\n\n---\nnocite: '@b'\n...\n\n@c", "a b c"),
    "ruler": ("a\n\n---\n\n@a", "a"),
    " word ": ("a@b 1@c é@d _@e", "e"),
}  # fmt: skip
OURS: dict[str, tuple[str, str]] = {
    "latex": (r"As \citep[p. 3]{a,b} says", "a b"),
    "star": ("@* and [@*]", ""),
    "figures-that-are-there": ("@fig:x @sec-y\n\n![x](a.png){#fig:x}\n\n# Y {#sec-y}", ""),
    "cell": ("```{r}\n#| label: fig-z\n```\n\n@fig-z @a", "a"),
    "chunk": ("```{r fig-w, echo=FALSE}\n```\n\n@fig-w @a", "a"),
    "windows": ("[@a]\r\n\r\n    @b\r\n\r\n@c\r\n", "a c"),
}


@pytest.mark.parametrize(
    ("text", "expected"), [*TABLE.values(), *OURS.values()], ids=[*TABLE, *OURS]
)
def test_keys_of_a_markdown_text(text: str, expected: str) -> None:
    assert sorted(read_cited(text.encode(), "x.md").keys()) == sorted(expected.split())


def test_places_metadata_and_parts() -> None:
    text = (
        "---\nbibliography:\n  - a.bib  # mine\n  - 'b c.bib'\n  - https://x.org/c.bib\n"
        "nocite: '@*, @q'\nreferences:\n- id: own\n  title: x\n---\n\nÄ [@own; -@fig:w]\n\n"
        "{{< include x.qmd >}}\n\n```{r, child=c('y.Rmd', \"z.Rmd\")}\n```\n"
    )
    cited = read_cited(text.encode(), "x.qmd")
    places = [(one.key, one.line, one.column, one.command, one.unsure) for one in cited.citations]
    assert places == [
        ("q", 6, 15, "nocite", False),
        ("own", 12, 5, "@", False),
        ("fig:w", 12, 12, "@", True),
    ]
    assert (cited.everything, cited.declared) == (True, frozenset(["own"]))
    assert cited.sources == (
        DataSource("a.bib", "x.qmd", 3, 5),
        DataSource("b c.bib", "x.qmd", 4, 6),
        DataSource("https://x.org/c.bib", "x.qmd", 5, 5, remote=True),
    )
    assert cited.parts == (
        Part("x.qmd", "x.qmd", 14, 13, "quarto", 3),
        Part("y.Rmd", "x.qmd", 16, 8, "child", 3),
        Part("z.Rmd", "x.qmd", 16, 8, "child", 3),
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(" a.bib", ["a.bib"], id="plain"),
        pytest.param(' "a b.bib" # x', ["a b.bib"], id="quoted"),
        pytest.param(" [a.bib, 'b.bib']", ["a.bib", "b.bib"], id="flow"),
        pytest.param("\n- a.bib\n- b.bib", ["a.bib", "b.bib"], id="list-not-indented"),
        pytest.param("\n  - a.bib\n  # x\n  - b#c.bib", ["a.bib", "b#c.bib"], id="list"),
        pytest.param("", [], id="empty"),
    ],
)
def test_bibliographies_in_the_metadata(value: str, expected: list[str]) -> None:
    text = f"---\ntitle: x\nbibliography:{value}\ncsl: c.csl\n---\n"
    assert list(read_cited(text.encode(), "x.md").bibliographies) == expected


def of_pandoc(text: str) -> set[str]:
    """The keys of the Cite nodes that pandoc makes of a text."""
    if shutil.which("pandoc") is None:
        pytest.skip("pandoc is not installed")
    run = subprocess.run(
        ["pandoc", "-f", "markdown", "-t", "json"], input=text.encode(), capture_output=True,
        check=True, timeout=60,
    )  # fmt: skip
    return set(_cited(json.loads(run.stdout))) - {"*", ""}


def _cited(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if node.get("t") == "Cite":
            yield from (one["citationId"] for one in node["c"][0])
        for value in node.values():
            yield from _cited(value)
    elif isinstance(node, list):
        for value in node:
            yield from _cited(value)


@pytest.mark.parametrize("text", [text for text, _ in TABLE.values()], ids=list(TABLE))
def test_pandoc_finds_the_same(text: str) -> None:
    assert of_pandoc(text) == set(read_cited(text.encode(), "x.md").keys())


# Not among them, because pandoc's reading depends on more than what stands near: HTML and emphasis
# that is never closed, lists in lists on one line, a key that touches emphasis or a word with "@".
PIECES = st.sampled_from(
    ["@a", "@b1", "@c:d", "[@e]", "-@f", "[see @g, p. 3; @h]", "@{i/j}", "`@k`", "``", "$x$", "\\@",
     " *x* ", "\n", "\n\n", "\n\n    ", "\n\n- x ", "\n> ", " ", " ", " ", ";", ",", ". ", " word ",
     "l@m.org ", "<b>", "</b>", "<!-- @n -->", "\n\n```\n@o\n```\n\n", " [x](http://y/@p)", "(",
     ")",
     "~", "^[@q]", "!", "'", '"', "...", "--", "é@r ", "&amp;", " _s_ ", " 5 "]
)  # fmt: skip


# The same texts each time: a difference that is found one day is a row of the table, not a failure
# of whoever happens to run the tests.
@settings(max_examples=60, derandomize=True)
@given(st.lists(PIECES, min_size=1, max_size=12).map("".join))
def test_pandoc_finds_the_same_in_any_text(text: str) -> None:
    assert of_pandoc(text) == set(read_cited(text.encode(), "x.md").keys())
