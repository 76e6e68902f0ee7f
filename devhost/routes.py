"""Route templates in the manner of ASP.NET: `orders/{id:int}`, `{name}.{ext}`, `{page=1}`, `{*rest}`."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from math import inf
from urllib.parse import unquote

from devhost.errors import HostError

Check = Callable[[str], bool]

_GUID = re.compile(r"\{?[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\}?", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)


class RouteError(HostError):
    """A route template that cannot be understood."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A `{...}` of a template."""

    name: str
    checks: tuple[Check, ...] = ()
    optional: bool = False
    default: str | None = None
    catch_all: bool = False

    def accepts(self, value: str) -> bool:
        """Say whether every constraint holds."""
        return all(check(value) for check in self.checks)


@dataclass(frozen=True, slots=True)
class Segment:
    """What stands between two slashes: text and parameters in turn."""

    parts: tuple[str | Parameter, ...]
    parameters: tuple[Parameter, ...]
    pattern: re.Pattern[str] = field(compare=False)

    @property
    def rank(self) -> int:
        """Return the precedence: literal, mixed, constrained, free, then catch-alls."""
        found = self.parameters
        if not found:
            return 0
        if len(self.parts) > 1:
            return 1
        return (4 if found[0].catch_all else 2) + (0 if found[0].checks else 1)

    @property
    def omissible(self) -> bool:
        """Say whether a path may end before this segment."""
        if len(self.parts) != 1 or not (found := self.parameters):
            return False
        return found[0].optional or found[0].default is not None or found[0].catch_all

    def match(self, text: str) -> dict[str, str] | None:
        """Match one decoded path segment."""
        if text == "" and self.omissible:
            return self.absent()
        found = self.pattern.fullmatch(text)
        if found is None:
            return None
        values = {
            parameter.name: value
            for index, parameter in enumerate(self.parameters)
            if (value := found.group(f"p{index}")) is not None
        }
        ok = all(item.accepts(values[item.name]) for item in self.parameters if item.name in values)
        return values if ok else None

    def absent(self) -> dict[str, str]:
        """Return what this segment yields when the path ended before it."""
        return {item.name: item.default for item in self.parameters if item.default is not None}


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed route."""

    text: str
    segments: tuple[Segment, ...]
    shortest: int
    """Segments that a path has at least."""
    longest: float

    @property
    def precedence(self) -> tuple[int, ...]:
        """Sort key: the template that says more about its path comes first."""
        return tuple(segment.rank for segment in self.segments)

    def match(self, path: str) -> dict[str, str] | None:
        """Match a raw (percent-encoded) path without its leading slash; None when it does not fit."""
        return self.match_split(split_path(path))

    def match_split(self, texts: list[str]) -> dict[str, str] | None:
        """Match a path that `split_path` has split, once for all the templates it is tried on."""
        if not self.shortest <= len(texts) <= self.longest:
            return None
        values: dict[str, str] = {}
        for index, segment in enumerate(self.segments):
            last = segment.parameters[-1] if segment.parameters else None
            found = _match_at(segment, texts, index, catch_all=last is not None and last.catch_all)
            if found is None:
                return None
            values |= found
            if last is not None and last.catch_all:
                return values
        return values


def _match_at(segment: Segment, texts: list[str], index: int, *, catch_all: bool) -> dict[str, str] | None:
    if index >= len(texts):
        return segment.absent() if segment.omissible else None
    return segment.match("/".join(texts[index:]) if catch_all else texts[index])


def split_path(path: str) -> list[str]:
    """Split a raw path into decoded segments; an encoded slash stays encoded, one trailing slash is free."""
    trimmed = path.removeprefix("/").removesuffix("/")
    if not trimmed:
        return []
    return [unquote(re.sub("%2f", "%252F", part, flags=re.IGNORECASE)) for part in trimmed.split("/")]


@cache
def parse_template(text: str) -> Template:
    """Parse a route template. Raises RouteError."""
    pieces = _split_outside_braces(text.strip().strip("/"), "/")
    if pieces == [""]:
        return Template(text, (), 0, 0)
    segments = tuple(_segment(piece) for piece in pieces)
    _check_order(segments)
    shortest = max((n for n, segment in enumerate(segments, 1) if not segment.omissible), default=0)
    endless = any(parameter.catch_all for parameter in segments[-1].parameters)
    return Template(text, segments, shortest, inf if endless else len(segments))


def _check_order(segments: tuple[Segment, ...]) -> None:
    names = [parameter.name.lower() for segment in segments for parameter in segment.parameters]
    for name in names:
        if names.count(name) > 1:
            raise RouteError(f"the parameter '{name}' appears twice: rename one")
    for segment in segments[:-1]:
        if any(parameter.catch_all for parameter in segment.parameters):
            raise RouteError("a catch-all must be the last segment")
    for before, after in pairwise(segments):
        if any(parameter.optional for parameter in before.parameters) and not after.omissible:
            raise RouteError("an optional parameter may only be followed by optional segments")


def _segment(text: str) -> Segment:
    if not text:
        raise RouteError("it has an empty segment: remove the double slash")
    parts = [_parameter(piece) if is_parameter else _literal(piece) for is_parameter, piece in _tokens(text)]
    if any(isinstance(part, Parameter) and part.catch_all for part in parts) and len(parts) > 1:
        raise RouteError("a catch-all must stand alone in its segment")
    parameters = tuple(part for part in parts if isinstance(part, Parameter))
    return Segment(tuple(parts), parameters, re.compile(_pattern(parts), re.IGNORECASE | re.DOTALL))


def _literal(text: str) -> str:
    plain = text.replace("{{", "{").replace("}}", "}")
    if "?" in plain or "*" in plain:
        raise RouteError(f"'{plain}' holds a '?' or '*' outside of braces")
    return plain


def _tokens(text: str) -> list[tuple[bool, str]]:
    tokens: list[tuple[bool, str]] = []
    start = index = 0
    while index < len(text):
        if text[index : index + 2] in ("{{", "}}"):
            index += 2
            continue
        if text[index] == "}":
            raise RouteError("a brace is closed that was not opened")
        if text[index] == "{":
            if index > start:
                tokens.append((False, text[start:index]))
            end = _closing(text, index)
            tokens.append((True, text[index + 1 : end]))
            index = start = end + 1
            continue
        index += 1
    return [*tokens, (False, text[start:])] if start < len(text) else tokens


def _closing(text: str, start: int) -> int:
    depth = 0
    for index in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[index], 0)
        if depth == 0:
            return index
    raise RouteError("a brace is not closed")


def _split_outside_braces(text: str, separator: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for index, char in enumerate(text):
        depth += {"{": 1, "}": -1, "(": 1, ")": -1}.get(char, 0)
        if char == separator and depth == 0:
            parts.append(text[start:index])
            start = index + 1
    return [*parts, text[start:]]


def _pattern(parts: list[str | Parameter]) -> str:
    if len(parts) == 1 and isinstance(parts[0], Parameter):
        return "(?P<p0>.+)"
    soft = _soft_dot(parts)
    pieces, group = [], 0
    for index, part in enumerate(parts):
        if isinstance(part, str):
            pieces.append("(?:\\." if soft and index == len(parts) - 2 else re.escape(part))
        else:
            # Of several dots the last one parts the extension from the name.
            last = soft and index == len(parts) - 1
            pieces.append(f"(?P<p{group}>[^.]+))?" if last else f"(?P<p{group}>.+{'?' if soft else ''})")
            group += 1
    return "".join(pieces)


def _soft_dot(parts: list[str | Parameter]) -> bool:
    last = parts[-1]
    return len(parts) > 1 and parts[-2] == "." and isinstance(last, Parameter) and last.optional


def _parameter(text: str) -> Parameter:
    catch_all = text.startswith("*")
    body, _, default = _cut(text.lstrip("*"))
    optional = body.endswith("?") and not default
    name, *constraints = _split_outside_braces(body.removesuffix("?"), ":")
    if not _NAME.fullmatch(name):
        raise RouteError(f"'{name}' is no parameter name: use letters, digits and underscores")
    checks = tuple(check for constraint in constraints if (check := _check(constraint)) is not None)
    return Parameter(name, checks, optional, default or None, catch_all)


def _cut(text: str) -> tuple[str, str, str]:
    pieces = _split_outside_braces(text, "=")
    return pieces[0], "=", "=".join(pieces[1:])


def _check(text: str) -> Check | None:
    name, _, argument = text.partition("(")
    if argument and not argument.endswith(")"):
        raise RouteError(f"the constraint '{text}' is not closed")
    argument = argument.removesuffix(")")
    kind = name.strip().lower()
    if kind == "required":
        return bool
    if kind in _PLAIN and not argument:
        return _PLAIN[kind]
    if kind in _WITH_ARGUMENT and argument:
        return _with_argument(kind, argument)
    raise RouteError(
        f"the constraint '{text}' is not known: use {', '.join(sorted(_PLAIN | _WITH_ARGUMENT))}"
    )


def _with_argument(kind: str, argument: str) -> Check:
    try:
        return _WITH_ARGUMENT[kind](argument)
    except (ValueError, re.error) as error:
        raise RouteError(f"the constraint '{kind}({argument})' has a wrong argument: {error}") from error


def _integer(low: int, high: int) -> Check:
    def check(value: str) -> bool:
        return re.fullmatch(r"[+-]?[0-9]{1,20}", value) is not None and low <= int(value) <= high

    return check


def _number_between(low: int | None, high: int | None) -> Check:
    inside = _integer(-(2**63), 2**63 - 1)

    def check(value: str) -> bool:
        return inside(value) and (low is None or int(value) >= low) and (high is None or int(value) <= high)

    return check


def _length_between(low: int, high: int | None) -> Check:
    return lambda value: len(value) >= low and (high is None or len(value) <= high)


def _pair(argument: str) -> tuple[int, int]:
    low, _, high = argument.partition(",")
    return int(low), int(high or low)


def _matching(pattern: str) -> Check:
    compiled = re.compile(pattern.replace("{{", "{").replace("}}", "}"), re.IGNORECASE)
    return lambda value: compiled.search(value) is not None


_PLAIN: dict[str, Check] = {
    "int": _integer(-(2**31), 2**31 - 1),
    "long": _integer(-(2**63), 2**63 - 1),
    "guid": lambda value: _GUID.fullmatch(value) is not None,
    "alpha": lambda value: re.fullmatch("[a-zA-Z]*", value) is not None,
    "bool": lambda value: value.lower() in ("true", "false"),
    "decimal": lambda value: _NUMBER.fullmatch(value) is not None,
    "double": lambda value: _NUMBER.fullmatch(value) is not None,
    "float": lambda value: _NUMBER.fullmatch(value) is not None,
}
_WITH_ARGUMENT: dict[str, Callable[[str], Check]] = {
    "min": lambda argument: _number_between(int(argument), None),
    "max": lambda argument: _number_between(None, int(argument)),
    "range": lambda argument: _number_between(*_pair(argument)),
    "length": lambda argument: _length_between(*_pair(argument)),
    "minlength": lambda argument: _length_between(int(argument), None),
    "maxlength": lambda argument: _length_between(0, int(argument)),
    "regex": _matching,
}
