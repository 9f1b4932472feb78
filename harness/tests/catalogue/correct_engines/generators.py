"""An op is a generator: it yields its value, waits for its gradient, and yields those of its operands."""

import math

from gradconform import EagerEngine


class Cell:
    def __init__(self, number, rule=None, arguments=()):
        self.number, self.rule, self.arguments, self.grad = number, rule, arguments, 0.0

    def gradients(self, upstream):
        running = self.rule(*(argument.number for argument in self.arguments))
        next(running)
        return running.send(upstream)


def op(rule):
    def call(*given):
        arguments = tuple(x if isinstance(x, Cell) else Cell(float(x)) for x in given)
        return Cell(next(rule(*(x.number for x in arguments))), rule, arguments)

    return call


@op
def add(a, b):
    g = yield a + b
    yield g, g


@op
def subtract(a, b):
    g = yield a - b
    yield g, -g


@op
def multiply(a, b):
    g = yield a * b
    yield g * b, g * a


@op
def divide(a, b):
    g = yield a / b
    yield g / b, -g * a / (b * b)


@op
def negative(a):
    g = yield -a
    yield (-g,)


@op
def exp(a):
    e = math.exp(a)
    g = yield e
    yield (g * e,)


@op
def log(a):
    g = yield math.log(a)
    yield (g / a,)


@op
def sigmoid(a):
    s = 1 / (1 + math.exp(-a))
    g = yield s
    yield (g * s * (1 - s),)


@op
def maximum(a, b):
    g = yield max(a, b)
    yield (g, 0.0) if a > b else (0.0, g)


for _name, _op in {"add": add, "sub": subtract, "mul": multiply, "truediv": divide}.items():
    setattr(Cell, f"__{_name}__", lambda a, b, _op=_op: _op(a, b))
    setattr(Cell, f"__r{_name}__", lambda a, b, _op=_op: _op(b, a))
Cell.__neg__ = lambda a: negative(a)


def visit(cell, seen):
    """Operands before users, each once."""
    if cell not in seen:
        for argument in cell.arguments:
            yield from visit(argument, seen)
        seen[cell] = 0.0
        yield cell


class Functions:
    exp, log, sigmoid = staticmethod(exp), staticmethod(log), staticmethod(sigmoid)
    maximum = staticmethod(maximum)


class Adapter(EagerEngine):
    name = "generators"
    functions = (Functions,)

    def leaf(self, array, requires_grad):
        return Cell(array.item())

    def value(self, node):
        return node.number

    def grad(self, node):
        return node.grad

    def backward(self, root, cotangent, retain_graph):
        flow = {}
        order = list(visit(root, flow))
        flow[root] = 1.0
        for cell in reversed(order):
            cell.grad += flow[cell]
            if cell.rule:
                for argument, part in zip(cell.arguments, cell.gradients(flow[cell]), strict=True):
                    flow[argument] += part


engine = Adapter()
