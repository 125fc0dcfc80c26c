"""Which entries are one work: the pairs that must merge and, more of them, those that must not."""

from __future__ import annotations

import pytest

from bibtools.formats.bibtex import Document
from bibtools.formats.bibtex.reading import read_entries
from bibtools.matching.duplicates import Record, find_duplicates

TITLE = "title = {A Rather Long Title about Foggy Weather}"
WHO = "author = {Smith, Ann and Jones, Bo}"
BASE = f"{TITLE}, {WHO}, year = 2001"
PAPER = f"{BASE}, journal = {{Weather}}"


def outcome(one: str, other: str, merge_preprints: bool = False) -> tuple[bool, list[str]]:
    document = Document.parse(f"{one}\n{other}\n".encode())
    entries, _ = read_entries(document)
    records = [
        Record(entry, block.fields, block.type)
        for entry, block in zip(entries, document.entries, strict=True)
    ]
    groups, related = find_duplicates(records, merge_preprints=merge_preprints)
    return [group.members for group in groups] == [(0, 1)], [one.why for one in related]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(
            "@article{a, title={X}, doi={10.1000/x}}",
            "@misc{b, title={x}, doi={https://doi.org/10.1000/X}}",
            id="doi",
        ),
        pytest.param(
            "@misc{a, title={X is Y}, eprint={2001.00001}, archiveprefix={arXiv}}",
            "@article{b, title={X is {Y}}, journal={arXiv preprint arXiv:2001.00001v2}}",
            id="arxiv-of-two-versions",
        ),
        pytest.param(f"@article{{a, {PAPER}}}", f"@article{{b, {PAPER}, pages={{1}}}}", id="title"),
        pytest.param(
            f"@article{{a, {BASE}, journal={{Phys. Rev. Lett.}}}}",
            f"@article{{b, {BASE}, journal={{Physical Review Letters}}}}",
            id="venue-shortened",
        ),
        pytest.param(
            f"@article{{a, {PAPER}}}",
            f"@article{{b, {TITLE}, author={{A. Smith and others}}, year=2001}}",
            id="and-others",
        ),
        pytest.param(
            f"@book{{a, {BASE}, edition={{2nd}}}}",
            f"@book{{b, {BASE}, edition={{Second}}}}",
            id="one-edition-in-two-spellings",
        ),
        pytest.param(
            f"@book{{a, {BASE}, isbn={{0-306-40615-2}}}}",
            f"@book{{b, {BASE}, isbn={{978-0-306-40615-7}}}}",
            id="isbn-10-and-13",
        ),
        pytest.param("@misc{a, note={x}}", "@misc{b, note={x}}", id="all-fields-equal"),
    ],
)
def test_one_work(one: str, other: str) -> None:
    assert outcome(one, other) == (True, [])


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        pytest.param(
            f"@book{{a, {BASE}, edition=2}}",
            f"@book{{b, {BASE}}}",
            "the editions differ",
            id="edition",
        ),
        pytest.param(
            f"@book{{a, {BASE}, volume=1}}",
            f"@book{{b, {BASE}, volume=2}}",
            '"volume" differs: 1 and 2',
            id="volume",
        ),
        pytest.param(
            f"@book{{a, {BASE}, isbn={{0-306-40615-2}}}}",
            f"@book{{b, {BASE}, isbn={{978-3-16-148410-0}}}}",
            "the ISBNs differ",
            id="isbn",
        ),
        pytest.param(
            f"@book{{a, {BASE}}}",
            f"@incollection{{b, {BASE}, booktitle={{A Rather Long Title about Foggy Weather}}}}",
            "one is a part and the other the whole book",
            id="chapter-and-book",
        ),
        pytest.param(
            "@incollection{a, title={Rain}, doi={10.1000/x}, booktitle={Weather}}",
            "@incollection{b, title={Snow}, doi={10.1000/x}, booktitle={Weather}}",
            "same DOI, but other titles",
            id="chapters-with-the-doi-of-the-book",
        ),
        pytest.param(
            "@article{a, title={Weather and Fog, Part I}, doi={10.1000/x}}",
            "@article{b, title={Weather and Fog, Part II}, doi={10.1000/x}}",
            "same DOI, but other titles",
            id="parts",
        ),
        pytest.param(
            f"@misc{{a, {BASE}, eprint={{2001.00001}}, archiveprefix={{arXiv}}}}",
            f"@article{{b, {PAPER}, doi={{10.1000/x}}}}",
            "one is the preprint and the other the published version",
            id="preprint-and-paper",
        ),
        pytest.param(
            f"@misc{{a, {BASE}, eprint={{2001.00001}}, archiveprefix={{arXiv}}}}",
            f"@article{{b, {PAPER}, eprint={{2001.00001}}, archiveprefix={{arXiv}}}}",
            "one is the preprint and the other the published version",
            id="preprint-and-paper-with-its-id",
        ),
        pytest.param(
            f"@article{{a, {PAPER}, doi={{10.1000/x}}}}",
            f"@article{{b, {PAPER}, doi={{10.1000/y}}}}",
            "the DOIs 10.1000/x and 10.1000/y differ",
            id="dois",
        ),
        pytest.param(
            f"@article{{a, {BASE}, journal={{Weather}}}}",
            f"@inproceedings{{b, {BASE}, booktitle={{Weather}}}}",
            "one is @article and the other @inproceedings",
            id="journal-and-conference",
        ),
        pytest.param(
            f"@phdthesis{{a, {BASE}}}",
            f"@mastersthesis{{b, {BASE}}}",
            "they are different theses",
            id="theses",
        ),
        pytest.param(
            f"@article{{a, {PAPER}}}",
            f"@article{{b, {TITLE}, {WHO}, year=2003, journal={{Weather}}}}",
            "same title and authors, but the years 2001 and 2003 differ",
            id="years",
        ),
        pytest.param(
            f"@article{{a, {PAPER}}}",
            f"@article{{b, {BASE}, journal={{Nature}}}}",
            'same title and authors, but the venues "Weather" and "Nature" differ',
            id="venues",
        ),
        pytest.param(
            f"@article{{a, {PAPER}, pages={{1--9}}}}",
            f"@article{{b, {PAPER}, pages={{20--29}}}}",
            "the pages differ",
            id="pages",
        ),
        pytest.param(
            "@article{a, title={Preface}, author={X, Y}, year=2001}",
            "@article{b, title={Preface}, author={X, Y}, year=2001, journal={Z}}",
            "same title and authors, but the title is short",
            id="anybodys-title",
        ),
        pytest.param(
            f"@book{{a, {BASE}, translator={{A, B}}}}",
            f"@book{{b, {BASE}, translator={{C, D}}}}",
            '"translator" differs: A, B and C, D',
            id="translators",
        ),
        pytest.param(
            f"@misc{{a, {BASE}, month=mar, howpublished={{Talk}}}}",
            f"@misc{{b, {BASE}, month=apr, howpublished={{Talk}}}}",
            'same title and authors, but "month" differs',
            id="a-talk-given-twice",
        ),
        pytest.param(
            f"@misc{{a, {BASE}, howpublished={{Talk in Rome}}}}",
            f"@misc{{b, {BASE}, howpublished={{Talk in Bonn}}}}",
            '"howpublished" differs: Talk in Rome and Talk in Bonn',
            id="talks",
        ),
        pytest.param(
            f"@misc{{a, {TITLE}, year=2001}}",
            f"@misc{{b, {TITLE}, year=2001, note={{x}}}}",
            "same title, but nothing says who wrote it",
            id="nobody",
        ),
        pytest.param(
            f"@inbook{{a, {BASE}, crossref={{p}}}}",
            f"@inbook{{b, {BASE}, crossref={{q}}}}",
            'one takes fields from another entry with "crossref"',
            id="parents",
        ),
    ],
)
def test_related_and_left_apart(one: str, other: str, why: str) -> None:
    assert outcome(one, other) == (False, [why])


