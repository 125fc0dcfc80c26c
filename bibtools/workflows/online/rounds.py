"""The rounds of questions: identifiers first, then titles, then published versions, then code.

The order is that of the cheapest and surest question: what is printed in the entry, the offline
index, identifiers in batches, titles one by one. A round asks all services that it needs at once;
what they say is decided when all have answered, so the result does not depend on who was first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from bibtools.adapters.index import Index
from bibtools.adapters.web.asking import Job
from bibtools.codelinks import add_code_links, repository_of, stated_links, with_code_remark
from bibtools.matching import resolve
from bibtools.matching.evidence import AUTHOR_SEPARATOR, IndexedPaper
from bibtools.matching.published import choose_published
from bibtools.matching.published_pair import PLAIN_WORDS, is_published_version, names_preprint
from bibtools.model import ArxivId, Doi, Entry, Link, Outcome, Resolution, parse_arxiv
from bibtools.model.progress import Progress
from bibtools.sites import services
from bibtools.sites.asking import Answer, CouldNotAsk, Found, NotFound, Question, Service
from bibtools.sites.records import Record
from bibtools.text.fingerprints import sketch
from bibtools.text.titles import title_words
from bibtools.workflows.enrich import enrich_entries, printed_id
from bibtools.workflows.online.filling import (
    add_published,
    fill_from_index,
    fill_from_record,
    publication_beside,
)
from bibtools.workflows.online.state import (
    Asks,
    Evidence,
    Online,
    OnlineOptions,
    Told,
    Work,
)

_TITLED_KINDS = frozenset(
    "article article-journal paper-conference preprint manuscript document report chapter "
    "webpage".split()
)
"""Types of works that may be on arXiv: for others no request is spent."""

_Sort = Callable[[Work], Iterable[Question]]


def enrich_online(
    entries: Sequence[Entry],
    web: Asks,
    index: Index | None = None,
    options: OnlineOptions | None = None,
    progress: Progress | None = None,
) -> Online:
    """Fill what the entries lack, from the index and the services, and say how it is known.

    Nothing that an entry has is changed, unless `options.published` is `replace`. What a service
    could not be asked is neither found nor missing: it is in `Told.unasked`.
    """
    options = options or OnlineOptions()
    locked = options.locked or [frozenset[str]()] * len(entries)
    works = [
        Work(number, entry, entry, lock)
        for number, (entry, lock) in enumerate(zip(entries, locked, strict=True))
    ]
    run = _Run(works, web, index, options, progress)
    run.ask_index()
    run.ask_ids()
    run.ask_titles()
    run.ask_dois()
    if options.published != "none":
        run.find_published()
    if options.code:
        run.find_code()
    return Online(
        tuple(
            Told(with_code_remark(work.now), work.evidence, work.beside, tuple(work.unasked))
            for work in works
        ),
        tuple(notice for work in works for notice in work.notices),
    )


class _Run:
    """One run over all entries."""

    def __init__(
        self,
        works: Sequence[Work],
        web: Asks,
        index: Index | None,
        options: OnlineOptions,
        progress: Progress | None,
    ) -> None:
        self.works = works
        self.web = web
        self.index = index
        self.options = options
        self.progress = progress
        self.today = options.today.isoformat()

    def ask(
        self, sorts: Sequence[tuple[Service, str, _Sort]]
    ) -> list[tuple[Work, Service, Question, Answer]]:
        """Ask what each sort of questions wants of every entry; all of them together."""
        asked: list[tuple[Work, Service, Question]] = []
        jobs = []
        for service, kind, wanted in sorts:
            own = [(work, service, one) for work in self.works for one in wanted(work)]
            if own:
                asked += own
                jobs.append(Job(service, kind, list(dict.fromkeys(one for _, _, one in own))))
        answers = self.web.ask_all(jobs, self.progress) if jobs else {}
        told = []
        for work, service, question in asked:
            answer = answers[question]
            if isinstance(answer, CouldNotAsk):
                work.could_not(service, answer.reason)
            told.append((work, service, question, answer))
        return told

    # --- the index ----------------------------------------------------------------------------

    def ask_index(self) -> None:
        """What the offline index knows; also what is printed in the entries."""
        if self.index is None:
            for work in self.works:
                if (printed := printed_id(work.given)) is not None:
                    work.now = replace(work.now, resolution=_printed(printed))
            return
        outcome = enrich_entries(
            [work.given for work in self.works], self.index, progress=self.progress
        )
        for work, after in zip(self.works, outcome.entries, strict=True):
            fill_from_index(work, after, self.today, self.options)
        # Their notices know their entries.
        self.works[0].notices += outcome.notices if self.works else ()

    # --- identifiers --------------------------------------------------------------------------

    def ask_ids(self) -> None:
        """Ask arXiv for its own records of the entries whose arXiv ID is known."""
        arxiv = services.service("arxiv")
        for work, _, question, answer in self.ask([(arxiv, "arxiv", _by_arxiv)]):
            if isinstance(answer, Found):
                self.take_record(work, arxiv, question, answer.records[0])
            elif isinstance(answer, NotFound):
                work.tell(
                    f"arXiv does not know {question.subject}.",
                    "enrich.unknown-id",
                    "Check the ID; nothing was filled from it.",
                )

    def take_record(self, work: Work, service: Service, question: Question, record: Record) -> None:
        """Use a record of this very work, unless it is about another one."""
        if not _same_work(work.now, record.entry):
            work.tell(
                f"{service.title} knows {question.subject} as "
                f'"{(record.entry.title or "")[:100]}"; nothing was filled from it.',
                "enrich.other-work",
                "Check which of the two is right.",
            )
            return
        if record.retracted:
            work.tell(f"{record.retracted}.", "enrich.retracted")
        work.records.append((question, record))
        fill_from_record(work, service, question, record.entry, self.today)

    # --- titles -------------------------------------------------------------------------------

    def ask_titles(self) -> None:
        """Who has no arXiv ID yet: arXiv's title search, one request each."""
        arxiv = services.service("arxiv")
        for work, _, question, answer in self.ask([(arxiv, "title", _by_title)]):
            if not isinstance(answer, Found):
                continue
            papers = [_as_paper(one) for one in answer.records if one.entry.arxiv is not None]
            found = resolve.decide(resolve.Asked.of(work.now), papers, PLAIN_WORDS).resolution
            found = replace(
                found, source=arxiv.title, rule=found.rule.replace("the index", "arXiv")
            )
            work.now = replace(work.now, resolution=_better(work.now.resolution, found))
            taken = self.accepted(work, found)
            if taken is None:
                continue
            work.now = replace(work.now, arxiv=taken)
            work.evidence["arxiv"] = Evidence(
                "arxiv", arxiv.title, str(question), found.rule, self.today,
                found.candidates[0].score if found.candidates else None,
            )  # fmt: skip
            record = next(one for one in answer.records if one.entry.arxiv == taken)
            asked = Question(arxiv.name, "arxiv", taken.value)
            work.records.append((asked, record))
            fill_from_record(work, arxiv, question, record.entry, self.today)

    def accepted(self, work: Work, found: Resolution) -> ArxivId | None:
        """The ID that may be written."""
        if "arxiv" in work.locked or found.outcome not in self.options.accept:
            return None
        if found.arxiv is not None:
            return found.arxiv
        return found.candidates[0].arxiv if len(found.candidates) == 1 else None

    # --- DOIs ---------------------------------------------------------------------------------

    def ask_dois(self) -> None:
        """Records of the entries' own DOIs: Crossref's, and DataCite's of what it lacks."""
        crossref, datacite = services.service("crossref"), services.service("datacite")
        missing = set[int]()
        for work, _, question, answer in self.ask([(crossref, "doi", _by_own_doi)]):
            if isinstance(answer, Found):
                self.take_record(work, crossref, question, answer.records[0])
            elif isinstance(answer, NotFound):
                missing.add(work.number)
        for work, _, question, answer in self.ask(
            [
                (
                    datacite,
                    "doi",
                    lambda work: _by_doi(work, datacite) if work.number in missing else (),
                )
            ]
        ):
            if isinstance(answer, Found):
                self.take_record(work, datacite, question, answer.records[0])
            elif isinstance(answer, NotFound):
                work.tell(
                    f"neither Crossref nor DataCite knows the DOI {work.now.doi}.",
                    "enrich.unknown-doi",
                    "Other agencies exist, but misprints are more usual.",
                )

    # --- published versions -------------------------------------------------------------------

    def find_published(self) -> None:
        """The published version of what is on arXiv and does not say where it appeared."""
        crossref, dblp = services.service("crossref"), services.service("dblp")
        scholar = services.service("semantic-scholar")
        rounds = self.ask(
            [
                (crossref, "doi", lambda work: _stated_questions(work, crossref)),
                (dblp, "title", lambda work: _title_questions(work, dblp)),
                (scholar, "arxiv", lambda work: _wanting_ids(work, scholar)),
            ]
        )
        candidates: dict[int, list[tuple[Question, Record]]] = {}
        for work, _, question, answer in rounds:
            if isinstance(answer, Found):
                candidates.setdefault(work.number, []).extend(
                    (question, record) for record in answer.records
                )
        if self.options.thorough:
            self.ask_published_titles(candidates)
        for work in self.works:
            if _wants_published(work):
                self.choose(work, candidates.get(work.number, []))

    def ask_published_titles(self, candidates: dict[int, list[tuple[Question, Record]]]) -> None:
        """Crossref by title, for those of whom nobody knew more."""
        crossref = services.service("crossref")

        def wanted(work: Work) -> Iterable[Question]:
            return () if candidates.get(work.number) else _title_questions(work, crossref)

        for work, _, question, answer in self.ask([(crossref, "title", wanted)]):
            if isinstance(answer, Found):
                candidates.setdefault(work.number, []).extend(
                    (question, record) for record in answer.records
                )

    def choose(self, work: Work, candidates: Sequence[tuple[Question, Record]]) -> None:
        """Decide which of the candidates is the published version, and use it as asked for."""
        stated = stated_dois(work)
        choice = choose_published(work.now, (record for _, record in candidates), stated=stated)
        if choice.outcome not in self.options.accept:
            if choice.outcome is not Outcome.NONE or stated:
                work.tell(
                    f"a published version is {choice.outcome.value}, not sure: {choice.rule}.",
                    "enrich.published",
                    "Nothing was written of it; --accept likely takes what is likely.",
                )
            return
        chosen = choice.chosen or tuple(one.record for one in choice.considered[:1])
        work.published = tuple(
            (q, record) for record in chosen for q, one in candidates if one is record
        )
        if any(record.retracted for record in chosen):
            work.tell("the published version is retracted.", "enrich.retracted")
        if self.options.published == "beside":
            work.beside = publication_beside(work, choice.rule, self.today)
        else:
            add_published(
                work, choice.rule, self.today, replace_all=self.options.published == "replace"
            )

    # --- code ---------------------------------------------------------------------------------

    def find_code(self) -> None:
        """What the authors print, then what Hugging Face's paper pages say, then whether it is
        there.
        """
        for work in self.works:
            if "code" not in work.locked:
                self.read_code(work)
        sorts = [(services.service("hugging-face"), "code", _code_questions)]
        if self.options.thorough:
            sorts.append((services.service("paperswithcode"), "code", _code_questions))
        found: dict[int, list[Link]] = {}
        asked: dict[str, tuple[Service, Question]] = {}
        named = [(service, kind, _named(service, wanted)) for service, kind, wanted in sorts]
        for work, service, question, answer in self.ask(named):
            if isinstance(answer, Found):
                for record in answer.records:
                    for link in record.entry.code:
                        found.setdefault(work.number, []).append(link)
                        asked.setdefault(link.url, (service, question))
        for work in self.works:
            self.add_links(work, found.get(work.number, ()), asked)
        if self.options.verify:
            self.verify_links()

    def read_code(self, work: Work) -> None:
        """The links that abstract and comment print."""
        for question, record in work.records:
            if question.service != "arxiv":
                continue
            links = [
                one.link
                for one in stated_links(record.entry.abstract, record.comment)
                if one.is_code
            ]
            self.add_links(
                work, links, {link.url: (services.service("arxiv"), question) for link in links}
            )

    def add_links(
        self, work: Work, links: Iterable[Link], asked: dict[str, tuple[Service, Question]]
    ) -> None:
        """Add links and say how they are known."""
        if "code" in work.locked:
            return
        before = {link.url for link in work.now.code}
        work.now = add_code_links(work.now, links)
        for link in work.now.code:
            if link.url not in before and link.url in asked:
                service, question = asked[link.url]
                work.evidence[f"code {link.url}"] = Evidence(
                    "code", service.title, str(question), link.evidence, self.today
                )

    def verify_links(self) -> None:
        """Ask GitHub whether the repositories are there, renamed or archived."""
        from bibtools.workflows.online.repositories import verify

        verify(self.works, self.web, self.today, self.progress)


