"""Reading single values of untrusted answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.model import Name, PartialDate
from bibtools.sites import shapes
from bibtools.sites.asking import Reply, UnreadableError

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(anything)
def test_no_value_is_too_odd(value: object) -> None:
    for function in (
        shapes.text, shapes.texts, shapes.whole, shapes.number, shapes.rows, shapes.doi,
        shapes.arxiv, shapes.address, shapes.date, shapes.iso_date, shapes.printed_name,
        shapes.name, shapes.marked, shapes.tex, shapes.pages,
    ):  # fmt: skip
        function(value)
    shapes.member(value, "a", 0, "b")
    shapes.member(value, 0, "a")


@given(st.text(), st.text())
def test_texts_are_clean(before: str, after: str) -> None:
    found = shapes.text(f"{before}\x1b\u202e\x07\ud800{after}") or ""
    assert found.isprintable() or not any(
        ord(char) < 160 and not char.isprintable() for char in found
    )
    assert "\u202e" not in found
    assert found == shapes.clean(found)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(" Boats \n\t of\u00a0glass ", "Boats of glass", id="blanks"),
        pytest.param("bo\u00adat\u200bs\ufeff", "boats", id="invisible"),
        pytest.param("Zoe\u0308", "Zo\u00eb", id="nfc"),
        pytest.param("a\u200db", "a\u200db", id="joiner-stays"),
        pytest.param("\x1b[31mred", "[31mred", id="escape"),
        pytest.param(12, "12", id="number"),
        pytest.param(True, None, id="true"),
        pytest.param("", None, id="empty"),
        pytest.param("x" * (shapes.LONGEST + 1), None, id="huge"),
        pytest.param(["x"], None, id="list"),
    ],
)
def test_text(value: object, expected: str | None) -> None:
    assert shapes.text(value) == expected


@pytest.mark.parametrize(
    ("value", "bare", "kept"),
    [
        pytest.param("plain", "plain", None, id="plain"),
        pytest.param("<jats:italic>Navis</jats:italic> x", "Navis x", "<i>Navis</i> x", id="jats"),
        pytest.param("<p>One</p><p>Two</p>", "One Two", None, id="paragraphs"),
        pytest.param("x<sup>2</sup>", "x2", "x<sup>2</sup>", id="sup"),
        pytest.param("<i></i>x", "x", None, id="empty-pair"),
        pytest.param("<i>x", "<i>x", None, id="unclosed"),
        pytest.param("<script>x</script>", "<script>x</script>", None, id="unknown-is-text"),
        pytest.param("a <b and c> d", "a <b and c> d", None, id="comparison"),
        pytest.param(
            "a <tex-math>\\documentclass{x}</tex-math> b", "a b", None, id="tex-beside-mathml"
        ),
        pytest.param("&amp;lt;i&amp;gt;", "<i>", None, id="encoded-twice"),
        pytest.param("<i>" * 5000 + "x", "x", None, id="flood"),
        pytest.param("&#9999999999;x", "\ufffdx", None, id="huge-reference"),
        pytest.param(None, None, None, id="none"),
    ],
)
def test_marked(value: object, bare: str | None, kept: str | None) -> None:
    assert shapes.marked(value) == (bare, kept)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        pytest.param(("Example", "Ada"), Name("Example", "Ada"), id="plain"),
        pytest.param(
            ("van der Example", "Ada"),
            Name("Example", "Ada", non_dropping_particle="van der"),
            id="particle",
        ),
        pytest.param(("Example, Jr", "Ada"), Name("Example, Jr", "Ada"), id="comma"),
        pytest.param(("Group", "Ada"), Name("Group", "Ada"), id="a-person-called-group"),
        pytest.param(("\u738b", "\u5c0f\u660e"), Name("\u738b", "\u5c0f\u660e"), id="chinese"),
        pytest.param(("Example", None), Name("Example"), id="family"),
        pytest.param(("Boat Collaboration", None), Name(literal="Boat Collaboration"), id="body"),
        pytest.param((None, "Ada Example"), Name("Example", "Ada"), id="only-given"),
        pytest.param((None, None), None, id="nobody"),
        pytest.param(("Muster", "Max", "Jr."), Name("Muster", "Max", suffix="Jr."), id="suffix"),
    ],
)
def test_names(parts: tuple[object, ...], expected: Name | None) -> None:
    assert shapes.name(*parts) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("https://example.org/a?b=c", "https://example.org/a?b=c", id="good"),
        pytest.param("javascript:alert(1)", None, id="script"),
        pytest.param("file:///etc/hostname", None, id="file"),
        pytest.param("https://me:secret@example.org/", None, id="credentials"),
        pytest.param("https://example.org/a b", None, id="blank"),
        pytest.param("https://[::1", None, id="broken"),
        pytest.param("https:///x", None, id="no-host"),
        pytest.param("https://example.org/\\input{x}", None, id="tex"),
    ],
)
def test_addresses(value: str, expected: str | None) -> None:
    assert shapes.address(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("2021-04-18T17:59:59Z", PartialDate(2021, 4, 18), id="stamp"),
        pytest.param("2021-04", PartialDate(2021, 4), id="month"),
        pytest.param("2021", PartialDate(2021), id="year"),
        pytest.param("2021/4/8", PartialDate(2021, 4, 8), id="slashes"),
        pytest.param("2021-13-01", PartialDate(2021), id="no-month"),
        pytest.param("20210418", None, id="run-together"),
        pytest.param("0021-01-01", None, id="no-year"),
        pytest.param(2021, PartialDate(2021), id="number"),
    ],
)
def test_dates(value: object, expected: PartialDate | None) -> None:
    assert shapes.iso_date(value) == expected


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        pytest.param(400, b'{"message": "no boats"}', 'it answered 400 ("no boats")', id="message"),
        pytest.param(403, b'{"error": {"message": "no"}}', 'it answered 403 ("no")', id="nested"),
        pytest.param(404, b"Resource not found.", 'it answered 404 ("Resource not found.")',
                     id="text"),
        pytest.param(404, b"<html>no</html>", "it answered 404", id="page"),
        pytest.param(400, b"\xff\x1b[0m", 'it answered 400 ("\ufffd[0m")', id="bytes"),
        pytest.param(200, b"", "the answer is empty", id="empty"),
        pytest.param(200, b"\xef\xbb\xbf<!doctype html><html>",
                     "the answer is a web page, not data",
                     id="bot-wall"),
        pytest.param(200, b"{", "the answer is not JSON (JSONDecodeError)", id="cut"),
        pytest.param(200, b"9" * 5000, "the answer is not JSON (ValueError)", id="huge-number"),
    ],
)  # fmt: skip
def test_what_is_said_of_no_answer(status: int, body: bytes, said: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        shapes.read(Reply(status, body))
    assert str(caught.value) == said
