"""Whether the repositories that entries name are there: renamed, archived, gone.

What the host says is kept as evidence of the link (`Evidence.link`), with the day, the address
before a move, and where Software Heritage has a copy of what is gone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bibtools.adapters.web.asking import Job
from bibtools.codelinks import clause, follow, repository_of
from bibtools.formats.provenance import ARCHIVED, GONE, THERE, LinkState
from bibtools.model import Link
from bibtools.model.progress import Progress
from bibtools.sites import services
from bibtools.sites.asking import Answer, CouldNotAsk, Found, NotFound, Question
from bibtools.text.addresses import same_address_key
from bibtools.workflows.online.state import Asks, Evidence, Work

OWN = "the entry itself"
"""The source of what stood in the user's file."""
_HOSTS = {"github.com": "github", "gitlab.com": "gitlab"}
_ARCHIVE = "software-heritage"


@dataclass(frozen=True, slots=True)
class _Answers:
    """What was asked of links, and what came of it."""

    asked: Mapping[str, Question] = field(default_factory=dict)
    """By the address of the link."""
    answers: Mapping[Question, Answer] = field(default_factory=dict)
    copies: Mapping[Question, Answer] = field(default_factory=dict)
    """What Software Heritage says, by its own questions."""


def verify(works: Sequence[Work], web: Asks, today: str, progress: Progress | None = None) -> None:
    """Follow what was renamed, and say what is archived or gone.

    A link that was there already in the user's file is never changed, only told about. One that
    was only found now and is gone is no code any more: it stays as evidence, with its copy.
    """
    asked = {
        link.url: question
        for work in works
        for link in work.now.code
        if (question := question_of(link.url)) is not None
    }
    answers = _ask(list(dict.fromkeys(asked.values())), web, progress)
    gone = [url for url, question in asked.items() if isinstance(answers[question], NotFound)]
    told = _Answers(asked, answers, _copies(gone, web, progress))
    for work in works:
        given = {link.url for link in work.given.code}
        links: dict[str, Link] = {}
        for link in work.now.code:
            judged = _judge(work, link, told, link.url in given, today)
            if judged is None:
                continue
            # Two old names of one repository are one link.
            links.setdefault(same_address_key(judged.url), judged)
        if tuple(links.values()) != work.now.code:
            work.now = replace(work.now, code=tuple(links.values()))
    _learn_new_names(answers, web)


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


def _learn_new_names(answers: Mapping[Question, Answer], web: Asks) -> None:
    """Keep what was said of a repository under its new name too: the next run asks for that."""
    for question, answer in answers.items():
        if not isinstance(answer, Found):
            continue
        record = answer.records[0]
        found = record.repository
        if found is None or found.moved_from is None or (new := question_of(found.url)) is None:
            continue
        known = replace(record, repository=replace(found, moved_from=None))
        web.learn(services.service(question.service), {new: Found((known,))})


def _copy_question(url: str) -> Question:
    """The question for a copy. The archive knows a repository by its address with its capitals."""
    root = repository_of(url) or url
    host, _, path = root.partition("://")[2].partition("/")
    return Question(_ARCHIVE, "repository", f"{host.lower().removeprefix('www.')}/{path}")


def _copies(gone: Sequence[str], web: Asks, progress: Progress | None) -> dict[Question, Answer]:
    """What Software Heritage says of what is gone."""
    asked = list(dict.fromkeys(_copy_question(url) for url in gone))
    if not asked:
        return {}
    return web.ask_all([Job(services.service(_ARCHIVE), "repository", asked)], progress)


def _copy(work: Work, url: str, told: _Answers) -> tuple[str | None, str]:
    """The address of a copy as in `LinkState.copy`, and a sentence for the notice."""
    question = _copy_question(url)
    match told.copies.get(question):
        case Found(records):
            repository = records[0].repository
            if repository is not None and repository.snapshot:
                return repository.snapshot, f" Software Heritage has it: {repository.snapshot}"
        case NotFound():
            return "", " Software Heritage has no copy under this address."
        case CouldNotAsk(reason):
            work.could_not(services.service(_ARCHIVE), question, reason)
    return None, ""


def _judge(work: Work, link: Link, told: _Answers, own: bool, today: str) -> Link | None:
    """The link as it is to be written; None for one that is not."""
    question = told.asked.get(link.url)
    answer = told.answers.get(question) if question is not None else None
    if question is None or answer is None:
        return link
    host = services.service(question.service)
    state = LinkState(THERE, host.title, str(question), today)
    match answer:
        case CouldNotAsk(reason):
            work.could_not(host, question, reason)
            return link
        case NotFound():
            copy, where = _copy(work, link.url, told)
            said = "" if own else ", and was not written"
            work.tell(f"{link.url} is gone (or private){said}.{where}", "enrich.dead-link")
            _keep(work, link, link, replace(state, state=GONE, copy=copy))
            return link if own else None
        case Found(records):
            repository = records[0].repository
    if repository is None:
        return link
    if repository.archived:
        state = replace(state, state=ARCHIVED)
        work.tell(f"{link.url} is archived: nobody works on it any more.", "enrich.archived")
    moved = follow(link, repository)
    if moved.url == link.url:
        _keep(work, link, link, state)
        return link
    if own:
        work.tell(f"{link.url} has moved to {moved.url}; your link was kept.", "enrich.moved")
        _keep(work, link, link, replace(state, now=moved.url))
        return link
    _keep(work, link, moved, replace(state, was=link.url))
    return moved


def _keep(work: Work, old: Link, new: Link, state: LinkState) -> None:
    """Put the state beside the evidence of the link, under its new address."""
    known = work.evidence.pop(f"code {old.url}", None)
    if known is None:
        known = Evidence("code", OWN, "", "it was there already", "")
    rule = clause(known.rule)
    if state.was:
        rule = f"{rule}; renamed since"
    work.evidence.setdefault(f"code {new.url}", replace(known, rule=rule, link=state))
