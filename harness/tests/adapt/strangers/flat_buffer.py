"""minitensor: strided tensors over one flat list, like the real thing but slow.

Only single axes, only matrices times matrices.
"""

import itertools
import math


def numel(shape):
    n = 1
    for s in shape:
        n *= s
    return n


def strides_of(shape):
    strides, step = [], 1
    for s in reversed(shape):
        strides.append(step)
        step *= s
    return tuple(reversed(strides))


class Tensor:
    def __init__(self, data, shape=None, requires_grad=False, _parents=()):
        if isinstance(data, (int, float)):
            data, shape = [data], ()
        elif shape is None:
            shape, level = [], data
            while isinstance(level, (list, tuple)):
                shape.append(len(level))
                level = level[0]
            for _ in range(len(shape) - 1):
                data = list(itertools.chain.from_iterable(data))
        self.data = [float(x) for x in data]
        self.shape = tuple(shape)
        if len(self.data) != numel(self.shape):
            raise ValueError(f"{len(self.data)} numbers do not fit {self.shape}")
        self.grad = [0.0] * len(self.data)
        self.requires_grad = requires_grad or any(p.requires_grad for p in _parents)
        self._parents = _parents
        self._backward = lambda: None

    def __repr__(self):
        return f"Tensor(shape={self.shape}, data={self.data})"

    def backward(self):
        topo, seen = [], set()

        def build(t):
            if id(t) not in seen:
                seen.add(id(t))
                for p in t._parents:
                    build(p)
                topo.append(t)

        build(self)
        self.grad = [1.0] * len(self.data)
        for t in reversed(topo):
            t._backward()

    # every elementwise operation goes through here

    def _zip(self, other, f, df):
        if not isinstance(other, Tensor):
            other = Tensor([other] * len(self.data), self.shape)
        if other.shape != self.shape:
            raise ValueError(f"shapes {self.shape} and {other.shape} differ, expand first")
        out = Tensor([f(x, y) for x, y in zip(self.data, other.data)], self.shape, _parents=(self, other))

        def _backward():
            for i, (x, y) in enumerate(zip(self.data, other.data)):
                dx, dy = df(x, y)
                self.grad[i] += dx * out.grad[i]
                other.grad[i] += dy * out.grad[i]

        out._backward = _backward
        return out

    def _map(self, f, df):
        out = Tensor([f(x) for x in self.data], self.shape, _parents=(self,))

        def _backward():
            for i, x in enumerate(self.data):
                self.grad[i] += df(x, out.data[i]) * out.grad[i]

        out._backward = _backward
        return out

    # and everything that only moves numbers goes through here

    def _take(self, places, shape):
        out = Tensor([self.data[p] for p in places], shape, _parents=(self,))

        def _backward():
            for i, p in enumerate(places):
                self.grad[p] += out.grad[i]

        out._backward = _backward
        return out

    def __add__(self, other):
        return self._zip(other, lambda x, y: x + y, lambda x, y: (1.0, 1.0))

    def __sub__(self, other):
        return self._zip(other, lambda x, y: x - y, lambda x, y: (1.0, -1.0))

    def __mul__(self, other):
        return self._zip(other, lambda x, y: x * y, lambda x, y: (y, x))

    def __truediv__(self, other):
        return self._zip(other, lambda x, y: x / y, lambda x, y: (1 / y, -x / y**2))

    def __pow__(self, k):
        return self._map(lambda x: x**k, lambda x, out: k * x ** (k - 1))

    def __neg__(self):
        return self * -1.0

    def __rsub__(self, other):
        return -self + other

    __radd__, __rmul__ = __add__, __mul__

    def relu(self):
        return self._map(lambda x: max(x, 0.0), lambda x, out: float(x > 0))

    def tanh(self):
        return self._map(math.tanh, lambda x, out: 1 - out * out)

    def exp(self):
        return self._map(math.exp, lambda x, out: out)

    def log(self):
        return self._map(math.log, lambda x, out: 1 / x)

    def reshape(self, *shape):
        shape = list(shape)
        if -1 in shape:
            known = -numel(shape)
            shape[shape.index(-1)] = len(self.data) // known
        return self._take(range(len(self.data)), shape)

    def permute(self, *dims):
        shape = [self.shape[d] for d in dims]
        strides = [strides_of(self.shape)[d] for d in dims]
        places = [
            sum(i * s for i, s in zip(index, strides))
            for index in itertools.product(*(range(s) for s in shape))
        ]
        return self._take(places, shape)

    @property
    def T(self):
        return self.permute(*reversed(range(len(self.shape))))

    def sum(self, dim=None, keepdim=False):
        if dim is None:
            out = Tensor(sum(self.data), _parents=(self,))
            groups = [0] * len(self.data)
        else:
            if dim < 0:
                dim += len(self.shape)
            kept = [1 if d == dim else s for d, s in enumerate(self.shape)]
            strides = strides_of(kept)
            groups = [
                sum(i * s for d, (i, s) in enumerate(zip(index, strides)) if d != dim)
                for index in itertools.product(*(range(s) for s in self.shape))
            ]
            sums = [0.0] * numel(kept)
            for x, g in zip(self.data, groups):
                sums[g] += x
            shape = kept if keepdim else [s for d, s in enumerate(self.shape) if d != dim]
            out = Tensor(sums, shape, _parents=(self,))

        def _backward():
            for i, g in enumerate(groups):
                self.grad[i] += out.grad[g]

        out._backward = _backward
        return out

    def __matmul__(self, other):
        if len(self.shape) != 2 or len(other.shape) != 2:
            raise ValueError("matmul takes matrices only")
        n, k = self.shape
        m = other.shape[1]
        a, b = self.data, other.data
        product = [
            sum(a[i * k + l] * b[l * m + j] for l in range(k)) for i in range(n) for j in range(m)
        ]
        out = Tensor(product, (n, m), _parents=(self, other))

        def _backward():
            for i, j in itertools.product(range(n), range(m)):
                g = out.grad[i * m + j]
                for l in range(k):
                    self.grad[i * k + l] += g * b[l * m + j]
                    other.grad[l * m + j] += g * a[i * k + l]

        out._backward = _backward
        return out
