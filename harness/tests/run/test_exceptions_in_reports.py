"""An exception of an engine is shown with its place in every report, and its traceback is kept."""

import json
import os
from pathlib import Path

from gradconform.harness.catalogue.collection import catalogue
from gradconform.harness.report.frame import read_results
from gradconform.harness.run.engine_name import EngineName
from gradconform.harness.run.run_and_report import run_and_report

NO_CALL = """
class Value:
    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents = data, 0.0, parents

    def __add__(self, other):
        return Value(self.data + other.data, (self, other))

    def __mul__(self, other):
        return Value(self.data * other.data, (self, other))

    def backward(self):
        for parent in self.parents:
            self.step(parent)

    def step(self, parent):
        parent.push(self.grad)
"""
PLACE = "s16.py:17, in step: `parent.push(self.grad)`"


def report(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    cases = catalogue().select(["arithmetic/of_two_leaves*"])
    options = {"selection": {}, "seed": 0, "dtype": None, "out": Path("r"), "lower": False}
    return run_and_report(
        cases, [EngineName.parse(name)], quiet=True, xfails_file=None, how=None, **options
    )


def test_a_failure_names_the_line_that_raised_and_the_traceback_is_in_a_file(
    tmp_path, monkeypatch, capsys
):
    (tmp_path / "s16.py").write_text(f"{NO_CALL}(Value(2.0) * Value(3.0)).backward()\n")
    finished = report(tmp_path, monkeypatch, "s16.py")
    (note, probed) = finished.facts["engines"][0]["notes"]
    assert note == (
        "s16.py, line 18: AttributeError: 'Value' object has no attribute 'push' "
        "(s16.py:17, in step: `parent.push(self.grad)`); still defined: Value"
    )
    assert probed.endswith(f"'push' ({PLACE})")
    rows = [json.loads(line) for line in Path("r/results.jsonl").read_text().splitlines()]
    said = next(row["message"] for row in rows if row["verdict"] == "fail")
    assert said.startswith(
        "backward, on a graph of 3 steps, raised AttributeError: 'Value' object has no attribute "
        f"'push' ({PLACE}); torch gives result = "
    )
    assert PLACE in Path("r/summary.md").read_text().replace("\\", "")
    finished.show(verbose=True)
    assert PLACE in capsys.readouterr().out
    (file,) = os.listdir("r/output")
    assert file == "s16 tracebacks.txt"
    first, _, rest = Path("r/output", file).read_text().partition("\n\n")
    assert first.splitlines()[1:] == [
        '  File "s16.py", line 14, in backward',
        "    self.step(parent)",
        '  File "s16.py", line 17, in step',
        "    parent.push(self.grad)",
        "AttributeError: 'Value' object has no attribute 'push'",
    ]
    case = first.partition(": ")[0]
    assert rest.endswith(f": as {case}\n")


def test_a_cell_of_a_notebook_is_named(tmp_path, monkeypatch):
    cells = [{"cell_type": "markdown"}, {"cell_type": "code", "source": NO_CALL}]
    (tmp_path / "hw.ipynb").write_text(json.dumps({"cells": cells}))
    finished = report(tmp_path, monkeypatch, "hw.ipynb")
    table = read_results(finished.folder)
    said = table[table["verdict"] == "fail"]["message"].iloc[0]
    assert "(hw.ipynb, cell 2, line 17, in step: `parent.push(self.grad)`)" in said
