"""How one op is called on a library, and how a failed call ends the run.

An op is called as a person would call it: operator, then method, then function, by torch's name and
the aliases of the op table. An op that is not found is `Unsupported`; an op that raises is a finding.

- `OpCaller`: calls the ops of a program; every walk holds one.
- `BINARY`: the operators with two operands, for a walk that calls them directly.
- `resolved`: an operand with its references replaced by the values of a walk.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from ..program import Apply, Program, Ref, Step, UnknownStep
from ..program.arrays import Array
from ..program.op_table import TABLE, op_named
from ..program.ops import OPERATORS
from ..program.transcript import Stop, Unsupported
from ..text import described
from .exceptions import by_a_comparison, foreign_frames, missing, raised, refused
from .library import Callee

_OPERATORS = {op.name: OPERATORS[op.operator].function for op in TABLE.values() if op.operator}
BINARY = {
    name: call
    for name, call in _OPERATORS.items()
    if TABLE[name].required == 2 and not TABLE[name].attributes
}


def resolved(operand: Any, values: Sequence[Any], constant: Callable[[Array], Any]) -> Any:
    """The operand with `values` in place of references and `constant(array)` in place of arrays."""
    kind = type(operand)
    if kind is float or kind is int:
        return operand
    if kind is Ref:
        return values[operand.index]
    if kind is Array:
        return constant(operand)
    if kind is list or kind is tuple:
        return kind(resolved(part, values, constant) for part in operand)
    if kind is slice:
        ends = (operand.start, operand.stop, operand.step)
        return slice(*(resolved(part, values, constant) for part in ends))
    return operand


class OpCaller:
    """Calls the ops of a program on one library."""

    def __init__(self, library: Callee, program: Program) -> None:
        self.library, self.program = library, program

    def results(self, step: Apply, operands: list[Any], options: dict[str, Any]) -> list[Any]:
        """Call the op; gives a list with one value for each that the step defines.

        NothingReturned when the op gives None. Unsupported when the library has no such op, gives one value
        where torch gives several, or gives several where torch gives one. ValueError when it gives several
        values, but not as many as torch. Besides these, every exception of the library.
        """
        result = self.call(step, operands, options)
        if result is None and op_named(step.op).has("inplace"):
            result = operands[0]
        if result is None:
            raise NothingReturned(step.op)
        if step.results == 1 and not isinstance(result, list | tuple):
            return [result]
        if not isinstance(result, list | tuple) or (step.results == 1 and len(result) != 1):
            raise Unsupported(f"{op_named(step.op).spellings[0]} with {step.results} results")
        if len(result) != step.results:
            raise ValueError(f"{step.op} gave {len(result)} values; {step.results} were expected")
        return list(result)

    def call(self, step: Apply, operands: list[Any], options: dict[str, Any]) -> Any:
        """Call the op by its operator, or else by its names, and give the result as it is.

        Unsupported when the library does not have the op. Besides this, every exception of the library.
        """
        chosen = _OPERATORS.get(step.op)
        if chosen is None:
            return self.by_name(step, operands, options)
        try:
            return chosen(*operands, *options.values())
        except TypeError as problem:
            return self.without_operator(step, operands, options, problem)

    def without_operator(
        self, step: Apply, operands: list[Any], options: dict[str, Any], problem: TypeError
    ) -> Any:
        """After a TypeError of the operator, call the op by its names if Python itself refused the operands.

        Raises the TypeError again when the library's own code raised it. Otherwise raises what `by_name`
        raises.
        """
        if foreign_frames(problem):
            raise problem
        return self.by_name(step, operands, options)

    def by_name(self, step: Apply, operands: list[Any], options: dict[str, Any]) -> Any:
        """Call the op as a method of the first operand, else as a function, under any of its names.

        Unsupported when the library has neither. Besides this, every exception of the library.
        """
        op, found, rest = op_named(step.op), None, operands
        if operands and isinstance(step.operands[0], Ref) and not op.has("function"):
            found, rest = self.library.method(op, operands[0]), operands[1:]
        if found is None and not op.has("method"):
            found, rest = self.library.function(op), operands
        if found is None:
            raise Unsupported(missing(step))
        if op.has("hook"):
            # A program is data and can hold no function. Its only hook multiplies by a number.
            found(partial(operator.mul, options["factor"]))
            return operands[0]
        if op.has("property") and not callable(found):
            return found
        if op.has("positional"):
            return self.library.invoke(found, [*rest, *options.values()], {})
        return self.library.invoke(found, rest, options)

    def stop(self, index: int, step: Step, problem: Exception, values: Sequence[Any]) -> Stop:
        """The end of a run whose step `index` raised `problem`; `values` are those computed before it.

        UnknownStep is raised again, because it is a mistake of the harness and not of the engine.
        """
        if isinstance(problem, UnknownStep):
            raise problem
        if isinstance(problem, Unsupported):
            return Stop("unsupported", index, message=str(problem))
        if type(step) is Apply and self.refused(step, problem, values):
            return Stop("unsupported", index, message=f"{missing(step)}: {described(problem)}")
        if isinstance(problem, NotImplementedError) and not by_a_comparison(self.program, step):
            return Stop("unsupported", index, message=described(problem))
        return raised(index, problem)

    def refused(self, step: Apply, problem: Exception, values: Sequence[Any]) -> bool:
        """True when Python, the op's author or the adapter turned the op down."""
        if refused(step, problem):
            return True
        operands = [values[o.index] if type(o) is Ref else o for o in step.operands]
        try:
            return self.library.turns_down(op_named(step.op), operands, problem)
        except Exception:
            # Looking at the operands may fail too, as they are the library's. `problem` stays the finding.
            return False


class NothingReturned(Exception):
    """An op returned None, for example because its function lacks a return statement."""

    def __init__(self, op: str) -> None:
        super().__init__(f"{op} returned None")
