"""Does this autograd engine do what PyTorch does?

- `EagerEngine`, `FunctionalEngine`, `Engine`, `Unsupported`: an adapter is made of these.
- `NumpyNames`: the functions of a library that resembles NumPy, under torch's names.
- `Array`: numbers with a dtype and a shape, as adapters receive them.
- `case`: declares a case; its inputs come from `gradconform.catalogue`, its ops from `gradconform.trace`.
- `Tolerance`: how far an answer may be from torch's; a case may widen it and says why.
- `assert_conforms`: the whole comparison as one call, for the test file of an engine's author.

Each name is imported when it is first used. The process that runs an untrusted engine imports this module
too, and that process has only some of the rooms of `gradconform.harness`.
"""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .harness.catalogue.collection import case as case
    from .harness.catalogue.tolerance import Tolerance as Tolerance
    from .harness.conforms import assert_conforms as assert_conforms
    from .harness.engine.contract import Engine as Engine
    from .harness.engine.eager import EagerEngine as EagerEngine
    from .harness.engine.functional import FunctionalEngine as FunctionalEngine
    from .harness.engine.numpy_names import NumpyNames as NumpyNames
    from .harness.program.arrays import Array as Array
    from .harness.program.transcript import Unsupported as Unsupported

# An installation has harness/, engines/ and cases/ inside this package. A checkout has them at its root.
_HERE = os.path.dirname(os.path.abspath(__file__))
if not os.path.isdir(os.path.join(_HERE, "harness")):
    __path__.append(os.path.dirname(os.path.dirname(_HERE)))

_HOMES = {
    "Array": ".harness.program.arrays",
    "EagerEngine": ".harness.engine.eager",
    "Engine": ".harness.engine.contract",
    "FunctionalEngine": ".harness.engine.functional",
    "NumpyNames": ".harness.engine.numpy_names",
    "Tolerance": ".harness.catalogue.tolerance",
    "Unsupported": ".harness.program.transcript",
    "assert_conforms": ".harness.conforms",
    "case": ".harness.catalogue.collection",
}


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name], __name__), name)
    raise AttributeError(f"module 'gradconform' has no attribute {name!r}")
