"""Whether the repositories that entries name are there: renamed, archived, gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bibtools.adapters.web.asking import Job
from bibtools.codelinks import follow, repository_of
from bibtools.model import Link
from bibtools.model.progress import Progress
from bibtools.sites import services
from bibtools.sites.asking import Answer, CouldNotAsk, Found, NotFound, Question
from bibtools.text.addresses import same_address_key
from bibtools.workflows.online.state import Asks, Evidence, Work

_HOSTS = {"github.com": "github", "gitlab.com": "gitlab"}
_ARCHIVE = "software-heritage"


def verify(works: Sequence[Work], web: Asks, today: str, progress: Progress | None = None) -> None:
    """Follow what was renamed, and say what is archived or gone.

    A link that was there already in the user's file is never changed, only told about.
    """
    asked = {
        link.url: question
        for work in works
        for link in work.now.code
        if (question := question_of(link.url)) is not None
    }
    answers = _ask(list(dict.fromkeys(asked.values())), web, progress)
    gone = [question for question, answer in answers.items() if isinstance(answer, NotFound)]
    copies = _copies(gone, web, progress)
    for work in works:
        given = {link.url for link in work.given.code}
        links = []
        for link in work.now.code:
            question = asked.get(link.url)
            answer = answers.get(question) if question is not None else None
            copy = copies.get(question) if question is not None else None
            links.append(_judge(work, link, answer, copy, link.url in given, today))
        if tuple(links) != work.now.code:
            work.now = replace(work.now, code=tuple(links))


def question_of(url: str) -> Question | None:
    """The question whether a repository is there; None for a host that nobody is asked about."""
    root = repository_of(url)
    if root is None:
        return None
    key = same_address_key(root)
    service = next((name for host, name in _HOSTS.items() if key.startswith(host + "/")), None)
    return Question(service, "repository", key) if service is not None else None


def _ask(
    questions: Sequence[Question], web: Asks, progress: Progress | None
) -> dict[Question, Answer]:
    jobs = [
        Job(services.service(name), "repository", own)
        for name in _HOSTS.values()
        if (own := [one for one in questions if one.service == name])
    ]
    return web.ask_all(jobs, progress) if jobs else {}


def _copies(
    gone: Sequence[Question], web: Asks, progress: Progress | None
) -> dict[Question, Answer]:
    """What Software Heritage says of what is gone."""
    heritage = services.service(_ARCHIVE)
    asked = {Question(heritage.name, "repository", one.subject): one for one in gone}
    if not asked:
        return {}
    answers = web.ask_all([Job(heritage, "repository", list(asked))], progress)
    return {asked[question]: answer for question, answer in answers.items()}


def _where(work: Work, copy: Answer | None) -> str:
    """A sentence that tells where a copy is, where there is one."""
    match copy:
        case Found(records):
            repository = records[0].repository
            if repository is not None and repository.snapshot:
                return f" Software Heritage has it: {repository.snapshot}"
        case CouldNotAsk(reason):
            work.could_not(services.service(_ARCHIVE), reason)
    return ""


def _judge(
    work: Work, link: Link, answer: Answer | None, copy: Answer | None, own: bool, today: str
) -> Link:
    if answer is None:
        return link
    if isinstance(answer, CouldNotAsk):
        host = question_of(link.url)
        assert host is not None
        work.could_not(services.service(host.service), answer.reason)
        return link
    if isinstance(answer, NotFound):
        work.tell(f"{link.url} is gone (or private).{_where(work, copy)}", "enrich.dead-link")
        return link
    repository = answer.records[0].repository
    if repository is None:
        return link
    if repository.archived:
        work.tell(f"{link.url} is archived: nobody works on it any more.", "enrich.archived")
    moved = follow(link, repository)
    if moved.url == link.url:
        return link
    if own:
        work.tell(f"{link.url} has moved to {moved.url}; your link was kept.", "enrich.moved")
        return link
    known = work.evidence.pop(f"code {link.url}", None)
    work.evidence[f"code {moved.url}"] = Evidence(
        "code",
        known.source if known is not None else "GitHub",
        known.question if known is not None else "",
        f"{known.rule if known is not None else link.evidence}; renamed since",
        today,
    )
    return moved
