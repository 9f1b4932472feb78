"""Functional engines that fail: the failure is the engine's, with its step, its category and its words."""

import textwrap

import pytest
from gradconform.harness.program import Apply, Backward, Grad, Input, Program, Read, Ref
from gradconform.harness.program.transcript import Stop

from gradconform import Array, FunctionalEngine, Unsupported

X = Input("x")
INPUTS = {"x": Array.of(2.0)}
OP = Program((X, Apply("mul", (Ref(0), 3.0)), Apply("exp", (Ref(1),)), Read("value", Ref(2))))
BACK = Program((X, Apply("mul", (Ref(0), 3.0)), Backward(Ref(1)), Read("grad", Ref(0))))
AGAIN = Program((X, Apply("mul", (Ref(0), 3.0)), Grad(Ref(1), (Ref(0),)), Read("value", Ref(2))))


class Functions:
    """The functions of `Linear`, of which a test replaces one."""

    @staticmethod
    def exp(x):
        return x + 1.0


class Linear(FunctionalEngine):
    """Every function has the derivative 3: enough for `x * 3`."""

    functions = (Functions,)

    def array(self, array):
        return array.item()

    def value(self, array):
        return array

    def vjp(self, function, primals):
        return function(*primals), lambda g: [3.0 * g for _ in primals]


def failing(**methods):
    return type("Failing", (Linear,), methods)()


def with_exp(problem):
    def exp(x):
        raise problem

    return failing(functions=(type("Functions", (), {"exp": staticmethod(exp)}),))


def raising(problem):
    def method(self, *arguments):
        raise problem

    return method


@pytest.mark.parametrize(
    ("problem", "category", "message"),
    [
        (KeyError("nope"), "index", "KeyError: 'nope'"),
        (ValueError("nope"), "value", "ValueError: nope"),
        (AttributeError("nope"), "attribute", "AttributeError: nope"),
        (TypeError("nope"), "type", "TypeError: nope"),
        (RecursionError("nope"), "recursion", "RecursionError: nope"),
    ],
)
def test_an_op_that_raises_is_named_with_its_step(problem, category, message):
    assert with_exp(problem).run(OP, INPUTS).stop == Stop("raised", 2, category, message)


@pytest.mark.parametrize(
    ("problem", "message"),
    [
        (AssertionError("floats alone"), "exp: AssertionError: floats alone"),
        (NotImplementedError("later"), "exp: NotImplementedError: later"),
        (Unsupported("exponentials"), "exponentials"),
    ],
)
def test_an_op_that_turns_its_operand_down_is_unsupported(problem, message):
    stop = with_exp(problem).run(OP, INPUTS).stop
    assert stop == Stop("unsupported", 2, message=message)


@pytest.mark.parametrize(
    ("method", "program", "step"),
    [
        ("array", BACK, 0),
        ("constant", Program((X, Apply("add", (Ref(0), Array.of(1.0))), Read("value", Ref(1)))), 1),
        ("vjp", BACK, 2),
        ("vjp", AGAIN, 2),
        ("value", OP, 3),
        ("value", BACK, 2),
    ],
)
@pytest.mark.parametrize(
    ("problem", "category"), [(KeyError("nope"), "index"), (OSError("nope"), "other")]
)
def test_what_the_adapter_raises_is_named_with_its_step(method, program, step, problem, category):
    stop = failing(**{method: raising(problem)}).run(program, INPUTS).stop
    assert (stop.kind, stop.step, stop.category) == ("raised", step, category)
    assert stop.message.startswith(type(problem).__name__)
    assert "nope" in stop.message


def test_a_pullback_that_raises_is_named_with_the_step_of_the_backward():
    def vjp(self, function, primals):
        def pullback(cotangent):
            raise ZeroDivisionError("nope")

        return function(*primals), pullback

    stop = failing(vjp=vjp).run(BACK, INPUTS).stop
    assert stop == Stop("raised", 2, "zero-division", "ZeroDivisionError: nope")


def test_an_op_that_raises_only_while_it_is_differentiated_is_named_with_the_backward():
    calls = []

    def exp(x):
        calls.append(x)
        if len(calls) > 1:
            raise KeyError("not twice")
        return x

    engine = failing(functions=(type("Functions", (), {"exp": staticmethod(exp)}),))
    program = Program((X, Apply("exp", (Ref(0),)), Backward(Ref(1)), Read("grad", Ref(0))))
    stop = engine.run(program, INPUTS).stop
    assert stop == Stop("raised", 2, "index", "KeyError: 'not twice'")


def test_a_failure_while_a_failure_is_looked_at_does_not_hide_it():
    def exp(x):
        raise KeyError("nope")

    functions = (type("Functions", (), {"exp": staticmethod(exp)}),)
    engine = failing(functions=functions, turns_down=raising(OSError("no such operand")))
    assert engine.run(OP, INPUTS).stop == Stop("raised", 2, "index", "KeyError: 'nope'")


@pytest.mark.parametrize("answer", [None, 5, (1.0,), (1.0, lambda g: []), (1.0, lambda g: 7)])
def test_a_vjp_that_gives_something_else_is_a_failure_of_the_backward(answer):
    stop = failing(vjp=lambda self, function, primals: answer).run(BACK, INPUTS).stop
    assert (stop.kind, stop.step) == ("raised", 2)


ADAPTER = """
from gradconform import FunctionalEngine


class Functions:
    @staticmethod
    def exp(x):
        {exp}


class Engine(FunctionalEngine):
    functions = (Functions,)

    def array(self, array):
        return array.item()

    def value(self, array):
        return array

    def vjp(self, function, primals):
        {vjp}


engine = Engine()
"""


@pytest.mark.parametrize(
    ("body", "program", "stop"),
    [
        ({"exp": "return {}['nope']"}, OP, Stop("raised", 2, "index", "KeyError: 'nope'")),
        (
            {"exp": "raise ValueError('nope')"},
            OP,
            Stop("raised", 2, "value", "ValueError: nope"),
        ),
        (
            {"vjp": "raise KeyError('nope')"},
            BACK,
            Stop("raised", 2, "index", "KeyError: 'nope'"),
        ),
    ],
)
def test_a_child_answers_with_the_step_that_raised(body, program, stop, opened):
    text = textwrap.dedent(ADAPTER).format(**{"exp": "pass", "vjp": "pass", **body})
    assert opened(text).run(program, INPUTS).stop == stop
