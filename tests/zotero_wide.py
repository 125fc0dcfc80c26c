"""The hands of a person and of another client, over all that a file and a library may hold.

Unlike `zotero_hands.py`, which knows for each value what a sync has to make of it, these write
any type, any field, any text, in .bib and CSL-JSON, in a user's library and in a group's. What
must hold is said in `zotero_wide_checks.py`. Each rule draws one number, from which follows what
it does.
"""

from __future__ import annotations

import json
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
from tests.zotero_ledger import Ledger
from tests.zotero_server.schema import ITEM_TYPES
from tests.zotero_server.store import KEY_LETTERS
from tests.zotero_texts import Block, blocks, put_value, without_field

seeds = st.integers(0, 2**20)
_DOI = re.compile(r"10\.1234/w\d+")
_HEAD = """% A remark that nobody may touch, with {a brace} and 100 %.
@string{jog = {Journal of Gears}}
@string(gears = "Gears")
@preamble{{\\providecommand{\\x}{y}}}

"""

KINDS = (
    "article book incollection inproceedings phdthesis techreport software online dataset misc "
    "unpublished manual thesis report inbook mastersthesis"
).split()
"""Types of entries."""
ITEMS = (
    "journalArticle book bookSection conferencePaper thesis report computerProgram webpage dataset "
    "preprint magazineArticle document manuscript presentation patent"
).split()
"""Types of items."""
CSL_TYPES = (
    "article-journal book chapter paper-conference thesis report software webpage dataset article "
    "article-magazine document manuscript speech patent"
).split()

_TEXT_FIELDS = (
    "title abstract journal booktitle publisher address series edition note keywords annote "
    "howpublished organization school institution type copyright language foo library shorttitle "
    "eventtitle"
).split()
_NUMBER_FIELDS = ["volume", "number", "pages", "pagetotal", "chapter", "version"]
_HOSTILE_HERE = (
    r"{\"o}ffentlich {T} word {Zo\"e} \& 100\% of",
    r"$x^2_{i} \le 5$ word \emph{it} --- \textbf{bold {b}}",
    r"\LaTeX{} word {\ss} \unknown{arg} ~x",
    "数学 word 🎉 العربية e\u0301 \u200b",
    "<i>word</i> <b> a & b",
    "a   word\n     over   two lines",
    "@article{fake, word = 1}",
    r"\url{http://a.example/~c_d} word \$ \# \_ \{ \}",
    "word, and; others",
    "``quoted'' word -- 'x'",
)
_HOSTILE_THERE = (
    '<i>it</i> word <span class="nocase">X</span> H<sub>2</sub>O <span style="font-variant:'
    'small-caps;">S</span>',
    "\\LaTeX & 100% #1 $5 {brace} ~ ^ _ word \"q\" 'a'",
    "{ unclosed word",
    "} closing word",
    "word at the end \\",
    "数学 word 🎉 العربية e\u0301 \u200b\u00a0x",
    "10% off; word, y -- z --- w",
    "$a_1$ word $ <b> a < b > c &amp; &lt;",
    "@article{word, x = {y}}",
    "word\twith  blanks",
)
_CHEATS = (
    "Original Date: {number}", "original-title: {word}", "Citation Key: {word}", "tex.foo: {word}",
    "tex.howpublished: {word}", "PMID: {number}", "Reviewed Title: {word}", "{word}",
    "read {word} by me", "Place: {word}", "Publisher: {word}", "DOI: not {word}",
    "Volume: {number}",
    "tex.code: https://github.com/{word}/x", "event-place: {word}", "{word}: {word2}",
    "status: {word}",
)  # fmt: skip


