"""Alerts to the phones of those on duty, through a push gateway that takes signed webhooks."""

from pydantic import SecretStr

from shared.adapters.outbound import Outbound
from shared.domain.webhook_signature import sign
from shared.errors import InvalidInput, Unavailable
from shared.ports.alerts import Alert
from shared.ports.clock import Clock


class PushAlerts:
    """`shared.ports.alerts.AlertChannel` (Standard Webhooks 1.0.0); the alert's key is the webhook's id."""

    name = "push"

    def __init__(self, outbound: Outbound, url: str, secret: SecretStr, clock: Clock) -> None:
        self._outbound = outbound
        self._url = url
        self._secret = secret
        self._clock = clock

    async def send(self, alert: Alert) -> None:
        """POST the alert. Raises Unavailable unless the gateway answers 2xx."""
        body = alert.model_dump_json().encode()
        headers = sign(self._secret.get_secret_value(), id=alert.key, timestamp=self._clock.now(), body=body)
        try:
            status = await self._outbound.post_json(self._url, body, headers, whom="the push gateway")
        except InvalidInput as error:
            raise Unavailable(f"The push gateway cannot be reached: {error.detail}") from error
        if not 200 <= status < 300:
            raise Unavailable(f"The push gateway answered {status}.")
