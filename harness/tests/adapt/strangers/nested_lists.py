"""No NumPy allowed in this assignment: a tensor is a flat list and a shape.

Make tensors with `tensor([[1, 2], [3, 4]])`; the class is for the operations only.
"""

import math
from itertools import product

__all__ = ["tensor", "zeros", "Tensor"]


def tensor(nested):
    flat, shape = [], []

    def walk(x, depth):
        if isinstance(x, (list, tuple)):
            if depth == len(shape):
                shape.append(len(x))
            elif shape[depth] != len(x):
                raise ValueError("rows of different length")
            for y in x:
                walk(y, depth + 1)
        else:
            if isinstance(x, bool) or not isinstance(x, (int, float)):
                raise TypeError(f"numbers, please, not {type(x).__name__}")
            flat.append(float(x))

    walk(nested, 0)
    return Tensor(flat, tuple(shape), None)


def zeros(*shape):
    return Tensor([0.0] * math.prod(shape), shape, None)


class Tensor:
    def __init__(self, storage, shape, creator):
        self._storage = storage
        self.shape = shape
        self._creator = creator         # (inputs, indices and weights) or None
        self._gradient = None

    # -- looking at it

    @property
    def data(self):
        return nest(self._storage, self.shape)

    @property
    def grad(self):
        return None if self._gradient is None else nest(self._gradient, self.shape)

    def tolist(self):
        return self.data

    def __repr__(self):
        return f"tensor({self.data})"

    # -- arithmetic

    def __add__(self, other):
        return elementwise(self, other, lambda x, y: (x + y, 1.0, 1.0))

    def __sub__(self, other):
        return elementwise(self, other, lambda x, y: (x - y, 1.0, -1.0))

    def __mul__(self, other):
        return elementwise(self, other, lambda x, y: (x * y, y, x))

    def __truediv__(self, other):
        return elementwise(self, other, lambda x, y: (x / y, 1 / y, -x / y**2))

    def __radd__(self, other):
        return lift(other) + self

    def __rsub__(self, other):
        return lift(other) - self

    def __rmul__(self, other):
        return lift(other) * self

    def __rtruediv__(self, other):
        return lift(other) / self

    def __neg__(self):
        return self * -1.0

    def _map(self, f):
        pairs = [f(x) for x in self._storage]
        terms = [[(0, k, d)] for k, (_, d) in enumerate(pairs)]
        return Tensor([y for y, _ in pairs], self.shape, ((self,), terms))

    def exp(self):
        return self._map(lambda x: (math.exp(x), math.exp(x)))

    def log(self):
        return self._map(lambda x: (math.log(x), 1 / x))

    def tanh(self):
        return self._map(lambda x: (math.tanh(x), 1 - math.tanh(x) ** 2))

    def relu(self):
        return self._map(lambda x: (x, 1.0) if x > 0 else (0.0, 0.0))

    def sum(self):
        terms = [[(0, k, 1.0) for k in range(len(self._storage))]]
        return Tensor([math.fsum(self._storage)], (), ((self,), terms))

    def mean(self):
        return self.sum() / len(self._storage)

    @property
    def T(self):
        if len(self.shape) != 2:
            raise NotImplementedError("T of a matrix only")
        n, m = self.shape
        order = [i * m + j for j in range(m) for i in range(n)]
        terms = [[(0, k, 1.0)] for k in order]
        return Tensor([self._storage[k] for k in order], (m, n), ((self,), terms))

    def matmul(self, other):
        other = lift(other)
        if len(self.shape) != 2 or len(other.shape) != 2:
            raise NotImplementedError("matmul of two matrices only")
        (n, m), (m2, p) = self.shape, other.shape
        if m != m2:
            raise ValueError(f"{self.shape} @ {other.shape}")
        a, b, flat, terms = self._storage, other._storage, [], []
        for i in range(n):
            for j in range(p):
                flat.append(sum(a[i * m + k] * b[k * p + j] for k in range(m)))
                row = [(0, i * m + k, b[k * p + j]) for k in range(m)]
                terms.append(row + [(1, k * p + j, a[i * m + k]) for k in range(m)])
        return Tensor(flat, (n, p), ((self, other), terms))

    __matmul__ = matmul

    # -- the gradient

    def backward(self, gradient=None):
        if gradient is None:
            if self.shape != ():
                raise ValueError("gradient of a tensor that is not a number: say which")
            seed = [1.0]
        else:
            seed = lift(gradient)._storage
        order, known = [], set()

        def visit(t):
            known.add(id(t))
            for parent in t._creator[0] if t._creator else ():
                if id(parent) not in known:
                    visit(parent)
            order.append(t)

        visit(self)
        bar = {id(t): [0.0] * len(t._storage) for t in order}
        bar[id(self)] = list(seed)
        for t in reversed(order):
            mine = bar[id(t)]
            old = t._gradient or [0.0] * len(mine)
            t._gradient = [x + y for x, y in zip(old, mine)]
            if t._creator:
                parents, terms = t._creator
                for g, row in zip(mine, terms):
                    for which, k, weight in row:
                        bar[id(parents[which])][k] += g * weight


def lift(x):
    return x if isinstance(x, Tensor) else tensor(x)


def nest(flat, shape):
    if not shape:
        return flat[0]
    step = len(flat) // shape[0] if shape[0] else 0
    return [nest(flat[k * step:(k + 1) * step], shape[1:]) for k in range(shape[0])]


def elementwise(a, b, f):
    a, b = lift(a), lift(b)
    rank = max(len(a.shape), len(b.shape))
    sa = (1,) * (rank - len(a.shape)) + a.shape
    sb = (1,) * (rank - len(b.shape)) + b.shape
    if any(m != n and 1 not in (m, n) for m, n in zip(sa, sb)):
        raise ValueError(f"shapes {a.shape} and {b.shape} do not go together")
    shape = tuple(n if m == 1 else m for m, n in zip(sa, sb))
    flat, terms = [], []
    for index in product(*map(range, shape)):
        i, j = offset(index, sa), offset(index, sb)
        y, da, db = f(a._storage[i], b._storage[j])
        flat.append(y)
        terms.append([(0, i, da), (1, j, db)])
    return Tensor(flat, shape, ((a, b), terms))


def offset(index, shape):
    k = 0
    for i, n in zip(index, shape):
        k = k * n + (i if n > 1 else 0)
    return k
