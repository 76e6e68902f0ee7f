"""Resources of Azure Monitor, which the types at hand leave out, against the models of Microsoft's SDK."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.infra.bicep import Resource, Unknown

MODELS = {
    "Microsoft.Insights/actionGroups": "ActionGroupResource",
    "Microsoft.Insights/metricAlerts": "MetricAlertResource",
    "Microsoft.Insights/scheduledQueryRules": "ScheduledQueryRuleResource",
}


def complaints(resource: Resource) -> Iterator[str]:
    """Names that the SDK's model does not have, kinds that it does not take, and what it misses."""
    body = {name: value for name, value in resource.body.items() if name not in ("name", "parent")}
    yield from _object(body, MODELS[resource.type], f"{resource.file}: {resource.symbol}")


def _object(value: Mapping[str, Any], wanted: str, where: str) -> Iterator[str]:
    from azure.mgmt.monitor import models

    model = getattr(models, wanted)
    for tag, kinds in getattr(model, "_subtype_map", {}).items():
        named = value.get(model._attribute_map[tag]["key"].replace("\\", ""))
        if named in kinds:
            model = getattr(models, kinds[named])
    flat = {name: each for name, each in value.items() if name != "properties"}
    flat |= {f"properties.{name}": each for name, each in value.get("properties", {}).items()}
    known = {
        each["key"].replace("\\", ""): (name, each["type"]) for name, each in model._attribute_map.items()
    }
    for name in flat.keys() - known.keys():
        yield f"{where}.{name} is nothing that the model has"
    for key, (name, kind) in known.items():
        rules = model._validation.get(name, {})
        if rules.get("required") and key not in flat:
            yield f"{where}.{key} is missing"
        elif key in flat and rules.get("readonly"):
            yield f"{where}.{key} is read only"
        elif key in flat:
            yield from _value(flat[key], kind, f"{where}.{key}")


def _value(value: Any, kind: str, where: str) -> Iterator[str]:
    if isinstance(value, Unknown) and re.fullmatch(r"<[^<>]*>", value):
        return
    if listed := re.fullmatch(r"\[(.*)\]", kind):
        for at, each in enumerate(value):
            yield from _value(each, listed[1], f"{where}[{at}]")
    elif kind[0].isupper():
        yield from _object(value, kind, where)
    elif kind == "float":
        if not isinstance(value, int | float) or isinstance(value, bool):
            yield f"{where} is {value!r}, wanted is a number"
    elif not isinstance(
        value, {"str": str, "int": int, "bool": bool, "duration": str, "{str}": Mapping}[kind]
    ):
        yield f"{where} is {value!r}, wanted is {kind}"
