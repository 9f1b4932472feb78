"""The catalogue is checked itself: by finite differences, by repetition, and by linearity."""

import ast
import collections
import re
import warnings
from dataclasses import replace
from fnmatch import fnmatch

import pytest
import torch
from gradconform.engines.scalar import Value
from gradconform.engines.torch_ import Torch
from gradconform.harness.catalogue.case import LEVELS
from gradconform.harness.catalogue.collection import catalogue
from gradconform.harness.catalogue.reference import Reference
from gradconform.harness.catalogue.tolerance import MEASURED
from gradconform.harness.engine.eager_walk import EagerWalk
from gradconform.harness.judge.compare import judge
from gradconform.harness.judge.outcome import Reason, Verdict
from gradconform.harness.judge.verdict import bound
from gradconform.harness.program import Apply, Backward, Grad, Input, Program, Read, ZeroGrad
from gradconform.harness.program.arrays import FLOAT_DTYPES, Array
from gradconform.harness.program.op_table import find
from gradconform.harness.run.runner import run_case

from gradconform import EagerEngine

CASES = list(catalogue())
PLAIN = [c for c in CASES if not {"stress", "training", "error"} & {*c.tags}]
# What a case must be tagged with when torch's gradient is not the limit of finite differences: a point
# without a derivative, or one where finite differences fail.
NOT_SMOOTH = {"kink", "tie", "edge", "nan", "stability"}
# By design: what is stopped has no gradient, and a symmetric matrix has half of its entries free.
NOT_SMOOTH |= {"stop-gradient", "symmetric"}
NARROW = (torch.float32, torch.float16, torch.bfloat16)
FUNCTION = {Input, Apply, Grad, Backward, ZeroGrad, Read}


def instance(case):
    return case.instance(0, "float64")


def only_backward(case):
    """The one backward of a case whose other steps are inputs, ops and readings, or None."""
    kinds = [type(step) for step in case.program.steps]
    if kinds.count(Backward) != 1 or not {*kinds} <= {Input, Apply, Backward, Read}:
        return None
    return next(step for step in case.program.steps if isinstance(step, Backward))


def is_a_function(case):
    """Whether the values of a case follow from its inputs alone, with a derivative everywhere."""
    steps = case.program.steps
    changed = any(find(op).has("inplace") for op in case.program.ops)
    options = any(isinstance(step, Grad) and not step.plain for step in steps)
    return {type(step) for step in steps} <= FUNCTION and not changed and not options


def roots_of(case):
    """The values from which a case goes back, or those that it reads when it does not."""
    backwards = [step for step in case.program.steps if isinstance(step, Backward)]
    roots = [ref for step in backwards for ref in (step.root, *step.others)]
    return dict.fromkeys(roots or [r.of for r in case.program.reads if r.what == "value"])


class Given(Torch):
    """torch, on leaves that are handed in."""

    def __init__(self, arrays, leaves):
        self.handed = {id(array): leaf for array, leaf in zip(arrays, leaves, strict=True)}

    def leaf(self, array, requires_grad):
        return self.handed.get(id(array), array)


def as_function(case, root):
    """The case as a function of its inputs, for gradcheck; gradients in it are steps like others."""
    steps = [step for step in case.program.steps if isinstance(step, Input | Apply | Grad)]
    program = Program((*steps, Read("value", root)))

    def function(*leaves):
        inputs = instance(case).inputs
        walk = EagerWalk(Given(inputs.values(), leaves), program, inputs)
        stop = walk.run().stop
        if stop is not None:
            raise ArithmeticError(stop.message)
        return walk.values[root.index]

    return function


def leaves_of(case):
    made = Torch()
    return [
        made.leaf(array, case.inputs[name].requires_grad)
        for name, array in instance(case).inputs.items()
    ]


def checkable(case):
    """The functions of a case that finite differences can be taken of, and its leaves."""
    leaves = leaves_of(case)
    if not is_a_function(case) or any(leaf.dtype in NARROW for leaf in leaves):
        return [], leaves
    functions = [as_function(case, root) for root in roots_of(case)]
    return [f for f in functions if getattr(f(*leaves), "requires_grad", False)], leaves


