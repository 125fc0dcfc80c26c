"""What is asked about an entry, what is decided of the answers, and what is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bibtools.adapters.web import SimulatedClock, Web
from bibtools.model import ArxivId, Doi, Entry, Name, Outcome, PartialDate, parse_arxiv
from bibtools.workflows.online import Online, OnlineOptions, enrich_online
from tests.loopback import ONLY_LOOPBACK, Loopback
from tests.stand_in import PAPERS, REPOSITORIES, Paper, World, service_of, web_settings

pytestmark = ONLY_LOOPBACK

OPTIONS = OnlineOptions(code=False, today=date(2026, 11, 21))
ADA, WU = Name(family="Example", given="Ada"), Name(family="Li", given="Wu")
TITLE = "Counting Paper Boats by Their Shadows"
PREPRINT = Paper(TITLE, ("Ada Example", "Wu Li"), 2021, "2104.00001")
ENTRY = Entry(key="boats", type="preprint", title=TITLE, authors=(ADA, WU),
              arxiv=parse_arxiv("2104.00001"))  # fmt: skip


def run(
    world: World, *entries: Entry, options: OnlineOptions = OPTIONS, cache: Path | None = None
) -> tuple[Online, list[str]]:
    with Loopback(world.routes()) as server:
        with Web(web_settings(server, cache), SimulatedClock()) as web:
            result = enrich_online(entries, web, None, options)
        return result, [service_of(one) for one in server.requests]


def test_no_entries_no_questions() -> None:
    assert run(World(PAPERS)) == (Online((), ()), [])


def test_what_has_everything_is_asked_for_once() -> None:
    world = World([replace(PREPRINT, doi="10.1234/s.1", venue="Shadows", stated=True)])
    full = replace(ENTRY, doi=Doi("10.1234/s.1"), venue="Shadows", type="article-journal")
    _, asked = run(world, full)
    assert asked == ["crossref", "arxiv"]


# --- which published version ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("papers", "doi"),
    [
        pytest.param([replace(PREPRINT, doi="10.1234/s.1", venue="Shadows")], "10.1234/s.1",
                     id="title and authors"),
        pytest.param([PREPRINT, replace(PREPRINT, arxiv=None, authors=("Bea Roux", "Dov Cai"),
                      doi="10.1234/s.2", venue="Shadows")], None, id="other authors"),
        pytest.param([PREPRINT, replace(PREPRINT, arxiv=None, title=TITLE + " II",
                      doi="10.1234/s.3", venue="Shadows")], None, id="the second part"),
        pytest.param([PREPRINT, replace(PREPRINT, arxiv=None, title="Erratum: " + TITLE,
                      doi="10.1234/s.4", venue="Shadows")], None, id="an erratum"),
        pytest.param([replace(PREPRINT, doi="10.1234/s.5", venue="Proc. of Shadows",
                      kind="proceedings-article"),
                      replace(PREPRINT, arxiv=None, doi="10.1234/s.6", venue="Journal of Shadows")],
                     None, id="conference and journal"),
        pytest.param([replace(PREPRINT, doi="10.1234/s.5", venue="Proc. of Shadows",
                      kind="proceedings-article"),
                      replace(PREPRINT, doi="10.1234/s.6", venue="Journal of Shadows",
                              stated=True)], "10.1234/s.6", id="the authors say which"),
    ],
)  # fmt: skip
def test_the_published_version(papers: list[Paper], doi: str | None) -> None:
    (entry,) = run(World(papers), ENTRY)[0].entries
    assert entry.doi == (Doi(doi) if doi is not None else None)
    assert entry.arxiv == ENTRY.arxiv


def test_of_another_year_and_kind_it_is_another_publication() -> None:
    world = World([replace(PREPRINT, doi="10.1234/s.6", venue="Journal of Shadows", stated=True)])
    mine = replace(ENTRY, type="paper-conference", venue="Workshop on Light")
    result, _ = run(world, mine)
    assert result.entries[0].doi is None
    assert [one.rule for one in result.notices] == ["enrich.other-version"]


def test_the_entry_of_the_published_version_is_not_made_again() -> None:
    world = World([replace(PREPRINT, doi="10.1234/s.6", venue="Journal of Shadows", stated=True)])
    other = Entry(key="printed", type="article-journal", title=TITLE, doi=Doi("10.1234/s.6"))
    for mode in ("add", "beside", "replace"):
        result, _ = run(world, ENTRY, other, options=replace(OPTIONS, published=mode))
        assert result.told[0].beside is None
        assert result.entries[0].doi is None
        assert [one.rule for one in result.notices] == ["enrich.published-there"]


def test_of_a_title_alone_the_published_version_is_found_without_preprint() -> None:
    world = World([replace(PREPRINT, arxiv=None, doi="10.1234/s.6", venue="Journal of Shadows")])
    (entry,) = run(world, replace(ENTRY, arxiv=None, type="document"))[0].entries
    assert (entry.doi, entry.venue, entry.type) == (
        Doi("10.1234/s.6"), "Journal of Shadows", "article-journal",
    )  # fmt: skip


# --- dates ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "year"),
    [
        pytest.param(ENTRY, 2021, id="a preprint has the preprint's date"),
        pytest.param(replace(ENTRY, venue="Journal of Shadows"), None, id="a paper has not"),
        pytest.param(replace(ENTRY, type="paper-conference"), None, id="nor has one of a meeting"),
        pytest.param(replace(ENTRY, venue="arXiv"), 2021, id="arXiv is no journal"),
        pytest.param(replace(ENTRY, date=PartialDate(2019)), 2019, id="what is there stays"),
    ],
)
def test_whose_date(entry: Entry, year: int | None) -> None:
    (filled,) = run(World([PREPRINT]), entry)[0].entries
    assert (filled.date.year if filled.date else None) == year


# --- a person's word, doubts ------------------------------------------------------------------


def test_what_a_person_chose_holds() -> None:
    twin = replace(PREPRINT, arxiv="2205.00002", year=2022)
    unsure = replace(ENTRY, arxiv=None, authors=())
    result, _ = run(World([PREPRINT, twin]), unsure)
    found = result.entries[0].resolution
    assert found is not None
    assert (found.outcome, result.entries[0].arxiv) == (Outcome.AMBIGUOUS, None)
    chosen = replace(OPTIONS, chosen={0: ArxivId("2205.00002")})
    result, _ = run(World([PREPRINT, twin]), unsure, options=chosen)
    assert result.entries[0].arxiv == ArxivId("2205.00002")
    assert result.told[0].evidence["arxiv"].source == "you"


def test_an_id_of_another_paper_fills_nothing() -> None:
    other = replace(ENTRY, title="The Geology of Lower Saxony", authors=(Name(family="Stein"),))
    result, _ = run(World([PREPRINT]), other)
    assert result.entries[0].categories == ()
    assert [one.rule for one in result.notices] == ["enrich.other-work"]


def test_an_unknown_id_is_told_once() -> None:
    result, _ = run(World([]), ENTRY)
    assert [one.message for one in result.notices] == [
        'Entry "boats": arXiv does not know 2104.00001.'
    ]


def test_a_preprint_named_for_a_doi_is_checked() -> None:
    paper = replace(PREPRINT, doi="10.1234/s.6", venue="Journal of Shadows", in_dblp=False)
    mine = Entry(key="p", type="article-journal", title=TITLE, doi=Doi("10.1234/s.6"))
    assert run(World([paper]), mine)[0].entries[0].arxiv == ArxivId("2104.00001")
    # OpenAlex merged it with somebody else's preprint.
    world = World([paper])
    world.by_arxiv["2104.00001"] = replace(
        PREPRINT, title="Shadows of Other Boats", authors=("X Y",)
    )
    result, _ = run(world, mine)
    assert result.entries[0].arxiv is None


# --- interrupted ------------------------------------------------------------------------------


def test_what_was_learnt_before_ctrl_c_is_not_asked_again(tmp_path: Path) -> None:
    entries = [
        replace(ENTRY, key=f"e{number}", arxiv=None, title=f"{TITLE} in Harbour {number} East")
        for number in range(6)
    ]
    papers = [
        replace(PREPRINT, title=one.title or "", arxiv=f"2104.{number:05}", in_dblp=False)
        for number, one in enumerate(entries, start=10)
    ]
    world = World(papers)
    clock = SimulatedClock()

    def stop(what: str, done: int, total: int) -> None:
        if (what, done) == ("arXiv", 3):
            raise KeyboardInterrupt

    with Loopback(world.routes()) as server:
        with pytest.raises(KeyboardInterrupt), Web(web_settings(server, tmp_path), clock) as web:
            enrich_online(entries, web, None, OPTIONS, stop)
        first = [one.path for one in server.requests if service_of(one) == "arxiv"]
        server.requests.clear()
        with Web(web_settings(server, tmp_path), clock) as web:
            result = enrich_online(entries, web, None, OPTIONS)
        second = [one.path for one in server.requests if service_of(one) == "arxiv"]
    assert (len(first), len(second)) == (3, 3)
    assert set(first).isdisjoint(second)
    assert [one.arxiv and one.arxiv.value for one in result.entries] == [
        paper.arxiv for paper in papers
    ]


def test_many_share_a_request() -> None:
    papers = [
        replace(PREPRINT, title=f"{TITLE} of Pier {number}", arxiv=f"2104.{number:05}")
        for number in range(10, 160)
    ]
    entries = [
        replace(ENTRY, title=one.title, arxiv=parse_arxiv(one.arxiv or "")) for one in papers
    ]
    _, asked = run(World(papers), *entries)
    assert asked.count("arxiv") == 2
    assert asked.count("dblp") == 4
    assert len(asked) == 6


def test_without_a_key_nobody_is_asked_who_needs_one() -> None:
    result, asked = run(World(PAPERS, REPOSITORIES), ENTRY)
    assert "semantic-scholar" not in asked
    assert result.told[0].unasked == ()
