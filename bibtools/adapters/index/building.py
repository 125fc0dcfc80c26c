"""Building the index: files in, one SQLite file out, by atomic rename."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bibtools.adapters.index import schema
from bibtools.adapters.index.collecting import ADD_LINKS, Collector, facts
from bibtools.adapters.index.preparing import prepared_in_order
from bibtools.adapters.index.sources import open_source, read_lines, read_rows
from bibtools.errors import InputError, UsageError, WriteError
from bibtools.formats.link_dumps import CodeLink, UnreadableLinkError, code_link_of
from bibtools.model import Notice
from bibtools.model.progress import Progress
from bibtools.text.titles import title_hash, title_key
from bibtools.text.urls import kind_of

ABSTRACTS = ("fingerprints", "none")

_BATCH = 2_000
_NOTICES_SHOWN = 100


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """One input file of an index."""

    name: str
    kind: str
    """`arxiv` or `code`."""
    records: int
    unread: int
    """Lines that were no record."""


@dataclass(frozen=True, slots=True)
class IndexInfo:
    """What is in an index file."""

    path: Path
    schema: int
    size: int
    """In bytes."""
    records: int
    abstracts: int
    """Records with a fingerprint of their abstract."""
    links: int
    first: str | None
    """Month of the oldest paper, `1991-08`."""
    last: str | None
    sources: tuple[SourceInfo, ...] = ()
    harvested: str | None = None
    """Day up to which all that is new on arXiv was added (`index update`); None when nothing
    was."""
    notices: tuple[Notice, ...] = field(default=(), compare=False)
    """Only from `build`: what could not be read."""


def build(
    path: Path,
    arxiv: Iterable[Path],
    code: Iterable[Path] = (),
    progress: Progress | None = None,
    abstracts: str = "fingerprints",
    processes: int = 1,
) -> IndexInfo:
    """Build the index from arXiv's metadata snapshot and from dumps of code links.

    The file is made beside `path` and renamed at the end, so that an interrupted build leaves
    an older index as it was. Of two records with one ID the later one counts, its blanks
    filled from the earlier one (see `collecting`). The same files give the same bytes.

    `processes` is how many further processes prepare the records of long files (1: none). A
    script that gives more needs the guard `if __name__ == "__main__"`, because each of them
    imports the script.

    Raises `InputError` for a file that cannot be read or holds no record at all, `WriteError`
    when the index cannot be written.
    """
    if abstracts not in ABSTRACTS:
        raise UsageError(f'abstracts="{abstracts}" is none of {", ".join(ABSTRACTS)}.')
    arxiv, code = list(arxiv), list(code)
    if not arxiv:
        raise UsageError("An index needs at least one file of arXiv metadata.")
    with beside(path) as (draft, final):
        builder = _Builder(draft, abstracts == "fingerprints", progress, processes)
        try:
            for source in arxiv:
                builder.read_arxiv(source)
            for source in code:
                builder.read_code(source)
            builder.finish(final)
        except sqlite3.Error as error:
            raise WriteError(
                f'The index "{path}" could not be written: {error}.',
                "Is the disk full? An index of all arXiv papers needs 3 GB while it is built.",
            ) from None
        finally:
            builder.close()
    from bibtools.adapters.index.lookup import open_index

    with open_index(path) as index:
        info = index.info()
    return IndexInfo(
        info.path, info.schema, info.size, info.records, info.abstracts, info.links, info.first,
        info.last, info.sources, info.harvested, tuple(builder.notices),
    )  # fmt: skip


@contextmanager
def beside(path: Path) -> Iterator[tuple[Path, Path]]:
    """Two names beside `path`; the second file becomes `path` when all went well."""
    # A symbolic link stays one: the file it points to is replaced.
    target = Path(os.path.realpath(path))
    draft = target.with_name(f".{target.name}.{os.getpid()}.draft")
    final = target.with_name(f".{target.name}.{os.getpid()}.new")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _remove_leftovers(target)
        yield draft, final
        with final.open("rb") as written:
            os.fsync(written.fileno())
        final.replace(target)
    except OSError as error:
        raise WriteError(
            f'The index "{path}" could not be written: {error.strerror or error}.',
            "Choose another place with --index.",
        ) from None
    finally:
        for left in (draft, final):
            with suppress(OSError):
                left.unlink()


def _remove_leftovers(target: Path) -> None:
    """Remove the drafts of builds that were killed."""
    for left in target.parent.glob(f".{target.name}.*"):
        process = left.name.removeprefix(f".{target.name}.").split(".")[0]
        if left.suffix in (".draft", ".new") and process.isdigit() and not _alive(int(process)):
            left.unlink(missing_ok=True)


def _alive(process: int) -> bool:
    if os.name != "posix":
        return True  # signal 0 would end the process on Windows
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


class _Builder:
    """Collects the lists in memory and the papers in a draft file."""

    def __init__(
        self, draft: Path, fingerprints: bool, progress: Progress | None, processes: int
    ) -> None:
        draft.unlink(missing_ok=True)
        self.database = sqlite3.connect(draft, isolation_level=None)
        for pragma in (
            "page_size=4096", "journal_mode=off", "synchronous=off", "temp_store=memory",
            "cache_size=-131072", "locking_mode=exclusive",
            f"application_id={schema.APPLICATION_ID}", f"user_version={schema.SCHEMA}",
        ):  # fmt: skip
            self.database.execute(f"pragma {pragma}")
        self.database.executescript(schema.TABLES)
        self.database.execute("begin")
        self.fingerprints = fingerprints
        self.progress = progress
        self.processes = processes
        self.notices: list[Notice] = []
        self.sources: list[SourceInfo] = []
        self.collector = Collector(self.database, empty=True)

    def close(self) -> None:
        self.database.close()

    def note(self, source: Path, number: int, why: str, rule: str, unread: int) -> None:
        if unread <= _NOTICES_SHOWN:
            self.notices.append(
                Notice(f"This line was left out: {why}.", str(source), number, rule=rule)
            )

    def report(self, what: str, raw: Any, total: int) -> None:
        if self.progress is not None:
            self.progress(what, raw.tell(), total)

    # --- arXiv ---------------------------------------------------------------------------

    def read_arxiv(self, source: Path) -> None:
        records = unread = 0
        with open_source(source) as (content, raw):
            total = source.stat().st_size
            lines = read_lines(content, source)
            for done in prepared_in_order(lines, self.fingerprints, self.processes):
                records += len(done.rows)
                for number, why in done.unread:
                    unread += 1
                    self.note(source, number, why, "index.record", unread)
                self.collector.add(done)
                self.report(source.name, raw, total)
        if not records:
            raise InputError(
                f'"{source}" holds no arXiv record.',
                "Expected JSON lines with id, title, authors: arXiv's public metadata snapshot.",
            )
        self.sources.append(SourceInfo(source.name, "arxiv", records, unread))

    # --- code links ----------------------------------------------------------------------

    def read_code(self, source: Path) -> None:
        records = unread = 0
        with open_source(source) as (content, raw):
            total = source.stat().st_size
            for number, row in read_rows(content, source):
                if number % _BATCH == 0:
                    self.report(source.name, raw, total)
                try:
                    if isinstance(row, ValueError):
                        raise UnreadableLinkError(f"it is not valid JSON ({row})")
                    self.add_code_link(code_link_of(row))
                    records += 1
                except UnreadableLinkError as error:
                    unread += 1
                    self.note(source, number, str(error), "index.link", unread)
        if not records:
            raise InputError(
                f'"{source}" holds no code link.',
                "Expected rows with paper_arxiv_id (or arxiv_id) and repo_url.",
            )
        self.sources.append(SourceInfo(source.name, "code", records, unread))

    def add_code_link(self, link: CodeLink) -> None:
        found = (link.url, link.evidence, kind_of(link.url))
        if link.arxiv is not None:
            self.database.execute(ADD_LINKS, (schema.pack_id(link.arxiv), *found))
        elif key := title_key(link.title or ""):
            self.database.execute(
                "insert or ignore into titled values(?,?,?,?)", (title_hash(key), *found)
            )

    # --- the end -------------------------------------------------------------------------

    def finish(self, final: Path) -> None:
        """Write the lists and copy the draft, packed and in order, to its final file."""
        if self.progress is not None:
            self.progress("writing", 0, 1)
        self.collector.finish(lambda _: None)
        database = self.database
        database.executemany("insert into meta values(?,?)", self.meta())
        database.execute("commit")
        final.unlink(missing_ok=True)
        # Papers come in any order; the copy has full pages in order of the ID.
        database.execute("vacuum into ?", (str(final),))

    def meta(self) -> list[tuple[str, str]]:
        return [
            *facts(self.database),
            (schema.FINGERPRINTS, "yes" if self.fingerprints else "no"),
            (
                schema.SOURCES,
                json.dumps(
                    [[one.name, one.kind, one.records, one.unread] for one in self.sources],
                    ensure_ascii=False,
                ),
            ),
        ]
