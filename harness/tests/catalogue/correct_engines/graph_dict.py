"""The graph is a plain dictionary from a name to a value and its operands; a handle is a name."""

import math

from gradconform import EagerEngine


class Graph(dict):
    """name -> (number, {operand's name: partial derivative})"""

    def new(self, number, partials=None):
        name = f"v{len(self)}"
        self[name] = (number, partials or {})
        return Handle(self, name)

    def reverse(self, root):
        # A dictionary keeps the order of insertion, which is a topological order.
        names = list(self)
        flow = {root: 1.0}
        for name in names[names.index(root) :: -1]:
            for operand, partial in self[name][1].items():
                flow[operand] = flow.get(operand, 0.0) + flow.get(name, 0.0) * partial
        return flow


class Handle:
    def __init__(self, graph, name):
        self.graph, self.name = graph, name

    def number(self):
        return self.graph[self.name][0]

    def join(self, other, rule, swapped=False):
        """`rule` gives the value and both partials; an operand that meets itself gets their sum."""
        if not isinstance(other, Handle):
            other = self.graph.new(float(other))
        left, right = (other, self) if swapped else (self, other)
        number, d_left, d_right = rule(left.number(), right.number())
        partials = {left.name: d_left}
        partials[right.name] = partials.get(right.name, 0.0) + d_right
        return self.graph.new(number, partials)

    def map(self, number, slope):
        return self.graph.new(number, {self.name: slope})

    def __neg__(self):
        return self.map(-self.number(), -1.0)

    def exp(self):
        return self.map(math.exp(self.number()), math.exp(self.number()))

    def log(self):
        return self.map(math.log(self.number()), 1 / self.number())

    def tanh(self):
        return self.map(math.tanh(self.number()), 1 / math.cosh(self.number()) ** 2)

    def relu(self):
        return self.map(*((self.number(), 1.0) if self.number() > 0 else (0.0, 0.0)))

    def square(self):
        return self.map(self.number() ** 2, 2 * self.number())


RULES = {
    "add": lambda a, b: (a + b, 1.0, 1.0),
    "sub": lambda a, b: (a - b, 1.0, -1.0),
    "mul": lambda a, b: (a * b, b, a),
    "truediv": lambda a, b: (a / b, 1 / b, -a / b**2),
}
for _name, _rule in RULES.items():
    setattr(Handle, f"__{_name}__", lambda self, other, _r=_rule: self.join(other, _r))
    setattr(Handle, f"__r{_name}__", lambda self, other, _r=_rule: self.join(other, _r, True))


class Adapter(EagerEngine):
    name = "graph as a dictionary"

    def run(self, program, inputs):
        self.graph, self.gradients = Graph(), {}
        return super().run(program, inputs)

    def leaf(self, array, requires_grad):
        return self.graph.new(array.item())

    def value(self, node):
        return node.number()

    def grad(self, node):
        return self.gradients.get(node.name, 0.0)

    def backward(self, root, cotangent, retain_graph):
        for name, gradient in self.graph.reverse(root.name).items():
            self.gradients[name] = self.gradients.get(name, 0.0) + gradient


engine = Adapter()
