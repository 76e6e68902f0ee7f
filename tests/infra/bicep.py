"""Reads Bicep, as much of the language as `infra/` speaks, and says what a deployment would ask Azure for.

It is no compiler: only types of parameters are checked, and whatever it does not know is an error of its own.
A value that only Azure knows, such as a principal's id, stands as `<symbol.path>`.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

KINDS = {"string": str, "int": int, "bool": bool, "object": Mapping, "array": list}


class BicepError(Exception):
    """The template says something that this reader, or Bicep, does not take."""


class Unknown(str):
    """A value that exists only once Azure has made something, or a text with one in it."""

    def path(self, name: str) -> "Unknown":
        return Unknown(f"{self[:-1]}.{name}>")


class Settled(Unknown):
    """Only Azure knows it, but before it begins with this file: an id, or what a module is given.

    Names, conditions and loops may say this, and nothing later (BCP120, BCP177, BCP178, BCP182).
    """


def settled(value: Any) -> Any:
    """The value as the file sees it that it is handed to."""
    if isinstance(value, Mapping):
        return {name: settled(each) for name, each in value.items()}
    if isinstance(value, list):
        return [settled(each) for each in value]
    return Settled(value) if isinstance(value, Unknown) else value


def late(value: Any) -> bool:
    """Whether something in it is known only after the beginning."""
    if isinstance(value, Mapping):
        return any(map(late, value.values()))
    if isinstance(value, list):
        return any(map(late, value))
    return isinstance(value, Unknown) and not isinstance(value, Settled)


def mixed(text: str, parts: Iterable[Any]) -> str:
    """The text, known as early as the latest of its parts."""
    unknown = [part for part in parts if isinstance(part, Unknown)]
    if not unknown:
        return text
    return Unknown(text) if any(map(late, unknown)) else Settled(text)


@dataclass(frozen=True)
class Resource:
    """One resource as it would be sent."""

    file: str
    symbol: str
    type: str
    version: str
    body: Mapping[str, Any]


@dataclass
class Deployment:
    """All that one deployment makes, modules included."""

    resources: list[Resource] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)

    def of(self, kind: str) -> list[Mapping[str, Any]]:
        return [each.body for each in self.resources if each.type == kind]

    def the(self, kind: str) -> Mapping[str, Any]:
        (only,) = self.of(kind)
        return only


def parse(path: Path) -> Any:
    """The syntax tree. Raises BicepError where the grammar finds no sense."""
    import tree_sitter
    import tree_sitter_bicep

    grammar = tree_sitter.Language(tree_sitter_bicep.language())
    tree = tree_sitter.Parser(grammar).parse(path.read_bytes())
    for node in walk(tree.root_node):
        if node.type == "ERROR" or node.is_missing:
            raise BicepError(f"{path.name}:{node.start_point.row + 1}: this is no Bicep: {_text(node)[:60]}")
    return tree.root_node


def walk(node: Any) -> Iterator[Any]:
    """The node and everything below it."""
    yield node
    for child in node.children:
        yield from walk(child)


def _text(node: Any) -> str:
    return str(node.text.decode())


@dataclass
class Declaration:
    """A param, var, resource, module or output, with the decorators before it."""

    kind: str
    name: str
    node: Any
    decorators: dict[str, Any]

    @cached_property
    def value(self) -> Any:
        """What stands after the equals sign; None where there is none."""
        children = self.node.children
        at = next((i for i, each in enumerate(children) if each.type == "="), None)
        return None if at is None else children[at + 1]

    @property
    def literal(self) -> str:
        """The quoted type of a resource or path of a module."""
        return _text(next(each for each in self.node.children if each.type == "string")).strip("'")

    @property
    def type(self) -> str:
        """The written type of a parameter or output."""
        return _text(next(each for each in self.node.children if each.type == "type"))

    @property
    def existing(self) -> bool:
        """Whether it only refers to what another made."""
        return any(each.type == "existing" for each in self.node.children)


class Template:
    """One Bicep file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.declarations: dict[str, Declaration] = {}
        self.outputs: dict[str, Declaration] = {}
        self.scope = "resourceGroup"
        decorators: dict[str, Any] = {}
        self.root = parse(path)
        for node in self.root.children:
            kind = node.type.removesuffix("_declaration")
            if node.type == "decorators":
                calls = [each for each in walk(node) if each.type == "call_expression"]
                decorators = {_text(c.child_by_field_name("function")): c for c in calls}
            elif node.type == "target_scope_assignment":
                self.scope = _text(node.children[-1]).strip("'")
            elif kind in ("parameter", "variable", "resource", "module", "output"):
                name = _text(next(each for each in node.children if each.type == "identifier"))
                into = self.outputs if kind == "output" else self.declarations
                if name in into:
                    raise BicepError(f"{path.name}: {name} is declared twice")
                into[name] = Declaration(kind, name, node, decorators)
                decorators = {}
            elif node.type != "comment":
                raise BicepError(f"{path.name}: {node.type} is more than this reader knows")

    def of(self, kind: str) -> dict[str, Declaration]:
        """Declarations of one kind."""
        return {name: each for name, each in self.declarations.items() if each.kind == kind}

    @property
    def used(self) -> set[str]:
        """Names that something reads."""
        return {
            _text(n)
            for d in (*self.declarations.values(), *self.outputs.values())
            if d.value
            for n in walk(d.value)
            if n.type == "identifier"
        }


