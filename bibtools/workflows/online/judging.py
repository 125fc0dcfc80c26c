"""Whether what an identifier leads to is the entry's own record."""

from __future__ import annotations

from bibtools.matching.own_record import is_own_record
from bibtools.matching.published_pair import names_preprint
from bibtools.model import Outcome
from bibtools.sites.records import Record
from bibtools.text.notices import says_notice
from bibtools.workflows.online.state import Work


def judge_own(work: Work, record: Record) -> tuple[Outcome, str]:
    """Whether a record got by an identifier of the entry is the entry's: see `own_record`."""
    given, entry = work.given, record.entry
    if record.notice is not None and not says_notice(work.now.title or ""):
        return Outcome.NONE, f"it is {record.notice}"
    doi, preprint = record.published_doi, record.preprint_doi
    named = (doi is not None and given.doi is not None and doi.folded == given.doi.folded) or (
        preprint is not None and names_preprint(preprint, given)
    )
    if entry.title is None and not entry.authors:
        # A PubMed ID for a DOI, and the like: nothing that could be another work's.
        return Outcome.SURE, "the record has no more than identifiers"
    return is_own_record(work.now, entry, named=named)
