"""arXiv's own pages, saved: lists of new and recent papers, results of a search, one paper.

Shapes: the templates of https://github.com/arXiv/arxiv-browse (`list/`, `abs/`) and
https://github.com/arXiv/arxiv-search (`search-macros.html`). The values are those that arXiv's
API gives (`sites.arxiv`), as far as the page prints them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from bibtools.formats.pages.lines import Ledger
from bibtools.formats.pages.site_parts import (
    Part,
    account,
    arxiv_in,
    page_link,
    parts,
    said_links,
)
from bibtools.model import ArxivId, Entry, Name, PartialDate, Source, type_preprint
from bibtools.sites import arxiv, shapes
from bibtools.text.html import HtmlPage, text_of
from bibtools.text.html_elements import Element, find_elements
from bibtools.text.names import split_names

_LABEL = re.compile(
    r"(?:title|authors?|abstract|comments|subjects|journal[ -]ref(?:erence)?)\s*:\s*",
    re.IGNORECASE,
)
_CLASS = re.compile(r"\(([a-z]+(?:-[a-z]+)?(?:\.[A-Za-z][A-Za-z-]+)?)\)")
_MORE = re.compile(r"et al\.?\s*\((\d{1,5}) additional authors? not shown")
_DAY = re.compile(r"(\d{1,2})\s+([A-Z][a-z]{2})[a-z]*\.?,?\s+(\d{4})")
_MOST_TAGS = 50
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
# An address in an abstract is shown as "this https URL"; the link has it.
_THIS_URL = re.compile(
    r"""<a\s[^>]{0,300}?href\s{0,9}=\s{0,9}["']?([^"'\s>]{1,2000})[^>]{0,300}>\s{0,20}"""
    r"""this\s{1,20}(?:https?|ftp)\s{1,20}URL\s{0,20}</a>""",
    re.IGNORECASE,
)


def _unlabelled(text: str | None) -> str | None:
    return _LABEL.sub("", text, count=1).strip() or None if text else None


def _prose(part: Part, element: Element | None) -> str | None:
    """An abstract or a comment, with the addresses that its links have."""
    if element is None:
        return None
    inner = _THIS_URL.sub(r"\1", part.source(element))
    return _unlabelled(shapes.text(text_of(inner)))


def _day(text: str | None) -> PartialDate | None:
    match = _DAY.search(text or "")
    if match is None or match[2] not in _MONTHS:
        return None
    return shapes.date(match[3], _MONTHS.index(match[2]) + 1, match[1])


def _authors(part: Part, element: Element | None) -> tuple[tuple[Name, ...], bool, int | None]:
    """The authors, whether there are more, and how many there are if the page says so."""
    if element is None:
        return (), False, None
    whole = _unlabelled(part.text(element)) or ""
    linked = [part.text(link) for link in part.within(element, "a")]
    printed = [name for name in linked if name and not re.match(r"et al|\(", name)]
    if not printed:
        printed = list(split_names(re.sub(r",?\s*et al\b.*", "", whole)))
    names = tuple(name for text in printed if (name := shapes.printed_name(shapes.tex(text))))
    more = _MORE.search(whole)
    truncated = more is not None or "et al" in whole
    return names, truncated, len(names) + int(more[1]) if more else None


def _classes(text: str | None) -> tuple[str, ...]:
    return shapes.distinct(term for term in _CLASS.findall(text or "") if shapes.is_class(term))


def _entry(
    part: Part,
    file: str,
    number: ArxivId,
    title: str | None,
    *,
    authors: Element | None,
    abstract: str | None,
    comment: str | None,
    categories: tuple[str, ...],
    date: PartialDate | None = None,
    doi: str | None = None,
) -> Entry:
    names, truncated, count = _authors(part, authors)
    code, links = said_links(abstract, comment)
    published = arxiv.published_doi(doi, number)
    if published is not None:
        # Of the published version, which is a work of its own.
        links = (*links, page_link(f"https://doi.org/{published.value}"))
    withdrawn = arxiv.withdrawn(comment, abstract)
    remarks = (f"{withdrawn[:1].upper()}{withdrawn[1:]}.",) if withdrawn else ()
    return Entry(
        type=type_preprint,
        title=shapes.tex(title),
        authors=names,
        authors_truncated=truncated,
        author_count=count,
        abstract=abstract,
        date=date,
        categories=categories,
        primary_known=bool(categories),
        code=code,
        links=links,
        arxiv=ArxivId(number.value),
        sources=(Source(file, part.line),),
        remarks=remarks,
    )


# --- lists -------------------------------------------------------------------------------------

_LIST_CLASSES = frozenset(
    "list-title list-authors list-subjects list-comments mathjax list-identifier".split()
)


