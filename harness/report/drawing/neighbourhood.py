"""The part of a long program that is drawn: what lies around one node, with stubs for the rest.

- `neighbourhood`: the part of a graph.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
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


class _Part:
    """The part of a graph that is kept, with stubs for what is left out."""

    def __init__(self, whole: Graph) -> None:
        self._whole = whole
        self._vertices: list[Vertex] = []
        self._edges: list[Edge] = []
        # Where each exit of the whole graph is in this one.
        self._places: dict[tuple[int, int], tuple[int, int]] = {}

    @property
    def graph(self) -> Graph:
        """The part as a graph."""
        return Graph(self._vertices, self._edges)

    def keep(self, index: int, into: Iterable[Edge]) -> None:
        """Add a vertex, after what comes into it. Its sources that are kept were added before."""
        coming = [(edge.source, edge.exit) for edge in into]
        for source, exit in coming:
            if self._whole.vertices[source].kind == LITERAL:
                self._places[source, exit] = self._add(self._whole.vertices[source]), 0
        absent = [place for place in dict.fromkeys(coming) if place not in self._places]
        if len(absent) > _STUBS:
            # One wire for all of them, where the first one would be.
            together = self._add(_group(len(absent), "value")), 0
            group = dict.fromkeys(absent, together)
        else:
            group = {}
            self._places.update((place, (self._add(self._stub(*place)), 0)) for place in absent)
        sources = [group.get(place) or self._places[place] for place in coming]
        vertex = self._whole.vertices[index]
        here = self._add(vertex)
        self._edges += [
            Edge(*place, here) for place in (dict.fromkeys(sources) if group else sources)
        ]
        self._places.update(((index, k), (here, k)) for k in range(len(vertex.makes)))

    def leave_out(self, uses: Iterable[Edge]) -> None:
        """Add a stub for uses of a vertex that are left out, one for each of its values."""
        counts = Counter((edge.source, edge.exit) for edge in uses)
        for place, count in counts.items():
            self._edges.append(Edge(*self._places[place], self._add(_group(count, "use"))))

    def _add(self, vertex: Vertex) -> int:
        self._vertices.append(vertex)
        return len(self._vertices) - 1

    def _stub(self, source: int, exit: int) -> Vertex:
        """A stub for one value, which has the number of its step, and its numbers beside its wire."""
        vertex = self._whole.vertices[source]
        return Vertex(STUB, vertex.step, vertex.makes[exit : exit + 1])


def _cut(graph: Graph, kept: Sequence[int], into: _Edges, out: _Edges) -> Graph:
    part, inside = _Part(graph), set(kept)
    for index in kept:
        part.keep(index, into.get(index, ()))
    for index in kept:
        part.leave_out(edge for edge in out.get(index, ()) if edge.target not in inside)
    return part.graph


def _group(count: int, what: str) -> Vertex:
    """A stub for several values before an op, or for several uses of a value."""
    text = f"⋯ {count:,} {what}{'s' if count > 1 else ''}"
    return Vertex(STUB, symbol=text, about=f"not drawn: {text[2:]}")
