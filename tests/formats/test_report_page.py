"""The report page as text: escaping, links, what is shown of an entry, plots."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.formats.report_page import Paper, ShownLink, Told, paper_of, write_page
from bibtools.formats.report_page.markup import (
    clean,
    data_element,
    element,
    safe_link,
    style_element,
)
from bibtools.formats.report_page.page import STATIC
from bibtools.formats.report_page.papers import readable
from bibtools.formats.report_page.plots import YearBar, year_bars
from bibtools.model import (
    ArxivId,
    Candidate,
    Doi,
    Doubt,
    Entry,
    Link,
    Name,
    Outcome,
    PartialDate,
    Resolution,
    Source,
)
from tests.entry_strategies import entries
from tests.report_pages import ADDRESSES, SCRIPTS

KNOWN = frozenset(
    "html head meta title style body a bdi header h1 h2 h3 p search div label input select option "
    "aside details summary datalist fieldset legend button figure figcaption svg rect span table "
    "thead tbody tr th td main ol li article dl dt dd pre code noscript footer kbd script".split()
)


class Seen(HTMLParser):
    """Every element with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.depth: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "input"):
            self.depth.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.depth.pop() == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


def data_of(html: str) -> Any:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


@pytest.mark.parametrize("url", ADDRESSES)
def test_no_link_to_it(url: str) -> None:
    assert safe_link(url) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://arxiv.org/abs/2104.08821",
        "http://x.org",
        "HTTPS://X.ORG/A?b=c&d=%20#e",
        "https://en.wikipedia.org/wiki/A_(b)",
        "https://x.org:8443/ü",
        "https://8.8.8.8/",
    ],
)
def test_links(url: str) -> None:
    assert safe_link(f" {url} ") == url


@given(st.text(max_size=40))
def test_text_stays_text(text: str) -> None:
    made = element("p", {"title": text}, text).html
    seen = Seen(made)
    assert [tag for tag, _ in seen.elements] == ["p"]


@given(st.text(max_size=40))
def test_data_stays_data(text: str) -> None:
    made = data_element("data", [clean(text)]).html
    assert data_of(made) == [clean(text)]
    assert not re.search("[<>&\u2028\u2029]", made.partition(">")[2].rpartition("<")[0])


@pytest.mark.parametrize("name", ["a b", "a>", "", "1a", "on\nload"])
def test_names_of_elements_are_ours(name: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        element(name, {})
    with pytest.raises(ValueError, match="no name"):
        element("p", {name: "x"})


def test_our_own_style_may_not_end_itself() -> None:
    with pytest.raises(ValueError, match="would end"):
        style_element("a{} </style>")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("$k$-means in $\\mathbb{R}^2$", "k-means in ℝ²", id="formulas"),
        pytest.param("costs $5 to $10 a day", "costs $5 to $10 a day", id="money"),
        pytest.param("\\emph{a} \\'e \\& b", "a é & b", id="commands"),
        pytest.param("$\\frac{a}{b}$", "$\\frac{a}{b}$", id="beyond-characters"),
        pytest.param("H<sub>2</sub>O < 3", "H2O < 3", id="markup"),
        pytest.param("a\x00\x1b\x85\ud800b\r\nc", "a\ufffd\ufffd\ufffd\ufffdb\nc", id="controls"),
        pytest.param("Cost: \\$5 and $x$", "Cost: $5 and x", id="escaped-dollar"),
    ],
)
def test_readable(text: str, shown: str) -> None:
    assert readable(text) == shown


