"""Writing the report file."""

from __future__ import annotations

import json

from bibtools.adapters.files import write_file
from bibtools.reports import Report, to_json


def write_report(file: str, report: Report) -> None:
    """Write the report as JSON; an older report of that name is replaced."""
    write_file(file, report_text(report).encode(), backup=False)


def report_text(report: Report) -> str:
    """The report as JSON in ASCII."""
    return json.dumps(to_json(report), ensure_ascii=True, indent=1) + "\n"
