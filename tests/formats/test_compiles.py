"""What we write goes through the real programs: bibtex, biber, pdflatex, pandoc.

Every test is skipped, with the reason, where a program is missing. LaTeX runs without shell
escape, may write only into the test's folder, and its recorder tells which files it touched.
"""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from bibtools.formats.bibtex.fields import Dialect
from bibtools.formats.bibtex.writing import write_entries
from bibtools.formats.csl_json import write_csl
from bibtools.keys import assign_keys
from bibtools.model import ArxivId, Entry, Link, Name, PartialDate, parse_iso
from bibtools.text.names import parse_name

ATTACK = (
    r"\input{/etc/passwd} \write18{touch pwned} $\input{x}$ ^^5cinput{x} \csname input\endcsname "
    r"% } { \immediate\openout3=pwned \href{javascript:1}{x} @misc{evil, title={x}} "
    r"\catcode`\%=12 \end{document} $$x$$ \begin{verbatim} \\ \def\x{} # & _ ~ ^ < > | "
    '"q" ?`x !`y ,, \x00\x1b[31m\u202e'
)

INVENTED = (
    Entry(
        key="attack",
        type="preprint",
        title=f"Nasty: {ATTACK}",
        authors=(
            Name("O'Neill; \\input{x}", "A=B {C} and D, E"),
            Name(literal="Foo, Bar and Baz % {x"),
            Name("others"),
        ),
        abstract=ATTACK * 3,
        venue=ATTACK,
        date=PartialDate(2020),
        code=(
            Link("https://x.org/a%20b_c#d~e&f$g^h\\input{x}} @misc{", "abstract"),
            Link("https://x.org/%7Bok--x'y", "abstract"),
        ),
        arxiv=ArxivId("2104.08821"),
        categories=("cs.CL",),
    ),
    Entry(
        key="print",
        type="preprint",
        title="Élan: The $\\Delta$-Way for p-Laplacian Ünits on 50% of 3D GPT-4 & $0.20? An End",
        authors=(
            Name("Ångström", "Émile É."),
            Name("Müller", "Jörg"),
            Name("Maaten", "Laurens", non_dropping_particle="van der"),
            Name("King", "Martin", suffix="Jr."),
            Name("al-Razi", "M"),
        ),
        date=PartialDate(2021, 3, 4),
        code=(Link("https://code.example.org/a/b_c~d&e%20", "abstract"),),
        arxiv=ArxivId("2103.00001"),
    ),
    Entry(
        key="body",
        type="preprint",
        title='Greek αβ-CROWN ≤ x² “quoted” — dash – en … • \\emph{Set} {A, B} "straight" it\'s',
        authors=(Name(literal="ACME & Sons (R&D)"),),
        authors_truncated=True,
        date=PartialDate(2021),
        code=(Link("https://code.example.org/p_q", "abstract"),),
    ),
    Entry(key="noauthor", title="Zebras: A View", date=PartialDate(2020)),
    Entry(key="nothing", abstract="No title here."),
    Entry(
        key="long",
        title="Long",
        authors=(Name("Doe", "J"),),
        abstract="lorem ipsum % dolor " * 55_000,
        date=PartialDate(2000),
    ),
    Entry(
        key="journal",
        type="article-journal",
        title="A Journal with All",
        venue="J. of A & B",
        authors=(Name("Doe", "J"),),
        extra={"volume": "3", "pages": "1--4", "note": "Mine \\emph{x}."},
        date=PartialDate(2000, 5),
    ),
)

# bibtex style -> the packages of the document. One document has neither url nor hyperref.
STYLES = {
    "plain": "",
    "unsrt": "\\usepackage{url}",
    "alpha": "\\usepackage{hyperref}",
    "abbrv": "",
    "ieeetr": "",
    "plainnat": "\\usepackage{natbib}",
}
DOCUMENT = (
    "\\documentclass{article}\n"
    "\\usepackage{cmap}\n"  # lets pdftotext read the letters of bitmap fonts
    "\\usepackage[T1]{fontenc}\n"
    "\\usepackage[utf8]{inputenc}\n"
    "%s\n\\begin{document}\n\\nocite{*}\n%s\n\\end{document}\n"
)
LATEX = ("pdflatex", "-no-shell-escape", "-interaction=nonstopmode", "-recorder")


@functools.cache
def have(file: str) -> bool:
    """Whether TeX finds the file."""
    return subprocess.run(["kpsewhich", file], capture_output=True).returncode == 0


def need(*programs: str) -> None:
    for program in programs:
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")


def need_files(*names: str) -> None:
    need("kpsewhich")
    for name in names:
        if not have(name):
            pytest.skip(f"TeX does not have {name}")


def run(folder: Path, *command: str, seconds: int = 60) -> str:
    environment = {**os.environ, "openout_any": "p", "openin_any": "p", "max_print_line": "2000"}
    done = subprocess.run(
        command, cwd=folder, capture_output=True, env=environment, timeout=seconds
    )
    return (done.stdout + done.stderr).decode("utf-8", "replace")


