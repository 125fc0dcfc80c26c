"""Plots: papers by year as an SVG, and by category and venue as tables with bars.

The script draws the same ones anew for what is left after filtering.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bibtools.formats.report_page.markup import Markup, element, joined
from bibtools.formats.report_page.papers import Paper

MOST_BARS: Final = 50
MOST_ROWS: Final = 10
EARLY: Final = 3
HEIGHT: Final = 100


@dataclass(frozen=True, slots=True)
class YearBar:
    """Some years in a row, and how many papers are from them."""

    first: int | None
    """None for all years before `last` and `last` itself."""
    last: int
    count: int

    @property
    def name(self) -> str:
        """`2021`, `1950 to 1954` or `before 1950`."""
        if self.first is None:
            return f"before {self.last + 1}"
        return str(self.last) if self.first == self.last else f"{self.first} to {self.last}"


def year_bars(counts: Mapping[int, int], most: int = MOST_BARS) -> list[YearBar]:
    """How many papers are from each year as at most `most` bars; years without a paper have an
    empty one.

    Where the years are more than that, the `EARLY` percent of the oldest papers share one bar, and
    the others stand for several years each when it has to be.
    """
    if not counts:
        return []
    first, last = min(counts), max(counts)
    bars: list[YearBar] = []
    if last - first + 1 > most:
        allowed = sum(counts.values()) * EARLY // 100
        early = 0
        for year in sorted(counts):
            if early + counts[year] > allowed:
                break
            early += counts[year]
        if early:
            first = year
            bars = [YearBar(None, first - 1, early)]
    step = -(-(last - first + 1) // (most - len(bars)))
    for start in range(first, last + 1, step):
        end = min(start + step - 1, last)
        count = sum(counts.get(year, 0) for year in range(start, end + 1))
        bars.append(YearBar(start, end, count))
    return bars


def most_common(values: Iterable[str]) -> list[tuple[str, int]]:
    """The most frequent values that are not empty, equal ones in the order of the alphabet."""
    counts = Counter(value for value in values if value)
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST_ROWS]


def year_plot(papers: Sequence[Paper]) -> Markup | None:
    """The figure of the years with a table for those who cannot see it; None without years."""
    bars = year_bars(Counter(paper.year for paper in papers if paper.year is not None))
    if not bars:
        return None
    most = max(bars, key=lambda bar: bar.count)
    drawn: list[Markup | str | None] = [
        element(
            "rect",
            {
                "x": f"{at + 0.1:.1f}",
                "y": f"{HEIGHT - _height(bar.count, most.count)}",
                "width": "0.8",
                "height": f"{_height(bar.count, most.count)}",
            },
        )
        for at, bar in enumerate(bars)
    ]
    rows: list[Markup | str | None] = [_row(bar.name, bar.count) for bar in bars if bar.count]
    return element(
        "figure",
        {"id": "years"},
        element("figcaption", {}, "By year"),
        element(
            "svg",
            {
                "role": "img",
                "aria-label": f"Papers by year, {_start(bars[0])} to {bars[-1].last}; most in "
                f"{most.name}: {most.count}",
                "viewBox": f"0 0 {len(bars)} {HEIGHT}",
                "preserveAspectRatio": "none",
            },
            joined(drawn),
        ),
        element(
            "p",
            {"class": "axis"},
            element("span", {}, _start(bars[0])),
            element("span", {}, f"most: {most.name} ({most.count})"),
            element("span", {}, str(bars[-1].last)),
        ),
        element(
            "details",
            {},
            element("summary", {}, "Years as a table"),
            element("table", {}, _head("Year"), element("tbody", {}, joined(rows))),
        ),
    )


def _start(bar: YearBar) -> str:
    return bar.name if bar.first is None else str(bar.first)


def _height(count: int, most: int) -> int:
    """Of a bar: whole numbers are the same on every machine, and one paper is seen."""
    return max(2, count * HEIGHT // most) if count else 0


def bar_table(identifier: str, name: str, rows: Sequence[tuple[str, int]]) -> Markup | None:
    """A table with a bar in each row; None without rows."""
    if not rows:
        return None
    most = max(count for _, count in rows)
    body: list[Markup | str | None] = [
        _row(value, count, _height(count, most)) for value, count in rows
    ]
    return element(
        "figure",
        {"id": identifier},
        element("figcaption", {}, f"By {name.lower()}"),
        element("table", {"class": "bars"}, _head(name), element("tbody", {}, joined(body))),
    )


def _head(name: str) -> Markup:
    cells = (element("th", {"scope": "col"}, text) for text in (name, "Papers"))
    return element("thead", {}, element("tr", {}, *cells))


def _row(name: str, count: int, share: int | None = None) -> Markup:
    bar = None
    if share is not None:
        rect = element("rect", {"width": f"{share}%", "height": "100%"})
        bar = element("svg", {"aria-hidden": "true", "focusable": "false"}, rect)
    head = element("th", {"scope": "row"}, element("bdi", {}, name), bar)
    return element("tr", {}, head, element("td", {}, str(count)))
