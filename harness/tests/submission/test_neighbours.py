"""Files with others beside them: a package around them, notebooks, other engines."""

import re

import pytest
from gradconform.harness.errors import EngineError
from gradconform.harness.isolation.options import Isolation
from gradconform.harness.run.engine_name import EngineName
from gradconform.harness.run.registry import load
from gradconform.harness.tests.small_engines import OP, VALUE, factor, notebook, works

ENGINE = (
    f"import tinyad\nfrom tinyad.sub.deep import half\n{VALUE}{OP.format('tinyad.scale(half)')}"
)
PACKAGE = {
    "tinyad/__init__.py": "def scale(x): return 4.0 * x\nfrom .engine import Value\n",
    "tinyad/engine.py": ENGINE,
    "tinyad/sub/__init__.py": "",
    "tinyad/sub/deep.py": "from ..other import half\n",
    "tinyad/other.py": "half = 0.5\n",
    "tinyad/unrelated.py": "1 / 0\n",
}


def test_a_file_in_a_package_is_loaded_as_a_part_of_it_with_the_files_that_it_needs(opened):
    engine = opened(PACKAGE, "tinyad/engine.py")
    assert works(engine)
    assert factor(engine) == 2.0
    (note,) = engine.info.notes
    beside = "tinyad/__init__.py, tinyad/other.py, tinyad/sub/__init__.py, tinyad/sub/deep.py"
    assert note == f"read with {beside} beside it"


def test_a_file_in_an_inner_package_finds_what_is_above(opened):
    engine = "from ..scale import factor\nimport top.more.extra\n" + VALUE
    files = {
        "top/__init__.py": "",
        "top/scale.py": "factor = 2.0\n",
        "top/inner/__init__.py": "",
        "top/inner/engine.py": engine + OP.format("(factor * top.more.extra.two)"),
        "top/more/__init__.py": "",
        "top/more/extra.py": "two = 2.0\n",
    }
    assert factor(opened(files, "top/inner/engine.py")) == 4.0


VECTOR = """
from value import Value


class Tensor:
    def __init__(self, data):
        self.data = [Value(each) for each in data]

    def __add__(self, other):
        return Tensor([a + b for a, b in zip(self.data, other.data)])

    def backward(self):
        self.data[0].backward()
"""


def test_a_class_of_another_file_than_the_named_one_is_taken_with_a_warning(opened):
    engine = opened({"tensor.py": VECTOR, "value.py": VALUE}, "tensor.py")
    assert engine.info.found.startswith("class Value, line 2 of value.py")
    said = "class Value of value.py was taken, and none of tensor.py, which was named: class Tensor cannot"
    assert engine.info.notes[-1].startswith(said)


def test_the_class_of_the_named_file_comes_before_another_engine(opened):
    mine = f"from other import Value as Other\n{VALUE.replace('Value', 'Mine')}"
    engine = opened({"mine.py": mine, "other.py": VALUE}, "mine.py")
    assert engine.info.found.startswith("class Mine, line 3 of mine.py")


def test_a_module_comes_before_the_notebook_beside_it(opened):
    draft = notebook(VALUE.replace("self.data * other.data", "0.0"))
    engine = opened({"hw/engine.py": VALUE, "hw/lecture.ipynb": draft}, "hw")
    assert works(engine)
    said = "class Value in cell 1 of lecture.ipynb was passed over: a module comes first"
    assert list(engine.info.notes) == [said]


def test_a_notebook_does_not_hide_the_module_of_its_name(opened):
    files = {
        "hw/graph.ipynb": notebook("class Old:\n    def backward(self):\n        print(self)\n"),
        "hw/graph.py": "def scale(): return 3.0\n",
        "hw/value.py": f"from graph import scale\n{VALUE}{OP.format('scale()')}",
    }
    assert factor(opened(files, "hw")) == 3.0


@pytest.mark.parametrize("init", [{}, {"hw/__init__.py": ""}], ids=["folder", "package"])
def test_the_name_that_is_offered_can_be_pasted(opened, init):
    other = VALUE.replace("self.data * other.data", "0.0")
    files = {"hw/eng/engine.py": VALUE, "hw/old/engine.py": other, **init}
    with pytest.raises(EngineError) as refused:
        opened(files, "hw")
    (offered,) = re.findall(r"name one as ([^\s,]+)", str(refused.value))
    pasted = load(EngineName.parse(offered), Isolation())
    assert works(pasted)
    pasted.close()


def test_the_error_while_loading_comes_before_what_follows_from_it(opened):
    text = f"unit = 1 / 0\n{VALUE}".replace("= data,", "= data * unit,")
    said = r"^engine\.py, line 1: ZeroDivisionError.*; engine\.py has no engine: .*name 'unit' is not defined"
    with pytest.raises(EngineError, match=said):
        opened(text)
