"""The simulator as a channel: partners that exist only here are told and asked like any other (M25)."""

from typing import Protocol

from shared.domain.catalogue import Vendor
from shared.ports.channels import PartnerMessage


class Desk(Protocol):
    """Who takes the messages; the simulator's own use case."""

    async def take(self, vendor: Vendor, message: PartnerMessage) -> object:
        """Store `message` once per id, and decide what the partner answers."""
        ...


class SimulatorChannel:
    """`shared.ports.channels.PartnerChannel` without a network: the message is the simulator's request."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def send(self, vendor: Vendor, message: PartnerMessage) -> None:
        """Deliver `message` to the desk; a repeated id changes nothing."""
        await self._desk.take(vendor, message)
