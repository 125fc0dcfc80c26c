"""Answers of public services, invented by us in the shapes of their contracts.

Every case is one request of one service with an answer to it; the tests of each service compare
the records, the test of all services damages the bodies.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bibtools.sites.asking import Question, Reply


@dataclass(frozen=True, slots=True)
class Case:
    """An answer to the questions of one request."""

    service: str
    """The module in `bibtools.sites`."""
    kind: str
    subjects: tuple[str, ...]
    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def questions(self, name: str) -> list[Question]:
        """What was asked; `name` is the service's own."""
        return [Question(name, self.kind, subject) for subject in self.subjects]

    def reply(self) -> Reply:
        return Reply(self.status, self.body, self.headers)


def as_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


# --- arXiv ----------------------------------------------------------------------------------


def atom(entries: Sequence[str], announced: int | None = None) -> bytes:
    total = len(entries) if announced is None else announced
    return f"""<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"
      xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom">
  <id>https://arxiv.org/api/abc</id>
  <title>arXiv Query</title>
  <opensearch:itemsPerPage>100</opensearch:itemsPerPage>
  <opensearch:totalResults>{total}</opensearch:totalResults>
  <opensearch:startIndex>0</opensearch:startIndex>
  {"".join(entries)}
</feed>""".encode()


def atom_entry(
    number: str,
    title: str,
    authors: str = "<author><name>Ada Example</name></author>",
    rest: str = "",
) -> str:
    return f"""<entry>
    <id>http://arxiv.org/abs/{number}</id>
    <title>{title}</title>
    <updated>2023-05-02T10:00:00Z</updated>
    <published>2021-04-18T17:59:59Z</published>
    <summary>  We count paper boats. The code is at
 https://github.com/example/boats .</summary>
    <category term="cs.CL" scheme="http://arxiv.org/schemas/atom"/>
    <category term="cs.LG" scheme="http://arxiv.org/schemas/atom"/>
    <category term="68T50" scheme="http://arxiv.org/schemas/atom"/>
    <arxiv:primary_category term="cs.CL"/>
    {authors}
    {rest}
  </entry>"""


ATOM = atom(
    [
        atom_entry(
            "2104.00002v3",
            "Counting Boats\n  with {$\\alpha$}-Filters",
            "<author><name>Zo\u00eb van der Example</name>"
            "<arxiv:affiliation>Harbour Lab</arxiv:affiliation></author>"
            "<author><name>The Boat Collaboration</name></author>",
            "<arxiv:comment>12 pages, accepted at Boats 2021</arxiv:comment>"
            "<arxiv:journal_ref>J. Boats 3, 14 (2021)</arxiv:journal_ref>"
            "<arxiv:doi>10.1234/boats.2021.14</arxiv:doi>",
        ),
        atom_entry("hep-th/9901001v1", "Strings on Boats"),
    ]
)
ATOM_ERROR = atom(
    [
        "<entry><id>https://arxiv.org/api/errors#incorrect_id_format_for_boat</id>"
        "<title>Error</title><summary>incorrect id format for boat</summary></entry>"
    ]
)

OAI_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
    "<responseDate>2026-11-20T04:05:06Z</responseDate>"
)
OAI = (
    OAI_HEAD
    + """<ListRecords>
<record><header><identifier>oai:arXiv.org:2611.00001</identifier><datestamp>2026-11-19</datestamp>
</header><metadata><arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>2611.00001</id>
<created>2026-11-02</created><updated>2026-11-19</updated><authors>
<author><keyname>van Example</keyname><forenames>Ada B.</forenames><suffix>Jr</suffix>
<affiliation>Harbour Lab</affiliation></author>
<author><keyname>Boat Collaboration</keyname></author></authors>
<title>Boats,
  again</title><categories>cs.CL math.CO</categories><comments>3 pages</comments>
<doi>10.1234/b</doi><journal-ref>J. Boats 4</journal-ref>
<abstract>  More boats &lt; fewer ships. </abstract></arXiv></metadata></record>
<record><header status="deleted"><identifier>oai:arXiv.org:math/0309136</identifier></header>
</record>
<record><header><identifier>oai:arXiv.org:2611.00003</identifier></header></record>
<resumptionToken cursor="0" completeListSize="1234">77|1001 next</resumptionToken>
</ListRecords></OAI-PMH>"""
).encode()


