"""The door for mails that come in: a mail server's webhook, signed after Standard Webhooks (flow ops-3).

A machine's own mail (an answer by itself, a bounce) makes no ticket, so that no two machines ever answer each
other. What a mail says is data: only the server's verdict about its sender (`authenticated`) is believed.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field

from shared.domain.instants import Instant
from shared.domain.model import Model
from shared.services.operations.tickets import Letter
from triggers.web.answer import Reply
from triggers.web.call import Call

MessageId = Annotated[str, Field(min_length=1, max_length=998)]
"""As the header has it, `<...@...>`; a line of a mail has at most 998 characters (RFC 5322, 2.1.1)."""
MACHINES = ("mailer-daemon", "postmaster")
"""Senders of bounces, where the server did not say so."""


class MailOutcome(StrEnum):
    """What became of a mail."""

    TICKET = "ticket"
    PARTNER = "partner"
    """It answers what a partner was asked, or confirms their address."""
    IGNORED = "ignored"
    """A machine wrote it."""


class MailReceipt(Model):
    """The mail was taken in; which ticket it belongs to is nobody's business here."""

    outcome: MailOutcome


class InboundMail(Model):
    """A mail as its server received it. `from` is empty for a bounce (RFC 5321, section 4.5.5)."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True, validate_by_name=False)

    message_id: MessageId
    sender: Annotated[str, Field(alias="from", max_length=254, pattern=r"^([^\s@<>]+@[^\s@<>]+)?$")]
    from_name: str = Field(default="", max_length=300)
    to: str = Field(default="", max_length=998)
    subject: str = Field(default="", max_length=998)
    text: str = Field(default="", max_length=200_000)
    in_reply_to: str = Field(default="", max_length=998)
    references: tuple[MessageId, ...] = Field(default=(), max_length=200)
    authenticated: bool = False
    """The mail server's DMARC verdict: the domain of `from` has really sent it."""
    auto_submitted: str = Field(default="", max_length=100)
    """The header of this name (RFC 3834): empty or `no` for a person."""
    received_at: Instant | None = None

    @property
    def is_of_machine(self) -> bool:
        """Whether no person wrote it; what comes from where it goes to is our own."""
        by_itself = self.auto_submitted.strip().lower() not in ("", "no")
        sender = self.sender.lower()
        is_ours = bool(sender) and sender in self.to.lower()
        return by_itself or is_ours or not sender or sender.partition("@")[0] in MACHINES


async def receive(call: Call, body: InboundMail) -> Reply[MailReceipt]:
    """Take a mail in: stored, once, and announced; it is read later."""
    if body.is_of_machine or not f"{body.subject}{body.text}".strip():
        return Reply(MailReceipt(outcome=MailOutcome.IGNORED))
    answers = (body.in_reply_to, *body.references)
    letter = Letter(
        message_id=body.message_id,
        email=body.sender,
        name=body.from_name,
        subject=body.subject,
        text=body.text.strip() or body.subject,
        replies_to=tuple(each for each in answers if each),
        authenticated=body.authenticated,
        at=min(body.received_at or call.now, call.now),
    )
    if await call.app.texting.letters.take(letter):
        return Reply(MailReceipt(outcome=MailOutcome.PARTNER))
    await call.app.operations.support.tickets.receive(letter)
    return Reply(MailReceipt(outcome=MailOutcome.TICKET))


async def secrets_of(call: Call) -> Sequence[str]:
    """The secret that signs the mails; none where no mail is taken in."""
    secret = call.app.settings.mail_webhook_secret
    return [secret.get_secret_value()] if secret else []
