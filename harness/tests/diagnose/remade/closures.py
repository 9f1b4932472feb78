"""A scalar engine in micrograd's style: `a - b` is `a + b * -1`, `a / b` is `a * b ** -1`."""

PATH = "closures/engine.py"

# The line of each op that adds to the gradient of its operand.
POW = "self.grad += (other * self.data**(other-1)) * out.grad"
RELU = "self.grad += (out.data > 0) * out.grad"
TANH = "self.grad += (1 - t**2) * out.grad"
EXP = "self.grad += out.data * out.grad"
LOG = "self.grad += out.grad / self.data"
ADD = "self.grad += out.grad\n            other.grad += out.grad"
MUL = "self.grad += other.data * out.grad\n            other.grad += self.data * out.grad"

_POW_VALUE = "out = Value(self.data**other, (self,), f'**{other}')"
_RELU_VALUE = "out = Value(0 if self.data < 0 else self.data, (self,), 'ReLU')"
_TANH_VALUE = "out = Value(t, (self,), 'tanh')"
_LOG_VALUE = "out = Value(math.log(self.data), (self,), 'log')"
_ADD_VALUE = "out = Value(self.data + other.data, (self, other), '+')"
_BACKWARD = "\n\n        def _backward():\n            "

_SORT = """        def build_topo(v):
            if v not in visited:
                visited.add(v)
                for child in v._prev:
                    build_topo(child)
                topo.append(v)
        build_topo(self)
"""
_MET_FIRST = _SORT.replace("                topo.append(v)\n", "").replace(
    "visited.add(v)\n", "visited.add(v)\n                topo.insert(0, v)\n"
)
_BY_BREADTH = """        topo, queue = [self], [self]
        while queue:
            for child in queue.pop(0)._prev:
                if child not in topo:
                    topo.append(child)
                    queue.append(child)
        topo.reverse()
"""
_NEG = "return self * -1\n"
_OWN_NEG = """out = Value(-self.data, (self,), 'neg')

        def _backward():
            {}
        out._backward = _backward
        return out
"""

