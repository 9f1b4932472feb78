"""Joining, repeating, padding, picking, writing and sorting on the NumPy engine agree with torch."""

from __future__ import annotations

import numpy as np
import pytest
from gradconform.harness.tests.engines.numpy_.oracle import NUMPY, TORCH, check, numbers


def index(m, data):
    return m.leaf(np.asarray(data))


MOVES = {
    "swapaxes": lambda m, x: m.swapaxes(x, 0, 2),
    "swapdims": lambda m, x: x.swapdims(0, 1),
    "movedim": lambda m, x: m.movedim(x, 0, -1),
    "movedim 2": lambda m, x: x.movedim((0, 2), (1, 0)),
    "expand_as": lambda m, x: x[0, 0].expand_as(x),
    "view_as": lambda m, x: x.flatten().view_as(x),
    "unflatten": lambda m, x: x.unflatten(2, (2, -1)),
    "ravel": lambda m, x: m.ravel(x),
    "t": lambda m, x: x[0].t(),
    "unflatten f": lambda m, x: m.unflatten(x, -1, (2, 2)),
    "atleast_1d": lambda m, x: m.atleast_1d(x.sum()),
    "atleast_2d": lambda m, x: m.atleast_2d(x[0, 0]),
    "contiguous": lambda m, x: x.mT.contiguous(),
    "repeat": lambda m, x: x.repeat(2, 1, 3),
    "repeat more": lambda m, x: x[0].repeat(2, 1, 2),
    "tile": lambda m, x: m.tile(x, (2, 2)),
    "interleave": lambda m, x: m.repeat_interleave(x, 2, 1),
    "interleave flat": lambda m, x: x.repeat_interleave(2),
    "interleave by": lambda m, x: x[:, :3].repeat_interleave(index(m, [1, 0, 2]), dim=1),
    "flip": lambda m, x: m.flip(x, (0, 2)),
    "flip m": lambda m, x: x.flip(-1),
    "fliplr": lambda m, x: m.fliplr(x),
    "flipud": lambda m, x: x.flipud(),
    "roll": lambda m, x: m.roll(x, 1, 0),
    "roll flat": lambda m, x: x.roll(5),
    "roll 2": lambda m, x: x.roll((1, -1), (0, 2)),
    "rot90": lambda m, x: m.rot90(x, 1, (0, 1)),
    "rot180": lambda m, x: x.rot90(2, [1, 2]),
    "rot270": lambda m, x: x.rot90(3, [1, 2]),
    "rot0": lambda m, x: x.rot90(0),
    "rot-1": lambda m, x: x.rot90(-1, [2, 0]),
    "narrow": lambda m, x: m.narrow(x, 2, 1, 2),
    "narrow -": lambda m, x: x.narrow(2, -3, 2),
    "select": lambda m, x: m.select(x, 1, -1),
    "unbind": lambda m, x: m.unbind(x, 1),
    "unbind one": lambda m, x: x.unbind()[1],
    "split": lambda m, x: m.split(x, 3, 2),
    "split sizes": lambda m, x: x.split([1, 0, 3], 2),
    "split one": lambda m, x: x.split(2, 1)[1],
    "chunk": lambda m, x: m.chunk(x, 2, 1),
    "chunk many": lambda m, x: x.chunk(5, 2),
    "tensor_split": lambda m, x: m.tensor_split(x, 3, 2),
    "tensor_split at": lambda m, x: x.tensor_split([1, 3, 3], 2),
    "cat": lambda m, x: m.cat([x, x * 2, x[:, :, :1]], 2),
    "cat same": lambda m, x: m.cat([x, x]),
    "cat -1": lambda m, x: m.cat((x, x), dim=-1),
    "concat": lambda m, x: m.concat([x, x]),
    "cat empty": lambda m, x: m.cat([m.leaf(np.zeros(0)), x]),
    "cat dtypes": lambda m, x: m.cat([x, x.float()]),
    "stack": lambda m, x: m.stack([x, x * x], 1),
    "stack -1": lambda m, x: m.stack([x, x], -1),
    "stack 0-d": lambda m, x: m.stack([x.sum(), x[0, 0, 0]]),
    "hstack": lambda m, x: m.hstack([x, x]),
    "hstack 1": lambda m, x: m.hstack([x[0, 0], x[0, 0]]),
    "vstack": lambda m, x: m.vstack([x[0, 0], x[0]]),
    "dstack": lambda m, x: m.dstack([x[0, 0], x[0, 1]]),
    "dstack 2": lambda m, x: m.dstack([x[0], x[1]]),
    "hstack 0": lambda m, x: m.hstack([x.sum(), x.mean()]),
    "unfold": lambda m, x: x.unfold(2, 2, 1),
    "unfold step": lambda m, x: x.unfold(1, 2, 2),
    "unfold full": lambda m, x: x.unfold(-1, 4, 3),
    "pad": lambda m, x: m.pad(x, (1, 2)),
    "pad 2": lambda m, x: m.pad(x, (1, 0, 2, 1), value=3.0),
    "pad crop": lambda m, x: m.pad(x, (-1, 1, 1, -1)),
    "reflect": lambda m, x: m.pad(x, (2, 3), mode="reflect"),
    "replicate": lambda m, x: m.pad(x, (2, 5), mode="replicate"),
    "circular": lambda m, x: m.pad(x, (2, 3), mode="circular"),
    "reflect 2": lambda m, x: m.pad(x[None], (1, 2, 2, 1), mode="reflect"),
}

