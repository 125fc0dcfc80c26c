"""Patterns that are compiled when they are first used."""

from __future__ import annotations

import re

import pytest

from bibtools.later import later


def test_a_pattern_works_as_a_compiled_one(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = []
    original = re.compile

    def compile_(source: str, flags: int = 0) -> re.Pattern[str]:
        compiled.append(source)
        return original(source, flags)

    monkeypatch.setattr(re, "compile", compile_)
    pattern = later(r"bo(a)t", re.IGNORECASE)
    assert compiled == []
    assert pattern.sub(r"\1", "Boat boats") == "a as"
    assert pattern.fullmatch("BOAT")
    assert (pattern.groups, pattern.pattern) == (1, r"bo(a)t")
    assert set(compiled) == {r"bo(a)t"}


def test_bytes() -> None:
    assert later(rb"\d+").findall(b"1 22") == [b"1", b"22"]


def test_what_a_pattern_has_not_it_has_not() -> None:
    with pytest.raises(AttributeError):
        _ = later("x").boats  # type: ignore[attr-defined]
    assert not hasattr(later("x"), "__len__")
