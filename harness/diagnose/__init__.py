"""Finding the mistake behind a failure: the first wrong node, and a program that reproduces it.

- `first_wrong`: the first node at which an engine differs from torch.
- `failure`: all that is known of a case that failed, as text.
- `reproduce`, `python_source`, `torch_source`: the case as Python for the harness, and for torch.
- `show`: a case, its program, and torch's answer at every node.
"""
