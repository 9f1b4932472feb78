"""A mistake costs points of one item, a correct engine loses none, and typed-in answers earn none."""

import importlib
import pkgutil
from fractions import Fraction

import pytest
from gradconform.harness.catalogue.reference import dtype_for
from gradconform.harness.diagnose.mistake import Mistaken, known_mistakes
from gradconform.harness.engine.builtin import load
from gradconform.harness.engine.contract import EngineInfo, WrappedEngine
from gradconform.harness.grade.answers import Answer, Answers
from gradconform.harness.grade.award import award
from gradconform.harness.grade.calibration import Calibration
from gradconform.harness.grade.graded_cases import graded_cases, plan_of
from gradconform.harness.grade.item_result import State
from gradconform.harness.grade.rubric import Item
from gradconform.harness.grade.rubric_file import parsed, read_rubric
from gradconform.harness.grade.stages import Stage, stage_of
from gradconform.harness.grade.twins import is_twin, twin_id
from gradconform.harness.program.serialize import digest
from gradconform.harness.program.transcript import Transcript
from gradconform.harness.report.results_file import flattened
from gradconform.harness.run.runner import run_case
from gradconform.harness.tests.catalogue import correct_engines

RUBRIC = read_rubric("tutorial").model_copy(update={"secret": "only the tests know it"})
SCALAR = [mistake for mistake in known_mistakes() if mistake.engine == "scalar"]
# Those of the machinery, of every op at once, and those that one item could not tell from another.
HARD = """
    not-reversed one-level-only preorder breadth-first order-started-again seen-by-branch seen-when-pushed
    every-path every-path-breadth-first root-not-seeded root-seeded-with-its-value equal-values-merged
    add-number-in-place relu-returns-its-input mul-zeroes-gradients
""".split()
# The item that a mistake costs, and the items that cannot be judged for it.
COSTS = {
    "add-returns-nothing": "Values",
    "mul-own-value": "Local derivatives",
    "pow-skips-zero": "Local derivatives",
    "relu-returns-its-input": "Local derivatives",
    "mul-forgets-upstream": "Chain rule",
    "relu-state-on-the-class": "Chain rule",
    "add-assigns": "Accumulation",
    "exp-assigns": "Accumulation",
    "add-number-in-place": "Accumulation",
    "preorder": "Order of the walk",
    "equal-values-merged": "Order of the walk",
    "not-reversed": "Order of the walk",
    "root-not-seeded": "Start of the backward",
}
ONE_VALUE_AND_A_WALK = """
title = "No item asks for slopes"
needs = ["add", "mul"]
[[items]]
name = "Values"
points = 2
cases = ["single/*"]
readings = "values"
[[items]]
name = "Order of the walk"
points = 1
cases = ["walk/down_*", "walk/diamond*"]
"""
NAMES = sorted(module.name for module in pkgutil.iter_modules(correct_engines.__path__))


@pytest.fixture(scope="module")
def calibration(reference):
    return Calibration(RUBRIC, reference)


@pytest.fixture(scope="module")
def effects(calibration):
    """The effects of mistakes: of a sample of all, and of those that are hard."""
    chosen = [
        mistake
        for number, mistake in enumerate(SCALAR)
        if number % 20 == 0 or mistake.name in (*HARD, *COSTS)
    ]
    return {mistake.name: calibration.of_mistake(mistake) for mistake in chosen}


def rows_of(engine, cases, reference):
    """The rows of an engine in a results.jsonl."""
    results = (run_case(case, engine, reference, 0, dtype_for(engine, None)) for case in cases)
    return [flattened(outcome) for result in results for outcome in result.outcomes]


def test_no_mistake_costs_points_of_several_items(effects):
    assert len(effects) >= 35
    assert [name for name, effect in effects.items() if len(effect.lost) > 1] == []


def test_no_mistake_costs_nothing_that_a_case_with_these_ops_shows(effects):
    assert [name for name, effect in effects.items() if effect.shown_by] == []


@pytest.mark.parametrize("name", COSTS)
def test_a_mistake_costs_points_of_the_item_of_its_kind(effects, name):
    assert list(effects[name].lost) == [COSTS[name]]


def test_what_cannot_be_judged_hangs_on_the_item_at_fault(effects, calibration, reference):
    assert {name for name, effect in effects.items() if effect.not_judged} == {
        *("not-reversed", "one-level-only", "root-seeded-with-its-value")
    }
    engine = Mistaken(mistake("not-reversed"), load("scalar"))
    rows = rows_of(engine, calibration.cases, reference)
    (chain,) = [item for item in award(RUBRIC, rows).items if item.item == "Chain rule"]
    assert (chain.state, chain.at_fault) == (State.NOT_JUDGED, "Order of the walk")
    assert chain.points == 0
    assert "Order of the walk" in chain.reasons[0]


def test_a_wrong_value_is_no_broken_walk(reference):
    rubric = parsed(ONE_VALUE_AND_A_WALK, "hw.toml")
    effect = Calibration(rubric, reference).of_mistake(mistake("add-returns-nothing"))
    assert list(effect.lost) == ["Values"]


