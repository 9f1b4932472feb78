"""What the NumPy engine offers is named as in torch, and is a method wherever torch has one."""

from __future__ import annotations

import inspect
import types

import gradconform.engines.numpy_ as engine
import pytest
import torch

PLACES = (torch, torch.nn.functional, torch.linalg, torch.special, torch.autograd, torch.Tensor)
GONE_FROM_TORCH = {"cholesky", "solve"}  # its methods of these names do something else or raise
NAMES = [
    name
    for name, value in vars(engine).items()
    if not name.startswith("_") and isinstance(value, types.FunctionType)
]


@pytest.mark.parametrize("name", NAMES)
def test_a_function_is_named_as_in_torch(name: str) -> None:
    assert any(hasattr(place, name) for place in PLACES)
    if name not in GONE_FROM_TORCH:
        assert hasattr(torch.Tensor, name) <= hasattr(engine.Tensor, name)


@pytest.mark.parametrize("name", [n for n in dir(engine.Tensor) if not n.startswith("_")])
def test_a_method_is_named_as_in_torch(name: str) -> None:
    assert hasattr(torch.Tensor, name) or name in ("node", "zero_grad")


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("tensor", "grad")])
def test_every_function_says_what_it_does(name: str) -> None:
    assert inspect.getdoc(getattr(engine, name))
