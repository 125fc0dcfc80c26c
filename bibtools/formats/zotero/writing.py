"""From an entry to the data of a Zotero item."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from bibtools.formats.carried import what_is_lost
from bibtools.formats.entry_json import dump
from bibtools.formats.entry_variables import (
    date_variables,
    id_lines,
    name_variables,
    tex_lines,
    text_variables,
)
from bibtools.formats.note_lines import label_of, line_of, line_of_name
from bibtools.formats.spelling import portable, same_work, spelling_of, with_spelling
from bibtools.formats.zotero.derived import derived_texts
from bibtools.formats.zotero.item_types import ITEM_TYPES
from bibtools.formats.zotero.labels import BIB_TYPE_LABEL, CARRIED_LABEL
from bibtools.formats.zotero.names import write_creator
from bibtools.formats.zotero.reading import (
    FALLBACK_TYPE,
    item_data,
    item_type_named,
    keyword_words,
    model_type,
    other_variable,
    own_names,
    read_data,
)
from bibtools.formats.zotero.variables import (
    BY_BIB_TYPE,
    CREATOR_TYPES,
    FIELDS,
    NARROWER,
    NEAREST_ROLE,
    TYPES,
    creator_order,
)
from bibtools.model import Dating, Entry, Name, Source, type_preprint

# What the Web API takes beside the fields of the type, creators and tags.
_PROPERTIES = (
    "key version collections relations dateAdded dateModified parentItem deleted inPublications"
).split()
_TAKEN = frozenset({"itemType", "creators", "tags"})
_CREATOR_PARTS = frozenset({"creatorType", "firstName", "lastName", "name"})
_OTHERS = Name(literal="others")


def to_item(entry: Entry) -> dict[str, Any]:
    """The data of the Zotero item of an entry, as the Web API takes it.

    An entry that was read from an item gives the same item again where it still says the same.
    """
    item = build(entry)
    zotero = _zotero(entry)
    if item["itemType"] != zotero.get("itemType"):
        return item
    type_ = item["itemType"]
    return with_spelling(
        item, zotero.get("written"), lambda field, value: _is_allowed(type_, field, value)
    )


def from_item(data: Mapping[str, Any], sources: tuple[Source, ...] = ()) -> Entry:
    """The entry of a Zotero item: Web API item, its data, or what a translator makes.

    `extra["zotero"]` holds what only Zotero knows: `itemType`, `key`, `version`, `collections`,
    ..., and under `written` how the item spells what we would write in another way.
    """
    given = item_data(data)
    item_type = item_type_named(given.get("itemType"))
    given = own_names(given, item_type)
    zotero: dict[str, Any] = {"itemType": item_type.name}
    elsewhere = False
    for name, value in given.items():
        other = name not in item_type.fields and name not in _TAKEN
        if other and (name in _PROPERTIES or value not in (None, "", [], {})):
            zotero[name] = value
            elsewhere = elsewhere or (isinstance(value, str) and other_variable(name) is not None)
    entry = read_data(given, zotero, sources)
    if entry.type != model_type(item_type.name):
        # A line of Extra says so.
        zotero["entryType"] = entry.type
    names = [*item_type.fields, "creators", "tags"]
    if elsewhere:
        # What stood in a field that the type does not have will stand in Extra.
        names.remove("extra")
    written = spelling_of(given, build(entry), names)
    if written:
        zotero["written"] = written
    return entry


def _zotero(entry: Entry) -> Mapping[str, Any]:
    zotero = entry.extra.get("zotero")
    return zotero if isinstance(zotero, Mapping) else {}


def _is_allowed(type_: str, field: str, value: object) -> bool:
    """Whether the Web API takes this value of an item of the type."""
    if field == "creators":
        return isinstance(value, list) and all(
            isinstance(row, Mapping)
            and row.keys() <= _CREATOR_PARTS
            and row.get("creatorType") in ITEM_TYPES[type_].creators
            for row in value
        )
    if field == "tags":
        return isinstance(value, list) and all(
            isinstance(row, Mapping) and isinstance(row.get("tag"), str) for row in value
        )
    return field in ITEM_TYPES[type_].fields and isinstance(value, str)


def build(entry: Entry) -> dict[str, Any]:
    """The item in our own spelling, with what Zotero has no place for carried in Extra."""
    extra = portable(entry.extra, "zotero")
    item = plain_item(entry)
    back = read_data(item)
    if not same_work(entry, back, extra):
        lost = what_is_lost(replace(entry, extra=extra), back)
        if lost:
            line = f"{CARRIED_LABEL}: {dump(dict(sorted(lost.items())))}"
            item["extra"] = "\n".join(filter(None, (line, item.get("extra"))))
    return item


def item_type_of(entry: Entry, texts: Mapping[str, str]) -> str:
    """The item type: that of the item the entry came from while it fits, else the nearest."""
    zotero = _zotero(entry)
    name = zotero.get("itemType")
    if name in ITEM_TYPES and entry.type in (model_type(name), zotero.get("entryType")):
        return str(name)
    bib_type = entry.extra.get("entrytype")
    named = BY_BIB_TYPE.get(bib_type) if isinstance(bib_type, str) else None
    if named is not None and model_type(named) == entry.type:
        return named
    for name, witnesses in NARROWER.get(entry.type, ()):
        if not witnesses.isdisjoint(texts):
            return name
    return TYPES.get(entry.type, FALLBACK_TYPE)


def plain_item(entry: Entry) -> dict[str, Any]:
    """The item in our own spelling; what Zotero has no place for is not in it."""
    texts = text_variables(entry, volumes=False)
    type_ = item_type_of(entry, texts)
    lines: list[str] = []
    keywords, note = texts.pop("keyword", None), texts.pop("note", None)
    values = _field_values(entry, type_, texts, lines)
    creators = _creators(entry, type_, lines)
    if keywords and ", ".join(keyword_words(keywords)) != keywords:
        # `one,two;three`: the tags are the words, the line is how they were written.
        lines.append(line_of("keyword", keywords))
    # In an order of its own, so that reading and writing again gives the same text.
    lines.sort(key=label_of)
    lines = [*tex_lines(entry), *lines]
    if note:
        lines.append(note)
    if lines:
        values["extra"] = "\n".join(lines)
    item: dict[str, Any] = {"itemType": type_}
    item.update((name, values[name]) for name in ITEM_TYPES[type_].fields if name in values)
    if creators:
        item["creators"] = creators
    kept = _zotero(entry)
    item.update((name, kept[name]) for name in _PROPERTIES if name in kept)
    if keywords:
        item["tags"] = [{"tag": word} for word in keyword_words(keywords)]
    return item


def _field_values(
    entry: Entry, type_: str, texts: Mapping[str, str], lines: list[str]
) -> dict[str, str]:
    """The values that have a field; the others are added to the lines of Extra."""
    values: dict[str, str] = {}
    places = FIELDS[type_]
    values.update(
        (places[variable], value)
        for variable, value in derived_texts(entry.creators, texts, places).items()
        if variable not in texts
    )
    for variable, value in texts.items():
        if variable in places:
            values[places[variable]] = value
        else:
            lines.append(line_of(variable, value))
    for variable, dating in date_variables(entry).items():
        field = places.get(variable)
        if field is not None and (field != "accessDate" or _is_moment(dating)):
            values[field] = dating.edtf()
        else:
            lines.append(line_of(variable, dating.edtf()))
    lines += id_lines(entry)
    if entry.key and "citationKey" in ITEM_TYPES[type_].fields:
        values["citationKey"] = entry.key
    elif entry.key:
        lines.append(line_of("Citation Key", entry.key))
    lines += _type_lines(entry, type_)
    return values


def _type_lines(entry: Entry, type_: str) -> Iterator[str]:
    if model_type(type_) != entry.type:
        yield line_of("type", "article" if entry.type == type_preprint else entry.type)
    bib_type = entry.extra.get("entrytype")
    if isinstance(bib_type, str):
        yield line_of(f"tex.{BIB_TYPE_LABEL}", bib_type)


def _is_moment(dating: Dating) -> bool:
    """Zotero takes a whole day, with or without a time, as `accessDate`."""
    return (
        dating.start is not None
        and dating.start.precision == 3
        and dating.start.year > 0
        and replace(dating, time=None).simple
        and (dating.time is None or re.fullmatch(r"\d\d:\d\d:\d\dZ", dating.time) is not None)
    )


def _creators(entry: Entry, type_: str, lines: list[str]) -> list[dict[str, str]]:
    names = name_variables(entry)
    if entry.authors_truncated:
        names["author"] = (*names.get("author", ()), _OTHERS)
    found = []
    roles = dict.fromkeys((*creator_order(ITEM_TYPES[type_]), *names))
    for role in roles:
        creator_type = CREATOR_TYPES[type_].get(role, NEAREST_ROLE.get(role))
        for name in names.get(role, ()):
            if creator_type is not None:
                found.append(write_creator(name, creator_type))
            else:
                lines.append(line_of(role, line_of_name(name)))
    return found
