import math


class Var:
    """Una variable del grafo. Las operaciones estan en la clase Ops."""

    def __init__(self, data, padres=(), requires_grad=True):
        self._data = float(data)
        self._padres = padres
        self._derivadas = ()
        self.requires_grad = requires_grad
        self._grad = None

    @property
    def grad(self):
        return self._grad

    def zero_grad(self):
        self._grad = None

    def __add__(self, o): return Ops.add(self, o)
    def __radd__(self, o): return Ops.add(o, self)
    def __sub__(self, o): return Ops.sub(self, o)
    def __rsub__(self, o): return Ops.sub(o, self)
    def __mul__(self, o): return Ops.mul(self, o)
    def __rmul__(self, o): return Ops.mul(o, self)
    def __truediv__(self, o): return Ops.div(self, o)
    def __rtruediv__(self, o): return Ops.div(o, self)
    def __neg__(self): return Ops.mul(self, -1.0)

    def backward(self):
        # orden topologico
        lista = []
        vistos = set()

        def recorrer(nodo):
            if nodo in vistos or not nodo.requires_grad:
                return
            vistos.add(nodo)
            for p in nodo._padres:
                recorrer(p)
            lista.append(nodo)

        recorrer(self)
        flujo = {self: 1.0}
        for nodo in reversed(lista):
            g = flujo[nodo]
            nodo._grad = g if nodo._grad is None else nodo._grad + g
            for p, d in zip(nodo._padres, nodo._derivadas):
                if p.requires_grad:
                    flujo[p] = flujo.get(p, 0.0) + g * d


class Ops:
    """Todas las operaciones, como metodos estaticos."""

    @staticmethod
    def _var(x):
        return x if isinstance(x, Var) else Var(x, requires_grad=False)

    @staticmethod
    def _crear(valor, padres, derivadas):
        nuevo = Var(valor, tuple(padres), any(p.requires_grad for p in padres))
        nuevo._derivadas = tuple(derivadas)
        return nuevo

    @staticmethod
    def add(a, b):
        a, b = Ops._var(a), Ops._var(b)
        return Ops._crear(a._data + b._data, (a, b), (1.0, 1.0))

    @staticmethod
    def sub(a, b):
        a, b = Ops._var(a), Ops._var(b)
        return Ops._crear(a._data - b._data, (a, b), (1.0, -1.0))

    @staticmethod
    def mul(a, b):
        a, b = Ops._var(a), Ops._var(b)
        return Ops._crear(a._data * b._data, (a, b), (b._data, a._data))

    @staticmethod
    def div(a, b):
        a, b = Ops._var(a), Ops._var(b)
        c = a._data / b._data
        return Ops._crear(c, (a, b), (1 / b._data, -c / b._data))

    @staticmethod
    def exp(a):
        e = math.exp(a._data)
        return Ops._crear(e, (a,), (e,))

    @staticmethod
    def log(a):
        return Ops._crear(math.log(a._data), (a,), (1 / a._data,))

    @staticmethod
    def sigmoid(a):
        s = 1 / (1 + math.exp(-a._data))
        return Ops._crear(s, (a,), (s * (1 - s),))

    @staticmethod
    def tanh(a):
        t = math.tanh(a._data)
        return Ops._crear(t, (a,), (1 - t * t,))

    @staticmethod
    def relu(a):
        return Ops._crear(max(a._data, 0.0), (a,), (1.0 if a._data > 0 else 0.0,))
