"""Names that torch and others give to different ops.

- `another`: whether what was found under an op's name is the other op.

Signatures tell some of them apart, shapes the rest. Numbers are never looked at.
"""

from __future__ import annotations

from typing import Any

from harness.adapt.backward import as_data
from harness.adapt.leaves import attempt
from harness.adapt.spellings import NUMPYS, OTHERS, PROBABILITIES, TARGETS
from harness.adapt.usage import Usage
from harness.engine.arguments import called, parameters
from harness.program.arrays import Array, answer
from harness.program.ops import Op
from harness.program.transcript import default_cotangent


def another(op: Op, name: str, function: Any, usage: Usage) -> bool:
    """Whether `function`, found as `name` for the op, is an op of that name with another meaning.

    It is called with nodes by place, be it a function or a method that is not bound.
    """
    taken = [each.name for each in parameters(function) or ()]
    if op.name != "permute" and name in NUMPYS and not NUMPYS[name].isdisjoint(taken):
        return True
    if "target" in op.operand_names[1:] and taken[:1] and taken[0] in TARGETS:
        return True
    if op.name == "cross_entropy" and taken[:1] and taken[0] in PROBABILITIES:
        return True
    return op.name in OTHERS and _gives_the_others_shape(op.name, function, usage)


def _gives_the_others_shape(name: str, function: Any, usage: Usage) -> bool:
    shapes, arguments, others = OTHERS[name]

    def work() -> Any:
        nodes = [usage.make(as_data(usage, default_cotangent(shape)), False) for shape in shapes]
        return answer(usage.read(usage.value, called(function, [*nodes, *arguments], {})))

    found = attempt(work)
    return isinstance(found, Array) and found.shape == others
