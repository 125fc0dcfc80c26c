"""Software Heritage: is there a copy of a repository, and where to read it.

Contract: https://archive.softwareheritage.org/api/1/. An origin is known by its exact address,
capitals included, so the subject of a question is the repository as it was printed
(`github.com/Owner/Name`), unlike at code hosts. Nothing is ever asked to be archived: that
would be a write.
"""

from __future__ import annotations

import re
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

BASE = "https://archive.softwareheritage.org/api/1"
_BROWSE = "https://archive.softwareheritage.org"


def _origin(subject: str) -> str:
    """The address that the archive knows the repository by."""
    url = subject if re.match(r"https?://", subject) else f"https://{subject}"
    return quote(url.rstrip("/").removesuffix(".git"), safe="/:")


def request_repository(questions: Sequence[Question]) -> Request:
    """One request for the latest visit that has a copy."""
    (question,) = questions
    url = f"{BASE}/origin/{_origin(question.subject)}/visit/latest/?require_snapshot=true"
    return Request("software-heritage", url)


def parse_repository(reply: Reply, questions: Sequence[Question]) -> Mapping[Question, Answer]:
    """The copy, in `Repository.snapshot`. Raises `UnreadableError`."""
    (question,) = questions
    if reply.status == 404 and reply.body.lstrip()[:1] == b"{":
        return {question: NotFound()}
    row = shapes.read_row(reply)
    origin = shapes.address(row.get("origin"))
    number = shapes.text(row.get("snapshot"))
    if origin is None or quote(origin, safe="/:%") != _origin(question.subject):
        raise UnreadableError("it answered about another repository")
    if number is None:
        return {question: NotFound()}
    if not re.fullmatch(r"[0-9a-f]{40}", number):
        raise UnreadableError("the answer names no snapshot")
    # https://docs.softwareheritage.org/devel/swh-model/persistent-identifiers.html
    snapshot = f"{_BROWSE}/swh:1:snp:{number};origin={origin}"
    date = shapes.iso_date(row.get("date"))
    record = Record(
        Entry(),
        identifier=f"swh:1:snp:{number}",
        comment=f"archived on {date.iso()}" if date is not None else None,
        repository=Repository(origin, snapshot=snapshot),
    )
    return {question: Found((record,))}


SERVICE = Service(
    name="software-heritage",
    title="Software Heritage",
    host="archive.softwareheritage.org",
    base=BASE,
    # 120 requests an hour, 1,200 with a token:
    # https://archive.softwareheritage.org/api/#rate-limiting
    pace=Pace(2.0),
    kinds={
        "repository": Batch(
            1, request_repository, parse_repository, keep_days=90, keep_missing_days=14
        )
    },
    answers="an archived copy of a repository that is gone",
    key_name="SWH_TOKEN",
    key_header=("Authorization", "Bearer {key}"),
    terms="terms of use of its API; 120 requests an hour without a token "
    "(https://www.softwareheritage.org/legal/api-terms-of-use/)",
)
