"""Which entries of .bib files some citations need: those cited, and those these lean on.

Rules: bibtex.web ("Reading the database file(s)") for BibTeX, the manuals of biblatex (2.2.3,
2.4.1, 3.14) and biber for theirs. BibTeX compares keys without regard to case and the first
entry of a key wins, over all its files as if they were one; biber tells case apart and knows
`ids`. An entry that another names in `crossref`, `xdata`, `xref`, `related` or `entryset` is
always taken along: whether it is printed too (BibTeX's and biber's `min-crossrefs`) is decided by
them, but without it nothing can be inherited.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from bibtools.formats.bibtex.blocks import BibEntry, StringDefinition
from bibtools.formats.bibtex.document import Document
from bibtools.formats.bibtex.macros import MONTHS
from bibtools.formats.bibtex.references import REFERENCES, names_of
from bibtools.formats.bibtex.values import survey
from bibtools.model import Notice

LEANS_ON: Final = tuple(name for name in REFERENCES if name != "ids")
"""Fields that name other entries."""
_INHERITING: Final = ("crossref", "xdata")
_LEANING = re.compile(rb"(?i)crossref|xdata|xref|related|entryset")
_IDS = re.compile(rb"(?i)\bids\b")
_XDATA_PART = re.compile(rb"(?i)[{\",\s]xdata\s*=\s*[^\s{\"=]")
_PART_OF_XDATA = re.compile(r"(?i)(?<![^\s{,])xdata\s*=\s*([^\s,{}=-]+)")
"""`publisher = {xdata=key-field-number}`: biblatex manual, 3.14.6 "Data Containers"."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One entry that is needed."""

    entry: BibEntry
    why: str
    """`cited`, `alias` (cited by a key in its `ids`), `everything`, or the field that names it."""
    by: str
    """The key that was asked for, or the key of the entry that names it; empty for
    `everything`."""


@dataclass(frozen=True, slots=True)
class Lacking:
    """A key that an entry names and no entry has."""

    key: str
    field: str
    by: BibEntry


@dataclass(frozen=True, slots=True)
class Needed:
    """What some citations need of some .bib files."""

    taken: tuple[Taken, ...]
    """In the order to write them: that of the files, with a `crossref` parent behind its
    children unless biber reads them."""
    found: Mapping[str, BibEntry]
    """From each key that was asked for to its entry; the spelling may differ, see `biber`."""
    missing: tuple[str, ...]
    """Keys that were asked for and that no entry has, in the order they were asked."""
    lacking: tuple[Lacking, ...]
    """Parents and relatives that no entry is."""
    macros: tuple[str, ...]
    """Macros that the entries use and the files define, in lower case, in file order."""
    strings: tuple[StringDefinition, ...]
    """The definitions of `macros` that hold where they are used, and those these use."""
    notices: tuple[Notice, ...]

    @property
    def entries(self) -> tuple[BibEntry, ...]:
        """The entries alone, in the order to write them."""
        return tuple(one.entry for one in self.taken)


def needed(
    documents: Document | Sequence[Document],
    keys: Iterable[str],
    *,
    biber: bool | None = None,
    everything: bool = False,
) -> Needed:
    r"""The entries that citations of these keys need, from one file or several read as one.

    With `biber` true keys are told apart by case; with false, as BibTeX does, they are not, and
    of entries whose keys differ by case the first counts. By default, when nobody knows who will
    read them, an entry spelt alike comes before one that is not. `everything` is `\nocite{*}`.
    A `@preamble` is never needed: whoever writes asks the person first.
    """
    files = [documents] if isinstance(documents, Document) else list(documents)
    return _Collector(files, biber).collect(keys, everything)


