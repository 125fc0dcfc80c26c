"""Questions in, answers out: the cache first, the rest in batches."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bibtools.adapters.closing import Closing
from bibtools.adapters.web.cache import Cache
from bibtools.adapters.web.clock import Clock, SystemClock
from bibtools.adapters.web.exchange import Asking, Counts, Exchange
from bibtools.adapters.web.pace import Interrupted
from bibtools.adapters.web.session import Failure
from bibtools.adapters.web.settings import WebSettings
from bibtools.model import Notice
from bibtools.model.progress import Progress
from bibtools.sites.asking import (
    Answer,
    Batch,
    CouldNotAsk,
    Found,
    Question,
    Reply,
    Request,
    Service,
    UnreadableError,
)

THREAD = "bibtools.web"
"""How the names of our threads begin."""
_LOOK = 0.2
"""Seconds between two looks for Ctrl-C while threads are at work."""
_PATIENCE = 2.0
"""Seconds that a thread gets to end after Ctrl-C."""
_SPLITS = 32
"""Requests that may be spent on finding the questions of one batch that spoil it."""
# The request itself is wrong, or too long: fewer questions may do.
_SPOILT = frozenset({400, 413, 414, 422})


class Job(NamedTuple):
    """Questions of one kind for one service."""

    service: Service
    kind: str
    questions: Sequence[Question]


@dataclass(frozen=True, slots=True)
class _Refused:
    """A batch that brought no answers."""

    reason: str
    divisible: bool = False
    """Whether fewer questions at once may do."""


class Web(Closing):
    """The services of the world, for one run. A context manager; threads must not share it."""

    def __init__(
        self,
        settings: WebSettings,
        clock: Clock | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """`jitter` gives a number from 0 to 1 for each wait before a repetition."""
        self._settings = settings
        self._clock = clock or SystemClock()
        self._cache = Cache(settings.cache)
        self._exchange = Exchange(settings, self._cache, jitter)
        self._answered: dict[str, float] = {}

    def close(self) -> None:
        """Close connections and files; what was learnt is in the cache since it came."""
        self._exchange.close()
        self._cache.close()

    @property
    def counts(self) -> Counts:
        """What the run cost so far."""
        return self._exchange.counts

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What is to be said of the files in the cache folder."""
        return (*self._cache.notices, *self._exchange.notices)

    @property
    def answered(self) -> Mapping[str, float]:
        """When the questions of this run were answered, in seconds since 1970: what the cache
        knew, before the run.
        """
        return self._answered

    @property
    def silent(self) -> bool:
        """Whether it can answer nothing: offline, and without earlier answers."""
        return self._settings.offline and self._cache.is_empty()

    def ask(
        self,
        service: Service,
        kind: str,
        subjects: Iterable[Question],
        progress: Progress | None = None,
    ) -> dict[Question, Answer]:
        """An answer for each question, in their order.

        What a batch brings is in the cache before the next is asked. Raises `ConfigError` for a
        key that no header can hold, `ValueError` for a question that is not of this service and
        kind.
        """
        questions = list(dict.fromkeys(subjects))
        return self._answers(Job(service, kind, questions), progress, self._clock)

    def ask_all(
        self, jobs: Sequence[Job], progress: Progress | None = None
    ) -> dict[Question, Answer]:
        """As `ask`, for many services: those of different hosts beside each other.

        `progress` is called from their threads, one at a time. Ctrl-C ends all of them.
        """
        by_host: dict[str, list[Job]] = {}
        for job in jobs:
            host = self._exchange.asking(job.service, self._clock).host
            by_host.setdefault(host, []).append(job)
        if len(by_host) > 1:
            answers = self._side_by_side(list(by_host.values()), _one_at_a_time(progress))
        else:
            answers = self._in_a_row(jobs, progress, self._clock)
        return {question: answers[question] for job in jobs for question in job.questions}

    def learn(self, service: Service, answers: Mapping[Question, Found]) -> None:
        """Keep answers that other answers of this service imply: a search that found a record
        answers the question for its ID.
        """
        asking = self._exchange.asking(service, self._clock)
        known = self._cache.find(asking.origin, list(answers))
        new = {question: answer for question, answer in answers.items() if question not in known}
        now = self._clock.now()
        if new:
            self._cache.store(asking.origin, new, now)
        for question in answers:
            when = known[question].asked if question in known else now
            self._answered.setdefault(str(question), when)

    def fetch(self, service: Service, request: Request) -> Reply | CouldNotAsk:
        """One request with the same pace, repetitions and limits, past the cache.

        For harvests and files; the caller reads the reply.
        """
        asking = self._exchange.asking(service, self._clock).at(request)
        if reason := self._exchange.why_not(asking, ""):
            return CouldNotAsk(reason)
        got = self._exchange.send(asking, "", request)
        if isinstance(got, Reply):
            self._exchange.succeeded(asking)
            return got
        self._exchange.failed(asking, got.reason)
        return CouldNotAsk(got.reason)

    # Many services at once.

    def _in_a_row(
        self, jobs: Sequence[Job], progress: Progress | None, clock: Clock
    ) -> dict[Question, Answer]:
        answers: dict[Question, Answer] = {}
        for job in jobs:
            left = [one for one in dict.fromkeys(job.questions) if one not in answers]
            answers.update(self._answers(job._replace(questions=left), progress, clock))
        return answers

    def _side_by_side(
        self, groups: Sequence[Sequence[Job]], progress: Progress | None
    ) -> dict[Question, Answer]:
        found: dict[int, dict[Question, Answer]] = {}
        faults: dict[int, BaseException] = {}
        clocks = [self._clock.branch() for _ in groups]
        ended = [threading.Event() for _ in groups]

        def work(number: int) -> None:
            try:
                found[number] = self._in_a_row(groups[number], progress, clocks[number])
            except Interrupted:
                pass
            except BaseException as fault:
                faults[number] = fault
                self._exchange.halt()
            finally:
                ended[number].set()

        # Daemons: a thread in the middle of a name look-up must not keep a process that ends.
        threads = [
            threading.Thread(target=work, args=(number,), name=f"{THREAD} {number}", daemon=True)
            for number in range(len(groups))
        ]
        try:
            for thread in threads:
                thread.start()
            _wait_for(ended)
        except BaseException:
            self._exchange.halt()
            for thread, one in zip(threads, ended, strict=True):
                if thread.ident is not None:
                    one.wait(_PATIENCE)
            raise
        self._clock.join(clocks)
        for _, fault in sorted(faults.items()):
            raise fault
        return {question: answer for part in found.values() for question, answer in part.items()}

    # One service.

    def _answers(self, job: Job, progress: Progress | None, clock: Clock) -> dict[Question, Answer]:
        for question in job.questions:
            if (question.service, question.kind) != (job.service.name, job.kind):
                raise ValueError(f'"{question}" is no question of {job.service.name}:{job.kind}')
        asking = self._exchange.asking(job.service, clock)
        batch = job.service.kinds[job.kind]
        answers = self._remembered(asking, batch, job.questions)
        left = [question for question in job.questions if question not in answers]
        if self._settings.offline:
            # Not even a request is made of ten thousand questions.
            reason = self._exchange.why_not(asking, job.kind) or ""
            answers.update(dict.fromkeys(left, CouldNotAsk(reason)))
            left = []
        keyed = self._settings.key(job.service.key_name) is not None
        for part in _requests(batch, left, keyed=keyed):
            if progress is not None:
                progress(job.service.title, len(answers), len(job.questions))
            answers.update(self._part(asking, job._replace(questions=part), [_SPLITS]))
        if left and progress is not None:
            progress(job.service.title, len(answers), len(job.questions))
        return {question: answers[question] for question in job.questions}

    def _remembered(
        self, asking: Asking, batch: Batch, questions: Sequence[Question]
    ) -> dict[Question, Answer]:
        """What the cache knows. Offline an old answer is better than none, if it is one."""
        now = asking.clock.now()
        offline = self._settings.offline
        answers: dict[Question, Answer] = {}
        for question, kept in self._cache.find(asking.origin, questions).items():
            if kept.is_good(batch, now) or (offline and isinstance(kept.answer, Found)):
                answers[question] = kept.answer
                self._answered.setdefault(str(question), kept.asked)
        self._exchange.count_cached(asking.service, len(answers))
        return answers

    def _part(self, asking: Asking, part: Job, splits: list[int]) -> dict[Question, Answer]:
        """Answers for what fits into one request; in two halves where that is refused."""
        got = self._once(asking, part)
        if not isinstance(got, _Refused):
            return got
        questions = part.questions
        if got.divisible and len(questions) > 1 and splits[0] >= 2:
            splits[0] -= 2
            half = len(questions) // 2
            halves = (questions[:half], questions[half:])
            answers: dict[Question, Answer] = {}
            for one in halves:
                answers.update(self._part(asking, part._replace(questions=one), splits))
            return answers
        if got.divisible:
            self._exchange.refused(asking, got.reason)
        return dict.fromkeys(questions, CouldNotAsk(got.reason))

    def _once(self, asking: Asking, part: Job) -> dict[Question, Answer] | _Refused:
        """One request, and what is read from its reply; stored when this returns."""
        batch = part.service.kinds[part.kind]
        request = batch.request(part.questions)
        asking = asking.at(request)
        if reason := self._exchange.why_not(asking, part.kind):
            return _Refused(reason)
        refused = _Refused("")
        # A body that was cut off without a sign of it comes whole the next time.
        for _ in range(2 if request.repeatable else 1):
            got = self._exchange.send(asking, part.kind, request)
            if isinstance(got, Failure):
                refused = _Refused(got.reason, got.too_large)
                break
            try:
                answers = self._read(asking, batch, got, part.questions)
            except UnreadableError as error:
                reason = self._exchange.clause(asking, str(error))
                refused = _Refused(reason, got.status in _SPOILT)
                if got.status != 200:
                    break
            else:
                self._exchange.succeeded(asking)
                self._keep(asking, answers)
                return answers
        if not refused.divisible:
            self._exchange.failed(asking, refused.reason)
        return refused

    def _read(
        self, asking: Asking, batch: Batch, reply: Reply, questions: Sequence[Question]
    ) -> dict[Question, Answer]:
        try:
            parsed = batch.parse(reply, questions)
        except UnreadableError:
            raise
        except Exception as error:  # one odd answer must not end the run
            raise UnreadableError(
                f"its answer cannot be read ({type(error).__name__}), which is a fault of bibtools"
            ) from error
        answers: dict[Question, Answer] = {}
        for question in questions:
            answer = parsed.get(question) or CouldNotAsk("its answer leaves this question out")
            if isinstance(answer, CouldNotAsk):
                answer = CouldNotAsk(self._exchange.clause(asking, answer.reason))
            answers[question] = answer
        return answers

    def _keep(self, asking: Asking, answers: dict[Question, Answer]) -> None:
        kept = {
            question: answer
            for question, answer in answers.items()
            if not isinstance(answer, CouldNotAsk)
        }
        if kept:
            now = asking.clock.now()
            self._cache.store(asking.origin, kept, now)
            self._answered.update((str(question), now) for question in kept)


def _requests(
    batch: Batch, questions: Sequence[Question], *, keyed: bool
) -> Iterator[Sequence[Question]]:
    """The questions by request: full ones, and one for each that can only stand alone."""
    size = max((batch.size_with_key if keyed else None) or batch.size, 1)
    alone = [one for one in questions if batch.alone is not None and batch.alone(one.subject)]
    apart = frozenset(alone)
    together = [one for one in questions if one not in apart]
    for start in range(0, len(together), size):
        yield together[start : start + size]
    for one in alone:
        yield [one]


def _wait_for(ended: Iterable[threading.Event]) -> None:
    """Wait for threads, in a way that Ctrl-C can end.

    Not with `join`: interrupted, Python 3.11 takes a thread for ended that is not.
    """
    for one in ended:
        # With pauses: a wait without end does not notice Ctrl-C on every system.
        while not one.wait(_LOOK):
            pass


def _one_at_a_time(progress: Progress | None) -> Progress | None:
    if progress is None:
        return None
    lock = threading.Lock()

    def locked(what: str, done: int, total: int) -> None:
        with lock:
            progress(what, done, total)

    return locked
