"""What the addresses in an abstract or a comment are to the paper.

Authors print the address of their own code, models, data and project page; now and then that of
a library they built upon, of the data they took, of a challenge, a discussion or a baseline. The
words around an address tell which: the nearest verb says whose it is ("is available at", "based
on"), the nearest noun what it is ("code", "dataset", "paper list"). An address of a code host
without any such words is the authors' own: nobody else's stands alone in a comment (of 2,300
addresses of code in 300,000 arXiv records three were others').
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bibtools.text.urls import (
    ARCHIVE,
    CODE_KINDS,
    CODE_OWNER,
    COLLECTION,
    DATASET,
    MODEL,
    PAPER,
    PROJECT_PAGE,
    SPACE,
    FoundUrl,
    find_urls,
)


class Role(StrEnum):
    """What an address leads to, by the words around it."""

    CODE = "code"
    MODEL = "model"
    DEMO = "demo"
    DATA = "data"
    PAGE = "project page"
    LIST = "list"
    """A list of papers, as surveys keep."""
    SUPPLEMENT = "supplement"
    """Videos, figures, proofs, slides."""
    EVENT = "event"
    """A conference, challenge or shared task."""
    DISCUSSION = "discussion"
    """An issue, a wiki page, a blog post."""
    HOME_PAGE = "home page"
    """Of a person or a group."""
    PAPER = "paper"
    UNCLEAR = "unclear"


class Whose(StrEnum):
    """Whose it is."""

    OWN = "own"
    """The authors say that it is theirs, or it stands alone."""
    OTHERS = "others"
    """What they used, built upon or compared with."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Mention:
    """An address in a text and what it is to the paper."""

    url: str
    kind: str
    """By host and path: see `text.urls.kind_of`."""
    role: Role
    whose: Whose
    cue: str
    """The words that decided, as printed; empty when the address stands alone."""
    data_alone: bool
    """True when the words around it speak of data and of no code."""
    start: int
    """0-based offset of its first character in the text."""
    end: int


# --- the words --------------------------------------------------------------------------------
# In each table the match that ends nearest to the address decides.

