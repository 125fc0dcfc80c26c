"""Stand-ins for all services of `tests/live_questions.py`, that know what is known of them.

`tests/stand_in.py` generates what it can from a table of papers; the services that it lacks are
here, with one answer each. The texts are ours, in the shapes of the services' contracts; titles,
names, numbers and addresses are facts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests import oai_server
from tests.live_questions import FORTY_TITLES, QUESTIONS
from tests.loopback import Answered, Asked, Route, as_json, typed
from tests.stand_in import Paper, Repository, World

_ATTENTION = (
    "Ashish Vaswani", "Noam Shazeer", "Niki Parmar", "Jakob Uszkoreit", "Llion Jones",
    "Aidan N. Gomez", "Lukasz Kaiser", "Illia Polosukhin",
)  # fmt: skip

_PAPERS = (
    Paper(
        "Attention Is All You Need", _ATTENTION, 2017, "1706.03762",
        venue="Neural Information Processing Systems",
    ),
    Paper(
        "Deep Residual Learning for Image Recognition",
        ("Kaiming He", "Xiangyu Zhang", "Shaoqing Ren", "Jian Sun"), 2015, "1512.03385",
    ),
    Paper(
        "Deep learning", ("Yann LeCun", "Yoshua Bengio", "Geoffrey Hinton"), 2015,
        doi="10.1038/nature14539", venue="Nature", volume="521", pages="436-444",
    ),
    Paper(
        "RETRACTED: Ileal-lymphoid-nodular hyperplasia, non-specific colitis, and pervasive "
        "developmental disorder in children",
        ("AJ Wakefield",), 1998, doi="10.1016/S0140-6736(97)11096-0", venue="The Lancet",
        volume="351", pages="637-641", retracted="10.1016/S0140-6736(10)60175-4",
    ),
    Paper(
        FORTY_TITLES[0],
        ("Jacob Devlin", "Ming-Wei Chang", "Kenton Lee", "Kristina Toutanova"), 2018,
        "1810.04805", doi="10.18653/v1/N19-1423", venue="NAACL-HLT (1)",
        kind="proceedings-article", pages="4171-4186", published=2019,
    ),
    *(
        Paper(title, ("Ada Example",), 2015, doi=f"10.5555/{number}", venue="Proceedings")
        for number, title in enumerate(FORTY_TITLES[1:], start=1)
    ),
    Paper(
        "Less is More: Recursive Reasoning with Tiny Networks",
        ("Alexia Jolicoeur-Martineau",), 2025, "2510.04871",
        hugging_face=("https://github.com/SamsungSAILMontreal/TinyRecursiveModels", "user"),
    ),
)  # fmt: skip

_REPOSITORIES = {
    "huggingface/pytorch-transformers": Repository(moved_to="huggingface/transformers"),
    "huggingface/transformers": Repository(),
    "torvalds/linux": Repository(snapshot="ab" * 20),
}

_PWC = {
    "id": "2106.09685",
    "arxiv_id": "2106.09685",
    "title": "LoRA: Low-Rank Adaptation of Large Language Models",
    "authors": ["Edward J. Hu"],
    "published": "2021-06-17",
    "repositories": [
        {"url": "https://github.com/example/lora-again", "is_official": False},
        {"url": "https://github.com/microsoft/LoRA", "is_official": True},
    ],
    "project_pages": [],
}

_GITLAB = {
    "id": 1,
    "path_with_namespace": "gitlab-org/gitlab-runner",
    "web_url": "https://gitlab.com/gitlab-org/gitlab-runner",
    "archived": False,
    "created_at": "2015-04-22T10:00:00.000Z",
    "description": "Runs jobs.",
}

_ACL = rb"""@inproceedings{peters-etal-2018-deep,
    title = "Deep Contextualized Word Representations",
    author = "Peters, Matthew E.  and
      Neumann, Mark  and
      Iyyer, Mohit  and
      Gardner, Matt  and
      Clark, Christopher  and
      Lee, Kenton  and
      Zettlemoyer, Luke",
    booktitle = "Proceedings of the 2018 Conference of the North {A}merican Chapter",
    month = jun,
    year = "2018",
    address = "New Orleans, Louisiana",
    publisher = "Association for Computational Linguistics",
    url = "https://aclanthology.org/N18-1202/",
    doi = "10.18653/v1/N18-1202",
    pages = "2227--2237",
}
"""


def _inspire_paper(
    number: str, title: str, names: tuple[str, ...], journal: str, volume: str, pages: str,
    year: int, doi: str | None,
) -> dict[str, Any]:  # fmt: skip
    start, _, end = pages.partition("-")
    return {
        "titles": [{"title": title}],
        "authors": [{"full_name": name} for name in names],
        "author_count": len(names),
        "arxiv_eprints": [{"value": number, "categories": [number.partition("/")[0]]}],
        "dois": [{"value": doi, "source": "bibmatch"}] if doi else [],
        "document_type": ["article"],
        "publication_info": [
            {"journal_title": journal, "journal_volume": volume, "year": year,
             "page_start": start, "page_end": end}
        ],
        "control_number": int(number.partition("/")[2]),
    }  # fmt: skip


_INSPIRE = {
    one["arxiv_eprints"][0]["value"]: one
    for one in (
        _inspire_paper(
            "hep-ph/9905221", "A Large mass hierarchy from a small extra dimension",
            ("Randall, Lisa", "Sundrum, Raman"), "Phys.Rev.Lett.", "83", "3370-3373", 1999,
            "10.1103/PhysRevLett.83.3370",
        ),
        _inspire_paper(
            "hep-th/9711200", "The Large $N$ limit of superconformal field theories and "
            "supergravity", ("Maldacena, Juan Martin",), "Adv.Theor.Math.Phys.", "2", "231-252",
            1998, "10.4310/ATMP.1998.v2.n2.a1",
        ),
        _inspire_paper(
            "hep-th/9802150", "Anti de Sitter space and holography", ("Witten, Edward",),
            "Adv.Theor.Math.Phys.", "2", "253-291", 1998, "10.4310/ATMP.1998.v2.n2.a2",
        ),
        _inspire_paper(
            "hep-ph/9803315", "The Hierarchy problem and new dimensions at a millimeter",
            ("Arkani-Hamed, Nima", "Dimopoulos, Savas", "Dvali, Gia"), "Phys.Lett.B", "429",
            "263-272", 1998, "10.1016/S0370-2693(98)00466-3",
        ),
    )
}  # fmt: skip

_ARTICLE = """<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">{pmid}</PMID>
<Article PubModel="Print"><Journal><JournalIssue><Volume>{volume}</Volume><Issue>{issue}</Issue>
<PubDate>{when}</PubDate></JournalIssue><Title>{journal}</Title></Journal>
<ArticleTitle>{title}.</ArticleTitle><Pagination><MedlinePgn>{pages}</MedlinePgn></Pagination>
<AuthorList CompleteYN="Y">{authors}</AuthorList><Language>eng</Language>
<PublicationTypeList>{kind}</PublicationTypeList></Article></MedlineCitation><PubmedData>
<ArticleIdList><ArticleId IdType="pubmed">{pmid}</ArticleId>
<ArticleId IdType="doi">{doi}</ArticleId>
</ArticleIdList></PubmedData></PubmedArticle>"""


def _person(name: str) -> str:
    given, _, family = name.rpartition(" ")
    return f"<Author><LastName>{family}</LastName><ForeName>{given}</ForeName></Author>"


_PUBMED = (
    '<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle//EN" '
    '"https://dtd.example/p.dtd">\n<PubmedArticleSet>'
    + _ARTICLE.format(
        pmid="26017442", volume="521", issue="7553", journal="Nature", title="Deep learning",
        when="<Year>2015</Year><Month>May</Month><Day>28</Day>", pages="436-44",
        authors="".join(map(_person, ("Yann LeCun", "Yoshua Bengio", "Geoffrey Hinton"))),
        kind="<PublicationType>Journal Article</PublicationType>", doi="10.1038/nature14539",
    )
    + _ARTICLE.format(
        pmid="9500320", volume="351", issue="9103", journal="Lancet (London, England)",
        title="RETRACTED: Ileal-lymphoid-nodular hyperplasia", pages="637-41",
        when="<Year>1998</Year><Month>Feb</Month><Day>28</Day>", authors=_person("A J Wakefield"),
        kind="<PublicationType>Retracted Publication</PublicationType>",
        doi="10.1016/s0140-6736(97)11096-0",
    )
    + "</PubmedArticleSet>"
)  # fmt: skip

_ORCID = {
    "group": [
        {
            "work-summary": [
                {
                    "put-code": 1,
                    "title": {
                        "title": {"value": "Toward a Unified Theory of High-Energy Metaphysics"},
                        "subtitle": {"value": "Silly String Theory"},
                    },
                    "type": "journal-article",
                    "journal-title": {"value": "Journal of Psychoceramics"},
                    "external-ids": {
                        "external-id": [
                            {"external-id-type": "doi", "external-id-value": "10.5555/12345678",
                             "external-id-relationship": "self"}
                        ]
                    },
                }
            ]
        }
    ]
}  # fmt: skip

_OPEN_LIBRARY = {
    "ISBN:9780262035613": {
        "key": "/books/OL1M",
        "title": "Deep Learning",
        "authors": [{"name": "Ian Goodfellow"}, {"name": "Yoshua Bengio"}],
        "publishers": [{"name": "The MIT Press"}],
        "publish_date": "Nov 18, 2016",
    }
}


def _inspire(asked: Asked) -> Answered:
    parts = urlsplit(asked.path)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    if "q" in query:
        wanted = [term.removeprefix("arxiv:") for term in query["q"].split(" or ")]
        hits = [{"id": one, "metadata": _INSPIRE[one]} for one in wanted if one in _INSPIRE]
        return as_json({"hits": {"hits": hits, "total": len(hits)}})
    number = parts.path.partition("/arxiv/")[2]
    if number not in _INSPIRE:
        return as_json({"status": 404, "message": "PID does not exist."}, 404)
    return as_json({"id": number, "metadata": _INSPIRE[number]})


def _harvest(today: date) -> Route:
    day = (today - timedelta(days=2)).isoformat()
    papers = [
        oai_server.Paper("2611.00001", day, "Prices of boats", categories="q-fin.PR stat.AP"),
        oai_server.Paper("2611.00002", day, "Harbours as markets", categories="econ.GN q-fin.EC"),
    ]
    return oai_server.Oai(papers, size=10, today=today.isoformat()).answer


def _with_its_key(asked: Asked) -> Answered:
    """DBLP as the world has it, with the key that the real one gave the paper."""
    got = _WORLD.dblp(asked)
    body = got.body.replace(b"/conf/x/N19-1423", b"/conf/naacl/DevlinCLT19")
    return Answered(got.status, body, got.headers)


_WORLD = World(_PAPERS, _REPOSITORIES)

NAMES = tuple(dict.fromkeys(one.service for one in QUESTIONS))
"""All services that are asked."""


def routes(today: date) -> dict[str, Route]:
    """What each service answers, by its name."""
    return {
        "arxiv": _WORLD.arxiv,
        "arxiv-oai": _harvest(today),
        "crossref": _WORLD.crossref,
        "datacite": _WORLD.datacite,
        "semantic-scholar": _WORLD.semantic_scholar,
        "openalex": _WORLD.openalex,
        "dblp": _with_its_key,
        "hugging-face": _WORLD.hugging_face,
        "paperswithcode": lambda _: as_json(_PWC),
        "github": _WORLD.github,
        "gitlab": lambda _: as_json(_GITLAB),
        "software-heritage": _WORLD.software_heritage,
        "acl": lambda _: typed("text/plain; charset=utf-8", _ACL),
        "inspire": _inspire,
        "pubmed": lambda _: typed("text/xml; charset=UTF-8", _PUBMED.encode()),
        "open-library": lambda _: as_json(_OPEN_LIBRARY),
        "orcid": lambda _: as_json(_ORCID),
    }


def for_loopback(
    by_name: Mapping[str, Route | Answered],
) -> dict[tuple[str, str], Route | Answered]:
    """The same for `Loopback`: the service `x` is at `/x`."""
    return {
        (method, f"/{name}"): route for name, route in by_name.items() for method in ("GET", "POST")
    }


def endpoints(base: str) -> dict[str, str]:
    """Addresses of the stand-ins by service."""
    return {name: f"{base}/{name}" for name in NAMES}


def variables(bases: Mapping[str, str]) -> dict[str, str]:
    """The same as variables of the environment."""
    return {
        f"BIBTOOLS_ENDPOINT_{name.upper().replace('-', '_')}": base for name, base in bases.items()
    }
