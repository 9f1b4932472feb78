"""The fields of a row of the op table, and the names of Python's operators.

- `Op`: one row of `harness.program.op_table`.
- `Operator`, `OPERATORS`: Python's spellings of ops, by symbol; `INFIX` are those between two operands, and
  `AUGMENTED` those of them that are statements (`a += b`).
- `set_infix`: gives a class such operators.
- `offers_operator`: True when a class has the operator of an op.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Op:
    """One row of the op table: how an op is called, where torch keeps it and where it is smooth.

    A row gives the name, the operands and the attributes, and then only what differs from the defaults.

    - `operands`: values that may carry a gradient. `bias?` may be left out; `*tensors` is one list when
      it stands first, and any number of operands when it stands last.
    - `attributes`: options, by torch's keyword names, in torch's order.
    - `operator`: the symbol of Python's operator, which is tried first (see `OPERATORS`).
    - `aliases`: other names under which engines are known to offer the op.
    - `torch`: torch's dotted name, when it is not `torch.<name>` or `torch.nn.functional.<name>`.
    - `smooth`: where the op is differentiable, in words; "never" when its result carries no gradient.
    - `traits`: words from this list.
        - `exact`: the op moves or compares numbers. It rounds nothing, so no difference is tolerated.
        - `selects`: the op gives some of its numbers. There are formulas for it that round, as (x + |x|) / 2.
        - `approximate`: torch's own answer, or its derivative, has fewer digits than the dtype.
        - `reduces`: the error grows with the size of the operands.
        - `positional`: attributes are passed by place.
        - `property`: the op is read, not called.
        - `function`: only a function is the op; a method of that name is another op.
        - `method`: only a method is the op; a function of that name is another op.
        - `inplace`: the op changes its first operand, which is also its result.
        - `hook`: the op takes a function of the gradient.
        - `shows`: the op shows a value to a person; an engine whose values cannot be shown lacks it.
        - `free`: the op takes any operands and any attributes.
    - `results`: how many values the op gives; 0 when its arguments decide the number.
    - `with_dim`: the row of the form that takes a dimension and gives indices too. `x.max()` is `max`,
      and `x.max(dim=0)` is `max_dim`.
    - `called`: the name that a case writes, when it is not `name`: `max` in the row `max_dim`.
    """

    name: str
    operands: str = "input"
    attributes: str = ""
    operator: str = ""
    aliases: str = ""
    torch: str = ""
    smooth: str = "everywhere"
    traits: str = ""
    results: int = 1
    with_dim: str = ""
    called: str = ""

    @functools.cached_property
    def operand_names(self) -> tuple[str, ...]:
        """The operands' names without their marks."""
        return tuple(word.strip("?*") for word in self.operands.split())

    @functools.cached_property
    def required(self) -> int:
        """The number of operands that may not be left out."""
        return sum(not word.endswith("?") for word in self.operands.split())

    @functools.cached_property
    def most(self) -> int | None:
        """The largest number of operands; None for any number."""
        words = self.operands.split()
        return None if len(words) > 1 and words[-1].startswith("*") else len(words)

    @functools.cached_property
    def attribute_names(self) -> tuple[str, ...]:
        """The attributes' names in torch's order."""
        return tuple(self.attributes.split())

    @functools.cached_property
    def spellings(self) -> tuple[str, ...]:
        """The names under which a method or function is looked for, torch's first."""
        if self.has("free"):
            return tuple(dict.fromkeys((self.torch, self.torch.rpartition(".")[2])))
        own = self.torch.rpartition(".")[2] or self.called or self.name
        return (own, *self.aliases.split())

    def has(self, trait: str) -> bool:
        """True when the row carries the trait."""
        return trait in self._traits

    @functools.cached_property
    def _traits(self) -> frozenset[str]:
        return frozenset(self.traits.split())