_RELEASED = (
    r"avail\w*|accessib\w*|accessed|releas\w*|open[- ]?sourc\w*|published|publish|hosted|shared?"
    r"|sharing|posted|uploaded|deposited|downloadable|found|find|provided?|providing|maintain\w*"
    r"|made public|publicly|public|distributed|reproduc\w*|archived|accompan\w*|visit|refer to"
    r"|check(?:ed)? (?:out|it)|updated|(?:can|may|could|to) (?:also )?be (?:\w+ ){0,2}(?:obtained"
    r"|downloaded|retrieved|viewed|seen|cloned|installed|tried|used|browsed|explored|inspected"
    r"|taken|gathered)(?: (?:from|at|via|through|on|in|under))?"
)
_WHOSE: tuple[tuple[Whose, re.Pattern[str]], ...] = tuple(
    (whose, re.compile(rf"(?<![\w-])(?:{pattern})(?!\w)", re.IGNORECASE))
    for whose, pattern in (
        (Whose.OWN, _RELEASED),
        # A label: "Code:".
        (Whose.OWN, r"\w+\s?:(?=\s*(?:\\\w+\{|[(\[{<])*$)"),
        (Whose.OWN, r"our|ours|we (?:also )?(?:present|introduce|develop|create|built|propose)\w*"),
        (
            Whose.OTHERS,
            r"(?:based|built|builds?|building|relies|relied|rely|relying|depends?) (?:up)?on"
            r"|on top of|powered by|thanks to|with the help of|by means of"
            r"|(?:derived|adapted|forked|modified|borrowed|taken|obtained|downloaded|collected"
            r"|extracted|sourced|drawn|crawled|scraped|gathered|originat\w+|reused) from"
            r"|(?:an? )?(?:extension|modification|fork|adaptation|variant|port) of"
            r"|using(?! the following)|utiliz\w+|employ\w+"
            r"|we (?:also )?(?:used?|utilized?|employ(?:ed)?|adopt(?:ed)?|follow(?:ed)?)"
            r"|(?:trained|tested|evaluated?|evaluations?|validated|benchmarked|experiments?) on"
            r"|(?:trained|experiments?) (?:with|used?)|extend(?:s|ing)|thank(?:s|ing|ful)?"
            r"|compar(?:ed|ing|isons?|e) (?:with|to|against)|outperform\w*|similar to"
            r"|inspired by|in the style of|typeset with|template"
            r"|due to|issues? (?:with|in)|a bug in|cited author",
        ),
        # Where the code lives, in a project that may be somebody else's.
        (
            Whose.UNKNOWN,
            r"(?:part|component|module|plugin) of|(?:included|integrated|incorporated|merged|added"
            r"|contributed|implemented) (?:in|into|to|within) (?:the|version|release)",
        ),
    )
)
# "We use the weights that are available at ...": whoever has released them.
_USES = re.compile(
    r"\b(?:we|study|paper|work|experiments?|method|models?|data|datasets?)\b[^.;]{0,60}?"
    r"\b(?:use|uses|used|using|employ|employs|employed|adopt|adopted|utilize[sd]?|follow|followed"
    r"|trained on|evaluated on|tested on)\b"
    r"(?! (?:in (?:this|our|the) (?:paper|work|study|experiments|article)|for (?:this|our)|to "
    r"(?:reproduce|generate|obtain|produce|create|train)|by (?:us|our)|here|code|software)\b)",
    re.IGNORECASE,
)
_OURS = re.compile(
    r"\b(?:our|ours|(?:we|authors) (?:\w+ )?(?:release|provide|make|share|publish|open|maintain|"
    r"present|introduce|develop|create|host|propose|build)\w*|this (?:paper|work|study|article))\b"
    r"|(?:code|software|implementation|scripts?)\b[^.;]{0,25}\bused\b",
    re.IGNORECASE,
)
# "An unofficial implementation is available at ...": whatever stands nearer to the address.
_UNOFFICIAL = re.compile(
    r"\b(?:un-?|non-?)official\b|\b(?:third[- ]party|community)(?:'s)?[- ]"
    r"(?:\w+[- ]){0,2}(?:re-?)?(?:implement|reproduc|replicat|port\b)"
    r"|\b(?:re-?)?(?:implement(?:ed|ation)|reproduc(?:ed|tion)|port(?:ed)?)\w* by "
    r"(?:others|some(?:body|one) else|(?:a )?third part(?:y|ies)|the community|(?:a )?readers?)\b",
    re.IGNORECASE,
)
_ROLES: tuple[tuple[Role, re.Pattern[str]], ...] = tuple(
    (role, re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])", re.IGNORECASE))
    for role, pattern in (
        (
            Role.CODE,
            r"codes?|code[- ]?bases?|pseudo-?code|sources?|implementations?|implemented|software"
            r"|packages?|tools?|tool-?kits?|tool-?box(?:es)?|librar(?:y|ies)|scripts?|programs?"
            r"|repos?|repositor(?:y|ies)|github|gitlab|bitbucket|codeberg|git|framework|fork"
            r"|plug-?ins?|notebooks?|jupyter|solver|simulator|engine|compiler|algorithm|modules?"
            r"|matlab|python|julia|c\+\+|artifacts?|experiments|resources?",
        ),
        (
            Role.MODEL,
            r"models?|weights?|checkpoints?|adapters?|lora|model cards?",
        ),
        (
            Role.DEMO,
            r"demos?|demonstrations?|web ?app\w*|online system|interface|space|visuali[sz]er"
            r"|playground|leader-?boards?|try it",
        ),
        (
            Role.DATA,
            r"data|data-?sets?|benchmarks?|corpus|corpora|data ?bases?|annotations?|test-?beds?"
            r"|test ?sets?|catalogu?es?|samples|collections?",
        ),
        (
            Role.LIST,
            r"(?:paper|reading|literature|resource) lists?|curated lists?|awesome[- ]\w*"
            r"|(?:lists?|collections?) of (?:\w+ ){0,2}(?:papers|resources|works|methods)"
            r"|updated papers|papers? (?:are|is) (?:\w+ )?(?:summari[sz]ed|collected)"
            r"|(?:this|updated) (?:survey|review)",
        ),
        (
            Role.PAGE,
            r"(?:pro?je?ct|paper|companion|accompanying|official|github)?[- ]?"
            r"(?:web-? ?(?:site|page)s?|home-? ?pages?|pages?(?: at| is| url| link|:))"
            r"|project|url|link",
        ),
        (
            Role.SUPPLEMENT,
            r"supplement\w*|appendi(?:x|ces)|videos?|movies?|animations?|slides?|posters?|talks?"
            r"|(?<!\d )figures?|proofs?|recordings?|audio|high[- ]resolution|full version"
            r"|lectures?",
        ),
        (
            Role.EVENT,
            r"challenges?|competitions?|workshops?|shared tasks?|conference|proceedings|symposium"
            r"|special issue|accepted (?:at|to|by|in|for)|presented at|submitted to|to appear",
        ),
        (Role.DISCUSSION, r"blog\w*|discuss\w*|detailed note|news|press release|tutorial"),
        (
            Role.HOME_PAGE,
            r"(?:personal|author'?s?'?|my|lab|group'?s?|team) "
            r"(?:home-? ?page|web-? ?(?:site|page)|page)",
        ),
        (Role.PAPER, r"arxiv|doi|published (?:in|as|version)|preprint|version of record|thesis"),
    )
)

