"""What JabRef's field markers give: `[auth]`, `[shorttitle]`, `[firstpage]`, `[VOLUME]`.

Source: https://docs.jabref.org/setup/citationkeypatterns.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from bibtools.keys.folding import fold
from bibtools.keys.subject import DateParts, date_parts, field_of, written_date
from bibtools.keys.syntax import formula_error
from bibtools.keys.words import FUNCTION_WORDS, without_markup, without_tex
from bibtools.model import Dating, Entry, Name

_UNWANTED = re.compile(r"[-`\u02b9:!;?^${}(),=\\\"#%~'\s@&\x00-\x1f\x7f-\x9f]+")
"""What JabRef takes out of keys, and what LaTeX obeys."""
_UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "å": "aa",
            "Å": "Aa"}  # fmt: skip
_UMLAUT = re.compile("[äöüÄÖÜåÅ]")
Work = Callable[[Entry], str]


def readable(text: str) -> str:
    """The text in ASCII as JabRef writes it: `ö` is `oe`."""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFC", text)
    return fold(_UMLAUT.sub(lambda match: _UMLAUTS[match[0]], text))


def cleaned(text: str) -> str:
    """The text in ASCII, without what JabRef takes out of keys."""
    return _UNWANTED.sub("", readable(_UNWANTED.sub(_only_blanks, text)))


def _only_blanks(match: re.Match[str]) -> str:
    return " " if any(char.isspace() for char in match[0]) else ""


def wanted(text: str) -> str:
    """As `cleaned`, but the blanks between words stay for the modifiers."""
    return readable(_UNWANTED.sub(_only_blanks, text)).strip()


def capital(word: str) -> str:
    """The word with a capital first; the rest stays."""
    return word[:1].upper() + word[1:]


def _people(entry: Entry, kind: str) -> tuple[Sequence[Name], bool]:
    """The names, and whether more follow ("and others")."""
    if kind == "editor":
        return entry.creators.get("editor", ()), False
    if entry.authors or kind == "pure":
        return entry.authors, entry.authors_truncated
    return entry.creators.get("editor", ()), False


def family_of(name: Name) -> str:
    """The family name without its particle; for a body a short form."""
    if name.literal is not None:
        return _body(name.literal)
    return name.family or name.non_dropping_particle or ""


_DEPARTMENT = re.compile(r"(?:d[ei]p|lab)", re.IGNORECASE)


def _body(name: str) -> str:
    """JabRef's short form of a body: `UniLinkoeping`, initials of three words and more."""
    if not re.search(r"\s", name):
        return name
    inline = re.search(r"\(\{?([A-Z]+)\}?\)", name)
    if inline is not None:
        return inline[1]
    university = school = department = rest = ""
    pieces = readable(name).split(",")
    for place, piece in enumerate(pieces):
        words = [
            word
            for word in re.split(r"[ \-_]", piece)
            if word
            and (
                (word.lower() not in ("press", "the") and word[-1] != "." and word[0].isupper())
                or word[:3].lower() == "uni"
            )
        ]
        low = [word.lower() for word in words]
        is_tech = any(word.startswith("tech") for word in low)
        if any(re.match(r"uni(?:v|b|$)", word) for word in low) and not is_tech:
            university = "Uni" + "".join(word for word in words if word[:3].lower() != "uni")
            if place and not department:
                department = pieces[place - 1]
            continue
        is_school = "school" in low
        is_department = any(_DEPARTMENT.match(word) for word in low)
        if (is_school or is_department) and len(pieces) > 1:
            capitals = "".join(
                re.sub(r"[^A-Z]", "", word)
                for word in words
                if not re.match(r"d[ei]p", word, re.IGNORECASE)
                and word.lower() not in ("school", "faculty")
            )
            school = capitals if is_school else school
            department = capitals if is_department else department
        elif not rest:
            rest = "".join(word[0] for word in words) if len(words) >= 3 else "".join(words)
    return (university or rest) + school + (department if department != school else "")


