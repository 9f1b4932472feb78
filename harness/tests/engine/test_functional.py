"""Functional engines: what torch keeps on tensors comes out of a library that keeps nothing."""

import sys

import pytest
from gradconform.engines.autograd_ import Autograd
from gradconform.harness.catalogue.collection import Catalogue, catalogue
from gradconform.harness.catalogue.recipes import normal
from gradconform.harness.engine.builtin import BUILTIN
from gradconform.harness.errors import EngineError
from gradconform.harness.isolation.parent.opener import known_packages
from gradconform.harness.judge.outcome import PASSED, Verdict
from gradconform.harness.run.engine_name import EngineName
from gradconform.harness.run.registry import listing, load
from gradconform.harness.run.runner import run_case
from gradconform.harness.trace import (
    backward,
    detach,
    exp,
    grad,
    no_grad,
    read,
    sin,
    update,
    zero_grad,
)

from gradconform import Array, FunctionalEngine, Unsupported

# Mistakes of autograd 1.9.1 itself: the operand of `where` that is stretched gets an unsummed
# gradient, the gradient of `prod` divides by each factor, that of a transposition sorts negative
# axes, that of einsum puts a letter twice into the output.
KNOWN = (
    "axes/two_axes[permute",
    "broadcasting/condition_and_branch",
    "each_op/beside_a_square[broadcast_to]",
    "each_op/differentiated_twice[broadcast_to]",
    "einsum/of_one[ii",
    "elementwise/chosen_by_a_comparison",
    "empty/chosen",
    "movement/permuted[negative]",
    "reductions/product_with_zeros",
    "repeating/broadcast[leading]",
    "selection/where_that_broadcasts",
)


@pytest.fixture(scope="module")
def autograd():
    return Autograd()


def outcomes(engine, reference, function, **inputs):
    function.__doc__ = function.__doc__ or "One program"
    own = Catalogue()
    own.case(**inputs)(function)
    return run_case(next(iter(own)), engine, reference, 0, "float64").outcomes


def verdicts(*arguments, **inputs):
    return {outcome.reading: str(outcome.verdict) for outcome in outcomes(*arguments, **inputs)}


def twice(x):
    y = x * x
    z = y * x
    backward(z, retain_graph=True)
    read(x.grad, y.grad)
    backward(y)
    read(x.grad)


def zeroed(x):
    backward((x * x).sum())
    zero_grad()
    read(x.grad)
    backward((x * 3.0).sum())
    read(x.grad)


def trained(x, w):
    for _ in range(3):
        loss = ((x * w - 1.0) ** 2).sum()
        backward(loss)
        read(loss, w.grad)
        update(w, rule="momentum", lr=0.05)
    read(w)


def moved_meanwhile(x):
    y = x * x
    backward(y.sum(), retain_graph=True)
    update(x, lr=0.5)
    z = y * x
    backward(z.sum())
    read(z, x, x.grad)


def held(x):
    with no_grad():
        y = x * x
    backward((y * x + detach(x) * 2.0 * x).sum())
    read(x.grad)


def unused(x, y):
    backward(detach(x) * y)
    read(x.grad, y.grad)


def second_order(x):
    y = (sin(x) * x).sum()
    g = grad(y, x)
    backward((g * g).sum())
    read(g, x.grad)


def by_an_inner_node(x):
    y = exp(x)
    g = grad((y * y * x).sum(), y)
    backward((g * x).sum())
    read(g, x.grad)


def third_order(x):
    h = grad(grad(x**4.0, x), x)
    backward(h * x)
    read(h, x.grad)


def several_roots(x, y):
    h = x * x
    backward([h.sum(), h * y, y], retain_graph=True)
    backward(h * y, inputs=[y])
    read(x.grad, y.grad)


def set_beforehand(x):
    x.grad = [10.0, 20.0]
    backward((x * x).sum())
    read(x.grad)


def held_gradient(x):
    g = grad((x**3.0).sum(), x, create_graph=False)
    backward((g * x).sum())
    read(g, x.grad)


@pytest.mark.parametrize(
    ("program", "inputs"),
    [
        (several_roots, {"x": normal(3), "y": normal(3)}),
        (set_beforehand, {"x": normal(2)}),
        (held_gradient, {"x": normal(3)}),
        (twice, {"x": 3.0}),
        (zeroed, {"x": normal(3)}),
        (trained, {"x": normal(3), "w": normal(3)}),
        (moved_meanwhile, {"x": normal(2)}),
        (held, {"x": normal(2, 2)}),
        (unused, {"x": 2.0, "y": 3.0}),
        (second_order, {"x": normal(3)}),
        (by_an_inner_node, {"x": normal(3)}),
        (third_order, {"x": 1.5}),
    ],
)
def test_it_agrees_with_torch_on(program, inputs, autograd, reference):
    assert set(verdicts(autograd, reference, program, **inputs).values()) == {"pass"}


