"""Which elements of a web page are not shown."""

from __future__ import annotations

import re

from bibtools.text.html_tokens import Kind, Token, attributes

LONGEST_ATTRIBUTES_READ = 10_000
"""Characters of a tag; who writes more has no attribute for us behind them."""
# Elements whose whole content is not shown.
_UNSEEN = frozenset(
    "template svg math-annotation annotation-xml audio video canvas object select datalist "
    "rp".split()
)
_FOR_EARS = frozenset("sr-only visually-hidden screen-reader-text".split())
_UNSEEN_CLASSES = frozenset("MJX_Assistive_MathML MathJax_Preview katex-html".split())
# What MathJax 2 draws; the script behind it has the TeX.
_DRAWN_CLASSES = frozenset("MathJax MathJax_Display MathJax_SVG MathJax_CHTML mjx-chtml".split())
_OPTIONAL_END = frozenset("li p dt dd tr td th option".split())
_HIDDEN = re.compile(
    r"""\s(?:hidden(?=[\s=/>]|$)|style\s*=\s*(?:"[^"]*|'[^']*|[^\s>]*)"""
    r"""(?:display\s*:\s*none|visibility\s*:\s*hidden))""",
    re.IGNORECASE,
)


class Unseen:
    """Keeps count of open elements inside one that is not shown."""

    def __init__(self, drawn_twice: bool) -> None:
        """`drawn_twice` says that the page has the TeX of what MathJax 2 has drawn."""
        self.depth = 0
        self._name = ""
        self._drawn_twice = drawn_twice
        self.for_ears = False
        """Whether it is text that only screen readers read out."""

    def take(self, token: Token) -> None:
        """Take note of a tag."""
        name = token.name
        if self.depth:
            if name != self._name or token.is_void:
                return
            if token.kind is Kind.OPEN and self.depth == 1 and name in _OPTIONAL_END:
                self.depth = 0  # its end tag was left out
            else:
                self.depth += 1 if token.kind is Kind.OPEN else -1
                return
        if token.kind is Kind.OPEN and not token.is_void and self._is_unseen(token):
            self._name, self.depth = name, 1

    def _is_unseen(self, token: Token) -> bool:
        self.for_ears = False
        if token.name in _UNSEEN:
            return True
        raw = token.raw[:LONGEST_ATTRIBUTES_READ]
        if token.name == "dialog":
            return "open" not in attributes(raw, ["open"])
        if len(raw) < 5:
            return False
        if _HIDDEN.search(raw):
            return True
        if "-" not in raw and "_" not in raw and "MathJax" not in raw:
            return False
        classes = set(attributes(raw, ["class"]).get("class", "").split())
        self.for_ears = not _FOR_EARS.isdisjoint(classes)
        if self.for_ears or not _UNSEEN_CLASSES.isdisjoint(classes):
            return True
        drawn = self._drawn_twice and token.name != "mjx-container"
        return drawn and not _DRAWN_CLASSES.isdisjoint(classes)
