"""Code links of an entry: joining what pages, arXiv's comments and dumps say.

A link is known by its repository, whatever its scheme, case, `www.`, `.git` or trailing slash.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bibtools.formats.link_dumps import COMMUNITY
from bibtools.model import Entry, Link
from bibtools.text.addresses import same_address_key

NO_LINK_REMARK = 'The page says "Code", but no link was found.'

COMMUNITY_MOST = 3
"""Links to other people's implementations that are shown where the authors gave none."""


def add_code_links(entry: Entry, found: Iterable[Link]) -> Entry:
    """The entry with the links it did not have yet, behind its own.

    Other people's implementations are added only where there is no other link, and then at
    most `COMMUNITY_MOST`. An entry whose page says "Code" but for which no link is known gets
    the remark that says so; it goes when a link is found.
    """
    known = {same_address_key(link.url) for link in (*entry.code, *entry.links)}
    added: list[Link] = []
    community: list[Link] = []
    for link in found:
        key = same_address_key(link.url)
        if key in known:
            continue
        known.add(key)
        (community if link.evidence == COMMUNITY else added).append(link)
    if not entry.code and not added:
        added = community[:COMMUNITY_MOST]
    return with_code_remark(replace(entry, code=(*entry.code, *added)) if added else entry)


def with_code_remark(entry: Entry) -> Entry:
    """The entry with the remark on a missing code link where it is due, and only there."""
    due = entry.code_flag and not entry.code
    if due == (NO_LINK_REMARK in entry.remarks):
        return entry
    if due:
        return replace(entry, remarks=(*entry.remarks, NO_LINK_REMARK))
    return replace(entry, remarks=tuple(text for text in entry.remarks if text != NO_LINK_REMARK))
