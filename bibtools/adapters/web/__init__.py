"""Asking public services over the network: identity, patience, memory.

    with Web(settings_from_environment(os.environ, cache=folder)) as web:
        answers = web.ask(service, "doi", questions)
    print(web.counts)

| module | what |
|---|---|
| `settings` | who we are, keys, test servers, patience |
| `asking` | `Web`: the cache first, the rest in batches |
| `exchange` | one request with its repetitions; closing what does not answer; counting |
| `session` | one request on the wire with its redirects |
| `addresses` | connections to public addresses only |
| `bodies` | a body: bounded, decompressed, whole, in UTF-8 |
| `limits` | what headers say of rates and budgets |
| `pace` | one rate for each host or operator over all processes |
| `processes` | whether a process that holds something is gone |
| `cache` | answers by question |
| `clock` | real and simulated time |
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bibtools.adapters.web.asking import Job, Web
    from bibtools.adapters.web.clock import Clock, SimulatedClock, SystemClock
    from bibtools.adapters.web.exchange import Counts
    from bibtools.adapters.web.settings import (
        WebSettings,
        cache_folder,
        settings_from_environment,
    )

_HOMES = {
    "Clock": "clock",
    "Counts": "exchange",
    "Job": "asking",
    "SimulatedClock": "clock",
    "SystemClock": "clock",
    "Web": "asking",
    "WebSettings": "settings",
    "cache_folder": "settings",
    "settings_from_environment": "settings",
}

__all__ = [
    "Clock",
    "Counts",
    "Job",
    "SimulatedClock",
    "SystemClock",
    "Web",
    "WebSettings",
    "cache_folder",
    "settings_from_environment",
]


def __getattr__(name: str) -> Any:
    """Load a name when it is first used: requests takes a tenth of a second, and who only wants to
    know where the cache is needs none of it.
    """
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'bibtools.adapters.web' has no attribute {name!r}")
    return getattr(importlib.import_module(f"bibtools.adapters.web.{home}"), name)
