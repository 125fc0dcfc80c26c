"""Saved HTML of pages that list papers: layouts, links, containers, pages of known sites."""

from __future__ import annotations

import base64
import json
import plistlib
import quopri
from collections.abc import Callable
from html import escape

import pytest

from bibtools.errors import InputError
from bibtools.formats.pages import PageReading, read_page
from bibtools.model import Doubt, Entry, Link, Name, PartialDate, Source
from tests.page_generator import MONTHS, Paper, random_papers

PAPERS = random_papers(21, 12, "Siobhán McCallum")


def number(place: int) -> str:
    return f"2301.{10_000 + place}"


def code(place: int) -> str | None:
    return f"https://github.com/group{place}/tool-{place}" if place % 2 == 0 else None


def meta(paper: Paper) -> str:
    day = f"{MONTHS[paper.month - 1]} {paper.day}, {paper.year}"
    return f"<span>{paper.category}</span> <span>{day}</span>"


def names(paper: Paper) -> str:
    shown = ", ".join(
        f"<b>{escape(name)}</b>" if "McCallum" in name else escape(name) for name in paper.shown
    )
    return shown + (" et al." if len(paper.authors) > 3 else "")


def row(place: int) -> str:
    links = [
        f'<a href="https://arxiv.org/pdf/{number(place)}v2">PDF</a>',
        f"<a href=https://arxiv.org/abs/{number(place)}>arXiv</a>",
    ]
    if (address := code(place)) is not None:
        links.append(f'<a href="{address}">Code</a>')
    return f"[{'] ['.join(links)}]"


def icons(place: int) -> str:
    links = f'<a href="https://arxiv.org/abs/{number(place)}" title="arXiv"><svg><path/></svg></a>'
    if (address := code(place)) is not None:
        links += f'<a href="{address}"><i class="fab fa-github"></i></a>'
    return links


LAYOUTS: dict[str, Callable[[int, Paper], str]] = {
    "items": lambda i, p: (
        f"<li><div>{meta(p)}</div><h3>{escape(p.title)}</h3><p>{names(p)}</p>"
        f"<p>{escape(p.abstract)}</p><p>{row(i)}</p></li>"
    ),
    "links above the abstract": lambda i, p: (
        f"<div><div>{meta(p)}</div><div>{escape(p.title)}</div><div>{names(p)}</div>"
        f"<div>{row(i)}</div><div>{escape(p.abstract)}</div></div>"
    ),
    "table without end tags": lambda i, p: (
        f"<tr><td>{meta(p)}<td><b>{escape(p.title)}</b><td>{names(p)}<td>{escape(p.abstract)}"
        f"<td>{row(i)}"
    ),
    "icons": lambda i, p: (
        f"<article><div><div>{meta(p)}</div></div><h2>{escape(p.title)}</h2><div>{names(p)}</div>"
        f"<div><p>{escape(p.abstract)}</p></div><div>{icons(i)}</div></article>"
    ),
    "rows below, nothing around": lambda i, p: (
        f"<div>{meta(p)}</div><h3>{escape(p.title)}</h3><div>{names(p)}</div>"
        f"<p>{escape(p.abstract)}</p><p>{row(i)}</p>"
    ),
    "rows above, nothing around": lambda i, p: (
        f"<p>{row(i)}</p><div>{meta(p)}</div><h3>{escape(p.title)}</h3><div>{names(p)}</div>"
        f"<p>{escape(p.abstract)}</p>"
    ),
    "title and authors on one line": lambda i, p: (
        f'<section><div>{meta(p)}</div><div><a href="/abs/{number(i)}">{escape(p.title)}</a> '
        f"<span>{names(p)}</span></div><div>{escape(p.abstract)}</div>{icons(i)}</section>"
    ),
}


def page_of(layout: Callable[[int, Paper], str]) -> str:
    body = "".join(layout(place, paper) for place, paper in enumerate(PAPERS))
    menu = "<nav><a href='https://arxiv.org/abs/2002.00001'>PDF</a></nav>"
    if body.startswith("<tr"):
        body = f"<table>{body}</table>"
    return f"<!DOCTYPE html><html><head><meta charset=utf-8></head><body>{menu}{body}</body></html>"


