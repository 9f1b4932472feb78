"""Questions that a child has ahead of its answers, so that it never waits for the parent.

- `Window`: the questions that were taken and have no answer yet, in order. `Asked`: one of them.
"""

from __future__ import annotations

import json
import random
import weakref
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ...engine.contract import Question
from ...program import Program
from ...program.serialize import to_json
from .answer_size import AnswerSize, answer_size

# The most questions without an answer, and the most bytes of them. A longer question waits until it is alone.
_MOST, _BYTES = 32, 1 << 18
_encode = json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode
# Of the system, so that a child cannot foresee a number.
_numbers = random.SystemRandom()
_texts: dict[int, str] = {}


@dataclass(slots=True, eq=False)
class Asked:
    """A question, the bound on its answer, and the `id` that the answer must have; 0 while it is unsent."""

    question: Question
    body: bytes
    most: AnswerSize
    id: int = 0

    def line(self) -> bytes:
        """Return the question with a new number, as a child reads it.

        No child can answer before it was asked, because it cannot know the number.
        """
        self.id = 1 + _numbers.getrandbits(52)
        return b'{"id":%d,%b}\n' % (self.id, self.body)


class Window:
    """Questions taken from `questions`, and sent to a child or not. `most` bounds each answer, in bytes."""

    def __init__(self, questions: Iterable[Question], most: int) -> None:
        self._coming, self._most = iter(questions), most
        self._taken = deque[Asked]()
        self._next: Asked | None = None
        self._bytes = 0

    def take(self) -> bool:
        """Take one more question; False when there is none, or no room for it."""
        if len(self._taken) >= _MOST:
            return False
        if self._next is None:
            question = next(self._coming, None)
            if question is None:
                return False
            self._next = _asked(question, self._most)
        if self._taken and self._bytes + len(self._next.body) > _BYTES:
            return False
        self._taken.append(self._next)
        self._bytes += len(self._next.body)
        self._next = None
        return True

    def __bool__(self) -> bool:
        return bool(self._taken)

    @property
    def first(self) -> Asked:
        """The question whose answer is due; IndexError in an empty window."""
        return self._taken[0]

    @property
    def awaited(self) -> bool:
        """True while a child has a question that it has not answered."""
        return bool(self._taken and self._taken[0].id)

    def unsent(self) -> Iterator[Asked]:
        """Yield the questions that the child has not got, in order."""
        return (asked for asked in self._taken if not asked.id)

    def done(self) -> None:
        """Remove the first question."""
        self._bytes -= len(self._taken.popleft().body)

    def lost(self) -> None:
        """Note that the child has ended, so that every question must be sent again."""
        for asked in self._taken:
            asked.id = 0


def _asked(question: Question, most: int) -> Asked:
    program, inputs, frames = question
    document: dict[str, Any] = {
        "recursion": frames,
        "inputs": [[name, array.to_json()] for name, array in inputs.items()],
    }
    body = f'{_encode(document)[1:-1]},"program":{_text(program)}'
    return Asked(question, body.encode(), answer_size(program, inputs, most))


def _text(program: Program) -> str:
    """Return the program as JSON. The text is kept while the program is: many engines are asked the same."""
    place = id(program)  # hashing a program takes as long as writing it
    text = _texts.get(place)
    if text is None:
        text = _texts[place] = _encode(to_json(program))
        weakref.finalize(program, _texts.pop, place).atexit = False
    return text
