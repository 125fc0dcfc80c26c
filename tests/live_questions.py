"""One question for each public service, with an answer that we know; and how it is judged.

`tests/live/` asks them of the real services (`pytest --live`), and of stand-ins to know that it can
pass and fail. Only what does not change is compared: titles, authors, identifiers, pages; not what
a service may add tomorrow. A service from which no data came (no network, a wall against robots, a
limit, no key) was not asked, and nothing is said of it; whatever data came must be what is known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bibtools.adapters.web import Web
from bibtools.sites import arxiv_oai, services
from bibtools.sites.asking import (
    Answer,
    CouldNotAsk,
    Found,
    NotFound,
    Question,
    Reply,
    Service,
    UnreadableError,
)
from bibtools.sites.records import Record
from bibtools.sites.repositories import AUTHOR_LISTED
from bibtools.text.titles import title_key
from bibtools.workflows.online.questions import folded_title

Facts = Mapping[str, object]
"""What `facts_of` must say of one record; of a frozenset, that it is among the values there."""


@dataclass(frozen=True, slots=True)
class LiveQuestion:
    """One request to one service, and what is known of its answer."""

    name: str
    service: str
    kind: str
    """Of `Service.kinds`; `harvest` for a page of OAI-PMH."""
    known: Mapping[str, Sequence[Facts] | None]
    """By subject: facts, each of one of the records found; None for what does not exist."""


@dataclass(frozen=True, slots=True)
class Right:
    """The service says what is known."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """It was asked, and its answer is not what is known, or cannot be read."""

    why: str


@dataclass(frozen=True, slots=True)
class Unasked:
    """No data came: this says nothing of the service's contract."""

    why: str


Judgement = Right | Wrong | Unasked

# --- what is known ----------------------------------------------------------------------------

_ATTENTION = {
    "title": "Attention Is All You Need",
    "authors": (
        "vaswani", "shazeer", "parmar", "uszkoreit", "jones", "gomez", "kaiser", "polosukhin"
    ),
    "arxiv": "1706.03762",
}  # fmt: skip
_DEEP_LEARNING = {
    "title": "Deep learning",
    "authors": ("lecun", "bengio", "hinton"),
    "doi": "10.1038/nature14539",
    "venue": "Nature",
    "year": 2015,
    "retracted": False,
}
_RETRACTED = {
    "doi": "10.1016/s0140-6736(97)11096-0",
    "year": 1998,
    "volume": "351",
    "page": "637-641",
    "retracted": True,
}
_BERT = "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding"
_RESNET = "Deep Residual Learning for Image Recognition"

FORTY_TITLES = (
    _BERT,
    "An Image is Worth 16x16 Words: Transformers for Image Recognition at Scale",
    "Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift",
    "Dropout: a simple way to prevent neural networks from overfitting",
    "Faster R-CNN: Towards Real-Time Object Detection with Region Proposal Networks",
    "You Only Look Once: Unified, Real-Time Object Detection",
    "Neural Machine Translation by Jointly Learning to Align and Translate",
    "GloVe: Global Vectors for Word Representation",
    "Distributed Representations of Words and Phrases and their Compositionality",
    "Efficient Estimation of Word Representations in Vector Space",
    "Enriching Word Vectors with Subword Information",
    "Mastering the game of Go with deep neural networks and tree search",
    "Mastering the game of Go without human knowledge",
    "Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer",
    "RoBERTa: A Robustly Optimized BERT Pretraining Approach",
    "ALBERT: A Lite BERT for Self-supervised Learning of Language Representations",
    "XLNet: Generalized Autoregressive Pretraining for Language Understanding",
    "ELECTRA: Pre-training Text Encoders as Discriminators Rather Than Generators",
    "BART: Denoising Sequence-to-Sequence Pre-training for Natural Language Generation, "
    "Translation, and Comprehension",
    "DistilBERT, a distilled version of BERT: smaller, faster, cheaper and lighter",
    "SimCSE: Simple Contrastive Learning of Sentence Embeddings",
    "Sentence-BERT: Sentence Embeddings using Siamese BERT-Networks",
    "High-Resolution Image Synthesis with Latent Diffusion Models",
    "Learning Transferable Visual Models From Natural Language Supervision",
    "Momentum Contrast for Unsupervised Visual Representation Learning",
    "A Simple Framework for Contrastive Learning of Visual Representations",
    "Bootstrap Your Own Latent - A New Approach to Self-Supervised Learning",
    "Inductive Representation Learning on Large Graphs",
    "MapReduce: Simplified Data Processing on Large Clusters",
    "Bigtable: A Distributed Storage System for Structured Data",
    "Dynamo: Amazon's Highly Available Key-value Store",
    "In Search of an Understandable Consensus Algorithm",
    "The Anatomy of a Large-Scale Hypertextual Web Search Engine",
    "Scikit-learn: Machine Learning in Python",
    "XGBoost: A Scalable Tree Boosting System",
    "Very Deep Convolutional Networks for Large-Scale Image Recognition",
    '"Why Should I Trust You?": Explaining the Predictions of Any Classifier',
    "Explaining and Harnessing Adversarial Examples",
    "Intriguing properties of neural networks",
    "Unsupervised Representation Learning with Deep Convolutional Generative Adversarial Networks",
)
"""Titles that DBLP has; each with words that few others have together."""

