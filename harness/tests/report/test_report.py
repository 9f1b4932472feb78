"""Views are made from `results.jsonl` alone, count honestly, and show foreign text harmlessly."""

import csv
import json
import re
from contextlib import suppress
from functools import partial

import pandas as pd
import pytest
from gradconform.harness.judge.cause import with_cause
from gradconform.harness.judge.outcome import (
    AtStep,
    CaseRun,
    Difference,
    Outcome,
    Reason,
    Verdict,
    telling,
)
from gradconform.harness.program.arrays import Array, Opaque
from gradconform.harness.program.transcript import Stop
from gradconform.harness.report import terminal
from gradconform.harness.report.failures import groups
from gradconform.harness.report.frame import read_results, summary, write_csv
from gradconform.harness.report.markdown import percent, write_markdown
from gradconform.harness.report.results_file import flattened, lines, read_description
from gradconform.harness.run.report_folder import ReportFolder
from rich.console import Console


def outcome(case, verdict, max_abs=None, max_rel=None, engine="mine", **fields):
    ran = CaseRun(engine, case.partition("/")[0], "core", case)
    return Outcome(ran, "result", verdict, difference=Difference(max_abs, max_rel), **fields)


def recorded(folder, outcomes, **run):
    with ReportFolder(folder, run) as record:
        for number, one in enumerate(outcomes):
            record.append(number, lines([one]))
    return read_results(folder)


def mixed(engine):
    of = partial(outcome, engine=engine)
    return [
        of("big/a", Verdict.PASS, max_rel=1e-9),
        of("big/b", Verdict.PASS_ALT),
        of("big/c", Verdict.FAIL, reason=Reason.VALUE, max_rel=0.5, message="half off"),
        of("big/d", Verdict.UNSUPPORTED, message="erf"),
        of("small/e", Verdict.TIMEOUT, message="too slow"),
    ]


MIXED = mixed("mine")


def test_the_summary_counts_what_ran_and_what_passed(tmp_path):
    found = summary(recorded(tmp_path, MIXED)).set_index("family")
    big = found.loc["big"]
    assert list(big[["cases", "ran", "passed", "failed", "unsupported", "errored"]]) == [
        4,
        3,
        2,
        1,
        1,
        0,
    ]
    assert big["pass_rate"] == pytest.approx(2 / 3)
    assert big["coverage"] == pytest.approx(3 / 4)
    assert big["worst_rel"] == 0.5
    small = found.loc["small"]
    assert list(small[["cases", "ran", "passed", "failed", "errored"]]) == [1, 1, 0, 0, 1]


def test_a_percentage_is_that_of_the_fraction_beside_it(tmp_path, capsys):
    table = recorded(tmp_path, MIXED)
    counts = summary(table).set_index("family")
    assert list(counts.index) == ["big", "small", "core", "torch", "all"]
    for total in ("core", "all"):
        assert list(counts.loc[total, ["passed", "ran", "cases"]]) == [2, 4, 5]
        assert counts.loc[total, "pass_rate"] == pytest.approx(2 / 4)
        assert counts.loc[total, "coverage"] == pytest.approx(4 / 5)
        assert counts.loc[total, "family_average"] == pytest.approx((2 / 3 + 0) / 2)
    assert pd.isna(counts.loc["big", "family_average"])
    assert counts.loc["torch", "cases"] == 0
    assert pd.isna(counts.loc["torch", "pass_rate"])
    text = write_markdown(table, counts.reset_index(), tmp_path).read_text()
    terminal.print_summary(counts.reset_index())
    for shown in (text, capsys.readouterr().out):
        assert "2/4 50.0%, ran 80.0% of 5" in shown
        assert "33" not in shown


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [(22, 23, "95.7%"), (2999, 3000, "99.9%"), (1, 3000, "0.1%"), (7, 7, "100.0%"), (0, 9, "0.0%")],
)
def test_only_all_is_100_percent_and_only_none_is_0(part, whole, shown):
    assert percent(part, whole) == shown


def test_few_cases_that_ran_are_said_in_words(tmp_path):
    rows = [outcome(f"f/{n}", Verdict.PASS if n < 7 else Verdict.UNSUPPORTED) for n in range(107)]
    table = recorded(tmp_path, rows)
    counts = summary(table)
    assert counts["reason"].iloc[-1] == "few cases ran: 7 of the 107 that apply"
    text = write_markdown(table, counts, tmp_path).read_text()
    assert "few cases ran: 7 of the 107 that apply" in text
    assert "7/7 100.0%, ran 6.5% of 107" in text


def test_cases_that_were_not_tried_are_counted_with_the_reason(tmp_path):
    said = "not tried: no case with a backward was answered in time (1 tried before)"
    late = [outcome("f/0", Verdict.TIMEOUT, message="no answer within 10 s")]
    late += [outcome(f"f/{n}", Verdict.TIMEOUT, message=said) for n in range(1, 4)]
    counts = summary(recorded(tmp_path, late))
    assert counts["reason"].iloc[-1] == f"3 cases {said}"


