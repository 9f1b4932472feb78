"""
Symbolic differentiation, then compilation.

An expression is only a formula. `backward` does not compute numbers either: it hangs a formula for the
derivative on every symbol in `.grad`. Numbers appear when `.value` is asked for; the formula is then
translated to a Python function, one line for each sub-formula, and that function is run.
"""

import math


class Sym:
    def __init__(self, value=None, *, op="sym", args=()):
        self.op = op
        self.args = args
        self.const = value
        self.grad = None
        self._code = None

    # -- building formulas
    @staticmethod
    def of(x):
        return x if isinstance(x, Sym) else Sym(x, op="const")

    def __add__(self, o): return Sym(op="+", args=(self, Sym.of(o)))
    def __radd__(self, o): return Sym(op="+", args=(Sym.of(o), self))
    def __sub__(self, o): return Sym(op="-", args=(self, Sym.of(o)))
    def __rsub__(self, o): return Sym(op="-", args=(Sym.of(o), self))
    def __mul__(self, o): return Sym(op="*", args=(self, Sym.of(o)))
    def __rmul__(self, o): return Sym(op="*", args=(Sym.of(o), self))
    def __truediv__(self, o): return Sym(op="/", args=(self, Sym.of(o)))
    def __rtruediv__(self, o): return Sym(op="/", args=(Sym.of(o), self))
    def __neg__(self): return Sym(0, op="const") - self

    def __pow__(self, n):
        if isinstance(n, Sym):
            return NotImplemented
        return Sym(n, op="**", args=(self,))

    def exp(self): return Sym(op="exp", args=(self,))
    def log(self): return Sym(op="log", args=(self,))
    def sin(self): return Sym(op="sin", args=(self,))
    def cos(self): return Sym(op="cos", args=(self,))

    # -- the rules, as formulas
    def _rules(self):
        a = self.args
        match self.op:
            case "+": return (1, 1)
            case "-": return (1, -1)
            case "*": return (a[1], a[0])
            case "/": return (1 / a[1], -self / a[1])
            case "**": return (self.const * a[0] ** (self.const - 1),)
            case "exp": return (self,)
            case "log": return (1 / a[0],)
            case "sin": return (a[0].cos(),)
            case "cos": return (-a[0].sin(),)
            case _: return ()

    def backward(self):
        bar = {self: Sym.of(1.0)}
        for node in reversed(self._order()):
            if node not in bar:
                continue
            g = bar[node]
            if node.op == "sym":
                node.grad = g if node.grad is None else node.grad + g
            for arg, rule in zip(node.args, node._rules()):
                bar[arg] = bar[arg] + g * rule if arg in bar else g * rule

    # -- compilation
    def _order(self):
        order, seen = [], set()

        def walk(n):
            if n not in seen:
                seen.add(n)
                for a in n.args:
                    walk(a)
                order.append(n)

        walk(self)
        return order

    def compile(self):
        names, lines, numbers = {}, [], []
        for k, n in enumerate(self._order()):
            names[n] = f"t{k}"
            a = [names[x] for x in n.args]
            if n.op in ("sym", "const"):
                lines.append(f"t{k} = numbers[{len(numbers)}]")
                numbers.append(n.const)
            elif n.op == "**":
                lines.append(f"t{k} = {a[0]} ** {n.const!r}")
            elif len(a) == 2:
                lines.append(f"t{k} = {a[0]} {n.op} {a[1]}")
            else:
                lines.append(f"t{k} = math.{n.op}({a[0]})")
        source = "def f(numbers):\n    " + "\n    ".join(lines) + f"\n    return {names[self]}\n"
        space = {"math": math}
        exec(source, space)
        return space["f"], numbers

    @property
    def value(self):
        if self._code is None:
            self._code = self.compile()
        f, numbers = self._code
        return f(numbers)

    def __repr__(self):
        if self.op == "sym":
            return f"x{id(self) % 1000}"
        if self.op == "const":
            return str(self.const)
        if len(self.args) == 2:
            return f"({self.args[0]!r} {self.op} {self.args[1]!r})"
        return f"{self.op}({self.args[0]!r})"
