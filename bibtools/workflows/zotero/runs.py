"""The runs that the journal knows, for showing them."""

from __future__ import annotations

from typing import Any

from bibtools.adapters.zotero.past_runs import all_runs, runs_of


def list_runs(file: str | None) -> list[dict[str, Any]]:
    """The runs of a file, or of all files, oldest first."""
    return [
        {
            "run": run.name,
            "when": run.shown,
            "command": run.command,
            "library": f"{run.scope.library}:{run.scope.library_id}",
            "collection": run.scope.collection,
            "file": run.file,
            "finished": run.finished,
            "undone": run.undone,
            "left": list(run.left),
        }
        for run in (all_runs() if file is None else runs_of(file))
    ]
