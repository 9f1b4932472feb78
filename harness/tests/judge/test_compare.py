"""The judge of numbers, held against `torch.testing.assert_close` and `numpy.nextafter`."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from gradconform.harness.catalogue.collection import catalogue
from gradconform.harness.catalogue.tolerance import (
    ASSERT_CLOSE,
    EXACT,
    MEASURED,
    Tolerance,
    tolerance_for,
)
from gradconform.harness.judge.compare import judge
from gradconform.harness.judge.outcome import Difference, Reason
from gradconform.harness.program import Apply, Input, Program, Read, Ref
from gradconform.harness.program.arrays import Array, Opaque, answer
from hypothesis import given
from hypothesis import strategies as st

F64 = ASSERT_CLOSE["float64"]
EPSILON = float(np.finfo("float64").eps)
NAN, INF = float("nan"), float("inf")


def array(nested, dtype="float64"):
    return Array.of(nested, dtype)


def assert_close_agrees(want, got, dtype):
    try:
        torch.testing.assert_close(
            torch.tensor(got, dtype=dtype), torch.tensor(want, dtype=dtype), equal_nan=True
        )
    except AssertionError:
        return False
    return True


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16"])
def test_the_tolerances_of_torch_are_those_of_assert_close(dtype):
    found = torch.testing._comparison.default_tolerances(getattr(torch, dtype))
    assert (ASSERT_CLOSE[dtype].rtol, ASSERT_CLOSE[dtype].atol) == found
    measured = MEASURED[dtype]
    assert measured == (ASSERT_CLOSE[dtype] if dtype != "float64" else Tolerance(1e-12, 1e-12))


def test_the_page_on_cases_has_the_tolerances():
    page = (Path(__file__).parents[3] / "cases" / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (b?float\d+) \| (\S+) \| (\S+) \|$", page, re.MULTILINE)
    found = {dtype: Tolerance(float(rtol), float(atol)) for dtype, rtol, atol in rows}
    assert found == MEASURED


VALUES = st.floats(-1e6, 1e6) | st.sampled_from([NAN, INF, -INF, 0.0, -0.0])


@given(VALUES, st.sampled_from([0.0, 5e-8, 1e-7, 2e-7, 1e-6]), st.booleans())
def test_the_verdict_is_that_of_assert_close(want, off, swap):
    got = -want if swap and not np.isfinite(want) else want * (1 + off) + off
    found = judge("value", array([want, 1.0]), array([got, 1.0]), F64)
    assert (not found.reason) == assert_close_agrees([want, 1.0], [got, 1.0], torch.float64)


@pytest.mark.parametrize(
    ("what", "want", "got", "reason", "decided"),
    [
        ("value", array(1.0), array(1.0), "", "atol"),
        ("value", array(1.0), array(2.0), "value", "atol"),
        ("grad", array(3.0), array(2.0), "gradient", "rtol"),
        ("grad", array(0.5), array(2.0), "gradient", "atol"),
        ("grad", array([1.0]), array(1.0), "shape", "shape"),
        ("grad", array([[1.0, 2.0]]), array([1.0, 2.0]), "shape", "shape"),
        ("grad", array(1.0), array(1.0, "float32"), "dtype", "dtype"),
        ("grad", array(1.0), answer(1), "", "atol"),
        ("grad", array(1.0), Opaque("str"), "dtype", "dtype"),
        ("grad", array(1.0), None, "missing-gradient", "none"),
        ("grad", None, None, "", "none"),
        ("grad", None, array(0.0), "gradient", "none"),
        ("grad", array(NAN), array(NAN), "", "nan"),
        ("grad", array(NAN), array(0.0), "nan", "nan"),
        ("grad", array(0.0), array(NAN), "nan", "nan"),
        ("grad", array(INF), array(INF), "", "nan"),
        ("grad", array(INF), array(-INF), "nan", "nan"),
        ("grad", array(0.0), array(-0.0), "", "atol"),
        ("requires_grad", answer(True), answer(False), "state", "exact"),
    ],
)
def test_each_kind_of_difference_has_its_reason(what, want, got, reason, decided):
    tolerance = EXACT if what == "requires_grad" else F64
    found = judge(what, want, got, tolerance)
    assert (found.reason, found.difference.decided_by) == (Reason(reason), decided)


@given(st.floats(-1e300, 1e300), st.integers(0, 20), st.sampled_from(["float64", "float32"]))
def test_ulp_counts_representable_numbers(start, steps, dtype):
    kind = np.dtype(dtype).type
    with np.errstate(over="ignore"):
        first = last = kind(start)
        for _ in range(steps):  # NumPy 1.26 warns at the largest number
            last = np.nextafter(last, kind(np.inf))
    if not np.isfinite(first):
        return
    found = judge("value", array(float(first), dtype), array(float(last), dtype), F64)
    if np.isfinite(last):
        assert found.difference.max_ulp == steps


def test_the_largest_differences_are_reported_and_the_worst_element_is_found():
    found = judge("grad", array([1.0, 100.0, 0.0]), array([1.5, 101.0, 0.0]), F64)
    assert found.difference.max_abs == 1.0
    assert found.difference.max_rel == 0.5
    assert found.index == 0  # 0.5 is further beyond its bound than 1.0 is beyond that of 100
    assert found.wrong == 2


def program(*ops):
    steps = [Input("x"), *(Apply(op, (Ref(0),)) for op in ops), Read("value", Ref(0))]
    return Program(tuple(steps))


def test_movement_is_exact_and_a_selection_may_round_a_few_times():
    assert tolerance_for(program("T", "neg", "flatten"), 4, "float64") is EXACT
    assert tolerance_for(program("relu", "abs", "T"), 4, "float64").rtol == 8 * EPSILON
    assert tolerance_for(program("relu", "exp"), 4, "float64") == MEASURED["float64"]


def test_a_maximum_that_is_computed_by_relu_agrees():
    a, b = 0.9, 0.2
    by_relu = b + max(a - b, 0.0)
    assert by_relu != a
    steps = (Input("a"), Input("b"), Apply("maximum", (Ref(0), Ref(1))), Read("value", Ref(2)))
    tolerance = tolerance_for(Program(steps), 1, "float64")
    assert not judge("value", array(a), array(by_relu), tolerance).reason


def test_a_reduction_widens_with_its_size_and_a_program_with_its_length():
    small, large = (tolerance_for(program("sum"), n, "float32") for n in (2, 4096))
    assert small == ASSERT_CLOSE["float32"]
    assert large.rtol == 2 * (4096 + 1) * float(np.finfo("float32").eps)
    deep = program(*["exp"] * 10_000)
    assert tolerance_for(deep, 1, "float64").rtol == 2 * 10_000 * EPSILON


@pytest.mark.parametrize("op", ["digamma", "hardsigmoid", "torch.linalg.pinv"])
def test_an_op_that_torch_itself_approximates_has_the_tolerance_of_assert_close(op):
    assert tolerance_for(program(op), 1, "float64") == F64


def test_a_case_of_its_own_tolerance_is_never_narrower_than_its_dtype():
    digits = Tolerance(1e-12, 0.0, "only its digits count")
    assert tolerance_for(program("exp"), 1, "float64", own=digits) == digits
    assert tolerance_for(program("exp"), 1, "float32", own=digits).rtol == 1.3e-6
    # As in 1e-200 / 1e-200, whose gradient 1e200 and -1e200 are far from any absolute bound.
    tiny = judge("grad", array(-1e-200), array(0.0), digits)
    assert tiny.reason == Reason.GRADIENT


def test_what_single_precision_and_a_vanished_gradient_leave_is_seen():
    single = float(torch.sigmoid(torch.tensor(0.3, dtype=torch.float32)))
    exact = float(torch.sigmoid(torch.tensor(0.3, dtype=torch.float64)))
    bound = tolerance_for(program("sigmoid"), 1, "float64")
    assert judge("value", array(exact), array(single), bound).reason == Reason.VALUE
    assert judge("grad", array(1e-8), array(0.0), bound).reason == Reason.GRADIENT
    by_torch = tolerance_for(program("sigmoid"), 1, "float64", ASSERT_CLOSE)
    assert not judge("value", array(exact), array(single), by_torch).reason


def test_integers_are_compared_exactly_beside_floats():
    large = Array("int64", (), (2**24,))
    found = judge("value", large, Array("int64", (), (2**24 + 1,)), ASSERT_CLOSE["float32"])
    assert found.reason == Reason.VALUE


@pytest.mark.parametrize("held", ["int64", "float32"])
def test_where_the_dtype_is_not_asked_for_the_number_decides(held):
    one = Array(held, (), (1,))
    assert judge("grad", array(1.0), one, F64).reason == Reason.DTYPE
    assert not judge("grad", array(1.0), one, F64, conventions=False).reason
    assert judge("grad", array(2.0), one, F64, conventions=False).reason == Reason.GRADIENT


def test_where_conventions_do_not_count_a_gradient_of_zero_is_as_good_as_none():
    none, zero = None, array([0.0, 0.0])
    assert judge("grad", none, zero, F64).reason == Reason.GRADIENT
    assert not judge("grad", none, zero, F64, conventions=False).reason
    assert judge("grad", none, array([0.0, 1.0]), F64, conventions=False).reason == Reason.GRADIENT
    assert judge("grad", zero, none, F64, conventions=False).reason == Reason.MISSING_GRADIENT


def test_equal_arrays_differ_by_nothing_and_the_worst_element_of_an_exact_op_is_named():
    for tolerance, decided in ((F64, "rtol"), (EXACT, "exact")):
        same = judge("value", array([3.0, 1.0]), array([3.0, 1.0]), tolerance)
        assert same.difference == Difference(0.0, 0.0, 0, decided)
    found = judge("value", array([1.0, 2.0, 3.0]), array([1.0, 2.0, 4.0]), EXACT)
    assert (found.index, found.wrong, found.difference.decided_by) == (2, 1, "exact")


@pytest.mark.parametrize(
    "lie",
    [
        type("Number", (float,), {"__eq__": lambda *_: True, "__hash__": float.__hash__})(3.0),
        type("Pretender", (), {"__float__": lambda self: 1.0, "__class__": float})(),
        "1.0",
        1j,
        [1.0, "2.0"],
        [[1.0], [2.0, 3.0]],
        10**400,
        np.array([1j]),
        np.array([object()]),
    ],
    # By themselves they would be named by where they lie.
    ids=["number", "pretender", "str", "complex", "mixed", "ragged", "huge", "array", "objects"],
)
def test_what_is_not_plain_numbers_is_opaque(lie):
    assert isinstance(answer(lie), Opaque)


def test_the_slides_gradients_are_met():
    """The lecture's slides print the gradients of w0, x0, w1, x1, w2 rounded early."""
    from gradconform.harness.catalogue.reference import Reference

    printed = {"w0": -0.20, "x0": 0.40, "w1": -0.40, "x1": -0.60, "w2": 0.20}
    reference = Reference()
    neurons = catalogue().select(["lecture/neuron*"])
    assert len(neurons) == 3
    for case in neurons:
        readings = reference(case.instance(0, "float64")).readings
        found = dict(zip(case.program.labels, readings, strict=True))
        for name, slide in printed.items():
            assert found[f"{name}.grad"].item() == pytest.approx(slide, abs=0.02), case.id


def test_a_truth_value_is_no_number_where_an_integer_is_one():
    def reason(actual):
        return judge("grad", array([1.0]), actual, F64, conventions=False).reason

    assert reason(array([1], "int64")) is Reason.NONE
    assert reason(array([True], "bool")) is Reason.DTYPE
