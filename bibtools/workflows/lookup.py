"""Looking up what a person named: what is kept first, then the index, then the services.

    index = open_index(default_path())
    (looked,) = look_up([named("arXiv:2104.08821")], index)
    looked.entry.title

This module answers from what is on this machine and imports little: a look-up at the prompt that
finds its answer here is over before a web client is loaded. Who is to be asked over the network
is in `lookup_online`, which is imported when something is left to ask.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from bibtools.later import later
from bibtools.model.dates import PartialDate
from bibtools.model.entries import Entry, Link, type_preprint
from bibtools.model.evidence import Outcome
from bibtools.model.identifiers import ArxivId, parse_arxiv
from bibtools.model.notices import Notice
from bibtools.sites.named import Named
from bibtools.sites.named_identifiers import ARXIV, PDF, TITLE
from bibtools.text.addresses import same_address_key

if TYPE_CHECKING:
    from bibtools.adapters.index import Index
    from bibtools.adapters.looked_up import LookedUp
    from bibtools.matching.evidence import IndexedPaper
    from bibtools.model.progress import Progress
    from bibtools.workflows.online.state import Asks

Where = Literal["kept", "index", "services", ""]
INDEX: Final = "offline index"
LIKELY: Final = "only likely: "
"""How the rule of an entry begins that is only likely, and was accepted as that."""
_NO_VERSION: Final = "lookup.no-version"
COMMUNITY_MOST: Final = 3
"""As `codelinks.COMMUNITY_MOST`."""


class Known(NamedTuple):
    """How one value of an entry is known."""

    source: str
    """For the reader: "Crossref"."""
    question: str = ""
    rule: str = ""
    asked: str = ""
    """ISO date."""


class CouldNot(NamedTuple):
    """A question that nobody answered: nothing follows from it."""

    title: str
    """For the reader: "Crossref"."""
    question: str
    reason: str
    """A clause: "it answered 503, four times"."""

    def __str__(self) -> str:
        return f"{self.title}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found for one thing that was named."""

    what: Named
    outcome: Outcome = Outcome.NONE
    """`SURE`: `entries` is the one work. `LIKELY` and `AMBIGUOUS`: they are candidates."""
    entries: tuple[Entry, ...] = ()
    """Without keys; candidates best first."""
    rule: str = ""
    """A clause: why it is that work, or what is missing."""
    where: Where = ""
    """Who answered: what earlier look-ups kept, the index, the services."""
    evidence: Mapping[str, Known] = field(default_factory=dict)
    """How each part of a sure entry is known, by attribute or name of a field; a link to code as
    `code` and its address.
    """
    unasked: tuple[CouldNot, ...] = ()
    """Who could not be asked. With an entry: only what it might lack. Without one: it may exist."""
    notices: tuple[Notice, ...] = ()
    newest: int | None = None
    """The newest version of an arXiv paper, where somebody told it; the index does not."""

    @property
    def entry(self) -> Entry | None:
        """The work, when it is sure which one is meant."""
        return self.entries[0] if self.outcome is Outcome.SURE and self.entries else None

    @property
    def shown_outcome(self) -> Outcome:
        """The outcome for the reader: an entry that is only likely is not called sure, even where
        it was accepted.
        """
        accepted = self.entry is not None and self.rule.startswith(LIKELY)
        return Outcome.LIKELY if accepted else self.outcome

    @property
    def lacks_version(self) -> bool:
        """Whether the version that was asked for is none that is known."""
        return any(notice.rule == _NO_VERSION for notice in self.notices)

    @property
    def unknown(self) -> bool:
        """Whether it is not known if there is such a work: somebody could not be asked."""
        return self.entry is None and bool(self.unasked)


@dataclass(frozen=True, slots=True)
class LookupOptions:
    """What a look-up may do."""

    published: bool | None = None
    """Whether the published version of a preprint is looked for, and its fields added. None: where
    services are asked anyway; a paper that the index knows is given at once.
    """
    code: bool = True
    """Whether links to code are looked for."""
    accept: frozenset[Outcome] = frozenset({Outcome.SURE})
    """`LIKELY` among it: the likely paper is given, and its rule says so."""
    keyed: frozenset[str] = frozenset()
    """Services for which there is a key."""

    @property
    def mark(self) -> str:
        """Tells the answers that are kept under these options from others."""
        likely = " likely" if Outcome.LIKELY in self.accept else ""
        return f"published={self.published is not False} code={self.code}{likely}"


def accepting(outcome: str) -> frozenset[Outcome]:
    """`LookupOptions.accept` for `sure` or `likely`."""
    return frozenset({Outcome.SURE, Outcome(outcome)})


