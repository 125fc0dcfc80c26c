"""The report page in a real Chromium: search, filters, keyboard, looks, paper, attacks."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bibtools.formats.report_page import Paper
from bibtools.formats.report_page.page import STATIC
from bibtools.formats.report_page.page_data import PAGE
from tests.chromium import DOWN, ENTER, ESCAPE, TAB, UP, Browser, chromium, why_not
from tests.command_line import bibtools
from tests.loopback import ONLY_LOOPBACK
from tests.report_pages import ADDRESSES, SCRIPTS, hostile, long, usual

pytestmark = [
    ONLY_LOOPBACK,
    pytest.mark.skipif(why_not() is not None, reason=why_not() or ""),
]
TITLES = [
    "SimCSE: Simple Contrastive Learning",
    "Attention Is All You Need",
    "The TeXbook",
    "Über die Größe",
]
APPLIED = """
while (document.querySelector("#list[aria-busy]")) {
  await new Promise((done) => { setTimeout(done, 5); });
}
"""
CHANGED = """
for (const [id, value] of Object.entries(values)) {
  const one = document.getElementById(id);
  one.value = value;
  one.dispatchEvent(new Event("input"));
}
"""
EMPTY = """
history.replaceState(null, "", location.pathname);
dispatchEvent(new Event("hashchange"));
"""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("chromium")) as browser:
        yield browser


@pytest.fixture
def browser(running: Browser) -> Iterator[Browser]:
    """The browser with a desktop's size; a page that complained or asked for anything fails."""
    running.scripts(allowed=True)
    running.media(prefers_color_scheme="light", prefers_reduced_motion="reduce")
    running.size(1280, 900)
    running.complaints()
    running.requests()
    yield running
    assert running.dialog() is None
    assert running.complaints() == []
    asked = [url for url in running.requests() if not url.startswith(("chrome:", "data:image/gif"))]
    assert {url.partition(":")[0] for url in asked} <= {"file", "about"}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("usual")
    return made(usual(folder))


@pytest.fixture(scope="module")
def hostile_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(hostile(tmp_path_factory.mktemp("hostile")))


@pytest.fixture(scope="module")
def packed_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """More papers than stand in a page from the start."""
    return made(long(tmp_path_factory.mktemp("packed"), STATIC + 100))


def made(file: Path, *more: str) -> Path:
    out = file.with_suffix(".html")
    assert bibtools("report", file, "-o", out, "-q", *more).code == 0
    return out


def shown(browser: Browser) -> list[str]:
    titles = "return [...document.querySelectorAll('#list h3')].map((one) => one.textContent)"
    return list(browser.run(titles))


def put(browser: Browser, **values: str) -> None:
    browser.wait(CHANGED + APPLIED, values)


def emptied(browser: Browser, page: Path) -> None:
    """The page without search and filters; loaded only where another one is shown."""
    if browser.address.partition("#")[0] == page.as_uri():
        browser.wait(EMPTY + APPLIED)
    else:
        browser.open(page)


def focused(browser: Browser) -> str:
    return str(
        browser.run(
            """const one = document.activeElement;
               return one.matches("article") ? one.querySelector("h3").textContent
                 : one.id || one.textContent"""
        )
    )


# Search and filters


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("contrastive", [0], id="title"),
        pytest.param("CHEN", [0], id="author"),
        pytest.param("uber grosse", [3], id="diacritics"),
        pytest.param("muller", [3], id="author-diacritics"),
        pytest.param("encoder", [0], id="abstract"),
        pytest.param("knuth1984", [2], id="key"),
        pytest.param("nips 2017", [1], id="venue-and-year"),
        pytest.param('"all you"', [1], id="phrase"),
        pytest.param('"you all"', [], id="phrase-in-order"),
        pytest.param("zebra", [], id="nothing"),
        pytest.param("   ", [0, 1, 2, 3], id="blanks"),
        pytest.param(".*", [], id="no-pattern"),
    ],
)
def test_search(browser: Browser, page: Path, query: str, found: list[int]) -> None:
    emptied(browser, page)
    put(browser, q=query)
    assert shown(browser) == [TITLES[number] for number in found]
    count = browser.run("return document.getElementById('count').textContent")
    assert count == ("4 papers" if len(found) == 4 else f"{len(found)} of 4 papers")
    assert browser.run("return document.getElementById('none').hidden") is bool(found)