PICKS = {
    "index_select": lambda m, x: m.index_select(x, 1, index(m, [0, 2, 0])),
    "index_select m": lambda m, x: x.index_select(-1, index(m, [3])),
    "gather": lambda m, x: m.gather(x, 1, index(m, [[[0, 2, 0, 1]], [[1, 1, 0, 0]]])),
    "gather small": lambda m, x: x[0].gather(1, index(m, [[0, 0], [3, 1]])),
    "take": lambda m, x: m.take(x, index(m, [[0, 5], [5, -1]])),
    "take_along": lambda m, x: m.take_along_dim(x, index(m, [[[0], [1], [0]]]), 2),
    "take_along max": lambda m, x: x.take_along_dim(x.argmax(1, True), 1),
    "take_along flat": lambda m, x: m.take_along_dim(x, index(m, [3, 3, 1])),
    "masked_select": lambda m, x: m.masked_select(x, x > 0),
    "masked_select b": lambda m, x: x.masked_select(x[0] > 0),
    "masked_fill": lambda m, x: x.masked_fill(x > 0, -9.0),
    "masked_fill t": lambda m, x: m.masked_fill(x, x[0] > 0, x.sum()),
    "masked_scatter": lambda m, x: x.masked_scatter(x > 0, x.flatten() * 2),
    "scatter": lambda m, x: m.scatter(
        x, 1, index(m, [[[0, 2, 0, 1]], [[1, 1, 2, 0]]]), x[:, :1] * 3
    ),
    "scatter number": lambda m, x: x.scatter(2, index(m, [[[0]]]), 5.0),
    "scatter value": lambda m, x: x.scatter(2, index(m, [[[0]]]), value=5.0),
    "scatter_add": lambda m, x: m.scatter_add(
        x, 0, index(m, [[[0, 0], [1, 0]], [[0, 1], [1, 0]]]), x[:, :2, :2] * 3
    ),
    "index_copy": lambda m, x: m.index_copy(x, 1, index(m, [2, 0]), x[:, :2] * x[:, 1:]),
    "mode": lambda m, x: m.mode(x.round(), 1),
    "mode keep": lambda m, x: x.round().mode(-1, True),
    "index_add": lambda m, x: m.index_add(x, 1, index(m, [2, 0, 2]), x * x),
    "index_add alpha": lambda m, x: x.index_add(2, index(m, [1]), x[:, :, :1], alpha=-2),
    "index_fill": lambda m, x: m.index_fill(x, 1, index(m, [0, 2]), 7.0),
    "sort": lambda m, x: m.sort(x, 1),
    "sort down": lambda m, x: x.sort(descending=True),
    "argsort": lambda m, x: m.argsort(x, 0),
    "argsort down": lambda m, x: x.argsort(1, True),
    "topk": lambda m, x: m.topk(x, 2),
    "topk smallest": lambda m, x: x.topk(2, 1, largest=False),
    "kthvalue": lambda m, x: m.kthvalue(x, 2, 1),
    "kthvalue keep": lambda m, x: x.kthvalue(1, 2, True),
    "sort squares": lambda m, x: x.sort(0)[0] ** 2,
    "embedding": lambda m, x: m.embedding(index(m, [[0, 2], [2, 1]]), x[0]),
    "embedding pad": lambda m, x: m.embedding(index(m, [[0, 2], [2, 1]]), x[0], padding_idx=2),
    "embedding -1": lambda m, x: m.embedding(index(m, [0, 2, 1]), x[0], padding_idx=-1),
    "one_hot": lambda m, x: m.one_hot(index(m, [0, 2, 1])),
    "one_hot 5": lambda m, x: m.one_hot(index(m, [[0, 2, 1]]), 5),
    "unbind unused": lambda m, x: x.split(2, 2)[0] * 3,
}


