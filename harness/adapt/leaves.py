"""How a leaf is made of a stranger's class: its constructor's customs, and factories beside it.

- `maker_of`: the first way that works, and the same in words; `Refused` when none does.
- `flagged`: ways with an option set of which nobody knows what it does.
- `listed`: a way that hands a number over as a list.
- `attempt`: what a way of use that is tried gives, be it an exception.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from harness.adapt.functions import Functions, alike
from harness.adapt.spellings import FACTORIES, KINDS, LABELS, PARAMETER_KINDS, WANTS_GRADIENT
from harness.engine.arguments import parameters
from harness.text import described

# A leaf from a number or an array, and whether a gradient is wanted.
Make = Callable[[Any, bool], Any]
NUMBER = 1.5


class Refused(Exception):
    """Why a class is no engine, as the end of a sentence that begins with its name."""


def attempt(work: Callable[[], Any]) -> Any:
    """What the work gives, or the exception that it raised: here that is an answer too."""
    try:
        return work()
    except Exception as problem:
        return problem


def maker_of(kind: type, functions: Functions) -> tuple[Make, str]:
    """Tried on a number, then on an array of no axes. Refused, with what the last way raised."""
    problem: Any = None
    ways = [*_constructors(kind, functions), *_factories(kind, functions)]
    for make, words in ways:
        made = attempt(partial(make, NUMBER, True))
        if isinstance(made, kind):
            return make, words
        problem = made if isinstance(made, Exception) else problem
    for make, words in map(_of_arrays, ways):
        if isinstance(attempt(partial(make, NUMBER, True)), kind):
            return make, words
    why = f": {described(problem)}" if problem is not None else ""
    raise Refused(f"cannot be made from a number{why}")


def _constructors(kind: type, functions: Functions) -> Iterator[tuple[Make, str]]:
    name = kind.__name__
    known = _parameters(kind)
    flag = _flag(known)
    if flag:
        yield _maker(kind, flag=flag), f"{name}(data, {flag}=True)"
    option = next((each for each in KINDS if each in known), "")
    member = _parameter_kind(kind, functions, known.get(option))
    if member is not None:
        yield _maker(kind, fixed={option: member}), f"{name}(data, {option}=...)"
    needed = [p.name for p in known.values() if p.default is p.empty and _named(p)]
    labels = [each for each in needed if each in LABELS]
    data = next((each for each in needed if each not in LABELS), "")
    if labels and not data and len(known) > 1:
        data = next(each for each in known if each not in LABELS)
    if labels and data:
        fixed = dict.fromkeys(labels, "x")
        yield _maker(kind, keyword=data, fixed=fixed), f"{name}({', '.join((*labels, data))})"
    yield _maker(kind), f"{name}(data)"
    for keyword in dict.fromkeys(("data", "value", "val", data)):
        if keyword in known:
            yield _maker(kind, keyword=keyword), f"{name}({keyword}=data)"


def flagged(kind: type) -> Iterator[tuple[Make, str]]:
    """With each option set that is off by default: one of them may ask for gradients by a name of its own."""
    for name, parameter in _parameters(kind).items():
        if parameter.default is False:
            yield _maker(kind, flag=name), f"{kind.__name__}(data, {name}=True)"


def listed(make: Make, words: str) -> tuple[Make, str]:
    """The same for numbers that are to be lists of one: some have no arrays without axes."""

    def of_list(data: Any, wanted: bool) -> Any:
        return make([data] if isinstance(data, int | float) else data, wanted)

    return of_list, words.replace("data", "[data]", 1)


def _factories(kind: type, functions: Functions) -> Iterator[tuple[Make, str]]:
    for name in FACTORIES:
        own = inspect.getattr_static(kind, name, None)
        make = getattr(kind, name) if isinstance(own, classmethod) else functions.named(name)
        if make is None:
            continue
        flag = _flag(_parameters(make))
        if flag:
            yield _maker(make, flag=flag), f"{name}(data, {flag}=True)"
        yield _maker(make), f"{name}(data)"


def _maker(
    callee: Any, flag: str = "", keyword: str = "", fixed: Mapping[str, Any] | None = None
) -> Make:
    """Calls `callee` with data by place or by keyword, and with what else it wants."""

    def make(data: Any, wanted: bool) -> Any:
        options = {**(fixed or {}), **({flag: wanted} if flag else {})}
        node = callee(**options, **{keyword: data}) if keyword else callee(data, **options)
        if wanted and not flag:
            _want(node)
        return node

    return make


def _want(node: Any) -> None:
    """Say that a gradient is wanted where no argument says so: by torch's method, or by the attribute."""
    for name in WANTS_GRADIENT:
        if attempt(partial(getattr, node, name)) is not False:
            continue
        ask = attempt(partial(getattr, node, f"{name}_"))
        if callable(ask):
            ask()
        else:
            setattr(node, name, True)


def _of_arrays(way: tuple[Make, str]) -> tuple[Make, str]:
    """The same for a class that takes no number, but an array of no axes."""
    make, words = way

    def of_array(data: Any, wanted: bool) -> Any:
        import numpy as np

        return make(np.asarray(data), wanted)

    return of_array, words.replace("data", "array", 1)


def _parameters(callee: Any) -> dict[str, inspect.Parameter]:
    return {each.name: each for each in parameters(callee) or ()}


def _flag(parameters: Iterable[str]) -> str:
    """The parameter that says that a gradient is wanted, or nothing."""
    wanted = set(map(alike, WANTS_GRADIENT))
    return next((name for name in parameters if alike(name) in wanted), "")


def _named(parameter: inspect.Parameter) -> bool:
    return parameter.kind in (parameter.KEYWORD_ONLY, parameter.POSITIONAL_OR_KEYWORD)


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
