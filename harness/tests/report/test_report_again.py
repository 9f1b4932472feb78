"""`gradconform report`: the views of a run are made again, and several runs become one comparison."""

import json
import re
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from gradconform.harness.report.frame import read_results
from gradconform.harness.report.html import torch_lines
from gradconform.harness.report.html.compact import Compact
from gradconform.harness.report.results_file import lines
from gradconform.harness.report.rows import read_cases
from gradconform.harness.report.run_files import RunFiles
from gradconform.harness.tests.report.outcomes import markdown
from gradconform.harness.tests.report.test_diff import F, P, outcome, written
from gradconform.harness.tests.report.test_files_of_a_run import OF_SCHEMA_1

VIEWS = {"results.csv", "summary.csv", "summary.md", "report.html"}
FILES = {"results.jsonl", "run.json", "diagnosis.json"}


def test_all_views_are_made_again_and_are_the_same(tmp_path, command):
    shutil.copytree(OF_SCHEMA_1, tmp_path / "run")
    code, out, err = command("report", "run")
    assert (code, err) == (0, "")
    assert {path.name for path in (tmp_path / "run").iterdir()} == FILES | VIEWS
    assert {f"run/{name}" for name in FILES | VIEWS} <= {*out.splitlines()}
    before = {name: (tmp_path / "run" / name).read_text() for name in VIEWS}
    for name in VIEWS:
        (tmp_path / "run" / name).unlink()
    assert command("report", "run/results.jsonl", "-q")[:2] == (0, "")
    assert {name: (tmp_path / "run" / name).read_text() for name in VIEWS} == before


def test_a_run_writes_the_views_that_its_files_alone_give(tmp_path, sample, command):
    shutil.copytree(sample, tmp_path / "run")
    assert command("report", "run", "-q")[:2] == (0, "")
    for name in VIEWS:
        assert (tmp_path / "run" / name).read_bytes() == (sample / name).read_bytes(), name


def test_a_run_that_was_killed_is_reported_as_interrupted(tmp_path, command):
    shutil.copytree(OF_SCHEMA_1, tmp_path / "run")
    facts = json.loads((tmp_path / "run/run.json").read_text())
    for key in ("end", "finished", "interrupted"):
        del facts[key]
    (tmp_path / "run/run.json").write_text(json.dumps(facts))
    lines = (tmp_path / "run/results.jsonl").read_text()
    (tmp_path / "run/results.jsonl").write_text(lines[:-100])
    code, out, err = command("report", "run")
    assert code == 0
    assert "interrupted after 8 of 8 case runs" in out
    assert err == "gradconform: run/results.jsonl is cut off in its last line, which is left out\n"
    assert "results.jsonl is cut off in its last line" in markdown(tmp_path / "run")


def test_lines_that_another_program_has_written_are_merged_as_they_are(tmp_path, command):
    shutil.copytree(OF_SCHEMA_1, tmp_path / "a")
    shutil.copytree(OF_SCHEMA_1, tmp_path / "b")
    before = [json.loads(line) for line in (tmp_path / "a/results.jsonl").read_text().splitlines()]
    compact = [json.dumps(dict(reversed(row.items())), separators=(",", ":")) for row in before]
    (tmp_path / "b/results.jsonl").write_text("\n".join(compact))
    assert command("report", "a", "b", "--out", "c", "-q")[0] == 0
    after = [json.loads(line) for line in (tmp_path / "c/results.jsonl").read_text().splitlines()]
    named = [row["engine"] for row in after]
    assert [row | {"engine": ""} for row in after] == 2 * [row | {"engine": ""} for row in before]
    assert named == [f"{row['engine']} ({run})" for run in "ab" for row in before]


RUNS = {
    "other_versions": (
        [outcome(P)],
        [outcome(F, 2.0, engine_version="2")],
        ["mine 1", "mine 2"],
    ),
    "one_version": ([outcome(P)], [outcome(F, 2.0)], ["mine (a)", "mine (b)"]),
    "other_names": ([outcome(P)], [outcome(P, engine="yours")], ["mine", "yours"]),
}


