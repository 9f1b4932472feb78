"""Function, Context and the engine. Knows nothing about any particular operation."""


class Context:
    def __init__(self, needs_input_grad):
        self.needs_input_grad = needs_input_grad
        self.saved_tensors = ()

    def save_for_backward(self, *arrays):
        self.saved_tensors = arrays


class Function:
    @staticmethod
    def forward(ctx, *args, **kwargs):
        raise NotImplementedError

    @staticmethod
    def backward(ctx, grad_output):
        raise NotImplementedError

    @classmethod
    def apply(cls, *args, **kwargs):
        from .tensor import Tensor

        inputs = [a if isinstance(a, Tensor) else Tensor(a) for a in args]
        ctx = Context([t.requires_grad for t in inputs])
        out = Tensor(cls.forward(ctx, *[t.data for t in inputs], **kwargs))
        if any(ctx.needs_input_grad):
            out.requires_grad = True
            out._node = (cls, ctx, inputs)
        return out


def run_backward(root, grad):
    order = []
    visited = set()

    def visit(tensor):
        if id(tensor) in visited or tensor._node is None:
            return
        visited.add(id(tensor))
        for parent in tensor._node[2]:
            visit(parent)
        order.append(tensor)

    visit(root)
    grads = {id(root): grad}
    if not order:
        _accumulate(root, grad)
    for tensor in reversed(order):
        function, ctx, inputs = tensor._node
        upstream = grads.pop(id(tensor))
        _accumulate(tensor, upstream)
        results = function.backward(ctx, upstream)
        if not isinstance(results, tuple):
            results = (results,)
        for parent, g in zip(inputs, results):
            if not parent.requires_grad:
                continue
            if parent._node is None:
                _accumulate(parent, g)
            elif id(parent) in grads:
                grads[id(parent)] = grads[id(parent)] + g
            else:
                grads[id(parent)] = g


def _accumulate(tensor, g):
    from .tensor import Tensor

    assert g.shape == tensor.data.shape, (g.shape, tensor.data.shape)
    tensor.grad = Tensor(g.copy() if tensor.grad is None else tensor.grad.data + g)
