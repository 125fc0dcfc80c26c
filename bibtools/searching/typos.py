"""Words that a typed word may have been meant to be.

The distance is Damerau's with each letter touched once (optimal string alignment): a letter too
many, one missing, one wrong, or two neighbours swapped. https://doi.org/10.1145/363958.363994
"""

from __future__ import annotations

from collections.abc import Iterator

ONE_EDIT_FROM = 4
"""Letters a word needs before a typo in it is looked for; below, every word is near another."""
TWO_EDITS_FROM = 8
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


def edits_allowed(word: str) -> int:
    """How many slips a word of this length is forgiven; none in a number."""
    if len(word) < ONE_EDIT_FROM or any(char.isdigit() for char in word):
        return 0
    return 2 if len(word) >= TWO_EDITS_FROM else 1


def one_edit_away(word: str) -> Iterator[str]:
    """Every text that differs from the word by one slip (with letters of ASCII)."""
    for at in range(len(word) + 1):
        head, tail = word[:at], word[at:]
        if tail:
            yield head + tail[1:]
        if len(tail) > 1 and tail[0] != tail[1]:
            yield head + tail[1] + tail[0] + tail[2:]
        for letter in _LETTERS:
            yield head + letter + tail
            if tail and letter != tail[0]:
                yield head + letter + tail[1:]


def distance(first: str, second: str, most: int) -> int:
    """The number of slips between two words; `most + 1` when there are more than `most`."""
    if abs(len(first) - len(second)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, left in enumerate(first, start=1):
        earlier, before, row = before, row, [i]
        for j, right in enumerate(second, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 and j > 1 and left == second[j - 2] and first[i - 2] == right:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
