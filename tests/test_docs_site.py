"""The pages of docs/: calls that commands take, links that lead somewhere, names that exist."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from bibtools.adapters.settings import KNOWN
from bibtools.cli.faults import FAULT_EXIT, INTERRUPTED_EXIT, PIPE_CLOSED_EXIT
from bibtools.errors import BibtoolsError
from tests.chromium import chromium, why_not
from tests.conftest import ROOT
from tests.docs_hook import PAGES as ADDED
from tests.loopback import ONLY_LOOPBACK
from tests.shell_calls import calls, refused

DOCS = ROOT / "docs"
PAGES = [
    ROOT / "README.md",
    ROOT / "examples" / "README.md",
    ROOT / "examples" / "paper" / "README.md",
    *sorted(DOCS.rglob("*.md")),
]
SETTINGS = (DOCS / "reference" / "settings.md").read_text("utf-8")


def names(pages: list[Path]) -> list[str]:
    return [str(page.relative_to(ROOT)) for page in pages]


@pytest.mark.parametrize("page", PAGES, ids=names(PAGES))
def test_every_call_on_a_page_is_one_that_the_command_takes(page: Path) -> None:
    text = page.read_text("utf-8")
    lines: list[str] = []
    for kind, block in re.findall(r"```(sh|console)\n(.*?)```", text, re.DOTALL):
        block = block.replace("\\\n", " ")
        lines += [
            line.removeprefix("$ ")
            for line in block.splitlines()
            if kind == "sh" or line.startswith("$ ")
        ]
    wrong = [(call, refused(call)) for line in lines for call in calls(line)]
    assert [one for one in wrong if one[1]] == []


@pytest.mark.parametrize("page", PAGES, ids=names(PAGES))
def test_every_link_leads_to_a_file(page: Path) -> None:
    text = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text("utf-8"), flags=re.DOTALL)
    missing = []
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        target = link.partition("#")[0]
        if not target or re.match(r"[a-z]+:", target):
            continue
        place = (page.parent / target).resolve()
        added = place.is_relative_to(DOCS) and str(place.relative_to(DOCS)) in ADDED
        if not (place.exists() or added):
            missing.append(link)
    assert missing == []


def test_every_page_is_in_the_navigation() -> None:
    told = set(re.findall(r": ([\w/-]+\.md)$", (ROOT / "mkdocs.yml").read_text(), re.MULTILINE))
    there = {str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md")} | set(ADDED)
    assert told == there


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if find_spec("mkdocs") is None or find_spec("material") is None:
        pytest.skip("mkdocs-material is not installed (the extra `docs`)")
    folder = tmp_path_factory.mktemp("site")
    ran = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "-q", "-d", str(folder)],
        cwd=ROOT, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-3000:]
    return folder


def test_the_site_is_built_and_fetches_nothing(site: Path) -> None:
    fetched = re.compile(
        r"<(?:script|img|iframe|link(?![^>]*rel=\"?canonical))[^>]*(?:src|href)=\"?(?:https?:)?//[^>]*"
    )
    pages = list(site.rglob("*.html"))
    assert len(pages) > 20
    assert "<code>int | None</code>" in (site / "reference" / "api.html").read_text("utf-8")
    assert [found for page in pages for found in fetched.findall(page.read_text("utf-8"))] == []


@ONLY_LOOPBACK
@pytest.mark.skipif(why_not() is not None, reason=str(why_not()))
def test_pages_and_search_work_from_a_disk(site: Path, tmp_path: Path) -> None:
    with chromium(tmp_path) as browser:
        browser.size(1280, 900)
        browser.open(site / "howto" / "ci.html")
        browser.requests()
        browser.click("input.md-search__input")
        browser.press("retraction")
        found = browser.wait(
            "let links; for (let times = 0; times < 100; times++) {"
            " await new Promise((done) => setTimeout(done, 50));"
            " links = [...document.querySelectorAll('.md-search-result__item a')];"
            " if (links.length) break; } return links.map((link) => link.href);"
        )
        assert (site / "services.html").as_uri() in [link.partition("?")[0] for link in found]
        assert browser.complaints() == []
        assert [one for one in browser.requests() if not one.startswith(("file:", "data:"))] == []
        for scheme, colours in (("dark", "slate"), ("light", "default")):
            browser.media(prefers_color_scheme=scheme)
            browser.open(site / "index.html")
            shown = browser.run("return document.body.dataset.mdColorScheme")
            assert (scheme, shown) == (scheme, colours)


# Settings


def named_in_the_source() -> set[str]:
    """The variables that the package asks the environment for."""
    pattern = re.compile(r"(BIBTOOLS|ZOTERO)(_[A-Z]+)+_?|[A-Z]+(_[A-Z]+)*_(API_KEY|TOKEN)|HF_TOKEN")
    found: set[str] = set()
    for path in (ROOT / "bibtools").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                if pattern.fullmatch(node.value) or re.fullmatch(r"XDG_[A-Z_]+", node.value):
                    found.add(node.value)
            elif (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("get", "getenv")
                and ast.unparse(node.func.value).split(".")[-1] in ("environ", "environment", "os")
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                found.add(str(node.args[0].value))
    return found


def test_the_settings_page_names_every_variable() -> None:
    told = set(re.findall(r"`([A-Z][A-Z_]+)`", SETTINGS))
    asked = {name.upper() for name in named_in_the_source()}
    assert len(asked) > 20
    assert sorted(asked - told) == []


def test_the_settings_page_names_no_variable_that_nothing_asks_for() -> None:
    source = "\n".join(
        path.read_text("utf-8") for path in sorted((ROOT / "bibtools").rglob("*.py"))
    )
    told = re.findall(r"`([A-Z][A-Z_]+)`", SETTINGS)
    ours = [name for name in told if not name.startswith("XDG_")]
    assert [name for name in ours if name not in source and name.lower() not in source] == []


def test_the_settings_page_names_every_setting() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (text|true or false) \|", SETTINGS, re.MULTILINE)
    kinds = {"text": str, "true or false": bool}
    assert {name: kinds[kind] for name, kind in rows} == KNOWN["zotero"]
    assert set(KNOWN) == {"zotero"}


def test_the_page_of_exit_codes_has_every_code() -> None:
    text = (DOCS / "reference" / "exit-codes.md").read_text("utf-8")
    told = {int(code) for code in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)}
    faults = {FAULT_EXIT, INTERRUPTED_EXIT, PIPE_CLOSED_EXIT}
    raised = {kind.exit_code for kind in below(BibtoolsError)}
    assert told >= faults | raised | {0, 1}
    assert told == faults | raised | {0, 1, 2, 3, 4, 5}


def below(kind: type[BibtoolsError]) -> list[type[BibtoolsError]]:
    return [kind, *(one for child in kind.__subclasses__() for one in below(child))]
