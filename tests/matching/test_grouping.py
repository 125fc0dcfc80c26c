"""Which records are one work: a table of pairs, then what a person decides."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bibtools.matching.combining import combine
from bibtools.matching.grouping import group
from bibtools.model import (
    ArxivId,
    Doi,
    Doubt,
    Entry,
    Link,
    Name,
    PartialDate,
    Source,
)

LONG = (
    "Harbour pilots steer freighters through fog with little more than a radar echo and memory. "
    "We record 412 approaches to three ports, align radar sweeps with spoken commands, and train "
    "a sequence tagger that warns of groundings forty seconds ahead. Pilots trust its warnings "
    "once they are phrased as questions rather than orders, and the lexicon of such questions is "
    "released together with annotated sweeps from Rotterdam, Santos and Busan."
)
REWORDED = (
    "In fog, harbour pilots steer freighters by radar echo and memory alone. From 412 recorded "
    "approaches to three ports, with radar sweeps aligned to spoken commands, we train a tagger "
    "that predicts groundings forty seconds ahead. Warnings phrased as questions rather than "
    "orders earn the trust of pilots. Annotated sweeps from Rotterdam, Santos and Busan and the "
    "question lexicon are public."
)
OTHER = (
    "Sourdough starters differ between bakeries, yet their yeast communities converge within "
    "weeks. We sequence ninety starters weekly, fit a neutral drift model, and find that flour "
    "ash content predicts the winning strain better than temperature or hydration. Bakers may "
    "thus steer acidity by milling, a claim we test in eleven blind tastings across Anatolia."
)
TITLE = "Questions in the Fog: Grounding Warnings That Harbour Pilots Trust"


def record(title: str | None = None, abstract: str | None = None, **known: object) -> Entry:
    return Entry(title=title, abstract=abstract, **known)  # type: ignore[arg-type]


def people(*names: str) -> tuple[Name, ...]:
    return tuple(
        Name(given=n.rpartition(" ")[0] or None, family=n.rpartition(" ")[2]) for n in names
    )


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        pytest.param(record(TITLE), record(TITLE), True, id="same title"),
        pytest.param(record(TITLE), record(TITLE.upper() + "."), True, id="case and punctuation"),
        pytest.param(record(TITLE, LONG), record(TITLE, REWORDED), True, id="rewritten text"),
        pytest.param(record(TITLE, LONG), record(None, LONG), True, id="bare abstract, same text"),
        pytest.param(record(TITLE, LONG), record(None, REWORDED), True, id="bare, rewritten"),
        pytest.param(record(None, LONG), record(None, LONG), True, id="two bare abstracts"),
        pytest.param(record(None, LONG), record(None, OTHER), False, id="two other abstracts"),
        pytest.param(record(TITLE, OTHER), record(None, LONG), False, id="foreign abstract"),
        pytest.param(record(TITLE, LONG), record(TITLE[:-6], LONG), True, id="one text, title cut"),
        pytest.param(
            record("Pilots in Fog, Part I", LONG), record("Pilots in Fog, Part II", LONG), False,
            id="part I and part II, even over one text",
        ),
        pytest.param(
            record(TITLE.replace("Harbour", "Harbor"), LONG), record(TITLE, REWORDED), True,
            id="one letter, and the abstracts agree",
        ),
        pytest.param(
            record(TITLE.replace("Harbour", "Airline"), LONG), record(TITLE, OTHER), False,
            id="one word, and the abstracts do not",
        ),
        pytest.param(
            record("Introduction", LONG), record("Introduction", OTHER), False,
            id="short title over two texts",
        ),
        pytest.param(
            record("Introduction", LONG, authors=people("Ana Lima")),
            record("Introduction", OTHER, authors=people("Ana Lima")), True,
            id="short title over two texts, same author",
        ),
        pytest.param(
            record(TITLE, authors=people("Ana Lima", "Bo Ek")),
            record(TITLE, authors=people("Cy Dor")), False,
            id="same title, other authors",
        ),
        pytest.param(
            record(TITLE, authors=people("Ana Lima", "Bo Ek")),
            record(TITLE, authors=people("A. Lima"), authors_truncated=True), True,
            id="same title, initials",
        ),
        pytest.param(
            record(TITLE, date=PartialDate(2003)), record(TITLE, date=PartialDate(2023)), False,
            id="twenty years apart",
        ),
        pytest.param(
            record(TITLE, arxiv=ArxivId("2104.08821")), record(TITLE, arxiv=ArxivId("2104.08822")),
            False, id="two arXiv IDs",
        ),
        pytest.param(
            record("Fog", arxiv=ArxivId("2104.08821")),
            record(TITLE, arxiv=ArxivId("2104.08821", 2)), True, id="one arXiv ID, two versions",
        ),
        pytest.param(
            record("Fog", doi=Doi("10.1000/A")), record(TITLE, doi=Doi("10.1000/a")), True,
            id="one DOI",
        ),
        pytest.param(record(), record(), False, id="nothing known"),
    ],
)  # fmt: skip
def test_pairs(first: Entry, second: Entry, together: bool) -> None:
    crowd = [record("Yeast Drift in Ninety Starters", OTHER.replace("ninety", "eighty"))]
    for entries in ([first, second], [second, first], [first, *crowd, second]):
        assert ((0, len(entries) - 1) in group(entries).groups) is together


def test_every_record_is_in_exactly_one_group() -> None:
    entries = [record(TITLE), record("Other Matters of Interest"), record(TITLE), record()]
    assert group(entries).groups == ((0, 2), (1,), (3,))


def test_nothing_gives_nothing() -> None:
    assert group([]).groups == ()


def test_a_person_overrules_the_rules() -> None:
    entries = [record(TITLE), record(TITLE), record("Something Else Entirely, for Once")]
    assert group(entries, same=[(1, 2)], different=[(0, 1)]).groups == ((0,), (1, 2))


def test_what_was_left_apart_is_told() -> None:
    entries = [record(TITLE, authors=people("Ana Lima")), record(TITLE, authors=people("Cy Dor"))]
    near = group(entries).near
    assert [(n.first, n.second, n.why) for n in near] == [
        (0, 1, "same title, but they have other authors")
    ]


def test_an_abstract_goes_to_one_title_only() -> None:
    entries = [record("First Title of the Two", LONG), record("Quite Another One", REWORDED),
               record(None, LONG)]  # fmt: skip
    assert (0, 2) in group(entries).groups


def test_the_best_of_each_record_is_kept() -> None:
    first = Entry(
        title=TITLE,
        abstract=LONG,
        authors=people("Ana Lima", "Bo Ek", "Cy Dor"),
        authors_truncated=True,
        date=PartialDate(2024, 5, 7),
        date_inferred=True,
        categories=("cs.CV", "math.CV"),
        code_flag=True,
        sources=(Source("a.txt", 1),),
    )
    second = Entry(
        abstract=REWORDED,
        code=(Link("https://github.com/fog/Pilots", "abstract", "repository"),),
        sources=(Source("b.txt", 3),),
    )
    third = Entry(
        title=TITLE,
        abstract=REWORDED,
        author_count=5,
        date=PartialDate(2024, 5, 7),
        comment_count=2,
        categories=("cs.CV",),
        code=(Link("http://github.com/fog/pilots/", "abstract", "repository"),),
        sources=(Source("c.txt", 9),),
    )
    assert combine([first, second, third]) == Entry(
        title=TITLE,
        abstract=LONG,
        authors=people("Ana Lima", "Bo Ek", "Cy Dor"),
        authors_truncated=True,
        author_count=5,
        date=PartialDate(2024, 5, 7),
        categories=("cs.CV",),
        code=(Link("https://github.com/fog/Pilots", "abstract", "repository"),),
        code_flag=True,
        comment_count=2,
        sources=(
            Source("a.txt", 1, ("abstract", "authors", "categories", "code_flag", "title")),
            Source("b.txt", 3, ("code",)),
            Source("c.txt", 9, ("author_count", "comment_count", "date")),
        ),
    )


def test_a_second_merge_keeps_what_each_page_gave() -> None:
    first = Entry(title=TITLE, sources=(Source("a.txt", 1),))
    second = Entry(title=TITLE, abstract=LONG, sources=(Source("b.txt", 3),))
    third = Entry(title=TITLE, author_count=5, sources=(Source("c.txt", 9),))
    assert combine([combine([first, second]), third]).sources == (
        Source("a.txt", 1, ("title",)),
        Source("b.txt", 3, ("abstract",)),
        Source("c.txt", 9, ("author_count",)),
    )


def test_a_title_read_with_doubt_gives_way_to_one_without() -> None:
    unsure = Entry(title="Fog in RAGAna", doubts=(Doubt("title", "two readings"),))
    clear = Entry(title="Fog in RAG", sources=(Source("b", 1),))
    merged = combine([unsure, clear])
    assert (merged.title, merged.doubts) == ("Fog in RAG", ())


def test_the_five_pages_are_273_papers(shared: Path) -> None:
    gold = shared / "listings" / "gold"
    names, entries = [], []
    for page in sorted(gold.glob("[0-9][0-9][0-9].json")):
        for number, row in enumerate(json.loads(page.read_text("utf-8"))):
            names.append((page.stem, number))
            entries.append(
                Entry(
                    title=row["title"],
                    abstract=row["abstract"],
                    authors=tuple(Name(literal=name) for name in row["authors"]),
                    authors_truncated=row["authors_truncated"],
                )
            )
    wanted = json.loads((gold / "crossdoc.json").read_text("utf-8"))["groups"]
    expected = {tuple((m["doc"], m["index"]) for m in g["members"]) for g in wanted}
    found = group(entries).groups
    assert len(found) == 273
    assert {tuple(names[n] for n in g) for g in found if len(g) > 1} == expected
