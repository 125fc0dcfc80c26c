"""New citation keys for a .bib file: proposed by a pattern, applied with what refers to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bibtools.adapters.files import read_bytes
from bibtools.formats.bibtex import Document
from bibtools.formats.bibtex.blocks import BibEntry
from bibtools.formats.bibtex.reading import read_entries
from bibtools.formats.bibtex.references import follow
from bibtools.keys.assigning import assign_drafts
from bibtools.keys.drafts import Draft
from bibtools.keys.groups import follow_groups
from bibtools.keys.patterns import understood
from bibtools.model import Entry, Notice
from bibtools.text.cite_commands import rewrite_citations
from bibtools.workflows.changed_files import ChangedFile


@dataclass(frozen=True, slots=True)
class Renaming:
    """A proposal for one entry."""

    position: int
    """Among the entries outside `@comment`."""
    line: int
    old: str
    """Empty for an entry without a key."""
    new: str


def living(document: Document) -> list[BibEntry]:
    """The entries that count: those outside `@comment`."""
    return [entry for entry in document.entries if not entry.inside_comment]


def propose(
    document: Document, pattern: str, *, only_missing: bool = False
) -> tuple[list[Renaming], list[Notice]]:
    """The entries that would get another key, in file order, and what is odd about the file.

    An entry whose key is already what the pattern gives, with or without letters behind it,
    keeps it: a second run proposes nothing, and a new entry takes no other's letter.
    """
    blocks = living(document)
    entries, _ = read_entries(document)
    commented = {entry.key.lower() for entry in document.entries if entry.inside_comment}
    draft_of = understood(pattern).draft
    drafts: list[Draft | None] = []
    seen: set[str] = set()
    for block, entry in zip(blocks, entries, strict=True):
        key = block.key.lower()
        # Of two entries with one key only the first may keep it.
        if key and only_missing:
            drafts.append(None)
            continue
        draft = draft_of(entry)
        keeps = bool(key) and key not in seen and draft.fits(block.key)
        drafts.append(None if keeps else draft)
        if keeps:
            seen.add(key)
    keyed = assign_drafts(entries, drafts, commented)
    found = [
        Renaming(number, block.line, block.key, entry.key or "")
        for number, (block, entry) in enumerate(zip(blocks, keyed, strict=True))
        if entry.key != block.key
    ]
    return found, _same_keys(document, blocks)


def _same_keys(document: Document, blocks: Sequence[BibEntry]) -> list[Notice]:
    first: dict[str, BibEntry] = {}
    return [
        Notice(
            f'The key "{block.key}" stands on line {first[block.key.lower()].line} too; '
            "what refers to it follows the first of them.",
            file=document.file,
            line=block.line,
            rule="keys.duplicate",
        )
        for block in blocks
        if block.key and first.setdefault(block.key.lower(), block) is not block
    ]


def key_map(renamings: Sequence[Renaming], document: Document) -> dict[str, str]:
    """Old key to new key, for what refers to them; the first entry of a key decides."""
    new = {one.position: one.new for one in renamings}
    found: dict[str, str] = {}
    for position, block in enumerate(living(document)):
        if block.key:
            found.setdefault(block.key, new.get(position, block.key))
    return {old: key for old, key in found.items() if old != key}


def rename(document: Document, renamings: Sequence[Renaming]) -> None:
    """Give the entries their new keys; the fields that name a renamed key follow."""
    blocks = living(document)
    follow(blocks, key_map(renamings, document))
    for one in renamings:
        blocks[one.position].rename(one.new)


def renamed(document: Document, renamings: Sequence[Renaming]) -> bytes:
    """The file with the new keys: in the entries, in the fields and groups that name them."""
    keys = key_map(renamings, document)
    rename(document, renamings)
    return follow_groups(document.to_bytes(), keys)


def tex_changes(files: Sequence[str], keys: Mapping[str, str]) -> list[tuple[ChangedFile, int]]:
    """The .tex files with their citations renamed, and how many places changed in each."""
    found = []
    for file in dict.fromkeys(files):
        data = read_bytes(file)
        new, count = rewrite_citations(data, keys)
        found.append((ChangedFile(file, data, new), count))
    return found


def entries_of(document: Document) -> list[Entry]:
    """The entries outside `@comment` as values."""
    return read_entries(document)[0]
