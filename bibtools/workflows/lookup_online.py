"""Looking up over the network: what was named becomes an entry, and `enrich_online` fills it.

    title  --search--> arXiv ID or DOI, or candidates
    PMCID, DBLP key, ISBN, repository --its own service--> arXiv ID or DOI, or a record
    identifier --the rounds of `enrich`--> entry with published version and code

So a thousand look-ups cost the requests of one run of `enrich` over a thousand entries, the same
questions fill and read the same cache, and a value is known by the same rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from bibtools.adapters.looked_up import Kept, LookedUp
from bibtools.adapters.web.asking import Job
from bibtools.codelinks import is_unofficial
from bibtools.model import (
    ArxivId,
    Entry,
    Link,
    Notice,
    Outcome,
    Resolution,
    Source,
    parse_arxiv,
    parse_doi,
    type_preprint,
)
from bibtools.model.progress import Progress
from bibtools.sites.asking import Answer, CouldNotAsk, Found, Question
from bibtools.sites.named import Named
from bibtools.sites.named_identifiers import (
    ACL,
    ARXIV,
    DBLP,
    DOI,
    ISBN,
    PMCID,
    PMID,
    REPOSITORY,
    TITLE,
)
from bibtools.sites.services import service
from bibtools.sites.title_readings import Reading, readings
from bibtools.text.addresses import same_address_key
from bibtools.text.titles import title_key, title_words
from bibtools.workflows.lookup import (
    BESIDE,
    LIKELY,
    CouldNot,
    Known,
    Looked,
    LookupOptions,
    as_typed,
)
from bibtools.workflows.lookup_readings import asked_for, doubt, rule_of
from bibtools.workflows.lookup_repositories import headed, papers_of
from bibtools.workflows.online import Asks, OnlineOptions, Told, dated, enrich_online
from bibtools.workflows.online.sides import candidate_records

if TYPE_CHECKING:
    from bibtools.adapters.index import Index

_LETTERS: Final = 24
"""Letters of a title below which it may be anybody's."""
_WORDS: Final = 4
_MOST_CANDIDATES: Final = 10
_MOST_READINGS: Final = 3
"""Readings of one title for which services are asked."""


def look_up_online(
    looked: Sequence[Looked],
    web: Asks,
    index: Index | None = None,
    *,
    kept: LookedUp | None = None,
    options: LookupOptions | None = None,
    progress: Progress | None = None,
) -> list[Looked]:
    """What the services know of each, in their order; what was found before is the beginning.

    Answers in which nothing is missing are put into `kept`.
    """
    options = options or LookupOptions()
    run = _Run(web, index, options, progress)
    distinct = {(one.what.kind, one.what.value): one for one in looked}
    done = dict(zip(distinct, run.look_up(list(distinct.values())), strict=True))
    found = [
        as_typed(replace(done[one.what.kind, one.what.value], what=one.what)) for one in looked
    ]
    if kept is not None:
        for one in done.values():
            _keep(one, kept, options)
    return found


def _keep(one: Looked, kept: LookedUp, options: LookupOptions) -> None:
    """Keep what is sure and whole."""
    if one.entry is None or one.unasked or one.rule.startswith(LIKELY):
        return
    told = {
        part: (known.source, known.question, known.rule, known.asked)
        for part, known in one.evidence.items()
    }
    said = tuple(notice.message for notice in one.notices)
    kept.keep(one.what, options.mark, Kept(one.entry, told, one.rule, said, one.newest))


@dataclass(slots=True)
class _Wanted:
    """One thing on its way."""

    before: Looked
    seed: Entry | None = None
    """What is known of it: an identifier, or a whole record."""
    given: Entry | None = None
    """What is to be searched for: a title, maybe with authors and year."""
    rule: str = ""
    """How the seed was found."""
    reading: Reading | None = None
    """What the title was read as, where it was not taken as it was typed."""
    outcome: Outcome = Outcome.NONE
    candidates: list[Entry] = field(default_factory=list)
    unasked: list[CouldNot] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    @property
    def what(self) -> Named:
        return self.before.what


