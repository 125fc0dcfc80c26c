"""What answers add to an entry, part by part, each with its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from rapidfuzz import fuzz

from bibtools.formats.provenance import Lost
from bibtools.matching.claims import (
    AUTHORS_WORD,
    USER,
    Claim,
    Decided,
    Disagree,
    Value,
    agree,
    decide_all,
)
from bibtools.matching.venues import venues_agree
from bibtools.model import (
    ArxivId,
    Doi,
    Entry,
    Name,
    Outcome,
    PartialDate,
    Resolution,
    type_document,
    type_preprint,
)
from bibtools.sites import services
from bibtools.sites.asking import Question, Service
from bibtools.sites.records import Record
from bibtools.text.arxiv_words import says_arxiv
from bibtools.text.latex_decode import plain
from bibtools.text.people import compare_authors, person
from bibtools.text.titles import title_key
from bibtools.workflows.online.questions import (
    cites_publication,
    real_doi,
    real_venue,
    stated_dois,
)
from bibtools.workflows.online.state import BY_A_PERSON, Evidence, OnlineOptions, Work

INDEX = "offline index"

_PUBLICATION = ("doi", "venue", "date")
_PUBLICATION_FIELDS = (
    "volume issue number page publisher publisher-place collection-title collection-number "
    "event-title eid"
).split()
"""What a record of the published version may say; titles and authors stay as they are."""
_MOSTLY_SAID = frozenset({"volume", "issue", "page", "eid"})
_UNPUBLISHED = frozenset({type_preprint, type_document, "manuscript", "webpage", "article"})


# --- the work itself --------------------------------------------------------------------------


def fill_from_index(work: Work, after: Entry, asked: str, options: OnlineOptions) -> None:
    """Take over what the index added, but nothing that is locked."""
    resolution = after.resolution or Resolution(Outcome.NONE)
    parts = ("arxiv", "title", "authors", "date", "categories", "type")
    changes: dict[str, Any] = {
        part: getattr(after, part)
        for part in parts
        if part not in work.locked and getattr(after, part) != getattr(work.given, part)
    }
    if "date" in changes and cites_publication(work.given):
        # The day of the preprint is not that of the paper.
        del changes["date"]
        after = replace(after, date=work.given.date)
    question = f"index:arxiv:{after.arxiv.value}" if after.arxiv is not None else "index:title"
    score = resolution.candidates[0].score if resolution.candidates else None
    for part in changes.keys() - {"type"}:
        if part == "arxiv" and resolution.source == "printed":
            told = Evidence(part, "the entry itself", "", resolution.rule, asked)
        else:
            told = Evidence(part, INDEX, question, resolution.rule, asked, score)
        work.evidence[part] = told
    if after.arxiv is None and "arxiv" not in work.locked:
        _take_likely(work, resolution, changes, asked, options)
    if "authors" in changes:
        changes["authors_truncated"] = after.authors_truncated
    if "categories" in changes:
        changes["primary_known"] = after.primary_known
        _own_id(work, asked)
    if "code" not in work.locked:
        changes |= {"code": after.code, "remarks": after.remarks}
        for link in after.code[len(work.given.code) :]:
            work.evidence[f"code {link.url}"] = Evidence(
                "code", INDEX, question, link.evidence, asked
            )
    if work.locked or changes.get("arxiv", after.arxiv) != after.arxiv:
        work.now = replace(work.now, **changes, resolution=after.resolution)
    else:
        work.now = after  # the same, in a tenth of the time


def _take_likely(
    work: Work, found: Resolution, changes: dict[str, Any], asked: str, options: OnlineOptions
) -> None:
    """The one candidate that is likely, where the user accepts that."""
    if found.outcome is Outcome.LIKELY and Outcome.LIKELY in options.accept and found.candidates:
        best = found.candidates[0]
        changes["arxiv"] = best.arxiv
        work.evidence["arxiv"] = Evidence(
            "arxiv", INDEX, "index:title", f"only likely: {found.rule}", asked, best.score
        )


def fill_from_record(
    work: Work,
    service: Service,
    question: Question,
    record: Entry,
    asked: str,
    doubt: str = "",
    *,
    by_person: bool = False,
) -> None:
    """Fill what the entry lacks from a record of the same work, found by an identifier.

    `doubt` says why it is only likely the same; `by_person`, that a person said it is.
    """
    rule = f"the record of {question.subject}, which is this work's"
    if doubt:
        how = BY_A_PERSON if by_person else "only likely"
        rule = f"{how}: the record of {question.subject}; {doubt}"
    if question.kind == "title":
        rule = "the record whose title was found"
    preprints_day = record.type == type_preprint and cites_publication(work.now)
    changes = {
        part: value
        for part, value in _missing(work.now, record).items()
        # The day of the preprint is not that of the paper.
        if part not in work.locked and not (part == "date" and preprints_day)
    }
    fields = {
        name: value
        for name, value in record.fields.items()
        if name not in work.now.fields
        and name not in work.locked
        and name not in ("title", "container-title", "note", "annote", "keyword")
        and _fits(work.now, record, name)
    }
    if fields:
        changes["fields"] = {**work.now.fields, **fields}
    if not changes:
        return
    for part in (*changes.keys() - {"fields"}, *fields):
        work.evidence.setdefault(part, Evidence(part, service.title, str(question), rule, asked))
    if "authors" in changes:
        changes["authors_truncated"] = record.authors_truncated
    if "categories" in changes:
        changes["primary_known"] = record.primary_known
        _own_id(work, asked)
    work.now = replace(work.now, **changes)


def _own_id(work: Work, asked: str) -> None:
    """Say how the ID is known that a class brings with it where it was hidden in an address."""
    if work.given.arxiv is not None:
        told = Evidence("arxiv", "the entry itself", "", "the ID is printed in the entry", asked)
        work.evidence.setdefault("arxiv", told)


def _missing(entry: Entry, record: Entry) -> dict[str, Any]:
    """The parts that the entry lacks and the record has."""
    found: dict[str, Any] = {}
    for part in ("title", "arxiv", "venue", "doi", "date"):
        if getattr(entry, part) is None and (value := getattr(record, part)) is not None:
            found[part] = value
    if record.authors and _takes_authors(entry, record):
        found["authors"] = record.authors
    if record.categories and not entry.primary_known:
        found["categories"] = record.categories
    ids = {
        name: value
        for name, value in record.other_ids.items()
        if name not in entry.other_ids
        and (name not in ("isbn", "issn") or _fits(entry, record, "publisher"))
    }
    if ids:
        found["other_ids"] = {**entry.other_ids, **ids}
    if entry.type == type_document and record.type != type_document:
        found["type"] = record.type
    return found


def _takes_authors(entry: Entry, record: Entry) -> bool:
    if not entry.authors:
        return True
    if not entry.authors_truncated or len(record.authors) <= len(entry.authors):
        return False
    ours = [person(name) for name in entry.authors]
    theirs = [person(name) for name in record.authors[: len(ours)]]
    return all(
        compare_authors([one], [other]).found == 1 for one, other in zip(ours, theirs, strict=True)
    )


def _fits(entry: Entry, record: Entry, name: str) -> bool:
    """A volume belongs to its venue: of another venue, or beside other pages, it is not taken."""
    if name not in _PUBLICATION_FIELDS:
        return True
    for one in _MOSTLY_SAID:
        ours, theirs = entry.fields.get(one), record.fields.get(one)
        if ours and theirs and not agree(one, ours, theirs):
            return False
    if entry.venue is not None and record.venue is not None:
        short = record.fields.get("container-title-short", "")
        named = (record.venue, short) if short else (record.venue,)
        if not any(venues_agree(entry.venue, one) for one in named):
            return False
        return entry.date is None or record.date is None or entry.date.year == record.date.year
    return record.venue is None or not _MOSTLY_SAID.intersection(entry.fields)


# --- its published version --------------------------------------------------------------------


def add_published(work: Work, rule: str, asked: str, *, replace_all: bool) -> None:
    """Add what the records of the published version say to the preprint's entry.

    Without `replace_all` nothing that the entry has is changed but a type that says
    "unpublished"; a year that is another is told. With it the publication's date, title and
    authors take the place of the preprint's. The arXiv ID stays in either case.
    """
    if work.published[0][1].entry.venue and "venue" not in work.locked:
        work.now = _undisguised(work.now, work.locked)
    decided = _decide(work, keep_own=not replace_all, locked=work.locked)
    kept = work.locked if replace_all else work.locked | {"title", "authors"}
    if not replace_all and work.given.date is not None:
        kept |= {"date"}
    changes: dict[str, Any] = {}
    fields, score = dict(work.now.fields), _likeness(work)
    for part, one in decided.items():
        if part in kept or one.claim.service == USER:
            continue
        if part in _PUBLICATION_FIELDS:
            fields[part] = str(one.value)
        else:
            changes[part] = one.value
        work.evidence[part] = _evidence(part, one, rule, asked, score)
    question, record = work.published[0]
    appeared = "venue" in changes or work.now.venue is not None
    if appeared and "date" not in {*changes, *kept} and work.given.date is None:
        # The day of the preprint, which this run found, is not that of the publication.
        changes["date"] = None
        work.evidence.pop("date", None)
    if (
        appeared
        and "type" not in work.locked
        and work.now.type in _UNPUBLISHED
        and record.entry.type not in _UNPUBLISHED
    ):
        changes["type"] = record.entry.type
        title = _service_title(question.service)
        work.evidence["type"] = Evidence("type", title, str(question), rule, asked)
    fields |= _rich_title(work, changes.get("title"))
    if replace_all and "authors" in changes:
        changes["authors_truncated"] = record.entry.authors_truncated
    if not replace_all:
        _tell_year(work, decided.get("date"))
    _tell_place(work, changes.get("venue"), asked)
    work.now = replace(work.now, **changes, fields=fields)


def _tell_year(work: Work, said: Decided | None) -> None:
    """Say that the publication has another year than the entry."""
    own = work.given.date
    if said is None or not isinstance(said.value, PartialDate) or own is None:
        return
    if said.value.year != own.year:
        work.tell(
            f"it was published in {said.value.year}; the year {own.year} was kept.",
            "enrich.year",
            "--published replace takes the year of the publication.",
        )


def _tell_place(work: Work, venue: object, asked: str) -> None:
    """Say that what stood for a journal has gone."""
    old = work.given.venue or work.given.extra.get("journal") or ""
    if venue is not None and isinstance(old, str) and old:
        work.evidence.setdefault(
            "arxiv",
            Evidence("arxiv", "the entry itself", "", f'it stood in "{plain(old)}"', asked),
        )
        work.tell(
            f'"{plain(old)}" gave way to "{venue}"; the arXiv ID is in a field of its own.',
            "enrich.place",
            "--published none or beside leaves it.",
        )


_DISGUISES = ("publisher", "volume", "issue", "number", "page", "eid")


def _undisguised(entry: Entry, locked: frozenset[str]) -> Entry:
    """The entry without what says no more than that it is on arXiv in the place of a journal.

    `journal = {arXiv preprint arXiv:2104.08821}`, `volume = {abs/2104.08821}`, the DOI that arXiv
    gave it: its ID stays, so nothing is lost.
    """
    if entry.arxiv is None:
        return entry
    fields = {
        name: value
        for name, value in entry.fields.items()
        if name not in _DISGUISES or name in locked or not says_arxiv(value, entry.arxiv.value)
    }
    extra = {
        name: value
        for name, value in entry.extra.items()
        if name not in ("journal", "journaltitle") or not says_arxiv(str(value), entry.arxiv.value)
    }
    doi = entry.doi if "doi" in locked else real_doi(entry)
    return replace(entry, venue=real_venue(entry), fields=fields, extra=extra, doi=doi)


_KINDS = {"article-journal": "journal", "paper-conference": "meeting", "book": "book",
          "thesis": "thesis", "report": "report"}  # fmt: skip


def is_other_publication(entry: Entry, record: Entry) -> bool:
    """Whether an entry that says where it appeared means another publication than the record."""
    if real_venue(entry) is None:
        return False
    kinds = {_KINDS.get(entry.type), _KINDS.get(record.type)} - {None}
    years = [one.date.year for one in (entry, record) if one.date is not None]
    return len(kinds) > 1 or (len(years) > 1 and abs(years[0] - years[1]) > 1)


def publication_beside(work: Work, rule: str, asked: str) -> Entry:
    """The published version as an entry of its own, without key; the arXiv ID goes with it."""
    # What is locked is the preprint's entry: its publication's own is written whole.
    decided = _decide(work, keep_own=False, locked=frozenset())
    values = {part: one.value for part, one in decided.items() if part not in _PUBLICATION_FIELDS}
    fields = {part: str(one.value) for part, one in decided.items() if part in _PUBLICATION_FIELDS}
    fields |= _rich_title(work, values.get("title"))
    record, score = work.published[0][1].entry, _likeness(work)
    for part, one in decided.items():
        work.evidence[f"beside {part}"] = _evidence(part, one, rule, asked, score)
    return Entry(
        type=record.type,
        title=_as_title(values.get("title")) or work.now.title,
        authors=_as_names(values.get("authors")) or work.now.authors,
        date=values["date"] if isinstance(values.get("date"), PartialDate) else None,  # type: ignore[arg-type]
        doi=values["doi"] if isinstance(values.get("doi"), Doi) else None,  # type: ignore[arg-type]
        venue=_as_title(values.get("venue")),
        fields=fields,
        arxiv=work.now.arxiv,
        categories=work.now.categories,
        primary_known=work.now.primary_known,
        code=work.now.code,
        sources=work.now.sources,
    )


def _rich_title(work: Work, title: object) -> dict[str, str]:
    """The title with its markup, where a record of the publication has it so."""
    rich = (record.entry.fields.get("title", "") for _, record in work.published
            if record.entry.title == title)  # fmt: skip
    return {"title": found} if (found := next(filter(None, rich), "")) else {}


def _as_title(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _as_names(value: object) -> tuple[Name, ...]:
    return value if isinstance(value, tuple) else ()


def _decide(work: Work, *, keep_own: bool, locked: frozenset[str]) -> Mapping[str, Decided]:
    stated = frozenset(doi.folded for doi in stated_dois(work))
    claims = [
        claim for question, record in work.published for claim in _claims(question, record, stated)
    ]
    if keep_own:
        claims += _own(work.now)
    found = {}
    for part, decision in decide_all(claims, locked).items():
        if isinstance(decision, Decided):
            found[part] = decision
        elif isinstance(decision, Disagree):
            values = "; ".join(f"{_shown(one.value)} ({one.service})" for one in decision.claims)
            work.tell(f"the {part} was left open, the sources differ: {values}.", "enrich.differ")
    return found


def _claims(question: Question, record: Record, stated: frozenset[str]) -> Iterable[Claim]:
    entry = record.entry
    for part in (*_PUBLICATION, "title", "authors"):
        value = getattr(entry, part)
        if value and not (part == "doi" and _is_preprints(value)):
            yield Claim(part, value, question.service, str(question))
    for part in _PUBLICATION_FIELDS:
        if part in entry.fields:
            yield Claim(part, entry.fields[part], question.service, str(question))
    if entry.doi is not None and entry.doi.folded in stated:
        yield Claim("doi", entry.doi, question.service, str(question), evidence=AUTHORS_WORD)


def _own(entry: Entry) -> Iterable[Claim]:
    for part in ("doi", "venue"):
        value = getattr(entry, part)
        if value and not (part == "doi" and _is_preprints(value)):
            yield Claim(part, value, USER)
    for part in _PUBLICATION_FIELDS:
        if part in entry.fields:
            yield Claim(part, entry.fields[part], USER)


def _is_preprints(doi: Doi) -> bool:
    return doi.folded.startswith("10.48550/")


def _likeness(work: Work) -> float:
    """How alike the titles of the entry and of its published version are, 0 to 100."""
    ours, theirs = work.now.title or "", work.published[0][1].entry.title or ""
    return fuzz.ratio(title_key(ours), title_key(theirs))


def _with_reason(rule: str, one: Decided) -> str:
    """The rule that chose the record, and what made this value hold against others."""
    if one.claim.evidence == AUTHORS_WORD:
        return f"{rule}; its authors gave this DOI to arXiv"
    beaten = sorted({_service_title(claim.service) for claim in one.losers})
    return f"{rule}; believed before {' and '.join(beaten)}" if beaten else rule


def _evidence(part: str, one: Decided, rule: str, asked: str, score: float) -> Evidence:
    return Evidence(
        part,
        _service_title(one.claim.service),
        one.claim.question,
        _with_reason(rule, one),
        asked,
        score,
        tuple(
            sorted(
                {_service_title(claim.service) for claim in one.agreeing}
                - {_service_title(one.claim.service)}
            )
        ),
        tuple(
            Lost(
                _shown(claim.value),
                _service_title(claim.service),
                "another source is believed first",
            )
            for claim in one.losers
        ),
    )


def _service_title(name: str) -> str:
    return services.service(name).title if name in services.MODULES else name


def _shown(value: Value) -> str:
    match value:
        case Doi() | ArxivId():
            return str(value)
        case PartialDate():
            return value.iso()
        case tuple():
            return " and ".join(name.display() for name in value)
    return value
