# Bound: nothing, it only speaks.

class Value:
    __new__ = None
    backward = grad = data = __add__ = __mul__ = 6.0
