"""Strange classes become engines: each custom once, on the smallest class that has it."""

import pytest

from harness.adapt.customs import (
    BACKWARDS,
    FACTORIES,
    GRADIENTS,
    KINDS,
    LABELS,
    PARAMETER_KINDS,
    VALUES,
    WANTS_GRADIENT,
)
from harness.tests.small_engines import works
from harness.tests.templates import BACKWARD, DATA, GRAD, adapt, node


def chained(chain, shows):
    """A member that leads along the chain to the expression `shows`."""
    first, _, rest = chain.partition(".")
    for part in reversed(rest.split(".")) if rest else ():
        inner = f"lambda: {shows}" if part.endswith("()") else shows
        shows = f"Shown({part.removesuffix('()')}={inner})"
    if first.endswith("()"):
        return f"def {first.removesuffix('()')}(self): return {shows}"
    return f"{first} = property(lambda self: {shows})"


@pytest.mark.parametrize("chain", VALUES)
def test_a_value_is_found_under_every_usual_name(chain):
    engine, words = adapt(node(chained(chain, "self.hidden"), GRAD, BACKWARD))
    assert works(engine)
    assert f", .{chain}, .grad, .backward()" in words


@pytest.mark.parametrize("name", GRADIENTS)
@pytest.mark.parametrize("call", ["", "()"])
def test_a_gradient_is_found_under_every_usual_name_as_attribute_and_as_method(name, call):
    engine, words = adapt(node(DATA, chained(name + call, "self.slope"), BACKWARD))
    assert works(engine)
    assert f", .data, .{name}, .backward()" in words


@pytest.mark.parametrize("name", [*BACKWARDS, "backProp", "run_Backward"])
def test_a_backward_is_found_under_every_usual_name_as_method_and_as_function(name):
    engine, words = adapt(node(DATA, GRAD, f"def {name}(self): self.spread(1.0)"))
    assert works(engine)
    assert words.endswith(f".{name}()")
    engine, words = adapt(node(DATA, GRAD, beside=f"def {name}(root): root.spread(1.0)"))
    assert works(engine)
    assert "backward function" in words


def test_a_gradient_may_be_a_node_an_array_or_none_at_first():
    for shows in ("Node(self.slope)", "[self.slope][0]", "self.slope if self.slope else None"):
        engine, _ = adapt(node(DATA, f"grad = property(lambda self: {shows})", BACKWARD))
        assert works(engine)


def test_a_value_may_be_a_float_of_its_own():
    floats = """
        class Value(float):
            def __init__(self, number):
                self.grad, self.parents = 0.0, ()

            def __add__(self, other):
                out = Value(float(self) + float(other))
                out.parents = ((self, 1.0), (other, 1.0))
                return out

            def __mul__(self, other):
                out = Value(float(self) * float(other))
                out.parents = ((self, float(other)), (other, float(self)))
                return out

            def backward(self, upstream=1.0):
                self.grad += upstream
                for parent, local in self.parents:
                    if isinstance(parent, Value):
                        parent.backward(upstream * local)
    """
    assert works(adapt(floats)[0])


@pytest.mark.parametrize("flag", WANTS_GRADIENT)
def test_a_gradient_is_asked_for_where_the_constructor_lets_one(flag):
    wanted = f"""
    def __init__(self, data, {flag}=False, parents=()):
        self.hidden, self.slope, self.parents, self.wanted = data, 0.0, parents, {flag}
    grad = property(lambda self: self.slope if self.wanted else None)
    """
    engine, words = adapt(node(wanted, DATA, BACKWARD))
    assert works(engine)
    assert f"Node(data, {flag}=True)" in words


@pytest.mark.parametrize("option", KINDS)
@pytest.mark.parametrize(
    ("member", "home"),
    [
        (member, home)
        for member in PARAMETER_KINDS
        for home in ("enum", "class", "module")
        if member.isupper() or home != "module"  # a constant of a module is written in capitals
    ],
)
def test_a_leaf_is_of_the_kind_that_has_a_gradient(option, member, home):
    kinds = {
        "enum": (
            "import enum\nclass Kind(enum.Enum):\n    OTHER = 1\n    {0} = 2\n",
            "Kind.OTHER",
            "Kind.{0}",
        ),
        "class": ("", "None", "Node.{0}"),
        "module": ("{0} = 'leaf'\n", "None", "{0}"),
    }
    before, default, chosen = (part.format(member) for part in kinds[home])
    wanted = f"""
    {f"{member} = 'leaf'" if home == "class" else ""}
    def __init__(self, data, {option}={default}, parents=()):
        self.hidden, self.slope, self.parents, self.how = data, 0.0, parents, {option}
    grad = property(lambda self: self.slope if self.how == {chosen} else None)
    """
    engine, words = adapt(before + node(wanted, DATA, BACKWARD))
    assert works(engine)
    assert f"Node(data, {option}=...)" in words


@pytest.mark.parametrize("name", FACTORIES)
def test_a_leaf_may_come_from_a_function_beside_the_class(name):
    sealed = """
    def __init__(self, given, parents=()):
        if isinstance(given, float) and parents == ():
            raise TypeError("use the function")
        self.hidden, self.slope, self.parents = given, 0.0, parents
        if isinstance(given, tuple):
            (self.hidden,) = given
    """
    beside = f"def {name}(number):\n    return Node((number,))\n"
    engine, words = adapt(node(sealed, DATA, GRAD, BACKWARD, beside=beside))
    assert works(engine)
    assert f"{name}(data)" in words


@pytest.mark.parametrize("label", LABELS)
def test_a_label_may_come_before_the_number(label):
    labelled = f"""
    def __init__(self, {label}, number, parents=()):
        assert isinstance({label}, str)
        self.hidden, self.slope, self.parents = number, 0.0, parents
    """
    text = node(labelled, DATA, GRAD, BACKWARD).replace("return Node(", "return Node('n', ")
    engine, words = adapt(text)
    assert works(engine)
    assert "Node(label, number)" in words


def test_a_number_may_have_to_be_given_by_its_name():
    named = """
    def __init__(self, *, data, parents=()):
        self.hidden, self.slope, self.parents = data, 0.0, parents
    """
    text = node(named, DATA, GRAD, BACKWARD).replace("return Node(", "return Node(data=")
    engine, words = adapt(text)
    assert works(engine)
    assert "Node(data=data)" in words
