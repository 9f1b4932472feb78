"""Untrusted classes of arrays: how they take cotangents and options, and which names mean NumPy's ops."""

import pytest
from gradconform.harness.adapt.spellings import COTANGENTS
from gradconform.harness.engine.builtin import load
from gradconform.harness.engine.option_names import OPTIONS
from gradconform.harness.program.op_table import TABLE
from gradconform.harness.tests.adapt.templates import SUM, adapt, tensor
from gradconform.harness.tests.small_engines import VALUE, ask, numbers
from gradconform.harness.trace import Function, read

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
    engine, words = adapt(tensor(back, SUM))
    assert doubled_row(engine) == expected_row
    assert words.endswith(".backward()")
    engine, _ = adapt(tensor(back))
    stop = ask(engine, lambda x: x * 2.0, x=ROW).stop
    assert stop.kind == "unsupported"
    assert "its backward takes none, and there is no sum" in stop.message


def test_a_backward_that_does_not_start_with_1_is_started_by_hand(expected_row):
    back = """
    def backward(self):
        upstream, self.grad = self.grad, None
        self.spread(0.0 * self.data if upstream is None else upstream)
    """
    engine, _ = adapt(tensor(back, SUM))
    assert doubled_row(engine) != expected_row
    assert doubled_row(engine.started_by_hand()) == expected_row


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