@pytest.mark.parametrize(
    ("values", "found"),
    [
        pytest.param({"from": "2017"}, [0, 1], id="from"),
        pytest.param({"to": "2017"}, [1, 2], id="to"),
        pytest.param({"from": "1990", "to": "2020"}, [1], id="range"),
        pytest.param({"from": "20x"}, [0, 1, 2, 3], id="no-year"),
        pytest.param({"venue": "nips"}, [1], id="venue"),
        pytest.param({"type": "book"}, [2], id="type"),
        pytest.param({"category": "cs.CL"}, [0], id="category"),
        pytest.param({"sort": "newest"}, [0, 1, 2, 3], id="newest"),
        pytest.param({"sort": "oldest"}, [2, 1, 0, 3], id="oldest"),
        pytest.param({"sort": "title"}, [1, 0, 2, 3], id="by-title"),
        pytest.param({"sort": "author"}, [0, 2, 3, 1], id="by-author"),
        pytest.param({"q": "a", "type": "book", "from": "1984"}, [2], id="together"),
    ],
)
def test_filters(browser: Browser, page: Path, values: dict[str, str], found: list[int]) -> None:
    emptied(browser, page)
    put(browser, **values)
    assert shown(browser) == [TITLES[number] for number in found]
    # The address keeps it, and a fresh page of that address shows it.
    fragment = "#" + browser.address.partition("#")[2]
    browser.open(page, fragment)
    browser.wait(APPLIED)
    assert shown(browser) == [TITLES[number] for number in found]
    if found != [0, 1, 2, 3]:
        browser.click("#reset")
        browser.wait(APPLIED)
        assert shown(browser) == TITLES
        assert "#" not in browser.address


@pytest.mark.parametrize(
    ("boxes", "found"),
    [
        (["code"], [0]),
        (["pdf"], [0, 1, 2]),
        (["arxiv"], [0, 1]),
        (["unsure"], []),
        (["code", "arxiv"], [0]),
    ],
)
def test_what_papers_have(browser: Browser, page: Path, boxes: list[str], found: list[int]) -> None:
    emptied(browser, page)
    for box in boxes:
        browser.click(f"#has-{box}")
    assert shown(browser) == [TITLES[number] for number in found]


def test_the_address_may_be_edited_by_hand(browser: Browser, page: Path) -> None:
    browser.open(page, "#type=none&sort=%3Cscript%3E&has=constructor,code&q=%00&from=9e9&x=1")
    assert shown(browser) == []
    browser.run("location.hash = 'q=knuth'")
    browser.wait(APPLIED)
    assert shown(browser) == [TITLES[2]]


def test_plots_follow(browser: Browser, page: Path) -> None:
    ask = """return {label: document.querySelector("#years svg").getAttribute("aria-label"),
      bars: document.querySelectorAll("#years rect").length,
      categories: [...document.querySelectorAll("#categories tbody tr")]
        .map((row) => row.textContent)}"""
    browser.open(page)
    assert browser.run(ask) == {
        "label": "Papers by year, 1984 to 2021; most in 1984: 1",
        "bars": 38,
        "categories": ["cs.CL1", "cs.LG1"],
    }
    put(browser, **{"from": "2000", "q": "gao"})
    assert browser.run(ask) == {
        "label": "Papers by year, 2021 to 2021; most in 2021: 1",
        "bars": 1,
        "categories": ["cs.CL1"],
    }


# Keyboard


