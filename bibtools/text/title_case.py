r"""Titles for bibliographies: braces round the capitals that a style must not lower.

Many BibTeX styles print titles in sentence case (`change.case$` with "t"): they lower every
letter but the first one of the title and the first one after a colon and a blank. Letters in
braces keep their case (btxdoc, section 4.4). pandoc and biblatex's `\MakeSentenceCase` go by
the same braces. We brace what is certainly not a plain word; which plain words are names of
people or places cannot be known from the title, unless the title itself is in sentence case.
"""

from __future__ import annotations

import re
from functools import lru_cache

from bibtools.later import later
from bibtools.text.latex_encode import Kind, Piece, join, pieces, within

_WORD = later(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SENTENCE_END = later(r"[?!][\"'”’)\]]*$")
_sentence_case_share = 0.6
"""A title in which this share of the longer words is lower-case is taken to be in sentence case,
so that its capitals are names. Title case leaves only short words lower."""

# Names of languages and peoples, and of people whose names serve as adjectives: always capital
# in English, and frequent in titles of papers.
_PROPER = frozenset(
    "african american arabic asian bengali brazilian british catalan chinese czech danish dutch "
    "english estonian european finnish french german greek hebrew hindi hungarian icelandic "
    "indian indonesian irish italian japanese korean latin latvian lithuanian marathi mandarin "
    "norwegian persian polish portuguese quechua romanian russian sanskrit slavic slovak "
    "slovenian spanish swahili swedish tamil telugu thai tibetan turkish ukrainian urdu "
    "vietnamese welsh yiddish yoruba "
    "bayes bayesian boltzmann bregman brownian dirichlet euclidean euler fisher fourier gaussian "
    "gibbs grassmann hamiltonian hebbian hermitian hilbert jacobian kalman krylov lagrangian "
    "langevin laplacian laplace lipschitz lyapunov markov markovian newton newtonian nyström "
    "poisson riemannian riemann schrödinger shapley sobolev turing wasserstein winograd zipf "
    "amazon github google huggingface instagram microsoft nvidia pytorch reddit stackoverflow "
    "tensorflow telegram tiktok twitter wikidata wikipedia youtube python java africa america "
    "asia china europe france germany india japan monte-carlo".split()
)


def encode_title(
    title: str, *, ascii_only: bool = False, longest: int | None = None, exact: bool = False
) -> str:
    r"""LaTeX of the title with its capitals protected: `{SimCSE}: Simple Contrastive ...`.

    Mathematics and commands with text are always in braces, so that a style cannot
    change `\Delta` to `\delta`. `exact` is that of `latex_encode.encode`.
    """
    if _SIMPLE.fullmatch(title) and (longest is None or 3 * len(title) < longest):
        return _encode_simple(title)
    words = _split(within(pieces(title, ascii_only=ascii_only, exact=exact), longest))
    plain = ["".join(piece.plain for piece in word) for word in words]
    keep_all = _is_sentence_case(plain)
    shouted = _is_shouted(plain)
    out: list[Piece] = []
    start = True
    for index, (word, text) in enumerate(zip(words, plain, strict=True)):
        if not text.strip():
            out += word
            continue
        ended = index >= 2 and bool(_SENTENCE_END.search(plain[index - 2]))
        out += _word(word, text, start=start, restart=ended, all_caps=shouted, keep_all=keep_all)
        start = text.endswith(":")
    return join(out)


_SIMPLE = later(
    r"(?!.*(?:  |--|,,|''))[A-Za-z0-9.:;()/+=*@'?!,-](?:[A-Za-z0-9 .:;()/+=*@'?!,-]*"
    r"[A-Za-z0-9.:;()/+=*@'?!,-])?"
)
"""Titles that are the same in LaTeX but for the braces: nearly all."""


def _encode_simple(title: str) -> str:
    """`encode_title` of such a title, word by word from memory."""
    words = title.split(" ")
    plain = [word for pair in zip(words, [" "] * len(words), strict=True) for word in pair][:-1]
    keep_all = _is_sentence_case(plain)
    shouted = _is_shouted(plain)
    out: list[str] = []
    start, before = True, ""
    for word in words:
        ended = bool(_SENTENCE_END.search(before))
        out.append(_simple_word(word, start, ended, shouted, keep_all))
        start, before = word.endswith(":"), word
    return " ".join(out)


@lru_cache(maxsize=16384)  # titles share their words
def _simple_word(text: str, start: bool, restart: bool, all_caps: bool, keep_all: bool) -> str:
    word = [Piece(text, text, Kind.TEXT)]
    return join(
        _word(word, text, start=start, restart=restart, all_caps=all_caps, keep_all=keep_all)
    )


def _split(parts: list[Piece]) -> list[list[Piece]]:
    """Words and the blanks between them, alternately; every word is a list of pieces."""
    words: list[list[Piece]] = []
    blank = True
    for part in parts:
        for bit in _bits(part):
            is_blank = not bit.plain.strip() and bool(bit.latex)
            if not words or is_blank or blank:
                words.append([])
            words[-1].append(bit)
            blank = is_blank
    return words


def _bits(part: Piece) -> list[Piece]:
    if part.kind is not Kind.TEXT or " " not in part.latex:
        return [part]
    return [Piece(bit, bit, Kind.TEXT) for bit in re.split(r"( +)", part.latex) if bit]


@lru_cache(maxsize=16384)
def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text))


