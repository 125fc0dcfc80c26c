"""Which identifiers can be keys: what `unfit` says is what BibTeX and biber do."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from bibtools.workflows.cite.resolving import unfit

BOTH = [
    "arxiv:2104.08821", "arXiv:hep-th/9901001v2", "https://arxiv.org/abs/2104.08821",
    *(f"doi:10.1/a{one}b" for one in "!$&*+-./:;<>?[]^_`|@"), "isbn:978-0-262-03384-8", "pmid:1",
]  # fmt: skip
BIBTEX_ONLY = ["doi:10.1002/(SICI)1097-4571", "doi:10.1/a'b", "https://x.org/?a=1"]
NEITHER = ["doi:10.1/a#b", "doi:10.1/a%b", "doi:10.1/a{b", "doi:10.1/a,b", 'doi:10.1/a"b']


def bib(folder: Path, keys: list[str]) -> None:
    rows = (
        f"@misc{{{key},\n title = {{T{n}}}, author = {{A}}, year = 2000\n}}\n"
        for n, key in enumerate(keys)
    )
    (folder / "k.bib").write_text("".join(rows))


@pytest.mark.parametrize("key", BOTH)
def test_both_can_read_it(key: str) -> None:
    assert unfit(key, biber=False) == unfit(key, biber=True) == ""


@pytest.mark.parametrize("key", [*BIBTEX_ONLY, *NEITHER])
def test_what_cannot_be_read_is_named(key: str) -> None:
    assert unfit(key, biber=True)
    assert bool(unfit(key, biber=False)) == (key in NEITHER)


def test_bibtex_reads_them(tmp_path: Path) -> None:
    if shutil.which("bibtex") is None:
        pytest.skip("not installed: bibtex")
    keys = BOTH + BIBTEX_ONLY
    bib(tmp_path, keys)
    aux = "".join(f"\\citation{{{key}}}\n" for key in keys)
    (tmp_path / "d.aux").write_text(f"\\relax\n{aux}\\bibstyle{{plain}}\n\\bibdata{{k}}\n")
    ran = subprocess.run(["bibtex", "d"], cwd=tmp_path, capture_output=True, timeout=60)
    assert (ran.returncode, b"arning" in ran.stdout) == (0, False)
    made = (tmp_path / "d.bbl").read_text().replace("%\n", "")
    assert [key for key in keys if f"\\bibitem{{{key}}}" not in made] == []


def test_biber_reads_those_that_are_for_both_and_no_others(tmp_path: Path) -> None:
    if shutil.which("biber") is None:
        pytest.skip("not installed: biber")
    for keys, fine in ((BOTH, True), *(([key], False) for key in BIBTEX_ONLY)):
        bib(tmp_path, keys)
        ran = subprocess.run(
            ["biber", "--tool", "--output-file", "t.bib", "k.bib"],
            cwd=tmp_path, capture_output=True, timeout=120,
        )  # fmt: skip
        assert not fine or ran.returncode == 0
        made = (tmp_path / "t.bib").read_text() if (tmp_path / "t.bib").exists() else ""
        assert [key for key in keys if f"{{{key},\n" not in made] == ([] if fine else keys)
        (tmp_path / "t.bib").unlink(missing_ok=True)
