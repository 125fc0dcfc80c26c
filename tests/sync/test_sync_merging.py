"""Cases of merging: what one side did, what the other did, and what both say afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from bibtools.formats.zotero.item_types import ITEM_TYPES
from bibtools.sync.comparing import loosely_equal, normalised, same_line
from bibtools.sync.fields import PRIMARY, base_name, group_of, own_name
from bibtools.sync.merging import merge_pair, remembered
from bibtools.sync.values import Agreed, Data, FieldChange, FieldConflict

ADA = {"creatorType": "author", "firstName": "Ada", "lastName": "Oak"}
BEN = {"creatorType": "author", "firstName": "Ben", "lastName": "Elm"}
CLEO = {"creatorType": "author", "firstName": "Cleo", "lastName": "Ash"}
DAN = {"creatorType": "author", "firstName": "Dan", "lastName": "Fir"}
ELLA = {"creatorType": "editor", "firstName": "Ella", "lastName": "Yew"}
BENJAMIN = {**BEN, "firstName": "Benjamin"}
BENNO = {**BEN, "firstName": "Benno"}


def article(**fields: Any) -> dict[str, Any]:
    """A small journal article, with fields changed, added or, by None, taken away."""
    data = {
        "itemType": "journalArticle",
        "title": "Boats",
        "publicationTitle": "Folds",
        "date": "2021",
        "creators": [ADA, BEN],
        "tags": [{"tag": "paper"}],
        "citationKey": "oak2021",
    }
    data.update(fields)
    return {name: value for name, value in data.items() if value is not None}


def tags(*words: str) -> list[dict[str, str]]:
    return [{"tag": word} for word in words]


def agreed(here: Data, there: Data) -> Agreed:
    return Agreed("ITEM2345", "oak2021", "print", 7, here, there)


@dataclass(frozen=True)
class Row:
    """Two changes of one past, and the outcome; None is "as the other side"."""

    here: dict[str, Any]
    there: dict[str, Any]
    after_here: dict[str, Any]
    after_there: dict[str, Any]
    past: dict[str, Any] = field(default_factory=article)
    conflicts: tuple[FieldConflict, ...] = ()
    agreed_here: dict[str, Any] | None = None
    agreed_there: dict[str, Any] | None = None


def both(here: Data, there: Data, after: dict[str, Any], **more: Any) -> Row:
    """A row that ends with the same on both sides."""
    return Row(dict(here), dict(there), after, after, **more)


def conflict(here: Data, there: Data, *conflicts: FieldConflict, **more: Any) -> Row:
    """A row in which nothing is changed."""
    past = more.get("past", article())
    return Row(
        dict(here), dict(there), dict(here), dict(there),
        conflicts=conflicts, agreed_here=past, agreed_there=past, **more,
    )  # fmt: skip


RETYPED = article(itemType="bookSection", publicationTitle=None, bookTitle="Folds")

ROWS = [
    # Fields
    pytest.param(both(article(), article(), article()), id="nothing x nothing"),
    pytest.param(
        both(article(title="Kites"), article(), article(title="Kites")), id="changed x nothing"
    ),
    pytest.param(
        both(article(), article(title="Kites"), article(title="Kites")), id="nothing x changed"
    ),
    pytest.param(
        both(article(title="Kites"), article(date="2022"), article(title="Kites", date="2022")),
        id="one field x another field",
    ),
    pytest.param(
        both(article(title="Kites"), article(title="Kites"), article(title="Kites")),
        id="changed x changed alike",
    ),
    pytest.param(
        conflict(
            article(title="Kites"), article(title="Gliders"),
            FieldConflict("title", "Boats", "Kites", "Gliders"),
        ),
        id="changed x changed otherwise",
    ),
    pytest.param(
        both(article(volume="4"), article(), article(volume="4")), id="added x nothing"
    ),
    pytest.param(
        both(article(volume="4"), article(issue="2"), article(volume="4", issue="2")),
        id="added x another added",
    ),
    pytest.param(
        conflict(
            article(volume="4"), article(volume="5"), FieldConflict("volume", None, "4", "5")
        ),
        id="added x added otherwise",
    ),
    pytest.param(both(article(date=None), article(), article(date=None)), id="removed x nothing"),
    pytest.param(both(article(), article(date=None), article(date=None)), id="nothing x removed"),
    pytest.param(
        both(article(date=None), article(date=None), article(date=None)), id="removed x removed"
    ),
    pytest.param(
        conflict(
            article(date=None), article(date="2022"), FieldConflict("date", "2021", None, "2022")
        ),
        id="removed x changed",
    ),
    pytest.param(
        conflict(
            article(date="2022"), article(date=None), FieldConflict("date", "2021", "2022", None)
        ),
        id="changed x removed",
    ),
    pytest.param(
        Row(
            article(title="Kites, large"), article(title="Kites,  <i>large</i>"),
            article(title="Kites, large"), article(title="Kites,  <i>large</i>"),
        ),
        id="changed x changed alike in another spelling",
    ),
    pytest.param(
        both(article(citationKey="oak2022"), article(), article(citationKey="oak2022")),
        id="key renamed x nothing",
    ),
    pytest.param(
        both(article(), article(citationKey="boats"), article(citationKey="boats")),
        id="nothing x key renamed",
    ),
    pytest.param(
        both(article(), article(citationKey=None), article()), id="nothing x key taken away"
    ),
    pytest.param(
        Row(
            article(title="Kites"),
            article(unheardOf={"deep": [1, 2]}, accessDate="2024-01-02T03:04:05Z"),
            article(title="Kites", unheardOf={"deep": [1, 2]}, accessDate="2024-01-02T03:04:05Z"),
            article(title="Kites", unheardOf={"deep": [1, 2]}, accessDate="2024-01-02T03:04:05Z"),
        ),
        id="changed x a field that nobody knows",
    ),
    # Creators
    pytest.param(
        both(
            article(creators=[ADA, BENJAMIN]), article(creators=[ADA, BEN, CLEO]),
            article(creators=[ADA, BENJAMIN, CLEO]),
        ),
        id="author rewritten x author added",
    ),
    pytest.param(
        both(
            article(creators=[ADA, BEN, CLEO]), article(creators=[ADA, BEN, CLEO]),
            article(creators=[ADA, BEN, CLEO]),
        ),
        id="author added x same author added",
    ),
    pytest.param(
        both(
            article(creators=[ADA, BEN, CLEO]), article(creators=[DAN, ADA, BEN]),
            article(creators=[DAN, ADA, BEN, CLEO]),
        ),
        id="author added at the end x author added in front",
    ),
    pytest.param(
        both(
            article(creators=[ADA]), article(title="Kites"), article(title="Kites", creators=[ADA])
        ),
        id="author removed x title changed",
    ),
    pytest.param(
        both(article(creators=[ADA]), article(creators=[BEN]), article(creators=None)),
        id="author removed x the other removed",
    ),
    pytest.param(
        conflict(
            article(creators=[ADA, BENJAMIN]), article(creators=[ADA, BENNO]),
            FieldConflict("creators", [ADA, BEN], [ADA, BENJAMIN], [ADA, BENNO]),
        ),
        id="author rewritten x rewritten otherwise",
    ),
    pytest.param(
        conflict(
            article(creators=[ADA]), article(creators=[ADA, BENNO]),
            FieldConflict("creators", [ADA, BEN], [ADA], [ADA, BENNO]),
        ),
        id="author removed x rewritten",
    ),
    pytest.param(
        both(
            article(creators=[BEN, ADA]), article(creators=[ADA, BEN, CLEO]),
            article(creators=[BEN, CLEO, ADA]),
        ),
        id="authors reordered x author added",
    ),
    pytest.param(
        both(
            article(creators=[BEN, ADA]), article(creators=[ADA, BENNO]),
            article(creators=[BENNO, ADA]),
        ),
        id="authors reordered x author rewritten",
    ),
    pytest.param(
        both(
            article(creators=[ADA, BEN, ELLA]), article(creators=[ADA, BENNO]),
            article(creators=[ADA, BENNO, ELLA]),
        ),
        id="editor added x author rewritten",
    ),
    pytest.param(
        conflict(
            article(creators=[ADA, BENJAMIN, CLEO]), article(creators=[DAN, ADA, BENNO]),
            FieldConflict("creators", [ADA, BEN], [ADA, BENJAMIN, CLEO], [DAN, ADA, BENNO]),
        ),
        id="author rewritten and added x rewritten otherwise and added",
    ),
    pytest.param(
        Row(
            article(creators=[ADA, BENJAMIN, ELLA]), article(creators=[ADA, BENNO]),
            article(creators=[ADA, BENJAMIN, ELLA]), article(creators=[ADA, BENNO, ELLA]),
            conflicts=(
                FieldConflict("creators", [ADA, BEN], [ADA, BENJAMIN], [ADA, BENNO]),
            ),
            agreed_here=article(creators=[ADA, BEN, ELLA]),
            agreed_there=article(creators=[ADA, BEN, ELLA]),
        ),
        id="author rewritten, editor added x author rewritten otherwise",
    ),
    pytest.param(
        conflict(
            article(creators=[BEN, CLEO, ADA]), article(creators=[CLEO, ADA, BEN]),
            FieldConflict("creators", [ADA, BEN, CLEO], [BEN, CLEO, ADA], [CLEO, ADA, BEN]),
            past=article(creators=[ADA, BEN, CLEO]),
        ),
        id="authors reordered x reordered otherwise",
    ),
    # Tags
    pytest.param(
        both(
            article(tags=tags("paper", "boat")), article(tags=tags("fold", "paper")),
            article(tags=tags("boat", "fold", "paper")),
        ),
        id="tag added x tag added",
    ),
    pytest.param(
        both(article(tags=None), article(tags=tags("boat", "paper")), article(tags=tags("boat"))),
        id="tag removed x another added",
    ),
    pytest.param(
        both(article(tags=None), article(), article(tags=None)), id="tag removed x nothing"
    ),
    pytest.param(
        both(article(tags=None), article(tags=None), article(tags=None)), id="tag removed x removed"
    ),
    pytest.param(
        both(
            article(tags=tags("Paper", "paper")), article(), article(tags=tags("Paper", "paper"))
        ),
        id="tag in another case added x nothing",
    ),
    pytest.param(
        both(
            article(tags=tags("paper", "boat")),
            article(tags=[{"tag": "paper"}, {"tag": "auto", "type": 1}]),
            article(tags=[{"tag": "auto", "type": 1}, {"tag": "boat"}, {"tag": "paper"}]),
        ),
        id="tag added x automatic tag added",
    ),
    # What only Zotero knows
    pytest.param(
        Row(
            article(title="Kites"), article(collections=["BBBBBBBB", "AAAAAAAA"]),
            article(title="Kites"), article(title="Kites", collections=["BBBBBBBB", "AAAAAAAA"]),
        ),
        id="changed x put into collections",
    ),
    pytest.param(
        Row(
            article(title="Kites"),
            article(relations={"owl:sameAs": "http://zotero.org/users/1/items/AAAAAAAA"}),
            article(title="Kites"),
            article(
                title="Kites", relations={"owl:sameAs": "http://zotero.org/users/1/items/AAAAAAAA"}
            ),
        ),
        id="changed x related",
    ),
    pytest.param(
        Row(
            article(title="Kites"), article(deleted=1),
            article(title="Kites"), article(title="Kites", deleted=1),
        ),
        id="changed x put into the trash",
    ),
    pytest.param(
        both(
            article(collections=["AAAAAAAA", "CCCCCCCC"]),
            article(collections=["BBBBBBBB", "AAAAAAAA"]),
            article(collections=["AAAAAAAA", "BBBBBBBB", "CCCCCCCC"]),
            past=article(collections=["AAAAAAAA"]),
        ),
        id="collection added x collection added",
    ),
    pytest.param(
        both(
            article(collections=["BBBBBBBB"]), article(collections=["AAAAAAAA", "CCCCCCCC"]),
            article(collections=["CCCCCCCC"]),
            past=article(collections=["AAAAAAAA", "BBBBBBBB"]),
        ),
        id="collection removed x another removed, one added",
    ),
    pytest.param(
        both(
            article(relations={"dc:relation": ["a", "b"]}),
            article(relations={"dc:relation": "c", "owl:sameAs": "d"}),
            article(relations={"dc:relation": ["b", "c"], "owl:sameAs": ["d"]}),
            past=article(relations={"dc:relation": "a"}),
        ),
        id="relation added x relations changed",
    ),
    pytest.param(
        both(
            article(tags=tags("boat")), article(tags=tags("paper")), article(tags=tags("boat")),
        ),
        id="one tag for another x nothing",
    ),
    # Item type
    pytest.param(both(RETYPED, article(), RETYPED), id="type changed x nothing"),
    pytest.param(both(article(), RETYPED, RETYPED), id="nothing x type changed"),
    pytest.param(
        both(
            RETYPED, article(publicationTitle="Creases"), {**RETYPED, "bookTitle": "Creases"},
        ),
        id="type changed x field of another name changed",
    ),
    pytest.param(
        both(
            article(title="Kites"), RETYPED, {**RETYPED, "title": "Kites"},
        ),
        id="title changed x type changed",
    ),
    pytest.param(
        both(
            article(itemType="thesis", publicationTitle=None, date="2022"),
            article(extra="read twice", issue="3"),
            article(
                itemType="thesis", publicationTitle=None, date="2022",
                extra="issue: 3\nread twice",
            ),
        ),
        id="type changed x field added that the new type lacks",
    ),
    pytest.param(
        both(
            article(
                itemType="computerProgram", publicationTitle=None,
                creators=[
                    {**ADA, "creatorType": "programmer"}, {**BEN, "creatorType": "programmer"}
                ],
            ),
            article(creators=[ADA, BENNO]),
            article(
                itemType="computerProgram", publicationTitle=None,
                creators=[
                    {**ADA, "creatorType": "programmer"}, {**BENNO, "creatorType": "programmer"}
                ],
            ),
        ),
        id="type changed x author rewritten",
    ),
    # Extra
    pytest.param(
        conflict(
            article(extra="read twice\ntex.code: https://x.org/b"),
            article(extra="read twice\ntex.code: https://x.org/c"),
            FieldConflict(
                "extra:tex.code", "https://x.org/a", "https://x.org/b", "https://x.org/c"
            ),
            past=article(extra="read twice\ntex.code: https://x.org/a"),
        ),
        id="line changed x changed otherwise",
    ),
    pytest.param(
        conflict(
            article(extra="read twice"), article(extra="read thrice"),
            FieldConflict("extra", "read once", "read twice", "read thrice"),
            past=article(extra="read once"),
        ),
        id="words rewritten x rewritten otherwise",
    ),
    pytest.param(
        both(
            article(extra="one\ntwo!\nthree"), article(extra="zero\none\ntwo\nfour"),
            article(extra="zero\none\ntwo!\nfour"),
            past=article(extra="one\ntwo\nthree"),
        ),
        id="word rewritten x words added and rewritten",
    ),
    pytest.param(
        both(
            article(extra="two\ntex.code: a\none"), article(extra="one\ntex.code: a\ntwo"),
            article(extra="two\ntex.code: a\none"),
            past=article(extra="one\ntex.code: a\ntwo"),
        ),
        id="words reordered x nothing",
    ),
    pytest.param(
        both(
            article(extra="Comment: a\nComment: c"), article(extra="Comment: a\nComment: b\nlast"),
            article(extra="Comment: a\nComment: c\nlast"),
            past=article(extra="Comment: a\nComment: b"),
        ),
        id="one of two like lines rewritten x words added",
    ),
    pytest.param(
        both(
            article(extra="{:original-date: 1977}"), article(extra="{:original-date: 1976}\nmore"),
            article(extra="{:original-date: 1977}\nmore"),
            past=article(extra="{:original-date: 1976}"),
        ),
        id="line in braces changed x words added",
    ),
    pytest.param(
        Row(
            article(DOI="10.1000/y"), article(extra="first\nDOI: 10.1000/x\nlast"),
            article(DOI="10.1000/y", extra="first\nlast"),
            article(extra="first\nDOI: 10.1000/y\nlast"),
            past=article(DOI="10.1000/x"),
        ),
        id="field changed x moved into Extra, with words",
    ),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS)
def test_merge(row: Row) -> None:
    merged = merge_pair(agreed(row.past, row.past), row.here, row.there)
    assert merged.here == row.after_here
    assert merged.there == row.after_there
    assert merged.conflicts == row.conflicts
    assert merged.agreed_here == (row.agreed_here or row.after_here)
    assert merged.agreed_there == (row.agreed_there or row.after_there)


def test_a_line_keeps_its_place_on_its_side() -> None:
    past = article(extra="tex.code: https://x.org/a\nread twice")
    here = article(extra="tex.code: https://x.org/b\nread twice")
    there = article(extra="tldr: It folds.\n\ntex.code: https://x.org/a\nread twice\nask Ben")
    merged = merge_pair(agreed(past, past), here, there)
    assert merged.here["extra"] == (
        "tex.code: https://x.org/b\ntldr: It folds.\nread twice\nask Ben"
    )
    assert merged.there["extra"] == (
        "tldr: It folds.\n\ntex.code: https://x.org/b\nread twice\nask Ben"
    )


@pytest.mark.parametrize("direction", ["both", "pull", "push"])
def test_a_line_that_both_sides_added_is_one_although_it_replaced_another_there(
    direction: Any,
) -> None:
    past = article(extra="seen in 2020\nask Ben")
    here = article(extra="read twice\nseen in 2020\nask Ben")
    there = article(extra="seen in 2020\nread twice")
    first = merge_pair(agreed(past, past), here, there, direction=direction)
    for side in (first.here, first.there):
        assert side["extra"].split("\n").count("read twice") == 1
    later = merge_pair(
        agreed(first.agreed_here, first.agreed_there), first.here, first.there, direction=direction
    )
    assert (later.to_here, later.to_there) == ((), ())
    assert (later.agreed_here, later.agreed_there) == (first.agreed_here, first.agreed_there)


# As Zotero's own client merges (its tests of `_reconcileChanges`): members of lists one by one,
# the same new creator on both sides is one, a tag is there once.
def test_as_zotero_merges() -> None:
    past = {
        "itemType": "book", "title": "Title 1", "creators": [ADA], "url": "http://example.org/",
        "publisher": "Press", "extra": "word",
        "collections": ["AAAAAAAA", "DDDDDDDD", "EEEEEEEE"],
        "tags": tags("A", "D", "E"),
        "relations": {"a": ["A"], "c": ["C1", "C2"], "d": ["D"], "f": ["F1"],
                      "g": ["G1", "G2", "G3"], "h": ["H"]},
    }  # fmt: skip
    here = {
        "itemType": "book", "title": "Title 2", "creators": [ADA, ELLA],
        "url": "https://www.example.com/", "place": "Place",
        "collections": ["BBBBBBBB", "DDDDDDDD", "FFFFFFFF"],
        "tags": [*tags("B", "D"), {"tag": "F", "type": 1}, {"tag": "G"}],
        "relations": {"a": ["A"], "b": ["B"], "f": ["F2"], "g": ["G1", "G2", "G6"], "h": ["H"]},
    }  # fmt: skip
    there = {
        "itemType": "book", "title": "Title 1", "creators": [ADA, ELLA],
        "url": "https://www.example.com/", "publisher": "Press", "date": "2015-05-15",
        "collections": ["AAAAAAAA", "CCCCCCCC", "FFFFFFFF"],
        "tags": [*tags("A", "C"), {"tag": "F", "type": 1}, {"tag": "G", "type": 1}],
        "relations": {"a": ["A"], "d": ["D"], "f": ["F1"], "g": ["G1", "G4", "G6"]},
    }  # fmt: skip
    merged = merge_pair(agreed(past, past), here, there)
    assert merged.conflicts == ()
    assert merged.there == {
        "itemType": "book", "title": "Title 2", "creators": [ADA, ELLA],
        "url": "https://www.example.com/", "date": "2015-05-15", "place": "Place",
        "collections": ["BBBBBBBB", "CCCCCCCC", "FFFFFFFF"],
        "tags": [{"tag": "B"}, {"tag": "C"}, {"tag": "F", "type": 1}, {"tag": "G", "type": 1}],
        "relations": {"a": ["A"], "b": ["B"], "f": ["F2"], "g": ["G1", "G4", "G6"]},
    }  # fmt: skip


# Spelling: each side is compared with its own past

SPELT_HERE = article(
    title="A - b", DOI="10.1000/x", creators=[{**ADA, "firstName": "A. D."}, BEN], date="2021",
    extra="tex.code: u",
)  # fmt: skip
SPELT_THERE = article(
    title="A \u2013 b", DOI="https://doi.org/10.1000/X",
    creators=[{**ADA, "firstName": "A.D."}, BEN],
    date="March 3, 2021", extra="note to self\ntex.code: u", collections=["AAAAAAAA"],
)  # fmt: skip


@pytest.mark.parametrize(
    ("here", "there", "to_there", "to_here"),
    [
        pytest.param({}, {}, {}, {}, id="nothing changed"),
        pytest.param(
            {"creators": [{**ADA, "firstName": "A. D."}, BENJAMIN]}, {},
            {"creators": [{**ADA, "firstName": "A.D."}, BENJAMIN]}, {},
            id="one author rewritten here",
        ),
        pytest.param(
            {}, {"creators": [CLEO, {**ADA, "firstName": "A.D."}, BEN]},
            {}, {"creators": [CLEO, {**ADA, "firstName": "A. D."}, BEN]},
            id="an author added there",
        ),
        pytest.param({"date": "2022"}, {}, {"date": "2022"}, {}, id="another year here"),
        pytest.param({"date": "2021-03"}, {}, {}, {}, id="the month here, the day there"),
        pytest.param({}, {"date": "2021-03-04"}, {}, {}, id="another day there, the year here"),
        pytest.param({}, {"date": "2022-03-04"}, {}, {"date": "2022-03-04"}, id="next year there"),
        pytest.param({}, {"DOI": "10.1000/X"}, {}, {}, id="a DOI undressed there"),
        pytest.param({"title": "A, b"}, {}, {"title": "A, b"}, {}, id="title here"),
        pytest.param(
            {"extra": "tex.code: v"}, {}, {"extra": "note to self\ntex.code: v"}, {},
            id="a line here",
        ),
        pytest.param(
            {}, {"extra": "tex.code: v\nnote to self"}, {}, {"extra": "tex.code: v"},
            id="a line there, beside words that were never here",
        ),
    ],
)  # fmt: skip
def test_each_side_keeps_its_spelling(
    here: Data, there: Data, to_there: Data, to_here: Data
) -> None:
    merged = merge_pair(
        agreed(SPELT_HERE, SPELT_THERE), {**SPELT_HERE, **here}, {**SPELT_THERE, **there}
    )
    assert {step.field: step.new for step in merged.to_there} == to_there
    assert {step.field: step.new for step in merged.to_here} == to_here
    assert merged.conflicts == ()


# Decisions


@pytest.mark.parametrize(
    ("prefer", "newer", "direction", "here", "there", "open_"),
    [
        pytest.param(None, None, "both", "Kites", "Gliders", True, id="nobody decides"),
        pytest.param("local", None, "both", "Kites", "Kites", False, id="the file"),
        pytest.param("zotero", None, "both", "Gliders", "Gliders", False, id="Zotero"),
        pytest.param("newest", "here", "both", "Kites", "Kites", False, id="the file is newer"),
        pytest.param("newest", "there", "both", "Gliders", "Gliders", False, id="Zotero is newer"),
        pytest.param("newest", None, "both", "Kites", "Gliders", True, id="nobody knows"),
        pytest.param("local", None, "push", "Kites", "Kites", False, id="the file, pushing"),
        pytest.param("zotero", None, "push", "Kites", "Gliders", False, id="Zotero, pushing"),
        pytest.param("local", None, "pull", "Kites", "Gliders", False, id="the file, pulling"),
        pytest.param("zotero", None, "pull", "Gliders", "Gliders", False, id="Zotero, pulling"),
        pytest.param(None, None, "pull", "Kites", "Gliders", True, id="nobody decides, pulling"),
    ],
)
def test_conflict(
    prefer: Any, newer: Any, direction: Any, here: str, there: str, open_: bool
) -> None:
    mine, theirs = article(title="Kites"), article(title="Gliders")
    past = agreed(article(), article())
    merged = merge_pair(past, mine, theirs, prefer=prefer, newer=newer, direction=direction)
    assert (merged.here["title"], merged.there["title"]) == (here, there)
    said = FieldConflict("title", "Boats", "Kites", "Gliders")
    assert merged.conflicts == ((said,) if open_ else ())
    settled = here == there
    assert merged.agreed_here["title"] == (here if settled else "Boats")
    assert merged.agreed_there["title"] == (there if settled else "Boats")


@pytest.mark.parametrize(
    ("direction", "here", "there"),
    [
        pytest.param(
            "push",
            article(title="Kites", tags=tags("boat", "paper"), creators=[ADA, BENJAMIN]),
            article(
                title="Kites", date="2022", creators=[ADA, BENJAMIN, CLEO],
                tags=tags("boat", "fold", "paper"),
            ),
            id="push",
        ),
        pytest.param(
            "pull",
            article(
                title="Kites", date="2022", creators=[ADA, BENJAMIN, CLEO],
                tags=tags("boat", "fold", "paper"),
            ),
            article(date="2022", creators=[ADA, BEN, CLEO], tags=tags("fold", "paper")),
            id="pull",
        ),
    ],
)  # fmt: skip
def test_one_direction_leaves_the_other_for_later(direction: Any, here: Data, there: Data) -> None:
    past = agreed(article(), article())
    mine = article(title="Kites", creators=[ADA, BENJAMIN], tags=tags("boat", "paper"))
    theirs = article(date="2022", creators=[ADA, BEN, CLEO], tags=tags("fold", "paper"))
    first = merge_pair(past, mine, theirs, direction=direction)
    assert (first.here, first.there) == (here, there)
    later = merge_pair(agreed(first.agreed_here, first.agreed_there), first.here, first.there)
    everything = article(
        title="Kites", date="2022", creators=[ADA, BENJAMIN, CLEO],
        tags=tags("boat", "fold", "paper"),
    )  # fmt: skip
    assert (later.here, later.there, later.conflicts) == (everything, everything, ())


def test_an_order_waits_too() -> None:
    past = agreed(article(), article())
    mine = article(creators=[BEN, ADA])
    pulled = merge_pair(past, mine, article(title="Kites"), direction="pull")
    assert pulled.there == article(title="Kites")
    assert pulled.here == article(title="Kites", creators=[BEN, ADA])
    later = merge_pair(agreed(pulled.agreed_here, pulled.agreed_there), pulled.here, pulled.there)
    assert later.there == article(title="Kites", creators=[BEN, ADA])
    turned = merge_pair(past, article(title="Kites"), mine, direction="push")
    assert turned.here == article(title="Kites")
    assert turned.there == article(title="Kites", creators=[BEN, ADA])


def test_a_type_waits_with_the_roles_of_its_creators() -> None:
    """The past keeps the roles that it had in the old type."""
    past = article(creators=[ADA, ELLA])
    mine = article(itemType="thesis", publicationTitle=None, creators=[ADA])
    first = merge_pair(agreed(past, past), mine, past, direction="pull")
    assert (first.here, first.there) == (mine, past)
    later = merge_pair(agreed(first.agreed_here, first.agreed_there), first.here, first.there)
    assert later.here == later.there == mine
    program = article(
        itemType="computerProgram", publicationTitle=None,
        creators=[{**ADA, "creatorType": "programmer"}, {**BEN, "creatorType": "programmer"}],
    )  # fmt: skip
    waits = merge_pair(agreed(article(), article()), program, article(), direction="pull")
    done = merge_pair(
        agreed(waits.agreed_here, waits.agreed_there), waits.here, article(creators=[ADA, BENNO])
    )
    assert done.conflicts == ()
    assert done.there == done.here == {
        **program,
        "creators": [{**ADA, "creatorType": "programmer"}, {**BENNO, "creatorType": "programmer"}],
    }  # fmt: skip


def test_a_tag_that_one_side_put_in_stays_where_the_other_took_it_out() -> None:
    past = agreed(article(), article(tags=tags("boat", "paper")))
    merged = merge_pair(past, article(tags=tags("boat", "paper")), article())
    assert merged.there == merged.here == article(tags=tags("boat", "paper"))
    past = agreed(article(tags=tags("boat", "paper")), article())
    merged = merge_pair(past, article(), article(tags=tags("boat", "paper")))
    assert merged.there == merged.here == article(tags=tags("boat", "paper"))


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        pytest.param("x₁ folds", "$x_1$ folds", id="a formula"),
        pytest.param("H₂O", "H<sub>2</sub>O", id="markup"),
    ],
)
def test_a_tag_that_the_file_spells_otherwise_goes_with_it(mine: str, theirs: str) -> None:
    past = agreed(article(tags=tags(mine, "paper")), article(tags=tags(theirs, "paper")))
    unchanged = merge_pair(past, past.here, past.there)
    assert (unchanged.to_here, unchanged.to_there) == ((), ())
    merged = merge_pair(past, article(tags=tags("paper")), past.there)
    assert (merged.here, merged.there) == (article(tags=tags("paper")),) * 2
    merged = merge_pair(past, past.here, article(tags=tags("paper")))
    assert (merged.here, merged.there) == (article(tags=tags("paper")),) * 2


def test_tags_that_differ_are_told_apart() -> None:
    past = agreed(article(tags=tags("C", "paper")), article(tags=tags("C#", "C++", "paper")))
    merged = merge_pair(past, article(tags=tags("paper")), past.there)
    assert merged.there == past.there


def test_a_field_that_the_type_lacks_joins_what_extra_holds() -> None:
    """The name of a field of another type, which the file's side should not have but may."""
    mine = article(extra="read twice", bookAuthorNote="x", numPages="9")
    merged = merge_pair(None, mine, article(extra="read twice"))
    assert merged.there == article(extra="number-of-pages: 9\nread twice", bookAuthorNote="x")


