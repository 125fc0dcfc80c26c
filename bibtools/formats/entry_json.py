"""Entry JSON: our own exchange format, an array with one entry a line.

The shape is documented in `bibtools/formats/entry.schema.json` (JSON Schema 2020-12).
Absent and null both mean unknown.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from bibtools.errors import InputError
from bibtools.later import later
from bibtools.model import (
    ArxivId,
    Candidate,
    Dating,
    Doi,
    Doubt,
    Entry,
    Link,
    Name,
    Notice,
    Outcome,
    Resolution,
    Source,
    parse_arxiv,
    parse_dating,
    parse_doi,
    parse_iso,
    type_document,
)

_T = TypeVar("_T")

_NAME_PARTS = (
    ("family", "family"),
    ("given", "given"),
    ("non-dropping-particle", "non_dropping_particle"),
    ("dropping-particle", "dropping_particle"),
    ("suffix", "suffix"),
    ("literal", "literal"),
)
# json.dumps escapes C0 but not DEL and C1, which an 8-bit terminal obeys too; lone
# surrogates cannot be encoded.
_UNSAFE = later("[\x7f-\x9f\ud800-\udfff\u2028\u2029]")


def write_entries(entries: Iterable[Entry]) -> str:
    """A JSON array, one entry a line, keys in a fixed order."""
    rows = ",\n".join(dump(to_json(entry)) for entry in entries)
    return f"[\n{rows}\n]\n" if rows else "[]\n"


def dump(value: object) -> str:
    """Compact JSON on one line that no terminal can mistake for a command."""
    text = json.dumps(value, ensure_ascii=False)
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def to_json(entry: Entry) -> dict[str, Any]:
    """The entry as a JSON object of the documented shape."""
    ids: dict[str, str] = {}
    if entry.arxiv is not None:
        ids["arxiv"] = str(entry.arxiv)
    if entry.doi is not None:
        ids["doi"] = str(entry.doi)
    ids.update(entry.other_ids)
    row: dict[str, Any] = {
        "key": entry.key,
        "type": entry.type,
        "title": entry.title,
        "authors": [name_to_json(name) for name in entry.authors],
        "authors_truncated": entry.authors_truncated,
        "author_count": entry.author_count,
        "affiliations": list(entry.affiliations),
        "abstract": entry.abstract,
        "date": entry.date.iso() if entry.date is not None else None,
        "date_inferred": entry.date_inferred,
        "categories": list(entry.categories),
        "code": [_link_to_json(link) for link in entry.code],
        "links": [_link_to_json(link) for link in entry.links],
        "code_flag": entry.code_flag,
        "comment_count": entry.comment_count,
        "ids": ids,
        "venue": entry.venue,
        "fields": dict(entry.fields),
        "creators": {
            role: [name_to_json(name) for name in names] for role, names in entry.creators.items()
        },
        "dates": {name: dating.edtf() for name, dating in entry.dates.items()},
        "from": [_source_to_json(source) for source in entry.sources],
        "extra": dict(entry.extra),
    }
    if entry.primary_known:
        row["primary_known"] = True
    if entry.resolution is not None:
        row["resolution"] = resolution_to_json(entry.resolution)
    if entry.doubts:
        row["unsure"] = [
            {"field": doubt.field, "reason": doubt.reason, "alternatives": list(doubt.alternatives)}
            for doubt in entry.doubts
        ]
    if entry.remarks:
        row["remarks"] = list(entry.remarks)
    return row


def name_to_json(name: Name) -> dict[str, str]:
    """A CSL name object with the parts that are known."""
    return {
        csl: value
        for csl, attribute in _NAME_PARTS
        if (value := getattr(name, attribute)) is not None
    }


def resolution_to_json(resolution: Resolution) -> dict[str, Any]:
    """What the look-up found, with its evidence."""
    return {
        "outcome": resolution.outcome.value,
        "arxiv": str(resolution.arxiv) if resolution.arxiv is not None else None,
        "rule": resolution.rule,
        "source": resolution.source,
        "candidates": [
            {
                "arxiv": str(candidate.arxiv),
                "title": candidate.title,
                "score": round(candidate.score, 1),
                "agreed": list(candidate.agreed),
                "against": list(candidate.against),
            }
            for candidate in resolution.candidates
        ],
    }


def _link_to_json(link: Link) -> dict[str, str]:
    row = {"url": link.url, "evidence": link.evidence}
    if link.kind is not None:
        row["kind"] = link.kind
    return row


def _source_to_json(source: Source) -> dict[str, Any]:
    row: dict[str, Any] = {"file": source.file, "line": source.line}
    if source.gave:
        row["gave"] = list(source.gave)
    return row


def looks_like_entries(rows: list[Any]) -> bool:
    """True when the objects are entry JSON rather than CSL-JSON."""
    return not any(
        isinstance(row, dict)
        and ("issued" in row or "author" in row or ("id" in row and "key" not in row))
        for row in rows[:50]
    )


def load_rows(data: bytes, file: str) -> list[Any]:
    """The rows of a JSON array, a single object, `{"entries": [...]}` or JSON lines.

    Raises `InputError` for anything else, with line and column.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f'"{file}" is not JSON: byte {error.start} is not UTF-8.',
            "Save the file as UTF-8.",
        ) from None
    if not text.strip():
        return []
    try:
        value = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        rows = _load_lines(text)
        if rows is not None:
            return rows
        place = getattr(error, "lineno", 1), getattr(error, "colno", 1)
        reason = getattr(error, "msg", "it is nested too deeply")
        raise InputError(
            f"{file}:{place[0]}:{place[1]}: this is not valid JSON: {reason}.",
            "Entry JSON is an array of objects, as `bibtools convert PAGE --to json` writes it.",
        ) from None
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        inner = value.get("entries")
        return inner if isinstance(inner, list) else [value]
    raise InputError(f'"{file}" holds neither a JSON array nor an object of entries.')


