"""The entries that a .bib is to hold, as they are to be written: copied, or made anew."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bibtools.formats.bibtex.blocks import BibEntry, StringDefinition
from bibtools.formats.bibtex.dangerous import dangerous
from bibtools.formats.bibtex.document import Document
from bibtools.formats.bibtex.fields import Dialect, PrintLinks
from bibtools.formats.bibtex.gathering import Macro, Piece
from bibtools.formats.bibtex.needed import LEANS_ON, Needed, macros_of
from bibtools.formats.bibtex.reading import lookup, read_values, values_of
from bibtools.formats.bibtex.references import names_of
from bibtools.formats.bibtex.writing import write_entry
from bibtools.model import Entry, Notice
from bibtools.sites.named import named_identifier
from bibtools.workflows.cite.resolving import Resolved
from bibtools.workflows.cite.sources import Source, works_of
from bibtools.workflows.lookup import Looked

_LEANING = re.compile(rb"(?i)crossref|xdata|xref|related|entryset")


@dataclass(frozen=True, slots=True)
class Setting:
    """What the pieces are made for."""

    mine: Document
    """What the user put into the output: it stays."""
    ours: Document
    """What `cite` put there."""
    beside: tuple[Document, ...]
    """Other files that the documents read: what stands there need not be written."""
    from_where: Mapping[str, str]
    """Where that came from, by key."""
    cited: frozenset[str]
    """The keys that the documents cite."""
    dialect: Dialect
    biber: bool | None
    print_links: PrintLinks | None = None
    trust_tex: bool = False


@dataclass(slots=True)
class Made:
    """The pieces, and what is known of them."""

    pieces: list[Piece] = field(default_factory=list)
    """In the order to write them."""
    macros: dict[str, Macro] = field(default_factory=dict)
    origins: dict[str, tuple[str, int]] = field(default_factory=dict)
    """From the key of each piece to its source and the line there."""
    replaced: set[BibEntry] = field(default_factory=set)
    """Entries that are written under another key, and not under their own."""
    looked: list[tuple[Entry, Looked]] = field(default_factory=list)
    """Entries that somebody was asked for in this run."""
    broken: list[BibEntry] = field(default_factory=list)
    """Entries that are never closed; what follows them would be lost with them."""
    notices: list[Notice] = field(default_factory=list)
    rendered: str = ""
    """The text of the entries that were made anew."""


def make_pieces(
    found: Needed, resolved: Sequence[Resolved], sources: Sequence[Source], setting: Setting
) -> Made:
    """Every entry that is needed and that the user did not put there."""
    return _Maker(found, sources, setting).make(resolved)


class _Maker:
    def __init__(self, found: Needed, sources: Sequence[Source], setting: Setting) -> None:
        self._found = found
        self._setting = setting
        self._documents = [
            setting.mine, *setting.beside, *(one.document for one in sources), setting.ours
        ]  # fmt: skip
        self._number = {id(one): number for number, one in enumerate(self._documents)}
        self._names = {id(one.document): one.name for one in sources}
        self._made = Made()
        self._keys: set[str] = set()
        self._copies: dict[BibEntry, list[str]] = {}
        """Keys under which an entry is written beside or instead of its own."""
        self._aliases: dict[BibEntry, list[str]] = {}
        """Keys that go into its `ids`."""

    def make(self, resolved: Sequence[Resolved]) -> Made:
        self._share_out([one for one in resolved if one.block is not None])
        copied = {key for keys in self._copies.values() for key in keys}
        for taken in self._found.taken:
            entry = taken.entry
            document = entry.document
            for number, key in enumerate(self._copies.get(entry, ())):
                ids = self._aliases.get(entry, ()) if number == 0 else ()
                self._copy(entry, key, () if self._stays(entry) else ids)
            if document is self._setting.mine or entry in self._made.replaced:
                continue
            if any(document is one for one in self._setting.beside):
                continue
            if entry.key in copied and document is self._setting.ours:
                continue
            self._copy(entry, entry.key, self._aliases.get(entry, ()))
        for entry in self._copies.keys() - set(self._found.entries):
            # Another entry has its key and comes first.
            for key in self._copies[entry]:
                self._copy(entry, key, ())
        self._anew([one for one in resolved if one.block is None and one.entry is not None])
        return self._made

    def _stays(self, entry: BibEntry) -> bool:
        """Whether the entry is written under its own key, so that its `ids` are there."""
        return entry not in self._made.replaced and entry.document is not self._setting.mine

    # --- one work under several names ---------------------------------------------------------

    def _share_out(self, resolved: Sequence[Resolved]) -> None:
        """Decide under which keys each entry that an identifier names is written."""
        names: dict[BibEntry, list[str]] = {}
        for one in resolved:
            assert one.block is not None
            names.setdefault(one.block, []).append(one.key)
        plain = self._setting.cited - {one.key for one in resolved}
        direct = {entry for key, entry in self._found.found.items() if key in plain}
        leaned = self._leaned() if names else frozenset()
        biber = self._setting.biber is True
        for entry, keys in names.items():
            mine = entry.document is self._setting.mine
            itself = entry in direct or entry.key.lower() in leaned
            if biber and itself and not mine:
                self._aliases[entry] = keys
                continue
            if not itself and not mine:
                self._made.replaced.add(entry)
            self._copies[entry] = keys[:1] if biber else keys
            if biber and len(keys) > 1:
                self._aliases[entry] = keys[1:]
            if itself or (len(keys) > 1 and not biber):
                shown = [entry.key, *keys] if itself else keys
                self._tell_twice(shown)

    def _leaned(self) -> frozenset[str]:
        """The keys that needed entries name in `crossref` and its like."""
        return frozenset(
            key.lower()
            for entry in self._found.entries
            if _LEANING.search(entry.raw)
            for name in LEANS_ON
            for key in names_of(entry, name)
        )

    def _tell_twice(self, keys: Sequence[str]) -> None:
        shown = ", ".join(f'"{key}"' for key in dict.fromkeys(keys))
        self._made.notices.append(
            Notice(
                f"One work is cited as {shown}, so it stands in the bibliography more than once.",
                rule="cite.twice",
                hint="--rewrite-keys gives it one key in the document.",
            )
        )

    # --- copied -------------------------------------------------------------------------------

    def _copy(self, entry: BibEntry, key: str, ids: Iterable[str]) -> None:
        if not entry.regular and entry.scan().close < 0:
            self._made.broken.append(entry)
            return
        if not self._take(key):
            return
        own = entry.document is self._setting.ours or entry.document is self._setting.mine
        text, macros = entry.text, self._macros(entry)
        if not own and not self._setting.trust_tex and _is_dangerous(entry):
            self._made.notices.append(
                Notice(
                    f'"{entry.key}" has TeX commands that could do harm; they became text.',
                    entry.document.file,
                    entry.line,
                    entry.column,
                    "tex.command",
                    "--trust-tex takes them over word for word.",
                )
            )
            text, macros = self._as_text(entry), {}
        if key != entry.key:
            text = with_key(text, key)
        text = with_ids(text, ids, self._setting.cited if own else None)
        where = self._names.get(id(entry.document))
        if where is None:
            where = self._setting.from_where.get(entry.key, "") or (entry.document.file or "")
        self._made.origins[key] = where, 0 if own else entry.line
        for name, (value, block) in macros.items():
            self._made.macros.setdefault(name, Macro(block.text, value))
        parent = ""
        if b"crossref" in entry.raw.lower():
            parent = entry.fields.get("crossref", "")
        self._made.pieces.append(
            Piece(
                key,
                text,
                entry.document.encoding,
                {name: value for name, (value, _) in macros.items()},
                parent,
            )
        )

    def _take(self, key: str) -> bool:
        """Whether nothing has this key yet."""
        # Only BibTeX takes "Foo" and "foo" for one.
        name = key.lower() if self._setting.biber is False else key
        if name in self._keys:
            return False
        self._keys.add(name)
        return True

    def _as_text(self, entry: BibEntry) -> str:
        document = entry.document
        read, _ = read_values(document, values_of(document, entry, lookup(document)))
        written = write_entry(replace(read, key=entry.key), self._setting.dialect, exact=False)
        return with_key(written.rstrip("\n"), entry.key)

    def _macros(self, entry: BibEntry) -> dict[str, tuple[str, StringDefinition]]:
        """The macros that an entry uses, in the order in which they are to be defined."""
        found: dict[str, tuple[str, StringDefinition]] = {}
        if self._found.strings:
            for name in macros_of(entry):
                self._define(name, entry.document, entry.start, found)
        return found

    def _define(
        self,
        name: str,
        document: Document,
        offset: int,
        found: dict[str, tuple[str, StringDefinition]],
    ) -> None:
        if name in found:
            return
        place = self._number[id(document)], offset
        best: tuple[tuple[int, int], StringDefinition] | None = None
        for block in self._found.strings:
            where = self._number[id(block.document)], block.start
            if where < place and name in block.definitions and (best is None or where > best[0]):
                best = where, block
        if best is None:
            return
        block = best[1]
        for other in macros_in(block):
            if other != name:
                self._define(other, block.document, block.start, found)
        found[name] = block.definitions[name], block

    # --- made anew ----------------------------------------------------------------------------

    def _anew(self, resolved: Sequence[Resolved]) -> None:
        groups: list[list[Resolved]] = []
        works: dict[tuple[str, str], int] = {}
        for one in resolved:
            assert one.entry is not None
            names = [(what.kind, what.value) for what in (one.what, *works_of(one.entry))]
            number = next((works[name] for name in names if name in works), None)
            if number is None:
                number = len(groups)
                groups.append([])
            groups[number].append(one)
            works |= dict.fromkeys(names, number)
        for group in groups:
            biber = self._setting.biber is True
            for one in group[:1] if biber else group:
                assert one.entry is not None
                if not self._take(one.key):
                    continue
                entry = replace(one.entry, key=one.key)
                text = write_entry(
                    entry, self._setting.dialect, self._setting.print_links, exact=False
                ).rstrip("\n")
                self._made.rendered += text
                text = with_key(text, one.key)
                text = with_ids(text, [other.key for other in group[1:]] if biber else ())
                self._made.pieces.append(Piece(one.key, text))
                self._made.origins[one.key] = one.source, 0
                if one.looked is not None:
                    self._made.looked.append((entry, one.looked))
            keys = {one.key.lower() for one in group}
            if not biber and len(keys) > 1:
                self._tell_twice([one.key for one in group])


def macros_in(block: StringDefinition) -> Iterator[str]:
    """The macros that a definition uses, in lower case."""
    data = block.document.source.data
    for place in block.scan().fields:
        for token in place.tokens:
            if token.kind == "a":
                yield block.document.decode(data[token.start : token.end]).lower()


def macro_notice(key: str, name: str, file: str | None) -> Notice:
    """What is told of a macro whose text was put into an entry."""
    return Notice(
        f'"{key}" uses the macro "{name}", which means something else in this file; its '
        "text was put in its place.",
        file,
        rule="cite.macro",
    )


def with_key(text: str, key: str) -> str:
    """An entry with another key; unlike `BibEntry.rename` any that BibTeX can read."""
    document = Document.parse(text.encode())
    entry = document.entries[0]
    scan = entry.scan()
    raw = entry.raw
    return (raw[: scan.key_start] + key.encode() + raw[scan.key_end :]).decode()


def with_ids(text: str, ids: Iterable[str], cited: Collection[str] | None = None) -> str:
    """An entry with further names by which biber finds it.

    Identifiers that it had as such and that are not among `cited` any more go.
    """
    new = list(ids)
    if not new and (cited is None or "ids" not in text):
        return text
    document = Document.parse(text.encode())
    entry = document.entries[0]
    there = names_of(entry, "ids")
    kept = [one for one in there if cited is None or one in cited or named_identifier(one) is None]
    names = list(dict.fromkeys([*kept, *new]))
    if names and names != there:
        entry.set("ids", ", ".join(names))
    elif there and not names:
        entry.remove("ids")
    return entry.text


def _is_dangerous(entry: BibEntry) -> bool:
    raw = entry.raw
    if b"\\" not in raw and b"^^" not in raw and not macros_of(entry):
        return False
    return any(
        dangerous(value)
        for value in (entry.key, *entry.fields.values())
        if "\\" in value or "^^" in value
    )
