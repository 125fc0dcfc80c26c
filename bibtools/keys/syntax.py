"""The language of citation key formulas: from text to a tree, with the place of every part.

It is the language of Better BibTeX (https://retorque.re/zotero-better-bibtex/citing/), which is
a piece of JavaScript's:

    formula     = alternative { ("|" | ";") alternative }
    alternative = choice [ "?" choice ":" choice ]
    choice      = both { "||" both }
    both        = comparison { "&&" comparison }
    comparison  = sum [ ("<" | "<=" | ">" | ">=" | "==" | "!=") number ]
    sum         = part { "+" part }
    part        = ( text | name [ arguments ] | "(" formula ")" ) { "." name [ arguments ] }
    arguments   = "(" [ argument { "," argument } ] ")"
    argument    = [ name "=" ] ( text | number | name | /expression/flags | "[" ... "]" )
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bibtools.errors import UsageError
from bibtools.keys.patterns import longest

_deepest = 40
_TOKEN = re.compile(
    r"""\s*(?:
    (?P<name>[^\W\d]\w*)
    |(?P<number>-?\d+(?:\.\d+)?)
    |(?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)
    |(?P<sign>===|!==|\|\||&&|<=|>=|==|!=|[|;+.,()=<>?:\[\]])
    )""",
    re.VERBOSE | re.DOTALL,
)
_EXPRESSION = re.compile(r"\s*/((?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)/([a-z]*)")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}


class FormulaError(UsageError):
    """A formula cannot be read; the message shows the place with a caret."""


def formula_error(formula: str, offset: int, because: str, hint: str | None = None) -> FormulaError:
    """The error for a fault at an offset: a sentence, the formula, a caret under the place."""
    offset = min(max(offset, 0), len(formula))
    start = formula.rfind("\n", 0, offset) + 1
    line = formula[start:].split("\n", 1)[0].replace("\t", " ")
    row, column = formula.count("\n", 0, offset) + 1, offset - start + 1
    left = max(0, column - 61)
    where = f"line {row}, column {column}" if row > 1 else f"column {column}"
    caret = " " * (column - 1 - left) + "^"
    return FormulaError(
        f"The key pattern cannot be read at {where}: {because}\n  {line[left : left + 100]}\n"
        f"  {caret}",
        hint,
    )


@dataclass(frozen=True, slots=True)
class Expression:
    """A regular expression as JavaScript writes it."""

    pattern: str
    flags: str = ""


Value = str | int | bool | None | Expression | tuple["Value", ...]


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a call."""

    name: str | None
    value: Value
    at: int


