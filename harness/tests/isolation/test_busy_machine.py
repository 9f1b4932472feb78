"""The limits of time on a busy machine: an engine that has no core is not too slow, one that sleeps is."""

import os
import subprocess
import sys
import time
from pathlib import Path
from textwrap import dedent

import pytest
from gradconform.harness.tests.small_engines import VALUE, ask, numbers, square, with_method
from gradconform.harness.trace import exp

OTHERS = 2
COMPUTES = """
    import time
    end = time.thread_time() + 0.3
    while time.thread_time() < end:
        pass
    return self
"""


@pytest.fixture
def crowded():
    """Share one core with other processes, which never rest, as a child that is started does too."""
    schedstat = Path("/proc/self/schedstat")
    if not schedstat.exists():
        pytest.skip("this system does not say how long a thread waits for a core")
    cores = os.sched_getaffinity(0)
    loop = [sys.executable, "-S", "-c", "while True: pass"]
    os.sched_setaffinity(0, {min(cores)})  # for the processes that are started from here on
    # Each in a session of its own, as a child is: Linux shares a core out among sessions.
    others = [subprocess.Popen(loop, start_new_session=True) for _ in range(OTHERS)]
    yield
    os.sched_setaffinity(0, cores)
    for each in others:
        each.kill()
        each.wait()


def test_time_without_a_core_does_not_count(opened, crowded):
    engine = opened(with_method(COMPUTES), case=0.7, engine=1.1)
    started = time.monotonic()
    for _ in range(2):
        assert numbers(ask(engine, exp, x=0.5)) == [0.5, 1.0]
    assert time.monotonic() - started > 1.2  # longer than both limits, in wall time


def test_time_without_a_core_does_not_count_while_a_file_is_loaded(opened, crowded):
    train = COMPUTES.replace("    return self\n", "").replace("0.3", "0.6")
    started = time.monotonic()
    engine = opened(f"{dedent(train)}\n{VALUE}", load=2.4)
    assert time.monotonic() - started > 1.2  # half of the limit, which a file may take
    assert engine.info.notes == ()
    assert numbers(ask(engine, square, x=3.0)) == [12.0, 7.0]


def test_sleep_counts_and_so_does_a_computation_that_is_too_long(opened, crowded):
    engine = opened(with_method("time.sleep(60)", before="import time"), case=0.4)
    started = time.monotonic()
    assert ask(engine, exp, x=0.5).stop.message == "no answer within 0.4 s"
    assert time.monotonic() - started < 1.2
    assert ask(engine, lambda x: exp(x) * x, x=0.5).stop.message == "no answer within 0.4 s"


def test_threads_that_only_wait_for_a_core_gain_a_bounded_time(opened):
    spin = """
        import os, threading
        def spin():
            os.nice(19)
            while True: pass
        for _ in range(8):
            threading.Thread(target=spin, daemon=True).start()
        while True: pass
    """
    engine = opened(with_method(spin), case=0.3)
    started = time.monotonic()
    assert ask(engine, exp, x=0.5).stop.message == "no answer within 0.3 s"
    assert time.monotonic() - started < 5 * 0.3 + 1
