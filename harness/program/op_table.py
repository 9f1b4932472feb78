"""The op table: one row for each op that a case may use.

- `TABLE`: the rows by name. `harness.program.ops` says what the fields of a row mean.
- `find`, `op_named`: the row of an op that a program holds.
- `free`: a row for any function of torch.

To add an op, add a row here, and a case that uses it.
"""

from __future__ import annotations

from harness.program.ops import Op

_OPERATORS = (
    Op("add", "input other", operator="+", aliases="plus __add__"),
    Op("sub", "input other", operator="-", aliases="subtract minus __sub__"),
    Op("mul", "input other", operator="*", aliases="multiply times __mul__"),
    Op(
        "div",
        "input other",
        operator="/",
        aliases="true_divide divide truediv",
        smooth="other != 0",
    ),
    Op("pow", "input exponent", operator="**", aliases="power", smooth="input > 0"),
    Op("neg", operator="-x", aliases="negative negate", traits="exact"),
    Op("abs", operator="abs", aliases="absolute", smooth="input != 0", traits="selects"),
    Op("matmul", "input other", operator="@", aliases="dot mm", traits="reduces"),
    Op("getitem", "input", "index", operator="[]", traits="exact positional"),
    Op("eq", "input other", operator="==", smooth="never", traits="exact"),
    Op("ne", "input other", operator="!=", smooth="never", traits="exact"),
    Op("lt", "input other", operator="<", smooth="never", traits="exact"),
    Op("le", "input other", operator="<=", smooth="never", traits="exact"),
    Op("gt", "input other", operator=">", smooth="never", traits="exact"),
    Op("ge", "input other", operator=">=", smooth="never", traits="exact"),
)

_UNARY = (
    Op("exp", aliases="__exp__"),
    Op("exp2"),
    Op("expm1"),
    Op("log", aliases="ln", smooth="input > 0"),
    Op("log2", smooth="input > 0"),
    Op("log10", smooth="input > 0"),
    Op("log1p", smooth="input > -1"),
    Op("sqrt", smooth="input > 0"),
    Op("rsqrt", smooth="input > 0"),
    Op("square"),
    Op("reciprocal", smooth="input != 0"),
    Op("sin"),
    Op("cos"),
    Op("tan", smooth="away from odd multiples of pi/2"),
    Op("asin", aliases="arcsin", smooth="|input| < 1"),
    Op("acos", aliases="arccos", smooth="|input| < 1"),
    Op("atan", aliases="arctan"),
    Op("sinh"),
    Op("cosh"),
    Op("tanh"),
    Op("asinh", aliases="arcsinh"),
    Op("acosh", aliases="arccosh", smooth="input > 1"),
    Op("atanh", aliases="arctanh", smooth="|input| < 1"),
    Op("erf"),
    Op("erfc"),
    Op("erfinv", smooth="|input| < 1"),
    Op("lgamma", smooth="input > 0", traits="approximate"),
    Op("digamma", smooth="input > 0", traits="approximate"),
    Op("i0"),
    Op("sinc", smooth="input != 0"),
    Op("logit", "input", "eps", smooth="0 < input < 1"),
    Op("entr", torch="special.entr", smooth="input > 0"),
    Op("deg2rad"),
    Op("rad2deg"),
    Op("sign", smooth="input != 0", traits="exact"),
    Op("floor", smooth="off the integers", traits="exact"),
    Op("ceil", smooth="off the integers", traits="exact"),
    Op("round", smooth="off the half-integers", traits="exact"),
    Op("trunc", smooth="off the integers", traits="exact"),
    Op("frac", smooth="off the integers"),
    Op("positive", traits="exact"),
    Op("nan_to_num", smooth="finite input", traits="exact"),
    Op("detach", smooth="never", traits="exact"),
    Op("clone", traits="exact"),
    Op("isnan", smooth="never", traits="exact"),
    Op("isinf", smooth="never", traits="exact"),
    Op("isfinite", smooth="never", traits="exact"),
    Op("logical_not", smooth="never", traits="exact"),
    Op("to", "input", "dtype", smooth="never for integers", traits="positional"),
)