def _is_sentence_case(words: list[str]) -> bool:
    longer: list[str] = [
        core
        for before, text in zip(["", "", *words], words, strict=False)
        if before and not before.endswith((":", "?", "!", "."))
        for core in _words(text)[:1]
        if len(core) >= 4
    ]
    lower = sum(word[0].islower() for word in longer)
    return lower >= 3 and lower >= _sentence_case_share * len(longer)


def _is_shouted(words: list[str]) -> bool:
    """The whole title in capitals: then capitals say nothing."""
    letters = [core for text in words for core in _words(text)]
    return (
        len(letters) >= 3
        and sum(len(core) >= 4 for core in letters) >= 2
        and all(core.isupper() for core in letters)
    )


def _word(
    word: list[Piece], text: str, *, start: bool, restart: bool, all_caps: bool, keep_all: bool
) -> list[Piece]:
    """One word with the braces it needs."""
    if len(word) == 1 and word[0].kind in (Kind.MATH, Kind.GROUP):
        return [_braced(word)]
    out: list[Piece] = []
    # Parts between hyphens are looked at one by one, "BERT-Based" -> "{BERT}-Based", but not
    # when the author began with a small letter: "p-Laplacian", "mPLUG-DocOwl".
    # Nor in the name of a system: "CoLoR-Filter: ...".
    groups = _hyphenated(word)
    wanting = [_needs_braces("".join(piece.plain for piece in group)) for group in groups]
    if _deliberate(text) or all(wanting) or (start and text.endswith(":") and any(wanting)):
        groups = [word]
    for number, group in enumerate(groups):
        plain = "".join(piece.plain for piece in group)
        first = start and number == 0
        if first and _SINGLE.fullmatch(plain):
            # The first letter keeps its case anyway.
            out += group
            continue
        needs = not all_caps and (
            _needs_braces(plain)
            or (keep_all and not first and any(char.isupper() for char in plain))
        )
        special = any(piece.kind in (Kind.MATH, Kind.GROUP) for piece in group)
        if needs and any(piece.plain for piece in group):
            out += _braced_core(group)
        elif restart and number == 0 and _WORD.search(plain):
            out += _first_letter(group)
        elif special:
            out += [
                _braced([piece]) if piece.kind in (Kind.MATH, Kind.GROUP) else piece
                for piece in group
            ]
        else:
            out += group
    return out


def _deliberate(text: str) -> bool:
    core = _WORD.search(text)
    return core is not None and core[0][0].islower() and any(char.isupper() for char in text)


