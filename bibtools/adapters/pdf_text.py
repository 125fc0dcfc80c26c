"""The words of a PDF's first pages and what it says of itself, read in a process of its own.

A PDF is a program's worth of format by a stranger: it is read by `pdftotext` and `pdfinfo`
(poppler) where they are installed, else by pypdf (the extra `pdf`), in a child with bounds for
time, memory and output. What goes wrong there is a sentence here.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from bibtools.adapters.files import missing_file
from bibtools.errors import InputError

PAGES: Final = 2
SECONDS: Final = 20.0
LARGEST: Final = 300_000_000
"""Bytes of a PDF."""
_MOST: Final = 200_000
"""Characters that are kept of the pages."""
_MEMORY: Final = 1_500_000_000
_XMP: Final = re.compile(rb"<x:xmpmeta\b.{0,200000}?</x:xmpmeta>", re.DOTALL)
_XMP_WITHIN: Final = 40_000_000


@dataclass(frozen=True, slots=True)
class PdfText:
    """What was read of a PDF."""

    pages: tuple[str, ...]
    """Of the first pages, as text."""
    info: Mapping[str, str] = field(default_factory=dict)
    """Of its information dictionary, by name in lower case: `title`, `doi`, `arxivid`, ..."""
    xmp: str = ""
    """Its XMP packet (XML), where it has a readable one."""


def read_pdf(path: str) -> PdfText:
    """The first pages of a PDF.

    Raises `InputError` when there is no such file, it is no PDF, it cannot be read within the
    bounds, or there is nothing to read it with.
    """
    file = _checked(path)
    if shutil.which("pdftotext"):
        found = _by_poppler(path, file)
    elif find_spec("pypdf") is not None:
        found = _by_pypdf(path, file)
    else:
        raise InputError(
            f'"{path}" cannot be read: there is neither pdftotext nor pypdf.',
            "Install poppler-utils, or pip install 'bibtools-papers[pdf]'.",
        )
    return PdfText(found.pages, found.info, found.xmp or _xmp_of(file))


def _checked(path: str) -> Path:
    file = Path(path)
    try:
        size = file.stat().st_size
        if not file.is_file():
            raise InputError(f'"{path}" is no file.')
        with file.open("rb") as stream:
            start = stream.read(1024)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        if isinstance(error, FileNotFoundError):
            raise missing_file(path) from None
        raise InputError(f'"{path}" cannot be read: {reason}.') from None
    if b"%PDF-" not in start:
        raise InputError(f'"{path}" is no PDF.')
    if size > LARGEST:
        raise InputError(f'"{path}" is larger than {LARGEST // 1_000_000} MB, so it was not read.')
    return file


def _by_poppler(path: str, file: Path) -> PdfText:
    # "./" before it, so that a name that begins with a hyphen is no option.
    name = str(file.absolute())
    text = _run(path, ["pdftotext", "-q", "-enc", "UTF-8", "-l", str(PAGES), name, "-"])
    info: dict[str, str] = {}
    if shutil.which("pdfinfo"):
        for options in ([], ["-custom"]):
            try:
                told = _run(path, ["pdfinfo", "-enc", "UTF-8", *options, name])
            except InputError:
                continue  # its text is there: that is what counts
            for line in told.splitlines():
                key, colon, value = line.partition(":")
                if colon and value.strip():
                    info.setdefault(key.strip().lower(), value.strip())
    return PdfText(tuple(text.split("\f")[:PAGES]), info)


def _by_pypdf(path: str, file: Path) -> PdfText:
    told = _run(path, [sys.executable, "-m", "bibtools.adapters.pdf_child", str(file.absolute())])
    try:
        row = json.loads(told)
        pages = tuple(str(one) for one in row["pages"])
        info = {str(name).lower(): str(value) for name, value in row["info"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise InputError(f'"{path}" cannot be read as a PDF.') from None
    return PdfText(pages, info)


def _run(path: str, command: Sequence[str]) -> str:
    """What the program prints, as far as it is kept."""
    with tempfile.TemporaryFile() as out:
        try:
            done = subprocess.run(  # noqa: S603 -- a known program, and no shell
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.DEVNULL,
                timeout=SECONDS,
                check=False,
                preexec_fn=_bounded if os.name == "posix" else None,
            )
        except subprocess.TimeoutExpired:
            raise InputError(
                f'"{path}" could not be read within {SECONDS:g} seconds, so it was given up.'
            ) from None
        except OSError as error:
            raise InputError(f'"{path}" cannot be read: {error.strerror or error}.') from None
        out.seek(0)
        text = out.read(4 * _MOST).decode("utf-8", "replace")[:_MOST]
    if done.returncode != 0 and not text.strip():
        raise InputError(
            f'"{path}" cannot be read as a PDF.', "It may be damaged, or locked with a password."
        )
    return text


def _bounded() -> None:
    """In the child, before the program starts: no more memory, time and output than that."""
    import resource

    for what, most in (
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_CPU, max(int(SECONDS), 1)),
        (resource.RLIMIT_FSIZE, 50_000_000),
    ):
        _, hard = resource.getrlimit(what)
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (least, hard))


def _xmp_of(file: Path) -> str:
    """The last XMP packet that stands in the file uncompressed, as the standard advises."""
    try:
        with file.open("rb") as stream:
            data = stream.read(_XMP_WITHIN)
    except OSError:
        return ""
    found = _XMP.findall(data)
    return found[-1].decode("utf-8", "replace") if found else ""
