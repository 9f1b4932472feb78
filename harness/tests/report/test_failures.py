"""Of many failures the report shows those that explain most, and says how many more there are."""

import pytest
from gradconform.harness.judge.cause import with_cause
from gradconform.harness.judge.outcome import (
    CaseRun,
    Difference,
    Outcome,
    Reason,
    Verdict,
    telling,
)
from gradconform.harness.report import terminal
from gradconform.harness.tests.report.outcomes import markdown, outcome, reported


def groups(report):
    return list(report.found.failures.groups(report.folder, {"mine"}))


def test_failures_come_worst_first_and_five_at_most(tmp_path, capsys):
    rows = [
        outcome(f"f/{n}", Verdict.FAIL, reason=Reason.VALUE, max_rel=float(n), message=f"m{n}")
        for n in range(7)
    ]
    rows.append(outcome("f/raised", Verdict.FAIL, reason=Reason.RAISED, message="boom"))
    report = reported(tmp_path, rows)
    (group,) = groups(report)
    assert [row["case"] for row in group.shown] == ["f/raised", "f/6", "f/5", "f/4", "f/3"]
    assert group.more == 3
    assert "- ... and 3 more" in markdown(tmp_path)
    terminal.print_failures(report)
    out = capsys.readouterr().out.splitlines()
    assert out[0] == "fail mine f/raised boom"
    assert out[-1] == "... and 3 more in mine f"


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
    (group,) = groups(reported(tmp_path, rows))
    assert [row["message"] for row in group.shown] == [
        "larger is wrong",
        "explains is wrong. A possible cause: why",
        "random_graph is wrong",
        "convention is wrong",
    ]
    assert markdown(tmp_path).count("A possible cause: why") == 1


@pytest.mark.parametrize(("last", "named"), [(Verdict.FAIL, "value"), (Verdict.CRASH, "last")])
def test_every_report_names_the_same_reading_of_a_failed_case(tmp_path, last, named):
    rows = [
        outcome("f/a", Verdict.PASS),
        outcome("f/a", Verdict.FAIL, max_rel=0.1, message="value"),
        outcome("f/a", last, max_rel=5.0, message="last"),
    ]
    (group,) = groups(reported(tmp_path, rows))
    assert [*(row["message"] for row in group.shown), telling(rows).message] == [named, named]


def test_cases_that_were_not_tried_are_one_line(tmp_path):
    message = "not tried: no case with a backward was answered in time"
    rows = [outcome(f"f{n}/c", Verdict.TIMEOUT, message=message) for n in range(4)]
    rows.append(outcome("f1/late", Verdict.TIMEOUT, message="no answer within 10 s"))
    late, hangs = sorted(groups(reported(tmp_path, rows)), key=lambda group: group.more)
    assert [(late.family, late.more), (hangs.family, hangs.more)] == [("f1", 0), ("not tried", 3)]
    assert markdown(tmp_path).count("not tried: no case") == 2, "among the remarks, and here"
