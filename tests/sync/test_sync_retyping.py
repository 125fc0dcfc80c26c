"""An entry whose item got another type in Zotero: what was one field is another now."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from bibtools.formats.bibtex import Document
from bibtools.sync.local_file import apply_local, read_local
from bibtools.sync.merging import merge_pair, remembered
from bibtools.sync.plan import UpdateEntry
from bibtools.sync.values import Agreed, Data, LocalEntry
from tests.zotero_server.schema import ITEM_TYPES

HEAD = "  title = {T},\n  author = {Example, Ada},\n"
BIBLATEX = "% biblatex\n@online{zz, title={Z}, date={2020}, url={https://z.example}}\n"


def entry_of(text: str) -> LocalEntry:
    entries = read_local(text.encode(), "refs.bib", {}).entries
    return next(one for one in entries if one.key == "k")


def retyped(item: Data, kind: str) -> dict[str, Any]:
    """As the program does it: what the new type has a field for goes over, the rest is gone."""
    was, now = ITEM_TYPES[item["itemType"]], ITEM_TYPES[kind]
    new: dict[str, Any] = {name: item[name] for name in ("citationKey", "extra") if name in item}
    for name in was.fields:
        target = name if name in now.fields else now.of_base(was.base.get(name, name))
        if item.get(name) and target in now.fields:
            new[target] = item[name]
    role = now.creator_types[0]
    people = [{**one, "creatorType": role} for one in item.get("creators", ())]
    return {**new, "itemType": kind, "creators": people}


def synced(text: str, there: Data) -> tuple[str, list[str]]:
    """The file after its item, which said the same, became `there`; and what was told."""
    local, entry = read_local(text.encode(), "refs.bib", {}), entry_of(text)
    past = Agreed("ITEM", "k", entry.print, 1, entry.data, entry.data)
    merged = merge_pair(past, entry.data, there)
    data, notices = apply_local(local, [UpdateEntry("k", "ITEM", merged.to_here, {})])
    return data.decode(), [one.rule or "" for one in notices]


def became(kind: str, fields: str, item_type: str, head: str = "") -> tuple[str, list[str]]:
    text = f"{head}@{kind}{{k,\n{HEAD}{fields}}}\n"
    new, rules = synced(text, retyped(entry_of(text).data, item_type))
    return new[len(head) :], rules


@pytest.mark.parametrize(
    ("kind", "item_type", "expected"),
    [
        pytest.param("book", "bookSection", "incollection", id="a chapter of no book"),
        pytest.param("book", "journalArticle", "article", id="an article in no journal"),
        pytest.param("article", "conferencePaper", "inproceedings", id="a talk in no volume"),
    ],
)
def test_what_a_work_appeared_in_is_not_what_it_is(
    kind: str, item_type: str, expected: str
) -> None:
    new, rules = became(kind, "  year = {2020},\n", item_type)
    assert (new, rules) == (f"@{expected}{{k,\n{HEAD}  year = {{2020}},\n}}\n", [])
    assert entry_of(new).data["itemType"] == item_type


def test_a_magazine_article_without_magazine_is_one_by_its_subtype() -> None:
    new, _ = became("book", "", "magazineArticle")
    assert new == f"@misc{{k,\n{HEAD}  entrysubtype = {{magazine}},\n}}\n"
    # And back: the subtype goes with the type that it told.
    there = {**entry_of(new).data, "itemType": "book"}
    assert synced(new, there)[0] == f"@book{{k,\n{HEAD}}}\n"


@pytest.mark.parametrize(
    ("kind", "fields", "item_type", "expected"),
    [
        pytest.param("inproceedings", "  organization = {O},\n", "report",
                     "@techreport{k,\n" + HEAD + "  institution = {O},\n}\n", id="a report"),
        pytest.param("phdthesis", "  school = {O},\n  type = {Thesis},\n", "journalArticle",
                     "@article{k,\n" + HEAD + "  publisher = {O},\n}\n", id="an article"),
        pytest.param("manual", "  publisher = {O},\n", "thesis",
                     "@phdthesis{k,\n" + HEAD + "  school = {O},\n  type = {Thesis},\n}\n",
                     id="a thesis"),
        pytest.param("article", "  journal = {J},\n  school = {O},\n", "document",
                     "@misc{k,\n" + HEAD + "  school = {O},\n}\n", id="its name is understood"),
        pytest.param("article", "  journal = {J},\n  number = {7},\n", "magazineArticle",
                     "@article{k,\n" + HEAD + "  journal = {J},\n  number = {7},\n}\n",
                     id="types that are not told apart"),
    ],
)  # fmt: skip
def test_a_value_that_moves_with_the_type_is_said_once(
    kind: str, fields: str, item_type: str, expected: str
) -> None:
    new, rules = became(kind, fields, item_type)
    assert (new, rules) == (expected, [])


def test_an_entry_type_that_extra_does_not_name_any_more_moves_values_too() -> None:
    text = f"@manual{{k,\n{HEAD}  publisher = {{O}},\n}}\n"
    there = {**entry_of(text).data, "extra": "read"}
    new, _ = synced(text, there)
    assert new == f"@techreport{{k,\n{HEAD}  institution = {{O}},\n  note = {{read}},\n}}\n"


@pytest.mark.parametrize("kind", ["misc", "online", "unpublished"])
@pytest.mark.parametrize("item_type", ["computerProgram", "presentation"])
def test_authors_stay_when_they_are_called_otherwise(kind: str, item_type: str) -> None:
    new, _ = became(kind, "", item_type)
    assert "author = {Example, Ada}" in new


def test_what_an_entry_type_said_by_itself_is_said_under_another() -> None:
    text = f"{BIBLATEX}@phdthesis{{k,\n{HEAD}}}\n"
    there = {**retyped(entry_of(text).data, "report"), "reportType": "PhD thesis"}
    new, _ = synced(text, there)
    assert new == f"{BIBLATEX}@report{{k,\n{HEAD}  type = {{phdthesis}},\n}}\n"


def test_what_is_another_field_under_the_new_type_is_told() -> None:
    text = f"@book{{k,\n{HEAD}  type = {{Hardcover}},\n}}\n"
    there = {**entry_of(text).data, "itemType": "computerProgram"}
    assert there["extra"] == "genre: Hardcover"
    new, rules = synced(text, there)
    assert "  type = {Hardcover},\n" in new
    assert rules == ["zotero.means-other"]


def test_a_value_that_waits_is_not_forgotten_when_it_is_read_as_another_field() -> None:
    """A pull took the item's type while the genre, which the item lacks, waited."""
    meant = {"itemType": "computerProgram", "title": "T", "extra": "genre: Hardcover"}
    past = {"itemType": "computerProgram", "title": "T"}
    read = {**past, "programmingLanguage": "Hardcover"}
    assert remembered(meant, past, read) == past
    assert remembered(meant, meant, read) == read


