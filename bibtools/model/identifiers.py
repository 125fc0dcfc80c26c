"""Identifiers, parsed once at the door.

An arXiv ID is `YYMM.NNNN` (April 2007 to 2014), `YYMM.NNNNN` (from 2015) or, before April
2007, `archive/YYMMNNN` or `archive.SS/YYMMNNN`; source: https://info.arxiv.org/help/arxiv_identifier.html
A DOI is `10.prefix/suffix`, compared without regard to case (ISO 26324).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from bibtools.later import later

_NEW = later(r"(\d{2})(0[1-9]|1[0-2])\.(\d{4,5})(?:v([1-9]\d*))?", re.ASCII)
_OLD = later(
    r"([a-z]+(?:-[a-z]+)?)(?:\.[A-Za-z-]{2,})?/(\d{2})(0[1-9]|1[0-2])(\d{3})(?:v([1-9]\d*))?",
    re.ASCII,
)
_ARXIV_DRESS = later(
    r"(?:arxiv\s*:\s*|(?:https?://)?(?:www\.|export\.)?arxiv\.org/(?:abs|pdf|html|format|ps)/"
    r"|(?:https?://)?(?:dx\.)?(?:doi\.org/)?10\.48550/arxiv\.)",
    re.IGNORECASE,
)
_OLD_ARCHIVES = frozenset(
    "acc-phys adap-org alg-geom ao-sci astro-ph atom-ph bayes-an chao-dyn chem-ph cmp-lg comp-gas "
    "cond-mat cs dg-ga funct-an gr-qc hep-ex hep-lat hep-ph hep-th math math-ph mtrl-th nlin "
    "nucl-ex nucl-th patt-sol physics plasm-ph q-alg q-bio quant-ph solv-int supr-con".split()
)
_DOI = later(r"10\.\d{4,9}(?:\.\d+)*/\S+")
_DOI_DRESS = later(r"(?:doi\s*:\s*|(?:https?://)?(?:dx\.|www\.)?doi\.org/)+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, order=True)
class ArxivId:
    """An arXiv identifier; `value` is without the version: `2104.08821`, `hep-th/9901001`."""

    value: str
    version: int | None = None

    def __str__(self) -> str:
        return self.value if self.version is None else f"{self.value}v{self.version}"

    @property
    def year(self) -> int:
        """The year of first submission, which the ID itself tells."""
        digits = self.value.rpartition("/")[2][:2]
        two = int(digits)
        # Old-style IDs run from 1991 to March 2007, new ones from April 2007 on.
        return 1900 + two if "/" in self.value and two > 50 else 2000 + two

    @property
    def month(self) -> int:
        """The month of first submission, 1 to 12."""
        return int(self.value.rpartition("/")[2][2:4])

    @property
    def doi(self) -> str:
        """The DOI that DataCite registers for the preprint."""
        return f"10.48550/arXiv.{self.value}"

    @property
    def url(self) -> str:
        """The address of the abstract page."""
        return f"https://arxiv.org/abs/{self.value}"


def parse_arxiv(text: str) -> ArxivId | None:
    """The arXiv ID in any usual dress (`arXiv:`, address, DOI, version), or None."""
    text = text.strip()
    dress = _ARXIV_DRESS.match(text)
    if dress:
        text = text[dress.end() :].strip()
        text = re.split(r"[?#]", text, maxsplit=1)[0].removesuffix("/")
        text = re.sub(r"\.pdf$", "", text, flags=re.IGNORECASE)
    # "2104.08821 [cs.CL]" is how arXiv itself prints an ID beside its class.
    text = re.sub(r"\s*\[[A-Za-z.-]+\]$", "", text)
    match = _NEW.fullmatch(text)
    if match:
        year, month, number, version = match.groups()
        stamp, five = year + month, len(number) == 5
        if stamp < "0704" or five != (stamp >= "1501") or not int(number):
            return None
        return ArxivId(f"{stamp}.{number}", int(version) if version else None)
    match = _OLD.fullmatch(text)
    if match:
        archive, year, month, number, version = match.groups()
        if archive not in _OLD_ARCHIVES or "07" < year < "91" or year + month == "0700":
            return None
        if year == "07" and month > "03":
            return None
        return ArxivId(f"{archive}/{year}{month}{number}", int(version) if version else None)
    return None


@dataclass(frozen=True, slots=True)
class Doi:
    """A DOI without any prefix, as printed; compare with `folded`."""

    value: str

    def __str__(self) -> str:
        return self.value

    @property
    def folded(self) -> str:
        """Lower case: two DOIs are the same when these are."""
        return self.value.lower()


def parse_doi(text: str) -> Doi | None:
    """The DOI in any usual dress (`doi:`, address), or None."""
    text = text.strip()
    dress = _DOI_DRESS.match(text)
    if dress:
        text = text[dress.end() :].strip()
        if "%" in text:
            text = unquote(text)
    return Doi(text) if _DOI.fullmatch(text) else None
