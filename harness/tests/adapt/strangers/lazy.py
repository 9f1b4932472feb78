"""Lazy tensors. Nothing is computed until realize().

    a = Tensor([1., 2.], requires_grad=True)
    b = (a * a).sum()      # a description
    b.backward()           # a.grad is a description, too
    a.grad.numpy()         # now it runs
"""
from __future__ import annotations
from typing import Callable, Optional
import numpy as np


class LazyBuffer:
    def __init__(self, fxn: Callable, *srcs: LazyBuffer):
        self.fxn, self.srcs, self.realized = fxn, srcs, None

    @staticmethod
    def load(array) -> LazyBuffer:
        buf = LazyBuffer(lambda: None)
        buf.realized = np.asarray(array, dtype=np.float64)
        return buf

    def realize(self) -> np.ndarray:
        if self.realized is None:
            self.realized = np.asarray(self.fxn(*[s.realize() for s in self.srcs]))
        return self.realized

    def ew(self, fxn, *others): return LazyBuffer(fxn, self, *others)


def fit(g: LazyBuffer, to: LazyBuffer) -> LazyBuffer:
    """reduce g to the shape that `to` will have"""
    def reduce(x, ref):
        x = x.sum(axis=tuple(range(x.ndim - ref.ndim)))
        return x.sum(axis=tuple(i for i in range(ref.ndim) if ref.shape[i] == 1), keepdims=True)
    return g.ew(reduce, to)


class Tensor:
    __array_ufunc__ = None
    def __init__(self, data, requires_grad: Optional[bool] = None):
        self.lazydata = data if isinstance(data, LazyBuffer) else LazyBuffer.load(data)
        self.requires_grad = requires_grad
        self.grad: Optional[Tensor] = None
        self._ctx: list = []

    def __repr__(self): return f"<Tensor {'realized' if self.lazydata.realized is not None else 'lazy'}>"

    def realize(self) -> Tensor:
        self.lazydata.realize()
        return self

    def numpy(self) -> np.ndarray: return self.realize().lazydata.realized
    def item(self) -> float: return float(self.numpy())
    def detach(self) -> Tensor: return Tensor(self.lazydata, requires_grad=False)

    @staticmethod
    def op(buf: LazyBuffer, *ctx) -> Tensor:
        out = Tensor(buf, requires_grad=any(t.requires_grad for t, _ in ctx))
        out._ctx = [(t, rule) for t, rule in ctx if t.requires_grad]
        return out

    def broadcasted(self, x): return self, (x if isinstance(x, Tensor) else Tensor(x, requires_grad=False))

    # binary
    def add(self, x, reverse=False):
        a, b = self.broadcasted(x)
        A, B = a.lazydata, b.lazydata
        return Tensor.op(A.ew(np.add, B), (a, lambda g: fit(g, A)), (b, lambda g: fit(g, B)))

    def mul(self, x, reverse=False):
        a, b = self.broadcasted(x)
        A, B = a.lazydata, b.lazydata
        return Tensor.op(A.ew(np.multiply, B),
                         (a, lambda g: fit(g.ew(np.multiply, B), A)),
                         (b, lambda g: fit(g.ew(np.multiply, A), B)))

    def sub(self, x, reverse=False):
        a, b = self.broadcasted(x)
        return b.add(a.neg()) if reverse else a.add(b.neg())

    def div(self, x, reverse=False):
        a, b = self.broadcasted(x)
        return b.mul(a.reciprocal()) if reverse else a.mul(b.reciprocal())

    # unary
    def neg(self):
        return Tensor.op(self.lazydata.ew(np.negative), (self, lambda g: g.ew(np.negative)))

    def reciprocal(self):
        A = self.lazydata
        return Tensor.op(A.ew(np.reciprocal), (self, lambda g: g.ew(lambda d, x: -d / (x * x), A)))

    def exp(self):
        out = self.lazydata.ew(np.exp)
        return Tensor.op(out, (self, lambda g: g.ew(np.multiply, out)))

    def log(self):
        A = self.lazydata
        return Tensor.op(A.ew(np.log), (self, lambda g: g.ew(np.divide, A)))

    def sqrt(self):
        out = self.lazydata.ew(np.sqrt)
        return Tensor.op(out, (self, lambda g: g.ew(lambda d, y: d / (2 * y), out)))

    def sin(self):
        A = self.lazydata
        return Tensor.op(A.ew(np.sin), (self, lambda g: g.ew(lambda d, x: d * np.cos(x), A)))

    def relu(self):
        A = self.lazydata
        return Tensor.op(A.ew(lambda x: np.where(x > 0, x, 0.0)),
                         (self, lambda g: g.ew(lambda d, x: d * (x > 0), A)))

    # reduce and movement
    def sum(self, axis=None, keepdim=False):
        A = self.lazydata
        def stretch(g, x):
            if axis is not None and not keepdim: g = np.expand_dims(g, axis)
            return np.broadcast_to(g, x.shape)
        return Tensor.op(A.ew(lambda x: x.sum(axis=axis, keepdims=keepdim)),
                         (self, lambda g: g.ew(stretch, A)))

    def permute(self, order):
        inverse = np.argsort([k % len(order) for k in order])
        return Tensor.op(self.lazydata.ew(lambda x: x.transpose(order)),
                         (self, lambda g: g.ew(lambda d: d.transpose(inverse))))

    def __neg__(self): return self.neg()
    def __add__(self, x): return self.add(x)
    def __sub__(self, x): return self.sub(x)
    def __mul__(self, x): return self.mul(x)
    def __truediv__(self, x): return self.div(x)
    def __radd__(self, x): return self.add(x, True)
    def __rsub__(self, x): return self.sub(x, True)
    def __rmul__(self, x): return self.mul(x, True)
    def __rtruediv__(self, x): return self.div(x, True)

    def deepwalk(self):
        def _walk(t, seen):
            seen.add(t)
            for s, _ in t._ctx:
                if s not in seen: yield from _walk(s, seen)
            yield t
        return list(_walk(self, set()))

    def backward(self, gradient: Optional[Tensor] = None) -> Tensor:
        one = self.lazydata.ew(np.ones_like)
        bufs = {self: one if gradient is None else gradient.lazydata}
        for t in reversed(self.deepwalk()):
            g = bufs[t]
            t.grad = Tensor(g if t.grad is None else g.ew(np.add, t.grad.lazydata))
            for s, rule in t._ctx:
                part = rule(g)
                bufs[s] = bufs[s].ew(np.add, part) if s in bufs else part
        return self
