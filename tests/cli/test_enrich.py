"""`bibtools enrich`, through the command line."""

from __future__ import annotations

import difflib
import json
from pathlib import Path

import pytest

from tests.command_line import Ran, bibtools
from tests.conftest import ROOT

EXAMPLES = ROOT / "examples"
MINE = (
    b"% my thesis, do not touch\r\n"
    b'@string{nips = "NeurIPS"}\r\n'
    b"@InProceedings{attn,\r\n"
    b'   Title     = "Attention Is All You Need",\r\n'
    b"   Author    = {Ashish Vaswani and Noam Shazeer and others},\r\n"
    b"   Booktitle = nips,\r\n"
    b"   Year      = 2017\r\n"
    b"}\r\n"
    b"@misc{simcse, title={{SimCSE}: Simple Contrastive Learning of Sentence Embeddings},\r\n"
    b"  author={Gao, Tianyu and Yao, Xingcheng and Chen, Danqi}, year={2021}}\r\n"
    b"@misc{elsewhere, title = {Nothing That the Index Knows}}\r\n"
)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("index") / "examples.sqlite"
    ran = bibtools("index", "build", "--arxiv", EXAMPLES / "arxiv.jsonl",
                   "--code", EXAMPLES / "code_links.jsonl", "--index", path)  # fmt: skip
    assert ran.code == 0, ran.stderr
    return path


def enrich(index: Path, *arguments: str | Path, stdin: bytes = b"") -> Ran:
    return bibtools("enrich", *arguments, "--offline", "--index", index, stdin=stdin)


def test_a_bib_only_gains_fields(index: Path, tmp_path: Path) -> None:
    source, out = tmp_path / "mine.bib", tmp_path / "new.bib"
    source.write_bytes(MINE)
    ran = enrich(index, source, "-o", out)
    assert ran.code == 0, ran.stderr
    before, after = MINE.decode().splitlines(True), out.read_bytes().decode().splitlines(True)
    assert [line for line in difflib.ndiff(before, after) if line[:2] in ("- ", "+ ")] == [
        "-    Year      = 2017\r\n",
        "+    Year      = 2017,\r\n",
        '+    Eprint    = "1706.03762",\r\n',
        '+    archivePrefix = "arXiv",\r\n',
        '+    primaryClass = "cs.CL"\r\n',
        "-   author={Gao, Tianyu and Yao, Xingcheng and Chen, Danqi}, year={2021}}\r\n",
        "+   author={Gao, Tianyu and Yao, Xingcheng and Chen, Danqi}, year={2021}, "
        "eprint={2104.08821}, archivePrefix={arXiv}, primaryClass={cs.CL}, "
        "code={https://github.com/princeton-nlp/SimCSE}}\r\n",
    ]
    assert source.read_bytes() == MINE


def test_enriching_twice_changes_nothing(index: Path, tmp_path: Path) -> None:
    path = tmp_path / "mine.bib"
    path.write_bytes(MINE)
    enrich(index, path, "-o", path)
    once = path.read_bytes()
    ran = enrich(index, path, "-o", path)
    assert path.read_bytes() == once != MINE
    assert "nothing changed" in ran.stderr
    assert (tmp_path / "mine.bib.bak").read_bytes() == MINE


def test_json_comes_back_as_json_with_its_keys(index: Path) -> None:
    rows = [
        {"key": "q1", "title": "attention is all you need", "date": "2017"},
        {"key": "q2", "title": "Denoising diffusion probabilistic models",
         "authors": [{"literal": "Jonathan Ho"}]},
        {"key": "q3", "title": "Nothing That the Index Knows"},
    ]  # fmt: skip
    ran = enrich(index, "-", "--to", "json", stdin=json.dumps(rows).encode())
    found = json.loads(ran.stdout)
    assert [(row["key"], row["ids"], row["resolution"]["outcome"]) for row in found] == [
        ("q1", {"arxiv": "1706.03762"}, "sure"),
        ("q2", {"arxiv": "2006.11239"}, "sure"),
        ("q3", {}, "none"),
    ]
    assert found[1]["code"] == [
        {
            "url": "https://github.com/hojonathanho/diffusion",
            "evidence": "links dump: official",
            "kind": "repository",
        }
    ]


def test_other_authors_get_no_id(index: Path) -> None:
    row = {"key": "q", "title": "Attention Is All You Need", "authors": [{"literal": "Ada Byron"}]}
    ran = enrich(index, "-", stdin=json.dumps([row]).encode())
    assert json.loads(ran.stdout)[0]["ids"] == {}


def test_the_report_tells_what_is_unresolved(index: Path, tmp_path: Path) -> None:
    source = tmp_path / "mine.bib"
    source.write_bytes(MINE)
    enrich(index, source, "-o", tmp_path / "out.bib", "--report", tmp_path / "report.json")
    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert [row["key"] for row in report["unresolved"]] == ["elsewhere"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["nowhere.json", "--offline"], "nowhere.json", id="no such file"),
        pytest.param(["x", "--offline", "--index", "gone"], "x", id="no such input"),
        pytest.param(
            [EXAMPLES / "trending.txt", "--offline", "--index", EXAMPLES / "arxiv.jsonl"],
            "not an index",
            id="no index",
        ),
    ],
)
def test_wrong_words_end_in_a_sentence(arguments: list[str | Path], message: str) -> None:
    ran = bibtools("enrich", *arguments)
    assert (ran.code, ran.stdout) == (2, "")
    assert message in ran.stderr
    assert "Traceback" not in ran.stderr
