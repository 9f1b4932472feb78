import numpy as np

from . import functional as F
from .autograd import run_backward


class Tensor:
    """Multi-dimensional array with gradients. ``grad`` is a Tensor as well."""

    __array_priority__ = 1000

    def __init__(self, data, requires_grad=False):
        self.data = np.asarray(data, dtype=np.float64)
        self.requires_grad = requires_grad
        self.grad = None
        self._node = None

    @property
    def shape(self):
        return self.data.shape

    def size(self, dim=None):
        return self.shape if dim is None else self.shape[dim]

    def numpy(self):
        return self.data.copy()

    def backward(self, gradient=None):
        if gradient is None:
            if self.shape != ():
                raise RuntimeError("gradient must be given unless the tensor is a scalar")
            gradient = np.array(1.0)
        elif isinstance(gradient, Tensor):
            gradient = gradient.data
        run_backward(self, np.asarray(gradient, dtype=np.float64))

    def zero_grad(self):
        self.grad = None

    def __add__(self, other):
        return F.Add.apply(self, other)

    def __mul__(self, other):
        return F.Mul.apply(self, other)

    def __sub__(self, other):
        return F.Add.apply(self, F.Neg.apply(other))

    def __truediv__(self, other):
        return F.Div.apply(self, other)

    def __pow__(self, exponent):
        return F.Pow.apply(self, exponent)

    def __matmul__(self, other):
        return F.MatMul.apply(self, other)

    def __radd__(self, other):
        return F.Add.apply(other, self)

    def __rmul__(self, other):
        return F.Mul.apply(other, self)

    def __rsub__(self, other):
        return F.Add.apply(other, F.Neg.apply(self))

    def __rtruediv__(self, other):
        return F.Div.apply(other, self)

    def __rpow__(self, other):
        return F.Pow.apply(other, self)

    def __rmatmul__(self, other):
        return F.MatMul.apply(other, self)

    def __neg__(self):
        return F.Neg.apply(self)

    def sum(self, dim=None, keepdim=False):
        return F.Sum.apply(self, dim=dim, keepdim=keepdim)

    def mean(self, dim=None, keepdim=False):
        total = self.sum(dim, keepdim)
        return total / max(self.data.size // max(total.data.size, 1), 1)
