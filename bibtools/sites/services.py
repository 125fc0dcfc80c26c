"""All services by name; a module is imported when its service is first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Final

from bibtools.sites.asking import Pace, Service

MODULES: Final = {
    "arxiv": "arxiv",
    "crossref": "crossref",
    "datacite": "datacite",
    "semantic-scholar": "semantic_scholar",
    "openalex": "openalex",
    "dblp": "dblp",
    "hugging-face": "huggingface",
    "paperswithcode": "paperswithcode",
    "github": "github",
    "gitlab": "gitlab",
    "software-heritage": "software_heritage",
    "acl": "acl",
    "inspire": "inspire",
    "pubmed": "pubmed",
    "open-library": "open_library",
    "orcid": "orcid",
    "arxiv-oai": "arxiv_oai",
}
"""`Service.name` to the module of this folder that has it as `SERVICE`."""


@cache
def service(name: str) -> Service:
    """The service of this name. Raises `KeyError` for another."""
    found: Service = import_module(f"bibtools.sites.{MODULES[name]}").SERVICE
    return found


def all_services() -> tuple[Service, ...]:
    """Every service, in the order of the table."""
    return tuple(service(name) for name in MODULES)


PACED_TOGETHER: Final[Mapping[str, Pace]] = {
    # One request in three seconds and a single connection at a time, for the query API, OAI-PMH
    # and RSS together: https://info.arxiv.org/help/api/tou.html
    "arxiv.org": Pace(3.0),
}
"""Domains whose operator counts the requests to all of their hosts together, and how fast all of
them together may be asked."""


def paced_together(host: str) -> str | None:
    """The domain in `PACED_TOGETHER` that this host (without port) belongs to, if any."""
    name = host.lower().rstrip(".")
    for domain in PACED_TOGETHER:
        if name == domain or name.endswith(f".{domain}"):
            return domain
    return None


def stricter(one: Pace, other: Pace) -> Pace:
    """The pace that keeps to both."""
    return Pace(max(one.seconds, other.seconds), min(one.at_once, other.at_once))
