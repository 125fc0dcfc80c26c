"""What the addresses in an abstract or a comment are to the paper."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.text.code_mentions import Role, Whose, read_mentions
from bibtools.text.urls import find_urls

REPO = "https://github.com/owner/name"
SITE = "https://bees.example.org/tool"

OWN_CODE = [
    "18 pages, 4 figures, REPO",
    "REPO",
    "Code: REPO",
    "(code: REPO)",
    "Code available at REPO.",
    "Our code is publicly available at \\url{REPO}.",
    "We release all scripts at REPO",
    "The source code can be obtained from REPO.",
    "The package can be downloaded from REPO",
    "The code will be made public at REPO upon acceptance",
    "Code, built on top of another toolbox, can be found at REPO",
    "Our implementation, based on Kitelib, is available at REPO.",
    "The code used in this paper is available at REPO.",
    "The results can be reproduced using the following code: REPO",
    "We beat all baselines by 3%. Code: REPO",
    "see REPO for code and experiments",
    "\\href{REPO}{code}",
    "We \\href{REPO}{open-source our code} to help others.",
    "Using bees as sensors. 12 pages. REPO",
    "Accepted at the Workshop on Bees; REPO",
    "the software, implemented in an R package, is hosted at REPO",
    "Official website of this work is REPO",
]


@pytest.mark.parametrize("text", OWN_CODE)
def test_the_authors_own_code(text: str) -> None:
    (mention,) = read_mentions(text.replace("REPO", REPO))
    assert (mention.url, mention.kind) == (REPO, "repository")
    assert (mention.role, mention.whose) == (Role.CODE, Whose.OWN)


OTHERS = [
    "Our code is based on Kitelib (REPO).",
    "We build upon the Kite library (REPO).",
    "We adopt the implementation of REPO",
    "The experiments are run on top of REPO",
    "Compared with the implementation of Roux et al. (REPO), ours needs half the time.",
    "ours outperforms the reference implementation (REPO)",
    "The data were downloaded from REPO.",
    "We use the weights available at REPO.",
    "a fork of REPO",
    "All runs use models trained with Kitelib (REPO)",
    "We evaluate on the suite REPO",
    "We thank the authors of REPO",
    "Our simulator extends Kite (REPO).",
    "Powered by REPO",
    "An unofficial implementation is at REPO",
    "An unofficial PyTorch implementation is available at REPO.",
    "A third-party reimplementation can be found at REPO",
    "It was reimplemented by others at REPO",
]


@pytest.mark.parametrize("text", OTHERS)
def test_what_others_made(text: str) -> None:
    (mention,) = read_mentions(text.replace("REPO", REPO))
    assert mention.whose is Whose.OTHERS
    assert mention.cue


WHAT = [
    pytest.param("Data: REPO", Role.DATA, Whose.OWN, id="data"),
    pytest.param("Our dataset is available at REPO", Role.DATA, Whose.OWN, id="dataset"),
    pytest.param("Weights: https://huggingface.co/o/m", Role.MODEL, Whose.OWN, id="weights"),
    pytest.param("https://huggingface.co/o/m", Role.MODEL, Whose.OWN, id="model alone"),
    pytest.param("Demo: https://huggingface.co/spaces/o/m", Role.DEMO, Whose.OWN, id="demo"),
    pytest.param("Project page: https://owner.github.io/x", Role.PAGE, Whose.OWN, id="page"),
    pytest.param("https://owner.github.io/x", Role.PAGE, Whose.OWN, id="page alone"),
    pytest.param("Paper list: REPO", Role.LIST, Whose.OWN, id="paper list"),
    pytest.param(
        "Resources are at https://github.com/owner/Awesome-Bees",
        Role.LIST, Whose.OWN, id="list by its name",
    ),
    pytest.param(
        "had issues (see REPO/issues/12)", Role.DISCUSSION, Whose.UNKNOWN, id="issue"
    ),
    pytest.param("Supplementary videos: REPO", Role.SUPPLEMENT, Whose.OWN, id="videos"),
    pytest.param("Code is available at SITE", Role.CODE, Whose.OWN, id="code elsewhere"),
    pytest.param("Code at SITE", Role.CODE, Whose.OWN, id="code elsewhere, short"),
    pytest.param("Project website at SITE", Role.PAGE, Whose.OWN, id="page elsewhere"),
    pytest.param("to appear in Proc. of Bees (SITE)", Role.EVENT, Whose.UNKNOWN, id="event"),
    pytest.param("see also SITE", Role.UNCLEAR, Whose.UNKNOWN, id="another site"),
    pytest.param("available at https://arxiv.org/abs/1903.01234", Role.PAPER, Whose.OWN,
                 id="paper"),
    pytest.param("copy of record at https://ieeexplore.ieee.org/document/1", Role.PAPER,
                 Whose.UNKNOWN, id="publisher"),
    pytest.param("Kite Group: https://github.com/kitegroup", Role.HOME_PAGE, Whose.UNKNOWN,
                 id="an account alone"),
    pytest.param("Code: https://github.com/kitegroup", Role.CODE, Whose.OWN, id="an account"),
    pytest.param("Our tool is part of the Kite project (REPO)", Role.CODE, Whose.UNKNOWN,
                 id="within another project"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "role", "whose"), WHAT)
def test_what_it_is(text: str, role: Role, whose: Whose) -> None:
    (mention,) = read_mentions(text.replace("REPO", REPO).replace("SITE", SITE))
    assert (mention.role, mention.whose) == (role, whose)


OTHER_REPO = "https://github.com/kite/lib"
SEVERAL = [
    pytest.param(f"Code and data: {REPO} and {OTHER_REPO}",
                 [(Role.DATA, Whose.OWN), (Role.DATA, Whose.OWN)], id="joined"),
    pytest.param(f"The code ({REPO}) is based on {OTHER_REPO}.",
                 [(Role.CODE, Whose.OWN), (Role.CODE, Whose.OTHERS)], id="own, then others'"),
    pytest.param(f"Based on the code of Roux ({OTHER_REPO}), we release ours at {REPO}.",
                 [(Role.CODE, Whose.OTHERS), (Role.CODE, Whose.OWN)], id="others', then own"),
    pytest.param(f"Model: https://huggingface.co/o/m; code: {REPO}",
                 [(Role.MODEL, Whose.OWN), (Role.CODE, Whose.OWN)], id="a list of labels"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), SEVERAL)
def test_several_addresses(text: str, expected: list[tuple[Role, Whose]]) -> None:
    assert [(one.role, one.whose) for one in read_mentions(text)] == expected


WORDS = st.sampled_from(
    [REPO, SITE, "https://huggingface.co/o/m", "based on", "code", "available at", "(", ")", ".",
     ";", "\\url{", "}", "our", "we use the", "data", "and", ",", "\n\n", ":"]
)  # fmt: skip


@given(st.lists(WORDS, max_size=25).map(" ".join))
def test_every_address_is_read_and_stands_where_it_says(text: str) -> None:
    mentions = read_mentions(text)
    assert [(one.url, one.start, one.end) for one in mentions] == [
        (one.url, one.start, one.end) for one in find_urls(text)
    ]


def test_long_texts() -> None:
    text = f"Our code is available at {REPO}. We use bees, " * 3_000
    (mention,) = read_mentions(text)
    assert mention.whose is Whose.OWN
    assert read_mentions("code " * 100_000) == ()
