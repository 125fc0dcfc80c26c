from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.text.titles import (
    is_cut,
    is_number,
    is_roman,
    main_title,
    printed_words,
    tells_apart,
    title_hash,
    title_key,
    title_words,
    words_before_subtitles,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Self-Attention", "selfattention", id="hyphen"),
        pytest.param("{BERT}: {P}re-training", "BERT: Pre-training", id="bibtex-braces"),
        pytest.param("A high--performance tool", "A High-Performance Tool", id="dashes"),
        pytest.param("$\\alpha$-decay", "α-decay", id="greek-command"),
        pytest.param("$\\varphi$-means", "varphi means", id="greek-without-backslash"),
        pytest.param("Fr\\'echet means", "Fréchet means", id="tex-accent"),
        pytest.param('K\\"{a}hler cones', "Kähler cones", id="tex-accent-in-braces"),
        pytest.param("\\v{C}ech cohomology", "Čech cohomology", id="tex-caron"),
        pytest.param("{\\O}re extensions", "Øre extensions", id="tex-letter"),
        pytest.param("Cats &amp; dogs", "Cats \\& dogs", id="entity"),
        pytest.param("Cats & dogs", "Cats and dogs", id="ampersand"),
        pytest.param("<i>p</i>-adic groups", "p-adic groups", id="markup"),
        pytest.param("links$^2$bench", "links2bench", id="superscript"),
        pytest.param("H²O", "H2O", id="unicode-superscript"),
        pytest.param("$\\mathbb{R}^n$ spaces", "mathbb R n spaces", id="left-over-command"),
        pytest.param("A \\textbf{bold} claim", "A bold claim", id="dressing"),
        pytest.param("$\\MATHCAL{PT}$ MODELS", "$\\mathcal{PT}$ models", id="command-in-capitals"),
        pytest.param("Bayes' rule", "Bayes’ rule", id="apostrophes"),
        pytest.param("soft\u00adware", "software", id="soft-hyphen"),
    ],
)
def test_two_prints_of_one_title_have_one_key(one: str, other: str) -> None:
    assert title_key(one) == title_key(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Loop groups I", "Loop groups II", id="roman"),
        pytest.param("Type A roots", "Type D roots", id="letter"),
        pytest.param("Order 2", "Order 3", id="digit"),
        pytest.param("With bias", "Without bias", id="negation"),
    ],
)
def test_other_titles_have_other_keys(one: str, other: str) -> None:
    assert title_key(one) != title_key(other)


def test_words() -> None:
    assert title_words("{TTC}: A high--performance $\\alpha$-Compiler") == (
        "ttc", "a", "high", "performance", "alpha", "compiler",
    )  # fmt: skip
    assert title_words("深度学习 方法") == ("深度学习", "方法")
    assert title_words("Ελληνική γλώσσα") == ("ελληνικη", "γλωσσα")
    assert title_words("?!") == ()


def test_hash_is_the_same_everywhere() -> None:
    # A changed hash makes every index that users have unreadable: raise the schema version then.
    assert title_hash("selfattention") == 0x38BA26A74012


@pytest.mark.parametrize(
    ("title", "cut"),
    [
        pytest.param("Learning to ...", True, id="dots"),
        pytest.param("Learning to…", True, id="ellipsis"),
        pytest.param('"Learning to ..."', True, id="quoted"),
        pytest.param("Learning to \\ldots", True, id="tex"),
        pytest.param("Learning ... to walk", False, id="inside"),
        pytest.param("Learning to walk.", False, id="full-stop"),
    ],
)
def test_cut(title: str, cut: bool) -> None:
    assert is_cut(title) is cut


@pytest.mark.parametrize(
    ("title", "main"),
    [
        pytest.param("GLUE: A Benchmark", "GLUE", id="colon"),
        pytest.param("Self-assembly:Shapes of glue", "Self-assembly", id="colon-without-blank"),
        pytest.param("Small steps - a study", "Small steps", id="dash"),
        pytest.param("Small steps -- a study", "Small steps", id="double-dash"),
        pytest.param("Who knows? A study", "Who knows?", id="question"),
        pytest.param("Small steps", None, id="none"),
        pytest.param("Small steps:", None, id="nothing-behind"),
        pytest.param("Ratio 3:4 of steps", None, id="ratio"),
    ],
)
def test_main_title(title: str, main: str | None) -> None:
    assert main_title(title) == main


def test_subtitle_places() -> None:
    assert words_before_subtitles("GLUE: A Benchmark - and more") == {1, 3}


def test_printed_words() -> None:
    title = "Large-Eddy Simulation of flows"
    assert printed_words(title, title_words(title)) == (0, 0, 1, 2, 3)
    spanning = "A <sub x='1 2'>b</sub>"
    assert len(printed_words(spanning, title_words(spanning))) == len(title_words(spanning))


@pytest.mark.parametrize("word", ["3", "3d", "m24", "ii", "x", "k"])
def test_numbers(word: str) -> None:
    assert is_number(word) and tells_apart(["the", word])


@pytest.mark.parametrize("word", ["a", "mix", "civil", "deep"])
def test_no_numbers(word: str) -> None:
    assert not is_number(word) and not is_roman(word) and not tells_apart([word])


@given(st.text(max_size=60))
def test_any_text_has_words(text: str) -> None:
    words = title_words(text)
    assert all(words)
    assert title_words(" ".join(words)) == words or any(not word.isascii() for word in words)
