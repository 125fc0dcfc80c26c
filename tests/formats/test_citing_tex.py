"""What .tex and .aux files cite: constructs one by one, with their places."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.errors import BibtoolsError
from bibtools.formats.citing import Citation, DataSource, Part, follow, kind_of, read_cited


def keys(text: str, kind: str = "tex") -> list[str]:
    return list(read_cited(text.encode(), f"x.{kind}").keys())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(r"\newcommand{\x}[1]{\cite{#1}}\x{a}", ["a"], id="newcommand"),
        pytest.param(r"\newcommand*\x[1]{(\cite{#1})}\x{a,b}", ["a", "b"], id="bare-name-and-star"),
        pytest.param(r"\newcommand{\x}[2][]{\cite[#1]{#2}}\x[p]{a}{b}", ["a"], id="with-option"),
        pytest.param(r"\newcommand{\x}[2]{#1 \cite{#2}}\x{word}{a}", ["a"], id="second-argument"),
        pytest.param(r"\newcommand{\x}[2]{\cite{#1} \cite{#2}}\x{a}{b}", ["a", "b"], id="both"),
        pytest.param(r"\newcommand{\x}{\cite}\x{a}", ["a"], id="alias"),
        pytest.param(r"\newcommand{\x}{\cite[see][]}\x{a}", ["a"], id="alias-with-options"),
        pytest.param(r"\let\x\cite \x{a}", ["a"], id="let"),
        pytest.param(r"\let\x=\textbf \x{a}", [], id="let-of-another"),
        pytest.param(r"\let\x\cites \x{a}[1]{b}", ["a", "b"], id="let-of-several"),
        pytest.param(r"\newcommand{\x}{\autocites}\x{a}{b}", ["a", "b"], id="alias-of-several"),
        pytest.param(r"\let\x\volcite \x{2}{a}", ["a"], id="let-of-a-volume"),
        pytest.param(
            r"\DeclareMultiCiteCommand{\x}{\cite}{;}\x(p)()[1]{a}[2]{b}", ["a", "b"],
            id="declared-for-several",
        ),
        pytest.param(r"\newcommand{\citeno}{word}\citeno {a}", [], id="plain-text"),
        pytest.param(
            "\\begin{lstlisting}[caption={See \\cite{a}}]\n\\cite{b}\n\\end{lstlisting}", ["a"],
            id="caption-of-a-listing",
        ),
        pytest.param(
            "\\begin{verbatim}[\\cite{a}]\n\\end{verbatim}\\cite{b}", ["b"],
            id="verbatim-has-no-options",
        ),
        pytest.param(r"\NewCommandCopy{\x}{\cite}\x{a}", ["a"], id="copy"),
        pytest.param(r"\def\x#1#2{\cite{#2}}\x{a}{b}", ["b"], id="def"),
        pytest.param(
            r"\NewDocumentCommand{\x}{s o m m}{\cite[#2]{#4}}\x*[p]{word}{a}", ["a"], id="xparse"
        ),
        pytest.param(r"\DeclareCiteCommand{\x}{a}{b}{c}{d}\x[p]{a}", ["a"], id="declared"),
        pytest.param(
            r"\newcommand{\x}[1]{\y{#1}}\newcommand{\y}[1]{\cite{#1}}\x{a}", ["a"], id="chain"
        ),
        pytest.param(
            "\\newcommand{\\x}[1]{% {\n \\cite{#1}% \\cite{b}\n}\\x{a}", ["a"], id="comments-inside"
        ),
        pytest.param(r"\newcommand{\citetodo}[1]{\textbf{#1}}\citetodo{a}", [], id="cites-nothing"),
        pytest.param(r"\renewcommand\citename[1]{x}", [], id="head-is-no-citation"),
        pytest.param(r"\newenvironment{x}[1]{\cite{#1}}{}", [], id="no-key-in-a-number"),
        pytest.param(r"\ifciteseen{true}{false}\cite{a}", ["a"], id="a-question-is-none"),
        pytest.param(r"\bibitem{a}\defcitealias{b}{x}\cite{c}", ["c"], id="definitions"),
        pytest.param("\\iffalse \\cite{a} \\fi \\cite{b}", ["b"], id="iffalse"),
        pytest.param(
            "\\iffalse \\ifthenelse{x}{y}{z} \\cite{a}\\fi \\cite{b}", ["b"], id="no-conditional"
        ),
        pytest.param("\\iffalse % \\fi\n\\cite{a}\\fi\\cite{b}", ["b"], id="fi-in-a-comment"),
        pytest.param(
            "\\begin{document}\\cite{a}\\end{document}\\cite{b}", ["a"], id="after-the-end"
        ),
        pytest.param("\\cite{a}\\endinput \\cite{b}\n\\cite{c}", ["a", "b"], id="endinput"),
        pytest.param(
            "\\begin{filecontents}{x.tex}\\cite{a}\\end{filecontents}\\cite{b}", ["b"],
            id="filecontents",
        ),
        pytest.param(
            "\\lstnewenvironment{code}{}{}\\begin{code}\\cite{a}\\end{code}\\cite{b}", ["b"],
            id="listing-of-its-own",
        ),
        pytest.param(
            "\\defbibentryset{s}{a, b}\\cite{s}\\cite{c}", ["a", "b", "c"], id="dynamic-set"
        ),
        pytest.param("\\cite{a,\n% x\n%\n b}", ["a", "b"], id="comment-lines-in-keys"),
        pytest.param("\\cite%\n\n{a}", [], id="paragraph-behind-a-comment"),
        pytest.param("\\bstctlcite{IEEE:control}", ["IEEE:control"], id="ieee-control-entry"),
    ],
)  # fmt: skip
def test_keys_of_a_tex(text: str, expected: list[str]) -> None:
    assert keys(text) == expected


def test_whole_citations() -> None:
    text = (
        "\\newcites{sec}{Other}\r\n\\citesec[p. 3]{ a,\r\n  bé }\n"
        "\\begin{refsection}\\cite{c}\\end{refsection}\\cite{d}\\newcommand{\\x}{\\cite{e}}"
    )
    assert read_cited(b"\xef\xbb\xbf" + text.encode(), "x.tex").citations == (
        Citation("a", "x.tex", 2, 17, "citesec", "sec"),
        Citation("bé", "x.tex", 3, 3, "citesec", "sec"),
        Citation("c", "x.tex", 4, 25, "cite", "1"),
        Citation("d", "x.tex", 4, 49, "cite"),
        Citation("e", "x.tex", 4, 73, "cite", inside="x"),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("\\input{a}", [Part("a", "x.tex", 1, 8, "input")], id="input"),
        pytest.param("\\@input{a}", [Part("a", "x.tex", 1, 9, "input")], id="at-input"),
        pytest.param("\\input a b", [Part("a", "x.tex", 1, 8, "input")], id="plain-tex"),
        pytest.param('\\input{"a b"}', [Part("a b", "x.tex", 1, 8, "input")], id="quoted"),
        pytest.param("\\include{a}", [Part("a", "x.tex", 1, 10, "include")], id="include"),
        pytest.param(
            "\\subfileinclude{a}", [Part("a", "x.tex", 1, 17, "subfile")], id="subfileinclude"
        ),
        pytest.param("\\import*{d/}{a}", [Part("d/a", "x.tex", 1, 10, "import")], id="import"),
        pytest.param(
            "\\subimport{d}{a}", [Part("d/a", "x.tex", 1, 12, "subimport")], id="subimport"
        ),
        pytest.param("\\includefrom{d/}{a}", [Part("d/a", "x.tex", 1, 14, "import")], id="from"),
        pytest.param(
            "\\InputIfFileExists{a}{}{}", [Part("a", "x.tex", 1, 20, "input", optional=True)],
            id="if-it-exists",
        ),
        pytest.param("\\cite{k}\n\\input{a}", [Part("a", "x.tex", 2, 8, "input", 1)], id="after"),
        pytest.param("% \\input{a}\n\\includegraphics{b}\\inputenc{c}", [], id="none"),
        pytest.param("\\newcommand{\\x}[1]{\\input{#1}}", [], id="a-number"),
        pytest.param(
            "\\documentclass[../m.tex]{subfiles}", [Part("../m.tex", "x.tex", 1, 16, "main")],
            id="subfile",
        ),
    ],
)  # fmt: skip
def test_parts(text: str, expected: list[Part]) -> None:
    assert list(read_cited(text.encode(), "x.tex").parts) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "\\bibliography{a, b}",
            [DataSource("a", "x.tex", 1, 15), DataSource("b", "x.tex", 1, 18)],
            id="bibtex",
        ),
        pytest.param(
            "\\addbibresource{a,b.bib}", [DataSource("a,b.bib", "x.tex", 1, 17)], id="one"
        ),
        pytest.param(
            "\\addbibresource[location=remote]{ftp.bib}",
            [DataSource("ftp.bib", "x.tex", 1, 34, remote=True)],
            id="remote",
        ),
        pytest.param(
            "\\addglobalbib{http://x.org/a.bib}\\addsectionbib[glob]{a*.bib}",
            [
                DataSource("http://x.org/a.bib", "x.tex", 1, 15, remote=True),
                DataSource("a*.bib", "x.tex", 1, 55, glob=True),
            ],
            id="address-and-pattern",
        ),
        pytest.param(
            "\\newrefsection[a.bib]\\printbibliography",
            [DataSource("a.bib", "x.tex", 1, 16, "1")],
            id="of-a-section",
        ),
        pytest.param(
            "\\begin{bibunit}[plain]\\putbib[a]\\end{bibunit}", [DataSource("a", "x.tex", 1, 31)],
            id="bibunits",
        ),
        pytest.param(
            "\\newcites{sec}{S}\\bibliographysec{a}\\bibliographystylesec{b}",
            [DataSource("a", "x.tex", 1, 35, "sec")],
            id="multibib",
        ),
        pytest.param("\\nobibliography{a}\\nobibliography*", [DataSource("a", "x.tex", 1, 17)],
                     id="bibentry"),
    ],
)  # fmt: skip
def test_sources(text: str, expected: list[DataSource]) -> None:
    assert list(read_cited(text.encode(), "x.tex").sources) == expected


@pytest.mark.parametrize(
    ("text", "biber"),
    [
        pytest.param("\\usepackage{biblatex}", True, id="biblatex"),
        pytest.param("\\usepackage[style=apa]{biblatex}", True, id="with-options"),
        pytest.param("\\usepackage[backend = bibtex8,x]{biblatex}\\addbibresource{a.bib}", False,
                     id="biblatex-on-bibtex"),
        pytest.param("\\addbibresource{a.bib}", True, id="in-a-part"),
        pytest.param("\\bibliographystyle{plain}", False, id="bibtex"),
        pytest.param("\\cite{a}", None, id="nothing-tells"),
    ],
)  # fmt: skip
def test_who_makes_the_bibliography(text: str, biber: bool | None) -> None:
    assert read_cited(text.encode(), "x.tex").biber is biber


def reading(files: dict[str, str]) -> list[str]:
    read = {name: content.encode() for name, content in files.items()}
    return list(follow(next(iter(files)), read.get).keys())


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({"m.tex": "\\cite{a}\\input{m}\\cite{b}"}, ["a", "b"], id="itself"),
        pytest.param(
            {"m.tex": "\\input{a}\\input{a}", "a.tex": "\\cite{a}\\input{m}"}, ["a"], id="circle"
        ),
        pytest.param(
            {"p/m.tex": "\\input{c/a}", "p/c/a.tex": "\\input{c/b}\\cite{a}",
             "p/c/b.tex": "\\cite{b}"},
            ["b", "a"], id="from-the-main-folder",
        ),
        pytest.param(
            {"p/m.tex": "\\input{c/a}", "p/c/a.tex": "\\input{b}", "p/c/b.tex": "\\cite{b}"},
            ["b"], id="else-from-its-own",
        ),
        pytest.param(
            {"m.tex": "\\input{a.b}\\input{c}", "a.b.tex": "\\cite{x}", "c": "\\cite{y}"},
            ["x", "y"], id="suffixes",
        ),
        pytest.param(
            {"m.tex": "\\input{\\jobname-x}", "m-x.tex": "\\cite{a}"}, ["a"], id="jobname"
        ),
        pytest.param(
            {"m.tex": "\\input{a}\\x{k}", "a.tex": "\\newcommand{\\x}[1]{\\cite{#1}}"}, ["k"],
            id="defined-in-a-part",
        ),
        pytest.param(
            {"m.tex": "\\input{a}\\x{}", "a.tex": "\\newcommand{\\x}{\\cite{k}}"
             "\\newcommand{\\y}{\\cite{l}}"},
            ["k"], id="used-elsewhere",
        ),
        pytest.param(
            {"m.aux": "\\citation{a}\n\\@input{c/x.aux}\n\\citation{b}",
             "c/x.aux": "\\citation{c}"},
            ["a", "c", "b"], id="aux-in-its-order",
        ),
        pytest.param(
            {"m.aux": "\\citation{a}\n\\@input{m.aux}", "m.tex": "\\usepackage{bibunits}",
             "bu1.aux": "\\citation{b}", "bu2.aux": "\\citation{c}", "bu4.aux": "\\citation{d}"},
            ["a", "b", "c"], id="bibunits",
        ),
        pytest.param(
            {"m.aux": "\\abx@aux@cite{0}{set}\n",
             "m.bcf": '<controlfile><section number="0"><citekey type="set" members="a,b">set'
             "</citekey><citekey>set</citekey></section></controlfile>"},
            ["a", "b"], id="aux-of-biber",
        ),
    ],
)  # fmt: skip
def test_files_that_belong_together(files: dict[str, str], expected: list[str]) -> None:
    assert reading(files) == expected


def test_a_part_that_is_not_there_is_told() -> None:
    cited = follow("m.tex", {"m.tex": b"\n\\input{a}\\input{|ls}\\input{\\x}"}.get)
    assert [str(notice) for notice in cited.notices] == [
        'm.tex:2:17: \\input runs a program ("|ls"), which is not done here.',
        'm.tex:2:8: The file "a" is not there.',
        'm.tex:2:28: The file "\\x" has a command in its name, so it was not read.',
    ]


def test_a_long_chain_of_parts_ends() -> None:
    files = {
        f"{number}.tex": f"\\cite{{k{number}}}\\input{{{number + 1}}}" for number in range(200)
    }
    cited = follow("0.tex", lambda name: files[name].encode() if name in files else None)
    assert [notice.rule for notice in cited.notices] == ["citing.too-deep"]
    assert len(cited.keys()) == 51


def test_no_document_at_all() -> None:
    with pytest.raises(BibtoolsError, match=r'There is no file "x\.tex"'):
        follow("x.tex", lambda _: None)
    with pytest.raises(BibtoolsError, match=r'"pdf" is no kind'):
        read_cited(b"", "x.tex", "pdf")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("\\citation{a,b}\n\\citation{a}\n", ["a", "b"], id="plain"),
        pytest.param(" \\citation{a}\n\\relax \\citation{b}\n", [], id="only-at-the-line-start"),
        pytest.param("\\abx@aux@cite{a}\n\\abx@aux@cite{1}{b,c}\n", ["a", "b,c"], id="biblatex"),
        pytest.param(
            "\\citation{biblatex-control}\n\\citation{a}\n\\abx@aux@cite{0}{a}\n"
            "\\abx@aux@segm{0}{0}{a}\n\\abx@aux@defaultrefcontext{0}{x}{nty/global//}\n",
            ["a"], id="biblatex-on-bibtex",
        ),
        pytest.param("\\citation{DBLP:conf/x/Y,a+b:c_d,<z>,q&r}\n",
                     ["DBLP:conf/x/Y", "a+b:c_d", "<z>", "q&r"], id="signs"),
        pytest.param(
            "\\@writefile{toc}{\\citation{a}}\n\\bibcite{b}{{1}{2}{c}{d}}\n", [], id="noise"
        ),
        pytest.param("\\citation{a b}\n\\citation{}\n\\citation{,c,}\n", ["c"], id="odd"),
    ],
)  # fmt: skip
def test_keys_of_an_aux(text: str, expected: list[str]) -> None:
    assert keys(text, "aux") == expected


def test_an_aux_of_any_bytes() -> None:
    cited = read_cited(b"\\citation{m\xfcller}\r\n\\bibdata{x-blx,refs}\r\\citation{\n", "x.aux")
    assert cited.keys() == ("müller",)
    assert cited.bibliographies == ("refs",)
    assert [str(notice).splitlines()[0] for notice in cited.notices] == [
        "x.aux:3:1: \\citation has no argument in braces on its line, so it is not read."
    ]


@pytest.mark.parametrize(
    ("file", "data", "kind"),
    [
        pytest.param("a.TEX", b"", "tex", id="suffix"),
        pytest.param("a.Rmd", b"\\documentclass", "markdown", id="suffix-before-content"),
        pytest.param("-", b"\\relax \n", "aux", id="aux"),
        pytest.param("-", b"\xef\xbb\xbf<?xml version='1.0'?>\n<bcf:controlfile>", "bcf", id="bcf"),
        pytest.param("-", b"% x\n\\documentclass{article}", "tex", id="tex"),
        pytest.param("-", b'#import "a.typ"\n@a', "typst", id="typst"),
        pytest.param("-", b"# Heading\n\n[@a]", "markdown", id="markdown"),
        pytest.param("a.b/c", b"", "markdown", id="folder-with-a-dot"),
    ],
)
def test_kinds(file: str, data: bytes, kind: str) -> None:
    assert kind_of(file, data) == kind


PIECES = st.sampled_from(
    ["\\cite", "\\newcommand", "\\x", "{", "}", "[", "]", "#1", "a", ",", "%", "\n", "\\", "\\verb",
     "\\iffalse", "\\fi", "\\else", "\\begin{verbatim}", "\\end{verbatim}", " ", "\\input",
     "\\def", "\\let", "\\end{document}", "\\bibliography", "é",
     "\r", "@b", "`", "$", "\"", "<", ">",
     "#cite(", ")", "/*", "---\n", "nocite: "]
)  # fmt: skip


@given(st.lists(PIECES, max_size=40).map("".join), st.sampled_from(["tex", "aux", "md", "typ"]))
def test_every_key_stands_where_it_is_said_to_stand(text: str, suffix: str) -> None:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for one in read_cited(text.encode(), f"x.{suffix}").citations:
        place = lines[one.line - 1][one.column - 1 :]
        if suffix == "typ":
            place = re.sub(r"\\([\\\"])", r"\1", place)
        assert place.startswith(one.key)


LONG = (
    "\\cite{ \\cite[ \\cites( \\url{ \\href[ \\verb|a| \\newcommand{\\a}{ \\iffalse \\import{a}{ "
    "@a [@ ` `a`` $a ]( <!-- <pre> #cite( #a[ #{ #let\tx=1\n \\citation{a \\begin{a} ]{ ---\n "
    "1.\t@a\n"
).split(" ")


@pytest.mark.parametrize("piece", LONG)
@pytest.mark.parametrize("kind", ["aux", "tex", "markdown", "typst"])
def test_a_text_of_one_thing_repeated_ends(kind: str, piece: str) -> None:
    """Were it not linear, these would take minutes."""
    read_cited(piece.encode() * 4_000, "x", kind)


@pytest.mark.parametrize(
    ("kind", "start", "piece"),
    [
        pytest.param("markdown", "{", "#", id="labels"),
        pytest.param("markdown", "---\nreferences:\n", "- \n", id="references"),
        pytest.param("markdown", "---\nbibliography:\n", "'", id="quotes"),
        pytest.param("markdown", "<a ", "x ", id="attributes"),
        pytest.param("tex", "\\newcommand{\\x}{\\cite", "[]", id="options"),
        pytest.param("tex", "\\usepackage[", "backend ", id="package-options"),
        pytest.param("tex", "\\cite{", "% x\n", id="comments"),
        pytest.param("typst", "#f(", "a: ", id="names"),
        pytest.param("aux", "\\citation{", ",", id="commas"),
    ],
)
def test_a_long_beginning_ends(kind: str, start: str, piece: str) -> None:
    read_cited((start + piece * 40_000).encode(), "x", kind)
