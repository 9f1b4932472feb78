"""An engine tries to see, import and do everything, behind every wall."""

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import numpy
import pytest
import torch
from gradconform.harness.errors import UsageError
from gradconform.harness.isolation.limits import MIB, Limits
from gradconform.harness.isolation.options import Isolation
from gradconform.harness.isolation.parent import walls
from gradconform.harness.isolation.parent.staging import ORACLES, sources, stage
from gradconform.harness.run.engine_name import EngineName
from gradconform.harness.run.registry import load
from gradconform.harness.tests.small_engines import VALUE, works

ROOT = Path(__file__).parents[3]
SECRET = "swordfish-behind-the-wall"
STRAY = f"walls-probe-{os.getpid()}"
# This runs inside. Each probe tries one thing; the results are printed as one line of JSON.
PROBE = """
import importlib.machinery, json, os, socket, subprocess, sys

found = {}

def probe(name, work):
    try:
        found[name] = work()
    except BaseException as problem:
        found[name] = type(problem).__name__

def read(path):
    with open(path, "rb") as file:
        return "read" if file.read(1) else "empty"

def write(path):
    with open(path, "w") as file:
        file.write("x")
    return "written"

def fork():
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return "forked"

def descriptors():
    def is_open(number):
        try:
            return bool(os.fstat(number))
        except OSError:
            return False
    return sum(map(is_open, range(256)))

for name in GIVEN["imports"]:
    probe("find " + name, lambda: bool(importlib.machinery.PathFinder.find_spec(name)))
for name in GIVEN["own"]:
    probe("import " + name, lambda: __import__(name).__name__)
for path in GIVEN["paths"]:
    probe("read " + path, lambda: read(path))
    probe("list " + path, lambda: os.path.basename(path) in os.listdir(os.path.dirname(path)))
for path in GIVEN["writes"]:
    probe("write " + path, lambda: write(path))
import gradconform.harness
(home,) = gradconform.harness.__path__
probe("worker", lambda: sorted(
    os.path.relpath(os.path.join(folder, file), home).removesuffix(".py")
    for folder, _, files in os.walk(home) for file in files if file.endswith(".py")
))
sites = [path for path in sys.path if path.rstrip("0123456789").endswith("site")]
probe("site", lambda: sorted(name for path in sites for name in os.listdir(path)))
probe("environment", lambda: dict(os.environ))
probe("descriptors", descriptors)
probe("user", os.getuid)
probe("socket", lambda: socket.socket().close())
probe("socket pair", lambda: socket.socketpair()[0].close())
probe("asyncio", lambda: __import__("asyncio").__name__)
probe("event loop", lambda: __import__("asyncio").new_event_loop().close())
probe("name", lambda: socket.gethostbyname("localhost"))
probe("fork", fork)
probe("program", lambda: subprocess.run(["/bin/true"]).returncode)
probe("shell", lambda: os.system("true"))
if GIVEN["exec"]:
    probe("exec", lambda: os.execv("/bin/true", ["true"]))
probe("signal to the parent", lambda: os.kill(GIVEN["parent"], 0))
probe("signal to all", lambda: os.kill(-1, 0))
probe("more memory", lambda: __import__("resource").setrlimit(9, (-1, -1)))
probe("superuser", lambda: os.setuid(0))
print("PROBED " + json.dumps(found), flush=True)
"""


def base_packages():
    """A file of a package that is installed beside the base interpreter, if there is one."""
    for place in (
        Path(sysconfig.get_paths()["stdlib"]) / "site-packages",
        Path("/usr/lib/python3"),
    ):
        for found in place.rglob("*.py"):
            return [str(found)]
    return []


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    """Files that every user may read outside, and that an engine must not see."""
    folder = tmp_path_factory.mktemp("others")
    for path in (folder.parent, folder):
        path.chmod(0o755)
    secret = folder / "other_student.py"
    secret.write_text(f"# {SECRET}\n")
    secret.chmod(0o644)
    output = stage().output()
    output.write_text(SECRET)
    listed = [
        ROOT / "harness" / "judge" / "compare.py",
        ROOT / "cases" / "graphs.py",
        secret,
        output,
    ]
    listed += [torch.__file__, "/etc/passwd", "/etc/hostname", f"/proc/{os.getpid()}/environ"]
    listed += [f"/proc/{os.getpid()}/cmdline", *base_packages()]
    return [str(path) for path in listed if os.path.exists(path)]