_NO_REPOSITORY = frozenset({Role.EVENT, Role.PAPER, Role.PAGE, Role.UNCLEAR, Role.HOME_PAGE})
_PUBLISHERS = re.compile(
    r"\w+://(?:[\w.-]+\.)?(?:ieeexplore\.ieee\.org|springer(?:link)?\.com|sciencedirect\.com"
    r"|elsevier\.com|(?:dl\.)?acm\.org|wiley\.com|aps\.org|aip\.org|iop\.org|nature\.com"
    r"|science(?:mag)?\.org|projecteuclid\.org|ams\.org|siam\.org|oup\.com|tandfonline\.com"
    r"|mdpi\.com|plos\.org|jmlr\.org|mlr\.press|ssrn\.com|zbmath\.org)(?:[/:]|$)",
    re.IGNORECASE,
)
_PRINTED = re.compile(
    r"\.(?:pdf|ps|dvi|djvu|docx?)(?:\.gz|\.zip)?$|//hdl\.handle\.net/", re.IGNORECASE
)
_DISCUSSED = re.compile(r"/(?:issues|pull|discussions|wiki|merge_requests)(?:/|$)", re.IGNORECASE)
_LISTED = re.compile(
    r"/(?:[^/]*[-_])?(?:awe?so?me)[^/]*$|paper[-_]?list|[-_]papers$", re.IGNORECASE
)
_BY_KIND = {
    MODEL: Role.MODEL,
    SPACE: Role.DEMO,
    DATASET: Role.DATA,
    COLLECTION: Role.DATA,
    PROJECT_PAGE: Role.PAGE,
    PAPER: Role.PAPER,
    ARCHIVE: Role.UNCLEAR,
}
"""What an address is when no word says it; of a code host it is code."""

_BOUNDARY = re.compile(
    # A full stop behind a word of three letters and more, or a bracket; any other sign.
    r"(?:(?<=[\w)\]}\"'”’]{3})[.!?](?!\s+[a-z])|(?<=\.)[)\]\"'”’]|[;|])\s+|\n\s*\n|\s[-–•]\s"
)
_JOINED = re.compile(
    r"[\s,;]*(?:(?:and|or|&|as well as|and also|/)?[\s(\\{}\[\]\d]*(?:url|href)?\{?)?[\s,)}]*",
    re.IGNORECASE,
)
_BEFORE = 220
_FAR = 90
"""Letters between an address and what says that it is others'; a release may be told earlier."""
_AFTER = 90


# Nouns that mean code at a code host, and anything elsewhere: "institutional repository".
_VAGUE = re.compile(
    r"sources?|repos?|repositor(?:y|ies)|artifacts?|experiments|resources?|algorithm|engine"
    r"|modules?|framework|git",
    re.IGNORECASE,
)
_CODE_WORDS = re.compile(
    r"\b(?:codes?|code-?bases?|sources?|scripts?|implement\w*|software|packages?|tools?|tool-?\w+"
    r"|librar(?:y|ies)|programs?|models?|weights?|checkpoints?|framework|notebooks?|pipelines?)\b",
    re.IGNORECASE,
)
_NEAR = 12
"""Letters between a noun and the address that it names."""
_MADE = frozenset({Role.CODE, Role.MODEL, Role.DEMO, Role.DATA})


def read_mentions(text: str) -> tuple[Mention, ...]:
    """The addresses in a text, in order of first appearance, each once, and what they are.

    The time is linear in the length of the text.
    """
    found = find_urls(text)
    mentions: list[Mention] = []
    for number, url in enumerate(found):
        earlier = mentions[-1] if mentions else None
        stop = found[number + 1].start if number + 1 < len(found) else len(text)
        mentions.append(_read(text, url, earlier, stop))
    return tuple(mentions)