def passes_gradcheck(function, leaves):
    try:
        # The fast mode takes one random direction, and has none where nothing is there.
        fast = all(tensor.numel() for tensor in (function(*leaves), *leaves))
        return torch.autograd.gradcheck(
            function, leaves, atol=1e-5, raise_exception=False, fast_mode=fast
        )
    except ArithmeticError:  # one step outside of the domain, where torch raises
        return False


@pytest.mark.long(20)
def test_every_smooth_case_passes_gradcheck():
    warnings.simplefilter("ignore")  # of torch's future; the filters are pytest's own afterwards
    checked, wrong = collections.Counter(), []
    for case in PLAIN:
        functions, leaves = checkable(case)
        checked[Grad in map(type, case.program.steps)] += bool(functions)
        if not all(passes_gradcheck(function, leaves) for function in functions):
            wrong.append(case)
    assert [c.id for c in wrong if not NOT_SMOOTH & {*c.tags}] == [], "a tag must say why"
    assert checked[False] >= 2500
    assert checked[True] >= 100, "where a gradient is in the function it is gradgradcheck"


def hidden_by(tolerance, case, transcript):
    """The readings of numbers for which a zero would pass."""
    for read, label, want in zip(
        case.program.reads, case.program.labels, transcript.readings, strict=True
    ):
        if isinstance(want, Array) and want.dtype in FLOAT_DTYPES and any(want.data):
            zero = replace(want, data=(0.0,) * want.size)
            if not judge(read.what, want, zero, tolerance).reason:
                yield f"{case.id} {label}"


def test_runs_are_bit_identical_and_leave_their_inputs_alone_and_no_zero_passes_for_a_number(
    reference,
):
    hidden = []
    for case in PLAIN:
        one = instance(case)
        before = {name: array.data for name, array in one.inputs.items()}
        first, second = reference.ask(one), reference.ask(one)
        assert repr(first) == repr(second), case.id
        assert {name: array.data for name, array in one.inputs.items()} == before
        if case.level == "core":
            hidden += hidden_by(bound(one, first, MEASURED), case, first)
    assert not hidden


def seeded(case, cotangent):
    """The case with its backward started from `cotangent`."""
    steps = tuple(
        step._replace(cotangent=cotangent) if isinstance(step, Backward) else step
        for step in case.program.steps
    )
    return replace(instance(case), program=Program(steps))


def gradients(reference, one):
    readings = zip(one.program.reads, reference.ask(one).readings, strict=True)
    return [r.data for read, r in readings if read.what == "grad" and isinstance(r, Array)]


def test_gradients_are_linear_in_the_cotangent(reference):
    checked = 0
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


def test_the_spellings_of_one_function_agree(reference):
    spellings = collections.defaultdict(list)
    for case in CASES:
        if "spellings" in case.tags:
            spellings[case.id.partition("[")[0]].append(instance(case))
    for first, *others in spellings.values():
        wanted = reference.ask(first)
        assert wanted.stop is None
        assert others, f"{first.case.id} is the only spelling"
        for other in others:
            found = reference.ask(replace(other, inputs=first.inputs))
            assert found.stop is None
            for want, got in zip(wanted.readings, found.readings, strict=True):
                assert (got.shape, got.dtype) == (want.shape, want.dtype), other.case.id
                assert got.data == pytest.approx(want.data, rel=1e-11, abs=1e-11), other.case.id
    assert len(spellings) >= 45
    assert sum(map(len, spellings.values())) >= 200


def test_a_value_does_not_depend_on_whether_gradients_are_tracked(reference):
    checked = 0
    for case in PLAIN:
        backward = only_backward(case)
        if backward is None or any(find(op).has("inplace") for op in case.program.ops):
            continue
        inputs = [s._replace(requires_grad=False) for s in case.program.steps if type(s) is Input]
        ops = [step for step in case.program.steps if isinstance(step, Apply)]
        tracked = Program((*case.program.steps, Read("value", backward.root)))
        bare = Program((*inputs, *ops, Read("value", backward.root)))
        asked = [reference.ask(replace(instance(case), program=p)) for p in (tracked, bare)]
        want, got = (transcript.readings[-1] for transcript in asked)
        assert (got.shape, got.dtype) == (want.shape, want.dtype), case.id
        # On some processors torch takes another kernel for a convolution without gradients, and its sums
        # differ in the last bits.
        assert got.data == pytest.approx(want.data, rel=1e-12, abs=1e-12, nan_ok=True), case.id
        checked += 1
    assert checked >= 2500


