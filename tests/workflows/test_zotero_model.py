"""Random edits of both sides, random faults; then sync until it is quiet: nothing may be lost."""

from __future__ import annotations

import contextlib
import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from bibtools.adapters.zotero.gateway import Gateway
from tests.loopback import ONLY_LOOPBACK
from tests.zotero_desk import ADA, Desk, desk_in
from tests.zotero_server import Fault, Kind, is_post

NAMES = ("Boats", "Kites", "Lamps")
TITLE = "{} that Remember What Nobody Else {}"
works = st.sampled_from(range(len(NAMES)))
years = st.integers(2000, 2004).map(str)
journals = st.sampled_from(["Journal of Folds", "Acta Papyri", "Annals of Wind"])


def title(work: int) -> str:
    return TITLE.format(NAMES[work], f"Saw{'abcdef'[work] * 3}")


class Killed(BaseException):
    """The power goes."""


class BothSides(RuleBasedStateMachine):
    """One file, one library, one person on each side."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = contextlib.ExitStack()
        self.notes: set[str] = set()
        self.tags: dict[str, set[str]] = {}
        """Tags that somebody set in Zotero, by title."""
        self.lines: dict[str, str] = {}
        self.here: dict[tuple[int, str], str] = {}
        """What was last written into a field of the file, by work and field."""
        self.there: dict[tuple[int, str], str] = {}

    @initialize()
    def begin(self) -> None:
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        patch = self.stack.enter_context(pytest.MonkeyPatch.context())
        self.desk: Desk = self.stack.enter_context(desk_in(folder, patch))
        self.desk.write("% mine\n")
        # Most of what persons do is done to what is there.
        self.new_entry(work=0, year="2000", journal="Journal of Folds", code=True)
        self.new_item(work=1, year="2000", journal="Journal of Folds")
        self.sync()

    # What persons do

    def items(self, work: int) -> list[str]:
        """Keys of the living items of a work."""
        return [
            key
            for key, item in self.desk.library.items.items()
            if item.title() == title(work) and not item.parent and not item.deleted
        ]

    def entry(self, work: int) -> re.Match[str] | None:
        return re.search(rf"@article\{{[^@]*{re.escape(title(work))}[^@]*\n\}}\n", self.desk.text())

    @rule(work=works, year=years, journal=journals, code=st.booleans())
    def new_entry(self, work: int, year: str, journal: str, code: bool) -> None:
        if self.entry(work) or self.items(work):
            return
        link = f"  code = {{https://github.com/example/w{work}}},\n" if code else ""
        self.desk.write(
            f"{self.desk.text()}\n@article{{example{work},\n  author = {{Example, Ada}},\n"
            f"  title = {{{title(work)}}},\n  journal = {{{journal}}},\n  year = {{{year}}},\n"
            f"  doi = {{10.1234/w.{work}}},\n{link}}}\n"
        )

    @rule(work=works, year=years, journal=journals)
    def new_item(self, work: int, year: str, journal: str) -> None:
        if self.entry(work) or self.items(work):
            return
        self.desk.library.put(
            {
                "itemType": "journalArticle",
                "title": title(work),
                "creators": ADA,
                "publicationTitle": journal,
                "date": year,
                "DOI": f"10.1234/w.{work}",
                "citationKey": f"example{work}",
            }
        )

    @rule(work=works, name=st.sampled_from(["year", "journal"]), year=years, journal=journals)
    def edit_entry(self, work: int, name: str, year: str, journal: str) -> None:
        found = self.entry(work)
        if not found:
            return
        value = year if name == "year" else journal
        new = re.sub(rf"({name}\s*= )\{{[^}}]*\}}", rf"\g<1>{{{value}}}", found[0])
        if new != found[0]:
            self.desk.write(self.desk.text().replace(found[0], new))
            self.here[work, "date" if name == "year" else "publicationTitle"] = value

    @rule(work=works, year=years)
    def edit_date_there(self, work: int, year: str) -> None:
        for key in self.items(work)[:1]:
            self.desk.library.edit(key, date=year)
            self.there[work, "date"] = year

    @rule(work=works, journal=journals)
    def edit_journal_there(self, work: int, journal: str) -> None:
        for key in self.items(work)[:1]:
            self.desk.library.edit(key, publicationTitle=journal)
            self.there[work, "publicationTitle"] = journal

    @rule(work=works, tag=st.sampled_from(["x", "y", "z"]))
    def tag_there(self, work: int, tag: str) -> None:
        for key in self.items(work)[:1]:
            held = [one for one in self.desk.library.items[key].data["tags"] if one["tag"] != tag]
            self.desk.library.edit(key, tags=[*held, {"tag": tag}])
            self.tags.setdefault(key, set()).add(tag)

    @rule(work=works)
    def note_there(self, work: int) -> None:
        for key in self.items(work)[:1]:
            note = {"itemType": "note", "note": "<p>n</p>", "parentItem": key}
            self.notes.add(self.desk.library.put(note).key)

    @rule(work=works, number=st.integers(1, 3))
    def extra_there(self, work: int, number: int) -> None:
        for key in self.items(work)[:1]:
            extra = self.desk.library.items[key].data["extra"]
            line = f"shelf mark {number}"
            if line not in extra:
                self.desk.library.edit(key, extra=f"{extra}\n{line}".strip())
            self.lines[key] = line

    @rule(work=works)
    def trash_there(self, work: int) -> None:
        for key in self.items(work)[:1]:
            self.desk.library.trash(key)

    # What goes wrong

    @rule(
        kind=st.sampled_from(
            [Kind.LOST_ANSWER, Kind.HALF_WAY, Kind.RESET, Kind.TOO_MANY, Kind.SERVER_ERROR]
        ),
        skip=st.integers(0, 2),
    )
    def fault(self, kind: Kind, skip: int) -> None:
        seconds = 5 if kind is Kind.TOO_MANY else None
        self.desk.server.faults.append(Fault(kind, when=is_post, skip=skip, seconds=seconds))

    @rule(work=works, year=years)
    def edit_while_we_write(self, work: int, year: str) -> None:
        self.desk.server.faults.append(
            Fault(
                Kind.FOREIGN_WRITE,
                when=is_post,
                objects=0,
                run=lambda: self.edit_date_there(work, year),
            )
        )

    @rule(work=works, journal=journals, year=years)
    def race(self, work: int, journal: str, year: str) -> None:
        """Somebody edits in Zotero while our edit is on its way."""
        self.sync()
        self.edit_entry(work, "journal", year, journal)
        self.edit_while_we_write(work, year)
        self.sync()

    # Syncing

    @rule()
    def sync(self) -> None:
        assert self.desk.zotero("sync", "refs.bib", "--yes").code in (0, 1, 4)

    @rule(after=st.booleans())
    def killed_sync(self, after: bool) -> None:
        original = Gateway.write

        def killed(gateway: Gateway, *arguments: object) -> object:
            if after:
                original(gateway, *arguments)  # type: ignore[arg-type]
            raise Killed

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Gateway, "write", killed)
            with contextlib.suppress(Killed):
                self.desk.zotero("sync", "refs.bib", "--yes")

    def teardown(self) -> None:
        if not hasattr(self, "desk"):
            return
        try:
            self.check()
        finally:
            self.stack.close()

    def check(self) -> None:
        desk = self.desk
        desk.server.faults.clear()
        for _ in range(2):
            desk.zotero("sync", "refs.bib", "--yes", "--prefer", "local")
        text = desk.text()
        desk.server.forget()
        ran = desk.zotero("sync", "refs.bib", "--yes", "--prefer", "local")
        assert (desk.server.writes, desk.text()) == (0, text), ran.stderr
        assert text.startswith("% mine\n")
        living = 0
        for work in range(len(NAMES)):
            keys, found = self.items(work), self.entry(work)
            assert len(keys) <= 1, f"doubled: {title(work)}"
            assert text.count(title(work)) <= 1
            if not keys or not found:
                continue
            living += 1
            data = desk.library.items[keys[0]].data
            assert f"{{{data['date']}}}" in found[0]
            assert f"{{{data['publicationTitle']}}}" in found[0]
            assert self.tags.get(keys[0], set()) <= {one["tag"] for one in data["tags"]}
            assert all(tag in found[0] for tag in self.tags.get(keys[0], ()))
            assert self.lines.get(keys[0], "") in data["extra"]
            for name in ("date", "publicationTitle"):
                # What one side alone has changed is what both say.
                mine, theirs = self.here.get((work, name)), self.there.get((work, name))
                if (mine is None) != (theirs is None):
                    assert data[name] == (mine or theirs), (title(work), name)
            if "code = " in found[0]:
                children = [item for item in desk.library.items.values() if item.parent == keys[0]]
                assert [item.title() for item in children].count("Code") == 1
        assert self.notes <= desk.library.items.keys()
        # Whatever was not thrown away is on both sides.
        assert living == sum(bool(self.items(work)) for work in range(len(NAMES)))


BothSides.TestCase.settings = settings(
    max_examples=8,
    stateful_step_count=14,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


TestBothSides = ONLY_LOOPBACK(BothSides.TestCase)
