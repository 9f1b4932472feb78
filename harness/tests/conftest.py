"""What tests share: the command, engines in a child, the wheel, a browser, how hypothesis chooses examples.

A test of a page takes `visit`: it opens a file, and fails when the page says something on the console or
asks for another file. The browser is Debian's Chromium.
"""

import gc
import importlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest
from gradconform.harness.catalogue.reference import Reference
from gradconform.harness.catalogue.reference_cache import VARIABLE
from gradconform.harness.cli import main
from gradconform.harness.isolation.limits import Limits
from gradconform.harness.isolation.options import Isolation
from gradconform.harness.run.engine_name import EngineName
from gradconform.harness.run.registry import load
from hypothesis import settings

# The same examples on every run, and no deadline on a shared machine.
settings.register_profile("gradconform", derandomize=True, deadline=None)
settings.load_profile("gradconform")


def pytest_configure(config):
    """Give all test processes and commands one cache of torch's answers, which begins empty.

    So torch is asked for every answer, but only once. A command whose answers are known does not import it.
    """
    if not hasattr(config, "workerinput"):
        folder = tempfile.TemporaryDirectory(prefix="gradconform-tests-")
        config.add_cleanup(folder.cleanup)
        os.environ["XDG_CACHE_HOME"] = folder.name
        os.environ.pop(VARIABLE, None)


def pytest_collection_modifyitems(items):
    """Spread the long tests: each test process begins with some, and none is left for the end."""
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", 1))
    seconds = {item: mark.args[0] for item in items if (mark := item.get_closest_marker("long"))}
    long = sorted(seconds, key=seconds.get, reverse=True)
    rest = [item for item in items if item not in seconds]
    part = -(-len(rest) // processes)
    items[:] = [
        item
        for k in range(processes)
        for item in (*long[k::processes], *rest[k * part : (k + 1) * part])
    ]


def pytest_collection_finish():
    """Leave what all tests share out of later searches for cycles, such as torch, and search less often."""
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


@pytest.fixture(scope="session")
def reference():
    """The oracle of all tests of a process, so that torch is asked once for each program."""
    return Reference()


@pytest.fixture
def command(tmp_path, monkeypatch, capsys):
    """Run the command in an empty folder; gives exit code, stdout and stderr.

    Torch is imported before, so that the process of torch, a fork, need not import it for each command.
    """
    importlib.import_module("torch")
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        with pytest.raises(SystemExit) as left:
            main(list(arguments))
        streams = capsys.readouterr()
        return left.value.code, streams.out, streams.err

    return run


@pytest.fixture
def opened(tmp_path):
    """Write a text, or files by their paths, and open one of them, or the folder, as an engine in a child."""
    engines = []

    def open_engine(files, path="engine.py", wanted="", **limits):
        for name, content in ({path: files} if isinstance(files, str) else files).items():
            place = tmp_path / "work" / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content if isinstance(content, bytes) else content.encode())
        spec = str(tmp_path / "work" / path) + (f":{wanted}" if wanted else "")
        engines.append(load(EngineName.parse(spec), Isolation(limits=Limits(**limits))))
        return engines[-1]

    yield open_engine
    for engine in engines:
        engine.close()


@pytest.fixture(scope="session")
def wheel(tmp_path_factory):
    """The wheel of this checkout, as an open archive."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    root = Path(__file__).parents[2]
    subprocess.run(build, cwd=root, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        yield archive


# For a module, not for all tests: while it is open, an event loop runs in this thread, and others start one.
@pytest.fixture(scope="module")
def browser():
    """Chromium. Without it the tests are skipped, and in continuous integration they fail."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        said = "no Chromium for the tests of pages; install it with: apt-get install chromium"
        (pytest.fail if "CI" in os.environ else pytest.skip)(said)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # Inside a container there are no user namespaces for Chromium's own sandbox. The pages are ours.
        yield playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])


@pytest.fixture
def visit(browser):
    """A function that opens a file in a new window and returns the page, when its script is ready."""
    said, contexts = [], []

    def opened(path, state="", width=1280, scheme="light"):
        window = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(window)
        page = window.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda problem: said.append(str(problem)))
        page.on("request", lambda request: said.append(request.url))
        page.goto(f"{path.as_uri()}{state}")
        if page.query_selector("script"):
            page.wait_for_selector("html[data-ready]", state="attached")
        assert said.pop(0) == path.as_uri()
        return page

    yield opened
    for each in contexts:
        each.close()
    assert [text for text in said if not text.startswith("data:,")] == []
