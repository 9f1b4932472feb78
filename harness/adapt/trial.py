"""Trying a class: which of the customs work on it.

- `tried`: a class -> its `Usage`, or `Refused` with the reason.

Each way of use is tried on an example; numbers are read, and never judged.
"""

from __future__ import annotations

import contextlib
import inspect
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
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

# A leaf from a number or an array, and whether a gradient is wanted.
Make = Callable[[Any, bool], Any]
_NUMBER = 1.5
_TABLE = ((1.0, 2.0, 3.0), (4.0, 5.0, 6.0))


class Refused(Exception):
    """Why a class is no engine, as the end of a sentence that begins with its name."""


@dataclass
class Usage:
    """How a class is used. `make` takes a number or a NumPy array, and whether a gradient is wanted.

    `family` are the classes of nodes: the class, what its results are, and what both derive from.
    """

    kind: type
    make: Make
    leaf: str
    value: str
    gradient: str
    backward: Backward
    arrays: bool
    as_lists: bool
    dtype: str
    family: tuple[type, ...]
    differentiates: bool = False

    def read(self, chain: str, node: Any) -> Any:
        """Follow a chain of attributes and calls, into another node of the engine if need be."""
        found = follow(node, chain)
        if chain == self.gradient and callable(found) and not hasattr(found, "dtype"):
            found = found()
        if isinstance(found, self.family) and found is not node and type(found) is not float:
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
    result = _example(node, functions)
    value = _value(kind, make, result)
    gradient = _gradient(node)
    arrays, as_lists, dtype = _arrays(kind, make, value)
    family = (kind, *_shared(kind, type(result)))
    backward = backward_of(kind, functions)
    usage = Usage(kind, make, leaf, value, gradient, backward, arrays, as_lists, dtype, family)
    if arrays:
        backward.choose_cotangent(usage, partial(_example, functions=functions))
    usage.differentiates = _differentiates(usage, functions)
    return usage


def _shared(kind: type, other: type) -> list[type]:
    """What a leaf and a result both are, if that is more than a builtin."""
    shared = [each for each in other.__mro__ if issubclass(kind, each)]
    own = [each for each in shared if each.__module__ != "builtins"]
    return [*own, other] if own else []


def _leaf(kind: type, functions: Functions) -> tuple[Make, str]:
    problem: Any = None
    ways = [*_constructors(kind, functions), *_factories(functions)]
    for make, words in ways:
        made = attempt(partial(make, _NUMBER, True))
        if isinstance(made, kind):
            return make, words
        problem = made if isinstance(made, Exception) else problem
    for make, words in map(_of_arrays, ways):
        if isinstance(attempt(partial(make, _NUMBER, True)), kind):
            return make, words
    why = f": {described(problem)}" if problem is not None else ""
    raise Refused(f"cannot be made from a number{why}")


def _constructors(kind: type, functions: Functions) -> Iterator[tuple[Make, str]]:
    name = kind.__name__
    parameters = _parameters(kind)
    flag = next((each for each in WANTS_GRADIENT if each in parameters), "")
    if flag:
        yield _maker(kind, flag=flag), f"{name}(data, {flag}=True)"
    option = next((each for each in KINDS if each in parameters), "")
    member = _parameter_kind(kind, functions, parameters.get(option))
    if member is not None:
        yield _maker(kind, fixed={option: member}), f"{name}(data, {option}=...)"
    needed = [p.name for p in parameters.values() if p.default is p.empty and _by_place(p)]
    if needed and needed[0] in LABELS and len(parameters) > 1:
        data = next(each for each in parameters if each not in LABELS)
        yield _maker(kind, keyword=data, fixed={needed[0]: "x"}), f"{name}(label, {data})"
    yield _maker(kind), f"{name}(data)"
    for keyword in ("data", "value", "val"):
        if keyword in parameters:
            yield _maker(kind, keyword=keyword), f"{name}({keyword}=data)"


