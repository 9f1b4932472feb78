"""The shape of a value of a program, found without running the program on any engine.

- `shape_of`: the shape.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..program import Program, Ref
from ..program.arrays import Array


def shape_of(program: Program, inputs: Mapping[str, Array], node: Ref) -> tuple[int, ...]:
    """Return the shape of a value. Unsupported where the steps before it cannot be lowered."""
    # Here, because they need NumPy, and most pages have no such value.
    from .elementwise import NAMES
    from .lowering import lower

    if all(array.shape == () for array in inputs.values()) and program.ops <= NAMES:
        return ()
    return lower(program.ending_at(node), inputs).gatherings[-1].shape
