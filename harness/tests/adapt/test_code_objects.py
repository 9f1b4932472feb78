"""What CPython compiles the statements to that raise, asked of the Python that runs."""

import dis
import sys

import pytest
from gradconform.harness.adapt.code_objects import names_in, raised_by_statement
from gradconform.harness.tests.adapt.templates import module_of

# The Library Reference of each version says of RAISE_VARARGS(argc) that it raises by one of the three forms
# of the raise statement, for argc from 0 to 2, and of RERAISE that it raises the current exception again.
# A new version of CPython needs a line here, after a look at its reference.
DIS = "https://docs.python.org/{}/library/dis.html#opcode-RAISE_VARARGS"
RAISES_BY = {
    (3, 11): ("RAISE_VARARGS", DIS.format("3.11")),
    (3, 12): ("RAISE_VARARGS", DIS.format("3.12")),
    (3, 13): ("RAISE_VARARGS", DIS.format("3.13")),
    (3, 14): ("RAISE_VARARGS", DIS.format("3.14")),
}
STATEMENTS = {
    "raise": "raise ValueError('text')",
    "raise-class": "raise ValueError",
    "raise-from": "raise ValueError('text') from KeyError('cause')",
    "assert": "assert x is None",
    "assert-text": "assert x is None, 'text'",
    "in-with": "with open(__file__): raise ValueError",
    "in-finally": "try: raise ValueError\n    finally: x = 2",
    "instead": "try: {}[x]\n    except KeyError: raise ValueError",
    "in-a-loop": "for n in range(5000):\n        if n == 4999: raise ValueError",
}
OPERATIONS = {
    "call": "int('text')",
    "operator": "1 / 0",
    "attribute": "x.nothing",
    "name": "nothing",
    "in-with": "with open(__file__): int('text')",
    "in-finally": "try: int('text')\n    finally: x = 2",
    "again": "try: int('text')\n    except ValueError: raise",
    "in-a-loop": "for n in range(5000): [1][n // 4999]",
}


def problem_of(statement, x=1):
    """The exception, and the module, of a function with the statement."""
    module = module_of(f"__file__ = {__file__!r}\ndef failing(x):\n    {statement}\n")
    try:
        module.failing(x)
    except Exception as problem:
        return problem, module
    raise AssertionError(f"{statement} did not raise")


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=STATEMENTS)
def test_a_statement_of_the_submission_raised(statement):
    problem, module = problem_of(statement)
    assert raised_by_statement(problem, [vars(module)])
    assert not raised_by_statement(problem, [{}])


@pytest.mark.parametrize("statement", OPERATIONS.values(), ids=OPERATIONS)
def test_an_operation_failed(statement):
    problem, module = problem_of(statement)
    assert not raised_by_statement(problem, [vars(module)])


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=STATEMENTS)
def test_the_running_python_raises_by_the_instruction_that_its_reference_names(statement):
    if sys.version_info[:2] not in RAISES_BY:
        pytest.fail("look up RAISE_VARARGS in the reference of this version, and add a line")
    named, _ = RAISES_BY[sys.version_info[:2]]
    _, module = problem_of(statement)
    assert named in {each.opname for each in dis.get_instructions(module.failing)}


def test_the_names_in_a_function_are_those_of_the_functions_inside_it_too():
    module = module_of(
        "def outer(x):\n    local = x.attribute\n    return [lambda: glob(local), x]\n"
    )
    assert names_in(module.outer.__code__) == {"attribute", "glob"}
