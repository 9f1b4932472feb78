"""An engine's object as numbers: NumPy has more types of numbers than Python."""

import json

import numpy as np
import pytest
from gradconform.harness.isolation.wire import encode
from gradconform.harness.program.arrays import Array, Opaque, answer
from gradconform.harness.program.transcript import Transcript
from gradconform.harness.tests.small_engines import ask, with_method, works
from gradconform.harness.trace import exp

NUMBERS = {
    "long double": (np.longdouble(1.5), 1.5),
    "array of long doubles": (np.array([1.5, -2.0], dtype=np.longdouble), [1.5, -2.0]),
    "long double beyond float64": (np.finfo(np.longdouble).max, np.inf),
    "half": (np.float16(1.5), 1.5),
    "unsigned": (np.array([1, 255], dtype=np.uint8), [1, 255]),
    "bool": (np.True_, True),
    "object without axes": (np.array(1.5, dtype=object), 1.5),
    "array of objects": (np.array([np.float64(1.5), 2, True], dtype=object), [1.5, 2, True]),
}


@pytest.mark.parametrize("kind", NUMBERS)
def test_a_number_of_numpy_comes_back_as_a_number_that_can_be_sent(kind):
    given, expected = NUMBERS[kind]
    found = answer(given)
    assert isinstance(found, Array)
    assert found.nested() == expected
    assert {type(each) for each in found.data} <= {float, int, bool}
    assert json.dumps(encode(Transcript((found,))), allow_nan=False)


def test_an_array_that_holds_something_else_is_said_by_its_type():
    itself = np.array(None, dtype=object)
    itself[()] = itself
    for given in (itself, np.array([1.0, object()]), np.array([1.0, None])):
        assert answer(given) == Opaque("numpy array of dtype object")
    assert answer(np.complex128(1.0)) == Opaque("numpy array of dtype complex128")


# The first answer after this op cannot be made into a line.
SPOILS = """
import json
real = json.JSONEncoder.encode

def once(*given, **options):
    json.JSONEncoder.encode = real
    raise SystemExit("not now")

json.JSONEncoder.encode = once
return self
"""


def test_an_answer_that_cannot_be_sent_costs_one_case_and_no_process(opened):
    engine = opened(with_method(SPOILS))
    stop = ask(engine, exp, x=0.5).stop
    assert (stop.kind, stop.message) == ("raised", "SystemExit: not now")
    assert works(engine)
    assert engine.children.restarts == 0


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "int64", "bool"])
@pytest.mark.parametrize("nested", [2.0, [[1.0, 2.0, 0.0], [3.0, 4.0, 5.0]], []])
def test_numpy_takes_an_array_as_it_takes_its_own(nested, dtype):
    array = Array.of(nested, dtype)
    taken = np.asarray(array)
    assert (str(taken.dtype), taken.shape) == (dtype, array.shape)
    assert taken.tolist() == np.array(nested, dtype).tolist()
    assert np.array(array, "float32").dtype == np.float32
    assert (np.ones(array.shape, dtype) * array == taken).all()
    taken[...] = 7  # it is a copy, which may be changed
    assert array == Array.of(nested, dtype)


def test_an_array_is_not_shared_with_numpy():
    with pytest.raises(ValueError, match="only by a copy"):
        Array.of(1.0).__array__(copy=False)
