"""Values as JSON in one way only, so that equal values are equal bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

_encode = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False
).encode


def written(row: Mapping[str, Any]) -> bytes:
    """A dictionary as JSON: members sorted, no blanks, in UTF-8 (and in ASCII where there is half
    a pair of UTF-16 in it, which has no UTF-8).
    """
    try:
        return _encode(row).encode()
    except UnicodeEncodeError:
        return json.dumps(row, sort_keys=True, separators=(",", ":")).encode()