QUESTIONS = (
    LiveQuestion(
        "arxiv-by-id", "arxiv", "arxiv",
        {
            "1706.03762": [
                {**_ATTENTION, "month": "2017-06", "type": "preprint",
                 "classes": ("cs.CL", "cs.LG"), "retracted": False}
            ],
            # Well formed and never given to a paper: arXiv leaves it out without a word.
            "1706.99999": None,
        },
    ),
    LiveQuestion(
        "arxiv-by-title", "arxiv", "title",
        {
            folded_title(_RESNET): [
                {"title": _RESNET, "arxiv": "1512.03385", "month": "2015-12",
                 "authors": ("he", "zhang", "ren", "sun")}
            ]
        },
    ),
    LiveQuestion("arxiv-oai", "arxiv-oai", "harvest", {"q-fin": ()}),
    LiveQuestion(
        "crossref", "crossref", "doi",
        {
            "10.1038/nature14539": [
                {**_DEEP_LEARNING, "type": "article-journal", "volume": "521", "page": "436-444"}
            ],
            "10.1016/s0140-6736(97)11096-0": [_RETRACTED],
            "10.5555/bibtools.no.such.work": None,
        },
    ),
    LiveQuestion(
        "datacite", "datacite", "doi",
        {
            "10.48550/arxiv.1706.03762": [{**_ATTENTION, "year": 2017}],
            "10.48550/arxiv.1706.99999": None,
        },
    ),
    LiveQuestion(
        "semantic-scholar", "semantic-scholar", "arxiv",
        {
            "1706.03762": [
                {"key": title_key("Attention is All you Need"), "arxiv": "1706.03762",
                 "authors": _ATTENTION["authors"]},
                {"venue": "Neural Information Processing Systems"},
            ],
            "1706.99999": None,
        },
    ),
    LiveQuestion(
        "openalex", "openalex", "doi",
        {"10.1038/nature14539": [{**_DEEP_LEARNING, "type": "article-journal"}]},
    ),
    LiveQuestion(
        "dblp-sparql", "dblp", "title",
        {
            folded_title(_BERT): [
                {"key": title_key(_BERT), "id": "conf/naacl/DevlinCLT19",
                 "type": "paper-conference", "year": 2019, "page": "4171-4186",
                 "doi": "10.18653/v1/n19-1423",
                 "authors": ("devlin", "chang", "lee", "toutanova")},
                {"key": title_key(_BERT), "arxiv": "1810.04805", "type": "preprint"},
            ]
        },
    ),
    # Never verified otherwise: whether it takes a question of so many parts.
    LiveQuestion(
        "dblp-sparql-forty-titles", "dblp", "title",
        {folded_title(one): [{"key": title_key(one)}] for one in FORTY_TITLES},
    ),
    LiveQuestion(
        "hugging-face-papers", "hugging-face", "code",
        {
            "2510.04871": [
                {"title": "Less is More: Recursive Reasoning with Tiny Networks",
                 "arxiv": "2510.04871",
                 "code": frozenset({"https://github.com/samsungsailmontreal/tinyrecursivemodels"}),
                 "evidence": frozenset({AUTHOR_LISTED})}
            ]
        },
    ),
    LiveQuestion(
        "paperswithcode", "paperswithcode", "code",
        {
            "2106.09685": [
                {"title": "LoRA: Low-Rank Adaptation of Large Language Models",
                 "arxiv": "2106.09685", "code": frozenset({"https://github.com/microsoft/lora"})}
            ]
        },
    ),
    # It was renamed twice.
    LiveQuestion(
        "github", "github", "repository",
        {
            "github.com/huggingface/pytorch-transformers": [
                {"url": "https://github.com/huggingface/transformers", "archived": False,
                 "moved from": "https://github.com/huggingface/pytorch-transformers",
                 "fork": False}
            ]
        },
    ),
    LiveQuestion(
        "gitlab", "gitlab", "repository",
        {
            "gitlab.com/gitlab-org/gitlab-runner": [
                {"url": "https://gitlab.com/gitlab-org/gitlab-runner", "archived": False,
                 "moved from": None, "fork": False}
            ]
        },
    ),
    LiveQuestion(
        "software-heritage", "software-heritage", "repository",
        {
            "github.com/torvalds/linux": [
                {"url": "https://github.com/torvalds/linux",
                 "copy of": "https://github.com/torvalds/linux"}
            ]
        },
    ),
    LiveQuestion(
        "acl-anthology", "acl", "acl",
        {
            "n18-1202": [
                {"title": "Deep Contextualized Word Representations", "id": "N18-1202",
                 "type": "paper-conference", "month": "2018-06", "page": "2227-2237",
                 "doi": "10.18653/v1/n18-1202",
                 "authors": (
                     "peters", "neumann", "iyyer", "gardner", "clark", "lee", "zettlemoyer"
                 )}
            ]
        },
    ),
    LiveQuestion(
        "inspire", "inspire", "arxiv",
        {
            "hep-ph/9905221": [
                {"key": title_key("A Large mass hierarchy from a small extra dimension"),
                 "arxiv": "hep-ph/9905221", "authors": ("randall", "sundrum")},
                {"doi": "10.1103/physrevlett.83.3370", "venue": "Phys.Rev.Lett.", "volume": "83",
                 "page": "3370-3373", "year": 1999},
            ]
        },
    ),
    # Never verified otherwise: whether it takes IDs that are joined by `or`.
    LiveQuestion(
        "inspire-or", "inspire", "arxiv",
        {
            "hep-th/9711200": [{"arxiv": "hep-th/9711200", "authors": ("maldacena",)}],
            "hep-th/9802150": [
                {"arxiv": "hep-th/9802150", "authors": ("witten",)},
                {"venue": "Adv.Theor.Math.Phys.", "volume": "2", "page": "253-291"},
            ],
            "hep-ph/9803315": [
                {"arxiv": "hep-ph/9803315", "authors": ("arkani-hamed", "dimopoulos", "dvali")},
                {"doi": "10.1016/s0370-2693(98)00466-3", "venue": "Phys.Lett.B", "volume": "429",
                 "page": "263-272"},
            ],
            "hep-th/9711999": None,
        },
    ),
    LiveQuestion(
        "pubmed", "pubmed", "pmid",
        {
            "26017442": [
                {**_DEEP_LEARNING, "volume": "521", "issue": "7553", "page": "436-444",
                 "month": "2015-05", "id": "26017442"}
            ],
            "9500320": [{**_RETRACTED, "issue": "9103", "id": "9500320"}],
        },
    ),
    LiveQuestion(
        "open-library", "open-library", "isbn",
        {
            "9780262035613": [{"key": title_key("Deep Learning"), "year": 2016, "type": "book"}],
            "9799999999990": None,
        },
    ),
    # A researcher who does not exist, with works that do not, kept by ORCID for examples.
    LiveQuestion(
        "orcid", "orcid", "person",
        {
            "0000-0002-1825-0097": [
                {"doi": "10.5555/12345678",
                 "key": title_key(
                     "Toward a Unified Theory of High-Energy Metaphysics: Silly String Theory"
                 )}
            ]
        },
    ),
)  # fmt: skip


