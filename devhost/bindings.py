"""The host's own plain view of an app function and its bindings, taken from the decorators once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

HTTP = "httpTrigger"
TIMER = "timerTrigger"
SERVICE_BUS = "serviceBusTrigger"
ORCHESTRATION = "orchestrationTrigger"
ACTIVITY = "activityTrigger"
ENTITY = "entityTrigger"
DURABLE_CLIENT = "durableClient"
HTTP_OUT = "http"
SERVICE_BUS_OUT = "serviceBus"
RETURN = "$return"

TRIGGERS = frozenset({HTTP, TIMER, SERVICE_BUS, ORCHESTRATION, ACTIVITY, ENTITY})
INPUTS = frozenset({DURABLE_CLIENT})
OUTPUTS = frozenset({HTTP_OUT, SERVICE_BUS_OUT})


@dataclass(frozen=True, slots=True)
class Binding:
    """One binding: its type, the parameter it fills and its settings with `%Setting%` expanded."""

    type: str
    name: str
    is_out: bool
    settings: Mapping[str, Any]

    def text(self, key: str) -> str | None:
        """Return a setting as text, or None when it is absent."""
        value = self.settings.get(key)
        return None if value is None else str(value)

    def flag(self, key: str) -> bool:
        """Return a setting as a truth value; absent is false. Text counts too, as in function.json."""
        value = self.settings.get(key)
        return value.strip().lower() == "true" if isinstance(value, str) else bool(value)

    @property
    def is_trigger(self) -> bool:
        """Say whether this is the binding that starts the function."""
        return self.type.lower().endswith("trigger")


@dataclass(frozen=True, slots=True)
class AppFunction:
    """One function of the app, ready to be invoked."""

    name: str
    call: Callable[..., Any]
    trigger: Binding
    bindings: tuple[Binding, ...]
    is_async: bool
    wants_context: bool
    directory: str
    retry: Mapping[str, Any] | None = None

    def of_type(self, binding_type: str) -> list[Binding]:
        """Return this function's bindings of one type."""
        return [binding for binding in self.bindings if binding.type == binding_type]

    @property
    def outputs(self) -> list[Binding]:
        """Return the output bindings, `$return` included."""
        return [binding for binding in self.bindings if binding.is_out]

    @property
    def durable_name(self) -> str:
        """Return the name that durable code calls this function by."""
        keys = {ORCHESTRATION: "orchestration", ACTIVITY: "activity", ENTITY: "entityName"}
        return self.trigger.text(keys.get(self.trigger.type, "")) or self.name


def plain(value: Any) -> Any:
    """Turn the SDK's enums into their text, at any depth of a list."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return value
