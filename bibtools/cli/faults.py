"""The one place that turns errors into sentences and exit codes.

Exit codes: 0 done (notices included), 1 findings, conflicts that were left, or `--strict`, 2 wrong
usage or unreadable input, 3 settings, 4 somebody could not be asked and the rest was done, 5
nothing written because nobody said yes, 70 a fault of ours, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

import click

from bibtools.cli.screen import plain
from bibtools.errors import BibtoolsError

FAULT_EXIT = 70
INTERRUPTED_EXIT = 130
PIPE_CLOSED_EXIT = 141


def exit_code_of(command: Callable[[], Any]) -> int:
    """Run the command; what it raises becomes a sentence on stderr and a code."""
    try:
        result = command()
        sys.stdout.flush()
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.Abort:
        click.echo("Interrupted: nothing more was written.", err=True)
        return INTERRUPTED_EXIT
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except BibtoolsError as error:
        show_error(error)
        return error.exit_code
    except KeyboardInterrupt:
        click.echo("Interrupted: nothing more was written.", err=True)
        return INTERRUPTED_EXIT
    except BrokenPipeError:
        # The reader of our pipe went away (`| head`). Point stdout elsewhere, so that the
        # interpreter's own flush at exit stays silent.
        _silence_stdout()
        return PIPE_CLOSED_EXIT
    except Exception as fault:
        return _report_fault(fault)
    return result if isinstance(result, int) else 0


def show_error(error: BibtoolsError) -> None:
    """The error's sentence and hint, on stderr."""
    click.echo(f"Error: {plain(error.message)}", err=True)
    if error.hint:
        click.echo(f"Hint: {plain(error.hint)}", err=True)


def _silence_stdout() -> None:
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
    except (OSError, ValueError):
        pass


def _report_fault(fault: Exception) -> int:
    """A fault of ours: the traceback goes to a file, the user gets a sentence."""
    import tempfile
    import traceback

    from bibtools import __version__

    text = f"bibtools {__version__}, Python {sys.version}\n\n" + "".join(
        traceback.format_exception(fault)
    )
    where = ""
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="bibtools-fault-", suffix=".txt", delete=False, encoding="utf-8"
        ) as report:
            report.write(text)
            where = f" The report lies at {report.name}; please send it to us."
    except OSError:
        where = " (The report could not be written to a file.)"
    kind = type(fault).__name__
    click.echo(f"Error: bibtools stopped through a fault of its own ({kind}).{where}", err=True)
    return FAULT_EXIT
