"""What a person is shown of the papers that an entry may be: their authors and years."""

from __future__ import annotations

from collections.abc import Mapping

from bibtools.adapters.index import Index
from bibtools.adapters.web.asking import Job
from bibtools.model import Entry
from bibtools.sites.asking import Found, Question
from bibtools.workflows.online.questions import named, without_version
from bibtools.workflows.online.state import Asks, Online


def candidate_records(online: Online, web: Asks, index: Index | None = None) -> Mapping[str, Entry]:
    """The records of the papers that entries without an arXiv ID may be, by ID without version.

    The index is asked first, then arXiv, a hundred in one request; who cannot be asked is missing.
    """
    wanted = {
        without_version(one.arxiv)
        for told in online.told
        if told.entry.arxiv is None and told.entry.resolution is not None
        for one in told.entry.resolution.candidates
    }
    found: dict[str, Entry] = {}
    for arxiv in wanted:
        paper = index.paper(arxiv) if index is not None else None
        if paper is not None:
            found[arxiv.value] = Entry(
                title=paper.title, authors=paper.authors, date=paper.created, arxiv=arxiv
            )
    left = sorted(one.value for one in wanted if one.value not in found)
    if left and not web.silent:
        questions = [Question("arxiv", "arxiv", one) for one in left]
        answers = web.ask_all([Job(named("arxiv"), "arxiv", questions)])
        for question, answer in answers.items():
            if isinstance(answer, Found):
                found[question.subject] = answer.records[0].entry
    return found
