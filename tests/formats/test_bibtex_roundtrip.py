"""Entry -> .bib -> entry, in both dialects: invented entries, and those of the shared corpus."""

from __future__ import annotations

import json
import re
import tarfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bibtools.formats.bibtex import Document
from bibtools.formats.bibtex.carrying import read_carried, write_carried
from bibtools.formats.bibtex.fields import Dialect
from bibtools.formats.bibtex.name_fields import _pieces, read_names
from bibtools.formats.bibtex.names import split_list
from bibtools.formats.bibtex.reading import read_entries
from bibtools.formats.bibtex.tex_values import from_url_value, is_balanced, url_value
from bibtools.formats.bibtex.writing import entry_fields, write_entries, write_entry
from bibtools.formats.zotero import from_item
from bibtools.model import Dating, Entry, Link, Name, PartialDate, parse_dating
from bibtools.model.variables import CREATORS, DATES, FIELDS
from bibtools.text.latex_decode import plain
from tests.entry_strategies import differences, entries

DIALECTS: tuple[Dialect, Dialect] = ("bibtex", "biblatex")


def through(entry: Entry, dialect: Dialect) -> tuple[Entry, bool]:
    """The entry written and read back, and whether something had to be carried."""
    text = write_entry(entry, dialect)
    found, _ = read_entries(Document.parse(text.encode()))
    assert len(found) == 1
    return found[0], "\n  bibtools " in text


def differs(entry: Entry, back: Entry) -> dict[str, Any]:
    lost = differences(entry, back)
    if len(entry.categories) == 1:
        # The only class is the primary one, known or not: .bib writes it as such.
        lost.pop("primary_known", None)
    if entry.key is None:
        lost.pop("key", None)
    return lost


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(entries(), st.sampled_from(DIALECTS))
def test_whatever_an_entry_says_comes_back(entry: Entry, dialect: Dialect) -> None:
    back, _ = through(entry, dialect)
    assert differs(entry, back) == {}


_SAMPLES = {
    **dict.fromkeys(FIELDS, "Some <i>Words</i> & 3"),
    **dict.fromkeys(("title", "container-title"), "A <i>Lark</i>"),
    "page": "12-34",
    "language": "en-GB",
    "note": "Two.\n\nLines <b>here</b>",
    "annote": "One\ntwo",
    "edition": "2",
}


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("type_", ["article-journal", "book", "paper-conference", "webpage"])
def test_every_name_of_the_model_has_a_field(dialect: Dialect, type_: str) -> None:
    """Nothing is carried: each variable, role and date is said natively."""
    plain_ones = {"locator": "3", "volume": "4"}
    entry = Entry(
        key="k",
        type=type_,
        title="A Lark",
        venue="A Lark",
        date=PartialDate(2020, 2),
        fields={
            name: plain_ones.get(name, value if "<" not in value or name in _RICH else "Some 3")
            for name, value in _SAMPLES.items()
            # There it says that the @misc is a web page.
            if name != "entrysubtype" or type_ != "webpage"
        },
        creators={role: (Name("Lark", "Ann"), Name("Wren", "Bo", "van der")) for role in CREATORS},
        dates={
            **{name: parse_dating("2011/2012") for name in DATES - {"issued"}},
            "issued": Dating(PartialDate(2020, 2), PartialDate(2021)),
        },
        links=(Link("https://example.org/a", "file", "url"),),
    )
    back, carried = through(entry, dialect)
    assert (differs(entry, back), carried) == ({}, False)