def test_what_is_shown_of_an_entry() -> None:
    entry = Entry(
        key="gao",
        type="paper-conference",
        title="$k$ Things",
        authors=(Name(family="Gao", given="Tianyu"), Name(literal="OpenAI")),
        author_count=3,
        abstract="Text.",
        date=PartialDate(2021, 4),
        date_inferred=True,
        categories=("cs.CL", "cs.LG"),
        arxiv=ArxivId("2104.08821", 2),
        doi=Doi("10.1000/a<b>"),
        other_ids={"pmid": "123", "pmcid": "x"},
        venue="EMNLP",
        code=(Link("https://github.com/a/b", "abstract", "repository"),),
        links=(
            Link("https://arxiv.org/abs/2104.08821", "field url", "url"),
            Link("javascript:alert(1)", "page"),
            Link("https://www.example.org/a.pdf", "page"),
            Link("https://www.example.org/a", "page"),
        ),
        sources=(Source("refs.bib", 3), Source("page.txt", 7, ("title",))),
        resolution=Resolution(
            Outcome.LIKELY, None, "a near title", (Candidate(ArxivId("2104.08821"), "$k$ Thing",
            93.4, ("authors",), ("year",)),), "index"),
        doubts=(Doubt("title", "two readings", ("$k$",)),),
        remarks=("The page says more.",),
    )  # fmt: skip
    told = [Told("doi = x", ("from Crossref.",))]
    assert paper_of(entry, bibtex="@x{}\n", told=told, file="refs.bib") == Paper(
        title="k Things",
        key="gao",
        authors=("Tianyu Gao", "OpenAI"),
        truncated=True,
        sort_name="Gao",
        year=2021,
        venue="EMNLP",
        type="conference paper",
        categories=("cs.CL", "cs.LG"),
        links=(
            ShownLink("arXiv", "https://arxiv.org/abs/2104.08821"),
            ShownLink("PDF", "https://arxiv.org/pdf/2104.08821"),
            ShownLink("DOI", "https://doi.org/10.1000/a%3Cb%3E"),
            ShownLink("Code", "https://github.com/a/b"),
            ShownLink("PubMed", "https://pubmed.ncbi.nlm.nih.gov/123/"),
            ShownLink("PDF", "https://www.example.org/a.pdf"),
            ShownLink("example.org", "https://www.example.org/a"),
        ),
        addresses=("javascript:alert(1)",),
        abstract="Text.",
        bibtex="@x{}",
        told=(
            Told("doi = x", ("from Crossref.",)),
            Told("arXiv ID", (
                "Likely: a near title (from index)",
                "Candidate 2104.08821: k Thing (likeness 93 of 100; agree: authors; "
                "against it: year)",
            )),
            Told("title", ("Unsure: two readings", "Another reading: k")),
            Told("year", ("Unsure: part of the date is inferred.",)),
            Told("code", ("https://github.com/a/b (repository): abstract",)),
            Told("link", ("javascript:alert(1): page",)),
            Told("link", ("https://www.example.org/a.pdf: page",)),
            Told("link", ("https://www.example.org/a: page",)),
            Told("remark", ("The page says more.",)),
            Told("source", ("page.txt, line 7 (gave title)",)),
        ),
        has=("code", "pdf", "arxiv", "unsure"),
    )  # fmt: skip


@pytest.mark.parametrize("text", SCRIPTS)
def test_hostile_texts_make_no_element(text: str) -> None:
    text = clean(text)
    paper = Paper(
        title=text, key=text, authors=(text,) * 12, sort_name=text, venue=text, type=text,
        categories=(text,), addresses=(text,), abstract=text, bibtex=text,
        told=(Told(text, (text,)),), has=("unsure",), year=2020,
        links=(ShownLink(text, "https://x.org/"),),
    )  # fmt: skip
    html = write_page([paper], text)
    seen = Seen(html)
    assert {tag for tag, _ in seen.elements} <= KNOWN
    assert [tag for tag, _ in seen.elements].count("script") == 2
    names = {name for _, attributes in seen.elements for name in attributes}
    assert [name for name in names if name.startswith(("on", "style", "src"))] == []
    assert data_of(html)["papers"][0]["t"] == text


def unpacked(html: str, identifier: str) -> Any:
    found = re.search(
        f'<script type="text/plain" id="{identifier}">([A-Za-z0-9+/=]*)</script>', html
    )
    assert found is not None
    return json.loads(zlib.decompress(base64.b64decode(found[1])))