def test_by_keyboard_alone(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.press(TAB)
    assert focused(browser) == "skip"
    browser.press(ENTER)
    assert focused(browser) == "papers"
    browser.press("j")
    assert focused(browser) == TITLES[0]
    browser.press("j" + DOWN)
    assert focused(browser) == TITLES[2]
    browser.press("k" + UP)
    assert focused(browser) == TITLES[0]
    browser.press("/")
    assert focused(browser) == "q"
    browser.press("jk/need")  # letters, as long as the search has the keys
    assert browser.run("return document.getElementById('q').value") == "jk/need"
    browser.press(ESCAPE + "need" + ENTER)
    assert shown(browser) == [TITLES[1]]
    assert focused(browser) == TITLES[1]
    browser.run(
        "window.opened = []; document.getElementById('list').addEventListener('click', (event) => "
        "{ event.preventDefault(); window.opened.push(event.target.closest('a').href); })"
    )
    browser.press(ENTER)
    assert browser.run("return window.opened") == ["https://arxiv.org/abs/1706.03762"]


def test_enter_unfolds_what_has_no_link(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "a.bib"
    file.write_text("@misc{a, title = {T}, abstract = {Long.}}")
    browser.open(made(file))
    browser.press("j" + ENTER)
    assert browser.run("return document.querySelector('.abstract').open") is True


def test_everything_can_be_reached_by_tab(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.run(
        """window.reached = [];
           addEventListener("focusin", ({target}) => {
             window.reached.push(target.id || target.textContent);
           });"""
    )
    browser.press(TAB * 60)
    reached = browser.run("return window.reached")
    wanted = ["skip", "q", "sort", "from", "to", "venue", "type", "category", "has-code", "has-pdf"]
    assert [one for one in reached if one in wanted][: len(wanted)] == wanted
    assert {"Abstract", "BibTeX", "Evidence (2)", "Copy", "DOI"} <= set(reached)


def test_the_focus_is_seen(browser: Browser, page: Path) -> None:
    """A ring that is drawn, and where nothing cuts it off."""
    emptied(browser, page)
    browser.run("document.getElementById('papers').focus()")
    browser.press("j")
    ring = """const ring = getComputedStyle(document.activeElement);
      return [ring.outlineStyle, parseFloat(ring.outlineWidth), parseFloat(ring.outlineOffset)]"""
    style, width, offset = browser.run(ring)
    assert (style, width >= 2) == ("solid", True)
    contained = "return getComputedStyle(document.activeElement.parentElement).contentVisibility"
    assert browser.run(contained) == "auto"
    assert offset + width <= 0


def test_the_key_is_copied(browser: Browser, page: Path) -> None:
    browser.tell("Browser.grantPermissions", permissions=["clipboardReadWrite"])
    browser.open(page)
    browser.press("jjc")
    assert browser.wait("return await navigator.clipboard.readText()") == "vaswani2017"
    browser.wait("await new Promise((done) => setTimeout(done, 50));")
    assert browser.run("return document.getElementById('told').textContent") == "Copied vaswani2017"


# Looks

SIZES = [(360, 740), (320, 600), (768, 1000), (1280, 900)]


@pytest.mark.parametrize("list_", ["usual", "hostile"])
@pytest.mark.parametrize("width,height", SIZES)
def test_nothing_to_scroll_sideways(
    browser: Browser, page: Path, hostile_page: Path, width: int, height: int, list_: str
) -> None:
    browser.size(width, height)
    emptied(browser, page if list_ == "usual" else hostile_page)
    browser.run("for (const one of document.querySelectorAll('details')) one.open = true")
    wide = browser.run("return [document.documentElement.scrollWidth, innerWidth]")
    assert wide[0] <= wide[1]


CONTRAST = """
const probe = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
function rgb(colour) {
  probe.clearRect(0, 0, 1, 1);
  probe.fillStyle = colour;
  probe.fillRect(0, 0, 1, 1);
  return [...probe.getImageData(0, 0, 1, 1).data];
}
function light(colour) {
  const [r, g, b] = colour.slice(0, 3).map((part) => part / 255)
    .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function ground(element) {
  for (let at = element; at; at = at.parentElement) {
    const colour = rgb(getComputedStyle(at).backgroundColor);
    if (colour[3] === 255) return colour;
  }
  return [255, 255, 255, 255];
}
const ratio = (a, b) => {
  const [low, high] = [light(a), light(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
};
const found = [];
for (const one of document.querySelectorAll("body *")) {
  const own = [...one.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
  const control = one.matches("input, select, button");
  if (!own && !control && !one.matches("rect")) continue;
  const style = getComputedStyle(one);
  if (!one.checkVisibility()) continue;
  if (own || control) {
    const got = ratio(rgb(style.color), ground(one));
    if (got < 4.5) found.push([one.outerHTML.slice(0, 80), got]);
  }
  if (one.matches("input:not([type=checkbox]), select, button")) {
    const got = ratio(rgb(style.borderTopColor), ground(one.parentElement));
    if (got < 3) found.push(["edge of " + one.outerHTML.slice(0, 80), got]);
  }
  if (one.matches("rect")) {
    const got = ratio(rgb(style.fill), ground(one.closest("figure")));
    if (got < 3) found.push(["bar", got]);
  }
}
return found;
"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_contrast(browser: Browser, hostile_page: Path, theme: str) -> None:
    """WCAG 2.2, 1.4.3 (text, 4.5) and 1.4.11 (edges of controls and bars, 3)."""
    browser.media(prefers_color_scheme=theme)
    emptied(browser, hostile_page)
    browser.run("for (const one of document.querySelectorAll('details')) one.open = true")
    assert browser.run(CONTRAST) == []
    grounds = browser.run("return getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", grounds))) < 384) is (theme == "dark")


@pytest.mark.parametrize("reduced", ["reduce", "no-preference"])
def test_motion_is_left_out_on_request(browser: Browser, page: Path, reduced: str) -> None:
    browser.media(prefers_reduced_motion=reduced)
    browser.open(page)
    smooth = browser.run("return getComputedStyle(document.documentElement).scrollBehavior")
    assert (smooth == "smooth") is (reduced == "no-preference")


NAMES = """
const found = [];
const ids = new Set();
for (const one of document.querySelectorAll("[id]")) {
  if (ids.has(one.id)) found.push("twice: " + one.id);
  ids.add(one.id);
}
for (const one of document.querySelectorAll("input, select, button, a, summary, svg, table")) {
  if (!one.checkVisibility()) continue;
  const label = one.labels && one.labels.length ? one.labels[0].textContent : "";
  const name = one.getAttribute("aria-label") || label || one.textContent;
  const silent = one.getAttribute("aria-hidden") === "true";
  if (!name.trim() && !silent) found.push(one.outerHTML.slice(0, 80));
}
const levels = [...document.querySelectorAll("h1, h2, h3")].map((one) => Number(one.tagName[1]));
levels.reduce((before, level) => { if (level > before + 1) found.push("level"); return level; }, 0);
if (levels.filter((level) => level === 1).length !== 1) found.push("one h1");
if (!document.documentElement.lang || !document.title) found.push("language and title");
for (const name of ["main", "header", "aside", "search", "footer"]) {
  if (!document.querySelector(name)) found.push(name);
}
for (const one of document.querySelectorAll("th")) if (!one.scope) found.push("scope");
return found;
"""


def test_every_control_has_a_name(browser: Browser, page: Path) -> None:
    browser.open(page)
    assert browser.run(NAMES) == []
    tree = browser.tell("Accessibility.getFullAXTree")["nodes"]
    roles = {"button", "link", "textbox", "searchbox", "combobox", "checkbox", "image", "table",
             "DisclosureTriangle", "status", "main", "search"}  # fmt: skip
    named = {(one["role"]["value"], one.get("name", {}).get("value", ""))
             for one in tree if not one["ignored"]}  # fmt: skip
    controls = roles - {"main", "status", "search", "table"}
    assert [role for role, name in named if role in controls and not name.strip()] == []
    assert ("searchbox", "Search title, authors, venue, abstract, key") in named
    assert ("checkbox", "arXiv ID") in named
    assert ("image", "Papers by year, 1984 to 2021; most in 1984: 1") in named


# Paper and no script


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs pdftotext (poppler-utils)")
@pytest.mark.parametrize("script", [True, False])
def test_on_paper(browser: Browser, page: Path, tmp_path: Path, script: bool) -> None:
    browser.media(prefers_color_scheme="dark")
    browser.scripts(allowed=script)
    browser.open(page)
    file = tmp_path / "page.pdf"
    file.write_bytes(browser.printed())
    text = subprocess.run(
        ["pdftotext", "-layout", file, "-"], capture_output=True, check=True
    ).stdout.decode()
    flat = " ".join(text.split())
    assert [title for title in TITLES if title not in flat] == []
    assert "We pass one sentence twice through an encoder" in flat
    assert "https://github.com/princeton-nlp/SimCSE" in flat
    assert "https://doi.org/10.1000/simcse" in flat
    assert [word for word in ("Copy", "Search title", "Only with", "BibTeX") if word in flat] == []


def test_all_are_printed(browser: Browser, tmp_path: Path) -> None:
    browser.open(made(long(tmp_path, 260)))
    assert len(shown(browser)) == 200
    browser.printed()
    assert len(shown(browser)) == 260


CARDS = """return [...document.querySelectorAll(arguments[0] + " > li")].map((item) => {
  const copy = item.cloneNode(true);
  for (const one of copy.querySelectorAll("button")) one.remove();
  return copy.innerHTML;
})"""


REDRAWN = """
for (const order of ["newest", ""]) {
  document.getElementById("sort").value = order;
  document.getElementById("sort").dispatchEvent(new Event("input"));
  while (document.querySelector("#list[aria-busy]")) {
    await new Promise((done) => { setTimeout(done, 5); });
  }
}
for (const one of document.querySelectorAll("#list .folds > details")) one.open = true;
while (document.querySelector("#list .folds > details > summary:only-child")) {
  await new Promise((done) => { setTimeout(done, 5); });
}
for (const one of document.querySelectorAll("#list .folds > details")) one.open = false;
"""


@pytest.mark.parametrize("list_", ["usual", "hostile"])
def test_without_a_script(browser: Browser, page: Path, hostile_page: Path, list_: str) -> None:
    """The list is there, folds open, and it is what the script makes."""
    page = page if list_ == "usual" else hostile_page
    browser.open(page)
    browser.wait(REDRAWN)
    scripted = browser.run(CARDS, "#list")
    bars = browser.run("return document.querySelector('aside figure').outerHTML")
    browser.scripts(allowed=False)
    browser.open(page)
    assert browser.run("return document.querySelector('.toolbar').checkVisibility()") is False
    assert browser.run(CARDS, "#list") == scripted
    assert browser.run("return document.querySelector('aside figure').outerHTML") == bars
    assert browser.run("return document.querySelector('article').checkVisibility()") is True


def test_a_long_list_without_a_script(browser: Browser, packed_page: Path) -> None:
    """The first papers are whole, all are there, and it is said what is not."""
    browser.open(packed_page)
    browser.wait(APPLIED + REDRAWN)
    scripted = browser.run(CARDS, "#list")
    browser.scripts(allowed=False)
    browser.open(packed_page)
    assert browser.run(CARDS, "#list") == scripted
    assert len(scripted) == PAGE
    titles = browser.run(
        "return [...document.querySelectorAll('main h3')].map((h) => h.textContent)"
    )
    assert [int(title.rpartition(" ")[2]) for title in titles] == list(range(STATIC + 100))
    assert browser.run("return document.querySelector('.limit').textContent") == (
        "Abstracts, BibTeX and evidence of papers after the first 200 need a script, "
        "which your browser does not run."
    )


def test_a_browser_that_cannot_unpack(browser: Browser, packed_page: Path) -> None:
    """What is there from the start stays, and it says so."""
    added = browser.tell(
        "Page.addScriptToEvaluateOnNewDocument", source="delete globalThis.DecompressionStream"
    )
    try:
        browser.open(packed_page)
        browser.wait(APPLIED)
    finally:
        browser.tell("Page.removeScriptToEvaluateOnNewDocument", **added)
    assert len(shown(browser)) == PAGE
    assert browser.run("return document.getElementById('count').textContent") == (
        "The first 200 of 600 papers. This browser cannot unpack the others: a newer one can."
    )
    browser.press("j")
    assert focused(browser) == shown(browser)[0]
    visible = "return document.querySelector(arguments[0]).checkVisibility()"
    assert [browser.run(visible, one) for one in ("#q", "#sort", "#from", ".key button")] == [
        False, False, False, True]  # fmt: skip


# Long lists


WHOLE = """
while (document.documentElement.dataset.whole === undefined) {
  await new Promise((done) => { setTimeout(done, 5); });
}
"""


def test_a_packed_paper_is_all_there(browser: Browser, packed_page: Path) -> None:
    """Searched by its abstract, which is read later; BibTeX and evidence are read when opened."""
    browser.open(packed_page, "#q=sentence+about+number+577")
    browser.wait(WHOLE + APPLIED)
    assert shown(browser) == ["fast fast methods 577"]
    folds = """
    const folds = [...document.querySelectorAll("#list .folds > details")];
    for (const one of folds) one.open = true;
    while (document.querySelector("#list .folds > details > summary:only-child")) {
      await new Promise((done) => { setTimeout(done, 5); });
    }
    return folds.map((one) => one.textContent);
    """
    abstract, bibtex, evidence = browser.wait(folds)
    assert abstract == "AbstractA sentence about number 577."
    assert bibtex.startswith("BibTeX@article{key577,")
    assert evidence == "Evidence (2)remarkSeen 577 times.sourcepage.txt, line 577"


def test_all_of_a_packed_list_are_printed(browser: Browser, packed_page: Path) -> None:
    browser.open(packed_page)
    browser.wait(WHOLE)
    printed = """
    const seen = [];
    addEventListener("beforeprint", () => {
      seen.push(...document.querySelectorAll("#list .abstract[open] p"));
    });
    dispatchEvent(new Event("beforeprint"));
    dispatchEvent(new Event("afterprint"));
    return seen.map((one) => one.textContent);
    """
    assert browser.run(printed) == [
        f"A sentence about number {number}." for number in range(STATIC + 100)
    ]
    assert browser.run("return document.querySelectorAll('#list details[open]').length") == 0


def test_orders_of_a_packed_list(browser: Browser, packed_page: Path) -> None:
    """Who types on looks among what was found; who takes a letter back, among all again."""
    queries = ["methods 1", "methods 12", "12 methods", "", '"tree methods', "zebra"]
    ask = "return document.getElementById('count').textContent"
    browser.open(packed_page)
    browser.wait(WHOLE)
    typed = []
    for query in queries:
        put(browser, q=query, sort="oldest")
        typed.append((browser.run(ask), shown(browser)))
    for query, found in zip(queries, typed, strict=True):
        emptied(browser, packed_page)
        put(browser, q=query, sort="oldest")
        assert (browser.run(ask), shown(browser)) == found
    assert [count for count, _ in typed][-3:] == [
        "600 papers",
        "60 of 600 papers",
        "0 of 600 papers",
    ]


def test_a_long_list_is_shown_part_by_part(browser: Browser, packed_page: Path) -> None:
    browser.open(packed_page)
    browser.wait(APPLIED)
    assert len(shown(browser)) == 200
    browser.click("#more")
    assert len(shown(browser)) == 400
    assert focused(browser) == shown(browser)[200]
    put(browser, q="methods 555")
    assert shown(browser) == ["causal causal methods 555"]
    put(browser, q="")
    browser.run("document.querySelectorAll('article')[199].focus()")
    browser.press("j")
    assert focused(browser) == shown(browser)[200]


@pytest.mark.parametrize("text", ["[]", '[{"key": "a", "type": "book", "title": "One"}]'])
def test_short_lists(browser: Browser, tmp_path: Path, text: str) -> None:
    file = tmp_path / "a.json"
    file.write_text(text)
    browser.open(made(file))
    assert shown(browser) == (["One"] if "One" in text else [])
    assert browser.run("return document.getElementById('none').hidden") is ("One" in text)
    put(browser, q="x", sort="title")
    assert shown(browser) == []


# Attacks


def test_hostile_entries_stay_text(browser: Browser, tmp_path: Path) -> None:
    page = made(hostile(tmp_path), "--title", "</title><script>alert(7)</script>")
    browser.open(page)
    browser.run("for (const one of document.querySelectorAll('details')) one.open = true")
    for query in ("<script>", "__proto__", "constructor", '"'):
        put(browser, q=query)
    put(browser, q="", venue="<", sort="author")
    put(browser, venue="", type="", sort="")
    foreign = "script, img, iframe, svg[onload]"
    assert browser.run(f"return document.querySelectorAll('{foreign}').length") == 2
    assert browser.run(
        "return [...document.querySelectorAll('*')].filter((one) => [...one.attributes]"
        ".some((a) => a.name.startsWith('on') || a.name === 'style')).length"
    ) == 0  # fmt: skip
    links = browser.run("return [...document.querySelectorAll('#list a')].map((a) => a.href)")
    assert {link.partition("10.")[0] for link in links} == {"https://doi.org/"}
    shown_text = browser.run("return document.getElementById('list').textContent")
    for address in ("javascript:alert(1)", "https://arxiv.org@evil.example.org/"):
        assert shown_text.count(address) >= len(SCRIPTS)
    assert len(ADDRESSES) == len(
        browser.run("return document.querySelector('.addresses').querySelectorAll('bdi')")
    )
    rel = browser.run("return [...document.querySelectorAll('#list a')].map((a) => a.rel)")
    assert set(rel) == {"noopener noreferrer"}
    assert browser.run("return document.title") == "</title><script>alert(7)</script>"


def test_turned_text_turns_nothing_else(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    rows = [{"key": "a", "type": "book", "title": "\u202eevil", "date": "2020", "venue": "\u2067x"}]
    file.write_text(json.dumps(rows))
    browser.open(made(file))
    lefts = browser.run(
        """const parts = [...document.querySelector(".where").childNodes];
           return parts.map((part) => { const range = document.createRange();
             range.selectNode(part); return range.getBoundingClientRect().left; })"""
    )
    assert lefts == sorted(lefts)


def test_the_policy_holds_when_a_script_gets_in(
    running: Browser, page: Path, tmp_path: Path
) -> None:
    """The policy is no ornament: markup put in by hand runs and loads nothing."""
    running.scripts(allowed=True)
    text = page.read_text("utf-8")
    attack = (
        '<script>document.title = "owned"</script><img src="https://evil.example.org/a.png">'
        '<p style="color: red" onclick="x()">x</p><base href="https://evil.example.org/">'
    )
    file = tmp_path / "attacked.html"
    file.write_text(text.replace("<header>", attack + "<header>"), "utf-8")
    running.complaints()
    running.requests()
    running.open(file)
    assert running.run("return document.title") == "refs.bib"
    said = "\n".join(running.complaints())
    for directive in ("script-src", "img-src", "style-src", "base-uri"):
        assert directive in said
    assert [url for url in running.requests() if "evil" in url] == []


def test_the_evidence_is_told(browser: Browser, page: Path) -> None:
    browser.open(page)
    told: Any = browser.run(
        """return [...document.querySelector(".evidence").querySelectorAll("dt, dd")]
             .map((one) => one.tagName + " " + one.textContent)"""
    )
    assert told == [
        "DT doi = 10.1000/simcse",
        "DD from Crossref, asked on 2026-11-21: exact title; authors and year agree (likeness of "
        "the titles 100 of 100).",
        "DD The question was crossref:doi:10.1000/simcse.",
        "DD The same say DBLP.",
        "DD Not taken: 10.1000/other (from OpenAlex): another title.",
        "DT author, title, year, journal, eprint, archiveprefix, primaryclass, code, abstract",
        "DD Were there already, or written by hand.",
    ]
    assert Paper("x").told == ()
