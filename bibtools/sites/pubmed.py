"""PubMed's E-utilities: life sciences by PMID, two hundred at a time, and the PMID of a DOI.

Contract: https://www.ncbi.nlm.nih.gov/books/NBK25499/; the fields:
https://www.nlm.nih.gov/bsd/licensee/elements_descriptions.html. Errors come with status 200. A
key would have to stand in the address, where we never put one, so there is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from bibtools.model import Doi, Entry, Name, PartialDate, parse_doi, type_preprint
from bibtools.sites import shapes, xml
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
from bibtools.text.printed_dates import MONTHS

BASE = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
_XML = ("text/xml", "application/xml")
_MEDLINE_DATE = re.compile(r"(\d{4})(?:\s+([A-Za-z]{3}))?")
_DOI_IN_TEXT = re.compile(r"\b10\.\d{4,9}/[^\s;,]+[^\s;,.]")
_MARKUP = {"i": "i", "b": "b", "sup": "sup", "sub": "sub"}
# What a journal's title has behind it to tell it from others: "Science (New York, N.Y.)",
# "The Journal of neuroscience : the official journal of the Society for Neuroscience".
_QUALIFIER = re.compile(r"(?:\s+\([A-Z][^()]*\)|\s+:\s.*)\Z")


def request_pmids(questions: Sequence[Question]) -> Request:
    """One request for papers by PMID."""
    numbers = ",".join(one.subject for one in questions if one.subject.isdigit())
    query = urlencode({"db": "pubmed", "id": numbers, "retmode": "xml", "tool": "bibtools"})
    return Request("pubmed", f"{BASE}/efetch.fcgi?{query}", accept=_XML, largest=30_000_000)


def request_doi(questions: Sequence[Question]) -> Request:
    """One request for the PMID of one DOI."""
    (question,) = questions
    # Quotes and brackets would end the term.
    term = re.sub(r'["\[\]]', " ", question.subject)
    query = urlencode(
        {"db": "pubmed", "term": f'"{term}"[doi]', "retmode": "json", "tool": "bibtools"}
    )
    return Request("pubmed", f"{BASE}/esearch.fcgi?{query}")


def request_pmcids(questions: Sequence[Question]) -> Request:
    """One request for papers by the ID of PubMed Central (`PMC7505768`)."""
    numbers = (one.subject.upper().removeprefix("PMC") for one in questions)
    ids = ",".join(one for one in numbers if one.isdigit())
    query = urlencode({"db": "pmc", "id": ids, "retmode": "json", "tool": "bibtools"})
    return Request("pubmed", f"{BASE}/esummary.fcgi?{query}")


def parse_pmids(reply: Reply, questions: Sequence[Question]) -> Mapping[Question, Answer]:
    """The answer for each PMID. Raises `UnreadableError`."""
    root = xml.read(reply, "PubmedArticleSet", doctype=True)
    error = xml.content(root.find("ERROR"))
    if error is not None:
        raise UnreadableError(f'PubMed reports an error ("{error[:120]}")')
    records = (_record(article) for article in root.findall("PubmedArticle"))
    by_id = {record.identifier: record for record in records if record is not None}
    return {
        one: Found((by_id[one.subject],)) if one.subject in by_id else NotFound()
        for one in questions
    }


def parse_doi_search(reply: Reply, questions: Sequence[Question]) -> Mapping[Question, Answer]:
    """The PMID of one DOI, in a record that has nothing else. Raises `UnreadableError`.

    Where PubMed does not know the phrase it searches for its pieces and says so: not found.
    """
    (question,) = questions
    result = shapes.read_row(reply).get("esearchresult")
    if not isinstance(result, dict):
        raise UnreadableError("the answer is none of PubMed's")
    error = shapes.text(result.get("ERROR"))
    if error is not None:
        raise UnreadableError(f'PubMed reports an error ("{error[:120]}")')
    numbers = shapes.texts(result.get("idlist") or [])
    lost = shapes.texts(shapes.member(result, "errorlist", "phrasesnotfound") or [])
    unquoted = shapes.texts(shapes.member(result, "warninglist", "quotedphrasesnotfound") or [])
    if len(numbers) != 1 or lost or unquoted or not numbers[0].isdigit():
        return {question: NotFound()}
    entry = Entry(doi=parse_doi(question.subject), other_ids={"pmid": numbers[0]})
    return {question: Found((Record(entry, numbers[0]),))}


def parse_pmcids(reply: Reply, questions: Sequence[Question]) -> Mapping[Question, Answer]:
    """The other identifiers of each paper, with its title. Raises `UnreadableError`.

    The summary's authors have initials only and its journal is short, so that the record is one
    to ask on by.
    """
    row = shapes.read_row(reply)
    result = row.get("result")
    if not isinstance(result, dict):
        said = row.get("error") or shapes.member(row, "esummaryresult", 0)
        error = shapes.text(said)
        # What it says when none of the IDs is known.
        if error is not None and "cannot get document summary" in error.lower():
            return dict.fromkeys(questions, NotFound())
        raise UnreadableError("the answer is none of PubMed's")
    answers: dict[Question, Answer] = {}
    for question in questions:
        number = question.subject.upper().removeprefix("PMC")
        record = _summary(result.get(number), number)
        answers[question] = Found((record,)) if record is not None else NotFound()
    return answers


def _summary(row: object, number: str) -> Record | None:
    if not isinstance(row, dict) or row.get("error") or shapes.text(row.get("uid")) != number:
        return None
    ids = {
        kind: value
        for one in shapes.rows(row.get("articleids") or [])
        if (kind := shapes.text(one.get("idtype"))) and (value := shapes.text(one.get("value")))
    }
    pmid = ids.get("pmid", "")
    others = {"pmcid": f"PMC{number}"}
    if pmid.isdecimal() and pmid.isascii() and pmid.strip("0"):
        others["pmid"] = pmid
    title = shapes.undotted(shapes.marked(row.get("title"))[0])
    doi = shapes.doi(ids.get("doi"))
    if title is None and doi is None and "pmid" not in others:
        return None
    return Record(Entry(title=title, doi=doi, other_ids=others), f"PMC{number}")


def _record(article: xml.Element) -> Record | None:
    citation = article.find("MedlineCitation")
    number = xml.content_of(article, "MedlineCitation/PMID")
    paper = article.find("MedlineCitation/Article")
    if citation is None or paper is None or number is None:
        return None
    title, with_markup = _title(paper)
    kinds = {xml.content(one) for one in paper.findall("PublicationTypeList/PublicationType")}
    is_preprint = "Preprint" in kinds
    journal = xml.content_of(paper, "Journal/Title") or ""
    people = paper.find("AuthorList")
    names = _names(people)
    ids = {
        one.get("IdType"): found
        for one in article.findall("PubmedData/ArticleIdList/ArticleId")
        if (found := xml.content(one)) is not None
    }
    doi = shapes.doi(ids.get("doi")) or _location_doi(paper)
    pages, eid = _pages(paper)
    entry = Entry(
        type=type_preprint if is_preprint else "article-journal",
        title=title,
        authors=names,
        authors_truncated=people is not None and people.get("CompleteYN") == "N",
        abstract=_abstract(paper),
        date=_date(paper),
        doi=doi,
        other_ids=shapes.filled(
            pmid=number,
            pmcid=ids.get("pmc"),
            issn=xml.content_of(paper, "Journal/ISSN"),
        ),
        venue=_QUALIFIER.sub("", journal) or None,
        fields=shapes.filled(
            title=with_markup,
            volume=xml.content_of(paper, "Journal/JournalIssue/Volume"),
            issue=xml.content_of(paper, "Journal/JournalIssue/Issue"),
            page=pages,
            eid=eid,
            container_title_short=xml.content_of(paper, "Journal/ISOAbbreviation"),
            language=_language(paper),
        ),
    )
    return Record(
        entry,
        identifier=number,
        published_doi=_other_version(citation, "UpdateIn"),
        preprint_doi=_other_version(citation, "UpdateOf"),
        retracted=_retraction(citation, kinds),
    )


def _title(paper: xml.Element) -> tuple[str | None, str | None]:
    """The title without its full stop, and without the brackets around a translated one."""
    element = paper.find("ArticleTitle")
    if element is None:
        return None, None
    title, with_markup = shapes.marked(_written(element))
    return _unbracketed(title), _unbracketed(with_markup)


def _unbracketed(title: str | None) -> str | None:
    title = shapes.undotted(title)
    if title is None:
        return None
    match = re.fullmatch(r"\[(.+?)\.?\]", title)
    return match[1] if match and "[" not in match[1] else title or None


def _written(element: xml.Element) -> str:
    """The text of an element with the markup of its children as tags."""
    text = element.text or ""
    for child in element:
        inside, tag = _written(child), _MARKUP.get(child.tag)
        text += f"<{tag}>{inside}</{tag}>" if tag is not None else inside
        text += child.tail or ""
    return text


def _names(people: xml.Element | None) -> tuple[Name, ...]:
    if people is None:
        return ()
    names = []
    for one in people.findall("Author"):
        if one.get("ValidYN") == "N":
            continue
        body = xml.content_of(one, "CollectiveName")
        if body is not None:
            names.append(Name(literal=body))
            continue
        given = xml.content_of(one, "ForeName") or xml.content_of(one, "Initials")
        found = shapes.name(xml.content_of(one, "LastName"), given, xml.content_of(one, "Suffix"))
        if found is not None:
            names.append(found)
    return tuple(names)


def _abstract(paper: xml.Element) -> str | None:
    parts = []
    for one in paper.findall("Abstract/AbstractText"):
        said, label = xml.content(one), shapes.text(one.get("Label"))
        if said is not None:
            parts.append(f"{label}: {said}" if label is not None else said)
    return " ".join(parts) or None


def _date(paper: xml.Element) -> PartialDate | None:
    """The date of the issue, else the day it went online."""
    for path in ("Journal/JournalIssue/PubDate", "ArticleDate"):
        element = paper.find(path)
        if element is None:
            continue
        free = _MEDLINE_DATE.match(xml.content_of(element, "MedlineDate") or "")
        if free is not None:
            return shapes.date(free[1], _month(free[2]))
        month = _month(xml.content_of(element, "Month"))
        found = shapes.date(xml.content_of(element, "Year"), month, xml.content_of(element, "Day"))
        if found is not None:
            return found
    return None


def _month(value: str | None) -> int | None:
    if value is None:
        return None
    name = value[:3].capitalize()
    return MONTHS.index(name) + 1 if name in MONTHS else shapes.whole(value)


def _pages(paper: xml.Element) -> tuple[str | None, str | None]:
    """The pages with their end written out ("1234-45" is 1234-1245), and an article number."""
    printed = shapes.pages(xml.content_of(paper, "Pagination/MedlinePgn"))
    if printed is None:
        start = xml.content_of(paper, "Pagination/StartPage")
        end = xml.content_of(paper, "Pagination/EndPage")
        printed = shapes.pages(f"{start}-{end}" if start and end else start)
    if printed is None:
        return None, None
    if re.fullmatch(r"e\d{3,}", printed):
        return None, printed
    match = re.fullmatch(r"(\d+)-(\d+)", printed)
    if match is not None and len(match[2]) < len(match[1]):
        first, last = match.groups()
        return f"{first}-{first[: len(first) - len(last)]}{last}", None
    return printed, None


def _location_doi(paper: xml.Element) -> Doi | None:
    for one in paper.findall("ELocationID"):
        if one.get("EIdType") == "doi" and one.get("ValidYN") != "N":
            return shapes.doi(one.text)
    return None


def _language(paper: xml.Element) -> str | None:
    named = xml.content_of(paper, "Language")
    return {"eng": "en", "fre": "fr", "ger": "de", "spa": "es"}.get(named or "", named)


def _corrections(citation: xml.Element, kind: str) -> list[xml.Element]:
    path = "CommentsCorrectionsList/CommentsCorrections"
    return [one for one in citation.findall(path) if one.get("RefType") == kind]


def _other_version(citation: xml.Element, kind: str) -> Doi | None:
    """The DOI in "Nature. 2021 Jan;1(1):1-9. doi: 10.1038/..." of a preprint's other version."""
    for one in _corrections(citation, kind):
        match = _DOI_IN_TEXT.search(xml.content_of(one, "RefSource") or "")
        if match is not None and (found := parse_doi(match[0])) is not None:
            return found
    return None


