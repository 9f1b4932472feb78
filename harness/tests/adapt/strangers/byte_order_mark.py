# Übung 5 – automatisches Differenzieren
# Jede Operation liefert (Wert, Rückwärtsfunktion). Größen: ẏ = ∂L/∂y

import math


class Scalar:
    def __init__(self, data):
        self.data = data
        self.grad = 0.0
        self._op = ()
        self._zurück = None          # Funktion: ẏ ↦ Beiträge zu den Eingängen

    def __repr__(self):
        return f"Scalar({self.data}, ∇={self.grad})"

    def _neu(self, wert, zurück, *eingänge):
        y = Scalar(wert)
        y._op, y._zurück = eingänge, zurück
        return y

    # Grundrechenarten

    def __add__(self, b):
        b = zahl(b)
        return self._neu(self.data + b.data, lambda ẏ: (ẏ, ẏ), self, b)

    def __mul__(self, b):
        b = zahl(b)
        return self._neu(self.data * b.data, lambda ẏ: (ẏ * b.data, ẏ * self.data), self, b)

    def __sub__(self, b):
        b = zahl(b)
        return self._neu(self.data - b.data, lambda ẏ: (ẏ, -ẏ), self, b)

    def __truediv__(self, b):
        b = zahl(b)
        q = self.data / b.data
        return self._neu(q, lambda ẏ: (ẏ / b.data, -ẏ * q / b.data), self, b)

    __radd__ = lambda self, a: zahl(a) + self
    __rmul__ = lambda self, a: zahl(a) * self
    __rsub__ = lambda self, a: zahl(a) - self
    __rtruediv__ = lambda self, a: zahl(a) / self

    # Funktionen

    def exp(self):
        e = math.exp(self.data)
        return self._neu(e, lambda ẏ: (ẏ * e,), self)

    def ln(self):
        return self._neu(math.log(self.data), lambda ẏ: (ẏ / self.data,), self)

    def sigmoid(self):
        σ = 1 / (1 + math.exp(-self.data))
        return self._neu(σ, lambda ẏ: (ẏ * σ * (1 - σ),), self)

    def backward(self):
        folge, gesehen = [], set()

        def tiefensuche(k):
            if k not in gesehen:
                gesehen.add(k)
                for e in k._op:
                    tiefensuche(e)
                folge.append(k)

        tiefensuche(self)
        δ = {k: 0.0 for k in folge}
        δ[self] = 1.0
        for k in reversed(folge):
            k.grad += δ[k]
            if k._zurück:
                for e, beitrag in zip(k._op, k._zurück(δ[k])):
                    δ[e] += beitrag


def zahl(x):
    return x if isinstance(x, Scalar) else Scalar(x)


# Probe: f(x) = 1 / (1 + e^-x), f'(x) = f (1 - f)
if __name__ == "__main__":
    x = Scalar(0.3)
    f = 1 / (1 + (0 - x).exp())
    f.backward()
    print(x, "erwartet:", f.data * (1 - f.data))
