"""SARIF 2.1.0: the properties we write are the standard's, with its types (OASIS, section 3)."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from bibtools.checks.rules import check_document
from bibtools.checks.sarif import to_sarif
from bibtools.formats.bibtex import Document

_TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}
_ARTIFACT = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"uri": {"type": "string", "pattern": r"^[!-~]+$"}},
}


def _strict(required: str, **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": required.split(),
        "properties": properties,
        "additionalProperties": False,
    }


_NATURAL = {"type": "integer", "minimum": 0}
_ONE_UP = {"type": "integer", "minimum": 1}
_REPLACEMENT = _strict(
    "deletedRegion",  # 3.57.3; 3.30: a region of bytes has byteOffset and byteLength
    deletedRegion=_strict("byteOffset byteLength", byteOffset=_NATURAL, byteLength=_NATURAL),
    insertedContent=_TEXT,
)
_FIX = _strict(
    "artifactChanges",  # 3.55.3
    description=_TEXT,
    artifactChanges={
        "type": "array",
        "minItems": 1,
        "items": _strict(
            "artifactLocation replacements",  # 3.56
            artifactLocation=_ARTIFACT,
            replacements={"type": "array", "minItems": 1, "items": _REPLACEMENT},
        ),
    },
)
_LOCATION = _strict(
    "physicalLocation",
    physicalLocation=_strict(
        "artifactLocation",  # 3.29
        artifactLocation=_ARTIFACT,
        region=_strict("startLine", startLine=_ONE_UP, startColumn=_ONE_UP),
    ),
)
_RESULT = _strict(
    "message",  # 3.27.11
    ruleId={"type": "string"},
    ruleIndex=_NATURAL,
    level={"enum": ["none", "note", "warning", "error"]},  # 3.27.10
    message=_TEXT,
    locations={"type": "array", "items": _LOCATION},
    fixes={"type": "array", "items": _FIX},
)
_DRIVER = _strict(
    "name",  # 3.19.8
    name={"type": "string"},
    version={"type": "string"},
    rules={
        "type": "array",
        "uniqueItems": True,
        "items": _strict("id", id={"type": "string"}, shortDescription=_TEXT),  # 3.49.3
    },
)
_RUN = _strict(
    "tool",  # 3.14.6
    tool=_strict("driver", driver=_DRIVER),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},  # 3.14.17
    results={"type": "array", "items": _RESULT},
)
LOG = _strict(
    "version runs",  # 3.13.2 and 3.13.4
    **{"$schema": {"type": "string", "format": "uri"}},
    version={"const": "2.1.0"},
    runs={"type": "array", "items": _RUN},
)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"@misc{a, title = {x & y}, doi = {nothing}}", id="fixes"),
        pytest.param(b"@article{a, title = {x", id="unclosed"),
        pytest.param(b"@misc{a, title = {caf\xe9 &amp; co}}\n@misc{a}", id="latin-1"),
        pytest.param(b"@misc{k,\n t = zz # {} ,, year = {19} }\n}}", id="junk"),
    ],
)
@pytest.mark.parametrize("file", ["refs.bib", "a folder/\u00e9 %&.bib", None])
def test_a_log_has_the_shape_of_the_standard(data: bytes, file: str | None) -> None:
    log = to_sarif(check_document(Document.parse(data, file)), "1.0")
    jsonschema.validate(log, LOG)
    driver = log["runs"][0]["tool"]["driver"]
    for result in log["runs"][0]["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
