"""`bibtools report`: what it reads, where it writes, what it says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import bibtools
from tests.formats.test_report_page import data_of
from tests.report_pages import usual


def papers(html: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = data_of(html)["papers"]
    return found


def test_a_bib_with_its_own_text_and_evidence(tmp_path: Path) -> None:
    file = usual(tmp_path)
    first, second, *_ = papers(bibtools("report", file).stdout)
    assert first["b"] == file.read_text("utf-8").split("\n@")[0]
    assert first["e"][0][0] == "doi = 10.1000/simcse"
    assert "e" not in second


def test_the_evidence_knows_what_the_file_says_now(tmp_path: Path) -> None:
    file = usual(tmp_path)
    file.write_text(file.read_text("utf-8").replace("10.1000/simcse", "10.1000/mine"), "utf-8")
    told = papers(bibtools("report", file).stdout)[0]["e"][0][1]
    assert told[-1] == "The entry says now: 10.1000/mine. Somebody changed it since."


def row(value: str, rule: str, field: str = "doi", key: str = "a") -> dict[str, Any]:
    return {"key": key, "field": field, "value": value, "source": "S", "question": "",
            "asked": "", "rule": rule}  # fmt: skip


FIRST, SECOND, OTHER = "10.1000/first", "10.1000/second", "10.1000/other"
SAID = "Somebody changed it since."
NOT_KNOWN = "2 entries have this key; which of them this was said of, is not known."


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        pytest.param(
            [row(FIRST, "one"), row(SECOND, "two")],
            [[f"doi = {FIRST}|from S: one."], [f"doi = {SECOND}|from S: two."]],
            id="each-its-own",
        ),
        pytest.param(
            [row(SECOND, "two"), row(FIRST, "one"), row(FIRST, "newer")],
            [[f"doi = {FIRST}|from S: newer."], [f"doi = {SECOND}|from S: two."]],
            id="the-last-of-each",
        ),
        pytest.param(
            [row(SECOND, "two")],
            [None, [f"doi = {SECOND}|from S: two."]],
            id="one-has-none",
        ),
        pytest.param(
            [row(FIRST, "one"), row(OTHER, "gone")],
            [
                [f"doi = {FIRST}|from S: one."],
                [f"doi = {OTHER}|from S: gone.|The entry says now: {SECOND}. {SAID}|{NOT_KNOWN}"],
            ],
            id="whose-is-not-known",
        ),
        pytest.param(
            [row("T", "both", "title")],
            [["title = T|from S: both."]] * 2,
            id="what-both-hold",
        ),
        pytest.param([row(FIRST, "one", key="b")], [None, None], id="another-key"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("suffix", ["bib", "json"])
def test_entries_with_one_key_have_their_own_evidence(
    tmp_path: Path, suffix: str, rows: list[dict[str, Any]], told: list[list[str] | None]
) -> None:
    file = tmp_path / f"a.{suffix}"
    if suffix == "bib":
        blocks = (f"@misc{{a, title = {{T}}, doi = {{{doi}}}}}\n" for doi in (FIRST, SECOND))
        file.write_text("".join(blocks))
    else:
        entry = {"key": "a", "type": "book", "title": "T"}
        file.write_text(json.dumps([entry | {"ids": {"doi": doi}} for doi in (FIRST, SECOND)]))
    Path(f"{file}.provenance.jsonl").write_text("".join(json.dumps(one) + "\n" for one in rows))
    found = [
        ["|".join([name, *lines]) for name, lines in one["e"] if "by hand." not in lines[0]]
        if "e" in one
        else None
        for one in papers(bibtools("report", file).stdout)
    ]
    assert found == told


@pytest.mark.parametrize("kind", ["json", "csl-json", "ris", "biblatex"])
def test_other_formats(tmp_path: Path, kind: str) -> None:
    text = bibtools("convert", usual(tmp_path), "--to", kind).stdout
    found = papers(bibtools("report", "-", stdin=text.encode()).stdout)
    assert [(one["t"], one.get("y")) for one in found] == [
        ("SimCSE: Simple Contrastive Learning", 2021),
        ("Attention Is All You Need", 2017),
        ("The TeXbook", 1984),
        ("Über die Größe", None),
    ]
    assert all(one["b"].startswith("@") for one in found)


def test_several_files_in_their_order(tmp_path: Path) -> None:
    file = usual(tmp_path)
    more = tmp_path / "more.json"
    more.write_text('[{"key": "z", "type": "book", "title": "Last"}]')
    html = bibtools("report", file, more).stdout
    assert [one["k"] for one in papers(html)] == [
        "gao2021", "vaswani2017", "knuth1984", "gottlob2003", "z"]  # fmt: skip
    assert "<title>refs.bib, more.json</title>" in html


def test_the_same_bytes_again(tmp_path: Path) -> None:
    file = usual(tmp_path)
    out = tmp_path / "page.html"
    assert bibtools("report", file, "-o", out).stderr == f"{out}: written, 4 papers\n"
    before = out.read_bytes()
    assert bibtools("report", file, "-o", out).stderr == f"{out}: nothing changed\n"
    assert out.read_bytes() == before == bibtools("report", file).stdout.encode()


def test_an_older_page_is_replaced_and_anything_else_kept(tmp_path: Path) -> None:
    file = usual(tmp_path)
    out = tmp_path / "page.html"
    bibtools("report", file, "-o", out)
    ran = bibtools("report", file, "-o", out, "--title", "Ours")
    assert ran.stderr == f"{out}: written, 4 papers\n"
    out.write_text("my own notes")
    ran = bibtools("report", file, "-o", out)
    assert (tmp_path / "page.html.bak").read_text() == "my own notes"
    assert ran.stderr == f"{out}: written, 4 papers (the old one is {out}.bak)\n"


def test_a_file_that_is_read_is_not_written(tmp_path: Path) -> None:
    file = usual(tmp_path)
    before = file.read_bytes()
    ran = bibtools("report", file, "-o", file)
    assert (ran.code, file.read_bytes()) == (2, before)
    assert "is read already" in ran.stderr


def test_notices_and_strict(tmp_path: Path) -> None:
    file = tmp_path / "a.bib"
    file.write_text("@misc{a, title = {T}, doi = {none}}\n")
    Path(f"{file}.provenance.jsonl").write_text("no JSON\n")
    ran = bibtools("report", file, "--strict")
    assert ran.code == 1
    assert f"{file}.provenance.jsonl:1: This line says nothing of a value" in ran.stderr
    assert '"none" of "a" is no DOI.' in ran.stderr
    assert bibtools("report", file, "-q").stderr == ""


@pytest.mark.parametrize("text", ["", "% nothing here\n"])
def test_no_entries(tmp_path: Path, text: str) -> None:
    file = tmp_path / "a.bib"
    file.write_text(text)
    ran = bibtools("report", file)
    assert (ran.code, papers(ran.stdout)) == (0, [])
    assert "No papers." in ran.stdout


def test_windows_line_ends(tmp_path: Path) -> None:
    file = usual(tmp_path)
    unix = bibtools("report", file).stdout
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert bibtools("report", file).stdout == unix


def test_no_file() -> None:
    assert bibtools("report", "no-such.bib").code == 2


def test_a_page_of_a_page(tmp_path: Path) -> None:
    """What `build` knows and a .bib cannot say: resolution, doubts, where it was read."""
    rows = [{"key": "a", "type": "book", "title": "T", "from": [{"file": "p.txt", "line": 3}],
             "resolution": {"outcome": "ambiguous", "rule": "two papers", "source": "index"},
             "remarks": ["The page says more."]}]  # fmt: skip
    file = tmp_path / "a.json"
    file.write_text(json.dumps(rows))
    one = papers(bibtools("report", file).stdout)[0]
    assert one["e"] == [
        ["arXiv ID", ["Ambiguous: two papers (from index)"]],
        ["remark", ["The page says more."]],
        ["source", ["p.txt, line 3"]],
    ]
    assert one["h"] == ["unsure"]
