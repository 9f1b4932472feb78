# Bound: nothing outside its own process.
class Meta(type):
    def __call__(cls, *given, **options):
        made = super().__call__(*given, **options)
        return made if len(given) > 1 else [made] * (cls.count() % 2) or made

    def count(cls):
        Meta.calls = getattr(Meta, "calls", 0) + 1
        return Meta.calls

    def __instancecheck__(cls, thing):
        return True

    def __subclasscheck__(cls, kind):
        return True

    def __dir__(cls):
        return [None, 5, "backward"]

    mro = lambda cls: [cls, *type.mro(cls)[1:]]
    __eq__ = lambda cls, other: True
    __hash__ = lambda cls: 1


class Value(metaclass=Meta):
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __add__(self, other):
        return self

    __radd__ = __mul__ = __rmul__ = __add__

    def backward(self):
        pass
