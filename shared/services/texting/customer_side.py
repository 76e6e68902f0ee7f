"""What customers write on WhatsApp: their conversation goes on there, with one history (flow 1.5-2)."""

from shared.domain.texting.lines import CUSTOMER, Line
from shared.domain.texting.texts import HeardText
from shared.services.chat import ChatService, Said
from shared.services.operations.tickets import Speaker, TicketService
from shared.services.texting.customer_updates import SUPPORT, TRACK
from shared.services.texting.sender import TextSender
from shared.services.threads import ThreadService
from shared.settings import Settings

_SAYS = {TRACK: "Where is my order?"}
"""What a button says to the chat."""
HANDED_ON = "I have asked a colleague to look into this; they will answer you as soon as they can."
_MAX_SAID = 2000


class CustomerSide:
    """Hands what customers write to the chat, and its answer back."""

    def __init__(
        self,
        threads: ThreadService,
        chat: ChatService,
        tickets: TicketService,
        sender: TextSender,
        settings: Settings,
    ) -> None:
        self._threads = threads
        self._chat = chat
        self._tickets = tickets
        self._sender = sender
        self._settings = settings

    async def link(self, line: Line, owner: str) -> None:
        """Let the conversation go on at the line that its customer has proved to have."""
        member = line.member(owner)
        if member is not None and member.confirmed_at is not None and member.thread_id:
            thread = await self._threads.find(member.thread_id)
            if thread is not None and thread.line_id != line.id:
                await self._threads.remember(thread.id, line_id=line.id)

    async def take(self, line: Line, heard: HeardText) -> str | None:
        """Take a message in; None when no customer has a conversation on this line."""
        owner = next((each for each in reversed(line.owners) if each.startswith(CUSTOMER)), None)
        member = line.member(owner) if owner else None
        if owner is None or member is None or not member.thread_id:
            return None
        customer_id = owner.removeprefix(CUSTOMER)
        said = (_SAYS.get(heard.button or "", heard.button) or heard.text).strip()[:_MAX_SAID]
        if not said:
            return "empty"
        if said == SUPPORT:
            answer = await self._ask_colleague(member.thread_id, customer_id, heard)
        else:
            answer = await self._ask_chat(member.thread_id, customer_id, said, heard)
        await self._sender.say(
            line, owner, key=f"{heard.id}:answer", text=answer, kind="update", about=member.thread_id
        )
        return "answered"

    async def _ask_chat(self, thread_id: str, customer_id: str, said: str, heard: HeardText) -> str:
        answer = await self._chat.answer(
            Said(
                customer_id=customer_id,
                text=said,
                thread_id=thread_id,
                zone=self._settings.home_zone,
                key=heard.id,
            ),
            now=heard.at,
        )
        return answer.reply

    async def _ask_colleague(self, thread_id: str, customer_id: str, heard: HeardText) -> str:
        speaker = Speaker(customer_id=customer_id, by=customer_id)
        text = "I would like to speak to a person, please."
        await self._tickets.open(speaker, text, key=heard.id)
        await self._threads.keep_turn(thread_id, text, HANDED_ON, key=heard.id, at=heard.at)
        return HANDED_ON
