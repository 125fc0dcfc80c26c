"""What the script of the page reads: the papers under short names, packed when they are many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from bibtools.formats.report_page.markup import Markup, data_element, packed_element
from bibtools.formats.report_page.papers import HAS, Paper
from bibtools.formats.report_page.plots import EARLY, MOST_BARS, MOST_ROWS

PAGE: Final = 200
"""Papers that are shown at a time."""
MOST_AUTHORS: Final = 10
"""More are folded."""
FIRST_AUTHORS: Final = 6
"""Those that stand before the fold."""
_PACK: Final = 250
"""Papers whose abstracts, BibTeX and evidence are unpacked together."""
_DEEP: Final = ("s", "b", "e")


def data_elements(papers: Sequence[Paper], *, packed: bool) -> Iterator[Markup]:
    """The elements that the script reads.

    Not packed, `data` has all. Packed, `index` has what is searched and shown at once, and of
    abstract, BibTeX and evidence only that there is one; those are in `pack0`, `pack1` and so on,
    which are read when somebody wants them.
    """
    rows = [_row(paper) for paper in papers]
    data: dict[str, Any] = {
        "has": HAS,
        "most": MOST_AUTHORS,
        "first": FIRST_AUTHORS,
        "bars": MOST_BARS,
        "early": EARLY,
        "rows": MOST_ROWS,
        "page": PAGE,
    }
    if not packed:
        yield data_element("data", data | {"papers": rows})
        return
    yield data_element("data", data | {"count": len(rows), "pack": _PACK})
    yield packed_element("index", [_shallow(row) for row in rows])
    for number, start in enumerate(range(0, len(rows), _PACK)):
        part = rows[start : start + _PACK]
        deep = [{name: row[name] for name in _DEEP if name in row} for row in part]
        yield packed_element(f"pack{number}", deep)


def _row(paper: Paper) -> dict[str, Any]:
    """A paper under short names; what it has not is left out."""
    row: dict[str, Any] = {
        "t": paper.title,
        "k": paper.key,
        "a": paper.authors,
        "m": paper.truncated,
        "f": paper.sort_name,
        "v": paper.venue,
        "T": paper.type,
        "c": paper.categories,
        "l": [[link.label, link.url] for link in paper.links],
        "x": paper.addresses,
        "s": paper.abstract,
        "b": paper.bibtex,
        "e": [[one.name, one.lines] for one in paper.told],
        "h": paper.has,
    }
    row = {name: value for name, value in row.items() if value}
    if paper.year is not None:
        row["y"] = paper.year
    return row


def _shallow(row: dict[str, Any]) -> dict[str, Any]:
    """The row with a 1 for an abstract and for BibTeX, and with the number of evidences."""
    there = {"s": 1, "b": 1, "e": len(row.get("e", ()))}
    return {name: there.get(name, value) for name, value in row.items()}
