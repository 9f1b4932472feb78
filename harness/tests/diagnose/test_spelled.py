"""The smallest failing program, in the engine's own spelling and in torch's, does what stands beside it."""

import warnings
from pathlib import Path

import numpy as np
import pytest
from gradconform.harness.catalogue.collection import Catalogue, catalogue
from gradconform.harness.catalogue.reference import quietly
from gradconform.harness.diagnose.mistake import Mistaken, known_mistakes
from gradconform.harness.diagnose.shrink import smallest
from gradconform.harness.diagnose.spelled import spelled
from gradconform.harness.engine import builtin
from gradconform.harness.engine.contract import WrappedEngine
from gradconform.harness.isolation.options import Isolation
from gradconform.harness.program.transcript import Stop, Transcript
from gradconform.harness.run.engine_name import EngineName
from gradconform.harness.run.registry import load
from gradconform.harness.trace import exp, log, sigmoid, tanh

from ..adapt.test_strangers import FOLDER, HOW
from ..small_engines import with_method
from .remade import closures, each, torch_like

STRANGERS = Path(__file__).parents[1] / "adapt" / "strangers"
mine = Catalogue()


@mine.case(a=0.731, b=1.263)
def chain(a, b):
    """Ops of one number, one after the other."""
    return tanh(exp(log(a) * 0.417)) * b


@mine.case(a=0.731, b=1.263)
def squashed(a, b):
    """A sigmoid of a product."""
    return sigmoid(a * b) * 1.317


@mine.case(a=[[0.731, -1.263, 0.417], [1.117, 0.219, -0.883]], b=[0.331, 1.713, -0.529])
def rows(a, b):
    """A row is added to each row of a matrix, and the rows are summed up."""
    return exp((a + b) * 0.317).sum(dim=1) * 1.317


@mine.case(a=0.731)
def raised(a):
    """An exponential."""
    return exp(a) * 1.317


# A file, what is edited in it, the case that shows the mistake, and the program that comes out,
# and where the mistake is.
PLANTED = {
    "label_first.py": (
        "(self, s * (1 - s))",
        "(self, s * (1 + s))",
        "squashed",
        'x = Node(label="x", value=2.0)\ny = x.sigmoid()\ny.backward()\nprint(x.grad)',
        "`Node.sigmoid`, line 76 of label_first.py",
    ),
    "module_backward.py": (
        "1 - t * t",
        "1 - t",
        "chain",
        "x = Num(2.0)\ny = tanh(x)\nbackward(y)\nprint(x.grad)",
        "`tanh`, line 93 of module_backward.py",
    ),
    "static_ops.py": (
        "(1 / a._data,)",
        "(a._data,)",
        "chain",
        "x = Var(2.0, requires_grad=True)\ny = Ops.log(x)\ny.backward()\nprint(x.grad)",
        "`Ops.log`, line 93 of static_ops.py",
    ),
    "atoms.py": (
        "(self, lambda g: g * y)",
        "(self, lambda g: y)",
        "rows",
        "x = Atom(2.0)\ny = x.exp()\nz = y * 3.0\nz.backprop()\nprint(x.gradient)",
        "`Atom.exp`, line 62 of atoms.py",
    ),
    "torch_like.py": (
        "return np.broadcast_to(g, self.shape)",
        "return np.broadcast_to(g, self.shape) / self.shape[-1]",
        "rows",
        "import numpy as np\n\n"
        "x = Tensor(np.array([[2.0, 3.0], [0.5, -1.0]]), requires_grad=True)\n"
        "y = x.sum(dim=1)\nz = y.sum()\nz.backward()\nprint(x.grad)",
        "`Tensor.sum`, line 139 of torch_like.py",
    ),
}
# This one says behind a wall how it is written, and the others in this process.
BEHIND_A_WALL = "torch_like.py"


def planted(name, folder):
    """The engine of an edited file, and the text of this file."""
    old, new, *_ = PLANTED[name]
    text = (STRANGERS / name).read_text(encoding="utf-8")
    assert old in text
    path = folder / name
    path.write_text(text.replace(old, new), encoding="utf-8")
    how = Isolation(unisolated=True) if name == BEHIND_A_WALL else Isolation(wall="none")
    return load(EngineName.parse(str(path)), how), path.read_text(encoding="utf-8")


def printed(program, scope):
    """What a program prints, as arrays; each reading is printed on its own."""
    found = []
    exec(program, scope | {"print": found.append})
    return [np.asarray(getattr(one, "tolist", lambda one=one: one)(), float) for one in found]


def said(comment):
    """The numbers of a comment: `# 0.5, and torch says 0.25` says both."""
    own, _, torchs = comment.partition(", and torch says ")
    return [np.asarray(eval(text), float) for text in (own, torchs) if text]


@pytest.mark.parametrize("name", PLANTED)
def test_both_programs_print_the_numbers_that_stand_beside_them(name, reference, tmp_path):
    engine, text = planted(name, tmp_path)
    try:
        case = next(c for c in mine if c.id.endswith(PLANTED[name][2]))
        found = smallest(case.instance(0, "float64"), engine, reference)
        own, in_torch = spelled(found, engine, reference)
    finally:
        engine.close()
    code, _, comment = own.rpartition("  # ")
    assert code == PLANTED[name][3]
    assert engine.info.spelling.look_at(*found.program.ops - {"mul"}) == PLANTED[name][4]
    wrong, right = said(comment)
    assert not np.allclose(wrong, right)
    scope = {"__name__": "student"}
    exec(compile(text, name, "exec"), scope)
    np.testing.assert_allclose(printed(own, scope), [wrong], rtol=1e-3)
    np.testing.assert_allclose(printed(in_torch, {}), [right], rtol=1e-3)
    np.testing.assert_array_equal(said(in_torch.rpartition("  # ")[2]), [right])


