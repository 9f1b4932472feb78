"""Signals, folders that cannot be written to, and streams that are closed or full."""

import json
import os
import re
import resource
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from gradconform.harness.cli import main
from gradconform.harness.cli.signals import ended_as_interrupted
from gradconform.harness.tests.small_engines import VALUE


@pytest.fixture
def started(tmp_path):
    """Run the command in a process of its own, with the handlers of signals that a shell gives it."""

    def run(*arguments, before="", options=(), shell=""):
        line = shlex.join([sys.executable, *options, "-m", "gradconform", *arguments])
        return subprocess.run(
            f"{before}{line} {shell}",
            shell=True,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )

    return run


AT_THE_START = """
import sys


class Interruption:
    def find_spec(name, path, target=None):
        if name == "click":
            raise KeyboardInterrupt


sys.meta_path.insert(0, Interruption)
from gradconform.harness.cli import main

main(["run"])
"""


def test_an_interruption_while_the_command_is_loaded_is_said_in_a_word():
    done = subprocess.run([sys.executable, "-c", AT_THE_START], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "gradconform: interrupted\n")


INTERRUPTED = """
import os, signal, time

from gradconform.engines.scalar import Scalar


class Slow(Scalar):
    count = 0

    def leaf(self, array, requires_grad):
        Slow.count += 1
        if Slow.count == 8:
            os.kill(os.getppid(), signal.{})  # of the process that writes the report
            time.sleep(10)
        return super().leaf(array, requires_grad)
"""


@pytest.mark.parametrize("signal", ["SIGINT", "SIGTERM"])
def test_an_interrupted_run_keeps_what_was_finished(started, tmp_path, signal):
    (tmp_path / "slow.py").write_text(INTERRUPTED.format(signal))
    line = ("run", "slow.py", "scalar", "--isolation", "none", "--cases", "lecture/*")
    done = started(*line, "--out", "kept", "--jobs", "1")
    assert done.returncode == 2, done.stderr
    said = "interrupted after 1 of 6 case runs; not reached: scalar"
    assert "interrupted" not in done.stderr  # once is enough
    assert "Traceback" not in done.stderr
    assert said in done.stdout.splitlines()[0]
    assert done.stdout.count("interrupted") == 1
    assert re.search(r"lecture +│ +1/1 of 3 │ not reached │", done.stdout)
    assert "1/1 of 3" in done.stdout
    lines = (tmp_path / "kept" / "results.jsonl").read_text().splitlines()
    assert {json.loads(line)["case"] for line in lines} == {
        "lecture/neuron_in_the_tutorials_spelling"
    }
    assert json.loads((tmp_path / "kept" / "run.json").read_text())["interrupted"] is True
    assert said in (tmp_path / "kept" / "summary.md").read_text().splitlines()[0]
    assert "scalar,all,3,3,0,0" in (tmp_path / "kept" / "summary.csv").read_text()


def test_a_run_that_is_interrupted_before_its_first_case_says_so(started, tmp_path):
    (tmp_path / "slow.py").write_text(INTERRUPTED.format("SIGINT").replace("== 8", "== 3"))
    line = ("run", "slow.py", "--isolation", "none", "--cases", "lecture/*", "--out", "kept")
    done = started(*line, "-q")
    assert done.returncode == 2, done.stderr
    said = "interrupted after 0 of 3 case runs; not reached: slow"
    assert done.stderr == f"gradconform: {said}; what was finished is kept in kept\n"
    assert said in (tmp_path / "kept" / "summary.md").read_text().splitlines()[0]


