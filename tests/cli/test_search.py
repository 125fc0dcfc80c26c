"""`bibtools search`: words in, entries out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bibtools.cli.search import split_words
from tests.command_line import bibtools
from tests.conftest import ROOT

REFS = r"""@string{acl = "ACL Press"}
@inproceedings{gao2021simcse,
  title = {{SimCSE}: Simple Contrastive Learning of Sentence Embeddings},
  author = {Gao, Tianyu and Yao, Xingcheng and Chen, Danqi},
  booktitle = {Proceedings of EMNLP}, publisher = acl,
  year = {2021}, eprint = {2104.08821}, archivePrefix = {arXiv},
  code = {https://github.com/princeton-nlp/SimCSE},
  abstract = {Pass one sentence twice through an encoder and only the dropout differs.}
}

@article{muller1999,
  title = {{\"U}ber das M{\"u}de}, author = {M{\"u}ller, S{\o}ren}, journal = {Fog}, year = 1999
}
@misc{evil, title = {Evil \x1b[31m Red	Tab}, author = {Doe, Jane}, year = 2020}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BIBTOOLS_INDEX", str(tmp_path / "index.sqlite"))
    Path("refs.bib").write_text(REFS.replace(r"\x1b", "\x1b"), "utf-8")
    return tmp_path


def test_lines_with_tabs_in_a_pipe(folder: Path) -> None:
    ran = bibtools("search", "sentence", "embed", "refs.bib")
    assert (ran.code, ran.stdout) == (
        0,
        "gao2021simcse\t2021\tGao et al.\t"
        "SimCSE: Simple Contrastive Learning of Sentence Embeddings\n",
    )
    assert ran.stderr == ""


def test_nothing_found_is_1_as_of_grep(folder: Path) -> None:
    ran = bibtools("search", "zzzzzz", "refs.bib")
    assert (ran.code, ran.stdout) == (1, "")
    assert ran.stderr == 'question:1: Nothing has "zzzzzz".\n'


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param(
            [f"zzzz{number}q" for number in range(11)],
            [f'question:{7 * number + 1}: Nothing has "zzzz{number}q".' for number in range(11)],
            id="eleven",
        ),
        pytest.param(
            [f"zzzz{number}q" for number in range(50)],
            [
                *(f'question:{7 * number + 1}: Nothing has "zzzz{number}q".'
                  for number in range(10)),
                "question:71: Nothing has 40 other words of the question either.",
            ],
            id="fifty",
        ),
        pytest.param(
            ["z" * 900], [f'question:1: Nothing has "{"z" * 79}\u2026".'], id="a-long-one"
        ),
    ],
)  # fmt: skip
def test_many_words_that_nothing_has(folder: Path, words: list[str], told: list[str]) -> None:
    ran = bibtools("search", *words, "refs.bib")
    assert (ran.code, ran.stdout, ran.stderr.splitlines()) == (1, "", told)


def test_json(folder: Path) -> None:
    [found] = json.loads(bibtools("search", "dropout", "--json", "refs.bib").stdout)
    assert found.pop("score") > 0
    assert found == {
        "source": "file",
        "file": "refs.bib",
        "line": 2,
        "key": "gao2021simcse",
        "title": "SimCSE: Simple Contrastive Learning of Sentence Embeddings",
        "authors": ["Gao, Tianyu", "Yao, Xingcheng", "Chen, Danqi"],
        "year": 2021,
        "venue": "Proceedings of EMNLP",
        "type": "paper-conference",
        "arxiv": "2104.08821",
        "doi": None,
        "categories": [],
        "code": ["https://github.com/princeton-nlp/SimCSE"],
        "item": None,
        "fields": ["abstract"],
        "snippet": "Pass one sentence twice through an encoder and only the dropout differs.",
    }


def test_json_of_nothing(folder: Path) -> None:
    ran = bibtools("search", "zzzzzz", "--json", "-q", "refs.bib")
    assert (ran.code, ran.stdout, ran.stderr) == (1, "[]\n", "")


def test_keys(folder: Path) -> None:
    assert bibtools("search", "year:2000..", "--keys", "refs.bib").stdout == "gao2021simcse\nevil\n"


def test_the_entries_themselves(folder: Path) -> None:
    ran = bibtools("search", "mueller", "--to", "bibtex", "refs.bib")
    assert ran.stdout.startswith("@article{muller1999,")
    assert "journal = {Fog}" in " ".join(ran.stdout.split())
    again = folder / "found.bib"
    again.write_text(ran.stdout, "utf-8")
    assert bibtools("search", "soren", "--keys", again).stdout == "muller1999\n"


def test_escapes_in_a_title_are_shown_and_not_sent(folder: Path) -> None:
    ran = bibtools("search", "evil", "refs.bib")
    assert "\x1b" not in ran.stdout
    assert ran.stdout == "evil\t2020\tDoe\tEvil \\x1b[31m Red Tab\n"


def test_a_word_that_is_not_wanted(folder: Path) -> None:
    every = ("search", "--keys", "year:1900..", "refs.bib")
    assert bibtools(*every, "-sentence").stdout == "muller1999\nevil\n"
    assert bibtools(*every, "NOT", "sentence").stdout == "muller1999\nevil\n"
    assert bibtools(*every, "-has:code").stdout == "muller1999\nevil\n"
    # Words that begin like options with a value or two flags.
    assert bibtools(*every, "-nlp", "-quantum", "-index").code == 0


def test_behind_two_hyphens_everything_is_a_word(folder: Path) -> None:
    ran = bibtools("search", "--keys", "--in", "refs.bib", "--", "year:1900..", "-sentence")
    assert ran.stdout == "muller1999\nevil\n"
    assert bibtools("search", "--in", "refs.bib", "--", "x.bib").code == 1


def test_options_keep_their_meaning(folder: Path) -> None:
    def count(*options: str) -> int:
        ran = bibtools("search", *options, "--keys", "year:1900..", "refs.bib")
        return ran.stdout.count("\n")

    assert (count("-n", "1"), count("-n1"), count("-n", "0", "-q"), count()) == (1, 1, 3, 3)


def test_no_prefix(folder: Path) -> None:
    assert bibtools("search", "contrast", "refs.bib").code == 0
    assert bibtools("search", "contrast", "--no-prefix", "refs.bib").code == 1


def test_without_files_those_of_the_folder(folder: Path) -> None:
    Path("b.bib").write_text("@misc{other, title = {Sentence one}}")
    Path(".hidden.bib").write_text("@misc{hidden, title = {Sentence two}}")
    assert sorted(bibtools("search", "sentence", "--keys").stdout.split()) == [
        "gao2021simcse",
        "other",
    ]


def test_nothing_to_search_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BIBTOOLS_INDEX", str(tmp_path / "index.sqlite"))
    ran = bibtools("search", "gao")
    assert ran.code == 2
    assert "no .bib file in this folder, and no index" in ran.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(["gao", "none.bib"], 'There is no file "none.bib".', id="no such file"),
        pytest.param(["gao", "none.biblatex"], 'There is no file "none.biblatex".', id="biblatex"),
        pytest.param(["gao", "/none"], 'There is no file "/none".', id="path from the root"),
        pytest.param(["gao", "./none"], 'There is no file "./none".', id="path from here"),
        pytest.param(["gao", "../x/none"], 'There is no file "../x/none".', id="path from above"),
        pytest.param(["gao", "C:\\none"], 'There is no file "C:\\none".', id="path of Windows"),
        pytest.param(["gao", "/none"], "bibtools search --in FILE -- WORDS", id="as a word"),
        pytest.param(["gao", "./"], '"./" is a path', id="folder"),
        pytest.param(["gao", "-x"], 'There is no option "-x".', id="short word left out"),
        pytest.param(["gao", "-3d"], 'There is no option "-3d".', id="number left out"),
        pytest.param(["gao", "-3d"], "bibtools search WORDS FILE -- -3d", id="how to leave it out"),
        pytest.param(["gao", "--nope"], "No such option '--nope'", id="no such option"),
        pytest.param([], "There are no words to search for.", id="no words"),
        pytest.param(["refs.bib"], "There are no words to search for.", id="only a file"),
        pytest.param(["gao", "--keys", "--json"], "Only one of --keys", id="two outputs"),
        pytest.param(["gao", "-i"], "--interactive needs a terminal", id="nobody types"),
        pytest.param(["-i", "-"], "it cannot be a file", id="standard input is both"),
        pytest.param(["gao", "--index"], "There is no index at", id="no index"),
        pytest.param(["gao", "--zotero"], "There is no copy of the Zotero library", id="no copy"),
    ],
)
def test_wrong_usage(folder: Path, arguments: list[str], told: str) -> None:
    ran = bibtools("search", *arguments)
    assert ran.code == 2
    assert ran.stdout == ""
    assert told in ran.stderr


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["gao", "--in", "refs.bib", "--", "-/none"], id="left out behind --"),
        pytest.param(["--in", "refs.bib", "gao|and/or"], id="or"),
        pytest.param(["gao", "--in", "refs.bib", "--", "-x", "-3d"], id="short words left out"),
    ],
)
def test_words_that_look_like_paths_or_options(folder: Path, words: list[str]) -> None:
    ran = bibtools("search", *words)
    assert (ran.code, ran.stdout.partition("\t")[0]) == (0, "gao2021simcse")