_ACTIVATIONS = (
    Op("relu", aliases="ReLU reLU Relu relu_", smooth="input != 0", traits="selects"),
    Op("relu6", smooth="off 0 and 6", traits="selects"),
    Op("sigmoid", aliases="Sigmoid sigmod logistic"),
    Op("logsigmoid", aliases="log_sigmoid"),
    Op("leaky_relu", "input", "negative_slope", aliases="LeakyReLU", smooth="input != 0"),
    Op("prelu", "input weight", smooth="input != 0"),
    Op("elu", "input", "alpha", smooth="input != 0 unless alpha is 1"),
    Op("celu", "input", "alpha"),
    Op("selu", smooth="input != 0"),
    Op("gelu", "input", "approximate"),
    Op("silu", aliases="swish"),
    Op("mish"),
    Op("softplus", "input", "beta threshold", smooth="below the threshold"),
    Op("softsign"),
    Op("hardtanh", "input", "min_val max_val", smooth="off the bounds", traits="selects"),
    Op("hardsigmoid", smooth="off -3 and 3", traits="approximate"),
    Op("hardswish", smooth="off -3 and 3"),
    Op("softshrink", "input", "lambd", smooth="off -lambd and lambd"),
    Op("hardshrink", "input", "lambd", smooth="off -lambd and lambd", traits="selects"),
    Op("tanhshrink"),
    Op("threshold", "input", "threshold value", smooth="off the threshold", traits="selects"),
    Op("glu", "input", "dim"),
    Op("clamp", "input", "min max", aliases="clip", smooth="off the bounds", traits="selects"),
    Op("clamp_min", "input", "min", smooth="off the bound", traits="selects"),
    Op("clamp_max", "input", "max", smooth="off the bound", traits="selects"),
    Op("softmax", "input", "dim"),
    Op("log_softmax", "input", "dim"),
    Op("softmin", "input", "dim"),
    Op("dropout", "input", "p training"),
)

_PAIRS = (
    Op("maximum", "input other", smooth="input != other", traits="selects"),
    Op("minimum", "input other", smooth="input != other", traits="selects"),
    Op("fmax", "input other", smooth="input != other", traits="selects"),
    Op("fmin", "input other", smooth="input != other", traits="selects"),
    Op("atan2", "input other", aliases="arctan2", smooth="off the origin"),
    Op("hypot", "input other", smooth="off the origin"),
    Op("fmod", "input other", smooth="off the multiples of other"),
    Op("remainder", "input other", smooth="off the multiples of other"),
    Op("floor_divide", "input other", smooth="never", traits="exact"),
    Op("div_rounded", "input other", "rounding_mode", torch="div", smooth="off the steps"),
    Op("xlogy", "input other", smooth="other > 0"),
    Op("logaddexp", "input other"),
    Op("logaddexp2", "input other"),
    Op("copysign", "input other", smooth="off zero", traits="selects"),
    Op("heaviside", "input values", smooth="never", traits="exact"),
    Op("ldexp", "input other"),
    Op("lerp", "input end weight"),
    Op("addcmul", "input tensor1 tensor2", "value"),
    Op("addcdiv", "input tensor1 tensor2", "value", smooth="tensor2 != 0"),
    Op("where", "condition input other", traits="selects function"),
    Op("logical_and", "input other", smooth="never", traits="exact"),
    Op("logical_or", "input other", smooth="never", traits="exact"),
    Op("dist", "input other", "p", smooth="input != other", traits="reduces"),
)

