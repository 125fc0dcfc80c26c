"""Lists of one work's authors that were never agreed on: when they are the same people."""

from __future__ import annotations

from typing import Any

import pytest

from bibtools.sync.merging import merge_pair
from bibtools.sync.name_forms import fuller_name
from bibtools.sync.values import Agreed, FieldConflict


def name(text: str) -> dict[str, str]:
    """A creator of "Family, Given" or of a name in one field."""
    family, comma, given = text.partition(", ")
    if not comma:
        return {"name": text}
    return {"lastName": family, "firstName": given}


NAMES = [
    pytest.param("Oak, E.", "Oak, Emily", "there", id="an initial"),
    pytest.param("Oak, E", "Oak, Emily", "there", id="an initial without dot"),
    pytest.param("Oak, E. M.", "Oak, Emily Maud", "there", id="two initials"),
    pytest.param("Oak, EM", "Oak, Emily Maud", "there", id="initials in one word"),
    pytest.param("Oak, J.-P.", "Oak, Jean-Pierre", "there", id="initials with a hyphen"),
    pytest.param("Oak, Emily", "Oak, Emily M.", "there", id="a middle initial more"),
    pytest.param("Oak, E.", "Oak, Emily Maud", "there", id="the first initial alone"),
    pytest.param("Muller, Jan", "M\u00fcller, Jan", "there", id="a mark"),
    pytest.param("Muller, J.", "M\u00fcller, Jan", "there", id="a mark and an initial"),
    pytest.param('M{\\"u}ller, Jan', "M\u00fcller, Jan", "there", id="LaTeX that was never read"),
    pytest.param("Nguyen, Hien", "Nguy\u1ec5n, Hi\u1ec1n", "there", id="marks in both parts"),
    pytest.param("Oak, A. B.", "Oak, A.B.", "same", id="blanks between initials"),
    pytest.param("Oak, Emily", "Oak, emily", "same", id="case"),
    pytest.param("Oak, Ben", "Oak, Benjamin", None, id="a short name is no initial"),
    pytest.param("Oak, E.", "Oak, Anna", None, id="another initial"),
    pytest.param("Oak, E. Maud", "Oak, Emily M.", None, id="each fuller in one name"),
    pytest.param("M\u00fcller, J.", "Muller, Jan", None, id="each fuller in one part"),
    pytest.param("Mueller, Jan", "M\u00fcller, Jan", None, id="a transcription"),
    pytest.param("Ivanov, I.", "\u0418\u0432\u0430\u043d\u043e\u0432, \u0418.", None, id="script"),
    pytest.param("Oak, M. L.", "Oak, M. L., Jr.", None, id="father and son"),
    pytest.param("Oak, Emily", "Elm, Emily", None, id="another family"),
    pytest.param("Emily Oak", "Oak, Emily", None, id="a name in one field"),
    pytest.param("Oak, ", "Oak, Emily", None, id="a family name alone"),
    pytest.param("Oak, M\u00fcl", "Oak, M\u00fbl", None, id="two marks"),
    pytest.param("O'Brien, A", "OBrien, A", None, id="an apostrophe"),
]


@pytest.mark.parametrize(("one", "other", "fuller"), NAMES)
def test_the_fuller_of_two_forms(one: str, other: str, fuller: str | None) -> None:
    turned = {"here": "there", "there": "here"}
    assert fuller_name(name(one), name(other)) == fuller
    assert fuller_name(name(other), name(one)) == turned.get(fuller or "", fuller)


def article(*authors: str, role: str = "author") -> dict[str, Any]:
    creators = [{"creatorType": role, **name(author)} for author in authors]
    return {"itemType": "journalArticle", "title": "Boats", "citationKey": "a"} | {
        "creators": creators
    }


LISTS = [
    pytest.param(
        ["Oak, E.", "Elm, Benjamin"], ["Oak, Emily", "Elm, B."], ["Oak, Emily", "Elm, Benjamin"],
        id="the fuller form of each",
    ),
    pytest.param(
        ["Oak, E.", "Oak, E."], ["Oak, Emily", "Oak, Edgar"], ["Oak, Emily", "Oak, Edgar"],
        id="two of one name",
    ),
    pytest.param(
        ["Oak, E.", "others"], ["Oak, Emily", "Elm, B.", "Ash, C."],
        ["Oak, Emily", "Elm, B.", "Ash, C."], id="a list cut short here",
    ),
    pytest.param(
        ["Oak, Emily", "Elm, B.", "Ash, C."], ["Oak, E.", "others"],
        ["Oak, Emily", "Elm, B.", "Ash, C."], id="a list cut short there",
    ),
    pytest.param(
        ["Oak, Emily", "others"], ["Oak, Emily", "Elm, B.", "others"],
        ["Oak, Emily", "Elm, B.", "others"], id="both cut short",
    ),
    pytest.param(["Oak, E.", "Elm, B."], ["Elm, B.", "Oak, Emily"], None, id="another order"),
    pytest.param(["Oak, E."], ["Oak, Emily", "Elm, B."], None, id="one more"),
    pytest.param(["Oak, E.", "others"], ["Oak, Emily"], None, id="others, and nobody else"),
    pytest.param(["others"], ["Oak, Emily"], None, id="only others"),
    pytest.param(["Oak, E.", "Elm, Ben"], ["Oak, Emily", "Elm, Bob"], None, id="one is another"),
]  # fmt: skip


@pytest.mark.parametrize(("mine", "theirs", "expected"), LISTS)
def test_lists_that_were_never_agreed(
    mine: list[str], theirs: list[str], expected: list[str] | None
) -> None:
    here, there = article(*mine), article(*theirs)
    merged = merge_pair(None, here, there)
    if expected is None:
        conflict = FieldConflict("creators", None, here["creators"], there["creators"])
        assert (merged.conflicts, merged.here, merged.there) == ((conflict,), here, there)
        return
    whole = article(*expected)
    assert (merged.conflicts, merged.here, merged.there) == ((), whole, whole)
    assert (merged.agreed_here, merged.agreed_there) == (whole, whole)


@pytest.mark.parametrize("first", ["push", "pull"])
@pytest.mark.parametrize(
    ("mine", "theirs", "expected"), [case for case in LISTS if case.values[2] is not None]
)
def test_one_direction_first(
    mine: list[str], theirs: list[str], expected: list[str], first: Any
) -> None:
    """What waits comes with the next sync, and nothing goes back."""
    here, there = article(*mine), article(*theirs)
    merged = merge_pair(None, here, there, direction=first)
    assert (merged.here if first == "push" else merged.there) == (
        here if first == "push" else there
    )
    past = Agreed("ITEM2345", "a", "", 1, merged.agreed_here, merged.agreed_there)
    again = merge_pair(past, merged.here, merged.there, direction=first)
    assert (again.to_here, again.to_there, again.conflicts) == ((), (), ())
    later = merge_pair(past, merged.here, merged.there)
    assert (later.here, later.there, later.conflicts) == (
        article(*expected),
        article(*expected),
        (),
    )


def test_a_side_that_is_preferred_still_gets_the_fuller_forms() -> None:
    merged = merge_pair(None, article("Oak, E."), article("Oak, Emily"), prefer="local")
    assert merged.here == merged.there == article("Oak, Emily")


def test_locked_names_stay() -> None:
    here, there = article("Oak, E.", "Elm, Benjamin"), article("Oak, Emily", "Elm, B.")
    merged = merge_pair(None, here, there, locked=frozenset({"creators"}))
    assert merged.here == here
    assert merged.there == article("Oak, Emily", "Elm, Benjamin")
    assert [one.field for one in merged.locked] == ["creators"]
