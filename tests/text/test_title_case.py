"""Which capitals of a title are put in braces."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.text.title_case import encode_title

TITLES = [
    pytest.param("SimCSE: Simple Learning", "{SimCSE}: Simple Learning", id="camel"),
    pytest.param("Why p-Laplacian Is Good", "Why {p-Laplacian} Is Good", id="small-first"),
    pytest.param("mPLUG-DocOwl: A Model", "{mPLUG-DocOwl}: A Model", id="system-name"),
    pytest.param("CoLoR-Filter: A Way", "{CoLoR-Filter}: A Way", id="compound-system-name"),
    pytest.param("CLIP-MoE at Work", "{CLIP-MoE} at Work", id="compound-of-acronyms"),
    pytest.param("SO(3)-Equivariance", "{SO(3)}-Equivariance", id="group"),
    pytest.param("In O(n) Time (BERT)", "In {O(n)} Time ({BERT})", id="brackets"),
    pytest.param("BERT-Based Pre-Training", "{BERT}-Based Pre-Training", id="hyphens"),
    pytest.param("How Many KVs Do LLMs' Need?", "How Many {KVs} Do {LLMs}' Need?", id="plurals"),
    pytest.param("Names? An Empirical Study", "Names? {A}n Empirical Study", id="second-sentence"),
    pytest.param("Plan B for Vitamin C", "Plan {B} for Vitamin {C}", id="single-capitals"),
    pytest.param("A Study: A View", "A Study: A View", id="article"),
    pytest.param("GPT-4 and CodeT5+ in 3D", "{GPT}-4 and {CodeT5+} in {3D}", id="digits"),
    pytest.param("The Chinese and Bayesian Way", "The {Chinese} and {Bayesian} Way", id="proper"),
    pytest.param("ATTENTION IS ALL YOU NEED", "ATTENTION IS ALL YOU NEED", id="shouted"),
    pytest.param(
        "Rumor detection on Twitter with deep networks by Acme",
        "Rumor detection on {Twitter} with deep networks by {Acme}",
        id="sentence-case",
    ),
    pytest.param(r"The $\Delta$-Method", r"The {$\Delta$}-Method", id="math"),
    pytest.param(r"\textbf{Bold} Title", r"{{\textbf{Bold}}} Title", id="command-first"),
    pytest.param("50% of & More", r"50\% of \& More", id="specials"),
    pytest.param("Équipe ÉNA", r"{\'E}quipe {{\'E}NA}", id="accents"),
    pytest.param("01.AI", "{01.AI}", id="domain"),
    pytest.param("", "", id="empty"),
]


@pytest.mark.parametrize(("title", "expected"), TITLES)
def test_encode_title(title: str, expected: str) -> None:
    assert encode_title(title, ascii_only=True) == expected


def change_case(title: str) -> str:
    """What `change.case$` with "t" does, after btxdoc: letters at brace level 0 are lowered,
    except the first of all and the one after a colon and blanks; so are those of a special
    character (`{\\` at level 0)."""
    out, level, special, first = [], 0, False, True
    for position, char in enumerate(title):
        if char == "{":
            level += 1
            special = special or (level == 1 and title[position + 1 : position + 2] == "\\")
        elif char == "}":
            level -= 1
            special = special and level > 0
        elif char.isascii() and (level == 0 or special) and not first:
            after_colon = re.search(r":\s+$", title[:position])
            out.append(char if after_colon else char.lower())
            continue
        first = False
        out.append(char)
    return "".join(out)


@pytest.mark.parametrize(
    ("title", "printed"),
    [
        pytest.param("LLaMA and GPT-4: An O(n) View", "LLaMA and GPT-4: An O(n) view", id="mixed"),
        pytest.param("Names? An Empirical Study", "Names? An empirical study", id="sentence"),
        pytest.param(
            "Pre-Training BERT-Based Models", "Pre-training BERT-based models", id="hyphen"
        ),
    ],
)
def test_after_a_style_lowered_it(title: str, printed: str) -> None:
    assert re.sub(r"[{}]", "", change_case(encode_title(title, ascii_only=True))) == printed


_words = st.sampled_from(
    ["The", "model", "SimCSE", "p-Laplacian", "O(n)", "α", "$x$", r"\textbf{A}", "A", "GPT-4:",
     "{x}", "É", "what?", '"Quoted"', "-", "/", "(", "王", "%", r"\'e", "$", "\\"]
)  # fmt: skip


@given(st.lists(_words, max_size=8).map(" ".join), st.booleans())
def test_braces_only_add(title: str, ascii_only: bool) -> None:
    """Protection adds braces and changes nothing else."""
    from bibtools.text.latex_encode import encode

    def bare(text: str) -> str:
        return re.sub(r"[{}]", "", text)

    assert bare(encode_title(title, ascii_only=ascii_only)) == bare(
        encode(title, ascii_only=ascii_only)
    )


@given(st.lists(_words, max_size=8).map(" ".join))
def test_a_style_leaves_mathematics_and_commands_alone(title: str) -> None:
    encoded = encode_title(title, ascii_only=True)
    pattern = r"\\[A-Za-z]+|(?<!\\)\$[^$]*\$"
    commands = re.findall(pattern, encoded)
    lowered = re.findall(pattern, change_case(encoded))
    assert commands == lowered