def test_a_line_that_says_something_else_than_the_field_stays() -> None:
    book = article(itemType="book", publicationTitle=None)
    theirs = {**book, "volume": "4", "extra": "volume: 5\nread twice"}
    thesis = article(itemType="thesis", publicationTitle=None)
    merged = merge_pair(agreed(book, theirs), thesis, theirs)
    assert merged.here == thesis
    assert merged.there == {**thesis, "extra": "volume: 5\nread twice\nvolume: 4"}


def test_locked_fields_wait() -> None:
    past = agreed(article(), article())
    locked = frozenset({"title", "creators", "tags"})
    mine = article(date="2022", tags=tags("boat", "paper"))
    theirs = article(title="Gliders", creators=[ADA, BEN, CLEO], tags=tags("fold", "paper"))
    merged = merge_pair(past, mine, theirs, prefer="zotero", locked=locked)
    assert merged.here == mine
    assert merged.there == {**theirs, "date": "2022", "tags": tags("boat", "fold", "paper")}
    assert merged.conflicts == ()
    assert merged.locked == (
        FieldConflict("creators", [ADA, BEN], [ADA, BEN], [ADA, BEN, CLEO]),
        FieldConflict("tags", tags("paper"), tags("boat", "paper"), tags("fold", "paper")),
        FieldConflict("title", "Boats", "Boats", "Gliders"),
    )
    unlocked = merge_pair(
        agreed(merged.agreed_here, merged.agreed_there), merged.here, merged.there
    )
    assert unlocked.here == unlocked.there == {**theirs, "date": "2022",
                                               "tags": tags("boat", "fold", "paper")}  # fmt: skip


