"""Questions as they are typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.searching.query import FIELDS, Atom, Clause, field_named, parse_query


def brief(clause: Clause) -> str:
    def one(atom: Atom) -> str:
        if atom.field == "year":
            return f"year {atom.low}-{atom.high}"
        if not atom.is_text:
            return f"{atom.field}={atom.value}"
        text = " ".join(atom.words) + ("*" if atom.prefix else "")
        text = f'"{text}"' if atom.phrase else text
        return f"{atom.field}:{text}" if atom.field else text

    return ("-" if clause.negated else "") + "|".join(map(one, clause.atoms))


GOOD = [
    pytest.param("gao simcse", ["gao", "simcse*"], id="the last word may go on"),
    pytest.param("gao simcse ", ["gao", "simcse"], id="but not behind a blank"),
    pytest.param('"sentence embeddings"', ['"sentence embeddings"'], id="phrase"),
    pytest.param("contrastive -survey x", ["contrastive", "-survey", "x*"], id="minus"),
    pytest.param("contrastive NOT survey x", ["contrastive", "-survey", "x*"], id="NOT"),
    pytest.param("gao -survey", ["gao", "-survey"], id="no beginning of what is not wanted"),
    pytest.param("author:Gao", ["author:gao*"], id="field"),
    pytest.param('title:"deep learning" x', ['title:"deep learning"', "x*"], id="field, phrase"),
    pytest.param('-title:"deep nets" x', ['-title:"deep nets"', "x*"], id="not a phrase there"),
    pytest.param("au:gao ti:bert", ["author:gao", "title:bert*"], id="other names of fields"),
    pytest.param("bert|roberta x", ["bert|roberta", "x*"], id="or"),
    pytest.param("bert OR roberta x", ["bert|roberta", "x*"], id="OR"),
    pytest.param("bert | roberta", ["bert|roberta*"], id="or with blanks"),
    pytest.param("year:2021", ["year 2021-2021"], id="year"),
    pytest.param("year:2020..2023", ["year 2020-2023"], id="years"),
    pytest.param("year:2020-2023", ["year 2020-2023"], id="years, hyphen"),
    pytest.param("year:2020..", ["year 2020-9999"], id="years from"),
    pytest.param("year:..2020", ["year 0-2020"], id="years up to"),
    pytest.param("year:>=2020 y:<2023", ["year 2020-9999", "year 0-2022"], id="years compared"),
    pytest.param("has:code with:doi", ["has=code", "has=doi"], id="has"),
    pytest.param("category:cs.CL", ["category=cs.cl"], id="category"),
    pytest.param("arxiv:2104.08821v2", ["arxiv=2104.08821"], id="arXiv ID with version"),
    pytest.param("arXiv:2104.08821", ["arxiv=2104.08821"], id="arXiv ID as printed"),
    pytest.param("2104.08821", ["arxiv=2104.08821"], id="bare arXiv ID"),
    pytest.param("10.1000/XYZ", ["doi=10.1000/xyz"], id="bare DOI"),
    pytest.param("id:hep-th/9901001", ["arxiv=hep-th/9901001"], id="id is an arXiv ID"),
    pytest.param("id:pmid:123", ["id=pmid:123"], id="id is another one"),
    pytest.param("https://doi.org/10.1000/1", ["doi=10.1000/1"], id="address of a DOI"),
    pytest.param("type:@article", ["type=article"], id="type as in a .bib"),
    pytest.param("key:gao2021", ["key=gao2021"], id="key"),
    pytest.param("transf* net", ["transf*", "net*"], id="star"),
    pytest.param("Müller Łódź", ["muller", "lodz*"], id="accents"),
    pytest.param("BERT: pre-training", ["bert", "pre training*"], id="a title with a colon"),
    pytest.param("深度学习 x", ["深度 度学 学习", "x*"], id="no blanks"),
    pytest.param("", [], id="nothing"),
    pytest.param("  \t\n ", [], id="blanks"),
]


@pytest.mark.parametrize(("text", "expected"), GOOD)
def test_a_question_is_read(text: str, expected: list[str]) -> None:
    query = parse_query(text)
    assert [brief(one) for one in query.clauses] == expected
    assert query.notices == ()


def test_no_prefix_takes_the_last_word_as_it_is() -> None:
    assert [brief(one) for one in parse_query("gao sim", prefix=False).clauses] == ["gao", "sim"]


BAD = [
    pytest.param(
        "gao foo:bar",
        ["gao", "foo bar*"],
        ['question:5: "foo" is no field; it was searched as a word.'],
        id="unknown field",
    ),
    pytest.param(
        'gao "deep nets',
        ["gao", '"deep nets"'],
        ["question:5: This quotation mark has no partner."],
        id="open quotation",
    ),
    pytest.param(
        "gao year:then",
        ["gao"],
        ['question:5: "year:then" is no year and was left out.'],
        id="no year",
    ),
    pytest.param(
        "gao year:20212022",
        ["gao"],
        ['question:5: "year:20212022" is no year and was left out.'],
        id="too many digits",
    ),
    pytest.param(
        "gao year:>2020..2021",
        ["gao"],
        ['question:5: "year:>2020..2021" is no year and was left out.'],
        id="two ways at once",
    ),
    pytest.param(
        "year:2023..2020",
        ["year 2023-2020"],
        ['question:1: "year:2023..2020" begins behind its end; nothing is of such years.'],
        id="years backwards",
    ),
    pytest.param(
        "gao has:money",
        ["gao"],
        ['question:5: "has:money" has no meaning and was left out.'],
        id="has what",
    ),
    pytest.param(
        "gao | ", ["gao"], ['question:4: Nothing stands behind this "|".'], id="or at the end"
    ),
    pytest.param("|gao", ["gao*"], ['question:1: Nothing stands before this "|".'], id="or first"),
    pytest.param(
        "gao NOT",
        ["gao"],
        ["question:5: Nothing stands behind this sign of negation."],
        id="not what",
    ),
    pytest.param(
        "gao !!!",
        ["gao"],
        ['question:5: "!!!" has no letter or digit to search for.'],
        id="no letters",
    ),
]


@pytest.mark.parametrize(("text", "expected", "told"), BAD)
def test_what_cannot_be_read_is_told_with_its_column(
    text: str, expected: list[str], told: list[str]
) -> None:
    query = parse_query(text)
    assert [brief(one) for one in query.clauses] == expected
    assert [str(one).split("\n")[0].replace("question:", "question:", 1) for one in query.notices]
    assert [f"question:{one.column}: {one.message}" for one in query.notices] == told


@given(
    st.text(
        alphabet=st.sampled_from('ab "-|:.<>=*NOTOR\\year:has:2020\u00e9\u6df1\x00'), max_size=40
    )
)
def test_any_text_is_a_question(text: str) -> None:
    query = parse_query(text)
    assert query.text == text
    for clause in query.clauses:
        assert clause.atoms
        assert all(atom.words or not atom.is_text for atom in clause.atoms)


def test_every_field_is_known_by_all_its_names() -> None:
    names = [name for field, others in FIELDS.items() for name in (field, *others)]
    assert len(names) == len(set(names))
    assert {field_named(name.upper()) for name in names} == set(FIELDS)
    assert field_named("colour") is None


def test_a_very_long_question_is_cut() -> None:
    query = parse_query("word " * 100_000)
    assert len(query.clauses) == 200
    assert [one.message for one in query.notices] == ["Only the first 200 words were searched."]
