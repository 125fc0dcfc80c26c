"""What is asked of whom about an entry: only what it lacks, and the cheapest question first."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from bibtools.matching.published_pair import names_preprint
from bibtools.model import ArxivId, Doi, Entry, Outcome, parse_arxiv
from bibtools.sites import services
from bibtools.sites.asking import Question, Service
from bibtools.text.arxiv_words import is_arxiv_venue
from bibtools.text.titles import is_word_of_many, title_words
from bibtools.workflows.enrich import contradicted
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


def own_arxiv(work: Work) -> ArxivId | None:
    """The entry's arXiv ID, unless it is another work's, may be, or is nobody's."""
    arxiv = work.now.arxiv
    if arxiv is None or contradicted(work.now.resolution):
        return None
    known = [question for question, _ in (*work.others, *work.unsure)]
    doubted = any(
        one.kind == "arxiv" and one.subject == arxiv.value for one in (*known, *work.unknown)
    )
    return None if doubted else arxiv


def preprint_of(work: Work) -> Entry:
    """The entry without an arXiv ID that is not its own."""
    return work.now if own_arxiv(work) is not None else replace(work.now, arxiv=None)


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
    # Chinese and Japanese set no blanks.
    return " ".join(words) if len(words) > 1 or any(map(is_word_of_many, words)) else ""


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
        physics = service.name == "dblp" and is_physics(work)
        if wants_published(work) and real_venue(now) is None and folded and not physics:
            yield Question(service.name, "title", folded)

    return wanted


def twin_by_arxiv(service: Service) -> Sort:
    """What a service knows under the arXiv ID, the published version among it."""

    def wanted(work: Work) -> Iterable[Question]:
        if wants_published(work) and (arxiv := own_arxiv(work)) is not None:
            yield Question(service.name, "arxiv", arxiv.value)

    return wanted


_PHYSICS = frozenset("hep-ex hep-lat hep-ph hep-th nucl-ex nucl-th gr-qc".split())
"""The classes that INSPIRE collects, and DBLP does not."""
_TEXKEY = re.compile(r"[A-Z][\w'-]*:\d{4}[a-z]{2,3}")
"""A citation key as INSPIRE makes them: "Aad:2012tfa"."""


def is_physics(work: Work) -> bool:
    """Whether INSPIRE is the one to know it: by its class, or by the key that it gave."""
    known = bool(work.now.categories) and work.now.categories[0] in _PHYSICS
    return known or _TEXKEY.fullmatch(work.given.key or "") is not None


def twin_at_inspire(service: Service) -> Sort:
    """What INSPIRE knows under the arXiv ID of a paper in physics."""
    by_id = twin_by_arxiv(service)
    return lambda work: by_id(work) if is_physics(work) else ()


def preprint_at_datacite(service: Service, *, thorough: bool) -> Sort:
    """The record of the preprint's own DOI, with what arXiv told of its publication.

    arXiv's own record tells the same, so who has that is asked about on request alone.
    """

    def wanted(work: Work) -> Iterable[Question]:
        told = any(question.service == "arxiv" for question, _ in work.records)
        if not wants_published(work) or (told and not thorough):
            return
        if (arxiv := own_arxiv(work)) is not None:
            yield Question(service.name, "doi", arxiv.doi.lower())

    return wanted


# --- identifiers of other catalogues ------------------------------------------------------------

_ANTHOLOGY = re.compile(
    r"(?:https?://)?(?:www\.)?aclanthology\.org/(?:anthology/)?"
    r"([A-Za-z]\d{2}-\d{4}|\d{4}\.[\w-]+\.\d+)(?:\.pdf|\.bib)?/?"
)
_ANTHOLOGY_DOI = "10.18653/v1/"


def anthology_id(entry: Entry) -> str | None:
    """The entry's ID in the ACL Anthology, from its address or its DOI."""
    if entry.doi is not None and entry.doi.folded.startswith(_ANTHOLOGY_DOI):
        return entry.doi.folded.removeprefix(_ANTHOLOGY_DOI)
    for link in entry.links:
        if match := _ANTHOLOGY.fullmatch(link.url):
            return match[1].lower()
    return None


def by_anthology_doi(service: Service) -> Sort:
    """The record of the DOI that the Anthology gives its papers, for an entry without DOI."""

    def wanted(work: Work) -> Iterable[Question]:
        number = anthology_id(work.now)
        if number is not None and work.now.doi is None and "doi" not in work.locked:
            yield Question(service.name, "doi", f"{_ANTHOLOGY_DOI}{number}")

    return wanted


def by_anthology(service: Service) -> Sort:
    """The Anthology's own record."""

    def wanted(work: Work) -> Iterable[Question]:
        if (number := anthology_id(work.now)) is not None:
            yield Question(service.name, "acl", number)

    return wanted


def by_pmid(service: Service) -> Sort:
    """PubMed's record, for an entry without DOI."""

    def wanted(work: Work) -> Iterable[Question]:
        number = work.now.other_ids.get("pmid", "").strip()
        if number.isdecimal() and number.isascii() and real_doi(work.now) is None:
            yield Question(service.name, "pmid", number)

    return wanted


# --- code ---------------------------------------------------------------------------------------


def by_code(service: Service) -> Sort:
    """The code of the paper, where the entry has none."""

    def wanted(work: Work) -> Iterable[Question]:
        arxiv = own_arxiv(work)
        if arxiv is not None and not work.now.code and "code" not in work.locked:
            yield Question(service.name, "code", arxiv.value)

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
