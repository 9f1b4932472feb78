"""The pytest plugin: `pytest --engine NAME_OR_PATH` makes one test of every case and engine.

A test's name is `engine-family/name`, its node id `gradconform::engine-family/name`. Without an engine
nothing is collected, and nothing is imported but this and `harness.plugin.pytest_options`.

The entry point is called as this module is, so that `-p harness.plugin`, a `conftest.py` and the entry
point are one and the same plugin.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import pytest

from harness.plugin.pytest_options import NAME, Settings, add_options, settings

if TYPE_CHECKING:
    from harness.plugin.engines_under_test import EnginesUnderTest

_SETTINGS: pytest.StashKey[Settings] = pytest.StashKey()
_TESTED: pytest.StashKey[EnginesUnderTest] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Read the options; register the markers where they are of use."""
    found = config.stash[_SETTINGS] = settings(config)
    if found.engines or config.getoption("markers", False):
        from harness.plugin.markers import marker_lines

        for line in marker_lines():
            config.addinivalue_line("markers", line)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Load the engines and select the cases, so that what is wrong is said once and at once."""
    config = session.config
    if not config.stash[_SETTINGS].engines:
        return
    from harness.plugin.engines_under_test import EnginesUnderTest

    config.stash[_TESTED] = tested = EnginesUnderTest(config, config.stash[_SETTINGS])
    if not tested.worker:
        from harness.plugin.session_report import SessionReport

        config.pluginmanager.register(SessionReport(tested), "gradconform-session-report")


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Which engines are tested, and on what."""
    tested = config.stash.get(_TESTED, None)
    if tested is not None:
        return [f"{NAME}: {line}" for line in tested.header()]
    note = config.stash[_SETTINGS].note
    return [f"{NAME}: {note}"] if note else []


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Take our node ids out of the arguments: there is no file of that name."""
    tested = session.config.stash.get(_TESTED, None)
    if tested is not None:
        session.config.args[:] = tested.take_ids(session.config.args)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The session collects the engines' cases besides what lies in files."""
    report = yield
    tested = collector.config.stash.get(_TESTED, None)
    if tested is not None and isinstance(collector, pytest.Session) and report.passed:
        from harness.plugin.items import Conformance

        report.result = [*report.result, Conformance.under(collector, tested)]
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Send the outcomes along with the report, which is how they leave a worker of xdist."""
    report = yield
    if _TESTED in item.config.stash and call.when == "call":
        from harness.plugin.items import ConformanceItem

        if isinstance(item, ConformanceItem):
            item.complete(report)
        elif item.config.stash[_SETTINGS].benchmark:
            from harness.plugin.benchmarks import MEASURED

            report.measured = item.stash.get(MEASURED, None)  # type: ignore[attr-defined]
    return report


def pytest_report_teststatus(report: pytest.TestReport) -> Any:
    """What an engine does not have is counted apart from what somebody skipped."""
    if report.skipped and hasattr(report, "conformance") and not hasattr(report, "wasxfail"):
        return "unsupported", "u", ("UNSUPPORTED", {"yellow": True})
    return None


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """End the engines' processes; a worker hands over what they printed."""
    tested = session.config.stash.get(_TESTED, None)
    if tested is not None:
        tested.close(session.config)
