"""Reverse-mode AD for scalars.

The reverse pass has to be started with the derivative of whatever comes after the root; for a loss
that is `loss.backward(1.0)`. There is no default on purpose: in class we forgot it too often.
"""

import math
from typing import Callable, List, Tuple


class Variable:
    def __init__(self, value: float, label: str = "x") -> None:
        self.value: float = value
        self.label: str = label
        self.grad: float = 0.0
        self.inputs: List["Variable"] = []
        self.vjp: Callable[[float], Tuple[float, ...]] = lambda g: ()

    def _result(self, value, label, inputs, vjp):
        out = Variable(value, label)
        out.inputs, out.vjp = inputs, vjp
        return out

    def __add__(self, other):
        if isinstance(other, (int, float)):
            return self._result(self.value + other, "+c", [self], lambda g: (g,))
        return self._result(self.value + other.value, "+", [self, other], lambda g: (g, g))

    def __mul__(self, other):
        if isinstance(other, (int, float)):
            return self._result(self.value * other, "*c", [self], lambda g: (g * other,))
        return self._result(
            self.value * other.value, "*", [self, other], lambda g: (g * other.value, g * self.value)
        )

    def __sub__(self, other):
        return self + other * -1

    def __neg__(self):
        return self * -1

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __rsub__(self, other):
        return -self + other

    def reciprocal(self):
        r = 1.0 / self.value
        return self._result(r, "1/", [self], lambda g: (-g * r * r,))

    def __truediv__(self, other):
        if isinstance(other, (int, float)):
            return self * (1.0 / other)
        return self * other.reciprocal()

    def __rtruediv__(self, other):
        return self.reciprocal() * other

    def exp(self):
        e = math.exp(self.value)
        return self._result(e, "exp", [self], lambda g: (g * e,))

    def sinh(self):
        return self._result(math.sinh(self.value), "sinh", [self], lambda g: (g * math.cosh(self.value),))

    def cosh(self):
        return self._result(math.cosh(self.value), "cosh", [self], lambda g: (g * math.sinh(self.value),))

    def backward(self, grad):
        order: List[Variable] = []
        seen = set()

        def visit(node):
            if id(node) not in seen:
                seen.add(id(node))
                for inp in node.inputs:
                    visit(inp)
                order.append(node)

        visit(self)
        sums = {id(node): 0.0 for node in order}
        sums[id(self)] = grad
        for node in reversed(order):
            total = sums[id(node)]
            node.grad += total
            for inp, g in zip(node.inputs, node.vjp(total)):
                sums[id(inp)] += g
