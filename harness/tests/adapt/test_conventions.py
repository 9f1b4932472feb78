"""Untrusted classes become engines: a test for each naming convention, on the smallest class that has it."""

import pytest
from gradconform.harness.adapt.spellings import (
    BACKWARDS,
    FACTORIES,
    GRADIENTS,
    KINDS,
    LABELS,
    PARAMETER_KINDS,
    VALUES,
    WANTS_GRADIENT,
)
from gradconform.harness.tests.adapt.templates import BACKWARD, DATA, GRAD, adapt, node
from gradconform.harness.tests.small_engines import works


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
    assert f"Node({label}, number)" in words


def test_a_label_may_be_needed_behind_the_number():
    labelled = """
    def __init__(self, number, name):
        self.hidden, self.slope, self.parents = number, 0.0, ()
    """
    made = """
    def made(number, *, parents):
        out = Node(number, "out")
        out.parents = parents
        return out
    """
    text = node(labelled, DATA, GRAD, BACKWARD, beside=made).replace("return Node(", "return made(")
    engine, words = adapt(text)
    assert works(engine)
    assert "Node(name, number)" in words


def test_whatever_shows_the_number_and_what_a_backward_changes_will_do():
    wert = "wert = property(lambda self: self.hidden)\nablauf = property(lambda self: self.slope)"
    text = node(wert, BACKWARD).replace(".hidden", "._h").replace(".slope", "._s")
    engine, words = adapt(text)
    assert works(engine)
    assert ".wert, .ablauf" in words


@pytest.mark.parametrize("flag", ["requiresGrad", "is_param"])
def test_an_option_that_turns_gradients_on_is_found_by_what_it_does(flag):
    wanting = f"""
    def __init__(self, number, /, parents=(), {flag}=False):
        self.hidden, self.slope, self.parents = number, 0.0, parents
        self.wanted = {flag} or bool(parents)

    def add_up(self, upstream):
        self.slope = self.slope + upstream * self.wanted
    """
    text = node(wanting, DATA, GRAD, BACKWARD).replace(
        "self.slope = self.slope + upstream\n", "self.add_up(upstream)\n"
    )
    engine, words = adapt(text)
    assert works(engine)
    assert f"Node(data, {flag}=True)" in words


@pytest.mark.parametrize(
    "asked",
    [
        "requires_grad = False",
        "requires_grad = False\ndef requires_grad_(self): self.requires_grad = True",
    ],
    ids=["attribute", "method"],
)
def test_a_gradient_may_have_to_be_asked_for_afterwards(asked):
    text = node(asked, DATA, GRAD, BACKWARD).replace(
        "self.slope = self.slope + upstream",
        "self.slope = self.slope + upstream * self.requires_grad",
    )
    engine, _ = adapt(text)
    assert works(engine)


def test_a_gradient_that_is_not_there_before_a_backward_may_say_so_by_an_error():
    late = """
    @property
    def grad(self):
        if not self.slope: raise RuntimeError("call backward() first")
        return self.slope
    """
    engine, _ = adapt(node(late, DATA, BACKWARD))
    assert works(engine)


def test_a_class_that_keeps_no_gradient_is_not_the_engine_if_one_for_leaves_derives_from_it():
    text = (
        node(DATA, GRAD, "def backward(self): self.spread(1.0)")
        .replace(
            "self.slope = self.slope + upstream",
            "self.slope = self.slope + upstream * self.trained",
        )
        .replace("class Node:", "class Node:\n    trained = False\n")
    )
    engine, words = adapt(text + "\nclass Parameter(Node):\n    trained = True\n")
    assert works(engine)
    assert words.startswith("class Parameter,")


@pytest.mark.parametrize("value", ["np.float64(number)", "number"])
def test_a_scalar_engine_that_takes_anything_is_none_of_arrays(value):
    keeping = f"""
    def __init__(self, number, /, parents=()):
        import numpy as np
        self.hidden, self.slope, self.parents = {value}, 0.0, parents
    def sum(self, *others):
        out = self
        for other in others: out = out + other
        return out
    """
    engine, words = adapt(node(keeping, DATA, GRAD, BACKWARD))
    assert works(engine)
    assert ": numbers; " in words


def test_a_number_may_have_to_be_given_by_its_name():
    named = """
    def __init__(self, *, data, parents=()):
        self.hidden, self.slope, self.parents = data, 0.0, parents
    """
    text = node(named, DATA, GRAD, BACKWARD).replace("return Node(", "return Node(data=")
    engine, words = adapt(text)
    assert works(engine)
    assert "Node(data=data)" in words
