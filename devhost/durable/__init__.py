"""The durable engine: instances, entities and their histories, event-sourced on one SQLite file.

It behaves as the .NET Durable extension does; `contracts.DurableFunctions` is its only way to app code.
What belongs here is durable state and its HTTP API; triggers, routes and the loading of apps do not.
"""

from devhost.durable.engine import DurableEngine
from devhost.durable.errors import AlreadyExists, BadRequest, DurableError, Gone, NotFound
from devhost.durable.warnings import Warning_

__all__ = ["AlreadyExists", "BadRequest", "DurableEngine", "DurableError", "Gone", "NotFound", "Warning_"]
