"""Files of a run that were cut off, changed by hand, or written by another version."""

import json
import shutil
from pathlib import Path

import pytest
from gradconform.harness.errors import UsageError
from gradconform.harness.report.diff.compare import compare
from gradconform.harness.report.files import write_report
from gradconform.harness.report.results_file import lines
from gradconform.harness.report.rows import outcome_of, read_cases
from gradconform.harness.report.run_files import RunFiles
from gradconform.harness.tests.report.outcomes import MIXED

# A run of two engines as schema 1 has it: written by gradconform 2026.11, and never changed since.
OF_SCHEMA_1 = Path(__file__).with_name("run_of_schema_1")


@pytest.fixture
def run(tmp_path):
    """A copy of that run, and a function that gives its results other lines."""
    folder = tmp_path / "run"
    shutil.copytree(OF_SCHEMA_1, folder)
    return folder


def test_a_run_of_schema_1_stays_readable(run):
    report = write_report(run)
    rows = {(row.engine, row.family): row for row in report.scores}
    scores = [(row.passed, row.ran, row.applicable) for row in rows.values() if row.family == "all"]
    assert scores == [(1, 3, 3), (4, 4, 4)]
    shown = (run / "summary.md").read_text()
    assert r"Your \`tanh\` has a wrong derivative" in shown
    assert "accumulation/difference_with_itself" in shown
    assert "class Value, line 2 of student.py" in shown
    with compare(RunFiles.of(OF_SCHEMA_1), RunFiles.of(run)) as changes:
        assert changes.unchanged == {"student": 4, "numpy": 4}
        assert changes.engines["student"] == ("sha256:23bbe0de21",) * 2


(GOOD,) = lines([MIXED[0]]).splitlines()
VALUES = json.loads(GOOD)


def with_value(**columns):
    return json.dumps(VALUES | columns)


WITHOUT_TITLE = json.dumps({name: value for name, value in VALUES.items() if name != "title"})
ARRAY = {"dtype": "float64", "shape": [1], "data": ["one"]}
BAD_LINES = {
    "no_json": ("hello", "it is not JSON"),
    "half": (GOOD[:40], "it is not JSON"),
    "no_text": (b"\xff\xfe\x00", "it is not JSON"),
    "deep": ("[" * 100_000, "it is not JSON"),
    "list": ("[]", r"must be an object, and is \[\]"),
    "empty_line": ("", "it is not JSON"),
    "no_title": (WITHOUT_TITLE, "title is missing"),
    "engine": (with_value(engine=3), "engine must be text, and is 3"),
    "verdict": (with_value(verdict="good"), "verdict is 'good', which is none of 'pass', .*"),
    "level": (with_value(level="mine"), "level is 'mine', which is none of 'core', 'torch'"),
    "reason": (with_value(reason="bad luck"), "reason is 'bad luck', which is none of .*"),
    "steps": (with_value(steps="4"), "steps must be a whole number, and is '4'"),
    "seconds": (with_value(seconds=None), "seconds must be a number, and is None"),
    "difference": (with_value(max_rel="big"), "a number is neither finite nor one of 'nan', .*"),
    "huge": (with_value(max_abs=10**400), "max_abs must be a number or text or null, .*"),
    "endless": (with_value(seconds=float("inf")), "a number is neither finite nor one of .*"),
    "literal": (
        with_value(actual={**ARRAY, "data": [float("nan")]}),
        "a number is neither finite nor one of 'nan', .*",
    ),
    "huge_element": (
        with_value(actual={**ARRAY, "data": [10**400]}),
        r"actual\.data\[0\] must be a .*",
    ),
    "large_element": (
        with_value(actual={**ARRAY, "data": [1 << 63]}),
        "a number is .*, or is too large for torch",
    ),
    "long": (with_value(steps=10**30), "steps is too large for the length of a program"),
    "tags": (with_value(tags="scalar"), "tags must be a list, and is 'scalar'"),
    "actual": (with_value(actual=[1.0]), r"actual must be an object, and is \[1.0\]"),
    "data": (with_value(expected=ARRAY), "a number is neither finite nor one of 'nan', .*"),
    "escape": (with_value(verdict="\x1b[31m"), r"verdict is '\\x1b\[31m', which is none of .*"),
}


@pytest.mark.parametrize(("line", "said"), BAD_LINES.values(), ids=BAD_LINES.keys())
def test_a_line_that_is_no_outcome_is_named_with_its_number(run, line, said):
    bad = line if isinstance(line, bytes) else line.encode()
    (run / "results.jsonl").write_bytes(b"\n".join([GOOD.encode(), bad, GOOD.encode(), b""]))
    sentence = (
        rf"results\.jsonl, line 2, is no outcome: {said}\. Remove the line, or make the file again"
    )
    with pytest.raises(UsageError, match=sentence):
        write_report(run)


