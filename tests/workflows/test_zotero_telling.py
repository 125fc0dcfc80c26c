"""A plan in words."""

from __future__ import annotations

import pytest

from bibtools.sync.plan import AddEntry, Conflict, CreateItem, Library, Plan, Unsure, UpdateItem
from bibtools.sync.values import FieldChange, FieldConflict
from bibtools.workflows.zotero.telling import plan_rows

MARKED = 'How <span class="nocase">BibTeX</span> <i>Works</i>'
PLAIN = "How BibTeX Works"
MADE = {"itemType": "book", "title": MARKED}


def plan(**parts: object) -> Plan:
    return Plan(Library("user", 1), "https://x.org", None, "a.bib", None, 1, **parts)  # type: ignore[arg-type]


def update(field: str, old: str | None, new: str | None) -> Plan:
    return plan(remote=(UpdateItem("I", "k", 1, (FieldChange(field, old, new),)),))


def conflict(here: str, there: str) -> Plan:
    fields = (FieldConflict("title", None, here, there),)
    return plan(conflicts=(Conflict("k", "I", MARKED, fields),))


@pytest.mark.parametrize(
    ("made", "words"),
    [
        pytest.param(plan(remote=(CreateItem("I", "k", "", MADE, MADE),)), PLAIN, id="create"),
        pytest.param(plan(local=(AddEntry("I", 1, "k", MADE),)), PLAIN, id="add"),
        pytest.param(
            plan(unsure=(Unsure("k", None, MARKED, ("I",), "Which?"),)),
            f"{PLAIN} (I): Which?",
            id="unsure",
        ),
        pytest.param(
            update("title", MARKED, "Other"), f'title: "{PLAIN}" -> "Other"', id="another title"
        ),
        pytest.param(
            update("bookTitle", None, MARKED), f'bookTitle: (none) -> "{PLAIN}"', id="a book title"
        ),
        pytest.param(
            update("title", MARKED, PLAIN),
            f'title: "{MARKED}" -> "{PLAIN}"',
            id="only the markup changes",
        ),
        pytest.param(update("extra", "<i>a</i>", "b"), 'extra: "<i>a</i>" -> "b"', id="no title"),
        pytest.param(
            conflict(MARKED, "Other"),
            f'title: file "{PLAIN}", Zotero "Other", before (none)',
            id="conflict",
        ),
    ],
)
def test_titles_are_shown_without_markup(made: Plan, words: str) -> None:
    assert [row.what for row in plan_rows(made, {}, {})] == [words]
