'''
Reverse mode AD with a Wengert list (one global tape).

Every arithmetic operation appends one record to TAPE:

    (index of result, [(index of argument, partial derivative), ...])

The reverse sweep walks the records from the last one to the first.
'''
import math

TAPE = []


class Record:
    def __init__(self, var, args):
        self.var = var
        self.args = args


class Var:
    def __init__(self, val, args=()):
        self.val = val
        self.grad = 0.0
        self.idx = len(TAPE)
        TAPE.append(Record(self, args))

    def __repr__(self):
        return 'Var#%d(%g)' % (self.idx, self.val)

    def __add__(self, b):
        if type(b) is not Var: return Var(self.val + b, [(self.idx, 1.0)])
        return Var(self.val + b.val, [(self.idx, 1.0), (b.idx, 1.0)])

    def __radd__(self, b):
        return Var(b + self.val, [(self.idx, 1.0)])

    def __sub__(self, b):
        if type(b) is not Var: return Var(self.val - b, [(self.idx, 1.0)])
        return Var(self.val - b.val, [(self.idx, 1.0), (b.idx, -1.0)])

    def __rsub__(self, b):
        return Var(b - self.val, [(self.idx, -1.0)])

    def __mul__(self, b):
        if type(b) is not Var: return Var(self.val * b, [(self.idx, b)])
        return Var(self.val * b.val, [(self.idx, b.val), (b.idx, self.val)])

    def __rmul__(self, b):
        return Var(b * self.val, [(self.idx, b)])

    def __truediv__(self, b):
        if type(b) is not Var: return Var(self.val / b, [(self.idx, 1 / b)])
        return Var(self.val / b.val,
                   [(self.idx, 1 / b.val), (b.idx, -self.val / b.val ** 2)])

    def __rtruediv__(self, b):
        return Var(b / self.val, [(self.idx, -b / self.val ** 2)])

    def __pow__(self, b):
        if type(b) is not Var:
            return Var(self.val ** b, [(self.idx, b * self.val ** (b - 1))])
        p = self.val ** b.val
        return Var(p, [(self.idx, b.val * self.val ** (b.val - 1)),
                       (b.idx, p * math.log(self.val))])

    def __rpow__(self, b):
        p = b ** self.val
        return Var(p, [(self.idx, p * math.log(b))])

    def __neg__(self):
        return Var(-self.val, [(self.idx, -1.0)])

    def __abs__(self):
        return Var(abs(self.val), [(self.idx, 1.0 if self.val > 0 else -1.0)])

    def sin(self):
        return Var(math.sin(self.val), [(self.idx, math.cos(self.val))])

    def cos(self):
        return Var(math.cos(self.val), [(self.idx, -math.sin(self.val))])

    def exp(self):
        e = math.exp(self.val)
        return Var(e, [(self.idx, e)])

    def log(self):
        return Var(math.log(self.val), [(self.idx, 1 / self.val)])

    def backward(self):
        # adjoints of THIS sweep only; .grad collects over sweeps
        bar = {self.idx: 1.0}
        i = self.idx
        while bar:
            if i in bar:
                g = bar.pop(i)
                TAPE[i].var.grad += g
                for j, partial in TAPE[i].args:
                    bar[j] = bar.get(j, 0.0) + g * partial
            i -= 1


def clear_tape():
    '''forget everything; old Vars must not be used afterwards'''
    del TAPE[:]
