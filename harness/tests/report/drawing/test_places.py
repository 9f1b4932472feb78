"""The places of a drawing, over a sample of the catalogue: nothing overlaps, and wires lead to the right."""

import json
import random
from itertools import combinations

import pytest
from gradconform.harness.catalogue.case import STRESS
from gradconform.harness.catalogue.collection import catalogue
from gradconform.harness.report.drawing.boxes import Box
from gradconform.harness.report.drawing.circuit import CHARACTER, LINE
from gradconform.harness.report.drawing.layout import Link, placed
from gradconform.harness.report.drawing.neighbourhood import MOST
from gradconform.harness.report.drawing.numbers import Answers
from gradconform.harness.report.drawing.placing import circuit
from gradconform.harness.tests.report.drawing.drawn import of_case

LONG = "graphs/chain_with_a_leaf_in_every_link[1000]"


@pytest.fixture(scope="module")
def drawings(reference):
    """Drawings of one case in sixty, without a reading, and of some with torch's numbers."""
    cases = [case for case in catalogue() if STRESS not in case.tags][::60]
    instances = [case.instance(0, "float64") for case in cases]
    plain = [circuit(each.program, each.inputs, Answers(), each.case.id) for each in instances]
    numbered = (
        LONG,
        "graphs/at_random[seed_3]",
        "training/line_on_scalars[adam]",
        "diamonds/diamond",
    )
    return [*plain, *(of_case(case, reference) for case in numbered)]


def areas(node):
    """The rectangles of a node and of each of its texts that stands beside it."""
    yield node.x, node.y, node.x + node.width, node.y + node.height
    for text in node.texts():
        if text.role != "symbol":
            right = text.x + len(text.text) * (CHARACTER - 0.2)
            yield text.x, text.y - LINE + 5, right, text.y + 2


def overlap(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def test_no_node_and_no_number_overlaps_another_node(drawings):
    for drawing in drawings:
        for one, other in combinations(drawing.nodes, 2):
            clash = [(a, b) for a in areas(one) for b in areas(other) if overlap(a, b)]
            assert not clash, (drawing.title, one.about, other.about)


def test_everything_is_inside_the_drawing(drawings):
    for drawing in drawings:
        for left, top, right, bottom in (area for node in drawing.nodes for area in areas(node)):
            assert left >= 0 <= top, drawing.title
            assert right <= drawing.width, drawing.title
            assert bottom <= drawing.height, drawing.title


def test_wires_lead_to_the_right_from_an_exit_to_a_node_and_cross_no_node(drawings):
    for drawing in drawings:
        for wire in drawing.wires:
            exit, target = drawing.nodes[wire.source].exits[wire.exit], drawing.nodes[wire.target]
            assert wire.points[0] == (exit.end, exit.y)
            assert wire.points[-1][0] == target.x
            assert target.y < wire.points[-1][1] < target.y + target.height
            across = [x for x, _ in wire.points]
            assert across == sorted(across)
            for (x, y), (end, _) in zip(wire.points[1::2], wire.points[2::2], strict=False):
                line = x, y - 1, end, y + 1
                crossed = [n for n in drawing.nodes if any(overlap(line, a) for a in areas(n))]
                assert not crossed, drawing.title


def test_a_drawing_is_small_and_its_json_has_integers_and_texts(drawings):
    def leaves(part):
        if isinstance(part, dict | list):
            for each in part.values() if isinstance(part, dict) else part:
                yield from leaves(each)
        else:
            yield part

    for drawing in drawings:
        assert len(drawing.nodes) <= MOST
        document = json.loads(json.dumps(drawing.to_json()))
        assert {type(leaf) for leaf in leaves(document)} <= {int, str}


def test_a_drawing_is_the_same_each_time(reference):
    first, second = (of_case("graphs/at_random[seed_3]", reference) for _ in range(2))
    assert first == second


def test_columns_follow_the_longest_path_and_a_literal_stands_before_its_reader():
    op = Box(30, 30, (10, 20), (15,))
    boxes = [
        Box(20, 20, (), (10,)),
        Box(20, 20, (), (10,)),
        op,
        op,
        Box(9, 9, (), (4,), late=True),
        op,
    ]
    links = [
        Link(0, 0, 2, 0),
        Link(1, 0, 2, 1),
        Link(2, 0, 3, 0),
        Link(3, 0, 5, 0),
        Link(4, 0, 5, 1),
    ]
    layout = placed(boxes, links)
    columns = sorted({x for x, _ in layout.corners})
    assert [columns.index(x) for x, _ in layout.corners] == [0, 0, 1, 2, 2, 3]


def test_the_sweeps_untangle_a_graph_that_can_be_drawn_without_a_crossing():
    order = list(range(8))
    random.Random(3).shuffle(order)
    leaf, reader = Box(20, 20, (), (10,)), Box(20, 20, (10,), (10,))
    layout = placed(
        [leaf] * 8 + [reader] * 8, [Link(k, 0, 8 + to, 0) for k, to in enumerate(order)]
    )
    heights = [layout.corners[8 + to][1] for to in order]
    assert heights == [y for _, y in layout.corners[:8]]
