# NumPy does the dispatch: every operator and np.exp(x), np.log(x) ... arrive in __array_ufunc__.
#
#   x = Tensor([1., 2., 3.])
#   y = np.exp(x) * x
#   y.backward()          # gradient of y.sum()
#
import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

VJP = {
    np.add: [lambda g, y, a, b: g, lambda g, y, a, b: g],
    np.subtract: [lambda g, y, a, b: g, lambda g, y, a, b: -g],
    np.multiply: [lambda g, y, a, b: g * b, lambda g, y, a, b: g * a],
    np.divide: [lambda g, y, a, b: g / b, lambda g, y, a, b: -g * y / b],
    np.power: [lambda g, y, a, b: g * b * a ** (b - 1.0), lambda g, y, a, b: g * y * np.log(a)],
    np.negative: [lambda g, y, a: -g],
    np.exp: [lambda g, y, a: g * y],
    np.log: [lambda g, y, a: g / a],
    np.sin: [lambda g, y, a: g * np.cos(a)],
    np.cos: [lambda g, y, a: -g * np.sin(a)],
    np.tanh: [lambda g, y, a: g * (1 - y**2)],
    np.sqrt: [lambda g, y, a: g / y / 2],
    np.square: [lambda g, y, a: 2 * g * a],
}


class Tensor(NDArrayOperatorsMixin):
    def __init__(self, data):
        self.data = np.asarray(data, dtype=float)
        self.grad = np.zeros_like(self.data)
        self.parents = []

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        if method != "__call__" or kwargs or ufunc not in VJP:
            raise NotImplementedError(f"no derivative for {ufunc.__name__} (yet)")
        arrays = [np.asarray(x.data if isinstance(x, Tensor) else x, dtype=float) for x in inputs]
        y = ufunc(*arrays)
        out = Tensor(y)
        for k, x in enumerate(inputs):
            if isinstance(x, Tensor):
                out.parents.append((x, lambda g, r=VJP[ufunc][k]: r(g, y, *arrays)))
        return out

    def exp(self): return np.exp(self)
    def log(self): return np.log(self)
    def tanh(self): return np.tanh(self)
    def sqrt(self): return np.sqrt(self)
    def square(self): return np.square(self)

    def sum(self):
        out = Tensor(self.data.sum())
        out.parents.append((self, lambda g: np.broadcast_to(g, self.data.shape)))
        return out

    def backward(self):
        post, known = [], set()

        def walk(t):
            known.add(t)
            for p, _ in t.parents:
                if p not in known:
                    walk(p)
            post.append(t)

        walk(self)
        flow = {t: np.zeros_like(t.data) for t in post}
        flow[self] = np.ones_like(self.data)
        for t in reversed(post):
            t.grad = t.grad + flow[t]
            for p, rule in t.parents:
                flow[p] = flow[p] + reduced(rule(flow[t]), p.data.shape)

    # the mixin defines == elementwise, so say what a dictionary should use
    __hash__ = object.__hash__

    def __eq__(self, other):
        return self is other


def reduced(g, shape):
    g = np.asarray(g)
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))
    return g.sum(axis=tuple(k for k, n in enumerate(shape) if n == 1), keepdims=True)
