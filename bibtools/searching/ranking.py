"""How well a document answers a question: BM25 over fields, and what hard conditions say.

The weighing is BM25F (Robertson, Zaragoza: The Probabilistic Relevance Framework, 2009): the
frequencies of a word in the fields are weighted and summed before they saturate. On top come
neighbours in the question that are neighbours in the text, and titles that are the question.

A plain word may be missing in a document, as long as those that are there carry `LEAST_SHARE` of
what all of them tell. Phrases, fields, negations and alternatives are conditions: they hold or
the document is out.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple, Protocol

from bibtools.model.notices import Notice
from bibtools.searching.documents import Document
from bibtools.searching.folding import other_spellings, shown_words, words, words_and_compounds
from bibtools.searching.query import Atom, Clause, Query
from bibtools.searching.typos import edits_allowed

SEARCHED: Final = ("title", "author", "abstract", "venue", "other")
"""The fields whose words are searched; the last has keywords, editors, series, key and year."""
WEIGHTS: Final = {"title": 4.0, "author": 3.0, "abstract": 1.0, "venue": 0.8, "other": 0.8}
LENGTH_COUNTS: Final = {"title": 0.3, "author": 0.3, "abstract": 0.5, "venue": 0.0, "other": 0.3}
"""How much a long field takes from each word in it (`b` of BM25)."""
SATURATION: Final = 1.2
"""`k1` of BM25."""
LEAST_SHARE: Final = 0.6
_NEIGHBOURS = 0.4
_WHOLE_TITLE = 1.5
_PART_OF_TITLE = 0.25
_SPELLING, _BEGINNING, _SLIP, _TWO_SLIPS = 0.9, 0.75, 0.6, 0.4
_FEW = 3
"""A word in fewer documents may be a slip of the fingers."""
_MOST_BEGINNINGS = 60
_MOST_SLIPS = 10


# The values of a search are named tuples: Python makes such a class in a tenth of the time that a
# data class takes, and a short run makes many classes.


class Vocabulary(Protocol):
    """The words of a collection of documents."""

    documents: int

    def counts(self, asked: Iterable[str]) -> Mapping[str, int]:
        """In how many documents each of these words stands; unknown ones are left out."""
        ...

    def beginning_with(self, start: str, field: str, most: int) -> Sequence[tuple[str, int]]:
        """(word, documents) of words with this beginning, the commonest first; with a `field`
        only words that stand in it.
        """
        ...

    def near(self, word: str, edits: int, most: int) -> Sequence[tuple[str, int, int]]:
        """(word, documents, slips) of words that differ by so many slips at most, the nearest
        and commonest first.
        """
        ...


class Wanted(NamedTuple):
    """A word of the question, and the words of the collection that will do for it."""

    typed: str
    forms: Mapping[str, float]
    """Words with how good each is, 1 the typed one."""
    weight: float
    """How much it tells (inverse document frequency)."""
    field: str = ""


class Condition(NamedTuple):
    """A clause that has to hold: any of the alternatives, or (`negated`) none of them."""

    any_of: tuple[tuple[Atom, tuple[Wanted, ...]], ...]
    negated: bool = False


class Plan(NamedTuple):
    """A question in the words of one collection."""

    query: Query
    wanted: tuple[Wanted, ...]
    """Plain words, in the order of the question."""
    conditions: tuple[Condition, ...]
    notices: tuple[Notice, ...] = ()
    """Words that nothing has."""

    @property
    def least(self) -> float:
        """How much a document's plain words have to tell together."""
        return LEAST_SHARE * sum(one.weight for one in self.wanted)

    def all_wanted(self) -> list[Wanted]:
        """The words that are asked for, also those of conditions, without what is negated."""
        found = list(self.wanted)
        for condition in self.conditions:
            if not condition.negated:
                found += [one for _, several in condition.any_of for one in several]
        return found


class Scored(NamedTuple):
    """What a document is worth to a question."""

    score: float
    fields: tuple[str, ...]
    """Where its words were found, in the order of `SEARCHED`."""


def rarity(documents: int, count: int) -> float:
    """How much a word tells that stands in so many of so many documents; never below zero."""
    return math.log(1 + (max(documents, count) - count + 0.5) / (count + 0.5))


_LONGEST_TOLD: Final = 80
"""Characters of a word in a sentence."""


