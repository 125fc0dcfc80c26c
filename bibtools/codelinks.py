"""Code links of an entry: joining what pages, arXiv's comments, dumps and services say.

A link is known by its repository, whatever its scheme, case, `www.`, `.git` or trailing slash.
Who says that it is the paper's code decides what it counts: its authors in the abstract, in the
comment or on the paper's page over a listing's "official" mark over a match of texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from bibtools.formats.link_dumps import COMMUNITY, IN_PAPER, OFFICIAL, UNSPECIFIED
from bibtools.model import Entry, Link
from bibtools.sites.records import Repository
from bibtools.sites.repositories import (
    AUTHOR_LISTED,
    LISTED_COMMUNITY,
    LISTED_OFFICIAL,
    TEXT_MATCH,
)
from bibtools.text.addresses import same_address_key
from bibtools.text.code_mentions import Mention, Role, Whose, is_list_of_papers, read_mentions
from bibtools.text.titles import title_key
from bibtools.text.urls import ARCHIVE, CODE_KINDS, CODE_OWNER, OTHER, PROJECT_PAGE, REPOSITORY

NO_LINK_REMARK = 'The page says "Code", but no link was found.'

COMMUNITY_MOST = 3
"""Links to other people's implementations that are shown where the authors gave none."""

# --- whose code a link is ---------------------------------------------------------------------


class Standing(StrEnum):
    """Whose code a link leads to."""

    OFFICIAL = "official"
    """The authors', as they or a listing that asks them say."""
    COMMUNITY = "community"
    """Somebody else's implementation."""
    UNKNOWN = "unknown"
    """Nobody says."""


ABSTRACT = "abstract"
COMMENT = "comment"
PAGE = "page"
NAMES_PAPER = "the repository names the paper"
UNOFFICIAL = "the repository says that it is not the authors'"

EVIDENCE: dict[str, tuple[int, Standing]] = {
    ABSTRACT: (0, Standing.OFFICIAL),
    COMMENT: (0, Standing.OFFICIAL),
    PAGE: (1, Standing.OFFICIAL),
    # huggingface.co/papers: `githubRepoAddedBy: "user"`; `"auto"` is a match of texts.
    AUTHOR_LISTED: (1, Standing.OFFICIAL),
    # paperswithcode.co's `repositories[].is_official` and the frozen dump's.
    LISTED_OFFICIAL: (2, Standing.OFFICIAL),
    OFFICIAL: (2, Standing.OFFICIAL),
    IN_PAPER: (3, Standing.OFFICIAL),
    NAMES_PAPER: (4, Standing.UNKNOWN),
    UNSPECIFIED: (5, Standing.UNKNOWN),
    TEXT_MATCH: (6, Standing.UNKNOWN),
    LISTED_COMMUNITY: (7, Standing.COMMUNITY),
    COMMUNITY: (7, Standing.COMMUNITY),
    UNOFFICIAL: (7, Standing.COMMUNITY),
}
"""What `Link.evidence` may be: how strong it is (0 the strongest), and the standing it gives."""

_NO_EVIDENCE = (9, Standing.UNKNOWN)

_CLAUSES = {
    ABSTRACT: "its abstract prints it",
    COMMENT: "its authors' comment at arXiv prints it",
    PAGE: "the page prints it",
    AUTHOR_LISTED: "one of its authors put it there",
    LISTED_OFFICIAL: "it is listed as the official code",
    OFFICIAL: "it is listed as the official code",
    IN_PAPER: "a listing found it in the paper",
    UNSPECIFIED: "a listing has it",
    TEXT_MATCH: "it was matched by text",
    LISTED_COMMUNITY: "it is listed as somebody else's implementation",
    COMMUNITY: "it is listed as somebody else's implementation",
}
"""Evidence as a clause; what is missing is one already."""


def clause(evidence: str) -> str:
    """What `Link.evidence` says, as a clause for the reader; another text as it is."""
    return _CLAUSES.get(evidence, evidence)