def test_a_locked_field_that_the_user_changed_goes_to_zotero() -> None:
    mine, past = article(title="Kites"), agreed(article(), article())
    merged = merge_pair(past, mine, article(), locked=frozenset({"title"}))
    assert merged.there == mine
    fought = merge_pair(past, mine, article(title="Gliders"), locked=frozenset({"title"}))
    assert fought.conflicts == ()
    assert fought.locked == (FieldConflict("title", "Boats", "Kites", "Gliders"),)
    won = merge_pair(
        past, mine, article(title="Gliders"), prefer="local", locked=frozenset({"title"})
    )
    assert (won.there, won.locked) == (mine, ())


# Nothing was agreed


def test_first_meeting() -> None:
    mine = article(
        title="Kites \u2014 and more", date="2021", DOI="10.1000/X", volume="4",
        tags=tags("boat", "paper"), extra="tex.code: https://x.org/a",
        creators=[{**ADA, "firstName": "A. D."}, BEN],
    )  # fmt: skip
    theirs = article(
        title="Kites - <span class=\"nocase\">and</span> more", date="2021-11-03", issue="2",
        citationKey=None, creators=[{**ADA, "firstName": "A.D."}, BEN, ELLA], tags=tags("fold"),
        extra="Citation Key: oak2021\nDOI: https://doi.org/10.1000/x\nread twice",
        collections=["AAAAAAAA"],
    )  # fmt: skip
    merged = merge_pair(None, mine, theirs)
    assert merged.conflicts == ()
    assert merged.here == {
        **mine, "issue": "2", "tags": tags("boat", "fold", "paper"),
        "extra": "tex.code: https://x.org/a\nread twice", "creators": [*mine["creators"], ELLA],
    }  # fmt: skip
    assert merged.there == {
        **theirs, "volume": "4", "tags": tags("boat", "fold", "paper"),
        "extra": "Citation Key: oak2021\nDOI: https://doi.org/10.1000/x\n"
                 "tex.code: https://x.org/a\nread twice",
    }  # fmt: skip
    assert (merged.agreed_here, merged.agreed_there) == (merged.here, merged.there)


