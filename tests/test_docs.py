"""The documents say what is: help with examples, docstrings, README and schema."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import bibtools
from bibtools.cli.main import COMMANDS, main
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text("utf-8")
MODULES = sorted((ROOT / "bibtools").rglob("*.py"))


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield " ".join((*path, name)), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


ALL_COMMANDS = list(commands(main))


@pytest.mark.parametrize(("name", "command"), ALL_COMMANDS, ids=[name for name, _ in ALL_COMMANDS])
def test_every_command_has_help_with_an_example(name: str, command: click.Command) -> None:
    text = command.get_help(click.Context(command, info_name=name, parent=click.Context(main)))
    assert command.help
    assert f"bibtools {name.split()[0]}" in text.replace("bibtools " + name + " [", "")
    assert "Example" in text
    undocumented = [
        option.name
        for option in command.params
        if isinstance(option, click.Option) and not option.help
    ]
    assert undocumented == []


@pytest.mark.parametrize("name", COMMANDS)
def test_the_readme_names_every_command(name: str) -> None:
    assert f"bibtools {name}" in README


def public_names(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node.name, node
            if isinstance(node, ast.ClassDef):
                for inner in node.body:
                    if isinstance(inner, ast.FunctionDef) and not inner.name.startswith("_"):
                        yield f"{node.name}.{inner.name}", inner


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_is_public_says_what_it_is(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    missing = [] if ast.get_docstring(tree) else ["the module"]
    missing += [
        name
        for name, node in public_names(tree)
        if not ast.get_docstring(node)  # type: ignore[arg-type]
    ]
    assert missing == []


def test_the_public_names_are_there() -> None:
    for name in bibtools.__all__:
        value = getattr(bibtools, name)
        assert name == "__version__" or inspect.getdoc(value)


def test_architecture_names_every_room() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    rooms = {
        path.name + ("/" if path.is_dir() else "")
        for path in (ROOT / "bibtools").iterdir()
        if path.suffix == ".py" or (path.is_dir() and path.name != "__pycache__")
    } - {"__init__.py", "__main__.py"}
    assert [room for room in sorted(rooms) if f"`{room}`" not in text] == []


def test_dependencies_are_explained() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    names = re.findall(r'^    "([a-z-]+)[>=<]', project, re.MULTILINE)
    assert [name for name in names if name not in text] == []
    assert len(names) > 5


def imported_by(*arguments: str) -> set[str]:
    code = (
        "import sys\nfrom bibtools.cli.faults import exit_code_of\n"
        "from bibtools.cli.main import main\n"
        f"exit_code_of(lambda: main.main({list(arguments)!r}, 'bibtools', standalone_mode=False))\n"
        "print('\\n'.join(sys.modules), file=sys.stderr)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return set(ran.stderr.split())


def test_help_loads_no_command_and_no_heavy_library() -> None:
    loaded = imported_by("--help")
    heavy = {"rapidfuzz", "rich", "sqlite3", "requests", "pyzotero", "bibtexparser", "platformdirs"}
    assert sorted(loaded & heavy) == []
    ours = {name for name in loaded if name.startswith("bibtools")}
    assert ours == {
        "bibtools",
        "bibtools.cli",
        "bibtools.cli.faults",
        "bibtools.cli.lazy",
        "bibtools.cli.main",
        "bibtools.cli.screen",
        "bibtools.errors",
        "bibtools.later",
        *(name for name in ours if name.startswith("bibtools.model")),
    }
