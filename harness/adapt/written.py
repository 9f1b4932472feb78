"""How a person writes programs for a class that was adapted: a `Spelling` of it.

Everything here is text for people. The engine itself never runs it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from ..engine.arguments import parameters
from ..engine.option_names import own_name
from ..engine.spelling import COTANGENT, NODE, Spelling
from ..program.op_table import TABLE
from ..program.ops import OPERATORS, Op, offers_operator
from .arithmetic import example_result
from .functions import Functions
from .leaves import NUMBER, attempt, still_to_ask
from .operator_classes import Applied, own_code
from .usage import Usage, follow

_LONGEST_NAME = 80
# Gives the name of an op's method, or "", and its function, or None.
Find = tuple[Callable[[Op, object], str], Callable[[Op], Any]]


def spelling(
    usage: Usage, functions: Functions, find: Find, place: Callable[[Any], str]
) -> Spelling | None:
    """Return the spelling; None where the class cannot be used by itself, or has too long a name.

    `find` looks for the method and the function of an op as the engine does. `place` says in words where a
    function is.
    """
    # Each text repeats the name of the class, which may be as long as memory.
    if usage.starts_at or not usage.leaf.code or len(usage.kind.__name__) > _LONGEST_NAME:
        return None
    data = "number" if not usage.arrays else "list" if usage.as_lists else "array"
    plain = attempt(partial(usage.leaf.make, NUMBER, False))
    calls = list(_calls(usage.kind, functions, *find))
    return Spelling(
        leaf=usage.leaf.code,
        data=data,
        value=f"{NODE}.{usage.value}",
        gradient=_gradient(usage, functions),
        backward=_backward(usage, functions, "1.0" if usage.backward.needed else ""),
        with_cotangent=_with_cotangent(usage, functions),
        cotangent_as=usage.cotangent_as or "array",
        then=tuple(still_to_ask(plain)) if "{wanted}" not in usage.leaf.code else (),
        start=_start(usage) if usage.starts_by_hand else "",
        zero_grad=f"{NODE}.zero_grad()" if hasattr(usage.kind, "zero_grad") else "",
        no_grad=_no_grad(usage.kind, functions),
        ops=tuple((op.name, call) for op, call, _ in calls),
        options=tuple(
            (op.name, option, own) for op, _, found in calls for option, own in _options(op, found)
        ),
        places=tuple(_places(usage, functions, calls, place)),
    )


def _calls(
    kind: type,
    functions: Functions,
    method: Callable[[Op, object], str],
    function: Callable[[Op], Any],
) -> Iterator[tuple[Op, str, Any]]:
    """Yield each op that is not written as an operator, its call, and what is called."""
    for op in TABLE.values():
        python = OPERATORS.get(op.operator)
        if python is not None and (not python.tells or offers_operator(kind, op)):
            continue
        name = "" if op.has("function") else method(op, kind)
        if name:
            is_read = isinstance(inspect.getattr_static(kind, name, None), property)
            yield op, f".{name}" if is_read else f".{name}()", getattr(kind, name)
        elif not op.has("method") and (found := function(op)) is not None:
            expression = functions.expression(found)
            if expression:
                yield op, f"{expression}()", found


def _places(
    usage: Usage,
    functions: Functions,
    calls: Iterable[tuple[Op, str, Any]],
    place: Callable[[Any], str],
) -> Iterator[tuple[str, str, str]]:
    """Yield where the code of the backward and of each op is: the op, the name of its function, the place."""
    kind, backward = usage.kind, usage.backward
    named = [("", backward.function or getattr(kind, backward.name, None), f".{backward.name}")]
    for op in TABLE.values():
        if offers_operator(kind, op):
            dunder = OPERATORS[op.operator].dunder
            named.append((op.name, getattr(kind, dunder), f".{dunder}"))
    named += [(op.name, found, call.removesuffix("()")) for op, call, found in calls]
    for op_name, function, name in named:
        function = function.fget if isinstance(function, property) else function
        of_class, function = own_code(function) if op_name else ("", function)
        words = attempt(partial(place, function))
        if isinstance(words, str) and words.startswith(("line ", "cell ")):
            shown = of_class or functions.expression(function) or name
            yield op_name, kind.__name__ + shown if shown.startswith(".") else shown, words


def _options(op: Op, found: Any) -> Iterator[tuple[str, str]]:
    """Yield the options that have another name than torch's, or none."""
    if op.has("positional") or not op.attribute_names:
        return
    applied = Applied.of(found)
    taken = applied.forward if applied else parameters(found) or ()
    declared = {each.name: each.kind for each in taken}
    for option in op.attribute_names:
        own = own_name(option, declared)
        if own and declared[own] is inspect.Parameter.VAR_POSITIONAL:
            yield option, "*"
        elif own and own != option:
            yield option, own
        elif applied and not applied.by_name and own:
            yield option, "*"


def _backward(usage: Usage, functions: Functions, argument: str) -> str:
    call = usage.backward
    if call.function is None:
        return f"{NODE}.{call.name}({argument})"
    name = functions.expression(call.function) or call.name
    return f"{name}({NODE}, {argument})" if argument else f"{name}({NODE})"


def _start(usage: Usage) -> str:
    one = f"np.ones_like({NODE}.{usage.value})" if usage.arrays and not usage.as_lists else "1.0"
    return f"{NODE}.{usage.gradient} = {one}"


def _with_cotangent(usage: Usage, functions: Functions) -> str:
    if not usage.backward.cotangent or usage.cotangent_as is None:
        return ""
    by_name = usage.backward.function is None and not usage.backward.needed
    given = f"{usage.backward.cotangent}={COTANGENT}" if by_name else COTANGENT
    return _backward(usage, functions, given)


def _gradient(usage: Usage, functions: Functions) -> str:
    """The gradient of a leaf: an attribute, the result of a method, or the value of a node that it is."""
    written = f"{NODE}.{usage.gradient}"
    if not usage.differentiates:
        return written

    def after_a_backward() -> Any:
        node = usage.make(NUMBER, True)
        usage.backward.run(example_result(node, functions))
        return follow(node, usage.gradient)

    found = attempt(after_a_backward)
    if callable(found) and not hasattr(found, "dtype"):
        written, found = f"{written}()", attempt(found)
    if isinstance(found, usage.family) and type(found) is not float:
        written += f".{usage.value}"
    return written


def _no_grad(kind: type, functions: Functions) -> str:
    for name in ("no_grad", "NoGrad", "nograd"):
        if name in vars(kind):
            return f"{kind.__name__}.{name}()"
        if any(name in namespace for namespace in functions.namespaces):
            return f"{name}()"
    return ""
