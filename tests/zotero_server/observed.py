"""The record of what the real server answered, and how two answers are compared.

The record is a text of sections (`## letter. title`) of exchanges: lines that start with `>` were
sent, those with `<` received. Bodies in it are cut, and then say how long they were. What a
server makes up differs from run to run and is taken out of both sides before they are compared:
object keys (which must stand for each other one to one, throughout), its address, the time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

_REQUEST = re.compile(r"> [A-Z]+ http://")
_CUT = re.compile(r" …\[(\d+) chars\]$", re.DOTALL)
_KEY = re.compile(r"\b[2-9A-NP-Z]{8}\b")
_NOW = re.compile(r"2026-1\d-\d\dT\d\d:\d\d:\d\dZ")
_HOST = re.compile(r"http://127\.0\.0\.1:\d+")
_MADE_KEY = re.compile(r"\b(?:made\d{20}|[A-Za-z0-9]{24})\b")
# Not compared: of the connection, or of the machine.
_IGNORED = ("content-length", "date", "server", "connection")
# These lists stand in the order of their keys, which are random.
_UNORDERED = re.compile(r"/deleted\?")


@dataclass(slots=True)
class Exchange:
    """One request and its answer."""

    section: str
    method: str
    url: str
    """Path and query."""
    port: int
    sent_headers: dict[str, str] = field(default_factory=dict)
    sent: str = ""
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""

    @property
    def sent_length(self) -> int | None:
        """How long the body was, where the record cuts it."""
        cut = _CUT.search(self.sent)
        return int(cut[1]) if cut else None


def read_record(path: Path) -> list[Exchange]:
    """Every exchange of the record, in order."""
    found = []
    section = ""
    block: list[str] = []
    for line in [*path.read_text(encoding="utf-8").split("\n"), "```"]:
        starts, title = _REQUEST.match(line), line.startswith(("# ", "## "))
        if block and (line == "```" or starts or title):
            found.append(_exchange(section, block))
            block = []
        if block or starts:
            block.append(line)
        elif title:
            section = line.lstrip("# ")
    return found


def _exchange(section: str, lines: list[str]) -> Exchange:
    method, _, address = lines[0].removeprefix("> ").partition(" ")
    port, _, url = address.removeprefix("http://127.0.0.1:").partition("/")
    made = Exchange(section, method, "/" + url, int(port))
    rest = iter(lines[1:])
    for line in rest:
        if line.startswith("< "):
            made.status = int(line.removeprefix("< "))
            break
        header = re.match(r"> ([a-z-]+): (.*)", line)
        if header:
            made.sent_headers[header[1]] = header[2]
        else:
            made.sent += line.removeprefix("> ")
    _received(made, rest)
    return made


def _received(made: Exchange, rest: Iterator[str]) -> None:
    body: list[str] = []
    for line in rest:
        header = re.match(r"< ([a-z-]+): (.*)", line)
        if header and not body:
            made.headers[header[1]] = header[2]
        else:
            body.append(line.removeprefix("< "))
    made.body = "\n".join(body)


@dataclass(slots=True)
class Comparison:
    """Compares answers one after the other; the keys met so far must go on to fit."""

    ours_of: dict[str, str] = field(default_factory=dict)
    """Key in the record -> key here."""

    def differences(
        self, theirs: Exchange, status: int, headers: Mapping[str, str], body: str
    ) -> dict[str, str]:
        """Aspect -> what differs: `status`, `headers`, a header's name, `body`, `length`."""
        made = {}
        if status != theirs.status:
            made["status"] = f"{theirs.status} there, {status} here: {body[:200]}"
        ours = {name: one for name, one in headers.items() if name not in _IGNORED}
        there = {name: one for name, one in theirs.headers.items() if name not in _IGNORED}
        if set(ours) != set(there):
            made["headers"] = f"{sorted(there)} there, {sorted(ours)} here"
        for name in set(ours) & set(there):
            if self._differ(there[name], ours[name], whole=True):
                made[name] = f"{there[name]} there, {ours[name]} here"
        if not _UNORDERED.search(theirs.url):
            made |= self._body(theirs.body, body)
        elif len(theirs.body) != len(as_recorded(body)) and not _CUT.search(theirs.body):
            made["length"] = f"{theirs.body} there, {body} here"
        return made

    def _body(self, theirs: str, ours: str) -> dict[str, str]:
        ours = as_recorded(ours)
        cut = _CUT.search(theirs)
        made = {}
        length = len(_HOST.sub("http://127.0.0.1:8080", ours))
        if cut and int(cut[1]) != length:
            made["length"] = f"{cut[1]} characters there, {length} here"
        text = theirs[: cut.start()] if cut else theirs
        if self._differ(text, ours, whole=not cut):
            made["body"] = f"\n   there {text}\n   here  {ours[:1200]}"
        return made

    def _differ(self, theirs: str, ours: str, *, whole: bool) -> bool:
        there, here = _without_chance(theirs), _without_chance(ours)
        if not whole:
            # What stands at the cut may be half a word.
            there = there[: max(0, len(there) - 30)]
            here = here[: len(there)]
        if there.strip() != here.strip():
            return True
        pairs = list(zip(_KEY.findall(theirs), _KEY.findall(ours), strict=False))
        if not whole:
            pairs = pairs[:-1]
        return any(self.ours_of.setdefault(one, other) != other for one, other in pairs)

    def here(self, text: str) -> str:
        """Text of the record with the keys of this run."""
        return _KEY.sub(lambda found: self.ours_of.get(found[0], found[0]), text)


def _without_chance(text: str) -> str:
    for form, name in ((_HOST, "HOST"), (_NOW, "NOW"), (_KEY, "KEY"), (_MADE_KEY, "APIKEY")):
        text = form.sub(name, text)
    return text


def as_recorded(body: str) -> str:
    """A body as the record writes it."""
    try:
        return json.dumps(json.loads(body), ensure_ascii=False)
    except ValueError:
        return body
