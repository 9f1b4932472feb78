"""What the collector, the items and the recorder share: engines, cases, and what is expected of them."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from pathlib import PurePath

import pytest

from harness.catalogue.case import LEVELS, Case
from harness.catalogue.collection import catalogue
from harness.catalogue.reference import Reference, dtype_for
from harness.catalogue.selection import SAMPLED, select
from harness.engine import builtin
from harness.engine.eager import Engine
from harness.errors import EngineError, GradconformError, UsageError
from harness.isolation.options import Isolation
from harness.plugin.options import NAME, Settings
from harness.run.engine_name import EngineName
from harness.run.expected_failures import NONE, Xfails
from harness.run.roster import Roster, assemble
from harness.run.runner import Result, run_case
from harness.run.xfail_files import of_engines, sentences

# Every test of an engine carries this one.
MARK = "conform"


def marker_lines(settings: Settings) -> Iterator[str]:
    """The markers for the ini file's list: one for every family, tag and level."""
    try:
        cases = list(catalogue())
    except GradconformError as problem:
        raise pytest.UsageError(str(problem)) from None
    families = {case.family for case in cases} | {SAMPLED.rstrip("/")}
    yield f"{MARK}: a conformance case of gradconform."
    yield from (f"{level}: conformance cases of the level {level}." for level in LEVELS)
    yield from (
        f"{family}: conformance cases of the family {family}." for family in sorted(families)
    )
    tags = {tag for case in cases for tag in case.tags} - families - {*LEVELS, MARK}
    yield from (f"{tag}: conformance cases tagged {tag}." for tag in sorted(tags))


class Run:
    """One session of pytest in one process. pytest.UsageError when it cannot be set up."""

    def __init__(self, config: pytest.Config, settings: Settings) -> None:
        self.config, self.settings = config, settings
        self.worker = hasattr(config, "workerinput")
        self.ids: list[str] | None = None
        if settings.benchmark and not config.pluginmanager.has_plugin("benchmark"):
            raise pytest.UsageError(
                "--conform-benchmark needs pytest-benchmark: pip install 'gradconform[bench]'"
            )
        how = Isolation(settings.isolation, tuple(dict.fromkeys(("numpy", *settings.allow))))
        self.isolation = how
        try:
            self.cases: Sequence[Case] = select(settings.cases, settings.tags)
            self.roster = _strangers(settings.engines, how)
            self._engines = _by_name(settings.engines, self.roster)
            self._expected = self._of_engines([case.id for case in self.cases])
        except GradconformError as problem:
            raise pytest.UsageError(str(problem)) from None

    def _of_engines(self, ids: Sequence[str]) -> list[Xfails]:
        """With `--runxfail` nothing is expected to fail."""
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
        """How the engine was asked for."""
        return self.settings.engines[self.names.index(name)].text

    @property
    def expectations(self) -> dict[str, Xfails]:
        """What is expected of each engine, by its name."""
        return dict(zip(self.names, self._expected, strict=True))

    def expected(self, name: str) -> Xfails:
        """What is expected of the engine."""
        return self._expected[self.names.index(name)]

    def engine(self, name: str) -> Engine:
        """The engine; gradconform's own are imported here, on the first case that they run."""
        found = self._engines[name]
        if found is None:
            found = self._engines[name] = builtin.load(name)
        return found

    @functools.cached_property
    def reference(self) -> Reference:
        """The oracle; torch is imported here."""
        return Reference()

    def result(self, name: str, case: Case) -> Result:
        """The case on the engine, judged, in the light of what is expected."""
        engine = self.engine(name)
        dtype = dtype_for(engine, self.settings.dtype)
        found = run_case(case, engine, self.reference, self.settings.seed, dtype)
        return self.expected(name).apply(found)

    def loaded(self) -> list[Engine]:
        """The engines that this process has loaded."""
        return [engine for engine in self._engines.values() if engine is not None]

    def header(self) -> Iterator[str]:
        """Lines for the top of the terminal."""
        yield f"{', '.join(self.names)}: {len(self.cases)} cases, seed {self.settings.seed}"
        for asked in self.roster.engines:
            yield from self.roster.said_of(asked)
        yield from sentences(self.expectations)

    def take_ids(self, arguments: Sequence[str]) -> list[str]:
        """Remember which of our tests were named; gives the arguments that are not ours.

        pytest.UsageError for an id of ours that is none.
        """
        others = []
        for argument in arguments:
            place, _, id = argument.partition("::")
            if PurePath(place).name != NAME or (self.config.invocation_params.dir / place).exists():
                others.append(argument)
            else:
                self.ids = [*(self.ids or []), id]
        if self.ids is None and self._named_only_tests(others):
            self.ids = []
        self._check_ids()
        return others

    def _named_only_tests(self, arguments: Sequence[str]) -> bool:
        """Whether single tests of files were named, and so none of ours."""
        return bool(arguments) and all("::" in argument for argument in arguments)

    def wanted(self, name: str, case: Case) -> bool:
        """Whether the test was named; without its brackets an id names every variant."""
        return self.ids is None or any(self._is(id, name, case) for id in self.ids)

    def _is(self, id: str, name: str, case: Case) -> bool:
        own = f"{name}-{case.id}"
        return id in (own, own.partition("[")[0], "")

    def _check_ids(self) -> None:
        for id in self.ids or ():
            named = [(n, c) for n in self.names for c in self.cases if self._is(id, n, c)]
            if not named:
                raise pytest.UsageError(f"not found: {NAME}::{id}; see pytest --collect-only -q")

    def printed(self) -> dict[str, str]:
        """What strangers' engines printed."""
        return {engine.name: text for engine in self.loaded() if (text := engine.printed())}

    def close(self, config: pytest.Config) -> None:
        """End the engines' processes; a worker of xdist hands over what they printed."""
        if self.worker:
            config.workeroutput["gradconform_printed"] = self.printed()  # type: ignore[attr-defined]
        for engine in self.loaded():
            engine.close()


def _strangers(engines: Sequence[EngineName], how: Isolation) -> Roster:
    """All are opened at once: their names stand in node ids, and one that cannot be used ends the session."""
    others = [asked for asked in engines if not asked.builtin]
    roster = assemble(others, how) if others else Roster()
    for engine in roster.in_turn():
        if len(others) > 1:
            # A process that waits for its turn would take time from the others, if its author wished so.
            engine.close()
    if roster.refused:
        raise EngineError("; ".join(roster.refused.values()))
    return roster


def _by_name(engines: Sequence[EngineName], roster: Roster) -> dict[str, Engine | None]:
    """Engines by the names that stand in node ids; gradconform's own are not imported yet."""
    found: dict[str, Engine | None] = {}
    for asked in engines:
        engine = roster.engines.get(asked)
        if engine is None and not asked.builtin:
            raise UsageError(f"{asked.text} is named twice; name it once")
        name = asked.text if engine is None else re.sub(r"[\[\]:]+", "_", engine.name)
        if name in found:
            raise UsageError(f"two engines are named {name!r}; rename the file of one")
        found[name] = engine
        if engine is not None:
            engine.name = name
    return found
