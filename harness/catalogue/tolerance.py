"""The bound within which an answer agrees with torch's, by dtype and by the ops of a program.

- `Tolerance`: `|actual - expected| <= atol + rtol * |expected|`.
- `BOUNDS`: the tolerances by dtype, under the names that the option `--tolerance` has.
- `tolerance_for`: the bound for a program.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace

from ..program import Program
from ..program.op_table import find


@dataclass(frozen=True, slots=True)
class Tolerance:
    """`rtol` is relative to the expected value, `atol` is absolute; `why` explains a bound of a case."""

    rtol: float
    atol: float
    why: str = ""

    def widened(self, roundings: int, epsilon: float) -> Tolerance:
        """The bound after so many roundings, in a dtype whose unit in the last place is `epsilon`.

        Each rounding counts twice: in the value, and again in the gradient. The W3C WebNN conformance tests
        count roundings in the same way.
        """
        bound = 2 * roundings * epsilon
        return replace(self, rtol=max(self.rtol, bound), atol=max(self.atol, bound))


Tolerances = Mapping[str, Tolerance]

# torch.testing.assert_close, section "Parameters" of its documentation (torch 2.13).
ASSERT_CLOSE: Tolerances = {
    "float64": Tolerance(1e-7, 1e-7),
    "float32": Tolerance(1.3e-6, 1e-5),
    "float16": Tolerance(1e-3, 1e-5),
    "bfloat16": Tolerance(1.6e-2, 1e-5),
}
# In float64 1e-7 hides a function that is computed in float32, and a gradient of 0 instead of 1e-8. Correct
# engines (NumPy, scalar, HIPS autograd and twelve of the styles of `harness/tests/catalogue/correct_engines`)
# differ from torch by at most 4.4e-15 * (1 + |expected|) in some 20,000 readings of core cases.
MEASURED: Tolerances = {**ASSERT_CLOSE, "float64": Tolerance(1e-12, 1e-12)}

DEFAULT_BOUND = "measured"
BOUNDS: Mapping[str, Tolerances] = {DEFAULT_BOUND: MEASURED, "torch": ASSERT_CLOSE}

EXACT = Tolerance(0.0, 0.0)

_EPSILON = {"float64": 2.0**-52, "float32": 2.0**-23, "float16": 2.0**-10, "bfloat16": 2.0**-7}
# The roundings of a selection: `maximum` may be computed as b + relu(a - b), and `relu` as (x + |x|) / 2.
_SELECTION = 4


def tolerance_for(
    program: Program,
    elements: int,
    dtype: str,
    tolerances: Tolerances = MEASURED,
    own: Tolerance | None = None,
) -> Tolerance:
    """The bound for a program whose largest array has `elements`, computed in `dtype`.

    - A bound of the case's `own` decides, but is never narrower than `dtype` allows for an ordinary number.
    - The bound is zero where every op is exact (data movement, comparison), and a few roundings where
      every op only selects (relu, abs, max).
    - It grows with the number of ops that are applied, and with the number of elements where an op reduces.
    - It is that of torch.testing.assert_close where an op of torch is approximate itself.
    """
    if dtype not in tolerances:
        return EXACT
    default, epsilon = tolerances[dtype], _EPSILON[dtype]
    if own is not None:
        return replace(own, rtol=max(own.rtol, default.rtol))
    exact, selects, reduces, approximate = _traits(program.ops)
    if exact:
        return EXACT
    if selects:
        return EXACT.widened(_SELECTION, epsilon)
    if approximate:
        default = ASSERT_CLOSE[dtype]
    return default.widened(program.applied + (elements if reduces else 0), epsilon)


@functools.cache
def _traits(names: frozenset[str]) -> tuple[bool, bool, bool, bool]:
    """Four answers: all ops are exact; all are exact or select; any reduces; any is approximate."""
    ops = [op for op in map(find, names) if op is not None]
    return (
        bool(ops) and all(op.has("exact") for op in ops),
        bool(ops) and all(op.has("exact") or op.has("selects") for op in ops),
        any(op.has("reduces") for op in ops),
        any(op.has("approximate") for op in ops),
    )