_REDUCTIONS = (
    Op("sum", "input", "dim keepdim", traits="reduces"),
    Op("mean", "input", "dim keepdim", traits="reduces"),
    Op("prod", "input", "dim keepdim", traits="reduces"),
    Op("var", "input", "dim correction keepdim", traits="reduces"),
    Op("std", "input", "dim correction keepdim", smooth="off constant input", traits="reduces"),
    Op("nansum", "input", "dim keepdim", traits="reduces"),
    Op("nanmean", "input", "dim keepdim", traits="reduces"),
    Op("norm", "input", "p dim keepdim", smooth="off zero", traits="reduces"),
    Op(
        "vector_norm",
        "input",
        "ord dim keepdim",
        torch="linalg.vector_norm",
        smooth="off zero",
        traits="reduces function",
    ),
    Op(
        "matrix_norm",
        "input",
        "ord dim keepdim",
        torch="linalg.matrix_norm",
        smooth="off zero",
        traits="reduces function",
    ),
    Op("logsumexp", "input", "dim keepdim", traits="reduces"),
    Op("max", "input", smooth="no ties", traits="selects", with_dim="max_dim"),
    Op("min", "input", smooth="no ties", traits="selects", with_dim="min_dim"),
    Op(
        "max_dim",
        "input",
        "dim keepdim",
        called="max",
        results=2,
        smooth="no ties",
        traits="selects",
    ),
    Op(
        "min_dim",
        "input",
        "dim keepdim",
        called="min",
        results=2,
        smooth="no ties",
        traits="selects",
    ),
    Op("amax", "input", "dim keepdim", smooth="no ties", traits="selects"),
    Op("amin", "input", "dim keepdim", smooth="no ties", traits="selects"),
    Op("aminmax", "input", "dim keepdim", results=2, smooth="no ties", traits="selects"),
    Op("median", "input", smooth="no ties", traits="selects", with_dim="median_dim"),
    Op(
        "median_dim",
        "input",
        "dim keepdim",
        called="median",
        results=2,
        smooth="no ties",
        traits="selects",
    ),
    Op("nanmedian", "input", smooth="no ties", traits="selects"),
    Op("mode", "input", "dim keepdim", results=2, smooth="never", traits="exact"),
    Op("kthvalue", "input", "k dim keepdim", results=2, smooth="no ties", traits="selects"),
    Op("argmax", "input", "dim keepdim", smooth="never", traits="exact"),
    Op("argmin", "input", "dim keepdim", smooth="never", traits="exact"),
    Op("any", "input", "dim keepdim", smooth="never", traits="exact"),
    Op("all", "input", "dim keepdim", smooth="never", traits="exact"),
    Op("count_nonzero", "input", "dim", smooth="never", traits="exact"),
    Op("cumsum", "input", "dim", traits="reduces"),
    Op("cumprod", "input", "dim", traits="reduces"),
    Op("logcumsumexp", "input", "dim", traits="reduces"),
    Op("cummax", "input", "dim", results=2, smooth="no ties", traits="selects"),
    Op("cummin", "input", "dim", results=2, smooth="no ties", traits="selects"),
)

_LINEAR = (
    Op("mm", "input mat2", traits="reduces"),
    Op("bmm", "input mat2", traits="reduces"),
    Op("mv", "input vec", traits="reduces"),
    Op("dot", "input other", traits="reduces"),
    Op("outer", "input vec2"),
    Op("inner", "input other", traits="reduces"),
    Op("vdot", "input other", traits="reduces"),
    Op("einsum", "equation *operands", traits="reduces"),
    Op("tensordot", "input other", "dims", traits="reduces"),
    Op("addmm", "input mat1 mat2", "beta alpha", traits="reduces"),
    Op("addmv", "input mat vec", "beta alpha", traits="reduces"),
    Op("baddbmm", "input batch1 batch2", "beta alpha", traits="reduces"),
    Op("kron", "input other"),
    Op("trace", traits="reduces"),
    Op("diagonal", "input", "offset dim1 dim2", traits="exact"),
    Op("diag", "input", "diagonal", traits="exact"),
    Op("diag_embed", "input", "offset dim1 dim2", traits="exact"),
    Op("tril", "input", "diagonal", traits="exact"),
    Op("triu", "input", "diagonal", traits="exact"),
    Op("cross", "input other", "dim"),
    Op("det", smooth="everywhere", traits="reduces"),
    Op("inv", torch="linalg.inv", smooth="regular input", traits="reduces function"),
    Op(
        "solve",
        "input other",
        torch="linalg.solve",
        smooth="regular input",
        traits="reduces function",
    ),
    Op(
        "cholesky",
        torch="linalg.cholesky",
        smooth="positive definite input",
        traits="reduces function",
    ),
)