def wall_or_skip(name):
    try:
        return walls.chosen(name)
    except UsageError as problem:
        if "CI" in os.environ:
            raise
        pytest.skip(str(problem))


IMPORTS = [
    *sorted(ORACLES),
    "pandas",
    "rich",
    "click",
    "pytest",
    "hypothesis",
    "pip",
    "harness",
    "cases",
    "engines",
]
OWN = [
    "gradconform.harness.judge.compare",
    "gradconform.harness.catalogue.case",
    "gradconform.harness.catalogue.collection",
    "gradconform.harness.judge.verdict",
    "gradconform.harness.run.registry",
    "gradconform.cases",
    "gradconform.engines",
]


def probed(wall, paths, tmp_path, **how):
    """Return the engine that tries everything, and its findings."""
    given = {
        "imports": [*IMPORTS, "numpy"],
        "own": OWN,
        "paths": paths,
        "writes": [f"{folder}/{STRAY}" for folder in (tmp_path, "/tmp", "/dev/shm", ROOT)]
        + [f"{stage().worker}/{STRAY}"],
        "parent": os.getpid(),
        "exec": wall != "rlimits",  # without a filter it would succeed and end the probe
    }
    path = tmp_path / "probe.py"
    path.write_text(f"GIVEN = {given!r}\n{PROBE}\n{VALUE}")
    tmp_path.chmod(0o777)
    engine = load(
        EngineName.parse(str(path)), Isolation(wall=wall, limits=Limits(output=MIB), **how)
    )
    try:
        # The engine itself works, although so much was refused.
        assert works(engine)
        (line,) = [s for s in engine.printed().splitlines() if s.startswith("PROBED ")]
        return engine, json.loads(line.removeprefix("PROBED "))
    finally:
        engine.close()


@pytest.fixture(scope="module", params=["bubblewrap", "landlock"])
def inside(request, paths, tmp_path_factory):
    wall_or_skip(request.param)
    os.environ["GRADCONFORM_TEST_SECRET"] = SECRET
    try:
        return probed(request.param, paths, tmp_path_factory.mktemp("inside"))[1]
    finally:
        del os.environ["GRADCONFORM_TEST_SECRET"]


REFUSED = ("PermissionError", "FileNotFoundError", "NotADirectoryError", "OSError")


def test_no_file_outside_can_be_read(inside, paths):
    assert {
        path: inside[f"read {path}"] for path in paths if inside[f"read {path}"] not in REFUSED
    } == {}


def test_nothing_outside_can_be_listed(inside, paths):
    seen = {path: inside[f"list {path}"] for path in paths if not path.startswith(sys.base_prefix)}
    assert [path for path, what in seen.items() if what is True] == []


def test_nothing_can_be_written_outside(inside, tmp_path):
    written = [
        name for name, what in inside.items() if name.startswith("write ") and what == "written"
    ]
    # Behind bubblewrap the engine has its own /tmp, which vanishes with the process.
    assert set(written) <= {f"write /tmp/{STRAY}", f"write /dev/shm/{STRAY}"}
    strays = [name.removeprefix("write ") for name in inside if name.startswith("write ")]
    assert [path for path in strays if os.path.exists(path)] == []


def test_no_network_no_program_and_no_process(inside):
    for name in ("socket", "socket pair", "event loop", "fork", "program", "exec"):
        assert inside[name] in REFUSED, name
    assert inside["shell"] != 0
    # An engine that imports asyncio need not open a socket.
    assert inside["asyncio"] == "asyncio"
    assert inside["name"] in ("gaierror", *REFUSED)