def _factories(functions: Functions) -> Iterator[tuple[Make, str]]:
    for name in FACTORIES:
        make = functions.named(name)
        if make is None:
            continue
        flag = next((each for each in WANTS_GRADIENT if each in _parameters(make)), "")
        if flag:
            yield _maker(make, flag=flag), f"{name}(data, {flag}=True)"
        yield _maker(make), f"{name}(data)"


def _maker(
    callee: Any, flag: str = "", keyword: str = "", fixed: Mapping[str, Any] | None = None
) -> Make:
    """Calls `callee` with data by place or by keyword, and with what else it wants."""

    def make(data: Any, wanted: bool) -> Any:
        options = {**(fixed or {}), **({flag: wanted} if flag else {})}
        return callee(**options, **{keyword: data}) if keyword else callee(data, **options)

    return make


def _of_arrays(way: tuple[Make, str]) -> tuple[Make, str]:
    """The same for a class that takes no number, but an array of no axes."""
    make, words = way

    def of_array(data: Any, wanted: bool) -> Any:
        import numpy as np

        return make(np.asarray(data), wanted)

    return of_array, words.replace("data", "array", 1)


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


def _value(kind: type, make: Make, result: Any) -> str:
    other = make(_NUMBER, True)
    for chain in VALUES:
        read = attempt(partial(_numbers, kind, other, chain))
        if not isinstance(read, Array) or read.size != 1:
            continue
        if result is None or isinstance(attempt(partial(_numbers, kind, result, chain)), Array):
            return chain
    raise Refused("shows its number under no usual name (data, value, val, item() ...)")


def _numbers(kind: type, node: Any, chain: str) -> Any:
    """Where the chain leads, as numbers; one that ends at a node of the engine has not arrived."""
    found = follow(node, chain)
    return None if isinstance(found, kind) and not isinstance(found, float) else answer(found)


def _example(node: Any, functions: Functions) -> Any:
    """Some result of the engine, or None when it can neither add nor multiply."""
    methods = [partial(_by_method, name) for name in ("mul", "add")]
    named = (functions.named(name) for name in ("mul", "multiply", "add", "plus"))
    for work in (operator.mul, operator.add, *methods, *filter(None, named)):
        result = attempt(partial(work, node, node))
        if not isinstance(result, Exception) and result is not None:
            return result
    return None


def _by_method(name: str, node: Any, other: Any) -> Any:
    return getattr(node, name)(other)


def _gradient(node: Any) -> str:
    for name in GRADIENTS:
        found = same_name(node, name)
        if found:
            return found
    raise Refused("has a gradient under no usual name (grad, gradient, derivative ...)")


def _arrays(kind: type, make: Make, value: str) -> tuple[bool, bool, str]:
    """Whether it takes arrays, whether these must be nested lists, and the dtype that it keeps."""
    alone = attempt(lambda: answer(follow(make(_NUMBER, True), value)))
    native = isinstance(alone, Array) and alone.dtype not in ("number", "bool")
    if not native and not any(hasattr(kind, name) for name in OF_ARRAYS):
        return False, False, "float64"
    ways: list[tuple[bool, Any]] = [(True, [list(row) for row in _TABLE])]
    with contextlib.suppress(ImportError):  # on an interpreter without it, lists are what there is
        import numpy as np

        ways.insert(0, (False, np.array(_TABLE)))
    for as_lists, given in ways:
        made = attempt(partial(make, given, True))
        read = attempt(partial(_numbers, kind, made, value))
        if isinstance(read, Array) and read.shape == (2, 3):
            return True, as_lists, "float32" if read.dtype == "float32" else "float64"
    return False, False, "float64"


def _differentiates(usage: Usage, functions: Functions) -> bool:
    """Whether a backward leaves a number as a leaf's gradient, right or wrong."""

    def work() -> Any:
        node = usage.make(_NUMBER, True)
        usage.backward.run(usage, _example(node, functions), None)
        return answer(usage.read(usage.gradient, node))

    found = attempt(work)
    return isinstance(found, Array) and any(found.data)
