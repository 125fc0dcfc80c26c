"""Random edits on both sides, random faults, then syncs until quiet: equal, nothing lost, no double.

What each side says is read by `tests/zotero_model.py`, which shares no code with bibtools, and what
a sync may make of it stands there in one small table. `BIBTOOLS_MACHINE=EXAMPLES[xSTEPS]` runs it
longer than the usual test run does.
"""

from __future__ import annotations

import copy
import json
import os
import re
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from bibtools.adapters.zotero.gateway import Gateway
from bibtools.adapters.zotero.transport import Wire
from bibtools.workflows.zotero import apply as apply_module
from bibtools.workflows.zotero import running, sending
from tests.command_line import Ran
from tests.loopback import ONLY_LOOPBACK
from tests.zotero_desk import Desk, desk_in
from tests.zotero_model import (
    CONTAINERS,
    TEXTS,
    TYPES,
    UNKNOWN,
    Asked,
    Held,
    Slot,
    Slots,
    Value,
    Written,
    outcomes,
    read_file,
    read_library,
)
from tests.zotero_server import Fault, Kind, is_post, is_read, is_write
from tests.zotero_server.faults import always

pytestmark = ONLY_LOOPBACK

_HEAD = """% A remark that nobody may touch.
@string{jog = {Journal of Gears}}
@preamble{{\\providecommand{\\x}{y}}}

"""
_GIVEN = ("Ada", "Bea", "Cai M.", "D. E.")


class Killed(BaseException):
    """The power goes."""


PLACES: dict[str, tuple[Any, str]] = {
    "state": (apply_module, "write_state"),
    "send": (Gateway, "write"),
    "ask": (Wire, "_once"),
    "file": (apply_module, "journalled_write"),
    "intend": (running.RunJournal, "intend"),
    "done": (running.RunJournal, "done"),
    "finish": (running.RunJournal, "finish"),
    "replace": (os, "replace"),
}
_FAULTS = [
    Fault(Kind.LOST_ANSWER, when=is_post),
    Fault(Kind.LOST_ANSWER, when=is_post, times=9),
    Fault(Kind.HALF_WAY, when=is_post, objects=1),
    Fault(Kind.HALF_WAY, when=is_post, objects=0, times=9),
    Fault(Kind.RESET, when=always, times=3),
    Fault(Kind.RESET, when=is_write, times=9),
    Fault(Kind.SERVER_ERROR, when=always, times=2),
    Fault(Kind.SERVER_ERROR, when=is_post, executed=True),
    Fault(Kind.SERVER_ERROR, when=is_post, executed=True, times=9),
    Fault(Kind.UNAVAILABLE, when=always, seconds=3),
    Fault(Kind.UNAVAILABLE, when=is_post, times=9),
    Fault(Kind.TOO_MANY, when=always, seconds=10),
    Fault(Kind.TOO_MANY, when=is_post),
    Fault(Kind.TOO_MANY, when=is_read),
    Fault(Kind.TOO_MANY, when=is_post, seconds=4000),
    Fault(Kind.HTML, when=always),
    Fault(Kind.TRUNCATED, when=always),
    Fault(Kind.BACKOFF, seconds=5, times=9),
]

numbers = st.integers(0, 999)
sides = st.booleans()


@dataclass
class Model:
    """What the test knows besides what both sides say."""

    bases: dict[str, dict[Slot, set[Value]]] = field(default_factory=dict)
    """What may be remembered as agreed, for works that were on both sides at once."""
    vague: set[str] = field(default_factory=set)
    """Works of which perhaps nothing is remembered."""
    whole: set[str] = field(default_factory=set)
    """Works of which both sides had all since they met."""
    by_hand: set[str] = field(default_factory=set)
    """Works whose entry the test wrote."""
    by_other: set[str] = field(default_factory=set)
    """Works whose item another client put."""

    def base(self, work: str, slot: Slot) -> set[Value]:
        known = self.bases.get(work)
        if known is None:
            return {UNKNOWN}
        return known.get(slot, {None}) | ({UNKNOWN} if work in self.vague else set())


@dataclass(frozen=True)
class Seen:
    """Both sides at one moment."""

    data: bytes
    here: dict[str, Written]
    there: dict[str, list[Held]]
    contents: dict[str, dict[str, Any]]
    collections: dict[str, tuple[str, str, bool]]

    def item(self, work: str) -> Held | None:
        """The item of a work that is not in the trash."""
        return next((one for one in self.there.get(work, ()) if not one.trashed), None)


