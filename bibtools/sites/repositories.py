"""What the services that know code share: names of repositories, and evidence of code links."""

from __future__ import annotations

import re

from bibtools.model import Link
from bibtools.sites import shapes
from bibtools.text.urls import REPOSITORY, kind_of

# `bibtools.codelinks.EVIDENCE` says what they count.
AUTHOR_LISTED = "paper page: added by its author"
LISTED_OFFICIAL = "listing: official"
LISTED_COMMUNITY = "listing: not official"
TEXT_MATCH = "listing: text match"

LONGEST_README = 20_000
"""Characters of a README that are kept."""

_OWNER_AND_NAME = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)


def name_on(host: str, subject: str) -> str | None:
    """The path of a repository (`owner/name`) when the subject `host/owner/name` is on this host.

    None for another host and for what cannot be a repository's name.
    """
    path = subject.removeprefix(f"{host}/").strip("/")
    if path == subject or not re.fullmatch(r"[\w.-]+(?:/[\w.-]+)+", path, re.ASCII):
        return None
    # Dots alone would lead somewhere else in the address.
    return None if any(set(part) == {"."} for part in path.split("/")) else path


def repository_link(value: object, evidence: str) -> Link | None:
    """A link to code; `owner/name` alone is on GitHub."""
    found = shapes.text(value)
    if found is not None and _OWNER_AND_NAME.fullmatch(found):
        found = f"https://github.com/{found}"
    url = shapes.address(found)
    return Link(url, evidence, kind_of(url)) if url is not None else None


def is_repository(link: Link) -> bool:
    """Whether it leads to a repository, and not to an account or a page."""
    return link.kind == REPOSITORY