def test_packed_papers_are_all_there() -> None:
    """Index and packs together say what the data of a short list say."""
    texts = [clean(text) for text in SCRIPTS]
    papers = [
        Paper(
            title=f"{text} {number}", key=text, abstract=text if number % 2 else "", year=2020,
            bibtex=f"@misc{{{number}}}", told=(Told(text, (text,)),) * (number % 3),
        )
        for number, text in enumerate(texts * (STATIC // len(texts) + 1))
    ]  # fmt: skip
    assert len(papers) > STATIC
    parts = [papers[start : start + STATIC] for start in range(0, len(papers), STATIC)]
    plain = [row for part in parts for row in data_of(write_page(part, "x"))["papers"]]
    html = write_page(papers, "x")
    data = data_of(html)
    assert (data["count"], "papers" in data) == (len(papers), False)
    packs = -(-len(papers) // data["pack"])
    deep = [row for number in range(packs) for row in unpacked(html, f"pack{number}")]
    index = unpacked(html, "index")
    assert [shallow | own for shallow, own in zip(index, deep, strict=True)] == plain
    for shallow, own in zip(index, deep, strict=True):
        counts = (int("s" in own), int("b" in own), len(own.get("e", ())))
        assert (shallow.get("s", 0), shallow.get("b", 0), shallow.get("e", 0)) == counts
    seen = Seen(html)
    assert {tag for tag, _ in seen.elements} <= KNOWN
    assert [tag for tag, _ in seen.elements].count("script") == 3 + packs
    assert write_page(papers, "x") == html


@pytest.mark.parametrize(
    ("count", "listed", "said"),
    [
        pytest.param(STATIC, STATIC, None, id="short"),
        pytest.param(STATIC + 1, STATIC + 1, "does not run.", id="in-brief"),
        pytest.param(620, 610, "So do the papers after the first 610 of 620.", id="limited"),
    ],
)
def test_what_is_there_without_a_script(
    monkeypatch: pytest.MonkeyPatch, count: int, listed: int, said: str | None
) -> None:
    monkeypatch.setattr("bibtools.formats.report_page.page.PLAIN", 610)
    html = write_page([Paper(title=f"T{number}") for number in range(count)], "x")
    assert html.count("<article") == listed
    limit = re.search('<noscript><p class="limit">(.*?)</p>', html)
    assert (limit is None) is (said is None)
    if limit is not None and said is not None:
        assert limit[1].endswith(said)


@given(entries())
def test_any_entry_makes_a_page(entry: Entry) -> None:
    html = write_page([paper_of(entry)], "x")
    seen = Seen(html)
    assert {tag for tag, _ in seen.elements} <= KNOWN
    hrefs = [attributes.get("href") for tag, attributes in seen.elements if tag == "a"]
    assert all(href == "#papers" or safe_link(str(href)) == href for href in hrefs)
    html.encode()


def test_the_policy_names_what_is_there() -> None:
    html = write_page([], "x")
    policy = next(attributes["content"] for tag, attributes in Seen(html).elements
                  if attributes.get("http-equiv") == "Content-Security-Policy")  # fmt: skip
    script = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)[0]
    style = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)[0]
    script_hash, style_hash = (
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for text in (script, style)
    )
    assert policy == (
        f"default-src 'none'; script-src 'sha256-{script_hash}'; style-src 'sha256-{style_hash}'; "
        "img-src data:; base-uri 'none'; form-action 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )


def test_the_same_papers_give_the_same_bytes() -> None:
    papers = [Paper(title=f"T{number}", year=2000 + number % 3) for number in range(50)]
    assert write_page(papers, "x") == write_page(list(papers), "x")


@pytest.mark.parametrize(
    ("counts", "most", "bars"),
    [
        pytest.param({}, 5, [], id="none"),
        pytest.param({2020: 3}, 5, [YearBar(2020, 2020, 3)], id="one"),
        pytest.param(
            {2019: 1, 2021: 2}, 5,
            [YearBar(2019, 2019, 1), YearBar(2020, 2020, 0), YearBar(2021, 2021, 2)], id="gap",
        ),
        pytest.param(
            {2000: 5, 2009: 5}, 5,
            [YearBar(2000, 2001, 5), YearBar(2002, 2003, 0), YearBar(2004, 2005, 0),
             YearBar(2006, 2007, 0), YearBar(2008, 2009, 5)], id="several-years-each",
        ),
        pytest.param(
            {-300: 1, 1500: 1, 2020: 60, 2021: 40}, 5,
            [YearBar(None, 2019, 2), YearBar(2020, 2020, 60), YearBar(2021, 2021, 40)],
            id="old-ones-together",
        ),
    ],
)  # fmt: skip
def test_years(counts: dict[int, int], most: int, bars: list[YearBar]) -> None:
    assert year_bars(counts, most) == bars


@given(st.dictionaries(st.integers(-999, 2100), st.integers(1, 99), max_size=30))
def test_every_paper_is_in_one_bar(counts: dict[int, int]) -> None:
    bars = year_bars(counts, 20)
    assert sum(bar.count for bar in bars) == sum(counts.values())
    assert len(bars) <= 20
