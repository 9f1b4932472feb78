import random

import functional as F
from engine import Value


class Perceptron:
    def __init__(self, inputs, seed=3):
        rng = random.Random(seed)
        self.weights = [Value(rng.gauss(0, 1), name=f"w{k}") for k in range(inputs)]
        self.bias = Value(0.0, name="b")

    def __call__(self, xs):
        z = self.bias
        for w, x in zip(self.weights, xs):
            z = z + w * x
        return F.sigmoid(z)

    def step(self, rate):
        for p in [*self.weights, self.bias]:
            p.data -= rate * p.grad
            p.grad = 0.0
