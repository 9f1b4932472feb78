"""The functions of a library that resembles NumPy, under torch's names.

- `NumpyNames`: for `functions` of an adapter: `functions = (NumpyNames(jax.numpy),)`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

# Ops that are called in NumPy as in torch.
_SAME = """
abs arccos arccosh arcsin arcsinh arctan arctanh arctan2 cos cosh deg2rad einsum exp exp2 expm1 fmax fmin
hstack hypot inner kron log log10 log1p log2 logaddexp logaddexp2 matmul maximum minimum outer rad2deg ravel
reciprocal sign sin sinc sinh sqrt square tan tanh tile trace vstack where
""".split()
# torch's name, NumPy's name, and torch's options with NumPy's names for them.
_RENAMED = (
    ("sum", "sum", "dim=axis keepdim=keepdims"),
    ("mean", "mean", "dim=axis keepdim=keepdims"),
    ("prod", "prod", "dim=axis keepdim=keepdims"),
    ("amax", "max", "dim=axis keepdim=keepdims"),
    ("amin", "min", "dim=axis keepdim=keepdims"),
    ("cat", "concatenate", "dim=axis"),
    ("stack", "stack", "dim=axis"),
    ("tril", "tril", "diagonal=k"),
    ("triu", "triu", "diagonal=k"),
    ("dot", "dot", ""),
    ("vdot", "dot", ""),
    ("mm", "dot", ""),
    ("mv", "dot", ""),
    ("reshape", "reshape", ""),
    ("view", "reshape", ""),
    ("transpose", "swapaxes", ""),
    ("permute", "transpose", ""),
    ("T", "transpose", ""),
    ("movedim", "moveaxis", ""),
    ("squeeze", "squeeze", ""),
    ("unsqueeze", "expand_dims", ""),
    ("broadcast_to", "broadcast_to", ""),
    ("det", "linalg.det", ""),
    ("inv", "linalg.inv", ""),
    ("solve", "linalg.solve", ""),
    ("cholesky", "linalg.cholesky", ""),
)


class NumpyNames:
    """The functions that a module like `numpy` has, as attributes with torch's names and options.

    A function that the module lacks is no attribute, so that an op without it is unsupported.
    """

    def __init__(self, module: Any) -> None:
        for name in _SAME:
            self._offer(name, _at(module, name), {})
        for name, other, options in _RENAMED:
            renamed = dict(each.split("=") for each in options.split())
            self._offer(name, _at(module, other), renamed)
        cumulated, reshape = _at(module, "cumsum"), _at(module, "reshape")
        if cumulated and reshape:
            self.cumsum = functools.partial(_cumsum, cumulated, reshape)

    def _offer(self, name: str, function: Any, renamed: Mapping[str, str]) -> None:
        if function is not None:
            called = functools.partial(_called, function, renamed) if renamed else function
            setattr(self, name, called)


def _at(module: Any, path: str) -> Any:
    """The function at the end of the dotted path, or None."""
    return functools.reduce(lambda owner, name: getattr(owner, name, None), path.split("."), module)


def _called(
    function: Callable[..., Any], renamed: Mapping[str, str], *operands: Any, **options: Any
) -> Any:
    return function(*operands, **{renamed[name]: value for name, value in options.items()})


def _cumsum(cumulated: Callable[..., Any], reshape: Callable[..., Any], x: Any, dim: int) -> Any:
    """NumPy gives an array of one axis for a number, and torch gives a number."""
    return reshape(cumulated(x, dim), x.shape)
