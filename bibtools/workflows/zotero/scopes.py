"""One file and several collections of a library: what is known of a pair holds in all of them.

A file may be synced with the whole library today and with a collection tomorrow. A pair is the
same pair in both, so what one scope remembers serves the other, and nothing is doubled.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bibtools.adapters.zotero.state import Pairs, Scope, State
from bibtools.sync.values import Agreed


def _is_beside(one: Scope, other: Scope) -> bool:
    """Whether two scopes are parts of one library."""
    return one != other and replace(one, collection=None) == replace(other, collection=None)


def without_stale(state: State, scope: Scope, in_library: Callable[[set[str]], set[str]]) -> State:
    """The state without the parts of this library that never came to be.

    A run that was ended before it made its collection leaves rows of items that it was about to
    make; the next run makes the collection under another key. `in_library` gives those of the
    items that there are.
    """
    stale = [
        other
        for other, beside in state.scopes.items()
        if _is_beside(scope, other)
        and beside.rows
        and all(row.pending for row in beside.rows.values())
        and not in_library(set(beside.rows))
    ]
    if not stale:
        return state
    kept = {other: pairs for other, pairs in state.scopes.items() if other not in stale}
    return replace(state, scopes=kept)


def known_collections(state: State, library: Scope) -> dict[str, str]:
    """Keys of the collections of a library that a file was synced with, by their path then."""
    return {
        pairs.name: scope.collection
        for scope, pairs in state.scopes.items()
        if pairs.name and scope.collection is not None and _is_beside(library, scope)
    }


def known_pairs(state: State, scope: Scope) -> Pairs:
    """What is remembered of a scope, and of pairs that only other parts of its library know."""
    pairs = state.of(scope)
    rows = dict(pairs.rows)
    keys = {row.key for row in rows.values()}
    for other, beside in state.scopes.items():
        if not _is_beside(scope, other):
            continue
        for item, row in beside.rows.items():
            if item not in rows and row.key not in keys and not row.pending:
                rows[item] = row
                keys.add(row.key)
    return replace(pairs, rows=rows)


def put_pairs(state: State, pairs: Pairs) -> State:
    """The state with the pairs of one scope, and what other scopes say of them brought up to date.

    Which collections an item was in stays as the other scope saw it: that it left one is news
    there.
    """
    known = state.of(pairs.scope).rows
    state = state.put(pairs)
    for scope, beside in list(state.scopes.items()):
        if not _is_beside(pairs.scope, scope):
            continue
        rows: dict[str, Agreed] = {}
        for item, row in beside.rows.items():
            new = pairs.rows.get(item)
            if new is None:
                if item not in known:
                    rows[item] = row
                continue
            there = new.there
            was = row.there.get("collections") or ()
            if scope.collection in was and there.get("collections") != was:
                there = {**there, "collections": was}
            rows[item] = replace(new, there=there)
        state = state.put(replace(beside, rows=rows))
    return state
