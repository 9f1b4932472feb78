# Bound: nothing, it is a number.
left = 1.0
