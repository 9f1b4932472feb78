"""Views are made from `results.jsonl` alone, and show foreign text harmlessly."""

import csv
import json
import re
import subprocess
import sys
import tracemalloc
from itertools import product

import pandas as pd
import pytest
from gradconform.harness.judge.outcome import AtStep, CaseRun, Outcome, Reason, Verdict
from gradconform.harness.program.arrays import Array, Opaque
from gradconform.harness.program.transcript import Stop
from gradconform.harness.report import terminal
from gradconform.harness.report.files import write_report
from gradconform.harness.report.frame import read_results
from gradconform.harness.report.results_file import flattened, lines
from gradconform.harness.run.finished_run import FinishedRun
from gradconform.harness.run.report_folder import ReportFolder
from gradconform.harness.tests.report.outcomes import MIXED, markdown, mixed, outcome, reported
from gradconform.harness.tests.small_engines import VALUE
from rich.console import Console


def test_a_half_written_last_line_does_not_spoil_the_rest(tmp_path):
    reported(tmp_path, MIXED)
    with (tmp_path / "results.jsonl").open("a") as file:
        file.write('{"engine": "mine", "fam')
    assert len(read_results(tmp_path)) == len(MIXED)
    assert write_report(tmp_path).scores[-1].cases == len(MIXED)


def of_many(folder, count):
    rows = [one for n in range(count) for one in mixed(f"student {n:02}")]
    return reported(
        folder,
        rows,
        engines=[
            {
                "name": f"student {n:02}",
                "spec": "x",
                "found": "class Value",
                "notes": [],
                "wall": "W",
            }
            for n in range(count)
        ],
    )


def test_many_engines_are_one_row_each(tmp_path):
    of_many(tmp_path, 40)
    text = markdown(tmp_path)
    scores = text.partition("## Scores")[2].partition("##")[0]
    assert len(re.findall(r"^\| student 07 ", scores, re.M)) == 1
    families = text.partition("## By family")[2].partition("##")[0]
    assert re.search(
        r"^\| big +\| 40 of 40 +\| student 00 2/3, student 01 2/3, .* 37 more", families, re.M
    )
    assert text.count("<details><summary><b>student 07</b>: small, big</summary>") == 1
    assert max(len(line) for line in text.splitlines() if line.startswith("|")) <= 100
    assert text.count("Sandbox: W.") == 1
    assert "; W" not in text


def test_few_engines_are_compared_in_the_families_in_which_they_differ(tmp_path):
    same = [outcome("same/a", Verdict.PASS, engine=f"student {n:02}") for n in range(3)]
    rows = [one for n in range(3) for one in (*mixed(f"student {n:02}"), same[n])]
    reported(tmp_path, rows)
    families = markdown(tmp_path).partition("## By family")[2].partition("##")[0]
    assert re.search(r"^\| big +\| 2/3 of 4 +\| 2/3 of 4 +\| 2/3 of 4 +\|$", families, re.M)
    assert "| same" not in families
    assert "In 1 other family nothing failed, and each engine" in families


@pytest.mark.parametrize(("count", "width"), [(6, 120), (20, 120), (5, 60), (20, 60)])
def test_a_table_that_does_not_fit_has_one_row_per_engine(
    tmp_path, capsys, monkeypatch, count, width
):
    monkeypatch.setattr(
        terminal, "console", lambda: Console(width=width, markup=False, highlight=False)
    )
    terminal.print_summary(of_many(tmp_path, count).scores)
    out = capsys.readouterr().out
    assert "…" not in out
    assert max(map(len, out.splitlines())) <= width
    for number in range(count):
        assert out.count(f"student {number:02}") == 1


def test_non_finite_numbers_survive(tmp_path):
    one = outcome("f/a", Verdict.FAIL, max_abs=float("inf"), max_rel=float("nan"))
    assert json.loads(json.dumps(flattened(one), allow_nan=False))["max_abs"] == "inf"
    reported(tmp_path, [one])
    table = read_results(tmp_path)
    assert table["max_abs"][0] == float("inf")
    assert pd.isna(table["max_rel"][0])


def test_answers_are_written_as_json_and_a_long_array_is_cut():
    ran = CaseRun("mine", "f", "core", "f/a", tags=("scalar",))
    long, odd = Array.of([float("nan")] + [1.0] * 16), Opaque("str", "text")
    written = flattened(Outcome(ran, "x.grad", Verdict.FAIL, expected=long, actual=odd))
    assert (written["reading"], written["tags"]) == ("x.grad", ("scalar",))
    assert written["expected"] == {"dtype": "float64", "shape": [17], "data": ["nan"] + [1.0] * 15}
    assert written["actual"] == {"opaque": "str", "text": "text"}
    stop = Stop("raised", 3, message="ValueError: no")
    written = flattened(Outcome(ran, AtStep(3), Verdict.PASS, actual=stop))
    assert [written[name] for name in ("reading", "expected", "actual")] == [
        "step 3",
        None,
        stop.message,
    ]
    assert flattened(Outcome(ran, None, Verdict.HARNESS_ERROR))["reading"] == ""


HOSTILE = "<script>alert(1)</script> | **bold** [link](x) `code` ~~x~~ $y$ @all x @ y https://e.org www.e.org"


