"""From a Zotero item to an entry."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from bibtools.formats.carried import restore
from bibtools.formats.csl_variables import TYPES as CSL_TYPES
from bibtools.formats.entry_variables import Draft
from bibtools.formats.note_lines import name_of_line, read_lines
from bibtools.formats.zotero.derived import drop_derived
from bibtools.formats.zotero.item_types import ITEM_TYPES, ItemType
from bibtools.formats.zotero.labels import (
    BIB_TYPE_LABEL,
    CARRIED_LABEL,
    KEY_LABEL,
    known_label,
)
from bibtools.formats.zotero.names import read_creator
from bibtools.formats.zotero.variables import DATES, FIELDS, TEXTS, VARIABLES, role_of
from bibtools.model import Entry, Name, Source, type_preprint
from bibtools.model.variables import CREATORS, ID_SCHEMES
from bibtools.model.variables import DATES as DATE_VARIABLES
from bibtools.model.variables import FIELDS as MODEL_FIELDS
from bibtools.text.markup import strip_markup
from bibtools.text.typed_dates import read_typed_date

FALLBACK_TYPE: Final = "document"
_BASE = {own: base for item_type in ITEM_TYPES.values() for own, base in item_type.base.items()}
_SEVERAL = CREATORS | {"author"}
_SQL_TIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d")
_CARRIED = re.compile(rf"{CARRIED_LABEL}: (\{{.*\}})\s*")


def item_data(item: Mapping[str, Any]) -> dict[str, Any]:
    """The data of an item as the Web API gives it, of the same without the wrapping, or of
    what a translator makes.
    """
    inner = item.get("data")
    data = dict(item)
    if isinstance(inner, Mapping):
        data = {name: item[name] for name in ("key", "version") if name in item} | dict(inner)
    extra = data.get("extra")
    if isinstance(extra, list):
        data["extra"] = "\n".join(line for line in extra if isinstance(line, str))
    for name, value in data.items():
        if name != "version" and isinstance(value, int | float) and not isinstance(value, bool):
            data[name] = str(value)
    return data


def item_type_named(name: object) -> ItemType:
    """The item type of a name; that of documents for a name that Zotero's schema lacks."""
    return ITEM_TYPES.get(name if isinstance(name, str) else "", ITEM_TYPES[FALLBACK_TYPE])


def model_type(item_type: str) -> str:
    """The type of an entry for an item type."""
    return type_preprint if item_type == "preprint" else ITEM_TYPES[item_type].csl


def read_data(
    data: Mapping[str, Any],
    zotero: dict[str, Any] | None = None,
    sources: tuple[Source, ...] = (),
) -> Entry:
    """The entry that item data describes; `zotero` becomes `extra["zotero"]`."""
    name = data.get("itemType")
    item_type = item_type_named(name)
    draft = Draft(type=model_type(item_type.name), sources=sources)
    if zotero is not None:
        draft.extra["zotero"] = zotero
    places = VARIABLES[item_type.name]
    for field in sorted(data, key=_later) if "series" in data else data:
        value = data[field]
        variable = places.get(field) or other_variable(field)
        if variable is None:
            continue
        if isinstance(value, str) and value.strip():
            _put(draft, variable, value)
    _read_creators(draft, item_type, data.get("creators"))
    key = data.get("citationKey")
    draft.key = key if isinstance(key, str) and key else None
    _read_tags(draft, data.get("tags"))
    carried = _read_extra(draft, data.get("extra"))
    drop_derived(draft.names, draft.texts, FIELDS[item_type.name])
    entry = draft.entry()
    return restore(entry, carried) if carried is not None else entry


def _later(field: str) -> bool:
    """Zotero prefers `seriesTitle` to `series` when it has both."""
    return field == "series"


def own_names(data: dict[str, Any], item_type: ItemType) -> dict[str, Any]:
    """The data with fields under the names they have in items of the type: translators write
    `publicationTitle` also for a chapter.
    """
    renamed = dict(data)
    for field in data:
        if field not in item_type.fields:
            base = _BASE.get(field, field)
            base = "versionNumber" if base == "version" and isinstance(data[field], str) else base
            own = item_type.own.get(base, base)
            if own != field and own in item_type.fields and not renamed.get(own):
                renamed[own] = renamed.pop(field)
    return renamed


