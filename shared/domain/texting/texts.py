"""One message on a line: what was sent and what became of it, what came in and what it was taken for."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import Field

from shared.domain.aggregate import Aggregate
from shared.domain.model import Model

MAX_TEXT = 1600
"""Characters of one message that providers take."""
MAX_BUTTONS = 3
"""Quick replies of one WhatsApp message."""


class TextState(StrEnum):
    """How far a message has come."""

    ASKED = "asked"
    """The provider was asked to send it; whether it took it is not known yet."""
    WAITING = "waiting"
    """It could not be handed over and is tried again."""
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    """It will not arrive."""
    EXPIRED = "expired"
    """It came too late to be of use, and was not sent."""


_RANK: Mapping[TextState, int] = {
    TextState.ASKED: 0,
    TextState.WAITING: 0,
    TextState.SENT: 1,
    TextState.DELIVERED: 2,
    TextState.READ: 3,
}
OVER = frozenset({TextState.FAILED, TextState.EXPIRED})
ON_ITS_WAY = frozenset({TextState.SENT, TextState.DELIVERED, TextState.READ})


class SentText(Aggregate):
    """A message to one owner of a line, once per `key`."""

    box: Literal["sent"] = "sent"
    at: datetime
    key: str
    """The effect's key: the same key is the same message."""
    owner: str
    kind: str
    """What it is, for the choice of a template: order, change_request, cancellation, notice, update."""
    about: str = ""
    """The negotiation, order leg or conversation that it belongs to."""
    reference: str = ""
    """What a reply to it answers; empty when it needs no answer."""
    order_id: str = ""
    leg_id: str = ""
    text: str = Field(max_length=4000)
    words: str = ""
    """The question without what the channel adds to it."""
    buttons: tuple[str, ...] = Field(default=(), max_length=MAX_BUTTONS)
    expires_at: datetime | None = None
    state: TextState = TextState.WAITING
    asked_at: datetime | None = None
    tries: int = 0
    sid: str = ""
    """The provider's id: a MessageSid, or a Message-ID."""
    error: str = ""

    def is_answered_by(self, ids: tuple[str, ...]) -> bool:
        """Say whether a message that quotes `ids` quotes this one."""
        return bool(self.sid) and self.sid in ids


class MediaRef(Model):
    """A picture or file that came with a message, where its provider keeps it."""

    url: str
    media_type: str


class HeardText(Aggregate):
    """A message that came in over a line. Its words are the sender's and nothing more."""

    box: Literal["heard"] = "heard"
    at: datetime
    sid: str
    text: str = ""
    button: str | None = None
    quotes: tuple[str, ...] = ()
    """Provider's ids of the messages that it answers."""
    media: tuple[MediaRef, ...] = ()
    confirms: str = ""
    """Whom it proves to own the line."""
    about: str = ""
    reference: str = ""
    tries: int = 0
    """How often it could not be read for want of something else."""
    outcome: str = ""
    """What became of it; empty while nobody has looked."""


def text_id(line_id: str, key: str) -> str:
    """The id of a message on a line, sent or heard."""
    return f"{line_id}-{hashlib.sha256(key.encode()).hexdigest()[:24]}"


def moved(text: SentText, state: TextState, **update: object) -> SentText:
    """Return the message in `state`; news that is older than what is known changes nothing."""
    if text.state in OVER or _is_older(text.state, state):
        return text
    return text.model_copy(update={"state": state, **update})


def _is_older(known: TextState, news: TextState) -> bool:
    if news is TextState.FAILED:
        return known in (TextState.DELIVERED, TextState.READ)
    return news not in OVER and _RANK[news] < _RANK[known]
