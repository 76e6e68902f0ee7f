"""The seams between the parts of the host: the clock, what has work to do, and how app code is run."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The host's only source of time."""

    def now(self) -> datetime:
        """Return the current instant as an aware datetime in UTC."""
        ...


class Source(Protocol):
    """A part of the host that produces work over time: the durable engine, the timers, the bus."""

    async def start(self) -> None:
        """Recover stored state and begin to work."""
        ...

    async def stop(self) -> None:
        """Finish or abandon what is in flight; committed state must already be on disk."""
        ...

    def poke(self) -> None:
        """The clock may have moved: look for work that is now due."""
        ...

    def idle(self) -> bool:
        """Say whether nothing is runnable at the clock's current instant and nothing is in flight."""
        ...

    def next_due(self) -> datetime | None:
        """Return the earliest instant after now at which work falls due, or None."""
        ...


class FunctionError(Exception):
    """An app function raised. `type_name` and `message` are the app's, `details` the traceback text."""

    def __init__(self, function: str, type_name: str, message: str, details: str) -> None:
        super().__init__(message)
        self.function = function
        self.type_name = type_name
        self.message = message
        self.details = details


class DurableFunctions(Protocol):
    """The app's durable functions, looked up and run by name (names are case-insensitive)."""

    def has_orchestrator(self, name: str) -> bool:
        """Say whether an orchestrator of that name is indexed."""
        ...

    def has_activity(self, name: str) -> bool:
        """Say whether an activity of that name is indexed."""
        ...

    def has_entity(self, name: str) -> bool:
        """Say whether an entity of that name is indexed."""
        ...

    def run_orchestrator(self, name: str, body: str) -> str:
        """Replay one orchestrator over `body` (the context JSON) and return the SDK's state JSON.

        Raises whatever the handler raises, message untouched: the SDK hides its state in there on failure.
        """
        ...

    async def run_activity(self, name: str, input_json: str) -> str:
        """Run an activity on its JSON input and return its JSON result. Raises FunctionError."""
        ...

    def run_entity(self, name: str, body: str) -> str:
        """Run an entity batch over `body` and return the SDK's response JSON. Raises FunctionError."""
        ...
