"""A program as a graph: leaves, literals and ops, and the wires between them. Nothing has a place yet.

- `graph_of`: the graph of a whole program. `in_words`: the same with the texts of the nodes.
- `Graph`, `Vertex`, `Edge`: the parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ...program import (
    Apply,
    Backward,
    Grad,
    Input,
    NoGrad,
    Program,
    Read,
    Ref,
    SetGrad,
    UnknownStep,
    Update,
    ZeroGrad,
    made_by,
    refs_in,
)
from ...program.arrays import Array
from ...program.printing import step_text
from .symbols import in_symbol, literal, symbol

LEAF, CONSTANT, LITERAL, OP, STUB = "leaf", "constant", "literal", "op", "stub"


@dataclass(frozen=True, slots=True)
class Vertex:
    """A node without a place.

    `kind` is one of the words above. A constant is an input without a gradient, and a stub says what is left
    out. `step` is the index of its step, -1 where it is none, and `makes` are the values that go out of it.
    `symbol` is written in the node, and `about` is the whole line of the program.
    """

    kind: str
    step: int = -1
    makes: tuple[Ref, ...] = ()
    symbol: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """A wire without a place, from the value with the number `exit` of `source` to the vertex `target`."""

    source: int
    exit: int
    target: int


@dataclass(frozen=True, slots=True)
class Graph:
    """Vertices in the order of the program, and edges, each to a later vertex.

    The edges to one vertex stand in the order of its operands.
    """

    vertices: Sequence[Vertex]
    edges: Sequence[Edge]


def graph_of(program: Program) -> Graph:
    """Return the graph of the steps that define values. The other steps change state, and are no nodes.

    Only literals have texts, because a long program is not drawn as a whole. UnknownStep for an unknown kind
    of step.
    """
    vertices: list[Vertex] = []
    edges: list[Edge] = []
    made: dict[Ref, tuple[int, int]] = {}
    for index, step in _defining(program):
        sources = []
        for operand in _operands(step):
            if isinstance(operand, Ref):
                sources.append(made[operand])
                continue
            sources.append((len(vertices), 0))
            text, about = literal(operand), f"the literal {operand}"
            vertices.append(Vertex(LITERAL, symbol=text, about=about))
        edges += [Edge(source, exit, len(vertices)) for source, exit in sources]
        makes = made_by(step, program.first_values[index])
        made.update((ref, (len(vertices), k)) for k, ref in enumerate(makes))
        kind = OP if not isinstance(step, Input) else LEAF if step.requires_grad else CONSTANT
        vertices.append(Vertex(kind, index, makes))
    return Graph(vertices, edges)


def in_words(graph: Graph, program: Program) -> Graph:
    """Return the graph with the symbol and the line of each step."""
    vertices = []
    for vertex in graph.vertices:
        if vertex.step >= 0:
            about, step = step_text(program, vertex.step), program.steps[vertex.step]
            if vertex.kind == STUB:
                vertex = replace(vertex, symbol="⋯", about=f"not drawn: {about}")
            elif isinstance(step, Input | Apply | Grad):
                vertex = replace(vertex, symbol=symbol(step), about=about)
        vertices.append(vertex)
    return Graph(vertices, graph.edges)


def _defining(program: Program) -> Iterator[tuple[int, Input | Apply | Grad]]:
    for index, step in enumerate(program.steps):
        match step:
            case Input() | Apply() | Grad():
                yield index, step
            case Backward() | SetGrad() | ZeroGrad() | NoGrad() | Update() | Read():
                pass
            case _:
                raise UnknownStep(step)


def _operands(step: Input | Apply | Grad) -> Iterator[Ref | float | Array]:
    """Yield what comes into a step by a wire: values, and the literals that its symbol does not hold."""
    if isinstance(step, Grad):
        yield from (step.output, *step.inputs, *refs_in(step.cotangent))
    elif isinstance(step, Apply):
        for operand in step.operands:
            if not isinstance(operand, int | float | Array):
                yield from refs_in(operand)
            elif not in_symbol(step):
                yield operand
        yield from refs_in([value for _, value in step.attributes])