def facts(entry: Entry) -> tuple[object, ...]:
    return (
        entry.title,
        tuple(name.display() for name in entry.authors),
        entry.abstract,
        entry.arxiv.value if entry.arxiv else None,
        sorted(link.url for link in entry.code),
    )


EXPECTED = [
    (
        paper.title,
        paper.shown,
        paper.abstract,
        number(place),
        sorted({address for address in (paper.url, code(place)) if address is not None}),
    )
    for place, paper in enumerate(PAPERS)
]


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=list(LAYOUTS))
def test_a_page_in_many_layouts(layout: Callable[[int, Paper], str]) -> None:
    reading = read_page(page_of(layout).encode(), "page.html")
    assert reading.kind == "author-page"
    assert [facts(entry) for entry in reading.entries] == EXPECTED
    assert reading.notices == ()


# --- containers and encodings ------------------------------------------------------------------

PAGE = page_of(LAYOUTS["items"])


def mhtml(encoding: str) -> bytes:
    data = PAGE.encode()
    body = quopri.encodestring(data) if encoding != "base64" else base64.encodebytes(data)
    return (
        b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://example.org/me\r\n"
        b'MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype="text/html";\r\n'
        b'\tboundary="--x--"\r\n\r\n\r\n----x--\r\nContent-Type: text/html\r\n'
        b"Content-Transfer-Encoding: " + encoding.encode() + b"\r\n\r\n" + body + b"\r\n----x--\r\n"
        b"Content-Type: text/css\r\n\r\np{}\r\n----x----\r\n"
    )


def viewer() -> bytes:
    rows = "".join(
        f'<tr><td class="line-number" value="1"></td><td class="line-content">{escape(line)}</td>'
        for line in PAGE.split("\n")
    )
    return f"<html><body><table>{rows}</table></body></html>".encode()


CONTAINERS = [
    pytest.param(mhtml("quoted-printable"), id="one file, quoted-printable"),
    pytest.param(mhtml("base64"), id="one file, base64"),
    pytest.param(
        plistlib.dumps(
            {
                "WebMainResource": {
                    "WebResourceData": PAGE.encode(),
                    "WebResourceTextEncodingName": "UTF-8",
                    "WebResourceURL": "https://example.org/",
                }
            },
            fmt=plistlib.FMT_BINARY,
        ),
        id="web archive",
    ),
    pytest.param(viewer(), id="its source in the viewer"),
    pytest.param(b"\xef\xbb\xbf" + PAGE.encode(), id="byte order mark"),
    pytest.param(PAGE.encode("utf-16"), id="UTF-16"),
    pytest.param(
        PAGE.replace("utf-8", "iso-8859-1").encode("latin-1", "xmlcharrefreplace"), id="Latin-1"
    ),
    pytest.param(PAGE.replace("utf-8", "'gb2312'").encode("gb18030", "xmlcharrefreplace"), id="GB"),
    pytest.param(PAGE.replace("</p>", "\0</p>").encode(), id="null bytes"),
    pytest.param(PAGE.replace("summar", "sum&shy;mar").encode(), id="soft hyphens"),
    pytest.param(
        PAGE.replace(
            "<body>", "<body><script>'<p>Abstract:x'</script><div hidden>x</div>"
        ).encode(),
        id="what is not seen",
    ),
    pytest.param(
        PAGE.replace("<body>", "<body><!-- " + "x" * 9000 + " --><template><li>x</template>")
        .replace("<!DOCTYPE html>", "<!-- saved from url=(0020)https://example.org/ -->" * 3)
        .encode(),
        id="comments first",
    ),
]


@pytest.mark.parametrize("data", CONTAINERS)
def test_however_it_was_saved(data: bytes) -> None:
    reading = read_page(data, "page.html")
    assert [facts(entry) for entry in reading.entries] == EXPECTED
    assert reading.notices == ()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"bplist00" + b"\xa1\x08" * 50, id="a broken list"),
        pytest.param(mhtml("base64")[:250], id="one file, cut off"),
        pytest.param(b"From: x\r\n" + b" y\r\n" * 50_000, id="an endless head"),
        pytest.param(
            mhtml("base64")[:180] + b"----x--\r\nX: y\r\n" * 20_000, id="parts without end"
        ),
        pytest.param(b"<html>" + b"<div>" * 100_000, id="100,000 open elements"),
        pytest.param(b'<html><div data-props=\'{"papers":' + b"[" * 99_999 + b"'>", id="JSON bomb"),
        pytest.param(b"<li class=arxiv-result><a href=/abs/2301.00001>" * 3000, id="open records"),
    ],
)
def test_what_is_no_page_is_told(data: bytes) -> None:
    with pytest.raises(InputError):
        read_page(data, "page.html")


