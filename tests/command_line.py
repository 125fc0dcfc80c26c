"""Runs the command line inside the test's own process and gives back what a user would see."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from bibtools.cli.faults import exit_code_of
from bibtools.cli.main import main


@dataclass(frozen=True)
class Ran:
    code: int
    stdout: str
    stderr: str


def bibtools(*arguments: str | Path, stdin: bytes = b"") -> Ran:
    """`bibtools ARGUMENTS` with these bytes on standard input."""
    out, err = io.BytesIO(), io.BytesIO()
    with (
        patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")),
        patch.object(sys, "stdout", io.TextIOWrapper(out, encoding="utf-8", newline="\n")),
        patch.object(sys, "stderr", io.TextIOWrapper(err, encoding="utf-8", newline="\n")),
    ):
        code = exit_code_of(
            lambda: main.main(
                [str(argument) for argument in arguments], "bibtools", standalone_mode=False
            )
        )
        sys.stdout.flush()
        sys.stderr.flush()
        # Inside, because a wrapper that nobody holds any more closes its bytes.
        return Ran(code, out.getvalue().decode(), err.getvalue().decode())