def test_a_backward_that_calls_itself_is_caught_by_a_long_chain():
    class Recursive(EagerEngine):
        def leaf(self, array, requires_grad):
            return Value(array.item())

        def value(self, node):
            return node.data

        def grad(self, node):
            return node.grad

        def backward(self, root, cotangent, retain_graph):
            def visit(node):
                for parent in node.parents:
                    visit(parent)

            visit(root)
            root.backward()

    chain = next(case for case in CASES if case.id == "graphs/chain_of_sums[5000]")
    (row,) = run_case(chain, Recursive(), Reference(), 0, "float64").outcomes
    assert (row.verdict, row.reason) == (Verdict.FAIL, Reason.RAISED)
    assert "RecursionError" in row.message


def test_the_catalogue_is_as_large_and_as_labelled_as_it_says():
    assert len(CASES) >= 700
    assert len({op for case in CASES for op in case.program.ops}) >= 180
    assert {case.level for case in CASES} == {*LEVELS}
    unlabelled = [c.id for c in CASES if c.level == "torch" and not c.convention]
    assert unlabelled == []
    stray = [
        c.id for c in CASES if c.level == "core" and {"kink", "tie", "error", "empty"} & {*c.tags}
    ]
    assert stray == []


def test_every_case_is_one_small_function_with_a_title():
    assert [case.id for case in CASES if not 0 < len(case.title) <= 110] == []
    # The variants of a case have one function.
    for case in {case.id.partition("[")[0]: case for case in CASES}.values():
        (function,) = ast.parse(case.source).body
        statements = function.body[1:]
        lines = statements[-1].end_lineno - statements[0].lineno + 1
        assert lines <= 7, case.id


# Proper names that may begin a title; names with a second capital (NumPy, SGD) are known by it.
PROPER = {"Cholesky", "Euclidean", "Frobenius", "Gaussian", "Hessian", "Huber", "Newton", "Python"}


def test_a_title_is_lower_case_and_has_no_full_stop():
    wrong = []
    for case in CASES:
        first = re.match(r"\w*", case.title)[0]
        named = first in PROPER or first[1:] != first[1:].lower()
        if (first[:1].isupper() and not named) or case.title.endswith((".", " ")):
            wrong.append(f"{case.id}: {case.title}")
    assert wrong == []


# Options whose defaults differ between libraries: NumPy's variance divides by n, many a gelu is made of tanh.
DEFAULTS_DIFFER = {"var": "correction", "std": "correction", "gelu": "approximate"}
DEFAULTS_DIFFER |= {
    "leaky_relu": "negative_slope",
    "kl_div": "reduction",
    "pairwise_distance": "eps",
}
DEFAULTS_DIFFER |= dict.fromkeys(("layer_norm", "rms_norm", "batch_norm", "group_norm"), "eps")
DEFAULTS_DIFFER |= {"instance_norm": "eps", "local_response_norm": "k"}
DEFAULTS_DIFFER |= {"poisson_nll_loss": "log_input"}  # Keras takes a rate
# Keras had 0.2 * x + 0.5, and has x / 6 + 0.5 now.
DEFAULTS_DIFFER |= {"hardsigmoid": "(no option)", "hardswish": "(no option)"}
AT_ZERO = "*/*at_zero[[]gelu]"  # where both formulas have one value, slope and second derivative


def test_no_core_case_leaves_an_option_to_a_default_that_differs_between_libraries():
    left = [
        f"{case.id}: {step.op}"
        for case in CASES
        if case.level == "core" and not fnmatch(case.id, AT_ZERO)
        for step in case.program.steps
        if isinstance(step, Apply)
        and DEFAULTS_DIFFER.get(step.op, "") not in ("", *dict(step.attributes))
    ]
    assert not left
