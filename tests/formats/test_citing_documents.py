"""What documents cite, from bytes to entries: a document of our own for each construct."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from bibtools.formats.bibtex import Document
from bibtools.formats.bibtex.needed import needed
from bibtools.formats.citing import Cited, follow
from tests.citing_documents import DOCUMENTS, CitingDocument


def reading(path: str) -> bytes | None:
    file = Path(path)
    return file.read_bytes() if file.is_file() else None


@pytest.fixture(params=DOCUMENTS, ids=lambda document: document.name)
def document(request: pytest.FixtureRequest) -> CitingDocument:
    found = request.param
    assert isinstance(found, CitingDocument)
    return found


def cited_by(document: CitingDocument, folder: Path) -> Cited:
    return follow(str(document.write(folder)), reading)


def choice(cited: Cited, bib: Path) -> list[str]:
    found = needed(
        Document.parse(bib.read_bytes(), "refs.bib"),
        cited.keys(),
        biber=cited.biber,
        everything=cited.everything,
    )
    return [entry.key for entry in found.entries]


def test_what_a_document_cites(document: CitingDocument, tmp_path: Path) -> None:
    cited = cited_by(document, tmp_path)
    assert (
        cited.keys(),
        cited.everything,
        cited.bibliographies,
        cited.unsure_keys(),
        tuple(notice.rule for notice in cited.notices),
    ) == (
        document.keys,
        document.everything,
        document.sources,
        document.unsure,
        document.notices,
    )
    places = {one.key: (one.line, one.column) for one in reversed(cited.citations)}
    assert {key: places[key] for key in document.found} == dict(document.found)


def test_which_entries_it_takes(document: CitingDocument, tmp_path: Path) -> None:
    cited = cited_by(document, tmp_path)
    found = needed(
        Document.parse(document.bib.encode(), "refs.bib"),
        cited.keys(),
        biber=cited.biber,
        everything=cited.everything,
    )
    assert tuple(entry.key for entry in found.entries) == document.entries
    assert found.missing == document.missing


# The programs that TeX has for this, as a second opinion.


def run(folder: Path, *words: str) -> None:
    if shutil.which(words[0]) is None:
        pytest.skip(f"{words[0]} is not installed")
    # None of the test's own words goes through a shell.
    subprocess.run(words, cwd=folder, capture_output=True, check=False, timeout=120)


def latex(document: CitingDocument, folder: Path) -> None:
    document.write(folder)
    run(folder, "pdflatex", "-interaction=batchmode", "main.tex")
    lacking = re.search(
        r"File `([^']+\.sty)' not found", (folder / "main.log").read_text("latin-1")
    )
    if lacking is not None:
        pytest.skip(f"LaTeX has no {lacking[1]} here")


def keys_in(path: Path) -> set[str]:
    return {entry.key.lower() for entry in Document.parse(path.read_bytes()).entries}


def of(program: str) -> list[CitingDocument]:
    return [document for document in DOCUMENTS if document.latex == program]


def _same_twice(document: CitingDocument, folder: Path, other: str) -> None:
    """LaTeX's own notes say the same as the source."""
    source = follow(str(folder / "main.tex"), reading)
    noted = follow(str(folder / other), reading)
    assert (set(noted.keys()), noted.everything) == (set(source.keys()), source.everything)
    assert choice(noted, folder / "refs.bib") == choice(source, folder / "refs.bib")


@pytest.mark.parametrize("document", of("bibtex"), ids=lambda document: document.name)
def test_the_choice_is_that_of_bibexport(document: CitingDocument, tmp_path: Path) -> None:
    latex(document, tmp_path)
    _same_twice(document, tmp_path, "main.aux")
    run(tmp_path, "bibexport", "-t", "-c", "-o", "chosen.bib", "main.aux")
    chosen = keys_in(tmp_path / "chosen.bib")
    assert {key.lower() for key in document.entries} == chosen


@pytest.mark.parametrize("document", of("biber"), ids=lambda document: document.name)
def test_the_choice_is_that_of_biber(document: CitingDocument, tmp_path: Path) -> None:
    latex(document, tmp_path)
    for other in ("main.aux", "main.bcf"):
        _same_twice(document, tmp_path, other)
    run(tmp_path, "biber", "--output-format=bibtex", "main")
    chosen = keys_in(tmp_path / "main_biber.bib")
    # Members of a set made in the document stand in the .bbl, but not in biber's .bib.
    run(tmp_path, "biber", "main")
    printed = (tmp_path / "main.bbl").read_text("utf-8")
    chosen |= {key.lower() for key in re.findall(r"\\entry\{([^}]*)\}", printed)}
    # An entry named in `related` is printed under a hash.
    chosen = {key for key in chosen if not re.fullmatch(r"[0-9a-f]{32}", key)}
    # biber writes the values of an @xdata into who takes them, so it leaves that out.
    containers = set(re.findall(r"@xdata\{(\w+)", document.bib))
    assert {key.lower() for key in document.entries} - containers == chosen - {"herbs"}


Damage = Callable[[bytes], bytes]


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda data: data[: len(data) // 2], id="cut-in-the-middle"),
        pytest.param(lambda data: data.replace(b"}", b""), id="nothing-closes"),
        pytest.param(lambda data: data.replace(b"{", b"{{"), id="twice-open"),
        pytest.param(lambda data: data + b"\0\xff\xfe" * 100, id="binary-behind"),
        pytest.param(lambda data: b"\0" + data, id="binary"),
        pytest.param(lambda data: data[::-1], id="backwards"),
        pytest.param(lambda data: b"", id="empty"),
        pytest.param(lambda data: data.replace(b"\n", b"\r"), id="old-macintosh"),
    ],
)
def test_damage_is_no_error(document: CitingDocument, damage: Damage, tmp_path: Path) -> None:
    main = document.write(tmp_path)
    main.write_bytes(damage(main.read_bytes()))
    cited = follow(str(main), reading)
    places = [(one.line, one.column) for one in cited.citations]
    assert all(line >= 1 and column >= 1 for line, column in places)
