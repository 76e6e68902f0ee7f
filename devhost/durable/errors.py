"""What the engine refuses.

DurableError
├── BadRequest      unknown function, bad instance id, not JSON (HTTP 400)
├── NotFound        no such instance or entity (HTTP 404)
├── Gone            the instance has ended (HTTP 410)
├── NotTerminal     the instance has not ended, so it cannot be purged (HTTP 412)
└── AlreadyExists   an instance of that id has not ended (HTTP 500, as the extension answers)
"""


class DurableError(Exception):
    """A request that the engine refuses."""


class BadRequest(DurableError):
    """The request itself is wrong."""


class NotFound(DurableError):
    """There is no such instance or entity."""

    def __init__(self, instance_id: str) -> None:
        super().__init__(f"No instance with ID '{instance_id}' found.")
        self.instance_id = instance_id


class Gone(DurableError):
    """The instance has completed, failed or been terminated."""

    def __init__(self, instance_id: str, status: str) -> None:
        super().__init__(f"Instance with ID '{instance_id}' is {status}.")
        self.instance_id = instance_id
        self.status = status


class NotTerminal(DurableError):
    """Only instances that have ended can be purged."""

    def __init__(self, instance_id: str, status: str) -> None:
        super().__init__(
            "Only orchestrations in a terminal state can be purged, but the orchestration with instance ID "
            f"{instance_id} has status {status}"
        )
        self.instance_id = instance_id
        self.status = status


class AlreadyExists(DurableError):
    """An instance of that id exists and has not ended."""

    def __init__(self, instance_id: str, status: str) -> None:
        super().__init__(
            f"An Orchestration instance with the status {status} already exists (ID '{instance_id}')."
        )
        self.instance_id = instance_id
        self.status = status
