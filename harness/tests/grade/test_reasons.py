"""Each lost point has a sentence that a student can follow without gradconform."""

import pytest
from gradconform.harness.diagnose.mistake import Mistaken, known_mistakes
from gradconform.harness.engine.builtin import load
from gradconform.harness.grade.award import award
from gradconform.harness.grade.graded_cases import graded_cases
from gradconform.harness.grade.own_run import lines
from gradconform.harness.grade.rubric import Item
from gradconform.harness.grade.stages import words_of
from gradconform.harness.grade.twins import is_twin

from .test_points import RUBRIC, replace_verdict, rows_of

SMALL = RUBRIC.model_copy(
    update={
        "needs": ("add", "sub"),
        "items": (
            RUBRIC.items[0],
            Item.model_validate({"name": "Report", "points": 2, "hand": True}),
        ),
    }
)


@pytest.fixture(scope="module")
def rows(reference):
    return rows_of(load("scalar"), graded_cases(SMALL, reference), reference)


def reasons(rows, rubric=SMALL):
    return award(rubric, rows).items[0].reasons


def test_the_program_and_its_inputs_stand_beside_the_number(reference):
    (swapped,) = [one for one in known_mistakes() if one.name == "sub-swapped"]
    engine = Mistaken(swapped, load("scalar"))
    (sentence,) = reasons(rows_of(engine, graded_cases(SMALL, reference), reference))
    assert sentence.startswith(
        "sub: single/of_two[sub_larger_first] (x = 2.6, y = 0.7; %2 = x - y; backward %2): "
        "result is -1.9, torch says 1.9"
    )
    assert sentence.endswith(" more of its cases fail")


def test_a_number_that_differs_is_told_rather_than_that_other_numbers_fail(rows):
    (first,) = reasons([replace_verdict(row) if is_twin(row["case"]) else row for row in rows])[:1]
    assert "passes, and the same program fails with other numbers of the same kind. Is" in first
    last = "single/with_a_number[add_3]"
    changed = [
        replace_verdict(row) if is_twin(row["case"]) or row["case"] == last else row for row in rows
    ]
    assert reasons(changed)[0].startswith(f"add: {last} (x = 1.7; %1 = x + 3; backward %1): it is")


def test_an_op_that_lacks_one_form_is_not_called_missing(rows):
    lacking = [
        {**row, "verdict": "unsupported"} if "with_a_number[add" in row["case"] else row
        for row in rows
    ]
    (sentence,) = reasons(lacking)
    assert sentence.startswith("add is missing in this form: single/with_a_number[add_")
    none = [{**row, "verdict": "unsupported"} if "add" in row["case"] else row for row in rows]
    assert reasons(none) == ("add is missing",)


def test_points_that_a_person_gives_are_not_lost(rows):
    given = award(SMALL, rows)
    assert given.score < given.most
    assert not given.lost_some
    assert list(lines(SMALL, given))[-1] == "4 of 6 points; a person gives 2 of the 6"
    assert award(SMALL, ()).lost_some


def test_an_op_that_lacks_one_form_loses_nothing_where_the_other_form_is_asked(reference):
    rubric = RUBRIC.model_copy(
        update={"needs": ("add", "mul", "sub"), "items": (RUBRIC.items[0], RUBRIC.items[3])}
    )
    assert rubric.items[1].name == "Chain rule"
    cases = graded_cases(rubric, reference)
    lost = {
        case.id
        for case in cases
        if "sub" in words_of(case.program) or case.id.startswith("single/with_a_number[add")
    }
    lacking = [
        {**row, "verdict": "missing"} if row["case"] in lost else row
        for row in rows_of(load("scalar"), cases, reference)
    ]
    values, chain = award(rubric, lacking).items
    assert {reason.partition(":")[0] for reason in values.reasons} == {
        "add is missing in this form",
        "sub is missing",
    }
    assert chain.reasons == ("sub is missing",)


def test_what_did_not_run_is_not_called_wrong(rows):
    cut = rows[: len(rows) // 2]
    # The last case ran, and its twin did not.
    while not is_twin(cut[-1]["case"]):
        cut.pop()
    while is_twin(cut[-1]["case"]):
        cut.pop()
    (sentence,) = reasons(cut)
    assert sentence.startswith("the grading ended before ")
    assert 0 < award(SMALL, cut).score < award(SMALL, rows).score
