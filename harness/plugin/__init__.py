"""The pytest plugin: `pytest --engine NAME_OR_PATH` makes one test of every case and engine.

The name of a test is `engine-family/name`, and its node id is `gradconform::engine-family/name`. Without an
engine nothing is collected, and only this module, `options` and `option_values` are imported.

The entry point has the name of this module. So pytest registers one plugin, no matter whether it is asked for
by `-p gradconform.harness.plugin`, by a `conftest.py` or by the entry point.

- `options`, `option_values`, `node_ids`: what the command line and the ini file say.
- `engines_under_test`, `markers`: the engines, the cases, and the markers of their tests.
- `items`, `benchmarks`: the tests, and the timings of `--conform-benchmark`.
- `session_report`: the report folder, and the lines at the end.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import pytest

from .option_values import Settings, settings
from .options import NAME, add_options

if TYPE_CHECKING:
    from .engines_under_test import EnginesUnderTest

_SETTINGS: pytest.StashKey[Settings] = pytest.StashKey()
_TESTED: pytest.StashKey[EnginesUnderTest] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Read the options and register the markers where needed. pytest.UsageError for a wrong value."""
    found = config.stash[_SETTINGS] = settings(config)
    if found.engines or config.getoption("markers", False):
        from .markers import marker_lines

        for line in marker_lines():
            config.addinivalue_line("markers", line)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Open the engines and select the cases, so that a mistake in either ends the session before any test.

    pytest.UsageError when an engine or a case cannot be used.
    """
    config = session.config
    if not config.stash[_SETTINGS].engines:
        return
    from .engines_under_test import EnginesUnderTest

    config.stash[_TESTED] = tested = EnginesUnderTest(config, config.stash[_SETTINGS])
    if not tested.worker:
        from .session_report import SessionReport

        config.pluginmanager.register(SessionReport(tested), "gradconform-session-report")


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say which engines are tested and on how many cases."""
    tested = config.stash.get(_TESTED, None)
    if tested is not None:
        return [f"{NAME}: {line}" for line in tested.header()]
    note = config.stash[_SETTINGS].note
    return [f"{NAME}: {note}"] if note else []


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Take the node ids of gradconform's tests out of the arguments, because no file has these names."""
    tested = session.config.stash.get(_TESTED, None)
    if tested is not None:
        session.config.args[:] = tested.take_ids(session.config.args)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Let the session collect the engines' cases besides the files."""
    report = yield
    tested = collector.config.stash.get(_TESTED, None)
    if tested is not None and isinstance(collector, pytest.Session) and report.passed:
        from .items import Conformance

        report.result = [*report.result, Conformance.under(collector, tested)]
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Attach the outcomes to the report, because only reports leave a worker of xdist."""
    report = yield
    if _TESTED in item.config.stash and call.when == "call":
        from .items import ConformanceItem

        if isinstance(item, ConformanceItem):
            item.complete(report)
        elif item.config.stash[_SETTINGS].benchmark:
            from .benchmarks import MEASURED

            report.measured = item.stash.get(MEASURED, None)  # type: ignore[attr-defined] # sent to the main process
    return report


def pytest_report_teststatus(report: pytest.TestReport) -> Any:
    """Count cases that an engine does not support separately from tests that were skipped."""
    if report.skipped and hasattr(report, "conformance") and not hasattr(report, "wasxfail"):
        return "unsupported", "u", ("UNSUPPORTED", {"yellow": True})
    return None


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """End the engines' processes. A worker of xdist sends what they printed to the main process."""
    tested = session.config.stash.get(_TESTED, None)
    if tested is not None:
        tested.close(session.config)
