from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.codelinks import (
    COMMUNITY_MOST,
    EVIDENCE,
    NO_LINK_REMARK,
    Standing,
    add_code_links,
    best_links,
    follow,
    names_paper,
    repository_of,
    standing,
    stated_links,
    with_code_remark,
)
from bibtools.formats.link_dumps import COMMUNITY, EVIDENCE_ORDER, OFFICIAL
from bibtools.model import Entry, Link
from bibtools.sites.records import Repository
from bibtools.sites.repositories import AUTHOR_LISTED, LISTED_COMMUNITY
from bibtools.text.code_mentions import Role

OWN = Link("https://github.com/Roux/Sway", "abstract", "repository")


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("https://github.com/Roux/Sway", id="same"),
        pytest.param("https://github.com/roux/sway", id="case"),
        pytest.param("http://www.github.com/Roux/Sway/", id="scheme-www-slash"),
        pytest.param("https://github.com/Roux/Sway.git", id="git"),
    ],
)
def test_a_repository_is_listed_once(url: str) -> None:
    entry = Entry(code=(OWN,))
    assert add_code_links(entry, [Link(url, OFFICIAL, "repository")]) is entry


def test_another_repository_comes_behind() -> None:
    other = Link("https://gitlab.com/roux/sway", "comment", "repository")
    assert add_code_links(Entry(code=(OWN,)), [other]).code == (OWN, other)


def test_other_peoples_code_only_where_there_is_no_other() -> None:
    others = [Link(f"https://github.com/fan{n}/sway", COMMUNITY, "repository") for n in range(9)]
    assert add_code_links(Entry(code=(OWN,)), others).code == (OWN,)
    assert add_code_links(Entry(), [*others, OWN]).code == (OWN,)
    assert add_code_links(Entry(), others).code == tuple(others[:COMMUNITY_MOST])


def test_the_remark_comes_and_goes() -> None:
    flagged = with_code_remark(Entry(code_flag=True, remarks=("kept",)))
    assert flagged.remarks == ("kept", NO_LINK_REMARK)
    assert with_code_remark(flagged) is flagged
    assert add_code_links(flagged, [OWN]).remarks == ("kept",)
    assert with_code_remark(Entry()).remarks == ()


# --- what the paper's own text says -----------------------------------------------------------

REPO = "https://github.com/roux/sway"
LIB = "https://github.com/kite/lib"


def test_the_paper_states_its_links() -> None:
    stated = stated_links(
        f"We build upon Kitelib ({LIB}). Data: https://huggingface.co/datasets/roux/walks",
        f"9 pages; code at {REPO}",
    )
    assert [(one.link, one.standing, one.role, one.is_code) for one in stated] == [
        (Link(REPO, "comment", "repository"), Standing.OFFICIAL, Role.CODE, True),
        (Link(LIB, "abstract", "repository"), Standing.COMMUNITY, Role.CODE, False),
        (Link("https://huggingface.co/datasets/roux/walks", "abstract", "dataset"),
         Standing.OFFICIAL, Role.DATA, False),
    ]  # fmt: skip


def test_the_more_telling_of_two_mentions_counts() -> None:
    (one,) = stated_links(f"Our code is available at {REPO}.git", REPO)
    assert (one.link.evidence, one.because) == ("abstract", "available")
    (same,) = stated_links(f"Our code is available at {REPO}.", f"code: {REPO}")
    assert same.link.evidence == "comment"
    assert stated_links(None, None) == ()


CODE = [
    pytest.param(f"Code: {REPO}", True, id="repository"),
    pytest.param(f"Data: {REPO}", True, id="data on a code host"),
    pytest.param("Code: https://bees.example.org", True, id="any address that is called code"),
    pytest.param("Project page: https://roux.github.io/sway", False, id="project page"),
    pytest.param("Code: https://roux.github.io/sway", True, id="project page that has the code"),
    pytest.param("Code: https://zenodo.org/records/1", True, id="archive"),
    pytest.param("https://zenodo.org/records/1", False, id="archive alone"),
    pytest.param("Weights: https://huggingface.co/roux/sway", True, id="model"),
    pytest.param("Paper list: https://github.com/roux/awesome-sway", False, id="list of papers"),
    pytest.param(f"a bug, see {REPO}/issues/3", False, id="issue"),
    pytest.param(f"based on {REPO}", False, id="dependency"),
    pytest.param("Code: https://arxiv.org/abs/1903.01234", False, id="paper"),
]