def look_up(
    whats: Sequence[Named],
    index: Index | None = None,
    web: Asks | None = None,
    *,
    kept: LookedUp | None = None,
    options: LookupOptions | None = None,
    progress: Progress | None = None,
) -> list[Looked]:
    """What was found for each, in their order; the questions of all go together.

    `kept` has the answers of earlier look-ups; then the index is asked, then `web` (or what it
    remembers, where it is offline). Each thing is looked up once however often it is named. A PDF
    is to be read before (`lookup_pdf`).
    """
    options = options or LookupOptions()
    found = look_up_here(whats, index, kept=kept, options=options)
    left = [number for number, one in enumerate(found) if is_open(one)]
    if left and web is not None:
        from bibtools.workflows.lookup_online import look_up_online

        asked = look_up_online(
            [found[number] for number in left],
            web,
            index,
            kept=kept,
            options=options,
            progress=progress,
        )
        for number, one in zip(left, asked, strict=True):
            found[number] = one
    return found


def is_open(looked: Looked) -> bool:
    """Whether a service might know more: it was not found here, and can be asked for."""
    return looked.entry is None and not looked.what.why_not


def look_up_here(
    whats: Sequence[Named],
    index: Index | None = None,
    *,
    kept: LookedUp | None = None,
    options: LookupOptions | None = None,
) -> list[Looked]:
    """As `look_up`, with what is on this machine alone."""
    options = options or LookupOptions()
    done: dict[tuple[str, str], Looked] = {}
    for what in whats:
        name = (what.kind, what.value)
        if name not in done:
            done[name] = _here(what, index, kept, options)
    return [_for(what, done[what.kind, what.value]) for what in whats]


def _for(what: Named, found: Looked) -> Looked:
    """The answer for somebody who named the same thing in other words."""
    return as_typed(replace(found, what=replace(what, why_not=found.what.why_not)))


def as_typed(found: Looked) -> Looked:
    """The answer for what was typed just so, where the same was typed otherwise as well.

    A DOI stands in the letters in which it was asked for, if some are capitals; services give most
    in small ones. Of a version of an arXiv paper that is none a notice tells.
    """
    entry, what = found.entry, found.what
    if entry is None:
        return found
    typed = what.printed != what.value and entry.doi is not None
    if typed and entry.doi is not None and entry.doi.folded == what.value:
        entry = replace(entry, doi=replace(entry.doi, value=what.printed))
        return replace(found, entries=(entry, *found.entries[1:]))
    if what.version is None or found.newest is None or what.version <= found.newest:
        return found
    known = found.evidence.get("arxiv") or found.evidence.get("title")
    asked = f", asked on {known.asked}" if known is not None and known.asked else ""
    told = Notice(
        f"{what.shown} has no version {what.version}; the newest is {found.newest} (arXiv{asked}).",
        rule=_NO_VERSION,
    )
    return replace(found, notices=(*found.notices, told))


def _here(
    what: Named, index: Index | None, kept: LookedUp | None, options: LookupOptions
) -> Looked:
    why_not = what.why_not or _no_name(what)
    if why_not:
        return Looked(replace(what, why_not=why_not), rule=why_not)
    if kept is not None and (known := kept.find(what, options.mark)) is not None:
        told = {part: Known(*row) for part, row in known.evidence.items()}
        said = tuple(Notice(message, rule="lookup.kept") for message in known.said)
        return Looked(
            what, Outcome.SURE, (known.entry,), known.rule, "kept", told,
            notices=said, newest=known.newest,
        )  # fmt: skip
    if index is not None:
        if what.kind == ARXIV and (arxiv := parse_arxiv(what.value)) is not None:
            # Who wants the published version by name does not want the preprint alone.
            paper = index.paper(arxiv) if not options.published else None
            if paper is not None:
                return of_paper(what, paper, index, "the ID was given", code=options.code)
        elif what.kind == TITLE and not options.published:
            return _by_title(what, index, options)
    return Looked(what)


def _no_name(what: Named) -> str:
    """Why a title is none."""
    if what.kind == PDF:
        return "the file was not read"
    if what.kind != TITLE:
        return ""
    if what.value.replace(" ", "").isdecimal():
        return "digits alone may be anything: write pmid:, isbn: or arxiv: before them"
    return "" if any(map(str.isalnum, what.value)) else "it has no words"


# --- the index ------------------------------------------------------------------------------------


