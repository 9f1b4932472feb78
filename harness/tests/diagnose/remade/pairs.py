"""Engines with two mistakes at once: of two ops, of an op and the machinery, or both of the machinery."""

from . import Edited, closures, torch_like

_IN_CLOSURES = (
    ("tanh-without-square", "exp-uses-input"),
    ("pow-without-factor", "relu-times-input"),
    ("log-forgets-derivative", "tanh-as-relu"),
    ("relu-inverted", "exp-by-power-rule"),
    ("mul-own-value", "tanh-of-output"),
    ("neg-passes", "log-forgets-upstream"),
    ("sub-swapped", "exp-uses-input"),
    ("rsub-reversed", "rtruediv-reversed"),
    ("radd-makes-a-leaf", "tanh-without-square"),
    ("add-assigns", "tanh-without-square"),
    ("breadth-first", "exp-uses-input"),
    ("root-seeded-with-its-value", "log-forgets-derivative"),
    ("equal-values-merged", "relu-times-input"),
    ("preorder", "root-seeded-with-its-value"),
    ("breadth-first", "equal-values-merged"),
)
_IN_TORCH_LIKE = (
    ("tanh-without-square", "sigmoid-plus"),
    ("mean-without-n", "matmul-first-operand-only"),
    ("broadcast-leading-only", "exp-uses-input"),
    ("broadcast-not-undone", "mean-without-n"),
    ("arrays-assigned", "log-forgets-derivative"),
    ("arrays-assigned", "broadcast-leading-only"),
    ("transpose-not-undone", "reshape-in-columns"),
    ("div-second-sign", "pow-keeps-exponent"),
    ("sum-averages-gradient", "relu-inverted"),
    ("index-counts-once", "array-exp-forgets-upstream"),
    ("cat-swapped", "div-without-square"),
    ("small-gradients-vanish", "sigmoid-of-output"),
)

PAIRS = [
    Edited(engine.PATH, pair, tuple(engine.EDITS[name] for name in pair))
    for engine, pairs in ((closures, _IN_CLOSURES), (torch_like, _IN_TORCH_LIKE))
    for pair in pairs
]