@pytest.mark.parametrize(("text", "is_code"), CODE)
def test_what_counts_as_the_code(text: str, is_code: bool) -> None:
    (one,) = stated_links(text, None)
    assert one.is_code is is_code


def test_every_evidence_of_a_dump_has_a_standing() -> None:
    assert set(EVIDENCE_ORDER) <= set(EVIDENCE)
    assert standing(Link(REPO, OFFICIAL)) is Standing.OFFICIAL
    assert standing(Link(REPO, LISTED_COMMUNITY)) is Standing.COMMUNITY
    assert standing(Link(REPO, "somebody")) is Standing.UNKNOWN


# --- repositories -----------------------------------------------------------------------------

ROOTS = [
    pytest.param(REPO, REPO, id="itself"),
    pytest.param(f"{REPO}/tree/main/sub", REPO, id="folder"),
    pytest.param(f"{REPO}.git", REPO, id="git"),
    pytest.param(f"{REPO}?tab=readme#use", REPO, id="query and fragment"),
    pytest.param("https://gitlab.com/g/sub/n/-/tree/main/x", "https://gitlab.com/g/sub/n",
                 id="nested groups"),
    pytest.param("https://gitlab.com/g/sub/n/", "https://gitlab.com/g/sub/n", id="groups alone"),
    pytest.param("https://github.com/roux", None, id="an account"),
    pytest.param("https://github.com", None, id="a host"),
]  # fmt: skip


@pytest.mark.parametrize(("url", "root"), ROOTS)
def test_the_repository_of_an_address(url: str, root: str | None) -> None:
    assert repository_of(url) == root


MOVED = Repository("https://github.com/bridges/sway", moved_from=REPO)


def test_a_renamed_repository_is_followed() -> None:
    assert follow(OWN, MOVED).url == "https://github.com/bridges/sway"
    deep = Link(f"{REPO}/tree/main/x", "comment", "repository")
    assert follow(deep, MOVED) == Link(
        "https://github.com/bridges/sway/tree/main/x", "comment", "repository"
    )


def test_only_a_move_that_is_told_is_followed() -> None:
    assert follow(OWN, Repository("https://github.com/somebody/else")) is OWN
    other = Link(LIB, "comment", "repository")
    assert follow(other, MOVED) is other


TITLE = "Swaying Bridges: How Walkers Fall into Step"
NAMED = [
    pytest.param(Repository(REPO, readme="Paper: arXiv:1903.01234v2"), True, id="arXiv ID"),
    pytest.param(Repository(REPO, readme="11903.012345"), False, id="other digits"),
    pytest.param(Repository(REPO, readme="# swaying bridges - how walkers\nfall into step"), True,
                 id="title"),
    pytest.param(Repository(REPO, description="Swaying bridges"), False, id="half a title"),
    pytest.param(Repository(REPO, homepage="https://arxiv.org/abs/1903.01234"), True,
                 id="home page"),
]  # fmt: skip


@pytest.mark.parametrize(("repository", "named"), NAMED)
def test_a_repository_that_names_the_paper(repository: Repository, named: bool) -> None:
    assert names_paper(repository, TITLE, "1903.01234") is named
    assert not names_paper(Repository(REPO, readme="Bees"), "Bees", None)


def test_the_strongest_evidence_stays() -> None:
    listed = Link("http://github.com/Roux/Sway", OFFICIAL, "repository")
    deep = Link(f"{REPO}/tree/main/x", "comment", "repository")
    fan = Link("https://github.com/fan/sway", COMMUNITY, "repository")
    owner = Link("https://github.com/roux", AUTHOR_LISTED, "code owner")
    assert best_links([fan, listed, owner, deep]) == (deep, fan)
    assert best_links([owner]) == (owner,)


@given(
    st.lists(
        st.builds(
            Link,
            st.sampled_from([REPO, f"{REPO}/tree/x", LIB, "https://github.com/roux"]),
            st.sampled_from([*EVIDENCE, "somebody"]),
            st.just("repository"),
        ),
        max_size=6,
    ),
    st.randoms(),
)
def test_the_order_of_sources_does_not_matter(links: list[Link], random: object) -> None:
    turned = list(links)
    random.shuffle(turned)  # type: ignore[attr-defined]
    assert best_links(links) == best_links(turned)
