"""The lossless document: what it reads, what it notices, what it writes back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.formats.bibtex import Document
from bibtools.formats.bibtex.blocks import FreeText

Row = tuple[str, str, dict[str, str]]


def rows(text: str | bytes) -> list[Row]:
    data = text if isinstance(text, bytes) else text.encode()
    document = Document.parse(data, "refs.bib")
    assert document.to_bytes() == data
    assert b"".join(block.raw for block in document.blocks) == data
    return [(entry.type, entry.key, dict(entry.fields)) for entry in document.entries]


def rules(text: str) -> list[str]:
    return [notice.rule for notice in Document.parse(text.encode()).notices]


AFTER: Row = ("misc", "after", {"year": "1900"})
TAIL = "\n@misc{after, year = 1900}\n"

# The 39 minimal cases on which the common readers were compared, in sources of our own.
MINIMAL = [
    pytest.param(
        '@string{Birds = "Bird Papers"}\n@article{k, journal = bIRDS}',
        [("article", "k", {"journal": "Bird Papers"})],
        id="string-in-any-case",
    ),
    pytest.param(
        '@string{b = "Birds"}\n@article{k, journal = "On " # b # { II} # 3}',
        [("article", "k", {"journal": "On Birds II3"})],
        id="concatenation",
    ),
    pytest.param(
        '@string{b = "Birds"}\n@string{bb = b # " and Bees"}\n@misc{k, note = bb}',
        [("misc", "k", {"note": "Birds and Bees"})],
        id="string-by-string",
    ),
    pytest.param(
        "@string{b = {one}}\n@misc{k, note = b}\n@string{b = {two}}\n@misc{l, note = b}",
        [("misc", "k", {"note": "one"}), ("misc", "l", {"note": "two"})],
        id="string-redefined-from-there-on",
    ),
    pytest.param(
        "@misc{k, note = nowhere, year = 1999}",
        [("misc", "k", {"note": "", "year": "1999"})],
        id="undefined-macro-entry-kept",
    ),
    pytest.param("@misc{k, month = FEB}", [("misc", "k", {"month": "February"})], id="month"),
    pytest.param(
        "@misc{k, title = {a {b {c {d {e {f {g}}}}}}}}}",
        [("misc", "k", {"title": "a {b {c {d {e {f {g}}}}}}"})],
        id="nested-braces",
    ),
    pytest.param(
        '@misc{k, title = "the {"}quoted{"} word"}',
        [("misc", "k", {"title": 'the {"}quoted{"} word'})],
        id="quote-in-braces-in-quotes",
    ),
    pytest.param(
        "@misc{k, file = {C:\\birds\\}, year = 1}",
        [("misc", "k", {"file": "C:\\birds\\", "year": "1"})],
        id="backslash-before-brace",
    ),
    pytest.param("@comment{nothing to see}" + TAIL, [AFTER], id="comment"),
    pytest.param(
        "@comment{\n@misc{k, year = 1}\n}" + TAIL,
        [("misc", "k", {"year": "1"}), AFTER],
        id="entry-in-comment-read-and-marked",
    ),
    pytest.param('@preamble{"\\def" # {\\x}}' + TAIL, [AFTER], id="preamble"),
    pytest.param(
        "@misc{k, note = {one}, note = {two}}", [("misc", "k", {"note": "one"})], id="field-twice"
    ),
    pytest.param(
        "@misc{k, Title = {one}, TITLE = {two}}",
        [("misc", "k", {"title": "one"})],
        id="field-twice-in-other-case",
    ),
    pytest.param(
        "@misc{k, note = {one} year = 2}" + TAIL,
        [("misc", "k", {"note": "one", "year": "2"}), AFTER],
        id="missing-comma-rest-of-file",
    ),
    pytest.param(
        "@misc{k,\n note = {one}\n year = 2,\n title = {three}\n}",
        [("misc", "k", {"note": "one", "year": "2", "title": "three"})],
        id="missing-comma-fields",
    ),
    pytest.param(
        "@misc{k,\n note = {one,\n year = 2\n}\n" + TAIL,
        [("misc", "k", {"note": "one", "year": "2"}), AFTER],
        id="unclosed-brace",
    ),
    pytest.param(
        "@misc{k, note = {one}}, year = 2}" + TAIL,
        [("misc", "k", {"note": "one"}), AFTER],
        id="brace-too-many",
    ),
    pytest.param("\ufeff@misc{k, year = 1}", [("misc", "k", {"year": "1"})], id="byte-order-mark"),
    pytest.param(
        "@misc{k,\r\n title = {one\r\n   two}\r\n}\r\n",
        [("misc", "k", {"title": "one two"})],
        id="crlf",
    ),
    pytest.param(
        '@misc(k, note = "a)b", title = {c)d})' + TAIL,
        [("misc", "k", {"note": "a)b", "title": "c)d"}), AFTER],
        id="parentheses",
    ),
    pytest.param(
        "@misc\n  {k, year = 1}", [("misc", "k", {"year": "1"})], id="line-end-after-the-type"
    ),
    pytest.param("@ misc{k, year = 1}", [("misc", "k", {"year": "1"})], id="blank-after-at"),
    pytest.param(
        "@www-page.v+2{k, year = 1}", [("www-page.v+2", "k", {"year": "1"})], id="odd-type"
    ),
    pytest.param(
        "@misc{k, author+an = {1=first}, bdsk-url-1 = {x}}",
        [("misc", "k", {"author+an": "1=first", "bdsk-url-1": "x"})],
        id="odd-field-names",
    ),
    pytest.param(
        "@misc{DBLP:conf/birds/LarkW21, year = 1}",
        [("misc", "DBLP:conf/birds/LarkW21", {"year": "1"})],
        id="key-of-dblp",
    ),
    pytest.param(
        "@misc{lark+wren&o'tit, year = 1}",
        [("misc", "lark+wren&o'tit", {"year": "1"})],
        id="key-with-signs",
    ),
    pytest.param("@misc{Žižek2001é, year = 1}", [("misc", "Žižek2001é", {"year": "1"})], id="key"),
    pytest.param(
        "@misc{two words, year = 1}", [("misc", "two words", {"year": "1"})], id="key-with-blank"
    ),
    pytest.param("@misc{, year = 1}", [("misc", "", {"year": "1"})], id="empty-key"),
    pytest.param("@misc{k}" + TAIL, [("misc", "k", {}), AFTER], id="no-fields"),
    pytest.param(
        "@misc{k, note = {one},, year = 2}",
        [("misc", "k", {"note": "one", "year": "2"})],
        id="double-comma",
    ),
    pytest.param(
        "@misc{k,\n  % a remark, with comma\n  note = {one},\n  % another\n  year = 2\n}",
        [("misc", "k", {"note": "one", "year": "2"})],
        id="percent-between-fields",
    ),
    pytest.param(
        "@misc{k, note = {see\n@misc{fake, year = 1}\nthere}, year = 2}" + TAIL,
        [("misc", "k", {"note": "see @misc{fake, year = 1} there", "year": "2"}), AFTER],
        id="at-line-start-in-a-value",
    ),
    pytest.param("write to me@host.com first" + TAIL, [AFTER], id="mail-address-before"),
    pytest.param(
        "@misc{k, year = 1} @misc{l, year = 2}",
        [("misc", "k", {"year": "1"}), ("misc", "l", {"year": "2"})],
        id="two-on-a-line",
    ),
    pytest.param(
        "@misc{k, url = {https://a.example/b_c%20d#e~f}}",
        [("misc", "k", {"url": "https://a.example/b_c%20d#e~f"})],
        id="address-word-for-word",
    ),
    pytest.param(
        '@misc{k, note = "a } b", year = 1}' + TAIL,
        [("misc", "k", {"note": "a } b", "year": "1"}), AFTER],
        id="lone-brace-in-quotes",
    ),
    pytest.param(
        "@inproceedings{k, crossref = {whole}}\n@proceedings{Whole, year = 1}",
        [("inproceedings", "k", {"crossref": "Whole"}), ("proceedings", "Whole", {"year": "1"})],
        id="crossref-spelt-as-the-entry",
    ),
]


@pytest.mark.parametrize(("source", "expected"), MINIMAL)
def test_minimal(source: str, expected: list[Row]) -> None:
    assert rows(source) == expected


def test_there_are_39_minimal_cases() -> None:
    assert len(MINIMAL) == 39


# What a widely used reader gets wrong in silence or drops; see benchmarks for the figures.


def test_fault_01_heads_that_are_not_words() -> None:
    heads = ["@misc\n{a,}", "@ misc{b,}", "@www-page{c,}", "@a.b{d,}", "@a:b{e,}", "@a+b{f,}"]
    assert [key for _, key, _ in rows("\n".join(heads))] == list("abcdef")


def test_fault_02_missing_comma_keeps_both_values_and_the_bytes() -> None:
    source = "@misc{k,\n  a={1}\n b={2},\n}"
    assert rows(source) == [("misc", "k", {"a": "1", "b": "2"})]
    assert rules(source) == ["bibtex.missing-comma"]


def test_fault_03_text_after_a_brace_too_many_is_reported() -> None:
    notices = Document.parse(b"@misc{k, a={1}}, b={2}}\n", "r.bib").notices
    assert [(n.rule, n.line, n.column) for n in notices] == [("bibtex.stray-text", 1, 16)]


def test_fault_04_joined_parts_are_evaluated_in_fields_and_strings() -> None:
    assert rows('@string{a = "x" # 1}@misc{k, b = a # "y"}') == [("misc", "k", {"b": "x1y"})]


def test_fault_05_strings_hold_from_their_place_on() -> None:
    source = "@misc{a, n = M}@string{m = {1}}@misc{b, n = M}@STRING{M = {2}}@misc{c, n = m}"
    assert [fields["n"] for _, _, fields in rows(source)] == ["", "1", "2"]


def test_fault_06_macros_are_read_and_yet_written_back_as_macros() -> None:
    document = Document.parse(b"@string{j = {Journal}}\n@misc{k, journal = j, month = jan}")
    entry = document.entries[0]
    assert dict(entry.fields) == {"journal": "Journal", "month": "January"}
    entry.set("note", "x")
    assert b"journal = j, month = jan, note = {x}}" in document.to_bytes()


def test_fault_07_keys_and_names_in_other_case_are_the_same() -> None:
    source = "@misc{K, Title = {x}}\n@misc{k, tItle = {y}, titLE = {z}}"
    assert rows(source) == [("misc", "K", {"title": "x"}), ("misc", "k", {"title": "y"})]
    assert rules(source) == ["bibtex.duplicate-key", "bibtex.duplicate-field"] or rules(source) == [
        "bibtex.duplicate-field",
        "bibtex.duplicate-key",
    ]


def test_fault_08_unbalanced_values_are_reported_and_left_alone() -> None:
    source = '@misc{k, a = "b } c", v=, w = 1}'
    assert rows(source) == [("misc", "k", {"a": "b } c", "v": "", "w": "1"})]
    assert rules(source) == ["bibtex.unbalanced-value", "bibtex.no-value"]


def test_fault_09_percent_is_no_part_of_a_name() -> None:
    source = "@misc{k,\n % c, d = {no}\n title = {x}\n}"
    assert rows(source) == [("misc", "k", {"title": "x"})]
    assert rules(source) == ["bibtex.percent"]


def test_fault_10_addresses_are_never_decoded() -> None:
    address = "https://a.example/c_d%20e?x=1&y=\\~z"
    source = f"@misc{{k, url = {{{address}}}, file = {{C:\\emph\\'e.pdf}}}}"
    assert rows(source) == [("misc", "k", {"url": address, "file": "C:\\emph\\'e.pdf"})]


def test_fault_11_months_in_parts() -> None:
    source = '@misc{k, month = jan # "~5"}\n@misc{l, month = "5~" # JAN}'
    assert [fields["month"] for _, _, fields in rows(source)] == ["January~5", "5~January"]


def test_fault_12_a_new_key_is_written_even_when_it_collides() -> None:
    document = Document.parse(b"@misc{a, n = 1}\n@misc{b, n = 2}\n")
    document.entries[1].set("n", "3")
    document.entries[1].rename("a")
    assert document.to_bytes() == b"@misc{a, n = 1}\n@misc{a, n = 3}\n"


def test_fault_13_duplicates_stay_entries() -> None:
    source = "@misc{a, n=1, n=2}\n@misc{a, n=3}\n@misc{, n=4}\n@misc{, n=5}"
    assert [fields["n"] for _, _, fields in rows(source)] == ["1", "3", "4", "5"]


def test_fault_14_backslash_does_not_escape_a_brace() -> None:
    assert rows("@misc{k, file = {C:\\dir\\}}") == [("misc", "k", {"file": "C:\\dir\\"})]


def test_fault_15_an_at_word_in_a_value_starts_nothing() -> None:
    source = "@misc{k, note = {x\n@word{y}\n}, year = 1}"
    assert rows(source) == [("misc", "k", {"note": "x @word{y}", "year": "1"})]


def test_fault_16_faults_at_the_key_do_not_cost_the_entry() -> None:
    source = "@misc{k,,t={x}}\n@misc{l t={x}}\n@misc{ t={x}}"
    assert rows(source) == [("misc", key, {"t": "x"}) for key in ("k", "l", "")]
    assert rules(source) == ["bibtex.stray-comma", "bibtex.missing-comma", "bibtex.no-key"]


def test_fault_17_every_notice_has_a_sentence_and_a_place() -> None:
    source = b"@misc{k, a = {1} b = c, % d\n e = {f}\n@misc{k, g = }"
    for notice in Document.parse(source, "r.bib").notices:
        assert notice.message.endswith(".")
        assert notice.file == "r.bib"
        assert notice.line is not None
        assert notice.column is not None


def test_fault_18_writing_again_adds_nothing() -> None:
    source = b"@misc{k, a = {1\n\n@misc{l, b = 2}\n"
    once = Document.parse(source).to_bytes()
    assert Document.parse(once).to_bytes() == once == source


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("\ufeff@misc{k, t = {é}}".encode(), id="byte-order-mark"),
        pytest.param("@misc{k, t = {é}}\r\n".encode("latin-1"), id="latin-1"),
        pytest.param("@misc{k,\r t = {é}}\r".encode(), id="carriage-returns"),
    ],
)
def test_fault_19_encodings_and_line_ends(source: bytes) -> None:
    assert rows(source) == [("misc", "k", {"t": "é"})]


def test_fault_20_offsets_lines_and_columns() -> None:
    document = Document.parse("x\r\nñ @misc{a,}\n\n  @misc{b,}".encode())
    places = [(e.start, e.end, e.line, e.column) for e in document.entries]
    assert places == [(6, 15, 2, 3), (19, 28, 4, 3)]


# Notices


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(
            "@misc{k,\n\ttitle = {open,\n  year = 1\n}\n",
            [
                '1:6 The "{" that opens this @misc is never closed.',
                "2:10 The brace that opens this value is never closed.",
                '4:1 This "}" closes nothing.',
            ],
            id="unclosed",
        ),
        pytest.param(
            "@misc{k, journal = jacm}",
            ['1:20 The macro "jacm" is not defined before this place; bibtex takes it as empty.'],
            id="undefined-macro",
        ),
        pytest.param(
            "@misc{A, n = 1}\n@misc{a, n = 2}",
            [
                (
                    '2:7 The key "a" is already used in line 1 (there "A"); '
                    "bibtex takes the first entry."
                )
            ],
            id="duplicate-key",
        ),
        pytest.param(
            "@misc{k, n = 1, é = 2, N = 3}",
            ['1:24 The field "n" is given twice; bibtex takes the first.'],
            id="duplicate-field-column-in-characters",
        ),
        pytest.param(
            "@comment{ @misc{k, n = 1} }",
            [
                (
                    '1:11 The entry "k" stands inside @comment: bibtex reads it, biber does not, '
                    "and it is left alone here."
                )
            ],
            id="inside-comment",
        ),
        pytest.param(
            "@misc{k, n = 1}\nsee a@b.example\n",
            ['2:6 "@b.example" outside of an entry starts none: bibtex complains about it.'],
            id="at-sign",
        ),
        pytest.param(
            "@comment{never\n@misc{k, n = 1}",
            [
                (
                    "1:9 The brace that opens this @comment is never closed: only its line is "
                    "taken for the comment."
                )
            ],
            id="unclosed-comment",
        ),
        pytest.param("% remark\n@misc{k, n = 1, m = feb}\n", [], id="sound"),
    ],
)
def test_notices(source: str, expected: list[str]) -> None:
    notices = Document.parse(source.encode()).notices
    assert [f"{n.line}:{n.column} {n.message}" for n in notices] == expected


def test_notice_for_a_file_that_is_not_utf8() -> None:
    (notice,) = Document.parse(b"@misc{k,\n n = {\xe9}}", "old.bib").notices
    assert str(notice) == (
        "old.bib:2:7: This byte is not UTF-8: the whole file is read as latin-1."
    )


def test_caret_stands_under_the_place() -> None:
    document = Document.parse("@misc{ä,\r\n\tn = {ö} m = 1}\r\n".encode())
    (notice,) = document.notices
    assert document.caret(notice) == " n = {ö} m = 1}\n        ^"


def test_caret_in_a_long_line() -> None:
    document = Document.parse(b"@misc{k, a = {" + b"x" * 500 + b"} b = 1}")
    shown, mark = document.caret(document.notices[0]).split("\n")
    assert len(shown) <= 100
    assert shown[: mark.index("^")].endswith("x}")


def test_caret_hides_terminal_controls() -> None:
    document = Document.parse(b"@misc{k, a = {\x1b[2J} b = 1}")
    assert "\x1b" not in document.caret(document.notices[0])


# Blocks


def test_blocks_with_their_places() -> None:
    source = (
        "% top\n@string{a = {x}}\n@preamble{ {y} # a }\n@comment{z}\n@comment rest of line\n"
        "@misc{k, n = 1}\nend"
    )
    document = Document.parse(source.encode())
    shown = [(b.kind, b.line, b.text) for b in document.blocks if b.text.strip()]
    assert shown == [
        ("text", 1, "% top\n"),
        ("string", 2, "@string{a = {x}}"),
        ("preamble", 3, "@preamble{ {y} # a }"),
        ("comment", 4, "@comment{z}"),
        ("text", 4, "\n@comment rest of line\n"),
        ("entry", 6, "@misc{k, n = 1}"),
        ("text", 6, "\nend"),
    ]
    assert document.strings[0].definitions == {"a": "x"}
    assert document.preambles[0].value == "yx"
    assert [c.text for c in document.comments] == ["@comment{z}"]


def test_inside_comment_is_marked() -> None:
    document = Document.parse(b"@comment{@misc{a,} @string{s={1}}}@misc{b, n = s}")
    assert [(e.key, e.inside_comment) for e in document.entries] == [("a", True), ("b", False)]
    assert document.entries[1].fields["n"] == "1"


def test_blanks_are_those_of_bibtex() -> None:
    source = "@misc{k, a = {\n x\t \r\n y\u00a0 z\x0cw }, b = { } # { q }}"
    assert rows(source) == [("misc", "k", {"a": "x y\u00a0 z\x0cw", "b": "q"})]


PIECES = st.sampled_from(
    [
        *'@misc{ @string{ @comment{ @preamble{ @ { } ( ) " # , = k a b 1 \\ % \n \r\n é'.split(" "),
        *(" ", "@misc{k,a={1}}", "\n@misc{key, ", "title = {x}", 'note = "y"'),
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_text_is_read_and_comes_back(text: str) -> None:
    data = text.encode()
    document = Document.parse(data)
    assert document.to_bytes() == data
    assert b"".join(block.raw for block in document.blocks) == data
    for entry in document.entries:
        assert "" not in entry.fields
        assert entry.scan().kind == entry.type
    for notice in document.notices:
        assert document.caret(notice).endswith("^")


@given(st.binary(max_size=200))
def test_any_bytes_come_back(data: bytes) -> None:
    document = Document.parse(data)
    assert document.to_bytes() == data
    assert all(isinstance(entry.fields, dict) for entry in document.entries)
    assert isinstance(document.notices, tuple)


# Hostile sizes: each would take minutes if any step were quadratic. No clock is read: the
# suite's own limit is the judge.


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(b"@misc{k, a = " + b"{" * 100_000, id="open-braces"),
        pytest.param(b"@misc{k, a = " + b"{" * 100_000 + b"}" * 100_001, id="deep-braces"),
        pytest.param(b"@" * 300_000, id="at-signs"),
        pytest.param(b"@misc{" * 100_000, id="heads-on-a-line"),
        pytest.param(b"@misc{k,\n" * 5_000, id="unclosed-entries"),
        pytest.param(b"@misc{k, a = {\n" * 5_000, id="unclosed-values"),
        pytest.param(b'@misc{k, a = "\n' * 5_000, id="unclosed-quotes"),
        pytest.param(b"@comment{" * 20_000, id="comments"),
        pytest.param(b"@misc{k, a = {" + b"x y\n" * 500_000 + b"}}", id="long-field"),
        pytest.param(b"@misc{k, " + b"a = {x}, " * 20_000 + b"}", id="many-fields"),
        pytest.param(b"@misc{k, a = " + b"b # " * 20_000 + b"c}", id="many-parts"),
        pytest.param(b"@misc{k, " + b"a b " * 100_000 + b"}", id="junk"),
        pytest.param(b"@string{s = s # s}\n" * 5_000 + b"@misc{k, a = s}", id="strings"),
    ],
)
def test_hostile_sizes(source: bytes) -> None:
    document = Document.parse(source)
    assert document.to_bytes() == source
    for entry in document.entries:
        assert len(entry.fields) >= 0
    assert sum(isinstance(block, FreeText) for block in document.blocks) >= 0
    assert len(document.notices) >= 0
