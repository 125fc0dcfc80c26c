"""Input made to be hard: it is read to the end, with notices, and comes back byte for byte.

Whether time stays linear is measured by benchmarks/fuzz_bibtex.py.
"""

from __future__ import annotations

import pytest

from bibtools.formats.bibtex import Document


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"@a{\n" * 3000, id="unclosed-heads"),
        pytest.param(b"@article{a,\n" * 1000, id="unclosed-entries"),
        pytest.param(b"@" * 20000, id="at-signs"),
        pytest.param(b"{" * 20000, id="open-braces"),
        pytest.param(b"@a{k,t=" + b"{" * 20000 + b"}" * 20000 + b"}", id="nest"),
        pytest.param(b"@article{a,\n" + b't = "x {\n' * 1000, id="unclosed-quotes"),
        pytest.param(b"@a{k,t=" + b"#" * 20000 + b"}", id="joins"),
        pytest.param(b"@comment{" * 3000, id="comments"),
        pytest.param(b"@a{k,t={" + b"a b " * 100_000 + b"}}", id="long-field"),
        pytest.param(b"@a{k,t={x\0y\x0bz\x0c}}", id="controls"),
    ],
)
def test_hard_input_is_read_and_kept(data: bytes) -> None:
    document = Document.parse(data, "hard.bib")
    assert document.to_bytes() == data
    assert b"".join(block.raw for block in document.blocks) == data
    assert all(isinstance(entry.fields, dict) for entry in document.entries)
    assert all(notice.line and notice.column for notice in document.notices)


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        pytest.param(b"{a\rb}", "a b", id="carriage-return"),
        pytest.param(b"{ a\n\n  b }", "a b", id="lines"),
        pytest.param(b"{\n}", "", id="blank"),
        pytest.param(b'"  a\t{ b}"', "a { b}", id="quoted"),
        pytest.param(b"{a\x0bb}", "a\x0bb", id="vertical-tab-is-no-blank"),
        pytest.param(b"{a\0b}", "a\0b", id="nul"),
        pytest.param("{я  中\n ü}".encode(), "я 中 ü", id="scripts"),
        pytest.param(b"{a} # \n{ b}", "a b", id="joined"),
        pytest.param(b"12", "12", id="number"),
        pytest.param(b"JAN", "January", id="month"),
    ],
)
@pytest.mark.parametrize("before", [b"", b"z = {}, ", b"z = {q\n}, y = 1, "])
@pytest.mark.parametrize("after", [b"", b", w = {}", b", w = { \n }, v = {p q}"])
def test_blanks_are_one_whatever_stands_beside(
    before: bytes, value: bytes, after: bytes, seen: str
) -> None:
    data = b"@misc{k, " + before + b"T = " + value + after + b"\n}"
    fields = dict(Document.parse(data).entries[0].fields)
    assert fields.pop("t") == seen
    others = {"z": "q" if b"q\n" in before else "", "y": "1", "w": "", "v": "p q"}
    assert fields == {name: others[name] for name in fields}


@pytest.mark.parametrize(
    ("data", "raw"),
    [
        pytest.param(b"@a{c,\n t={x}\n}\n{}\n", b"@a{c,\n t={x}\n}", id="braces-behind"),
        pytest.param(b"@a{c}{y}", b"@a{c}", id="no-fields"),
        pytest.param(b"@string{s = {x}} {z}", b"@string{s = {x}}", id="string"),
    ],
)
def test_a_block_ends_at_its_own_brace(data: bytes, raw: bytes) -> None:
    document = Document.parse(data)
    assert document.blocks[0].raw == raw
    assert document.to_bytes() == data
