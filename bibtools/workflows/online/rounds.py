"""The rounds of questions: identifiers first, then titles, then published versions, then code.

The order is that of the cheapest and surest question: what is printed in the entry, the offline
index, identifiers in batches, titles in batches (DBLP), titles one by one (arXiv). A round asks
all services that it needs at once; what they say is decided when all have answered, so the result
does not depend on who was first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rapidfuzz import fuzz

from bibtools.adapters.index import Index
from bibtools.adapters.web.asking import Job
from bibtools.codelinks import with_code_remark
from bibtools.matching import resolve
from bibtools.matching.evidence import AUTHOR_SEPARATOR, IndexedPaper
from bibtools.matching.published_pair import PLAIN_WORDS, is_published_version
from bibtools.model import ArxivId, Candidate, Entry, Outcome, Resolution, parse_arxiv
from bibtools.model.progress import Progress
from bibtools.sites.asking import Answer, CouldNotAsk, Found, NotFound, Question, Service
from bibtools.sites.records import Record
from bibtools.text.fingerprints import sketch
from bibtools.text.titles import title_key
from bibtools.workflows.enrich import DECISION, enrich_entries, no_garbage_search, printed_id
from bibtools.workflows.online import code, publishing, questions
from bibtools.workflows.online.filling import fill_from_index, fill_from_record
from bibtools.workflows.online.judging import judge_own
from bibtools.workflows.online.questions import Sort, named
from bibtools.workflows.online.state import (
    BY_A_PERSON,
    Asks,
    Evidence,
    Online,
    OnlineOptions,
    Told,
    Work,
)

YOU = "you"
"""The source of what a person chose."""


def enrich_online(
    entries: Sequence[Entry],
    web: Asks,
    index: Index | None = None,
    options: OnlineOptions | None = None,
    progress: Progress | None = None,
) -> Online:
    """Fill what the entries lack, from the index and the services, and say how it is known.

    Nothing that an entry has is changed, unless `options.published` is `replace`; what says no
    more than "arXiv" gives way to the publication. What a service could not be asked is neither
    found nor missing: it is in `Told.unasked`.
    """
    options = options or OnlineOptions()
    locked = options.locked or [frozenset[str]()] * len(entries)
    works = [
        Work(number, entry, entry, lock)
        for number, (entry, lock) in enumerate(zip(entries, locked, strict=True))
    ]
    with no_garbage_search():
        run = Run(works, web, index, options, progress)
        run.ask_index()
        run.ask_catalogues()
        run.ask_dois()
        run.ask_preprints()
        run.ask_dblp()
        run.ask_ids()
        run.ask_titles()
        if options.published != "none":
            publishing.find_published(run)
            # Some have a DOI only now.
            run.ask_preprints()
            run.ask_ids()
        if options.code:
            code.find_code(run)
    return Online(
        tuple(
            Told(
                with_code_remark(work.now),
                work.evidence,
                work.beside,
                tuple(work.unasked.values()),
                work.publications,
                tuple(dict(work.unsure).items()),
            )
            for work in works
        ),
        tuple(notice for work in works for notice in work.notices),
    )


class Run:
    """One run over all entries."""

    def __init__(
        self,
        works: Sequence[Work],
        web: Asks,
        index: Index | None,
        options: OnlineOptions,
        progress: Progress | None,
    ) -> None:
        """Nothing is asked yet."""
        self.works = works
        self.web = web
        self.index = index
        self.options = options
        self.progress = progress
        self.today = options.today.isoformat()
        self.silent = web.silent
        self.hints: dict[int, list[tuple[ArxivId, Service, Question]]] = {}
        """Preprints that somebody names for an entry's DOI, to be checked."""
        self.seen: set[tuple[int, Question]] = set()
        """For which entries which ID was asked, or a search has brought its record."""

    def ask(
        self, sorts: Sequence[tuple[Service, str, Sort]]
    ) -> list[tuple[Work, Service, Question, Answer]]:
        """Ask what each sort of questions wants of every entry; all of them together."""
        if self.silent:
            return []
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
                work.could_not(service, question, answer.reason)
            told.append((work, service, question, answer))
        return told

    # --- what is there already ------------------------------------------------------------------

    def ask_index(self) -> None:
        """What a person chose, what the entries print, what the offline index knows."""
        for number in self.options.chosen:
            self.works[number].evidence["arxiv"] = Evidence(
                "arxiv", YOU, "", f"{BY_A_PERSON} at the terminal", self.today
            )
        if self.index is None:
            for work in self.works:
                self.take_printed(work)
            return
        outcome = enrich_entries(
            [work.given for work in self.works],
            self.index,
            dict(self.options.chosen),
            progress=self.progress,
        )
        for work, after in zip(self.works, outcome.entries, strict=True):
            fill_from_index(work, after, self.today, self.options)
        if self.works:
            # Their notices know their entries.
            self.works[0].notices += outcome.notices

    def take_printed(self, work: Work) -> None:
        """The arXiv ID that a person chose or the entry prints, wherever it prints it."""
        chosen = self.options.chosen.get(work.number)
        if chosen is not None:
            found = Resolution(Outcome.SURE, chosen, "decided by hand", (), DECISION)
        elif (printed := printed_id(work.given)) is not None:
            found = Resolution(
                Outcome.SURE, printed, "the ID is printed in the entry", (), "printed"
            )
        else:
            return
        work.now = replace(work.now, resolution=found)
        if work.now.arxiv is None and "arxiv" not in work.locked:
            work.now = replace(work.now, arxiv=found.arxiv)
            work.evidence.setdefault(
                "arxiv", Evidence("arxiv", "the entry itself", "", found.rule, self.today)
            )

    # --- catalogues ---------------------------------------------------------------------------

    def ask_catalogues(self) -> None:
        """Records of the PubMed IDs and Anthology IDs of entries that have no DOI.

        The Anthology's papers have DOIs made of their IDs, of which Crossref is asked fifty at
        once; only what it does not know costs a request at the Anthology.
        """
        pubmed, crossref, acl = named("pubmed"), named("crossref"), named("acl")
        missing = set[int]()
        for work, service, question, answer in self.ask(
            [
                (pubmed, "pmid", questions.by_pmid(pubmed)),
                (crossref, "doi", questions.by_anthology_doi(crossref)),
            ]
        ):
            if isinstance(answer, Found):
                self.take_record(work, service, question, answer.records[0])
            elif isinstance(answer, NotFound) and service is crossref:
                missing.add(work.number)
        wanted = questions.only(missing, questions.by_anthology(acl))
        for work, _, question, answer in self.ask([(acl, "acl", wanted)]):
            if isinstance(answer, Found):
                self.take_record(work, acl, question, answer.records[0])

    # --- DOIs ---------------------------------------------------------------------------------

    def ask_dois(self) -> None:
        """Records of the entries' own DOIs: Crossref's, and DataCite's of what it lacks."""
        crossref, datacite = named("crossref"), named("datacite")
        missing = set[int]()
        for work, _, question, answer in self.ask(
            [(crossref, "doi", questions.by_own_doi(crossref))]
        ):
            if isinstance(answer, Found):
                self.take_record(work, crossref, question, answer.records[0])
                self.take_hint(work, crossref, question, answer.records[0])
            elif isinstance(answer, NotFound):
                missing.add(work.number)
        wanted = questions.only(missing, questions.by_own_doi(datacite))
        for work, _, question, answer in self.ask([(datacite, "doi", wanted)]):
            if isinstance(answer, Found):
                self.take_record(work, datacite, question, answer.records[0])
            elif isinstance(answer, NotFound):
                work.unknown.append(question)
                work.tell(
                    f"neither Crossref nor DataCite knows the DOI {work.now.doi}.",
                    "enrich.unknown-doi",
                    "Other agencies exist, but misprints are more usual.",
                )

    def ask_preprints(self) -> None:
        """What preprint OpenAlex names for the DOIs of entries without arXiv ID."""
        openalex = named("openalex")
        for work, _, question, answer in self.ask(
            [(openalex, "doi", questions.preprint_of_doi(openalex))]
        ):
            if isinstance(answer, Found):
                self.take_hint(work, openalex, question, answer.records[0])

    def take_hint(self, work: Work, service: Service, question: Question, record: Record) -> None:
        """Remember the preprint that a record of the entry's DOI names."""
        doi = record.preprint_doi
        arxiv = parse_arxiv(doi.value) if doi is not None else None
        if arxiv is not None and work.now.arxiv is None and "arxiv" not in work.locked:
            self.hints.setdefault(work.number, []).append(
                (questions.without_version(arxiv), service, question)
            )

    # --- identifiers --------------------------------------------------------------------------

    def ask_ids(self) -> None:
        """Ask arXiv for its own records of the entries whose arXiv ID is known or named."""
        arxiv = named("arxiv")
        hinted = {
            number: [Question("arxiv", "arxiv", one.value) for one, _, _ in hints]
            for number, hints in self.hints.items()
            if self.works[number].now.arxiv is None
        }

        def wanted(work: Work) -> list[Question]:
            both = [*questions.by_arxiv(work), *hinted.get(work.number, ())]
            return [one for one in both if (work.number, one) not in self.seen]

        for work, _, question, answer in self.ask([(arxiv, "arxiv", wanted)]):
            self.seen.add((work.number, question))
            if work.number in hinted:
                self.check_hint(work, answer)
            elif isinstance(answer, Found):
                self.take_record(work, arxiv, question, answer.records[0])
            elif isinstance(answer, NotFound):
                self.tell_unknown(work, question)

    def tell_unknown(self, work: Work, question: Question) -> None:
        """The ID is unknown to arXiv: one of ours is taken back."""
        work.unknown.append(question)
        work.tell(
            f"arXiv does not know {question.subject}.",
            "enrich.unknown-id",
            "Check the ID; nothing was filled from it.",
        )
        if work.given.arxiv is None and work.evidence.pop("arxiv", None) is not None:
            work.now = replace(work.now, arxiv=None)

    def check_hint(self, work: Work, answer: Answer) -> None:
        """Take the preprint that somebody names for the entry's DOI, if it is the same work."""
        if not isinstance(answer, Found) or work.now.arxiv is not None:
            return
        record = answer.records[0]
        arxiv = record.entry.arxiv
        assert arxiv is not None
        says = [hint for hint in self.hints[work.number] if hint[0] == arxiv]
        stated = [record.published_doi] if record.published_doi is not None else []
        verdict = is_published_version(record.entry, work.now, stated=stated, mutual=True)
        titles = " and ".join(dict.fromkeys(service.title for _, service, _ in says))
        theirs = record.entry.title or ""
        likeness = fuzz.ratio(title_key(work.now.title or ""), title_key(theirs))
        candidate = Candidate(arxiv, theirs, likeness, verdict.agreed, verdict.against)
        if verdict.outcome is Outcome.SURE:
            rule = f"{titles} names it as the preprint of this DOI, and the title agrees"
            found = Resolution(Outcome.SURE, arxiv, rule, (candidate,), titles)
        elif verdict.outcome is Outcome.LIKELY:
            rule = f"{titles} names it as the preprint of this DOI; but {verdict.rule}"
            found = Resolution(Outcome.LIKELY, None, rule, (candidate,), titles)
        else:
            return
        service, asked = says[0][1:]
        self.take_id(work, service, asked, found, (record,))

    def take_record(
        self,
        work: Work,
        service: Service,
        question: Question,
        record: Record,
        *,
        decided: bool = False,
    ) -> None:
        """Use a record of this very work, unless it is about another one.

        `decided` says that title and witnesses have led to it, and not an identifier.
        """
        outcome, rule = (Outcome.SURE, "") if decided else judge_own(work, record)
        if outcome is Outcome.NONE:
            work.others.append((question, record))
            self.tell_other(work, service, question, record, "nothing was filled from it")
            self.take_back(work, question)
            return
        likely = outcome is Outcome.LIKELY
        agreed = likely and (work.number, question) in self.options.own
        if likely and not agreed and Outcome.LIKELY not in self.options.accept:
            work.unsure.append((question, record))
            self.tell_other(work, service, question, record, f"that is likely it, not sure: {rule}")
            self.take_back(work, question)
            return
        if record.retracted:
            work.tell(f"{record.retracted}.", "enrich.retracted")
        work.records.append((question, record))
        doubt = rule if likely else ""
        fill_from_record(work, service, question, record.entry, self.today, doubt, by_person=agreed)

    def tell_other(
        self, work: Work, service: Service, question: Question, record: Record, what: str
    ) -> None:
        """An identifier leads to another work, or to what may be one."""
        known = f'"{(record.entry.title or "")[:100]}"'
        if record.notice is not None:
            known = f"{record.notice}, {known}"
        sure = what.startswith("nothing")
        work.tell(
            f"{service.title} knows {question.subject} as {known}; {what}.",
            "enrich.other-work" if sure else "enrich.likely-work",
            "Check which of the two is right."
            if sure
            else "Nothing was filled from it; --accept likely does.",
        )

    def take_back(self, work: Work, question: Question) -> None:
        """An ID that we read out of the entry's addresses is not written."""
        mine = work.evidence.get("arxiv")
        if question.kind == "arxiv" and work.given.arxiv is None and mine is not None:
            if mine.source == YOU:
                return
            del work.evidence["arxiv"]
            work.now = replace(work.now, arxiv=None)

    # --- titles -------------------------------------------------------------------------------

    def ask_dblp(self) -> None:
        """Who has no identifier yet: DBLP, many titles in one request."""
        dblp = named("dblp")
        for work, _, question, answer in self.ask([(dblp, "title", questions.by_dblp_title)]):
            if isinstance(answer, Found):
                found = self.resolved(work, dblp, answer.records)
                # That DBLP has none says nothing: it knows computer science.
                if found.outcome is not Outcome.NONE:
                    self.take_id(work, dblp, question, found, ())

    def ask_titles(self) -> None:
        """Who has no arXiv ID still: arXiv's title search, one request each."""
        arxiv = named("arxiv")
        thorough = self.options.thorough
        wanted = questions.by_any_title if thorough else questions.by_arxiv_title
        for work, _, question, answer in self.ask([(arxiv, "title", wanted)]):
            if isinstance(answer, Found):
                found = self.resolved(work, arxiv, answer.records)
                self.take_id(work, arxiv, question, found, answer.records)
            elif isinstance(answer, NotFound):
                none = Resolution(Outcome.NONE, None, "no title at arXiv fits", (), arxiv.title)
                work.now = replace(work.now, resolution=_better(work.now.resolution, none))

    def resolved(self, work: Work, service: Service, records: Sequence[Record]) -> Resolution:
        """Which of the records is the preprint of this work."""
        papers = [_as_paper(one) for one in records if one.entry.arxiv is not None]
        found = resolve.decide(resolve.Asked.of(work.now), papers, PLAIN_WORDS).resolution
        rule = found.rule.replace("the index", service.title)
        return replace(found, source=service.title, rule=rule)

    def take_id(
        self,
        work: Work,
        service: Service,
        question: Question,
        found: Resolution,
        records: Sequence[Record],
    ) -> None:
        """Keep what was decided, and where it may be written the ID with its record."""
        work.now = replace(work.now, resolution=_better(work.now.resolution, found))
        taken = self.accepted(work, found)
        if taken is None or work.now.arxiv is not None:
            return
        score = found.candidates[0].score if found.candidates else None
        rule = found.rule if found.outcome is Outcome.SURE else f"only likely: {found.rule}"
        work.now = replace(work.now, arxiv=taken)
        work.evidence["arxiv"] = Evidence(
            "arxiv", service.title, str(question), rule, self.today, score
        )
        for record in records:
            if record.entry.arxiv == taken:
                asked = Question("arxiv", "arxiv", taken.value)
                self.seen.add((work.number, asked))
                if service.name == "arxiv":
                    self.web.learn(service, {asked: Found((record,))})
                self.take_record(work, named("arxiv"), asked, record, decided=True)
                return

    def accepted(self, work: Work, found: Resolution) -> ArxivId | None:
        """The ID that may be written."""
        if "arxiv" in work.locked or found.outcome not in self.options.accept:
            return None
        if found.arxiv is not None:
            return found.arxiv
        return found.candidates[0].arxiv if len(found.candidates) == 1 else None


# --- what answers mean --------------------------------------------------------------------------

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
