"""Where the mistakes of an engine are shown: `gradconform diagnose`, the report, and pytest."""

import json
import subprocess
import sys
from pathlib import Path

from gradconform.harness.tests.small_engines import VALUE

CASES = ("--cases", "arithmetic/*", "--cases", "diamonds/*")
# The factors of a product are exchanged.
WRONG = (
    VALUE.replace("+= other.data * out", "+= SELF.data * out")
    .replace("other.grad += self.data", "other.grad += other.data")
    .replace("SELF", "self")
)


def test_the_report_begins_with_the_mistakes_and_counts_the_failures_under_them(command):
    Path("mine.py").write_text(WRONG)
    code, out, _ = command("run", "mine.py", *CASES, "--out", "r", "-v")
    assert code == 1
    ((finding,),) = [
        each["findings"] for each in json.loads(Path("r/diagnosis.json").read_text())["engines"]
    ]
    assert (finding["op"], finding["confidence"]) == ("mul", "confirmed")
    assert 0 < finding["explained"] <= finding["failing"]
    assert f"{finding['failing']} values and gradients that differ from torch" in out
    assert out.index("mine: mistake 1") < out.index("... and ")
    summary = Path("r/summary.md").read_text()
    assert summary.index("## Scores") < summary.index("## Mistakes") < summary.index("## By family")
    more = f"- ... and {len(finding['cases']) - 1} more"
    assert summary.split("### mine: mistake 1")[2].split("\n#")[0].rstrip().endswith(more)
    assert "r/diagnosis.json" in out


def test_a_mistake_does_not_explain_a_backward_that_raises_nothing_in_a_right_engine_either(
    command,
):
    assigned = VALUE.replace("self.grad += other.data", "self.grad = other.data")
    Path("mine.py").write_text(
        assigned.replace("other.grad += self.data", "other.grad = self.data")
    )
    cases = ("errors/second_backward", "accumulation/two_roots_on_one_square")
    several = [word for case in cases for word in ("--cases", case)]
    assert command("run", "mine.py", *CASES, *several, "--out", "r")[0] == 1
    (engine,) = json.loads(Path("r/diagnosis.json").read_text())["engines"]
    explained = engine["findings"][0]["cases"]
    assert cases[0] not in explained
    assert cases[1] in explained


def test_a_run_in_which_nothing_fails_has_no_diagnosis(command):
    Path("mine.py").write_text(VALUE)
    assert command("run", "mine.py", *CASES, "--out", "r")[0] == 0
    assert not Path("r/diagnosis.json").exists()
    assert "## Mistakes" not in Path("r/summary.md").read_text()


def test_the_command_names_the_mistake_for_people_and_for_programs(command):
    Path("mine.py").write_text(WRONG)
    code, out, _ = command("diagnose", "mine.py", *CASES)
    assert code == 1
    assert out.startswith("mine: mistake 1\n")
    code, out, _ = command("diagnose", "mine.py", *CASES, "--json")
    assert code == 1
    document = json.loads(out)
    assert document["engine"] == "mine"
    assert document["findings"][0]["op"] == "mul"
    Path("mine.py").write_text(VALUE)
    code, out, _ = command("diagnose", "mine.py", *CASES, "--json")
    assert (code, json.loads(out)) == (0, {"engine": "mine", "findings": []})


def test_pytest_names_a_mistake_at_its_first_failure_and_refers_to_it_at_the_others(tmp_path):
    (tmp_path / "mine.py").write_text(WRONG)
    command = [sys.executable, "-m", "pytest", "-p", "gradconform.harness.plugin", "-q"]
    command += ["--engine", "mine.py", "--conform-cases", "arithmetic/*"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    assert done.stdout.count("This is confirmed: it explains") == 1
    first = done.stdout.index("This is confirmed: it explains")
    assert first < done.stdout.index("The same mistake as in gradconform::mine-arithmetic/")


DIVIDES = """
    def __truediv__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data / other.data, (self, other))

        def spread():
            self.grad += out.grad / other.data
            other.grad += self.data / other.data ** 2 * out.grad

        out.spread = spread
        return out

    def __rtruediv__(self, other):
        return Value(other) / self
"""


def test_an_op_that_the_engine_does_not_have_is_not_blamed_for_its_quotient(command):
    Path("mine.py").write_text(f"{VALUE}{DIVIDES}")
    code, out, _ = command("diagnose", "mine.py", *CASES, "--json")
    assert code == 1
    assert [(one["op"], one["operand"]) for one in json.loads(out)["findings"]] == [
        ("div", "second")
    ]


def test_an_engine_that_is_right_by_another_convention_is_said_to_be(command):
    Path("mine.py").write_text(VALUE)
    code, out, err = command(
        "diagnose", "mine.py", "--cases", "accumulation/*", "--cases", "errors/*"
    )
    assert code == 0
    assert out.startswith("No core case fails: the mathematics is right.")
    assert " cases fail, 0 of them core\n" in err


def test_an_endless_backward_is_said_before_the_engine_is_asked(command):
    Path("mine.py").write_text(VALUE.replace("order, seen = [], set()", "while True: pass"))
    asked = ("--cases", "accumulation/sum_with_itself", "--timeout", "0.5")
    code, out, err = command("diagnose", "mine.py", *asked)
    assert code == 1
    assert out.startswith("The backward of the engine does not end, so that no gradient is known.")
    said = err.index("its backward did not end in the probe")
    assert said < err.index("1 of 1 cases fail")
