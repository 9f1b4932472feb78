"""Two runs are compared: what fails newly, what is lost, and what cannot be compared."""

import json
import random
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest
from gradconform.harness.errors import NothingSelected, UsageError
from gradconform.harness.judge.outcome import CaseRun, Difference, Outcome, Reason, Verdict
from gradconform.harness.program.arrays import Array
from gradconform.harness.report.diff.changes import Kind
from gradconform.harness.report.diff.compare import compare
from gradconform.harness.report.diff.document import document
from gradconform.harness.report.results_file import lines
from gradconform.harness.report.run_files import RunFiles
from gradconform.harness.run.report_folder import ReportFolder, named_folder

RUN = CaseRun("mine", "f", "core", "f/a", "float64", "d1", 4, engine_version="1", torch_version="2")
MEASURED = {"float64": {"rtol": 1e-12, "atol": 1e-12}}


def outcome(verdict, number=1.0, **of_run):
    """An outcome of one case, whose reading is `number`."""
    failed = verdict is Verdict.FAIL
    reason = Reason.VALUE if failed else Reason.NONE
    said = f"result is {number:g}, torch says 1" if failed else ""
    off = Difference(abs(number - 1.0), abs(number - 1.0), 0, "rtol")
    ran = replace(RUN, **of_run)
    return Outcome(ran, "result", verdict, reason, off, said, Array.of(1.0), Array.of(number))


def written(folder, outcomes, **facts):
    """The files of a run."""
    with ReportFolder(named_folder(folder), {"tolerances": MEASURED, **facts}) as record:
        for number, one in enumerate(outcomes):
            record.append((0, number), lines([one]))
    return RunFiles.of(folder)


def changed(tmp_path, old, new, old_facts=None, **facts):
    """The changes between two runs of these outcomes, as the JSON document."""
    runs = (
        written(tmp_path / "old", old, **(old_facts or {})),
        written(tmp_path / "new", new, **facts),
    )
    with compare(*runs) as changes:
        return json.loads("".join(document(changes)))


P, F, U, X = Verdict.PASS, Verdict.FAIL, Verdict.UNSUPPORTED, Verdict.XFAIL
M, C, XP, ALT = Verdict.MISSING, Verdict.CRASH, Verdict.XPASS, Verdict.PASS_ALT


@pytest.mark.parametrize(
    ("before", "now", "kind"),
    [
        (P, F, Kind.NEWLY_FAILING),
        (ALT, C, Kind.NEWLY_FAILING),
        (U, F, Kind.NEWLY_FAILING),
        (X, XP, Kind.NEWLY_FAILING),
        (P, M, Kind.NEWLY_FAILING),
        (P, U, Kind.LOST),
        (F, P, Kind.NEWLY_PASSING),
        (U, ALT, Kind.NEWLY_PASSING),
        (F, C, Kind.STILL_FAILING),
        (F, U, Kind.OTHERWISE),
        (P, X, Kind.OTHERWISE),
        (P, ALT, None),
        (P, P, None),
        (U, U, None),
    ],
)
def test_verdicts_before_and_now_say_what_changed(tmp_path, before, now, kind):
    found = changed(tmp_path, [outcome(before)], [outcome(now)])
    assert [each["kind"] for each in found["changes"]] == ([kind] if kind else [])
    assert found["counts"]["unchanged"] == (kind is None)
    assert found["regressions"] == (kind in (Kind.NEWLY_FAILING, Kind.LOST))


@pytest.mark.parametrize(
    ("number", "kinds"), [(2.5, [Kind.STILL_FAILING]), (2.0, []), (2.0000001, [])]
)
def test_a_failure_with_another_number_is_told_apart(tmp_path, number, kinds):
    found = changed(tmp_path, [outcome(F, 2.0)], [outcome(F, number)])
    assert [each["kind"] for each in found["changes"]] == kinds
    if kinds:
        both = [found["changes"][0][run]["actual"]["data"] for run in ("old", "new")]
        assert both == [[2.0], [number]]


@pytest.mark.parametrize(
    ("of_run", "facts", "why"),
    [
        ({"digest": "d2"}, {}, "digest: another program or input"),
        ({"digest": "d2", "seed": 1}, {}, "seed 0 → 1"),
        ({"digest": "d2", "dtype": "float32"}, {}, "dtype float64 → float32"),
        ({"torch_version": "3"}, {}, "torch 2 → 3"),
        (
            {},
            {"tolerances": {"float64": {"rtol": 1e-7, "atol": 1e-12}}},
            "tolerance rtol 1e-12 atol 1e-12 → rtol 1e-07 atol 1e-12",
        ),
    ],
)
def test_a_case_that_cannot_be_compared_says_why_and_is_no_regression(tmp_path, of_run, facts, why):
    found = changed(tmp_path, [outcome(P)], [outcome(F, 2.0, **of_run)], **facts)
    (change,) = found["changes"]
    assert (change["kind"], change["why"]) == ("not comparable", why)
    assert (found["regressions"], found["compared"]) == (0, 0)
    assert found["remarks"] == [
        "1 case passed before and fails now, but cannot be compared",
        f"not comparable: 1 case ({why})",
    ]


def test_another_seed_with_the_same_inputs_is_compared(tmp_path):
    assert changed(tmp_path, [outcome(P)], [outcome(F, 2.0, seed=10**30)])["regressions"] == 1


def test_an_engine_that_got_arrays_is_compared(tmp_path):
    apart = outcome(U, digest="", torch_version="", dtype="", steps=0)
    found = changed(tmp_path, [apart], [outcome(P)])
    assert [each["kind"] for each in found["changes"]] == ["newly passing"]


