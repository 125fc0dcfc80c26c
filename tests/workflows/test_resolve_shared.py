"""The look-up measured on real records; skipped where the shared data is absent."""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bibtools.adapters.index import Index, build, open_index
from bibtools.model import Entry, Name, PartialDate, parse_iso

EVERY = 12
"""One question of so many, so that the test takes seconds."""


@pytest.fixture(scope="module")
def questions(shared: Path) -> list[dict[str, Any]]:
    with (shared / "arxiv" / "questions.jsonl").open(encoding="utf-8") as file:
        return [json.loads(line) for number, line in enumerate(file) if number % EVERY == 0]


@pytest.fixture(scope="module")
def truth(shared: Path) -> list[dict[str, Any]]:
    data = json.loads((shared / "arxiv" / "listing_truth.json").read_text("utf-8"))
    found: list[dict[str, Any]] = data["found"]
    return found


@pytest.fixture(scope="module")
def index(
    shared: Path,
    questions: list[dict[str, Any]],
    truth: list[dict[str, Any]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Index]:
    """An index of every paper that is asked for, and of some 25,000 others."""
    wanted = {row["arxiv"] for row in questions} | {row["arxiv_id"] for row in truth}
    folder = tmp_path_factory.mktemp("index")
    part = folder / "part.jsonl"
    with lzma.open(shared / "arxiv" / "records.jsonl.xz") as records, part.open("wb") as file:
        for number, line in enumerate(records):
            # The ID is the first value of each line: `{"id": "1501.00001", ...`
            if number % EVERY == 0 or line[8:40].partition(b'"')[0].decode() in wanted:
                file.write(line)
    build(folder / "index.sqlite", [part])
    with open_index(folder / "index.sqlite") as opened:
        yield opened


def test_questions(index: Index, questions: list[dict[str, Any]]) -> None:
    right = wrong = false = 0
    for row in questions:
        entry = Entry(
            title=row["title"],
            authors=tuple(Name(literal=name) for name in row["authors"]),
            authors_truncated=row["authors_truncated"],
            date=PartialDate(row["year"]) if row["year"] else None,
        )
        answer = index.resolve_one(entry).arxiv
        if answer is not None:
            right += answer.value == row["arxiv"]
            wrong += answer.value != row["arxiv"] is not None
            false += row["arxiv"] is None
    asked = sum(row["arxiv"] is not None for row in questions)
    assert right / asked >= 0.985
    assert wrong + false <= 1


def test_listing_pages(index: Index, shared: Path, truth: list[dict[str, Any]]) -> None:
    """Every paper that is certainly known gets its ID, and none gets another one."""
    missed, wrong = [], []
    for name in ("000", "001", "002", "003", "004"):
        page = json.loads((shared / "listings" / "gold" / f"{name}.json").read_text("utf-8"))
        by_line = {row["line"]: row for row in truth if row["doc"] == name}
        for row in page:
            entry = Entry(
                title=row["title"],
                authors=tuple(Name(literal=text) for text in row["authors"]),
                authors_truncated=row["authors_truncated"],
                author_count=row["author_count"],
                abstract=row["abstract"],
                date=parse_iso(row["date"]) if row["date"] else None,
            )
            answer = index.resolve_one(entry).arxiv
            known = by_line.get(row["lines"].get("title", row["lines"]["abstract"]))
            if answer is None and known and known["confidence"].startswith("high"):
                missed.append((name, row["lines"]))
            if answer is not None and (known is None or answer.value != known["arxiv_id"]):
                wrong.append((name, row["lines"], answer.value))
    assert missed == []
    assert wrong == []
