"""The commands that README and docs show with what they print, run where services are stand-ins.

Each page has a folder of its own, with the files of `examples/readme` and the folder `examples`.
The services know what the pages cite; the Zotero library was synced once, and then both sides
went on.

`python -m tests.readme_world` puts what is printed into the pages; `tests/test_readme_online.py`
fails while one says something else.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from unittest.mock import patch

import bibtools.adapters.web.asking as web_asking
from bibtools.adapters.web import SimulatedClock
from tests.command_line import bibtools
from tests.loopback import Answered, Asked, Loopback
from tests.stand_in import Paper, Repository, World
from tests.zotero_server import KEY, Library, ZoteroServer

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
_BLOCK = re.compile(
    r"(<!-- printed: python -m tests\.readme_world -->\n```console\n)(.*?)(```\n)", re.DOTALL
)
_DAY = re.compile(r"(?<=asked on )\d{4}-\d\d-\d\d")
_SHOWING = ("cat", "head", "tail", "ls", "grep", "wc")
"""Other programs that a page may run."""

FILES = {
    path.name: path.read_text("utf-8")
    for path in sorted((ROOT / "examples" / "readme").iterdir())
    if path.suffix in (".bib", ".tex")
}
"""The files that the commands are run on."""

_COLLECTION = "Reading/2026"
_BERT = {
    "itemType": "preprint",
    "title": "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding",
    "creators": [{"creatorType": "author", "firstName": "Jacob", "lastName": "Devlin"}],
    "date": "2018-10-11",
    "repository": "arXiv",
    "archiveID": "arXiv:1810.04805",
    "citationKey": "devlin2018bert",
}
_HERE = (
    ("booktitle = {NIPS}", "booktitle = {Advances in Neural Information Processing Systems}"),
    ("archivePrefix = {arXiv}", "archivePrefix = {arXiv},\n  code = {https://github.com/"
     "princeton-nlp/SimCSE}"),
)  # fmt: skip
"""What the file says since reading.bib and Zotero last agreed."""

_WORLD = World(
    (
        Paper(
            "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding",
            ("Jacob Devlin", "Ming-Wei Chang", "Kenton Lee", "Kristina Toutanova"), 2018,
            "1810.04805", doi="10.18653/v1/N19-1423", venue="Proceedings of the 2019 Conference "
            "of the North", kind="proceedings-article", pages="4171-4186", published=2019,
        ),
        Paper(
            "SimCSE: Simple Contrastive Learning of Sentence Embeddings",
            ("Tianyu Gao", "Xingcheng Yao", "Danqi Chen"), 2021, "2104.08821",
            doi="10.18653/v1/2021.emnlp-main.552", venue="Proceedings of the 2021 Conference on "
            "Empirical Methods in Natural Language Processing", kind="proceedings-article",
            pages="6894-6910", hugging_face=("https://github.com/princeton-nlp/SimCSE", "user"),
        ),
        Paper(
            "Hydroxychloroquine or chloroquine with or without a macrolide for treatment of "
            "COVID-19: a multinational registry analysis",
            ("Mandeep R Mehra", "Sapan S Desai", "Frank Ruschitzka", "Amit N Patel"), 2020,
            doi="10.1016/S0140-6736(20)31180-6", venue="The Lancet", in_dblp=False,
            retracted="10.1016/S0140-6736(20)31324-6",
        ),
    ),
    {"princeton-nlp/SimCSE": Repository()},
)  # fmt: skip


def _crossref(asked: Asked) -> Answered:
    """As the world has it, with the publisher and the dates that these papers have."""
    got = _WORLD.crossref(asked)
    body = got.body.replace(b"Harbour Press", b"Association for Computational Linguistics")
    body = re.sub(rb'("issued":\s*\{"date-parts":\s*\[\[\d+),\s*6\]', rb"\1]", body)
    return Answered(got.status, body.replace(b"[2024, 2, 3]", b"[2020, 6]"), got.headers)


def blocks(text: str) -> list[str]:
    """The blocks of commands and what they print."""
    return [found[2] for found in _BLOCK.finditer(text)]


def undated(text: str) -> str:
    """The same, whichever day it is run."""
    return _DAY.sub("DAY", text)


def pages() -> list[Path]:
    """The pages that show what commands print."""
    every = [README, *sorted((ROOT / "docs").rglob("*.md")), ROOT / "examples" / "README.md"]
    return [page for page in every if page.is_file() and blocks(page.read_text("utf-8"))]


def renewed(text: str) -> str:
    """The page with what its commands print now, one after the other."""
    with _services(synced="bibtools zotero" in text):
        return _BLOCK.sub(lambda found: f"{found[1]}{_printed(found[2])}{found[3]}", text)


def _printed(block: str) -> str:
    commands = [line for line in block.splitlines() if line.startswith("$ ")]
    shown = []
    for command in commands:
        # A diff has blanks at the ends of lines.
        said = "\n".join(_said(shlex.split(command, comments=True)[1:]))
        # The folder is another each time.
        lines = [line.rstrip() for line in said.replace(f"{Path.cwd()}/", "").splitlines()]
        shown.append("\n".join([command, *lines]))
    return "\n\n".join(shown) + "\n"


def _said(words: list[str]) -> list[str]:
    if words[0] == "bibtools":
        ran = bibtools(*words[1:])
        return (ran.stdout + ran.stderr).splitlines()
    assert words[0] in _SHOWING, f"a page runs {words[0]}"
    return subprocess.run(
        words, capture_output=True, text=True, timeout=30, check=True
    ).stdout.splitlines()


@contextmanager
def _services(*, synced: bool) -> Iterator[None]:
    """A folder with the files, services that know the papers, and a Zotero library."""
    here = Path.cwd()
    routes = dict(_WORLD.routes())
    routes["GET", "/crossref"] = _crossref
    zotero = ZoteroServer.with_user()
    with (
        tempfile.TemporaryDirectory() as folder,
        Loopback(routes) as server,
        zotero.running() as address,
    ):
        for name, text in FILES.items():
            (Path(folder) / name).write_text(text, "utf-8")
        shutil.copytree(ROOT / "examples", Path(folder) / "examples")
        variables = {
            **_WORLD.environment(server.base),
            "BIBTOOLS_CACHE": f"{folder}/answers",
            "BIBTOOLS_STATE": f"{folder}/journal",
            "BIBTOOLS_INDEX": f"{folder}/no index",
            "BIBTOOLS_CONFIG": f"{folder}/config",
            "BIBTOOLS_ZOTERO_ENDPOINT": address,
            "ZOTERO_API_KEY": KEY,
        }
        os.chdir(folder)
        try:
            with (
                patch.dict(os.environ, variables),
                patch.object(web_asking, "SystemClock", partial(SimulatedClock, time.time())),
            ):
                for name in ("ZOTERO_LIBRARY_ID", "ZOTERO_LIBRARY_TYPE", "BIBTOOLS_SETTINGS"):
                    os.environ.pop(name, None)
                if synced:
                    _agree_and_go_on(zotero.library("users", 1))
                yield
        finally:
            os.chdir(here)


def _agree_and_go_on(library: Library) -> None:
    """Sync reading.bib, then edit it, and the library as another program does."""
    ran = bibtools("zotero", "sync", "reading.bib", "--collection", _COLLECTION, "--yes")
    assert ran.code == 0, ran.stderr
    file = Path("reading.bib")
    text = file.read_text("utf-8")
    for old, new in _HERE:
        assert old in text
        text = text.replace(old, new)
    file.write_text(text, "utf-8")
    items = {str(one.data["title"]): key for key, one in library.items.items()}
    attention = items["Attention Is All You Need"]
    library.edit(attention, proceedingsTitle="NeurIPS 2017", pages="5998-6008")
    (collection,) = library.items[attention].data["collections"]
    library.put({**_BERT, "collections": [collection]})


if __name__ == "__main__":
    for page in pages():
        page.write_text(renewed(page.read_text("utf-8")), "utf-8")
