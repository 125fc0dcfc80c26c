"""What the parsers make of answers that others recorded from the real services.

The recordings stay outside the repository (`apis/responses` of the shared data); here are only
facts to compare with.
"""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import pytest

from bibtools.sites import arxiv, arxiv_oai, dblp, github, huggingface
from bibtools.sites.asking import (
    Answer,
    Found,
    NotFound,
    Question,
    Reply,
    Service,
    UnreadableError,
)
from bibtools.sites.records import Record, from_json, to_json


def recorded(path: Path) -> Reply:
    """A recording: the body alone, or request, status, headers and body with blank lines
    between.
    """
    data = path.read_bytes().replace(b"\r\n", b"\n")
    if path.suffix != ".http":
        return Reply(200, data)
    at = data.index(b"\nHTTP/") + 1
    head, _, body = data[at:].partition(b"\n\n")
    return Reply(int(head.split()[1]), body)


def folder(shared: Path, name: str) -> Path:
    found = shared / "apis" / "responses" / name
    if not found.is_dir():
        pytest.skip(f"the shared data has no apis/responses/{name}")
    return found


def ask(service: str, kind: str, subjects: list[str], reply: Reply) -> list[Answer]:
    described: Service = importlib.import_module(f"bibtools.sites.{service}").SERVICE
    questions = [Question(described.name, kind, subject) for subject in subjects]
    answers = described.kinds[kind].parse(reply, questions)
    return [answers[question] for question in questions]


def records(answer: Answer) -> tuple[Record, ...]:
    assert isinstance(answer, Found)
    return answer.records


def facts(record: Record) -> dict[str, Any]:
    entry = record.entry
    return {
        "type": entry.type,
        "title": entry.title,
        "authors": len(entry.authors),
        "first": entry.authors[0].display() if entry.authors else None,
        "date": entry.date.iso() if entry.date else None,
        "arxiv": str(entry.arxiv) if entry.arxiv else None,
        "doi": entry.doi.folded if entry.doi else None,
        "venue": entry.venue,
        "published": record.published_doi.folded if record.published_doi else None,
        "preprint": record.preprint_doi.folded if record.preprint_doi else None,
    }


