from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from bibtools.adapters.index import Index, build, open_index
from bibtools.codelinks import NO_LINK_REMARK
from bibtools.model import ArxivId, Doi, Entry, Link, Name, Outcome, PartialDate, Source
from bibtools.workflows.enrich import enrich_entries, printed_id

ROWS: list[dict[str, object]] = [
    {
        "id": "1501.00001", "title": "Swaying of footbridges under marching crowds",
        "authors_parsed": [["Roux", "Bea", ""], ["Li", "Wu", ""], ["Oz", "Eve", ""]],
        "categories": "physics.soc-ph nlin.AO", "doi": "10.1000/182",
        "comments": "Code: https://github.com/roux/sway",
        "versions": [{"version": "v1", "created": "2015-01-01"}],
    },
    {"id": "1602.00002", "title": "Waggle dances of honeybees as a race", "authors": "A. Ray"},
]  # fmt: skip
TITLE = str(ROWS[0]["title"])
ID = ArxivId("1501.00001")
BEA, WU, EVE = Name("Roux", "Bea"), Name("Li", "Wu"), Name("Oz", "Eve")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("index")
    source = folder / "records.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    build(folder / "index.sqlite", [source])
    with open_index(folder / "index.sqlite") as opened:
        yield opened


def enrich(entry: Entry, index: Index) -> Entry:
    return enrich_entries([entry], index).entries[0]


def test_a_sure_entry_is_filled(index: Index) -> None:
    entry = Entry(key="k", title=TITLE, authors=(Name(literal="B. Roux"),), authors_truncated=True)
    got = enrich(entry, index)
    assert got.resolution is not None and got.resolution.outcome is Outcome.SURE
    assert replace(got, resolution=None) == Entry(
        key="k",
        type="preprint",
        title=TITLE,
        authors=(BEA, WU, EVE),
        date=PartialDate(2015, 1, 1),
        categories=("physics.soc-ph", "nlin.AO"),
        primary_known=True,
        code=(Link("https://github.com/roux/sway", "comment", "repository"),),
        arxiv=ID,
    )


def test_what_the_entry_has_stays(index: Index) -> None:
    entry = Entry(
        type="article-journal",
        title=TITLE.upper(),
        authors=(Name(literal="Bea Roux"), Name(literal="Wu Li")),
        date=PartialDate(2016),
        doi=Doi("10.1/own"),
        code=(Link("https://github.com/Roux/Sway/", "abstract"),),
    )
    got = enrich(entry, index)
    assert got.arxiv == ID
    assert replace(got, arxiv=None, resolution=None, categories=(), primary_known=False) == entry


def test_the_unchecked_doi_is_not_taken(index: Index) -> None:
    assert enrich(Entry(title=TITLE, authors=(BEA,)), index).doi is None


@pytest.mark.parametrize(
    ("authors", "completed"),
    [
        pytest.param((), True, id="none"),
        pytest.param((Name(literal="Roux, B."),), True, id="beginning"),
        pytest.param((Name(literal="Roux, B."), Name(literal="E. Oz")), False, id="other-order"),
    ],
)
def test_a_cut_list_of_authors_is_completed(
    authors: tuple[Name, ...], completed: bool, index: Index
) -> None:
    entry = Entry(title=TITLE, authors=authors, authors_truncated=True, date=PartialDate(2015))
    got = enrich(entry, index)
    assert got.arxiv == ID
    assert (got.authors == (BEA, WU, EVE)) is completed
    assert got.authors_truncated is not completed


def test_without_versions_the_id_tells_the_month(index: Index) -> None:
    got = enrich(Entry(title=str(ROWS[1]["title"]), authors=(Name(literal="A. Ray"),)), index)
    assert got.date == PartialDate(2016, 2)


