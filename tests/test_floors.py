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
    return [(line, name) for line, name in found if name.split(".")[0] == "bibtools"]


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=module_name)
def test_imports_go_down(path: Path) -> None:
    module = module_name(path)
    up = [
        f"line {line}: {module} (floor {floor(module)}) imports {name} (floor {floor(name)})"
        for line, name in imports(path.read_text("utf-8"))
        if floor(name) > floor(module) and name != "bibtools"
    ]
    assert up == []


def test_an_arrow_that_runs_up_is_found() -> None:
    assert imports("from bibtools.cli import main") == [(1, "bibtools.cli")]
    assert floor("bibtools.cli.main") > floor("bibtools.model.names")


# Modules that touch the world, and the floor from which on they may be used.
WORLD = {"sqlite3": 5, "requests": 5, "pyzotero": 5, "socket": 5, "tempfile": 5, "click": 7}


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=module_name)
def test_the_world_is_touched_from_the_third_floor_up(path: Path) -> None:
    module = module_name(path)
    used = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        used += [name for name in names if WORLD.get(name.split(".")[0], 0) > floor(module)]
    assert used == []
