"""Lowering: torch on scalars agrees with torch on tensors, and a scalar engine runs tensor cases."""

import collections
from dataclasses import replace

import pytest
from gradconform.harness.catalogue.collection import Catalogue, catalogue
from gradconform.harness.catalogue.recipes import constant, normal
from gradconform.harness.catalogue.reference import question
from gradconform.harness.cli.commands import cli
from gradconform.harness.engine.builtin import load
from gradconform.harness.judge.outcome import Verdict
from gradconform.harness.lower import LoweredEngine
from gradconform.harness.lower.lowering import lower
from gradconform.harness.program import Apply
from gradconform.harness.program.printing import text
from gradconform.harness.program.transcript import Unsupported
from gradconform.harness.run.runner import run_case
from gradconform.harness.tests.small_engines import VALUE, ask, works
from gradconform.harness.trace import backward, read

from gradconform import Array


def instance(function, **inputs):
    """The instance of a case that is declared for one test."""
    function.__doc__ = function.__doc__ or "One expression"
    own = Catalogue()
    own.case(**inputs)(function)
    return next(iter(own)).instance(0, "float64")


def lowered(function, **inputs):
    made = instance(function, **inputs)
    return lower(made.program, made.inputs)


def results(engine, reference, cases):
    return [run_case(case, engine, reference, 0, "float64") for case in cases]


def holds_tensors(case):
    return any(array.shape for array in case.instance(0, "float64").inputs.values())


@pytest.mark.long(20)
def test_torch_on_scalars_agrees_with_torch_on_tensors(reference):
    engine = LoweredEngine(load("torch"))
    cases = [case for case in catalogue().select() if holds_tensors(case)]
    ran = [r for r in results(engine, reference, cases) if r.verdict is not Verdict.UNSUPPORTED]
    wrong = [o for r in ran for o in r.outcomes if o.verdict is not Verdict.PASS]
    count = f"{len(ran)} of {len(cases)} tensor cases were lowered"
    assert not [(o.case_run.case, o.reading, o.message) for o in wrong], count
    assert len(ran) >= 100, count


def test_the_scalar_engine_passes_every_tensor_case_that_it_can_run_lowered(reference):
    engine = LoweredEngine(load("scalar"))
    cases = [case for case in catalogue().select() if holds_tensors(case)]
    verdicts = collections.Counter(r.verdict for r in results(engine, reference, cases))
    assert set(verdicts) <= {Verdict.PASS, Verdict.PASS_ALT, Verdict.UNSUPPORTED}, verdicts
    assert verdicts[Verdict.PASS] >= 100, verdicts


def test_a_matrix_product_is_written_out_on_its_elements():
    found = lowered(lambda a, x: a @ x, a=[[1.0, 2.0]], x=[3.0, 4.0])
    assert text(found.program).splitlines()[:8] == [
        "%0 = input a[0,0]",
        "%1 = input a[0,1]",
        "%2 = input x[0]",
        "%3 = input x[1]",
        "%4 = %0 * %2",
        "%5 = %1 * %3",
        "%6 = %4 + %5",
        "%7 = %6 * 1.1171875",
    ]
    assert found.inputs["a[0,1]"] == Array.of(2.0)


def test_literals_stay_on_their_side_and_constants_stay_constants():
    found = lowered(lambda x, c: 2.0 - x / c, x=normal(2), c=constant([1.0, 2.0]))
    lines = text(found.program).splitlines()
    assert "%2 = input c[0] (constant)" in lines
    assert "%6 = 2.0 - %4" in lines


def test_softmax_is_shifted_by_a_literal(reference):
    found = lowered(lambda x: x.softmax(dim=0), x=[1000.0, 1001.0])
    shifts = [s.operands[1] for s in found.program.steps if isinstance(s, Apply) and s.op == "sub"]
    assert shifts == [1001.0, 1001.0]
    transcript = found.assemble(load("scalar").run(found.program, found.inputs))
    assert transcript.readings[0].data == pytest.approx([0.2689414213699951, 0.7310585786300049])


def test_readings_come_back_in_their_shape():
    def function(x, y):
        z = x * y
        backward(z)
        read(z, x.grad, y.grad, z.grad)

    made = instance(function, x=normal(2, 3), y=normal(3))
    found = lower(made.program, made.inputs)
    torch = load("torch")
    whole = torch.run(made.program, made.inputs)
    again = found.assemble(torch.run(found.program, found.inputs))
    assert [r.shape for r in again.readings] == [(2, 3), (2, 3), (3,), (2, 3)]
    for got, expected in zip(again.readings, whole.readings, strict=True):
        assert got.data == pytest.approx(expected.data)


