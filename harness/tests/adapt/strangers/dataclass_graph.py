from __future__ import annotations

import math
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Edge:
    source: Variable
    slope: float


@dataclass(eq=False)
class Variable:
    """One vertex of the computational graph.

    `eq=False` because two vertices with the same numbers are still two vertices.
    """

    value: float
    edges: tuple[Edge, ...] = field(default=(), repr=False)
    grad: float = 0.0
    name: str = ""

    def __add__(self, other: Variable | float) -> Variable:
        match other:
            case Variable():
                return Variable(self.value + other.value, (Edge(self, 1.0), Edge(other, 1.0)))
            case int() | float():
                return Variable(self.value + other, (Edge(self, 1.0),))
            case _:
                return NotImplemented

    def __mul__(self, other: Variable | float) -> Variable:
        match other:
            case Variable():
                return Variable(
                    self.value * other.value, (Edge(self, other.value), Edge(other, self.value))
                )
            case int() | float():
                return Variable(self.value * other, (Edge(self, float(other)),))
            case _:
                return NotImplemented

    def __pow__(self, other: int | float) -> Variable:
        if not isinstance(other, (int, float)):
            return NotImplemented
        slope = other * self.value ** (other - 1) if other else 0.0
        return Variable(self.value**other, (Edge(self, slope),))

    def __sub__(self, other: Variable | float) -> Variable:
        return self + -1 * other

    def __rsub__(self, other: float) -> Variable:
        return other + -1 * self

    def __truediv__(self, other: Variable | float) -> Variable:
        return self * other**-1

    def __rtruediv__(self, other: float) -> Variable:
        return other * self**-1

    def __neg__(self) -> Variable:
        return -1 * self

    __radd__ = __add__
    __rmul__ = __mul__

    def exp(self) -> Variable:
        y = math.exp(self.value)
        return Variable(y, (Edge(self, y),))

    def sigmoid(self) -> Variable:
        y = 1 / (1 + math.exp(-self.value))
        return Variable(y, (Edge(self, y * (1 - y)),))

    def softplus(self) -> Variable:
        y = math.log1p(math.exp(self.value))
        return Variable(y, (Edge(self, 1 / (1 + math.exp(-self.value))),))

    def zero_grad(self) -> None:
        self.grad = 0.0

    def backward(self, cotangent: float = 1.0) -> None:
        adjoint = {self: cotangent}
        for vertex in reversed(self._ordered()):
            mine = adjoint[vertex]
            vertex.grad += mine
            for edge in vertex.edges:
                adjoint[edge.source] = adjoint.get(edge.source, 0.0) + mine * edge.slope

    def _ordered(self) -> list[Variable]:
        done: dict[Variable, None] = {}

        def walk(vertex: Variable) -> None:
            if vertex in done:
                return
            for edge in vertex.edges:
                walk(edge.source)
            done[vertex] = None

        walk(self)
        return list(done)
