r"""Normal keys in the place of identifiers: `\cite{arxiv:2104.08821}` to `\cite{gao2021simcse}`.

The places are those at which the documents were read, so a key is renamed wherever it is cited,
in LaTeX, Markdown and Typst alike, and nowhere else.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from bibtools.errors import UsageError
from bibtools.formats.bibtex.document import Document
from bibtools.formats.bibtex.reading import read_one
from bibtools.formats.bibtex.references import names_of
from bibtools.formats.bibtex.updating import living_entries
from bibtools.formats.citing import Citation, kind_of
from bibtools.formats.citing.texts import Places, decoded
from bibtools.keys import assign_keys, default_pattern
from bibtools.model import Entry, Notice
from bibtools.sites.named import Named, named_identifier
from bibtools.workflows.changed_files import ChangedFile
from bibtools.workflows.cite.documents import Citing
from bibtools.workflows.cite.plan import CitePlan, Options
from bibtools.workflows.cite.planning import plan_cite
from bibtools.workflows.cite.resolving import Resolved
from bibtools.workflows.cite.sources import find_work


def rewritten(
    citing: Citing, plan: CitePlan, options: Options, key_pattern: str | None
) -> tuple[CitePlan, list[ChangedFile], int]:
    """The plan for the rewritten documents, the documents, and how many citations change.

    Raises `UsageError` for .aux and .bcf files, which LaTeX writes.
    """
    for file in citing.documents:
        if kind_of(file, citing.read[file]) in ("aux", "bcf"):
            raise UsageError(
                f'"{file}" is written by LaTeX, so nothing can be rewritten in it.',
                "Name the .tex.",
            )
    keys = new_keys(plan, key_pattern)
    if not keys:
        return plan, [], 0
    places: dict[str, list[Citation]] = {}
    names: dict[str, str] = {}
    for one in citing.cited.citations:
        if one.key in keys:
            # Two documents may include one file by different names.
            name = names.setdefault(os.path.realpath(one.file), one.file)
            places.setdefault(name, []).append(one)
    stay: dict[str, Citation] = {}
    for file, cited in places.items():
        for one in fixed(citing.read[file], cited, keys):
            stay.setdefault(one.key, one)
    keys = {key: new for key, new in keys.items() if key not in stay}
    files = []
    count = 0
    for file, cited in places.items():
        old = citing.read[file]
        new, changed = with_keys(old, [one for one in cited if one.key in keys], keys)
        count += changed
        files.append(ChangedFile(file, old, new))
    renamed = tuple(replace(one, key=keys.get(one.key, one.key)) for one in citing.cited.citations)
    after = replace(citing, cited=replace(citing.cited, citations=renamed))
    planned = plan_cite(after, plan.output, replace(options, renamed=keys))
    told = tuple(
        Notice(
            f'"{key}" stays as it is in the documents: this place cannot be rewritten.',
            one.file,
            one.line,
            one.column,
            "cite.rewrite",
        )
        for key, one in stay.items()
    )
    return replace(planned, notices=(*planned.notices, *told)), files, count


def new_keys(plan: CitePlan, key_pattern: str | None) -> dict[str, str]:
    """For each identifier that is cited and known, the key to cite instead."""
    document = Document.parse(plan.data, plan.output)
    blocks = living_entries(document)
    identified = {key.lower() for key in plan.pinned}
    found: dict[str, str] = {}
    new: dict[str, Entry] = {}
    entries = {block.key: read_one(block.type, block.key, dict(block.fields)) for block in blocks}
    folded = {name.lower(): one for name, one in entries.items()}
    aliases = {name: entries[block.key] for block in blocks for name in names_of(block, "ids")}
    resolved = {one.key: one for one in plan.resolved}
    for key, what in plan.pinned.items():
        own = _own_key(what, resolved.get(key), plan, identified)
        if own is not None:
            found[key] = own
            continue
        entry = entries.get(key) or aliases.get(key) or folded.get(key.lower())
        one = resolved.get(key)
        if entry is None and one is not None:
            entry = one.entry
        if entry is not None:
            new[key] = replace(entry, key=None)
    taken = [name for name in entries if name.lower() not in identified]
    taken += [one.key for source in plan.sources for one in source.document.entries]
    works: dict[tuple[str, str], str] = {}
    first: dict[str, Entry] = {}
    for key, entry in new.items():
        work = _work(entry, plan.pinned[key])
        if work in works:
            continue
        works[work] = key
        first[key] = entry
    keyed = assign_keys(list(first.values()), taken, key_pattern or default_pattern)
    names = {key: entry.key or key for key, entry in zip(first, keyed, strict=True)}
    for key, entry in new.items():
        found[key] = names[works[_work(entry, plan.pinned[key])]]
    return found


def _work(entry: Entry, what: Named) -> tuple[str, str]:
    if entry.doi is not None:
        return "doi", entry.doi.folded
    if entry.arxiv is not None:
        return "arxiv", entry.arxiv.value
    return what.kind, what.value


def _own_key(what: Named, one: Resolved | None, plan: CitePlan, identified: set[str]) -> str | None:
    """The normal key under which a file has the work."""
    if one is not None and one.block is not None and one.block.key.lower() not in identified:
        return one.block.key
    for source in (*plan.own, *plan.sources):
        block = find_work(source.document, what, lambda key: named_identifier(key) is None)
        if block is not None:
            return block.key
    return None


def fixed(data: bytes, cited: Sequence[Citation], keys: Mapping[str, str]) -> Iterator[Citation]:
    """The places at which no other key can be put without a change of other bytes."""
    read = decoded(data)
    if read is None or not _is_written(read[0], read[1], data):
        yield from cited
        return
    text, encoding = read
    starts = Places(text)
    for one in cited:
        offset = starts.offset(one.line, one.column)
        stands = offset >= 0 and text.startswith(one.key, offset)
        if not stands or not _is_written(keys[one.key], encoding):
            yield one


def _is_written(text: str, encoding: str, data: bytes | None = None) -> bool:
    try:
        written = text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return data is None or written == data


def with_keys(data: bytes, cited: Sequence[Citation], keys: Mapping[str, str]) -> tuple[bytes, int]:
    """The bytes of a document with other keys at these places, and how many changed."""
    read = decoded(data)
    if read is None or not cited:
        return data, 0
    text, encoding = read
    starts = Places(text)
    changed = {starts.offset(one.line, one.column): one for one in cited}
    pieces: list[str] = []
    position = 0
    for offset, one in sorted(changed.items(), key=lambda one: one[0]):
        pieces += text[position:offset], keys[one.key]
        position = offset + len(one.key)
    pieces.append(text[position:])
    return "".join(pieces).encode(encoding), len(changed)
