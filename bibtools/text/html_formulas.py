"""Formulas of a web page: their TeX where the page has it, else their signs in a row."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bibtools.text.html_lines import LineCollector, flat

_DISPLAY_STYLE = re.compile(r"\{\\(?:display|text)style\s+(.*)\}", re.DOTALL)
_SEPARATORS = {
    "msup": ("", "^"),
    "msub": ("", "_"),
    "msubsup": ("", "_", "^"),
    "mfrac": ("", "/"),
    "mroot": ("", "^"),
}


@dataclass(slots=True)
class Formula:
    """A `<math>` on its way: its TeX if it has that, or its signs in a row."""

    start: int
    """Among the pieces of the line."""
    offset: int
    open: list[list[str | int]] = field(default_factory=list)
    note_from: int | None = None
    """Where among the pieces an `<annotation>` begins."""
    note_is_tex: bool = False
    tex: str = ""

    def begin(self, name: str, text: LineCollector) -> None:
        """An element within the formula begins."""
        if self.open:
            parent = self.open[-1]
            marks = _SEPARATORS.get(str(parent[0]), ())
            place = int(parent[1])
            if place < len(marks) and marks[place]:
                text.add(marks[place] + ("{" if name == "mrow" else ""), self.offset)
                if name == "mrow":
                    name = "mrow}"
            parent[1] = place + 1
        self.open.append([name, 0])

    def end(self, name: str, text: LineCollector) -> None:
        """An element within the formula ends."""
        if not self.open or str(self.open[-1][0]).rstrip("}") != name:
            return
        if self.open.pop()[0] == "mrow}":
            text.add("}", self.offset)

    def end_note(self, text: LineCollector) -> None:
        """An `<annotation>` ends: TeX, or the formula in another language."""
        if self.note_from is not None:
            if self.note_is_tex:
                self.tex = _tex("".join(text.pieces[self.note_from :]))
            del text.pieces[self.note_from :]
            self.note_from = None

    def close(self, text: LineCollector) -> None:
        """The formula ends: its TeX, if it has that, stands instead of its signs."""
        if self.tex:
            del text.pieces[self.start :]
            text.add(f"${self.tex}$", self.offset)


def _tex(text: str) -> str:
    tex = flat(text)
    match = _DISPLAY_STYLE.fullmatch(tex)
    return match[1].strip() if match else tex
