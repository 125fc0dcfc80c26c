"""Searching an index without full text: which papers are looked at when many have the words."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from bibtools.adapters.fulltext import titles
from bibtools.adapters.fulltext.asking import ask
from bibtools.adapters.index import Index, build, open_index
from bibtools.searching.query import parse_query

_SOME = (
    # ID, title, authors, categories
    ("0901.00011", "Boats", "Ada Example", "math.CO"),
    ("1201.00012", "Boats", "Ada Example", "cs.LG"),
    ("1501.00013", "Boats", "Wu Li", "cs.LG"),
    ("1801.00014", "Boats", "Wu Li", "math.CO"),
    ("2101.00015", "Boats", "Max Muster", "cs.CL cs.LG"),
    ("2401.00016", "Boats", "Max Muster", "cs.RO"),
)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("index")
    rows = [
        {
            "id": name if name > "15" else name.replace(".0", ".", 1), "title": title,
            "authors": authors, "categories": categories,
            "versions": [{"version": "v1", "created": f"Mon, 5 Jan 20{name[:2]} 10:00:00 GMT"}],
        }
        for name, title, authors, categories in _SOME
    ]  # fmt: skip
    (folder / "records.jsonl").write_text("".join(json.dumps(one) + "\n" for one in rows))
    build(folder / "index.sqlite", [folder / "records.jsonl"], [])
    with open_index(folder / "index.sqlite") as found:
        yield found


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        pytest.param("boats", {"0901.0011", "1201.0012"}, id="the-first-without-condition"),
        pytest.param("boats year:2021", {"2101.00015"}, id="year"),
        pytest.param("boats year:2018|year:2024", {"1801.00014", "2401.00016"}, id="years"),
        pytest.param("boats year:2018|author:muster", set(), id="mixed-are-not-looked-for"),
        pytest.param("boats category:cs.RO", {"2401.00016"}, id="category"),
        pytest.param("boats -category:cs -year:2009", {"1801.00014"}, id="negated"),
        pytest.param("boats author:muster", {"2101.00015", "2401.00016"}, id="author"),
        pytest.param('boats author:"max muster"', {"2101.00015", "2401.00016"}, id="whole-name"),
        pytest.param("boats author:exampel", {"0901.0011", "1201.0012"}, id="misspelled-author"),
        pytest.param("boats year:2021 author:li", set(), id="no-paper-fits"),
    ],
)
def test_papers_that_fit_the_conditions_are_looked_at(
    question: str, expected: set[str], index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(titles, "MOST", 2)
    with titles.store_for(index, parse_query(question)) as store:
        found = ask(store, parse_query(question), 10).hits
    assert {hit.document.arxiv for hit in found} == expected


def test_no_more_are_read_than_the_bound(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(titles, "MOST", 2)
    monkeypatch.setattr(titles, "READ", 4)
    question = parse_query("boats year:2018..2024")
    with titles.store_for(index, question) as store:
        found = ask(store, question, 10).hits
    assert {hit.document.arxiv for hit in found} == {"1801.00014"}
