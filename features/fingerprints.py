"""Has the meaning of a declaration changed?"""

import ast
import functools
import hashlib
import inspect
import json
from collections.abc import Callable, Iterator
from types import FunctionType, ModuleType
from typing import Any


def fingerprint(declaration: dict[str, Any]) -> str:
    """Return the sha256 of a declaration written as canonical JSON."""
    text = json.dumps(declaration, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def source_of(function: Callable[..., Any]) -> str:
    """Return a function's source as its syntax tree says it, with that of the project's functions it calls.

    Layout, comments and docstrings do not count. A lambda is found by its line and its arguments.
    Raises ValueError where the source cannot be told from its neighbours.
    """
    return "\n".join(sorted(_sources(function, seen=set())))


def expression_of(function: Callable[..., Any]) -> ast.expr | None:
    """Return what a lambda, or a function of one statement, returns; None for a longer function."""
    node = _node_of(function)
    if isinstance(node, ast.Lambda):
        return node.body
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    only = body[0] if len(body) == 1 else None
    return only.value if isinstance(only, ast.Return) else None


def _sources(function: Any, *, seen: set[str]) -> Iterator[str]:
    name = f"{function.__module__}.{function.__qualname__}"
    if name in seen:
        return
    seen.add(name)
    yield _text(_node_of(function))
    root = function.__module__.split(".")[0]
    for called in function.__code__.co_names:
        value = function.__globals__.get(called)
        if isinstance(value, FunctionType) and value.__module__.split(".")[0] == root:
            yield from _sources(value, seen=seen)


def _node_of(function: Any) -> ast.Lambda | ast.FunctionDef:
    code = function.__code__
    arguments = list(code.co_varnames[: code.co_argcount])
    found = [
        node
        for node in _nodes(inspect.getmodule(function))
        if node.lineno == code.co_firstlineno and [argument.arg for argument in node.args.args] == arguments
    ]
    if len(found) != 1:
        raise ValueError(f"{function.__module__}:{code.co_firstlineno}: one function a line, so that it has one source")
    return found[0]


@functools.cache
def _nodes(module: ModuleType) -> tuple[ast.Lambda | ast.FunctionDef, ...]:
    tree = ast.parse(inspect.getsource(module))
    return tuple(node for node in ast.walk(tree) if isinstance(node, ast.Lambda | ast.FunctionDef))


def _text(node: ast.Lambda | ast.FunctionDef) -> str:
    if isinstance(node, ast.Lambda):
        return ast.unparse(node)
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return "\n".join([f"def {node.name}({ast.unparse(node.args)}):", *map(ast.unparse, body)])
