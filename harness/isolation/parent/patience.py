"""When an engine that does not answer is no longer asked: each case without an answer costs the whole limit.

- `Patience`: what is known about one engine from the cases that it has answered and those that it has not.
- `NOT_TRIED`: the beginning of the message of a case that was not asked for.
"""

from __future__ import annotations

from collections import Counter

from ...program import Backward, Grad, Program

# Cases without an answer in time, after which others are not tried: in a row, and with one op.
_IN_A_ROW, _WITH_ONE_OP = 3, 2
_BACKWARD = "a backward"
NOT_TRIED = "not tried: "


class Patience:
    """Tells which programs are worth asking for.

    Nothing more is asked after three time-outs in a row, where no program between them was answered to its
    end. A program is not asked either when it has an op with which two programs had no answer in time, and
    none had one. For a backward one time-out is enough when loading has seen that a backward does not end,
    which `suspects_backward` says.
    """

    def __init__(self, *, suspects_backward: bool) -> None:
        self._in_a_row = 0
        self._answered: set[str] = set()
        self._timed_out: Counter[str] = Counter()
        self._most = {_BACKWARD: 1 if suspects_backward else _IN_A_ROW}

    def refusal(self, program: Program) -> str:
        """Return why the program is not worth asking for, as a sentence; "" when it is."""
        if self._in_a_row >= _IN_A_ROW:
            return f"{NOT_TRIED}{_IN_A_ROW} cases in a row had no answer in time"
        for part in sorted(_parts(program) - self._answered):
            count = self._timed_out[part]
            if count >= self._most.get(part, _WITH_ONE_OP):
                return f"{NOT_TRIED}no case with {part} was answered in time ({count} tried before)"
        return ""

    def answered(self, program: Program) -> None:
        """Take note of a program that was answered to its end."""
        self._in_a_row = 0
        self._answered |= _parts(program)

    def timed_out(self, program: Program) -> None:
        """Take note of a program without an answer in time."""
        self._in_a_row += 1
        self._timed_out.update(_parts(program))


def _parts(program: Program) -> frozenset[str]:
    """Return the ops of a program, and "a backward" where it has one."""
    walks_back = any(isinstance(step, Backward | Grad) for step in program.parts)
    return program.ops | {_BACKWARD} if walks_back else program.ops
