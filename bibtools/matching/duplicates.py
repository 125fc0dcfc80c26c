"""Which entries of a bibliography are one work cited twice, and which are only relatives.

`matching.grouping` joins records of pages, which say little; entries of a .bib say edition, volume
and pages, and a wrong merge loses a citation. So here a pair is one work only when an identifier
or the title with witnesses (all authors, the year, the venue) says so and no field contradicts.
What looks alike and is not sure (another edition, the chapter beside its book, the preprint beside
the paper) is reported as related.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property

from rapidfuzz import fuzz

from bibtools.formats.bibtex.names import read_name, split_list
from bibtools.model import Entry, Name, type_document, type_preprint
from bibtools.text.people import Agreement, compare_authors, person
from bibtools.text.titles import title_key

SHORT_TITLE = 24
"""Letters of a title below which it may be anybody's ("Introduction")."""
NEAR_TITLE = 92.0
NEAR_VENUE = 88.0
_PREPRINT_DOI = re.compile(
    r"10\.(?:48550|1101(?=/\d)|21203|2139|31234|26434|20944|31219)/", re.IGNORECASE
)
_PREPRINT_VENUE = re.compile(
    r"\b(?:arxiv|corr|biorxiv|medrxiv|chemrxiv|ssrn|preprints?)\b", re.IGNORECASE
)
_ORDINALS = {
    word: str(number)
    for number, words in enumerate(
        ["first erste premiere primera", "second zweite deuxieme segunda", "third dritte troisieme",
         "fourth vierte", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"],
        start=1,
    )
    for word in words.split()
}  # fmt: skip
_NUMBERISH = re.compile(r"\d+|[ivx]+|[a-d]", re.IGNORECASE)


@dataclass(frozen=True)
class Record:
    """An entry with its fields as the file has them. Without slots: comparable forms are cached."""

    entry: Entry
    fields: Mapping[str, str]
    type: str
    """As the file has it, in lower case."""

    @cached_property
    def title(self) -> str:
        """The title without blanks, case and dress."""
        return title_key(self.entry.title) if self.entry.title else ""

    @cached_property
    def people(self) -> tuple[Name, ...]:
        """The authors, else the editors."""
        if self.entry.authors:
            return self.entry.authors
        names = (read_name(piece) for piece in split_list(self.fields.get("editor", "")))
        return tuple(name for name in names if name is not None)

    @cached_property
    def preprint(self) -> bool:
        """True when the entry cites a preprint, whatever else it says."""
        doi = self.entry.doi
        venue = self.entry.venue or ""
        return (
            self.entry.type == type_preprint
            or (doi is not None and _PREPRINT_DOI.match(doi.value) is not None)
            or _PREPRINT_VENUE.search(venue) is not None
        )

    @property
    def bare(self) -> bool:
        """True when nothing says what kind of thing is cited."""
        telling = ("howpublished", "publisher", "school", "institution", "organization", "note")
        return (
            self.entry.type == type_document
            and not self.entry.venue
            and not any(self.fields.get(name) for name in telling)
        )


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Records of one work, by position in order of appearance."""

    members: tuple[int, ...]
    rule: str
    """What says that they are one."""


@dataclass(frozen=True, slots=True)
class Related:
    """Two records that look alike and are not one work, or not surely."""

    first: int
    second: int
    why: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a comparison of two records says."""

    same: bool
    why: str


def find_duplicates(
    records: Sequence[Record], *, merge_preprints: bool = False
) -> tuple[list[Duplicates], list[Related]]:
    """The groups of records that are one work, and the pairs that are only related.

    In a group no two members contradict each other. With `merge_preprints` a preprint and the
    published paper are one work.
    """
    group = {number: [number] for number in range(len(records))}
    rules: dict[int, str] = {}
    related: list[Related] = []
    verdicts = {
        pair: verdict
        for pair in _candidates(records)
        if (verdict := judge(records[pair[0]], records[pair[1]], merge_preprints)) is not None
    }
    for (first, second), verdict in sorted(verdicts.items()):
        if not verdict.same:
            related.append(Related(first, second, verdict.why))
            continue
        one, other = group[first], group[second]
        if one is other:
            continue
        clash = next(
            (
                why
                for a in one
                for b in other
                if (why := contradiction(records[a], records[b], merge_preprints))
            ),
            None,
        )
        if clash:
            related.append(Related(first, second, f"{verdict.why}, but {clash}"))
            continue
        joined = sorted([*one, *other])
        rule = rules.get(one[0]) or rules.get(other[0]) or verdict.why
        for number in joined:
            group[number] = joined
        rules[joined[0]] = rule
    groups = [
        Duplicates(tuple(members), rules[members[0]])
        for number, members in group.items()
        if len(members) > 1 and members[0] == number
    ]
    return groups, [one for one in related if group[one.first] is not group[one.second]]


def _candidates(records: Sequence[Record]) -> set[tuple[int, int]]:
    buckets: dict[object, list[int]] = defaultdict(list)
    for number, record in enumerate(records):
        entry = record.entry
        if entry.doi is not None:
            buckets["doi", entry.doi.folded].append(number)
        if entry.arxiv is not None:
            buckets["arxiv", entry.arxiv.value].append(number)
        if record.title:
            family = person(record.people[0]).family if record.people else ""
            buckets["title", record.title, family].append(number)
        if record.fields:
            buckets["fields", record.type, frozenset(record.fields.items())].append(number)
    return {pair for numbers in buckets.values() for pair in _pairs(numbers)}


def _pairs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    # A crowd (a thousand prefaces of one editor) is compared with its neighbours only.
    for place, first in enumerate(numbers):
        for second in numbers[place + 1 : place + 40]:
            yield first, second


def judge(one: Record, other: Record, merge_preprints: bool = False) -> Verdict | None:
    """Whether two records are one work, or related; None when they have nothing in common."""
    if one.type == other.type and dict(one.fields) == dict(other.fields):
        return Verdict(True, "all fields are equal")
    identifier = same_identifier(one.entry, other.entry)
    if identifier and not _titles_agree(one, other):
        return Verdict(False, f"same {identifier}, but other titles")
    clash = contradiction(one, other, merge_preprints)
    if identifier:
        return Verdict(not clash, clash or f"same {identifier}")
    if not one.title or one.title != other.title:
        return None
    people = _people_agree(one, other)
    if people is None:
        return Verdict(False, "same title, but nothing says who wrote it")
    if not people:
        return None
    if clash:
        return Verdict(False, clash)
    missing = _missing_witness(one, other, merge_preprints)
    if missing:
        return Verdict(False, f"same title and authors, but {missing}")
    return Verdict(True, "same title, authors and year")


def same_identifier(one: Entry, other: Entry) -> str:
    """The name of the identifier that both have, `DOI` or `arXiv ID`; empty where none is."""
    if one.doi is not None and other.doi is not None and one.doi.folded == other.doi.folded:
        return "DOI"
    if one.arxiv is not None and other.arxiv is not None and one.arxiv.value == other.arxiv.value:
        return "arXiv ID"
    return ""


def _titles_agree(one: Record, other: Record) -> bool:
    if not one.title or not other.title or one.title == other.title:
        return True
    short, long = sorted((one.title, other.title), key=len)
    if long.startswith(short) and len(short) >= SHORT_TITLE // 2:
        # The subtitle left out; "Part 2" is none.
        return not _NUMBERISH.search(long[len(short) :]) or len(long) - len(short) > 12
    words = [re.findall(r"[^\W_]+", (r.entry.title or "").casefold()) for r in (one, other)]
    if any(_NUMBERISH.fullmatch(word) for word in set(words[0]) ^ set(words[1])):
        return False
    return fuzz.ratio(one.title, other.title) >= NEAR_TITLE


def _people_agree(one: Record, other: Record) -> bool | None:
    """None when one of them names nobody."""
    if not one.people or not other.people:
        return None
    short, long = sorted((one, other), key=lambda record: len(record.people))
    found = compare_authors(
        [person(name) for name in short.people], [person(name) for name in long.people]
    )
    cut = short.entry.authors_truncated or long.entry.authors_truncated
    if len(short.people) != len(long.people) and not cut:
        return False
    return found.agreement is Agreement.SAME and found.first and found.found == found.asked


def _missing_witness(one: Record, other: Record, merge_preprints: bool) -> str | None:
    """What a title and its authors still need to be one work."""
    preprints = merge_preprints and one.preprint != other.preprint
    a, b = one.entry, other.entry
    same_venue = bool(a.venue and b.venue and _venues_agree(a.venue, b.venue))
    same_place = _number(one, "volume") == _number(other, "volume") != "" and (
        _first_page(one) == _first_page(other) != ""
    )
    if a.venue and b.venue and not same_venue and not same_place and not preprints:
        return f'the venues "{a.venue}" and "{b.venue}" differ'
    if a.date is None or b.date is None:
        return None if same_venue else "the year of one is unknown"
    if _LOOSE_KINDS & {a.type, b.type}:
        for name in ("month", "date", "url"):
            x, y = _word(one, name), _word(other, name)
            if x and y and x != y:
                return f'"{name}" differs'
    apart = abs(a.date.year - b.date.year)
    if apart > (2 if preprints else 0):
        return f"the years {a.date.year} and {b.date.year} differ"
    if len(one.title) < SHORT_TITLE and not (same_venue or same_place):
        return "the title is short"
    return None


def contradiction(one: Record, other: Record, merge_preprints: bool = False) -> str | None:
    """What says that two records are not to be merged; None when nothing does."""
    rules = (
        _other_kind(one, other),
        None if merge_preprints else _preprint_and_paper(one, other),
        _other_identifiers(one, other),
        _other_part(one, other, merge_preprints),
        _other_parent(one, other),
    )
    return next((why for why in rules if why), None)


_WHOLE = frozenset({"book", "periodical"})
_PART = frozenset({"chapter", "paper-conference", "entry-encyclopedia"})


def _other_kind(one: Record, other: Record) -> str | None:
    a, b = one.entry.type, other.entry.type
    if {a, b} & _WHOLE and {a, b} & _PART:
        return "one is a part and the other the whole book"
    if one.type.startswith("mv") != other.type.startswith("mv"):
        return "one is a volume and the other the whole work"
    if {one.type, other.type} == {"phdthesis", "mastersthesis"}:
        return "they are different theses"
    if a == b or one.bare or other.bare or one.preprint or other.preprint:
        return None
    same_doi = one.entry.doi is not None and other.entry.doi is not None
    if same_doi or {a, b} == {"chapter", "paper-conference"}:
        return None
    return f"one is @{one.type} and the other @{other.type}"


def _preprint_and_paper(one: Record, other: Record) -> str | None:
    if one.preprint == other.preprint or one.bare or other.bare:
        return None
    return "one is the preprint and the other the published version"


def _other_identifiers(one: Record, other: Record) -> str | None:
    a, b = one.entry, other.entry
    if a.arxiv and b.arxiv and a.arxiv.value != b.arxiv.value:
        return f"the arXiv IDs {a.arxiv.value} and {b.arxiv.value} differ"
    preprints = one.preprint != other.preprint
    if a.doi and b.doi and a.doi.folded != b.doi.folded and not preprints:
        return f"the DOIs {a.doi.value} and {b.doi.value} differ"
    isbns = [_isbns(record) for record in (one, other)]
    if all(isbns) and isbns[0].isdisjoint(isbns[1]):
        return "the ISBNs differ"
    return None


_NUMBERED = ("volume", "part", "chapter", "version", "number", "issue")
_WORDED = (
    "translator", "langid", "language", "school", "entrysubtype", "howpublished", "eventtitle",
)  # fmt: skip
_LOOSE_KINDS = frozenset({type_document, "webpage", "speech", "manuscript", "presentation"})
"""Talks and pages: one title is given again on another day, at another address."""


def _other_part(one: Record, other: Record, merge_preprints: bool) -> str | None:
    first, second = _edition(one), _edition(other)
    if first != second:
        return "the editions differ"
    if merge_preprints and one.preprint != other.preprint:
        return None  # volume and pages are the journal's
    for names, form in ((_NUMBERED, _number), (_WORDED, _word)):
        for name in names:
            a, b = form(one, name), form(other, name)
            if a and b and a != b:
                return f'"{name}" differs: {one.fields[name]} and {other.fields[name]}'
    a, b = _first_page(one), _first_page(other)
    same_doi = one.entry.doi is not None and other.entry.doi is not None
    if a and b and a != b and not same_doi:
        return "the pages differ"
    return None


def _other_parent(one: Record, other: Record) -> str | None:
    for name in ("crossref", "xdata"):
        if _folded(one.fields.get(name)) != _folded(other.fields.get(name)):
            return f'one takes fields from another entry with "{name}"'
    return None


def _edition(record: Record) -> str:
    """The number of the edition; an entry that names none has the first."""
    text = _folded(record.fields.get("edition"))
    if not text:
        return "1"
    digits = re.search(r"\d+", text)
    if digits:
        return digits[0]
    return next((n for word, n in _ORDINALS.items() if text.startswith(word)), text)


def _number(record: Record, name: str) -> str:
    return _folded(record.fields.get(name)).lstrip("0")


def _word(record: Record, name: str) -> str:
    return _folded(record.fields.get(name))


def _first_page(record: Record) -> str:
    match = re.search(r"[A-Za-z]*\d+", record.fields.get("pages", ""))
    return match[0].lower().lstrip("0") if match else ""


def _isbns(record: Record) -> frozenset[str]:
    """The ISBNs without their group for hardcover and check digit: nine digits each."""
    found = set()
    for word in re.findall(r"[\dXx-]{9,}", record.fields.get("isbn", "").replace(" ", "-")):
        digits = word.replace("-", "").upper()
        if len(digits) in (10, 13):
            found.add(digits[-10:-1])
    return frozenset(found)


def _folded(text: str | None) -> str:
    return re.sub(r"[\W_]+", "", (text or "").casefold())


def _venues_agree(first: str, second: str) -> bool:
    a, b = (
        [word for word in re.findall(r"[^\W_]+", text.casefold()) if word not in _SMALL]
        for text in (first, second)
    )
    if a == b or fuzz.ratio(" ".join(a), " ".join(b)) >= NEAR_VENUE:
        return True
    # "Phys. Rev. Lett." beside "Physical Review Letters"
    return len(a) == len(b) and all(
        x.startswith(y) or y.startswith(x) for x, y in zip(a, b, strict=True)
    )


_SMALL = frozenset("the of on in for and a an der die das fur für de la le et und &".split())


def _rank(record: Record) -> tuple[int, int]:
    """How full an entry is."""
    filled = [value for value in record.fields.values() if value]
    return len(filled), sum(map(len, filled))


PREFERENCES: Mapping[str, Callable[[Record, int], tuple[int, ...]]] = {
    "published": lambda record, place: (not record.preprint, *_rank(record), -place),
    "most-complete": lambda record, place: (*_rank(record), -place),
    "first": lambda _record, place: (-place,),
    "last": lambda _record, place: (place,),
}
"""Which of some entries of one work is kept: the one with the greatest of these."""


def best(
    records: Sequence[Record],
    members: Iterable[int],
    referred: frozenset[int],
    prefer: str = "published",
) -> int:
    """The member to keep, by one of `PREFERENCES`, or those whose key fits a pattern first.

    A pattern has `*`, `?` or `[...]`, and upper and lower case differ; where several keys fit,
    or none, the published decides. Of entries that others refer to the last is kept, whatever is
    preferred: BibTeX wants an entry that is named in `crossref` to stand behind those that name
    it.
    """
    members = list(members)
    parents = [member for member in members if member in referred]
    if parents:
        return parents[-1]
    order = PREFERENCES.get(prefer)
    if order is None:
        order = PREFERENCES["published"]
        members = [
            number for number in members if fnmatchcase(records[number].entry.key or "", prefer)
        ] or members
    return max(members, key=lambda member: order(records[member], member))
