"""What an engine computes is named as an expression, where it is wrong, and nowhere else."""

import math

import pytest
from gradconform.engines import scalar
from gradconform.engines.faulty.change import slope, value
from gradconform.harness.diagnose.fitted import fit, table
from gradconform.harness.diagnose.mistake import Mistake, Mistaken, known_mistakes
from gradconform.harness.diagnose.probes import measure
from gradconform.harness.engine import builtin
from gradconform.harness.tests.diagnose.remade import closures, each

_MISTAKES = {mistake.name: mistake for mistake in known_mistakes()}


def measured(op, mistake, reference):
    return measure(op, Mistaken(mistake, builtin.load(mistake.engine)), reference)


def sentence_of(op, change, reference):
    found = fit(op, measured(op, Mistake("changed", "", change), reference))
    return found and found.sentence


def function(op, values):
    """Another function under the name of the op. A wrong value is looked at before its derivative."""
    return value(**{op: scalar._unary(op, values, lambda x, y: 0.0)})


def by_tanh(x, c):
    return 0.5 * x * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + c * x**3)))


EXACT_GELU = "0.5 * x * (1 + erf(x / sqrt(2)))"


@pytest.mark.parametrize(
    ("op", "values", "computes", "should"),
    [
        (
            *("leaky_relu", lambda x: x if x > 0 else 0.02 * x),
            *("x if x > 0 else 0.02 * x", "x if x > 0 else 0.01 * x"),
        ),
        ("gelu", lambda x: x / (1 + math.exp(-1.7 * x)), "x * sigmoid(1.7 * x)", EXACT_GELU),
        (
            *("gelu", lambda x: by_tanh(x, 0.0447)),
            *("0.5 * x * (1 + tanh(sqrt(2 / pi) * (x + 0.0447 * x ** 3)))", EXACT_GELU),
        ),
        ("log10", lambda x: math.log(x) if x > 0 else math.nan, "log(x)", "log(x) / log(10)"),
        ("softplus", lambda x: math.log(2 + math.exp(x)), "log(2 + exp(x))", "log(1 + exp(x))"),
    ],
)
def test_another_function_under_the_name_of_an_op_is_named(op, values, computes, should, reference):
    found = sentence_of(op, function(op, values), reference)

    assert found == f"your {op} computes {computes} where it should compute {should}"


@pytest.mark.parametrize(
    ("op", "derivative", "uses", "should"),
    [
        (
            *("leaky_relu", lambda x, y: 1.0 if x > 0 else 0.2),
            *("1 if x > 0 else 0.2", "1 if x > 0 else 0.01"),
        ),
        (
            *("erf", lambda x, y: 1.128 * math.exp(-x * x)),
            *("1.128 * exp(-x * x)", "2 / sqrt(pi) * exp(-x * x)"),
        ),
        ("log2", lambda x, y: 1 / (x * 0.69), "1 / (x * 0.69)", "1 / (x * log(2))"),
        ("exp2", lambda x, y: 0.7 * y, "0.7 * y", "log(2) * y"),
        ("square", lambda x, y: 3 * x, "3 * x", "2 * x"),
        ("sigmoid", lambda x, y: y * (1.1 - y), "y * (1.1 - y)", "y * (1 - y)"),
        (
            *("elu", lambda x, y: 1.0 if x > 0 else 0.5 * math.exp(x)),
            *("1 if x > 0 else 0.5 * exp(x)", "1 if x > 0 else exp(x)"),
        ),
        ("log", lambda x, y: 1 / (x + 1e-6), "1 / (x + 1e-06)", "1 / x"),
        ("tanh", lambda x, y: 1 - y**3, "1 - y ** 3", "1 - y ** 2"),
        ("relu", lambda x, y: x if x > 0 else 3.0, "x if x > 0 else 3", "1 if x > 0 else 0"),
    ],
)
def test_another_constant_in_a_derivative_is_named(op, derivative, uses, should, reference):
    found = sentence_of(op, slope(op, derivative), reference)

    assert found == f"your {op} uses {uses} where it should use {should}"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("tanh-without-square", "your tanh uses 1 - y where it should use 1 - y * y"),
        ("log2-as-log", "your log2 uses 1 / x where it should use 1 / (x * log(2))"),
        (
            "mul-own-value",
            "your mul uses a and b for its operands where it should use b and a",
        ),
        (
            "div-second-sign",
            "your div uses a / (b * b) for its second operand where it should use -a / (b * b)",
        ),
        (
            "pow-keeps-exponent",
            "your pow uses b * a ** b for its first operand where it should use b * a ** (b - 1)",
        ),
        (
            "rsub-reversed",
            "your sub with a number on the left computes b - a where it should compute a - b",
        ),
        ("div-with-epsilon", "your div computes a / (b + 1e-08) where it should compute a / b"),
        ("exp-has-no-backward", "your exp passes no gradient to its operand"),
        (
            "radd-makes-a-leaf",
            "your add with a number on the left passes no gradient to its second operand",
        ),
        (
            "mul-first-own-value",
            "your mul uses a for its first operand where it should use b",
        ),
        (
            "div-gradients-exchanged",
            "your div uses -a / (b * b) and 1 / b for its operands "
            "where it should use 1 / b and -a / (b * b)",
        ),
        ("sum-averages-gradient", "your sum uses 1 / n where it should use 1"),
        ("relu-returns-its-input", "your relu changes the number of its operand"),
        (
            "cos-forgets-upstream",
            "your cos does not multiply the derivative for its operand by the upstream gradient",
        ),
        (
            "mul-assigns",
            "your mul replaces the gradient of its operands where it should add to it",
        ),
    ],
)
def test_a_known_mistake_is_named_by_its_numbers_alone(name, sentence, reference):
    mistake = _MISTAKES[name]
    found = fit(mistake.op, measured(mistake.op, mistake, reference))

    assert found is not None
    assert found.sentence == sentence
    assert (found.kind, found.operand) == (mistake.kind, mistake.operand)


