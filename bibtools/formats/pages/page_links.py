"""The links beside a paper on a web page: its identifiers, its code, its project page.

A text export loses them; in HTML the address behind a title or behind "Code" says what the words
do not. A link belongs to a paper when it stands in an element that holds that paper and no other,
or in a row of links right below (or above) it on a page where all such rows stand on the same
side. Everything else is a neighbour's, the site's or nobody's, and is left alone: a code link
that is wrong is worse than none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from urllib.parse import parse_qs, urljoin, urlsplit

from bibtools.formats.pages.lines import Ledger, Line, show
from bibtools.model import ArxivId, Doi, Doubt, Entry, Link, parse_arxiv, parse_doi
from bibtools.sites import shapes
from bibtools.text.addresses import is_local, same_address_key
from bibtools.text.html import HtmlPage
from bibtools.text.html_lines import Anchor, HtmlLine
from bibtools.text.titles import title_key
from bibtools.text.urls import (
    ARCHIVE,
    CODE_KINDS,
    CODE_OWNER,
    COLLECTION,
    DATASET,
    PAPER,
    PROJECT_PAGE,
    kind_of,
)

EVIDENCE = "page"
"""Who says so: the page, by the link beside the paper."""

# --- what a label says -------------------------------------------------------------------------

_WORDS = frozenset(
    """abs abstract acl anthology appendix article arxiv bib bibtex blog camera-ready checkpoint
    checkpoints cite code codebase colab data dataset datasets demo doi download full github gitlab
    home homepage html huggingface hugging face here implementation journal link links media model
    models official openreview page paper papers pdf podcast post poster pre-print preprint
    presentation press proceedings project publisher read recording repo repository resources save
    share site slides software source supp supplement supplemental supplementary material talk text
    thread tweet twitter version video view web weights website www x youtube""".split()
)
_CODE_WORDS = frozenset(
    "code codebase github gitlab implementation repo repository software source".split()
)
_PAGE_WORDS = frozenset("project page website site web demo data dataset datasets".split())
_HERE_WORDS = _CODE_WORDS | frozenset("here url link https page website available".split())
_WORD = re.compile(r"[a-z][a-z.-]*[a-z]|x", re.IGNORECASE)
_COUNT = re.compile(r"[\d.,]+k?", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s\[\](){}<>|/\\\u00b7\u2022\u2219,;:.&+\u2013\u2014\u2197\u2192-]*")
_MOST_WORDS = 5


def _words(label: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(label)]


def is_link_label(label: str) -> bool:
    """True for what a link to a paper's file, code or page is called: "PDF", "Code (12k)"."""
    if len(label) > 60:
        return False
    if parse_arxiv(label) is not None or parse_doi(label) is not None:
        return True
    words = _words(_COUNT.sub(" ", label))
    return 0 < len(words) <= _MOST_WORDS and all(word in _WORDS for word in words)


def is_link_row(line: HtmlLine) -> bool:
    """True for a line that is nothing but links to a paper's file, code or page."""
    if not line.anchors:
        return False
    rest = line.text
    for anchor in line.anchors:
        if anchor.shown:
            if not is_link_label(anchor.label):
                return False
            rest = rest.replace(anchor.label, " ", 1)
    return _BETWEEN.fullmatch(_COUNT.sub(" ", rest)) is not None or _is_heading(rest)


def _is_heading(rest: str) -> bool:
    """True for "Links:" before the links themselves."""
    return re.fullmatch(r"\W*(?:links?|resources|downloads?)\W*", rest, re.IGNORECASE) is not None


def split_at_link(line: Line, page: HtmlPage) -> tuple[Line, ...]:
    """A line of title and authors in two where the title is a link: the line itself does not say
    where the one ends and the other begins.
    """
    anchors = page.lines[line.place].anchors
    label = anchors[0].label if anchors and anchors[0].shown else ""
    rest = line.text[len(label) :].lstrip()
    if (
        len(label.split()) < _TITLE_WORDS
        or not line.text.startswith(label)
        or len(rest) < 3
        or not rest[0].isupper()
        or len(line.text) > 1000
    ):
        return (line,)
    return replace(line, text=label), replace(line, text=rest, alone=False)


_TITLE_WORDS = 3


# --- what an address leads to ------------------------------------------------------------------

_MIRRORS = re.compile(
    r"(?:https?://)?(?:www\.)?(?:(?:huggingface\.co|hf\.co)/papers/|alphaxiv\.org/(?:abs|pdf)/"
    r"|ar5iv(?:\.labs\.arxiv)?\.org/(?:abs|html)/|browse\.arxiv\.org/(?:abs|pdf|html)/)"
    r"(?P<id>[^?#]+)",
    re.IGNORECASE,
)
_ARCHIVED = re.compile(
    r"https?://web\.archive\.org/web/\d{1,14}(?:[a-z]{2}_)?/(?P<url>https?://.+)", re.IGNORECASE
)


# Paths that tell the site where the page does not say where it is from.
_HOMES = (("/papers/", "https://huggingface.co/"), ("/abs/", "https://arxiv.org/"))


