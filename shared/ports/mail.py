"""The mail port: letters to customers, threaded, each once per key."""

from typing import Protocol

from pydantic import Field

from shared.domain.model import Model


class Mail(Model):
    """One letter, in plain text.

    `key` is the effect's key; the Message-ID follows from it, so that a repetition is recognised as one.
    `in_reply_to` and `references` are Message-IDs of the conversation (RFC 5322, section 3.6.4).
    """

    key: str = Field(min_length=1, max_length=200)
    to: str = Field(min_length=3, max_length=254)
    subject: str = Field(max_length=200)
    text: str = Field(max_length=20_000)
    in_reply_to: str = ""
    references: tuple[str, ...] = ()


class Mailer(Protocol):
    """Sends letters."""

    def message_id(self, key: str) -> str:
        """The Message-ID of the letter with this key, also before it is sent: `<...@...>`."""
        ...

    async def send(self, mail: Mail) -> None:
        """Hand a letter over, at most once per key as far as the server can tell.

        Raises Unavailable, and Conflict (`address_refused`) for an address that takes no mail.
        """
        ...
