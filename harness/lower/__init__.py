"""Tensor programs on scalars, so that a scalar engine runs matrix products and networks.

- `lower`, `Lowered`: a program of `harness.program` -> the same mathematics, element by element.
- `LoweredEngine`: an engine that runs everything so.
"""

from harness.lower.engine import LoweredEngine
from harness.lower.lowered import Lowered
from harness.lower.lowering import BUDGET, lower

__all__ = ["BUDGET", "Lowered", "LoweredEngine", "lower"]
