"""The filters of formulas: `.lower`, `.condense("_")`, `.replace(/x/g, "y")`, ...

Names and meanings are Better BibTeX's (https://retorque.re/zotero-better-bibtex/citing/
formulas/).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final

from bibtools.keys.dates_in_keys import PLACES, written_text
from bibtools.keys.folding import LANGUAGE_NAMES, LANGUAGES, language_of, transliterate
from bibtools.keys.running import (
    MARK,
    BadArgument,
    Function,
    Parameter,
    Run,
    Skip,
    matcher,
    parameters,
)
from bibtools.keys.syntax import Expression, Value
from bibtools.keys.words import sentence_words, without_punctuation

UNSAFE: Final = re.compile(r"[\\\"#%'(),={}~\s$&^@`\x00-\x1f\x7f-\x9f]+")
"""What never stands in a key: Better BibTeX's unsafe characters, and what LaTeX obeys."""
_UNSAFE_BUT_BLANKS = re.compile(r"[\\\"#%'(),={}~$&^@`\x00-\x08\x0e-\x1f\x7f-\x9f]+")
_IDEOGRAPH = re.compile("([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff])")
_NEED_READINGS = frozenset({"chinese", "chinese-traditional", "japanese"})


def _compare(relation: str, length: int, number: int) -> bool:
    match relation:
        case "<":
            return length < number
        case "<=":
            return length <= number
        case ">":
            return length > number
        case ">=":
            return length >= number
        case "!=":
            return length != number
        case _:
            return length == number


def _check_relation(value: Value) -> None:
    if value not in ("<", "<=", ">", ">=", "=", "==", "!="):
        raise BadArgument("lengths are compared by <, <=, =, !=, >= or >.")


def _len(text: str, relation: str, length: int) -> str:
    if not _compare(relation, len(re.sub(rf"[\s{MARK}]", "", text)), length):
        raise Skip
    return text


def _clean(run: Run, text: str) -> str:
    return _UNSAFE_BUT_BLANKS.sub("", transliterate(text, run.subject.language)).strip()


def _match(run: Run, text: str, find: re.Pattern[str], clean: bool) -> str:
    found = find.search(_clean(run, text) if clean else text)
    if found is None:
        raise Skip
    if not found.re.groups:
        return text
    return "".join(group or "" for group in found.groups())


def _find(run: Run, text: str, find: re.Pattern[str], passthrough: bool) -> str:
    try:
        return _match(run, text, find, clean=False)
    except Skip:
        return text if passthrough else ""


_DOLLAR = re.compile(r"\$(?:(\$)|(&)|(\d{1,2})|<([A-Za-z_]\w*)>)")


def _replaced(match: re.Match[str], template: str) -> str:
    def place(dollar: re.Match[str]) -> str:
        if dollar[1]:
            return "$"
        if dollar[2]:
            return match[0]
        name = dollar[4]
        if name is not None:
            return (match[name] or "") if name in match.re.groupindex else ""
        number = int(dollar[3])
        return (match[number] or "") if 1 <= number <= match.re.groups else dollar[0]

    return _DOLLAR.sub(place, template)


def _replace(text: str, find: tuple[re.Pattern[str], bool], replace: str) -> str:
    pattern, everywhere = find
    if "$" not in replace:
        return pattern.sub(lambda _match: replace, text, 0 if everywhere else 1)
    return pattern.sub(lambda match: _replaced(match, replace), text, 0 if everywhere else 1)


def _capitalize(text: str, match: tuple[re.Pattern[str], bool] | None) -> str:
    if match is None:
        return re.sub(r"(?:^|(?<=\s))[a-z]", lambda found: found[0].upper(), text)
    pattern, everywhere = match
    return pattern.sub(lambda found: found[0].upper(), text, 0 if everywhere else 1)


def _select(text: str, start: int, n: int | None) -> str:
    words = re.split(r"\s+", text)
    first = len(words) + start if start < 0 else max(start, 1) - 1
    last = len(words) if n is None else first + max(n, 1)
    return " ".join(words[max(first, 0) : max(last, 0)])


def _substring(text: str, start: int, n: int | None) -> str:
    first = max(start - 1, 0)
    return text[first:] if n is None else text[first : first + max(n, 0)]


def _ascii(text: str) -> str:
    return " ".join(re.sub(r"[^ -~]", "", text).split())


def _alphanum(text: str) -> str:
    # Better BibTeX says letters and numbers, and takes the blanks out with the rest.
    return "".join(char for char in text if unicodedata.category(char)[0] in "LN")


def _abbr(text: str, chars: int) -> str:
    return "".join(word[: max(chars, 0)] for word in text.split())


