"""Where entries come from: files, a copy of a Zotero library; each as a .bib document."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from weakref import WeakKeyDictionary

from bibtools.adapters.files import read_bytes
from bibtools.errors import BibtoolsError, InputError
from bibtools.formats.bibtex.blocks import BibEntry
from bibtools.formats.bibtex.document import Document
from bibtools.formats.bibtex.fields import Dialect
from bibtools.formats.bibtex.reading import read_one
from bibtools.formats.bibtex.writing import write_entries
from bibtools.model import Entry, Notice
from bibtools.sites.named import Named
from bibtools.sites.named_identifiers import ARXIV, DOI, ISBN, PMCID, PMID, isbn13

INDEX, ZOTERO, ONLINE = "index", "zotero", "online"
SERVICES: Final = (INDEX, ZOTERO, ONLINE)
"""What `--from` may name beside files."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file of entries."""

    name: str
    """As the user or the document wrote it."""
    document: Document


class Selected(Document):
    """A .bib of which only some entries count."""

    def __init__(self, data: bytes, file: str | None, keep: Callable[[BibEntry], bool]) -> None:
        super().__init__(data, file)
        self._keep = keep

    @property
    def entries(self) -> list[BibEntry]:
        """The entries that count, in file order."""
        return [entry for entry in super().entries if self._keep(entry)]


def order_of(told: Sequence[str], named: Sequence[str]) -> list[str]:
    """All sources in the order of trust.

    `told` is what the user said, `named` the files that the documents name. Where no file was
    told, those that are named come first; where no service was, all come last.
    """
    files = [one for one in told if one not in SERVICES]
    services = [one for one in told if one in SERVICES]
    order = list(told)
    if not files:
        order = [*named, *order]
    if not services:
        order = [*order, *SERVICES]
    return list(dict.fromkeys(order))


def read_source(name: str, dialect: Dialect) -> Source:
    """A file of entries, of any kind that bibtools reads. Raises `InputError`."""
    data = read_bytes(name)
    from bibtools.workflows.reading import kind_of, read

    if kind_of(data, name) == "bibtex":
        return Source(name, Document.parse(data, name))
    if Path(name).suffix.lower() in (".yml", ".yaml"):
        raise InputError(
            f'"{name}" is a bibliography in YAML, which is not read.',
            "Name a .bib or CSL-JSON with --from.",
        )
    entries = [one for one in read(data, name).entries if one.key]
    return Source(name, document_of(entries, name, dialect))


def read_named(names: Sequence[str], dialect: Dialect) -> tuple[list[Source], list[Notice]]:
    """The files that documents name; one that cannot be read is told."""
    found, notices = [], []
    for name in names:
        try:
            found.append(read_source(name, dialect))
        except BibtoolsError as error:
            notices.append(Notice(error.message, rule="cite.source", hint=error.hint))
    return found, notices


def document_of(entries: Sequence[Entry], name: str, dialect: Dialect) -> Document:
    """Entries of another format as a .bib."""
    text = write_entries(entries, dialect, exact=False)
    return Document.parse(text.encode(), name)


# --- by identifier ------------------------------------------------------------------------------

_OTHERS: Final = {PMID: "pmid", PMCID: "pmcid", ISBN: "isbn"}


def is_work(entry: Entry, what: Named) -> bool:
    """Whether the entry has this identifier as its own."""
    match what.kind:
        case "arxiv":
            return entry.arxiv is not None and entry.arxiv.value == what.value
        case "doi":
            return entry.doi is not None and entry.doi.folded == what.value
        case "isbn":
            found = isbn13(entry.other_ids.get("isbn", ""))
            return found == what.value and entry.type == "book"
        case "pmid" | "pmcid":
            return entry.other_ids.get(_OTHERS[what.kind], "").upper() == what.value.upper()
        case "dblp":
            return entry.key in (f"DBLP:{what.value}", f"dblp:{what.value}")
    return False


def find_work(
    document: Document, what: Named, accept: Callable[[str], bool] | None = None
) -> BibEntry | None:
    """The first entry of a file that is this work, and whose key is accepted.

    Only entries in which the identifier stands are read: a file of 50,000 is searched in the
    time that a search for a word takes.
    """
    pattern = _pattern(what)
    if pattern is None:
        return None
    entries, starts = _listed(document)
    seen: set[int] = set()
    for match in pattern.finditer(document.source.data):
        place = bisect_right(starts, match.start()) - 1
        if place < 0 or place in seen or match.start() >= entries[place].end:
            continue
        seen.add(place)
        block = entries[place]
        if accept is not None and not accept(block.key):
            continue
        if is_work(read_one(block.type, block.key, dict(block.fields)), what):
            return block
    return None