def test_a_file_without_line_ends_is_refused_before_it_fills_the_memory(run):
    with (run / "results.jsonl").open("wb") as file:
        file.truncate(2 << 30)  # it takes no room on the disk
    with pytest.raises(UsageError, match="line 1, is no outcome: it is not JSON"):
        list(read_cases(run))


def test_a_last_line_that_is_cut_off_is_left_out_and_said(run):
    before = sum(map(len, read_cases(run)))
    with (run / "results.jsonl").open("a") as file:
        file.write(GOOD[:100])
    assert sum(map(len, read_cases(run))) == before
    (remark,) = RunFiles.of(run).remarks()
    assert remark.endswith("results.jsonl is cut off in its last line, which is left out")


FINDING = json.loads((OF_SCHEMA_1 / "diagnosis.json").read_text())["engines"][0]["findings"][0]
UNCOUNTED = {name: value for name, value in FINDING.items() if name != "explained"}
BAD_FILES = {
    "no_json": ("run.json", "{", r"run\.json is not JSON: it can be removed"),
    "newer": (
        "run.json",
        '{"schema": 2}',
        r"run\.json has the schema 2, and this gradconform reads schema 1 and older ones: read it with",
    ),
    "schema": ("run.json", '{"schema": "1"}', "schema must be a whole number, and is '1'"),
    "list": ("run.json", "[]", r"run\.json cannot be used: must be an object, and is \[\]"),
    "engines": ("run.json", '{"engines": [{}]}', r"engines\[0\]\.name is missing"),
    "planned": (
        "run.json",
        '{"planned": {"core": {"f": "2"}}}',
        r"planned\.core\.f must be a whole number, and is '2'",
    ),
    "tolerance": (
        "run.json",
        json.dumps({"tolerances": {"float64": {"rtol": 10**400, "atol": 0}}}),
        r"tolerances\.float64\.rtol must be a number, and is 10000",
    ),
    "diagnosis": ("diagnosis.json", "no", r"diagnosis\.json is not JSON: it can be removed"),
    "finding": (
        "diagnosis.json",
        '{"engines": [{"engine": "a", "findings": [{"op": 1}]}]}',
        r"engines\[0\]\.findings\[0\]\.op must be text, and is 1",
    ),
    "explained": (
        "diagnosis.json",
        json.dumps({"engines": [{"engine": "a", "findings": [UNCOUNTED]}]}),
        r"engines\[0\]\.findings\[0\]\.explained is missing",
    ),
}


@pytest.mark.parametrize(("name", "text", "said"), BAD_FILES.values(), ids=BAD_FILES.keys())
def test_a_description_or_diagnosis_that_cannot_be_used_is_named(run, name, text, said):
    (run / name).write_text(text)
    with pytest.raises(UsageError, match=said):
        write_report(run)


def test_an_engine_of_a_description_may_lack_its_wall_and_notes(run):
    engine = {"name": "student", "found": "class Value"}
    (run / "run.json").write_text(json.dumps({"engines": [engine]}))
    write_report(run)
    assert "- **student**: class Value\n" in (run / "summary.md").read_text()


def test_an_engine_without_findings_may_stand_in_a_diagnosis(run):
    (run / "diagnosis.json").write_text('{"engines": [{"engine": "student", "findings": []}]}')
    assert write_report(run).diagnosis == {}


def test_a_place_that_is_no_run_is_named(tmp_path, run):
    with pytest.raises(UsageError, match="nothing is no run: there is no such file or folder"):
        RunFiles.of(tmp_path / "nothing")
    with pytest.raises(UsageError, match=r"is no run: there is no results\.jsonl in it"):
        RunFiles.of(tmp_path)
    (run / "results.jsonl").write_text("")
    assert RunFiles.of(run).facts["schema"] == 1
    (run / "run.json").unlink()
    with pytest.raises(UsageError, match=r"results\.jsonl is empty, and there is no run\.json"):
        RunFiles.of(run)


def test_texts_made_by_hand_are_one_harmless_line(run):
    hostile = with_value(message="\x1b[2Ja\nb\u202ec" + "x" * 1_000_000, engine="a\x1b]0;b")
    (run / "results.jsonl").write_text(hostile + "\n")
    ((row,),) = read_cases(run)
    assert row.values["engine"] == "a ]0;b"
    assert row.values["message"].startswith(" [2Ja b cx")
    assert len(row.values["message"]) < 5000


def test_a_reading_made_by_hand_that_looks_like_a_step_is_a_reading(run):
    (run / "results.jsonl").write_text(with_value(reading="step one", verdict="fail") + "\n")
    ((row,),) = read_cases(run)
    assert outcome_of(row.values).reading == "step one"
    assert sum(row.failed for row in write_report(run).scores if row.family == "all") == 1
