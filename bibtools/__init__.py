"""bibtools: reading lists in, bibliographies out."""

__version__ = "0.1.0"
