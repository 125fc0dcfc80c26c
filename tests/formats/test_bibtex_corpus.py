"""The document on real files: byte for byte, as bibtex read them, edits that touch one field."""

from __future__ import annotations

import json
import lzma
import random
import tarfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from bibtools.formats.bibtex import Document
from bibtools.formats.bibtex.macros import MONTHS
from bibtools.formats.bibtex.reading import read_entries


@lru_cache(maxsize=1)
def corpus(folder: Path) -> dict[str, bytes]:
    with tarfile.open(folder / "corpus.tar.xz") as archive:
        return {
            Path(member.name).name: data.read()
            for member in archive
            if (data := archive.extractfile(member)) is not None
        }


def sample(folder: Path, step: int) -> Iterator[tuple[str, bytes]]:
    yield from list(corpus(folder).items())[::step]


@pytest.fixture
def bibtex(shared: Path) -> Path:
    folder = shared / "bibtex"
    if not (folder / "corpus.tar.xz").exists():
        pytest.skip("the corpus of .bib files is absent")
    return folder


def test_every_file_comes_back_byte_for_byte(bibtex: Path) -> None:
    for name, data in sample(bibtex, 1):
        document = Document.parse(data, name)
        assert document.to_bytes() == data, name
        assert b"".join(block.raw for block in document.blocks) == data, name


def test_fields_are_those_that_bibtex_read(bibtex: Path) -> None:
    with lzma.open(bibtex / "bibtex_reads.jsonl.xz", "rt") as file:
        reads = file.readlines()
    wrong = []
    checked = 0
    for number, line in enumerate(reads):
        if number % 5:
            continue
        row: dict[str, Any] = json.loads(line)
        if not row["accepted"]:
            continue
        mine: dict[str, dict[str, str]] = {}
        for entry in Document.parse(corpus(bibtex)[row["file"]]).entries:
            mine.setdefault(entry.key.lower(), dict(entry.fields))
        for expected in row["entries"]:
            found = mine.get(expected["key"].lower())
            checked += 1
            inherits = "crossref" in expected["fields"]
            for name, value in expected["fields"].items():
                got = None if found is None else found.get(name)
                if value and got != value and not (inherits and got is None):
                    got = MONTHS.get(str(got).lower(), got)
                    if " ".join(str(got).split()) != " ".join(value.split()):
                        wrong.append((row["file"], expected["key"], name, got, value))
    assert checked > 3000
    assert wrong == []


def test_random_edits_change_one_field(bibtex: Path) -> None:
    dice = random.Random(20261121)
    done = 0
    for name, data in sample(bibtex, 3):
        document = Document.parse(data, name)
        entries = [e for e in document.entries if e.fields and not e.inside_comment and e.close > 0]
        if not entries:
            continue
        entry = dice.choice(entries)
        field = dice.choice([*entry.fields, "x-new-field"])
        before = [dict(other.fields) for other in document.entries]
        place = next((p for p in entry.scan().fields if p.name == field), None)
        raw = entry.raw
        entry.set(field, "A {New} value")
        written = document.to_bytes()
        # Every byte but the value's (or the new field's) is where it was.
        start = entry.start + (place.start if place else 0)
        end = entry.start + (place.end if place else len(raw))
        assert written[:start] == data[:start], (name, field)
        assert written.endswith(data[end:]), (name, field)
        if place is None:
            assert entry.raw.replace(b"\r", b"").count(b"\n") - raw.replace(b"\r", b"").count(
                b"\n"
            ) in (0, 1, 2), (name, field)
        again = Document.parse(written, name).entries
        position = document.entries.index(entry)
        before[position] = {**before[position], field: "A {New} value"}
        assert [dict(other.fields) for other in again] == before, (name, field)
        done += 1
    assert done > 300


def test_every_file_is_read_as_entries(bibtex: Path) -> None:
    total = 0
    for name, data in sample(bibtex, 4):
        document = Document.parse(data, name)
        entries, notices = read_entries(document)
        assert len(entries) == sum(not entry.inside_comment for entry in document.entries)
        for notice in (*document.notices, *notices):
            assert notice.line is not None
            assert document.caret(notice)
        total += len(entries)
    assert total > 5000
