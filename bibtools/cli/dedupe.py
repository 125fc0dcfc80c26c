"""`bibtools dedupe`: entries that are one work, proposed; merged only when told."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from bibtools.adapters.files import read_if_there
from bibtools.cli import options
from bibtools.cli.keys import show_or_write
from bibtools.cli.screen import plain, show_notices, write_result
from bibtools.errors import UsageError
from bibtools.formats.bibtex.fields import Dialect
from bibtools.matching.duplicates import PREFERENCES
from bibtools.workflows.changed_files import ChangedFile
from bibtools.workflows.dedupe import Dedupe, Place
from bibtools.workflows.dedupe import dedupe as find
from bibtools.workflows.rekey import tex_changes

EPILOG = """\b
Examples:
  bibtools dedupe refs.bib
  bibtools dedupe refs.bib --diff
  bibtools dedupe refs.bib -i --map keys.json --tex thesis.tex
  bibtools dedupe thesis.bib old.bib --merge-preprints --json

One work is what has one DOI or arXiv ID, or one title with the same authors, year
and venue, and no field that contradicts: other editions, volumes, pages, DOIs, a
chapter and its book stay apart and are listed as related. The entry that is kept gets
the fields it lacks; a value that differs is kept as x-<field>-from-<key>, and a remark
directly above an entry that goes moves above the one that stays. An entry that others
name in crossref is always kept.

Exit codes: 0 done, 1 with --strict when there are duplicates,
2 wrong usage, or a file that cannot be read or written.
"""


@click.command(context_settings=options.HELP_NAMES, epilog=EPILOG)
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--merge-preprints", is_flag=True, help="Merge a preprint into its publication.")
@click.option(
    "--prefer",
    metavar="WHICH",
    default="published",
    show_default=True,
    help="The entry to keep: published (else the fullest), most-complete, first, last, or a "
    "pattern for its key, such as 'DBLP:*'.",
)
@click.option("-i", "--in-place", is_flag=True, help="Merge in FILE (`bibtools undo` goes back).")
@click.option("--diff", "as_diff", is_flag=True, help="Print what -i would change, as a diff.")
@click.option("--json", "as_json", is_flag=True, help="Print the groups as JSON.")
@click.option("--map", "map_file", metavar="FILE", help="Write old key -> kept key as JSON.")
@click.option(
    "--dialect",
    type=click.Choice(["bibtex", "biblatex"]),
    help="biblatex keeps the old keys in `ids`.  [default: what the file speaks]",
)
@options.tex_files()
@options.strict()
@options.quiet()
def dedupe(
    files: tuple[str, ...],
    merge_preprints: bool,
    prefer: str,
    in_place: bool,
    as_diff: bool,
    as_json: bool,
    map_file: str | None,
    dialect: Dialect | None,
    tex: tuple[str, ...],
    strict: bool,
    quiet: bool,
) -> int:
    """Find the entries of FILE... that are one work, and merge them when told.

    Prints the groups and changes nothing. With -i one entry of each group takes over
    the fields it lacks and the others go; crossref and the like, and the citations in the files
    given with --tex, follow. All other bytes stay.
    """
    if (tex or map_file) and not (in_place or as_diff):
        raise UsageError("--tex and --map write files, so they need -i, or --diff to see it.")
    _refuse_unknown(prefer)
    if as_json and as_diff:
        raise UsageError("--json and --diff both print to stdout; choose one.")
    found = find(list(dict.fromkeys(files)), merge_preprints=merge_preprints, prefer=prefer)
    if not quiet:
        show_notices(found.notices)
    if as_json:
        write_result(_json(found))
    elif not (in_place or as_diff):
        write_result(plain(_text(found)))
    if in_place or as_diff:
        rewritten = tex_changes(tex, found.keys)
        changed = [*found.apply(dialect), *(one for one, _ in rewritten)]
        if map_file:
            # First, so that it is there when anything else is.
            data = json.dumps(found.keys, ensure_ascii=False, indent=1).encode() + b"\n"
            changed.insert(0, ChangedFile(map_file, read_if_there(map_file)[0], data))
        told = [f"{sum(len(one.drop) for one in found.merges)} entries merged into others"]
        told += [f"{one.file}: {count} citations renamed" for one, count in rewritten]
        show_or_write(changed, "dedupe", told, as_diff=as_diff, in_place=in_place, quiet=quiet)
    return 1 if strict and (found.merges or found.notices) else 0


def _refuse_unknown(prefer: str) -> None:
    if prefer not in PREFERENCES and not any(mark in prefer for mark in "*?["):
        raise UsageError(
            f'"{prefer}" is nothing to prefer.',
            f"Give one of {', '.join(PREFERENCES)}, or a pattern with * for the key.",
        )


def _at(place: Place) -> str:
    return f"{place.file}:{place.line} {place.key}"


def _text(found: Dedupe) -> str:
    lines = []
    for one in found.merges:
        lines.append(f"{_at(one.keep)} is kept ({one.rule})")
        lines += [f"  {_at(place)} goes into it" for place in one.drop]
        if one.adds:
            lines.append(f"  adds {', '.join(one.adds)}")
        if one.conflicts:
            lines.append(f"  differs in {', '.join(one.conflicts)}")
    lines += [
        f"{_at(first)} and {_at(second)} stay apart: {why}" for first, second, why in found.related
    ]
    return "".join(line + "\n" for line in lines)


def _json(found: Dedupe) -> str:
    value = {
        "groups": [asdict(one) for one in found.merges],
        "related": [
            {"first": asdict(first), "second": asdict(second), "why": why}
            for first, second, why in found.related
        ],
        "map": found.keys,
    }
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
