"""`bibtools enrich --interactive`: what is shown, and what becomes of the answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import bibtools.adapters.web.asking as web_asking
from bibtools.adapters.web import SimulatedClock
from tests.command_line import Ran, bibtools
from tests.loopback import ONLY_LOOPBACK, Loopback
from tests.stand_in import Paper, World

pytestmark = ONLY_LOOPBACK

PEOPLE = ("Eve Beispiel", "Ada Example")
LOGBOOKS = "Harbour Pilots and Their Logbooks"
PREPRINT = Paper(LOGBOOKS, PEOPLE, 2021, "2105.00033", in_dblp=False)
TALK = Paper(LOGBOOKS, PEOPLE, 2021, doi="10.1234/talk.21", venue="Conference on Pilots",
             kind="proceedings-article", pages="3-9")  # fmt: skip
ARTICLE = Paper(LOGBOOKS, PEOPLE, 2022, doi="10.1234/article.22", venue="Journal of Pilots",
                volume="4", pages="101-130")  # fmt: skip
TWO = "@misc{h, eprint={2105.00033}, archiveprefix={arXiv}}\n"
HULLS = Paper("Boat Hulls Made of Felt and Glue", PEOPLE, 2019, doi="10.1234/hulls.19",
              venue="Annals of Felt", volume="2", pages="1-9", in_dblp=False)  # fmt: skip
OWN = ("@article{o, title={Felt Boat Hulls}, author={Beispiel, Eve and Example, Ada}, "
       "year={2019}, doi={10.1234/hulls.19}}\n")  # fmt: skip


class Setting:
    """A folder with refs.bib, and services."""

    def __init__(self, server: Loopback, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.server, self.file, self.monkeypatch = server, folder / "refs.bib", monkeypatch

    def enrich(self, text: str, papers: list[Paper], *arguments: str, stdin: bytes = b"") -> Ran:
        world = World(papers)
        self.server.routes = dict(world.routes())
        for name, value in world.environment(self.server.base).items():
            self.monkeypatch.setenv(name, value)
        self.file.write_text(text)
        return bibtools("enrich", self.file, "-i", "--no-code", *arguments, stdin=stdin)

    @property
    def rows(self) -> dict[str, dict[str, str]]:
        """The evidence by field."""
        text = Path(f"{self.file}.provenance.jsonl").read_text()
        return {row["field"]: row for row in map(json.loads, text.splitlines())}


@pytest.fixture
def setting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Setting]:
    monkeypatch.setattr(web_asking, "SystemClock", SimulatedClock)
    monkeypatch.setenv("BIBTOOLS_INDEX", str(tmp_path / "no index"))
    with Loopback({}) as server:
        yield Setting(server, tmp_path, monkeypatch)


SHOWN = {
    "talk": f"{LOGBOOKS}\n     Eve Beispiel, Ada Example, 2021; Conference on Pilots; "
    "doi:10.1234/talk.21",
    "article": f"{LOGBOOKS}\n     Eve Beispiel, Ada Example, 2022; Journal of Pilots; "
    "doi:10.1234/article.22",
}


@pytest.mark.parametrize("wanted", ["talk", "article"])
def test_a_person_chooses_among_published_versions(setting: Setting, wanted: str) -> None:
    papers = [PREPRINT, TALK, ARTICLE]
    shown = setting.enrich(TWO, papers, "--interactive", stdin=b"n\n").stderr
    assert (
        f"\nh: {LOGBOOKS}\n"
        "  Eve Beispiel, Ada Example, 2021; no venue; arXiv:2105.00033\n  1  " in shown
    )
    assert all(side in shown for side in SHOWN.values())
    assert "doi" not in setting.file.read_text()
    assert shown.count("Which is its published version (1, 2, n for none") == 1
    place = "1" if shown.index(SHOWN[wanted]) < shown.index(SHOWN[
        "article" if wanted == "talk" else "talk"]) else "2"  # fmt: skip
    ran = setting.enrich(TWO, papers, "--interactive", stdin=f"{place}\n".encode())
    assert ran.code == 0
    assert ran.stderr.count("Which is its published version") == 1
    chosen = {"talk": TALK, "article": ARTICLE}[wanted]
    assert f"doi={{{chosen.doi}}}" in setting.file.read_text()
    assert setting.rows["doi"]["rule"].startswith("chosen by a person: ")
    told = bibtools("why", "h", "doi", "--in", setting.file).stdout
    assert "chosen by a person" in told


def test_without_a_person_two_published_versions_stay_open(setting: Setting) -> None:
    ran = setting.enrich(TWO, [PREPRINT, TALK, ARTICLE], "--accept", "likely")
    assert "doi" not in setting.file.read_text()
    assert "a published version is ambiguous, not sure: 2 publications fit" in ran.stderr


def test_a_person_is_asked_whether_a_likely_record_is_the_entrys_own(setting: Setting) -> None:
    shown = setting.enrich(OWN, [HULLS], "--interactive", stdin=b"n\n").stderr
    assert (
        "\no: Felt Boat Hulls\n"
        "  Eve Beispiel, Ada Example, 2019; no venue; doi:10.1234/hulls.19\n\n"
        "Crossref knows 10.1234/hulls.19 as:\n  Boat Hulls Made of Felt and Glue\n"
        "  Eve Beispiel, Ada Example, 2019; Annals of Felt; doi:10.1234/hulls.19\n" in shown
    )
    assert setting.file.read_text() == OWN
    ran = setting.enrich(OWN, [HULLS], "--interactive", stdin=b"y\n")
    assert ran.stderr.count("Is this the record of the entry") == 1
    assert "that is likely it" not in ran.stderr
    assert "journal={Annals of Felt}" in setting.file.read_text()
    assert setting.rows["journal"]["rule"].startswith("chosen by a person: the record of ")


def test_whoever_stops_is_asked_no_more(setting: Setting) -> None:
    ran = setting.enrich(OWN + TWO, [HULLS, PREPRINT, TALK, ARTICLE], "--interactive",
                         stdin=b"q\n")  # fmt: skip
    assert ran.stderr.count("q to stop asking") == 1
    assert setting.file.read_text().startswith(OWN)


def test_accept_likely_leaves_a_stated_doi_that_is_another_papers(setting: Setting) -> None:
    """Their other paper: the authors agree, and nothing of the title."""
    ours = Paper("Counting Lighthouses from the Air", PEOPLE, 2021, "2106.00044", stated=True,
                 doi="10.1234/knots.21", in_crossref=False, in_dblp=False)  # fmt: skip
    other = Paper("Knots in Wet Rope", PEOPLE, 2021, doi="10.1234/knots.21",
                  venue="Rope Letters", in_dblp=False)  # fmt: skip
    text = "@misc{c, eprint={2106.00044}, archiveprefix={arXiv}}\n"
    ran = setting.enrich(text, [ours, other], "--accept", "likely")
    assert "10.1234/knots.21" not in setting.file.read_text()
    assert "Rope Letters" not in setting.file.read_text()
    assert (
        "the DOI 10.1234/knots.21 that its authors gave was not taken: the stated DOI "
        "10.1234/knots.21 leads to another paper: the same authors, but the title is wholly "
        "another." in ran.stderr
    )