def oai_error(code: str) -> bytes:
    return f'{OAI_HEAD}<error code="{code}">No boats.</error></OAI-PMH>'.encode()


# --- Crossref -------------------------------------------------------------------------------


def work_list(items: Sequence[Any], total: int | None = None) -> bytes:
    return as_json(
        {
            "status": "ok",
            "message-type": "work-list",
            "message": {
                "total-results": len(items) if total is None else total,
                "items": list(items),
            },
        }
    )


CROSSREF_ARTICLE: dict[str, Any] = {
    "DOI": "10.1234/Boats.2021.14",
    "type": "journal-article",
    "title": ["Counting <i>boats</i> &amp;amp; ships"],
    "subtitle": ["A census of CO<sub>2</sub>"],
    "author": [
        {"given": "Zo\u00eb", "family": "van der Example", "sequence": "first"},
        {"name": "The Boat Collaboration", "sequence": "additional"},
        {"given": "Max", "family": "Muster", "suffix": "Jr."},
    ],
    "editor": [{"given": "Erika", "family": "Muster"}],
    "container-title": ["Journal of Boats"],
    "short-container-title": ["J. Boats"],
    "published-print": {"date-parts": [[2021, 7]]},
    "published-online": {"date-parts": [[2021, 5, 3]]},
    "created": {"date-parts": [[2020, 1, 1]]},
    "issued": {"date-parts": [[2021, 5, 3]]},
    "volume": "3",
    "issue": "2",
    "page": "14\u201320",
    "article-number": "e14",
    "publisher": "Harbour Press",
    "publisher-location": "Port Example",
    "ISSN": ["1234-5679", "2345-6781"],
    "abstract": "<jats:title>Abstract</jats:title><jats:p>We count boats.</jats:p>",
    "relation": {
        "has-preprint": [
            {"id-type": "doi", "id": "10.48550/arXiv.2104.00002", "asserted-by": "object"}
        ]
    },
    "updated-by": [
        {"type": "correction", "DOI": "10.1234/boats.c"},
        {
            "type": "retraction",
            "DOI": "10.1234/boats.r",
            "source": "retraction-watch",
            "updated": {"date-parts": [[2022, 1, 5]]},
        },
    ],
    "score": 41.5,
}
CROSSREF_PREPRINT: dict[str, Any] = {
    "DOI": "10.1101/2021.01.01.000001",
    "type": "posted-content",
    "subtype": "preprint",
    "title": ["Boats in cells"],
    "author": [{"given": "Ada", "family": "Example"}],
    "posted": {"date-parts": [[2021, 1, 1]]},
    "institution": [{"name": "bioRxiv"}],
    "publisher": "Cold Spring Harbor Laboratory",
    "relation": {
        "is-preprint-of": [{"id-type": "doi", "id": "10.1234/cells.1", "asserted-by": "subject"}]
    },
}
CROSSREF_PAPER: dict[str, Any] = {
    "DOI": "10.1007/978-3-000-00000-1_5",
    "type": "proceedings-article",
    "title": ["Boats on graphs"],
    "author": [{"given": "Ada", "family": "Example"}],
    "container-title": ["Lecture Notes in Computer Science", "Boat Vision \u2013 BV 2020"],
    "issued": {"date-parts": [[None]]},
    "published-print": {"date-parts": [[2020]]},
    "page": "55-66",
    "ISBN": ["http://id.crossref.org/isbn/9783000000011"],
    "event": {
        "name": "Boat Vision 2020",
        "location": "Port Example",
        "start": {"date-parts": [[2020, 8, 23]]},
        "end": {"date-parts": [[2020, 8, 28]]},
    },
    "publisher": "Harbour International",
}

