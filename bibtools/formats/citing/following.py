r"""A document with all the files that belong to it, read in its order.

Where a name leads: LaTeX looks from the folder of the main file (and from that of `\import`), and
adds `.tex`; Typst, Quarto and R Markdown look from the folder of the file that names it. What is
named twice is read once. A file that is not there is told and the others are read.

Bibliographies of their own that an .aux does not name are looked for: multibib writes
`sec.aux` for `\newcites{sec}{...}` and bibunits `bu1.aux`, `bu2.aux`, ...; only the .tex beside
says so, and it is asked if it is there. Where biblatex notes the keys in the .aux, the .bcf beside
knows the data sources and the sets.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from bibtools.errors import InputError
from bibtools.formats.citing.cited import Citation, Cited, DataSource, Part
from bibtools.formats.citing.kinds import kind_of
from bibtools.formats.citing.known import NOTHING, Known
from bibtools.formats.citing.reading import learn, read_knowing, used_in
from bibtools.model import Notice

Read = Callable[[str], bytes | None]
"""From a path, as the document's own is written, to its bytes; None when there is no such file."""

_DEEPEST: Final = 50
_MOST: Final = 5_000
_COPIES: Final = frozenset(
    f"{name}.sty"
    for name in (
        "natbib biblatex biblatex2 cite apacite multibib bibunits chapterbib jurabib harvard "
        "chicago bibentry hyperref csquotes revtex4-1 mciteplus"
    ).split()
)
"""Packages that people copy beside their document and that are known here."""
_ROUNDS: Final = 5
"""So many commands in the name of a file may lean on each other."""
_IN_NAME = re.compile(r"\\([A-Za-z]+)(?:\s+|\{\})?")


@dataclass(frozen=True, slots=True)
class _Place:
    """From where names are looked up."""

    folder: str
    """That of the file."""
    imported: str
    r"""That of the last `\import`."""


@dataclass(slots=True)
class _File:
    """One file of the document."""

    path: str
    data: bytes
    kind: str
    place: _Place
    cited: Cited = field(default_factory=Cited)
    parts: list[tuple[Part, _File]] = field(default_factory=list)
    only_sources: bool = False
    package: bool = False
    """Whether it is a package or a class of the document's own."""


def follow(file: str, read: Read, kind: str | None = None) -> Cited:
    """What a document cites, with the files that it includes.

    `read` is asked for `file` first, then for each file that the document names, by a path that
    begins as `file` does; it may refuse any by giving None. Raises `InputError` when it gives
    None for `file` itself, `BibtoolsError` for a `kind` that there is not.
    """
    return _Follower(file, read, kind).run()