# --- what is asked of whom ----------------------------------------------------------------------


def _by_arxiv(work: Work) -> Iterable[Question]:
    known = work.now.resolution
    resolved = known.arxiv if known is not None and known.outcome is Outcome.SURE else None
    if (arxiv := work.now.arxiv or resolved) is not None:
        yield Question("arxiv", "arxiv", arxiv.value)


def _by_title(work: Work) -> Iterable[Question]:
    known = work.now.resolution
    if (
        work.now.arxiv is None
        and "arxiv" not in work.locked
        and work.now.type in _TITLED_KINDS
        and (known is None or known.outcome in (Outcome.NONE, Outcome.LIKELY))
        and (folded := _folded(work.now.title))
    ):
        yield Question("arxiv", "title", folded)


def _folded(title: str | None) -> str:
    words = title_words(title or "")
    return " ".join(words) if len(words) > 1 else ""


def _by_own_doi(work: Work) -> Iterable[Question]:
    return _by_doi(work, services.service("crossref"))


def _by_doi(work: Work, service: Service) -> Iterable[Question]:
    doi = work.now.doi
    if doi is not None and parse_arxiv(doi.value) is None:
        yield Question(service.name, "doi", doi.folded)


def stated_dois(work: Work) -> list[Doi]:
    """The DOIs under which somebody says that the preprint was published."""
    found = [record.published_doi for _, record in work.records if record.published_doi]
    return list({doi.folded: doi for doi in found}.values())


