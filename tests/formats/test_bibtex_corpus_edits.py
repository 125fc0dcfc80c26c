"""Edits that hypothesis draws over real files: one place changes, every other byte stays."""

from __future__ import annotations

import string
import tarfile
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bibtools.formats.bibtex import Document
from bibtools.formats.bibtex.editing import EditError

_LARGEST = 30_000
_WORDS = st.lists(
    st.text(string.ascii_letters + string.digits + "éß中-.:/&%_'", min_size=1, max_size=8),
    min_size=1,
    max_size=5,
)
_VALUES = st.one_of(
    _WORDS.map(" ".join),
    _WORDS.map(lambda words: f"A {{{' '.join(words)}}} b"),
    st.integers(0, 99999).map(str),
    st.just('He said {"}yes{"} \\"o'),
)
_NAMES = st.one_of(
    st.none(), st.sampled_from(["doi", "note", "x-new", "Author+an", "crossref-note", "abstract"])
)
_KEYS = st.text(string.ascii_letters + string.digits + ":-_/.+'", min_size=1, max_size=12)


@lru_cache(maxsize=1)
def files(folder: Path) -> tuple[bytes, ...]:
    with tarfile.open(folder / "corpus.tar.xz") as archive:
        found = [
            data.read()
            for member in archive
            if member.size <= _LARGEST and (data := archive.extractfile(member)) is not None
        ]
    return tuple(data for data in found if any(_editable(Document.parse(data))))


def _editable(document: Document) -> list[int]:
    return [
        number
        for number, entry in enumerate(document.entries)
        if not entry.inside_comment and entry.scan().strict and "crossref" not in entry.fields
    ]


@pytest.fixture
def corpus(shared: Path) -> tuple[bytes, ...]:
    folder = shared / "bibtex"
    if not (folder / "corpus.tar.xz").exists():
        pytest.skip("the corpus of .bib files is absent")
    return files(folder)


drawn = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@drawn
@given(data=st.data())
def test_one_edit_leaves_every_other_byte(corpus: tuple[bytes, ...], data: st.DataObject) -> None:
    before = data.draw(st.sampled_from(corpus))
    document = Document.parse(before)
    position = data.draw(st.sampled_from(_editable(document)))
    entry = document.entries[position]
    expected = [(one.key, one.type, dict(one.fields)) for one in document.entries]
    key, type_, fields = expected[position]
    names = list(fields)
    places = entry.scan().fields
    verb = data.draw(st.sampled_from(["set", "remove", "rename"]))
    if verb == "rename":
        key = data.draw(_KEYS)
        assume(not any(key.lower() == one.key.lower() for one in document.entries))
        assume(not any("crossref" in one.fields for one in document.entries))
        entry.rename(key)
        scan = document.scan(entry.start, entry.end)
        first, last = scan.key_start, scan.key_end
    elif verb == "remove":
        assume(names)
        name = data.draw(st.sampled_from(names))
        assume(name != "crossref")
        assert entry.remove(name)
        fields = {other: value for other, value in fields.items() if other != name}
        first, last = entry.start, entry.end
        kept = [one for one in places if one.name != name]
        pieces = [before[entry.start + one.name_start : entry.start + one.end] for one in kept]
        at = 0
        for piece in pieces:
            at = entry.raw.index(piece, at) + len(piece)
    else:
        name = data.draw(st.one_of(st.sampled_from(names), _NAMES) if names else _NAMES) or "doi"
        value = data.draw(_VALUES)
        try:
            entry.set(name, value)
        except EditError:
            assume(False)
        fields = {**fields, name.lower(): value}
        place = next((one for one in places if one.name == name.lower()), None)
        first = entry.start + (place.start if place else entry.scan().key_end)
        last = entry.start + place.end if place else entry.end
    after = document.to_bytes()
    assert after.startswith(before[:first])
    assert after.endswith(before[last:])
    expected[position] = (key, type_, fields)
    again = [(one.key, one.type, dict(one.fields)) for one in Document.parse(after).entries]
    if document.encoding == "utf-8":
        assert again == expected
    else:
        # What latin-1 does not have is written in LaTeX there.
        assert [one[:2] for one in again] == [one[:2] for one in expected]
