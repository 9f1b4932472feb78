"""Templates of untrusted classes: a test puts the naming convention that it is about into a template.

- `node`, `tensor`: a scalar engine and an engine of arrays, with the given members.
- `module_of`: a module made of a text.
- `adapt`: the engine that is made of a text, and the sentence about it.
"""

import textwrap
from types import ModuleType

from gradconform.harness.adapt import adapted
from gradconform.harness.submission.loading.load import Loaded


def module_of(text, name="engine"):
    module = ModuleType(name)
    exec(compile(textwrap.dedent(text), f"{name}.py", "exec"), vars(module))
    return module


def adapt(text, wanted=""):
    """The engine that is made of a text, and the sentence about it."""
    return adapted(Loaded([module_of(text)]), "engine.py", wanted, _unhurried)


def _unhurried(work):
    work()
    return True


# A node keeps its number as `hidden` and its gradient as `slope`. The members that a test adds show them.
NODE = """
class Shown:
    def __init__(self, **shown):
        vars(self).update(shown)

class Node:
    def __init__(self, given, /, *, parents=()):
        self.hidden, self.slope, self.parents = given, 0.0, parents

    def __add__(self, other):
        return Node(self.hidden + hidden(other), parents=((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        parents = (self, hidden(other)), (other, self.hidden)
        return Node(self.hidden * hidden(other), parents=parents)

    def spread(self, upstream):
        self.slope = self.slope + upstream
        for parent, local in self.parents:
            if isinstance(parent, Node):
                parent.spread(upstream * local)
    {members}

def hidden(other):
    return other.hidden if isinstance(other, Node) else other
{beside}
"""
DATA = "data = property(lambda self: self.hidden)"
GRAD = "grad = property(lambda self: self.slope)"
BACKWARD = "def backward(self): self.spread(1.0)"


def node(*members, beside=""):
    """`NODE` with the given members, each of one line or several."""
    body = "\n".join(textwrap.dedent(member).strip() for member in members)
    text = NODE.replace("{members}", textwrap.indent(body, "    ").strip())
    return text.replace("{beside}", textwrap.dedent(beside))


# A tensor keeps arrays. The backward that a test adds takes a cotangent in some form.
TENSOR = """
import numpy as np

class Tensor:
    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents = np.asarray(data, dtype={dtype}), None, parents

    def __mul__(self, other):
        other = other if isinstance(other, Tensor) else Tensor(other)
        return Tensor(self.data * other.data, ((self, other.data), (other, self.data)))

    def spread(self, upstream):
        self.grad = upstream if self.grad is None else self.grad + upstream
        for parent, local in self.parents:
            parent.spread(upstream * local)
    {members}
"""
SUM = """
def sum(self):
    return Tensor(self.data.sum(), ((self, np.ones_like(self.data)),))
"""


def tensor(*members, dtype="float"):
    body = "\n".join(textwrap.dedent(member).strip() for member in members)
    text = TENSOR.replace("{members}", textwrap.indent(body, "    ").strip())
    return text.replace("{dtype}", dtype)
