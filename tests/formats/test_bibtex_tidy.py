"""Tidy files: the same for BibTeX, the same when tidied again, remarks in their places."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bibtools.formats.bibtex import Document
from bibtools.formats.bibtex.blocks import BibEntry, FreeText, StringDefinition
from bibtools.formats.bibtex.tidy import tidy
from bibtools.formats.bibtex.tidy_blocks import Layout

LAYOUTS = (
    Layout(),
    Layout(align=True, sort="key", blank_lines=0, indent="\t", field_order="alphabetical"),
    Layout(
        sort="year",
        braces=False,
        lower_case=False,
        trailing_comma=False,
        blank_lines=2,
        field_order=("author", "title"),
    ),
    Layout(sort="type", blank_lines=0),
)


def tidied(text: str, layout: Layout | None = None) -> str:
    once = tidy(Document.parse(text.encode()), layout)
    assert tidy(Document.parse(once), layout) == once
    return once.decode()


ENTRY = '@Article{k, Title="A {"} b" # s,\n\n\tYEAR=1999 ,month = {March}}'


@pytest.mark.parametrize(
    ("layout", "expected"),
    [
        pytest.param(
            Layout(),
            '@article{k,\n  title = {A {"} b} # s,\n  year = 1999,\n  month = {March},\n}\n',
            id="plain",
        ),
        pytest.param(
            Layout(align=True, indent="\t", trailing_comma=False),
            '@article{k,\n\ttitle = {A {"} b} # s,\n\tyear  = 1999,\n\tmonth = {March}\n}\n',
            id="align",
        ),
        pytest.param(
            Layout(braces=False, lower_case=False),
            '@Article{k,\n  Title = "A {"} b" # s,\n  YEAR = 1999,\n  month = {March},\n}\n',
            id="case-and-quotes",
        ),
        pytest.param(
            Layout(field_order="alphabetical", months=True),
            '@article{k,\n  month = mar,\n  title = {A {"} b} # s,\n  year = 1999,\n}\n',
            id="alphabetical",
        ),
        pytest.param(
            Layout(field_order=("month", "year")),
            '@article{k,\n  month = {March},\n  year = 1999,\n  title = {A {"} b} # s,\n}\n',
            id="order",
        ),
    ],
)
def test_an_entry(layout: Layout, expected: str) -> None:
    assert tidied(ENTRY, layout) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", "", id="empty"),
        pytest.param("a", "a\n", id="text"),
        pytest.param("@MISC{k}", "@misc{k}\n", id="no-fields"),
        pytest.param("@MISC{k,}", "@misc{k}\n", id="only-a-comma"),
        pytest.param("@MISC(k),)", "@MISC(k),)\n", id="a-parenthesis-in-the-key"),
        pytest.param("@Misc(k, a=1)", "@misc(k,\n  a = 1,\n)\n", id="parentheses"),
        pytest.param("@misc{,a=1}", "@misc{,\n  a = 1,\n}\n", id="no-key"),
        pytest.param("@misc{a}@misc{b}", "@misc{a}\n\n@misc{b}\n", id="side-by-side"),
        pytest.param("@misc{k, a=1, A=2}", "@misc{k,\n  a = 1,\n  a = 2,\n}\n", id="twice"),
        pytest.param("@misc{k, a = {x\n    y}}", "@misc{k,\n  a = {x\n    y},\n}\n", id="lines"),
        pytest.param(
            '@STRING(s = "x")\n@string{t=s#s}',
            "@string(s = {x})\n@string{t = s # s}\n",
            id="macros",
        ),
        pytest.param('@PREAMBLE{ "x" }', '@PREAMBLE{ "x" }\n', id="preamble"),
        pytest.param("@misc{k, a = {1} b = 2}", "@misc{k, a = {1} b = 2}", id="broken"),
        pytest.param(
            "@misc{k, a = {1}}, b = {2}}\n\n\n@misc{z}",
            "@misc{k, a = {1}}, b = {2}}\n\n\n@misc{z}\n",
            id="closed-too-early",
        ),
    ],
)
def test_odd_files(text: str, expected: str) -> None:
    assert tidied(text) == expected


REMARKS = """\
% head of the file


% about c
% in two lines
@misc{c, a=1} % behind c

% a heading

@misc{b, a=1}
% below b

@comment{about a}
@misc{a, a=1}
@misc{broken, a = {1} b = {2}}
@misc{z, a=1}
@misc{y, a=1}
@comment{the end}
"""


def test_remarks_stay_with_their_entries() -> None:
    assert (
        tidied(REMARKS, Layout(sort="key"))
        == """\
% head of the file

% about c
% in two lines
@misc{c,
  a = 1,
} % behind c

% a heading

@comment{about a}
@misc{a,
  a = 1,
}

@misc{b,
  a = 1,
}
% below b

@misc{broken, a = {1} b = {2}}
@misc{y,
  a = 1,
}

