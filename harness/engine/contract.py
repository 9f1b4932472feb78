"""The contract between the harness and an engine.

- `Engine`: anything that turns a program into a transcript. `Question`: a program for it.
- `EngineInfo`: everything that reports say about an engine. `ENDLESS_BACKWARD`: one of its notes.
- `WrappedEngine`: an engine around another one, which passes on everything that it does not change.
- `named`: an engine under another name.
"""

from __future__ import annotations

import copy
import functools
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from ..program import Program
from ..program.arrays import Array
from ..program.transcript import Transcript
from .spelling import Spelling

# A note of an engine, by which the process that asks it knows that it may hang.
ENDLESS_BACKWARD = "its backward did not end in the probe"


@dataclass(frozen=True)
class EngineInfo:
    """Everything that is known about an engine, for reports and for the choice of its cases.

    `name` heads its column in a report. `version` is recorded with every row. `dtypes` are those that the
    engine computes in, the preferred one first. `lacks` are tags of cases that ask for something which
    the engine does not have, and which no missing op would show. `arrays` is False when its values are only
    ever numbers, so that cases with arrays do not apply to it. `found` says where the engine was found
    and how it is used. `notes` are sentences about the loading. `wall` says what isolates it. `supports` says
    how much of the op table it has; it is empty where the ops were not counted. `spelling` says how a person
    writes a program for it, where that is known.
    """

    name: str
    version: str = ""
    dtypes: tuple[str, ...] = ("float64",)
    lacks: tuple[str, ...] = ()
    arrays: bool = True
    found: str = ""
    notes: tuple[str, ...] = ()
    wall: str = ""
    supports: str = ""
    # Two processes of one engine may differ in this without being two engines.
    spelling: Spelling | None = field(default=None, compare=False)


class Question(NamedTuple):
    """A program with its inputs. `frames` is Python's recursion limit, None for that of the process."""

    program: Program
    inputs: Mapping[str, Array]
    frames: int | None = None


class Engine(ABC):
    """Anything that can run a program.

    The author of an adapter sets `name`, `version`, `dtypes` and `lacks` on the class, each where the
    default does not fit. `EngineInfo` says what they mean. Without a `name` the engine is called like its
    class or like its file. Everything outside of the adapter reads `info`.
    """

    name: str = ""
    version: str = ""
    dtypes: tuple[str, ...] = ("float64",)
    lacks: tuple[str, ...] = ()

    # It is read several times for each case. Making it anew each time took about a tenth of a run.
    @functools.cached_property
    def info(self) -> EngineInfo:
        """Everything that is known about the engine. It stays the same for as long as the engine exists."""
        return EngineInfo(
            name=self.name or type(self).__name__.lower(),
            version=self.version or "",
            # An author may forget the comma of a tuple with one element.
            dtypes=(self.dtypes,) if isinstance(self.dtypes, str) else tuple(self.dtypes),
            lacks=tuple(self.lacks),
            arrays=self.holds_arrays(),
        )

    def holds_arrays(self) -> bool:
        """Return False when the values of the engine are only ever numbers."""
        return True

    @property
    def out_of_process(self) -> bool:
        """True when another process does the work, so that this one is free meanwhile."""
        return False

    @abstractmethod
    def run(self, program: Program, inputs: Mapping[str, Array]) -> Transcript:
        """Run every step on fresh leaves. The transcript holds the engine's own mistakes.

        Raises UnknownStep for a step that the walk does not know, which is a mistake of the harness.
        """

    def run_all(self, questions: Iterable[Question]) -> Iterator[Transcript]:
        """Yield the transcript of each question, in order.

        An engine in another process may take questions ahead of its answers, so that it never waits. An
        engine in this process has the recursion limit of this process, and not that of a question.
        """
        for program, inputs, _ in questions:
            yield self.run(program, inputs)

    def again(self, order: int) -> Engine | None:
        """Return the same engine, started anew in a process of its own, under the same name.

        In this process hashes and addresses have another order than in one with another `order`. None for an
        engine that runs in this process. EngineError when it cannot be started, or says something else of
        itself than before.
        """
        return None

    def started_by_hand(self) -> Engine | None:
        """Return the same engine, with 1 written to the gradient of a result before each backward.

        Then its gradients can be judged although its backward does not start with 1. The engine may have a
        process of its own, which `close` ends. None where a gradient cannot be written. EngineError as for
        `again`.
        """
        return None

    def close(self) -> None:  # noqa: B027 - most engines hold nothing
        """Release the resources of the engine, such as a process. The engine may be used again."""

    def printed(self) -> str:
        """Return the text that the engine has printed in a process of its own."""
        return ""


class WrappedEngine(Engine):
    """An engine around another one. `info` replaces what is known about the inner engine."""

    def __init__(self, engine: Engine, info: EngineInfo) -> None:
        self._engine, self.info = engine, info

    @property
    def out_of_process(self) -> bool:
        """True when the inner engine works in another process."""
        return self._engine.out_of_process

    def run(self, program: Program, inputs: Mapping[str, Array]) -> Transcript:
        """Run the program on the inner engine."""
        return self._engine.run(program, inputs)

    def run_all(self, questions: Iterable[Question]) -> Iterator[Transcript]:
        """Yield the transcripts of the inner engine."""
        return self._engine.run_all(questions)

    def again(self, order: int) -> Engine | None:
        """Return the same wrapper around the inner engine in a new process, or None. EngineError as there."""
        inner = self._engine.again(order)
        return None if inner is None else self._around(inner)

    def started_by_hand(self) -> Engine | None:
        """Return the same wrapper around the inner engine with this start, or None. EngineError as there."""
        inner = self._engine.started_by_hand()
        if inner is None:
            return None
        wrapper = self._around(inner)
        wrapper.info = replace(self.info, spelling=inner.info.spelling)
        return wrapper

    def close(self) -> None:
        """Release the resources of the inner engine."""
        self._engine.close()

    def printed(self) -> str:
        """Return the text that the inner engine has printed."""
        return self._engine.printed()

    def _around(self, engine: Engine) -> WrappedEngine:
        wrapper = copy.copy(self)
        wrapper._engine = engine
        return wrapper


def named(engine: Engine, name: str) -> Engine:
    """Return the engine under that name."""
    if engine.info.name == name:
        return engine
    return WrappedEngine(engine, replace(engine.info, name=name))
