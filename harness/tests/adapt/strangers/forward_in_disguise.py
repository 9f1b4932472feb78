"""There is no graph. Every Number carries its derivatives with respect to all inputs along.

backward() has nothing left to do but to hand them out. Slow with many inputs, but two pages
shorter than everybody else's solution :)
"""
import math


class Number:
    def __init__(self, val, d=None):
        self.val = val
        self.gradient = 0.0
        self.d = {self: 1.0} if d is None else d      # input -> derivative

    def chain(self, val, slope):
        return Number(val, {k: slope * v for k, v in self.d.items()})

    def chain2(self, other, val, s1, s2):
        d = {k: s1 * v for k, v in self.d.items()}
        for k, v in other.d.items():
            d[k] = d.get(k, 0.0) + s2 * v
        return Number(val, d)

    def __add__(self, o):
        return self.chain2(o, self.val + o.val, 1, 1) if isinstance(o, Number) else self.chain(self.val + o, 1)

    def __sub__(self, o):
        return self.chain2(o, self.val - o.val, 1, -1) if isinstance(o, Number) else self.chain(self.val - o, 1)

    def __mul__(self, o):
        return self.chain2(o, self.val * o.val, o.val, self.val) if isinstance(o, Number) else self.chain(self.val * o, o)

    def __truediv__(self, o):
        if isinstance(o, Number):
            return self.chain2(o, self.val / o.val, 1 / o.val, -self.val / o.val**2)
        return self.chain(self.val / o, 1 / o)

    def __radd__(self, o): return self.chain(o + self.val, 1)
    def __rsub__(self, o): return self.chain(o - self.val, -1)
    def __rmul__(self, o): return self.chain(o * self.val, o)
    def __rtruediv__(self, o): return self.chain(o / self.val, -o / self.val**2)
    def __neg__(self): return self.chain(-self.val, -1)

    def exp(self): return self.chain(math.exp(self.val), math.exp(self.val))
    def log(self): return self.chain(math.log(self.val), 1 / self.val)
    def sin(self): return self.chain(math.sin(self.val), math.cos(self.val))
    def cos(self): return self.chain(math.cos(self.val), -math.sin(self.val))
    def sqrt(self): return self.chain(math.sqrt(self.val), 0.5 / math.sqrt(self.val))

    def backward(self):
        for inp, derivative in self.d.items():
            inp.gradient += derivative
