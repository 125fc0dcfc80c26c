"""Agreement with the keys of Better BibTeX and JabRef, over the shared cases."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def scorer() -> Any:
    """The program that prints the figures: `benchmarks/keys.py`."""
    import importlib.util

    spec = importlib.util.spec_from_file_location("bench_keys", ROOT / "benchmarks" / "keys.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["bench_keys"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("name", "score", "least_covered", "least_right"),
    [
        pytest.param("citekeys_bbt", "score_items", 0.98, 0.95, id="better-bibtex"),
        pytest.param("citekeys_jabref", "score_fields", 0.7, 0.95, id="jabref"),
    ],
)
def test_keys_of_others(
    shared: Path, scorer: Any, name: str, score: str, least_covered: float, least_right: float
) -> None:
    path = shared / "convert" / "cases" / f"{name}.jsonl"
    if not path.is_file():
        pytest.skip(f"{name}.jsonl is not among the shared cases")
    scored = [getattr(scorer, score)(row) for row in scorer.rows(path)]
    covered = [one for one in scored if one.refused is None]
    right = [one for one in covered if one.agrees]
    assert len(covered) >= least_covered * len(scored)
    assert len(right) >= least_right * len(covered), [one.id for one in covered if not one.agrees]
