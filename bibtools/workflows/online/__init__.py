"""Enrichment from the index and the public services: rounds of questions, then one decision."""

from bibtools.workflows.online.rounds import enrich_online
from bibtools.workflows.online.state import (
    Asks,
    Evidence,
    Online,
    OnlineOptions,
    Told,
    Unasked,
    Work,
    dated,
)

__all__ = [
    "Asks",
    "Evidence",
    "Online",
    "OnlineOptions",
    "Told",
    "Unasked",
    "Work",
    "dated",
    "enrich_online",
]
