"""Bringing an index up to date: pages of records in, the same file with them, by atomic rename.

Whoever has the index open goes on reading the file as it was; nobody waits for a lock. What
comes out answers as an index built anew from the old records and the new ones would: lists of
papers are united, of two records with one ID the later one counts.

Two things an index does not hold, so that a build may know them and an update cannot: the links
of a dump that name a paper only by its title (those are placed when the index is built), and
the words of a title before the one that a paper has now (which only the count of words in more
than one of twenty titles depends on).
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from bibtools.adapters.index import schema
from bibtools.adapters.index.building import IndexInfo, SourceInfo, beside
from bibtools.adapters.index.collecting import (
    ADD_PAPERS,
    Lists,
    common_limit,
    facts,
    keeps_list,
)
from bibtools.adapters.index.preparing import Prepared, prepare
from bibtools.adapters.index.tables import Tables, open_tables
from bibtools.errors import WriteError
from bibtools.model import ArxivId
from bibtools.model.progress import Progress
from bibtools.text.titles import FUNCTION_WORDS, main_title, title_hash, title_key, title_words

HARVEST_SOURCE = "arXiv (OAI-PMH)"
_STEP = "writing the index"
# A build puts links that arXiv's own record states before those of any dump.
_ADD_LINKS = (
    "insert into link values(?,?,?,?) on conflict(paper, url) do update set "
    "evidence=excluded.evidence, kind=excluded.kind "
    "where link.evidence not in ('abstract', 'comment')"
)


@dataclass(frozen=True, slots=True)
class Page:
    """Some records, in the order in which they are to be added."""

    lines: tuple[bytes, ...]
    """One record each, as JSON in the shape of arXiv's metadata snapshot."""
    deleted: tuple[ArxivId, ...] = ()
    unread: int = 0
    """Records that could not be read before they came here."""


def check_writable(path: Path) -> None:
    """Raise `WriteError` for an index that is not to be changed, or that cannot be replaced."""
    target = Path(os.path.realpath(path))
    # The mark counts also for those who could write in spite of it.
    if not target.stat().st_mode & stat.S_IWUSR or not os.access(target, os.W_OK):
        raise WriteError(
            f'The index "{path}" is read-only.', "Copy it to a place of your own and use --index."
        )
    if not os.access(target.parent, os.W_OK):
        raise WriteError(
            f'The folder of the index "{path}" is read-only; an update needs room beside it.',
            "Copy the index to a place of your own and use --index.",
        )


def fingerprint(tables: Tables) -> str:
    """A text that differs for two indexes with different contents."""
    rows = json.dumps(sorted(tables.meta.items())).encode()
    return f"{tables.path.stat().st_size}-{sha256(rows).hexdigest()[:32]}"


def update(
    path: Path, pages: Iterable[Page], harvest: str, progress: Progress | None = None
) -> IndexInfo:
    """Add the records of all pages to the index and note how far the `harvest` came.

    The index is copied, the copy changed and put in its place; killed at any moment, the old
    index is there as it was. Raises `InputError` for a file that is no index, `WriteError` when
    it cannot be written or was changed meanwhile.
    """
    with open_tables(path) as tables:
        meta = dict(tables.meta)
        fingerprints = _has_fingerprints(tables)
    check_writable(path)
    target = Path(os.path.realpath(path))
    with beside(path) as (_, final):
        before = _mark(target)
        shutil.copyfile(target, final)
        shutil.copymode(target, final)
        database = sqlite3.connect(final, isolation_level=None)
        try:
            # Nobody needs the copy if this is cut off.
            for pragma in (
                "journal_mode=off", "synchronous=off", "temp_store=memory",
                "cache_size=-131072", "locking_mode=exclusive",
            ):  # fmt: skip
                database.execute(f"pragma {pragma}")
            database.execute("begin")
            updater = _Updater(database, fingerprints, progress)
            for page in pages:
                updater.add(page)
            updater.finish()
            updater.write_meta(meta, harvest)
            database.execute("commit")
            _tidy(database)
        except sqlite3.Error as error:
            raise WriteError(
                f'The index "{path}" could not be written: {error}.',
                "Is the disk full, or the index damaged?",
            ) from None
        finally:
            database.close()
        if _mark(target) != before:
            raise WriteError(
                f'The index "{path}" was changed by another program during the update.',
                "Run the update again.",
            )
    from bibtools.adapters.index.lookup import open_index

    with open_index(path) as index:
        return index.info()


