"""What must hold after a sync of anything with anything: nothing lost, doubled, or touched unasked.

`check_run` is for every run, disturbed or not; `Quiet` says how far two sides may differ that were
synced until nothing is left to do.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unicodedata import normalize

from bibtools.sync.comparing import loosely_equal
from bibtools.sync.fields import base_name, field_of_label
from bibtools.sync.local_file import apply_local, read_local
from bibtools.sync.plan import AddEntry
from bibtools.sync.values import Data, LocalEntry, remote_item
from tests.zotero_ledger import tokens
from tests.zotero_model import Asked
from tests.zotero_texts import outside
from tests.zotero_wide import WideHands, entries_in, work_of_item


@dataclass(frozen=True)
class Sight:
    """Both sides at one moment."""

    data: bytes
    contents: dict[str, dict[str, Any]]
    collections: dict[str, tuple[str, str, bool]]
    as_json: bool

    @classmethod
    def of(cls, hands: WideHands) -> Sight:
        collections = {key: (one.name, one.parent, one.deleted)
                       for key, one in hands.library.collections.items()}  # fmt: skip
        return cls(hands.desk.file.read_bytes(), hands.contents(), collections, hands.json)

    @property
    def text(self) -> str:
        return self.data.decode().replace("\r\n", "\n")

    def entries(self) -> list[tuple[str, str, str]]:
        return entries_in(self.text, as_json=self.as_json)

    def items(self) -> dict[str, str]:
        """Live top items and their works."""
        return {key: work for key, data in self.contents.items()
                if not data.get("deleted") and (work := work_of_item(data))}  # fmt: skip

    def dump(self) -> str:
        return json.dumps(self.contents, ensure_ascii=False)


def check_run(hands: WideHands, before: Sight, after: Sight, asked: Asked) -> None:
    """What must hold however a run went."""
    _check_ledger(hands, before, after, asked)
    _check_doubles(before, after)
    _check_library(before, after)
    _check_file(before, after)


def _check_ledger(hands: WideHands, before: Sight, after: Sight, asked: Asked) -> None:
    lost = hands.ledger.lost(after.data.decode(), after.dump())
    live = set(before.items().values())
    for token, work in list(lost.items()):
        if asked.prefer is not None and decided(hands, work):
            del lost[token], hands.ledger.alive[token]  # it lost against the other side
        elif asked.delete and work not in live:
            del lost[token], hands.ledger.alive[token]  # its item was gone, so its entry went
    assert not lost, f"lost: {lost}\n{after.text}\n{after.dump()}"


def decided(hands: WideHands, work: str) -> bool:
    """Whether a run with `--prefer` may have decided against a value of a work."""
    return work not in hands.agreed or {work} <= hands.touched_here & hands.touched_there


def _check_doubles(before: Sight, after: Sight) -> None:
    """No work is there twice that was twice on neither side."""
    old, new = (
        [Counter(one.items().values()), Counter(work for _, work, _ in one.entries())]
        for one in (before, after)
    )
    for side in new:
        twice = {work: count for work, count in side.items()
                 if work and count > max(1, *(one[work] for one in old))}  # fmt: skip
        assert not twice, f"doubled: {twice}\n{after.text}"
    keys = Counter(key.lower() for key, _, _ in after.entries())
    had = Counter(key.lower() for key, _, _ in before.entries())
    assert all(keys[key] <= max(1, had[key]) for key in keys), keys


def _check_library(before: Sight, after: Sight) -> None:
    for key, old in before.contents.items():
        new = after.contents.get(key)
        assert new is not None, f"{key} was deleted for good: {old}"
        if old["itemType"] in ("note", "attachment", "annotation"):
            if old.get("title") != "Code":
                assert new == old
            continue
        assert new["relations"] == old["relations"], (old, new)
        assert set(new["collections"]) >= set(old["collections"]), (old, new)
        kinds = {one["tag"]: one.get("type") for one in old["tags"]}
        for tag in new["tags"]:
            assert tag.get("type") == kinds.get(tag["tag"], tag.get("type")), (old, new)
    for key, collection in before.collections.items():
        assert after.collections.get(key) == collection, (key, before.collections)


def _check_file(before: Sight, after: Sight) -> None:
    if not before.as_json:
        assert outside(before.text) == outside(after.text)
        assert after.text.count("\n\n\n") <= before.text.count("\n\n\n") + 1
    # What was there stays in its order, and what is new comes after it.
    works = [work for _, work, _ in before.entries() if work]
    now = [work for _, work, _ in after.entries() if work]
    if len(set(works)) == len(works) and len(set(now)) == len(now):
        stayed = [work for work in works if work in now]
        assert now[: len(stayed)] == stayed, (works, now)


def check_untouched(hands: WideHands, before: Sight, after: Sight) -> None:
    """What no hand changed since it was agreed on is changed by no run."""
    every = [[work for _, work, _ in one.entries()] for one in (before, after)]
    once = {work for work in every[0] if [one.count(work) for one in every] == [1, 1]}
    old = {work: text for _, work, text in before.entries()}
    for _, work, text in after.entries():
        known = work in hands.agreed and work not in hands.touched_there and work in once
        if known:
            # A key that another entry names may change with that one.
            assert _unnamed(text) == _unnamed(old[work]), (
                f"{work} was changed in the file, and nobody changed its item\n{old[work]}\n{text}"
            )
    touched, heirs = hands.touched_here | hands.touched_there, _heirs(before)
    for key, work in before.items().items():
        known = work in hands.agreed and work not in hands.touched_here and work in once
        # What an entry has from another changes with that one.
        known = known and all(one in hands.agreed - touched for one in heirs.get(work, ()))
        new = after.contents[key]
        if not before.contents[key].get("citationKey"):
            new = {**new, "citationKey": before.contents[key].get("citationKey")}  # it is given one
        if known and not new.get("deleted"):
            was = {**before.contents[key], "collections": new["collections"]}
            changed = {name: (was.get(name), new.get(name)) for name in {*was, *new}
                       if was.get(name) != new.get(name)}  # fmt: skip
            assert not changed, (
                f"{work} was changed in Zotero, and nobody changed its entry:\n{changed}"
            )


_NAMED = re.compile(r"crossref\s*=\s*[{\"]([^}\"]*)[}\"]", re.IGNORECASE)


def _unnamed(text: str) -> str:
    return _NAMED.sub("crossref", text)


def _heirs(sight: Sight) -> dict[str, set[str]]:
    """Works of which each work has fields, at first or second hand."""
    works = {key: work for key, work, _ in sight.entries()}
    found: dict[str, set[str]] = {}
    for key, work, text in sight.entries():
        named, seen = _NAMED.search(text), {key}
        while named is not None and named[1] not in seen:
            seen.add(named[1])
            found.setdefault(work, set()).add(works.get(named[1], "nobody's"))
            text = next((one for other, _, one in sight.entries() if other == named[1]), "")
            named = _NAMED.search(text)
    return found


# --- quiet ---------------------------------------------------------------------------------------


def check_quiet(hands: WideHands, sight: Sight, told: Mapping[str, Any]) -> set[str]:
    """Both sides say the same, as far as the mapping can say it; gives the works that do.

    A pair of which the last run told something is passed over.
    """
    name = hands.desk.file.name
    local = read_local(sight.data, name, {})
    entries = {entry.key: entry for entry in local.entries}
    items = {key: remote_item({"key": key, "data": data}) for key, data in sight.contents.items()}
    left = _left(told, hands.heard)
    equal = set()
    for item, key in pairs_of(hands).items():
        entry, held = entries.get(key), items.get(item)
        told_of = left.get(item, set()) | left.get(key, set())
        if entry is None or held is None or held.data.get("deleted") or "itemType" in told_of:
            continue
        codes = {word for data in sight.contents.values() if data.get("parentItem") == item
                 and data.get("title") == "Code" for word in tokens(data["url"])}  # fmt: skip
        wrong = differences(entry, held.data, name, told_of, codes)
        work = work_of_item(dict(held.data))
        shown = "\n".join(
            f"  {field}: here {one!r}, there {other!r}" for field, one, other in wrong
        )
        assert not wrong, (
            f"{key} and {item} ({work}) differ, and nobody was told:\n{shown}\n"
            f"{_shown(sight, key)}\n{sight.contents[item]}"
        )
        if work is not None and not told_of:
            equal.add(work)
            if not entry.locked:
                shown = f"{_shown(sight, key)}\n{sight.contents[item]}"
                _check_gone(hands, sight, work, item, shown.replace(key, "key"))
    return equal


def _check_gone(hands: WideHands, sight: Sight, work: str, item: str, shown: str) -> None:
    """What a hand took away where both sides agreed, and nobody wrote again, does not come back."""
    children = [str(data) for data in sight.contents.values() if data.get("parentItem") == item]
    there = tokens(shown) - tokens("".join(children))
    if work in hands.agreed and not {work} <= hands.touched_here & hands.touched_there:
        hands.ledger.bury(work)
    back = {one for one, whose in hands.ledger.gone.items() if whose == work} & there
    assert not back, f"{work}: {back} came back\n{shown}"


def _left(told: Mapping[str, Any], heard: str) -> dict[str, set[str]]:
    """Fields of which something was told, by citation keys and keys of items; `itemType` stands
    for all.
    """
    found: dict[str, set[str]] = {}
    for one in told["conflicts"]:
        fields = {str(row).split(":")[0] for row in one["fields"]} or {"itemType"}
        found.setdefault(one["key"], set()).update(fields)
    for one in told["unsure"]:
        for name in (one["key"], one["item"], *one["candidates"]):
            found.setdefault(str(name), set()).add("itemType")
    texts = [str(one) for one in told["notices"] if "of the pairs" in str(one)]
    # What an entry says twice, or has from another, was told when it could not be changed.
    texts += re.findall(r"In the entry.*|A change of the entry.*|.*was cut in the file", heard)
    for name in {name for text in texts for name in re.findall(r"[\w-]+", text)}:
        found.setdefault(name, set()).add("itemType")
    return found


def _shown(sight: Sight, key: str) -> str:
    """The text of an entry; nothing of a JSON object that has another ID than citation key."""
    return next((text for one, _, text in sight.entries() if one == key), "")


def pairs_of(hands: WideHands) -> dict[str, str]:
    """Item keys and citation keys of what is remembered."""
    state = Path(f"{hands.desk.file}.zotero.jsonl")
    found = {}
    for line in state.read_text().split("\n")[1:] if state.exists() else ():
        try:
            row = json.loads(line or "{}")
        except ValueError:
            continue  # damaged by a hand
        if "item" in row and not row.get("pending"):
            found[row["item"]] = row["key"]
    return found


_OWN = frozenset({"collections", "relations", "deleted", "inPublications", "citationKey"})


def differences(
    entry: LocalEntry, there: Data, file: str, left: Set[str], codes: Set[str]
) -> list[tuple[str, Any, Any]]:
    """The fields of a pair that say other things; `there` is also taken as it would be in a new
    file, for what the mapping cannot hold is no difference. What is locked or was told (`left`) is
    passed over, and so are links to code (`codes`), which may stand in a child.
    """
    kind = str(there["itemType"])
    if "extra" in there:
        # The first such line is the key where the item has no other.
        line = rf"(?m)^Citation Key: {re.escape(entry.key)}\n?"
        there = {**there, "extra": re.sub(line, "", str(there["extra"]), count=1)}
    here, through = lifted(entry.data), lifted(as_in_file(there, file))
    there, left = lifted(there), {base_name(name, kind) for name in left}
    names = {*here, *there} - _OWN - left - entry.locked
    return [
        (name, here.get(name), (there.get(name), through.get(name)))
        for name in sorted(names)
        if not same(name, here.get(name), there.get(name), kind, codes)
        and not same(name, here.get(name), through.get(name), kind, codes)
    ]


def lifted(data: Data) -> Data:
    """The fields under the names that they have in all types, those that stand in lines of Extra
    among them.
    """
    kind, kept = str(data.get("itemType")), []
    found = {base_name(name, kind): value for name, value in data.items()}
    for line in str(found.pop("extra", "")).split("\n"):
        label, colon, value = line.partition(":")
        field = field_of_label(label, kind) if colon else None
        if field is None or field == "citationKey":
            kept.append(line)
        elif field not in found:
            found[field] = value.strip()
    return {**found, "extra": "\n".join(kept)}


def same(name: str, one: Any, other: Any, kind: str, codes: Set[str]) -> bool:
    """Whether two values of a field say the same."""
    if name == "extra":
        return tokens(str(one)) - codes == tokens(str(other)) - codes
    if name == "tags":
        words = [{word for tag in side or () for word in tokens(tag["tag"])}
                 for side in (one, other)]  # fmt: skip
        return words[0] == words[1]
    one, other = (normalize("NFC", side) if isinstance(side, str) else side
                  for side in (one, other))  # fmt: skip
    return loosely_equal(name, one, other, kind)


def as_in_file(there: Data, file: str) -> Data:
    """An item as it is when it was written into a new file and read again."""
    empty = read_local(b"[]" if file.endswith(".json") else b"", file, {})
    key = str(there.get("citationKey") or "x").split()[0]
    data, _ = apply_local(empty, [AddEntry("ITEM", 1, key, there)])
    found = read_local(data, file, {}).entries
    return found[0].data if found else {}
