"""The table of rules, and running it over a document."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Final

from bibtools.checks import commands, identifiers, numbers, requirements, texts
from bibtools.checks.findings import Finding, Severity
from bibtools.checks.views import LONGEST, EntryView, FileView
from bibtools.errors import UsageError
from bibtools.formats.bibtex import Document
from bibtools.formats.bibtex.blocks import BibEntry
from bibtools.formats.bibtex.dialects import dialect_of
from bibtools.formats.bibtex.fields import Dialect


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that is looked for."""

    name: str
    summary: str
    """One sentence, for help and SARIF."""
    check: Callable[[EntryView], Iterator[Finding]] | None = None
    """What looks at an entry; None for what the reader of the file notices itself."""
    look: Callable[[Document], Iterator[Finding]] | None = None
    """What looks at the whole file."""


RULES: Final = {
    rule.name: rule
    for rule in (
        Rule("syntax", "BibTeX can read the file."),
        Rule("encoding", "The file is UTF-8."),
        Rule("duplicate-key", "No two entries have one key."),
        Rule("duplicate-field", "No entry has a field twice."),
        Rule("undefined-macro", "Every macro is defined before it is used."),
        Rule("inside-comment", "No entry stands inside @comment, where biber does not read it."),
        Rule(
            "required-field",
            "Every entry has the fields its type needs.",
            requirements.check_required,
        ),
        Rule("doi", '"doi" holds a DOI and nothing else.', identifiers.check_doi),
        Rule("arxiv", '"eprint" holds an arXiv ID and nothing else.', identifiers.check_arxiv),
        Rule(
            "arxiv-doi",
            "A published paper does not carry the DOI of its preprint.",
            identifiers.check_arxiv_doi,
        ),
        Rule("arxiv-year", "The year fits the arXiv ID.", identifiers.check_arxiv_year),
        Rule("isbn", "Every ISBN is well formed, its check digit right.", identifiers.check_isbn),
        Rule("issn", "Every ISSN is well formed, its check digit right.", identifiers.check_issn),
        Rule("url", '"url" holds one address.', identifiers.check_url),
        Rule("pages", "Pages are numbers and ranges with two hyphens.", numbers.check_pages),
        Rule("date", "Years, months and dates exist and can be read.", numbers.check_dates),
        Rule("html", "No field holds entities or tags of a web page.", texts.check_html),
        Rule("special", "& % # _ and $ are written as LaTeX wants them.", texts.check_specials),
        Rule("capitals", "Capitals inside a word stand in braces.", texts.check_capitals),
        Rule(
            "command",
            "No TeX command reads or writes files, runs programs or changes how TeX reads.",
            look=commands.check_commands,
        ),
        Rule(
            "preamble",
            "No @preamble puts somebody's TeX into every document.",
            look=commands.check_preambles,
        ),
    )
}
"""Name to rule, in the order of the help."""

_OF_NOTICE: Final[dict[str, tuple[str, Severity]]] = {
    "bibtex.not-utf8": ("encoding", "warning"),
    "bibtex.duplicate-key": ("duplicate-key", "error"),
    "bibtex.duplicate-field": ("duplicate-field", "warning"),
    "bibtex.undefined-macro": ("undefined-macro", "warning"),
    "bibtex.inside-comment": ("inside-comment", "note"),
}
"""The reader's own names to ours; every other notice is `syntax`."""


def check_document(
    document: Document, dialect: Dialect | None = None, rules: Collection[str] | None = None
) -> tuple[Finding, ...]:
    """All findings in a document as it was read, in file order.

    Without `dialect` the file's own fields tell it; without `rules` every rule is asked.
    Entries inside `@comment`, and those that BibTeX rejects, are looked at for syntax and for
    commands only.
    """
    chosen = RULES.keys() if rules is None else set(rules)
    found = [finding for finding in _noticed(document) if finding.rule in chosen]
    for rule in RULES.values():
        if rule.look is not None and rule.name in chosen:
            found += rule.look(document)
    checks = [rule.check for rule in RULES.values() if rule.check and rule.name in chosen]
    if checks:
        for view in _views(document, dialect or dialect_of(document)):
            for check in checks:
                found += check(view)
    return tuple(sorted(found, key=lambda finding: (finding.line or 0, finding.column or 0)))


def _noticed(document: Document) -> Iterator[Finding]:
    for notice in document.notices:
        rule, severity = _OF_NOTICE.get(notice.rule, ("syntax", "error"))
        yield Finding(
            rule, severity, notice.message, notice.file, notice.line, notice.column, notice.hint
        )


def _views(document: Document, dialect: Dialect) -> Iterator[EntryView]:
    by_key: dict[str, BibEntry] = {}
    for entry in document.entries:
        by_key.setdefault(entry.key.lower(), entry)
    file = FileView(document, dialect, by_key)
    for entry in document.entries:
        if entry.inside_comment:
            continue
        scan = document.scan(entry.start, entry.end)
        if scan.strict:
            fields = {name: value for name, value in entry.fields.items() if len(value) <= LONGEST}
            yield EntryView(file, entry, scan, fields)


def chosen_rules(select: str | None, ignore: str | None) -> frozenset[str]:
    """The rules of `--select a,b` and `--ignore c`; raises `UsageError` for an unknown name."""
    chosen = _names(select) or frozenset(RULES)
    return chosen - _names(ignore)


def _names(listed: str | None) -> frozenset[str]:
    names = frozenset(name.strip() for name in (listed or "").split(",") if name.strip())
    unknown = sorted(names - RULES.keys())
    if unknown:
        raise UsageError(
            f'There is no rule "{unknown[0]}".', "The rules are " + ", ".join(RULES) + "."
        )
    return names
