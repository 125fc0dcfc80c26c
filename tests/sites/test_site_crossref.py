"""Crossref's REST API."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bibtools.model import Dating, Doi, Entry, Name, PartialDate
from bibtools.sites import crossref
from bibtools.sites.asking import CouldNotAsk, Found, NotFound, Question, Reply
from bibtools.sites.records import Record
from tests.site_bodies import (
    CROSSREF_ARTICLE,
    CROSSREF_PAPER,
    CROSSREF_PREPRINT,
    as_json,
    work_list,
)

ARTICLE = Record(
    Entry(
        type="article-journal",
        title="Counting boats & ships: A census of CO2",
        authors=(
            Name("Example", "Zoë", non_dropping_particle="van der"),
            Name(literal="The Boat Collaboration"),
            Name("Muster", "Max", suffix="Jr."),
        ),
        abstract="We count boats.",
        date=PartialDate(2021, 7),
        doi=Doi("10.1234/Boats.2021.14"),
        other_ids={"issn": "1234-5679"},
        venue="Journal of Boats",
        fields={
            "title": "Counting <i>boats</i> & ships: A census of CO<sub>2</sub>",
            "volume": "3",
            "issue": "2",
            "page": "14-20",
            "eid": "e14",
            "publisher": "Harbour Press",
            "publisher-place": "Port Example",
            "container-title-short": "J. Boats",
        },
        creators={"editor": (Name("Muster", "Erika"),)},
    ),
    identifier="10.1234/boats.2021.14",
    preprint_doi=Doi("10.48550/arXiv.2104.00002"),
    retracted="retracted, says Retraction Watch, 2022-01-05 (notice: doi 10.1234/boats.r)",
    score=41.5,
)
PREPRINT = Record(
    Entry(
        type="preprint",
        title="Boats in cells",
        authors=(Name("Example", "Ada"),),
        date=PartialDate(2021, 1, 1),
        doi=Doi("10.1101/2021.01.01.000001"),
        fields={"publisher": "bioRxiv"},
    ),
    identifier="10.1101/2021.01.01.000001",
    published_doi=Doi("10.1234/cells.1"),
)
PAPER = Record(
    Entry(
        type="paper-conference",
        title="Boats on graphs",
        authors=(Name("Example", "Ada"),),
        date=PartialDate(2020),
        doi=Doi("10.1007/978-3-000-00000-1_5"),
        other_ids={"isbn": "9783000000011"},
        venue="Boat Vision – BV 2020",
        fields={
            "page": "55-66",
            "publisher": "Harbour International",
            "event-title": "Boat Vision 2020",
            "event-place": "Port Example",
            "collection-title": "Lecture Notes in Computer Science",
        },
        dates={"event-date": Dating(PartialDate(2020, 8, 23), PartialDate(2020, 8, 28))},
    ),
    identifier="10.1007/978-3-000-00000-1_5",
)


def dois(*subjects: str) -> list[Question]:
    return [Question("crossref", "doi", subject) for subject in subjects]


def one(item: dict[str, Any]) -> Record:
    (question,) = dois(item["DOI"].lower())
    found = crossref.parse_dois(Reply(200, work_list([item])), [question])[question]
    assert isinstance(found, Found)
    return found.records[0]


@pytest.mark.parametrize(
    ("item", "record"),
    [
        pytest.param(CROSSREF_ARTICLE, ARTICLE, id="article"),
        pytest.param(CROSSREF_PREPRINT, PREPRINT, id="preprint"),
        pytest.param(CROSSREF_PAPER, PAPER, id="paper"),
    ],
)
def test_records_whole(item: dict[str, Any], record: Record) -> None:
    assert one(item) == record


def test_several_dois_are_one_request() -> None:
    request = crossref.request_dois(dois("10.1234/a:b", "10.1234/c(2)", "10.1234/d,e"))
    query = parse_qs(urlsplit(request.url).query)
    assert query["filter"] == ["doi:10.1234/a:b,doi:10.1234/c(2)"]
    assert query["rows"] == ["3"]
    assert "updated-by" in query["select"][0].split(",")


def test_a_doi_with_a_comma_is_asked_alone() -> None:
    (alone,) = dois("10.1234/d,e")
    assert crossref.request_dois([alone]).url == f"{crossref.BASE}/works/10.1234/d%2Ce"
    body = as_json({"status": "ok", "message-type": "work", "message": {"DOI": "10.1234/D,E"}})
    assert isinstance(crossref.parse_dois(Reply(200, body), [alone])[alone], Found)
    together = dois("10.1234/d,e", "10.1234/x")
    answers = crossref.parse_dois(Reply(200, work_list([])), together)
    assert answers == {
        together[0]: CouldNotAsk('"10.1234/d,e" can only be asked about alone'),
        together[1]: NotFound(),
    }


def test_an_unknown_doi() -> None:
    (question,) = dois("10.1234/none")
    assert crossref.parse_dois(Reply(404, b"Resource not found."), [question]) == {
        question: NotFound()
    }


def test_a_list_that_was_cut_off_says_nothing_of_the_rest() -> None:
    (question,) = dois("10.1234/none")
    answers = crossref.parse_dois(Reply(200, work_list([], total=1)), [question])
    assert answers == {question: CouldNotAsk("it announced 1 records and sent 0")}


def test_no_candidates_for_a_title() -> None:
    question = Question("crossref", "title", "boats")
    assert crossref.parse_title(Reply(200, work_list([])), [question]) == {question: NotFound()}


@pytest.mark.parametrize(
    ("title", "subtitle", "expected"),
    [
        pytest.param("Boats", "A Census", "Boats: A Census", id="joined"),
        pytest.param("Boats:", "A Census", "Boats: A Census", id="colon"),
        pytest.param("Boats?", "A Census", "Boats? A Census", id="question"),
        pytest.param("Boats: a census", "A Census", "Boats: a census", id="twice"),
        pytest.param("Boats", "***", "Boats", id="no-letters"),
        pytest.param("Boats", None, "Boats", id="none"),
        pytest.param("&lt;b&gt;Boats&lt;/b&gt; &amp;amp; Co", None, "Boats & Co", id="encoded"),
        pytest.param("a < b and b > c", None, "a < b and b > c", id="less-than"),
        pytest.param(
            "<mml:math><mml:mi>x</mml:mi>\n<mml:mi>y</mml:mi></mml:math>-boats", None, "xy-boats",
            id="mathml",
        ),
        pytest.param(
            "successful<i>Navis</i> boats", None, "successful Navis boats", id="lost-blank"
        ),
    ],
)  # fmt: skip
def test_titles(title: str, subtitle: str | None, expected: str) -> None:
    item = {"DOI": "10.1234/a", "title": [title], "subtitle": [subtitle] if subtitle else []}
    assert one(item).entry.title == expected


@pytest.mark.parametrize(
    ("title", "bare"),
    [
        pytest.param("RETRACTED: Boats", "Boats", id="colon"),
        pytest.param("Retracted Article: Boats", "Boats", id="article"),
        pytest.param("[Retracted] Boats", "Boats", id="brackets"),
        pytest.param("WITHDRAWN: Boats", "Boats", id="withdrawn"),
    ],
)
def test_a_title_that_says_retracted(title: str, bare: str) -> None:
    record = one({"DOI": "10.1234/a", "title": [title]})
    assert record.entry.title == bare
    assert record.retracted is not None


@pytest.mark.parametrize(
    "item",
    [
        pytest.param({"title": ["Retracted papers: a census"]}, id="about-retraction"),
        pytest.param({"title": ["Retracted"]}, id="one-word"),
        pytest.param(
            {"title": ["Retraction of boats"], "update-to": [{"type": "retraction"}]}, id="notice"
        ),
        pytest.param({"title": ["Boats"], "updated-by": [{"type": "correction"}]}, id="correction"),
    ],
)
def test_not_retracted(item: dict[str, Any]) -> None:
    record = one({"DOI": "10.1234/a", **item})
    assert record.retracted is None
    assert record.entry.title == item["title"][0]


@pytest.mark.parametrize(
    ("titles", "venue", "series"),
    [
        pytest.param(["Boat Book"], "Boat Book", None, id="book"),
        pytest.param(["Lecture Notes in Computer Science"], None,
                     "Lecture Notes in Computer Science", id="series-alone"),
        pytest.param(["Boat Book", "Lecture Notes in Computer Science"], "Boat Book",
                     "Lecture Notes in Computer Science", id="series-last"),
        pytest.param(["Harbour Series", "Boat Book"], "Boat Book", "Harbour Series", id="unknown"),
        pytest.param([], None, None, id="none"),
    ],
)  # fmt: skip
def test_the_book_and_its_series(titles: list[str], venue: str | None, series: str | None) -> None:
    entry = one({"DOI": "10.1/a".replace("10.1", "10.1234"), "type": "book-chapter",
                 "container-title": titles}).entry  # fmt: skip
    assert (entry.venue, entry.fields.get("collection-title")) == (venue, series)


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        pytest.param({"issued": {"date-parts": [[None]]}}, None, id="null"),
        pytest.param({"created": {"date-parts": [[2020, 1, 1]]}}, None, id="never-created"),
        pytest.param({"issued": {"date-parts": [[2020, 2, 31]]}}, PartialDate(2020, 2), id="day"),
        pytest.param({"issued": {"date-parts": [["2020", "5"]]}}, PartialDate(2020, 5), id="texts"),
        pytest.param({"issued": {"date-parts": [[20]]}}, None, id="no-year"),
        pytest.param(
            {"issued": {"date-parts": [[2019]]}, "published-online": {"date-parts": [[2020]]}},
            PartialDate(2020), id="order",
        ),
    ],
)  # fmt: skip
def test_dates(dates: dict[str, Any], expected: PartialDate | None) -> None:
    assert one({"DOI": "10.1234/a", **dates}).entry.date == expected


@pytest.mark.parametrize(
    ("updates", "notice"),
    [
        pytest.param([{"type": "corrigendum", "DOI": "10.1234/o"}],
                     "a corrigendum to 10.1234/o", id="corrigendum"),
        pytest.param([{"type": "Retraction", "DOI": "10.1234/o"}],
                     "a notice of retraction to 10.1234/o", id="retraction"),
        pytest.param([{"type": "expression_of_concern"}], "an expression of concern",
                     id="of nothing named"),
        pytest.param([{"type": "new_version", "DOI": "10.1234/o"}], None, id="a new version"),
        pytest.param([{"type": "correction", "DOI": "10.1234/A"}], None, id="of itself"),
        pytest.param([{"type": 7}, "x"], None, id="nonsense"),
        pytest.param(None, None, id="none"),
    ],
)  # fmt: skip
def test_notices_about_another_work(updates: Any, notice: str | None) -> None:
    record = one({"DOI": "10.1234/a", "title": ["Boats"], "update-to": updates})
    assert record.notice == notice
