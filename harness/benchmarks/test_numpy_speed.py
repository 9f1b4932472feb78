"""A training step of a 784-128-10 network on a batch of 64, on the NumPy engine and its peers.

    OPENBLAS_NUM_THREADS=1 pytest harness/benchmarks/test_numpy_speed.py --benchmark-only

Each group is one loss and dtype, and each row in it one engine: forward, loss and the gradients of all four
parameters. The bar is torch on one thread. Most of the time is BLAS: leave OPENBLAS_CORETYPE and
OPENBLAS_L2_SIZE unset, because they can name the wrong processor.
"""

import warnings

import numpy as np
import pytest

ENGINES = ["numpy", "torch", "autograd", "mygrad"]
SHAPES = [(784, 128), (128,), (128, 10), (10,)]
BATCH, CLASSES = 64, 10


def problem(dtype):
    """Data, class indices, targets for the squares, and the four parameters, as arrays."""
    random = np.random.default_rng(0)
    x = random.standard_normal((BATCH, 784)).astype(dtype)
    classes = random.integers(0, CLASSES, BATCH)
    targets = random.standard_normal((BATCH, CLASSES)).astype(dtype)
    return x, classes, targets, [(random.standard_normal(s) * 0.05).astype(dtype) for s in SHAPES]


def stepper(leaf, constant, relu, losses, loss, dtype):
    """A step in an engine whose tensors have `backward` and `grad`."""
    x, classes, targets, arrays = problem(dtype)
    data = constant(x)
    goal = constant(classes if loss == "cross-entropy" else targets)
    parameters = [leaf(array) for array in arrays]

    def step():
        for parameter in parameters:
            parameter.grad = None
        w1, b1, w2, b2 = parameters
        losses[loss](relu(data @ w1 + b1) @ w2 + b2, goal).backward()
        return [np.asarray(parameter.grad) for parameter in parameters]

    return step


def numpy_step(loss, dtype):
    from gradconform.engines import numpy_ as engine

    losses = {"cross-entropy": engine.cross_entropy, "squares": engine.mse_loss}
    return stepper(
        lambda a: engine.Tensor(a, requires_grad=True),
        engine.Tensor,
        engine.relu,
        losses,
        loss,
        dtype,
    )


def torch_step(loss, dtype):
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)
    functional = torch.nn.functional
    losses = {"cross-entropy": functional.cross_entropy, "squares": functional.mse_loss}
    return stepper(
        lambda a: torch.tensor(a, requires_grad=True),
        torch.tensor,
        torch.relu,
        losses,
        loss,
        dtype,
    )


def mygrad_step(loss, dtype):
    mygrad = pytest.importorskip("mygrad")
    from mygrad.nnet.activations import relu
    from mygrad.nnet.losses import softmax_crossentropy

    losses = {
        "cross-entropy": softmax_crossentropy,
        "squares": lambda y, goal: mygrad.mean((y - goal) ** 2),
    }
    x, classes, targets, arrays = problem(dtype)
    parameters = [mygrad.tensor(array) for array in arrays]

    def step():
        for parameter in parameters:
            parameter.null_grad()
        w1, b1, w2, b2 = parameters
        goal = classes if loss == "cross-entropy" else targets
        losses[loss](relu(x @ w1 + b1) @ w2 + b2, goal).backward()
        return [parameter.grad for parameter in parameters]

    return step


def autograd_step(loss, dtype):
    autograd = pytest.importorskip("autograd")
    import autograd.numpy as anp

    x, classes, targets, arrays = problem(dtype)
    rows = np.arange(BATCH)

    def cross_entropy(y):
        z = y - anp.max(y, axis=1, keepdims=True)
        return -anp.mean(z[rows, classes] - anp.log(anp.sum(anp.exp(z), axis=1)))

    def objective(parameters):
        w1, b1, w2, b2 = parameters
        y = anp.maximum(x @ w1 + b1, 0) @ w2 + b2
        return cross_entropy(y) if loss == "cross-entropy" else anp.mean((y - targets) ** 2)

    gradient = autograd.grad(objective)
    return lambda: gradient(arrays)


STEPS = {
    "numpy": numpy_step,
    "torch": torch_step,
    "mygrad": mygrad_step,
    "autograd": autograd_step,
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("loss", ["cross-entropy", "squares"])
def test_training_step(benchmark, loss, dtype, engine):
    benchmark.group = f"784-128-10, batch 64, {loss}, {dtype}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of peers on import
        step = STEPS[engine](loss, dtype)
    found = benchmark(step)
    for gradient, expected in zip(found, numpy_step(loss, dtype)(), strict=True):
        np.testing.assert_allclose(gradient, expected, rtol=1e-3, atol=1e-5)
