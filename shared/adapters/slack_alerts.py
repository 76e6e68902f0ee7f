"""Alerts to Slack by an incoming webhook (docs.slack.dev, "Sending messages using incoming webhooks").

Slack keeps no idempotency key, so an answer that was lost may show an alert twice; a person is better called
twice than not at all.
"""

import json

from pydantic import SecretStr

from shared.adapters.outbound import Outbound
from shared.errors import InvalidInput, Unavailable
from shared.ports.alerts import Alert

MAX_TITLE, MAX_TEXT = 600, 2900
"""Characters of a section's title, and of all its text, once escaped; Slack takes 3,000."""
_HARMLESS = {"&": "&amp;", "<": "&lt;", ">": "&gt;", **{mark: f"{mark}\u200b" for mark in "*_~`@#"}}
_IN_LINKS = str.maketrans({"&": "&amp;", "<": "%3C", ">": "%3E", "|": "%7C"})


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
            status = await self._outbound.post_json(self._webhook.get_secret_value(), body, whom="Slack")
        except InvalidInput as error:
            raise Unavailable(f"Slack cannot be reached: {error.detail}") from None
        if not 200 <= status < 300:
            raise Unavailable(f"Slack answered {status}.")


def _message(alert: Alert) -> dict[str, object]:
    title = escaped(alert.title, MAX_TITLE)
    text = escaped(alert.text, MAX_TEXT - len(title))
    blocks: list[dict[str, object]] = [
        {"type": "section", "text": {"type": "mrkdwn", "text": f"*{title}*\n{text}", "verbatim": True}}
    ]
    if alert.url:
        link = {"type": "mrkdwn", "text": f"<{alert.url.translate(_IN_LINKS)}|Take it over>"}
        blocks.append({"type": "context", "elements": [link]})
    return {"text": f"{title}: {text}", "blocks": blocks, "unfurl_links": False}


def escaped(text: str, most: int = MAX_TEXT) -> str:
    """Make text of others mean nothing to Slack: no mention, no link, no markup of theirs.

    It is cut to `most` characters, and never within one that is written as several.
    """
    shown, size = [], 0
    for mark in text:
        written = _HARMLESS.get(mark, mark)
        size += len(written)
        if size > most:
            break
        shown.append(written)
    return "".join(shown)