def test_a_case_is_as_good_as_its_worst_reading(tmp_path):
    rows = [
        outcome("f/a", Verdict.PASS),
        outcome("f/a", Verdict.FAIL),
        outcome("f/a", Verdict.PASS),
    ]
    assert summary(recorded(tmp_path, rows)).set_index("family").loc["f", "failed"] == 1


def test_failures_come_worst_first_and_five_at_most(tmp_path):
    rows = [
        outcome(f"f/{n}", Verdict.FAIL, reason=Reason.VALUE, max_rel=float(n), message=f"m{n}")
        for n in range(7)
    ]
    rows.append(outcome("f/raised", Verdict.FAIL, reason=Reason.RAISED, message="boom"))
    table = recorded(tmp_path, rows)
    (group,) = groups(table)
    assert list(group.shown["case"]) == ["f/raised", "f/6", "f/5", "f/4", "f/3"]
    assert group.more == 3
    assert "- ... and 3 more" in write_markdown(table, summary(table), tmp_path).read_text()


def test_core_and_short_programs_come_first_and_a_possible_cause_is_said_once(tmp_path):
    def failed(case, level, steps, max_rel, cause):
        ran = CaseRun("mine", "f", level, f"f/{case}", steps=steps)
        message = with_cause(f"{case} is wrong", cause)
        difference = Difference(1.0, max_rel)
        return Outcome(ran, "result", Verdict.FAIL, difference=difference, message=message)

    rows = [
        failed("random_graph", "core", 40, 9e9, "why"),
        failed("convention", "torch", 3, 1e9, "why"),
        failed("explains", "core", 4, 0.1, "why"),
        failed("larger", "core", 4, 0.5, ""),
    ]
    table = recorded(tmp_path, rows)
    (group,) = groups(table)
    assert list(group.shown["message"]) == [
        "larger is wrong",
        "explains is wrong. A possible cause: why",
        "random_graph is wrong",
        "convention is wrong",
    ]
    text = write_markdown(table, summary(table), tmp_path).read_text()
    assert text.count("A possible cause: why") == 1


@pytest.mark.parametrize(("last", "named"), [(Verdict.FAIL, "value"), (Verdict.CRASH, "last")])
def test_every_report_names_the_same_reading_of_a_failed_case(tmp_path, last, named):
    rows = [
        outcome("f/a", Verdict.PASS),
        outcome("f/a", Verdict.FAIL, max_rel=0.1, message="value"),
        outcome("f/a", last, max_rel=5.0, message="last"),
    ]
    (group,) = groups(recorded(tmp_path, rows))
    assert [*group.shown["message"], telling(rows).message] == [named, named]


def test_a_half_written_last_line_does_not_spoil_the_rest(tmp_path):
    recorded(tmp_path, MIXED)
    with (tmp_path / "results.jsonl").open("a") as file:
        file.write('{"engine": "mine", "fam')
    assert len(read_results(tmp_path)) == len(MIXED)


LEFT_OUT = {"name": "ada/engine", "spec": "hw/ada/engine.py", "reason": "=SyntaxError, line 2"}
RUN = {
    "selection": {"count": 7},
    "planned": {"core": {"big": 6}, "torch": {"ties": 1}},
    "planned_arrays": {"core": {"big": 2}, "torch": {"ties": 1}},
    "engines": [
        {"name": "mine", "spec": "mine.py"},
        {"name": "later", "spec": "later.py", "arrays": False},
    ],
    "left_out": [LEFT_OUT],
}


def test_an_engine_that_was_left_out_has_a_row_with_the_reason(tmp_path):
    table = recorded(tmp_path, MIXED, left_out=[LEFT_OUT], selection={"count": 5})
    counts = summary(table, read_description(tmp_path))
    last = counts.iloc[-1]
    assert list(last[["engine", "family", "cases", "ran", "passed"]]) == [
        "ada/engine",
        "all",
        5,
        0,
        0,
    ]
    assert last["coverage"] == 0.0
    _, path = write_csv(table, counts, tmp_path)
    assert "'=SyntaxError, line 2" in path.read_text().splitlines()[-1]
    text = write_markdown(table, counts, tmp_path).read_text()
    assert "- left out **hw/ada/engine.py**: =SyntaxError, line 2" in text


def test_a_run_of_which_everything_was_left_out_is_a_report_too(tmp_path):
    table = recorded(tmp_path, [], **(RUN | {"engines": []}))
    counts = summary(table, read_description(tmp_path))
    assert list(counts["engine"]) == ["ada/engine"]
    assert "hw/ada/engine.py" in write_markdown(table, counts, tmp_path).read_text()