class _Run:
    """One run over all that was named."""

    def __init__(
        self, web: Asks, index: Index | None, options: LookupOptions, progress: Progress | None
    ) -> None:
        self.web = web
        self.index = index
        self.options = options
        self.progress = progress

    def look_up(self, looked: Sequence[Looked]) -> list[Looked]:
        wanted = [_Wanted(one, _seed(one.what), rule="the identifier was given") for one in looked]
        for one in wanted:
            if one.what.kind == TITLE:
                one.given = Entry(title=one.what.value)
        self.ask_owners([one for one in wanted if one.what.kind in _OWNERS])
        self.ask_repositories([one for one in wanted if one.what.kind == REPOSITORY])
        titles = [one for one in wanted if one.given is not None and one.seed is None]
        if titles:
            self.find_titles(titles)
        return self.fill(wanted)

    # --- whole records by identifiers that only one service knows --------------------------------

    def ask_owners(self, wanted: Sequence[_Wanted]) -> None:
        """Ask the one service that knows each kind of identifier."""
        asked: list[tuple[_Wanted, Question]] = []
        jobs: dict[tuple[str, str], list[Question]] = {}
        for one in wanted:
            question = _question(one.what)
            asked.append((one, question))
            jobs.setdefault((question.service, question.kind), []).append(question)
        answers = self.answers(
            [Job(service(name), kind, own) for (name, kind), own in jobs.items()]
        )
        for one, question in asked:
            answer = answers.get(question)
            if isinstance(answer, Found):
                one.seed = answer.records[0].entry
                one.rule = f"the record of {question.subject}"
            elif isinstance(answer, CouldNotAsk):
                one.unasked.append(_could_not(question, answer))

    def ask_repositories(self, wanted: Sequence[_Wanted]) -> None:
        """What the index knows of repositories, and what they say of themselves."""
        left = []
        for one in wanted:
            papers = self.index.papers_of_link(one.what.value) if self.index is not None else ()
            if len(papers) == 1:
                arxiv = ArxivId(papers[0].value)
                one.seed = Entry(type=type_preprint, arxiv=arxiv)
                one.rule = "the index has it as the code of this paper alone"
            else:
                left.append(one)
        asked = {id(one): _readme_of(one.what.value) for one in left}
        jobs: dict[tuple[str, str], list[Question]] = {}
        for one in left:
            if (question := asked[id(one)]) is not None:
                jobs.setdefault((question.service, question.kind), []).append(question)
        answers = self.answers(
            [Job(service(name), kind, own) for (name, kind), own in jobs.items()]
        )
        for one in left:
            question = asked[id(one)]
            answer = answers.get(question) if question is not None else None
            if question is None:
                one.rule = "bibtools asks no service what such a repository says of itself"
            elif isinstance(answer, CouldNotAsk):
                one.unasked.append(_could_not(question, answer))
            elif isinstance(answer, Found):
                self.take_repository(one, answer)

    def take_repository(self, one: _Wanted, answer: Found) -> None:
        """The paper that a repository names, or those that it may belong to."""
        repository = answer.records[0].repository
        if repository is not None:
            said = papers_of(repository)
            papers, one.rule, own = said.papers, said.rule, said.own
            if not own and said.papers and all(paper.title is None for paper in papers):
                papers = self.with_titles(papers)
                printed = headed(repository.readme, papers)
                if len(printed) == 1:
                    papers, own = tuple(printed), not is_unofficial(repository)
                    one.rule = "its README has the title and the arXiv ID of one paper"
        else:
            # A model, a data set or a space: the papers whose addresses its card has.
            papers = self.with_titles([record.entry for record in answer.records])
            one.rule, own = "its card at Hugging Face has the address of the paper", False
        if len(papers) == 1 and (own or Outcome.LIKELY in self.options.accept):
            paper = papers[0]
            one.rule = one.rule if own else LIKELY + one.rule
            if paper.arxiv is not None or paper.doi is not None:
                one.seed = Entry(
                    type=paper.type, title=paper.title, arxiv=paper.arxiv, doi=paper.doi
                )
            else:
                one.given = paper
        elif papers:
            one.candidates = list(papers)
            one.outcome = Outcome.LIKELY if len(papers) == 1 else Outcome.AMBIGUOUS

    def with_titles(self, papers: Sequence[Entry]) -> tuple[Entry, ...]:
        """The papers as arXiv knows them."""
        questions = {
            paper.arxiv.value: Question("arxiv", "arxiv", paper.arxiv.value)
            for paper in papers
            if paper.arxiv is not None
        }
        answers = self.answers([Job(service("arxiv"), "arxiv", list(questions.values()))])
        found = []
        for paper in papers:
            asked = questions.get(paper.arxiv.value) if paper.arxiv is not None else None
            answer = answers.get(asked) if asked is not None else None
            found.append(answer.records[0].entry if isinstance(answer, Found) else paper)
        return tuple(found)

    def answers(self, jobs: Sequence[Job]) -> Mapping[Question, Answer]:
        if not jobs:
            return {}
        if self.web.silent:
            reason = CouldNotAsk("this run is offline, and no earlier answers are kept")
            return {question: reason for job in jobs for question in job.questions}
        return self.web.ask_all(jobs, self.progress)

    # --- titles -----------------------------------------------------------------------------------

    def find_titles(self, wanted: Sequence[_Wanted]) -> None:
        """Which paper each title is: first as `enrich` does, then also at Crossref."""
        # What is only likely is accepted at the end, where it is known as such.
        settings = OnlineOptions(code=False, keyed=self.options.keyed)
        self.identify(wanted, settings)
        self.read_otherwise(wanted, settings)
        still = [one for one in wanted if one.seed is None and one.outcome is Outcome.NONE]
        if still and not self.web.silent:
            self.identify(still, replace(settings, thorough=True))
            self.read_otherwise(still, replace(settings, thorough=True))

    def read_otherwise(self, wanted: Sequence[_Wanted], settings: OnlineOptions) -> None:
        """Ask once more for titles that may have authors or a year beside them."""
        ways = {
            id(one): readings(one.what.value)[:_MOST_READINGS]
            for one in wanted
            if one.seed is None and one.what.kind == TITLE and BESIDE.search(one.what.value)
        }
        for number in range(_MOST_READINGS):
            asked = [
                (one, ways[id(one)][number])
                for one in wanted
                if one.seed is None and number < len(ways.get(id(one), ()))
            ]
            if not asked:
                return
            tries = [_Wanted(one.before, given=asked_for(way)) for one, way in asked]
            self.identify(tries, settings)
            for (one, way), tried in zip(asked, tries, strict=True):
                one.unasked += tried.unasked
                if tried.seed is not None:
                    one.seed, one.rule, one.reading = tried.seed, rule_of(tried.rule, way), way
                elif one.outcome is Outcome.NONE:
                    one.outcome, one.candidates = tried.outcome, tried.candidates
                    one.rule = rule_of(tried.rule, way)

    def identify(self, wanted: Sequence[_Wanted], settings: OnlineOptions) -> None:
        given = [one.given or Entry(title=one.what.value) for one in wanted]
        online = enrich_online(given, self.web, self.index, settings, self.progress)
        records = candidate_records(online, self.web, self.index)
        for one, told in zip(wanted, online.told, strict=True):
            one.unasked = [*one.unasked, *_unasked(told)]
            _identify(one, told, records, self.options.accept)

    # --- the whole entry --------------------------------------------------------------------------

    def fill(self, wanted: Sequence[_Wanted]) -> list[Looked]:
        """What `enrich` makes of the seeds."""
        settings = OnlineOptions(
            accept=self.options.accept,
            published="none" if self.options.published is False else "add",
            code=self.options.code,
            keyed=self.options.keyed,
        )
        seeded = [one for one in wanted if one.seed is not None]
        done: dict[int, Looked] = {}
        # Apart, because `enrich` leaves a publication that is an entry of its own to that entry,
        # and here no answer may hang on what else was asked.
        for some in (
            [one for one in seeded if one.seed and (one.seed.doi or one.seed.venue)],
            [one for one in seeded if one.seed and not (one.seed.doi or one.seed.venue)],
        ):
            done |= self.enrich(some, settings)
        self.add_versions(done)
        return [done.get(id(one)) or _not_found(one) for one in wanted]

    def add_versions(self, done: dict[int, Looked]) -> None:
        """Note the newest version of each arXiv paper; its record is there already."""
        answered = getattr(self.web, "answered", {})
        questions = {
            name: question
            for name, one in done.items()
            if one.what.kind == ARXIV
            and one.entry is not None
            and str(question := Question("arxiv", "arxiv", one.what.value)) in answered
        }
        asked = list(dict.fromkeys(questions.values()))
        answers = self.answers([Job(service("arxiv"), "arxiv", asked)])
        for name, question in questions.items():
            answer = answers.get(question)
            if isinstance(answer, Found) and (paper := parse_arxiv(answer.records[0].identifier)):
                done[name] = replace(done[name], newest=paper.version)

    def enrich(self, seeded: Sequence[_Wanted], settings: OnlineOptions) -> dict[int, Looked]:
        """One run of `enrich` over seeds, by the identity of what was wanted."""
        if not seeded:
            return {}
        # The place tells whose a notice is, and the key what it is called in one.
        seeds = [
            replace(one.seed, key=one.what.shown, sources=(Source(_HERE, number),))
            for number, one in enumerate(seeded)
            if one.seed is not None
        ]
        online = enrich_online(seeds, self.web, self.index, settings, self.progress)
        online = dated(online, getattr(self.web, "answered", {}))
        for notice in online.notices:
            if notice.rule in _TOLD and notice.file == _HERE and notice.line is not None:
                seeded[notice.line].notices.append(
                    Notice(notice.message, rule=notice.rule, hint=notice.hint)
                )
        return {
            id(one): _looked(one, told, self.options.accept)
            for one, told in zip(seeded, online.told, strict=True)
        }


