"""`bibtools stats`: what is in bibliographies, on the terminal."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from bibtools.cli import options
from bibtools.cli.columns import columns, cut, padded
from bibtools.cli.progress import progress_on_terminal
from bibtools.cli.screen import plain, say, write_result

if TYPE_CHECKING:
    from bibtools.workflows.stats import Stats

EPILOG = """\b
Examples:
  bibtools stats refs.bib
  bibtools stats thesis.bib more.bib --top 20
  bibtools stats refs.bib --json | jq .all.has

Types are those of the .bib file (of other files CSL's). Fields are missing that the type
needs, as `check` counts them. Entries that look like one work have one DOI, one arXiv ID,
or one title with the same first author (`bibtools dedupe` looks closer).

--json prints {"files": [...], "all": {...}}; each of them has entries, types, years,
without_year, has, venues, authors, categories, missing, suspected_duplicates.

Exit codes: 0 done, 2 wrong usage or a file that cannot be read.
"""
_NAMES = {"code": "code", "doi": "DOI", "arxiv": "arXiv ID", "abstract": "abstract"}
_WIDTH = 60
_MOST_YEARS = 24
_MOST_PAIRS = 5
_EIGHTHS = " ▏▎▍▌▋▊▉█"


@click.command(context_settings=options.HELP_NAMES, epilog=EPILOG)
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option(
    "--top",
    metavar="N",
    type=click.IntRange(min=0),
    default=10,
    show_default=True,
    help="How many venues, authors and categories are shown.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
@options.quiet()
def stats(files: tuple[str, ...], top: int, as_json: bool, quiet: bool) -> None:
    """Count what is in FILE: types, years, venues, authors, what entries have and lack.

    FILE is a .bib file, CSL-JSON, entry JSON or whatever `convert` reads; `-` is standard input.
    """
    from bibtools.workflows.stats import stats as count

    with progress_on_terminal(quiet=quiet) as progress:
        each, together, notices = count(files, progress)
    if notices and not quiet:
        many = f"{len(notices)} notices" if len(notices) > 1 else "1 notice"
        say(f"{many} about what could not be read well; `bibtools check` lists them.")
    if as_json:
        from bibtools.formats.entry_json import dump

        row = {"files": [one.to_json(top) for one in each], "all": together.to_json(top)}
        write_result(json.dumps(json.loads(dump(row)), ensure_ascii=True, indent=1) + "\n")
        return
    drawer = _Drawer(*_screen())
    lines: list[str] = []
    if len(each) > 1:
        for one in each:
            lines += drawer.head(one)
        together.file = "together"
    lines += drawer.all(together, top)
    write_result("".join(f"{plain(line.rstrip())}\n" for line in lines))


def _screen() -> tuple[int, bool]:
    """The columns to use, and whether bars may be drawn with blocks."""
    if not sys.stdout.isatty():
        return _WIDTH, False
    told = os.environ.get("COLUMNS", "")
    width = _WIDTH
    if told.isdecimal() and int(told):
        width = int(told)
    else:
        with contextlib.suppress(OSError, ValueError):
            width = os.get_terminal_size(sys.stdout.fileno()).columns or _WIDTH
    try:
        _EIGHTHS.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return max(30, min(width, 100)), False
    return max(30, min(width, 100)), True


class _Drawer:
    """Counts as lines that are no wider than `width`."""

    def __init__(self, width: int, blocks: bool) -> None:
        self.width = width
        self.blocks = blocks

    def head(self, one: Stats) -> list[str]:
        entries = "1 entry" if one.entries == 1 else f"{one.entries} entries"
        name = _shown(one.file or "")
        room = max(self.width - len(entries) - 2, 8)
        name = name if columns(name) <= room else "..." + cut(name[::-1], room)[:-3][::-1]
        lines = [f"{name}: {entries}"]
        if one.entries:
            shares = (
                f"{name} {one.has[has]} ({_percent(one.has[has], one.entries)})"
                for has, name in _NAMES.items()
            )
            line = "  with"
            for share in shares:
                if len(line) + len(share) + 2 > self.width:
                    lines.append(line)
                    line = "      "
                line += f" {share},"
            lines.append(line.rstrip(","))
        return lines

    def all(self, one: Stats, top: int) -> list[str]:
        from bibtools.formats.report_page.plots import year_bars
        from bibtools.workflows.stats import ranked

        lines = self.head(one)
        lines += self.section("Types", ranked(one.types))
        years = [(bar.name, bar.count) for bar in year_bars(one.years, _MOST_YEARS)]
        unknown = one.entries - one.years.total()
        lines += self.section("Years", years + ([("none", unknown)] if unknown else []))
        for name, counts in (
            ("Venues", one.venues),
            ("Authors", one.authors),
            ("Categories", one.categories),
        ):
            rows = ranked(counts)
            more = f" ({min(top, len(rows))} of {len(rows)})" if len(rows) > top else ""
            lines += self.section(name + more, rows[:top])
        missing = [(f"@{type_}: {name}", number) for (type_, name), number in ranked(one.missing)]
        more = f" ({top} of {len(missing)})" if len(missing) > top > 0 else ""
        lines += self.section("Missing" + more, missing[:top] if top else [])
        return lines + self.duplicates(one)

    def duplicates(self, one: Stats) -> list[str]:
        if not one.duplicates:
            return []
        entries = sum(map(len, one.duplicates))
        works = "1 work" if len(one.duplicates) == 1 else f"{len(one.duplicates)} works"
        lines = ["", self.cut(f"Look like one work: {entries} entries, {works}")]
        lines += (self.cut("  " + ", ".join(keys)) for keys in one.duplicates[:_MOST_PAIRS])
        left = len(one.duplicates) - _MOST_PAIRS
        if left > 0:
            lines.append(f"  and {left} more (bibtools dedupe)")
        return lines

    def section(self, name: str, rows: Sequence[tuple[str, int]]) -> list[str]:
        if not rows:
            return []
        rows = [(_shown(text), number) for text, number in rows]
        most = max(number for _, number in rows)
        digits = len(str(most))
        label = min(
            max(columns(text) for text, _ in rows), self.width - digits - 4 - self.width // 4
        )
        room = self.width - label - digits - 4
        lines = ["", name]
        for text, number in rows:
            bar = self.bar(number, most, room)
            lines.append(f"  {padded(text, label)} {number:>{digits}} {bar}")
        return lines

    def bar(self, count: int, most: int, room: int) -> str:
        if not self.blocks:
            return "#" * max(count * room // most, 1 if count else 0)
        eighths = max(count * room * 8 // most, 1 if count else 0)
        return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()

    def cut(self, text: str) -> str:
        return cut(_shown(text), self.width)


def _shown(text: str) -> str:
    """A text of the file on one line."""
    return " ".join(plain(" ".join(text.split())).split())


def _percent(part: int, whole: int) -> str:
    share = 100 * part / whole
    return "<1 %" if 0 < share < 1 else f"{share:.0f} %"
