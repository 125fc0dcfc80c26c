from __future__ import annotations

import math

import pytest

from bibtools.matching.evidence import IndexedPaper
from bibtools.matching.resolve import ALONE, Asked, decide
from bibtools.model import ArxivId, Entry, Name, Outcome, PartialDate, Resolution
from bibtools.text.fingerprints import sketch

TITLE = "Swaying of footbridges under marching crowds"
PEOPLE = "Roux, Bea; Li, Wu; Oz, Eve"
TEXT = (
    "Bridges sway when crowds march across them. A model of marching crowds couples the phase "
    "of every walker to the lateral motion of the deck, and predicts a sharp onset of swaying "
    "once a critical number of walkers is passed. Field measurements from seven footbridges "
    "confirm the predicted onset within four percent. Dampers tuned to the second lateral mode "
    "raise the critical number threefold, whereas stiffer cables hardly matter."
)
OTHER_TEXT = (
    "Honeybees choose nests by dancing. We count waggle runs in forty hives and fit a race model "
    "with two thresholds, which explains why swarms rarely split although scouts disagree for "
    "hours. Cold mornings slow every dance but keep the order of preferred cavities unchanged, "
    "so that the colony decides later yet equally well as on warm summer afternoons."
)


class Words:
    """Every word is in one title of a thousand; "the" in half of them."""

    def count(self, word: str) -> int:
        return {"the": 500_000, "editorial": 90_000}.get(
            word, 0 if word.startswith("zz") else 1_000
        )

    def weight(self, word: str) -> float:
        count = self.count(word)
        return math.log2(1_000_000 / count) if count else 0.0


def paper(
    number: str = "1501.00001",
    title: str = TITLE,
    people: str = PEOPLE,
    year: int = 2015,
    text: str | None = None,
) -> IndexedPaper:
    made = sketch(text) if text else None
    return IndexedPaper(
        ArxivId(number), title, people, PartialDate(year, 1, 1), sketch=made[0] if made else None
    )


def entry(
    title: str | None = TITLE,
    people: tuple[str, ...] = (),
    year: int | None = None,
    text: str | None = None,
    **more: object,
) -> Entry:
    return Entry(
        title=title,
        authors=tuple(Name(literal=name) for name in people),
        date=PartialDate(year) if year else None,
        abstract=text,
        **more,  # type: ignore[arg-type]
    )


def resolve(asked: Entry, *papers: IndexedPaper) -> Resolution:
    return decide(Asked.of(asked), papers, Words()).resolution


ROUX = ("Bea Roux", "Wu Li", "Eve Oz")


@pytest.mark.parametrize(
    ("asked", "known", "outcome", "rule"),
    [
        pytest.param(entry(people=ROUX, year=2016), paper(), "sure",
                     "exact title; authors and year agree", id="exact"),
        pytest.param(entry(people=("Roux, B.",)), paper(), "sure", "exact title; authors agree",
                     id="initial"),
        pytest.param(entry(year=2016), paper(), "sure", "exact title; year agrees", id="year"),
        pytest.param(entry(author_count=3), paper(), "sure", "exact title; author count agrees",
                     id="count"),
        pytest.param(entry(text=TEXT), paper(text=TEXT), "sure", "exact title; abstract agrees",
                     id="abstract"),
        pytest.param(entry(), paper(), "sure", ALONE, id="distinctive-alone"),
        pytest.param(entry(text=OTHER_TEXT), paper(text=TEXT), "likely",
                     "exact title, but another abstract", id="other-abstract"),
        pytest.param(entry("The Editorial", year=2016), paper(title="The Editorial"), "likely",
                     "exact title, but not distinctive and without another witness", id="common"),
        pytest.param(entry(f"Comment on {TITLE}", year=2016), paper(title=f"Comment on {TITLE}"),
                     "likely", "exact title, but one that several papers share", id="comment"),
        pytest.param(entry(people=("Ann Ray", "Tom Fox"), year=2015), paper(), "none",
                     "no paper of the index fits", id="other-authors"),
        pytest.param(entry(people=("Bo Roux",), year=2015), paper(), "none",
                     "no paper of the index fits", id="namesake"),
        pytest.param(entry(people=ROUX, year=1995), paper(), "likely",
                     "the title agrees, but the year is far off", id="year-before"),
        pytest.param(entry(people=ROUX, year=2026), paper(), "likely",
                     "the title agrees, but the year is far off", id="year-after"),
        pytest.param(entry(people=("Bea Roux", "X. Ma", "Y. Ma", "Z. Ma")), paper(), "sure",
                     "exact title; authors agree", id="first-author-only"),
        pytest.param(entry(people=("X. Ma", "Bea Roux", "Y. Ma", "Z. Ma")), paper(), "likely",
                     "exact title, but few of the authors", id="few-authors"),
        pytest.param(entry("Zzwaying of footbridges under marching crowds", ROUX),
                     paper(title="Zwaying of footbridges under marching crowds"), "sure",
                     "title but for slips; authors agree", id="slip"),
        pytest.param(entry("Zzwaying of footbridges under marching crowds", year=2015),
                     paper(title="Zwaying of footbridges under marching crowds"), "sure",
                     "title but for slips; year agrees", id="slip-and-year"),
        pytest.param(entry("Zzwaying of footbridges under marching crowds"),
                     paper(title="Zwaying of footbridges under marching crowds"), "likely",
                     "title but for slips", id="slip-alone"),
        pytest.param(entry("Swaying of footbridges under ...", ROUX), paper(), "sure",
                     "shortened title; authors agree", id="cut"),
        pytest.param(entry("Swaying of footbridges under ...", year=2015), paper(), "likely",
                     "shortened title", id="cut-and-year"),
        pytest.param(entry("Swaying of footbridges under crowds", ROUX), paper(), "sure",
                     "title but for a missing word; authors agree", id="word-missing"),
        pytest.param(entry("Swaying of footbridges under crowds", year=2015), paper(), "likely",
                     "title but for a missing word", id="word-missing-and-year"),
        pytest.param(entry(TITLE + " revisited", ROUX, 2015), paper(), "none",
                     "no paper of the index fits", id="another-part"),
        pytest.param(entry("Swaying of catwalks under marching crowds", ROUX), paper(), "likely",
                     "similar title by the same authors", id="sibling"),
        pytest.param(entry("Bouncing bridges", text=TEXT), paper(text=TEXT), "sure",
                     "same abstract under another title; abstract agrees", id="title-wrong"),
        pytest.param(entry(TITLE + " II", text=TEXT), paper(text=TEXT), "sure",
                     "same abstract under another title; abstract agrees", id="part-same-abstract"),
        pytest.param(entry(None, text=TEXT), paper(text=TEXT), "sure", "the abstracts agree",
                     id="abstract-alone"),
        pytest.param(entry(None, text=TEXT), paper(text=OTHER_TEXT), "none",
                     "no paper of the index fits", id="abstract-of-another"),
        pytest.param(entry(None, text=TEXT, people=("Tom Fox",)), paper(text=TEXT), "none",
                     "no paper of the index fits", id="abstract-but-other-authors"),
        pytest.param(entry(None, text="Withdrawn."), paper(text=TEXT), "none",
                     "no paper of the index fits", id="short-abstract"),
        pytest.param(entry(None), paper(), "none", "no paper of the index fits", id="nothing"),
    ],
)  # fmt: skip
def test_one_candidate(asked: Entry, known: IndexedPaper, outcome: str, rule: str) -> None:
    answer = resolve(asked, known)
    assert (answer.outcome.value, answer.rule) == (outcome, rule)
    assert (answer.arxiv == known.arxiv) == (outcome == "sure")
    assert answer.source == "index"


