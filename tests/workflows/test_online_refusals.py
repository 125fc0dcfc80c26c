"""What is not written: values of other works, of other venues, of other years, in doubt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import pytest

from bibtools.adapters.web.asking import Job
from bibtools.model import ArxivId, Doi, Entry, Link, Name, Outcome, PartialDate
from bibtools.model.progress import Progress
from bibtools.sites.asking import Answer, CouldNotAsk, Found, NotFound, Question, Service
from bibtools.sites.records import Record
from bibtools.workflows.online import Online, OnlineOptions, enrich_online

ADA, MAX, ZOE = (Name(family="Example", given="Ada"), Name(family="Muster", given="Max"),
                 Name(family="Zed", given="Zoe"))  # fmt: skip
TITLE = "Folding Paper Boats with Learned Creases"
ID, OWN_DOI, DOI = ArxivId("2104.00011"), Doi("10.48550/arXiv.2104.00011"), Doi("10.1234/b")
ENTRY = Entry(key="k", type="preprint", title=TITLE, authors=(ADA, MAX), arxiv=ID)
PREPRINT = Record(
    replace(ENTRY, key=None, date=PartialDate(2021, 4), categories=("cs.CL",), primary_known=True)
)
PAPER = Record(Entry(type="article-journal", title=TITLE, authors=(ADA, MAX), doi=DOI,
                     venue="Journal of Boats", date=PartialDate(2023, 9),
                     fields={"volume": "7", "page": "11-29"}))  # fmt: skip
OPTIONS = OnlineOptions(code=False, today=date(2026, 11, 21))


class Table:
    """Answers from a table; what is not in it nobody knows."""

    silent = False

    def __init__(self, answers: Mapping[str, Answer | Sequence[Record]]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def ask_all(
        self, jobs: Sequence[Job], progress: Progress | None = None
    ) -> dict[Question, Answer]:
        del progress
        return {one: self.answer(one) for job in jobs for one in job.questions}

    def answer(self, question: Question) -> Answer:
        self.asked.append(str(question))
        # Whatever the title.
        name = str(question) if question.kind != "title" else f"{question.service}:title"
        found = self.answers.get(name, NotFound())
        return found if isinstance(found, Found | NotFound | CouldNotAsk) else Found(tuple(found))

    def learn(self, service: Service, answers: Mapping[Question, Found]) -> None:
        del service, answers


def changed(record: Record, **changes: object) -> Record:
    return replace(record, entry=replace(record.entry, **changes))  # type: ignore[arg-type]


def run(
    answers: Mapping[str, Answer | Sequence[Record]],
    *entries: Entry,
    options: OnlineOptions = OPTIONS,
) -> Online:
    return enrich_online(entries, Table(answers), None, options)


def rules(online: Online) -> list[str | None]:
    return [one.rule for one in online.notices]


BY_ARXIV, BY_DOI = "arxiv:arxiv:2104.00011", "crossref:doi:10.1234/b"
STATED = replace(PREPRINT, published_doi=DOI)

# --- identifiers of other works ----------------------------------------------------------------

TEAPOTS = "Quantum Gravity of Teapots in Curved Kitchens"
OTHERS = [
    pytest.param(ENTRY, {BY_ARXIV: [changed(PREPRINT, title=TEAPOTS)]}, "enrich.other-work",
                 id="eprint of another paper by the same authors"),
    pytest.param(replace(ENTRY, title="Boats and Knots II: Practice"),
                 {BY_ARXIV: [changed(PREPRINT, title="Boats and Knots I: Theory")]},
                 "enrich.other-work", id="eprint of part I"),
    pytest.param(replace(ENTRY, title="Lattice study of $SU(2)$ gauge theory"),
                 {BY_ARXIV: [changed(PREPRINT, title="Lattice study of $SU(3)$ gauge theory")]},
                 "enrich.other-work", id="eprint of SU(3)"),
    pytest.param(replace(ENTRY, arxiv=None, doi=DOI), {BY_DOI: [changed(PAPER, title=TEAPOTS)]},
                 "enrich.other-work", id="DOI of another paper by the same authors"),
    pytest.param(replace(ENTRY, arxiv=None, doi=DOI, title=None),
                 {BY_DOI: [changed(PAPER, authors=(ZOE,))]}, "enrich.other-work",
                 id="no title, but other authors"),
    pytest.param(replace(ENTRY, arxiv=None, doi=DOI),
                 {BY_DOI: [replace(PAPER, notice="a corrigendum to 10.1234/o")]},
                 "enrich.other-work", id="DOI of a corrigendum under the paper's title"),
    pytest.param(ENTRY, {BY_ARXIV: [changed(PREPRINT, title=f"Big {TITLE}")]},
                 "enrich.likely-work", id="one word more is asked about"),
]  # fmt: skip


@pytest.mark.parametrize(("entry", "answers", "rule"), OTHERS)
def test_nothing_is_filled_from_another_work(
    entry: Entry, answers: Mapping[str, Sequence[Record]], rule: str
) -> None:
    result = run(answers, entry)
    assert replace(result.entries[0], resolution=None) == entry
    assert rules(result) == [rule]


def test_what_is_likely_is_filled_on_request() -> None:
    answers = {BY_ARXIV: [changed(PREPRINT, title=f"Big {TITLE}")]}
    likely = replace(OPTIONS, accept=frozenset({Outcome.SURE, Outcome.LIKELY}))
    result = run(answers, ENTRY, options=likely)
    assert result.entries[0].categories == ("cs.CL",)
    assert result.told[0].evidence["categories"].rule.startswith("only likely: ")


def test_nobody_is_asked_for_the_code_of_another_work() -> None:
    table = Table({BY_ARXIV: [changed(PREPRINT, title=TEAPOTS)]})
    enrich_online([ENTRY], table, None, replace(OPTIONS, code=True))
    assert not [one for one in table.asked if ":code:" in one]


def test_an_address_that_leads_to_another_work_gives_no_id() -> None:
    link = Link("https://arxiv.org/abs/2104.00011", "field url", "url")
    entry = replace(ENTRY, arxiv=None, links=(link,), type="document")
    result = run({BY_ARXIV: [changed(PREPRINT, title=TEAPOTS)]}, entry)
    assert (result.entries[0].arxiv, result.told[0].evidence) == (None, {})


# --- years, volumes ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "published", "kept"),
    [
        pytest.param(None, PartialDate(2023, 9), PartialDate(2023, 9), id="the publication's"),
        pytest.param(None, None, None, id="none rather than the preprint's"),
        pytest.param(PartialDate(2021), PartialDate(2023), PartialDate(2021), id="the user's own"),
    ],
)
def test_the_year_beside_a_venue(
    given: PartialDate | None, published: PartialDate | None, kept: PartialDate | None
) -> None:
    answers = {BY_ARXIV: [STATED], BY_DOI: [changed(PAPER, date=published)]}
    result = run(answers, replace(ENTRY, date=given))
    entry = result.entries[0]
    assert (entry.venue, entry.date) == ("Journal of Boats", kept)
    assert rules(result) == (["enrich.year"] if given is not None else [])


@pytest.mark.parametrize(
    ("changes", "filled"),
    [
        pytest.param({}, {"volume", "page"}, id="no venue"),
        pytest.param({"venue": "J. Boats"}, {"volume", "page"}, id="abbreviated"),
        pytest.param({"venue": "Proceedings of ICX"}, set(), id="another venue"),
        pytest.param({"venue": "Journal of Boats", "date": PartialDate(2019)}, set(),
                     id="another year"),
        pytest.param({"venue": "Journal of Boats", "fields": {"page": "101-120"}}, {"page"},
                     id="other pages"),
    ],
)  # fmt: skip
def test_a_volume_belongs_to_its_venue(changes: dict[str, object], filled: set[str]) -> None:
    entry = replace(ENTRY, type="article-journal", arxiv=None, doi=DOI, **changes)  # type: ignore[arg-type]
    record = changed(PAPER, other_ids={"issn": "1234-5679"})
    (after,) = run({BY_DOI: [record]}, entry).entries
    assert set(after.fields) == filled
    assert bool(after.other_ids) is (filled == {"volume", "page"})


# --- published versions ------------------------------------------------------------------------

DBLP = replace(PAPER, identifier="journals/x/1")
FOUND = {BY_ARXIV: [PREPRINT], "dblp:title": [DBLP]}


@pytest.mark.parametrize(
    ("registered", "venue", "told"),
    [
        pytest.param([PAPER], "Journal of Boats", [], id="agrees"),
        pytest.param([changed(PAPER, title="Kites", authors=(ZOE,))], None, ["enrich.published"],
                     id="contradicts"),
        pytest.param(NotFound(), None, ["enrich.published"], id="does not know it"),
        pytest.param(CouldNotAsk("it answered 503"), None, ["enrich.published"], id="is down"),
    ],
)  # fmt: skip
def test_crossref_has_the_last_word_on_a_doi_of_dblp(
    registered: Answer | Sequence[Record], venue: str | None, told: list[str]
) -> None:
    result = run({**FOUND, BY_DOI: registered}, ENTRY)
    assert (result.entries[0].venue, rules(result)) == (venue, told)


def test_a_doi_that_datacite_registered_is_registered() -> None:
    result = run({**FOUND, "datacite:doi:10.1234/b": [PAPER]}, ENTRY)
    assert result.entries[0].venue == "Journal of Boats"


def test_three_entries_of_one_paper_give_one_beside() -> None:
    answers = {BY_ARXIV: [STATED], BY_DOI: [PAPER]}
    three = [replace(ENTRY, key=key) for key in "abc"]
    result = run(answers, *three, options=replace(OPTIONS, published="beside"))
    assert [one.beside is not None for one in result.told] == [True, False, False]
    assert rules(result) == ["enrich.published-there"] * 2


def test_a_journal_reference_alone_is_told_and_not_written() -> None:
    said = replace(PREPRINT, journal_reference="J. Boats 7 (2022) 11-29")
    result = run({BY_ARXIV: [said]}, ENTRY)
    assert (result.entries[0].venue, rules(result)) == (None, ["enrich.journal-reference"])


# --- other catalogues ---------------------------------------------------------------------------

HEP = changed(PREPRINT, categories=("hep-th",))
MORE = [
    pytest.param(ENTRY, {BY_ARXIV: [HEP], BY_DOI: [PAPER], "inspire:arxiv:2104.00011":
                 [replace(PREPRINT, published_doi=DOI), replace(PAPER, preprint_doi=OWN_DOI)]},
                 id="INSPIRE, of a paper in physics"),
    pytest.param(ENTRY, {BY_ARXIV: CouldNotAsk("it answered 503"), BY_DOI: [PAPER],
                 "datacite:doi:10.48550/arxiv.2104.00011": [STATED]}, id="DataCite: IsVersionOf"),
    pytest.param(replace(ENTRY, arxiv=None, other_ids={"pmid": "123"}), {
                 "pubmed:pmid:123": [PAPER]}, id="PubMed, by its ID"),
    pytest.param(replace(ENTRY, arxiv=None, type="paper-conference", links=(
                 Link("https://aclanthology.org/2021.emnlp-main.1/", "field url", "url"),)), {
                 "crossref:doi:10.18653/v1/2021.emnlp-main.1": [PAPER]},
                 id="the Anthology's DOI, at Crossref"),
    pytest.param(replace(ENTRY, arxiv=None, type="paper-conference", links=(
                 Link("https://aclanthology.org/2021.emnlp-main.1.pdf", "field url", "url"),)), {
                 "acl:acl:2021.emnlp-main.1": [PAPER]}, id="the Anthology itself"),
]  # fmt: skip


@pytest.mark.parametrize(("entry", "answers"), MORE)
def test_who_else_is_asked(entry: Entry, answers: Mapping[str, Answer | Sequence[Record]]) -> None:
    (after,) = run(answers, entry).entries
    assert (after.doi, after.venue) == (DOI, "Journal of Boats")


@pytest.mark.parametrize("entry", [one.values[0] for one in MORE[2:]])
def test_their_identifiers_are_held_against_the_entry_too(entry: Entry) -> None:
    other = [changed(PAPER, title=TEAPOTS)]
    answers = {"pubmed:pmid:123": other, "acl:acl:2021.emnlp-main.1": other,
               "crossref:doi:10.18653/v1/2021.emnlp-main.1": other}  # fmt: skip
    result = run(answers, entry)
    assert replace(result.entries[0], resolution=None) == entry


def test_datacite_is_asked_on_request_what_arxiv_does_not_say() -> None:
    answers = {BY_ARXIV: [PREPRINT], BY_DOI: [PAPER],
               "datacite:doi:10.48550/arxiv.2104.00011": [STATED]}  # fmt: skip
    assert run(answers, ENTRY).entries[0].doi is None
    assert run(answers, ENTRY, options=replace(OPTIONS, thorough=True)).entries[0].doi == DOI


def test_computer_science_is_not_asked_at_inspire_nor_physics_at_dblp() -> None:
    for record, there, not_there in ((HEP, "inspire", "dblp"), (PREPRINT, "dblp", "inspire")):
        table = Table({BY_ARXIV: [record]})
        enrich_online([ENTRY], table, None, OPTIONS)
        asked = {one.partition(":")[0] for one in table.asked}
        assert there in asked
        assert not_there not in asked


def test_a_title_without_blanks_is_asked_for() -> None:
    paper = changed(
        PREPRINT, title="基于深度学习的纸船折叠方法研究", authors=(Name(literal="王 伟"),)
    )
    entry = replace(paper.entry, key="k", arxiv=None, categories=(), primary_known=False)
    (after,) = run({"arxiv:title": [paper]}, entry).entries
    assert after.arxiv == ID
