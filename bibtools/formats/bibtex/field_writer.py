"""The fields that say what an entry says, one after the other, in BibTeX or biblatex.

The user's own spelling of a value stands wherever it still says the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from bibtools.formats.bibtex import printed
from bibtools.formats.bibtex.address_fields import eprint_of
from bibtools.formats.bibtex.entry_types import (
    BIBSTRINGS,
    GENRES,
    SERIES,
    STATES,
    SUBTYPES,
    csl_type,
    default_type,
    main_address,
)
from bibtools.formats.bibtex.field_values import (
    decode_text,
    decode_title,
    encode_rich_title,
    encode_text,
)
from bibtools.formats.bibtex.fields import (
    ALIASES,
    BABEL,
    COPIES,
    COURTS,
    CUSTOM_NAMES,
    DATES,
    EDITOR_FIELDS,
    EDITOR_TYPES,
    ENTRY_TYPE,
    FIELD_NAME,
    ID_FIELDS,
    JOURNALS,
    LANGUAGES,
    MONTHS,
    NUMBERS,
    OTHERWISE,
    PUBLISHERS,
    ROLES,
    TEXTS,
    VENUES,
    Dialect,
    PrintLinks,
    number_means,
)
from bibtools.formats.bibtex.tex_values import (
    LONGEST,
    name_list,
    raw_or_encoded,
    sort_key,
    text_value,
    url_value,
)
from bibtools.model import Dating, Entry, Name, type_preprint
from bibtools.text.latex_encode import encode
from bibtools.text.markup import strip_markup
from bibtools.text.title_case import encode_title

_column = len("archivePrefix")
_WORDS = {
    **{("status", shown): word for word, shown in STATES.items()},
    **{("collection-title", shown): word for word, shown in SERIES.items()},
}
"""Variable and value to biblatex's word for it."""
_LAST = frozenset(
    "status license source archive archive-place archive_collection archive_location references "
    "keyword note addendum annote language locator call-number citation-label citation-number "
    "first-reference-note-number".split()
)
"""Variables that are written behind date and identifiers."""
_DATE_FIELDS = ("date", "year", "month", "day")
_NOT_OURS = frozenset({"entrytype", "csl", "zotero"})


class Field(NamedTuple):
    """One field as it is written."""

    name: str
    value: str
    """LaTeX without delimiters; the name of a macro when `bare`."""
    bare: bool = False
    """True for a macro (`oct`), which stands without braces."""

    def written(self) -> str:
        """`name = {value},`"""
        value = self.value if self.bare else f"{{{self.value}}}"
        return f"  {self.name:<{_column}} = {value},"


def entry_type(entry: Entry, dialect: Dialect) -> str:
    """`misc`, `online`, ...: the type as it was in the user's .bib, as long as that is still what
    the entry is, else from the CSL type.
    """
    raw = entry.extra.get("entrytype")
    if isinstance(raw, str) and ENTRY_TYPE.fullmatch(raw):
        kind = raw.lower()
        if entry.type == _type_back(entry, kind):
            return kind
    return default_type(entry, dialect)


def _type_back(entry: Entry, kind: str) -> str:
    return csl_type(
        kind,
        is_preprint=entry.arxiv is not None or entry.type == type_preprint,
        has_venue=entry.venue is not None,
    )


