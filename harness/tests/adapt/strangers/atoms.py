'''atoms.py - everything is an Atom, and molecules are made of atoms'''
import numpy as np
from functools import partial, reduce


class Atom:
    __array_priority__ = 999

    def __init__(self, value, label=None):
        self.value = np.asarray(value, dtype='float64')
        self.label = label
        self.gradient = None
        self.bonds = []                 # (other atom, pull) where pull maps our gradient to theirs

    def bond(self, *bonds):
        self.bonds += bonds
        return self

    def __add__(self, o):
        o = Atom.of(o)
        return Atom(self.value + o.value).bond((self, same), (o, same))

    def __mul__(self, o):
        o = Atom.of(o)
        return Atom(self.value * o.value).bond((self, partial(np.multiply, o.value)),
                                               (o, partial(np.multiply, self.value)))

    def __pow__(self, o):
        o = Atom.of(o)
        y = self.value ** o.value
        out = Atom(y).bond((self, lambda g: g * o.value * self.value ** (o.value - 1)))
        if o.label != 'number':
            out.bond((o, lambda g: g * y * np.log(self.value)))
        return out

    def dot(self, o):
        o = Atom.of(o)
        if self.value.ndim > 2 or o.value.ndim > 2 or 0 in (self.value.ndim, o.value.ndim):
            raise NotImplementedError('vectors and matrices only')
        if self.value.ndim == 1 and o.value.ndim == 1:
            return (self * o).sum()
        if o.value.ndim == 1:
            return (self * o).sum(axis=1)
        if self.value.ndim == 1:
            return Atom(self.value.dot(o.value)).bond((self, lambda g: o.value.dot(g)),
                                                      (o, lambda g: np.outer(self.value, g)))
        return Atom(self.value.dot(o.value)).bond((self, lambda g: g.dot(o.value.T)),
                                                  (o, lambda g: self.value.T.dot(g)))

    # axis like numpy, keepdim like torch (I mixed up the two and now it is too late)
    def sum(self, axis=None, keepdim=False):
        def pull(g):
            if axis is not None and not keepdim:
                g = np.expand_dims(g, axis)
            return np.broadcast_to(g, self.value.shape)
        return Atom(self.value.sum(axis=axis, keepdims=keepdim)).bond((self, pull))

    def mean(self, axis=None, keepdim=False):
        total = self.sum(axis, keepdim)
        return total * (total.value.size / max(1, self.value.size))

    def exp(self):
        y = np.exp(self.value)
        return Atom(y).bond((self, lambda g: g * y))

    def ln(self):
        return Atom(np.log(self.value)).bond((self, lambda g: g / self.value))

    def tanh(self):
        y = np.tanh(self.value)
        return Atom(y).bond((self, lambda g: g * (1 - y) * (1 + y)))

    def reLU(self):
        return Atom(self.value.clip(min=0)).bond((self, lambda g: np.where(self.value > 0, g, 0)))

    def reshape(self, shape):
        return Atom(self.value.reshape(shape)).bond((self, lambda g: g.reshape(self.value.shape)))

    @property
    def T(self):
        return Atom(self.value.T).bond((self, np.transpose))

    __radd__ = __add__
    __rmul__ = __mul__
    __matmul__ = dot
    def __rmatmul__(self, o): return Atom.of(o).dot(self)
    def __neg__(self): return self * -1
    def __sub__(self, o): return self + -Atom.of(o)
    def __rsub__(self, o): return -self + o
    def __truediv__(self, o): return self * Atom.of(o) ** Atom(-1, 'number')
    def __rtruediv__(self, o): return self ** Atom(-1, 'number') * o

    @staticmethod
    def of(x):
        return x if isinstance(x, Atom) else Atom(x, 'number')

    def backprop(self, gradient=None):
        molecule = []

        def chain(atom, known):
            if id(atom) in known: return known
            known = reduce(lambda k, b: chain(b[0], k), atom.bonds, known | {id(atom)})
            molecule.append(atom)
            return known

        chain(self, frozenset())
        g = {id(self): np.ones_like(self.value) if gradient is None else np.asarray(gradient)}
        for atom in molecule[::-1]:
            mine = g[id(atom)]
            atom.gradient = mine if atom.gradient is None else atom.gradient + mine
            for other, pull in atom.bonds:
                part = fold(pull(mine), other.value.shape)
                g[id(other)] = part if id(other) not in g else g[id(other)] + part


def same(g):
    return g


def fold(g, shape):
    g = np.asarray(g)
    while g.ndim > len(shape): g = g.sum(axis=0)
    return g.sum(axis=tuple(i for i, n in enumerate(shape) if n == 1), keepdims=True)
