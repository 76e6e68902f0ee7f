"""Typed values out of strings: query strings and path parameters.

The model's own JSON schema says which fields are lists, numbers or booleans; a text is read as one of these
only where it is written the way JSON writes it ("yes" is no boolean, " 5" no number).
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl

from pydantic import BaseModel, TypeAdapter, ValidationError

from shared.errors import InvalidInput
from triggers.web.body import MAX_NUMBER, text_flaw
from triggers.web.problem import Fault, InvalidRequest, faults_of

M = TypeVar("M", bound=BaseModel)
MAX_QUERY_FIELDS = 100
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,15})")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,15})(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?")


class Strings(Generic[M]):
    """Reads a model whose input is text only. Unknown names and repeated single values are refused."""

    def __init__(self, model: type[M]) -> None:
        self._adapter: TypeAdapter[M] = TypeAdapter(model)
        schema = model.model_json_schema(mode="validation")
        definitions = schema.get("$defs", {})
        properties: dict[str, Any] = schema.get("properties", {})
        self._kinds = {name: _kinds(value, definitions) for name, value in properties.items()}
        self._items = {name: _item_kinds(value, definitions) for name, value in properties.items()}

    def read(self, values: Mapping[str, Sequence[str]]) -> M:
        """Return the model. Raises InvalidRequest naming every wrong field."""
        faults = [
            Fault(field=name.encode("utf-8", "replace").decode(), reason=reason)
            for name, texts in values.items()
            if (reason := self._refusal(name, texts)) is not None
        ]
        if faults:
            raise InvalidRequest(faults)
        typed = {name: self._typed(name, texts) for name, texts in values.items()}
        try:
            return self._adapter.validate_json(json.dumps(typed), strict=True, extra="forbid")
        except ValidationError as error:
            raise InvalidRequest(faults_of(error)) from None

    def _refusal(self, name: str, texts: Sequence[str]) -> str | None:
        if len(texts) > 1 and "array" not in self._kinds.get(name, {"array"}):
            return "Give this once."
        return next((flaw for text in (name, *texts) if (flaw := text_flaw(text))), None)

    def _typed(self, name: str, texts: Sequence[str]) -> object:
        kinds = self._kinds.get(name, set())
        if "array" in kinds:
            return [_literal(text, self._items[name]) for text in texts]
        return _literal(texts[0], kinds)


def parse_query(url: str) -> dict[str, list[str]]:
    """Split the query string of `url`, repeated names in order. Raises InvalidInput for broken escapes."""
    _, _, query = url.partition("?")
    query, _, _ = query.partition("#")
    try:
        pairs = parse_qsl(
            query,
            keep_blank_values=True,
            strict_parsing=False,
            errors="strict",
            max_num_fields=MAX_QUERY_FIELDS,
        )
    except UnicodeDecodeError:
        raise InvalidInput("The query string is not UTF-8.", field="query") from None
    except ValueError:
        raise InvalidInput(
            f"The query string has more than {MAX_QUERY_FIELDS} fields.", field="query"
        ) from None
    result: dict[str, list[str]] = {}
    for name, value in pairs:
        result.setdefault(name, []).append(value)
    return result


def _literal(text: str, kinds: set[str]) -> object:
    if "boolean" in kinds and text in ("true", "false"):
        return text == "true"
    if "integer" in kinds and _INTEGER.fullmatch(text) and abs(int(text)) <= MAX_NUMBER:
        return int(text)
    if "number" in kinds and _NUMBER.fullmatch(text) and abs(float(text)) <= MAX_NUMBER:
        return float(text)
    return text


def _kinds(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> set[str]:
    """Collect the JSON types that `schema` admits, through references and alternatives."""
    if "$ref" in schema:
        return _kinds(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    own = {schema["type"]} if isinstance(schema.get("type"), str) else set()
    for branch in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        own |= _kinds(branch, definitions)
    return own


def _item_kinds(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> set[str]:
    if "$ref" in schema:
        return _item_kinds(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    own = _kinds(schema["items"], definitions) if isinstance(schema.get("items"), dict) else set()
    for branch in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        own |= _item_kinds(branch, definitions)
    return own
