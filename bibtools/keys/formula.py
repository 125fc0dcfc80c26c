"""Formulas at work: checked once, then run on every entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bibtools.keys.drafts import Draft
from bibtools.keys.filters import FILTERS, NEEDS_MORE, UNSAFE, prepared
from bibtools.keys.folding import transliterate
from bibtools.keys.functions import FUNCTIONS, NEEDS_ZOTERO
from bibtools.keys.running import MARK, BadArgument, Function, Parameter, Run, Skip
from bibtools.keys.subject import FIELD_NAMES, Subject
from bibtools.keys.syntax import (
    Alternatives,
    Argument,
    Call,
    Condition,
    Either,
    Expression,
    FormulaError,
    Node,
    Sum,
    Text,
    Value,
    formula_error,
    parse_formula,
)
from bibtools.model import Entry

Work = Callable[[Run], str]
longest_key = 250
"""Characters; what a formula gives beyond them is cut."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that was understood."""

    text: str
    work: Work

    def draft(self, entry: Entry) -> Draft:
        """The key of the entry; `anon` or the arXiv ID when the formula gives nothing."""
        run = Run(Subject(entry))
        try:
            key = self.work(run)
        except Skip:
            key = ""
        before, mark, after = key.partition(MARK)
        language = run.subject.language
        before, after = (safe(part, language) for part in (before, after.replace(MARK, "")))
        if not before and not after:
            before = safe(f"arxiv{entry.arxiv.value}" if entry.arxiv is not None else "anon")
        return Draft(before, after if mark else "", run.numbering)


def safe(text: str, language: str = "") -> str:
    """The text in ASCII, without what may not stand in a key."""
    return UNSAFE.sub("", transliterate(text, language))[:longest_key]


@lru_cache(maxsize=64)
def compile_formula(text: str) -> Formula:
    """A formula ready to run. Raises `FormulaError` with the column of the fault."""
    return Formula(text, _Compiler(text).compile(parse_formula(text)))


def formula_of(text: str, tree: Node) -> Formula:
    """The formula of a tree that was made from `text` in another way."""
    return Formula(text, _Compiler(text).compile(tree))


class _Compiler:
    def __init__(self, text: str) -> None:
        self.text = text

    def fault(self, at: int, because: str, hint: str | None = None) -> FormulaError:
        return formula_error(self.text, at, because, hint)

    def compile(self, node: Node) -> Work:
        match node:
            case Text(text):
                return lambda _run: text
            case Call():
                return self.call(node)
            case Sum(parts):
                return _sum([self.compile(part) for part in parts])
            case Alternatives(options):
                return _alternatives([self.compile(option) for option in options])
            case Either(sign, left, right):
                return _either(sign, self.compile(left), self.compile(right))
            case Condition(test, then, otherwise):
                return _condition(
                    self.compile(test),
                    self.compile(then),
                    self.compile(otherwise),
                    asks=_only_asks(test),
                )

    def call(self, node: Call) -> Work:
        name = node.name.lower()
        if node.of is not None:
            function = self.known(node, FILTERS, NEEDS_MORE, "filter")
            before, filtering = self.compile(node.of), self.bound(node, name, function)
            work = function.work
            if function.asks_run:
                return lambda run: work(run, before(run), *filtering)
            if not filtering:
                return lambda run: work(before(run))
            return lambda run: work(before(run), *filtering)
        if node.name[:1].isupper():
            return self.field(node)
        function = self.known(node, FUNCTIONS, NEEDS_ZOTERO, "function")
        told = self.bound(node, name, function)
        working = function.work
        if not told:
            return working
        return lambda run: working(run, *told)

    def field(self, node: Call) -> Work:
        name = node.name.lower()
        if name not in FIELD_NAMES:
            raise self.fault(
                node.at,
                f'Zotero has no field "{node.name}".',
                _nearest(node.name, FIELD_NAMES, FUNCTIONS),
            )
        if node.called:
            raise self.fault(node.at, f'"{node.name}" is a field and takes no arguments.')
        return lambda run: run.subject.field(name)

    def known(
        self, node: Call, table: Mapping[str, Function], missing: Mapping[str, str], kind: str
    ) -> Function:
        name = node.name.lower()
        if name in table:
            return table[name]
        if name in missing:
            raise self.fault(node.at, f'"{node.name}" {missing[name]}; bibtools has none.')
        hint = _nearest(node.name, table)
        if kind == "function" and (name in FILTERS or name == "len"):
            hint = f'"{node.name}" is a filter; write it behind a dot: auth.{node.name}.'
        raise self.fault(node.at, f'there is no {kind} "{node.name}".', hint)

    def bound(self, node: Call, name: str, function: Function) -> tuple[object, ...]:
        """The values for the parameters, in their order."""
        if function.rest is not None:
            rest = function.rest
            return tuple(self.value(node, name, rest, argument) for argument in node.arguments)
        values: dict[str, object] = {}
        known = {parameter.name.lower(): parameter for parameter in function.parameters}
        for place, argument in enumerate(node.arguments):
            if argument.name is not None and argument.name not in known:
                if name.startswith("auth") and argument.name == "clean":
                    continue  # Better BibTeX has given it up and still accepts it.
                raise self.fault(
                    argument.at,
                    f'"{node.name}" knows no "{argument.name}".',
                    _takes(node.name, function.parameters),
                )
            if argument.name is None and place >= len(function.parameters):
                raise self.fault(
                    argument.at,
                    f'"{node.name}" takes {_count(len(function.parameters))}.',
                    _takes(node.name, function.parameters),
                )
            parameter = (
                function.parameters[place] if argument.name is None else known[argument.name]
            )
            if parameter.name in values:
                raise self.fault(argument.at, f'"{parameter.name}" is given twice.')
            values[parameter.name] = self.value(node, name, parameter, argument)
        for parameter in function.parameters:
            if parameter.name not in values:
                if parameter.required:
                    raise self.fault(
                        node.at,
                        f'"{node.name}" needs to be told "{parameter.name}".',
                        _takes(node.name, function.parameters),
                    )
                values[parameter.name] = parameter.default
        return tuple(values[parameter.name] for parameter in function.parameters)

    def value(self, node: Call, name: str, parameter: Parameter, argument: Argument) -> object:
        value = argument.value
        if value is None and not parameter.required:
            return parameter.default
        kind = _kind(value)
        if kind == "number" and parameter.kinds == "text":
            value, kind = str(value), "text"
        if kind not in parameter.kinds.split():
            wanted = parameter.kinds.replace(" none", "").replace(" ", " or ")
            raise self.fault(
                argument.at, f'"{parameter.name}" of "{node.name}" is a {wanted}, not a {kind}.'
            )
        try:
            if parameter.check is not None:
                parameter.check(value)
            return prepared(name, parameter, value)
        except BadArgument as bad:
            raise self.fault(argument.at, str(bad)) from None