def test_what_another_file_says_of_itself_stays_in_zotero() -> None:
    theirs = article(extra='bibtools: {"a": 1}\ntex.owner: ada\ntex.file: a.pdf\ntex.note: b')
    merged = merge_pair(None, article(), theirs)
    assert merged.there == theirs
    assert merged.here == article(extra="tex.note: b")


def test_first_meeting_with_contradictions() -> None:
    mine = article(title="Kites", creators=[ADA, BENJAMIN], volume="4")
    theirs = article(title="Gliders", collections=["AAAAAAAA"])
    merged = merge_pair(None, mine, theirs)
    assert merged.conflicts == (
        FieldConflict("creators", None, [ADA, BENJAMIN], [ADA, BEN]),
        FieldConflict("title", None, "Kites", "Gliders"),
    )
    assert merged.here == mine
    assert merged.there == {**theirs, "volume": "4"}
    again = merge_pair(agreed(merged.agreed_here, merged.agreed_there), merged.here, merged.there)
    assert (again.to_here, again.to_there) == ((), ())
    assert again.conflicts == merged.conflicts
    decided = merge_pair(
        agreed(merged.agreed_here, merged.agreed_there), merged.here, merged.there, prefer="zotero"
    )
    assert decided.here == {**article(title="Gliders"), "volume": "4"}


