"""Engines: adapters that turn a program into a transcript.

- `Engine`: the contract, `run(program, inputs) -> Transcript`.
- `EagerEngine`: for libraries that compute as they go; an author writes `leaf`, `value`, `grad`
  and `backward`, about ten lines.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

from harness.engine.eager_walk import EagerWalk
from harness.engine.library import EagerLibrary
from harness.program import Program
from harness.program.arrays import Array
from harness.program.transcript import Transcript


class Engine(ABC):
    """Anything that can run a program.

    `name` heads its column in a report, `version` is recorded with every row, `dtypes` are those
    that it computes in, the preferred one first. `lacks` are tags of cases that ask for something
    which the engine does not have, and which no missing op would show. `found` says where the engine was
    found and how it is used, `notes` what was noticed on the way, `wall` what it runs behind, and
    `supports`, where it has been asked already, how much of the op table it has: for reports.
    `recursion_limit` holds for the next run, where the engine has a process of its own; `waiting` says that
    this process is there and has nothing to do.
    """

    name: str = ""
    version: str = ""
    dtypes: tuple[str, ...] = ("float64",)
    lacks: tuple[str, ...] = ()
    found: str = ""
    notes: Sequence[str] = ()
    wall: str = ""
    supports: str = ""
    recursion_limit: int | None = None
    waiting: bool = False

    @abstractmethod
    def run(self, program: Program, inputs: Mapping[str, Array]) -> Transcript:
        """Run every step on fresh leaves. Never raises for what the engine itself does wrong.

        UnknownStep for a step that the walk does not know, which is a mistake of the harness.
        """

    def close(self) -> None:  # noqa: B027 - most engines hold nothing
        """Give back what the engine holds, such as a process; it may be used again."""

    def printed(self) -> str:
        """What the engine has printed in a process of its own."""
        return ""


class EagerEngine(EagerLibrary, Engine):
    """An engine that computes as it goes and keeps gradients on its leaves.

    An adapter defines `leaf`, `value`, `grad` and `backward`. `functions` are modules or classes in
    which ops are looked for when they are neither operators nor methods. The other methods of
    `harness.engine.library.EagerLibrary` are optional.
    """

    def run(self, program: Program, inputs: Mapping[str, Array]) -> Transcript:
        """Walk the steps (see `harness.engine.eager_walk`)."""
        return EagerWalk(self, program, inputs).run()
