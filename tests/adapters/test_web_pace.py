"""One rate for each host, whoever asks."""

from __future__ import annotations

import itertools
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bibtools.adapters.web.clock import Clock, SimulatedClock
from bibtools.adapters.web.pace import FILE_NAME, Interrupted, Limiter
from bibtools.sites.asking import Pace
from tests.conftest import ROOT

ARXIV = Pace(3.0)


class SharedClock(SimulatedClock):
    """One time for many threads, as they would have on a machine."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()

    def sleep(self, seconds: float, stop: threading.Event | None = None) -> None:
        with self._lock:
            super().sleep(seconds, stop)


def limiter(folder: Path | None, stop: threading.Event | None = None) -> Limiter:
    return Limiter(folder, longest_request=100.0, longest_hold=60.0, stop=stop)


def times(one: Limiter, clock: SimulatedClock, count: int, pace: Pace = ARXIV) -> Iterator[float]:
    for _ in range(count):
        with one.turn("arxiv.org", pace, clock):
            yield round(clock.now() - clock.start, 3)


@pytest.mark.parametrize("shared", [True, False], ids=["file", "memory"])
def test_requests_keep_their_distance(tmp_path: Path, shared: bool) -> None:
    one = limiter(tmp_path if shared else None)
    clock = SimulatedClock()
    assert one.shared == shared
    assert list(times(one, clock, 3)) == [0.0, 3.0, 6.0]
    clock.sleep(2.0)
    assert list(times(one, clock, 1)) == [9.0]
    clock.sleep(20.0)
    assert list(times(one, clock, 2)) == [29.0, 32.0]


def test_hosts_do_not_wait_for_each_other(tmp_path: Path) -> None:
    one, clock = limiter(tmp_path), SimulatedClock()
    for host in ("arxiv.org", "crossref.org"):
        with one.turn(host, ARXIV, clock) as waited:
            assert waited == 0.0


def test_two_runs_one_after_the_other(tmp_path: Path) -> None:
    clock = SimulatedClock()
    for expected in (0.0, 3.0):
        one = limiter(tmp_path)
        assert list(times(one, clock, 1)) == [expected]
        one.close()


def test_many_at_once_keep_the_distance_together(tmp_path: Path) -> None:
    clock = SharedClock()
    gone: list[float] = []

    def run() -> None:
        one = limiter(tmp_path)
        gone.extend(times(one, clock, 5))
        one.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    gone.sort()
    assert len(gone) == 20
    assert min(later - sooner for sooner, later in itertools.pairwise(gone)) >= 2.999


PROCESS = """
import sys
from pathlib import Path
from bibtools.adapters.web.clock import SystemClock
from bibtools.adapters.web.pace import Limiter
from bibtools.sites.asking import Pace
one, clock = Limiter(Path(sys.argv[1]), 100.0, 60.0), SystemClock()
for _ in range(5):
    with one.turn("arxiv.org", Pace(0.02), clock):
        print(repr(clock.now()))
"""


def test_many_processes_keep_the_distance_together(tmp_path: Path) -> None:
    running = [
        subprocess.Popen(
            [sys.executable, "-c", PROCESS, str(tmp_path)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for _ in range(3)
    ]
    texts = [one.communicate(timeout=60)[0] for one in running]
    gone = sorted(float(line) for text in texts for line in text.split())
    assert len(gone) == 15
    # `at_once` is 1: the next goes after the one before has ended, which is when it printed. Its
    # time may be a little late, so that is all that can be said of a single distance.
    assert gone[-1] - gone[0] >= 14 * 0.02 - 0.02


def test_no_more_at_once_than_allowed(tmp_path: Path) -> None:
    one, other, clock = limiter(tmp_path), limiter(tmp_path), SimulatedClock()
    pace = Pace(0.0, at_once=2)
    with one.turn("h", pace, clock), other.turn("h", pace, clock):
        begin = clock.now()
        # Until the leases of the two run out, as after a kill.
        with one.turn("h", pace, clock) as waited:
            assert waited == pytest.approx(100.0, abs=0.2)
    assert clock.now() > begin
    with one.turn("h", pace, clock) as waited:
        assert waited == 0.0


def test_a_turn_ends_also_with_an_error(tmp_path: Path) -> None:
    one, clock = limiter(tmp_path), SimulatedClock()
    with pytest.raises(KeyboardInterrupt), one.turn("h", Pace(0.0), clock):
        raise KeyboardInterrupt
    with one.turn("h", Pace(0.0), clock) as waited:
        assert waited == 0.0


def test_a_redirect_within_a_turn_waits_too(tmp_path: Path) -> None:
    one, clock = limiter(tmp_path), SimulatedClock()
    with one.turn("arxiv.org", ARXIV, clock):
        assert one.again("arxiv.org", ARXIV, clock) == 3.0


def test_later_said_to_one_is_said_to_all(tmp_path: Path) -> None:
    one, other, clock = limiter(tmp_path), limiter(tmp_path), SimulatedClock()
    one.hold("arxiv.org", clock.now() + 20)
    one.hold("arxiv.org", clock.now() + 10)
    assert list(times(other, clock, 2)) == [20.0, 23.0]


def test_a_host_slows_down_but_never_speeds_up(tmp_path: Path) -> None:
    one, clock = limiter(tmp_path), SimulatedClock()
    one.slow_down("arxiv.org", 10.0)
    assert list(times(one, clock, 2)) == [0.0, 10.0]
    one.slow_down("arxiv.org", 0.1)
    assert list(times(one, clock, 2)) == [13.0, 16.0]


def test_a_clock_that_was_set_back_holds_nobody_up(tmp_path: Path) -> None:
    one = limiter(tmp_path)
    late = SimulatedClock(2_000_000_000.0)
    assert list(times(one, late, 1)) == [0.0]
    one.hold("arxiv.org", late.now() + 30)
    assert list(times(one, SimulatedClock(), 2)) == [0.0, 3.0]


def test_a_wait_can_be_stopped(tmp_path: Path) -> None:
    stop = threading.Event()
    one = limiter(tmp_path, stop)

    class Pressed(SimulatedClock):
        def sleep(self, seconds: float, stop: threading.Event | None = None) -> None:
            assert stop is not None
            stop.set()

    clock: Clock = Pressed()
    with one.turn("arxiv.org", ARXIV, clock):
        pass
    with pytest.raises(Interrupted), one.turn("arxiv.org", ARXIV, clock):
        raise AssertionError("let go in spite of the stop")


def test_a_damaged_file_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"no database" * 500)
    one = limiter(tmp_path)
    assert one.shared
    assert list(times(one, SimulatedClock(), 2)) == [0.0, 3.0]


def test_a_file_damaged_meanwhile_leaves_the_pace_of_this_process(tmp_path: Path) -> None:
    one, clock = limiter(tmp_path), SimulatedClock()
    assert list(times(one, clock, 1)) == [0.0]
    one._database.execute("drop table host")
    assert list(times(one, clock, 2)) == [pytest.approx(0.001), pytest.approx(3.001)]
    assert not one.shared


def test_a_folder_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    one = limiter(tmp_path / "file")
    assert not one.shared
    assert list(times(one, SimulatedClock(), 2)) == [0.0, 3.0]
