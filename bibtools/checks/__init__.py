"""Care for a .bib file: what is wrong in it, where, and what would mend it."""

from bibtools.checks.findings import Edit, Finding, Fix, Severity, apply_fixes
from bibtools.checks.rules import RULES, Rule, check_document, chosen_rules

__all__ = [
    "RULES",
    "Edit",
    "Finding",
    "Fix",
    "Rule",
    "Severity",
    "apply_fixes",
    "check_document",
    "chosen_rules",
]
