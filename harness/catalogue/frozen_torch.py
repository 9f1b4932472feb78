"""Torch's answers of an earlier day in the place of torch, for a machine on which torch is not installed.

- `FrozenTorch`: answers the programs that torch was asked when the answers were written down, and no other.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..engine.contract import Engine
from ..errors import NoReference
from ..program import Program
from ..program.arrays import Array
from ..program.serialize import digest
from ..program.transcript import Transcript
from .answer_json import answer_from_json


class FrozenTorch(Engine):
    """Torch, as far as `answers` go: by digest of program and inputs, in the form of `answer_json`.

    `version` is that of torch. `shown` names the file of the answers for a person.
    """

    name = "torch"

    def __init__(self, version: str, answers: Mapping[str, bytes], shown: str) -> None:
        self.version, self._answers, self._shown = version, answers, shown

    def run(self, program: Program, inputs: Mapping[str, Array]) -> Transcript:
        """Return torch's answer. NoReference when it was not written down, or cannot be read."""
        answer = self._answers.get(digest(program, inputs))
        if answer is None:
            raise NoReference(
                f"{self._shown} has no answer of torch to one of the programs that are asked now; freeze the "
                "rubric anew"
            )
        try:
            return answer_from_json(answer)
        except (ValueError, TypeError, RecursionError):
            raise NoReference(f"{self._shown} is damaged; freeze the rubric anew") from None
