"""Which entries and items are taken for one work, and which are left alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from bibtools.formats.bibtex import Document
from bibtools.formats.bibtex.reading import read_entries
from bibtools.sync.item_side import entry_data, item_entry
from bibtools.sync.linking import Links, link
from bibtools.sync.marks import Readings, marks_of
from bibtools.sync.values import Agreed, LocalEntry, RemoteItem

BOATS = "Folding Paper Boats with Learned Creases"
KITES = "Kites that Remember the Wind of Yesterday"
ADA = [{"creatorType": "author", "firstName": "Ada", "lastName": "Example"}]
CARL = [{"creatorType": "author", "firstName": "Carl", "lastName": "Other"}]


def entries(text: str) -> list[LocalEntry]:
    """The entries of a .bib as the sync has them."""
    read, notices = read_entries(Document.parse(text.encode()))
    assert notices == []
    found = []
    for entry in read:
        data, code = entry_data(entry)
        assert entry.key is not None
        found.append(LocalEntry(entry.key, repr(sorted(data.items())), entry, data, code))
    return found


def item(key: str, title: str = BOATS, version: int = 1, **fields: Any) -> RemoteItem:
    """A journal article by Ada Example from 2023."""
    data = {
        "itemType": "journalArticle",
        "title": title,
        "creators": ADA,
        "date": "2023",
        "publicationTitle": "Journal of Folds",
        **fields,
    }
    kept = {name: value for name, value in data.items() if value not in ("", None, [])}
    return RemoteItem(key, version, kept)


def bib(key: str, title: str = BOATS, more: str = "", kind: str = "article") -> str:
    """The entry of the same article."""
    return (
        f"@{kind}{{{key}, title={{{title}}}, author={{Example, Ada}}, year=2023,"
        f" journal={{Journal of Folds}}, {more}}}\n"
    )


def linked(
    text: str, items: Sequence[RemoteItem], agreed: Mapping[str, Agreed] | None = None
) -> Links:
    table = {one.key: one for one in items}
    return link(entries(text), table, Readings(table), table, agreed or {})


def shape(links: Links) -> dict[str, object]:
    """The outcome in a few words."""
    return {
        "pairs": [(pair.local.key, pair.item.key) for pair in links.pairs],
        "here": [one.key for one in links.only_here],
        "there": [one.key for one in links.only_there],
        "unsure": [(one.key, one.item, one.candidates) for one in links.unsure],
    }


def row(key: str, of: str, **more: Any) -> Agreed:
    return Agreed(of, key, "", 1, {}, {}, **more)


CASES = [
    pytest.param("", [], {}, id="nothing on either side"),
    pytest.param(bib("a"), [], {"here": ["a"]}, id="an empty library"),
    pytest.param("", [item("AAAA2222")], {"there": ["AAAA2222"]}, id="an empty file"),
    pytest.param(
        bib("a"),
        [item("AAAA2222", citationKey="a")],
        {"pairs": [("a", "AAAA2222")]},
        id="same citation key",
    ),
    pytest.param(
        bib("a"),
        [item("AAAA2222", extra="Citation Key: a")],
        {"pairs": [("a", "AAAA2222")]},
        id="same citation key in Extra",
    ),
    pytest.param(
        bib("a"),
        [item("AAAA2222", KITES, citationKey="a", creators=CARL)],
        {"unsure": [("a", None, ("AAAA2222",))]},
        id="same citation key, another work",
    ),
    pytest.param(
        bib("a", more="doi={10.1000/A}"),
        [item("AAAA2222", DOI="10.1000/a", citationKey="b", date="2022")],
        {"pairs": [("a", "AAAA2222")]},
        id="same DOI in another case",
    ),
    pytest.param(
        bib("a", KITES, more="doi={10.1000/a}"),
        [item("AAAA2222", DOI="10.1000/a")],
        {"unsure": [("a", None, ("AAAA2222",))]},
        id="same DOI, another title",
    ),
    pytest.param(
        bib("a"),
        [item("AAAA2222")],
        {"pairs": [("a", "AAAA2222")]},
        id="same title with witnesses",
    ),
    pytest.param(
        bib("a"),
        [item("AAAA2222", creators=CARL)],
        {"here": ["a"], "there": ["AAAA2222"]},
        id="same title by others",
    ),
    pytest.param(
        bib("a", more="doi={10.1000/a}"),
        [item("AAAA2222", DOI="10.1000/b")],
        {"here": ["a"], "there": ["AAAA2222"]},
        id="same title, other DOI",
    ),
    pytest.param(
        bib("a"),
        [item("AAAA2222", date="")],
        {"pairs": [("a", "AAAA2222")]},
        id="year unknown there, venue the same",
    ),
    pytest.param(
        bib("a"),
        [item("AAAA2222", date="", publicationTitle="")],
        {"unsure": [("a", None, ("AAAA2222",))]},
        id="nothing but title and author there",
    ),
    pytest.param(
        bib("a", more="doi={10.1000/a}"),
        [item("AAAA2222", DOI="10.1000/a"), item("BBBB2222", DOI="10.1000/a")],
        {"unsure": [("a", None, ("AAAA2222", "BBBB2222"))]},
        id="two items of one DOI",
    ),
    pytest.param(
        bib("a", more="doi={10.1000/a}"),
        [item("AAAA2222", DOI="10.1000/a"), item("BBBB2222", DOI="10.1000/a", citationKey="a")],
        {"pairs": [("a", "BBBB2222")], "unsure": [(None, "AAAA2222", ("a",))]},
        id="two items of one DOI, one with the key",
    ),
    pytest.param(
        bib("a", more="doi={10.1000/a}") + bib("b", more="doi={10.1000/a}"),
        [item("AAAA2222", DOI="10.1000/a")],
        {"unsure": [("a", None, ("AAAA2222",)), ("b", None, ("AAAA2222",))]},
        id="two entries of one DOI",
    ),
    pytest.param(
        bib("a", more="doi={10.1000/a}") + bib("b", more="doi={10.1000/a}"),
        [item("AAAA2222", DOI="10.1000/a", citationKey="b")],
        {"pairs": [("b", "AAAA2222")], "unsure": [("a", None, ("AAAA2222",))]},
        id="two entries of one DOI, one with the key",
    ),
    pytest.param(
        bib("paper", more="doi={10.1000/a}, eprint={2104.00011}, archiveprefix={arXiv}"),
        [item("AAAA2222", itemType="preprint", archiveID="arXiv:2104.00011", publicationTitle="")],
        {"unsure": [("paper", None, ("AAAA2222",))]},
        id="the published version here, the preprint there",
    ),
    pytest.param(
        bib("a"), [item("AAAA2222", deleted=1)], {"here": ["a"]}, id="only in the trash there"
    ),
]


@pytest.mark.parametrize(("text", "items", "expected"), CASES)
def test_first_links(text: str, items: list[RemoteItem], expected: dict[str, object]) -> None:
    nothing: dict[str, object] = {"pairs": [], "here": [], "there": [], "unsure": []}
    assert shape(linked(text, items)) == nothing | expected


def test_what_was_written_down_comes_first() -> None:
    agreed = {"AAAA2222": row("a", "AAAA2222"), "BBBB2222": row("b", "BBBB2222")}
    links = linked(bib("a", KITES) + bib("b"), [item("AAAA2222"), item("BBBB2222", KITES)], agreed)
    assert shape(links)["pairs"] == [("a", "AAAA2222"), ("b", "BBBB2222")]


def test_an_entry_under_a_new_key_is_the_same_entry() -> None:
    (old,) = entries(bib("old"))
    agreed = {"AAAA2222": Agreed("AAAA2222", "old", old.print, 1, old.data, old.data)}
    links = linked(bib("new"), [item("AAAA2222", citationKey="old")], agreed)
    assert shape(links)["pairs"] == [("new", "AAAA2222")]
    assert links.gone_here == ()


def test_a_pair_without_its_entry_or_item_is_gone() -> None:
    agreed = {"AAAA2222": row("a", "AAAA2222"), "BBBB2222": row("b", "BBBB2222")}
    links = linked(bib("b", KITES), [item("AAAA2222")], agreed)
    assert [one.key for one in links.gone_here] == ["a"]
    assert [(one.key, two.item) for one, two in links.gone_there] == [("b", "BBBB2222")]
    assert shape(links) == {"pairs": [], "here": [], "there": [], "unsure": []}


def test_a_pending_row_without_an_item_is_forgotten() -> None:
    links = linked(bib("a"), [], {"AAAA2222": row("a", "AAAA2222", pending=True)})
    assert shape(links)["here"] == ["a"]


SICI = "10.1002/(SICI)1097-4571(199009)41:6<391::AID-ASI1>3.0.CO;2-9"


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"DOI": SICI}, id="a DOI with angle brackets"),
        pytest.param(
            {
                "DOI": "https://doi.org/10.1002/%28SICI%291097-4571%28199009%2941:6%3C391::AID-ASI1%3E3.0.CO;2-9"
            },
            id="a quoted DOI",
        ),
        pytest.param({"DOI": "10.1000.10/123"}, id="a DOI with a divided prefix"),
        pytest.param({"extra": "{:DOI:10.1234/q}"}, id="a DOI in braces"),
        pytest.param({"extra": "arXiv:math.GT/0309136"}, id="an old arXiv ID with a class"),
        pytest.param(
            {"extra": "arXiv:cond-mat.mes-hall/0309136"}, id="an old arXiv ID with a long class"
        ),
        pytest.param(
            {"publicationTitle": "arXiv preprint arXiv:2001.00001"}, id="an arXiv ID for a journal"
        ),
        pytest.param({"extra": "citation_key: foo"}, id="a key with an underscore"),
        pytest.param({"extra": "Citation-Key: foo bar"}, id="a key with a blank"),
        pytest.param({"extra": "{:citation-key:foo}"}, id="a key in braces"),
    ],
)
def test_what_is_looked_at_quickly_is_all_there_is(fields: Mapping[str, str]) -> None:
    data = {"itemType": "journalArticle", "title": "Boats", **fields}
    readings = Readings({"AAAA2222": RemoteItem("AAAA2222", 1, data)})
    assert {mark for mark in marks_of(item_entry(data)) if mark[0] != "title"}
    assert set(marks_of(item_entry(data))) <= set(readings.marks("AAAA2222"))


PREPRINT = (
    f"@misc{{boats, title = {{{BOATS}}}, author = {{Example, Ada}}, year = {{2023}}, "
    "eprint = {2301.00001}, archiveprefix = {arXiv}}"
)


def test_a_preprint_here_and_its_publication_there_are_not_made_on_both_sides() -> None:
    local, items = entries(PREPRINT), {"AAAA2222": item("AAAA2222")}
    links = link(local, items, Readings(items), items.keys(), {})
    assert (links.pairs, links.only_here, links.only_there) == ((), (), ())
    assert [(one.key, one.candidates) for one in links.unsure] == [("boats", ("AAAA2222",))]


def test_a_preprint_and_its_publication_that_both_sides_have_are_two_pairs() -> None:
    local = entries(PREPRINT + bib("paper"))
    items = {
        "AAAA2222": item("AAAA2222"),
        "BBBB2222": item(
            "BBBB2222", itemType="preprint", publicationTitle="", archiveID="arXiv:2301.00001"
        ),
    }
    links = link(local, items, Readings(items), items.keys(), {})
    assert {(one.local.key, one.item.key) for one in links.pairs} == {
        ("boats", "BBBB2222"),
        ("paper", "AAAA2222"),
    }
    assert (links.only_here, links.only_there, links.unsure) == ((), (), ())
