"""Products, einsum and torch.linalg on the NumPy engine agree with torch."""

from __future__ import annotations

import numpy as np
import pytest
from gradconform.harness.tests.engines.numpy_.oracle import NUMPY, TORCH, check, numbers

INF = float("inf")
PRODUCTS = {
    "mm": ((2, 3), (3, 4)),
    "bmm": ((5, 2, 3), (5, 3, 4)),
    "mv": ((2, 3), (3,)),
    "dot": ((3,), (3,)),
    "vdot": ((3,), (3,)),
    "outer": ((2,), (3,)),
    "inner": ((2, 3), (4, 3)),
    "kron": ((2, 3), (4, 1)),
}
MORE = {
    "inner 0-d": (lambda m, a, b: m.inner(a, b), (), (2, 3)),
    "inner 3": (lambda m, a, b: m.inner(a, b), (2, 3, 4), (4,)),
    "kron ranks": (lambda m, a, b: m.kron(a, b), (2,), (2, 3)),
    "addmm": (lambda m, a, b: m.addmm(a[:, :1], a, b, beta=0.5, alpha=2), (2, 3), (3, 4)),
    "addmm m": (lambda m, a, b: (a @ b).addmm(a, b), (2, 3), (3, 4)),
    "addmv": (lambda m, a, b: m.addmv(b[:2], a, b, alpha=-1), (2, 3), (3,)),
    "baddbmm": (lambda m, a, b: m.baddbmm(a[:, :, :1], a, b), (5, 2, 3), (5, 3, 4)),
    "addr": (lambda m, a, b: m.addr(a[:, None] * b, a, b), (2,), (3,)),
    "tensordot": (lambda m, a, b: m.tensordot(a, b), (2, 3, 4), (3, 4, 5)),
    "tensordot 1": (lambda m, a, b: m.tensordot(a, b, dims=1), (2, 3), (3, 4, 2)),
    "tensordot 0": (lambda m, a, b: m.tensordot(a, b, dims=0), (2,), (3,)),
    "tensordot lists": (
        lambda m, a, b: m.tensordot(a, b, dims=([0, -1], [1, 0])),
        (2, 3, 4),
        (4, 2, 5),
    ),
    "cross": (lambda m, a, b: m.cross(a, b, dim=-1), (2, 3), (2, 3)),
    "cross 0": (lambda m, a, b: a.cross(b, 0), (3, 4), (3, 4)),
    "cross broadcast": (lambda m, a, b: m.cross(a, b, dim=1), (2, 3), (1, 3)),
    "addbmm": (lambda m, a, b: m.addbmm(b[0, :2], a, b, beta=2), (5, 2, 3), (5, 3, 4)),
    "vecdot": (lambda m, a, b: m.vecdot(a, b, dim=-2), (2, 3, 4), (3, 1)),
    "tensordot 1s": (lambda m, a, b: m.tensordot(a, b, dims=([0, 2], [1, 0])), (1, 2, 3), (3, 4)),
    "x@x": (lambda m, a, b: a @ a @ b, (3, 3), (3,)),
}
EINSUMS = [
    ("ij,jk->ik", (2, 3), (3, 4)),
    ("bij,bjk->bik", (5, 2, 3), (5, 3, 4)),
    ("ij,ij->", (2, 3), (2, 3)),
    ("i,j->ji", (2,), (3,)),
    ("ij,jk", (2, 3), (3, 4)),
    ("ii->i", (3, 3), None),
    ("ii->", (3, 3), None),
    ("ij->ji", (2, 3), None),
    ("ij->", (2, 3), None),
    ("ij->j", (2, 3), None),
    ("...ij,...jk->...ik", (5, 2, 3), (3, 4)),
    ("i...,i->...", (2, 3, 4), (2,)),
    ("bi,oij,bj->bo", (5, 2), (4, 2, 3), (5, 3)),
    ("iji->j", (3, 2, 3), None),
    ("ij,kl->il", (2, 3), (3, 4)),
    ("ba", (2, 3), None),
    ("ij,jk->ik", (2, 1), (3, 4)),
    ("...,...", (3,), (2, 3)),
    ("iij,jk->k", (2, 2, 3), (3, 4)),
    ("i,i,i->i", (3,), (3,), (3,)),
    (" i j , j -> i ", (2, 3), (3,)),
]
MATRICES = {
    "trace": lambda m, x: m.trace(x),
    "diagonal": lambda m, x: m.diagonal(x, 1),
    "diagonal m": lambda m, x: x.diagonal(),
    "diagonal -": lambda m, x: x.diagonal(-1, 1, 0),
    "diag": lambda m, x: m.diag(x, -1),
    "diag vector": lambda m, x: m.diag(x[0], 1),
    "diag_embed": lambda m, x: m.diag_embed(x),
    "diag_embed 2": lambda m, x: x.diag_embed(-1, 0, 2),
    "tril": lambda m, x: m.tril(x),
    "triu": lambda m, x: x.triu(1),
    "tril 1": lambda m, x: m.tril(x, diagonal=-1),
    "det": lambda m, x: m.det(x),
    "inv": lambda m, x: m.inv(x),
    "inverse": lambda m, x: x.inverse(),
    "fro": lambda m, x: m.matrix_norm(x),
    "norm 1": lambda m, x: m.matrix_norm(x, 1),
    "norm -1": lambda m, x: m.matrix_norm(x, -1, keepdim=True),
    "norm inf": lambda m, x: m.matrix_norm(x, INF),
    "norm -inf": lambda m, x: m.matrix_norm(x, -INF),
    "nuclear": lambda m, x: m.matrix_norm(x, "nuc", keepdim=True),
    "norm 2": lambda m, x: m.matrix_norm(x, 2),
    "norm -2": lambda m, x: m.matrix_norm(x, -2),
    "svdvals": lambda m, x: m.svdvals(x),
    "cholesky": lambda m, x: m.cholesky(x @ x.T + m.eye(3).to(x.dtype)),
    "upper": lambda m, x: m.cholesky(x @ x.T + m.eye(3).to(x.dtype), upper=True),
    "cholesky_solve": lambda m, x: m.cholesky_solve(x * 2, x.tril()),
    "cholesky_inverse": lambda m, x: m.cholesky_inverse(x.triu(), upper=True),
    "triangular": lambda m, x: m.solve_triangular(x, x.T, upper=True),
    "eigvalsh": lambda m, x: m.eigvalsh(x),
    "eigvalsh U": lambda m, x: m.eigvalsh(x, "U"),
    "qr": lambda m, x: m.linalg.qr(x),
    "qr complete": lambda m, x: m.linalg.qr(x, "complete"),
    "slogdet": lambda m, x: m.slogdet(x)[1],
    "logdet": lambda m, x: m.logdet(x),
    "logdet -": lambda m, x: m.logdet(-x),
    "pinv": lambda m, x: m.pinv(x),
    "power": lambda m, x: m.matrix_power(x, 3),
    "power -": lambda m, x: x.matrix_power(-2),
    "multi_dot": lambda m, x: m.multi_dot([x[0], x, x.T, x[1]]),
    "cond": lambda m, x: m.linalg.cond(x),
    "tensorinv": lambda m, x: m.tensorinv(x.reshape(3, 1, 3), 2),
    "tensorsolve": lambda m, x: m.tensorsolve(x.reshape(3, 1, 3), x[0].reshape(3, 1)),
    "vander": lambda m, x: m.linalg.vander(x, N=4),
    "linalg norm": lambda m, x: m.linalg.norm(x),
    "linalg norm 2": lambda m, x: m.linalg.norm(x, 2),
    "linalg norm dim": lambda m, x: m.linalg.norm(x, 3, dim=0, keepdim=True),
    "linalg norm fro": lambda m, x: m.linalg.norm(x, "fro", dim=(1, 0)),
    "linalg cross": lambda m, x: m.linalg.cross(x, x.T),
    "linalg diagonal": lambda m, x: m.linalg.diagonal(x, offset=1),
    "norm nuc": lambda m, x: m.norm(x, "nuc"),
    "solve": lambda m, x: m.solve(x, x.T * 2),
    "solve vector": lambda m, x: m.solve(x, x[0]),
}


