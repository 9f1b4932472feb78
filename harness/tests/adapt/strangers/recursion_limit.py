import sys
import math

sys.setrecursionlimit(50000)   # deep graphs


class Scalar:
    """ y = f(a, b), dy/da, dy/db """

    def __init__(self, data, requires_grad=False):
        self.data = data
        self.requires_grad = requires_grad
        self.grad = 0.0
        self.deps = []
        self._acc = 0.0
        self._missing = 0

    def dep(self, scalar, slope):
        if scalar.requires_grad:
            self.deps.append((scalar, slope))
            self.requires_grad = True
        return self

    def __add__(self, b):
        b = asscalar(b)
        return Scalar(self.data + b.data).dep(self, 1.0).dep(b, 1.0)

    def __sub__(self, b):
        b = asscalar(b)
        return Scalar(self.data - b.data).dep(self, 1.0).dep(b, -1.0)

    def __mul__(self, b):
        b = asscalar(b)
        return Scalar(self.data * b.data).dep(self, b.data).dep(b, self.data)

    def __truediv__(self, b):
        b = asscalar(b)
        return Scalar(self.data / b.data).dep(self, 1 / b.data).dep(b, -self.data / b.data / b.data)

    def __pow__(self, b):
        b = asscalar(b)
        y = Scalar(self.data ** b.data)
        y.dep(self, b.data * self.data ** (b.data - 1))
        if b.requires_grad:
            y.dep(b, y.data * math.log(self.data))
        return y

    def __radd__(self, a): return asscalar(a) + self
    def __rsub__(self, a): return asscalar(a) - self
    def __rmul__(self, a): return asscalar(a) * self
    def __rtruediv__(self, a): return asscalar(a) / self
    def __rpow__(self, a): return asscalar(a) ** self
    def __neg__(self): return asscalar(0.0) - self

    def exp(self):
        e = math.exp(self.data)
        return Scalar(e).dep(self, e)

    def log(self):
        return Scalar(math.log(self.data)).dep(self, 1.0 / self.data)

    def log2(self):
        return Scalar(math.log2(self.data)).dep(self, 1.0 / (self.data * math.log(2.0)))

    def backward(self):
        self._count(set())
        self._flow(1.0)

    def _count(self, been):
        been.add(self)
        for d, _ in self.deps:
            d._missing += 1
            if d not in been:
                d._count(been)

    def _flow(self, g):
        # pass on only what is complete, so every edge is walked once
        self._acc += g
        if self._missing > 0:
            return
        total, self._acc = self._acc, 0.0
        self.grad += total
        for d, slope in self.deps:
            d._missing -= 1
            d._flow(total * slope)


def asscalar(x):
    if isinstance(x, Scalar):
        return x
    return Scalar(x)