# --- DataCite -------------------------------------------------------------------------------

DATACITE_PREPRINT: dict[str, Any] = {
    "id": "10.48550/arxiv.2104.00002",
    "type": "dois",
    "attributes": {
        "doi": "10.48550/arxiv.2104.00002",
        "identifiers": [{"identifier": "2104.00002", "identifierType": "arXiv"}],
        "creators": [
            {"name": "van der Example, Zo\u00eb", "nameType": "Personal", "givenName": "Zo\u00eb",
             "familyName": "van der Example"},
            {"name": "The Boat Collaboration", "nameType": "Organizational"},
        ],
        "titles": [
            {"title": "Bateaux", "titleType": "TranslatedTitle"},
            {"title": "Counting Boats with $\\alpha$-Filters"},
        ],
        "publisher": {"name": "arXiv"},
        "publicationYear": 2021,
        "types": {"resourceTypeGeneral": "Text", "citeproc": "article-journal"},
        "relatedIdentifiers": [
            {"relationType": "References", "relatedIdentifier": "10.1234/other",
             "relatedIdentifierType": "DOI"},
            {"relationType": "IsVersionOf", "relatedIdentifier": "10.1234/boats.2021.14",
             "relatedIdentifierType": "DOI"},
        ],
        "dates": [
            {"date": "2023-05-02T10:00:00Z", "dateType": "Submitted", "dateInformation": "v2"},
            {"date": "2021-04-18T17:59:59Z", "dateType": "Submitted", "dateInformation": "v1"},
        ],
        "descriptions": [
            {"description": "We count paper boats.", "descriptionType": "Abstract"},
            {"description": "12 pages", "descriptionType": "Other"},
        ],
        "version": "2",
    },
}  # fmt: skip
DATACITE_SOFTWARE: dict[str, Any] = {
    "id": "10.5281/zenodo.1000001",
    "attributes": {
        "doi": "10.5281/zenodo.1000001",
        "creators": [{"name": "Example, Ada"}],
        "titles": [{"title": "boats: count them"}],
        "publisher": "Zenodo",
        "publicationYear": 2022,
        "types": {"resourceTypeGeneral": "Software", "citeproc": "article"},
        "relatedIdentifiers": [
            {"relationType": "IsVersionOf", "relatedIdentifier": "10.5281/zenodo.1000000",
             "relatedIdentifierType": "DOI"},
        ],
        "version": "1.2",
    },
}  # fmt: skip

# --- Semantic Scholar -----------------------------------------------------------------------

S2_MERGED: dict[str, Any] = {
    "paperId": "aa11",
    "externalIds": {
        "ArXiv": "2104.00002",
        "DOI": "10.1234/Boats.2021.14",
        "DBLP": "journals/corr/abs-2104-00002",
        "PubMed": "12345",
        "PubMedCentral": "678",
        "CorpusId": 99,
    },
    "title": "Counting Boats.",
    "venue": "Journal of Boats",
    "publicationVenue": {"name": "Journal of Boats", "type": "journal", "issn": "1234-5679"},
    "journal": {"name": "J. Boats", "volume": "3", "pages": "14 - 20"},
    "year": 2021,
    "publicationDate": "2021-04-18",
    "publicationTypes": ["JournalArticle"],
    "authors": [{"name": "Z. Example"}, {"name": "M. Muster"}],
    "matchScore": 133.25,
}
S2_PREPRINT: dict[str, Any] = {
    "paperId": "bb22",
    "externalIds": {"ArXiv": "2104.00003", "DOI": "10.48550/arXiv.2104.00003"},
    "title": "More Boats",
    "venue": "arXiv.org",
    "publicationVenue": {"name": "arXiv.org"},
    "journal": {"name": "ArXiv", "volume": "abs/2104.00003"},
    "year": 2021,
    "authors": [],
}

# --- OpenAlex -------------------------------------------------------------------------------