# By singular values and eigenvalues: the derivative of their vectors would be needed.
FIRST_ORDER = {"nuclear", "norm 2", "norm -2", "svdvals", "eigvalsh", "eigvalsh U", "cond"}
FIRST_ORDER |= {"linalg norm 2", "norm nuc"}


@pytest.mark.parametrize("name", PRODUCTS)
def test_products(name: str) -> None:
    left, right = PRODUCTS[name]
    a, b = numbers(*left, seed=1), numbers(*right, seed=2)
    check(lambda m, a, b: getattr(m, name)(a, b), a, b, orders=2)
    check(lambda m, a, b: getattr(a, name)(b), a.astype("float32"), b.astype("float32"))


@pytest.mark.parametrize("name", MORE)
def test_more_products(name: str) -> None:
    call, left, right = MORE[name]
    check(call, numbers(*left, seed=1), numbers(*right, seed=2), orders=2)


@pytest.mark.parametrize("row", EINSUMS, ids=lambda row: " ".join(str(x) for x in row))
def test_einsum(row) -> None:
    equation, *shapes = row
    operands = [numbers(*s, seed=i) for i, s in enumerate(shapes) if s is not None]
    check(lambda m, *x: m.einsum(equation, *x), *operands, orders=2)


def test_einsum_of_one_tensor_twice() -> None:
    check(lambda m, x: m.einsum("ij,ij->i", x, x), numbers(2, 3), orders=2)
    check(lambda m, x: m.einsum("ij,jk->ik", [x, x]), numbers(3, 3), orders=2)