def _skip_words(run: Run, text: str, nopunct: bool) -> str:
    return " ".join(sentence_words(text, no_punctuation=nopunct, language=run.subject.language))


def _check_language(value: Value) -> None:
    if isinstance(value, str) and language_of(value) in _NEED_READINGS:
        raise BadArgument(
            f'"{value}" needs a dictionary of readings, which bibtools has not; leave it out, and '
            "Chinese characters are left out of the key."
        )
    if isinstance(value, str) and value.lower() not in LANGUAGE_NAMES | LANGUAGES:
        raise BadArgument(
            f'"{value}" is no language with rules of its own; there are german, japanese, '
            "chinese, arabic, ukrainian, mongolian and russian, and minimal."
        )


def _transliterate(run: Run, text: str, mode: str | None) -> str:
    language = run.subject.language if mode is None else language_of(mode)
    return transliterate(text, language)


def _check_date_format(value: Value) -> None:
    for place in re.findall(r"%-?(o?[A-Za-z]?|%)", str(value)):
        if place != "%" and place not in PLACES:
            raise BadArgument(
                f'"%{place}" is no part of a date; there are %Y %y %m %d %H %M %S '
                "and %oY %oy %om %od."
            )


def _plain(work: Callable[[str], str]) -> Function:
    return Function((), work)


_REMOVES_WORD_BREAKS = {
    "jieba": "needs a dictionary of Chinese words",
    "kuromoji": "needs a dictionary of Japanese words",
    "pinyin": "needs a dictionary of Chinese readings",
    "acronym": "reads a list in Zotero's folder",
}
NEEDS_MORE: Final = _REMOVES_WORD_BREAKS
"""Filters of Better BibTeX that bibtools does not have, and why."""

_MODE = Parameter("mode", None, "text none", _check_language)

FILTERS: Final[dict[str, Function]] = {
    "abbr": Function(parameters("chars=1"), _abbr),
    "alphanum": Function((), _alphanum),
    "ascii": Function((), _ascii),
    "capitalize": Function(parameters("match~"), _capitalize),
    "clean": Function((), _clean, asks_run=True),
    "condense": Function(
        (Parameter("sep", "", "text"),), lambda text, sep: sep.join(re.split(r"\s+", text))
    ),
    "default": Function(parameters("text"), lambda text, other: text or other),
    "discard": _plain(lambda _text: ""),
    "find": Function(parameters("match! passthrough=false"), _find, asks_run=True),
    "fold": Function((_MODE,), _transliterate, asks_run=True),
    "formatdate": Function(
        parameters("format=%Y-%m-%d", format=_check_date_format),
        lambda text, format_: written_text(text, format_),
    ),
    "ideographs": _plain(lambda text: _IDEOGRAPH.sub(r" \1 ", text).strip()),
    "len": Function(parameters("relation=> length=0", relation=_check_relation), _len),
    "localtime": _plain(lambda text: text.removesuffix("Z").replace("T", " ")),
    "lower": _plain(str.lower),
    "match": Function(parameters("match! clean=false"), _match, asks_run=True),
    "nopunct": Function(
        (Parameter("dash", "-", "text"),), lambda text, dash: without_punctuation(text, dash)
    ),
    "nopunctordash": _plain(lambda text: without_punctuation(text, "")),
    "numeric": _plain(lambda text: text if re.match(r"\s*[+-]?\d", text) else ""),
    "postfix": Function(parameters("postfix"), lambda text, word: text + word if text else ""),
    "prefix": Function(parameters("prefix"), lambda text, word: word + text if text else ""),
    "replace": Function(
        (
            Parameter("find", None, "text expression", None, True),
            Parameter("replace", None, "text", None, True),
        ),
        _replace,
    ),
    "select": Function(parameters("start=1 n?"), _select),
    "skipwords": Function(parameters("nopunct=false"), _skip_words, asks_run=True),
    "substring": Function(parameters("start=1 n?"), _substring),
    "transliterate": Function((_MODE,), _transliterate, asks_run=True),
    "upper": _plain(str.upper),
}
"""By name in lower case."""

EVERYWHERE: Final = {("replace", "find"), ("capitalize", "match")}
"""Parameters whose expression replaces the first place only, unless it has the flag `g`."""


def prepared(filter_name: str, parameter: Parameter, value: Value) -> object:
    """The value as the work of a filter or function wants it. Raises `BadArgument`."""
    if "expression" not in parameter.kinds or value is None:
        return value
    if isinstance(value, str) and not value:
        raise BadArgument("there is nothing to look for.")
    pattern = matcher(value, ignore_case=isinstance(value, str))
    if (filter_name, parameter.name) in EVERYWHERE:
        everywhere = not isinstance(value, Expression) or "g" in value.flags
        return pattern, everywhere
    return pattern
