"""Where results go: targets, their formats, and what is already in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bibtools.adapters.files import FileState, WriteOutcome, read_if_there, write_file
from bibtools.errors import InputError, UsageError, WriteError
from bibtools.formats import csl_json, entry_json
from bibtools.formats.bibtex import Document
from bibtools.formats.bibtex.fields import Dialect, PrintLinks
from bibtools.formats.bibtex.updating import Wanted, living_entries, update
from bibtools.formats.bibtex.writing import write_entries, write_entry, write_preamble
from bibtools.formats.json_array import JsonArray, split_array
from bibtools.formats.written import Written, mark, read_written, write_written
from bibtools.keys import assign_keys, default_pattern
from bibtools.matching.known import match_known
from bibtools.model import Entry, Notice
from bibtools.reports import Report, summary

if TYPE_CHECKING:
    from bibtools.workflows.build import Built

STATE_SUFFIX = ".bibtools.json"
_BY_SUFFIX = {
    ".bib": "bibtex",
    ".bibtex": "bibtex",
    ".json": "csl-json",
    ".jsonl": "json",
    ".ris": "ris",
}
_WHOLE_FILES_ONLY = frozenset({"ris", "zotero"})
_BIB = ("bibtex", "biblatex")


@dataclass(frozen=True, slots=True)
class Target:
    """One output: a file, or `-` for stdout, and its format."""

    file: str
    format: str


@dataclass(frozen=True, slots=True)
class Style:
    """How entries are written."""

    print_links: PrintLinks | None = None
    """`note`, `addendum`, `none`; None: what suits the format."""
    key_pattern: str | None = None
    exact: bool = False
    """Whether a .bib carries what BibTeX has no words for, so that reading it back loses nothing;
    else it stays as a person would write it."""
    trusted: bool = False
    """Whether TeX commands of the sources that could do harm are written word for word; else they
    become text."""


def target_of(output: str, to: str | None, default: str = "bibtex") -> Target:
    """The target of one `-o`: `--to` decides, else the suffix, else the default for stdout."""
    if to is not None:
        return Target(output, to)
    if output == "-":
        return Target("-", default)
    name = output.lower()
    if name.endswith(".biblatex.bib"):
        return Target(output, "biblatex")
    for suffix, kind in _BY_SUFFIX.items():
        if name.endswith(suffix):
            return Target(output, kind)
    raise UsageError(
        f'The suffix of "{output}" does not tell the format.',
        "Say it with --to, or end the name in .bib, .json or .ris.",
    )


def targets_of(outputs: Sequence[str], to: str | None) -> list[Target]:
    """The targets of several `-o`; with more than one, `--to` speaks for its own family.

    `-o refs.bib -o refs.json --to biblatex` writes biblatex and CSL-JSON.
    """
    if len(outputs) == 1 or to is None:
        targets = [target_of(output, to) for output in outputs]
    else:
        targets = []
        for output in outputs:
            try:
                plain = target_of(output, None)
            except UsageError:
                plain = Target(output, to)
            same_family = (plain.format in _BIB) == (to in _BIB)
            targets.append(Target(output, to) if same_family else plain)
    for target in targets:
        if target.format in _WHOLE_FILES_ONLY:
            raise UsageError(
                f'"{target.file}": {target.format} is no format that entries can be added to.',
                "Write a .bib or .json, then convert it: bibtools convert refs.bib --to "
                f"{target.format}.",
            )
    names = [str(Path(target.file).resolve()) for target in targets if target.file != "-"]
    if len(set(names)) < len(names):
        raise UsageError("The same file was named twice with -o.")
    return targets


def render(entries: Sequence[Entry], kind: str, style: Style | None = None) -> str:
    """The entries as text of a format (`bibtex`, `biblatex`, `csl-json`, `json`, `ris`,
    `zotero`), each with a key where the format needs one.
    """
    if kind == "json":
        return entry_json.write_entries(entries)
    if kind == "ris":
        from bibtools.formats.ris import write_ris

        return write_ris(entries)
    if kind == "zotero":
        from bibtools.formats.zotero import write_items

        return write_items(entries)
    style = style or Style()
    keyed = assign_keys(entries, pattern=style.key_pattern or default_pattern)
    if kind == "csl-json":
        return csl_json.write_csl(keyed)
    return write_entries(
        keyed, _dialect(kind), style.print_links, exact=style.exact, trusted=style.trusted
    )


def _dialect(kind: str) -> Dialect:
    return "biblatex" if kind == "biblatex" else "bibtex"


def write_new(target: Target, data: bytes, backup: bool) -> str:
    """Write a whole file anew; gives the sentence that tells it."""
    _, state = read_if_there(target.file)
    outcome = write_file(target.file, data, expected=state, backup=backup)
    if not outcome.written:
        return f"{target.file}: nothing changed"
    return f"{target.file}: written{_backup_told(outcome)}"


def _backup_told(outcome: WriteOutcome) -> str:
    return f" (the old one is {outcome.backup})" if outcome.backup else ""


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """What one file will hold, and what it held when it was read."""

    target: Target
    before: FileState
    data: bytes
    state: Mapping[str, Written]
    state_before: FileState
    added: int
    renewed: int
    kept: int

    def sentence(self) -> str:
        """What was done, for the summary."""
        parts = [
            f"{count} {word}"
            for count, word in (
                (self.added, "added"),
                (self.renewed, "renewed"),
                (self.kept, "kept as they were"),
            )
            if count
        ]
        return f"{self.target.file}: {', '.join(parts) or 'no entries'}"


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a build will write; nothing is written before `apply`."""

    report: Report
    """With the citation keys."""
    to_stdout: tuple[str, ...]
    files: tuple[PlannedFile, ...]
    notices: tuple[Notice, ...] = ()

    def summary_lines(self) -> list[str]:
        """The summary of the whole run."""
        return summary(self.report)

    def apply(self, *, backup: bool) -> list[str]:
        """Write the files; gives a sentence for each. Raises `WriteError`."""
        lines = []
        for planned in self.files:
            outcome = write_file(
                planned.target.file, planned.data, expected=planned.before, backup=backup
            )
            write_file(
                _state_file(planned.target.file),
                write_written(planned.state).encode(),
                expected=planned.state_before,
                backup=False,
            )
            lines.append(planned.sentence() + _backup_told(outcome))
        return lines