@pytest.mark.parametrize("name", MATRICES)
def test_matrices(name: str) -> None:
    orders = 1 if name in FIRST_ORDER else 2
    check(MATRICES[name], numbers(3, 3) + 2 * np.eye(3), orders=orders, tolerance=(1e-6, 1e-7))
    if name in ("det", "inv", "inverse", "fro", "norm 1", "norm inf", "nuclear", "norm 2"):
        check(MATRICES[name], numbers(2, 4, 3, 3) + 2 * np.eye(3), tolerance=(1e-6, 1e-7))


def test_batches_of_equations() -> None:
    a = numbers(4, 3, 3) + 2 * np.eye(3)
    for shape in ((4, 3), (4, 3, 2), (3, 2)):
        check(lambda m, a, b: m.solve(a, b), a, numbers(*shape), orders=2, tolerance=(1e-6, 1e-7))
    check(lambda m, a: m.cholesky(a @ a.mT + m.eye(3).to(a.dtype)), a, tolerance=(1e-6, 1e-7))


@pytest.mark.parametrize("rank", [0, 1, 2])
def test_determinant_of_a_singular_matrix(rank: int) -> None:
    a = numbers(3, rank, seed=1) @ numbers(rank, 3, seed=2)
    check(lambda m, a: m.det(a), a, tolerance=(1e-6, 1e-7))


@pytest.mark.parametrize("shape", [(2, 4), (4, 2), (2, 3, 4)])
def test_parts_of_matrices_that_are_not_square(shape) -> None:
    for call in (
        lambda m, x: m.tril(x, 1),
        lambda m, x: m.triu(x),
        lambda m, x: m.diagonal(x, 1, -2, -1),
    ):
        check(call, numbers(*shape), orders=2)


@pytest.mark.parametrize("shape", [(4, 2), (2, 4), (3, 2, 3)])
def test_decompositions_of_matrices_that_are_not_square(shape) -> None:
    for call in (lambda m, x: m.linalg.qr(x), lambda m, x: m.pinv(x), lambda m, x: m.svdvals(x)):
        check(call, numbers(*shape), tolerance=(1e-6, 1e-7))


@pytest.mark.parametrize("left", [True, False])
@pytest.mark.parametrize("unit", [True, False])
def test_triangular_equations(left: bool, unit: bool) -> None:
    how = {"upper": False, "left": left, "unitriangular": unit}
    a, b = numbers(2, 3, 3) + 2 * np.eye(3), numbers(2, *((3, 4) if left else (4, 3)))
    call = lambda m, a, b: m.solve_triangular(a, b, **how)  # noqa: E731
    check(call, a, b, orders=2, tolerance=(1e-6, 1e-7))


ERRORS = {
    "mm": lambda m, x: m.mm(x, x[0]),
    "bmm": lambda m, x: m.bmm(x, x),
    "dot": lambda m, x: m.dot(x, x),
    "outer": lambda m, x: m.outer(x, x),
    "trace": lambda m, x: m.trace(x[0]),
    "det": lambda m, x: m.det(x[:2]),
    "inv of singular": lambda m, x: m.inv(x * 0),
    "solve singular": lambda m, x: m.solve(x * 0, x),
    "cholesky": lambda m, x: m.cholesky(-x @ x.T),
    "einsum": lambda m, x: m.einsum("ij,jk->ik", x),
    "einsum label": lambda m, x: m.einsum("ij->k", x),
    "einsum size": lambda m, x: m.einsum("ij,jk->ik", x, x[:2]),
    "einsum rank": lambda m, x: m.einsum("i->i", x),
    "tensordot": lambda m, x: m.tensordot(x, x[:2], dims=1),
    "cross": lambda m, x: m.cross(x[:2, :2], x[:2, :2], dim=1),
    "diag": lambda m, x: m.diag(x[None]),
    "diagonal": lambda m, x: x.diagonal(0, 1, 1),
    "tril": lambda m, x: x[0].tril(),
    "norm of 3 dims": lambda m, x: m.linalg.norm(x[None], 2),
    "multi_dot": lambda m, x: m.multi_dot([x]),
    "slogdet": lambda m, x: m.slogdet(x[:2]),
    "triangle": lambda m, x: m.solve_triangular(x[:2], x, upper=True),
}


@pytest.mark.parametrize("name", ERRORS)
@pytest.mark.parametrize("m", [NUMPY, TORCH], ids=["numpy", "torch"])
def test_errors_have_torchs_type(m, name: str) -> None:
    with pytest.raises(RuntimeError):
        ERRORS[name](m, m.leaf(numbers(3, 3), True))
