"""A .bib file in a sync: what is read, what a step touches, and what it must not."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.formats.bibtex import Document
from bibtools.sync.local_file import LocalFile, apply_local, read_local
from bibtools.sync.merging import merge_pair
from bibtools.sync.plan import AddEntry, LocalStep, RemoveEntry, UpdateEntry
from bibtools.sync.values import Agreed, FieldChange, LocalEntry


def read(text: str | bytes, file: str = "refs.bib") -> LocalFile:
    return read_local(text.encode() if isinstance(text, str) else text, file, {})


def entry_of(local: LocalFile, key: str) -> LocalEntry:
    return next(entry for entry in local.entries if entry.key == key)


def update(local: LocalFile, key: str, **changes: Any) -> UpdateEntry:
    here = entry_of(local, key).data
    made = tuple(FieldChange(name, here.get(name), new) for name, new in changes.items())
    return UpdateEntry(key, "ABCD2345", made, {})


def applied(text: str | bytes, *steps: LocalStep) -> tuple[str, list[str]]:
    data, notices = apply_local(read(text), steps)
    return data.decode("utf-8"), [notice.rule or "" for notice in notices]


def changed(text: str, key: str, **changes: Any) -> str:
    data, notices = apply_local(read(text), [update(read(text), key, **changes)])
    assert notices == ()
    return data.decode()


ARTICLE = """\
% my papers
@string{jmlr = "Journal of Machine Learning Research"}

