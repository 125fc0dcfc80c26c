"""What was written of an entry, as evidence: one row a value, with what gave way to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bibtools.codelinks import clause, standing
from bibtools.formats.bibtex.blocks import BibEntry
from bibtools.formats.bibtex.enriching import Put, part_of
from bibtools.formats.bibtex.fields import PrintLinks
from bibtools.formats.provenance import GONE, Lost, Provenance
from bibtools.model import Entry, Link, Notice
from bibtools.text.arxiv_words import says_arxiv
from bibtools.workflows.json_fields import JSON_KINDS, json_fields
from bibtools.workflows.json_fields import PARTS as JSON_PARTS
from bibtools.workflows.online.repositories import OWN
from bibtools.workflows.online.state import Evidence, Online, Told

FILE = "your file"
"""Who said what stood there before."""


def rows_of(
    told: Told, puts: Sequence[Put], links: PrintLinks | None = None
) -> Iterator[Provenance]:
    """How each value that was put into an entry of a .bib is known, and what went."""
    key = told.entry.key or ""
    dead = _dead(told)
    gone = tuple(Lost(url, one.source, "it is gone, or private") for url, one in dead)
    if dead and not told.entry.code:
        yield _row(key, "code", "", dead[0][1], "", gone)
    for put in puts:
        lost: tuple[Lost, ...] = (_gone(put, told.entry),) if put.old else ()
        if put.name.lower() == "code":
            lost += gone
        evidence = _evidence(told, put.name, put.value, links)
        if evidence is not None:
            link = _link_in(put.name, told.entry) if put.part == "code" else None
            yield _row(key, put.name, put.value, evidence, _whose(link), lost)


def _evidence(
    told: Told, field: str, value: str, links: PrintLinks | None = None
) -> Evidence | None:
    part = part_of(field)
    known = told.evidence
    if not value:
        because = "it gave way to what the publication says"
        source = next((known[one] for one in ("venue", "date", "arxiv") if one in known), None)
        return (
            Evidence(part, source.source, source.question, because, source.asked)
            if source
            else None
        )
    link = _link_in(field, told.entry) if part == "code" else None
    found = known.get(f"code {link.url}" if link is not None else part)
    if found is None and field.lower() == links:
        rule = f"--print-links {links}: the arXiv ID and the code, where styles print them"
        return Evidence(part, OWN, "", rule, "")
    if found is None and part == "arxiv" and told.entry.arxiv is not None:
        return Evidence(part, OWN, "", "it names the server of the arXiv ID", "")
    return found


def _dead(told: Told) -> list[tuple[str, Evidence]]:
    """The links to code that were found and are gone, which are not written: address, evidence."""
    written = {link.url for link in told.entry.code}
    return [
        (url, one)
        for name, one in told.evidence.items()
        if name.startswith("code ")
        and (url := name.removeprefix("code ")) not in written
        and one.link is not None
        and one.link.state == GONE
    ]


def _gone(put: Put, entry: Entry) -> Lost:
    old = put.old or ""
    if entry.arxiv is not None and says_arxiv(old, entry.arxiv.value):
        return Lost(old, FILE, "it said no more than that the paper is on arXiv")
    return Lost(old, FILE, "it stood there before, and gave way to the publication")


def own_links(told: Told, before: Entry, there: BibEntry) -> Iterator[Provenance]:
    """What became of the links that the file had already."""
    values = {name.lower(): value for name, value in there.fields.items()}
    for link in before.code:
        evidence = told.evidence.get(f"code {link.url}")
        field = link.evidence.removeprefix("field ")
        if evidence is not None and evidence.link is not None and field in values:
            yield _row(told.entry.key or "", field, values[field], evidence, _whose(link))


def rows_beside(
    told: Told, entry: Entry, values: Iterable[tuple[str, str]]
) -> Iterator[Provenance]:
    """How each value of a published version's own entry is known."""
    for name, value in values:
        part = part_of(name)
        link = _link_in(name, entry) if part == "code" else None
        found = _evidence_beside(told, f"code {link.url}" if link is not None else part)
        yield _row(entry.key or "", name, value, found, _whose(link))