class _Follower:
    def __init__(self, file: str, read: Read, kind: str | None, *, alone: bool = False) -> None:
        data = read(file)
        if data is None:
            raise InputError(f'There is no file "{file}".')
        self._read = read
        self._main = file
        self._root = _folder(file)
        self._files: dict[str, _File] = {}
        self._notices: list[Notice] = []
        self._known = NOTHING
        self._alone = alone
        """Whether the document that this is a part of is left aside."""
        self._first = _File(
            file, data, kind or kind_of(file, data), _Place(self._root, self._root)
        )  # fmt: skip

    def run(self) -> Cited:
        self._gather(self._first, ())
        if self._first.kind == "aux":
            self._gather_lists()
        # What one file defines holds in all: so each is read again, knowing all.
        if self._known != NOTHING:
            for one in self._files.values():
                one.cited = self._read_again(one)
                # More is known to cite now, so a part may come after more.
                placed = {(part.line, part.column): part for part in one.cited.parts}
                one.parts = [
                    (placed.get((part.line, part.column), part), inner) for part, inner in one.parts
                ]
        result = self._joined()
        return self._beside(result) if self._first.kind == "aux" else result

    # Which files

    def _gather(self, file: _File, above: tuple[str, ...]) -> None:
        self._files[_normal(file.path)] = file
        own = learn(file.data, file.path, file.kind)
        if file.package:
            own = replace(own, commands={n: found for n, found in own.commands.items() if found})
        self._known |= own
        file.cited = read_knowing(file.data, file.path, file.kind, own)
        if file.only_sources:
            return
        self._gather_packages(file, own.packages, above)
        for part in file.cited.parts:
            found = self._open(part, file)
            if found is None:
                continue
            normal = _normal(found.path)
            if normal in self._files or normal in above:
                continue
            if part.kind == "main":
                # Of the whole document a subfile has the sources, and all that it defines.
                found.cited = read_knowing(found.data, found.path, found.kind, NOTHING)
                self._known |= self._known_from(found.path, found.data)
            if len(above) >= _DEEPEST or len(self._files) >= _MOST:
                self._tell(part, "citing.too-deep", "is one of too many files and was not read")
                continue
            file.parts.append((part, found))
            self._gather(found, (*above, normal))

    def _gather_packages(
        self, file: _File, packages: tuple[str, ...], above: tuple[str, ...]
    ) -> None:
        """Read the packages that lie beside the document: they may define what cites."""
        if file.package:
            # What else stands in one is the package's own affair.
            file.cited = _of_package(file.cited)
        for name in packages:
            if name in _COPIES or "\\" in name or "\0" in name:
                continue
            bases = dict.fromkeys((file.place.imported, self._root, file.place.folder))
            for path in (_join(base, name) for base in bases):
                data = None if _normal(path) in self._files else self._read(path)
                if data is not None and len(above) < _DEEPEST and len(self._files) < _MOST:
                    found = _File(path, data, "tex", file.place, package=True)
                    file.parts.append((Part(name, file.path, 0, 0, "package"), found))
                    self._gather(found, (*above, _normal(path)))
                    break

    def _read_again(self, file: _File) -> Cited:
        cited = read_knowing(file.data, file.path, file.kind, self._known)
        return _of_package(cited) if file.package else cited

    def _open(self, part: Part, file: _File) -> _File | None:
        if part.kind == "main" and (self._alone or file is not self._first):
            return None
        name = self._expanded(part.name.replace("\\jobname", _stem(self._main)))
        name = name.replace("\\\\", "/")
        if "\\" in name or "\0" in name:
            self._tell(part, "citing.part-unread", "has a command in its name, so it was not read")
            return None
        for path, place in _candidates(name, part, file.place, self._root):
            data = self._read(path)
            if data is not None:
                kind = "tex" if file.kind == "tex" else file.kind
                only = part.kind == "main"
                return _File(path, data, kind, place, only_sources=only)
        if not part.optional:
            self._tell(part, "citing.part-missing", "is not there")
        return None

    def _expanded(self, name: str) -> str:
        """A name with the text of the commands in it."""
        for _ in range(_ROUNDS):
            if "\\" not in name:
                break
            name = _IN_NAME.sub(lambda one: self._known.texts.get(one[1], one[0]), name)
        return name

    def _tell(self, part: Part, rule: str, what: str) -> None:
        self._notices.append(
            Notice(f'The file "{part.name}" {what}.', part.file, part.line, part.column, rule)
        )

    def _gather_lists(self) -> None:
        """Add the .aux files that no .aux names."""
        source = f"{_without_suffix(self._main)}.tex"
        data = self._read(source)
        if data is None:
            return
        known = self._known_from(source, data)
        names = [(name, name) for name in sorted(known.lists)]
        if known.units:
            names += [(f"bu{number}", str(number)) for number in range(1, _MOST)]
        for name, section in names:
            path = posixpath.join(self._root, f"{name}.aux")
            data = self._read(path)
            if data is None:
                if name in known.lists:
                    continue
                break  # the units are numbered without a gap
            part = Part(name, source, 1, 1, "list", 0, section=section)
            found = _File(path, data, "aux", self._first.place)
            if _normal(path) not in self._files:
                self._first.parts.append((replace(part, after=_LAST), found))
                self._gather(found, ())

    def _known_from(self, source: str, data: bytes) -> Known:
        """What the .tex beside an .aux and its parts define; nothing is told of them."""

        def reading(path: str) -> bytes | None:
            return data if path == source else self._read(path)

        return _Follower(source, reading, "tex", alone=True).known()

    def known(self) -> Known:
        """What the document and its parts define."""
        self._gather(self._first, ())
        return self._known

    # What they say

    def _joined(self) -> Cited:
        citations: list[Citation] = []
        parts: list[Part] = []
        sources: list[DataSource] = []
        notices: list[Notice] = []
        for file, start, stop, section in _pieces(self._first):
            if not file.only_sources:
                found = file.cited.citations[start:stop]
                citations += [replace(one, section=section) for one in found] if section else found
        used: set[str] = set()
        if any(one.inside for one in citations):
            for file in self._files.values():
                used |= used_in(file.data, file.kind, self._known)
            citations = [one for one in citations if not one.inside or one.inside in used]
        files = list(_in_order(self._first))
        for file in files:
            sources += [replace(one, name=self._expanded(one.name)) for one in file.cited.sources]
            if not file.only_sources:
                parts += file.cited.parts
                notices += file.cited.notices
        declared = frozenset[str]().union(*(file.cited.declared for file in files))
        return Cited(
            tuple(citations),
            any(file.cited.everything for file in files if not file.only_sources),
            tuple(sources), tuple(parts), (*notices, *self._notices), self._first.kind, declared,
            _one_of([file.cited.biber for file in files if not file.package],
                [file.cited.biber for file in files]),
        )  # fmt: skip

    def _beside(self, cited: Cited) -> Cited:
        """With what only the .bcf beside knows of a document made with biblatex and biber."""
        if not cited.biber or cited.sources:
            return cited
        path = f"{_without_suffix(self._main)}.bcf"
        data = self._read(path)
        if data is None:
            return cited
        return read_knowing(data, path, "bcf", NOTHING)


