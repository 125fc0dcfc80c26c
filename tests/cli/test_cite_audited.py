"""`bibtools cite`: what an auditor broke once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bibtools.formats.bibtex.document import Document
from tests.command_line import Ran, bibtools


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIBTOOLS_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("BIBTOOLS_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("BIBTOOLS_INDEX", raising=False)
    place = tmp_path / "paper"
    place.mkdir()
    monkeypatch.chdir(place)


def tex(*keys: str, more: str = "") -> None:
    body = "".join(f"\\cite{{{key}}}\n" for key in keys)
    Path("main.tex").write_text(f"{body}{more}\\bibliography{{refs}}\n")


def cite(*arguments: str) -> Ran:
    documents = [one for one in arguments if one.endswith((".tex", ".md", ".bib"))] or ["main.tex"]
    options = [one for one in arguments if one.startswith("--")]
    return bibtools(
        "cite", *documents, "--from", "library.bib", "-o", "refs.bib", "--offline", *options
    )


def test_a_second_entry_of_the_user_under_a_copied_key_is_never_taken_out() -> None:
    Path("library.bib").write_text("@misc{a, title = {A}}\n@misc{b, title = {B}}\n")
    tex("a", "b")
    cite()
    mine = "@misc{a, title = {My own}}\n"
    Path("refs.bib").write_text(Path("refs.bib").read_text() + "\n" + mine)
    tex("b")
    cite()
    assert mine in Path("refs.bib").read_text()


def test_each_macro_that_means_something_else_is_spelt_out() -> None:
    Path("library.bib").write_text(
        '@string{jan = "Januar"}\n@string{j = "One"}\n'
        "@misc{a, title = {A}, month = jan, note = j}\n"
        '@string{j = "Two"}\n'
        "@misc{b, title = {B}, month = jan, note = j, howpublished = j # {!}}\n"
    )
    tex("a", "b")
    cite()
    first, second = Document.parse(Path("refs.bib").read_bytes()).entries
    assert (first.fields["month"], first.fields["note"]) == ("Januar", "One")
    assert (second.fields["month"], second.fields["note"]) == ("Januar", "Two")
    assert second.fields["howpublished"] == "Two!"


ELM = "@misc{elm, title = {Elms}, eprint = {2104.00011}, archivePrefix = {arXiv}}\n"


def test_a_part_that_two_documents_name_differently_is_rewritten_once() -> None:
    Path("library.bib").write_text(ELM)
    tex("arxiv:2104.00011", more="\\input{part}\n\\input{./part}\n")
    Path("part.tex").write_text("\\cite{arxiv:2104.00011}\n")
    ran = cite("main.tex", "./main.tex", "--rewrite-keys")
    assert ran.code == 0, ran.stderr
    assert Path("part.tex").read_text() == "\\cite{elm}\n"
    assert "\\cite{elm}" in Path("main.tex").read_text()
    assert "@misc{elm," in Path("refs.bib").read_text()


def test_a_document_that_cannot_be_rewritten_byte_for_byte_stays() -> None:
    Path("library.bib").write_text(ELM)
    tex(more="\\input{part}\n")
    part = b"\xef\xbb\xbfcaf\xe9 \\cite{arxiv:2104.00011}\r\n"
    Path("part.tex").write_bytes(part)
    ran = cite("--rewrite-keys")
    assert Path("part.tex").read_bytes() == part
    assert 'part.tex:1:12: "arxiv:2104.00011" stays as it is' in ran.stderr
    assert "@misc{arxiv:2104.00011," in Path("refs.bib").read_text()
    assert cite("--check").code == 0


def test_a_key_that_the_documents_encoding_lacks_is_not_put_in() -> None:
    Path("library.bib").write_text(ELM.replace("{elm", "{\u0142ma"))
    Path("main.tex").write_bytes(b"caf\xe9 \\cite{arxiv:2104.00011}\n\\bibliography{refs}\n")
    before = Path("main.tex").read_bytes()
    ran = cite("--rewrite-keys")
    assert ran.code == 0, ran.stderr
    assert Path("main.tex").read_bytes() == before
    assert "@misc{arxiv:2104.00011," in Path("refs.bib").read_text()


def test_pandoc_tells_capitals_apart() -> None:
    Path("library.bib").write_text("@misc{Foo, title = {1}}\n@misc{foo, title = {2}}\n")
    Path("notes.md").write_text("[@Foo; @foo]\n")
    assert cite("notes.md").code == 0
    entries = Document.parse(Path("refs.bib").read_bytes()).entries
    assert [one.key for one in entries] == ["Foo", "foo"]


def test_two_spellings_of_a_key_are_told_where_bibtex_refuses_them() -> None:
    Path("library.bib").write_text("@misc{Foo, title = {1}}\n@misc{foo, title = {2}}\n")
    tex("Foo", "foo")
    assert 'main.tex:2:7: "foo" is cited as "Foo" elsewhere' in cite().stderr


def test_a_bibliography_is_no_document() -> None:
    Path("library.bib").write_text(ELM)
    tex("elm")
    cite()
    before = Path("refs.bib").read_bytes()
    ran = cite("refs.bib")
    assert ran.code == 2
    assert "cites nothing" in ran.stderr
    assert Path("refs.bib").read_bytes() == before


def test_nothing_to_say_ends_without_a_colon() -> None:
    Path("library.bib").write_text(ELM)
    Path("main.tex").write_text("Nothing yet.\n")
    assert cite().stderr.splitlines()[-1] == "refs.bib: 0 entries cited"


def test_a_document_is_not_rewritten_when_the_bib_cannot_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path("library.bib").write_text(ELM)
    Path("refs.bib").write_text("@misc{mine, title = {M}}\n")
    tex("arxiv:2104.00011")
    before = {path.name: path.read_bytes() for path in Path().iterdir()}
    real = os.access

    def access(path: str, mode: int) -> bool:
        return real(path, mode) and not (mode == os.W_OK and str(path).endswith("refs.bib"))

    monkeypatch.setattr(os, "access", access)  # root may write to what is read-only
    ran = cite("--rewrite-keys")
    assert (ran.code, ran.stderr.splitlines()[0]) == (
        2, 'Error: "refs.bib" is read-only, so it was not written.',
    )  # fmt: skip
    assert {path.name: path.read_bytes() for path in Path().iterdir()} == before