def facts_of(record: Record) -> dict[str, object]:
    """What a record says, in the values that `QUESTIONS` are written in."""
    entry, repository = record.entry, record.repository
    facts: dict[str, object] = {
        "id": record.identifier,
        "type": entry.type,
        "title": entry.title,
        "key": title_key(entry.title or ""),
        "authors": tuple((name.family or name.literal or "").lower() for name in entry.authors),
        "year": entry.date.year if entry.date is not None else None,
        "month": entry.date.iso()[:7] if entry.date is not None else None,
        "arxiv": entry.arxiv.value if entry.arxiv is not None else None,
        "doi": entry.doi.folded if entry.doi is not None else None,
        "venue": entry.venue,
        "classes": entry.categories,
        "code": frozenset(link.url.lower() for link in entry.code),
        "evidence": frozenset(link.evidence for link in entry.code),
        "retracted": record.retracted is not None,
        **{name: entry.fields.get(name) for name in ("volume", "issue", "page")},
    }
    if repository is not None:
        facts |= {
            "url": repository.url,
            "moved from": repository.moved_from,
            "archived": repository.archived,
            "fork": repository.is_fork,
            "copy of": (repository.snapshot or "").partition(";origin=")[2],
        }
    return facts


# --- asking and judging -----------------------------------------------------------------------

