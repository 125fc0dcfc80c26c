"""GitLab at gitlab.com: does a repository exist, has it moved, is it archived.

Contract: https://docs.gitlab.com/api/projects/. A project is named by its whole path, with all
groups; one that was moved is answered under its old path; a private one looks as if it did not
exist. Other servers that run GitLab are not asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from bibtools.model import Entry
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
from bibtools.sites.records import Record, Repository
from bibtools.sites.repositories import name_on

BASE = "https://gitlab.com/api/v4"
HOST = "gitlab.com"


def request_repository(questions: Sequence[Question]) -> Request:
    """One request for one repository, `gitlab.com/group/name`."""
    (question,) = questions
    path = name_on(HOST, question.subject) or "-"
    return Request("gitlab", f"{BASE}/projects/{quote(path, safe='')}")


def parse_repository(reply: Reply, questions: Sequence[Question]) -> Mapping[Question, Answer]:
    """What the repository is. Raises `UnreadableError`."""
    (question,) = questions
    if reply.status == 404 and reply.body.lstrip()[:1] == b"{":
        return {question: NotFound()}
    row = shapes.read_row(reply)
    path = name_on(HOST, f"{HOST}/{shapes.text(row.get('path_with_namespace')) or ''}")
    if path is None:
        raise UnreadableError("the answer is no repository")
    date = shapes.iso_date(row.get("created_at"))
    moved = f"{HOST}/{path}".lower() != question.subject.lower()
    repository = Repository(
        f"https://{HOST}/{path}",
        moved_from=f"https://{question.subject}" if moved else None,
        archived=row.get("archived") is True,
        is_fork=isinstance(row.get("forked_from_project"), dict),
        created=date.iso() if date is not None else None,
        description=shapes.text(row.get("description")) or "",
    )
    return {question: Found((Record(Entry(), f"{HOST}/{path}".lower(), repository=repository),))}


SERVICE = Service(
    name="gitlab",
    title="GitLab",
    host="gitlab.com",
    base=BASE,
    # 400 requests a minute for one project at a time:
    # https://docs.gitlab.com/security/rate_limits/
    pace=Pace(0.25),
    kinds={
        "repository": Batch(
            1, request_repository, parse_repository, keep_days=30, keep_missing_days=7
        )
    },
    answers="whether a repository at gitlab.com exists, moved, is archived",
    key_name="GITLAB_TOKEN",
    key_header=("PRIVATE-TOKEN", "{key}"),
    terms="terms of use of GitLab (https://about.gitlab.com/terms/)",
)
