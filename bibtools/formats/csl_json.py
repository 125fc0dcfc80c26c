"""CSL-JSON: writing entries for pandoc, Zotero and citation processors, and reading them back.

The shape is csl-data.json 1.0.2 with `license` and `part-number`, which Zotero emits. An arXiv
paper is `article` with genre `preprint`, number `arXiv:ID` and publisher `arXiv`; what CSL has
no variable for goes where it survives: the class and the code link as lines of `note`
(`arXiv: ID [cs.CL]`, `tex.code: URL`, which Zotero and Better BibTeX keep), the code link in
`custom` as well, and so the other fields of a .bib as lines `tex.field: value`. What even that
cannot say is carried in `custom.bibtools`.

What only CSL-JSON knows is in `extra["csl"]`: variables of other programs, and under `written`
how the item spells what we would write in another way.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from bibtools.formats.carried import restore, what_is_lost
from bibtools.formats.csl_names import from_csl_date, from_csl_names, to_csl_date, to_csl_name
from bibtools.formats.csl_variables import DATES, NAMES, NUMBERS, STRINGS, TYPES, fits
from bibtools.formats.entry_variables import (
    ID_LABELS,
    Draft,
    date_variables,
    id_lines,
    name_variables,
    numbered,
    tex_lines,
    text_variables,
)
from bibtools.formats.json_rows import read_rows, write_rows
from bibtools.formats.note_lines import label_of, line_of, line_of_name, name_of_line, read_lines
from bibtools.formats.spelling import mark, portable, same_work, spelling_of, with_spelling
from bibtools.model import Entry, Notice, parse_dating, type_document, type_preprint
from bibtools.model.variables import CREATORS, FIELDS, ID_SCHEMES

ALIASES: Final = {
    "shortTitle": "title-short",
    "journalAbbreviation": "container-title-short",
    "event": "event-title",
} | {name.lower(): name for name in ("DOI", "URL", "ISBN", "ISSN", "PMID", "PMCID")}
_TEXTS = STRINGS | NUMBERS
_JOINED = frozenset({"ISBN", "ISSN"})
_FURTHER_FIELDS = FIELDS - _TEXTS
_FURTHER_ROLES = CREATORS - NAMES
_FURTHER_IDS = {
    ID_LABELS.get(scheme, scheme): scheme for scheme in ID_SCHEMES if scheme.upper() not in STRINGS
}
_CODE_NAME = re.compile(r"code(\d*)")
_OTHERS = {"literal": "others"}
_READ_APART = frozenset({"id", "type", "citation-key", "custom"})
_HOW = "howpublished"
_FOLLOWING = ("URL", "number")
"""Variables that are written of every preprint with an ID."""
_ADDRESS = re.compile(r"://|www\.|\barxiv\b|@", re.IGNORECASE)
_CARRIED, _BIB_TYPE, _ACCESSED = "bibtools", "entrytype", "accessed"


def to_csl(entry: Entry) -> dict[str, Any]:
    """The CSL item of an entry. `id` and `citation-key` are the key, or `anon` without one.

    An entry that was read from an item gives the same item again where it still says the same.
    """
    item = _build(entry)
    written = _csl(entry).get("written")
    if not written:
        return item
    note = item.get("note")
    # `custom` also has what is carried; it is never spelled.
    item = with_spelling(item, written, fits)
    if note and "note" not in item and entry.arxiv is not None and read_row(item).arxiv is None:
        # What told the ID has another value now, and the line that tells it was left out.
        item["note"] = note
    return item


def write_csl(entries: Iterable[Entry]) -> str:
    """A JSON array of CSL items, with two blanks of indentation."""
    return write_rows([to_csl(entry) for entry in entries])


def from_csl(item: Mapping[str, Any]) -> Entry:
    """The entry of a CSL item; what is not modelled is in `extra`."""
    entry = read_row(item)
    ours = _build(entry)
    names = [name for name in dict.fromkeys((*item, *ours)) if name != "custom"]
    written = {
        name: pair
        for name, pair in spelling_of(item, ours, names).items()
        if pair[1] is None or fits(name, pair[1])
    }
    if written and entry.arxiv is not None:
        # A preprint's address and number, which follow from its ID, stay when it is published.
        kept = {name: item[name] for name in _FOLLOWING if item.get(name) and name not in written}
        written |= {name: [mark(None), one] for name, one in kept.items() if fits(name, one)}
    if written:
        entry = replace(entry, extra={**entry.extra, "csl": {**_csl(entry), "written": written}})
    return entry


def read_csl(data: bytes, file: str) -> tuple[list[Entry], list[Notice]]:
    """The entries of a CSL-JSON file: an array of items, one item, or `{"items": [...]}`.

    Raises `InputError` when it is not JSON of that shape. A row that is no item is a notice.
    """
    entries: list[Entry] = []
    notices: list[Notice] = []
    for number, row in enumerate(read_rows(data, file, "CSL-JSON items"), start=1):
        if isinstance(row, dict) and ("type" in row or "title" in row):
            entries.append(from_csl(row))
        else:
            notices.append(
                Notice(
                    f"Item {number} is no CSL item (it has neither type nor title) and was "
                    "left out.",
                    file=file,
                    rule="csl.no-item",
                )
            )
    return entries, notices


def _csl(entry: Entry) -> Mapping[str, Any]:
    csl = entry.extra.get("csl")
    return csl if isinstance(csl, Mapping) else {}


def _build(entry: Entry) -> dict[str, Any]:
    """The item in our own spelling, with what CSL has no place for carried in `custom`."""
    item = plain_csl(entry)
    extra = portable(entry.extra, "zotero")
    back = read_row(item)
    if not same_work(entry, back, extra):
        lost = what_is_lost(replace(entry, extra=extra), back)
        if lost:
            item["custom"] = {**item.get("custom", {}), _CARRIED: lost}
    return item


def plain_csl(entry: Entry) -> dict[str, Any]:
    """The item in our own spelling; what CSL has no place for is not in it."""
    item: dict[str, Any] = {"id": entry.key or "anon"}
    kind = "article" if entry.type == type_preprint else entry.type
    item["type"] = kind if kind in TYPES else type_document
    if entry.key:
        item["citation-key"] = entry.key
    lines: list[str] = []
    texts = text_variables(entry, volumes=True)
    note = texts.pop("note", None)
    how = texts.get(_HOW, "")
    if how and not _ADDRESS.search(how):
        # pandoc, citation-js: what made it public. The line says that it is no publisher.
        texts.setdefault("publisher", how)
    if "title" in texts:
        item["title"] = texts.pop("title")
    _write_names(item, entry, lines)
    for variable, dating in date_variables(entry).items():
        item[variable] = to_csl_date(dating)
    for variable, value in texts.items():
        if variable == "container-title-short" and "zotero" in entry.extra:
            item["journalAbbreviation"] = value
        elif variable in _TEXTS:
            item[variable] = value
        else:
            lines.append(line_of(variable, value))
    lines += id_lines(entry)
    # In an order of its own, so that reading and writing again gives the same text.
    lines.sort(key=label_of)
    lines = [*([note] if note else []), *tex_lines(entry), *lines]
    if lines:
        item["note"] = "\n".join(lines)
    _write_other(item, entry)
    return item


def _write_other(item: dict[str, Any], entry: Entry) -> None:
    """What has its place in `custom`, and the variables of other programs."""
    custom = {numbered("code", n): link.url for n, link in enumerate(entry.code, start=1)}
    bib_type = entry.extra.get("entrytype")
    if isinstance(bib_type, str):
        custom[_BIB_TYPE] = bib_type
    accessed = entry.dates.get("accessed")
    if accessed is not None and accessed.time is not None:
        # CSL knows days only; Zotero keeps the second.
        custom[_ACCESSED] = accessed.edtf()
    for variable, value in _csl(entry).items():
        if variable == "custom" and isinstance(value, Mapping):
            custom = {**value, **custom}
        elif variable not in item and fits(variable, value):
            item[variable] = value
    if custom:
        item["custom"] = custom


def _write_names(item: dict[str, Any], entry: Entry, lines: list[str]) -> None:
    for role, names in name_variables(entry).items():
        if role in NAMES:
            item[role] = [to_csl_name(name) for name in names]
        else:
            lines += [line_of(role, line_of_name(name)) for name in names]
    if entry.authors_truncated:
        # CSL has no word for it; this is what pandoc reads and writes for "and others".
        item["author"] = [*item.get("author", []), _OTHERS]


def read_row(item: Mapping[str, Any]) -> Entry:
    """The entry of a CSL item, without how the item spells it."""
    draft = Draft(volumes=True)
    kind = item.get("type")
    draft.type = kind if isinstance(kind, str) and kind in TYPES else type_document
    rest = {
        name: value
        for name, value in item.items()
        if name not in _READ_APART and value is not None and not _take(draft, name, value)
    }
    draft.key = key_of(item)
    _read_note(draft)
    carried = _read_custom(draft, item.get("custom"), rest)
    genre = draft.texts.get("genre", "").lower()
    if genre == "preprint" and draft.type in ("article", "document", "manuscript"):
        draft.type = type_preprint
    draft.is_article = draft.type == "article"
    if rest:
        draft.extra["csl"] = rest
    entry = draft.entry()
    return restore(entry, carried) if carried is not None else entry


def _take(draft: Draft, name: str, value: object) -> bool:
    """Put a variable into the draft; False when it is none that we know, or of another shape."""
    variable = ALIASES.get(name, name)
    if value in ("", [], {}):
        return True
    if variable in _TEXTS:
        text = _text(variable, value)
        draft.put(variable, text or "")
        return text is not None
    if variable in NAMES and isinstance(value, list):
        names = from_csl_names(value)
        if names:
            draft.names[variable] = names
        return bool(names)
    dating = from_csl_date(value) if variable in DATES else None
    if dating is not None:
        draft.dates[variable] = dating
    return dating is not None


def _text(variable: str, value: object) -> str | None:
    """The text of a value; of several, as Crossref has them, the first, or all numbers."""
    if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        return ", ".join(value) if variable in _JOINED else value[0]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else None


def key_of(item: Mapping[str, Any]) -> str | None:
    """The citation key of a CSL item: `citation-key`, else `id`."""
    for name in ("citation-key", "id"):
        key = item.get(name)
        if isinstance(key, str | int) and not isinstance(key, bool) and str(key).strip():
            key = str(key).strip()
            return key if name == "citation-key" or key != "anon" else None
    return None


def _read_note(draft: Draft) -> None:
    """Take the lines of data out of the note."""

    def known(label: str, _: str) -> str | None:
        taken = label in draft.texts or label in draft.names
        if label in _FURTHER_FIELDS | _FURTHER_ROLES:
            return None if taken else label
        return _FURTHER_IDS.get(label)

    note = draft.texts.pop("note", None)
    if note is None:
        return
    draft.lines = lines = read_lines(note, known, _FURTHER_ROLES)
    for name, values in lines.values.items():
        if name in _FURTHER_ROLES:
            draft.names[name] = tuple(name_of_line(value) for value in values)
        elif name in ID_SCHEMES:
            draft.other_ids[name] = values[0]
        else:
            draft.put(name, values[0])
    draft.put("note", lines.text.strip("\n"))
    if _HOW in lines.values and draft.texts.get("publisher") == draft.texts.get(_HOW):
        del draft.texts["publisher"]


def _read_custom(draft: Draft, custom: object, rest: dict[str, Any]) -> object:
    """Take our own out of `custom`; gives what is carried, or None."""
    if not isinstance(custom, Mapping):
        return None
    left = dict(custom)
    for name, value in custom.items():
        match = _CODE_NAME.fullmatch(name)
        if match is not None and isinstance(value, str) and value:
            draft.code[int(match[1] or 1)] = left.pop(name)
    bib_type = left.get(_BIB_TYPE)
    if isinstance(bib_type, str) and bib_type:
        draft.extra["entrytype"] = left.pop(_BIB_TYPE)
    accessed = draft.dates.get(_ACCESSED)
    moment = left.get(_ACCESSED)
    if accessed is not None and isinstance(moment, str):
        found = parse_dating(moment)
        if replace(found, time=None) == accessed:
            draft.dates[_ACCESSED] = found
            del left[_ACCESSED]
    carried = left.pop(_CARRIED, None)
    if left:
        rest["custom"] = left
    return carried
