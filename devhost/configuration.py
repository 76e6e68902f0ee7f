"""The app's own configuration: `local.settings.json`, `host.json` and `%Setting%` expansion."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from devhost.errors import SettingError

_HUB = "TestHubName"
_PERCENT = re.compile(r"%([^%\s]+)%")


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object from `path`; a missing file is an empty object."""
    if not path.is_file():
        return {}
    try:
        value = json.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise SettingError(f"{path.name} is not valid JSON: {error}") from error
    if not isinstance(value, dict):
        raise SettingError(f"{path.name} must hold a JSON object")
    return value


def local_settings(app_dir: Path) -> dict[str, str]:
    """Return the `Values` of `local.settings.json`, as text."""
    values = read_json(app_dir / "local.settings.json").get("Values", {})
    if not isinstance(values, dict):
        raise SettingError('local.settings.json: "Values" must be an object')
    for key, value in values.items():
        if isinstance(value, dict | list):
            raise SettingError(f'local.settings.json: "Values" are plain text, but "{key}" is nested')
    return {key: _text(value) for key, value in values.items() if value is not None}


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def apply_settings(values: Mapping[str, str]) -> list[str]:
    """Put `values` into the environment where nothing is set yet; return the names that were added."""
    added = [name for name in values if name not in os.environ]
    os.environ.update({name: values[name] for name in added})
    return added


def expand(text: str, missing: list[str]) -> str:
    """Replace every `%Setting%` by its value; names that are not set are appended to `missing`."""

    def value_of(match: re.Match[str]) -> str:
        value = os.environ.get(match.group(1))
        if value is None:
            missing.append(match.group(1))
            return match.group(0)
        return value

    return _PERCENT.sub(value_of, text)


@dataclass(frozen=True, slots=True)
class HostConfig:
    """What this host honours of `host.json`."""

    route_prefix: str = "api"
    hub_name: str = _HUB
    max_concurrent_calls: int = 16
    max_concurrent_sessions: int = 8
    max_batch_size: int = 1000
    durable: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def load(cls, app_dir: Path) -> "HostConfig":
        """Read `host.json` of the app; everything in it is optional."""
        extensions = _section(read_json(app_dir / "host.json"), "extensions")
        durable = _section(extensions, "durableTask")
        bus = _section(extensions, "serviceBus")
        prefix = _section(extensions, "http").get("routePrefix", "api")
        if not isinstance(prefix, str):
            raise SettingError('host.json: extensions.http.routePrefix must be text, "" for none')
        return cls(
            route_prefix=prefix.strip("/"),
            hub_name=_hub_name(durable),
            max_concurrent_calls=_positive(bus, "maxConcurrentCalls", 16),
            max_concurrent_sessions=_positive(bus, "maxConcurrentSessions", 8),
            max_batch_size=_positive(bus, "maxMessageBatchSize", 1000),
            durable=durable,
        )


def _hub_name(durable: Mapping[str, Any]) -> str:
    missing: list[str] = []
    name = expand(str(durable.get("hubName") or _HUB), missing)
    # On this machine the name only decorates URLs, so a setting that is not there need not stop anyone.
    return _HUB if missing else name


def _section(parent: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = parent.get(name) or {}
    if not isinstance(value, dict):
        raise SettingError(f'host.json: "{name}" must be an object')
    return value


def _positive(section: Mapping[str, Any], name: str, default: int) -> int:
    value = section.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise SettingError(f"host.json: {name} must be a whole number above zero, not {value!r}")
    return value
