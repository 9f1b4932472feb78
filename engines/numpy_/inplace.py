"""Changes of a tensor's memory in place. They are allowed where no graph is recorded.

- `add_`, `sub_`, `mul_`, `div_`, `copy_`, `fill_`, `zero_`, item assignment and `+=`.

Where torch would record the change, these raise NotImplementedError, and `x += y` on a result makes a new
tensor. On a leaf that requires grad they raise RuntimeError, as in torch. A backward pass that needs
overwritten values raises RuntimeError, too, as in torch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .elementwise import add, mul, sub, true_divide
from .graph import is_grad_enabled, overwritten
from .indexing import index_key
from .tensor import Tensor, method


def _refuse_recording(name: str, target: Tensor, value: Any) -> None:
    """RuntimeError on a leaf that requires grad; NotImplementedError when the graph would change."""
    wanted = isinstance(value, Tensor) and value.requires_grad
    if not is_grad_enabled() or not (target.requires_grad or wanted):
        return
    if target.requires_grad and target.is_leaf:
        raise RuntimeError(f"{name}: a leaf that requires grad is used in an in-place operation")
    what = "a recorded tensor" if target.requires_grad else "a value that requires grad"
    raise NotImplementedError(
        f"{name}: {what} is used in an in-place operation, which is not recorded; make a new tensor, "
        "or use no_grad()"
    )


def _write(target: Tensor, value: Any, key: Any = ...) -> Tensor:
    array = value.data if isinstance(value, Tensor) else np.asarray(value)
    if array.dtype.kind == "f" and target.dtype.kind != "f":
        raise RuntimeError(f"result type {array.dtype} can't be cast to {target.dtype} in place")
    try:
        target.data[key] = array
    except ValueError as error:
        raise RuntimeError(
            f"in-place change of a tensor of shape {target.shape}: {error}"
        ) from None
    overwritten(target.data)
    return target


def _in_place(op: Callable[..., Any]) -> Callable[..., Any]:
    stem = op.__name__
    name = f"{stem}_"

    def change(self: Tensor, other: Any) -> Tensor:
        _refuse_recording(name, self, other)
        value = op(self.detach(), other)
        if value.shape != self.shape:
            raise RuntimeError(
                f"{name}: a tensor of shape {self.shape} cannot become {value.shape}"
            )
        return _write(self, value)

    def augmented(self: Tensor, other: Any) -> Tensor:
        leaf = self.is_leaf and self.requires_grad
        recorded = self.requires_grad or (isinstance(other, Tensor) and other.requires_grad)
        return (
            op(self, other) if recorded and is_grad_enabled() and not leaf else change(self, other)
        )

    method(change, name)
    method(augmented, f"__i{'truediv' if stem == 'div' else stem}__")
    return change


for _op in (add, sub, mul, true_divide):
    _in_place(_op)


@method
def copy_(self: Tensor, other: Any) -> Tensor:
    """Copy the values of `other`, which are broadcast and cast to this tensor's shape and dtype."""
    _refuse_recording("copy_", self, other)
    value = other if isinstance(other, Tensor) else Tensor(other)
    return _write(self, value.data.astype(self.dtype))


@method
def fill_(self: Tensor, value: Any) -> Tensor:
    """Set every element to the number."""
    _refuse_recording("fill_", self, value)
    return _write(self, value)


@method
def zero_(self: Tensor) -> Tensor:
    """Set every element to 0."""
    return fill_(self, 0)


def setitem(self: Tensor, index: Any, value: Any) -> None:
    """`self[index] = value`, where no graph is recorded."""
    _refuse_recording("item assignment", self, value)
    _write(self, value, index_key(index)[0])


method(setitem, "__setitem__")
