"""Questions about a statement that are answered without running it.

- `names_bound`: the names that it binds.
- `replaces`: True when it replaces the values that these names had before.
- `only_defines`: True when it only gives names to functions, classes, modules and constants.
- `without_absent`: a definition without the decorators and calls of absent packages.

RecursionError for a statement that is nested too deeply is the only exception that they raise.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_SCOPES = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_PLAIN = (
    *(ast.Constant, ast.Name, ast.Attribute, ast.UnaryOp, ast.unaryop, ast.expr_context),
    *(ast.Tuple, ast.List, ast.Set, ast.Dict),
)


def names_bound(node: ast.AST) -> Iterator[str]:
    """Yield the names that the statement binds in its own scope, not those inside its functions."""
    if isinstance(node, Definition):
        yield node.name
        return
    if isinstance(node, _SCOPES):
        return
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    if isinstance(node, ast.alias) and node.name != "*":
        yield node.asname or node.name.partition(".")[0]
    for child in ast.iter_child_nodes(node):
        yield from names_bound(child)


def replaces(statement: ast.stmt) -> bool:
    """True for an assignment. Any other statement, such as a loop, may leave some of its names unbound."""
    return isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign)


def only_defines(statement: ast.stmt) -> bool:
    """True for definitions, imports, and assignments that call and compute nothing."""
    if isinstance(statement, Definition | ast.Import | ast.ImportFrom | ast.Pass):
        return True
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        value = statement.value
        return isinstance(value, ast.Lambda | None) or all(
            isinstance(node, _PLAIN) for node in ast.walk(value)
        )
    if isinstance(statement, ast.Try):
        caught = [inner for handler in statement.handlers for inner in handler.body]
        inside = (*statement.body, *caught, *statement.orelse, *statement.finalbody)
        return all(map(only_defines, inside))
    return False


def without_absent(definition: ast.stmt, absent: Callable[[str], bool]) -> ast.stmt:
    """Return the definition without the decorators and calls of absent packages that run while it is made.

    `absent` says whether a name belongs to an absent package. Calls in the body of a function stay, because
    they happen when the function runs.
    """
    made: ast.stmt = _WithoutAbsent(absent).visit(definition)
    return made


class _WithoutAbsent(ast.NodeTransformer):
    def __init__(self, absent: Callable[[str], bool]) -> None:
        self._named = absent

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._function(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self._undecorate(node)
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        return self.visit(node.func) if self._absent(node) else self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        return self.visit(node.value) if self._absent(node) else self.generic_visit(node)

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        return node

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        """Change the defaults and annotations only, because the body is not evaluated with the definition."""
        self._undecorate(node)
        node.args = self.visit(node.args)
        node.returns = self.visit(node.returns) if node.returns else None
        return node

    def _undecorate(self, node: Definition) -> None:
        node.decorator_list = [each for each in node.decorator_list if not self._absent(each)]

    def _absent(self, node: ast.expr) -> bool:
        while isinstance(node, ast.Attribute | ast.Call | ast.Subscript):
            node = node.func if isinstance(node, ast.Call) else node.value
        return isinstance(node, ast.Name) and self._named(node.id)
