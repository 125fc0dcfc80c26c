"""An independent Zotero server for end-to-end tests: finds it, starts it, empties it, stops it.

The npm package `zotero-selfhost-server` speaks the Web API v3 and was written by other people from
the same documents as our stand-in; what passes against both is not an echo of our own reading.
`prepare_second_server.py` installs it; the environment variable BIBTOOLS_ZOTERO_SERVER says where.
Without it the tests that ask for the fixture `second_server` (in conftest.py) are skipped:

    @ONLY_LOOPBACK
    def test_x(second_server: SecondServer) -> None:
        ...  # second_server.address, .user_id, .api_key; the libraries are empty

It is a second opinion, not the reference. An end-to-end test must not rest on these points, in
which it was seen to differ from Zotero's own server (whose answer stands in brackets):

- it accepts PUT without tags (400), 51 objects in one POST (413; 100 end in 500), a write token
  of three characters (400), `since=abc` (400), keys that are none, as "badkey" (failed 400),
  fields that the item type has not, as a preprint's publisher (failed 400); it has no rate limit
  and no Backoff;
- one object with a missing collection makes the whole POST fail: nothing is written, and
  `failed`, `success` and `successful` are lists, without the index (failed 409 for that object);
- values come back as sent but for accessDate and the spaces of tags: no trimming, NFC, \\n,
  numbers stay numbers, tags stay unsorted and doubled; creators, tags, collections, relations and
  empty `deleted` that were not sent are absent (present); after untrashing `deleted` is 0 (absent);
- posting equal data leaves the library's version alone (it rises); a library's 412 carries the
  version (it does not); a key made again stays in /deleted (leaves it);
- DELETE of a collection wants the library's version, with the collection's own it says 412 (204);
  afterwards its items still name it (they do not) and /deleted names its children too (it does
  not); DELETE of an item that is gone says 204 (412), of several without the header 428 (204);
- lists have no page size of their own: without limit= everything comes, without Link, and a limit
  above 100 is not cut (25, at most 100); over 100 keys in `itemKey=` end in 500 (200);
- a key that may not write is refused with "Invalid key" (Write access denied), errors are plain
  text (HTML) and messages in `failed` are not escaped (they are); there is no /schema.

It needs about 10 ms for each object written: hundreds of items, not thousands.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.zotero.prepare_second_server import (
    NotPreparedError,
    find_node,
    fingerprint,
    prepared_from,
)

ENVIRONMENT = "BIBTOOLS_ZOTERO_SERVER"
PREPARE = "python tests/zotero/prepare_second_server.py FOLDER"
SERVE = Path(__file__).resolve().parent / "second_server_npm" / "serve.mjs"
SECONDS_TO_START = 90.0
SECONDS_TO_ANSWER = 30.0
SECONDS_TO_STOP = 10.0


class SecondServerError(Exception):
    """The server did not start, or did not do what its administrator asked."""


@dataclass(slots=True)
class SecondServer:
    """A running server. Users 1 and 2 exist, each with a key that may do everything."""

    address: str
    """Without a slash at the end: "http://127.0.0.1:41234"."""
    user_id: int
    api_key: str
    """24 characters; new with every start, the same after every reset."""
    other_user_id: int
    other_api_key: str
    """Key of the second user; new after every reset."""
    process: subprocess.Popen[bytes] = field(repr=False)
    log: Path
    """What the server said about itself."""
    _unread: bytes = field(default=b"", repr=False)

    def reset(self) -> None:
        """Empty everything: libraries, groups, other keys, write tokens; versions start at 0."""
        said = json.loads(
            self.administrate("POST", f"/test/setup?u={self.user_id}&u2={self.other_user_id}")
        )
        self.other_api_key = said["user2"]["apiKey"]

    def add_key(
        self,
        *,
        write: bool = True,
        notes: bool = True,
        library: bool = True,
        groups: Mapping[str, Mapping[str, bool]] | None = None,
    ) -> str:
        """Another key of user 1. `groups` as in /keys/current: {"all": {"library": True, ...}}."""
        access = {
            "user": {"library": library, "files": library, "notes": notes, "write": write},
            "groups": dict(groups or {}),
        }
        body = json.dumps({"name": "test", "access": access})
        key = json.loads(self.administrate("POST", f"/users/{self.user_id}/keys", body))["key"]
        return str(key)

    def add_group(self, name: str) -> int:
        """The number of a new private group of user 1, whose members may read and write."""
        # The name goes into XML as it is: a test's own word, without quotes.
        body = (
            f'<group owner="{self.user_id}" name="{name}" type="Private"'
            ' libraryReading="members" libraryEditing="members" fileEditing="none"/>'
        )
        self.administrate("POST", "/groups", body)
        groups = json.loads(self.administrate("GET", "/groups"))
        return max(int(group["id"]) for group in groups if group["data"]["name"] == name)

    def administrate(self, method: str, path: str, body: str = "") -> str:
        """The body of the answer to a request with the administrator's rights."""
        assert self.process.stdin is not None
        request = {"method": method, "path": path, "body": body if method != "GET" else None}
        try:
            self.process.stdin.write(json.dumps(request).encode() + b"\n")
            self.process.stdin.flush()
        except OSError as problem:
            raise SecondServerError(self._told(f"The server is gone ({problem}).")) from problem
        said = self._line(SECONDS_TO_ANSWER)
        if "error" in said or not 200 <= said["status"] < 300:
            raise SecondServerError(self._told(f"{method} {path}: {said}"))
        return str(said["body"])

    def _line(self, seconds: float) -> dict[str, Any]:
        """The next line of the program that serves, as JSON."""
        assert self.process.stdout is not None
        source = self.process.stdout.fileno()
        end = time.monotonic() + seconds
        while b"\n" not in self._unread:
            left = end - time.monotonic()
            if left <= 0 or not select.select([source], [], [], left)[0]:
                raise SecondServerError(self._told(f"No answer within {seconds:.0f} s."))
            more = os.read(source, 65536)
            if not more:
                raise SecondServerError(self._told("The server ended."))
            self._unread += more
        line, _, self._unread = self._unread.partition(b"\n")
        said: dict[str, Any] = json.loads(line)
        return said

    def _told(self, sentence: str) -> str:
        with contextlib.suppress(OSError):
            sentence += "\n" + self.log.read_text("utf-8", "replace")[-2000:]
        return sentence


