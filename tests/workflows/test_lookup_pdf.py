"""Which paper a PDF is."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from bibtools.adapters import pdf_text
from bibtools.adapters.index import Index, build, open_index
from bibtools.adapters.pdf_text import read_pdf
from bibtools.errors import InputError
from bibtools.model import Outcome
from bibtools.sites.named import Named, named
from bibtools.text.first_page import PaperClaim, claims_of, has_authors, has_title
from bibtools.workflows.lookup import Looked, look_up
from bibtools.workflows.lookup_pdf import look_up_pdfs
from tests.pdf_files import pdf

READERS = [
    pytest.param("pdftotext", marks=pytest.mark.skipif(
        not shutil.which("pdftotext"), reason="needs pdftotext (poppler-utils)")),
    pytest.param("pypdf", marks=pytest.mark.skipif(
        find_spec("pypdf") is None, reason="needs pypdf (the extra `pdf`)")),
]  # fmt: skip
each_reader = pytest.mark.parametrize("reader", READERS, indirect=True)

TITLE = "Folding Paper Boats with Learned Creases"
RECORDS = [
    {"id": "2104.00011", "title": TITLE, "authors": "Ada Example, Max Muster"},
    {"id": "2104.00012", "title": "Another Paper, Which Everybody Cites", "authors": "Wu Li"},
    {"id": "2104.00013", "title": "Harbour Traffic as a Sequence of Tokens", "authors": "Bea Roux"},
]
PAGE = ["Folding Paper Boats", "with Learned Creases", "Ada Example and Max Muster",
        "University of Harbours", "Abstract", "We fold boats, as [1] did."]  # fmt: skip


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("index")
    versions = [{"version": "v1", "created": "Thu, 1 Apr 2021 10:00:00 GMT"}]
    rows = [{**one, "categories": "cs.CL", "versions": versions} for one in RECORDS]
    (folder / "records.jsonl").write_text("".join(json.dumps(one) + "\n" for one in rows))
    build(folder / "index.sqlite", [folder / "records.jsonl"], [])
    with open_index(folder / "index.sqlite") as found:
        yield found


@pytest.fixture
def reader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "pypdf":
        monkeypatch.setattr(shutil, "which", lambda _: None)
    return str(request.param)


def looked(index: Index, *paths: Path) -> list[Looked]:
    return look_up_pdfs([named(str(path)) for path in paths], lambda names: look_up(names, index))


def found(index: Index, data: bytes, tmp_path: Path) -> Looked:
    path = tmp_path / "paper.pdf"
    path.write_bytes(data)
    return looked(index, path)[0]


STAMP = "arXiv:2104.00011v2 [cs.CL] 18 May 2021"
DOI = "<rdf:RDF><rdf:Description><prism:doi>10.48550/arXiv.2104.00011</prism:doi></rdf:Description></rdf:RDF>"  # fmt: skip  # noqa: E501


@pytest.mark.parametrize("reader", READERS, indirect=True)
@pytest.mark.parametrize(
    ("data", "rule"),
    [
        pytest.param(pdf(PAGE, stamp=STAMP), "arXiv's stamp on the first page", id="stamp"),
        pytest.param(pdf(PAGE, info={"Title": "x", "arXivID": "https://arxiv.org/abs/2104.00011v2"}),
                     "the metadata of the file", id="info-arxiv"),
        pytest.param(pdf(PAGE, info={"DOI": "https://doi.org/10.48550/arXiv.2104.00011"}),
                     "the metadata of the file", id="info-doi"),
        pytest.param(pdf(PAGE, xmp=DOI), "the metadata of the file", id="xmp"),
        pytest.param(pdf([*PAGE, "https://doi.org/10.48550/arXiv.2104.00011."]),
                     "the DOI on the first page", id="printed-doi"),
        pytest.param(pdf(PAGE, info={"Title": TITLE}), "the title in the metadata of the file",
                     id="info-title"),
        pytest.param(pdf(["Under review as a paper", *PAGE]), "the first lines of the first page",
                     id="first-lines"),
        pytest.param(pdf(PAGE, stamp=STAMP, info={"Title": "Microsoft Word - final2.docx"}),
                     "arXiv's stamp on the first page", id="bad-title"),
    ],
)  # fmt: skip
def test_a_paper_is_known_by(
    reader: str, index: Index, tmp_path: Path, data: bytes, rule: str
) -> None:
    one = found(index, data, tmp_path)
    assert one.outcome is Outcome.SURE, one.rule
    assert one.entry is not None
    assert one.entry.title == TITLE
    assert one.rule.startswith(rule)
    assert one.what.kind == "pdf"


@pytest.mark.parametrize("reader", READERS, indirect=True)
@pytest.mark.parametrize(
    ("data", "outcome"),
    [
        # The ID of another paper in a reference, and no stamp.
        pytest.param(pdf(["A Wholly Unknown Paper", "Some One", "References",
                          "[1] Wu Li. Another Paper, Which Everybody Cites. arXiv:2104.00012"]),
                     Outcome.NONE, id="in-the-references"),
        # The stamp of another paper over this page.
        pytest.param(pdf(["A Wholly Unknown Paper", "Some One"], stamp=STAMP), Outcome.LIKELY,
                     id="other-stamp"),
        # The title, but nobody of its authors.
        pytest.param(pdf(["Folding Paper Boats", "with Learned Creases", "Some One Else"]),
                     Outcome.LIKELY, id="other-authors"),
        pytest.param(pdf(["A Wholly Unknown Paper", "Some One"]), Outcome.NONE, id="unknown"),
        pytest.param(pdf([""]), Outcome.NONE, id="no-text"),
    ],
)  # fmt: skip
def test_what_is_unsure_is_refused(
    reader: str, index: Index, tmp_path: Path, data: bytes, outcome: Outcome
) -> None:
    one = found(index, data, tmp_path)
    assert (one.entry, one.outcome) == (None, outcome)
    assert one.rule


@pytest.mark.parametrize("reader", READERS, indirect=True)
@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"not a PDF", id="text"),
        pytest.param(b"%PDF-1.7\n", id="head-alone"),
        pytest.param(b"%PDF-1.7\n" + b"1 0 obj << /Kids [1 0 R] " * 20_000, id="nested"),
        pytest.param(pdf(PAGE, stamp=STAMP)[:400], id="cut-off"),
        pytest.param(pdf(PAGE).replace(b"/Kids [4 0 R]", b"/Kids [2 0 R]"), id="loop"),
    ],
)
def test_hostile_files_are_a_sentence(
    reader: str, index: Index, tmp_path: Path, data: bytes
) -> None:
    one = found(index, data, tmp_path)
    assert one.entry is None
    assert one.rule
    assert "Traceback" not in one.rule


def test_a_reader_that_hangs_is_given_up(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "slow"
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    program.chmod(0o700)
    monkeypatch.setattr(pdf_text, "SECONDS", 0.2)
    path = tmp_path / "paper.pdf"
    path.write_bytes(pdf(PAGE))
    with pytest.raises(InputError, match="could not be read within"):
        pdf_text._run(str(path), [str(program)])


def test_without_a_reader_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "paper.pdf"
    path.write_bytes(pdf(PAGE))
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(pdf_text, "find_spec", lambda _: None)
    with pytest.raises(InputError) as caught:
        read_pdf(str(path))
    assert caught.value.hint == "Install poppler-utils, or pip install 'bibtools-papers[pdf]'."


def test_a_file_that_is_not_there(index: Index, tmp_path: Path) -> None:
    (one,) = looked(index, tmp_path / "none.pdf")
    assert one.what.why_not.startswith("There is no file")


@each_reader
@pytest.mark.parametrize(
    ("name", "there", "expected"),
    [
        pytest.param("~/paper.pdf", ("home/paper.pdf",), Outcome.SURE, id="home"),
        pytest.param(
            "~/paper.pdf", ("home/other.pdf", "~/paper.pdf"), Outcome.SURE, id="folder-of-that-name"
        ),
        pytest.param("~/paper.pdf", (), Outcome.NONE, id="not-there"),
        pytest.param("~no-such-user/paper.pdf", ("home/paper.pdf",), Outcome.NONE, id="nobody"),
        pytest.param(
            "file://{}/two%20%20blanks.pdf", ("two  blanks.pdf",), Outcome.SURE, id="file-address"
        ),
        pytest.param("two  blanks.pdf", ("two  blanks.pdf",), Outcome.SURE, id="two-blanks"),
    ],
)
def test_paths_as_they_are_written(
    reader: str,
    name: str,
    there: tuple[str, ...],
    expected: Outcome,
    index: Index,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for path in there:
        Path(path).parent.mkdir(exist_ok=True)
        Path(path).write_bytes(pdf(PAGE))
    asked = [named(name.format(tmp_path))]
    (answer,) = look_up_pdfs(asked, lambda names: look_up(names, index))
    assert answer.outcome is expected


@each_reader
def test_pdfs_and_others_are_answered_in_order(reader: str, index: Index, tmp_path: Path) -> None:
    paper, nothing = tmp_path / "-paper.pdf", tmp_path / "nothing.pdf"
    paper.write_bytes(pdf(PAGE, stamp=STAMP))
    nothing.write_bytes(b"no")
    asked: list[Named] = []

    def count(names: object) -> list[Looked]:
        asked.extend(names)  # type: ignore[arg-type]
        return look_up(names, index)  # type: ignore[arg-type]

    whats = [named(str(nothing)), named("2104.00013"), named(str(paper)), named(str(paper))]
    answers = look_up_pdfs(whats, count)
    assert [one.what for one in answers][1:] == whats[1:]
    assert [one.entry is not None for one in answers] == [False, True, True, True]
    assert len(asked) == 3


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="needs pdflatex")
@pytest.mark.parametrize("reader", READERS, indirect=True)
def test_a_paper_that_latex_made(reader: str, index: Index, tmp_path: Path) -> None:
    (tmp_path / "paper.tex").write_text(
        r"""\documentclass[twocolumn]{article}
