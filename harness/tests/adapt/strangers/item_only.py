"""Nobody outside can see my number, except through item()."""

import math


class Scalar:

    def __init__(self, number, _op="leaf", _inputs=()):
        self.__number = number
        self.__op = _op
        self.__inputs = _inputs
        self.grad = 0.0

    def item(self):
        return self.__number

    def __format__(self, spec):
        return format(self.__number, spec)

    # ---- forward

    def __binary(self, other, op, function):
        if not isinstance(other, Scalar):
            other = Scalar(other, "literal")
        return Scalar(function(self.__number, other.__number), op, (self, other))

    def __add__(self, other):
        return self.__binary(other, "add", lambda a, b: a + b)

    def __mul__(self, other):
        return self.__binary(other, "mul", lambda a, b: a * b)

    def __sub__(self, other):
        return self.__binary(other, "sub", lambda a, b: a - b)

    def __truediv__(self, other):
        return self.__binary(other, "div", lambda a, b: a / b)

    __radd__, __rmul__ = __add__, __mul__

    def __rsub__(self, other):
        return Scalar(other, "literal") - self

    def __rtruediv__(self, other):
        return Scalar(other, "literal") / self

    def exp(self):
        return Scalar(math.exp(self.__number), "exp", (self,))

    def relu_(self):
        return Scalar(self.__number * (self.__number > 0), "relu", (self,))

    def sigmoid(self):
        return Scalar(1 / (1 + math.exp(-self.__number)), "sigmoid", (self,))

    def square(self):
        return Scalar(self.__number ** 2, "square", (self,))

    # ---- backward: one method per operation, found by its name

    def _d_add(self, a, b):
        return 1, 1

    def _d_sub(self, a, b):
        return 1, -1

    def _d_mul(self, a, b):
        return b, a

    def _d_div(self, a, b):
        return 1 / b, -a / b ** 2

    def _d_exp(self, a):
        return self.__number,

    def _d_relu(self, a):
        return int(a > 0),

    def _d_sigmoid(self, a):
        return self.__number * (1 - self.__number),

    def _d_square(self, a):
        return 2 * a,

    def backward(self):
        order = self.__sorted([], set())
        gradient = dict.fromkeys(order, 0.0)
        gradient[self] = 1.0
        for node in reversed(order):
            node.grad += gradient[node]
            if node.__inputs:
                rule = getattr(node, "_d_" + node.__op)
                numbers = [i.__number for i in node.__inputs]
                for i, slope in zip(node.__inputs, rule(*numbers)):
                    gradient[i] += gradient[node] * slope

    def __sorted(self, order, seen):
        seen.add(self)
        for i in self.__inputs:
            if i not in seen:
                i.__sorted(order, seen)
        order.append(self)
        return order
