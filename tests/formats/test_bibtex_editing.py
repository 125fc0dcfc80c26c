"""Editing in place: one field's bytes change, in the file's own style, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.formats.bibtex import Document
from bibtools.formats.bibtex.editing import EditError


def edited(
    source: str, name: str, value: str, *, bare: bool = False, encoding: str = "utf-8"
) -> str:
    document = Document.parse(source.encode(encoding))
    document.entries[0].set(name, value, bare=bare)
    return document.to_bytes().decode(encoding)


@pytest.mark.parametrize(
    ("source", "name", "value", "expected"),
    [
        pytest.param(
            "@misc{k, title = {Old}}", "title", "New", "@misc{k, title = {New}}", id="braces"
        ),
        pytest.param(
            '@misc{k, title = "Old",\n}', "TITLE", "New", '@misc{k, title = "New",\n}', id="quotes"
        ),
        pytest.param(
            '@misc{k, title = "Old"}',
            "title",
            'a "b" c',
            '@misc{k, title = {a "b" c}}',
            id="quotes-cannot-hold-quotes",
        ),
        pytest.param(
            '@misc{k, title = "Old"}',
            "title",
            'a {"}b',
            '@misc{k, title = "a {"}b"}',
            id="quotes-hold-quotes-in-braces",
        ),
        pytest.param("@misc{k, year = 1999}", "year", "2001", "@misc{k, year = 2001}", id="number"),
        pytest.param(
            "@misc{k, year = 1999}", "year", "c. 2001", "@misc{k, year = {c. 2001}}", id="no-number"
        ),
        pytest.param(
            "@misc{k, month = jan, x = {y}}",
            "month",
            "Spring",
            "@misc{k, month = {Spring}, x = {y}}",
            id="macro",
        ),
        pytest.param(
            '@misc{k, month = jan # "~5" , x=1}',
            "month",
            "May",
            '@misc{k, month = "May" , x=1}',
            id="joined-parts",
        ),
        pytest.param(
            "@misc{k,\n  title = {T},\n  year  = 1999\n}\n",
            "doi",
            "10.1/x",
            "@misc{k,\n  title = {T},\n  year  = 1999,\n  doi   = {10.1/x}\n}\n",
            id="new-field-equals-in-a-column",
        ),
        pytest.param(
            "@misc{k,\n  author=    {A},\n  title=     {T},\n}\n",
            "doi",
            "10.1/x",
            "@misc{k,\n  author=    {A},\n  title=     {T},\n  doi=       {10.1/x},\n}\n",
            id="new-field-values-in-a-column-trailing-comma",
        ),
        pytest.param(
            '@MISC{k,\r\n\tTITLE = "T",\r\n\tYEAR = "1"\r\n}\r\n',
            "doi",
            "10.1/x",
            '@MISC{k,\r\n\tTITLE = "T",\r\n\tYEAR = "1",\r\n\tDOI = "10.1/x"\r\n}\r\n',
            id="new-field-upper-case-quotes-tabs-crlf",
        ),
        pytest.param(
            "@misc{k,\n  Title = {T},\n  Year = {1}}",
            "doi",
            "x",
            "@misc{k,\n  Title = {T},\n  Year = {1},\n  Doi = {x}}",
            id="new-field-capitalised-brace-on-the-last-line",
        ),
        pytest.param(
            "@misc{ k\n, title = {T}\n, year = {1}\n}",
            "doi",
            "x",
            "@misc{ k\n, title = {T}\n, year = {1}\n, doi = {x}\n}",
            id="new-field-leading-commas",
        ),
        pytest.param(
            "@misc{k, title={T}, year={1}}",
            "doi",
            "x",
            "@misc{k, title={T}, year={1}, doi={x}}",
            id="new-field-on-one-line",
        ),
        pytest.param("@misc{k}", "doi", "x", "@misc{k,\n  doi = {x}\n}", id="first-field-no-comma"),
        pytest.param(
            "@misc{k,\n}", "doi", "x", "@misc{k,\n  doi = {x}\n}", id="first-field-after-comma"
        ),
        pytest.param(
            "@misc(k, title = {T})", "doi", "x", "@misc(k, title = {T}, doi = {x})", id="parens"
        ),
        pytest.param(
            "@misc{k, title = {T}\n year = 1}",
            "title",
            "U",
            "@misc{k, title = {U}\n year = 1}",
            id="beside-a-missing-comma",
        ),
        pytest.param(
            "@misc{k, note = {1}, note = {2}}",
            "note",
            "3",
            "@misc{k, note = {3}, note = {2}}",
            id="of-two-the-first",
        ),
    ],
)
def test_set(source: str, name: str, value: str, expected: str) -> None:
    assert edited(source, name, value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("jan", "@misc{k, month = jan}", id="macro"),
        pytest.param("12", "@misc{k, month = 12}", id="number"),
        pytest.param('jan # "~5"', '@misc{k, month = jan # "~5"}', id="parts"),
    ],
)
def test_set_bare(value: str, expected: str) -> None:
    assert edited("@misc{k, month = {x}}", "month", value, bare=True) == expected


def test_a_new_field_learns_from_the_neighbours_when_the_entry_is_empty() -> None:
    document = Document.parse(b'@misc{a,\n\ttitle="T",\n\tyear="1",\n}\n@misc{b,\n}\n')
    document.entries[1].set("doi", "x")
    assert document.to_bytes().endswith(b'@misc{b,\n\tdoi="x"\n}\n')


@pytest.mark.parametrize(
    ("name", "value", "bare", "message"),
    [
        pytest.param(
            "note",
            "a } b",
            False,
            'The value "a } b" has a "}" without a "{" before it.',
            id="closing-brace",
        ),
        pytest.param(
            "note",
            "a \\{ b",
            False,
            'The value "a \\{ b" has a "{" that is never closed.',
            id="opening-brace-escaped",
        ),
        pytest.param("no te", "x", False, '"no te" cannot be the name of a field.', id="name"),
        pytest.param("n=", "x", False, '"n=" cannot be the name of a field.', id="equals"),
        pytest.param("", "x", False, '"" cannot be the name of a field.', id="no-name"),
        pytest.param(
            "note",
            "two words",
            True,
            '"two words" is no number, no macro and no parts joined with "#".',
            id="bare-words",
        ),
        pytest.param(
            "note",
            "x, y = {z}",
            True,
            '"x, y = {z}" is no number, no macro and no parts joined with "#".',
            id="bare-break-out",
        ),
    ],
)
def test_set_refuses(name: str, value: str, bare: bool, message: str) -> None:
    document = Document.parse(b"@misc{k, note = {x}}")
    with pytest.raises(EditError) as caught:
        document.entries[0].set(name, value, bare=bare)
    assert caught.value.message == message
    assert document.to_bytes() == b"@misc{k, note = {x}}"


def test_latin_1_files_stay_latin_1() -> None:
    document = Document.parse("@misc{k, note = {é}}".encode("latin-1"))
    entry = document.entries[0]
    entry.set("note", "è – š α")
    expected = "@misc{k, note = {è -- {\\v{s}} {$\\alpha$}}}"
    assert document.to_bytes() == expected.encode("latin-1")
    with pytest.raises(EditError) as caught:
        entry.set("note", "漢")
    assert caught.value.message == (
        '"漢" (U+6F22) cannot be written in this file, which is latin-1.'
    )
    assert document.to_bytes() == expected.encode("latin-1")


def test_edits_in_comments_are_refused() -> None:
    document = Document.parse(b"@comment{@misc{k, note = {x}}}")
    entry = document.entries[0]
    for edit in (
        lambda: entry.set("note", "y"),
        lambda: entry.remove("note"),
        lambda: entry.rename("l"),
        lambda: document.remove(entry),
    ):
        with pytest.raises(EditError, match="inside @comment"):
            edit()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(
            "@misc{k,\n  a = {1},\n  note = {2},\n  b = {3}\n}",
            "@misc{k,\n  a = {1},\n  b = {3}\n}",
            id="middle",
        ),
        pytest.param("@misc{k, note = {1}, b = {2}}", "@misc{k, b = {2}}", id="first"),
        pytest.param("@misc{k,\n a = 1,\n note = 2,\n}", "@misc{k,\n a = 1,\n}", id="last-comma"),
        pytest.param("@misc{k,\n a = 1,\n note = 2\n}", "@misc{k,\n a = 1\n}", id="last"),
        pytest.param("@misc{k, note = 1}", "@misc{k}", id="only"),
        pytest.param("@misc{k, note = 1, a = 2, NOTE = 3}", "@misc{k, a = 2}", id="all-of-a-name"),
        pytest.param(
            "@misc{k,\n % kept\n note = 1,\n a = 2}", "@misc{k,\n % kept\n a = 2}", id="remark"
        ),
    ],
)
def test_remove(source: str, expected: str) -> None:
    document = Document.parse(source.encode())
    assert document.entries[0].remove("Note")
    assert document.to_bytes().decode() == expected
    assert not document.entries[0].remove("note")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("@misc{ old , a = 1}", "@misc{ new , a = 1}", id="blanks-stay"),
        pytest.param("@misc{, a = 1}", "@misc{new, a = 1}", id="empty"),
        pytest.param("@misc{ a = 1}", "@misc{ new,a = 1}", id="none"),
        pytest.param("@misc(old, a = old)", "@misc(new, a = old)", id="parens"),
    ],
)
def test_rename(source: str, expected: str) -> None:
    document = Document.parse(source.encode())
    document.entries[0].rename("new")
    assert document.to_bytes().decode() == expected
    assert document.entries[0].key == "new"
    assert Document.parse(expected.encode()).entries[0].key == "new"


@pytest.mark.parametrize("key", ["", "a b", "a,b", "a}b", "a{b", "a=b", "a%b", "a\\b", 'a"b'])
def test_rename_refuses(key: str) -> None:
    document = Document.parse(b"@misc{k, a = 1}")
    with pytest.raises(EditError, match="cannot be a citation key"):
        document.entries[0].rename(key)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(b"", b"@misc{n,\n a = 1\n}\n", id="empty"),
        pytest.param(b"\xef\xbb\xbf", b"\xef\xbb\xbf@misc{n,\n a = 1\n}\n", id="mark-only"),
        pytest.param(b"@misc{k}\n", b"@misc{k}\n\n@misc{n,\n a = 1\n}\n", id="one-blank-line"),
        pytest.param(b"@misc{k}\n\n", b"@misc{k}\n\n@misc{n,\n a = 1\n}\n", id="blank-line-there"),
        pytest.param(b"@misc{k}", b"@misc{k}\n\n@misc{n,\n a = 1\n}", id="no-final-line-end"),
        pytest.param(b"@misc{k}\r\n", b"@misc{k}\r\n\r\n@misc{n,\r\n a = 1\r\n}\r\n", id="crlf"),
    ],
)
def test_append(source: bytes, expected: bytes) -> None:
    document = Document.parse(source)
    (entry,) = document.append("\n@misc{n,\n a = 1\n}\n")
    assert document.to_bytes() == expected
    assert entry.key == "n"
    assert dict(entry.fields) == {"a": "1"}
    assert expected.decode().split("@misc{n")[0].count("\n") + 1 == entry.line
    entry.set("a", "2")
    assert document.to_bytes() == expected.replace(b"a = 1", b"a = 2")


def test_append_knows_the_macros_of_the_file_and_earlier_edits_stay() -> None:
    document = Document.parse(b"@string{s = {x}}\n@misc{k, a = s}\n")
    document.entries[0].set("a", "1")
    (entry,) = document.append("@misc{n, a = s}")
    assert entry.fields["a"] == "x"
    assert document.to_bytes() == b"@string{s = {x}}\n@misc{k, a = {1}}\n\n@misc{n, a = s}\n"


def test_append_to_latin_1() -> None:
    document = Document.parse("% é\n".encode("latin-1"))
    document.append("@misc{n, a = {ü}}")
    assert document.to_bytes() == "% é\n\n@misc{n, a = {ü}}\n".encode("latin-1")
    with pytest.raises(EditError, match="latin-1"):
        document.append("@misc{m, a = {\u6f22}}")


def test_remove_entry() -> None:
    document = Document.parse(b"% top\n\n@misc{a, n = 1}\n\n@misc{b, n = 2}\n\n@misc{c, n = 3}\n")
    a, b, c = document.entries
    b.set("n", "9")
    document.remove(b)
    assert document.to_bytes() == b"% top\n\n@misc{a, n = 1}\n\n@misc{c, n = 3}\n"
    assert [entry.key for entry in document.entries] == ["a", "c"]
    document.remove(c)
    document.remove(a)
    assert document.to_bytes() == b"% top\n\n"


def test_replace_entry() -> None:
    document = Document.parse(b"@misc{a, n = 1}\r\n@misc{b, n = 2}\r\n")
    entry = document.entries[0]
    document.replace(entry, "@article{z,\n  t = {x}\n}\n")
    assert document.to_bytes() == b"@article{z,\r\n  t = {x}\r\n}\r\n@misc{b, n = 2}\r\n"
    assert (entry.type, entry.key, dict(entry.fields)) == ("article", "z", {"t": "x"})
    with pytest.raises(EditError):
        document.replace(entry, "@misc{a, n = 1} @misc{b, n = 2}")
    with pytest.raises(EditError):
        document.replace(entry, "no entry")


# Any field of any entry in any style

NAMES = st.sampled_from(["title", "Note", "YEAR", "doi", "x-y", "author"])
VALUES = st.sampled_from(
    ["", "x", "two words", "{Braced}", 'a "quoted" b', "12", "é", "a, b = c", "#", "%", "@misc{x,"]
).filter(lambda value: value.count("{") == value.count("}"))


@st.composite
def entries(draw: st.DrawFn, key: str = "key") -> str:
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    indent = draw(st.sampled_from(["", " ", "  ", "\t"]))
    equals = draw(st.sampled_from(["=", " = ", " =", "   =  "]))
    separator = draw(st.sampled_from([",", ", ", f",{newline}{indent}", f"{newline}{indent}, "]))
    fields = []
    for name in draw(st.lists(NAMES, max_size=5, unique_by=str.lower)):
        value = draw(VALUES)
        styles = [f"{{{value}}}", "jan", "7", '{a} # "b" # jan']
        if '"' not in value:
            styles.append(f'"{value}"')
        fields.append(f"{name}{equals}{draw(st.sampled_from(styles))}")
    opening, closing = draw(st.sampled_from([("{", "}"), ("(", ")")]))
    end = draw(st.sampled_from(["", newline, f",{newline}"])) if fields else ""
    return f"@misc{opening}{key}{separator if fields else ''}{separator.join(fields)}{end}{closing}"


@given(
    entries(key="other"), entries(), NAMES, VALUES, st.sampled_from(["", "\n", "junk\n\n", "\r\n"])
)
def test_setting_one_field_leaves_every_other_byte(
    first: str, second: str, name: str, value: str, between: str
) -> None:
    source = f"% head\n{first}\n{between}{second}"
    document = Document.parse(source.encode())
    target = document.entries[1]
    before = dict(target.fields)
    place = next((p for p in target.scan().fields if p.name == name.lower()), None)
    raw = target.raw
    target.set(name, value)
    written = document.to_bytes()
    start = source.encode().rindex(second.encode())
    assert written[:start] == source.encode()[:start]
    if place is not None:
        assert target.raw[: place.start] == raw[: place.start]
        assert target.raw.endswith(raw[place.end :])
    again = Document.parse(written)
    assert not again.notices
    expected = {**before, name.lower(): " ".join(value.split())}
    assert dict(again.entries[1].fields) == expected == dict(target.fields)
    assert dict(again.entries[0].fields) == dict(document.entries[0].fields)


@given(entries(), NAMES)
def test_removing_one_field_leaves_the_others(source: str, name: str) -> None:
    document = Document.parse(source.encode())
    entry = document.entries[0]
    fields = dict(entry.fields)
    expected = {key: value for key, value in fields.items() if key != name.lower()}
    assert entry.remove(name) == (len(expected) < len(fields))
    again = Document.parse(document.to_bytes())
    assert not again.notices
    assert dict(again.entries[0].fields) == expected


@given(entries(), NAMES, VALUES)
def test_setting_twice_is_setting_once(source: str, name: str, value: str) -> None:
    document = Document.parse(source.encode())
    document.entries[0].set(name, value)
    once = document.to_bytes()
    document.entries[0].set(name, value)
    assert document.to_bytes() == once


@pytest.mark.parametrize(
    ("head", "kind", "written"),
    [
        pytest.param(b"@misc{", "article", b"@article{", id="lower case"),
        pytest.param(b"@MISC{", "article", b"@ARTICLE{", id="upper case"),
        pytest.param(b"@Misc {", "inproceedings", b"@Inproceedings {", id="capital"),
        pytest.param(b"@ misc\n(", "book", b"@ book\n(", id="blanks"),
    ],
)
def test_another_type_changes_nothing_else(head: bytes, kind: str, written: bytes) -> None:
    close = b")" if head.endswith(b"(") else b"}"
    body = b"a,\r\n  title = {misc @misc{b}},\n" + close + b"\n% misc\n"
    document = Document.parse(b"% @misc\n" + head + body)
    document.entries[0].retype(kind)
    assert document.to_bytes() == b"% @misc\n" + written + body
    assert document.entries[0].type == kind
    assert Document.parse(document.to_bytes()).entries[0].type == kind


@pytest.mark.parametrize("kind", ["comment", "string", "", "a b", "Article", "x{"])
def test_what_is_no_type_is_refused(kind: str) -> None:
    document = Document.parse(b"@misc{a, title = {b}}")
    with pytest.raises(EditError):
        document.entries[0].retype(kind)
    assert document.to_bytes() == b"@misc{a, title = {b}}"
