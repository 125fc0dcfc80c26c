"""Findings as SARIF 2.1.0 (OASIS), which code hosts show beside the lines they are about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from bibtools.checks.findings import Finding
from bibtools.checks.rules import RULES

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def to_sarif(findings: Iterable[Finding], version: str) -> dict[str, Any]:
    """The findings as one run of a SARIF log; `version` is that of this program."""
    names = list(RULES)
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "bibtools",
                        "version": version,
                        "rules": [
                            {"id": rule.name, "shortDescription": {"text": rule.summary}}
                            for rule in RULES.values()
                        ],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(finding, names) for finding in findings],
            }
        ],
    }


def _result(finding: Finding, names: Sequence[str]) -> dict[str, Any]:
    text = f"{finding.message} {finding.hint}" if finding.hint else finding.message
    location: dict[str, Any] = {"artifactLocation": _artifact(finding)}
    if finding.line is not None:
        location["region"] = {"startLine": finding.line}
        if finding.column is not None:
            location["region"]["startColumn"] = finding.column
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": names.index(finding.rule),
        "level": finding.severity,
        "message": {"text": text},
        "locations": [{"physicalLocation": location}],
    }
    if finding.fix is not None:
        result["fixes"] = [
            {
                "description": {"text": finding.fix.message},
                "artifactChanges": [
                    {
                        "artifactLocation": _artifact(finding),
                        "replacements": [
                            {
                                "deletedRegion": {
                                    "byteOffset": edit.start,
                                    "byteLength": edit.end - edit.start,
                                },
                                "insertedContent": {"text": edit.new.decode("utf-8", "replace")},
                            }
                            for edit in finding.fix.edits
                        ],
                    }
                ],
            }
        ]
    return result


def _artifact(finding: Finding) -> dict[str, str]:
    return {"uri": quote((finding.file or "-").replace("\\", "/"), safe="/:")}
