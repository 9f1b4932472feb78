"""An engine of arrays with the manners of torch."""

PATH = "torch_like.py"

_TO_A, TO_B = (
    "(self, lambda g: reduce_to({}, self.shape))",
    "(o, lambda g: reduce_to({}, o.shape))",
)
_ADD = f"{_TO_A.format('g')},\n                            {TO_B.format('g')}"
SUB_B = TO_B.format("-g")
_MUL_A, _MUL_B = _TO_A.format("g * o.data"), TO_B.format("g * self.data")
_DIV_A, DIV_B = _TO_A.format("g / o.data"), TO_B.format("-g * self.data / o.data**2")
_MUL = f"{_MUL_A},\n                            {_MUL_B}"
_DIV = f"{_DIV_A},\n                            {DIV_B}"
_POW = "lambda g: g * n * self.data ** (n - 1)"
EXP = "lambda g: g * y))\n\n    def log"
LOG = "lambda g: g / self.data))"
TANH = "lambda g: g * (1 - y * y)"
SIGMOID = "lambda g: g * y * (1 - y)"
_RELU = "lambda g: g * on"
_SUM_VALUE = "y = self.data.sum(axis=dim, keepdims=keepdim)"
_SUM = "lambda g: self._spread(g, dim, keepdim)))"
MEAN = "lambda g: self._spread(g, dim, keepdim) * ratio"
_SPREAD = "        if dim is not None and not keepdim:\n            g = np.expand_dims(g, dim)\n"
_LEFT = "reduce_to(whole(g) @ b.swapaxes(-1, -2), a.shape).reshape(self.shape)"
_RIGHT = "reduce_to(a.swapaxes(-1, -2) @ whole(g), b.shape).reshape(o.shape)"
_MATMUL = f"{_LEFT}\n\n        def right(g):\n            return {_RIGHT}"
_MAX_BACK = "g if keepdim else np.expand_dims(g, dim), dim"
_RESHAPE = "lambda g: g.reshape(self.shape)"
_INDEX = "np.add.at(out, index, g)"
_DETACH = "def detach(self): return Tensor(self.data)"
_ADDED = "grads[id(parent)] + part if id(parent) in grads else part"
_LEAF = "t.grad = g.copy() if t.grad is None else t.grad + g"

_LEADING = "    while g.ndim > len(shape):\n        g = g.sum(axis=0)\n"
_LOOP = "    for i, n in enumerate(shape):\n        if n == 1 and g.shape[i] != 1:\n"
_STRETCHED = "            g = g.sum(axis=i, keepdims=True)\n"
_REDUCED = f"{_LEADING}{_LOOP}{_STRETCHED}"
_SLICES = "isinstance(index, slice) or isinstance(index, tuple) and slice in map(type, index)"