def test_no_candidate() -> None:
    assert resolve(entry()) == Resolution(
        Outcome.NONE, None, "no paper of the index fits", (), "index"
    )


def test_two_papers_of_one_distinctive_title_are_ambiguous_alone() -> None:
    answer = resolve(entry(), paper(), paper("1601.00002", people="Fox, Tom"))
    assert answer.outcome is Outcome.AMBIGUOUS
    assert [str(one.arxiv) for one in answer.candidates] == ["1501.00001", "1601.00002"]


def test_authors_settle_between_two_papers_of_one_title() -> None:
    answer = resolve(entry(people=("Tom Fox",)), paper(), paper("1601.00002", people="Fox, Tom"))
    assert answer.arxiv == ArxivId("1601.00002")


def test_the_same_paper_twice_on_arxiv_is_ambiguous() -> None:
    answer = resolve(entry(people=ROUX, year=2015), paper(), paper("1502.00002"))
    assert answer.outcome is Outcome.AMBIGUOUS


def test_the_nearer_title_wins() -> None:
    answer = resolve(
        entry(TITLE, ROUX), paper("1501.00002", title="Swaying footbridges under marching crowds"),
        paper(),
    )  # fmt: skip
    assert answer.arxiv == ArxivId("1501.00001")


def test_a_cut_title_that_two_parts_share_is_ambiguous() -> None:
    parts = [paper(f"1501.0000{n}", title=f"{TITLE}: {n}. Decks") for n in (1, 2)]
    answer = resolve(entry("Swaying of footbridges under marching ...", ROUX), *parts)
    assert answer.outcome is Outcome.AMBIGUOUS


def test_an_abstract_near_two_papers_is_not_sure() -> None:
    half = TEXT[: len(TEXT) // 2]
    answer = resolve(entry(None, text=half), paper(text=TEXT), paper("1501.00002", text=TEXT))
    assert answer.outcome is Outcome.AMBIGUOUS


def test_the_order_of_candidates_does_not_matter() -> None:
    papers = [paper(), paper("1502.00002"), paper("1503.00003", title=TITLE + "s")]
    asked = entry(people=ROUX)
    assert resolve(asked, *papers) == resolve(asked, *reversed(papers))


def test_the_candidate_tells_its_witnesses() -> None:
    answer = resolve(entry(people=("Tom Fox",), text=TEXT), paper(text=TEXT))
    assert answer.outcome is Outcome.NONE
    sure = resolve(entry(people=ROUX, year=2015, text=TEXT), paper(text=TEXT))
    assert sure.candidates[0].agreed == ("title", "authors", "year", "author count", "abstract")
    far = resolve(entry(people=ROUX, year=1995), paper())
    assert far.candidates[0].against == ("year",)