# --- whose a link is ---------------------------------------------------------------------------

TEXT = "We say this in a sentence of our paper. And then we say more about it. " * 7 + "End."


def listed(*records: str) -> PageReading:
    head = "<html><h1>Daily Papers</h1>"
    return read_page((head + "".join(records)).encode(), "f", "papers-list")


def said(entry: Entry) -> tuple[str | None, str | None, tuple[str, ...], tuple[str, ...]]:
    return (
        entry.arxiv.value if entry.arxiv else None,
        entry.doi.value if entry.doi else None,
        tuple(link.url for link in entry.code),
        tuple(link.url for link in entry.links),
    )


REPOSITORY = "https://github.com/o/n"
LINKS = [
    pytest.param(f'<a href="{REPOSITORY}">Code</a>', (None, None, (REPOSITORY,), ()), id="code"),
    pytest.param(f'<a href="{REPOSITORY}">★ GitHub 1.2k</a>', (None, None, (REPOSITORY,), ()),
                 id="a star before it"),
    pytest.param(f'<a href="{REPOSITORY}">GitHub 1.2k</a>', (None, None, (REPOSITORY,), ()),
                 id="stars"),
    pytest.param('<a href="https://github.com/o">GitHub</a>', (None, None, (), ()), id="account"),
    pytest.param('<a href="http://127.0.0.1/abs/2301.00001">Code</a>', (None, None, (), ()),
                 id="the reader's own machine"),
    pytest.param('<a href="javascript:x">Code</a>', (None, None, (), ()), id="a script"),
    pytest.param('<a href="https://u:p@github.com/o/n">Code</a>', (None, None, (), ()),
                 id="a password"),
    pytest.param('<a href="https://doi.org/10.1000/xyz">DOI</a>', (None, "10.1000/xyz", (), ()),
                 id="DOI"),
    pytest.param('<a href="https://doi.org/10.48550/arXiv.2301.00001">DOI</a>',
                 ("2301.00001", None, (), ()), id="arXiv's DOI"),
    pytest.param('<a href="https://alphaxiv.org/abs/2301.00001">View</a>',
                 ("2301.00001", None, (), ()), id="a mirror"),
    pytest.param(
        '<a href="https://web.archive.org/web/2024/https://arxiv.org/abs/2301.00001v3">arXiv</a>',
        ("2301.00001", None, (), ()), id="an archive"),
    pytest.param('<a href="https://o.github.io/n/">Project page</a>',
                 (None, None, (), ("https://o.github.io/n/",)), id="project page"),
    pytest.param('<a href="https://x.com/share?u=y">Share</a>', (None, None, (), ()), id="share"),
]  # fmt: skip


@pytest.mark.parametrize(("link", "wanted"), LINKS)
def test_what_a_link_says(link: str, wanted: tuple[object, ...]) -> None:
    record = f"<article><h3>A Note on Kites</h3><p>{TEXT}</p><div>{link}</div></article>"
    other = f"<article><h3>A Tale of Boats</h3><p>{TEXT} More.</p></article>"
    first, second = listed(record, other).entries
    assert said(first) == wanted
    assert first.arxiv is None or first.arxiv.version is None
    assert said(second) == (None, None, (), ())


def test_a_link_has_its_evidence() -> None:
    entry = listed(
        f"<article><h3>A Note</h3><p>{TEXT}</p><a href={REPOSITORY}>Code</a></article>"
    ).entries[0]
    assert entry.code == (Link(REPOSITORY, "page", "repository"),)
    assert entry.code_flag


def test_links_in_an_abstract_are_works_it_cites_but_for_its_code() -> None:
    prose = (
        f'<a href="https://arxiv.org/abs/2301.00009">BERT</a> and <a href="https://github.com/a/b">'
        f'torch</a> are used; code is <a href="{REPOSITORY}">here</a>. {TEXT}'
    )
    entry = listed(f"<article><h3>A Note</h3><p>{prose}</p></article>").entries[0]
    assert said(entry) == (None, None, (REPOSITORY,), ())