_RICH = {name for name in FIELDS if _SAMPLES[name] != "Some <i>Words</i> & 3"} | {
    "publisher",
    "subtitle",
    "event-title",
}


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    "source",
    [
        pytest.param("@misc{k, title={{A} lark}, year={to appear}}", id="literal-year"),
        pytest.param("@book{k, title={A}, year={1999a}}", id="odd-year"),
        pytest.param("@article{k, title={A}, journal={J}, year=1999, month={May/June}}",
                     id="two-months"),
        pytest.param("@article{k, title={A}, journal={J}, year=1999, month={3--5 June}}",
                     id="two-days"),
        pytest.param("@phdthesis{k, author={A B}, title={T}, school={S}}", id="phd"),
        pytest.param("@thesis{k, title={T}, institution={S}, type={mathesis}}", id="master"),
        pytest.param("@mastersthesis{k, title={T}, school={S}, type={Diploma}}", id="diploma"),
        pytest.param("@online{k, title={T}, organization={O}, url={http://a.b/c}}", id="online"),
        pytest.param("@online{k, title={T}, organization={O}, publisher={P}}", id="two-bodies"),
        pytest.param("@book{k, title={T}, address={X}, location={Y and Z}}", id="two-places"),
        pytest.param(r"@book{k, title={A \foo{b} {C}}, publisher={\bar}}", id="unknown-command"),
        pytest.param("@article{k, title={A}, journal={J}, entrysubtype={magazine}}",
                     id="magazine"),
        pytest.param("@inproceedings{k, title={A}, booktitle={B}, number=3}", id="number"),
        pytest.param("@inproceedings{k, title={A}, booktitle={B}, series={S}, number=3}",
                     id="number-in-series"),
        pytest.param("@article{k, title={A}, journal={J}, number=3, issue={Spring}}", id="issue"),
        pytest.param("@article{k, title={A}, pages={11-1--11-5}}", id="hyphens-in-pages"),
        pytest.param("@book{k, editor={A B and others}, title={T}}", id="and-other-editors"),
        pytest.param("@book{k, editora={A B}, editoratype={compiler}, title={T}}", id="compiler"),
        pytest.param("@misc{k, title={T}, howpublished={\\url{http://a.b}}}", id="how-published"),
        pytest.param("@misc{k, title={T}, howpublished={Talk}, publisher={P}}", id="talk"),
        pytest.param("@online{k, title={T}, pubstate={inpress}, langid={french}}", id="in-press"),
        pytest.param("@misc{k, eprint={2104.08821}, archiveprefix={arXiv}, "
                     "note={Mine; arXiv:2104.08821}}", id="printed-note"),
    ],
)  # fmt: skip
def test_entries_of_users(source: str, dialect: Dialect) -> None:
    (entry,), _ = read_entries(Document.parse(source.encode()))
    back, carried = through(entry, dialect)
    assert (differs(entry, back), carried) == ({}, False)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_second_round_changes_no_byte(dialect: Dialect) -> None:
    source = rb"""
@inproceedings{a, title={{BIRD}: Nets \& {D}ance}, author={Lark, Ann and {The Tits}},
  booktitle={Proc.}, year=2021, month=jun, pages={1--9}, publisher={P}, address={X}}
@phdthesis{b, title={On Wings}, author={Wren, Bo}, school={S}, year={1999}, note={Unread.}}
@online{c, title={Nests}, url={http://a.b/c_d}, urldate={2020-01-02}}"""
    first = write_entries(read_entries(Document.parse(source))[0], dialect)
    second = write_entries(read_entries(Document.parse(first.encode()))[0], dialect)
    assert second == first


def test_what_is_inherited() -> None:
    source = b"""
@xdata{p, publisher={Nest Press}, location={Rome}}
@collection{c, title={Birds}, subtitle={All}, editor={Wren, Bo}, date={2001}, xdata={p},
  doi={10.1000/1}, abstract={x}}
@incollection{a, title={Larks}, author={Lark, Ann}, pages={1}, crossref={C}}
@incollection{b, title={Larks}, crossref={b}}"""
    found = {entry.key: entry for entry in read_entries(Document.parse(source))[0]}
    child = found["a"]
    assert (child.venue, child.date, child.doi, child.abstract) == (
        "Birds",
        PartialDate(2001),
        None,
        None,
    )
    assert child.fields == {
        "page": "1",
        "booksubtitle": "All",
        "publisher": "Nest Press",
        "publisher-place": "Rome",
    }
    assert child.creators == {"editor": (Name("Wren", "Bo"),)}
    assert child.extra == {"crossref": "c"}
    assert found["b"].venue is None


def test_what_was_edited_wins_over_what_was_carried() -> None:
    entry = Entry(key="k", type="book", title="A~B", venue="V")
    text = write_entry(entry, "bibtex")
    assert "bibtools" in text
    edited = text.replace("{A", "{New A")
    (back,), _ = read_entries(Document.parse(edited.encode()))
    assert back.title == "New A\u00a0B"


def test_an_original_counts_only_while_it_says_the_same() -> None:
    extra = {"title": r"A \foo{b}", "publisher": r"\foo{P}"}
    same = Entry(key="k", title=r"A \foo{b}", fields={"publisher": r"\foo{P}"}, extra=extra)
    other = Entry(key="k", title="Better", fields={"publisher": "Q"}, extra=extra)
    for entry, title, publisher in (
        (same, r"A \foo{b}", r"\foo{P}"),
        (other, "Better", "Q"),
    ):
        found = {field.name: field.value for field in entry_fields(entry, "biblatex", "none")}
        assert (found["title"], found["publisher"]) == (title, publisher)


@given(st.dictionaries(st.text(max_size=5), st.text() | st.none() | st.booleans(), max_size=3))
def test_what_is_carried_can_stand_in_braces(value: Mapping[str, Any]) -> None:
    written = write_carried(value)
    assert written.isascii() and is_balanced(written) and not re.search(r"[\\{}#\s@$&^]", written)
    assert read_carried(written) == value


@given(st.text(min_size=1, max_size=20).filter(lambda t: not any(c.isspace() for c in t)))
def test_addresses_come_back(url: str) -> None:
    if "%" not in url and url.isprintable():
        assert from_url_value(url_value(url)) == url