def find_install(environment: Mapping[str, str]) -> Path:
    """The prepared folder that the environment names.

    Raises NotPreparedError, whose sentence is the reason for skipping, when there is none.
    """
    if sys.platform == "win32":
        raise NotPreparedError("the second Zotero server needs process groups (not on Windows)")
    named = environment.get(ENVIRONMENT)
    if not named:
        raise NotPreparedError(f"{ENVIRONMENT} is not set; `{PREPARE}` makes the folder it names")
    folder = Path(named).absolute()
    if not folder.is_dir():
        raise NotPreparedError(f"{ENVIRONMENT} names no folder; `{PREPARE}` makes one")
    if prepared_from(folder) != fingerprint():
        raise NotPreparedError(
            f"the folder that {ENVIRONMENT} names is not prepared, or with other versions; "
            f"run `{PREPARE}`"
        )
    find_node(folder)
    return folder


@contextlib.contextmanager
def running(
    folder: Path, scratch: Path, *, seconds_to_stop: float = SECONDS_TO_STOP
) -> Iterator[SecondServer]:
    """A server of our own on a free port of 127.0.0.1, empty; `scratch` takes what it writes.

    However the block ends, its processes are gone afterwards. If this process dies without
    leaving the block, they end by themselves (see serve.mjs). Raises SecondServerError.
    """
    log = scratch / "server.log"
    state = scratch / "state"
    state.mkdir()
    api_key = secrets.token_hex(12)
    # Nothing of the surroundings, proxies and keys above all, reaches the server.
    environment = {
        "HOME": str(state),
        "TMPDIR": str(state),
        "PATH": os.defpath,
        "SECOND_SERVER_API_KEY": api_key,
    }
    command = [str(find_node(folder)), str(SERVE), str(folder)]
    with log.open("wb") as errors:
        process = subprocess.Popen(
            command,
            cwd=state,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,  # A process group of its own, out of the reach of Ctrl-C.
        )
    try:
        server = SecondServer("", 1, api_key, 2, "", process, log)
        said = server._line(SECONDS_TO_START)
        if "address" not in said:
            raise SecondServerError(f"The server did not start: {said.get('error')}")
        server.address = said["address"]
        server.reset()
        yield server
    finally:
        _stop(process, seconds_to_stop)
        shutil.rmtree(state, ignore_errors=True)


def _stop(process: subprocess.Popen[bytes], seconds: float) -> None:
    """End the whole group: asked first (it ends its children itself), then made to."""
    assert process.stdin is not None and process.stdout is not None
    try:
        with contextlib.suppress(OSError):
            process.stdin.close()
        _read_to_the_end(process.stdout.fileno(), seconds)
    finally:
        # Also when the waiting was interrupted. The leader is not waited for before this line:
        # until then its number cannot have been given to anybody else's group.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(SECONDS_TO_STOP)
        process.stdout.close()


def _read_to_the_end(source: int, seconds: float) -> None:
    """Until the writer has ended, or the time is over."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        if select.select([source], [], [], left)[0] and not os.read(source, 65536):
            return
