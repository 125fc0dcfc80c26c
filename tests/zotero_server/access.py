"""Who may do what: users, their API keys, groups, and how often."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.zotero_server.answers import Refused
from tests.zotero_server.store import Item, Shelf

BURST = 100
PER_SECOND = 10
BAD_KEYS = 6


@dataclass(frozen=True, slots=True)
class User:
    id: int
    username: str
    name: str


@dataclass(slots=True)
class Group:
    """A group. `version` is that of its description, not of its library."""

    id: int
    name: str
    owner: int
    members: set[int]
    version: int = 1
    type: str = "Private"
    """`Private`, `PublicClosed` or `PublicOpen`."""
    library_editing: str = "members"
    """`members` or `admins`."""
    library_reading: str = "members"
    """`members` or `all`."""
    file_editing: str = "none"
    description: str = ""
    url: str = ""
    created: str = ""

    @property
    def slug(self) -> str:
        """Its name in the addresses of the site."""
        if self.type == "Private":
            return str(self.id)
        return "_".join(self.name.lower().split())


@dataclass(slots=True)
class ApiKey:
    key: str
    user: User
    access: dict[str, Any]
    name: str = ""
    token_times: dict[str, float] = field(default_factory=dict)
    """Write tokens that were used, and when."""

    def shown(self) -> dict[str, Any]:
        """As /keys/current shows it."""
        made: dict[str, Any] = {
            "key": self.key,
            "userID": self.user.id,
            "username": self.user.username,
            "displayName": self.user.name,
        }
        return {**made, "access": self.access} if self.access else made

    def to_group(self, group: int) -> dict[str, bool]:
        groups = self.access.get("groups", {})
        found: dict[str, bool] = groups.get(str(group)) or groups.get("all") or {}
        return found


Groups = Literal["all"] | Iterable[int] | Mapping[int, bool] | None


def access_of(*, write: bool, notes: bool, library: bool, groups: Groups) -> dict[str, Any]:
    """The `access` of a key: only what is granted stands in it."""
    made: dict[str, Any] = {}
    if library:
        made["user"] = {"library": True, "files": True}
        made["user"] |= {"notes": True} if notes else {}
        made["user"] |= {"write": True} if write else {}
    if groups == "all":
        of: dict[str, bool] = {"all": write}
    elif isinstance(groups, Mapping):
        of = {str(number): may for number, may in groups.items()}
    else:
        of = {str(number): write for number in groups or ()}
    if of:
        made["groups"] = {
            number: {"library": True, **({"write": True} if may else {})}
            for number, may in of.items()
        }
    return made


@dataclass(frozen=True, slots=True)
class Permission:
    """What one key may do in one library."""

    read: bool
    write: bool
    notes: bool

    def sees(self, item: Item) -> bool:
        return self.notes or item.item_type != "note"


def permission(key: ApiKey | None, shelf: Shelf, group: Group | None) -> Permission:
    """What a key, or nobody's, may do in a library."""
    if group is None:
        own = key.access.get("user", {}) if key and key.user.id == shelf.id else {}
        return Permission(bool(own.get("library")), bool(own.get("write")), bool(own.get("notes")))
    public = group.type != "Private" and group.library_reading == "all"
    member = key is not None and key.user.id in group.members
    granted = key.to_group(group.id) if key and member else {}
    may_edit = group.library_editing == "members" or (
        key is not None and key.user.id == group.owner
    )
    read = public or bool(granted.get("library"))
    return Permission(read, bool(granted.get("write")) and may_edit, read)


class Limiter:
    """The limit of requests: a bucket of 100 for each key that fills by 10 a second."""

    def __init__(
        self, clock: Callable[[], float], burst: float = BURST, rate: float = PER_SECOND
    ) -> None:
        self.clock = clock
        self.burst = burst
        self.rate = rate
        self._buckets: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take(self, who: str) -> None:
        """Count a request; raises `Refused` 429 when the bucket is empty."""
        with self._lock:
            now = self.clock()
            left, then = self._buckets.get(who, (float(self.burst), now))
            left = min(float(self.burst), left + (now - then) * self.rate)
            if left < 1:
                self._buckets[who] = (left, now)
                wait = {"Retry-After": str(int(self.burst / self.rate))}
                raise Refused(429, "Request rate limit exceeded", headers=wait, bare=True)
            self._buckets[who] = (left - 1, now)


@dataclass(slots=True)
class Register:
    """All users, groups and keys."""

    users: dict[int, User] = field(default_factory=dict)
    groups: dict[int, Group] = field(default_factory=dict)
    keys: dict[str, ApiKey] = field(default_factory=dict)
    bad_keys: int = 0
    lenient: bool = True
    """Whether bad keys are answered 403 for ever; otherwise 429 after six of them."""

    def find(self, headers: Mapping[str, str], parameter: str | None) -> ApiKey | None:
        """The key of a request; none where it has none."""
        bearer = headers.get("authorization", "")
        given = headers.get("zotero-api-key")
        if given is None and bearer.lower().startswith("bearer "):
            given = bearer[7:].strip()
        if given and parameter and given != parameter:
            raise Refused(400, "Zotero-API-Key header and 'key' parameter differ", bare=True)
        given = given or parameter
        if not given:
            return None
        if not given.isalnum():
            raise Refused(400, "Invalid API key", bare=True)
        if given in self.keys:
            return self.keys[given]
        self.bad_keys += 1
        if self.bad_keys > BAD_KEYS and not self.lenient:
            raise Refused(429, "Too many authentication failures", bare=True)
        raise Refused(403, "Invalid key", bare=True)