TWO = [outcome(P, case="f/a"), outcome(P, case="f/b")]
BROKEN = {"name": "mine", "spec": "mine.py", "reason": "SyntaxError"}


@pytest.mark.parametrize(
    ("new", "facts", "kind", "regressions"),
    [
        (TWO[:1], {}, Kind.REMOVED, 0),
        (TWO[:1], {"start": "2026", "end": "2026"}, Kind.REMOVED, 0),
        ([], {"left_out": [BROKEN]}, Kind.LOST, 2),
    ],
)
def test_a_case_that_is_not_there_is_a_regression_only_if_it_should_be(
    tmp_path, new, facts, kind, regressions
):
    found = changed(tmp_path, TWO, new, **facts)
    assert {each["kind"] for each in found["changes"]} == {kind}
    assert found["regressions"] == regressions


@pytest.mark.parametrize("done", [1, 0])
def test_what_an_interrupted_run_did_not_reach_no_longer_passes(tmp_path, done):
    new = written(tmp_path / "new", TWO[:done], engines=[{"name": "mine"}])
    run = new.folder / "run.json"
    run.write_text(json.dumps(json.loads(run.read_text()) | {"interrupted": True}))
    with compare(written(tmp_path / "old", TWO), RunFiles.of(new.folder)) as changes:
        lost = [(place.case, place.why) for place in changes.places(Kind.LOST)]
        assert lost == [("f/a", "not reached"), ("f/b", "not reached")][done:]
        assert changes.regressions == 2 - done


def test_a_new_case_is_added_and_an_old_one_removed(tmp_path):
    found = changed(tmp_path, TWO[:1], TWO[1:])
    assert [(each["kind"], each["case"]) for each in found["changes"]] == [
        ("added", "f/b"),
        ("removed", "f/a"),
    ]


def test_engines_are_matched_by_name_and_their_versions_are_told(tmp_path):
    old = written(tmp_path / "old", [outcome(P)])
    new = written(tmp_path / "new", [outcome(P, engine="yours", engine_version="2")])
    with pytest.raises(NothingSelected, match=r"no engine is in both runs: .* has mine, .* yours;"):
        compare(old, new)
    with pytest.raises(UsageError, match="old has no engine 'ours'; it has mine"):
        compare(old, new, {"ours": "yours"})
    with compare(old, new, {"mine": "yours"}) as changes:
        assert (changes.engines, changes.was) == ({"yours": ("1", "2")}, {"yours": "mine"})
        assert changes.unchanged["yours"] == 1


def test_a_comparison_of_nothing_is_no_success(tmp_path, command):
    written(tmp_path / "old", [outcome(P)])
    written(tmp_path / "new", [outcome(F, 2.0, torch_version="3")])
    code, out, err = command("diff", "old", "new", "--fail-on", "regression")
    assert (code, err) == (5, "gradconform: no case of these runs could be compared\n")
    assert "not comparable: 1 case (torch 2 → 3)" in out
    written(tmp_path / "other", [outcome(P, engine="other")])
    code, out, err = command("diff", "old", "other")
    assert (code, out) == (5, "")
    assert err.startswith(
        "gradconform: no engine is in both runs: old has mine, and other has other;"
    )


def test_an_engine_is_compared_with_the_one_that_was_named_alone(tmp_path, command):
    slow, fast = outcome(F, 2.0, engine="slow"), outcome(P, engine="fast")
    written(tmp_path / "run", [slow, fast])
    code, out, _ = command("diff", "run", "run", "--engines", "slow=fast")
    assert (code, out.splitlines()[0]) == (
        0,
        "no regression: 1 newly passing; 1 added; 0 unchanged",
    )
    code, _, err = command("diff", "run", "run", "--engines", "slow=fast", "--engines", "fast=fast")
    assert (code, "each engine can be compared with one other engine" in err) == (4, True)
    code, _, err = command("diff", "run", "run", "--engines", "slow")
    assert (code, "two names with = between them were expected; 'slow' came" in err) == (4, True)


def test_memory_does_not_grow_with_the_runs(tmp_path):
    chance = random.Random(0)
    for name in ("old", "new"):
        folder = tmp_path / name
        with ReportFolder(named_folder(folder), {}) as record:
            for number in range(400):
                one = outcome(chance.choice([P, F]), case=f"f/{number}", title="long " * 600)
                record.append((0, number), lines([one]))
    runs = RunFiles.of(tmp_path / "old"), RunFiles.of(tmp_path / "new")
    tracemalloc.start()
    try:
        with compare(*runs) as changes:
            count = sum(len(part) for part in document(changes))
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count > 50_000
    assert most < 400_000 < 1_200_000 < runs[0].results.stat().st_size


def test_the_command_says_it_and_stops_a_pipeline(tmp_path, command):
    written(tmp_path / "old", [outcome(P), outcome(F, 3.0, case="f/b"), outcome(P, case="f/c")])
    written(tmp_path / "new", [outcome(F, 2.0), outcome(P, case="f/b"), outcome(P, case="f/c")])
    code, out, _ = command("diff", "old", "new")
    assert code == 0
    assert out.splitlines() == [
        "1 regression: 1 newly failing; 1 newly passing; 1 unchanged",
        "newly failing mine f/a result pass → fail (was 1): result is 2, torch says 1",
        "newly passing mine f/b result fail → pass (3 → 1)",
    ]
    assert command("diff", "old", "new", "--fail-on", "regression")[0] == 1
    assert command("diff", "new", "new", "--fail-on", "regression")[0] == 0
    code, out, _ = command("diff", "old", str(Path("new", "results.jsonl")), "--json")
    assert (code, json.loads(out)["counts"]["newly failing"]) == (0, 1)