class WideHands(RuleBasedStateMachine):
    """A person with a file and another client, who edit anything at random."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger: Ledger = Ledger()
        self.patch = pytest.MonkeyPatch()
        self.folder = Path(tempfile.mkdtemp())
        self.context = desk_in(self.folder, self.patch)
        self.desk: Desk = self.context.__enter__()
        self.patch.setattr(sending, "MOST_WRITTEN", 3)  # so that a run has several batches
        made = random.Random(0)
        for module in (session, preparing):  # so that a failure can be had again
            self.patch.setattr(module, "new_key", lambda: "".join(made.choices(KEY_LETTERS, k=8)))
        newer = ("2000-01-01T00:00:00Z", "2999-01-01T00:00:00Z")
        self.patch.setattr(preparing, "_modified", lambda _file: newer[self.ledger.count % 2])
        self.works = 0
        self.collection: str | None = None
        self.newline = "\n"
        self.json = False
        self.group = False
        self.indent: int | None = 2
        self.bad_here: set[str] = set()
        """Works that hands put twice into the file."""
        self.bad_there: set[str] = set()
        """Works that hands put twice into the library."""
        self.agreed: set[str] = set()
        """Works of which both sides are remembered as equal."""
        self.touched_here: set[str] = set()
        self.touched_there: set[str] = set()
        """Works that a hand changed since they were equal."""
        self.said: list[str] = []
        self.heard = ""
        """What all runs said."""
        self.known_names: set[str] = set()
        """Keys of collections that had the name of the synced one at some time."""
        self.fresh = True
        """Whether nobody edited since the last run."""

    def teardown(self) -> None:
        self.context.__exit__(None, None, None)
        self.patch.undo()
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- beginnings -----------------------------------------------------------------------------

    @initialize(
        collection=st.sampled_from([None, "Reading", "Reading/2026"]),
        windows=st.booleans(),
        kind=st.sampled_from(["bib", "bib", "json"]),
        group=st.sampled_from([False, False, True]),
        first=st.lists(st.tuples(seeds, st.sampled_from("hhttb")), min_size=1, max_size=4),
    )
    def begin(
        self,
        collection: str | None,
        windows: bool,
        kind: str,
        group: bool,
        first: list[tuple[int, str]],
    ) -> None:
        self.collection = collection
        self.json, self.group = kind == "json", group
        self.newline = "\r\n" if windows else "\n"
        if group:
            self.desk.server.add_group(7, "Lab")
        if self.json:
            self.desk.file = self.desk.file.with_suffix(".json")
        self.other = self.library.add_collection("Other")
        if collection is not None:
            parent = ""
            for name in collection.split("/"):
                parent = self.library.add_collection(name, parent=parent)
        self.write_raw("[\n]\n" if self.json else _HEAD)
        for seed, where in first:
            if where in "hb":
                self.new_here(seed, None)
            if where in "tb":
                self.new_there(seed + 1, f"10.1234/w{self.works - 1}" if where == "b" else None)

    # --- what there is --------------------------------------------------------------------------

    @property
    def library(self) -> Any:
        return self.desk.server.library(*(("groups", 7) if self.group else ("users", 1)))

    def write_raw(self, text: str) -> None:
        self.desk.file.write_bytes(text.replace("\n", self.newline).encode())

    def text(self) -> str:
        data = self.desk.file.read_bytes().decode()
        assert self.newline == "\n" or not re.search(r"(?<!\r)\n", data), "mixed ends of lines"
        return data.replace("\r\n", "\n")

    def contents(self) -> dict[str, dict[str, Any]]:
        """What the library holds but for versions and dates."""
        varying = ("version", "dateAdded", "dateModified", "key")
        found: dict[str, dict[str, Any]] = self.library.contents()
        return {
            key: {name: value for name, value in data.items() if name not in varying}
            for key, data in found.items()
        }

    def dump(self) -> str:
        """All that the library holds, as one text."""
        return json.dumps(self.contents(), ensure_ascii=False)

    def items(self) -> dict[str, str]:
        """Top items that are not in the trash, with their work."""
        return {key: work for key, data in self.contents().items()
                if not data.get("deleted") and (work := work_of_item(data))}  # fmt: skip

    def entries(self) -> list[tuple[str, str, str]]:
        """Key, work and text of each entry, in the order of the file."""
        return entries_in(self.text(), as_json=self.json)

    def rows(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.text())
        return found

    def say(self, text: str) -> None:
        if threading.current_thread() is threading.main_thread():
            note(text)
        else:
            self.said.append(text)

    # --- edits of the file ----------------------------------------------------------------------

    def rewrite(self, work: str, new: str) -> None:
        """A hand saves the file with another text."""
        old = self.text()
        if new == old:
            return
        if not self.json:
            blocks(new)  # else it is not the text that the hand meant
        if work in self.agreed and work not in self.touched_there:
            self.ledger.took(work, old, new, self.dump())
        self.ledger.edited(work, old, new)
        self.fresh = False
        self.touched_here.add(work)
        self.say(f"here {work}: {_difference(old, new)}")
        self.write_raw(new)

    def rewrite_rows(self, work: str, rows: list[dict[str, Any]]) -> None:
        text = json.dumps(rows, ensure_ascii=False, indent=self.indent)
        self.rewrite(work, text + "\n")

    def value_here(self, name: str, dice: random.Random) -> str:  # noqa: C901 -- a table
        """A value as it stands in a .bib file."""
        word = self.ledger.word()
        if name in _NUMBER_FIELDS:
            number = self.ledger.number()
            text = f"{number}--9{number}" if name == "pages" and dice.random() < 0.5 else number
            return text if text.isdigit() and dice.random() < 0.3 else f"{{{text}}}"
        if name in ("author", "editor"):
            return self.people_here(word, dice)
        if name in ("date", "year"):
            return dice.choice(("{%s}", '"%s"', "%s")) % self.ledger.year()
        if name == "month":
            return dice.choice(("jan", "{February}", "3", "dec"))
        if name == "url":
            return f"{{https://example.org/{word}?a=1&b=2#c_d}}"
        if name == "code":
            return f"{{https://github.com/example/{word}}}"
        if name == "keywords":
            more = [word, *(self.ledger.word() for _ in range(dice.randrange(3)))]
            return "{" + dice.choice((", ", "; ", ",")).join(more) + "}"
        if name == "journal" and dice.random() < 0.3:
            return f'jog # " of {word}"'
        text = f"The {word} of Wheels"
        if dice.random() < 0.5:
            text = dice.choice(_HOSTILE_HERE).replace("word", word)
        if name == "note" and dice.random() < 0.3:
            text = f"{text} \\newline second {self.ledger.word()}"
        return f'"{text}"' if dice.random() < 0.3 and '"' not in text else f"{{{text}}}"

    def people_here(self, word: str, dice: random.Random) -> str:
        """Names as they stand in a .bib file."""
        people = [dice.choice((f"{word.title()}, Ada", f"Bea {word.title()}",
                               f"{{{word.title()} and Sons}}", f"van {word}, C. D.",
                               rf'M{{\"u}}ller-{word.title()}, {{\'E}}va'))]  # fmt: skip
        while dice.random() < 0.5:
            people.append(f"{self.ledger.word().title()}, {dice.choice('ABC')}.")
        return "{" + " and ".join(people) + "}"

    def new_here(self, seed: int, work: str | None, title: str | None = None) -> None:
        dice = random.Random(seed)
        if work is None:
            work, self.works = f"10.1234/w{self.works}", self.works + 1
        if self.json:
            row = self.new_row(work, dice)
            if title is not None:
                row["title"] = title
            rows = self.rows()
            rows.insert(dice.randrange(len(rows) + 1), row)
            self.rewrite_rows(work, rows)
            return
        kind = dice.choice(KINDS)
        names = ["title", "author", "year"]
        names += dice.sample(_TEXT_FIELDS + _NUMBER_FIELDS + ["url", "code", "month", "editor"], 5)
        fields = {name: self.value_here(name, dice) for name in dict.fromkeys(names)}
        if title is not None:
            fields["title"] = f"{{{title}}}"
        fields["doi"] = f"{{{work}}}"
        if dice.random() < 0.15:
            fields["bibtools-lock"] = dice.choice(("{title}", "{all}", "{keywords, journal}"))
        if dice.random() < 0.15 and (every := self.entries()):
            fields["crossref"] = f"{{{dice.choice(every)[0]}}}"
        if dice.random() < 0.15:
            number = self.ledger.number()
            fields |= {"eprint": f"{{2101.{number}}}", "archiveprefix": "{arXiv}"}
        key = f"k{self.ledger.word()}"
        opening, closing = dice.choice(("{}", "{}", "{}", "()"))
        indent = dice.choice(("  ", "\t", "", "      "))
        equals = dice.choice((" = ", "=", "\t= "))
        upper = dice.random() < 0.2
        parts = [f"{indent}{name.upper() if upper else name}{equals}{value}"
                 for name, value in dice.sample(list(fields.items()), len(fields))]  # fmt: skip
        glue = ",\n" if dice.random() < 0.9 else ", "
        end = dice.choice((",\n", "\n", ""))
        entry = f"@{kind}{opening}{key}{glue}{glue.join(parts)}{end}{closing}"
        remark = f"% about {key}\n" if dice.random() < 0.2 else ""
        self.rewrite(work, f"{self.text()}\n{remark}{entry}\n")

    def new_row(self, work: str, dice: random.Random) -> dict[str, Any]:
        row: dict[str, Any] = {"id": f"k{self.ledger.word()}", "type": dice.choice(CSL_TYPES)}
        for name in ["title", "author", "issued", *dice.sample(_CSL_NAMES, 5)]:
            row[name] = self.csl_value(name, dice)
        row["DOI"] = work
        if dice.random() < 0.2:
            row["x-own"] = {"kept": [1, {"as": "it is"}]}
        return row

    def csl_value(self, name: str, dice: random.Random) -> Any:
        word = self.ledger.word()
        if name in ("author", "editor"):
            people: list[dict[str, str]] = [dice.choice((
                {"family": word.title(), "given": "Ada"}, {"literal": f"{word.title()}, Inc."},
                {"family": word.title(), "given": "C. D.", "non-dropping-particle": "van"},
            ))]  # fmt: skip
            while dice.random() < 0.5:
                people.append({"family": self.ledger.word().title(), "given": "B."})
            return people
        if name == "issued":
            year = self.ledger.year()
            return dice.choice(({"date-parts": [[int(year), 3]]}, {"date-parts": [[year]]},
                                {"raw": year}))  # fmt: skip
        if name in ("volume", "issue", "page", "number"):
            return self.ledger.number()
        if name == "keyword":
            return f"{word}, {self.ledger.word()}"
        if name == "URL":
            return f"https://example.org/{word}"
        if name == "note" and dice.random() < 0.5:
            cheat = dice.choice(_CHEATS)
            return self.cheat(cheat)
        if dice.random() < 0.4:
            return dice.choice(_HOSTILE_THERE).replace("word", word)
        return f"The {word} of Wheels"

    @rule(seed=seeds)
    def add_here(self, seed: int) -> None:
        dice = random.Random(seed)
        known = sorted(set(self.items().values()) | {work for _, work, _ in self.entries()})
        twice = known and dice.random() < 0.15
        work = dice.choice(known) if twice else None
        if work is not None:
            self.bad_here.add(work)
        title = self.title_of(work) if work is not None and dice.random() < 0.7 else None
        self.new_here(seed, work, title)

    def title_of(self, work: str) -> str | None:
        """The title that the library has for a work, where it can stand in a file as it is."""
        for key, one in self.items().items():
            title = str(self.contents()[key].get("title") or "")
            if one == work and re.fullmatch(r"[\w ,.]+", title):
                return title
        return None

    @rule(seed=seeds)
    def edit_here(self, seed: int) -> None:
        dice = random.Random(seed)
        if self.json:
            self.edit_row(dice)
            return
        text = self.text()
        found = [one for one in blocks(text) if _DOI.search(text[one.start : one.end])]
        if not found:
            return
        block = dice.choice(found)
        match = _DOI.search(text[block.start : block.end])
        assert match is not None
        self.rewrite(match[0], self.edited_bib(text, block, dice))

    def edited_bib(self, text: str, block: Block, dice: random.Random) -> str:
        names = [one.name.lower() for one in block.fields if one.name.lower() != "doi"]
        how = dice.choice(("set", "set", "set", "add", "add", "remove", "type", "key", "lock",
                           "space"))  # fmt: skip
        if how == "set" and names:
            name = dice.choice(names)
            if name in ("crossref", "bibtools-lock", "eprint", "archiveprefix"):
                return text
            return put_value(text, block, name, self.value_here(name, dice))
        if how == "add":
            name = dice.choice([*_TEXT_FIELDS, *_NUMBER_FIELDS, "url", "code", "editor"])
            return put_value(text, block, name, self.value_here(name, dice))
        if how == "remove" and names:
            return without_field(text, block, dice.choice(names))
        if how == "type":
            start = text.index(block.kind, block.start + 1) if block.kind in text[
                block.start : block.start + 30] else block.start + 1  # fmt: skip
            return text[:start] + dice.choice(KINDS) + text[start + len(block.kind) :]
        if how == "key" and not re.search(rf"crossref\s*=\s*.{block.key}\b", text):
            end = block.key_start + len(block.key)
            return text[: block.key_start] + f"k{self.ledger.word()}" + text[end:]
        if how == "lock":
            if block.field("bibtools-lock") is not None:
                return without_field(text, block, "bibtools-lock")
            return put_value(text, block, "bibtools-lock", dice.choice(("{title}", "{all}")))
        if how == "space":
            return f"{text[: block.start]}\n% said {self.ledger.count}\n\n{text[block.start :]}"
        return text

    def edit_row(self, dice: random.Random) -> None:
        rows = self.rows()
        if not rows:
            return
        row = dice.choice(rows)
        how = dice.choice(("set", "set", "add", "add", "remove", "type", "key"))
        names = [name for name in row if name in _CSL_NAMES or name in ("title", "author")]
        if how == "set" and names:
            name = dice.choice(names)
            row[name] = self.csl_value(name, dice)
        elif how == "add":
            name = dice.choice(_CSL_NAMES)
            row[name] = self.csl_value(name, dice)
        elif how == "remove" and names:
            del row[dice.choice(names)]
        elif how == "type":
            row["type"] = dice.choice(CSL_TYPES)
        elif how == "key":
            row["id"] = f"k{self.ledger.word()}"
        self.rewrite_rows(str(row.get("DOI")), rows)

    @rule(seed=seeds)
    def order_here(self, seed: int) -> None:
        """The entries in another order."""
        dice = random.Random(seed)
        if self.json:
            rows = self.rows()
            dice.shuffle(rows)
            if rows:
                self.indent = dice.choice((2, 4, 2))
                self.rewrite_rows("order", rows)
            return
        text = self.text()
        found = blocks(text)
        if len(found) > 1:
            one = dice.choice(found)
            moved = text[one.start : one.end]
            self.rewrite("order", text[: one.start] + text[one.end :] + f"\n{moved}\n")

    @rule(seed=seeds)
    def drop_here(self, seed: int) -> None:
        found = self.entries()
        if not found:
            return
        key, work, entry = random.Random(seed).choice(found)
        if self.json:
            rows = [row for row in self.rows() if row["id"] != key]
            new = json.dumps(rows, ensure_ascii=False, indent=self.indent) + "\n"
        else:
            new = self.text().replace(entry, "", 1)
        self.say(f"here {work}: dropped {key}")
        if re.search(rf"crossref\s*=\s*.{key}\b", new):
            self.ledger.edited(work, entry, "")  # others lose with it what they have from it
        else:
            self.ledger.dropped(entry, self.dump() + new)
        self.fresh = False
        self.touched_here.add(work)
        self.agreed.discard(work)  # another entry of it is one that was never agreed on
        self.write_raw(new)

    # --- edits of the library -------------------------------------------------------------------

    def cheat(self, form: str) -> str:
        while "{word}" in form or "{number}" in form or "{word2}" in form:
            form = form.replace("{word}", self.ledger.word(), 1)
            form = form.replace("{word2}", self.ledger.word(), 1)
            form = form.replace("{number}", self.ledger.number(), 1)
        return form

    def value_there(self, name: str, dice: random.Random) -> Any:
        """A value as an item has it."""
        word = self.ledger.word()
        if name in ("date", "accessDate", "originalDate", "filingDate", "issueDate",
                    "priorityDate"):  # fmt: skip
            year = self.ledger.year()
            rest = dice.choice(("-03-04", "", "-05")) if name != "accessDate" else (
                "-01-02T03:04:05Z")  # fmt: skip
            return f"{year}{rest}"
        if name == "creators":
            return []
        if name in ("volume", "issue", "pages", "number", "numPages", "numberOfVolumes",
                    "seriesNumber", "reportNumber", "section", "versionNumber"):  # fmt: skip
            return self.ledger.number()
        if name == "url":
            return f"https://example.org/{word}"
        if name == "extra":
            lines = [dice.choice(_CHEATS) for _ in range(dice.randrange(1, 4))]
            return "\n".join(self.cheat(line) for line in lines)
        if name in ("ISBN", "ISSN", "PMID", "PMCID", "archiveID", "language"):
            return word
        if dice.random() < 0.4:
            return dice.choice(_HOSTILE_THERE).replace("word", word)
        return f"The {word} of Wheels"

    def person(self, kind: str, dice: random.Random) -> dict[str, str]:
        word = self.ledger.word().title()
        roles = ITEM_TYPES[kind].creator_types
        role = roles[0] if dice.random() < 0.7 else dice.choice(roles)
        if dice.random() < 0.2:
            return {"creatorType": role, "name": dice.choice((f"{word}, Inc. and Sons", word))}
        first = dice.choice(("Ada", "B. C.", "Éva", "", "Jr., Q."))
        last = dice.choice((word, f"van {word}", f"{word} and X", "{" + word + "}"))
        return {"creatorType": role, "lastName": last, "firstName": first}

    def put_there(self, work: str, data: dict[str, Any], old: str) -> str:
        """Another client writes an item; what it held before, as text, is gone."""
        if work in self.agreed and work not in self.touched_here and "key" in data:
            new = json.dumps(data, ensure_ascii=False)
            self.ledger.took(work, old, new, self.desk.file.read_bytes().decode())
        fresh_key: str = self.library.put(data).key
        self.ledger.edited(work, old, json.dumps(data, ensure_ascii=False))
        self.fresh = False
        self.touched_there.add(work)
        self.say(f"there {work} {fresh_key}: {json.dumps(data, ensure_ascii=False)}")
        return fresh_key

    def new_there(self, seed: int, work: str | None, title: str | None = None) -> None:
        dice = random.Random(seed)
        if work is None:
            work, self.works = f"10.1234/w{self.works}", self.works + 1
        kind = dice.choice(ITEMS)
        fields = [one for one in ITEM_TYPES[kind].fields if one not in ("DOI", "citationKey")]
        data: dict[str, Any] = {"itemType": kind, "DOI": work}
        for name in [fields[0], ITEM_TYPES[kind].of_base("date"), *dice.sample(fields[1:], 7)]:
            data[name] = self.value_there(name, dice)
        if title is not None:
            data[fields[0]] = title
        if dice.random() < 0.6:
            data["citationKey"] = f"k{self.ledger.word()}"
        data["creators"] = [self.person(kind, dice) for _ in range(dice.randrange(4))]
        data["tags"] = [self.tag(dice) for _ in range(dice.randrange(4))]
        places = [self.other] if dice.random() < 0.4 else []
        scope = self.scope()
        if scope and dice.random() < 0.8:
            places += dice.sample(scope, min(len(scope), dice.choice((1, 1, 2))))
        data["collections"] = places
        key = self.put_there(work, data, "")
        if dice.random() < 0.3:
            self.hang(work, key, dice)

    def tag(self, dice: random.Random) -> dict[str, Any]:
        word = self.ledger.word()
        text = dice.choice((word, word, f"{word}, x", f"a;{word}", f"{word} 100% $x_1$ #\\",
                            f"数{word}"))  # fmt: skip
        return {"tag": text, **({"type": 1} if dice.random() < 0.3 else {})}

    def scope(self) -> list[str]:
        """Keys of the synced collection and those below it."""
        if self.collection is None:
            return []
        there = {key: one for key, one in self.library.collections.items() if not one.deleted}
        named = {key for key, one in there.items() if self.path(key) == self.collection}
        self.known_names |= named
        found = (named or self.known_names) & set(there)
        while below := {key for key, one in there.items() if one.parent in found} - found:
            found |= below
        return sorted(found)

    def path(self, key: str) -> str:
        one = self.library.collections[key]
        above = self.path(one.parent) + "/" if one.parent in self.library.collections else ""
        return f"{above}{one.name}"

    @rule(seed=seeds)
    def add_there(self, seed: int) -> None:
        dice = random.Random(seed)
        known = sorted(set(self.items().values()) | {work for _, work, _ in self.entries()})
        twice = known and dice.random() < 0.15
        work = dice.choice(known) if twice else None
        if work is not None:
            self.bad_there.add(work)
        title = self.title_of(work) if work is not None and dice.random() < 0.7 else None
        self.new_there(seed, work, title)

    @rule(seed=seeds)
    def edit_there(self, seed: int) -> None:
        dice = random.Random(seed)
        found = sorted(self.items().items())
        if found:
            self.change_there(*dice.choice(found), dice)

    def change_there(  # noqa: C901 -- a table
        self, key: str, work: str, dice: random.Random
    ) -> None:
        item = self.contents()[key]
        kind = item["itemType"]
        fields = [one for one in ITEM_TYPES[kind].fields if one not in ("DOI", "citationKey")]
        filled = [one for one in fields if item.get(one)]
        how = dice.choice(("set", "set", "set", "add", "add", "remove", "type", "people", "people",
                           "tags", "tags", "extra", "extra", "key",
                           "relation", "places"))  # fmt: skip
        new: dict[str, Any] = {}
        if how == "set" and filled:
            name = dice.choice(filled)
            new[name] = self.value_there(name, dice)
        elif how == "add":
            name = dice.choice(fields)
            new[name] = self.value_there(name, dice)
        elif how == "remove" and filled:
            new[dice.choice(filled)] = ""
        elif how == "type":
            new = self.retyped(item, dice.choice(ITEMS))
        elif how == "people":
            new["creators"] = self.people(item, dice)
        elif how == "tags":
            new["tags"] = self.tags_of(item, dice)
        elif how == "extra":
            new["extra"] = self.extra_of(item, dice)
        elif how == "key":
            new["citationKey"] = dice.choice((f"k{self.ledger.word()}", ""))
        elif how == "relation":
            uri = f"http://zotero.org/users/1/items/AAAA{dice.randrange(2, 9)}222"
            new["relations"] = {**item["relations"], "dc:relation": uri}
        elif how == "places":
            every = sorted(one for one, col in self.library.collections.items() if not col.deleted)
            new["collections"] = dice.sample(every, min(len(every), dice.randrange(3)))
        if not new:
            return
        old = {
            name: item[name] for name in item if name in new or (how == "type" and name in fields)
        }
        kept = {name: item.get(name) for name in old if name not in new}
        if how == "type":
            old, kept = {name: old.get(name) for name in old}, {}
        self.put_there(work, {"key": key, **new}, json.dumps({**old, **kept}, ensure_ascii=False))

    def tags_of(self, item: dict[str, Any], dice: random.Random) -> list[dict[str, Any]]:
        tags = list(item["tags"])
        if tags and dice.random() < 0.4:
            tags.pop(dice.randrange(len(tags)))
        elif tags and dice.random() < 0.3:
            one = dice.choice(tags)
            one["type"] = 1 - int(one.get("type", 0))
        else:
            tags.append(self.tag(dice))
        return tags

    def extra_of(self, item: dict[str, Any], dice: random.Random) -> str:
        lines = [one for one in str(item.get("extra") or "").split("\n") if one]
        if lines and dice.random() < 0.4:
            lines.pop(dice.randrange(len(lines)))
        else:
            line = self.cheat(dice.choice(_CHEATS))
            lines.insert(dice.randrange(len(lines) + 1), line)
        return "\n".join(lines)

    def retyped(self, item: dict[str, Any], kind: str) -> dict[str, Any]:
        """As the program does it: what the new type has a field for goes over, the rest is gone.

        The program asks its user first; here the user says yes and means it.
        """
        if kind == item["itemType"]:
            return {}
        was, now = ITEM_TYPES[item["itemType"]], ITEM_TYPES[kind]
        new: dict[str, Any] = {"itemType": kind}
        for name in was.fields:
            target = name if name in now.fields else now.of_base(was.base.get(name, name))
            if item.get(name) and target in now.fields:
                new[target] = item[name]
        roles = now.creator_types
        new["creators"] = [
            {**one, "creatorType": one["creatorType"] if one["creatorType"] in roles else roles[0]}
            for one in item["creators"]
        ]
        return new

    def people(self, item: dict[str, Any], dice: random.Random) -> list[dict[str, str]]:
        people = [dict(one) for one in item["creators"]]
        how = dice.choice(("add", "add", "remove", "swap", "given", "role"))
        if not people or how == "add":
            people.insert(dice.randrange(len(people) + 1), self.person(item["itemType"], dice))
        elif how == "remove":
            people.pop(dice.randrange(len(people)))
        elif how == "swap":
            dice.shuffle(people)
        elif how == "given" and "lastName" in people[0]:
            people[0]["firstName"] = dice.choice(("Zoë", "A. B.", ""))
        elif how == "role":
            one = dice.choice(people)
            one["creatorType"] = dice.choice(ITEM_TYPES[item["itemType"]].creator_types)
        return people

    def hang(self, work: str, key: str, dice: random.Random) -> None:
        """What bibtools does not model, and must leave where it is."""
        word = self.ledger.word()
        kinds: list[dict[str, Any]] = [
            {"itemType": "note", "note": f"<p>{word}</p>"},
            {"itemType": "attachment", "linkMode": "linked_url", "title": "Video",
             "url": f"https://example.org/{word}"},
            {"itemType": "attachment", "linkMode": "linked_url", "title": "Code",
             "url": f"https://github.com/example/{word}"},
            {"itemType": "attachment", "linkMode": "imported_url", "title": word,
             "url": "https://example.org/x.pdf", "contentType": "application/pdf",
             "filename": "x.pdf"},
            {"itemType": "attachment", "linkMode": "linked_file", "title": word, "path": "/x.pdf"},
        ]  # fmt: skip
        # Groups take no links to files.
        data = dice.choice(kinds[:-1] if self.group else kinds)
        self.put_there(work, {**data, "parentItem": key}, "")

    @rule(seed=seeds)
    def hang_there(self, seed: int) -> None:
        dice = random.Random(seed)
        found = sorted(self.items().items())
        if not found:
            return
        key, work = dice.choice(found)
        codes = [(child, data) for child, data in self.contents().items()
                 if data.get("parentItem") == key and data.get("title") == "Code"]  # fmt: skip
        if not codes or dice.random() < 0.6:
            self.hang(work, key, dice)
            return
        child, data = codes[0]
        if dice.random() < 0.5:
            self.fresh = False
            self.touched_there.add(work)
            self.say(f"there {work}: {child} to the trash")
            self.library.trash(child)
        else:
            url = f"https://github.com/example/{self.ledger.word()}"
            self.put_there(work, {"key": child, "url": url}, str(data["url"]))

    @rule(seed=seeds, how=st.sampled_from(["trash", "trash", "delete", "leave", "restore"]))
    def drop_there(self, seed: int, how: str) -> None:
        found = [(key, work_of_item(data), bool(data.get("deleted")))
                 for key, data in sorted(self.contents().items())]  # fmt: skip
        wanted = [one for one in found if one[1] and one[2] == (how == "restore")]
        if not wanted:
            return
        key, work, _ = random.Random(seed).choice(wanted)
        assert work is not None
        self.say(f"there {work}: {key} {how}")
        self.fresh = False
        self.touched_there.add(work)
        if how == "restore":
            if work in self.items().values():
                self.bad_there.add(work)
            self.ledger.revived(json.dumps(self.contents()[key], ensure_ascii=False))
            self.library.restore(key)
        elif how == "trash":
            self.library.trash(key)
        elif how == "leave":
            self.library.edit(key, collections=[self.other])
        else:
            contents = self.contents()
            going = {one: data for one, data in contents.items()
                     if one == key or data.get("parentItem") == key}  # fmt: skip
            rest = {one: data for one, data in contents.items() if one not in going}
            text = self.desk.file.read_bytes().decode()
            self.ledger.dropped(json.dumps(going, ensure_ascii=False),
                                text + json.dumps(rest, ensure_ascii=False))  # fmt: skip
            self.library.delete(key)

    @rule(
        seed=seeds, how=st.sampled_from(["rename", "move", "trash", "restore", "below", "delete"])
    )
    def change_collection(self, seed: int, how: str) -> None:
        dice = random.Random(seed)
        scope = self.scope()
        every = self.library.collections
        if how == "restore":
            gone = sorted(key for key, one in every.items() if one.deleted)
            if gone:
                self.library.edit_collection(dice.choice(gone), deleted=False)
        elif not scope:
            return
        elif how == "below":
            name = f"Sub {self.ledger.count}"
            self.library.add_collection(name, parent=dice.choice(scope))
            self.say(f"collection below: {name}")
            self.fresh = False
            return
        else:
            key = dice.choice(scope)
            if how == "rename":
                self.library.edit_collection(key, name=f"Renamed {self.ledger.count}")
            elif how == "move":
                self.library.edit_collection(key, parentCollection=self.other)
            elif how == "trash":
                self.library.edit_collection(key, deleted=True)
            else:
                self.library.delete_collection(key)
        self.say(f"collection {how}")
        self.ledger.count += 1
        self.fresh = False
        self.agreed.clear()

    @rule(what=st.sampled_from(["state", "cache", "line"]))
    def lose(self, what: str) -> None:
        """A file of bibtools' own is deleted or damaged."""
        state = self.desk.file.with_name(f"{self.desk.file.name}.zotero.jsonl")
        if what == "cache":
            shutil.rmtree(self.folder / "cache", ignore_errors=True)
        elif state.exists():
            self.fresh = False
            self.agreed.clear()
            if what == "state":
                state.unlink()
            else:
                lines = state.read_bytes().split(b"\n")
                lines[-2] = lines[-2][: len(lines[-2]) // 2]
                state.write_bytes(b"\n".join(lines))


_CSL_NAMES = (
    "abstract container-title publisher publisher-place collection-title edition note "
    "keyword genre "
    "language volume issue page number URL editor event-title medium archive title-short"
).split()


def work_of_item(data: dict[str, Any]) -> str | None:
    """The work that a top item is."""
    match = _DOI.fullmatch(str(data.get("DOI") or ""))
    return match[0] if match and not data.get("parentItem") else None


def entries_in(text: str, *, as_json: bool) -> list[tuple[str, str, str]]:
    """Key, work and text of each entry."""
    found = []
    if not as_json:
        for block in blocks(text):
            one = text[block.start : block.end]
            match = _DOI.search(one)
            found.append((block.key, match[0] if match else "", one))
        return found
    decoder, place = json.JSONDecoder(), text.index("[") + 1
    while match := re.compile(r"[\s,]*(?=\{)").match(text, place):
        row, end = decoder.raw_decode(text, match.end())
        found.append((str(row["id"]), str(row.get("DOI") or ""), text[match.end() : end]))
        place = end
    return found


def _difference(old: str, new: str) -> str:
    """What stands between the common beginning and end of two texts."""
    start = next((place for place, (one, other) in enumerate(zip(old, new, strict=False))
                  if one != other), min(len(old), len(new)))  # fmt: skip
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return f"{old[start : len(old) - end]!r} -> {new[start : len(new) - end]!r}"
