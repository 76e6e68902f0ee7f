"""Finds the app object, asks it once for its functions and turns them into the host's index."""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import azure.functions as func

from devhost.bindings import RETURN, TIMER, AppFunction, Binding, plain
from devhost.configuration import expand
from devhost.errors import AppError
from devhost.validation import function_problems, function_warnings

# These name things of the app or of its configuration; the real host does not expand them.
_LITERAL = frozenset({"type", "name", "direction", "dataType", "route", "connection", "methods", "authLevel"})


@dataclass(frozen=True, slots=True)
class Index:
    """Every function of the app, in the order of its source, and what would bite in production."""

    functions: tuple[AppFunction, ...]
    warnings: tuple[str, ...] = ()
    by_name: Mapping[str, AppFunction] = field(default_factory=dict)

    def triggered_by(self, trigger_type: str) -> list[AppFunction]:
        """Return the functions with that type of trigger."""
        return [function for function in self.functions if function.trigger.type == trigger_type]


def index_app(module: ModuleType, app_dir: Path) -> Index:
    """Index the app found in `module`. Raises AppError with everything that has to change."""
    app = find_app(module)
    try:
        declared = app.get_functions()
    except ValueError as error:
        raise AppError([str(error)]) from error
    problems: list[str] = []
    functions = [_function(item, app_dir, problems) for item in declared]
    for function in functions:
        problems += function_problems(function)
    problems += _name_clashes(functions)
    if problems:
        raise AppError(problems)
    warnings = [warning for function in functions for warning in function_warnings(function)]
    return Index(tuple(functions), tuple(warnings), {item.name.lower(): item for item in functions})


def find_app(module: ModuleType) -> func.FunctionRegister:
    """Return the one app object of the module; what it is called does not matter."""
    found = {id(value): value for value in vars(module).values() if isinstance(value, func.FunctionRegister)}
    if not found:
        raise AppError(
            ["function_app.py defines no app: add 'app = func.FunctionApp()' or 'app = df.DFApp()' to it"]
        )
    if len(found) > 1:
        raise AppError(
            [f"function_app.py defines {len(found)} app objects: keep one and register blueprints on it"]
        )
    return next(iter(found.values()))


def _function(item: Any, app_dir: Path, problems: list[str]) -> AppFunction:
    name = str(item.get_function_name())
    call = item.get_user_function()
    bindings = tuple(_binding(raw.get_dict_repr(), name, problems) for raw in item.get_bindings())
    trigger = next(binding for binding in bindings if binding.is_trigger)
    bound = {binding.name for binding in bindings}
    return AppFunction(
        name=name,
        call=call,
        trigger=trigger,
        bindings=bindings,
        is_async=inspect.iscoroutinefunction(call),
        wants_context="context" in inspect.signature(call).parameters and "context" not in bound,
        directory=str(app_dir),
        retry=item.get_settings_dict("retry_policy"),
    )


def _binding(raw: Mapping[str, Any], function: str, problems: list[str]) -> Binding:
    settings = {key: plain(value) for key, value in raw.items()}
    missing: list[str] = []
    expanded = {
        key: expand(value, missing) if isinstance(value, str) and key not in _LITERAL else value
        for key, value in settings.items()
    }
    problems += [
        f"function '{function}': the setting %{name}% is not set: add '{name}' to \"Values\" of "
        f"local.settings.json or to the environment"
        for name in missing
    ]
    # BindingDirection counts IN, OUT, INOUT from zero; generic bindings may carry the text.
    is_out = settings.get("direction") in (1, 2, "out", "OUT") or settings.get("name") == RETURN
    return Binding(str(settings["type"]), str(settings["name"]), is_out, expanded)


def _name_clashes(functions: list[AppFunction]) -> list[str]:
    seen: dict[str, str] = {}
    problems = []
    for function in functions:
        other = seen.setdefault(function.name.lower(), function.name)
        if other is not function.name and other != function.name:
            problems.append(
                f"functions '{other}' and '{function.name}' differ only in case: rename one of them"
            )
    return problems + _durable_clashes(functions)


def _durable_clashes(functions: list[AppFunction]) -> list[str]:
    seen: dict[tuple[str, str], str] = {}
    problems = []
    for function in functions:
        if function.trigger.type == TIMER:
            continue
        key = (function.trigger.type, function.durable_name.lower())
        other = seen.setdefault(key, function.name)
        if other != function.name:
            problems.append(
                f"functions '{other}' and '{function.name}' both answer to '{function.durable_name}': "
                f"give one of them another name"
            )
    return problems
