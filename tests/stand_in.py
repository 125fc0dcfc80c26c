"""A small world of papers, and the public services that know it, behind one loopback server.

    world = World(PAPERS, REPOSITORIES)
    with Loopback(world.routes()) as server:
        for name, value in world.environment(server.base).items():
            monkeypatch.setenv(name, value)
        ...  # run a command

All answers are generated from one table, in the shapes and with the habits of the services'
contracts: arXiv drops unknown IDs, Crossref puts a near title before the right one, DBLP ends
titles with a full stop and numbers namesakes, GitHub sends renamed repositories by a redirect.
Everything in it is invented. `benchmarks/enrich.py` uses it too, with thousands of papers.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from bibtools.adapters.web import WebSettings
from bibtools.text.titles import title_words
from tests.loopback import Answered, Asked, Loopback, Route, as_json, redirect, typed

SERVICES = (
    "arxiv", "crossref", "datacite", "semantic-scholar", "openalex", "dblp", "hugging-face",
    "paperswithcode", "github", "gitlab", "software-heritage",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Paper:
    """One work: its preprint, its published version, or both."""

    title: str
    authors: tuple[str, ...]
    """Given names first."""
    year: int
    arxiv: str | None = None
    abstract: str = "We fold paper boats and watch them float."
    comment: str | None = None
    doi: str | None = None
    """Of the published version."""
    venue: str | None = None
    published: int | None = None
    """Year; that of the preprint when it is None."""
    kind: str = "journal-article"
    """Crossref's type."""
    volume: str | None = None
    pages: str | None = None
    stated: bool = False
    """Whether its authors told arXiv the DOI."""
    in_dblp: bool = True
    in_crossref: bool = True
    in_datacite: bool = False
    """A data set or software, whose DOI DataCite registered."""
    hugging_face: tuple[str, str] | None = None
    """Repository, and who put it on the paper's page: `user` or `auto`."""
    retracted: str | None = None
    """DOI of the notice."""

    @property
    def words(self) -> tuple[str, ...]:
        return title_words(self.title)


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository at GitHub."""

    moved_to: str | None = None
    archived: bool = False
    gone: bool = False
    snapshot: str | None = None
    readme: str = ""


@dataclass
class World:
    """The services over these papers."""

    papers: Sequence[Paper]
    repositories: Mapping[str, Repository] = field(default_factory=dict)
    """By `owner/name`."""
    order: int | None = None
    """Seed of the order in which lists come; None for that of the table."""
    others: Mapping[str, Answered | Route] = field(default_factory=dict)
    """Services that answer otherwise (faults), by name."""

    def __post_init__(self) -> None:
        self.by_arxiv = {one.arxiv: one for one in self.papers if one.arxiv}
        self.by_doi = {one.doi.lower(): one for one in self.papers if one.doi}
        self.by_words: dict[str, list[Paper]] = {}
        for one in self.papers:
            for word in set(one.words):
                self.by_words.setdefault(word, []).append(one)

    def environment(self, base: str) -> dict[str, str]:
        """Variables that lead every service of the world to the server."""
        return {
            f"BIBTOOLS_ENDPOINT_{name.upper().replace('-', '_')}": f"{base}/{name}"
            for name in SERVICES
        }

    def routes(self) -> dict[tuple[str, str], Route | Answered]:
        """For `Loopback`."""
        answers: dict[str, Route] = {
            "arxiv": self.arxiv,
            "crossref": self.crossref,
            "datacite": self.datacite,
            "semantic-scholar": self.semantic_scholar,
            "openalex": self.openalex,
            "dblp": self.dblp,
            "hugging-face": self.hugging_face,
            "paperswithcode": self.papers_with_code,
            "github": self.github,
            "gitlab": lambda _: as_json({"message": "404 Project Not Found"}, 404),
            "software-heritage": self.software_heritage,
        }
        return {
            (method, f"/{name}"): self.others.get(name, answers[name])
            for name in SERVICES
            for method in ("GET", "POST")
        }

    def mixed(self, values: Sequence[Any]) -> list[Any]:
        """In another order, where the world has one."""
        mixed = list(values)
        if self.order is not None:
            random.Random(self.order).shuffle(mixed)
        return mixed

    def with_words(self, words: Sequence[str]) -> list[Paper]:
        """The papers whose titles have all of these words."""
        if not words or any(word not in self.by_words for word in words):
            return []
        rarest = min((self.by_words[word] for word in words), key=len)
        return [one for one in rarest if set(words) <= set(one.words)]

    # --- arXiv ----------------------------------------------------------------------------

    def arxiv(self, asked: Asked) -> Answered:
        query = _query(asked)
        if "id_list" in query:
            wanted = query["id_list"].split(",")
            found = [self.by_arxiv[one] for one in wanted if one in self.by_arxiv]
        else:
            match = re.fullmatch(r'ti:"(.*)"', query["search_query"])
            phrase = f" {match[1]} " if match else " "
            some = self.with_words(phrase.split())
            found = [one for one in some if one.arxiv and phrase in f" {' '.join(one.words)} "]
        body = _FEED % (len(found), "".join(_atom(one) for one in self.mixed(found)))
        return typed("application/atom+xml; charset=utf-8", body.encode())

    # --- registration agencies --------------------------------------------------------------

    def crossref(self, asked: Asked) -> Answered:
        query = _query(asked)
        if "filter" in query:
            wanted = [part.removeprefix("doi:") for part in query["filter"].split(",")]
            found = [self.by_doi[one] for one in wanted if one in self.by_doi]
            found = [one for one in found if one.in_crossref]
            return _works([_crossref(one) for one in self.mixed(found)], len(found))
        if "query.bibliographic" in query:
            return self.crossref_search(query["query.bibliographic"].split())
        doi = unquote(urlsplit(asked.path).path.partition("/works/")[2]).lower()
        one = self.by_doi.get(doi)
        if one is None or not one.in_crossref:
            return typed("text/plain", b"Resource not found.", 404)
        return as_json({"status": "ok", "message-type": "work", "message": _crossref(one)})

    def crossref_search(self, words: Sequence[str]) -> Answered:
        """The nearest titles; like the real one it always finds something, right or not."""
        wanted = set(words)
        tally: dict[int, int] = {}
        for word in wanted:
            for one in self.by_words.get(word, ())[:200]:
                tally[id(one)] = tally.get(id(one), 0) + 1
        known = {id(one): one for word in wanted for one in self.by_words.get(word, ())[:200]}
        near = sorted(tally, key=lambda one: -tally[one])
        found = [known[one] for one in near if known[one].doi and known[one].in_crossref][:5]
        return _works([_crossref(one) for one in self.mixed(found)], 1000)

    def datacite(self, asked: Asked) -> Answered:
        query = _query(asked)
        if "query" in query:
            wanted = [one.lower() for one in re.findall(r'"([^"]+)"', query["query"])]
            rows = [row for one in wanted if (row := self._datacite(one)) is not None]
            return typed(
                "application/vnd.api+json; charset=utf-8",
                json.dumps({"data": self.mixed(rows), "meta": {"total": len(rows)}}).encode(),
            )
        row = self._datacite(unquote(urlsplit(asked.path).path.partition("/dois/")[2]).lower())
        if row is None:
            return as_json({"errors": [{"status": "404", "title": "No such resource."}]}, 404)
        return typed("application/vnd.api+json; charset=utf-8", json.dumps({"data": row}).encode())

    def _datacite(self, doi: str) -> dict[str, Any] | None:
        if doi.startswith("10.48550/arxiv."):
            one = self.by_arxiv.get(doi.removeprefix("10.48550/arxiv."))
            kind = "Preprint"
        else:
            one, kind = self.by_doi.get(doi), "Dataset"
            one = one if one is not None and one.in_datacite else None
        if one is None:
            return None
        return {
            "id": doi,
            "attributes": {
                "doi": doi,
                "titles": [{"title": one.title}],
                "creators": [
                    {"name": f"{family}, {given}", "givenName": given, "familyName": family}
                    for given, family in map(_parts, one.authors)
                ],
                "publisher": "Example Data",
                "publicationYear": one.year,
                "types": {"resourceTypeGeneral": kind},
                "dates": [{"date": f"{one.year}-03-02", "dateType": "Issued"}],
            },
        }

    # --- others that know papers ------------------------------------------------------------

    def semantic_scholar(self, asked: Asked) -> Answered:
        if "x-api-key" not in asked.headers:
            return as_json({"message": "Too Many Requests.", "code": "429"}, 429)
        rows = [
            _scholar(one) if (one := self._by_any_id(wanted)) is not None else None
            for wanted in asked.json()["ids"]
        ]
        return as_json(rows)

    def _by_any_id(self, wanted: str) -> Paper | None:
        kind, _, value = wanted.partition(":")
        if kind == "ARXIV":
            return self.by_arxiv.get(value)
        return self.by_doi.get(value.lower())

    def openalex(self, asked: Asked) -> Answered:
        query = _query(asked)
        if "filter" in query:
            wanted = query["filter"].removeprefix("doi:").split("|")
            found = [self.by_doi[one] for one in wanted if one in self.by_doi]
            rows = [_openalex(one) for one in self.mixed(found)]
            return as_json({"meta": {"count": len(rows)}, "results": rows})
        doi = unquote(urlsplit(asked.path).path.partition("/works/doi:")[2]).lower()
        known = self.by_doi.get(doi)
        if known is None:
            return typed("text/html", b"<!doctype html><title>404 Not Found</title>", 404)
        return as_json(_openalex(known))

    def dblp(self, asked: Asked) -> Answered:
        query = asked.body.decode()
        rows: list[dict[str, str]] = []
        titles = re.findall(r'contains-word "([^"]*)".*?BIND\("([^"]*)" AS', query, re.DOTALL)
        for words, name in titles:
            for one in self.with_words(words.split()):
                rows += _dblp(one, name)
        for name, doi in re.findall(r'\("([^"]*)" <https://doi\.org/([^>]*)>\)', query):
            known = self.by_doi.get(unquote(doi).lower())
            if known is not None and unquote(doi).isupper():
                rows += _dblp(known, name)
        bindings = [
            {name: {"type": "literal", "value": value} for name, value in row.items()}
            for row in self.mixed(rows)
        ]
        body = json.dumps({"head": {"vars": []}, "results": {"bindings": bindings}})
        return typed("application/sparql-results+json", body.encode())

    # --- code -----------------------------------------------------------------------------

    def hugging_face(self, asked: Asked) -> Answered:
        one = self.by_arxiv.get(_last(asked))
        if one is None or one.hugging_face is None:
            return as_json({"error": "Paper not found. It may not be indexed yet."}, 404)
        repository, by = one.hugging_face
        return as_json(
            {
                "id": one.arxiv,
                "title": one.title,
                "summary": one.abstract,
                "authors": [{"name": name} for name in one.authors],
                "githubRepo": repository,
                "githubRepoAddedBy": by,
            }
        )

    def papers_with_code(self, asked: Asked) -> Answered:
        del asked
        return as_json({"detail": "Not found."}, 404)

    def github(self, asked: Asked) -> Answered:
        path = urlsplit(asked.path).path
        if path.endswith("/graphql"):
            return self._graphql(asked)
        match = re.fullmatch(r"/github/repos/([^/]+/[^/]+?)(/readme)?", path)
        known = self._repository(match[1]) if match else None
        if match is None or known is None or known[1].gone:
            return as_json({"message": "Not Found", "status": "404"}, 404)
        name, one = known
        if one.moved_to is not None:
            return redirect(f"/github/repos/{one.moved_to}{match[2] or ''}", 301)
        if match[2]:
            return typed("application/vnd.github.raw+json; charset=utf-8", one.readme.encode())
        return as_json(_github(name, one))

    def _repository(self, name: str) -> tuple[str, Repository] | None:
        folded = {known.lower(): known for known in self.repositories}
        known = folded.get(name.lower())
        return (known, self.repositories[known]) if known is not None else None

    def _graphql(self, asked: Asked) -> Answered:
        if "authorization" not in asked.headers:
            return as_json({"message": "Requires authentication"}, 401)
        told = asked.json()
        data: dict[str, Any] = {}
        errors = []
        labels = re.findall(r"(r[0-9a-f]+): repository\(owner: \$o(\d+)", told["query"])
        for label, number in labels:
            variables = told["variables"]
            known = self._repository(f"{variables[f'o{number}']}/{variables[f'n{number}']}")
            if known is not None and known[1].moved_to is not None:
                known = self._repository(known[1].moved_to)
            if known is None or known[1].gone:
                data[label] = None
                errors.append({"type": "NOT_FOUND", "path": [label], "message": "Not there."})
                continue
            name, one = known
            data[label] = {
                "nameWithOwner": name,
                "url": f"https://github.com/{name}",
                "isArchived": one.archived,
                "isFork": False,
                "createdAt": "2020-01-02T03:04:05Z",
                "description": None,
                "homepageUrl": None,
            }
        return as_json({"data": data, **({"errors": errors} if errors else {})})

    def software_heritage(self, asked: Asked) -> Answered:
        path = unquote(urlsplit(asked.path).path)
        origin = path.partition("/origin/")[2].partition("/visit/")[0]
        known = self._repository(origin.removeprefix("https://github.com/"))
        if known is None or known[1].snapshot is None:
            return as_json({"exception": "NotFoundExc", "reason": "No origin."}, 404)
        return as_json(
            {"origin": origin, "snapshot": known[1].snapshot, "date": "2024-05-06T07:08:09+00:00"}
        )


# --- bodies -----------------------------------------------------------------------------------

_FEED = """<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"
 xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom">
