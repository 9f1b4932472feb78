"""Customs of autograd engines: how leaves are made and values, gradients and backwards are called.

Collected from released packages and public repositories. Data only; the likeliest come first.
"""

from __future__ import annotations

from typing import Any, NamedTuple

# Chains of attributes; "()" calls. The first that gives numbers, for a leaf and for a result, is taken.
VALUES = (
    "data",
    "value",
    "val",
    "v",
    "_data",
    "_value",
    "_val",
    "array",
    "arr",
    "x",
    "numpy()",
    "detach().numpy()",
    "item()",
    "realize()",
    "realize().data",
    "realize().numpy()",
    "value()",
    "get_value()",
    "getValue()",
    "get_data()",
    "getData()",
    "eval()",
    "forward()",
    "compute()",
    "evaluate()",
    "__float__()",
)
# Where a value leads to an array type of the author's own: from there to its numbers.
CONTAINERS = (
    "tolist()",
    "to_list()",
    "numpy()",
    "to_numpy()",
    "data",
    "_data",
    "buffer",
    "storage",
)
GRADIENTS = (
    "grad",
    "gradient",
    "derivative",
    "deriv",
    "_grad",
    "grad_value",
    "grad_val",
    "adjoint",
    "adj",
    "partial",
    "get_grad",
    "get_gradient",
    "dv",
    "g",
    "d",
)
BACKWARDS = (
    "backward",
    "backwards",
    "backprop",
    "back_prop",
    "backpropagate",
    "back_propagate",
    "backpropagation",
    "back",
    "backward_pass",
    "run_backward",
    "compute_gradient",
    "compute_gradients",
    "compute_grads",
    "calculate_gradients",
)
# Constructor options that say that a gradient is wanted, and module constants that say so by a kind.
WANTS_GRADIENT = ("requires_grad", "require_grad", "needs_grad", "track_grad", "requires_gradient")
KINDS = ("tensor_type", "kind", "type", "node_type", "role")
PARAMETER_KINDS = ("PARAMETER", "Parameter", "PARAM", "VARIABLE", "LEAF", "INPUT")
FACTORIES = (
    "tensor",
    "variable",
    "parameter",
    "param",
    "leaf",
    "value",
    "var",
    "scalar",
    "array",
    "make",
    "input",
    "node",
    "from_numpy",
    "from_array",
    "from_list",
)
LABELS = ("label", "name", "tag", "label_", "name_", "ident", "id")
COTANGENTS = (
    "grad",
    "gradient",
    "grad_output",
    "gradient_output",
    "output_grad",
    "out_grad",
    "grad_out",
    "upstream",
    "upstream_grad",
    "upstream_gradient",
    "cotangent",
    "seed",
    "dout",
    "dy",
    "delta",
    "init_grad",
    "initial_grad",
    "incoming",
    "incoming_grad",
    "g",
    "v",
    "d",
)
# torch's keyword: what others call the same option.
OPTIONS = {
    "dim": ("axis", "axes", "dims", "dimension"),
    "keepdim": ("keepdims", "keep_dims", "keep_dim"),
    "dims": ("axes", "axis", "dim", "perm", "order"),
    "dim1": ("axis1",),
    "dim2": ("axis2",),
    "min": ("a_min", "x_min", "low", "lo", "lower", "min_val", "min_value", "minimum"),
    "max": ("a_max", "x_max", "high", "hi", "upper", "max_val", "max_value", "maximum"),
    "negative_slope": ("alpha", "slope", "leak"),
    "correction": ("ddof",),
}
# Ops of NumPy that have a name of torch and another meaning: the parameters by which NumPy's is known.
NUMPY_PARAMETERS = {
    "transpose": frozenset(("axes", "axis", "dims", "perm", "order", "args")),
    "repeat": frozenset(("axis", "dim")),
    "split": frozenset(("sections", "indices_or_sections", "num", "n", "parts")),
}


class Example(NamedTuple):
    """A call of an op on nodes of the shapes `operands`, and the shape of its result."""

    operands: tuple[tuple[int, ...], ...]
    arguments: tuple[Any, ...]
    result: tuple[int, ...]


# The same where no parameter tells: an op of torch, and the shape that the other op of its name gives.
SHAPE_OF_THE_OTHER_OP = {
    "linear": Example(((2, 3), (3, 4)), (), (2, 4)),  # x @ w instead of x @ w.T
    "flatten": Example(((2, 3, 4),), (), (2, 12)),  # keeps the first axis
    "permute": Example(((2, 3, 4),), ((2, 0, 1),), (4, 3, 2)),  # swaps two axes
}
# A loss whose first parameter has such a name takes its operands in another order than torch's.
TARGETS = (
    "y_true",
    "true",
    "target",
    "targets",
    "y",
    "labels",
    "label",
    "t",
    "expected",
    "ground_truth",
)
# A cross entropy of probabilities is none of logits.
PROBABILITIES = ("probs", "prob", "p", "probabilities")
# Where two classes of one family qualify, the one that is meant for leaves.
PREFERRED = ("Parameter", "Variable", "Placeholder", "Input", "Leaf", "Tensor", "Value", "Scalar")
# A class whose nodes offer one of these means arrays, even if numbers do as well.
OF_ARRAYS = (
    "__matmul__",
    "sum",
    "mean",
    "matmul",
    "dot",
    "reshape",
    "transpose",
    "T",
    "shape",
    "ndim",
)
