"""Broken input: does the reader of .bib files stay linear, and does it stand everything?

    python benchmarks/fuzz_bibtex.py time                     # n and 2n of each kind of damage
    python benchmarks/fuzz_bibtex.py fuzz FILE... --minutes 10  # random damage to these files

`time` reads, computes all fields and all notices, and prints CPU seconds and peak memory for n
and 2n; a ratio near 2 is linear. `fuzz` mutates the files it is given (without files, a few
written here) and checks for each result: no exception, no reading longer than `--patience`
seconds, `to_bytes()` the same bytes, the blocks tile the file, every field a string, every notice
with line and column. An input that fails is written to `--keep`.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

from bibtools.formats.bibtex import Document

Family = Callable[[int], bytes]

FAMILIES: dict[str, tuple[int, Family]] = {
    "unclosed heads @a{": (500_000, lambda n: b"@a{" * n),
    "unclosed heads, a line each": (500_000, lambda n: b"@a{\n" * n),
    "unclosed @article{a,": (50_000, lambda n: b"@article{a,\n" * n),
    "unclosed @article{a, on one line": (50_000, lambda n: b"@article{a," * n),
    "unclosed @article(a,": (50_000, lambda n: b"@article(a,\n" * n),
    "unclosed field": (50_000, lambda n: b"@article{a, title = {x\n" * n),
    "unclosed quoted field": (50_000, lambda n: b'@article{a, title = "x\n' * n),
    "unclosed fields of one entry": (100_000, lambda n: b"@article{a,\n" + b"t = {x\n" * n),
    "unclosed quotes of one entry": (100_000, lambda n: b"@article{a,\n" + b't = "x {\n' * n),
    "at signs": (500_000, lambda n: b"@" * n),
    "at signs with blanks": (500_000, lambda n: b"@ " * n),
    "blanks after @": (1_000_000, lambda n: b"@" + b" " * n),
    "lines with @ and blanks": (2_000, lambda n: (b"@" + b" " * 500 + b"\n") * n),
    "type of one letter again and again": (1_000_000, lambda n: b"@" + b"a" * n),
    "types without brace": (300_000, lambda n: b"@abc " * n),
    "open braces": (500_000, lambda n: b"{" * n),
    "open braces in a field": (200_000, lambda n: b"@a{k,t=" + b"{" * n),
    "closed nest in a field": (200_000, lambda n: b"@a{k,t=" + b"{" * n + b"}" * n + b"}"),
    "closing braces": (500_000, lambda n: b"@a{k,t={x}" + b"}" * n),
    "nest of ten, many": (
        20_000,
        lambda n: b"@a{k,t={" + (b"{" * 10 + b"x" + b"}" * 10) * n + b"}}",
    ),
    "nests in quotes": (50_000, lambda n: b'@a{k,t="' + b'{{{{{{"}}}}}}' * n + b'"}'),
    "unclosed quote, many braces": (200_000, lambda n: b'@a{k,t="' + b"{x}" * n),
    "quotes": (500_000, lambda n: b"@a{k,t=" + b'"' * n + b"}"),
    "quotes on lines": (200_000, lambda n: b"@a{k,t=" + b'"\n' * n + b"}"),
    "one field of megabytes": (10_000_000, lambda n: b"@a{k,t={" + b"a b " * (n // 4) + b"}}"),
    "one unclosed field of megabytes": (10_000_000, lambda n: b"@a{k,t={" + b"a b " * (n // 4)),
    "one quoted field of megabytes": (
        5_000_000,
        lambda n: b'@a{k,t="' + b"a b " * (n // 4) + b'"}',
    ),
    "blanks in a field": (10_000_000, lambda n: b"@a{k,t={" + b" " * n + b"}}"),
    "lines in a field": (5_000_000, lambda n: b"@a{k,t={" + b"\n" * n + b"}}"),
    "blanks between fields": (5_000_000, lambda n: b"@a{k," + b" " * n + b"t={x}}"),
    "joins": (300_000, lambda n: b"@a{k,t=" + b"#" * n + b"}"),
    "joined parts": (200_000, lambda n: b"@a{k,t=a" + b" # a" * n + b"}"),
    "joined parts, no end": (200_000, lambda n: b"@a{k,t=a" + b" # a" * n),
    "commas": (500_000, lambda n: b"@a{k" + b"," * n + b"}"),
    "equals signs": (300_000, lambda n: b"@a{k," + b"=" * n + b"}"),
    "names without value": (200_000, lambda n: b"@a{k," + b"t=," * n + b"}"),
    "names without equals": (200_000, lambda n: b"@a{k," + b"t," * n + b"}"),
    "missing commas": (100_000, lambda n: b"@a{k,\n" + b"t={x}\n" * n + b"}"),
    "percent lines in an entry": (100_000, lambda n: b"@a{k,\n" + b"% x\n" * n + b"}"),
    "one field many times": (100_000, lambda n: b"@a{k" + b",\nt={x}" * n + b"}"),
    "many fields": (
        100_000,
        lambda n: b"@a{k" + b"".join(b",\nt%d={x}" % i for i in range(n)) + b"}",
    ),
    "a long key": (1_000_000, lambda n: b"@a{" + b"k" * n + b",t={x}}"),
    "a long key with blanks": (500_000, lambda n: b"@a{" + b"k " * n + b",t={x}}"),
    "a long name": (1_000_000, lambda n: b"@a{k," + b"t" * n + b"={x}}"),
    "a long number": (1_000_000, lambda n: b"@a{k,t=" + b"1" * n + b"}"),
    "open comments": (100_000, lambda n: b"@comment{\n" * n),
    "open comments on one line": (100_000, lambda n: b"@comment{" * n),
    "closed nest of comments": (50_000, lambda n: b"@comment{" * n + b"}" * n),
    "many comments": (100_000, lambda n: b"@comment{x}\n" * n),
    "entries in a comment": (50_000, lambda n: b"@comment{" + b"@a{k,t={x}}\n" * n + b"}"),
    "entries in an open comment": (50_000, lambda n: b"@comment{" + b"@a{k,t={x}}\n" * n),
    "heads in a field": (100_000, lambda n: b"@a{k,t={" + b"@a{k,}\n" * n + b"}}"),
    "heads in an unclosed field": (50_000, lambda n: b"@a{k,t={" + b"@a{k,x={y}}\n" * n),
    "strings that double": (
        60,
        lambda n: b'@string{s="abc"}\n' + b"@string{s = s # s}\n" * n + b"@a{k,t=s}",
    ),
    "one macro defined again": (30_000, lambda n: b'@string{s="x"}\n@a{k,t=s}\n' * n),
    "unclosed strings": (50_000, lambda n: b'@string{s = "x"\n' * n),
    "unclosed preambles": (50_000, lambda n: b'@preamble{"x"\n' * n),
    "undefined macros": (50_000, lambda n: b"@a{k,t=zz}\n" * n),
    "one key": (50_000, lambda n: b"@a{k,t={x}}\n" * n),
    "one crossref": (50_000, lambda n: b"@a{k,crossref={K}}\n" * n),
    "text behind entries": (50_000, lambda n: b"@a{k,t={x}}} , y={z}}\n" * n),
    "carriage returns": (500_000, lambda n: b"@a{k,t={x" + b"\r" * n + b"}}"),
    "not UTF-8": (2_000_000, lambda n: b"@a{k,t={" + b"\xe9" * n + b"}}"),
    "other scripts": (
        2_000_000,
        lambda n: b"@a{k,t={" + "я д ".encode() * (n // 6) + b"}}",
    ),
    "NUL": (500_000, lambda n: b"@a{k,t={" + b"\0" * n + b"}}"),
    "brackets": (300_000, lambda n: b"@a(k,t={x}" + b")" * n),
    "entries with a stray brace": (30_000, lambda n: b"@a{k,t={x}},\n u={y}\n}\n" * n),
    "entries with a brace too few": (30_000, lambda n: b"@a{k,\n t={x,\n u={y}\n}\n" * n),
}
"""Kinds of damage: the smaller n, and the file for an n."""

SEEDS = (
    b'@string{j = "Journal"}\n@article{k1,\n  title = {A {B} c},\n  journal = j # " x",\n'
    b"  year = 2001\n}\n",
    b'% remark\n@comment{@misc{in, note = {x}}}\n@preamble{"\\x"}\n@book(k2, title = "a {"} b")\n',
    b"\xef\xbb\xbf@misc{a,\r\n\ttitle = {x},\r\n\tmonth = jan,\r\n}\r\n@misc{b}\r\n",
    "@online{ключ, title = {Ünïcode — 中文}, url = {https://a.example/%7E_b}}\n".encode(),
    b"@misc{l1, title = {caf\xe9}}\n@misc{ k , crossref = {L1},, year = 1 # 2 }\n",
)
PIECES = (
    b"@", b"{", b"}", b'"', b"#", b",", b"=", b"(", b")", b"%", b"\\", b"\n", b"\r", b"\t", b" ",
    b"\0", b"\x0b", b"\x0c", b"\xff", b"\xc3", b"\xef\xbb\xbf", b"\xe2\x80\xa8", b"@string{",
    b"@comment", b"@comment{", b"@preamble{", b"@article{", b"@a{k,",
    b"},\n", b"= {", b' = "', b" # ",
    b"\n@", b"crossref = {", b"{{", b"}}", b"{}", b'""', b",,", b"\r\n",
)  # fmt: skip


def read_all(data: bytes) -> Document:
    """Everything a caller can ask of the reader; AssertionError when an answer is wrong."""
    document = Document.parse(data, "fuzz.bib")
    assert document.to_bytes() == data, "the bytes changed"
    assert b"".join(block.raw for block in document.blocks) == data, "the blocks are not the file"
    for entry in document.entries:
        for name, value in entry.fields.items():
            assert isinstance(name, str), "a name is no text"
            assert isinstance(value, str), "a value is no text"
    for notice in document.notices:
        assert notice.line is not None, "a notice has no line"
        assert notice.column is not None, "a notice has no column"
    return document


def measured(data: bytes) -> float:
    start = time.process_time()
    read_all(data)
    return time.process_time() - start


def time_families(only: str) -> None:
    """Print the table of times."""
    print("| damage | n | MB | seconds | seconds for 2n | ratio |")
    print("|---|---:|---:|---:|---:|---:|")
    for name, (count, family) in FAMILIES.items():
        if only not in name:
            continue
        less, data = measured(family(count)), family(2 * count)
        more = measured(data)
        print(
            f"| {name} | {count:,} | {len(data) / 2e6:.1f} | {less:.2f} | {more:.2f} "
            f"| {more / max(less, 0.001):.1f} |",
            flush=True,
        )


def damaged(dice: random.Random, seeds: list[bytes], longest: int) -> bytes:
    """A piece of a file with random damage."""
    data = dice.choice(seeds)
    if len(data) > longest:
        at = dice.randrange(len(data) - longest)
        data = data[at : at + longest]
    for _ in range(dice.choice((1, 1, 2, 3, 5, 10, 30))):
        at = dice.randrange(len(data) + 1)
        end = min(len(data), at + dice.choice((1, 1, 2, 5, 20, 100)))
        match dice.randrange(6):
            case 0:
                data = data[:at] + dice.choice(PIECES) + data[at:]
            case 1:
                data = data[:at] + data[end:]
            case 2:
                data = data[:at] + dice.choice(PIECES) * dice.choice((1, 3, 50)) + data[end:]
            case 3:
                data = data[:at] + data[at:end] * dice.choice((2, 3, 20)) + data[end:]
            case 4:
                other = dice.choice(seeds)
                start = dice.randrange(len(other) + 1)
                data = data[:at] + other[start : start + dice.choice((5, 50, 500))] + data[end:]
            case _:
                data = data[:at] + bytes([dice.randrange(256)]) + data[at + 1 :]
    return data


def _too_long(_signal: int, _frame: FrameType | None) -> None:
    raise TimeoutError("this takes too long")


def fuzz(seeds: list[bytes], minutes: float, seed: int, patience: float, keep: Path) -> int:
    """Damage and read until the time is over; the number of inputs that failed."""
    dice = random.Random(seed)
    signal.signal(signal.SIGALRM, _too_long)
    started = time.monotonic()
    tried = failed = size = 0
    slowest = 0.0
    while time.monotonic() - started < minutes * 60:
        data = damaged(dice, seeds, dice.choice((500, 3000, 30000)))
        before = time.process_time()
        signal.setitimer(signal.ITIMER_REAL, patience)
        try:
            read_all(data)
        except Exception as error:
            signal.setitimer(signal.ITIMER_REAL, 0)
            failed += 1
            path = keep / f"failed-{seed}-{tried}.bib"
            path.write_bytes(data)
            print(f"{path}: {type(error).__name__}: {error}", flush=True)
        signal.setitimer(signal.ITIMER_REAL, 0)
        slowest = max(slowest, time.process_time() - before)
        tried += 1
        size += len(data)
    print(
        f"{tried:,} inputs, {size / 1e6:,.0f} MB, {failed} failed, slowest {slowest:.2f} s "
        f"(seed {seed})"
    )
    return failed


def seed_files(paths: list[Path]) -> Iterator[bytes]:
    yield from SEEDS
    for path in paths:
        if path.is_dir():
            yield from (file.read_bytes() for file in sorted(path.rglob("*.bib")))
        else:
            yield path.read_bytes()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    verbs = options.add_subparsers(dest="verb", required=True)
    timing = verbs.add_parser("time", help="print times for n and 2n")
    timing.add_argument("--only", default="", help="kinds whose name contains this")
    fuzzing = verbs.add_parser("fuzz", help="read damaged files")
    fuzzing.add_argument("files", nargs="*", type=Path)
    fuzzing.add_argument("--minutes", type=float, default=1.0)
    fuzzing.add_argument("--seed", type=int, default=1)
    fuzzing.add_argument("--patience", type=float, default=10.0)
    fuzzing.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()))
    chosen = options.parse_args()
    if chosen.verb == "time":
        time_families(chosen.only)
        return
    seeds = [data for data in seed_files(chosen.files) if data]
    sys.exit(bool(fuzz(seeds, chosen.minutes, chosen.seed, chosen.patience, chosen.keep)))


if __name__ == "__main__":
    main()