@dataclass(frozen=True, slots=True)
class _Existing:
    """A target and what it already holds."""

    target: Target
    data: bytes | None
    state: FileState
    entries: tuple[Entry, ...]
    written: Mapping[str, Written]
    written_state: FileState
    document: Document | None = None
    array: JsonArray | None = None
    known: Mapping[int, int] = field(default_factory=dict)


def _state_file(output: str) -> str:
    return output + STATE_SUFFIX


def prepare(built: Built, targets: Sequence[Target], style: Style) -> Plan:
    """Decide keys and the bytes of every output. Reads the outputs that exist, writes nothing."""
    existing = [_match(_read_existing(target), built) for target in targets if target.file != "-"]
    entries, notices = _with_keys(built.entries, existing, style)
    for one in existing:
        if one.document is not None:
            # Until it is closed, BibTeX takes all that follows for a part of it.
            unclosed = (n for n in one.document.notices if n.rule.startswith("bibtex.unclosed"))
            notices += unclosed
    report = replace(built.report, entries=tuple(entries))
    wanted_prints = built.prints
    return Plan(
        report,
        tuple(render(entries, target.format, style) for target in targets if target.file == "-"),
        tuple(_plan_file(one, entries, wanted_prints, style) for one in existing),
        tuple(notices),
    )


def _read_existing(target: Target) -> _Existing:
    found, state = read_if_there(target.file)
    data = found or b""
    remembered, memory = read_if_there(_state_file(target.file))
    written = read_written(remembered) if remembered is not None else {}
    if target.format in _BIB:
        from bibtools.formats.bibtex.reading import read_entries

        document = Document.parse(data, target.file)
        entries, _ = read_entries(document)
        return _Existing(target, found, state, tuple(entries), written, memory, document=document)
    if not data.strip():
        return _Existing(target, found, state, (), written, memory, array=split_array("[\n]\n"))
    array = split_array(_utf8(data, target.file))
    if array is None:
        raise InputError(
            f'"{target.file}" exists and is not a JSON array, so nothing can be added to it.',
            "Name another file with -o, or move this one away.",
        )
    ours = entry_json.looks_like_entries(list(array.rows))
    if array.rows and ours != (target.format == "json"):
        target = replace(target, format="json" if ours else "csl-json")
    read = entry_json.read_entries if target.format == "json" else csl_json.read_csl
    entries = []
    for position in range(len(array.rows)):
        some, _ = read(f"[{array.element(position)}]".encode(), target.file)
        entries.append(some[0] if some else Entry())
    return _Existing(target, found, state, tuple(entries), written, memory, array=array)