OPENALEX_ARTICLE: dict[str, Any] = {
    "id": "https://openalex.org/W11",
    "doi": "https://doi.org/10.1234/boats.2021.14",
    "display_name": "Counting boats.",
    "publication_year": 2021,
    "publication_date": "2021-05-03",
    "type": "article",
    "language": "en",
    "ids": {"pmid": "https://pubmed.ncbi.nlm.nih.gov/12345"},
    "primary_location": {
        "landing_page_url": "https://doi.org/10.1234/boats.2021.14",
        "source": {"display_name": "Journal of Boats", "issn_l": "1234-5679", "type": "journal"},
    },
    "locations": [
        {"landing_page_url": "https://doi.org/10.1234/boats.2021.14", "pdf_url": None},
        {"landing_page_url": "http://arxiv.org/abs/2104.00002", "pdf_url": None},
        {"landing_page_url": "https://doi.org/10.48550/arxiv.2104.00002"},
    ],
    "authorships": [
        {"author": {"display_name": "Zoe Example"}, "raw_author_name": "Zo\u00eb van der Example"},
        {"author": {"display_name": "Max Muster"}, "raw_author_name": None},
    ],
    "biblio": {"volume": "3", "issue": "2", "first_page": "14", "last_page": "20"},
    "is_retracted": True,
}
OPENALEX_PREPRINT: dict[str, Any] = {
    "id": "https://openalex.org/W12",
    "doi": "https://doi.org/10.48550/arxiv.2104.00003",
    "display_name": "More boats",
    "publication_year": 2021,
    "publication_date": "2021-01-01",
    "type": "article",
    "primary_location": {
        "landing_page_url": "https://arxiv.org/abs/2104.00003",
        "source": {"display_name": "arXiv (Cornell University)", "type": "repository"},
    },
    "locations": [],
    "authorships": [],
    "biblio": {"volume": None, "issue": None, "first_page": None, "last_page": None},
    "is_retracted": False,
}

# --- INSPIRE --------------------------------------------------------------------------------

INSPIRE_PAPER: dict[str, Any] = {
    "metadata": {
        "control_number": 4242,
        "titles": [{"title": "Boats in $\\alpha$-strings", "source": "arXiv"}],
        "authors": [{"full_name": "Example, Ada B."}, {"full_name": "Muster, Max"}],
        "author_count": 3,
        "arxiv_eprints": [{"value": "1207.0012", "categories": ["hep-ex", "hep-ph"]}],
        "dois": [
            {"value": "10.1234/boats.erratum", "material": "erratum"},
            {"value": "10.1234/boats.2012", "material": "publication"},
        ],
        "publication_info": [
            {"journal_title": "Boat.Lett.B", "journal_volume": "716", "year": 2012,
             "page_start": "1", "page_end": "29", "journal_issue": "1"},
        ],
        "document_type": ["article"],
        "preprint_date": "2012-07-31",
        "abstracts": [{"value": "We see a boat.", "source": "arXiv"}],
    }
}  # fmt: skip

# --- PubMed ---------------------------------------------------------------------------------

