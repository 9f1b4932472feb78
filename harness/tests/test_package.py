"""What is installed works outside of the checkout: cases and engines run, and a user's files type-check."""

import ast
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import gradconform

ADAPTERS = '''
"""An eager and a functional engine, as a user writes them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from gradconform import Array, EagerEngine, FunctionalEngine


class Value:
    def __init__(self, data: float) -> None:
        self.data, self.grad = data, 0.0

    def backward(self) -> None:
        self.grad = 1.0


class MyEngine(EagerEngine):
    name = "mine"

    def leaf(self, array: Array, requires_grad: bool) -> Value:
        return Value(array.item())

    def value(self, node: Value) -> float:
        return node.data

    def grad(self, node: Value) -> float:
        return node.grad

    def backward(self, root: Value, cotangent: Array | None, retain_graph: bool) -> None:
        root.backward()


class MyFunctions:
    @staticmethod
    def exp(x: float) -> float:
        return math.exp(x)


class MyFunctionalEngine(FunctionalEngine):
    functions = (MyFunctions,)

    def array(self, array: Array) -> float:
        return array.item()

    def value(self, array: float) -> float:
        return array

    def vjp(
        self, function: Callable[..., float], primals: Sequence[float]
    ) -> tuple[float, Callable[[float], Sequence[float]]]:
        return function(*primals), lambda cotangent: [cotangent for _ in primals]
'''

CASES = '''
"""Cases, as a user writes them."""

from collections.abc import Callable
from functools import partial
from typing import assert_type

from gradconform import Tolerance, assert_conforms, case
from gradconform.catalogue import constant, positive
from gradconform.trace import Symbol, backward, exp, grad, no_grad, read, sort, where

scalar = partial(case, tags=("scalar",))


@case(x=2.0, y=positive(2, 3))
def sigmoid_and_tanh(x: Symbol, y: Symbol) -> Symbol:
    """Operators, functions and methods"""
    return 1 / (1 + exp(-x)) + (y @ y.T).tanh().sum(dim=0)[0] ** 2


@scalar(variants={"small": {"x": 0.5}, "large": {"x": 5.0}})
def squared(x: Symbol) -> Symbol:
    """Two sizes of one input"""
    return x * x


@case(
    variants={"exp": {"op": exp}, "tanh": {"op": lambda x: x.tanh()}},
    x=constant([1.0, 2.0]),
    y=1.0,
    level="torch",
    convention="stable",
    tolerance=Tolerance(1e-6, 1e-6, "a series is cut off"),
)
def of_an_op(x: Symbol, y: Symbol, *, op: Callable[[Symbol], Symbol]) -> None:
    """An op as a variant, several values, and steps that change state"""
    values, _ = sort(where(x > y, op(x), y), dim=0)
    with no_grad():
        copied = values.clone()
    y.grad = 0.0
    backward(values.sum(), retain_graph=True)
    read(copied, y.grad, grad(values.sum(), y))


def test_mine() -> None:
    assert_conforms("my_engine.py:MyEngine", "scalar/*", tags="core")


def use(a: Symbol) -> None:
    assert_type(exp(a), Symbol)
    assert_type(1 - a, Symbol)
    assert_type(a.exp(), Symbol)
    assert_type(grad(a, a), Symbol)
    assert_type(grad(a, [a, a]), tuple[Symbol, ...])
    assert_type(sigmoid_and_tanh(a, a), Symbol)
    assert_type(squared(a), Symbol)
'''


# Only gradconform is installed. In a checkout a second name would load a module a second time.
UNKNOWN = ("harness", "engines", "cases")


@pytest.mark.parametrize(
    ("folder", "unknown"),
    [
        ("src", UNKNOWN),
        ("harness", UNKNOWN),
        ("engines", (*UNKNOWN, "gradconform.cases")),
        ("cases", (*UNKNOWN, "gradconform.engines")),
    ],
)
def test_modules_are_imported_by_their_installed_names_and_cases_know_no_engine(folder, unknown):
    root = Path(__file__).parents[2]
    wrong = [
        f"{path.relative_to(root)}:{node.lineno}"
        for path in (root / folder).rglob("*.py")
        if not {"hostile", "strangers"} & {*path.parts}
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom) and not getattr(node, "level", 0)
        for alias in node.names
        for name in [".".join(filter(None, (getattr(node, "module", ""), alias.name))) + "."]
        if name.startswith(tuple(f"{each}." for each in unknown))
    ]
    assert wrong == [], "import relatively, or from gradconform.harness"


def test_a_shell_completes_the_public_names():
    assert {"Array", "EagerEngine", "assert_conforms", "case"} <= {*dir(gradconform)}


def test_the_wheel_holds_one_package_and_no_tests(wheel):
    names = wheel.namelist()
    tops = {name.partition("/")[0] for name in names if not name.startswith("gradconform-")}
    assert tops == {"gradconform"}
    rooms = {name.split("/")[1] for name in names if name.startswith("gradconform/")}
    assert {"harness", "engines", "cases", "py.typed"} <= rooms
    assert not [name for name in names if "/tests/" in name or "/benchmarks/" in name]
    page = "gradconform/harness/report/html"
    assert {f"{page}/{name}" for name in ("style.css", "page.js", "templates/frame.html")} <= {
        *names
    }


def test_the_adapters_and_cases_of_a_user_pass_strict_type_checks(wheel, tmp_path):
    assert "gradconform/py.typed" in wheel.namelist()
    environment = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    # In site-packages, where a type checker believes the types of a package only because of py.typed.
    folders = {"base": str(environment), "platbase": str(environment)}
    wheel.extractall(sysconfig.get_path("purelib", vars=folders))
    (tmp_path / "my_engine.py").write_text(ADAPTERS)
    (tmp_path / "my_cases.py").write_text(CASES)
    python = Path(sysconfig.get_path("scripts", vars=folders), "python")
    checker = [sys.executable, "-m", "mypy", "--strict", f"--python-executable={python}"]
    checked = subprocess.run(
        [*checker, "my_engine.py", "my_cases.py"], cwd=tmp_path, capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    code = (
        "import my_cases, my_engine; from gradconform.catalogue import CATALOGUE; "
        "print(*[f'{case.id}={bool(case.program.ops)}' for case in CATALOGUE])"
    )
    traced = subprocess.check_output([sys.executable, "-c", code], cwd=tmp_path, text=True)
    names = (
        "sigmoid_and_tanh",
        "squared[small]",
        "squared[large]",
        "of_an_op[exp]",
        "of_an_op[tanh]",
    )
    assert traced.split() == [f"my_cases/{name}=True" for name in names]
