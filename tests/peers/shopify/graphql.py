"""As much of GraphQL as a client of ours writes: one operation, fragments, variables, arguments, directives.

What does not parse, a variable that is declared and not sent, and a field that is not there are errors, as a
real server would say.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\.\.\.|[$@]?[A-Za-z_]\w*|-?\d+(?:\.\d+)?|[!(){}\[\]:=]|(\S)')
_WORDS = {"true": True, "false": False, "null": None}


class GraphqlError(Exception):
    """What a server puts into `errors`."""


@dataclass
class Field:
    """One field with what is wanted of it."""

    name: str
    arguments: dict[str, Any]
    directives: dict[str, dict[str, Any]]
    selections: list["Field"]


@dataclass
class Operation:
    """A query or a mutation."""

    kind: str
    name: str
    fields: list[Field] = field(default_factory=list)


def parse(document: str, variables: Mapping[str, Any]) -> Operation:
    """Read a document of one operation. Raises GraphqlError."""
    return _Parser(document, variables).document()


def project(value: Any, selections: list[Field]) -> Any:
    """What of a value was asked for. Raises GraphqlError for a field that it does not have."""
    if isinstance(value, list):
        return [project(each, selections) for each in value]
    if value is None or not isinstance(value, dict):
        if value is not None and selections:
            raise GraphqlError("Selections can't be made on scalars")
        return value
    if not selections:
        raise GraphqlError("Objects must have selections")
    for wanted in selections:
        if wanted.name not in value:
            raise GraphqlError(f"Field '{wanted.name}' doesn't exist")
    return {each.name: project(value[each.name], each.selections) for each in selections}


class _Parser:
    def __init__(self, document: str, variables: Mapping[str, Any]) -> None:
        self._tokens = list(_tokens(document))
        self._at = 0
        self._variables = variables
        self._used: set[str] = set()

    def document(self) -> Operation:
        fragments: dict[str, list[Any]] = {}
        operation: Operation | None = None
        while self._at < len(self._tokens):
            kind = self._next()
            if kind == "fragment":
                name = self._next()
                self._expect("on")
                self._next()
                fragments[name] = self._selections()
                continue
            if kind not in ("query", "mutation") or operation is not None:
                raise GraphqlError(f"Unexpected {kind}")
            operation = Operation(kind, self._next())
            declared = self._declared()
            operation.fields = self._selections()
            if not declared == self._used == set(self._variables):
                raise GraphqlError(f"Variables declared {declared}, used {self._used}, sent otherwise")
        if operation is None:
            raise GraphqlError("No operation")
        operation.fields = list(_expanded(operation.fields, fragments))
        return operation

    def _declared(self) -> set[str]:
        found = set()
        if self._peek() == "(":
            self._next()
            while self._peek() != ")":
                name = self._next().removeprefix("$")
                self._expect(":")
                self._next()
                if self._peek() == "!":
                    self._next()
                    if self._variables.get(name) is None:
                        raise GraphqlError(f"Variable ${name} of a non-null type is null")
                found.add(name)
            self._next()
        return found

    def _selections(self) -> list[Any]:
        self._expect("{")
        found: list[Any] = []
        while self._peek() != "}":
            name = self._next()
            if name == "...":
                found.append(self._next())
                continue
            arguments = self._arguments()
            directives = {}
            while self._peek().startswith("@"):
                directive = self._next()[1:]
                directives[directive] = self._arguments()
            selections = self._selections() if self._peek() == "{" else []
            found.append(Field(name, arguments, directives, selections))
        self._next()
        return found

    def _arguments(self) -> dict[str, Any]:
        found = {}
        if self._peek() == "(":
            self._next()
            while self._peek() != ")":
                name = self._next()
                self._expect(":")
                found[name] = self._value()
            self._next()
        return found

    def _value(self) -> Any:
        token = self._next()
        if token.startswith("$"):
            self._used.add(token[1:])
            return self._variables.get(token[1:])
        if token == "{":
            found = {}
            while self._peek() != "}":
                name = self._next()
                self._expect(":")
                found[name] = self._value()
            self._next()
            return found
        if token.lstrip("-").isdigit():
            return int(token)
        return _WORDS.get(token, token.strip('"'))

    def _peek(self) -> str:
        if self._at >= len(self._tokens):
            raise GraphqlError("Unexpected end of document")
        return self._tokens[self._at]

    def _next(self) -> str:
        token = self._peek()
        self._at += 1
        return token

    def _expect(self, token: str) -> None:
        found = self._next()
        if found != token:
            raise GraphqlError(f"Expected {token}, got {found}")


def _tokens(document: str) -> Iterator[str]:
    for match in _TOKEN.finditer(document.replace(",", " ")):
        if match.group(1):
            raise GraphqlError(f"Unexpected {match.group(1)}")
        yield match.group()


def _expanded(fields: list[Any], fragments: Mapping[str, list[Any]]) -> Iterator[Field]:
    for each in fields:
        if isinstance(each, str):
            if each not in fragments:
                raise GraphqlError(f"No fragment {each}")
            yield from _expanded(fragments[each], fragments)
            continue
        each.selections = list(_expanded(each.selections, fragments))
        yield each