def test_types_that_a_file_cannot_tell_apart() -> None:
    mine = article(itemType="document", publicationTitle=None, publisher="Folds", tags=None)
    theirs = article(
        itemType="webpage", publicationTitle=None, websiteTitle="Creases", publisher="Folds",
        tags=None,
    )  # fmt: skip
    merged = merge_pair(None, mine, theirs)
    assert merged.conflicts == ()
    assert merged.there == theirs
    assert merged.here == {**mine, "extra": "container-title: Creases"}
    later = merge_pair(
        agreed(merged.here, merged.there), merged.here, {**theirs, "websiteTitle": "Planes"}
    )
    assert later.here == {**mine, "extra": "container-title: Planes"}
    back = merge_pair(
        agreed(merged.here, merged.there),
        {**mine, "extra": "container-title: Gliders"},
        theirs,
    )
    assert back.there == {**theirs, "websiteTitle": "Gliders"}


def test_two_types() -> None:
    """What hangs on a contested type waits for it; all else is settled."""
    past = article()
    mine = article(itemType="thesis", publicationTitle=None, title="Kites", numPages="99")
    theirs = article(itemType="bookSection", publicationTitle=None, bookTitle="Folds", date="2022")
    merged = merge_pair(agreed(past, past), mine, theirs)
    assert merged.conflicts == (
        FieldConflict("itemType", "journalArticle", "thesis", "bookSection"),
    )
    assert merged.here == {**mine, "date": "2022"}
    assert merged.there == {**theirs, "title": "Kites"}
    decided = merge_pair(
        agreed(merged.agreed_here, merged.agreed_there), merged.here, merged.there, prefer="local"
    )
    assert decided.there == decided.here == {**mine, "date": "2022"}


