"""Which paper a PDF is: what it says of itself is looked up, and must be borne out by its page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bibtools.adapters.pdf_text import PdfText, read_pdf
from bibtools.errors import InputError
from bibtools.model import Entry, Outcome
from bibtools.sites.named import Named
from bibtools.sites.named_identifiers import PDF, TITLE
from bibtools.text.first_page import PaperClaim, claims_of, has_authors, has_title
from bibtools.workflows.lookup import Looked

LookUp = Callable[[Sequence[Named]], Sequence[Looked]]
_ROUNDS = 5
"""Claims of one PDF that are looked up at most."""


@dataclass(slots=True)
class _Pdf:
    what: Named
    text: PdfText | None = None
    claims: list[PaperClaim] = field(default_factory=list)
    done: Looked | None = None
    last: Looked | None = None
    """What is to be said when no claim holds."""


def look_up_pdfs(whats: Sequence[Named], look_up: LookUp) -> list[Looked]:
    """What was found for each; the PDFs among them are read, and the claims of all that are still
    open are looked up together, the strongest first.

    A record is the paper only when its title stands on the first pages; found by the title alone,
    when its authors stand there, too.
    """
    pdfs = {number: _opened(what) for number, what in enumerate(whats) if what.kind == PDF}
    others = [number for number in range(len(whats)) if number not in pdfs]
    found = dict(zip(others, look_up([whats[number] for number in others]), strict=True))
    for _ in range(_ROUNDS):
        asked = [(one, one.claims.pop(0)) for one in pdfs.values() if not one.done and one.claims]
        if not asked:
            break
        names = [Named(claim.kind, claim.value, one.what.text) for one, claim in asked]
        for (one, claim), looked in zip(asked, look_up(names), strict=True):
            _weigh(one, claim, looked)
    for number, one in pdfs.items():
        found[number] = (
            one.done
            or one.last
            or Looked(
                one.what, rule="it names no paper that is known, and its title cannot be told"
            )
        )
    return [found[number] for number in range(len(whats))]


def _opened(what: Named) -> _Pdf:
    try:
        text = read_pdf(_at_home(what.value))
    except InputError as error:
        why = error.message.rstrip(".")
        if error.hint:
            why += f" ({error.hint.rstrip('.')})"
        return _Pdf(what, done=Looked(replace(what, why_not=why), rule=why))
    if not any(page.strip() for page in text.pages):
        why = "its first pages have no text (a scan?)"
        if not text.info and not text.xmp:
            return _Pdf(what, done=Looked(replace(what, why_not=why), rule=why))
    return _Pdf(what, text, list(claims_of(text.pages, text.info, text.xmp)))


def _at_home(path: str) -> str:
    """A path with the user's folder in the place of "~", as no shell did it for a line of standard
    input or between quotes; a folder of that name goes first.
    """
    if not path.startswith("~") or Path(path).exists():
        return path
    try:
        return str(Path(path).expanduser())
    except RuntimeError:  # there is no such user
        return path


def _weigh(one: _Pdf, claim: PaperClaim, looked: Looked) -> None:
    """Whether the record that a claim led to is the paper."""
    assert one.text is not None
    entries = looked.entries
    fitting = [entry for entry in entries if _is_on_page(one.text, entry, claim)]
    if looked.entry is not None and fitting:
        one.done = replace(
            looked, what=one.what, rule=f"{claim.rule} names it, and its title is there"
        )
    elif looked.entry is not None:
        rule = f"{claim.rule} names {looked.what.shown}, whose title is not on its first pages"
        if claim.kind == TITLE:
            rule = "a paper of that title is known, but the page does not name its authors"
        one.last = one.last or replace(
            looked, what=one.what, outcome=Outcome.LIKELY, rule=rule, evidence={}, notices=()
        )
    elif entries and claim.kind == TITLE and len(fitting) == 1:
        one.last = replace(
            looked, what=one.what, outcome=Outcome.LIKELY, entries=(fitting[0],),
            rule="its title and authors are on the first page",
        )  # fmt: skip
    elif looked.unasked and (one.last is None or not one.last.entries):
        one.last = replace(looked, what=one.what, outcome=Outcome.NONE, entries=())


def _is_on_page(text: PdfText, entry: Entry, claim: PaperClaim) -> bool:
    if not entry.title or not has_title(text.pages, entry.title):
        return False
    if claim.kind != TITLE:
        return True
    return has_authors(text.pages, [name.family or name.literal or "" for name in entry.authors])
