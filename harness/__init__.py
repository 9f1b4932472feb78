"""Does this autograd engine do what PyTorch does?

- `EagerEngine`, `FunctionalEngine`, `Engine`, `Unsupported`: what an adapter is made of.
- `Array`: numbers with a dtype and a shape, as adapters receive them.
- `Tolerance`: a bound that a case may widen, with a reason.
- `assert_conforms`: the whole comparison as one call, for a test file of one's own.

Cases are declared with `harness.case.case`; their inputs come from `harness.recipes`, their ops from
`harness.trace`.

Names are looked up on first use, because the process that runs an untrusted engine starts from here
too and needs only a part.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.array import Array
    from harness.compare import Tolerance
    from harness.conforms import assert_conforms
    from harness.engine import EagerEngine, Engine
    from harness.functional import FunctionalEngine
    from harness.transcript import Unsupported

__all__ = [
    "Array",
    "EagerEngine",
    "Engine",
    "FunctionalEngine",
    "Tolerance",
    "Unsupported",
    "assert_conforms",
]

_HOMES = {
    "Array": "array",
    "EagerEngine": "engine",
    "Engine": "engine",
    "FunctionalEngine": "functional",
    "Tolerance": "compare",
    "Unsupported": "transcript",
    "assert_conforms": "conforms",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(f"harness.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'harness' has no attribute {name!r}")