def test_a_word_with_a_slash_is_no_path(folder: Path) -> None:
    ran = bibtools("search", "hep-th/9901001", "refs.bib")
    assert (ran.code, "Error" in ran.stderr) == (1, False)


def test_a_link_that_leads_nowhere_is_told(folder: Path) -> None:
    Path("gone.bib").symlink_to("nowhere.bib")
    ran = bibtools("search", "gao", "gone.bib")
    assert ran.stderr.startswith('Error: "gone.bib" is a link to "nowhere.bib", which is not there')


def test_standard_input(folder: Path) -> None:
    ran = bibtools("search", "gao", "-", stdin=REFS.encode())
    assert ran.stdout.startswith("gao2021simcse\t")
    ran = bibtools("search", "gao", "-", "--to", "bibtex", stdin=REFS.encode())
    assert ran.stdout.startswith("@inproceedings{gao2021simcse,")


def test_a_changed_file_is_read_again(folder: Path) -> None:
    for number in range(5):
        text = REFS + f"@misc{{new{number}, title = {{Fresh thing}}}}\n"
        Path("refs.bib").write_text(text, "utf-8")
        assert bibtools("search", "fresh", "--keys", "refs.bib").stdout == f"new{number}\n"
    assert [one["line"] for one in json.loads(bibtools("search", "soren", "--json").stdout)] == [11]
    Path("refs.bib").write_text("\n\n" + REFS, "utf-8")
    assert [one["line"] for one in json.loads(bibtools("search", "soren", "--json").stdout)] == [13]


