"""The page: what it is made of, and its content security policy.

Everything is in the one file. The policy lets nothing run but the script whose hash it names, and
nothing be fetched at all; the script builds elements and sets texts, and trusted types forbid it
to read markup. Up to `STATIC` papers stand in the list from the start. Of more, the first `PAGE`
do, which are seen before the script has read the rest (`page_data`) and shows it part by part; for
readers without a script the next ones follow without abstracts, BibTeX and evidence, `PLAIN` papers
at most, and the page says so.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Final

from bibtools.formats.report_page.markup import (
    Child,
    Markup,
    clean,
    element,
    script_element,
    style_element,
)
from bibtools.formats.report_page.page_data import FIRST_AUTHORS, MOST_AUTHORS, PAGE, data_elements
from bibtools.formats.report_page.papers import HAS, Paper, ShownLink
from bibtools.formats.report_page.plots import bar_table, most_common, year_plot

STATIC: Final = 500
PLAIN: Final = 5000
GENERATOR: Final = "bibtools report"
"""Stands in every page, so that a page of ours is known as such."""
_SORTS: Final = {
    "": "as in the file",
    "newest": "newest first",
    "oldest": "oldest first",
    "title": "title",
    "author": "first author",
}
_DOT: Final = " \u00b7 "


def write_page(papers: Sequence[Paper], title: str) -> str:
    """The page as HTML, the same for the same papers (of more than `STATIC`: and the same zlib)."""
    style, script = _source("page.css"), _source("page.js")
    title = clean(title).strip() or "Reading list"
    head = element(
        "head",
        {},
        element("meta", {"charset": "utf-8"}),
        element(
            "meta", {"http-equiv": "Content-Security-Policy", "content": _policy(style, script)}
        ),
        element("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
        element("meta", {"name": "referrer", "content": "no-referrer"}),
        element("meta", {"name": "color-scheme", "content": "light dark"}),
        element("meta", {"name": "generator", "content": GENERATOR}),
        element("title", {}, title),
        style_element(style),
    )
    body = element(
        "body",
        {},
        element("a", {"class": "skip", "id": "skip", "href": "#papers"}, "Skip to the papers"),
        element(
            "header",
            {},
            element("h1", {}, _bdi(title)),
            element("p", {}, _summary(papers)),
        ),
        _toolbar(),
        element("div", {"class": "layout"}, _aside(papers), _main(papers)),
        _footer(),
        *data_elements(papers, packed=len(papers) > STATIC),
        script_element(script),
    )
    page = element("html", {"lang": "en"}, Markup("\n"), head, Markup("\n"), body)
    return f"<!DOCTYPE html>\n{page.html}\n"


@cache
def _source(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")


def _policy(style: str, script: str) -> str:
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {_hash(script)}",
            f"style-src {_hash(style)}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def _summary(papers: Sequence[Paper]) -> str:
    if not papers:
        return "No papers."
    years = [paper.year for paper in papers if paper.year is not None]
    parts = [f"{len(papers)} {'paper' if len(papers) == 1 else 'papers'}"]
    if years:
        first, last = min(years), max(years)
        parts.append(str(first) if first == last else f"{first} to {last}")
    for name, words in (("code", "with code"), ("arxiv", "on arXiv"), ("unsure", "unsure")):
        count = sum(name in paper.has for paper in papers)
        if count:
            parts.append(f"{count} {words}")
    return _DOT.join(parts)


# Controls


def _toolbar() -> Markup:
    options = (element("option", {"value": value}, name) for value, name in _SORTS.items())
    return element(
        "search",
        {"class": "toolbar scripted", "hidden": True},
        element(
            "div",
            {"class": "search"},
            element("label", {"for": "q"}, "Search title, authors, venue, abstract, key"),
            element(
                "input",
                {"type": "search", "id": "q", "autocomplete": "off", "spellcheck": "false"},
            ),
        ),
        element(
            "div",
            {"class": "sort"},
            element("label", {"for": "sort"}, "Order"),
            element("select", {"id": "sort"}, *options),
        ),
        element("p", {"id": "count", "role": "status"}),
        element("p", {"id": "told", "role": "status", "class": "unseen"}),
    )


def _field(identifier: str, name: str, control: Markup) -> Markup:
    return element("div", {}, element("label", {"for": identifier}, name), control)


def _filters() -> Markup:
    years = (
        _field(
            identifier,
            name,
            element("input", {"type": "text", "inputmode": "numeric", "maxlength": "5",
                              "id": identifier, "autocomplete": "off"}),
        )
        for identifier, name in (("from", "From year"), ("to", "To year"))
    )  # fmt: skip
    venue = element("input", {"id": "venue", "list": "names", "autocomplete": "off"})
    selects = (
        _field(
            identifier,
            name,
            element("select", {"id": identifier}, element("option", {"value": ""}, "any")),
        )
        for identifier, name in (("type", "Type"), ("category", "arXiv category"))
    )
    boxes = (
        element(
            "label",
            {"class": "check"},
            element("input", {"type": "checkbox", "id": f"has-{name}"}),
            words,
        )
        for name, words in HAS.items()
    )
    return element(
        "div",
        {"class": "filters scripted", "role": "group", "aria-label": "Filters", "hidden": True},
        element("div", {"class": "pair"}, *years),
        _field("venue", "Venue", venue),
        element("datalist", {"id": "names"}),
        *selects,
        element("fieldset", {}, element("legend", {}, "Only with"), *boxes),
        element("button", {"type": "button", "id": "reset", "hidden": True}, "Show all again"),
    )


def _aside(papers: Sequence[Paper]) -> Markup:
    categories = most_common(one for paper in papers for one in paper.categories)
    return element(
        "aside",
        {"aria-label": "Filters and plots"},
        element(
            "details",
            {"id": "aside", "open": True},
            element("summary", {}, "Filters and plots"),
            _filters(),
            year_plot(papers),
            bar_table("categories", "Category", categories),
            bar_table("venues", "Venue", most_common(paper.venue for paper in papers)),
        ),
    )


def _footer() -> Markup:
    keys = (
        ("/", "search"),
        ("j", "next"),
        ("k", "previous"),
        ("Enter", "open"),
        ("c", "copy the key"),
    )
    told: list[Child] = ["Keys: "]
    for number, (key, what) in enumerate(keys):
        told += [", " if number else None, element("kbd", {}, key), f" {what}"]
    return element(
        "footer",
        {},
        element("p", {"class": "keys scripted", "hidden": True}, *told),
        element("p", {}, "Made with bibtools. The page asks no network for anything."),
    )


# Papers


def _main(papers: Sequence[Paper]) -> Markup:
    whole = papers if len(papers) <= STATIC else papers[:PAGE]
    rest = papers[len(whole) : PLAIN]
    return element(
        "main",
        {"id": "papers", "tabindex": "-1"},
        element("h2", {"class": "unseen"}, "Papers"),
        element("ol", {"id": "list"}, *(_paper(paper, folds=True) for paper in whole)),
        element(
            "noscript",
            {},
            element("p", {"class": "limit"}, _limit(len(papers))),
            element("ol", {}, *(_paper(paper, folds=False) for paper in rest)),
        )
        if rest
        else None,
        element("p", {"class": "none", "id": "none", "hidden": bool(papers)}, "No papers."),
        element("button", {"type": "button", "id": "more", "hidden": True}, "Show more"),
    )


def _limit(count: int) -> str:
    """What a reader without a script is told."""
    told = (
        f"Abstracts, BibTeX and evidence of papers after the first {PAGE} need a script, "
        "which your browser does not run."
    )
    if count > PLAIN:
        told += f" So do the papers after the first {PLAIN} of {count}."
    return told


def _bdi(text: str) -> Markup:
    return element("bdi", {}, text)


def _anchor(link: ShownLink, child: Child) -> Markup:
    return element("a", {"href": link.url, "rel": "noopener noreferrer"}, child)


def _between(parts: Sequence[Child], mark: str) -> list[Child]:
    return [piece for at, part in enumerate(parts) for piece in ((mark, part) if at else (part,))]


def _paper(paper: Paper, *, folds: bool) -> Markup:
    """One paper: the same as `card` in page.js makes, but for the button."""
    title = _bdi(paper.title)
    links = [_anchor(link, _bdi(link.label)) for link in paper.links]
    addresses = _between([_bdi(one) for one in paper.addresses], ", ")
    article = element(
        "article",
        {"tabindex": "-1"},
        element("h3", {}, _anchor(paper.links[0], title) if paper.links else title),
        _authors(paper),
        _where(paper),
        element("p", {"class": "links"}, *links) if links else None,
        element("p", {"class": "addresses"}, "Not linked: ", *addresses) if addresses else None,
        element(
            "div",
            {"class": "folds"},
            _fold("abstract", "Abstract", element("p", {}, _bdi(paper.abstract)))
            if paper.abstract and folds
            else None,
            _fold("bibtex", "BibTeX", element("pre", {"tabindex": "0"}, _bdi(paper.bibtex)))
            if paper.bibtex and folds
            else None,
            _evidence(paper) if paper.told and folds else None,
            element("div", {"class": "key"}, element("code", {}, _bdi(paper.key)))
            if paper.key
            else None,
        ),
    )
    return element("li", {"class": "paper"}, article)


def _authors(paper: Paper) -> Markup | None:
    names: list[Child] = [_bdi(name) for name in paper.authors]
    if not names:
        return None
    rest = " and others" if paper.truncated else None
    if len(names) <= MOST_AUTHORS:
        return element("div", {"class": "who"}, *_between(names, ", "), rest)
    folded = names[FIRST_AUTHORS:]
    more = element("summary", {}, f"and {len(folded)} more")
    return element(
        "div",  # a paragraph would end where the details begin
        {"class": "who"},
        *_between(names[:FIRST_AUTHORS], ", "),
        " ",
        element("details", {}, more, " ", *_between(folded, ", "), rest),
    )


def _where(paper: Paper) -> Markup | None:
    parts: list[Child] = []
    if paper.year is not None:
        parts.append(str(paper.year))
    if paper.venue:
        parts.append(_bdi(paper.venue))
    if paper.type:
        parts.append(paper.type)
    if paper.categories:
        parts.append(", ".join(paper.categories))
    if "unsure" in paper.has:
        parts.append(element("span", {"class": "unsure"}, "unsure"))
    return element("p", {"class": "where"}, *_between(parts, _DOT)) if parts else None


def _fold(kind: str, name: str, inside: Markup) -> Markup:
    return element("details", {"class": kind}, element("summary", {}, name), inside)


def _evidence(paper: Paper) -> Markup:
    rows: list[Child] = []
    for one in paper.told:
        rows.append(element("dt", {}, _bdi(one.name)))
        rows += (element("dd", {}, _bdi(line)) for line in one.lines)
    return _fold("evidence", f"Evidence ({len(paper.told)})", element("dl", {}, *rows))
