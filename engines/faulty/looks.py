"""Looking at a value changes it: its number, its text or a comparison cuts it from its operands."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from gradconform.harness.diagnose.finding import Kind
from gradconform.harness.diagnose.mistake import Mistake

from ..numpy_.tensor import Tensor
from ..scalar import Value
from .change import tensor, value

_wrong = partial(Mistake, theme="looks", among=("looks",), kind=Kind.CUT_OFF)
_wrong_numpy = partial(_wrong, engine="numpy")


def _cut(self: Any) -> None:
    """Make a result a leaf."""
    if isinstance(self, Value):
        self._left = self._right = None
    else:
        self.node = None


def _cutting(right: Callable[..., Any]) -> Callable[..., Any]:
    def wrong(self: Any, *given: Any) -> Any:
        _cut(self)
        return right(self, *given)

    return wrong


MISTAKES = [
    _wrong(
        "repr-cuts-the-graph",
        "A value that was printed needs no graph.",
        value(__repr__=_cutting(Value.__repr__)),
    ),
    _wrong(
        "bool-cuts-the-graph",
        "A value that was used in an `if` needs no graph.",
        value(__bool__=_cutting(Value.__bool__)),
        level="torch",
    ),
    _wrong_numpy(
        "item-cuts-the-graph",
        "A tensor whose item() was read needs no graph.",
        tensor(item=_cutting(Tensor.item)),
    ),
    _wrong_numpy(
        "array-comparison-cuts-the-graph",
        "A tensor that was compared needs no graph.",
        tensor(__gt__=_cutting(Tensor.__gt__)),
    ),
    _wrong_numpy(
        "detach-cuts-its-operand",
        "x.detach() takes x itself out of its graph.",
        tensor(detach=_cutting(Tensor.detach)),
    ),
]
