"""Declaring and tracing cases: what stays as written, and errors that name file and line."""

import functools
import inspect

import numpy as np
import pytest
from gradconform.harness.catalogue.collection import Catalogue
from gradconform.harness.catalogue.recipes import (
    away_from_zero,
    constant,
    integers,
    literal,
    mask,
    normal,
    positive,
    uniform,
)
from gradconform.harness.errors import CaseError, GradconformError, NothingSelected, UsageError
from gradconform.harness.program import Apply, Backward, Input, NoGrad, Read, Ref, SetGrad
from gradconform.harness.program.arrays import Array
from gradconform.harness.trace import backward, exp, no_grad, read, split, where


@pytest.fixture
def cases():
    return Catalogue()


def declared(cases, function, **inputs):
    cases.case(**inputs)(function)
    return next(iter(cases))


def applied(case):
    return [step for step in case.program.steps if isinstance(step, Apply)]


def test_a_literal_stays_a_literal_on_its_side(cases):
    def f(x):
        """Numbers on either side"""
        return 2.0 - (x * 3)

    product, difference = applied(declared(cases, f, x=1.0))
    assert product.operands == (Ref(0), 3)
    assert type(product.operands[1]) is int
    assert difference.operands == (2.0, Ref(1))


def test_equal_expressions_are_not_merged(cases):
    def f(a, b):
        """The same product twice"""
        return a * b + a * b

    assert [step.op for step in applied(declared(cases, f, a=1.0, b=2.0))] == ["mul", "mul", "add"]


def test_an_unused_result_is_not_removed(cases):
    def f(x):
        """An exp that nobody needs"""
        exp(x)
        return x * x

    assert [step.op for step in applied(declared(cases, f, x=1.0))] == ["exp", "mul"]


def test_a_numpy_array_on_the_left_is_an_operand(cases):
    def f(x):
        """A NumPy array on the left"""
        return np.array([1.0, 2.0]) * x

    (step,) = applied(declared(cases, f, x=[3.0, 4.0]))
    assert step.operands == (Array("float64", (2,), (1.0, 2.0)), Ref(0))


def test_the_usual_ending_is_one_backward_then_the_result_and_every_leaf(cases):
    def f(x, c, y):
        """A constant has no gradient to read"""
        return x * c + y

    steps = declared(cases, f, x=1.0, c=constant(2.0), y=3.0).program.steps
    assert steps[:3] == (Input("x"), Input("c", False), Input("y"))
    assert steps[5:] == (
        Backward(Ref(4)),
        Read("value", Ref(4), "result"),
        Read("grad", Ref(0)),
        Read("grad", Ref(2)),
    )


def test_effects_that_are_named_replace_the_ending(cases):
    def f(x):
        """Two passes, one reading"""
        y = x * x
        backward(y, retain_graph=True)
        with no_grad():
            z = y * 2
        backward(y)
        read(z, x.grad)

    kinds = [type(step) for step in declared(cases, f, x=1.0).program.steps]
    assert kinds == [Input, Apply, Backward, NoGrad, Apply, NoGrad, Backward, Read, Read]


def test_what_changes_a_value_is_a_step(cases):
    def f(x, c):
        """Every kind of change"""
        h = x * 2
        again = h.add_(c)
        h[0] = 5.0
        x.grad = [1.0, 2.0]
        backward([h, again], inputs=[x])
        read(x.grad)

    steps = declared(cases, f, x=[1.0, 2.0], c=constant([3.0, 4.0])).program.steps[3:]
    assert steps == (
        Apply("add_", (Ref(2), Ref(1))),
        Apply("setitem", (Ref(2), 5.0), (("index", 0),)),
        SetGrad(Ref(0), Array.of([1.0, 2.0])),
        Backward(Ref(2), others=(Ref(3),), inputs=(Ref(0),)),
        Read("grad", Ref(0)),
    )


def test_several_results_are_several_values(cases):
    def f(x):
        """The largest of each row, and the halves"""
        values, _ = x.max(dim=1)
        first, second = split(values, 1, results=2)
        return first - second

    assert [(s.op, s.results) for s in applied(declared(cases, f, x=normal(2, 3)))] == [
        ("max_dim", 2),
        ("split", 2),
        ("sub", 1),
    ]


def branches(x):
    """A case that looks at its value"""
    if x > 0:
        return x
    return -x


def unknown_op(x):
    """An op that nobody has"""
    return x.exponential_of()


def misspelt(x):
    """An op that is nearly there"""
    return x.sigmiod()


def wrong_arity(x):
    """Three operands for a product of two"""
    return x.maximum(x, x)


def too_few(x):
    """No alternative"""
    return where(x > 0, x)


def returns_a_number(x):
    """Not a symbol"""
    return 1.0


def starts_from_nothing(x):
    """No root"""
    backward([])


def loops_over(x):
    """A tensor has no length while it is traced"""
    return sum(part for part in x)


