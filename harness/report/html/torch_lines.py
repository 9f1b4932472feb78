"""The lines of torch that stand beside a failing case of a page. Torch is not needed for them.

- `torch_lines`: the lines of the cases that fail.
"""

from __future__ import annotations

from pathlib import Path

from ...catalogue.case import Instance
from ...errors import ProgramError
from ...lower.shapes import shape_of
from ...program import Ref
from ...program.torch_writer import CannotBeSaid, TorchWriter, as_refused
from ...program.transcript import Unsupported
from ..drawing.numbers import places
from ..results_file import RESULTS
from ..rows import read_case
from .compact import Compact
from .known import Ran, instance_of

# Characters of one case, and of all cases together, before they are compressed. The lines of the cases that
# most engines fail in practice take half of this.
_MOST_OF_CASE, _MOST = 3_000, 80_000


def torch_lines(folder: Path, compact: Compact) -> dict[int, str]:
    """Return the lines by the number of their case: of `core` first, and of the shortest programs.

    They are not those before every program, as `import torch`. A case has none where a step has no line of
    torch, where the catalogue has another case now, and where the case or all cases together are too long.
    OSError when `results.jsonl` cannot be read.
    """
    found: dict[int, str] = {}
    room = _MOST
    for number in sorted(compact.failing, key=compact.rank):
        instance = instance_of(Ran(*(compact.cases[name][number] for name in Ran._fields)))
        written = instance and _written(instance, folder, compact.places[number])
        if not written or len(written) > _MOST_OF_CASE:
            continue
        room -= len(written)
        if room < 0:
            break  # the programs that follow are longer, and to make them takes time
        found[number] = written
    return found


def _written(instance: Instance, folder: Path, place: int) -> str:
    def shape(node: Ref) -> tuple[int, ...]:
        """Return the shape of torch's value, which the rows of the case tell where it was read."""
        at = places(instance.program)
        with (folder / RESULTS).open("rb") as file:
            for _, values in read_case(file, place):
                answer = values["expected"]
                if at.get(values["reading"]) == ("value", node) and "shape" in (answer or ""):
                    return tuple(answer["shape"])
        return shape_of(instance.program, instance.inputs, node)

    writer = TorchWriter(instance.program, instance.inputs, shape)
    try:
        lines = "\n".join(writer.body())
    except (CannotBeSaid, ProgramError, Unsupported):
        return ""
    return as_refused(lines) if "error" in instance.case.tags else lines
