"""arXiv classes by what pages print."""

from __future__ import annotations

import pytest

from bibtools.text.arxiv_classes import CANDIDATES, CLASSES, parse_class

PRINTED = [
    ("CL", ("cs.CL",)),
    ("IV", ("eess.IV",)),
    ("CV", ("cs.CV", "math.CV")),
    ("AP", ("math.AP", "stat.AP")),
    ("CO", ("astro-ph.CO", "math.CO", "stat.CO")),
    ("SP", ("eess.SP", "math.SP")),
    ("TH", ("econ.TH", "stat.TH")),
    ("COMP-PH", ("physics.comp-ph",)),
    ("Comp-ph", ("physics.comp-ph",)),
    ("ATOM-PH", ("physics.atom-ph",)),
    ("PLASM-PH", ("physics.plasm-ph",)),
    ("CHEM-PH", ("physics.chem-ph",)),
    ("SUPR-CON", ("cond-mat.supr-con",)),
    ("HEP-TH", ("hep-th",)),
    ("QUANT-PH", ("quant-ph",)),
    ("ASTRO-PH", ("astro-ph",)),
    ("Q-ALG", ("q-alg",)),
    ("cs.cv", ("cs.CV",)),
    ("math-ph", ("math-ph",)),
    ("XX", ()),
    ("", ()),
]


@pytest.mark.parametrize(("printed", "classes"), PRINTED, ids=[row[0] or "-" for row in PRINTED])
def test_candidates(printed: str, classes: tuple[str, ...]) -> None:
    assert parse_class(printed) == classes


def test_ambiguous_subjects_are_those_of_several_archives() -> None:
    several = {printed for printed, classes in CANDIDATES.items() if len(classes) > 1}
    expected = "AP CG CO CV DS GN GR GT IT LO MG NA OT PR SC SI SP ST SY TH".split()
    assert several == (set(expected) - {"MG"})


def test_every_class_is_found_by_its_own_name() -> None:
    for name in CLASSES:
        archive, dot, _ = name.partition(".")
        if dot:
            assert parse_class(name) == (name,), archive


def test_candidates_are_sorted() -> None:
    assert all(list(classes) == sorted(classes) for classes in CANDIDATES.values())
