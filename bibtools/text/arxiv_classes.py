"""The arXiv classes, and what a page means that prints only the subject.

Source: the category taxonomy at https://arxiv.org/category_taxonomy and, for the archives that
were closed, https://arxiv.org/archive/ . Some sites drop the archive and print the subject in
capitals: `cs.CL` becomes `CL`, `physics.comp-ph` becomes `COMP-PH`; an archive without subjects
prints its own name: `HEP-TH`. A subject of several archives (`CV`) has several candidates.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_SUBJECTS: Mapping[str, str] = MappingProxyType(
    {
        "astro-ph": "CO EP GA HE IM SR",
        "cond-mat": "dis-nn mes-hall mtrl-sci other quant-gas soft stat-mech str-el supr-con",
        "cs": (
            "AI AR CC CE CG CL CR CV CY DB DC DL DM DS ET FL GL GR GT HC IR IT LG LO MA MM MS NA "
            "NE NI OH OS PF PL RO SC SD SE SI SY"
        ),
        "econ": "EM GN TH",
        "eess": "AS IV SP SY",
        "math": (
            "AC AG AP AT CA CO CT CV DG DS FA GM GN GR GT HO IT KT LO MG MP NA NT OA OC PR QA RA "
            "RT SG SP ST"
        ),
        "nlin": "AO CD CG PS SI",
        "physics": (
            "acc-ph ao-ph app-ph atm-clus atom-ph bio-ph chem-ph class-ph comp-ph data-an ed-ph "
            "flu-dyn gen-ph geo-ph hist-ph ins-det med-ph optics plasm-ph pop-ph soc-ph space-ph"
        ),
        "q-bio": "BM CB GN MN NC OT PE QM SC TO",
        "q-fin": "CP EC GN MF PM PR RM ST TR",
        "stat": "AP CO ME ML OT TH",
    }
)

_ARCHIVES_WITHOUT_SUBJECTS = (
    "gr-qc hep-ex hep-lat hep-ph hep-th math-ph nucl-ex nucl-th quant-ph"
).split()

# `astro-ph` and `cond-mat` were archives without subjects until 2009 and 1996; old papers keep
# the plain name. Of the closed archives, those listed here went into subjects with other names.
_OLD_ARCHIVES = (
    "acc-phys adap-org alg-geom ao-sci astro-ph bayes-an chao-dyn cmp-lg comp-gas cond-mat dg-ga "
    "funct-an mtrl-th patt-sol q-alg solv-int"
).split()

# `atom-ph`, `chem-ph` and `plasm-ph` were archives before they became subjects of physics, and
# `supr-con` before it became one of cond-mat: what a page prints now is the subject.
_MERGED_BY_NAME = {
    "atom-ph": "physics.atom-ph",
    "chem-ph": "physics.chem-ph",
    "plasm-ph": "physics.plasm-ph",
    "supr-con": "cond-mat.supr-con",
}

# Classes that are one and the same; arXiv stores the first and shows both.
# cs.NA = math.NA, cs.IT = math.IT, math.MP = math-ph, stat.TH = math.ST, eess.SY = cs.SY,
# q-fin.EC = econ.GN: a page may print either name, so each stays a class of its own here.

CLASSES: frozenset[str] = frozenset(
    [f"{archive}.{subject}" for archive, row in _SUBJECTS.items() for subject in row.split()]
    + _ARCHIVES_WITHOUT_SUBJECTS
    + _OLD_ARCHIVES
)
"""Every class that a paper can have, closed archives included, spelt as arXiv spells it."""


def _candidates() -> dict[str, tuple[str, ...]]:
    table: dict[str, set[str]] = {}
    for name in CLASSES:
        printed = (name.rpartition(".")[2] or name).upper()
        table.setdefault(printed, set()).add(name)
    for old, new in _MERGED_BY_NAME.items():
        table[old.upper()] = {new}
    return {printed: tuple(sorted(names)) for printed, names in table.items()}


CANDIDATES: Mapping[str, tuple[str, ...]] = MappingProxyType(_candidates())
"""What is printed in capitals without the archive -> the classes it may mean, alphabetical."""

_BY_FOLDED_NAME = {name.lower(): name for name in CLASSES}


def parse_class(printed: str) -> tuple[str, ...]:
    """The classes that `printed` may mean, in alphabetical order; empty for no class at all.

    Takes the subject alone (`CV`, `Comp-ph`) and the whole name in any case (`cs.cv`).
    """
    text = printed.strip()
    whole = _BY_FOLDED_NAME.get(text.lower())
    if whole is not None and "." in whole:
        return (whole,)
    return CANDIDATES.get(text.upper(), ())
