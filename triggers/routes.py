"""The map of the house: every HTTP door, who may use it, and the handler behind it.

Importing this table costs nothing; a handler is imported when its door is first used.
"""

from triggers.simulator.table import SIMULATOR
from triggers.web.route import Route

SYSTEM = (
    Route(
        name="health",
        method="GET",
        path="api/health",
        handler="triggers.system:health",
        summary="Say that the app is alive, whatever its dependencies do.",
        tags=("system",),
    ),
    Route(
        name="ready",
        method="GET",
        path="api/ready",
        handler="triggers.system:ready",
        summary="Say whether every dependency answers.",
        tags=("system",),
    ),
    Route(
        name="openapi",
        method="GET",
        path="api/openapi.json",
        handler="triggers.system:openapi",
        summary="Describe every door, in OpenAPI 3.1.",
        tags=("system",),
    ),
)

ROUTES: tuple[Route, ...] = (*SYSTEM, *SIMULATOR)
