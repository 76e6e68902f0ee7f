"""Updates of a conversation to the number that its customer has chosen for it (flow 1.5-2)."""

from shared.domain.narration import Question
from shared.domain.texting.lines import CUSTOMER
from shared.services.texting.lines import LineBook
from shared.services.texting.sender import TextSender
from shared.services.threads import StatusUpdate, Thread

TRACK, SUPPORT = "Track Order", "Contact Support"
YES, NO = "Yes", "No"


class CustomerTexts:
    """Sends a conversation's updates to the line that its customer has chosen for it."""

    def __init__(self, lines: LineBook, sender: TextSender) -> None:
        self._lines = lines
        self._sender = sender

    async def tell(self, thread: Thread, update: StatusUpdate, *, asks: Question | None) -> None:
        """Send an update, once; nothing is sent to a line that was stopped. Raises Unavailable."""
        if not thread.line_id:
            return
        line = await self._lines.get(thread.line_id)
        owner = f"{CUSTOMER}{thread.customer_id}"
        if not line.reaches(owner):
            return
        text = f"{update.narrative} {update.reasoning}".strip()
        buttons = (YES, NO, SUPPORT) if asks is not None else (TRACK, SUPPORT)
        await self._sender.say(
            line, owner, key=update.id, text=text, kind="update", about=thread.id, buttons=buttons
        )
