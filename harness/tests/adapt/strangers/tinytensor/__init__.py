"""tinytensor: a small deep learning library (final project)."""
from . import functional, nn, optim
from .autograd import Context, Function
from .tensor import Tensor

__version__ = "0.3.1"
__all__ = ["Context", "Function", "Tensor", "functional", "nn", "optim"]
