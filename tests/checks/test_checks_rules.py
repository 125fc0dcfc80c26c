"""Each rule: what it finds, what it leaves alone, and what its fix makes of it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bibtools.checks import RULES, Finding, apply_fixes, check_document, chosen_rules
from bibtools.checks.identifiers import isbn_fault, issn_fault
from bibtools.errors import UsageError
from bibtools.formats.bibtex import Document
from bibtools.formats.bibtex.dialects import dialect_of
from bibtools.workflows.check import mend


def check(text: str, *rules: str, dialect: str = "bibtex") -> list[Finding]:
    document = Document.parse(text.encode(), "a.bib")
    chosen = rules or None
    return list(check_document(document, "biblatex" if dialect == "biblatex" else "bibtex", chosen))


def field(name: str, value: str, *rules: str, type_: str = "misc") -> list[Finding]:
    return check(f"@{type_}{{k, {name} = {{{value}}}}}", *rules)


@pytest.mark.parametrize(
    ("rule", "name", "value", "fixed"),
    [
        pytest.param("doi", "doi", "https://doi.org/10.1000/ab", "10.1000/ab", id="doi-address"),
        pytest.param("doi", "doi", "doi: 10.1000/ab", "10.1000/ab", id="doi-label"),
        pytest.param("doi", "doi", "https://doi.org/10.1/%28a", None, id="doi-too-short"),
        pytest.param("doi", "doi", "0.1088/0957", None, id="doi-cut"),
        pytest.param("doi", "doi", "10.1000/a b", None, id="doi-blank"),
        pytest.param("pages", "pages", "12-34", "12--34", id="pages-hyphen"),
        pytest.param("pages", "pages", "12\N{EN DASH}34", "12--34", id="pages-dash"),
        pytest.param("pages", "pages", "12 -- 34", "12--34", id="pages-blanks"),
        pytest.param("pages", "pages", "1, 12-34", None, id="pages-several"),
        pytest.param("pages", "pages", "34--12", None, id="pages-backwards"),
        pytest.param("pages", "pages", "to appear", None, id="pages-words"),
        pytest.param("isbn", "isbn", "978-3-16-148410-1", None, id="isbn-check-digit"),
        pytest.param("isbn", "isbn", "0-7803-5897", None, id="isbn-cut"),
        pytest.param("issn", "issn", "0378-5956", None, id="issn-check-digit"),
        pytest.param("issn", "issn", "03785955", "0378-5955", id="issn-hyphen"),
        pytest.param("url", "url", r"\url{http://x.org/a_b}", "http://x.org/a_b", id="url-command"),
        pytest.param("url", "url", "x.org/a", None, id="url-no-scheme"),
        pytest.param("url", "url", "http://x.org; http://y.org", None, id="url-two"),
        pytest.param("url", "url", "http:/x.org", None, id="url-one-slash"),
        pytest.param("date", "year", "199x", None, id="year"),
        pytest.param("date", "year", "to appear", None, id="year-words"),
        pytest.param("date", "month", "13", None, id="month"),
        pytest.param("date", "urldate", "2024-02-30", None, id="day-that-is-not"),
        pytest.param("date", "urldate", "3.2.2024", None, id="date-order"),
        pytest.param("html", "title", "A &amp; B", r"A \& B", id="entity"),
        pytest.param("html", "title", r"A \&amp; B", r"A \& B", id="entity-escaped"),
        pytest.param("html", "title", "caf&eacute;", "café", id="entity-letter"),
        pytest.param("html", "title", "p &lt; 1", "p $<$ 1", id="entity-less"),
        pytest.param("html", "title", "H<sub>2</sub>O", r"H\textsubscript{2}O", id="tags"),
        pytest.param("html", "title", "<i>in vivo", None, id="tag-alone"),
        pytest.param("html", "abstract", "<jats:p>Text</jats:p>", None, id="tags-of-jats"),
        pytest.param("special", "title", "A & B", r"A \& B", id="ampersand"),
        pytest.param("special", "title", "100% a_b #1", r"100\% a\_b \#1", id="others"),
        pytest.param("special", "title", "$x_1$ a_b", r"$x_1$ a\_b", id="beside-a-formula"),
        pytest.param("special", "title", "costs $5 and 10%", None, id="lone-dollar"),
        pytest.param("capitals", "title", "A GPU for mRNA", "A {GPU} for {mRNA}", id="capitals"),
    ],
)
def test_found_and_fixed(rule: str, name: str, value: str, fixed: str | None) -> None:
    text = f"@misc{{k, {name} = {{{value}}}}}"
    found = check(text, rule)
    assert {finding.rule for finding in found} == {rule}
    assert found[0].line == 1
    mended = mend(text.encode(), "a.bib", "bibtex", [rule])
    expected = value if fixed is None else fixed
    assert mended.data.decode() == f"@misc{{k, {name} = {{{expected}}}}}"
    assert bool(mended.left) == (fixed is None)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("doi", r"10.1000/a\_b(c)<1:2>3.0.co;2-9", id="doi"),
        pytest.param("pages", "12--34, 7, A1--A9, xii--xv, 101+", id="pages"),
        pytest.param("pages", "e1234", id="pages-article-number"),
        pytest.param("pages", "1234--56", id="pages-shortened"),
        pytest.param("pages", "2-1", id="pages-of-a-part"),
        pytest.param("isbn", "978-3-16-148410-0, 0-306-40615-2", id="isbn"),
        pytest.param("isbn", "080442957X (pbk.)", id="isbn-note"),
        pytest.param("isbn", "978-2-8041-4660-3 2-8041-4660-X", id="isbn-blank"),
        pytest.param("issn", "0378-5955, 2434-561X", id="issn"),
        pytest.param("url", r"https://x.org/a\_b%20c#d", id="url"),
        pytest.param("url", "mailto:a@b.org", id="url-mail"),
        pytest.param("year", "{\\noopsort{a}}1991", id="year-sorted"),
        pytest.param("year", "2001/02", id="years"),
        pytest.param("month", "5", id="month"),
        pytest.param("urldate", "2024-03-17/2024-04", id="date-range"),
        pytest.param("title", r"A \& B, 5\% of $x_1 & y$, \url{a_b}", id="special"),
        pytest.param("title", "See https://x.org/a_b#c", id="address"),
        pytest.param("title", "The Cat in the Hat", id="title-case"),
        pytest.param("title", "THE CAT IN THE HAT", id="shouted"),
        pytest.param("title", r"{GPU}s and {\"U}ber {LSTMs}", id="braces"),
        pytest.param("title", "$p < q$ and a < b", id="less-than"),
        pytest.param("note", r"AT\&T; it said", id="no-entity"),
    ],
)
def test_left_alone(name: str, value: str) -> None:
    assert field(name, value) == []


def test_required_fields_by_dialect() -> None:
    text = "@article{k, author = {A}, title = {t}, date = {2020}, journaltitle = {J}}"
    assert [f.message for f in check(text, "required-field")] == [
        'The @article "k" has no "journal".',
        'The @article "k" has no "year".',
    ]
    assert check(text, "required-field", dialect="biblatex") == []
    assert [f.message for f in check("@online{k, title={t}}", dialect="biblatex")] == [
        'The @online "k" has no "author" or "editor".',
        'The @online "k" has no "year" or "date".',
        'The @online "k" has no "doi" or "eprint" or "url".',
    ]


@pytest.mark.parametrize(
    ("parent", "dialect", "missing"),
    [
        pytest.param("@proceedings{p, booktitle={B}, year=2}", "bibtex", 0, id="bibtex"),
        pytest.param("@proceedings{p, title={B}, year=2}", "bibtex", 1, id="no-booktitle"),
        pytest.param("@proceedings{p, title={B}, date={2020}}", "biblatex", 0, id="biblatex"),
        pytest.param("", "bibtex", 0, id="parent-elsewhere"),
        pytest.param("@proceedings{P, crossref={k}, title={B}}", "bibtex", 2, id="a-circle"),
    ],
)
def test_required_fields_are_inherited(parent: str, dialect: str, missing: int) -> None:
    child = "@inproceedings{k, author={A}, title={t}, crossref={p}}\n"
    found = check(child + parent, "required-field", dialect=dialect)
    assert sum('"k"' in finding.message for finding in found) == missing


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        pytest.param("@techreport{k, institution={I}, location={L}, year=1}", "bibtex", id="old"),
        pytest.param("@article{k, journaltitle={J}}", "biblatex", id="new"),
        pytest.param(
            "@misc{k, year=1}@comment{jabref-meta: databaseType:biblatex;}", "biblatex", id="jabref"
        ),
        pytest.param("", "bibtex", id="empty"),
    ],
)
def test_dialect(text: str, dialect: str) -> None:
    assert dialect_of(Document.parse(text.encode())) == dialect


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        pytest.param("eprint={2104.08821}, archiveprefix={arXiv}, year={2021}", [], id="fits"),
        pytest.param("eprint={2104.08821v3}, archiveprefix={arXiv}, year=2022", [], id="version"),
        pytest.param(
            "eprint={2104.08821}, archiveprefix={arXiv}, year=2019", ["arxiv-year"], id="too-early"
        ),
        pytest.param(
            "eprint={2104.08821}, eprinttype={arXiv}, journal={Birds}, year=2021",
            [],
            id="published",
        ),
        pytest.param(
            "eprint={2104.08821}, eprinttype={arXiv}, journal={Birds}, year=2018",
            ["arxiv-year"],
            id="published-long-before",
        ),
        pytest.param("eprint={2104.8821}, archiveprefix={arXiv}", ["arxiv"], id="no-id"),
        pytest.param("eprint={arXiv:2104.08821}", ["arxiv"], id="prefix"),
        pytest.param("eprint={hal-01234}, eprinttype={hal}", [], id="another-archive"),
        pytest.param("doi={10.48550/arXiv.2104.08821}, journal={Birds}", ["arxiv-doi"], id="doi"),
        pytest.param("doi={10.48550/arXiv.2104.08821}, journal={CoRR}", [], id="doi-of-preprint"),
    ],
)
def test_arxiv(text: str, rules: list[str]) -> None:
    found = check(f"@article{{k, {text}}}", "arxiv", "arxiv-year", "arxiv-doi")
    assert [finding.rule for finding in found] == rules


def test_what_the_reader_notices_has_a_rule() -> None:
    data = (
        b"@misc{k, n = {a} m = {b}}\n@misc{one, n = {a}, n = nix}\n@misc{One, n = {\xe9}}\n"
        b"@comment{@misc{c,n={x}}}\n"
    )
    found = check_document(Document.parse(data, "a.bib"))
    assert [(f.line, f.column, f.rule, f.severity) for f in found] == [
        (1, 17, "syntax", "error"),
        (2, 21, "duplicate-field", "warning"),
        (2, 25, "undefined-macro", "warning"),
        (3, 7, "duplicate-key", "error"),
        (3, 17, "encoding", "warning"),
        (4, 10, "inside-comment", "note"),
    ]


def test_places_are_in_characters() -> None:
    text = "@misc{é,\r\n  note = {é\r\n ü & b} # {c_d}}"
    assert [(f.line, f.column) for f in check(text, "special")] == [(3, 4), (3, 13)]


def test_a_fix_is_made_whole_or_not_at_all() -> None:
    text = "@misc{k, title = {<b>A<i>x</i></b> <i>GPU &amp; \u03b1</i> é & z}}"
    mended = mend(text.encode(), "a.bib")
    assert mended.data.decode() == (
        "@misc{k, title = {<b>A\\emph{x}</b> \\emph{GPU \\& \u03b1} é \\& z}}"
    )
    assert {finding.rule for finding in mended.left} == {"html"}


def test_latin1_stays_latin1() -> None:
    data = b"@misc{k, note = {\xe9 & caf&eacute; &alpha;}}"
    mended = mend(data, "a.bib", "bibtex", ["special", "html"])
    assert mended.data == b"@misc{k, note = {\xe9 \\& caf\xe9 &alpha;}}"


def test_quoted_and_joined_values() -> None:
    text = '@string{s="x"}@misc{k, doi = "doi:10.1000/a" # s, note = "A & &quot;B&quot;" # s}'
    mended = mend(text.encode(), "a.bib", "bibtex", ["doi", "special", "html"])
    assert mended.data.decode() == text.replace("A &", r"A \&").replace("&quot;", "''")


def test_choosing_rules() -> None:
    assert chosen_rules("doi, isbn", "isbn") == {"doi"}
    assert chosen_rules(None, "capitals") == RULES.keys() - {"capitals"}
    with pytest.raises(UsageError, match='no rule "dio"'):
        chosen_rules("dio", None)


@pytest.mark.parametrize(
    ("isbn", "good"),
    [
        ("0306406152", True),
        ("0-306-40615-3", False),
        ("080442957x", True),
        ("9783161484100", True),
        ("978\N{EN DASH}3161484109", False),
        ("1234567890123", False),
        ("", False),
        ("٠٣٠٦٤٠٦١٥٢", False),
    ],
)
def test_isbn(isbn: str, good: bool) -> None:
    assert (isbn_fault(isbn) is None) is good


@pytest.mark.parametrize(
    ("issn", "good"), [("0378-5955", True), ("2434-561X", True), ("0378-5956", False), ("1", False)]
)
def test_issn(issn: str, good: bool) -> None:
    assert (issn_fault(issn) is None) is good


NAMES = st.sampled_from("title author pages doi isbn issn url year month eprint abstract".split())
TEXT = st.text(st.sampled_from("aBC1 9-_&%#$<>/i;:.\\{}\"é\n'=,@"), max_size=30)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(NAMES, TEXT), max_size=5), st.booleans())
def test_any_text_is_checked_and_mended(rows: list[tuple[str, str]], latin1: bool) -> None:
    body = ", ".join(f"{name} = {{{value}}}" for name, value in rows)
    data = f"@article{{k, {body}}}\n@misc{{z, title = {{GPU}}}}".encode(
        "latin-1" if latin1 else "utf-8"
    )
    before = Document.parse(data).entries
    mended = mend(data, "a.bib")
    after = Document.parse(mended.data).entries
    assert [(e.key, list(e.fields)) for e in after] == [(e.key, list(e.fields)) for e in before]
    assert apply_fixes(mended.data, mended.left) == (mended.data, 0)
    assert all(finding.line and finding.column for finding in mended.left)


def test_long_values_take_no_time() -> None:
    text = "@misc{k, title = {" + "\\url[\\( &amp; <i> A_B $" * 800 + "}, pages = {" + "1" * 9000
    found = check(text + "}}")
    assert 0 < len(found) < 1000
