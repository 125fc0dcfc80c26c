"""Values of one field from several services: one decision, with the losers kept.

Who is believed is a table by kind of field and by service, never the order in which the answers
came. What the user has is never overwritten, and a field that the user locked is not even
decided. Where the best that speak contradict each other, nobody wins: both are shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bibtools.model import ArxivId, Doi, Name, PartialDate, parse_doi
from bibtools.text.addresses import same_address_key
from bibtools.text.people import person, persons_agree
from bibtools.text.titles import title_key

Value = str | Doi | ArxivId | PartialDate | tuple[Name, ...]
"""What may be claimed of a field."""

USER = "user"
"""The service of a value that stands in the user's file."""

AUTHORS_WORD = "author-stated"
"""The evidence of a value that the authors gave themselves: arXiv's DOI and journal reference."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A value of one field, and who says so."""

    field: str
    """As in `Entry`: `doi`, `venue`, `title`, `authors`, `date`, `arxiv`, or a name of
    `model.variables.FIELDS`."""
    value: Value
    service: str
    """`Service.name`, `index`, `page` or `USER`."""
    question: str = ""
    """What was asked: `crossref:doi:10.1000/x`."""
    date: str = ""
    """When it was answered: an ISO date."""
    evidence: str = ""
    """`AUTHORS_WORD`, or a clause of the service's own: "Crossref deposit"."""
    rank: int | None = None
    """Overrules the table; 0 is the strongest."""


@dataclass(frozen=True, slots=True)
class Decided:
    """One value holds."""

    value: Value
    rule: str
    """One clause: "Crossref before DBLP"."""
    claim: Claim
    """The claim whose value it is."""
    agreeing: tuple[Claim, ...] = ()
    """The other claims that say the same."""
    losers: tuple[Claim, ...] = ()
    """The claims that say something else, the strongest first."""


@dataclass(frozen=True, slots=True)
class Disagree:
    """Sources of equal weight contradict each other: nothing is written."""

    rule: str
    claims: tuple[Claim, ...]
    """All claims, the strongest first."""


@dataclass(frozen=True, slots=True)
class Locked:
    """The user locked the field: nothing was decided."""

    field: str
    claims: tuple[Claim, ...] = ()


Decision = Decided | Disagree | Locked

# --- who is believed --------------------------------------------------------------------------

_IDENTIFIERS = (
    ("author-stated",),
    ("crossref", "datacite"),
    ("arxiv", "arxiv-oai", "pubmed", "inspire", "acl"),
    ("dblp",),
    ("openalex", "semantic-scholar", "hugging-face", "paperswithcode"),
    ("index",),
)
_PUBLICATION = (
    ("crossref",),
    ("acl", "pubmed"),
    ("dblp", "inspire"),
    ("datacite",),
    ("openalex",),
    ("semantic-scholar",),
    ("author-stated", "arxiv", "arxiv-oai"),
    ("index",),
)
_CONTENT = (
    ("arxiv", "arxiv-oai"),
    ("acl",),
    ("crossref", "pubmed"),
    ("datacite", "inspire"),
    ("dblp",),
    ("index",),
    ("openalex", "semantic-scholar", "hugging-face", "paperswithcode"),
)

RANKS: Final[Mapping[str, Sequence[Sequence[str]]]] = {
    "identifier": _IDENTIFIERS,
    "publication": _PUBLICATION,
    "content": _CONTENT,
}
"""Which source is believed before which, by kind of field; those in one row weigh the same.

* `identifier`: whom the identifier belongs to says it best: the authors, then the agency that
  registered it, then who curates by hand (DBLP), then who merges by machine (OpenAlex, Semantic
  Scholar put a preprint and its paper into one record).
* `publication` (venue, volume, pages, date): the publisher's deposit at Crossref; then curated
  catalogues; what authors write into arXiv's journal reference is a hint.
* `content` (title, authors, abstract, classes): the record of the preprint itself; Crossref's
  titles have markup and its author lists are sorted by some depositors (NeurIPS).
"""

KINDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("doi", "arxiv", "pmid", "pmcid", "isbn", "issn", "published_doi"), "identifier"
    ),
    **dict.fromkeys(("title", "authors", "abstract", "categories", "comment"), "content"),
}
"""The kind of each field; every other one is `publication`."""

UNRANKED = 99
"""The rank of a service that the table does not know: it is believed last."""


def rank_of(claim: Claim) -> int:
    """How strong a claim is: 0 is the strongest, the user's own word is below 0."""
    if claim.service == USER:
        return -1
    if claim.rank is not None:
        return claim.rank
    rows = RANKS[KINDS.get(claim.field, "publication")]
    place = {name: number for number, row in enumerate(rows) for name in row}
    named = (claim.evidence, claim.service) if claim.evidence == AUTHORS_WORD else (claim.service,)
    return next((place[name] for name in named if name in place), UNRANKED)


# --- when two values say the same -------------------------------------------------------------


def agree(field: str, first: Value, second: Value) -> bool:
    """True when two values of a field say the same, or one says the same with less."""
    match first, second:
        case Doi(), Doi():
            return first.folded == second.folded
        case ArxivId(), ArxivId():
            return first.value == second.value
        case PartialDate(), PartialDate():
            return _dates_agree(first, second)
        case tuple(), tuple():
            return _lists_agree(first, second)
        case str(), str():
            return first == second or _SAME.get(field, _same_words)(first, second)
    return False


def _dates_agree(first: PartialDate, second: PartialDate) -> bool:
    parts = ((first.year, second.year), (first.month, second.month), (first.day, second.day))
    return all(a is None or b is None or a == b for a, b in parts)


def _lists_agree(first: tuple[Name, ...], second: tuple[Name, ...]) -> bool:
    return len(first) == len(second) and all(
        persons_agree(person(a), person(b)) for a, b in zip(first, second, strict=True)
    )


def _same_words(first: str, second: str) -> bool:
    a, b = title_key(first), title_key(second)
    return bool(a) and a == b


def _pages(text: str) -> tuple[str, str]:
    """First and last page; "1153-62" is "1153-1162"."""
    numbers = re.findall(r"[A-Za-z]*\d[\w.]*", text)
    if not numbers:
        return "".join(text.split()).lower(), ""
    start, end = numbers[0].lower(), numbers[-1].lower() if len(numbers) > 1 else ""
    if end.isdigit() and start.isdigit() and len(end) < len(start):
        end = start[: len(start) - len(end)] + end
    return start, end


def _same_pages(first: str, second: str) -> bool:
    (a, b), (c, d) = _pages(first), _pages(second)
    return a == c and (not b or not d or b == d)


def _same_number(first: str, second: str) -> bool:
    a, b = ("".join(text.split()).lower().lstrip("0") for text in (first, second))
    return a == b


def _same_identifier(first: str, second: str) -> bool:
    found = parse_doi(first), parse_doi(second)
    if found[0] is not None and found[1] is not None:
        return found[0].folded == found[1].folded
    a, b = (re.sub(r"[\s-]", "", text).lower() for text in (first, second))
    return a == b


def _same_address(first: str, second: str) -> bool:
    return same_address_key(first) == same_address_key(second)


_SAME: Mapping[str, Callable[[str, str], bool]] = {
    "page": _same_pages,
    **dict.fromkeys(("volume", "issue", "number", "edition", "eid"), _same_number),
    **dict.fromkeys(("doi", "isbn", "issn", "pmid", "pmcid"), _same_identifier),
    "url": _same_address,
}


def _telling(value: Value) -> tuple[int, int, str]:
    """How much a value says; of values that agree the one that says most is taken."""
    match value:
        case PartialDate():
            return value.precision, 0, value.iso()
        case tuple():
            names = tuple(name.display() for name in value)
            return len(names), sum(map(len, names)), "; ".join(names)
        case str():
            return len(re.findall(r"\d+", value)), len(value), value
    return 0, 0, str(value)