def _absolute(address: str, base: str | None) -> str | None:
    """An http(s) address that leads somewhere public, or None."""
    if base is None and address.startswith("/"):
        base = next((home for path, home in _HOMES if address.startswith(path)), None)
    try:
        joined = urljoin(base, address) if base else address
        parts = urlsplit(joined)
    except ValueError:
        return None
    if parts.netloc.endswith("google.com") and parts.path == "/url":
        given = parse_qs(parts.query, max_num_fields=50) if len(parts.query) < 5000 else {}
        joined = next(iter(given.get("q") or given.get("url") or []), joined)
    archived = _ARCHIVED.fullmatch(joined)
    found = shapes.address(archived["url"] if archived else joined)
    return None if found is None or is_local(found) else found


def arxiv_of(url: str) -> ArxivId | None:
    """The arXiv paper that an address leads to, there or on a site that shows arXiv's papers."""
    mirror = _MIRRORS.fullmatch(url)
    if mirror is not None:
        return parse_arxiv(mirror["id"].strip("/").removesuffix(".pdf"))
    return parse_arxiv(url) if "arxiv" in url.lower() else None


def _doi_of(url: str) -> Doi | None:
    return parse_doi(url) if "doi.org/" in url.lower() else None


# --- whose a link is ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Range:
    """Places of lines: from `first` to before `last`."""

    first: int
    last: int

    def holds(self, place: int) -> bool:
        return self.first <= place < self.last


def _ranges(page: HtmlPage, cores: Sequence[_Range]) -> list[_Range]:
    """For each core (in order, apart from each other) the largest element that holds it whole and
    nothing of another; the core itself where there is none. In linear time.
    """
    elements = sorted(page.elements, key=lambda item: (item[0], -item[1]))
    parents: list[int] = []
    stack: list[int] = []
    owned: list[_Range] = []
    at = 0
    for number, core in enumerate(cores):
        while at < len(elements) and elements[at][0] <= core.first:
            while stack and elements[stack[-1]][1] <= elements[at][0]:
                stack.pop()
            parents.append(stack[-1] if stack else -1)
            stack.append(at)
            at += 1
        while stack and elements[stack[-1]][1] <= core.first:
            stack.pop()
        low = cores[number - 1].last if number else 0
        high = cores[number + 1].first if number + 1 < len(cores) else len(page.lines)
        best, inner = core, stack[-1] if stack else -1
        alone = len(cores) == 1
        while inner >= 0:
            first, last = elements[inner]
            if first < low or last > high:
                break
            if alone and last - first > _MOST_LINES_OF_ONE and best is not core:
                break
            if first <= core.first and last >= core.last:
                best = _Range(first, last)
            inner = parents[inner]
        owned.append(best)
    return owned


_MOST_LINES_OF_ONE = 12
"""Of a page with one paper only: a larger element around it is the page."""


def _rows_beside(page: HtmlPage, owned: list[_Range]) -> list[_Range]:
    """The ranges with the rows of links above or below them that are in no element with them."""
    lines = page.lines
    before = [_reach(lines, own.first, -1, owned[n - 1].last if n else 0)
              for n, own in enumerate(owned)]  # fmt: skip
    after = [
        _reach(lines, own.last, 1, owned[n + 1].first if n + 1 < len(owned) else len(lines))
        for n, own in enumerate(owned)
    ]
    above, below = before[0] < owned[0].first, after[-1] > owned[-1].last
    if above == below:
        return owned  # no rows, or rows that may be either's
    if above:
        return [_Range(first, own.last) for first, own in zip(before, owned, strict=True)]
    return [_Range(own.first, last) for last, own in zip(after, owned, strict=True)]


def _reach(lines: Sequence[HtmlLine], place: int, step: int, limit: int) -> int:
    """How far rows of links go on from a place, up to a limit."""
    while place != limit:
        line = lines[place if step > 0 else place - 1]
        if line.in_menu or not (is_link_row(line) or (line.anchors and not line.text)):
            break
        place += step
    return place


# --- what the links of one paper say -----------------------------------------------------------


@dataclass(slots=True)
class _Said:
    """What the links of one paper say of it."""

    of_title: dict[str, ArxivId] = field(default_factory=dict)
    of_row: dict[str, ArxivId] = field(default_factory=dict)
    dois: dict[str, Doi] = field(default_factory=dict)
    code: list[Link] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    code_flag: bool = False

    @property
    def papers(self) -> dict[str, ArxivId]:
        """The arXiv papers that may be this one: those of the title, if it has any."""
        return self.of_title or self.of_row


def _said(entry: Entry, page: HtmlPage, own: _Range, core: frozenset[int]) -> _Said:
    said = _Said()
    key = title_key(entry.title or "")
    people = {name.display().lower() for name in entry.authors}
    for place in range(own.first, own.last):
        line = page.lines[place]
        if line.in_menu:
            continue
        prose = place in core and len(line.text) > 60 and line.text in (entry.abstract or "")
        for anchor in line.anchors:
            label = title_key(anchor.label) if len(anchor.label) < 1000 else ""
            is_title = place in core and not prose and len(label) > 3 and label in key
            if anchor.label.lower() in people:
                continue
            if is_title or prose or is_link_label(anchor.label) or not anchor.shown:
                _take(said, anchor, page.address, is_title, prose)
    return said