def standing(link: Link) -> Standing:
    """Whose code the link leads to, by its evidence."""
    return EVIDENCE.get(link.evidence, _NO_EVIDENCE)[1]


def strength(link: Link) -> int:
    """How strong the evidence of the link is; 0 is the strongest."""
    return EVIDENCE.get(link.evidence, _NO_EVIDENCE)[0]


# --- what a paper's own text says -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StatedLink:
    """An address that the paper itself prints, and what it is to the paper."""

    link: Link
    standing: Standing
    role: Role
    because: str
    """The words that decided: "available"; empty for an address that stands alone."""
    data_alone: bool = False
    """True when the text speaks of data there, and of no code."""

    @property
    def is_code(self) -> bool:
        """True for the paper's code: a repository, model or space, or any address that the text
        calls its code. A list of papers and a discussion are none, and neither is what others
        made, nor a repository that is a data set by the text and by its name.
        """
        if self.data_alone and _DATA_NAME.search(self.link.url.rstrip("/")):
            return False
        if self.standing is not Standing.OFFICIAL or self.role in _NO_CODE:
            return False
        if self.link.kind in CODE_KINDS:
            return True
        return self.role is Role.CODE and self.link.kind in _HOLDS_CODE


_DATA_NAME = re.compile(
    r"(?:data|dataset|datasets|corpus|corpora)(?:\.git)?$|[-_](?:data|dataset|corpus)[-_][^/]*$",
    re.IGNORECASE,
)
_NO_CODE = frozenset({Role.LIST, Role.EVENT, Role.DISCUSSION, Role.HOME_PAGE, Role.PAPER})
_HOLDS_CODE = frozenset({ARCHIVE, OTHER, PROJECT_PAGE})
_THINGS = frozenset({Role.CODE, Role.MODEL, Role.DEMO, Role.DATA, Role.PAGE, Role.LIST})
_THINGS_AND_MORE = _THINGS | {Role.SUPPLEMENT}


def stated_links(abstract: str | None, comment: str | None) -> tuple[StatedLink, ...]:
    """What the addresses in a paper's abstract and comment are, each once.

    The comment is read first: it is newer. Where both print one address, the more telling of
    the two counts.
    """
    found: dict[str, StatedLink] = {}
    for evidence, text in ((COMMENT, comment), (ABSTRACT, abstract)):
        for mention in read_mentions(text) if text else ():
            stated = _stated(mention, evidence)
            key = same_address_key(mention.url)
            known = found.get(key)
            if known is None or (not known.because and stated.because):
                found[key] = stated
    return tuple(found.values())


def _stated(mention: Mention, evidence: str) -> StatedLink:
    if mention.whose is Whose.OTHERS:
        which = Standing.COMMUNITY
    elif mention.whose is Whose.OWN and mention.role in _THINGS_AND_MORE:
        which = Standing.OFFICIAL
    else:
        which = Standing.UNKNOWN
    link = Link(mention.url, evidence, mention.kind)
    return StatedLink(link, which, mention.role, mention.cue, mention.data_alone)


# --- repositories -----------------------------------------------------------------------------

_ROOT = re.compile(r"(\w+://[^/?#]+)/([^/?#]+)/([^/?#]+)", re.IGNORECASE)
_IN_GROUPS = re.compile(r"(.+?)/(?:-/)?(?:tree|blob|raw|releases|issues|wiki|commit|src)(?:/|$)")


def repository_of(url: str) -> str | None:
    """The repository that an address on a code host lies in, or None.

    `https://github.com/o/n/tree/main/x` gives `https://github.com/o/n`. On GitLab, where groups
    nest, everything before `/-/` or `/tree/` is the repository.
    """
    match = _ROOT.match(url)
    if match is None:
        return None
    host, owner, name = match.groups()
    if "gitlab" in host.lower():
        rest = url.split("?")[0].split("#")[0].rstrip("/")
        inner = _IN_GROUPS.match(rest, len(host))
        return (url[: inner.end(1)] if inner is not None else rest).removesuffix(".git")
    return f"{host}/{owner}/{name.removesuffix('.git')}"


