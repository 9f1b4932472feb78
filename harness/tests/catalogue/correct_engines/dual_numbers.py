"""Dual numbers, forward mode: one pass for each input, each with its own mark for the small part."""

import math
from itertools import count

from gradconform import FunctionalEngine, Unsupported

marks = count()


class Dual:
    """`real + small * e`, where e * e is 0; both may be numbers or duals with an older mark."""

    def __init__(self, real, small, mark):
        self.real, self.small, self.mark = real, small, mark

    def chain(self, value, slope):
        return Dual(value, slope * self.small, self.mark)

    def __add__(self, other):
        (a, da), (b, db), mark = aligned(self, other)
        return Dual(a + b, da + db, mark)

    def __mul__(self, other):
        (a, da), (b, db), mark = aligned(self, other)
        return Dual(a * b, a * db + da * b, mark)

    def __neg__(self):
        return Dual(-self.real, -self.small, self.mark)

    def __sub__(self, other):
        return self + -other

    def __rsub__(self, other):
        return other + -self

    def __truediv__(self, other):
        return self * reciprocal(other)

    def __rtruediv__(self, other):
        return other * reciprocal(self)

    def __pow__(self, n):
        if isinstance(n, Dual):
            return exp(n * log(self))
        return self.chain(self.real**n, n * self.real ** (n - 1))

    def __rpow__(self, number):
        return exp(math.log(number) * self)

    __radd__, __rmul__ = __add__, __mul__


def aligned(x, y):
    """Both as pairs of the youngest mark; what has an older one is a constant to it."""
    mark = max(d.mark for d in (x, y) if isinstance(d, Dual))
    pairs = [
        (d.real, d.small) if isinstance(d, Dual) and d.mark == mark else (d, 0.0) for d in (x, y)
    ]
    return *pairs, mark


def reciprocal(x):
    return x.chain(reciprocal(x.real), -(reciprocal(x.real) ** 2)) if isinstance(x, Dual) else 1 / x


def exp(x):
    return x.chain(exp(x.real), exp(x.real)) if isinstance(x, Dual) else math.exp(x)


def log(x):
    return x.chain(log(x.real), 1 / x.real) if isinstance(x, Dual) else math.log(x)


def sin(x):
    return x.chain(sin(x.real), cos(x.real)) if isinstance(x, Dual) else math.sin(x)


def cos(x):
    return x.chain(cos(x.real), -sin(x.real)) if isinstance(x, Dual) else math.cos(x)


def tanh(x):
    return x.chain(tanh(x.real), 1 - tanh(x.real) ** 2) if isinstance(x, Dual) else math.tanh(x)


class Functions:
    exp, log, sin, cos, tanh = map(staticmethod, (exp, log, sin, cos, tanh))
    reciprocal = staticmethod(reciprocal)
    neg = staticmethod(lambda x: -x)


class Adapter(FunctionalEngine):
    name = "dual numbers"
    functions = (Functions,)

    def array(self, array):
        if array.shape:
            raise Unsupported("tensors")
        return array.item()

    def value(self, x):
        while isinstance(x, Dual):
            x = x.real
        return x

    stop_gradient = value

    def vjp(self, function, primals):
        rows = []
        for k in range(len(primals)):
            mark = next(marks)
            seeded = [Dual(p, float(k == j), mark) for j, p in enumerate(primals)]
            out = function(*seeded)
            rows.append(out.small if isinstance(out, Dual) and out.mark == mark else 0.0)
        return function(*primals), lambda g: [g * row for row in rows]


engine = Adapter()
