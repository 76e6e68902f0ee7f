"""Loads an app's `function_app.py` the way the worker does, and can take it out of the process again."""

import contextlib
import importlib.util
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType

from devhost.configuration import apply_settings, local_settings
from devhost.errors import AppError

SCRIPT = "function_app.py"

Environment = Mapping[str, str | None]


@contextlib.contextmanager
def loaded_app(app_dir: Path, extra_env: Environment) -> Iterator[ModuleType]:
    """Import the app with its folder as working directory and on the path; undo all of it on exit.

    `extra_env` wins over everything, since it says where this very host is; None takes a name away. The
    file `local.settings.json` only fills what the environment leaves open.
    """
    script = app_dir / SCRIPT
    if not script.is_file():
        raise AppError([f"there is no {SCRIPT} in {app_dir}: point --app at the folder that holds it"])
    with _environment(app_dir, extra_env), _import_place(app_dir):
        yield _import(script)


@contextlib.contextmanager
def _environment(app_dir: Path, extra_env: Environment) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in extra_env}
    added: list[str] = []
    try:
        _set(extra_env)
        added = apply_settings(local_settings(app_dir))
        yield
    finally:
        _set(dict.fromkeys(added))
        _set(before)


def _set(values: Environment) -> None:
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


@contextlib.contextmanager
def _import_place(app_dir: Path) -> Iterator[None]:
    cwd, path, modules = Path.cwd(), list(sys.path), set(sys.modules)
    own = sys.modules.pop("function_app", None)
    sys.path.insert(0, str(app_dir))
    os.chdir(app_dir)
    importlib.invalidate_caches()
    try:
        yield
    finally:
        os.chdir(cwd)
        sys.path[:] = path
        _forget(app_dir, modules)
        if own is not None:
            sys.modules["function_app"] = own


def _forget(app_dir: Path, keep: set[str]) -> None:
    # The next app of this process may bring modules of the same names.
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if name in keep and name != "function_app":
            continue
        if file and _is_app_code(Path(file), app_dir):
            del sys.modules[name]


def _is_app_code(file: Path, app_dir: Path) -> bool:
    if not file.is_relative_to(app_dir):
        return False
    inner = file.relative_to(app_dir).parts
    return "site-packages" not in inner and inner[0] != __package__


def _import(script: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("function_app", script)
    if spec is None or spec.loader is None:
        raise AppError([f"{script} cannot be imported"])
    module = importlib.util.module_from_spec(spec)
    sys.modules["function_app"] = module
    spec.loader.exec_module(module)
    return module