_LISTED: WeakKeyDictionary[Document, tuple[list[BibEntry], list[int]]] = WeakKeyDictionary()


def _listed(document: Document) -> tuple[list[BibEntry], list[int]]:
    """The entries of a file with where they start; made once, for many questions."""
    known = _LISTED.get(document)
    if known is None:
        entries = [entry for entry in document.entries if not entry.inside_comment]
        known = _LISTED[document] = entries, [entry.start for entry in entries]
    return known


def _pattern(what: Named) -> re.Pattern[bytes] | None:
    match what.kind:
        case "isbn":
            # Of 13 digits the nine that an ISBN of 10 has too.
            core = what.value[3:12]
            return re.compile(r"[\s-]?".join(core).encode())
        case "arxiv" | "pmid" | "pmcid":
            digits = what.value.removeprefix("PMC")
            return re.compile(rb"(?<!\d)" + re.escape(digits.encode()) + rb"(?!\d)")
        case "doi":
            # "_" and the like may have a backslash before them.
            loose = "".join(
                rf"\\?{re.escape(one)}" if one in "_&%#$" else re.escape(one) for one in what.value
            )
            return re.compile(loose.encode(), re.IGNORECASE)
        case "dblp":
            return re.compile(re.escape(what.value.encode()))
    return None


def works_of(entry: Entry) -> list[Named]:
    """The identifiers of an entry, as somebody would name it by them."""
    found = []
    if entry.arxiv is not None:
        found.append(Named(ARXIV, entry.arxiv.value, entry.arxiv.value))
    if entry.doi is not None:
        found.append(Named(DOI, entry.doi.folded, entry.doi.value))
    for kind, name in _OTHERS.items():
        value = entry.other_ids.get(name)
        if value and (kind != ISBN or entry.type == "book"):
            spelt = isbn13(value) if kind == ISBN else value
            if spelt:
                found.append(Named(kind, spelt, value))
    return found


# --- Zotero -------------------------------------------------------------------------------------


def zotero_entries(
    keys: Collection[str], whats: Sequence[Named], *, library: str | None, required: bool
) -> tuple[list[Entry], dict[Named, Entry]]:
    """The items of the copy of a Zotero library with these citation keys, and these works.

    Nobody is asked. Raises `InputError` when there is no copy and it is `required`.
    """
    from bibtools.workflows.search_zotero import library_copy
    from bibtools.workflows.zotero.connecting import Connection

    try:
        path, name = library_copy(Connection(library=library))
    except BibtoolsError:
        if required:
            raise
        return [], {}
    if path is None:
        if required:
            raise InputError(
                f"There is no copy of the Zotero library {name} yet.",
                "bibtools zotero pull makes one.",
            )
        return [], {}
    return _items_of(path, {key.lower() for key in keys}, whats)


def _items_of(
    path: Path, folded: Collection[str], whats: Sequence[Named]
) -> tuple[list[Entry], dict[Named, Entry]]:
    from bibtools.adapters.zotero.mirror import Mirror
    from bibtools.workflows.search_sources import item_entry

    found: list[Entry] = []
    works: dict[Named, Entry] = {}
    with Mirror(path) as mirror:
        for item in mirror.items(trashed=False):
            data = item.data
            extra = str(data.get("extra") or "")
            if data.get("citationKey") or "itation" in extra:
                entry = item_entry(item.key, data)
                if entry.key and entry.key.lower() in folded:
                    found.append(entry)
            for what in whats:
                if what not in works and _may_be(data, extra, what):
                    entry = item_entry(item.key, data)
                    if is_work(entry, what):
                        works[what] = entry
    return found, works


def _may_be(data: Mapping[str, Any], extra: str, what: Named) -> bool:
    pattern = _pattern(what)
    text = "\n".join(
        str(data.get(name) or "") for name in ("DOI", "ISBN", "archiveID", "url", "reportNumber")
    )
    return pattern is not None and pattern.search(f"{text}\n{extra}".encode()) is not None
