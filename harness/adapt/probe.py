"""Probing a class: which naming conventions it follows.

- `probe`: the `Usage` of a class, or `Refused` with the reason.

Each step makes candidates, the likeliest first, and takes the first candidate that works on an example.
Candidates and usages are frozen: a later step makes a new usage of the one before it. Numbers are read,
but never judged.

An example, a class that follows no usual convention:

    import numpy as np

    class C:
        def __init__(self, value, name, parents=()):
            self.num, self.name, self.parents = np.asarray(value, float), name, parents
            self.total = np.zeros_like(self.num)

        def __mul__(self, other):
            return C(self.num * other.num, "product", ((self, other.num), (other, self.num)))

        def derivative(self):
            return self.total

        def backprop(self, upstream):
            self.total = self.total + upstream
            for parent, local in self.parents:
                parent.backprop(upstream * local)

1. A leaf of the number 1.5. `name` has no default and is in the table LABELS, so `C(name="x", value=1.5)` is
   the first candidate, and it makes a node. `C(1.5)` would be the next; it fails, as `name` is missing.
2. A result. `node * node` is the first candidate, and it returns a node.
3. The value. No name of the table VALUES is an attribute. The attributes are next, in alphabetical order:
   `backprop` and `derivative` are methods, `name` is a text. `num` is 1.5 on a leaf of 1.5 and 2.5 on
   a leaf of 2.5, and it is a number of the result too: it wins.
4. Arrays. `num` is an array of NumPy, so an array of NumPy is the first candidate. `num` has its shape, on
   a leaf and on a product: it wins.
5. The backward. Of the table BACKWARDS, `backward` and `backwards` are missing, and `backprop` wins. Its
   parameter `upstream` is in the table COTANGENTS and has no default, so it gets 1.0 for a single number.
6. The gradient. Of the table GRADIENTS, `grad` and `gradient` are missing, and `derivative` wins. It is
   a method, so it is called.
7. A leaf that has a gradient. The leaf of step 1 is the first candidate. Its gradient is 3.0 after the
   backward of the product. It need not be right, but it is not zero: the leaf wins.
8. The precision. 0.1 is 0.1 on a leaf, and its product with itself is no number of float32: the engine
   computes in float64.
9. A cotangent. A node is the first candidate; it fails, as `0.0 + upstream` is a TypeError. An array is the
   second. It leaves an array of the right shape on the leaf: it wins.

The usage in words: "arrays; C(name, value), .num, .derivative, .backprop(upstream)".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, TypeVar

from ..engine.contract import ENDLESS_BACKWARD
from ..places import told
from ..program.arrays import Array, answer
from ..submission.loading.absent_parts import is_result
from .arithmetic import (
    example_result,
    first_that_works,
    ways_to_multiply,
    ways_to_sum,
)
from .arrays import array_use
from .attributes import (
    changed_attribute,
    numbers_at,
    usual_gradient,
    value_path,
    words_of_attributes,
)
from .backward import backward_of
from .code_objects import globals_in
from .cotangents import with_cotangent
from .functions import Functions
from .leaves import (
    NUMBER,
    LeafCall,
    Refused,
    attempt,
    first_leaf_call,
    flagged,
    listed,
)
from .precision import in_float64
from .usage import Usage, follow

# Does the work, and returns True when it ended in time.
InTime = Callable[[Callable[[], None]], bool]
_Result = TypeVar("_Result")


def probe(kind: type, functions: Functions, in_time: InTime) -> Usage:
    """Find out how the class is used.

    Raises Refused when a step has no candidate that works, or does not end in time.
    """
    leaf = _ended(in_time, partial(first_leaf_call, kind, functions))
    if leaf is None:
        raise Refused("took too long: making one from a number does not come to an end")
    seen = _ended(in_time, partial(_without_backward, kind, functions, leaf))
    if seen is None:
        raise Refused(
            "took too long: two of them are added or multiplied, or one read, without end"
        )
    named = _ended(in_time, partial(_with_gradient, seen, functions))
    if named is None:
        raise Refused("took too long: its backward does not come to an end")
    # A backward that never ends is no reason to refuse the class: each case has a time limit, and cases
    # without a backward may be right.
    tested = _ended(in_time, partial(_with_leaf_that_differentiates, named, functions))
    if tested is None:
        return named._replace(notes=(ENDLESS_BACKWARD,))
    tested = tested if tested.differentiates else _with_global_start(tested)
    tested = _ended(in_time, partial(in_float64, tested, functions)) or tested
    full = _ended(in_time, partial(with_cotangent, tested, functions))
    return full or tested._replace(notes=(*tested.notes, ENDLESS_BACKWARD))


def _ended(in_time: InTime, work: Callable[[], _Result]) -> _Result | None:
    """The result of the work, or None when it did not end in time."""
    results: list[_Result] = []
    return results[0] if in_time(lambda: results.append(work())) else None


def _without_backward(kind: type, functions: Functions, leaf: LeafCall) -> Usage:
    """The usage as far as it shows without a backward. `gradient` is "" when it has no usual name."""
    node = leaf.make(NUMBER, True)
    result = example_result(node, functions)
    value, container = value_path(kind, leaf, result)
    numbers = partial(numbers_at, kind, value, container)
    arrays = array_use(leaf, numbers, partial(_followed, value), functions)
    return Usage(
        kind=kind,
        leaf=leaf,
        value=value,
        container=container,
        gradient=usual_gradient(node),
        backward=backward_of(kind, functions),
        times=first_that_works(ways_to_multiply(functions), node, node),
        total=first_that_works(ways_to_sum(functions), node),
        arrays=arrays.taken,
        as_lists=arrays.as_lists,
        dtype=arrays.dtype,
        family=(kind, *_shared_classes(kind, type(result))),
    )


def _followed(chain: str, node: Any) -> Any:
    return follow(node, chain)


def _shared_classes(kind: type, other: type) -> list[type]:
    """The classes from which leaves and results derive, and `other`; none if they share builtins alone."""
    shared = [each for each in other.__mro__ if issubclass(kind, each)]
    own = [each for each in shared if each.__module__ != "builtins"]
    return [*own, other] if own else []


def _with_gradient(usage: Usage, functions: Functions) -> Usage:
    """The usage with the name of its gradient.

    When a fresh leaf has no usual name, a leaf after a backward may have one. Else the gradient is the
    attribute that the backward changes into a number. Raises Refused when there is none.
    """
    if usage.gradient:
        return usage
    fresh, used = usage.make(NUMBER, True), usage.make(NUMBER, True)
    returned = attempt(lambda: usage.backward.run(example_result(used, functions)))
    found = usual_gradient(used) or changed_attribute(fresh, used)
    if found:
        return usage._replace(gradient=found)
    if isinstance(returned, dict | list | tuple):
        raise Refused("has a backward that gives the gradients back instead of keeping them")
    raise Refused(
        f"has a gradient under no usual name (grad, gradient, derivative ...); {words_of_attributes(used)}"
    )


def _with_leaf_that_differentiates(usage: Usage, functions: Functions) -> Usage:
    """The usage with the first way to make a leaf that has a gradient after a backward.

    The usage stays as it is, with a note, when no leaf has one.
    """
    problems: list[Exception] = []
    for leaf in _leaf_calls(usage):
        candidate = usage._replace(leaf=leaf)
        found = _gradient_of_leaf(candidate, functions)
        # Any number other than zero, right or wrong.
        if isinstance(found, Array) and any(found.data):
            one = candidate.shape_of(candidate.make(NUMBER, True))
            return candidate._replace(differentiates=True, one=one)
        problems += [found] if isinstance(found, Exception) else []
    # The first candidate is the likeliest, so that its exception tells most.
    why = f": {told(problems[0])}" if problems else ""
    note = f"no leaf had a gradient after a backward in the probe{why}"
    return usage._replace(notes=(*usage.notes, note))


def _leaf_calls(usage: Usage) -> Iterator[LeafCall]:
    yield usage.leaf
    yield from flagged(usage.kind)
    # A class of numbers takes a list too, and adds lists by joining them.
    if usage.arrays:
        yield listed(usage.leaf)


def _gradient_of_leaf(usage: Usage, functions: Functions) -> Any:
    """The gradient of a leaf after a backward, or the exception that was raised on the way."""

    def work() -> Any:
        node = usage.make(NUMBER, True)
        usage.run_backward(example_result(node, functions), None)
        return answer(usage.read(usage.gradient, node))

    return attempt(work)


def _with_global_start(usage: Usage) -> Usage:
    """The usage with the global variable at which the backward starts by mistake, instead of at its own node.

    The variable is a node, or a value that an absent package would have given. It belongs to the notebook,
    and not to the class.
    """
    code, names = usage.backward.code_of(usage.kind)
    for name in sorted(globals_in(code)) if code else ():
        if isinstance(names.get(name), usage.family) or is_result(names.get(name)):
            note = f"{usage.backward.name} starts at {name}, a global variable, and not at its own node"
            return usage._replace(starts_at=name, notes=(note,))
    return usage