def _by_title(what: Named, index: Index, options: LookupOptions) -> Looked:
    found = index.resolve_one(Entry(title=what.value))
    papers = [
        (one, paper) for one in found.candidates if (paper := index.paper(one.arxiv)) is not None
    ]
    if found.outcome is Outcome.SURE and found.arxiv is not None:
        paper = index.paper(found.arxiv)
        if paper is not None:
            return of_paper(what, paper, index, found.rule, code=options.code)
    otherwise = _read_otherwise(what, index, options)
    if otherwise is not None and (otherwise.entry is not None or not papers):
        return otherwise
    if not papers:
        return Looked(what, rule=found.rule)
    if found.outcome is Outcome.LIKELY and Outcome.LIKELY in options.accept and len(papers) == 1:
        rule = LIKELY + found.rule
        return of_paper(what, papers[0][1], index, rule, code=options.code)
    entries = tuple(entry_of(paper) for _, paper in papers)
    return Looked(what, found.outcome, entries, found.rule, "index")


def _read_otherwise(what: Named, index: Index, options: LookupOptions) -> Looked | None:
    """What a title leads to when a year or authors were typed beside it; None for nothing."""
    if not BESIDE.search(what.value):
        return None
    from bibtools.sites.title_readings import readings

    ways = readings(what.value)
    if not ways:
        return None
    from bibtools.workflows.lookup_readings import asked_for, doubt, one_work, rule_of

    sure: list[tuple[IndexedPaper, str]] = []
    likely: list[tuple[IndexedPaper, str]] = []
    for way in ways:
        found = index.resolve_one(asked_for(way))
        papers = [paper for one in found.candidates if (paper := index.paper(one.arxiv))]
        if found.outcome is Outcome.SURE and papers:
            why = doubt(way, entry_of(papers[0]))
            (likely if why else sure).append((papers[0], rule_of(why or found.rule, way)))
        else:
            likely += [(paper, rule_of(found.rule, way)) for paper in papers]
    if sure and one_work([entry_of(paper) for paper, _ in sure]):
        paper, rule = sure[0]
        return of_paper(what, paper, index, rule, code=options.code)
    several = {paper.arxiv.value: (paper, rule) for paper, rule in reversed([*sure, *likely])}
    if not several:
        return None
    shown = [several[value] for value in reversed(several)]
    if len(shown) > 1:
        entries = tuple(entry_of(paper) for paper, _ in shown)
        return Looked(what, Outcome.AMBIGUOUS, entries, "several papers are alike", "index")
    paper, rule = shown[0]
    if Outcome.LIKELY in options.accept:
        return of_paper(what, paper, index, LIKELY + rule, code=options.code)
    return Looked(what, Outcome.LIKELY, (entry_of(paper),), rule, "index")


BESIDE: Final = later(
    r"\d{4}|[\"\u201c,:./|)-]\s|\s[-\u2013\u2014|/]|\b(?:by|al)\b|[)\]]$", re.IGNORECASE
)
"""Whether anything may stand beside a title; most have none of it, and are read in one way."""


def of_paper(what: Named, paper: IndexedPaper, index: Index, rule: str, *, code: bool) -> Looked:
    """A paper of the index as the answer."""
    entry = entry_of(paper)
    question = f"index:arxiv:{paper.arxiv.value}"
    parts = ["arxiv", "title", "date", "type"]
    parts += ["authors"] if entry.authors else []
    parts += ["categories"] if entry.categories else []
    evidence = {part: Known(INDEX, question, rule) for part in parts}
    links = index.links(paper.arxiv) if code else ()
    entry = replace(entry, code=_code(links))
    for link in entry.code:
        evidence[f"code {link.url}"] = Known(INDEX, question, link.evidence)
    notices = () if entry.authors else (_nameless(what),)
    return Looked(what, Outcome.SURE, (entry,), rule, "index", evidence, notices=notices)


def _nameless(what: Named) -> Notice:
    return Notice(
        f"{what.shown}: the offline index has no authors of it, so the entry has none.",
        rule="lookup.no-authors",
        hint="With --published the services are asked for them.",
    )


def _code(links: Sequence[Link]) -> tuple[Link, ...]:
    """The links as `codelinks.add_code_links` puts them into an entry that has none; a test holds
    the two together. That module reads abstracts, too, which takes its time to import.
    """
    if not links:
        return ()
    from bibtools.formats.link_dumps import COMMUNITY  # here, because most papers have no code

    distinct = {same_address_key(link.url): link for link in reversed(links)}
    kept = [link for link in links if distinct[same_address_key(link.url)] is link]
    others = [link for link in kept if link.evidence != COMMUNITY]
    return tuple(others or kept[:COMMUNITY_MOST])


def entry_of(paper: IndexedPaper) -> Entry:
    """What the index knows of a paper as an entry; the same that `enrich` fills in."""
    arxiv = ArxivId(paper.arxiv.value)
    return Entry(
        type=type_preprint,
        title=paper.title,
        authors=paper.authors,
        date=paper.created or PartialDate(arxiv.year, arxiv.month),
        arxiv=arxiv,
        categories=paper.categories,
        primary_known=bool(paper.categories),
    )