def other_variable(field: str) -> str | None:
    """The variable of a field that the item type does not have."""
    base = _BASE.get(field, field)
    found = TEXTS.get(base) or DATES.get(base)
    # Some programs add variables of CSL to an item.
    return found or (base if base in MODEL_FIELDS else None)


def _put(draft: Draft, variable: str, value: str) -> None:
    if variable in DATE_VARIABLES:
        if variable == "accessed" and _SQL_TIME.fullmatch(value):
            # Zotero's own form, always in UTC.
            value += "Z"
        dating, original = read_typed_date(value)
        draft.dates.setdefault(variable, dating)
        if original is not None:
            draft.dates.setdefault("original-date", original)
    else:
        draft.put(variable, value)


def _read_creators(draft: Draft, item_type: ItemType, creators: object) -> None:
    if not isinstance(creators, list):
        return
    found: dict[str, list[Name]] = {}
    for creator in creators:
        if isinstance(creator, Mapping) and (name := read_creator(creator)) is not None:
            role = role_of(item_type, str(creator.get("creatorType") or "author"))
            found.setdefault(role, []).append(name)
    draft.names = {role: tuple(names) for role, names in found.items()}


def _read_tags(draft: Draft, tags: object) -> None:
    if not isinstance(tags, list):
        return
    words = [tag.get("tag") if isinstance(tag, Mapping) else tag for tag in tags]
    text = ", ".join(word for word in words if isinstance(word, str))
    if text:
        draft.put("keyword", text)


def keyword_words(keywords: str) -> list[str]:
    """The words of a list of keywords, divided by commas or, where there is one, semicolons."""
    parts = keywords.split(";" if ";" in keywords else ",")
    return list(dict.fromkeys(word for part in parts if (word := strip_markup(part).strip())))


def _read_extra(draft: Draft, extra: object) -> object:
    """Put the lines of Extra into the draft; gives what is carried, or None."""
    if not isinstance(extra, str) or not extra:
        return None
    carried, extra = _take_carried(extra)

    def known(label: str, value: str) -> str | None:
        name = known_label(label)
        if name == "type":
            return name if value.strip().lower() in CSL_TYPES else None
        if name == KEY_LABEL:
            return name if draft.key is None else None
        if name == "keyword":
            same = ", ".join(keyword_words(value)) == draft.texts.get(name)
            return name if same else None
        # Of a text that is there already the line says something else; a date it corrects.
        taken = name in draft.texts or (name == "author" and "author" in draft.names)
        return None if taken else name

    draft.lines = lines = read_lines(extra, known, _SEVERAL)
    for name, values in lines.values.items():
        _put_line(draft, name, values)
    bib_type = lines.tex.pop(BIB_TYPE_LABEL, None)
    if bib_type is not None:
        draft.extra["entrytype"] = bib_type
    draft.put("note", lines.text.strip("\n"))
    return carried


def _take_carried(extra: str) -> tuple[object, str]:
    """What is carried, and Extra without its line."""
    if CARRIED_LABEL not in extra:
        return None, extra
    lines = extra.split("\n")
    for number, line in enumerate(lines):
        match = _CARRIED.fullmatch(line)
        if match is not None:
            try:
                carried = json.loads(match[1])
            except (ValueError, RecursionError):
                continue
            return carried, "\n".join(lines[:number] + lines[number + 1 :])
    return None, extra


def _put_line(draft: Draft, name: str, values: list[str]) -> None:
    """Put the values of a label into the draft."""
    if name == "type":
        draft.type = values[0].strip().lower()
        draft.is_article = draft.type == "article"
    elif name == KEY_LABEL:
        draft.key = values[0]
    elif name in _SEVERAL:
        names = tuple(name_of_line(value) for value in values)
        draft.names[name] = draft.names.get(name, ()) + names
    elif name in ID_SCHEMES:
        draft.other_ids[name] = values[0]
    elif name == "keyword":
        draft.texts[name] = values[0]
    elif name in DATE_VARIABLES:
        draft.dates[name] = read_typed_date(values[0])[0]
    else:
        draft.put(name, values[0])
