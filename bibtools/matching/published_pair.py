"""Whether one record is the published version of a preprint.

Identifiers speak first: a DOI that the authors, arXiv or a registration agency state for the
preprint. It is a claim and is held against title and authors before it counts, because stated
DOIs lead to other papers now and then. Without one it takes the title and its witnesses, the
authors and the year. A contradiction (other authors, another part of a series, a reply, a book of
the same title) ends it, and a record that is itself a preprint, or a repost of one, is never the
answer.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cached_property

from bibtools.matching.reposts import OTHER_KINDS, PREPRINT_SERVER, repost
from bibtools.matching.resolve import (
    BITS_EXACT_ALONE,
    FAR_AFTER,
    FAR_BEFORE,
    LIKENESS_SHOWN,
    SERIES_LIKENESS,
    SHARED_TITLE,
    WORDS_EXACT_ALONE,
    YEARS_AFTER,
    YEARS_BEFORE,
    Witness,
)
from bibtools.matching.resolve_titles import (
    Difference,
    KnownTitle,
    TitleMatch,
    Vocabulary,
    compare_titles,
    title_bits,
)
from bibtools.model import Doi, Entry, Outcome, parse_arxiv
from bibtools.text.people import Agreement, Person, compare_authors, person
from bibtools.text.titles import (
    FUNCTION_WORDS,
    printed_words,
    title_words,
    words_before_subtitles,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a comparison of a preprint with a record says."""

    outcome: Outcome
    """`AMBIGUOUS` is never said of one record."""
    rule: str
    """One clause for the user."""
    agreed: tuple[str, ...] = ()
    """`title`, `authors`, `year`, `stated DOI`, `arXiv ID`."""
    against: tuple[str, ...] = ()
    """`title words`, `authors`, `year`, `kind`, `retracted`, ..."""


class People(IntEnum):
    """How the authors of two records stand to each other; a greater number is less alike."""

    ALL = 0
    MOST = 1
    SOME = 2
    """Two or more."""
    ONE = 3
    """One, who may be a namesake."""
    UNKNOWN = 4
    OTHER = 5


class PlainWords:
    """A vocabulary for two titles when no index knows how frequent a word is.

    Every word is one that titles have, so that a differing letter is another word and not a slip;
    how much it tells is guessed from its length.
    """

    def count(self, word: str) -> int:
        """1 for every word."""
        del word
        return 1

    def weight(self, word: str) -> float:
        """Bits: 1 for a function word, 4 to 12 for others."""
        return 1.0 if word in FUNCTION_WORDS else min(12.0, 4.0 + 0.6 * len(word))


PLAIN_WORDS = PlainWords()

RETITLED = 0.5
"""Part of the telling words of the shorter title that the other has, where one work has two."""

# Behind a colon, a dash or in brackets: "DeepSeek-V3 Technical Report" is a name.
LONGER_VERSION = re.compile(
    r"\s*(?:[:–—(\[]|\s-{1,3}\s)\s*(?:an?\s+|the\s+|with\s+)?"
    r"(?:(?:extended|full|long|longer|complete|arxiv|preprint|journal)\s+version"
    r"|technical report|appendix|appendices|full proofs|supplementary material|preprint)"
    r"\s*[)\]]?\s*$",
    re.IGNORECASE,
)
RETRACTED = re.compile(
    r"^\s*(?:\[?(?:retracted|withdrawn)(?:\s+(?:article|paper|chapter))?\]?\s*[:\-–—]\s*"
    r"|\[(?:retracted|withdrawn)\]\s*)",
    re.IGNORECASE,
)
# Words that only one of two titles has, and that make it another piece about the same thing.
OTHER_PIECE = frozenset(
    "abstract abstracts poster posters demo demonstration keynote tutorial invited proposal "
    "consortium preface foreword retraction retracted withdrawal withdrawn thesis dissertation "
    "sequel erratum errata corrigendum corrigenda correction addendum comment comments reply "
    "response rejoinder discussion revisited editorial supplement slides talk book".split()
)