@dataclass(slots=True)
class _Collector:
    files: Sequence[Document]
    biber: bool | None
    exact: dict[str, BibEntry] = field(default_factory=dict)
    folded: dict[str, BibEntry] = field(default_factory=dict)
    aliases: dict[str, BibEntry] | None = None
    """Read when first asked for: most files have none."""
    order: dict[BibEntry, int] = field(default_factory=dict)
    taken: dict[BibEntry, Taken] = field(default_factory=dict)
    lacking: list[Lacking] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    names: dict[BibEntry, list[tuple[str, BibEntry]]] = field(default_factory=dict)
    """What each taken entry leans on: field and entry."""

    def collect(self, keys: Iterable[str], everything: bool) -> Needed:
        self._list()
        found: dict[str, BibEntry] = {}
        missing: list[str] = []
        for key in dict.fromkeys(keys):
            entry, why = self._look(key)
            if entry is None:
                missing.append(key)
                continue
            found[key] = entry
            self.taken.setdefault(entry, Taken(entry, why, key))
        if everything:
            for entry in self.order:
                if not entry.inside_comment and self._is_first(entry):
                    self.taken.setdefault(entry, Taken(entry, "everything", ""))
        self._close()
        ordered = sorted(self.taken, key=self.order.__getitem__)
        self._tell_loops(ordered)
        if self.biber is not True:
            ordered = self._parents_behind(ordered)
        macros, strings = _Macros(self.files, self.order).used(ordered)
        return Needed(
            tuple(self.taken[entry] for entry in ordered), found, tuple(missing),
            tuple(self.lacking), macros, strings, tuple(self.notices),
        )  # fmt: skip

    # Finding

    def _list(self) -> None:
        hidden: list[BibEntry] = []
        for document in self.files:
            for entry in document.entries:
                self.order[entry] = len(self.order)
                if not entry.key:
                    continue
                if entry.inside_comment:
                    hidden.append(entry)
                else:
                    self._know(entry)
        if self.biber is not True:
            # bibtex reads what stands in `@comment{...}`; what is alive comes first.
            for entry in hidden:
                self._know(entry)

    def _know(self, entry: BibEntry) -> None:
        self.exact.setdefault(entry.key, entry)
        self.folded.setdefault(entry.key.lower(), entry)

    def _is_first(self, entry: BibEntry) -> bool:
        known = self.folded.get(entry.key.lower()) if self.biber is False else None
        return (known or self.exact.get(entry.key)) is entry

    def _entry(self, key: str) -> BibEntry | None:
        if self.biber is False:
            return self.folded.get(key.lower())
        found = self.exact.get(key)
        return found if found is not None or self.biber else self.folded.get(key.lower())

    def _look(self, key: str) -> tuple[BibEntry | None, str]:
        entry = self._entry(key)
        if entry is not None:
            if entry.inside_comment:
                self._notice(entry, f'"{entry.key}" stands in a @comment, which only BibTeX reads.')
            return entry, "cited"
        entry = self._alias(key)
        if entry is not None and self.biber is False:
            self._notice(
                entry,
                f'"{key}" is another name of "{entry.key}" (ids), which BibTeX does not know.',
                hint=f"Cite {entry.key}, or use biber.",
            )
        elif entry is None and self.biber is True and key.lower() in self.folded:
            near = self.folded[key.lower()]
            self._notice(near, f'"{key}" is spelt "{near.key}" here, and biber tells case apart.')
        return entry, "alias"

    def _alias(self, key: str) -> BibEntry | None:
        if self.aliases is None:
            self.aliases = {}
            for entry in self.order:
                # Reading all fields of all entries is what takes time.
                # Of two entries with one key the second is read by nobody.
                if _IDS.search(entry.raw) and not entry.inside_comment and self._is_first(entry):
                    for name in names_of(entry, "ids"):
                        self.aliases.setdefault(name, entry)
        return self.aliases.get(key)

    # Closing

    def _close(self) -> None:
        waiting = deque(self.taken)
        while waiting:
            entry = waiting.popleft()
            leans: list[tuple[str, BibEntry]] = []
            for name, key in dict.fromkeys(_leans_on(entry, exact=self.biber is True)):
                other = self._entry(key) or self._alias(key)
                if other is None:
                    self._lacks(entry, name, key)
                    continue
                leans.append((name, other))
                if other not in self.taken:
                    self.taken[other] = Taken(other, name, entry.key)
                    waiting.append(other)
            self.names[entry] = leans
        self.lacking.sort(key=lambda one: self.order[one.by])

    def _lacks(self, entry: BibEntry, name: str, key: str) -> None:
        self.lacking.append(Lacking(key, name, entry))
        near = self.folded.get(key.lower()) if self.biber is True else None
        loses = "what it inherits from it is lost" if name in _INHERITING else "it is left out"
        self._notice(
            entry,
            f'"{entry.key}" names "{key}" in {name}, and no entry has that key: {loses}.',
            rule="needed.lacking",
            hint=f'"{near.key}" is there, and biber tells case apart.' if near else None,
        )

    def _notice(
        self, entry: BibEntry, message: str, *, rule: str = "needed.key", hint: str | None = None
    ) -> None:
        self.notices.append(
            Notice(message, entry.document.file, entry.line, entry.column, rule, hint)
        )

    # Order

    def _tell_loops(self, entries: Sequence[BibEntry]) -> None:
        """Say where an entry inherits from itself, once for each loop."""
        done: set[BibEntry] = set()
        for start in entries:
            path: dict[BibEntry, None] = {}
            entry: BibEntry | None = start
            while entry is not None and entry not in path and entry not in done:
                path[entry] = None
                entry = self._parent(entry)
            if entry is not None and entry in path:
                way = list(path)
                loop = [*way[way.index(entry) :], entry]
                shown = " -> ".join(one.key for one in loop[:6])
                self._notice(
                    entry,
                    f"Entries name each other in crossref in a circle: {shown}"
                    + (" ..." if len(loop) > 6 else "."),
                    rule="needed.loop",
                )
            done.update(path)

    def _parent(self, entry: BibEntry) -> BibEntry | None:
        return next((other for name, other in self.names[entry] if name == "crossref"), None)

    def _parents_behind(self, entries: Sequence[BibEntry]) -> list[BibEntry]:
        """Each parent behind its children: BibTeX has to have seen who asks for it."""
        waits: dict[BibEntry, int] = {}
        for entry in entries:
            parent = self._parent(entry)
            if parent is not None and parent is not entry:
                waits[parent] = waits.get(parent, 0) + 1
        ordered: dict[BibEntry, None] = {}
        held: set[BibEntry] = set()
        for entry in entries:
            if waits.get(entry):
                held.add(entry)
                continue
            last: BibEntry | None = entry
            while last is not None and last not in ordered:
                ordered[last] = None
                parent = self._parent(last)
                if parent is None or parent is last:
                    break
                waits[parent] -= 1
                # A parent that stands further down is written when its place comes.
                last = parent if not waits[parent] and parent in held else None
        # What is left goes round in circles.
        ordered.update(dict.fromkeys(entries))
        return list(ordered)


