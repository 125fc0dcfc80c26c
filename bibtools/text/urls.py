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
from collections.abc import Iterator, Sequence
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

# `gitlab.inria.fr` and its like are GitLab (GitHub, Bitbucket) on a server of one's own;
# `github.blog` is not.
_CODE_HOSTS = re.compile(
    r"codeberg\.org|(?:github|gitlab|bitbucket)\.(?:com|org|(?:[\w-]+\.)+[\w-]+)"
)
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
    r"(?:www\s?\.\s?)?(?:(?:gist\s?\.\s?)?github\s?\.\s?com|gitlab\s?\.\s?com|bitbucket\s?\.\s?org"
    r"|codeberg\s?\.\s?org|huggingface\s?\.\s?co|hf\s?\.\s?co|anonymous\s?\.\s?4open\s?\.\s?science"
    r"|zenodo\s?\.\s?org|(?:dx\.)?doi\.org|arxiv\s?\.\s?org|osf\.io|aka\.ms|bit\.ly|tinyurl\.com"
    r"|goo\.gl|gitlab(?:\.[a-z0-9-]+){2,}|sites\.google\.com|paperswithcode\.com"
    r"|kaggle\.com|figshare\.com|openreview\.net|aclanthology\.org|sourceforge\.net)"
)
_START = re.compile(
    # Also without the colon, and with a blank between the slashes.
    r"(?P<scheme>https?|ftp|git|ssh)(?:\s?:\s?/(?:\s?/){0,2}\s?(?=[\w\[])|//(?=\w+\.\w))"
    rf"|(?:(?<![\w./@%=&?#~+-])|(?<=://))(?:(?P<known>{_KNOWN_HOST})(?=\s?/\s?[\w~@])"
    r"|(?P<www>www\.[a-z0-9-]+(?:\.[a-z0-9-]+)+)(?=/[\w~@%])"
    r"|(?P<pages>[a-z0-9][a-z0-9-]*\.(?:github|gitlab)\.io)(?![\w.]*@)(?=[/\s.,;:!?)\]}'\"]|$))",
    re.IGNORECASE,
)
# A text with none of these has no address; looking for them is much faster than the pattern.
_SIGNS = (
    "http ftp git ssh www bitbucket codeberg huggingface hf 4open zenodo doi. arxiv osf.io aka.ms "
    "bit.ly tinyurl goo.gl sites.google paperswithcode kaggle figshare openreview aclanthology "
    "sourceforge"
).split()
# A host with a blank in it, behind a scheme.
_SPACED_HOST = re.compile(
    rf"{_KNOWN_HOST}(?=\s?/)|[\w-]+\s?\.\s?(?:github|gitlab)\s?\.\s?io\b"
    r"|www\s?\.\s[\w-]+(?:\.[\w-]+)+(?=/)|(?:[\w-]+\.)?[\w-]+\s?\.\s(?:com|org|net|edu|io|ai|co)\b",
    re.IGNORECASE,
)

