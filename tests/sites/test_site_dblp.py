"""DBLP's SPARQL service, and its search API."""

from __future__ import annotations

import pytest

from bibtools.model import ArxivId, Doi, Entry, Name, PartialDate
from bibtools.sites import dblp
from bibtools.sites.asking import Found, NotFound, Question, Reply, UnreadableError
from bibtools.sites.records import Record
from tests.site_bodies import DBLP_SEARCH, as_json, dblp_rows, table

AUTHORS = (Name("O'Example", "Ada"), Name("Muster", "Max"))
PAPER = Record(
    Entry(
        type="paper-conference",
        title="Counting Boats",
        authors=AUTHORS,
        date=PartialDate(2021),
        doi=Doi("10.1234/boats.2021.14"),
        other_ids={"dblp": "conf/boats/ExampleM21"},
        venue="Proceedings of the 3rd Conference on Boats, Port Example, 2021",
        fields={"page": "14-20", "container-title-short": "BOATS"},
    ),
    identifier="conf/boats/ExampleM21",
)
PREPRINT = Record(
    Entry(
        type="preprint",
        title="Counting Boats",
        authors=AUTHORS,
        date=PartialDate(2021),
        arxiv=ArxivId("2104.00002"),
        other_ids={"dblp": "journals/corr/abs-2104-00002"},
    ),
    identifier="journals/corr/abs-2104-00002",
)


def ask(kind: str, *subjects: str) -> list[Question]:
    return [Question("dblp", kind, subject) for subject in subjects]


def body(questions: list[Question]) -> str:
    batch = dblp.SERVICE.kinds[questions[0].kind]
    request = batch.request(questions)
    assert request.method == "POST"
    return (request.body or b"").decode()


def test_several_titles_are_one_table() -> None:
    asked = ask("title", "Sinking {B}oats", "Counting boats!")
    rows = dblp_rows("counting boats")
    assert dblp.parse_titles(Reply(200, table(rows)), asked) == {
        asked[0]: NotFound(),
        asked[1]: Found((PAPER, PREPRINT)),
    }
    assert dblp.parse_titles(Reply(200, table(rows[::-1])), asked)[asked[1]] == Found(
        (PAPER, PREPRINT)
    )


def test_the_query_for_titles_holds_words_only() -> None:
    text = body(ask("title", 'Boats" } UNION { ?s ?p ?o } #', "a b c boats on seas of cheese"))
    assert 'ql:contains-word "boats union s p o"' in text
    assert 'BIND("boats union s p o" AS ?asked)' in text
    assert "{ ?s ?p ?o }" not in text


def test_long_titles_are_asked_by_their_longest_words() -> None:
    title = "an on of in at by to a counting boats with filters learnt from wooden harbours"
    assert 'ql:contains-word "counting boats with filters learnt from wooden harbours"' in body(
        ask("title", title)
    )


def test_dois_in_both_spellings() -> None:
    text = body(ask("doi", '10.1234/a>b"c'))
    assert '("10.1234%2Fa%3Eb%22c" <https://doi.org/10.1234/A%3EB%22C>)' in text
    assert '("10.1234%2Fa%3Eb%22c" <https://doi.org/10.1234/a%3Eb%22c>)' in text


def test_records_by_doi() -> None:
    asked = ask("doi", "10.1234/boats.2021.14", "10.1234/none")
    rows = dblp_rows("10.1234%2Fboats.2021.14")
    assert dblp.parse_dois(Reply(200, table(rows)), asked) == {
        asked[0]: Found((PAPER,)),
        asked[1]: NotFound(),
    }


@pytest.mark.parametrize(
    ("subject", "who"),
    [
        pytest.param("0000-0002-1825-0097", "<https://orcid.org/0000-0002-1825-0097>", id="orcid"),
        pytest.param("28/2391", "<https://dblp.org/pid/28/2391>", id="pid"),
        pytest.param("h/AdaExample", "<https://dblp.org/pid/h/AdaExample>", id="old-pid"),
    ],
)
def test_all_of_an_author(subject: str, who: str) -> None:
    asked = ask("person", subject)
    assert who in body(asked)
    found = dblp.parse_person(Reply(200, table(dblp_rows(subject))), asked)[asked[0]]
    assert found == Found((PAPER, PREPRINT))
    assert dblp.parse_person(Reply(200, table([])), asked) == {asked[0]: NotFound()}


@pytest.mark.parametrize("subject", ["Ada Example", "../x", '1/2> . ?s ?p "', ""])
def test_nobody(subject: str) -> None:
    with pytest.raises(ValueError, match="neither an ORCID nor"):
        dblp.request_person(ask("person", subject))


def test_the_search_api() -> None:
    found = dblp.parse_search(Reply(200, as_json(DBLP_SEARCH)))
    assert [(one.identifier, one.entry.type, one.entry.venue) for one in found] == [
        ("conf/boats/Example21", "paper-conference", "BOATS"),
        ("journals/corr/abs-2104-00002", "preprint", None),
    ]
    assert found[0].entry.authors == (Name("O'Example", "Ada"),)
    assert found[1].entry.authors == (Name("O'Example", "Ada"), Name("M", "Max"))
    assert found[1].entry.arxiv == ArxivId("2104.00002")
    assert dblp.request_search("counting boats").url.startswith(dblp.SEARCH)


def test_no_hits_and_no_answer() -> None:
    assert dblp.parse_search(Reply(200, as_json({"result": {"hits": {"@total": "0"}}}))) == ()
    page = b"<!doctype html><html><head><title>Making sure you&#39;re not a bot!</title>"
    for status in (200, 404):
        with pytest.raises(UnreadableError):
            dblp.parse_search(Reply(status, page))
    with pytest.raises(UnreadableError):
        dblp.parse_search(Reply(200, b"{}"))
    error = as_json({"exception": "Syntax error", "status": "ERROR"})
    with pytest.raises(UnreadableError, match="no table"):
        dblp.parse_titles(Reply(200, error), ask("title", "boats"))
