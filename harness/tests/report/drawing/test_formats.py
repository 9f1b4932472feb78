"""A drawing as a file: SVG, Graphviz, Mermaid and PNG, also with texts that would like to be markup."""

import re
import time
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from gradconform.harness.program import Ref
from gradconform.harness.program.arrays import Array, Opaque
from gradconform.harness.report.drawing.dot import dot
from gradconform.harness.report.drawing.mermaid import mermaid
from gradconform.harness.report.drawing.numbers import Answers, Number, number
from gradconform.harness.report.drawing.placing import circuit
from gradconform.harness.report.drawing.png import png
from gradconform.harness.report.drawing.svg import svg
from gradconform.harness.tests.report.drawing.drawn import SVG, of_case
from gradconform.harness.trace import tanh, traced

HOSTILE = [
    '</text><script>alert(1)</script>"]; x --> y\n%%{init: {}}%% & \\N \\" ]]> -->',
    "\u202eright to left\u202c \x1b[31m \x00 \ud800 \u2028 \ufeff",
    "x" * 1_000_000,
]


@pytest.fixture(scope="module")
def neuron(reference):
    return of_case("lecture/neuron_with_sigmoid", reference)


def test_an_svg_scales_is_described_and_needs_nothing_else(neuron):
    document = svg(neuron)
    root = ElementTree.fromstring(document)
    assert re.fullmatch(r"0 0 \d+ \d+", root.get("viewBox"))
    assert root.get("role") == "img"
    assert root[0].tag == f"{SVG}title"
    assert root[0].text == neuron.title
    assert root[1].tag == f"{SVG}desc"
    assert "%5 = %0 * %1, value -2.00, gradient 0.20." in root[1].text
    assert not {"script", "image", "foreignObject", "a"} & {
        each.tag.removeprefix(SVG) for each in root.iter()
    }
    assert "prefers-color-scheme: dark" in document
    assert not re.search(r"url\(|href|@import|https?://(?!www\.w3\.org/2000/svg)", document)


def test_values_are_green_above_the_wire_and_gradients_red_below_it(neuron):
    document = svg(neuron)
    assert re.search(r"\.value { fill: #11702a; }", document)
    assert re.search(r"\.grad { fill: #c62020; }", document)
    for node in neuron.nodes:
        (exit,) = node.exits
        heights = {text.role: text.y for text in exit.texts()}
        assert heights["value"] < exit.y < heights["grad"]


def test_graphviz_and_mermaid_have_each_node_and_each_wire(neuron):
    assert 'n9 [label="σ\\n0.73\\ngrad 1.00"' in dot(neuron)
    assert 'n9("σ<br>0.73<br>grad 1.00")' in mermaid(neuron)
    assert 'n0["w0<br>2.00<br>grad #45;0.20"]' in mermaid(neuron)
    assert dot(neuron).count(" -> ") == mermaid(neuron).count(" --> ") == len(neuron.wires) == 9


def test_a_png_is_a_picture_of_twice_the_size(neuron):
    picture = png(neuron)
    root = ElementTree.fromstring(svg(neuron))
    width, height = (int.from_bytes(picture[at : at + 4], "big") for at in (16, 20))
    assert picture.startswith(b"\x89PNG")
    assert (width, height) == (2 * int(root.get("width")), 2 * int(root.get("height")))


@pytest.fixture(scope="module")
def program():
    return traced(lambda x: tanh(x) * 2.0, {"x": True})


@pytest.mark.parametrize("text", HOSTILE, ids=["markup", "unprintable", "long"])
def test_a_hostile_text_stays_text(program, text):
    place = ("value", Ref(1))
    answers = Answers(
        {place: [Array.of(1.0)]}, {place: [Opaque(text, text)]}, frozenset({place}), place
    )
    since = time.perf_counter()
    drawn = circuit(program, {"x": Array.of(0.5)}, answers, title=text, said=[text])
    root = ElementTree.fromstring(svg(drawn).encode())
    tags = {each.tag.removeprefix(SVG) for each in root.iter()}
    assert tags == {"svg", "title", "desc", "style", "rect", "g", "path", "text"}
    texts = "".join(root.itertext())
    assert all(c.isprintable() or c == "\n" for c in texts)
    assert len(texts) < 20_000
    for label in re.findall(r'"(.*)"', mermaid(drawn)):
        assert not re.search(r"[^\w .#;<>]|<(?!br>)|(?<!<br)>", label)
    # Outside of its quotes a file of Graphviz has nothing of the text.
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', '""', re.sub(r"(?m)^  // .*\n", "", dot(drawn)))
    assert re.fullmatch(r'[\w\s{}\[\]=,;>"-]*', bare)
    assert "script" not in bare
    assert time.perf_counter() - since < 1


def test_numbers_that_differ_are_written_so_that_the_difference_shows():
    def shown(want, got, what="value"):
        place = (what, Ref(0))
        return number(place, Answers({place: want}, {place: got}, frozenset({place})))

    one, near = Array.of(0.1), Array.of(0.1 + 2e-17)
    assert shown([Array.of(0.731058579)], [Array.of(0.731058652)]) == Number(
        "0.7310586", "0.7310587"
    )
    assert shown([one], [near]).torch != shown([one], [near]).engine
    assert shown([Array.of(2.0)], [None], "grad") == Number("2.00", "none")
    assert shown([Array.of(2.0)], [], "grad") == Number("2.00", "none")
    matrix = [[1.0, 2.0], [3.0, 4.0]]
    wrong = [[1.0, 2.0], [3.0, float("nan")]]
    assert shown([Array.of(matrix)], [Array.of(wrong)]) == Number("[1, 1]: 4.00", "[1, 1]: nan")
    assert shown([Array.of([1.0])], [Array.of([[1.0]])]) == Number("(1,) 1.00", "(1, 1) 1.00")
    narrow = Array.of(0.5, "float32")
    assert shown([Array.of(0.5)], [narrow]) == Number("0.50 float64", "0.50 float32")
    many = [Array.of(float(k)) for k in range(5)]
    assert shown(many, [*many[:2], Array.of(7.0), *many[3:]]) == Number("2.00", "7.00")


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ([0.0], "0.00"),
        ([-0.1966], "-0.20"),
        ([1e-7], "1e-07"),
        ([123456.0], "1.23e+05"),
        ([float("inf")], "inf"),
        ([1.0, 1.0, 2.0], "1.00 → 2.00"),
        ([1.0, 2.0, 3.0, 4.0], "1.00 → … → 4.00"),
        ([[1.0, 2.0, 3.0, 4.0]], "(4,) 1.00 2.00 3.00 …"),
    ],
)
def test_a_number_is_short(numbers, text):
    place = ("value", Ref(0))
    assert number(place, Answers({place: [Array.of(each) for each in numbers]})) == Number(text)


def test_a_literal_is_dashed_and_has_no_gradient(reference):
    case = of_case("lecture/neuron_with_sigmoid", reference)
    assert not any(wire.dashed for wire in case.wires)
    program = traced(lambda x: x.maximum(0.5), {"x": True})
    drawn = circuit(program, {"x": Array.of(2.0)}, Answers())
    (literal,) = (node for node in drawn.nodes if node.kind == "literal")
    assert literal.symbol == "0.5"
    assert [wire.dashed for wire in drawn.wires] == [False, True]
    assert replace(literal.exits[0], x=0, y=0, end=0).grad == Number()
    assert "stroke-dasharray" in re.search(r"\.literal rect {.*}", svg(drawn))[0]
