"""Strange classes become engines: each custom once, on the smallest class that has it."""

import textwrap
from types import ModuleType

import pytest

from harness.adapt import adapted
from harness.adapt.customs import (
    BACKWARDS,
    COTANGENTS,
    FACTORIES,
    GRADIENTS,
    KINDS,
    LABELS,
    OPTIONS,
    PARAMETER_KINDS,
    VALUES,
    WANTS_GRADIENT,
)
from harness.array import Array
from harness.errors import EngineError
from harness.isolation.loading import Loaded
from harness.ops import TABLE
from harness.registry import load
from harness.tests.small_engines import VALUE, ask, numbers
from harness.trace import Function, backward, read


def module_of(text, name="engine"):
    module = ModuleType(name)
    exec(compile(textwrap.dedent(text), f"{name}.py", "exec"), vars(module))
    return module


def adapt(text, wanted=""):
    """The engine that is made of a text, and the sentence about it."""
    return adapted(Loaded([module_of(text)]), "engine.py", wanted)


def square(x):
    return x * x + x


def assert_works(engine):
    assert numbers(ask(engine, square, x=3.0)) == [12.0, 7.0]


# A node keeps its number as `hidden` and its gradient as `slope`; what is shown of them is the custom.
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
    """`NODE` with the members given, each a line or several."""
    body = "\n".join(textwrap.dedent(member).strip() for member in members)
    text = NODE.replace("{members}", textwrap.indent(body, "    ").strip())
    return text.replace("{beside}", textwrap.dedent(beside))


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
    assert_works(engine)
    assert f", .{chain}, .grad, .backward()" in words


@pytest.mark.parametrize("name", GRADIENTS)
@pytest.mark.parametrize("call", ["", "()"])
def test_a_gradient_is_found_under_every_usual_name_as_attribute_and_as_method(name, call):
    engine, words = adapt(node(DATA, chained(name + call, "self.slope"), BACKWARD))
    assert_works(engine)
    assert f", .data, .{name}, .backward()" in words


@pytest.mark.parametrize("name", [*BACKWARDS, "backProp", "run_Backward"])
def test_a_backward_is_found_under_every_usual_name_as_method_and_as_function(name):
    engine, words = adapt(node(DATA, GRAD, f"def {name}(self): self.spread(1.0)"))
    assert_works(engine)
    assert words.endswith(f".{name}()")
    engine, words = adapt(node(DATA, GRAD, beside=f"def {name}(root): root.spread(1.0)"))
    assert_works(engine)
    assert "backward function" in words


def test_a_gradient_may_be_a_node_an_array_or_none_at_first():
    for shows in ("Node(self.slope)", "[self.slope][0]", "self.slope if self.slope else None"):
        engine, _ = adapt(node(DATA, f"grad = property(lambda self: {shows})", BACKWARD))
        assert_works(engine)


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
    assert_works(adapt(floats)[0])


@pytest.mark.parametrize("flag", WANTS_GRADIENT)
def test_a_gradient_is_asked_for_where_the_constructor_lets_one(flag):
    wanted = f"""
    def __init__(self, data, {flag}=False, parents=()):
        self.hidden, self.slope, self.parents, self.wanted = data, 0.0, parents, {flag}
    grad = property(lambda self: self.slope if self.wanted else None)
    """
    engine, words = adapt(node(wanted, DATA, BACKWARD))
    assert_works(engine)
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
    assert_works(engine)
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
    assert_works(engine)
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
    assert_works(engine)
    assert "Node(label, number)" in words


def test_a_number_may_have_to_be_given_by_its_name():
    named = """
    def __init__(self, *, data, parents=()):
        self.hidden, self.slope, self.parents = data, 0.0, parents
    """
    text = node(named, DATA, GRAD, BACKWARD).replace("return Node(", "return Node(data=")
    engine, words = adapt(text)
    assert_works(engine)
    assert "Node(data=data)" in words


# A tensor: the same with arrays; how a cotangent is taken is the custom.
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
def sum(self{options}):
    return Tensor(self.data.sum(), ((self, np.ones_like(self.data)),))
