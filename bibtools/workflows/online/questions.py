"""What is asked of whom about an entry: only what it lacks, and the cheapest question first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from bibtools.matching.published_pair import names_preprint
from bibtools.model import ArxivId, Doi, Entry, Outcome, parse_arxiv
from bibtools.sites import services
from bibtools.sites.asking import Question, Service
from bibtools.text.arxiv_words import is_arxiv_venue
from bibtools.text.titles import title_words
from bibtools.workflows.online.state import Work

Sort = Callable[[Work], Iterable[Question]]
"""The questions of one kind about one entry."""

_TITLED_KINDS = frozenset(
    "article article-journal paper-conference preprint manuscript document report chapter "
    "webpage".split()
)
"""Types of works that may be on arXiv: for others no request is spent."""
_PUBLICATIONS = frozenset("paper-conference chapter book".split())


def real_venue(entry: Entry) -> str | None:
    """Where the entry says that it appeared; None where it says no more than "arXiv"."""
    return None if entry.venue is None or is_arxiv_venue(entry.venue) else entry.venue


def real_doi(entry: Entry) -> Doi | None:
    """The entry's DOI, unless it is one of arXiv's."""
    return entry.doi if entry.doi is not None and parse_arxiv(entry.doi.value) is None else None


def cites_publication(entry: Entry) -> bool:
    """Whether the entry speaks of a published version: the preprint's date is not its date."""
    return (
        real_venue(entry) is not None or real_doi(entry) is not None or entry.type in _PUBLICATIONS
    )


def by_arxiv(work: Work) -> Iterable[Question]:
    """The record of its ID at arXiv."""
    if work.now.arxiv is not None:
        yield Question("arxiv", "arxiv", work.now.arxiv.value)


def by_arxiv_title(work: Work) -> Iterable[Question]:
    """A title search at arXiv: for entries without ID, and without another identifier."""
    if real_doi(work.now) is None:
        yield from by_any_title(work)


def by_any_title(work: Work) -> Iterable[Question]:
    """A title search at arXiv, also for entries with a DOI."""
    known = work.now.resolution
    open_ = known is None or known.outcome in (Outcome.NONE, Outcome.LIKELY)
    if open_ and (folded := _wanted_title(work)):
        yield Question("arxiv", "title", folded)


def by_dblp_title(work: Work) -> Iterable[Question]:
    """DBLP's records of that title, among them the preprint's: many titles in one request."""
    known = work.now.resolution
    open_ = known is None or known.outcome is Outcome.NONE
    if open_ and real_doi(work.now) is None and (folded := _wanted_title(work)):
        yield Question("dblp", "title", folded)


def _wanted_title(work: Work) -> str:
    now = work.now
    if now.arxiv is not None or "arxiv" in work.locked or now.type not in _TITLED_KINDS:
        return ""
    return folded_title(now.title)


def folded_title(title: str | None) -> str:
    """The title as the subject of a question; empty for one of a single word."""
    words = title_words(title or "")
    return " ".join(words) if len(words) > 1 else ""


def by_own_doi(service: Service) -> Sort:
    """The record of the entry's own DOI, which is not arXiv's."""

    def wanted(work: Work) -> Iterable[Question]:
        if (doi := real_doi(work.now)) is not None:
            yield Question(service.name, "doi", doi.folded)

    return wanted


def preprint_of_doi(service: Service) -> Sort:
    """The record of the entry's own DOI, for the preprint that it names."""

    def wanted(work: Work) -> Iterable[Question]:
        known = work.now.resolution
        if _wanted_title(work) and (known is None or known.outcome is Outcome.NONE):
            yield from by_own_doi(service)(work)

    return wanted


# --- published versions -------------------------------------------------------------------------


def wants_published(work: Work) -> bool:
    """Whether to look for its published version: it has no DOI, and is a preprint or says
    nothing of where it appeared.
    """
    now = work.now
    if now.type not in _TITLED_KINDS:
        return False
    if now.doi is not None and not names_preprint(now.doi, now):
        return False
    return now.arxiv is not None or real_venue(now) is None


def stated_dois(work: Work) -> list[Doi]:
    """The DOIs under which somebody says that the preprint was published."""
    found = [record.published_doi for _, record in work.records if record.published_doi]
    return list({doi.folded: doi for doi in found}.values())


def by_stated_doi(service: Service) -> Sort:
    """The records of those DOIs."""

    def wanted(work: Work) -> Iterable[Question]:
        if wants_published(work):
            for doi in stated_dois(work):
                yield Question(service.name, "doi", doi.folded)

    return wanted


def twin_by_title(service: Service) -> Sort:
    """The records of that title; of an entry with a venue it is known already."""

    def wanted(work: Work) -> Iterable[Question]:
        now = work.now
        folded = folded_title(now.title)
        if wants_published(work) and real_venue(now) is None and folded:
            yield Question(service.name, "title", folded)

    return wanted


def twin_by_arxiv(service: Service) -> Sort:
    """What a service knows under the arXiv ID, the published version among it."""

    def wanted(work: Work) -> Iterable[Question]:
        if wants_published(work) and work.now.arxiv is not None:
            yield Question(service.name, "arxiv", work.now.arxiv.value)

    return wanted


# --- code ---------------------------------------------------------------------------------------


def by_code(service: Service) -> Sort:
    """The code of the paper, where the entry has none."""

    def wanted(work: Work) -> Iterable[Question]:
        if work.now.arxiv is not None and not work.now.code and "code" not in work.locked:
            yield Question(service.name, "code", work.now.arxiv.value)

    return wanted


def only(numbers: frozenset[int] | set[int], wanted: Sort) -> Sort:
    """The same questions, for some of the entries."""
    return lambda work: wanted(work) if work.number in numbers else ()


def without_version(arxiv: ArxivId) -> ArxivId:
    """The paper, of whatever version."""
    return replace(arxiv, version=None)


def named(name: str) -> Service:
    """The service of this name."""
    return services.service(name)
