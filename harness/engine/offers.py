"""Which ops of the table an engine has. Each op is looked for where a walk looks for it."""

from __future__ import annotations

from ..program.arrays import Array
from ..program.op_table import TABLE
from ..program.ops import Op, offers_operator
from .contract import Engine
from .eager import EagerEngine


def supported(engine: Engine) -> str:
    """A sentence for reports: how many ops of the table the engine has, and their names when they are few."""
    if engine.info.supports:
        return engine.info.supports
    if not isinstance(engine, EagerEngine):
        return "its ops are known only by running them"
    kind = type(engine.leaf(Array.of(1.0, engine.dtypes[0]), True))
    names = [op.name for op in TABLE.values() if _offers(engine, kind, op)]
    listed = f": {' '.join(names)}" if len(names) <= 60 else ""
    return f"{len(names)} of {len(TABLE)} ops{listed}"


def _offers(engine: EagerEngine, kind: type, op: Op) -> bool:
    if offers_operator(kind, op):
        return True
    return engine.method(op, kind) is not None or engine.function(op) is not None
