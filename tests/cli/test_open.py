"""`bibtools open`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command_line import bibtools

BIB = r"""@article{gao, title = {A}, eprint = {2104.08821v3}, archiveprefix = {arXiv},
  doi = {10.1234/Boats(1)}, code = {https://github.com/example/a}}
@article{doi, title = {B}, doi = {10.1234/a<b>"c}}
@misc{evil, title = {C}, url = {javascript:alert(1)}, code = {file:///etc/passwd}}
@misc{page, title = {D}, url = {https://example.org/x.pdf}}
@inproceedings{acl, title = {E}, url = {https://aclanthology.org/P19-1001/}}
@misc{none, title = {F}}
@misc{home, title = {G}, url = {https://example.org/\~{}ada/}}
@misc{blank, title = {H}, url = {https://example.org/{x}}}
"""


def opens(url: str, opened: list[str]) -> bool:
    opened.append(url)
    return True


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BIBTOOLS_INDEX", str(tmp_path / "no index"))
    (tmp_path / "refs.bib").write_text(BIB)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "address"),
    [
        (["gao"], "https://arxiv.org/abs/2104.08821"),
        (["GAO", "refs.bib"], "https://arxiv.org/abs/2104.08821"),
        (["gao", "--pdf"], "https://arxiv.org/pdf/2104.08821v3"),
        (["gao", "--doi"], "https://doi.org/10.1234/Boats(1)"),
        (["gao", "--code"], "https://github.com/example/a"),
        (["doi"], "https://doi.org/10.1234/a%3Cb%3E%22c"),
        (["page"], "https://example.org/x.pdf"),
        (["page", "--pdf"], "https://example.org/x.pdf"),
        (["acl", "--pdf"], "https://aclanthology.org/P19-1001.pdf"),
        (["home"], "https://example.org/~ada/"),
        (["2104.08821v2"], "https://arxiv.org/abs/2104.08821v2"),
        (["arXiv:2104.08821", "--pdf"], "https://arxiv.org/pdf/2104.08821"),
        (["2104.08821", "--doi"], "https://doi.org/10.48550/arXiv.2104.08821"),
        (["doi:10.1145/3292500"], "https://doi.org/10.1145/3292500"),
        (["pmid:31452104"], "https://pubmed.ncbi.nlm.nih.gov/31452104/"),
        (["PMC7505768"], "https://pmc.ncbi.nlm.nih.gov/articles/PMC7505768/"),
        (["2021.emnlp-main.552"], "https://aclanthology.org/2021.emnlp-main.552/"),
        (["conf/nips/VaswaniSPUJGKP17"], "https://dblp.org/rec/conf/nips/VaswaniSPUJGKP17"),
        (["https://github.com/a/b/tree/main", "--code"], "https://github.com/a/b"),
        (["https://openreview.net/forum?id=x"], "https://openreview.net/forum?id=x"),
    ],
)
def test_addresses(arguments: list[str], address: str) -> None:
    ran = bibtools("open", "--print", *arguments)
    assert (ran.code, ran.stdout, ran.stderr) == (0, address + "\n", "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["evil"], '"javascript:alert(1)" is not opened: only http and https are.'),
        (["evil", "--code"], "which is not opened: only http and https are"),
        (["javascript:alert(1)"], "is not opened: only http and https are."),
        (["file:///etc/passwd"], "is not opened: only http and https are."),
        (["https://me:key@example.org/"], "is not opened: a user name, a blank or another sign"),
        (["blank"], 'the address "https://example.org/{x}", which is not opened: a user name, a b'),
        (["none"], 'The entry "none" has no page.'),
        (["gao", "missing.bib"], "There is no file"),
        (["nobody"], 'There is no entry "nobody" in the .bib files here.'),
        (["nobody", "refs.bib"], 'There is no entry "nobody" in "refs.bib".'),
        (["none", "--pdf"], 'The entry "none" has no PDF. Try --abs.'),
        (["a title of nothing", "--offline"], "not found"),
    ],
)
def test_what_is_not_opened_is_told(arguments: list[str], said: str) -> None:
    ran = bibtools("open", *arguments)
    assert ran.code in (1, 2)
    assert ran.stdout == ""
    assert said in ran.stderr


def test_the_browser_gets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import webbrowser

    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda url: opens(url, opened))
    ran = bibtools("open", "gao", "--code")
    assert (ran.code, opened) == (0, ["https://github.com/example/a"])
    assert ran.stderr == "Opened https://github.com/example/a\n"
    monkeypatch.setattr(webbrowser, "open", lambda _: False)
    ran = bibtools("open", "gao")
    assert (ran.code, ran.stdout) == (1, "https://arxiv.org/abs/2104.08821\n")


def test_json() -> None:
    ran = bibtools("open", "gao", "--doi", "--json")
    assert json.loads(ran.stdout) == {
        "key": "gao", "part": "doi", "url": "https://doi.org/10.1234/Boats(1)",
    }  # fmt: skip


def test_a_file_here_that_cannot_be_read_is_told_and_passed_over(folder: Path) -> None:
    (folder / "a.bib").mkdir()
    ran = bibtools("open", "gao", "--print")
    assert (ran.code, ran.stdout) == (0, "https://arxiv.org/abs/2104.08821\n")
    assert "is a folder" in ran.stderr
