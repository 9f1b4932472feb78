"""A call of an op in a case: the op that a name means, and the place of each argument.

- `row`: the row of the op table. `unknown`: the message when there is none.
- `placed`: the operands and the attributes among the arguments of a call.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any

from ..errors import CaseError
from ..program.op_table import TABLE
from ..program.ops import Op


def row(name: str) -> Op:
    """The row of the op table. CaseError, with the nearest names, when there is none."""
    if name not in TABLE:
        raise CaseError(unknown(name))
    return TABLE[name]


def unknown(name: str) -> str:
    """The message about an op without a row: the nearest names, or where a row is added."""
    near = difflib.get_close_matches(name, TABLE, n=3)
    hint = (
        f"; did you mean {' or '.join(near)}?"
        if near
        else "; its row goes to harness/program/op_table.py"
    )
    return f"unknown op {name!r}{hint}"


def placed(
    op: Op, args: Sequence[Any], options: dict[str, Any]
) -> tuple[Sequence[Any], Sequence[tuple[str, Any]]]:
    """Return the operands, and the attributes by name, in the order of the op's row.

    CaseError when there are too many or too few arguments, and for a name that the op does not take.
    """
    if not options and len(args) == op.most == op.required:
        return args, ()
    if op.most is None:
        return args, list(options.items())
    names = (*op.operand_names, *op.attribute_names)
    signature = f"{op.called or op.name}({', '.join(names)})"
    if len(args) > len(names):
        raise CaseError(f"{signature} takes {len(names)} arguments; {len(args)} came")
    given = dict(zip(names, args, strict=False))
    for name, value in options.items():
        if name not in names or name in given:
            raise CaseError(f"{signature} cannot take {name}={value!r} here")
        given[name] = value
    operands = [given.pop(name) for name in op.operand_names if name in given]
    if len(operands) < op.required:
        raise CaseError(f"{signature} takes {op.required} operands; {len(operands)} came")
    return operands, [(name, given[name]) for name in op.attribute_names if name in given]
