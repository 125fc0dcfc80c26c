"""What every test may ask for."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# How fast examples are drawn says how busy the machine is, nothing of what is tested.
settings.register_profile("bibtools", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("bibtools")

ROOT = Path(__file__).resolve().parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--live`."""
    parser.addoption(
        "--live",
        action="store_true",
        help="also ask the real services, one question each (see tests/live/; needs a network)",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests of the real services may use the network with `--live`, and else do not run."""
    allowed = pytest.mark.enable_socket
    left_out = pytest.mark.skip(reason="asks a real service: only with --live")
    for item in items:
        if item.get_closest_marker("live") is not None:
            item.add_marker(allowed if config.getoption("--live") else left_out)


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
    """No test writes into the journal, the answers or the keyring of whoever runs it, or sends
    their keys."""
    monkeypatch.setitem(sys.modules, "keyring", None)
    monkeypatch.setenv("BIBTOOLS_STATE", str(tmp_path_factory.mktemp("journal")))
    monkeypatch.setenv("BIBTOOLS_CACHE", str(tmp_path_factory.mktemp("answers")))
    monkeypatch.setenv("BIBTOOLS_CONFIG", str(tmp_path_factory.mktemp("settings")))
    for name in os.environ:
        if name.endswith(("_TOKEN", "_API_KEY")) or name.startswith("BIBTOOLS_ENDPOINT_"):
            monkeypatch.delenv(name)
