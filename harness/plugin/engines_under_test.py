"""The engines that a session of pytest tests, the cases that they run, and the failures expected of them.

The collector, the items and the report of the session share one `EnginesUnderTest`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence

import pytest

from ..catalogue.case import Case
from ..catalogue.reference import Reference, dtype_for
from ..catalogue.reference_cache import of_user
from ..catalogue.selection import Selection
from ..catalogue.tolerance import BOUNDS
from ..engine import builtin
from ..engine.contract import Engine, named
from ..errors import EngineError, GradconformError, NoReference, UsageError
from ..isolation.limits import Limits, limited
from ..isolation.options import Isolation, allowed, variables_from
from ..run.earlier_answers import earlier_answers
from ..run.engine_name import EngineName
from ..run.expected_failures import NONE, Xfails
from ..run.roster import Roster, assemble
from ..run.runner import Result, run_case
from ..run.xfail_files import of_engines, sentences
from .node_ids import NodeIds
from .option_values import Settings


class EnginesUnderTest:
    """Engines and cases of one process of pytest. pytest.UsageError when one of them cannot be used."""

    def __init__(self, config: pytest.Config, settings: Settings) -> None:
        self.config, self.settings = config, settings
        self.worker = hasattr(config, "workerinput")
        self.node_ids = NodeIds()
        if settings.benchmark and not config.pluginmanager.has_plugin("benchmark"):
            raise pytest.UsageError(
                "--conform-benchmark needs pytest-benchmark: pip install 'gradconform[bench]'"
            )
        try:
            how = Isolation(
                settings.isolation,
                allowed(settings.allow),
                settings.paths,
                variables=variables_from(settings.variables),
                limits=limited(
                    settings.timeout or Limits.case, settings.timeout_total or Limits.engine
                ),
            )
            self.isolation = how
            self.selection = Selection(
                settings.cases, settings.tags, settings.sets, settings.cases_from, settings.ops
            )
            self.cases: Sequence[Case] = self.selection.cases()
            self.roster = _opened(settings.engines, how)
            self._engines = _by_name(settings.engines, self.roster)
            self._xfails = self._expected_failures([case.id for case in self.cases])
        except GradconformError as problem:
            raise pytest.UsageError(str(problem)) from None

    def _expected_failures(self, ids: Sequence[str]) -> list[Xfails]:
        """The expected failures, engine by engine. With `--runxfail` no failure is expected."""
        engines = self.settings.engines
        if self.config.getoption("runxfail"):
            return [NONE for _ in engines]
        trusted = self.settings.isolation == "none"
        return of_engines(engines, self.settings.xfails_file, ids, trusted=trusted)

    @property
    def names(self) -> list[str]:
        """The engines' names, in the order in which they were asked for."""
        return list(self._engines)

    def spec(self, name: str) -> str:
        """The text by which the engine was asked for."""
        return self.settings.engines[self.names.index(name)].text

    @property
    def expectations(self) -> dict[str, Xfails]:
        """The failures that are expected of each engine, by the engine's name."""
        return dict(zip(self.names, self._xfails, strict=True))

    def xfails(self, name: str) -> Xfails:
        """The failures that are expected of the engine."""
        return self._xfails[self.names.index(name)]

    def engine(self, name: str) -> Engine:
        """The engine. A built-in one is imported here, on the first case that it runs."""
        found = self._engines[name]
        if found is None:
            found = self._engines[name] = builtin.load(name)
        return found

    @functools.cached_property
    def reference(self) -> Reference:
        """The oracle. Torch runs in a process of its own, which the code of this project cannot change."""
        fresh, how = self.settings.fresh_reference, self.isolation
        if fresh:
            cache = None
        elif how.wall == "none":  # and nobody has said so: this project's tests run the same code
            cache = of_user()
        else:
            cache = earlier_answers(self.settings.engines, how)
        return Reference(BOUNDS[self.settings.tolerance], apart=True, cache=cache)

    @property
    def from_cache(self) -> int:
        """The number of torch's readings that this process has taken from the cache."""
        return self.reference.from_cache if "reference" in vars(self) else 0

    def result(self, name: str, case: Case) -> Result:
        """Run the case on the engine and judge it.

        An expected failure is marked as one, and so is a gap in what was asked for. Without torch the session
        ends.
        """
        engine = self.engine(name)
        dtype = dtype_for(engine, self.settings.dtype)
        try:
            found = run_case(case, engine, self.reference, self.settings.seed, dtype)
        except NoReference as problem:
            pytest.exit(str(problem), pytest.ExitCode.USAGE_ERROR)
        return self.xfails(name).apply(found.as_asked() if self.selection.asked_for else found)

    def loaded(self) -> list[Engine]:
        """The engines that this process has loaded."""
        return [engine for engine in self._engines.values() if engine is not None]

    def header(self) -> Iterator[str]:
        """Lines for the top of the terminal."""
        yield f"{', '.join(self.names)}: {len(self.cases)} cases, seed {self.settings.seed}"
        for asked in self.roster.entries:
            yield from self.roster.said_of(asked)
        yield from sentences(self.expectations)

    def take_ids(self, arguments: Sequence[str]) -> list[str]:
        """Keep the arguments that name tests of engines and return the others.

        pytest.UsageError for an id that no test of an engine has.
        """
        others = self.node_ids.take(arguments, self.config.invocation_params.dir)
        self.node_ids.check(self.names, self.cases)
        return others

    def printed(self) -> dict[str, str]:
        """The text that untrusted engines printed, by their names."""
        return {engine.info.name: text for engine in self.loaded() if (text := engine.printed())}

    def close(self, config: pytest.Config) -> None:
        """End the engines' processes, and keep torch's answers for later runs.

        A worker of xdist tells the main process what the engines printed."""
        if "reference" in vars(self):
            self.reference.close()
        if self.worker:
            output = config.workeroutput  # type: ignore[attr-defined] # of xdist
            output["gradconform_printed"] = self.printed()
            output["gradconform_from_cache"] = self.from_cache
        for engine in self.loaded():
            engine.close()


def _opened(engines: Sequence[EngineName], how: Isolation) -> Roster:
    """Open every engine that is not built in. EngineError for those that cannot be used.

    All are opened before the first test, because their names stand in the node ids.
    """
    others = [asked for asked in engines if not asked.builtin]
    roster = assemble(others, how) if others else Roster({}, how)
    for entry in roster.in_turn():
        if len(others) > 1:
            # Its process could take time from the other engines while it waits for its turn.
            entry.engine.close()
    if roster.refused:
        raise EngineError("; ".join(roster.refused.values()))
    return roster


def _by_name(engines: Sequence[EngineName], roster: Roster) -> dict[str, Engine | None]:
    """Engines by the names that stand in node ids; None for a built-in one, which is imported later."""
    found: dict[str, Engine | None] = {}
    for asked in engines:
        entry = roster.entries.get(asked)
        if entry is None and not asked.builtin:
            raise UsageError(f"{asked.text} is named twice; name it once")
        name = asked.text if entry is None else re.sub(r"[\[\]:]+", "_", entry.column)
        if name in found:
            raise UsageError(f"two engines are named {name!r}; rename the file of one")
        found[name] = None if entry is None else named(entry.engine, name)
    return found
