"""The catalogue is checked itself: by finite differences, by repetition, and by linearity."""

import ast
import warnings
from dataclasses import replace

import pytest
import torch

from engines.torch_ import Torch
from harness.array import FLOAT_DTYPES, Array
from harness.case import LEVELS, catalogue
from harness.interpret import Interpreter
from harness.program import Apply, Backward, Input, Program, Read
from harness.runner import Reference

CASES = list(catalogue())
PLAIN = [c for c in CASES if not {"stress", "training", "error"} & {*c.tags}]
# Tags under which torch's gradient need not be the limit of finite differences.
NOT_SMOOTH = {"kink", "tie", "edge", "nan", "stability", "empty", "lifecycle", "dtype"}
# By design: what is stopped has no gradient, and a symmetric matrix has half of its entries free.
NOT_SMOOTH |= {"stop-gradient", "symmetric"}


def instance(case):
    return case.instance(0, "float64")


def only_backward(case):
    """The one backward of a case whose other steps are inputs, ops and readings, or None."""
    kinds = [type(step) for step in case.program.steps]
    if kinds.count(Backward) != 1 or not {*kinds} <= {Input, Apply, Backward, Read}:
        return None
    return next(step for step in case.program.steps if isinstance(step, Backward))


class Given(Torch):
    """torch, on leaves that are handed in."""

    def __init__(self, arrays, leaves):
        self.handed = {id(array): leaf for array, leaf in zip(arrays, leaves, strict=True)}

    def leaf(self, array, requires_grad):
        return self.handed.get(id(array), array)


def as_function(case, root):
    """The case as a function of its inputs, for gradcheck."""
    steps = [step for step in case.program.steps if isinstance(step, Input | Apply)]
    program = Program((*steps, Read("value", root)))

    def function(*leaves):
        inputs = instance(case).inputs
        walk = Interpreter(Given(inputs.values(), leaves), program, inputs)
        assert walk.run().stop is None
        return walk.values[root.index]

    return function


def leaves_of(case):
    made = Torch()
    return [
        made.leaf(array, case.inputs[name].requires_grad)
        for name, array in instance(case).inputs.items()
    ]


def passes_gradcheck(case, root):
    warnings.simplefilter("ignore")  # of torch's future; the filters are pytest's own afterwards
    leaves = leaves_of(case)
    pinned = any(leaf.dtype == torch.float32 for leaf in leaves)
    if pinned or not any(leaf.requires_grad for leaf in leaves):
        return True
    return torch.autograd.gradcheck(
        as_function(case, root), leaves, eps=1e-6, atol=1e-5, rtol=1e-3, raise_exception=False
    )


def test_every_smooth_case_passes_gradcheck():
    checked, wrong = 0, []
    for case in PLAIN:
        backward = only_backward(case)
        if backward is None or NOT_SMOOTH & {*case.tags}:
            continue
        checked += 1
        if not passes_gradcheck(case, backward.root):
            wrong.append(case.id)
    assert wrong == [], "these need a tag that says why"
    assert checked >= 700


def test_runs_are_bit_identical_and_leave_their_inputs_alone():
    reference = Reference()
    for case in PLAIN:
        one = instance(case)
        before = {name: array.data for name, array in one.inputs.items()}
        first, second = reference.ask(one), reference.ask(one)
        assert repr(first) == repr(second), case.id
        assert {name: array.data for name, array in one.inputs.items()} == before


def seeded(case, cotangent):
    """The case with its backward started from `cotangent`."""
    steps = tuple(
        replace(step, cotangent=cotangent) if isinstance(step, Backward) else step
        for step in case.program.steps
    )
    return replace(instance(case), program=Program(steps))


def gradients(reference, one):
    readings = zip(one.program.reads, reference.ask(one).readings, strict=True)
    return [r.data for read, r in readings if read.what == "grad" and isinstance(r, Array)]


def test_gradients_are_linear_in_the_cotangent():
    reference, checked = Reference(), 0
    for case in PLAIN:
        if only_backward(case) is None or case.level != "core" or "dtype" in case.tags:
            continue
        result = reference(instance(case)).readings[0]
        if not isinstance(result, Array) or result.dtype not in FLOAT_DTYPES:
            continue
        flat = [((7 * k) % 5) - 1.5 for k in range(result.size)]
        other = [((3 * k) % 7) / 4 - 0.5 for k in range(result.size)]
        mixed = [2 * a - 3 * b for a, b in zip(flat, other, strict=True)]
        a, b, both = (
            gradients(reference, seeded(case, Array("float64", result.shape, tuple(seed))))
            for seed in (flat, other, mixed)
        )
        for of_a, of_b, of_both in zip(a, b, both, strict=True):
            wanted = [2 * x - 3 * y for x, y in zip(of_a, of_b, strict=True)]
            assert of_both == pytest.approx(wanted, rel=1e-9, abs=1e-9, nan_ok=True), case.id
        checked += 1
    assert checked >= 500


def test_the_catalogue_is_as_large_and_as_labelled_as_it_says():
    assert len(CASES) >= 700
    assert len({op for case in CASES for op in case.program.ops}) >= 180
    assert {case.level for case in CASES} == {*LEVELS}
    unlabelled = [c.id for c in CASES if c.level == "torch" and not c.convention]
    assert unlabelled == []
    stray = [c.id for c in CASES if c.level == "core" and {"kink", "tie", "error"} & {*c.tags}]
    assert stray == []


def test_every_case_is_one_small_function_with_a_title():
    for case in CASES:
        assert 0 < len(case.title) <= 110, case.id
        (function,) = ast.parse(case.source).body
        statements = function.body[1:]
        lines = statements[-1].end_lineno - statements[0].lineno + 1
        assert lines <= 7, case.id
