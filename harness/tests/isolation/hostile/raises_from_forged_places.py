# Bound: the length of a text, and the time of a case.
import linecache
import math
import types


class Hidden(Exception):
    """Its traceback is hidden, and so is its message."""

    __traceback__ = property(lambda self: 1 / 0)

    def __str__(self):
        raise SystemError("no message")


def refuse():
    raise Hidden


NAMES = "/dev/zero", "/etc/shadow", "honest.py", "a\nb\x1b[2J\u202e", "x" * 10**6
FORGED = [
    types.FunctionType(refuse.__code__.replace(co_filename=name, co_name=name), globals())
    for name in NAMES
]
for name in NAMES[2:]:
    linecache.cache[name] = (1, None, ["\x1b[2J" + "y" * 10**6] * 1_000, name)
linecache.cache["/etc/shadow"] = (1, None, object(), "/etc/shadow")
calls = 0


class Value:
    def __init__(self, data, edges=()):
        self.data, self.grad, self.edges = float(data), 0.0, edges

    def __add__(self, other):
        other = lift(other)
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        other = lift(other)
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))

    def __pow__(self, other):
        base, power = self.data, lift(other).data
        slope = base**power * math.log(base) if isinstance(other, Value) else 0.0
        return Value(base**power, ((self, power * base ** (power - 1)), (lift(other), slope)))

    def exp(self):
        e = math.exp(self.data)
        return Value(e, ((self, e),))

    def tanh(self):
        t = math.tanh(self.data)
        return Value(t, ((self, 1 - t * t),))

    def relu(self):
        return Value(max(self.data, 0.0), ((self, float(self.data > 0)),))

    __radd__, __rmul__ = __add__, __mul__
    __neg__ = lambda self: self * -1
    __sub__ = lambda self, other: self + lift(other) * -1
    __rsub__ = lambda self, other: lift(other) - self
    __truediv__ = lambda self, other: self * lift(other) ** -1
    __rpow__ = lambda self, other: lift(other) ** self

    __rtruediv__ = lambda self, other: lift(other) / self

    def backward(self):
        global calls
        calls += 1
        if calls > 3:
            FORGED[calls % len(FORGED)]()
        order, seen = [], set()

        def visit(node):
            if node not in seen:
                seen.add(node)
                for parent, _ in node.edges:
                    visit(parent)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            for parent, slope in node.edges:
                parent.grad += slope * node.grad


def lift(x):
    return x if isinstance(x, Value) else Value(x)
