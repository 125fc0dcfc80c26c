"""Patterns in square brackets: JabRef's, and Better BibTeX's older ones."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bibtools.errors import UsageError
from bibtools.keys import make_key, understood
from bibtools.keys.brackets import is_better_bibtex
from bibtools.keys.jabref import JabRefPattern
from bibtools.model import Doi, Entry, Name, PartialDate

PAPER = Entry(
    type="article-journal",
    title="The Growth of {Towns}: Notes on a Well-Known Map",
    authors=(Name("Köster", "Ida M.", "van"), Name("Óback", "Bo"), Name("Rey", "C.")),
    date=PartialDate(2018, 3),
    venue="Annals of Maps",
    doi=Doi("10.1/x"),
    fields={"page": "iv--12,90", "keyword": "one, two words, three", "volume": "5"},
    creators={"editor": (Name("Editz", "Q"), Name("Redd", "R"))},
    extra={"entrytype": "inproceedings", "owner": "me"},
)
NOBODY = replace(PAPER, authors=(), creators={})


def of(count: int, *, more: bool = False) -> Entry:
    names = "Adams Baker Clark Davis Evans".split()
    people = tuple(Name(name, "X") for name in names[:count])
    return replace(PAPER, authors=people, authors_truncated=more)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        pytest.param("[auth][year]", "Koester2018", id="default"),
        pytest.param("[authFirstFull]", "vanKoester", id="with-particle"),
        pytest.param("[auth3]", "Koe", id="letters-of-the-first"),
        pytest.param("[auth2_2]", "Ob", id="letters-of-the-second"),
        pytest.param("[auth2_9]", "anon", id="letters-of-nobody"),
        pytest.param("[authForeIni][authorLastForeIni]", "IC", id="initials"),
        pytest.param("[authors]", "KoesterObackRey", id="authors"),
        pytest.param("[authors2]", "KoesterObackEtAl", id="authors-2"),
        pytest.param("[authorLast]", "Rey", id="last"),
        pytest.param("[authorIni]", "KoestOR", id="authorIni"),
        pytest.param("[authIni4]", "KoOR", id="authIni"),
        pytest.param("[auth.auth.ea]", "Koester.Oback.ea", id="ea"),
        pytest.param("[auth.etal]", "Koester.etal", id="etal"),
        pytest.param("[authEtAl]", "KoesterEtAl", id="EtAl"),
        pytest.param("[authshort]", "KOR", id="short"),
        pytest.param("[authorsAlpha]", "vKOR", id="alpha"),
        pytest.param("[authorsAlphaLNI]", "KOR", id="alpha-lni"),
        pytest.param("[edtr]-[editors]", "EditzEditzRedd", id="editors"),
        pytest.param("[edtr.edtr.ea]", "Editz.Redd", id="editors-ea"),
        pytest.param("[pureauth:(none)]", "Koester", id="pureauth"),
        pytest.param("[title]", "TheGrowthofTownsNotesonaWellKnownMap", id="title"),
        pytest.param("[shorttitle]", "GrowthTownsNotes", id="shorttitle"),
        pytest.param("[shorttitleINI]", "TGo", id="shorttitleINI"),
        pytest.param("[veryshorttitle:lower]", "growth", id="veryshorttitle"),
        pytest.param("[camel3]", "TheGrowthOf", id="camel-n"),
        pytest.param("[camel:abbr]", "T", id="camel-has-no-blanks"),
        pytest.param("[title:abbr]", "TGoTNoaWKM", id="title-abbr"),
        pytest.param("[fulltitle:truncate12]", "TheGrowtho", id="truncate"),
        pytest.param("[fulltitle:sentencecase:truncate10]", "Thegrowth", id="sentencecase"),
        pytest.param(
            "[fulltitle:capitalize]", "TheGrowthOfTownsNotesOnAWellknownMap", id="capitalize"
        ),
        pytest.param("[shortyear]", "18", id="shortyear"),
        pytest.param("[month][day]", "March", id="month"),
        pytest.param("[date]", "201803", id="date"),
        pytest.param("[entrytype]", "InProceedings", id="entrytype"),
        pytest.param("[firstpage]_[lastpage]", "iv_90", id="pages"),
        pytest.param("[keyword2]", "twowords", id="keyword-n"),
        pytest.param("[keywords2]", "onetwowords", id="keywords-n"),
        pytest.param("[JOURNAL:abbr][VOLUME]", "AoM5", id="fields-in-capitals"),
        pytest.param("[number:(none)]", "none", id="other-text"),
        pytest.param("[number:([ISSUE:([VOLUME])])]", "5", id="other-field"),
        pytest.param("[owner]", "me", id="unknown-field"),
        pytest.param('[auth.etal:regex("\\\\.etal","EtAl")]', "KoesterEtAl", id="regex"),
        pytest.param("x_[auth:upper]", "x_KOESTER", id="text-before"),
        pytest.param("[auth]:[year]", "Koester2018", id="colon-goes"),
    ],
)
def test_jabref(pattern: str, expected: str) -> None:
    assert isinstance(understood(pattern), JabRefPattern)
    assert make_key(PAPER, pattern) == expected


@pytest.mark.parametrize(
    ("entry", "pattern", "expected"),
    [
        pytest.param(of(1), "[authorsAlpha]", "Ada", id="alpha-1"),
        pytest.param(of(4), "[authorsAlpha]", "ABCD", id="alpha-4"),
        pytest.param(of(5), "[authorsAlpha]", "ABC+", id="alpha-5"),
        pytest.param(of(2, more=True), "[authorsAlpha]", "AB+", id="alpha-others"),
        pytest.param(of(2), "[authEtAl]", "AdamsBaker", id="etal-2"),
        pytest.param(of(1, more=True), "[authEtAl]", "AdamsEtAl", id="etal-others"),
        pytest.param(of(5), "[authshort]", "ABC+", id="short-5"),
        pytest.param(of(1), "[authIni9]", "Adams", id="ini-1"),
        pytest.param(of(2, more=True), "[authors]", "AdamsBakerEtAl", id="authors-others"),
        pytest.param(NOBODY, "[auth][edtr]", "anon", id="nobody"),
        pytest.param(replace(PAPER, authors=()), "[auth]", "Editz", id="editor-for-author"),
        pytest.param(replace(PAPER, authors=()), "[pureauth]x", "x", id="but-not-pure"),
        pytest.param(
            replace(PAPER, authors=(Name(literal="University of Made Maps"),)),
            "[auth]",
            "UniMadeMaps",
            id="university",
        ),
        pytest.param(
            replace(PAPER, authors=(Name(literal="The Made Up Map Group"),)),
            "[auth]",
            "MUMG",
            id="body-of-many-words",
        ),
        pytest.param(
            replace(PAPER, authors=(Name(literal="Map Group (MGP)"),)),
            "[auth]",
            "MGP",
            id="short-form",
        ),
    ],
)
def test_jabref_entries(entry: Entry, pattern: str, expected: str) -> None:
    assert make_key(entry, pattern) == expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        pytest.param(
            "[auth:lower][shorttitle3_3][year]", "vankosterGrowthTownsNotes2018", id="default"
        ),
        pytest.param("[auth+initials][0]", "vanKosterIM", id="initials"),
        pytest.param("[auth3_2:fold]", "Oba", id="numbers"),
        pytest.param("[authors2+-:condense]", "vanKoster-Oback-EtAl", id="separator"),
        pytest.param("[auth.etal:nopunct]", "vanKosteretal", id="etal"),
        pytest.param("[=book][auth]|[=journalArticle][year]", "2018", id="alternatives"),
        pytest.param("[Auth:fold][>3][shortyear]", "vanKoster18", id="length-holds"),
        pytest.param("[Issue][>0][year]|[Volume:prefix,v]", "v5", id="length-does-not"),
        pytest.param(
            "[Title:nopunct:skipwords:select,1,2:condense,_]", "Growth_Towns", id="filters"
        ),
        pytest.param("[veryshorttitle1_1]_[Issue:(none)]", "Growth_none", id="default-text"),
        pytest.param("[edtr:fold]", "Editz", id="editor"),
        pytest.param("[zotero:clean]", "van_koster_growth_2018", id="zotero"),
        pytest.param("bbt:[auth][year]", "vanKoster2018", id="told-by-prefix"),
        pytest.param("[authors:postfix,_][date,%Y]", "vanKosterObackRey_2018", id="text-argument"),
    ],
)
def test_better_bibtex(pattern: str, expected: str) -> None:
    assert not isinstance(understood(pattern), JabRefPattern)
    assert make_key(PAPER, pattern) == expected


@pytest.mark.parametrize(
    ("pattern", "whose"),
    [
        ("[auth][year]", False),
        ("[title:lower:(_)]", False),
        ("[auth:lower]_[shorttitle:capitalize]_[year]", False),
        ("[auth][shorttitle3_3]", True),
        ("[auth:fold][year]", True),
        ("[auth][year]|[title]", True),
        ("[=book][auth]", True),
    ],
)
def test_whose_pattern_it_is(pattern: str, whose: bool) -> None:
    assert is_better_bibtex(pattern) is whose


def test_a_prefix_decides() -> None:
    assert isinstance(understood("jabref:[auth][year]"), JabRefPattern)
    assert not isinstance(understood("bbt:[auth][year]"), JabRefPattern)
    assert make_key(PAPER, "bbt:auth + year") == "vanKoster2018"


@pytest.mark.parametrize(
    ("pattern", "column", "because"),
    [
        pytest.param("[auth", 1, "not closed", id="open"),
        pytest.param("[auth]]", 7, "closes no bracket", id="stray"),
        pytest.param("[]", 2, "empty", id="empty"),
        pytest.param("[auth:loud]", 7, 'no modifier "loud"', id="modifier"),
        pytest.param('[auth:lower:regex("(","")]', 13, "cannot be read", id="bad-regex"),
        pytest.param("[a b]", 2, "is no field", id="field"),
        pytest.param("[a:([b:([c:loud])])]", 12, 'no modifier "loud"', id="inner"),
        pytest.param("[auth:fold][nobody]", 13, 'no function or field "nobody"', id="bbt-function"),
        pytest.param("[auth:fold:loud]", 12, 'no filter "loud"', id="bbt-filter"),
        pytest.param("[auth9_9_9:fold]", 2, "no function or field", id="bbt-numbers"),
        pytest.param("[=book][auth", 8, "not closed", id="bbt-open"),
        pytest.param("[a:(" * 60 + ")]" * 60, 85, "nested too deep", id="deep"),
    ],
)
def test_what_is_refused(pattern: str, column: int, because: str) -> None:
    with pytest.raises(UsageError, match="column") as caught:
        make_key(PAPER, pattern)
    assert because in caught.value.message
    assert f"column {column}:" in caught.value.message
