"""The chat's second reader: a language model is asked only where the rules would ask the customer.

Of the labelled sentences that no rule was made for, the rules are sure of nine in ten and right about 96 %
of those; asked about all, a model could only change what is right. Whoever chats waits for it for its time
at most.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from shared.domain.intents import ResolvedIntent
from shared.domain.intents import second_reading as rules_of_sentences
from shared.domain.replies import speaks_to_machines
from shared.domain.reply_proposals import asks_again
from shared.errors import Unavailable
from shared.ports.language import AnswerReader, SentenceReader
from shared.services.threads import Thread


class SecondReadings:
    """Proposals about what customers say, checked; without a model, what the rules read."""

    def __init__(self, sentences: SentenceReader | None, answers: AnswerReader | None) -> None:
        self._sentences = sentences
        self._answers = answers

    async def reading(
        self, text: str, rules: ResolvedIntent, thread: Thread, *, now: datetime, zone: str
    ) -> ResolvedIntent:
        """Return what a sentence means that the rules would ask about, with what a model may add to it.

        Where a question is open, an unclear answer to it stays none, whatever a model makes of it: it may
        only be asked for in other words.
        """
        if thread.pending is not None:
            again = await self._again(text, thread.pending.text)
            return rules.model_copy(update={"clarifying_question": again}) if again else rules
        if self._sentences is None or not rules_of_sentences.may_be_asked(rules, text):
            return rules
        try:
            sought = await self._sentences.sought(text, before=thread.last_query or "")
        except Unavailable:
            return rules
        return rules_of_sentences.checked(rules, sought, now=now, zone=ZoneInfo(zone))

    async def _again(self, text: str, question: str) -> str | None:
        if self._answers is None or speaks_to_machines(text):
            return None
        try:
            leaning = await self._answers.leaning(text, question=question)
        except Unavailable:
            return None
        return asks_again(leaning, question)