def _hyphenated(word: list[Piece]) -> list[list[Piece]]:
    """The parts of a compound, each with its hyphen; brackets are not taken apart."""
    groups: list[list[Piece]] = [[]]
    level = 0
    for piece in word:
        if piece.kind is not Kind.TEXT:
            if piece.plain in ("–", "—", "/"):
                groups[-1].append(piece)
                groups.append([])
            else:
                groups[-1].append(piece)
            continue
        current = ""
        for char in piece.latex:
            current += char
            level += (char in "([") - (char in ")]")
            if char in "-/" and level <= 0:
                groups[-1].append(Piece(current, current, Kind.TEXT))
                groups.append([])
                current = ""
        if current:
            groups[-1].append(Piece(current, current, Kind.TEXT))
    return [group for group in groups if group]


_SINGLE = later(r"[^\w]*([B-Z])[^\w]*")
_CALL = later(r"[A-Z]\w*[(\[{][^()]*[)\]}]")


@lru_cache(maxsize=8192)  # titles share their words
def _needs_braces(text: str) -> bool:
    """Whether lowering the word would spoil it."""
    if _CALL.search(text):
        return True
    cores = _words(text)
    for core in cores:
        if any(char.isupper() for char in core[1:]):
            # "KVs", "SimCSE", "GLUE"; but an apostrophe's second half is judged alone: "O'Neill".
            return True
        if core.lower() in _PROPER and core[0].isupper():
            return True
        if core.lower().removesuffix("'s").removesuffix("’s") in _PROPER and core[0].isupper():
            return True
    if any(char.isupper() for char in text) and any(char.isdigit() for char in text):
        return True
    return _SINGLE.fullmatch(text) is not None or re.search(r"\b[A-Z][+#*]", text) is not None


def _braced(group: list[Piece]) -> Piece:
    latex = join(group)
    plain = "".join(piece.plain for piece in group)
    if _whole_brace(latex) and not latex.startswith("{\\"):
        return Piece(plain, latex, Kind.CHARACTER)
    # A brace right before a backslash would make it BibTeX's "special character", which a
    # style does lower.
    if latex.startswith("\\"):
        return Piece(plain, "{{" + latex + "}}", Kind.CHARACTER)
    return Piece(plain, "{" + latex + "}", Kind.CHARACTER)


def _whole_brace(latex: str) -> bool:
    """Whether one pair of braces is round all of it."""
    if not latex.startswith("{"):
        return False
    level = 0
    for position, char in enumerate(latex):
        level += (char == "{") - (char == "}")
        if level == 0:
            return position == len(latex) - 1
    return False


_EDGE_BEFORE = "([\"'`“‘"
_EDGE_AFTER = ",;:.?!)]\"'”’-/"


def _braced_core(group: list[Piece]) -> list[Piece]:
    """The word in braces, its punctuation outside: the colon must stay visible to BibTeX."""
    pieces_ = _by_character(group)
    first, last = 0, len(pieces_)
    while first < last and (not pieces_[first].plain or pieces_[first].plain in _EDGE_BEFORE):
        first += 1
    while last > first and (not pieces_[last - 1].plain or pieces_[last - 1].plain in _EDGE_AFTER):
        last -= 1
    inside = "".join(piece.plain for piece in pieces_[first:last])
    # "O(n)" keeps its bracket, "(BERT)" loses both.
    while (
        last < len(pieces_)
        and pieces_[last].plain in ")]"
        and (inside.count("(") > inside.count(")") or inside.count("[") > inside.count("]"))
    ):
        inside += pieces_[last].plain
        last += 1
    if first == last:
        return group
    return [*pieces_[:first], _braced(pieces_[first:last]), *pieces_[last:]]


def _first_letter(group: list[Piece]) -> list[Piece]:
    """Only the first letter in braces: the word that opens a new sentence."""
    pieces_ = _by_character(group)
    for position, piece in enumerate(pieces_):
        if piece.plain[:1].isalpha():
            if not piece.plain[:1].isupper():
                return group
            return [*pieces_[:position], _braced([piece]), *pieces_[position + 1 :]]
    return group


def _by_character(group: list[Piece]) -> list[Piece]:
    return [
        bit
        for piece in group
        for bit in (
            [Piece(char, char, Kind.TEXT) for char in piece.latex]
            if piece.kind is Kind.TEXT and piece.latex.isascii() and piece.plain == piece.latex
            else [piece]
        )
    ]
