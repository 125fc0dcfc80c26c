"""The field `bibtools` of an entry: what .bib has no words for, see `formats.carried`.

Its value is JSON, percent-encoded where BibTeX or TeX would see something else in it: no brace, no
backslash, no run of blanks, nothing but ASCII.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, unquote

NAME: Final = "bibtools"
_SAFE: Final = "-_.~:,[]/;()'+*!?=\"<>|"


def write_carried(carried: Mapping[str, Any]) -> str:
    """The value of the field."""
    import json  # most entries carry nothing

    text = json.dumps(carried, ensure_ascii=False, separators=(",", ":"))
    return quote(text.encode("utf-8", "surrogatepass"), safe=_SAFE)


def read_carried(value: str) -> object:
    """What `write_carried` was given; None when the value is nothing of the kind."""
    import json

    try:
        return json.loads(unquote(value, "utf-8", "surrogatepass"))
    except (ValueError, RecursionError):
        return None
