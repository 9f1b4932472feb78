"""The real command needs no torch with a frozen rubric, and its end at any moment leaves a whole result."""

import importlib.metadata
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from .test_grade_one import ENGINE, SLOW

ROOT = Path(__file__).parents[4]
REQUIREMENTS = ROOT / "harness/grade/examples/requirements.txt"
COMMAND = "import sitecustomize; from gradconform.harness.cli import main; main()"
LIMITED = 'ulimit -v 786432; exec "$@"'  # KiB: no process may even map more than 768 MB
RESULT = Path("autograder/results/results.json")
ITEMS = ["Values", "Derivatives", "Accumulation", "Kinks"]
MOST_MEMORY = 250 << 10  # KiB of resident memory of all processes together


def required(names):
    """The installed distributions of these names, and those that they need."""
    found = {}
    left = list(names)
    while left:
        name = re.sub(r"[-_.]+", "-", left.pop()).lower()
        if name not in found:
            found[name] = importlib.metadata.distribution(name)
            needs = map(Requirement, found[name].requires or ())
            left += [
                one.name for one in needs if not one.marker or one.marker.evaluate({"extra": ""})
            ]
    return found


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    """A folder of installed packages with those of requirements.txt alone, and the interpreter."""
    site = tmp_path_factory.mktemp("site")
    lines = REQUIREMENTS.read_text().splitlines()
    wanted = [Requirement(line).name for line in lines if not line.startswith("#")]
    for distribution in required(wanted).values():
        for top in {file.parts[0] for file in distribution.files or ()} - {"..", "__pycache__"}:
            (site / top).symlink_to(distribution.locate_file(top))
    own = importlib.metadata.distribution("gradconform")
    (info,) = {file.parts[0] for file in own.files or () if ".dist-info" in file.parts[0]}
    (site / info).symlink_to(own.locate_file(info))
    (site / "sitecustomize.py").write_text("import sys\nsys.modules['torch'] = None\n")
    return site


@pytest.fixture
def begun(python, frozen_file, tmp_path):
    """Start the command on a submission; gives the process."""
    folder = tmp_path / "autograder" / "submission"
    folder.mkdir(parents=True)

    def begin(engine, *rubric):
        (folder / "engine.py").write_text(engine)
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{python}{os.pathsep}{ROOT / 'src'}",
        }
        rubric = rubric or ("--frozen", str(frozen_file))
        options = ["grade-one", *rubric, "--root", str(tmp_path)]
        base = getattr(sys, "_base_executable", sys.executable)
        return subprocess.Popen(
            ["sh", "-c", LIMITED, "sh", base, "-S", "-c", COMMAND, *options],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return begin


def test_neither_torch_nor_pandas_is_needed_and_memory_is_small(begun, tmp_path):
    process, most = begun(ENGINE), 0
    while process.poll() is None:
        most = max(most, sum(map(resident, [process.pid, *below(process.pid)])))
        time.sleep(0.02)
    out, err = process.communicate()
    assert (process.returncode, err.count("Traceback")) == (0, 0), err
    assert out.startswith("gradescope: 3 of 4 points; waits-for-hand; ")
    assert json.loads((tmp_path / RESULT).read_text())["score"] == 3
    assert 0 < most < MOST_MEMORY


def test_a_rubric_that_is_not_frozen_says_what_to_do(begun, tmp_path):
    process = begun(ENGINE, "--rubric", "tutorial")
    _, err = process.communicate()
    assert process.returncode == 4
    assert err.startswith(
        "gradconform: torch is not installed here; run `gradconform rubric freeze`"
    )
    said = json.loads((tmp_path / RESULT).read_text())["output"]
    assert said.startswith("The grader failed, which is no fault of yours.")


def test_wherever_it_is_killed_the_result_is_whole(begun, tmp_path):
    path = tmp_path / RESULT
    seen = set()
    for handed_in in (1, 2, 3):
        shutil.rmtree(path.parent, ignore_errors=True)
        process, results = begun(SLOW), set()
        while len(results) < handed_in:
            assert process.poll() is None, process.communicate()
            if path.exists():
                json.loads(path.read_text())  # at each moment, too
                results.add(path.stat().st_ino)
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        result = json.loads(path.read_text())
        named = [test["name"] for test in result["tests"]]
        assert named == ITEMS or (handed_in == 1 and named == ["Not graded"])
        seen.add(result["output"].partition(".")[0])
    assert seen == {
        "The grading was ended from outside before anything was judged",
        "The grading was ended from outside",
    }


def below(process):
    """The processes that a process has started, and those below."""
    found = []
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            children = task.read_text().split()
        except OSError:
            continue
        for child in children:
            found += [int(child), *below(int(child))]
    return found


def resident(process):
    """KiB of resident memory; 0 for a process that has ended."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"VmRSS:\s+(\d+)", status)
    return int(found[1]) if found else 0
