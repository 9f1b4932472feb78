"""Cases are chosen by ready sets, by lists in files, and by the ops that an assignment asks for."""

import re
from pathlib import Path

import pytest
from gradconform.harness.catalogue.case_lists import ready_sets
from gradconform.harness.catalogue.collection import Catalogue, catalogue
from gradconform.harness.catalogue.needs import BESIDE_OPS, asked_words, needs
from gradconform.harness.catalogue.recipes import literal
from gradconform.harness.catalogue.selection import Selection
from gradconform.harness.errors import NothingSelected, UsageError
from gradconform.harness.program.arrays import Array
from gradconform.harness.trace import backward, exp, grad, read, relu, zero_grad


def needed(function, **inputs):
    own = Catalogue()
    own.case(**inputs)(function)
    (case,) = own
    return needs(case)


def twice(x):
    """two backwards"""
    backward(x * x)
    backward(x * x)
    read(x.grad)


def cleared(x):
    """zero_grad"""
    zero_grad()
    read(x)


def second(x):
    """a gradient of a gradient"""
    return grad(x * x, x)


def inner(x):
    """the gradient of an inner value"""
    y = x * x
    backward(y + 1.0)
    read(y.grad)


def plain(x):
    """relu(x) * 2 - x ** 3"""
    return relu(x) * 2 - x**3


def left(x):
    """2 * exp(-x)"""
    return 2 * exp(-x)


def power(x):
    """x ** x + 2 ** x"""
    return x**x + 2**x


@pytest.mark.parametrize(
    ("function", "given", "words"),
    [
        (plain, 1.5, "relu mul sub pow"),
        (left, 1.5, "rmul exp neg"),
        (power, 1.5, "pow_by_value add rpow"),
        (plain, [1.5, 2.0], "relu mul sub pow arrays"),
        (plain, literal(Array.of([1.5]), "float32"), "relu mul sub pow arrays dtypes"),
        (twice, 1.5, "mul lifecycle"),
        (cleared, 1.5, "lifecycle"),
        (inner, 1.5, "mul add lifecycle"),
        (second, 1.5, "mul order2"),
    ],
)
def test_what_a_case_needs_is_told_in_words(function, given, words):
    assert needed(function, x=given) == {*words.split()}


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("add,mul", "add mul"),
        ("add, mul ,reflected", "add mul reflected radd rmul"),
        ("+,**,-x", "add pow neg"),
        ("max,rsub", "max max_dim rsub"),
        ("swish", "silu"),
    ],
)
def test_an_op_is_asked_for_by_any_of_its_names(asked, words):
    assert asked_words([asked]) == {*words.split()}


def test_every_word_beside_the_ops_is_needed_by_a_case():
    unused = {*BESIDE_OPS} - {"reflected"}
    for case in catalogue():
        used = needs(case)
        assert used <= asked_words([",".join(used)])
        unused -= used
        if not unused:
            return
    pytest.fail(f"no case needs {unused}")


def test_ops_select_the_cases_that_need_nothing_else():
    asked = ("add,mul,pow,relu,sigmoid,exp",)
    cases = Selection(ops=asked).cases()
    ids = {case.id for case in cases}
    assert {"arithmetic/of_two_leaves[add]", "activations/neuron[relu]"} <= ids
    for without in ("reflected/number_with_leaf[mul_3]", "arithmetic/negated", "unary/alone[tanh]"):
        assert without not in ids
    assert {word for case in cases for word in needs(case)} == asked_words(asked)
    more = {case.id for case in Selection(ops=("add,mul,pow,relu,sigmoid,exp,neg,rmul",)).cases()}
    assert more > ids
    assert {"arithmetic/negated", "reflected/number_with_leaf[mul_3]"} <= more


def written(folder, text):
    path = folder / "mine.txt"
    path.write_text(text)
    return (path,)


def test_a_file_lists_ids_and_globs(tmp_path):
    listed = "# the homework\n\nlecture/*  # all\ntensor_and_number/with_a_number[x*2]\n"
    found = Selection(files=written(tmp_path, listed)).cases()
    family = [case.id for case in catalogue() if case.family == "lecture"]
    assert [case.id for case in found] == [*family, "tensor_and_number/with_a_number[x*2]"]
    narrowed = Selection(globs=("lecture/*sigmoid",), files=written(tmp_path, listed)).cases()
    assert [case.id for case in narrowed] == ["lecture/neuron_with_sigmoid"]


@pytest.mark.parametrize(
    ("selection", "said"),
    [
        ({"sets": ("tutoral",)}, r"there is no set 'tutoral'; did you mean tutorial\?"),
        ({"sets": ("x",)}, "there are lecture, micrograd, tensor, tutorial"),
        ({"ops": ("add,relo",)}, r"--ops: there is no op 'relo'; did you mean relu"),
        ({"ops": ("add,,mul",)}, "--ops: the name of an op was expected between two commas"),
    ],
)
def test_what_does_not_exist_is_said_with_what_does(selection, said):
    with pytest.raises(UsageError, match=said):
        Selection(**selection).cases()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "lecture/*\n\nlectur/*\n",
            r"mine.txt:3: no case matches 'lectur/\*'; did you mean lecture/\*",
        ),
        (
            "a/b\nlecture/*\nc/d # no\n",
            r"mine.txt:1: no case .*; \S*mine.txt:3: no case matches 'c/d'",
        ),
        ("# nothing\n", "mine.txt names no case; write one id or glob a line"),
        ("\0\x1b[31m\n", "mine.txt:1: no case matches "),
    ],
)
def test_a_wrong_line_is_named(tmp_path, text, said):
    with pytest.raises(UsageError, match=said) as caught:
        Selection(files=written(tmp_path, text)).cases()
    assert str(caught.value).isprintable()


def test_options_that_leave_no_case_together_are_an_error():
    with pytest.raises(NothingSelected, match="no case fits all of these options together"):
        Selection(globs=("matmul/*",), sets=("tutorial",)).cases()


def test_the_ready_sets_are_small_and_core():
    for name in ready_sets():
        cases = Selection(sets=(name,)).cases()
        assert len(cases) <= 70, name
        assert {case.level for case in cases} == {"core"}, name


def test_the_ready_sets_are_those_that_options_and_readme_name(command):
    names = ready_sets()
    listed = f"{', '.join(names[:-1])} or {names[-1]}"
    help_text = " ".join(command("run", "--help")[1].split())
    assert f"a ready set: {listed}." in help_text
    page = (Path(__file__).parents[3] / "cases" / "README.md").read_text()
    sets = page.split("| set | asks for |")[1].split("\n\n")[0]
    assert re.findall(r"^\| `(\w+)`", sets, re.M) == names
    words = page.split("| word | adds |")[1].split("\n\n")[0]
    assert re.findall(r"^\| `(\w+)`", words, re.M) == list(BESIDE_OPS)
