"""Hands what happened to those who keep books about it: commissions, payouts, payments."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from shared.ports.events import CloudEvent

Hears = Callable[[CloudEvent], Awaitable[None]]
"""Handles one event; may be called again with the same one, and then changes nothing."""


class Bookkeeping:
    """Who hears of which event, by its CloudEvent type. A handler that raises is tried again by the bus.

    Each part of the app that keeps books brings its own list.
    """

    def __init__(self, *parts: Mapping[str, Sequence[Hears]]) -> None:
        types = {type_ for part in parts for type_ in part}
        self._hearers = {type_: [hears for part in parts for hears in part.get(type_, ())] for type_ in types}

    async def hear(self, event: CloudEvent) -> None:
        """Tell all who follow this type of event, one after another, though one of them fails.

        Raises the first failure when all have heard it; the bus then tells everyone again.
        """
        failed: list[Exception] = []
        for hear in self._hearers.get(event.type, ()):
            try:
                await hear(event)
            except Exception as error:  # noqa: BLE001 - whatever it is, the others have books of their own
                failed.append(error)
        if failed:
            raise failed[0]
