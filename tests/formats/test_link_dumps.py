from __future__ import annotations

import pytest

from bibtools.formats.link_dumps import (
    COMMUNITY,
    IN_PAPER,
    OFFICIAL,
    UNSPECIFIED,
    CodeLink,
    UnreadableLinkError,
    code_link_of,
)
from bibtools.model import ArxivId

URL = "https://github.com/roux/sway"
BASE = {"paper_arxiv_id": "0704.0001", "paper_title": "Swaying  of bridges", "repo_url": URL}


@pytest.mark.parametrize(
    ("marks", "evidence"),
    [
        pytest.param({"is_official": True, "mentioned_in_paper": True}, OFFICIAL, id="official"),
        pytest.param({"is_official": False, "mentioned_in_paper": True}, IN_PAPER, id="in-paper"),
        pytest.param({"is_official": None, "in_abstract_or_comment": True}, IN_PAPER, id="in-text"),
        pytest.param(
            {"is_official": False, "mentioned_in_github": True}, COMMUNITY, id="community"
        ),
        pytest.param({"is_official": None}, UNSPECIFIED, id="unknown"),
        pytest.param({}, UNSPECIFIED, id="absent"),
    ],
)
def test_evidence(marks: dict[str, object], evidence: str) -> None:
    assert code_link_of(BASE | marks) == CodeLink(
        URL, ArxivId("0704.0001"), "Swaying of bridges", evidence
    )


def test_the_other_names_of_the_keys() -> None:
    row = {"arxiv_id": "0704.0001v3", "title": "Swaying", "repo_url": f" {URL} "}
    assert code_link_of(row) == CodeLink(URL, ArxivId("0704.0001"), "Swaying", UNSPECIFIED)


def test_a_row_without_id_counts_by_its_title() -> None:
    row = BASE | {"paper_arxiv_id": None}
    assert code_link_of(row) == CodeLink(URL, None, "Swaying of bridges", UNSPECIFIED)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        pytest.param([], "it is not a JSON object", id="array"),
        pytest.param(BASE | {"repo_url": None}, 'its "repo_url" is not a web address', id="null"),
        pytest.param(BASE | {"repo_url": "javascript:alert(1)"},
                     'its "repo_url" is not a web address', id="script"),
        pytest.param(BASE | {"repo_url": "https://a.b/ x"}, 'its "repo_url" is not a web address',
                     id="blank"),
        pytest.param({"repo_url": URL}, "it names neither an arXiv ID nor a title", id="nameless"),
    ],
)  # fmt: skip
def test_rows_that_are_no_link(row: object, why: str) -> None:
    with pytest.raises(UnreadableLinkError) as caught:
        code_link_of(row)
    assert str(caught.value) == why
