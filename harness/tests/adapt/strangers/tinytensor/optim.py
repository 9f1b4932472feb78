class SGD:
    def __init__(self, parameters, lr=0.01):
        self.parameters, self.lr = list(parameters), lr

    def zero_grad(self):
        for p in self.parameters:
            p.zero_grad()

    def step(self):
        for p in self.parameters:
            p.data -= self.lr * p.grad.data
