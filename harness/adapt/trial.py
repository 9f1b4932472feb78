"""Trying a class: which of the customs work on it.

- `tried`: a class -> its `Usage`, or `Refused` with the reason.

Each way of use is tried on an example; numbers are read, and never judged.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from harness.adapt.backward import Backward, backward_of
from harness.adapt.customs import (
    FACTORIES,
    GRADIENTS,
    KINDS,
    LABELS,
    OF_ARRAYS,
    PARAMETER_KINDS,
    VALUES,
    WANTS_GRADIENT,
)
from harness.adapt.functions import Functions, same_name
from harness.array import Array, answer
from harness.interpret import described

_NUMBER = 1.5
_TABLE = ((1.0, 2.0, 3.0), (4.0, 5.0, 6.0))


class Refused(Exception):
    """Why a class is no engine, as the end of a sentence that begins with its name."""


@dataclass
class Usage:
    """How a class is used. `make` takes a number or a NumPy array, and whether a gradient is wanted."""

    kind: type
    make: Callable[[Any, bool], Any]
    leaf: str
    value: str
    gradient: str
    backward: Backward
    arrays: bool
    as_lists: bool
    dtype: str
    differentiates: bool = False

    def read(self, chain: str, node: Any) -> Any:
        """Follow a chain of attributes and calls, into another node of the engine if need be."""
        found = follow(node, chain)
        if chain == self.gradient and callable(found) and not hasattr(found, "dtype"):
            found = found()
        if isinstance(found, self.kind) and found is not node:
            return follow(found, self.value)
        return found

    def words(self) -> str:
        """How it is used, in words."""
        over = "arrays" if self.arrays else "numbers"
        return f"{over}; {self.leaf}, .{self.value}, .{self.gradient}, {self.backward.words}"


def follow(node: Any, chain: str) -> Any:
    """The attribute chain `chain`, in which "()" calls."""
    for part in chain.split("."):
        called = part.endswith("()")
        node = getattr(node, part.removesuffix("()"))
        if called:
            node = node()
    return node


def attempt(work: Callable[[], Any]) -> Any:
    """What the work gives, or the exception that it raised: here that is an answer too."""
    try:
        return work()
    except Exception as problem:
        return problem


def tried(kind: type, functions: Functions) -> Usage:
    """Find out how the class is used. Refused when no custom fits."""
    make, leaf = _leaf(kind, functions)
    node = make(_NUMBER, True)
    value = _value(kind, make, node)
    gradient = _gradient(kind, node)
    arrays, as_lists, dtype = _arrays(kind, make, value)
    usage = Usage(
        kind, make, leaf, value, gradient, backward_of(kind, functions), arrays, as_lists, dtype
    )
    if arrays:
        usage.backward.choose_cotangent(usage)
    usage.differentiates = _differentiates(usage)
    return usage


def _leaf(kind: type, functions: Functions) -> tuple[Callable[[Any, bool], Any], str]:
    problem: Any = None
    for make, words in (*_constructors(kind, functions), *_factories(kind, functions)):
        made = attempt(lambda make=make: make(_NUMBER, True))  # type: ignore[misc]
        if isinstance(made, kind):
            return make, words
        problem = made if isinstance(made, Exception) else problem
    why = f": {described(problem)}" if problem is not None else ""
    raise Refused(f"cannot be made from a number{why}")


def _constructors(
    kind: type, functions: Functions
) -> Iterator[tuple[Callable[[Any, bool], Any], str]]:
    name = kind.__name__
    parameters = _parameters(kind)
    flag = next((each for each in WANTS_GRADIENT if each in parameters), None)
    if flag:
        yield lambda data, wanted: kind(data, **{flag: wanted}), f"{name}(data, {flag}=True)"
    option = next((each for each in KINDS if each in parameters), None)
    member = _parameter_kind(kind, functions, parameters.get(option or ""))
    if option and member is not None:
        yield lambda data, wanted: kind(data, **{option: member}), f"{name}(data, {option}=...)"
    needed = [p.name for p in parameters.values() if p.default is p.empty and _by_place(p)]
    if len(needed) > 1 and needed[0] in LABELS:
        yield lambda data, wanted: kind("x", data), f"{name}(label, data)"
    elif needed and needed[0] in LABELS and len(parameters) > 1:
        second = [each for each in parameters if each not in LABELS][0]
        yield lambda data, wanted: kind("x", **{second: data}), f"{name}(label, {second}=data)"
    yield lambda data, wanted: kind(data), f"{name}(data)"
    for keyword in ("data", "value", "val"):
        if keyword in parameters:
            yield lambda data, wanted, k=keyword: kind(**{k: data}), f"{name}({keyword}=data)"


def _factories(
    kind: type, functions: Functions
) -> Iterator[tuple[Callable[[Any, bool], Any], str]]:
    for name in FACTORIES:
        make = functions.named(name)
        if make is None:
            continue
        flag = next((each for each in WANTS_GRADIENT if each in _parameters(make)), None)
        if flag:
            yield (lambda data, wanted, m=make, f=flag: m(data, **{f: wanted})), f"{name}(data, {flag}=True)"
        yield (lambda data, wanted, m=make: m(data)), f"{name}(data)"


def _parameters(callee: Any) -> dict[str, inspect.Parameter]:
    try:
        return dict(inspect.signature(callee).parameters)
    except (TypeError, ValueError):
        return {}


def _by_place(parameter: inspect.Parameter) -> bool:
    return parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)


def _parameter_kind(kind: type, functions: Functions, option: inspect.Parameter | None) -> Any:
    """The constant that stands for a leaf with a gradient: of the default's enum, class or module."""
    if option is None:
        return None
    for name in PARAMETER_KINDS:
        for owner in (type(option.default), kind):
            if hasattr(owner, name):
                return getattr(owner, name)
        if name in functions.constants:
            return functions.constants[name]
    return None


