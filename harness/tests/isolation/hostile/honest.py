# Bound: nothing to bound.
import math


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
