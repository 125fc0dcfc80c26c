"""What `lookup` prints: entries, JSON lines or a table on stdout, and what is missing on stderr."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bibtools.cli.screen import plain, say, show_notices, write_result
from bibtools.model.entries import Entry
from bibtools.workflows.lookup import Looked

if TYPE_CHECKING:
    from bibtools.adapters.web import Web

_BIB = ("bibtex", "biblatex")
_ARRAYS = ("csl-json", "json", "zotero")
_CANDIDATES_TOLD = 5


@dataclass(frozen=True, slots=True)
class Shown:
    """How answers are to be shown."""

    form: str
    """A format of `--to`, `lines` (of JSON), or `table`."""
    add: str | None = None
    key: str | None = None
    key_pattern: str | None = None
    print_links: Any = None
    copy: bool = False
    offline: bool = False
    quiet: bool = False


class Answers:
    """Answers as they come; `finish` writes what can only be written whole."""

    def __init__(self, shown: Shown) -> None:
        self.shown = shown
        self.code = 0
        self._keys: dict[str, str] = {}
        """The key of each work that was printed."""
        self._taken: list[str] = []
        self._found: list[tuple[int | None, Looked]] = []
        """What waits for the end."""
        self._entries: list[Entry] = []
        self._printed: list[str] = []

    def take(self, found: Sequence[tuple[int | None, Looked]]) -> None:
        """Show the answers of one batch."""
        for _, one in found:
            if one.lacks_version:
                self.code = self.code or 1
            if one.entry is None:
                self.code = 4 if self.code == 4 or self._is_open(one) else 1
        if self.shown.add is not None:
            self._found += found
            return
        if self.shown.form == "table":
            self._table(found)
        elif self.shown.form == "lines":
            self._rows(found)
        else:
            self._print_entries(found)
        self._tell(found)

    def _is_open(self, one: Looked) -> bool:
        # Offline nobody was meant to be asked.
        return one.unknown and not self.shown.offline

    # --- entries ----------------------------------------------------------------------------------

    def _print_entries(self, found: Sequence[tuple[int | None, Looked]]) -> None:
        entries = []
        for line, one, entry, again in self._keyed(found):
            if again:
                self._say(line, one, f"is {entry.key}, which is printed already.")
            else:
                entries.append(entry)
        if not entries:
            return
        if self.shown.form in _BIB:
            from bibtools.formats.bibtex.writing import write_entry

            dialect: Any = self.shown.form
            for entry in entries:
                text = write_entry(entry, dialect, self.shown.print_links, exact=False)
                self._print(("\n" if self._printed else "") + text)
        elif self.shown.form == "ris":
            from bibtools.formats.ris import write_ris

            self._print(write_ris(entries))
        else:
            self._entries += entries

    def _keyed(
        self, found: Sequence[tuple[int | None, Looked]]
    ) -> Iterator[tuple[int | None, Looked, Entry, bool]]:
        """The entries that are sure, each with a key; and whether its work was there before."""
        sure = [(line, one, one.entry) for line, one in found if one.entry is not None]
        new: dict[str, Entry] = {}
        for _, _, entry in sure:
            name = _identity(entry)
            if name not in self._keys:
                new.setdefault(name, replace(entry, key=self.shown.key))
        if new:
            from bibtools.keys import assign_keys, default_pattern

            pattern = self.shown.key_pattern or default_pattern
            keyed = assign_keys(new.values(), self._taken, pattern)
            new = dict(zip(new, keyed, strict=True))
        for line, one, entry in sure:
            name = _identity(entry)
            again = name in self._keys
            if not again:
                self._keys[name] = new[name].key or ""
                self._taken.append(self._keys[name])
            yield line, one, replace(entry, key=self._keys[name]), again

    def _print(self, text: str) -> None:
        write_result(text)
        if self.shown.copy:
            self._printed.append(text)
        elif not self._printed:
            self._printed.append("")

    # --- JSON lines -------------------------------------------------------------------------------

    def _rows(
        self,
        found: Sequence[tuple[int | None, Looked]],
        added: Sequence[tuple[str, bool]] = (),
    ) -> None:
        from bibtools.cli.lookup_json import line_of

        keyed = {id(one): entry for _, one, entry, _ in self._keyed(found)} if not added else {}
        told = iter(added)
        for line, one in found:
            entry, new = keyed.get(id(one)), None
            if added and one.entry is not None:
                key, new = next(told)
                entry = replace(one.entry, key=key)
            self._print(line_of(one, line, entry, new) + "\n")

    # --- tables -----------------------------------------------------------------------------------

    def _table(self, found: Sequence[tuple[int | None, Looked]]) -> None:
        from bibtools.cli.lookup_table import table_of

        for _, one in found:
            self._print(table_of(one, headed=len(found) > 1))

    # --- the end ----------------------------------------------------------------------------------

    def finish(self, web: Web | None, *, has_index: bool) -> None:
        """Write what waited: arrays, the additions to a file, the clipboard; and tell the cost."""
        if self.shown.add is not None:
            self._add(self.shown.add)
        elif self.shown.form in _ARRAYS:
            from bibtools.workflows.outputs import Style, render

            style = Style(self.shown.print_links, self.shown.key_pattern)
            self._print(render(self._entries, self.shown.form, style))
        if self.shown.copy:
            self._copy("".join(self._printed))
        if self.shown.quiet:
            return
        if web is not None:
            show_notices(web.notices)
        if self.code and self.shown.offline and web is None and not has_index:
            say(
                "Nobody was asked: this run is offline, there is no index (bibtools index build) "
                "and no earlier answers are kept."
            )

    def _add(self, file: str) -> None:
        from bibtools.workflows.adding import add_entries
        from bibtools.workflows.changed_files import write_all

        sure = [one for _, one in self._found if one.entry is not None]
        entries = [replace(one.entry, key=self.shown.key) for one in sure if one.entry is not None]
        done = add_entries(
            file,
            entries,
            [one.evidence for one in sure],
            key_pattern=self.shown.key_pattern,
            print_links=self.shown.print_links,
        )
        write_all(done.files, "lookup")
        if self.shown.form == "lines":
            self._rows(self._found, [(one.key, one.new) for one in done.added])
        else:
            for key in dict.fromkeys(one.key for one in done.added):
                self._print(plain(key) + "\n")
        self._tell(self._found)
        for one, new in zip(sure, done.added, strict=True):
            if not new.new:
                self._say(None, one, f"is in {file} already: {new.key}")
        count = sum(one.new for one in done.added)
        if count and not self.shown.quiet:
            say(f"{file}: {count:,} {'entry' if count == 1 else 'entries'} added")

    def _copy(self, text: str) -> None:
        from bibtools.adapters.clipboard import copy

        if text:
            way = copy(text)
            if not self.shown.quiet:
                say(f"Copied to the clipboard ({way}).")

    # --- what is missing --------------------------------------------------------------------------

    def _tell(self, found: Sequence[tuple[int | None, Looked]]) -> None:
        if self.shown.quiet:
            return
        table = self.shown.form == "table"
        for line, one in found:
            for notice in one.notices:
                say(str(notice))
            if one.entry is not None:
                if one.shown_outcome is not one.outcome and not table:
                    self._say(line, one, f"{one.rule}.")
                for missing in one.unasked:
                    self._say(line, one, f"could not ask {missing}; it may lack what that knows.")
            elif one.entries and not table:
                self._candidates(line, one)
            elif one.unasked:
                self._unasked(line, one)
            elif not one.entries:
                why = one.rule or "nothing on this machine knows it"
                self._say(line, one, f"not found: {why}.")

    def _candidates(self, line: int | None, one: Looked) -> None:
        from bibtools.cli.lookup_table import line_of

        self._say(line, one, f"{one.outcome.value}, so nothing is given: {one.rule}.")
        for entry in one.entries[:_CANDIDATES_TOLD]:
            say(f"  {line_of(entry)}")
        if len(one.entries) > _CANDIDATES_TOLD:
            say(f"  and {len(one.entries) - _CANDIDATES_TOLD} more (--all)")
        for missing in one.unasked:
            say(f"  could not ask {missing}")

    def _unasked(self, line: int | None, one: Looked) -> None:
        from bibtools.workflows.asking import next_step

        for missing in one.unasked:
            self._say(line, one, f"could not ask {missing}. {next_step(missing.reason)}")

    def _say(self, line: int | None, one: Looked, what: str) -> None:
        if not self.shown.quiet:
            place = f"line {line}: " if line is not None else ""
            say(f"{place}{one.what.shown[:120]}: {what}")


def _identity(entry: Entry) -> str:
    """What tells a work within one run."""
    if entry.doi is not None:
        return f"doi:{entry.doi.folded}"
    if entry.arxiv is not None:
        return f"arxiv:{entry.arxiv.value}"
    return repr((entry.title, entry.authors, entry.date, entry.other_ids))