"""


def tensor(*members, dtype="float"):
    body = "\n".join(textwrap.dedent(member).strip() for member in members)
    text = TENSOR.replace("{members}", textwrap.indent(body, "    ").strip())
    return text.replace("{dtype}", dtype)


ROW = [1.0, 2.0, 3.0]


def doubled_row(engine):
    """The readings of a backward from a row, which starts from a cotangent that is not constant."""
    return numbers(ask(engine, lambda x: x * 2.0, x=ROW))


@pytest.fixture(scope="module")
def expected_row():
    return doubled_row(load("torch"))


@pytest.mark.parametrize("name", COTANGENTS)
@pytest.mark.parametrize("taken", ["array", "node", "needed"])
def test_a_cotangent_is_given_as_the_backward_takes_it(name, taken, expected_row):
    default = "" if taken == "needed" else "=None"
    given = f"{name}.data" if taken == "node" else f"np.asarray({name})"
    assert_kind = (
        f"assert {name} is None or isinstance({name}, {'Tensor' if taken == 'node' else 'object'})"
    )
    back = f"""
    def backward(self, {name}{default}):
        {assert_kind}
        self.spread(np.ones_like(self.data) if {name} is None else {given})
    """
    engine, words = adapt(tensor(back))
    assert doubled_row(engine) == expected_row
    assert f".backward({name})" in words


def test_without_a_way_for_a_cotangent_it_goes_by_a_product_and_a_sum(expected_row):
    back = "def backward(self):\n    self.spread(np.ones_like(self.data))\n"
    engine, words = adapt(tensor(back, SUM.replace("{options}", "")))
    assert doubled_row(engine) == expected_row
    assert words.endswith(".backward()")
    engine, _ = adapt(tensor(back))
    stop = ask(engine, lambda x: x * 2.0, x=ROW).stop
    assert stop.kind == "unsupported"
    assert "its backward takes none, and there is no sum" in stop.message


def test_an_engine_of_numbers_says_so_of_arrays():
    engine, words = adapt(VALUE)
    assert "numbers; Value(data)" in words
    stop = ask(engine, lambda x: x * 2.0, x=ROW).stop
    assert (stop.kind, stop.message) == ("unsupported", "tensors (the input has shape (3,))")


def test_an_engine_may_take_arrays_alone():
    picky = """
    def __init__(self, data, parents=()):
        self.shape = data.shape
        self.data, self.grad, self.parents = data, None, parents
    def backward(self, grad=None):
        self.spread(np.array(1.0) if grad is None else grad)
    """
    engine, words = adapt(tensor(picky))
    assert "arrays; Tensor(array), .data, .grad, .backward(grad)" in words
    assert numbers(ask(engine, lambda x, y: x * y, x=2.0, y=3.0)) == [6.0, 3.0, 2.0]
    assert numbers(ask(engine, lambda x, y: read(x * y), x=ROW, y=ROW)) == [[1.0, 4.0, 9.0]]


def test_an_engine_may_keep_float32_or_take_nested_lists_alone():
    back = "def backward(self, grad=None):\n    self.spread(1.0 if grad is None else np.asarray(grad))\n"
    assert adapt(tensor(back))[0].dtypes == ("float64",)
    engine, _ = adapt(tensor(back, dtype="np.float32"))
    assert engine.dtypes == ("float32",)
    lists = """
    def __init__(self, data, parents=()):
        assert not isinstance(data, np.ndarray) or parents, "lists only"
        self.data, self.grad, self.parents = np.asarray(data, dtype=float), None, parents
    """
    engine, _ = adapt(tensor(lists, back))
    assert numbers(ask(engine, lambda x, y: read(x * y), x=ROW, y=ROW)) == [[1.0, 4.0, 9.0]]


RENAMED = [(option, other) for option, others in OPTIONS.items() for other in others]
# An op that takes the option, and what it is given.
CALLED = {
    "dim": ("sum", {"dim": 0}),
    "keepdim": ("sum", {"dim": 0, "keepdim": True}),
    "dims": ("tensordot", {"dims": 1}),
    "dim1": ("diagonal", {"dim1": 0}),
    "dim2": ("diagonal", {"dim2": 1}),
    "min": ("clamp", {"min": 0.5}),
    "max": ("clamp", {"max": 0.5}),
    "negative_slope": ("leaky_relu", {"negative_slope": 0.1}),
    "correction": ("var", {"correction": 0}),
}


def recording(name, parameters):
    """A tensor with an op that keeps the options with which it was called."""
    return tensor(
        "def backward(self, grad=None): self.spread(1.0)",
        f"""
        def {name}(self, {"other, " if name == "tensordot" else ""}{parameters}):
            Tensor.seen = dict(locals())
            return self
        """,
    )


@pytest.mark.parametrize(("option", "other"), RENAMED)
def test_options_are_given_under_the_names_that_the_function_has(option, other):
    name, options = CALLED[option]
    parameters = [other, *(each for each in options if each != option)]
    engine, _ = adapt(recording(name, ", ".join(f"{each}=None" for each in parameters)))

    def case(x, y):
        operands = (x, y) if name == "tensordot" else (x,)
        read(Function(TABLE[name])(*operands, **options))

    transcript = ask(engine, case, x=ROW, y=ROW)
    assert transcript.stop is None
    assert engine.usage.kind.seen[other] == options[option]


def test_every_option_that_has_other_names_is_one_that_some_op_takes_by_name():
    taken = {
        each for op in TABLE.values() if not op.has("positional") for each in op.attribute_names
    }
    assert set(OPTIONS) <= taken
    assert set(CALLED) == set(OPTIONS)


def test_an_option_that_the_function_does_not_have_is_unsupported_by_its_name():
    engine, _ = adapt(recording("sum", "axis=None"))
    stop = ask(engine, lambda x: read(x.sum(dim=0, keepdim=True)), x=ROW).stop
    assert (stop.kind, stop.message) == ("unsupported", "sum with keepdim=")


@pytest.mark.parametrize(
    ("member", "beside", "op"),
    [
        ("def exp(self): return self * 5.0", "", "exp"),
        ("def __exp__(self): return self * 5.0", "", "exp"),
        ("def reLU(self): return self * 5.0", "", "relu"),
        ("def ReLU(self): return self * 5.0", "", "relu"),
        ("def ln(self): return self * 5.0", "", "log"),
        ("", "def relu(node): return node * 5.0", "relu"),
        ("", "def ReLU(node): return node * 5.0", "relu"),
        ("@staticmethod\ndef tanh(node): return node * 5.0", "", "tanh"),
        ("", "class F:\n    @staticmethod\n    def tanh(node): return node * 5.0", "tanh"),
        ("", "class Tanh:\n    @classmethod\n    def apply(cls, node): return node * 5.0", "tanh"),
        ("", "class Tanh:\n    @staticmethod\n    def apply(node): return node * 5.0", "tanh"),
    ],
)
def test_an_op_is_found_as_method_function_static_method_and_operator_class(member, beside, op):
    engine, _ = adapt(node(DATA, GRAD, BACKWARD, member, beside=beside))
    assert numbers(ask(engine, Function(TABLE[op]), x=2.0)) == [10.0, 5.0]


NUMPYS = """
def backward(self, grad=None):
    self.spread(1.0 if grad is None else np.asarray(grad))

