import numpy as np

from . import functional as F
from .tensor import Tensor


class Module:
    def parameters(self):
        for thing in vars(self).values():
            if isinstance(thing, Tensor) and thing.requires_grad:
                yield thing
            elif isinstance(thing, Module):
                yield from thing.parameters()

    def __call__(self, *args):
        return self.forward(*args)


class Linear(Module):
    def __init__(self, fan_in, fan_out):
        rng = np.random.default_rng(0)
        self.weight = Tensor(rng.normal(0, fan_in**-0.5, (fan_in, fan_out)), requires_grad=True)
        self.bias = Tensor(np.zeros(fan_out), requires_grad=True)

    def forward(self, x):
        return x @ self.weight + self.bias


class Classifier(Module):
    def __init__(self, fan_in, hidden, classes):
        self.first, self.second = Linear(fan_in, hidden), Linear(hidden, classes)

    def forward(self, x):
        return F.log_softmax(self.second(F.relu(self.first(x))), dim=1)
