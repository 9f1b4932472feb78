"""
The gradient of a node is pulled, not pushed:

    grad(v) = sum over users u of  grad(u) * du/dv

so a node has to know its users. `z.backward()` only says that z is an output; the work is done
when somebody asks x.grad(). Results are remembered until the next backward().
"""
import math

_epoch = 0


class Var:
    def __init__(self, value):
        self.value = value
        self.users = []          # (weight, user)
        self.outputs = 0         # how many times backward() was called on me
        self._memo = None

    def grad(self):
        if self._memo is None or self._memo[0] != _epoch:
            total = float(self.outputs)
            for weight, user in self.users:
                total += weight * user.grad()
            self._memo = (_epoch, total)
        return self._memo[1]

    def backward(self):
        global _epoch
        _epoch += 1
        self.outputs += 1

    def _new(self, value, *operands):
        out = Var(value)
        for node, weight in operands:
            if isinstance(node, Var):
                node.users.append((weight, out))
        return out

    def __add__(self, other):
        return self._new(self.value + val(other), (self, 1.0), (other, 1.0))

    __radd__ = __add__

    def __mul__(self, other):
        return self._new(self.value * val(other), (self, val(other)), (other, self.value))

    __rmul__ = __mul__

    def __sub__(self, other):
        return self._new(self.value - val(other), (self, 1.0), (other, -1.0))

    def __rsub__(self, other):
        return self._new(other - self.value, (self, -1.0))

    def __truediv__(self, other):
        b = val(other)
        return self._new(self.value / b, (self, 1 / b), (other, -self.value / (b * b)))

    def __rtruediv__(self, other):
        return self._new(other / self.value, (self, -other / self.value ** 2))

    def __neg__(self):
        return self._new(-self.value, (self, -1.0))


def val(x):
    return x.value if isinstance(x, Var) else x


def sin(x):
    return x._new(math.sin(x.value), (x, math.cos(x.value)))


def cos(x):
    return x._new(math.cos(x.value), (x, -math.sin(x.value)))


def exp(x):
    return x._new(math.exp(x.value), (x, math.exp(x.value)))


def log(x):
    return x._new(math.log(x.value), (x, 1 / x.value))


def tanh(x):
    t = math.tanh(x.value)
    return x._new(t, (x, 1 - t ** 2))


def sigmoid(x):
    s = 1 / (1 + math.exp(-x.value))
    return x._new(s, (x, s - s ** 2))
