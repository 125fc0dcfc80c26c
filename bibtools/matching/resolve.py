"""Which arXiv paper an entry is: from candidates to sure, likely, ambiguous or none.

Pure functions: the candidates and what is known of words come in, a `Resolution` goes out.
An ID is given only with a title and one more witness (authors, year, number of authors,
abstract), or with an exact and distinctive title that is the only one of its kind; and never
over a contradiction. A wrong ID is worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from bibtools.matching.evidence import IndexedPaper
from bibtools.matching.resolve_titles import (
    Difference,
    TitleMatch,
    Vocabulary,
    compare_titles,
    title_bits,
)
from bibtools.model import Candidate, Entry, Outcome, Resolution
from bibtools.text.people import (
    NO_AUTHORSHIP,
    Agreement,
    Authorship,
    Person,
    compare_authors,
    person,
)
from bibtools.text.titles import is_cut, title_words

if TYPE_CHECKING:
    from bibtools.text.fingerprints import AskedText

SOURCE = "index"

# --- thresholds, measured on questions with known answers ---------------------

# A paper is published up to so many years after it is on arXiv, or was so many before.
YEARS_AFTER = 4
YEARS_BEFORE = 2
# Outside of these the year contradicts.
FAR_AFTER = 7
FAR_BEFORE = 4
# Bits of the shared title words: with the year alone as witness, ...
BITS_EXACT_WITH_YEAR = 20.0
BITS_SLIPS_WITH_YEAR = 26.0
# ... with no other witness, and when part of the title is missing.
BITS_EXACT_ALONE = 30.0
WORDS_EXACT_ALONE = 3
BITS_SHORTENED = 14.0
BITS_WORD_MISSING = 24.0
# Part of an abstract's word pairs that the other has: it is the same text, another one.
ABSTRACT_WITNESS = 0.30
ABSTRACT_ALONE = 0.40
ABSTRACT_WITH_AUTHORS = 0.34
ABSTRACT_LEAD = 2.0
ABSTRACT_SAME_TEXT = 0.70
ABSTRACT_IDENTICAL = 0.85
ABSTRACT_FOREIGN = 0.04
# Titles that are more alike than this and differ in a number may be of one series.
SERIES_LIKENESS = 85.0
# Letters that must agree before a candidate is worth showing.
LIKENESS_SHOWN = 80.0
CANDIDATES_SHOWN = 3
# "Discussion of ..." is the title of every discussion of that paper: only authors or the
# abstract tell them apart.
SHARED_TITLE = re.compile(
    r"(?:discussion|comments?|reply|rejoinder|err?at(?:um|a)|corrigend(?:um|a)|addendum)\b"
    r"|(?:response|correction|preface|foreword) to\b|(?:editorial|introduction|preface)$"
)
# A title less alike than this, with less than half of the words, is not looked at.
LEAST_LIKENESS = 70.0


@dataclass(frozen=True, slots=True)
class Asked:
    """An entry made comparable."""

    title: str | None
    words: tuple[str, ...]
    key: str
    unique: tuple[str, ...]
    """The words, each once, in order."""
    cut: bool
    people: tuple[Person, ...]
    truncated: bool
    author_count: int | None
    year: int | None
    text: AskedText | None

    @classmethod
    def of(cls, entry: Entry) -> Asked:
        """The comparable form of an entry."""
        title = entry.title
        words = title_words(title) if title else ()
        return cls(
            title,
            words,
            "".join(words),
            tuple(dict.fromkeys(words)),
            is_cut(title) if title else False,
            tuple(person(name) for name in entry.authors),
            entry.authors_truncated,
            entry.author_count,
            entry.date.year if entry.date is not None else None,
            _asked_text(entry.abstract) if entry.abstract else None,
        )


def _asked_text(abstract: str) -> AskedText | None:
    # Here, because a title that is looked up comes without an abstract.
    from bibtools.text.fingerprints import AskedText

    return AskedText.of(abstract)


Verdict = tuple[Outcome, str]
"""An outcome and the rule that gave it."""
NOTHING: Verdict = (Outcome.NONE, "")


class Witness(StrEnum):
    """What one kind of evidence says."""

    FOR = "for"
    AGAINST = "against"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Weighed:
    """A candidate with all that speaks for and against it."""

    paper: IndexedPaper
    title: TitleMatch | None
    """None when the entry has no title."""
    authorship: Authorship
    year: Witness
    count: Witness
    abstract: Witness
    likeness: float
    """Of the abstracts, 0 to 1; 0 when unknown."""
    outcome: Outcome
    rule: str

    @property
    def named(self) -> bool:
        """True when the authors agree."""
        return self.authorship.agreement is Agreement.SAME

    @property
    def told(self) -> bool:
        """True when the abstracts agree."""
        return self.abstract is Witness.FOR

    @property
    def near(self) -> bool:
        """True when the titles look alike, or the abstracts do."""
        return self.told or (self.title is not None and self.title.score >= LIKENESS_SHOWN)

    def rule_for(self, what: str) -> str:
        """The clause that tells what agrees: "exact title; authors and year agree"."""
        witnesses = [
            name
            for name, agrees in (
                ("authors", self.named or self.authorship.agreement is Agreement.SOME),
                ("abstract", self.told),
                ("year", self.year is Witness.FOR),
                ("author count", self.count is Witness.FOR and not self.authorship.found),
            )
            if agrees
        ]
        if not witnesses:
            return what
        if len(witnesses) == 1:
            return f"{what}; {witnesses[0]} agree{'' if witnesses[0] == 'authors' else 's'}"
        return f"{what}; {', '.join(witnesses[:-1])} and {witnesses[-1]} agree"

    def candidate(self) -> Candidate:
        """The candidate as the user sees it."""
        agreed, against = [], []
        if self.title is not None:
            if self.title.difference <= Difference.SHORTENED:
                agreed.append("title")
            elif self.title.difference >= Difference.VARIED:
                against.append("title words")
        if self.authorship.agreement is Agreement.SAME:
            agreed.append("authors")
        elif self.authorship.agreement is Agreement.DIFFERENT:
            against.append("authors")
        for name, witness in (
            ("year", self.year),
            ("author count", self.count),
            ("abstract", self.abstract),
        ):
            if witness is Witness.FOR:
                agreed.append(name)
            elif witness is Witness.AGAINST:
                against.append(name)
        score = self.title.score if self.title is not None else 100.0 * self.likeness
        return Candidate(self.paper.arxiv, self.paper.title, score, tuple(agreed), tuple(against))


@dataclass(frozen=True, slots=True)
class Answer:
    """A resolution, and whether further candidates could change it."""

    resolution: Resolution
    settled: bool


def decide(asked: Asked, papers: Sequence[IndexedPaper], words: Vocabulary) -> Answer:
    """Decide which of the candidates the entry is, if any."""
    weighed = [weigh(asked, paper, words) for paper in papers if _worth_weighing(asked, paper)]
    if asked.text is not None:
        weighed = _by_abstract(weighed)
    sure = sorted((one for one in weighed if one.outcome is Outcome.SURE), key=_rank)
    if sure:
        rivals = [one for one in sure[1:] if _rank(one)[:3] == _rank(sure[0])[:3]]
        if rivals:
            return Answer(
                _resolution(
                    Outcome.AMBIGUOUS, "several papers fit equally well", [sure[0], *rivals]
                ),
                settled=False,
            )
        best = sure[0]
        alone = best.rule == ALONE
        if alone and sum(_same_title(one) for one in weighed) > 1:
            return Answer(
                _resolution(
                    Outcome.AMBIGUOUS,
                    "several papers have this title",
                    [one for one in weighed if _same_title(one)],
                ),
                settled=True,
            )
        resolution = Resolution(
            Outcome.SURE, best.paper.arxiv, best.rule, (best.candidate(),), SOURCE
        )
        settled = best.title is not None and best.title.difference is Difference.EXACT
        return Answer(resolution, settled)
    likely = sorted((one for one in weighed if one.outcome is Outcome.LIKELY), key=_rank)
    if len(likely) == 1:
        return Answer(_resolution(Outcome.LIKELY, likely[0].rule, likely), settled=False)
    if likely:
        return Answer(
            _resolution(Outcome.AMBIGUOUS, "several papers are alike", likely), settled=False
        )
    return Answer(Resolution(Outcome.NONE, None, "no paper of the index fits", (), SOURCE), False)


def _worth_weighing(asked: Asked, paper: IndexedPaper) -> bool:
    """False for a title that shares too few words to be this one; costs little."""
    if asked.text is not None or not asked.words or asked.key == paper.key:
        return True
    shared = len(set(asked.unique) & set(paper.words))
    if 2 * shared >= len(asked.unique):
        return True
    from rapidfuzz import fuzz

    return fuzz.ratio(asked.key, paper.key) >= LEAST_LIKENESS


def _resolution(outcome: Outcome, rule: str, shown: Sequence[Weighed]) -> Resolution:
    candidates = tuple(one.candidate() for one in shown[:CANDIDATES_SHOWN])
    return Resolution(outcome, None, rule, candidates, SOURCE)


def _same_title(one: Weighed) -> bool:
    return one.title is not None and one.title.difference is Difference.EXACT


def _rank(one: Weighed) -> tuple[object, ...]:
    """The surest first; equal in the first three places means that nothing sets them apart."""
    title = one.title
    return (
        title.difference if title is not None else Difference.EXACT,
        -one.authorship.found,
        -round(one.likeness, 1) if one.abstract is Witness.FOR else 0.0,
        title.slips if title is not None else 0,
        -(title.score if title is not None else 100.0 * one.likeness),
        one.year is not Witness.FOR,
        one.count is not Witness.FOR,
        one.paper.arxiv.value,
    )


# --- one candidate ----------------------------------------------------------------------------

ALONE = "exact title, distinctive and the only one of its kind"


def weigh(asked: Asked, paper: IndexedPaper, words: Vocabulary) -> Weighed:
    """All that speaks for and against one candidate, and what follows from it."""
    title = None
    if asked.words:
        title = compare_titles(asked.words, paper, words, cut=asked.cut)
    likeness = 0.0
    abstract = Witness.SILENT
    if asked.text is not None and paper.sketch is not None:
        likeness = asked.text.likeness(paper.sketch)
        if likeness >= ABSTRACT_WITNESS:
            abstract = Witness.FOR
        elif likeness <= ABSTRACT_FOREIGN:
            abstract = Witness.AGAINST
    near = (
        title is None
        or title.difference <= Difference.WORD_MISSING
        or title.score >= LIKENESS_SHOWN
        or abstract is Witness.FOR
    )
    if not near:
        return Weighed(
            paper, title, NO_AUTHORSHIP, Witness.SILENT, Witness.SILENT, abstract, likeness,
            Outcome.NONE, "",
        )  # fmt: skip
    authorship = compare_authors(asked.people, paper.people)
    weighed = Weighed(
        paper,
        title,
        authorship,
        _year(asked.year, paper.year),
        _count(asked, len(paper.author_names)),
        abstract,
        likeness,
        Outcome.NONE,
        "",
    )
    outcome, rule = _judge(weighed, asked, words)
    return Weighed(
        paper, title, authorship, weighed.year, weighed.count, abstract, likeness, outcome, rule
    )


def _year(asked: int | None, submitted: int) -> Witness:
    if asked is None:
        return Witness.SILENT
    later = asked - submitted
    if -YEARS_BEFORE <= later <= YEARS_AFTER:
        return Witness.FOR
    return Witness.SILENT if -FAR_BEFORE <= later <= FAR_AFTER else Witness.AGAINST


def _count(asked: Asked, known: int) -> Witness:
    number = asked.author_count
    if number is None and asked.people and not asked.truncated:
        number = len(asked.people)
    if number is None or not known:
        return Witness.SILENT
    # A list may have gained or lost a name between versions: no contradiction by itself.
    return Witness.FOR if number == known else Witness.SILENT


def _judge(one: Weighed, asked: Asked, words: Vocabulary) -> Verdict:
    # The rivals decide whether an abstract alone is enough: see `_by_abstract`.
    if one.title is None or one.authorship.agreement is Agreement.DIFFERENT:
        return NOTHING
    difference = one.title.difference
    if one.year is Witness.AGAINST:
        if difference <= Difference.WORD_MISSING and one.near:
            return Outcome.LIKELY, "the title agrees, but the year is far off"
        return NOTHING
    if difference is Difference.EXACT:
        return _judge_exact(one, asked, words)
    return _JUDGES[difference](one, one.title)


def _judge_spelling(one: Weighed, title: TitleMatch) -> Verdict:
    year = one.year is Witness.FOR and one.authorship.agreement is Agreement.UNKNOWN
    if one.named or one.told or (year and title.bits >= BITS_SLIPS_WITH_YEAR):
        return Outcome.SURE, one.rule_for("title but for slips")
    return (Outcome.LIKELY, "title but for slips") if one.near else NOTHING


def _judge_shortened(one: Weighed, title: TitleMatch) -> Verdict:
    if one.told or (one.named and title.bits >= BITS_SHORTENED):
        return Outcome.SURE, one.rule_for("shortened title")
    return (Outcome.LIKELY, "shortened title") if title.bits >= BITS_SHORTENED else NOTHING


def _judge_word_missing(one: Weighed, title: TitleMatch) -> Verdict:
    if one.told or (one.named and title.bits >= BITS_WORD_MISSING):
        return Outcome.SURE, one.rule_for("title but for a missing word")
    return (Outcome.LIKELY, "title but for a missing word") if one.near else NOTHING


def _judge_varied(one: Weighed, title: TitleMatch) -> Verdict:
    del title
    if one.likeness >= ABSTRACT_SAME_TEXT:
        return Outcome.SURE, one.rule_for("same abstract under another title")
    if one.near and (one.named or one.told):
        return Outcome.LIKELY, "similar title by the same authors"
    return NOTHING


def _judge_apart(one: Weighed, title: TitleMatch) -> Verdict:
    # Parts of a series have titles that differ in a number, and abstracts that share phrases;
    # the same abstract under quite another title is a title stated wrong.
    least = ABSTRACT_SAME_TEXT if title.score < SERIES_LIKENESS else ABSTRACT_IDENTICAL
    if one.likeness >= least:
        return Outcome.SURE, one.rule_for("same abstract under another title")
    if one.told:
        return Outcome.LIKELY, "the abstracts agree, but the titles name other parts"
    return NOTHING


_JUDGES = {
    Difference.SPELLING: _judge_spelling,
    Difference.SHORTENED: _judge_shortened,
    Difference.WORD_MISSING: _judge_word_missing,
    Difference.VARIED: _judge_varied,
    Difference.APART: _judge_apart,
}


def _judge_exact(one: Weighed, asked: Asked, words: Vocabulary) -> Verdict:
    if one.named or one.told:
        return Outcome.SURE, one.rule_for("exact title")
    authorship = one.authorship
    if authorship.agreement is Agreement.SOME:
        if authorship.first or authorship.found * 2 >= authorship.asked:
            return Outcome.SURE, one.rule_for("exact title")
        return Outcome.LIKELY, "exact title, but few of the authors"
    if SHARED_TITLE.match(" ".join(asked.words[:4])):
        return Outcome.LIKELY, "exact title, but one that several papers share"
    bits = title_bits((asked.words, one.paper.words), words)
    distinct = len(set(asked.words) | set(one.paper.words))
    witness = one.year is Witness.FOR or one.count is Witness.FOR
    if witness and bits >= BITS_EXACT_WITH_YEAR and distinct >= 2:
        return Outcome.SURE, one.rule_for("exact title")
    if bits >= BITS_EXACT_ALONE and distinct >= WORDS_EXACT_ALONE:
        if one.abstract is Witness.AGAINST:
            return Outcome.LIKELY, "exact title, but another abstract"
        return Outcome.SURE, ALONE
    return Outcome.LIKELY, "exact title, but not distinctive and without another witness"


def _by_abstract(weighed: list[Weighed]) -> list[Weighed]:
    """Decide the candidates that only their abstracts speak for, against their rivals."""
    ranked = sorted((one.likeness for one in weighed), reverse=True)
    return [_judge_text(one, ranked) for one in weighed]


def _judge_text(one: Weighed, ranked: Sequence[float]) -> Weighed:
    alone = one.title is None or one.title.difference is Difference.VARIED
    contradicted = one.authorship.agreement is Agreement.DIFFERENT or one.year is Witness.AGAINST
    if one.outcome is Outcome.SURE or not alone or not one.told or contradicted:
        return one
    least = ABSTRACT_SAME_TEXT
    if one.title is None:
        least = ABSTRACT_WITH_AUTHORS if one.named else ABSTRACT_ALONE
    rival = ranked[1] if one.likeness == ranked[0] and len(ranked) > 1 else ranked[0]
    clear = len(ranked) == 1 or one.likeness >= ABSTRACT_LEAD * rival
    if one.likeness >= least and clear:
        return replace(one, outcome=Outcome.SURE, rule="the abstracts agree")
    return replace(one, outcome=Outcome.LIKELY, rule="the abstracts are alike")
