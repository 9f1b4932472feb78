"""The walk of an eager engine through a program.

`harness.engine.op_caller` calls the ops; `harness.engine.eager_steps` does all other steps.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..program import Apply, Program, Ref
from ..program.arrays import Array
from ..program.transcript import Transcript
from .eager_steps import EagerSteps
from .exceptions import PLAIN
from .library import EagerLibrary
from .op_caller import BINARY, NothingReturned, OpCaller, resolved


class EagerWalk:
    """One run of one program on one library."""

    def __init__(
        self, library: EagerLibrary, program: Program, inputs: Mapping[str, Array]
    ) -> None:
        self.library, self.program = library, program
        self.caller = OpCaller(library, program)
        self.others = EagerSteps(library, program, inputs)
        self.values = self.others.values
        self.watched = {ref.index for ref in program.watched}

    def run(self) -> Transcript:
        """Walk the steps until the end, or until one stops the run.

        UnknownStep for an unknown kind of step.
        """
        index, stop, step = 0, None, self.program.steps[0]
        values, constant, direct = self.values, self.others.constant, not self.watched
        # This loop runs once for every node of a graph, so binary operators do not go through `apply`.
        try:
            for index, step in enumerate(self.program.steps):  # noqa: B007 - `stop` needs both
                if type(step) is not Apply:
                    self.others.take(step)
                elif direct and step.op in BINARY:
                    a, b = step.operands
                    left = values[a.index] if type(a) is Ref else resolved(a, values, constant)
                    right = values[b.index] if type(b) is Ref else resolved(b, values, constant)
                    try:
                        result = BINARY[step.op](left, right)
                    except TypeError as problem:
                        result = self.caller.without_operator(step, [left, right], {}, problem)
                    if result is None:
                        raise NothingReturned(step.op)
                    values.append(result)
                else:
                    self.apply(step)
        except Exception as problem:
            stop = self.caller.stop(index, step, problem, values)
        finally:
            self.others.leave_contexts()
        return Transcript(tuple(self.others.readings), stop)

    def apply(self, step: Apply) -> None:
        """Call the op and keep its results."""
        values, constant = self.values, self.others.constant
        operands = [resolved(part, values, constant) for part in step.operands]
        options = {name: resolved(part, values, constant) for name, part in step.attributes}
        for node in self.caller.results(step, operands, options):
            if len(values) in self.watched and type(node) not in PLAIN:
                self.library.watch(node)
            values.append(node)
