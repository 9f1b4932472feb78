"""From a Python function to a program: the function is called once, with symbols.

- Every op of `harness.program.op_table` can be imported from here by its name
  (`from gradconform.trace import exp`). It is also a method of a symbol (`symbol`).
- `backward`, `zero_grad`, `no_grad`, `update`, `read`, and `x.grad = ...`: the steps that change or
  observe state; `grad`: a gradient as a new value; `repeated`: a long chain (`functions`).
- `traced`: calls a function with a symbol for each input, and gives the `Program` (`functions`).
"""

from __future__ import annotations

from ..program.op_table import TABLE
from .functions import backward, grad, no_grad, read, repeated, traced, update, zero_grad
from .op_call import unknown
from .symbol import Function, Symbol

__all__ = [
    "Symbol",
    "backward",
    "grad",
    "no_grad",
    "read",
    "repeated",
    "traced",
    "update",
    "zero_grad",
]


def __getattr__(name: str) -> Function:
    # Called by `from gradconform.trace import exp` for every name that is not defined here.
    if name in TABLE:
        return Function(TABLE[name])
    if name.startswith("__"):
        # Each such import asks for `__path__` first. To look for similar names would take milliseconds.
        raise AttributeError(name)
    raise AttributeError(f"gradconform.trace has no {name!r}: {unknown(name)}")