def test_text_from_an_engine_is_shown_and_never_rendered(tmp_path):
    rows = [outcome("f/a", Verdict.FAIL, reason=Reason.RAISED, message=HOSTILE)]
    reported(tmp_path, rows)
    text = markdown(tmp_path)
    assert "<script>" not in text
    assert r"\*\*bold\*\*" in text
    assert r"\[link\]" in text
    assert r"\~\~x\~\~ \$y\$ @&#8203;all x @ y https:\//e.org www\.e.org" in text


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "＋", "－", "＠"])
def test_a_cell_that_a_spreadsheet_would_run_is_defused(tmp_path, start):
    rows = [outcome("f/a", Verdict.FAIL, message=f"{start}cmd|' /C calc'!A0")]
    reported(tmp_path, rows)
    assert pd.read_csv(tmp_path / "results.csv")["message"][0].startswith(f"'{start}cmd")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_no_separator_makes_a_formula_of_a_part_of_a_message(tmp_path, separator):
    texts = [
        "=1+1",
        "x;=HYPERLINK(1);y",
        "x; +1+1",
        "x,@SUM",
        ';"=1+1;"',
        "\u00a0=1",
        "x\t-1+1",
        "x;＝1",
    ]
    rows = [
        outcome(f"f/{n}", Verdict.FAIL, message=text, engine=text) for n, text in enumerate(texts)
    ]
    reported(tmp_path, rows)
    for path in (tmp_path / "results.csv", tmp_path / "summary.csv"):
        with path.open(newline="", encoding="utf-8") as file:
            cells = [cell for row in csv.reader(file, delimiter=separator) for cell in row]
        assert [
            cell for cell in cells if cell.lstrip(" \u00a0\"'").startswith(tuple("=+-@＝"))
        ] == [cell for cell in cells if cell.lstrip(' \u00a0"').startswith("'")]


def test_a_negative_number_in_a_message_stays_as_it_is(tmp_path):
    said = "x.grad is [-1.5, -2], torch says -1e-07; or -inf"
    reported(tmp_path, [outcome("f/a", Verdict.FAIL, message=said)])
    assert pd.read_csv(tmp_path / "results.csv")["message"][0] == said


def test_of_very_many_engines_those_with_the_lowest_scores_are_shown(tmp_path, capsys):
    passed = [outcome("f/a", Verdict.PASS, engine=f"good {n:03}") for n in range(480)]
    failed = outcome("f/a", Verdict.FAIL, engine="weak", message="half off")
    none = [outcome("f/a", Verdict.UNSUPPORTED, engine=f"empty {n:03}") for n in range(119)]
    report = reported(tmp_path, [*passed, failed, *none], engines=[], left_out=[])
    said = (
        "600 engines: 480 passed every case that they ran, 1 did not, and 119 ran none. Here are the "
        "{} with the lowest scores; summary.csv has all of them."
    )
    text = markdown(tmp_path)
    assert said.format(500) in text
    scores = text.partition("## Scores")[2].partition("##")[0]
    assert re.findall(r"^\| (\w+ \d+|weak) ", scores, re.M) == [
        *(f"good {n:03}" for n in range(380)),
        "weak",
        *(f"empty {n:03}" for n in range(119)),
    ]
    assert "half off" in text
    terminal.print_summary(report.scores)
    out = capsys.readouterr().out
    assert said.format(100) in " ".join(out.split())
    assert out.count("empty 0") == 100
    assert len((tmp_path / "summary.csv").read_text().splitlines()) == 1 + 4 * 600
    finished = FinishedRun(report, failed=True, ran=True, not_run_by_machine=False)
    *remarks, last = finished.remarks(table=True)
    assert remarks[99] == "empty 099: no case ran: all 1 are unsupported"
    assert last == "19 more engines have a remark: see summary.csv"


def test_no_row_stays_in_memory(tmp_path):
    title = "long " * 100
    with ReportFolder(tmp_path, {}) as record:
        for engine, number in product(range(3), range(1500)):
            verdict, said = (Verdict.FAIL, "x" * 1200) if number % 3 else (Verdict.PASS, "")
            ran = CaseRun(f"mine {engine}", "f", "core", f"f/{number}", title=title)
            record.append((engine, number), lines([Outcome(ran, "result", verdict, message=said)]))
    tracemalloc.start()
    try:
        write_report(tmp_path)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    size = (tmp_path / "results.jsonl").stat().st_size
    assert size > 7_000_000
    assert most < size / 2


MODULES = """
import sys
from gradconform.harness.cli import main

try:
    main(sys.argv[1:])
finally:
    print(*sys.modules)
"""


@pytest.mark.parametrize(
    ("text", "option", "code", "unused"),
    [
        (VALUE, "-v", 0, {"pandas", "rich.progress"}),
        ("no engine", "-q", 1, {"pandas", "rich", "numpy"}),
    ],
)
def test_a_run_imports_only_what_it_needs(tmp_path, text, option, code, unused):
    student = tmp_path / "student.py"
    student.write_text(text)
    arguments = ["run", str(student), "--cases", "accumulation/sum_with_itself", option]
    command = [sys.executable, "-c", MODULES, *arguments, "--out", str(tmp_path / "r")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == code, done.stderr
    assert not unused & {*done.stdout.splitlines()[-1].split()}
