"""Papers with Code at paperswithcode.co: the repositories of a paper by arXiv ID.

The catalogue that Hugging Face has run since 2026; the one at paperswithcode.com ended in July
2025. Contract: the client https://github.com/huggingface/pwc-cli; the service promises nothing
yet about versions and limits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from bibtools.model import ArxivId, Entry, Link, type_preprint
from bibtools.sites import shapes
from bibtools.sites.asking import (
    Answer,
    Batch,
    Found,
    NotFound,
    Pace,
    Question,
    Reply,
    Request,
    Service,
    UnreadableError,
)
from bibtools.sites.records import Record
from bibtools.sites.repositories import (
    LISTED_COMMUNITY,
    LISTED_OFFICIAL,
    is_repository,
    repository_link,
)
from bibtools.text.urls import PROJECT_PAGE

BASE = "https://paperswithcode.co/api/v1"
LISTED = "listing"
"""Evidence of a project page that is not marked official."""


def request_paper(questions: Sequence[Question]) -> Request:
    """One request for one paper by arXiv ID."""
    (question,) = questions
    number = quote(question.subject, safe=".")
    return Request("paperswithcode", f"{BASE}/papers/{number}?include_resources=true")


def parse_paper(reply: Reply, questions: Sequence[Question]) -> Mapping[Question, Answer]:
    """The paper with its repositories, official ones first. Raises `UnreadableError`."""
    (question,) = questions
    if reply.status == 404 and reply.body.lstrip()[:1] == b"{":
        return {question: NotFound()}
    row = shapes.read_row(reply)
    number = shapes.arxiv(row.get("arxiv_id")) or shapes.arxiv(row.get("id"))
    title = shapes.tex(row.get("title"))
    if title is None:
        raise UnreadableError("the answer is no paper of Papers with Code")
    if number is None or number.value != question.subject.lower():
        raise UnreadableError("it answered about another paper")
    repositories = [
        link
        for one in shapes.rows(row.get("repositories") or [])
        if (link := repository_link(one.get("url"), _evidence(one))) is not None
    ]
    repositories.sort(key=lambda link: link.evidence != LISTED_OFFICIAL)
    code = tuple(link for link in repositories if is_repository(link))
    entry = Entry(
        type=type_preprint,
        title=title,
        authors=tuple(
            name
            for one in shapes.texts(row.get("authors") or [])
            if (name := shapes.printed_name(one)) is not None
        ),
        abstract=shapes.text(row.get("abstract")),
        date=shapes.iso_date(row.get("published")),
        arxiv=ArxivId(number.value),
        code=code,
        links=(*(link for link in repositories if link not in code), *_pages(row)),
    )
    return {question: Found((Record(entry, identifier=shapes.text(row.get("id")) or ""),))}


def _evidence(row: Mapping[str, Any]) -> str:
    return LISTED_OFFICIAL if row.get("is_official") is True else LISTED_COMMUNITY


def _pages(row: Mapping[str, Any]) -> list[Link]:
    pages = row.get("project_pages")
    found = []
    for one in pages if isinstance(pages, list) else []:
        url = shapes.address(one.get("url") if isinstance(one, dict) else one)
        official = shapes.member(one, "is_official") is True
        if url is not None:
            found.append(Link(url, LISTED_OFFICIAL if official else LISTED, PROJECT_PAGE))
    return found


SERVICE = Service(
    name="paperswithcode",
    title="Papers with Code",
    host="paperswithcode.co",
    base=BASE,
    # No limit is published; its own client asks one thing after another.
    pace=Pace(1.0),
    kinds={"code": Batch(1, request_paper, parse_paper, keep_days=14, keep_missing_days=3)},
    answers="repositories of arXiv papers, and which of them is the authors'",
    terms="no terms of the data are stated; run by Hugging Face "
    "(https://github.com/huggingface/pwc-cli)",
)
