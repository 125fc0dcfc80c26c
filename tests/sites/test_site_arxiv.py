"""arXiv's query API."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from bibtools.model import ArxivId, Doi, Entry, Name, PartialDate
from bibtools.sites import arxiv
from bibtools.sites.asking import CouldNotAsk, Found, NotFound, Question, Reply, UnreadableError
from bibtools.sites.records import Record
from tests.site_bodies import ATOM, ATOM_ERROR, atom, atom_entry

ABSTRACT = "We count paper boats. The code is at https://github.com/example/boats ."
FIRST = Record(
    Entry(
        type="preprint",
        title="Counting Boats with α-Filters",
        authors=(
            Name("Example", "Zoë", non_dropping_particle="van der"),
            Name(literal="The Boat Collaboration"),
        ),
        affiliations=("Harbour Lab",),
        abstract=ABSTRACT,
        date=PartialDate(2021, 4, 18),
        categories=("cs.CL", "cs.LG"),
        primary_known=True,
        arxiv=ArxivId("2104.00002"),
    ),
    identifier="2104.00002v3",
    published_doi=Doi("10.1234/boats.2021.14"),
    journal_reference="J. Boats 3, 14 (2021)",
    comment="12 pages, accepted at Boats 2021",
)


def ids(*subjects: str) -> list[Question]:
    return [Question("arxiv", "arxiv", subject) for subject in subjects]


def test_papers_by_id_whole() -> None:
    asked = ids("hep-th/9901001", "2104.99999", "2104.00002")
    old, unknown, new = asked
    answers = arxiv.parse_ids(Reply(200, ATOM), asked)
    assert answers[new] == Found((FIRST,))
    assert answers[unknown] == NotFound()
    found = answers[old]
    assert isinstance(found, Found)
    assert found.records[0].entry.arxiv == ArxivId("hep-th/9901001")


def test_the_request_for_ids() -> None:
    url = arxiv.request_ids(ids("2104.00002", "math.GT/0309136", "boat")).url
    assert parse_qs(urlsplit(url).query) == {
        "id_list": ["2104.00002,math/0309136"],
        "max_results": ["2"],
    }


@pytest.mark.parametrize(
    ("title", "phrase"),
    [
        pytest.param("{B}oats: with $\\alpha$!", 'ti:"boats with alpha"', id="tex"),
        pytest.param('A "quoted" (one) ANDNOT two', 'ti:"a quoted one andnot two"', id="operators"),
        pytest.param(
            "one two three four five six seven eight nine ten eleven",
            'ti:"one two three four five six seven eight nine ten"',
            id="long",
        ),
    ],
)
def test_the_request_for_a_title(title: str, phrase: str) -> None:
    url = arxiv.request_title([Question("arxiv", "title", title)]).url
    assert parse_qs(urlsplit(url).query)["search_query"] == [phrase]


def test_all_candidates_for_a_title() -> None:
    question = Question("arxiv", "title", "counting boats")
    found = arxiv.parse_title(Reply(200, ATOM), [question])[question]
    assert isinstance(found, Found)
    assert [one.identifier for one in found.records] == ["2104.00002v3", "hep-th/9901001v1"]
    assert arxiv.parse_title(Reply(200, atom([])), [question]) == {question: NotFound()}


def test_announced_but_not_sent_is_no_answer() -> None:
    asked = ids("2104.00001", "2104.00002")
    one_of_two = atom([atom_entry("2104.00002v1", "Boats")], announced=2)
    answers = arxiv.parse_ids(Reply(200, one_of_two), asked)
    assert isinstance(answers[asked[0]], CouldNotAsk)
    assert isinstance(answers[asked[1]], Found)
    question = Question("arxiv", "title", "boats")
    with pytest.raises(UnreadableError, match="announced 7 records and sent none"):
        arxiv.parse_title(Reply(200, atom([], announced=7)), [question])


@pytest.mark.parametrize("status", [200, 400])
def test_a_malformed_id_spoils_its_list_and_is_not_found_alone(status: int) -> None:
    asked = ids("boat", "2104.00002")
    with pytest.raises(UnreadableError, match="incorrect id format for boat"):
        arxiv.parse_ids(Reply(status, ATOM_ERROR), asked)
    assert arxiv.parse_ids(Reply(status, ATOM_ERROR), asked[:1]) == {asked[0]: NotFound()}
    with pytest.raises(UnreadableError, match="incorrect id format for boat"):
        arxiv.parse_ids(Reply(status, ATOM_ERROR), asked[1:])


def test_the_title_error_is_a_title() -> None:
    (asked,) = ids("2104.00002")
    answers = arxiv.parse_ids(Reply(200, atom([atom_entry("2104.00002v1", "Error")])), [asked])
    assert isinstance(answers[asked], Found)


@pytest.mark.parametrize(
    ("comment", "abstract"),
    [
        pytest.param("This paper has been withdrawn by the author", "", id="classic"),
        pytest.param("Withdrawn due to an error in Lemma 3", "", id="first-word"),
        pytest.param("arXiv admin note: this version has been withdrawn", "", id="admin"),
        pytest.param("12 pages. The article is temporarily withdrawn.", "", id="temporarily"),
        pytest.param("We withdraw this paper because of a gap", "", id="we"),
        pytest.param("", "This submission has been withdrawn by arXiv admins.", id="abstract"),
        pytest.param("The manuscript was retracted by its authors", "", id="retracted"),
        pytest.param("Paper withdrawn, replaced by a new one", "", id="short"),
        pytest.param("7 pages, 8 figures Withdrawn for a mistake", "", id="behind-pages"),
        pytest.param("I would like to withdraw this paper", "", id="wish"),
        pytest.param("Withdrawing this work due to errors", "", id="withdrawing"),
    ],
)
def test_withdrawn(comment: str, abstract: str) -> None:
    clause = arxiv.withdrawn(comment or None, abstract or None)
    assert clause is not None
    assert clause.startswith("withdrawn from arXiv: its ")


@pytest.mark.parametrize(
    ("comment", "abstract"),
    [
        pytest.param("12 pages, accepted at Boats 2021", "We count boats.", id="nothing"),
        pytest.param(None, "Particles are withdrawn from the trap at each step.", id="physics"),
        pytest.param("v2: a wrong claim was removed", None, id="claim"),
        pytest.param(None, "We study papers that were retracted from journals.", id="about"),
        pytest.param("A previous paper was withdrawn", None, id="previous"),
        pytest.param("This paper has not been withdrawn", None, id="not"),
        pytest.param("The submission to the Journal of Boats was withdrawn", None, id="journal"),
        pytest.param("This paper supersedes cs/0001001 which was withdrawn", None, id="which"),
        pytest.param("14 pages; Theorem 2 and Lemma 1 withdrawn", None, id="theorem"),
        pytest.param("Accepted at Boats 2020 but withdrawn due to its length", None, id="venue"),
        pytest.param("I would like to withdraw version 1 of the paper", None, id="version"),
        pytest.param(None, "Consumers withdrawn from the market lose trust.", id="market"),
    ],
)
def test_not_withdrawn(comment: str | None, abstract: str | None) -> None:
    assert arxiv.withdrawn(comment, abstract) is None


@pytest.mark.parametrize(
    ("printed", "doi"),
    [
        pytest.param("10.1234/a", "10.1234/a", id="bare"),
        pytest.param("doi:10.1234/a 10.1234/b", "10.1234/a", id="two"),
        pytest.param("10.48550/arXiv.2104.00002", None, id="own"),
        pytest.param("https://doi.org/10.1234/a", "10.1234/a", id="address"),
        pytest.param("to appear", None, id="text"),
        pytest.param(None, None, id="none"),
    ],
)
def test_the_published_doi(printed: str | None, doi: str | None) -> None:
    found = arxiv.published_doi(printed, ArxivId("2104.00002"))
    assert (found.value if found else None) == doi
