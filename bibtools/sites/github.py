"""GitHub: does a repository exist, has it moved, is it archived; the beginning of its README.

Contract: https://docs.github.com/rest/repos/repos and https://docs.github.com/graphql. Without a
token REST gives 60 requests an hour, one repository each; with one GraphQL answers for a hundred
at once. A repository that was renamed or handed over is found under its old name (REST by a
redirect); one that is private looks as if it did not exist.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bibtools.model import Entry
from bibtools.sites import shapes
from bibtools.sites.asking import (
    Answer,
    Batch,
    CouldNotAsk,
    Found,
    NotFound,
    Pace,
    Question,
    Reply,
    Request,
    Service,
    UnreadableError,
)
from bibtools.sites.records import Record, Repository
from bibtools.sites.repositories import LONGEST_README, name_on

BASE = "https://api.github.com"
HOST = "github.com"
_JSON = ("application/vnd.github+json", "application/json")
_RAW = (
    "application/vnd.github.raw+json",
    "application/vnd.github.raw",
    "application/vnd.github.v3.raw",
    "text/plain",
)
_VERSION = (("X-GitHub-Api-Version", "2022-11-28"),)
_FIELDS = "nameWithOwner url isArchived isFork createdAt description homepageUrl"
# The files that say which paper a repository belongs to, in the order they are read.
_FILES = ("README.md", "readme.md", "Readme.md", "README.rst", "README.txt", "README")
_CITATION = "CITATION.cff"


def request_repositories(questions: Sequence[Question]) -> Request:
    """One request for one repository (REST), or for several (GraphQL, which needs a token)."""
    if len(questions) == 1:
        return _rest(questions[0], "")
    return _graphql(questions, _FIELDS)


def request_readmes(questions: Sequence[Question]) -> Request:
    """As `request_repositories`, for the beginning of the README and CITATION.cff.

    REST gives the README alone.
    """
    if len(questions) == 1:
        return _rest(questions[0], "/readme")
    files = " ".join(
        f'f{number}: object(expression: "HEAD:{name}") {{ ... on Blob {{ text }} }}'
        for number, name in enumerate((*_FILES, _CITATION))
    )
    return _graphql(questions, f"{_FIELDS} {files}")


def _rest(question: Question, what: str) -> Request:
    path = name_on(HOST, question.subject)
    accept = _RAW if what else _JSON
    # What is no name leads to an address that GitHub does not know.
    url = f"{BASE}/repos/{path or '-/-'}{what}"
    return Request("github", url, headers=_VERSION, accept=accept, largest=2_000_000)


def _graphql(questions: Sequence[Question], fields: str) -> Request:
    asked = [
        (_label(question), *path.split("/"))
        for question in questions
        if (path := name_on(HOST, question.subject)) is not None and path.count("/") == 1
    ]
    # Names go in as variables, so none of them can be read as a part of the query.
    kinds = ", ".join(f"$o{n}: String!, $n{n}: String!" for n in range(len(asked)))
    parts = " ".join(
        f"{label}: repository(owner: $o{n}, name: $n{n}) {{ {fields} }}"
        for n, (label, _, _) in enumerate(asked)
    )
    variables: dict[str, str] = {}
    for n, (_, owner, name) in enumerate(asked):
        variables |= {f"o{n}": owner, f"n{n}": name}
    query = f"query({kinds}) {{ {parts} }}" if asked else "query { rateLimit { cost } }"
    return Request(
        "github",
        f"{BASE}/graphql",
        method="POST",
        headers=(("Content-Type", "application/json"), *_VERSION),
        body=json.dumps({"query": query, "variables": variables}).encode(),
        accept=_JSON,
    )


def _label(question: Question) -> str:
    """What the repository is called in the answer: its subject, in letters GraphQL takes."""
    return f"r{question.subject.lower().encode().hex()}"


def parse_repositories(reply: Reply, questions: Sequence[Question]) -> Mapping[Question, Answer]:
    """What each repository is. Raises `UnreadableError`."""
    if len(questions) > 1:
        return _parse_graphql(reply, questions)
    (question,) = questions
    if _is_gone(reply):
        return {question: NotFound()}
    row = shapes.read_row(reply)
    record = _record(
        question,
        row.get("full_name"),
        archived=row.get("archived") is True or row.get("disabled") is True,
        is_fork=row.get("fork") is True,
        created=row.get("created_at"),
        description=row.get("description"),
        homepage=row.get("homepage"),
    )
    if record is None:
        raise UnreadableError("the answer is no repository")
    return {question: Found((record,))}


def parse_readmes(reply: Reply, questions: Sequence[Question]) -> Mapping[Question, Answer]:
    """The beginning of each README, in `Repository.readme`. Raises `UnreadableError`."""
    if len(questions) > 1:
        return _parse_graphql(reply, questions)
    (question,) = questions
    if _is_gone(reply):
        return {question: NotFound()}
    if reply.status != 200:
        raise shapes.refusal(reply)
    if reply.body[:500].lstrip().lower().startswith((b"<!doctype html", b"<html")):
        raise UnreadableError("the answer is a web page, not a file")
    readme = _beginning(reply.body[: 4 * LONGEST_README].decode("utf-8", "replace"))
    if not readme:
        return {question: NotFound()}
    repository = Repository(f"https://{question.subject}", readme=readme)
    return {question: Found((Record(Entry(), question.subject, repository=repository),))}


def _is_gone(reply: Reply) -> bool:
    """Unknown or private, taken down by law (451), or blocked by GitHub (403 with a reason)."""
    if reply.status in (404, 410, 451):
        return reply.body.lstrip()[:1] == b"{"
    return reply.status == 403 and b'"block"' in reply.body[:2000]


def _parse_graphql(reply: Reply, questions: Sequence[Question]) -> dict[Question, Answer]:
    answer = shapes.read_row(reply)
    data = answer.get("data")
    errors = shapes.rows(answer.get("errors") or [])
    if not isinstance(data, dict):
        said = shapes.text(shapes.member(answer, "errors", 0, "message")) or "no reason"
        raise UnreadableError(f'GitHub reports an error ("{said[:120]}")')
    missing = {
        shapes.member(one, "path", 0) for one in errors if one.get("type") in ("NOT_FOUND", "DMCA")
    }
    answers: dict[Question, Answer] = {}
    for question in questions:
        row = data.get(_label(question))
        record = _of_graphql(question, row) if isinstance(row, dict) else None
        if record is not None:
            answers[question] = Found((record,))
        elif _label(question) in missing or name_on(HOST, question.subject) is None:
            answers[question] = NotFound()
        else:
            answers[question] = CouldNotAsk("GitHub left this repository out of its answer")
    return answers


def _of_graphql(question: Question, row: Mapping[str, Any]) -> Record | None:
    found = (shapes.member(row, f"f{number}", "text") for number in range(len(_FILES)))
    readme = next((one for one in found if isinstance(one, str) and one.strip()), "")
    citation = shapes.member(row, f"f{len(_FILES)}", "text")
    if isinstance(citation, str):
        readme = f"{readme[: LONGEST_README // 2]}\n{citation}"
    return _record(
        question,
        row.get("nameWithOwner"),
        archived=row.get("isArchived") is True,
        is_fork=row.get("isFork") is True,
        created=row.get("createdAt"),
        description=row.get("description"),
        homepage=row.get("homepageUrl"),
        readme=readme,
    )


def _record(
    question: Question,
    name: object,
    *,
    archived: bool,
    is_fork: bool,
    created: object,
    description: object,
    homepage: object,
    readme: str = "",
) -> Record | None:
    path = name_on(HOST, f"{HOST}/{shapes.text(name) or ''}")
    if path is None or path.count("/") != 1:
        return None
    moved = f"{HOST}/{path}".lower() != question.subject.lower()
    date = shapes.iso_date(created)
    repository = Repository(
        f"https://{HOST}/{path}",
        moved_from=f"https://{question.subject}" if moved else None,
        archived=archived,
        is_fork=is_fork,
        created=date.iso() if date is not None else None,
        description=shapes.text(description) or "",
        homepage=shapes.address(homepage) or "",
        readme=_beginning(readme),
    )
    return Record(Entry(), f"{HOST}/{path}".lower(), repository=repository)


def _beginning(text: str) -> str:
    # Line by line: what is a heading tells what the repository is.
    lines = (shapes.clean(line).strip() for line in text[: 2 * LONGEST_README].splitlines())
    return "\n".join(line for line in lines if line)[:LONGEST_README].strip()


SERVICE = Service(
    name="github",
    title="GitHub",
    host="api.github.com",
    base=BASE,
    # 60 requests an hour without a token, 5,000 with one:
    # https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
    pace=Pace(1.0),
    kinds={
        "repository": Batch(
            1,
            request_repositories,
            parse_repositories,
            keep_days=30,
            keep_missing_days=7,
            size_with_key=100,
        ),
        "readme": Batch(
            1, request_readmes, parse_readmes, keep_days=90, keep_missing_days=30, size_with_key=20
        ),
    },
    answers="whether a repository exists, moved, is archived, and what its README says",
    key_name="GITHUB_TOKEN",
    key_header=("Authorization", "Bearer {key}"),
    pace_with_key=Pace(0.75),
    terms="60 requests an hour without a token "
    "(https://docs.github.com/site-policy/github-terms/github-terms-of-service)",
)