@dataclass(frozen=True)
class Operator:
    """A Python operator.

    - `symbol`: how a program and the op table write it: `+`, `-x`, `[]`.
    - `dunder`: the method of the (left) operand's class that Python calls.
    - `function`: applies the operator to the operands of an op and then to its attributes.
    - `reflected`: the method of the right operand's class that Python calls when the left one has none.
    - `tells`: a class that has the method has the op. False when a class may have it for another reason.
    """

    symbol: str
    dunder: str
    function: Callable[..., Any]
    reflected: str = ""
    tells: bool = True


def _set_item(owner: Any, value: Any, index: Any) -> None:
    owner[index] = value


_ARITHMETIC = (
    Operator("+", "__add__", operator.add, "__radd__"),
    Operator("-", "__sub__", operator.sub, "__rsub__"),
    Operator("*", "__mul__", operator.mul, "__rmul__"),
    Operator("/", "__truediv__", operator.truediv, "__rtruediv__"),
    Operator("**", "__pow__", operator.pow, "__rpow__"),
    Operator("@", "__matmul__", operator.matmul, "__rmatmul__"),
)
# `a += b` calls `__iadd__` of `a`, or gives `a + b` when its class has none.
_AUGMENTED = (
    Operator("+=", "__iadd__", operator.iadd, tells=False),
    Operator("-=", "__isub__", operator.isub, tells=False),
    Operator("*=", "__imul__", operator.imul, tells=False),
    Operator("/=", "__itruediv__", operator.itruediv, tells=False),
    Operator("**=", "__ipow__", operator.ipow, tells=False),
    Operator("@=", "__imatmul__", operator.imatmul, tells=False),
)
_COMPARISONS = (
    # A dataclass has `__eq__`, and compares all of its fields.
    Operator("==", "__eq__", operator.eq, tells=False),
    Operator("!=", "__ne__", operator.ne, tells=False),
    Operator("<", "__lt__", operator.lt),
    Operator("<=", "__le__", operator.le),
    Operator(">", "__gt__", operator.gt),
    Operator(">=", "__ge__", operator.ge),
)
_OTHERS = (
    Operator("-x", "__neg__", operator.neg),
    Operator("abs", "__abs__", abs),
    Operator("[]", "__getitem__", operator.getitem),
    # A class may have each of these for another reason: they say nothing of gradients.
    Operator("[]=", "__setitem__", _set_item, tells=False),
    Operator("bool", "__bool__", operator.truth, tells=False),
    Operator("float", "__float__", float, tells=False),
    Operator("str", "__str__", str, tells=False),
    Operator("repr", "__repr__", repr, tells=False),
)
AUGMENTED = frozenset(row.symbol for row in _AUGMENTED)
OPERATORS = {row.symbol: row for row in (*_ARITHMETIC, *_AUGMENTED, *_COMPARISONS, *_OTHERS)}
INFIX = frozenset(row.symbol for row in (*_ARITHMETIC, *_AUGMENTED, *_COMPARISONS))


def set_infix(kind: type, ops: Iterable[Op], call: Callable[[str, Any, Any], Any]) -> None:
    """Give a class the infix operators of `ops`: `a + b` is `call("add", a, b)`.

    The class gets the reflected operators too: `2.0 + b` is `call("add", 2.0, b)`.
    """
    for op in ops:
        python = OPERATORS[op.operator]
        # The names are defaults, because every lambda would otherwise see the names of the last round.
        setattr(kind, python.dunder, lambda a, b, name=op.name: call(name, a, b))
        if python.reflected:
            setattr(kind, python.reflected, lambda a, b, name=op.name: call(name, b, a))


def offers_operator(kind: type, op: Op) -> bool:
    """True when a class defines the op's operator, with itself on the left."""
    python = OPERATORS.get(op.operator)
    if python is None or not python.tells:
        return False
    # Every class has `__lt__` from `object`, which compares nothing.
    return getattr(kind, python.dunder, None) is not getattr(object, python.dunder, None)
