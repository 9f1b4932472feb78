from __future__ import print_function
import math, random, time
from tqdm import tqdm, trange
from rich import print as rprint
from rich.console import Console
from rich.table import Table
from termcolor import colored

console = Console()


class Var(object):

    counter = 0

    def __init__(self, data, name=None, _from=None):
        self.data = data
        self.grad = 0.
        Var.counter += 1
        self.name = name or 'v%d' % Var.counter
        self._from = _from          # (function name, inputs) or None

    def __rich__(self):
        return '[bold]%s[/bold] = [green]%.4f[/green]' % (self.name, self.data)

    def __hash__(self):
        return id(self)

    def __add__(self, o): return call('add', self, o)
    def __radd__(self, o): return call('add', o, self)
    def __mul__(self, o): return call('mul', self, o)
    def __rmul__(self, o): return call('mul', o, self)
    def __sub__(self, o): return call('sub', self, o)
    def __rsub__(self, o): return call('sub', o, self)
    def __truediv__(self, o): return call('div', self, o)
    def __rtruediv__(self, o): return call('div', o, self)
    def __neg__(self): return call('neg', self)
    def exp(self): return call('exp', self)
    def log(self): return call('log', self)
    def sigmoid(self): return call('sigmoid', self)

    def backward(self):
        seq = []
        def rec(v):
            if v not in seq_set:
                seq_set.add(v)
                if v._from:
                    for i in v._from[1]: rec(i)
                seq.append(v)
        seq_set = set()
        rec(self)
        acc = {v: 0. for v in seq}
        acc[self] = 1.
        for v in reversed(seq):
            v.grad += acc[v]
            if v._from:
                fn, inputs = v._from
                ds = BACKWARD[fn](v.data, *[i.data for i in inputs])
                for i, d in zip(inputs, ds):
                    acc[i] += acc[v] * d


FORWARD = {
    'add': lambda a, b: a + b,
    'sub': lambda a, b: a - b,
    'mul': lambda a, b: a * b,
    'div': lambda a, b: a / b,
    'neg': lambda a: -a,
    'exp': math.exp,
    'log': math.log,
    'sigmoid': lambda a: 1 / (1 + math.exp(-a)),
}

# (result, *inputs) -> derivative for each input
BACKWARD = {
    'add': lambda y, a, b: (1., 1.),
    'sub': lambda y, a, b: (1., -1.),
    'mul': lambda y, a, b: (b, a),
    'div': lambda y, a, b: (1 / b, -y / b),
    'neg': lambda y, a: (-1.,),
    'exp': lambda y, a: (y,),
    'log': lambda y, a: (1 / a,),
    'sigmoid': lambda y, a: (y * (1 - y),),
}


def call(fn, *args):
    inputs = [a if isinstance(a, Var) else Var(a) for a in args]
    return Var(FORWARD[fn](*[i.data for i in inputs]), _from=(fn, inputs))


def table(rows):
    t = Table(title='gradients')
    t.add_column('variable')
    t.add_column('gradient', justify='right')
    for v in rows:
        t.add_row(v.name, '%.4f' % v.grad)
    console.print(t)


# quick demo ---------------------------------------------------------------
w, b = Var(random.random(), 'w'), Var(0., 'b')
for epoch in tqdm(range(20), desc='fitting'):
    for x, y in [(0., 0.), (1., 1.)]:
        p = (w * x + b).sigmoid()
        loss = -(y * p.log() + (1. - y) * (1. - p).log())
        w.grad = b.grad = 0.
        loss.backward()
        w.data -= w.grad
        b.data -= b.grad

bar = trange(5)
for i in bar:
    bar.set_postfix(i=i)

with tqdm(total=3) as pbar:
    for _ in range(3):
        pbar.update(1)

rprint('[bold green]done[/bold green]', ':tada:')
print(colored('w = %.3f' % w.data, 'blue'))
table([w, b])
