"""Names, as bibtex itself splits them and as a reader means them."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.formats.bibtex import Document
from bibtools.formats.bibtex.names import (
    NameParts,
    is_others,
    read_name,
    split_list,
    split_name,
    starts_lower,
)
from bibtools.model import Name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", [], id="nothing"),
        pytest.param("Ann Lark", ["Ann Lark"], id="one"),
        pytest.param("Ann Lark and Bo Wren", ["Ann Lark", "Bo Wren"], id="two"),
        pytest.param("A AND B And C", ["A", "B", "C"], id="any-case"),
        pytest.param("{Lark and Wren} and Tit", ["{Lark and Wren}", "Tit"], id="in-braces"),
        pytest.param("Anders Sand and Brandy", ["Anders Sand", "Brandy"], id="inside-words"),
        pytest.param("A\tand\nB", ["A", "B"], id="other-blanks"),
        pytest.param("A and and B", ["A", "", "B"], id="empty-between"),
        pytest.param("and A", ["and A"], id="at-the-start"),
        pytest.param("A and", ["A and"], id="at-the-end"),
        pytest.param("A~and~B", ["A~and~B"], id="ties"),
        pytest.param("Lark, A and others", ["Lark, A", "others"], id="others"),
    ],
)
def test_split_list(text: str, expected: list[str]) -> None:
    assert split_list(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Ann Lark", NameParts("Ann", "", "Lark"), id="plain"),
        pytest.param("Lark", NameParts("", "", "Lark"), id="one-word"),
        pytest.param("lark", NameParts("", "", "lark"), id="one-word-lower"),
        pytest.param("Ann van der Lark", NameParts("Ann", "van der", "Lark"), id="von"),
        pytest.param("van der Lark, Ann", NameParts("Ann", "van der", "Lark"), id="von-comma"),
        pytest.param("Ann De Lark", NameParts("Ann De", "", "Lark"), id="capital-particle"),
        pytest.param("De Lark, Ann", NameParts("Ann", "", "De Lark"), id="capital-comma"),
        pytest.param("Ann de Lark y Wren", NameParts("Ann", "de Lark y", "Wren"), id="von-in-last"),
        pytest.param("Lark, Jr., Ann", NameParts("Ann", "", "Lark", "Jr."), id="jr"),
        pytest.param("Lark,, Ann", NameParts("Ann", "", "Lark"), id="empty-jr"),
        pytest.param("Ann Lark-Wren", NameParts("Ann", "", "Lark-Wren"), id="hyphen-in-last"),
        pytest.param("Chih-jen Wren", NameParts("Chih", "jen", "Wren"), id="hyphen-makes-von"),
        pytest.param("al-Wren, M", NameParts("M", "al", "Wren"), id="von-and-last-at-hyphen"),
        pytest.param("Ann~Bo Lark", NameParts("Ann~Bo", "", "Lark"), id="tie"),
        pytest.param("{Lark Society}", NameParts("", "", "{Lark Society}"), id="braces"),
        pytest.param("Ann {van Lark}", NameParts("Ann", "", "{van Lark}"), id="braced-last"),
        pytest.param("{\\'e}mile Lark", NameParts("", "{\\'e}mile", "Lark"), id="special-lower"),
        pytest.param("{\\'E}mile Lark", NameParts("{\\'E}mile", "", "Lark"), id="special-upper"),
        pytest.param("{\\oe}dipe Lark", NameParts("", "{\\oe}dipe", "Lark"), id="oe"),
        pytest.param("{\\OE}dipe Lark", NameParts("{\\OE}dipe", "", "Lark"), id="OE"),
        pytest.param("{\\relax Ch}ris Lark", NameParts("{\\relax Ch}ris", "", "Lark"), id="relax"),
        pytest.param("Ann {\\O}rn Lark", NameParts("Ann {\\O}rn", "", "Lark"), id="braced-O"),
        pytest.param("Lark, ", NameParts("", "", "Lark"), id="comma-at-the-end"),
        pytest.param(" , Ann", NameParts("Ann"), id="no-last"),
        pytest.param("A, B, C, D", NameParts("C D", "", "A", "B"), id="too-many-commas"),
        pytest.param("Åke Lark", NameParts("", "Åke", "Lark"), id="bibtex-sees-ascii-only"),
    ],
)
def test_split_name(text: str, expected: NameParts) -> None:
    assert split_name(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Ann Lark", Name(family="Lark", given="Ann"), id="plain"),
        pytest.param("Lark, Ann~B.", Name(family="Lark", given="Ann B."), id="tie"),
        pytest.param("Madonna", Name(family="Madonna"), id="one-word"),
        pytest.param("L{\\'a}rk, J{\\\"o}rg", Name(family="Lárk", given="Jörg"), id="accents"),
        pytest.param(
            "Ludwig van den Lark",
            Name(family="Lark", given="Ludwig", non_dropping_particle="van den"),
            id="particle",
        ),
        pytest.param(
            "King, Jr., Martin", Name(family="King", given="Martin", suffix="Jr."), id="suffix"
        ),
        pytest.param("{Lark \\& Sons}", Name(literal="Lark & Sons"), id="corporate"),
        pytest.param("{{Lark Society}}", Name(literal="Lark Society"), id="corporate-twice"),
        pytest.param("{\\'E}mile", Name(family="Émile"), id="special-is-not-corporate"),
        pytest.param("Åke Lark", Name(family="Lark", given="Åke"), id="not-only-ascii"),
        pytest.param("Chih-jen Wren", Name(family="Wren", given="Chih-jen"), id="hyphenated-given"),
        pytest.param(
            "al-Wren, M",
            Name(family="Wren", given="M", non_dropping_particle="al-"),
            id="arabic-article",
        ),
        pytest.param(
            "given=Ann, prefix=de la, family={Lark Wren}, suffix=Jr",
            Name(family="Lark Wren", given="Ann", non_dropping_particle="de la", suffix="Jr"),
            id="extended",
        ),
        pytest.param(
            "given=Ann, prefix=de, useprefix=false, family=Lark",
            Name(family="Lark", given="Ann", dropping_particle="de"),
            id="extended-dropping",
        ),
        pytest.param("", None, id="nothing"),
        pytest.param("{}", None, id="empty-braces"),
    ],
)
def test_read_name(text: str, expected: Name | None) -> None:
    assert read_name(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("others", True), ("Others", True), ("et al.", True), ("et al", True), ("Brothers", False)],
)
def test_is_others(text: str, expected: bool) -> None:
    assert is_others(text) is expected


@given(st.text("aA{}\\'~-, éÅ\"o", max_size=30))
def test_any_text_is_split(text: str) -> None:
    parts = split_name(text)
    kept = sorted("".join((parts.first, parts.von, parts.last, parts.jr)))
    assert set(kept) <= set(text) | {" "}
    read_name(text)
    starts_lower(text)
    assert all(isinstance(name, str) for name in split_list(text))


BST = """
ENTRY {author}{}{}
INTEGERS {n i}
FUNCTION {out} {
  "C:" cite$ * write$ newline$
  author num.names$ 'n := #1 'i :=
  { i n #1 + < }
  { "F:" author i "{ff}" format.name$ * write$ newline$
    "V:" author i "{vv}" format.name$ * write$ newline$
    "L:" author i "{ll}" format.name$ * write$ newline$
    "J:" author i "{jj}" format.name$ * write$ newline$
    i #1 + 'i := } while$ }
READ
ITERATE {out}
"""


def by_bibtex(values: list[str], folder: Path) -> list[list[tuple[str, ...]]]:
    """What `format.name$` makes of each value: first, von, last and jr of every name."""
    (folder / "names.bst").write_text(BST)
    entries = "".join(f"@misc{{n{i}, author = {{{v}}}}}\n" for i, v in enumerate(values))
    (folder / "n.bib").write_text(entries)
    (folder / "n.aux").write_text("\\citation{*}\n\\bibstyle{names}\n\\bibdata{n}\n")
    subprocess.run(["bibtex", "n"], cwd=folder, capture_output=True, check=False, timeout=120)
    lines: list[str] = []
    for line in (folder / "n.bbl").read_bytes().decode().split("\n"):
        if line.startswith("  ") and lines:
            lines[-1] += " " + line[2:]  # bibtex breaks long lines
        else:
            lines.append(line)
    found: list[list[tuple[str, ...]]] = [[] for _ in values]
    number = 0
    parts: list[str] = []
    for line in lines:
        if line.startswith("C:n"):
            number, parts = int(line[3:]), []
        elif line[:2] in ("F:", "V:", "L:", "J:"):
            parts.append(line[2:])
            if len(parts) == 4:
                found[number].append(tuple(_loose(part) for part in parts))
                parts = []
    return found


def by_us(value: str) -> list[tuple[str, ...]]:
    parts = [split_name(name) for name in split_list(value)]
    return [tuple(_loose(p) for p in (n.first, n.von, n.last, n.jr)) for n in parts]


def _loose(text: str) -> str:
    # A style chooses between tie and blank by the length of a word.
    return " ".join(text.replace("~", " ").split())


needs_bibtex = pytest.mark.skipif(shutil.which("bibtex") is None, reason="bibtex is not installed")


@needs_bibtex
def test_as_bibtex_on_made_names(tmp_path: Path) -> None:
    """All names of up to three of the words, with every place of up to two commas."""
    words = "Lark van B. {\\'E}mi {\\'e}mi {\\O}rn {\\oe}d {van} al-Wren d'L 12 Åke".split()
    words += ["{\\relax C}h", "{van Lark}"]
    glue = [" ", ", ", "~", "-"]
    values = [a + g + b for a in words for b in words for g in glue]
    values += [
        f"{a}{g}{b}{h}{c}"
        for a in words[::2]
        for b in words[1::2]
        for c in words[::3]
        for g in glue
        for h in glue
    ]
    values += [f"{a} and {b}" for a, b in zip(values[::7], values[::5], strict=False)]
    expected = by_bibtex(values, tmp_path)
    assert len(values) > 1500
    wrong = [(v, by_us(v), e) for v, e in zip(values, expected, strict=True) if by_us(v) != e]
    assert wrong == []


@needs_bibtex
def test_as_bibtex_on_names_of_real_files(shared: Path, tmp_path: Path) -> None:
    import tarfile

    names: set[str] = set()
    with tarfile.open(shared / "bibtex" / "corpus.tar.xz") as archive:
        for number, member in enumerate(archive):
            if number % 8 or not member.isfile():
                continue
            data = archive.extractfile(member)
            assert data is not None
            for entry in Document.parse(data.read()).entries:
                names |= {entry.fields.get("author", ""), entry.fields.get("editor", "")}
    values = sorted(n for n in names if n and _balanced(n))
    expected = by_bibtex(values, tmp_path)
    total = sum(len(e) for e in expected)
    wrong = [v for v, e in zip(values, expected, strict=True) if by_us(v) != e]
    assert total > 3000
    assert len(wrong) <= 0.0005 * total, wrong[:5]


def _balanced(text: str) -> bool:
    depth = 0
    for char in text:
        depth += (char == "{") - (char == "}")
        if depth < 0:
            return False
    return depth == 0


def test_cases_of_other_tools(shared: Path) -> None:
    """Those that are not lenient or extended on purpose."""
    wrong: list[tuple[str, object, object]] = []
    for line in (shared / "convert" / "cases" / "names.jsonl").read_text().splitlines():
        case = json.loads(line)
        kind, expected = case["meta"]["kind"], case["expected"]
        if kind == "and-split":
            if split_list(case["input"]) != expected:
                wrong.append((case["input"], split_list(case["input"]), expected))
        elif kind == "single" and isinstance(expected["first"], list):
            parts = split_name(case["input"])
            mine = {part: _loose(getattr(parts, part)).split() for part in expected}
            wanted = {part: _loose(" ".join(words)).split() for part, words in expected.items()}
            if mine != wanted:
                wrong.append((case["input"], mine, wanted))
    assert wrong == []