def test_a_macro_that_changed_changes_its_entries(folder: Path) -> None:
    assert bibtools("search", "press", "--keys", "refs.bib").stdout == "gao2021simcse\n"
    Path("refs.bib").write_text(REFS.replace("ACL Press", "Elsewhere"), "utf-8")
    assert bibtools("search", "press", "--keys", "refs.bib").code == 1
    assert bibtools("search", "elsewhere", "--keys", "refs.bib").stdout == "gao2021simcse\n"


def test_what_an_entry_inherits_is_found(folder: Path) -> None:
    text = "@inproceedings{a, title = {T}, crossref = {b}}\n@proceedings{b, booktitle = {%s}}\n"
    Path("x.bib").write_text(text % "Fogbook", "utf-8")
    assert "a\n" in bibtools("search", "fogbook", "--keys", "x.bib").stdout
    Path("x.bib").write_text(text % "Mistbook", "utf-8")
    assert "a\n" in bibtools("search", "mistbook", "--keys", "x.bib").stdout


def test_a_cache_that_cannot_be_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("file").write_bytes(b"")
    monkeypatch.setenv("BIBTOOLS_CACHE", str(folder / "file"))
    ran = bibtools("search", "gao", "--keys", "refs.bib")
    assert (ran.code, ran.stdout) == (0, "gao2021simcse\n")
    assert "could not be kept for the next search" in ran.stderr


def test_windows_line_ends_and_a_byte_order_mark(folder: Path) -> None:
    Path("w.bib").write_bytes(b"\xef\xbb\xbf" + REFS.replace("\n", "\r\n").encode())
    [found] = json.loads(bibtools("search", "dropout", "--json", "w.bib").stdout)
    assert (found["line"], found["key"]) == (2, "gao2021simcse")


