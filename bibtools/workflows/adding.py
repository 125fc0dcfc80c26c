"""Adding entries to a .bib: behind its last one, without a double, no other byte touched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bibtools.adapters.files import read_if_there
from bibtools.codelinks import clause, standing
from bibtools.errors import UsageError, WriteError
from bibtools.formats.bibtex import Document
from bibtools.formats.bibtex.dialects import dialect_of
from bibtools.formats.bibtex.enriching import part_of
from bibtools.formats.bibtex.fields import Dialect, PrintLinks
from bibtools.formats.bibtex.reading import read_entries
from bibtools.formats.bibtex.tex_values import refuse_bad_key
from bibtools.formats.bibtex.updating import Wanted, living_entries, update
from bibtools.formats.bibtex.writing import (
    entry_fields,
    entry_type,
    write_entry,
    write_preamble,
)
from bibtools.formats.provenance import SUFFIX, Provenance, write_provenance
from bibtools.keys import assign_keys, default_pattern
from bibtools.matching.known import KnownWorks
from bibtools.model import Entry
from bibtools.workflows.changed_files import ChangedFile
from bibtools.workflows.lookup import Known

_IDS = ("pmid", "pmcid", "isbn")
"""Other identifiers that one work alone has; an ISBN is a book's, which its chapters print too."""


@dataclass(frozen=True, slots=True)
class Added:
    """What became of one entry."""

    key: str
    """Its citation key in the file."""
    new: bool
    """False when the file had the work already."""


@dataclass(frozen=True, slots=True)
class Addition:
    """What a .bib becomes; nothing is written before `workflows.changed_files.write_all`."""

    added: tuple[Added, ...]
    """For each entry, in order."""
    files: tuple[ChangedFile, ...]
    """The .bib and the file of evidence beside it."""


def add_entries(
    file: str,
    entries: Sequence[Entry],
    evidence: Sequence[Mapping[str, Known]] = (),
    *,
    key_pattern: str | None = None,
    print_links: PrintLinks | None = None,
) -> Addition:
    """What adding these entries makes of a .bib; an entry that has a key wants that one.

    A work that the file has already (by identifier, or by title where nothing contradicts) is not
    added again, nor is one twice. Raises `UsageError` for a file that is no .bib, and for a key
    that another entry has or that no .bib can hold; `WriteError` when nothing can stand behind the
    last entry.
    """
    if not file.lower().endswith((".bib", ".bibtex", ".biblatex")):
        raise UsageError(
            f'"{file}" is no .bib file, so nothing can be added to it.',
            "Print another format with --to, or name a .bib.",
        )
    if Path(file).is_fifo():
        raise UsageError(f'"{file}" is a pipe, to which nothing can be added.', "Name a .bib file.")
    before, _ = read_if_there(file)
    document = Document.parse(before or b"", file)
    dialect = dialect_of(document) if before else "bibtex"
    if before is None and file.lower().endswith((".biblatex", ".biblatex.bib")):
        dialect = "biblatex"
    there, _ = read_entries(document)
    own, known = _same_works(entries, there)
    new = [number for number, first in enumerate(own) if first == number and number not in known]
    taken = [entry.key for entry in document.entries]
    _refuse_taken([entries[number] for number in new], taken, file)
    keyed = dict(
        zip(
            new,
            assign_keys([entries[n] for n in new], taken, key_pattern or default_pattern),
            strict=True,
        )
    )
    added = []
    for number in range(len(entries)):
        first = own[number]
        if first in known:
            added.append(Added(there[known[first]].key or "", new=False))
        else:
            added.append(Added(keyed[first].key or "", new=first == number))
    if not keyed:
        return Addition(tuple(added), ())
    data = _appended(document, list(keyed.values()), dialect, print_links, file)
    files = []
    rows = [
        row
        for number, entry in keyed.items()
        if number < len(evidence)
        for row in evidence_rows(entry, evidence[number], dialect, print_links)
    ]
    if rows:
        side = file + SUFFIX
        old, _ = read_if_there(side)
        end = b"\n" if old and not old.endswith(b"\n") else b""
        files.append(ChangedFile(side, old, (old or b"") + end + write_provenance(rows).encode()))
    # The last is the one that is named when none can be written.
    files.append(ChangedFile(file, before, data))
    return Addition(tuple(added), tuple(files))


def _same_works(
    entries: Sequence[Entry], there: Sequence[Entry]
) -> tuple[list[int], dict[int, int]]:
    """For each entry the first of its work among them; and which of those the file has where."""
    known: dict[int, int] = {}
    own: list[int] = []
    old, earlier = KnownWorks(there), KnownWorks()
    for number, entry in enumerate(entries):
        # One by one: two new entries may be one old one.
        place = _place(entry, old)
        first = _place(entry, earlier)
        own.append(number if first is None else own[first])
        if place is not None:
            known[own[number]] = place
        earlier.add(entry)
    return own, known


def _place(entry: Entry, among: KnownWorks) -> int | None:
    for name in _IDS:
        for number in among.identified(name, entry.other_ids.get(name, "")):
            other = among.entries[number]
            if name != "isbn" or (entry.type == other.type == "book"):
                return number
    return among.place(entry)


def _refuse_taken(new: Sequence[Entry], taken: Sequence[str], file: str) -> None:
    folded = {key.lower(): key for key in taken}
    for entry in new:
        if entry.key:
            refuse_bad_key(entry.key)
        if entry.key and (there := folded.get(entry.key.lower())) is not None:
            raise UsageError(
                f'"{file}" has another entry with the key "{there}".', "Choose another key."
            )


def _appended(
    document: Document,
    entries: Sequence[Entry],
    dialect: Dialect,
    print_links: PrintLinks | None,
    file: str,
) -> bytes:
    wanted = [
        Wanted(
            entry.key or "",
            write_entry(entry, dialect, print_links, exact=False).rstrip(),
            frozenset(),
        )
        for entry in entries
    ]
    open_ends = [one for one in document.notices if one.rule.startswith("bibtex.unclosed")]
    count = len(living_entries(document))
    head = write_preamble("".join(one.text for one in wanted), dialect)
    data = update(document, wanted, {}, {}, head).data
    # Until it is closed, BibTeX takes all that follows for a part of it.
    if open_ends or len(living_entries(Document.parse(data, file))) != count + len(wanted):
        raise WriteError(
            f'Nothing can be added at the end of "{file}": an entry or comment in it is never '
            "closed.",
            "Mend it first. " + "".join(str(notice) for notice in open_ends[:1]),
        )
    return data


def evidence_rows(
    entry: Entry, known: Mapping[str, Known], dialect: Dialect, print_links: PrintLinks | None
) -> Iterator[Provenance]:
    """How each value that was written is known, for `bibtools why`."""
    fields = entry_fields(entry, dialect, print_links, exact=False)
    values = [("ENTRYTYPE", entry_type(entry, dialect))]
    values += [(field.name, field.value) for field in fields]
    codes = iter(entry.code)
    for name, value in values:
        part = part_of(name)
        link = next(codes, None) if part == "code" else None
        found = known.get(f"code {link.url}" if link is not None else part)
        if found is not None:
            yield Provenance(
                entry.key or "",
                name.lower(),
                value,
                found.source,
                found.question,
                found.asked,
                clause(found.rule) if link is not None else found.rule,
                standing=standing(link).value if link is not None else "",
            )