@dataclass(slots=True)
class FieldWriter:
    """The fields of one entry in the making."""

    entry: Entry
    dialect: Dialect
    exact: bool
    derived: bool
    trusted: bool = False
    kind: str = ""
    out: list[Field] = field(default_factory=list)
    own: dict[str, tuple[str, str]] = field(default_factory=dict)
    """The user's own raw fields: lower-case name to name and value."""
    used: set[str] = field(default_factory=set)
    """Those of them that are written in the place of ours."""

    def __post_init__(self) -> None:
        self.kind = entry_type(self.entry, self.dialect)
        for name, value in self.entry.extra.items():
            if name in _NOT_OURS or not FIELD_NAME.fullmatch(name):
                continue
            if isinstance(value, str):
                self.own.setdefault(name.lower(), (name, value))
            elif isinstance(value, int) and not isinstance(value, bool):
                self.own.setdefault(name.lower(), (name, str(value)))

    def fields(self, links: PrintLinks) -> list[Field]:
        """All of them in their order; printed links as `links` says."""
        entry = self.entry
        self._heading()
        self._creators()
        self._variables(last=False)
        self._date()
        self._identifiers()
        self._variables(last=True)
        self._users_own()
        if links != "none":
            self._add_printed(links)
        if entry.abstract:
            self._text("abstract", ("abstract",), entry.abstract)
        return [one for one in self.out if one.value]

    # One field

    def _raw(self, value: str) -> str:
        """A value of the user's own."""
        return raw_or_encoded(value, self.dialect, trusted=self.trusted)

    def _put(self, names: Sequence[str], value: str, same: Callable[[str], bool]) -> None:
        """Write a value; the user's own spelling of it where there is one that says the same."""
        if not value:
            return
        for name in names:
            own = self.own.get(name.lower())
            if own is not None and same(own[1]):
                self.used.add(name.lower())
                self.out.append(Field(own[0], self._raw(own[1])))
                return
        taken = {one.name.lower() for one in self.out}
        free = [name for name in names if name.lower() not in taken]
        chosen = next((name for name in free if name.lower() not in self.own), None)
        if chosen is None and free:
            chosen = free[0]
        if chosen is not None:
            self.out.append(Field(chosen, value))

    def _text(self, variable: str, names: Sequence[str], value: str) -> None:
        """Write the value of a variable."""
        written = encode_text(variable, value, self.dialect, exact=self.exact)
        self._put(names, written, lambda raw: decode_text(variable, raw)[0] == value)

    def _people(self, names: Sequence[str], people: tuple[Name, ...], *, truncated: bool) -> None:
        """Write a list of names."""
        written = name_list(people, self.dialect, truncated=truncated, exact=self.exact)

        def same(raw: str) -> bool:
            from bibtools.formats.bibtex.name_fields import read_names

            found, more, _ = read_names(raw)
            return found == people and (more == truncated or names[0] != "author")

        self._put(names, written, same)

    # Groups of fields

    def _heading(self) -> None:
        """Author, title, and what it appeared in."""
        entry, dialect = self.entry, self.dialect
        if entry.authors:
            self._people(("author",), entry.authors, truncated=entry.authors_truncated)
        has_authors = bool(self.out)
        title = entry.title or ""
        rich = entry.fields.get("title")
        if rich is None or strip_markup(rich) != title:
            rich = None
        if title:
            written = (
                encode_rich_title(rich, dialect, exact=self.exact)
                if rich is not None
                else title_value(title, dialect, exact=self.exact)
            )
            self._put(("title",), written, lambda raw: decode_title(raw)[0] == title)
        if self.derived and not has_authors and dialect == "bibtex" and "key" not in self.own:
            self.out.append(Field("key", sort_key(title, entry.key)))
        if entry.venue:
            self._venue(entry.venue)

    def _venue(self, venue: str) -> None:
        names = (
            *VENUES.get(self.kind, ()),
            *JOURNALS[self.dialect == "biblatex"],
        )
        rich = self.entry.fields.get("container-title")
        if rich is not None and strip_markup(rich) == venue:
            self._text("container-title", names, rich)
            return
        written = text_value(venue, self.dialect, exact=self.exact)
        self._put(names, written, lambda raw: strip_markup(decode_text("venue", raw)[0]) == venue)

    def _creators(self) -> None:
        """Editors and all the others."""
        spare = list(EDITOR_FIELDS)
        for role, people in self.entry.creators.items():
            name = ROLES.get(role)
            if name is None:
                continue
            word = None
            if self.dialect == "biblatex" and role in EDITOR_TYPES and spare:
                name, word = spare.pop(0), role
            elif self.dialect == "biblatex" and role == "contributor":
                name, word = CUSTOM_NAMES, "collaborator"
            before = len(self.out)
            self._people((name,), people, truncated=False)
            if word is not None and len(self.out) > before:
                self.out.append(Field(name + "type", word))

    def _variables(self, *, last: bool) -> None:
        """What `Entry.fields` holds."""
        fields = self.entry.fields
        if last:
            prepublished = self.entry.type == type_preprint and "status" not in fields
            if prepublished and self.dialect == "biblatex":
                self.out.append(Field("pubstate", "prepublished"))
        else:
            self._publisher()
            self._genre()
            self._numbers()
        place = self.dialect == "biblatex"
        for table in (TEXTS, NUMBERS):
            for variable, names in table.items():
                if (variable in _LAST) != last or variable not in fields or variable == "authority":
                    continue
                word = _WORDS.get((variable, fields[variable])) if place else None
                if word is not None:
                    self._put((names[place],), word, lambda raw, word=word: raw == word)  # type: ignore[misc]
                else:
                    self._text(variable, (names[place], names[not place]), fields[variable])
        if last:
            self._language()
        else:
            self._copy_of_venue()
            self._subtype()

    def _publisher(self) -> None:
        publisher = self.entry.fields.get("publisher")
        if publisher:
            names = PUBLISHERS.get(self.kind, ((), ()))[self.dialect == "biblatex"]
            self._text("publisher", (*names, "publisher"), publisher)
        authority = self.entry.fields.get("authority")
        if authority:
            names = ("institution",) if self.kind in COURTS else ()
            self._text("authority", (*names, "authority"), authority)

    def _copy_of_venue(self) -> None:
        """What it appeared in, once more where styles print it."""
        name = COPIES.get(self.kind)
        if name is None or name in self.own:
            return
        written = {one.name: one.value for one in self.out}
        sources = (*JOURNALS[0], "publisher") if self.kind == "misc" else JOURNALS[0]
        source = next((other for other in sources if other in written), None)
        if name not in written and source is not None:
            self.out.append(Field(name, written[source]))

    def _genre(self) -> None:
        genre = self.entry.fields.get("genre")
        said = GENRES.get(self.kind)
        if genre is None:
            if said is not None and self.entry.type == "thesis":
                self._put(("type",), "Thesis", lambda raw: raw == "Thesis")
            return
        if genre == said:
            return
        if self.dialect == "biblatex" and self.entry.type in ("thesis", "report", "patent"):
            for word, shown in BIBSTRINGS.items():
                if shown == genre:
                    self._put(("type",), word, lambda raw: BIBSTRINGS.get(raw) == genre)
                    return
        self._text("genre", ("type",), genre)

    def _numbers(self) -> None:
        fields = self.entry.fields
        meant = number_means(self.kind, has_series="collection-title" in fields)
        for variable, otherwise in OTHERWISE.items():
            if variable in fields:
                name = "number" if variable == meant else otherwise
                self._text(variable, (name,), fields[variable])

    def _language(self) -> None:
        language = self.entry.fields.get("language")
        if language is None:
            return
        babel = LANGUAGES.get(language.lower())
        if babel is not None and babel != language:
            self.out.append(Field("langid", babel))
            self._text("language", ("language",), language)
        elif language in BABEL:
            self._text("language", ("langid", "hyphenation", "language"), language)
        else:
            self._text("language", ("language", "langid"), language)

    def _subtype(self) -> None:
        """The type, when the entry type does not tell it."""
        entry = self.entry
        if "entrysubtype" in entry.fields or "entrysubtype" in self.own:
            return
        prepublished = self.dialect == "biblatex" and "status" not in entry.fields
        back = csl_type(
            self.kind,
            is_preprint=entry.arxiv is not None or (entry.type == type_preprint and prepublished),
            has_venue=entry.venue is not None,
        )
        if back != entry.type:
            name = SUBTYPES.get(entry.type, entry.type)
            if csl_type(self.kind, subtype=name) == entry.type:
                self.out.append(Field("entrysubtype", name))

    def _date(self) -> None:
        """The date of the work, and the others."""
        entry = self.entry
        issued = entry.dates.get("issued")
        if issued is None or issued.start != entry.date:
            issued = Dating(entry.date) if entry.date is not None else None
        ours = _date_fields(issued, self.dialect, exact=self.exact) if issued is not None else []
        own = {name: self.own[name] for name in _DATE_FIELDS if name in self.own}
        if own and issued is not None:
            ours = self._own_dates(ours, own, issued)
        self.out += ours
        for variable, name in DATES.items():
            dating = entry.dates.get(variable)
            if dating is not None:
                written = text_value(dating.edtf(), self.dialect, exact=self.exact)
                if dating.literal is None:
                    written = dating.edtf()
                self._put((name,), written, lambda raw, d=dating: _reads_as(raw, d))  # type: ignore[misc]

    def _own_dates(
        self, ours: list[Field], own: Mapping[str, tuple[str, str]], issued: Dating
    ) -> list[Field]:
        """Our fields and the user's own, as long as they say the same together."""
        from bibtools.formats.bibtex.date_fields import read_date
        from bibtools.formats.bibtex.field_reader import FieldReader

        kept = [Field(name, self._raw(value)) for name, value in own.values()]
        names = set(own)
        rest = [one for one in ours if one.name not in names]
        year = [one for one in rest if one.name == "year"]
        undated = [one for one in rest if one.name != "date"]
        for together in ([*year, *kept], [*undated, *kept], [*rest, *kept]):
            values = {one.name.lower(): one.value for one in together}
            start, dating = read_date(FieldReader(self.kind, "", values))
            if start == issued.start and (dating or Dating(start)) == issued:
                self.used |= names
                return together
        return ours

    def _identifiers(self) -> None:
        """arXiv, DOI, address, code, and other identifiers."""
        entry = self.entry
        arxiv, address = entry.arxiv, main_address(entry)
        self._arxiv()
        if entry.doi is not None:
            self.out.append(Field("doi", url_value(entry.doi.value)))
        elif arxiv is not None and arxiv_doi_is_its_own(entry):
            self.out.append(Field("doi", arxiv.doi))
        address = address or (arxiv.url if arxiv is not None else None)
        if address and "url" not in self.own:
            self.out.append(Field("url", url_value(address)))
        if self.derived and arxiv is None and "eprint" not in self.own:
            self._other_eprint(address)
        for number, link in enumerate(entry.code, start=1):
            name = "code" if number == 1 else f"code{number}"
            self.out.append(Field(name, url_value(link.url)))
        for scheme, value in entry.other_ids.items():
            if scheme in ID_FIELDS:
                self._text("number", (scheme,), value)
            elif FIELD_NAME.fullmatch(scheme):
                self.out.append(Field(scheme, text_value(value, self.dialect, exact=self.exact)))

    def _arxiv(self) -> None:
        """ID, server and class, in the names of the dialect."""
        arxiv = self.entry.arxiv
        if arxiv is None:
            return
        biblatex = self.dialect == "biblatex"
        self.out.append(Field("eprint", str(arxiv)))
        self.out.append(
            Field("eprinttype", "arxiv") if biblatex else Field("archivePrefix", "arXiv")
        )
        primary = self.entry.primary_class()
        if primary:
            name = "eprintclass" if biblatex else "primaryClass"
            self.out.append(Field(name, encode(primary, ascii_only=True)))

    def _other_eprint(self, address: str | None) -> None:
        """The ID on another server, which biblatex makes a link of."""
        found = eprint_of(address, self.entry.other_ids.get("pmid"))
        if found is not None:
            # Without a server, styles that know eprints take them for arXiv's.
            server = "eprinttype" if self.dialect == "biblatex" else "archivePrefix"
            self.out += [Field("eprint", found[1]), Field(server, found[0])]

    def _users_own(self) -> None:
        """The fields of the user's .bib that we do not model, word for word."""
        taken = {ALIASES.get(one.name.lower(), one.name.lower()) for one in self.out}
        for folded, (name, value) in self.own.items():
            if folded in self.used or ALIASES.get(folded, folded) in taken:
                continue
            if folded == "abstract" and self.entry.abstract:
                continue  # it is written last
            self.out.append(Field(name, self._raw(value)))

    def _add_printed(self, links: PrintLinks) -> None:
        """The arXiv ID and the code links where the style prints them, unless they are there."""
        entry = self.entry
        position = next(
            (place for place, one in enumerate(self.out) if one.name.lower() == links), None
        )
        there = self.out[position].value if position is not None else ""
        # biblatex prints eprint itself.
        arxiv = entry.arxiv if self.dialect == "bibtex" else None
        more = printed.added(there, arxiv, entry.primary_class(), entry.code)
        if not more:
            return
        one = Field(links, printed.joined(there, more))
        if position is None:
            self.out.append(one)
        else:
            self.out[position] = one