def test_no_other_process_can_be_reached_and_no_limit_raised(inside):
    for name in ("signal to the parent", "signal to all", "superuser"):
        assert inside[name] in ("PermissionError", "ProcessLookupError", "OSError"), name
    assert inside["more memory"] in ("ValueError", "PermissionError")
    assert inside["user"] != 0
    # The three standard ones, the two ends of its pipes, and /dev/null as standard input.
    assert inside["descriptors"] == 6


def test_nothing_of_the_environment_comes_along(inside):
    assert SECRET not in json.dumps(inside)
    home = inside["environment"]["HOME"]
    assert home == "/home/engine" or home == f"{stage().folder}/home"
    assert not {"USER", "SSH_AUTH_SOCK", "VIRTUAL_ENV", "PYTHONPATH"} & set(inside["environment"])


def assert_imports(found):
    assert {name: found[f"find {name}"] for name in IMPORTS if found[f"find {name}"]} == {}
    assert {name: found[f"import {name}"] for name in OWN} == dict.fromkeys(
        OWN, "ModuleNotFoundError"
    )
    assert found["find numpy"] is True
    assert [name for name in found["site"] if not name.startswith("numpy")] == []


def test_only_the_standard_library_numpy_and_the_workers_own_sources_are_importable(inside):
    assert_imports(inside)
    house = ROOT / "harness"
    staged = {path.relative_to(house).with_suffix("").as_posix() for path in sources(house)}
    assert inside["worker"] == sorted(staged)


def test_behind_resource_limits_alone_imports_are_the_same_and_the_report_warns(paths, tmp_path):
    engine, found = probed("rlimits", paths, tmp_path)
    assert_imports(found)
    assert engine.info.wall == walls.Wall.RLIMITS.shown
    (tmp_path / STRAY).unlink(missing_ok=True)
    for path in ("/tmp", "/dev/shm", ROOT, stage().worker):
        Path(path, STRAY).unlink(missing_ok=True)


def test_numpy_is_there_only_when_it_is_allowed(tmp_path):
    path = tmp_path / "engine.py"
    path.write_text(f"import numpy as np\n{VALUE}\nprint(np.__version__)")
    allowed = load(EngineName.parse(str(path)))
    assert allowed.printed().strip() == numpy.__version__
    allowed.close()
    alone = load(EngineName.parse(str(path)), Isolation(allow=()))
    assert "not importable here and made inert: numpy" in alone.info.notes
    assert works(alone)
    alone.close()


@pytest.fixture
def without_bubblewrap(monkeypatch, tmp_path):
    """A machine on which bwrap is not installed."""
    monkeypatch.setenv("PATH", str(tmp_path))
    walls._namespaces.cache_clear()
    yield
    walls._namespaces.cache_clear()


def test_without_bubblewrap_landlock_stands_in_its_place_and_is_named(without_bubblewrap, tmp_path):
    wall_or_skip("landlock")
    assert walls.strongest() is walls.Wall.LANDLOCK
    (tmp_path / "engine.py").write_text(VALUE)
    engine = load(EngineName.parse(str(tmp_path / "engine.py")))
    assert engine.info.wall.startswith("Landlock, system-call filter, resource limits")
    assert works(engine)
    engine.close()


def test_a_wall_that_does_not_work_is_refused_by_name_and_not_replaced(without_bubblewrap):
    with pytest.raises(UsageError, match=r"--isolation bubblewrap does not work .*; try auto"):
        walls.chosen("bubblewrap")


def test_the_strongest_wall_is_the_same_for_an_environment_below_tmp(tmp_path):
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "env"], check=True)
    asked = "from gradconform.harness.isolation.parent.walls import strongest; print(strongest())"
    answer = subprocess.run(
        [tmp_path / "env" / "bin" / "python", "-c", asked],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.strip() == walls.strongest()
