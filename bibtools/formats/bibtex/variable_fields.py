"""The fields that say something of the work in words or numbers, as variables of an `Entry`."""

from __future__ import annotations

from bibtools.formats.bibtex.date_fields import read_dating
from bibtools.formats.bibtex.entry_types import BIBSTRINGS, GENRES, SERIES, STATES
from bibtools.formats.bibtex.field_reader import FieldReader
from bibtools.formats.bibtex.field_values import decode_text, decode_title, understood
from bibtools.formats.bibtex.fields import (
    ANY_PUBLISHER,
    COPIES,
    COURTS,
    DATE_SYNONYMS,
    DATES,
    ID_FIELDS,
    JOURNALS,
    LANGUAGES,
    NUMBERS,
    OTHERWISE,
    PUBLISHERS,
    SYNONYMS,
    TEXTS,
    VENUES,
    WITHOUT_VENUE,
    number_means,
)
from bibtools.model import Dating
from bibtools.text.latex_decode import plain
from bibtools.text.markup import strip_markup

_LANGUAGE_FIELDS = ("langid", "hyphenation", "language")

_VARIABLE_OF: dict[str, str] = {
    **SYNONYMS,
    **{names[0]: variable for variable, names in (*TEXTS.items(), *NUMBERS.items())},
    **{names[1]: variable for variable, names in (*TEXTS.items(), *NUMBERS.items())},
    OTHERWISE["collection-number"]: "collection-number",
    OTHERWISE["number"]: "number",
}
_DATE_OF = {**{name: variable for variable, name in DATES.items()}, **DATE_SYNONYMS}
_DATE_NAMES = frozenset(_DATE_OF)
_WORDS_FOR = {"status": STATES, "collection-title": SERIES}


def read_variables(reader: FieldReader, type_: str, fields: dict[str, str]) -> None:
    """Take all but title and venue into `fields`, by the name of the variable."""
    biblatex = reader.speaks_biblatex
    left = reader.left
    _genre(reader, type_, fields)
    _publisher(reader, fields, biblatex=biblatex)
    _numbers(reader, fields)
    _language(reader, fields)
    for name in [name for name in left if name in _VARIABLE_OF]:
        variable = _VARIABLE_OF[name]
        if variable in fields:
            continue
        value = reader.variable(variable, name, literals=biblatex)
        if value:
            words = _WORDS_FOR.get(variable)
            fields[variable] = words.get(value, value) if words is not None else value


def read_dates(reader: FieldReader, issued: Dating | None) -> dict[str, Dating]:
    """All dates but the simple one of the work."""
    dates = {} if issued is None else {"issued": issued}
    left = reader.left
    if _DATE_NAMES.isdisjoint(left):
        return dates
    for name in [name for name in left if name in _DATE_OF]:
        dating = _dating(left[name]) if _DATE_OF[name] not in dates else None
        if dating is not None:
            dates[_DATE_OF[name]] = dating
            reader.take(name)
    return dates


def read_title(reader: FieldReader, fields: dict[str, str]) -> str | None:
    """The title; its markup goes to `fields`."""
    raw = reader.left.get("title")
    if not raw:
        return None
    text, rich, whole = decode_title(raw)
    if rich is not None:
        fields["title"] = rich
    if text and whole:
        reader.take("title")
    return text or None


def read_venue(reader: FieldReader, fields: dict[str, str]) -> str | None:
    """What the work appeared in; its markup goes to `fields`."""
    left = reader.left
    for name in (*VENUES.get(reader.kind, ()), *JOURNALS[0]):
        raw = left.get(name)
        if not raw or (name == "booktitle" and reader.kind in WITHOUT_VENUE):
            continue
        rich, whole = decode_text("container-title", raw)
        if not rich:
            continue
        text = strip_markup(rich) if "<" in rich else rich
        if "<" in raw or "\\textless" not in raw:
            if text != rich:
                fields["container-title"] = rich
        else:
            # A less-than sign that is spelt is text.
            text = rich
        if whole:
            reader.take(name)
            for double in JOURNALS[0]:
                if double != name and left.get(double) == raw:
                    reader.take(double)
        return text
    return None


def drop_copy(reader: FieldReader, venue: str | None) -> None:
    """Our own copy of the venue for styles that print nothing else of such an entry."""
    name = COPIES.get(reader.kind)
    raw = reader.left.get(name) if name is not None else None
    if not raw or name is None:
        return
    copied = [venue, reader.left.get("publisher") if reader.kind == "misc" else None]
    if raw in copied or plain(raw).strip() in copied:
        reader.take(name)


def _genre(reader: FieldReader, type_: str, fields: dict[str, str]) -> None:
    raw = reader.left.get("type")
    if not raw:
        said = GENRES.get(reader.kind)
        if said is not None:
            fields["genre"] = said
        return
    known = BIBSTRINGS.get(raw.strip()) if type_ in ("thesis", "report", "patent") else None
    if known is not None:
        fields["genre"] = known
        reader.take("type")
    elif raw == "Thesis" and reader.kind in GENRES:
        # So we write a thesis of which we do not know what degree it was for.
        reader.take("type")
    else:
        value = reader.variable("genre", "type")
        if value:
            fields["genre"] = value


def _publisher(reader: FieldReader, fields: dict[str, str], *, biblatex: bool) -> None:
    if reader.kind in COURTS and "institution" in reader.left and "authority" not in reader.left:
        court = reader.variable("authority", "institution")
        if court:
            fields["authority"] = court
    first = PUBLISHERS.get(reader.kind)
    names = (*first[0], *ANY_PUBLISHER) if first is not None else ANY_PUBLISHER
    for name in names:
        if name in reader.left:
            value = reader.variable("publisher", name, literals=biblatex)
            if value:
                fields["publisher"] = value
                return


def _numbers(reader: FieldReader, fields: dict[str, str]) -> None:
    """`number` says what the entry type makes of it; `issue` is one where that is free."""
    left = reader.left
    if "number" in left:
        variable = number_means(reader.kind, has_series="series" in left)
        value = reader.variable(variable, "number")
        if value:
            fields[variable] = value
    if "issue" in left and "issue" not in fields:
        value = reader.variable("issue", "issue")
        if value:
            fields["issue"] = value


def _language(reader: FieldReader, fields: dict[str, str]) -> None:
    left = reader.left
    for name in _LANGUAGE_FIELDS:
        if name not in left:
            continue
        tag = left.get("language", "").strip()
        if name != "language" and LANGUAGES.get(tag.lower()) == left[name].strip():
            # The tag is the exact one; babel's name was derived from it.
            reader.take(name)
            continue
        value = reader.variable("language", name)
        if value:
            fields["language"] = value
            return


def _dating(raw: str) -> Dating | None:
    if raw.isascii() and "\\" not in raw:
        # A tilde is EDTF's "about" here.
        text = raw.replace("{", "").replace("}", "").strip()
    else:
        text = plain(raw).replace("\u00a0", " ").strip()
    if not text or not understood(raw, text):
        return None
    return read_dating(text)


def read_other_ids(reader: FieldReader) -> dict[str, str]:
    """Identifiers by scheme."""
    found: dict[str, str] = {}
    left = reader.left
    for name in [name for name in ID_FIELDS if name in left]:
        value, whole = decode_text("number", left[name])
        if value:
            found[name] = value
            if whole:
                reader.take(name)
    return found