def test_an_unknown_entry_only_says_so(index: Index) -> None:
    entry = Entry(title="Bees and trees", code_flag=True)
    got = enrich(entry, index)
    assert got.resolution is not None and got.resolution.outcome is Outcome.NONE
    assert replace(got, resolution=None) == replace(entry, remarks=(NO_LINK_REMARK,))


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(Entry(arxiv=ArxivId("1501.00001", 2)), id="id-with-version"),
        pytest.param(Entry(doi=Doi("10.48550/arXiv.1501.00001")), id="doi"),
        pytest.param(Entry(links=(Link("https://arxiv.org/abs/1501.00001v2", "page"),)), id="link"),
        pytest.param(Entry(extra={"eprint": "arXiv:1501.00001"}), id="eprint"),
        pytest.param(Entry(extra={"url": "http://arxiv.org/pdf/1501.00001.pdf"}), id="url"),
    ],
)
def test_a_printed_id_is_kept_and_used(entry: Entry, index: Index) -> None:
    got = enrich(replace(entry, title=TITLE), index)
    assert got.arxiv is not None and got.arxiv.value == ID.value
    assert entry.arxiv is None or got.arxiv == entry.arxiv
    assert got.resolution is not None and got.resolution.source == "printed"
    assert got.authors == (BEA, WU, EVE)


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(Entry(extra={"number": "1501.00001"}), id="a-number-is-no-id"),
        pytest.param(Entry(extra={"note": "see arXiv:1501.00001 for more"}), id="prose"),
        pytest.param(
            Entry(links=(Link("https://example.org/1501.00001", "page"),)), id="other-host"
        ),
        pytest.param(Entry(doi=Doi("10.1000/182")), id="other-doi"),
    ],
)
def test_not_printed(entry: Entry) -> None:
    assert printed_id(entry) is None


def test_a_printed_id_of_another_paper_is_kept_and_noticed(index: Index) -> None:
    entry = Entry(
        key="fox", title="Strings and things", arxiv=ID, sources=(Source("refs.json", 7),)
    )
    outcome = enrich_entries([entry], index)
    got = outcome.entries[0]
    assert replace(got, resolution=None) == entry
    (notice,) = outcome.notices
    assert str(notice) == (
        'refs.json:7: Entry "fox" prints arXiv:1501.00001, but the index knows that ID as '
        f'"{TITLE}" (the title is another); the printed ID was kept, and nothing was filled '
        "from it.\n  Hint: Check which of the two is right."
    )


def test_a_printed_id_that_the_index_lacks_is_kept(index: Index) -> None:
    got = enrich(Entry(title="Strings", arxiv=ArxivId("2201.00001")), index)
    assert got.arxiv == ArxivId("2201.00001")


def test_decisions_overrule(index: Index) -> None:
    entries = [Entry(title=TITLE, authors=(BEA,)), Entry(title="Strings and things")]
    outcome = enrich_entries(entries, index, {0: None, 1: ID})
    assert [entry.arxiv for entry in outcome.entries] == [None, ID]
    assert outcome.counts["decision"] == 2


def test_a_second_run_finds_nothing_to_do(index: Index) -> None:
    entries = [Entry(title=TITLE, authors=(BEA,)), Entry(title="Bees", code_flag=True)]
    once = enrich_entries(entries, index).entries
    twice = enrich_entries(once, index).entries
    assert [replace(one, resolution=None) for one in twice] == [
        replace(one, resolution=None) for one in once
    ]


def test_counts(index: Index) -> None:
    entries = [
        Entry(title=TITLE, authors=(BEA,)),
        Entry(title="Bees", code_flag=True),
        Entry(title="Strings", arxiv=ArxivId("2201.00001")),
    ]
    assert enrich_entries(entries, index).counts == {
        "entries": 3, "sure": 2, "likely": 0, "ambiguous": 0, "none": 1, "printed": 1,
        "decision": 0, "with_arxiv": 2, "with_code": 1, "neither": 1, "code_flag_without_link": 1,
    }  # fmt: skip
    assert enrich_entries([], index).counts["entries"] == 0
