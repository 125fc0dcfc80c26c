"""Better BibTeX's older patterns, in square brackets: `[auth:lower][shorttitle3_3][year]`.

They are read into the tree of the formula that says the same, as Better BibTeX itself does when
it meets one: `auth.fold.lower + shorttitle(3, 3) + year`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bibtools.keys.filters import FILTERS
from bibtools.keys.formula import Formula, formula_of
from bibtools.keys.functions import FUNCTIONS
from bibtools.keys.running import Function
from bibtools.keys.subject import FIELD_NAMES
from bibtools.keys.syntax import (
    Alternatives,
    Argument,
    Call,
    Node,
    Sum,
    Text,
    Value,
    formula_error,
)

_SPECIAL = re.compile(
    r"(?P<number>0)|postfix(?P<start>\+1)?[,=](?P<postfix>.+)|=(?P<types>[A-Za-z/ ]+)"
    r"|language=(?P<languages>[A-Za-z/ -]+)|>(?P<longer>\d+)"
)
_PEOPLE = re.compile(
    r"([Aa]uth|[Aa]uthors|[Ee]dtr|[Ee]ditors)([.A-Za-z]*)(\d+)?(?:_(\d+))?((?:\+[^_:\]+]*)*)"
)
_FUNCTION = re.compile(r"([a-z][a-zA-Z.-]*?)(?:(\d+)(?:_(\d+))?|[,=](.*))?")
_LENGTH = re.compile(r"([<>]=?|!=|=)(\d+)")


def is_better_bibtex(pattern: str) -> bool:
    """Whether a pattern in brackets has what only Better BibTeX's have, and JabRef's have not."""
    if re.search(r"\]\s*\||\[(?:=|>\d|0\]|postfix|language=|zotero\b)", pattern):
        return True
    for content in re.findall(r"\[([^\[\]]*)\]", pattern):
        name, *filters = content.split(":")
        if re.fullmatch(r"(?:veryshorttitle|shorttitle)\d+(?:_\d+)?", name) or "+" in name:
            return True
        if re.match(r"(?:Auth|Edtr|Editors|Authors)", name):
            return True
        words = {re.split(r"[,=]", one, maxsplit=1)[0].replace("-", "") for one in filters}
        if words & (set(FILTERS) - {"lower", "upper", "abbr", "capitalize"}):
            return True
    return False


def parse_brackets(pattern: str) -> Formula:
    """The formula of a pattern in brackets. Raises `FormulaError` with the column of a fault."""
    options: list[Node] = []
    parts: list[Node] = []
    for kind, text, at in _pieces(pattern):
        if kind == "|":
            options.append(_sum(parts))
            parts = []
        elif kind == "text":
            parts.append(Text(text, at))
        elif text:
            part = _Bracket(pattern, text, at).node()
            if part.name == "len" and part.of is None:
                parts = [Call("len", part.arguments, at, _sum(parts), True)]
            else:
                parts.append(part)
    if parts or not options:
        options.append(_sum(parts))
    tree = options[0] if len(options) == 1 else Alternatives(tuple(options), 0)
    return formula_of(pattern, tree)


def _sum(parts: list[Node]) -> Node:
    return parts[0] if len(parts) == 1 else Sum(tuple(parts), 0)


def _pieces(pattern: str) -> Iterator[tuple[str, str, int]]:
    position = 0
    while position < len(pattern):
        char = pattern[position]
        if char == "[":
            match = re.compile(r"\[((?:[^\[\]\\]|\\.)*)\]").match(pattern, position)
            if match is None:
                raise formula_error(pattern, position, 'this bracket is not closed with "]".')
            yield "bracket", match[1], position + 1
            position = match.end()
        elif char == "|":
            yield "|", "", position
            position += 1
        elif char in "]>":
            raise formula_error(pattern, position, f'"{char}" means nothing here.')
        else:
            match = re.compile(r"[^\[\]|>]+").match(pattern, position)
            assert match is not None
            if match[0].strip():
                yield "text", match[0], position
            position = match.end()


class _Bracket:
    def __init__(self, pattern: str, content: str, at: int) -> None:
        self.pattern, self.content, self.at = pattern, content, at

    def node(self) -> Call:
        special = _SPECIAL.fullmatch(self.content)
        if special is not None:
            return self.special(special)
        name, *filters = re.split(r"(?<!\\):", self.content)
        node = self.function(name)
        offset = self.at + len(name) + 1
        for text in filters:
            node = self.filter(text, node, offset)
            offset += len(text) + 1
        return node

    def special(self, match: re.Match[str]) -> Call:
        if match["number"]:
            return self.made("postfix", ["-%(n)s"])
        if match["postfix"]:
            return self.made("postfix", [_unescaped(match["postfix"]), 1 if match["start"] else 0])
        if match["longer"]:
            return self.made("len", [">", int(match["longer"])])
        kind = "type" if match["types"] else "language"
        return self.made(kind, [word.strip() for word in match[match.lastgroup or 0].split("/")])

    def made(self, name: str, values: list[Value], of: Node | None = None) -> Call:
        arguments = tuple(Argument(None, value, self.at) for value in values)
        return Call(name, arguments, self.at, of, bool(values))

    def named(self, name: str, **values: Value) -> Call:
        arguments = tuple(Argument(key, value, self.at) for key, value in values.items())
        return Call(name, arguments, self.at, None, bool(values))

    def function(self, name: str) -> Call:
        people = _PEOPLE.fullmatch(name)
        if people is not None:
            return self.people(people)
        length = _LENGTH.fullmatch(name)
        if length is not None:
            return self.made("len", [length[1], int(length[2])])
        match = _FUNCTION.fullmatch(name)
        if match is not None:
            plain = re.sub(r"[-.]", "", match[1]).lower()
            if plain in FUNCTIONS:
                numbers: list[Value] = [int(one) for one in match.group(2, 3) if one]
                texts: list[Value] = [_unescaped(match[4])] if match[4] else []
                return self.made(plain, numbers or texts)
        if name.lower() in FIELD_NAMES:
            return Call(name[:1].upper() + name[1:], (), self.at)
        raise formula_error(self.pattern, self.at, f'there is no function or field "{name}".')

    def people(self, match: re.Match[str]) -> Call:
        who, rest, first, second, flags = match.groups(default="")
        function = (who + rest).lower()
        if function.startswith("ed"):
            function = function.replace("edtr", "auth").replace("editor", "author")
        # "auth.etal" and "authEtAl" differ in more than the dot.
        function = {"auth.etal": "authetal2", "authors": "authorsn"}.get(
            function, function.replace(".", "")
        )
        known = FUNCTIONS.get(function)
        if known is None:
            raise formula_error(self.pattern, self.at, f'there is no function "{who + rest}".')
        values: dict[str, Value] = {"creator": "editor" if who[0] in "eE" else "*"}
        if first:
            values["n"] = int(first)
        if second:
            values["m"] = int(second)
        for flag in [one for one in flags.split("+") if one]:
            if flag == "initials":
                values["initials"] = True
            else:
                values["sep"] = flag
        self.check(known, values, who + rest)
        node = self.named(function, **values)
        # With a small letter the names come in ASCII.
        return self.made("fold", [], node) if who[0].islower() else node

    def check(self, function: Function, values: dict[str, Value], name: str) -> None:
        known = {parameter.name for parameter in function.parameters}
        for unknown in set(values) - known:
            raise formula_error(self.pattern, self.at, f'"{name}" knows no "{unknown}".')

    def filter(self, text: str, of: Node, offset: int) -> Call:
        if re.fullmatch(r"\(.*\)", text):
            return self.made("default", [text[1:-1]], of)
        length = re.fullmatch(r"(?:>|longer=)(\d+)", text)
        if length is not None:
            return self.made("len", [">", int(length[1])], of)
        name, *told = re.split(r"(?<!\\)[,=]", text)
        plain = name.replace("-", "").lower()
        function = FILTERS.get(plain)
        if function is None:
            raise formula_error(self.pattern, offset, f'there is no filter "{name}".')
        values: list[Value] = []
        for word, parameter in zip(told, function.parameters, strict=False):
            word = _unescaped(word)
            is_number = "number" in parameter.kinds and re.fullmatch(r"-?\d+", word)
            is_flag = "flag" in parameter.kinds
            values.append(int(word) if is_number else word == "true" if is_flag else word)
        return self.made(plain, values, of)


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)
