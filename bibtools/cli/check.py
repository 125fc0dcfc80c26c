"""`bibtools check`: what is wrong in .bib files, and safe fixes."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

import click

from bibtools import __version__
from bibtools.adapters.files import read_bytes
from bibtools.checks import RULES, Finding, chosen_rules
from bibtools.checks.sarif import to_sarif
from bibtools.cli import options
from bibtools.cli.faults import show_error
from bibtools.cli.screen import plain, say, write_bytes, write_result
from bibtools.errors import InputError, UsageError
from bibtools.formats.bibtex.fields import Dialect
from bibtools.workflows.check import check_bytes, mend
from bibtools.workflows.tidy import diff_of, refuse_in_place, refuse_several, replace_file

EPILOG = (
    """\b
Examples:
  bibtools check refs.bib
  bibtools check --fix --diff refs.bib
  bibtools check --fix -i --ignore capitals refs.bib
  bibtools check --select syntax,duplicate-key *.bib
  bibtools check --sarif refs.bib > findings.sarif
  bibtools check --online refs.bib

\b
Rules:
"""
    + "\n".join(f"  {rule.name:<16} {rule.summary}" for rule in RULES.values())
    + """

With --online the entries are held against what arXiv, Crossref, DataCite, DBLP and others
know: each exists, is described wrongly, or nobody can tell (which says nothing
against it: many books are in no index); and works that were retracted, withdrawn or
published since are told. "Does not know it" and "could not be asked" are told apart,
service by service. Answers are kept; --offline asks only these and the index.

Exit codes: 0 nothing found (with --fix: nothing left), 1 findings (with --online:
described wrongly, retracted, withdrawn, superseded), 2 wrong usage or a file that
cannot be read, 3 a setting is wrong, 4 (--online without --offline) no findings, but
some service could not be asked: run it again later, 70 a fault of ours.
"""
)


@click.command(context_settings=options.HELP_NAMES, epilog=EPILOG)
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--fix", is_flag=True, help="Make the safe fixes; print the file, or see -i.")
@click.option("--diff", is_flag=True, help="With --fix: print the changes instead of the file.")
@click.option("-i", "--in-place", is_flag=True, help="With --fix: change the files themselves.")
@click.option("--select", metavar="RULE[,RULE]", help="Look for these only.")
@click.option("--ignore", metavar="RULE[,RULE]", help="Do not look for these.")
@click.option(
    "--dialect",
    type=click.Choice(["auto", "bibtex", "biblatex"]),
    default="auto",
    help="Whose required fields and dates count.  [default: what the file speaks]",
)
@click.option("--online", is_flag=True, help="Hold the entries against what services know.")
@click.option("--offline", is_flag=True, help="With --online: the index and earlier answers only.")
@click.option(
    "--index",
    "index_path",
    metavar="PATH",
    type=click.Path(path_type=Path, dir_okay=False),
    help="With --online: the index file, if not yours.",
)
@click.option("--json", "as_json", is_flag=True, help="Print findings as JSON lines.")
@click.option("--sarif", is_flag=True, help="Print findings as a SARIF log for code hosts.")
@options.quiet()
def check(
    files: tuple[str, ...],
    fix: bool,
    diff: bool,
    in_place: bool,
    select: str | None,
    ignore: str | None,
    dialect: str,
    online: bool,
    offline: bool,
    index_path: Path | None,
    as_json: bool,
    sarif: bool,
    quiet: bool,
) -> int:
    """Say what is wrong in .bib files, with line, rule and what to do.

    FILE is a .bib file; `-` is standard input. Findings go to stdout as
    `file:line:column: severity rule: message`; to stderr when --fix prints the file or the
    changes. Only -i changes a file.
    """
    if online:
        _refuse_online(fix or diff or in_place or sarif or bool(select or ignore))
        from bibtools.cli.check_online import run_online

        return run_online(files, index_path, offline=offline, as_json=as_json, quiet=quiet)
    if offline or index_path is not None:
        raise UsageError("--offline and --index go with --online.")
    rules = chosen_rules(select, ignore)
    _refuse_contradictions(files, fix, diff, in_place, as_json, sarif)
    findings, unreadable = _look(
        files, _spoken(dialect), rules, fix=fix, diff=diff, in_place=in_place, quiet=quiet
    )
    _show(findings, as_json=as_json, sarif=sarif, aside=fix and (diff or not in_place))
    if unreadable:
        return 2
    return 1 if findings else 0


def _spoken(dialect: str) -> Dialect | None:
    """The dialect that was named; None to take the file's own."""
    if dialect == "auto":
        return None
    return "biblatex" if dialect == "biblatex" else "bibtex"


def _look(
    files: Sequence[str],
    spoken: Dialect | None,
    rules: Collection[str] | None,
    *,
    fix: bool,
    diff: bool,
    in_place: bool,
    quiet: bool,
) -> tuple[list[Finding], bool]:
    """What is wrong in the files (with `fix`: what is left), and whether one cannot be read."""
    findings: list[Finding] = []
    unreadable = False
    for file in files:
        try:
            data = read_bytes(file)
        except InputError as error:
            show_error(error)
            unreadable = True
            continue
        if not fix:
            findings += check_bytes(data, file, spoken, rules)
            continue
        mended = mend(data, file, spoken, rules)
        findings += mended.left
        if diff:
            write_bytes(diff_of(data, mended.data, file))
        elif not in_place:
            write_bytes(mended.data)
        if in_place and mended.data != data:
            replace_file(file, data, mended.data, "check --fix")
            if not quiet:
                say(f"{file}: {mended.fixed} fixes made")
    return findings, unreadable


def _refuse_online(others: bool) -> None:
    if others:
        raise UsageError(
            "--online only tells: it has no rules and no fixes.",
            "Say --online alone, with --json or --offline.",
        )


def _refuse_contradictions(
    files: tuple[str, ...], fix: bool, diff: bool, in_place: bool, as_json: bool, sarif: bool
) -> None:
    if (diff or in_place) and not fix:
        raise UsageError("--diff and -i are about fixes.", "Say --fix too.")
    if as_json and sarif:
        raise UsageError("--json and --sarif are two formats.", "Choose one of them.")
    if in_place:
        refuse_in_place(files)
    elif fix and not diff:
        refuse_several(files)


def _show(findings: list[Finding], *, as_json: bool, sarif: bool, aside: bool) -> None:
    """Findings on stdout; on stderr (`aside`) when stdout holds the file or the changes."""
    if sarif:
        text = json.dumps(to_sarif(findings, __version__), indent=2, ensure_ascii=True) + "\n"
    elif as_json:
        text = "".join(json.dumps(_row(finding)) + "\n" for finding in findings)
    else:
        text = "".join(_line(finding) + "\n" for finding in findings)
    if aside:
        click.echo(text, err=True, nl=False)
    else:
        write_result(text)


def _line(finding: Finding) -> str:
    # A message quotes the file: nothing in it may begin a line of its own.
    parts: Iterable[str] = (plain(part.replace("\n", " ")) for part in str(finding).split("\n  "))
    return "\n  ".join(parts)


def _row(finding: Finding) -> dict[str, object]:
    row: dict[str, object] = {
        "file": finding.file,
        "line": finding.line,
        "column": finding.column,
        "rule": finding.rule,
        "severity": finding.severity,
        "message": finding.message,
    }
    if finding.hint:
        row["hint"] = finding.hint
    if finding.fix:
        row["fix"] = {
            "message": finding.fix.message,
            "edits": [
                {"start": edit.start, "end": edit.end, "new": edit.new.decode("utf-8", "replace")}
                for edit in finding.fix.edits
            ],
        }
    return row
