"""The summary counts honestly: what ran, what passed, what was left out and what was not reached."""

import math
import random
from contextlib import suppress

import pandas as pd
import pytest
from gradconform.harness.diagnose.finding import Kind
from gradconform.harness.judge.outcome import (
    ERRORED,
    FAILED,
    LACKING,
    PASSED,
    SEVERITY,
    AtStep,
    CaseRun,
    Difference,
    Outcome,
    Reason,
    Verdict,
)
from gradconform.harness.report import terminal
from gradconform.harness.report.files import write_report
from gradconform.harness.report.frame import read_results, read_summary
from gradconform.harness.report.mistakes import kind_in_words
from gradconform.harness.report.results_file import CSV_COLUMN_NAMES, lines
from gradconform.harness.report.score import percent
from gradconform.harness.run.report_folder import ReportFolder
from gradconform.harness.tests.report.outcomes import (
    MIXED,
    counts,
    markdown,
    outcome,
    reported,
)


def test_the_summary_counts_what_ran_and_what_passed(tmp_path):
    reported(tmp_path, MIXED)
    found = counts(tmp_path)
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
    report = reported(tmp_path, MIXED)
    found = counts(tmp_path)
    assert list(found.index) == ["big", "small", "core", "torch", "all"]
    for total in ("core", "all"):
        assert list(found.loc[total, ["passed", "ran", "cases"]]) == [2, 4, 5]
        assert found.loc[total, "pass_rate"] == pytest.approx(2 / 4)
        assert found.loc[total, "coverage"] == pytest.approx(4 / 5)
        assert found.loc[total, "family_average"] == pytest.approx((2 / 3 + 0) / 2)
    assert pd.isna(found.loc["big", "family_average"])
    assert found.loc["torch", "cases"] == 0
    assert pd.isna(found.loc["torch", "pass_rate"])
    terminal.print_summary(report.scores)
    printed = capsys.readouterr().out
    assert "2/4 50.0%, ran 80.0% of 5" in printed
    assert "| mine   | 2/4 50.0%, ran 80.0% | —     | 1 failed, 1 errored |" in markdown(tmp_path)
    for shown in (markdown(tmp_path), printed):
        assert "33" not in shown


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [(22, 23, "95.7%"), (2999, 3000, "99.9%"), (1, 3000, "0.1%"), (7, 7, "100.0%"), (0, 9, "0.0%")],
)
def test_only_all_is_100_percent_and_only_none_is_0(part, whole, shown):
    assert percent(part, whole) == shown


def test_few_cases_that_ran_are_said_in_words(tmp_path):
    rows = [outcome(f"f/{n}", Verdict.PASS if n < 7 else Verdict.UNSUPPORTED) for n in range(107)]
    said = "few cases ran: 7 of the 107 that apply"
    assert reported(tmp_path, rows).scores[-1].reason == said
    assert said in markdown(tmp_path)
    assert "7/7 100.0%, ran 6.5% " in markdown(tmp_path)


def test_cases_that_were_not_tried_are_counted_with_the_reason(tmp_path):
    said = "not tried: no case with a backward was answered in time (1 tried before)"
    late = [outcome("f/0", Verdict.TIMEOUT, message="no answer within 10 s")]
    late += [outcome(f"f/{n}", Verdict.TIMEOUT, message=said) for n in range(1, 4)]
    assert reported(tmp_path, late).scores[-1].reason == f"3 cases {said}"


def test_a_case_is_as_good_as_its_worst_reading(tmp_path):
    rows = [
        outcome("f/a", Verdict.PASS),
        outcome("f/a", Verdict.FAIL),
        outcome("f/a", Verdict.PASS),
    ]
    reported(tmp_path, rows)
    assert counts(tmp_path).loc["f", "failed"] == 1


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
    report = reported(tmp_path, MIXED, left_out=[LEFT_OUT], selection={"count": 5})
    last = report.scores[-1]
    assert (last.engine, last.family, last.cases, last.ran, last.passed, last.coverage) == (
        "ada/engine",
        "all",
        5,
        0,
        0,
        0.0,
    )
    assert (
        "'=SyntaxError, line 2"
        in (tmp_path / "summary.csv").read_text(encoding="utf-8").splitlines()[-1]
    )
    assert "- left out **hw/ada/engine.py**: =SyntaxError, line 2" in markdown(tmp_path)


def test_a_run_of_which_everything_was_left_out_is_a_report_too(tmp_path):
    report = reported(tmp_path, [], **(RUN | {"engines": []}))
    assert [row.engine for row in report.scores] == ["ada/engine"]
    assert "hw/ada/engine.py" in markdown(tmp_path)
    assert read_results(tmp_path).empty