# One character of an address, or a LaTeX spelling of one.
_BODY = re.compile(
    r"\{\\([_%#&~$])\}"  # {\_}
    r"|\\([_%#&$-])"  # \_ \% \# \& \$
    r"|(\\~(?:\{\})?|\{\\?~\}|\\textasciitilde(?:\{\}|\s?)|\$\\?sim\$|\$\\sim\$)"
    r"|(\\textunderscore(?:\{\}|\s?)|\{_\})"
    r"|(&amp;)"
    # Plain characters; quotes, dashes, footnote marks and East Asian text are prose.
    r"|((?:[^&\s<>\"{}\[\]|\\^`$\u00ab\u00bb\u00b9\u00b2\u00b3\u2010-\u2027\u2070-\u2079"
    r"\u3000-\u30ff\u3400-\u9fff\uac00-\ud7af\uff00-\uffef]"
    r"|&(?!amp;|lt;|gt;|quot;|apos;|nbsp;|\#\d))+)",
)
_ADDRESS_IN_ADDRESS = re.compile(r"[=]$|(?:web\.archive\.org|archive\.(?:org|ph|is|today))/\S*/$")
_TRAILING = ".,;:!?'*\u2019\u201d\u00b4"
_SENTENCE_STARTS = tuple(
    ".We .Our .The .This .These .It .In .For .To .All .Code .Data .Model .Models .Moreover "
    ".Additionally .Furthermore .Finally .However .Project .Also .An .A".split()
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
        self.text.extend(piece)
        if plain:
            self.ends.extend(range(end - len(piece) + 1, end + 1))
        else:
            self.ends.extend([end] * len(piece))

    def __str__(self) -> str:
        return "".join(self.text)


def _read_body(text: str, start: int, stop: int, run: _Run) -> int:
    at = start
    while at < stop:
        match = _BODY.match(text, at, stop)
        if match is None:
            break
        run.add(_undo(match), match.end(), plain=match.group(6) is not None)
        at = match.end()
    return at


def _unbalanced(whole: str) -> tuple[int, set[int]]:
    """Where the first parenthesis opens that nothing closes, and all that close nothing."""
    opened: list[int] = []
    closing: set[int] = set()
    for match in re.finditer(r"[()]", whole):
        if match.group() == "(":
            opened.append(match.start())
        elif opened:
            opened.pop()
        else:
            closing.add(match.start())
    return (opened[0] if opened else len(whole)), closing


def _clean(run: _Run, code_host: bool) -> None:
    """Cut off what belongs to the prose."""
    # No name on a code host has one of these signs, so prose goes on there.
    ends = r"[(),;~]|---" if code_host else r"(?<=.)---"
    whole = re.split(ends, str(run), maxsplit=1)[0]
    end, closing = _unbalanced(whole)
    before = -1
    while end != before:
        before = end
        if end and (whole[end - 1] in _TRAILING or end - 1 in closing):
            end -= 1
        elif whole.endswith(_SENTENCE_STARTS, 0, end):
            end = whole.rindex(".", 0, end)
        elif whole.endswith("--", 0, end):
            end -= 2
        elif whole.endswith("~", 0, end) and not whole.endswith("/~", 0, end):
            end -= 1  # the tie before \cite
    run.cut(end)


def _word_behind_blank_belongs(body: str, text: str, at: int) -> bool:
    """Whether the word at `at`, behind the blank that ends `body`, is the rest of the address."""
    match = _NAME_SHAPE.match(text, at, at + 200)
    segments = body.count("/") - body.endswith("/") + 1
    if match is None or not 1 <= segments <= 2 + (body[-1] in "-_"):
        return False
    word = match.group().rstrip(".-_")
    if word.lower() in _PROSE_AFTER:
        return False
    follows = text[at + len(word) : at + 3 + len(word)]
    if segments == 1:
        return bool(re.match(r"/[\w.-]", follows))
    # A name broken behind its hyphen, or the name of a repository behind its owner's slash.
    shaped = bool(re.search(r"[-_\d]|[a-z][A-Z]", word)) or body[-1] in "-_"
    return shaped or not follows or bool(re.match(r"[.,;:)\]}](?:\s|$)|[)\]}]", follows))


def _join_after_blank(text: str, at: int, stop: int, run: _Run) -> None:
    """Go on behind a blank where the address certainly does."""
    if text[at : at + 1] != " " or at + 1 >= stop:
        return
    body = str(run)
    if body[-1:] in ("/", "-", "_"):
        if _word_behind_blank_belongs(body, text, at + 1):
            _read_body(text, at + 1, stop, run)
    elif body.count("/") <= 1 and text[at + 1] == "/" and _NAME_SHAPE.match(text, at + 2):
        _read_body(text, at + 1, stop, run)


def _is_address(host_and_rest: str, has_scheme: bool) -> bool:
    host, _, rest = host_and_rest.partition("/")
    host = host.rpartition("@")[2]
    if not re.fullmatch(r"[\w-]+(?:\.[\w-]+)*\.?(?::\d+)?", host):
        return False
    return "." in host.strip(".") or (has_scheme and bool(rest))


def _read_one(text: str, match: re.Match[str], stop: int) -> tuple[str, int] | None:
    """The address that starts with `match` and ends before `stop`, and the offset behind it."""
    scheme = match.group("scheme")
    run = _Run([], [])
    at = match.end() if scheme else match.start()
    braces = _IN_BRACES.search(text, max(0, match.start() - 12), match.start())
    close = text.find("}", at, min(stop, at + 2000)) if braces else -1
    spaced = _SPACED_HOST.match(text, at, stop)
    if spaced:
        for i in range(at, spaced.end()):
            if not text[i].isspace():
                run.add(text[i], i + 1, plain=True)
        at = spaced.end()
    elif not scheme:
        run.add(match.group(), match.end(), plain=True)
        at = match.end()
    at = _read_body(text, at, stop, run)
    while at < close and text[at].isspace():  # TeX ignores blanks inside \url{}
        at = _read_body(text, at + 1, stop, run)
    if close < 0 and spaced is not None:
        _join_after_blank(text, at, stop, run)
    _clean(run, kind_of(str(run)) in CODE_KINDS)
    if not run.ends or not _is_address(str(run), scheme is not None):
        return None
    return f"{scheme or 'https'}://{run}", run.ends[-1]


def _stop(text: str, starts: Sequence[re.Match[str]], i: int) -> int:
    """Where the address of the start `i` ends at the latest: where another one begins.

    One address may lie within another (an archive's, a redirector's), but only one, so that the
    time stays linear on any text.
    """
    behind = i + 1
    if behind < len(starts):
        at = starts[behind].start()
        if starts[behind].group("scheme") and _ADDRESS_IN_ADDRESS.search(
            text, max(starts[i].start(), at - 200), at
        ):
            behind += 1
    return starts[behind].start() if behind < len(starts) else len(text)


def _occurrences(text: str) -> Iterator[FoundUrl]:
    lower = text.lower()
    if not any(sign in lower for sign in _SIGNS):
        return
    starts: list[re.Match[str]] = []
    for match in _START.finditer(text):
        # The host behind a scheme is no start of its own; behind a misspelt scheme it is.
        if match.group("scheme") or not starts or match.start() > starts[-1].end():
            starts.append(match)
    at = 0
    for i, match in enumerate(starts):
        if match.start() < at:
            continue
        found = _read_one(text, match, _stop(text, starts, i))
        if found is not None:
            url, end = found
            yield FoundUrl(url, kind_of(url), match.start(), end)
            at = end


def find_urls(text: str) -> tuple[FoundUrl, ...]:
    """The addresses in a text, in order of first appearance, each once.

    Bare domains (`wikipedia.org`, `01.AI`) are not addresses; known hosts of code and papers
    are found without a scheme when a path follows. The time is linear in the length of the text.
    """
    seen: dict[str, FoundUrl] = {}
    for found in _occurrences(text):
        seen.setdefault(found.url, found)
    return tuple(seen.values())
