"""The documents that cite, read from the disk with all that belongs to them."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bibtools.adapters.files import read_bytes, standard_stream
from bibtools.errors import InputError
from bibtools.formats.citing import Citation, Cited, DataSource, follow
from bibtools.model import Notice

_SEARCHED = "BIBINPUTS"
_CONTROL = "-blx"
"""Ends the name of the file in which biblatex tells BibTeX its options."""


@dataclass(frozen=True, slots=True)
class Citing:
    """What some documents cite together."""

    documents: tuple[str, ...]
    """As the user wrote them."""
    cited: Cited
    """Of all of them, in their order."""
    read: dict[str, bytes]
    """The files that were read, with their parts, by path."""
    asked: frozenset[str]
    """Every path at which a part was looked for; a file may come to be there."""
    bibliographies: tuple[str, ...]
    """Files that the documents name and that are there."""
    absent: tuple[DataSource, ...]
    """Those that are not."""
    beside: dict[str, list[DataSource]] = field(default_factory=dict)
    """Of these files the ones that are read together with the output: every document that names
    the output names them, too."""

    @property
    def dialect(self) -> str:
        """Whose words new entries are written in: biblatex for biber, pandoc and Typst."""
        biblatex = self.cited.biber or self.cited.kind in ("markdown", "typst", "bcf")
        return "biblatex" if biblatex else "bibtex"

    def places(self) -> dict[str, list[Citation]]:
        """Where each key is cited."""
        found: dict[str, list[Citation]] = {}
        for one in self.cited.citations:
            found.setdefault(one.key, []).append(one)
        return found


def read_documents(documents: Sequence[str], output: str | None = None) -> Citing:
    """What the documents cite. Raises `InputError` for one that is not there or cannot be read.

    `output` is what is going to be written: it need not be there, though a document names it.
    """
    read: dict[str, bytes] = {}
    asked: set[str] = set()

    def look(path: str) -> bytes | None:
        asked.add(path)
        if path not in read:
            data = _bytes(path)
            if data is None:
                return None
            read[path] = data
        return read[path]

    parts = []
    for document in dict.fromkeys(documents):
        read[document] = read_bytes(document)  # tells why when it cannot be read
        parts.append(follow(document, look))
        _refuse_damaged(document, parts[-1])
    cited = _together(parts)
    found: dict[str, None] = {}
    absent: list[DataSource] = []
    notices: list[Notice] = []
    for document, one in zip(dict.fromkeys(documents), parts, strict=True):
        for source in one.sources:
            if source.remote:
                notices.append(
                    _told(source, "lies on the network and is not fetched", "citing.remote")
                )
                continue
            paths = list(_files_of(source, document))
            found |= dict.fromkeys(paths)
            if not paths and not _is_output(source, document, output):
                absent.append(source)
    cited = replace(cited, notices=(*cited.notices, *notices))
    beside = _beside(list(zip(dict.fromkeys(documents), parts, strict=True)), output)
    return Citing(
        tuple(documents), cited, read, frozenset(asked), tuple(found), tuple(absent), beside
    )


def _beside(parts: Sequence[tuple[str, Cited]], output: str | None) -> dict[str, list[DataSource]]:
    """The files that every document names which names the output, and where they are named."""
    named: list[dict[str, list[DataSource]]] = []
    for document, cited in parts:
        local = [one for one in cited.sources if not one.remote]
        if any(_names(source, document, output) for source in local):
            here: dict[str, list[DataSource]] = {}
            for source in local:
                for path in _files_of(source, document):
                    here.setdefault(path, []).append(source)
            named.append(here)
    return {
        path: [source for here in named for source in here[path]]
        for path in (named[0] if named else ())
        if not same_file(path, output) and all(path in here for here in named)
    }


_DAMAGED = {
    "citing.binary": "holds binary data",
    "citing.broken-bcf": "is damaged or cut off",
}


def _refuse_damaged(document: str, cited: Cited) -> None:
    """Raise `InputError` for a document of which nothing, or only a part, could be read.

    To go on would take the entries that it cites out of the output.
    """
    for notice in cited.notices:
        if notice.rule in _DAMAGED and notice.file == document:
            place = f":{notice.line}:{notice.column}" if notice.line is not None else ""
            raise InputError(
                f"{document}{place}: The file {_DAMAGED[notice.rule]}, so it cannot be told what "
                "it cites.",
                notice.hint,
            )


def same_file(one: str, other: str | None) -> bool:
    """Whether two names lead to one file, which need not be there."""
    if other is None or standard_stream in (one, other):
        return False
    return os.path.realpath(one) == os.path.realpath(other)


def _bytes(path: str) -> bytes | None:
    if "\0" in path or not Path(path).is_file():
        return None
    try:
        return Path(path).read_bytes()
    except OSError:
        return None


def _together(parts: Sequence[Cited]) -> Cited:
    """Several documents as one."""
    known = [one.biber for one in parts if one.biber is not None]
    kinds = {one.kind for one in parts}
    return Cited(
        tuple(citation for one in parts for citation in one.citations),
        any(one.everything for one in parts),
        tuple(source for one in parts for source in one.sources),
        tuple(part for one in parts for part in one.parts),
        tuple(dict.fromkeys(notice for one in parts for notice in one.notices)),
        parts[0].kind if len(kinds) == 1 else "",
        frozenset().union(*(one.declared for one in parts)),
        any(known) if known else None,
    )


def _files_of(source: DataSource, document: str) -> Iterable[str]:
    """The files that a bibliography of a document is."""
    for path in _candidates(source, document):
        if source.glob:
            paths = sorted(one for one in glob.glob(path) if Path(one).is_file())  # noqa: PTH207 - absolute
            if paths:
                return paths
        elif Path(path).is_file():
            return [path]
    return []


def _is_output(source: DataSource, document: str, output: str | None) -> bool:
    if source.name.removesuffix(".bib").endswith(_CONTROL):
        return True
    return _names(source, document, output)


def _names(source: DataSource, document: str, output: str | None) -> bool:
    """Whether a bibliography of a document is the output."""
    return any(same_file(path, output) for path in _candidates(source, document))


def _candidates(source: DataSource, document: str) -> Iterable[str]:
    """Where TeX, pandoc and Typst look, the likeliest first."""
    name = source.name.replace("\\jobname", Path(document).stem).strip()
    if not name or "\0" in name:
        return
    if name.removesuffix(".bib").endswith(_CONTROL):
        return
    folders = [str(Path(document).parent), str(Path(source.file).parent), "."]
    # TeX adds its own tree where the list ends with a separator.
    folders = [one or "." for one in folders]
    folders += [one for one in os.environ.get(_SEARCHED, "").split(os.pathsep) if one]
    names = [name] if Path(name).suffix else [f"{name}.bib", name]
    if Path(name).suffix and not name.lower().endswith((".bib", ".json", ".yaml", ".yml", ".ris")):
        names = [f"{name}.bib", name]
    for folder in dict.fromkeys(folders):
        for one in names:
            yield os.path.normpath(os.path.join(folder.rstrip("/") or "/", one))  # noqa: PTH118


def _told(source: DataSource, what: str, rule: str) -> Notice:
    return Notice(
        f'The bibliography "{source.name}" {what}.', source.file, source.line, source.column, rule
    )
