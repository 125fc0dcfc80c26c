"""What we noticed in the user's data: reported, while the work goes on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing worth telling about the user's data.

    The message is a whole sentence with the value in quotes.
    """

    message: str
    file: str | None = None
    """As the user wrote it; `-` is standard input."""
    line: int | None = None
    """1-based."""
    column: int | None = None
    """1-based, in characters."""
    rule: str = "notice"
    """A short stable name for machines, such as `page.unread-line`."""
    hint: str | None = None

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        head = f"{place}: {self.message}" if place else self.message
        return f"{head}\n  Hint: {self.hint}" if self.hint else head
