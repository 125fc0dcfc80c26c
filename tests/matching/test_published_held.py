"""Records of published versions held against each other and against who registered their DOIs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bibtools.matching.published import choose_published
from bibtools.model import ArxivId, Doi, Entry, Name, Outcome, PartialDate
from bibtools.sites.records import Record

ADA, MAX = Name(family="Example", given="Ada"), Name(family="Muster", given="Max")
TITLE = "Folding Paper Boats with Learned Creases"
PREPRINT = Entry(type="preprint", title=TITLE, authors=(ADA, MAX), arxiv=ArxivId("2104.00011"),
                 date=PartialDate(2021))  # fmt: skip
DOI = Doi("10.1234/z")


def meeting(venue: str, year: int, **more: object) -> Entry:
    found = Entry(type="paper-conference", title=TITLE, authors=(ADA, MAX), venue=venue,
                  date=PartialDate(year))  # fmt: skip
    return replace(found, **more)  # type: ignore[arg-type]


def journal(venue: str, year: int, **more: object) -> Entry:
    return meeting(venue, year, **{"type": "article-journal", **more})


TWO = [
    ("two meetings of neighbouring years",
     meeting("ICX", 2021, fields={"page": "1-10", "volume": "33"}), meeting("ECZ", 2022, doi=DOI)),
    ("two meetings of one year", meeting("ICX", 2021), meeting("ECZ", 2021)),
    ("two journals of neighbouring years",
     journal("Ships Tomorrow", 2021, fields={"volume": "33"}),
     journal("Boats Today", 2022, doi=DOI)),
    ("a meeting and its findings", meeting("EMNLP", 2021), meeting("Findings of EMNLP", 2021)),
    ("a meeting and its workshop", meeting("ICX", 2021), meeting("ICX Workshops", 2021)),
    ("a DOI without venue", journal("Ships Tomorrow", 2021),
     replace(journal("x", 2021, doi=DOI), venue=None)),
]  # fmt: skip
ONE = [
    ("in full and as an acronym", meeting("ICML", 2021),
     meeting("Proceedings of the 38th International Conference on Machine Learning", 2021,
             doi=DOI)),
    ("in full and abbreviated", journal("J. Boats", 2021),
     journal("Journal of Boats", 2022, doi=DOI)),
    ("by their pages", meeting("ECCV (5)", 2022, fields={"page": "113-130"}),
     meeting("Lecture Notes in Computer Science", 2022, doi=DOI, fields={"page": "113-130"})),
]  # fmt: skip


@pytest.mark.parametrize(("first", "second"), [pytest.param(*row[1:], id=row[0]) for row in TWO])
def test_two_publications_are_never_mixed(first: Entry, second: Entry) -> None:
    for pair in ((first, second), (second, first)):
        choice = choose_published(PREPRINT, [Record(one) for one in pair])
        assert (choice.outcome, choice.chosen) == (Outcome.AMBIGUOUS, ())


@pytest.mark.parametrize(("first", "second"), [pytest.param(*row[1:], id=row[0]) for row in ONE])
def test_two_records_of_one_publication(first: Entry, second: Entry) -> None:
    for pair in ((first, second), (second, first)):
        choice = choose_published(PREPRINT, [Record(one) for one in pair])
        assert choice.outcome is Outcome.SURE
        assert len(choice.chosen) == 2


def test_the_journal_reference_singles_one_out_but_is_nothing_alone() -> None:
    _, first, second = TWO[2]
    pair = [Record(first), Record(second)]
    choice = choose_published(PREPRINT, pair, reference="Boats Today 4 (2022) 11-29")
    assert (choice.outcome, choice.chosen) == (Outcome.SURE, (pair[1],))
    assert "arXiv's" in choice.rule
    other = choose_published(PREPRINT, pair, reference="Kites 4 (2022) 11-29")
    assert other.outcome is Outcome.AMBIGUOUS
    assert choose_published(PREPRINT, [], reference="Boats Today 4").outcome is Outcome.NONE


THEIRS = Record(journal("Boats Today", 2022, doi=DOI), "dblp")
HELD = [
    ("it agrees", journal("Boats Today", 2022, doi=DOI), Outcome.SURE),
    ("it lacks the subtitle", journal("Boats Today", 2022, doi=DOI, title="Folding Paper Boats"),
     Outcome.LIKELY),
    ("it is another paper", journal("Kites", 2022, doi=DOI, title="Kites",
                                    authors=(Name(literal="Zoe Zed"),)), Outcome.NONE),
    ("it is a book", journal("Boats Today", 2022, doi=DOI, type="book"), Outcome.NONE),
    ("nobody knows it", None, Outcome.LIKELY),
]  # fmt: skip


@pytest.mark.parametrize(("own", "outcome"), [pytest.param(*row[1:], id=row[0]) for row in HELD])
def test_who_registered_the_doi_knows_best(own: Entry | None, outcome: Outcome) -> None:
    record = Record(own, "crossref") if own is not None else None
    pool = [THEIRS, *([record] if record is not None else [])]
    for turned in (pool, pool[::-1]):
        choice = choose_published(PREPRINT, turned, registered={DOI.folded: record})
        assert choice.outcome is outcome
        assert bool(choice.chosen) is (outcome is Outcome.SURE)


def test_a_notice_is_not_the_paper() -> None:
    notice = Record(journal("Boats Today", 2022, doi=DOI), notice="a corrigendum to 10.1234/o")
    choice = choose_published(PREPRINT, [notice], stated=[DOI])
    assert (choice.outcome, choice.rule) == (Outcome.NONE, "it is a corrigendum to 10.1234/o")


def test_a_book_of_the_title_is_told_for_what_it_is() -> None:
    book = Record(journal("Boats Today", 2022, doi=DOI, type="book"))
    choice = choose_published(PREPRINT, [book], stated=[DOI])
    assert (choice.outcome, choice.rule) == (Outcome.NONE, "it is a book")


def test_who_merges_is_not_believed_with_one_word_more() -> None:
    more = journal("Boats Today", 2022, doi=DOI, title=f"Big {TITLE}")
    record = Record(more, preprint_doi=Doi("10.48550/arXiv.2104.00011"))
    assert choose_published(PREPRINT, [record]).outcome is Outcome.LIKELY
    assert choose_published(PREPRINT, [record], stated=[DOI]).outcome is Outcome.SURE
