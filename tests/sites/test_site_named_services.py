"""What the services say of the identifiers that only one of them knows."""

from __future__ import annotations

import pytest

from bibtools.model import ArxivId, Entry, Name, PartialDate, parse_doi, type_preprint
from bibtools.sites import dblp, huggingface, open_library, pubmed
from bibtools.sites.asking import Found, NotFound, Question, Reply
from tests.site_bodies import OPEN_LIBRARY, PMC_SUMMARY, as_json, dblp_rows, table


def test_books() -> None:
    known, unknown = (Question("open-library", "isbn", one) for one in
                      ("9780000000002", "9790000000001"))  # fmt: skip
    answers = open_library.parse_isbns(Reply(200, as_json(OPEN_LIBRARY)), [unknown, known])
    assert answers[unknown] == NotFound()
    found = answers[known]
    assert isinstance(found, Found)
    assert found.records[0].entry == Entry(
        type="book",
        title="Boats and harbours: a handbook",
        authors=(Name("Example", "Ada"), Name("Muster", "Max")),
        date=PartialDate(2009, 7, 31),
        other_ids={"isbn": "9780000000002"},
        fields={"publisher": "Harbour Press", "publisher-place": "Port Example",
                "number-of-pages": "345"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("printed", "date"),
    [
        ("2009", PartialDate(2009)),
        ("March 2009", PartialDate(2009, 3)),
        ("Jul 31, 2009", PartialDate(2009, 7, 31)),
        ("July 31st, 2009", PartialDate(2009, 7, 31)),
        ("2009-07-31", PartialDate(2009, 7, 31)),
        ("c2009", PartialDate(2009)),
        ("[1961?]", PartialDate(1961)),
        ("31/07/2009", PartialDate(2009)),
        ("Feb 31, 2009", PartialDate(2009, 2)),
        ("1961-1963", None),
        ("19--", None),
        ("", None),
    ],
)
def test_dates_as_books_print_them(printed: str, date: PartialDate | None) -> None:
    assert open_library._date(printed) == date


def test_pubmed_central() -> None:
    known, unknown = (Question("pubmed", "pmcid", one) for one in ("PMC678", "PMC999"))
    answers = pubmed.parse_pmcids(Reply(200, as_json(PMC_SUMMARY)), [known, unknown])
    assert answers[unknown] == NotFound()
    found = answers[known]
    assert isinstance(found, Found)
    assert found.records[0].entry == Entry(
        title="Boats in E. coli",
        doi=parse_doi("10.1234/boats.2021.14"),
        other_ids={"pmcid": "PMC678", "pmid": "12345"},
    )
    none = {"error": "cannot get document summary"}
    assert pubmed.parse_pmcids(Reply(200, as_json(none)), [known]) == {known: NotFound()}


def test_dblp_keys() -> None:
    known, other = (Question("dblp", "key", one) for one in
                    ("conf/boats/ExampleM21", "conf/boats/Other21"))  # fmt: skip
    rows = dblp_rows("conf%2Fboats%2FExampleM21")
    answers = dblp.parse_keys(Reply(200, table(rows)), [known, other])
    assert answers[other] == NotFound()
    found = answers[known]
    assert isinstance(found, Found)
    # The preprint among the rows is another record.
    assert [one.identifier for one in found.records] == ["conf/boats/ExampleM21"]
    nasty = Question("dblp", "key", 'conf/x/a"> } { <b')
    assert b'"> }' not in (dblp.request_keys([nasty]).body or b"").split(b"VALUES", 1)[1]


def test_cards_of_hugging_face() -> None:
    asked = Question("hugging-face", "card", "models/example/boats")
    body = as_json({"id": "example/boats", "tags": ["arxiv:2104.00002", "arxiv:2104.00002", "en",
                                                    "arxiv:boats", 3, None]})  # fmt: skip
    found = huggingface.parse_card(Reply(200, body), [asked])[asked]
    assert isinstance(found, Found)
    assert [one.entry for one in found.records] == [
        Entry(type=type_preprint, arxiv=ArxivId("2104.00002"))
    ]
    for status in (401, 404):
        gone = huggingface.parse_card(Reply(status, b'{"error":"Repository not found"}'), [asked])
        assert gone == {asked: NotFound()}
    up = Question("hugging-face", "card", "models/../..")
    assert ".." not in huggingface.request_card([up]).url
