"""What becomes of an install of the second server that fails."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

SCRIPT = ROOT / "tests" / "zotero" / "prepare_second_server.py"
NETWORK = """npm error code {}
npm error syscall getaddrinfo
npm error network request to https://registry.example/wrangler failed
"""
OLD_NPM = """npm ERR! code ENOTFOUND
npm ERR! errno ENOTFOUND
"""
INTEGRITY = """npm error code EINTEGRITY
npm error sha512-x integrity checksum failed. ENOTFOUND is not what this is about.
"""
FORBIDDEN = """npm error code E403
npm error 403 403 Forbidden - GET https://registry.example/wrangler
"""


@pytest.mark.skipif(os.name != "posix", reason="the stand-in for npm is a shell script")
@pytest.mark.parametrize(
    ("said", "code", "sentence"),
    [
        pytest.param(NETWORK.format("EAI_AGAIN"), 3, "cannot reach its registry (EAI_AGAIN)",
                     id="no name server"),
        pytest.param(NETWORK.format("ECONNREFUSED"), 3, "cannot reach its registry (ECONNREFUSED)",
                     id="nobody listens"),
        pytest.param(OLD_NPM, 3, "cannot reach its registry (ENOTFOUND)", id="an older npm"),
        pytest.param(NETWORK.format("ENOTCACHED"), 3, "cannot reach its registry (ENOTCACHED)",
                     id="told to stay offline"),
        pytest.param(INTEGRITY, 1, "npm ci --ignore-scripts ended with 1", id="other bytes"),
        pytest.param(FORBIDDEN, 1, "npm ci --ignore-scripts ended with 1", id="refused"),
        pytest.param("npm error code ENOSPC\n", 1, "ended with 1", id="the disk is full"),
        pytest.param("Segmentation fault\n", 1, "ended with 1", id="npm is broken"),
    ],
)  # fmt: skip
def test_only_a_missing_network_is_told_apart(
    tmp_path: Path, said: str, code: int, sentence: str
) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    (tmp_path / "said").write_text(said)
    npm = programs / "npm"
    npm.write_text(f"#!/bin/sh\ncat '{tmp_path / 'said'}' >&2\nexit 1\n")
    npm.chmod(0o755)
    ran = subprocess.run(
        [sys.executable, str(SCRIPT), str(tmp_path / "server")],
        env={"PATH": f"{programs}{os.pathsep}{os.defpath}"},
        capture_output=True,
        text=True,
    )
    assert (ran.returncode, sentence in ran.stderr, ran.stdout) == (code, True, "")