def transpose(self, *axes):
    return Tensor(self.data.transpose(*axes), ())

def repeat(self, repeats, axis=None):
    return Tensor(np.repeat(self.data, repeats, axis), ())
"""
TABLE_OF_SIX = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]


def test_numpys_transpose_and_repeat_are_not_torchs():
    engine, _ = adapt(tensor(NUMPYS))
    for case, missing in (
        (lambda x: read(x.transpose(0, 1)), "transpose"),
        (lambda x: read(x.repeat((2, 1))), "repeat"),
    ):
        stop = ask(engine, case, x=TABLE_OF_SIX).stop
        assert (stop.kind, stop.message) == ("unsupported", missing)
    asked = ask(engine, lambda x: read(x.permute((1, 0))), x=TABLE_OF_SIX)
    assert numbers(asked) == [[[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]]]


def test_torchs_transpose_and_swapaxes_are():
    swapped = """
    def {0}(self, dim0, dim1):
        return Tensor(np.swapaxes(self.data, dim0, dim1), ())
    """
    for name in ("transpose", "swapaxes"):
        text = NUMPYS.replace("def transpose", "def permuted") if name == "transpose" else NUMPYS
        engine, _ = adapt(tensor(text, swapped.format(name)))
        asked = ask(engine, lambda x: read(x.transpose(0, 1)), x=TABLE_OF_SIX)
        assert numbers(asked) == [[[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]]]


def test_a_function_that_was_imported_is_not_the_submissions():
    engine, _ = adapt("from math import exp, tanh\nimport math\n" + node(DATA, GRAD, BACKWARD))
    stop = ask(engine, Function(TABLE["exp"]), x=2.0).stop
    assert (stop.kind, stop.message) == ("unsupported", "exp")


@pytest.mark.parametrize(
    ("function", "missing"),
    [
        (lambda x: -x, "neg (-x)"),
        (lambda x: 1.0 + x, "number + engine value"),
        (lambda x: 2.0 - x, "number - engine value"),
        (lambda x: x / 2.0, "div (/)"),
        (lambda x: x**2, "pow (**)"),
        (Function(TABLE["sigmoid"]), "sigmoid"),
        (lambda x: backward(x * x, retain_graph=True) or read(x.requires_grad), "requires_grad"),
    ],
)
def test_what_is_missing_is_unsupported_with_its_name(function, missing):
    engine, _ = adapt(VALUE)
    stop = ask(engine, function, x=2.0).stop
    assert (stop.kind, stop.message) == ("unsupported", missing)


def test_what_an_author_turns_down_is_unsupported_and_what_fails_is_not():
    turned_down = "def __pow__(self, other):\n    raise TypeError('only squares')\n"
    engine, _ = adapt(node(DATA, GRAD, BACKWARD, turned_down))
    stop = ask(engine, lambda x: x**3, x=2.0).stop
    assert stop.kind == "unsupported"
    assert "only squares" in stop.message
    broken = "def __pow__(self, other):\n    return self.hidden + 'text'\n"
    engine, _ = adapt(node(DATA, GRAD, BACKWARD, broken))
    stop = ask(engine, lambda x: x**3, x=2.0).stop
    assert (stop.kind, stop.category) == ("raised", "type")


def test_the_class_that_does_not_resemble_an_engine_is_passed_over():
    others = """
    class Layer:
        def __init__(self, size): self.size = size
        def backward(self): ...

    class Vector:
        def __init__(self, data): self.data = data
        def __add__(self, other): return self
    """
    engine, words = adapt(textwrap.dedent(others) + VALUE)
    assert_works(engine)
    assert words.startswith("class Value, line ")


def test_a_subclass_of_an_engine_is_not_another_one():
    engine, words = adapt(VALUE + "\nclass Weight(Value):\n    pass\n")
    assert_works(engine)
    assert words.startswith("class Value,")


TWO = VALUE + VALUE.replace("Value", "Scalar")


def test_of_two_engines_one_has_to_be_named():
    with pytest.raises(EngineError) as problem:
        adapt(TWO)
    lines = [number for number, line in enumerate(TWO.splitlines(), 1) if "__init__" in line]
    said = f"Value (line {lines[0]} of engine.py) and Scalar (line {lines[1]} of engine.py)"
    assert str(problem.value) == (f"engine.py has 2 engines: {said}; name one as engine.py:Value")
    engine, words = adapt(TWO, "Scalar")
    assert_works(engine)
    assert words.startswith("class Scalar,")


def test_a_class_may_be_named_as_it_is_imported():
    engine, words = adapt(TWO + "\nTensor = Scalar\n", "Tensor")
    assert_works(engine)
    assert words.startswith("class Scalar,")


def test_a_class_that_is_named_wrong_is_answered_with_those_that_are_there():
    with pytest.raises(EngineError, match=r"^engine\.py has no class Vale; it has Value, Scalar$"):
        adapt(TWO, "Vale")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1", "engine.py has no engine: no class is defined in it"),
        ("class A: ...", "class A (module engine) has no backward"),
        (
            "class A:\n    def backward(self): ...",
            "class A (line 2 of engine.py) has no arithmetic",
        ),
        (
            "class A:\n    def __init__(self): ...\n    def backward(self): ...\n    def add(self, o): ...",
            "class A (line 2 of engine.py) cannot be made from a number: TypeError: ",
        ),
        (
            node(GRAD, BACKWARD),
            "shows its number under no usual name (data, value, val, item() ...)",
        ),
        (
            node(DATA, BACKWARD),
            "has a gradient under no usual name (grad, gradient, derivative ...)",
        ),
    ],
)
def test_what_is_no_engine_is_explained_in_one_sentence(text, said):
    with pytest.raises(EngineError) as problem:
        adapt(text)
    assert said in str(problem.value)
    assert "\n" not in str(problem.value)


def test_the_engine_keeps_a_graph_of_its_own_for_every_run():
    engine, _ = adapt(VALUE)
    assert_works(engine)
    assert_works(engine)
    assert isinstance(ask(engine, square, x=1.0).readings[0], Array)
