# Homework 2, problem 3: "a scalar that remembers where it came from".
#
# I use lambdas for the local derivatives, nothing else.
# Each node keeps a list of (parent, fn) with fn(upstream) = contribution for that parent.

from math import cos, exp, log, sin, sqrt, tanh


class Value(object):
    __slots__ = ("data", "grad", "_prev", "_op", "_backward")

    def __init__(self, data, _prev=(), _op=None):
        self.data = float(data)
        self.grad = 0.0
        self._prev = tuple(_prev)
        self._op = _op
        self._backward = lambda g: ()

    # ---------------------------------------------------------- plumbing
    @staticmethod
    def lift(x):
        return x if isinstance(x, Value) else Value(x)

    def _make(self, data, parents, op, local):
        out = Value(data, parents, op)
        out._backward = lambda g: [g * d for d in local]
        return out

    # ---------------------------------------------------------- arithmetic
    def __add__(self, o):
        o = Value.lift(o)
        return self._make(self.data + o.data, (self, o), "add", (1.0, 1.0))

    def __sub__(self, o):
        o = Value.lift(o)
        return self._make(self.data - o.data, (self, o), "sub", (1.0, -1.0))

    def __mul__(self, o):
        o = Value.lift(o)
        return self._make(self.data * o.data, (self, o), "mul", (o.data, self.data))

    def __truediv__(self, o):
        o = Value.lift(o)
        q = self.data / o.data
        return self._make(q, (self, o), "div", (1 / o.data, -q / o.data))

    def __neg__(self):
        return self._make(-self.data, (self,), "neg", (-1.0,))

    __radd__ = __add__
    __rmul__ = __mul__
    __rsub__ = lambda self, o: Value.lift(o) - self
    __rtruediv__ = lambda self, o: Value.lift(o) / self

    # ---------------------------------------------------------- functions
    def exp(self):
        e = exp(self.data)
        return self._make(e, (self,), "exp", (e,))

    def log(self):
        return self._make(log(self.data), (self,), "log", (1 / self.data,))

    def sin(self):
        return self._make(sin(self.data), (self,), "sin", (cos(self.data),))

    def cos(self):
        return self._make(cos(self.data), (self,), "cos", (-sin(self.data),))

    def sqrt(self):
        r = sqrt(self.data)
        return self._make(r, (self,), "sqrt", (0.5 / r,))

    def tanh(self):
        t = tanh(self.data)
        return self._make(t, (self,), "tanh", (1 - t * t,))

    # ---------------------------------------------------------- reverse pass
    def backward(self):
        order, seen, stack = [], set(), [(self, False)]
        while stack:                      # DFS without recursion (post-order)
            node, done = stack.pop()
            if done:
                order.append(node)
            elif id(node) not in seen:
                seen.add(id(node))
                stack.append((node, True))
                stack.extend((p, False) for p in node._prev)
        self.grad = 1.0
        for node in order[::-1]:
            for parent, g in zip(node._prev, node._backward(node.grad)):
                parent.grad += g


# Self tests --------------------------------------------------------------
a, b = Value(2.0), Value(-3.0)
f = a * b + a.exp() / (1 - b) + a
f.backward()
eps = 1e-6
num = lambda x, y: x * y + exp(x) / (1 - y) + x
assert abs(a.grad - (num(2 + eps, -3) - num(2 - eps, -3)) / (2 * eps)) < 1e-6
assert abs(b.grad - (num(2, -3 + eps) - num(2, -3 - eps)) / (2 * eps)) < 1e-6

c = Value(0.5)
d = c + c
(d * d).backward()
assert c.grad == 4.0, c.grad
del a, b, c, d, f
