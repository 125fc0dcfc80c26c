"""Keys of objects that are made here, so that a lost answer makes no double."""

from __future__ import annotations

import random

_LETTERS = "23456789ABCDEFGHIJKLMNPQRSTUVWXYZ"
_CHANCE = random.SystemRandom()


def new_key() -> str:
    """Eight letters and digits, none of which looks like another: what Zotero takes as a key."""
    return "".join(_CHANCE.choices(_LETTERS, k=8))
