"""The judge of numbers, held against `torch.testing.assert_close` and `numpy.nextafter`."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from harness.catalogue.collection import catalogue
from harness.catalogue.tolerance import DEFAULTS, EXACT, tolerance_for
from harness.judge.compare import judge
from harness.judge.outcome import Reason
from harness.program import Apply, Input, Program, Read, Ref
from harness.program.arrays import Array, Opaque, answer

F64 = DEFAULTS["float64"]
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
def test_the_defaults_are_those_of_assert_close(dtype):
    found = torch.testing._comparison.default_tolerances(getattr(torch, dtype))
    assert (DEFAULTS[dtype].rtol, DEFAULTS[dtype].atol) == found


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
    if not np.isfinite(first):
        return
    for _ in range(steps):
        last = np.nextafter(last, kind(np.inf))
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


def test_only_programs_of_exact_ops_are_judged_without_tolerance():
    assert tolerance_for(program("relu", "abs", "T"), 4, "float64") is EXACT
    assert tolerance_for(program("relu", "exp"), 4, "float64") is F64


def test_a_reduction_widens_with_its_size():
    small, large = (tolerance_for(program("sum"), n, "float32") for n in (4, 4096))
    assert small == DEFAULTS["float32"]
    assert large.rtol == 2 * 4096 * float(np.finfo("float32").eps)


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
    from harness.catalogue.reference import Reference

    printed = {"w0": -0.20, "x0": 0.40, "w1": -0.40, "x1": -0.60, "w2": 0.20}
    reference = Reference()
    neurons = catalogue().select(["lecture/neuron*"])
    assert len(neurons) == 3
    for case in neurons:
        readings = reference(case.instance(0, "float64")).readings
        found = dict(zip(case.program.labels, readings, strict=True))
        for name, slide in printed.items():
            assert found[f"{name}.grad"].item() == pytest.approx(slide, abs=0.02), case.id
