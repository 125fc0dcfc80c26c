r"""Addresses in prose, and what kind of thing each leads to.

An abstract is prose that went through LaTeX, a web site and a text export, so an address in it
may be wrapped in `\url{}` or `\href{}{}`, followed by the remains of them, by punctuation or by
the next word, broken by a blank, glued to another address, or printed without its scheme.

An address is kept as printed, with three exceptions, because otherwise it does not work: LaTeX
escapes are undone (`\_` is `_`), a blank that broke it is taken out, and `https://` is put
before one without a scheme.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

REPOSITORY = "repository"
CODE_OWNER = "code owner"
MODEL = "model"
SPACE = "space"
DATASET = "dataset"
COLLECTION = "collection"
OWNER_PAGE = "owner page"
PROJECT_PAGE = "project page"
ARCHIVE = "archive"
PAPER = "paper"
OTHER = "other"

CODE_KINDS: frozenset[str] = frozenset({REPOSITORY, CODE_OWNER, MODEL, SPACE})
"""The kinds that count as code: by host, not by what is found there."""


@dataclass(frozen=True, slots=True)
class FoundUrl:
    """An address found in a text."""

    url: str
    """As printed, repaired as the module says; always with a scheme."""
    kind: str
    """`repository`, `model`, `dataset`, ...: see `kind_of`."""
    start: int
    """0-based offset of its first character in the text."""
    end: int
    """Offset behind its last character, before any trailing punctuation."""


# --- what kind -------------------------------------------------------------------------------

_SPLIT = re.compile(
    r"(?:[a-z][a-z0-9+.-]*://)?(?:[^/?#@]*@)?([^/?#:]*)(?::\d*)?([^?#]*)", re.IGNORECASE
)
# First segments of huggingface.co addresses that are no owner.
_HF_OTHER = frozenset(
    "api blog chat docs enterprise inference-api inference-endpoints join learn login models new "
    "organizations pricing posts settings support tasks terms-of-service".split()
)
_PROJECT_HOSTS = re.compile(
    r"(?:.+\.)?(?:github\.io|gitlab\.io|bitbucket\.io|codeberg\.page|readthedocs\.io|netlify\.app"
    r"|vercel\.app|pages\.dev)|sites\.google\.com"
)
_ARCHIVE_HOSTS = re.compile(
    r"(?:.+\.)?(?:zenodo\.org|figshare\.com|osf\.io|datadryad\.org|softwareheritage\.org"
    r"|dataverse\.[a-z.]+)"
)
_PAPER_HOSTS = re.compile(
    r"(?:.+\.)?(?:arxiv\.org|doi\.org|aclanthology\.org|openreview\.net|biorxiv\.org"
    r"|medrxiv\.org|semanticscholar\.org)"
)

# `gitlab.inria.fr` and its like are GitLab (GitHub, Bitbucket) on a server of one's own.
_CODE_HOSTS = re.compile(r"codeberg\.org|(?:github|gitlab|bitbucket)\.(?:[\w-]+\.)*[\w-]+")
_SPACE_HOSTS = re.compile(r".+\.hf\.space")
_HOST_KINDS: tuple[tuple[re.Pattern[str], str], ...] = (
    (_PROJECT_HOSTS, PROJECT_PAGE),
    (_CODE_HOSTS, REPOSITORY),
    (_SPACE_HOSTS, SPACE),
    (_ARCHIVE_HOSTS, ARCHIVE),
    (_PAPER_HOSTS, PAPER),
)


def _host_and_path(url: str) -> tuple[str, list[str]]:
    match = _SPLIT.match(url)
    assert match is not None  # every part of the pattern may be empty
    host = match.group(1).lower().rstrip(".").removeprefix("www.")
    return host, [part for part in match.group(2).split("/") if part]


def _hugging_face(path: list[str]) -> str:
    if not path:
        return OTHER
    first = path[0].lower()
    if first == "datasets":
        return DATASET
    if first == "spaces":
        return SPACE if len(path) >= 3 else OWNER_PAGE
    if first == "collections":
        return COLLECTION
    if first == "papers":
        return PAPER
    if first in _HF_OTHER:
        return OTHER
    return MODEL if len(path) >= 2 else OWNER_PAGE


def _repository(path: list[str]) -> str:
    # A page of an owner is code by its host, as the site of an "awesome" list is: the rule
    # looks at the host, never at what may be found there.
    return (REPOSITORY if len(path) >= 2 else CODE_OWNER) if path else OTHER


def kind_of(url: str) -> str:
    """What an address leads to, judged by host and shape of the path alone.

    `repository`, `code owner` (the page of a GitHub, GitLab, Bitbucket or Codeberg account),
    `model`, `space`, `dataset`, `collection`, `owner page` (of a Hugging Face account),
    `project page`, `archive` (Zenodo, figshare, OSF), `paper` or `other`.
    """
    host, path = _host_and_path(url)
    if host in ("huggingface.co", "hf.co"):
        return _hugging_face(path)
    if host in ("gist.github.com", "anonymous.4open.science"):
        return REPOSITORY if path else OTHER
    if host == "kaggle.com" and path[:1] == ["datasets"]:
        return DATASET
    kind = next((kind for pattern, kind in _HOST_KINDS if pattern.fullmatch(host)), OTHER)
    if kind == PAPER and "doi.org" in host and "zenodo" in url.lower():
        return ARCHIVE
    return _repository(path) if kind == REPOSITORY else kind


# --- where -----------------------------------------------------------------------------------

# Hosts that are believed without a scheme when a path follows; a blank may have slipped in
# beside a dot. (Bare domains are examples more often than links, so others need a scheme.)
_KNOWN_HOST = (
    r"(?:www\.)?(?:(?:gist\s?\.\s?)?github\s?\.\s?com|gitlab\s?\.\s?com|bitbucket\s?\.\s?org"
    r"|codeberg\s?\.\s?org|huggingface\s?\.\s?co|hf\s?\.\s?co|anonymous\s?\.\s?4open\s?\.\s?science"
    r"|zenodo\s?\.\s?org|(?:dx\.)?doi\.org|arxiv\s?\.\s?org|osf\.io|aka\.ms|bit\.ly|tinyurl\.com"
    r"|goo\.gl|gitlab\.[a-z0-9-]+(?:\.[a-z0-9-]+)*|sites\.google\.com|paperswithcode\.com"
    r"|kaggle\.com|figshare\.com|openreview\.net|aclanthology\.org|sourceforge\.net)"
)
_START = re.compile(
    r"(?P<scheme>https?|ftp|git)\s?:\s?/{1,3}\s?(?=[\w\[])"
    rf"|(?<![\w./@:%=&?#~+-])(?:(?P<known>{_KNOWN_HOST})(?=/\s?[\w~@])"
    r"|(?P<www>www\.[a-z0-9-]+(?:\.[a-z0-9-]+)+)(?=/[\w~@%])"
    r"|(?P<pages>[a-z0-9][a-z0-9-]*\.(?:github|gitlab)\.io)(?![\w.]*@)(?=[/\s.,;:!?)\]}'\"]|$))",
    re.IGNORECASE,
)
_SPACED_HOST = re.compile(rf"(?={_KNOWN_HOST}/){_KNOWN_HOST}", re.IGNORECASE)

# One character of an address, or a LaTeX spelling of one.
_BODY = re.compile(
    r"\{\\([_%#&~$])\}"  # {\_}
    r"|\\([_%#&$-])"  # \_ \% \# \& \$
    r"|(\\~(?:\{\})?|\{\\?~\}|\\textasciitilde(?:\{\}|\s?)|\$\\?sim\$|\$\\sim\$)"
    r"|(\\textunderscore(?:\{\}|\s?)|\{_\})"
    r"|(&amp;)"
    # Plain characters; quotes, dashes and East Asian text are prose.
    r"|([^\s<>\"{}\[\]|\\^`$\u2010-\u201f\u2026\u3000-\u30ff\u3400-\u9fff\uac00-\ud7af\uff00-\uffef]+)",
)
_LONGEST = 1000
"""Characters of an address that are read, so that time stays linear on any text."""
_NEXT_SCHEME = re.compile(r"(?:https?|ftp)\s?:\s?//", re.IGNORECASE)
_ADDRESS_IN_ADDRESS = re.compile(r"[=]$|(?:web\.archive\.org|archive\.(?:org|ph|is|today))/.*/$")
_TRAILING = ".,;:!?'*\u2019\u201d\u00b4"
_SENTENCE_START = re.compile(
    r"\.(?:We|Our|The|This|These|It|In|For|To|All|Code|Data|Models?|Moreover|Additionally"
    r"|Furthermore|Finally|However|Project|Also|An|A)$"
)
_NAME_SHAPE = re.compile(r"[A-Za-z0-9][\w.-]*")
_PROSE_AFTER = frozenset(
    "a all also an and are as at be but by for from has have here if in is it later of on once or "
    "our soon that the then there this to under upon we when where which will with".split()
)
_IN_BRACES = re.compile(r"\\(?:url|href|path|nolinkurl)\s?\{\s?$")


def _undo(match: re.Match[str]) -> str:
    braced, escaped, tilde, underscore, ampersand, plain = match.groups()
    if plain is not None:
        return plain
    if tilde:
        return "~"
    if underscore:
        return "_"
    if ampersand:
        return "&"
    return "" if escaped == "-" else str(braced or escaped)


@dataclass(slots=True)
class _Run:
    """Characters of an address with the offset in the text behind each."""

    text: list[str]
    ends: list[int]

    def cut(self, length: int) -> None:
        del self.text[length:], self.ends[length:]

    def add(self, piece: str, end: int, plain: bool) -> None:
        for i, character in enumerate(piece):
            self.text.append(character)
            self.ends.append(end - len(piece) + i + 1 if plain else end)

    def __str__(self) -> str:
        return "".join(self.text)


def _read_body(text: str, start: int, run: _Run) -> int:
    at, stop = start, min(len(text), start + _LONGEST)
    while at < stop:
        match = _BODY.match(text, at, stop)
        if match is None:
            break
        piece = _undo(match)
        run.add(piece, match.end(), plain=match.group(6) is not None)
        at = match.end()
    return at


def _balanced(whole: str) -> str:
    """Without a closing parenthesis that nothing opened, or from one on that nothing closes."""
    opened, closed = whole.count("("), whole.count(")")
    if closed > opened and whole.endswith(")"):
        return whole[:-1]
    return whole[: whole.rfind("(")] if opened > closed else whole


def _clean(run: _Run, code_host: bool) -> None:
    """Cut off what belongs to the prose."""
    # No name on a code host has one of these signs, so prose goes on there.
    ends = r"[(),;]|---" if code_host else r"(?<=.)---"
    whole = re.split(ends, str(run), maxsplit=1)[0]
    before = ""
    while whole != before:
        before = whole
        whole = _balanced(whole.rstrip(_TRAILING))
        whole = _SENTENCE_START.sub("", whole)
        if whole.endswith("--"):
            whole = whole.rstrip("-")
    run.cut(len(whole))


def _join_after_blank(text: str, at: int, run: _Run, known_host: bool) -> None:
    """Go on behind a blank where the address certainly does."""
    body = str(run)
    if not (known_host and body.endswith("/") and text[at : at + 1] == " "):
        return
    segments = [part for part in body.split("/") if part]
    match = _NAME_SHAPE.match(text, at + 1)
    if match is None or len(segments) not in (1, 2):
        return
    word = match.group().rstrip(".-_")
    follows = text[at + 1 + len(word) : at + 4 + len(word)]
    if len(segments) == 1:
        certain = bool(re.match(r"/[\w.-]", follows))
    else:
        shaped = bool(re.search(r"[-_\d]|[a-z][A-Z]", word))
        closed = not follows or bool(re.match(r"[.,;:)\]}](?:\s|$)|[)\]}]", follows))
        certain = (shaped or closed) and word.lower() not in _PROSE_AFTER
    if certain:
        _read_body(text, at + 1, run)


def _is_address(host_and_rest: str, has_scheme: bool) -> bool:
    host, _, rest = host_and_rest.partition("/")
    host = host.rpartition("@")[2]
    if not re.fullmatch(r"[\w-]+(?:\.[\w-]+)*\.?(?::\d+)?", host):
        return False
    return "." in host.strip(".") or (has_scheme and bool(rest))


def _cut_glued(text: str, run: _Run) -> None:
    """End an address where another one begins."""
    body = str(run)
    glued = _NEXT_SCHEME.search(body, 1)
    while glued and _ADDRESS_IN_ADDRESS.search(body[: glued.start()]):
        glued = _NEXT_SCHEME.search(body, glued.end())
    if glued is None:
        # One that is itself broken by a blank ("https: //b") shows only the start of its scheme.
        broken = re.search(r"https?:?$", body)
        if broken and _NEXT_SCHEME.match(text, run.ends[broken.start()] - 1):
            glued = broken
    if glued:
        run.cut(glued.start())


def _read_one(text: str, match: re.Match[str]) -> tuple[str, int] | None:
    """The address that starts with `match`, and the offset behind it."""
    scheme = match.group("scheme")
    run = _Run([], [])
    at = match.end() if scheme else match.start()
    braces = _IN_BRACES.search(text, max(0, match.start() - 12), match.start())
    close = text.find("}", at, at + 2000) if braces else -1
    spaced = _SPACED_HOST.match(text, at)
    if spaced:
        for i in range(at, spaced.end()):
            if not text[i].isspace():
                run.add(text[i], i + 1, plain=True)
        at = spaced.end()
    elif not scheme:
        run.add(match.group(), match.end(), plain=True)
        at = match.end()
    at = _read_body(text, at, run)
    while at < close and text[at].isspace():  # TeX ignores blanks inside \url{}
        at = _read_body(text, at + 1, run)
    if close < 0:
        _join_after_blank(text, at, run, spaced is not None)
    _cut_glued(text, run)
    _clean(run, kind_of(str(run)) in CODE_KINDS)
    body = str(run)
    if not run.ends or not _is_address(body, scheme is not None):
        return None
    return f"{scheme or 'https'}://{body}", run.ends[-1]


def _occurrences(text: str) -> Iterator[FoundUrl]:
    at = 0
    while True:
        match = _START.search(text, at)
        if match is None:
            return
        found = _read_one(text, match)
        if found is None:
            at = match.start() + 1
            continue
        url, end = found
        yield FoundUrl(url, kind_of(url), match.start(), end)
        at = max(end, match.start() + 1)


def find_urls(text: str) -> tuple[FoundUrl, ...]:
    """The addresses in a text, in order of first appearance, each once.

    Bare domains (`wikipedia.org`, `01.AI`) are not addresses; known hosts of code and papers
    are found without a scheme when a path follows.
    """
    seen: dict[str, FoundUrl] = {}
    for found in _occurrences(text):
        seen.setdefault(found.url, found)
    return tuple(seen.values())
