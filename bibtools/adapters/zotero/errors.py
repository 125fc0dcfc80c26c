"""What a Zotero server can refuse, as sentences. No text of these ever holds the API key."""

from __future__ import annotations

from bibtools.errors import SourceError


class ZoteroError(SourceError):
    """A Zotero server did not do what it was asked for."""

    def __init__(
        self,
        message: str,
        hint: str | None = None,
        *,
        status: int | None = None,
        version: int | None = None,
        told: str = "",
    ) -> None:
        super().__init__(message, hint)
        self.status = status
        """Of the answer; None where there was none."""
        self.version = version
        """`Last-Modified-Version` of the answer."""
        self.told = told
        """What the server says itself, as plain text."""


class UnreachableError(ZoteroError):
    """No answer, after all repetitions. What was sent may have been carried out."""


class BusyError(ZoteroError):
    """The server wants to be left alone, for longer than we wait."""


class StrangeAnswerError(ZoteroError):
    """The answer is none of Zotero's: a page of HTML, half a JSON text, a redirect."""


class InterruptedWaitError(ZoteroError):
    """The run was told to stop while it waited."""


class WrongKeyError(ZoteroError):
    """The API key is unknown to the server."""

    exit_code = 3


class NoAccessError(ZoteroError):
    """The key may not read there."""

    exit_code = 3


class NoWriteAccessError(NoAccessError):
    """The key may read there, and not write."""


class LocalKeyError(NoAccessError):
    """The desktop program wants to be asked for permission to write."""


class NotThereError(ZoteroError):
    """There is no such library or object."""

    exit_code = 3


class LibraryLockedError(ZoteroError):
    """The library is locked: an upload of another client, or work on the server."""


class StorageFullError(ZoteroError):
    """The owner's storage is full."""


class TooLargeError(ZoteroError):
    """The request is larger than the server takes."""


class MovedError(ZoteroError):
    """What was to be written has changed on the server meanwhile (412)."""


class RefusedError(ZoteroError):
    """The server refused the request as wrong; most likely our fault."""


class CopyLostError(ZoteroError):
    """The copy of the library on this machine is damaged, and is empty now."""
