"""`bibtools keys`, through the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bibtools.formats.bibtex import Document
from tests.command_line import bibtools

BIB = """@string{v = "x"}
% first
@Article{a, author={Gao, T. and Yao, X. and Chen, D.}, title="{SimCSE}: Simple contrastive
  learning", year=2021, crossref = {P}}
@book{p , title={A Book of Things}, editor={X Y}, year=2020}
@misc{z, author={Gao, T.}, title={SimCSE Other}, year=2021, related = "a, p" , ids={old}}
@misc{, author={Li, X}, title={Key Lost}}
@comment{@misc{a, title={not me}}}
"""


@pytest.fixture
def bib(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("BIBTOOLS_STATE", str(tmp_path / "state"))
    path = tmp_path / "refs.bib"
    path.write_text(BIB, "utf-8")
    return path


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        pytest.param(
            "google-scholar",
            ["gao2021simcsea", "bookthings2020", "gao2021simcse", "likey"],
            id="google-scholar",
        ),
        pytest.param(
            "better-bibtex",
            [
                "gaoSimCSESimpleContrastive2021",
                "yBookThings2020",
                "gaoSimCSEOther2021",
                "liKeyLost",
            ],
            id="better-bibtex",
        ),
        pytest.param(
            "arxiv",
            [
                "gao2021simcsesimplecontrastivelearning",
                "bookthings2020",
                "gao2021simcseother",
                "likeylost",
            ],
            id="arxiv",
        ),
        pytest.param("dblp", ["GaoYC21", "Bookthings20", "Gao21", "Li"], id="dblp"),
        pytest.param("{family}{yy}", ["gao21a", "bookthings20", "gao21", "li"], id="own"),
        pytest.param(
            "auth + postfix('-%(n)s')", ["Gao-1", "Y", "Gao", "Li"], id="formula-with-numbers"
        ),
        pytest.param(
            "[auth:upper]_[year]", ["GAO_2021a", "Y_2020", "GAO_2021", "LI_"], id="jabref"
        ),
    ],
)
def test_proposals(bib: Path, pattern: str, expected: list[str]) -> None:
    ran = bibtools("keys", bib, "--pattern", pattern)
    assert (ran.code, bib.read_text("utf-8")) == (0, BIB)
    assert [line.split(" -> ") for line in ran.stdout.splitlines()] == [
        list(pair) for pair in zip(["a", "p", "z", "(line 7)"], expected, strict=True)
    ]


def test_in_place_what_refers_follows_and_the_rest_stays(bib: Path, tmp_path: Path) -> None:
    tex = tmp_path / "t.tex"
    tex.write_bytes(b"\\cites{a}[1]{p,zz} \\verb|\\cite{a}|\r\n")
    ran = bibtools("keys", bib, "-i", "--tex", tex)
    assert ran.stderr.splitlines() == [f"{bib}: 4 keys renamed", f"{tex}: 2 citations renamed"]
    expected = (
        BIB.replace("@Article{a,", "@Article{gao2021simcsea,")
        .replace("{P}", "{bookthings2020}")
        .replace("{p ,", "{bookthings2020 ,")
        .replace("@misc{z,", "@misc{gao2021simcse,")
        .replace('"a, p"', '"gao2021simcsea, bookthings2020"')
        .replace("@misc{,", "@misc{likey,")
    )
    assert bib.read_text("utf-8") == expected
    assert (
        tex.read_bytes() == b"\\cites{gao2021simcsea}[1]{bookthings2020,zz} \\verb|\\cite{a}|\r\n"
    )
    again = bibtools("keys", bib)
    assert (again.code, again.stdout) == (0, "")


def test_groups_follow(bib: Path) -> None:
    group = "@comment{jabref-meta: groupstree:\n1 ExplicitGroup:a\\;0\\;a\\;zz\\;p\\;;\n}\n"
    bib.write_text(BIB + group, "utf-8")
    assert bibtools("keys", bib, "-i").code == 0
    assert bib.read_text("utf-8").endswith(
        group.replace("\\;a\\;", "\\;gao2021simcsea\\;").replace("\\;p\\;", "\\;bookthings2020\\;")
    )
    assert bibtools("keys", bib).stdout == ""


def test_a_formula_that_is_not_understood(bib: Path) -> None:
    ran = bibtools("keys", bib, "--pattern", "auth.lowr + year")
    assert (ran.code, ran.stdout) == (2, "")
    assert ran.stderr.splitlines() == [
        'Error: The key pattern cannot be read at column 6: there is no filter "lowr".',
        "  auth.lowr + year",
        "       ^",
        "Hint: Do you mean lower?",
    ]


def test_a_second_run_with_a_formula_proposes_nothing(bib: Path) -> None:
    formula = ["--pattern", "auth.lower + postfix('_%(n)02d', 1)"]
    assert bibtools("keys", bib, "-i", *formula).code == 0
    assert bibtools("keys", bib, *formula).stdout == ""


def test_only_missing(bib: Path) -> None:
    assert bibtools("keys", bib, "--only-missing").stdout == "(line 7) -> likey\n"


def test_json_is_the_map(bib: Path) -> None:
    ran = bibtools("keys", bib, "--json", "--pattern", "dblp")
    assert json.loads(ran.stdout) == {"a": "GaoYC21", "p": "Bookthings20", "z": "Gao21"}


def test_an_entry_that_fits_keeps_its_letter(bib: Path) -> None:
    bib.write_text(
        "@misc{li2020b, author={Li, X}, title={T}, year=2020}\n"
        "@misc{new, author={Li, X}, title={A}, year=2020}\n",
        "utf-8",
    )
    ran = bibtools("keys", bib, "--pattern", "{family}{year}")
    assert ran.stdout == "new -> li2020\n"


def test_two_entries_with_one_key(bib: Path, tmp_path: Path) -> None:
    tex = tmp_path / "t.tex"
    tex.write_bytes(b"\\cite{k}")
    bib.write_text(
        "@misc{k, author={Li, X}, title={Fog}, year=2020}\n"
        "@misc{k, author={Xu, Y}, title={Ice}, year=2020}\n",
        "utf-8",
    )
    ran = bibtools("keys", bib, "-i", "--tex", tex)
    assert 'The key "k" stands on line 1 too' in ran.stderr
    keys = [entry.key for entry in Document.parse(bib.read_bytes()).entries]
    assert (keys, tex.read_bytes()) == (["li2020fog", "xu2020ice"], b"\\cite{li2020fog}")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        pytest.param(["--tex", "x.tex"], "needs -i, or --diff", id="tex-without-in-place"),
        pytest.param(["--json", "--diff"], "choose one", id="two-outputs"),
        pytest.param(["--pattern", "nonsense"], "no pattern for keys", id="no-preset"),
        pytest.param(["--pattern", "{nonsense}"], "cannot be read", id="no-field"),
    ],
)
def test_words_that_contradict(bib: Path, words: list[str], message: str) -> None:
    ran = bibtools("keys", bib, *words)
    assert (ran.code, message in ran.stderr) == (2, True)


def test_the_diff_shows_and_changes_nothing(bib: Path) -> None:
    ran = bibtools("keys", bib, "--diff", "--pattern", "dblp")
    assert "+@book{Bookthings20 , title" in ran.stdout
    assert bib.read_text("utf-8") == BIB


def test_standard_input_is_not_changed_in_place() -> None:
    ran = bibtools("keys", "-", "-i", stdin=BIB.encode())
    assert (ran.code, "cannot be changed in place" in ran.stderr) == (2, True)
