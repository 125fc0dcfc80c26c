"""Values that BibTeX reads in its own way: lists of names, addresses, raw LaTeX."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import quote, unquote

from bibtools.errors import UsageError
from bibtools.formats.bibtex.dangerous import dangerous
from bibtools.formats.bibtex.fields import KEY_JUNK, Dialect
from bibtools.later import later
from bibtools.model import Name
from bibtools.text.latex_encode import encode

LONGEST: Final = 20_000
"""Characters of LaTeX in one field; more is cut, with dots. TeX reads lines of at most 200,000
bytes (`buf_size`), and biber needs time by the square of the commands in a field: 2,000 take
it 13 seconds. An arXiv abstract has at most 1,920 characters."""

# What may stand in an address (RFC 3986); everything else is percent-encoded.
_URL_SAFE = "%:/?#[]@!$&'()*+,;=~_.-"


def text_value(text: str, dialect: Dialect, *, exact: bool = False) -> str:
    """Text of ours as the value of a field; `exact` is that of `latex_encode.encode`."""
    return encode(text, ascii_only=dialect == "bibtex", longest=LONGEST, exact=exact).strip()


def sort_key(title: str, key: str | None) -> str:
    """What plain sorts by and alpha and natbib label with when there is no author."""
    if not title.strip():
        return safe_key(key)
    head, colon, _ = title.partition(":")
    words = (head if colon and len(head.split()) <= 3 else title).split()[:3]
    return "{" + encode(" ".join(words), ascii_only=True).strip() + "}"


def safe_key(key: str | None) -> str:
    """The key without what would end it or mean something to TeX; `anon` when nothing is left."""
    return KEY_JUNK.sub("", key or "") or "anon"


def refuse_bad_key(key: str) -> None:
    """Raise `UsageError` for a key that a .bib cannot hold letter for letter."""
    if safe_key(key) != key:
        raise UsageError(
            f'"{key}" cannot be a citation key.',
            f"A key has no blanks and none of , {{ }} \" # % ' ( ) = ~ \\ @; "
            f"this could be: {safe_key(key)}",
        )


def is_balanced(value: str) -> bool:
    """Whether the value can stand in braces: BibTeX counts them without regard to backslashes."""
    level = 0
    for brace in re.findall(r"[{}]", value):
        level += 1 if brace == "{" else -1
        if level < 0:
            return False
    return level == 0


def raw_or_encoded(value: str, dialect: Dialect, *, trusted: bool = False) -> str:
    """The user's LaTeX word for word, or as text when it could break the file or do harm.

    `trusted` says that the user vouches for it: then only what breaks the file becomes text.
    """
    harmless = trusted or not dangerous(value)
    if harmless and is_balanced(value) and "\x00" not in value:
        return value
    return text_value(value, dialect)


def url_value(url: str) -> str:
    """An address for `url`, `doi` and `code`, read verbatim: ASCII, no lone brace, no blank."""
    url = "".join(url.split())
    safe = _URL_SAFE + "{}" if "{" in url and is_balanced(url) else _URL_SAFE
    return quote(url.encode("utf-8", "replace"), safe=safe)


def from_url_value(value: str) -> str:
    """What `url_value` was given: its own percent-encoding undone, any other left alone."""
    return _ENCODED.sub(_decoded, value) if "%" in value else value


def _decoded(match: re.Match[str]) -> str:
    try:
        text = unquote(match[0], errors="strict")
    except UnicodeDecodeError:
        return match[0]
    return (
        text if quote(text, safe=_URL_SAFE) == match[0].upper() and text.isprintable() else match[0]
    )


_ENCODED = later(r"(?:%[0-9A-Fa-f]{2})+")


def printed_url(url: str) -> str:
    r"""An address for running text: `\url{...}`.

    `%` and `#` cannot stand in `\url` when a style passes it on as an argument (biblatex
    does), and no escape works both with `url` and with `hyperref`; an address that has
    them is set in typewriter letters, which prints the same everywhere.
    """
    value = url_value(url)
    if "%" not in value and "#" not in value:
        return f"\\url{{{value}}}"
    escaped = re.sub(r"([%#&_$])", r"\\\1", value).replace("~", "\\textasciitilde{}")
    return "\\texttt{" + escaped.replace("--", "-{}-").replace("''", "'{}'") + "}"


def name_list(
    names: Sequence[Name], dialect: Dialect, *, truncated: bool = False, exact: bool = False
) -> str:
    """`Family, Given and von Family, Jr., Given and {Body} and others`; empty without names.

    `exact` is that of `latex_encode.encode`.
    """
    written = [text for name in names if (text := _name(name, dialect, exact))]
    if written and truncated:
        written.append("others")
    return " and ".join(written)


def _name(name: Name, dialect: Dialect, exact: bool) -> str:
    family = name.family or ""
    particle = " ".join(
        part for part in (name.dropping_particle, name.non_dropping_particle) if part
    )
    if name.literal is not None or not family.strip():
        whole = name.literal if name.literal is not None else name.display()
        return _braced(whole, dialect, exact)
    if not name.given and not name.suffix:
        whole = name.display()
        one_word = not particle and _ONE_WORD.fullmatch(whole) and whole.lower() not in _WORDS
        return _part(whole, dialect, exact) if one_word else _braced(whole, dialect, exact)
    last = _part(family, dialect, exact)
    if re.search(r"(?:^|[\s~-])[^\W\d_A-Z]", family) and _has_lower_start(family):
        # BibTeX takes a word that starts with a small letter for a particle.
        last = _braced(family, dialect, exact)
    elif _needs_braces(family):
        last = _braced(family, dialect, exact)
    if particle:
        glued = particle.endswith(("'", "’", "-"))
        write = _braced if _needs_braces(particle) else _part
        encoded = _as_particle(write(particle, dialect, exact))
        last = encoded + last if glued else f"{encoded} {last}"
        if glued and particle.endswith("-"):
            # "al-Khwarizmi" would be two words to BibTeX.
            last = "{" + last + "}"
    rest = []
    if name.suffix:
        rest.append(_part(name.suffix, dialect, exact))
    if name.given:
        rest.append(_part(name.given, dialect, exact))
    elif name.suffix:
        rest.append("{}")
    return ", ".join([last, *rest])


_ONE_WORD = later(r"[^\W\d_][\w.'’-]*")
_WORDS = frozenset({"and", "others"})


def _as_particle(encoded: str) -> str:
    """A capitalised particle: BibTeX goes by the first letter that is not in braces."""
    return re.sub(r"(?<![^\s~-])([A-Z])(?=[a-z])", r"{\1}", encoded)


def _has_lower_start(text: str) -> bool:
    return any(word[:1].islower() for word in re.split(r"[\s~-]+", text) if word)


def _needs_braces(text: str) -> bool:
    return (
        "," in text or re.search(r"(?:^|\s)(?:and|others)(?:\s|$)", text, re.IGNORECASE) is not None
    )


def _part(text: str, dialect: Dialect, exact: bool) -> str:
    if _needs_braces(text):
        return _braced(text, dialect, exact)
    encoded = _encoded(text, dialect, exact)
    if dialect == "bibtex" and not encoded.isascii():
        encoded = _FOREIGN_START.sub(_special, encoded)
    return encoded


def _braced(text: str, dialect: Dialect, exact: bool) -> str:
    encoded = _encoded(text, dialect, exact)
    if not encoded:
        return ""
    if dialect == "bibtex" and ord(encoded[0]) > 127:
        return f"{{\\relax {encoded}}}"
    # A brace before a backslash would be BibTeX's special character.
    return f"{{{{{encoded}}}}}" if encoded.startswith("\\") else f"{{{encoded}}}"


def _encoded(text: str, dialect: Dialect, exact: bool) -> str:
    encoded = text_value(text, dialect, exact=exact)
    # biber takes an equals sign for its extended name format.
    return encoded.replace("=", "{=}") if "=" in encoded and "$" not in encoded else encoded


_FOREIGN_START = later(r"(?<![^\s~-])[^\x00-\x7f]+")


def _special(match: re.Match[str]) -> str:
    r"""The start of a word in another script as one of BibTeX's special characters.

    8-bit bibtex abbreviates and labels by bytes and would cut a letter in the middle;
    `{\relax X}` is one letter to it. In scripts with capitals the first letters are taken one
    by one (a label has three), in others the whole word.
    """
    word = match[0]
    if word[0].lower() == word[0].upper():
        return f"{{\\relax {word}}}"
    return "".join(f"{{\\relax {char}}}" for char in word[:3]) + word[3:]
