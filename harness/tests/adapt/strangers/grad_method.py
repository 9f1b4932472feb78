# every Value has a list of what its users owe it; the gradient is the sum of that list

from math import exp as _exp, log as _log


class Value:

    def __init__(self, value, _children=[]):
        self.value = value
        self._children = _children
        self._rule = None
        self._grads = []

    def grad(self):
        """total gradient collected so far"""
        return sum(self._grads)

    def receive(self, g):
        self._grads.append(g)

    def __add__(self, x):
        x = x if isinstance(x, Value) else Value(x)
        out = Value(self.value + x.value, [self, x])
        out._rule = lambda g: (g, g)
        return out

    def __mul__(self, x):
        x = x if isinstance(x, Value) else Value(x)
        out = Value(self.value * x.value, [self, x])
        out._rule = lambda g: (g * x.value, g * self.value)
        return out

    def __pow__(self, n):
        assert not isinstance(n, Value), "use exp(n * log(x))"
        out = Value(self.value ** n, [self])
        out._rule = lambda g: (g * n * self.value ** (n - 1),)
        return out

    def __exp__(self):
        out = Value(_exp(self.value), [self])
        out._rule = lambda g: (g * out.value,)
        return out

    def __log__(self):
        out = Value(_log(self.value), [self])
        out._rule = lambda g: (g / self.value,)
        return out

    def sigmoid(self):
        return (1 + (-self).__exp__()) ** -1

    def __neg__(self): return self * (-1)
    def __sub__(self, x): return self + (-x)
    def __truediv__(self, x): return self * x ** -1
    def __radd__(self, x): return self + x
    def __rmul__(self, x): return self * x
    def __rsub__(self, x): return -self + x
    def __rtruediv__(self, x): return self ** -1 * x

    def backward(self):
        post = []
        mark = set()
        def go(n):
            if n not in mark:
                mark.add(n)
                for c in n._children: go(c)
                post.append(n)
        go(self)
        # inner nodes start from nothing in each pass, leaves keep what they have
        total = dict.fromkeys(post, 0.0)
        total[self] = 1.0
        for n in reversed(post):
            n.receive(total[n])
            if n._rule:
                for c, g in zip(n._children, n._rule(total[n])):
                    total[c] += g


def exp(v): return v.__exp__()
def log(v): return v.__log__()
