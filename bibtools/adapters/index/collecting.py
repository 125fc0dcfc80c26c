"""What building and updating have in common: papers come in, in any order and again and again,
and at the end the lists are those of the papers as they are then.

Of two records with one ID the later one counts; what it leaves blank is filled from the earlier
one. (Abstract and comment are one thing here, because they are read together: both are those of
the last record that has either.) Words, titles, pairs and links of what a paper no longer says
are taken out again, so that an index depends only on the papers' last state and not on the way
to it: one that was brought up to date has the contents of one that was built anew.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Sequence

from bibtools.adapters.index import schema
from bibtools.adapters.index.preparing import LinkRow, Prepared, found_by, word_numbers
from bibtools.text.titles import FUNCTION_WORDS

# A word in more than this part of all titles finds nothing; its list is not kept.
_COMMON_PART = 0.05
_COMMON_LEAST = 1_000

_ADD_PAPERS = (
    "insert into paper values(?,?,?,?,?,?,?,?) on conflict(id) do update set "
    "title=excluded.title, authors=coalesce(excluded.authors, authors), "
    "created=coalesce(excluded.created, created), "
    "categories=coalesce(excluded.categories, categories), "
    "doi=coalesce(excluded.doi, doi), pairs=coalesce(excluded.pairs, pairs), "
    # An abstract without a sketch ("withdrawn") takes the place of one that has it.
    "sample=case when excluded.pairs is null then sample else excluded.sample end"
)
ADD_LINKS = "insert or ignore into link values(?,?,?,?,0)"
_REMOVE_STATED = "delete from link where paper=? and evidence in ('abstract', 'comment')"

STEPS = 4
"""Parts of `finish`."""


def common_limit(papers: int) -> int:
    """In how many titles a word may stand, of an index of so many papers, to find any."""
    return max(_COMMON_LEAST, int(papers * _COMMON_PART))


_FUNCTION_NUMBERS = frozenset(map(schema.word_hash, FUNCTION_WORDS))


def keeps_list(number: int, count: int, limit: int) -> bool:
    """Whether the papers of a word, by its number, are worth listing."""
    return count <= limit and (count == 1 or number not in _FUNCTION_NUMBERS)


class Collector:
    """Stores papers at once; collects what their lists gain and lose, and writes that last.

    A paper that was not there is entered into lists in memory, which is all that a build of
    different papers needs. For one that was there, what it said at first is noted where it
    says something else now.
    """

    def __init__(self, database: sqlite3.Connection, *, empty: bool) -> None:
        """`empty` when the database has no paper yet."""
        self.database = database
        self.empty = empty
        self._seen = schema.PaperSet()
        # A number and not a list while there is only one paper.
        self._words: dict[int, int | array[int]] = {}
        self._titles = schema.Buckets()
        self._anchors = schema.Buckets()
        self._first_titles: dict[int, str] = {}
        """By which titles papers are in the lists, where they have another one now or none."""
        self._last_anchors: dict[int, Sequence[int]] = {}
        """The pairs of papers that are in the lists by others."""
        self._rows: list[tuple[object, ...]] = []
        self._links: list[LinkRow] = []

    # --- papers come and go --------------------------------------------------------------

    def add(self, done: Prepared) -> None:
        """Store papers, and note under which words, titles and pairs they are found."""
        for row, words, hashes, anchors, links in zip(
            done.rows, done.words, done.titles, done.anchors, done.links, strict=True
        ):
            if self._is_known(row[0]):
                self._change(row, anchors, links is not None)
            else:
                self._enter(row[0], words, hashes, anchors)
            self._rows.append(row)
            if links:
                self._links += links
        self._flush()

    def remove(self, paper: int) -> None:
        """Remove a paper. What a dump says of it stands, as for other papers that the index does
        not have.
        """
        stored = self._stored(paper)
        if stored is None:
            return
        title, _, sample = stored
        self._seen.add(paper)
        self._first_titles.setdefault(paper, title)
        if sample is not None or paper in self._last_anchors:
            self._last_anchors[paper] = ()
        self.database.execute("delete from paper where id=?", (paper,))
        self.database.execute(_REMOVE_STATED, (paper,))

    def _flush(self) -> None:
        self.database.executemany(_ADD_PAPERS, self._rows)
        self._rows.clear()
        self.database.executemany(ADD_LINKS, self._links)
        self._links.clear()

    def _stored(self, paper: int) -> tuple[str, int | None, bytes | None] | None:
        row: tuple[str, int | None, bytes | None] | None = self.database.execute(
            "select title, pairs, sample from paper where id=?", (paper,)
        ).fetchone()
        return row

    def _is_known(self, paper: int) -> bool:
        if self._seen.add(paper):
            self._flush()
            return True
        return not self.empty and self._stored(paper) is not None

    def _enter(
        self, paper: int, words: Iterable[int], hashes: Iterable[int], anchors: Sequence[int]
    ) -> None:
        self._titles.add(hashes, paper)
        if anchors:
            self._anchors.add(anchors, paper)
        lists = self._words
        for word in words:
            known = lists.get(word)
            if known is None:
                lists[word] = paper
            elif isinstance(known, int):
                lists[word] = array("I", (known, paper))
            else:
                known.append(paper)

    def _change(self, row: tuple[object, ...], anchors: Sequence[int], has_texts: bool) -> None:
        paper, title, pairs, sample = row[0], row[1], row[6], row[7]
        assert isinstance(paper, int)
        stored = self._stored(paper)
        if stored is not None and stored[0] != title:
            self._first_titles.setdefault(paper, stored[0])
        old = stored[1:] if stored is not None else (None, None)
        if pairs is not None and old != (pairs, sample):
            if old[1] is not None or paper in self._last_anchors:
                self._last_anchors[paper] = anchors
            else:
                self._anchors.add(anchors, paper)
        if has_texts:
            self.database.execute(_REMOVE_STATED, (paper,))

    # --- the end -------------------------------------------------------------------------

    def finish(self, told: Callable[[int], None]) -> None:
        """Write the lists and place the links that name a title; `told` hears which of the
        `STEPS` is done.
        """
        limit = common_limit(self.database.execute("select count(*) from paper").fetchone()[0])
        lost_words: dict[int, set[int]] = defaultdict(set)
        new_words: dict[int, set[int]] = defaultdict(set)
        lost_titles, new_titles = schema.Buckets(), schema.Buckets()
        for paper, title in self._first_titles.items():
            stored = self._stored(paper)
            if stored is not None and stored[0] == title:
                continue
            old_words, old_hashes = found_by(title)
            words, hashes = found_by(stored[0]) if stored is not None else ((), ())
            for word in set(old_words).difference(words):
                lost_words[word].add(paper)
            for word in set(words).difference(old_words):
                new_words[word].add(paper)
            lost_titles.add(old_hashes, paper)
            new_titles.add(hashes, paper)
        self._write_words(limit, lost_words, new_words)
        told(1)
        self._settle_common_words(limit)
        told(2)
        self._write_buckets("title", self._titles, lost_titles, new_titles)
        self._place_titled_links()
        told(3)
        lost_anchors, new_anchors = self._old_anchors(), schema.Buckets()
        for paper, anchors in self._last_anchors.items():
            new_anchors.add(anchors, paper)
        self._write_buckets("anchor", self._anchors, lost_anchors, new_anchors)
        told(4)

    def _write_words(self, limit: int, lost: dict[int, set[int]], new: dict[int, set[int]]) -> None:
        for number in (*lost, *new):
            self._words.setdefault(number, array("I"))
        self.database.executemany(
            "insert or replace into word values(?,?,?)", self._word_rows(limit, lost, new)
        )

    def _word_rows(
        self, limit: int, lost: dict[int, set[int]], new: dict[int, set[int]]
    ) -> Iterator[tuple[int, int, bytes | None]]:
        """The rows of all words of which something changed, in their order."""
        for number in sorted(self._words):
            entered = self._words.pop(number)
            papers = array("I", (entered,)) if isinstance(entered, int) else entered
            going, coming = lost.get(number, ()), new.get(number, ())
            stored = None if self.empty else self._stored_word(number)
            count = len(papers) + len(coming) - len(going)
            if stored is not None:
                count += stored[0]
            if not count:
                self.database.execute("delete from word where hash=?", (number,))
            elif stored is not None and stored[1] is None:
                # Whether it is listed now is settled when all are counted.
                yield number, count, None
            elif not keeps_list(number, count, limit):
                yield number, count, None
            else:
                if stored is not None and stored[1] is not None:
                    papers += schema.unpack("I", stored[1])
                left = {*papers}.difference(going).union(coming) if going or coming else papers
                yield number, count, schema.pack(array("I", sorted(left)))

    def _stored_word(self, number: int) -> tuple[int, bytes | None] | None:
        row: tuple[int, bytes | None] | None = self.database.execute(
            "select count, papers from word where hash=?", (number,)
        ).fetchone()
        return row

    def _settle_common_words(self, limit: int) -> None:
        """Drop the lists of words that are too common now, and list the papers of those that
        were and no longer are.

        The latter reads all titles, and happens seldom: the share of a word hardly changes.
        """
        if self.empty:
            return
        self.database.execute(
            "update word set papers=null where papers not null and count > ?", (limit,)
        )
        missing: dict[int, list[int]] = {
            number: []
            for number, count in self.database.execute(
                "select hash, count from word where papers is null and count <= ?", (limit,)
            )
            if keeps_list(number, count, limit)
        }
        if not missing:
            return
        # In order of the papers, as lists are.
        for paper, title in self.database.execute("select id, title from paper order by id"):
            for number in word_numbers(title):
                if number in missing:
                    missing[number].append(paper)
        self.database.executemany(
            "update word set papers=?, count=? where hash=?",
            (
                (schema.pack(array("I", papers)), len(papers), number)
                for number, papers in missing.items()
            ),
        )

    def _old_anchors(self) -> schema.Buckets:
        """The entries of the papers that have other pairs now: these are not known any more, so
        all lists are looked through.
        """
        found = schema.Buckets()
        wanted = self._last_anchors.keys()
        if not wanted:
            return found
        for bucket in self._anchors:
            _find(bucket, self._anchors.entries(bucket), wanted, found)
        if not self.empty:
            for bucket, packed in self.database.execute("select bucket, entries from anchor"):
                # The lower half of each entry is the paper.
                if not wanted.isdisjoint(schema.unpack("I", packed)[::2]):
                    _find(bucket, schema.unpack("Q", packed), wanted, found)
        return found

    def _write_buckets(
        self, table: str, entered: schema.Buckets, lost: schema.Buckets, new: schema.Buckets
    ) -> None:
        self.database.executemany(
            f"insert or replace into {table} values(?,?)",
            self._bucket_rows(table, entered, lost, new),
        )

    def _bucket_rows(
        self, table: str, entered: schema.Buckets, lost: schema.Buckets, new: schema.Buckets
    ) -> Iterator[tuple[int, bytes]]:
        for bucket in sorted({*entered, *lost, *new}):
            entries = set(entered.take(bucket))
            if not self.empty:
                row = self.database.execute(
                    f"select entries from {table} where bucket=?",  # noqa: S608 -- a name of ours
                    (bucket,),
                ).fetchone()
                if row is not None:
                    entries.update(schema.unpack("Q", row[0]))
            if bucket in lost:
                entries.difference_update(lost.take(bucket))
            if bucket in new:
                entries.update(new.take(bucket))
            if entries:
                yield bucket, schema.pack(array("Q", sorted(entries)))
            else:
                self.database.execute(
                    f"delete from {table} where bucket=?",  # noqa: S608 -- a name of ours
                    (bucket,),
                )

    def _place_titled_links(self) -> None:
        """Give links that name only a title to the one paper of that title."""
        one = self.database.execute
        one("delete from link where placed")
        rows = []
        for value, url, evidence, kind in one("select hash, url, evidence, kind from titled"):
            row = one("select entries from title where bucket=?", (value & 0xFFFF,)).fetchone()
            papers = schema.papers_in(schema.unpack("Q", row[0]), value) if row else []
            if len(papers) == 1:
                rows.append((papers[0], url, evidence, kind))
        self.database.executemany("insert or ignore into link values(?,?,?,?,1)", rows)


def _find(
    bucket: int, entries: Iterable[int], wanted: Container[int], found: schema.Buckets
) -> None:
    for entry in entries:
        paper = entry & 0xFFFFFFFF
        if paper in wanted:
            found.add((entry >> 32 << 16 | bucket,), paper)


def facts(database: sqlite3.Connection) -> list[tuple[str, str]]:
    """The rows of `meta` that count what is in the file."""
    one = database.execute
    first, last = one("select min(id), max(id) from paper").fetchone()
    return [
        ("records", str(one("select count(*) from paper").fetchone()[0])),
        ("abstracts", str(one("select count(sample) from paper").fetchone()[0])),
        ("links", str(one("select count(*) from (select distinct paper, url from link)")
                      .fetchone()[0])),
        ("first", _month(first)),
        ("last", _month(last)),
    ]  # fmt: skip


def _month(paper: int | None) -> str:
    if paper is None:
        return ""
    arxiv = schema.unpack_id(paper)
    return f"{arxiv.year:04}-{arxiv.month:02}"