def _take(said: _Said, anchor: Anchor, base: str | None, is_title: bool, prose: bool) -> None:
    words = set(_words(anchor.label))
    flagged = "code" in words and not prose and is_link_label(anchor.label)
    said.code_flag = said.code_flag or flagged
    url = _absolute(anchor.address, base)
    if url is None:
        return
    if (number := arxiv_of(url)) is not None:
        # In running text it is a paper that this one cites.
        if not prose:
            # Without the version: a link to one does not say that it is the one meant.
            found = said.of_title if is_title else said.of_row
            found.setdefault(number.value, ArxivId(number.value))
    elif doi := _doi_of(url):
        if not prose:
            said.dois.setdefault(doi.folded, doi)
    else:
        _take_thing(said, Link(url, EVIDENCE, kind_of(url)), anchor, flagged, prose, is_title)


def _take_thing(
    said: _Said, link: Link, anchor: Anchor, flagged: bool, prose: bool, is_title: bool
) -> None:
    """Take up what is no paper: code, or a page about it."""
    words = set(_words(anchor.label))
    if link.kind in CODE_KINDS:
        printed = anchor.label.lower().removeprefix("https://").removeprefix("www.")
        named = not words.isdisjoint(_HERE_WORDS) or (
            len(printed) > 8 and same_address_key(link.url).startswith(printed)
        )
        if (flagged or link.kind != CODE_OWNER) and (named or not prose):
            said.code.append(link)
    elif not prose and (
        link.kind in _WORTH or (not is_title and not words.isdisjoint(_PAGE_WORDS | _CODE_WORDS))
    ):
        said.links.append(link)


_WORTH = frozenset({PROJECT_PAGE, DATASET, ARCHIVE, COLLECTION, PAPER})


def add_page_links(
    entries: Sequence[Entry], page: HtmlPage, ledger: Ledger, rows: Sequence[Line] = ()
) -> list[Entry]:
    """The entries with what the links beside them say.

    `ledger.records` has the lines of each entry. An identifier that links beside two papers of
    the page share is neither's; of several beside one paper none is taken, and the entry tells
    of the doubt. `rows` are the lines that were kept from the reader of the text.
    """
    placed = [sorted(line.place for line in lines if line.place >= 0) for lines in ledger.records]
    cores = [_Range(places[0], places[-1] + 1) for places in placed if places]
    if len(cores) != len(entries) or any(
        first.last > second.first for first, second in pairwise(cores)
    ):
        for line in rows:
            ledger.part_of_header(line)
        return list(entries)
    owned = _rows_beside(page, _ranges(page, cores)) if cores else []
    of_records = {place for own in owned for place in range(own.first, own.last)}
    for line in rows:
        if line.place in of_records and not page.lines[line.place].in_menu:
            ledger.beside_record(line)
        else:
            ledger.part_of_header(line)
    said = [
        _said(entry, page, own, frozenset(places))
        for entry, own, places in zip(entries, owned, placed, strict=True)
    ]
    shared = {
        value
        for value, times in Counter(
            value for one in said for value in {*one.papers, *one.dois}
        ).items()
        if times > 1
    }
    return [
        _with(entry, one, shared, ledger, lines[0])
        for entry, one, lines in zip(entries, said, ledger.records, strict=True)
    ]


def _with(entry: Entry, said: _Said, shared: set[str], ledger: Ledger, line: Line) -> Entry:
    doubts = list(entry.doubts)
    arxiv, doi = entry.arxiv, entry.doi
    for name, what, found in (
        ("arxiv", "arXiv papers", list(said.papers)),
        ("doi", "DOIs", list(said.dois)),
    ):
        own = [value for value in found if value not in shared]
        if len(own) > 1:
            reason = f"the page links several {what} beside it"
            doubts.append(Doubt(name, reason, tuple(own)))
            ledger.tell(
                f"{show(entry.title or line.text)} stands beside links to several {what} "
                f"({', '.join(own[:4])}); none was taken.",
                line,
                "page.several-links",
            )
        elif own and name == "arxiv":
            arxiv = arxiv or said.papers[own[0]]
        elif own:
            doi = doi or said.dois[own[0]]
    known = {same_address_key(link.url) for link in (*entry.code, *entry.links)}
    code = [*entry.code, *_new(said.code, known)]
    links = [*entry.links, *_new(said.links, known)]
    return replace(
        entry,
        arxiv=arxiv,
        doi=doi,
        code=tuple(code),
        links=tuple(links),
        code_flag=entry.code_flag or said.code_flag,
        doubts=tuple(doubts),
    )


def _new(links: Iterable[Link], known: set[str]) -> Iterator[Link]:
    for link in links:
        key = same_address_key(link.url)
        if key not in known:
            known.add(key)
            yield link
