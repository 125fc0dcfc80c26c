"""The alphabet of .bib files: byte patterns shared by the scanner and the quick reader.

Source of every rule: bibtex.web (BibTeX 0.99d), sections "Reading the database file". All
syntax is ASCII, so the patterns work on the bytes of UTF-8 and latin-1 files alike.
"""

from __future__ import annotations

import re

from bibtools.later import later

BLANK = rb"[ \t\r\n]*+"
IDENTIFIER = rb"[^\x00-\x20\"#%'(),={}]"
"""One character that a type, field or macro name may hold (id_class in bibtex.web)."""

TYPE = rb"(?![0-9])[^\x00-\x20\"#%'(),={}@]++"
"""An entry type. BibTeX would take a second `@` for part of it; here it starts anew."""

HEAD = re.compile(
    rb"@" + BLANK + rb"(" + TYPE + rb")" + BLANK + rb"([{(])"
    rb"(?:" + BLANK + rb"([^, \t\r\n}{=]*+)" + BLANK + rb"(?:(,)|(?=\})))?"
)
"""`@type{key,`: groups type, delimiter, key, comma. Without a third group the key is unusual
and the scanner has to look."""

LINE_HEAD = re.compile(
    rb"^[ \t]*+@" + BLANK + rb"(" + TYPE + rb")" + BLANK + rb"[{(]"
    rb"(?:"
    + BLANK
    + rb"[^\s{}()=#%\",]*+[ \t]*,|(?<=[gG][{(])"
    + BLANK
    + IDENTIFIER
    + rb"++[ \t]*=)",
    re.MULTILINE,
)
"""What surely starts an entry (or an @string) when it stands at the start of a line: here
reading goes on when the entry before it is never closed."""

BLANKS = later(BLANK)
NAME = later(IDENTIFIER + rb"++")
DIGITS = re.compile(rb"[0-9]++")
BRACE = re.compile(rb"[{}]")
QUOTED_STOP = re.compile(rb'["{}]')


def _nested(depth: int) -> bytes:
    inner = rb"[^{}]*+"
    for _ in range(depth):
        inner = rb"[^{}]*+(?:\{" + inner + rb"\}[^{}]*+)*+"
    return inner


BALANCED = _nested(4)
"""Text whose braces match, at most four deep inside; deeper ones take the long way."""
BRACED = re.compile(rb"\{" + BALANCED + rb"\}")