_LAST = 1 << 60


def _one_of(*told: list[bool | None]) -> bool | None:
    """What the first list says, else the next; that it is so counts before that it is not."""
    return next((True in one for one in told if set(one) - {None}), None)


def _of_package(cited: Cited) -> Cited:
    """What counts of a package: what its commands cite, and the bibliographies it names."""
    citations = tuple(one for one in cited.citations if one.inside)
    return Cited(citations, sources=cited.sources, kind=cited.kind, biber=cited.biber)


def _pieces(file: _File, section: str = "") -> Iterator[tuple[_File, int, int, str]]:
    """The document in its order: stretches of the citations of its files.

    And the bibliography they go to, where the file is that of another one.
    """
    position = 0
    for part, inner in file.parts:
        end = min(part.after, len(file.cited.citations))
        yield file, position, end, section
        position = end
        yield from _pieces(inner, part.section or section)
    yield file, position, len(file.cited.citations), section


def _in_order(file: _File) -> Iterator[_File]:
    yield file
    for _, inner in file.parts:
        yield from _in_order(inner)


def _candidates(name: str, part: Part, place: _Place, root: str) -> Iterator[tuple[str, _Place]]:
    """Where a file may be, the likeliest first, and from where its own parts are looked up."""
    if part.kind == "@input":
        yield _join(root, name), place
        return
    if part.kind in ("child", "quarto", "typst"):
        base = root if name.startswith("/") else place.folder
        path = _join(base, name.lstrip("/") if part.kind != "child" else name)
        yield path, _Place(_folder(path), place.imported)
        return
    named = [f"{name}.tex"] if part.kind in ("include", "subfile") else [name, f"{name}.tex"]
    if "." not in posixpath.basename(name):
        named = [f"{name}.tex", name]
    elif part.kind in ("include", "subfile"):
        named.append(name)
    bases = {"import": [root], "subimport": [place.imported], "main": [place.folder]}.get(
        part.kind, [place.imported, root, place.folder]
    )
    for base in dict.fromkeys(bases):
        for one in named:
            path = _join(base, one)
            imported = _folder(path) if part.kind in ("import", "subimport") else place.imported
            yield path, _Place(_folder(path), imported)


def _folder(path: str) -> str:
    return posixpath.dirname(path.replace("\\", "/"))


def _stem(path: str) -> str:
    return posixpath.splitext(posixpath.basename(path.replace("\\", "/")))[0]


def _without_suffix(path: str) -> str:
    return posixpath.splitext(path.replace("\\", "/"))[0]


def _join(folder: str, name: str) -> str:
    return posixpath.join(folder, name) if folder else name


def _normal(path: str) -> str:
    return posixpath.normpath(path.replace("\\", "/"))
