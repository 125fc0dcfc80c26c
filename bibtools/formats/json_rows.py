"""The rows of a JSON file that another program wrote."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from bibtools.errors import InputError

# json.dumps escapes C0 but not DEL and C1, which an 8-bit terminal obeys too, nor the marks that
# turn the direction of what follows; half surrogates cannot be encoded.
_UNSAFE = re.compile("[\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\u2028\u2029]")


def write_rows(rows: Sequence[object]) -> str:
    """A JSON array with two blanks of indentation and nothing that a terminal obeys."""
    return write_value(rows, indent=2) + "\n"


def write_value(value: object, *, indent: int | None = None) -> str:
    """A JSON value with nothing that a terminal obeys."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def read_rows(data: bytes, file: str, what: str) -> list[Any]:
    """The rows of an array, of one object, or of `{"items": [...]}`; none of an empty file.

    `what` says what the file should hold. Raises `InputError` for anything else.
    """
    hint = f"{what} are an array of objects: [{{...}}, {{...}}]."
    try:
        text = data.decode("utf-8-sig")
        rows = json.loads(text) if text.strip() else []
    except UnicodeDecodeError as error:
        raise InputError(
            f"{file} is not UTF-8: byte {error.start} cannot be read.",
            hint="JSON is always UTF-8; convert the file, for instance with iconv.",
        ) from None
    except json.JSONDecodeError as error:
        raise InputError(
            f"{file}:{error.lineno}:{error.colno}: this is not JSON: {error.msg}.", hint=hint
        ) from None
    except RecursionError:
        raise InputError(f"{file} is nested too deeply to hold {what}.") from None
    if isinstance(rows, dict):
        rows = rows["items"] if isinstance(rows.get("items"), list) else [rows]
    if not isinstance(rows, list):
        raise InputError(f"{file} holds a JSON {type(rows).__name__}, not {what}.", hint=hint)
    return rows
