"""Alerts to Slack by an incoming webhook (docs.slack.dev, "Sending messages using incoming webhooks").

Slack keeps no idempotency key, so an answer that was lost may show an alert twice; a person is better called
twice than not at all.
"""

import json

from pydantic import SecretStr

from shared.adapters.outbound import Outbound
from shared.errors import InvalidInput, Unavailable
from shared.ports.alerts import Alert

MAX_TEXT = 2900
"""Characters of a section's text; Slack takes 3,000."""


class SlackAlerts:
    """`shared.ports.alerts.AlertChannel`. The webhook's URL is a secret: it stands in no error."""

    name = "slack"

    def __init__(self, outbound: Outbound, webhook: SecretStr) -> None:
        self._outbound = outbound
        self._webhook = webhook

    async def send(self, alert: Alert) -> None:
        """Post a message. Raises Unavailable unless Slack answers 2xx."""
        body = json.dumps(_message(alert)).encode()
        try:
            status = await self._outbound.post_json(self._webhook.get_secret_value(), body)
        except InvalidInput as error:
            raise Unavailable(f"Slack cannot be reached: {error.detail}") from None
        if not 200 <= status < 300:
            raise Unavailable(f"Slack answered {status}.")


def _message(alert: Alert) -> dict[str, object]:
    title, text = escaped(alert.title), escaped(alert.text)[:MAX_TEXT]
    blocks: list[dict[str, object]] = [
        {"type": "section", "text": {"type": "mrkdwn", "text": f"*{title}*\n{text}", "verbatim": True}}
    ]
    if alert.url:
        link = {"type": "mrkdwn", "text": f"<{alert.url}|Take it over>"}
        blocks.append({"type": "context", "elements": [link]})
    return {"text": f"{title}: {text}"[:MAX_TEXT], "blocks": blocks, "unfurl_links": False}


def escaped(text: str) -> str:
    """Make text of others mean nothing to Slack: no mention, no link, no markup of theirs."""
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "".join(f"{mark}\u200b" if mark in "*_~`@#" else mark for mark in plain)