@dataclass(frozen=True)
class Side:
    """An entry made comparable, under the title that counts. Without slots: forms are cached."""

    entry: Entry
    title: str

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The comparable words of the title."""
        return title_words(self.title)

    @cached_property
    def key(self) -> str:
        """The words without blanks."""
        return "".join(self.words)

    @cached_property
    def printed(self) -> tuple[int, ...]:
        """The number of the printed word that each word belongs to."""
        return printed_words(self.title, self.words)

    @cached_property
    def subtitle_places(self) -> frozenset[int]:
        """After how many words a subtitle begins."""
        return words_before_subtitles(self.title)

    @cached_property
    def people(self) -> tuple[Person, ...]:
        """The authors made comparable."""
        # Some exports print the whole list twice.
        return tuple(dict.fromkeys(person(name) for name in self.entry.authors))

    @cached_property
    def year(self) -> int | None:
        """The year that the entry or its arXiv ID says."""
        if self.entry.date is not None:
            return self.entry.date.year
        return self.entry.arxiv.year if self.entry.arxiv is not None else None


@dataclass(frozen=True, slots=True)
class _Compared:
    title: TitleMatch
    people: People
    year: Witness
    piece: bool
    """A word that only one of the titles has makes it another piece: "Erratum", "Poster"."""
    distinctive: bool
    shared: float
    """As `shared_words`."""
    shared_title: bool
    """The title is one that several papers share: "Discussion of ..."."""


def is_published_version(
    preprint: Entry,
    candidate: Entry,
    *,
    stated: Collection[Doi] = (),
    mutual: bool = False,
    words: Vocabulary = PLAIN_WORDS,
) -> Verdict:
    """Whether the candidate is the published version of the preprint.

    `stated` are DOIs under which somebody (its authors, DataCite, Crossref) says that the
    preprint was published; `mutual` says that the candidate's record names the preprint in its
    turn. `words` tells how frequent words are, where an index is at hand.
    """
    doi = candidate.doi
    by_doi = doi is not None and any(one.folded == doi.folded for one in stated)
    if (not_one := _no_publication(preprint, candidate)) is not None:
        return replace(not_one, agreed=(STATED_DOI,)) if by_doi else not_one
    plain = RETRACTED.sub("", candidate.title or "")
    title = preprint.title or ""
    if not LONGER_VERSION.search(plain):
        title = LONGER_VERSION.sub("", title) or title
    ours, theirs = Side(preprint, title), Side(candidate, plain)
    if not ours.words or not theirs.words:
        return Verdict(Outcome.NONE, "one of them has no title")
    compared = _compare(ours, theirs, words)
    by_id = mutual or (
        preprint.arxiv is not None
        and candidate.arxiv is not None
        and preprint.arxiv.value == candidate.arxiv.value
    )
    outcome, rule = (
        _by_identifier(compared, stated=by_doi) if by_doi or by_id else _by_title(compared)
    )
    agreed, against = _witnesses(compared)
    named = (STATED_DOI,) * by_doi + ("arXiv ID",) * by_id
    if by_doi and outcome is Outcome.NONE:
        rule = f"the stated DOI {doi} leads to another paper: {rule}"
    if outcome is Outcome.SURE and (doubt := _doubt(preprint, candidate)) is not None:
        outcome, (rule, word) = Outcome.LIKELY, doubt
        against = (*against, word)
    if plain != (candidate.title or ""):
        against = (*against, "retracted")
        if outcome is Outcome.SURE:
            outcome, rule = Outcome.LIKELY, f"{rule}; but it is marked as retracted"
    return Verdict(outcome, rule, (*named, *agreed), against)


def _no_publication(preprint: Entry, candidate: Entry) -> Verdict | None:
    """The verdict on what cannot be the published version, whatever its title."""
    if preprint.arxiv and candidate.arxiv and preprint.arxiv.value != candidate.arxiv.value:
        return Verdict(Outcome.NONE, "it belongs to another arXiv paper", (), ("arXiv ID",))
    where = repost(candidate)
    if where is not None and not _is_merged(preprint, candidate):
        return Verdict(Outcome.NONE, f"it is a preprint or a repost ({where})", (), ("kind",))
    if candidate.type in OTHER_KINDS and candidate.type != preprint.type:
        return Verdict(Outcome.NONE, OTHER_KINDS[candidate.type], (), ("kind",))
    if not candidate.venue and candidate.doi is None:
        return Verdict(Outcome.NONE, "it does not say where it was published")
    return None


def _is_merged(preprint: Entry, candidate: Entry) -> bool:
    """True for a record with a venue, and the preprint's own DOI or none of a publisher.

    Semantic Scholar and OpenAlex merge a preprint with its paper: the venue is right more often
    than not, and nothing else in the record vouches for it.
    """
    own = preprint.arxiv is not None and names_preprint(candidate.doi, preprint)
    return own and bool(candidate.venue) and PREPRINT_SERVER.search(candidate.venue or "") is None


def names_preprint(doi: Doi | None, preprint: Entry) -> bool:
    """True when the DOI is the one that arXiv has registered for the preprint."""
    found = parse_arxiv(doi.value) if doi is not None else None
    return found is not None and preprint.arxiv is not None and found.value == preprint.arxiv.value


def _doubt(preprint: Entry, candidate: Entry) -> tuple[str, str] | None:
    """Why a fitting record is still not sure: the rule, and the word for `against`."""
    if _is_merged(preprint, candidate):
        return f"a merged record names a venue, but only {MERGED}", MERGED
    if preprint.type in OTHER_KINDS:
        return f"the title agrees, but of the preprint: {OTHER_KINDS[preprint.type]}", "kind"
    return None


MERGED = "the preprint's own DOI"
"""In `Verdict.against`: the record has no DOI but this one."""
STATED_DOI = "stated DOI"
"""In `Verdict.agreed`: the record has a DOI that somebody states for the preprint."""


def _compare(ours: Side, theirs: Side, words: Vocabulary) -> _Compared:
    return _Compared(
        both_ways(ours, theirs, words),
        how_people_stand(
            ours.people,
            theirs.people,
            ours.entry.authors_truncated or theirs.entry.authors_truncated,
        ),
        _year(ours.year, theirs.entry.date.year if theirs.entry.date is not None else None),
        not OTHER_PIECE.isdisjoint(set(ours.words) ^ set(theirs.words)),
        title_bits((ours.words, theirs.words), words) >= BITS_EXACT_ALONE
        and len(set(ours.words)) >= WORDS_EXACT_ALONE,
        shared_words(ours.words, theirs.words),
        SHARED_TITLE.match(" ".join(theirs.words[:4])) is not None,
    )


def both_ways(ours: Side, theirs: KnownTitle, words: Vocabulary) -> TitleMatch:
    """The comparison of two titles that holds in both directions.

    A subtitle or a word may be missing on either side: the direction in which it is missing says
    what it is, the other only that there is more.
    """
    there = compare_titles(theirs.words, ours, words)
    if there.difference is Difference.EXACT:
        return there
    back = compare_titles(ours.words, theirs, words)
    least, most = sorted((there, back), key=lambda match: match.difference)
    missing = (Difference.SHORTENED, Difference.WORD_MISSING)
    return least if most.difference is Difference.VARIED and least.difference in missing else most


def shared_words(first: Sequence[str], second: Sequence[str]) -> float:
    """Part of the bits of the shorter title that the other title has as well."""
    a, b = (
        {word for word in words if word not in FUNCTION_WORDS} or set(words)
        for words in (first, second)
    )
    least = min(_bits(a), _bits(b))
    return _bits(a & b) / least if least else 0.0


def _bits(words: set[str]) -> float:
    return sum(PLAIN_WORDS.weight(word) for word in words)


def how_people_stand(first: Sequence[Person], second: Sequence[Person], cut: bool) -> People:
    """How two lists of authors stand to each other; `cut` says that one of them goes on."""
    short, long = sorted((first, second), key=len)
    if not short:
        return People.UNKNOWN
    found = compare_authors(short, long)
    if found.agreement is Agreement.UNKNOWN:
        return People.UNKNOWN
    if found.found == len(short) and (cut or len(short) == len(long)):
        return People.ALL
    if found.found * 3 >= len(short) * 2 and (cut or found.found * 2 >= len(long)):
        return People.MOST
    if found.found >= 2 and found.found * 3 >= len(short):
        return People.SOME
    return People.ONE if found.found and (found.first or len(short) <= 2) else People.OTHER


def _year(preprint: int | None, published: int | None) -> Witness:
    if preprint is None or published is None:
        return Witness.SILENT
    later = published - preprint
    if -YEARS_BEFORE <= later <= YEARS_AFTER:
        return Witness.FOR
    return Witness.SILENT if -FAR_BEFORE <= later <= FAR_AFTER else Witness.AGAINST


def _witnesses(compared: _Compared) -> tuple[tuple[str, ...], tuple[str, ...]]:
    agreed, against = [], []
    if compared.title.difference <= Difference.SHORTENED and not compared.piece:
        agreed.append("title")
    else:
        against.append("title words")
    if compared.people <= People.MOST:
        agreed.append("authors")
    elif compared.people is People.OTHER:
        against.append("authors")
    if compared.year is Witness.FOR:
        agreed.append("year")
    elif compared.year is Witness.AGAINST:
        against.append("year")
    return tuple(agreed), tuple(against)


DIFFERENT_TITLE = "the title is another"
WHOLLY_OTHER_TITLE = "the same authors, but the title is wholly another"
OTHER_AUTHORS = "same title by other authors"
ANOTHER_PIECE = "the title names another part or another piece"


def _by_identifier(one: _Compared, *, stated: bool) -> tuple[Outcome, str]:
    """A stated DOI or a mutual reference, held against title and authors.

    The second is weaker: services merge a preprint with the paper of a near title.
    """
    difference, people = one.title.difference, one.people
    if people is People.OTHER:
        if difference is Difference.EXACT:
            return Outcome.LIKELY, "a stated identifier and the title, but the authors are others"
        return Outcome.NONE, "the authors are others"
    if difference <= Difference.SPELLING and people <= People.UNKNOWN:
        return Outcome.SURE, "a stated identifier, and the title agrees"
    series = difference is Difference.APART and one.title.score >= SERIES_LIKENESS
    if one.piece or series:
        # Authors mix up the DOIs of the parts of a series, and those of papers and errata.
        return Outcome.NONE, ANOTHER_PIECE
    near = difference <= Difference.WORD_MISSING or one.title.score >= LIKENESS_SHOWN
    if near and people <= People.MOST and (stated or difference <= Difference.SHORTENED):
        return Outcome.SURE, "a stated identifier; the authors agree and the title nearly"
    if people <= People.MOST and (near or one.shared >= RETITLED):
        # Titles change in review; the same people at work on two papers also exist.
        return Outcome.LIKELY, "a stated identifier; the authors agree, but the title is another"
    if people <= People.MOST:
        # People give the DOI of another paper of theirs: nothing is left that speaks for this one.
        return Outcome.NONE, WHOLLY_OTHER_TITLE
    if near:
        return Outcome.LIKELY, "a stated identifier and a similar title, but few of the authors"
    return Outcome.NONE, DIFFERENT_TITLE


def _by_title(one: _Compared) -> tuple[Outcome, str]:
    """The title with its witnesses."""
    difference, people = one.title.difference, one.people
    if one.piece or difference is Difference.APART:
        return Outcome.NONE, ANOTHER_PIECE
    if people is People.OTHER:
        return Outcome.NONE, OTHER_AUTHORS if difference is Difference.EXACT else DIFFERENT_TITLE
    if difference > Difference.SPELLING:
        return _by_other_title(one)
    if one.year is Witness.AGAINST:
        return Outcome.LIKELY, "the title agrees, but the year is far off"
    what = "exact title" if difference is Difference.EXACT else "title but for blanks"
    if people <= People.MOST and not (one.shared_title and people is People.MOST):
        year = " and year" if one.year is Witness.FOR else ""
        return Outcome.SURE, f"{what}; authors{year} agree"
    if people is People.UNKNOWN:
        return Outcome.LIKELY, f"{what}, but nothing says who wrote it"
    some = people is People.SOME and one.distinctive and not one.shared_title
    if some and one.year is Witness.FOR:
        # Lists grow and shrink between preprint and print.
        return Outcome.SURE, f"{what}, a distinctive one; some authors and the year agree"
    return Outcome.LIKELY, f"{what}, but few of the authors"


def _by_other_title(one: _Compared) -> tuple[Outcome, str]:
    if one.people > People.MOST or one.year is Witness.AGAINST:
        return Outcome.NONE, DIFFERENT_TITLE
    if one.title.difference is Difference.SHORTENED:
        return Outcome.LIKELY, "the title with or without its subtitle, by the same authors"
    if one.title.difference is Difference.WORD_MISSING:
        return Outcome.LIKELY, "one word more or less in the title, by the same authors"
    if one.title.score >= LIKENESS_SHOWN:
        return Outcome.LIKELY, "similar title by the same authors"
    return Outcome.NONE, DIFFERENT_TITLE