PUBMED = b"""<?xml version="1.0" ?>
<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle//EN" "https://dtd.example/p.dtd">
<PubmedArticleSet>
<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">12345</PMID>
<Article PubModel="Print"><Journal><ISSN IssnType="Print">1234-5679</ISSN>
<JournalIssue><Volume>3</Volume><Issue>2</Issue><PubDate><MedlineDate>2021 Jul-Aug</MedlineDate>
</PubDate></JournalIssue><Title>Journal of boats (Port Example)</Title>
<ISOAbbreviation>J Boats</ISOAbbreviation></Journal>
<ArticleTitle>Boats in <i>E. coli</i> and CO<sub>2</sub>.</ArticleTitle>
<Pagination><MedlinePgn>1234-45</MedlinePgn></Pagination>
<ELocationID EIdType="doi" ValidYN="Y">10.1234/boats.2021.14</ELocationID>
<Abstract><AbstractText Label="AIM">To count.</AbstractText>
<AbstractText Label="RESULT">Many.</AbstractText></Abstract>
<AuthorList CompleteYN="N"><Author ValidYN="Y"><LastName>van Example</LastName>
<ForeName>Ada B</ForeName><Suffix>Jr</Suffix></Author>
<Author><CollectiveName>Boat Study Group</CollectiveName></Author></AuthorList>
<Language>eng</Language><PublicationTypeList><PublicationType>Journal Article</PublicationType>
<PublicationType>Retracted Publication</PublicationType></PublicationTypeList></Article>
<CommentsCorrectionsList><CommentsCorrections RefType="RetractionIn">
<RefSource>J Boats. 2022 Jan;4(1):1</RefSource></CommentsCorrections>
<CommentsCorrections RefType="UpdateOf">
<RefSource>bioRxiv. 2021 Jan 1:2021.01.01.000001. doi: 10.1101/2021.01.01.000001.</RefSource>
</CommentsCorrections></CommentsCorrectionsList></MedlineCitation>
<PubmedData><ArticleIdList><ArticleId IdType="pubmed">12345</ArticleId>
<ArticleId IdType="doi">10.1234/boats.2021.14</ArticleId><ArticleId IdType="pmc">PMC678</ArticleId>
</ArticleIdList><ReferenceList><Reference><ArticleIdList>
<ArticleId IdType="doi">10.1234/cited</ArticleId></ArticleIdList></Reference></ReferenceList>
</PubmedData></PubmedArticle>
</PubmedArticleSet>"""

PUBMED_SEARCH: dict[str, Any] = {
    "header": {"type": "esearch"},
    "esearchresult": {"count": "1", "idlist": ["12345"], "querytranslation": "boats[doi]"},
}

PMC_SUMMARY: dict[str, Any] = {
    "header": {"type": "esummary"},
    "result": {
        "uids": ["678", "999"],
        "678": {
            "uid": "678",
            "title": "Boats in <i>E. coli</i>.",
            "source": "J Boats",
            "authors": [{"name": "van Example AB", "authtype": "Author"}],
            "articleids": [
                {"idtype": "pmid", "value": "12345"},
                {"idtype": "doi", "value": "10.1234/boats.2021.14"},
                {"idtype": "pmcid", "value": "PMC678"},
            ],
        },
        "999": {"uid": "999", "error": "cannot get document summary"},
    },
}

# --- Open Library -----------------------------------------------------------------------------

OPEN_LIBRARY: dict[str, Any] = {
    "ISBN:9780000000002": {
        "key": "/books/OL12M",
        "title": "Boats and harbours (2nd Edition)",
        "subtitle": "a handbook",
        "authors": [{"name": "Ada Example", "url": "https://openlibrary.org/authors/OL1A"},
                    {"name": "Example, Ada"}, {"name": "Max Muster"}],
        "publishers": [{"name": "Harbour Press"}],
        "publish_places": [{"name": "Port Example"}],
        "publish_date": "Jul 31, 2009",
        "number_of_pages": 345,
        "identifiers": {"isbn_13": ["9780000000002"]},
    }
}  # fmt: skip

# --- DBLP -----------------------------------------------------------------------------------


def table(rows: Sequence[Mapping[str, str]]) -> bytes:
    """A table as SPARQL services answer it."""
    bindings = [
        {name: {"type": "literal", "value": value} for name, value in row.items()} for row in rows
    ]
    return as_json({"head": {"vars": []}, "results": {"bindings": bindings}})


