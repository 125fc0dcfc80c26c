"""An honest OAI-PMH service for `Loopback`: dated records in pages, tokens that skip."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qs, quote, urlsplit
from xml.sax.saxutils import escape

from tests.loopback import Answered, Asked, typed


@dataclass(frozen=True)
class Paper:
    """One record as the service has it."""

    number: str
    day: str
    """Of its last change."""
    title: str = "Untitled boats"
    people: tuple[tuple[str, str], ...] = (("Example", "Ada"),)
    abstract: str = ""
    comments: str = ""
    created: str = "2026-11-02"
    categories: str = "cs.CL"
    deleted: bool = False

    def xml(self) -> str:
        head = f"<identifier>oai:arXiv.org:{self.number}</identifier>"
        head += f"<datestamp>{self.day}</datestamp>"
        if self.deleted:
            return f'<record><header status="deleted">{head}</header></record>'
        people = "".join(
            f"<author><keyname>{escape(last)}</keyname><forenames>{escape(first)}</forenames>"
            "</author>"
            for last, first in self.people
        )
        parts = {
            "id": self.number,
            "created": self.created,
            "title": self.title,
            "categories": self.categories,
            "comments": self.comments,
            "abstract": self.abstract,
        }
        body = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in parts.items() if text)
        return (
            f"<record><header>{head}</header><metadata>"
            f'<arXiv xmlns="http://arxiv.org/OAI/arXiv/">{body}<authors>{people}</authors></arXiv>'
            "</metadata></record>"
        )

    def row(self) -> dict[str, object]:
        """The same as a line of the metadata snapshot."""
        return {
            "id": self.number,
            "title": self.title,
            "authors_parsed": [[last, first, ""] for last, first in self.people],
            "abstract": self.abstract or None,
            "comments": self.comments or None,
            "categories": self.categories,
            "versions": [{"version": "v1", "created": self.created}],
        }


@dataclass
class Oai:
    """The route: put `Oai(papers).answer` under `/oai`."""

    papers: list[Paper]
    size: int = 2
    """Records of one page."""
    today: str = "2026-11-20"
    expired: set[str] = field(default_factory=set)
    """Tokens that are refused."""
    ordered: bool = True
    """Whether records come in order of their days."""

    def answer(self, asked: Asked) -> Answered:
        query = {name: one[0] for name, one in parse_qs(urlsplit(asked.path).query).items()}
        skip = 0
        token = query.get("resumptionToken")
        if token is not None:
            if token in self.expired:
                return self._sent('<error code="badResumptionToken">Gone.</error>')
            begin, _, rest = token.partition("|")
            skip = int(rest)
        else:
            begin = query.get("from", "")
        papers = [one for one in self.papers if one.day >= begin]
        if self.ordered:
            papers.sort(key=lambda one: one.day)
        page = sorted(papers[skip : skip + self.size], key=lambda one: one.number)
        if not page:
            return self._sent('<error code="noRecordsMatch">Nothing.</error>')
        after = skip + self.size
        more = f"{begin}|{after}" if after < len(papers) else ""
        records = "".join(one.xml() for one in page)
        return self._sent(
            f"<ListRecords>{records}<resumptionToken>{more}</resumptionToken></ListRecords>"
        )

    def _sent(self, body: str) -> Answered:
        text = (
            '<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
            f"<responseDate>{self.today}T10:00:00Z</responseDate>{body}</OAI-PMH>"
        )
        return typed("text/xml", text.encode())


def query_of(asked: Asked) -> str:
    """What a request asked for: `from=...` or `token=...`, with the set."""
    query = {name: one[0] for name, one in parse_qs(urlsplit(asked.path).query).items()}
    if "resumptionToken" in query:
        return f"token={query['resumptionToken']}"
    return " ".join(f"{name}={quote(query[name])}" for name in ("from", "set") if name in query)
