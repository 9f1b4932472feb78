"""The surroundings of an engine behind a wall: programs, variables, its home, pools of threads."""

import sys

import pytest
from gradconform.harness.errors import MachineError, UsageError
from gradconform.harness.isolation.options import Isolation, variables_from
from gradconform.harness.isolation.parent.interpreter import describe
from gradconform.harness.run.engine_name import EngineName
from gradconform.harness.run.registry import load
from gradconform.harness.tests.isolation.test_walls import wall_or_skip
from gradconform.harness.tests.small_engines import OP, VALUE, factor, works

# A statement that fails becomes a note of the engine.
PROGRAMS = """
import os, platform, subprocess

def absent(work):
    try:
        work()
    except FileNotFoundError as problem:
        assert problem.filename
    else:
        raise AssertionError("it was started")

absent(lambda: subprocess.run(["nvidia-smi"]))
absent(lambda: subprocess.check_output("nvidia-smi", shell=True))
absent(lambda: os.popen("nvidia-smi"))
absent(lambda: os.posix_spawn("/bin/true", ["true"], {}))
assert os.system("nvidia-smi") == 127 << 8
assert platform.processor() == ""
assert os.environ["GREETING"] == "a=b"
"""
HOME = """
import os, tempfile
from multiprocessing.pool import ThreadPool
assert ThreadPool(2).map(abs, [-1, 2]) == [1, 2]
os.makedirs(os.path.expanduser("~/.cache/library"))
with tempfile.NamedTemporaryFile() as file:
    assert file.name.startswith(os.environ["HOME"])
def fill(folder, count=0):
    try:
        while count < 20:
            with open(f"{folder}/{count}", "wb") as file:
                file.write(bytes(8 << 20))
            count += 1
    except OSError:
        pass
    return count * 8
assert fill(os.environ["HOME"]) <= 64
assert fill("/dev/shm") <= 16
"""
NO_POOL = """
from multiprocessing.pool import ThreadPool
ThreadPool(2)
"""


def noticed(wall, path, text, **how):
    """The notes of an engine whose file begins with the text."""
    wall_or_skip(wall)
    path.write_text(f"{text}\n{VALUE}")
    engine = load(EngineName.parse(str(path)), Isolation(wall=wall, **how))
    try:
        assert works(engine)
        return list(engine.info.notes)
    finally:
        engine.close()


@pytest.mark.parametrize("wall", ["bubblewrap", "landlock"])
def test_a_program_is_absent_and_a_variable_is_there(wall, tmp_path):
    variables = {"GREETING": "a=b"}
    assert noticed(wall, tmp_path / "engine.py", PROGRAMS, variables=variables) == []


def test_inside_bubblewrap_the_home_is_private_and_bounded_and_threads_can_be_pooled(tmp_path):
    assert noticed("bubblewrap", tmp_path / "engine.py", HOME) == []


def test_behind_landlock_a_pool_says_in_one_sentence_that_there_is_none(tmp_path):
    (note,) = noticed("landlock", tmp_path / "engine.py", NO_POOL)
    assert "ImportError: This platform lacks a functioning sem_open implementation" in note


def test_a_variable_has_a_name_and_a_value():
    assert variables_from(["A=1", "B=", "A=2=3"]) == {"A": "2=3", "B": ""}
    for wrong in ("A", "=1", ""):
        with pytest.raises(UsageError, match=r"--env takes NAME=VALUE; '.*' came"):
            variables_from([wrong])
    for own in ("PYTHONHASHSEED=1", "PYTHONHOME=/nowhere"):
        with pytest.raises(UsageError, match=r"--env cannot set PYTHON"):
            variables_from([own])


def test_a_variable_that_stops_python_is_named_beside_the_machine(tmp_path):
    with pytest.raises(MachineError, match="a variable of --env may be the cause"):
        noticed("rlimits", tmp_path / "engine.py", "", variables={"PYTHONMALLOC": "none"})


def test_the_shared_libraries_of_a_distribution_come_with_its_package(tmp_path, monkeypatch):
    files = {
        "pic/__init__.py": "",
        "picture.libs/libtiff.so": "",
        "other.libs/libother.so": "",
        "picture-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: picture\nVersion: 1.0\n",
        "picture-1.0.dist-info/top_level.txt": "pic\n",
        "picture-1.0.dist-info/RECORD": "pic/__init__.py,,\npicture.libs/libtiff.so,,\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    parts = describe(["pic"], [])["packages"]["pic"]
    expected = ["pic", "picture.libs", "picture-1.0.dist-info"]
    assert parts == [str(tmp_path / each) for each in expected]


def test_an_allowed_package_brings_what_it_needs_but_no_answers(tmp_path, monkeypatch):
    needs = {"solver": "helper\nmygrad\nmlx", "helper": "", "mygrad": "", "mlx": ""}
    for name, needed in needs.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("half = 0.5\n")
        info = tmp_path / f"{name}-1.0.dist-info"
        info.mkdir()
        lines = [f"Requires-Dist: {each}" for each in needed.split()]
        head = ["Metadata-Version: 2.1", f"Name: {name}", "Version: 1.0"]
        (info / "METADATA").write_text("\n".join([*head, *lines]) + "\n")
        # A distribution of two packages has one folder of metadata.
        (tmp_path / f"{name}_tools.py").touch()
        (info / "top_level.txt").write_text(f"{name}\n{name}_tools\n")
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    path = tmp_path / "engine.py"
    path.write_text(f"import solver, helper\n{VALUE}{OP.format('helper.half')}")
    how = Isolation(allow=("numpy", "solver"))
    said = (
        "^--allow solver: mlx and mygrad must be allowed too, .*: --allow mlx --allow mygrad says"
    )
    with pytest.raises(UsageError, match=said):
        load(EngineName.parse(str(path)), how)
    engine = load(EngineName.parse(str(path)), Isolation(allow=("solver", "mlx", "mygrad")))
    assert factor(engine) == 0.5
    engine.close()
