"""Item data that lies elsewhere, and is read when somebody looks at it.

A library of fifty thousand items and what was agreed on them do not fit into little memory, and a
sync looks at few of them. `Kept` is a mapping as any other to whoever compares and merges; where
it reads from is the business of the one who made it. What it reads never changes.
"""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, KeysView, Mapping, ValuesView
from typing import Any, ClassVar, Final, Protocol

_NOTHING: Final[Mapping[str, Any]] = {}


class Source(Protocol):
    """Where data lie. What is read is only looked at, for it may be handed out again."""

    def read(self, place: Any) -> Mapping[str, Any]:
        """The data at a place."""
        ...

    def written(self, place: Any) -> bytes | None:
        """The data as JSON in the one way of `adapters.zotero.written`, where that costs
        nothing: equal bytes are equal data.
        """
        ...


class Kept(Mapping[str, Any]):
    """Item data at a place of a source."""

    __slots__ = ("_known", "_place", "_source")

    def __init__(self, source: Source, place: Any, known: Mapping[str, Any] | None = None) -> None:
        """`known` are values that are asked for often: None for what is not there."""
        self._source = source
        self._place = place
        self._known = _NOTHING if known is None else known

    @property
    def place(self) -> Any:
        """Where in its source it lies."""
        return self._place

    def is_of(self, source: Source) -> bool:
        """Whether it lies in this source."""
        return self._source is source

    def read(self) -> Mapping[str, Any]:
        """All of it."""
        return self._source.read(self._place)

    def written(self) -> bytes | None:
        """See `Source.written`."""
        return self._source.written(self._place)

    def __getitem__(self, name: str) -> Any:
        if name in self._known:
            value = self._known[name]
            if value is None:
                raise KeyError(name)
            return value
        return self.read()[name]

    def get(self, name: str, default: Any = None) -> Any:
        """As of a dictionary."""
        if name in self._known:
            value = self._known[name]
            return default if value is None else value
        return self.read().get(name, default)

    def __contains__(self, name: object) -> bool:
        if name in self._known:
            return self._known[str(name)] is not None
        return name in self.read()

    def __iter__(self) -> Iterator[str]:
        return iter(self.read())

    def __len__(self) -> int:
        return len(self.read())

    def keys(self) -> KeysView[str]:
        """As of a dictionary."""
        return self.read().keys()

    def items(self) -> ItemsView[str, Any]:
        """As of a dictionary."""
        return self.read().items()

    def values(self) -> ValuesView[Any]:
        """As of a dictionary."""
        return self.read().values()

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if isinstance(other, Kept):
            if self._source is other._source and self._place == other._place:
                return True
            mine = self.written()
            if mine is not None and mine == other.written():
                return True
            return self.read() == other.read()
        if isinstance(other, Mapping):
            return self.read() == other
        return NotImplemented

    __hash__: ClassVar[None]  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(self.read())


class _Overlaid:
    """Data that say some things otherwise than others do; None is what they lack."""

    def read(self, place: tuple[Mapping[str, Any], Mapping[str, Any]]) -> Mapping[str, Any]:
        below, apart = place
        found = {**below, **apart}
        if None in apart.values():
            found = {name: value for name, value in found.items() if value is not None}
        return found

    def written(self, place: object) -> bytes | None:  # noqa: ARG002  (that would cost something)
        return None


_OVERLAID: Final = _Overlaid()


def overlaid(data: Mapping[str, Any], name: str, value: Any) -> Mapping[str, Any]:
    """The data with one value in the place of another."""
    if data.get(name) == value:
        return data
    if not isinstance(data, Kept):
        return {**data, name: value}
    apart = {name: value}
    return Kept(_OVERLAID, (data, apart), apart)


def leaner(data: Mapping[str, Any], other: Mapping[str, Any]) -> Mapping[str, Any]:
    """The data, held as what they say otherwise than `other` where that is kept elsewhere."""
    if isinstance(data, Kept) or not isinstance(other, Kept):
        return data
    theirs = other.read()
    apart = {name: value for name, value in data.items() if theirs.get(name) != value}
    apart |= dict.fromkeys(name for name in theirs if name not in data)
    if not apart:
        return other
    return Kept(_OVERLAID, (other, apart), apart) if len(apart) < len(data) else data


def whole(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """All of some data, so that many looks at it cost one reading."""
    return data.read() if isinstance(data, Kept) else data