def _evidence_beside(told: Told, part: str) -> Evidence:
    known = told.evidence
    found = known.get(f"beside {part}")
    if found is not None:
        return found
    if part == "type":
        first = next((known[one] for one in sorted(known) if one.startswith("beside ")), None)
        if first is not None:
            return Evidence(part, first.source, first.question, "so is that record", first.asked)
    found = known.get(part)
    if found is not None:
        return found
    preprint = f'the entry "{told.entry.key}"' if told.entry.key else "the preprint's entry"
    return Evidence(part, preprint, "", "the preprint of which this is the published version", "")


def replaced(before: Entry, puts: Sequence[Put]) -> Iterator[Notice]:
    """What gave way to the publication in an entry; what said no more than "arXiv" is no loss."""
    number = before.arxiv.value if before.arxiv is not None else ""
    gone = [
        (put.name, put.old)
        for put in puts
        if put.old and put.part != "type" and not (number and says_arxiv(put.old, number))
    ]
    if not gone:
        return
    yield _notice(before, gone)


def _notice(before: Entry, gone: Sequence[tuple[str, str]]) -> Notice:
    told = "; ".join(f"{name} ({_short(old)})" for name, old in gone)
    source = before.sources[0] if before.sources else None
    name = f'Entry "{before.key}"' if before.key else f'"{_short(before.title or "")}"'
    return Notice(
        f"{name}: what the publication says took the place of what stood there: {told}.",
        source.file if source else None,
        source.line if source else None,
        rule="enrich.replaced",
        hint="--published add leaves what an entry has.",
    )


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else f"{text[:57]}..."


def told_anew(
    before: Sequence[Entry], online: Online, kind: str, overwrite: bool
) -> tuple[list[Provenance], list[Notice]]:
    """The same for a JSON file, which is written anew: rows of its fields, and what gave way.

    Of another format there is nothing to tell but the notices.
    """
    rows: list[Provenance] = []
    notices: list[Notice] = []
    if kind not in JSON_KINDS:
        return rows, notices
    olds, news = json_fields(before, kind), json_fields(online.entries, kind)
    for entry, told, old, new in zip(before, online.told, olds, news, strict=True):
        changed = {name: value for name, value in new.items() if old.get(name) != value}
        for name, value in changed.items():
            lost = (Lost(old[name], FILE, "it stood there before"),) if name in old else ()
            found = _known(told, JSON_PARTS.get(name, name))
            if found is not None:
                link = (
                    told.entry.code[0] if name in ("code", "custom") and told.entry.code else None
                )
                rows.append(_row(told.entry.key or "", name, value, found, _whose(link), lost))
        if overwrite:
            own = [
                part for part in ("title", "authors", "date") if _differs(part, entry, told.entry)
            ]
            gone = [(part, _shown(getattr(entry, part))) for part in own]
            notices += [_notice(entry, gone)] if gone else []
    for one in online.told:
        if one.beside is not None:
            rows += rows_beside_json(one, kind)
    return rows, notices


def rows_beside_json(told: Told, kind: str) -> Iterator[Provenance]:
    """How each value of a published version's own item is known."""
    assert told.beside is not None
    (fields,) = json_fields([told.beside], kind)
    for name, value in fields.items():
        found = _evidence_beside(told, JSON_PARTS.get(name, name))
        yield _row(told.beside.key or "", name, value, found)


def _known(told: Told, part: str) -> Evidence | None:
    if part == "code" and told.entry.code:
        return told.evidence.get(f"code {told.entry.code[0].url}")
    return told.evidence.get(part)


def _differs(part: str, before: Entry, after: Entry) -> bool:
    old = getattr(before, part)
    return bool(old) and old != getattr(after, part)


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return " and ".join(name.display() for name in value)
    return value.iso() if hasattr(value, "iso") else str(value)


def _link_in(field: str, entry: Entry) -> Link | None:
    """The link that stands in `code` (the first) or `code2`."""
    number = int(field[4:]) if field[4:].isdecimal() else 1
    return entry.code[number - 1] if 0 < number <= len(entry.code) else None


def _whose(link: Link | None) -> str:
    return str(standing(link)) if link is not None else ""


def _row(
    key: str,
    field: str,
    value: str,
    evidence: Evidence,
    whose: str = "",
    lost: tuple[Lost, ...] = (),
) -> Provenance:
    return Provenance(
        key,
        field.lower(),
        value,
        evidence.source,
        evidence.question,
        evidence.asked,
        clause(evidence.rule),
        evidence.score,
        evidence.confirmed,
        (*evidence.lost, *lost),
        whose,
        evidence.link,
    )
