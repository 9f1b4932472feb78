"""Tensor programs on scalars, so that a scalar engine runs matrix products and networks.

- `lower`, `Lowered`: a tensor program becomes a program on its elements (`lowering` has an example).
- `LoweredEngine`: an engine that lowers every program before it runs it; `lowered_name`: its name.
"""

from .engine import LoweredEngine, lowered_name
from .lowered import Lowered
from .lowering import BUDGET, lower

__all__ = ["BUDGET", "Lowered", "LoweredEngine", "lower", "lowered_name"]
