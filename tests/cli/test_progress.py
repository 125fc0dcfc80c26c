"""The progress bar: on a terminal only, and only when the work is long."""

from __future__ import annotations

import time

import pytest

from bibtools.cli import progress
from bibtools.cli.progress import bar_away, progress_on_terminal


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "on_terminal", lambda: True)


def test_off_a_terminal_there_is_none() -> None:
    with progress_on_terminal() as show:
        assert show is None


@pytest.mark.usefixtures("terminal")
def test_quiet_means_none() -> None:
    with progress_on_terminal(quiet=True) as show:
        assert show is None


@pytest.mark.usefixtures("terminal")
def test_short_work_draws_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    with progress_on_terminal() as show:
        assert show is not None
        show("reading", 1, 2)
    assert capfd.readouterr() == ("", "")


@pytest.mark.usefixtures("terminal")
def test_long_work_is_drawn_on_stderr(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "PATIENCE_SECONDS", 0.0)
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    with progress_on_terminal() as show:
        assert show is not None
        show("reading [bold]pages", 1, 2)
        deadline = time.monotonic() + 20
        drawn = ""
        while "reading" not in drawn and time.monotonic() < deadline:
            time.sleep(0.05)
            drawn += capfd.readouterr().err
    assert "reading [bold]pages" in drawn


@pytest.mark.usefixtures("terminal")
def test_nothing_is_drawn_while_it_is_away(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "PATIENCE_SECONDS", 0.0)
    monkeypatch.setenv("TTY_COMPATIBLE", "1")

    def wait_for(what: str) -> None:
        deadline = time.monotonic() + 20
        drawn = ""
        while what not in drawn and time.monotonic() < deadline:
            time.sleep(0.05)
            drawn += capfd.readouterr().err
        assert what in drawn

    with progress_on_terminal() as show:
        assert show is not None
        show("comparing", 0, 0)
        wait_for("comparing")
        with bar_away():
            capfd.readouterr()
            time.sleep(0.3)
            assert capfd.readouterr() == ("", "")
        show("sending", 1, 2)
        wait_for("sending")
