"""The map of the house: a module imports only from its own floor and from lower ones."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import bibtools

PACKAGE = Path(bibtools.__file__).parent

# Longest prefix wins. The numbers order the floors of ARCHITECTURE.md.
FLOORS = {
    "bibtools.errors": 0,
    "bibtools.later": 0,
    "bibtools.model": 0,
    "bibtools.text": 1,
    "bibtools.formats": 2,
    "bibtools.sites": 2,
    "bibtools.matching": 3,
    "bibtools.searching": 3,
    "bibtools.sync": 3,
    "bibtools.keys": 3,
    "bibtools.codelinks": 3,
    "bibtools.interop": 3,
    "bibtools.checks": 3,
    "bibtools.reports": 4,
    "bibtools.adapters": 5,
    "bibtools.workflows": 6,
    "bibtools.cli": 7,
    "bibtools.__main__": 8,
    "bibtools": 8,
}


def floor(module: str) -> int:
    prefixes = [name for name in FLOORS if module == name or module.startswith(name + ".")]
    return FLOORS[max(prefixes, key=len)]


# Modules that touch the world, and the floor from which on they may be used.
WORLD = {"sqlite3": 5, "requests": 5, "pyzotero": 5, "socket": 5, "tempfile": 5, "click": 7}


def floor_of(module: str) -> int:
    """The floor of a module of ours, or from which on a module of others may be used."""
    first = module.split(".")[0]
    return floor(module) if first == "bibtools" else WORLD.get(first, 0)


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(source: str) -> list[tuple[int, str]]:
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: write imports in full"
            found.append((node.lineno, node.module or ""))
    return found


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=module_name)
def test_imports_go_down_and_the_world_is_touched_from_the_third_floor_up(path: Path) -> None:
    module = module_name(path)
    up = [
        f"line {line}: {module} (floor {floor(module)}) imports {name} (floor {floor_of(name)})"
        for line, name in imports(path.read_text("utf-8"))
        if floor_of(name) > floor(module) and name != "bibtools"
    ]
    assert up == []


def test_an_arrow_that_runs_up_is_found() -> None:
    assert imports("from bibtools.cli import main") == [(1, "bibtools.cli")]
    assert floor_of("bibtools.cli.main") > floor_of("bibtools.model.names")
    assert imports("import sqlite3") == [(1, "sqlite3")]
    assert floor_of("sqlite3.dbapi2") > floor_of("bibtools.formats.ris")