EDITS = {
    "add-forgets-upstream": (_ADD, _ADD.replace("reduce_to(g", "reduce_to(np.ones_like(g)")),
    "sub-second-sign": (SUB_B, SUB_B.replace("-g", "g")),
    "difference-forgets-second": (SUB_B, SUB_B.replace("-g", "0 * g")),
    "array-mul-forgets-upstream": (_MUL, _MUL.replace("(g *", "(np.ones_like(g) *")),
    "mul-own-value": (
        _MUL,
        f"{_TO_A.format('g * self.data')},\n                            {TO_B.format('g * o.data')}",
    ),
    "div-second-sign": (DIV_B, DIV_B.replace("-g", "g")),
    "div-without-square": (DIV_B, DIV_B.replace("**2", "")),
    "div-first-multiplies": (_DIV_A, _TO_A.format("g * o.data")),
    "div-forgets-upstream": (
        _DIV,
        _DIV.replace("(g /", "(np.ones_like(g) /").replace("(-g", "(-np.ones_like(g)"),
    ),
    "pow-keeps-exponent": (_POW, "lambda g: g * n * self.data**n"),
    "pow-without-factor": (_POW, "lambda g: g * self.data ** (n - 1)"),
    "pow-forgets-upstream": (_POW, "lambda g: n * self.data ** (n - 1)"),
    "array-exp-forgets-upstream": (EXP, EXP.replace("g * y", "np.ones_like(g) * y")),
    "exp-uses-input": (EXP, EXP.replace("g * y", "g * self.data")),
    "exp-by-power-rule": (EXP, EXP.replace("g * y", "g * self.data * np.exp(self.data - 1)")),
    "exp-in-float32": (
        "y = np.exp(self.data)",
        "y = np.exp(self.data.astype(np.float32)).astype(float)",
    ),
    "log-forgets-derivative": (LOG, "lambda g: g * np.log(self.data) / self.data))"),
    "log-with-epsilon": (LOG, "lambda g: g / (self.data + 1e-8)))"),
    "log-forgets-upstream": (LOG, "lambda g: 1 / self.data))"),
    "array-tanh-forgets-upstream": (TANH, "lambda g: np.ones_like(g) * (1 - y * y)"),
    "tanh-without-square": (TANH, "lambda g: g * (1 - y)"),
    "tanh-of-output": (TANH, "lambda g: g * (1 - np.tanh(y) ** 2)"),
    "sigmoid-plus": (SIGMOID, "lambda g: g * y * (1 + y)"),
    "sigmoid-as-relu": (SIGMOID, "lambda g: g * (y > 0)"),
    "sigmoid-of-output": (SIGMOID, "lambda g: g * np.exp(-y) / (1 + np.exp(-y)) ** 2"),
    "sigmoid-forgets-upstream": (SIGMOID, "lambda g: y * (1 - y)"),
    "array-relu-forgets-upstream": (_RELU, "lambda g: np.ones_like(g) * on"),
    "relu-times-input": (_RELU, "lambda g: g * on * self.data"),
    "relu-inverted": (_RELU, "lambda g: g * (self.data < 0)"),
    "relu-above-one": (_RELU, "lambda g: g * (self.data > 1)"),
    "relu-changes-its-input": (
        "np.where(on, self.data, 0.0), (self",
        "np.multiply(self.data, on, out=self.data), (self",
    ),
    "array-sum-forgets-upstream": (_SUM, _SUM.replace("(g,", "(np.ones_like(g),")),
    "sum-averages-gradient": (_SUM, f"{_SUM[:-2]} * y.size / self.data.size))"),
    "sum-spread-over-last": (_SPREAD, ""),
    "sum-of-last-axis": ("def sum(self, dim=None", "def sum(self, dim=-1"),
    "sum-keeps-dim": (_SUM_VALUE, f"keepdim = True\n        {_SUM_VALUE}"),
    "sum-in-float32": (
        _SUM_VALUE,
        "y = self.data.astype(np.float32).sum(axis=dim, keepdims=keepdim).astype(float)",
    ),
    "array-mean-forgets-upstream": (MEAN, MEAN.replace("(g,", "(np.ones_like(g),")),
    "mean-without-n": (MEAN, MEAN.replace(" * ratio", "")),
    "mean-by-whole-size": (MEAN, MEAN.replace("* ratio", "/ self.data.size")),
    "mean-cuts-graph": ("ratio = y.size", "return Tensor(y)\n        ratio = y.size"),
    "array-matmul-forgets-upstream": (
        _MATMUL,
        _MATMUL.replace("whole(g)", "whole(np.ones_like(g))"),
    ),
    "matmul-first-operand-only": (f"return {_RIGHT}", "return np.zeros(o.shape)"),
    "matmul-gradients-untransposed": (_MATMUL, _MATMUL.replace(".swapaxes(-1, -2)", "")),
    "matmul-transposes-batches": (_MATMUL, _MATMUL.replace(".swapaxes(-1, -2)", ".T")),
    "max-to-all": (
        "return self[k]",
        "return Tensor._from(self.data.max(), (self, lambda g: g * np.ones(self.shape)))",
    ),
    "transpose-not-undone": ("lambda g: g.swapaxes(dim0, dim1)", "lambda g: g"),
    "reshape-in-columns": (_RESHAPE, 'lambda g: g.reshape(self.shape, order="F")'),
    "reshape-cuts-graph": (_RESHAPE, "lambda g: np.zeros(self.shape)"),
    "index-counts-once": (_INDEX, "out[index] += g"),
    "slice-drops-gradient": (_INDEX, f"if not ({_SLICES}): {_INDEX}"),
    "slice-gradient-at-front": (
        _INDEX,
        f"if {_SLICES}: out.reshape(-1)[:g.size] = g.reshape(-1)\n            else: {_INDEX}",
    ),
    "cat-swapped": ("g.take(k, axis=dim)", "g.take(len(tensors) - 1 - k, axis=dim)"),
    "cat-first-piece-for-all": ("g.take(k, axis=dim)", "g.take(0, axis=dim)"),
    "array-detach-does-not-detach": (_DETACH, "def detach(self): return self * 1.0"),
    "array-rsub-reversed": ("return astensor(o) - self", "return self - o"),
    "array-rtruediv-reversed": ("return astensor(o) / self", "return self / o"),
    "array-rmatmul-reversed": ("return astensor(o) @ self", "return self @ o"),
    "arrays-assigned": (_ADDED, "part"),
    "single-use-only": (_ADDED, "grads.get(id(parent), part)"),
    "gradients-in-float32": (_ADDED, f"np.float64(np.float32({_ADDED}))"),
    "small-gradients-vanish": (_LEAF, f"g = np.where(abs(g) < 1e-7, 0, g)\n                {_LEAF}"),
    "array-leaves-assigned": (_LEAF, "t.grad = g"),
    "broadcast-not-undone": (f"{_LEADING}{_LOOP}", f"    return g\n{_LEADING}{_LOOP}"),
    "broadcast-leading-only": (f"{_LEADING}{_LOOP}", f"{_LEADING}    return g\n{_LOOP}"),
    "broadcast-size-one-only": (_LEADING, "    if g.ndim > len(shape):\n        return g\n"),
    "broadcast-trailing": (_LEADING, _LEADING.replace("axis=0", "axis=-1")),
    "broadcast-one-leading-of-two": (_LEADING, _LEADING.replace("while", "if")),
    "broadcast-without-keepdim": (_STRETCHED, "            return g.sum(axis=i)\n"),
    "broadcast-averaged": (_REDUCED, _REDUCED.replace("sum", "mean")),
    "broadcast-cut-to-shape": (_LEADING, "    return np.resize(g, shape)\n"),
    "broadcast-first-copy": (
        _LEADING,
        "    return g[(0,) * (g.ndim - len(shape)) + tuple(slice(n) for n in shape)]\n",
    ),
}  # fmt: skip

# Each edited engine fails one of these cases at least.
TELLING = [
    "fused/softmax_of_rows[quotient]",
    "fused_losses/binary_cross_entropy_of_logits[by_logarithms]",
    "matmul/in_two_layers",
    "fused/variance_of_rows[of_deviations]",
    "layouts/of_a_view[steps-reshape]",
    "lifecycle/cotangents_are_linear",
    "axes/moved_from_the_end[stack,-1]",
    "reductions/whole_multiplied_back[sum]",
    "axes/from_the_end[mean,-1]",
    "axes/two_axes[transpose]",
    "indexing/of_a_matrix[negative_list]",
    "matmul/with_itself[cubic]",
    "matmul/with_a_numpy_array_on_the_left[vector]",
    "numpy_left/of_arithmetic[div-same]",
    "reductions/over_everything[max-vector]",
    "unary/exp_of_a_large_number[-20.0]",
    "lifecycle/requires_grad[detached]",
    "nonfinite/infinity_in_a_piece[relu_of_-inf]",
]
