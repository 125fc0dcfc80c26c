"""`bibtools keys`: citation keys by a pattern, proposed; renamed only when told."""

from __future__ import annotations

import json
from collections.abc import Sequence

import click

from bibtools.adapters.files import read_bytes
from bibtools.cli import options
from bibtools.cli.screen import plain, say, show_notices, write_bytes, write_result
from bibtools.errors import UsageError
from bibtools.formats.bibtex import Document
from bibtools.keys import PRESETS, default_pattern, pattern_of
from bibtools.workflows.changed_files import ChangedFile, diff, write_all
from bibtools.workflows.rekey import key_map, propose, renamed, tex_changes

EPILOG = f"""\b
Examples:
  bibtools keys refs.bib
  bibtools keys refs.bib --pattern better-bibtex --diff
  bibtools keys refs.bib --pattern 'auth.lower + year' -i --tex thesis.tex
  bibtools keys refs.bib --only-missing -i

\b
Patterns by name: {", ".join(name for name in PRESETS if name != "scholar")}.
Or in one of three languages (docs/keys.md describes them):
  {{family}}{{year}}{{word}}                    fields in braces: {{family}} {{families:2}}
                                          {{year}} {{yy}} {{word}} {{words:3}} {{initials}}
                                          {{arxiv}}, with filters: {{family|title}}
  auth.lower + shorttitle(3,3) + year     a formula of Better BibTeX
  [auth:lower]_[year]                     a pattern of JabRef

Exit codes: 0 done, 1 with --strict when a key would change,
2 wrong usage, or a pattern or file that cannot be read or written.
"""


@click.command(context_settings=options.HELP_NAMES, epilog=EPILOG)
@click.argument("file", metavar="FILE")
@click.option(
    "--pattern", default=default_pattern, show_default=True, help="A preset's name or a pattern."
)
@click.option("--only-missing", is_flag=True, help="Only entries that have no key.")
@click.option("-i", "--in-place", is_flag=True, help="Rename in FILE (`bibtools undo` goes back).")
@click.option("--diff", "as_diff", is_flag=True, help="Print what -i would change, as a diff.")
@click.option("--json", "as_json", is_flag=True, help="Print old key -> new key as JSON.")
@options.tex_files()
@options.strict()
@options.quiet()
def keys(
    file: str,
    pattern: str,
    only_missing: bool,
    in_place: bool,
    as_diff: bool,
    as_json: bool,
    tex: tuple[str, ...],
    strict: bool,
    quiet: bool,
) -> int:
    """Propose citation keys for the entries of FILE by a pattern.

    Prints `old -> new` for each key that would change and changes nothing. With -i the keys
    are renamed, together with the fields that refer to them (crossref, xref, xdata, related,
    entryset, ids), the groups of JabRef and BibDesk that list them, and the citations in the
    files given with --tex. All other bytes stay.
    """
    if tex and not (in_place or as_diff):
        raise UsageError("--tex changes files, so it needs -i, or --diff to see the change.")
    if as_json and as_diff:
        raise UsageError("--json and --diff both print to stdout; choose one.")
    data = read_bytes(file)
    document = Document.parse(data, file)
    found, notices = propose(document, pattern_of(pattern), only_missing=only_missing)
    names = key_map(found, document)
    if not quiet:
        show_notices(notices)
    if in_place or as_diff:
        new = renamed(document, found)
        rewritten = tex_changes(tex, names)
        files = [ChangedFile(file, data, new), *(one for one, _ in rewritten)]
        told = [f"{file}: {len(found)} keys renamed"]
        told += [f"{one.file}: {count} citations renamed" for one, count in rewritten]
        show_or_write(files, "keys", told, as_diff=as_diff, in_place=in_place, quiet=quiet)
    if as_json:
        write_result(json.dumps(names, ensure_ascii=False, indent=1) + "\n")
    elif not (in_place or as_diff):
        rows = (f"{one.old or f'(line {one.line})'} -> {one.new}" for one in found)
        write_result("".join(plain(row) + "\n" for row in rows))
    return 1 if strict and (found or notices) else 0


def show_or_write(
    files: Sequence[ChangedFile],
    command: str,
    told: Sequence[str],
    *,
    as_diff: bool,
    in_place: bool,
    quiet: bool,
) -> None:
    """The diff on stdout, the change in the files and a word on it on stderr, as asked for."""
    if as_diff:
        write_bytes(diff(files))
    if in_place:
        write_all(files, command)
        if not quiet:
            for line in told:
                say(line)