_HERE: Final = "<looked up>"
_TOLD: Final = frozenset({"enrich.retracted", "enrich.other-work", "enrich.likely-work"})
"""Rules of the notices of `enrich` that a person who looks something up is told, too."""

# --- from names to seeds --------------------------------------------------------------------------

_GIVEN: Final = "given"
_OWNERS: Final = frozenset({PMCID, DBLP, ISBN})


def _seed(what: Named) -> Entry | None:
    """The entry that says no more than what was named."""
    match what.kind:
        case "arxiv":
            arxiv = parse_arxiv(what.value)
            return Entry(type=type_preprint, arxiv=arxiv) if arxiv is not None else None
        case "doi":
            doi = parse_doi(what.printed or what.value)
            return Entry(doi=doi) if doi is not None else None
        case "pmid":
            return Entry(other_ids={"pmid": what.value})
        case "acl":
            url = f"https://aclanthology.org/{what.value}"
            return Entry(links=(Link(url, _GIVEN),))
        case _:
            return None


def _question(what: Named) -> Question:
    name, kind = {
        PMCID: ("pubmed", "pmcid"),
        DBLP: ("dblp", "key"),
        ISBN: ("open-library", "isbn"),
    }[what.kind]
    return Question(name, kind, what.value)


def _readme_of(url: str) -> Question | None:
    """The question for what a repository says of itself."""
    key = same_address_key(url)
    if key.startswith("github.com/"):
        return Question("github", "readme", key)
    if key.startswith("huggingface.co/"):
        path = url.partition("huggingface.co/")[2]
        kind = path.partition("/")[0]
        name = path if kind in ("spaces", "datasets") else f"models/{path}"
        return Question("hugging-face", "card", name)
    return None


