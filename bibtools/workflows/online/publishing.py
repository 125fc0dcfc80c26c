"""The round for published versions: of what is a preprint, or does not say where it appeared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bibtools.matching.published import NO_RECORD, Choice, Judged, choose_published
from bibtools.model import Doi, Outcome
from bibtools.sites.asking import CouldNotAsk, Found, NotFound, Question, Service
from bibtools.sites.records import Record
from bibtools.text.titles import title_key
from bibtools.workflows.online import questions
from bibtools.workflows.online.filling import (
    add_published,
    is_other_publication,
    publication_beside,
)
from bibtools.workflows.online.judging import judge_own
from bibtools.workflows.online.questions import Sort, named, stated_dois, wants_published
from bibtools.workflows.online.state import BY_A_PERSON, Work

if TYPE_CHECKING:
    from bibtools.workflows.online.rounds import Run


def find_published(run: Run) -> None:
    """Find the published versions and use them as the options say."""
    search = search_published(run)
    for work in run.works:
        if wants_published(work):
            search.use(work)


def search_published(run: Run) -> Search:
    """Ask for the published versions of what is a preprint or does not say where it appeared.

    The DOI that the authors gave arXiv goes first, at Crossref; who has none is looked for at
    Semantic Scholar (with a key), INSPIRE (physics) and DBLP (the rest), many in one request;
    DataCite tells what arXiv told it of those that are still open and that arXiv itself could not
    be asked about. Crossref, and DataCite of what
    it lacks, is then asked for the DOIs that turned up: its record is the fullest, and what it
    contradicts is not taken.
    """
    search = Search(run)
    crossref, datacite, inspire = named("crossref"), named("datacite"), named("inspire")
    search.ask([(crossref, "doi", questions.by_stated_doi(crossref))])
    search.ask([(inspire, "arxiv", search.still_open(questions.twin_at_inspire(inspire)))])
    if "semantic-scholar" in run.options.keyed:
        scholar = named("semantic-scholar")
        search.ask([(scholar, "arxiv", search.still_open(questions.twin_by_arxiv(scholar)))])
    dblp = named("dblp")
    search.ask([(dblp, "title", search.still_open(questions.twin_by_title(dblp)))])
    if run.options.thorough:
        search.ask([(crossref, "title", search.still_open(questions.twin_by_title(crossref)))])
    search.ask_versions(datacite)
    for _ in range(_ROUNDS):
        # A DOI that leads elsewhere may leave another record the best.
        if not search.ask([(crossref, "doi", search.unconfirmed(crossref))]):
            break
        search.ask([(datacite, "doi", search.unconfirmed(datacite))])
    return search


_ROUNDS = 3
_AGENCIES = ("crossref", "datacite")
"""Who registers DOIs, in the order in which they are asked."""
_STATING = frozenset({"inspire"})
"""Services whose record of the preprint names the DOI of the paper, put there by hand."""
_PREPRINTS = "10.48550/"


class Search:
    """The candidates that were found so far."""

    def __init__(self, run: Run) -> None:
        """Nothing is found yet."""
        self.run = run
        self.candidates: dict[int, list[tuple[Question, Record]]] = {}
        self.unknown: dict[int, list[Question]] = {}
        """DOIs that an agency does not know, by entry."""
        self.stated: dict[int, list[Doi]] = {}
        """DOIs that services beside arXiv state for the preprint, by entry."""
        self.made: dict[str, Work] = {}
        """Entries of published versions that this run puts beside another, by DOI or title."""
        self.unasked: set[int] = set()
        """Entries of which somebody could not be asked: nothing is said of what is missing."""
        self.there = {
            doi.folded: work for work in run.works if (doi := questions.real_doi(work.given))
        }
        self.titles = {
            (title_key(work.given.title or ""), title_key(venue)): work
            for work in run.works
            if (venue := questions.real_venue(work.given))
        }

    def ask(self, sorts: Sequence[tuple[Service, str, Sort]]) -> int:
        """Ask, and keep what is found; gives how many questions that were."""
        told = self.run.ask(sorts)
        for work, _, question, answer in told:
            if isinstance(answer, Found):
                own = self.candidates.setdefault(work.number, [])
                own += [(question, record) for record in answer.records]
                if question.service in _STATING:
                    self.note_stated(work, answer.records)
            elif isinstance(answer, CouldNotAsk):
                self.unasked.add(work.number)
            elif isinstance(answer, NotFound) and question.kind == "doi":
                self.unknown.setdefault(work.number, []).append(question)
        return len(told)

    def ask_versions(self, datacite: Service) -> None:
        """What DataCite knows of the preprints that are still open: `IsVersionOf`."""
        asks = questions.preprint_at_datacite(datacite, thorough=self.run.options.thorough)
        wanted = self.still_open(asks)
        for work, _, _, answer in self.run.ask([(datacite, "doi", wanted)]):
            if isinstance(answer, Found) and judge_own(work, answer.records[0])[0] is Outcome.SURE:
                self.note_stated(work, answer.records)

    def note_stated(self, work: Work, records: Sequence[Record]) -> None:
        """The DOIs that records of the preprint itself state for it."""
        for record in records:
            arxiv, own = record.entry.arxiv, questions.own_arxiv(work)
            if record.published_doi is not None and arxiv is not None and arxiv == own:
                self.stated.setdefault(work.number, []).append(record.published_doi)

    def choice(self, work: Work) -> Choice:
        """What the candidates come to."""
        own = self.candidates.get(work.number, ())
        references = [r.journal_reference for _, r in work.records if r.journal_reference]
        return choose_published(
            questions.preprint_of(work),
            (record for _, record in own),
            stated=[*stated_dois(work), *self.stated.get(work.number, ())],
            registered=self.registered(work),
            reference=references[0] if references else None,
        )

    def registered(self, work: Work) -> dict[str, Record | None]:
        """What the agencies say of the DOIs that they were asked for."""
        found: dict[str, Record | None] = {}
        for question in self.unknown.get(work.number, ()):
            if question.service == _AGENCIES[-1]:
                found[question.subject] = None
        for name in reversed(_AGENCIES):
            for question, record in self.candidates.get(work.number, ()):
                if (question.service, question.kind) == (name, "doi"):
                    found[question.subject] = record
        return found

    def still_open(self, wanted: Sort) -> Sort:
        """The same questions, for the entries whose version is not sure yet."""
        sure = {
            work.number
            for work in self.run.works
            if work.number in self.candidates and self.choice(work).outcome is Outcome.SURE
        }
        return lambda work: () if work.number in sure else wanted(work)

    def unconfirmed(self, service: Service) -> Sort:
        """The DOIs of the chosen records that the agency was not asked for; and those that others
        state, which nobody was asked for.
        """
        return lambda work: self._unconfirmed(work, service)

    def _unconfirmed(self, work: Work, service: Service) -> list[Question]:
        if not wants_published(work):
            return []
        own = self.candidates.get(work.number, ())
        choice = self.choice(work)
        dois = [record.entry.doi for record in choice.chosen if record.entry.doi is not None]
        if choice.outcome is Outcome.NONE:
            dois += self.stated.get(work.number, ())
        known = {question.subject for question, _ in own if question.service in _AGENCIES}
        lacked = {one.subject for one in self.unknown.get(work.number, ())}
        asked = {
            one.subject for one in self.unknown.get(work.number, ()) if one.service == service.name
        }
        first = service.name == _AGENCIES[0]
        return [
            Question(service.name, "doi", folded)
            for folded in dict.fromkeys(doi.folded for doi in dois)
            if folded not in known | asked
            and (first or folded in lacked)
            and not folded.startswith(_PREPRINTS)
        ]

    def confirmed(self, work: Work) -> Choice:
        """As `choice`; not sure where nobody could be asked what its DOI is."""
        choice = self.choice(work)
        known = self.registered(work)
        for record in choice.chosen:
            doi = record.entry.doi
            if doi is None or doi.folded in known or doi.folded.startswith(_PREPRINTS):
                continue
            rule = f"{choice.rule}; but its DOI {doi} could not be checked"
            return replace(choice, outcome=Outcome.LIKELY, rule=rule, chosen=())
        return choice

    def use(self, work: Work) -> None:
        """Decide which of the candidates is the published version, and use it as asked for."""
        options, today = self.run.options, self.run.today
        choice = self.confirmed(work)
        picked = self.picked(work, choice)
        if choice.outcome not in options.accept and not picked:
            work.publications = choice.publications
            self.tell_unsure(work, choice)
            return
        rule = f"{BY_A_PERSON}: {picked[0].verdict.rule}" if picked else choice.rule
        best = picked or choice.considered[:1]
        chosen = choice.chosen or tuple(one.record for one in best)
        own = self.candidates[work.number]
        work.published = tuple((q, one) for one in chosen for q, record in own if record is one)
        for said in dict.fromkeys(record.retracted for record in chosen if record.retracted):
            work.tell(f"its published version is {said}.", "enrich.retracted")
        if (other := self.is_there(work, chosen)) is not None:
            work.tell(
                f"its published version is there already: {other.name}.", "enrich.published-there"
            )
        elif options.published == "beside" and (twin := self.is_made(chosen)) is not None:
            work.tell(
                f"its published version is put beside {twin.name} already.",
                "enrich.published-there",
            )
        elif options.published == "beside":
            work.beside = publication_beside(work, rule, today)
            self.made |= dict.fromkeys(_marks(chosen), work)
        elif is_other_publication(work.now, chosen[0].entry) and options.published == "add":
            place = chosen[0].entry
            year = f" ({place.date.year})" if place.date is not None else ""
            work.tell(
                f"a published version was found that is not the one the entry cites: "
                f"{place.venue or place.doi}{year}.",
                "enrich.other-version",
                "Nothing was written of it; --published beside makes it an entry of its own.",
            )
        else:
            add_published(work, rule, today, replace_all=options.published == "replace")

    def picked(self, work: Work, choice: Choice) -> tuple[Judged, ...]:
        """The publication that a person chose, if it is still among what may be it."""
        if choice.outcome is Outcome.SURE:
            return ()
        wanted = self.run.options.picked.get(work.number, ())
        return tuple(one for one in choice.considered if one.record in wanted)

    def is_there(self, work: Work, chosen: Sequence[Record]) -> Work | None:
        """Another entry of the file that is the published version."""
        for record in chosen:
            entry = record.entry
            other = self.there.get(entry.doi.folded) if entry.doi is not None else None
            if other is None and entry.doi is None and entry.venue:
                key = (title_key(entry.title or ""), title_key(entry.venue))
                other = self.titles.get(key)
            if other is not None and other.number != work.number:
                return other
        return None

    def is_made(self, chosen: Sequence[Record]) -> Work | None:
        """Another entry beside which this run has put the same published version."""
        return next((self.made[mark] for mark in _marks(chosen) if mark in self.made), None)

    def tell_unsure(self, work: Work, choice: Choice) -> None:
        """What was found and not written."""
        if choice.outcome is not Outcome.NONE:
            work.tell(
                f"a published version is {choice.outcome.value}, not sure: {choice.rule}"
                f"{_named(choice)}.",
                "enrich.published",
                "Nothing was written of it; --accept likely takes what is likely, "
                "--interactive asks you.",
            )
            return
        stated = stated_dois(work)
        if work.number in self.unasked:
            return
        if not stated:
            if choice.rule != NO_RECORD:
                work.tell(
                    f"a published version was not taken: {choice.rule}.",
                    "enrich.published",
                    "Check it by hand.",
                )
            self.tell_reference(work)
            return
        why = choice.rule
        if not self.candidates.get(work.number):
            services = (named(one.service).title for one in self.unknown.get(work.number, ()))
            why = "; ".join(f"{one} does not know it" for one in dict.fromkeys(services)) or why
        work.tell(
            f"the DOI {stated[0]} that its authors gave was not taken: {why}.",
            "enrich.published",
            "Check it by hand.",
        )

    def tell_reference(self, work: Work) -> None:
        """What the authors wrote at arXiv of where it appeared: a claim, alone never sure."""
        said = [one.journal_reference for _, one in work.records if one.journal_reference]
        if said:
            work.tell(
                f'its authors say at arXiv that it appeared in "{said[0][:160]}"; no record of '
                "that was found.",
                "enrich.journal-reference",
                "Nothing was written of it.",
            )


def _marks(chosen: Sequence[Record]) -> list[str]:
    """What tells a publication: its DOI, or title and venue."""
    dois = [record.entry.doi.folded for record in chosen if record.entry.doi is not None]
    return dois or [
        f"{title_key(record.entry.title or '')}|{title_key(record.entry.venue or '')}"
        for record in chosen
    ]


def _named(choice: Choice) -> str:
    if choice.outcome is not Outcome.LIKELY or not choice.considered:
        return ""
    entry = choice.considered[0].record.entry
    where = ", ".join(str(one) for one in (entry.venue, entry.doi) if one)
    return f" ({where})" if where else ""
