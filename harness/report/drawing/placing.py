"""A program and its numbers become a circuit.

- `circuit`: chooses what is drawn, measures it and gives it its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ...program import Backward, Program
from ...program.arrays import Array
from ...text import words
from .circuit import Circuit, Node, Wire
from .graph import CONSTANT, LITERAL, Graph, graph_of, in_words
from .labels import Labels
from .layout import Link, Point, placed
from .measuring import measured
from .neighbourhood import neighbourhood
from .notes import notes
from .numbers import Answers

_MARGIN = 14


def circuit(
    program: Program,
    inputs: Mapping[str, Array],
    answers: Answers,
    title: str = "",
    said: Sequence[str] = (),
) -> Circuit:
    """Return the program as a circuit, with the numbers of `answers`; `inputs` are those of the leaves.

    The sentences that are `said` come before those of `notes`, below the drawing.

    A program of more than about forty nodes is drawn around the first wrong node, or around its result.
    """
    whole = graph_of(program)
    drawn = in_words(neighbourhood(whole, _focus(program, whole, answers)), program)
    labels = Labels(program, _with_inputs(program, inputs, answers))
    links, entries, exits = _links(drawn)
    measures = [
        measured(vertex, labels, exits[k], entries[k]) for k, vertex in enumerate(drawn.vertices)
    ]
    layout = placed([box for _, box in measures], links)
    nodes = [
        _moved(node, *corner, end)
        for (node, _), corner, end in zip(measures, layout.corners, layout.ends, strict=True)
    ]
    wires = [
        _wire(link, route, drawn.vertices[link.source].kind)
        for link, route in zip(links, layout.routes, strict=True)
    ]
    return Circuit(
        words(title),
        tuple(map(words, [*said, *notes(program, whole, drawn, answers)])),
        layout.width + 2 * _MARGIN,
        layout.height + 2 * _MARGIN,
        tuple(nodes),
        tuple(wires),
    )


def _links(graph: Graph) -> tuple[list[Link], list[int], list[int]]:
    """Return the edges as links, and for each vertex the numbers of its entries and of its exits."""
    entries = [0] * len(graph.vertices)
    exits = [len(vertex.makes) for vertex in graph.vertices]
    links = []
    for edge in graph.edges:
        links.append(Link(edge.source, edge.exit, edge.target, entries[edge.target]))
        entries[edge.target] += 1
        exits[edge.source] = max(exits[edge.source], edge.exit + 1)
    return links, entries, exits


def _focus(program: Program, graph: Graph, answers: Answers) -> int:
    """Return the vertex around which a long program is drawn."""
    steps = {vertex.step: k for k, vertex in enumerate(graph.vertices)}
    makers = {ref: k for k, vertex in enumerate(graph.vertices) for ref in vertex.makes}
    if answers.first is not None:
        return makers[answers.first[1]]
    if answers.raised in steps:
        return steps[answers.raised]
    roots = [step.root for step in program.steps if isinstance(step, Backward)]
    read = [step.of for step in program.reads if step.what == "value"]
    results = roots or read
    return makers[results[-1]] if results else len(graph.vertices) - 1


def _with_inputs(program: Program, inputs: Mapping[str, Array], answers: Answers) -> Answers:
    """Return the answers, in which the value of an input is known without a reading."""
    torch, engine = dict(answers.torch), dict(answers.engine)
    for name, array in inputs.items():
        place = ("value", program.inputs[name])
        torch[place] = [array, *torch.get(place, ())]
        if place in answers.wrong:
            engine[place] = [array, *engine.get(place, ())]
    return replace(answers, torch=torch, engine=engine)


def _moved(node: Node, x: int, y: int, end: int) -> Node:
    """Return the node at its place, with its wires up to the end of its column."""
    x, y, end = x + _MARGIN, y + _MARGIN, end + _MARGIN
    exits = tuple(replace(each, x=each.x + x, y=each.y + y, end=end) for each in node.exits)
    return replace(node, x=node.x + x, y=node.y + y, exits=exits)


def _wire(link: Link, route: Sequence[Point], kind: str) -> Wire:
    points = tuple((x + _MARGIN, y + _MARGIN) for x, y in route)
    return Wire(link.source, link.exit, link.target, points, kind in (CONSTANT, LITERAL))
