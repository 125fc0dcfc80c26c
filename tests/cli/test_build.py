"""`bibtools build`, through the command line."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from bibtools.adapters.files import write_file
from bibtools.formats.bibtex import Document
from tests.command_line import Ran, bibtools

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
PAGES = sorted(EXAMPLES.glob("*.txt"))
FACTS: tuple[str | Path, ...] = (
    "--arxiv",
    EXAMPLES / "arxiv.jsonl",
    "--code",
    EXAMPLES / "code_links.jsonl",
)
AUTHOR_PAGE = EXAMPLES / "author_page.txt"
TRENDING = EXAMPLES / "trending.txt"


@pytest.fixture(autouse=True)
def _no_index_of_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BIBTOOLS_INDEX", str(tmp_path / "no-index.sqlite"))


def build(*arguments: str | Path) -> Ran:
    return bibtools("build", *arguments)


def fields(path: Path) -> dict[str, dict[str, str]]:
    return {entry.key: dict(entry.fields) for entry in Document.parse(path.read_bytes()).entries}


def snapshot(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_the_examples_become_a_bibliography(tmp_path: Path) -> None:
    ran = build(*PAGES, *FACTS, "-o", tmp_path / "refs.bib")
    assert (ran.code, ran.stdout) == (0, "")
    assert ran.stderr.splitlines()[:2] == [
        "4 pages, 20 records, 15 papers",
        "  with arXiv ID 14, with code 8, with neither 1",
    ]
    entries = fields(tmp_path / "refs.bib")
    simcse = entries["gao2021simcse"]
    assert simcse["author"] == "Gao, Tianyu and Yao, Xingcheng and Chen, Danqi"
    assert simcse["title"] == "{SimCSE}: Simple Contrastive Learning of Sentence Embeddings"
    assert simcse["eprint"] == "2104.08821"
    assert simcse["code"] == "https://github.com/princeton-nlp/SimCSE"
    assert "eprint" not in entries["layernormalisation"]


def test_without_an_index_it_says_so(tmp_path: Path) -> None:
    ran = build(AUTHOR_PAGE, "-o", tmp_path / "refs.bib")
    assert ran.code == 0
    assert "arXiv IDs were not looked up: there is no index (bibtools index build)" in ran.stderr


NO_LINK = 'The page says "Code", but no link was found.'


def test_a_code_flag_without_a_link_is_said_also_without_an_index(tmp_path: Path) -> None:
    rows = json.loads(build(AUTHOR_PAGE, "--to", "json").stdout)
    said = {row["title"].split(":")[0]: row.get("remarks", []) for row in rows if row["code_flag"]}
    assert said == {"BERT": [], "LoRA": [], "FlashAttention": [NO_LINK], "Mamba": [NO_LINK]}


def test_stdout_is_the_result_and_nothing_else() -> None:
    ran = build(*PAGES, *FACTS, "--to", "json")
    rows = json.loads(ran.stdout)
    assert [len(rows), ran.code] == [15, 0]
    assert rows[0]["ids"] == {"arxiv": "1706.03762"}
    assert {source["file"].rpartition("/")[2] for source in rows[0]["from"]} == {
        "abstracts.txt",
        "author_page.txt",
        "trending.txt",
    }


def test_building_again_changes_no_byte(tmp_path: Path) -> None:
    arguments: tuple[str | Path, ...] = (
        *PAGES,
        *FACTS,
        "-o",
        tmp_path / "refs.bib",
        "-o",
        tmp_path / "refs.json",
    )
    build(*arguments)
    before = snapshot(tmp_path)
    ran = build(*arguments)
    assert (ran.code, snapshot(tmp_path)) == (0, before)


@pytest.mark.parametrize("name", ["refs.bib", "refs.json"])
def test_what_is_new_is_appended_and_keys_stay(tmp_path: Path, name: str) -> None:
    out = tmp_path / name
    build(TRENDING, *FACTS, "-o", out)
    before = out.read_text("utf-8")
    ran = build(AUTHOR_PAGE, TRENDING, *FACTS, "-o", out)
    assert "7 added" in ran.stderr or "6 added" in ran.stderr
    assert out.read_text("utf-8").startswith(before.rstrip("]\n"))
    assert Path(f"{out}.bak").read_text("utf-8") == before


def test_a_bib_that_is_not_ours_keeps_every_byte(tmp_path: Path) -> None:
    mine = (
        b'% my library\r\n@ARTICLE{attn,\r\n  title = "{Attention} is all you need",\r\n'
        b"  author={A. Vaswani and others}, year=2017 }\r\n@comment{x}\r\n"
    )
    out = tmp_path / "refs.bib"
    out.write_bytes(mine)
    ran = build(AUTHOR_PAGE, *FACTS, "-o", out)
    assert "7 added, 1 kept as they were" in ran.stderr
    assert out.read_bytes().startswith(mine)
    assert len(re.findall(rb"(?i)attention is all", out.read_bytes())) == 0
    assert "attn" in fields(out)


def test_an_index_found_later_renews_what_is_ours(tmp_path: Path) -> None:
    out = tmp_path / "refs.bib"
    build(AUTHOR_PAGE, "-o", out)
    assert "eprint" not in fields(out)["devlin2018bert"]
    ran = build(AUTHOR_PAGE, *FACTS, "-o", out)
    assert "8 renewed" in ran.stderr
    assert fields(out)["devlin2018bert"]["eprint"] == "1810.04805"


def test_what_the_user_edited_stays(tmp_path: Path) -> None:
    out = tmp_path / "refs.bib"
    build(AUTHOR_PAGE, "-o", out)
    document = Document.parse(out.read_bytes())
    bert = next(entry for entry in document.entries if entry.key == "devlin2018bert")
    bert.set("title", "{BERT}, as I call it")
    bert.remove("abstract")
    bert.set("keywords", "mine")
    out.write_bytes(document.to_bytes())
    build(AUTHOR_PAGE, *FACTS, "-o", out)
    found = fields(out)["devlin2018bert"]
    assert found["title"] == "{BERT}, as I call it"
    assert "abstract" not in found
    assert found["keywords"] == "mine"
    assert found["eprint"] == "1810.04805"


def test_a_renamed_key_is_found_again(tmp_path: Path) -> None:
    out = tmp_path / "refs.bib"
    build(AUTHOR_PAGE, *FACTS, "-o", out)
    out.write_bytes(out.read_bytes().replace(b"{devlin2018bert,", b"{bert,"))
    before = out.read_bytes()
    build(AUTHOR_PAGE, *FACTS, "-o", out)
    assert out.read_bytes() == before


def test_an_entry_that_is_never_closed_is_told(tmp_path: Path) -> None:
    out = tmp_path / "refs.bib"
    out.write_bytes(b"@misc{a, title = {never closed\n")
    ran = build(AUTHOR_PAGE, *FACTS, "-o", out)
    assert f'{out}:1:6: The "{{" that opens this @misc is never closed.' in ran.stderr
    assert out.read_bytes().startswith(b"@misc{a, title = {never closed\n\n@preamble")


def test_decisions_survive_rebuilds(tmp_path: Path) -> None:
    out = tmp_path / "refs.bib"
    build(*PAGES, *FACTS, "-o", out)
    assert bibtools("decide", "id", out, "layernormalisation", "1607.06450").code == 0
    assert bibtools("decide", "id", out, f"{AUTHOR_PAGE}:1", "none").code == 0
    for _ in range(2):
        build(*PAGES, *FACTS, "-o", out)
        found = fields(out)
        assert found["layernormalisation"]["eprint"] == "1607.06450"
        listed = bibtools("decide", "list", out).stdout.splitlines()
        assert len(listed) == 2
    assert bibtools("decide", "forget", out, "1").code == 0
    assert len(bibtools("decide", "list", out).stdout.splitlines()) == 1


def test_records_decided_apart_stay_apart(tmp_path: Path) -> None:
    out = tmp_path / "refs.bib"
    places = (f"{AUTHOR_PAGE}:17", f"{TRENDING}:11")
    assert bibtools("decide", "different", out, *places).code == 0
    build(AUTHOR_PAGE, TRENDING, *FACTS, "-o", out)
    flash = [key for key, found in fields(out).items() if "FlashAttention" in found["title"]]
    assert len(flash) == 2


def test_records_decided_together_are_one(tmp_path: Path) -> None:
    out = tmp_path / "refs.bib"
    bibtools("decide", "same", out, f"{TRENDING}:19", f"{TRENDING}:15")
    ran = build(TRENDING, "-o", out)
    assert "1 page, 4 records, 3 papers" in ran.stderr


def test_the_report_names_every_unresolved_row(tmp_path: Path) -> None:
    build(*PAGES, *FACTS, "-o", tmp_path / "refs.bib", "--report", tmp_path / "report.json")
    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert [report[name] for name in ("records", "papers", "with_arxiv")] == [20, 15, 14]
    assert [row["key"] for row in report["unresolved"]] == ["layernormalisation"]
    assert report["unresolved"][0]["outcome"] == "none"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        pytest.param(["nowhere.txt"], 2, "nowhere.txt", id="no such page"),
        pytest.param([AUTHOR_PAGE, "-o", "refs.xyz"], 2, "does not tell the format", id="suffix"),
        pytest.param([AUTHOR_PAGE, "--code", "x"], 2, "--code goes with --arxiv", id="code alone"),
        pytest.param([], 2, "Missing argument", id="no page"),
        pytest.param([AUTHOR_PAGE, "--index", "gone.sqlite"], 2, "There is no index", id="index"),
        pytest.param([AUTHOR_PAGE, "-o", "/"], 2, "", id="a folder"),
    ],
)
def test_wrong_words_end_in_a_sentence(
    arguments: list[str | Path], code: int, message: str
) -> None:
    ran = build(*arguments)
    assert (ran.code, ran.stdout) == (code, "")
    assert message in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_file_that_changed_meanwhile_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "refs.bib"
    build(TRENDING, "-o", out)

    def late(*arguments: Any, **named: Any) -> object:
        out.write_bytes(b"% somebody else was here\n")
        return write_file(*arguments, **named)

    monkeypatch.setattr("bibtools.workflows.outputs.write_file", late)
    ran = build(TRENDING, AUTHOR_PAGE, "-o", out)
    assert ran.code == 2
    assert out.read_bytes() == b"% somebody else was here\n"


def test_a_fault_of_ours_is_a_sentence_and_a_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr("bibtools.workflows.reading.read_page", lambda *_: 1 / 0)
    ran = build(AUTHOR_PAGE)
    assert ran.code == 70
    assert "Traceback" not in ran.stderr
    report = next(tmp_path.glob("bibtools-fault-*.txt"))
    assert "ZeroDivisionError" in report.read_text("utf-8")
    assert str(report) in ran.stderr