def test_the_end_of_a_terminal_interrupts_unless_it_is_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)  # it may be ignored here, too
    try:
        with ended_as_interrupted(), pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGHUP)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as `nohup` does
        with ended_as_interrupted():
            os.kill(os.getpid(), signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("out", ["file.py/x", "/proc/x"])
def test_a_place_that_cannot_be_written_to_is_said_in_one_sentence(command, out):
    Path("file.py").write_text("")
    code, printed, err = command("run", "scalar", "--cases", "lecture/*", "--out", out, "-q")
    assert code == 4
    assert err.startswith(f"gradconform: {out} cannot be written: ")
    assert err.count("\n") == 1
    assert printed == ""


def test_reports_that_are_no_folder_are_said(command):
    Path("reports").write_text("")
    code, _, err = command("run", "scalar", "--cases", "lecture/*", "-q")
    assert code == 4
    assert "cannot be written: " in err
    assert "Traceback" not in err


def test_a_machine_that_is_exhausted_is_no_mistake_of_gradconform(command):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        code, _, err = command("show", "lecture/neuron_with_sigmoid")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert code == 4, err
    said = "grader-error: this machine does not let the command go on: Too many open files"
    assert err.startswith(f"gradconform: {said}")
    assert err.count("\n") == 1


def test_a_report_that_does_not_fit_on_the_disk_is_said(started):
    arguments = ("run", "scalar", "--cases", "lecture/*", "--out", "r", "-q")
    done = started(*arguments, before="ulimit -f 4; ")
    assert done.returncode == 4
    assert re.fullmatch("gradconform: r(/.*)? cannot be written: File too large\n", done.stderr)


@pytest.mark.parametrize(
    ("arguments", "shell", "said"),
    [
        (["cases"], ">&-", "standard output is closed; send it to a file or to /dev/null"),
        (["cases"], ">/dev/full", "the output cannot be written: No space left on device"),
        (
            ["run", "scalar", "--cases", "lecture/*"],
            ">/dev/full",
            "the output cannot be written: No space left on device",
        ),
    ],
)
def test_an_output_that_takes_nothing_is_said(started, arguments, shell, said):
    done = started(*arguments, shell=shell)
    assert done.returncode == 4
    assert done.stderr.splitlines()[-1] == f"gradconform: {said}"
    assert "Traceback" not in done.stderr


@pytest.fixture
def written_to(command, monkeypatch):
    """Run the command with a file as its standard output; gives the exit code."""

    def run(out, *arguments):
        monkeypatch.setattr(sys, "stdout", out)
        monkeypatch.setattr(sys, "__stdout__", out)
        with pytest.raises(SystemExit) as left:
            main(list(arguments))
        sys.stdout.close()
        return left.value.code

    return run


def test_a_reader_that_leaves_changes_no_exit_code_and_loses_no_report(written_to):
    Path("wrong.py").write_text(VALUE.replace("self.grad += other.data", "self.grad = other.data"))
    some = ("--cases", "lecture/*", "--cases", "accumulation/*", "--isolation", "none")
    for engine, code in (("wrong.py", 1), ("scalar", 0)):
        read, write = os.pipe()
        os.close(read)  # as `| head -1` does when it has its line
        own = some if engine == "wrong.py" else some[:4]
        with os.fdopen(write, "w") as out:
            assert written_to(out, "run", engine, *own, "--out", engine[:4], "-v") == code
        assert json.loads(Path(engine[:4], "run.json").read_text())["interrupted"] is False
        assert Path(engine[:4], "summary.md").exists()


def test_a_sign_that_the_output_does_not_have_is_written_plainly(written_to):
    with open("shown", "w", encoding="ascii") as out:
        assert written_to(out, "run", "scalar", "--cases", "lecture/*", "--out", "é") == 0
    shown = Path("shown").read_text()
    assert re.search(r"^\| torch +\| +- \|$", shown, re.MULTILINE)
    assert r"\xe9/summary.md" in shown


def test_without_docstrings_a_case_is_titled_by_its_name(started):
    done = started("cases", "lecture/*", options=["-OO"])
    assert done.returncode == 0
    assert done.stderr.splitlines()[-1] == "3 cases"
    assert "core scalar  neuron with sigmoid" in done.stdout