def _mark(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def _has_fingerprints(tables: Tables) -> bool:
    told = tables.meta.get(schema.FINGERPRINTS)
    return told == "yes" if told else bool(int(tables.meta.get("abstracts") or 0))


def _tidy(database: sqlite3.Connection) -> None:
    """Pack the file when much of it is empty."""
    pages, free = (
        database.execute(f"pragma {name}").fetchone()[0]
        for name in ("page_count", "freelist_count")
    )
    if free * 4 > pages:
        database.execute("vacuum")


class _Updater:
    """Stores papers at once; collects what their lists gain and lose, and writes that last."""

    def __init__(
        self, database: sqlite3.Connection, fingerprints: bool, progress: Progress | None
    ) -> None:
        self.database = database
        self.fingerprints = fingerprints
        self.progress = progress
        self.lists = Lists()
        self.gains: Counter[str] = Counter()
        """By how many papers each word stands in more titles than before."""
        self.gone: set[int] = set()
        self.lost_words: set[str] = set()
        self.lost_titles: set[int] = set()
        self.records = self.unread = 0

    def add(self, page: Page) -> None:
        done = prepare(1, page.lines, self.fingerprints)
        self.records += len(done.rows)
        self.unread += len(done.unread) + page.unread
        self._count_words(done)
        self.lists.add(done)
        self.database.executemany(ADD_PAPERS, done.rows)
        self.database.executemany(_ADD_LINKS, done.links)
        self.gone.difference_update(row[0] for row in done.rows)
        for arxiv in page.deleted:
            self._delete(schema.pack_id(arxiv))
        if self.progress is not None:
            self.progress("reading records", self.records, 0)

    def _count_words(self, done: Prepared) -> None:
        known: dict[int, Sequence[str]] = {}
        for row, words in zip(done.rows, done.words, strict=True):
            paper = row[0]
            old = known.get(paper)
            if old is None:
                title = self._title(paper)
                old = title_words(title) if title is not None else ()
            self.gains.update(set(words).difference(old))
            known[paper] = words

    def _title(self, paper: int) -> str | None:
        row = self.database.execute("select title from paper where id=?", (paper,)).fetchone()
        return row[0] if row is not None else None

    def _delete(self, paper: int) -> None:
        title = self._title(paper)
        if title is None:
            return
        words = title_words(title)
        self.gains.subtract(set(words))
        self.lost_words.update(words)
        self.lost_titles.add(title_hash("".join(words)))
        head = main_title(title)
        if head is not None:
            self.lost_titles.add(title_hash("main:" + title_key(head)))
        self.gone.add(paper)
        self.database.execute("delete from paper where id=?", (paper,))
        # What a dump says of it stands, as for other papers that the index does not have.
        self.database.execute(
            "delete from link where paper=? and evidence in ('abstract', 'comment')", (paper,)
        )

    # --- the end -------------------------------------------------------------------------

    def finish(self) -> None:
        self._tell(0)
        papers = self.database.execute("select count(*) from paper").fetchone()[0]
        limit = common_limit(papers)
        self._merge_words(limit)
        self._tell(1)
        self._restore_words(limit)
        self._tell(2)
        self._merge_buckets("title", self.lists.titles, {one & 0xFFFF for one in self.lost_titles})
        self._tell(3)
        self._merge_buckets("anchor", self.lists.anchors, self._anchors_of_gone())
        self._tell(4)

    def _tell(self, done: int) -> None:
        if self.progress is not None:
            self.progress(_STEP, done, 4)

    def _merge_words(self, limit: int) -> None:
        for word, papers in self.lists.take_words():
            self.lost_words.discard(word)
            self._merge_word(word, papers, limit)
        for word in sorted(self.lost_words):
            self._merge_word(word, array("I"), limit)
        # The limit falls with papers that are gone.
        self.database.execute(
            "update word set papers=null where papers not null and count > ?", (limit,)
        )

    def _merge_word(self, word: str, new: array[int], limit: int) -> None:
        number = schema.word_hash(word)
        row = self.database.execute(
            "select count, papers from word where hash=?", (number,)
        ).fetchone()
        if row is not None and row[1] is None:
            count = row[0] + self.gains[word]
            self.database.execute("update word set count=? where hash=?", (count, number))
            return
        papers = set(new)
        if row is not None:
            papers.update(schema.unpack("I", row[1]))
        papers -= self.gone
        if not papers:
            self.database.execute("delete from word where hash=?", (number,))
            return
        kept = keeps_list(word, len(papers), limit)
        packed = schema.pack(array("I", sorted(papers))) if kept else None
        self.database.execute(
            "insert or replace into word values(?,?,?)", (number, len(papers), packed)
        )

    def _restore_words(self, limit: int) -> None:
        """List the papers of words that were too common and, among more papers, no longer are.

        This reads all titles, and happens seldom: the share of a word hardly changes.
        """
        function = {schema.word_hash(word) for word in FUNCTION_WORDS}
        missing: dict[int, set[int]] = {
            number: set()
            for number, count in self.database.execute(
                "select hash, count from word where papers is null and count <= ?", (limit,)
            )
            if count == 1 or number not in function
        }
        if not missing:
            return
        known: dict[str, int] = {}
        for paper, title in self.database.execute("select id, title from paper"):
            for word in title_words(title):
                number = known.get(word)
                if number is None:
                    number = known[word] = schema.word_hash(word)
                if number in missing:
                    missing[number].add(paper)
        self.database.executemany(
            "update word set papers=?, count=? where hash=?",
            (
                (schema.pack(array("I", sorted(papers))), len(papers), number)
                for number, papers in missing.items()
            ),
        )

    def _merge_buckets(self, table: str, new: schema.Buckets, lost: set[int]) -> None:
        for bucket, packed in new.rows():
            lost.discard(bucket)
            self._merge_bucket(table, bucket, packed)
        for bucket in sorted(lost):
            self._merge_bucket(table, bucket, b"")

    def _merge_bucket(self, table: str, bucket: int, new: bytes) -> None:
        row = self.database.execute(
            f"select entries from {table} where bucket=?",  # noqa: S608 -- a name of ours
            (bucket,),
        ).fetchone()
        entries = set(schema.unpack("Q", new))
        if row is not None:
            entries.update(schema.unpack("Q", row[0]))
        if self.gone:
            entries = {entry for entry in entries if entry & 0xFFFFFFFF not in self.gone}
        query = f"insert or replace into {table} values(?,?)"
        if entries:
            self.database.execute(query, (bucket, schema.pack(array("Q", sorted(entries)))))
        else:
            self.database.execute(
                f"delete from {table} where bucket=?",  # noqa: S608 -- a name of ours
                (bucket,),
            )

    def _anchors_of_gone(self) -> set[int]:
        """The buckets that name a deleted paper: its abstract is not known any more, so all
        are looked through. arXiv deletes hardly ever.
        """
        marks = [paper.to_bytes(4, "little") for paper in self.gone]
        if not marks:
            return set()
        return {
            bucket
            for bucket, entries in self.database.execute("select bucket, entries from anchor")
            if any(mark in entries for mark in marks)
        }

    def write_meta(self, meta: dict[str, str], harvest: str) -> None:
        sources = [SourceInfo(*row) for row in json.loads(meta.get(schema.SOURCES) or "[]")]
        known = next((one for one in sources if one.name == HARVEST_SOURCE), None)
        others = [one for one in sources if one is not known]
        if known is not None or self.records or self.unread:
            records, unread = (known.records, known.unread) if known is not None else (0, 0)
            others.append(
                SourceInfo(HARVEST_SOURCE, "arxiv", records + self.records, unread + self.unread)
            )
        rows = [
            *facts(self.database),
            (schema.FINGERPRINTS, "yes" if self.fingerprints else "no"),
            (
                schema.SOURCES,
                json.dumps(
                    [[one.name, one.kind, one.records, one.unread] for one in others],
                    ensure_ascii=False,
                ),
            ),
            (schema.HARVEST, harvest),
        ]
        self.database.executemany("insert or replace into meta values(?,?)", rows)
