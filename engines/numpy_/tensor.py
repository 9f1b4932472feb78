"""The Tensor: an array, its gradient, and the node that made it.

- `Tensor`, `tensor`: data that may carry a gradient.
- `record`: how an op's output joins the graph.
- `method`: adds a function to Tensor as a method.

A tensor points to the node that made it. A node points to the nodes (or leaves) of its inputs. No node
points to the tensor that it made, so the graph has no cycles, and Python frees it together with the last
tensor that needs it.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from .dtypes import as_array, is_floating
from .graph import Array, Node, clock, mode

__all__ = ["Tensor", "tensor"]

Function = TypeVar("Function", bound=Callable[..., Any])


class Tensor:
    """An n-dimensional array that remembers how it was computed.

    `data` is a number, nested lists, an array or a Tensor, and is copied. Only floating data may
    have requires_grad=True (RuntimeError otherwise). `grad` is None until a backward pass reaches
    the tensor, then an ndarray of its shape and dtype.
    """

    __slots__ = ("__weakref__", "_requires_grad", "data", "grad", "node")
    __array_ufunc__ = None  # so that `ndarray * Tensor` asks Tensor.__rmul__

    data: Array
    grad: Array | None
    node: Node | None

    def __init__(self, data: Any, requires_grad: bool = False, dtype: Any = None) -> None:
        self.data = as_array(data.data if isinstance(data, Tensor) else data, dtype)
        self.grad = None
        self.node = None
        self.requires_grad = requires_grad

    @property
    def requires_grad(self) -> bool:
        """True when a backward pass goes through or into this tensor."""
        return self._requires_grad

    @requires_grad.setter
    def requires_grad(self, wanted: bool) -> None:
        if self.node is not None and not wanted:
            raise RuntimeError(
                "requires_grad can be turned off on leaves only; use detach() on a result"
            )
        if wanted and not is_floating(self.data.dtype):
            raise RuntimeError(
                f"only floating-point tensors can require a gradient, and this one is {self.dtype}"
            )
        self._requires_grad = bool(wanted)

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Set `requires_grad` in place and return the tensor."""
        self.requires_grad = requires_grad
        return self

    is_leaf = property(lambda self: self.node is None, doc="Whether no recorded op made it.")
    shape = property(lambda self: self.data.shape, doc="Its size in every dimension.")
    dtype = property(lambda self: self.data.dtype, doc="Its NumPy dtype.")
    ndim = property(lambda self: self.data.ndim, doc="How many dimensions it has.")

    @property
    def grad_fn(self) -> Node | None:
        """The node that made this tensor; None for a leaf."""
        return self.node

    def dim(self) -> int:
        """The number of dimensions."""
        return self.data.ndim

    def size(self, dim: int | None = None) -> Any:
        """The shape, or the size in one dimension."""
        return self.shape if dim is None else self.shape[dim]

    def numel(self) -> int:
        """The number of elements."""
        return self.data.size

    def item(self) -> Any:
        """The Python number of a tensor of one element; RuntimeError for any other size."""
        if self.data.size != 1:
            raise RuntimeError(f"item() needs one element, and the shape is {self.shape}")
        return self.data.item()

    def tolist(self) -> Any:
        """Nested lists of Python numbers."""
        return self.data.tolist()

    def numpy(self) -> Array:
        """The array itself, not a copy; RuntimeError when the tensor requires a gradient."""
        if self._requires_grad:
            raise RuntimeError("numpy() on a tensor that requires grad; use detach().numpy()")
        return self.data

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        array = self.numpy()
        return array.copy() if copy else array if dtype is None else array.astype(dtype)

    def detach(self) -> Tensor:
        """A tensor of the same memory, outside the graph."""
        return wrap(self.data)

    def retain_grad(self) -> None:
        """Keep `grad` on an intermediate result, where a backward pass would drop it."""
        if not self._requires_grad:
            raise RuntimeError("retain_grad() on a tensor that does not require grad")
        if self.node is not None and not self.retains_grad:
            self.node.watchers += (weakref.ref(self),)

    @property
    def retains_grad(self) -> bool:
        """True when `retain_grad` was called on this intermediate result."""
        return self.node is not None and any(w() is self for w in self.node.watchers)

    def zero_grad(self) -> None:
        """Set `grad` to None."""
        self.grad = None

    def __len__(self) -> int:
        if not self.data.ndim:
            raise TypeError("len() of a 0-d tensor")
        return len(self.data)

    def __bool__(self) -> bool:
        if self.data.size != 1:
            raise RuntimeError(
                f"the truth of {self.data.size} values is ambiguous; use any() or all()"
            )
        return bool(self.data.item())

    def __float__(self) -> float:
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __index__(self) -> int:
        if self.data.dtype.kind not in "iub":
            raise TypeError("only integer tensors of one element can be an index")
        return int(self.item())

    __hash__ = object.__hash__

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Most methods are functions of the other modules, added by `method`."""

    def __repr__(self) -> str:
        body = np.array2string(self.data, separator=", ", prefix="tensor(")
        made = f", grad_fn=<{self.node.name}>" if self.node else ""
        leaf = ", requires_grad=True" if self._requires_grad and not self.node else ""
        return f"tensor({body}, dtype={self.dtype}{made}{leaf})"


def tensor(data: Any, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """A new leaf with a copy of the data, as `Tensor(data)`."""
    return Tensor(data, requires_grad, dtype)


def wrap(array: Any, node: Node | None = None) -> Tensor:
    """A Tensor around the array itself, made by the node, without the checks of the constructor."""
    made = _new(Tensor)
    made.data = array
    made.grad = None
    made.node = node
    made._requires_grad = node is not None
    return made


_NONE: dict[str, Any] = {}


def record(
    name: str,
    output: Any,
    inputs: Sequence[Any],
    rules: Sequence[Callable[..., Any] | None],
    saved: tuple[Any, ...] = (),
    attributes: dict[str, Any] = _NONE,
) -> Tensor:
    """The tensor of an op's output. It has a node if ops are recorded and an input needs a gradient."""
    if type(output) is not Array:
        output = np.asarray(output)
    if not mode.recording:
        return wrap(output)
    edges, wanted = [], False
    for x, rule in zip(inputs, rules):  # noqa: B905  strict= costs time on the hottest path
        if rule is not None and isinstance(x, Tensor) and x._requires_grad:
            edges.append(x.node or x)
            wanted = True
        else:
            edges.append(None)
    if not wanted:
        return wrap(output)
    node = _new(Node)
    node.name = name
    node.rules = rules
    node.edges = edges
    node.saved = (output, *saved) if saved else ()
    node.attributes = attributes
    node.shape = output.shape
    node.dtype = output.dtype
    node.order = next(clock)
    node.watchers = ()
    return wrap(output, node)


def accumulate(tensor: Tensor, gradient: Array) -> None:
    """Add the gradient to `.grad` in place.

    When `.grad` is None, the array itself becomes `.grad`, so the caller must not use it any more.
    """
    if tensor.grad is None:
        tensor.grad = gradient
    else:
        np.add(tensor.grad, gradient, out=tensor.grad)


def method(function: Function, *names: str) -> Function:
    """Add the function to Tensor under its own name, or under the given names, and return it."""
    for name in names or (function.__name__,):
        setattr(Tensor, name, function)
    return function


_new = object.__new__