def _retraction(citation: xml.Element, kinds: set[str | None]) -> str | None:
    notices = _corrections(citation, "RetractionIn")
    where = xml.content_of(notices[0], "RefSource") if notices else None
    if where is not None:
        return f"retracted, says PubMed (notice: {where[:120]})"
    return "retracted, says PubMed" if "Retracted Publication" in kinds or notices else None


SERVICE = Service(
    name="pubmed",
    title="PubMed",
    host="eutils.ncbi.nlm.nih.gov",
    base=BASE,
    # Three requests a second without a key: https://www.ncbi.nlm.nih.gov/books/NBK25497/
    pace=Pace(0.34),
    kinds={
        "pmid": Batch(200, request_pmids, parse_pmids, keep_days=60, keep_missing_days=7),
        "pmcid": Batch(
            200,
            request_pmcids,
            parse_pmcids,
            keep_days=60,
            keep_missing_days=7,
            note="gives the PMID and the DOI; ask by them for the rest",
        ),
        "doi": Batch(
            1,
            request_doi,
            parse_doi_search,
            keep_days=60,
            keep_missing_days=14,
            note="gives the PMID alone; ask by it for the rest",
        ),
    },
    answers="life sciences by PMID and PMCID, the PMID of a DOI, retractions",
    terms="citations are free to use; abstracts may be under copyright "
    "(https://www.ncbi.nlm.nih.gov/home/about/policies/)",
)