def _load_lines(text: str) -> list[Any] | None:
    rows = []
    for line in text.splitlines():
        if line.strip():
            try:
                rows.append(json.loads(line))
            except (json.JSONDecodeError, RecursionError):
                return None
    return rows


def read_entries(data: bytes, file: str) -> tuple[list[Entry], list[Notice]]:
    """The entries of an entry JSON file, and what was odd in them.

    A value of the wrong shape is reported and kept word for word in `extra`.
    """
    notices: list[Notice] = []
    entries = []
    for number, row in enumerate(load_rows(data, file), start=1):
        if isinstance(row, dict):
            entries.append(_Reader(row, file, number, notices).entry())
        else:
            notices.append(
                Notice(f"Row {number} is not an object and was left out.", file, rule="json.row")
            )
    return entries, notices


def from_json(row: Mapping[str, Any]) -> Entry:
    """The entry of one row of entry JSON; what has another shape is in `extra`."""
    return _Reader(row, "-", 1, []).entry()


class _Reader:
    """Reads one row; collects what does not fit into `extra` and `notices`."""

    def __init__(
        self, row: Mapping[str, Any], file: str, number: int, notices: list[Notice]
    ) -> None:
        self.row = row
        self.file = file
        self.name = f'Entry {number} ("{row["key"]}")' if row.get("key") else f"Entry {number}"
        self.notices = notices
        extra = row.get("extra")
        self.extra: dict[str, Any] = dict(extra) if isinstance(extra, dict) else {}

    def entry(self) -> Entry:
        row = self.row
        for unknown in row.keys() - _KNOWN:
            self.extra[unknown] = row[unknown]
        arxiv, doi, other = self.ids()
        date = None
        if row.get("date") is not None:
            date = parse_iso(row["date"]) if isinstance(row["date"], str) else None
            if date is None and isinstance(row["date"], int):
                date = parse_iso(str(row["date"]))
            if date is None:
                self.keep("date", row["date"], "is not an ISO date (2023, 2023-10, 2023-10-10)")
        return Entry(
            key=self.text("key"),
            type=self.text("type") or type_document,
            title=self.text("title"),
            authors=self.items("authors", _read_name),
            authors_truncated=self.flag("authors_truncated"),
            author_count=self.count("author_count"),
            affiliations=self.items("affiliations", _read_text),
            abstract=self.text("abstract"),
            date=date,
            date_inferred=self.flag("date_inferred"),
            categories=self.items("categories", _read_text),
            primary_known=self.flag("primary_known"),
            code=self.items("code", _read_link),
            links=self.items("links", _read_link),
            code_flag=self.flag("code_flag"),
            comment_count=self.count("comment_count"),
            arxiv=arxiv,
            doi=doi,
            other_ids=other,
            venue=self.text("venue"),
            fields=self.mapping("fields", _read_value),
            creators=self.mapping("creators", _read_names),
            dates=self.mapping("dates", _read_dating),
            sources=self.items("from", _read_source),
            extra=self.extra,
            resolution=self.resolution(),
            doubts=self.items("unsure", _read_doubt),
            remarks=self.items("remarks", _read_text),
        )

    def keep(self, field: str, value: object, why: str) -> None:
        """Report a value that cannot be read and keep it in `extra`."""
        self.extra[field] = value
        shown = json.dumps(value, ensure_ascii=False)
        shown = shown if len(shown) <= 80 else shown[:77] + "..."
        self.notices.append(
            Notice(
                f"{self.name}: {field} {shown} {why}; it is kept in extra.",
                self.file,
                rule="json.value",
            )
        )

    def text(self, field: str) -> str | None:
        value = self.row.get(field)
        if value is None or isinstance(value, str):
            return value or None
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        self.keep(field, value, "is not a text")
        return None

    def flag(self, field: str) -> bool:
        value = self.row.get(field)
        if value is None or isinstance(value, bool):
            return bool(value)
        self.keep(field, value, "is neither true nor false")
        return False

    def count(self, field: str) -> int | None:
        value = self.row.get(field)
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        self.keep(field, value, "is not a whole number")
        return None

    def items(self, field: str, read: Callable[[Any], _T | None]) -> tuple[_T, ...]:
        value = self.row.get(field)
        if value is None:
            return ()
        if not isinstance(value, list):
            self.keep(field, value, "is not a list")
            return ()
        good = [(item, read(item)) for item in value]
        bad = [item for item, parsed in good if parsed is None]
        if bad:
            self.keep(field, bad, "has another shape than documented")
        return tuple(parsed for _, parsed in good if parsed is not None)

    def mapping(self, field: str, read: Callable[[Any], _T | None]) -> dict[str, _T]:
        value = self.row.get(field)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.keep(field, value, "is not an object")
            return {}
        found: dict[str, _T] = {}
        for name, item in value.items():
            parsed = read(item)
            if parsed is not None:
                found[name] = parsed
            elif item is not None:
                self.keep(f"{field}.{name}", item, "has another shape than documented")
        return found

    def ids(self) -> tuple[ArxivId | None, Doi | None, dict[str, str]]:
        value = self.row.get("ids")
        if value is None:
            return None, None, {}
        if not isinstance(value, dict):
            self.keep("ids", value, "is not an object")
            return None, None, {}
        arxiv, doi, other = None, None, {}
        for scheme, text in value.items():
            if text is None:
                continue
            if not isinstance(text, str):
                self.keep(f"ids.{scheme}", text, "is not a text")
            elif scheme == "arxiv":
                arxiv = parse_arxiv(text)
                if arxiv is None:
                    self.keep("ids.arxiv", text, "is not an arXiv ID")
            elif scheme == "doi":
                doi = parse_doi(text)
                if doi is None:
                    self.keep("ids.doi", text, "is not a DOI")
            else:
                other[scheme] = text
        return arxiv, doi, other

    def resolution(self) -> Resolution | None:
        value = self.row.get("resolution")
        if value is None:
            return None
        parsed = _read_resolution(value)
        if parsed is None:
            self.keep("resolution", value, "has another shape than documented")
        return parsed