def _shortened(typed: str) -> str:
    return typed if len(typed) <= _LONGEST_TOLD else f"{typed[: _LONGEST_TOLD - 1]}…"


def plan(query: Query, vocabulary: Vocabulary, beside: Sequence[Vocabulary] = ()) -> Plan:
    """The question in the words of a collection: with other spellings, beginnings and slips.

    How much a word tells is counted over the collections `beside` it as well, so that what one
    has can be compared with what the others have.
    """
    vocabulary = _Together(vocabulary, beside) if beside else vocabulary
    wanted: list[Wanted] = []
    conditions: list[Condition] = []
    notices: list[Notice] = []
    for clause in query.clauses:
        if not clause.is_word:
            conditions.append(_condition(clause, vocabulary))
            continue
        for found in _wanted(clause.atoms[0], vocabulary, careful=False):
            if found.forms:
                wanted.append(found)
            else:
                notices.append(
                    Notice(
                        f'Nothing has "{_shortened(found.typed)}".',
                        "question",
                        None,
                        clause.atoms[0].column,
                        rule="search.unknown-word",
                    )
                )
    return Plan(query, tuple(wanted), tuple(conditions), tuple(notices))


def _condition(clause: Clause, vocabulary: Vocabulary) -> Condition:
    return Condition(
        tuple(
            (atom, tuple(_wanted(atom, vocabulary, careful=True)) if atom.is_text else ())
            for atom in clause.atoms
        ),
        clause.negated,
    )


def _wanted(atom: Atom, vocabulary: Vocabulary, *, careful: bool) -> list[Wanted]:
    """What will do for the words of an atom; `careful` takes slips only for unknown words."""
    asked = list(atom.words)
    if atom.joined and vocabulary.counts([atom.joined]):
        asked = [atom.joined]
    typed = [atom.typed.rstrip("*")] if len(asked) == 1 else asked
    found = []
    for number, word in enumerate(asked):
        prefix = atom.prefix and number == len(asked) - 1
        found.append(_one_wanted(atom, word, typed[number], vocabulary, prefix, careful))
    return found


def _one_wanted(
    atom: Atom, word: str, typed: str, vocabulary: Vocabulary, prefix: bool, careful: bool
) -> Wanted:
    spellings = () if atom.phrase else other_spellings(typed)
    known = vocabulary.counts([word, *spellings])
    forms = {one: 1.0 if one == word else _SPELLING for one in (word, *spellings) if one in known}
    counts = dict(known)
    if prefix:
        most = min(_MOST_BEGINNINGS, 8 * len(word) ** 2)
        for one, count in vocabulary.beginning_with(word, atom.field, most):
            forms.setdefault(one, _BEGINNING)
            counts[one] = count
    have = sum(counts.get(one, 0) for one in forms)
    edits = edits_allowed(word)
    if edits and have < (1 if careful else _FEW) and not atom.phrase:
        for one, count, slips in vocabulary.near(word, edits, _MOST_SLIPS):
            forms.setdefault(one, _SLIP if slips == 1 else _TWO_SLIPS)
            counts[one] = count
    # Beginnings and slips do not make the typed word any commoner than it is.
    exact = max((counts[one] for one, good in forms.items() if good >= _SPELLING), default=0)
    told_by = exact or max((counts[one] for one in forms), default=0)
    if isinstance(vocabulary, _Together):
        weight = vocabulary.rarity(told_by, [one for one in forms if forms[one] >= _SPELLING])
    else:
        weight = rarity(vocabulary.documents, told_by)
    return Wanted(typed, forms, weight, atom.field)


class _Together:
    """A vocabulary that knows of others how common words are there."""

    def __init__(self, first: Vocabulary, others: Sequence[Vocabulary]) -> None:
        self._others = others
        self.documents = first.documents
        self.counts = first.counts
        self.beginning_with = first.beginning_with
        self.near = first.near

    def rarity(self, count: int, forms: Sequence[str]) -> float:
        """How much a word tells with so many documents here, and those of its forms elsewhere."""
        documents = self.documents
        for other in self._others:
            documents += other.documents
            count += max(other.counts(forms).values(), default=0)
        return rarity(documents, count)


# --- one document ------------------------------------------------------------------------------


