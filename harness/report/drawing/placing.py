"""A program and its numbers become a circuit.

- `circuit`: chooses what is drawn, measures it and gives it its place.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ...program import Backward, Program, Ref
from ...program.arrays import Array
from ...text import words
from .circuit import CHARACTER, LINE, Circuit, Exit, Node, Wire
from .graph import CONSTANT, LEAF, LITERAL, OP, STUB, Graph, Vertex, graph_of, in_words
from .layout import Box, Link, placed
from .neighbourhood import neighbourhood
from .notes import effects_of, notes
from .numbers import NO_NUMBER, Answers, Number, number

_CIRCLE = 36
_LOW = 24  # the height of a node that is no op
_STEM = 28  # the shortest
_ENTRIES = 12  # between two wires that come into one node
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
    numbers = _Numbers(program, _with_inputs(program, inputs, answers))
    entering = [0] * len(drawn.vertices)
    exits = [len(vertex.makes) for vertex in drawn.vertices]
    links = []
    for edge in drawn.edges:
        links.append(Link(edge.source, edge.exit, edge.target, entering[edge.target]))
        entering[edge.target] += 1
        exits[edge.source] = max(exits[edge.source], edge.exit + 1)
    measured = [
        _measured(vertex, numbers, out, into)
        for vertex, out, into in zip(drawn.vertices, exits, entering, strict=True)
    ]
    layout = placed([box for _, box in measured], links)
    nodes = [
        _moved(node, x + _MARGIN, y + _MARGIN, end + _MARGIN)
        for (node, _), (x, y), end in zip(measured, layout.corners, layout.ends, strict=True)
    ]
    dashed = {k for k, vertex in enumerate(drawn.vertices) if vertex.kind in (CONSTANT, LITERAL)}
    wires = [
        Wire(
            link.source,
            link.exit,
            link.target,
            tuple((x + _MARGIN, y + _MARGIN) for x, y in route),
            link.source in dashed,
        )
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


@dataclass(frozen=True)
class _Numbers:
    """The numbers of a drawing, and the marks that follow from them."""

    program: Program
    answers: Answers

    @functools.cached_property
    def _changes_state(self) -> bool:
        return bool(effects_of(self.program))

    def exit(self, kind: str, ref: Ref, y: int) -> Exit:
        """The numbers of one value. A missing gradient is a fact of a leaf after a backward."""
        value, grad = (number((what, ref), self.answers) for what in ("value", "grad"))
        told = kind == LEAF and any(isinstance(step, Backward) for step in self.program.steps)
        if grad == Number("none") and not told:
            grad = NO_NUMBER
        return Exit(str(ref), 0, y, 0, value, grad)

    def index(self, vertex: Vertex) -> str:
        """The number of a value, where a sentence below the drawing names values by their numbers."""
        numbered = self._changes_state or self.answers.first is not None
        return ", ".join(map(str, vertex.makes)) if numbered else ""

    def mark(self, vertex: Vertex) -> str:
        """What is written above a node."""
        if vertex.kind == OP and vertex.step == self.answers.raised:
            return "the engine raises here"
        first = self.answers.first
        if first is None or first[1] not in vertex.makes:
            return ""
        return f"first wrong {'gradient' if first[0] == 'grad' else first[0]}"


def _measured(vertex: Vertex, numbers: _Numbers, exits: int, entries: int) -> tuple[Node, Box]:
    """Return the vertex as a node in the upper left corner, and the room that it takes."""
    refs = [numbers.exit(vertex.kind, ref, 0) for ref in vertex.makes]
    shown = [*refs, *[Exit("", 0, 0, 0)] * (exits - len(refs))]
    heights = [_extent(each) for each in shown]
    at: list[int] = []
    spread = 0
    for above, below in heights:
        at.append(spread + above)
        spread += above + below
    middle = (at[0] + at[-1]) // 2 if at else 0
    lowest = _CIRCLE if vertex.kind == OP else _LOW
    tall = max(lowest, _ENTRIES * (entries + 1), at[-1] - at[0] + _LOW if at else 0)
    index, mark = numbers.index(vertex), numbers.mark(vertex)
    above = max(tall // 2, middle) + (LINE if index or mark else 0)
    below = max(tall - tall // 2, spread - middle)
    narrow = _CIRCLE if vertex.kind == OP else _LOW
    wide = max(narrow, math.ceil(len(vertex.symbol) * CHARACTER) + 16)
    stem = max((_length(each) for each in shown), default=0)
    width = max(wide + stem, math.ceil(len(f"{index} {mark}") * CHARACTER))
    moved = tuple(
        replace(each, x=wide, y=above - middle + height)
        for each, height in zip(shown, at, strict=True)
    )
    first = above - (entries - 1) * _ENTRIES // 2
    box = Box(
        width,
        above + below,
        tuple(first + k * _ENTRIES for k in range(entries)),
        tuple(each.y for each in moved),
        late=vertex.kind in (LITERAL, STUB),
    )
    look = vertex.kind == OP and vertex.step in numbers.answers.steps
    corner = 0, above - tall // 2, wide, tall
    return Node(vertex.kind, vertex.symbol, vertex.about, *corner, moved, index, mark, look), box


def _extent(exit: Exit) -> tuple[int, int]:
    """Return the room above and below the wire of a value."""
    above = bool(exit.value.torch) + bool(exit.value.engine)
    below = bool(exit.grad.torch) + bool(exit.grad.engine)
    return above * LINE + 4, below * LINE + 4


def _length(exit: Exit) -> int:
    """Return the length of the wire beside which the numbers of a value stand."""
    longest = max((len(text.text) for text in exit.texts()), default=0)
    return max(_STEM, math.ceil(longest * CHARACTER) + 10)


def _moved(node: Node, x: int, y: int, end: int) -> Node:
    """Return the node at its place, with its wires up to the end of its column."""
    exits = tuple(replace(each, x=each.x + x, y=each.y + y, end=end) for each in node.exits)
    return replace(node, x=node.x + x, y=node.y + y, exits=exits)
