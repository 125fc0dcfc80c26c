"""What a search reads of a .bib is what the whole entries say."""

from __future__ import annotations

import os
from dataclasses import fields, replace
from pathlib import Path

import pytest

from bibtools.adapters.fulltext.renewing import Row
from bibtools.formats.bibtex import Document as BibDocument
from bibtools.formats.bibtex.reading import entry_values, read_values
from bibtools.model import Entry, Link, Name, PartialDate
from bibtools.searching.documents import Document, document_of
from bibtools.text.markup import strip_markup
from bibtools.workflows.outputs import Style, render
from bibtools.workflows.search_bib import read, rows_of
from tests.conftest import ROOT

ENTRIES = r"""
@string{press = "Harbour Press"}
@string{months = {The Months}}
@article{plain, title = {Tides of the Sea}, author = {Doe, Jane and Richard Roe}, year = 2001,
  journal = {Annals of Tides}, number = 7, doi = {10.1234/Tides.1}}
@article{braces, title = {The {LaTeX} of {T}ides -- ``quoted'' {\"U}ber $x^2$ \emph{now}},
  author = {M{\"u}ller, S{\o}ren and {The Tide Group} and de la Cruz, Ana Mar{\'\i}a and others},
  year = {in press}, journal = months, keywords = {tide; {Moon}~phase}}
@article{arx, title={Waves}, author = "Ada Byron and Grace B. Hopper and Knuth, Donald E.",
  journal={arXiv preprint arXiv:2104.00011}, year={2021}}
@misc{eprint, title={Waves {II}}, eprint={2104.00012}, archiveprefix={arXiv},
  primaryclass={cs.CL}, doi = {10.48550/arXiv.2104.00012}, url={https://arxiv.org/abs/2104.00012}}
@article{corr, title={Waves III}, journal={CoRR}, volume={abs/2104.00013}, year={2021}}
@misc{hint, title={Waves IV}, note = {arXiv:2104.00014 [cs.LG]}, year = 2021}
@online{dated, title={A Page}, date={2019-05-03}, url={https://example.org/paper.pdf},
  urldate={2020-01-01}, organization={Example {\&} Sons}}
@techreport{report, title={Report}, institution={Institute}, number={TR-12}, type={Note},
  howpublished = {\url{https://example.org/tr12}}, year={1999}, issn = {1234-5678}}
@book{book, title={A Book}, editor={Editor, Ed and Other, Olga}, translator={Trans, Lator},
  publisher = press # { and More}, series={A Series}, isbn={3-16-148410-0}, year=1988}
@inproceedings{child, title={A Child}, author={Kid, K.}, crossref={parent}}
@proceedings{parent, title={Proceedings of Tides}, booktitle={Proceedings of Tides}, year=2004,
  editor={Chair, Carla}, publisher={Tide Press}}
@misc{code, title={Code}, code={https://github.com/example/code}, code2={https://example.org/c},
  abstract={Line one.

  Line \textbf{two} with 50\% and $\alpha$.}}
@phdthesis{thesis, title={Thesis}, school={University}, month=may, year=2010, pmid={123}}
@article{odd, title={ }, author={and}, year={1999/2000}, journal={}}
@misc{preprint, title={Prepublished}, pubstate={prepublished}, entrysubtype={newspaper}}
@misc{empty,}
@comment{@misc{inside, title={Inside}}}
@article{and, title={Sand}, author={Anderson, Andy AND Brand, Fernand  and  Sand and Rand, A.}}
@unpublished{pubmed, title={Pub}, eprint={77}, eprinttype={pubmed}}
@misc{undefined, title = nothing, author = {{Brown and Sons}}, year = nowhere}
"""
TEXTS = {
    "table": ENTRIES.encode(),
    "windows": ENTRIES.replace("\n", "\r\n").encode(),
    "latin-1": ENTRIES.replace("Waves", "Wägen \x93x\x94").encode("latin-1"),
    "biblatex": ENTRIES.replace("journal", "journaltitle").encode(),
}


def check(data: bytes) -> int:
    document = BibDocument.parse(data, "refs.bib")
    count = 0
    for values in list(entry_values(document)):
        quick = read(document, values)
        whole = document_of(read_values(document, values)[0])  # takes the fields apart
        assert said(quick) >= said(whole), values.block.key
        assert quick.entry_type == values.block.type
        assert without_words(quick) == without_words(whole)
        count += 1
    return count


def without_words(document: Document) -> Document:
    return replace(document, other="", entry_type="")


def said(document: Document) -> set[str]:
    """The other words, without marks and what stands beside them."""
    return {word.strip(",;.") for word in strip_markup(document.other).split()}


@pytest.mark.parametrize("name", TEXTS)
def test_a_quick_reading_is_the_whole_one(name: str) -> None:
    assert check(TEXTS[name]) == 19


def test_the_examples() -> None:
    files = sorted((ROOT / "examples").rglob("*.bib"))
    assert sum(check(path.read_bytes()) for path in files) > 0


def test_what_the_bib_only_carries() -> None:
    entry = Entry(
        key="k",
        type="dataset",
        title="<i>Tides</i> and more",
        authors=(Name("Doe", "Jane", suffix="Jr."), Name(literal="Group and Sons")),
        date=PartialDate(2001, 2),
        code=(Link("https://github.com/example/x", "field code"),),
        fields={"medium": "tape"},
    )
    assert check(render([entry], "bibtex", Style("none", exact=True)).encode()) == 1


@pytest.mark.skipif(not os.environ.get("BIBTOOLS_SHARED"), reason="the shared files are not named")
def test_real_files(shared: Path) -> None:
    import tarfile

    with tarfile.open(shared / "bibtex" / "corpus.tar.xz") as archive:
        for number, member in enumerate(archive):
            held = archive.extractfile(member) if member.name.endswith(".bib") else None
            if held is None or number % 40:
                continue
            document = BibDocument.parse(held.read(), member.name)
            for values in list(entry_values(document))[:30]:
                quick = read(document, values)
                whole = document_of(read_values(document, values)[0])
                for field in fields(Document):
                    if field.name not in ("other", "entry_type"):
                        pair = getattr(quick, field.name), getattr(whole, field.name)
                        assert pair[0] == pair[1], (member.name, values.block.key, field.name)


def marks(text: str) -> dict[str, bytes]:
    rows: list[Row] = list(rows_of(text.encode(), "refs.bib"))
    return {row.make().key: row.mark for row in rows}


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        pytest.param("{Waves}", "{Wave}", {"arx"}, id="an entry"),
        pytest.param("@misc{empty,}", "@misc{empty,}\n@misc{new,}", {"new"}, id="one more"),
        pytest.param("Tide Press", "Moon Press", {"parent", "child"}, id="a parent"),
        pytest.param("A Child", "The Child", {"child"}, id="a child"),
        pytest.param("{The Months}", "{Months}", None, id="a macro"),
        pytest.param("\n@book{book", "\n\n\n@book{book", set(), id="another place"),
    ],
)  # fmt: skip
def test_only_what_changed_has_another_mark(old: str, new: str, changed: set[str] | None) -> None:
    before, after = marks(ENTRIES), marks(ENTRIES.replace(old, new))
    differ = {key for key in after if before.get(key) != after[key]}
    assert differ == (set(after) if changed is None else changed)
