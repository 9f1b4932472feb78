"""The command as a person uses it: its output, its files and its exit codes."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from gradconform.harness.report.results_file import CSV_COLUMN_NAMES
from gradconform.harness.report.score import SUMMARY_COLUMNS
from gradconform.harness.run.alone import alone_in
from gradconform.harness.run.report_folder import named_folder

BROKEN = '''
from gradconform.engines.scalar import Scalar, Value


class Lost(Value):
    """Its product forgets the second operand's gradient."""

    __slots__ = ()

    def __mul__(self, other):
        return super().__mul__(other.data if isinstance(other, Value) else other)


class Broken(Scalar):
    name = "broken"

    def leaf(self, array, requires_grad):
        return Lost(array.item())
'''


def test_a_run_writes_the_whole_report(command, tmp_path):
    code, out, err = command("run", "torch", "scalar", "--cases", "lecture/*")
    assert code == 0
    (folder,) = (tmp_path / "reports").iterdir()
    names = {"results.jsonl", "results.csv", "summary.csv", "summary.md", "report.html", "run.json"}
    assert {path.name for path in folder.iterdir()} == names
    assert all(f"reports/{folder.name}/{name}" in out for name in names)
    assert "torch: 3 cases: 3 pass" in err
    results = pd.read_csv(folder / "results.csv", keep_default_na=False)
    assert tuple(results.columns) == CSV_COLUMN_NAMES
    assert len(results) == 2 * 3 * 6
    assert set(results["verdict"]) == {"pass"}
    summary = pd.read_csv(folder / "summary.csv")
    assert tuple(summary.columns) == SUMMARY_COLUMNS
    assert list(summary["family"]) == ["lecture", "core", "torch", "all"] * 2
    described = json.loads((folder / "run.json").read_text())
    assert described["finished"] == 6
    assert described["interrupted"] is False
    assert described["tolerances"]["float64"] == {"rtol": 1e-12, "atol": 1e-12}
    assert described["selection"]["tolerance"] == "measured"
    assert {"python", "torch", "numpy", "pandas"} <= set(described["versions"])


def test_the_tolerance_of_torch_is_an_option_and_recorded(command):
    asked = ("--cases", "lecture/neuron_with_sigmoid", "--tolerance", "torch", "--out", "by_torch")
    assert command("run", "scalar", *asked, "-q")[0] == 0
    described = json.loads(Path("by_torch/run.json").read_text())
    assert described["selection"]["tolerance"] == "torch"
    assert described["tolerances"]["float64"] == {"rtol": 1e-7, "atol": 1e-7}


def test_two_runs_never_share_a_folder(command, tmp_path):
    for _ in range(2):
        assert command("run", "scalar", "--cases", "lecture/*", "-q")[0] == 0
    assert len(list((tmp_path / "reports").iterdir())) == 2
    assert command("run", "scalar", "--cases", "lecture/*", "--out", "here", "-q")[0] == 0
    code, _, err = command("run", "scalar", "--cases", "lecture/*", "--out", "here", "-q")
    assert code == 4
    assert "here holds a run already" in err
    assert not list(Path("here").glob(".*"))
    with alone_in(named_folder(Path("shared"))):
        code, _, err = command("run", "scalar", "--cases", "lecture/*", "--out", "shared", "-q")
    assert code == 4
    said = "another run writes to shared at this moment; name another folder with --out"
    assert err == f"gradconform: {said}\n"
    assert not list(Path("shared").iterdir())


def test_a_failure_gives_exit_code_1_and_its_reason(command, tmp_path):
    Path("broken.py").write_text(BROKEN)
    here = ("--isolation", "none", "--out", "r", "-v")
    code, out, _ = command("run", "broken.py:Broken", "--cases", "lecture/*", *here)
    assert code == 1
    assert "fail broken lecture/neuron_with_sigmoid x" in out
    rows = [json.loads(line) for line in Path("r/results.jsonl").read_text().splitlines()]
    wrong = {row["reading"] for row in rows if row["verdict"] == "fail"}
    assert wrong == {"x0.grad", "x1.grad"}
    assert {row["reason"] for row in rows if row["verdict"] == "fail"} == {"gradient"}
    markdown = Path("r/summary.md").read_text()
    assert "### broken: mistake 1" in markdown
    assert "x0.grad is 0, torch says 0.393223866" in markdown


def test_quiet_prints_nothing_and_json_prints_one_object(command):
    assert command("run", "scalar", "--cases", "lecture/*", "-q")[1:] == ("", "")
    code, out, _ = command("run", "scalar", "--cases", "lecture/*", "--json", "-q")
    document = json.loads(out)
    assert code == 0
    assert document["summary"][0] | {"worst_rel": 0} == {
        "engine": "scalar",
        "family": "lecture",
        "cases": 3,
        "applicable": 3,
        "ran": 3,
        "passed": 3,
        "failed": 0,
        "missing": 0,
        "unsupported": 0,
        "xfailed": 0,
        "errored": 0,
        "pass_rate": 1.0,
        "coverage": 1.0,
        "worst_rel": 0,
        "reason": "",
    }
    assert document["engines"][0] == {
        "name": "scalar",
        "spec": "scalar",
        "version": "1",
        "arrays": False,
    }
    assert document["left_out"] == []


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["run", "scaler"], 4, "there is no engine 'scaler'; did you mean scalar?"),
        (
            ["run", "--cases", "lectures/*"],
            5,
            "no case matches 'lectures/*'; did you mean lecture/*",
        ),
        (["run", "--tag", "hard"], 4, "no case has the tag 'hard'; tags: "),
        (["run", "--dtype", "int8"], 4, "'int8' is not one of 'float64', 'float32'"),
        (["run", "nowhere.py:X"], 4, "there is no file or folder nowhere.py"),
        (["run", "nowhere.py", "nobody"], 4, "nowhere.py; there is no engine 'nobody'"),
        (["run", ""], 4, "an engine's name or path was expected; '' came"),
        (["run", "scalar", ""], 4, "an engine's name or path was expected; '' came"),
        (["engines", ""], 4, "an engine's name or path was expected; '' came"),
        (["engines", "nowhere.py"], 4, "there is no file or folder nowhere.py"),
        (
            ["run", "scalar", "--python", "/no"],
            4,
            "--python is only for engines that are not built in; scalar is built in",
        ),
        (["run", "--allow-unisolated"], 4, "not built in; torch, numpy, scalar are built in"),
        (
            ["xfails", "scalar", "--timeout", "3"],
            4,
            "--timeout is only for engines that are not built in",
        ),
        (["bench", "numpy", "--isolation", "none"], 4, "--isolation is only for engines that are"),
        (
            ["xfails", "scalar", "-o", "no/x.toml"],
            4,
            "no/x.toml cannot be written: there is no folder no",
        ),
        (
            ["draw", "lecture/no_such_case", "-o", "no/x.svg"],
            4,
            "no/x.svg cannot be written: there is no folder no",
        ),
        (
            ["spec", "--cases", "no/*", "-o", "no/x.html"],
            4,
            "no/x.html cannot be written: there is no folder no",
        ),
        (["run", "x.py", "--timeout", "nan"], 4, "a number of seconds was expected; nan came"),
        (["run", "x.py", "--timeout", "inf"], 4, "inf is not in the range 0.1<=x<=86400"),
        (["bench", "numpy", "--seconds", "nan"], 4, "a number of seconds was expected; nan came"),
        (["bench", "numpy", "nowhere.py"], 4, "there is no file or folder nowhere.py"),
        (["run", "x.py", "--timeout-total", "0"], 4, "0 is not in the range 0.1<=x<=86400"),
        (["run", "x.py", "--memory", "9" * 15], 4, "is not in the range 16<=x<=16777216"),
        (["show", "lecture/*"], 4, "one case was expected; 'lecture/*' is 3: lecture/neuron"),
        (["show", "lecture/neuron"], 4, "there is no case 'lecture/neuron'; did you mean lecture/"),
        (["run", "scalar", "-q", "-v"], 4, "-q prints no failures and -v prints them"),
        (["cases", "nothing/*"], 5, "no case matches 'nothing/*'"),
        (
            ["bench", "numpy", "--cases", "diamonds/*"],
            5,
            "no case that matches diamonds/* has the tag bench",
        ),
        (["frobnicate"], 4, "No such command 'frobnicate'"),
    ],
)
def test_a_wrong_name_is_answered_with_the_nearest(command, arguments, code, said):
    left, out, err = command(*arguments)
    assert left == code
    assert said in err
    assert out == ""


def test_cases_lists_ids_levels_and_titles(command):
    code, out, err = command("cases", "lecture/*")
    assert code == 0
    assert "lecture/neuron_with_sigmoid" in out
    assert "the neuron with sigmoid as one op" in out
    assert err == "3 cases\n"


def test_show_prints_program_inputs_and_torchs_gradients(command):
    code, out, _ = command("show", "lecture/neuron_in_the_tutorials_spelling")
    assert code == 0
    assert "%12 = %11 ** -1" in out
    assert "w0 = 2  (float64)" in out
    assert "x0.grad = 0.3932238665" in out
    assert "%5.grad = 0.1966119332" in out  # an inner node, which the case itself does not read


def test_engines_lists_what_there_is(command):
    code, out, _ = command("engines")
    assert code == 0
    lines = out.splitlines()
    heads = [line.split()[0] for line in lines if not line.startswith(" ")]
    assert heads == ["torch", "numpy", "scalar", "autograd"]
    assert "engines/torch_, version 2." in lines[0]
    assert "float64; " in lines[5]


def test_brackets_in_a_path_are_no_markup_and_colons_no_emoji(command):
    code, out, _ = command("run", "scalar", "--cases", "lecture/*", "--out", "o[/red]:smile:")
    assert code == 0
    assert "o[/red]:smile:/summary.md\n" in out


def test_a_run_in_which_nothing_ran_is_an_error(command):
    code, out, err = command("run", "scalar", "--cases", "matmul/*")
    assert code == 5
    assert "gradconform: no engine ran a case\n" in err
    assert re.search(r"gradconform: scalar: no case ran: all \d+ are unsupported\n", err)
    assert "0.0%" not in out
    code, _, err = command("run", "scalar", "numpy", "--cases", "matmul/*", "-q")
    assert code == 0
    assert "scalar: no case ran" in err


def test_colours_are_for_terminals_only(command, monkeypatch):
    assert "\x1b" not in command("run", "scalar", "--cases", "lecture/*")[1]
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[32m" not in command("run", "scalar", "--cases", "lecture/*")[1]
    monkeypatch.delenv("NO_COLOR")
    assert "\x1b[32m" in command("run", "scalar", "--cases", "lecture/*")[1]
