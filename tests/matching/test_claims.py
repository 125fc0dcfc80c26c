"""Values of one field from several services."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.matching.claims import (
    AUTHORS_WORD,
    KINDS,
    RANKS,
    UNRANKED,
    USER,
    Claim,
    Decided,
    Disagree,
    Locked,
    Value,
    agree,
    decide,
    decide_all,
    rank_of,
)
from bibtools.model import ArxivId, Doi, Name, PartialDate

A, B = Doi("10.1000/a"), Doi("10.1000/b")


def claim(service: str, value: Value, field: str = "doi", evidence: str = "") -> Claim:
    return Claim(field, value, service, f"{service}:title:x", "2026-11-20", evidence)


WINNERS = [
    pytest.param([claim("dblp", B), claim("crossref", A)], A, "crossref, before dblp",
                 id="the agency before the catalogue"),
    pytest.param([claim("openalex", B), claim("dblp", A), claim("semantic-scholar", B)], A,
                 "dblp, before openalex and semantic-scholar",
                 id="two that merge by machine do not outvote who curates"),
    pytest.param([claim("crossref", B), claim("arxiv", A, evidence=AUTHORS_WORD)], A,
                 "the authors say so at arxiv, before crossref", id="the authors' own word"),
    pytest.param([claim("crossref", A), claim("datacite", Doi("10.1000/A"))], A,
                 "crossref, datacite agrees", id="case of a DOI"),
    pytest.param([claim("dblp", B), claim(USER, A)], A,
                 "it is what the entry has", id="the user has one"),
    pytest.param([claim("elsewhere", A)], A, "elsewhere", id="alone and unknown"),
    pytest.param([claim("elsewhere", B), claim("index", A)], A, "index, before elsewhere",
                 id="unknown comes last"),
]  # fmt: skip


@pytest.mark.parametrize(("claims", "value", "rule"), WINNERS)
def test_who_wins(claims: list[Claim], value: Value, rule: str) -> None:
    decision = decide(claims)
    assert isinstance(decision, Decided)
    assert agree(claims[0].field, decision.value, value)
    assert decision.rule == rule
    parts = (decision.claim, *decision.agreeing, *decision.losers)
    assert sorted(parts, key=repr) == sorted(claims, key=repr)


def test_publication_and_content_have_their_own_order() -> None:
    by_field = decide_all(
        [
            Claim("venue", "Journal of Bees", "crossref"),
            Claim("venue", "J. Bees and Wasps", "arxiv"),
            Claim("title", "On <i>Bees</i> again", "crossref"),
            Claim("title", "On bees", "arxiv"),
        ]
    )
    assert list(by_field) == ["title", "venue"]
    title, venue = by_field["title"], by_field["venue"]
    assert isinstance(title, Decided) and title.value == "On bees"
    assert isinstance(venue, Decided) and venue.value == "Journal of Bees"
    assert [one.service for one in title.losers] == ["crossref"]


def test_equals_that_contradict_each_other() -> None:
    claims = [claim("openalex", A), claim("semantic-scholar", B), claim("index", A)]
    decision = decide(claims)
    assert decision == Disagree(
        "openalex and semantic-scholar contradict each other", tuple(claims)
    )


def test_a_service_that_contradicts_itself() -> None:
    decision = decide([claim("crossref", A), claim("crossref", B)])
    assert isinstance(decision, Disagree)
    assert decision.rule == "crossref contradicts itself"


def test_a_rank_of_its_own_overrules_the_table() -> None:
    strong = Claim("doi", A, "openalex", rank=0)
    decision = decide([claim("crossref", B), strong])
    assert isinstance(decision, Decided) and decision.claim is strong


def test_a_locked_field_is_not_decided() -> None:
    one = claim("crossref", A)
    assert decide([one], locked={"doi"}) == Locked("doi", (one,))
    assert isinstance(decide([one], locked={"title"}), Decided)


def test_what_the_user_has_stays_as_it_is() -> None:
    claims = [
        Claim("date", PartialDate(2020, 5, 1), "crossref"),
        Claim("date", PartialDate(2020), USER),
    ]
    decision = decide(claims)
    assert isinstance(decision, Decided)
    assert decision.value == PartialDate(2020)
    assert [one.service for one in decision.agreeing] == ["crossref"]


def test_a_weaker_source_completes_a_date() -> None:
    claims = [
        Claim("date", PartialDate(2020), "crossref"),
        Claim("date", PartialDate(2020, 5), "dblp"),
        Claim("date", PartialDate(2021, 5, 1), "openalex"),
    ]
    decision = decide(claims)
    assert isinstance(decision, Decided)
    assert decision.value == PartialDate(2020, 5)
    assert decision.rule == "dblp completes crossref, crossref agrees, before openalex"


def test_three_dates_of_which_two_contradict() -> None:
    months = [PartialDate(2020, 5), PartialDate(2020), PartialDate(2020, 6)]
    decision = decide(Claim("date", one, "crossref", str(one)) for one in months)
    assert isinstance(decision, Disagree)


ROUX, BERG = Name(family="Roux", given="Ana"), Name(family="Berg", given="Tor")

SAME = [
    pytest.param("page", "1153--1162", "1153-62", True, id="short last page"),
    pytest.param("page", "17", "17-29", True, id="first page alone"),
    pytest.param("page", "17-29", "17-28", False, id="other last page"),
    pytest.param("page", "e17", "17", False, id="article number"),
    pytest.param("volume", "07", "7", True, id="leading zero"),
    pytest.param("volume", "7", "70", False, id="other volume"),
    pytest.param("issn", "1234-567X", "1234567x", True, id="ISSN"),
    pytest.param("venue", "Journal of Bees", "JOURNAL OF BEES.", True, id="case"),
    pytest.param("venue", "", "", True, id="both empty"),
    pytest.param("url", "http://www.kite.example/a/", "https://kite.example/a", True, id="URL"),
    pytest.param("date", PartialDate(2020, 5), PartialDate(2020), True, id="month more"),
    pytest.param("date", PartialDate(2020), PartialDate(2021), False, id="year"),
    pytest.param("arxiv", ArxivId("1903.01234", 2), ArxivId("1903.01234"), True, id="version"),
    pytest.param("authors", (ROUX, BERG), (Name(literal="A. Roux"), BERG), True, id="initials"),
    pytest.param("authors", (ROUX, BERG), (BERG, ROUX), False, id="other order"),
    pytest.param("authors", (ROUX, BERG), (ROUX,), False, id="one missing"),
    pytest.param("doi", A, "10.1000/a", False, id="an identifier is no text"),
]


@pytest.mark.parametrize(("field", "first", "second", "same"), SAME)
def test_what_says_the_same(field: str, first: Value, second: Value, same: bool) -> None:
    assert agree(field, first, second) is same
    assert agree(field, second, first) is same


VALUES: dict[str, list[Value]] = {
    "doi": [A, B, Doi("10.1000/A")],
    "date": [PartialDate(2020), PartialDate(2020, 5), PartialDate(2021)],
    "page": ["1", "1-9", "1-8", "2"],
    "authors": [(ROUX,), (Name(literal="A. Roux"),), (ROUX, BERG)],
}
SERVICES = sorted({name for rows in RANKS.values() for row in rows for name in row})
CLAIMS = st.sampled_from(sorted(VALUES)).flatmap(
    lambda field: st.lists(
        st.builds(
            Claim,
            st.just(field),
            st.sampled_from(VALUES[field]),
            st.sampled_from([*SERVICES, USER, "elsewhere"]),
            st.sampled_from(["", "q"]),
            evidence=st.sampled_from(["", AUTHORS_WORD]),
        ),
        min_size=1,
        max_size=7,
    )
)


@given(CLAIMS, st.randoms())
def test_the_order_of_claims_does_not_matter(claims: list[Claim], random: object) -> None:
    turned = list(claims)
    random.shuffle(turned)  # type: ignore[attr-defined]
    assert decide(claims) == decide(turned)


@given(CLAIMS)
def test_no_claim_is_lost_and_the_users_value_holds(claims: list[Claim]) -> None:
    decision = decide(claims)
    own = {claim.value for claim in claims if claim.service == USER}
    if isinstance(decision, Decided):
        kept = [decision.claim, *decision.agreeing, *decision.losers]
        assert not own or decision.value in own
        assert all(agree(one.field, one.value, decision.value) for one in decision.agreeing)
        assert not any(agree(one.field, one.value, decision.value) for one in decision.losers)
    else:
        kept = list(decision.claims)
    assert sorted(map(repr, kept)) == sorted({repr(claim) for claim in claims})


def test_claims_of_two_fields_are_a_fault() -> None:
    with pytest.raises(ValueError, match="several fields"):
        decide([claim("crossref", A), Claim("title", "Bees", "crossref")])
    with pytest.raises(ValueError, match="nothing to decide"):
        decide([])


def test_the_table_has_every_service_once() -> None:
    for rows in RANKS.values():
        names = [name for row in rows for name in row]
        assert len(names) == len(set(names))
    assert set(KINDS.values()) <= set(RANKS)
    assert rank_of(Claim("doi", A, "nobody")) == UNRANKED
