"""The false-alarm bar: a correct engine of any style fails no core case."""

import collections
import importlib
import pkgutil

import pytest
from gradconform.harness.catalogue.collection import catalogue
from gradconform.harness.catalogue.reference import dtype_for
from gradconform.harness.judge.outcome import PASSED, Verdict
from gradconform.harness.run.runner import run_case
from gradconform.harness.tests.catalogue import correct_engines

NAMES = sorted(module.name for module in pkgutil.iter_modules(correct_engines.__path__))


@pytest.mark.parametrize("name", NAMES)
def test_a_correct_engine_fails_no_core_case(name, reference, capsys):
    engine = importlib.import_module(f"{correct_engines.__name__}.{name}").engine
    dtype = dtype_for(engine, None)
    results = [
        run_case(case, engine, reference, 0, dtype) for case in catalogue().select(tags=["core"])
    ]
    counts = collections.Counter(result.verdict for result in results)
    passed = sum(counts[verdict] for verdict in PASSED)
    with capsys.disabled():
        print(
            f"\n{engine.info.name}: {passed} core cases passed, {counts[Verdict.UNSUPPORTED]} not run"
        )
    failures = [
        (outcome.case_run.case, outcome.reading, outcome.message)
        for result in results
        for outcome in result.outcomes
        if outcome.verdict not in (*PASSED, Verdict.UNSUPPORTED)
    ]
    assert not failures
    assert passed >= 40


def test_there_are_at_least_twelve():
    assert len(NAMES) >= 12