@pytest.mark.parametrize(
    ("engine", "ops"),
    [
        ("scalar", "add pow maximum sigmoid leaky_relu gelu silu"),
        ("numpy", "div matmul mean prod max softplus mse_loss"),
    ],
)
def test_nothing_is_said_of_a_right_derivative(engine, ops, reference):
    for op in ops.split():
        found = measure(op, builtin.load(engine), reference)
        assert found, op
        assert fit(op, found) is None, op
        assert table(found) == "", op


@pytest.mark.parametrize("name", ["root-not-seeded", "not-reversed", "equal-values-merged"])
def test_no_op_is_blamed_for_a_wrong_walk(name, reference):
    for op in ("add", "tanh"):
        assert fit(op, measured(op, _MISTAKES[name], reference)) is None


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan, 1e308, 5e-324, -0.0])
def test_numbers_at_the_end_of_the_range_are_no_trouble(number, reference):
    for change in (
        slope("tanh", lambda x, y: number),
        slope("tanh", lambda x, y: number if x > 0 else 1.0),
        function("tanh", lambda x: number if x > 0 else x),
        slope("mul", lambda a, b, y: number if a > b else y),
    ):
        for op in ("tanh", "mul"):
            found = measured(op, Mistake("changed", "", change), reference)
            assert fit(op, found) is None or math.isfinite(number)
            table(found)


def test_a_derivative_that_is_no_known_expression_is_shown_as_a_table(reference):
    wrong = slope("tanh", lambda x, y: math.cos(3.1 * x) + y)
    found = measured("tanh", Mistake("changed", "", wrong), reference)

    assert fit("tanh", found) is None
    assert table(found).splitlines() == [
        "    x  your derivative of tanh by x  the right one",
        " -3.7                    -0.5419506    0.002442025",
        " -2.3                    -0.3177235     0.03941105",
        " -1.4                     -1.249193      0.2161525",
        " -0.6                    -0.8222386      0.7115778",
        "-0.35                     0.1305372      0.8868515",
        "  0.2                      1.011254       0.961043",
    ]


def test_the_engine_of_a_student_is_measured_behind_its_walls(opened, reference):
    keeps = ("pow-keeps-exponent",)
    (student,) = [one for one in each(closures.PATH, closures.EDITS) if one.mistakes == keeps]
    engine = opened(student.text())
    found = fit("pow", measure("pow", engine, reference))

    assert found is not None
    assert found.sentence == (
        "your pow with a number on the right uses b * a ** b for its first operand "
        "where it should use b * a ** (b - 1)"
    )
    assert fit("mul", measure("mul", engine, reference)) is None