def read_listing(html: str, page: HtmlPage, ledger: Ledger) -> list[Entry]:
    """The papers of such a list; each is a `dt` with its ID and a `dd` with the rest."""
    elements = find_elements(
        html,
        lambda name, classes: name in ("dt", "a") or not classes.isdisjoint(_LIST_CLASSES),
        frozenset({"dt", "a", "div", "span", "p"}),
    )
    records = parts(html, elements, lambda element: element.name == "dt")
    account(page, records, ledger)
    entries = []
    for part in records:
        title = part.first("list-title")
        number = arxiv_in(
            [part.address(link) for link in part.every(name="a") if "/abs/" in part.address(link)]
        )
        if number is None or title is None:
            continue
        entries.append(
            _entry(
                part,
                ledger.file,
                number,
                _unlabelled(part.text(title)),
                authors=part.first("list-authors"),
                abstract=_prose(part, part.first("mathjax", name="p")),
                comment=_prose(part, part.first("list-comments")),
                categories=_classes(part.text(part.first("list-subjects"))),
            )
        )
    return entries


# --- a search ----------------------------------------------------------------------------------

_RESULT_CLASSES = frozenset(
    "arxiv-result title authors abstract abstract-full abstract-short comments tag is-size-7 "
    "mathjax".split()
)


def read_search(html: str, page: HtmlPage, ledger: Ledger) -> list[Entry]:
    """The papers found; the whole abstract is in the page though only its beginning is shown."""
    elements = find_elements(
        html,
        lambda name, classes: name == "a" or not classes.isdisjoint(_RESULT_CLASSES),
        frozenset({"li", "a", "p", "span"}),
    )
    records = parts(html, elements, lambda element: "arxiv-result" in element.classes)
    account(page, records, ledger)
    entries = []
    for part in records:
        number = arxiv_in(
            [part.address(link) for link in part.every(name="a") if "/abs/" in part.address(link)]
        )
        title = part.text(part.first("title"))
        if number is None or title is None:
            continue
        whole = (
            part.first("abstract-full") or part.first("abstract-short") or part.first("abstract")
        )
        abstract = re.sub(r"\s*[\u25b3\u25bd]\s*(?:Less|More)$", "", _prose(part, whole) or "")
        terms = [part.text(tag) for tag in islice(part.every("tag", name="span"), _MOST_TAGS)]
        entries.append(
            _entry(
                part,
                ledger.file,
                number,
                title,
                authors=part.first("authors"),
                abstract=abstract or None,
                comment=_comment(part),
                categories=shapes.distinct(
                    term for term in terms if term and shapes.is_class(term) and term != "doi"
                ),
                date=_submitted(part),
                doi=next(
                    (
                        part.address(link)
                        for link in part.every(name="a")
                        if "doi.org/10." in part.address(link)
                    ),
                    None,
                ),
            )
        )
    return entries


def _comment(part: Part) -> str | None:
    for element in islice(part.every("comments", name="p"), _MOST_TAGS):
        text = part.text(element) or ""
        if text.startswith("Comments:"):
            return _prose(part, element)
    return None


def _submitted(part: Part) -> PartialDate | None:
    """The day of the first version."""
    for element in islice(part.every("is-size-7", name="p"), _MOST_TAGS):
        text = part.text(element) or ""
        if text.startswith("Submitted"):
            first = re.search(r"\bv1 submitted ([^;]{1,40})", text)
            return _day(first[1] if first else text)
    return None


# --- one paper ---------------------------------------------------------------------------------

_PAPER_CLASSES = frozenset(
    "title authors abstract dateline subjects comments doi arxivid submission-history".split()
)


def read_paper(html: str, page: HtmlPage, ledger: Ledger) -> Sequence[Entry]:
    """The paper of such a page."""
    elements = find_elements(
        html,
        lambda name, classes: name == "a" or not classes.isdisjoint(_PAPER_CLASSES),
        frozenset({"h1", "div", "blockquote", "td", "a", "span"}),
    )
    whole = Part(html, elements, 0, len(html), 1)
    heading = whole.first("title", name="h1")
    abstracts = list(whole.every("abstract", name="blockquote"))
    named = whole.first("arxivid")
    scope = whole.within(named, "a") if named is not None else []
    addresses = [whole.address(link) for link in scope] + [page.address or ""]
    number = arxiv_in([one for one in addresses if "/abs/" in one])
    if heading is None or len(abstracts) != 1 or number is None:
        return []
    account(page, [whole], ledger)
    doi = whole.first("doi")
    in_doi = [whole.address(link) for link in whole.within(doi, "a")] if doi is not None else []
    return [
        _entry(
            whole,
            ledger.file,
            number,
            _unlabelled(whole.text(heading)),
            authors=whole.first("authors"),
            abstract=_prose(whole, abstracts[0]),
            comment=_prose(whole, whole.first("comments")),
            categories=_classes(whole.text(whole.first("subjects"))),
            date=_day(whole.text(whole.first("dateline"))),
            doi=in_doi[0] if in_doi else None,
        )
    ]
