"""Small engines for tests of loading, adapting and isolation, and one program to ask them.

- `VALUE`: a correct scalar engine as a student would write it, with + and * alone.
- `with_method`: the same with one more method, which usually does what an engine should not.
- `notebook`: the text of a notebook.
- `ask`: run a function as a program on an engine; `works`: whether one is answered as it should be.
"""

import json
import textwrap

from gradconform.harness.engine.contract import Question
from gradconform.harness.program.arrays import Array
from gradconform.harness.trace import exp, traced

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

# An op that is put into the class later; its factor tells one definition from another.
OP = "\ndef exp(self):\n    return self * {}\n\nValue.exp = exp\n"


def with_method(body, name="exp", before=""):
    """`VALUE` with a method whose body is given; `before` stands at the top of the file."""
    method = f"    def {name}(self):\n" + textwrap.indent(textwrap.dedent(body).strip(), " " * 8)
    return f"{textwrap.dedent(before)}\n{VALUE}\n{method}\n"


def notebook(*sources, version=4):
    """A notebook of cells of code; one that begins with # is Markdown."""
    made = [
        {"cell_type": "markdown" if s.startswith("#") else "code", "source": s, "outputs": []}
        for s in sources
    ]
    if version == 3:
        for cell in made:
            cell["input"] = cell.pop("source")
        return json.dumps({"nbformat": 3, "worksheets": [{"cells": made}]})
    return json.dumps({"nbformat": 4, "cells": made})


def ask(engine, function, frames=None, **inputs):
    """The engine's transcript of a case that is `function`, with these numbers or lists as leaves.

    `frames` is Python's recursion limit, if the case has one of its own.
    """
    program = traced(lambda **leaves: function(*leaves.values()), dict.fromkeys(inputs, True))
    leaves = {name: Array.of(given) for name, given in inputs.items()}
    (transcript,) = engine.run_all([Question(program, leaves, frames)])
    return transcript


def numbers(transcript):
    """The readings as plain numbers or nested lists."""
    assert transcript.stop is None, transcript.stop
    return [reading.nested() for reading in transcript.readings]


def square(x):
    return x * x + x


def works(engine):
    """Whether the engine answers as it should: it is alive, and answers this question and no other."""
    return numbers(ask(engine, square, x=3.0)) == [12.0, 7.0]


def factor(engine):
    """What `OP` was given: the last definition that counted."""
    return numbers(ask(engine, exp, x=1.0))[0]
