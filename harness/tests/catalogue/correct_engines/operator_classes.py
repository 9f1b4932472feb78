"""An op is a class with `forward` and `backward`; a variable knows the op that made it."""

import math

from gradconform import EagerEngine


class Operation:
    def __init__(self, *inputs):
        self.inputs = [x if isinstance(x, Variable) else Variable(x) for x in inputs]
        self.depth = 1 + max(x.depth for x in self.inputs)

    @classmethod
    def of(cls, *inputs):
        operation = cls(*inputs)
        result = Variable(operation.forward(*(x.value for x in operation.inputs)))
        result.origin, result.depth = operation, operation.depth
        return result


class Add(Operation):
    def forward(self, a, b):
        return a + b

    def backward(self, upstream):
        return [upstream, upstream]


class Multiply(Operation):
    def forward(self, a, b):
        self.a, self.b = a, b
        return a * b

    def backward(self, upstream):
        return [self.b * upstream, self.a * upstream]


class Power(Operation):
    def forward(self, a, b):
        self.a, self.b, self.y = a, b, a**b
        return self.y

    def backward(self, upstream):
        wanted = self.inputs[1].origin or self.inputs[1].tracked
        logarithm = math.log(self.a) if wanted else 0.0
        return [upstream * self.b * self.a ** (self.b - 1), upstream * self.y * logarithm]


class Exponential(Operation):
    def forward(self, x):
        self.y = math.exp(x)
        return self.y

    def backward(self, upstream):
        return [self.y * upstream]


class Logarithm(Operation):
    def forward(self, x):
        self.x = x
        return math.log(x)

    def backward(self, upstream):
        return [upstream / self.x]


class Absolute(Operation):
    def forward(self, x):
        self.sign = math.copysign(1.0, x)
        return abs(x)

    def backward(self, upstream):
        return [self.sign * upstream]


class Variable:
    origin, depth, tracked = None, 0, False

    def __init__(self, value):
        self.value, self.gradient = value, None

    __add__ = __radd__ = lambda a, b: Add.of(a, b)
    __mul__ = __rmul__ = lambda a, b: Multiply.of(a, b)
    __pow__ = lambda a, b: Power.of(a, b)  # noqa: E731
    __rpow__ = lambda a, b: Power.of(b, a)  # noqa: E731
    __neg__ = lambda a: Multiply.of(-1.0, a)  # noqa: E731
    __sub__ = lambda a, b: a + -1.0 * b  # noqa: E731
    __rsub__ = lambda a, b: -a + b  # noqa: E731
    __truediv__ = lambda a, b: a * Power.of(b, -1.0)  # noqa: E731
    __rtruediv__ = lambda a, b: b * Power.of(a, -1.0)  # noqa: E731
    __abs__ = lambda a: Absolute.of(a)  # noqa: E731
    exp = lambda a: Exponential.of(a)  # noqa: E731
    log = lambda a: Logarithm.of(a)  # noqa: E731

    def backward(self):
        """Deepest first: a variable is deeper than all it is made of."""
        waiting = {self: 1.0}
        while waiting:
            node = max(waiting, key=lambda variable: variable.depth)
            upstream = waiting.pop(node)
            node.gradient = upstream + (node.gradient or 0.0)
            if node.origin is not None:
                for x, part in zip(node.origin.inputs, node.origin.backward(upstream), strict=True):
                    waiting[x] = waiting.get(x, 0.0) + part


class Adapter(EagerEngine):
    name = "operator classes"

    def leaf(self, array, requires_grad):
        variable = Variable(array.item())
        variable.tracked = True
        return variable

    def value(self, node):
        return node.value

    def grad(self, node):
        return node.gradient

    def backward(self, root, cotangent, retain_graph):
        root.backward()


engine = Adapter()