def latex(folder: Path, job: str) -> str:
    """Run pdflatex; the errors in its log."""
    output = run(folder, *LATEX, job)
    touched = (folder / f"{job}.fls").read_text("utf-8", "replace").splitlines()
    assert touched
    for line in touched:
        kind, _, name = line.partition(" ")
        if kind == "INPUT":
            assert "passwd" not in name and Path(name).name not in ("x", "x.tex"), line
        if kind == "OUTPUT":
            assert name.startswith(f"{job}."), line
    return "\n".join(
        line
        for line in output.splitlines()
        if line.startswith("!") or "Missing character" in line or "Runaway" in line
    )


def write(folder: Path, entries: Sequence[Entry], dialect: Dialect) -> None:
    (folder / "refs.bib").write_text(write_entries(entries, dialect), "utf-8", newline="")


def expected_warnings(entries: Sequence[Entry], style: str) -> set[str]:
    """bibtex's warnings that a field missing from the source explains."""
    found = set()
    for entry in entries:
        if not entry.title and not entry.authors and entry.date is None:
            found.add(f"all relevant fields are empty in {entry.key}")
        if style == "plainnat" and entry.date is None:
            found.add(f"empty year in {entry.key}")
    return found


def through_bibtex(folder: Path, entries: Sequence[Entry], style: str) -> str:
    """The printed bibliography, after checking that nothing complained."""
    need("bibtex", "pdflatex")
    need_files(f"{style}.bst", "cmap.sty", "url.sty", "hyperref.sty", "natbib.sty")
    write(folder, entries, "bibtex")
    cite = f"\\bibliographystyle{{{style}}}\n\\bibliography{{refs}}"
    (folder / f"{style}.tex").write_text(DOCUMENT % (STYLES[style], cite))
    run(folder, *LATEX, style)
    output = run(folder, "bibtex", style)
    assert "error message" not in output, output
    warnings = set(re.findall(r"^Warning--(.*)$", output, re.MULTILINE))
    assert warnings <= expected_warnings(entries, style)
    (folder / f"{style}.bbl").read_text("utf-8")  # no letter cut in the middle
    assert latex(folder, style) == ""
    return printed(folder, style)


def through_biber(folder: Path, entries: Sequence[Entry], dialect: Dialect) -> str:
    need("biber", "pdflatex")
    need_files("biblatex.sty", "cmap.sty")
    write(folder, entries, dialect)
    packages = "\\usepackage[backend=biber,maxbibnames=9]{biblatex}\\addbibresource{refs.bib}"
    (folder / "doc.tex").write_text(DOCUMENT % (packages, "\\printbibliography"))
    run(folder, *LATEX, "doc")
    output = run(folder, "biber", "doc")
    assert re.findall(r"^(?:WARN|ERROR).*$", output, re.MULTILINE) == []
    assert latex(folder, "doc") == ""
    return printed(folder, "doc")


def printed(folder: Path, job: str) -> str:
    """The text of the PDF on one line, hyphens at line ends taken out; empty without poppler."""
    assert not (folder / "pwned").exists()
    if shutil.which("pdftotext") is None:
        return ""
    text = run(folder, "pdftotext", "-raw", f"{job}.pdf", "-")
    return re.sub(r"\s+", " ", re.sub(r"(?<=\w)-\n(?=[a-z])", "", text))


def solid(text: str) -> str:
    """Without blanks and hyphens, which depend on where lines end."""
    return re.sub(r"[\s\u00ad-]", "", text)


def assert_printed(text: str, *wanted: str) -> None:
    if text:
        assert [part for part in wanted if solid(part) not in solid(text)] == []


@pytest.mark.parametrize("style", STYLES)
def test_invented_entries_through_bibtex(tmp_path: Path, style: str) -> None:
    text = through_bibtex(tmp_path, INVENTED, style)
    assert_printed(
        text,
        "& $0.20",
        "arXiv:2104.08821 [cs.CL]",
        "\\input{/etc/passwd} \\write18{touch pwned}",
        "et al",
    )
    if style == "plain":
        assert_printed(
            text,
            "Émile É. Ångström, Jörg Müller, Laurens van der Maaten, Martin King, Jr., "
            "and M al-Razi",
            "p-Laplacian ünits on 50% of 3D GPT-4 & $0.20? An end, March 2021",
            "arXiv:2103.00001. Code: https://code.example.org/a/b_c~d&e%20",
            "Code: https://code.example.org/p_q",
            "Zebras: A view, 2020",
            "ACME & Sons (R&D) et al.",
            "CROWN",
            "Set {A, B}",
        )


@pytest.mark.parametrize("dialect", ["biblatex", "bibtex"])
def test_invented_entries_through_biber(tmp_path: Path, dialect: Dialect) -> None:
    text = through_biber(tmp_path, INVENTED, dialect)
    assert_printed(
        text,
        "Émile É. Ångström",
        "Laurens van der Maaten",
        "Martin King Jr.",
        "M al-Razi",
        "p-Laplacian Ünits on 50% of 3D GPT-4 & $0.20? An End",
        "2104.08821",
        "https://code.example.org/a/b_c~d&e%20",
        "\\input{/etc/passwd} \\write18{touch pwned}",
        "ACME & Sons (R&D) et al.",
    )


