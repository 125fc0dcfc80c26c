"""Titles in one piece, as CSL-JSON and Zotero have them, from the pieces that biblatex knows.

`title`, `subtitle` and `titleaddon` become "Title: Subtitle. Addition", as in pandoc; where the
title ends in a mark of its own no second one is put behind it. The pieces travel beside the
whole (`subtitle: ...` in a note), so that the reader knows where to take it apart again.

In CSL-JSON the main title of a work in several volumes is the title, and that of the volume
`volume-title`; Zotero has no field for the one without the other and keeps that of the volume.
"""

from __future__ import annotations

from typing import Final

_PARTS: Final = {
    "title": (("subtitle", ": "), ("titleaddon", ". ")),
    "container-title": (
        ("booksubtitle", ": "),
        ("booktitleaddon", ". "),
        ("journalsubtitle", ": "),
    ),
    "maintitle": (("mainsubtitle", ": "), ("maintitleaddon", ". ")),
}
_IN_CONTAINER = frozenset(
    "chapter paper-conference entry entry-dictionary entry-encyclopedia".split()
)
_MARKS = (".", ":", ";", "!", "?", ",")


def _whole(texts: dict[str, str], variable: str) -> str | None:
    whole = texts.get(variable)
    if whole is None:
        return None
    for name, mark in _PARTS[variable]:
        part = texts.get(name)
        if part:
            whole += (" " if whole.rstrip().endswith(_MARKS) else mark) + part
    return whole


def join_titles(texts: dict[str, str], type_: str, *, volumes: bool) -> None:
    """Put whole titles into the texts of an entry of a type; the pieces stay.

    With `volumes` a main title becomes the title, or that of the container.
    """
    wholes = {name: whole for name in _PARTS if (whole := _whole(texts, name)) is not None}
    main = wholes.pop("maintitle", None)
    if volumes and main is not None and "volume-title" not in texts:
        holder = _holder(type_)
        if holder in wholes:
            wholes["volume-title"] = wholes[holder]
        wholes[holder] = main
    texts.update(wholes)


def _holder(type_: str) -> str:
    """Which title the main title takes the place of."""
    return "container-title" if type_ in _IN_CONTAINER else "title"


def split_titles(texts: dict[str, str], type_: str, *, volumes: bool) -> None:
    """Undo `join_titles`; a title that does not end in its pieces stays as it is."""
    main = _whole(texts, "maintitle")
    holder = _holder(type_)
    if volumes and main is not None and texts.get(holder) == main:
        volume = texts.pop("volume-title", None)
        del texts[holder]
        if volume is not None:
            texts[holder] = volume
    for variable in ("title", "container-title"):
        if variable in texts:
            texts[variable] = _split(texts[variable], texts, variable)


def _split(whole: str, texts: dict[str, str], variable: str) -> str:
    left = whole
    for name, mark in reversed(_PARTS[variable]):
        part = texts.get(name)
        if not part:
            continue
        if not left.endswith(part):
            return whole
        head = left[: -len(part)]
        if head.endswith(mark) and not head.removesuffix(mark).rstrip().endswith(_MARKS):
            left = head.removesuffix(mark)
        elif head.endswith(" ") and head.rstrip().endswith(_MARKS):
            left = head[:-1]
        else:
            return whole
    return left or whole
