"""
Berechnungsgraph mit benannten Knoten
-------------------------------------
Jeder Knoten bekommt zuerst seinen Namen, dann seinen Wert:

>>> x = Node("x", 3.0)
>>> y = Node("y", 2.0)
>>> z = x * y + x
>>> z.backward()
>>> x.grad
3.0
"""

import math


class Node:
    zaehler = 0

    def __init__(self, label, value, vorgaenger=None):
        self.label = label
        self.value = value
        self.grad = 0.0
        self.vorgaenger = vorgaenger or []      # Liste von (Knoten, lokale Ableitung)

    @classmethod
    def _neu(cls, op, value, vorgaenger):
        cls.zaehler += 1
        return cls(f"{op}_{cls.zaehler}", value, vorgaenger)

    @classmethod
    def _konstante(cls, x):
        return x if isinstance(x, cls) else cls._neu("const", x, [])

    def __repr__(self):
        return f"<{self.label}: {self.value:.4g}>"

    def __add__(self, andere):
        andere = Node._konstante(andere)
        return Node._neu("add", self.value + andere.value, [(self, 1.0), (andere, 1.0)])

    def __mul__(self, andere):
        andere = Node._konstante(andere)
        return Node._neu(
            "mul", self.value * andere.value, [(self, andere.value), (andere, self.value)]
        )

    def __sub__(self, andere):
        andere = Node._konstante(andere)
        return Node._neu("sub", self.value - andere.value, [(self, 1.0), (andere, -1.0)])

    def __truediv__(self, andere):
        andere = Node._konstante(andere)
        return Node._neu(
            "div",
            self.value / andere.value,
            [(self, 1 / andere.value), (andere, -self.value / andere.value**2)],
        )

    def __radd__(self, andere):
        return Node._konstante(andere) + self

    def __rmul__(self, andere):
        return Node._konstante(andere) * self

    def __rsub__(self, andere):
        return Node._konstante(andere) - self

    def __rtruediv__(self, andere):
        return Node._konstante(andere) / self

    def exp(self):
        e = math.exp(self.value)
        return Node._neu("exp", e, [(self, e)])

    def sigmoid(self):
        s = 1 / (1 + math.exp(-self.value))
        return Node._neu("sigmoid", s, [(self, s * (1 - s))])

    def backward(self):
        reihenfolge, besucht = [], set()

        def besuche(knoten):
            if id(knoten) in besucht:       # nicht der Name: zwei Knoten duerfen gleich heissen
                return
            besucht.add(id(knoten))
            for k, _ in knoten.vorgaenger:
                besuche(k)
            reihenfolge.append(knoten)

        besuche(self)
        anteil = {id(k): 0.0 for k in reihenfolge}
        anteil[id(self)] = 1.0
        for knoten in reversed(reihenfolge):
            knoten.grad += anteil[id(knoten)]
            for k, ableitung in knoten.vorgaenger:
                anteil[id(k)] += anteil[id(knoten)] * ableitung


if __name__ == "__main__":
    import doctest

    doctest.testmod(verbose=True)