def _wants_published(work: Work) -> bool:
    return (
        work.now.arxiv is not None
        and (work.now.doi is None or names_preprint(work.now.doi, work.now))
        and not work.published
    )


def _stated_questions(work: Work, service: Service) -> Iterable[Question]:
    if _wants_published(work):
        for doi in stated_dois(work):
            yield Question(service.name, "doi", doi.folded)


def _title_questions(work: Work, service: Service) -> Iterable[Question]:
    if _wants_published(work) and not work.now.venue and (folded := _folded(work.now.title)):
        yield Question(service.name, "title", folded)


def _wanting_ids(work: Work, service: Service) -> Iterable[Question]:
    if _wants_published(work) and work.now.arxiv is not None:
        yield Question(service.name, "arxiv", work.now.arxiv.value)


def _code_questions(work: Work) -> Iterable[Question]:
    if work.now.arxiv is not None and not work.now.code and "code" not in work.locked:
        yield Question("", "code", work.now.arxiv.value)


def _named(service: Service, wanted: _Sort) -> _Sort:
    return lambda work: (replace(one, service=service.name) for one in wanted(work))


# --- what answers mean --------------------------------------------------------------------------


def _printed(arxiv: ArxivId) -> Resolution:
    return Resolution(Outcome.SURE, arxiv, "the ID is printed in the entry", (), "printed")