@dataclass(frozen=True, slots=True)
class Text:
    """A text that is printed as it is."""

    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function, a field (a name that starts with a capital), or a filter on `of`."""

    name: str
    arguments: tuple[Argument, ...]
    at: int
    of: Node | None = None
    """What the filter works on; None for a function."""
    called: bool = False
    """True when brackets follow the name."""


@dataclass(frozen=True, slots=True)
class Sum:
    """Parts that are printed one after the other."""

    parts: tuple[Node, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Alternatives:
    """The first that gives a text and does not skip."""

    options: tuple[Node, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Either:
    """`a || b` (the first that gives a text), `a && b` (the second, when the first does)."""

    sign: str
    left: Node
    right: Node
    at: int


@dataclass(frozen=True, slots=True)
class Condition:
    """`test ? then : otherwise`."""

    test: Node
    then: Node
    otherwise: Node
    at: int


Node = Text | Call | Sum | Alternatives | Either | Condition


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int
    flags: str = ""


def _tokens(formula: str) -> Iterator[_Token]:
    position = 0
    before = ""
    while position < len(formula):
        if not formula[position:].strip():
            break
        # A slash starts an expression where a value may stand: after "(", "," and "=".
        expression = _EXPRESSION.match(formula, position) if before in ("(", ",", "=") else None
        if expression is not None:
            at = formula.index("/", position)
            yield _Token("expression", expression[1], at, expression[2])
            position, before = expression.end(), "expression"
            continue
        match = _TOKEN.match(formula, position)
        if match is None:
            rest = formula[position:]
            at = position + len(rest) - len(rest.lstrip())
            char = formula[at]
            if char in "\"'`":
                raise formula_error(formula, at, f"the text that starts with {char} has no end.")
            if char == "/":
                raise formula_error(
                    formula, at, "an expression /.../ stands only in brackets, and ends with /."
                )
            raise formula_error(formula, at, f'"{char}" means nothing here.')
        kind = match.lastgroup or ""
        yield _Token(kind, match[kind], match.start(kind))
        position, before = match.end(), match[kind]
    yield _Token("end", "", len(formula))


def parse_formula(formula: str) -> Node:
    """The tree of a formula. Raises `FormulaError` with the column of the fault."""
    if len(formula) > longest:
        raise FormulaError(f"The key pattern has {len(formula)} characters; {longest} will do.")
    return _Parser(formula).formula()


class _Parser:
    def __init__(self, formula: str) -> None:
        self.text = formula
        self.tokens = list(_tokens(formula))
        self.place = 0
        self.depth = 0

    @property
    def token(self) -> _Token:
        return self.tokens[self.place]

    def fault(self, because: str, at: int | None = None) -> FormulaError:
        return formula_error(self.text, self.token.at if at is None else at, because)

    def take(self, *signs: str) -> str:
        """The sign that stands here, stepped over; empty when it is none of these."""
        token = self.token
        if token.kind == "sign" and token.text in signs:
            self.place += 1
            return token.text
        return ""

    def expect(self, sign: str, opened: int) -> None:
        if not self.take(sign):
            if self.token.kind == "end":
                raise self.fault(f'this bracket is not closed with "{sign}".', opened)
            raise self.fault(f'"{sign}" was expected here.')

    def formula(self) -> Node:
        node = self.alternatives()
        if self.token.kind != "end":
            raise self.fault(f'"{self.token.text}" was not expected here; a "+" may be missing.')
        return node

    def alternatives(self) -> Node:
        at = self.token.at
        self.depth += 1
        if self.depth > _deepest:
            raise self.fault("the brackets are nested too deep.")
        options = [self.alternative()]
        # JavaScript's comma tries one after the other too.
        while self.take("|", ";", ","):
            if self.token.kind == "end" or (self.token.kind, self.token.text) == ("sign", ")"):
                break
            options.append(self.alternative())
        self.depth -= 1
        return options[0] if len(options) == 1 else Alternatives(tuple(options), at)

    def alternative(self) -> Node:
        at = self.token.at
        test = self.choice()
        if not self.take("?"):
            return test
        then = self.nested()
        if not self.take(":"):
            raise self.fault('":" was expected here, with what to print otherwise.')
        return Condition(test, then, self.nested(), at)

    def nested(self) -> Node:
        self.depth += 1
        if self.depth > _deepest:
            raise self.fault("the conditions are nested too deep.")
        node = self.alternative()
        self.depth -= 1
        return node

    def choice(self) -> Node:
        at = self.token.at
        node = self.both()
        while sign := self.take("||"):
            node = Either(sign, node, self.both(), at)
        return node

    def both(self) -> Node:
        at = self.token.at
        node = self.comparison()
        while sign := self.take("&&"):
            node = Either(sign, node, self.comparison(), at)
        return node

    def comparison(self) -> Node:
        node = self.sum()
        at = self.token.at
        sign = self.take("<", "<=", ">", ">=", "==", "===", "!=", "!==")
        if not sign:
            return node
        token = self.token
        if token.kind != "number":
            raise self.fault("a length is compared with a number.")
        self.place += 1
        sign = sign[:2] if sign.endswith("==") else sign
        length = Argument(None, int(float(token.text)), token.at)
        return Call("len", (Argument(None, sign, at), length), at, node, True)

    def sum(self) -> Node:
        at = self.token.at
        parts = [self.part()]
        while True:
            token = self.token
            if token.kind == "number" and token.text.startswith("-"):
                raise self.fault('a number is no part; write it as a text: "1".')
            if not self.take("+"):
                break
            part = self.part()
            if isinstance(part, Call) and part.of is None and part.name.lower() == "len":
                # "+ len" tests all that stands before it.
                before = parts[0] if len(parts) == 1 else Sum(tuple(parts), at)
                parts = [Call(part.name, part.arguments, part.at, before, part.called)]
            else:
                parts.append(part)
        return parts[0] if len(parts) == 1 else Sum(tuple(parts), at)

    def part(self) -> Node:
        token = self.token
        node: Node
        if token.kind == "text":
            self.place += 1
            node = Text(_unquoted(token.text), token.at)
        elif token.kind == "name":
            node = self.call(None)
        elif self.take("("):
            node = self.alternatives()
            self.expect(")", token.at)
        elif token.kind == "end":
            raise self.fault("something to print was expected here.")
        elif token.kind == "number":
            raise self.fault('a number is no part; write it as a text: "1".')
        else:
            raise self.fault(f'"{token.text}" was not expected here.')
        while self.take("."):
            if self.token.kind != "name":
                raise self.fault("a filter was expected after the dot.")
            node = self.call(node)
        return node

    def call(self, of: Node | None) -> Call:
        token = self.token
        self.place += 1
        opened = self.token.at
        if not self.take("("):
            return Call(token.text, (), token.at, of)
        arguments: list[Argument] = []
        while not self.take(")"):
            if self.token.kind == "end" or (arguments and not self.take(",")):
                self.expect(")", opened)
                break
            if arguments and self.take(")"):
                break
            argument = self.argument()
            if argument.name is None and arguments and arguments[-1].name is not None:
                raise self.fault(
                    f'an argument without a name cannot follow "{arguments[-1].name}=".',
                    argument.at,
                )
            arguments.append(argument)
        return Call(token.text, tuple(arguments), token.at, of, True)

    def argument(self) -> Argument:
        token, after = self.token, self.tokens[min(self.place + 1, len(self.tokens) - 1)]
        if token.kind == "name" and (after.kind, after.text) == ("sign", "="):
            self.place += 2
            return Argument(token.text, self.value(), token.at)
        return Argument(None, self.value(), token.at)

    def value(self) -> Value:
        token = self.token
        if self.take("["):
            values: list[Value] = []
            self.depth += 1
            if self.depth > _deepest:
                raise self.fault("the lists are nested too deep.")
            while not self.take("]"):
                if values and not self.take(","):
                    self.expect("]", token.at)
                    break
                values.append(self.value())
            self.depth -= 1
            return tuple(values)
        if token.kind not in ("text", "number", "name", "expression"):
            raise self.fault("an argument was expected here: a text, a number, a name or /.../.")
        self.place += 1
        match token.kind:
            case "text":
                return _unquoted(token.text)
            case "number":
                return int(float(token.text))
            case "expression":
                return Expression(token.text, token.flags)
            case _:
                return {"true": True, "false": False, "undefined": None, "null": None}.get(
                    token.text, token.text
                )


def _unquoted(text: str) -> str:
    return re.sub(
        r"\\(u\{[0-9a-fA-F]{1,6}\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)",
        _unescaped,
        text[1:-1],
        flags=re.DOTALL,
    )


def _unescaped(match: re.Match[str]) -> str:
    code = match[1]
    if len(code) > 1:
        number = int(code[1:].strip("{}"), 16)
        return chr(number) if number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF else "\ufffd"
    return _ESCAPES.get(code, code)
