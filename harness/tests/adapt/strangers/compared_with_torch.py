"""Scalar autograd engine, checked against PyTorch."""
import math

import torch
import torch.nn.functional as F
from torch import nn


class Value:
    """Wraps a float. `Value(3.0)` is a leaf."""

    __slots__ = ["data", "grad", "_parents", "_grad_fn", "label"]

    def __init__(self, data, label="", _parents=(), _grad_fn=None):
        self.data = data
        self.grad = None
        self.label = label
        self._parents = _parents
        self._grad_fn = _grad_fn

    def __repr__(self):
        return f"Value({self.label or '?'}: {self.data:.5f})"

    @staticmethod
    def _coerce(x):
        return x if isinstance(x, Value) else Value(float(x))

    def __add__(self, other):
        other = self._coerce(other)
        return Value(self.data + other.data, "+", (self, other), lambda g: (g, g))

    def __mul__(self, other):
        other = self._coerce(other)
        return Value(
            self.data * other.data, "*", (self, other), lambda g: (g * other.data, g * self.data)
        )

    def __pow__(self, n):
        assert isinstance(n, (int, float))
        return Value(
            self.data**n, f"**{n}", (self,), lambda g: (g * n * self.data ** (n - 1),)
        )

    def sigmoid(self):
        s = 1 / (1 + math.exp(-self.data))
        return Value(s, "sigmoid", (self,), lambda g: (g * s * (1 - s),))

    def relu(self):
        return Value(max(0.0, self.data), "relu", (self,), lambda g: (g * (self.data > 0),))

    def exp(self):
        e = math.exp(self.data)
        return Value(e, "exp", (self,), lambda g: (g * e,))

    def __neg__(self):
        return self * -1.0

    def __sub__(self, other):
        return self + -self._coerce(other)

    def __rsub__(self, other):
        return -self + other

    def __truediv__(self, other):
        return self * self._coerce(other) ** -1

    def __rtruediv__(self, other):
        return self**-1 * other

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def backward(self):
        topo = []

        def build(v, seen):
            if id(v) not in seen:
                seen.add(id(v))
                for p in v._parents:
                    build(p, seen)
                topo.append(v)

        build(self, set())
        flowing = {id(self): 1.0}
        for v in reversed(topo):
            g = flowing.pop(id(v))
            v.grad = g if v.grad is None else v.grad + g
            if v._grad_fn:
                for p, pg in zip(v._parents, v._grad_fn(g)):
                    flowing[id(p)] = flowing.get(id(p), 0.0) + pg


def compare(a=0.7, b=-1.3):
    """Same expression in both; returns the largest difference of the gradients."""
    x, y = Value(a), Value(b)
    ((x * y + 1).sigmoid() * x.exp() + (x - y).relu()).backward()
    xt = torch.tensor(a, dtype=torch.double, requires_grad=True)
    yt = torch.tensor(b, dtype=torch.double, requires_grad=True)
    (torch.sigmoid(xt * yt + 1) * xt.exp() + F.relu(xt - yt)).backward()
    return max(abs(x.grad - xt.grad.item()), abs(y.grad - yt.grad.item()))


def reference_network(n):
    return nn.Sequential(nn.Linear(n, 4), nn.Sigmoid(), nn.Linear(4, 1))


if __name__ == "__main__":
    print("max difference:", compare())
    assert compare() < 1e-12