def mistake(name):
    """The known mistake of that name."""
    (found,) = [one for one in SCALAR if one.name == name]
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_correct_engine_of_any_style_loses_no_point_of_the_ops_that_it_has(
    name, calibration, reference
):
    engine = importlib.import_module(f"{correct_engines.__name__}.{name}").engine
    rows = rows_of(engine, calibration.cases, reference)
    lacking = {row["case"] for row in rows if row["verdict"] == "unsupported"}
    has = {
        question.cases[0].words
        for question in plan_of(RUBRIC)
        if question.cases[0].case.id not in lacking
    }
    words = frozenset().union(*has) & set(RUBRIC.needs)
    rubric = RUBRIC.model_copy(update={"needs": tuple(sorted(words))})
    given = award(rubric, rows)
    assert given.score == given.most, [item.reasons for item in given.items]
    assert len(words) >= 4


class FromTable(WrappedEngine):
    """An engine that answers the questions of a table, and anything else with what it answered last."""

    def __init__(self, cases, reference):
        super().__init__(load("scalar"), EngineInfo("table"))
        instances = [case.instance(0, "float64") for case in cases]
        self._table = {instance.digest: reference(instance) for instance in instances}
        self._last = Transcript(())

    def run(self, program, inputs):
        """Look the question up."""
        known = self._table.get(digest(program, inputs))
        self._last = known or self._last
        due = len(program.reads)
        return Transcript((*self._last.readings, *self._last.readings * due)[:due])


def test_an_engine_that_answers_from_a_table_gets_the_points_of_no_case(calibration, reference):
    visible = [case for case in calibration.cases if not is_twin(case.id)]
    rows = rows_of(FromTable(visible, reference), calibration.cases, reference)
    public = award(RUBRIC.model_copy(update={"secret": ""}), rows)
    assert public.score == public.most
    given = award(RUBRIC, rows)
    assert given.score == 0
    assert "passes, and the same program fails with other numbers" in given.items[0].reasons[0]


def test_a_twin_has_other_numbers_of_the_same_kind(calibration, reference):
    by_id = {case.id: case.instance(0, "float64") for case in calibration.cases}
    same = []
    for id, instance in by_id.items():
        if is_twin(id):
            continue
        twin = by_id[twin_id(id)]
        assert twin.program == instance.program
        if twin.digest == instance.digest:
            same.append(id)
        for name, array in instance.inputs.items():
            for number, other in zip(array.data, twin.inputs[name].data, strict=True):
                assert (number > 0, number < 0) == (other > 0, other < 0)
                assert abs(other - number) <= 0.21 * abs(number)
        right, changed = reference(instance), reference(twin)
        for one, other in zip(right.readings, changed.readings, strict=True):
            assert [n > 0 for n in one.data] == [n > 0 for n in other.data]
    # The only one that a factor cannot change. It counts when another power passes with its twin, and so does
    # one whose answers are the same for all numbers, such as relu of a negative one.
    assert same == ["single/with_a_number[pow_1_at_0]"]


def test_twins_are_those_of_the_secret(reference):
    def numbers(secret):
        small = RUBRIC.model_copy(update={"secret": secret, "items": RUBRIC.items[1:2]})
        return [case.instance(0, "float64").digest for case in graded_cases(small, reference)]

    assert numbers("a") == numbers("a")
    assert numbers("a")[0] == numbers("b")[0]
    assert numbers("a")[1] != numbers("b")[1]


def test_an_op_that_is_missing_is_lost_in_each_item_and_others_are_not_asked(
    calibration, reference
):
    rows = rows_of(load("scalar"), calibration.cases, reference)
    without = [
        {**row, "verdict": "unsupported"} if "sigmoid" in row["case"] else row for row in rows
    ]
    items = {item.item: item for item in award(RUBRIC, without).items}
    assert items["Values"].reasons == items["Accumulation"].reasons == ("sigmoid is missing",)
    assert items["Chain rule"].points == Fraction(4 * 10, 11)
    assert items["Order of the walk"].points == items["Order of the walk"].most
    assert not any("tanh" in case.id for case in calibration.cases)


def test_credit_bonus_and_hand(reference):
    values, start = RUBRIC.items[:2]
    hand = Item.model_validate({"name": "Report", "points": 2, "hand": True})
    items = (
        values.model_copy(update={"credit": "all-or-nothing"}),
        start.model_copy(update={"bonus": True}),
        hand,
    )
    rubric = RUBRIC.model_copy(update={"items": items})
    cases = graded_cases(rubric, reference)
    rows = rows_of(load("scalar"), cases, reference)
    given = award(rubric, rows)
    assert (given.score, given.most) == (5, 6)
    assert given.items[2].state is State.BY_HAND
    wrong = [replace_verdict(row) if "relu" in row["case"] else row for row in rows]
    assert award(rubric, wrong).items[0].points == 0
    assert award(rubric, ()).score == 0


def replace_verdict(row):
    """The row of an answer that is wrong."""
    return {**row, "verdict": "fail", "message": "it is wrong"}


def test_each_family_has_the_stage_that_its_items_need(calibration):
    stages = {
        family: {stage_of(case.program) for case in calibration.cases if case.family == family}
        for family in ("single", "upstream", "adding_up", "walk")
    }
    assert stages == {
        "single": {Stage.SLOPE},
        "upstream": {Stage.UPSTREAM},
        "adding_up": {Stage.SUM},
        "walk": {Stage.START, Stage.REACH, Stage.SUM, Stage.ORDER},
    }


def test_an_answer_that_did_not_come_has_not_passed(calibration):
    graded = plan_of(RUBRIC)[0].cases[0]
    assert Answers((), twins=False).of(graded, "all") is Answer.NOT_ASKED
