"""A computation graph in the style of 2016: Constant holds data, Parameter holds what is learned,
_Operation is everything else (and is made by operators only)."""

import abc

import numpy as np


class _Vertex(abc.ABC):
    __array_ufunc__ = None
    value: np.ndarray

    def __add__(self, other): return _Operation("add", self, other)
    def __radd__(self, other): return _Operation("add", other, self)
    def __sub__(self, other): return _Operation("sub", self, other)
    def __rsub__(self, other): return _Operation("sub", other, self)
    def __mul__(self, other): return _Operation("mul", self, other)
    def __rmul__(self, other): return _Operation("mul", other, self)
    def __truediv__(self, other): return _Operation("div", self, other)
    def __rtruediv__(self, other): return _Operation("div", other, self)
    def __neg__(self): return _Operation("neg", self)
    def exp(self): return _Operation("exp", self)
    def log(self): return _Operation("log", self)
    def sin(self): return _Operation("sin", self)
    def cos(self): return _Operation("cos", self)
    def tanh(self): return _Operation("tanh", self)
    def square(self): return _Operation("square", self)
    def sum(self): return _Operation("sum", self)
    def mean(self): return _Operation("mean", self)

    @abc.abstractmethod
    def _send(self, gradient):
        """accept a complete gradient and pass it on"""

    def backward(self, gradient=1.0):
        gradient = np.broadcast_to(np.asarray(gradient, dtype=float), self.value.shape)
        waiting = {}
        for vertex in _reachable(self):
            for operand in vertex._operands:
                waiting[operand] = waiting.get(operand, 0) + 1
        total, ready = {self: gradient}, [self]
        while ready:
            vertex = ready.pop()
            for operand, part in vertex._send(total.pop(vertex)):
                total[operand] = total[operand] + part if operand in total else part
                waiting[operand] -= 1
                if not waiting[operand]:
                    ready.append(operand)

    _operands = ()


class Constant(_Vertex):
    def __init__(self, value):
        self.value = np.asarray(value, dtype=float)

    def _send(self, gradient):
        return []


class Parameter(_Vertex):
    def __init__(self, value, name="theta"):
        self.value = np.asarray(value, dtype=float)
        self.name = name
        self.grad = np.zeros_like(self.value)

    def zero_grad(self):
        self.grad = np.zeros_like(self.value)

    def _send(self, gradient):
        self.grad = self.grad + gradient
        return []


class _Operation(_Vertex):
    def __init__(self, kind, *operands):
        self._operands = [v if isinstance(v, _Vertex) else Constant(v) for v in operands]
        self.kind = kind
        self.value = np.asarray(_FORWARD[kind](*[v.value for v in self._operands]))
        self.grad = np.zeros_like(self.value)

    def _send(self, gradient):
        self.grad = self.grad + gradient
        parts = _BACKWARD[self.kind](gradient, self.value, *[v.value for v in self._operands])
        for operand, part in zip(self._operands, parts, strict=True):
            yield operand, _collapse(part, operand.value.shape)


def _collapse(part, shape):
    part = np.broadcast_to(part, np.broadcast_shapes(part.shape, shape))
    added = part.ndim - len(shape)
    part = part.sum(axis=tuple(range(added)))
    kept = tuple(k for k, n in enumerate(shape) if n == 1)
    return part.sum(axis=kept, keepdims=True)


def _reachable(root):
    found, todo = {root}, [root]
    while todo:
        new = [v for v in todo.pop()._operands if v not in found]
        new = list(dict.fromkeys(new))
        found.update(new)
        todo.extend(new)
    return found


_FORWARD = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "neg": np.negative,
    "exp": np.exp, "log": np.log, "sin": np.sin, "cos": np.cos, "tanh": np.tanh,
    "square": np.square, "sum": np.sum, "mean": np.mean,
}

_BACKWARD = {
    "add": lambda g, y, a, b: (g, g),
    "sub": lambda g, y, a, b: (g, -g),
    "mul": lambda g, y, a, b: (g * b, g * a),
    "div": lambda g, y, a, b: (g / b, -g * y / b),
    "neg": lambda g, y, a: (-g,),
    "exp": lambda g, y, a: (g * y,),
    "log": lambda g, y, a: (g / a,),
    "sin": lambda g, y, a: (g * np.cos(a),),
    "cos": lambda g, y, a: (-g * np.sin(a),),
    "tanh": lambda g, y, a: (g * (1 - y * y),),
    "square": lambda g, y, a: (2 * g * a,),
    "sum": lambda g, y, a: (g * np.ones_like(a),),
    "mean": lambda g, y, a: (g * np.ones_like(a) / max(a.size, 1),),
}
