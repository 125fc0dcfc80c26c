"""Looking up on this machine: the index, what was kept, and what nobody can be asked for."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bibtools.adapters import looked_up
from bibtools.adapters.index import Index, build, open_index
from bibtools.adapters.looked_up import Kept, LookedUp
from bibtools.adapters.user_folders import cache_home, data_home
from bibtools.codelinks import COMMUNITY_MOST, add_code_links
from bibtools.formats.link_dumps import COMMUNITY, IN_PAPER, OFFICIAL
from bibtools.model import ArxivId, Entry, Link, Outcome, parse_doi, type_preprint
from bibtools.sites.named import named
from bibtools.workflows import lookup
from bibtools.workflows.enrich import enrich_entries
from bibtools.workflows.lookup import LookupOptions, look_up


def paper(number: str, title: str, authors: str = "Ada Example, Max Muster") -> dict[str, object]:
    return {
        "id": number,
        "title": title,
        "authors": authors,
        "categories": "cs.CL cs.LG",
        "versions": [{"version": "v1", "created": "Thu, 1 Apr 2021 10:00:00 GMT"}],
    }


RECORDS = (
    paper("2104.00011", "Folding Paper Boats with Learned Creases"),
    paper("2104.00012", "Learning to Float"),
    paper("2104.00013", "Learning to Float", "Wu Li, Bea Roux"),
    paper("hep-th/9901001", "Strings of Boats in Narrow Harbours", ""),
)
LINKS = (
    ("2104.00011", "https://github.com/example/creases", True),
    ("2104.00011", "https://github.com/somebody/creases", False),
    ("2104.00012", "https://github.com/somebody/float", False),
    ("2104.00012", "https://github.com/somebody/float.git/", False),
    ("2104.00013", "https://github.com/example/Float", True),
    ("hep-th/9901001", "https://github.com/example/shared", True),
    ("2104.00013", "https://github.com/example/shared", True),
)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("index")
    records, links = folder / "records.jsonl", folder / "links.json"
    records.write_text("".join(json.dumps(one) + "\n" for one in RECORDS))
    rows = [{"paper_arxiv_id": arxiv, "paper_title": None, "repo_url": url, "is_official": official}
            for arxiv, url, official in LINKS]  # fmt: skip
    links.write_text(json.dumps(rows))
    build(folder / "index.sqlite", [records], [links])
    with open_index(folder / "index.sqlite") as found:
        yield found


@pytest.mark.parametrize("number", [row["id"] for row in RECORDS])
def test_a_paper_of_the_index_is_what_enrich_makes_of_it(index: Index, number: str) -> None:
    (looked,) = look_up([named(str(number))], index)
    seed = Entry(type=type_preprint, arxiv=ArxivId(str(number)))
    (enriched,) = enrich_entries([seed], index).entries
    assert looked.entry == replace(enriched, resolution=None, remarks=())
    assert looked.where == "index"
    assert looked.evidence["title"].source == "offline index"
    assert looked.evidence.keys() >= {f"code {link.url}" for link in enriched.code}


@pytest.mark.parametrize(
    "evidence",
    [(OFFICIAL, COMMUNITY, COMMUNITY), (COMMUNITY,) * 6, (IN_PAPER, "abstract"), ()],
    ids=["official", "community", "own", "none"],
)
def test_links_are_chosen_as_enrich_does(evidence: tuple[str, ...]) -> None:
    links = [Link(f"https://github.com/example/{n}", one) for n, one in enumerate(evidence)]
    links += [Link("https://GitHub.com/example/0/", "abstract")] if links else []
    assert lookup._code(links) == add_code_links(Entry(), links).code
    assert lookup.COMMUNITY_MOST == COMMUNITY_MOST


def test_titles(index: Index) -> None:
    sure, several, none = look_up(
        [named("folding paper boats with learned creases"), named("Learning to float"),
         named("No such title was ever written by anybody")], index,
    )  # fmt: skip
    assert (sure.outcome, sure.entry and sure.entry.arxiv) == (Outcome.SURE, ArxivId("2104.00011"))
    assert several.outcome is Outcome.AMBIGUOUS
    assert {str(one.arxiv) for one in several.entries} == {"2104.00012", "2104.00013"}
    assert (none.outcome, none.entries) == (Outcome.NONE, ())


def test_each_thing_is_looked_up_once_and_answered_in_order(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    original = Index.paper

    def counted(self: Index, arxiv: ArxivId) -> object:
        asked.append(arxiv.value)
        return original(self, arxiv)

    monkeypatch.setattr(Index, "paper", counted)
    names = ["2104.00011", "2104.00012", "arXiv:2104.00011v3", "arxiv:x", "arxiv:x"]
    found = look_up([named(one) for one in names], index)
    assert asked == ["2104.00011", "2104.00012"]
    assert [one.what.text for one in found] == names
    assert found[2].entry == found[0].entry
    assert [bool(one.what.why_not) for one in found] == [False, False, False, True, True]


def test_who_wants_the_publication_is_not_given_the_preprint_of_the_index(index: Index) -> None:
    (looked,) = look_up([named("2104.00011")], index, options=LookupOptions(published=True))
    assert (looked.entry, looked.unasked) == (None, ())


@pytest.mark.parametrize(
    ("url", "numbers"),
    [
        ("https://github.com/Example/Creases", ["2104.00011"]),
        ("https://github.com/somebody/creases", []),
        ("https://github.com/example/float", ["2104.00013"]),
        ("https://github.com/example/shared", ["hep-th/9901001", "2104.00013"]),
        ("https://github.com/example/%", []),
    ],
)
def test_papers_of_a_repository(index: Index, url: str, numbers: list[str]) -> None:
    assert [one.value for one in index.papers_of_link(url)] == numbers


# --- what was kept ------------------------------------------------------------------------------

WHAT = named("10.1234/boats")
ANSWER = Kept(
    Entry(title="Boats", doi=None, code=(Link("https://github.com/example/x", "page"),)),
    {"title": ("Crossref", "crossref:doi:10.1234/boats", "the record", "2026-11-21")},
    "the identifier was given",
    ("It is retracted.",),
)


def test_an_answer_is_kept_as_it_was(tmp_path: Path) -> None:
    kept = LookedUp(tmp_path)
    assert kept.find(WHAT, "a") is None
    kept.keep(WHAT, "a", ANSWER)
    assert LookedUp(tmp_path).find(WHAT, "a") == ANSWER
    assert kept.find(WHAT, "b") is None
    assert kept.find(named("10.1234/ships"), "a") is None
    (file,) = tmp_path.rglob("*.json")
    assert file.stat().st_mode & 0o777 == 0o600
    assert not list(tmp_path.rglob("*.tmp"))


def test_an_old_answer_counts_only_offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    LookedUp(tmp_path).keep(WHAT, "a", ANSWER)
    later = time.time() + (looked_up.KEEP_DAYS + 1) * 86_400
    monkeypatch.setattr(time, "time", lambda: later)
    assert LookedUp(tmp_path).find(WHAT, "a") is None
    assert LookedUp(tmp_path, offline=True).find(WHAT, "a") == ANSWER


def test_answers_of_a_test_server_are_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    LookedUp(tmp_path).keep(WHAT, "a", ANSWER)
    monkeypatch.setenv("BIBTOOLS_ENDPOINT_CROSSREF", "http://127.0.0.1:1")
    assert LookedUp(tmp_path).find(WHAT, "a") is None


@pytest.mark.parametrize(
    "damage",
    [b"", b"[]", b"null", b"{}", b"[" * 100_000, b'{"what": 1, "asked": "x"}', b"\xff\xfe",
     b'{"what": ["doi", "10.1234/boats", "a"], "asked": 9e99, "entry": 3}'],
)  # fmt: skip
def test_what_cannot_be_read_is_not_there(tmp_path: Path, damage: bytes) -> None:
    kept = LookedUp(tmp_path, offline=True)
    kept.keep(WHAT, "a", ANSWER)
    (file,) = tmp_path.rglob("*.json")
    file.write_bytes(damage)
    assert kept.find(WHAT, "a") is None


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    kept = LookedUp(blocked)
    kept.keep(WHAT, "a", ANSWER)
    assert kept.find(WHAT, "a") is None


def test_folders_are_where_platformdirs_puts_them(monkeypatch: pytest.MonkeyPatch) -> None:
    import platformdirs

    for value in ("", "/elsewhere/x"):
        for name in ("XDG_CACHE_HOME", "XDG_DATA_HOME"):
            monkeypatch.setenv(name, value)
        assert cache_home() == platformdirs.user_cache_path("bibtools", appauthor=False)
        assert data_home() == platformdirs.user_data_path("bibtools", appauthor=False)


# --- a year or authors beside a title -----------------------------------------------------------

BOATS = "Folding Paper Boats with Learned Creases"


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        pytest.param(f"{BOATS} (2021)", "sure", id="year"),
        pytest.param(f"{BOATS}, 2022", "sure", id="year of publication"),
        pytest.param(f"Example et al. 2021 {BOATS}", "sure", id="author and year before"),
        pytest.param(f"{BOATS} - Ada Example", "sure", id="author behind"),
        pytest.param(f"{BOATS} - Muster", "sure", id="second author"),
        pytest.param("Learning to Float (Li and Roux, 2021)", "sure", id="which of two"),
        pytest.param(f"{BOATS} 2021", "likely", id="bare year"),
        pytest.param(f"{BOATS} (2003)", "likely", id="year too early"),
        pytest.param(f"{BOATS} (2031)", "likely", id="year too late"),
        pytest.param(f"{BOATS} - Roux", "none", id="other author"),
        pytest.param(f"{BOATS} (Roux et al., 2021)", "likely", id="other author and year"),
        pytest.param(f"Example et al. (2021). {BOATS}. Part II", "likely", id="another part"),
        pytest.param(f"{BOATS} II (2021)", "none", id="another part with a year"),
        pytest.param("Folding Paper Ships with Learned Creases (2021)", "none", id="other word"),
        pytest.param("Learning to Float (2021)", "ambiguous", id="two of one title"),
        pytest.param("Strings of Boats in Narrow Harbours - Li", "likely", id="authors unknown"),
    ],
)
def test_a_title_with_something_beside_it(index: Index, text: str, outcome: str) -> None:
    (looked,) = look_up([named(text)], index)
    assert looked.outcome.value == outcome, looked.rule
    if looked.entry is not None:
        wanted = "2104.00013" if "Float" in text else "2104.00011"
        assert looked.entry.arxiv == ArxivId(wanted)
        assert "(read as " in looked.rule


def test_what_is_likely_by_a_reading_may_be_accepted(index: Index) -> None:
    likely = LookupOptions(accept=lookup.accepting("likely"))
    (looked,) = look_up([named(f"{BOATS} 2021")], index, options=likely)
    assert looked.entry is not None
    assert looked.shown_outcome is Outcome.LIKELY


def test_a_paper_without_authors_is_told(index: Index) -> None:
    known, nameless = look_up([named("2104.00011"), named("hep-th/9901001")], index)
    assert known.notices == ()
    assert nameless.entry is not None
    assert nameless.entry.authors == ()
    assert [one.message for one in nameless.notices] == [
        "arXiv:hep-th/9901001: the offline index has no authors of it, so the entry has none."
    ]


def test_the_index_knows_no_versions_and_says_nothing_of_them(index: Index) -> None:
    (looked,) = look_up([named("2104.00011v99")], index)
    assert (looked.outcome, looked.lacks_version, looked.notices) == (Outcome.SURE, False, ())


def test_a_kept_doi_stands_in_the_letters_that_were_typed(tmp_path: Path) -> None:
    kept = LookedUp(tmp_path)
    entry = Entry(title="Boats", doi=parse_doi("10.1234/boats"))
    kept.keep(WHAT, LookupOptions().mark, ANSWER._replace(entry=entry))
    small, mixed = look_up([named("10.1234/boats"), named("doi:10.1234/BoatS")], kept=kept)
    assert [str(one.entry and one.entry.doi) for one in (small, mixed)] == [
        "10.1234/boats",
        "10.1234/BoatS",
    ]
