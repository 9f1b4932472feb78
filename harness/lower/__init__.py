"""Tensor programs on scalars, so that a scalar engine runs matrix products and networks.

- `lower`, `Lowered`: a program of `harness.program` -> the same mathematics, element by element.
- `LoweredEngine`: an engine that runs everything so; `lowered_name`: what it is called.
"""

from harness.lower.engine import LoweredEngine, lowered_name
from harness.lower.lowered import Lowered
from harness.lower.lowering import BUDGET, lower

__all__ = ["BUDGET", "Lowered", "LoweredEngine", "lower", "lowered_name"]