@pytest.mark.parametrize(("first", "second", "engines"), RUNS.values(), ids=RUNS.keys())
def test_engines_of_several_runs_are_kept_apart(tmp_path, command, first, second, engines):
    written(tmp_path / "a", first, seed=0, engines=[{"name": "mine", "version": "1"}])
    written(tmp_path / "b", second, seed=1, planned={"core": {"f": 5}})
    code, _, err = command("report", "a", "b", "--out", "both", "-q")
    assert code == 0
    table = read_results(tmp_path / "both")
    assert list(table["engine"]) == engines
    assert list(table["verdict"]) == [first[0].verdict, second[0].verdict]
    renamed = f"mine is in 2 of the runs; it is called {' and '.join(engines)}"
    assert (renamed in err) == (engines[0] != "mine")
    assert "the runs differ in seed: 0 (a) and 1 (b)" in err
    assert "the runs differ in seed: 0 (a) and 1 (b)" in markdown(tmp_path / "both")
    assert [each["name"] for each in RunFiles.of(tmp_path / "both").facts["engines"]] == engines


def test_a_mistake_an_engine_that_was_left_out_and_an_interruption_are_merged(tmp_path, command):
    shutil.copytree(OF_SCHEMA_1, tmp_path / "a")
    other = [outcome(P, engine="student", digest="d2", case="accumulation/sum_with_itself")]
    broken = {"name": "bob", "spec": "bob.py", "reason": "SyntaxError, line 2"}
    run = written(tmp_path / "b", other, left_out=[broken], selection={"count": 7})
    facts = run.folder / "run.json"
    plan = {"core": {"f": 3}, "torch": {}}
    engines = [{"name": "student", "version": "1"}]
    new = {"interrupted": True, "planned": plan, "engines": engines}
    facts.write_text(json.dumps(json.loads(facts.read_text()) | new))
    assert command("report", "a", "b", "--out", "both", "-q")[0] == 0
    summary = pd.read_csv("both/summary.csv").set_index(["engine", "family"])
    student = "student (a)"
    assert list(summary.loc[(student, "all"), ["passed", "ran", "cases"]]) == [1, 3, 4]
    assert list(summary.loc[("student 1", "all"), ["passed", "ran", "cases"]]) == [1, 1, 3]
    assert summary.loc[("student 1", "all"), "reason"] == "interrupted after 1 of 3 cases"
    assert list(summary.loc[("bob", "all"), ["ran", "cases"]]) == [0, 7]
    shown = markdown(tmp_path / "both")
    assert f"{student}: mistake 1" in shown
    assert "left out **bob.py**: SyntaxError, line 2" in shown
    assert "1 of 4 cases have another program or other inputs in some of the runs" in shown


HOSTILE = "=cmd()|x <script>alert(1)</script> \\input{/etc/passwd} & $x$ | [a](b)"


def test_a_table_is_written_in_the_format_that_was_asked_for(tmp_path, command):
    written(tmp_path / "run", [outcome(P), outcome(F, 2.0, engine=HOSTILE, case="f/b")])
    for table, form, name in (
        ("headline", "latex", "headline.tex"),
        ("headline", "markdown", "headline.md"),
        ("scores", "json", "scores.json"),
        ("cases", "csv", "cases.csv"),
        ("readings", "csv", "readings.csv"),
        ("readings", "json", "readings.json"),
    ):
        code, out, _ = command("report", "run", "--format", form, "--table", table)
        assert (code, out.splitlines()[-1]) == (0, f"run/{name}")
    latex = Path("run/headline.tex").read_text()
    assert r"mine & 1/1 100.0\% & — & 1/1 100.0\% \\" in latex
    assert r"\textbackslash input\{/etc/passwd\} \& \$x\$" in latex
    shown = Path("run/headline.md").read_text()
    assert "<script>" not in shown
    assert r"\| \[a\](b)" in shown
    scores = json.loads(Path("run/scores.json").read_text())
    assert [row["passed"] for row in scores if row["family"] == "all"] == [1, 0]
    assert scores[0]["family_average"] is None
    assert list(pd.read_csv("run/cases.csv")["engine"]) == ["mine", f"'{HOSTILE}"]
    readings = json.loads(Path("run/readings.json").read_text())
    assert json.loads(readings[1]["actual"])["data"] == [2.0]


