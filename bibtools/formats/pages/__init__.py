"""Pages that list papers, saved as text or HTML, read into entries."""

from bibtools.formats.pages.kinds import (
    AUTHOR_PAGE,
    BARE_ABSTRACTS,
    KINDS,
    PAPERS_LIST,
    Kind,
    PageReading,
    detect,
    read_page,
)

__all__ = [
    "AUTHOR_PAGE",
    "BARE_ABSTRACTS",
    "KINDS",
    "PAPERS_LIST",
    "Kind",
    "PageReading",
    "detect",
    "read_page",
]
