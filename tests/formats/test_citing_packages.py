"""Packages, classes and names of files that a document makes itself: what they change in it."""

from __future__ import annotations

import pytest

from bibtools.formats.citing import follow
from bibtools.formats.citing.cited import Cited


def read(files: dict[str, str], main: str = "main.tex") -> Cited:
    return follow(main, lambda path: files[path].encode() if path in files else None)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param(
            {
                "main.tex": r"\usepackage{amsmath,mine}\begin{document}\ours \both{a}{b}",
                "mine.sty": r"\newcommand\ours{\citep{c}}\newcommand\unused{\citep{no}}"
                r"\newcommand\both[2]{\cite{#1}; \cite{#2}}\nocite{no2}",
            },
            ("c", "a", "b"),
            id="package",
        ),
        pytest.param(
            {
                "main.tex": r"\documentclass[x]{sub/own}\begin{document}\see{a}",
                "sub/own.cls": r"\LoadClass{article}\RequirePackage{more}",
                "more.sty": r"\newcommand\see[1]{\citep{#1}}",
            },
            ("a",),
            id="class-that-loads-a-package",
        ),
        pytest.param(
            {
                "main.tex": r"\usepackage{acl}\begin{document}\citet{a} \newcite{b} \cite{c}",
                "acl.sty": r"\def\citet#1{\begingroup\acl@cite{#1}\endgroup}\let\newcite\citet",
            },
            ("a", "b", "c"),
            id="style-that-makes-citing-anew",
        ),
        pytest.param(
            {
                "main.tex": r"\usepackage{natbib}\begin{document}\citealp{a}",
                "natbib.sty": r"\newcommand\citealp[1]{#1}\newcommand\x[1]{\cite{#1}}",
            },
            ("a",),
            id="copy-of-a-known-package",
        ),
        pytest.param(
            {
                "main.tex": r"\usepackage{a}\begin{document}\cite{k}",
                "a.sty": r"\RequirePackage{b}",
                "b.sty": r"\RequirePackage{a}",
            },
            ("k",),
            id="in-a-circle",
        ),
        pytest.param(
            {
                "main.tex": r"\newcommand{\parts}{text/\kind}\def\kind{long}"
                r"\input{\parts/one}\include{\parts /two}\input \parts/three",
                "text/long/one.tex": r"\cite{a}",
                "text/long/two.tex": r"\cite{b}",
            },
            ("a", "b"),
            id="macros-in-names-of-files",
        ),
    ],
)
def test_keys(files: dict[str, str], expected: tuple[str, ...]) -> None:
    assert read(files).keys() == expected


def test_a_macro_with_two_meanings_names_no_file() -> None:
    found = read({"main.tex": r"\def\d{a}\def\d{b}\input{\d/x}", "a/x.tex": r"\cite{k}"})
    assert (found.keys(), [one.rule for one in found.notices]) == ((), ["citing.part-unread"])


def test_a_package_brings_no_notices_of_its_own() -> None:
    found = read({"main.tex": r"\usepackage{mine}\cite{k}", "mine.sty": r"\iffalse \input{gone}"})
    assert (found.keys(), found.notices, found.parts) == (("k",), (), ())


def test_the_document_says_who_makes_its_bibliography() -> None:
    package = r"\RequirePackage{biblatex}\addbibresource{house.bib}"
    files = {"main.tex": r"\usepackage{mine}\cite{k}", "mine.sty": package}
    assert (read(files).biber, read(files).bibliographies) == (True, ("house.bib",))
    files["main.tex"] += r"\bibliographystyle{plain}"
    assert read(files).biber is False


def test_a_macro_in_the_name_of_a_bibliography() -> None:
    text = r"\newcommand\bibs{../bibs}\addbibresource{\bibs/refs.bib}"
    assert read({"main.tex": text}).bibliographies == ("../bibs/refs.bib",)