def _initial(names: Sequence[Name], place: int) -> str:
    given = (names[place].given or "") if names else ""
    return given.strip()[:1]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A marker for people, as it stands in the brackets."""

    kind: str
    """`*`: authors, or else editors; `pure`: authors; `editor`."""
    n: int
    m: int


@dataclass(frozen=True, slots=True)
class _Listed:
    """The family names of an entry's people, at least one."""

    families: list[str]
    more: bool
    """True when "and others" follows."""
    n: int
    """The first number of the marker, 0 without."""
    m: int


def _from_families(work: Callable[[_Listed], str]) -> Callable[[Entry, _Asked], str]:
    def give(entry: Entry, asked: _Asked) -> str:
        names, more = _people(entry, asked.kind)
        families = [family_of(name) for name in names]
        return work(_Listed(families, more, asked.n, asked.m)) if families else ""

    return give


def _nth(people: _Listed) -> str:
    if people.more and people.m == len(people.families) + 1:
        return "+"
    if not 1 <= people.m <= len(people.families):
        return ""
    return cleaned(people.families[people.m - 1])[: people.n]


def _joined(limit: int, sep: str, end: str) -> Callable[[_Listed], str]:
    def work(people: _Listed) -> str:
        most = people.n or limit
        cut = people.more or len(people.families) > most
        return sep.join(people.families[:most]) + (end if cut else "")

    return work


def _et_al(sep: str, end: str) -> Callable[[_Listed], str]:
    def work(people: _Listed) -> str:
        if len(people.families) > 2 or people.more:
            return people.families[0] + end
        return sep.join(people.families)

    return work


def _author_ini(people: _Listed) -> str:
    first, *others = [cleaned(family) for family in people.families]
    return first[:5] + "".join(one[:1] for one in others) + ("+" if people.more else "")


def _short(people: _Listed) -> str:
    if len(people.families) == 1 and not people.more:
        return people.families[0]
    letters = "".join(cleaned(one)[:1] for one in people.families[:3])
    return letters + ("+" if people.more or len(people.families) > 3 else "")


def _ini_n(people: _Listed) -> str:
    """About as many letters of each name, `n` in all; a plus for "and others"."""
    count, room = len(people.families) + people.more, people.n
    families = people.families
    if people.more and room >= count:
        count, room = count - 1, room - 1
        families = families[:room]
    each, left = divmod(room, count)
    letters = [cleaned(one)[: each + (place < left)] for place, one in enumerate(families)]
    text = "".join(letters)[:room]
    return text + ("+" if people.more else "") if people.n > room else text[: people.n]


def _alpha(entry: Entry, asked: _Asked) -> str:
    names, more = _people(entry, asked.kind)
    whole = [
        " ".join(part for part in (name.non_dropping_particle, family_of(name)) if part).split()
        for name in names
    ]
    if not whole:
        return ""
    if len(whole) == 1 and not more:
        *particles, last = whole[0] or [""]
        return "".join(word[:1] for word in particles) + last[:3]
    shown = whole if len(whole) + more <= 4 else whole[:3]
    letters = "".join(word[:1] for words in shown for word in words)
    return letters + ("+" if more or len(whole) > len(shown) else "")


def _alpha_lni(entry: Entry, asked: _Asked) -> str:
    names, more = _people(entry, asked.kind)
    if not names:
        return ""
    if len(names) == 1 or (more and len(names) == 1):
        literal = names[0].literal
        if literal is not None:
            return "".join(word[0] for word in literal.split() if word[0].isupper())
        return family_of(names[0])[:2]
    return "".join(family_of(name)[:1] for name in names[:4])


def _first_full(entry: Entry, asked: _Asked) -> str:
    names, _ = _people(entry, asked.kind)
    if not names:
        return ""
    name = names[0]
    return (name.non_dropping_particle or "").replace(" ", "") + family_of(name)


