"""Errors a command can end with: about us or the world, never about the user's data.

What is odd in the user's data travels with the result as a `bibtools.model.Notice`.
"""

from __future__ import annotations


class BibtoolsError(Exception):
    """Something could not be done.

    `message` is a sentence that says what happened to what; `hint` says what to do next.
    """

    exit_code = 2

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class InputError(BibtoolsError):
    """An input file cannot be read, or is none of the kinds we read."""


class UsageError(BibtoolsError):
    """The command's words contradict each other."""


class ConfigError(BibtoolsError):
    """A setting is missing or wrong; the hint is the line to paste."""

    exit_code = 3


class SourceError(BibtoolsError):
    """One source (a web service, the index) could not answer."""

    exit_code = 4


class WriteError(BibtoolsError):
    """Nothing was written: the folder is read-only, or the file changed meanwhile."""
