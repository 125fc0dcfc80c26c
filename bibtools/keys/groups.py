r"""Lists of keys in a file's comments: the groups of JabRef and of BibDesk follow renamed keys.

JabRef up to 3.8 lists the members of a group by key (newer ones name the group in the entry's
`groups` field, which holds no key):

    @comment{jabref-meta: groupstree:
    0 AllEntriesGroup:;
    1 ExplicitGroup:To read\;0\;gao2021simcse\;li2020t\;;
    }

Line ends may stand anywhere in it, also inside a key: JabRef broke long lines. BibDesk has a
property list with the keys of a group in one string: `<key>keys</key> <string>a,b</string>`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from bibtools.formats.bibtex import Document
from bibtools.formats.bibtex.blocks import Comment

_JABREF = re.compile(
    r"@comment\s*[{(]\s*jabref-meta:\s*(?:groupstree|grouping|groups):", re.IGNORECASE
)
_BIBDESK = re.compile(r"@comment\s*[{(]\s*BibDesk Static Groups", re.IGNORECASE)
_GROUP = re.compile(r"\d+ (ExplicitGroup|StaticGroup):((?:[^;\\]|\\.)*);")
_FIRST_KEY = {"ExplicitGroup": 2, "StaticGroup": 6}
"""Before the keys stand name and context; in the newer form also whether it is open, its colour,
its icon and a description."""
_MEMBERS = re.compile(r"<key>\s*keys\s*</key>\s*<string>([^<]*)</string>")

Edit = tuple[int, int, str]


def follow_groups(data: bytes, keys: Mapping[str, str]) -> bytes:
    """The bytes of a .bib file, old keys in its lists of groups replaced by the new ones.

    All else stays byte for byte. Keys are compared without regard to case.
    """
    if not keys or (b"jabref-meta" not in data and b"BibDesk Static Groups" not in data):
        return data
    folded = {old.lower(): new for old, new in keys.items()}
    document = Document.parse(data)
    pieces: list[bytes] = []
    position = 0
    for comment in document.comments:
        changed = _followed(comment, folded)
        pieces += data[position : comment.start], changed.encode(document.encoding)
        position = comment.end
    return b"".join([*pieces, data[position:]])


def _followed(comment: Comment, keys: Mapping[str, str]) -> str:
    text = comment.document.decode(comment.raw)
    if _JABREF.match(text):
        edits = list(_jabref_edits(text, keys))
    elif _BIBDESK.match(text):
        edits = list(_bibdesk_edits(text, keys))
    else:
        return text
    for start, end, new in reversed(edits):
        text = text[:start] + new + text[end:]
    return text


def _jabref_edits(text: str, keys: Mapping[str, str]) -> Iterator[Edit]:
    places = [place for place, char in enumerate(text) if char not in "\r\n"]
    joined = "".join(text[place] for place in places)
    for group in _GROUP.finditer(joined):
        start = group.start(2)
        for number, token in enumerate(re.split(r"\\;", group[2])):
            new = keys.get(token.lower()) if number >= _FIRST_KEY[group[1]] and token else None
            if new is not None:
                first, last = places[start], places[start + len(token) - 1] + 1
                ends = "".join(re.findall(r"[\r\n]", text[first:last]))
                yield first, last, new + ends
            start += len(token) + 2


def _bibdesk_edits(text: str, keys: Mapping[str, str]) -> Iterator[Edit]:
    for members in _MEMBERS.finditer(text):
        for key in re.finditer(r"[^,\s]+", members[1]):
            new = keys.get(key[0].lower())
            if new is not None:
                start = members.start(1)
                yield start + key.start(), start + key.end(), new