def names_paper(repository: Repository, title: str | None, arxiv: str | None) -> bool:
    """True when the repository's own words name the paper: its arXiv ID, or its whole title.

    A list of papers names each of them and is the code of none. Where the README has many IDs,
    the description, a heading or a BibTeX entry of it must name the paper.
    """
    if is_list_of_papers(repository.url) or _LIST_HEAD.search(repository.readme[:_HEAD]):
        return False
    words = f"{repository.description}\n{repository.homepage}\n{repository.readme}"
    if len(set(_ANY_ID.findall(repository.readme))) > _MANY_IDS:
        told = _TELLING.findall(repository.readme)
        words = "\n".join([repository.description or "", repository.homepage or "", *told])
    if arxiv and re.search(rf"(?<![\d.]){re.escape(arxiv)}(?![\d])", words):
        return True
    key = title_key(title or "")
    return len(key) >= _TITLE_LETTERS and key in title_key(words)


def is_unofficial(repository: Repository) -> bool:
    """Whether the repository says of itself that somebody else than the authors made it."""
    said = f"{repository.description or ''}\n{repository.readme[:_HEAD]}"
    return _NOT_OFFICIAL.search(said) is not None and not _IS_OFFICIAL.search(said)


def is_common_ground(url: str, title: str | None) -> bool:
    """Whether a repository is a library that thousands of papers build upon, and this paper is
    not the one about it: its title does not begin with the name of the library.
    """
    key = same_address_key(repository_of(url) or url)
    if key not in COMMON_LIBRARIES:
        return False
    name = key.rpartition("/")[2]
    begin = re.split(r"[:\u2013\u2014]", title or "", maxsplit=1)
    return len(begin) < 2 or title_key(name) not in title_key(begin[0])


COMMON_LIBRARIES: Final = frozenset(
    f"github.com/{name}"
    for name in (
        "apache/spark borisdayma/dalle-mini deepmind/dm-haiku deepmind/mujoco eleutherai/gpt-neox "
        "eleutherai/lm-evaluation-harness explosion/spacy facebookresearch/detectron2 "
        "facebookresearch/faiss facebookresearch/fairseq facebookresearch/hydra flairnlp/flair "
        "ggerganov/llama.cpp ggml-org/llama.cpp google-research/bert google/flax google/jax "
        "gymnasium-team/gymnasium farama-foundation/gymnasium hiyouga/llama-factory "
        "hpcaitech/colossalai huggingface/accelerate huggingface/datasets huggingface/diffusers "
        "huggingface/open-r1 huggingface/peft huggingface/pytorch-image-models "
        "huggingface/tokenizers huggingface/transformers huggingface/trl jax-ml/jax "
        "keras-team/keras langchain-ai/langchain lightning-ai/pytorch-lightning "
        "matplotlib/matplotlib microsoft/deepspeed microsoft/onnxruntime "
        "mlflow/mlflow mwaskom/seaborn nvidia/megatron-lm nvidia/nemo nltk/nltk numpy/numpy "
        "ollama/ollama open-mmlab/mmdetection open-mmlab/mmsegmentation openai/baselines "
        "openai/gym openai/whisper opencv/opencv pandas-dev/pandas pyg-team/pytorch_geometric "
        "pytorch/audio pytorch/fairseq pytorch/pytorch pytorch/vision ray-project/ray run- "
        "llama/llama_index rwightman/pytorch-image-models scikit-learn/scikit-learn "
        "scipy/scipy sgl-project/sglang stanfordnlp/stanza tensorflow/tensor2tensor "
        "tensorflow/tensorflow tloen/alpaca-lora ultralytics/ultralytics ultralytics/yolov5 "
        "unslothai/unsloth vllm-project/vllm volcengine/verl"
    ).split()
)
"""Libraries and frameworks that papers are linked to because they use them."""

