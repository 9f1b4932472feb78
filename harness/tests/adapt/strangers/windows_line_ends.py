"""
CS 4xx, assignment 1
edited on Windows with Notepad, tested with Python 3.11
"""

import math
import operator


class Value:

    def __init__(self, data, parents=[], op=""):
        self.data = data
        self.grad = 0
        self.parents = parents
        self.op = op

    def zero_grad(self):
        self.grad = 0

    def __str__(self):
        return "Value(" + str(self.data) + ")"


# operator name -> (function, derivatives). The methods are made in the loop below.
BINARY = {
    "add": (operator.add, lambda a, b: (1, 1)),
    "sub": (operator.sub, lambda a, b: (1, -1)),
    "mul": (operator.mul, lambda a, b: (b, a)),
    "truediv": (operator.truediv, lambda a, b: (1 / b, -a / b**2)),
}

UNARY = {
    "exp": (math.exp, math.exp),
    "log": (math.log, lambda x: 1 / x),
    "sin": (math.sin, math.cos),
    "cos": (math.cos, lambda x: -math.sin(x)),
    "tan": (math.tan, lambda x: 1 + math.tan(x) ** 2),
    "sinh": (math.sinh, math.cosh),
    "cosh": (math.cosh, math.sinh),
    "tanh": (math.tanh, lambda x: 1 - math.tanh(x) ** 2),
    "atan": (math.atan, lambda x: 1 / (1 + x * x)),
    "asin": (math.asin, lambda x: 1 / math.sqrt(1 - x * x)),
    "acos": (math.acos, lambda x: -1 / math.sqrt(1 - x * x)),
    "sqrt": (math.sqrt, lambda x: 0.5 / math.sqrt(x)),
    "relu": (lambda x: max(x, 0), lambda x: 1 if x > 0 else 0),
    "sigmoid": (lambda x: 1 / (1 + math.exp(-x)), lambda x: math.exp(-x) / (1 + math.exp(-x)) ** 2),
    "__neg__": (operator.neg, lambda x: -1),
    "__abs__": (abs, lambda x: 1 if x > 0 else -1),
}


def make_binary(name):
    def method(self, other):
        if not isinstance(other, Value):
            other = Value(other)
        return Value(BINARY[name][0](self.data, other.data), [self, other], name)

    def reflected(self, other):
        return method(Value(other), self)

    return method, reflected


def make_unary(name):
    return lambda self: Value(UNARY[name][0](self.data), [self], name)


for name in BINARY:
    method, reflected = make_binary(name)
    setattr(Value, "__%s__" % name, method)
    setattr(Value, "__r%s__" % name, reflected)

for name in UNARY:
    setattr(Value, name, make_unary(name))


def backward(self):
    order = []

    def visit(v):
        for p in v.parents:
            if p not in order:
                visit(p)
        if v not in order:
            order.append(v)

    visit(self)
    total = [0] * len(order)
    position = {v: k for k, v in enumerate(order)}
    total[-1] = 1
    for k in range(len(order) - 1, -1, -1):
        v = order[k]
        v.grad = v.grad + total[k]
        if not v.parents:
            continue
        rule = (BINARY.get(v.op) or UNARY.get(v.op))[1]
        slopes = rule(*[p.data for p in v.parents])
        if len(v.parents) == 1:
            slopes = (slopes,)
        for p, s in zip(v.parents, slopes):
            total[position[p]] += total[k] * s


Value.backward = backward
del method, reflected, name
