"""The Zotero side of a plan written, fifty objects at a time, and every refusal dealt with.

An object that somebody else changed meanwhile is read again and its pair planned again, so that
the edit is merged and never overwritten. What passes (5xx, an answer that never came) is sent
again; what does not is told, and the others go on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bibtools.adapters.zotero.answers import Failure, RemoteCollection, Report, Saved
from bibtools.adapters.zotero.gateway import MOST_WRITTEN
from bibtools.model.progress import Progress
from bibtools.sync.plan import (
    AddEntry,
    AttachCode,
    Conflict,
    CreateCollection,
    CreateItem,
    LocalStep,
    RemoteStep,
    steps_of,
)
from bibtools.sync.planning import make_plan
from bibtools.sync.refusals import FOR_GOOD, Refusal, refusal_of
from bibtools.sync.remembering import Wrote
from bibtools.sync.values import Agreed, RemoteItem, remote_item
from bibtools.workflows.zotero.objects import Outgoing, outgoing
from bibtools.workflows.zotero.outcome import STEP_NAMES, Failed
from bibtools.workflows.zotero.preparing import Prepared, scope_keys
from bibtools.workflows.zotero.running import Run
from bibtools.workflows.zotero.session import Session

_ROUNDS = 4
"""Times that an object is sent before its refusal is told."""
_WHAT = "written to Zotero"


class Sender:
    """Sends the steps of a plan and knows what became of them."""

    def __init__(
        self,
        session: Session,
        prepared: Prepared,
        known: Mapping[str, Agreed],
        progress: Progress | None,
    ) -> None:
        self.session = session
        self.prepared = prepared
        self.known = known
        """What is remembered, with the pending rows."""
        self.progress = progress
        self.journal: Run | None = None
        self.entries = {entry.key: entry for entry in prepared.local.entries}
        self.keys = {row.item: row.key for row in prepared.plan.settled}
        self.done: Counter[str] = Counter()
        self.wrote: dict[str, Wrote] = {}
        """By the key of the item."""
        self.failures: list[Failed] = []
        self.refused: list[Refusal] = []
        """What was refused for good."""
        self.failed_items: set[str] = set()
        self.failed_children: set[str] = set()
        """Keys of the items whose child could not be written."""
        self.meant: set[str] = set()
        """Keys of the items that are to be written themselves, not only a child of theirs."""
        self.open_items: set[str] = set()
        """Items of which something is still to be sent."""
        self.replanned: set[str] = set()
        """Items whose pairs were planned again, with what came of it:"""
        self.rows: dict[str, Agreed] = {}
        self.local_steps: list[LocalStep] = []
        self.conflicts: list[Conflict] = []
        self.there: set[str] = set()
        """Keys of objects that were made in this run."""
        self._steps_counted: set[int] = set()

    def send(self, steps: Sequence[RemoteStep]) -> None:
        """Send all of it. Raises `ZoteroError` for what stops everything."""
        queue = outgoing(steps, self.prepared.request.items, self.prepared.request.children)
        self.open_items = {one.item for one in queue if one.kind == "items"}
        self.meant = {one.item for one in queue if one.kind == "items" and not one.is_child}
        total, sent = len(queue), 0
        for round_ in range(_ROUNDS):
            last = round_ == _ROUNDS - 1
            retry: list[tuple[Outgoing, Failure]] = []
            for kind in ("collections", "items"):
                objects = [one for one in queue if one.kind == kind]
                for start in range(0, len(objects), MOST_WRITTEN):
                    batch = objects[start : start + MOST_WRITTEN]
                    retry += self._batch(batch)
                    sent += len(batch)
                    if self.progress is not None:
                        self.progress(_WHAT, min(sent, total), total)
            if not retry:
                break
            queue = self._next(retry, last=last)
            total += len(queue)
        self.open_items.clear()

    # One batch

    def _batch(self, batch: Sequence[Outgoing]) -> list[tuple[Outgoing, Failure]]:
        assert self.journal is not None
        self.journal.intend(batch)
        report: Report = self.session.gateway.write([one.body for one in batch], batch[0].kind)
        saved = [
            (one, report.done.get(index) or Saved(one.key, int(one.body["version"]), one.wanted))
            for index, one in enumerate(batch)
            if index in report.done or index in report.unchanged
        ]
        left = [(batch[index], failure) for index, failure in sorted(report.failed.items())]
        self.journal.answered(saved, left)
        self._keep(saved, report)
        for one, answer in saved:
            self._written(one, _stored(one, answer))
        still = {one.item for one, _ in left}
        for one in batch:
            if one.item not in still and (one.is_child or not self._has_child(one)):
                self.open_items.discard(one.item)
        return left

    def _has_child(self, one: Outgoing) -> bool:
        return isinstance(one.step, CreateItem) and one.step.child is not None

    def _keep(self, saved: Sequence[tuple[Outgoing, Saved]], report: Report) -> None:
        """Put what the server answered into the copy of the library."""
        mirror = self.session.mirror
        mirror.put_saved(
            (answer.key, answer.version, answer.data)
            for one, answer in saved
            if one.kind == "items"
        )
        mirror.put_collections(
            RemoteCollection(
                answer.key,
                answer.version,
                str(answer.data.get("name") or one.body["name"]),
                str(answer.data.get("parentCollection") or "") or None,
            )
            for one, answer in saved
            if one.kind == "collections"
        )
        if not report.unchanged:
            mirror.wrote([answer.version for _, answer in saved], report.library_version)

    def _written(self, one: Outgoing, stored: RemoteItem) -> None:
        self.there.add(one.key)
        if one.kind == "items" and not one.is_child:
            self.wrote[one.item] = Wrote(one.wanted, stored)
        if isinstance(one.step, CreateItem) and one.is_child:
            self.done["code_links"] += 1
        else:
            self.done[STEP_NAMES[type(one.step)]] += 1

    # What was refused

    def _next(self, refused: Sequence[tuple[Outgoing, Failure]], *, last: bool) -> list[Outgoing]:
        """What is to be sent in the next round."""
        again: list[Outgoing] = []
        anew: set[str] = set()
        coming: set[str] = set()
        for one, failure in refused:
            passing = failure.code == 0 or failure.code >= 500
            if last:
                self._fail(one, failure)
            elif failure.code in (412, 428) and one.kind == "items":
                anew.add(one.item)
                coming.add(one.item)
            elif passing or failure.code in (412, 428):
                again.append(one)
                coming.add(one.key)
            elif (
                failure.code == 409
                and one.parent is not None
                and one.parent in (coming | self.there)
            ):
                again.append(one)
            elif (
                failure.code == 409
                and one.kind == "items"
                and failure.data.get("collection") in coming
            ):
                again.append(one)
                coming.add(one.key)
            else:
                self._fail(one, failure)
        again = [one for one in again if one.item not in anew or one.kind != "items"]
        return [*again, *self._planned_again(anew)]

    def _planned_again(self, items: set[str]) -> list[Outgoing]:
        """The objects that settle pairs whose item somebody else changed meanwhile."""
        if not items:
            return []
        assert self.journal is not None
        self.journal.also(items)
        gateway, mirror, request = self.session.gateway, self.session.mirror, self.prepared.request
        wanted = sorted(items)
        held: dict[str, RemoteItem] = {}
        for start in range(0, len(wanted), MOST_WRITTEN):
            held |= {one.key: one for one in gateway.items(wanted[start : start + 50]).items}
        children = self._children_now(items)
        mirror.put([*held.values(), *(one for rows in children.values() for one in rows)])
        for key in wanted:
            if key not in held:
                self._fail_item(key, "Its item was deleted in Zotero meanwhile; it is left as it "
                                "is until the next sync.", 404)  # fmt: skip
        entries = [
            self.entries[key] for item in held if (key := self.keys.get(item, "")) in self.entries
        ]
        plan = make_plan(
            replace(
                request,
                local=entries,
                items=held,
                children=children,
                scope=scope_keys(held, self.prepared.place),
                agreed={item: self.known[item] for item in held if item in self.known},
                collections=(),
                notices=(),
                keys={step.item: step.key for step in steps_of(self.prepared.plan.local, AddEntry)},
            )
        )
        # Nothing of it may be about another item: what is no pair any more waits.
        steps = [
            step
            for step in plan.remote
            if not isinstance(step, CreateItem | CreateCollection) and step.item in held
        ]
        rows = {row.item: row for row in plan.settled if row.item in held}
        self.replanned |= held.keys()
        self.rows.update(rows)
        self.local_steps = [step for step in self.local_steps if step.item not in held]
        self.local_steps += [
            step
            for step in plan.local
            if step.item in held
            and not (isinstance(step, AddEntry) and self.keys.get(step.item) in self.entries)
        ]
        self.conflicts = [one for one in self.conflicts if one.item not in held]
        self.conflicts += [one for one in plan.conflicts if one.item in held]
        self.open_items -= held.keys()
        queue = outgoing(steps, held, children)
        self.open_items |= {one.item for one in queue}
        self.meant -= held.keys()
        self.meant |= {one.item for one in queue if not one.is_child}
        for item in held:
            self.wrote.pop(item, None)
        return queue

    def _children_now(self, items: Iterable[str]) -> dict[str, tuple[RemoteItem, ...]]:
        """The children of items, those that we made read again."""
        items = set(items)
        children = self.session.mirror.children(items, types=("attachment", "note"))
        ours = sorted(
            {
                row.code[0]
                for item in items
                if (row := self.known.get(item)) is not None and row.code and row.code[0]
            }
            | {
                step.child
                for step in self.prepared.plan.remote
                if isinstance(step, CreateItem | AttachCode) and step.item in items and step.child
            }
        )
        fresh: dict[str, RemoteItem] = {}
        for start in range(0, len(ours), MOST_WRITTEN):
            batch = self.session.gateway.items(ours[start : start + MOST_WRITTEN])
            fresh |= {one.key: one for one in batch.items}
        found: dict[str, tuple[RemoteItem, ...]] = {}
        for item in items:
            kept = {one.key: one for one in children.get(item, ()) if one.key not in ours}
            kept |= {key: one for key, one in fresh.items() if one.data.get("parentItem") == item}
            if kept:
                found[item] = tuple(kept.values())
        return found

    def _fail(self, one: Outgoing, failure: Failure) -> None:
        told, field = _sentence(failure, one.body)
        if failure.code in FOR_GOOD:
            child = one.is_child and isinstance(one.step, CreateItem)
            refusal = refusal_of(one.step, told, child=child)
            self.refused += [refusal] if refusal is not None else []
        name = str(one.body.get("name") or "") if one.kind == "collections" else ""
        key = name or self.keys.get(one.item) or one.key
        parent_failed = failure.code == 409 and one.parent in self.failed_items
        if not parent_failed:
            self.failures.append(Failed(key, one.item, failure.code, told, field))
        if one.kind == "collections":
            return
        self.open_items.discard(one.item)
        (self.failed_children if one.is_child else self.failed_items).add(one.item)

    def _fail_item(self, item: str, message: str, code: int) -> None:
        self.failures.append(Failed(self.keys.get(item) or item, item, code, message))
        self.failed_items.add(item)
        self.open_items.discard(item)


def _stored(one: Outgoing, answer: Saved) -> RemoteItem:
    """The item as the server holds it; only what we sent when the answer had to be read later."""
    item = remote_item({"key": answer.key, "version": answer.version, "data": answer.data})
    if not answer.read_back:
        return item
    # Somebody may have written besides: that is seen as a change the next time.
    data: dict[str, Any] = dict(one.before or {})
    for name in one.body:
        if name in ("key", "version"):
            continue
        if name in item.data:
            data[name] = item.data[name]
        else:
            data.pop(name, None)
    return replace(item, version=int(one.body["version"]), data=data)


def _too_long(failure: Failure, body: Mapping[str, Any]) -> str:
    """What of an object is too long, as far as the server says so."""
    field, tag = failure.data.get("field"), failure.data.get("tag")
    what = (
        "A tag" if tag is not None else "A name" if field == "creator" else f'The field "{field}"'
    )
    start = str(tag or failure.data.get("value") or "")[:40].rstrip("…")
    if tag is None and not field:
        sizes = {name: len(str(value)) for name, value in body.items()}
        longest = max(sizes, key=sizes.__getitem__)
        what, start = f'Something in it (its longest field is "{longest}")', ""
    shown = f' ("{start}…")' if start else ""
    return f"{what} is longer than Zotero takes{shown}, so the item was not written."


def _sentence(failure: Failure, body: Mapping[str, Any]) -> tuple[str, str | None]:
    """What happened, and the field that it is about."""
    field = failure.data.get("field")
    if failure.data.get("tag") is not None:
        field = "tags"
    name = str(field) if field else None
    said = f" Zotero says: {failure.message}" if failure.message else ""
    match failure.code:
        case 413:
            return _too_long(failure, body), name
        case 400:
            what = f'Zotero refused the field "{name}"' if name else "Zotero refused it"
            return f"{what}, so it was not written.{said}", name
        case 404:
            return (
                "Its item was deleted in Zotero meanwhile; it is left as it is until the next "
                f"sync.{said}",
                name,
            )
        case 409:
            what = "Its collection" if failure.data.get("collection") else "What it belongs to"
            return f"{what} is not in the library any more, so it was not written.{said}", name
        case 412 | 428:
            return (
                "It was changed in Zotero again and again meanwhile, so it was left alone until "
                "the next sync.",
                name,
            )
        case code if code == 0 or code >= 500:
            return f"The server failed; it is tried again at the next sync.{said}", name
    return f"Zotero refused it ({failure.code}), so it was not written.{said}", name
