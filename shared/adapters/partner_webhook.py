"""The api channel: partners' own systems, called by signed webhook (Standard Webhooks)."""

from collections.abc import Sequence
from typing import Protocol

from shared.adapters.outbound import Outbound
from shared.domain.catalogue import Vendor
from shared.domain.webhook_signature import sign
from shared.errors import InvalidInput, Unavailable
from shared.ports.channels import PartnerMessage
from shared.ports.clock import Clock


class Secrets(Protocol):
    """Who knows what each partner's messages are signed with."""

    async def of(self, vendor_id: str) -> Sequence[str]:
        """Return the partner's valid secrets, the current one first."""
        ...


class PartnerWebhook:
    """`shared.ports.channels.PartnerChannel` over HTTPS; the message id lets a partner drop repetitions."""

    def __init__(self, outbound: Outbound, secrets: Secrets, clock: Clock) -> None:
        self._outbound = outbound
        self._secrets = secrets
        self._clock = clock

    async def send(self, vendor: Vendor, message: PartnerMessage) -> None:
        """POST the message to the vendor's address. Raises Unavailable unless it answers 2xx."""
        body = message.model_dump_json().encode()
        secrets = await self._secrets.of(vendor.id)
        if not secrets:
            raise Unavailable(f"{vendor.name} has no webhook secret yet.")
        headers = sign(secrets[0], id=message.id, timestamp=self._clock.now(), body=body)
        try:
            status = await self._outbound.post_json(
                vendor.channel.address,
                body,
                headers,
                whom=f"partner:{vendor.id}",
                field="channel.address",
            )
        except InvalidInput as error:
            raise Unavailable(f"{vendor.name} cannot be reached: {error.detail}") from error
        if not 200 <= status < 300:
            raise Unavailable(f"{vendor.name} answered {status}.")
