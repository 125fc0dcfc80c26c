"""What a look-up with a local answer may import: the whole process is to stay within ten times
the start of Python, and each module takes its part of that.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bibtools.adapters.index import build

PROGRAM = """
import json, sys
before = set(sys.modules)
from bibtools.cli.main import run
sys.argv = ["bibtools", *json.loads(sys.argv[1])]
try:
    run(sys.argv[1:])
finally:
    print("\\n" + json.dumps(sorted(set(sys.modules) - before)), file=sys.stderr)
"""
# What click and dataclasses bring, and what no program does without.
STANDARD = frozenset(
    "__future__ _ast _bisect _bootsubprocess _collections _compat_pickle _ctypes _datetime "
    "_functools _json _locale _opcode _operator _posixsubprocess _random _signal _sqlite3 "
    "_sre _struct _typing _uuid _weakrefset array ast atexit bisect calendar collections colorsys "
    "contextlib copy copyreg dataclasses datetime difflib dis enum errno fcntl fnmatch functools "
    "gc gettext importlib inspect ipaddress itertools json keyword linecache locale math ntpath "
    "opcode operator org pathlib platform posix re reprlib select selectors signal sqlite3 string "
    "struct subprocess termios textwrap threading time token tokenize traceback types typing "
    "unicodedata urllib uuid warnings weakref binascii io os stat abc codecs encodings shutil "
    "_weakref "
    "click typing_extensions colorama msvcrt nt winreg".split()
)
BIBTOOLS = frozenset(
    """
    adapters adapters.closing adapters.index adapters.index.lookup adapters.index.schema
    adapters.index.tables adapters.looked_up adapters.user_folders
    cli cli.faults cli.lazy cli.lookup cli.lookup_telling cli.main cli.options cli.screen
    errors
    formats formats.bibtex formats.bibtex.address_fields formats.bibtex.carrying
    formats.bibtex.dangerous formats.bibtex.entry_types formats.bibtex.field_reader
    formats.bibtex.field_writer
    formats.bibtex.field_values formats.bibtex.fields formats.bibtex.printed
    formats.bibtex.tex_values formats.bibtex.writing formats.csl_variables formats.link_dumps
    keys keys.assigning keys.drafts keys.folding keys.patterns keys.template keys.words
    later matching matching.evidence
    model model.dates model.dating model.entries model.evidence model.identifiers model.names
    model.notices model.progress model.variables
    sites sites.named sites.named_addresses sites.named_identifiers
    text text.addresses text.fingerprints text.latex_accents text.latex_commands text.latex_decode
    text.latex_encode text.latex_markup text.latex_math text.latex_symbols text.markup text.names
    text.title_case text.titles
    workflows workflows.lookup workflows.lookup_session
    """.split()
)
KEPT_TOO = frozenset({"formats.entry_json", "formats.bibtex.name_fields", "formats.bibtex.names"})

PAPER = {
    "id": "2104.00011",
    "title": "Folding Paper Boats with Learned Creases",
    "authors": "Ada Example, Max Muster",
    "categories": "cs.CL cs.LG",
    "abstract": "We fold boats. Code: https://github.com/example/creases",
    "versions": [{"version": "v1", "created": "Thu, 1 Apr 2021 10:00:00 GMT"}],
}


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """An environment with an index and a cache of its own."""
    records = tmp_path / "records.jsonl"
    records.write_text(json.dumps(PAPER) + "\n")
    build(tmp_path / "index.sqlite", [records], [])
    return {
        **os.environ,
        "BIBTOOLS_INDEX": str(tmp_path / "index.sqlite"),
        "BIBTOOLS_CACHE": str(tmp_path / "cache"),
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }


def imported(home: dict[str, str], *arguments: str) -> tuple[str, set[str], set[str]]:
    """What is printed; the modules of bibtools, without that name, and the others' packages."""
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(["lookup", *arguments])],
        capture_output=True,
        text=True,
        env=home,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    names = json.loads(ran.stderr.splitlines()[-1])
    own = {name.removeprefix("bibtools.") for name in names if name.startswith("bibtools.")}
    return ran.stdout, own, {name.split(".")[0] for name in names} - {"bibtools"}


def test_an_answer_from_the_index(home: dict[str, str]) -> None:
    printed, own, others = imported(home, "arXiv:2104.00011", "--offline")
    assert printed.startswith("@misc{example2021folding,")
    assert "code          = {https://github.com/example/creases}" in printed
    assert own - BIBTOOLS == set()
    assert others - STANDARD == set()


def test_the_index_is_enough_also_with_a_network(home: dict[str, str]) -> None:
    _, own, others = imported(home, "2104.00011")
    assert own - BIBTOOLS == set()
    assert others - STANDARD == set()


def test_a_kept_answer(home: dict[str, str]) -> None:
    program = """
import os
from pathlib import Path
from bibtools.adapters.looked_up import Kept, LookedUp
from bibtools.model import Entry, Name, PartialDate, parse_doi
from bibtools.sites.named import named
from bibtools.workflows.lookup import LookupOptions
entry = Entry(type="article-journal", title="A Survey of Tides", authors=(Name("Beispiel", "Eve"),),
              date=PartialDate(2015), doi=parse_doi("10.1234/tides.15"), venue="Annals of Tides")
LookedUp(Path(os.environ["BIBTOOLS_CACHE"])).keep(
    named("10.1234/tides.15"), LookupOptions().mark, Kept(entry, {}, "the identifier was given"))
"""
    subprocess.run([sys.executable, "-c", program], env=home, check=True)
    printed, own, others = imported(home, "https://doi.org/10.1234/TIDES.15")
    assert printed.startswith("@article{beispiel2015survey,")
    assert own - BIBTOOLS - KEPT_TOO == set()
    assert others - STANDARD == set()


def test_the_lists_are_no_longer_than_they_must_be(home: dict[str, str]) -> None:
    _, own, _ = imported(home, "2104.00011", "--offline")
    assert BIBTOOLS - own - {"model.progress", "text.fingerprints"} == set()
