"""Names as pages print them, taken apart into the parts that CSL knows.

The parts of a name in reading order are guesses from its shape: lower-case particles belong to
the family name (CSL: non-dropping particle), a capitalised `Van` or `De` is part of it, and a
name in a script that puts the family first is left whole, because no rule for reading order
would print it back as its owner writes it.
"""

from __future__ import annotations

import re

from bibtools.later import later
from bibtools.model.names import Name

SUFFIXES: frozenset[str] = frozenset({"Jr", "Jr.", "Sr", "Sr.", "II", "III", "IV"})
"""What may follow a family name. `V` is more often an initial."""

PARTICLES: frozenset[str] = frozenset(
    "van von vom zu zum zur de der den del della delle dello dei degli di da das do dos du des la "
    "le las los lo ten ter te 't 's op af av auf in ibn bin bint ben abu el al ul af und y".split()
) - {"y", "in", "und", "lo"}
"""Lower-case words before a family name that stay with it."""

_INNER_PARTICLES = PARTICLES | {"in", "und", "lo", "y"}
# Arabic articles are written with a hyphen: "Abu Ja'far al-Khwarizmi".
_ARTICLE = later(r"((?:al|el|ul|as|ash|at|ad|ar|az|an)[-\u2010\u2011])(\w.*)")
_CAPITAL_PARTICLES = frozenset(
    "Van Von Vom Zu De Der Den Del Della Delle Dello Dell Dei Degli Di Da Das Do Dos Du Des La Le "
    "Lo Las Los Ten Ter El Al Ibn Bin Ben Abu Abou St St. San Santa Saint Mac Mc \u00d3 N\u00ed "
    "D' O'".split()
)
# Words that are both a particle elsewhere and a middle name or a family name in Vietnam.
_VIETNAMESE = frozenset(
    "nguyen nguy\u1ec5n tran tr\u1ea7n le l\u00ea pham ph\u1ea1m hoang ho\u00e0ng huynh hu\u1ef3nh "
    "phan vu v\u0169 vo v\u00f5 dang \u0111\u1eb7ng bui b\u00f9i do \u0111\u1ed7 ho h\u1ed3 ngo "
    "ng\u00f4 duong d\u01b0\u01a1ng ly l\u00fd dinh \u0111inh truong tr\u01b0\u01a1ng trinh "
    "tr\u1ecbnh luong l\u01b0\u01a1ng thi th\u1ecb duc \u0111\u1ee9c quoc qu\u1ed1c minh thanh "
    "tuan hung hieu anh linh huy quang dung hai nam son tien".split()
)
_JOINED = frozenset({"y", "e", "i"})
# Second given names that start with a particle: "Mar\u00eda del Carmen P\u00e9rez".
_DEVOTIONAL = frozenset(
    "carmen pilar rosario mar socorro roc\u00edo los las jes\u00fas f\u00e1tima lourdes guadalupe "
    "concei\u00e7\u00e3o".split()
)
BODY_WORDS: frozenset[str] = frozenset(
    "team teams group collaboration collaborations consortium research lab labs laboratory "
    "laboratories university universit\u00e9 universit\u00e4t institute institut center centre "
    "workshop project initiative community foundation inc inc. ltd ltd. gmbh corp corp. llc "
    "committee council society association organization organisation department ministry agency "
    "academy company alliance contributors developers technologies intelligence network working "
    "participants members coalition federation office bureau commission".split()
)
"""Lower-case words that mark the name of a team, company or other body."""

