"""The machinery of gradconform: a case becomes a program, engines run it, and the answers are judged.

Each folder is a room with one purpose, which its `__init__.py` says. The names for users are in the package
`gradconform`. In Python this folder is `gradconform.harness`, wherever it lies.
"""
