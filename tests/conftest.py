"""What every test may ask for."""

from __future__ import annotations

import gc
import itertools
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Iterator

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


def pytest_configure(config: pytest.Config) -> None:
    """Folders of tests lie in memory where that can be, and the programs that tests start keep
    their bytecode where Python was told to write none.

    Else each of some hundreds of them compiles all that it imports. The bytecode goes when the
    tests end; nothing is written into the checkout.
    """
    if "PYTEST_DEBUG_TEMPROOT" not in os.environ and (folder := in_memory()) is not None:
        # Thousands of commits of SQLite would wait for a disk.
        os.environ["PYTEST_DEBUG_TEMPROOT"] = folder
    if sys.dont_write_bytecode:
        kept = tempfile.TemporaryDirectory(prefix="bibtools-tests-", ignore_cleanup_errors=True)
        config.add_cleanup(kept.cleanup)
        os.environ["PYTHONPYCACHEPREFIX"] = kept.name
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def in_memory() -> str | None:
    """A folder in memory, large enough and such that programs may be run from it; else None."""
    folder = "/dev/shm"
    if not (hasattr(os, "statvfs") and os.access(folder, os.W_OK)):
        return None
    room = os.statvfs(folder)
    large = room.f_bavail * room.f_frsize >= 4_000_000_000
    return folder if large and not room.f_flag & os.ST_NOEXEC else None


def pytest_xdist_auto_num_workers() -> int | None:
    """One more than there are processors: a fifth of the time tests wait for other programs."""
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None  # as xdist reads it
    return processors() + 1


def processors() -> int:
    """How many processors these tests may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def pytest_collection_finish() -> None:
    """Spare the collector of garbage the ten thousand tests that stay until the end."""
    gc.collect()
    gc.freeze()


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


@pytest.fixture(scope="session")
def _folders_of_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Names for the folders of one test after the other; nothing is made before it is needed.

    `mktemp` reads the whole list of folders that earlier tests left: with ten thousand tests that
    would be a third of the time of all of them.
    """
    folder = tmp_path_factory.mktemp("homes")
    return (folder / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def _journal_of_the_test(
    monkeypatch: pytest.MonkeyPatch, _folders_of_tests: Iterator[Path]
) -> None:
    """No test writes into the journal, the answers or the keyring of whoever runs it, or sends
    their keys."""
    home = next(_folders_of_tests)
    monkeypatch.setitem(sys.modules, "keyring", None)
    for name in ("state", "cache", "config"):
        monkeypatch.setenv(f"BIBTOOLS_{name.upper()}", str(home / name))
    for name in os.environ:
        if name.endswith(("_TOKEN", "_API_KEY")) or name.startswith("BIBTOOLS_ENDPOINT_"):
            monkeypatch.delenv(name)
