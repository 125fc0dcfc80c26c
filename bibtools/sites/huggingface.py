"""Hugging Face's paper pages: code links by arXiv ID, the lists of a day, week or month, search.

Contract: https://huggingface.co/docs/hub/api (OpenAPI: https://huggingface.co/.well-known/openapi.json).
What a paper lacks is absent, not null. `githubRepoAddedBy` says whether a person, mostly an
author, put the repository there (`user`), or a match of texts did (`auto`), which finds other
people's implementations too. The pages in HTML are never asked: that would index the paper.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from bibtools.model import ArxivId, Entry, Link, Name, type_preprint
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
from bibtools.sites.repositories import AUTHOR_LISTED, TEXT_MATCH, is_repository, repository_link
from bibtools.text.titles import title_words
from bibtools.text.urls import PROJECT_PAGE

BASE = "https://huggingface.co/api"
_PAGE = 100
_TITLE_RESULTS = 10
_PERIODS = {
    "date": re.compile(r"\d{4}-\d{2}-\d{2}"),
    "week": re.compile(r"\d{4}-W\d{2}"),
    "month": re.compile(r"\d{4}-\d{2}"),
}
# Name in the answer, kind of link, what stands before its ID in an address.
_LINKED = (
    ("linkedModels", "model", ""),
    ("linkedDatasets", "dataset", "datasets/"),
    ("linkedSpaces", "space", "spaces/"),
)
LISTED = "paper page: listed"
"""Evidence of a project page, and of what anybody on Hugging Face connected with the paper."""


def request_paper(questions: Sequence[Question]) -> Request:
    """One request for one paper by arXiv ID."""
    (question,) = questions
    return Request("hugging-face", f"{BASE}/papers/{quote(question.subject, safe='')}")


def request_card(questions: Sequence[Question]) -> Request:
    """One request for what is told of a model, a data set or a space: `models/owner/name`."""
    (question,) = questions
    kind, _, name = question.subject.partition("/")
    owner, _, name = name.partition("/")
    # A name of dots alone would lead somewhere else in the address.
    parts = (quote(part.strip(".") and part, safe="") for part in (kind, owner, name))
    return Request("hugging-face", f"{BASE}/{'/'.join(parts)}")


def request_daily(questions: Sequence[Question]) -> Request:
    """One request for a page of a list: `date:2026-03-06`, `week:2026-W10`, `month:2026-03`,
    with `:1` for its second page (`:0` for the first may be left out).

    Raises `ValueError` for another subject.
    """
    (question,) = questions
    period, value, page = _period(question.subject)
    query = {period: value, "p": page, "limit": _PAGE, "sort": "publishedAt"}
    return Request("hugging-face", f"{BASE}/daily_papers?{urlencode(query)}")


def _period(subject: str) -> tuple[str, str, int]:
    name, _, rest = subject.partition(":")
    value, _, page = rest.partition(":")
    pattern = _PERIODS.get(name)
    if pattern is None or not pattern.fullmatch(value) or not re.fullmatch(r"\d{0,3}", page):
        raise ValueError(f'"{subject}" is no day, week or month')
    return name, value, int(page or 0)


def request_title(questions: Sequence[Question]) -> Request:
    """One request for the papers nearest to one title."""
    (question,) = questions
    query = {"q": " ".join(title_words(question.subject))[:250], "limit": _TITLE_RESULTS}
    return Request("hugging-face", f"{BASE}/papers/search?{urlencode(query)}")


def parse_paper(reply: Reply, questions: Sequence[Question]) -> Mapping[Question, Answer]:
    """The paper with its code links. Raises `UnreadableError`."""
    (question,) = questions
    if reply.status == 404 and b'"error"' in reply.body[:200]:
        return {question: NotFound()}
    record = _record(shapes.read_row(reply))
    if record is None:
        raise UnreadableError("the answer is no paper of Hugging Face")
    if record.identifier != question.subject.lower():
        raise UnreadableError("it answered about another paper")
    return {question: Found((record,))}


def parse_card(reply: Reply, questions: Sequence[Question]) -> Mapping[Question, Answer]:
    """The papers whose arXiv IDs its tags have, which Hugging Face reads out of its card: each a
    record of an ID alone. Raises `UnreadableError`.
    """
    (question,) = questions
    if reply.status in (401, 404) and b'"error"' in reply.body[:200]:
        # 401 is what it says of a name that does not exist, as of one that is private.
        return {question: NotFound()}
    row = shapes.read_row(reply)
    if not isinstance(row.get("tags"), list) or shapes.text(row.get("id")) is None:
        raise UnreadableError("the answer is no card of Hugging Face")
    found = [
        Record(Entry(type=type_preprint, arxiv=ArxivId(arxiv.value)), arxiv.value)
        for tag in shapes.texts(row["tags"])
        if tag.startswith("arxiv:") and (arxiv := shapes.arxiv(tag)) is not None
    ]
    distinct = tuple({record.identifier: record for record in found}.values())
    return {question: Found(distinct) if distinct else NotFound()}


def parse_daily(reply: Reply, questions: Sequence[Question]) -> Mapping[Question, Answer]:
    """The papers of a page of a list, in its order; an empty page was not found.

    Raises `UnreadableError`.
    """
    (question,) = questions
    records = parse_list(reply)
    return {question: Found(records) if records else NotFound()}


def parse_title(reply: Reply, questions: Sequence[Question]) -> Mapping[Question, Answer]:
    """All candidates for a title. Raises `UnreadableError`."""
    return parse_daily(reply, questions)


def parse_list(reply: Reply) -> tuple[Record, ...]:
    """The papers of a list. Raises `UnreadableError`."""
    rows = shapes.read(reply)
    if not isinstance(rows, list):
        raise UnreadableError("the answer is no list of papers")
    papers = (shapes.member(row, "paper") or row for row in shapes.rows(rows))
    return tuple(
        record
        for paper in papers
        if isinstance(paper, dict) and (record := _record(paper)) is not None
    )


def _record(paper: Mapping[str, Any]) -> Record | None:
    number = shapes.arxiv(paper.get("id"))
    title = shapes.tex(paper.get("title"))
    if number is None or title is None:
        return None
    by_author = paper.get("githubRepoAddedBy") == "user"
    repository = repository_link(
        paper.get("githubRepo"), AUTHOR_LISTED if by_author else TEXT_MATCH
    )
    # What is no repository (an account, a page) is a link of the paper, not its code.
    is_code = repository is not None and is_repository(repository)
    links = [repository] if repository is not None and not is_code else []
    page = shapes.address(paper.get("projectPage"))
    if page is not None:
        links.append(Link(page, LISTED, PROJECT_PAGE))
    entry = Entry(
        type=type_preprint,
        title=title,
        authors=_authors(paper),
        abstract=shapes.text(paper.get("summary")),
        date=shapes.iso_date(paper.get("publishedAt")),
        arxiv=ArxivId(number.value),
        code=(repository,) if repository is not None and is_code else (),
        links=(*links, *_linked(paper)),
    )
    return Record(entry, identifier=number.value)


def _authors(paper: Mapping[str, Any]) -> tuple[Name, ...]:
    return tuple(
        name
        for one in shapes.rows(paper.get("authors") or [])
        if one.get("hidden") is not True
        and (name := shapes.printed_name(one.get("name"))) is not None
    )


def _linked(paper: Mapping[str, Any]) -> tuple[Link, ...]:
    """Models, data sets and spaces: anybody's whose card names the paper."""
    found = []
    for name, kind, prefix in _LINKED:
        for row in shapes.rows(paper.get(name) or []):
            identifier = shapes.text(row.get("id")) or ""
            if re.fullmatch(r"[\w.-]+/[\w.-]+", identifier, re.ASCII):
                found.append(Link(f"https://huggingface.co/{prefix}{identifier}", LISTED, kind))
    return tuple(found)


SERVICE = Service(
    name="hugging-face",
    title="Hugging Face",
    host="huggingface.co",
    base=BASE,
    # 500 requests in five minutes for each address, 1,000 with an account:
    # https://huggingface.co/docs/hub/rate-limits
    pace=Pace(0.65),
    kinds={
        "code": Batch(1, request_paper, parse_paper, keep_days=14, keep_missing_days=3),
        "card": Batch(1, request_card, parse_card, keep_days=14, keep_missing_days=3),
        "daily": Batch(1, request_daily, parse_daily, keep_days=0.25, keep_missing_days=0.25),
        "title": Batch(1, request_title, parse_title, keep_days=30, keep_missing_days=7),
    },
    answers="code links of arXiv papers, the papers of a model, the papers of a day, week or month",
    key_name="HF_TOKEN",
    key_header=("Authorization", "Bearer {key}"),
    pace_with_key=Pace(0.35),
    terms="terms of service of Hugging Face; no licence of the data is stated "
    "(https://huggingface.co/terms-of-service)",
)
