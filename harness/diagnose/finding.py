"""A finding: one mistake of an engine, and the evidence for it.

- `Kind`: the closed list of kinds of mistakes. `Confidence`: how well the evidence supports a finding.
- `Finding`: the mistake, as people and as other rooms get it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """The kind of a mistake. The comment behind each says what the engine does."""

    VALUE = "wrong-value"  # the op itself computes another function
    NO_RESULT = "no-result"  # the op raises an error, or returns nothing, where it has a result
    DERIVATIVE = "wrong-derivative"  # the local derivative is another function
    SIGN = "wrong-sign"  # the local derivative has the other sign
    FACTOR = "wrong-factor"  # a factor of the local derivative is lost, or there is one too many
    INPUT_FOR_OUTPUT = (
        "input-for-output"  # the derivative takes the input where it needs the output
    )
    OUTPUT_FOR_INPUT = (
        "output-for-input"  # the derivative takes the output where it needs the input
    )
    OPERANDS = "wrong-operand"  # operands, or their gradients, are exchanged
    UPSTREAM = (
        "forgotten-upstream"  # the local derivative is not multiplied with the upstream gradient
    )
    ASSIGNED = "assigned-not-added"  # a contribution replaces the earlier ones
    ACCUMULATION = "wrong-accumulation"  # contributions are added wrongly in another way
    CUT_OFF = "cut-off"  # no gradient reaches an operand
    HIGHER_ORDER = "higher-order"  # a gradient cannot be differentiated again, or only in part
    WALK = "wrong-walk"  # nodes are visited in a wrong order, twice, or not at all
    START = (
        "wrong-start"  # the backward does not begin with the cotangent that was given, or with one
    )
    NOT_REDUCED = (
        "not-reduced"  # the gradient of a broadcast operand is not summed to its shape, or wrongly
    )
    SHAPE = (
        "wrong-shape"  # elements are moved, joined or selected wrongly, or along another dimension
    )
    LEAF = "leaf-handling"  # a leaf, a number or a detached value is treated as something else
    LIFECYCLE = (
        "lifecycle"  # a second backward, zero_grad, no_grad, retain_graph or an update in place
    )
    STATE = "shared-state"  # something outlives the graph, or two nodes share it
    DTYPE = "dtype"  # the dtype or the precision of a result is another one
    RANGE = "range"  # the formula leaves the range of floats where the result does not
    CONVENTION = (
        "convention"  # correct by another convention than torch's, at kinks, ties and edges
    )
    FORM = "missing-form"  # an op lacks one of its forms, such as the reflected operator
    UNKNOWN = "unknown"  # not one of the known mistakes


class Confidence(StrEnum):
    """CONFIRMED: predicts at least 90 % of the failing readings that it claims, and no passing one wrong.
    LIKELY: leads clearly. NONE: nothing was predicted, so that only what was measured is known.

    A mistake that is not a known one is confirmed, too, where its measured derivative predicts the readings.
    """

    CONFIRMED = "confirmed"
    LIKELY = "likely"
    NONE = "none"


@dataclass(frozen=True)
class Finding:
    """One mistake of an engine.

    `op` is the name of an op in `harness.program.op_table`, or "" for the machinery. `operand` is the operand
    whose gradient is wrong: "first", "second", "both", or "" where that has no meaning. `sentence` is one
    paragraph for people. `program` is the smallest program that fails, in the engine's own spelling, and
    `in_torch` the same in torch; "" where none was found. `explained` is the number of failing readings that
    the mistake predicts, of `failing` in all. `cases` are the ids of the cases that fail by it. `mistake` is
    the name of the known mistake, "" for another one. `look_at` names the place in the code, "" when unknown.
    `measured` is a table of the derivatives that the engine applies, beside the right ones, where no mistake
    could be named; else "".
    """

    op: str
    operand: str
    kind: Kind
    confidence: Confidence
    sentence: str
    explained: int
    failing: int
    program: str = ""
    in_torch: str = ""
    cases: tuple[str, ...] = ()
    mistake: str = ""
    look_at: str = ""
    measured: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the finding as JSON values."""
        return {
            "op": self.op,
            "operand": self.operand,
            "kind": str(self.kind),
            "confidence": str(self.confidence),
            "sentence": self.sentence,
            "program": self.program,
            "in_torch": self.in_torch,
            "explained": self.explained,
            "failing": self.failing,
            "cases": list(self.cases),
            "mistake": self.mistake,
            "look_at": self.look_at,
            "measured": self.measured,
        }