def title_value(title: str, dialect: Dialect, *, exact: bool) -> str:
    """A title without markup; the capitals that need it are protected."""
    ascii_only = dialect == "bibtex"
    return encode_title(title, ascii_only=ascii_only, longest=LONGEST, exact=exact).strip()


def arxiv_doi_is_its_own(entry: Entry) -> bool:
    """Whether the DOI that DataCite gives the preprint may stand for the entry."""
    return entry.type == type_preprint or entry.venue is None


def _date_fields(issued: Dating, dialect: Dialect, *, exact: bool) -> list[Field]:
    date = issued.start
    if dialect == "biblatex":
        if issued.literal is None:
            return [Field("date", issued.edtf())]
        return _words(issued.literal, dialect, exact=exact)
    fields: list[Field] = []
    if date is not None:
        fields.append(Field("year", _year(date.year)))
        if date.month is not None:
            fields.append(Field("month", MONTHS[date.month - 1], bare=True))
        if date.day is not None:
            fields.append(Field("day", str(date.day)))
    if issued.literal is not None:
        return _words(issued.literal, dialect, exact=exact)
    if not issued.simple:
        fields.append(Field("date", issued.edtf()))
    return fields


def _reads_as(raw: str, dating: Dating) -> bool:
    from bibtools.formats.bibtex.date_fields import read_dating

    return read_dating(raw) == dating


def _year(year: int) -> str:
    return str(year) if abs(year) > 99 else f"{year:05}" if year < 0 else f"{year:04}"


def _words(literal: str, dialect: Dialect, *, exact: bool) -> list[Field]:
    """A text for a date; one that looks like a date needs both fields to be told from one."""
    from bibtools.formats.bibtex.date_fields import read_date
    from bibtools.formats.bibtex.field_reader import FieldReader

    written = text_value(literal, dialect, exact=exact)
    year = Field("year", written)
    values = {"year": written}
    plain_one = read_date(FieldReader("misc", "", values)) == (None, Dating(literal=literal))
    return [year] if plain_one else [year, Field("date", written)]