def dblp_rows(asked: str) -> list[dict[str, str]]:
    """A preprint and the published paper, one row for each author."""
    bibtex = "http://purl.org/net/nknouf/ns/bibtex#"
    preprint = {
        "asked": asked,
        "publ": "https://dblp.org/rec/journals/corr/abs-2104-00002",
        "title": "Counting Boats.",
        "type": f"{bibtex}Article",
        "year": "2021",
        "doi": "https://doi.org/10.48550/ARXIV.2104.00002",
        "venue": "CoRR",
        "volume": "abs/2104.00002",
    }
    paper = {
        "asked": asked,
        "publ": "https://dblp.org/rec/conf/boats/ExampleM21",
        "title": "Counting Boats.",
        "type": f"{bibtex}Inproceedings",
        "year": "2021",
        "doi": "https://doi.org/10.1234/BOATS.2021.14",
        "pages": "14-20",
        "venue": "BOATS",
        "book": "Proceedings of the 3rd Conference on Boats, Port Example, 2021.",
    }
    return [
        {**record, "place": place, "name": name}
        for record in (preprint, paper)
        for place, name in (("2", "Max Muster 0020"), ("1", "Ada O&apos;Example"))
    ]


DBLP_SEARCH: dict[str, Any] = {
    "result": {
        "hits": {
            "@total": "2",
            "hit": [
                {
                    "@score": "5",
                    "info": {
                        "authors": {"author": {"@pid": "1/2", "text": "Ada O&apos;Example"}},
                        "title": "Counting Boats.",
                        "venue": ["BOATS", "SHIPS"],
                        "pages": "14-20",
                        "year": "2021",
                        "type": "Conference and Workshop Papers",
                        "key": "conf/boats/Example21",
                        "doi": "10.1234/BOATS.2021.14",
                    },
                },
                {
                    "info": {
                        "authors": {"author": [{"text": "Ada O'Example"}, {"text": "Max M 0020"}]},
                        "title": "Counting Boats.",
                        "venue": "CoRR",
                        "volume": "abs/2104.00002",
                        "year": "2021",
                        "type": "Informal and Other Publications",
                        "key": "journals/corr/abs-2104-00002",
                    }
                },
            ],
        }
    }
}

# --- Hugging Face and Papers with Code ------------------------------------------------------

HF_PAPER: dict[str, Any] = {
    "id": "2104.00002",
    "title": "Counting Boats\n  with Filters",
    "summary": "We count paper boats.",
    "authors": [{"name": "Ada Example", "hidden": False}, {"name": "Eve Gone", "hidden": True}],
    "publishedAt": "2021-04-18T17:59:59.000Z",
    "projectPage": "https://example.github.io/boats",
    "githubRepo": "https://github.com/example/boats",
    "githubRepoAddedBy": "user",
    "linkedModels": [{"id": "example/boat-counter", "private": False}],
    "linkedDatasets": [],
    "linkedSpaces": [{"id": "someone/boats-demo"}],
}
PWC_PAPER: dict[str, Any] = {
    "id": 77,
    "arxiv_id": "2104.00002",
    "title": "Counting Boats with Filters",
    "abstract": "We count paper boats.",
    "authors": ["Ada Example"],
    "published": "2021-04-18",
    "repositories": [
        {"url": "https://github.com/other/boats-again", "is_official": False},
        {"url": "https://github.com/example/boats", "is_official": True},
    ],
    "project_pages": [{"url": "https://example.github.io/boats", "is_official": True}],
}

# --- Repositories ---------------------------------------------------------------------------

GITHUB_REPOSITORY: dict[str, Any] = {
    "full_name": "Example/Boats2",
    "html_url": "https://github.com/Example/Boats2",
    "archived": True,
    "fork": False,
    "created_at": "2021-04-01T10:00:00Z",
    "description": "Code of Counting Boats",
    "homepage": "https://example.github.io/boats",
}


def github_label(subject: str) -> str:
    return f"r{subject.encode().hex()}"


