"""The gateway and the copy of the library on a server that others wrote."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.loopback import ONLY_LOOPBACK
from tests.zotero.second_server import SecondServer
from tests.zotero.wire_cases import CASES, Site


@ONLY_LOOPBACK
@pytest.mark.parametrize("case", [pytest.param(one, id=one.__name__) for one in CASES])
def test_on_the_second_server(second_server: SecondServer, case: Callable[[Site], None]) -> None:
    case(Site(second_server.address, second_server.user_id, second_server.api_key))