class View:
    """A document taken apart into words, each field when it is first asked for."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._words: dict[str, list[str]] = {}
        self._counts: dict[str, Counter[str]] = {}

    def words(self, field: str) -> list[str]:
        """The words of a field in order."""
        found = self._words.get(field)
        if found is None:
            found = self._words[field] = words(text_of(self.document, field))
        return found

    def counts(self, field: str) -> Counter[str]:
        """How often each word stands in a field; hyphenated ones also as one word."""
        found = self._counts.get(field)
        if found is None:
            text = text_of(self.document, field)
            self._words[field], joined = words_and_compounds(text)
            found = self._counts[field] = Counter(self._words[field])
            if joined:
                found.update(joined)
        return found

    def names_as_spoken(self) -> list[str]:
        """The words of the authors, given names first, also without initials ("Donald E. Knuth"
        is "Donald Knuth"); an empty one parts them.
        """
        found: list[str] = []
        for name in self.document.authors:
            family, _, given = name.partition(", ")
            first, last = words(given), words(family)
            found += [*first, *last, ""]
            if (short := [word for word in first if len(word) > 1]) and short != first:
                found += [*short, *last, ""]
        return found

    def before(self, field: str, after: set[str]) -> set[str]:
        """The words that stand before one of these in a field."""
        found = self.words(field)
        return {word for word, following in pairwise(found) if following in after}


def text_of(document: Document, field: str) -> str:
    """The text of one of the `SEARCHED` fields."""
    if field == "author":
        return "; ".join(document.authors)
    if field == "other":
        year = str(document.year) if document.year else ""
        return " ".join((document.other, document.key, year))
    return str(getattr(document, field))


def weigh(asked: Plan, view: View, usual_lengths: Mapping[str, float]) -> Scored | None:
    """What the document is worth to the question; None when a condition does not hold, or too
    many of its words are missing.
    """
    if not all(holds(condition, view) for condition in asked.conditions):
        return None
    score = told = 0.0
    fields: set[str] = set()
    for wanted in asked.wanted:
        one = _word_score(wanted, view, usual_lengths, fields)
        if one:
            told += wanted.weight
            score += one
    if asked.wanted and told < asked.least - 1e-9:
        return None
    if asked.wanted:
        whole = sum(wanted.weight for wanted in asked.wanted)
        score *= told / whole if whole else 1.0
    for condition in asked.conditions:
        if not condition.negated:
            score += max(
                (
                    sum(_word_score(one, view, usual_lengths, fields) for one in several)
                    for _, several in condition.any_of
                ),
                default=0.0,
            )
    score += _neighbours(asked.wanted, view)
    score *= 1 + _title_share(asked.wanted, view)
    return Scored(score, tuple(field for field in SEARCHED if field in fields))


def _word_score(
    wanted: Wanted, view: View, usual_lengths: Mapping[str, float], found_in: set[str]
) -> float:
    often = 0.0
    for field in (wanted.field,) if wanted.field else SEARCHED:
        counts = view.counts(field)
        said = wanted.forms.keys() & counts.keys()
        if said:
            there = max([wanted.forms[form] * counts[form] for form in said])
            found_in.add(field)
            usual = usual_lengths.get(field) or 1.0
            share = LENGTH_COUNTS[field]
            long = 1 - share + share * len(view.words(field)) / usual
            often += WEIGHTS[field] * there / long
    return wanted.weight * often * (SATURATION + 1) / (SATURATION + often)


def _neighbours(asked: Sequence[Wanted], view: View) -> float:
    """For words that stand side by side in the question and in the title or the abstract."""
    if len(asked) < 2:
        return 0.0
    score = 0.0
    said = [
        {field: _said(wanted, view, field) for field in ("title", "abstract")} for wanted in asked
    ]
    for at, (first, second) in enumerate(pairwise(asked)):
        for field, left in said[at].items():
            right = said[at + 1][field]
            # Seldom are both there, and to look at all neighbours takes long.
            if left and right and not left.isdisjoint(view.before(field, right)):
                score += _NEIGHBOURS * min(first.weight, second.weight)
                break
    return score


def _said(wanted: Wanted, view: View, field: str) -> set[str]:
    return {form for form in _good(wanted) if form in view.counts(field)}


def _good(wanted: Wanted) -> list[str]:
    best = [form for form, good in wanted.forms.items() if good >= _SPELLING]
    return best or list(wanted.forms)[:3]


def _title_share(asked: Sequence[Wanted], view: View) -> float:
    """How much of the title the question says; more when it is the whole title in its order."""
    title = view.words("title")
    if not asked or not title:
        return 0.0
    if len(title) == len(asked) > 1 and all(
        word in wanted.forms for word, wanted in zip(title, asked, strict=True)
    ):
        return _WHOLE_TITLE
    said = set(title)
    hit = sum(any(form in said for form in wanted.forms) for wanted in asked)
    return _PART_OF_TITLE * min(1.0, hit / len(title))


# --- conditions --------------------------------------------------------------------------------


def holds(condition: Condition, view: View) -> bool:
    """Whether a condition holds for a document."""
    found = any(_holds(atom, several, view) for atom, several in condition.any_of)
    return found != condition.negated


def _holds(atom: Atom, several: Sequence[Wanted], view: View) -> bool:
    if not atom.is_text:
        return _TESTS[atom.field](atom, view.document)
    fields = (atom.field,) if atom.field else SEARCHED
    if not several or not all(one.forms for one in several):
        return False
    if atom.phrase:
        return any(_side_by_side(view.words(field), several) for field in fields) or (
            "author" in fields and _side_by_side(view.names_as_spoken(), several)
        )
    return any(
        all(any(form in view.counts(field) for form in one.forms) for one in several)
        for field in fields
    ) or (
        atom.field == ""
        and all(
            any(form in view.counts(field) for field in fields for form in one.forms)
            for one in several
        )
    )


def _side_by_side(found: Sequence[str], several: Sequence[Wanted]) -> bool:
    first = several[0].forms
    length = len(several)
    return any(
        word in first
        and at + length <= len(found)
        and all(found[at + n] in several[n].forms for n in range(1, length))
        for at, word in enumerate(found)
    )


def _is_of_category(atom: Atom, document: Document) -> bool:
    for one in document.categories:
        name = one.lower()
        if name == atom.value or name.startswith(atom.value.rstrip(".*") + "."):
            return True
    return False


def _is_id(atom: Atom, document: Document) -> bool:
    told = {document.arxiv, document.doi, document.key, document.place, *document.ids}
    told |= {one.partition(":")[2] for one in document.ids}
    return atom.value in {one.lower() for one in told if one}


_TESTS: Final[Mapping[str, Callable[[Atom, Document], bool]]] = {
    "year": lambda atom, one: bool(one.year) and atom.low <= one.year <= atom.high,
    "key": lambda atom, one: one.key.lower().startswith(atom.value.rstrip("*")),
    "type": lambda atom, one: atom.value in (one.type, one.entry_type),
    "arxiv": lambda atom, one: one.arxiv.lower() == atom.value,
    "doi": lambda atom, one: one.doi.lower() == atom.value,
    "id": _is_id,
    "has": lambda atom, one: atom.value in one.has(),
    "category": _is_of_category,
}


# --- what is shown -----------------------------------------------------------------------------


def found_spans(asked: Plan, text: str, field: str) -> list[tuple[int, int]]:
    """(start, end) of the words of a text that the question found, in order."""
    forms: set[str] = set()
    for wanted in asked.all_wanted():
        if wanted.field in ("", field):
            forms |= wanted.forms.keys()
    spans: list[tuple[int, int]] = []
    for word, start, end in shown_words(text):
        if word in forms:
            if spans and start < spans[-1][1]:
                spans[-1] = (spans[-1][0], end)
            else:
                spans.append((start, end))
    return spans


def snippet(asked: Plan, text: str, field: str = "abstract", width: int = 160) -> str:
    """The part of a text with the most words of the question, about so many characters wide."""
    if len(text) <= width:
        return text
    spans = found_spans(asked, text, field)
    best, start = -1, 0
    for number, (left, _) in enumerate(spans):
        held = {text[a:b].casefold() for a, b in spans[number:] if b <= left + width - 20}
        if len(held) > best:
            best, start = len(held), left
    begin = max(0, min(start - 20, len(text) - width))
    if begin:
        begin = text.find(" ", begin) + 1 or begin
    end = min(len(text), begin + width)
    if end < len(text):
        blank = text.rfind(" ", begin + width // 2, end)
        end = blank if blank > begin else end
    return ("… " if begin else "") + text[begin:end].strip() + (" …" if end < len(text) else "")