def _utf8(data: bytes, file: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            f'"{file}" exists and is not UTF-8 (byte {error.start}): nothing can be added to it.',
            "Name another file with -o, or move this one away.",
        ) from None


def _match(one: _Existing, built: Built) -> _Existing:
    prints = {key: written.records for key, written in one.written.items()}
    return replace(one, known=match_known(built.entries, built.prints, one.entries, prints))


def _with_keys(
    entries: Sequence[Entry], existing: Sequence[_Existing], style: Style
) -> tuple[list[Entry], list[Notice]]:
    """Every entry with a key: the one it has in an output, its own, or a new one."""
    taken = {entry.key for one in existing for entry in one.entries if entry.key}
    used: set[str] = set()
    notices = []
    keyed = []
    for number, entry in enumerate(entries):
        there = next((one.entries[one.known[number]].key for one in existing
                      if number in one.known), None)  # fmt: skip
        if there is not None:
            key: str | None = there
        elif entry.key and (entry.key.lower() in used or entry.key in taken):
            notices.append(
                Notice(
                    f'The key "{entry.key}" belongs to another entry already; '
                    f'"{entry.title or entry.key}" gets a new one.',
                    rule="key.taken",
                )
            )
            key = None
        else:
            key = entry.key
        if key:
            used.add(key.lower())
        keyed.append(replace(entry, key=key))
    return assign_keys(keyed, taken, style.key_pattern or default_pattern), notices


def _plan_file(
    one: _Existing,
    entries: Sequence[Entry],
    prints: Sequence[frozenset[str]],
    style: Style,
) -> PlannedFile:
    if one.document is not None:
        return _plan_bib(one, one.document, entries, prints, style)
    assert one.array is not None
    return _plan_json(one, one.array, entries, prints)


def _plan_bib(
    one: _Existing,
    document: Document,
    entries: Sequence[Entry],
    prints: Sequence[frozenset[str]],
    style: Style,
) -> PlannedFile:
    dialect = _dialect(one.target.format)
    wanted = [
        Wanted(
            entry.key or "",
            write_entry(entry, dialect, style.print_links, exact=style.exact).rstrip(),
            records,
        )
        for entry, records in zip(entries, prints, strict=True)
    ]
    before = len(living_entries(document))
    head = write_preamble("".join(each.text for each in wanted), dialect)
    updated = update(document, wanted, one.known, one.written, head)
    after = Document.parse(updated.data, one.target.file)
    if len(living_entries(after)) != before + updated.added:
        open_ends = [str(notice) for notice in document.notices][-1:]
        raise WriteError(
            f'Nothing can be added at the end of "{one.target.file}": '
            "an entry or comment in it is never closed.",
            "Mend it first. " + "".join(open_ends),
        )
    return PlannedFile(
        one.target, one.state, updated.data, updated.state, one.written_state,
        updated.added, updated.renewed, updated.kept,
    )  # fmt: skip


def _csl_item(entry: Entry) -> str:
    """One item as `write_csl` prints it within its array."""
    return csl_json.write_csl([entry]).removeprefix("[").rstrip().removesuffix("]").strip()


def _plan_json(
    one: _Existing,
    array: JsonArray,
    entries: Sequence[Entry],
    prints: Sequence[frozenset[str]],
) -> PlannedFile:
    """As `update` does for a .bib, element by element."""
    ours = one.target.format == "json"
    present = {entry.key for entry in one.entries}
    state = {key: written for key, written in one.written.items() if key in present}
    changed: dict[int, str] = {}
    added = []
    kept = 0
    for number, entry in enumerate(entries):
        text = entry_json.dump(entry_json.to_json(entry)) if ours else _csl_item(entry)
        key = entry.key or ""
        position = one.known.get(number)
        if position is None:
            added.append(text)
            state[key] = Written(prints[number], mark(text))
            continue
        now = array.element(position)
        old = one.written.get(one.entries[position].key or "")
        if old is not None and old.whole == mark(now):
            state[one.entries[position].key or ""] = Written(prints[number], mark(text))
            if now != text:
                changed[position] = text
                continue
        kept += 1
    untouched = one.data is not None and not changed and not added
    data = one.data if untouched else array.edited(changed, added, "" if ours else "  ").encode()
    return PlannedFile(
        one.target, one.state, data or b"[]\n", state, one.written_state,
        len(added), len(changed), kept,
    )  # fmt: skip