_ORDER = (Outcome.SURE, Outcome.LIKELY, Outcome.AMBIGUOUS, Outcome.NONE)


def _better(known: Resolution | None, found: Resolution) -> Resolution:
    if known is None or _ORDER.index(found.outcome) <= _ORDER.index(known.outcome):
        return found
    return known


def _as_paper(record: Record) -> IndexedPaper:
    entry = record.entry
    assert entry.arxiv is not None
    drawn = sketch(entry.abstract) if entry.abstract else None
    return IndexedPaper(
        entry.arxiv,
        entry.title or "",
        AUTHOR_SEPARATOR.join(name.display() for name in entry.authors),
        entry.date,
        entry.categories,
        record.published_doi.value if record.published_doi else None,
        drawn[0] if drawn is not None else None,
    )


_DRESS = re.compile(r"\W+")


def _same_work(ours: Entry, theirs: Entry) -> bool:
    """Whether a record got by an identifier is about this work: title or authors must agree."""
    if not ours.title or not theirs.title:
        return True
    bare = replace(theirs, doi=None, arxiv=None, type="article-journal", venue="x")
    plain = replace(ours, doi=None, arxiv=None, type="document")
    verdict = is_published_version(plain, bare, words=PLAIN_WORDS)
    if verdict.outcome is not Outcome.NONE or "authors" in verdict.agreed:
        return True
    return _DRESS.sub("", ours.title).casefold() == _DRESS.sub("", theirs.title).casefold()


def repositories(works: Iterable[Work]) -> list[str]:
    """The repositories that the entries name, each once."""
    found = (repository_of(link.url) for work in works for link in work.now.code)
    return list(dict.fromkeys(one for one in found if one is not None))
