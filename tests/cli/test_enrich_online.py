"""`bibtools enrich` against stand-ins of the services, through the command line."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import bibtools.adapters.web.asking as web_asking
from bibtools.adapters.web import SimulatedClock
from tests.command_line import Ran, bibtools
from tests.loopback import ONLY_LOOPBACK, Answered, Asked, Loopback, as_html, status
from tests.stand_in import PAPERS, REPOSITORIES, Paper, World, service_of

pytestmark = ONLY_LOOPBACK

MINE = r"""% mine
@article{creases,
  title = {Folding Paper Boats with Learned Creases},
  author = {Example, Ada and Muster, Max},
  journal = {arXiv preprint arXiv:2104.00011},
  year = {2021},
}
@misc{harbour,
  title = {Harbour Traffic as a Sequence of Tokens},
  author = {Beispiel, Eve and Example, Ada and Muster, Max},
  year = {2022}
}
@misc{llm, title = {On the Buoyancy of Large Language Models}, eprint = {2306.00033},
  archiveprefix = {arXiv}}
@article{tides, title = {A survey of tides and their tables}, doi = {10.1234/tides.15}}
@misc{lights, title = {Ten Thousand Photographs of Lighthouses}, doi = {10.5072/lights.20}}
@article{wind, title = {Boats That Sail Against Every Wind}, doi = {10.1234/wind.18}}
@misc{harbours, title = {All Harbours Are Isomorphic}, url = {https://arxiv.org/abs/1907.00077}}
@inproceedings{float, title = {Learning to Float}, author = {Roux, Bea and others}, year = 2021}
@misc{sails, title = {Sails without Supervision}, author = {Eve Beispiel and Max Muster},
  eprint = {2110.00101}, archiveprefix = {arXiv}}
@article{knots, title = {Knots, Ropes and Recurrent Networks}, doi = {10.1234/knots.17}}
@misc{driftwood, title = {Spectral Gaps of Driftwood on Rivers}, author = {Eve Beispiel}}
@misc{nobody, title = {A Paper That Nobody Has Ever Written}, author = {No One}, year = 1999}
"""
ENRICHED = r"""% mine
@article{creases,
  title = {Folding Paper Boats with Learned Creases},
  author = {Example, Ada and Muster, Max},
  journal = {Journal of Paper Boats},
  year = {2021},
  publisher = {Harbour Press},
  volume = {7},
  pages = {11--29},
  eprint = {2104.00011},
  archivePrefix = {arXiv},
  primaryClass = {cs.CL},
  doi = {10.1234/boats.2021.11},
  code = {https://github.com/example/creases},
}
@inproceedings{harbour,
  title = {Harbour Traffic as a Sequence of Tokens},
  author = {Beispiel, Eve and Example, Ada and Muster, Max},
  year = {2022},
  booktitle = {HARBOUR},
  publisher = {Harbour Press},
  pages = {22--33},
  eprint = {2205.00022},
  archivePrefix = {arXiv},
  primaryClass = {cs.CL},
  doi = {10.1234/harbour.22},
  code = {https://github.com/example/harbour}
}
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.bib"
    path.write_text(MINE)
    return path


class Services:
    """The stand-ins behind their server, as the command line of a test finds them."""

    def __init__(self, server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
        self.server = server
        self.monkeypatch = monkeypatch

    def become(self, world: World) -> None:
        """Answer for another world from now on."""
        self.server.routes = dict(world.routes())
        for name, value in world.environment(self.server.base).items():
            self.monkeypatch.setenv(name, value)

    def enrich(self, *arguments: str | Path, stdin: bytes = b"") -> Ran:
        return bibtools("enrich", *arguments, stdin=stdin)

    @property
    def asked(self) -> dict[str, int]:
        return dict(Counter(service_of(one) for one in self.server.requests))


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Services]:
    monkeypatch.setattr(web_asking, "SystemClock", SimulatedClock)
    monkeypatch.setenv("BIBTOOLS_INDEX", str(tmp_path / "no index"))
    with Loopback({}) as server:
        found = Services(server, monkeypatch)
        found.become(World(PAPERS, REPOSITORIES))
        yield found


def lines(ran: Ran) -> list[str]:
    return ran.stderr.splitlines()


# --- what is found --------------------------------------------------------------------------


def test_what_is_added_and_what_it_costs(services: Services, mine: Path) -> None:
    ran = services.enrich(mine)
    assert ran.code == 0
    assert ran.stdout.startswith(ENRICHED)
    assert ran.stdout.removeprefix(ENRICHED).splitlines() == [
        "@misc{llm, title = {On the Buoyancy of Large Language Models}, eprint = {2306.00033},",
        "  archiveprefix = {arXiv},",
        "  author = {Muster, Max},",
        "  year = {2023},",
        "  month = jun,",
        "  primaryClass = {cs.CL},",
        "  code = {https://github.com/example/old-name}}",
        "@article{tides, title = {A survey of tides and their tables}, "
        "doi = {10.1234/tides.15}, author = {Beispiel, Eve}, journal = {Annals of Tides}, "
        "publisher = {Harbour Press}, volume = {3}, pages = {1--90}, year = {2015}, month = jun}",
        "@misc{lights, title = {Ten Thousand Photographs of Lighthouses}, "
        "doi = {10.5072/lights.20}, author = {Example, Ada}, "
        "howpublished = {Example Data}, year = {2020}, month = mar}",
        "@article{wind, title = {Boats That Sail Against Every Wind}, doi = {10.1234/wind.18}, "
        "author = {Muster, Max and Beispiel, Eve}, journal = {Journal of Paper Boats}, "
        "publisher = {Harbour Press}, volume = {4}, pages = {5--9}, year = {2018}, month = jun}",
        "@misc{harbours, title = {All Harbours Are Isomorphic}, "
        "url = {https://arxiv.org/abs/1907.00077}, author = {Example, Ada and Beispiel, Eve}, "
        "year = {2019}, month = jul, eprint = {1907.00077}, archivePrefix = {arXiv}, "
        "primaryClass = {cs.CL}}",
        "@inproceedings{float, title = {Learning to Float}, author = {Roux, Bea and others}, "
        "year = 2021, eprint = {2109.00099}, archivePrefix = {arXiv}, primaryClass = {cs.CL}}",
        "@misc{sails, title = {Sails without Supervision}, author = {Eve Beispiel and Max Muster},",
        "  eprint = {2110.00101}, archiveprefix = {arXiv}, year = {2021}, month = oct, "
        "primaryClass = {cs.CL}}",
        "@article{knots, title = {Knots, Ropes and Recurrent Networks}, "
        "doi = {10.1234/knots.17}, author = {Muster, Max and Example, Ada}, "
        "journal = {Rope Letters}, publisher = {Harbour Press}, volume = {1}, pages = {7--8}, "
        "year = {2018}, month = jun, eprint = {1703.00111}, archivePrefix = {arXiv}, "
        "primaryClass = {cs.CL}}",
        "@misc{driftwood, title = {Spectral Gaps of Driftwood on Rivers}, "
        "author = {Eve Beispiel}, year = {2016}, month = aug, eprint = {1608.00123}, "
        "archivePrefix = {arXiv}, primaryClass = {cs.CL}}",
        "@misc{nobody, title = {A Paper That Nobody Has Ever Written}, author = {No One}, "
        "year = 1999}",
    ]
    assert lines(ran) == [
        f'{mine}:2: Entry "creases": it was published in 2022; the year 2021 was kept.',
        "  Hint: --published replace takes the year of the publication.",
        f'{mine}:2: Entry "creases": "arXiv preprint arXiv:2104.00011" gave way to '
        '"Journal of Paper Boats"; the arXiv ID is in a field of its own.',
        "  Hint: --published none or beside leaves it.",
        f'{mine}:17: Entry "wind": retracted, says its publisher, 2024-02-03 '
        "(notice: doi 10.1234/wind.18.r).",
        f'{mine}:18: Entry "harbours": withdrawn from arXiv: its comment says "This paper has '
        'been withdrawn by the authors due to a gap in Lemma 3".',
        f'{mine}:20: Entry "sails": the DOI 10.1234/other.21 that its authors gave was not '
        "taken: Crossref does not know it.",
        "  Hint: Check it by hand.",
        "12 entries: arXiv ID sure 8, likely 0, ambiguous 0, none 1, not searched 3",
        "  with arXiv ID 8, with code 3, with neither 4",
        "  requests: arXiv 3, Crossref 3, DataCite 1, DBLP 2, Hugging Face 6, OpenAlex 1; "
        "6 answers from the cache",
    ]
    assert services.asked == {
        "arxiv": 3, "crossref": 3, "datacite": 1, "dblp": 2, "hugging-face": 6, "openalex": 1,
    }  # fmt: skip


def test_the_order_of_answers_does_not_matter(services: Services, mine: Path) -> None:
    first = services.enrich(mine)
    for seed in range(4):
        services.monkeypatch.setenv("BIBTOOLS_CACHE", str(mine.parent / f"cache{seed}"))
        services.become(World(PAPERS[::-1], REPOSITORIES, order=seed))
        again = services.enrich(mine)
        assert (again.stdout, again.stderr) == (first.stdout, first.stderr)


def test_nothing_is_asked_twice(services: Services, mine: Path) -> None:
    assert services.enrich(mine, "-i").code == 0
    services.server.requests.clear()
    again = services.enrich(mine, "-i")
    assert services.asked == {}
    assert lines(again)[-1] == f"{mine}: nothing changed"
    assert "  no requests" in again.stderr
    mine.write_text(MINE)
    offline = services.enrich(mine, "--offline")
    assert services.asked == {}
    assert offline.stdout.startswith(ENRICHED)
    assert lines(offline)[-1] == "  no offline index: earlier answers are all that was asked"


# --- published versions ---------------------------------------------------------------------

PAIR = ENRICHED.partition("@inproceedings")[0]
PREPRINT = MINE.partition("@misc{harbour")[0]


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        pytest.param("add", PAIR, id="add"),
        pytest.param(
            "none",
            PREPRINT.replace(
                "  year = {2021},\n",
                "  year = {2021},\n  eprint = {2104.00011},\n  archivePrefix = {arXiv},\n"
                "  primaryClass = {cs.CL},\n  code = {https://github.com/example/creases},\n",
            ),
            id="none",
        ),
        pytest.param(
            "replace",
            PAIR.replace("  year = {2021},\n", "  year = {2022},\n"),
            id="replace",
        ),
    ],
)
def test_what_becomes_of_a_published_version(
    services: Services, tmp_path: Path, mode: str, expected: str
) -> None:
    path = tmp_path / "one.bib"
    path.write_text(PREPRINT)
    ran = services.enrich(path, "--published", mode)
    # In any order of the fields.
    assert sorted(ran.stdout.splitlines()) == sorted(expected.splitlines())


def test_beside_makes_an_entry_of_its_own_once(services: Services, tmp_path: Path) -> None:
    path = tmp_path / "one.bib"
    path.write_text(PREPRINT)
    assert services.enrich(path, "-i", "--published", "beside").code == 0
    text = path.read_text()
    assert text.count("@") == 2
    assert "journal = {arXiv preprint arXiv:2104.00011}" in text
    rows = [json.loads(line) for line in bibtools("fields", path).stdout.splitlines()]
    assert (rows[1]["type"], rows[1]["key"]) == ("article", "example2022folding")
    assert rows[1]["fields"] == {
        "author": "Example, Ada and Muster, Max",
        "title": "Folding Paper Boats with Learned Creases",
        "journal": "Journal of Paper Boats",
        "year": "2022",
        "month": "June",
        "volume": "7",
        "pages": "11--29",
        "publisher": "Harbour Press",
        "eprint": "2104.00011",
        "archiveprefix": "arXiv",
        "primaryclass": "cs.CL",
        "doi": "10.1234/boats.2021.11",
        "url": "https://arxiv.org/abs/2104.00011",
        "code": "https://github.com/example/creases",
    }
    told = bibtools("why", "example2022folding", "code", "--in", path).stdout
    assert "from arXiv, asked on " in told
    assert "It is the authors' own (official)." in told
    again = services.enrich(path, "-i", "--published", "beside")
    assert path.read_text() == text
    assert "its published version is there already" in again.stderr


def test_a_stated_doi_of_another_paper_is_not_taken(services: Services, tmp_path: Path) -> None:
    other = Paper("Paper Mills of the Upper Rhine", ("Wu Li",), 2021, doi="10.1234/other.21",
                  venue="Journal of Mills")  # fmt: skip
    services.become(World((*(p for p in PAPERS if p.doi != "10.1234/other.21"), other,
        Paper("Sails without Supervision", ("Eve Beispiel", "Max Muster"), 2021, "2110.00101",
              doi="10.1234/other.21", stated=True, in_crossref=False, in_dblp=False))))  # fmt: skip
    # The table above knows the DOI twice: at Crossref it is that of the mills.
    world = World((*PAPERS[:9], other, replace(PAPERS[9], doi="10.1234/other.21")))
    world.by_doi["10.1234/other.21"] = other
    services.become(world)
    path = tmp_path / "one.bib"
    path.write_text("@misc{sails, title={Sails without Supervision}, eprint={2110.00101},\n"
                    "  archiveprefix={arXiv}, author={Eve Beispiel and Max Muster}}\n")  # fmt: skip
    ran = services.enrich(path)
    assert "Mills" not in ran.stdout
    assert "10.1234/other.21 that its authors gave was not taken: the stated DOI" in ran.stderr


def test_likely_is_written_on_request(services: Services, tmp_path: Path) -> None:
    path = tmp_path / "one.bib"
    # Nothing says who wrote it: the title alone is no proof of the published version.
    path.write_text("@misc{h, title={Harbour Traffic as a Sequence of Tokens}, year=2022}\n")
    shy = services.enrich(path)
    assert "eprint = " in shy.stdout or "eprint=" in shy.stdout
    services.become(World([replace(PAPERS[1], authors=("Other Person",), arxiv=None), PAPERS[1]]))
    text = "@misc{h, title={Learning to Float}}\n"
    path.write_text(text)
    services.become(World([replace(PAPERS[7], in_dblp=False)]))
    shy = services.enrich(path)
    assert shy.stdout == text
    assert "likely 1" in shy.stderr
    bold = services.enrich(path, "--accept", "likely", "--no-code")
    assert "eprint={2008.00088}" in bold.stdout


def test_a_person_is_shown_both_sides(services: Services, tmp_path: Path) -> None:
    title = "Harbour Pilots and Their Logbooks"
    preprint = Paper(title, ("Eve Beispiel", "Ada Example", "Dov Cai"), 2022, "2205.00033")
    printed = Paper(title, ("Eve Beispiel", "Wu Li", "Bea Roux"), 2022, doi="10.1234/pilots.22",
                    venue="Pilots")  # fmt: skip
    services.become(World([*PAPERS, preprint, printed]))
    path = tmp_path / "two.bib"
    path.write_text(
        "@misc{f, title={Learning to Float}}\n"
        "@misc{h, eprint={2205.00033}, archiveprefix={arXiv}}\n"
    )
    quiet = services.enrich(path, "-q", "--interactive", "-i", stdin=b"q\n")
    assert "Learning to Float" in quiet.stderr
    assert "2008.00088" not in path.read_text()
    ran = services.enrich(path, "--interactive", "-i", stdin=b"2\ny\n")
    assert "  2  arXiv:2109.00099  Learning to Float" in ran.stderr
    assert (
        f"h: {title}\n"
        "  Eve Beispiel, Ada Example, Dov Cai, 2022; no venue; arXiv:2205.00033\n\n"
        f"found: {title}\n"
        "  Eve Beispiel, Wu Li, Bea Roux, 2022; Pilots; doi:10.1234/pilots.22, "
        "dblp:journals/x/pilots.22\n" in ran.stderr
    )
    text = path.read_text()
    assert "eprint={2109.00099}" in text
    assert "doi={10.1234/pilots.22}" in text
    told = bibtools("why", "f", "eprint", "--in", path)
    assert "from you, asked on" in told.stdout


# --- in place, why, undo --------------------------------------------------------------------


def test_in_place_why_and_undo(services: Services, mine: Path) -> None:
    ran = services.enrich(mine, "-i")
    side = mine.with_name("mine.bib.provenance.jsonl")
    assert lines(ran)[-2:] == [f"{mine}: written", f"{side}: written"]
    assert mine.read_text().startswith(ENRICHED)
    rows = [json.loads(line) for line in side.read_text().splitlines()]
    fields = {(row["key"], row["field"]) for row in rows}
    assert {
        ("creases", name) for name in ("doi", "journal", "volume", "pages", "eprint", "code")
    } <= (fields)
    assert all(row["source"] and row["rule"] and row["asked"] for row in rows)
    told = bibtools("why", "creases", "doi", "--in", mine)
    assert told.code == 0
    assert told.stdout.startswith("doi = 10.1234/boats.2021.11\n  from Crossref, asked on ")
    told = bibtools("why", "harbour", "--in", mine)
    assert "The question was hugging-face:code:2205.00022." in told.stdout
    assert bibtools("undo", mine).code == 0
    assert mine.read_text() == MINE
    assert not side.exists()


def test_diff_and_output_leave_the_file(services: Services, mine: Path, tmp_path: Path) -> None:
    shown = services.enrich(mine, "--diff")
    assert shown.stdout.startswith("--- a/")
    assert "+  doi = {10.1234/boats.2021.11},\n" in shown.stdout
    out = tmp_path / "out.bib"
    assert services.enrich(mine, "-o", out).code == 0
    assert out.read_text().startswith(ENRICHED)
    assert (tmp_path / "out.bib.provenance.jsonl").exists()
    assert mine.read_text() == MINE


def test_locked_fields_are_never_touched(services: Services, tmp_path: Path) -> None:
    path = tmp_path / "one.bib"
    path.write_text(PREPRINT.replace("  year", "  bibtools-lock = {doi, journal, volume},\n  year"))
    ran = services.enrich(path)
    assert "doi = " not in ran.stdout
    assert "journal = {arXiv preprint arXiv:2104.00011}" in ran.stdout
    assert "volume = " not in ran.stdout
    path.write_text(PREPRINT.replace("  year", "  bibtools-lock = {all},\n  year"))
    ran = services.enrich(path, "--published", "replace")
    assert ran.stdout == path.read_text()


# --- code -----------------------------------------------------------------------------------


def test_no_code(services: Services, mine: Path) -> None:
    ran = services.enrich(mine, "--no-code")
    assert "code = " not in ran.stdout
    assert "hugging-face" not in services.asked


def test_verify_follows_and_tells(services: Services, mine: Path) -> None:
    mine.write_text(MINE + "@misc{own, title={Own}, code={https://github.com/example/sunk}}\n")
    ran = services.enrich(mine, "--verify")
    assert "code = {https://github.com/example/New-Name}" in ran.stdout
    assert "https://github.com/example/harbour is archived" in ran.stderr
    assert "https://github.com/example/sunk is gone (or private). Software Heritage has it: " in (
        ran.stderr
    )
    assert "code={https://github.com/example/sunk}" in ran.stdout


def test_with_a_token_one_request_for_all_repositories(services: Services, mine: Path) -> None:
    services.monkeypatch.setenv("GITHUB_TOKEN", "very-secret")
    ran = services.enrich(mine)
    assert services.asked["github"] == 1
    assert "example/New-Name" in ran.stdout
    seen = {service_of(one) for one in services.server.requests
            if "very-secret" in str(one.headers) + one.path}  # fmt: skip
    assert seen == {"github"}
    assert "very-secret" not in ran.stdout + ran.stderr


MATCHED = replace(PAPERS[1], hugging_face=("https://github.com/third/party", "auto"))


@pytest.mark.parametrize(
    ("readme", "token", "taken"),
    [
        pytest.param("Code of arXiv 2205.00022.", True, True, id="README names it"),
        pytest.param("A list of everything.", True, False, id="README does not"),
        pytest.param("Code of arXiv 2205.00022.", False, False, id="nobody to ask"),
    ],
)
def test_a_match_of_texts_needs_the_repository_s_word(
    services: Services, tmp_path: Path, readme: str, token: bool, taken: bool
) -> None:
    if token:
        services.monkeypatch.setenv("GITHUB_TOKEN", "very-secret")
    repository = replace(REPOSITORIES["example/creases"], readme=readme)
    services.become(World([MATCHED], {"third/party": repository}))
    path = tmp_path / "one.bib"
    path.write_text("@misc{h, title={Harbour Traffic as a Sequence of Tokens},\n"
                    "  eprint={2205.00022}, archiveprefix={arXiv}}\n")  # fmt: skip
    ran = services.enrich(path, "--no-verify")
    assert ("third/party" in ran.stdout) == taken
    assert ("Hugging Face matched https://github.com/third/party" in ran.stderr) != taken


# --- what may go wrong ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("service", "answer", "told"),
    [
        pytest.param(
            "crossref", status(503),
            "  could not ask Crossref 7 questions about 7 entries: it answered 503, four times. "
            "Run it again later; the answers that came are kept.", id="503",
        ),
        pytest.param(
            "dblp",
            as_html("<title>Making sure you&#39;re not a bot!</title>"),
            "  could not ask DBLP 7 questions about 7 entries: it answered with a web page instead "
            "of data, as walls against robots do. Run it again later, or from another network; "
            "the answers that came are kept.", id="bot wall",
        ),
        pytest.param(
            "openalex", status(429, Retry_After="54000"),
            "  could not ask OpenAlex 3 questions about 3 entries: it asks to wait 15 hours",
            id="budget",
        ),
        pytest.param(
            "arxiv", Answered(200, b"", {}),
            "  could not ask arXiv 9 questions about 9 entries: its answer is empty, four times. ",
            id="empty",
        ),
    ],
)  # fmt: skip
def test_could_not_ask_is_told_and_is_not_none(
    services: Services, mine: Path, service: str, answer: Answered, told: str
) -> None:
    services.become(World(PAPERS, REPOSITORIES, others={service: answer}))
    ran = services.enrich(mine)
    assert ran.code == 4
    # One sentence, at the end.
    (said,) = [line for line in lines(ran) if line.startswith("  could not ask")]
    assert said.startswith(told)
    assert "any more" not in ran.stderr
    assert "knows the DOI" not in ran.stderr
    assert "does not know" not in ran.stderr or service != "crossref"
    # Who asked for that is offline.
    assert services.enrich(mine, "--offline").code == 0
    assert services.enrich(mine, "--strict").code == 1
    services.become(World(PAPERS, REPOSITORIES))
    healed = services.enrich(mine)
    if service == "openalex":  # it asked to be left alone for longer than a run
        assert told in healed.stderr
        assert healed.code == 4
    else:
        assert healed.code == 0
        assert healed.stdout.startswith(ENRICHED)


def test_a_key_in_an_error_is_not_shown(services: Services, mine: Path) -> None:
    services.monkeypatch.setenv("SEMANTIC_SCHOLAR_API_KEY", "very-secret")

    def tells(asked: Asked) -> Answered:
        return status(403) if asked.headers["x-api-key"] == "very-secret" else status(500)

    services.become(World(PAPERS, REPOSITORIES, others={"semantic-scholar": tells}))
    ran = services.enrich(mine)
    assert "could not ask Semantic Scholar 6 questions" in ran.stderr
    assert "Check its key" in ran.stderr
    assert "very-secret" not in ran.stderr


def test_an_entry_nobody_could_be_asked_about_is_no_entry_that_is_not_on_arxiv(
    services: Services, mine: Path, tmp_path: Path
) -> None:
    down = dict.fromkeys(("arxiv", "dblp", "crossref", "openalex"), status(503))
    services.become(World(PAPERS, REPOSITORIES, others=down))
    report = tmp_path / "report.json"
    ran = services.enrich(mine, "--report", report)
    assert ran.code == 4
    assert "12 entries: arXiv ID sure 4, likely 0, ambiguous 0, none 0, could not ask 8" in (
        lines(ran)
    )
    told = json.loads(report.read_text())
    why = {row["key"]: row["why"] for row in told["unresolved"]}
    assert why["nobody"] == "could not ask DBLP, arXiv"
    assert {"key": "nobody", "where": f"{mine}:{MINE.count(chr(10))}", "source": "DBLP",
            "question": "dblp:title:a paper that nobody has ever written",
            "reason": "it answered 503, four times"} in told["could_not_ask"]  # fmt: skip
    services.become(World(PAPERS, REPOSITORIES))
    services.enrich(mine, "--report", report)
    told = json.loads(report.read_text())
    why = {row["key"]: row["why"] for row in told["unresolved"]}
    assert (why["nobody"], why["tides"]) == (
        "no title at arXiv fits", "nobody names a preprint of it",
    )  # fmt: skip
    assert told["could_not_ask"] == []


def test_offline_without_anything_nobody_is_asked(
    services: Services, mine: Path, tmp_path: Path
) -> None:
    report = tmp_path / "report.json"
    ran = services.enrich(mine, "--offline", "--report", report)
    assert ran.code == 0
    assert services.asked == {}
    assert lines(ran)[-1].startswith("  nobody was asked: this run is offline, there is no index")
    told = json.loads(report.read_text())
    assert told["looked_up"] is False
    assert {row["why"] for row in told["unresolved"]} == {"no index was asked"}


def test_where_nobody_is_at_the_terminal_what_is_sure_is_written(
    services: Services, tmp_path: Path
) -> None:
    path = tmp_path / "two.bib"
    path.write_text("@misc{f, title={Learning to Float}}\n" + PREPRINT)
    ran = services.enrich(path, "--interactive", "-i", stdin=b"")
    assert ran.code == 0
    assert "Standard input has ended, so nobody is asked any more" in ran.stderr
    assert "Interrupted" not in ran.stderr
    assert "doi = {10.1234/boats.2021.11}" in path.read_text()
    assert "@misc{f, title={Learning to Float}}" in path.read_text()


@pytest.mark.parametrize("after", [1, 2, 4])
def test_interrupted_it_keeps_what_came_and_goes_on(
    services: Services, mine: Path, after: int
) -> None:
    whole = services.enrich(mine).stdout
    cost = sum(services.asked.values())
    services.monkeypatch.setenv("BIBTOOLS_CACHE", str(mine.parent / "another cache"))
    services.server.requests.clear()
    asks, calls = web_asking.Web.ask_all, [0]

    def interrupted(self: web_asking.Web, *arguments: Any) -> Any:
        calls[0] += 1
        if calls[0] > after:
            raise KeyboardInterrupt
        return asks(self, *arguments)

    with services.monkeypatch.context() as broken:
        broken.setattr(web_asking.Web, "ask_all", interrupted)
        ran = services.enrich(mine, "-i")
    assert ran.code == 130
    assert lines(ran)[0] == (
        "The answers that came are kept; run it again, and it goes on from there."
    )
    assert mine.read_text() == MINE
    assert not mine.with_name("mine.bib.provenance.jsonl").exists()
    assert services.enrich(mine).stdout == whole
    # Nothing was asked a second time.
    assert sum(services.asked.values()) == cost


def test_a_report_on_stdout_is_json_alone(services: Services, mine: Path) -> None:
    ran = services.enrich(mine, "-i", "--report", "-")
    assert json.loads(ran.stdout)["with_code"] == 3
    mixed = services.enrich(mine, "--report", "-")
    assert (mixed.code, mixed.stdout) == (2, "")
    assert "Name a file for --report" in mixed.stderr


def test_evidence_is_not_repeated_on_another_day(
    services: Services, mine: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.bib"
    services.enrich(mine, "-o", out)
    side = tmp_path / "out.bib.provenance.jsonl"
    today = json.loads(side.read_text().splitlines()[0])["asked"]
    # As if that was long ago; and the last line was cut off by a full disk.
    old = side.read_text().replace(today, "2020-02-02")
    side.write_text(old + '{"key": "x", "fie')
    services.enrich(mine, "-o", out)
    assert side.read_text() == old + '{"key": "x", "fie'
    side.write_text(old.partition("\n")[2] + '{"key": "x", "fie')
    services.enrich(mine, "-o", out)
    again = side.read_text().splitlines()
    assert again[-2] == '{"key": "x", "fie'
    assert json.loads(again[-1])["asked"] == today


HOSTILE = Paper(
    "Hostile \x1b[2J\\input{/etc/passwd} $Boats$ \u202e& {Co",
    ("Eve\x07 \\write18{rm}Beispiel", "Max Muster"), 2020, "2001.00001", in_dblp=False,
    comment="Code: https://127.0.0.1:9/x/y and https://github.com/example/%0d%0aHost:evil",
)  # fmt: skip


def test_text_of_services_is_only_text(services: Services, tmp_path: Path) -> None:
    clean = replace(
        HOSTILE, title=HOSTILE.title.replace("\x1b", " "), authors=("Eve \\write18{rm}Beispiel",)
    )
    services.become(World([clean]))
    path = tmp_path / "one.bib"
    path.write_text("@misc{h, eprint={2001.00001}, archiveprefix={arXiv}}\n")
    ran = services.enrich(path, "--verify")
    assert ran.code == 0
    for bad in ("\x1b", "\x07", "\u202e", "\\input{", "\\write18{", "127.0.0.1:9"):
        assert bad not in ran.stdout
    again = bibtools("fields", "-", stdin=ran.stdout.encode())
    assert json.loads(again.stdout.splitlines()[0])["key"] == "h"
    assert all("127.0.0.1:9" not in one.path for one in services.server.requests)
