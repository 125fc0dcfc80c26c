"""Words made comparable, their other spellings, and slips of the fingers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from bibtools.searching.folding import compounds, fold, other_spellings, shown_words, words
from bibtools.searching.typos import distance, edits_allowed, one_edit_away


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Self-Attention is all", "self attention is all", id="hyphen, case"),
        pytest.param(
            "Łukasiewicz Ørsted Müller Weiß", "lukasiewicz orsted muller weiss", id="fold"
        ),
        pytest.param("don't l’hôpital", "dont lhopital", id="apostrophes"),
        pytest.param("caf\u00e9 cafe\u0301", "cafe cafe", id="composed or not"),
        pytest.param("ﬁne ｗｉｄｅ", "fine wide", id="ligature, wide letters"),
        pytest.param("Æsir Œuvre Þór", "aesir oeuvre thor", id="joined letters"),
        pytest.param("x_1 y__z", "x 1 y z", id="underscores part"),
        pytest.param("深度学习 abc 深", "深度 度学 学习 abc 深", id="no blanks"),
        pytest.param("GPT4模型", "gpt4 模型", id="two scripts"),
        pytest.param("İstanbul", "istanbul", id="dotted capital i"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_words_are_folded(text: str, expected: str) -> None:
    assert " ".join(words(text)) == expected


@given(st.text(max_size=60))
def test_folding_again_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=60))
def test_what_is_shown_lies_in_the_text(text: str) -> None:
    for _, start, end in shown_words(text):
        assert 0 <= start < end <= len(text)


def test_shown_words_are_those_that_are_searched() -> None:
    text = "Don't fear Müller's 深度学习: self-attention"
    assert [word for word, _, _ in shown_words(text)] == words(text)
    assert [text[a:b] for _, a, b in shown_words(text)][:2] == ["Don't", "fear"]


def test_hyphenated_words_are_also_one() -> None:
    assert compounds("Pre-training of GPT-4, state-of-the-art x-") == ["pretraining", "gpt4"]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        pytest.param("Müller", ("mueller", "mullers"), id="umlaut written out"),
        pytest.param("Mueller", ("muller", "muellers"), id="umlaut wanted"),
        pytest.param("embeddings", ("embedding",), id="plural"),
        pytest.param("embedding", ("embeddings",), id="singular"),
        pytest.param("studies", ("study",), id="ies"),
        pytest.param("study", ("studies",), id="y"),
        pytest.param("boxes", ("box",), id="es"),
        pytest.param("bias", ("bia",), id="no plural, but harmless"),
        pytest.param("analysis", (), id="is is none"),
        pytest.param("bus", (), id="short"),
        pytest.param("gpt4s", (), id="not with digits"),
    ],
)
def test_other_spellings(typed: str, expected: tuple[str, ...]) -> None:
    assert other_spellings(typed) == expected


@given(st.text("abc", max_size=7), st.text("abc", max_size=7), st.integers(0, 3))
def test_the_distance_is_that_of_an_independent_library(a: str, b: str, most: int) -> None:
    assert distance(a, b, most) == min(OSA.distance(a, b), most + 1)


@given(st.text("abz", min_size=1, max_size=6))
def test_one_edit_is_one_edit(word: str) -> None:
    near = set(one_edit_away(word)) - {word}
    assert all(OSA.distance(word, one) == 1 for one in near)
    assert {word[1:], word + "a", "q" + word[1:]} - {word} <= near | {word}


@pytest.mark.parametrize(
    ("word", "edits"),
    [("gao", 0), ("bert", 1), ("network", 1), ("networks", 2), ("2021", 0), ("gpt4", 0)],
)
def test_how_many_slips_are_forgiven(word: str, edits: int) -> None:
    assert edits_allowed(word) == edits
