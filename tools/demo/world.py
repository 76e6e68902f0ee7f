"""What a scene needs: the doors, two personas, the clock, the stage, and a word that must come true."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from tools.api import Api, Persona, Time
from tools.demo.stage import Stage
from tools.demo.wording import Json
from tools.tokens import issue

HOME = {"address": "500 Congress Ave, Austin", "point": {"latitude": 30.2672, "longitude": -97.7431}}

LONG = timedelta(days=60)


class WentWrong(Exception):
    """Something did not happen as it should."""


@dataclass(frozen=True, slots=True)
class World:
    """A running app on the virtual clock, and those who use it."""

    api: Api
    alice: Persona
    admin: Persona
    time: Time
    stage: Stage
    data: Path

    def partner(self, vendor_id: str, name: str) -> Persona:
        """Someone of a vendor, at its portal."""
        token = issue(self.data, persona="partner", id="staff", partner=vendor_id, lifetime=LONG)
        return Persona(self.api, name, token)

    def expect(self, holds: object, what: str, got: object = None) -> None:
        """Show an outcome, or stop the show. Raises WentWrong."""
        if not holds:
            raise WentWrong(f"not so: {what}" + (f" (got {got})" if got is not None else ""))
        self.stage.done(what)


def world(url: str, data: Path, stage: Stage) -> World:
    """Let alice and an admin in."""
    api = Api(url)
    alice = Persona(api, "Alice", issue(data, persona="customer", id="alice", lifetime=LONG))
    admin = Persona(api, "Admin", issue(data, persona="admin", id="ops", lifetime=LONG))
    return World(api, alice, admin, Time(api), stage, data)


class Thread:
    """Alice's conversation: what she says, and every update that she has not read yet."""

    def __init__(self, world: World, id: str) -> None:
        self._world = world
        self.id = id
        self.told: list[Json] = []

    def say(self, text: str, **more: Any) -> Any:
        """Let Alice say something; show it and the answer, and return the answer."""
        stage = self._world.stage
        stage.say("Alice", text)
        answer = self._world.alice.post("/api/v1/chat", {"text": text, "thread_id": self.id, **more})
        stage.say("USO", answer["reply"])
        self._world.time.settle()
        return answer

    def read(self, *, show: Callable[[Json], bool] = lambda _: True) -> list[Json]:
        """Show and return the updates since the last time."""
        self._world.time.settle()
        updates = self._world.alice.get(f"/api/v1/threads/{self.id}")["updates"]
        known = {update["id"] for update in self.told}
        new = [update for update in updates if update["id"] not in known]
        self.told += new
        for update in filter(show, new):
            self._world.stage.say("USO", update["narrative"])
            self._world.stage.why(update["reasoning"])
        return new
