"""How long an engine takes, beside torch, and how that grows with the size of a graph.

The cases tagged `bench` come in growing sizes (depth, width, batch); their size stands in the brackets
of the id. `phases` cuts a program, `timing` times it, `tables` makes tables of what came, `plot` draws.
"""
