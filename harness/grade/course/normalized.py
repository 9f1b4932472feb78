"""Sources without what two people may change to hide a copy: names, comments, texts and layout.

- `function_digests`: a digest of each function of a source.

A source may be hostile: `copies` calls this in a process with limits.
"""

from __future__ import annotations

import ast
import hashlib

# A shorter function is written alike by everybody: a `__repr__`, an operator that calls another one.
_FEWEST_NODES = 25


def function_digests(source: str) -> dict[str, int]:
    """Return the digest of each function that is long enough, with its number of nodes.

    In each function the names are numbered in the order in which they come, but those of Python itself, such
    as `__mul__`, stay. Texts do not count.

    Raises SyntaxError, ValueError, RecursionError or MemoryError when it cannot be parsed.
    """
    found = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            shape: list[str] = []
            _write(node, {}, shape)
            if len(shape) >= _FEWEST_NODES:
                digest = hashlib.sha256("\n".join(shape).encode()).hexdigest()
                found[digest] = len(shape)
    return found


def _write(node: ast.AST, names: dict[str, int], shape: list[str]) -> None:
    """Append what is left of a node to the shape."""
    shape.append(_word(node, names))
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            continue  # a docstring
        if isinstance(child, ast.expr_context):
            continue
        _write(child, names, shape)


def _word(node: ast.AST, names: dict[str, int]) -> str:
    kind = type(node).__name__
    match node:
        case (
            ast.Name(id=name)
            | ast.arg(arg=name)
            | ast.FunctionDef(name=name)
            | ast.Attribute(attr=name)
        ):
            number = name if name.startswith("__") else names.setdefault(name, len(names))
            return f"{kind} {number}"
        case ast.Constant(value=str() | bytes()):
            return kind
        case ast.Constant(value=value):
            return f"{kind} {value!r}"
    return kind
