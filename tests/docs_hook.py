"""What `mkdocs build` adds to the site (`hooks` in mkdocs.yml).

Pages that lie outside of docs/, and the bars of code in tables: a code host needs `\\|` there,
which Python-Markdown would show with its backslash.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGES = {
    "architecture.md": ROOT / "ARCHITECTURE.md",
    "changelog.md": ROOT / "CHANGELOG.md",
    "benchmarks.md": ROOT / "benchmarks" / "RESULTS.md",
}


def on_files(files: Any, config: Any) -> Any:
    """Add the pages."""
    from mkdocs.structure.files import File

    for name, path in PAGES.items():
        files.append(File.generated(config, name, content=path.read_text("utf-8")))
    return files


def on_page_content(html: str, **_: Any) -> str:
    """The page with `|` where code in a table has `\\|`."""
    return re.sub(r"<td[^>]*>.*?</td>", _with_bars, html, flags=re.DOTALL)


def _with_bars(cell: re.Match[str]) -> str:
    return re.sub(r"<code>[^<]*</code>", lambda code: code[0].replace("\\|", "|"), cell[0])
