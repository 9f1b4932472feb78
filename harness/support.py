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
    leaf = engine.leaf(Array.of(1.0, engine.dtypes[0]), True)
    names = [op.name for op in TABLE.values() if _offers(engine, leaf, op)]
    listed = f": {' '.join(names)}" if len(names) <= 60 else ""
    return f"{len(names)} of {len(TABLE)} ops{listed}"


def _offers(engine: EagerEngine, leaf: object, op: Op) -> bool:
    if op.operator in _DUNDERS and hasattr(type(leaf), _DUNDERS[op.operator]):
        return True
    return find_method(op, leaf) is not None or find_function(op, engine.functions) is not None
