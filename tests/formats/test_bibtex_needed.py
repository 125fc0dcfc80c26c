"""Which entries some citations need, with all they lean on."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bibtools.formats.bibtex import Document
from bibtools.formats.bibtex.needed import Needed, needed, undefined_macros


def of(text: str, *keys: str, biber: bool | None = None, everything: bool = False) -> Needed:
    return needed(Document.parse(text.encode(), "x.bib"), keys, biber=biber, everything=everything)


def shown(found: Needed) -> list[str]:
    return [f"{one.entry.key} {one.why} {one.by}".strip() for one in found.taken]


SAME = "@misc{FOO, year=1}@misc{foo, year=2}@misc{Bar}@misc{Bar, year=2}"


@pytest.mark.parametrize(
    ("biber", "key", "year"),
    [
        pytest.param(False, "foo", "1", id="bibtex-first-wins"),
        pytest.param(False, "Foo", "1", id="bibtex-any-case"),
        pytest.param(True, "foo", "2", id="biber-exact"),
        pytest.param(True, "Foo", None, id="biber-no-other-case"),
        pytest.param(None, "foo", "2", id="unknown-exact-first"),
        pytest.param(None, "Foo", "1", id="unknown-any-case"),
    ],
)
def test_which_entry_a_key_means(biber: bool | None, key: str, year: str | None) -> None:
    found = of(SAME, key, biber=biber)
    assert [entry.fields["year"] for entry in found.entries] == ([year] if year else [])
    assert found.missing == (() if year else (key,))


def test_biber_and_another_spelling_is_told() -> None:
    found = of(SAME, "bar", biber=True)
    assert [str(notice) for notice in found.notices] == [
        'x.bib:1:37: "bar" is spelt "Bar" here, and biber tells case apart.'
    ]


@pytest.mark.parametrize(
    ("text", "keys", "expected"),
    [
        pytest.param("@a{x}@a{y}@a{z}", "z x", ["x cited x", "z cited z"], id="order-of-the-file"),
        pytest.param(
            "@a{p}@a{x,crossref={P}}@a{y}@a{z,crossref=\"p\"}", "z x",
            ["x cited x", "z cited z", "p crossref z"], id="parent-behind-children",
        ),
        pytest.param(
            "@a{g}@a{p,crossref={g}}@a{x,crossref={p}}", "x",
            ["x cited x", "p crossref x", "g crossref p"], id="chain",
        ),
        pytest.param(
            "@a{x,crossref={p}}@a{y}@a{p}@a{z}", "z y x",
            ["x cited x", "y cited y", "p crossref x", "z cited z"], id="parent-keeps-its-place",
        ),
        pytest.param(
            "@a{p}@a{x,crossref={p}}", "p x", ["x cited x", "p cited p"], id="parent-cited-too"
        ),
        pytest.param(
            "@xdata{d,xdata={e}}@xdata{e}@a{x,xdata={d, e}}", "x",
            ["d xdata x", "e xdata x", "x cited x"], id="xdata",
        ),
        pytest.param(
            "@xdata{d}@a{x,publisher={xdata=d-publisher}, note={see xdata=e}}", "x",
            ["d xdata x", "x cited x"], id="xdata-of-one-field",
        ),
        pytest.param(
            "@a{x,related={y,z}}@a{y,xref={w}}@set{z,entryset={x,v}}@a{v}@a{w}@a{u}", "x",
            ["x cited x", "y related x", "z related x", "v entryset z", "w xref y"], id="relatives",
        ),
        pytest.param("@a{x,ids={b, c}}@a{y}", "c", ["x alias c"], id="alias"),
        pytest.param("@a{x,ids={y}}@a{y}", "y", ["y cited y"], id="key-before-alias"),
        pytest.param("@a{x,ids={p}}@a{y,crossref={p}}", "y", ["y cited y", "x crossref y"],
                     id="alias-of-a-parent"),
        pytest.param("@a{x}@comment{@a{y}}", "y", ["y cited y"], id="in-a-comment"),
        pytest.param("@a{x,crossref={x}}", "x", ["x cited x"], id="its-own-parent"),
    ],
)  # fmt: skip
def test_what_comes_along(text: str, keys: str, expected: list[str]) -> None:
    assert sorted(shown(of(text, *keys.split()))) == sorted(expected)
    assert shown(of(text, *keys.split())) == expected


def test_biber_needs_no_order_and_reads_no_comment() -> None:
    text = "@a{p}@a{x,crossref={p}}@comment{@a{y}}"
    found = of(text, "x", "y", biber=True)
    assert shown(found) == ["p crossref x", "x cited x"]
    assert found.missing == ("y",)


@pytest.mark.parametrize(
    ("text", "key", "expected"),
    [
        pytest.param(
            "@a{x,crossref={p}}", "x",
            'x.bib:1:1: "x" names "p" in crossref, and no entry has that key: '
            "what it inherits from it is lost.",
            id="no-parent",
        ),
        pytest.param(
            "@a{x,related={p}}", "x",
            'x.bib:1:1: "x" names "p" in related, and no entry has that key: it is left out.',
            id="no-relative",
        ),
        pytest.param(
            "@a{x,crossref={y}}\n@a{y,crossref={x}}", "x",
            "x.bib:1:1: Entries name each other in crossref in a circle: x -> y -> x.",
            id="circle",
        ),
    ],
)  # fmt: skip
def test_what_is_told(text: str, key: str, expected: str) -> None:
    assert [str(notice) for notice in of(text, key).notices] == [expected]


def test_an_alias_for_bibtex_is_told() -> None:
    found = of("@a{x,ids={b}}", "b", biber=False)
    assert [str(notice) for notice in found.notices] == [
        'x.bib:1:1: "b" is another name of "x" (ids), which BibTeX does not know.\n'
        "  Hint: Cite x, or use biber."
    ]


def test_everything() -> None:
    text = "@a{x}@a{X}@comment{@a{y}}@a{p}@a{z,crossref={p}}@a{x}"
    assert shown(of(text, "x", everything=True)) == ["x cited x", "X everything", "z everything",
                                                     "p everything"]  # fmt: skip
    assert [entry.key for entry in of(text, biber=False, everything=True).entries] == list("xzp")


def test_macros_with_those_they_use() -> None:
    text = (
        '@string{never = "n"}@string{a = "1"}@string{B = a # "2"}@string(c = "3")'
        '@a{x,title=b # { and } # C, month=jan, note=lost}@string{a = "late"}@a{y, note=a}'
        '@a{p, title="never", note=never}'
    )
    document = Document.parse(text.encode())
    found = needed(document, ["x"])
    assert found.macros == ("a", "b", "c")
    assert [block.text for block in found.strings] == [
        '@string{a = "1"}', '@string{B = a # "2"}', '@string(c = "3")',
    ]  # fmt: skip
    assert undefined_macros(found.entries, found.strings) == {"lost"}
    # Two definitions of one name that both hold somewhere are both brought.
    assert [block.text for block in needed(document, ["x", "y"]).strings] == [
        '@string{a = "1"}', '@string{B = a # "2"}', '@string(c = "3")', '@string{a = "late"}',
    ]  # fmt: skip


def test_several_files_are_read_as_one() -> None:
    first = Document.parse(b'@string{s = "S"}@a{x, crossref={p}, note=s}@a{y}', "1.bib")
    second = Document.parse(b"@a{X, note={second}}@a{p, note=s}@a{z}", "2.bib")
    found = needed([first, second], ["z", "X", "x", "y"], biber=False)
    files = [(one.entry.document.file, one.entry.key) for one in found.taken]
    assert files == [("1.bib", "x"), ("1.bib", "y"), ("2.bib", "p"), ("2.bib", "z")]
    assert found.macros == ("s",)
    assert found.found["X"] is found.found["x"]


def test_many_children_and_a_long_chain() -> None:
    children = "".join(f"@a{{c{number}, crossref={{p}}}}\n" for number in range(5_000))
    chain = "".join(f"@a{{k{number}, crossref={{k{number + 1}}}}}\n" for number in range(3_000))
    found = of("@a{p}\n" + children + chain, "k0", everything=True)
    assert len(found.entries) == 8_001
    assert found.entries[5_000].key == "p"


KEYS = st.sampled_from("abcde")
ENTRY = st.builds(
    lambda key, fields: f"@a{{{key}, " + ", ".join(f"{n}={{{v}}}" for n, v in fields) + "}\n",
    KEYS,
    st.lists(st.tuples(st.sampled_from(["crossref", "xdata", "related", "ids"]), KEYS), max_size=3),
)


@example("@a{b, }\n@a{b, ids={a}}\n@a{d, crossref={a}}\n", ["d"], False)
@given(st.lists(ENTRY, max_size=8).map("".join), st.lists(KEYS, max_size=4), st.booleans())
def test_the_choice_is_closed(text: str, keys: list[str], everything: bool) -> None:
    found = of(text, *keys, everything=everything)
    entries = list(found.entries)
    assert len(set(entries)) == len(entries)
    again = of(text, *(entry.key for entry in entries), everything=everything)
    assert set(again.taken) == set(again.taken)
    assert [one.key for one in again.entries] == [one.key for one in entries]
    circle = any(notice.rule == "needed.loop" for notice in found.notices)
    place = {entry: number for number, entry in enumerate(entries)}
    for one in found.taken:
        if one.why == "crossref" and not circle:
            child = next(entry for entry in entries if entry.key == one.by)
            assert place[child] < place[one.entry]


def test_biber_finds_no_parent_that_is_spelt_otherwise() -> None:
    text = "@inproceedings{a, crossref = {grove}}\n@proceedings{Grove}"
    assert [one.key for one in of(text, "a", biber=False).entries] == ["a", "Grove"]
    found = of(text, "a", biber=True)
    assert [one.key for one in found.entries] == ["a"]
    (notice,) = found.notices
    assert notice.hint == '"Grove" is there, and biber tells case apart.'
