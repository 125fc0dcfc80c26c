"""`bibtools cite`, what it does with a .bib that is there, and with identifiers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import bibtools.adapters.web.asking as web_asking
from bibtools.adapters import watching
from bibtools.adapters.journal import journalled_write
from bibtools.adapters.web import SimulatedClock
from bibtools.adapters.zotero.mirror import Mirror, mirror_path
from bibtools.cli import cite_run
from bibtools.formats.bibtex.document import Document
from bibtools.sync.values import RemoteItem
from tests.command_line import Ran, bibtools
from tests.conftest import ROOT
from tests.loopback import ONLY_LOOPBACK, Loopback, status
from tests.stand_in import PAPERS, REPOSITORIES, World

LIBRARY = r"""% all I ever read
@string{jot = "Journal of Trees"}

@article{apple, author = {Ada Apple}, title = "Apples", journal = jot, year = 2001}
@book{birch,
  title     = {Birches},
	publisher = {Wood} , year=2002 }

% about this one
@inproceedings{cedar, title = {Cedars}, crossref = {grove}}
@article{elm, title = {Elms}, journal = jot, eprint = {2104.00011}, archivePrefix = {arXiv}}
@proceedings{grove, title = {Groves}, year = 2004}
"""
APPLE = '@article{apple, author = {Ada Apple}, title = "Apples", journal = jot, year = 2001}'
BIRCH = "@book{birch,\n  title     = {Birches},\n\tpublisher = {Wood} , year=2002 }"
CEDAR = "@inproceedings{cedar, title = {Cedars}, crossref = {grove}}"
GROVE = "@proceedings{grove, title = {Groves}, year = 2004}"
JOT = '@string{jot = "Journal of Trees"}'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: a paper and a library, with a state and a cache of its own."""
    monkeypatch.setenv("BIBTOOLS_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("BIBTOOLS_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("BIBTOOLS_INDEX", raising=False)
    place = tmp_path / "paper"
    place.mkdir()
    monkeypatch.chdir(place)
    (place / "library.bib").write_text(LIBRARY)
    return place


def tex(*keys: str, biber: bool = False, more: str = "") -> None:
    head = "\\usepackage[backend=biber]{biblatex}\n" if biber else ""
    body = "".join(f"\\cite{{{key}}}\n" for key in keys)
    Path("main.tex").write_text(
        f"\\documentclass{{article}}\n{head}\\begin{{document}}\n{body}{more}\\bibliography{{refs}}\n"
        "\\end{document}\n"
    )


def cite(*arguments: str, source: str = "library.bib") -> Ran:
    return bibtools("cite", "main.tex", "--from", source, "-o", "refs.bib", "--offline", *arguments)


def refs() -> str:
    return Path("refs.bib").read_text()


# --- what is written ------------------------------------------------------------------------


def test_entries_are_copied_byte_for_byte_with_their_macros() -> None:
    tex("cedar", "birch", "apple")
    ran = cite()
    assert ran.code == 0
    assert ran.stderr == "refs.bib: 4 entries cited: 4 added\n"
    assert refs() == f"{JOT}\n\n{APPLE}\n\n{BIRCH}\n\n{CEDAR}\n\n{GROVE}\n"


def test_without_output_the_bib_is_printed() -> None:
    tex("birch")
    ran = bibtools("cite", "main.tex", "--from", "library.bib")
    assert (ran.code, ran.stdout) == (0, BIRCH + "\n")
    assert sorted(path.name for path in Path().iterdir()) == ["library.bib", "main.tex"]


def test_a_second_run_changes_no_byte() -> None:
    tex("cedar", "apple")
    cite()
    before = {path.name: path.read_bytes() for path in Path().iterdir()}
    ran = cite()
    assert ran.stderr == "refs.bib: 3 entries cited: nothing changed\n"
    assert {path.name: path.read_bytes() for path in Path().iterdir()} == before


def test_a_file_kept_up_to_date_is_the_file_made_anew() -> None:
    order = ["grove", "apple", "cedar", "birch", "elm"]
    for number in range(1, len(order) + 1):
        tex(*order[:number])
        assert cite().code == 0
    kept = refs()
    Path("refs.bib").unlink()
    Path("refs.bib.bibtools.json").unlink()
    assert cite().code == 0
    assert [e.key for e in Document.parse(kept.encode()).entries] == [
        e.key for e in Document.parse(refs().encode()).entries
    ]
    assert kept == refs()


def test_nothing_else_in_the_file_is_touched() -> None:
    mine = (
        '% mine\n@misc{ mine , title="M"}\n@comment{x}\n\n@book{birch, title = {My own}}\n\ttail\n'
    )
    Path("refs.bib").write_text(mine)
    tex("mine", "birch", "apple")
    ran = cite()
    assert ran.stderr == "refs.bib: 3 entries cited: 1 added\n"
    assert refs() == f"{mine}\n{JOT}\n\n{APPLE}\n"


def test_what_changed_in_the_source_is_copied_again_unless_the_user_edited_it() -> None:
    tex("apple", "birch")
    cite()
    Path("refs.bib").write_text(refs().replace("{Birches}", "{My Birches}"))
    changed = LIBRARY.replace('"Apples"', '"Red Apples"').replace("{Birches}", "{Tall Birches}")
    Path("library.bib").write_text(changed)
    ran = cite()
    assert ran.stderr == "refs.bib: 2 entries cited: 1 renewed, 1 edited by you and left\n"
    assert '"Red Apples"' in refs()
    assert "{My Birches}" in refs()


def test_what_was_copied_and_is_cited_no_more_is_taken_out() -> None:
    Path("refs.bib").write_text("@misc{mine, title = {M}}\n")
    tex("apple", "cedar")
    cite()
    tex("apple")
    ran = cite()
    assert ran.stderr == (
        "refs.bib: 1 entry cited: 2 removed\n  1 more entry is not cited; --prune takes them out\n"
    )
    assert refs() == f"@misc{{mine, title = {{M}}}}\n\n{JOT}\n\n{APPLE}\n"
    assert cite("--prune").stderr == "refs.bib: 1 entry cited: 1 removed\n"
    assert refs() == f"{JOT}\n\n{APPLE}\n"


def test_a_document_that_cites_nothing_takes_nothing_out() -> None:
    tex("apple")
    cite()
    before = refs()
    tex()
    ran = cite()
    assert "Nothing is cited, so every entry stays." in ran.stderr
    assert (ran.code, refs()) == (0, before)


def test_an_empty_document_makes_an_empty_file() -> None:
    tex()
    assert cite().code == 0
    assert refs() == ""


def test_undo_takes_a_run_back() -> None:
    Path("refs.bib").write_text("@misc{mine, title = {M}}\n")
    tex("mine", "apple")
    cite()
    assert bibtools("undo").code == 0
    assert refs() == "@misc{mine, title = {M}}\n"


def test_a_child_is_put_above_the_parent_that_is_there() -> None:
    Path("refs.bib").write_text(f"@misc{{mine, title = {{M}}}}\n\n{GROVE}\n")
    tex("mine", "cedar")
    cite()
    assert refs() == f"@misc{{mine, title = {{M}}}}\n\n{CEDAR}\n\n{GROVE}\n"


def test_a_macro_that_means_something_else_is_spelt_out() -> None:
    Path("refs.bib").write_text('@string{jot = "Jots"}\n@misc{mine, title = {M}, note = jot}\n')
    tex("mine", "apple")
    ran = cite()
    assert 'uses the macro "jot", which means something else' in ran.stderr
    assert refs().endswith(
        '@article{apple, author = {Ada Apple}, title = "Apples", '
        "journal = {Journal of Trees}, year = 2001}\n"
    )
    before = refs()
    cite()
    assert refs() == before


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_stay(end: str) -> None:
    Path("library.bib").write_bytes(LIBRARY.replace("\n", end).encode())
    tex("birch", "apple")
    cite()
    new = f"{JOT}\n\n{APPLE}\n\n{BIRCH}\n".replace("\n", end)
    assert Path("refs.bib").read_bytes() == new.encode()
    Path("refs.bib").write_bytes(b"@misc{m}\n")
    Path("refs.bib.bibtools.json").unlink()
    cite()
    assert Path("refs.bib").read_bytes() == f"@misc{{m}}\n\n{JOT}\n\n{APPLE}\n\n{BIRCH}\n".encode()


def test_latin_1_stays_latin_1_where_all_is() -> None:
    text = "@misc{cafe, title = {Caf\u00e9}}\n"
    Path("library.bib").write_bytes(text.encode("latin-1"))
    tex("cafe")
    cite()
    assert Path("refs.bib").read_bytes() == text.encode("latin-1")
    Path("refs.bib").write_text("@misc{mine, title = {\u0141}}\n", "utf-8")
    Path("refs.bib.bibtools.json").unlink()
    cite()
    assert refs() == "@misc{mine, title = {\u0141}}\n\n@misc{cafe, title = {Caf\u00e9}}\n"


def test_preambles_and_dangerous_commands_come_on_request() -> None:
    Path("library.bib").write_text(
        '@preamble{"\\newcommand{\\noop}[1]{}"}\n'
        "@misc{bad, title = {A \\input{/etc/passwd} B}}\n@misc{good, title = {\\noop{x}G}}\n"
    )
    tex("bad", "good")
    ran = cite()
    assert "This @preamble was left out." in ran.stderr
    assert '"bad" has TeX commands that could do harm; they became text.' in ran.stderr
    assert "\\input" not in refs()
    assert "\\newcommand" not in refs()
    assert "@misc{good, title = {\\noop{x}G}}" in refs()
    before = refs()
    cite()
    assert refs() == before
    Path("refs.bib").unlink()
    Path("refs.bib.bibtools.json").unlink()
    cite("--preamble", "--trust-tex")
    assert refs() == (
        '@preamble{"\\newcommand{\\noop}[1]{}"}\n\n'
        "@misc{bad, title = {A \\input{/etc/passwd} B}}\n\n@misc{good, title = {\\noop{x}G}}\n"
    )


# --- sources --------------------------------------------------------------------------------


def test_the_first_source_that_has_a_key_counts() -> None:
    Path("other.bib").write_text("@misc{birch, title = {Other}}\n@misc{elder, title = {E}}\n")
    tex("birch", "elder")
    bibtools("cite", "main.tex", "--from", "other.bib", "--from", "library.bib", "-o", "refs.bib")
    assert "{Other}" in refs()
    Path("refs.bib").unlink()
    bibtools("cite", "main.tex", "--from", "library.bib", "--from", "other.bib", "-o", "refs.bib")
    assert BIRCH in refs()


def test_the_document_names_its_own_sources() -> None:
    Path("main.tex").write_text(
        "\\begin{document}\\cite{birch}\\bibliography{refs,library,absent}\\end{document}"
    )
    ran = bibtools("cite", "main.tex", "-o", "refs.bib", "--offline")
    assert (ran.code, refs()) == (0, BIRCH + "\n")
    assert 'main.tex:1:56: The bibliography "absent" is not here.' in ran.stderr


def test_csl_json_is_a_source() -> None:
    Path("lib.json").write_text('[{"id": "larch", "type": "book", "title": "Larches"}]')
    tex("larch")
    assert cite(source="lib.json").code == 0
    assert refs().startswith("@book{larch,\n  title")


def test_several_documents_share_a_file() -> None:
    tex("apple")
    Path("notes.md").write_text("See [@birch].\n")
    Path("slides.typ").write_text("@apple and @cedar\n")
    documents = ("main.tex", "notes.md", "slides.typ")
    bibtools("cite", *documents, "--from", "library.bib", "-o", "refs.bib")
    keys = [entry.key for entry in Document.parse(refs().encode()).entries]
    assert keys == ["apple", "birch", "cedar", "grove"]


def test_a_thousand_keys_of_fifty_thousand_entries() -> None:
    rows = (f"@misc{{key{number}, title = {{Title {number}}}}}\n" for number in range(50_000))
    Path("big.bib").write_text("".join(rows))
    tex(*(f"key{number}" for number in range(0, 50_000, 50)))
    ran = cite(source="big.bib")
    assert ran.stderr == "refs.bib: 1,000 entries cited: 1,000 added\n"
    assert refs().count("@misc") == 1000


# --- what is missing ------------------------------------------------------------------------


def test_a_key_that_nobody_has_is_listed_with_its_place_and_its_like() -> None:
    tex("aple", "birch", more="See~\\citep[p.~3]{zzz9,aple}.\n")
    ran = cite()
    assert ran.code == 1
    assert refs() == BIRCH + "\n"
    assert ran.stderr.splitlines()[:3] == [
        'main.tex:3:7: "aple" has no entry: no source has it. Did you mean "apple"?',
        'main.tex:5:23: "aple" has no entry: no source has it. Did you mean "apple"?',
        'main.tex:5:18: "zzz9" has no entry: no source has it.',
    ]


def test_a_plain_key_is_never_looked_up() -> None:
    tex("vaswani2017attention", "2104.08821", "attention is all you need")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bibtools.workflows.lookup_session.Lookups.look_up", None)
        ran = bibtools("cite", "main.tex", "--from", "library.bib", "-o", "refs.bib")
    assert ran.code == 1


def test_unreadable_words() -> None:
    tex("apple")
    for wrong in (
        ("cite", "absent.tex", "-o", "refs.bib"),
        ("cite", "main.tex", "-o", "refs.txt"),
        ("cite", "main.tex", "--from", "absent.bib", "-o", "refs.bib"),
        ("cite", "main.tex", "--watch"),
        ("cite", "main.tex", "--check", "--diff", "-o", "refs.bib"),
        ("cite", "main.tex", "--json"),
        ("cite", "main.tex", "--rewrite-keys"),
    ):
        ran = bibtools(*wrong)
        assert (ran.code, ran.stdout) == (2, "")
        assert ran.stderr
    assert not Path("refs.bib").exists()


# --- looking without writing ----------------------------------------------------------------


def test_check_diff_plan_and_json_write_nothing() -> None:
    tex("apple", "cedar", "gone")
    assert cite("--check").code == 1
    assert cite("--diff").stdout.startswith("--- a/refs.bib\n+++ b/refs.bib\n@@ -0,0 +1,")
    assert cite("--plan").stdout == (
        "added   apple  from library.bib:4\n"
        "added   cedar  from library.bib:10\n"
        "added   grove  from library.bib:12  (crossref of cedar)\n"
        "missing gone\n"
    )
    shown = json.loads(cite("--plan", "--json").stdout)
    assert shown["changed"] is True
    assert shown["entries"][2] == {
        "key": "grove", "action": "added", "source": "library.bib", "line": 12,
        "why": "crossref", "by": "cedar",
    }  # fmt: skip
    assert [(one["key"], one["places"][0]["line"]) for one in shown["missing"]] == [("gone", 5)]
    assert not Path("refs.bib").exists()
    tex("apple", "cedar")
    assert cite("--check").code == 1
    cite()
    assert cite("--check").code == 0


def test_keys_and_unused() -> None:
    tex("apple", "cedar", more="\\cite{apple}\n")
    assert bibtools("cite", "main.tex", "--keys").stdout == (
        "apple\tmain.tex:3:7 main.tex:5:7\ncedar\tmain.tex:4:7\n"
    )
    assert cite("--unused").stdout == "birch\tlibrary.bib:5\nelm\tlibrary.bib:11\n"
    row = json.loads(bibtools("cite", "main.tex", "--keys", "--json").stdout.splitlines()[1])
    assert (row["key"], row["places"][0]["column"]) == ("cedar", 7)


# --- identifiers ----------------------------------------------------------------------------


class Services:
    def __init__(self, server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
        self.server = server
        self.server.routes = dict(World(PAPERS, REPOSITORIES).routes())
        for name, value in World(PAPERS, REPOSITORIES).environment(server.base).items():
            monkeypatch.setenv(name, value)

    def cite(self, *arguments: str) -> Ran:
        return bibtools("cite", "main.tex", "--from", "library.bib", "-o", "refs.bib", *arguments)


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    monkeypatch.setattr(web_asking, "SystemClock", SimulatedClock)
    with Loopback({}) as server:
        yield Services(server, monkeypatch)


@pytest.mark.parametrize("end", ["tex", "aux", "bcf", "md", "typ"])
def test_a_document_that_is_damaged_takes_no_entries_out(folder: Path, end: str) -> None:
    document = folder / f"main.{end}"
    Path("good.tex").write_text(r"\cite{apple}")
    bibtools("cite", "good.tex", "--from", "library.bib", "-o", "refs.bib")
    before = Path("refs.bib").read_bytes()
    document.write_bytes(b"<a>\0\1" + bytes(range(256)))
    for how in (("-o", "refs.bib"), ("--keys",)):
        ran = bibtools("cite", document.name, "--from", "library.bib", *how)
        assert (ran.code, ran.stdout) == (2, "")
        assert ran.stderr.startswith(f"Error: {document.name}:")
        assert "so it cannot be told what it cites" in ran.stderr
    assert Path("refs.bib").read_bytes() == before


def test_a_control_file_that_was_cut_off_takes_no_entries_out() -> None:
    Path("good.tex").write_text(r"\cite{apple}")
    bibtools("cite", "good.tex", "--from", "library.bib", "-o", "refs.bib")
    before = Path("refs.bib").read_bytes()
    Path("main.bcf").write_text('<?xml version="1.0"?>\n<bcf:controlfile xmlns:bcf="x">\n')
    ran = bibtools("cite", "main.bcf", "--from", "library.bib", "-o", "refs.bib")
    assert (ran.code, Path("refs.bib").read_bytes()) == (2, before)
    assert ran.stderr.startswith("Error: main.bcf:3:")


@ONLY_LOOPBACK
def test_identifiers_are_looked_up_once_and_pinned(services: Services) -> None:
    tex("arxiv:2306.00033", "doi:10.1234/tides.15", "https://doi.org/10.1234/wind.18", "apple")
    ran = services.cite()
    assert (ran.code, ran.stderr) == (
        0,
        'Entry "doi:10.1234/wind.18": retracted, says its publisher, 2024-02-03 (notice: doi '
        "10.1234/wind.18.r).\nrefs.bib: 4 entries cited: 4 added\n",
    )
    keys = [entry.key for entry in Document.parse(refs().encode()).entries]
    assert keys == [
        "apple", "arxiv:2306.00033", "doi:10.1234/tides.15", "https://doi.org/10.1234/wind.18",
    ]  # fmt: skip
    why = bibtools("why", "refs.bib", "doi:10.1234/tides.15", "--field", "title")
    assert "Crossref" in why.stdout + why.stderr or why.code == 2
    services.server.requests.clear()
    ran = services.cite()
    assert ran.stderr == "refs.bib: 4 entries cited: nothing changed\n"
    assert services.server.requests == []


@ONLY_LOOPBACK
def test_what_a_look_up_has_to_tell_is_told(services: Services) -> None:
    tex("arxiv:2306.00033v99")
    ran = services.cite()
    assert ran.code == 0
    assert "arXiv:2306.00033 has no version 99; the newest is 2 (arXiv, asked on " in ran.stderr


@ONLY_LOOPBACK
def test_not_found_and_could_not_ask_are_two_things(services: Services) -> None:
    tex("apple", "arxiv:2306.99999")
    ran = services.cite()
    assert ran.code == 1
    assert 'main.tex:4:7: "arxiv:2306.99999" has no entry: ' in ran.stderr
    services.server.routes = {}
    for name in list(os.environ):
        if name.startswith("BIBTOOLS_ENDPOINT"):
            services.server("GET", "/" + os.environ[name].rpartition("/")[2], lambda _: status(503))
    tex("apple", "arxiv:2306.88888")
    ran = services.cite()
    assert ran.code == 4
    assert "could not ask" in ran.stderr
    assert APPLE in refs()
    assert services.cite("--offline").code == 1


def test_an_entry_of_a_source_that_is_the_work_is_taken_under_the_cited_key() -> None:
    tex("arxiv:2104.00011")
    assert cite().code == 0
    assert refs() == (
        f"{JOT}\n\n@article{{arxiv:2104.00011, title = {{Elms}}, journal = jot, "
        "eprint = {2104.00011}, archivePrefix = {arXiv}}\n"
    )
    Path("library.bib").write_text(LIBRARY.replace("{Elms}", "{Old Elms}"))
    assert cite().stderr == "refs.bib: 1 entry cited: 1 renewed\n"
    assert "{Old Elms}" in refs()
    assert cite("--unused").stdout.startswith("apple\t")
    assert "elm\t" not in cite("--unused").stdout


def test_one_work_under_two_names_has_one_entry_for_biber_and_two_for_bibtex() -> None:
    tex("elm", "arxiv:2104.00011", biber=True)
    ran = cite()
    assert ran.stderr == "refs.bib: 1 entry cited: 1 added\n"
    assert refs().count("@article") == 1
    assert "ids = {arxiv:2104.00011}" in refs()
    assert cite().stderr == "refs.bib: 1 entry cited: nothing changed\n"
    Path("refs.bib").unlink()
    Path("refs.bib.bibtools.json").unlink()
    tex("elm", "arxiv:2104.00011")
    ran = cite()
    assert 'One work is cited as "elm", "arxiv:2104.00011"' in ran.stderr
    assert refs().count("@article") == 2
    assert cite("--check").code == 0


def test_keys_are_rewritten_in_the_document_and_its_parts_and_undone() -> None:
    tex("apple", "arxiv:2104.00011", more="\\input{part}\n% \\cite{arxiv:2104.00011}\n")
    Path("part.tex").write_bytes("Caf\u00e9 \\citep[a]{apple,arxiv:2104.00011}\r\n".encode())
    cite()
    before = {path.name: path.read_bytes() for path in Path().iterdir()}
    shown = cite("--rewrite-keys", "--diff")
    assert "+\\cite{elm}" in shown.stdout
    assert {path.name: path.read_bytes() for path in Path().iterdir()} == before
    ran = cite("--rewrite-keys")
    assert ran.stderr.splitlines()[-1] == "2 citations rewritten in main.tex, part.tex"
    assert Path("part.tex").read_bytes() == "Caf\u00e9 \\citep[a]{apple,elm}\r\n".encode()
    assert "% \\cite{arxiv:2104.00011}" in Path("main.tex").read_text()
    assert "@article{elm," in refs()
    assert "arxiv:2104.00011" not in refs()
    assert cite("--check").code == 0
    assert bibtools("undo").code == 0
    assert {path.name: path.read_bytes() for path in Path().iterdir()} == before


@ONLY_LOOPBACK
def test_rewriting_looks_up_what_could_not_be_a_key(services: Services) -> None:
    tex("doi:10.1234/tides.15", "https://doi.org/10.1234/tides.15", biber=True)
    Path("main.tex").write_text(Path("main.tex").read_text() + "\n")
    ran = services.cite("--rewrite-keys")
    assert ran.code == 0, ran.stderr
    assert refs().startswith("@article{beispiel2015survey,\n")
    assert Path("main.tex").read_text().count("\\cite{beispiel2015survey}") == 2


def test_a_key_that_biber_cannot_read_is_not_pinned() -> None:
    Path("library.bib").write_text("@misc{sici, title = {S}, doi = {10.1002/(SICI)1097}}\n")
    tex("doi:10.1002/(SICI)1097", biber=True)
    ran = cite()
    assert ran.code == 1
    assert 'biber cannot read the character "(" in a key; --rewrite-keys' in ran.stderr
    tex("doi:10.1002/(SICI)1097")
    assert cite().code == 0
    assert "@misc{doi:10.1002/(SICI)1097," in refs()
    tex("doi:10.1002/(SICI)1097", biber=True)
    assert cite("--rewrite-keys").code == 0
    assert "\\cite{sici}" in Path("main.tex").read_text()


# --- odd worlds -----------------------------------------------------------------------------


def test_an_entry_that_is_never_closed_is_told_and_not_copied() -> None:
    Path("refs.bib").write_text("@misc{open, title = {\n")
    Path("library.bib").write_text(f"@misc{{ajar, title = {{A}},\n{APPLE}\n")
    tex("apple", "ajar")
    ran = cite()
    assert ran.code == 1
    assert "refs.bib:1:6: " in ran.stderr
    assert 'main.tex:4:7: "ajar" has no entry: its entry in library.bib, line 1, is' in ran.stderr
    assert refs() == f"@misc{{open, title = {{\n\n{APPLE}\n"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_to() -> None:
    tex("apple")
    Path().chmod(0o500)
    try:
        ran = cite()
    finally:
        Path().chmod(0o700)
    assert ran.code == 2
    assert "refs.bib" in ran.stderr


def test_a_run_that_is_stopped_between_two_files_is_made_good_by_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tex("apple", "birch")
    cite()
    Path("library.bib").write_text(LIBRARY.replace('"Apples"', '"Red Apples"'))
    tex("apple", "elm")
    written: list[str] = []

    def stopping(file: str, *rest: Any, **more: Any) -> Any:
        if written:
            raise KeyboardInterrupt
        written.append(file)
        return journalled_write(file, *rest, **more)

    with monkeypatch.context() as patch:
        patch.setattr("bibtools.workflows.changed_files.journalled_write", stopping)
        assert cite().code == 130
    assert cite().code == 0
    assert '"Red Apples"' in refs()
    assert "{Elms}" in refs()
    Path("library.bib").write_text(LIBRARY)
    tex("apple")
    cite()
    assert refs() == f"{JOT}\n\n{APPLE}\n"


def test_a_copy_of_a_zotero_library_is_a_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tex("ash2020", "doi:10.1000/oak", "apple")
    item = {"itemType": "journalArticle", "title": "Ashes", "citationKey": "ash2020"}
    other = {"itemType": "journalArticle", "title": "Oaks", "DOI": "10.1000/OAK"}
    path = mirror_path(tmp_path / "cache", "https://api.zotero.org", "/users/7")
    path.parent.mkdir(parents=True)
    with Mirror(path) as mirror:
        mirror.put([RemoteItem(f"AAAAAAA{n}", n, one) for n, one in enumerate((item, other), 2)])
    assert cite().code == 0
    keys = [entry.key for entry in Document.parse(refs().encode()).entries]
    assert keys == ["apple", "ash2020", "doi:10.1000/oak"]
    assert cite().stderr.endswith("refs.bib: 3 entries cited: nothing changed\n")
    with Mirror(path) as mirror:
        mirror.put([RemoteItem("AAAAAAA2", 9, item | {"title": "New Ashes"})])
    assert cite().stderr.endswith("refs.bib: 3 entries cited: 1 renewed\n")
    assert "New Ashes" in refs()
    path.unlink()
    Path("refs.bib").unlink()
    ran = bibtools("cite", "main.tex", "--from", "zotero", "-o", "new.bib", "--offline")
    assert (ran.code, "There is no copy of the Zotero library" in ran.stderr) == (2, True)


def test_a_build_leaves_alone_what_cite_put_there() -> None:
    tex("elm")
    cite()
    before = refs()
    Path("page.jsonl").write_text(
        '{"title": "Elms", "arxiv": "2104.00011", "type": "preprint", "abstract": "New"}\n'
    )
    bibtools("build", "page.jsonl", "-o", "refs.bib")
    assert refs().startswith(before.rstrip())
    assert cite("--check").code == 0


def run_until(program: subprocess.Popen[bytes], done: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not done():
        assert program.poll() is None
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_watch_follows_the_document_its_parts_and_the_sources() -> None:
    tex("apple", more="\\input{part}\n")
    command = [sys.executable, "-m", "bibtools", "cite", "main.tex", "--from", "library.bib"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    program = subprocess.Popen(
        [*command, "-o", "refs.bib", "--offline", "--watch"],
        env=environment, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        run_until(program, lambda: Path("refs.bib").exists() and APPLE in refs())
        Path("part.tex").write_text("\\cite{birch}")
        run_until(program, lambda: BIRCH in refs())
        Path("library.bib").write_text(LIBRARY.replace('"Apples"', '"Red Apples"'))
        run_until(program, lambda: '"Red Apples"' in refs())
        Path("main.tex").write_bytes(b"")
        time.sleep(1.5)
        assert BIRCH in refs()
        tex("cedar")
        run_until(program, lambda: CEDAR in refs() and BIRCH not in refs())
        program.send_signal(signal.SIGINT)
        assert program.wait(10) == 0
    finally:
        program.kill()
        program.wait()


def test_what_is_saved_while_a_run_ends_is_not_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    tex("apple", more="\\input{part}\n")
    once = cite_run._once

    def somebody_saves(told: cite_run.Run) -> Any:
        done = once(told)
        Path("part.tex").write_text("\\cite{birch}")
        return done

    def ended(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cite_run, "_once", somebody_saves)
    monkeypatch.setattr(watching, "wait_for_change", ended)
    ran = bibtools(
        "cite", "main.tex", "--from", "library.bib", "-o", "refs.bib", "--offline", "--watch"
    )
    assert ran.code == 0
    assert BIRCH in refs()


def test_a_change_is_told_when_the_files_have_settled(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_text("1")
    before = watching.stamps_of([str(file)])
    now = 0.0
    steps = iter(["22", "333", None, None, "4444", *[None] * 20])

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds
        text = next(steps)
        if text is not None:
            file.write_text(text)

    after = watching.wait_for_change(before, sleep=sleep, clock=lambda: now)
    assert after == watching.stamps_of([str(file)])
    assert file.read_text() == "4444"
    assert threading.active_count() >= 1