@pytest.mark.parametrize("name", MOVES)
def test_movement(name: str) -> None:
    check(lambda m, x: MOVES[name](m, x * x), numbers(2, 3, 4), orders=2)
    check(MOVES[name], numbers(2, 3, 4).astype("float32"))
    if name != "unflatten f":
        check(lambda m, x: MOVES[name](m, x), numbers(4, 4, 4))


@pytest.mark.parametrize("name", PICKS)
def test_picking_and_writing(name: str) -> None:
    check(lambda m, x: PICKS[name](m, x * x - 0.5), numbers(2, 3, 4), orders=2)
    check(PICKS[name], numbers(2, 3, 4, seed=5).astype("float32"))


def test_stable_sort_keeps_the_order_of_ties() -> None:
    x = np.array([[2.0, 1.0, 2.0, 1.0], [np.nan, 3.0, 3.0, np.nan]])
    for descending in (False, True):
        check(lambda m, x, d=descending: m.sort(x, dim=1, descending=d, stable=True), x)


def test_sorting_a_number() -> None:
    check(lambda m, x: x.sort(), np.array(2.0))
    check(lambda m, x: x.topk(1), np.array(2.0))


@pytest.mark.parametrize("reduce", ["sum", "mean", "prod", "amax", "amin"])
@pytest.mark.parametrize("include_self", [True, False])
def test_scatter_reduce(reduce: str, include_self: bool) -> None:
    places = np.array([[0, 0, 1, 1], [0, 2, 2, 1]])

    def call(m, x, src):
        return x.scatter_reduce(0, index(m, places), src, reduce, include_self=include_self)

    check(call, numbers(3, 5), numbers(2, 4, seed=2), orders=2)
    if not include_self:
        return  # torch counts an input that it leaves out among those that tie
    check(call, numbers(3, 4).round(), np.array([[2.0, 0.0, 1.0, 0.0], [2.0, 3.0, 3.0, 5.0]]))
    check(call, numbers(3, 4).round(), np.zeros((2, 4)))


def test_duplicate_writes() -> None:
    def call(m, x, src):
        return m.scatter(x, 0, index(m, [0, 0, 1]), src)

    check(lambda m, x, s: call(m, x, s)[1:], numbers(3), numbers(3, seed=2))


