"""What `enrich` once did wrong in a user's file, each case a row."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import bibtools.adapters.web.asking as web_asking
from bibtools.adapters.web import SimulatedClock
from bibtools.formats.bibtex import Document
from tests.command_line import Ran, bibtools
from tests.loopback import ONLY_LOOPBACK, Loopback
from tests.stand_in import PAPERS, Paper, Repository, World

pytestmark = ONLY_LOOPBACK

TITLE = "Folding Paper Boats with Learned Creases"
CREASES = PAPERS[0]
PLAIN = replace(CREASES, comment=None)
Enrich = Callable[..., Ran]


class Setting:
    """A folder with refs.bib, and services."""

    def __init__(self, server: Loopback, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.server, self.file, self.monkeypatch = server, folder / "refs.bib", monkeypatch

    def become(self, *papers: Paper, repositories: dict[str, Repository] | None = None) -> None:
        world = World(papers, repositories or {})
        self.server.routes = dict(world.routes())
        for name, value in world.environment(self.server.base).items():
            self.monkeypatch.setenv(name, value)

    def enrich(self, text: str | None, *arguments: str, stdin: bytes = b"") -> Ran:
        if text is not None:
            self.file.write_text(text)
        return bibtools("enrich", self.file, "-i", *arguments, stdin=stdin)

    @property
    def fields(self) -> list[dict[str, str]]:
        """The fields of each entry, the type among them."""
        entries = Document.parse(self.file.read_bytes(), "refs.bib").entries
        return [
            {"type": one.type} | {name.lower(): value for name, value in one.fields.items()}
            for one in entries
        ]

    @property
    def rows(self) -> dict[str, dict[str, object]]:
        """The evidence by field."""
        text = Path(f"{self.file}.provenance.jsonl").read_text()
        return {row["field"]: row for row in map(json.loads, text.splitlines())}


@pytest.fixture
def setting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Setting]:
    monkeypatch.setattr(web_asking, "SystemClock", SimulatedClock)
    monkeypatch.setenv("BIBTOOLS_INDEX", str(tmp_path / "no index"))
    with Loopback({}) as server:
        found = Setting(server, tmp_path, monkeypatch)
        found.become(*PAPERS)
        yield found


# --- what replace may change ------------------------------------------------------------------


@pytest.mark.parametrize(
    "given",
    [
        pytest.param("journal={CoRR}, eprinttype={arXiv}, eprint={ID}", id="corr, biblatex"),
        pytest.param("journal={CoRR}, volume={abs/ID}, eprint={ID}, archiveprefix={arXiv}",
                     id="corr with volume"),
        pytest.param("journal={ArXiv}, eprint={ID}, archiveprefix={arxiv}", id="journal arxiv"),
        pytest.param("journaltitle={arXiv}, eprint={ID}, eprinttype={arXiv}", id="journaltitle"),
        pytest.param("journal={CoRR}, eprint={IDv2}, archiveprefix={arXiv}", id="a version"),
    ],
)  # fmt: skip
def test_replace_leaves_the_arxiv_id(setting: Setting, given: str) -> None:
    given = given.replace("ID", "2104.00011")
    number = "2104.00011v2" if "v2" in given else "2104.00011"
    setting.enrich(
        f"@article{{k, title={{{TITLE}}}, author={{Example, Ada}}, {given}, year=2021}}\n",
        "--published", "replace",
    )  # fmt: skip
    (fields,) = setting.fields
    assert fields["eprint"] == number
    assert {fields.get("archiveprefix", "arxiv").lower(),
            fields.get("eprinttype", "arxiv").lower()} == {"arxiv"}  # fmt: skip
    assert "Journal of Paper Boats" in (fields.get("journal"), fields.get("journaltitle"))
    assert fields["volume"] == "7"


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        pytest.param("year={2021}", {"year": "2022"}, id="a year stays a year"),
        pytest.param("year={2021}, month=apr", {"year": "2022", "month": "jun"},
                     id="the month is the paper's"),
        pytest.param("year={2022}", {"year": "2022"}, id="the same"),
    ],
)  # fmt: skip
def test_replace_changes_the_date_as_one(
    setting: Setting, dates: str, expected: dict[str, str]
) -> None:
    setting.enrich(
        f"@misc{{k, title={{{TITLE}}}, eprint={{2104.00011}}, {dates},\n"
        "  author={Example, Ada and Muster, Max}}\n",
        "--published", "replace",
    )  # fmt: skip
    (fields,) = setting.fields
    found = {name: fields[name].lower()[:4] for name in ("year", "month", "date") if name in fields}
    assert {name: value[: len(expected[name])] for name, value in found.items()} == expected


def test_replace_says_what_it_replaced(setting: Setting) -> None:
    ran = setting.enrich(
        f"@misc{{k, title={{{TITLE}}}, author={{Example, A. and Muster, M.}}, year=2021,\n"
        "  eprint={2104.00011}, archiveprefix={arXiv}}\n",
        "--published", "replace",
    )  # fmt: skip
    assert (
        'Entry "k": what the publication says took the place of what stood there: '
        "author (Example, A. and Muster, M.); year (2021)." in ran.stderr
    )
    lost = [{"value": "2021", "source": "your file",
             "why": "it stood there before, and gave way to the publication"}]  # fmt: skip
    assert setting.rows["year"]["lost"] == lost
    told = bibtools("why", "k", "--in", setting.file).stdout
    assert "entrytype = article\n" in told
    assert "Not taken: misc (from your file)" in told
    assert "does not have this field" not in told


def test_a_title_with_markup_is_not_made_plain(setting: Setting) -> None:
    math = replace(PLAIN, title="Hölder Lp Spaces for Folded Boats")
    setting.become(math)
    setting.enrich(
        "@misc{k, title={H{\\\"o}lder $L^p$ Spaces for Folded {B}oats}, eprint={2104.00011},\n"
        "  author={Example, Ada and Muster, Max}}\n",
        "--published", "replace",
    )  # fmt: skip
    assert setting.fields[0]["title"] == '{H{\\"o}lder $L^p$ Spaces for Folded {B}oats}'[1:-1]


def test_a_field_that_was_taken_out_has_a_row(setting: Setting) -> None:
    setting.become(replace(PLAIN, volume=None))
    setting.enrich(
        f"@article{{k, title={{{TITLE}}}, author={{Example, Ada and Muster, Max}}, year=2022,\n"
        "  journal={CoRR}, volume={abs/2104.00011}}\n"
    )
    assert "volume" not in setting.fields[0]
    row = setting.rows["volume"]
    assert (row["value"], row["lost"]) == (
        "",
        [{"value": "abs/2104.00011", "source": "your file",
          "why": "it said no more than that the paper is on arXiv"}],
    )  # fmt: skip
    assert "volume was taken out\n" in bibtools("why", "k", "--in", setting.file).stdout


# --- locks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "arguments", "gone"),
    [
        pytest.param("eprint={2104.00011}, bibtools-lock={note}", ["--print-links", "note"],
                     {"note"}, id="note"),
        pytest.param("eprint={2104.00011}, Bibtools-Lock={entrytype, journal}", [],
                     {"journal", "volume", "pages", "doi", "publisher", "howpublished"},
                     id="type and journal"),
        pytest.param("journal={arXiv preprint arXiv:2104.00011}, bibtools-lock={journal}",
                     ["--published", "replace"], {"volume", "pages", "doi", "publisher"},
                     id="a journal that is arXiv's"),
    ],
)  # fmt: skip
def test_what_is_locked_is_not_put(
    setting: Setting, entry: str, arguments: list[str], gone: set[str]
) -> None:
    setting.enrich(f"@misc{{k, title={{{TITLE}}}, {entry}}}\n", *arguments)
    (fields,) = setting.fields
    assert not gone & fields.keys()
    if "journal" in entry:
        assert fields["type"] == "misc"
        assert fields.get("journal", "arXiv").startswith("arXiv")


@pytest.mark.parametrize("published", ["add", "replace"])
def test_everything_is_locked(setting: Setting, published: str) -> None:
    text = f"@misc{{k, title={{{TITLE}}}, eprint={{2104.00011}}, bibtools-lock={{all}}}}\n"
    setting.enrich(text, "--print-links", "note", "--published", published)
    assert setting.file.read_text() == text


# --- links to code ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paper", "repositories", "code"),
    [
        pytest.param(replace(PLAIN, comment="An unofficial implementation is at "
                             "https://github.com/third/creases"), {}, None, id="unofficial"),
        pytest.param(replace(PLAIN, comment="The dataset is available at "
                             "https://github.com/example/boat-data"), {}, None, id="a data set"),
        pytest.param(replace(PLAIN, comment="Code and data are available at "
                             "https://github.com/example/boat-data"), {"example/boat-data":
                             Repository()}, "https://github.com/example/boat-data",
                     id="code and data"),
        pytest.param(replace(PLAIN, hugging_face=("https://github.com/huggingface/transformers",
                                                  "user")), {}, None, id="a library"),
        pytest.param(replace(PLAIN, hugging_face=("https://github.com/foo/awesome-boats", "user")),
                     {"foo/awesome-boats": Repository(readme=TITLE)}, None, id="a list"),
        pytest.param(replace(PLAIN, hugging_face=("https://github.com/foo/boats", "auto")),
                     {"foo/boats": Repository(readme="# Boats\n- arXiv:2104.00011\n" + "\n".join(
                         f"- arXiv:2105.{number:05}" for number in range(200)))}, None,
                     id="a README of 200 papers"),
        pytest.param(replace(PLAIN, hugging_face=("https://github.com/foo/boats", "auto")),
                     {"foo/boats": Repository(readme=f"# {TITLE}\nThe code of our paper.")},
                     "https://github.com/foo/boats", id="a README that names it"),
        pytest.param(replace(PLAIN, comment="Code: https://github.com/old/name"),
                     {"old/name": Repository(gone=True)}, None, id="gone"),
    ],
)  # fmt: skip
def test_what_is_taken_for_code(
    setting: Setting, paper: Paper, repositories: dict[str, Repository], code: str | None
) -> None:
    setting.monkeypatch.setenv("GITHUB_TOKEN", "x")
    setting.become(paper, repositories=repositories)
    setting.enrich(f"@misc{{k, title={{{TITLE}}}, eprint={{2104.00011}}}}\n", "--no-verify"
                   if "old/name" not in repositories else "--verify")  # fmt: skip
    assert setting.fields[0].get("code") == code


def test_a_repository_of_somebody_else_says_so(setting: Setting) -> None:
    setting.monkeypatch.setenv("GITHUB_TOKEN", "x")
    found = replace(PLAIN, hugging_face=("https://github.com/foo/boats", "auto"))
    readme = f"Unofficial implementation of {TITLE}"
    setting.become(found, repositories={"foo/boats": Repository(readme=readme)})
    setting.enrich(f"@misc{{k, title={{{TITLE}}}, eprint={{2104.00011}}}}\n")
    assert setting.rows["code"]["standing"] == "community"


def test_a_link_that_is_gone_is_kept_as_evidence(setting: Setting) -> None:
    setting.monkeypatch.setenv("GITHUB_TOKEN", "x")
    gone = replace(PLAIN, comment="Code: https://github.com/old/name")
    setting.become(gone, repositories={"old/name": Repository(gone=True, snapshot="ab" * 20)})
    ran = setting.enrich(f"@misc{{k, title={{{TITLE}}}, eprint={{2104.00011}}}}\n")
    assert "https://github.com/old/name is gone (or private), and was not written." in ran.stderr
    row = setting.rows["code"]
    assert row["value"] == ""
    assert row["lost"] == [{"value": "https://github.com/old/name", "source": "arXiv",
                            "why": "it is gone, or private"}]  # fmt: skip
    link = row["link"]
    assert isinstance(link, dict)
    assert (link["state"], "softwareheritage.org" in link["copy"]) == ("gone", True)
    assert "nothing was written into code" in bibtools("why", "k", "--in", setting.file).stdout


# --- evidence -------------------------------------------------------------------------------------


def test_the_day_is_that_of_the_answer(setting: Setting) -> None:
    """The second run is ten days later, and asks nobody."""
    text = f"@misc{{k, title={{{TITLE}}}, eprint={{2104.00011}}}}\n"
    setting.enrich(text, "--no-code")
    first = date.fromtimestamp(SimulatedClock().start)
    setting.file.write_text(text)
    Path(f"{setting.file}.provenance.jsonl").unlink()
    setting.monkeypatch.setattr(
        web_asking, "SystemClock", lambda: SimulatedClock(SimulatedClock().start + 5 * 86_400)
    )
    setting.server.requests.clear()
    setting.enrich(None, "--no-code")
    assert setting.server.requests == []
    assert {row["asked"] for row in setting.rows.values() if row["question"]} == {first.isoformat()}


def test_each_value_of_an_entry_beside_has_a_row(setting: Setting) -> None:
    setting.enrich(
        f"@misc{{k, title={{{TITLE}}}, author={{Example, Ada and Muster, Max}}, year=2021,\n"
        "  eprint={2104.00011}, primaryclass={cs.CL}, archiveprefix={arXiv}}\n",
        "--published", "beside",
    )  # fmt: skip
    beside = setting.fields[1]
    key = Document.parse(setting.file.read_bytes(), "refs.bib").entries[1].key
    text = Path(f"{setting.file}.provenance.jsonl").read_text()
    told = {row["field"] for row in map(json.loads, text.splitlines()) if row["key"] == key}
    assert told == {"entrytype", *beside} - {"type"}


def test_a_csl_file_has_evidence_and_keeps_its_address(setting: Setting, tmp_path: Path) -> None:
    path = tmp_path / "refs.json"
    item = {"id": "k", "type": "article", "title": TITLE, "author": [{"family": "Example"}],
            "URL": "https://arxiv.org/abs/2104.00011"}  # fmt: skip
    path.write_text(json.dumps([item]))
    assert bibtools("enrich", path, "-i").code == 0
    (after,) = json.loads(path.read_text())
    assert (after["DOI"], after["URL"]) == (CREASES.doi, item["URL"])
    told = bibtools("why", "k", "doi", "--in", path).stdout
    assert told.startswith(f"doi = {CREASES.doi}\n  from Crossref")
    assert "any more" not in told


def test_undo_takes_the_evidence_back_too(setting: Setting) -> None:
    text = f"@misc{{k, title={{{TITLE}}}, eprint={{2104.00011}}}}\n"
    setting.enrich(text)
    side = Path(f"{setting.file}.provenance.jsonl")
    assert side.exists()
    assert bibtools("undo", setting.file).code == 0
    assert setting.file.read_text() == text
    assert not side.exists() or side.read_bytes() == b""


# --- at the terminal ------------------------------------------------------------------------------


def test_candidates_are_shown_with_authors_and_year(setting: Setting) -> None:
    ran = setting.enrich("@misc{k, title={Learning to Float}}\n", "--interactive", stdin=b"q\n")
    assert "arXiv:2008.00088  Learning to Float\n     Ada Example, Max Muster, 2020" in ran.stderr
    assert "arXiv:2109.00099  Learning to Float\n     Wu Li, Bea Roux, 2021" in ran.stderr


def test_a_read_only_file_is_noticed_before_anybody_is_asked(setting: Setting) -> None:
    setting.monkeypatch.setattr("os.access", lambda *_: False)
    ran = setting.enrich("@misc{k, title={Learning to Float}}\n", "--interactive", stdin=b"1\n")
    assert (ran.code, setting.server.requests) == (2, [])
    assert "is read-only" in ran.stderr


def test_the_report_of_build_goes_to_standard_output(tmp_path: Path) -> None:
    page = tmp_path / "page.bib"
    page.write_text("@misc{k, title={Learning to Float}}\n")
    refused = bibtools("build", page, "--report", "-")
    assert (refused.code, refused.stdout) == (2, "")
    ran = bibtools("build", page, "-o", tmp_path / "out.bib", "--report", "-")
    assert json.loads(ran.stdout)["papers"] == 1