def test_an_interrupted_run_counts_the_cases_that_it_did_not_reach(tmp_path):
    with suppress(KeyboardInterrupt), ReportFolder(tmp_path, RUN) as record:
        record.append((0, 0), lines([one for one in MIXED if one.case_run.family == "big"]))
        raise KeyboardInterrupt
    write_report(tmp_path)
    found = read_summary(tmp_path).set_index(["engine", "family"])
    assert list(found.loc[("mine", "big"), ["cases", "ran", "passed"]]) == [6, 3, 2]
    assert found.loc[("mine", "all"), "reason"] == "interrupted after 4 of 7 cases"
    assert list(found.loc[("mine", "big"), ["cases", "applicable"]]) == [6, 6]
    assert list(found.loc[("later", "all"), ["cases", "applicable", "ran"]]) == [7, 4, 0]
    assert found.loc[("later", "all"), "reason"] == "not reached: the run was interrupted"
    assert found.loc[("later", "core"), "applicable"] == 4
    said = "interrupted after 1 of 14 case runs; not reached: later"
    assert markdown(tmp_path).splitlines()[0] == f"# Conformance with PyTorch: {said}"
    assert "2/3 of 6" in markdown(tmp_path)


def test_an_engine_that_ran_nothing_has_a_remark_and_no_score(tmp_path):
    report = reported(tmp_path, [outcome("f/a", Verdict.UNSUPPORTED, message="tensors")])
    assert report.scores[-1].reason == "no case ran: all 1 are unsupported"
    assert "0.0%" not in markdown(tmp_path)


def drawn(chance):
    """Outcomes of three engines with every verdict, in two levels; some cases have several readings."""
    numbers = (None, 0.0, 1e-9, 0.25, 3e7, math.inf, math.nan)
    for engine in ("one", "two", "three"):
        for number in range(60):
            family, level = f"family {number % 7}", chance.choice(("core", "torch"))
            ran = CaseRun(engine, family, level, f"{family}/{number}", torch_version="2")
            for reading in ("result", "x.grad", AtStep(2))[: chance.randint(1, 3)]:
                verdict = chance.choice(list(Verdict))
                apart = verdict is Verdict.UNSUPPORTED and chance.random() < 0.5
                reason = Reason.ARRAYS if apart else Reason.NONE
                difference = Difference(chance.choice(numbers), chance.choice(numbers), 2**40)
                yield Outcome(ran, reading, verdict, reason, difference, f"said, of {number}")


def of_pandas(table):
    """The counts of each engine and family, of each level and of all, from the frame of all readings."""
    apart = (table["verdict"] == Verdict.UNSUPPORTED) & (table["reason"] == Reason.ARRAYS)
    table = table.assign(rank=table["verdict"].map(SEVERITY), apart=apart)
    cases = table.groupby(["engine", "level", "family", "case"]).agg(
        rank=("rank", "max"), worst_rel=("max_rel", "max"), apart=("apart", "any")
    )
    verdict = cases["rank"].map(dict(enumerate(Verdict)))
    sets = {"passed": PASSED, "failed": FAILED, "errored": ERRORED, "ran": set(Verdict) - LACKING}
    cases = cases.assign(cases=1, applicable=~cases["apart"], worst_rel=cases["worst_rel"])
    cases = cases.assign(**{name: verdict.isin(which) for name, which in sets.items()})
    single = {name: verdict == Verdict(name) for name in ("missing", "unsupported")}
    cases = cases.assign(**single, xfailed=verdict == Verdict.XFAIL).reset_index()
    parts = [cases, cases.assign(family=cases["level"]), cases.assign(family="all")]
    grouped = pd.concat(parts).groupby(["engine", "family"])
    summed = grouped[["cases", "applicable", *sets, *single, "xfailed"]].sum()
    return summed.assign(worst_rel=grouped["worst_rel"].max())


def test_the_sums_of_one_pass_are_those_of_pandas_over_all_rows(tmp_path):
    reported(tmp_path, drawn(random.Random(0)))
    table = read_results(tmp_path)
    expected = of_pandas(table)
    found = read_summary(tmp_path).set_index(["engine", "family"])
    assert list(dict.fromkeys(found.index.get_level_values(0))) == ["one", "two", "three"]
    pd.testing.assert_frame_equal(
        found[expected.columns], expected.loc[found.index], check_dtype=False
    )
    assert (tmp_path / "results.csv").read_text() == table[[*CSV_COLUMN_NAMES]].to_csv(index=False)
    assert (tmp_path / "summary.csv").read_text() == found.reset_index().to_csv(index=False)


def test_each_kind_of_mistake_is_shown_in_words():
    told = [kind_in_words(kind) for kind in Kind]
    assert len({*told}) == len(told)
    assert not [words for words in told if "-" in words]
    assert kind_in_words("wrong-walk") == "wrong order of the backward"


def test_an_engine_that_was_left_out_stands_with_its_reason_above_the_table(tmp_path):
    reason = "line 1: invalid syntax (`def <b>(:`), an unpaired ` is kept"
    left_out = [{"name": f"bob {k}", "spec": "bob.py", "reason": reason} for k in range(7)]
    reported(tmp_path, [], engines=[], left_out=left_out, selection={"count": 3})
    above = (tmp_path / "report.html").read_text().partition('<table id="overview"')[0]
    shown = "invalid syntax (<code>def &lt;b&gt;(:</code>), an unpaired ` is kept"
    assert above.count(f"</strong>. line 1: {shown}") == 5
    assert "2 more engines were left out; the table says why." in above