def _read(text: str, found: FoundUrl, earlier: Mention | None, stop: int) -> Mention:
    begin = max(0, found.start - _BEFORE, earlier.end if earlier is not None else 0)
    between = text[begin : found.start]
    if earlier is not None and begin == earlier.end and _JOINED.fullmatch(between):
        # "at URL and URL": the words before the first speak of both.
        shared = earlier.role if earlier.cue else _default_role(found)
        return _mention(found, shared, earlier.whose, earlier.cue, alone=earlier.data_alone)
    boundaries = list(_BOUNDARY.finditer(between))
    before = between[boundaries[-1].end() :] if boundaries else between
    last = min(stop, found.end + _AFTER)
    end = _BOUNDARY.search(text, found.end, last)
    after = text[found.end : end.start() if end is not None else last]
    whose, cue = _whose(before)
    role, noun = _role(before, after)
    if found.kind not in CODE_KINDS and role is Role.CODE and _VAGUE.fullmatch(noun):
        role = None
    if role is None and found.kind == CODE_OWNER:
        role, whose = Role.HOME_PAGE, Whose.UNKNOWN
    if whose is Whose.OWN and not cue and found.kind not in (*CODE_KINDS, *_BY_KIND):
        # Of any other site the words must say that it is theirs.
        near = noun and noun in before[-(len(noun) + _NEAR) :]
        if not near or not (role in _MADE or "project" in noun.lower()):
            whose = Whose.UNKNOWN
    alone = role is Role.DATA and not _CODE_WORDS.search(f"{before} {after}")
    return _mention(found, role or _default_role(found), whose, cue or noun, alone=alone)


def _nearest(
    before: str, rows: Sequence[tuple[StrEnum, re.Pattern[str]]]
) -> tuple[StrEnum | None, str]:
    """The row whose match ends last; of two the longer one."""
    best: tuple[int, int] = (-1, 0)
    answer: StrEnum | None = None
    words = ""
    for value, pattern in rows:
        far = len(before) - _FAR if value == Whose.OTHERS else 0
        for match in pattern.finditer(before, max(far, 0)):
            place = (match.end(), match.end() - match.start())
            if place > best:
                best, answer, words = place, value, match[0]
    return answer, words


def _whose(before: str) -> tuple[Whose, str]:
    if (others := _UNOFFICIAL.search(before)) and not _OURS.search(before):
        return Whose.OTHERS, others[0]
    answer, words = _nearest(before, _WHOSE)
    if answer is None:
        return Whose.OWN, ""
    if answer == Whose.OWN and (uses := _USES.search(before)) and not _OURS.search(before):
        return Whose.OTHERS, uses[0]
    return Whose(answer), words


def _role(before: str, after: str) -> tuple[Role | None, str]:
    """By the nearest noun before the address; else by the first behind it."""
    answer, words = _nearest(before, _ROLES)
    if answer is not None:
        return Role(answer), words
    first: tuple[int, int, Role, str] | None = None
    for role, pattern in _ROLES:
        match = pattern.search(after)
        if match is not None:
            place = (match.start(), -len(match[0]), role, match[0])
            first = place if first is None or place[:2] < first[:2] else first
    return (first[2], first[3]) if first is not None else (None, "")


def _default_role(found: FoundUrl) -> Role:
    if found.kind in CODE_KINDS:
        return _BY_KIND.get(found.kind, Role.CODE)
    return _BY_KIND.get(found.kind, Role.UNCLEAR)


def _mention(
    found: FoundUrl, role: Role, whose: Whose, cue: str, *, alone: bool = False
) -> Mention:
    if found.kind in CODE_KINDS:
        if _DISCUSSED.search(found.url):
            role, whose = Role.DISCUSSION, Whose.UNKNOWN if whose is Whose.OWN else whose
        elif _LISTED.search(found.url):
            role = Role.LIST
        elif role in _NO_REPOSITORY and (role, found.kind) != (Role.HOME_PAGE, CODE_OWNER):
            # A repository is no web site, whatever it is called.
            role = _default_role(found)
    elif found.kind == PAPER or _PUBLISHERS.match(found.url) or _PRINTED.search(found.url):
        role = Role.PAPER
    return Mention(
        found.url,
        found.kind,
        role,
        whose,
        " ".join(cue.split()),
        alone and role is Role.DATA,
        found.start,
        found.end,
    )


def is_list_of_papers(url: str) -> bool:
    """Whether an address leads to a list of papers by its name: `awesome-boats`."""
    return _LISTED.search(url.rstrip("/")) is not None
