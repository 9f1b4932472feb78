"""The bound within which an answer agrees with torch's, by dtype and by the ops of a program.

- `Tolerance`: `|actual - expected| <= atol + rtol * |expected|`.
- `tolerance_for`: the bound for a program. It is zero where every op is exact (data movement,
  comparison, relu, abs, max), and grows with the number of elements where an op reduces.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.program.op_table import find

if TYPE_CHECKING:
    from harness.program import Program


@dataclass(frozen=True, slots=True)
class Tolerance:
    """`rtol` is relative to the expected value, `atol` is absolute; `why` explains a wider bound."""

    rtol: float
    atol: float
    why: str = ""

    def widened(self, elements: int, epsilon: float) -> Tolerance:
        """The bound for a reduction of `elements`, in a dtype whose unit in the last place is `epsilon`.

        It allows one rounding for each term, in the value and again in the gradient. The W3C WebNN
        conformance tests count roundings in the same way.
        """
        bound = 2 * elements * epsilon
        return Tolerance(max(self.rtol, bound), max(self.atol, bound), self.why)


# torch.testing.assert_close, section "Parameters" of its documentation (torch 2.13).
DEFAULTS: dict[str, Tolerance] = {
    "float64": Tolerance(1e-7, 1e-7),
    "float32": Tolerance(1.3e-6, 1e-5),
    "float16": Tolerance(1e-3, 1e-5),
    "bfloat16": Tolerance(1.6e-2, 1e-5),
}

EXACT = Tolerance(0.0, 0.0)

_EPSILON = {"float64": 2.0**-52, "float32": 2.0**-23, "float16": 2.0**-10, "bfloat16": 2.0**-7}


def tolerance_for(program: Program, elements: int, dtype: str) -> Tolerance:
    """The bound for a program whose largest array has `elements`, computed in `dtype`."""
    if dtype not in DEFAULTS:
        return EXACT
    exact, reduces = _traits(program.ops)
    if exact:
        return EXACT
    return DEFAULTS[dtype].widened(elements, _EPSILON[dtype]) if reduces else DEFAULTS[dtype]


@functools.cache
def _traits(names: frozenset[str]) -> tuple[bool, bool]:
    """Two answers: all of the ops are exact; any of the ops reduces."""
    ops = [op for op in map(find, names) if op is not None]
    return bool(ops) and all(op.has("exact") for op in ops), any(op.has("reduces") for op in ops)
