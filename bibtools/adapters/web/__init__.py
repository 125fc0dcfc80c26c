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

from bibtools.adapters.web.asking import Job, Web
from bibtools.adapters.web.clock import Clock, SimulatedClock, SystemClock
from bibtools.adapters.web.exchange import Counts
from bibtools.adapters.web.settings import (
    WebSettings,
    cache_folder,
    settings_from_environment,
)

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