GITHUB_GRAPHQL: dict[str, Any] = {
    "data": {
        github_label("github.com/example/gone"): None,
        github_label("github.com/example/boats"): {
            "nameWithOwner": "Example/Boats2",
            "url": "https://github.com/Example/Boats2",
            "isArchived": True,
            "isFork": False,
            "createdAt": "2021-04-01T10:00:00Z",
            "description": "Code of Counting Boats",
            "homepageUrl": "https://example.github.io/boats",
        },
    },
    "errors": [{"type": "NOT_FOUND", "path": [github_label("github.com/example/gone")]}],
}
GITHUB_README = (
    b"""# Boats\n\n<p align="center">Code of *Counting Boats* (arXiv:2104.00002)</p>\n"""
)
GITLAB_PROJECT: dict[str, Any] = {
    "id": 5,
    "path_with_namespace": "harbour/vision/boats",
    "web_url": "https://gitlab.com/harbour/vision/boats",
    "archived": False,
    "created_at": "2021-04-01T10:00:00.000Z",
    "description": "Code of Counting Boats",
}
SWH_VISIT: dict[str, Any] = {
    "origin": "https://github.com/Example/Boats",
    "visit": 3,
    "date": "2023-02-01T03:04:05+00:00",
    "status": "full",
    "snapshot": "0123456789abcdef0123456789abcdef01234567",
    "type": "git",
}

# --- ACL Anthology and ORCID ----------------------------------------------------------------

ACL_BIB = b"""@proceedings{boats-2021-proceedings,
    title = "Proceedings of the 3rd Conference on Boats",
    year = "2021",
    publisher = "Association for Boats",
    url = "https://aclanthology.org/2021.boats-main.0/",
}
@inproceedings{example-muster-2021-counting,
    title = "Counting Boats in {M}{\\"a}rz",
    author = "Example, Ada  and\n      Muster, Max",
    booktitle = "Proceedings of the 3rd Conference on Boats",
    month = jul,
    year = "2021",
    address = "Port Example",
    publisher = "Association for Boats",
    url = "https://aclanthology.org/2021.boats-main.14/",
    doi = "10.18653/v1/2021.boats-main.14",
    pages = "140--152",
    odd = "\\input{/etc/hostname}",
}
"""
ORCID_WORKS: dict[str, Any] = {
    "group": [
        {
            "external-ids": {
                "external-id": [
                    {"external-id-type": "doi", "external-id-value": "10.1234/boats.2021.14",
                     "external-id-relationship": "self"},
                    {"external-id-type": "arxiv", "external-id-value": "arXiv:2104.00002",
                     "external-id-relationship": "self"},
                ]
            },
            "work-summary": [
                {
                    "put-code": 101,
                    "title": {"title": {"value": "Counting boats"},
                              "subtitle": {"value": "A census"}},
                    "type": "journal-article",
                    "publication-date": {"year": {"value": "2021"}, "month": {"value": "07"},
                                         "day": None},
                    "journal-title": {"value": "Journal of Boats"},
                    "external-ids": {
                        "external-id": [
                            {"external-id-type": "issn", "external-id-value": "1234-5679",
                             "external-id-relationship": "part-of"},
                        ]
                    },
                }
            ],
        },
        {
            "external-ids": {
                "external-id": [
                    {"external-id-type": "doi",
                     "external-id-value": "https://doi.org/10.48550/arXiv.2104.00003",
                     "external-id-relationship": "self"},
                ]
            },
            "work-summary": [
                {"put-code": 102, "title": {"title": {"value": "More boats"}}, "type": "other",
                 "publication-date": None}
            ],
        },
    ]
}  # fmt: skip