def test_a_role_that_waits_is_not_forgotten_when_the_type_has_it() -> None:
    """Manuscripts have no editors, documents do."""
    meant = {"itemType": "document", "title": "T", "extra": "editor: Example || Ada"}
    past = {"itemType": "document", "title": "T"}
    editor = {"creatorType": "editor", "lastName": "Example", "firstName": "Ada"}
    assert remembered(meant, past, {**past, "creators": [editor]}) == past


def test_a_line_of_extra_that_the_parent_says_is_told() -> None:
    text = (
        f"@unpublished{{k,\n{HEAD}  note = {{read}},\n  crossref = {{page}},\n}}\n"
        "@online{page,\n  title = {P},\n  pubstate = {draft},\n}\n"
    )
    entry = entry_of(text)
    assert entry.data["extra"] == "status: draft\nread"
    there = {**entry.data, "extra": "read twice"}
    assert synced(text, there) == (text.replace("read", "read twice"), ["zotero.not-said"])


VALUES = ("publisher", "school", "institution", "organization", "howpublished", "address",
          "journal", "booktitle", "number", "type", "series")  # fmt: skip
KINDS = ("article", "book", "incollection", "inproceedings", "phdthesis", "techreport", "software",
         "online", "misc", "unpublished", "manual", "inbook")  # fmt: skip
ITEMS = ("journalArticle", "book", "bookSection", "conferencePaper", "thesis", "report",
         "computerProgram", "webpage", "dataset", "document", "presentation")  # fmt: skip


@pytest.mark.parametrize("head", ["", BIBLATEX], ids=["BibTeX", "biblatex"])
@pytest.mark.parametrize("name", VALUES)
def test_no_value_is_lost_or_doubled_by_any_change_of_type(name: str, head: str) -> None:
    value = "Quern"
    for kind, item_type in product(KINDS, ITEMS):
        text = f"{head}@{kind}{{k,\n{HEAD}  {name} = {{{value}}},\n}}\n"
        there = retyped(entry_of(text).data, item_type)
        new, _ = synced(text, there)
        kept = value in str(there)
        (block,) = [one for one in Document.parse(new.encode(), "refs.bib").entries
                    if one.key == "k"]  # fmt: skip
        said = [*block.fields.values()].count(value)
        assert (said, block.fields.get("author")) == (kept, "Example, Ada"), (text, there, new)
