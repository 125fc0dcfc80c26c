"""What the tests of the Zotero floor may ask for."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.zotero.prepare_second_server import NotPreparedError
from tests.zotero.second_server import SecondServer, find_install, running


@pytest.fixture(scope="session")
def _second_server_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecondServer]:
    try:
        folder = find_install(os.environ)
    except NotPreparedError as reason:
        pytest.skip(str(reason))
    with running(folder, tmp_path_factory.mktemp("second-server")) as server:
        yield server


@pytest.fixture
def second_server(_second_server_process: SecondServer) -> SecondServer:
    """An independent Zotero server, empty; the test is skipped with the reason where it is absent.

    The test has to be marked `ONLY_LOOPBACK` (tests/loopback.py), which opens 127.0.0.1 for it.
    """
    _second_server_process.reset()
    return _second_server_process
