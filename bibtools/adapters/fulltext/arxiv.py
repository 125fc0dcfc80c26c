"""The full text of all papers of the index: one file beside it, `index.fulltext.sqlite`.

It is made in one pass over arXiv's metadata and does not change with the index: after an update
of the index it is older than that, which is told, until it is made again. It holds all that a
search shows, so that the index itself is not opened for one.
"""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bibtools.adapters.fulltext import schema
from bibtools.adapters.fulltext.building import Writer, facts_of, make_tables
from bibtools.adapters.fulltext.store import DamagedError, Store, open_file
from bibtools.adapters.index import IndexInfo, open_index
from bibtools.adapters.index.building import beside
from bibtools.adapters.index.schema import pack_id
from bibtools.adapters.index.sources import open_source, read_lines
from bibtools.errors import InputError, WriteError
from bibtools.formats.arxiv_snapshot import ArxivRecord, UnreadableRecordError, read_record
from bibtools.model import type_preprint
from bibtools.model.progress import Progress
from bibtools.searching.documents import Document, sorted_name
from bibtools.text.latex_decode import decode
from bibtools.text.names import parse_name

SUFFIX: Final = ".fulltext.sqlite"
_TOLD_EACH = 2_000


@dataclass(frozen=True, slots=True)
class FullTextInfo:
    """What is in the full text of an index."""

    path: Path
    size: int
    """In bytes."""
    papers: int
    abstracts: int
    """Papers with their abstract."""
    is_of_index: bool
    """Whether it has the papers of the index as it is now; else it is older."""


def path_beside(index: Path) -> Path:
    """Where the full text of an index lies: `index.fulltext.sqlite` beside `index.sqlite`."""
    return index.with_name(index.name.removesuffix(".sqlite") + SUFFIX)


def build_full_text(
    index: Path, arxiv: Iterable[Path], progress: Progress | None = None
) -> FullTextInfo:
    """Make the full text of an index from the files that the index was made of.

    It is made beside its place and renamed at the end. Of two records with one ID the later one
    counts. Raises `InputError` for a file that cannot be read, `WriteError` when the full text
    cannot be written.
    """
    path = path_beside(index)
    with beside(path) as (draft, final), open_index(index) as opened:
        draft.unlink(missing_ok=True)
        final.unlink(missing_ok=True)
        tables = opened.tables
        linked = {row[0] for row in tables.rows("select distinct paper from link")}
        try:
            with closing(sqlite3.connect(final, isolation_level=None)) as database:
                make_tables(database, page=1024)
                database.execute("begin")
                writer = Writer(database, path.parent, coded=True)
                papers = array("Q")
                abstracts = 0
                for record in _records(arxiv, progress):
                    paper = pack_id(record.arxiv)
                    code = opened.links(record.arxiv) if paper in linked else ()
                    number = writer.add(_document(record, tuple(one.url for one in code)))
                    papers.append(paper << schema.DOCUMENT_BITS | number)
                    abstracts += bool(record.abstract)
                if progress is not None:
                    progress("writing the full text", 0, 1)
                gone = _earlier(papers)
                writer.finish(
                    {
                        **facts_of(writer),
                        "gone": schema.little(gone),
                        "papers": len(papers) - len(gone),
                        "abstracts": abstracts,
                        "index": state_of(opened.info()),
                    }
                )
                database.execute("commit")
        except sqlite3.Error as error:
            raise WriteError(
                f'The full text "{path}" could not be written: {error}.',
                "Is the disk full? The full text of all arXiv papers needs 4 GB while it is made.",
            ) from None
    with open_index(index) as opened:
        info = full_text_info(opened.info())
    if info is None:
        raise WriteError(f'The full text "{path}" was removed while it was made.')
    return info


def state_of(info: IndexInfo) -> str:
    """A text that differs for two states of an index."""
    return json.dumps([info.records, info.last, info.harvested, info.links])


def full_text_info(info: IndexInfo) -> FullTextInfo | None:
    """What is in the full text of an index; None when it has none, or a damaged one."""
    path = path_beside(info.path)
    try:
        if not path.is_file():
            return None
        with Store(open_file(path), str(path)) as store:
            return _info(store, path, info)
    except (DamagedError, OSError):
        return None


def open_full_text(index: Path) -> Store | None:
    """The full text of an index; None when it has none. Raises `DamagedError`."""
    path = path_beside(index)
    return Store(open_file(path), str(path)) if path.is_file() else None


def _info(store: Store, path: Path, info: IndexInfo) -> FullTextInfo:
    meta: dict[str, Any] = store.meta
    return FullTextInfo(
        path,
        path.stat().st_size,
        int(meta.get("papers") or 0),
        int(meta.get("abstracts") or 0),
        meta.get("index") == state_of(info),
    )


def _records(arxiv: Iterable[Path], progress: Progress | None) -> Iterable[ArxivRecord]:
    count = 0
    for source in arxiv:
        with open_source(source) as (content, raw):
            total = source.stat().st_size
            for number, line in enumerate(read_lines(content, source)):
                if progress is not None and not number % _TOLD_EACH:
                    progress(f"{source.name}: full text", raw.tell(), total)
                if not line.strip():
                    continue
                try:
                    record = read_record(line)
                except UnreadableRecordError:
                    continue  # told when the index was built
                count += 1
                if count > schema.MOST_DOCUMENTS:
                    raise InputError(
                        f"A full text holds at most {schema.MOST_DOCUMENTS:,} records."
                    )
                yield record


def _document(record: ArxivRecord, code: tuple[str, ...]) -> Document:
    return Document(
        title=decode(record.title),
        authors=tuple(author(name) for name in record.authors),
        year=record.created.year if record.created is not None else record.arxiv.year,
        abstract=decode(record.abstract or ""),
        arxiv=record.arxiv.value,
        doi=record.doi or "",
        type=type_preprint,
        categories=record.categories,
        code=code,
    )


def author(printed: str) -> str:
    """A name of arXiv's metadata as documents have it."""
    name = decode(printed)
    return name if "," in name else sorted_name(parse_name(name))


def _earlier(papers: array[int]) -> array[int]:
    """The documents of papers that come again later."""
    gone = array("I")
    last = -1
    for one in sorted(papers):
        if last >= 0 and one >> schema.DOCUMENT_BITS == last >> schema.DOCUMENT_BITS:
            gone.append(last & schema.MOST_DOCUMENTS - 1)
        last = one
    return gone