@pytest.mark.parametrize("style", ["alpha", "abbrv"])
def test_other_scripts_are_not_cut(tmp_path: Path, style: str) -> None:
    """bibtex counts bytes; a label or an initial must not end inside a letter."""
    need("bibtex")
    need_files(f"{style}.bst")
    entries = [
        Entry(key="a", title="Война", authors=(Name("Толстой", "Лев"),)),
        Entry(key="b", title="Этюд", authors=(Name("Ян", "Антон Павлович"), Name("Ёж", "Ю."))),
        Entry(key="c", title="深度", authors=(Name("王", "小明"),)),
        Entry(key="d", title="深度", authors=(Name(literal="王小明"),)),
        Entry(key="e", title="T", authors=(Name(literal="Академия наук"),)),
    ]
    write(tmp_path, entries, "bibtex")
    (tmp_path / "doc.aux").write_text(
        f"\\citation{{*}}\n\\bibdata{{refs}}\n\\bibstyle{{{style}}}\n"
    )
    run(tmp_path, "bibtex", "doc")
    bbl = (tmp_path / "doc.bbl").read_text("utf-8")  # raises when a letter was cut
    assert bbl.count("\\bibitem") == 5


@pytest.mark.parametrize("dialect", ["bibtex", "biblatex"])
def test_pandoc_reads_the_bib(tmp_path: Path, dialect: Dialect) -> None:
    need("pandoc")
    entries = [*INVENTED, Entry(key="ru", title="Т", authors=(Name("Ян", "Антон"),))]
    write(tmp_path, entries, dialect)
    output = run(tmp_path, "pandoc", "-f", dialect, "-t", "csljson", "refs.bib", "-o", "out.json")
    assert output == ""
    items = {row["id"]: row for row in json.loads((tmp_path / "out.json").read_text("utf-8"))}
    assert set(items) == {entry.key for entry in entries}
    assert [name["family"] for name in items["print"]["author"][:3]] == [
        "Ångström",
        "Müller",
        "Maaten",
    ]
    assert items["ru"]["author"] == [{"family": "Ян", "given": "Антон"}]
    assert items["body"]["author"][0] == {"literal": "ACME & Sons (R&D)"}


def test_pandoc_reads_the_csl_json(tmp_path: Path) -> None:
    need("pandoc")
    # pandoc needs minutes to write an abstract of a megabyte.
    entries = [entry for entry in INVENTED if entry.key != "long"]
    (tmp_path / "refs.json").write_text(write_csl(entries), "utf-8")
    (tmp_path / "doc.md").write_text("---\nnocite: '@*'\nbibliography: refs.json\n---\n")
    assert run(tmp_path, "pandoc", "--citeproc", "doc.md", "-t", "plain", "-o", "out.txt") == ""
    text = " ".join((tmp_path / "out.txt").read_text("utf-8").split())
    assert "Ångström, Émile É., Jörg Müller, Laurens van der Maaten, Martin King Jr." in text
    assert "https://doi.org/10.48550/arXiv.2104.08821" in text
    assert "ACME & Sons (R&D) et al." in text
    back = run(tmp_path, "pandoc", "-f", "csljson", "-t", "csljson", "refs.json")
    rows = {row["id"]: row for row in json.loads(back)}
    assert "tex.code: https://code.example.org/p_q" in rows["body"]["note"]


@pytest.fixture(scope="module")
def five_pages(shared: Path) -> list[Entry]:
    """The records of the five pages, each page's own, with keys."""
    entries = []
    for page in ("000", "001", "002", "003", "004"):
        for row in json.loads((shared / "listings" / "gold" / f"{page}.json").read_text("utf-8")):
            classes = row.get("categories") or ()
            entries.append(
                Entry(
                    type="preprint",
                    title=row["title"],
                    authors=tuple(parse_name(name) for name in row["authors"]),
                    authors_truncated=bool(row["authors_truncated"]),
                    abstract=row["abstract"],
                    date=parse_iso(row["date"]) if row.get("date") else None,
                    categories=tuple(classes),
                    code=tuple(Link(url, "abstract") for url in row["code_urls"]),
                )
            )
    assert len(entries) == 294
    return assign_keys(entries)


@pytest.mark.parametrize("style", ["plain", "unsrt", "alpha", "plainnat"])
def test_five_pages_through_bibtex(tmp_path: Path, five_pages: list[Entry], style: str) -> None:
    text = through_bibtex(tmp_path, five_pages, style)
    assert_printed(text, *(link.url for entry in five_pages for link in entry.code))
    assert_printed(text, "SimCSE: Simple contrastive learning of sentence embeddings")


def test_five_pages_through_biber(tmp_path: Path, five_pages: list[Entry]) -> None:
    text = through_biber(tmp_path, five_pages, "biblatex")
    assert_printed(text, "SimCSE: Simple Contrastive Learning of Sentence Embeddings")
    assert_printed(text, "Should You Mask 15% in Masked Language Modeling?")