_REFINED = frozenset({"date", "page"})
"""Fields of which a weaker source may say more of the same: the month, the last page."""

# --- the decision -----------------------------------------------------------------------------


def decide(claims: Iterable[Claim], locked: Collection[str] = ()) -> Decision:
    """Which value of a field holds. The order of the claims does not matter.

    All claims are of one field, and there is at least one. What the user has (a claim of `USER`)
    holds whatever others say; they are the losers then, for a report.
    """
    ordered = sorted(set(claims), key=_order)
    if not ordered:
        raise ValueError("there is nothing to decide")
    field = ordered[0].field
    if any(claim.field != field for claim in ordered):
        raise ValueError("the claims are of several fields")
    if field in locked:
        return Locked(field, tuple(ordered))
    best = [claim for claim in ordered if rank_of(claim) == rank_of(ordered[0])]
    if (clash := _clash(field, best)) is not None:
        return Disagree(clash, tuple(ordered))
    winner = _fullest(field, best, ordered)
    agreeing = tuple(
        one for one in ordered if one is not winner and agree(field, winner.value, one.value)
    )
    losers = tuple(one for one in ordered if one is not winner and one not in agreeing)
    return Decided(winner.value, _rule(winner, best, agreeing, losers), winner, agreeing, losers)


def decide_all(claims: Iterable[Claim], locked: Collection[str] = ()) -> dict[str, Decision]:
    """The decision on every field that is claimed, in alphabetical order of the fields."""
    by_field: dict[str, list[Claim]] = {}
    for claim in claims:
        by_field.setdefault(claim.field, []).append(claim)
    return {field: decide(by_field[field], locked) for field in sorted(by_field)}


def _clash(field: str, best: Sequence[Claim]) -> str | None:
    """The rule that says which of the strongest contradict each other, or None."""
    for number, one in enumerate(best):
        for other in best[number + 1 :]:
            if not agree(field, one.value, other.value):
                if one.service == other.service:
                    return f"{one.service} contradicts itself"
                return f"{one.service} and {other.service} contradict each other"
    return None


def _fullest(field: str, best: Sequence[Claim], ordered: Sequence[Claim]) -> Claim:
    """Of the strongest claims, which agree, the one that says most.

    For dates and pages a weaker claim may complete them, if it contradicts none of them. The
    user's own value is never completed.
    """
    if best[0].service == USER:
        return best[0]
    pool = list(best)
    if field in _REFINED:
        pool += [
            one
            for one in ordered
            if one not in best and all(agree(field, one.value, other.value) for other in best)
        ]
        most = max(_telling(one.value)[0] for one in pool)
        if most > max(_telling(one.value)[0] for one in best):
            return next(one for one in pool if _telling(one.value)[0] == most)
    return max(best, key=lambda one: (_telling(one.value), one.service, one.question))


def _rule(
    winner: Claim, best: Sequence[Claim], agreeing: Sequence[Claim], losers: Sequence[Claim]
) -> str:
    if winner.service == USER:
        return "it is what the entry has"
    said = sorted({one.service for one in agreeing} - {winner.service})
    clauses = []
    if winner not in best:
        clauses.append(f"{winner.service} completes {best[0].service}")
    elif winner.evidence == AUTHORS_WORD:
        clauses.append(f"the authors say so at {winner.service}")
    else:
        clauses.append(winner.service)
    if said:
        clauses.append(f"{' and '.join(said)} agree{'s' if len(said) == 1 else ''}")
    beaten = sorted({one.service for one in losers} - {winner.service})
    if beaten:
        clauses.append(f"before {' and '.join(beaten)}")
    return ", ".join(clauses)


def _order(claim: Claim) -> tuple[object, ...]:
    """The strongest first; the rest is there to make the order one."""
    key: str = repr(claim.value)
    return (rank_of(claim), claim.service, claim.question, claim.date, claim.evidence, key)
