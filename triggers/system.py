"""The platform's own doors: is it alive, is it ready, what can it do."""

from typing import Literal

from shared.domain.model import Model
from triggers.web.answer import Document, Reply
from triggers.web.call import Call
from triggers.web.problem import Fault, NotReady


class Health(Model):
    """The process is up."""

    status: Literal["ok"] = "ok"


class Readiness(Model):
    """Every dependency, and that it answers."""

    status: Literal["ok"] = "ok"
    dependencies: dict[str, Literal["ok"]]


async def health() -> Reply[Health]:
    """Answer without asking anyone."""
    return Reply(Health())


async def ready(call: Call) -> Reply[Readiness]:
    """Ask every dependency. Raises NotReady naming those that fail."""
    states = await call.app.ready()
    failing = [Fault(field=name, reason=why) for name, why in states.items() if why is not None]
    if failing:
        raise NotReady(failing)
    return Reply(Readiness(dependencies=dict.fromkeys(states, "ok")))


async def openapi() -> Document:
    """Describe the doors; generated once per process."""
    from triggers.routes import ROUTES
    from triggers.web.openapi import document

    return Document(document(ROUTES))
