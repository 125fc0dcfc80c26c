"""The public names of the package as Markdown, for `tests/reference.py`."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re
import textwrap
from collections.abc import Iterator

import bibtools

_SKIPPED = frozenset({"__version__"})
_SETTLED = re.compile(r"<bibtools[^>]*>")


def api_reference(made: str) -> str:
    """The page on `bibtools.__all__`."""
    parts = [
        f"<!-- {made} -->\n\n# Python API\n",
        "The names a script needs; `from bibtools import ...` loads each when it is used. Values "
        "are frozen dataclasses, and functions give new values.\n",
        f"```python\n{textwrap.dedent(_example()).strip()}\n```\n",
    ]
    parts += [_name(name, getattr(bibtools, name)) for name in bibtools.__all__
              if name not in _SKIPPED]  # fmt: skip
    return "\n".join(parts)


def _example() -> str:
    """The code in the docstring of the package."""
    lines = (inspect.getdoc(bibtools) or "").splitlines()
    return "\n".join(line for line in lines if line.startswith("    ") or not line).strip("\n")


def _name(name: str, value: object) -> str:
    if inspect.isclass(value):
        return "\n".join(_class(name, value))
    return "\n".join(_function("##", name, value, bibtools_home(value)))


def bibtools_home(value: object) -> str:
    """The module that a public name lives in."""
    return str(getattr(value, "__module__", ""))


def _class(name: str, value: type) -> Iterator[str]:
    yield f"## {name}\n"
    yield f"`{bibtools_home(value)}.{name}`\n"
    yield f"{_doc(value)}\n"
    if dataclasses.is_dataclass(value):
        told = _field_docs(value)
        rows = "".join(
            f"| `{one.name}` | `{_type(one.type)}` | {_cell(told.get(one.name, ''))} |\n"
            for one in dataclasses.fields(value)
            if not one.name.startswith("_")
        )
        if rows:
            yield f"| field | type | what it is |\n| --- | --- | --- |\n{rows}"
    for member, found in vars(value).items():
        if member.startswith("_"):
            continue
        if isinstance(found, property):
            yield f"### {name}.{member}\n"
            yield f"{_doc(found.fget)}\n"
        elif isinstance(found, classmethod | staticmethod) or inspect.isfunction(found):
            function = getattr(value, member)
            yield from _function("###", f"{name}.{member}", function, "")


def _function(head: str, name: str, value: object, home: str) -> Iterator[str]:
    yield f"{head} {name}\n"
    if home:
        yield f"`{home}.{name}`\n"
    try:
        signature = str(inspect.signature(value))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        signature = "(...)"
    yield f"```python\n{name}{signature.replace(chr(39), '')}\n```\n"
    yield f"{_doc(value)}\n"


def _doc(value: object) -> str:
    text = inspect.getdoc(value) or ""
    # A dataclass without words of its own shows its signature, which the table says better.
    return "" if isinstance(value, type) and text.startswith(f"{value.__name__}(") else text


def _field_docs(value: type) -> dict[str, str]:
    """The strings below the fields of a class."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(value))).body[0]
    assert isinstance(tree, ast.ClassDef)
    found: dict[str, str] = {}
    last = ""
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            last = node.target.id
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and last:
            found[last] = inspect.cleandoc(str(node.value.value))
        else:
            last = ""
    return found


def _type(value: object) -> str:
    return str(value).replace("|", "\\|")


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|")