_WRONG_QUESTION = frozenset({400, 404, 405, 406, 410, 413, 414, 415, 422})
"""Statuses that say that the question, or its address, is none any more."""


def judge(live: LiveQuestion, web: Web, today: date) -> Judgement:
    """What one question to one service shows."""
    if live.kind == "harvest":
        return _harvest(live, web, today)
    seen: list[int] = []
    service = _watched(services.service(live.service), live.kind, seen)
    questions = [Question(service.name, live.kind, subject) for subject in live.known]
    answers = web.ask(service, live.kind, questions)
    faults = []
    for question in questions:
        answer = answers[question]
        if isinstance(answer, CouldNotAsk) and not _data_came(seen, answer.reason):
            return Unasked(answer.reason)
        faults += _faults(question, answer, live.known[question.subject])
    return Wrong("\n".join(faults)) if faults else Right()


def _watched(service: Service, kind: str, seen: list[int]) -> Service:
    """The service with a parser that also tells which statuses it was given."""
    batch = service.kinds[kind]

    def parse(reply: Reply, questions: Sequence[Question]) -> Mapping[Question, Answer]:
        seen.append(reply.status)
        return batch.parse(reply, questions)

    return replace(service, kinds={**service.kinds, kind: replace(batch, parse=parse)})


def _data_came(seen: Sequence[int], reason: str) -> bool:
    """Whether what could not be read was an answer: then the service, or we, have changed."""
    if any(status < 300 or status in _WRONG_QUESTION for status in seen):
        return True
    # Data of another media type never reach the parser.
    return "instead of data" in reason and "web page" not in reason


def _faults(question: Question, answer: Answer, known: Sequence[Facts] | None) -> list[str]:
    match answer:
        case CouldNotAsk(reason):
            return [f"{question}: {reason}"]
        case NotFound():
            return [] if known is None else [f"{question}: not found"]
        case Found(records):
            if known is None:
                return [f"{question}: found, although there is no such work"]
            told = [facts_of(record) for record in records]
            return [f"{question}: {fault}" for facts in known if (fault := _missing(facts, told))]


def _missing(known: Facts, told: Sequence[Facts]) -> str | None:
    """How the record that is nearest to what is known differs from it."""
    differing = [
        {name: facts.get(name) for name in known if not _says(facts.get(name), known[name])}
        for facts in told
    ]
    nearest = min(differing, key=len)
    if not nearest:
        return None
    return "; ".join(
        f"{name} is {value!r}, known is {known[name]!r}" for name, value in nearest.items()
    )


def _says(told: object, known: object) -> bool:
    if isinstance(known, frozenset):
        return isinstance(told, frozenset) and known <= told
    return told == known


def _harvest(live: LiveQuestion, web: Web, today: date) -> Judgement:
    """A page of what changed in the last days: it has papers, of this set and of these days."""
    (wanted,) = live.known
    first = (today - timedelta(days=7)).isoformat()
    got = web.fetch(services.service(live.service), arxiv_oai.request_harvest(first, wanted))
    if isinstance(got, CouldNotAsk):
        return Wrong(got.reason) if _data_came((), got.reason) else Unasked(got.reason)
    try:
        page = arxiv_oai.parse_harvest(got)
    except UnreadableError as error:
        return Wrong(str(error)) if _data_came([got.status], "") else Unasked(str(error))
    faults = []
    if not page.rows:
        faults.append("no paper in a week")
    if page.unread:
        faults.append(f"{page.unread} records cannot be read")
    if page.changed is None or page.changed[0] < first:
        faults.append(f"asked for what changed since {first}, it changed {page.changed}")
    if (page.answered or "")[:10] < first:
        faults.append(f"it answered on {page.answered}")
    faults += [
        f"{row['id']}: {row['categories']!r} and {len(row['authors_parsed'])} authors"
        for row in page.rows
        if f"{wanted}." not in row["categories"] or not row["authors_parsed"]
    ]
    return Wrong("\n".join(faults)) if faults else Right()
