"""A reading list as one web page that needs nothing else: no network, no server, no library."""

from bibtools.formats.report_page.page import GENERATOR, write_page
from bibtools.formats.report_page.papers import Paper, ShownLink, Told, paper_of

__all__ = ["GENERATOR", "Paper", "ShownLink", "Told", "paper_of", "write_page"]
