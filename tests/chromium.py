"""A real Chromium without a screen, driven over the W3C WebDriver protocol.

By hand and not with selenium: what the tests need are a dozen requests of JSON over loopback, and
selenium brings seven packages and a program that fetches browsers.
"""

from __future__ import annotations

import base64
import http.client
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ENTER, ESCAPE, TAB, DOWN, UP = "\ue007", "\ue00c", "\ue004", "\ue015", "\ue013"
_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


def why_not() -> str | None:
    """Why no browser can be driven here; None when one can."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None or shutil.which("chromedriver") is None:
        return "needs Chromium and its driver (Debian: chromium, chromium-driver)"
    return None


class Browser:
    """One session."""

    def __init__(self, port: int, profile: Path) -> None:
        self._port = port
        self._session = ""
        binary = shutil.which("chromium") or shutil.which("google-chrome")
        wish = {
            "browserName": "chrome",
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            "goog:chromeOptions": {
                "binary": binary,
                "args": [
                    "--headless=new",
                    "--no-sandbox",
                    "--disable-dev-shm-usage",
                    "--disable-background-networking",
                    "--no-first-run",
                    "--force-device-scale-factor=1",
                    f"--user-data-dir={profile}",
                ],
            },
            "unhandledPromptBehavior": "ignore",
        }
        answer = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": wish}})
        self._session = f"/session/{answer['sessionId']}"

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=300)
        data = json.dumps(body).encode() if method == "POST" else None
        connection.request(method, self._session + path, data, {"Content-Type": "application/json"})
        answer = json.loads(connection.getresponse().read())["value"]
        connection.close()
        if isinstance(answer, dict) and "error" in answer and "stacktrace" in answer:
            raise AssertionError(f"{answer['error']}: {answer['message']}")
        return answer

    def tell(self, command: str, **parameters: object) -> Any:
        """A command of the DevTools protocol."""
        return self._ask("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def open(self, page: Path, fragment: str = "") -> None:
        """Load a file afresh."""
        self._ask("POST", "/url", {"url": "about:blank"})
        self._ask("POST", "/url", {"url": page.as_uri() + fragment})

    @property
    def address(self) -> str:
        """What stands in the address line."""
        return str(self._ask("GET", "/url"))

    def run(self, script: str, *arguments: object) -> Any:
        """The value that a function's body returns in the page."""
        return self._ask("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def wait(self, script: str, *arguments: object) -> Any:
        """The value of an async function's body; its one argument is called `values`."""
        text = (
            "const [values, done] = arguments.length > 1 ? arguments : [null, arguments[0]];"
            f"(async () => {{ {script} }})().then(done);"
        )
        return self._ask("POST", "/execute/async", {"script": text, "args": list(arguments)})

    def press(self, keys: str) -> None:
        """Keys of the keyboard, one after the other."""
        actions = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self._ask("POST", "/actions", {"actions": [{"type": "key", "id": "k", "actions": actions}]})

    def click(self, selector: str) -> None:
        """The first element of a selector."""
        found = self._ask("POST", "/element", {"using": "css selector", "value": selector})
        self._ask("POST", f"/element/{found[_ELEMENT]}/click", {})

    def size(self, width: int, height: int) -> None:
        """Of the page, in CSS pixels."""
        self.tell("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=False)  # fmt: skip

    def media(self, **features: str) -> None:
        """What `@media (feature: value)` is told; nothing: as usual."""
        self.tell("Emulation.setEmulatedMedia", features=[
            {"name": name.replace("_", "-"), "value": value} for name, value in features.items()
        ])  # fmt: skip

    def scripts(self, *, allowed: bool) -> None:
        """Whether pages loaded from now on may run scripts."""
        self.tell("Emulation.setScriptExecutionDisabled", value=not allowed)

    def picture(self, file: Path) -> None:
        """What is seen, as PNG."""
        file.write_bytes(base64.b64decode(self._ask("GET", "/screenshot")))

    def printed(self) -> bytes:
        """The page on paper (A4), as PDF."""
        # Not WebDriver's own command, which gives up after ten seconds.
        inches = {"paperWidth": 8.27, "paperHeight": 11.69}
        return base64.b64decode(self.tell("Page.printToPDF", **inches)["data"])

    def dialog(self) -> str | None:
        """The text of a dialog that is open."""
        try:
            return str(self._ask("GET", "/alert/text"))
        except AssertionError:
            return None

    def complaints(self) -> list[str]:
        """What the console said since it was last asked."""
        return [row["message"] for row in self._ask("POST", "/se/log", {"type": "browser"})]

    def requests(self) -> list[str]:
        """The addresses asked for since this was last asked, but for those the policy forbade."""
        rows = self._ask("POST", "/se/log", {"type": "performance"})
        events = [json.loads(row["message"])["message"] for row in rows]
        forbidden = {
            event["params"]["requestId"]
            for event in events
            if event["method"] == "Network.loadingFailed"
            and event["params"].get("blockedReason") == "csp"
        }
        return [
            event["params"]["request"]["url"]
            for event in events
            if event["method"] == "Network.requestWillBeSent"
            and event["params"]["requestId"] not in forbidden
        ]

    def close(self) -> None:
        """End the session."""
        self._ask("DELETE", "")


@contextmanager
def chromium(folder: Path) -> Iterator[Browser]:
    """A browser with an empty profile in `folder`."""
    driver = shutil.which("chromedriver")
    assert driver is not None
    quiet = {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with subprocess.Popen(
        [driver, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=quiet
    ) as process:
        try:
            assert process.stdout is not None
            port = 0
            for line in process.stdout:
                found = re.search(rb"started successfully on port (\d+)", line)
                if found:
                    port = int(found[1])
                    break
            browser = Browser(port, folder / "profile")
            try:
                yield browser
            finally:
                browser.close()
        finally:
            process.terminate()