def _read_text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(item for item in value or () if isinstance(item, str))


def _read_name(value: Any) -> Name | None:
    if isinstance(value, str):
        return Name(literal=value) if value.strip() else None
    if not isinstance(value, dict):
        return None
    parts = {
        attribute: text
        for csl, attribute in _NAME_PARTS
        if isinstance(text := value.get(csl), str) and text
    }
    return Name(**parts) if parts else None


def _read_value(value: Any) -> str | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and value else None


def _read_names(value: Any) -> tuple[Name, ...] | None:
    if not isinstance(value, list) or not value:
        return None
    names = [_read_name(item) for item in value]
    found = tuple(name for name in names if name is not None)
    return found if len(found) == len(names) else None


def _read_dating(value: Any) -> Dating | None:
    return parse_dating(value) if isinstance(value, str) and value.strip() else None


def _read_link(value: Any) -> Link | None:
    if isinstance(value, str):
        return Link(value, "given")
    if not isinstance(value, dict) or not isinstance(value.get("url"), str):
        return None
    kind = value.get("kind")
    return Link(
        value["url"],
        str(value.get("evidence") or "given"),
        kind if isinstance(kind, str) else None,
    )


def _read_source(value: Any) -> Source | None:
    if not isinstance(value, dict) or not isinstance(value.get("file"), str):
        return None
    line = value.get("line")
    return Source(value["file"], line if isinstance(line, int) else 1, _texts(value.get("gave")))


def _read_doubt(value: Any) -> Doubt | None:
    if not isinstance(value, dict):
        return None
    return Doubt(
        str(value.get("field", "")), str(value.get("reason", "")), _texts(value.get("alternatives"))
    )


def _read_resolution(value: Any) -> Resolution | None:
    if not isinstance(value, dict) or value.get("outcome") not in set(Outcome):
        return None
    candidates = []
    for row in value.get("candidates") or ():
        arxiv = parse_arxiv(str(row.get("arxiv"))) if isinstance(row, dict) else None
        if arxiv is None:
            continue
        score = row.get("score")
        candidates.append(
            Candidate(
                arxiv,
                str(row.get("title") or ""),
                float(score) if isinstance(score, int | float) else 0.0,
                _texts(row.get("agreed")),
                _texts(row.get("against")),
            )
        )
    return Resolution(
        Outcome(value["outcome"]),
        parse_arxiv(str(value["arxiv"])) if value.get("arxiv") else None,
        str(value.get("rule") or ""),
        tuple(candidates),
        str(value.get("source") or ""),
    )


_KNOWN = frozenset(
    [
        *to_json(Entry()),
        "primary_known",
        "resolution",
        "unsure",
        "remarks",
    ]
)
