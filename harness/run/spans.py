"""Where the rows of each case on each engine lie in `results.jsonl` while a run goes on.

- `Spans`: all places, in the order in which the rows are written at the end.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator

# The number of an engine and that of a case. They decide the order.
Place = tuple[int, int]


class Spans:
    """The first byte and the number of bytes of the rows, 16 bytes for each place: there may be millions."""

    def __init__(self) -> None:
        self._engines: dict[int, tuple[array[int], array[int]]] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __contains__(self, place: Place) -> bool:
        engine, case = place
        sizes = self._engines[engine][1] if engine in self._engines else ()
        return case < len(sizes) and sizes[case] > 0

    def add(self, place: Place, begin: int, size: int) -> None:
        """Add a place that is not known yet. There is at least one byte."""
        engine, case = place
        begins, sizes = self._engines.setdefault(engine, (array("q"), array("q")))
        missing = [0] * (case + 1 - len(sizes))
        begins.extend(missing)
        sizes.extend(missing)
        begins[case], sizes[case] = begin, size
        self._count += 1

    def __iter__(self) -> Iterator[tuple[Place, int, int]]:
        """Yield each place with its first byte and its number of bytes, engine by engine, case by case."""
        for engine in sorted(self._engines):
            for case, (begin, size) in enumerate(zip(*self._engines[engine], strict=True)):
                if size:
                    yield (engine, case), begin, size

    @property
    def in_order(self) -> bool:
        """True when the rows lie in the file as they are written at the end."""
        end = 0
        for _, begin, size in self:
            if begin != end:
                return False
            end += size
        return True
