"""What the index tells the matcher of a paper."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from bibtools.model import ArxivId, Name, PartialDate
from bibtools.text.names import parse_name
from bibtools.text.titles import printed_words, title_words, words_before_subtitles

if TYPE_CHECKING:
    from bibtools.text.fingerprints import Sketch
    from bibtools.text.people import Person

AUTHOR_SEPARATOR = "; "


@dataclass(frozen=True)
class IndexedPaper:
    """One paper of the index, with its comparable forms made when first asked for.

    Without slots, because the comparable forms are cached on the value.
    """

    arxiv: ArxivId
    title: str
    author_text: str = ""
    """Names joined by `AUTHOR_SEPARATOR`."""
    created: PartialDate | None = None
    categories: tuple[str, ...] = ()
    doi: str | None = None
    """arXiv's claim of the published paper's DOI; unverified."""
    sketch: Sketch | None = None

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The comparable words of the title."""
        return title_words(self.title)

    @cached_property
    def key(self) -> str:
        """The words without blanks."""
        return "".join(self.words)

    @cached_property
    def subtitle_places(self) -> frozenset[int]:
        """After how many words a subtitle begins."""
        return words_before_subtitles(self.title)

    @cached_property
    def printed(self) -> tuple[int, ...]:
        """The number of the printed word that each word belongs to."""
        return printed_words(self.title, self.words)

    @cached_property
    def author_names(self) -> tuple[str, ...]:
        """The names as printed."""
        return tuple(self.author_text.split(AUTHOR_SEPARATOR)) if self.author_text else ()

    @cached_property
    def people(self) -> tuple[Person, ...]:
        """The authors made comparable."""
        # Imported here: who looks a paper up by its ID compares nobody.
        from bibtools.text.people import fold, folded_person, plain_letters

        # Folded all at once: the lists are long and folding is the costly part.
        folded = fold(plain_letters(self.author_text))
        return tuple(map(folded_person, folded.split(AUTHOR_SEPARATOR))) if folded else ()

    @property
    def authors(self) -> tuple[Name, ...]:
        """The authors in parts."""
        return tuple(parse_name(text) for text in self.author_names)

    @property
    def year(self) -> int:
        """The year of submission."""
        return self.created.year if self.created is not None else self.arxiv.year