_BODIES = frozenset(
    "openai 01.ai nvidia google microsoft meta anthropic deepseek-ai deepseek qwen gemini mistral "
    "mistralai cohere bytedance baidu tencent alibaba huawei ibm apple amazon salesforce "
    "huggingface eleutherai bigscience bigcode nllb glm chatglm internlm baichuan kimi minimax "
    "stepfun mosaicml databricks servicenow adobe samsung deepmind llama".split()
)
_FAMILY_FIRST_SCRIPT = later(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")


def is_body(printed: str) -> bool:
    """True for the name of a team, a company or another body rather than a person."""
    words = printed.split()
    folded = [word.lower() for word in words]
    if not words:
        return False
    if len(words) == 1:
        return folded[0] in _BODIES or (
            len(printed) > 3
            and bool(re.fullmatch(r"[A-Z][a-z]+(?:[A-Z][a-z]+)*-?(?:AI|Team|Group|Lab)", printed))
        )
    return (
        folded[0] == "the"
        or words[-1] in ("AI", "A.I.")
        or not BODY_WORDS.isdisjoint([word.strip("():") for word in folded])
        or ("for" in words and "the" in words)
        or "of" in words[1:]
        or all(word in _BODIES for word in folded)
    )


def _family_start(words: list[str]) -> tuple[int, int]:
    """Where the particle and where the family name starts."""
    last = len(words) - 1
    vietnamese = any(word.lower() in _VIETNAMESE for word in (words[0], words[-1]))
    for i in range(last):
        word = words[i]
        if word in PARTICLES:
            if i and word in ("de", "del", "da", "do", "la") and i + 2 <= last:
                after = words[i + 1].lower()
                if after in _DEVOTIONAL and i + 2 + (after in ("los", "las")) <= last:
                    continue
            end = i
            while end < last and (words[end] in _INNER_PARTICLES or words[end].islower()):
                end += 1
            return i, end
        if i and word in _CAPITAL_PARTICLES and not vietnamese:
            return i, i
        if i >= 2 and word in _JOINED:
            return i - 1, i - 1
    return last, last


def _parse_reading_order(text: str) -> Name:
    words = text.split(" ")
    suffix = None
    if len(words) > 1 and words[-1] in SUFFIXES and (len(words) > 2 or words[-1].startswith("J")):
        suffix = words.pop()
    particle_at, family_at = _family_start(words)
    given = " ".join(words[:particle_at]) or None
    particle = " ".join(words[particle_at:family_at]) or None
    family = " ".join(words[family_at:])
    article = _ARTICLE.fullmatch(family)
    if article and given and particle is None:
        particle, family = article.groups()
    elif particle and particle.endswith(("'", "\u2019", "-")):
        # Such a particle is written without a blank behind it; here it had one.
        particle, family = None, f"{particle} {family}"
    if given and given.endswith(("'", "\u2019", "-")):
        return Name(literal=text)
    return Name(family=family, given=given, non_dropping_particle=particle, suffix=suffix)


def _parse_sorting_order(parts: list[str]) -> Name:
    suffix = None
    if len(parts) == 3:
        family, middle, given = parts
        suffix, given = (given, middle) if given in SUFFIXES else (middle, given)
    else:
        family, given = parts
        if given in SUFFIXES:
            name = _parse_reading_order(family)
            return Name(name.family, name.given, name.non_dropping_particle, None, given)
    words = family.split(" ")
    at = 0
    while at < len(words) - 1 and words[at] in _INNER_PARTICLES:
        at += 1
    particle = " ".join(words[:at]) or None
    rest = " ".join(words[at:])
    article = _ARTICLE.fullmatch(rest)
    if article and particle is None:
        particle, rest = article.groups()
    return Name(
        family=rest, given=given or None, non_dropping_particle=particle, suffix=suffix or None
    )


def parse_name(printed: str) -> Name:
    """The parts of a name in reading order ("Kees van Deemter") or as "Family, Given".

    Also "Family, Suffix, Given". A single word is a family name, a body is a `literal`, and so is
    a Chinese, Japanese or Korean name in its own script. Blanks are made single; otherwise
    `parse_name(text).display() == text` for a name in reading order.
    """
    text = " ".join(printed.split())
    if not text:
        return Name(literal=printed)
    parts = [part.strip() for part in text.split(",")]
    if is_body(text) or _FAMILY_FIRST_SCRIPT.search(text):
        return Name(literal=text)
    if 2 <= len(parts) <= 3 and all(parts):
        return _parse_sorting_order(parts)
    if len(parts) > 1:
        return Name(literal=text)
    return _parse_reading_order(text)


def split_names(printed: str) -> tuple[str, ...]:
    """The names of a list "A, B, Jr., C and D" in reading order; a suffix stays with its name."""
    names: list[str] = []
    for raw in re.split(r",|;|\s+(?:and|&)\s+", printed):
        piece = " ".join(raw.split())
        if not piece:
            continue
        if names and piece in SUFFIXES:
            names[-1] += f", {piece}"
        else:
            names.append(piece)
    return tuple(names)
