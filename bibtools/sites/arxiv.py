"""arXiv's query API: papers by ID, a hundred at a time, and by title.

Contract: https://info.arxiv.org/help/api/user-manual.html; the shape of the answers since the
new backend of 2026. What the manual does not say: an unknown ID in a list is dropped without a
word, so answers are matched by ID; one malformed ID makes the whole answer an error (status 400,
before 2026 status 200); pages may come empty although results are announced.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl, urlencode

from bibtools.model import ArxivId, Doi, Entry, Name, parse_arxiv, type_preprint
from bibtools.sites import shapes, xml
from bibtools.sites.answers import by_subject
from bibtools.sites.asking import (
    Answer,
    Batch,
    Found,
    NotFound,
    Pace,
    Question,
    Reply,
    Request,
    Service,
    UnreadableError,
)
from bibtools.sites.records import Record
from bibtools.text.titles import title_words

BASE = "https://export.arxiv.org/api"
_ACCEPT = ("application/atom+xml", "application/xml", "text/xml")
_ERRORS = b"arxiv.org/api/errors"
_TITLE_WORDS = 10
"""Longer phrases find nothing."""
_TITLE_RESULTS = 10
_SEARCH = ("search_query", "id_list", "sortBy", "sortOrder", "start", "max_results")

_WORK = r"(?:paper|article|manuscript|submission|preprint|work|note|e-?print|draft|report|letter)"
_WITHDRAWN = re.compile(
    # Not "the submission to the Journal of Boats was withdrawn", and not "this paper supersedes
    # cs/0001001, which was withdrawn".
    rf"\b{_WORK}\b(?! (?:submitted )?to\b)(?:(?!\bwhich\b|\bsupersedes\b)[^.;]){{0,60}}\b"
    r"(?:has been|have been|was|were|is|are|being) (?:\w+ly )?(?:withdrawn?|retracted)\b"
    r"|\b(?:withdrawn|retracted) by (?:the |its |one of the |an? )?"
    r"(?:first |corresponding |sole )?(?:authors?|submitter|arxiv|administrators?|admin)\b"
    r"|\b(?:we|i|authors?|to) (?:hereby |therefore )?(?:withdraw|retract) "
    rf"(?:this|the|our|my) {_WORK}\b",
    re.IGNORECASE,
)
_WITHDRAWN_COMMENT = re.compile(
    r"\A\W*(?:this (?:version|one) (?:is|has been|was) )?(?:withdrawn|retracted)\b"
    r"|\barxiv admin note:[^.]{0,80}\bwithdrawn\b"
    rf"|\b{_WORK} withdrawn\b(?! from)"
    rf"|\bwithdrawing (?:this|the|our|my) {_WORK}\b"
    r"|(?:[.;)]|\bpages|\bfigures?),? withdrawn (?:due|because|since|as|for)\b",
    re.IGNORECASE,
)
_NOT_THIS_ONE = re.compile(
    r"\b(?:not|never|previous|earlier|former|older|other|latter|companion|first) [^.]{0,20}\Z",
    re.IGNORECASE,
)


def request_ids(questions: Sequence[Question]) -> Request:
    """One request for papers by ID. The IDs must be arXiv's; others are left out."""
    numbers = [found.value for one in questions if (found := parse_arxiv(one.subject)) is not None]
    return _request(id_list=",".join(numbers), max_results=len(numbers) or 1)


def request_title(questions: Sequence[Question]) -> Request:
    """One request for the papers whose titles have the first ten words of one title in a row."""
    (question,) = questions
    phrase = " ".join(title_words(question.subject)[:_TITLE_WORDS])
    return _request(search_query=f'ti:"{phrase}"', max_results=_TITLE_RESULTS)


def request_search(questions: Sequence[Question]) -> Request:
    """One request for a page of a search; the subject is its query string, as the manual
    describes it (`search_query=cat:cs.CL&start=0&max_results=100`). Other parameters are left out.
    """
    (question,) = questions
    given = dict(parse_qsl(question.subject))
    return _request(**{name: given[name] for name in _SEARCH if name in given})


def _request(**parameters: str | int) -> Request:
    return Request("arxiv", f"{BASE}/query?{urlencode(parameters)}", accept=_ACCEPT)


def parse_ids(reply: Reply, questions: Sequence[Question]) -> Mapping[Question, Answer]:
    """The answer for each ID. Raises `UnreadableError`, also for a list with a malformed ID in it
    (status 400), which is told from the others by asking again with fewer.
    """
    match = re.search(r"\bincorrect id format for (\S+)", _error(reply) or "")
    if match and [one.subject for one in questions] == [match[1]]:
        return {questions[0]: NotFound()}
    records, announced = parse_feed(reply)
    by_id = {record.entry.arxiv: record for record in records}
    found = {}
    for question in questions:
        asked = parse_arxiv(question.subject)
        record = by_id.get(ArxivId(asked.value)) if asked is not None else None
        if record is not None:
            found[question.kind, question.subject.lower()] = (record,)
    return by_subject(questions, found, sent=len(records), announced=announced)


def parse_title(reply: Reply, questions: Sequence[Question]) -> Mapping[Question, Answer]:
    """All candidates for one title, in arXiv's order; the caller compares them."""
    records, announced = parse_feed(reply)
    if announced and not records:
        raise UnreadableError(f"it announced {announced} records and sent none")
    answer: Answer = Found(tuple(records)) if records else NotFound()
    return dict.fromkeys(questions, answer)


