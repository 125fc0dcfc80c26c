"""The costs that `benchmarks/enrich.py` measures, on fewer entries."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

import pytest

from tests.conftest import ROOT
from tests.loopback import ONLY_LOOPBACK

pytestmark = ONLY_LOOPBACK


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "enrich_benchmark", ROOT / "benchmarks" / "enrich.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["enrich_benchmark"] = module
    spec.loader.exec_module(module)
    return module


def test_requests_for_each_entry(benchmark: ModuleType) -> None:
    rows = {f"{row['scenario']}, {row['what']}": row for row in benchmark.online(200)}
    assert len(rows) == 6
    assert [name for name, row in rows.items() if not row["met"]] == []
    # And it is no saving of work: what can be found is found.
    known = rows["known IDs, arXiv IDs"]
    assert (known["with_arxiv"], known["with_doi"]) == (200, 134)
    assert rows["titles only, all on arXiv"]["with_arxiv"] == 200
    assert rows["code links, on top, token"]["with_code"] == 75
    assert rows["second run, all of it again"]["requests"] == {}
