"""Where a harvest of arXiv stands, and what that place is worth.

Three facts of arXiv's service decide it (https://github.com/arXiv/oaipmh):

- A token holds the question and how many records to skip. It is good until the end of the day
  (UTC); used later it may be answered all the same, and then leaves out as many records as
  changed meanwhile. So an old token is never used.
- Records come in order of the day on which they changed. So a harvest that cannot go on by
  token begins again on the day it reached, not on its first day; unless the pages prove not to
  be in that order.
- What changes during a harvest has a later day than its beginning. So the next harvest begins
  on the day on which this one began.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field, replace

from bibtools.sites.arxiv_oai import HarvestPage

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Harvest:
    """Where one harvest stands: that of one set, or of all of arXiv."""

    begin: str
    """The day (ISO) from which changes are asked for."""
    asked: str | None = None
    """The day that the user named, if one was."""
    started: str | None = None
    """The day on which the first page came: the next harvest begins there."""
    token: str | None = None
    """Names the next page."""
    token_day: str | None = None
    """The day on which the first of its row of tokens was given; they are good for that day."""
    reached: str | None = None
    """All changes before this day are among the pages."""
    in_order: bool = True
    """Whether all pages came in order of the days."""
    records: int = 0
    total: int | None = None

    def after(self, page: HarvestPage, today: str) -> Harvest:
        """Where it stands after one more page."""
        day = min(_day_of(page.answered) or today, today)
        reached, in_order = self.reached, self.in_order
        if page.changed is not None:
            first, last = page.changed
            in_order = in_order and (reached is None or first >= reached)
            reached = max(reached or last, last)
        return replace(
            self,
            started=self.started or day,
            token=page.token,
            token_day=(self.token_day or today) if page.token else None,
            reached=reached,
            in_order=in_order,
            records=self.records + len(page.rows) + len(page.deleted),
            total=page.total or self.total,
        )

    def again(self) -> Harvest:
        """The same harvest without its token, from the day it reached."""
        begin = self.reached if self.reached is not None and self.in_order else self.begin
        return replace(
            self, begin=max(begin, self.begin), token=None, token_day=None, reached=None,
            in_order=True, total=None,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Progressed:
    """How far arXiv was harvested into one index."""

    done: dict[str, str] = field(default_factory=dict)
    """The day from which on the next harvest asks, by set; "" is all of arXiv."""
    open: dict[str, Harvest] = field(default_factory=dict)
    """Harvests that are not at their end, by set."""
    base: str | None = None
    """The day up to which the index was complete when it was built. Its newest paper tells it
    only before the first harvest: that of one set brings papers that are newer."""

    def to_json(self) -> str:
        """For the index file."""
        opened = {name: asdict(one) for name, one in self.open.items()}
        return json.dumps({"done": self.done, "open": opened, "base": self.base}, sort_keys=True)

    @classmethod
    def from_json(cls, text: str | None) -> Progressed:
        """What `to_json` made; nothing for what is none of it."""
        try:
            row = json.loads(text or "{}")
            done = {str(name): _known_day(day) for name, day in row.get("done", {}).items()}
            opened = {str(name): Harvest(**one) for name, one in row.get("open", {}).items()}
            for one in opened.values():
                _known_day(one.begin)
            base = row.get("base")
            return cls(done, opened, _known_day(base) if base is not None else None)
        except (ValueError, TypeError, AttributeError):
            return cls()


def _known_day(value: object) -> str:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("no day")
    return value


def _day_of(stamp: str | None) -> str | None:
    return stamp[:10] if stamp is not None and _DAY.match(stamp) else None
