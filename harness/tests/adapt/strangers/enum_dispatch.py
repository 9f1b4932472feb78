import math
from enum import Enum, auto


class Op(Enum):
    LEAF = auto()
    ADD = auto()
    SUB = auto()
    MUL = auto()
    DIV = auto()
    POW = auto()
    NEG = auto()
    EXP = auto()
    LOG = auto()
    TANH = auto()
    RELU = auto()
    SIGMOID = auto()


class Atom:
    # tag: which operation, l / r: operands
    def __init__(self, data, tag=Op.LEAF, l=None, r=None):
        self.data = data
        self.gradient = 0.0
        self.tag = tag
        self.l = l
        self.r = r

    @staticmethod
    def wrap(x):
        if isinstance(x, Atom):
            return x
        elif isinstance(x, (int, float)):
            return Atom(x)
        raise TypeError("cannot make an Atom of " + type(x).__name__)

    def __add__(self, o):
        o = Atom.wrap(o)
        return Atom(self.data + o.data, Op.ADD, self, o)

    def __sub__(self, o):
        o = Atom.wrap(o)
        return Atom(self.data - o.data, Op.SUB, self, o)

    def __mul__(self, o):
        o = Atom.wrap(o)
        return Atom(self.data * o.data, Op.MUL, self, o)

    def __truediv__(self, o):
        o = Atom.wrap(o)
        return Atom(self.data / o.data, Op.DIV, self, o)

    def __pow__(self, o):
        o = Atom.wrap(o)
        return Atom(self.data ** o.data, Op.POW, self, o)

    def __neg__(self):
        return Atom(-self.data, Op.NEG, self)

    def exp(self):
        return Atom(math.exp(self.data), Op.EXP, self)

    def log(self):
        return Atom(math.log(self.data), Op.LOG, self)

    def tanh(self):
        return Atom(math.tanh(self.data), Op.TANH, self)

    def ReLU(self):
        return Atom(max(0.0, self.data), Op.RELU, self)

    def sigmod(self):
        return Atom(1.0 / (1.0 + math.exp(-self.data)), Op.SIGMOID, self)

    def backwards(self):
        order = []
        self._sort(order, set())
        self.gradient = 1.0
        for n in order[::-1]:
            n._push()

    def _sort(self, order, seen):
        if self in seen:
            return
        seen.add(self)
        if self.l is not None:
            self.l._sort(order, seen)
        if self.r is not None:
            self.r._sort(order, seen)
        order.append(self)

    def _push(self):
        g, l, r = self.gradient, self.l, self.r
        if self.tag == Op.LEAF:
            pass
        elif self.tag == Op.ADD:
            l.gradient += g
            r.gradient += g
        elif self.tag == Op.SUB:
            l.gradient += g
            r.gradient -= g
        elif self.tag == Op.MUL:
            # careful if l is r: both lines have to add
            l.gradient += g * r.data
            r.gradient += g * l.data
        elif self.tag == Op.DIV:
            l.gradient += g / r.data
            r.gradient -= g * l.data / r.data / r.data
        elif self.tag == Op.POW:
            l.gradient += g * r.data * l.data ** (r.data - 1)
            if l.data > 0:
                r.gradient += g * self.data * math.log(l.data)
        elif self.tag == Op.NEG:
            l.gradient -= g
        elif self.tag == Op.EXP:
            l.gradient += g * self.data
        elif self.tag == Op.LOG:
            l.gradient += g / l.data
        elif self.tag == Op.TANH:
            l.gradient += g * (1 - self.data ** 2)
        elif self.tag == Op.RELU:
            if l.data > 0:
                l.gradient += g
        elif self.tag == Op.SIGMOID:
            l.gradient += g * self.data * (1 - self.data)
        else:
            raise ValueError(self.tag)