@Article{knuth84,
  AUTHOR   = "Donald E. Knuth",
  TITLE    = {Literate {Programming}},
  journal  = jmlr,
  year     = 1984,   % the year
  month    = may # "~" # 12,
  pages    = "97--111",
  note     = {Read \\emph{twice}},
  keywords = {tex; wild, tame; pascal},
  file     = {:papers/k.pdf:PDF},
}
"""


@pytest.mark.parametrize(
    ("changes", "old", "new"),
    [
        pytest.param(
            {"title": "Literate Coding & More"},
            "{Literate {Programming}}",
            "{Literate Coding {\\&} More}",
            id="a title keeps its delimiters",
        ),
        pytest.param(
            {"pages": "1-2"}, '"97--111"', '"1--2"', id="a quoted value stays in quotation marks"
        ),
        pytest.param(
            {"publicationTitle": "Comput. J."},
            "journal  = jmlr",
            "journal  = {Comput. J.}",
            id="a macro is replaced",
        ),
        pytest.param(
            {"tags": [{"tag": "tex"}, {"tag": "pascal"}, {"tag": "web"}]},
            "{tex; wild, tame; pascal}",
            "{tex; pascal; web}",
            id="keywords keep their mark and order",
        ),
        pytest.param(
            {"title": None}, "  TITLE    = {Literate {Programming}},\n", "", id="a field goes"
        ),
        pytest.param(
            {"volume": "27"},
            "  file     = {:papers/k.pdf:PDF},\n",
            "  file     = {:papers/k.pdf:PDF},\n  volume   = {27},\n",
            id="a new field stands in the column",
        ),
        pytest.param(
            {"citationKey": "knuth1984"}, "{knuth84,", "{knuth1984,", id="only the key changes"
        ),
        pytest.param(
            {"extra": "Read once"}, "{Read \\emph{twice}}", "{Read once}", id="the user's words"
        ),
        pytest.param(
            {"creators": [{"creatorType": "author", "firstName": "Mary", "lastName": "Shaw"}]},
            '"Donald E. Knuth"',
            '"Shaw, Mary"',
            id="people",
        ),
        pytest.param(
            {"itemType": "magazineArticle"}, "", "", id="a type that .bib files do not tell apart"
        ),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_one_change_touches_one_field(
    changes: dict[str, Any], old: str, new: str, newline: str
) -> None:
    text = ARTICLE.replace("\n", newline)
    expected = ARTICLE.replace(old, new, 1).replace("\n", newline)
    if "title" in changes and changes["title"] and '"' not in old:
        expected = expected.replace("{\\&}", "\\&")
    assert changed(text, "knuth84", **changes) == expected


def test_what_is_not_touched_keeps_macros_and_concatenations() -> None:
    new = changed(ARTICLE, "knuth84", title="Other", pages="1")
    assert "journal  = jmlr," in new
    assert 'month    = may # "~" # 12,' in new
    assert "year     = 1984,   % the year" in new


def test_nothing_to_do_gives_the_same_bytes() -> None:
    assert apply_local(read(ARTICLE), []) == (ARTICLE.encode(), ())


@pytest.mark.parametrize(
    ("text", "changes", "expected"),
    [
        pytest.param(
            "@article{a, title={T}, date={2020-01-02}, journal={J}}",
            {"date": "2021"},
            "@article{a, title={T}, date={2021}, journal={J}}",
            id="dated as biblatex does, in a file that does not",
        ),
        pytest.param(
            "@article{a, title={T}, journal={J}, year={2020}, date={2020-03}}",
            {"date": "2021-05"},
            "@article{a, title={T}, journal={J}, year={2021}, date={2021-05}, month=may}",
            id="dated twice",
        ),
        pytest.param(
            "@online{a, title={T}, location={Oslo}, publisher={P}}",
            {"place": "Rome"},
            None,
            id="the name of the other dialect",
        ),
        pytest.param(
            "@misc{a, title={T}, howpublished={\\url{https://a.example/x}}}",
            {"url": "https://b.example/y"},
            "@misc{a, title={T}, url={https://b.example/y}}",
            id="an address that stood elsewhere",
        ),
        pytest.param(
            "@misc{a, title={T}, howpublished={\\url{https://a.example/x}}}",
            {"url": None},
            "@misc{a, title={T}}",
            id="an address that stood elsewhere goes",
        ),
        pytest.param(
            "@article{a, title={T}, journal={J}, title={Second}}",
            {"title": "New"},
            "@article{a, title={New}, journal={J}, title={Second}}",
            id="of two fields the first counts",
        ),
        pytest.param(
            "@phdthesis{a, title={T}, school={S}}",
            {"thesisType": "Master's thesis"},
            None,
            id="the kind of a thesis",
        ),
        pytest.param(
            "@article{a, title={T}, journal={J}, keyword={one, two}}",
            {"tags": [{"tag": "two"}]},
            "@article{a, title={T}, journal={J}, keyword={two}}",
            id="another name for keywords",
        ),
        pytest.param(
            "@article{a, title={T}, journal={J}, keywords={one, two}}",
            {"tags": [{"tag": "one"}, {"tag": "two"}, {"tag": "a, b"}]},
            "@article{a, title={T}, journal={J}, keywords={one; two; a, b}}",
            id="a keyword with a comma",
        ),
        pytest.param(
            "@article{a, title={T}, journal={J}, year={1990}, key={K90}}",
            {"extra": None},
            "@article{a, title={T}, journal={J}, year={1990}}",
            id="a field of the user's own",
        ),
        pytest.param(
            "@article{a, title={\\mymacro{Th\\'eorie}}, journal={J}}",
            {"title": "Theory"},
            "@article{a, title={Theory}, journal={J}}",
            id="a value understood in part",
        ),
        pytest.param(
            "@article{a, title={T}, journal={J}, note={arXiv:1706.03762}}",
            {"extra": "arXiv: 1706.03762\nGood"},
            None,
            id="what a note said beside",
        ),
    ],
)
def test_fields_that_are_not_where_the_mapping_puts_them(
    text: str, changes: dict[str, Any], expected: str | None
) -> None:
    new = changed(text, "a", **changes)
    if expected is not None:
        assert new == expected
    now = entry_of(read(new), "a").data
    for name, value in changes.items():
        assert now.get(name) == value or name == "extra"
    before = entry_of(read(text), "a").data
    assert {name: value for name, value in now.items() if name not in {*changes, "extra"}} == {
        name: value for name, value in before.items() if name not in {*changes, "extra"}
    }


def test_a_value_that_the_file_spells_alike_stays() -> None:
    text = "@book{a, title={T}, series={The {$a_{1}$} of Folds}}"
    assert entry_of(read(text), "a").data["series"] == "The a₁ of Folds"
    assert changed(text, "a", series="The $a_1$ of Folds") == text


def test_what_cannot_be_taken_away_is_told() -> None:
    text = (
        "@inproceedings{child, title={T}, crossref={all}}\n"
        "@proceedings{all, title={Proc}, publisher={ACM}, year={2020}}\n"
    )
    new, rules = applied(text, update(read(text), "child", publisher=None))
    assert new == text
    assert rules == ["zotero.not-said"]


def test_a_field_of_the_parent_is_set_on_the_child() -> None:
    text = (
        "@inproceedings{child, title={T}, crossref={all}}\n"
        "@proceedings{all, title={Proc}, publisher={ACM}, year={2020}}\n"
    )
    new = changed(text, "child", publisher="IEEE")
    assert new == text.replace("crossref={all}}", "crossref={all}, publisher={IEEE}}")


# Keys


FAMILY = """\
@inproceedings{child, title={T}, crossref={ALL}, related={other, all}}