def test_two_arxiv_papers_beside_one_are_a_doubt() -> None:
    links = " ".join(f'<a href="https://arxiv.org/abs/2301.0000{n}">arXiv</a>' for n in (1, 2))
    reading = listed(f"<article><h3>A Note</h3><p>{TEXT}</p><p>{links}</p></article>")
    entry = reading.entries[0]
    assert (entry.arxiv, entry.doubts) == (
        None,
        (
            Doubt(
                "arxiv",
                "the page links several arXiv papers beside it",
                ("2301.00001", "2301.00002"),
            ),
        ),
    )
    assert [notice.rule for notice in reading.notices] == ["page.several-links"]


def test_the_link_of_the_title_counts_over_those_below() -> None:
    entry = listed(
        '<article><h3><a href="https://arxiv.org/abs/2301.00001">A Note on Kites</a></h3>'
        f'<p>{TEXT}</p><p><a href="https://arxiv.org/abs/2301.00002">Appendix</a></p></article>'
    ).entries[0]
    assert said(entry)[0] == "2301.00001"


def test_an_id_beside_two_papers_is_neithers() -> None:
    link = '<a href="https://arxiv.org/abs/2301.00001">arXiv</a>'
    reading = listed(
        f"<article><h3>A Note</h3><p>{TEXT}</p>{link}</article>",
        f"<article><h3>A Tale</h3><p>{TEXT} More.</p>{link}</article>",
    )
    assert [entry.arxiv for entry in reading.entries] == [None, None]


def test_rows_that_may_belong_above_or_below_are_left() -> None:
    link = f'<p><a href="{REPOSITORY}">Code</a></p>'
    reading = listed(
        f"{link}<h3>A Note</h3><p>{TEXT}</p>{link}<h3>A Tale</h3><p>{TEXT} More.</p>{link}"
    )
    assert [entry.code for entry in reading.entries] == [(), ()]


# --- pages of known sites ----------------------------------------------------------------------

LISTING = """<!DOCTYPE html><html><body><h3>Showing new listings</h3><dl id='articles'>
<dt><a name='item1'>[1]</a>
 <a href ="/abs/2301.00001" title="Abstract" id="2301.00001"> arXiv:2301.00001 </a>
 [<a href="/pdf/2301.00001" title="Download PDF">pdf</a>]</dt>
<dd><div class='meta'>
 <div class='list-title mathjax'><span class='descriptor'>Title:</span>
   A Note on $O(n)$ Kites &amp; Strings </div>
 <div class='list-authors'><a href="/search?x">Ada Roe</a>, <a href="/search?y">Bo Li</a></div>
 <div class='list-comments mathjax'><span class='descriptor'>Comments:</span>
   9 pages, see <a href="https://github.com/o/n" rel="external">this https URL</a></div>
 <div class='list-subjects'><span class='descriptor'>Subjects:</span>
   <span class="primary-subject">Machine Learning (cs.LG)</span>; Optics (physics.optics)</div>
 <p class='mathjax'> We fly them. <a href="https://o.github.io/n">this https URL</a> </p>
</div></dd>
<dt><a name='item2'>[2]</a> <a href ="/abs/hep-th/9901001" title="Abstract">x</a> (replaced)</dt>
<dd><div class="list-title mathjax"><span class="descriptor">Title:</span> A Tale</div>
 <div class="list-authors">Cy Moe, D'Arcy O'Neill</div>
 <div class="list-comments"><span class="descriptor">Comments:</span> This paper has been withdrawn
 by the author</div></dd></dl></body></html>"""


def test_a_list_of_arxiv() -> None:
    reading = read_page(LISTING.encode(), "new.html")
    assert (reading.kind, reading.notices) == ("arxiv-listing", ())
    first, second = reading.entries
    assert first == Entry(
        type="preprint",
        title="A Note on O(n) Kites & Strings",
        authors=(Name(family="Roe", given="Ada"), Name(family="Li", given="Bo")),
        abstract="We fly them. https://o.github.io/n",
        categories=("cs.LG", "physics.optics"),
        primary_known=True,
        code=(Link("https://github.com/o/n", "comment", "repository"),),
        links=(Link("https://o.github.io/n", "abstract", "project page"),),
        arxiv=first.arxiv,
        sources=(Source("new.html", 2),),
    )
    assert said(first)[0] == "2301.00001"
    assert [name.display() for name in second.authors] == ["Cy Moe", "D'Arcy O'Neill"]
    assert said(second)[0] == "hep-th/9901001"
    assert second.remarks == (
        'Withdrawn from arXiv: its comment says "This paper has been withdrawn by the author".',
    )


