"""`bibtools cite` on papers over real .bib files: the choice of bibexport, of biber, of pandoc."""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bibtools.formats.bibtex.blocks import BibEntry
from bibtools.formats.bibtex.document import Document
from tests.command_line import bibtools

FILES = ("0302.bib", "0383.bib", "0432.bib", "0529.bib")
"""Of the shared corpus: 187 to 679 entries, with `crossref`, two of them with many macros."""
READ_BY_ALL = tuple(one for one in FILES if one != "0383.bib")
"""biber and pandoc stop at a mistake in that one."""


@pytest.fixture(scope="module")
def corpus(shared: Path) -> dict[str, bytes]:
    found = {}
    with tarfile.open(shared / "bibtex" / "corpus.tar.xz") as archive:
        for member in archive:
            name = Path(member.name).name
            if name in FILES:
                found[name] = archive.extractfile(member).read()  # type: ignore[union-attr]
                if len(found) == len(FILES):
                    break
    return found


@pytest.fixture(params=FILES)
def library(
    request: pytest.FixtureRequest,
    corpus: dict[str, bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """A real library in a folder of its own, which is the current one."""
    monkeypatch.setenv("BIBTOOLS_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("BIBTOOLS_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("BIBTOOLS_INDEX", raising=False)
    folder = tmp_path / "paper"
    folder.mkdir()
    monkeypatch.chdir(folder)
    path = folder / "library.bib"
    path.write_bytes(corpus[request.param])
    return path


def drawn(library: Path, seed: int) -> list[str]:
    """40 keys, by seed; a quarter of entries with a `crossref`, so that parents are needed."""
    entries = Document.parse(library.read_bytes()).entries
    folded = [entry.key.lower() for entry in entries]
    plain = [
        entry
        for entry in entries
        if re.fullmatch(r"[A-Za-z0-9:_./+-]*[A-Za-z0-9]", entry.key)
        and folded.count(entry.key.lower()) == 1
        and entry.type.lower() not in ("xdata", "set")
    ]
    choice = random.Random(seed)
    leaning = [entry.key for entry in plain if "crossref" in entry.fields]
    keys = choice.sample(leaning, min(10, len(leaning)))
    rest = [entry.key for entry in plain if entry.key not in keys]
    keys += choice.sample(rest, 40 - len(keys))
    choice.shuffle(keys)
    return keys


def run(*words: str) -> str:
    if shutil.which(words[0]) is None:
        pytest.skip(f"{words[0]} is not installed")
    # None of the test's own words goes through a shell.
    ran = subprocess.run(words, capture_output=True, check=False, timeout=300)
    return ran.stdout.decode(errors="replace")


def cited(*documents: str) -> set[str]:
    """What bibtools chooses, in lower case; twice, the second time without a change."""
    Path("refs.bib").unlink(missing_ok=True)
    Path("refs.bib.bibtools.json").unlink(missing_ok=True)
    command = ("cite", *documents, "--from", "library.bib", "-o", "refs.bib", "--offline")
    ran = bibtools(*command)
    assert ran.code == 0, ran.stderr
    written = Path("refs.bib").read_bytes()
    assert bibtools(*command, "--check").code == 0
    assert bibtools(*command).code == 0
    assert Path("refs.bib").read_bytes() == written
    library = Document.parse(Path("library.bib").read_bytes())
    source = {entry.key: entry for entry in reversed(library.entries)}
    entries = Document.parse(written).entries
    for entry in entries:
        assert entry.raw == source[entry.key].raw
        assert _read(entry) == _read(source[entry.key])
    places = [entry.key for entry in entries]
    assert len(places) == len(set(places))
    return {key.lower() for key in places}


def _read(entry: BibEntry) -> dict[str, str]:
    """The fields; a `crossref` is shown as its parent is spelt, where that is there."""
    fields = dict(entry.fields)
    fields["crossref"] = fields.get("crossref", "").lower()
    return fields


def keys_in(path: str) -> set[str]:
    return {entry.key.lower() for entry in Document.parse(Path(path).read_bytes()).entries}


def text_of(keys: Sequence[str], commands: Sequence[str]) -> str:
    """Sentences that cite the keys, by one, two and three, with one key in a comment."""
    lines, left, number = [], list(keys), 0
    while left:
        count = number % 3 + 1
        some, left = left[:count], left[count:]
        separator = ", " if number % 2 else ",%\n  "
        lines.append(
            f"As \\{commands[number % len(commands)]}{{{separator.join(some)}}} say. "
            "% not \\cite{nobody:at:all}"
        )
        number += 1
    return "\n".join(lines)


def test_a_paper_with_natbib_gets_what_bibexport_takes(library: Path) -> None:
    keys = drawn(library, 1)
    Path("part").mkdir()
    Path("part/two.tex").write_text(text_of(keys[20:], ["citet*", "citeyearpar", "citealp[p.~2]"]))
    Path("main.tex").write_text(
        "\\documentclass{article}\n\\usepackage{natbib}\n\\begin{document}\n"
        + text_of(keys[:20], ["citep[see][p.~3]", "citet", "Citeauthor", "nocite"])
        + "\n\\include{part/two}\n\\bibliographystyle{plainnat}\n\\bibliography{library}\n"
        "\\end{document}\n\\cite{nobody:at:all}\n"
    )
    run("pdflatex", "-interaction=batchmode", "main.tex")
    run("bibexport", "-t", "-c", "-o", "chosen.bib", "main.aux")
    chosen = keys_in("chosen.bib")
    assert {key.lower() for key in keys} <= chosen
    assert cited("main.tex") == chosen
    assert cited("main.aux") == chosen


@pytest.mark.parametrize("library", READ_BY_ALL[1:], indirect=True)
def test_a_paper_with_refsections_gets_what_biber_takes(library: Path) -> None:
    keys = drawn(library, 2)
    sections = [keys[:15], keys[10:30], keys[28:]]
    body = "\n".join(
        f"\\begin{{refsection}}\n{text_of(some, ['parencite', 'textcite', 'autocite[see][3]'])}\n"
        "\\end{refsection}"
        for some in sections
    )
    Path("main.tex").write_text(
        "\\documentclass{article}\n\\usepackage[backend=biber]{biblatex}\n"
        "\\addbibresource{library.bib}\n\\begin{document}\n"
        f"\\parencites[a]{{{keys[0]}}}[b]{{{keys[1]}}}\n{body}\n\\end{{document}}\n"
    )
    run("pdflatex", "-interaction=batchmode", "main.tex")
    run("biber", "--output-format=bibtex", "main")
    chosen = keys_in("main_biber.bib")
    assert {key.lower() for key in keys} <= chosen
    assert cited("main.tex") == chosen
    assert cited("main.bcf") == chosen


@pytest.mark.parametrize("library", READ_BY_ALL, indirect=True)
def test_a_paper_in_markdown_gets_what_pandoc_takes(library: Path) -> None:
    keys = drawn(library, 3)
    lines = [
        f"As @{key} says [see @{other}, p. 3]."
        for key, other in zip(keys[:18], keys[18:36], strict=True)
    ]
    Path("main.md").write_text(
        f"---\nbibliography: library.bib\nnocite: |\n  @{keys[36]}, @{keys[37]}\n---\n\n"
        + "\n\n".join(lines)
        + f"\n\nSo [-@{keys[38]}; @{{{keys[39]}}}]. Write `@nobody` to me@nobody.example.\n"
    )
    whole = json.loads(run("pandoc", "main.md", "--citeproc", "-t", "json") or "null")
    chosen = {one.removeprefix("ref-").lower() for one in _ids(whole) if one.startswith("ref-")}
    assert {key.lower() for key in keys} == chosen
    found = cited("main.md")
    # pandoc prints no parents, but reads from them.
    parents = {
        entry.fields["crossref"].lower()
        for entry in Document.parse(Path("refs.bib").read_bytes()).entries
        if "crossref" in entry.fields
    }
    assert found - parents == chosen - parents
    assert chosen <= found


def _ids(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["c"][0][0]] if node.get("t") == "Div" else []
        return own + [one for value in node.values() for one in _ids(value)]
    return [one for value in node for one in _ids(value)] if isinstance(node, list) else []
