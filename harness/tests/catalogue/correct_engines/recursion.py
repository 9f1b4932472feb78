"""A node knows its users; its gradient is asked for, and is the sum of what each user says."""

import math

from gradconform import EagerEngine


class Node:
    def __init__(self, number):
        self.number, self.users, self.total = number, [], 0.0

    def gradient(self, root, memo):
        if self not in memo:
            memo[self] = float(self is root) + sum(
                user.gradient(root, memo) * partial for user, partial in self.users
            )
        return memo[self]


def made(number, *edges):
    node = Node(number)
    for operand, partial in edges:
        if isinstance(operand, Node):
            operand.users.append((node, partial))
    return node


def number(x):
    return x.number if isinstance(x, Node) else x


def add(a, b):
    return made(number(a) + number(b), (a, 1.0), (b, 1.0))


def subtract(a, b):
    return made(number(a) - number(b), (a, 1.0), (b, -1.0))


def multiply(a, b):
    return made(number(a) * number(b), (a, number(b)), (b, number(a)))


def divide(a, b):
    y = number(a) / number(b)
    return made(y, (a, 1 / number(b)), (b, -y / number(b)))


def power(a, b):
    x, n = number(a), number(b)
    by_exponent = x**n * math.log(x) if isinstance(b, Node) else 0.0
    return made(x**n, (a, n * x ** (n - 1)), (b, by_exponent))


for _name, _function in {
    "add": add, "sub": subtract, "mul": multiply, "truediv": divide, "pow": power
}.items():  # fmt: skip
    setattr(Node, f"__{_name}__", _function)
    setattr(Node, f"__r{_name}__", lambda a, b, _f=_function: _f(b, a))


class Functions:
    neg = staticmethod(lambda x: made(-x.number, (x, -1.0)))
    exp = staticmethod(lambda x: made(math.exp(x.number), (x, math.exp(x.number))))
    ln = staticmethod(lambda x: made(math.log(x.number), (x, 1 / x.number)))
    sin = staticmethod(lambda x: made(math.sin(x.number), (x, math.cos(x.number))))
    tanh = staticmethod(lambda x: made(math.tanh(x.number), (x, 1 - math.tanh(x.number) ** 2)))
    square = staticmethod(lambda x: made(x.number**2, (x, 2 * x.number)))


class Adapter(EagerEngine):
    name = "recursion"
    functions = (Functions,)

    def run(self, program, inputs):
        self.roots = []
        return super().run(program, inputs)

    def leaf(self, array, requires_grad):
        return Node(array.item())

    def value(self, node):
        return node.number

    def grad(self, node):
        return sum(node.gradient(root, memo) for root, memo in self.roots)

    def backward(self, root, cotangent, retain_graph):
        self.roots.append((root, {}))


engine = Adapter()