EDITS = {
    "add-assigns": (ADD, ADD.replace("+=", "=")),
    "add-forgets-upstream": (ADD, "self.grad += 1\n            other.grad += 1"),
    "add-returns-nothing": (_ADD_VALUE, f"self.data + other.data\n        return\n        {_ADD_VALUE}"),
    "add-number-in-place": (
        f"other = other if isinstance(other, Value) else Value(other)\n        {_ADD_VALUE}",
        "if not isinstance(other, Value):\n            self.data += other\n            return self\n"
        f"        {_ADD_VALUE}",
    ),
    "radd-for-sum-only": ("return self + other\n", "return self\n"),
    "radd-makes-a-leaf": ("return self + other\n", "return Value(other + self.data)\n"),
    "mul-assigns": (MUL, MUL.replace("+=", "=")),
    "mul-forgets-upstream": (MUL, MUL.replace(" * out.grad", "")),
    "mul-own-value": (
        MUL,
        "self.grad += self.data * out.grad\n            other.grad += other.data * out.grad",
    ),
    "rmul-makes-a-leaf": ("return self * other\n", "return Value(other * self.data)\n"),
    "pow-assigns": (POW, POW.replace("+=", "=")),
    "pow-forgets-upstream": (POW, "self.grad += other * self.data**(other-1)"),
    "pow-keeps-exponent": (POW, "self.grad += (other * self.data**other) * out.grad"),
    "pow-without-factor": (POW, "self.grad += self.data**(other-1) * out.grad"),
    "pow-skips-zero": (POW, f"if self.data: {POW}"),
    "pow-has-no-backward": (POW, "pass"),
    "pow-whole-only": (_POW_VALUE, f"other = int(other)\n        {_POW_VALUE}"),
    "relu-assigns": (RELU, RELU.replace("+=", "=")),
    "relu-forgets-upstream": (RELU, "self.grad += out.data > 0"),
    "relu-times-input": (RELU, "self.grad += out.data * out.grad"),
    "relu-above-one": (RELU, "self.grad += (out.data > 1) * out.grad"),
    "relu-inverted": (RELU, "self.grad += (self.data < 0) * out.grad"),
    "relu-returns-its-input": (
        _RELU_VALUE,
        f"self.data = max(0, self.data)\n        return self\n        {_RELU_VALUE}",
    ),
    "relu-state-on-the-class": (
        f"{_RELU_VALUE}{_BACKWARD}{RELU}",
        f"{_RELU_VALUE}\n        Value.on = out.data > 0{_BACKWARD}self.grad += Value.on * out.grad",
    ),
    "tanh-assigns": (TANH, TANH.replace("+=", "=")),
    "tanh-forgets-upstream": (TANH, "self.grad += 1 - t**2"),
    "tanh-without-square": (TANH, "self.grad += (1 - t) * out.grad"),
    "tanh-of-output": (TANH, "self.grad += (1 - math.tanh(t)**2) * out.grad"),
    "tanh-as-relu": (TANH, "self.grad += (t > 0) * out.grad"),
    "tanh-flat-beyond-five": (TANH, f"if abs(self.data) < 5: {TANH}"),
    "tanh-state-on-the-class": (
        f"{_TANH_VALUE}{_BACKWARD}{TANH}",
        f"{_TANH_VALUE}\n        Value.t = t{_BACKWARD}self.grad += (1 - Value.t**2) * out.grad",
    ),
    "exp-assigns": (EXP, EXP.replace("+=", "=")),
    "exp-forgets-upstream": (EXP, "self.grad += out.data"),
    "exp-uses-input": (EXP, "self.grad += self.data * out.grad"),
    "exp-by-power-rule": (EXP, "self.grad += self.data * math.exp(self.data - 1) * out.grad"),
    "exp-has-no-backward": (EXP, "pass"),
    "log-assigns": (LOG, LOG.replace("+=", "=")),
    "log-forgets-upstream": (LOG, "self.grad += 1 / self.data"),
    "log-forgets-derivative": (LOG, "self.grad += out.data / self.data * out.grad"),
    "log-with-epsilon": (LOG, "self.grad += out.grad / (self.data + 1e-8)"),
    "log-without-import": (_LOG_VALUE, _LOG_VALUE.replace("math", "np")),
    "log-state-on-the-class": (
        f"{_LOG_VALUE}{_BACKWARD}{LOG}",
        f"{_LOG_VALUE}\n        Value.x = self.data{_BACKWARD}self.grad += out.grad / Value.x",
    ),
    "neg-passes": (_NEG, _OWN_NEG.format("self.grad += out.grad")),
    "neg-forgets-upstream": (_NEG, _OWN_NEG.format("self.grad += -1")),
    "neg-assigns": (_NEG, _OWN_NEG.format("self.grad = -out.grad")),
    "neg-makes-a-leaf": (_NEG, "return Value(-self.data)\n"),
    "sub-swapped": ("return self + (-other)\n", "return other + (-self)\n"),
    "rsub-reversed": ("return other + (-self)\n", "return self + (-other)\n"),
    "rsub-adds": ("return other + (-self)\n", "return self + other\n"),
    "rtruediv-reversed": ("return other * self**-1", "return self * other**-1"),
    "div-floors": (
        "return self * other**-1\n",
        "return Value(self.data // getattr(other, 'data', other))\n",
    ),
    "div-with-epsilon": ("return self * other**-1\n", "return self * (other + 1e-8)**-1\n"),
    "not-reversed": ("for v in reversed(topo):", "for v in topo:"),
    "preorder": (_SORT, _MET_FIRST),
    "breadth-first": (_SORT, _BY_BREADTH),
    "every-path": ("if v not in visited:", "if True:"),
    "one-level-only": ("for v in reversed(topo):\n            v._backward()", "self._backward()"),
    "root-not-seeded": ("self.grad = 1\n        for", "for"),
    "root-seeded-with-its-value": ("self.grad = 1\n", "self.grad = self.data\n"),
    "equal-values-merged": (
        "    def __repr__(self):",
        "    def __eq__(self, other):\n        return self.data == other.data\n\n"
        "    def __hash__(self):\n        return hash(self.data)\n\n    def __repr__(self):",
    ),
}  # fmt: skip

# Each edited engine fails one of these cases at least.
TELLING = [
    "metamorphic/sigmoid_of_a_leaf[quotient]",
    "activations/result_used_twice[relu]",
    "metamorphic/quotient[logarithms]",
    "activations/times_its_input[tanh]",
    "metamorphic/root_of_a_leaf[quotient]",
    "reflected/number_with_leaf[sub_3]",
    "kinks/gradient_zero[relu_at_0.0]",
    "accumulation/sum_with_itself",
    "edges/power_of_zero[1]",
    "nonfinite/nan_in_a_function[tanh]",
    "activations/times_its_input[relu]",
    "activations/applied_twice[tanh]",
    "metamorphic/exponential_of_a_leaf[fused]",
    "activations/two_nodes[relu]",
]