_HEAD = 1_500
"""Letters of a README in which it says what it is."""
_MANY_IDS = 10
_ANY_ID = re.compile(r"(?<![\d.])\d{4}\.\d{4,5}(?!\d)")
_TELLING = re.compile(r"^#.{,200}|\btitle\s*[=:].{,300}", re.MULTILINE | re.IGNORECASE)
_LIST_HEAD = re.compile(
    r"^#+\s*(?:\W*)awesome\b|\b(?:curated|reading|paper) lists?\b"
    r"|\b(?:list|collection) of (?:\w+ ){0,3}papers\b",
    re.MULTILINE | re.IGNORECASE,
)
_NOT_OFFICIAL = re.compile(
    r"\b(?:un-?|non-?)official\b|\bnot (?:an? |the )?official\b|\bthird[- ]party\b"
    r"|\bre-?implement(?:ation|ed|s)\b|\b(?:reproduction|replication) of\b",
    re.IGNORECASE,
)
_IS_OFFICIAL = re.compile(
    r"(?<!un)(?<!un-)(?<!non)(?<!non-)(?<!not )(?<!not an )(?<!not the )\bofficial\b"
    r"|\bour (?:\w+ ){0,3}(?:paper|work|code|method)\b|\bby the authors\b",
    re.IGNORECASE,
)
_TITLE_LETTERS = 20
"""A shorter title may stand in any text by chance."""


def follow(link: Link, repository: Repository) -> Link:
    """The link to where the repository is now; a deep link keeps its way into it.

    Only a move that the code host itself tells is followed (`Repository.moved_from`).
    """
    root = repository_of(link.url)
    old = repository.moved_from
    if root is None or old is None or same_address_key(root) != same_address_key(old):
        return link
    tail = link.url[len(root) :].removeprefix(".git")
    return replace(link, url=repository.url.rstrip("/") + tail)


# --- joining ----------------------------------------------------------------------------------


def add_code_links(entry: Entry, found: Iterable[Link]) -> Entry:
    """The entry with the links it did not have yet, behind its own.

    Other people's implementations are added only where there is no other link, and then at
    most `COMMUNITY_MOST`. An entry whose page says "Code" but for which no link is known gets
    the remark that says so; it goes when a link is found.
    """
    known = {same_address_key(link.url) for link in (*entry.code, *entry.links)}
    added: list[Link] = []
    community: list[Link] = []
    for link in found:
        key = same_address_key(link.url)
        if key in known:
            continue
        known.add(key)
        (community if standing(link) is Standing.COMMUNITY else added).append(link)
    if not entry.code and not added:
        added = community[:COMMUNITY_MOST]
    return with_code_remark(replace(entry, code=(*entry.code, *added)) if added else entry)


def best_links(found: Iterable[Link]) -> tuple[Link, ...]:
    """The links of one paper from several sources, each place once, the strongest first.

    Of two links into one repository the one with the stronger evidence stays, and of equal ones
    the deeper: it says more. The order in which they come does not matter.
    """
    ordered = sorted(
        found,
        key=lambda one: (strength(one), -len(one.url), one.url, one.evidence, one.kind or ""),
    )
    seen: set[str] = set()
    kept = []
    for link in ordered:
        root = repository_of(link.url) if link.kind in (REPOSITORY, None) else None
        key = same_address_key(root or link.url)
        if key not in seen:
            seen.add(key)
            kept.append(link)
    if any(link.kind != CODE_OWNER for link in kept):
        # The page of an account says nothing beside a repository of it.
        kept = [link for link in kept if link.kind != CODE_OWNER or not _holds(link, kept)]
    return tuple(kept)


def _holds(owner: Link, links: Iterable[Link]) -> bool:
    head = same_address_key(owner.url) + "/"
    return any(same_address_key(link.url).startswith(head) for link in links)


def with_code_remark(entry: Entry) -> Entry:
    """The entry with the remark on a missing code link where it is due, and only there."""
    due = entry.code_flag and not entry.code
    if due == (NO_LINK_REMARK in entry.remarks):
        return entry
    if due:
        return replace(entry, remarks=(*entry.remarks, NO_LINK_REMARK))
    return replace(entry, remarks=tuple(text for text in entry.remarks if text != NO_LINK_REMARK))
