"""Keys in Typst: references in markup that no label of the document answers."""

from __future__ import annotations

import pytest

from bibtools.formats.citing import Citation, DataSource, Part, follow, read_cited


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("@a, @b[p. 3] (@c).", "a b c", id="references"),
        pytest.param("@a-b:c.d_e. @f: @g.", "a-b:c.d_e f g", id="signs"),
        pytest.param("= X <x>\n@x @a", "a", id="a-label-is-none"),
        pytest.param("@later @a\n#figure([x], caption: [y]) <later>", "a", id="a-label-behind"),
        pytest.param("ada@apple.org @a \\@b", "a", id="mail-and-escape"),
        pytest.param("如@文献 所示", "文献", id="without-a-blank"),
        pytest.param("`@a` ```py\n@a ` @a\n``` @b", "b", id="raw"),
        pytest.param("// @a\n/* @a /* @a */ @a */ @b", "b", id="comments"),
        pytest.param("https://x.org/@a #link(\"mailto:@a\")[@b]", "b", id="addresses"),
        pytest.param("#cite(<a>, form: \"prose\") #cite(label(\"b c\"))", "a b_c",
                     id="cite"),
        pytest.param("#cite(\"a\", style: \"b\", supplement: [p. @c])", "a c", id="cite-of-old"),
        pytest.param("#cite(label(\"a\\\\b\")) #cite(label(\"\\u{e9}\"))", "a\\b é", id="escapes"),
        pytest.param("#cite(label(\"a\\cb\"))", "a\\cb", id="an-escape-that-is-none"),
        pytest.param("#cite(\"a\\\"", "a\"", id="a-string-never-closed"),
        pytest.param("#ref(<a>) #link(<b>)[x] #show ref.where(target: <c>): it", "a", id="labels"),
        pytest.param("#{ let x = [@a]; cite(<b>) }", "a b", id="code-block"),
        pytest.param("#let f(x) = { [#x @a] }\n#f(\"@b\")[@c]", "a c", id="function"),
        pytest.param("#if x [@a] else [@b]\n@c", "a b c", id="condition"),
        pytest.param("#set page(header: \"@a\", footer: [@b])\n@c", "b c", id="set"),
        pytest.param("#text(red)[@a [x @b] @c] @d", "a b c d", id="brackets-in-content"),
        pytest.param("$ x @a \"y\" $ @b", "b", id="math"),
        pytest.param("\"@a\" it's @b", "a b", id="quotes-are-text"),
        pytest.param("#(\"[\") @a ] @b", "a b", id="brackets-that-are-none"),
        pytest.param("#cite(<a>", "a", id="never-closed"),
    ],
)  # fmt: skip
def test_keys_of_a_typst_text(text: str, expected: str) -> None:
    keys = read_cited(text.encode(), "x.typ").keys()
    found = [key.replace(" ", "_") for key in keys]
    assert found == expected.split()


def test_whole_values() -> None:
    text = (
        '#import "@preview/x:1.0.0": y\n#import "t.typ"\né @a\n#cite(<b>)\n#include "c/d.typ"\n'
        '#bibliography(("refs.bib", "https://x.org/a.yml"), full: true, title: "x.bib")\n'
    )
    cited = read_cited(text.encode(), "x.typ")
    assert cited.citations == (
        Citation("a", "x.typ", 3, 4, "@"),
        Citation("b", "x.typ", 4, 8, "cite"),
    )
    assert (cited.everything, cited.biber) == (True, None)
    assert cited.sources == (
        DataSource("refs.bib", "x.typ", 6, 17),
        DataSource("https://x.org/a.yml", "x.typ", 6, 29, remote=True),
    )
    assert cited.parts == (
        Part("t.typ", "x.typ", 2, 10, "typst"),
        Part("c/d.typ", "x.typ", 5, 11, "typst", 2),
    )


def test_files_are_found_from_the_file_that_names_them() -> None:
    files = {
        "p/main.typ": b'#include "c/a.typ"\n@x @z',
        "p/c/a.typ": b'#include "b.typ"\n#include "/d.typ"\n= Y <x>',
        "p/c/b.typ": b"@b",
        "p/d.typ": b"@d",
    }
    assert follow("p/main.typ", files.get).keys() == ("b", "d", "z")