def test_an_interrupted_run_counts_the_cases_that_it_did_not_reach(tmp_path):
    with suppress(KeyboardInterrupt), ReportFolder(tmp_path, RUN) as record:
        record.append("big", lines([one for one in MIXED if one.case_run.family == "big"]))
        raise KeyboardInterrupt
    table = read_results(tmp_path)
    counts = summary(table, read_description(tmp_path)).set_index(["engine", "family"])
    assert list(counts.loc[("mine", "big"), ["cases", "ran", "passed"]]) == [6, 3, 2]
    assert counts.loc[("mine", "all"), "reason"] == "interrupted after 4 of 7 cases"
    assert list(counts.loc[("mine", "big"), ["cases", "applicable"]]) == [6, 6]
    assert list(counts.loc[("later", "all"), ["cases", "applicable", "ran"]]) == [7, 4, 0]
    assert counts.loc[("later", "all"), "reason"] == "not reached: the run was interrupted"
    assert counts.loc[("later", "core"), "applicable"] == 4
    text = write_markdown(table, counts.reset_index(), tmp_path).read_text()
    said = "interrupted after 1 of 14 case runs; not reached: later"
    assert text.splitlines()[0] == f"# Conformance with PyTorch: {said}"
    assert "2/3 of 6" in text


def test_an_engine_that_ran_nothing_has_a_remark_and_no_score(tmp_path):
    rows = [outcome("f/a", Verdict.UNSUPPORTED, message="tensors")]
    table = recorded(tmp_path, rows)
    counts = summary(table)
    assert counts["reason"].iloc[-1] == "no case ran: all 1 are unsupported"
    text = write_markdown(table, counts, tmp_path).read_text()
    assert "0.0%" not in text


def of_many(folder, count):
    rows = [one for n in range(count) for one in mixed(f"student {n:02}")]
    table = recorded(
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
    return table, summary(table)


def test_many_engines_are_one_row_each(tmp_path):
    table, counts = of_many(tmp_path, 20)
    text = write_markdown(table, counts, tmp_path).read_text()
    scores = text.partition("## Scores")[2].partition("##")[0]
    assert len(re.findall(r"^\| student 07 ", scores, re.M)) == 1
    families = text.partition("## By family")[2].partition("##")[0]
    assert re.search(r"^\| student 07 +\| 2/3 of 4 +\| 0/1", families, re.M)
    assert text.count("Walls: W.") == 1
    assert "; W" not in text


@pytest.mark.parametrize(("count", "width"), [(6, 120), (20, 120), (5, 60), (20, 60)])
def test_a_table_that_does_not_fit_has_one_row_per_engine(
    tmp_path, capsys, monkeypatch, count, width
):
    monkeypatch.setattr(
        terminal, "console", lambda: Console(width=width, markup=False, highlight=False)
    )
    terminal.print_summary(of_many(tmp_path, count)[1])
    out = capsys.readouterr().out
    assert "…" not in out
    assert max(map(len, out.splitlines())) <= width
    for number in range(count):
        assert out.count(f"student {number:02}") == 1


def test_non_finite_numbers_survive(tmp_path):
    one = outcome("f/a", Verdict.FAIL, max_abs=float("inf"), max_rel=float("nan"))
    assert json.loads(json.dumps(flattened(one), allow_nan=False))["max_abs"] == "inf"
    table = recorded(tmp_path, [one])
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
    table = recorded(tmp_path, rows)
    text = write_markdown(table, summary(table), tmp_path).read_text()
    assert "<script>" not in text
    assert r"\*\*bold\*\*" in text
    assert r"\[link\]" in text
    assert r"\~\~x\~\~ \$y\$ @&#8203;all x @ y https:\//e.org www\.e.org" in text


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "＋", "－", "＠"])
def test_a_cell_that_a_spreadsheet_would_run_is_defused(tmp_path, start):
    rows = [outcome("f/a", Verdict.FAIL, message=f"{start}cmd|' /C calc'!A0")]
    table = recorded(tmp_path, rows)
    results, _ = write_csv(table, summary(table), tmp_path)
    assert pd.read_csv(results)["message"][0].startswith(f"'{start}cmd")


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
    table = recorded(tmp_path, rows)
    for path in write_csv(table, summary(table), tmp_path):
        with path.open(newline="") as file:
            cells = [cell for row in csv.reader(file, delimiter=separator) for cell in row]
        assert [
            cell for cell in cells if cell.lstrip(" \u00a0\"'").startswith(tuple("=+-@＝"))
        ] == [cell for cell in cells if cell.lstrip(' \u00a0"').startswith("'")]


def test_a_negative_number_in_a_message_stays_as_it_is(tmp_path):
    said = "x.grad is [-1.5, -2], torch says -1e-07; or -inf"
    table = recorded(tmp_path, [outcome("f/a", Verdict.FAIL, message=said)])
    results, _ = write_csv(table, summary(table), tmp_path)
    assert pd.read_csv(results)["message"][0] == said
