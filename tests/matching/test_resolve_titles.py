from __future__ import annotations

import math

import pytest

from bibtools.matching.evidence import IndexedPaper
from bibtools.matching.resolve_titles import Difference, TitleMatch, compare_titles, title_bits
from bibtools.model import ArxivId
from bibtools.text.titles import is_cut, title_words

FREQUENT = (
    "swaying of footbridges under marching crowds a the model for and "
    "in with type theory homology cohomology bosons singlet triplet states "
    "atoms deep networks learning on measurement analysis graphs rings covering packing"
)
COMMON = dict.fromkeys(FREQUENT.split(), 400) | {
    "hand": 30,
    "rings": 40,
    "ring": 90,
    "sings": 5,
    "boson": 300,
    "wit": 2,
}


class Words:
    def count(self, word: str) -> int:
        return COMMON.get(word, 0)

    def weight(self, word: str) -> float:
        return math.log2(300_001 / COMMON[word]) if word in COMMON else 0.0


def compare(asked: str, known: str) -> TitleMatch:
    paper = IndexedPaper(ArxivId("0704.0001"), known)
    return compare_titles(title_words(asked), paper, Words(), cut=is_cut(asked))


KNOWN = "Swaying of footbridges under marching crowds: A model for planners"


@pytest.mark.parametrize(
    ("asked", "known", "difference"),
    [
        pytest.param("SWAYING OF FOOT-BRIDGES", "Swaying of footbridges", "EXACT", id="hyphen"),
        pytest.param("Swayng of footbridges", "Swaying of footbridges", "SPELLING", id="dropped"),
        pytest.param("Swayinj of footbirdges", "Swaying of footbridges", "SPELLING", id="two"),
        pytest.param("Swayingof footbridgess", "Swaying of footbridges", "SPELLING", id="joined"),
        pytest.param("Swaying te footbridges", "Swaying the footbridges", "SPELLING", id="te"),
        pytest.param("Swaying hand crowds", "Swaying and crowds", "SPELLING", id="known-for-and"),
        pytest.param("Swaying footbridges", "Swaying of the footbridges", "SPELLING", id="of-the"),
        pytest.param("Crowds wit models", "Crowds with models", "SPELLING", id="wit"),
        pytest.param("Marching boson states", "Marching bosons states", "SPELLING", id="plural"),
        pytest.param("Covering sings", "Covering rings", "SPELLING", id="rare-for-frequent"),
        pytest.param("Marching qbosons", "Marching bosons", "SPELLING", id="letter-set"),
        pytest.param("Phse4DFD crowds", "Phase4DFD crowds", "SPELLING", id="letter-beside-digit"),
        pytest.param("Swaying of footbridges under ...", KNOWN, "SHORTENED", id="cut"),
        pytest.param("Swaying of footbridges under mar...", KNOWN, "SHORTENED", id="cut-in-word"),
        pytest.param("Swaying of footbridges under marching crowds", KNOWN, "SHORTENED",
                     id="subtitle"),
        pytest.param("A model for planners", KNOWN, "SHORTENED", id="only-subtitle"),
        pytest.param("Swaying of footbridges under crowds", "Swaying of footbridges under marching "
                     "crowds", "WORD_MISSING", id="missing"),
        pytest.param("Swaying of crowds", "Swaying of foot-bridge crowds", "WORD_MISSING",
                     id="hyphened-missing"),
        pytest.param("Swaying of boson crowds", "Swaying of crowds", "VARIED", id="added"),
        pytest.param("Swaying of deep crowds", "Swaying of marching crowds", "VARIED",
                     id="exchanged"),
        pytest.param("Singlet states of atoms", "Triplet states of atoms", "VARIED", id="opposite"),
        pytest.param("Packing graphs", "Covering graphs", "VARIED", id="known-word"),
        pytest.param("Swaying of crowds", "Swaying of marching deep crowds", "VARIED",
                     id="two-gone"),
        pytest.param("Crowds in mK-theory", "Crowds in K-theory", "APART", id="letter-at-symbol"),
        pytest.param("VitaminxD crowds", "Vitamin D crowds", "SPELLING", id="letter-for-blank"),
        pytest.param("Swaying crowds I", "Swaying crowds II", "APART", id="roman"),
        pytest.param("Swaying crowds", "Swaying crowds II", "APART", id="roman-added"),
        pytest.param("Swaying crowds II", "Swaying crowds", "APART", id="roman-gone"),
        pytest.param("Swaying crowds 41", "Swaying crowds 43", "APART", id="number"),
        pytest.param("Type A rings", "Type D rings", "APART", id="letter"),
        pytest.param("Type D rings", "Type A rings", "APART", id="letter-a"),
        pytest.param("Crowds with rings", "Crowds without rings", "APART", id="without"),
        pytest.param("Nilpotent rings", "Non-nilpotent rings", "APART", id="non"),
        pytest.param("Layers of MoS2", "Layers of WS2", "APART", id="formula"),
        pytest.param("Layers of MfS2", "Layers of MoS2", "APART", id="letter-in-formula"),
        pytest.param("Marching crowds", "Marching crowds 2: On stairs", "APART",
                     id="part-not-subtitle"),
        pytest.param("First model of crowds", "Second model of crowds", "APART", id="ordinal"),
        pytest.param("Crowds, Part III", "Crowds, Part II", "APART", id="part"),
    ],
)  # fmt: skip
def test_difference(asked: str, known: str, difference: str) -> None:
    assert compare(asked, known).difference is Difference[difference]


def test_score_of_a_shortened_title_is_that_of_the_part() -> None:
    assert compare("Swaying of footbridges under ...", KNOWN).score == 100.0


def test_a_misspelt_word_tells_something() -> None:
    right = compare("Swaying footbridges", "Swaying footbridges of").bits
    slipped = compare("Swaying footbirdges", "Swaying footbridges").bits
    assert 0 < slipped < right


def test_bits_are_those_of_the_print_that_tells_more() -> None:
    assert title_bits((("swayingcrowds",), ("swaying", "crowds")), Words()) == pytest.approx(
        2 * math.log2(300_001 / 400)
    )
