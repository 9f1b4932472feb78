"""Naming conventions of autograd engines, as tables.

- `VALUES`, `CONTAINERS`, `GRADIENTS`: attributes of a node.
- `BACKWARDS`, `COTANGENTS`, `TAPES`: a backward, and its parameters.
- `WANTS_GRADIENT`, `KINDS`, `PARAMETER_KINDS`, `FACTORIES`, `LABELS`: how a leaf is made.
- `NUMPY_PARAMETERS`, `SHAPE_OF_THE_OTHER_OP`, `SHAPE_OF_TORCHS_OP`, `TARGETS`, `PROBABILITIES`: how an op is
  told from another op of the same name. An `Example` is a call and the shape of its result.
- `PREFERRED`: which class of a family is the engine.

Collected from released packages and public repositories. The likeliest name of each table comes first.
"""

from __future__ import annotations

from typing import Any, NamedTuple

# Chains of attributes from a node to its value, in which "()" is a call. The first chain that ends at
# numbers, for a leaf and for a result, is taken.
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
# Chains from an array of a type of the submission to its numbers.
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
# Attributes with the gradient of a node, or methods that return it.
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
# Methods and functions that run a backward.
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
# Options of a constructor that say that a gradient is wanted.
WANTS_GRADIENT = ("requires_grad", "require_grad", "needs_grad", "track_grad", "requires_gradient")
# Options of a constructor that take a kind of node, and the kinds that have a gradient.
KINDS = ("tensor_type", "kind", "type", "node_type", "role")
PARAMETER_KINDS = ("PARAMETER", "Parameter", "PARAM", "VARIABLE", "LEAF", "INPUT")
# Functions, or class methods, that make a leaf.
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
# Parameters of a constructor that take a text.
LABELS = ("label", "name", "tag", "label_", "name_", "ident", "id")
# First parameters of a backward function that take a record of the operations, and no node.
TAPES = ("tape", "tapes", "gradient_tape", "grad_tape", "graph", "recorder", "record")
# Parameters of a backward that take a cotangent.
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
# NumPy has these names too, for other ops. A function is NumPy's op if it has one of the parameters.
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


# No parameter tells these ops of torch from others of the same name, but the shape of the result does.
SHAPE_OF_THE_OTHER_OP = {
    "linear": Example(((2, 3), (3, 4)), (), (2, 4)),  # x @ w instead of x @ w.T
    "flatten": Example(((2, 3, 4),), (), (2, 12)),  # keeps the first axis
    "permute": Example(((2, 3, 4),), ((2, 0, 1),), (4, 3, 2)),  # swaps two axes
    "inv": Example(((2, 3),), (), (2, 3)),  # 1 / x, element by element
    "norm": Example(((2, 3),), (), (2, 3)),  # divides by the norm
}
# A method with NumPy's parameters is torch's op all the same if its result has this shape.
SHAPE_OF_TORCHS_OP = {
    "transpose": Example(((2, 3, 4),), (0, 1), (3, 2, 4)),  # swaps two axes
}
# A loss whose first parameter has one of these names takes its operands in another order than torch.
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
# A cross entropy whose first parameter has one of these names takes probabilities; torch's takes logits.
PROBABILITIES = ("probs", "prob", "p", "probabilities")
# When several engines derive from one class, the one with the first of these names is taken: it is the class
# for leaves.
PREFERRED = ("Parameter", "Variable", "Placeholder", "Input", "Leaf", "Tensor", "Value", "Scalar")