_MOVEMENT = (
    Op("reshape", "input", "shape", traits="exact positional"),
    Op("view", "input", "shape", traits="exact positional"),
    Op("flatten", "input", "start_dim end_dim", traits="exact"),
    Op("unflatten", "input", "dim sizes", traits="exact positional"),
    Op("ravel", traits="exact"),
    Op("transpose", "input", "dim0 dim1", aliases="swapaxes", traits="exact positional"),
    Op("permute", "input", "dims", traits="exact positional"),
    Op("movedim", "input", "source destination", aliases="moveaxis", traits="exact positional"),
    Op("T", traits="exact property"),
    Op("mT", traits="exact property"),
    Op("squeeze", "input", "dim", traits="exact positional"),
    Op("unsqueeze", "input", "dim", aliases="expand_dims", traits="exact positional"),
    Op("expand", "input", "size", traits="exact positional"),
    Op("broadcast_to", "input", "size", traits="exact positional"),
    Op("repeat", "input", "repeats", traits="exact positional"),
    Op("tile", "input", "dims", traits="exact positional"),
    Op("repeat_interleave", "input", "repeats dim", traits="exact"),
    Op("flip", "input", "dims", traits="exact positional"),
    Op("fliplr", traits="exact"),
    Op("flipud", traits="exact"),
    Op("roll", "input", "shifts dims", traits="exact positional"),
    Op("rot90", "input", "k dims", traits="exact positional"),
    Op("narrow", "input", "dim start length", traits="exact positional"),
    Op("select", "input", "dim index", traits="exact positional"),
    Op("unfold", "input", "dimension size step", traits="exact positional"),
    Op("pad", "input", "pad mode value", traits="exact"),
    Op("atleast_1d", traits="exact"),
    Op("atleast_2d", traits="exact"),
    Op("unbind", "input", "dim", results=0, traits="exact"),
    Op("split", "input", "split_size_or_sections dim", results=0, traits="exact positional"),
    Op("chunk", "input", "chunks dim", results=0, traits="exact positional"),
    Op("tensor_split", "input", "indices_or_sections dim", results=0, traits="exact positional"),
    Op("cat", "*tensors", "dim", aliases="concatenate concat", traits="exact"),
    Op("stack", "*tensors", "dim", traits="exact"),
    Op("hstack", "*tensors", traits="exact"),
    Op("vstack", "*tensors", traits="exact"),
    Op("dstack", "*tensors", traits="exact"),
)

_INDEXING = (
    Op("index_select", "input", "dim index", traits="exact positional"),
    Op("gather", "input", "dim index", traits="exact positional"),
    Op("take", "input", "index", traits="exact positional"),
    Op("take_along_dim", "input", "indices dim", traits="exact"),
    Op("scatter", "input", "dim index src", traits="exact positional"),
    Op("scatter_add", "input", "dim index src", traits="positional"),
    Op("scatter_reduce", "input", "dim index src reduce", smooth="no ties", traits="positional"),
    Op("index_add", "input", "dim index source", traits="positional"),
    Op("index_fill", "input", "dim index value", traits="exact positional"),
    Op("index_copy", "input", "dim index source", traits="exact positional"),
    Op("masked_fill", "input", "mask value", traits="exact positional"),
    Op("masked_select", "input", "mask", traits="exact positional"),
    Op("masked_scatter", "input", "mask source", traits="exact positional"),
    Op("one_hot", "input", "num_classes", smooth="never", traits="exact"),
    Op("sort", "input", "dim descending stable", results=2, smooth="no ties", traits="exact"),
    Op("argsort", "input", "dim descending", smooth="never", traits="exact"),
    Op("topk", "input", "k dim largest sorted", results=2, smooth="no ties", traits="exact"),
)

_IN_PLACE = (
    Op("add_", "input other", traits="inplace method"),
    Op("sub_", "input other", traits="inplace method"),
    Op("mul_", "input other", traits="inplace method"),
    Op("div_", "input other", smooth="other != 0", traits="inplace method"),
    Op("exp_", traits="inplace method"),
    Op("zero_", traits="exact inplace method"),
    Op("fill_", "input value", traits="exact inplace method"),
    Op("copy_", "input src", traits="exact inplace method"),
    Op("setitem", "input value", "index", operator="[]=", traits="exact inplace method"),
    Op("detach_", smooth="never", traits="exact inplace method"),
    Op("requires_grad_", "input", "requires_grad", traits="exact inplace method"),
    Op("register_hook", "input", "factor", smooth="never", traits="inplace method hook"),
)

_LEAVING = (
    Op("item", smooth="never", traits="exact method"),
    Op("numpy", smooth="never", traits="exact method"),
    Op("data", smooth="never", traits="exact property method"),
    Op("truth", operator="bool", smooth="never", traits="exact method"),
)