def test_an_engine_whose_spelling_is_not_known_gets_a_function_of_the_harness(reference):
    mistake = next(m for m in known_mistakes() if m.name == "tanh-of-output")
    engine = Mistaken(mistake, builtin.load("scalar"))
    case = next(c for c in mine if c.id.endswith("chain"))
    own, in_torch = spelled(
        smallest(case.instance(0, "float64"), engine, reference), engine, reference
    )
    assert own.splitlines() == [
        "from gradconform import trace",
        "",
        "def smallest(x):",
        '    """The smallest program that fails."""',
        "    v1 = trace.tanh(x)",
        "    trace.backward(v1)",
        "",
        "# With x = 2.0:",
        "# x.grad: 0.4434, and torch says 0.07065",
    ]
    assert in_torch.splitlines() == [
        "import torch",
        "",
        "x = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)",
        "y = x.tanh()",
        "y.backward()",
        "print(x.grad)  # 0.07065",
    ]


def test_an_exception_stands_behind_the_line_that_raises(reference, tmp_path):
    path = tmp_path / "careless.py"
    path.write_text(with_method("return Value(math.exp(self.data))"), encoding="utf-8")
    engine = load(EngineName.parse(str(path)), Isolation(wall="none"))
    case = next(c for c in mine if c.id.endswith("raised"))
    own, in_torch = spelled(
        smallest(case.instance(0, "float64"), engine, reference), engine, reference
    )
    assert own.splitlines() == [
        "x = Value(2.0)",
        "y = x.exp()  # raises NameError: name 'math' is not defined, and torch does not",
    ]
    assert in_torch.splitlines()[-1] == "print(y)  # 7.389"


class Ended(WrappedEngine):
    """An engine whose process ends in each run, and says something that a terminal would obey."""

    def run(self, program, inputs):
        return Transcript((), Stop("crash", 0, message="it left\n\x1b[2Jthe process"))


def test_the_end_of_a_process_stands_at_the_end_of_the_program(reference, tmp_path):
    path = tmp_path / "plain.py"
    path.write_text(with_method("return Value(2.718 ** self.data)"), encoding="utf-8")
    engine = load(EngineName.parse(str(path)), Isolation(wall="none"))
    case = next(c for c in mine if c.id.endswith("raised")).instance(0, "float64")
    ended = Ended(engine, engine.info)
    assert smallest(case, ended, reference) is case
    assert spelled(case, ended, reference)[0].splitlines() == [
        "a = Value(0.731)",
        "x = a.exp()",
        "y = x * 1.317",
        "y.backward()",
        "print(y.data)",
        "print(a.grad)",
        "# crash: it left  [2Jthe process",
    ]


def what_happens(program, scope):
    """What a program prints, and whether it raises at its end."""
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of overflow, by NumPy
        try:
            exec(program, scope | {"print": found.append})
        except Exception:
            found.append("raises")
    return found


def expected_of(transcript):
    """The same of a transcript."""
    end = [] if transcript.stop is None else ["raises"]
    return [getattr(one, "nested", lambda: None)() for one in transcript.readings] + end


def same(one, other):
    if one is None or type(one) is str:
        return one == other
    return np.allclose(getattr(one, "tolist", lambda: one)(), other, equal_nan=True)


@pytest.mark.parametrize("engine", [closures, torch_like], ids=lambda engine: engine.PATH)
def test_mistakes_of_one_op_in_other_engines_are_shown_by_three_ops_that_run_as_printed(
    engine, reference
):
    cases = [case.instance(0, "float64") for case in catalogue().select(engine.TELLING)]
    ops = {mistake.name: mistake.op for mistake in known_mistakes()}
    remade = [one for one in each(engine.PATH, engine.EDITS) if ops[one.mistakes[0]]]
    shown = 0
    for one in remade[::3]:
        opened, op = one.open(), ops[one.mistakes[0]]
        small = (smallest(case, opened, reference, op) for case in cases if op in case.program.ops)
        found = next((each for each in small if each not in cases), None)
        if found is None:
            continue
        own, in_torch = spelled(found, opened, reference)
        assert found.program.applied <= 3, own
        student = {"__name__": "student"}
        exec(compile(one.text(), one.path, "exec"), student)
        for program, scope, engine_ in ((own, student, opened), (in_torch, {}, reference.engine)):
            expected = expected_of(quietly(engine_, found))
            happened = what_happens(program, scope)
            assert len(happened) == len(expected), program
            assert all(map(same, happened, expected)), program
        shown += 1
    assert shown >= 10


def test_a_class_with_an_endless_name_has_no_spelling(tmp_path):
    path = tmp_path / "long.py"
    named = f'Value.__name__ = Value.__qualname__ = "V" * {10**6}'
    path.write_text(with_method("return self", before="") + named, encoding="utf-8")
    engine = load(EngineName.parse(str(path)), Isolation(wall="none"))
    assert engine.info.spelling is None


def test_the_place_of_an_op_is_the_backward_of_its_operator_class():
    text = (FOLDER / "contexts" / "autodiff.py").read_text()
    engine = load(EngineName.parse(str(FOLDER / "contexts" / "autodiff.py")), HOW)
    place = engine.info.spelling.look_at("log")
    assert place.startswith("`Log.backward`, line ")
    line = int(place.split()[2])
    # The method `Scalar.log` only calls the class.
    assert "(d_output / a,)" in "".join(text.splitlines()[line - 1 : line + 3])
    assert engine.info.spelling.look_at("sub").startswith("`Scalar.__sub__`, line ")
