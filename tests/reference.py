"""The reference of commands and API, and the man pages: `python -m tests.reference`.

`tests/test_reference.py` fails while docs/reference/ or man/ say something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from bibtools import __version__
from tests.api_pages import api_reference
from tests.command_pages import Block, CommandPage, all_pages
from tests.completion_table import table

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = ROOT / "docs" / "reference" / "commands.md"
API = ROOT / "docs" / "reference" / "api.md"
MAN = ROOT / "man"
COMPLETIONS = ROOT / "bibtools" / "cli" / "completions.json"
_MADE = "made by `python -m tests.reference`; what it says stands in bibtools/"


def files() -> dict[Path, str]:
    """What every generated file has to say."""
    pages = all_pages()
    written = {COMMANDS: _reference(pages), API: api_reference(_MADE), COMPLETIONS: table()}
    written |= {MAN / f"{page.file}.1": _man(page, pages) for page in pages}
    return written


# Markdown


def _reference(pages: list[CommandPage]) -> str:
    head = (
        f"<!-- {_MADE} -->\n\n# Commands\n\n"
        "Every command with its options, as `--help` shows them. Results go to stdout, all else "
        "to stderr.\n\n"
    )
    rows = "".join(f"| [`{page.name}`](#{_anchor(page.name)}) | {_cell(page.short)} |\n"
                   for page in pages[1:])  # fmt: skip
    return f"{head}| command | what it does |\n| --- | --- |\n{rows}\n" + "\n".join(
        _section(page) for page in pages
    )


def _section(page: CommandPage) -> str:
    parts = [f"## {page.name}\n", f"```text\n{f'{page.name} {page.usage}'.strip()}\n```\n"]
    parts += [_markdown(block) for block in page.text]
    if page.options:
        rows = "".join(
            f"| `{_cell(row.names)}` | {_cell(_escaped(row.help))} | {_default(row.default)} |\n"
            for row in page.options
        )
        parts.append(f"| option | what it does | default |\n| --- | --- | --- |\n{rows}")
    if page.commands:
        parts.append("".join(
            f"- [`{page.name} {name}`](#{_anchor(f'{page.name} {name}')}): {_escaped(short)}\n"
            for name, short in page.commands
        ))  # fmt: skip
    if page.examples:
        parts.append("Examples:\n\n```sh\n" + "\n".join(page.examples) + "\n```\n")
    parts += [_markdown(block) for block in page.notes]
    return "\n".join(parts)


def _markdown(block: Block) -> str:
    if block.verbatim:
        return f"```text\n{block.text}\n```\n"
    return f"{_escaped(block.text)}\n"


def _escaped(text: str) -> str:
    """Prose whose signs are no Markdown; what stands in backticks stays as it is."""
    pieces = re.split(r"(`[^`]*`)", text)
    return "".join(
        piece if number % 2 else re.sub(r"([\\*_<>\[\]#|])", r"\\\1", piece)
        for number, piece in enumerate(pieces)
    )


def _cell(text: str) -> str:
    return text.replace("\\|", "|").replace("|", "\\|").replace("\n", " ")


def _default(text: str) -> str:
    return f"`{_cell(text)}`" if text else ""


def _anchor(name: str) -> str:
    return name.replace(" ", "-")


# troff


def _man(page: CommandPage, pages: list[CommandPage]) -> str:
    """A page of section 1, with the macros of man(7)."""
    return "\n".join(_man_lines(page, pages)) + "\n"


def _man_lines(page: CommandPage, pages: list[CommandPage]) -> Iterator[str]:
    yield f'.\\" {_MADE}'
    yield f'.TH "{page.file.upper()}" "1" "" "bibtools {__version__}" "bibtools"'
    yield ".SH NAME"
    yield f"{_roff(page.file)} \\- {_roff(page.short.rstrip('.'))}"
    yield ".SH SYNOPSIS"
    yield f"\\fB{_roff(page.name)}\\fR {_roff(page.usage)}".rstrip()
    yield ".SH DESCRIPTION"
    for number, block in enumerate(page.text):
        yield from _roff_block(block, first=not number)
    if page.options:
        yield ".SH OPTIONS"
        for row in page.options:
            yield ".TP"
            yield f"\\fB{_roff(row.names)}\\fR"
            told = f" Default: {row.default}." if row.default else ""
            yield _roff(f"{row.help}{told}")
    if page.commands:
        yield ".SH COMMANDS"
        for name, short in page.commands:
            yield ".TP"
            yield f"\\fB{_roff(name)}\\fR"
            yield _roff(short)
    if page.examples:
        yield ".SH EXAMPLES"
        yield from _roff_block(Block("\n".join(page.examples), verbatim=True), first=True)
    if page.notes:
        yield ".SH NOTES"
        for number, block in enumerate(page.notes):
            yield from _roff_block(block, first=not number)
    above = page.name.rpartition(" ")[0]
    see = [above.replace(" ", "-")] if above else []
    see += [f"{page.file}-{name}" for name, _ in page.commands]
    if see:
        yield ".SH SEE ALSO"
        yield ", ".join(f"\\fB{_roff(name)}\\fR(1)" for name in see)


def _roff_block(block: Block, *, first: bool) -> Iterator[str]:
    if not first:
        yield ".PP"
    if block.verbatim:
        yield ".nf"
        yield ".RS 4"
        yield from (_roff(line) or "\\&" for line in block.text.split("\n"))
        yield ".RE"
        yield ".fi"
    else:
        yield from (_roff(line) for line in block.text.split("\n"))


def _roff(text: str) -> str:
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("`", "")
    # A line that begins with a dot or a quote would be a request.
    return "\\&" + text if text[:1] in (".", "'") else text


def main() -> None:
    """Write the files, and take away pages of commands that are no more."""
    written = files()
    MAN.mkdir(exist_ok=True)
    COMMANDS.parent.mkdir(exist_ok=True)
    for path, text in written.items():
        path.write_text(text, "utf-8")
    for old in MAN.glob("*.1"):
        if old not in written:
            old.unlink()


if __name__ == "__main__":
    main()
