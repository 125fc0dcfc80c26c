"""`bibtools lookup` against stand-ins of the services, through the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import bibtools.adapters.web.asking as web_asking
from bibtools.adapters.web import SimulatedClock
from tests.command_line import Ran, bibtools
from tests.loopback import ONLY_LOOPBACK, Answered, Asked, Loopback, as_json, status
from tests.stand_in import MAX, PAPERS, REPOSITORIES, Paper, Repository, World, service_of

pytestmark = ONLY_LOOPBACK

CREASES = """@article{example2022folding,
  author        = {Example, Ada and Muster, Max},
  title         = {Folding Paper Boats with Learned Creases},
  journal       = {Journal of Paper Boats},
  publisher     = {Harbour Press},
  volume        = {7},
  pages         = {11--29},
  year          = {2022},
  month         = jun,
  eprint        = {2104.00011},
  archivePrefix = {arXiv},
  primaryClass  = {cs.CL},
  doi           = {10.1234/boats.2021.11},
  url           = {https://arxiv.org/abs/2104.00011},
  code          = {https://github.com/example/creases},
}
"""


class Services:
    """The stand-ins behind their server, as the command line of a test finds them."""

    def __init__(self, server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
        self.server = server
        self.monkeypatch = monkeypatch

    def become(self, world: World) -> None:
        self.server.routes = dict(world.routes())
        for name, value in world.environment(self.server.base).items():
            self.monkeypatch.setenv(name, value)

    def also(self, name: str, route: Any) -> None:
        """A service that the world does not have."""
        self.monkeypatch.setenv(
            f"BIBTOOLS_ENDPOINT_{name.upper().replace('-', '_')}", f"{self.server.base}/{name}"
        )
        for method in ("GET", "POST"):
            self.server(method, f"/{name}", route)

    def lookup(self, *arguments: str | Path, stdin: bytes = b"") -> Ran:
        return bibtools("lookup", "--print-links", "none", *arguments, stdin=stdin)

    @property
    def asked(self) -> dict[str, int]:
        return dict(Counter(service_of(one) for one in self.server.requests))


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Services]:
    monkeypatch.setattr(web_asking, "SystemClock", SimulatedClock)
    monkeypatch.setenv("BIBTOOLS_INDEX", str(tmp_path / "no index"))
    monkeypatch.chdir(tmp_path)
    with Loopback({}) as server:
        found = Services(server, monkeypatch)
        found.become(World(PAPERS, REPOSITORIES))
        yield found


def rows(ran: Ran) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ran.stdout.splitlines()]


# --- what is printed --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "what",
    [
        "2104.00011",
        "https://arxiv.org/pdf/2104.00011v2",
        "folding paper boats with learned creases",
    ],
)
def test_an_entry_with_its_published_version_and_code(services: Services, what: str) -> None:
    ran = services.lookup(what)
    assert (ran.code, ran.stdout, ran.stderr) == (0, CREASES, "")


@pytest.mark.parametrize(
    ("what", "title"),
    [
        ("10.1234/tides.15", "A Survey of Tides and Their Tables"),
        ("https://doi.org/10.5072/lights.20", "Ten Thousand Photographs of Lighthouses"),
        ("a survey of tides and their tables", "A Survey of Tides and Their Tables"),
        ("spectral gaps of driftwood on rivers", "Spectral Gaps of Driftwood on Rivers"),
        ("Harbour Traffic as a Sequence of Tokens", "Harbour Traffic as a Sequence of Tokens"),
    ],
)
def test_what_is_found(services: Services, what: str, title: str) -> None:
    ran = services.lookup(what, "--json")
    (row,) = rows(ran)
    assert (ran.code, row["outcome"], row["source"]) == (0, "sure", "services")
    assert row["entry"]["title"] == title
    assert row["key"] == row["entry"]["key"]
    assert row["evidence"]["title"]["source"]


def test_formats(services: Services) -> None:
    assert services.lookup("2104.00011", "--to", "biblatex").stdout.startswith("@article{")
    assert "journaltitle" in services.lookup("2104.00011", "--to", "biblatex").stdout
    assert json.loads(services.lookup("2104.00011", "--to", "csl-json").stdout)[0]["DOI"]
    assert json.loads(services.lookup("2104.00011", "--to", "json").stdout)[0]["ids"]["arxiv"]
    assert services.lookup("2104.00011", "--to", "ris").stdout.startswith("TY  - JOUR")
    assert json.loads(services.lookup("2104.00011", "--to", "zotero").stdout)[0]["itemType"]


def test_keys(services: Services) -> None:
    assert services.lookup("2104.00011", "--key", "mine").stdout.startswith("@article{mine,")
    ran = services.lookup("2104.00011", "--key-pattern", "{family}{yy}")
    assert ran.stdout.startswith("@article{example22,")


def test_two_that_are_one_are_printed_once(services: Services) -> None:
    ran = services.lookup("2104.00011", "10.1234/boats.2021.11")
    assert ran.stdout.count("@article{") == 1
    assert ran.stderr == (
        "doi:10.1234/boats.2021.11: is example2022folding, which is printed already.\n"
    )


def test_without_published_version_and_code(services: Services) -> None:
    ran = services.lookup("2104.00011", "--no-published", "--no-code")
    assert ran.stdout.startswith("@misc{example2021folding,")
    assert "code" not in ran.stdout
    assert services.asked == {"arxiv": 1}


# --- what is not sure, not found, not asked -------------------------------------------------------


def test_several_of_one_title_are_listed_and_none_is_given(services: Services) -> None:
    ran = services.lookup("Learning to float")
    assert (ran.code, ran.stdout) == (1, "")
    assert ran.stderr.splitlines() == [
        '"Learning to float": ambiguous, so nothing is given: several papers are alike.',
        "  arXiv:2008.00088  2020  Example and Muster  Learning to Float",
        "  arXiv:2109.00099  2021  Li and Roux  Learning to Float",
    ]
    (row,) = rows(services.lookup("Learning to float", "--json"))
    assert (row["outcome"], row["entry"]) == ("ambiguous", None)
    assert [one["ids"]["arxiv"] for one in row["candidates"]] == ["2008.00088", "2109.00099"]


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("Towards folding paper boats with learned creases", "example2022folding"),
        ("Folding paper boats with learned", "example2022folding"),
        ("Towards a survey of tides and their tables", "beispiel2015survey"),
    ],
)
def test_what_is_only_likely_is_never_called_sure_nor_kept_as_that(
    services: Services, title: str, key: str
) -> None:
    (row,) = rows(services.lookup(title, "--json"))
    assert (row["outcome"], row["entry"]) == ("likely", None)
    (row,) = rows(services.lookup(title, "--json", "--accept", "likely"))
    assert (row["outcome"], row["key"]) == ("likely", key)
    ran = services.lookup(title, "--accept", "likely")
    assert (ran.code, ran.stdout.partition(",")[0].partition("{")[2]) == (0, key)
    assert ran.stderr.startswith(f'"{title}": only likely: ')
    assert services.lookup(title, "--all", "--accept", "likely").stdout.startswith("likely\t")
    (row,) = rows(services.lookup(title, "--json"))
    assert (row["outcome"], row["entry"]) == ("likely", None)


@pytest.mark.parametrize(
    ("text", "outcome", "key"),
    [
        pytest.param("A Survey of Tides and Their Tables (2015)", "sure", "beispiel2015survey",
                     id="year of a publication"),
        pytest.param("Folding Paper Boats with Learned Creases - Example", "sure",
                     "example2022folding", id="author"),
        pytest.param("Beispiel et al. (2015). A Survey of Tides and Their Tables", "sure",
                     "beispiel2015survey", id="author and year"),
        pytest.param("A Survey of Tides and Their Tables (1990)", "likely", None, id="other year"),
        pytest.param("A Survey of Tides and Their Tables - Roux", "none", None, id="other author"),
        pytest.param("A Survey of Tides and Their Tables 2015", "likely", None, id="bare year"),
    ],
)  # fmt: skip
def test_a_year_or_an_author_beside_a_title(
    services: Services, text: str, outcome: str, key: str | None
) -> None:
    (row,) = rows(services.lookup(text, "--json"))
    assert (row["outcome"], row["key"]) == (outcome, key), row["rule"]


def test_all_is_a_table(services: Services) -> None:
    ran = services.lookup("Learning to float", "--all")
    assert (ran.code, ran.stderr) == (1, "")
    assert ran.stdout.splitlines() == [
        "ambiguous\tarXiv:2008.00088\t2020\tExample and Muster\tLearning to Float",
        "ambiguous\tarXiv:2109.00099\t2021\tLi and Roux\tLearning to Float",
    ]


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ("10.1234/nope", "doi:10.1234/nope: not found: neither Crossref nor DataCite knows it."),
        ("2104.09999", "arXiv:2104.09999: not found: arXiv does not know it."),
        ("arxiv:21.1", "arXiv:21.1: not found: that is no arXiv ID."),
        (
            "https://openreview.net/forum?id=x",
            "https://openreview.net/forum?id=x: not found: it has a number of OpenReview in it, "
            "whom bibtools does not ask.",
        ),
        ("12345678", '"12345678": not found: digits alone may be anything: write pmid:, isbn: or '
                     "arxiv: before them."),
        ("nothing of that title anywhere at all",
         '"nothing of that title anywhere at all": not found: no title that was found fits.'),
    ],
)  # fmt: skip
def test_not_found_says_why(services: Services, what: str, why: str) -> None:
    ran = services.lookup(what)
    assert (ran.code, ran.stdout, ran.stderr) == (1, "", why + "\n")


@pytest.mark.parametrize("kept", [False, True], ids=["asked", "kept"])
def test_a_version_that_is_none_is_told_with_the_newest(services: Services, kept: bool) -> None:
    if kept:
        assert services.lookup("2104.00011v1", "2104.00011v2", "2104.00011").code == 0
    ran = services.lookup("2104.00011", "2104.00011v99", "--json")
    whole, none = rows(ran)
    assert (ran.code, whole["notices"], none["outcome"]) == (1, [], "sure")
    assert len(none["notices"]) == 1
    assert none["notices"][0].startswith(
        "arXiv:2104.00011 has no version 99; the newest is 2 (arXiv, asked on "
    )
    ran = services.lookup("2104.00011v99")
    assert (ran.code, ran.stdout) == (1, CREASES)
    assert ran.stderr.startswith("arXiv:2104.00011 has no version 99; the newest is 2 ")


@pytest.mark.parametrize(
    ("what", "doi"),
    [
        pytest.param("10.1234/tides.15", "10.1234/tides.15", id="small"),
        pytest.param("10.1234/Tides.15", "10.1234/Tides.15", id="capital"),
        pytest.param("https://doi.org/10.1234/TIDES.15", "10.1234/TIDES.15", id="address"),
    ],
)
def test_a_doi_stands_as_it_was_typed(services: Services, what: str, doi: str) -> None:
    for _ in range(2):
        ran = services.lookup(what)
        assert (ran.code, f" = {{{doi}}}," in ran.stdout) == (0, True), ran.stdout


def test_one_doi_in_two_spellings_is_one_work(services: Services) -> None:
    ran = services.lookup("10.1234/Tides.15", "10.1234/TIDES.15")
    assert ran.stdout.count("@article{") == 1
    assert "10.1234/Tides.15" in ran.stdout


def test_could_not_ask_is_not_not_found(services: Services) -> None:
    services.become(World(PAPERS, REPOSITORIES, others={"crossref": status(403)}))
    ran = services.lookup("10.1234/tides.15", "2104.09999")
    assert (ran.code, ran.stdout) == (4, "")
    first, second = ran.stderr.splitlines()
    assert first.startswith("doi:10.1234/tides.15: could not ask Crossref: it answered 403")
    assert second == "arXiv:2104.09999: not found: arXiv does not know it."
    (row,) = rows(services.lookup("10.1234/tides.15", "--json"))
    assert [one["title"] for one in row["unasked"]] == ["Crossref"]


def test_what_the_entry_may_lack_is_told(services: Services) -> None:
    services.become(World(PAPERS, REPOSITORIES, others={"hugging-face": status(403)}))
    ran = services.lookup("2205.00022")
    assert ran.code == 0
    assert ran.stdout.startswith("@inproceedings{")
    assert "could not ask Hugging Face: it answered 403" in ran.stderr
    # It is not kept: the next run asks again.
    services.become(World(PAPERS, REPOSITORIES))
    assert "code" in services.lookup("2205.00022").stdout


def test_a_retraction_is_told_also_from_what_is_kept(services: Services) -> None:
    first = services.lookup("10.1234/wind.18")
    assert "retracted" in first.stderr
    before = len(services.server.requests)
    again = services.lookup("10.1234/wind.18")
    assert (again.stdout, "retracted" in again.stderr) == (first.stdout, True)
    assert len(services.server.requests) == before


# --- what is kept -----------------------------------------------------------------------------


def test_the_second_time_nobody_is_asked(services: Services) -> None:
    whats = ("2104.00011", "10.1234/tides.15", "spectral gaps of driftwood on rivers")
    first = services.lookup(*whats)
    before = len(services.server.requests)
    second = services.lookup(*whats)
    assert (second.code, second.stdout) == (0, first.stdout)
    assert len(services.server.requests) == before
    offline = services.lookup(*whats, "--offline", "--json")
    assert [row["source"] for row in rows(offline)] == ["kept"] * 3


def test_offline_the_answers_of_other_commands_count(services: Services, tmp_path: Path) -> None:
    bib = tmp_path / "refs.bib"
    bib.write_text("@article{x, doi = {10.1234/tides.15}, title = {A survey of tides and "
                   "their tables}}\n")  # fmt: skip
    bibtools("enrich", bib)
    before = len(services.server.requests)
    ran = services.lookup("10.1234/tides.15", "--offline")
    assert (ran.code, "Annals of Tides" in ran.stdout) == (0, True)
    assert len(services.server.requests) == before


def test_offline_without_anything(services: Services) -> None:
    ran = services.lookup("2104.00011", "--offline")
    assert (ran.code, ran.stdout) == (1, "")
    assert ran.stderr.splitlines() == [
        "arXiv:2104.00011: not found: nothing on this machine knows it.",
        "Nobody was asked: this run is offline, there is no index (bibtools index build) and no "
        "earlier answers are kept.",
    ]
    assert services.server.requests == []


def test_a_damaged_memory_is_no_memory(services: Services, monkeypatch: pytest.MonkeyPatch,
                                       tmp_path: Path) -> None:  # fmt: skip
    monkeypatch.setenv("BIBTOOLS_CACHE", str(tmp_path / "cache"))
    first = services.lookup("2104.00011")
    (kept,) = (tmp_path / "cache" / "lookups-1").rglob("*.json")
    kept.write_bytes(b'{"what": [[[[')
    assert services.lookup("2104.00011").stdout == first.stdout
    kept.chmod(0o600)
    kept.parent.chmod(0o500)
    assert services.lookup("2104.00011").code == 0


# --- many -------------------------------------------------------------------------------------


def test_a_thousand_lines_cost_few_requests(services: Services) -> None:
    many = [
        Paper(f"Boat number {word} of the fleet and its harbour", (MAX,), 2021,
              f"2105.{number:05}", in_dblp=False)
        for number, word in enumerate((f"x{n}y" for n in range(1, 1001)), start=1)
    ]  # fmt: skip
    services.become(World(many))
    given = b"".join(f"arXiv:{one.arxiv}\r\n".encode() for one in many)
    ran = services.lookup("--json", "--no-code", "--no-published", stdin=given)
    found = rows(ran)
    assert (ran.code, len(found)) == (0, 1000)
    assert [row["line"] for row in found] == list(range(1, 1001))
    assert [row["value"] for row in found] == [one.arxiv for one in many]
    assert services.asked == {"arxiv": 10}
    again = services.lookup("--json", "--no-code", "--no-published", stdin=given)
    assert [row["source"] for row in rows(again)] == ["kept"] * 1000
    assert services.asked == {"arxiv": 10}


def test_lines_answered_in_order_and_a_bad_one_stops_nothing(services: Services) -> None:
    given = (
        "\ufeff# my reading list\n\n2104.00011\n \xe9\nnonsense:\x1b[31m\n"
        "10.1234/tides.15\r\n2104.00011\nLearning to float"
    ).encode()
    ran = services.lookup("-", "--json", stdin=given + b"\n\xff\xfe\n")
    found = [(row["line"], row["outcome"]) for row in rows(ran)]
    assert found == [(3, "sure"), (4, "none"), (5, "none"), (6, "sure"), (7, "sure"),
                     (8, "ambiguous"), (9, "none")]  # fmt: skip
    assert ran.code == 1
    assert "\x1b" not in ran.stderr + ran.stdout
    assert "line 5: " in ran.stderr
    text = services.lookup(stdin=given)
    assert text.stdout.count("@article{") == 2
    assert "line 7: arXiv:2104.00011: is example2022folding" in text.stderr


def test_nothing_asked_is_nothing_found(services: Services) -> None:
    ran = services.lookup(stdin=b"\n# nothing\n\n")
    assert (ran.code, ran.stdout, ran.stderr) == (0, "", "")
    assert services.lookup("--to", "json", stdin=b"").stdout == "[]\n"


# --- adding ------------------------------------------------------------------------------------

MINE = (
    b"% mine\r\n@article{tides, title = {A survey of tides and their tables},\r\n year = 2015}\r\n"
)


def test_adding_touches_no_other_byte_and_can_be_taken_back(
    services: Services, tmp_path: Path
) -> None:
    bib = tmp_path / "refs.bib"
    bib.write_bytes(MINE)
    ran = services.lookup("2104.00011", "--add", bib)
    assert (ran.code, ran.stdout) == (0, "example2022folding\n")
    after = bib.read_bytes()
    assert after.startswith(MINE)
    assert after[len(MINE) :].decode() == "\r\n" + CREASES.replace("\n", "\r\n")
    told = bibtools("why", "example2022folding", "journal", "--help")
    assert told.code == 0
    side = bib.with_name("refs.bib.provenance.jsonl")
    fields = {json.loads(line)["field"] for line in side.read_text().splitlines()}
    assert {"title", "author", "journal", "doi", "eprint", "code"} <= fields
    again = services.lookup("10.1234/boats.2021.11", "--add", bib)
    assert (again.code, again.stdout) == (0, "example2022folding\n")
    assert "is in" in again.stderr
    assert bib.read_bytes() == after
    assert bibtools("undo", bib).code == 0
    assert bib.read_bytes() == MINE


def test_undo_through_a_link_takes_the_evidence_back_too(
    services: Services, tmp_path: Path
) -> None:
    (tmp_path / "real").mkdir()
    bib = tmp_path / "real" / "r.bib"
    bib.write_bytes(MINE)
    link = tmp_path / "link.bib"
    link.symlink_to(bib)
    assert services.lookup("2104.00011", "--add", link).code == 0
    side = tmp_path / "link.bib.provenance.jsonl"
    assert side.exists()
    assert bibtools("undo", link).code == 0
    assert bib.read_bytes() == MINE
    assert not side.exists()
    assert bibtools("undo", "--redo", link).code == 0
    assert side.exists()


def test_several_at_once_and_none_twice(services: Services, tmp_path: Path) -> None:
    bib = tmp_path / "refs.bib"
    bib.write_bytes(MINE)
    whats = ("10.1234/tides.15", "2104.00011", "10.1234/boats.2021.11", "2205.00022", "10.1234/no")
    ran = services.lookup(*whats, "--add", bib)
    assert ran.code == 1
    assert ran.stdout.splitlines() == ["tides", "example2022folding", "beispiel2022harbour"]
    assert bib.read_text().count("@") == 3
    told = [(row["key"], row.get("added")) for row in rows(
        services.lookup(*whats, "2306.00033", "--add", bib, "--json"))]  # fmt: skip
    assert told == [
        ("tides", False),
        ("example2022folding", False),
        ("example2022folding", False),
        ("beispiel2022harbour", False),
        (None, None),
        ("muster2023buoyancy", True),
    ]


def test_a_new_file_and_a_key_that_is_taken(services: Services, tmp_path: Path) -> None:
    bib = tmp_path / "new.bib"
    assert services.lookup("2104.00011", "--add", bib, "--key", "mine").stdout == "mine\n"
    assert bib.read_text().startswith("@article{mine,")
    ran = services.lookup("2205.00022", "--add", bib, "--key", "MINE")
    assert ran.code == 2
    assert 'has another entry with the key "mine"' in ran.stderr
    assert services.lookup("2205.00022", "--add", "refs.json").code == 2


@pytest.mark.parametrize("key", ["my key", "a,b", "{a}", "a%", "a\\b", ""])
def test_a_key_that_no_bib_can_hold_is_refused(
    services: Services, tmp_path: Path, key: str
) -> None:
    bib = tmp_path / "new.bib"
    for arguments in ((), ("--add", bib), ("--json",)):
        ran = services.lookup("2104.00011", "--key", key, *arguments)
        assert (ran.code, ran.stdout) == (2, "")
        assert f'"{key}" cannot be a citation key' in ran.stderr
    assert not bib.exists()
    assert services.server.requests == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_nothing_is_added_to_a_pipe(services: Services, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.bib"
    os.mkfifo(pipe)
    ran = services.lookup("2104.00011", "--add", pipe)
    assert (ran.code, ran.stdout) == (2, "")
    assert "is a pipe" in ran.stderr


def test_an_entry_that_is_never_closed_is_not_added_behind(
    services: Services, tmp_path: Path
) -> None:
    bib = tmp_path / "refs.bib"
    bib.write_text("@article{a, title = {open\n")
    before = bib.read_bytes()
    ran = services.lookup("2104.00011", "--add", bib)
    assert ran.code == 2
    assert "never closed" in ran.stderr
    assert bib.read_bytes() == before


@pytest.mark.parametrize(
    "arguments",
    [("a", "b", "--key", "x"), ("--key", "x"), ("a", "-"), ("a", "--add", "-"),
     ("a", "--add", "x.bib", "--all"), ("a", "--json", "--to", "ris"),
     ("a", "--add", "x.bib", "--to", "json")],
)  # fmt: skip
def test_options_that_contradict_each_other(services: Services, arguments: tuple[str, ...]) -> None:
    assert services.lookup(*arguments).code == 2
    assert services.server.requests == []


# --- other catalogues ---------------------------------------------------------------------------


def test_a_pmcid_leads_to_its_doi(services: Services) -> None:
    summary = {
        "result": {
            "uids": ["77"],
            "77": {
                "uid": "77",
                "title": "A survey of tides and their tables.",
                "articleids": [{"idtype": "doi", "value": "10.1234/tides.15"}],
            },
        }
    }
    services.also("pubmed", lambda _: as_json(summary))
    (row,) = rows(services.lookup("PMC77", "--json"))
    assert (row["outcome"], row["entry"]["venue"]) == ("sure", "Annals of Tides")
    assert row["entry"]["ids"]["pmcid"] == "PMC77"
    (row,) = rows(services.lookup("PMC78", "--json"))
    assert (row["outcome"], row["rule"]) == ("none", "PubMed does not know it")


def test_an_isbn(services: Services) -> None:
    book = {
        "ISBN:9780262033848": {
            "key": "/books/OL1M",
            "title": "Boats",
            "authors": [{"name": "Ada Example"}],
            "publishers": [{"name": "Harbour"}],
            "publish_date": "2009",
        }
    }
    services.also("open-library", lambda _: as_json(book))
    ran = services.lookup("0-262-03384-4")
    assert ran.stdout == (
        "@book{example2009boats,\n  author        = {Example, Ada},\n"
        "  title         = {Boats},\n  publisher     = {Harbour},\n"
        "  year          = {2009},\n  isbn          = {9780262033848},\n}\n"
    )


def test_a_dblp_key(services: Services) -> None:
    (row,) = rows(services.lookup("conf/x/harbour.22", "--json"))
    assert (row["outcome"], row["rule"]) == ("none", "DBLP does not know it")
    world = World(PAPERS, REPOSITORIES)

    def dblp(asked: Asked) -> Answered:
        if b"conf/x/harbour.22" not in asked.body:
            return world.dblp(asked)
        bindings = [{name: {"value": value} for name, value in {
            "asked": "conf%2Fx%2Fharbour.22", "publ": "https://dblp.org/rec/conf/x/harbour.22",
            "title": "Harbour Traffic as a Sequence of Tokens.", "type": "#Inproceedings",
            "year": "2022", "doi": "https://doi.org/10.1234/HARBOUR.22", "venue": "HARBOUR",
            "place": "1", "name": "Eve Beispiel"}.items()}]  # fmt: skip
        return as_json({"results": {"bindings": bindings}})

    services.also("dblp", dblp)
    bibtools("lookup", "warm up the cache of nothing")
    services.monkeypatch.setenv("BIBTOOLS_CACHE", str(Path.cwd() / "another"))
    (row,) = rows(services.lookup("DBLP:conf/x/harbour.22", "--json"))
    assert (row["outcome"], row["entry"]["ids"]["doi"]) == ("sure", "10.1234/harbour.22")


# --- repositories -------------------------------------------------------------------------------

CITED = """# Creases

## Citation
```bibtex
@article{creases, title={Folding Paper Boats with Learned Creases},
  author={Example, Ada and Muster, Max}, journal={arXiv preprint arXiv:2104.00011}, year={2021}}
```
"""


@pytest.mark.parametrize(
    ("readme", "outcome", "rule"),
    [
        pytest.param(CITED, "sure", "a BibTeX entry in its README", id="bibtex"),
        pytest.param(CITED.replace("arXiv preprint arXiv:2104.00011", "?"), "sure",
                     "exact title and authors agree", id="title-only"),
        pytest.param("Folding Paper Boats with Learned Creases\nhttps://arxiv.org/abs/2104.00011\n"
                     "We build upon arXiv:2205.00022.", "sure",
                     "its README has the title and the arXiv ID of one paper", id="address"),
        pytest.param("See arXiv:2104.00011.", "likely", "an arXiv ID in its README", id="bare-id"),
        pytest.param("An unofficial implementation of the paper.\n" + CITED, "likely",
                     "a BibTeX entry in its README, but it says that somebody else than the "
                     "authors made it", id="unofficial"),
        pytest.param("A tool for everybody.", "none", "an arXiv ID in its README", id="none"),
    ],
)  # fmt: skip
def test_a_repository_and_the_paper_that_it_names(
    services: Services, readme: str, outcome: str, rule: str
) -> None:
    services.become(World(PAPERS, {**REPOSITORIES, "example/it": Repository(readme=readme)}))
    (row,) = rows(services.lookup("https://github.com/Example/It", "--json"))
    assert row["outcome"] == outcome
    if outcome != "none":
        assert rule in row["rule"] or row["rule"].startswith("exact title")
        found = row["entry"] or row["candidates"][0]
        assert found["ids"]["arxiv"] == "2104.00011"


def test_a_repository_that_nobody_knows(services: Services) -> None:
    ran = services.lookup("https://github.com/example/unheard-of")
    assert (ran.code, ran.stdout) == (1, "")
    ran = services.lookup("https://gitlab.com/example/boats")
    assert "bibtools asks no service" in ran.stderr


def test_a_model_card(services: Services) -> None:
    world = World(PAPERS, REPOSITORIES)

    def hub(asked: Asked) -> Answered:
        if "/models/example/boats" in asked.path:
            return as_json({"id": "example/boats", "tags": ["arxiv:2104.00011"]})
        return world.hugging_face(asked)

    services.also("hugging-face", hub)
    ran = services.lookup("https://huggingface.co/example/boats")
    assert (ran.code, ran.stdout) == (1, "")
    assert "likely, so nothing is given: its card at Hugging Face" in ran.stderr
    taken = services.lookup("https://huggingface.co/example/boats", "--accept", "likely")
    assert (taken.code, taken.stdout) == (0, CREASES)


@pytest.mark.skipif(sys.platform == "win32", reason="needs pseudo-terminals")
def test_at_a_terminal_it_says_what_it_waits_for(tmp_path: Path) -> None:
    import pty

    ours, theirs = pty.openpty()
    os.write(ours, b"boats\n\x04")
    environment = {**os.environ, "BIBTOOLS_CACHE": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    ran = subprocess.run(
        [sys.executable, "-m", "bibtools", "lookup", "--offline"],
        stdin=theirs, capture_output=True, check=False, env=environment, timeout=60,
    )  # fmt: skip
    os.close(ours)
    os.close(theirs)
    assert ran.returncode == 1
    assert ran.stderr.startswith(b"Type one identifier, address, file or title a line")
    assert b'line 1: "boats": not found' in ran.stderr