CHEMCROW = {
    "type": "article-journal",
    "title": "Augmenting large language models with chemistry tools",
    "authors": 6,
    "first": "Andres M. Bran",
    "date": "2024-05-08",
    "arxiv": None,
    "doi": "10.1038/s42256-024-00832-8",
    "venue": "Nature Machine Intelligence",
    "published": None,
    "preprint": None,
}
ROWS = [
    pytest.param(
        "arxiv/id_list_oldstyle.http", "arxiv", "arxiv", "astro-ph/0601001",
        {
            "type": "preprint",
            "title": "Frequency of Hot Jupiters and Very Hot Jupiters from the OGLE-III Transit "
            "Surveys Toward the Galactic Bulge and Carina",
            "authors": 4, "first": "Andrew Gould", "date": "2006-01-02",
            "arxiv": "astro-ph/0601001", "doi": None, "venue": None, "published": None,
            "preprint": None,
        },
        id="arxiv-old-id",
    ),
    pytest.param(
        "arxiv/id_list_withdrawn.http", "arxiv", "arxiv", "2104.12255",
        {
            "type": "preprint", "title": "0", "authors": 1, "first": "Quan Thoi Minh Nguyen",
            "date": "2021-04-20", "arxiv": "2104.12255", "doi": None, "venue": None,
            "published": None, "preprint": None,
        },
        id="arxiv-title-zero",
    ),
    pytest.param(
        "crossref/paperqa-bulk_doi_search-8.http", "crossref", "doi",
        "10.1038/s42256-024-00832-8", CHEMCROW, id="crossref-article",
    ),
    pytest.param(
        "crossref/paperqa-bulk_doi_search-6.http", "crossref", "doi",
        "10.1101/2024.04.01.587366",
        {
            "type": "preprint",
            "title": "High-throughput screening of human genetic variants by pooled prime editing",
            "authors": 6, "first": "Michael Herger", "date": "2024-04-01", "arxiv": None,
            "doi": "10.1101/2024.04.01.587366", "venue": None,
            "published": "10.1016/j.xgen.2025.100814", "preprint": None,
        },
        id="crossref-preprint",
    ),
    pytest.param(
        "datacite/prereview-arxiv_2201.06719.json", "datacite", "doi",
        "10.48550/arxiv.2201.06719",
        {
            "type": "preprint",
            "title": "Determination of hyperfine splittings and Landé $g_J$ factors of "
            "$5s~^2S_{1/2}$ and $5p~^2P_{1/2,3/2}$ states of $^{111,113}$Cd⁺ for a microwave "
            "frequency standard",
            "authors": 9, "first": "J. Z. Han", "date": "2022-01-18", "arxiv": "2201.06719",
            "doi": None, "venue": None, "published": "10.1103/physreva.106.012821",
            "preprint": None,
        },
        id="datacite-published",
    ),
    pytest.param(
        "semanticscholar/paperqa-arxiv_doi_is_used_when_available-1.http", "semantic_scholar",
        "title", "attention is all you need",
        {
            "type": "preprint", "title": "Attention is All you Need", "authors": 8,
            "first": "Ashish Vaswani", "date": None, "arxiv": "1706.03762", "doi": None,
            "venue": None, "published": None, "preprint": None,
        },
        id="s2-preprint",
    ),
    pytest.param(
        "openalex/paperqa-title_search_paper_attributes2_-3.http", "openalex", "title",
        "augmenting large language models with chemistry tools", CHEMCROW, id="openalex-title",
    ),
    pytest.param(
        "pubmed/findpapers-efetch.xml", "pubmed", "pmid", "32835308",
        {
            "type": "article-journal",
            "title": "Harvesting Patterns from Textual Web Sources with Tolerance Rough Sets",
            "authors": 2, "first": "Hoora Rezaei Moghaddam", "date": "2020-07-10", "arxiv": None,
            "doi": "10.1016/j.patter.2020.100053", "venue": "Patterns", "published": None,
            "preprint": None,
        },
        id="pubmed",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("file", "service", "kind", "subject", "expected"), ROWS)
def test_facts(
    shared: Path, file: str, service: str, kind: str, subject: str, expected: dict[str, Any]
) -> None:
    path = folder(shared, file.partition("/")[0]) / file.partition("/")[2]
    (answer,) = ask(service, kind, [subject], recorded(path))
    assert facts(records(answer)[0]) == expected


@pytest.mark.parametrize(
    ("file", "service", "kind", "subject"),
    [
        pytest.param("arxiv/id_list_empty.http", "arxiv", "arxiv", "0000.0000", id="arxiv"),
        pytest.param("crossref/habanero-test_works_bad_id_warn.http", "crossref", "doi",
                     "10.1371/notarealdoi", id="crossref"),
        pytest.param("crossref/paperqa-bad_titles-0.http", "crossref", "title", "askldj",
                     id="crossref-title"),
        pytest.param("semanticscholar/paperqa-bad_titles-1.http", "semantic_scholar", "title",
                     "askldj", id="s2-title-404"),
        pytest.param("semanticscholar/paperqa-s2_title_search_empty_data-0.http",
                     "semantic_scholar", "title", "empty", id="s2-title-empty"),
        pytest.param("openalex/paperqa-does_openalex_work_not_in_openalex_-0.http", "openalex",
                     "doi", "10.1046/j.1365-2699.2003.00795", id="openalex"),
    ],
)  # fmt: skip
def test_not_found(shared: Path, file: str, service: str, kind: str, subject: str) -> None:
    path = folder(shared, file.partition("/")[0]) / file.partition("/")[2]
    assert ask(service, kind, [subject], recorded(path)) == [NotFound()]


def test_an_unknown_id_is_dropped_from_the_list(shared: Path) -> None:
    reply = recorded(folder(shared, "arxiv") / "id_list_mixed.http")
    gone, there = ask("arxiv", "arxiv", ["0808.05394", "1707.08567"], reply)
    assert gone == NotFound()
    assert records(there)[0].identifier == "1707.08567v1"


def test_pages_of_a_search_whole(shared: Path) -> None:
    found = [
        record
        for name in ("search_page0.http", "search_page1.http")
        for record in arxiv.parse_feed(recorded(folder(shared, "arxiv") / name))[0]
    ]
    assert len({record.identifier for record in found}) == 20
    assert all(record.entry.title and record.entry.authors for record in found)
    assert sum(record.published_doi is not None for record in found) >= 3


@pytest.mark.parametrize(
    ("file", "rows"),
    [
        pytest.param("listrecords_arXiv.xml", 12, id="list"),
        pytest.param("arxiv-physics-hep-ex.xml", 3, id="set"),
        pytest.param("arxiv-single.xml", 1, id="one"),
    ],
)
def test_harvested_pages(shared: Path, file: str, rows: int) -> None:
    page = arxiv_oai.parse_harvest(recorded(folder(shared, "arxiv_oai") / file))
    assert (len(page.rows), page.unread) == (rows, 0)
    assert all(row["title"] and row["authors_parsed"] and row["versions"] for row in page.rows)


@pytest.mark.parametrize("service", ["crossref", "datacite", "semanticscholar", "openalex"])
def test_every_recording_is_read_or_refused(shared: Path, service: str) -> None:
    """And whatever is read comes back from the cache."""
    module = {"semanticscholar": "semantic_scholar"}.get(service, service)
    read = 0
    for path in sorted(folder(shared, service).iterdir()):
        if path.suffix not in (".http", ".json"):
            continue
        reply = recorded(path)
        for kind in ("doi", "title"):
            try:
                answers = ask(module, kind, [subject_of(reply)], reply)
            except (UnreadableError, KeyError):
                continue
            for answer in answers:
                if isinstance(answer, Found):
                    read += 1
                    for record in answer.records:
                        assert from_json(json.loads(json.dumps(to_json(record)))) == record
    assert read >= 4


@pytest.mark.parametrize(
    ("file", "number", "code"),
    [
        pytest.param("paper-2510.04871_repo_by_user.json", "2510.04871",
                     ("https://github.com/SamsungSAILMontreal/TinyRecursiveModels",
                      "paper page: added by its author"), id="user"),
        pytest.param("paper-2501.12948_repo_auto.json", "2501.12948",
                     ("https://github.com/deepseek-ai/deepseek-r1", "listing: text match"),
                     id="auto"),
        pytest.param("paper-2401.18030_no_repo.json", "2401.18030", None, id="none"),
    ],
)  # fmt: skip
def test_code_of_paper_pages(
    shared: Path, file: str, number: str, code: tuple[str, str] | None
) -> None:
    reply = recorded(folder(shared, "huggingface") / file)
    (answer,) = ask("huggingface", "code", [number], reply)
    links = records(answer)[0].entry.code
    assert [(link.url, link.evidence) for link in links] == ([code] if code else [])


def test_a_daily_list_and_a_page_that_is_missing(shared: Path) -> None:
    found = huggingface.parse_list(
        recorded(folder(shared, "huggingface") / "daily_papers-one_item.json")
    )
    assert [facts(record)["title"] for record in found] == [
        "Large Multimodal Models as General In-Context Classifiers"
    ]
    missing = recorded(folder(shared, "huggingface") / "paper-404.http")
    assert ask("huggingface", "code", ["1234.56789"], missing) == [NotFound()]


def test_the_search_api_of_dblp(shared: Path) -> None:
    (found,) = dblp.parse_search(recorded(folder(shared, "dblp") / "search_publ_json_one_hit.json"))
    assert facts(found) == {
        "type": "paper-conference",
        "title": "A Test Cost Reduction Method by Test Response and Test Vector Overlapping for "
        "Full-Scan Test Architecture",
        "authors": 5,
        "first": "Tsuyoshi Shinogi",
        "date": "2005",
        "arxiv": None,
        "doi": "10.1109/ats.2005.17",
        "venue": "Asian Test Symposium",
        "published": None,
        "preprint": None,
    }
    assert dblp.parse_search(recorded(folder(shared, "dblp") / "search_zero_hits.json")) == ()
    with pytest.raises(UnreadableError):
        dblp.parse_search(recorded(folder(shared, "dblp") / "anubis_challenge.http"))


def test_repositories_of_github(shared: Path) -> None:
    rows = json.loads((folder(shared, "github") / "octokit-rename-repository.raw.json").read_text())
    moved = [row for row in rows if row["method"] == "get"]
    name = moved[0]["path"].removeprefix("/repos/")
    question = Question("github", "repository", f"github.com/{name}")
    reply = Reply(moved[1]["status"], json.dumps(moved[1]["response"]).encode())
    (record,) = records(github.parse_repositories(reply, [question])[question])
    assert record.repository is not None
    assert record.repository.url == f"https://github.com/{name}-newname"
    assert record.repository.moved_from == f"https://github.com/{name}"


def subject_of(reply: Reply) -> str:
    """Some DOI of the answer, or a title that nobody asked for."""
    try:
        value = json.loads(reply.body)
    except ValueError:
        return "10.1234/none"
    places: list[Any] = [value]
    while places:
        place = places.pop(0)
        if isinstance(place, dict):
            for name in ("DOI", "doi"):
                if isinstance(place.get(name), str):
                    return str(place[name]).removeprefix("https://doi.org/").lower()
            places += place.values()
        elif isinstance(place, list):
            places += place
    return "10.1234/none"
