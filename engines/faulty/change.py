"""How a mistake is put into a correct engine and removed again.

A change is a function that returns a context. Inside the context the engine has the mistake.

- `setting`: an attribute of a class or module has another value.
- Scalar: `slope` (other local derivatives of an op), `wrong_slope` (the same as a `Mistake`), `marked` (they
  are applied in another way: `Bare`, `Assigned`).
- NumPy: `rule` (other rules of an op), `rewritten` (each rule of an op is made from the correct one),
  `forward` (the op itself is another function).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from itertools import zip_longest
from typing import Any

from gradconform.harness.diagnose.finding import Kind
from gradconform.harness.diagnose.mistake import Mistake
from gradconform.harness.program.op_table import TABLE
from gradconform.harness.program.ops import INFIX

from .. import numpy_, scalar
from ..numpy_ import walk
from ..numpy_.tensor import Tensor
from ..scalar import Value

Change = Callable[[], AbstractContextManager[None]]
MISSING: Any = object()


def setting(owner: Any, **values: Any) -> Change:
    """Give these values to attributes of a class or module. The value MISSING removes the attribute."""

    @contextmanager
    def change() -> Iterator[None]:
        before = {name: vars(owner).get(name, MISSING) for name in values}
        _set(owner, values)
        try:
            yield
        finally:
            _set(owner, before)

    return change


def _set(owner: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        if value is not MISSING:
            setattr(owner, name, value)
        elif name in vars(owner):  # another mistake may have removed it already
            delattr(owner, name)


def together(*changes: Change) -> Change:
    """Join several changes to one mistake."""

    @contextmanager
    def change() -> Iterator[None]:
        with ExitStack() as stack:
            for part in changes:
                stack.enter_context(part())
            yield

    return change


def value(**methods: Any) -> Change:
    """Replace methods of the scalar engine's Value."""
    return setting(Value, **methods)


def tensor(**methods: Any) -> Change:
    """Replace methods of the NumPy engine's Tensor."""
    return setting(Tensor, **methods)


class Bare(float):
    """A local derivative that is passed on without the upstream gradient."""

    def __rmul__(self, upstream: float) -> float:
        return float(self)


class _Overwriting(float):
    def __radd__(self, before: float) -> float:
        return float(self)


class Assigned(float):
    """A local derivative whose product with the upstream gradient replaces earlier contributions."""

    def __rmul__(self, upstream: float) -> float:
        return _Overwriting(upstream * float(self))


def node(op: str, change: Callable[..., tuple[float, float]]) -> Change:
    """The local derivatives of `op` are `change(d_left, d_right, a, b, y)`, where b may be None."""
    row = TABLE[op]
    # The scalar engine names a node by its operator where the op has an infix one, else by the op.
    symbol = row.operator if row.operator in INFIX else op

    @contextmanager
    def altered() -> Iterator[None]:
        # Found here and not above, because another mistake may be made at the same time.
        right = scalar._node

        def wrong(
            y: float, name: str, left: Value, d: float, other: Any = None, e: float = 0.0
        ) -> Value:
            power = name.startswith("**")
            if name == symbol or (power and op == "pow"):
                b = other.data if other is not None else float(name[2:]) if power else None
                d, e = change(d, e, left.data, b, y)
            return right(y, name, left, d, other, e)

        with setting(scalar, _node=wrong)():
            yield

    return altered


Slope = Callable[..., float] | None


def slope(op: str, first: Slope = None, second: Slope = None) -> Change:
    """The local derivatives of `op` are functions of (a, y), or of (a, b, y) with two operands."""

    def change(d: float, e: float, a: float, b: float | None, y: float) -> tuple[float, float]:
        seen = (a, y) if b is None else (a, b, y)
        return first(*seen) if first else d, second(*seen) if second else e

    return node(op, change)


def wrong_slope(
    theme: str,
    op: str,
    name: str,
    belief: str,
    first: Slope,
    second: Slope = None,
    kind: Kind = Kind.DERIVATIVE,
) -> Mistake:
    """The mistake that consists of these local derivatives (see `slope`)."""
    operand = operands(op, first is not None, second is not None)
    change = slope(op, first, second)
    return Mistake(name, belief, change, (op,), theme=theme, kind=kind, operand=operand)


def operands(op: str, first: bool = True, second: bool = True) -> str:
    """The word of `Mistake.operand` for these operands of `op`: "" when the op has only one."""
    if TABLE[op].most == 1:
        return ""
    return "both" if first and second else "first" if first else "second"


def marked(op: str, kind: type[float]) -> Change:
    """The local derivatives of `op` are correct, but `kind` applies them in another way."""
    return node(op, lambda d, e, *_: (kind(d), kind(e)))


def rewritten(op: str, change: Callable[[Any], Any]) -> Change:
    """In each walk back `change(rule)` replaces every rule of `op`."""
    return reruled(op, lambda rules: [r and change(r) for r in rules])


def rule(op: str, *rules: Any) -> Change:
    """In each walk back these rules of `op` replace the correct ones. None keeps the correct one."""
    return reruled(op, lambda right: [given or own for given, own in zip_longest(rules, right)])


def reruled(op: str, change: Callable[[Sequence[Any]], Sequence[Any]]) -> Change:
    """In each walk back `change(rules)` replaces the rules of `op`."""

    @contextmanager
    def altered() -> Iterator[None]:
        right, seen = walk.reachable, set()

        def reachable(roots: Any) -> Any:
            nodes = right(roots)
            for found in nodes:
                if found.name == op and found not in seen:
                    seen.add(found)
                    found.rules = change(list(found.rules))
            return nodes

        with setting(walk, reachable=reachable)():
            yield

    return altered


def forward(op: str, change: Callable[..., Any]) -> Change:
    """`op`, called as method or function, returns `change(right, *arguments)`; `right` is correct."""
    right = getattr(numpy_, op)

    def wrong(*given: Any, **options: Any) -> Any:
        return change(right, *given, **options)

    changes = [setting(numpy_, **{op: wrong})]
    if hasattr(Tensor, op):
        changes.append(tensor(**{op: wrong}))
    return together(*changes)
