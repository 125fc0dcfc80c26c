"""The control file of biber: what it says, and that a hostile one does no harm."""

from __future__ import annotations

import pytest

from bibtools.formats.citing import Citation, Cited, DataSource, read_cited

HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n'
ROOT = b'<b:controlfile version="3.9" xmlns:b="https://sourceforge.net/projects/biblatex">'


def section(inside: bytes, number: bytes = b"0") -> bytes:
    return HEAD + ROOT + b'<b:section number="' + number + b'">' + inside + b"</b:section>"


def test_a_whole_file() -> None:
    data = (
        section(b'\n <b:citekey order="1">a&amp;b</b:citekey><b:citekey nocite="1">c</b:citekey>')
        + b'<b:section number="2"><b:citekey order="1">*</b:citekey></b:section>'
        + b'<b:bibdata section="2"><b:datasource type="file" glob="true">x*.bib</b:datasource>'
        + b"<b:datasource>https://example.org/x.bib</b:datasource></b:bibdata></b:controlfile>"
    )
    assert read_cited(data, "x.bcf") == Cited(
        (
            Citation("a&b", "x.bcf", 3, 2, "citekey"),
            Citation("c", "x.bcf", 3, 42, "nocite"),
        ),
        True,
        (
            DataSource("x*.bib", "x.bcf", 3, 180, "2", glob=True),
            DataSource("https://example.org/x.bib", "x.bcf", 3, 239, "2", remote=True),
        ),
        kind="bcf",
        biber=True,
    )


BOMB = b"".join(b'<!ENTITY l%d "%s">' % (number + 1, b"&l%d;" % number * 10) for number in range(9))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(
            HEAD + b'<!DOCTYPE x [<!ENTITY l0 "lol">' + BOMB + b"]>" + ROOT + b"&l9;",
            "The control file declares a document type or entities, which is not read;",
            id="entity-bomb",
        ),
        pytest.param(
            HEAD + b'<!DOCTYPE x SYSTEM "file:///etc/passwd">' + ROOT,
            "The control file declares a document type or entities, which is not read;",
            id="another-file",
        ),
        pytest.param(
            HEAD + b"<html/>", "The control file is XML of another kind: <html>;", id="html"
        ),
        pytest.param(
            HEAD + ROOT + b"<a>" * 100, "The control file is nested too deeply;", id="deep"
        ),
        pytest.param(
            b"\\relax", "The control file is not whole XML (not well-formed (invalid token));",
            id="no-xml",
        ),
        pytest.param(b"", "The control file is not whole XML (no element found);", id="empty"),
    ],
)  # fmt: skip
def test_what_is_refused(data: bytes, message: str) -> None:
    cited = read_cited(data, "x.bcf")
    assert cited.citations == ()
    assert [notice.rule for notice in cited.notices] == ["citing.broken-bcf"]
    assert cited.notices[0].message.startswith(message)


def test_what_stands_before_a_break_is_read() -> None:
    cited = read_cited(section(b"<b:citekey>a</b:citekey>\n<b:citekey>b</b:cit"), "x.bcf")
    assert cited.keys() == ("a",)
    assert [(notice.line, notice.column) for notice in cited.notices] == [(3, 20)]


def test_many_keys_are_a_stream() -> None:
    data = section(b"".join(b"<b:citekey>k%d</b:citekey>\n" % n for n in range(20_000)))
    cited = read_cited(data + b"</b:controlfile>", "x.bcf")
    assert (len(cited.keys()), cited.citations[-1].line) == (20_000, 20_001)