@misc{z,
  a = 1,
}
@comment{the end}
"""
    )


def keys(text: str, layout: Layout) -> str:
    return " ".join(e.key for e in Document.parse(tidied(text, layout).encode()).entries)


@pytest.mark.parametrize(
    ("text", "layout", "expected"),
    [
        pytest.param("@a{b}@a{C}@a{a}", Layout(sort="key"), "a b C", id="key"),
        pytest.param("@b{b}@a{c}@b{a}", Layout(sort="type"), "c a b", id="type"),
        pytest.param(
            "@a{b,year=2}@a{c,date={1999-01}}@a{d,year=1998}",
            Layout(sort="year"),
            "d c b",
            id="year",
        ),
        pytest.param("@a{c,crossref={A}}@a{a}@a{b}", Layout(sort="key"), "b c a", id="crossref"),
        pytest.param("@a{b}@string{s=1}@a{a}", Layout(sort="key"), "b a", id="macro-divides"),
        pytest.param("@b{k,n=1}@a{K,n=2}@a{a}", Layout(sort="key"), "a k K", id="same-key"),
    ],
)
def test_order_of_entries(text: str, layout: Layout, expected: str) -> None:
    assert keys(text, layout) == expected


def test_a_month_that_the_file_defines_stays() -> None:
    text = '@string{mar = "III"}\n' + ENTRY
    assert "month = {March}" in tidied(text, Layout(months=True))
    for value in ("{3}", "{mar}", '"Mar."', "{MARCH}", "{03}", "mar"):
        assert "month = mar,\n" in tidied(f"@misc{{k, month = {value}}}", Layout(months=True))
    assert "month = {3--4}" in tidied("@misc{k, month = {3--4}}", Layout(months=True))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(
            b"@misc{k,\r\n a=1,\r\n b=2}\r\n",
            b"@misc{k,\r\n  a = 1,\r\n  b = 2,\r\n}\r\n",
            id="crlf",
        ),
        pytest.param(
            b"\xef\xbb\xbf\n@misc{k,a=1}", b"\xef\xbb\xbf@misc{k,\n  a = 1,\n}\n", id="bom"
        ),
        pytest.param(b"@misc{k,a={\xe9}}", b"@misc{k,\n  a = {\xe9},\n}\n", id="latin-1"),
    ],
)
def test_line_ends_and_encoding(data: bytes, expected: bytes) -> None:
    assert tidy(Document.parse(data)) == expected
    assert tidy(Document.parse(expected)) == expected


PIECE = st.sampled_from(
    [
        "@misc{a, t = {x}, year = 3}",
        '@Book(b, T="y" # s, t={z},)',
        "@article{c,\n  title = {x\n y}, crossref = {a}\n}",
        "@string{s = {x}}",
        "@comment{c}",
        "@comment{@misc{i, a=1}}",
        "@preamble{{p}}",
        "@misc{d, a = {1} b = 2}",
        "@misc{e, a = {1",
        "@misc{f}",
        "% remark",
        "text, @ more",
        "}",
        "{",
        " ",
        "\t",
        "\n",
        "\n\n",
        "\r\n",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECE, max_size=14).map("".join), st.sampled_from(LAYOUTS))
def test_any_file_is_tidied_once_and_reads_the_same(text: str, layout: Layout) -> None:
    before = Document.parse(text.encode())
    tidied_bytes = tidy(before, layout)
    after = Document.parse(tidied_bytes)
    assert tidy(after, layout) == tidied_bytes

    def read(document: Document) -> list[tuple[str, str, list[tuple[str, str]]]]:
        return sorted((e.key, e.type, sorted(e.fields.items())) for e in document.entries)

    assert read(after) == read(before)
    texts = [block.raw for block in before.blocks if isinstance(block, FreeText)]
    # Braces that match in the text behind an entry are taken for a part of it.
    if not any(mark in raw for raw in texts for mark in (b"{", b"}")):
        assert remarks(after) == remarks(before)


def remarks(document: Document) -> list[bytes]:
    """Everything beside entries and macros, word for word, whatever its place."""
    return sorted(
        word
        for block in document.blocks
        if not isinstance(block, BibEntry | StringDefinition)
        for word in block.raw.removeprefix(b"\xef\xbb\xbf").split()
    )


def test_real_files(shared: Path) -> None:
    archive = shared / "bibtex" / "corpus.tar.xz"
    if not archive.exists():
        pytest.skip("the corpus of .bib files is absent")
    changed = 0
    with tarfile.open(archive) as files:
        for number, member in enumerate(files):
            file = files.extractfile(member)
            if file is None or number % 12:
                continue
            data = file.read()
            layout = LAYOUTS[number // 12 % len(LAYOUTS)]
            before = Document.parse(data, member.name)
            once = tidy(before, layout)
            after = Document.parse(once)
            assert tidy(after, layout) == once, member.name
            if layout.sort == "none":
                mine = [(e.key, dict(e.fields)) for e in after.entries]
                assert mine == [(e.key, dict(e.fields)) for e in before.entries], member.name
            assert remarks(after) == remarks(before), member.name
            assert sorted(e.key for e in after.entries) == sorted(e.key for e in before.entries)
            changed += once != data
    assert changed > 60
