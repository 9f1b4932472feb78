"""How a leaf of an untrusted class is made: by its constructor, or by a factory beside it.

- `LeafCall`: one way to make a leaf, a candidate until a probe has seen that it works.
- `first_leaf_call`: the first candidate that makes a leaf; `Refused` when none does.
- `flagged`: candidates with one option set that is off by default.
- `listed`: a candidate that hands a number over as a list of one.
- `attempt`: the result of a probe, or the exception that it raised.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from ..engine.arguments import parameters
from ..engine.exceptions import foreign_frames
from ..places import told
from .functions import Functions, without_case
from .spellings import FACTORIES, KINDS, LABELS, PARAMETER_KINDS, WANTS_GRADIENT

# The number of which a probe makes a leaf.
NUMBER = 1.5


class LeafCall(NamedTuple):
    """A way to make a leaf.

    `make` takes a number, an array or nested lists, and True when a gradient is wanted. More options of the
    constructor may follow by name. `words` is the call as a report shows it, for example `Value(data)`, and
    `code` is the same as `harness.engine.spelling.Spelling` has it.
    """

    make: Callable[..., Any]
    words: str
    code: str


class Refused(Exception):
    """The reason why a class is no engine, as the end of a sentence that begins with the class."""


def attempt(work: Callable[[], Any]) -> Any:
    """The result of the work, or the exception that it raised, which is an answer of a probe too."""
    try:
        return work()
    except Exception as problem:
        return problem


def first_leaf_call(kind: type, functions: Functions) -> LeafCall:
    """The first candidate that makes a leaf of a number, else of an array without axes.

    Raises Refused when no candidate makes one, with the error of the candidate that came furthest: the error
    that passed through most functions of the submission.
    """
    problems: list[Exception] = []
    calls = [*_constructors(kind, functions), *_factories(kind, functions)]
    for call in calls:
        made = attempt(partial(call.make, NUMBER, True))
        if isinstance(made, kind):
            return call
        problems += [made] if isinstance(made, Exception) else []
    for call in map(_of_array, calls):
        if isinstance(attempt(partial(call.make, NUMBER, True)), kind):
            return call
    why = f": {told(max(problems, key=foreign_frames))}" if problems else ""
    raise Refused(f"cannot be made from a number{why}")


def _constructors(kind: type, functions: Functions) -> Iterator[LeafCall]:
    name = kind.__name__
    known = _parameters(kind)
    flag = _flag(known)
    if flag:
        yield _with_flag(kind, name, flag)
    option = next((each for each in KINDS if each in known), "")
    member = _parameter_kind(kind, functions, known.get(option))
    if member is not None:
        call = _calling(kind, fixed={option: member[0]})
        code = f"{name}({{}}, {option}={member[1]})"
        yield LeafCall(call, f"{name}(data, {option}=...)", code)
    labels, data = _labels_and_data(known)
    if labels and data:
        fixed = dict.fromkeys(labels, "x")
        shown = ", ".join((*labels, data))
        code = ", ".join([*(f'{label}="x"' for label in labels), f"{data}={{}}"])
        call = _calling(kind, keyword=data, fixed=fixed)
        yield LeafCall(call, f"{name}({shown})", f"{name}({code})")
    yield LeafCall(_calling(kind), f"{name}(data)", f"{name}({{}})")
    for keyword in dict.fromkeys(("data", "value", "val", data)):
        if keyword in known:
            call = _calling(kind, keyword=keyword)
            yield LeafCall(call, f"{name}({keyword}=data)", f"{name}({keyword}={{}})")


def _labels_and_data(known: Mapping[str, inspect.Parameter]) -> tuple[list[str], str]:
    """The parameters that need a label, and the one that takes the number; "" when none is known."""
    needed = [p.name for p in known.values() if p.default is p.empty and _takes_keyword(p)]
    labels = [each for each in needed if each in LABELS]
    data = next((each for each in needed if each not in LABELS), "")
    if labels and not data and len(known) > 1:
        data = next(each for each in known if each not in LABELS)
    return labels, data


def _factories(kind: type, functions: Functions) -> Iterator[LeafCall]:
    for name in FACTORIES:
        own = inspect.getattr_static(kind, name, None)
        make = getattr(kind, name) if isinstance(own, classmethod) else functions.named(name)
        if make is None:
            continue
        flag = _flag(_parameters(make))
        owner = f"{kind.__name__}." if isinstance(own, classmethod) else ""
        called = owner + name if owner else functions.expression(make) or name
        if flag:
            yield _with_flag(make, name, flag, called)
        yield LeafCall(_calling(make), f"{name}(data)", f"{called}({{}})")


def flagged(kind: type) -> Iterator[LeafCall]:
    """A candidate for each option that is off by default.

    One of the options may ask for gradients, under a name that no table has.
    """
    for name, parameter in _parameters(kind).items():
        if parameter.default is False:
            yield _with_flag(kind, kind.__name__, name)


def _with_flag(callee: Any, name: str, flag: str, called: str = "") -> LeafCall:
    code = f"{called or name}({{}}, {flag}={{wanted}})"
    return LeafCall(_calling(callee, flag=flag), f"{name}(data, {flag}=True)", code)


def listed(call: LeafCall) -> LeafCall:
    """The candidate with a number as a list of one: some classes have no arrays without axes."""

    def of_list(data: Any, wanted: bool, **more: Any) -> Any:
        return call.make([data] if isinstance(data, int | float) else data, wanted, **more)

    return LeafCall(
        of_list, call.words.replace("data", "[data]", 1), call.code.replace("{}", "[{}]")
    )


def _of_array(call: LeafCall) -> LeafCall:
    """The candidate with a number as an array without axes: some classes take arrays alone."""

    def of_array(data: Any, wanted: bool, **more: Any) -> Any:
        import numpy as np

        return call.make(np.asarray(data), wanted, **more)

    code = call.code.replace("{}", "np.asarray({})")
    return LeafCall(of_array, call.words.replace("data", "array", 1), code)


def _calling(
    callee: Any, flag: str = "", keyword: str = "", fixed: Mapping[str, Any] | None = None
) -> Callable[..., Any]:
    """A function that calls `callee` with data.

    The data go by place, or by `keyword`. The option `flag` says that a gradient is wanted. The options
    `fixed` are always the same.
    """

    def make(data: Any, wanted: bool, **more: Any) -> Any:
        options = {**(fixed or {}), **({flag: wanted} if flag else {}), **more}
        node = callee(**options, **{keyword: data}) if keyword else callee(data, **options)
        if wanted and not flag:
            _ask_for_gradient(node)
        return node

    return make


def _ask_for_gradient(node: Any) -> None:
    """Ask without an argument: by a method like torch's `requires_grad_`, or by the attribute."""
    for name in _not_granted(node):
        ask = attempt(partial(getattr, node, f"{name}_"))
        if callable(ask):
            ask()
        else:
            setattr(node, name, True)


