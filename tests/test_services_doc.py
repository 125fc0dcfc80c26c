"""docs/services.md says what the services are, and each of them says all of it."""

from __future__ import annotations

import inspect
import re
from importlib import import_module

import pytest

from bibtools.sites.asking import Pace
from bibtools.sites.services import MODULES, service
from tests import services_table

# What a module of `sites/` is when it is no service.
SHARED = {
    "__init__", "addresses", "answers", "asking", "named", "named_addresses", "named_identifiers",
    "records", "repositories", "services", "shapes", "title_readings", "xml",
}  # fmt: skip
ADDRESS = re.compile(r"https://[\w.-]+\.\w+/?\S*")
each = pytest.mark.parametrize("name", MODULES)


def test_the_tables_are_those_of_the_modules() -> None:
    text = services_table.FILE.read_text("utf-8")
    assert text == services_table.renewed(text), "run: python -m tests.services_table"


def test_every_module_is_in_the_table() -> None:
    here = services_table.FILE.parent.parent / "bibtools" / "sites"
    found = {path.stem for path in here.glob("*.py")} - SHARED
    assert found == set(MODULES.values())


def test_a_table_that_has_no_place_is_missed() -> None:
    with pytest.raises(ValueError, match="no place"):
        services_table.renewed("# Public services\n")


@each
def test_a_service_says_what_it_answers_how_fast_with_which_key_and_on_what_terms(
    name: str,
) -> None:
    one = service(name)
    assert len(one.answers.split()) >= 4
    assert one.pace.seconds > 0
    assert one.pace.at_once >= 1
    assert (one.key_name is None) == (one.key_header is None)
    assert one.key_name is not None or (one.pace_with_key, one.needs_key) == (None, False)
    assert one.key_header is None or "{key}" in one.key_header[1]
    # In words, and where to read them.
    assert ADDRESS.search(one.terms)
    assert len(ADDRESS.sub("", one.terms).split()) >= 2
    assert {kind for kind in one.kinds if kind not in services_table.SUBJECTS} == set()


@each
def test_a_module_names_its_contract_and_the_source_of_its_pace(name: str) -> None:
    module = import_module(f"bibtools.sites.{MODULES[name]}")
    told = re.search(r"Contract: (.*?)(?:\.\s|\Z)", inspect.getdoc(module) or "", re.DOTALL)
    assert told is not None
    assert ADDRESS.search(told[1])
    # Above the pace stands who says so, or that nobody says anything.
    source = inspect.getsource(module).partition("SERVICE = Service(")[2]
    above = source.partition("    pace=Pace(")[0]
    comment = " ".join(line.strip("# ") for line in above.splitlines() if "    #" in line)
    assert ADDRESS.search(comment) or "is published" in comment


@pytest.mark.parametrize(
    ("pace", "shown"),
    [
        pytest.param(Pace(3.0), "3", id="one"),
        pytest.param(Pace(0.35), "0.35", id="part"),
        pytest.param(Pace(0.1, 3), "0.1, 3 at once", id="several"),
    ],
)
def test_paces_are_shown(pace: Pace, shown: str) -> None:
    assert services_table._pace(pace) == shown
