"""The cost of pytest: the catalogue on the scalar engine as tests, and as a plain run. Both write a report.

The difference of the two medians over the number of cases is the overhead per case.
"""

from pathlib import Path

import pytest
from gradconform.harness.catalogue.collection import catalogue
from gradconform.harness.run.engine_name import EngineName
from gradconform.harness.run.run_and_report import run_and_report

CASES = list(catalogue())
GROUP = pytest.mark.benchmark(group=f"{len(CASES)} cases on the scalar engine, with a report")


@GROUP
def test_plain_run(benchmark, tmp_path):
    folders = (tmp_path / str(number) for number in range(100))

    def run():
        return run_and_report(
            CASES, [EngineName.parse("scalar")], selection={}, out=next(folders), quiet=True
        )

    assert not benchmark.pedantic(run, rounds=3, warmup_rounds=1).failed


@GROUP
def test_under_pytest(benchmark, pytester):
    out = Path(pytester.path, "out")

    def run():
        arguments = ("-q", "--conform-out", str(out), "-p", "no:cacheprovider")
        return pytester.runpytest_inprocess(
            "-p", "gradconform.harness.plugin", "--engine", "scalar", *arguments
        )

    assert benchmark.pedantic(run, rounds=3, warmup_rounds=1).ret == 0


@GROUP
def test_collection(benchmark, pytester):
    def run():
        return pytester.runpytest_inprocess(
            "-p", "gradconform.harness.plugin", "--engine", "scalar", "--collect-only", "-qq"
        )

    assert benchmark.pedantic(run, rounds=3, warmup_rounds=1).ret == 0
