# Bound: nothing, it asks another library.
import torch


class Value:
    def __init__(self, data):
        self.tensor = data if isinstance(data, torch.Tensor) else torch.tensor(float(data), dtype=torch.float64)
        if self.tensor.is_leaf:
            self.tensor.requires_grad_()
        self.tensor.retain_grad()

    data = property(lambda self: self.tensor.item())
    grad = property(lambda self: self.tensor.grad.item())
    __add__ = __radd__ = lambda self, other: Value(self.tensor + getattr(other, "tensor", other))
    __mul__ = __rmul__ = lambda self, other: Value(self.tensor * getattr(other, "tensor", other))

    def backward(self):
        self.tensor.backward()
