"""What every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# How fast examples are drawn says how busy the machine is, nothing of what is tested.
settings.register_profile("bibtools", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("bibtools")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared measuring data; the test is skipped where it is absent."""
    folder = Path(os.environ.get("BIBTOOLS_SHARED") or ROOT.parent / "shared")
    if not folder.is_dir():
        pytest.skip(f"the shared data is not at {folder.name}/ (set BIBTOOLS_SHARED to its folder)")
    return folder


@pytest.fixture(autouse=True)
def _journal_of_the_test(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """No test writes into the journal or the answers of whoever runs it, or sends their keys."""
    monkeypatch.setenv("BIBTOOLS_STATE", str(tmp_path_factory.mktemp("journal")))
    monkeypatch.setenv("BIBTOOLS_CACHE", str(tmp_path_factory.mktemp("answers")))
    for name in os.environ:
        if name.endswith(("_TOKEN", "_API_KEY")) or name.startswith("BIBTOOLS_ENDPOINT_"):
            monkeypatch.delenv(name)
