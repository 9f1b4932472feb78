"""A reverse-mode autograd Tensor over NumPy arrays, with the names and conventions of PyTorch."""

from . import inplace  # noqa: F401  adds methods to Tensor
from .backward import *  # noqa: F403
from .elementwise import *  # noqa: F403
from .indexing import *  # noqa: F403
from .linear import *  # noqa: F403
from .movement import *  # noqa: F403
from .neural import *  # noqa: F403
from .reductions import *  # noqa: F403
from .tensor import *  # noqa: F403
