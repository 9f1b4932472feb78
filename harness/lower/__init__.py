"""Tensor programs on scalars, so that a scalar engine runs matrix products and networks.

- `LoweredEngine`: an engine that lowers every program before it runs it; `lowered_name`: its name.
- `lowering`: a tensor program becomes a program on its elements. It needs NumPy, and is imported when the
  first program is lowered. `shapes`: the shape of a value, found in the same way.
"""

from .engine import LoweredEngine, lowered_name

__all__ = ["LoweredEngine", "lowered_name"]
