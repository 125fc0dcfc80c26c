"""RIS: the exchange format of reference managers and library catalogues."""

from bibtools.formats.ris.reading import read_ris
from bibtools.formats.ris.writing import write_ris

__all__ = ["read_ris", "write_ris"]