SEARCH = """<html><body><ol><li class="arxiv-result"><div class="is-marginless">
<p class="list-title is-inline-block"><a href="https://arxiv.org/abs/2301.00001v2">arXiv:2301.00001v2
</a></p><div class="tags is-inline-block"><span class="tag is-small is-link">cs.CL</span>
<span class="tag is-small is-grey">cs.AI</span></div><div class="tags has-addons"><span
class="tag is-dark">doi</span><span class="tag is-light"><a href="https://doi.org/10.1000/x">
10.1000/x</a></span></div></div><p class="title is-5 mathjax"> A <span class="search-hit">
Note</span> on Kites</p><p class="authors"><span>Authors:</span> <a href="/search/?x">Ada Roe</a>,
<a href="/search/?y">Bo Li</a>, et al. (3 additional authors not shown)</p>
<p class="abstract mathjax"><span>Abstract</span>:
<span class="abstract-short" style="display: inline;">We fly &hellip; <a>&#9661; More</a></span>
<span class="abstract-full" style="display: none;">We fly <span class="search-hit">kites</span>.
<a class="is-size-7">&#9651; Less</a></span></p><p class="is-size-7"><span>Submitted</span>
26 December, 2021; <span>v1</span> submitted 9 June, 2021; <span>originally announced</span>
June 2021.</p></li>
</ol></body></html>"""


def test_a_search_on_arxiv() -> None:
    reading = read_page(SEARCH.encode(), "search.html")
    assert reading.kind == "arxiv-search"
    (entry,) = reading.entries
    assert (entry.title, entry.abstract, entry.categories) == (
        "A Note on Kites", "We fly kites.", ("cs.CL", "cs.AI"),
    )  # fmt: skip
    assert (entry.date, entry.authors_truncated, entry.author_count) == (
        PartialDate(2021, 6, 9), True, 5,
    )  # fmt: skip
    assert said(entry) == ("2301.00001", None, (), ("https://doi.org/10.1000/x",))


PAPER = """<html><head><meta name="citation_arxiv_id" content="2301.00001"/></head><body>
<a href="/abs/2301.99999">next</a><div class="dateline">[Submitted on 9 Jun 2021 (<a
href="/abs/2301.00001v1">v1</a>), last revised 3 Jul 2022 (this version, v2)]</div>
<h1 class="title mathjax"><span class="descriptor">Title:</span>A Note</h1>
<div class="authors"><span class="descriptor">Authors:</span><a href="/a">Ada Roe</a></div>
<blockquote class="abstract mathjax"><span class="descriptor">Abstract:</span>We fly.</blockquote>
<table><tr><td class="tablecell subjects"><span class="primary-subject">Optics
(physics.optics)</span></td></tr><tr><td class="tablecell arxivid">
<a href="https://arxiv.org/abs/2301.00001">arXiv:2301.00001</a></td></tr></table></body></html>"""


def test_a_paper_on_arxiv() -> None:
    reading = read_page(PAPER.encode(), "abs.html")
    (entry,) = reading.entries
    assert (reading.kind, entry.title, entry.abstract, entry.date) == (
        "arxiv-paper", "A Note", "We fly.", PartialDate(2021, 6, 9),
    )  # fmt: skip
    assert (said(entry)[0], entry.categories) == ("2301.00001", ("physics.optics",))


def daily(facts: list[str], cards: list[str], name: str = "dailyPapers") -> PageReading:
    rows = [
        {
            "paper": {
                "id": value,
                "title": f"A Note on Kite {value}",
                "summary": f"We\nfly. {TEXT}",
                "authors": [{"name": "Ada Roe"}],
                "publishedAt": "2025-08-13T10:00:00.000Z",
                "githubRepo": "https://github.com/o/n",
                "githubRepoAddedBy": "user",
            },
            "numComments": 2,
        }
        for value in facts
    ]
    props = escape(json.dumps({name: rows}))
    shown = "".join(
        f'<article><h3><a href="/papers/{value}">A Note on Kite {value}</a></h3>'
        f"<p>We fly. {TEXT}</p><ul><li>1 authors</li></ul></article>\n"
        for value in cards
    )
    page = (
        f'<html>\n<div data-target="DailyPapers" data-props="{props}"><h1>Daily Papers</h1>{shown}'
    )
    return read_page(page.encode(), "papers.html")


