"""What an engine offers, found by looking for each op of the table where a program would look."""

from __future__ import annotations

from harness.array import Array
from harness.engine import EagerEngine, Engine
from harness.interpret import find_function, find_method
from harness.ops import TABLE, Op

_DUNDERS = {
    "+": "__add__",
    "-": "__sub__",
    "*": "__mul__",
    "/": "__truediv__",
    "**": "__pow__",
    "@": "__matmul__",
    "[]": "__getitem__",
    "-x": "__neg__",
    "abs": "__abs__",
    "<": "__lt__",
    "<=": "__le__",
    ">": "__gt__",
    ">=": "__ge__",
}


def supported(engine: Engine) -> str:
    """A sentence: how many ops of the table there are, and their names when they are few."""
    if not isinstance(engine, EagerEngine):
        return "its ops are known only by running them"
    kind = type(engine.leaf(Array.of(1.0, engine.dtypes[0]), True))
    names = [op.name for op in TABLE.values() if _offers(engine, kind, op)]
    listed = f": {' '.join(names)}" if len(names) <= 60 else ""
    return f"{len(names)} of {len(TABLE)} ops{listed}"


def _offers(engine: EagerEngine, kind: type, op: Op) -> bool:
    dunder = _DUNDERS.get(op.operator)
    # Every class has `__lt__` from `object`, which compares nothing.
    if dunder and getattr(kind, dunder, None) is not getattr(object, dunder, None):
        return True
    return find_method(op, kind) is not None or find_function(op, engine.functions) is not None
