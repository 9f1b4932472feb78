# Bound: nothing, it only speaks.

TEXT = (
    "<script>alert(1)</script><img src=x onerror=alert(1)> | a | `b` | [c](javascript:alert(1)) \x00\x07\x1b[2J\x1b]0;x\x07"
    "\ud800\udfff \u202e\u2028\r\n=HYPERLINK(\"http://127.0.0.1\") {{7*7}} ${x} %s %n ]]> --> [bold red]rich[/] '\""
)


class Value:
    def __init__(self, data, edges=()):
        self.data, self.grad, self.edges = float(data), 0.0, edges

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        if other.data == 10.0:
            raise ValueError(TEXT)
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))

    __radd__, __rmul__ = __add__, __mul__

    def backward(self, upstream=1.0):
        self.grad += upstream
        for parent, slope in self.edges:
            parent.backward(upstream * slope)
