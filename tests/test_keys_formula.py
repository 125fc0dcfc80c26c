"""Formulas at work: what functions and filters give."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.keys import assign_keys, make_key, pattern_of, understood
from bibtools.keys.drafts import Draft, Numbering
from bibtools.keys.formula import compile_formula
from bibtools.model import ArxivId, Dating, Doi, Entry, Link, Name, PartialDate, parse_dating

PAPER = Entry(
    type="article-journal",
    title="The Re-Use of <i>Old</i> Maps: A Study in 3 Towns",
    authors=(
        Name("Beek", "Anna-Marie", "van der"),
        Name("Müller", "Karl J."),
        Name("O'Brien", "Éa"),
    ),
    date=PartialDate(2019, 7, 4),
    venue="Journal of Made Maps",
    doi=Doi("10.1234/ab,c"),
    fields={
        "container-title-short": "J. Made Maps",
        "page": "L12-L19",
        "volume": "7",
        "keyword": "towns, maps, re-use",
        "language": "en-GB",
        "note": "vns: ABC\nRead it.",
    },
    creators={"editor": (Name("Éditeur", "Zoë"),), "translator": (Name("Trans", "L"),)},
    dates={"original-date": parse_dating("1901-03")},
    extra={"shorthand": "RUOM", "entrytype": "article"},
)
BOOK = Entry(
    type="book",
    title="Only Edited",
    creators={"editor": (Name("Zed", "A"),)},
    date=PartialDate(1975),
    fields={"publisher": "Press & Co."},
)
BODY = Entry(type="report", title="Plan", authors=(Name(literal="City of Made"),))
NOTHING = Entry()


def many(count: int) -> Entry:
    names = "Adams Baker Clark Davis Evans Frank".split()
    return replace(PAPER, authors=tuple(Name(name, "X. Y.") for name in names[:count]))


def made(formula: str, entry: Entry = PAPER) -> str:
    return compile_formula(formula).draft(entry).key()


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        # Names
        pytest.param("auth", "vanderBeek", id="auth"),
        pytest.param("auth(3)", "van", id="auth-n"),
        pytest.param("auth(n=2,m=2)", "Mu", id="auth-n-m"),
        pytest.param("auth(m=9)", "anon", id="auth-too-far"),
        pytest.param("auth(creator=editor)", "Editeur", id="auth-editor"),
        pytest.param("auth(creator=translator)", "Trans", id="auth-translator"),
        pytest.param("auth(initials=true)", "vanderBeekAM", id="auth-initials"),
        pytest.param("auth(m=3)", "OBrien", id="apostrophe"),
        pytest.param("authForeIni", "AM", id="first-initials"),
        pytest.param("authorLastForeIni", "E", id="last-initials"),
        pytest.param("authorLast", "OBrien", id="last"),
        pytest.param("authorsn(2)", "vanderBeekMullerEtAl", id="authorsn"),
        pytest.param("authorsn(n=0, sep='-')", "vanderBeek-Muller-OBrien", id="authorsn-all"),
        pytest.param("authorsAlpha", "vMO", id="alpha"),
        pytest.param("authIni(2)", "va.Mu.O", id="authIni"),
        pytest.param("authorIni", "vand.M.O", id="authorIni"),
        pytest.param("authAuthEa", "vanderBeek.Muller.ea", id="ea"),
        pytest.param("authEtAl", "vanderBeekEtAl", id="EtAl"),
        pytest.param("authEtal2", "vanderBeek.etal", id="etal2"),
        pytest.param("authshort", "v.M.O", id="short"),
        pytest.param("aUtH.LOWER", "vanderbeek", id="any-case"),
        pytest.param("creatornames('%(F)s') + auth", "Beek", id="without-particle"),
        pytest.param("creators", "vanderBeekMullerOBrien", id="creators"),
        pytest.param("creators(n=1, etal=EtAl)", "vanderBeekEtAl", id="creators-etal"),
        pytest.param("creators(n=[2,3], sep='.')", "Muller.OBrien", id="creators-range"),
        pytest.param("creators(n=-1)", "OBrien", id="creators-from-the-end"),
        pytest.param("creators(type=editor)", "Editeur", id="creators-type"),
        pytest.param("creators(type=['-author'], sep='_')", "Editeur_Trans", id="creators-not"),
        pytest.param("creators(type=[[editor, primary]])", "Editeur", id="creators-first-there"),
        pytest.param("creators(name='%(I)s%(f).2s', n=2)", "AMvaKJMu", id="creators-template"),
        pytest.param("creators(min=4) | 'few'", "few", id="creators-min"),
        pytest.param("creators(max=2) | 'many'", "many", id="creators-max"),
        pytest.param("creatortypes(/^journalArticle:2primary/) + 'yes'", "yes", id="creatortypes"),
        pytest.param("creatortypes(/1primary/) + 'yes' | 'no'", "no", id="creatortypes-not"),
        # Titles
        pytest.param("title", "ReUseOldMapsStudy3Towns", id="title"),
        pytest.param("shorttitle", "ReUseOldMaps", id="shorttitle"),
        pytest.param("shorttitle(4,1).lower", "reuseoldmapsstudy", id="shorttitle-n"),
        pytest.param("veryshorttitle", "ReUse", id="veryshorttitle"),
        pytest.param(
            "Title.lower.condense(_)", "the_re-use_of_old_maps:_a_study_in_3_towns", id="Title"
        ),
        pytest.param("Title.nopunct.skipwords.select(2,2)", "OldMaps", id="select"),
        pytest.param("Title.skipwords.select(-2).lower", "3towns", id="select-from-the-end"),
        pytest.param("Title.skipwords.abbr", "ROMS3T", id="abbr"),
        pytest.param("Title.skipwords.abbr(2)", "ReOlMaSt3To", id="abbr-n"),
        # Dates
        pytest.param("year", "2019", id="year"),
        pytest.param("shortyear", "19", id="shortyear"),
        pytest.param("origyear", "1901", id="origyear"),
        pytest.param("month", "jul", id="month"),
        pytest.param("date", "2019-07-04", id="date"),
        pytest.param("date('%Y-%-m')", "2019-7", id="date-format"),
        pytest.param("date('%oY-%om-%od')", "1901-03", id="date-as-far-as-known"),
        pytest.param("origdate", "1901-03", id="origdate"),
        pytest.param("Date.formatDate('%d.%m.%y')", "04.07.19", id="formatDate"),
        # Fields
        pytest.param("journal.abbr", "JMM", id="journal"),
        pytest.param("journal(full)", "JournalofMadeMaps", id="journal-full"),
        pytest.param("PublicationTitle.abbr", "JoMM", id="field"),
        pytest.param("firstpage + '-' + lastpage", "L12-L19", id="pages"),
        pytest.param("keyword(0)", "maps", id="keyword"),
        pytest.param("keyword(9)", "anon", id="keyword-too-far"),
        pytest.param("DOI", "10.1234/abc", id="doi-without-comma"),
        pytest.param("extra(vns)", "ABC", id="extra-line"),
        pytest.param("extra('tex.shorthand')", "RUOM", id="extra-tex"),
        pytest.param("extra('nothing')", "anon", id="extra-missing"),
        pytest.param("field('volume')", "7", id="field-function"),
        pytest.param("type", "journalArticle", id="type"),
        pytest.param("type(book, journalarticle) + 'x'", "x", id="type-is"),
        pytest.param("type(article) + 'x'", "x", id="type-of-the-bib-file"),
        pytest.param("type(book) + 'x' | 'y'", "y", id="type-is-not"),
        pytest.param("language(en) + 'x'", "x", id="language-is"),
        pytest.param("language(de) + 'x' | 'y'", "y", id="language-is-not"),
        # Filters
        pytest.param("auth.upper", "VANDERBEEK", id="upper"),
        pytest.param("auth.capitalize", "VanDerBeek", id="capitalize"),
        pytest.param("auth.lower.capitalize(/d/g)", "vanDerbeek", id="capitalize-matches"),
        pytest.param("auth.condense('-')", "van-der-Beek", id="condense"),
        pytest.param("auth.prefix('x').postfix('y')", "xvanderBeeky", id="prefix-postfix"),
        pytest.param("Volume.prefix('v') + Issue.prefix('i')", "v7", id="prefix-of-nothing"),
        pytest.param("auth.substring(5,3)", "der", id="substring"),
        pytest.param("auth.replace('VAN ', '')", "derBeek", id="replace-any-case"),
        pytest.param("auth.replace(/e/, 'E')", "vandErBeek", id="replace-first"),
        pytest.param("auth.replace(/(e)(r?)/g, '$2$1')", "vandreBeek", id="replace-groups"),
        pytest.param("auth.replace(find=/ .*/, replace='')", "van", id="replace-named"),
        pytest.param("auth.find(/B\\w+/)", "vanderBeek", id="find-without-group"),
        pytest.param("auth.find(/(B\\w+)/)", "Beek", id="find-group"),
        pytest.param("auth.find(/(X)/) || 'none'", "none", id="find-nothing"),
        pytest.param("auth.match(/^van/) + '1' | '2'", "vanderBeek1", id="match"),
        pytest.param("auth.match('zzz') + '1' | '2'", "2", id="match-not"),
        pytest.param("auth.len('>', 20) + '1' | '2'", "2", id="len-of-filter"),
        pytest.param("auth + len('<', 99) + year", "vanderBeek2019", id="len-of-sum"),
        pytest.param("Issue + len + 'x' | 'y'", "y", id="len-of-nothing"),
        pytest.param("(auth < 3) ? 'short' : 'long'", "long", id="comparison"),
        pytest.param("Issue.default('none')", "none", id="default"),
        pytest.param("auth.discard + 'x'", "x", id="discard"),
        pytest.param("auth.discard || 'y'", "y", id="either"),
        pytest.param("Volume && 'vol'", "vol", id="both"),
        pytest.param("Issue ? 'i' : 'v'", "v", id="condition"),
        pytest.param("type(book) ? 'b' : 'a'", "a", id="condition-on-a-test"),
        pytest.param("type(journalArticle) ? 'a' : 'b'", "a", id="condition-on-a-test-that-holds"),
        pytest.param("Volume.numeric + Pages.numeric", "7", id="numeric"),
        pytest.param("'ä-ö_1 '.alphanum", "ao1", id="alphanum"),
        pytest.param("'añb  c'.ascii.condense(_)", "ab_c", id="ascii"),
        pytest.param("'a-b.c'.nopunct", "a-bc", id="nopunct"),
        pytest.param("'a\u2013b.c'.nopunctordash", "abc", id="nopunctordash"),
        pytest.param("'Müße'.fold(de)", "Muesse", id="fold-german"),
        pytest.param("'Müße'.transliterate", "Musse", id="transliterate"),
        pytest.param("'Müße, x'.clean.condense(_)", "Musse_x", id="clean"),
        pytest.param("zotero", "van_der_beek_re-use_2019", id="zotero"),
    ],
)
def test_formulas(formula: str, expected: str) -> None:
    assert made(formula) == expected


@pytest.mark.parametrize(
    ("formula", "count", "expected"),
    [
        pytest.param("authorsAlpha", 1, "Ada", id="alpha-1"),
        pytest.param("authorsAlpha(sep='')", 4, "ABCD", id="alpha-4"),
        pytest.param("authorsAlpha(sep='')", 5, "ABC+", id="alpha-5"),
        pytest.param("authEtAl", 1, "Adams", id="etal-1"),
        pytest.param("authEtAl", 2, "AdamsBaker", id="etal-2"),
        pytest.param("authAuthEa", 2, "Adams.Baker", id="ea-2"),
        pytest.param("authshort", 1, "Adams", id="short-1"),
        pytest.param("authshort(sep='')", 4, "ABC+", id="short-4"),
        pytest.param("authorsn(3)", 3, "AdamsBakerClark", id="authorsn-3"),
        pytest.param("authorIni(sep='')", 3, "AdamsBC", id="ini-3"),
        pytest.param("dblp", 3, "AdamsBC19", id="dblp"),
    ],
)
def test_counts_of_names(formula: str, count: int, expected: str) -> None:
    assert made(formula, many(count)) == expected


@pytest.mark.parametrize(
    ("entry", "formula", "expected"),
    [
        pytest.param(BOOK, "auth + year", "Zed1975", id="editor-without-author"),
        pytest.param(BOOK, "Publisher.condense(_)", "Press__Co.", id="ampersand"),
        pytest.param(BODY, "auth + year", "CityofMade", id="body"),
        pytest.param(BODY, "creatortypes", "report:1author", id="body-type"),
        pytest.param(NOTHING, "auth + year", "anon", id="nothing"),
        pytest.param(NOTHING, "zotero", "noauthor_notitle_nodate", id="nothing-zotero"),
        pytest.param(
            replace(NOTHING, arxiv=ArxivId("2001.00001")), "auth", "arxiv2001.00001", id="only-id"
        ),
        pytest.param(
            replace(PAPER, authors=(), creators={}, title="深度"),
            "auth+title",
            "anon",
            id="chinese",
        ),
        pytest.param(
            replace(PAPER, date=None, dates={"issued": Dating(literal="Forthcoming")}),
            "auth(2) + year",
            "vaForthcoming",
            id="year-in-words",
        ),
        pytest.param(
            replace(PAPER, date=None, dates={"issued": Dating(literal="Spring 1988, maybe")}),
            "year",
            "1988",
            id="year-in-a-text",
        ),
        pytest.param(
            replace(PAPER, date=None, dates={"issued": Dating(literal="199u")}),
            "year",
            "1990",
            id="year-with-unknown-digit",
        ),
        pytest.param(replace(PAPER, date=PartialDate(-44)), "year", "-44", id="before-christ"),
        pytest.param(replace(PAPER, date=PartialDate(7)), "year", "07", id="year-seven"),
        pytest.param(replace(PAPER, date=None), "year", "1901", id="only-the-original-date"),
        pytest.param(
            replace(PAPER, fields={"language": "german"}), "auth(m=2)", "Mueller", id="german"
        ),
        pytest.param(
            replace(PAPER, fields={"language": "ukr"}, title="Гори"),
            "title",
            "Hory",
            id="ukrainian",
        ),
        pytest.param(replace(PAPER, title="Гори"), "title", "Gori", id="cyrillic"),
        pytest.param(replace(PAPER, title="日本 さっぽろ"), "title", "sapporo", id="kana"),
        pytest.param(replace(PAPER, title="한국"), "title", "hangug", id="hangul"),
        pytest.param(replace(PAPER, title="$\\alpha$-decay"), "title", "alphadecay", id="tex"),
        pytest.param(replace(PAPER, title="A–Z of Cats—Dogs"), "title", "CatsDogs", id="dashes"),
        pytest.param(
            replace(PAPER, type="motion_picture", authors=(Name("Direct", "O."),)),
            "type(film) + auth",
            "Direct",
            id="director-is-primary",
        ),
        pytest.param(
            replace(PAPER, authors=(Name("Lee", "A"),), authors_truncated=True),
            "authEtAl + year",
            "LeeEtAl2019",
            id="and-others",
        ),
        pytest.param(
            replace(PAPER, extra={"biburl": "https://dblp.org/rec/conf/made/BeekMO19.bib"}),
            "dblp",
            "DBLP:conf/made/BeekMO19",
            id="dblp-says-its-key",
        ),
        pytest.param(
            replace(PAPER, links=(Link("https://dblp.org/rec/journals/x/BeekM19", "field url"),)),
            "dblp",
            "DBLP:journals/x/BeekM19",
            id="dblp-address",
        ),
        pytest.param(
            replace(PAPER, type="preprint", arxiv=ArxivId("1907.00001")),
            "dblp",
            "DBLP:journals/corr/abs-1907-00001",
            id="dblp-preprint",
        ),
        pytest.param(
            replace(PAPER, arxiv=ArxivId("1907.00001")), "arxiv", "1907.00001", id="arxiv"
        ),
    ],
)
def test_entries(entry: Entry, formula: str, expected: str) -> None:
    assert made(formula, entry) == expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        pytest.param("google-scholar", "vanderbeek2019re", id="google-scholar"),
        pytest.param("scholar", "vanderbeek2019re", id="scholar"),
        pytest.param("better-bibtex", "vanderbeekReUseOldMaps2019", id="better-bibtex"),
        pytest.param("arxiv", "vanderbeek2019reuseoldmaps", id="arxiv"),
        pytest.param("acl", "van-der-beek-etal-2019-re", id="acl"),
        pytest.param("dblp", "VanderbeekMO19", id="dblp"),
        pytest.param("zotero", "van_der_beek_re-use_2019", id="zotero"),
        pytest.param("jabref", "Beek2019", id="jabref"),
    ],
)
def test_presets(pattern: str, expected: str) -> None:
    paper = replace(PAPER, title="The Re-Use of Old Maps")
    assert make_key(paper, pattern_of(pattern)) == expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        pytest.param("auth", ["Beek", "Beeka", "Beekb"], id="letters"),
        pytest.param("auth + postfix('-%(n)s')", ["Beek", "Beek-1", "Beek-2"], id="numbers"),
        pytest.param("auth + postfix('%(A)s', 1)", ["BeekA", "BeekB", "BeekC"], id="capitals"),
        pytest.param("auth + postfix('_%(n)02d')", ["Beek", "Beek_01", "Beek_02"], id="padded"),
        pytest.param(
            "auth + infix + 'x' + '-' + 'y'", ["Beekx-y", "Beekax-y", "Beekbx-y"], id="infix"
        ),
        pytest.param(
            "zotero",
            ["beek_notitle_nodate"] + [f"beek_notitle_nodate-{n}" for n in (1, 2)],
            id="zotero",
        ),
        pytest.param("[auth][0]", ["Beek", "Beek-1", "Beek-2"], id="brackets"),
    ],
)
def test_marks_of_entries_with_one_key(pattern: str, expected: list[str]) -> None:
    entries = [
        replace(NOTHING, authors=(Name("Beek", "A"),), abstract=text) for text in ("a", "b", "c")
    ]
    assert [entry.key for entry in assign_keys(entries, (), pattern)] == expected
    draft = understood(pattern).draft(entries[0])
    assert all(draft.fits(key) for key in expected)
    assert not draft.fits("beeq")


@pytest.mark.parametrize(
    ("key", "fits"),
    [("a", True), ("ab", True), ("abc", True), ("abcd", False), ("a1", False), ("b", False)],
)
def test_a_key_fits_a_draft(key: str, fits: bool) -> None:
    assert Draft("a").fits(key) is fits


def test_what_stands_before_and_behind_the_mark_does_not_overlap() -> None:
    draft = Draft("ab", "ba")
    assert (draft.fits("abba"), draft.fits("abxba"), draft.fits("aba")) == (True, True, False)


@given(st.integers(1, 2000), st.sampled_from(["%(a)s", "-%(n)s", "%(A)s", ".%(n)03d."]))
def test_marks_are_recognised(place: int, template: str) -> None:
    draft = Draft("key", "", Numbering(template))
    assert draft.fits(draft.key(place % 600))


_words = st.text(max_size=12)
_entries = st.builds(
    Entry,
    type=st.sampled_from(["book", "article-journal", "preprint", "film", ""]),
    title=st.none() | _words,
    venue=st.none() | _words,
    authors=st.lists(
        st.builds(Name, family=_words, given=_words) | st.builds(Name, literal=_words), max_size=4
    ).map(tuple),
    date=st.none() | st.builds(PartialDate, st.integers(-400, 2100)),
    fields=st.dictionaries(st.sampled_from(["language", "page", "keyword", "note"]), _words),
)


@given(
    _entries,
    st.sampled_from(
        [
            "auth.lower + shorttitle(3,3) + year",
            "zotero",
            "dblp",
            "authEtal2(initials=true) + Title + infix + PublicationTitle",
            "creators(name='%(I)s%(g)s%(F)s') + date + keyword(0) + extra(vns)",
            "Title.skipwords.select(2).capitalize.nopunct + firstpage + lastpage + month",
            "[authors3][title:abbr][firstpage]-[keywords]",
            "[authorsAlpha][camel][pageprefix][date]",
            "[Auth+initials:lower][shorttitle3_3]",
        ]
    ),
)
def test_keys_mean_nothing_to_latex(entry: Entry, formula: str) -> None:
    key = make_key(entry, formula)
    assert re.fullmatch(r"[A-Za-z0-9!*+./:;<>?\[\]_|-]+", key)
