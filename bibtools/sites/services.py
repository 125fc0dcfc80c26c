"""All services by name; a module is imported when its service is first asked for."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Final

from bibtools.sites.asking import Service

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
