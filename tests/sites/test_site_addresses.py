"""Which question an address stands for, and which addresses are refused."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.errors import UsageError
from bibtools.sites.addresses import (
    FORMS,
    MOST,
    REFUSED_HINT,
    Listing,
    is_address,
    listing_of,
)
from bibtools.sites.asking import Question
from bibtools.sites.services import service


def asked(address: str) -> tuple[str, str, str]:
    found = listing_of(address)
    return found.service, found.kind, found.subject


@pytest.mark.parametrize(
    ("address", "question"),
    [
        pytest.param(address, tuple(question.split(" ", 2)), id=address.removeprefix("https://"))
        for address, question in (
            ("https://huggingface.co/papers?date=2026-11-20", "hugging-face daily date:2026-11-20"),
            ("https://huggingface.co/papers/date/2026-11-20", "hugging-face daily date:2026-11-20"),
            ("https://huggingface.co/papers/week/2026-W47/", "hugging-face daily week:2026-W47"),
            ("http://www.huggingface.co/papers?month=2026-11", "hugging-face daily month:2026-11"),
            ("HTTPS://HF.co/papers?week=2026-W01", "hugging-face daily week:2026-W01"),
            ("https://arxiv.org/abs/1706.03762v5", "arxiv arxiv 1706.03762"),
            ("https://arxiv.org/pdf/hep-th/9901001.pdf", "arxiv arxiv hep-th/9901001"),
            ("https://arxiv.org/search/?query=2104.08821&searchtype=paper_id",
             "arxiv arxiv 2104.08821"),
            ("https://orcid.org/0000-0002-1825-0097", "orcid person 0000-0002-1825-0097"),
            ("https://orcid.org/0000-0002-1694-233x", "orcid person 0000-0002-1694-233X"),
            ("https://arxiv.org/a/0000-0002-1825-0097", "orcid person 0000-0002-1825-0097"),
            ("https://dblp.org/pid/28/2391.html", "dblp person 28/2391"),
            ("https://dblp.org/pid/28/2391-1", "dblp person 28/2391-1"),
            ("https://dblp.uni-trier.de/pid/t/AndrewTomkins.html", "dblp person t/AndrewTomkins"),
            ("https://aclanthology.org/volumes/2021.emnlp-main/", "acl volume 2021.emnlp-main"),
            ("https://aclanthology.org/volumes/P19-1", "acl volume P19-1"),
            ("https://www.aclweb.org/anthology/volumes/W18-54/", "acl volume W18-54"),
            ("https://aclanthology.org/2021.emnlp-main.552/", "acl acl 2021.emnlp-main.552"),
            ("https://aclanthology.org/N18-1202.pdf", "acl acl N18-1202"),
        )
    ],
)  # fmt: skip
def test_one_question(address: str, question: tuple[str, str, str]) -> None:
    assert asked(address) == question


def query(address: str, page: int = 0) -> dict[str, str]:
    found = listing_of(address)
    subject = found.subject_of(page)
    assert subject is not None
    batch = service("arxiv").kinds[found.kind]
    url = batch.request([Question("arxiv", found.kind, subject)]).url
    assert url.startswith("https://export.arxiv.org/api/query?")
    return {name: one[0] for name, one in parse_qs(urlsplit(url).query).items()}


@pytest.mark.parametrize(
    ("address", "search", "order"),
    [
        pytest.param(address, search, order, id=address)
        for address, search, order in (
            ("list/cs.CL/recent", "cat:cs.CL", "submittedDate descending"),
            ("list/cs.CL", "cat:cs.CL", "submittedDate descending"),
            ("list/cs.cl/recent", "cat:cs.CL", "submittedDate descending"),
            ("list/quant-ph", "cat:quant-ph", "submittedDate descending"),
            ("list/cs/pastweek?skip=0&show=500", "cat:cs.*", "submittedDate descending"),
            ("list/hep-th/new", "cat:hep-th", "submittedDate descending"),
            ("list/astro-ph/new", "(cat:astro-ph.* OR cat:astro-ph)", "submittedDate descending"),
            ("list/cond-mat.mes-hall/recent", "cat:cond-mat.mes-hall", "submittedDate descending"),
            ("list/cs.CL/2026-11", "cat:cs.CL AND submittedDate:[202611010000 TO 202611302359]",
             "submittedDate ascending"),
            ("list/cs.CL/2402", "cat:cs.CL AND submittedDate:[202402010000 TO 202402292359]",
             "submittedDate ascending"),
            ("list/hep-th/9901", "cat:hep-th AND submittedDate:[199901010000 TO 199901312359]",
             "submittedDate ascending"),
            ("a/oz_e_1", "au:oz_e", "submittedDate descending"),
            ("a/van-der-berg_j_2.atom2", "au:van-der-berg_j", "submittedDate descending"),
            ("search/?query=deep+boats&searchtype=title", "ti:deep AND ti:boats",
             "relevance descending"),
            ("search/?query=%22deep+boats%22+knots&searchtype=all&order=-announced_date_first",
             'all:"deep boats" AND all:knots', "submittedDate descending"),
            ("search/?query=Oz%2C+Eve&searchtype=author&order=submitted_date",
             "au:oz AND au:eve", "lastUpdatedDate ascending"),
            ("search/cs?query=boats", "all:boats AND cat:cs.*", "relevance descending"),
            ("search/?query=cs.CL&searchtype=cross_list_category", "cat:cs.CL",
             "relevance descending"),
            ('search/?query=a") OR (cat:cs.*&searchtype=title',
             'ti:a AND ti:or AND ti:"cat cs"', "relevance descending"),
        )
    ],
)  # fmt: skip
def test_arxiv_is_searched(address: str, search: str, order: str) -> None:
    found = query(f"https://arxiv.org/{address}")
    assert found["search_query"] == search
    assert f"{found['sortBy']} {found['sortOrder']}" == order


def test_the_query_interface_is_asked_as_it_was() -> None:
    address = (
        "http://export.arxiv.org/api/query?search_query=ti:%22deep+boats%22&start=20"
        "&max_results=450&sortBy=lastUpdatedDate&callback=x"
    )
    same = {"search_query": 'ti:"deep boats"', "sortBy": "lastUpdatedDate"}
    assert query(address) == {**same, "start": "20", "max_results": "200"}
    assert query(address, 2) == {**same, "start": "420", "max_results": "50"}
    assert listing_of(address).subject_of(3) is None


def test_without_a_number_the_interface_gives_ten() -> None:
    found = query("https://arxiv.org/api/query?id_list=2104.08821,1706.03762")
    assert found == {"id_list": "2104.08821,1706.03762", "start": "0", "max_results": "10"}


def test_more_than_the_most_is_told() -> None:
    found = listing_of("https://arxiv.org/api/query?search_query=cat:cs.CL&max_results=30000")
    assert found.most == MOST
    assert any("first 5,000" in note for note in found.notes)


def test_a_page_of_results_is_that_page() -> None:
    address = "https://arxiv.org/search/?query=boats&size=25&start=50"
    assert {name: query(address)[name] for name in ("start", "max_results")} == {
        "start": "50",
        "max_results": "25",
    }
    assert listing_of(address).subject_of(1) is None


def test_pages_of_a_month_of_papers() -> None:
    found = listing_of("https://huggingface.co/papers/month/2026-11")
    assert [found.subject_of(page) for page in (0, 1, 12)] == [
        "month:2026-11", "month:2026-11:1", "month:2026-11:12",
    ]  # fmt: skip
    assert found.subject_of(50) is None


@pytest.mark.parametrize(
    ("address", "why"),
    [
        pytest.param(address, why, id=address)
        for address, why in (
            ("https://example.org/papers", "none of the addresses that bibtools knows"),
            ("https://arxiv.org.example.org/abs/1706.03762", "none of the addresses"),
            ("https://huggingface.co/papers", "it names no day"),
            ("https://huggingface.co/papers?date=2026-11-20&week=2026-W47", "it names no day"),
            ("https://huggingface.co/papers/date/today", '"today" is no date'),
            ("https://huggingface.co/papers/week/2026-47", '"2026-47" is no week'),
            ("https://huggingface.co/papers/trending", "none of the addresses"),
            ("https://huggingface.co/bert-base-uncased", "none of the addresses"),
            ("https://arxiv.org/list/cs.CL/2026", '"2026" is no month'),
            ("https://arxiv.org/list/cs.CL/2026-13", '"2026-13" is no month'),
            ("https://arxiv.org/list/cs.CL/current", '"current" is no month'),
            ("https://arxiv.org/list/cs.CL%20OR%20cat:math.CO/recent", "none of the addresses"),
            ("https://arxiv.org/abs/boats", '"boats" is no arXiv ID'),
            ("https://arxiv.org/a/boats", '"boats" is no author of arXiv'),
            ("https://arxiv.org/api/query?start=3", "neither search_query nor id_list"),
            ("https://arxiv.org/api/query?search_query=x&sortBy=stars", "sortBy is none of"),
            ("https://arxiv.org/api/query?search_query=x&start=-1", "start is no number"),
            ("https://arxiv.org/search/?query=x&searchtype=full_text",
             'has no searchtype "full_text"'),
            ("https://arxiv.org/search/?query=x&order=stars", 'has no order "stars"'),
            ("https://arxiv.org/search/?query=%22%22", "it has no words"),
            ("https://arxiv.org/search/?query=" + "+".join("abcdefghijklm"), "more words"),
            ("https://arxiv.org/search/advanced?terms-0-term=x&query=x",
             '"advanced" is no class of arXiv'),
            ("https://arxiv.org/list/boats/recent", '"boats" is no class of arXiv'),
            ("https://orcid.org/0000-0002-1825-0098", "its last digit does not fit"),
            ("https://orcid.org/ada", "none of the addresses"),
            ("https://dblp.org/search?q=boats", "none of the addresses"),
            ("https://dblp.org/pid/../x", "none of the addresses"),
            ("https://aclanthology.org/events/acl-2021/", "none of the addresses"),
            ("https://aclanthology.org/volumes/../x/", "none of the addresses"),
            ("https://arxiv.org:8080/abs/1706.03762", "a port or a name"),
            ("https://me:secret@arxiv.org/abs/1706.03762", "a port or a name"),
            ("https://127.0.0.1/papers", "none of the addresses"),
            ("https://[x/", "it is no address"),
            ("https://arxiv.org:x/", "it is no address"),
            ("https://arxiv.org/abs/%ff", "it is no address"),
        )
    ],
)  # fmt: skip
def test_refused(address: str, why: str) -> None:
    with pytest.raises(UsageError) as caught:
        listing_of(address)
    assert why in caught.value.message
    assert caught.value.hint


def test_the_hint_names_what_works() -> None:
    with pytest.raises(UsageError) as caught:
        listing_of("https://example.org/")
    assert caught.value.hint == REFUSED_HINT
    for form in FORMS:
        for word in form.replace(",", " ").split():
            if word.startswith("https://"):
                assert isinstance(listing_of(word.replace("...", "boats")), Listing)


@given(st.text(max_size=60))
def test_any_address_is_a_question_or_refused(rest: str) -> None:
    for start in ("https://", "https://arxiv.org/", "https://huggingface.co/papers/"):
        try:
            found = listing_of(start + rest)
        except UsageError as error:
            assert error.hint
            continue
        subject = found.subject_of(0)
        assert subject is not None
        batch = service(found.service).kinds[found.kind]
        url = batch.request([Question(found.service, found.kind, subject)]).url
        assert url.startswith(service(found.service).base)
        assert url.isascii()


@pytest.mark.parametrize(
    ("word", "is_one"),
    [("https://arxiv.org", True), ("HTTP://x", True), ("page.html", False), ("-", False),
     ("https:/x", False), ("ftp://x", False)],
)  # fmt: skip
def test_addresses_and_files(word: str, is_one: bool) -> None:
    assert is_address(word) is is_one