_PEOPLE: Final[dict[str, Callable[[Entry, _Asked], str]]] = {
    "auth": _from_families(lambda people: people.families[0]),
    "authN": _from_families(_nth),
    "authors": _from_families(_joined(9999, "", "EtAl")),
    "authorIni": _from_families(_author_ini),
    "authIni": _from_families(_ini_n),
    "authorLast": _from_families(lambda people: people.families[-1]),
    "auth.auth.ea": _from_families(_joined(2, ".", ".ea")),
    "auth.etal": _from_families(_et_al(".", ".etal")),
    "authEtAl": _from_families(_et_al("", "EtAl")),
    "authshort": _from_families(_short),
    "authFirstFull": _first_full,
    "authForeIni": lambda entry, asked: _initial(_people(entry, asked.kind)[0], 0),
    "authorLastForeIni": lambda entry, asked: _initial(_people(entry, asked.kind)[0], -1),
    "authorsAlpha": _alpha,
    "authorsAlphaLNI": _alpha_lni,
}
_WHO = re.compile(r"(pure)?(auth(?:ors?)?|edtr|editors?)([A-Za-z.]*?)(\d+)?(?:_(\d+))?")


def _who(name: str) -> Work | None:
    match = _WHO.fullmatch(name)
    if match is None:
        return None
    pure, who, rest, first, second = match.groups()
    kind = "pure" if pure else "editor" if who.startswith("ed") else "*"
    plain = who.replace("edtr", "auth").replace("editor", "author") + rest.replace("edtr", "auth")
    n, m = int(first or 0), int(second or 1)
    if plain == "auth" and first is not None:
        plain = "authN"
    elif first is not None and plain not in ("authors", "authIni"):
        return None
    give = _PEOPLE.get(plain)
    asked = _Asked(kind, n, m)
    return None if give is None else lambda entry: give(entry, asked)


def _words(title: str) -> list[str]:
    return re.split(r"[\s-]+", without_tex(without_markup(title)).replace("{", "").replace("}", ""))


def _significant(title: str) -> list[str]:
    return [word for word in _words(title) if word and word.lower() not in FUNCTION_WORDS]


def _camel_title(title: str) -> str:
    out: list[str] = []
    for word in _words(title):
        if word:
            small = out and word.lower() in FUNCTION_WORDS
            out.append(word[:1].lower() + word[1:] if small else capital(word))
    return " ".join(out)


def _camel(title: str, count: int | None = None) -> str:
    words = [capital(word) for word in _words(title) if word]
    if count is not None:
        return " ".join(words[:count])
    return "".join(char for word in words for char in word if char.isalnum())


def _title(entry: Entry) -> str:
    return entry.title or ""


def _year(entry: Entry) -> str:
    return _date(entry).year


def _date(entry: Entry) -> DateParts:
    dating = entry.dates.get("issued")
    if dating is None and entry.date is not None:
        dating = Dating(entry.date)
    return date_parts(dating)


def _short_year(entry: Entry) -> str:
    year = _year(entry)
    return "IP" if year.startswith(("in", "sub")) else year[-2:]


_PAGE = re.compile(r"\d+|\b[ivxlcdm]+\b", re.IGNORECASE)
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}


def _page_number(page: str) -> int:
    if page.isdecimal():
        return int(page)
    values = [_ROMAN[char] for char in page.lower()]
    return sum(
        -value if any(value < after for after in values[place + 1 : place + 2]) else value
        for place, value in enumerate(values)
    )


def _pages(entry: Entry) -> list[str]:
    return _PAGE.findall(field_of(entry, "pages"))


def _page_prefix(entry: Entry) -> str:
    pages = field_of(entry, "pages")
    match = _PAGE.search(pages)
    return pages[: match.start()] if match is not None else ""


def _keywords(entry: Entry) -> list[str]:
    text = entry.fields.get("keyword", "")
    sign = "," if "," in text else ";"
    return [word for part in text.split(sign) if (word := part.strip())]


_MONTH_NAMES = (
    "January February March April May June July August September October November December".split()
)


def _month(entry: Entry) -> str:
    number = _date(entry).month
    return _MONTH_NAMES[int(number) - 1] if number else ""