@pytest.mark.parametrize(
    "author",
    [
        pytest.param("Else, Who", id="others"),
        pytest.param("Smith, Ann and Jones, Bo and Else, Who", id="one-more"),
        pytest.param("Smith, Zoe and Jones, Bo", id="namesake"),
    ],
)
def test_one_title_by_others_is_nothing(author: str) -> None:
    assert not outcome(
        f"@article{{a, {PAPER}}}", f"@article{{b, {TITLE}, author={{{author}}}, year=2001}}"
    )[0]


def test_a_preprint_merges_when_told() -> None:
    one = f"@misc{{a, {BASE}, eprint={{2001.00001}}, archiveprefix={{arXiv}}}}"
    other = f"@article{{b, {PAPER}, doi={{10.1000/x}}, volume=3, pages={{7}}}}"
    assert outcome(one, other, merge_preprints=True) == (True, [])


def test_a_third_that_contradicts_stays_out() -> None:
    text = "\n".join(
        f"@article{{{key}, {PAPER}{more}}}"
        for key, more in (("a", ", volume=1"), ("b", ""), ("c", ", volume=2"))
    )
    document = Document.parse(text.encode())
    entries, _ = read_entries(document)
    records = [Record(e, b.fields, b.type) for e, b in zip(entries, document.entries, strict=True)]
    groups, related = find_duplicates(records)
    assert [group.members for group in groups] == [(0, 1)]
    assert {(one.first, one.second) for one in related} == {(0, 2), (1, 2)}
