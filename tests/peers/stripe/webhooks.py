"""Events as webhooks, signed by the SDK's own generator: https://docs.stripe.com/webhooks/signature."""

import json
from collections.abc import Mapping
from datetime import datetime

import aiohttp
from stripe import WebhookSignature

from tests.peers.stripe.state import Thing


def signed(event: Thing, secret: str, *, at: datetime) -> tuple[bytes, Mapping[str, str]]:
    """Return the body and the headers of a delivery."""
    body = json.dumps(event, indent=2)
    return body.encode(), headers_for(body, secret, at=at)


def headers_for(body: str, secret: str, *, at: datetime) -> Mapping[str, str]:
    """Return what is sent along with `body`."""
    signature = WebhookSignature.generate_signature_header(body, secret, int(at.timestamp()))
    return {"Stripe-Signature": signature, "Content-Type": "application/json; charset=utf-8"}


async def deliver(event: Thing, url: str, secret: str, *, at: datetime) -> int:
    """Send an event as Stripe would; return the status of the answer."""
    body, headers = signed(event, secret, at=at)
    async with aiohttp.ClientSession() as http, http.post(url, data=body, headers=headers) as answer:
        return answer.status
