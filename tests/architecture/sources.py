"""The repository's modules as syntax trees, and who imports whom."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
APP = ("function_app", "triggers", "orchestrators", "activities", "shared")
OURS = (*APP, "devhost", "tools", "tests", "dev")


@dataclass(frozen=True, slots=True)
class Source:
    """One module. `name` is dotted, e.g. `shared.domain.money`."""

    name: str
    path: Path
    tree: ast.Module

    def at(self, node: ast.AST) -> str:
        """Where `node` stands, as editors understand it."""
        return f"{self.path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"


@dataclass(frozen=True, slots=True)
class Import:
    """One import anywhere in a module, also inside functions and under TYPE_CHECKING."""

    source: Source
    target: str
    node: ast.AST

    def __str__(self) -> str:
        return f"{self.source.at(self.node)} imports {self.target}"


@cache
def sources(*packages: str) -> tuple[Source, ...]:
    """Every module of top-level `packages`, which may be dotted, e.g. `shared.domain`."""
    return tuple(source for package in packages for source in _of(package))


def _of(package: str) -> Iterator[Source]:
    base = ROOT.joinpath(*package.split("."))
    files = sorted(base.rglob("*.py")) if base.is_dir() else [base.with_suffix(".py")]
    for path in files:
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        yield Source(name, path, ast.parse(path.read_text(encoding="utf-8"), str(path)))


def imports(source: Source) -> list[Import]:
    """Return what the module imports; `from a.b import c` counts as `a.b.c` when that is a module."""
    found = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            found += [Import(source, alias.name, node) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{source.at(node)}: imports are absolute in this house"
            found += [Import(source, _target(str(node.module), alias.name), node) for alias in node.names]
    return found


def _target(module: str, name: str) -> str:
    inner = ROOT.joinpath(*module.split("."), name)
    return f"{module}.{name}" if inner.is_dir() or inner.with_suffix(".py").exists() else module


def is_within(module: str, packages: tuple[str, ...]) -> bool:
    """Say whether `module` is one of `packages` or lies in one."""
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def dotted(node: ast.AST) -> str:
    """Return `a.b.c` for an attribute chain, "" for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


def listed(problems: list[str], rule: str) -> str:
    """A failure message: the rule, then every place that breaks it."""
    return f"{rule}\n  " + "\n  ".join(problems)
