"""The arXiv ID of an entry, in every form in which the usual sources write it."""

from __future__ import annotations

import re

from bibtools.formats.bibtex.field_reader import FieldReader
from bibtools.later import later
from bibtools.model import ArxivId, parse_arxiv
from bibtools.text.arxiv_words import is_arxiv_venue
from bibtools.text.latex_decode import plain

_ARXIV_WORDS = later(
    r"arxiv\s*(?:preprint|e-?prints?)?[\s:,]*(?:arxiv\s*:\s*)?"
    r"(\d{4}\.\d{4,5}(?:v\d+)?|[a-z]+(?:-[a-z]+)?(?:\.[A-Z]{2})?/\d{7}(?:v\d+)?)"
    r"(?:\s*\[([A-Za-z.-]+)\])?",
    re.IGNORECASE,
)
_ARXIV_HINT = later(r"arxiv|corr|computing", re.IGNORECASE)
_ARXIV_ADDRESS = later(r"arxiv\.org/(?:abs|pdf)/[^\s{}]+")
_CORR_VOLUME = later(r"abs/(\S+)")

# What says that the ID is another paper's.
_OF_ANOTHER = later(
    r"\b(?:see|cf|compare[sd]?|comments?|commentary|repl(?:y|ies)|respon(?:se|ds)|extend(?:s|ing)?"
    r"|extension|generali[sz]\w*|improv\w*|continu\w*|sequel|companion|follow\w*|based|build\w*"
    r"|supersed\w*|replac\w*|correct\w*|errat\w+|corrigend\w+|addend\w+|supplement\w*|appendix"
    r"|review(?:s|ed)?|discuss\w*|cit(?:es|ed|ing)|refer\w*|rejoinder|translation|previous|earlier"
    r"|former|related|also|part\s+(?:of|[ivx]+|\d+))\b"
    r"|\bversions?\s+of\b|\b(?:overlaps?|together|combined|merged)\b",
    re.IGNORECASE,
)
_CLAUSE_END = later(r"[;,()\[\]]|\.(?:\s|$)")
# What stands beside the entry's own ID without a meaning of its own.
_DRESS = later(
    r"\b(?:arxiv(?:\.org)?|e-?prints?|preprints?|technical report|available|online|at|on|as|from|in"
    r"|under|the|an?|full|extended|long|longer|complete|version|also|is|url|https?|http|id"
    r"|identifier|number|no|submitted|posted|to|published|abs|pdf|v\d+)\b|[\s:/.~{}\\-]+",
    re.IGNORECASE,
)


def read_arxiv(reader: FieldReader) -> tuple[ArxivId | None, tuple[str, ...], bool]:
    """The arXiv ID, the class, and whether the journal is only arXiv in disguise."""
    class_ = reader.word("eprintclass") or reader.word("primaryclass")
    found, bracket = _from_eprint(reader)
    class_ = class_ or bracket
    journal = reader.left.get("journal") or reader.left.get("journaltitle", "")
    is_journal = False
    if journal and _ARXIV_HINT.search(journal):
        journal = plain(journal).strip()
    if journal and is_arxiv_venue(journal):
        is_journal, named, bracket = _from_journal(reader, journal)
        found, class_ = found or named, class_ or bracket
        if found is None:
            is_journal = False
    if found is None:
        found, bracket = _from_elsewhere(reader)
        class_ = class_ or bracket
    if found is None:
        return None, (), False
    categories = (
        (class_,) if class_ and re.fullmatch(r"[A-Za-z-]+(?:\.[A-Za-z-]+)?", class_) else ()
    )
    if categories:
        reader.take("eprintclass", "primaryclass")
    return found, categories, is_journal


def _from_eprint(reader: FieldReader) -> tuple[ArxivId | None, str]:
    """The ID in `eprint`, and a class behind it in brackets."""
    eprint = reader.word("eprint")
    if not eprint:
        return None, ""
    server = (reader.word("eprinttype") or reader.word("archiveprefix")).lower()
    bare, bracket = _without_class(eprint)
    found = parse_arxiv(bare) if server in ("", "arxiv") else None
    if found is not None:
        reader.take("eprint", "eprinttype", "archiveprefix")
        return found, bracket
    if server == "arxiv":
        reader.complain(
            "eprint",
            "bibtex.arxiv",
            f'"{eprint}" of "{reader.key}" is no arXiv ID.',
            "An arXiv ID looks like 2310.06694 or hep-th/9901001.",
        )
    return None, ""


def _without_class(text: str) -> tuple[str, str]:
    match = re.fullmatch(r"(.*?)\s*\[([A-Za-z.-]+)\]", text)
    return (match[1], match[2]) if match else (text, "")


def _from_journal(reader: FieldReader, journal: str) -> tuple[bool, ArxivId | None, str]:
    """What `arXiv preprint arXiv:ID`, `arXiv e-prints` + eid, and `CoRR` + `abs/ID` say."""
    match = _ARXIV_WORDS.search(journal)
    found, class_ = None, ""
    if match:
        found, class_ = parse_arxiv(match[1]), match[2] or ""
    if found is None:
        for name in ("volume", "eid", "pages", "number"):
            value = reader.word(name)
            volume = _CORR_VOLUME.fullmatch(value)
            found = parse_arxiv(volume[1] if volume else value) if value else None
            if found is not None:
                break
    # The fields stay in `extra`: what the user wrote for a journal comes out again.
    pure = match is None or not (journal[: match.start()] + journal[match.end() :]).strip(" ,.;:()")
    return found is not None and pure, found, class_


def _from_elsewhere(reader: FieldReader) -> tuple[ArxivId | None, str]:
    """From the DOI, an address, a field of its own, or prose; addresses and prose stay."""
    left = reader.left
    for name in ("doi", "url", "ee", "howpublished"):
        raw = left.get(name)
        if raw and "arxiv" in raw.lower():
            found = parse_arxiv(reader.word(name))
            if found is not None:
                return found, ""
    for name in ("arxiv", "arxivid", "arxiv_id"):
        found = parse_arxiv(reader.word(name)) if name in left else None
        if found is not None:
            reader.take(name)
            return found, ""
    for name in ("howpublished", "note", "number", "eid", "publisher", "annote", "addendum"):
        raw = left.get(name)
        if not raw or "arxiv" not in raw.lower():
            continue
        value = plain(raw).strip()
        found, class_, whole = _in_prose(value)
        if found is not None:
            if whole:
                reader.take(name)
            return found, class_
    return None, ""


def _in_prose(text: str) -> tuple[ArxivId | None, str, bool]:
    """ID and class in `arXiv:ID [class]` or an address, and whether the text is no more.

    Prose that says something of another paper ("Extends arXiv:...", "see also ...") has none.
    """
    if "arxiv" not in text.lower() or _OF_ANOTHER.search(text):
        return None, "", False
    match = _ARXIV_WORDS.search(text)
    found = parse_arxiv(match[1]) if match else None
    if match and found is not None:
        if not _stands_alone(text, match.start(), match.end()):
            return None, "", False
        return found, match[2] or "", match[0] == text
    address = _ARXIV_ADDRESS.search(text)
    if address is None or not _stands_alone(text, address.start(), address.end()):
        return None, "", False
    return parse_arxiv(address[0].rstrip(".,;)")), "", False


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether nothing but dress stands beside the ID in its clause."""
    before = _CLAUSE_END.split(text[:start])[-1]
    after = _CLAUSE_END.split(text[end:])[0]
    return not _DRESS.sub("", before).strip() and not _DRESS.sub("", after).strip()
