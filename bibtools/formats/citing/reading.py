"""One file as what it cites, whatever kind it is of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from bibtools.errors import BibtoolsError
from bibtools.formats.citing.biber_control import read_bcf
from bibtools.formats.citing.cited import Cited
from bibtools.formats.citing.kinds import KINDS, kind_of
from bibtools.formats.citing.known import NOTHING, Known
from bibtools.formats.citing.latex_aux import read_aux
from bibtools.formats.citing.markdown import learn_markdown, read_markdown
from bibtools.formats.citing.tex import learn_tex, read_tex, used_commands
from bibtools.formats.citing.texts import decoded
from bibtools.formats.citing.typst import learn_typst, read_typst
from bibtools.model import Notice

_READERS: Final[dict[str, Callable[[str, str, Known], Cited]]] = {
    "aux": lambda text, file, _: read_aux(text, file),
    "tex": read_tex,
    "markdown": read_markdown,
    "typst": read_typst,
}
_LEARN: Final[dict[str, Callable[[str], Known]]] = {
    "tex": learn_tex,
    "markdown": learn_markdown,
    "typst": learn_typst,
}


def read_cited(data: bytes, file: str, kind: str | None = None) -> Cited:
    """What one file cites; the files that it includes are named in `parts` and not read.

    `kind` is one of `KINDS`; by default the name of the file tells it, else its content. Any
    bytes will do, faults become notices. Raises `BibtoolsError` for a kind that there is not.
    """
    if kind is not None and kind not in KINDS:
        raise BibtoolsError(
            f'"{kind}" is no kind of document.', hint=f"Kinds are {', '.join(KINDS)}."
        )
    return read_knowing(data, file, kind or kind_of(file, data), learn(data, file, kind))


def learn(data: bytes, file: str, kind: str | None = None) -> Known:
    """What this file defines for itself and for the others."""
    learner = _LEARN.get(kind or kind_of(file, data))
    text = decoded(data) if learner is not None else None
    return learner(text[0]) if learner is not None and text is not None else NOTHING


def read_knowing(data: bytes, file: str, kind: str, known: Known) -> Cited:
    """As `read_cited`, with what all files of the document define."""
    if kind == "bcf":
        return read_bcf(data, file)
    text = decoded(data)
    if text is None:
        told = Notice(
            "The file holds binary data, so no citations were looked for.",
            file, rule="citing.binary",
            hint="Name the document's source: .tex, .aux, .bcf, .md or .typ.",
        )  # fmt: skip
        return Cited(notices=(told,), kind=kind)
    return _READERS[kind](text[0], file, known)


def used_in(data: bytes, kind: str, known: Known) -> frozenset[str]:
    """The LaTeX commands that stand in a file outside of the heads of definitions."""
    text = decoded(data) if kind == "tex" else None
    return used_commands(text[0], known) if text is not None else frozenset()