def by_an_inner_node_twice(x):
    y = x * x
    g = grad(y * x, y)
    backward(g * y)
    read(x.grad)


def moved_between_backwards(x):
    y = x * x
    backward(y, retain_graph=True)
    update(x, lr=0.1)
    backward(y * x)
    read(x.grad)


@pytest.mark.parametrize(
    ("program", "gradient"), [(by_an_inner_node_twice, 27.0), (moved_between_backwards, 9.0)]
)
def test_the_examples_of_the_walk_give_the_numbers_that_are_written_there(
    program, gradient, autograd, reference
):
    rows = outcomes(autograd, reference, program, x=3.0)
    assert [(str(row.verdict), row.actual.data) for row in rows] == [("pass", (gradient,))]


def test_without_stop_gradient_detach_and_no_grad_are_unsupported(autograd, reference):
    class Plain(type(autograd)):
        stop_gradient = FunctionalEngine.stop_gradient

    for program, inputs in [(held, {"x": normal(2)}), (unused, {"x": 2.0, "y": 3.0})]:
        (row,) = outcomes(Plain(), reference, program, **inputs)
        assert (row.verdict, row.message) == (Verdict.UNSUPPORTED, "stop_gradient")


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        (lambda x: (x * 2).add_(1.0), "add_"),
        (lambda x: (x * 2).__setitem__(0, 1.0), "setitem"),
        (lambda x: x.data, "data"),
    ],
)
def test_values_that_change_are_unsupported(change, missing, autograd, reference):
    def program(x):
        change(x)
        return x * 2

    (row,) = outcomes(autograd, reference, program, x=normal(2))
    assert row.verdict is Verdict.UNSUPPORTED
    assert row.message.startswith(missing)


def test_a_wrong_pullback_is_found(autograd, reference):
    class Doubled(type(autograd)):
        def vjp(self, function, primals):
            output, pullback = super().vjp(function, primals)
            return output, lambda g: [2 * part for part in pullback(g)]

    found = verdicts(Doubled(), reference, lambda x: (x * x).sum(), x=normal(3))
    assert found == {"result": "pass", "x.grad": "fail"}


def test_methods_of_numpy_arrays_are_not_taken_for_the_librarys(autograd, reference):
    (row,) = outcomes(autograd, reference, lambda x: x.std(), x=normal(4))
    assert (row.verdict, row.message) == (Verdict.UNSUPPORTED, "std")


def test_autograd_fails_no_core_case_but_by_its_own_mistakes(autograd, reference):
    results = [
        run_case(case, autograd, reference, 0, "float64")
        for case in catalogue().select(tags=["core"])
    ]
    failures = [
        (o.case_run.case, o.reading, o.message)
        for result in results
        for o in result.outcomes
        if o.verdict not in (*PASSED, Verdict.UNSUPPORTED) and not o.case_run.case.startswith(KNOWN)
    ]
    assert not failures
    assert sum(result.verdict in PASSED for result in results) >= 500


def test_an_engine_whose_library_is_absent_is_listed_with_the_reason(monkeypatch):
    monkeypatch.setitem(sys.modules, "autograd", None)
    known_packages.cache_clear()
    rows = {listed.name: listed for listed in listing()}
    assert rows["autograd"].engine is None
    assert rows["autograd"].error == (
        "autograd needs autograd, which is not installed; install it (`pip install autograd`, or `pip "
        "install -e .` in the project that has it), or name the folder that holds autograd: --path src "
        "(--conform-path under pytest)"
    )
    with pytest.raises(EngineError, match="autograd needs autograd, which is not installed"):
        load(EngineName.parse("autograd"))
    known_packages.cache_clear()
    assert "autograd" not in BUILTIN


def test_an_adapter_says_what_it_does_not_hold(reference):
    class Numbers(FunctionalEngine):
        name = "numbers"

        def array(self, array):
            if array.shape:
                raise Unsupported("tensors")
            return array.item()

        def value(self, array):
            return array

        def vjp(self, function, primals):
            return function(*primals), lambda g: [g for _ in primals]

    assert Numbers().array(Array.of(2.0)) == 2.0
    (row,) = outcomes(Numbers(), reference, lambda x: x + 1.0, x=normal(2))
    assert (row.verdict, row.message) == (Verdict.UNSUPPORTED, "tensors")
