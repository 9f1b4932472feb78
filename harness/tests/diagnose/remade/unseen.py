"""Mistakes that no known mistake is. The engine's formula has to be found from what is measured."""

from collections.abc import Mapping
from dataclasses import dataclass

from gradconform.harness.diagnose.finding import Finding, Kind

from . import Edit, Edited, closures, torch_like


@dataclass(frozen=True)
class Unseen:
    """An engine with such a mistake, and what has to be said about it.

    The finding has `op`, `operand` and one of `kinds`, and its sentence has `says`, the engine's formula.
    """

    engine: Edited
    op: str
    operand: str
    kinds: tuple[Kind, ...]
    says: str

    def is_said_by(self, finding: Finding) -> bool:
        """True when the finding is about this mistake and has its formula."""
        about = (finding.op, finding.operand) == (self.op, self.operand)
        return about and finding.kind in self.kinds and self.says in finding.sentence


_WRONG = (Kind.DERIVATIVE, Kind.FACTOR)
_OTHER = (Kind.DERIVATIVE, Kind.INPUT_FOR_OUTPUT, Kind.OPERANDS)
_SIGNED = (Kind.DERIVATIVE, Kind.SIGN)

# The line of an op, with a place for another local derivative.
_IN_CLOSURES = {
    "tanh": (closures.TANH, "self.grad += ({}) * out.grad"),
    "exp": (closures.EXP, "self.grad += ({}) * out.grad"),
    "log": (closures.LOG, "self.grad += ({}) * out.grad"),
    "relu": (closures.RELU, "self.grad += ({}) * out.grad"),
    "pow": (closures.POW, "self.grad += ({}) * out.grad"),
    "mul": (closures.MUL, closures.MUL.replace("self.data *", "({}) *")),
    "add": (closures.ADD, f"{closures.ADD[:-8]}({{}}) * out.grad"),
}
_IN_TORCH_LIKE = {
    "sigmoid": (torch_like.SIGMOID, "lambda g: g * ({})"),
    "tanh": (torch_like.TANH, "lambda g: g * ({})"),
    "exp": (torch_like.EXP, torch_like.EXP.replace("g * y", "g * ({})")),
    "log": (torch_like.LOG, "lambda g: g * ({})))"),
    "div": (torch_like.DIV_B, torch_like.TO_B.replace("{}", "g * ({})")),
    "sub": (torch_like.SUB_B, torch_like.TO_B.replace("{}", "g * ({})")),
    "mean": (torch_like.MEAN, f"{torch_like.MEAN} * ({{}})"),
}


def _unseen(
    path: str, lines: Mapping[str, Edit], op: str, slope: str, says: str, kinds: tuple[Kind, ...]
) -> Unseen:
    before, after = lines[op]
    engine = Edited(path, (f"{op}-{says}",), ((before, after.format(slope)),))
    operand = "second" if op in ("mul", "add", "div", "sub") else "first" if op == "pow" else ""
    return Unseen(engine, op, operand, kinds, says)


UNSEEN = [
    *(
        _unseen(closures.PATH, _IN_CLOSURES, *said)
        for said in (
            ("tanh", "1 - t**3", "1 - y ** 3", _WRONG),
            ("tanh", "1 - self.data**2", "1 - x * x", _OTHER),
            ("tanh", "1 + t**2", "1 + y * y", _SIGNED),
            ("exp", "1.1 * out.data", "1.1 * y", _WRONG),
            ("exp", "out.data + 1", "1 + y", _WRONG),
            ("log", "0.5 / self.data", "0.5 / x", _WRONG),
            ("log", "1 / self.data**2", "1 / (x * x)", _WRONG),
            ("relu", "1 if out.data > 0 else 0.02", "1 if x > 0 else 0.02", _WRONG),
            ("relu", "2 if out.data > 0 else 0", "2 if x > 0 else 0", _WRONG),
            ("pow", "other * self.data**(other+1)", "b * a ** (b + 1)", _WRONG),
            ("pow", "(other-1) * self.data**(other-1)", "(b - 1) * a ** (b - 1)", _WRONG),
            ("mul", "self.data**2", "a * a", _WRONG),
            ("add", "2", "2", _WRONG),
        )
    ),
    *(
        _unseen(torch_like.PATH, _IN_TORCH_LIKE, *said)
        for said in (
            ("sigmoid", "2 * y * (1 - y)", "2 * y * (1 - y)", _WRONG),
            ("sigmoid", "y * y", "y * y", _WRONG),
            ("tanh", "2 * (1 - y * y)", "2 * (1 - y * y)", _WRONG),
            ("exp", "2 * y", "2 * y", _WRONG),
            ("log", "1 / (1 + self.data)", "1 / (1 + x)", _WRONG),
            ("div", "-self.data / o.data**3", "-a / b ** 3", _WRONG),
            ("sub", "-0.5", "-0.5", _WRONG),
            ("mean", "2", "2 / n", _WRONG),
        )
    ),
]
