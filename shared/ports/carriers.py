"""The carrier port: providers that carry texts to phones, and what they tell of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from pydantic import Field

from shared.domain.catalogue import ChannelKind
from shared.domain.model import Model
from shared.domain.texting.texts import MAX_BUTTONS, MediaRef, TextState


class OutgoingText(Model):
    """One text to hand over. `key` is the effect's key; delivery news brings `callback` back."""

    key: str
    callback: str
    to: str
    kind: str
    text: str
    buttons: tuple[str, ...] = Field(default=(), max_length=MAX_BUTTONS)
    in_window: bool = False
    """The recipient wrote within the last 24 hours, so that own words are allowed where that matters."""
    subject: str = ""
    replies_to: tuple[str, ...] = ()
    """Provider's ids of the conversation so far, oldest first."""


class IncomingText(Model):
    """A text that someone sent us, verified to come from the provider."""

    sid: str
    kind: ChannelKind
    sender: str
    text: str = ""
    button: str | None = None
    quotes: tuple[str, ...] = ()
    media: tuple[MediaRef, ...] = ()


class DeliveryNews(Model):
    """How far a text of ours has come. `callback` is the one that it was handed over with."""

    sid: str
    callback: str
    state: TextState
    error: str = ""


class Media(Model):
    """A picture, as its provider served it."""

    content: bytes
    media_type: str


class Carrier(Protocol):
    """Hands texts of one kind of channel over."""

    async def send(self, text: OutgoingText) -> str:
        """Hand a text over and return the provider's id of it.

        Raises Conflict when the provider has refused this text or recipient and nothing was sent, and
        Unavailable when it is not known whether it was.
        """
        ...

    async def find(self, text: OutgoingText, *, since: datetime, known: frozenset[str]) -> str | None:
        """Look for a text whose answer was lost: not one of the `known` ids. Raises Unavailable."""
        ...


class CarrierWebhooks(Protocol):
    """Reads what the provider tells. Both raise Unauthenticated, and InvalidInput for what is no delivery."""

    def read_text(self, body: bytes, headers: Mapping[str, str]) -> IncomingText | None:
        """Verify and read a text that came in; None for a kind of sender that is not followed."""
        ...

    def read_delivery(self, body: bytes, headers: Mapping[str, str], *, callback: str) -> DeliveryNews | None:
        """Verify and read delivery news; None for news of nothing that is followed."""
        ...


class MediaSource(Protocol):
    """Fetches what came with a text."""

    async def fetch(self, media: MediaRef) -> Media:
        """Return a picture. Raises Conflict for one that is not taken, and Unavailable."""
        ...