def _value(kind: type, make: Callable[[Any, bool], Any], node: Any) -> str:
    result = _example(node)
    other = make(_NUMBER, True)
    for chain in VALUES:
        read = attempt(lambda chain=chain: answer(_unwrapped(kind, follow(other, chain))))  # type: ignore[misc]
        if not isinstance(read, Array) or read.size != 1:
            continue
        if result is None:
            return chain
        again = attempt(lambda chain=chain: answer(_unwrapped(kind, follow(result, chain))))  # type: ignore[misc]
        if isinstance(again, Array):
            return chain
    raise Refused("shows its number under no usual name (data, value, val, item() ...)")


def _unwrapped(kind: type, found: Any) -> Any:
    """Numbers are wanted: a chain that ends at a node of the engine has not arrived."""
    return None if isinstance(found, kind) and not isinstance(found, float) else found


def _example(node: Any) -> Any:
    """Some result of the engine, or None when it can neither add nor multiply."""
    for work in (lambda: node * node, lambda: node + node, lambda: node.mul(node), lambda: node.add(node)):
        result = attempt(work)
        if isinstance(result, type(node)) or (
            not isinstance(result, Exception) and result is not NotImplemented
        ):
            return result
    return None


def _gradient(kind: type, node: Any) -> str:
    for name in GRADIENTS:
        found = same_name(node, name)
        if found:
            return found
    raise Refused("has a gradient under no usual name (grad, gradient, derivative ...)")


def _arrays(kind: type, make: Callable[[Any, bool], Any], value: str) -> tuple[bool, bool, str]:
    """Whether it takes arrays, whether these must be nested lists, and the dtype that it keeps."""
    alone = attempt(lambda: answer(follow(make(_NUMBER, True), value)))
    native = isinstance(alone, Array) and alone.dtype not in ("number", "bool")
    if not native and not any(hasattr(kind, name) for name in OF_ARRAYS):
        return False, False, "float64"
    import numpy as np

    for as_lists, given in ((False, np.array(_TABLE)), (True, [list(row) for row in _TABLE])):
        read = attempt(lambda given=given: answer(follow(make(given, True), value)))  # type: ignore[misc]
        if isinstance(read, Array) and read.shape == (2, 3):
            return True, as_lists, "float32" if read.dtype == "float32" else "float64"
    return False, False, "float64"


def _differentiates(usage: Usage) -> bool:
    """Whether a backward leaves a number as a leaf's gradient, right or wrong."""

    def work() -> Any:
        node = usage.make(_NUMBER, True)
        usage.backward.run(usage, _example(node), None)
        return answer(usage.read(usage.gradient, node))

    found = attempt(work)
    return isinstance(found, Array) and any(found.data)