def deploy(path: Path, **parameters: Any) -> Deployment:
    """What deploying the file with these parameters would ask Azure for."""
    deployment = Deployment()
    deployment.outputs = _Run(Template(path), parameters, deployment).all()
    return deployment


class _Run:
    """One file with its parameters."""

    def __init__(self, template: Template, given: Mapping[str, Any], into: Deployment) -> None:
        self.template, self.given, self.into = template, given, into
        self.known: dict[str, Any] = {}
        strange = set(given) - set(template.of("parameter"))
        if strange:
            raise BicepError(f"{template.path.name} has no parameters {sorted(strange)}")

    def all(self) -> dict[str, Any]:
        for name in self.template.declarations:
            self.name(name)
        outputs = {name: self.value(each.value, {}) for name, each in self.template.outputs.items()}
        for name, value in outputs.items():
            if not isinstance(value, KINDS[self.template.outputs[name].type]):
                raise BicepError(f"{self.template.path.name}: the output {name} is {value!r}")
        return outputs

    def name(self, name: str) -> Any:
        """The value behind a declared name."""
        if name not in self.known:
            declared = self.template.declarations.get(name)
            if declared is None:
                raise BicepError(f"{self.template.path.name}: nothing is called {name}")
            self.known[name] = getattr(self, f"_{declared.kind}")(declared)
        return self.known[name]

    def _parameter(self, declared: Declaration) -> Any:
        if declared.name not in self.given and declared.value is None:
            raise BicepError(f"{self.template.path.name} needs the parameter {declared.name}")
        given = declared.name in self.given
        value = settled(self.given[declared.name]) if given else self.value(declared.value, {})
        where = f"{self.template.path.name}: {declared.name}"
        if not isinstance(value, KINDS[declared.type]) or (
            declared.type == "int" and isinstance(value, bool)
        ):
            raise BicepError(f"{where} is {declared.type}, not {value!r}")
        limits = {
            name: self.value(call, {}) for name, call in declared.decorators.items() if name != "description"
        }
        if value not in limits.get("allowed", [value]):
            raise BicepError(f"{where} may not be {value!r}")
        if isinstance(value, int) and not limits.get("minValue", value) <= value <= limits.get(
            "maxValue", value
        ):
            raise BicepError(f"{where} may not be {value}")
        return value

    def _variable(self, declared: Declaration) -> Any:
        value = self.value(declared.value, {})
        if declared.value.type == "for_statement":
            self._early(value, f"the loop of {declared.name}")
        return value

    def _early(self, value: Any, what: str) -> Any:
        """The value, refused where it is known too late for what it says."""
        if late(value):
            raise BicepError(f"{self.template.path.name}: {what} must be known at the beginning: {value}")
        return value

    def _resource(self, declared: Declaration) -> Any:
        kind, _, version = declared.literal.partition("@")
        bodies = list(self._bodies(declared.value))
        if not declared.existing:
            self.into.resources += [
                Resource(self.template.path.name, declared.name, kind, version, body) for body in bodies
            ]
        return {"name": bodies[0]["name"] if bodies else None, "<symbol>": declared.name}

    def _module(self, declared: Declaration) -> Any:
        path = self.template.path.parent / declared.literal
        if not path.is_file():
            raise BicepError(f"{self.template.path.name}: there is no {declared.literal}")
        for body in self._bodies(declared.value):
            return {"outputs": _Run(Template(path), body.get("params", {}), self.into).all()}
        return {"outputs": {}}

    def _bodies(self, node: Any) -> Iterator[dict[str, Any]]:
        for made, scope in self._each(node, {}):
            body = self.value(made, scope)
            self._early(body.get("name"), "a name")
            yield body

    def _each(self, node: Any, scope: dict[str, Any]) -> Iterator[tuple[Any, dict[str, Any]]]:
        """The bodies behind `if` and `for`, each with its loop variable."""
        if node.type == "if_statement":
            if self._early(self.value(node.children[1], scope), "a condition"):
                yield from self._each(node.children[-1], scope)
        elif node.type == "for_statement":
            variable = _text(node.child_by_field_name("initializer"))
            at = next(i for i, each in enumerate(node.children) if each.type == "in")
            items = self.value(node.children[at + 1], scope)
            if node.parent.type in ("resource_declaration", "module_declaration"):
                self._early(items, "a loop")
            for item in items:
                yield from self._each(node.child_by_field_name("body"), {**scope, variable: item})
        else:
            yield node, scope

    def value(self, node: Any, scope: dict[str, Any]) -> Any:
        """An expression's value."""
        reader: Callable[[Any, dict[str, Any]], Any] | None = getattr(self, f"_read_{node.type}", None)
        if reader is None:
            raise BicepError(f"{self.template.path.name}: {node.type} is more than this reader knows")
        return reader(node, scope)

    def _read_identifier(self, node: Any, scope: dict[str, Any]) -> Any:
        return scope[_text(node)] if _text(node) in scope else self.name(_text(node))

    def _read_string(self, node: Any, scope: dict[str, Any]) -> Any:
        parts: list[Any] = []
        for child in node.children[1:-1]:
            if child.type == "interpolation":
                parts.append(self.value(child.children[1], scope))
            elif child.type == "escape_sequence":
                parts.append({"\\n": "\n", "\\t": "\t", "\\r": "\r"}.get(_text(child), _text(child)[1:]))
            else:
                parts.append(_text(child))
        return mixed("".join(map(str, parts)), parts)

    def _read_number(self, node: Any, scope: dict[str, Any]) -> int:
        return int(_text(node))

    def _read_boolean(self, node: Any, scope: dict[str, Any]) -> bool:
        return _text(node) == "true"

    def _read_null(self, node: Any, scope: dict[str, Any]) -> None:
        return None

    def _read_parenthesized_expression(self, node: Any, scope: dict[str, Any]) -> Any:
        return self.value(node.children[1], scope)

    def _read_array(self, node: Any, scope: dict[str, Any]) -> list[Any]:
        return [self.value(each, scope) for each in node.children if each.is_named and each.type != "comment"]

    def _read_for_statement(self, node: Any, scope: dict[str, Any]) -> list[Any]:
        return [self.value(body, inner) for body, inner in self._each(node, scope)]

    def _read_object(self, node: Any, scope: dict[str, Any]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for each in node.children:
            if each.type != "object_property":
                continue
            key = each.children[0]
            name = self.value(key, scope) if key.type == "string" else _text(key)
            if name in made:
                raise BicepError(f"{self.template.path.name}: {name} stands twice in one object")
            made[name] = self.value(each.children[-1], scope)
        return made

    def _read_member_expression(self, node: Any, scope: dict[str, Any]) -> Any:
        owner = self.value(node.child_by_field_name("object"), scope)
        return self._member(owner, _text(node.child_by_field_name("property")))

    def _member(self, owner: Any, name: str) -> Any:
        if isinstance(owner, Unknown):
            return owner.path(name)
        if name not in owner and "<symbol>" in owner:
            known = Settled if name == "id" else Unknown
            return known(f"<{owner['<symbol>']}.{name}>")
        if name not in owner:
            raise BicepError(f"{self.template.path.name}: there is no {name} in {sorted(owner)}")
        return owner[name]

    def _read_subscript_expression(self, node: Any, scope: dict[str, Any]) -> Any:
        owner = self.value(node.child_by_field_name("object"), scope)
        index = self.value(node.child_by_field_name("index"), scope)
        return owner.path(str(index)) if isinstance(owner, Unknown) else owner[index]

    def _read_ternary_expression(self, node: Any, scope: dict[str, Any]) -> Any:
        holds = self.value(node.child_by_field_name("condition"), scope)
        return self.value(node.child_by_field_name("consequence" if holds else "alternative"), scope)

    def _read_unary_expression(self, node: Any, scope: dict[str, Any]) -> Any:
        value = self.value(node.child_by_field_name("argument"), scope)
        return not value if _text(node.child_by_field_name("operator")) == "!" else -value

    def _read_binary_expression(self, node: Any, scope: dict[str, Any]) -> Any:
        left = self.value(node.child_by_field_name("left"), scope)
        right = self.value(node.child_by_field_name("right"), scope)
        if isinstance(left, Unknown) or isinstance(right, Unknown):
            raise BicepError(f"{self.template.path.name}: only Azure knows {_text(node)}")
        operator = _text(node.child_by_field_name("operator"))
        return {
            "==": left == right,
            "!=": left != right,
            "&&": left and right,
            "||": left or right,
            ">": operator == ">" and left > right,
        }[operator]

    def _read_call_expression(self, node: Any, scope: dict[str, Any]) -> Any:
        function = node.child_by_field_name("function")
        arguments = [
            self.value(each, scope)
            for each in node.child_by_field_name("arguments").children
            if each.is_named
        ]
        if function.type == "member_expression":  # storage.listKeys()
            owner = self.value(function.child_by_field_name("object"), scope)
            return self._member(owner, f"{_text(function.child_by_field_name('property'))}()")
        name = _text(function)
        if name == "loadJsonContent":
            return json.loads((self.template.path.parent / arguments[0]).read_text(encoding="utf-8"))
        if name not in FUNCTIONS:
            raise BicepError(f"{self.template.path.name}: {name}() is more than this reader knows")
        made = FUNCTIONS[name](*arguments)
        return mixed(made, arguments) if isinstance(made, str) else made


def _hash(*parts: str) -> str:
    import hashlib

    return hashlib.sha256("|".join(parts).encode()).hexdigest()


def _merged(*objects: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for each in objects for name, value in each.items()}


def _empty(value: Any) -> bool:
    if isinstance(value, Unknown):
        raise BicepError(f"only Azure knows whether {value} is empty")
    return not value


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "empty": _empty,
    "toLower": lambda text: text.lower(),
    "replace": lambda text, old, new: text.replace(old, new),
    "concat": lambda *lists: [each for one in lists for each in one],
    "union": _merged,
    "contains": lambda value, name: name in value,
    "items": lambda value: [{"key": key, "value": value[key]} for key in sorted(value)],
    "string": lambda value: value if isinstance(value, str) else json.dumps(value),
    "uniqueString": lambda *parts: _hash(*parts)[:13],
    "guid": lambda *parts: _hash(*parts)[:32],
    "subscription": lambda: {
        "id": Settled("<subscription.id>"),
        "tenantId": Settled("<subscription.tenantId>"),
    },
    "environment": lambda: {"suffixes": {"storage": "core.windows.net"}},
    "subscriptionResourceId": lambda kind, name: f"/subscriptions/<subscription>/providers/{kind}/{name}",
    # decorators
    "allowed": lambda values: values,
    "minValue": lambda value: value,
    "maxValue": lambda value: value,
    "minLength": lambda value: value,
    "maxLength": lambda value: value,
    "description": lambda text: text,
}