def _leans_on(entry: BibEntry, *, exact: bool) -> Iterator[tuple[str, str]]:
    """Field and key, for every key that an entry names.

    The fields have a `crossref` as the parent spells it, as BibTeX does; `exact` as it is written.
    """
    raw = entry.raw
    if not _LEANING.search(raw):
        return
    for name in LEANS_ON:
        for key in names_of(entry, name):
            yield name, _written(entry, key) if exact and name == "crossref" else key
    if _XDATA_PART.search(raw):
        for value in entry.fields.values():
            for match in _PART_OF_XDATA.finditer(value):
                yield "xdata", match[1]


def _written(entry: BibEntry, parent: str) -> str:
    found = re.search(rf'(?i)crossref\s*=\s*["{{]?\s*({re.escape(parent)})', entry.text)
    return found[1] if found is not None else parent


class _Macros:
    """The macros of several files, which BibTeX reads as one."""

    def __init__(self, files: Sequence[Document], order: Mapping[BibEntry, int]) -> None:
        self._files = {document: number for number, document in enumerate(files)}
        self._order = order
        self._blocks: dict[str, list[tuple[tuple[int, int], StringDefinition]]] | None = None

    def used(
        self, entries: Iterable[BibEntry]
    ) -> tuple[tuple[str, ...], tuple[StringDefinition, ...]]:
        """The macros that entries use, and their definitions, both in file order."""
        found: dict[StringDefinition, tuple[tuple[int, int], str]] = {}
        waiting = [
            (name, (self._files[entry.document], entry.start))
            for entry in entries
            for name in macros_of(entry)
        ]
        while waiting:
            name, place = waiting.pop()
            definition = self._definition(name, place)
            if definition is None or definition[1] in found:
                continue
            where, block = definition
            found[block] = where, name
            waiting += [(other, where) for other in _macros_in(block)]
        ordered = sorted(found.items(), key=lambda item: item[1][0])
        names = tuple(dict.fromkeys(name for _, (_, name) in ordered))
        return names, tuple(block for block, _ in ordered)

    def _definition(
        self, name: str, place: tuple[int, int]
    ) -> tuple[tuple[int, int], StringDefinition] | None:
        """The last definition before a place."""
        if self._blocks is None:
            self._blocks = {}
            for document, number in self._files.items():
                for block in document.strings:
                    for defined in block.definitions:
                        where = number, block.start
                        self._blocks.setdefault(defined, []).append((where, block))
        known = self._blocks.get(name, [])
        index = bisect_left(known, place, key=lambda one: one[0])
        return known[index - 1] if index else None


def macros_of(entry: BibEntry) -> tuple[str, ...]:
    """The macros that an entry's fields use, in lower case, each once; months among them."""
    if entry.regular and entry.edited is None:
        document = entry.document
        known = survey(document.decode(document.source.data[entry.body : entry.close]))
        if known is not None:
            return tuple(dict.fromkeys(name.lower() for name in known[1]))
    return tuple(dict.fromkeys(_tokens(entry.raw, entry)))


def _macros_in(block: StringDefinition) -> Iterator[str]:
    data = block.document.source.data
    for place in block.scan().fields:
        for token in place.tokens:
            if token.kind == "a":
                yield block.document.decode(data[token.start : token.end]).lower()


def _tokens(raw: bytes, entry: BibEntry) -> Iterator[str]:
    for place in entry.scan().fields:
        for token in place.tokens:
            if token.kind == "a":
                yield entry.document.decode(raw[token.start : token.end]).lower()


def undefined_macros(entries: Iterable[BibEntry], strings: Iterable[StringDefinition]) -> set[str]:
    """Macros that entries use, that no definition among `strings` gives and no style knows."""
    defined = {name for block in strings for name in block.definitions}
    used = {name for entry in entries for name in macros_of(entry)}
    return used - defined - set(MONTHS)
