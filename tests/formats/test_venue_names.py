"""Names of journals and meetings in one style."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.errors import ConfigError
from bibtools.formats.bibtex import Document
from bibtools.formats.venue_names import VenueName, VenueTable, known_names, read_rows, restyle
from bibtools.formats.venue_names.iso4 import Abbreviate, abbreviator
from bibtools.formats.venue_names.restyling import VenueStyle


def in_style(text: str, style: VenueStyle, table: VenueTable | None = None) -> str:
    done = restyle(Document.parse(text.encode(), "x.bib"), style, table or known_names(), by_hand)
    return done.data.decode()


def by_hand() -> Abbreviate:
    """Abbreviates word by word, so that the tests of the file need no package."""
    return lambda name: " ".join(
        f"{word[:3] if len(word) > 3 else word[:2]}." for word in name.split()
    )


def article(journal: str) -> str:
    return f"@article{{a, journal = {{{journal}}}, year = 2020}}\n"


def meeting(booktitle: str) -> str:
    return f"@inproceedings{{a, booktitle = {{{booktitle}}}, year = 2020}}\n"


JMLR = "Journal of Machine Learning Research"
EMNLP = "Conference on Empirical Methods in Natural Language Processing"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(article("J. Mach. Learn. Res."), article(JMLR), id="abbreviated"),
        pytest.param(article("JMLR"), article(JMLR), id="as everybody calls it"),
        pytest.param(article("journal of machine learning research"),
                     article("journal of machine learning research"),
                     id="the case of a full name is the user's"),
        pytest.param(article("A\\&A"), article("Astronomy \\& Astrophysics"), id="ampersand"),
        pytest.param(article("\\apj"), article("The Astrophysical Journal"), id="command"),
        pytest.param(article("{\\jqsrt}"), article(
            "Journal of Quantitative Spectroscopy and Radiative Transfer"), id="command in braces"),
        pytest.param(article("\\foo"), article("\\foo"), id="unknown command: stays"),
        pytest.param(article("J. Foo Bar."), article("J. Foo Bar."), id="unknown: stays"),
        pytest.param(article("arXiv preprint arXiv:2104.08821"),
                     article("arXiv preprint arXiv:2104.08821"), id="arXiv is no journal"),
        pytest.param(meeting("EMNLP"), meeting(f"{EMNLP} (EMNLP)"), id="acronym"),
        pytest.param(meeting("EMNLP'21"), meeting(f"{EMNLP} (EMNLP 2021)"), id="two digits"),
        pytest.param(meeting("In Proceedings of the EMNLP 2021"),
                     meeting(f"{EMNLP} (EMNLP 2021)"), id="proceedings of the"),
        pytest.param(meeting("EMNLP Findings"), meeting("EMNLP Findings"), id="another volume"),
        pytest.param("@book{a, booktitle = {EMNLP}}\n", "@book{a, booktitle = {EMNLP}}\n",
                     id="the title of a book is none of ours"),
        pytest.param("@comment{@article{a, journal = {JMLR}}}\n",
                     "@comment{@article{a, journal = {JMLR}}}\n", id="inside a comment"),
    ],
)  # fmt: skip
def test_written_out_when_the_table_knows_it(before: str, after: str) -> None:
    assert in_style(before, "full") == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(JMLR, "J. Mach. Learn. Res.", id="from the table"),
        pytest.param("JMLR", "J. Mach. Learn. Res.", id="from another short name"),
        pytest.param("\\mnras", "Mon. Not. R. Astron. Soc.", id="command of AASTeX"),
        pytest.param("Zeitschrift f{\\\"u}r Physik", "Zei. fü. Phy.", id="by rule"),
        pytest.param("Nature", "Nature", id="one word"),
        pytest.param("Gut", "Gut", id="one word, unknown"),
        pytest.param("Z. Phys.", "Z. Phys.", id="abbreviated already"),
    ],
)  # fmt: skip
def test_abbreviated(before: str, after: str) -> None:
    assert in_style(article(before), "iso4") == article(after)


def test_macros_are_defined_once_above_the_first_entry() -> None:
    text = "% mine\n" + article("JMLR") + article(JMLR).replace("{a,", "{b,") + article("Rare One")
    assert in_style(text, "strings") == (
        "% mine\n"
        f"@string{{jmlr = {{{JMLR}}}}}\n"
        "@article{a, journal = jmlr, year = 2020}\n"
        "@article{b, journal = jmlr, year = 2020}\n"
        "@article{a, journal = {Rare One}, year = 2020}\n"
    )


def test_a_macro_that_is_there_is_used_and_its_name_is_not_taken_again() -> None:
    text = (
        f'@string{{mine = "{JMLR}"}}\n@string{{tacl = "something else"}}\n'
        + article(JMLR)
        + article("Transactions of the Association for Computational Linguistics")
    )
    assert in_style(text, "strings") == (
        f'@string{{mine = "{JMLR}"}}\n@string{{tacl = "something else"}}\n'
        "@string{tacl-2 = {Transactions of the Association for Computational Linguistics}}\n"
        "@article{a, journal = mine, year = 2020}\n"
        "@article{a, journal = tacl-2, year = 2020}\n"
    )


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(
            f'@string{{jmlr = "{JMLR}"}}\n@string{{jmlr = "Third"}}\n', id="defined twice"
        ),
        pytest.param("@article{x, journal = jmlr}\n", id="the style's own"),
    ],
)
def test_a_macro_that_means_something_else_is_not_used(head: str) -> None:
    text = in_style(head + article(JMLR), "strings")
    assert f"@string{{jmlr-2 = {{{JMLR}}}}}" in text
    assert text.endswith("@article{a, journal = jmlr-2, year = 2020}\n")


def test_where_a_meeting_was_is_not_abbreviated() -> None:
    name = "Conference on Boats and Kites, Rio de Janeiro, 2020"
    text = in_style(meeting(name), "iso4")
    assert text == meeting("Con. on. Boa. an. Kit., Rio de Janeiro, 2020")


@given(
    st.lists(
        st.sampled_from([JMLR, "JMLR", "Nature", "A. B. C.", "EMNLP 2020", "Foo of Bar", "{X}"]),
        max_size=6,
    ),
    st.sampled_from(["full", "iso4", "strings"]),
)
def test_a_second_run_changes_nothing(names: list[str], style: VenueStyle) -> None:
    text = "".join(article(name).replace("{a,", f"{{a{n},") for n, name in enumerate(names))
    once = in_style(text, style)
    assert in_style(once, style) == once


def test_what_is_not_known_is_told_with_its_place() -> None:
    done = restyle(
        Document.parse(("\n" + article("J. Foo Bar.")).encode(), "x.bib"), "full", known_names()
    )
    assert [(one.line, one.rule) for one in done.notices] == [(2, "venue-names.unknown")]


def test_a_short_name_of_two_journals_means_neither() -> None:
    table = VenueTable.of([VenueName("Pattern One", "", "pr"), VenueName("Pattern Two", "", "pr")])
    assert table.recognise("PR") is None
    found = table.recognise("the pattern one")
    assert found is not None
    assert found.venue.full == "Pattern One"


def test_rows_of_the_user_come_first() -> None:
    rows, notices = read_rows(
        b"full,abbreviation,macro\r\n# mine\r\nJournal of Foo,J. Foo,jfoo\r\nNo Macro\r\n"
        b",J. None,\r\nBad Macro,,a b\r\nNature,Nat.,nature\r\n",
        "journals.csv",
    )
    assert rows == [
        VenueName("Journal of Foo", "J. Foo", "jfoo"),
        VenueName("No Macro"),
        VenueName("Nature", "Nat.", "nature"),
    ]
    assert [one.line for one in notices] == [5, 6]
    table = known_names().with_rows(rows)
    assert in_style(article("Nature"), "iso4", table) == article("Nat.")
    assert in_style(article("J. Foo"), "full", table) == article("Journal of Foo")


def test_every_known_name_is_found_by_its_forms() -> None:
    table = known_names()
    meant = {
        form: found and found.venue
        for venue in table.venues
        for form in (venue.full, venue.short, venue.acronym, *venue.names)
        if form
        for found in [table.recognise(form)]
        if found is None or found.venue is not venue
    }
    assert meant == {}


def test_without_the_package_a_sentence_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr("importlib.import_module", missing)
    with pytest.raises(ConfigError, match="pyiso4"):
        abbreviator()


@pytest.fixture(scope="module")
def by_the_rules() -> Abbreviate:
    """Read once: it is a list of fifty thousand words."""
    pytest.importorskip("pyiso4", reason="the extra `journals` is not installed")
    return abbreviator()


def test_the_table_abbreviates_as_the_rules_do(by_the_rules: Abbreviate) -> None:
    rows = [venue for venue in known_names().venues if venue.short]
    differ = {
        (venue.short, short)
        for venue in rows
        if (short := by_the_rules(venue.full)) is not None and short.lower() != venue.short.lower()
    }
    assert differ == set()


@pytest.mark.parametrize("style", ["full", "iso4"])
def test_a_command_that_nobody_knows_is_told(style: VenueStyle) -> None:
    document = Document.parse(article("\\foo").encode(), "x.bib")
    done = restyle(document, style, known_names(), by_hand)
    assert done.data == article("\\foo").encode()
    assert [one.message for one in done.notices] == [
        'journal of "a" stays: nobody says what "\\foo" is in full.'
    ]


def test_what_the_rules_cannot_abbreviate_stays_and_is_told() -> None:
    document = Document.parse(article("Journal of Control").encode(), "x.bib")
    done = restyle(document, "iso4", known_names(), lambda: lambda name: None)
    assert done.data == article("Journal of Control").encode()
    assert [one.rule for one in done.notices] == ["venue-names.unknown"]


@pytest.mark.parametrize(
    ("name", "short"),
    [
        pytest.param("Control Engineering Practice", "Control Eng. Pract.", id="no letter less"),
        pytest.param("Physical Review E", "Phys. Rev. E", id="letter of a section"),
        pytest.param("Journal of Foo (JF)", "J. Foo (JF)", id="acronym in brackets"),
        pytest.param("INFORMS Journal on Computing", "INFORMS J. Comput.", id="a name in capitals"),
        pytest.param("Omega-International Journal", "Omega-Int. J.", id="a hyphen"),
        pytest.param("Gut", "Gut", id="one word"),
        pytest.param("Journal of Control", None, id="what the package cannot do"),
    ],
)
def test_the_rules_of_the_package(by_the_rules: Abbreviate, name: str, short: str | None) -> None:
    assert by_the_rules(name) == short
