"""Carries what functions set on their output bindings to the bus."""

from collections.abc import Callable

from devhost.bindings import SERVICE_BUS_OUT, AppFunction, Binding
from devhost.converters import message_body
from devhost.functions import Outcome

Send = Callable[[str, bytes], object]


def entity_of(binding: Binding) -> str:
    """Return the queue or topic that an output binding names."""
    return binding.text("queueName") or binding.text("topicName") or ""


class Outputs:
    """Sends what functions put out."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def deliver(self, function: AppFunction, outcome: Outcome) -> None:
        """Send every Service Bus output of one finished invocation."""
        for binding in function.of_type(SERVICE_BUS_OUT):
            value = outcome.value_of(binding)
            if value is not None:
                self._send(entity_of(binding), message_body(value))
