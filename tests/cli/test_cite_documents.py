"""`bibtools cite` on documents of every kind: exactly the entries that they need, byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from bibtools.formats.bibtex.document import Document
from tests.citing_documents import DOCUMENTS, CitingDocument
from tests.command_line import bibtools


@pytest.fixture(autouse=True)
def alone(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path_factory.mktemp("alone")
    monkeypatch.setenv("BIBTOOLS_STATE", str(folder))
    monkeypatch.setenv("BIBTOOLS_CACHE", str(folder))
    monkeypatch.delenv("BIBTOOLS_INDEX", raising=False)


@pytest.mark.parametrize("row", DOCUMENTS, ids=lambda row: row.name)
def test_each_document_gets_exactly_its_entries(
    row: CitingDocument, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row.write(tmp_path)
    monkeypatch.chdir(tmp_path)
    command = ("cite", row.main, "--offline", "--from", "refs.bib", "-o", "cited.bib")
    ran = bibtools(*command)
    assert ran.code == (1 if row.missing else 0), ran.stderr
    for key in row.missing:
        assert f'"{key}" has no entry' in ran.stderr
    written = Document.parse((tmp_path / "cited.bib").read_bytes())
    assert tuple(entry.key for entry in written.entries) == row.entries
    source = {entry.key: entry for entry in Document.parse(row.bib.encode()).entries}
    for entry in written.entries:
        assert entry.raw == source[entry.key].raw
        assert entry.fields == source[entry.key].fields
    before = {path.name: path.read_bytes() for path in tmp_path.glob("cited.bib*")}
    assert bibtools(*command).code == ran.code
    assert {path.name: path.read_bytes() for path in tmp_path.glob("cited.bib*")} == before
    assert bibtools(*command, "--check").code == ran.code
