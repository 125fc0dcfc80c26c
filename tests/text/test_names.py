"""Names taken apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.model import Name
from bibtools.text.names import is_body, parse_name, split_names

PARTS = [
    ("Tianyu Gao", Name(family="Gao", given="Tianyu")),
    ("Laurens van der Maaten", Name("Maaten", "Laurens", "van der")),
    ("Kees van Deemter", Name("Deemter", "Kees", "van")),
    ("van der Maaten, Laurens", Name("Maaten", "Laurens", "van der")),
    ("Benjamin Van Durme", Name("Van Durme", "Benjamin")),
    ("Nicola De Cao", Name("De Cao", "Nicola")),
    ("Nguyen Van Minh", Name("Minh", "Nguyen Van")),
    ("Minh Van Nguyen", Name("Nguyen", "Minh Van")),
    ("Abu Ja'far al-Khwarizmi", Name("Khwarizmi", "Abu Ja'far", "al-")),
    ("Martin King Jr.", Name("King", "Martin", suffix="Jr.")),
    ("King, Jr., Martin", Name("King", "Martin", suffix="Jr.")),
    ("Martin King, Jr.", Name("King", "Martin", suffix="Jr.")),
    ("Louis-Pascal A. C. Xhonneux", Name("Xhonneux", "Louis-Pascal A. C.")),
    ("Santiago Ramón y Cajal", Name("Ramón y Cajal", "Santiago")),
    ("María del Carmen Pérez", Name("Pérez", "María del Carmen")),
    ("de Haas", Name("Haas", None, "de")),
    ("Plato", Name(family="Plato")),
    ("李 明", Name(literal="李 明")),
    ("OpenAI", Name(literal="OpenAI")),
    ("DeepSeek-AI", Name(literal="DeepSeek-AI")),
    ("NLLB Team", Name(literal="NLLB Team")),
    ("ATLAS Collaboration", Name(literal="ATLAS Collaboration")),
    ("Institute of Odd Things", Name(literal="Institute of Odd Things")),
    ("  Grace \t Hopper ", Name("Hopper", "Grace")),
]


@pytest.mark.parametrize(("printed", "name"), PARTS, ids=[printed for printed, _ in PARTS])
def test_parts(printed: str, name: Name) -> None:
    assert parse_name(printed) == name


words = st.text(alphabet="abcdeABCDEzé李-'.’" + "vandrl", min_size=1, max_size=8)
known = st.sampled_from("van der de la von al-Ali y Jr. III Van Le Nguyen O' d' Team 't".split())


@given(st.lists(words | known, min_size=1, max_size=6))
def test_display_gives_back_the_name(parts: list[str]) -> None:
    text = " ".join(parts)
    assert parse_name(text).display() == text


@pytest.mark.parametrize(
    ("printed", "names"),
    [
        pytest.param("A One, B Two and C Three", ("A One", "B Two", "C Three"), id="and"),
        pytest.param("A One, Jr., B Two", ("A One, Jr.", "B Two"), id="suffix"),
        pytest.param(" , ", (), id="nothing"),
    ],
)
def test_split(printed: str, names: tuple[str, ...]) -> None:
    assert split_names(printed) == names


def test_persons_are_no_bodies() -> None:
    people = ["Ai Weiwei", "Anna Labov", "Group Captain", "Li Ai"]
    assert [is_body(name) for name in people] == [False, False, True, False]