@given(st.lists(st.sampled_from(
    ["and", "And", "Ann", "{and}", "B.", "Lark,", "others", " ", ",", "Anderson", "{", "}"]
)))  # fmt: skip
def test_lists_are_split_as_bibtex_does(words: list[str]) -> None:
    value = " ".join(" ".join(words).split())
    assert _pieces(value) == split_list(value)


# Real entries


def _corpus(shared: Path, every: int) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(shared / "bibtex" / "corpus.tar.xz") as archive:
        for number, member in enumerate(archive):
            file = archive.extractfile(member) if member.isfile() else None
            if file is not None and member.name.endswith(".bib") and number % every == 0:
                yield member.name, file.read()


def test_real_entries_come_back_and_hardly_one_needs_to_be_carried(shared: Path) -> None:
    """Every twentieth file, at most 40 entries of each."""
    total = 0
    carried: Counter[str] = Counter()
    wrong = []
    for name, data in _corpus(shared, 20):
        document = Document.parse(data, name)
        for entry in read_entries(document)[0][:40]:
            total += 1
            for dialect in DIALECTS:
                back, needed = through(entry, dialect)
                carried[dialect] += needed
                lost = differs(entry, back)
                if lost:
                    wrong.append((name, entry.key, dialect, lost))
    assert total > 300
    assert wrong == []
    for dialect in DIALECTS:
        assert carried[dialect] <= 0.02 * total, (dialect, carried[dialect], total)


# Better BibTeX's exports of the same Zotero items.

_LEFT_OUT = frozenset("abstract keywords file langid language note annotation annote".split())
"""As in the scorer of the shared cases: in these the tools differ by taste."""
_PEOPLE = frozenset("author editor translator bookauthor holder editora namea collaborator".split())


def _same(name: str, value: str) -> object:
    """A value as far as two writers can be asked to agree: not on case (both protect and re-case
    titles in their own way), kinds of dashes and quotes, hyphens in ISBNs, percent-encoding, the
    hour at which a page was looked at, and how a name is put together (nor which blanks it has)."""
    if name in _PEOPLE:
        names, truncated, _ = read_names(value)
        return [" ".join(one.display().casefold().split()) for one in names], truncated
    if name in ("url", "doi"):
        return from_url_value(re.sub(r"[\\{}]", "", value)).rstrip("/")
    if name.endswith("date"):
        return re.sub(r"(?<=\d{4}-\d\d-\d\d)[T ].*", "", value)
    if name in ("isbn", "issn"):
        return re.sub("[^0-9Xx]", "", value)
    text = " ".join(re.sub(r"<[^>]+>|[{}]", "", plain(value)).split()).casefold()
    text = re.sub(r"\s*[-\u2010-\u2015\u2212]+\s*", "-", text)
    return re.sub('[\u201c\u201d"]', '"', re.sub("[\u2018\u2019`]", "'", text)).rstrip(".")


def _exports(shared: Path, dialect: Dialect) -> Iterator[tuple[Mapping[str, str], Entry]]:
    """The fields that Better BibTeX wrote for an item, and the entry we read from the item."""
    path = shared / "convert" / "cases" / f"bbt_export_{dialect}.jsonl"
    for line in path.read_text("utf-8").splitlines():
        case = json.loads(line)
        if not case["meta"].get("plain_scenario"):
            continue
        joint = case["meta"].get("preferences", {}).get("separatorNames") or " and "
        ours = []
        for item in case["input"]:
            if item.get("itemType") in ("attachment", "note"):
                continue
            extra = item.get("extra")
            text = "\n".join(map(str, extra)) if isinstance(extra, list) else extra or ""
            ours.append(from_item({**item, "extra": text}))
        for there in Document.parse(case["expected"].encode()).entries:
            title = _same("title", there.fields.get("title", ""))
            found = [one for one in ours if one.key == there.key] or [
                one for one in ours if _same("title", one.title or "") == title
            ]
            if not found and len(ours) == 1:
                found = list(ours)
            if found:
                ours.remove(found[0])
                # A value that is nothing but a macro of another file is empty.
                values = {name: value for name, value in there.fields.items() if value}
                for name in _PEOPLE & values.keys():
                    values[name] = values[name].replace(joint, " and ")
                yield values, found[0]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_better_bibtex_writes_the_same_fields(shared: Path, dialect: Dialect) -> None:
    agreed = total = 0
    for theirs, entry in _exports(shared, dialect):
        written = write_entry(entry, dialect, "none")
        ours = Document.parse(written.encode()).entries[0].fields
        for name, value in theirs.items():
            if name not in _LEFT_OUT:
                total += 1
                agreed += name in ours and _same(name, ours[name]) == _same(name, value)
    assert total > 300
    assert agreed >= 0.95 * total, (agreed, total, agreed / total)