def _entry_type(entry: Entry) -> str:
    named = entry.extra.get("entrytype")
    kind = named if isinstance(named, str) and named else "misc"
    return {"inproceedings": "InProceedings", "incollection": "InCollection", "inbook": "InBook",
            "phdthesis": "PhdThesis", "mastersthesis": "MastersThesis",
            "techreport": "TechReport"}.get(kind, kind.capitalize())  # fmt: skip


_MARKERS: Final[dict[str, Work]] = {
    "title": lambda entry: _camel_title(_title(entry)),
    "fulltitle": _title,
    "shorttitle": lambda entry: " ".join(_significant(_title(entry))[:3]),
    "shorttitleINI": lambda entry: "".join(
        word[0] for word in [one for one in _words(_title(entry)) if one][:3]
    ),
    "veryshorttitle": lambda entry: " ".join(_significant(_title(entry))[:1]),
    "camel": lambda entry: _camel(_title(entry)),
    "shortyear": _short_year,
    "entrytype": _entry_type,
    "firstpage": lambda entry: min(_pages(entry), key=_page_number, default=""),
    "lastpage": lambda entry: max(_pages(entry), key=_page_number, default=""),
    "pageprefix": _page_prefix,
    "keywords": lambda entry: "".join(_keywords(entry)),
}
"""Field markers with a fixed name, that are more than a field."""


def _names_text(names: Sequence[Name], more: bool) -> str:
    shown = [name.display() for name in names] + (["others"] if more else [])
    return " and ".join(shown)


_BIB_FIELDS: Final[dict[str, Work]] = {
    "author": lambda entry: _names_text(entry.authors, entry.authors_truncated),
    "editor": lambda entry: _names_text(entry.creators.get("editor", ()), False),
    "title": _title,
    "year": _year,
    "month": _month,
    "day": lambda entry: _date(entry).day,
    "date": lambda entry: written_date(entry, "issued"),
    "journal": lambda entry: entry.venue or "",
    "journaltitle": lambda entry: entry.venue or "",
    "booktitle": lambda entry: entry.venue or "",
    "abstract": lambda entry: entry.abstract or "",
    "doi": lambda entry: str(entry.doi or ""),
    "eprint": lambda entry: entry.arxiv.value if entry.arxiv is not None else "",
    "url": lambda entry: entry.links[0].url if entry.links else "",
    "citationkey": lambda entry: entry.key or "",
    "keywords": lambda entry: entry.fields.get("keyword", ""),
}
_BIB_VARIABLES: Final = {
    "address": "publisher-place", "location": "publisher-place", "number": "issue",
    "pages": "page", "series": "collection-title", "chapter": "chapter-number",
    "institution": "publisher", "school": "publisher", "organization": "publisher",
    "type": "genre", "pagetotal": "number-of-pages", "volumes": "number-of-volumes",
    "eventtitle": "event-title", "venue": "event-place", "langid": "language",
    "shortjournal": "container-title-short", "pubstate": "status",
}  # fmt: skip
_NUMBERED = re.compile(r"(camel|keyword|keywords)(\d+)")


def value_of(whole: str, name: str, at: int) -> Work:
    """What a field marker gives. Raises `FormulaError` for a name that can be no field."""
    found = _who(name) or _MARKERS.get(name)
    if found is not None:
        return found
    numbered = _NUMBERED.fullmatch(name)
    if numbered is not None:
        count = int(numbered[2])
        if numbered[1] == "camel":
            return lambda entry: _camel(_title(entry), count)
        if numbered[1] == "keywords":
            return lambda entry: "".join(_keywords(entry)[:count])
        return lambda entry: next(iter(_keywords(entry)[count - 1 : count]), "")
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_+-]*", name):
        raise formula_error(whole, at, f'"{name}" is no field.')
    return _field(name.lower())


def _field(name: str) -> Work:
    special = _BIB_FIELDS.get(name)
    variable = _BIB_VARIABLES.get(name, name)

    def work(entry: Entry) -> str:
        text = special(entry) if special is not None else ""
        text = text or entry.fields.get(variable, "") or entry.other_ids.get(name, "")
        if not text:
            raw = entry.extra.get(name)
            text = without_tex(raw) if isinstance(raw, str) else ""
        return without_markup(text)

    return work