@pytest.mark.parametrize(
    ("function", "line", "complaint"),
    [
        (branches, 2, "a case may not look at a value: .* use where"),
        (unknown_op, 2, "unknown op 'exponential_of'"),
        (misspelt, 2, "unknown op 'sigmiod'; did you mean .*sigmoid"),
        (wrong_arity, 2, r"maximum\(input, other\) takes 2 arguments; 3 came"),
        (too_few, 2, r"where\(condition, input, other\) takes 3 operands; 2 came"),
        (returns_a_number, 0, "returns one symbol or nothing; a float came"),
        (starts_from_nothing, 2, "a backward starts from one value or several; none came"),
        (loops_over, 2, "may not look at a value"),
    ],
)
def test_a_case_that_cannot_be_traced_is_located(cases, function, line, complaint):
    case = declared(cases, function, x=1.0)
    place = f"catalogue/test_case.py:{inspect.getsourcelines(function)[1] + line}: case test_case/"
    with pytest.raises(CaseError, match=f"^{place}{function.__name__}: .*{complaint}"):
        _ = case.program


def test_a_duplicate_is_refused_and_both_places_are_named(cases):
    declared(cases, misspelt, x=1.0)
    line = inspect.getsourcelines(misspelt)[1]
    with pytest.raises(
        CaseError, match=rf"test_case.py:{line}: case test_case/misspelt .* at .*:{line}"
    ):
        cases.case(x=2.0)(misspelt)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"y": 1.0}, "takes x; y were given"),
        ({}, "takes x; nothing were given"),
        ({"x": 1.0, "level": "hard"}, "level 'hard'"),
        ({"x": 1.0, "convention": "odd"}, "convention 'odd'"),
    ],
)
def test_a_declaration_that_does_not_fit_is_refused(cases, options, complaint):
    with pytest.raises(CaseError, match=complaint):
        cases.case(**options)(misspelt)


def test_a_case_without_a_title_is_refused(cases):
    with pytest.raises(CaseError, match="a case's docstring is its title"):
        cases.case(x=1.0)(lambda x: x)


@pytest.mark.parametrize(
    "recipe",
    [
        normal(3, 2),
        uniform(3, 2, low=-1.0, high=1.0),
        positive(3, 2),
        away_from_zero(3, 2),
        integers(3, 2, low=0, high=5),
        mask(3, 2),
    ],
)
def test_a_draw_repeats_from_its_seed_and_from_no_other(recipe):
    first, again, other = (recipe.make(seed, "float64") for seed in ("0:a", "0:a", "1:a"))
    assert first == again != other
    assert first.shape == (3, 2)


def test_draws_keep_their_promises():
    many = (50, 40)
    assert min(positive(*many).make("s", "float64").data) >= 0.5
    assert min(abs(x) for x in away_from_zero(*many).make("s", "float64").data) >= 0.25
    assert set(integers(*many, low=-1, high=2).make("s", "float64").data) == {-1, 0, 1}
    flags = mask(*many).make("s", "float64")
    assert (flags.dtype, set(flags.data)) == ("bool", {True, False})
    assert all(-2 <= x < 3 for x in uniform(*many, low=-2.0, high=3.0).make("s", "float64").data)


def test_float32_inputs_hold_float32_numbers():
    array = literal(0.1).make("", "float32")
    assert array.item() == float(np.float32(0.1)) != 0.1


def test_variants_are_cases_of_their_own_and_statics_reach_the_function(cases):
    ops = {op.__name__: {"op": op} for op in (exp, where)}
    del ops["where"]
    ops["doubled"] = {"op": functools.partial(lambda x: 2 * x), "x": 7.0}

    @cases.case(x=1.0, variants=ops)
    def twice(x, *, op):
        """An op, twice"""
        return op(op(x))

    assert [case.id for case in cases] == ["test_case/twice[exp]", "test_case/twice[doubled]"]
    assert cases["test_case/twice[doubled]"].instance(0, "float64").inputs["x"].item() == 7.0


def test_brackets_in_a_glob_are_themselves(cases):
    @cases.case(x=1.0, tags=("scalar",), variants={"a": {"k": 1}, "b": {"k": 2}})
    def scaled(x, *, k):
        """A multiple"""
        return k * x

    assert [c.id for c in cases.select(["*[b]"])] == ["test_case/scaled[b]"]
    assert len(cases.select(["test_case/*"], ["scalar", "core"])) == 2


def test_a_selection_of_nothing_is_an_error_with_the_nearest_names(cases):
    declared(cases, misspelt, x=1.0)
    with pytest.raises(
        NothingSelected, match="'test_case/mispelt'; did you mean test_case/misspelt"
    ):
        cases.select(["test_case/mispelt"])
    with pytest.raises(UsageError, match="no case has the tag 'kinky'; tags: core"):
        cases.select(tags=["kinky"])
    with pytest.raises(GradconformError, match="there is no case 'x'"):
        _ = cases["x"]
