"""Two versions of torch: a run that another torch made is held against the torch that is here."""

import json

import pytest
from gradconform.harness.catalogue.collection import catalogue
from gradconform.harness.engine.builtin import load
from gradconform.harness.errors import UsageError
from gradconform.harness.report.results_file import flattened
from gradconform.harness.report.run_files import RunFiles
from gradconform.harness.run.runner import run
from gradconform.harness.spec.contents import contents_of
from gradconform.harness.spec.document import document
from gradconform.harness.spec.other_torch import Answers, compared
from gradconform.harness.spec.page import page, versions

OLD = "1.9.0"
TIE, SAME = "ties/half_to_each[maximum]", "ties/half_to_each[minimum]"
FREED, ARRAY = "errors/second_backward", "ties/elementwise[maximum]"
MOVED, LEFT_OUT = "kinks/clamp_at_a_bound[lower]", "kinks/clamp_at_a_bound[upper]"
CASES = (TIE, SAME, FREED, ARRAY, MOVED, LEFT_OUT)


@pytest.fixture(scope="module")
def rows(reference):
    """The rows of a run of an engine of ours, as an older torch would have made them."""
    cases = [catalogue()[id] for id in (*CASES, "kinks/clamp_min_at_zero")]
    found = [
        flattened(outcome)
        for result in run(cases, [load("numpy")], reference)
        for outcome in result.outcomes
        if result.case.id != LEFT_OUT
    ]
    for row in found:
        row["torch_version"] = OLD
        if (row["case"], row["reading"]) == (TIE, "x.grad"):
            row["expected"]["data"] = [1.0]
        if (row["case"], row["reading"]) == (SAME, "x.grad"):
            row["expected"]["data"] = [0.5 + 1e-16]
        if (row["case"], row["reading"]) == (ARRAY, "y.grad"):
            row["expected"]["data"][2] = "nan"
        if row["case"] == FREED:
            row["verdict"], row["reason"] = "harness-error", ""
            row["message"] = "the case is wrong: it is tagged error, and torch does not raise"
        if row["case"] == MOVED:
            row["digest"] = "0" * 12
        if row["case"] == "kinks/clamp_min_at_zero":
            row["case"] = "kinks/of_old"
    return found


def written(folder, rows):
    (folder / "results.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return RunFiles.of(folder)


def test_differences_are_told_first_and_what_only_one_of_them_has(tmp_path, rows, reference):
    contents = contents_of([catalogue()[id] for id in CASES], reference)
    there = Answers.of(written(tmp_path, rows), set(CASES), contents.torch)
    other = compared(there, contents, reference)
    told = json.loads(document(contents, versions(contents), other))["against"]
    assert told["torch"] == OLD
    assert told["compared"] == 4
    found = {
        (one["case"], one["reading"]): (one["there"], one["here"]) for one in told["differences"]
    }
    here = {promise.case.id: promise.readings for promise in contents.promises}
    raised = f"raises {here[FREED]['raises']}"
    assert found.pop((FREED, "")) == ("does not raise", raised)
    assert found.pop((TIE, "x.grad")) == ("1.0", here[TIE]["x.grad"])
    before, now = found.pop((ARRAY, "y.grad"))
    assert now == here[ARRAY]["y.grad"]
    assert before.endswith("nan]")
    assert found == {}
    assert told["absent"] == [LEFT_OUT]
    assert told["changed"] == [MOVED]
    assert told["gone"] == ["kinks/of_old"]
    text = page(contents, versions(contents), other)
    assert text.index("Differences to torch 1.9.0") < text.index("How to read the page")
    assert "4 cases were compared with what torch 1.9.0 gave" in text
    assert "3 of the conventions below differ" in text


@pytest.mark.parametrize(
    "answer",
    [
        {"dtype": "float64", "shape": [2], "data": [0.5]},
        {"dtype": "<hr>", "shape": [], "data": [1, 2]},
        {"dtype": "float64", "shape": [], "data": [(1 << 63) - 1]},
        {"dtype": "float64", "shape": [-1], "data": []},
        {"opaque": "<script>", "text": "</script>"},
        None,
        "a message",
    ],
)
def test_an_answer_that_was_written_by_hand_is_another_one(tmp_path, rows, reference, answer):
    contents = contents_of([catalogue()[SAME]], reference)
    (row,) = [row for row in rows if (row["case"], row["reading"]) == (SAME, "x.grad")]
    run = written(tmp_path, [{**row, "expected": answer}])
    other = compared(Answers.of(run, {SAME}, contents.torch), contents, reference)
    (found,) = other.differences
    assert found.here == "0.5"
    assert found.there != "0.5"
    text = page(contents, versions(contents), other)
    assert "<hr>" not in text
    assert text.count("<script>") == 1


@pytest.mark.parametrize(
    ("those", "said"),
    [
        (
            ("{here}",),
            r"was made with torch 2\S+, as this page is\. A run of another torch was expected",
        ),
        (("{here}+cpu",), "as this page is"),
        ((OLD, "2.1.0"), r"a run of one torch was expected; .* has rows of 1\.9\.0, 2\.1\.0"),
        (("",), "names no version of torch"),
    ],
)
def test_a_run_of_no_other_torch_is_refused_in_a_sentence(tmp_path, rows, reference, those, said):
    here = reference.torch_version
    run = written(
        tmp_path,
        [
            {**row, "torch_version": each.format(here=here)}
            for each, row in zip(those, (rows[0], rows[-1]), strict=False)
        ],
    )
    with pytest.raises(UsageError, match=said):
        Answers.of(run, set(CASES), here)


def test_the_command_refuses_before_torch_is_asked(command, tmp_path):
    code, out, err = command("spec", "--against", "nothing")
    assert (code, out) == (4, "")
    assert err.startswith("gradconform: nothing is no run: there is no such ")
    code, _, err = command("spec", "-o", "none/spec.html")
    assert code == 4
    assert err == "gradconform: none/spec.html cannot be written: there is no folder none\n"
    assert [*tmp_path.iterdir()] == []
