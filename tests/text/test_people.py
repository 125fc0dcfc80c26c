from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.model import Name
from bibtools.text.people import (
    Agreement,
    Authorship,
    compare_authors,
    person,
    plain_letters,
    same_person,
    split_authors,
)


def name(text: str) -> Name:
    return Name(literal=text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Luisa Martín", "Luisa Martin", id="accent"),
        pytest.param("L. Martín", "Luisa Martín", id="initial"),
        pytest.param("Martín, LM", "Luisa M. Martín", id="initials-without-dots"),
        pytest.param("Ivan Petrov", "Иван Петров", id="cyrillic"),
        pytest.param("Martín, L.", "Luisa Martín", id="family-first"),
        pytest.param("Martín, Luisa M.", "L. Martín", id="middle-name"),
        pytest.param("Wei-Ming Zhao", "Weiming Zhao", id="hyphen-in-given"),
        pytest.param("W. -M. Zhao", "Wei-Ming Zhao", id="spaced-initials"),
        pytest.param("Zhao Weiming", "Weiming Zhao", id="turned-round"),
        pytest.param("Kees van Deemter", "Deemter, Kees van", id="particle"),
        pytest.param("van Deemter, K.", "K. van Deemter", id="particle-first"),
        pytest.param("Ana García Pérez", "García Pérez, Ana", id="two-family-names"),
        pytest.param("Sam Ray Jr.", "Ray, Jr., Sam", id="suffix"),
        pytest.param("J\\'er\\^ome Caf\\'e", "Jérôme Café", id="tex"),
        pytest.param("Bal&#xe1;zs Tar", "Balázs Tar", id="entity"),
        pytest.param("Sean O'Neill", "S. O’Neill", id="apostrophe"),
        pytest.param("Mikhail Petrov", "Mikhael Petrov", id="transliteration"),
    ],
)
def test_the_same_person(one: str, other: str) -> None:
    assert same_person(name(one), name(other))
    assert same_person(name(other), name(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Xin Wang", "Yan Wang", id="other-initial"),
        pytest.param("X. Wang", "Y. Wang", id="initials"),
        pytest.param("Xin Wang", "Xin Zhang", id="other-family"),
        pytest.param("Tom Ray", "Tim Ray", id="other-given"),
        pytest.param("Petrov, A.", "Petrovsky, A.", id="longer-family"),
    ],
)
def test_other_people(one: str, other: str) -> None:
    assert not same_person(name(one), name(other))


def test_parts_and_literals_agree() -> None:
    parts = Name(family="Maaten", given="Laurens", non_dropping_particle="van der")
    assert same_person(parts, name("Laurens van der Maaten"))
    assert same_person(parts, name("van der Maaten, L."))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("A. Braun", ("A. Braun",), id="one"),
        pytest.param("A. Braun and Wu Li", ("A. Braun", "Wu Li"), id="and"),
        pytest.param("A. Braun, B. Roux and Wu Li", ("A. Braun", "B. Roux", "Wu Li"), id="list"),
        pytest.param("A. Braun, B. Roux, and Wu Li", ("A. Braun", "B. Roux", "Wu Li"), id="oxford"),
        pytest.param("A. Braun (Bonn, Lab (2)), Wu Li", ("A. Braun", "Wu Li"), id="affiliations"),
        pytest.param("A. Braun (Bonn, Wu Li", ("A. Braun",), id="unbalanced"),
        pytest.param("Luis Bu\\~nel, Wu\n  Li", ("Luis Buñel", "Wu Li"), id="tex-and-line"),
        pytest.param("Gon&#xe7;alo Sa and Wu Li", ("Gonçalo Sa", "Wu Li"), id="entities"),
        pytest.param("Sam Ray, Jr., Wu Li", ("Sam Ray Jr.", "Wu Li"), id="suffix"),
        pytest.param("Atlas Team: A. Braun, Wu Li", ("Atlas Team", "A. Braun", "Wu Li"), id="body"),
        pytest.param("A. Braun et al.", ("A. Braun",), id="et-al"),
        pytest.param("Sandy Anders", ("Sandy Anders",), id="and-inside-a-name"),
        pytest.param("", (), id="nobody"),
    ],
)
def test_split_authors(text: str, names: tuple[str, ...]) -> None:
    assert split_authors(text) == names


@pytest.mark.parametrize(
    ("asked", "known", "expected"),
    [
        pytest.param(
            ["Roux, B.", "Li, W."], ["Bea Roux", "Wu Li", "Eve Oz"],
            Authorship(Agreement.SAME, 2, 2, 3, True), id="beginning",
        ),
        pytest.param(
            ["Wu Li"], ["Bea Roux", "Wu Li"],
            Authorship(Agreement.SAME, 1, 1, 2, False), id="second",
        ),
        pytest.param(
            ["Bea Roux", "X. Ma", "Y. Ma"], ["Bea Roux", "Z. Ma"],
            Authorship(Agreement.SOME, 1, 3, 2, True), id="some",
        ),
        pytest.param(
            ["Xin Wang"], ["Yan Wang"],
            Authorship(Agreement.DIFFERENT, 0, 1, 1, False), id="different",
        ),
        pytest.param([], ["Yan Wang"], Authorship(Agreement.UNKNOWN), id="nobody-asked"),
        pytest.param(["Yan Wang"], [], Authorship(Agreement.UNKNOWN), id="nobody-known"),
    ],
)  # fmt: skip
def test_compare_authors(asked: list[str], known: list[str], expected: Authorship) -> None:
    people = [[person(name(text)) for text in side] for side in (asked, known)]
    assert compare_authors(*people) == expected


def test_letters() -> None:
    assert plain_letters('\\v{S}koda \\L{}ukasz \\"Ozt\\"urk \\aa se') == "Škoda Łukasz Öztürk åse"


@given(st.text(max_size=40))
def test_any_text_is_a_person(text: str) -> None:
    assert same_person(name(text), name(text))
    assert all(split_authors(text))