<id>https://arxiv.org/api/x</id><title>arXiv Query</title>
<opensearch:totalResults>%d</opensearch:totalResults>
<opensearch:startIndex>0</opensearch:startIndex>%s</feed>"""


def _atom(one: Paper) -> str:
    authors = "".join(f"<author><name>{escape(name)}</name></author>" for name in one.authors)
    month = (one.arxiv or "")[2:4] if "/" not in (one.arxiv or "") else "05"
    rest = f"<arxiv:comment>{escape(one.comment)}</arxiv:comment>" if one.comment else ""
    if one.stated and one.doi:
        rest += f"<arxiv:doi>{escape(one.doi)}</arxiv:doi>"
    return f"""<entry><id>http://arxiv.org/abs/{one.arxiv}v2</id>
<title>{escape(one.title)}</title><updated>{one.year}-12-01T00:00:00Z</updated>
<published>{one.year}-{month}-04T05:06:07Z</published>
<summary> {escape(one.abstract)} </summary>{authors}
<arxiv:primary_category term="cs.CL"/><category term="cs.CL"/><category term="cs.LG"/>{rest}
</entry>"""


def _works(items: list[dict[str, Any]], total: int) -> Answered:
    message = {"total-results": total, "items": items}
    return as_json({"status": "ok", "message-type": "work-list", "message": message})


def _parts(name: str) -> tuple[str, str]:
    given, _, family = name.rpartition(" ")
    return given, family


def _crossref(one: Paper) -> dict[str, Any]:
    item: dict[str, Any] = {
        "DOI": one.doi,
        "type": one.kind,
        "title": [one.title],
        "author": [
            {"given": given, "family": family} for given, family in map(_parts, one.authors)
        ],
        "container-title": [one.venue] if one.venue else [],
        "issued": {"date-parts": [[one.published or one.year, 6]]},
        "publisher": "Harbour Press",
        "score": 40.0,
    }
    if one.volume:
        item["volume"] = one.volume
    if one.pages:
        item["page"] = one.pages
    if one.retracted:
        item["updated-by"] = [
            {"type": "retraction", "DOI": one.retracted, "source": "publisher",
             "updated": {"date-parts": [[2024, 2, 3]]}}
        ]  # fmt: skip
    return item


def _scholar(one: Paper) -> dict[str, Any]:
    ids = {"ArXiv": one.arxiv, "DOI": one.doi}
    return {
        "paperId": f"{abs(hash(one.title)):040x}",
        "externalIds": {name: value for name, value in ids.items() if value},
        "title": one.title,
        "venue": one.venue or "arXiv.org",
        "publicationVenue": {"name": one.venue, "type": "journal"} if one.venue else None,
        "year": one.published or one.year,
        "authors": [
            {"name": f"{given[:1]}. {family}"} for given, family in map(_parts, one.authors)
        ],
    }


def _openalex(one: Paper) -> dict[str, Any]:
    places = [{"landing_page_url": f"https://doi.org/{one.doi}"}]
    if one.arxiv:
        places.append({"landing_page_url": f"http://arxiv.org/abs/{one.arxiv}"})
    return {
        "id": "https://openalex.org/W1",
        "doi": f"https://doi.org/{one.doi}".lower(),
        "display_name": one.title,
        "publication_year": one.published or one.year,
        "type": "article",
        "primary_location": {"source": {"display_name": one.venue, "type": "journal"}},
        "locations": places,
        "authorships": [{"author": {"display_name": name}} for name in one.authors],
        "is_retracted": one.retracted is not None,
    }


def _dblp(one: Paper, asked: str) -> list[dict[str, str]]:
    if not one.in_dblp:
        return []
    bibtex = "http://purl.org/net/nknouf/ns/bibtex#"
    records = []
    if one.arxiv:
        records.append(
            {
                "publ": f"https://dblp.org/rec/journals/corr/abs-{one.arxiv.replace('.', '-')}",
                "type": f"{bibtex}Article",
                "year": str(one.year),
                "doi": f"https://doi.org/10.48550/ARXIV.{one.arxiv}",
                "venue": "CoRR",
                "volume": f"abs/{one.arxiv}",
            }
        )
    if one.doi and one.venue:
        where = "conf" if one.kind == "proceedings-article" else "journals"
        record = {
            "publ": f"https://dblp.org/rec/{where}/x/{one.doi.rpartition('/')[2]}",
            "type": f"{bibtex}{'Inproceedings' if where == 'conf' else 'Article'}",
            "year": str(one.published or one.year),
            "doi": f"https://doi.org/{one.doi.upper()}",
            "venue": one.venue,
        }
        if one.pages:
            record["pages"] = one.pages
        if one.volume:
            record["volume"] = one.volume
        records.append(record)
    return [
        {"asked": asked, "title": f"{one.title}.", **record, "place": str(place), "name": name}
        for record in records
        for place, name in enumerate(one.authors, start=1)
    ]


def _github(name: str, one: Repository) -> dict[str, Any]:
    return {
        "full_name": name,
        "html_url": f"https://github.com/{name}",
        "archived": one.archived,
        "disabled": False,
        "fork": False,
        "created_at": "2020-01-02T03:04:05Z",
        "description": None,
        "homepage": None,
    }


def _query(asked: Asked) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(asked.path).query).items()}


def _last(asked: Asked) -> str:
    return urlsplit(asked.path).path.rpartition("/")[2]


def web_settings(
    server: Loopback, cache: Path | None = None, keys: Mapping[str, str] | None = None
) -> WebSettings:
    """Settings that lead every service of a world to its server, with little patience."""
    return WebSettings(
        cache=cache,
        keys=keys or {},
        endpoints={name: f"{server.base}/{name}" for name in SERVICES},
        allow_private=frozenset({server.host}),
        connect_timeout=2.0,
        read_timeout=0.3,
        whole_timeout=2.0,
    )


def service_of(asked: Asked) -> str:
    """Which service a request was for."""
    return asked.path.split("/")[1]


# --- twelve papers ----------------------------------------------------------------------------

ADA, MAX, EVE = "Ada Example", "Max Muster", "Eve Beispiel"

PAPERS = (
    # On arXiv with a DOI that its authors gave, and code in the comment.
    Paper(
        "Folding Paper Boats with Learned Creases", (ADA, MAX), 2021, "2104.00011",
        comment="Accepted at Boats 2021. Code: https://github.com/example/creases",
        doi="10.1234/boats.2021.11", venue="Journal of Paper Boats", published=2022,
        volume="7", pages="11-29", stated=True,
    ),
    # Only DBLP knows the conference; Hugging Face's page has the repository, added by an author.
    Paper(
        "Harbour Traffic as a Sequence of Tokens", (EVE, ADA, MAX), 2022, "2205.00022",
        doi="10.1234/harbour.22", venue="HARBOUR", kind="proceedings-article", pages="22-33",
        hugging_face=("https://github.com/example/harbour", "user"),
    ),
    # Never published; its repository was renamed.
    Paper(
        "On the Buoyancy of Large Language Models", (MAX,), 2023, "2306.00033", in_dblp=False,
        abstract="We ask what floats. Code is available at https://github.com/example/old-name.",
    ),
    # Published only, by DOI.
    Paper(
        "A Survey of Tides and Their Tables", (EVE,), 2015, doi="10.1234/tides.15",
        venue="Annals of Tides", volume="3", pages="1-90", in_dblp=False,
    ),
    # Its archive: DataCite's.
    Paper(
        "Ten Thousand Photographs of Lighthouses", (ADA,), 2020, doi="10.5072/lights.20",
        in_crossref=False, in_datacite=True, in_dblp=False,
    ),
    # Retracted.
    Paper(
        "Boats That Sail Against Every Wind", (MAX, EVE), 2018, doi="10.1234/wind.18",
        venue="Journal of Paper Boats", volume="4", pages="5-9", retracted="10.1234/wind.18.r",
    ),
    # Withdrawn from arXiv.
    Paper(
        "All Harbours Are Isomorphic", (ADA, EVE), 2019, "1907.00077", in_dblp=False,
        comment="This paper has been withdrawn by the authors due to a gap in Lemma 3",
    ),
    # One title, two teams.
    Paper("Learning to Float", (ADA, MAX), 2020, "2008.00088"),
    Paper("Learning to Float", ("Wu Li", "Bea Roux"), 2021, "2109.00099"),
    # A DOI at arXiv that leads to another paper.
    Paper(
        "Sails without Supervision", (EVE, MAX), 2021, "2110.00101", stated=True,
        doi="10.1234/other.21", venue=None, in_crossref=False, in_dblp=False,
    ),
    # A preprint whose DOI the .bib has: OpenAlex knows where its preprint is.
    Paper(
        "Knots, Ropes and Recurrent Networks", (MAX, ADA), 2017, "1703.00111",
        doi="10.1234/knots.17", venue="Rope Letters", volume="1", pages="7-8", published=2018,
        in_dblp=False,
    ),
    # Not in computer science: DBLP has nothing, arXiv's title search does.
    Paper("Spectral Gaps of Driftwood on Rivers", (EVE,), 2016, "1608.00123", in_dblp=False),
)  # fmt: skip

REPOSITORIES = {
    "example/creases": Repository(),
    "example/harbour": Repository(archived=True),
    "example/old-name": Repository(moved_to="example/New-Name"),
    "example/New-Name": Repository(),
    "example/sunk": Repository(gone=True, snapshot="ab" * 20),
}
