"""The real services, one question each: `pytest --live -m live -rs`.

Off by default, and the only tests that leave this machine. They find out when a service has changed
what our parsers read. Keys are taken from the environment as in every run (docs/services.md names
them), `BIBTOOLS_CONTACT` too; `BIBTOOLS_ENDPOINT_...` leads to another server.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bibtools.adapters.web import Web, settings_from_environment
from bibtools.sites import services
from tests.live_questions import QUESTIONS, LiveQuestion, Right, Unasked, Wrong, judge

pytestmark = pytest.mark.live

# Before the fixture of all tests hides the keys of whoever runs them.
ENVIRONMENT = dict(os.environ)


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """The real transport, with little patience.

    Its folder is new, so nothing is answered from memory; all workers share it, so that together
    they keep the pace of each service.
    """
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    settings = settings_from_environment(ENVIRONMENT, folder / "live answers")
    with Web(replace(settings, retries=1, longest_wait=10.0)) as found:
        yield found


@pytest.mark.parametrize("live", QUESTIONS, ids=lambda live: live.name)
def test_what_a_service_says(live: LiveQuestion, web: Web) -> None:
    title = services.service(live.service).title
    match judge(live, web, datetime.now(UTC).date()):
        case Unasked(why):
            pytest.skip(f"could not ask {title}: {why}")
        case Wrong(why):
            pytest.fail(f"{title} says something else than we know:\n{why}", pytrace=False)
        case Right():
            pass
