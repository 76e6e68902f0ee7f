"""Updates to chat platforms by signed webhook; which platform has one is a setting."""

from pydantic import SecretStr

from shared.adapters.outbound import Outbound
from shared.domain.webhook_signature import sign
from shared.errors import InvalidInput, Unavailable
from shared.ports.clock import Clock
from shared.settings import Settings


class WebhookPush:
    """`shared.ports.push.Push` over HTTPS."""

    def __init__(self, outbound: Outbound, settings: Settings, clock: Clock) -> None:
        self._outbound = outbound
        self._urls = settings.push_webhooks
        self._secret: SecretStr | None = settings.push_secret
        self._clock = clock

    def reaches(self, platform: str) -> bool:
        """Say whether that platform has a webhook."""
        return platform in self._urls

    async def send(self, platform: str, *, id: str, body: bytes) -> None:
        """POST the update. Raises Unavailable unless the platform answers 2xx."""
        headers = {}
        if self._secret is not None:
            headers = sign(self._secret.get_secret_value(), id=id, timestamp=self._clock.now(), body=body)
        try:
            status = await self._outbound.post_json(
                self._urls[platform], body, headers, whom=f"platform:{platform}"
            )
        except InvalidInput as error:
            raise Unavailable(f"{platform} cannot be reached: {error.detail}") from error
        if not 200 <= status < 300:
            raise Unavailable(f"{platform} answered {status}.")