def _identify(
    one: _Wanted, told: Told, records: Mapping[str, Entry], accept: Iterable[Outcome]
) -> None:
    """What a search by title found: the seed, or candidates."""
    found = told.entry.resolution
    title = one.given.title or "" if one.given is not None else one.what.value
    if told.entry.arxiv is not None:
        arxiv = ArxivId(told.entry.arxiv.value)
        rule = found.rule if found is not None else ""
        if found is not None and found.outcome is not Outcome.SURE:
            rule = LIKELY + rule
        one.seed, one.rule = Entry(type=type_preprint, arxiv=arxiv), rule
        return
    if told.entry.doi is not None:
        known = told.evidence.get("doi")
        one.seed, one.rule = Entry(doi=told.entry.doi), known.rule if known else ""
        return
    papers = [
        records.get(candidate.arxiv.value) or Entry(title=candidate.title, arxiv=candidate.arxiv)
        for candidate in (found.candidates if found is not None else ())
    ]
    published = [group[0] for group in told.publications]
    only = published[0].record if len(published) == 1 and not papers else None
    if only is not None and only.entry.doi is not None and _is_title(title, only.entry):
        one.seed = Entry(doi=only.entry.doi)
        one.rule = "exact title, distinctive and the only one of its kind"
        return
    one.candidates = [*papers, *(group.record.entry for group in published)][:_MOST_CANDIDATES]
    if one.candidates:
        likely = found is not None and found.outcome is Outcome.LIKELY and len(papers) == 1
        alone = len(one.candidates) == 1
        one.outcome = Outcome.LIKELY if alone and (likely or only) else Outcome.AMBIGUOUS
        one.rule = _rule(found, told)
        if one.outcome is Outcome.LIKELY and Outcome.LIKELY in accept:
            chosen = one.candidates[0]
            one.seed = _identified(chosen)
            one.rule = LIKELY + one.rule


