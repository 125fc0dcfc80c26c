"""A stand-in for Zotero's Web API v3, over a real socket.

    server = ZoteroServer.with_user()             # user 1, key KEY, empty library
    with server.running() as address:             # "http://127.0.0.1:<port>"
        ...                                       # the client under test
    library = server.library("users", 1)
    library.items["ABCD2345"].data["title"]       # what it holds now; .version, .deleted
    library.collections, library.version, library.gone["items"]
    library.contents()                            # key -> data without versions, to compare

Another client edits meanwhile, under the rules and with the versions of the real server:

    library.put({"itemType": "book", "title": "A"}).key
    library.edit(key, title="B"); library.trash(key); library.restore(key); library.delete(key)
    library.add_collection("Reading", parent=""); library.edit_collection(key, name="Read")
    library.delete_collection(key); library.delete_tags("a")

More people: `server.add_user(2)`, `server.add_key("key2", user=1, write=False, notes=False,
groups={7: True})`, `server.add_group(7, "Lab", owner=1, members=[2])`, `library.locked = True`
(409), `library.full = True` (413), `server.limit_requests(clock)` (100 at once, 10 a second),
`server.production()` (Backoff: 2, 429 after six bad keys). Time comes from `ZoteroServer(clock)`.

What was asked: `server.requests` (Recorded: method, path, query, headers, body, json(); keys
masked), `server.reads`, `server.writes`, `server.forget()`.

What goes wrong: `server.faults.append(Fault(Kind.LOST_ANSWER, when=is_post))`; see `faults`.

How true it is: `tests/zotero/test_stand_in_replay.py` puts to it every request that was put to
the real server, and compares the answers; its table of exceptions says where it is known to
differ. It shares no code with bibtools.
"""

from tests.zotero_server.answers import Refused
from tests.zotero_server.faults import Fault, Kind, Recorded, always, is_post, is_read, is_write
from tests.zotero_server.library import Library
from tests.zotero_server.server import KEY, ZoteroServer
from tests.zotero_server.store import Collection, Item

__all__ = [
    "KEY",
    "Collection",
    "Fault",
    "Item",
    "Kind",
    "Library",
    "Recorded",
    "Refused",
    "ZoteroServer",
    "always",
    "is_post",
    "is_read",
    "is_write",
]
