"""Engines on the workers of a Dask scheduler: the report of a run on this machine, also if one is killed."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from distributed import LocalCluster
from gradconform.harness.isolation.child import landlock
from gradconform.harness.isolation.parent import walls
from gradconform.harness.run import dask_schedule, dask_worker
from gradconform.harness.tests.small_engines import VALUE

# So slow that a worker can be killed in the middle of it.
SLOW = VALUE.replace(
    "        self.spread =", "        __import__('time').sleep(0.002)\n        self.spread ="
)
LINE = ("ann.py", "bob.py", "scalar", "cem.py", "dan.py:Value")
ADAPTER = """
from gradconform import EagerEngine
from submission import Value

class Adapter(EagerEngine):
    def leaf(self, array, requires_grad):
        return Value(array.item())

    def value(self, node):
        return node.data

    def grad(self, node):
        return node.grad

    def backward(self, root, cotangent, retain_graph):
        root.backward()
"""
CASES = ("--cases", "diamonds/*", "--adapter", "adapter.py")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in {"ann": SLOW, "bob": VALUE, "cem": VALUE, "dan": VALUE}.items():
        Path(f"{name}.py").write_text(text)
    return tmp_path


def cluster_of(threads):
    """A scheduler in this process, and workers that are threads of it."""
    return LocalCluster(
        n_workers=threads,
        threads_per_worker=1,
        processes=False,
        protocol="tcp://",
        host="127.0.0.1",
        dashboard_address=":0",
        local_directory="dask",
    )


@pytest.fixture
def scheduler(folder):
    """A scheduler in this process, without workers."""
    with cluster_of(0) as cluster:
        yield cluster.scheduler


@pytest.fixture
def workers(scheduler, folder):
    """Start so many worker processes at the scheduler; gives them by their names."""
    started = {}

    def start(number):
        line = "dask worker --no-nanny --no-dashboard --nthreads 1 --local-directory".split()
        for name in ("worker-a", "worker-b")[:number]:
            place = [str(folder / "dask"), "--name", name, scheduler.address]
            started[name] = subprocess.Popen(
                [sys.executable, "-m", *line, *place],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "TMPDIR": str(folder)},
            )
        assert soon(lambda: len(scheduler.workers) == number)
        return started

    yield start
    for process in started.values():
        process.kill()
        process.wait()


def soon(is_true):
    deadline = time.monotonic() + 60
    while not (found := is_true()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return found


def kill_one(scheduler, workers, ready):
    """Begin to wait until something is `ready`, and kill then a worker that has an engine. Gives its name."""
    killed = []

    def kill():
        assert soon(ready)
        name = soon(lambda: next((w.name for w in scheduler.workers.values() if w.processing), ""))
        os.kill(workers[name].pid, signal.SIGKILL)
        killed.append(name)

    waiting = threading.Thread(target=kill)
    waiting.start()
    return waiting, killed


def rows(out):
    lines = (Path(out) / "results.jsonl").read_text().splitlines()
    return [json.loads(line) | {"seconds": 0} for line in lines]


@pytest.mark.long(12)
def test_a_killed_worker_costs_nothing_and_the_report_is_that_of_this_machine(
    command, scheduler, workers, folder
):
    Path("adapter.py").write_text(ADAPTER)
    started, results = workers(2), Path("there", "results.jsonl")
    waiting, killed = kill_one(
        scheduler, started, lambda: results.exists() and '"ann"' in results.read_text()
    )
    there = command("run", *LINE, *CASES, "--dask", scheduler.address, "--out", "there", "-q")
    assert there[0] == 0, there
    waiting.join()
    assert len(killed) == 1
    assert there == command("run", *LINE, *CASES, "--out", "here", "-q")
    assert rows("there") == rows("here")
    assert list(dict.fromkeys(row["engine"] for row in rows("there"))) == [
        *("ann", "bob", "scalar", "cem", "dan")
    ]
    for name in ("summary.csv", "summary.md"):
        assert Path("there", name).read_text() == Path("here", name).read_text()
    for process in started.values():
        process.terminate()
        process.wait()
    assert not list(folder.glob("gradconform-*"))


def test_an_engine_whose_workers_are_all_killed_is_left_out(command, scheduler, workers):
    scheduler.allowed_failures = 0
    Path("ann.py").write_text(f"import time\ntime.sleep(30)\n{VALUE}")
    waiting, killed = kill_one(scheduler, workers(1), lambda: True)
    code, _, err = command("run", "ann.py", "--dask", scheduler.address, "--out", "out", "-q")
    waiting.join()
    assert killed
    assert code == 4
    (left_out,) = json.loads(Path("out", "run.json").read_text())["left_out"]
    assert left_out["status"] == "grader-error"
    assert "several workers that ran it were killed or lost" in left_out["reason"]
    assert "left out ann.py" in err


@pytest.fixture
def here(folder):
    """A scheduler whose worker is this process."""
    with cluster_of(1) as cluster:
        yield cluster.scheduler


def test_an_interrupted_run_keeps_what_was_finished_and_frees_its_worker(here):
    line = ["run", "ann.py", "bob.py", "--dask", here.address, "--out", "out", "-q"]
    results = Path("out", "results.jsonl")
    with subprocess.Popen([sys.executable, "-m", "gradconform", *line]) as running:
        assert soon(lambda: results.exists() and results.stat().st_size)
        running.terminate()
    assert running.returncode == 2
    assert {row["engine"] for row in rows("out")} == {"ann"}
    assert json.loads(Path("out", "run.json").read_text())["interrupted"]
    assert soon(lambda: not dask_worker._ALONE.locked())
    assert not here.tasks


def test_a_worker_machine_without_a_sandbox_runs_no_engine(command, here, monkeypatch):
    caches = (walls._namespaces, walls._landlock_works)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(landlock, "version", lambda: 0)
    for cache in caches:
        cache.cache_clear()
    try:
        code, _, err = command(
            "run", "ann.py", "bob.py", "--dask", here.address, "--out", "out", "-q"
        )
    finally:
        for cache in caches:
            cache.cache_clear()
    assert code == 4
    for entry in json.loads(Path("out", "run.json").read_text())["left_out"]:
        assert entry["status"] == "grader-error"
        assert "did not run it: no sandbox works there" in entry["reason"]
    assert "left out bob.py" in err
    assert not Path("out", "results.jsonl").read_text()


def test_another_release_on_a_worker_machine_is_refused(command, here, monkeypatch):
    installed = dask_schedule.versions() | {"torch": "1.0"}
    monkeypatch.setattr(dask_schedule, "versions", lambda: installed)
    code, _, err = command("run", "ann.py", "--dask", here.address, "-q")
    assert code == 4
    assert "and this machine has 1.0; install the same release on both" in err


def test_what_the_worker_machine_lacks_is_named_with_the_machine(command, here, tmp_path):
    path = ("--path", str(tmp_path / "no"))
    code, _, err = command("run", "ann.py", "--dask", here.address, "-q", *path)
    assert code == 4
    assert "the worker tcp://127.0.0.1:" in err
    assert f"--path {tmp_path / 'no'} cannot be read" in err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--isolation", "none"), "worker machines run engines in a sandbox only"),
        (("--allow-unisolated",), "worker machines run engines in a sandbox only"),
        (("--path", "src"), "--path src begins at a folder of this machine"),
        (("--python", "venv/bin/python"), "--python venv/bin/python begins at a folder of this"),
        ((), "--dask nowhere: no Dask scheduler answers there"),
    ],
)
def test_what_cannot_be_right_is_refused(command, folder, options, said):
    code, _, err = command("run", "ann.py", "--dask", "nowhere", "-q", *options)
    assert code == 4
    assert said in err


def test_a_scheduler_without_workers_is_refused(command, folder, scheduler):
    code, _, err = command("run", "ann.py", "--dask", scheduler.address, "-q")
    assert code == 4
    assert "the scheduler has no worker; start some: dask worker" in err


def test_without_dask_its_extra_is_named(command, folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    code, _, err = command("run", "ann.py", "--dask", "tcp://127.0.0.1:1", "-q")
    assert code == 4
    assert "pip install 'gradconform[dask]'" in err
