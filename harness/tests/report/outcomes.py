"""Outcomes as a run gives them, and their report.

- `outcome`: one outcome. `MIXED`, `mixed`: five cases of an engine with different verdicts.
- `reported`: writes outcomes into a folder and makes the report. `markdown`: its `summary.md`.
- `counts`: its summary as a frame, by family.
"""

from functools import partial

from gradconform.harness.judge.outcome import CaseRun, Difference, Outcome, Reason, Verdict
from gradconform.harness.report.files import write_report
from gradconform.harness.report.frame import read_summary
from gradconform.harness.report.results_file import lines
from gradconform.harness.run.report_folder import ReportFolder


def outcome(case, verdict, max_abs=None, max_rel=None, engine="mine", **fields):
    ran = CaseRun(engine, case.partition("/")[0], "core", case)
    return Outcome(ran, "result", verdict, difference=Difference(max_abs, max_rel), **fields)


def reported(folder, outcomes, **run):
    with ReportFolder(folder, run) as record:
        for number, one in enumerate(outcomes):
            record.append((0, number), lines([one]))
    return write_report(folder)


def markdown(folder):
    return (folder / "summary.md").read_text()


def counts(folder):
    return read_summary(folder).set_index("family")


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