def test_the_order_of_what_the_server_does_not_sort_is_left_alone() -> None:
    theirs = article(collections=["BBBBBBBB", "AAAAAAAA"], tags=tags("b", "a"), volume=" 4 ")
    past = agreed(article(tags=tags("a", "b"), volume="4"), theirs)
    merged = merge_pair(past, article(tags=tags("a", "b"), volume="4", title="Kites"), theirs)
    assert merged.there == {**theirs, "title": "Kites"}
    assert merged.to_there == (FieldChange("title", "Boats", "Kites"),)


def test_what_is_remembered_of_a_side_that_was_read_again() -> None:
    past = agreed(article(), article())
    merged = merge_pair(past, article(title="Kites", volume="4"), article(title="Gliders"))
    stored = {**merged.there, "volume": "4 ", "url": "http://x.org/"}
    assert remembered(merged.there, merged.agreed_there, stored) == {
        **article(), "volume": "4 ", "url": "http://x.org/",
    }  # fmt: skip


# Comparing


@pytest.mark.parametrize(
    ("field", "one", "other", "same"),
    [
        pytest.param("title", "A  b", "A b", True, id="blanks"),
        pytest.param("title", "A \u201cb\u201d", 'A "b"', True, id="quotation marks"),
        pytest.param("title", "<i>A</i> b", "A b", True, id="markup"),
        pytest.param("title", "A b", "A B", False, id="case"),
        pytest.param("title", "A b", "A c", False, id="another title"),
        pytest.param("title", "e\u0301", "\u00e9", True, id="composed letters"),
        pytest.param("pages", "12--13", "12\u201313", True, id="dashes"),
        pytest.param("title", "A\u2014\u2014B", "A------B", True, id="two long dashes"),
        pytest.param("title", "A\u2014-B", "A-\u2013B", True, id="dashes of all kinds in a row"),
        pytest.param("title", "A-B", "AB", False, id="a hyphen and none"),
        pytest.param("title", "5 \u00b5m", "5 \u03bcm", True, id="micro sign and mu"),
        pytest.param("title", "e\ufb03cient", "efficient", True, id="a ligature"),
        pytest.param("title", "a\u2033 b", 'a" b', True, id="a double prime"),
        pytest.param("pages", "12-3", "12-13", False, id="abbreviated pages"),
        pytest.param("DOI", "https://doi.org/10.1000/ABC", "10.1000/abc", True, id="a DOI"),
        pytest.param("DOI", "10.1000/abc", "10.1000/abd", False, id="another DOI"),
        pytest.param("url", "http://X.org/a/", "https://x.org/a", True, id="dress of an address"),
        pytest.param("url", "https://x.org/a", "https://x.org/b", False, id="another address"),
        pytest.param("date", "2021-11-03", "3 November 2021", True, id="one day"),
        pytest.param("date", "2021", "2021-11-03", True, id="a year and a day of it"),
        pytest.param("date", "2021-10", "2021-11-03", False, id="a month and a day of another"),
        pytest.param("date", "2021", "2022", False, id="two years"),
        pytest.param("date", "2021", "2021?", False, id="a year and a doubtful one"),
        pytest.param("date", "in press", "In  press", True, id="no date"),
        pytest.param("accessDate", "2024-01-02", "2024-01-02T03:04:05Z", True, id="day and moment"),
        pytest.param("ISBN", "978-0-335-22006-9", "9780335220069", True, id="hyphens of an ISBN"),
        pytest.param("ISBN", "9780335220069 0335220061", "0335220061", True, id="one of two"),
        pytest.param("ISBN", "9780335220069", "0335220061", False, id="two ISBNs"),
        pytest.param("language", "en", "en-US", True, id="language and country"),
        pytest.param("language", "en-GB", "en-US", False, id="two countries"),
        pytest.param("creators", [{**ADA, "firstName": "J.K."}], [{**ADA, "firstName": "J. K."}],
                     True, id="blank between initials"),
        pytest.param("creators", [{**ADA, "firstName": "A."}], [ADA], False, id="initial and name"),
        pytest.param("creators", [ADA, BEN], [BEN, ADA], False, id="another order"),
        pytest.param("tags", tags("a", "b"), tags("b", "a", "a"), True, id="order of tags"),
        pytest.param("tags", tags("a", "b"), tags("b, a"), True, id="a comma in a tag"),
        pytest.param("tags", tags("a"), tags("A"), False, id="case of tags"),
        pytest.param("itemType", "document", "webpage", True, id="types a file cannot tell apart"),
        pytest.param("itemType", "preprint", "dataset", False, id="types that are two things"),
        pytest.param("citationKey", "a1", "A1", False, id="keys"),
        pytest.param("unheardOf", {"a": 1}, {"a": 2}, False, id="what nobody knows"),
        pytest.param("title", None, "A", False, id="absent"),
    ],
)  # fmt: skip
def test_loosely_equal(field: str, one: Any, other: Any, same: bool) -> None:
    assert loosely_equal(field, one, other, "journalArticle") is same
    assert loosely_equal(field, other, one, "journalArticle") is same


