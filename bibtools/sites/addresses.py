"""Addresses of pages that people look at, as the questions that their services answer.

A page itself is never fetched: its address says which question stands for it. One row of
`_PAGES` for each form of address; what none of them fits is refused with the list of those that
work.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

from bibtools.errors import UsageError
from bibtools.model import parse_arxiv
from bibtools.sites import orcid
from bibtools.text.arxiv_classes import CLASSES
from bibtools.text.titles import title_words

MOST = 5_000
"""Papers that one address stands for at most; the notes say when there are more."""
_PAGE = 200
_DAILY_PAGE = 100
_DAILY_PAGES = 50

FORMS: Final = (
    "https://huggingface.co/papers/date/2026-11-20 (week/2026-W47, month/2026-11)",
    "https://arxiv.org/list/cs.CL/recent (new, 2026-11), https://arxiv.org/abs/2104.08821",
    "https://arxiv.org/search/?query=...&searchtype=title, https://arxiv.org/a/oz_e_1",
    "https://export.arxiv.org/api/query?search_query=...",
    "https://orcid.org/0000-0002-1825-0097, https://dblp.org/pid/28/2391",
    "https://aclanthology.org/volumes/2021.emnlp-main/",
)
"""Addresses that work, for the reader."""
REFUSED_HINT = "These work: " + "; ".join(FORMS) + ". Any other page: save it, and give the file."


@dataclass(frozen=True, slots=True)
class Listing:
    """What an address stands for: one question, or pages of them."""

    service: str
    """`Service.name`."""
    kind: str
    subject: str
    """Of the question; for pages, without what tells the page."""
    what: str
    """For the reader: "the papers of 2026-11-20"."""
    size: int = 0
    """Records of a full page; 0 when one question is all."""
    start: int = 0
    """The first record that is meant."""
    most: int = MOST
    """Records that are meant at most."""
    days: int | None = None
    """Newest first, and only what is at most so many days older than the newest."""
    is_list: bool = True
    """A list that may be empty; otherwise there is something, or the address is wrong."""
    notes: tuple[str, ...] = ()
    """Sentences on what the question does not say as the page does."""

    def subject_of(self, page: int) -> str | None:
        """The subject of the question for a page, from 0; None behind the last."""
        if not self.size:
            return self.subject if page == 0 else None
        if self.service == "arxiv":
            left = min(self.size, self.most - page * self.size)
            if left <= 0:
                return None
            part = urlencode({"start": self.start + page * self.size, "max_results": left})
            return f"{self.subject}&{part}"
        if page >= _DAILY_PAGES:
            return None
        return f"{self.subject}:{page}" if page else self.subject


@dataclass(frozen=True, slots=True)
class _Page:
    """An address taken apart."""

    address: str
    path: str
    """Decoded, without slashes at its ends."""
    query: Mapping[str, str] = field(default_factory=dict)

    def refused(self, why: str, hint: str = REFUSED_HINT) -> UsageError:
        return UsageError(f'"{self.address}" cannot be asked for: {why}.', hint)


def is_address(text: str) -> bool:
    """Whether a word of the command line is an address and no file."""
    return re.match(r"https?://", text, re.IGNORECASE) is not None


def listing_of(address: str) -> Listing:
    """What an address stands for. Raises `UsageError` for one that no service answers."""
    page, host = _taken_apart(address)
    for form in _PAGES:
        if host in form.hosts and (match := form.path.fullmatch(page.path)):
            return form.read(page, match)
    raise page.refused("it is none of the addresses that bibtools knows")


def _taken_apart(address: str) -> tuple[_Page, str]:
    shown = _Page(address, "")
    try:
        parts = urlsplit(address)
        if parts.port not in (None, 80, 443) or "@" in parts.netloc:
            raise shown.refused("it has a port or a name before the host")
        host = (parts.hostname or "").rstrip(".").removeprefix("www.")
        query = dict(parse_qsl(parts.query, errors="strict"))
        path = _path(parts)
    except ValueError:
        raise shown.refused("it is no address") from None
    return _Page(address, path, query), host


def _path(parts: SplitResult) -> str:
    return unquote(parts.path, errors="strict").strip("/")


# --- Hugging Face -----------------------------------------------------------------------------

_PERIODS = {
    "date": (re.compile(r"\d{4}-\d{2}-\d{2}"), "2026-11-20"),
    "week": (re.compile(r"\d{4}-W\d{2}"), "2026-W47"),
    "month": (re.compile(r"\d{4}-\d{2}"), "2026-11"),
}


def _papers(page: _Page, match: re.Match[str]) -> Listing:
    named = [name for name in _PERIODS if name in page.query]
    if match["period"]:
        name, value = match["period"], match["value"]
    elif len(named) == 1:
        name, value = named[0], page.query[named[0]]
    else:
        raise page.refused(
            "it names no day", "Add the day: https://huggingface.co/papers/date/2026-11-20"
        )
    pattern, example = _PERIODS[name]
    if not pattern.fullmatch(value):
        raise page.refused(f'"{value}" is no {name}', f"A {name} is written as {example}.")
    what = f"the papers of {value}"
    return Listing("hugging-face", "daily", f"{name}:{value}", what, size=_DAILY_PAGE)


# --- arXiv ------------------------------------------------------------------------------------


_ARCHIVES = frozenset(name.partition(".")[0] for name in CLASSES)
_BY_FOLDED_NAME = {name.lower(): name for name in (*_ARCHIVES, *CLASSES)}
_HAVE_CLASSES = frozenset(name.partition(".")[0] for name in CLASSES if "." in name)
# Archives whose older papers have no class.
_HAD_NO_CLASSES = frozenset(["astro-ph", "cond-mat"])
_DAYS = {"": 7, "recent": 7, "pastweek": 7, "new": 1}
_YEARS = range(1991, 2100)


def _named(page: _Page, match: re.Match[str]) -> str:
    """The archive or class of an address."""
    name = _BY_FOLDED_NAME.get(match["name"].lower())
    if name is None:
        raise page.refused(f'"{match["name"]}" is no class of arXiv')
    return name


def _category(name: str) -> str:
    """A class, or all classes of an archive, in a query."""
    if name in _HAD_NO_CLASSES:
        return f"(cat:{name}.* OR cat:{name})"
    return f"cat:{name}.*" if name in _HAVE_CLASSES else f"cat:{name}"


def _search(query: str, what: str, by: str = "submittedDate", order: str = "descending") -> Listing:
    subject = urlencode({"search_query": query, "sortBy": by, "sortOrder": order})
    return Listing("arxiv", "search", subject, what, size=_PAGE)


def _list(page: _Page, match: re.Match[str]) -> Listing:
    name, period = _named(page, match), match["period"] or ""
    if period in _DAYS:
        days = _DAYS[period]
        note = (
            f'"{page.address}" was asked as: submitted at most {days} '
            f"{'day' if days == 1 else 'days'} before the newest paper of {name}."
        )
        found = _search(_category(name), f"the newest papers of {name}")
        return replace(found, days=days, notes=(note,))
    month = _month(period)
    if month is None:
        raise page.refused(
            f'"{period}" is no month', f"Name one: https://arxiv.org/list/{name}/2026-11"
        )
    year, number = month
    last = monthrange(year, number)[1]
    dates = f"{year}{number:02}010000 TO {year}{number:02}{last}2359"
    query = f"{_category(name)} AND submittedDate:[{dates}]"
    return _search(query, f"the papers of {name} of {year}-{number:02}", order="ascending")


def _month(text: str) -> tuple[int, int] | None:
    """Year and month of `2026-11` or `2611`; four digits that may be a year are none."""
    if match := re.fullmatch(r"(\d{4})-(\d{2})", text):
        year, month = int(match[1]), int(match[2])
    elif re.fullmatch(r"\d{4}", text) and int(text) not in _YEARS:
        year, month = 2000 + int(text[:2]), int(text[2:])
        year -= 100 if year >= 2091 else 0
    else:
        return None
    return (year, month) if year in _YEARS and 1 <= month <= 12 else None


def _paper(page: _Page, match: re.Match[str]) -> Listing:
    number = parse_arxiv(match["id"].removesuffix(".pdf"))
    if number is None:
        raise page.refused(f'"{match["id"]}" is no arXiv ID')
    return Listing("arxiv", "arxiv", number.value, f"arXiv:{number.value}", is_list=False)


def _arxiv_author(page: _Page, match: re.Match[str]) -> Listing:
    name = match["name"].removesuffix(".atom2").removesuffix(".atom")
    if _ORCID.fullmatch(name.upper()):
        return _person(page, name.upper())
    parts = re.fullmatch(r"([a-z]+(?:-?[a-z]+)*)_([a-z](?:-[a-z])?)_\d+", name, re.IGNORECASE)
    if parts is None:
        raise page.refused(f'"{name}" is no author of arXiv', "An author is named as oz_e_1.")
    family, initial = parts[1].lower(), parts[2].lower()
    note = (
        f"\"{page.address}\" was asked by name: arXiv's interface does not know its authors' "
        "pages, so papers of others with this family name and initial may be among them."
    )
    found = _search(f"au:{family}_{initial}", f"the papers of {family}, {initial}.")
    return replace(found, notes=(note,), is_list=False)


_QUERY = ("search_query", "id_list", "sortBy", "sortOrder")
_ORDERS = {
    "sortBy": ("relevance", "lastUpdatedDate", "submittedDate"),
    "sortOrder": ("ascending", "descending"),
}


def _api(page: _Page, _: re.Match[str]) -> Listing:
    given = {name: page.query[name] for name in _QUERY if page.query.get(name, "").strip()}
    if not given.keys() & {"search_query", "id_list"}:
        raise page.refused("it has neither search_query nor id_list")
    for name, allowed in _ORDERS.items():
        if name in given and given[name] not in allowed:
            raise page.refused(f"{name} is none of {', '.join(allowed)}")
    # Without these arXiv gives the first ten.
    start, most = _number(page, "start", 0), _number(page, "max_results", 10)
    return _part(
        page, Listing("arxiv", "search", urlencode(given), "the papers found"), start, most
    )


def _part(page: _Page, found: Listing, start: int, most: int) -> Listing:
    """The listing from its `start` on, with so many records."""
    if most > MOST:
        note = f'Of "{page.address}" the first {MOST:,} papers are asked for.'
        found = replace(found, notes=(*found.notes, note))
    size = min(_PAGE, max(most, 1))
    return replace(found, size=size, start=start, most=min(most, MOST))


def _number(page: _Page, name: str, usual: int) -> int:
    text = page.query.get(name, "").strip()
    if not text:
        return usual
    if not re.fullmatch(r"\d{1,6}", text, re.ASCII):
        raise page.refused(f"{name} is no number")
    return int(text)


_FIELDS = {
    "": "all",
    "all": "all",
    "title": "ti",
    "author": "au",
    "abstract": "abs",
    "comments": "co",
    "journal_ref": "jr",
    "report_num": "rn",
    "cross_list_category": "cat",
}
_SORTED = {
    "": ("relevance", "descending"),
    "-announced_date_first": ("submittedDate", "descending"),
    "announced_date_first": ("submittedDate", "ascending"),
    "-submitted_date": ("lastUpdatedDate", "descending"),
    "submitted_date": ("lastUpdatedDate", "ascending"),
}
_SEARCH_WORDS = 12
"""Longer queries fail."""


def _site_search(page: _Page, match: re.Match[str]) -> Listing:
    asked = page.query.get("query", "").strip()
    kind = page.query.get("searchtype", "")
    if kind in ("paper_id", "arxiv_id") and (number := parse_arxiv(asked)):
        return Listing("arxiv", "arxiv", number.value, f"arXiv:{number.value}", is_list=False)
    order = page.query.get("order", "")
    if kind not in _FIELDS or order not in _SORTED:
        odd = f'searchtype "{kind}"' if kind not in _FIELDS else f'order "{order}"'
        raise page.refused(f"arXiv's interface has no {odd}")
    terms = _terms(asked, _FIELDS[kind])
    if not 1 <= len(terms) <= _SEARCH_WORDS:
        why = "it has more words than arXiv takes" if terms else "it has no words"
        raise page.refused(why, f"Use at most {_SEARCH_WORDS} words.")
    if match["name"]:
        terms.append(_category(_named(page, match)))
    found = _search(" AND ".join(terms), "the papers found", *_SORTED[order])
    size = _number(page, "size", 50)
    note = f'"{page.address}" stands for at most {size} results from number '
    start = _number(page, "start", 0)
    found = replace(found, notes=(f"{note}{start + 1} on.",))
    return _part(page, found, start, size)


def _terms(asked: str, prefix: str) -> list[str]:
    """The words and quoted phrases of a search, each to be found."""
    if prefix == "cat":
        return [f"cat:{word}" for word in re.findall(r"[A-Za-z-]+(?:\.[A-Za-z-]+)?", asked)]
    terms = []
    for phrase, word in re.findall(r'"([^"]*)"|([^\s"]+)', asked):
        words = " ".join(title_words(phrase or word))
        if " " in words:
            terms.append(f'{prefix}:"{words}"')
        elif words:
            terms.append(f"{prefix}:{words}")
    return terms


# --- people and volumes -----------------------------------------------------------------------

_ORCID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]")


def _orcid(page: _Page, match: re.Match[str]) -> Listing:
    return _person(page, match["id"].upper())


def _person(page: _Page, number: str) -> Listing:
    try:
        orcid.checked(number)
    except ValueError as error:
        raise page.refused(str(error)) from None
    note = (
        "ORCID lists works without their co-authors; `bibtools enrich` adds what is missing by "
        "DOI and arXiv ID."
    )
    return Listing(
        "orcid", "person", number, f"the works of {number}", is_list=False, notes=(note,)
    )


def _dblp(_: _Page, match: re.Match[str]) -> Listing:
    return Listing("dblp", "person", match["id"], f"the works of {match['id']}", is_list=False)


def _volume(_: _Page, match: re.Match[str]) -> Listing:
    return Listing("acl", "volume", match["id"], f"the volume {match['id']}", is_list=False)


def _acl_paper(_: _Page, match: re.Match[str]) -> Listing:
    return Listing("acl", "acl", match["id"], f"the paper {match['id']}", is_list=False)


# --- the table --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Form:
    """One form of address."""

    hosts: frozenset[str]
    """Without `www.`."""
    path: re.Pattern[str]
    read: Callable[[_Page, re.Match[str]], Listing]


def _form(hosts: str, path: str, read: Callable[[_Page, re.Match[str]], Listing]) -> _Form:
    return _Form(frozenset(hosts.split()), re.compile(path, re.ASCII), read)


_HF = "huggingface.co hf.co"
_ARXIV = "arxiv.org export.arxiv.org"
_CLASS = r"(?P<name>[A-Za-z-]+(?:\.[A-Za-z-]+)?)"
_VOLUME = r"(?P<id>\d{4}\.[a-z0-9_]+-[a-z0-9_]+|[A-Z]\d{2}-\d{1,2})"
_PAPER = r"(?P<id>\d{4}\.[a-z0-9_]+-[a-z0-9_]+\.\d+|[A-Z]\d{2}-\d{4})"
_PAGES: Final = (
    _form(_HF, r"papers(?:/(?P<period>date|week|month)/(?P<value>[^/]+))?", _papers),
    _form(_ARXIV, rf"list/{_CLASS}(?:/(?P<period>[^/]+))?", _list),
    _form(_ARXIV, r"(?:abs|pdf|html)/(?P<id>.+)", _paper),
    _form(_ARXIV, r"a/(?P<name>[^/]+)", _arxiv_author),
    _form(_ARXIV, r"api/query", _api),
    _form(_ARXIV, rf"search(?:/{_CLASS})?", _site_search),
    _form("orcid.org", r"(?P<id>\d{4}-\d{4}-\d{4}-\d{3}[\dXx])", _orcid),
    _form(
        "dblp.org dblp.uni-trier.de dblp.dagstuhl.de",
        r"pid/(?P<id>\w+/[\w-]+?)(?:\.(?:html|xml|rdf|nt|ttl|bib|rss))?",
        _dblp,
    ),
    _form("aclanthology.org", rf"volumes/{_VOLUME}(?:\.bib)?", _volume),
    _form("aclanthology.org", rf"{_PAPER}(?:\.pdf|\.bib)?", _acl_paper),
    _form("aclweb.org", rf"anthology/volumes/{_VOLUME}", _volume),
    _form("aclweb.org", rf"anthology/{_PAPER}(?:\.pdf|\.bib)?", _acl_paper),
)
