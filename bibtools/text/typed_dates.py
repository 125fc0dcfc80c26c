"""Dates as people type them, into Zotero for instance, which keeps what was typed.

What is no EDTF is read as Zotero and Better BibTeX read it: figures between slashes are month,
day and year as in the United States unless that makes no date, between hyphens
and full stops day, month and year; months and seasons have their
names in the larger European languages; `2-7 December 2007` is a span.
"""

from __future__ import annotations

import re

from bibtools.model import Dating, PartialDate, parse_dating

_MONTHS = [
    "january january jan janvier januar januari enero gennaio janeiro jän jänner ene gen",
    "february february feb février februar februari febrero febbraio fevereiro fév févr fev",
    "march march mar mars märz maart marzo março mär mrz mrt",
    "april april apr avril abril aprile avr abr",
    "may may mai mei mayo maggio maio maj mag",
    "june june jun juin juni junio giugno junho giu",
    "july july jul juillet juli julio luglio julho juil lug",
    "august august aug août augustus augusti agosto ago aoû",
    "september september sep sept septembre septiembre settembre setembro set",
    "october october oct octobre oktober octubre ottobre outubro okt ott out",
    "november november nov novembre noviembre novembro",
    "december december dec décembre dezember diciembre dicembre dezembro déc dez dic",
]
_SEASONS = [
    "spring printemps frühling frühjahr primavera lente vår",
    "summer été sommer verano estate verão zomer sommar",
    "autumn fall automne herbst otoño autunno outono herfst höst",
    "winter hiver invierno inverno vinter",
]
_MONTH = {word: number for number, line in enumerate(_MONTHS, 1) for word in line.split()}
_SEASON = {word: number for number, line in enumerate(_SEASONS, 1) for word in line.split()}
_WORD = r"([^\W\d_]{3,})\.?"
_DAY = r"(\d{1,2})(?:st|nd|rd|th|er|\.|º)?"
_YEAR = r"(-?\d{3,4})"
_DASH = r"\s*(?:--?|[\u2013\u2014/]|to|until|bis)\s*"
_TIME = re.compile(
    r"[\sT]\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?\s?(?:[AP]M|[+-]?[A-Z]{1,5}|[+-]\d\d:?\d\d)?$"
)
_CIRCA = re.compile(r"(?:circa|ca?\.?|about|around|approx\.?)\s*(?=\d)", re.IGNORECASE)


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


# Pattern and what its groups are: year, month (word or figure), day, season; capitals: the end.
_FORMS: list[tuple[re.Pattern[str], str]] = [
    (_pattern(rf"{_YEAR}"), "y"),
    (_pattern(rf"{_WORD}(?:,?\s+|/){_YEAR}"), "w y"),
    (_pattern(rf"{_YEAR},?\s+{_WORD}"), "y w"),
    (_pattern(rf"{_DAY}[\s-](?:de\s+)?{_WORD},?[\s-](?:de\s+)?{_YEAR}"), "d w y"),
    (_pattern(rf"{_WORD}\s+{_DAY},?\s+{_YEAR}"), "w d y"),
    (_pattern(rf"{_YEAR},?[\s-]{_WORD}[\s-]{_DAY}"), "y w d"),
    (_pattern(rf"{_YEAR},?\s+{_DAY}\s+{_WORD}"), "y d w"),
    (_pattern(r"(\d{4})[-/.\u5e74](\d{1,2})(?:\u6708|-(?:uu|xx|00))?"), "y m"),
    (_pattern(r"(\d{4})-(?:uu|xx)(?:-(?:uu|xx))?"), "y"),
    (_pattern(r"(\d{4})[/.\u5e74](\d{1,2})[/.\u6708](\d{1,2})\u65e5?"), "y m d"),
    (_pattern(r"(\d{4})-(\d{1,2})-(\d{1,2})"), "y m d"),
    (_pattern(r"(\d{1,2})[/.\s-](\d{4})"), "m y"),
    (_pattern(r"(\d{1,2})/(\d{1,2})/(\d{4})"), "m d y"),
    (_pattern(r"(\d\d)\s(\d\d),?\s(\d{4})"), "m d y"),
    (_pattern(r"(\d{1,2})-(\d{1,2})-(\d{4})"), "d m y"),
    (_pattern(r"(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4})"), "d m y"),
    (_pattern(rf"{_YEAR}{_DASH}{_YEAR}"), "y Y"),
    (_pattern(rf"{_DAY}{_DASH}{_DAY}\s+{_WORD},?\s+{_YEAR}"), "d D w y"),
    (_pattern(rf"{_WORD}\s+{_DAY}{_DASH}{_DAY},?\s+{_YEAR}"), "w d D y"),
    (_pattern(rf"{_WORD}{_DASH}{_WORD},?\s+{_YEAR}"), "w W y"),
    (_pattern(rf"{_WORD}\s+{_YEAR}{_DASH}{_WORD}\s+{_YEAR}"), "w y W Y"),
    (_pattern(rf"{_DAY}\s+{_WORD}{_DASH}{_DAY}\s+{_WORD},?\s+{_YEAR}"), "d w D W y"),
    (_pattern(rf"{_WORD}\s+{_DAY}{_DASH}{_WORD}\s+{_DAY},?\s+{_YEAR}"), "w d W D y"),
    (
        _pattern(rf"{_DAY}\s+{_WORD}\s+{_YEAR}{_DASH}{_DAY}\s+{_WORD}\s+{_YEAR}"),
        "d w y D W Y",
    ),
    (_pattern(r"(\d{4})-(\d\d)-(\d\d)(?:--|\s+-\s+|\s*\u2013\s*)(\d{4})-(\d\d)-(\d\d)"),
     "y m d Y M D"),
]  # fmt: skip
_ORIGINAL = re.compile(r"\[(-?\d{3,4})\]\s*(-?\d{3,4})|(-?\d{3,4})\s*\[(-?\d{3,4})\]")


