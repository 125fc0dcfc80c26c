from __future__ import annotations

import pytest

from bibtools.codelinks import COMMUNITY_MOST, NO_LINK_REMARK, add_code_links, with_code_remark
from bibtools.formats.link_dumps import COMMUNITY, OFFICIAL
from bibtools.model import Entry, Link

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
