from __future__ import annotations

import numpy as np


class GradientError(RuntimeError):
    pass


class Tensor:
    """Tensor with private storage.

    The numbers are read with ``t.detach().numpy()``; ``t.numpy()`` alone is refused while ``t`` belongs
    to a graph, because writing into the array would make its gradient wrong.
    """

    __slots__ = ("_data", "_grad", "_inputs", "_requires_grad", "_vjp", "__weakref__")
    __array_ufunc__ = None

    def __init__(self, values, *, requires_grad: bool = False):
        self._data = np.array(values, dtype=np.float64)
        self._requires_grad = requires_grad
        self._grad: np.ndarray | None = None
        self._inputs: tuple[Tensor, ...] = ()
        self._vjp = None

    @property
    def requires_grad(self) -> bool:
        return self._requires_grad

    @property
    def grad(self) -> Tensor | None:
        return None if self._grad is None else Tensor(self._grad)

    @property
    def shape(self) -> tuple[int, ...]:
        return self._data.shape

    def numpy(self) -> np.ndarray:
        if self._requires_grad:
            raise GradientError("this tensor requires grad, use tensor.detach().numpy()")
        return self._data

    def detach(self) -> Tensor:
        return Tensor(self._data)

    def backward(self, gradient: np.ndarray | Tensor | None = None) -> None:
        if not self._requires_grad:
            raise GradientError("tensor does not require grad")
        if gradient is None:
            if self.shape:
                raise GradientError(f"a gradient is needed for an output of shape {self.shape}")
            gradient = np.ones(())
        elif isinstance(gradient, Tensor):
            gradient = gradient._data
        totals: dict[Tensor, np.ndarray] = {self: np.asarray(gradient, dtype=float)}
        for tensor in reversed(list(self._ancestors({}))):
            total = totals.pop(tensor)
            tensor._grad = total if tensor._grad is None else tensor._grad + total
            if tensor._vjp is None:
                continue
            for inp, part in zip(tensor._inputs, tensor._vjp(total), strict=True):
                if inp._requires_grad:
                    part = _sum_like(part, inp)
                    totals[inp] = totals[inp] + part if inp in totals else part

    def _ancestors(self, seen: dict[Tensor, None]) -> dict[Tensor, None]:
        if self not in seen:
            for inp in self._inputs:
                if inp._requires_grad:
                    inp._ancestors(seen)
            seen[self] = None
        return seen

    def __add__(self, other): return _op(np.add, lambda g, y, a, b: (g, g), self, other)
    def __radd__(self, other): return _op(np.add, lambda g, y, a, b: (g, g), other, self)
    def __sub__(self, other): return _op(np.subtract, lambda g, y, a, b: (g, -g), self, other)
    def __rsub__(self, other): return _op(np.subtract, lambda g, y, a, b: (g, -g), other, self)
    def __mul__(self, other): return _op(np.multiply, lambda g, y, a, b: (g * b, g * a), self, other)
    def __rmul__(self, other): return _op(np.multiply, lambda g, y, a, b: (g * b, g * a), other, self)
    def __truediv__(self, other): return _op(np.divide, _d_divide, self, other)
    def __rtruediv__(self, other): return _op(np.divide, _d_divide, other, self)
    def __neg__(self): return _op(np.negative, lambda g, y, a: (-g,), self)
    def __abs__(self): return _op(np.abs, lambda g, y, a: (g * np.sign(a),), self)
    def abs(self): return abs(self)
    def exp(self): return _op(np.exp, lambda g, y, a: (g * y,), self)
    def log(self): return _op(np.log, lambda g, y, a: (g / a,), self)
    def sqrt(self): return _op(np.sqrt, lambda g, y, a: (g / (2 * y),), self)
    def tanh(self): return _op(np.tanh, lambda g, y, a: (g * (1 - y * y),), self)
    def sin(self): return _op(np.sin, lambda g, y, a: (g * np.cos(a),), self)
    def cos(self): return _op(np.cos, lambda g, y, a: (-g * np.sin(a),), self)
    def sum(self): return _op(np.sum, lambda g, y, a: (np.full(a.shape, g),), self)


def _op(function, vjp, *operands) -> Tensor:
    tensors = tuple(x if isinstance(x, Tensor) else Tensor(x) for x in operands)
    arrays = [t._data for t in tensors]
    out = Tensor(function(*arrays), requires_grad=any(t._requires_grad for t in tensors))
    if out._requires_grad:
        out._inputs = tensors
        out._vjp = lambda g: vjp(g, out._data, *arrays)
    return out


def _d_divide(g, y, a, b):
    return g / b, -g * y / b


def _sum_like(part: np.ndarray, tensor: Tensor) -> np.ndarray:
    shape = tensor.shape
    lead = tuple(range(part.ndim - len(shape)))
    ones = tuple(len(lead) + k for k, n in enumerate(shape) if n == 1)
    return part.sum(axis=lead + ones).reshape(shape)
