"""Untrusted engines from the package index, in an environment of their own.

None has an adapter: the probe finds out how each is used. Each engine passes the core cases that it runs,
except those that are listed here. The source of the package shows the mistake, or the convention, behind
each of them.
"""

import os
import tomllib
from pathlib import Path

import pytest
from gradconform.harness.catalogue.collection import catalogue
from gradconform.harness.catalogue.reference import dtype_for
from gradconform.harness.isolation.options import Isolation
from gradconform.harness.judge.outcome import PASSED, Verdict
from gradconform.harness.run.engine_name import EngineName
from gradconform.harness.run.registry import load
from gradconform.harness.run.runner import run_case

ROOT = Path(__file__).parents[3]
PYTHON = ROOT / ".venv-released" / "bin" / "python"
PINS = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]["released"]

EXPONENT = "pow names its base alone as a child: nothing behind an exponent gets a gradient"

# For each engine: the class that is found, the least number of core cases that it passes, and the cases that
# it fails, with the reason.
RELEASED = {
    "delgrada:Tensor": (
        "class Tensor, line 45 of delgrada/tensor.py: arrays; Tensor(data), .value, .grad, .backprop()",
        340,
        {
            "arithmetic/power_of_a_power": EXPONENT,
            "reflected/number_with_result[pow]": EXPONENT,
            "reflected/number_on_both_sides[pow]": EXPONENT,
            "reflected/reflected_twice[pow]": EXPONENT,
            "reflected/exponential_of_a_square": EXPONENT,
        },
    ),
    "femtograd": (
        "class value, line 3 of femtograd/femtograd.py: numbers; value(data), .data, .grad, .backward()",
        280,
        {},
    ),
    "learngrad": (
        "class Value, line 2 of learngrad/engine.py: numbers; Value(data), .data, .grad, .backward()",
        300,
        {},
    ),
    "mangograd:Value": (
        "class Value, line 3 of mangograd/engine.py: numbers; Value(data), .data, .grad, .backward()",
        320,
        {},
    ),
    "micrograd": (
        "class Value, line 2 of micrograd/engine.py: numbers; Value(data), .data, .grad, .backward()",
        260,
        {},
    ),
    "mygrad:Tensor": (
        "class Tensor, line 482 of mygrad/tensor_base.py: arrays; Tensor(data), .data, .grad, "
        ".backward(grad)",
        980,
        {},
    ),
    "omnigrad": (
        "class Value, line 2 of omnigrad/diffengine.py: numbers; Value(data), .data, .grad, .backward()",
        410,
        {
            "reflected/zero_with_leaf[div]": "0 / x is computed as 1 / (x / 0)",
            "activations/at_zero[softsign]": "the gradient of softsign at 0 is 0, and 1 is right",
        },
    ),
    "propgrad": (
        "class Value, line 3 of propgrad/engine.py: numbers; Value(data), .data, .grad, .backward()",
        360,
        {},
    ),
    "scalargrad": (
        "class Scalar, line 12 of scalargrad/core.py: numbers; Scalar(data), .data, .grad, .backward()",
        360,
        {},
    ),
    "smallgrad": (
        "class Value, line 7 of smallgrad/backpropagation.py: numbers; Value(data), .data, .grad, "
        ".backward()",
        240,
        {},
    ),
}


@pytest.mark.parametrize("spec", RELEASED)
def test_a_released_engine_adapts_and_fails_what_it_gets_wrong(spec, reference):
    if not PYTHON.exists():
        assert "CI" not in os.environ
        pytest.skip("make .venv-released/installed")
    found, least, wrong = RELEASED[spec]
    engine = load(EngineName.parse(spec), Isolation(python=str(PYTHON)))
    try:
        assert engine.info.found == found
        assert f"{engine.info.name}=={engine.info.version}" in PINS
        verdicts = {}
        for case in catalogue().select(tags=["core"]):
            result = run_case(case, engine, reference, 0, dtype_for(engine, None))
            verdicts[case.id] = result.verdict
    finally:
        engine.close()
    fine = (*PASSED, Verdict.UNSUPPORTED)
    failed = {id for id, verdict in verdicts.items() if verdict not in fine}
    assert failed == set(wrong)
    assert sum(verdict in PASSED for verdict in verdicts.values()) >= least
    assert engine.children.restarts == 0
