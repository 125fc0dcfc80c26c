"""Citation keys: what they are made of, and that they stay."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.errors import UsageError
from bibtools.keys import assign_keys, fold, make_key, suffix, title_words
from bibtools.model import ArxivId, Entry, Name, PartialDate


def paper(title: str | None, family: str | None = None, year: int | None = None) -> Entry:
    return Entry(
        title=title,
        authors=(Name(family, "A"),) if family else (),
        date=PartialDate(year) if year else None,
    )


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        pytest.param(paper("SimCSE: Simple", "Gao", 2021), "gao2021simcse", id="usual"),
        pytest.param(paper("The CRINGE Loss"), "cringeloss", id="no-author"),
        pytest.param(paper("The Loss", None, 2022), "theloss2022"[3:], id="no-author-one-word"),
        pytest.param(paper("On the Way", "Gao"), "gaoway", id="no-year"),
        pytest.param(paper("How to Be", "Gao", 2020), "gao2020how", id="only-stop-words"),
        pytest.param(paper("Pre-Training", "Müller", 1999), "muller1999pre", id="accents"),
        pytest.param(paper("Straße", "Łuczak", 1999), "luczak1999strasse", id="letters"),
        pytest.param(paper("X", "O'Neill", 1999), "oneill1999x", id="apostrophe"),
        pytest.param(paper("LMs' Way", "García Márquez", 1999), "garciamarquez1999lms", id="two"),
        pytest.param(paper("Война", "Толстой", 1869), "tolstoi1869voina", id="cyrillic"),
        pytest.param(paper("深度", "王", 2020), "anon2020", id="chinese"),
        pytest.param(
            replace(paper("深度", "王", 2020), arxiv=ArxivId("2001.00001")),
            "arxiv200100001",
            id="chinese-with-id",
        ),
        pytest.param(paper(None), "anon", id="nothing"),
        pytest.param(paper("2048"), "anon2048", id="digits"),
        pytest.param(
            replace(paper("T", None, 2008), authors=(Name("Maaten", "L", "van der"),)),
            "vandermaaten2008t",
            id="particle",
        ),
        pytest.param(
            replace(paper("T", None, 2008), authors=(Name(literal="Tianyu Gao"),)),
            "gao2008t",
            id="person-as-literal",
        ),
        pytest.param(
            replace(paper("T", None, 2008), authors=(Name(literal="ACME Research Team"),)),
            "acmeresearchteam2008t",
            id="body",
        ),
        pytest.param(paper("}, @misc{x #% \\input", "{A}", 2000), "a2000misc", id="hostile"),
    ],
)
def test_make_key(entry: Entry, expected: str) -> None:
    assert make_key(entry) == expected


three = replace(
    paper("SimCSE: Simple Contrastive Learning", None, 2021),
    authors=(Name("Gao", "T"), Name("Yao", "X"), Name("Chen", "D")),
    arxiv=ArxivId("2104.08821"),
)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        pytest.param("{family}_{year}", "gao_2021", id="separator"),
        pytest.param("{family|title}{year}", "Gao2021", id="title"),
        pytest.param("{family|upper}", "GAO", id="upper"),
        pytest.param("{families}", "gaoyaochen", id="families"),
        pytest.param("{families:2|asis}", "GaoYaoEtAl", id="families-cut"),
        pytest.param("{word|asis}", "SimCSE", id="as-is"),
        pytest.param("{words:3|asis}", "SimCSESimpleContrastive", id="words"),
        pytest.param("{arxiv}", "210408821", id="arxiv"),
        pytest.param("my:{family}", "my:gao", id="literal"),
    ],
)
def test_patterns(pattern: str, expected: str) -> None:
    assert make_key(three, pattern) == expected


@pytest.mark.parametrize(
    "pattern", ["{nobody}", "{family", "", "{family|loud}", "{year}{", "{year} x", "{a}#"]
)
def test_patterns_that_cannot_be_read(pattern: str) -> None:
    with pytest.raises(UsageError, match="cannot be read") as caught:
        make_key(three, pattern)
    assert "{family}" in (caught.value.hint or "")


def keys(entries: list[Entry], taken: set[str] | None = None) -> list[str | None]:
    return [entry.key for entry in assign_keys(entries, taken or set())]


def test_letters_on_clashes() -> None:
    first, second, third = (
        replace(paper("T one", "Gao", 2021), arxiv=ArxivId(f"2101.0000{n}")) for n in (1, 2, 3)
    )
    assert keys([first, second, third]) == ["gao2021t", "gao2021ta", "gao2021tb"]
    assert keys([third, first, second]) == ["gao2021tb", "gao2021t", "gao2021ta"]


def test_keys_that_are_there_stay() -> None:
    old = replace(paper("T", "Gao", 2021), key="MyKey")
    assert keys([paper("T", "Gao", 2021), old]) == ["gao2021t", "MyKey"]
    assert keys([paper("T", "Gao", 2021)], {"Gao2021T", "gao2021ta"}) == ["gao2021tb"]
    clash = replace(old, key="gao2021t")
    assert keys([paper("T", "Gao", 2021), clash]) == ["gao2021ta", "gao2021t"]


def test_a_letter_takes_no_plain_key() -> None:
    entries = [paper("T", "Gao", 2021), paper("T", "Gao", 2021), paper("Ta", "Gao", 2021)]
    assert keys(entries) == ["gao2021t", "gao2021tb", "gao2021ta"]


@pytest.mark.parametrize(
    ("number", "letters"), [(0, "a"), (25, "z"), (26, "aa"), (701, "zz"), (702, "aaa")]
)
def test_suffix(number: int, letters: str) -> None:
    assert suffix(number) == letters


def test_title_words_leave_out_what_tells_nothing() -> None:
    assert title_words("What the DAAM: $\\alpha$ of it") == ["DAAM", "alpha"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Ångström", "Angstrom"), ("Ελλάδα", "Ellada"), ("ﬁn", "fin"), ("王", "")],
)
def test_fold(text: str, expected: str) -> None:
    assert fold(text) == expected


_names = st.builds(Name, family=st.text(max_size=8), given=st.text(max_size=4))
_entries = st.builds(
    Entry,
    key=st.none() | st.sampled_from(["a", "B", "gao2021t"]),
    title=st.none() | st.text(max_size=20),
    authors=st.lists(_names, max_size=2).map(tuple),
    date=st.none() | st.builds(PartialDate, st.integers(0, 9999)),
)


@given(_entries)
def test_keys_are_safe(entry: Entry) -> None:
    assert re.fullmatch(r"[A-Za-z0-9]{1,90}", make_key(entry))


@given(st.lists(_entries, max_size=8), st.randoms())
def test_assigned_keys_are_unique_and_do_not_depend_on_order(
    entries: list[Entry], random: object
) -> None:
    assigned = assign_keys(entries)
    given_keys = [entry.key.lower() for entry in entries if entry.key]
    new = [
        after.key.lower()
        for before, after in zip(entries, assigned, strict=True)
        if not before.key and after.key
    ]
    assert len(new) == len(set(new)) and not set(new) & set(given_keys)
    backwards = assign_keys(entries[::-1])
    assert {e.key for e in backwards} == {e.key for e in assigned}
    assert assign_keys(assigned) == assigned
