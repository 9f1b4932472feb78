"""How a method or a function of an untrusted engine is called.

- `OpCalls`: calls them, with the operands in the form in which they take them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from types import FunctionType
from typing import Any

from ..engine.option_names import OptionNames
from ..program.transcript import Unsupported
from .code_objects import names_in
from .leaves import NUMBER, attempt
from .operator_classes import Applied
from .usage import Usage


class OpCalls:
    """Calls the methods and functions of one engine."""

    def __init__(self, usage: Usage) -> None:
        self._usage, self._option_names = usage, OptionNames()

    def invoke(self, function: Any, operands: Sequence[Any], options: dict[str, Any]) -> Any:
        """Call it with the options under the names that it has for them.

        Where it fails, the operands are handed over in other forms too.

        Raises Unsupported when it has no name for an option, or is not meant for nodes. Raises every error
        that it raises.
        """
        applied = Applied.of(function)
        call = (
            partial(applied.invoke, options=options)
            if applied
            else partial(self._option_names.invoke, function, options=options)
        )
        try:
            result = call(operands)
        except (TypeError, AttributeError, NotImplementedError):
            for form in (_apart, self._of_nodes):
                result = attempt(partial(_call_in_form, call, form, operands))
                if isinstance(result, self._usage.family):
                    return result
            # The same call on numbers; a single number does where the function does not take arrays.
            if not self._works_on(function, call, operands, self._value, lambda node: NUMBER):
                raise
        else:
            if result is not None:
                return result
            # `print` works on any object. An op that only lacks its `return` fails on it.
            if not self._works_on(function, call, operands, lambda node: object()):
                return None
        raise Unsupported(f"{function.__name__} (the function of that name takes no nodes)")

    def _of_nodes(self, operands: Sequence[Any]) -> Sequence[Any]:
        """The operands with a node for each array of class indices or truth values."""
        if not any(map(_is_ndarray, operands)):
            return operands
        return [self._usage.make(each, False) if _is_ndarray(each) else each for each in operands]

    def _works_on(
        self,
        function: Any,
        call: Callable[[Sequence[Any]], Any],
        operands: Sequence[Any],
        *replacements: Callable[[Any], Any],
    ) -> bool:
        """True when a function that fails on nodes works on the values that replace them.

        False for a function that names the class, or the attribute of a value or a gradient: it handles
        nodes, so its failure is a mistake in it, even if it works on numbers too.
        """
        usage = self._usage
        of_nodes = {usage.kind.__name__, usage.gradient, *usage.value.split(".")}
        if not isinstance(function, FunctionType) or of_nodes & names_in(function.__code__):
            return False
        for replacement in replacements:
            result = attempt(partial(self._call_on_replaced, call, operands, replacement))
            # Another error, such as that of log(-1), comes from the numbers.
            if not isinstance(result, (TypeError, AttributeError, Unsupported, *usage.family)):
                return True
        return False

    def _call_on_replaced(
        self,
        call: Callable[[Sequence[Any]], Any],
        operands: Sequence[Any],
        replacement: Callable[[Any], Any],
    ) -> Any:
        return call(self._replaced(operands, replacement))

    def _replaced(self, operands: Sequence[Any], replacement: Callable[[Any], Any]) -> list[Any]:
        """The operands without nodes, also in the sequences among them."""
        replaced = []
        for each in operands:
            if isinstance(each, self._usage.family):
                replaced.append(replacement(each))
            elif type(each) in (list, tuple):
                replaced.append(self._replaced(each, replacement))
            else:
                replaced.append(each)
        return replaced

    def _value(self, node: Any) -> Any:
        return self._usage.read(self._usage.value, node)


def _call_in_form(
    call: Callable[[Sequence[Any]], Any],
    form: Callable[[Sequence[Any]], Sequence[Any]],
    operands: Sequence[Any],
) -> Any:
    """The result of the call with the operands in another form; None when they are the same in it."""
    other = form(operands)
    return call(other) if other is not operands else None


def _apart(operands: Sequence[Any]) -> Sequence[Any]:
    """The nodes of a list as operands, where the list is the only operand."""
    alone = len(operands) == 1 and type(operands[0]) in (list, tuple)
    return list(operands[0]) if alone else operands


def _is_ndarray(operand: Any) -> bool:
    return type(operand).__name__ == "ndarray"
