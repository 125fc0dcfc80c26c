"""What the stand-in answers, and how it refuses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

HTML = "text/html; charset=UTF-8"


@dataclass(slots=True)
class Answer:
    """One answer; `version` becomes Last-Modified-Version."""

    status: int = 200
    body: bytes = b""
    content_type: str = HTML
    version: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    bare: bool = False
    """Without Zotero-API-Version and Zotero-Schema-Version: it was made before those are set."""


class Refused(Exception):  # noqa: N818  (an answer, not a fault of the program)
    """A request, or one object of a request, that is refused with a status and a sentence."""

    def __init__(
        self,
        code: int,
        message: str,
        *,
        data: Mapping[str, str] | None = None,
        version: int | None = None,
        headers: Mapping[str, str] | None = None,
        bare: bool = False,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data
        self.version = version
        self.headers = dict(headers or {})
        self.bare = bare

    def answer(self) -> Answer:
        """As the answer to the whole request: HTML, with the sentence escaped."""
        body = escaped(self.message).encode()
        return Answer(self.code, body, version=self.version, headers=self.headers, bare=self.bare)

    def entry(self) -> dict[str, Any]:
        """As an entry of `failed`: without the key of the object, only its index is known."""
        made: dict[str, Any] = {"code": self.code, "message": escaped(self.message)}
        if self.data:
            made["data"] = dict(self.data)
        return made


def escaped(sentence: str) -> str:
    """As PHP escapes it here: the single quote stays."""
    for sign, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        sentence = sentence.replace(sign, name)
    return sentence


def as_json(value: object, *, status: int = 200, version: int | None = None) -> Answer:
    """An answer in JSON."""
    body = json.dumps(value, ensure_ascii=False).encode()
    return Answer(status, body, "application/json", version)


def not_found() -> Answer:
    """The page for an address the server does not know."""
    page = "<h1>Not Found</h1>\n<p>The page you requested could not be found.</p>\n"
    return Answer(404, page.encode(), bare=True)
