r"""Files that the documents read beside the output: `\bibliography{refs,more}`.

What stands in them is there already: to BibTeX a second entry of that key is an error, biber drops
one of the two and says so.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from bibtools.formats.bibtex.document import Document
from bibtools.formats.bibtex.fields import Dialect
from bibtools.model import Notice
from bibtools.workflows.cite.documents import Citing
from bibtools.workflows.cite.sources import Selected, read_named


def read_beside(
    citing: Citing, sources: Collection[str], dialect: Dialect
) -> tuple[tuple[Document, ...], list[Notice]]:
    """The .bib files among them that are no source, with the entries that the document can see."""
    found: list[Document] = []
    told: list[Notice] = []
    for name in citing.beside:
        if name in sources or not name.lower().endswith(".bib"):
            continue
        read, notices = read_named([name], dialect)
        told += notices
        for source in read:
            hidden = _hidden(citing, name)
            found.append(
                Selected(
                    source.document.source.data,
                    name,
                    lambda entry, hidden=hidden: entry.key not in hidden,  # type: ignore[misc]
                )
            )
    return tuple(found), told


def _hidden(citing: Citing, name: str) -> frozenset[str]:
    """The keys that are cited in a part of the document for which this file is not read."""
    seeing = {one.section for one in citing.beside[name]}
    own = {one.section for one in citing.cited.sources}
    return frozenset(
        one.key
        for one in citing.cited.citations
        if (one.section if one.section in own else "") not in seeing
    )


def doubles(citing: Citing, output: str, copied: Mapping[str, int]) -> Sequence[Notice]:
    """What is told when such a file is a source; `copied`: how many entries came from each."""
    return [
        Notice(
            f'The document reads "{name}" as well as "{output}", so what is copied from there is '
            "read twice.",
            named[0].file,
            named[0].line,
            named[0].column,
            "cite.twice-read",
            "BibTeX takes that for an error: name one of the two in the document.",
        )
        for name, named in citing.beside.items()
        if copied.get(name)
    ]
