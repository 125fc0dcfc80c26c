"""Reads a PDF with pypdf and prints what `pdf_text` wants as JSON: a process of its own."""

from __future__ import annotations

import json
import sys
from pathlib import Path

_PAGES = 2
_MOST = 100_000


def main(path: str) -> int:
    """Print the text of the first pages and the information dictionary."""
    from pypdf import PdfReader  # type: ignore[import-not-found,unused-ignore]

    with Path(path).open("rb") as stream:
        reader = PdfReader(stream)
        if reader.is_encrypted:
            reader.decrypt("")
        pages = [
            (reader.pages[number].extract_text() or "")[:_MOST]
            for number in range(min(_PAGES, len(reader.pages)))
        ]
        info = {
            str(name).lstrip("/"): str(value)[:2_000]
            for name, value in (reader.metadata or {}).items()
        }
    sys.stdout.write(json.dumps({"pages": pages, "info": info}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