def read_typed_date(text: str) -> tuple[Dating, Dating | None]:
    """What a date field says, and the date of the original work: `2004 [1929]`.

    A text that is no date is the literal.
    """
    text = " ".join(text.split())
    match = _ORIGINAL.fullmatch(text)
    if match is not None:
        original, year = (match[1], match[2]) if match[1] else (match[4], match[3])
        return Dating(PartialDate(int(year))), Dating(PartialDate(int(original)))
    found = parse_dating(text)
    if found.literal is None:
        return found, None
    bare = _TIME.sub("", text.removeprefix("[").removesuffix("]"))
    circa = _CIRCA.match(bare)
    rest = bare[circa.end() :] if circa else bare
    uncertain = rest.endswith("?")
    rest = rest.removesuffix("?").strip()
    for pattern, names in _FORMS:
        match = pattern.fullmatch(rest)
        if match is not None:
            read = _from_groups(match.groups(), names.split(), circa is not None, uncertain)
            if read is not None:
                return read, None
    return found, None


def _from_groups(
    groups: tuple[str | None, ...], names: list[str], circa: bool, uncertain: bool
) -> Dating | None:
    parts = {name: text for name, text in zip(names, groups, strict=True) if text}
    word = parts.get("w", "").lower()
    if word in _SEASON and not {"d", "D", "W"} & parts.keys():
        try:
            start = PartialDate(int(parts["y"]))
        except ValueError:
            return None
        return Dating(start, season=_SEASON[word], circa=circa, uncertain=uncertain)
    figures: dict[str, int] = {}
    for name, text in parts.items():
        if name in "wW":
            if text.lower() not in _MONTH:
                return None
            figures["m" if name == "w" else "M"] = _MONTH[text.lower()]
        else:
            figures[name] = int(text)
    if figures.get("m", 0) > 12 and figures.get("d", 99) <= 12:
        figures["m"], figures["d"] = figures["d"], figures["m"]
    try:
        start = PartialDate(figures["y"], figures.get("m"), figures.get("d"))
        if not {"Y", "M", "D"} & figures.keys():
            return Dating(start, circa=circa, uncertain=uncertain)
        end = PartialDate(
            figures.get("Y", start.year),
            figures.get("M", start.month if "Y" not in figures else None),
            figures.get("D"),
        )
    except ValueError:
        return None
    return Dating(start, end, circa=circa, uncertain=uncertain)