def _kind(value: Value) -> str:
    match value:
        case bool():
            return "flag"
        case int():
            return "number"
        case str():
            return "text"
        case Expression():
            return "expression"
        case tuple():
            return "list"
        case None:
            return "none"


def _takes(name: str, parameters: Sequence[Parameter]) -> str:
    if not parameters:
        return f"Write {name} alone."
    told = ", ".join(
        parameter.name if parameter.required else f"{parameter.name}={_shown(parameter.default)}"
        for parameter in parameters
    )
    return f"It is {name}({told})."


def _shown(value: Value) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else repr(value)


def _count(number: int) -> str:
    return f"{number or 'no'} argument{'' if number == 1 else 's'}"


def _nearest(name: str, *tables: Mapping[str, object] | frozenset[str]) -> str | None:
    import difflib

    near = difflib.get_close_matches(name.lower(), [one for table in tables for one in table], 3)
    return f"Do you mean {' or '.join(near)}?" if near else None


def _sum(parts: Sequence[Work]) -> Work:
    return lambda run: "".join([part(run) for part in parts])


def _alternatives(options: Sequence[Work]) -> Work:
    def work(run: Run) -> str:
        skipped = 0
        for option in options:
            run.name_template = "%(f)s"
            try:
                text = option(run)
            except Skip:
                skipped += 1
                continue
            if text:
                return text
        if skipped == len(options):
            raise Skip
        return ""

    return work


def _either(sign: str, left: Work, right: Work) -> Work:
    if sign == "||":
        return lambda run: left(run) or right(run)
    return lambda run: right(run) if left(run) else ""


def _condition(test: Work, then: Work, otherwise: Work, *, asks: bool) -> Work:
    def work(run: Run) -> str:
        try:
            holds = bool(test(run)) or asks
        except Skip:
            holds = False
        return then(run) if holds else otherwise(run)

    return work


_QUESTIONS = frozenset({"type", "language", "len", "match", "creatortypes"})


def _only_asks(node: Node) -> bool:
    """Whether a test prints nothing: then it holds when it does not skip."""
    return isinstance(node, Call) and node.name.lower() in _QUESTIONS and node.called
