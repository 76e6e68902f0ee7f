"""JSON schemas of everything that the doors take and give, from the models that validate and serialise it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode
from pydantic_core import core_schema

from triggers.web.answer import answer_type
from triggers.web.body import MAX_NUMBER, PLAIN_PATTERN
from triggers.web.plan import Plan
from triggers.web.problem import Problem

Schema = dict[str, Any]
_PREFIX = "#/components/schemas/"
_GIVEN = ("body", "query")
_BOUNDS = (("minimum", "exclusiveMinimum", -MAX_NUMBER), ("maximum", "exclusiveMaximum", MAX_NUMBER))


class _Generator(GenerateJsonSchema):
    """Answers always carry every field, those with a default too."""

    def field_is_required(
        self,
        field: core_schema.ModelField | core_schema.DataclassField | core_schema.TypedDictField,
        total: bool,
    ) -> bool:
        if self.mode == "serialization":
            return field.get("serialization_exclude_if") is None
        return super().field_is_required(field, total)


class Schemas:
    """The components of the document, and the schema of each part of each plan."""

    def __init__(self, plans: Mapping[str, Plan]) -> None:
        inputs = [*_inputs(plans), (("", "problem"), _mode("serialization"), TypeAdapter(Problem))]
        found, shared = TypeAdapter.json_schemas(
            inputs, ref_template=_PREFIX + "{model}", schema_generator=_Generator
        )
        self._parts = {key: schema for (key, _), schema in found.items()}
        self.components: dict[str, Schema] = shared.get("$defs", {})
        for schema in (*self._parts.values(), *self.components.values()):
            _as_enforced(schema)
            self._require_tags(schema)
        given = [schema for (_, part), schema in self._parts.items() if part in _GIVEN]
        for schema in (*given, *self.used(given).values()):
            _as_plain_text(schema)

    @property
    def problem(self) -> Schema:
        """The schema of every error."""
        return self._parts["", "problem"]

    def of(self, route: str, part: str) -> Schema:
        """Return the schema of a route's `body` or `answer`."""
        return self._parts[route, part]

    def fields(self, route: str, part: str) -> Iterator[tuple[str, Schema, bool]]:
        """Walk the fields of a route's `query` or `path`: name, schema, and whether it must be given."""
        model = self._parts[route, part]
        if "$ref" in model:
            model = self.components[model["$ref"].removeprefix(_PREFIX)]
        for name, schema in model.get("properties", {}).items():
            yield name, _given(schema), name in model.get("required", ())

    def _require_tags(self, schema: object) -> None:
        """Say that what tells kinds apart must be given, though it has one value in each."""
        if isinstance(schema, list):
            for item in schema:
                self._require_tags(item)
        elif isinstance(schema, dict):
            if isinstance(tag := schema.get("discriminator"), dict):
                for reference in tag.get("mapping", {}).values():
                    kind = self.components[reference.removeprefix(_PREFIX)]
                    kind["required"] = sorted({*kind.get("required", ()), tag["propertyName"]})
            for value in schema.values():
                self._require_tags(value)

    def used(self, document: object) -> dict[str, Schema]:
        """Return the components that `document` refers to, directly or through others."""
        wanted, found = list(_references(document)), dict[str, Schema]()
        while wanted:
            name = wanted.pop()
            if name not in found:
                found[name] = self.components[name]
                wanted.extend(_references(found[name]))
        return dict(sorted(found.items()))


def _mode(mode: JsonSchemaMode) -> JsonSchemaMode:
    return mode


def _inputs(plans: Mapping[str, Plan]) -> Iterable[tuple[tuple[str, str], JsonSchemaMode, TypeAdapter[Any]]]:
    for name, plan in plans.items():
        if plan.body is not None:
            yield (name, "body"), "validation", plan.body
        if plan.query_type is not None:
            yield (name, "query"), "validation", TypeAdapter(plan.query_type)
        if plan.path_type is not None:
            yield (name, "path"), "validation", TypeAdapter(plan.path_type)
        if not plan.is_document:
            yield (name, "answer"), "serialization", TypeAdapter(answer_type(plan.data_type))


def _as_enforced(schema: object) -> None:
    """Say in `schema` what is enforced: no number beyond MAX_NUMBER, while a set may be sent with repeats.

    A time of day is local; JSON Schema's own format wants an offset.
    """
    if isinstance(schema, list):
        for item in schema:
            _as_enforced(item)
    elif isinstance(schema, dict):
        schema.pop("uniqueItems", None)
        if schema.get("format") == "time":
            del schema["format"]
            schema["pattern"] = r"^[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?$"
        if schema.get("type") in ("integer", "number"):
            for inclusive, exclusive, limit in _BOUNDS:
                if exclusive not in schema:
                    schema.setdefault(inclusive, limit)
        for value in schema.values():
            _as_enforced(value)


def _as_plain_text(schema: object) -> None:
    """Say in the `schema` of an input that text has no control characters."""
    if isinstance(schema, list):
        for item in schema:
            _as_plain_text(item)
    elif isinstance(schema, dict):
        is_text = schema.get("type") == "string" and not schema.keys() & {"enum", "const", "format"}
        if is_text and schema.setdefault("pattern", PLAIN_PATTERN) != PLAIN_PATTERN:
            schema["allOf"] = [{"pattern": PLAIN_PATTERN}]
        if "additionalProperties" in schema and "properties" not in schema:
            schema.setdefault("propertyNames", {})["pattern"] = PLAIN_PATTERN
        for value in schema.values():
            _as_plain_text(value)


def _given(schema: Schema) -> Schema:
    """Return the schema of a parameter where it is given: text cannot be null."""
    result = {key: value for key, value in schema.items() if key != "title"}
    branches: list[Schema] = [branch for branch in result.pop("anyOf", ()) if branch != {"type": "null"}]
    if result.get("default", 0) is None:
        del result["default"]
    if len(branches) == 1:
        return branches[0] | result
    return result | ({"anyOf": branches} if branches else {})


def _references(node: object) -> Iterator[str]:
    if isinstance(node, list | tuple):
        for item in node:
            yield from _references(item)
    elif isinstance(node, dict):
        for value in node.values():
            if isinstance(value, str) and value.startswith(_PREFIX):
                yield value.removeprefix(_PREFIX)
            else:
                yield from _references(value)