class Machine(RuleBasedStateMachine):
    """A person, another client, and bibtools between them."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        self.folder = Path(tempfile.mkdtemp())
        self.context = desk_in(self.folder, self.patch)
        self.desk: Desk = self.context.__enter__()
        self.patch.setattr(sending, "MOST_WRITTEN", 3)
        self.model = Model()
        self.works: list[str] = []
        self.count = 0
        self.collection: str | None = None
        self.newline = "\n"
        self.before_run: tuple[Seen, Model] | None = None
        """Before the last run, as long as nobody edited since."""
        self.foreign: dict[str, dict[Slot, Value]] = {}
        self.said: list[str] = []

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None:  # else it failed already
                self.settle()
        finally:
            self.context.__exit__(None, None, None)
            self.patch.undo()
            shutil.rmtree(self.folder, ignore_errors=True)

    # --- beginnings -----------------------------------------------------------------------------

    @initialize(
        collection=st.sampled_from([None, "Reading"]), windows=st.booleans(),
        first=st.lists(st.tuples(numbers, sides, st.sampled_from(["here", "there", "both"]), sides),
                       min_size=1, max_size=4))  # fmt: skip
    def begin(
        self, collection: str | None, windows: bool, first: list[tuple[int, bool, str, bool]]  # noqa: FBT001
    ) -> None:
        self.collection = collection
        self.newline = "\r\n" if windows else "\n"
        self.other = self.library.add_collection("Other")
        if collection is not None:
            self.library.add_collection(collection)
        self.write(_HEAD)
        for number, book, both, same in first:
            self.new(number, book, both, same)

    @property
    def library(self) -> Any:
        return self.desk.library

    def write(self, text: str) -> None:
        self.desk.file.write_bytes(text.replace("\n", self.newline).encode())

    def text(self) -> str:
        data = self.desk.file.read_bytes().decode()
        assert self.newline == "\n" or not re.search(r"(?<!\r)\n", data), "mixed ends of lines"
        return data.replace("\r\n", "\n")

    def seen(self) -> Seen:
        contents = {key: dict(data) for key, data in self.desk.contents().items()}
        collections = {
            key: (one.name, one.parent, one.deleted)
            for key, one in self.library.collections.items()
        }
        return Seen(
            self.desk.file.read_bytes(),
            read_file(self.text()),
            read_library(contents),
            contents,
            collections,
        )

    def say(self, text: str) -> None:
        """Note it for the report of a failure; the server's threads cannot."""
        if threading.current_thread() is threading.main_thread():
            note(text)
        else:
            self.said.append(text)

    def token(self, kind: str) -> str:
        """A value that nobody had before."""
        self.count += 1
        match kind:
            case "year":
                return str(1100 + self.count)
            case "pages":
                return f"{self.count}-{self.count + 7}"
            case "volume":
                return str(self.count)
            case "journal":
                return f"Annals of Gears & Wheels {self.count}"
            case "code":
                return f"https://github.com/example/code{self.count}"
            case "line":
                return f"Shelf{self.count}: left" if self.count % 2 else f"read it at {self.count}"
            case "key":
                return f"key{self.count}"
            case "title":
                return f"Turning the Wheel Number {self.count}"
            case "author":
                return f"Family{_letters(self.count)}"
        return f"{kind} {self.count}"

    def work(self, number: int) -> str | None:
        return self.works[number % len(self.works)] if self.works else None

    def scope(self, seen: Seen) -> set[str] | None:
        """Keys of the synced collections; None for the whole library."""
        if self.collection is None:
            return None
        found = {
            key
            for key, (name, parent, gone) in seen.collections.items()
            if name == self.collection and not parent and not gone
        }
        while True:
            below = {key for key, (_, parent, gone) in seen.collections.items()
                     if parent in found and not gone} - found  # fmt: skip
            if not below:
                return found
            found |= below

    # --- edits ----------------------------------------------------------------------------------

    def touched(self) -> None:
        self.before_run = None

    def fresh(self, number: int, *, book: bool) -> Slots:
        """What a new work says."""
        values: Slots = {("type", ""): "book" if book else "article", ("key", ""): self.token("key")}
        names = ["title", "year", "volume", "abstract", "foo", "library"]
        names += ["publisher"] if book else ["journal", "pages"]
        for place, name in enumerate(names):
            if name in ("title", "journal") or number >> place & 1:
                values[name, ""] = self.token(name)
        for name in ("tag", "line")[: number % 3]:
            values[name, self.token(name)] = "in"
        values["author", self.token("author")] = "Ada"
        if number & 64:
            values["author", self.token("author")] = "Bea"
        return values

    @rule(number=numbers, book=sides, both=st.sampled_from(["here", "there", "both"]), same=sides)
    def new(self, number: int, book: bool, both: str, same: bool) -> None:  # noqa: FBT001
        """A work that one side gets, or both at once."""
        self.touched()
        work = f"10.1234/w{len(self.works)}"
        self.works.append(work)
        values = self.fresh(number, book=book)
        if both != "there":
            self.put_here(work, values)
        if both != "here":
            if both == "both" and not same:
                values["volume", ""] = self.token("volume")
                values["tag", self.token("tag")] = "in"
                values["abstract", ""] = self.token("abstract")
                values["key", ""] = self.token("key")
            self.put_there(work, values, number)

    @rule(number=numbers, seed=numbers)
    def again(self, number: int, seed: int) -> None:
        """A work that left one side comes back there, written anew."""
        work = self.work(number)
        if work is None:
            return
        seen = self.seen()
        here, item = seen.here.get(work), seen.item(work)
        if here is not None and item is not None:
            return
        self.touched()
        known = here or item
        values = self.fresh(seed, book=known is not None and known.slots["type", ""] == "book")
        if known is not None:
            values = {slot: value for slot, value in values.items() if slot[0] != "author"}
            for slot, value in known.slots.items():
                if slot[0] in ("title", "year", "author"):
                    values[slot] = value
        self.model.vague.add(work)
        if here is None:
            self.put_here(work, values)
        elif item is None:
            self.put_there(work, values, seed)

    def put_here(self, work: str, values: Slots) -> None:
        lines = "".join(f"  {name} = {{{value}}},\n" for name, value in _fields(values).items())
        kind, key = values["type", ""], values["key", ""]
        entry = f"@{kind}{{{key},\n  doi = {{{work}}},\n{lines}}}\n"
        self.write(self.text().rstrip("\n") + "\n\n" + entry)
        self.model.by_hand.add(work)

    def put_there(self, work: str, values: Slots, number: int) -> None:
        kind = TYPES[str(values["type", ""])]
        data: dict[str, Any] = {"itemType": kind, "DOI": work, "extra": "", "tags": []}
        data["citationKey"] = values["key", ""]
        data["creators"] = [
            {"creatorType": "author", "lastName": name, "firstName": given}
            for (slot, name), given in values.items()
            if slot == "author"
        ]
        for name, there in TEXTS.items():
            if values.get((name, "")):
                data[there] = values[name, ""]
        if values.get(("journal", "")):
            data["publicationTitle"] = values["journal", ""]
        data["tags"] = [
            {"tag": name, **({"type": 1} if number & 1 else {})}
            for slot, name in values
            if slot == "tag"
        ]
        lines = [name for slot, name in values if slot == "line"]
        if values.get(("foo", "")):
            lines.append(f"tex.foo: {values['foo', '']}")
        data["extra"] = "\n".join(lines)
        data["rights"] = self.token("rights")
        places = [self.other] if number & 2 else []
        scope = sorted(self.scope(self.seen()) or ())
        if scope and number % 5:
            places.append(scope[number % len(scope)])
        data["collections"] = places
        key = self.library.put(data).key
        self.model.by_other.add(work)
        if number & 4:
            self.library.put({"itemType": "note", "parentItem": key, "note": self.token("note")})
        if number & 8:
            self.library.put({"itemType": "attachment", "linkMode": "linked_url",
                              "title": "Code" if number & 16 else "Video",
                              "url": self.token("code"), "parentItem": key})  # fmt: skip

    def slot_for(self, slots: Slots, number: int) -> tuple[Slot, Value]:
        """Something to change in what one side says, and to what."""
        own = "publisher" if slots["type", ""] == "book" else "journal"
        kinds = ["title", "year", "volume", "abstract", "foo", "library", own, "tag", "line",
                 "author", "given", "code", "key", "type", "-tag", "-line", "-author", "-volume",
                 "-abstract", "-foo", "tag", "line"]  # fmt: skip
        kind = kinds[number % len(kinds)]
        name = kind.lstrip("-")
        members = sorted(slot for slot in slots if slot[0] == ("author" if name == "given" else name))
        if name == "type":
            now = slots["type", ""]
            return ("type", ""), {"article": "inproceedings", "inproceedings": "article"}.get(
                str(now), now)  # fmt: skip
        if name == "given":
            slot = members[number % len(members)] if members else ("author", self.token("author"))
            return slot, _GIVEN[number % len(_GIVEN)]
        if name in ("tag", "line", "author"):
            if kind.startswith("-"):
                enough = len(members) > (1 if name == "author" else 0)
                if enough:
                    return members[number % len(members)], None
            return (name, self.token(name)), ("Dov" if name == "author" else "in")
        return (name, ""), None if kind.startswith("-") else self.token(name)

    @rule(number=numbers, what=numbers)
    def edit_here(self, number: int, what: int) -> None:
        work = self.work(number)
        entry = read_file(self.text()).get(work or "")
        if entry is None:
            return
        self.touched()
        slot, value = self.slot_for(entry.slots, what)
        self.set_here(entry, slot, value)

    def set_here(self, entry: Written, slot: Slot, value: Value) -> None:
        self.say(f"here {entry.work} {slot} = {value!r}")
        text = entry.text
        slots = {**entry.slots, slot: value}
        kind, _ = slot
        if kind == "key":
            text = text.replace(f"{{{entry.key},", f"{{{value},", 1)
        elif kind == "type":
            text = text.replace(f"@{entry.slots['type', '']}{{", f"@{value}{{", 1)
        else:
            old, new = _fields(entry.slots), _fields(slots)
            name = {"tag": "keywords", "line": "note", "author": "author"}.get(kind, kind)
            place = next((one for one in (name, "booktitle", "journal")
                          if re.search(rf"^\s*{one}\s*=", text, re.MULTILINE)
                          and (one == name or name in CONTAINERS)), name)  # fmt: skip
            line = f"  {place} = {{{new[name]}}},\n" if name in new else ""
            pattern = rf"^\s*{place}\s*=.*\n"
            if re.search(pattern, text, re.MULTILINE):
                text = re.sub(pattern, lambda _: line, text, count=1, flags=re.MULTILINE)
            else:
                text = _with_comma(text[:-1]) + line + "}"
            assert old is not None
        whole = self.text()
        assert whole.count(entry.text) == 1
        self.write(whole.replace(entry.text, text))

    @rule(number=numbers, what=numbers)
    def edit_there(self, number: int, what: int) -> None:
        work = self.work(number)
        item = self.seen().item(work or "")
        if item is None:
            return
        self.touched()
        slot, value = self.slot_for(item.slots, what)
        self.set_there(item, slot, value)

    def set_there(self, item: Held, slot: Slot, value: Value) -> None:
        self.say(f"there {item.work} {slot} = {value!r}")
        kind, name = slot
        data, edit = item.data, self.library.edit
        extra = [line for line in str(data.get("extra", "")).split("\n") if line]
        container = "proceedingsTitle" if data["itemType"] == "conferencePaper" else "publicationTitle"
        if kind == "type":
            new = TYPES[str(value)]
            if new == data["itemType"]:
                return
            moved = "proceedingsTitle" if new == "conferencePaper" else "publicationTitle"
            edit(item.key, itemType=new, **{moved: item.slots.get(("journal", "")) or ""})
        elif kind == "key":
            edit(item.key, citationKey=value)
        elif kind == "journal":
            edit(item.key, **{container: value or ""})
        elif kind == "tag":
            tags = [one for one in data.get("tags", ()) if one["tag"] != name]
            edit(item.key, tags=[*tags, {"tag": name}] if value else tags)
        elif kind == "line":
            lines = [line for line in extra if line != name]
            edit(item.key, extra="\n".join([*lines, name] if value else lines))
        elif kind == "foo":
            lines = [line for line in extra if not line.startswith("tex.foo: ")]
            edit(item.key, extra="\n".join([*lines, f"tex.foo: {value}"] if value else lines))
        elif kind == "code":
            code = next((one for one in item.children if one.get("title") == "Code"
                         and not one.get("deleted")), None)  # fmt: skip
            if code is not None:
                edit(str(code["key"]), url=value)
            else:
                lines = [line for line in extra if not line.startswith("tex.code: ")]
                edit(item.key, extra="\n".join([*lines, f"tex.code: {value}"]))
        elif kind == "author":
            people = [dict(one) for one in data.get("creators", ())]
            mine = [one for one in people if one["lastName"] == name]
            if value is None:
                people = [one for one in people if one["lastName"] != name]
            elif mine:
                mine[0]["firstName"] = value
            else:
                people.append({"creatorType": "author", "lastName": name, "firstName": value})
            edit(item.key, creators=people)
        elif kind == "publisher" and data["itemType"] != "book":
            return
        else:
            edit(item.key, **{TEXTS[kind]: value or ""})

    @rule(number=numbers)
    def drop_entry(self, number: int) -> None:
        entry = read_file(self.text()).get(self.work(number) or "")
        if entry is not None:
            self.touched()
            self.write(self.text().replace(entry.text + "\n", "", 1))

    @rule(number=numbers, how=st.sampled_from(["trash", "trash", "delete", "leave", "restore"]))
    def drop_item(self, number: int, how: str) -> None:
        work = self.work(number)
        items = self.seen().there.get(work or "", [])
        if not items:
            return
        self.touched()
        item = items[0]
        if how == "restore":
            if all(one.trashed for one in items):
                self.library.restore(items[-1].key)
        elif item.trashed:
            return
        elif how == "trash":
            self.library.trash(item.key)
        elif how == "delete":
            self.library.delete(item.key)
        else:
            self.library.edit(item.key, collections=[self.other])

    @rule(number=numbers, what=st.sampled_from(["note", "video", "relation", "other", "child"]))
    def hang_there(self, number: int, what: str) -> None:
        """What bibtools does not model, and must leave where it is."""
        work = self.work(number)
        item = self.seen().item(work or "")
        if item is None:
            return
        self.touched()
        if what == "note":
            self.library.put({"itemType": "note", "parentItem": item.key, "note": self.token("n")})
        elif what == "video":
            self.library.put({"itemType": "attachment", "linkMode": "linked_url", "title": "Video",
                              "url": self.token("code"), "parentItem": item.key})  # fmt: skip
        elif what == "relation":
            uri = f"http://zotero.org/users/1/items/AAAA{self.count % 8 + 2}222"
            self.library.edit(item.key, relations={"dc:relation": uri})
        elif what == "other":
            places = {*item.data.get("collections", ()), self.other}
            self.library.edit(item.key, collections=sorted(places))
        else:
            codes = [one for one in item.children if one.get("title") == "Code"]
            if codes:
                self.model.vague.add(item.work)
                self.library.trash(str(codes[0]["key"]))

    @rule(how=st.sampled_from(["rename", "delete", "trash", "below"]))
    def change_collection(self, how: str) -> None:
        seen = self.seen()
        scope = sorted(self.scope(seen) or ())
        if not scope:
            return
        self.touched()
        top = [key for key in scope if seen.collections[key][0] == self.collection]
        if how == "below":
            self.library.add_collection(self.token("Sub"), parent=top[0])
            return
        self.model.vague.update(self.works)
        if how == "rename":
            self.library.edit_collection(top[0], name=self.token("Renamed"))
        elif how == "delete":
            self.library.delete_collection(top[0])
        else:
            self.library.edit_collection(top[0], deleted=True)

    @rule(what=st.sampled_from(["state", "cache", "garbage", "line"]))
    def lose(self, what: str) -> None:
        """A file of bibtools' own is deleted or damaged."""
        state = self.desk.file.with_name("refs.bib.zotero.jsonl")
        cache = self.folder / "cache"
        if what == "cache":
            shutil.rmtree(cache, ignore_errors=True)
        elif what == "garbage":
            for one in cache.rglob("*"):
                if one.is_file():
                    one.write_bytes(one.read_bytes()[:100] + b"garbage" * 99)
        elif state.exists():
            self.touched()
            self.model.vague.update(self.works)
            if what == "state":
                state.unlink()
            else:
                lines = state.read_bytes().split(b"\n")
                lines[-2] = lines[-2][: len(lines[-2]) // 2]
                state.write_bytes(b"\n".join(lines))

    # --- syncs ----------------------------------------------------------------------------------

    def run(self, asked: Asked) -> Ran:
        options = ["--yes", "--json"]
        options += ["--delete"] if asked.delete else []
        options += ["--prefer", asked.prefer] if asked.prefer else []
        options += ["-c", self.collection] if self.collection else []
        ran = self.desk.zotero(asked.direction, "refs.bib", *options)
        for text in self.said:
            note(f"meanwhile: {text}")
        self.said.clear()
        note(f"{asked} -> {ran.code} {ran.stderr.strip()}")
        assert "Traceback" not in ran.stderr
        return ran

    asking = st.builds(
        Asked,
        st.sampled_from(["sync", "sync", "sync", "push", "pull"]),
        st.sampled_from([None, None, None, "local", "zotero", "newest"]),
        st.sampled_from([False, False, True]),
    )

    @rule(asked=asking)
    def sync(self, asked: Asked) -> None:
        self.clean(asked)

    def clean(self, asked: Asked) -> dict[str, Any]:
        """A sync that nothing disturbs."""
        before, known = self.seen(), copy.deepcopy(self.model)
        self.desk.server.forget()
        ran = self.run(asked)
        missing = asked.direction == "pull" and self.scope(before) == set()
        if missing:
            assert ran.code == 2
            return {}
        assert ran.code in (0, 1), ran.stderr
        told: dict[str, Any] = json.loads(ran.stdout)
        after = self.seen()
        wrote = before.contents != after.contents or before.data != after.data
        self.before_run = (before, known) if wrote and told["run"] else None
        if asked.direction == "pull":
            assert self.desk.server.writes == 0
        if asked.direction == "push":
            assert before.data == after.data
        self.check_kept(before, after)
        self.check(before, after, asked, told)
        return told

    @rule(asked=asking, which=st.sampled_from(_FAULTS), skip=st.integers(0, 4))
    def disturbed(self, asked: Asked, which: Fault, skip: int) -> None:
        """A sync while the server or the way to it fails."""
        before = self.seen()
        self.before_run = None
        self.desk.server.faults.append(replace(which, skip=skip))
        ran = self.run(asked)
        self.desk.server.faults.clear()
        assert ran.code in (0, 1, 2, 3, 4), ran.stderr
        self.check_torn(before, asked)

    @rule(asked=asking, place=st.integers(0, 30), hard=sides, after=sides)
    def killed(self, asked: Asked, place: int, hard: bool, after: bool) -> None:  # noqa: FBT001
        """A sync that is killed before or after one of its steps."""
        before = self.seen()
        self.before_run = None
        seen, ended = 0, False

        def watched(original: Callable[..., Any]) -> Callable[..., Any]:
            def called(*arguments: Any, **more: Any) -> Any:
                nonlocal seen, ended
                if ended and hard:
                    raise Killed
                now, seen = seen == place and not ended, seen + 1
                if not now:
                    return original(*arguments, **more)
                ended = True
                if after:
                    original(*arguments, **more)
                raise Killed

            return called

        with pytest.MonkeyPatch.context() as patch:
            for owner, name in PLACES.values():
                patch.setattr(owner, name, watched(getattr(owner, name)))
            try:
                self.run(asked)
            except Killed:
                note(f"killed at step {place}")
        self.check_torn(before, asked)

    @rule(asked=asking, objects=st.integers(0, 2), skip=st.integers(0, 6), number=numbers,
          what=numbers, reading=sides)  # fmt: skip
    def meanwhile(
        self, asked: Asked, objects: int, skip: int, number: int, what: int, reading: bool  # noqa: FBT001
    ) -> None:
        """Another client edits an item while the sync goes on."""
        work = self.work(number)
        if work is None:
            return
        before = self.seen()
        self.before_run = None

        def foreign() -> None:
            item = read_library(self.desk.contents()).get(work, [None])[0]
            if item is None or item.trashed:
                return
            slot, value = self.slot_for(item.slots, what)
            if slot[0] == "type":
                return
            self.set_there(item, slot, value)
            self.foreign.setdefault(work, {})[slot] = value

        when = always if reading else is_post
        fault = Fault(Kind.FOREIGN_WRITE, when=when, objects=objects, skip=skip, run=foreign)
        self.desk.server.faults.append(fault)
        ran = self.run(asked)
        self.desk.server.faults.clear()
        assert ran.code in (0, 1, 2, 4), ran.stderr
        self.check_torn(before, asked)
        self.foreign.clear()

    @precondition(lambda self: self.before_run is not None)
    @rule()
    def undo(self) -> None:
        """The last run is taken back, and everything is byte for byte as it was."""
        assert self.before_run is not None
        before, known = self.before_run
        ran = self.desk.zotero("undo", "--yes")
        note(f"undo -> {ran.code} {ran.stderr}")
        assert ran.code == 0, ran.stderr
        after = self.seen()
        assert after.data == before.data
        assert after.contents == before.contents
        assert after.collections == before.collections
        self.model, self.before_run = known, None

    # --- what must hold -------------------------------------------------------------------------

    def check_kept(self, before: Seen, after: Seen) -> None:
        """What nobody asked to change is as it was."""
        for key, old in before.contents.items():
            new = after.contents.get(key)
            assert new is not None, f"{key} was deleted for good: {old}"
            if old["itemType"] in ("note", "attachment"):
                if old.get("title") != "Code":
                    assert new == old, (old, new)
                continue
            for name in ("rights", "relations"):
                assert new.get(name) == old.get(name), (name, old, new)
            assert set(new.get("collections", ())) >= set(old.get("collections", ())), (old, new)
            kinds = {one["tag"]: one.get("type") for one in old.get("tags", ())}
            for tag in new.get("tags", ()):
                assert tag.get("type") == kinds.get(tag["tag"], tag.get("type")), (old, new)
        for key, old_collection in before.collections.items():
            assert after.collections.get(key) == old_collection, (key, before.collections)
        assert _outside(before.data) == _outside(after.data)
        for work, items in after.there.items():
            live = [one.key for one in items if not one.trashed]
            had = [one.key for one in before.there.get(work, ()) if not one.trashed]
            assert len(live) <= max(1, len(had)), f"{work} is doubled: {live}"
        for work, old_entry in before.here.items():
            new_entry = after.here.get(work)
            if new_entry is not None and work in self.model.whole and work not in self.model.vague \
                    and new_entry.slots == old_entry.slots and work not in self.foreign:  # fmt: skip
                assert new_entry.text == old_entry.text, (old_entry, new_entry)

    def check(self, before: Seen, after: Seen, asked: Asked, told: dict[str, Any]) -> None:
        """A sync that nothing disturbed made of both sides what the table allows."""
        model, scope = self.model, self.scope(before)
        unsure = {str(one.get("key")) for one in told["unsure"]} | {
            str(one.get("item")) for one in told["unsure"]}  # fmt: skip
        conflicts = {one["key"] for one in told["conflicts"]} | {
            one["item"] for one in told["conflicts"]}  # fmt: skip
        for work in self.works:
            here, there = before.here.get(work), before.item(work)
            here2, there2 = after.here.get(work), after.item(work)
            names = {one.key for one in (here, there, here2, there2) if one is not None}
            is_unsure = bool(names & unsure)
            inside = there is not None and (
                scope is None or not scope.isdisjoint(there.data.get("collections", ()))
            )
            met = work in model.bases
            # Whether it is there.
            if here is not None and here2 is None:
                assert asked.delete and not inside and work not in model.by_hand, work
                assert asked.direction != "push"
            if there is not None and there2 is None:
                assert asked.delete and here is None and work not in model.by_other, work
                assert asked.direction != "pull"
            if not met and not is_unsure:
                if here is not None and asked.direction != "pull":
                    assert there2 is not None, f"{work} did not come to Zotero"
                if inside and asked.direction != "push":
                    assert here2 is not None, f"{work} did not come to the file"
            if here2 is not None and here is None:
                assert inside and (not met or work in model.vague or asked.prefer == "zotero"), work
                model.by_hand.discard(work)
            if there2 is not None and there is None:
                assert here is not None
                if not before.there.get(work):
                    model.by_other.discard(work)
            # What it says.
            slots = set[Slot]()
            for one in (here, there, here2, there2):
                slots |= set(one.slots) if one is not None else set()
            both = here2 is not None and there2 is not None
            stays = is_unsure or (there is not None and not inside) or (met and there is None) or (
                met and here is None)  # fmt: skip
            open_kinds = set()
            wrong = []
            for slot in sorted(slots):
                old = (_said(here, slot), _said(there, slot))
                new = (_said(here2, slot), _said(there2, slot))
                allowed = set()
                bases = model.base(work, slot) if here and there else {UNKNOWN}
                for base in bases:
                    allowed |= outcomes(slot[0], base, *old, asked)
                # Authors who were never agreed are compared place by place.
                if (old in allowed and old[0] != old[1]) or (
                    slot[0] == "author" and UNKNOWN in bases
                ):
                    open_kinds.add(slot[0])
                if stays:
                    allowed.add(old)
                if here2 is None or there2 is None:
                    kept = old[0] if here2 is not None else old[1]
                    allowed = {(kept, None) if here2 is not None else (None, kept)}
                if new not in allowed:
                    wrong.append((slot, bases, old, new, allowed))
                if both and new[0] != new[1] and asked.direction == "sync":
                    told_of = slot[0] == "code" or bool(names & (conflicts | unsure)) or not inside
                    assert told_of, f"{work} {slot}: {new} differ, and nobody was told"
            wrong = [
                row
                for row in wrong
                if not (row[2] == row[3] and (row[0][0] in open_kinds or "type" in open_kinds))
            ]
            assert not wrong, f"{work}: (slot, bases, before, after, allowed)\n" + "\n".join(
                map(str, wrong)
            )
            if both and not is_unsure and (scope is None or asked.direction == "sync" or inside):
                base = model.bases.setdefault(work, {})
                for slot in slots:
                    new = (_said(here2, slot), _said(there2, slot))
                    if new[0] == new[1]:
                        base[slot] = {new[0]}
                    elif not met:
                        base[slot] = {UNKNOWN}
                    elif slot not in base:
                        base[slot] = {None}
                if inside and asked.direction == "sync" and here and there:
                    for slot in slots:
                        new = (_said(here2, slot), _said(there2, slot))
                        if new[0] != new[1] and work in model.vague:
                            base[slot] = base[slot] | {UNKNOWN}
                    model.vague.discard(work)
                    model.whole.add(work)

    def check_torn(self, before: Seen, asked: Asked) -> None:
        """A sync that was disturbed lost nothing; what it settled is not known."""
        after = self.seen()
        model = self.model
        self.check_kept(before, after)
        for work in self.works:
            here, there = before.here.get(work), before.item(work)
            here2, there2 = after.here.get(work), after.item(work)
            if here is not None and here2 is None:
                assert asked.delete and work not in model.by_hand
            if there is not None and there2 is None:
                assert asked.delete and work not in model.by_other
            if here is None and here2 is not None:
                model.by_hand.discard(work)
            if there is None and there2 is not None and not before.there.get(work):
                model.by_other.discard(work)
            foreign = self.foreign.get(work, {})
            slots = set[Slot](foreign)
            for one in (here, there, here2, there2):
                slots |= set(one.slots) if one is not None else set()
            met = work in model.bases
            if here2 is None and there2 is None:
                continue
            known = model.bases.get(work)
            bases = {slot: model.base(work, slot) for slot in slots}
            found: dict[Slot, set[Value]] = {}
            for slot in slots:
                old = (_said(here, slot), _said(there, slot))
                new = (_said(here2, slot), _said(there2, slot))
                settled = {x for base in bases[slot] for x, y in outcomes(slot[0], base, *old, asked)
                           if x == y}  # fmt: skip
                found[slot] = set(bases[slot])
                if new[0] == new[1]:
                    found[slot].add(new[0])
                values = {*old, foreign.get(slot, old[1])}
                if here is not None and here2 is not None:
                    assert new[0] in values, (work, slot, old, new)
                if there is not None and there2 is not None:
                    assert new[1] in values, (work, slot, old, new)
                    if slot in foreign and asked.prefer != "local" and slot[0] != "key":
                        assert new[1] == foreign[slot], f"{work} {slot}: an edit was overwritten"
                    if slot in foreign:
                        found[slot] |= settled - {foreign[slot]}
            if both_there := (here2 is not None and there2 is not None):
                model.bases[work] = {**(known or {}), **found}
            if not met and both_there:
                model.vague.add(work)

    @rule()
    def settle(self) -> None:
        """Synced until quiet: the two sides agree, and nothing is sent any more."""
        self.desk.server.faults.clear()
        self.clean(Asked())
        self.clean(Asked())
        library, data = self.library.version, self.desk.file.read_bytes()
        self.desk.server.forget()
        kept = self.before_run
        told = self.clean(Asked())
        self.before_run = kept
        assert self.desk.server.writes == 0, told
        assert self.desk.server.reads <= 5
        assert (self.library.version, self.desk.file.read_bytes()) == (library, data)


def _said(one: Written | Held | None, slot: Slot) -> Value:
    return one.slots.get(slot) if one is not None else None


def _letters(number: int) -> str:
    return "".join("abcdefghij"[int(digit)] for digit in str(number))


def _fields(slots: Slots) -> dict[str, str]:
    """Slots as the fields of an entry."""
    found = {
        name: value.replace("&", r"\&")
        for (name, _), value in slots.items()
        if value and name not in ("type", "key", "tag", "line", "author")
    }
    if slots.get(("type", "")) == "inproceedings" and "journal" in found:
        found["booktitle"] = found["journal"]
    for kind, name, glue in (("tag", "keywords", ", "), ("line", "note", r" \newline ")):
        if members := [text for (one, text), value in slots.items() if one == kind and value]:
            found[name] = glue.join(members)
    people = [f"{text}, {value}" for (one, text), value in slots.items()
              if one == "author" and value is not None]  # fmt: skip
    if people:
        found["author"] = " and ".join(people)
    return found


def _with_comma(text: str) -> str:
    return text if text.rstrip().endswith(",") else text.rstrip() + ",\n"


def _outside(data: bytes) -> list[str]:
    """Lines of the file that are in no entry."""
    text = data.decode().replace("\r\n", "\n")
    for entry in read_file(text).values():
        text = text.replace(entry.text, "")
    return [line for line in text.split("\n") if line.strip()]


_EXAMPLES, _, _STEPS = os.environ.get("BIBTOOLS_MACHINE", "12x25").partition("x")
Machine.TestCase.settings = settings(
    max_examples=int(_EXAMPLES),
    stateful_step_count=int(_STEPS or 25),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=False,
)


class TestBothSides(Machine.TestCase):  # type: ignore[misc, name-defined]
    """The machine, as a test."""
