"""The drawing of the lecture's neuron is that of the slides 14 to 27.

The numbers of each node are those that the tutorial's own engine computes. Its
part 2 recreates these slides, and gives the rounded gradients of slide 26.
"""

import re
from pathlib import Path

import pytest
from gradconform.harness.report.drawing.svg import svg
from gradconform.harness.tests.report.drawing.drawn import of_case, seen

TUTORIAL = Path(__file__).parents[3] / "grade/course/everybodys/tutorial.txt"
SLIDE_26 = {"w0": -0.20, "x0": 0.40, "w1": -0.40, "x1": -0.60, "w2": 0.20}
# The wires of the slides, in the order of the program, by the names that the tutorial gives them.
LEAVES = ["w0", "x0", "w1", "x1", "w2"]
SUM = ["dot1", "dot2", "sum1", "sum2"]
SPELT_OUT = [*LEAVES, *SUM, "neg_z", "exp_z", "den", "out"]
ONE_GATE = [*LEAVES, *SUM, "out"]


@pytest.fixture(scope="module")
def slides():
    """The value and the gradient of each wire, with two decimals, as the tutorial's engine computes them."""
    text = TUTORIAL.read_text(encoding="utf-8")
    engine = text.split("In [None]:")[1].split("\n---\n")[0]
    neuron = text.split("# 1. Initialize Inputs")[1].split("### 2.1")[0]
    wires = {}
    exec(compile(f"{engine}\n{neuron}\nout.backward()", "tutorial", "exec"), wires)
    return {name: (f"{wires[name].data:.2f}", f"{wires[name].grad:.2f}") for name in SPELT_OUT}


@pytest.mark.parametrize(
    ("case", "wires", "symbols"),
    [
        ("neuron_in_the_tutorials_spelling", SPELT_OUT, "* * + + -x exp +1 **-1"),
        ("neuron_with_a_division", SPELT_OUT, "* * + + -x exp 1+ 1/x"),
        ("neuron_with_sigmoid", ONE_GATE, "* * + + σ"),
    ],
)
def test_each_node_has_the_numbers_of_the_slide(reference, slides, case, wires, symbols):
    nodes = seen(svg(of_case(f"lecture/{case}", reference)))
    assert [symbol for symbol, _ in nodes] == [*LEAVES, *symbols.split()]
    assert [tuple(numbers) for _, numbers in nodes] == [slides[wire] for wire in wires]


def test_the_slides_have_the_numbers_that_the_lecture_says(slides):
    assert [slides[name][0] for name in ("w0", "x0", "dot1", "out")] == [
        "2.00",
        "-1.00",
        "-2.00",
        "0.73",
    ]
    assert [slides[name][1] for name in ("dot1", "w0", "x0")] == ["0.20", "-0.20", "0.39"]
    text = TUTORIAL.read_text(encoding="utf-8")
    printed = re.findall(r"(\w\d)\.grad: .*Slide Expectation: ~ ([-.0-9]+)\)", text)
    assert {name: float(number) for name, number in printed} == SLIDE_26
    for name, gradient in SLIDE_26.items():
        assert float(slides[name][1]) == pytest.approx(gradient, abs=0.02)


def test_the_wires_of_the_drawing_are_those_of_the_slide(reference):
    drawn = of_case("lecture/neuron_with_sigmoid", reference)
    wires = [(drawn.nodes[w.source].symbol, drawn.nodes[w.target].about) for w in drawn.wires]
    assert wires == [
        ("w0", "%5 = %0 * %1"),
        ("x0", "%5 = %0 * %1"),
        ("w1", "%6 = %2 * %3"),
        ("x1", "%6 = %2 * %3"),
        ("*", "%7 = %5 + %6"),
        ("*", "%7 = %5 + %6"),
        ("+", "%8 = %7 + %4"),
        ("w2", "%8 = %7 + %4"),
        ("+", "%9 = sigmoid(%8)"),
    ]
