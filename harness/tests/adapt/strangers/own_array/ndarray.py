"""An ndarray for people who are not allowed to import one: nested lists with arithmetic."""


class Array:
    def __init__(self, nested):
        self.nested = nested.nested if isinstance(nested, Array) else nested

    def to_list(self):
        return self.nested

    def map(self, f):
        def walk(x):
            return [walk(y) for y in x] if isinstance(x, list) else f(x)

        return Array(walk(self.nested))

    def zip(self, other, f):
        def walk(x, y):
            if isinstance(x, list) != isinstance(y, list) or isinstance(x, list) and len(x) != len(y):
                raise ValueError("there is no broadcasting")
            return [walk(a, b) for a, b in zip(x, y)] if isinstance(x, list) else f(x, y)

        return Array(walk(self.nested, Array(other).nested))

    def total(self):
        def walk(x):
            return sum(walk(y) for y in x) if isinstance(x, list) else x

        return walk(self.nested)

    def __add__(self, other):
        return self.zip(other, lambda x, y: x + y)

    def __mul__(self, other):
        return self.zip(other, lambda x, y: x * y)

    def __neg__(self):
        return self.map(lambda x: -x)

    @property
    def T(self):
        return Array([list(row) for row in zip(*self.nested)])

    def __matmul__(self, other):
        columns = list(zip(*other.nested))
        rows = [[sum(x * y for x, y in zip(row, col)) for col in columns] for row in self.nested]
        return Array(rows)