@pytest.mark.parametrize("text", ["", "no entries", "@comment{@misc{a, title = {Gao}}}"])
def test_a_file_without_entries(folder: Path, text: str) -> None:
    Path("empty.bib").write_text(text)
    assert bibtools("search", "gao", "-q", "empty.bib").code == 1


def test_csl_json(folder: Path) -> None:
    items = [{"id": "k", "type": "book", "title": "Fog and Mist"}, {"id": "l", "title": "Rain"}]
    Path("refs.json").write_text(json.dumps(items))
    [found] = json.loads(bibtools("search", "rain", "--json", "refs.json").stdout)
    assert (found["key"], found["line"]) == ("l", 2)
    assert bibtools("search", "mist", "--to", "bibtex", "refs.json").stdout.startswith("@book{k,")


def test_several_files_are_one_list(folder: Path) -> None:
    Path("b.bib").write_text("@misc{exact, title = {Sentence Embeddings}}")
    ran = bibtools("search", "sentence", "embeddings", "--keys", "refs.bib", "b.bib")
    assert ran.stdout == "exact\ngao2021simcse\n"
    assert (
        "@misc{exact"
        in bibtools(
            "search", "sentence", "embeddings", "--to", "bibtex", "refs.bib", "b.bib"
        ).stdout
    )


def test_what_is_a_file_and_what_a_word() -> None:
    given = ["gao", "refs.bib", "-", "json", "a.JSON", ".bib"]
    assert split_words(given) == (["gao", "json"], ["refs.bib", "-", "a.JSON", ".bib"])


# --- the index -----------------------------------------------------------------------------------

RECORDS = [
    {"id": "2104.08821", "title": "SimCSE: Simple Contrastive Learning",
     "authors": "Tianyu Gao, Danqi Chen", "abstract": "The dropout differs.",
     "categories": "cs.CL cs.LG", "versions": [{"version": "v1", "created": "2021-04-18"}]},
    {"id": "1706.03762", "title": "Attention Is All You Need", "authors": "Ashish Vaswani",
     "abstract": "No recurrence by K\\\"ahler.", "categories": "cs.CL",
     "versions": [{"version": "v1", "created": "2017-06-12"}]},
    {"id": "1706.03762", "title": "Attention Is All You Need", "authors": "Ashish Vaswani",
     "abstract": "Said again.", "versions": [{"version": "v1", "created": "2017-06-12"}]},
]  # fmt: skip


def build(folder: Path, *options: str) -> None:
    (folder / "arxiv.jsonl").write_text("".join(json.dumps(one) + "\n" for one in RECORDS))
    ran = bibtools("index", "build", "--arxiv", folder / "arxiv.jsonl", *options)
    assert ran.code == 0, ran.stderr


def test_the_full_text_of_the_index(folder: Path) -> None:
    build(folder, "--abstracts")
    ran = bibtools("search", "dropout", "--index")
    assert (ran.stdout, ran.stderr) == (
        "arXiv:2104.08821\t2021\tGao and Chen\tSimCSE: Simple Contrastive Learning\n",
        "",
    )
    assert bibtools("search", "author:vaswani", "said", "--keys", "--index").stdout == (
        "arXiv:1706.03762\n"
    )
    # Of two records of one paper the later one counts.
    assert bibtools("search", "recurrence", "--index").code == 1
    assert "eprint" in bibtools("search", "dropout", "--to", "bibtex", "--index").stdout
    info = json.loads(bibtools("index", "info", "--json").stdout)["full_text"]
    assert (info["papers"], info["abstracts"], info["is_of_index"]) == (2, 3, True)
    assert "full text        2 papers" in bibtools("index", "info").stdout


def test_an_index_without_full_text_is_searched_by_title(folder: Path) -> None:
    build(folder)
    ran = bibtools("search", "attention", "need", "--keys", "--index")
    assert ran.stdout == "arXiv:1706.03762\n"
    assert "only titles are searched" in ran.stderr
    assert bibtools("search", "dropout", "-q", "--index").code == 1
    assert bibtools("search", "simple", "author:gao", "--keys", "-q", "--index").code == 0
    assert json.loads(bibtools("index", "info", "--json").stdout)["full_text"] is None


