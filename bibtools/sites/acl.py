"""ACL Anthology: its static .bib files, of a paper or of a whole volume.

Contract: https://aclanthology.org/faq/ and https://aclanthology.org/info/development/. There is
no query API; the papers have the DOI 10.18653/v1/ID, so most IDs are known from there. Unknown
IDs give the site's page with status 404.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import quote

from bibtools.formats import entry_json
from bibtools.formats.bibtex import Document
from bibtools.formats.bibtex.reading import read_entries
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
from bibtools.sites.records import Record

BASE = "https://aclanthology.org"
_ACCEPT = (
    "text/plain",
    "text/x-bibtex",
    "application/x-bibtex",
    "application/x-bibtex-text-file",
    "application/octet-stream",
)
_OLD_ID = re.compile(r"[A-Za-z]\d{2}-\d{4}")
_ID_IN_ADDRESS = re.compile(r"aclanthology\.org/(?:anthology/)?([\w.-]+?)(?:\.pdf)?/?\Z")
_DOI = "10.18653/v1/"


def spelled(subject: str) -> str:
    """The ID as the site spells it: capitals only in the old ones (`N18-1202`)."""
    return subject.upper() if _OLD_ID.fullmatch(subject) else subject.lower()


def request_paper(questions: Sequence[Question]) -> Request:
    """One request for one paper by Anthology ID: `N18-1202`, `2020.acl-main.1`."""
    (question,) = questions
    return _request(f"{quote(spelled(question.subject), safe='')}.bib")


def request_volume(questions: Sequence[Question]) -> Request:
    """One request for one volume: `N18-1`, `2020.acl-main`."""
    (question,) = questions
    volume = question.subject
    volume = volume.upper() if re.fullmatch(r"[A-Za-z]\d{2}-\d{1,2}", volume) else volume.lower()
    return _request(f"volumes/{quote(volume, safe='')}.bib")


def _request(path: str) -> Request:
    return Request("acl", f"{BASE}/{path}", accept=_ACCEPT, largest=30_000_000)


def parse_paper(reply: Reply, questions: Sequence[Question]) -> Mapping[Question, Answer]:
    """The paper. Raises `UnreadableError`."""
    (question,) = questions
    if _is_its_404(reply):
        return {question: NotFound()}
    records = [one for one in _records(reply) if one.identifier == spelled(question.subject)]
    if not records:
        raise UnreadableError("the file is that of another paper")
    return {question: Found((records[0],))}


def parse_volume(reply: Reply, questions: Sequence[Question]) -> Mapping[Question, Answer]:
    """The papers of a volume in their order, the volume itself first. Raises `UnreadableError`."""
    (question,) = questions
    if _is_its_404(reply):
        return {question: NotFound()}
    records = tuple(_records(reply))
    if not records:
        raise UnreadableError("the file holds no entry")
    return {question: Found(records)}


def _is_its_404(reply: Reply) -> bool:
    return reply.status == 404 and b"404" in reply.body


def _records(reply: Reply) -> list[Record]:
    if reply.status != 200:
        raise shapes.refusal(reply)
    if not reply.body.strip():
        raise UnreadableError("the answer is empty")
    if reply.body.lstrip()[:1] == b"<":
        raise UnreadableError("the answer is a web page, not a file")
    try:
        entries, _ = read_entries(Document.parse(reply.body))
    except (RecursionError, ValueError) as error:
        raise UnreadableError(f"the file cannot be read ({type(error).__name__})") from None
    return [_record(entry) for entry in entries]


def _record(entry: Entry) -> Record:
    found = _cleaned(entry)
    return Record(found, identifier=_identifier(found))


def _identifier(entry: Entry) -> str:
    for link in entry.links:
        if match := _ID_IN_ADDRESS.search(link.url):
            return spelled(match[1])
    if entry.doi is not None and entry.doi.folded.startswith(_DOI):
        return spelled(entry.doi.folded.removeprefix(_DOI))
    return ""


def _cleaned(entry: Entry) -> Entry:
    """The entry as a stranger's: every text plain, and no LaTeX word for word (`extra`), which
    would be written into the user's file as it stands.
    """
    bare = replace(entry, key=None, sources=(), extra={}, doubts=(), remarks=(), resolution=None)
    return entry_json.from_json(_plain(entry_json.to_json(bare)))


def _plain(value: object) -> dict[str, object]:
    """The JSON of an entry with clean texts; what is empty then goes."""
    cleaned = _clean(value)
    assert isinstance(cleaned, dict)
    return cleaned


def _clean(value: object) -> object:
    if isinstance(value, str):
        return shapes.clean(value)
    if isinstance(value, dict):
        pairs = ((shapes.clean(str(name)), _clean(item)) for name, item in value.items())
        return {name: item for name, item in pairs if name and item != ""}
    return [_clean(item) for item in value] if isinstance(value, list) else value


SERVICE = Service(
    name="acl",
    title="ACL Anthology",
    host="aclanthology.org",
    base=BASE,
    # No limit is published for its files; a second is our own rule.
    pace=Pace(1.0),
    kinds={
        "acl": Batch(1, request_paper, parse_paper, keep_days=180, keep_missing_days=14),
        "volume": Batch(1, request_volume, parse_volume, keep_days=30, keep_missing_days=3),
    },
    answers="papers and volumes of computational linguistics by Anthology ID",
    terms="CC BY 4.0 for material since 2016 (https://aclanthology.org/faq/copyright/)",
)
