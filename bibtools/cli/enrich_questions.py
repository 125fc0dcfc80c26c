"""What `enrich --interactive` asks at the terminal: both sides are shown, a person chooses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import click

from bibtools.cli.screen import say
from bibtools.matching.published import Judged
from bibtools.model import ArxivId, Entry
from bibtools.sites.asking import Question
from bibtools.sites.records import Record
from bibtools.workflows.online import Online, OnlineOptions
from bibtools.workflows.online.questions import named
from bibtools.workflows.online.state import Told

_SHOWN_IDS = ("pmid", "pmcid", "dblp", "acl", "isbn")


class Questions:
    """What a person was asked so far, and what the answers were; nothing is asked twice."""

    def __init__(self) -> None:
        """Nothing was asked yet."""
        self.stopped = False
        """Whether the person wants to be asked no more."""
        self._asked: set[tuple[int, str]] = set()
        self._chosen: dict[int, ArxivId] = {}
        self._own: set[tuple[int, Question]] = set()
        self._picked: dict[int, tuple[Record, ...]] = {}

    def ask(self, online: Online, sides: Mapping[str, Entry]) -> bool:
        """Show both sides of what is unsure and was not asked yet, and ask.

        `sides` has the records of candidate arXiv papers by ID. Gives whether an answer changes
        what is to be written; `answered` has it then.
        """
        before = (len(self._chosen), len(self._own), len(self._picked))
        for number, told in enumerate(online.told):
            self._ask_arxiv(number, told, sides)
            self._ask_own(number, told)
            self._ask_published(number, told)
        return (len(self._chosen), len(self._own), len(self._picked)) != before

    def answered(self, settings: OnlineOptions) -> OnlineOptions:
        """The options with the answers."""
        return replace(
            settings,
            chosen=dict(self._chosen),
            own=frozenset(self._own),
            picked=dict(self._picked),
        )

    def _is_new(self, number: int, what: str) -> bool:
        """Whether to ask; it counts as asked from then on."""
        if self.stopped or (number, what) in self._asked:
            return False
        self._asked.add((number, what))
        return True

    def _ask_arxiv(self, number: int, told: Told, sides: Mapping[str, Entry]) -> None:
        """Which of the papers at arXiv it is."""
        found = told.entry.resolution
        if told.entry.arxiv is not None or found is None or not found.candidates:
            return
        if not self._is_new(number, "arxiv"):
            return
        _show_entry(told.entry)
        for place, one in enumerate(found.candidates, start=1):
            say(f"  {place}  arXiv:{one.arxiv}  {_line(one.title)}")
            if (record := sides.get(one.arxiv.value)) is not None:
                say(f"     {_people_and_year(record)}{_venue(record)}")
            _show_witnesses(one.agreed, one.against)
        chosen = self._choose("Which is it", len(found.candidates))
        if chosen is not None:
            self._chosen[number] = found.candidates[chosen].arxiv

    def _ask_own(self, number: int, told: Told) -> None:
        """Whether what an identifier of the entry leads to is the entry's own record."""
        for question, record in told.unsure:
            if not self._is_new(number, str(question)):
                continue
            _show_entry(told.entry)
            say(f"\n{named(question.service).title} knows {question.subject} as:")
            say(f"  {_line(record.entry.title)}")
            say(f"  {_described(record)}")
            if self._agree("Is this the record of the entry"):
                self._own.add((number, question))

    def _ask_published(self, number: int, told: Told) -> None:
        """Which of the publications is its published version."""
        found = told.publications
        if not found or not self._is_new(number, _mark(found)):
            return
        _show_entry(told.entry)
        if len(found) == 1:
            say("")
            _show_publication("found: ", "  ", found[0])
            chosen = 0 if self._agree("Is this its published version") else None
        else:
            for place, group in enumerate(found, start=1):
                _show_publication(f"  {place}  ", "     ", group)
            chosen = self._choose("Which is its published version", len(found))
        if chosen is not None:
            self._picked[number] = tuple(one.record for one in found[chosen])

    def _agree(self, text: str) -> bool:
        return self._prompt(f"{text} (y, n, q to stop asking)", ["y"]) == "y"

    def _choose(self, text: str, count: int) -> int | None:
        """The place that was chosen, from 0; None for none of them."""
        places = [str(place) for place in range(1, count + 1)]
        answer = self._prompt(f"{text} ({', '.join(places)}, n for none, q to stop asking)", places)
        return places.index(answer) if answer in places else None

    def _prompt(self, text: str, answers: Sequence[str]) -> str:
        kinds = click.Choice([*answers, "n", "q"])
        try:
            answer: str = click.prompt(text, type=kinds, show_choices=False, default="n", err=True)
        except click.Abort as end:
            if not isinstance(end.__context__, EOFError):
                raise  # Ctrl-C
            say("\nStandard input has ended, so nobody is asked any more; what is sure is written.")
            answer = "q"
        self.stopped = answer == "q"
        return answer


def _mark(found: Sequence[Sequence[Judged]]) -> str:
    """What tells a choice among publications from another one."""
    entries = [group[0].record.entry for group in found]
    return "published " + "|".join(sorted(f"{one.doi or one.venue}" for one in entries))


def _show_entry(entry: Entry) -> None:
    say(f"\n{entry.key or 'entry'}: {_line(entry.title)}")
    say(f"  {_described(Record(entry))}")


def _show_publication(start: str, indent: str, group: Sequence[Judged]) -> None:
    best = group[0]
    say(f"{start}{_line(best.record.entry.title)}")
    say(f"{indent}{_described(best.record)}")
    _show_witnesses(best.verdict.agreed, best.verdict.against, indent)


def _show_witnesses(agreed: Iterable[str], against: Sequence[str], indent: str = "     ") -> None:
    but = f"; against: {', '.join(against)}" if against else ""
    say(f"{indent}for: {', '.join(agreed) or 'nothing'}{but}")


def _described(record: Record) -> str:
    """Authors, year, venue and identifiers, in one line."""
    entry = record.entry
    where = _venue(entry) or "; no venue"
    ids = [f"arXiv:{entry.arxiv}"] if entry.arxiv is not None else []
    ids += [f"doi:{entry.doi}"] if entry.doi is not None else []
    ids += [f"{name}:{entry.other_ids[name]}" for name in _SHOWN_IDS if name in entry.other_ids]
    names = ", ".join(ids) or record.identifier or "no identifier"
    return _line(f"{_people_and_year(entry)}{where}; {names}")


def _venue(entry: Entry) -> str:
    return f"; {_line(entry.venue)}" if entry.venue else ""


def _people_and_year(entry: Entry) -> str:
    names = ", ".join(name.display() for name in entry.authors[:4])
    if len(entry.authors) > 4:
        names += f" and {len(entry.authors) - 4} more"
    elif names and entry.authors_truncated:
        names += " and others"
    year = str(entry.date.year) if entry.date is not None else "no year"
    return f"{names or 'no authors'}, {year}"


def _line(text: str | None) -> str:
    """The text on one line: a title must not look like a line of ours."""
    return " ".join((text or "").split()) or "no title"