REFUSED = {
    "none": (("nothing",), "nothing is no run: there is no such file or folder"),
    "no_out": (
        ("a", "b"),
        "several runs were named, so their comparison needs a folder: add --out",
    ),
    "twice": (("a", "a", "--out", "c"), "a was named twice"),
    "used": (("a", "b", "--out", "a"), "a holds a run already"),
    "other_name": (("a/x.jsonl",), "a/x.jsonl is not called results.jsonl"),
}


@pytest.mark.parametrize(("arguments", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_reported_is_said_in_a_sentence(tmp_path, command, arguments, said):
    for name in ("a", "b"):
        written(tmp_path / name, [outcome(P)])
    shutil.copy(tmp_path / "a/results.jsonl", tmp_path / "a/x.jsonl")
    code, out, err = command("report", *arguments)
    assert (code, out) == (4, "")
    assert err.startswith(f"gradconform: {said}")
    assert err.count("\n") == 1


def test_the_plots_of_the_page_are_written_as_pictures(tmp_path, command, monkeypatch):
    dollars = r"$\frac$ <svg>"
    written(tmp_path / "run", [outcome(P), outcome(F, 2.0, engine=dollars, case="f/b")])
    code, out, err = command("report", "run", "--plots")
    assert (code, err) == (0, "")
    assert out.splitlines()[-2:] == ["run/errors.png", "run/failures.png"]
    for name in ("errors.png", "failures.png"):
        assert (tmp_path / "run" / name).read_bytes().startswith(b"\x89PNG")
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    code, _, err = command("report", "run", "--plots")
    assert code == 4
    assert err.endswith("--plots needs matplotlib: pip install 'gradconform[bench]'\n")


def test_lines_of_torch_have_a_share_of_the_page(sample, monkeypatch):
    held = Compact(3)
    for rows in read_cases(sample):
        held.add(rows)
    every = torch_lines.torch_lines(sample, held)
    assert every.keys() == held.failing
    monkeypatch.setattr(torch_lines, "_MOST", 1000)
    some = torch_lines.torch_lines(sample, held)
    assert 0 < len(some) < len(every)
    assert sum(map(len, some.values())) <= 1000
    assert list(some) == sorted(every, key=held.rank)[: len(some)]


def test_parquet_needs_pyarrow_and_says_how_to_get_it(tmp_path, command):
    written(tmp_path / "run", [outcome(P)])
    code, _, err = command("report", "run", "--format", "parquet", "-q")
    try:
        import pyarrow  # noqa: F401 - only asked for
    except ImportError:
        assert (code, err) == (
            4,
            "gradconform: --format parquet needs pyarrow: pip install pyarrow\n",
        )
    else:
        assert list(pd.read_parquet("run/scores.parquet")["passed"]) == [1, 1, 0, 1]


def test_the_page_of_runs_with_other_orders_has_each_case_in_its_place(tmp_path, command):
    """The second run begins with the last case of the first one."""
    cases = [outcome(P, case="f/a"), outcome(F, 2.0, case="f/b"), outcome(P, case="f/c")]
    written(tmp_path / "a", cases)
    yours = [replace(one, case_run=replace(one.case_run, engine="yours")) for one in cases]
    written(tmp_path / "b", reversed(yours))
    assert command("report", "a", "b", "--out", "both", "-q")[0] == 0
    compact = Compact(2)
    for rows in read_cases(tmp_path / "both"):
        compact.add(rows)
    mine, other = compact.columns(["mine", "yours"])["letters"]
    assert (compact.cases["case"], mine) == (["f/a", "f/b", "f/c"], other)


def test_cases_that_stand_twice_in_a_file_are_said(tmp_path, command):
    shutil.copytree(OF_SCHEMA_1, tmp_path / "run")
    results = tmp_path / "run/results.jsonl"
    results.write_text(results.read_text() * 2)
    _, _, err = command("report", "run", "-q")
    assert "student has 8 cases, and 4 were asked: some of them count twice" in err
    _, _, err = command("report", str(OF_SCHEMA_1), "run", "--out", "both", "-q")
    assert "student (run) has 8 cases, and 4 were asked: some of them count twice" in err
    _, out, _ = command("diff", str(OF_SCHEMA_1), "run")
    assert "8 cases stand twice in a file: only the first outcome counts" in out


def test_hostile_texts_made_by_hand_are_harmless_in_every_view(tmp_path, command):
    """A cell of CSV that begins a formula has an apostrophe, and Markdown and terminal show only text."""
    hostile = f"{HOSTILE} `x` </details> \x1b[31m\u202e"
    row = json.loads(lines([outcome(F, 2.0)]))
    row |= dict.fromkeys(("engine", "family", "case", "reading", "message", "title"), hostile)
    row |= {"torch_version": hostile, "engine_version": hostile, "tags": [hostile]}
    found = {"name": hostile, "found": hostile, "notes": [hostile], "wall": hostile}
    left_out = {"name": "other", "spec": hostile, "reason": hostile}
    written(tmp_path / "run", [], engines=[found], left_out=[left_out], remarks=[hostile])
    (tmp_path / "run/results.jsonl").write_text(json.dumps(row) + "\n")
    code, out, err = command("report", "run")
    assert code == 0
    shown = markdown(tmp_path / "run")
    assert not {"\x1b", "\u202e"} & {*out, *err, *shown}
    assert not re.search("<script>|</details>|`x`", shown)
    for name in ("results.csv", "summary.csv"):
        cells = pd.read_csv(tmp_path / "run" / name, dtype=str).iloc[0]
        assert not cells.str.startswith("=").any()
        assert cells["engine"].startswith("'=cmd()")


def test_a_line_that_is_no_outcome_leaves_the_older_views_as_they_were(tmp_path, command):
    shutil.copytree(OF_SCHEMA_1, tmp_path / "run")
    assert command("report", "run", "-q")[0] == 0
    before = (tmp_path / "run/results.csv").read_text()
    with (tmp_path / "run/results.jsonl").open("a") as file:
        file.write("{}\n")
    code, out, err = command("report", "run")
    assert (code, out) == (4, "")
    assert "results.jsonl, line 17, is no outcome: engine is missing." in err
    assert (tmp_path / "run/results.csv").read_text() == before
    assert {path.name for path in (tmp_path / "run").iterdir()} == FILES | VIEWS


def test_a_merged_run_can_be_merged_again(tmp_path, command):
    broken = {"name": "bob", "spec": "bob.py", "reason": "SyntaxError"}
    written(
        tmp_path / "a",
        [outcome(P)],
        left_out=[broken],
        selection={"count": 7, "tolerance": "measured"},
    )
    written(tmp_path / "b", [outcome(P, engine="yours")])
    written(tmp_path / "c", [outcome(P, engine="other")])
    code, _, err = command("report", "a", "b", "--out", "ab", "-q")
    assert (code, "tolerance" in err) == (0, False)
    code, _, err = command("report", "ab", "c", "--out", "abc", "-q")
    assert (code, "tolerance" in err) == (0, False)
    summary = pd.read_csv("abc/summary.csv").set_index(["engine", "family"])
    assert list(summary.loc[(slice(None), "all"), "cases"]) == [1, 1, 1, 7]


def test_the_view_that_cannot_be_written_is_named(tmp_path, command):
    shutil.copytree(OF_SCHEMA_1, tmp_path / "run")
    (tmp_path / "run/report.html").mkdir()
    code, _, err = command("report", "run", "-q")
    assert code == 4
    assert err == "gradconform: run/report.html cannot be written: Is a directory\n"