@pytest.mark.parametrize(
    ("label", "one", "other", "same"),
    [
        pytest.param("arxiv", "2104.08821 [cs.CL]", "arXiv:2104.08821", True, id="with a class"),
        pytest.param("arxiv", "2104.08821v2", "2104.08821", True, id="with a version"),
        pytest.param("arxiv", "2104.08821v2", "2104.08821v1", False, id="two versions"),
        pytest.param("arxiv", "2104.08821", "2104.08822", False, id="two preprints"),
        pytest.param("type", "Article", "article", True, id="case of a type"),
        pytest.param("tldr", "It folds.", "it folds.", False, id="case of words"),
        pytest.param(
            "tex.code", "http://github.com/A/b", "https://github.com/a/b/", True, id="an address"
        ),
        pytest.param(
            "tex.code",
            "https://github.com/a/b",
            "https://github.com/a/c",
            False,
            id="two addresses",
        ),
    ],
)
def test_lines_that_say_the_same(label: str, one: str, other: str, same: bool) -> None:
    assert same_line(label, one, other) is same
    assert same_line(label, other, one) is same


def test_normalised() -> None:
    """As the server answered, byte for byte."""
    sent = {
        "itemType": "journalArticle", "title": "  spaced  title ", "pages": 12, "issue": None,
        "abstractNote": "e\u0301\r\n\x07x\ty", "DOI": "https://doi.org/10.1145/3", "url": "",
        "creators": [
            {"creatorType": "author", "firstName": " A ", "lastName": " B "},
            {"creatorType": "author", "firstName": "", "lastName": ""},
        ],
        "tags": [{"tag": " sp "}, {"tag": "dup"}, {"tag": "dup"}, {"tag": "Dup", "type": 0}],
        "accessDate": "2024-01-02 03:04:05", "collections": [], "deleted": 1,
    }  # fmt: skip
    assert normalised(sent) == {
        "itemType": "journalArticle", "title": "spaced  title", "pages": "12",
        "abstractNote": "\u00e9\nx\ty", "DOI": "https://doi.org/10.1145/3",
        "creators": [{"creatorType": "author", "firstName": "A", "lastName": "B"}],
        "tags": [{"tag": "Dup"}, {"tag": "dup"}, {"tag": "sp"}],
        "accessDate": "2024-01-02T03:04:05Z", "deleted": 1,
    }  # fmt: skip


def test_every_field_comes_back_from_its_base_name() -> None:
    for item_type in ITEM_TYPES.values():
        bases = [base_name(name, item_type.name) for name in item_type.fields]
        assert len(set(bases)) == len(bases)
        assert [own_name(base, item_type.name) for base in bases] == list(item_type.fields)
        primary = {"creatorType": item_type.primary}
        assert group_of(primary, item_type.name) == PRIMARY
        groups = [group_of({"creatorType": role}, item_type.name) for role in item_type.creators]
        assert len(set(groups)) == len(groups)