_LOSSES = (
    Op(
        "cross_entropy",
        "input target",
        "weight ignore_index reduction label_smoothing",
        traits="reduces",
    ),
    Op("nll_loss", "input target", "weight ignore_index reduction", traits="reduces"),
    Op("mse_loss", "input target", "reduction", aliases="mean_squared_error", traits="reduces"),
    Op("l1_loss", "input target", "reduction", smooth="input != target", traits="reduces"),
    Op("smooth_l1_loss", "input target", "reduction beta", traits="reduces"),
    Op("huber_loss", "input target", "reduction delta", traits="reduces"),
    Op(
        "binary_cross_entropy",
        "input target",
        "weight reduction",
        smooth="0 < input < 1",
        traits="reduces",
    ),
    Op(
        "binary_cross_entropy_with_logits",
        "input target",
        "weight reduction pos_weight",
        traits="reduces",
    ),
    Op("kl_div", "input target", "reduction log_target", traits="reduces"),
    Op(
        "hinge_embedding_loss",
        "input target",
        "margin reduction",
        smooth="off the margin",
        traits="reduces",
    ),
    Op(
        "margin_ranking_loss",
        "input1 input2 target",
        "margin reduction",
        smooth="off the margin",
        traits="reduces",
    ),
    Op("soft_margin_loss", "input target", "reduction", traits="reduces"),
    Op("poisson_nll_loss", "input target", "log_input full eps reduction", traits="reduces"),
    Op("gaussian_nll_loss", "input target var", "full eps reduction", traits="reduces"),
    Op("cosine_embedding_loss", "input1 input2 target", "margin reduction", traits="reduces"),
    Op(
        "triplet_margin_loss",
        "anchor positive negative",
        "margin p eps swap reduction",
        smooth="off the margin",
        traits="reduces",
    ),
)

_LAYERS = (
    Op("linear", "input weight bias?", traits="reduces"),
    Op("bilinear", "input1 input2 weight bias?", traits="reduces"),
    Op("layer_norm", "input", "normalized_shape weight bias eps", traits="reduces"),
    Op("group_norm", "input", "num_groups weight bias eps", traits="reduces"),
    Op(
        "batch_norm",
        "input",
        "running_mean running_var weight bias training momentum eps",
        traits="reduces",
    ),
    Op("instance_norm", "input", "weight bias eps", traits="reduces"),
    Op("rms_norm", "input", "normalized_shape weight eps", traits="reduces"),
    Op("local_response_norm", "input", "size alpha beta k", traits="reduces"),
    Op("conv1d", "input weight bias?", "stride padding dilation groups", traits="reduces"),
    Op("conv2d", "input weight bias?", "stride padding dilation groups", traits="reduces"),
    Op(
        "conv_transpose2d",
        "input weight bias?",
        "stride padding output_padding groups dilation",
        traits="reduces",
    ),
    Op("max_pool1d", "input", "kernel_size stride padding", smooth="no ties", traits="selects"),
    Op("max_pool2d", "input", "kernel_size stride padding", smooth="no ties", traits="selects"),
    Op("avg_pool1d", "input", "kernel_size stride padding", traits="reduces"),
    Op("avg_pool2d", "input", "kernel_size stride padding", traits="reduces"),
    Op("adaptive_avg_pool2d", "input", "output_size", traits="reduces"),
    Op("interpolate", "input", "size scale_factor mode", traits="reduces"),
    Op("pixel_shuffle", "input", "upscale_factor", traits="exact"),
    Op("embedding", "input weight", "padding_idx", traits="exact"),
    Op(
        "scaled_dot_product_attention",
        "query key value",
        "attn_mask dropout_p is_causal scale",
        traits="reduces",
    ),
    Op("normalize", "input", "p dim eps", smooth="off zero", traits="reduces"),
    Op("cosine_similarity", "x1 x2", "dim eps", smooth="off zero", traits="reduces"),
    Op("pairwise_distance", "x1 x2", "p eps keepdim", smooth="off zero", traits="reduces"),
    Op("cdist", "x1 x2", "p", smooth="off zero", traits="reduces"),
)

TABLE: dict[str, Op] = {
    op.name: op
    for op in (
        *_OPERATORS,
        *_UNARY,
        *_ACTIVATIONS,
        *_PAIRS,
        *_REDUCTIONS,
        *_LINEAR,
        *_MOVEMENT,
        *_INDEXING,
        *_IN_PLACE,
        *_LEAVING,
        *_LOSSES,
        *_LAYERS,
    )
}


def find(name: str) -> Op | None:
    """The row of that name, or None. A name that begins with `torch.` needs no row (see `free`)."""
    return free(name) if name.startswith("torch.") else TABLE.get(name)


def op_named(name: str) -> Op:
    """The row of that name, where a checked program holds the name. AssertionError when there is none."""
    op = find(name)
    assert op is not None, "a checked program has no unknown op"
    return op


def free(name: str) -> Op:
    """A row for the function of torch with that dotted name: any operands, any attributes.

    Programs that are made of torch's own samples hold these names.
    """
    # In `torch.linalg.norm` the method `norm` would be another op.
    method = "" if name.count(".") == 1 else " function"
    return Op(
        name, "input? *operands?", torch=name[6:], traits=f"free approximate{method}", results=0
    )
