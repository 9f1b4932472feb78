"""The part of a long program that is drawn: what lies around one node, with stubs for the rest.

- `neighbourhood`: the part of a graph.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from heapq import heappop, heappush, nsmallest

from .graph import LITERAL, STUB, Edge, Graph, Vertex

MOST = 40  # nodes that a person can follow
_FARTHEST = 8  # wires from the one node
_SOURCES, _USES = 12, 3  # nodes that are followed from one node
_STUBS = 2  # values that are left out before one op, each by its name; more are one stub

_Edges = Mapping[int, Sequence[Edge]]


def neighbourhood(graph: Graph, focus: int, most: int = MOST) -> Graph:
    """Return the graph, or the part of it that is nearest to the vertex `focus`: `most` vertices with stubs.

    A stub stands for values or ops that are left out. A literal is drawn wherever its op is.
    """
    if len(graph.vertices) <= most:
        return graph
    into: dict[int, list[Edge]] = {}
    out: dict[int, list[Edge]] = {}
    for edge in graph.edges:
        into.setdefault(edge.target, []).append(edge)
        out.setdefault(edge.source, []).append(edge)
    order = _nearest(graph, focus, into, out, most)
    for count in range(len(order), 0, -1):
        part = _cut(graph, sorted(order[:count]), into, out)
        if len(part.vertices) <= most:
            break
    return part


def _nearest(graph: Graph, focus: int, into: _Edges, out: _Edges, most: int) -> list[int]:
    """Return vertices, the nearest to `focus` first: by wires, and then by the order of the program.

    Of a value with many uses, and of an op with many operands, only some are followed.
    """
    found: list[int] = []
    waiting, seen = [(0, 0, focus)], {focus}
    while waiting and len(found) < most:
        hops, _, here = heappop(waiting)
        found.append(here)
        if hops == _FARTHEST:
            continue
        sources = {edge.source for edge in into.get(here, ())}
        targets = {edge.target for edge in out.get(here, ())}
        for near, followed in ((sources, _SOURCES), (targets, _USES)):
            for there in nsmallest(followed, near, key=lambda there: (abs(there - focus), there)):
                if there not in seen and graph.vertices[there].kind != LITERAL:
                    seen.add(there)
                    heappush(waiting, (hops + 1, abs(there - focus), there))
    return found


def _cut(graph: Graph, kept: Collection[int], into: _Edges, out: _Edges) -> Graph:
    vertices: list[Vertex] = []
    edges: list[Edge] = []
    places: dict[
        tuple[int, int], tuple[int, int]
    ] = {}  # of an exit: the vertex and the exit that is drawn

    def add(vertex: Vertex) -> int:
        vertices.append(vertex)
        return len(vertices) - 1

    for index in kept:
        coming = [(edge.source, edge.exit) for edge in into.get(index, ())]
        for source, exit in coming:
            if graph.vertices[source].kind == LITERAL:
                places[source, exit] = add(graph.vertices[source]), 0
        absent = [place for place in dict.fromkeys(coming) if place not in places]
        together = add(_group(len(absent), "value")) if len(absent) > _STUBS else None
        for place in absent:
            made = graph.vertices[place[0]]
            places[place] = (add(_left_out(made, place[1])) if together is None else together), 0
        here = add(graph.vertices[index])
        sources = [places[place] for place in coming]
        if together is not None:
            # One wire for all, at the place of the first one, and no stub of a group for another op.
            sources = list(dict.fromkeys(sources))
            for place in absent:
                del places[place]
        edges += [Edge(source, exit, here) for source, exit in sources]
        places.update(((index, k), (here, k)) for k in range(len(graph.vertices[index].makes)))
    inside = set(kept)
    for index in kept:
        uses: dict[int, int] = {}
        for edge in out.get(index, ()):
            if edge.target not in inside:
                uses[edge.exit] = uses.get(edge.exit, 0) + 1
        for exit, count in uses.items():
            edges.append(Edge(*places[index, exit], add(_group(count, "use"))))
    return Graph(vertices, edges)


def _left_out(vertex: Vertex, exit: int) -> Vertex:
    return Vertex(STUB, vertex.step, vertex.makes[exit : exit + 1])


def _group(count: int, what: str) -> Vertex:
    """A stub for several values before an op, or for several uses of a value."""
    text = f"⋯ {count:,} {what}{'s' if count > 1 else ''}"
    return Vertex(STUB, symbol=text, about=f"not drawn: {text[2:]}")