def parse_search(reply: Reply, questions: Sequence[Question]) -> Mapping[Question, Answer]:
    """The papers of a page of a search, in its order; a page behind the last was not found.

    Raises `UnreadableError`, also for a query that arXiv does not understand.
    """
    return parse_title(reply, questions)


def parse_feed(reply: Reply) -> tuple[list[Record], int]:
    """The papers of a feed, and how many it says there are. Raises `UnreadableError`."""
    said = _error(reply)
    if said is not None:
        raise UnreadableError(f'arXiv reports an error ("{said[:120]}")')
    feed = xml.read(reply, "feed")
    entries = feed.findall("entry")
    records = [record for entry in entries if (record := _record(entry)) is not None]
    total = shapes.whole(feed.findtext("totalResults"))
    if total is None and not records:
        # A feed of arXiv's says how many there are, also where there is none.
        raise UnreadableError("its feed does not say how many papers it knows")
    announced = total or 0
    start = shapes.whole(feed.findtext("startIndex")) or 0
    page = shapes.whole(feed.findtext("itemsPerPage"))
    left = max(0, announced - start)
    return records, min(left, page) if page else left


def _error(reply: Reply) -> str | None:
    """What arXiv reports instead of papers: an entry whose ID is no paper's."""
    if reply.status not in (200, 400) or _ERRORS not in reply.body:
        return None
    try:
        feed = xml.parse(reply.body)
    except UnreadableError:
        return None
    for entry in feed.findall("entry"):
        if _ERRORS.decode() in (entry.findtext("id") or ""):
            return xml.content_of(entry, "summary") or "no reason"
    return None


def _record(element: xml.Element) -> Record | None:
    number = parse_arxiv(element.findtext("id") or "")
    title = shapes.tex(element.findtext("title"))
    if number is None or title is None:
        return None
    bare = ArxivId(number.value)
    abstract = shapes.text(element.findtext("summary"))
    comment = shapes.text(element.findtext("comment"))
    people = element.findall("author")
    entry = Entry(
        type=type_preprint,
        title=title,
        authors=tuple(name for one in people if (name := _name(one)) is not None),
        affiliations=shapes.distinct(
            shapes.text(place.text) for one in people for place in one.findall("affiliation")
        ),
        abstract=abstract,
        date=shapes.iso_date(element.findtext("published")),
        categories=_categories(element),
        primary_known=element.find("primary_category") is not None,
        arxiv=bare,
    )
    return Record(
        entry,
        identifier=str(number),
        published_doi=published_doi(element.findtext("doi"), bare),
        journal_reference=shapes.text(element.findtext("journal_ref")),
        comment=comment,
        retracted=withdrawn(comment, abstract),
    )


def _name(author: xml.Element) -> Name | None:
    return shapes.printed_name(shapes.tex(author.findtext("name")))


def _categories(element: xml.Element) -> tuple[str, ...]:
    terms = [
        shapes.text(one.get("term"))
        for path in ("primary_category", "category")
        for one in element.findall(path)
    ]
    # MSC and ACM classes stand among arXiv's own.
    return shapes.distinct(term for term in terms if term and shapes.is_class(term))


def published_doi(value: object, own: ArxivId) -> Doi | None:
    """The DOI that the authors gave arXiv: of several the first; not the preprint's own."""
    for part in re.split(r"[\s,;]+(?=(?:doi:|https?:)?\s?10\.)|\s+", shapes.text(value) or ""):
        found = shapes.doi(part)
        if found is not None and found.folded != own.doi.lower():
            return found
    return None


def withdrawn(comment: str | None, abstract: str | None) -> str | None:
    """A clause when the comment or the abstract says that the paper was withdrawn.

    arXiv has no field for it: a withdrawal is a last version without text whose comment, and
    sometimes abstract, says so.
    """
    for where, said in (("comment", comment), ("abstract", (abstract or "")[:400])):
        if not said:
            continue
        match = _WITHDRAWN.search(said)
        if match is None and where == "comment":
            match = _WITHDRAWN_COMMENT.search(said)
        if match is None or _NOT_THIS_ONE.search(said[: match.start()]):
            continue
        return f'withdrawn from arXiv: its {where} says "{said[:160]}"'
    return None


SERVICE = Service(
    name="arxiv",
    title="arXiv",
    host="export.arxiv.org",
    base=BASE,
    # "no more than one request every three seconds, and limit requests to a single connection":
    # https://info.arxiv.org/help/api/tou.html
    pace=Pace(3.0),
    kinds={
        "arxiv": Batch(
            100,
            request_ids,
            parse_ids,
            keep_days=90,
            keep_missing_days=1,
            note="an ID is new every weekday; a published DOI is added months later",
        ),
        "title": Batch(1, request_title, parse_title, keep_days=30, keep_missing_days=7),
        "search": Batch(1, request_search, parse_search, keep_days=0.25, keep_missing_days=0.25),
    },
    answers="preprints by ID, by title and by search, with the DOI and journal that their "
    "authors gave",
    terms="metadata CC0; one request in three seconds over all your machines "
    "(https://info.arxiv.org/help/api/tou.html)",
    hosts=("arxiv.org", "export.arxiv.org"),
)
