"""Formulas for citation keys: what is read, and what is refused with its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.errors import UsageError
from bibtools.keys.formula import compile_formula
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
    parse_formula,
)


def call(name: str, at: int, *arguments: Argument, of: Node | None = None) -> Call:
    return Call(name, arguments, at, of, called=bool(arguments))


@pytest.mark.parametrize(
    ("formula", "tree"),
    [
        pytest.param("year", call("year", 0), id="name"),
        pytest.param(" 'a' ", Text("a", 1), id="text"),
        pytest.param(r'"\"\u0041\n"', Text('"A\n', 0), id="escapes"),
        pytest.param("auth.lower", call("lower", 5, of=call("auth", 0)), id="filter"),
        pytest.param(
            "a.b.c", call("c", 4, of=call("b", 2, of=call("a", 0))), id="chain-of-filters"
        ),
        pytest.param("a + 'b'", Sum((call("a", 0), Text("b", 4)), 0), id="sum"),
        pytest.param("a()", Call("a", (), 0, None, called=True), id="empty-brackets"),
        pytest.param(
            "a(1, -2, x, 'y', true, undefined)",
            call(
                "a",
                0,
                Argument(None, 1, 2),
                Argument(None, -2, 5),
                Argument(None, "x", 9),
                Argument(None, "y", 12),
                Argument(None, True, 17),
                Argument(None, None, 23),
            ),
            id="positional",
        ),
        pytest.param(
            'a(1, n=2, s="*")',
            call("a", 0, Argument(None, 1, 2), Argument("n", 2, 5), Argument("s", "*", 10)),
            id="named",
        ),
        pytest.param(
            "a(/[/)]x/gi)", call("a", 0, Argument(None, Expression("[/)]x", "gi"), 2)), id="regex"
        ),
        pytest.param(
            "a([1, ['b', c]])", call("a", 0, Argument(None, (1, ("b", "c")), 2)), id="lists"
        ),
        pytest.param("a | b", Alternatives((call("a", 0), call("b", 4)), 0), id="alternatives"),
        pytest.param("a;\nb;", Alternatives((call("a", 0), call("b", 3)), 0), id="semicolons"),
        pytest.param("(a, b)", Alternatives((call("a", 1), call("b", 4)), 1), id="comma"),
        pytest.param(
            "a || b && c",
            Either("||", call("a", 0), Either("&&", call("b", 5), call("c", 10), 5), 0),
            id="precedence",
        ),
        pytest.param(
            "a ? b : c", Condition(call("a", 0), call("b", 4), call("c", 8), 0), id="condition"
        ),
        pytest.param(
            "(a + b).c", call("c", 8, of=Sum((call("a", 1), call("b", 5)), 1)), id="filter-of-sum"
        ),
        pytest.param(
            "a + len + b",
            Sum((call("len", 4, of=call("a", 0)), call("b", 10)), 0),
            id="len-tests-what-stands-before",
        ),
        pytest.param(
            "a > 3",
            call("len", 2, Argument(None, ">", 2), Argument(None, 3, 4), of=call("a", 0)),
            id="comparison",
        ),
    ],
)
def test_trees(formula: str, tree: Node) -> None:
    assert parse_formula(formula) == tree


@pytest.mark.parametrize(
    ("formula", "column", "because"),
    [
        pytest.param("", 1, "something to print was expected", id="empty"),
        pytest.param("auth +", 7, "something to print was expected", id="sum-without-end"),
        pytest.param("auth year", 6, '"year" was not expected', id="missing-plus"),
        pytest.param("auth.(x)", 6, "a filter was expected", id="dot-without-name"),
        pytest.param("auth(", 5, "not closed", id="open-call"),
        pytest.param("a + (b", 5, "not closed", id="open-bracket"),
        pytest.param("a)", 2, '")" was not expected', id="stray-bracket"),
        pytest.param("a + 'b", 5, "has no end", id="open-text"),
        pytest.param("a & b", 3, '"&" means nothing', id="no-such-sign"),
        pytest.param("auth + 1", 8, "write it as a text", id="number-as-part"),
        pytest.param("a > b", 5, "compared with a number", id="comparison-without-number"),
        pytest.param("a ? b", 6, '":" was expected', id="condition-without-else"),
        pytest.param("/x/ + a", 1, "stands only in brackets", id="stray-regex"),
        pytest.param("auth(n=1, 2)", 11, 'cannot follow "n="', id="positional-after-named"),
        pytest.param("auth + foo", 8, 'no function "foo"', id="unknown-function"),
        pytest.param("auth.foo", 6, 'no filter "foo"', id="unknown-filter"),
        pytest.param("Nonsense", 1, 'no field "Nonsense"', id="unknown-field"),
        pytest.param("Title(1)", 1, "takes no arguments", id="field-with-arguments"),
        pytest.param("auth(x=1)", 6, 'knows no "x"', id="unknown-argument"),
        pytest.param("auth(1, m=1, m=2)", 14, "given twice", id="argument-twice"),
        pytest.param("year(1)", 6, "takes no arguments", id="too-many-arguments"),
        pytest.param("auth(n='x')", 6, "is a number, not a text", id="wrong-kind"),
        pytest.param("auth(creator=dog)", 6, "no kind of creator", id="wrong-creator"),
        pytest.param("auth.prefix", 6, 'needs to be told "prefix"', id="argument-missing"),
        pytest.param("auth.len('~', 1)", 10, "compared by", id="wrong-comparison"),
        pytest.param("type(boook)", 6, "no type of item", id="wrong-type"),
        pytest.param("postfix('x')", 9, "exactly one place", id="mark-without-place"),
        pytest.param("postfix('%(a)s%(n)s')", 9, "exactly one place", id="mark-with-two"),
        pytest.param("auth.replace(/(/, 'x')", 14, "cannot be read", id="bad-expression"),
        pytest.param("auth.replace('', 'x')", 14, "nothing to look for", id="empty-expression"),
        pytest.param("auth.fold(klingon)", 11, "no language", id="unknown-language"),
        pytest.param("auth.fold(chinese)", 11, "dictionary of readings", id="chinese"),
        pytest.param("inspireHep", 1, "over the network", id="needs-network"),
        pytest.param("auth.jieba", 6, "dictionary of Chinese words", id="needs-dictionary"),
        pytest.param("creators(name='%(x)s')", 10, "%(f)s (family)", id="bad-name-template"),
        pytest.param("(" * 200 + "a", 41, "nested too deep", id="deep"),
        pytest.param("a?" * 200 + "a", 81, "nested too deep", id="deep-conditions"),
        pytest.param("year +\n auth.lowr", 7, "line 2, column 7", id="second-line"),
    ],
)
def test_what_is_refused(formula: str, column: int, because: str) -> None:
    with pytest.raises(FormulaError) as caught:
        compile_formula(formula)
    first, *_, caret = caught.value.message.split("\n")
    assert because in first
    assert f"column {column}:" in first
    assert caret.rstrip()[-1] == "^"
    shown = caught.value.message.split("\n")[1]
    assert len(caret) <= len(shown) + 1


def test_the_caret_stands_under_the_fault() -> None:
    with pytest.raises(FormulaError) as caught:
        compile_formula("auth.lower + yaer")
    assert caught.value.message == (
        'The key pattern cannot be read at column 14: there is no function "yaer".\n'
        "  auth.lower + yaer\n"
        "               ^"
    )
    assert caught.value.hint == "Do you mean year?"
    assert caught.value.exit_code == 2


def test_the_hint_says_what_a_function_takes() -> None:
    with pytest.raises(FormulaError) as caught:
        compile_formula("shorttitle(1, 2, 3)")
    assert caught.value.hint == "It is shorttitle(n=3, m=0)."


def test_a_formula_longer_than_any_is_refused() -> None:
    with pytest.raises(UsageError, match="20001 characters"):
        compile_formula("+" * 20_001)


@given(
    st.text(
        alphabet=st.sampled_from([*"auth.lower+shorttitle(3,3)|year;'\"/[]{}=<>?:!&\\ \n0-9é"]),
        max_size=40,
    )
)
def test_any_text_is_read_or_refused(formula: str) -> None:
    try:
        compile_formula(formula)
    except UsageError as refused:
        assert refused.message.endswith("^") or "characters" in refused.message


_parts = st.recursive(
    st.sampled_from(["auth", "year", "title", "'x'", "shorttitle(2,1)", "Title"]),
    lambda part: st.one_of(
        st.tuples(part, st.sampled_from(["lower", "fold", "len('>', 1)", "condense(_)"]))
        .map(".".join)
        .map(lambda text: text if "+" not in text else f"({text})"),
        st.tuples(part, part).map(lambda two: f"({two[0]} + {two[1]})"),
        st.tuples(part, part).map(lambda two: f"({two[0]} || {two[1]})"),
        st.tuples(part, part).map(lambda two: f"({two[0]} | {two[1]})"),
        st.tuples(part, part, part).map(lambda all_: "({} ? {} : {})".format(*all_)),
    ),
    max_leaves=8,
)


@given(_parts)
def test_what_the_grammar_makes_is_read(formula: str) -> None:
    compile_formula(formula)
