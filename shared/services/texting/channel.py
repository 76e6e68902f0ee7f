"""Partners by WhatsApp, SMS and mail: the message in the form of the channel, over the first way that works.

Flow 2.7-1: buttons where the channel has them, reply options in words and links where it has not.
"""

from urllib.parse import quote

from shared.domain.catalogue import ChannelKind, Vendor
from shared.domain.texting.lines import VENDOR, Line
from shared.domain.texting.texts import MAX_BUTTONS, SentText, text_id
from shared.domain.texting.words import name_of
from shared.errors import Conflict, Unavailable
from shared.ports.channels import PartnerMessage
from shared.services.records import Records
from shared.services.texting.lines import LineBook
from shared.services.texting.sender import TextSender
from shared.settings import Settings

NO_WAY = "no_way"
"""The code of what is Unavailable because no way is left, not because one is down."""
_WORDS = {"Accept": "Yes", "Decline": "No"}
"""What a button says where it has to be written out."""


class TextChannel:
    """`shared.ports.channels.PartnerChannel` for every channel on which words are written."""

    def __init__(self, records: Records, lines: LineBook, sender: TextSender, settings: Settings) -> None:
        self._records = records
        self._lines = lines
        self._sender = sender
        self._settings = settings

    async def send(self, vendor: Vendor, message: PartnerMessage) -> None:
        """Send the message over the first of the partner's ways that takes it. Raises Unavailable."""
        owner = f"{VENDOR}{vendor.id}"
        for line in await self._lines.ways(vendor.id):
            if line.reaches(owner) and self._sender.carries(line.kind):
                try:
                    return await self._sender.send(line, self._text(line, owner, message))
                except Conflict:  # refused for good: the next way
                    continue
        raise Unavailable(f"{vendor.name} can be reached by none of its numbers and addresses.", code=NO_WAY)

    def _text(self, line: Line, owner: str, message: PartnerMessage) -> SentText:
        now = self._records.now()
        return SentText(
            id=text_id(line.id, message.id),
            created_at=now,
            updated_at=now,
            at=now,
            key=message.id,
            owner=owner,
            kind=message.kind,
            about=message.reference.partition(".")[0],
            reference=message.reference if message.buttons else "",
            order_id=message.order_id,
            leg_id=message.leg_id,
            words=message.text[:4000],
            text=worded(line.kind, message, mail_to=self._settings.mail_from),
            buttons=message.buttons[:MAX_BUTTONS],
            expires_at=message.reply_by,
        )


def worded(kind: ChannelKind, message: PartnerMessage, *, mail_to: str) -> str:
    """Write the message down for a kind of channel; a question has a name that a reply can mention."""
    if not message.buttons:
        return message.text
    name = f"#{name_of(message.id)}"
    by = f" Please answer by {message.reply_by:%d %B, %H:%M} UTC." if message.reply_by else ""
    match kind:
        case ChannelKind.SMS:
            how = "Reply YES or NO, or write what you can offer instead."
            return f"{message.text}{by} {how} ({name})"
        case ChannelKind.EMAIL:
            links = [
                f"{button}: {_mailto(mail_to, f'{_WORDS.get(button, button)} {name}')}"
                for button in message.buttons
                if button in _WORDS
            ]
            how = "Or answer this mail and write what you can offer instead."
            return "\n\n".join([f"{message.text}{by}", *links, how, name])
        case _:
            return f"{message.text}{by} ({name})"


def _mailto(to: str, text: str) -> str:
    return f"mailto:{quote(to)}?subject={quote(text)}&body={quote(text)}"