@proceedings{all, title={Proc}, year={2020}}

@misc{other, title={O}}

@comment{@misc{hidden, title={H}, crossref={all}}}

@comment{jabref-meta: grouping:
0 AllEntriesGroup:;
1 StaticGroup:Best\\;0\\;1\\;\\;\\;\\;all\\;child\\;;
}
"""


def test_references_follow_a_new_key() -> None:
    assert changed(FAMILY, "all", citationKey="proc2020") == (
        FAMILY.replace("{ALL}", "{proc2020}")
        .replace("other, all}", "other, proc2020}")
        .replace("{all, title", "{proc2020, title")
        .replace("\\;all\\;", "\\;proc2020\\;")
    )


@pytest.mark.parametrize(
    "key",
    ["a b", "a}b", "a{b", "a,b", "../../x\\y", "a%b", 'a"b', "a\x1b[31m", "a\nb", "OTHER", "~"],
)
def test_a_key_that_cannot_be_is_refused_and_nothing_follows_it(key: str) -> None:
    new, rules = applied(FAMILY, update(read(FAMILY), "all", citationKey=key))
    assert (new, rules) == (FAMILY, ["zotero.refused"])


def test_two_entries_change_keys() -> None:
    text = "@misc{a, title={A}, xref={b}}\n@misc{b, title={B}, xref={a}}\n"
    local = read(text)
    steps = [update(local, "a", citationKey="b"), update(local, "b", citationKey="a")]
    assert applied(text, *steps) == (
        "@misc{b, title={A}, xref={a}}\n@misc{a, title={B}, xref={b}}\n",
        [],
    )


def test_two_entries_cannot_get_one_key() -> None:
    text = "@misc{a, title={A}}\n@misc{b, title={B}}\n"
    local = read(text)
    steps = [update(local, "a", citationKey="c"), update(local, "b", citationKey="C")]
    assert applied(text, *steps) == (text, ["zotero.refused", "zotero.refused"])


# Whole entries


def test_an_entry_goes_and_a_parent_stays() -> None:
    assert applied(FAMILY, RemoveEntry("other", "X")) == (
        FAMILY.replace("@misc{other, title={O}}\n\n", ""),
        [],
    )
    assert applied(FAMILY, RemoveEntry("all", "X")) == (FAMILY, ["zotero.refused"])
    new, rules = applied(FAMILY, RemoveEntry("all", "X"), RemoveEntry("child", "Y"))
    assert rules == []
    assert [entry.key for entry in read(new).entries] == ["other"]


ITEM = {
    "itemType": "journalArticle",
    "title": "A Title: 50% of $x_1$ & more",
    "creators": [
        {"creatorType": "author", "firstName": "Zoë", "lastName": "Ångström"},
        {"creatorType": "author", "name": "The {Team} and others"},
    ],
    "publicationTitle": "Journal of Things",
    "date": "2020-03-04",
    "tags": [{"tag": "a, b"}, {"tag": "c"}],
    "extra": "tex.code: https://github.com/a/b\nMy words",
}


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        pytest.param(None, {"journal", "year", "month"}, id="no file"),
        pytest.param(b"", {"journal", "year", "month"}, id="empty"),
        pytest.param(b"\xef\xbb\xbf", {"journal", "year", "month"}, id="a mark of byte order"),
        pytest.param(b"% nothing here yet\n", {"journal", "year", "month"}, id="remarks only"),
        pytest.param(b"@comment{x}\r\n", {"journal", "year", "month"}, id="comments, CRLF"),
        pytest.param(
            b"@online{o, title={O}, date={2020}}\n", {"journaltitle", "date"}, id="biblatex"
        ),
        pytest.param(b"@misc{m, title={M}}", {"journal", "year", "month"}, id="no last line end"),
        pytest.param("@misc{m, title={\xe9}}\n".encode("latin-1"), {"journal"}, id="latin-1"),
    ],
)
def test_an_item_is_added(text: bytes | None, fields: set[str]) -> None:
    local = read_local(text, "refs.bib", {})
    data, notices = apply_local(local, [AddEntry("X", 1, "new2020", ITEM)])
    assert notices == ()
    assert data.startswith(text or b"")
    document = Document.parse(data)
    assert {notice.rule for notice in document.notices} <= {"bibtex.not-utf8"}
    block = next(entry for entry in document.entries if entry.key == "new2020")
    assert fields <= set(block.fields)
    now = entry_of(read(data), "new2020").data
    assert now["title"] == "A Title: 50% of x₁ & more"
    assert now["creators"] == ITEM["creators"]
    assert now["tags"] == ITEM["tags"]
    assert now["extra"] == ITEM["extra"]


@pytest.mark.parametrize(
    ("key", "rules"),
    [
        pytest.param("OTHER", ["zotero.refused"], id="there in another case"),
        pytest.param("../x y", ["zotero.refused"], id="no key"),
        pytest.param("new", [], id="free"),
    ],
)
def test_an_added_key(key: str, rules: list[str]) -> None:
    new, found = applied(FAMILY, AddEntry("X", 1, key, ITEM))
    assert found == rules
    assert (new == FAMILY) == bool(rules)


def test_what_an_encoding_lacks_is_refused_alone() -> None:
    text = "@online{o, title={\xe9}, date={2020}}\n".encode("latin-1")
    steps = [
        AddEntry("X", 1, "good", {"itemType": "book", "title": "Good"}),
        AddEntry("Y", 1, "bad", {"itemType": "book", "title": "\u4e2d\u6587"}),
    ]
    data, notices = apply_local(read(text), steps)
    assert [entry.key for entry in read(data).entries] == ["o", "good"]
    assert [notice.rule for notice in notices] == ["zotero.refused"]
    assert '"bad"' in notices[0].message


PUBMED = {"itemType": "journalArticle", "title": "Kites"}
JSTOR = "https://www.jstor.org/stable/123"


@pytest.mark.parametrize(
    "dialect",
    [
        pytest.param("@article{x, journal={J}, year=2020}\n", id="BibTeX"),
        pytest.param("@article{x, journaltitle={J}, date={2020}}\n", id="biblatex"),
    ],
)
@pytest.mark.parametrize(
    ("more", "fields", "said"),
    [
        pytest.param({"extra": "PMID: 12"}, {"pmid": "12"}, {"PMID": "12"}, id="PubMed in Extra"),
        pytest.param({"PMID": "12"}, {"pmid": "12"}, {"PMID": "12"}, id="PubMed"),
        pytest.param({"url": JSTOR}, {"url": JSTOR}, {"url": JSTOR}, id="an address of JSTOR"),
        pytest.param({}, {}, {}, id="a title alone"),
    ],
)
def test_what_is_added_is_said_once(
    dialect: str, more: dict[str, str], fields: dict[str, str], said: dict[str, str]
) -> None:
    new, rules = applied(dialect, AddEntry("X", 1, "new", {**PUBMED, **more}))
    assert rules == []
    added = Document.parse(new.encode()).entries[-1]
    assert {**added.fields} == {"title": "Kites", "entrysubtype": "article-journal", **fields}
    assert entry_of(read(new), "new").data == {**PUBMED, **said, "citationKey": "new"}


@pytest.mark.parametrize("server", ["eprinttype", "archiveprefix"])
def test_a_pubmed_id_in_both_fields_is_one(server: str) -> None:
    said = f"pmid={{12}}, eprint={{12}}, {server}={{pubmed}}"
    both = f"@article{{k, journal={{J}}, title={{T}}, {said}}}\n"
    alone = both.replace(" pmid={12},", "")
    for text in (both, alone):
        data = entry_of(read(text), "k").data
        assert (data["PMID"], "extra" in data) == ("12", False)
        new = changed(text, "k", PMID="13")
        assert "12" not in new
        assert entry_of(read(new), "k").data == {**data, "PMID": "13"}
    # Of two numbers both are kept.
    other = entry_of(read(both.replace("eprint={12}", "eprint={9}")), "k").data
    assert (other["PMID"], "eprint: 9" in other["extra"]) == ("12", True)


@pytest.mark.parametrize("text", ["", "% biblatex\n@online{o, title={O}, date={2020}}\n"])
def test_a_tag_that_ends_in_a_backslash_stays_a_tag_of_its_own(text: str) -> None:
    tags = [{"tag": "100% #\\"}, {"tag": "folds"}]
    item = {"itemType": "book", "title": "T", "tags": tags}
    new, _ = applied(text, AddEntry("ABCD2345", 1, "a", item))
    assert entry_of(read(new), "a").data["tags"] == tags


def test_an_item_cannot_say_what_is_the_files_own() -> None:
    extra = "tex.file: :/etc/passwd:\ntex.crossref: other\ntex.bibtools-lock: all\ntex.mine: yes"
    new, _ = applied(FAMILY, AddEntry("X", 1, "new", {**ITEM, "extra": extra}))
    fields = Document.parse(new.encode()).entries[-1].fields
    assert not {"file", "crossref", "bibtools-lock"} & set(fields)
    assert fields["mine"] == "yes"


def test_a_long_text_is_cut_and_told() -> None:
    new, rules = applied(FAMILY, AddEntry("X", 1, "new", {**ITEM, "abstractNote": "ab " * 400_000}))
    assert rules == ["zotero.cut"]
    assert len(new) < 25_000
    _, rules = applied(FAMILY, update(read(FAMILY), "other", abstractNote="ab " * 400_000))
    assert rules == ["zotero.cut"]


# What is left out


@pytest.mark.parametrize(
    ("text", "keys", "rules"),
    [
        pytest.param("", [], [], id="empty"),
        pytest.param("% a\n@comment{@misc{h, title={H}}}\n", [], ["bibtex.inside-comment"],
                     id="in a comment"),
        pytest.param("@misc{, title={H}}\n@misc{a, title={A}}\n", ["a"], ["zotero.no-key"],
                     id="no key"),
        pytest.param("@misc{a, title={1}}\n@misc{A, title={2}}\n@misc{b, title={3}}\n", ["b"],
                     ["zotero.key-twice"], id="a key twice"),
        pytest.param("@misc{a, title={A}\n@misc{b, title={B}}\n", ["b"], [], id="never closed"),
    ],
)  # fmt: skip
def test_entries_that_take_no_part(text: str, keys: list[str], rules: list[str]) -> None:
    local = read(text)
    assert [entry.key for entry in local.entries] == keys
    found = [notice.rule for notice in local.notices]
    assert set(rules) <= set(found)
    if keys:
        new = changed(text, keys[0], title="New")
        assert len(new) != len(text) or new != text


def test_a_remark_at_the_top_is_no_json() -> None:
    text = "[my papers]\n@misc{a, title={A}}\n"
    assert changed(text, "a", title="B") == text.replace("{A}", "{B}")


def test_an_unchanged_entry_is_what_is_known_of_it() -> None:
    local = read(ARTICLE)
    first = local.entries[0]
    rows = {"knuth84": Agreed("X", "knuth84", first.print, 1, {"itemType": "book"}, {})}
    again = read_local(ARTICLE.encode(), "refs.bib", rows)
    assert again.entries[0].data == {"itemType": "book"}
    other = read_local(ARTICLE.replace("1984", "1985").encode(), "refs.bib", rows)
    assert other.entries[0].data["date"].startswith("1985")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("Journal of Machine", "J. of Machine", id="a macro's value"),
        pytest.param("1984", "1985", id="a number"),
        pytest.param("@Article", "@Misc", id="the type"),
        pytest.param("file     =", "pdf      =", id="a name"),
        pytest.param("twice}", "twice }", id="a blank inside"),
    ],
)
def test_a_print_covers_what_an_entry_says(old: str, new: str) -> None:
    there = read(ARTICLE.replace(old, new)).entries[0].print
    assert there != read(ARTICLE).entries[0].print
    family = FAMILY.replace("Proc", "Other")
    assert entry_of(read(family), "child").print != entry_of(read(FAMILY), "child").print


# Untrusted text


HOSTILE = [
    "\\input{/etc/passwd}", "\\write18{rm -rf /}", "}", "{", "}}{{", "a } b { c", "%", "50% off",
    "@misc{x, title={y}}", '"', 'he said "no"', "\\", "\\\\", "#", "a # b", "$", "$x", "~", "^^5c",
    "\x1b[31mred", "\x00", "\x07\x08", "\u202eabc", "\u2066a", "\ud7ff\ufffe", "line\nline",
    "\r\n", "\t", " ", "and", "others", "A and B", "~\\cite{x}", "\\end{document}", "\U0001f600",
    "e\u0301", "<script>", "<i>x</i>", "&amp;", "{\\relax}", "\\begin{filecontents}{x}",
    "jan", "1 # 2", "\u2028", "\u00a0", "-", "--", "=", "a=b", ",", ";",
]  # fmt: skip
_TEXTS = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    st.text(alphabet="\\{}%@#$~^&_\"'=,; \nab1-<>", max_size=20),
)
_NAMES = st.fixed_dictionaries(
    {"creatorType": st.sampled_from(["author", "editor"]), "firstName": _TEXTS, "lastName": _TEXTS}
) | st.fixed_dictionaries({"creatorType": st.just("author"), "name": _TEXTS})
_FIELDS = {
    **dict.fromkeys(
        ("title", "publicationTitle", "volume", "issue", "pages", "date", "DOI", "ISSN", "url",
         "language", "abstractNote", "series", "shortTitle", "rights", "archive", "extra",
         "accessDate", "journalAbbreviation", "callNumber"),
        _TEXTS,
    ),
    "creators": st.lists(_NAMES, max_size=3),
    "tags": st.lists(st.fixed_dictionaries({"tag": _TEXTS}), max_size=3),
}  # fmt: skip
_DANGEROUS = re.compile(rb"\\(?:input|write18|begin\{filecontents|end\{document)")
_SURROUNDINGS = (
    "% before\n@string{s = {S}}\n@article{one, title={T}, journal=s, year=2020}\n\n"
    "@misc{target, title={Old}, note = \"n\"}\n\n% behind\n@misc{two, title={Two}}\n"
)  # fmt: skip


def _is_whole(data: bytes, keys: list[str]) -> None:
    """The file is what it was to every reader: the entries, no faults, no commands."""
    document = Document.parse(data)
    assert [notice.message for notice in document.notices] == []
    assert [entry.key for entry in document.entries] == keys
    assert not _DANGEROUS.search(data)
    assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", data)


@given(st.fixed_dictionaries({}, optional=_FIELDS))
def test_an_item_of_any_texts_becomes_one_sound_entry(fields: dict[str, Any]) -> None:
    item = {"itemType": "journalArticle", "citationKey": "new", **fields}
    local = read(_SURROUNDINGS)
    data, _ = apply_local(local, [AddEntry("X", 1, "new", item)])
    assert data.startswith(_SURROUNDINGS.encode())
    _is_whole(data, ["one", "target", "two", "new"])
    # A change of what was read back, in the same words, is none.
    again = read(data)
    here = entry_of(again, "new").data
    assert not merge_pair(_pair(here, item), here, item).to_here
    assert not merge_pair(_pair(here, item), here, item).to_there


def _pair(here: Any, there: Any) -> Agreed:
    return Agreed("X", "new", "", 1, here, there)


@given(st.fixed_dictionaries({}, optional=_FIELDS))
def test_changes_of_any_texts_stay_in_their_entry(fields: dict[str, Any]) -> None:
    local = read(_SURROUNDINGS)
    data, _ = apply_local(local, [update(local, "target", **fields)])
    _is_whole(data, ["one", "target", "two"])
    start, end = _SURROUNDINGS.index("@misc{target"), _SURROUNDINGS.index("\n\n% behind")
    assert data.startswith(_SURROUNDINGS[:start].encode())
    assert data.endswith(_SURROUNDINGS[end:].encode())
    # Once more from what is read then: the same bytes.
    again = read(data)
    assert apply_local(again, [])[0] == data


@given(st.binary(max_size=200))
def test_any_bytes_are_read_and_kept(data: bytes) -> None:
    local = read_local(b"@misc{a, title={A}}\n" + data, "refs.bib", {})
    if [entry.key for entry in local.entries].count("a") == 1:
        new, _ = apply_local(local, [update(local, "a", title="B")])
        assert new.startswith(b"@misc{a, title={B}}")
        assert new.endswith(data)


def test_many_entries_go_and_nothing_else() -> None:
    text = "% top\n\n" + "".join(f"@misc{{k{n},\n\n  title={{T}}}}\n" for n in range(9)) + "% end\n"
    kept = {"k4"}
    steps = [RemoveEntry(f"k{n}", "X") for n in range(9) if f"k{n}" not in kept]
    assert applied(text, *steps) == ("% top\n\n@misc{k4,\n\n  title={T}}\n% end\n", [])
