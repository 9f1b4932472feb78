"""Diagnosis of a failure: the first wrong node, and Python that reproduces the failure.

- `first_wrong`: finds the first node at which an engine differs from torch.
- `failure`: writes all that is known of a failed case as text.
- `reproduce`, `python_source`, `torch_source`: write the case as Python, for the harness and for torch.
- `show`: describes a case, its program, and torch's answer at every node.
"""
