"""The walk of an eager engine through a program: how ops are called, and what a failure is called.

An op is called as a person would call it: operator, then method, then function, by torch's name and
the aliases of the op table. What is not there is `Unsupported`; what is there and raises is a finding.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from harness.array import Array
from harness.effects import PLAIN, Effects
from harness.ops import TABLE, Op
from harness.program import Apply, Program, Ref
from harness.raised import category_of, described, foreign_frames, missing, refused, row_of
from harness.transcript import Stop, Transcript, Unsupported

if TYPE_CHECKING:
    from harness.engine import EagerEngine

_SYMBOLS: dict[str, Callable[..., Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
    "@": operator.matmul,
    "[]": operator.getitem,
    "[]=": lambda owner, value, index: operator.setitem(owner, index, value),
    "bool": operator.truth,
    "-x": operator.neg,
    "abs": abs,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_OPERATORS = {op.name: _SYMBOLS[op.operator] for op in TABLE.values() if op.operator}
_BINARY = {
    name: call
    for name, call in _OPERATORS.items()
    if TABLE[name].required == 2 and not TABLE[name].attributes
}


class Interpreter(Effects):
    """One run of one program on one engine."""

    def __init__(self, engine: EagerEngine, program: Program, inputs: Mapping[str, Array]) -> None:
        super().__init__(engine, program, inputs)
        self.watched = {ref.index for ref in program.watched}
        self.direct = not self.watched

    def run(self) -> Transcript:
        """Walk every step, or to the first that stops the run."""
        index, stop, step = 0, None, self.program.steps[0]
        values = self.values
        # Binary operators take a short way: what happens here is paid for every node of a graph.
        try:
            for index, step in enumerate(self.program.steps):  # noqa: B007 - named in `Stop`
                if type(step) is not Apply:
                    self.effect(step)
                elif self.direct and step.op in _BINARY:
                    left, right = step.operands
                    left = values[left.index] if type(left) is Ref else self.literal(left)
                    right = values[right.index] if type(right) is Ref else self.literal(right)
                    try:
                        result = _BINARY[step.op](left, right)
                    except TypeError as problem:
                        result = self.without_operator(step, [left, right], {}, problem)
                    if result is None:
                        raise NothingReturned(step.op)
                    values.append(result)
                else:
                    self.apply(step)
        except Unsupported as gap:
            stop = Stop("unsupported", index, message=str(gap))
        except Exception as problem:
            if type(step) is Apply and self.refused(step, problem):
                stop = Stop("unsupported", index, message=f"{missing(step)}: {described(problem)}")
            elif isinstance(problem, NotImplementedError):
                stop = Stop("unsupported", index, message=described(problem))
            else:
                stop = Stop("raised", index, category_of(problem), described(problem))
        finally:
            while self.contexts:
                self.contexts.pop().__exit__(None, None, None)
        return Transcript(tuple(self.readings), stop)

    def refused(self, step: Apply, problem: Exception) -> bool:
        """Whether the op was turned down, by Python, by its author or by the adapter."""
        if refused(step, problem):
            return True
        operands = [self.values[o.index] if type(o) is Ref else o for o in step.operands]
        return self.engine.turns_down(row_of(step.op), operands, problem)

    def literal(self, operand: Any) -> Any:
        """An operand as the engine gets it."""
        kind = type(operand)
        if kind is float or kind is int:
            return operand
        if kind is Ref:
            return self.values[operand.index]
        if kind is Array:
            # Whoever cannot hold such an array cannot be handed one: NumPy would take over and
            # build an array of the engine's objects, which is nobody's mistake.
            self._leaf(operand, False)
            return self.engine.constant(operand)
        if kind is list or kind is tuple:
            return kind(self.literal(part) for part in operand)
        if kind is slice:
            return slice(*(self.literal(p) for p in (operand.start, operand.stop, operand.step)))
        return operand

    def apply(self, step: Apply) -> None:
        """Call the op, and keep what it gives."""
        operands = [self.literal(part) for part in step.operands]
        options = {name: self.literal(part) for name, part in step.attributes}
        result = self.call(step, operands, options)
        if result is None and row_of(step.op).has("inplace"):
            result = operands[0]
        if result is None:
            raise NothingReturned(step.op)
        if step.results == 1 and not isinstance(result, list | tuple):
            results = [result]
        elif not isinstance(result, list | tuple) or (step.results == 1 and len(result) != 1):
            raise Unsupported(f"{row_of(step.op).spellings[0]} with {step.results} results")
        else:
            results = list(result)
            if len(results) != step.results:
                raise ValueError(
                    f"{step.op} gave {len(results)} values; {step.results} were expected"
                )
        for node in results:
            if len(self.values) in self.watched and type(node) not in PLAIN:
                self.engine.watch(node)
            self.values.append(node)

    def call(self, step: Apply, operands: list[Any], options: dict[str, Any]) -> Any:
        """Operator first; then whatever else answers to the op's names."""
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
        """The operator raised TypeError: fall back to names only if Python itself refused."""
        if foreign_frames(problem):
            raise problem
        return self.by_name(step, operands, options)

    def by_name(self, step: Apply, operands: list[Any], options: dict[str, Any]) -> Any:
        """Method of the first operand, then function, under each spelling."""
        op, found, rest = row_of(step.op), None, operands
        if operands and isinstance(step.operands[0], Ref) and not op.has("function"):
            found, rest = self.engine.method(op, operands[0]), operands[1:]
        if found is None and not op.has("method"):
            found, rest = self.engine.function(op), operands
        if found is None:
            raise Unsupported(missing(step))
        if op.has("hook"):
            # A program is data: of all hooks it can say the one that multiplies by a number.
            found(partial(operator.mul, options["factor"]))
            return operands[0]
        if op.has("property") and not callable(found):
            return found
        if op.has("positional"):
            return self.engine.invoke(found, [*rest, *options.values()], {})
        return self.engine.invoke(found, rest, options)


def find_method(op: Op, node: object) -> Any:
    """The op as a method (or property) of `node`, under any of its spellings, or None."""
    return next((getattr(node, name) for name in op.spellings if hasattr(node, name)), None)


def find_function(op: Op, owners: Sequence[object]) -> Any:
    """The op as a function in one of the namespaces, under any of its spellings, or None."""
    for owner in owners:
        for name in op.spellings:
            found: Any = owner
            for part in name.split("."):
                found = getattr(found, part, None)
            if found is not None:
                return found
    return None


class NothingReturned(Exception):
    """An op that forgot its return statement."""

    def __init__(self, op: str) -> None:
        super().__init__(f"{op} returned None")
