"""What the code asks of the store, found in its source: containers, orders and conditions of queries.

A container is whatever stands where the store's methods take one, evaluated in its module; a function's
queries belong to the containers that it names.
"""

import ast
import importlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from shared.services.ledger.projection import SOURCES
from shared.services.outbox import OUTBOX_CONTAINERS
from shared.services.records import Kind

ROOT = Path(__file__).parents[3]
METHODS = {"read", "query", "batch", "changes"}
WALKS = {"every": 1, "follow": 1}
GENERIC = {
    "shared.ports.store",  # walks whatever it is given
    "shared.services.due_list",  # told by who makes one
    "shared.services.records",  # told by kinds
    "shared.services.outbox",  # OUTBOX_CONTAINERS
    "shared.services.ledger.projection",  # SOURCES
}
"""Modules in which a container is a variable; where it comes from is looked at instead."""


@dataclass
class Uses:
    """What is asked of one container."""

    orders: set[str] = field(default_factory=set)
    conditions: set[str] = field(default_factory=set)


@cache
def uses() -> dict[str, Uses]:
    """By container, over all of `shared`."""
    found: dict[str, Uses] = defaultdict(Uses)
    for path in sorted((ROOT / "shared").rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        _look_at(name, ast.parse(path.read_text(encoding="utf-8")), found)
    for container in {*OUTBOX_CONTAINERS, *SOURCES}:
        found[container]
    return dict(found)


def _look_at(name: str, tree: ast.AST, found: dict[str, Uses]) -> None:
    namespace = vars(importlib.import_module(name))
    for value in namespace.values():
        if isinstance(value, Kind):
            found[value.container]
    for call in _calls(tree):
        if isinstance(call.func, ast.Name) and call.func.id == "DueList":
            (container,) = [each.value for each in call.keywords if each.arg == "container"]
            found[_value(container, namespace)].conditions.add("due")
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            named = [_container(each, name, namespace) for each in _named(function)]
            _note(function, [each for each in named if each is not None], found)


def _note(function: ast.AST, containers: list[str], found: dict[str, Uses]) -> None:
    for container in containers:
        found[container].orders |= _orders(function)
        found[container].conditions |= _conditions(function)
    if not containers:
        found[NOWHERE].orders |= _orders(function)
        found[NOWHERE].conditions |= _conditions(function)


NOWHERE = ""
"""Stands for the container of what is asked in a function that names none."""


def _named(function: ast.AST) -> Iterator[ast.expr]:
    for call in _calls(function):
        target = call.func
        if isinstance(target, ast.Attribute) and target.attr in METHODS and call.args:
            if ast.unparse(target.value).endswith("store"):
                yield call.args[0]
        elif isinstance(target, ast.Name) and target.id in WALKS:
            yield call.args[WALKS[target.id]]


def _container(expression: ast.expr, module: str, namespace: dict[str, Any]) -> str | None:
    try:
        return str(_value(expression, namespace))
    except (NameError, AttributeError):
        assert module in GENERIC, f"{module}: which container is {ast.unparse(expression)}?"
        return None


def _value(expression: ast.expr, namespace: dict[str, Any]) -> Any:
    return eval(ast.unparse(expression), dict(namespace))


def _orders(function: ast.AST) -> set[str]:
    given = [each.value for call in _calls(function) for each in call.keywords if each.arg == "order_by"]
    return {each.value for each in given if isinstance(each, ast.Constant) and isinstance(each.value, str)}


def _conditions(function: ast.AST) -> set[str]:
    asked = [call for call in _calls(function) if isinstance(call.func, ast.Name) and call.func.id == "Where"]
    return {each.args[0].value for each in asked if isinstance(each.args[0], ast.Constant)}


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (each for each in ast.walk(tree) if isinstance(each, ast.Call))
