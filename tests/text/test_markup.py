"""Markup in titles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.text.markup import Node, has_markup, parse_markup, strip_markup, write_markup


@pytest.mark.parametrize(
    ("text", "nodes"),
    [
        pytest.param("", (), id="nothing"),
        pytest.param("a < b > c", ("a < b > c",), id="signs"),
        pytest.param("a <i>b</i> c", ("a ", ("i", ("b",)), " c"), id="italic"),
        pytest.param("<sup>2</sup>H", (("sup", ("2",)), "H"), id="raised"),
        pytest.param("if a <b> c", ("if a <b> c",), id="never closed"),
        pytest.param("a</i>", ("a</i>",), id="never opened"),
        pytest.param("<i>a<b>c</i>d", (("i", ("a<b>c",)), "d"), id="crossed"),
        pytest.param("<sc>x</sc>", (("sc", ("x",)),), id="small capitals by name"),
        pytest.param(
            '<span style="font-variant: small-caps">x</span>', (("sc", ("x",)),), id="by style"
        ),
        pytest.param(
            "<span class='nocase'>D<i>N</i>A</span>",
            (("nocase", ("D", ("i", ("N",)), "A")),),
            id="nested",
        ),
        pytest.param('<span class="x">y</span>', ('<span class="x">y</span>',), id="other span"),
        pytest.param("<script>y</script>", ("<script>y</script>",), id="other tag"),
    ],
)
def test_markup_is_read(text: str, nodes: tuple[Node, ...]) -> None:
    assert parse_markup(text) == nodes
    assert has_markup(text) == any(not isinstance(node, str) for node in nodes)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        pytest.param("<i>Homo</i> <b>sapiens</b>", "Homo sapiens", id="tags"),
        pytest.param("if a <b> c", "if a <b> c", id="no tags"),
    ],
)
def test_markup_is_taken_away(text: str, plain: str) -> None:
    assert strip_markup(text) == plain


@given(
    st.lists(
        st.sampled_from(["a", "<i>", "</i>", "<b>", "</b>", "</span>", '<span class="nocase">'])
    )
)
def test_what_is_written_is_read_again(pieces: list[str]) -> None:
    nodes = parse_markup("".join(pieces))
    assert parse_markup(write_markup(nodes)) == nodes
