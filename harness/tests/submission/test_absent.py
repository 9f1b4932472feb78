"""Files that use absent packages: the parts that do not need these packages are kept."""

import pytest
from gradconform.harness.tests.small_engines import OP, VALUE, ask, factor, with_method, works
from gradconform.harness.trace import exp

TORCH = "engine.py: torch.{} was used, and torch is not importable here (--allow torch)"
INERT = "not importable here and made inert: {}"


@pytest.mark.parametrize(
    ("package", "lines"),
    [
        (
            "torch",
            "device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')\nprint(device)",
        ),
        (
            "torch",
            "y = torch.ones(3)\nfor each in y:\n    print(each)\ny[0] = 1.0\ny += 1\nn = len(y)",
        ),
        ("torch", "print(f'torch {torch.__version__}')\nassert torch.__version__ >= '2'"),
        ("torch", "m = torch.ones(2) == 1\nprint((m == 0).sum(), m)\nif m:\n    m = m[0]"),
        ("torch", "with torch.no_grad():\n    z = 1\nprint(-z, 2.0 ** z, z.shape[0])"),
        ("torch", "for x in torch.arange(3):\n    total = x\nprint(f'{total:.2f}', float(total))"),
        ("torch", "tau = torch.pi * 2\narea = torch.pi + tau"),
        (
            "sklearn",
            "from sklearn import datasets\nX, y = datasets.make_moons(100)\ny = y * 2 - 1\nX[y == 1]",
        ),
        ("pandas", "table = pandas.read_csv('x.csv')\ntable.head()\nx = table['x'].values / 255"),
    ],
)
def test_what_follows_a_skipped_call_is_skipped_and_the_class_below_is_there(
    opened, package, lines
):
    engine = opened(f"import {package}\n{lines}\n{VALUE}{OP.format(2.0)}")
    assert works(engine)
    assert factor(engine) == 2.0
    assert engine.info.notes[-1] == INERT.format(package)
    assert len(engine.info.notes) <= 3
    assert all(package in note for note in engine.info.notes)


def test_what_was_bound_before_and_does_not_depend_on_the_package_stays(opened):
    text = f"import torch\nfactor = 3.0\nif factor:\n    rate = 2.0\n    torch.ones(1)\n{VALUE}"
    assert factor(opened(text + OP.format("(factor * rate)"))) == 6.0


def test_a_value_that_a_skipped_statement_was_to_replace_is_not_the_old_one(opened):
    text = f"import torch\nfactor = 3.0\nfactor = torch.ones(1)\n{VALUE}{OP.format('factor')}"
    engine = opened(text)
    assert works(engine)
    stop = ask(engine, exp, x=1.0).stop
    said = "torch.ones was used, and torch is not importable here (--allow torch)"
    assert (stop.kind, stop.message) == ("unsupported", said)


DECORATED = """
    @torch.no_grad
    def shown(self):
        return self.data

    @torch.no_grad()
    @property
    def double(self):
        return self * 2.0

    def exp(self, kind=torch.device("cpu"), shape: torch.Size[2] = None):
        return self.double

    def tanh(self):
        return self * torch.ones(1)
"""


def test_a_method_that_an_absent_package_decorates_is_there_without_its_decorator(opened):
    engine = opened(f"import torch\n{VALUE}{DECORATED}")
    assert works(engine)
    assert factor(engine) == 2.0
    assert TORCH.format("no_grad") in engine.info.notes
    # A call in the body of a method stays.
    stop = ask(engine, lambda x: x.tanh(), x=1.0).stop
    assert "torch.ones was used" in stop.message


def test_a_class_and_a_function_that_are_decorated_are_there_as_well(opened):
    text = (
        "from numba import njit, experimental\nimport rich.repr\n"
        "@njit(cache=True)\ndef factor():\n    return 4.0\n"
        f"@rich.repr.auto\n@experimental.jitclass{VALUE}{OP.format('factor()')}"
    )
    assert factor(opened(text)) == 4.0


def test_a_decorator_of_ones_own_stays(opened):
    below = "    @torch.no_grad()\n    @tripled\n    def exp"
    text = with_method("return self * 2.0").replace("    def exp", below)
    own = "def tripled(function):\n    return lambda self: function(self) * 3.0\n"
    assert factor(opened(f"import torch\n{own}{text}")) == 6.0


def test_options_that_are_parts_of_an_absent_package_are_compared_as_ever(opened):
    text = with_method(
        "kind = torch.float64 if self.kind is None else self.kind\n"
        "assert kind != torch.float32 and kind and str(kind)\n"
        "return self * 5.0",
        before="import torch",
    ).replace("class Value:", "class Value:\n    kind: torch.dtype | None = None\n")
    assert factor(opened(text)) == 5.0


BELOW = f"""
import math
start: float = 1.0
data = [open("data.csv").read()]
late = math.cos(0.0)
try:
    import ujson
except ImportError:
    ujson = None
{VALUE}
def exp(self):
    return self * (7.0 if ujson is None and "late" not in globals() else 0.0)

Value.exp = exp
print("trained")
"""


def test_what_is_defined_below_a_line_that_fails_is_there_and_nothing_else_is_run(opened):
    engine = opened(f"rows = open('rows.csv')\n{BELOW}")
    assert works(engine)
    assert factor(engine) == 7.0
    (note,) = engine.info.notes
    assert note.startswith("engine.py, line 1: FileNotFoundError")
    assert engine.printed() == ""


def test_what_is_defined_below_a_loop_without_end_is_there(opened):
    engine = opened(f"while True:\n    pass\n{VALUE}{OP.format(8.0)}", load=4.0)
    assert factor(engine) == 8.0
    assert list(engine.info.notes) == ["engine.py took longer than 2 s; still defined: Value"]


def test_a_module_that_fails_when_it_is_imported_still_raises(opened):
    files = {
        "engine.py": f"import data\nimport late\nclass Value: pass\n{VALUE}",
        "data.py": f"1 / 0\n{VALUE}",
        "late.py": "",
    }
    engine = opened(files)
    assert works(engine)
    assert list(engine.info.notes[1:]) == [
        "engine.py, line 1: ZeroDivisionError: division by zero (data.py:1: `1 / 0`); "
        "still defined: Value"
    ]


def test_a_definition_that_depends_on_what_failed_is_left_out(opened):
    engine = opened(f"{VALUE}base = open('x')\nclass Scalar(base):\n    pass\n{OP.format(9.0)}")
    assert factor(engine) == 9.0
    assert len(engine.info.notes) == 1


def test_a_file_that_ends_itself_ends_there(opened):
    text = f"import sys\n{VALUE}{OP.format(2.0)}sys.exit()\n{OP.format(3.0)}"
    assert factor(opened(text)) == 2.0


def test_what_is_computed_with_a_silent_package_is_silent(opened):
    lines = "left = -plt.gca().get_xlim()[0] * 2 + 1\nif 3 < left:\n    done = Value(1.0)\n"
    text = f"import matplotlib.pyplot as plt\n{VALUE}{lines}{OP.format('(done.data * 2.0)')}"
    engine = opened(text)
    assert factor(engine) == 2.0
    assert list(engine.info.notes) == ["not importable here and made silent: matplotlib"]
