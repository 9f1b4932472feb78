"""Views are made from `results.jsonl` alone, count honestly, and show foreign text harmlessly."""

import json

import pandas as pd
import pytest

from harness.errors import UsageError
from harness.outcome import Outcome, Reason, Verdict
from harness.report.failures import groups
from harness.report.markdown import write_markdown
from harness.report.record import Record, lines, row
from harness.report.table import frame, summary, write_csv


def outcome(case, verdict, **fields):
    family = case.partition("/")[0]
    defaults = {"level": "core", "reading": "result", "torch_version": "2.13.0"}
    return Outcome("mine", family, defaults["level"], case, "result", verdict, **fields)


def recorded(folder, outcomes):
    with Record(folder, {}) as record:
        for one in outcomes:
            record.append(lines([one]))
    return frame(folder)


MIXED = [
    outcome("big/a", Verdict.PASS, max_rel=1e-9),
    outcome("big/b", Verdict.PASS_ALT),
    outcome("big/c", Verdict.FAIL, reason=Reason.VALUE, max_rel=0.5, message="half off"),
    outcome("big/d", Verdict.UNSUPPORTED, message="erf"),
    outcome("small/e", Verdict.TIMEOUT, message="too slow"),
]


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


def test_totals_average_the_families(tmp_path):
    found = summary(recorded(tmp_path, MIXED)).set_index("family")
    assert list(found.index) == ["big", "small", "core", "torch", "all"]
    assert found.loc["all", "passed"] == 2
    assert found.loc["all", "pass_rate"] == pytest.approx((2 / 3 + 0) / 2)
    assert found.loc["core", "coverage"] == pytest.approx((3 / 4 + 1) / 2)
    assert found.loc["torch", "cases"] == 0
    assert pd.isna(found.loc["torch", "pass_rate"])


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


def test_a_half_written_last_line_does_not_spoil_the_rest(tmp_path):
    recorded(tmp_path, MIXED)
    with (tmp_path / "results.jsonl").open("a") as file:
        file.write('{"engine": "mine", "fam')
    assert len(frame(tmp_path)) == len(MIXED)


def test_a_run_without_outcomes_is_an_error(tmp_path):
    (tmp_path / "results.jsonl").write_text("")
    with pytest.raises(UsageError, match="holds no outcome"):
        frame(tmp_path)


def test_non_finite_numbers_survive(tmp_path):
    one = outcome("f/a", Verdict.FAIL, max_abs=float("inf"), max_rel=float("nan"))
    assert json.loads(json.dumps(row(one), allow_nan=False))["max_abs"] == "inf"
    table = recorded(tmp_path, [one])
    assert table["max_abs"][0] == float("inf")
    assert pd.isna(table["max_rel"][0])


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
