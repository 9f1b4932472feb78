"""The running Python says the messages on which decisions depend, word for word."""

import math
import sys

import pytest
from gradconform.harness.engine import cpython_messages as messages
from gradconform.harness.text import described


def one(x):
    return x


def two(x, y):
    return x + y


def optional(x, y=1):
    return x + y


def named(x, *, dim):
    return x + dim


class Node:
    def without_self():
        return None

    def pair(self, other):
        return other


# The call, the words by which its message is known, and the message. From 3.14 on, there is another one for
# some; it stands last.
SAID = {
    "too-many": (
        lambda: one(1, 2),
        "TOO_MANY_ARGUMENTS",
        "one() takes 1 positional argument but 2 were given",
    ),
    "too-many-optional": (
        lambda: optional(1, 2, 3),
        "TOO_MANY_ARGUMENTS",
        "optional() takes from 1 to 2 positional arguments but 3 were given",
    ),
    "too-many-named": (
        lambda: named(1, 2, dim=3),
        "TOO_MANY_ARGUMENTS",
        "named() takes 1 positional argument but 2 positional arguments (and 1 keyword-only argument) "
        "were given",
    ),
    "without-self": (
        lambda: Node().without_self(),
        "TOO_MANY_ARGUMENTS",
        "Node.without_self() takes 0 positional arguments but 1 was given",
    ),
    "missing": (
        lambda: two(1),
        "MISSING_ARGUMENT",
        "two() missing 1 required positional argument: 'y'",
    ),
    "missing-both": (
        lambda: two(),
        "MISSING_ARGUMENT",
        "two() missing 2 required positional arguments: 'x' and 'y'",
    ),
    "missing-method": (
        lambda: Node().pair(),
        "MISSING_ARGUMENT",
        "Node.pair() missing 1 required positional argument: 'other'",
    ),
    "keyword": (
        lambda: one(1, dim=0),
        "UNEXPECTED_KEYWORD",
        "one() got an unexpected keyword argument 'dim'",
    ),
    "power": (
        lambda: 2.0 ** Node(),
        "UNSUPPORTED_OPERANDS",
        "unsupported operand type(s) for ** or pow(): 'float' and 'Node'",
    ),
    "sum": (
        lambda: Node() + 1,
        "UNSUPPORTED_OPERANDS",
        "unsupported operand type(s) for +: 'Node' and 'int'",
    ),
    "tuple-compared": (
        lambda: (0, 1) < 0,
        "TUPLE_OPERAND",
        "'<' not supported between instances of 'tuple' and 'int'",
    ),
    "tuple-as-index": (
        lambda: range((0, 1)),
        "TUPLE_OPERAND",
        "'tuple' object cannot be interpreted as an integer",
    ),
    "sqrt": (
        lambda: math.sqrt(-1.0),
        "MATH_DOMAIN",
        "math domain error",
        "expected a nonnegative input, got -1.0",
    ),
    "log": (
        lambda: math.log(-1.0),
        "MATH_DOMAIN",
        "math domain error",
        "expected a positive input, got -1.0",
    ),
    "sin": (
        lambda: math.sin(math.inf),
        "MATH_DOMAIN",
        "math domain error",
        "expected a finite input, got inf",
    ),
    "acos": (
        lambda: math.acos(2.0),
        "MATH_DOMAIN",
        "math domain error",
        "expected a number in range from -1 up to 1, got 2.0",
    ),
    "atanh": (
        lambda: math.atanh(1.0),
        "MATH_DOMAIN",
        "math domain error",
        "expected a number between -1 and 1, got 1.0",
    ),
    "log1p": (
        lambda: math.log1p(-2.0),
        "MATH_DOMAIN",
        "math domain error",
        "expected argument value > -1, got -2.0",
    ),
    "gamma": (
        lambda: math.gamma(-1.0),
        "MATH_DOMAIN",
        "math domain error",
        "expected a noninteger or positive integer, got -1.0",
    ),
    "pow": (lambda: math.pow(-1.0, 0.5), "MATH_DOMAIN", "math domain error"),
}
WORDS = {name: each for name, each in vars(messages).items() if isinstance(each, messages.Words)}


def problem_of(call):
    try:
        call()
    except (TypeError, ValueError) as problem:
        return problem
    raise AssertionError("the call did not fail")


@pytest.mark.parametrize("name", SAID)
def test_the_running_python_says_the_message_and_it_is_known_by_its_words(name):
    call, words, *said = SAID[name]
    problem = problem_of(call)
    assert str(problem) == (said[-1] if sys.version_info >= (3, 14) else said[0])
    assert WORDS[words].are_of(problem)


@pytest.mark.parametrize("name", SAID)
def test_a_message_of_every_version_is_known_by_its_words_and_by_no_others(name):
    call, words, *said = SAID[name]
    kind = type(problem_of(call))
    for message in said:
        shown = described(kind(message))
        assert [other for other, each in WORDS.items() if each.are_in(shown)] == [words]


def test_every_entry_of_the_table_has_a_message():
    assert {words for _, words, *_ in SAID.values()} == set(WORDS)
