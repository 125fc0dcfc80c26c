"""The hands of a person and of another client, as rules of a state machine.

What they change stands in a .bib file and in the library of the stand-in server; bibtools takes no
part in it. Every value that they put in is one that nobody had before.
"""

from __future__ import annotations

import random
import re
import shutil
import tempfile
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from bibtools.workflows.zotero import preparing, sending, session
from tests.zotero_desk import Desk, desk_in
from tests.zotero_model import (
    CONTAINERS,
    TEXTS,
    TYPES,
    Held,
    Model,
    Seen,
    Slot,
    Slots,
    Value,
    Written,
    read_file,
    read_library,
)
from tests.zotero_server.store import KEY_LETTERS

_HEAD = """% A remark that nobody may touch.
@string{jog = {Journal of Gears}}
@preamble{{\\providecommand{\\x}{y}}}

"""
_GIVEN = ("Ada", "Bea", "Cai M.", "D. E.")

numbers = st.integers(0, 999)
sides = st.booleans()


class Hands(RuleBasedStateMachine):
    """A person with a file and another client, who edit at random."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        self.folder = Path(tempfile.mkdtemp())
        self.context = desk_in(self.folder, self.patch)
        self.desk: Desk = self.context.__enter__()
        self.patch.setattr(sending, "MOST_WRITTEN", 3)  # so that a run has several batches
        made = random.Random(0)
        for module in (session, preparing):  # so that a failure can be had again
            self.patch.setattr(module, "new_key", lambda: "".join(made.choices(KEY_LETTERS, k=8)))
        self.count = 0
        newer = ("2000-01-01T00:00:00Z", "2999-01-01T00:00:00Z")
        self.patch.setattr(preparing, "_modified", lambda _file: newer[self.count % 2])
        self.model = Model()
        self.works: list[str] = []
        self.collection: str | None = None
        self.newline = "\n"
        self.before_run: tuple[Seen, Model] | None = None
        """Before the last run, as long as nobody edited since."""
        self.foreign: dict[str, dict[Slot, Value]] = {}
        self.said: list[str] = []
        self.called_so: set[str] = set()
        """Collections that had the name of the synced one at some time."""

    def teardown(self) -> None:
        self.context.__exit__(None, None, None)
        self.patch.undo()
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- beginnings -----------------------------------------------------------------------------

    @initialize(
        collection=st.sampled_from([None, "Reading"]), windows=st.booleans(),
        first=st.lists(st.tuples(numbers, sides, st.sampled_from(["here", "there", "both"]), sides),
                       min_size=1, max_size=4))  # fmt: skip
    def begin(
        self,
        collection: str | None,
        windows: bool,
        first: list[tuple[int, bool, str, bool]],
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

    def scope(self, seen: Seen, root: str | None = None) -> set[str] | None:
        """Keys of the synced collections; None for the whole library.

        Without a `root` it is the one of the name, else one that was called so.
        """
        if self.collection is None:
            return None
        there = {key for key, (_, _, gone) in seen.collections.items() if not gone}
        named = {key for key in there if seen.collections[key][0] == self.collection}
        self.called_so |= named
        found = ({root} if root is not None else named or self.called_so) & there
        while below := {key for key in there - found if seen.collections[key][1] in found}:
            found |= below
        return found

    # --- edits ----------------------------------------------------------------------------------

    def touched(self) -> None:
        self.before_run = None

    def fresh(self, number: int, *, book: bool) -> Slots:
        """What a new work says."""
        values: Slots = {
            ("type", ""): "book" if book else "article",
            ("key", ""): self.token("key"),
        }
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
    def new(self, number: int, book: bool, both: str, same: bool) -> None:
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
        if number % 7:
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
        self.model.items_of_other.add(key)
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
        members = sorted(
            slot for slot in slots if slot[0] == ("author" if name == "given" else name)
        )
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
        kind, _ = slot
        if kind == "code":
            code = next((one for one in item.children if one.get("title") == "Code"
                         and not one.get("deleted")), None)  # fmt: skip
            if code is not None:
                self.library.edit(str(code["key"]), url=value)
                return
        edited = {
            "type": _edited_type,
            "journal": _edited_journal,
            "tag": _edited_tags,
            "line": _edited_lines,
            "foo": _edited_lines,
            "code": _edited_lines,
            "author": _edited_people,
        }.get(kind)
        if edited is not None:
            self.library.edit(item.key, **edited(item, slot, value))
        elif kind != "publisher" or item.data["itemType"] == "book":
            self.library.edit(item.key, **{TEXTS.get(kind, "citationKey"): value or ""})

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
        top = [key for key in scope if not seen.collections[key][1]]
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


def _container(kind: str) -> str:
    return "proceedingsTitle" if kind == "conferencePaper" else "publicationTitle"


def _edited_type(item: Held, _slot: Slot, value: Value) -> dict[str, Any]:
    kind = TYPES[str(value)]
    if kind == item.data["itemType"]:
        return {}
    return {"itemType": kind, _container(kind): item.slots.get(("journal", "")) or ""}


def _edited_journal(item: Held, _slot: Slot, value: Value) -> dict[str, Any]:
    return {_container(item.data["itemType"]): value or ""}


def _edited_tags(item: Held, slot: Slot, value: Value) -> dict[str, Any]:
    tags = [one for one in item.data.get("tags", ()) if one["tag"] != slot[1]]
    return {"tags": [*tags, {"tag": slot[1]}] if value else tags}


def _edited_lines(item: Held, slot: Slot, value: Value) -> dict[str, Any]:
    kind, name = slot
    start = name if kind == "line" else f"tex.{kind}: "
    lines = [one for one in str(item.data.get("extra", "")).split("\n") if one]
    lines = [one for one in lines if one != name and (kind == "line" or not one.startswith(start))]
    if value:
        lines.append(name if kind == "line" else f"{start}{value}")
    return {"extra": "\n".join(lines)}


def _edited_people(item: Held, slot: Slot, value: Value) -> dict[str, Any]:
    people = [dict(one) for one in item.data.get("creators", ())]
    mine = [one for one in people if one["lastName"] == slot[1]]
    if value is None:
        people = [one for one in people if one not in mine]
    elif mine:
        mine[0]["firstName"] = value
    else:
        people.append({"creatorType": "author", "lastName": slot[1], "firstName": value})
    return {"creators": people}
