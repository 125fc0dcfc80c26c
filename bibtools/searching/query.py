"""Questions as a person types them, read into values.

    gao "contrastive learning" -survey year:2020.. has:code

Words and phrases, `-word` or `NOT word`, `field:word`, `field:"a phrase"`, `one|other`. What
cannot be read becomes a notice with its column, and the rest is searched. docs/search.md has the
language; `FIELDS` is the table of fields and their other names.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from bibtools.later import later
from bibtools.model.notices import Notice
from bibtools.searching.documents import HAS
from bibtools.searching.folding import compounds, fold, words

TEXT_FIELDS: Final = ("title", "author", "abstract", "venue")
FIELDS: Final = {
    "title": ("ti", "t"),
    "author": ("au", "authors", "by"),
    "abstract": ("ab", "abs"),
    "venue": ("journal", "booktitle", "in"),
    "year": ("y", "date"),
    "key": ("citekey",),
    "type": ("kind",),
    "arxiv": ("eprint",),
    "doi": (),
    "id": (),
    "has": ("with",),
    "category": ("cat", "class"),
}
"""The fields, and the other names that each goes by."""
_NAMES = {name: name for name in FIELDS} | {
    other: name for name, others in FIELDS.items() for other in others
}
_TOKEN = later(r"\s+|\|")
_FIELD = later(r"([A-Za-z]+):(?=\S)")
_YEARS = later(
    r"(?P<sign>>=|<=|>|<|=)?(?P<low>[0-9]{1,4})?(?:(?P<to>\.\.+|-|–|:)(?P<high>[0-9]{1,4})?)?"
)
_NEGATION = later(r"(?:NOT\s+|-(?=[\w\"]))")
_OR = later(r"\s*\|\s*|\s+OR\s+")
_FIRST_YEAR, _LAST_YEAR = 0, 9999
_LONGEST_QUERY = 4_000
_MOST_CLAUSES = 200


class Atom(NamedTuple):
    """One thing that is asked for."""

    field: str = ""
    """A name of `FIELDS`; empty for a word anywhere."""
    words: tuple[str, ...] = ()
    """Folded; of a text field or of no field."""
    typed: str = ""
    """As it was typed, without quotes and field."""
    joined: str = ""
    """The word without its hyphens: "pretraining" for "pre-training"."""
    phrase: bool = False
    """Whether the words have to stand side by side."""
    prefix: bool = False
    """Whether the last word may be the beginning of one."""
    value: str = ""
    """Of `key`, `type`, `arxiv`, `doi`, `id`, `has`, `category`: what it has to be, in lower
    case."""
    low: int = _FIRST_YEAR
    high: int = _LAST_YEAR
    """Of `year`: from `low` to `high`, both included."""
    column: int = 1
    """1-based, in characters of the question."""

    @property
    def is_text(self) -> bool:
        """Whether it asks for words."""
        return self.field == "" or self.field in TEXT_FIELDS


class Clause(NamedTuple):
    """One of several things that all count: any of the atoms will do."""

    atoms: tuple[Atom, ...]
    negated: bool = False

    @property
    def is_word(self) -> bool:
        """Whether it is a plain word, which an entry may also lack."""
        return (
            not self.negated
            and len(self.atoms) == 1
            and self.atoms[0].field == ""
            and not self.atoms[0].phrase
        )


class Query(NamedTuple):
    """A question."""

    text: str
    clauses: tuple[Clause, ...] = ()
    notices: tuple[Notice, ...] = ()
    """What in it could not be read; the file is `question`."""


def parse_query(text: str, *, prefix: bool = True) -> Query:
    """The question that a text asks; with `prefix` its last word may be the beginning of one.

    Any text is a question: what has no meaning in it is told and left out.
    """
    reader = _Reader(text[:_LONGEST_QUERY])
    clauses = tuple(reader.clauses())
    if prefix:
        clauses = _with_prefix(clauses, reader.last_word)
    return Query(text, clauses, tuple(reader.notices))


def field_named(name: str) -> str | None:
    """The field that a name or another name of it means; None for any other word."""
    return _NAMES.get(name.lower())


def _with_prefix(clauses: tuple[Clause, ...], last: Atom | None) -> tuple[Clause, ...]:
    if not clauses or last is None or clauses[-1].negated or clauses[-1].atoms[-1] is not last:
        return clauses
    *before, clause = clauses
    *atoms, _ = clause.atoms
    return (*before, clause._replace(atoms=(*atoms, last._replace(prefix=True))))


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.notices: list[Notice] = []
        self.last_word: Atom | None = None
        """The last atom, when the text ends in a word that may go on."""

    def note(self, message: str, at: int, hint: str | None = None) -> None:
        self.notices.append(
            Notice(message, "question", None, at + 1, rule="search.question", hint=hint)
        )

    def clauses(self) -> Iterator[Clause]:
        count = 0
        while True:
            self.skip_blanks()
            if self.at >= len(self.text):
                return
            if count >= _MOST_CLAUSES:
                self.note(f"Only the first {_MOST_CLAUSES} words were searched.", self.at)
                return
            found = self.clause()
            if found is not None:
                count += 1
                yield found

    def skip_blanks(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1

    def clause(self) -> Clause | None:
        start = self.at
        negated = self.negation()
        if negated and (self.at >= len(self.text) or self.text[self.at].isspace()):
            self.note("Nothing stands behind this sign of negation.", start)
            return None
        atoms: list[Atom] = []
        while True:
            if self.at < len(self.text) and self.text[self.at] == "|":
                self.note('Nothing stands before this "|".', self.at)
                self.at += 1
            else:
                atoms += self.atom()
            if not self.another():
                break
        if not atoms:
            return None
        if len(atoms) == 1 and self.at >= len(self.text):
            self.last_word = atoms[0] if self.may_go_on(atoms[0]) else None
        elif self.at >= len(self.text):
            self.last_word = atoms[-1] if self.may_go_on(atoms[-1]) else None
        return Clause(tuple(atoms), negated)

    def may_go_on(self, atom: Atom) -> bool:
        end = self.text[-1:]
        return atom.is_text and not atom.phrase and (end.isalnum() or end in "-*")

    def negation(self) -> bool:
        if match := _NEGATION.match(self.text, self.at):
            self.at = match.end()
            return True
        if self.text.startswith(("NOT", "-"), self.at) and self.text[self.at :].strip() in (
            "NOT",
            "-",
        ):
            self.at = len(self.text.rstrip())
            return True
        return False

    def another(self) -> bool:
        """Whether another alternative follows, behind a `|` or `OR`."""
        match = _OR.match(self.text, self.at)
        if match is None:
            return False
        if match.end() >= len(self.text):
            self.note('Nothing stands behind this "|".', match.start())
            self.at = match.end()
            return False
        self.at = match.end()
        return True

    def atom(self) -> list[Atom]:
        start = self.at
        name = None
        if match := _FIELD.match(self.text, self.at):
            name = field_named(match[1])
            if name is not None:
                self.at = match.end()
        typed, quoted = self.value()
        if name is None:
            return self.plain(typed, quoted, start)
        made = self.of_field(name, typed, quoted, start)
        return [made._replace(column=start + 1)] if made is not None else []

    def value(self) -> tuple[str, bool]:
        """The word or the quoted words at this place."""
        if self.text[self.at : self.at + 1] == '"':
            end = self.text.find('"', self.at + 1)
            if end < 0:
                self.note("This quotation mark has no partner.", self.at)
                end = len(self.text)
            typed = self.text[self.at + 1 : end]
            self.at = min(end + 1, len(self.text))
            return typed, True
        match = _TOKEN.search(self.text, self.at)
        end = match.start() if match is not None else len(self.text)
        typed = self.text[self.at : end]
        self.at = end
        return typed, False

    def plain(self, typed: str, quoted: bool, start: int) -> list[Atom]:
        if not quoted:
            if (found := _identified(typed)) is not None:
                return [found._replace(column=start + 1)]
            if (match := _FIELD.match(typed)) and "://" not in typed:
                self.note(
                    f'"{match[1]}" is no field; it was searched as a word.',
                    start,
                    f"Fields are {', '.join(FIELDS)}.",
                )
        made = _text_atom("", typed, quoted, start)
        if made is None:
            if typed.strip():
                self.note(f'"{typed}" has no letter or digit to search for.', start)
            return []
        return [made]

    def of_field(self, name: str, typed: str, quoted: bool, start: int) -> Atom | None:
        if name in TEXT_FIELDS:
            made = _text_atom(name, typed, quoted, start)
            if made is None:
                self.note(f'"{typed}" has no letter or digit to search for.', start)
            return made
        if name == "year":
            return self.years(typed, start)
        value = typed.strip().lower()
        if not value:
            self.note(f'"{name}:" has nothing behind it.', start)
            return None
        if name == "has" and value not in HAS:
            self.note(
                f'"has:{typed}" has no meaning and was left out.',
                start,
                f"It may be {', '.join(HAS)}.",
            )
            return None
        return (
            _identifier(value, typed)
            if name == "id"
            else Atom(name, typed=typed, value=_value(name, value))
        )

    def years(self, typed: str, start: int) -> Atom | None:
        match = _YEARS.fullmatch(typed.strip())
        low, high = (
            int(match[name]) if match and match[name] else None for name in ("low", "high")
        )
        sign, to = (match["sign"], match["to"]) if match is not None else (None, None)
        if match is None or (low is None and high is None) or (sign and (to or low is None)):
            self.note(
                f'"year:{typed}" is no year and was left out.',
                start,
                "Years are asked for as year:2021, year:2020..2023, year:2020.. or year:>=2020.",
            )
            return None
        first, last = _FIRST_YEAR, _LAST_YEAR
        if sign is not None and low is not None:
            first, last = {
                ">=": (low, last), ">": (low + 1, last), "<=": (first, low),
                "<": (first, low - 1), "=": (low, low),
            }[sign]  # fmt: skip
        elif to is None:
            first = last = low if low is not None else _LAST_YEAR
        else:
            first = low if low is not None else first
            last = high if high is not None else last
        if first > last:
            self.note(f'"year:{typed}" begins behind its end; nothing is of such years.', start)
        return Atom("year", typed=typed, low=first, high=last)


def _value(name: str, value: str) -> str:
    """A value in the dress in which documents have it."""
    if name in ("arxiv", "doi"):
        found = _identified(value)
        if found is not None and found.field == name:
            return found.value
    return value.lstrip("@") if name == "type" else value


def _identifier(value: str, typed: str) -> Atom:
    """What `id:` asks for: an arXiv ID, a DOI, or any other identifier or key."""
    found = _identified(value)
    if found is not None:
        return found._replace(typed=typed)
    return Atom("id", value=value, typed=typed)


def _identified(typed: str) -> Atom | None:
    """What asks for the arXiv ID or the DOI that this is; None for any other text."""
    if not any(char.isdigit() for char in typed):
        return None  # nearly every word, and without loading what knows identifiers
    from bibtools.model.identifiers import parse_arxiv, parse_doi

    if (arxiv := parse_arxiv(typed)) is not None:
        return Atom("arxiv", value=arxiv.value, typed=typed)
    if (doi := parse_doi(typed)) is not None:
        return Atom("doi", value=doi.folded, typed=typed)
    return None


def _text_atom(field: str, typed: str, quoted: bool, start: int) -> Atom | None:
    starred = not quoted and typed.endswith("*")
    found = tuple(words(typed))
    if not found:
        return None
    joined = compounds(typed)
    return Atom(
        field,
        found,
        typed,
        joined=joined[0] if len(joined) == 1 and not quoted and fold(typed) else "",
        phrase=quoted and len(found) > 1,
        prefix=starred,
        column=start + 1,
    )
