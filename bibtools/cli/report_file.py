"""`--report FILE`, where `-` is standard output."""

from __future__ import annotations

from bibtools.cli.screen import write_result
from bibtools.errors import UsageError
from bibtools.reports import Report
from bibtools.workflows.reporting import report_text, write_report


def put_report(file: str | None, report: Report) -> None:
    """Write the report where it was asked for."""
    if file == "-":
        write_result(report_text(report))
    elif file is not None:
        write_report(file, report)


def refuse_two_results(file: str | None, *, result_there: bool) -> None:
    """Raise `UsageError` where report and result would both go to standard output."""
    if file == "-" and result_there:
        raise UsageError(
            "Standard output is for the result already.",
            "Name a file for --report, or say -i or -o.",
        )