def test_a_full_text_that_is_older_than_the_index(folder: Path) -> None:
    build(folder, "--abstracts")
    RECORDS.append({**RECORDS[0], "id": "2104.00001"})
    try:
        build(folder)
    finally:
        RECORDS.pop()
    ran = bibtools("search", "dropout", "--keys", "--index")
    assert ran.stdout == "arXiv:2104.08821\n"
    assert "older than the index" in ran.stderr
    assert "older than the index" in bibtools("index", "info").stdout


def test_a_damaged_full_text_gives_way_to_titles(folder: Path) -> None:
    build(folder, "--abstracts")
    (folder / "index.fulltext.sqlite").write_bytes(b"no")
    ran = bibtools("search", "attention", "--keys", "--index")
    assert ran.stdout == "arXiv:1706.03762\n"
    assert "cannot be read" in ran.stderr


def test_a_build_that_is_cut_off_leaves_the_old_full_text(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(folder, "--abstracts")
    before = (folder / "index.fulltext.sqlite").read_bytes()
    from bibtools.adapters.fulltext.building import Writer

    def killed(self: Writer, meta: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Writer, "finish", killed)
    assert bibtools("index", "build", "--arxiv", "arxiv.jsonl", "--abstracts").code == 130
    assert (folder / "index.fulltext.sqlite").read_bytes() == before
    assert sorted(one.name for one in folder.iterdir()) == [
        "arxiv.jsonl", "index.fulltext.sqlite", "index.sqlite", "refs.bib",
    ]  # fmt: skip


# --- the whole program ---------------------------------------------------------------------------


def program(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "BIBTOOLS_CACHE": str(folder / "cache")}
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_a_pipe_that_is_closed_early(folder: Path) -> None:
    many = "".join(f"@misc{{k{n}, title = {{Fog {'x' * 400}}}}}\n" for n in range(2_000))
    (folder / "many.bib").write_text(many)
    ran = program(folder, "-m", "bibtools", "search", "fog", "-n", "0", "many.bib")
    assert ran.stdout is not None
    ran.stdout.read(10)
    ran.stdout.close()
    assert ran.stderr is not None
    assert ran.stderr.read() == b""
    assert ran.wait() in (141, 0)  # 0 where the system takes what nobody reads


OURS = """
    bibtools bibtools.__main__ bibtools.adapters bibtools.adapters.closing
    bibtools.adapters.fulltext bibtools.later
    bibtools.adapters.fulltext.asking bibtools.adapters.fulltext.caching
    bibtools.adapters.fulltext.schema bibtools.adapters.fulltext.store
    bibtools.adapters.fulltext.texts
    bibtools.adapters.user_folders bibtools.cli bibtools.cli.faults bibtools.cli.lazy
    bibtools.cli.main bibtools.cli.options bibtools.cli.progress bibtools.cli.screen
    bibtools.cli.search bibtools.cli.search_output bibtools.errors bibtools.model
    bibtools.searching bibtools.searching.documents bibtools.searching.folding
    bibtools.searching.query bibtools.searching.ranking bibtools.searching.typos
    bibtools.workflows bibtools.workflows.search bibtools.workflows.search_sources
""".split()
HEAVY = {
    "rich", "requests", "urllib3", "rapidfuzz", "platformdirs", "pyzotero", "bibtexparser",
    "prompt_toolkit", "httpx2", "email", "ssl", "asyncio", "tempfile",
}  # fmt: skip


def test_what_a_search_in_a_kept_file_loads(folder: Path) -> None:
    old = 1_600_000_000
    os.utime(folder / "refs.bib", (old, old))
    code = (
        "import sys\nfrom bibtools.cli.main import run\n"
        "try:\n    run(['search', 'gao', 'refs.bib'])\n"
        "finally:\n    print('\\n'.join(sys.modules), file=sys.stderr)\n"
    )
    for _ in range(2):
        out, err = program(folder, "-c", code).communicate()
    assert out.startswith(b"gao2021simcse")
    loaded = set(err.decode().split())
    assert sorted(loaded & HEAVY) == []
    ours = {name for name in loaded if name.split(".")[0] == "bibtools"}
    models = {name for name in ours if name.startswith("bibtools.model.")}
    assert sorted(ours - models - set(OURS)) == []