def still_to_ask(node: Any) -> Iterator[str]:
    """The statements, as Python, by which a leaf is asked for a gradient without an argument."""
    for name in _not_granted(node):
        asks = callable(attempt(partial(getattr, node, f"{name}_")))
        yield f"{{}}.{name}_()" if asks else f"{{}}.{name} = True"


def _not_granted(node: Any) -> Iterator[str]:
    for name in WANTS_GRADIENT:
        if attempt(partial(getattr, node, name)) is False:
            yield name


def _parameters(callee: Any) -> dict[str, inspect.Parameter]:
    return {each.name: each for each in parameters(callee) or ()}


def _flag(parameters: Iterable[str]) -> str:
    """The parameter that says that a gradient is wanted, or ""."""
    wanted = set(map(without_case, WANTS_GRADIENT))
    return next((name for name in parameters if without_case(name) in wanted), "")


def _takes_keyword(parameter: inspect.Parameter) -> bool:
    return parameter.kind in (parameter.KEYWORD_ONLY, parameter.POSITIONAL_OR_KEYWORD)


def _parameter_kind(
    kind: type, functions: Functions, option: inspect.Parameter | None
) -> tuple[Any, str] | None:
    """The constant that stands for a leaf with a gradient, and how it is written; or None.

    It is a member of the default's enum, an attribute of the class, or a constant of the module.
    """
    if option is None:
        return None
    for name in PARAMETER_KINDS:
        for owner in (type(option.default), kind):
            if hasattr(owner, name):
                return getattr(owner, name), f"{owner.__name__}.{name}"
        if name in functions.constants:
            return functions.constants[name], name
    return None