\title{Folding Paper Boats with \\ Learned Creases}
\author{Ada Example \and Max Muster}
\begin{document}\maketitle
\begin{abstract}We find fifty affine flows. Our efficient office differs from \emph{Another Paper,
Which Everybody Cites} (arXiv:2104.00012).\end{abstract}
\begin{thebibliography}{1}\bibitem{a} Wu Li. arXiv:2104.00012.\end{thebibliography}
\end{document}
"""
    )
    subprocess.run(
        ["pdflatex", "-interaction=batchmode", "paper.tex"],
        cwd=tmp_path, check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    (one,) = looked(index, tmp_path / "paper.pdf")
    assert one.outcome is Outcome.SURE
    assert one.entry is not None
    assert one.entry.title == TITLE


# --- what a page says -----------------------------------------------------------------------------


def test_claims_come_strongest_first() -> None:
    page = f"{STAMP}\n{TITLE}\nAda Example\nhttps://doi.org/10.1234/boats.\nReferences\n"
    claims = claims_of([page], {"title": TITLE, "doi": "10.1234/boats"}, "")
    assert claims == (
        PaperClaim("arxiv", "2104.00011", "arXiv's stamp on the first page"),
        PaperClaim("doi", "10.1234/boats", "the metadata of the file"),
        PaperClaim("title", TITLE, "the title in the metadata of the file"),
        PaperClaim("title", f"{TITLE} Ada Example References", "the first lines of the first page"),
        PaperClaim("title", f"{TITLE} Ada Example", "the first lines of the first page"),
    )


def test_two_dois_on_a_page_name_nothing() -> None:
    page = "x y z\nhttps://doi.org/10.1234/one and doi:10.1234/two"
    assert [one for one in claims_of([page], {}, "") if one.kind == "doi"] == []


@pytest.mark.parametrize(
    ("page", "there"),
    [("FOLDING PAPER BOATS\nWITH LEARNED CREASES", True), ("Fold-\ning Paper Boats with Lear-\nned "
     "Creases", True), ("Folding Paper Boats", False), ("", False)],
)  # fmt: skip
def test_a_title_on_a_page(page: str, there: bool) -> None:
    assert has_title([page], TITLE) is there


def test_authors_on_a_page() -> None:
    assert has_authors(["Ada Example and Max Muster"], ["Example", "Muster"])
    assert has_authors(["A. Example, M\u00fcller"], ["Example", "Mueller", "M\u00fcller"])
    assert not has_authors(["Some One"], ["Example", "Muster"])
    assert not has_authors([], ["Example"])
