"""The limits of time on a busy machine: an engine that has no core is not too slow, one that sleeps is."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from gradconform.harness.isolation.parent.clock import _threads
from gradconform.harness.tests.small_engines import ask, numbers, with_method
from gradconform.harness.trace import exp

OTHERS = 3
COMPUTES = """
    import time
    end = time.thread_time() + 0.4
    while time.thread_time() < end:
        pass
    return self
"""


@pytest.fixture
def crowded():
    """Give a child one core together with other processes, which never rest."""
    schedstat = Path("/proc/self/schedstat")
    if not schedstat.exists():
        pytest.skip("this system does not say how long a thread waits for a core")
    core = {min(os.sched_getaffinity(0))}
    loop = [sys.executable, "-S", "-c", "while True: pass"]
    others = []

    def crowd(engine):
        for thread in _threads(engine.children.child._process.pid):
            os.sched_setaffinity(int(Path(thread).name), core)
        for _ in range(OTHERS):
            others.append(subprocess.Popen(loop))
            os.sched_setaffinity(others[-1].pid, core)

    yield crowd
    for each in others:
        each.kill()
        each.wait()


def test_time_without_a_core_does_not_count(opened, crowded):
    engine = opened(with_method(COMPUTES), case=0.6, engine=0.9)
    crowded(engine)
    started = time.monotonic()
    for _ in range(2):
        assert numbers(ask(engine, exp, x=0.5)) == [0.5, 1.0]
    assert time.monotonic() - started > 1.2  # longer than the limits, in wall time
    assert ask(engine, exp, x=0.5).stop.message == "the engine's 0.9 s were used up"


def test_sleep_counts_and_so_does_a_computation_that_is_too_long(opened, crowded):
    engine = opened(with_method("time.sleep(60)", before="import time"), case=0.4)
    crowded(engine)
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
