"""The round for code links: what the authors print, what paper pages say, what is still there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bibtools.adapters.web.asking import Job
from bibtools.codelinks import (
    NAMES_PAPER,
    UNOFFICIAL,
    add_code_links,
    clause,
    is_common_ground,
    is_unofficial,
    names_paper,
    stated_links,
)
from bibtools.model import Link, Outcome
from bibtools.sites.asking import Answer, Found, NotFound, Question, Service
from bibtools.sites.repositories import TEXT_MATCH
from bibtools.text.addresses import is_local
from bibtools.text.code_mentions import is_list_of_papers
from bibtools.workflows.online import questions
from bibtools.workflows.online.questions import named
from bibtools.workflows.online.repositories import question_of, verify
from bibtools.workflows.online.state import Evidence, Work

if TYPE_CHECKING:
    from bibtools.workflows.online.rounds import Run


def find_code(run: Run) -> None:
    """Add the links to the code of the works that have none, and say how they are known.

    A link that a service matched by text counts only when the repository itself names the paper.
    That is asked with a token, where a request tells of twenty; without one the link is told.
    """
    for work in run.works:
        _read_own_words(run, work)
    pages = [named("hugging-face")]
    if run.options.thorough:
        pages.append(named("paperswithcode"))
    found: dict[int, list[tuple[Link, Service, Question]]] = {}
    for work, service, question, answer in run.ask(
        [(service, "code", questions.by_code(service)) for service in pages]
    ):
        if isinstance(answer, Found):
            found.setdefault(work.number, []).extend(
                (link, service, question) for record in answer.records for link in record.entry.code
            )
    _settle_matches(run, found)
    for work in run.works:
        told = found.get(work.number, [])
        _add(run, work, [link for link, _, _ in told], told)
    if run.options.verify:
        verify(run.works, run.web, run.today, run.progress)
    for work in run.works:
        if work.beside is not None:
            work.beside = replace(work.beside, code=work.now.code)


def _read_own_words(run: Run, work: Work) -> None:
    """The links that abstract and comment print."""
    if "code" in work.locked:
        return
    arxiv = named("arxiv")
    for question, record in work.records:
        if question.service != "arxiv":
            continue
        links = [
            one.link for one in stated_links(record.entry.abstract, record.comment) if one.is_code
        ]
        _add(run, work, links, [(link, arxiv, question) for link in links])


def _add(
    run: Run, work: Work, links: Iterable[Link], told: Sequence[tuple[Link, Service, Question]]
) -> None:
    if "code" in work.locked:
        return
    before = {link.url for link in work.now.code}
    work.now = add_code_links(work.now, (link for link in links if not is_local(link.url)))
    for link in work.now.code:
        if link.url in before:
            continue
        for one, service, question in told:
            if one.url == link.url:
                work.evidence[f"code {link.url}"] = Evidence(
                    "code", service.title, str(question), clause(link.evidence), run.today
                )
                break


def _settle_matches(run: Run, found: dict[int, list[tuple[Link, Service, Question]]]) -> None:
    """Of links that were matched by text, keep those whose repository names the paper."""
    matched = {
        (number, link.url): asked
        for number, told in found.items()
        for link, _, _ in told
        if _needs_proof(run.works[number], link) and (asked := question_of(link.url)) is not None
    }
    readmes = [
        replace(asked, kind="readme")
        for asked in dict.fromkeys(matched.values())
        if asked.service == "github" and "github" in run.options.keyed
    ]
    answers: dict[Question, Answer] = {}
    if readmes:
        answers = run.web.ask_all([Job(named("github"), "readme", readmes)], run.progress)
    for number, told in found.items():
        kept = []
        for link, service, question in told:
            asked = matched.get((number, link.url))
            answer = answers.get(replace(asked, kind="readme")) if asked is not None else None
            if is_list_of_papers(link.url):
                run.works[number].tell(
                    f"{service.title} has {link.url} for it, which is a list of papers.",
                    "enrich.code-list",
                    "Nothing was written of it.",
                )
                continue
            if _needs_proof(run.works[number], link):
                settled = _settled(run.works[number], link, service, answer)
                if settled is None and Outcome.LIKELY not in run.options.accept:
                    continue
                link = settled or link
            kept.append((link, service, question))
        found[number] = kept


def _needs_proof(work: Work, link: Link) -> bool:
    """Whether a link counts only when the repository itself names the paper."""
    return link.evidence == TEXT_MATCH or is_common_ground(link.url, work.now.title)


def _settled(work: Work, link: Link, service: Service, answer: Answer | None) -> Link | None:
    """The link when its repository names the paper; else it is told why it was not taken."""
    repository = answer.records[0].repository if isinstance(answer, Found) else None
    arxiv = work.now.arxiv.value if work.now.arxiv is not None else None
    if repository is not None and names_paper(repository, work.now.title, arxiv):
        if is_unofficial(repository):
            return replace(link, evidence=UNOFFICIAL)
        return replace(link, evidence=NAMES_PAPER) if link.evidence == TEXT_MATCH else link
    if isinstance(answer, Found):
        why = "but its README names neither title nor ID"
    elif isinstance(answer, NotFound):
        why = "but it is gone or has no README"
    else:
        why = "and nobody else says so"
    how = f"{service.title} matched {link.url} to it by text"
    if link.evidence != TEXT_MATCH:
        how = f"{service.title} has {link.url} for it, which thousands of papers use"
    work.tell(
        f"{how}, {why}.",
        "enrich.code-unsure",
        "Nothing was written of it; --accept likely takes it.",
    )
    return None
