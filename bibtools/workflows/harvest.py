"""Keeping the index up to date: what is new on arXiv, page after page, and on from where it
stopped.

The place where a harvest stands (`harvest_place`) is stored with the pages it is the place of:
first beside the index with the pages that wait, at the end of a run in the index with their
records.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Protocol

from bibtools.adapters.index import IndexInfo, schema
from bibtools.adapters.index.tables import Tables, open_tables
from bibtools.adapters.index.updating import Page, check_writable, fingerprint, update
from bibtools.adapters.index.waiting import WaitingPages, waiting_path
from bibtools.errors import SourceError, UsageError, WriteError
from bibtools.model.progress import Progress
from bibtools.sites import arxiv_oai
from bibtools.sites.arxiv_oai import ExpiredTokenError, HarvestPage
from bibtools.sites.asking import CouldNotAsk, Reply, Request, Service, UnreadableError
from bibtools.workflows.harvest_place import Harvest, Progressed

EARLIEST = "2005-09-16"
"""The day before which nothing has changed, as arXiv's service says of itself; asking for an
earlier one is an error there."""
_STEP = "harvesting arXiv"
_SET = re.compile(r"[A-Za-z0-9_.-]+(?::[A-Za-z0-9_.-]+){0,3}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TRIES = 2
"""Of a page that cannot be read: a body cut off without a sign of it comes whole the next time."""
_RESTARTS = 5
"""Beginnings from the day reached, in one run, without a further page in between."""


class Fetches(Protocol):
    """What of `adapters.web.Web` a harvest needs."""

    def fetch(self, service: Service, request: Request) -> Reply | CouldNotAsk:
        """One request, past the cache."""


@dataclass(frozen=True, slots=True)
class UpdatePlan:
    """What an update would ask for."""

    set_name: str
    harvest: Harvest
    because: str
    """A clause: "the index was last updated on that day"."""
    closes: bool
    """Whether nothing is left out between what the index has and this harvest."""
    waiting: int = 0
    """Pages that a run which was cut off left."""

    def lines(self) -> list[str]:
        """The plan for the user."""
        what = f'the set "{self.set_name}" of arXiv' if self.set_name else "arXiv"
        harvest = self.harvest
        lines = [f"would harvest what changed in {what} since {harvest.begin}: {self.because}"]
        if harvest.token is not None:
            lines.append(f"  {harvest.records:,} records of it came already")
        if self.waiting:
            lines.append(f"  pages that wait to be put into the index: {self.waiting}")
        return lines


@dataclass(frozen=True, slots=True)
class Updated:
    """What an update did."""

    info: IndexInfo
    plan: UpdatePlan
    pages: int = 0
    records: int = 0
    deleted: int = 0
    unread: int = 0
    finished: bool = False
    """Whether the harvest came to its end."""
    stopped: str | None = None
    """Why it stopped before, a clause, when arXiv did not answer."""

    def lines(self) -> list[str]:
        """What was done, for the user."""
        plan = self.plan
        where = f"arXiv ({plan.set_name})" if plan.set_name else "arXiv"
        lines = [f"{where} since {plan.harvest.begin}: {self.records:,} records new or changed"]
        for number, what in (
            (plan.waiting, "pages were left by an update that was cut off"),
            (self.deleted, "were deleted"),
            (self.unread, "could not be read and were left out"),
        ):
            if number:
                lines.append(f"  {number:,} {what}")
        if not self.finished and self.stopped is None:
            lines.append("  more is to come: run the update again to go on")
        return lines


def utc_day() -> str:
    """Today as arXiv counts days."""
    return datetime.now(UTC).date().isoformat()


def plan_update(
    path: Path, since: str | None = None, set_name: str | None = None, today: str | None = None
) -> UpdatePlan:
    """From which day an update would harvest, and why. Asks nobody and writes nothing.

    Raises `UsageError` for an odd day or set, `InputError` for a file that is no index.
    """
    today = today or utc_day()
    name = _checked_set(set_name)
    asked = _checked_day(since, today)
    with open_tables(path) as tables:
        kept = Progressed.from_json(tables.meta.get(schema.HARVEST))
        waiting = 0
        if waiting_path(path).exists():
            with WaitingPages(path, fingerprint(tables)) as pages:
                waiting = pages.count()
                kept = Progressed.from_json(pages.harvest) if pages.harvest else kept
        return replace(_planned(tables, kept, name, asked, today), waiting=waiting)


def _planned(
    tables: Tables, kept: Progressed, name: str, asked: str | None, today: str
) -> UpdatePlan:
    usual, because = _usual_day(tables, kept, name, today)
    running = kept.open.get(name)
    if running is not None and asked in (None, running.asked):
        going_on = running
        if running.token is None or running.token_day != today:
            going_on = running.again()
        why = "an earlier update came so far"
        return UpdatePlan(name, going_on, why, running.asked is None or running.asked <= usual)
    if asked is not None:
        begin = max(asked, EARLIEST)
        return UpdatePlan(name, Harvest(begin, asked), "as you said", begin <= usual)
    return UpdatePlan(name, Harvest(usual), because, closes=True)


def _usual_day(tables: Tables, kept: Progressed, name: str, today: str) -> tuple[str, str]:
    """The day of the newest thing that the index surely has."""
    parts = name.split(":") if name else []
    wider = ["", *(":".join(parts[:number]) for number in range(1, len(parts) + 1))]
    days = [kept.done[one] for one in wider if one in kept.done]
    if days:
        return min(max(days), today), "the last update began on that day"
    day, because = _base_day(tables, kept)
    return min(max(day, EARLIEST), today), because


def _base_day(tables: Tables, kept: Progressed) -> tuple[str, str]:
    if kept.base is not None:
        return kept.base, "the index was complete up to that day when it was built"
    newest = tables.rows("select max(created) from paper")[0][0]
    if newest:
        day = f"{newest // 10000:04}-{newest // 100 % 100 or 1:02}-{newest % 100 or 1:02}"
        return day, "the newest paper of the index is of that day"
    month = tables.meta.get("last") or EARLIEST[:7]
    return f"{month}-01", "the newest paper of the index is of that month"


def _checked_set(name: str | None) -> str:
    if name is None:
        return ""
    if not _SET.fullmatch(name):
        raise UsageError(
            f'"{name}" is no set of arXiv.', 'Sets are named "cs", "physics:hep-th", "cs:cs:CL".'
        )
    return name


def _checked_day(since: str | None, today: str) -> str | None:
    if since is None:
        return None
    try:
        day = date.fromisoformat(since).isoformat() if _DAY.fullmatch(since) else None
    except ValueError:
        day = None
    if day is None:
        raise UsageError(f'"{since}" is no day.', "A day is written as 2026-11-20.")
    if day > today:
        raise UsageError(f'"{since}" is in the future.', f"Today is {today} (UTC).")
    return day


def update_index(
    path: Path,
    web: Fetches,
    since: str | None = None,
    set_name: str | None = None,
    most_pages: int | None = None,
    progress: Progress | None = None,
    today: Callable[[], str] = utc_day,
) -> Updated:
    """Harvest what is new, and put it into the index.

    Every page is kept as it comes. At the end, also where arXiv stops answering or
    `most_pages` came, the index is replaced by one with their records; the next run goes on
    from there. What a run that was killed left is used first.

    Raises `SourceError` when arXiv did not answer and nothing came, `InputError`, `UsageError`
    and `WriteError` as `plan_update` and `update` do.
    """
    name, asked = _checked_set(set_name), _checked_day(since, today())
    with open_tables(path) as tables:
        check_writable(path)
        base = fingerprint(tables)
        waiting = WaitingPages(path, base)
        kept = Progressed.from_json(waiting.harvest or tables.meta.get(schema.HARVEST))
        kept = replace(kept, base=_base_day(tables, kept)[0])
        plan = _planned(tables, kept, name, asked, today())
    with waiting:
        run = _Run(web, waiting, kept, replace(plan, waiting=waiting.count()), progress, today)
        run.go_on(most_pages)
        return run.finish(path, base)


class _Run:
    """One harvest on its way."""

    def __init__(
        self,
        web: Fetches,
        waiting: WaitingPages,
        kept: Progressed,
        plan: UpdatePlan,
        progress: Progress | None,
        today: Callable[[], str],
    ) -> None:
        self.web = web
        self.waiting = waiting
        self.kept = kept
        self.plan = plan
        self.progress = progress
        self.today = today
        self.harvest = plan.harvest
        self.pages = self.records = self.deleted = self.unread = 0
        self.finished = False
        self.stopped: str | None = None
        self.tokens: set[str] = set()

    def go_on(self, most_pages: int | None) -> None:
        """Fetch pages until the last, or until there is a reason to stop."""
        restarts = 0
        while not self.finished and (most_pages is None or self.pages < most_pages):
            self._tell()
            try:
                page = self._fetched()
            except ExpiredTokenError as error:
                restarts += 1
                if restarts > _RESTARTS or self.harvest.token is None:
                    self.stopped = str(error)
                    return
                self._begin_again()
                continue
            if page is None:
                return
            if page.token in self.tokens:
                self.stopped = "it names a page that it sent before as the next one"
                return
            if self.harvest.token is not None:
                restarts = 0
            self._keep(page)
            if self.harvest.token is not None and self.harvest.token_day != self.today():
                # Midnight went by during the harvest.
                self._begin_again()
        self._tell()

    def _begin_again(self) -> None:
        self.harvest = self.harvest.again()
        self.tokens.clear()

    def _tell(self) -> None:
        if self.progress is not None:
            self.progress(_STEP, self.harvest.records, self.harvest.total or 0)

    def _fetched(self) -> HarvestPage | None:
        """The next page; None when it could not be had, with the reason in `stopped`."""
        request = arxiv_oai.request_harvest(
            self.harvest.begin, self.plan.set_name or None, self.harvest.token
        )
        for _ in range(_TRIES):
            reply = self.web.fetch(arxiv_oai.SERVICE, request)
            if isinstance(reply, CouldNotAsk):
                self.stopped = reply.reason
                return None
            try:
                return arxiv_oai.parse_harvest(reply)
            except ExpiredTokenError:
                raise
            except UnreadableError as error:
                self.stopped = str(error)
        return None

    def _keep(self, page: HarvestPage) -> None:
        self.stopped = None
        self.harvest = self.harvest.after(page, self.today())
        self.finished = page.token is None
        if page.token is not None:
            self.tokens.add(page.token)
        name = self.plan.set_name
        opened = {key: one for key, one in self.kept.open.items() if key != name}
        done = dict(self.kept.done)
        if not self.finished:
            opened[name] = self.harvest
        elif self.plan.closes and self.harvest.started is not None:
            # After a gap that the user wanted the next harvest must not begin behind it.
            done[name] = max(self.harvest.started, done.get(name, ""))
        self.kept = replace(self.kept, done=done, open=opened)
        lines = tuple(json.dumps(row, ensure_ascii=False).encode() for row in page.rows)
        # A copy of the index only to note that nothing is new would cost more than asking again.
        if lines or page.deleted or not self.finished or self.waiting.count():
            self.waiting.add(Page(lines, page.deleted, page.unread), self.kept.to_json())
        self.pages += 1
        self.records += len(page.rows)
        self.deleted += len(page.deleted)
        self.unread += page.unread

    def finish(self, path: Path, base: str) -> Updated:
        """Put the pages into the index, if there are any and it is still the same."""
        if self.stopped is not None and not self.waiting.count():
            raise SourceError(
                f"arXiv could not be harvested: {self.stopped}.",
                "Run the update again later; the index is as it was.",
            )
        if self.waiting.count():
            with open_tables(path) as tables:
                if fingerprint(tables) != base:
                    raise WriteError(
                        f'The index "{path}" was changed by another program during the update.',
                        "Run the update again.",
                    )
            info = update(path, self.waiting.pages(), self.kept.to_json(), self.progress)
            with open_tables(path) as tables:
                self.waiting.clear(fingerprint(tables))
        else:
            info = _info(path)
        return Updated(
            info, self.plan, self.pages, self.records, self.deleted, self.unread,
            self.finished, self.stopped,
        )  # fmt: skip


def _info(path: Path) -> IndexInfo:
    from bibtools.adapters.index import open_index

    with open_index(path) as index:
        return index.info()