def test_daily_papers_have_their_data_in_the_page() -> None:
    reading = daily(["2301.00001"], ["2301.00001"])
    assert (reading.kind, reading.entries) == (
        "hugging-face",
        (
            Entry(
                type="preprint",
                title="A Note on Kite 2301.00001",
                authors=(Name(family="Roe", given="Ada"),),
                author_count=1,
                abstract=f"We fly. {TEXT}",
                date=PartialDate(2025, 8, 13),
                code=(Link(REPOSITORY, "paper page: added by its author", "repository"),),
                comment_count=2,
                arxiv=reading.entries[0].arxiv,
                sources=(Source("papers.html", 2),),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("facts", "cards", "name", "wanted"),
    [
        pytest.param("12", "", "dailyPapers", "12", id="only data"),
        pytest.param("12", "21", "dailyPapers", "21", id="in the order shown"),
        pytest.param("1", "12", "dailyPapers", "12", id="a card that came later"),
        pytest.param("12", "2", "searchResults", "2", id="of a search only what is shown"),
    ],
)
def test_which_daily_papers(facts: str, cards: str, name: str, wanted: str) -> None:
    def ids(digits: str) -> list[str]:
        return [f"2301.0000{digit}" for digit in digits]

    reading = daily(ids(facts), ids(cards), name)
    assert [said(entry)[0] for entry in reading.entries] == ids(wanted)


ACL = """<html><body><h2 id=title><a href="https://aclanthology.org/volumes/2023.acl-long.pdf">
Proceedings of the Kites</a></h2>{papers}</body></html>"""
ACL_PAPER = """<p class="d-sm-flex align-items-stretch"><span class="d-block list-button-row"><a
href="https://aclanthology.org/2023.acl-long.{n}.pdf">pdf</a></span><span class="d-block"><strong><a
class="align-middle" href="/2023.acl-long.{n}/">A <span class="acl-fixed-case">N</span>ote {n}</a>
</strong><br><a href="/people/a/ada-roe/">Ada Roe</a> | <a href="/people/b/bo-li/">Bo Li</a></span>
</p><div class="card collapse abstract-collapse" id="abstract-{n}"><div>We fly {n}.</div></div>"""


def test_a_volume_of_the_anthology() -> None:
    page = ACL.format(papers="".join(ACL_PAPER.format(n=n) for n in (0, 1, 2)))
    reading = read_page(page.encode(), "volume.html")
    assert reading.kind == "acl-anthology"
    assert [
        (e.title, e.abstract, e.venue, e.date, [n.display() for n in e.authors], said(e)[3])
        for e in reading.entries
    ] == [
        (
            f"A Note {n}", f"We fly {n}.", "Proceedings of the Kites", PartialDate(2023),
            ["Ada Roe", "Bo Li"], (f"https://aclanthology.org/2023.acl-long.{n}",),
        )
        for n in (1, 2)
    ]  # fmt: skip


def test_a_profile_of_google_scholar() -> None:
    row_of = (
        '<tr class="gsc_a_tr"><td><a href="/x" class="gsc_a_at">{title}</a><div class="gs_gray">'
        '{people}</div><div class="gs_gray">{venue}<span class="gs_oph">, 2023</span></div></td>'
        '<td><span class="gsc_a_h gsc_a_hc">2023</span></td></tr>'
    )
    rows = row_of.format(title="A Note", people="A Roe, B Li, ...", venue="J. Kites 12 (3), 4-5")
    rows += row_of.format(title="A Tale", people="A Roe", venue="arXiv preprint arXiv:2301.00001")
    reading = read_page(f"<html><table>{rows}</table>".encode(), "profile.html")
    first, second = reading.entries
    assert (first.venue, dict(first.fields), first.authors_truncated, first.date) == (
        "J. Kites", {"volume": "12", "issue": "3", "page": "4-5"}, True, PartialDate(2023),
    )  # fmt: skip
    assert (second.venue, second.type, said(second)[0]) == (None, "preprint", "2301.00001")
