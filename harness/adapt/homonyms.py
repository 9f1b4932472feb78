"""Names that torch and other libraries give to different ops.

- `has_another_meaning`: True when a function has an op's name, and is the other op.

Signatures tell most of them apart, and the shape of a result tells the rest. Values are never compared.
"""

from __future__ import annotations

from typing import Any

from ..engine.arguments import call, parameters
from ..program.arrays import Array, answer
from ..program.ops import Op
from ..program.transcript import default_cotangent
from .leaves import attempt
from .spellings import (
    NUMPY_PARAMETERS,
    PROBABILITIES,
    SHAPE_OF_THE_OTHER_OP,
    SHAPE_OF_TORCHS_OP,
    TARGETS,
    Example,
)
from .usage import Usage


def has_another_meaning(op: Op, name: str, function: Any, usage: Usage) -> bool:
    """True when `function`, found as `name` for the op, is another op of the same name.

    `function` is a function or an unbound method: its first parameter is the node.
    """
    declared = parameters(function) or ()
    taken = [each.name for each in declared]
    if op.name == "permute" and name == "transpose":
        # NumPy's name of the op. A method that takes two axes alone fails on the example.
        shape = _shape(SHAPE_OF_THE_OTHER_OP["permute"], function, usage)
        return shape in (None, SHAPE_OF_THE_OTHER_OP["permute"].result)
    example = SHAPE_OF_TORCHS_OP.get(op.name)
    starred = any(each.kind is each.VAR_POSITIONAL for each in declared)
    numpys = not NUMPY_PARAMETERS.get(name, frozenset()).isdisjoint(taken)
    if numpys or (starred and example is not None):
        return example is None or _shape(example, function, usage) != example.result
    if "target" in op.operand_names[1:] and taken[:1] and taken[0] in TARGETS:
        return True
    if op.name == "cross_entropy" and taken[:1] and taken[0] in PROBABILITIES:
        return True
    example = SHAPE_OF_THE_OTHER_OP.get(op.name)
    return example is not None and _shape(example, function, usage) == example.result


def _shape(example: Example, function: Any, usage: Usage) -> tuple[int, ...] | None:
    """The shape of the function's result on the example, or None when the call fails."""

    def work() -> Any:
        data = [usage.data_of(default_cotangent(shape)) for shape in example.operands]
        nodes = [usage.make(each, False) for each in data]
        return answer(usage.read(usage.value, call(function, [*nodes, *example.arguments], {})))

    found = attempt(work)
    return found.shape if isinstance(found, Array) else None
