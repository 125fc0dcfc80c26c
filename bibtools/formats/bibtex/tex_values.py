"""Values that BibTeX reads in its own way: lists of names, addresses, raw LaTeX."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from bibtools.formats.bibtex.fields import Dialect
from bibtools.model import Name
from bibtools.text.latex_encode import encode

LONGEST: Final = 20_000
"""Characters of LaTeX in one field; more is cut, with dots. TeX reads lines of at most 200,000
bytes (`buf_size`), and biber needs time by the square of the commands in a field: 2,000 take
it 13 seconds. An arXiv abstract has at most 1,920 characters."""

# What may stand in an address (RFC 3986); everything else is percent-encoded.
_URL_SAFE = "%:/?#[]@!$&'()*+,;=~_.-"
# Commands that read, write, run, or change what characters mean. Nobody needs them in a field.
_DANGEROUS = re.compile(
    r"\\(?:input|include|includeonly|includegraphics|openin|openout|read|readline|write|write18|"
    r"immediate|catcode|csname|special|pdf[a-z]*|directlua|luadirect|latelua|luaexec|scantokens|"
    r"ShellEscape|usepackage|RequirePackage|lstinputlisting|verbatiminput|InputIfFileExists|"
    r"IfFileExists|everyeof|[gex]?def|let|futurelet|newwrite|newread|filecontents|DeclareFile[a-z]*|"
    r"lowercase|uppercase|loop|expandafter|file|bibliography|endlinechar|escapechar|"
    r"@@input|@input)(?![A-Za-z])|\^\^|\\begin\s*\{(?:filecontents|verbatim|luacode)",
)


def text_value(text: str, dialect: Dialect) -> str:
    """Text of ours as the value of a field."""
    return encode(text, ascii_only=dialect == "bibtex", longest=LONGEST).strip()


def is_balanced(value: str) -> bool:
    """Whether the value can stand in braces: BibTeX counts them without regard to backslashes."""
    level = 0
    for brace in re.findall(r"[{}]", value):
        level += 1 if brace == "{" else -1
        if level < 0:
            return False
    return level == 0


def raw_or_encoded(value: str, dialect: Dialect) -> str:
    """The user's LaTeX word for word, or as text when it could break the file or do harm."""
    if is_balanced(value) and not _DANGEROUS.search(value) and "\x00" not in value:
        return value
    return text_value(value, dialect)


def url_value(url: str) -> str:
    """An address for `url`, `doi` and `code`, read verbatim: ASCII, no brace, no blank."""
    return quote("".join(url.split()).encode("utf-8", "replace"), safe=_URL_SAFE)


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


def name_list(names: Sequence[Name], dialect: Dialect, *, truncated: bool) -> str:
    """`Family, Given and von Family, Jr., Given and {Body} and others`; empty without names."""
    written = [text for name in names if (text := _name(name, dialect))]
    if written and truncated:
        written.append("others")
    return " and ".join(written)


def _name(name: Name, dialect: Dialect) -> str:
    family = name.family or ""
    particle = " ".join(
        part for part in (name.dropping_particle, name.non_dropping_particle) if part
    )
    if name.literal is not None or not family.strip():
        whole = name.literal if name.literal is not None else name.display()
        return _braced(whole, dialect)
    if not name.given and not name.suffix:
        whole = name.display()
        return (
            _part(whole, dialect)
            if re.fullmatch(r"[A-Z][a-z]*", whole)
            else _braced(whole, dialect)
        )
    last = _part(family, dialect)
    if re.search(r"(?:^|[\s~-])[^\W\d_A-Z]", family) and _has_lower_start(family):
        # BibTeX takes a word that starts with a small letter for a particle.
        last = _braced(family, dialect)
    elif _needs_braces(family):
        last = _braced(family, dialect)
    if particle:
        glued = particle.endswith(("'", "’", "-"))
        encoded = (
            _part(particle, dialect) if not _needs_braces(particle) else _braced(particle, dialect)
        )
        last = encoded + last if glued else f"{encoded} {last}"
        if glued and particle.endswith("-"):
            # "al-Khwarizmi" would be two words to BibTeX.
            last = "{" + last + "}"
    rest = []
    if name.suffix:
        rest.append(_part(name.suffix, dialect))
    if name.given:
        rest.append(_part(name.given, dialect))
    elif name.suffix:
        rest.append("{}")
    return ", ".join([last, *rest])


def _has_lower_start(text: str) -> bool:
    return any(word[:1].islower() for word in re.split(r"[\s~-]+", text) if word)


def _needs_braces(text: str) -> bool:
    return (
        "," in text or re.search(r"(?:^|\s)(?:and|others)(?:\s|$)", text, re.IGNORECASE) is not None
    )


def _part(text: str, dialect: Dialect) -> str:
    if _needs_braces(text):
        return _braced(text, dialect)
    encoded = _encoded(text, dialect)
    if dialect == "bibtex" and not encoded.isascii():
        encoded = _FOREIGN_START.sub(_special, encoded)
    return encoded


def _braced(text: str, dialect: Dialect) -> str:
    encoded = _encoded(text, dialect)
    if not encoded:
        return ""
    if dialect == "bibtex" and ord(encoded[0]) > 127:
        return f"{{\\relax {encoded}}}"
    # A brace before a backslash would be BibTeX's special character.
    return f"{{{{{encoded}}}}}" if encoded.startswith("\\") else f"{{{encoded}}}"


def _encoded(text: str, dialect: Dialect) -> str:
    encoded = text_value(text, dialect)
    # biber takes an equals sign for its extended name format.
    return encoded.replace("=", "{=}") if "=" in encoded and "$" not in encoded else encoded


_FOREIGN_START = re.compile(r"(?<![^\s~-])[^\x00-\x7f]+")


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
