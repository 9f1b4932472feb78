"""What the tests of pages share: a browser, and the run of `make sample`.

A test takes `visit`: it opens a file, and fails when the page says something on the console or asks for
another file. The browser is Debian's Chromium.
"""

import os
import shlex
import shutil
from pathlib import Path

import pytest
from gradconform.harness.cli import main

ROOT = Path(__file__).parents[3]


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
        page.wait_for_selector("html[data-ready]", state="attached")
        assert said.pop(0) == path.as_uri()
        return page

    yield opened
    for each in contexts:
        each.close()
    assert [text for text in said if not text.startswith("data:,")] == []


@pytest.fixture(scope="session")
def sample(tmp_path_factory):
    """The folder of a run as `make sample` makes it: two engines that are right, and a student's."""
    made = (ROOT / "Makefile").read_text().replace("\\\n", "")
    (line,) = [line for line in made.splitlines() if "gradconform run" in line and "sample" in line]
    folder = tmp_path_factory.mktemp("sample") / "run"
    command = shlex.split(line.partition("||")[0].replace("reports/made", str(folder)))
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        with pytest.raises(SystemExit) as left:
            main(command[1:])
    finally:
        os.chdir(before)
    assert left.value.code == 1
    return folder