CREATED = {
    "zeros": lambda m: m.zeros(2, 3),
    "ones": lambda m: m.ones((2,)),
    "full": lambda m: m.full((2, 2), 3.5),
    "full int": lambda m: m.full((2,), 3),
    "full 0-d": lambda m: m.full((), 1.0),
    "arange": lambda m: m.arange(5),
    "arange f": lambda m: m.arange(1.0, 3.0, 0.5),
    "eye": lambda m: m.eye(3),
    "eye 2": lambda m: m.eye(2, 3),
    "linspace": lambda m: m.linspace(0, 1, 5),
    "ones_like": lambda m: m.ones_like(m.leaf(np.ones((2, 3)))),
    "full_like": lambda m: m.full_like(m.leaf(np.ones(2)), 3),
    "zeros_like": lambda m: m.zeros_like(m.leaf(np.array([1, 2]))),
}


@pytest.mark.parametrize("name", CREATED)
def test_new_tensors(name: str) -> None:
    check(CREATED[name])


ERRORS = {
    "cat": (RuntimeError, lambda m, x: m.cat([x, x[:, :1]])),
    "cat none": ((RuntimeError, ValueError), lambda m, x: m.cat([])),
    "cat 0-d": (RuntimeError, lambda m, x: m.cat([x.sum(), x.sum()])),
    "stack": (RuntimeError, lambda m, x: m.stack([x, x[0]])),
    "split": (RuntimeError, lambda m, x: x.split([1, 1], 1)),
    "split 0": (RuntimeError, lambda m, x: x.split(0)),
    "chunk": (RuntimeError, lambda m, x: x.chunk(0)),
    "narrow": (RuntimeError, lambda m, x: x.narrow(0, 1, 5)),
    "repeat": (RuntimeError, lambda m, x: x.repeat(2)),
    "select": (IndexError, lambda m, x: x.select(0, 9)),
    "pad": (RuntimeError, lambda m, x: m.pad(x, (5, 5), mode="reflect")),
    "pad mode": (NotImplementedError, lambda m, x: m.pad(x, (1, 1), mode="x")),
    "pad odd": (RuntimeError, lambda m, x: m.pad(x, (1, 1, 1))),
    "unfold": (RuntimeError, lambda m, x: x.unfold(0, 9, 1)),
    "gather": (RuntimeError, lambda m, x: x.gather(0, index(m, [[9]]))),
    "gather dims": (RuntimeError, lambda m, x: x.gather(0, index(m, [0]))),
    "scatter": (RuntimeError, lambda m, x: x.scatter(0, index(m, [[9]]), 1.0)),
    "scatter dtype": (RuntimeError, lambda m, x: x.scatter(0, index(m, [[0]]), x.float())),
    "index_select": (IndexError, lambda m, x: x.index_select(0, index(m, [9]))),
    "index_select -": (IndexError, lambda m, x: x.index_select(0, index(m, [-1]))),
    "topk": (RuntimeError, lambda m, x: x.topk(9)),
    "kthvalue": (RuntimeError, lambda m, x: x.kthvalue(0)),
    "one_hot": (RuntimeError, lambda m, x: m.one_hot(index(m, [3]), 2)),
    "masked_fill": (RuntimeError, lambda m, x: x.masked_fill(x > 0, x)),
    "unflatten": (RuntimeError, lambda m, x: x.unflatten(0, (5, 5))),
    "t": (RuntimeError, lambda m, x: x[None].t()),
    "movedim": (RuntimeError, lambda m, x: x.movedim((0, 1), (0,))),
    "flatten": (RuntimeError, lambda m, x: x.flatten(1, 0)),
}


@pytest.mark.parametrize("name", ERRORS)
@pytest.mark.parametrize("m", [NUMPY, TORCH], ids=["numpy", "torch"])
def test_errors_have_torchs_type(m, name: str) -> None:
    kind, call = ERRORS[name]
    with pytest.raises(kind):
        call(m, m.leaf(numbers(2, 3), True))