def _identified(entry: Entry) -> Entry:
    """The seed for a candidate."""
    if entry.arxiv is not None:
        return Entry(type=type_preprint, arxiv=ArxivId(entry.arxiv.value))
    return Entry(doi=entry.doi) if entry.doi is not None else entry


def _rule(found: Resolution | None, told: Told) -> str:
    if found is not None and found.candidates:
        return found.rule
    verdicts = [group[0].verdict.rule for group in told.publications]
    return verdicts[0] if len(verdicts) == 1 else "several publications are alike"


def _is_title(title: str, entry: Entry) -> bool:
    """Whether the title is the entry's own and says enough to be nobody else's."""
    key = title_key(title)
    return (
        key == title_key(entry.title or "")
        and len(key) >= _LETTERS
        and len(set(title_words(title))) >= _WORDS
    )


# --- from entries to answers ----------------------------------------------------------------------


def _looked(one: _Wanted, told: Told, accept: Iterable[Outcome]) -> Looked:
    """What `enrich` told, as the answer."""
    entry, unasked = told.entry, (*one.unasked, *_unasked(told))
    notices = tuple(one.notices)
    if entry.title is None:
        # Nobody had a record: what is printed in the seed is all there is.
        return Looked(
            one.what, rule=_missing(one.what), where="services", unasked=unasked, notices=notices
        )
    evidence = {
        part: Known(known.source, known.question, known.rule, known.asked)
        for part, known in told.evidence.items()
    }
    entry = replace(
        entry,
        key=None,
        sources=(),
        resolution=None,
        remarks=(),
        links=tuple(link for link in entry.links if link.evidence != _GIVEN),
    )
    looked = Looked(
        one.what, Outcome.SURE, (entry,), one.rule, "services", evidence, _lacking(unasked), notices
    )
    if one.reading is None or one.rule.startswith(LIKELY):
        return looked
    if not (why := doubt(one.reading, entry)):
        return looked
    rule = rule_of(why, one.reading)
    if Outcome.LIKELY in accept:
        return replace(looked, rule=LIKELY + rule)
    return replace(looked, outcome=Outcome.LIKELY, rule=rule, evidence={})


def _lacking(unasked: tuple[CouldNot, ...]) -> tuple[CouldNot, ...]:
    return tuple({one.question: one for one in unasked}.values())


def _not_found(one: _Wanted) -> Looked:
    return Looked(
        one.what,
        one.outcome,
        tuple(one.candidates),
        _why(one),
        "services",
        unasked=_lacking(tuple(one.unasked)),
        notices=tuple(one.notices),
    )


def _why(one: _Wanted) -> str:
    if one.candidates or (one.what.kind == REPOSITORY and one.rule):
        return one.rule
    return _missing(one.what)


def _missing(what: Named) -> str:
    return _NOBODY.get(what.kind, "nobody who was asked knows it")


_NOBODY: Final[Mapping[str, str]] = {
    ARXIV: "arXiv does not know it",
    DOI: "neither Crossref nor DataCite knows it",
    PMID: "PubMed does not know it",
    PMCID: "PubMed does not know it",
    ACL: "the ACL Anthology does not know it",
    DBLP: "DBLP does not know it",
    ISBN: "Open Library does not know it",
    TITLE: "no title that was found fits",
    REPOSITORY: "it names no paper as its own",
}


def _unasked(told: Told) -> list[CouldNot]:
    return [CouldNot(one.title, one.question, one.reason) for one in told.unasked]


def _could_not(question: Question, answer: CouldNotAsk) -> CouldNot:
    return CouldNot(service(question.service).title, str(question), answer.reason)
