"""`bibtools dedupe --prefer`: which entry stays, and where remarks go."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import bibtools

BIB = """% my library

% about one
@article{a1, author={Smith, Ann}, title={On Fog and Other Weather Things}, year=2001, journal={J}}

% about two
% and more
@article{b2, author={Smith, Ann}, title={On Fog and Other Weather Things}, year=2001, journal={J},
  pages={1--2}}

% about z
@misc{z, title={x}}
"""


@pytest.fixture(autouse=True)
def _journal_of_the_test(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BIBTOOLS_STATE", str(tmp_path / "state"))


A1 = """% my library

% about one
% about two
% and more
@article{a1, author={Smith, Ann}, title={On Fog and Other Weather Things}, year=2001, journal={J},\
 pages={1--2}}

% about z
@misc{z, title={x}}
"""
B2 = """% my library

% about two
% and more
% about one
@article{b2, author={Smith, Ann}, title={On Fog and Other Weather Things}, year=2001, journal={J},
  pages={1--2}}

% about z
@misc{z, title={x}}
"""


@pytest.mark.parametrize(
    ("prefer", "left"),
    [
        pytest.param("first", A1, id="first"),
        pytest.param("a*", A1, id="key"),
        pytest.param("last", B2, id="last"),
        pytest.param("most-complete", B2, id="fullest"),
        pytest.param("published", B2, id="published"),
        pytest.param("c*", B2, id="no-key-fits"),
    ],
)
def test_the_preferred_stays_and_remarks_move_to_it(prefer: str, left: str, tmp_path: Path) -> None:
    bib = tmp_path / "refs.bib"
    bib.write_text(BIB, "utf-8")
    ran = bibtools("dedupe", bib, "-i", "--prefer", prefer)
    assert (ran.code, bib.read_text("utf-8")) == (0, left)


def test_what_cannot_be_preferred_is_refused(tmp_path: Path) -> None:
    bib = tmp_path / "refs.bib"
    bib.write_text(BIB, "utf-8")
    ran = bibtools("dedupe", bib, "--prefer", "newest")
    assert ran.code == 2
    assert '"newest" is nothing to prefer' in ran.stderr
    assert bib.read_text("utf-8") == BIB
