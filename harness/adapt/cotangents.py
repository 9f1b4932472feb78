"""How a backward of an untrusted class takes a cotangent, or what stands for one.

- `with_cotangent`: the step of the probe that finds this out.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Literal

from ..places import told
from ..program.arrays import Array, answer
from ..program.transcript import default_cotangent
from .arithmetic import example_result
from .functions import Functions
from .leaves import NUMBER, attempt
from .usage import Usage


def with_cotangent(usage: Usage, functions: Functions) -> Usage:
    """The usage with the form in which its backward takes a cotangent, if it takes one.

    The node comes first: a backward that wants a node may accept an array by mistake, because it asks for
    nothing but `.data`.
    """
    if not usage.arrays:
        return usage
    if not usage.backward.cotangent:
        return _with_weights(usage, functions)
    number = usage.make(NUMBER, True)
    attempt(lambda: usage.backward.run(example_result(number, functions)))
    forms: tuple[Literal["node", "array"], ...] = ("node", "array")
    candidates = (usage._replace(cotangent_as=form) for form in forms)
    works = partial(_takes_cotangent, functions=functions, number=number)
    return next(filter(works, candidates), usage)


def _with_weights(usage: Usage, functions: Functions) -> Usage:
    """The usage with the weights that stand for a cotangent, wanting a gradient or not.

    Weights want none. But where an operand that wants none stops the backward, each op would fail by this one
    mistake, and its own answers would not be seen. The cases about such operands show it.
    """
    candidates = [usage._replace(weights_want=wanted) for wanted in (False, True)]
    found = [attempt(partial(_weighted_gradient, each, functions)) for each in candidates]
    fine = [isinstance(each, Array) and any(each.data) for each in found]
    if fine != [False, True]:
        return usage
    why = f": {told(found[0])}" if isinstance(found[0], Exception) else ""
    note = f"an operand that wants no gradient stops the backward{why}"
    return candidates[1]._replace(notes=(*usage.notes, note))


def _weighted_gradient(usage: Usage, functions: Functions) -> Any:
    return answer(usage.read(usage.gradient, _leaf_after_backward(usage, functions)))


def _leaf_after_backward(usage: Usage, functions: Functions) -> Any:
    table = default_cotangent((2, 3))
    leaf = usage.make(usage.data_of(table), True)
    usage.run_backward(example_result(leaf, functions), table)
    return leaf


def _takes_cotangent(usage: Usage, functions: Functions, number: Any) -> bool:
    """True when a backward with a cotangent leaves a gradient of its shape on a leaf.

    The gradient must be a node exactly if that of `number` is one, a leaf after a backward without cotangent.
    """
    leaf = attempt(partial(_leaf_after_backward, usage, functions))
    if not isinstance(leaf, usage.kind):
        return False
    if usage.keeps_a_node(leaf) != usage.keeps_a_node(number):
        return False
    found = attempt(partial(usage.read, usage.gradient, leaf))
    return getattr(answer(found), "shape", ()) == (2, 3)
