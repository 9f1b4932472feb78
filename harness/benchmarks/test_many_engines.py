"""The report of very many engines: its time, and the memory of its process.

The results are generated: each engine has the rows that the scalar engine has, and some of them fail. The
figure of memory is the largest of the process that makes the report, with Python and all imports. It grows
with the number of engines and hardly with that of the rows.
"""

import json
import random
import subprocess
import sys

import pytest
from gradconform.harness.catalogue.reference import Reference
from gradconform.harness.catalogue.selection import select
from gradconform.harness.engine.builtin import load
from gradconform.harness.report.results_file import flattened
from gradconform.harness.run.report_folder import ReportFolder
from gradconform.harness.run.runner import run

MOST_MIB = 700
REPORT = """
import re, sys, time
from pathlib import Path
from gradconform.harness.report.files import write_report

begin = time.process_time()
write_report(Path(sys.argv[1]))
# Linux counts the memory of the process that starts this one in `ru_maxrss`.
most = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())
print(int(most[1]) >> 10, time.process_time() - begin)
"""
WRONG = {"verdict": "fail", "reason": "gradient"}


def rows_of(cases):
    """The rows of so many cases; the scalar cases of the catalogue are repeated under other names."""
    chosen = select([], ["scalar"])[:200]
    results = list(run(chosen, [load("scalar")], Reference()))
    for number in range(cases):
        result = results[number % len(results)]
        for outcome in result.outcomes:
            yield flattened(outcome) | {"case": f"{result.case.family}/{number}"}


def generate(folder, engines, cases):
    """Write the results of so many engines; return the number of rows."""
    chance, rows = random.Random(0), list(rows_of(cases))
    names = [f"student {number:05}" for number in range(engines)]
    facts = [
        {"name": n, "spec": n, "found": "class Value", "notes": [], "wall": "W"} for n in names
    ]
    with ReportFolder(folder, {"engines": facts, "left_out": []}) as record:
        for number, name in enumerate(names):
            weak = chance.random() / 2
            record.append((number, 0), "".join(_line(row, name, weak, chance) for row in rows))
    return len(rows) * engines


def _line(row, name, weak, chance):
    wrong = {}
    if chance.random() < weak:
        got, said = chance.random(), chance.random()
        message = f"x.grad is {got}, torch says {said} (off by {abs(got - said):.3g}, 1e-9 allowed)"
        wrong = WRONG | {"message": message}
    return json.dumps(row | {"engine": name} | wrong) + "\n"


@pytest.mark.benchmark(group="the report of very many engines")
@pytest.mark.parametrize(("engines", "cases"), [(10_000, 20), (300, 1424)], ids=["many", "few"])
def test_the_report_of_many_engines_fits_into_memory(benchmark, tmp_path, engines, cases):
    rows = generate(tmp_path, engines, cases)

    def report():
        command = [sys.executable, "-c", REPORT, str(tmp_path)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return map(float, done.stdout.split())

    most, seconds = benchmark.pedantic(report, rounds=1)
    told = f"{most:.0f} MiB, {seconds * 1e5 / rows:.2f} s of the processor for 100,000 rows"
    print(f"\n{engines} engines, {rows} rows: {told}")
    assert most < MOST_MIB
