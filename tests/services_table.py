"""The tables of docs/services.md, made from the services: `python -m tests.services_table`.

`tests/test_services_doc.py` fails while the file says something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from bibtools.sites.asking import Batch, Pace, Service
from bibtools.sites.services import all_services

FILE = Path(__file__).resolve().parent.parent / "docs" / "services.md"
_BEGIN, _END = "<!-- {}: python -m tests.services_table -->", "<!-- end of {} -->"

SUBJECTS = {
    "arxiv": "arXiv ID",
    "doi": "DOI",
    "title": "title",
    "search": "page of a search",
    "code": "code of an arXiv ID",
    "daily": "page of a day, week or month",
    "person": "person",
    "repository": "repository",
    "readme": "README of a repository",
    "acl": "Anthology ID",
    "volume": "volume",
    "card": "card of a model",
    "pmid": "PMID",
    "pmcid": "PMCID",
    "key": "DBLP key",
    "isbn": "ISBN",
}
"""`Question.kind` in words."""


def tables() -> dict[str, str]:
    """Markdown by name of the table."""
    services = all_services()
    return {
        "services": _table(
            ("service", "answers", "questions in one request", "seconds between requests",
             "key", "terms"),
            [_service(one) for one in services],
        ),
        "kept": _table(
            ("service", "asked by", "an answer is kept", "“not found” is kept", "remark"),
            [row for one in services for row in _kinds(one)],
        ),
    }  # fmt: skip


def renewed(text: str) -> str:
    """The text of the file with both tables as they should be."""
    for name, table in tables().items():
        begin, end = _BEGIN.format(name), _END.format(name)
        before, found, rest = text.partition(begin)
        _, closed, after = rest.partition(end)
        if not found or not closed:
            raise ValueError(f'the file has no place "{begin}" ... "{end}"')
        text = f"{before}{begin}\n\n{table}\n{end}{after}"
    return text


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |\n"
                   for row in lines)  # fmt: skip


def _service(one: Service) -> tuple[str, ...]:
    asked = "; ".join(f"{SUBJECTS[kind]}: {_size(batch)}" for kind, batch in one.kinds.items())
    paces = _pace(one.pace)
    if one.pace_with_key is not None:
        paces += f"; with a key {_pace(one.pace_with_key)}"
    key = f"`{one.key_name}`" if one.key_name is not None else "none"
    if one.needs_key:
        key += ", needed"
    terms = re.sub(r" \((https://\S+)\)", r" ([terms](\1))", one.terms)
    return one.title, one.answers, asked or "a page of a harvest", paces, key, terms


def _size(batch: Batch) -> str:
    if batch.size_with_key is None:
        return str(batch.size)
    return f"{batch.size}, with a key {batch.size_with_key}"


def _pace(pace: Pace) -> str:
    return f"{pace.seconds:g}" + (f", {pace.at_once} at once" if pace.at_once > 1 else "")


def _kinds(one: Service) -> Iterator[tuple[str, ...]]:
    for kind, batch in one.kinds.items():
        kept, missing = _days(batch.keep_days), _days(batch.keep_missing_days)
        yield one.title, SUBJECTS[kind], kept, missing, batch.note


def _days(days: float) -> str:
    if days < 1:
        return f"{days * 24:g} hours"
    return f"{days:g} day{'' if days == 1 else 's'}"


if __name__ == "__main__":
    FILE.write_text(renewed(FILE.read_text("utf-8")), "utf-8")
