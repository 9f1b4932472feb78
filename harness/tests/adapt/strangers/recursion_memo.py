# dy/dx by plain recursion with a memo:
#
#   d root / d n  =  1                                  if n is root
#                 =  sum  d root / d u * du/dn          over the users u of n below root
#
# The memo is what keeps this from visiting every path.

import math


class Value:

    def __init__(self, val, _op=None, *operands):
        self.val = val
        self._op = _op
        self.operands = operands
        self.derivative = 0.0

    def __repr__(self): return "Value(%r)" % self.val

    # arithmetic; operands may be numbers, they are kept as they are

    def __add__(self, b):
        return Value(self.val + number(b), "add", self, b)

    def __radd__(self, b):
        return Value(number(b) + self.val, "add", b, self)

    def __sub__(self, b):
        return Value(self.val - number(b), "sub", self, b)

    def __rsub__(self, b):
        return Value(number(b) - self.val, "sub", b, self)

    def __mul__(self, b):
        return Value(self.val * number(b), "mul", self, b)

    def __rmul__(self, b):
        return Value(number(b) * self.val, "mul", b, self)

    def __truediv__(self, b):
        return Value(self.val / number(b), "div", self, b)

    def __rtruediv__(self, b):
        return Value(number(b) / self.val, "div", b, self)

    def __pow__(self, b):
        return Value(self.val ** number(b), "pow", self, b)

    def __neg__(self):
        return Value(-self.val, "neg", self)

    def exp(self):
        return Value(math.exp(self.val), "exp", self)

    def log(self):
        return Value(math.log(self.val), "log", self)

    def tanh(self):
        return Value(math.tanh(self.val), "tanh", self)

    def partials(self):
        """derivatives with respect to each operand, lazily"""
        x = [number(o) for o in self.operands]
        if self._op == "add": return [1, 1]
        if self._op == "sub": return [1, -1]
        if self._op == "mul": return [x[1], x[0]]
        if self._op == "div": return [1 / x[1], -x[0] / x[1] / x[1]]
        if self._op == "neg": return [-1]
        if self._op == "exp": return [self.val]
        if self._op == "log": return [1 / x[0]]
        if self._op == "tanh": return [(1 - self.val) * (1 + self.val)]
        if self._op == "pow":
            base, exponent = x
            left = exponent * base ** (exponent - 1)
            # a number has no derivative, and log(negative) would stop us
            right = self.val * math.log(base) if isinstance(self.operands[1], Value) else 0
            return [left, right]
        return []

    def backward(self, gradient=None):
        users = {}                      # node -> [(user, partial)]
        todo, seen = [self], {self}
        while todo:
            user = todo.pop()
            for operand, partial in zip(user.operands, user.partials()):
                if isinstance(operand, Value):
                    users.setdefault(operand, []).append((user, partial))
                    if operand not in seen:
                        seen.add(operand)
                        todo.append(operand)

        memo = {self: 1.0 if gradient is None else gradient}

        def droot(n):
            if n not in memo:
                memo[n] = sum(droot(u) * p for u, p in users[n])
            return memo[n]

        for n in seen:
            n.derivative += droot(n)


def number(x):
    return x.val if isinstance(x, Value) else x
