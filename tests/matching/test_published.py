"""A preprint and its published version, and all that only looks like it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.matching.published import Verdict, choose_published, is_published_version
from bibtools.matching.published_pair import names_preprint
from bibtools.matching.reposts import REPOST_DOIS, repost
from bibtools.model import ArxivId, Doi, Entry, Name, Outcome, PartialDate
from bibtools.sites.records import Record

ROUX = Name(family="Roux", given="Ana")
BERG = Name(family="Berg", given="Tor")
ISHII = Name(family="Ishii", given="Kenji")
ORTEGA = Name(family="Ortega", given="Luz")
STRANGER = Name(family="Novak", given="Petr")

TITLE = "Swaying Bridges: How Walkers Fall into Step on Slender Spans"
PREPRINT = Entry(
    type="preprint",
    title=TITLE,
    authors=(ROUX, BERG, ISHII),
    date=PartialDate(2019, 3, 4),
    arxiv=ArxivId("1903.01234"),
)
PAPER = Entry(
    type="article-journal",
    title=TITLE,
    authors=(ROUX, BERG, ISHII),
    date=PartialDate(2020),
    venue="Journal of Footbridge Dynamics",
    doi=Doi("10.1000/jfd.2020.7"),
)
OWN_DOI = Doi("10.48550/arXiv.1903.01234")


def judge(**changes: object) -> Verdict:
    return is_published_version(PREPRINT, replace(PAPER, **changes))  # type: ignore[arg-type]


SURE = [
    pytest.param({}, "exact title; authors and year agree", id="all agrees"),
    pytest.param(
        {"title": "{Swaying} bridges: how walkers fall into step on slender spans."},
        "exact title; authors and year agree", id="another dress",
    ),
    pytest.param(
        {"authors": (ISHII, ROUX, BERG)}, "exact title; authors and year agree", id="other order"
    ),
    pytest.param(
        {"authors": tuple(Name(literal=text) for text in ("A. Roux", "T. Berg", "K. Ishii"))},
        "exact title; authors and year agree", id="initials",
    ),
    pytest.param(
        {"authors": (ROUX, BERG, ISHII, ROUX, BERG, ISHII)},
        "exact title; authors and year agree", id="list printed twice",
    ),
    pytest.param(
        {"authors": (ROUX, BERG, ISHII, ORTEGA)},
        "exact title; authors and year agree", id="one author more",
    ),
    pytest.param(
        {"authors": (ROUX,), "authors_truncated": True},
        "exact title; authors and year agree", id="et al.",
    ),
    pytest.param(
        {"authors": (ROUX, BERG, STRANGER, ORTEGA, Name(literal="Wu Li"))},
        "exact title, a distinctive one; some authors and the year agree",
        id="list grew and shrank",
    ),
    pytest.param({"date": None}, "exact title; authors agree", id="no year"),
    pytest.param({"date": PartialDate(2018)}, "exact title; authors and year agree",
                 id="published before it was posted"),
    pytest.param({"date": PartialDate(2025)}, "exact title; authors agree", id="six years later"),
    pytest.param({"doi": None}, "exact title; authors and year agree", id="a venue without DOI"),
    pytest.param({"venue": None}, "exact title; authors and year agree", id="a DOI without venue"),
    pytest.param({"type": "chapter"}, "exact title; authors and year agree", id="in a volume"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "rule"), SURE)
def test_it_is_the_published_version(changes: dict[str, object], rule: str) -> None:
    verdict = judge(**changes)
    assert (verdict.outcome, verdict.rule, verdict.against) == (Outcome.SURE, rule, ())
    assert verdict.agreed[:2] == ("title", "authors") or "some authors" in rule


NOT_SURE = [
    pytest.param({"date": PartialDate(2031)}, Outcome.LIKELY,
                 "the title agrees, but the year is far off", id="year far off"),
    pytest.param({"authors": ()}, Outcome.LIKELY,
                 "exact title, but nothing says who wrote it", id="no authors"),
    pytest.param({"authors": (ROUX, STRANGER, ORTEGA, Name(literal="Wu Li"))}, Outcome.LIKELY,
                 "exact title, but few of the authors", id="only the first author"),
    pytest.param({"authors": (STRANGER, ORTEGA)}, Outcome.NONE,
                 "same title by other authors", id="other authors"),
    pytest.param({"title": "Swaying Bridges"}, Outcome.LIKELY,
                 "the title with or without its subtitle, by the same authors", id="no subtitle"),
    pytest.param({"title": TITLE + ": Field Studies"}, Outcome.LIKELY,
                 "the title with or without its subtitle, by the same authors",
                 id="a subtitle more"),
    pytest.param({"title": TITLE.replace("Slender ", "")}, Outcome.LIKELY,
                 "one word more or less in the title, by the same authors", id="one word less"),
    pytest.param({"title": "Robust " + TITLE}, Outcome.LIKELY,
                 "one word more or less in the title, by the same authors", id="one word more"),
    pytest.param({"title": TITLE.replace("Walkers", "Joggers")}, Outcome.LIKELY,
                 "similar title by the same authors", id="another word"),
    pytest.param({"title": "A Census of Footbridges"}, Outcome.NONE,
                 "the title is another", id="another title"),
    pytest.param({"title": "RETRACTED ARTICLE: " + TITLE}, Outcome.LIKELY,
                 "exact title; authors and year agree; but it is marked as retracted",
                 id="retracted"),
    pytest.param({"title": None}, Outcome.NONE, "one of them has no title", id="no title"),
    pytest.param({"venue": None, "doi": None}, Outcome.NONE,
                 "it does not say where it was published", id="says nothing new"),
    pytest.param({"type": "book"}, Outcome.NONE, "it is a book", id="book"),
    pytest.param({"type": "thesis"}, Outcome.NONE, "it is a thesis", id="thesis"),
    pytest.param({"type": "dataset"}, Outcome.NONE, "it is a data set", id="data set"),
    pytest.param({"arxiv": ArxivId("1903.09999")}, Outcome.NONE,
                 "it belongs to another arXiv paper", id="another arXiv ID"),
    pytest.param({"doi": Doi("10.2139/ssrn.3344556")}, Outcome.NONE,
                 "it is a preprint or a repost (SSRN)", id="SSRN"),
    pytest.param({"doi": Doi("10.65215/abcd.1234")}, Outcome.NONE,
                 "it is a preprint or a repost (a repost)", id="repost"),
    pytest.param({"doi": OWN_DOI, "venue": "arXiv.org"}, Outcome.NONE,
                 "it is a preprint or a repost (arXiv)", id="the preprint itself"),
    pytest.param({"doi": Doi("10.48550/arXiv.1903.09999")}, Outcome.NONE,
                 "it is a preprint or a repost (arXiv)", id="another preprint's DOI"),
    pytest.param({"doi": None, "venue": "CoRR"}, Outcome.NONE,
                 "it is a preprint or a repost (CoRR)", id="CoRR"),
    pytest.param({"doi": OWN_DOI}, Outcome.LIKELY,
                 "a merged record names a venue, but only the preprint's own DOI", id="merged"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "outcome", "rule"), NOT_SURE)
def test_it_is_not_or_not_surely(changes: dict[str, object], outcome: Outcome, rule: str) -> None:
    verdict = judge(**changes)
    assert (verdict.outcome, verdict.rule) == (outcome, rule)


OTHER_PIECES = [
    "Swaying Bridges Revisited: How Walkers Fall into Step on Slender Spans",
    f"{TITLE}: Part II",
    f"{TITLE} 2",
    f"{TITLE} (Extended Abstract)",
    f"{TITLE} (Student Abstract)",
    f"Erratum to: {TITLE}",
    f"Correction: {TITLE}",
    f"Comment on '{TITLE}'",
    f"Reply to Comment on {TITLE}",
    f"Retraction Note: {TITLE}",
    f"Poster: {TITLE}",
    TITLE.replace("Fall", "Do Not Fall"),
]


@pytest.mark.parametrize("title", OTHER_PIECES)
def test_another_piece_by_the_same_people(title: str) -> None:
    verdict = judge(title=title)
    assert verdict.outcome is Outcome.NONE
    assert verdict.rule == "the title names another part or another piece"
    assert verdict.against == ("title words",)


@pytest.mark.parametrize(
    "longer",
    [
        f"{TITLE} (Extended Version)",
        f"{TITLE} [full version]",
        f"{TITLE} - Technical Report",
        f"{TITLE} (with Appendix)",
    ],
)
def test_the_longer_version_of_a_preprint(longer: str) -> None:
    assert is_published_version(replace(PREPRINT, title=longer), PAPER).outcome is Outcome.SURE
    # But not the other way round: that would be another publication.
    assert judge(title=longer).outcome is not Outcome.SURE


def test_a_technical_report_by_name() -> None:
    named = replace(PREPRINT, title="Kolibri-3 Technical Report")
    other = replace(PAPER, title="Kolibri-3")
    assert is_published_version(named, other).outcome is not Outcome.SURE


# --- stated DOIs ------------------------------------------------------------------------------

STATED = [
    pytest.param({}, Outcome.SURE, "a stated identifier, and the title agrees", id="title agrees"),
    pytest.param({"authors": ()}, Outcome.SURE, "a stated identifier, and the title agrees",
                 id="no authors"),
    pytest.param({"date": PartialDate(2031)}, Outcome.SURE,
                 "a stated identifier, and the title agrees", id="late"),
    pytest.param({"title": "Swaying Bridges"}, Outcome.SURE,
                 "a stated identifier; the authors agree and the title nearly", id="no subtitle"),
    pytest.param({"title": "Slender Walkers on a Span"}, Outcome.LIKELY,
                 "a stated identifier; the authors agree, but the title is another",
                 id="another title of the same words"),
    pytest.param({"title": "A Census of Footbridges"}, Outcome.NONE,
                 "the stated DOI 10.1000/jfd.2020.7 leads to another paper: the same authors, but "
                 "the title is wholly another", id="another paper of the same people"),
    pytest.param({"title": f"{TITLE}: Part II"}, Outcome.NONE,
                 "the stated DOI 10.1000/jfd.2020.7 leads to another paper: the title names "
                 "another part or another piece", id="another part"),
    pytest.param({"authors": (STRANGER,)}, Outcome.LIKELY,
                 "a stated identifier and the title, but the authors are others",
                 id="other people"),
    pytest.param({"authors": (STRANGER,), "title": "Bees"}, Outcome.NONE,
                 "the stated DOI 10.1000/jfd.2020.7 leads to another paper: the authors are others",
                 id="another paper"),
    pytest.param({"title": "Bees", "authors": ()}, Outcome.NONE,
                 "the stated DOI 10.1000/jfd.2020.7 leads to another paper: the title is another",
                 id="another title, nobody named"),
    pytest.param({"type": "book"}, Outcome.NONE, "it is a book", id="book"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "outcome", "rule"), STATED)
def test_a_stated_doi_is_held_against_title_and_authors(
    changes: dict[str, object], outcome: Outcome, rule: str
) -> None:
    candidate = replace(PAPER, **changes)  # type: ignore[arg-type]
    verdict = is_published_version(PREPRINT, candidate, stated=[Doi("10.1000/JFD.2020.7")])
    assert (verdict.outcome, verdict.rule) == (outcome, rule)


def test_a_record_that_names_the_preprint() -> None:
    odd = replace(PAPER, title="Swaying Bridges")
    assert is_published_version(PREPRINT, odd).outcome is Outcome.LIKELY
    assert is_published_version(PREPRINT, odd, mutual=True).outcome is Outcome.SURE
    by_id = replace(odd, arxiv=PREPRINT.arxiv)
    assert is_published_version(PREPRINT, by_id).agreed == ("arXiv ID", "title", "authors", "year")


@pytest.mark.parametrize("head", [head for head, _ in REPOST_DOIS])
def test_no_repost_is_a_publication(head: str) -> None:
    doi = Doi(head + ("2020.01.02.123456" if head in ("10.1101/", "10.64898/") else ".77"))
    assert repost(Entry(doi=doi)) == dict(REPOST_DOIS)[head]


def test_posted_content_of_an_unknown_server() -> None:
    doi = Doi("10.1000/posted.7")
    assert repost(Entry(type="preprint", doi=doi)) == "a preprint server"
    assert repost(Entry(type="preprint", doi=doi, venue="Bee Preprints")) == "Preprints"
    assert repost(Entry(type="preprint", doi=doi, venue="Journal of Bees")) is None


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(Entry(doi=Doi("10.1101/gr.123456.111")), id="a journal of Cold Spring Harbor"),
        pytest.param(Entry(doi=Doi("10.1000/x"), venue="arXiv.org"), id="a publisher's DOI"),
        pytest.param(Entry(venue="Corrosion Science"), id="a word that begins like CoRR"),
    ],
)
def test_what_is_no_repost(entry: Entry) -> None:
    assert repost(entry) is None


def test_the_preprints_own_doi() -> None:
    assert names_preprint(Doi("10.48550/ARXIV.1903.01234"), PREPRINT)
    assert not names_preprint(Doi("10.48550/arXiv.1903.01235"), PREPRINT)
    assert not names_preprint(None, PREPRINT)


# --- several candidates -----------------------------------------------------------------------

TALK = replace(
    PAPER,
    type="paper-conference",
    venue="Proceedings of the 9th Conference on Footbridges",
    date=PartialDate(2019),
    doi=Doi("10.1000/foot.9"),
)


def records(*entries: Entry) -> list[Record]:
    return [Record(entry, identifier=str(number)) for number, entry in enumerate(entries)]


def test_records_of_one_publication_are_joined() -> None:
    bare = replace(PAPER, doi=None, venue="J. Footbridge Dyn.", type="document")
    choice = choose_published(PREPRINT, records(bare, PAPER))
    assert choice.outcome is Outcome.SURE
    assert [record.identifier for record in choice.chosen] == ["1", "0"]


def test_conference_and_journal_are_two() -> None:
    choice = choose_published(PREPRINT, records(PAPER, TALK))
    assert choice.outcome is Outcome.AMBIGUOUS
    assert choice.chosen == ()
    assert len(choice.considered) == 2
    assert "2 publications fit" in choice.rule
    assert "Journal of Footbridge Dynamics 2020" in choice.rule


def test_the_authors_doi_singles_one_out() -> None:
    choice = choose_published(PREPRINT, records(PAPER, TALK), stated=[Doi("10.1000/foot.9")])
    assert choice.outcome is Outcome.SURE
    assert [record.entry for record in choice.chosen] == [TALK]
    assert len(choice.considered) == 2


def test_two_stated_publications_stay_ambiguous() -> None:
    both = [Doi("10.1000/foot.9"), Doi("10.1000/jfd.2020.7")]
    choice = choose_published(PREPRINT, records(PAPER, TALK), stated=both)
    assert choice.outcome is Outcome.AMBIGUOUS


def test_a_workshop_is_not_the_conference() -> None:
    workshop = replace(TALK, venue="Workshop on Swaying at Footbridges 9", doi=None)
    choice = choose_published(PREPRINT, records(replace(TALK, doi=None), workshop))
    assert choice.outcome is Outcome.AMBIGUOUS


def test_a_doi_that_leads_elsewhere_is_told() -> None:
    bees = replace(PAPER, title="Bees", authors=(STRANGER,))
    choice = choose_published(PREPRINT, records(bees), stated=[Doi("10.1000/jfd.2020.7")])
    assert choice.outcome is Outcome.NONE
    assert "leads to another paper" in choice.rule
    assert choose_published(PREPRINT, records(bees)).rule == "no record fits"
    assert choose_published(PREPRINT, []).outcome is Outcome.NONE


def test_a_record_that_points_back() -> None:
    odd = Record(replace(PAPER, title="Swaying Bridges"), preprint_doi=OWN_DOI)
    assert choose_published(PREPRINT, [odd]).outcome is Outcome.SURE


POOL = records(
    PAPER,
    TALK,
    replace(PAPER, doi=None, venue="J. Footbridge Dyn."),
    replace(PAPER, authors=(STRANGER,), doi=Doi("10.1000/z")),
    replace(PAPER, title="Swaying Bridges", doi=Doi("10.1000/y")),
    replace(PAPER, doi=OWN_DOI, venue="Footbridge"),
    replace(TALK, doi=None, venue="Workshop on Bridges"),
    replace(PAPER, venue=None),
)


@given(st.lists(st.sampled_from(POOL), max_size=6, unique_by=id), st.randoms())
def test_the_order_of_answers_does_not_matter(pool: Sequence[Record], random: object) -> None:
    turned = list(pool)
    random.shuffle(turned)  # type: ignore[attr-defined]
    for stated in ([], [Doi("10.1000/foot.9")]):
        first = choose_published(PREPRINT, pool, stated=stated)
        assert first == choose_published(PREPRINT, turned, stated=stated)
        if first.outcome is Outcome.SURE:
            assert len({one.entry.doi for one in first.chosen} - {None}) <= 1
