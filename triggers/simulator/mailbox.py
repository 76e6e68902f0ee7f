"""The embedded mailbox, for reading what customers were sent."""

from pydantic import Field

from shared.domain.model import Model
from shared.ports.rehearsals import Letter
from triggers.web.answer import Reply
from triggers.web.call import Call


class MailboxQuery(Model):
    """Whose mail."""

    to: str = Field(min_length=3, max_length=254)


class MailboxView(Model):
    """The letters to an address, oldest first."""

    letters: tuple[Letter, ...]


async def read(call: Call, query: MailboxQuery) -> Reply[MailboxView]:
    """Show what an address was sent."""
    return Reply(MailboxView(letters=tuple(await call.app.mailbox.letters(query.to))))
