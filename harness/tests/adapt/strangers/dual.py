import math as m

# "Dual" because every number travels with its dual, the adjoint.
# (Not the dual numbers of forward mode. I only noticed the name clash after handing in part 1.)

class Dual:
    def __init__(self, v, adj=0.0, *, tape=None):
        self.v = v
        self.grad = adj
        self.tape = tape

    def const(self, o):
        return o.v if isinstance(o, Dual) else o

    def up(self, o, g):
        # send g to o's adjoint of the running sweep
        if isinstance(o, Dual):
            o._acc += g

    _acc = 0.0

    def rec(self, v, pull, *ins):
        return Dual(v, tape=(pull, [i for i in ins if isinstance(i, Dual)]))

    def __add__(a, b):
        def pull(g): a.up(a, g); a.up(b, g)
        return a.rec(a.v + a.const(b), pull, a, b)

    def __sub__(a, b):
        def pull(g): a.up(a, g); a.up(b, -g)
        return a.rec(a.v - a.const(b), pull, a, b)

    def __mul__(a, b):
        w = a.const(b)
        def pull(g): a.up(a, g * w); a.up(b, g * a.v)
        return a.rec(a.v * w, pull, a, b)

    def __truediv__(a, b):
        w = a.const(b)
        def pull(g): a.up(a, g / w); a.up(b, -g * a.v / (w * w))
        return a.rec(a.v / w, pull, a, b)

    def __radd__(a, b): return Dual(b) + a
    def __rsub__(a, b): return Dual(b) - a
    def __rmul__(a, b): return Dual(b) * a
    def __rtruediv__(a, b): return Dual(b) / a
    def __neg__(a): return 0 - a
    def __abs__(a): return a if a.v >= 0 else -a

    def exp(a):
        y = m.exp(a.v)
        def pull(g): a.up(a, g * y)
        return a.rec(y, pull, a)

    def log(a):
        def pull(g): a.up(a, g / a.v)
        return a.rec(m.log(a.v), pull, a)

    def atan(a):
        def pull(g): a.up(a, g / (1 + a.v * a.v))
        return a.rec(m.atan(a.v), pull, a)

    def backward(self, seed=1.0):
        topo, seen = [], set()
        def dfs(n):
            if id(n) in seen: return
            seen.add(id(n))
            if n.tape:
                for i in n.tape[1]: dfs(i)
            topo.append(n)
        dfs(self)
        for n in topo: n._acc = 0.0
        self._acc = seed
        for n in topo[::-1]:
            n.grad += n._acc
            if n.tape: n.tape[0](n._acc)
