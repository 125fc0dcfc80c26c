"""`bibtools decide`: what only a person can know, kept beside the output."""

from __future__ import annotations

import click

from bibtools.cli import options
from bibtools.cli.screen import say, show_notices, write_result
from bibtools.errors import UsageError
from bibtools.formats.decisions import write_decisions
from bibtools.model import parse_arxiv
from bibtools.model.decisions import Decision, DecisionKind, Reference
from bibtools.workflows import decisions as store

EPILOG = """\b
Examples:
  bibtools decide same refs.bib page1.txt:46 page2.txt:9
  bibtools decide different refs.bib page1.txt:46 page3.txt:161
  bibtools decide id refs.bib page1.txt:46 2406.16441
  bibtools decide id refs.bib smith2020fog none
  bibtools decide list refs.bib

The next `bibtools build ... -o refs.bib` obeys. Decisions lie in
refs.bib.decisions.jsonl and name records by what they say, so they survive
pages that grow and outputs that are built anew.
"""


@click.group(context_settings=options.HELP_NAMES, epilog=EPILOG)
def decide() -> None:
    """Tell `build` by hand what it could not know.

    RECORD is FILE:LINE (any line of the record on its page) or a citation key of OUTPUT.
    """


@decide.command(
    context_settings=options.HELP_NAMES,
    epilog="Example: bibtools decide same refs.bib page1.txt:46 page2.txt:9",
)
@click.argument("output")
@click.argument("records", metavar="RECORD RECORD...", nargs=-1, required=True)
def same(output: str, records: tuple[str, ...]) -> None:
    """These records are one paper."""
    _store(output, DecisionKind.SAME, records)


@decide.command(
    context_settings=options.HELP_NAMES,
    epilog="Example: bibtools decide different refs.bib page1.txt:46 page3.txt:161",
)
@click.argument("output")
@click.argument("records", metavar="RECORD RECORD...", nargs=-1, required=True)
def different(output: str, records: tuple[str, ...]) -> None:
    """These records are not one paper."""
    _store(output, DecisionKind.DIFFERENT, records)


def _store(output: str, kind: DecisionKind, records: tuple[str, ...]) -> None:
    if len(records) < 2:
        raise UsageError(
            f"`decide {kind}` needs two records or more, and was given {len(records)}.",
            "Name each by FILE:LINE, such as page1.txt:46 page2.txt:9.",
        )
    found = tuple(store.find_record(record, output) for record in records)
    _say_stored(output, Decision(kind, found))


@decide.command(
    "id",
    context_settings=options.HELP_NAMES,
    epilog="Example: bibtools decide id refs.bib page1.txt:46 2406.16441",
)
@click.argument("output")
@click.argument("record")
@click.argument("arxiv")
def set_id(output: str, record: str, arxiv: str) -> None:
    """This record is the arXiv paper ARXIV; `none`: it is not on arXiv."""
    value = None if arxiv.lower() == "none" else parse_arxiv(arxiv)
    if value is None and arxiv.lower() != "none":
        raise UsageError(
            f'"{arxiv}" is not an arXiv ID.',
            'Write it as 2104.08821 or hep-th/9901001, or "none" for a paper that is not there.',
        )
    _say_stored(output, Decision(DecisionKind.ID, (store.find_record(record, output),), value))


def _say_stored(output: str, decision: Decision) -> None:
    path = store.append(output, decision)
    say(f"Kept in {path}: {describe(decision)}")


@decide.command(
    "list", context_settings=options.HELP_NAMES, epilog="Example: bibtools decide list refs.bib"
)
@click.argument("output")
@click.option("--json", "as_json", is_flag=True, help="The decisions as JSON lines.")
def list_(output: str, as_json: bool) -> None:
    """Show the decisions that belong to OUTPUT."""
    decisions, notices = store.load(output)
    show_notices(notices)
    if as_json:
        write_result(write_decisions(decisions))
        return
    for number, decision in enumerate(decisions, start=1):
        click.echo(f"{number:3}  {describe(decision)}")
    if not decisions:
        say(f"No decisions belong to {output}.")


@decide.command(
    context_settings=options.HELP_NAMES, epilog="Example: bibtools decide forget refs.bib 2"
)
@click.argument("output")
@click.argument("number", type=int)
def forget(output: str, number: int) -> None:
    """Take back decision NUMBER, as `list` shows it."""
    say(f"Taken back: {describe(store.forget(output, number))}")


def describe(decision: Decision) -> str:
    """The decision in one line."""
    names = [_name(record) for record in decision.records]
    match decision.kind:
        case DecisionKind.SAME:
            return "the same paper: " + " = ".join(names)
        case DecisionKind.DIFFERENT:
            return "not the same paper: " + " / ".join(names)
        case DecisionKind.ID:
            where = f"arXiv {decision.arxiv}" if decision.arxiv is not None else "not on arXiv"
            return f"{names[0]} is {where}"


def _name(record: Reference) -> str:
    from bibtools.cli.screen import plain

    place = f" ({record.file}:{record.line})" if record.file else ""
    title = f'"{record.title}"' if record.title else "an abstract without title"
    return plain(title + place)
