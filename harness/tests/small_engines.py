"""Small engines for tests of loading, adapting and isolation, and one program to ask them.

- `VALUE`: a correct scalar engine as a student would write it, with + and * alone.
- `with_method`: the same with one more method, which usually does what an engine should not.
- `ask`: run a function as a program on an engine.
"""

import textwrap

from harness.array import Array
from harness.trace import traced

VALUE = """
class Value:
    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents = data, 0.0, parents
        self.spread = lambda: None

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other))

        def spread():
            self.grad += out.grad
            other.grad += out.grad

        out.spread = spread
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other))

        def spread():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out.spread = spread
        return out

    def backward(self):
        order, seen = [], set()

        def visit(node):
            if node not in seen:
                seen.add(node)
                for parent in node.parents:
                    visit(parent)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            node.spread()
"""


def with_method(body, name="exp", before=""):
    """`VALUE` with a method whose body is given; `before` stands at the top of the file."""
    method = f"    def {name}(self):\n" + textwrap.indent(textwrap.dedent(body).strip(), " " * 8)
    return f"{textwrap.dedent(before)}\n{VALUE}\n{method}\n"


def ask(engine, function, **inputs):
    """The engine's transcript of a case that is `function`, with these numbers or lists as leaves."""
    program = traced(lambda **leaves: function(*leaves.values()), dict.fromkeys(inputs, True))
    return engine.run(program, {name: Array.of(given) for name, given in inputs.items()})


def numbers(transcript):
    """The readings as plain numbers or nested lists."""
    assert transcript.stop is None, transcript.stop
    return [reading.nested() for reading in transcript.readings]