def test_a_gradient_that_is_set_is_set_on_every_element(reference):
    def function(x):
        x.grad = [10.0, 20.0]
        backward((x * x).sum())
        read(x.grad)

    made = instance(function, x=[1.0, 2.0])
    found = lower(made.program, made.inputs)
    again = found.assemble(load("scalar").run(found.program, found.inputs))
    assert again.readings[0].data == (12.0, 24.0)


def test_what_stops_a_lowered_run_is_named_by_the_step_of_the_tensor_program():
    class Broken(type(load("scalar"))):
        def grad(self, node):
            raise ValueError("no gradient today")

    made = instance(lambda x: (x * x).sum(), x=normal(3))
    transcript = LoweredEngine(Broken()).run(made.program, made.inputs)
    assert (transcript.stop.kind, transcript.stop.step) == ("raised", 5)
    assert type(made.program.steps[5]).__name__ == "Read"


@pytest.mark.parametrize(
    ("function", "inputs", "message"),
    [
        (lambda x: x.sort()[0], {"x": normal(3)}, "lowering sort to scalars"),
        (lambda x: x.amax(), {"x": [1.0, 1.0]}, "maximum over ties"),
        (lambda x: x.reshape((4,)), {"x": normal(3)}, "lowering reshape: cannot reshape"),
        (lambda x: x.sum(), {"x": normal(2, 0)}, "lowering an empty tensor"),
        (lambda x: x @ x, {"x": normal(20, 20)}, "more than 5,000 scalar steps"),
        (lambda x: (x * 2).add_(1.0), {"x": normal(2)}, "lowering add_ to scalars"),
        (lambda x: backward([x, x * 2]), {"x": normal(2)}, "from several roots"),
    ],
)
def test_what_cannot_be_lowered_is_said_in_words(function, inputs, message):
    with pytest.raises(Unsupported, match=message):
        lowered(function, **inputs)


def test_the_budget_counts_every_scalar_step():
    made = instance(lambda x: x * 2.0, x=normal(3))
    steps = len(lower(made.program, made.inputs).program.steps)
    assert len(lower(made.program, made.inputs, budget=steps).program.steps) == steps
    with pytest.raises(Unsupported, match=f"more than {steps - 1} scalar steps"):
        lower(made.program, made.inputs, budget=steps - 1)


def test_the_flag_names_the_engine_after_what_it_did(tmp_path, capsys):
    options = ["--cases", "matmul/*", "--tag", "core", "--lower", "--out", str(tmp_path / "run")]
    code = cli.main(["run", "scalar", *options], standalone_mode=False)
    assert code == 0
    rows = (tmp_path / "run" / "results.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert rows
    assert {row.split(",")[0] for row in rows} == {"scalar (lowered)"}


def test_an_engine_on_scalars_has_the_process_of_the_engine(opened):
    engine = opened(VALUE)
    lowered_engine = LoweredEngine(engine)
    assert works(lowered_engine)
    lowered_engine.close()
    assert engine.children.restarts == 0
    assert works(lowered_engine)
    assert engine.children.restarts == 1, "its process had been ended"


def test_what_is_known_of_an_engine_is_known_of_it_on_scalars(opened):
    engine = opened({"engine.py": VALUE + "import torch\n"})
    lowered_engine = LoweredEngine(engine)
    assert lowered_engine.info == replace(engine.info, name="engine (lowered)", arrays=True)
    info = lowered_engine.info
    assert info.found.startswith("class Value, line ")
    assert list(info.notes) == ["not importable here and made inert: torch"]
    assert info.wall
    assert info.supports.startswith("2 of ")


def test_an_engine_on_scalars_is_asked_ahead_and_answers_in_order(opened):
    """What cannot be lowered is not asked, and keeps its place."""
    engine = LoweredEngine(opened(VALUE))
    asked = [
        question(instance(lambda x: (x * x).sum(), x=constant([1.0, 2.0]))),
        question(instance(lambda x: x.sort()[0].sum(), x=constant([1.0, 2.0]))),
        question(instance(lambda x: x * x, x=constant(3.0))),
        question(instance(lambda x: x.sort()[0].sum(), x=constant([1.0, 2.0]))),
    ]
    assert engine.out_of_process
    taken = []
    answers = engine.run_all(taken.append(each) or each for each in asked)
    first = next(answers)
    assert len(taken) == len(asked)
    values = [
        answer.readings[0].data if answer.readings else answer.stop.kind
        for answer in (first, *answers)
    ]
    assert values == [(5.0,), "unsupported", (9.0,), "unsupported"]


def test_the_recursion_limit_of_an_engine_on_scalars_is_that_of_its_child(opened):
    engine = LoweredEngine(opened(VALUE))

    def chain(x):
        for _ in range(3_000):
            x = x + 1.0
        return x

    assert ask(engine, chain, x=0.0).stop is None
    assert ask(engine, chain, frames=1_000, x=0.0).stop.category == "recursion"
    assert ask(engine, chain, x=0.0).stop is None
