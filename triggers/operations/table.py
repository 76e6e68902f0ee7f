"""The operations engine's rows of the map of the house (`triggers.routes`)."""

from shared.domain.identity import Persona
from triggers.operations.support_table import SUPPORT
from triggers.web.route import PUBLIC, Route, Wing

ADMINS = frozenset({Persona.ADMIN})
hooks = Wing("operations", base="api/v1/webhooks", handlers="triggers.operations", personas=PUBLIC)
admin = Wing(
    "operations",
    base="api/v1/admin/operations",
    handlers="triggers.operations",
    personas=ADMINS,
    prefix="operations_",
)

OPERATIONS: tuple[Route, ...] = SUPPORT
