"""The round for published versions: of what is a preprint, or does not say where it appeared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bibtools.matching.published import Choice, choose_published
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
from bibtools.workflows.online.questions import Sort, named, stated_dois, wants_published
from bibtools.workflows.online.state import Work

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
    Semantic Scholar (with a key) and DBLP, many in one request. Crossref is then asked for the
    DOIs that turned up: its record is the fullest, and what it contradicts is not taken.
    """
    search = Search(run)
    crossref = named("crossref")
    search.ask([(crossref, "doi", questions.by_stated_doi(crossref))])
    if "semantic-scholar" in run.options.keyed:
        scholar = named("semantic-scholar")
        search.ask([(scholar, "arxiv", search.still_open(questions.twin_by_arxiv(scholar)))])
    dblp = named("dblp")
    search.ask([(dblp, "title", search.still_open(questions.twin_by_title(dblp)))])
    if run.options.thorough:
        search.ask([(crossref, "title", search.still_open(questions.twin_by_title(crossref)))])
    search.ask([(crossref, "doi", search.unconfirmed)])
    return search


class Search:
    """The candidates that were found so far."""

    def __init__(self, run: Run) -> None:
        """Nothing is found yet."""
        self.run = run
        self.candidates: dict[int, list[tuple[Question, Record]]] = {}
        self.unknown: dict[int, list[str]] = {}
        """DOIs that Crossref does not know, by entry."""
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

    def ask(self, sorts: Sequence[tuple[Service, str, Sort]]) -> None:
        """Ask, and keep what is found."""
        for work, service, question, answer in self.run.ask(sorts):
            if isinstance(answer, Found):
                own = self.candidates.setdefault(work.number, [])
                own += [(question, record) for record in answer.records]
            elif isinstance(answer, CouldNotAsk):
                self.unasked.add(work.number)
            elif isinstance(answer, NotFound) and question.kind == "doi":
                self.unknown.setdefault(work.number, []).append(f"{service.title} does not know it")

    def choice(self, work: Work) -> Choice:
        """What the candidates come to."""
        records = (record for _, record in self.candidates.get(work.number, ()))
        return choose_published(work.now, records, stated=stated_dois(work))

    def still_open(self, wanted: Sort) -> Sort:
        """The same questions, for the entries whose version is not sure yet."""
        sure = {
            work.number
            for work in self.run.works
            if work.number in self.candidates and self.choice(work).outcome is Outcome.SURE
        }
        return lambda work: () if work.number in sure else wanted(work)

    def unconfirmed(self, work: Work) -> list[Question]:
        """The DOIs of the chosen records that Crossref was not asked for."""
        own = self.candidates.get(work.number, ())
        if not own or not wants_published(work):
            return []
        choice = self.choice(work)
        dois: list[Doi] = [
            record.entry.doi for record in choice.chosen if record.entry.doi is not None
        ]
        asked = {question.subject for question, _ in own if question.kind == "doi"}
        return [
            Question("crossref", "doi", folded)
            for folded in dict.fromkeys(doi.folded for doi in dois)
            if folded not in asked
        ]

    def use(self, work: Work) -> None:
        """Decide which of the candidates is the published version, and use it as asked for."""
        options, today = self.run.options, self.run.today
        choice = self.choice(work)
        agreed = work.number in options.agreed and choice.outcome is Outcome.LIKELY
        if choice.outcome not in options.accept and not agreed:
            if choice.outcome is Outcome.LIKELY:
                work.doubt = choice.considered[0].record
            self.tell_unsure(work, choice)
            return
        rule = f"{choice.rule}; you said it is the same" if agreed else choice.rule
        chosen = choice.chosen or tuple(one.record for one in choice.considered[:1])
        own = self.candidates[work.number]
        work.published = tuple((q, one) for one in chosen for q, record in own if record is one)
        for said in dict.fromkeys(record.retracted for record in chosen if record.retracted):
            work.tell(f"its published version is {said}.", "enrich.retracted")
        if (other := self.is_there(work, chosen)) is not None:
            work.tell(
                f"its published version is there already: {other.name}.", "enrich.published-there"
            )
        elif options.published == "beside":
            work.beside = publication_beside(work, rule, today)
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

    def tell_unsure(self, work: Work, choice: Choice) -> None:
        """What was found and not written."""
        if choice.outcome is not Outcome.NONE:
            work.tell(
                f"a published version is {choice.outcome.value}, not sure: {choice.rule}"
                f"{_named(choice)}.",
                "enrich.published",
                "Nothing was written of it; --accept likely takes what is likely.",
            )
            return
        stated = stated_dois(work)
        if not stated or work.number in self.unasked:
            return
        why = choice.rule
        if not self.candidates.get(work.number):
            why = "; ".join(dict.fromkeys(self.unknown.get(work.number, ()))) or why
        work.tell(
            f"the DOI {stated[0]} that its authors gave was not taken: {why}.",
            "enrich.published",
            "Check it by hand.",
        )


def _named(choice: Choice) -> str:
    if choice.outcome is not Outcome.LIKELY or not choice.considered:
        return ""
    entry = choice.considered[0].record.entry
    where = ", ".join(str(one) for one in (entry.venue, entry.doi) if one)
    return f" ({where})" if where else ""
