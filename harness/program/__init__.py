"""The question to an engine, as data, and its answer. Standard library only; goes to the child.

- `Program` and its steps: imported from here (`program`, `steps`).
- `rules`: the rules that every program follows.
- `op_table`: one row for each op. `ops`: what a row says, and Python's operators.
- `arrays`: numbers with a dtype and a shape.
- `transcript`: the answer of an engine: the readings of a run, and where it stopped.
- `serialize`, `printing`: a program as JSON and as a digest; a program as text.
- `python_writer`, `torch_writer`: a program as lines of Python, and of torch.
"""

from .program import Program
from .steps import (
    DEFAULT,
    STEP_KINDS,
    Apply,
    Attributes,
    Backward,
    Default,
    Effect,
    Grad,
    Input,
    NoGrad,
    Operand,
    Part,
    Read,
    Ref,
    Repeat,
    SetGrad,
    Step,
    UnknownStep,
    Update,
    ZeroGrad,
    defined_by,
    made_by,
    refs_in,
    value_number,
)

__all__ = [
    "DEFAULT",
    "STEP_KINDS",
    "Apply",
    "Attributes",
    "Backward",
    "Default",
    "Effect",
    "Grad",
    "Input",
    "NoGrad",
    "Operand",
    "Part",
    "Program",
    "Read",
    "Ref",
    "Repeat",
    "SetGrad",
    "Step",
    "UnknownStep",
    "Update",
    "ZeroGrad",
    "defined_by",
    "made_by",
    "refs_in",
    "value_number",
]
