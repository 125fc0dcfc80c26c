"""What a search found, on a screen and for machines."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from bibtools.cli.screen import plain
from bibtools.searching.documents import Document
from bibtools.searching.ranking import found_spans, snippet

if TYPE_CHECKING:
    from rich.text import Text

    from bibtools.workflows.search import Found, Searched

_SNIPPET = 240
_LEAST_COLUMNS = 30


def name_of(document: Document) -> str:
    """What a document is called: its key, else its arXiv ID, its DOI, or what its source says."""
    if document.key:
        return document.key
    if document.arxiv:
        return f"arXiv:{document.arxiv}"
    return document.doi or document.place or "-"


def authors_of(document: Document) -> str:
    """The authors in short: "Gao", "Gao and Chen", "Gao et al."."""
    families = [name.split(",")[0] for name in document.authors]
    if len(families) > 2:
        return f"{families[0]} et al."
    return " and ".join(families)


def key_lines(searched: Searched) -> str:
    """A line with the key of each."""
    return "".join(_line(name_of(one.hit.document)) + "\n" for one in searched.found)


def plain_lines(searched: Searched) -> str:
    """A line of key, year, author and title with tabs between them for each."""
    return "".join(
        "\t".join(map(_line, _columns(one.hit.document))) + "\n" for one in searched.found
    )


def _columns(document: Document) -> tuple[str, str, str, str]:
    year = str(document.year) if document.year else ""
    return name_of(document), year, authors_of(document), document.title


def _line(text: str) -> str:
    return plain(" ".join(text.split()))


def json_text(searched: Searched) -> str:
    """A JSON array, an object each: see docs/search.md."""
    import json

    return json.dumps([as_json(one) for one in searched.found], ensure_ascii=False, indent=1) + "\n"


def as_json(one: Found) -> dict[str, Any]:
    """What was found as a value of JSON."""
    document = one.hit.document
    shown = document.abstract if "abstract" in one.hit.scored.fields else document.title
    return {
        "score": round(one.hit.scored.score, 4),
        "source": one.source.kind,
        "file": one.source.name,
        "line": one.hit.line if one.source.kind == "file" else None,
        "key": document.key or None,
        "title": document.title or None,
        "authors": list(document.authors),
        "year": document.year or None,
        "venue": document.venue or None,
        "type": document.type or None,
        "arxiv": document.arxiv or None,
        "doi": document.doi or None,
        "categories": list(document.categories),
        "code": list(document.code),
        "item": document.place or None,
        "fields": list(one.hit.scored.fields),
        "snippet": snippet(one.plan, shown, width=_SNIPPET) or None,
    }


# --- at a terminal -------------------------------------------------------------------------------


def columns() -> int:
    """The width of the terminal."""
    told = os.environ.get("COLUMNS", "")
    if told.isdecimal() and int(told):
        return max(int(told), _LEAST_COLUMNS)
    import shutil

    return max(shutil.get_terminal_size((80, 24)).columns, _LEAST_COLUMNS)


def print_table(searched: Searched) -> None:
    """A table; on a narrow screen each title has lines of its own."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not searched.found:
        return
    console = Console(width=columns(), highlight=False)
    wide = console.width >= 80
    table = Table(box=None, pad_edge=False, show_header=False, expand=False)
    table.add_column("key", overflow="fold", max_width=max(12, console.width // 4))
    if wide:
        table.add_column("year", no_wrap=True)
        table.add_column("authors", overflow="ellipsis", no_wrap=True, max_width=22)
    table.add_column("title", overflow="fold", ratio=1)
    for one in searched.found:
        key, year, authors, _ = _columns(one.hit.document)
        title = marked_title(one)
        if wide:
            table.add_row(Text(_line(key), style="cyan"), year, Text(_line(authors)), title)
            continue
        title.append("\n" + _line(" ".join(part for part in (authors, year) if part)), style="dim")
        table.add_row(Text(_line(key), style="cyan"), title)
    console.print(table)


def marked_title(one: Found) -> Text:
    """The title with the words that were found marked."""
    from rich.text import Text

    title = one.hit.document.title
    text = Text()
    at = 0
    for start, end in found_spans(one.plan, title, "title"):
        text.append(plain(title[at:start].replace("\n", " ")))
        text.append(plain(title[start:end]), style="bold yellow")
        at = end
    text.append(plain(title[at:].replace("\n", " ")))
    return text
