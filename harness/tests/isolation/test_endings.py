"""The end of a run: nothing is left of an engine that was closed, interrupted or orphaned."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from gradconform.harness.run.engine_name import EngineName
from gradconform.harness.run.registry import load
from gradconform.harness.tests.isolation.left_behind import Watch
from gradconform.harness.tests.small_engines import VALUE, with_method, works


def test_closing_leaves_nothing(tmp_path):
    linger = "import threading, time; threading.Thread(target=time.sleep, args=[60]).start()\n"
    (tmp_path / "engine.py").write_text(linger + VALUE)
    with Watch() as watch:
        engine = load(EngineName.parse(str(tmp_path / "engine.py")))
        assert works(engine)
        assert children_of(os.getpid())
        engine.close()
        engine.close()
        wait_for(lambda: not children_of(os.getpid()), 10)
        assert works(engine)  # it is started again if another program comes
        engine.close()
        assert watch.remains() == []


SLOW = with_method("import time; print('sleeping', flush=True); time.sleep(60)", name="sigmoid")


@pytest.fixture
def running(tmp_path):
    """`gradconform run` on an engine that stays in its second case, as a process."""
    (tmp_path / "slow.py").write_text(SLOW + "\n    def __neg__(self): return self * -1\n")
    arguments = [
        "-m",
        "gradconform",
        "run",
        "slow.py",
        "--cases",
        "lecture/*",
        "--cases",
        "unary/*",
    ]
    process = subprocess.Popen(
        [sys.executable, *arguments, "--tag", "scalar", "--out", "kept", "-q"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    try:
        wait_for(lambda: rows(tmp_path) and said_so(tmp_path))
        yield process
    finally:
        process.kill()
        process.communicate()


def rows(folder):
    path = folder / "kept" / "results.jsonl"
    return path.read_text().splitlines() if path.exists() else []


def children_of(pid):
    """Return the ids of the engines that this process started: their command line ends with its id."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            line = Path(f"/proc/{name}/cmdline").read_bytes().decode("utf-8", "replace")
            if "gradconform.harness.isolation.child.worker" in line and f", {pid})" in line:
                found.append(int(name))
    return found


def said_so(folder):
    """True when the engine has said that it sleeps: its prints are kept beside the report until the end."""
    return any(path.read_text() == "sleeping\n" for path in folder.glob("gradconform-*/output-*"))


def wait_for(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_keeps_what_was_finished_and_leaves_no_process(
    running, tmp_path, ending
):
    running.send_signal(ending)
    _, said = running.communicate(timeout=60)
    assert running.returncode == 2, said
    assert "; what was finished is kept in kept" in said
    assert "Traceback" not in said
    assert rows(tmp_path)
    assert json.loads((tmp_path / "kept" / "run.json").read_text())["interrupted"] is True
    assert (tmp_path / "kept" / "summary.md").exists()
    assert (tmp_path / "kept" / "output" / "slow.txt").read_text() == "sleeping\n"
    wait_for(lambda: not children_of(running.pid), 10)


def test_a_killed_run_leaves_no_process(running):
    running.kill()
    running.wait()
    wait_for(lambda: not children_of(running.pid), 10)
