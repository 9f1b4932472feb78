"""Worker processes: the same report for any number of them, and nothing is lost where one is killed."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from gradconform.harness.run.schedule import GivenUp, Schedule, tasks
from gradconform.harness.run.worker_process import Task, WorkerProcess
from gradconform.harness.tests.small_engines import VALUE

HERE = os.getpid()


class Counting:
    """Work that finishes one case after the other; `dies` says at which it is killed, as by the system."""

    def __init__(self, dies=lambda engine, case: False):
        self.dies = dies

    def __call__(self):
        return self

    def handed_over(self):
        pass

    def perform(self, task):
        for engine in task.engines:
            for case in range(task.begin, task.end):
                if self.dies(engine, case):
                    os.kill(os.getpid(), signal.SIGKILL)
                yield Case(engine, case, os.getpid())


class Case:
    def __init__(self, engine, case, process):
        self.engine, self.case, self.process = engine, case, process


def performed(todo, jobs, work):
    with Schedule(todo, jobs, work) as schedule:
        return list(schedule)


def places(events):
    return sorted((each.engine, each.case) for each in events if not isinstance(each, GivenUp))


ALL = sorted((engine, case) for engine in range(3) for case in range(40))


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_every_case_is_finished_once_in_processes_of_their_own(jobs):
    found = performed([Task((number,), 0, 40) for number in range(3)], jobs, Counting())
    assert places(found) == ALL
    assert HERE not in {each.process for each in found}
    assert len({each.process for each in found}) <= jobs


@pytest.mark.parametrize("todo", [[Task((0, 1, 2), 0, 40)], [Task((k,), 0, 40) for k in range(3)]])
def test_what_a_killed_process_has_left_is_run_in_another(todo, tmp_path):
    def once(engine, case):
        mark = tmp_path / f"{engine}-{case}"
        killed = case in (0, 17, 39) and not mark.exists()
        mark.touch()
        return killed

    found = performed(todo, 2, Counting(once))
    assert not [each for each in found if isinstance(each, GivenUp)]
    assert sorted(set(places(found))) == ALL


def test_a_case_with_which_two_processes_die_is_given_up_alone():
    found = performed([Task((0, 1, 2), 0, 40)], 2, Counting(lambda *place: place == (1, 17)))
    assert [each for each in found if isinstance(each, GivenUp)] == [GivenUp(1, 17, 18)]
    assert sorted(set(places(found))) == [place for place in ALL if place != (1, 17)]


def test_an_engine_with_which_no_process_comes_to_a_case_is_given_up():
    found = performed([Task((0, 1, 2), 0, 40)], 2, Counting(lambda engine, _: engine == 1))
    assert [each for each in found if isinstance(each, GivenUp)] == [GivenUp(1, 0, 40)]
    assert sorted(set(places(found))) == [place for place in ALL if place[0] != 1]


def test_engines_of_this_process_share_their_cases_and_others_are_a_task_each():
    found = tasks({0: False, 1: True, 3: False}, 1000, 2)
    assert Task((1,), 0, 1000) in found
    shared = [each for each in found if each.engines == (0, 3)]
    assert [each.begin for each in shared] == [0, *(each.end for each in shared[:-1])]
    assert len(shared) >= 2
    assert shared[-1].end == 1000


class Threaded(Counting):
    """Work with a thread beside it, as NumPy has one, whose events fill the pipe."""

    def perform(self, task):
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
        for case in range(task.begin, task.end):
            yield Case(0, case, "x" * 2_000_000)


def test_a_process_with_threads_ends_its_message_when_it_is_interrupted():
    worker = WorkerProcess(Threaded())
    try:
        worker.take(Task((0,), 0, 2))
        assert worker.connection.poll(10)
        worker.interrupt()  # the process waits until its first message is read
        time.sleep(0.2)
        received = [case for message in iter(worker.receive, None) for case in message]
        assert {(each.case, len(each.process)) for each in received} == {(0, 2_000_000)}
    finally:
        worker.close()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("ann", "bob", "cem"):
        Path(f"{name}.py").write_text(VALUE)
    return tmp_path


def rows(out):
    lines = (Path(out) / "results.jsonl").read_text().splitlines()
    return [json.loads(line) | {"seconds": 0} for line in lines]


ENGINES = ("ann.py", "scalar", "bob.py", "numpy", "cem.py")
LINE = (*ENGINES, "--cases", "lecture/*", "--cases", "diamonds/*", "--jobs", "2")


def test_the_report_is_the_same_for_any_number_of_processes(command, folder):
    for jobs in ("1", "4"):
        assert command("run", *LINE[:-1], jobs, "--out", jobs, "-q")[0] in (0, 1)
    assert rows("1") == rows("4")
    assert list(dict.fromkeys(row["engine"] for row in rows("4"))) == [
        *("ann", "scalar", "bob", "numpy", "cem")
    ]
    for name in ("summary.csv", "summary.md"):
        assert Path("1", name).read_text() == Path("4", name).read_text()


def test_an_engine_that_no_process_can_open_is_no_fault_of_its_author(command, folder):
    Path("ann.py").write_text("import os\nos.kill(os.getpid(), 9)\n")
    line = ("run", "ann.py", "scalar", "--isolation", "none", "--cases", "lecture/*")
    code, _, err = command(*line, "--out", "r")
    assert code == 4
    said = "ann: grader-error: two processes of gradconform that ran it were killed"
    assert f"left out ann.py: {said}" in err
    (left_out,) = json.loads(Path("r/run.json").read_text())["left_out"]
    assert left_out["status"] == "grader-error"
    assert {row["engine"] for row in rows("r")} == {"scalar"}


def test_a_killed_worker_costs_nothing_and_leaves_nothing(folder):
    run = [sys.executable, "-m", "gradconform", "run", *LINE, "--out", "kept", "-q"]
    with subprocess.Popen(run, env={**os.environ, "TMPDIR": str(folder)}) as running:
        deadline = time.monotonic() + 30
        # One of them is the process of torch: torch is then asked in the workers. The workers that take their
        # places are left alone, because a case with which two of them die is given up.
        while len(killed := children(running.pid)) < 3 and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.3)
        for process in killed:
            os.kill(process, signal.SIGKILL)
    assert len(killed) == 3
    expected = [sys.executable, "-m", "gradconform", "run", *LINE, "--out", "whole", "-q"]
    assert subprocess.run(expected).returncode == running.returncode
    assert rows("kept") == rows("whole")
    assert not list(folder.glob("gradconform-*"))


def children(process):
    found = Path(f"/proc/{process}/task/{process}/children")
    return [int(child) for child in found.read_text().split()] if found.exists() else []
