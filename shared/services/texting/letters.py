"""Mail as a carrier of texts: threaded by its ids, and told apart from customers' letters coming in."""

from datetime import datetime

from shared.domain.catalogue import ChannelKind
from shared.domain.operations.quoting import fresh_and_quoted
from shared.domain.texting.words import code_in, command_of, name_of, without_name
from shared.ports.carriers import IncomingText, OutgoingText
from shared.ports.mail import Mail, Mailer
from shared.services.operations.tickets import Letter
from shared.services.texting.desk import TextDesk
from shared.services.texting.lines import LineBook
from shared.services.texting.sender import TextSender

_MAX_WORDS = 10_000


class MailCarrier:
    """`shared.ports.carriers.Carrier` over the mail port, whose letters have one Message-ID per key."""

    def __init__(self, mailer: Mailer) -> None:
        self._mailer = mailer

    async def send(self, text: OutgoingText) -> str:
        """Hand a letter over; a repetition has the same Message-ID, so that it shows as one."""
        await self._mailer.send(
            Mail(
                key=text.callback,
                to=text.to,
                subject=text.subject[:200],
                text=text.text,
                in_reply_to=text.replies_to[-1] if text.replies_to else "",
                references=text.replies_to,
            )
        )
        return self._mailer.message_id(text.callback)

    async def find(self, text: OutgoingText, *, since: datetime, known: frozenset[str]) -> str | None:
        """Mail servers keep no list; sending again is safe."""
        return None


class PartnerLetters:
    """Letters of those whose address was confirmed, or is about to be."""

    def __init__(self, lines: LineBook, sender: TextSender, desk: TextDesk) -> None:
        self._lines = lines
        self._sender = sender
        self._desk = desk

    async def take(self, letter: Letter) -> bool:
        """Take a letter in if it belongs to what we have written to its sender; say whether it does.

        Only one whose sender its server vouches for; any other is a customer's, or nobody's.
        """
        line = await self._lines.find(ChannelKind.EMAIL, letter.email)
        if line is None or not letter.authenticated:
            return False
        words = fresh_and_quoted(letter.text)[0][:_MAX_WORDS]
        if not await self._is_for_us(line.id, letter, words):
            return False
        await self._desk.receive(
            IncomingText(
                sid=letter.message_id,
                kind=ChannelKind.EMAIL,
                sender=letter.email,
                text=words,
                quotes=letter.replies_to,
            )
        )
        return True

    async def _is_for_us(self, line_id: str, letter: Letter, words: str) -> bool:
        if code_in(words) or command_of(words):
            return True
        sent = await self._sender.of_line(line_id)
        name = without_name(words)[1]
        return any(text.is_answered_by(letter.replies_to) or name_of(text.key) == name for text in sent)