CASES: tuple[Case, ...] = (
    Case("arxiv", "arxiv", ("2104.00002", "hep-th/9901001", "2104.99999"), ATOM),
    Case("arxiv", "title", ("counting boats with alpha filters",), ATOM),
    Case("arxiv", "search", ("search_query=cat:cs.CL&start=0&max_results=100",), ATOM),
    Case(
        "crossref",
        "doi",
        ("10.1234/boats.2021.14", "10.1101/2021.01.01.000001", "10.1007/978-3-000-00000-1_5"),
        work_list([CROSSREF_PAPER, CROSSREF_PREPRINT, CROSSREF_ARTICLE]),
    ),
    Case("crossref", "title", ("counting boats",), work_list([CROSSREF_ARTICLE], 4000)),
    Case(
        "datacite",
        "doi",
        ("10.48550/arxiv.2104.00002", "10.5281/zenodo.1000001"),
        as_json({"data": [DATACITE_SOFTWARE, DATACITE_PREPRINT], "meta": {"total": 2}}),
    ),
    Case("datacite", "doi", ("10.48550/arxiv.2104.00002",), as_json({"data": DATACITE_PREPRINT})),
    Case(
        "semantic_scholar",
        "arxiv",
        ("2104.00002", "2104.00009", "2104.00003"),
        as_json([S2_MERGED, None, S2_PREPRINT]),
    ),
    Case("semantic_scholar", "doi", ("10.1234/boats.2021.14",), as_json([S2_MERGED])),
    Case("semantic_scholar", "title", ("counting boats",), as_json({"data": [S2_MERGED]})),
    Case(
        "openalex",
        "doi",
        ("10.1234/boats.2021.14", "10.48550/arxiv.2104.00003"),
        as_json({"meta": {"count": 2}, "results": [OPENALEX_PREPRINT, OPENALEX_ARTICLE]}),
    ),
    Case("openalex", "doi", ("10.1234/boats.2021.14",), as_json(OPENALEX_ARTICLE)),
    Case("openalex", "title", ("counting boats",), as_json({"results": [OPENALEX_ARTICLE]})),
    Case(
        "inspire",
        "arxiv",
        ("1207.0012", "1207.0099"),
        as_json({"hits": {"hits": [INSPIRE_PAPER], "total": 1}}),
    ),
    Case("inspire", "doi", ("10.1234/boats.2012",), as_json(INSPIRE_PAPER)),
    Case("pubmed", "pmid", ("12345", "99999"), PUBMED),
    Case("pubmed", "doi", ("10.1234/boats.2021.14",), as_json(PUBMED_SEARCH)),
    Case("pubmed", "pmcid", ("PMC678", "PMC999"), as_json(PMC_SUMMARY)),
    Case("open_library", "isbn", ("9780000000002", "9790000000001"), as_json(OPEN_LIBRARY)),
    Case("dblp", "title", ("counting boats", "sinking boats"), table(dblp_rows("counting boats"))),
    Case("dblp", "doi", ("10.1234/boats.2021.14",), table(dblp_rows("10.1234%2Fboats.2021.14"))),
    Case(
        "dblp",
        "key",
        ("conf/boats/ExampleM21", "conf/boats/Nobody99"),
        table(dblp_rows("conf%2Fboats%2FExampleM21")),
    ),
    Case("dblp", "person", ("28/2391",), table(dblp_rows("28/2391"))),
    Case("huggingface", "code", ("2104.00002",), as_json(HF_PAPER)),
    Case(
        "huggingface",
        "card",
        ("models/example/boats",),
        as_json({"id": "example/boats", "tags": ["arxiv:2104.00002", "en", "arxiv:1810.04805"]}),
    ),
    Case("huggingface", "daily", ("date:2026-03-06",), as_json([{"paper": HF_PAPER}])),
    Case("huggingface", "title", ("counting boats",), as_json([{"paper": HF_PAPER}])),
    Case("paperswithcode", "code", ("2104.00002",), as_json(PWC_PAPER)),
    Case("github", "repository", ("github.com/example/boats",), as_json(GITHUB_REPOSITORY)),
    Case("github", "readme", ("github.com/example/boats",), GITHUB_README),
    Case("gitlab", "repository", ("gitlab.com/harbour/boats",), as_json(GITLAB_PROJECT)),
    Case("software_heritage", "repository", ("github.com/Example/Boats",), as_json(SWH_VISIT)),
    Case("acl", "acl", ("2021.boats-main.14",), ACL_BIB),
    Case("acl", "volume", ("2021.boats-main",), ACL_BIB),
    Case("orcid", "person", ("0000-0002-1825-0097",), as_json(ORCID_WORKS)),
)
"""One good answer of every service to every kind of question."""
